//! Filters, unwrapping and logs of vital signs: SciPy's filter, phases that slip, frames of TI's UART.

use crate::common::Noise;
use mmw_core::ndarray::{Array1, Array2, Array3, array};
use mmw_core::{C64, Error};
use mmw_dsp::phase::unwrap;
use mmw_dsp::vitals::{
    BandPass, VitalMonitor, VitalSignsLog, VitalsConfig, extended_dacm, maximum_ratio, moving_cells,
    unwrap_map, unwrap_repaired, vibration_scan,
};
use std::f64::consts::{PI, TAU};
use std::path::Path;

/// The input of `data/butterworth.py`.
fn filtered_signal() -> Array1<f64> {
    Array1::from_shape_fn(8000, |n| {
        let i = n as f64;
        2.0 + 1e-3 * i + (0.0785 * i).sin() + 0.3 * (0.377 * i + 1.0).cos() + 0.01 * ((n * 37) % 101) as f64
    })
}

#[test]
fn the_zero_phase_band_pass_is_that_of_scipy_away_from_the_edges() {
    let signal = filtered_signal();
    for row in include_str!("../data/butterworth.csv").lines().filter(|line| !line.starts_with('#')) {
        let values: Vec<f64> = row.split(',').map(|v| v.parse().unwrap()).collect();
        let [order, low, high, rate] = values[..4].try_into().unwrap();
        let passed = BandPass::new(order as usize, [low, high], rate).unwrap().zero_phase(&signal).unwrap();
        for (k, expected) in (3000..5000).step_by(97).zip(&values[4..]) {
            // The tolerance of the table: 1e-10 of the greatest input, 10.
            assert!((passed[k] - expected).abs() < 1e-9, "{row:.20} at {k}: {} {expected}", passed[k]);
            // Closer than the table asks for: both sides only round.
            assert!((passed[k] - expected).abs() < 2e-11, "{row:.20} at {k}: {} {expected}", passed[k]);
        }
    }
}

#[test]
fn the_gain_is_one_inside_a_half_at_the_edges_and_nothing_for_an_offset() {
    for order in 1..=12 {
        let filter = BandPass::new(order, [0.8, 2.5], 20.0).unwrap();
        let gain = |f: f64| filter.gain(f, 20.0).unwrap();
        // The centre of a bilinear band-pass is the geometric mean of the warped edges.
        let warped = |f: f64| (PI * f / 20.0).tan();
        let centre = (warped(0.8) * warped(2.5)).sqrt().atan() * 20.0 / PI;
        assert!((gain(centre) - 1.0).abs() < 1e-9, "{order}");
        assert!((gain(0.8) - 0.5).abs() < 1e-9 && (gain(2.5) - 0.5).abs() < 1e-9, "{order}");
        assert!(gain(0.0) == 0.0 && gain(10.0) < 1e-12);
        let offset = filter.zero_phase(&Array1::from_elem(500, 7.0)).unwrap();
        assert!(offset.iter().all(|x| x.abs() < 1e-12), "{order}");
    }
}

#[test]
fn filters_that_cannot_be_are_errors_that_name_the_limit() {
    let reason = |order, band, rate| BandPass::new(order, band, rate).unwrap_err().to_string();
    assert!(reason(4, [0.8, 2.5], 5.0).contains("half the sample rate, 2.5 Hz"));
    assert!(reason(0, [0.8, 2.5], 20.0).contains("order"));
    assert!(reason(4, [2.5, 0.8], 20.0).contains("upper edge"));
    assert!(reason(4, [0.8, f64::NAN], 20.0).contains("upper edge"));
    let filter = BandPass::new(4, [0.8, 2.5], 20.0).unwrap();
    assert!(matches!(filter.zero_phase(&array![1.0]), Err(Error::TooFew { .. })));
    assert!(matches!(filter.zero_phase(&array![1.0, f64::NAN, 0.0]), Err(Error::NotFinite { .. })));
    for value in [f64::MAX, 1e306] {
        let signal = Array1::from_shape_fn(64, |n| if n % 3 == 0 { value } else { -value });
        match filter.zero_phase(&signal) {
            Ok(passed) => assert!(passed.iter().all(|x| x.is_finite())),
            Err(error) => assert!(matches!(error, Error::Invalid { .. }), "{error}"),
        }
    }
    // From the shortest record on, however short the extension.
    for n in 2..40 {
        assert_eq!(filter.zero_phase(&Array1::linspace(0.0, 1.0, n)).unwrap().len(), n);
    }
}

