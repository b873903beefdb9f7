//! Directions of a link, apertures and receivers: limits, symmetries, and what is refused.

use crate::made;
use fso_g2a::atmosphere::{
    BeamWander, Cn2Profile, LinkDirection, Scintillation, ScintillationConfig, SlantPath, WindProfile,
    coherence_time_s, fried_parameter_m, isoplanatic_angle_rad, rytov_variance_plane,
    rytov_variance_spherical,
};
use fso_g2a::detection::{Detector, DetectorConfig, Keying, Mixing, Receiver, ReceiverConfig, Scheme};
use fso_g2a::turbulence::{
    Calm, GammaGamma, Wave, aperture_shapes, plane_wave_shapes, spherical_wave_shapes,
};
use fso_g2a::{Channel, Link, LinkConfig};
use proptest::prelude::*;

fn scintillation(wave: Wave, direction: LinkDirection, diameter_m: f64) -> Scintillation {
    let config = ScintillationConfig { wave, wavelength_m: 1550e-9, aperture_diameter_m: diameter_m };
    let path = SlantPath::new(20e3, 0.3).unwrap().towards(direction);
    Scintillation::new(config, &Cn2Profile::hufnagel_valley_5_7(), &path).unwrap()
}

#[test]
fn a_point_has_the_rytov_variance_from_either_end() {
    let (profile, path) = (Cn2Profile::hufnagel_valley_5_7(), SlantPath::new(20e3, 0.3).unwrap());
    let spherical = rytov_variance_spherical(&profile, &path, 1550e-9).unwrap();
    for direction in LinkDirection::ALL {
        let point = scintillation(Wave::Spherical, *direction, 0.0);
        assert_eq!((point.rytov_variance(), point.aperture_factor()), (spherical, 1.0));
        assert_eq!(point.shapes().unwrap(), spherical_wave_shapes(spherical).unwrap());
        // A micrometre is a point up to (kD²/4l)^(5/6).
        let small = scintillation(Wave::Spherical, *direction, 1e-6);
        assert!((1.0 - small.aperture_factor()).abs() < 1e-6);
    }
    let plane = rytov_variance_plane(&profile, &path.downlink(), 1550e-9).unwrap();
    assert_eq!(scintillation(Wave::Plane, LinkDirection::Downlink, 0.0).rytov_variance(), plane);
}

#[test]
fn a_wide_aperture_averages_by_the_power_of_seven_thirds_and_most_on_the_ground() {
    let factor =
        |diameter: f64| scintillation(Wave::Plane, LinkDirection::Downlink, diameter).aperture_factor();
    let slope = |diameter: f64| (factor(2.0 * diameter) / factor(diameter)).log2() + 7.0 / 3.0;
    // The next term is smaller by (kD²/4l)^(1/3), so ten times the diameter take 10^(2/3) off the deviation.
    assert!(slope(1e3).abs() < 1e-3 && (slope(1e3) / slope(1e4) / 10_f64.powf(2.0 / 3.0) - 1.0).abs() < 0.05);
    let spherical = |direction| scintillation(Wave::Spherical, direction, 0.2).aperture_factor();
    assert!(spherical(LinkDirection::Downlink) < 0.3 * spherical(LinkDirection::Uplink));
    let mut last = 1.0;
    for diameter in [0.001, 0.01, 0.05, 0.1, 0.3, 1.0, 10.0] {
        let now = factor(diameter);
        assert!(now < last, "{diameter}");
        last = now;
    }
}

#[test]
fn a_plane_wave_on_an_uplink_is_refused() {
    let config = ScintillationConfig { wave: Wave::Plane, wavelength_m: 1550e-9, aperture_diameter_m: 0.0 };
    let path = SlantPath::vertical(20e3).unwrap();
    let error = Scintillation::new(config, &Cn2Profile::SlcDay, &path).unwrap_err();
    assert!(error.kind() == "invalid" && error.to_string().contains("downlink"), "{error}");
}

#[test]
fn a_wavelength_in_nanometres_is_named() {
    let (profile, path) = (Cn2Profile::SlcDay, SlantPath::vertical(20e3).unwrap());
    let wander = BeamWander { waist_m: 0.01, ..BeamWander::printed(2e-4) };
    for error in [
        fried_parameter_m(&profile, &path, 1550.0, Wave::Plane).unwrap_err(),
        rytov_variance_plane(&profile, &path, 1550.0).unwrap_err(),
        wander.check_diffraction(1550.0).unwrap_err(),
    ] {
        assert!(error.to_string().starts_with("wavelength_m is 1550"), "{error}");
    }
}

