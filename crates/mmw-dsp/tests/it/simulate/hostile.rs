//! Scenes that are refused, and any others: finite.

use super::*;
use mmw_core::Result;
use mmw_core::ndarray::s;
use proptest::prelude::*;

fn rejected(change: impl FnOnce(&mut Scene)) -> String {
    let mut scene = clean_scene(everyday_targets());
    change(&mut scene);
    Simulator::new(scene).unwrap_err().to_string()
}

#[test]
fn hostile_scenes_are_refused_by_name() {
    let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300];
    for x in bad {
        for message in [
            rejected(|s| s.targets[1].position_m[2] = x),
            rejected(|s| s.targets[1].velocity_m_s[0] = x),
            rejected(|s| s.targets[1].strength = Strength::RcsM2(x)),
            rejected(|s| s.targets[1].strength = Strength::SnrDb(x)),
            rejected(|s| s.targets[1].vibration.as_mut().unwrap().amplitude_m = x),
            rejected(|s| s.targets[1].vibration.as_mut().unwrap().frequency_hz = x),
        ] {
            assert!(message.starts_with("target 1: "), "{message}");
        }
        assert!(rejected(|s| s.radio.transmit_power_dbm = x).starts_with("radio.transmit_power_dbm"));
        assert!(rejected(|s| s.radio.noise_figure_db = x).starts_with("radio.noise_figure_db"));
        rejected(|s| s.radio.temperature_k = x);
        rejected(|s| s.fmcw.sample_rate_hz = x);
        rejected(|s| s.fmcw.slope_hz_per_s = x);
        rejected(|s| s.fmcw.start_frequency_hz = x);
    }
    for rcs_m2 in [0.0, -1.0] {
        rejected(|s| s.targets[0].strength = Strength::RcsM2(rcs_m2));
    }
    rejected(|s| s.radio.adc_bits = 0);
    rejected(|s| s.radio.adc_bits = 17);
    rejected(|s| s.radio.noise_figure_db = -1.0);
    assert!(rejected(|s| s.frames = 0).starts_with("frames"));
    assert!(rejected(|s| s.fmcw.antennas = None).starts_with("fmcw.antennas"));
    assert!(rejected(|s| s.targets[0].position_m = [0.0; 3]).contains("least distance"));
    // On its way, in the sixth second, it hits the radar.
    assert!(
        rejected(|s| {
            s.frames = 100;
            s.targets[0] = PointTarget::polar(5.5, 0.0, 0.0, -1.0, 1.0);
        })
        .contains("least distance")
    );
    let spin = Vibration { amplitude_m: 1e-2, frequency_hz: 1e6, phase_rad: 0.0, direction: None };
    assert!(rejected(|s| s.targets[0].vibration = Some(spin)).contains("third derivative"));
    let nowhere = Vibration { frequency_hz: 1.0, direction: Some([0.0; 3]), ..spin };
    assert!(rejected(|s| s.targets[0].vibration = Some(nowhere)).contains("direction"));
}

#[test]
fn wrong_frames_and_shapes_are_refused() {
    let simulator = Simulator::new(clean_scene(vec![])).unwrap();
    assert!(simulator.frame(1, &mut stream(0)).is_err());
    assert!(simulator.truth(usize::MAX).is_err());
    assert!(simulator.frame_centre_s(1).is_err());
    let mut cube = Array3::zeros((12, 4, 255));
    assert!(simulator.frame_into(0, &mut stream(0), &mut cube).is_err());
    let radio = RadioFrontEnd::default();
    for x in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(radio.noise_power_w(x).is_err());
        assert!(radio.echo_power_w(x, 1.0, 1.0).is_err());
        assert!(radio.echo_power_w(4e-3, x, 1.0).is_err());
        assert!(radio.echo_power_w(4e-3, 1.0, x).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever the numbers: an error, or a finite frame that equals the sum of its targets.
    #[test]
    fn any_scene_is_refused_or_finite_and_linear(
        places in prop::collection::vec((-50.0..50.0, -50.0..50.0, -20.0..20.0), 2),
        speeds in prop::collection::vec((-60.0..60.0, -60.0..60.0, -60.0..60.0), 2),
        magnitude in -12..12_i32,
        frequency_hz in 0.0..1e4,
        slope in 1e9..1e14,
        samples in 2..80_usize,
    ) {
        let targets: Vec<PointTarget> = places.iter().zip(&speeds).map(|(&p, &v)| PointTarget {
            position_m: p.into(),
            velocity_m_s: v.into(),
            strength: Strength::RcsM2(10_f64.powi(magnitude)),
            vibration: Some(Vibration { amplitude_m: 1e-4, frequency_hz, phase_rad: 0.0, direction: None }),
        }).collect();
        let frame = |targets: &[PointTarget]| -> Result<Array3<C32>> {
            let mut scene = clean_scene(targets.to_vec());
            scene.fmcw = FmcwConfig { samples, chirps: 2, slope_hz_per_s: slope, ..scene.fmcw };
            Simulator::new(scene)?.frame(0, &mut stream(0))
        };
        if let Ok(both) = frame(&targets) {
            prop_assert!(both.iter().all(|z| z.re.is_finite() && z.im.is_finite()));
            let (a, b) = (frame(&targets[..1])?, frame(&targets[1..])?);
            for ((both, a), b) in both.iter().zip(&a).zip(&b) {
                // Three roundings to single precision.
                let scale = a.norm() + b.norm();
                prop_assert!((both - (a + b)).norm() <= 3e-7 * scale);
            }
        }
    }

    /// A scene of noise is a scene of targets plus its noise: the stream does not know the targets.
    #[test]
    fn noise_is_added_and_independent_of_the_targets(range_m in 1.0..10.0, seed in 0..1000_usize) {
        let mut scene = clean_scene(vec![PointTarget::polar(range_m, 0.1, 0.0, 0.3, 1.0)]);
        let echo = cube_of(scene.clone());
        scene.radio.noise = true;
        let both = Simulator::new(scene.clone())?.frame(0, &mut stream(seed))?;
        scene.targets.clear();
        let noise = Simulator::new(scene)?.frame(0, &mut stream(seed))?;
        prop_assert_eq!(both.slice(s![.., .., ..8]).to_owned(), (echo + noise).slice(s![.., .., ..8]).to_owned());
    }
}
