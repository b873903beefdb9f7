//! Points from frames with known truth that the simulator had no part in: phases by the formula, antennas
//! given one by one, right positive. And the same recordings as others made them, where they are at hand.

use crate::common::Noise;
use mmw_dsp::mmw_core::{C32, C64};
use mmw_dsp::ndarray::Array3;
use mmw_dsp::processor::Reason;
use mmw_dsp::{
    AntennaLayout, DirectionFinder, Firing, Fmcw, FmcwConfig, MtiKind, Point, Processor, ProcessorConfig,
    Sampling,
};
use std::f64::consts::{PI, TAU};

const C_M_S: f64 = 299_792_458.0;

/// 77 GHz, 60 MHz/us, 64 samples at 5 MHz, 60 us per chirp.
fn waveform(transmitters: usize, receivers: usize, chirps: usize, sampling: Sampling) -> FmcwConfig {
    // Antenna numbers count from right to left as the radar looks out: one more is half a wavelength further
    // left.
    let half_m = 0.5 * C_M_S / (77e9 + 60e12 * 11.4e-6);
    let row = |count: usize, step: f64| (0..count).map(|i| [-(i as f64) * step, 0.0, 0.0]).collect();
    FmcwConfig {
        start_frequency_hz: 77e9,
        slope_hz_per_s: 60e12,
        adc_start_s: 5e-6,
        sample_rate_hz: 5e6,
        samples: 64,
        chirps,
        chirp_interval_s: 60e-6,
        frame_period_s: 50e-3,
        firing: Firing::InTurn,
        sampling,
        transmitters,
        receivers,
        antennas: Some(AntennaLayout {
            tx_positions_m: row(transmitters, half_m * receivers as f64),
            rx_positions_m: row(receivers, half_m),
        }),
    }
}

/// Range (m), velocity (m/s), azimuth (degrees, right positive), amplitude in converter steps.
type Target = (f64, f64, f64, f64);

pub(crate) fn cube(config: &FmcwConfig, targets: &[Target], noise: f64, offset: f64) -> Array3<C32> {
    let (mut draws, first_hz) =
        (Noise::new(7), config.start_frequency_hz + config.slope_hz_per_s * config.adc_start_s);
    let shape = (config.transmitters * config.receivers, config.chirps, config.samples);
    Array3::from_shape_fn(shape, |(channel, chirp, sample)| {
        let turn = channel / config.receivers;
        let when_s = (chirp * config.transmitters + turn) as f64 * config.chirp_interval_s;
        let echo = |&(range_m, velocity_m_s, azimuth, amplitude): &Target| {
            let delay_s = 2.0 * (range_m + velocity_m_s * when_s) / C_M_S;
            let ramp_hz = config.slope_hz_per_s * sample as f64 / config.sample_rate_hz;
            let side = PI * azimuth.to_radians().sin() * channel as f64;
            C64::from_polar(amplitude, TAU * ((first_hz + ramp_hz) * delay_s).fract() + side)
        };
        let z = targets.iter().map(echo).sum::<C64>() + draws.complex() * noise + C64::new(offset, offset);
        let im = if config.sampling == Sampling::Real { 0.0 } else { z.im.round() };
        C32::new(z.re.round() as f32, im as f32)
    })
}

pub(crate) fn points(config: &FmcwConfig, cube: &Array3<C32>, chain: &ProcessorConfig) -> Vec<Point> {
    let mut radar = Processor::new(&Fmcw::new(config.clone()).unwrap(), chain).unwrap();
    radar.process(cube).unwrap().points().unwrap()
}

fn plain(config: &FmcwConfig, targets: &[Target], noise: f64, offset: f64) -> Vec<Point> {
    points(config, &cube(config, targets, noise, offset), &ProcessorConfig::default())
}

#[track_caller]
pub(crate) fn near(found: impl Into<Option<f64>>, truth: f64, tolerance: f64) {
    let found = found.into().expect("a number");
    assert!((found - truth).abs() < tolerance, "{found} is not {truth}");
}

#[test]
fn a_still_target_stands_still_in_frames_of_few_chirps() {
    for chirps in 2..=9 {
        let found = plain(&waveform(2, 4, chirps, Sampling::Complex1x), &[(4.0, 0.0, 25.0, 300.0)], 3.0, 0.0);
        assert_eq!(found.len(), 1, "{chirps} chirps: {found:?}");
        // 40 dB in each of 16 and more chirps: thousandths of a cell of 8 m/s, hundredths of a degree.
        near(found[0].velocity_m_s, 0.0, 0.02);
        near(found[0].range_m, 4.0, 0.005);
        near(found[0].azimuth_rad.map(f64::to_degrees), 25.0, 0.3);
    }
}

