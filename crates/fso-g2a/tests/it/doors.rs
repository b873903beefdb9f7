//! Nothing is read from a file that a constructor would have refused (feature `serde`).
#![cfg(feature = "serde")]

use crate::made;
use fso_g2a::atmosphere::{
    Attenuation, BeamWander, Cn2Profile, LinkDirection, Scintillation, ScintillationConfig, SlantPath,
    VisibilityModel, WindProfile,
};
use fso_g2a::channel::{CapacityFormula, Channel};
use fso_g2a::compare::{OutageMethod, OutageTrials, OutageTrialsConfig};
use fso_g2a::detection::{Detector, DetectorConfig, Keying, Mixing, Receiver, ReceiverConfig, Scheme};
use fso_g2a::turbulence::{LogNormal, Wave};
use fso_g2a::{Beam, BeamConfig, Link, LinkConfig, Pointing, PointingConfig};
use mmw_checks::doors::Walk;
use serde_json::json;

#[test]
fn every_type_refuses_damaged_input() {
    let mut walk = Walk::default();
    walk.names(VisibilityModel::ALL);
    walk.names(CapacityFormula::ALL);
    walk.names(LinkDirection::ALL);
    walk.names(Wave::ALL);
    walk.names(Keying::ALL);
    walk.names(Mixing::ALL);
    walk.names(OutageMethod::ALL);
    let wrong = [("/draws", json!(0), "draws"), ("/alpha", json!(-1.0), "alpha")];
    walk.door_to(&OutageTrialsConfig::default(), |config| OutageTrials::new(*config), &wrong);
    atmosphere(&mut walk);

    let wrong = [("/transmit_power_w", json!(-1.0), "transmit_power_w"), ("/noise_a", json!(0.0), "noise_a")];
    walk.door(&made::link(1.0, 0.9, 1e-6).unwrap(), &wrong);
    let config = LinkConfig { transmit_power_w: 1.0, responsivity_a_w: 0.9, noise_a: 1e-6 };
    walk.door_to(&config, |config| Link::new(*config), &wrong);
    let wrong = [("/divergence_rad", json!(4.0), "divergence_rad"), ("/length_m", json!(-1.0), "length_m")];
    walk.door(&made::beam(1e-3, 2e3).unwrap(), &wrong);
    let config = BeamConfig { divergence_rad: 1e-3, length_m: 2e3 };
    walk.door_to(&config, |config| Beam::new(*config), &wrong);
    let config = PointingConfig { beam_radius_m: 5.0, aperture_radius_m: 0.1, jitter_m: 1.0 };
    let wrong = [("/beam_radius_m", json!(0.0), "beam_radius_m"), ("/jitter_m", json!(-1.0), "jitter_m")];
    walk.door_to(&config, |config| Pointing::new(*config), &wrong);
    let channel = Channel::new(made::pointing(5.0, 0.1, 1.0).unwrap(), LogNormal::new(0.1).unwrap());
    let outage = channel.outage(0.3).unwrap();
    let wrong = [("/outage", json!(1.5), "outage"), ("/transition", json!(-0.1), "transition")];
    walk.door(&outage, &wrong);
    detection(&mut walk);
    walk.covers(env!("CARGO_MANIFEST_DIR"));
}