#[test]
fn unwrapping_random_walks_below_half_a_turn_is_left_as_it_is() {
    let mut noise = Noise::new(5);
    for most in [0.3, 1.0, 2.0, 3.1] {
        for _ in 0..50 {
            let mut sum = 0.0;
            let walk = Array1::from_shape_fn(1000, |_| {
                // Uniform within ±most: the angle of a normal phasor.
                sum += most / PI * noise.complex().arg();
                sum
            });
            let wrapped = walk.mapv(|p| C64::cis(p).arg());
            assert_eq!(unwrap_repaired(&wrapped).unwrap(), unwrap(&wrapped).unwrap(), "{most}");
        }
    }
}

#[test]
fn slips_that_numpy_makes_are_repaired() {
    let mut noise = Noise::new(6);
    // Fast motion: up to 0.8 turns per sample, in 15 dB.
    let fast = |n: usize| 60.0 * (0.08 * n as f64).sin();
    // A glitch on a slow ramp: two samples lost in noise.
    let ramp = |n: usize| 0.9 * n as f64;
    for (name, phase, glitch) in [("fast", &fast as &dyn Fn(usize) -> f64, false), ("glitch", &ramp, true)] {
        let mut slipped = 0;
        for at in 20..120 {
            let wrapped = Array1::from_shape_fn(150, |n| {
                let lost = glitch && (n == at || n == at + 1);
                let echo = if lost { C64::default() } else { C64::cis(phase(n)) };
                (echo + 0.08 * noise.complex()).arg()
            });
            let off = |unwrapped: &Array1<f64>| {
                let error = |n: usize| unwrapped[n] - phase(n);
                (error(149) - error(0)).abs() > PI
            };
            slipped += usize::from(off(&unwrap(&wrapped).unwrap()));
            assert!(!off(&unwrap_repaired(&wrapped).unwrap()), "{name} at {at}");
        }
        assert!(
            slipped > 10,
            "{name}: numpy's rule slipped {slipped} times of 100, nothing was put to the test"
        );
    }
}

#[test]
fn maps_are_unwrapped_over_noise_and_steep_slopes() {
    let mut noise = Noise::new(7);
    let surface = |i: usize, j: usize| {
        let (x, y) = ((i as f64 - 30.0) / 12.0, (j as f64 - 20.0) / 9.0);
        25.0 * (-x * x - y * y).exp() + 0.2 * i as f64
    };
    let map = Array2::from_shape_fn((64, 48), |(i, j)| surface(i, j));
    let wrapped = map.mapv(|p| (C64::cis(p) + 0.2 * noise.complex()).arg());
    let unwrapped = unwrap_map(&wrapped).unwrap();
    let off = (&unwrapped - &map).mapv(|e| ((e - (unwrapped[[0, 0]] - map[[0, 0]])) / TAU).round());
    // Noise of 0.14 rad beside slopes of up to 2 rad per cell: the turns are right but for a few cells.
    assert!(off.iter().filter(|turns| **turns != 0.0).count() <= 3);
    assert_eq!(unwrapped[[0, 0]], wrapped[[0, 0]]);
    assert!(unwrap_map(&Array2::zeros((0, 4))).is_err());
    assert_eq!(unwrap_map(&Array2::from_elem((1, 1), 2.0)).unwrap()[[0, 0]], 2.0);
    assert!(unwrap_map(&Array2::from_elem((2, 2), f64::NAN)).is_err());
}

#[test]
fn extended_dacm_follows_what_the_arctangent_does_at_small_steps() {
    let phase = |n: usize| 2.0 * (0.02 * n as f64).sin();
    let samples = Array1::from_shape_fn(2000, |n| 5.0 * C64::cis(phase(n)));
    let found = extended_dacm(&samples).unwrap();
    // Steps of 0.04 rad at most: their sines are 2.7e-4 too small.
    for n in 0..2000 {
        assert!((found[n] - phase(n)).abs() < 2.0 * 2.7e-4, "{n}");
    }
    assert_eq!(extended_dacm(&array![C64::i(), C64::default(), C64::i()]).unwrap().len(), 3);
    assert!(extended_dacm(&array![C64::new(f64::NAN, 0.0)]).is_err());
}