#[test]
fn air_at_rest_has_no_coherence_to_lose() {
    let path = SlantPath::vertical(20e3).unwrap();
    let calm = Cn2Profile::Constant { cn2: 0.0 };
    assert_eq!(isoplanatic_angle_rad(&calm, &path, 1e-6).unwrap_err().kind(), "invalid");
    let still = WindProfile::Constant { wind_m_s: 0.0 };
    assert_eq!(coherence_time_s(&Cn2Profile::SlcDay, &path, 1e-6, &still).unwrap_err().kind(), "invalid");
}

#[test]
fn a_beam_at_the_diffraction_limit_passes_and_one_below_does_not() {
    let limit = 2.0 * 1550e-9 / (std::f64::consts::PI * 0.01);
    let beam = |divergence| BeamWander { waist_m: 0.01, ..BeamWander::printed(divergence) };
    assert!(beam(limit).check_diffraction(1550e-9).is_ok());
    let error = beam(0.999 * limit).check_diffraction(1550e-9).unwrap_err();
    assert!(error.kind() == "domain" && error.to_string().contains("waist_m"), "{error}");
    assert!(BeamWander::printed(1e-9).check_diffraction(1550e-9).is_ok(), "the paper's beam has no waist");
}

#[test]
fn shapes_behind_no_aperture_are_those_of_a_point() {
    for variance in [1e-6, 0.1, 1.0, 30.0] {
        assert_eq!(aperture_shapes(Wave::Plane, variance, 1.0), plane_wave_shapes(variance));
        for wave in Wave::ALL {
            let index = |factor| {
                let (alpha, beta) = aperture_shapes(*wave, variance, factor).unwrap();
                GammaGamma::new(alpha, beta).unwrap().scintillation_index()
            };
            assert!(index(0.3) < index(0.9) && index(0.9) < index(1.0));
        }
    }
    // exp(x) − 1 = x (1 + x/2 + …): the weak limit is the factor times the variance.
    let (alpha, beta) = aperture_shapes(Wave::Spherical, 1e-4, 0.01).unwrap();
    assert!((GammaGamma::new(alpha, beta).unwrap().scintillation_index() / 1e-6 - 1.0).abs() < 1e-4);
    for (variance, factor) in [(0.0, 1.0), (1.0, 0.0), (1.0, 1.1), (1e-9, 1e-3), (f64::NAN, 1.0)] {
        assert_eq!(aperture_shapes(Wave::Plane, variance, factor).unwrap_err().kind(), "domain");
    }
}

/// The asymptotic theory of saturation: `1 + 0.86 σ^(−4/5)` and `1 + 1.9 β₀^(−4/5)`, given to two digits.
#[test]
fn strong_turbulence_saturates_as_the_asymptotic_theory_says() {
    for (wave, expected) in [(Wave::Plane, 0.86), (Wave::Spherical, 1.9)] {
        let index = |variance: f64| {
            let (alpha, beta) = aperture_shapes(wave, variance, 1.0).unwrap();
            GammaGamma::new(alpha, beta).unwrap().scintillation_index()
        };
        // The limit itself is 1.003, by the rounding of 0.69.
        let slope = (index(1e4) - index(1e6)) / (1e4_f64.powf(-0.4) - 1e6_f64.powf(-0.4));
        assert!((slope / expected - 1.0).abs() < 0.03, "{wave}: {slope}");
    }
}

fn detector(scheme: Scheme, receiver: ReceiverConfig) -> Detector {
    Detector::new(DetectorConfig { scheme, receiver }).unwrap()
}

#[test]
fn with_thermal_noise_alone_on_off_keying_is_that_of_the_link() {
    // Dark light: 4kTB/R dominates, and the two variances are equal but for 1e-9 of shot noise.
    let receiver = ReceiverConfig { load_ohm: 1e-6, ..ReceiverConfig::pin(0.9, 1e9) };
    let noise_a = Receiver::new(receiver).unwrap().noise_a(0.0).unwrap();
    let link = Link::new(LinkConfig { transmit_power_w: 0.02, responsivity_a_w: 0.9, noise_a }).unwrap();
    let detector = detector(Scheme::OnOffKeying, receiver);
    for channel in [made::pointing(2.0, 0.1, 0.3).unwrap(), made::pointing(1.0, 0.2, 0.8).unwrap()] {
        let channel = Channel::new(channel, GammaGamma::new(4.0, 1.7).unwrap());
        let (ours, theirs) =
            (detector.mean_error_rate(&channel, 0.02).unwrap(), link.bit_error_rate(&channel));
        assert!((ours / theirs - 1.0).abs() < 1e-6, "{ours} {theirs}");
    }
}

