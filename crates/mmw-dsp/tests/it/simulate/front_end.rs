//! Radar equation, thermal noise, converter and filter.

use super::*;
use mmw_dsp::Sampling;

#[test]
fn noise_has_the_power_k_t_b_f() {
    for sampling in [Sampling::Complex1x, Sampling::Complex2x, Sampling::Real] {
        let mut scene = Scene::preset(Board::Iwr1843);
        scene.fmcw.chirps = 32;
        scene.fmcw.sampling = sampling;
        scene.radio.quantise = false;
        let simulator = Simulator::new(scene).unwrap();
        let cube = simulator.frame(0, &mut stream(0)).unwrap();
        let noise_w = BOLTZMANN_J_K * 290.0 * 5e6 * 10_f64.powf(1.5);
        // 15 bits of magnitude, 30 dB of gain, full scale of 10 dBm = 10 mW.
        let expected = noise_w * 1e3 / 0.01 * 32768_f64.powi(2);
        assert!((simulator.noise_power_counts2() / expected - 1.0).abs() < 1e-12);
        let n = cube.len() as f64;
        let power = |part: fn(&C32) -> f32| cube.iter().map(|z| f64::from(part(z)).powi(2)).sum::<f64>() / n;
        // Each part is chi-square with n degrees: relative standard error √(2/n); four of them.
        let tolerance = 4.0 * (2.0 / n).sqrt();
        assert!((power(|z| z.re) / (expected / 2.0) - 1.0).abs() < tolerance);
        if sampling == Sampling::Real {
            assert!(cube.iter().all(|z| z.im == 0.0));
        } else {
            assert!((power(|z| z.im) / (expected / 2.0) - 1.0).abs() < tolerance);
        }
    }
}

#[test]
fn quantisation_errs_by_a_uniform_half_count() {
    let targets = vec![PointTarget::polar(3.0, 0.2, 0.0, 0.1, 1.0)];
    let mut scene = Scene { targets, ..Scene::preset(Board::Iwr1843) };
    scene.fmcw.chirps = 32;
    let rounded = cube_of(scene.clone());
    scene.radio.quantise = false;
    let exact = cube_of(scene);
    let errors: Vec<f64> = rounded
        .iter()
        .zip(&exact)
        .flat_map(|(a, b)| [f64::from(a.re) - f64::from(b.re), f64::from(a.im) - f64::from(b.im)])
        .collect();
    assert!(rounded.iter().all(|z| z.re.fract() == 0.0 && z.im.fract() == 0.0));
    assert!(errors.iter().all(|e| e.abs() <= 0.5));
    let variance = errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64;
    // The square of a uniform error has variance 1/80 - 1/144; four standard errors.
    let tolerance = 4.0 * ((1.0 / 80.0 - 1.0 / 144.0) / errors.len() as f64).sqrt();
    assert!((variance - 1.0 / 12.0).abs() < tolerance, "{variance}");
}

#[test]
fn clipped_samples_are_those_beyond_full_scale() {
    for bits in [8, 12, 16] {
        let targets = vec![PointTarget::polar(1.0, 0.2, 0.0, 0.1, 1.0).with_snr_db(20.0)];
        let mut scene = Scene { targets, ..clean_scene(vec![]) };
        scene.fmcw.samples = 250;
        scene.radio = RadioFrontEnd { adc_bits: bits, receiver_gain_db: 82.0, ..RadioFrontEnd::default() };
        let full_scale = f32::from(1_u16 << (bits - 1));
        let mut cube = Array3::zeros((12, 4, 250));
        let simulator = Simulator::new(scene.clone()).unwrap();
        let clipped = simulator.frame_into(0, &mut stream(0), &mut cube).unwrap();
        scene.radio.quantise = false;
        let over = |x: f32| x.round_ties_even() > full_scale - 1.0 || x.round_ties_even() < -full_scale;
        let exact = cube_of(scene);
        assert_eq!(clipped, exact.iter().filter(|z| over(z.re) || over(z.im)).count());
        assert!(clipped > 0 && clipped < cube.len());
        assert!(cube.iter().all(|z| z.re <= full_scale - 1.0 && z.re >= -full_scale));
    }
}

#[test]
fn power_falls_with_the_fourth_power_of_the_range() {
    let power = |range_m: f64| {
        let cube = cube_of(clean_scene(vec![PointTarget::polar(range_m, 0.0, 0.0, 0.0, 1.0)]));
        f64::from(cube[[0, 0, 0]].norm_sqr())
    };
    // The first pair of antennas shares its place at the origin, so the law is exact up to single precision.
    assert!((power(2.0) / power(8.0) - 256.0).abs() < 256.0 * 1e-6);
    assert!((power(2.0) / power(4.0) - 16.0).abs() < 16.0 * 1e-6);
}

#[test]
fn the_ratio_asked_for_is_the_ratio_in_the_samples() {
    let targets = vec![PointTarget::polar(4.0, 0.2, 0.0, 0.5, 1.0).with_snr_db(-7.0)];
    let simulator = Simulator::new(clean_scene(targets)).unwrap();
    let cube = simulator.frame(0, &mut stream(0)).unwrap();
    let ratio = cube.iter().map(|z| f64::from(z.norm_sqr())).sum::<f64>()
        / cube.len() as f64
        / simulator.noise_power_counts2();
    assert!((10.0 * ratio.log10() + 7.0).abs() < 1e-5);
    assert_eq!(simulator.truth(0).unwrap()[0].snr_db, -7.0);
    // By cross-section: what the truth says is what the samples hold, up to the spread of the antennas.
    let simulator = Simulator::new(clean_scene(vec![PointTarget::polar(4.0, 0.2, 0.0, 0.0, 2.0)])).unwrap();
    let cube = simulator.frame(0, &mut stream(0)).unwrap();
    let mean = cube.iter().map(|z| f64::from(z.norm_sqr())).sum::<f64>() / cube.len() as f64;
    let snr_db = 10.0 * (mean / simulator.noise_power_counts2()).log10();
    assert!((snr_db - simulator.truth(0).unwrap()[0].snr_db).abs() < 1e-3);
}

#[test]
fn real_sampling_is_the_in_phase_part_within_half_the_band() {
    let mut scene = clean_scene(everyday_targets());
    scene.fmcw.sampling = Sampling::Complex2x;
    let both = Simulator::new(scene.clone()).unwrap();
    // 5 m is 2.3 MHz, in the band; 9 m is 4.2 MHz and only Complex1x hears it.
    let heard: Vec<bool> = both.truth(0).unwrap().iter().map(|t| t.in_band).collect();
    assert_eq!(heard, [true, true, true, false]);
    let both = both.frame(0, &mut stream(0)).unwrap();
    scene.fmcw.sampling = Sampling::Real;
    let real = cube_of(scene.clone());
    assert_eq!(real, both.mapv(|z| C32::new(z.re, 0.0)));
    // Without the filtered target the frame is the same.
    scene.targets.pop();
    assert_eq!(cube_of(scene), real);
}