#[test]
fn receivers_add_up_to_the_sum_of_their_ratios() {
    // Four receivers at 0, −3, −6 and −10 dB beside 50 times as much that stands still.
    let gains = [1.0, 0.7, 0.5, 0.32].map(|a| C64::from_polar(a, 7.0 * a));
    let mut noise = Noise::new(8);
    let sigma = 0.3;
    let echo = |n: usize| C64::cis(3.0 * (0.1 * n as f64).sin());
    let clean = Array2::from_shape_fn((4, 4000), |(c, n)| gains[c] * echo(n) + 50.0);
    let noisy = clean.mapv(|z| z + sigma * noise.complex());
    let sum = maximum_ratio(&noisy).unwrap();
    let mean = sum.sum() / 4000.0;
    let moving = |n: usize| sum[n] - mean;
    let echo_mean = (0..4000).map(echo).sum::<C64>() / 4000.0;
    let reference: C64 = (0..4000).map(|n| moving(n) * (echo(n) - echo_mean).conj()).sum();
    let energy: f64 = (0..4000).map(|n| (echo(n) - echo_mean).norm_sqr()).sum();
    let gain = reference / energy;
    let left: f64 =
        (0..4000).map(|n| (moving(n) - gain * (echo(n) - echo_mean)).norm_sqr()).sum::<f64>() / 4000.0;
    let best: f64 = gains.iter().map(|g| g.norm_sqr()).sum::<f64>() / (sigma * sigma);
    // The ratio of 4000 samples is known to 3 %.
    assert!((gain.norm_sqr() / left / best - 1.0).abs() < 0.05, "{} of {best}", gain.norm_sqr() / left);
}

#[test]
fn records_without_target_too_short_or_of_a_wrong_rate_are_errors_that_name_the_limit() {
    let monitor = |rate| VitalMonitor::new(VitalsConfig::new(rate, 3.9e-3));
    assert!(monitor(4.0).unwrap_err().to_string().contains("above 5 Hz"));
    assert!(monitor(f64::NAN).is_err() && monitor(-20.0).is_err());
    let monitor = monitor(20.0).unwrap();
    let chest = Array1::from_shape_fn(199, |n| C64::cis(0.1 * n as f64));
    let error = monitor.process(&chest).unwrap_err();
    assert!(matches!(error, Error::TooFew { needed: 200, got: 199, .. }), "{error}");
    assert!(monitor.process(&Array1::zeros(400)).unwrap_err().to_string().contains("no target"));
    let mut noise = Noise::new(9);
    let empty = Array3::from_shape_fn((2, 600, 30), |_| noise.complex());
    let error = monitor.people(&empty, None).unwrap_err();
    assert!(error.to_string().contains("no target"), "{error}");
    // A wall is a target, but nothing moves.
    let wall = empty.mapv(|z| z + 30.0);
    assert!(moving_cells(&wall).unwrap().is_empty() && monitor.people(&wall, None).unwrap().is_empty());
    assert!(vibration_scan(&empty, 1000.0, 3.9e-3).unwrap().vibration.is_none());
    assert!(vibration_scan(&Array3::zeros((1, 600, 3)), 1000.0, 3.9e-3).is_err());
    assert!(vibration_scan(&Array3::zeros((1, 20, 3)), 1000.0, 3.9e-3).is_err());
}

/// A frame as the device sends it.
fn frame(number: u32, samples: &[(i16, i16)], announced: u32) -> Vec<u8> {
    let mut bytes = vec![2, 1, 4, 3, 6, 5, 8, 7];
    let length = 40 + 8 + 128 + 8 + 4 * samples.len();
    let words = [0x0102_0000, length.next_multiple_of(32) as u32, 0xA1443, number, 7, 99, 2, 0];
    bytes.extend(words.iter().flat_map(|w: &u32| w.to_le_bytes()));
    bytes.extend([6_u32, 128].iter().flat_map(|w| w.to_le_bytes()));
    let mut statistics = [0_u8; 128];
    statistics[12..14].copy_from_slice(&4_u16.to_le_bytes());
    statistics[14..16].copy_from_slice(&(3 + samples.len() as u16).to_le_bytes());
    bytes.extend(statistics);
    bytes.extend([2, announced].iter().flat_map(|w: &u32| w.to_le_bytes()));
    bytes.extend(samples.iter().flat_map(|&(re, im)| [re.to_le_bytes(), im.to_le_bytes()]).flatten());
    bytes.resize(length.next_multiple_of(32), 0);
    bytes
}

