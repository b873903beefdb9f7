//! Cramér-Rao bounds against closed forms and a brute-force Fisher matrix of the exact phase.

use mmw_dsp::crlb::{TargetBound, target_bound, tone_bound_hz};
use mmw_dsp::mmw_core::consts::SPEED_OF_LIGHT_M_S as C;
use mmw_dsp::mmw_core::geometry::{Direction, dot};
use mmw_dsp::{AntennaLayout, Fmcw, FmcwConfig};
use proptest::prelude::*;
use std::f64::consts::{FRAC_PI_2, TAU};

fn ahead() -> Direction {
    Direction::new(0.0, 0.0).unwrap()
}

fn bound(config: FmcwConfig, azimuth_rad: f64, elevation_rad: f64, snr: f64) -> TargetBound {
    target_bound(&Fmcw::new(config).unwrap(), Direction::new(azimuth_rad, elevation_rad).unwrap(), snr)
        .unwrap()
}

/// A row of receivers, one transmitter.
fn row(receivers: usize, spacing_m: f64) -> FmcwConfig {
    let rx_positions_m = (0..receivers).map(|i| [i as f64 * spacing_m, 0.0, 0.0]).collect();
    FmcwConfig {
        transmitters: 1,
        receivers,
        antennas: Some(AntennaLayout { tx_positions_m: vec![[0.0; 3]], rx_positions_m }),
        ..FmcwConfig::iwr1843()
    }
}

#[test]
fn one_transmitter_has_the_bounds_of_three_tones() {
    let config = row(8, 1.9e-3);
    let fmcw = Fmcw::new(config.clone()).unwrap();
    let snr = 0.3;
    let found = bound(config.clone(), 0.4, 0.0, snr);
    let lines = |count: usize| snr * count as f64;
    let beat = tone_bound_hz(config.sample_rate_hz, 256, lines(8 * 128)).unwrap();
    let doppler = tone_bound_hz(1.0 / fmcw.repetition_s(), 128, lines(8 * 256)).unwrap();
    // R = c (f_b - f_D) / 2S: the two frequencies are measured apart, so their variances add. Range migration
    // and the change of the wavelength over the sweep are left out here: (B / f_c)^2 = 2e-3 and less.
    let range = C / (2.0 * config.slope_hz_per_s) * beat.hypot(doppler);
    assert!((found.range_m / range - 1.0).abs() < 2e-3, "{found:?} {range}");
    let velocity = C * doppler / (2.0 * fmcw.carrier_hz());
    assert!((found.velocity_m_s / velocity - 1.0).abs() < 2e-3, "{found:?} {velocity}");
    // sin(azimuth) = λ/d times the spatial frequency of a tone over the row.
    let spatial = tone_bound_hz(1.0, 8, lines(256 * 128)).unwrap();
    let azimuth = fmcw.wavelength_m() / 1.9e-3 * spatial / 0.4_f64.cos();
    assert!((found.azimuth_rad.unwrap() / azimuth - 1.0).abs() < 2e-3, "{found:?} {azimuth}");
    assert_eq!(found.elevation_rad, None);
}

#[test]
fn a_tone_has_the_fisher_information_of_its_phase_slope() {
    for n in [2, 3, 17, 256] {
        let mean = (n - 1) as f64 / 2.0;
        let squares: f64 = (0..n).map(|i| (TAU * (i as f64 - mean) / 1e6).powi(2)).sum();
        let direct = (1.0 / (2.0 * 0.7 * squares)).sqrt();
        assert!((tone_bound_hz(1e6, n, 0.7).unwrap() / direct - 1.0).abs() < 1e-12);
    }
    assert!(tone_bound_hz(1e6, 1, 1.0).is_err() && tone_bound_hz(1e6, 8, 0.0).is_err());
    assert!(tone_bound_hz(f64::NAN, 8, 1.0).is_err() && tone_bound_hz(f64::MAX, 8, 1e-300).is_err());
}