#[test]
fn a_channel_without_fading_changes_nothing() {
    let channel = Channel::new(made::pointing(1.0, 0.05, 0.0).unwrap(), Calm).with_full_gain(1e-3).unwrap();
    for scheme in [
        Scheme::OnOffKeying,
        Scheme::PulsePosition { slots: 16 },
        Scheme::Coherent { keying: Keying::Dpsk, mixing: Mixing::Heterodyne, oscillator_w: 1e-3 },
    ] {
        let detector = detector(scheme, ReceiverConfig::pin(0.9, 1e9));
        let power = detector.sensitivity_w(1e-6).unwrap();
        assert!((detector.error_rate(power).unwrap() / 1e-6 - 1.0).abs() < 1e-9);
        let mean = detector.mean_error_rate(&channel, 1e3 * power).unwrap();
        // The power is a product and a quotient by the knee; the rate has some 10 times its relative error.
        assert!((mean / 1e-6 - 1.0).abs() < 1e-9, "{scheme:?} {mean:e}");
    }
}

#[test]
fn an_avalanche_has_a_best_gain() {
    let needed = |gain: f64| {
        let receiver = ReceiverConfig { gain, ionisation_ratio: 0.3, ..ReceiverConfig::pin(0.9, 1e9) };
        detector(Scheme::OnOffKeying, receiver).sensitivity_w(1e-9).unwrap()
    };
    assert!(needed(20.0) < needed(1.0) && needed(20.0) < needed(1000.0));
}

#[test]
fn receivers_beyond_reason_are_refused() {
    let good = ReceiverConfig::pin(0.9, 1e9);
    for bad in [
        ReceiverConfig { responsivity_a_w: 0.0, ..good },
        ReceiverConfig { gain: f64::NAN, ..good },
        ReceiverConfig { load_ohm: 0.0, ..good },
        ReceiverConfig { temperature_k: -1.0, ..good },
        ReceiverConfig { bandwidth_hz: f64::INFINITY, ..good },
    ] {
        assert_eq!(Receiver::new(bad).unwrap_err().kind(), "domain");
    }
    let detector = detector(Scheme::OnOffKeying, good);
    for power in [-1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(detector.error_rate(power).unwrap_err().kind(), "domain");
    }
    assert!(detector.sensitivity_w(0.5).is_err() && detector.sensitivity_w(0.0).is_err());
}

proptest! {
    #[test]
    fn error_rates_are_probabilities_that_fall_with_power(
        power in -15.0..3.0_f64, which in 0..8_usize, gain in 0.0..4.0_f64, dark in -12.0..-3.0_f64,
        bandwidth in 3.0..12.0_f64, temperature in prop::sample::select(vec![0.0, 300.0]),
    ) {
        let coherent = |keying, mixing| Scheme::Coherent { keying, mixing, oscillator_w: 1e-3 };
        let scheme = [
            Scheme::OnOffKeying,
            Scheme::PulsePosition { slots: 2 },
            Scheme::PulsePosition { slots: 256 },
            coherent(Keying::Bpsk, Mixing::Homodyne),
            coherent(Keying::Bpsk, Mixing::Heterodyne),
            coherent(Keying::Dpsk, Mixing::Homodyne),
            coherent(Keying::Qpsk, Mixing::Heterodyne),
            coherent(Keying::Qpsk, Mixing::Homodyne),
        ][which];
        let receiver = ReceiverConfig {
            gain: 10_f64.powf(gain),
            ionisation_ratio: 0.1,
            bulk_dark_a: 10_f64.powf(dark),
            temperature_k: temperature,
            ..ReceiverConfig::pin(0.9, 10_f64.powf(bandwidth))
        };
        let detector = detector(scheme, receiver);
        let (weak, strong) = (10_f64.powf(power), 2.0 * 10_f64.powf(power));
        let (more, less) = (detector.error_rate(weak).unwrap(), detector.error_rate(strong).unwrap());
        prop_assert!((0.0..=0.5).contains(&more) && less <= more * (1.0 + 1e-9), "{more} {less}");
    }
}
