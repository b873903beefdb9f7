//! Slow-time phase: NumPy's unwrapping, exact circles, and a fan that was recorded.

use crate::common::Noise;
use mmw_core::ndarray::{Array1, array};
use mmw_core::{C32, C64, Error};
use mmw_dsp::phase::{
    Unwrapper, demodulate, demodulate_about, displacement, fit_circle, unwrap, unwrap_in_place,
};
use proptest::prelude::*;
use std::f64::consts::{PI, TAU};
use std::path::Path;

/// Input of NumPy 2.4 `np.unwrap`: 40 uniform draws in (-π, π), steps of exactly π, 3π and 5π,
/// and some turns.
const WRAPPED: [f64; 54] = [
    -2.603,
    -1.654,
    1.893,
    0.516,
    -2.55,
    -0.42,
    -0.132,
    -2.138,
    1.474,
    -2.427,
    -0.683,
    0.105,
    -0.436,
    0.545,
    1.494,
    2.867,
    -1.356,
    0.933,
    1.233,
    -1.302,
    -3.132,
    2.975,
    -1.267,
    -1.169,
    2.461,
    0.535,
    -0.18,
    1.717,
    -2.951,
    1.3,
    -0.79,
    -2.571,
    1.008,
    2.711,
    -1.84,
    0.817,
    -1.268,
    1.519,
    1.396,
    -1.767,
    0.0,
    PI,
    0.0,
    -PI,
    0.0,
    9.42477796076938,
    0.0,
    -9.42477796076938,
    0.0,
    15.707963267948966,
    20.0,
    -20.0,
    100.5,
    100.0,
];

/// What `np.unwrap` made of it.
const UNWRAPPED: [f64; 54] = [
    -2.603,
    -1.654,
    -4.390185307179586,
    -5.767185307179586,
    -8.833185307179587,
    -6.703185307179586,
    -6.415185307179586,
    -8.421185307179586,
    -11.092370614359172,
    -8.710185307179586,
    -6.966185307179586,
    -6.178185307179586,
    -6.719185307179586,
    -5.738185307179586,
    -4.7891853071795865,
    -3.4161853071795862,
    -1.356,
    0.933,
    1.233,
    -1.302,
    -3.132,
    -3.308185307179587,
    -1.2670000000000008,
    -1.169000000000001,
    -3.8221853071795873,
    -5.748185307179587,
    -6.463185307179587,
    -4.5661853071795875,
    -2.951000000000001,
    -4.983185307179587,
    -7.073185307179587,
    -8.854185307179588,
    -11.558370614359173,
    -9.855370614359172,
    -8.123185307179586,
    -5.466185307179586,
    -7.551185307179586,
    -4.764185307179586,
    -4.887185307179586,
    -1.767,
    0.0,
    PI,
    0.0,
    -PI,
    0.0,
    PI,
    0.0,
    -PI,
    0.0,
    PI,
    1.1504440784612413,
    -1.1504440784612413,
    -0.030964914873379712,
    -0.5309649148733797,
];

#[test]
fn unwrapping_is_that_of_numpy() {
    let found = unwrap(&Array1::from(WRAPPED.to_vec())).unwrap();
    for (i, (found, numpy)) in found.iter().zip(UNWRAPPED).enumerate() {
        // NumPy sums rounded corrections, here turns are counted: a few 1e-15 over this record.
        assert!((found - numpy).abs() < 2e-14, "{i}: {found} {numpy}");
    }
}

#[test]
fn a_stream_unwraps_to_the_same_bits() {
    let mut noise = Noise::new(1);
    let wrapped: Vec<f64> = (0..1000).map(|_| 5.0 * noise.complex().re).collect();
    let mut whole = wrapped.clone();
    unwrap_in_place(&mut whole).unwrap();
    let mut unwrapper = Unwrapper::new();
    let stream: Vec<f64> = wrapped.iter().map(|&p| unwrapper.push(p).unwrap()).collect();
    assert_eq!(stream, whole);

    let narrow: Vec<f32> = wrapped.iter().map(|&p| p as f32).collect();
    let mut whole = narrow.clone();
    unwrap_in_place(&mut whole).unwrap();
    let mut unwrapper = Unwrapper::new();
    let stream: Vec<f32> = narrow.iter().map(|&p| unwrapper.push(p).unwrap()).collect();
    assert_eq!(stream, whole);
}

#[test]
fn a_long_ramp_comes_back_to_the_last_digits() {
    let exact = |i: usize| 0.9 * i as f64;
    let mut wrapped: Vec<f64> = (0..100_000).map(|i| C64::cis(exact(i)).arg()).collect();
    unwrap_in_place(&mut wrapped).unwrap();
    for (i, found) in wrapped.iter().enumerate() {
        // 9e4 rad has digits of 1.5e-11, and cis and arg add as much.
        assert!((found - exact(i)).abs() < 5e-11);
    }
}