#[test]
fn a_mover_is_measured_by_two_chirps() {
    let found = plain(&waveform(1, 4, 2, Sampling::Complex1x), &[(4.0, 2.5, -10.0, 300.0)], 3.0, 0.0);
    assert_eq!(found.len(), 1, "{found:?}");
    near(found[0].velocity_m_s, 2.5, 0.05);
}

#[test]
fn one_chirp_has_no_velocity() {
    let found = plain(&waveform(1, 4, 1, Sampling::Complex1x), &[(4.0, 1.0, 25.0, 300.0)], 3.0, 0.0);
    assert_eq!((found.len(), found[0].velocity_m_s, found[0].velocity_interval_m_s), (1, None, None));
    assert!(!found[0].velocity_ambiguous);
    near(found[0].azimuth_rad.map(f64::to_degrees), 25.0, 0.3);
}

#[test]
fn the_offset_of_a_real_converter_hides_no_near_mover() {
    let config = waveform(1, 4, 16, Sampling::Real);
    let found = plain(&config, &[(1.2, 0.6, 0.0, 60.0)], 2.0, 1500.0);
    assert_eq!(found.len(), 1, "{found:?}");
    near(found[0].range_m, 1.2, 0.01);
    near(found[0].velocity_m_s, 0.6, 0.05);
    // Left in, it is the strongest peak of all, but as its own mirror image no target.
    let kept = ProcessorConfig { remove_offset: Some(false), ..ProcessorConfig::default() };
    let mut radar = Processor::new(&Fmcw::new(config.clone()).unwrap(), &kept).unwrap();
    let with_offset = cube(&config, &[(1.2, 0.6, 0.0, 60.0)], 2.0, 1500.0);
    let findings = radar.process(&with_offset).unwrap().findings().unwrap();
    assert!(findings.rejected.iter().any(|r| matches!(r.reason, Reason::Image { .. })), "{findings:?}");
    assert_eq!(findings.points.len(), 1, "{findings:?}");
    near(findings.points[0].range_m, 1.2, 0.01);
    near(findings.points[0].velocity_m_s, 0.6, 0.05);
}

#[test]
fn strong_coupling_hides_no_target_of_a_small_map() {
    let config = waveform(1, 1, 64, Sampling::Real);
    let scene = [(0.35, 0.0, 0.0, 2000.0), (2.2, 0.0, 0.0, 400.0), (3.3, 0.0, 0.0, 200.0)];
    let found = plain(&config, &scene, 2.0, 0.0);
    assert_eq!(found.len(), 3, "{found:?}");
    for ((range_m, ..), point) in scene.iter().zip(&found) {
        // A quarter of a range cell: how well neighbours are told apart is not asked here.
        near(point.range_m, *range_m, 0.05);
        near(point.velocity_m_s, 0.0, 0.01);
    }
    assert!(found.iter().all(|p| p.azimuth_rad.is_none() && p.x_m.is_none()));
}

#[test]
fn coupling_can_be_taken_out_and_movers_stay() {
    let config = waveform(1, 4, 64, Sampling::Complex1x);
    let scene = [(0.2, 0.0, 0.0, 3000.0), (0.5, 3.0, 10.0, 50.0), (6.0, 0.0, -20.0, 50.0)];
    let chain = ProcessorConfig { coupling_bins: 4, ..ProcessorConfig::default() };
    let found = points(&config, &cube(&config, &scene, 2.0, 0.0), &chain);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().any(|p| (p.range_m - 0.5).abs() < 0.02 && p.velocity_m_s.unwrap() > 2.9));
    assert!(found.iter().any(|p| (p.range_m - 6.0).abs() < 0.02));
}

#[test]
fn velocities_beyond_the_unambiguous_one_are_unfolded_by_the_channels() {
    for transmitters in [2, 3] {
        let config = waveform(transmitters, 4, 16, Sampling::Complex1x);
        let limit = Fmcw::new(config.clone()).unwrap().max_velocity_m_s();
        for (velocity, azimuth) in [(1.37, 10.0), (-1.2, -40.0), (0.4, 25.0), (-0.9, 0.0), (0.0, 50.0)] {
            let velocity_m_s = velocity * limit;
            let found = plain(&config, &[(6.0, velocity_m_s, azimuth, 300.0)], 3.0, 0.0);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(!found[0].velocity_ambiguous, "{velocity}: {found:?}");
            near(found[0].velocity_m_s, velocity_m_s, 0.02);
            near(found[0].velocity_interval_m_s, 2.0 * transmitters as f64 * limit, 1e-9);
            near(found[0].azimuth_rad.map(f64::to_degrees), azimuth, 0.3);
            near(found[0].range_m, 6.0, 0.01);
        }
    }
}