/// Phase of every sample of the beat signal, `2π (f₀ τ + S t τ − S τ² / 2)` with t from the start of the
/// ramp, for range, velocity, azimuth and elevation.
fn phases(fmcw: &Fmcw, [range, velocity, azimuth, elevation]: [f64; 4]) -> Vec<f64> {
    let config = fmcw.config();
    let u = Direction::new(azimuth, elevation).unwrap().unit_vector();
    let frame_s = config.chirp_interval_s * (config.chirps * config.transmitters - 1) as f64;
    let sweep_s = (config.samples - 1) as f64 / config.sample_rate_hz;
    let mut out = Vec::new();
    for (channel, &x) in fmcw.virtual_array().unwrap().positions_m().iter().enumerate() {
        for chirp in 0..config.chirps {
            let turn = chirp * config.transmitters + channel / config.receivers;
            for n in 0..config.samples {
                let fast = n as f64 / config.sample_rate_hz;
                let time = turn as f64 * config.chirp_interval_s + fast - (frame_s + sweep_s) / 2.0;
                let tau = (2.0 * (range + velocity * time) - dot(u, x)) / C;
                let ramp = config.adc_start_s + fast;
                let slope = config.slope_hz_per_s;
                out.push(
                    TAU * (config.start_frequency_hz * tau + slope * ramp * tau - slope * tau * tau / 2.0),
                );
            }
        }
    }
    out
}

/// Standard deviations from central differences of the phase and Gauss-Jordan elimination, the phase of the
/// echo as a fifth parameter.
fn brute_force(fmcw: &Fmcw, at: [f64; 4], snr: f64) -> [f64; 4] {
    let steps = [1e-3, 1e-2, 1e-4, 1e-4];
    let mut slopes: Vec<Vec<f64>> = (0..4)
        .map(|i| {
            let (mut up, mut down) = (at, at);
            up[i] += steps[i];
            down[i] -= steps[i];
            let (up, down) = (phases(fmcw, up), phases(fmcw, down));
            up.iter().zip(&down).map(|(a, b)| (a - b) / (2.0 * steps[i])).collect()
        })
        .collect();
    slopes.push(vec![1.0; slopes[0].len()]);
    let scale: Vec<f64> = slopes.iter().map(|s| s.iter().map(|x| x * x).sum::<f64>().sqrt()).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut m = [[0.0; 10]; 5];
    for i in 0..5 {
        for j in 0..5 {
            m[i][j] = dot(&slopes[i], &slopes[j]) / scale[i] / scale[j];
        }
        m[i][5 + i] = 1.0;
    }
    for i in 0..5 {
        let pivot = m[i][i];
        m[i].iter_mut().for_each(|x| *x /= pivot);
        for j in (0..5).filter(|&j| j != i) {
            let (factor, from) = (m[j][i], m[i]);
            m[j].iter_mut().zip(from).for_each(|(x, y)| *x -= factor * y);
        }
    }
    std::array::from_fn(|i| (m[i][5 + i] / (2.0 * snr)).sqrt() / scale[i])
}

#[test]
fn the_bound_is_that_of_the_exact_phase_with_a_tdm_array_off_boresight() {
    for config in [FmcwConfig::iwr1843(), FmcwConfig::iwr6843isk()] {
        let fmcw = Fmcw::new(FmcwConfig { samples: 32, chirps: 12, ..config }).unwrap();
        for (azimuth, elevation) in [(0.0, 0.0), (0.5, 0.2), (-0.9, -0.4)] {
            let direction = Direction::new(azimuth, elevation).unwrap();
            let found = target_bound(&fmcw, direction, 2.0).unwrap();
            let expected = brute_force(&fmcw, [3.0, 0.4, azimuth, elevation], 2.0);
            let found =
                [found.range_m, found.velocity_m_s, found.azimuth_rad.unwrap(), found.elevation_rad.unwrap()];
            for (found, expected) in found.iter().zip(expected) {
                // S τ / f_c is 2e-5 at 3 m; differences of phases of 1e4 rad cost the rest.
                assert!((found / expected - 1.0).abs() < 1e-3, "{found} {expected}");
            }
        }
    }
}