#[test]
fn bad_phases_are_errors_and_change_nothing() {
    let mut phases = vec![0.0, 4.0, f64::NAN, 1.0];
    assert!(matches!(unwrap_in_place(&mut phases), Err(Error::NotFinite { index: 2, .. })));
    assert_eq!(phases[1], 4.0);
    phases[2] = 1e300;
    assert!(matches!(unwrap_in_place(&mut phases), Err(Error::Domain { .. })));
    assert!(unwrap_in_place::<f64>(&mut []).is_ok());
    let mut unwrapper = Unwrapper::new();
    assert_eq!(unwrapper.push(3.0).unwrap(), 3.0);
    assert!(matches!(unwrapper.push(f64::INFINITY), Err(Error::NotFinite { index: 1, .. })));
    assert_eq!(unwrapper.push(-3.0).unwrap(), TAU - 3.0);
    assert!(demodulate(&array![C32::new(f32::NAN, 0.0)]).is_err());
    assert!(demodulate_about(&array![C64::from(1.0)], C64::new(0.0, f64::NAN)).is_err());
    assert!(demodulate(&array![C64::default()]).unwrap()[0] == 0.0);
    assert!(displacement(&array![0.0, f64::NAN], 4e-3).is_err());
    assert!(displacement(&array![0.0, 1.0], 0.0).is_err());
    assert!(displacement(&array![-1e308, 1e308], 4e3).is_err());
    assert!(displacement(&Array1::<f64>::zeros(0), 4e-3).unwrap().is_empty());
}

#[test]
fn receding_is_positive() {
    // The beat phase is 2π f τ with τ = 2 R / c: it grows with range.
    let (lambda, step_m) = (4e-3, 0.7e-3);
    let echo: Array1<C64> =
        (0..50).map(|i| C64::cis(2.0 * TAU / lambda * (1.0 + step_m * i as f64))).collect();
    let moved = displacement(&unwrap(&demodulate(&echo).unwrap()).unwrap(), lambda).unwrap();
    assert!((moved[49] - 49.0 * step_m).abs() < 1e-12);
}

#[test]
fn a_circle_is_found_from_a_noisy_arc() {
    let centre = C64::new(12.0, -7.0);
    let mut noise = Noise::new(6);
    let arc: Array1<C64> = (0..400)
        .map(|i| centre + C64::from_polar(3.0, 0.2 + 0.004 * i as f64) + 0.03 * noise.complex())
        .collect();
    let circle = fit_circle(&arc).unwrap();
    // 92 degrees of arc, noise of 1 % of the radius, 400 samples: the fit scatters by about 0.01.
    assert!((circle.centre - centre).norm() < 0.05, "{circle:?}");
    assert!((circle.radius - 3.0).abs() < 0.05);
    let phase = demodulate_about(&arc, circle.centre).unwrap();
    let (first, last) =
        (phase.iter().take(20).sum::<f64>() / 20.0, phase.iter().rev().take(20).sum::<f64>() / 20.0);
    assert!((last - first - 0.004 * 380.0).abs() < 0.03);
}

#[test]
fn circles_are_exact_in_both_precisions_and_lines_are_refused() {
    let arc = |scale: f64| -> Array1<C64> {
        (0..7).map(|i| scale * (C64::new(2.0, 1.0) + C64::from_polar(0.5, 0.3 * f64::from(i)))).collect()
    };
    for scale in [1e-300, 1e-6, 1.0, 1e6, 1e300] {
        let circle = fit_circle(&arc(scale)).unwrap();
        assert!(
            (circle.radius / scale - 0.5).abs() < 1e-9
                && (circle.centre / scale - C64::new(2.0, 1.0)).norm() < 1e-9
        );
    }
    let narrow: Array1<C32> = arc(1.0).iter().map(|z| C32::new(z.re as f32, z.im as f32)).collect();
    assert!((fit_circle(&narrow).unwrap().radius - 0.5).abs() < 1e-5);
    let line: Array1<C64> = (0..9).map(|i| C64::new(f64::from(i), 2.0 * f64::from(i))).collect();
    assert!(matches!(fit_circle(&line), Err(Error::Singular { .. })));
    assert!(matches!(fit_circle(&Array1::from_elem(5, C64::i())), Err(Error::Singular { .. })));
    assert!(matches!(fit_circle(&Array1::from_elem(2, C64::i())), Err(Error::TooFew { .. })));
}