#[test]
fn a_log_of_the_vital_signs_lab_is_read_from_anywhere_to_anywhere() {
    let samples = |n: i16| [(n, -n), (100 + n, -32768), (32767, 5)];
    let mut bytes = frame(10, &samples(0), 12)[50..].to_vec();
    for (number, announced) in [(11, 12), (12, 9999), (14, 0), (15, 12)] {
        bytes.extend(frame(number, &samples(number as i16), announced));
    }
    bytes.extend(&frame(16, &samples(16), 12)[..150]);
    let log = VitalSignsLog::read(&bytes).unwrap();
    assert_eq!((log.first_bin, log.missing, log.damaged), (4, 1, 1));
    assert_eq!(log.profiles.dim(), (5, 3));
    assert_eq!(log.profiles[[1, 0]], C64::new(12.0, -12.0));
    assert_eq!(log.profiles[[2, 1]], C64::new(113.0, -32768.0));
    assert_eq!(log.profiles[[4, 2]], C64::new(32767.0, 5.0));
    for bad in [&b"nothing"[..], &[2, 1, 4, 3, 6, 5, 8, 7], &[]] {
        assert!(VitalSignsLog::read(bad).unwrap_err().to_string().contains("02 01 04 03"));
    }
}

/// As TI's own program saves them: `68xx_vital_signs/parse/dataOutputFromEVM_AN.bin` of the Industrial
/// Toolbox 4.7 announces 23 bins and 288 bytes, and holds 256 bytes of each frame.
#[test]
fn a_log_whose_frames_are_all_cut_at_the_same_place_keeps_the_bins_that_it_has() {
    let samples: Vec<(i16, i16)> = (0..23).map(|i| (i, 2 * i)).collect();
    let mut bytes: Vec<u8> = (1..=5).flat_map(|number| frame(number, &samples, 92)[..256].to_vec()).collect();
    bytes.extend(&frame(6, &samples, 92)[..250]);
    let log = VitalSignsLog::read(&bytes).unwrap();
    assert_eq!((log.first_bin, log.missing, log.damaged), (4, 0, 1));
    assert_eq!(log.profiles.dim(), (5, 18));
    assert_eq!(log.profiles[[4, 17]], C64::new(17.0, 34.0));
}

/// `[channel, frame, range bin]` of a recording of 1000 frames of one chirp, 4 receivers and 256 samples.
fn recorded_profiles(path: &Path) -> Array3<C64> {
    let bytes = std::fs::read(path).unwrap();
    let word = |at: usize| f64::from(i16::from_le_bytes([bytes[2 * at], bytes[2 * at + 1]]));
    let samples = Array3::from_shape_fn((4, 1000, 256), |(rx, frame, n)| {
        let at = 2 * (256 * (4 * frame + rx) + n) - n % 2;
        C64::new(word(at), word(at + 2))
    });
    let plan = mmw_dsp::fft::AxisFft::<f64>::new(256, 256, mmw_dsp::Window::Hann, false).unwrap();
    plan.process(&samples, mmw_core::ndarray::Axis(2)).unwrap()
}

#[test]
fn the_recorded_fan_vibrates_at_bin_10_when_it_is_on() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/radar/vibration");
    if !folder.join("fan_on.bin").exists() {
        println!("skipped: no captures in {}", folder.display());
        return;
    }
    let scan = |name: &str| vibration_scan(&recorded_profiles(&folder.join(name)), 1000.0, 3.873e-3).unwrap();
    let found = scan("fan_on.bin").vibration.unwrap();
    assert_eq!(found.range_bin, 10);
    assert!(found.over_median > 20.0, "{}", found.over_median);
    for hertz in [64.0, 128.0] {
        let lines = found.lines();
        assert!(lines.iter().any(|(_, line)| (line.frequency_hz - hertz).abs() < 0.5), "{lines:?}");
    }
    let off = scan("fan_off.bin");
    assert!(
        off.vibration.is_none() && off.over_median.iter().all(|level| *level < 8.0),
        "{:?}",
        off.over_median
    );
}
