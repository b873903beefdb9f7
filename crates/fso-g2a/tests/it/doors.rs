//! Nothing is read from a file that a constructor would have refused (feature `serde`).
#![cfg(feature = "serde")]

#[path = "../../../mmw-core/tests/support/doors.rs"]
mod support;

use crate::made;
use fso_g2a::atmosphere::{Attenuation, BeamWander, Cn2Profile, VisibilityModel};
use fso_g2a::channel::{CapacityFormula, Channel};
use fso_g2a::turbulence::LogNormal;
use fso_g2a::{Beam, BeamConfig, Link, LinkConfig, Pointing, PointingConfig};
use serde_json::json;
use support::Walk;

#[test]
fn every_type_refuses_damaged_input() {
    let mut walk = Walk::default();
    walk.names(VisibilityModel::ALL);
    walk.names(CapacityFormula::ALL);
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
}