#[test]
fn where_the_channels_cannot_tell_the_velocity_is_called_ambiguous() {
    // Two equal movers of one cell, 45 degrees apart: no plane wave fits either fold.
    let config = waveform(2, 4, 16, Sampling::Complex1x);
    let found = plain(&config, &[(6.0, 4.0, 0.0, 300.0), (6.0, 4.0, 45.0, 290.0)], 3.0, 0.0);
    let interval_m_s = 2.0 * Fmcw::new(config.clone()).unwrap().max_velocity_m_s();
    near(found[0].velocity_m_s, 4.0, 0.02);
    if found[0].velocity_ambiguous {
        near(found[0].velocity_interval_m_s, interval_m_s, 1e-9);
    }
    // Without a layout nothing can be tested.
    let unknown = FmcwConfig { antennas: None, ..config };
    let found = plain(&unknown, &[(6.0, 4.0, 0.0, 300.0)], 3.0, 0.0);
    assert!(found[0].velocity_ambiguous);
    near(found[0].velocity_interval_m_s, interval_m_s, 1e-9);
}

#[test]
fn phase_errors_of_the_transmitters_make_no_fold() {
    // A quarter turn on the third transmitter, as a board without calibration shows in a static room.
    let config = waveform(3, 4, 32, Sampling::Complex1x);
    for velocity_m_s in [0.0, 1.0] {
        let mut cube = cube(&config, &[(5.0, velocity_m_s, 15.0, 300.0)], 3.0, 0.0);
        for (channel, mut plane) in cube.outer_iter_mut().enumerate() {
            let error = C64::cis([0.0, 35.0, 90.0_f64][channel / 4].to_radians());
            plane.iter_mut().for_each(|z| *z *= C32::new(error.re as f32, error.im as f32));
        }
        let found = points(&config, &cube, &ProcessorConfig::default());
        near(found[0].velocity_m_s, velocity_m_s, 0.02);
    }
}

#[test]
fn leakage_below_beat_frequency_zero_is_no_far_target() {
    let config = waveform(1, 4, 16, Sampling::Complex1x);
    // A beat of -1.3 bins, 20 dB below the coupling at +1.5 bins.
    let bin_m = Fmcw::new(config.clone()).unwrap().range_resolution_m();
    let scene = [(1.5 * bin_m, 0.0, 0.0, 3000.0), (-1.3 * bin_m, 0.0, 60.0, 300.0), (5.0, 0.0, 0.0, 100.0)];
    let mut radar = Processor::new(&Fmcw::new(config.clone()).unwrap(), &ProcessorConfig::default()).unwrap();
    let cube_with_leakage = cube(&config, &scene, 2.0, 0.0);
    let frame = radar.process(&cube_with_leakage).unwrap();
    let findings = frame.findings().unwrap();
    assert!(findings.points.iter().all(|p| p.range_m < 6.0), "{:?}", findings.points);
    // What happens to the strongest cell there is said.
    let reason = frame.reason(&findings, [63, 8]).unwrap();
    assert!(matches!(reason, Some(Reason::NegativeBeat { .. } | Reason::Response { .. })), "{reason:?}");
    // Targets as strong as the near one stay, in the last bins too.
    let far = plain(&config, &[(2.05 * bin_m, 0.0, 0.0, 300.0), (62.0 * bin_m, 0.0, 0.0, 300.0)], 2.0, 0.0);
    assert_eq!(far.len(), 2, "{far:?}");
}

#[test]
fn a_strong_target_makes_one_point_however_far_its_sidelobes_stand_out() {
    for window in ["rectangular", "hann", "hamming", "taylor:4:30", "chebyshev:60"] {
        let window = window.parse().unwrap();
        let chain =
            ProcessorConfig { range_window: window, doppler_window: window, ..ProcessorConfig::default() };
        let config = waveform(1, 4, 64, Sampling::Complex1x);
        let found = points(&config, &cube(&config, &[(4.07, 2.3, 20.0, 8000.0)], 0.5, 0.0), &chain);
        assert_eq!(found.len(), 1, "{window}: {found:?}");
    }
}

#[test]
fn too_near_and_too_weak_cells_say_so() {
    let config = waveform(1, 4, 64, Sampling::Complex1x);
    let chain = ProcessorConfig { min_range_m: 1.0, ..ProcessorConfig::default() };
    let mut radar = Processor::new(&Fmcw::new(config.clone()).unwrap(), &chain).unwrap();
    let cube = cube(&config, &[(0.8, 0.0, 0.0, 300.0), (4.0, 0.0, 0.0, 300.0)], 2.0, 0.0);
    let frame = radar.process(&cube).unwrap();
    let findings = frame.findings().unwrap();
    assert_eq!(findings.points.len(), 1);
    let text = |index| frame.reason(&findings, index).unwrap().map(|reason| reason.to_string());
    assert!(text([4, 32]).unwrap().contains("nearer than the least range of 1 m"));
    assert!(text([40, 10]).unwrap().contains("dB are needed"));
    assert_eq!(text([20, 32]), None);
}