fn atmosphere(walk: &mut Walk) {
    walk.door(&Attenuation::Constant { per_m: 1e-4 }, &[("/per_m", json!(-1e-4), "per_m")]);
    let haze = Attenuation::Exponential { ground_per_m: 1e-4, scale_height_m: 1200.0 };
    let wrong = [
        ("/ground_per_m", json!(-1.0), "ground_per_m"),
        ("/scale_height_m", json!(0.0), "scale_height_m"),
        ("/model", json!("linear"), "linear"),
    ];
    walk.door(&haze, &wrong);

    let wrong = [("/wind_m_s", json!(-1.0), "wind_m_s"), ("/ground_cn2", json!(2.0), "ground_cn2")];
    walk.door(&Cn2Profile::hufnagel_valley_5_7(), &wrong);
    walk.door(&Cn2Profile::SlcDay, &[("/model", json!("slc_night"), "slc_night")]);
    walk.door(&Cn2Profile::Constant { cn2: 1e-15 }, &[("/cn2", json!(-1e-15), "cn2")]);
    let table = Cn2Profile::Table { altitude_m: vec![0.0, 1e3, 1e4], cn2: vec![1e-14, 1e-15, 1e-17] };
    let wrong = [
        ("/altitude_m", json!([0.0]), "altitude_m"),
        ("/altitude_m/0", json!(2e3), "altitude_m"),
        ("/cn2", json!([1e-14]), "cn2"),
        ("/cn2/1", json!(-1.0), "cn2"),
    ];
    walk.door(&table, &wrong);

    let wrong = [
        ("/divergence_rad", json!(0.0), "divergence_rad"),
        ("/waist_m", json!(-1.0), "waist_m"),
        ("/start_altitude_m", json!(-1.0), "start_altitude_m"),
        ("/factor", json!(-2.07), "factor"),
    ];
    walk.door(&BeamWander::printed(1e-5), &wrong);

    let wrong = [("/ground_m_s", json!(-1.0), "ground_m_s"), ("/slew_rad_s", json!(-1.0), "slew_rad_s")];
    walk.door(&WindProfile::bufton(5.0), &wrong);
    walk.door(&WindProfile::Constant { wind_m_s: 5.0 }, &[("/wind_m_s", json!(-1.0), "wind_m_s")]);
    let table = WindProfile::Table { altitude_m: vec![0.0, 1e3], wind_m_s: vec![5.0, 20.0] };
    let wrong = [("/altitude_m/0", json!(2e3), "altitude_m"), ("/wind_m_s", json!([5.0]), "wind_m_s")];
    walk.door(&table, &wrong);

    let config = ScintillationConfig { wave: Wave::Plane, wavelength_m: 1550e-9, aperture_diameter_m: 0.2 };
    let path = SlantPath::vertical(20e3).unwrap().downlink();
    let profile = Cn2Profile::hufnagel_valley_5_7();
    let wrong =
        [("/wavelength_m", json!(1550.0), "wavelength_m"), ("/aperture_diameter_m", json!(-1.0), "aperture")];
    walk.door_to(&config, |config| Scintillation::new(*config, &profile, &path), &wrong);
}

fn detection(walk: &mut Walk) {
    let receiver = ReceiverConfig { gain: 40.0, ionisation_ratio: 0.02, ..ReceiverConfig::pin(0.9, 1e9) };
    let wrong = [
        ("/gain", json!(0.5), "gain"),
        ("/ionisation_ratio", json!(1.5), "ionisation_ratio"),
        ("/bandwidth_hz", json!(0.0), "bandwidth_hz"),
        ("/noise_figure_db", json!(-3.0), "noise_figure_db"),
    ];
    walk.door_to(&receiver, |config| Receiver::new(*config), &wrong);
    walk.door(&Receiver::new(receiver).unwrap(), &wrong);
    walk.door(&Scheme::OnOffKeying, &[("", json!("off_on"), "off_on")]);
    let ppm = Scheme::PulsePosition { slots: 16 };
    walk.door(&ppm, &[("/pulse_position/slots", json!(1), "slots")]);
    let scheme = Scheme::Coherent { keying: Keying::Bpsk, mixing: Mixing::Homodyne, oscillator_w: 1e-3 };
    let wrong =
        [("/coherent/oscillator_w", json!(0.0), "oscillator_w"), ("/coherent/keying", json!("ask"), "ask")];
    walk.door(&scheme, &wrong);
    let config = DetectorConfig { scheme, receiver };
    let wrong = [
        ("/receiver/gain", json!(0.5), "gain"),
        ("/scheme/coherent/oscillator_w", json!(0.0), "oscillator_w"),
    ];
    walk.door_to(&config, |config| Detector::new(*config), &wrong);
    walk.door(&Detector::new(config).unwrap(), &wrong);
}