proptest! {
    #[test]
    fn unwrapped_phases_step_by_half_a_turn_at_most_and_keep_their_angle(
        wrapped in proptest::collection::vec(-1e3..1e3_f64, 1..200),
    ) {
        let mut unwrapped = wrapped.clone();
        unwrap_in_place(&mut unwrapped).unwrap();
        prop_assert_eq!(unwrapped[0], wrapped[0]);
        for (w, u) in wrapped.iter().zip(&unwrapped) {
            let turns = (u - w) / TAU;
            prop_assert!((turns - turns.round()).abs() < 1e-10);
        }
        for step in unwrapped.windows(2) {
            prop_assert!((step[1] - step[0]).abs() <= PI + 1e-9);
        }
    }

    #[test]
    fn unwrapping_twice_changes_nothing(wrapped in proptest::collection::vec(-3.0..3.0_f64, 1..100)) {
        let once = unwrap(&Array1::from(wrapped)).unwrap();
        let twice = unwrap(&once).unwrap();
        prop_assert!(once.iter().zip(&twice).all(|(a, b)| (a - b).abs() < 1e-12));
    }
}

/// Slow time of range bin `bin`, receiver 0, from a record of 1000 frames of one chirp, 4 receivers and 256
/// samples as int16 in groups I0 I1 Q0 Q1, under a Hann window.
fn slow_time(path: &Path, bin: usize) -> Array1<C64> {
    let bytes = std::fs::read(path).unwrap();
    let number = |at: usize| f64::from(i16::from_le_bytes([bytes[at], bytes[at + 1]]));
    (0..1000)
        .map(|frame| {
            (0..256)
                .map(|n| {
                    let at = 2 * (2 * (frame * 4 * 256 + n) - n % 2);
                    let sample = C64::new(number(at), number(at + 4));
                    let window = 0.5 - 0.5 * (TAU * n as f64 / 255.0).cos();
                    sample * window * C64::cis(-TAU * (bin * n) as f64 / 256.0)
                })
                .sum()
        })
        .collect()
}

/// Amplitude in µm of the strongest line above 40 Hz (below, people and mounts move), its frequency, and the
/// median over all of them.
fn strongest_line(displacement_m: &Array1<f64>) -> (f64, f64, f64) {
    let n = displacement_m.len() as f64;
    // A parabola takes out drift.
    let t = |i: usize| i as f64 / n - 0.5;
    let [s0, s1, s2] =
        [0, 1, 2].map(|k| displacement_m.iter().enumerate().map(|(i, d)| d * t(i).powi(k)).sum::<f64>() / n);
    let (slope, bend) = (12.0 * s1, 180.0 * (s2 - s0 / 12.0));
    let flat: Vec<f64> = displacement_m
        .iter()
        .enumerate()
        .map(|(i, d)| d - s0 - slope * t(i) - bend * (t(i) * t(i) - 1.0 / 12.0))
        .collect();
    let line = |k: usize| {
        let sum: C64 = flat
            .iter()
            .enumerate()
            .map(|(i, d)| {
                d * (0.5 - 0.5 * (TAU * i as f64 / (n - 1.0)).cos()) * C64::cis(-TAU * (k * i) as f64 / n)
            })
            .sum();
        4e6 * sum.norm() / n
    };
    let mut lines: Vec<(f64, f64)> = (40..500).map(|k| (line(k), k as f64)).collect();
    lines.sort_by(|a, b| b.0.total_cmp(&a.0));
    (lines[0].0, lines[0].1, lines[lines.len() / 2].0)
}

#[test]
fn a_recorded_fan_hums_at_64_hertz() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/radar/vibration");
    if !folder.join("fan_on.bin").exists() {
        println!("skipped: no captures in {}", folder.display());
        return;
    }
    // 77 GHz and 256 samples at 10 MHz on 29.98 MHz/us: the wavelength at the centre of the sweep.
    let lambda = 299_792_458.0 / (1_435_384_036.0 * 53.644 + 621.0 * 48.2797e9 * (6e-6 + 12.8e-6));
    let line = |name: &str| {
        let phase = unwrap(&demodulate(&slow_time(&folder.join(name), 10)).unwrap()).unwrap();
        strongest_line(&displacement(&phase, lambda).unwrap())
    };
    let (amplitude_um, frequency_hz, median_um) = line("fan_on.bin");
    assert_eq!(frequency_hz, 64.0);
    assert!((4.0..5.0).contains(&amplitude_um), "{amplitude_um} um");
    assert!(amplitude_um > 15.0 * median_um, "{amplitude_um} over {median_um}");
    let (amplitude_um, frequency_hz, median_um) = line("fan_off.bin");
    assert!(amplitude_um < 8.0 * median_um, "off: {amplitude_um} um at {frequency_hz} Hz over {median_um}");
}