#[test]
fn points_come_strongest_first() {
    let config = waveform(2, 4, 32, Sampling::Complex1x);
    let scene = [(3.0, 0.0, 0.0, 30.0), (6.0, 2.0, 10.0, 300.0), (9.0, -1.0, -20.0, 100.0)];
    let ranges: Vec<f64> = plain(&config, &scene, 1.0, 0.0).iter().map(|p| p.range_m.round()).collect();
    assert_eq!(ranges, [6.0, 9.0, 3.0]);
}

#[test]
fn the_clutter_filter_leaves_the_mover_beside_an_offset() {
    let config = waveform(1, 4, 16, Sampling::Real);
    let chain = ProcessorConfig { mti: MtiKind::MeanPhasor, ..ProcessorConfig::default() };
    let found = points(&config, &cube(&config, &[(1.2, 6.0, 0.0, 60.0)], 2.0, 1500.0), &chain);
    near(found[0].range_m, 1.2, 0.02);
    near(found[0].velocity_m_s, 6.0, 0.1);
}

/// Targets in neighbouring cells, whose windows reach into each other's: no estimator gives one the direction
/// of the other.
#[test]
fn neighbours_do_not_lend_each_other_their_directions() {
    let config = waveform(2, 4, 64, Sampling::Complex1x);
    let cells = {
        let fmcw = Fmcw::new(config.clone()).unwrap();
        [fmcw.range_resolution_m(), fmcw.velocity_resolution_m_s()]
    };
    let mut seen = 0;
    for doa in [DirectionFinder::Fft, DirectionFinder::Music] {
        let chain = ProcessorConfig { doa, ..ProcessorConfig::default() };
        for (range, doppler) in [(1.2, 2.4), (0.3, 3.1), (2.4, 1.3), (0.8, 4.6), (3.3, 0.2), (1.6, 2.9)] {
            for weaker in [300.0, 90.0, 20.0] {
                let other = (4.0 + range * cells[0], doppler * cells[1], -25.0, weaker);
                let targets = [(4.0, 0.0, 25.0, 300.0), other];
                for point in points(&config, &cube(&config, &targets, 3.0, 0.0), &chain) {
                    seen += 1;
                    let apart = |target: &Target| {
                        let middle_s = 0.5 * 128.0 * 60e-6;
                        ((point.range_m - target.0 - target.1 * middle_s) / cells[0])
                            .hypot((point.velocity_m_s.unwrap() - target.1) / cells[1])
                    };
                    let own = if apart(&targets[0]) < apart(&targets[1]) { targets[0] } else { targets[1] };
                    let azimuth = point.azimuth_rad.map_or(own.2, f64::to_degrees);
                    assert!((azimuth - own.2).abs() < 3.0, "{doa:?} {range} {doppler} {weaker}: {point:?}");
                }
            }
        }
    }
    // Both of nearly all pairs; the weakest within three cells are not told from the strong one's slopes.
    assert!(seen >= 50, "{seen} of 72");
}

#[test]
fn what_no_direction_explains_beside_the_antennas_is_their_coupling_and_a_near_target_is_none() {
    let config = waveform(2, 4, 64, Sampling::Complex1x);
    let far = (4.0, 1.0, 25.0, 300.0);
    let findings = |cube: &Array3<C32>| {
        let fmcw = Fmcw::new(config.clone()).unwrap();
        let mut radar = Processor::new(&fmcw, &ProcessorConfig::default()).unwrap();
        radar.process(cube).unwrap().findings().unwrap()
    };
    let near = cube(&config, &[(0.1, 0.0, 30.0, 900.0), far], 3.0, 0.0);
    assert_eq!(findings(&near).points.len(), 2);
    // From each transmitter to each receiver along a way of its own: the same tone with other phases.
    let mut coupled = cube(&config, &[far], 3.0, 0.0);
    let one = cube(&config, &[(0.1, 0.0, 0.0, 900.0)], 0.0, 0.0);
    let turns = [0.3, 2.1, 4.4, 1.0, 5.2, 3.3, 0.9, 2.9];
    for ((channel, chirp, sample), z) in coupled.indexed_iter_mut() {
        *z += one[[channel, chirp, sample]] * C32::cis(turns[channel]);
    }
    let found = findings(&coupled);
    assert!(found.points.len() == 1 && (found.points[0].range_m - 4.0).abs() < 0.02, "{found:?}");
    assert!(found.rejected.iter().any(|r| r.reason == Reason::Noise && r.index[0] < 3), "{found:?}");
}