#[test]
fn angles_without_extent_are_not_resolved_and_a_vertical_row_has_elevation_alone() {
    let awr = bound(FmcwConfig::awr1642(), 0.3, 0.2, 1.0);
    assert!(awr.azimuth_rad.is_some() && awr.elevation_rad.is_none());
    assert_eq!(bound(FmcwConfig::awr1642(), FRAC_PI_2, 0.0, 1.0).azimuth_rad, None);
    let one = bound(row(1, 2e-3), 0.0, 0.0, 1.0);
    assert!(one.azimuth_rad.is_none() && one.elevation_rad.is_none());
    let mut upright = row(4, 2e-3);
    for p in &mut upright.antennas.as_mut().unwrap().rx_positions_m {
        *p = [0.0, 0.0, p[0]];
    }
    let upright = bound(upright, 0.3, 0.2, 1.0);
    assert!(upright.azimuth_rad.is_none() && upright.elevation_rad.is_some());
    let unknown = bound(FmcwConfig { antennas: None, ..FmcwConfig::iwr1843() }, 0.0, 0.0, 1.0);
    assert!(unknown.azimuth_rad.is_none() && unknown.elevation_rad.is_none());
}

#[test]
fn knowing_the_array_never_hurts_and_firing_in_turn_costs_angle() {
    let known = bound(FmcwConfig::iwr1843(), 0.2, 0.1, 1.0);
    let unknown = bound(FmcwConfig { antennas: None, ..FmcwConfig::iwr1843() }, 0.2, 0.1, 1.0);
    assert!(known.velocity_m_s <= unknown.velocity_m_s * (1.0 + 1e-12));
    // One transmitter with the virtual array as its receivers: the same elements, all at once.
    let layout = FmcwConfig::awr1642().antennas.unwrap();
    let at_once = FmcwConfig {
        transmitters: 1,
        receivers: 8,
        chirp_interval_s: 2.0 * FmcwConfig::awr1642().chirp_interval_s,
        antennas: Some(AntennaLayout {
            tx_positions_m: vec![[0.0; 3]],
            rx_positions_m: layout.virtual_array().unwrap().positions_m().to_vec(),
        }),
        ..FmcwConfig::awr1642()
    };
    let (turns, once) = (bound(FmcwConfig::awr1642(), 0.2, 0.0, 1.0), bound(at_once, 0.2, 0.0, 1.0));
    assert!(turns.azimuth_rad.unwrap() > once.azimuth_rad.unwrap());
    assert!((turns.range_m / once.range_m - 1.0).abs() < 1e-3);
}

proptest! {
    #[test]
    fn deviations_fall_with_the_root_of_the_snr(azimuth in -1.4..1.4_f64, db in -20.0..60.0_f64) {
        let snr = 10_f64.powf(db / 10.0);
        let (at, one) = (bound(FmcwConfig::iwr1843(), azimuth, 0.1, snr), bound(FmcwConfig::iwr1843(), azimuth, 0.1, 1.0));
        let root = snr.sqrt();
        prop_assert!((at.range_m * root / one.range_m - 1.0).abs() < 1e-12);
        prop_assert!((at.velocity_m_s * root / one.velocity_m_s - 1.0).abs() < 1e-12);
        prop_assert!((at.azimuth_rad.unwrap() * root / one.azimuth_rad.unwrap() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn hostile_arguments_are_errors() {
    let fmcw = Fmcw::new(FmcwConfig::iwr1843()).unwrap();
    for snr in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(target_bound(&fmcw, ahead(), snr).unwrap_err().kind(), "domain");
    }
    let bad = Direction { azimuth_rad: f64::NAN, elevation_rad: 0.0 };
    assert_eq!(target_bound(&fmcw, bad, 1.0).unwrap_err().kind(), "domain");
    let single = Fmcw::new(FmcwConfig { chirps: 1, ..FmcwConfig::iwr1843() }).unwrap();
    assert_eq!(target_bound(&single, ahead(), 1.0).unwrap_err().kind(), "too_few");
    // An SNR at which no angle is known leaves range and velocity.
    let faint = target_bound(&fmcw, ahead(), 1e-20).unwrap();
    assert!(faint.azimuth_rad.is_none() && faint.range_m.is_finite());
}
