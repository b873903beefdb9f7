//! Real samples: targets at both ends of the range axis, where their mirror image at minus both
//! frequencies is near.

use mmw_dsp::mmw_core::{C32, C64};
use mmw_dsp::ndarray::Array3;
use mmw_dsp::processor::{Findings, Reason};
use mmw_dsp::tdm::Calibration;
use mmw_dsp::{
    AntennaLayout, Firing, Fmcw, FmcwConfig, MtiKind, Point, Processor, ProcessorConfig, Sampling,
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use rand_distr::StandardNormal;
use std::f64::consts::{PI, TAU};

const SAMPLES: usize = 64;
const CHIRPS: usize = 32;
const CHANNELS: usize = 4;

/// 77 GHz, four receivers in a row from right to left, half a wavelength apart.
fn radar() -> Fmcw {
    let half_m = 0.5 * 299_792_458.0 / (77e9 + 60e12 * 11.4e-6);
    Fmcw::new(FmcwConfig {
        start_frequency_hz: 77e9,
        slope_hz_per_s: 60e12,
        adc_start_s: 5e-6,
        sample_rate_hz: 5e6,
        samples: SAMPLES,
        chirps: CHIRPS,
        chirp_interval_s: 60e-6,
        frame_period_s: 50e-3,
        firing: Firing::InTurn,
        sampling: Sampling::Real,
        transmitters: 1,
        receivers: CHANNELS,
        antennas: Some(AntennaLayout {
            tx_positions_m: vec![[0.0; 3]],
            rx_positions_m: (0..CHANNELS).map(|i| [-(i as f64) * half_m, 0.0, 0.0]).collect(),
        }),
    })
    .unwrap()
}

/// Range and Doppler in cells, azimuth (degrees, right positive), signal-to-noise ratio in a cell of one
/// channel behind Hann windows, dB.
#[derive(Debug, Clone, Copy)]
struct Target {
    range: f64,
    doppler: f64,
    azimuth: f64,
    snr_db: f64,
}

/// Cosines in noise of unit power, each channel turned by a phase of its own.
fn cube(targets: &[Target], phases: [f64; CHANNELS], rng: &mut SmallRng) -> Array3<C32> {
    let start: Vec<f64> = targets.iter().map(|_| rng.random_range(0.0..TAU)).collect();
    // A cosine has half its amplitude at each frequency; a Hann window costs a factor 1.5 on each axis.
    let gain = (SAMPLES * CHIRPS) as f64 / (4.0 * 1.5 * 1.5);
    Array3::from_shape_fn((CHANNELS, CHIRPS, SAMPLES), |(channel, m, n)| {
        let echo = |(target, start): (&Target, &f64)| {
            let turns = target.range * n as f64 / SAMPLES as f64 + target.doppler * m as f64 / CHIRPS as f64;
            let side = PI * target.azimuth.to_radians().sin() * channel as f64;
            (10_f64.powf(target.snr_db / 10.0) / gain).sqrt()
                * (TAU * turns + side + start + phases[channel]).cos()
        };
        let noise: f64 = rng.sample(StandardNormal);
        let x = noise + targets.iter().zip(&start).map(echo).sum::<f64>();
        C32::new(x as f32, 0.0)
    })
}

fn found(targets: &[Target], seed: u64, config: &ProcessorConfig) -> Findings {
    let mut radar = Processor::new(&radar(), config).unwrap();
    radar
        .process(&cube(targets, [0.0; CHANNELS], &mut SmallRng::seed_from_u64(seed)))
        .unwrap()
        .findings()
        .unwrap()
}

/// Distance from the truth in range and velocity, cells.
fn error(point: &Point, truth: &Target) -> [f64; 2] {
    let fmcw = radar();
    let beat_hz = truth.range * fmcw.config().sample_rate_hz / SAMPLES as f64;
    let doppler_hz = truth.doppler / (CHIRPS as f64 * fmcw.repetition_s());
    let (range_m, velocity_m_s) = fmcw.target(beat_hz, doppler_hz);
    [
        (point.range_m - range_m).abs() / fmcw.range_resolution_m(),
        (point.velocity_m_s.unwrap() - velocity_m_s).abs() / fmcw.velocity_resolution_m_s(),
    ]
}

/// The target within 0.05 cells in range and Doppler and 1.5 degrees in azimuth, and no second point.
fn assert_alone(findings: &Findings, truth: &Target) {
    let [point] = findings.points.as_slice() else { panic!("{truth:?}: {:?}", findings.points) };
    let [range, doppler] = error(point, truth);
    let azimuth = point.azimuth_rad.unwrap().to_degrees() - truth.azimuth;
    assert!(range < 0.05 && doppler < 0.05 && azimuth.abs() < 1.5, "{truth:?}: {point:?}");
}

/// At 40 dB in a cell the bound of a lone tone is 0.004 cells; next to its image, and without the mean of
/// each chirp, at most 0.02 in these scenes.
#[test]
fn a_target_beside_its_image_is_where_it_is_and_makes_no_second_point() {
    for snr_db in [40.0, 60.0] {
        for from_end in [0.3, 0.5, 0.7, 1.0, 1.3, 1.6, 2.0, 2.6, 3.0, 3.5, 4.2, 5.0] {
            for range in [from_end, 0.5 * SAMPLES as f64 - from_end] {
                for (seed, doppler) in (0..).zip([0.0, 0.6, -0.6, 1.3, -1.3, 2.4, -2.4, 7.4, -7.4]) {
                    // Below half a cell a target that stands still has no image of its own.
                    if doppler == 0.0 && from_end <= 0.5 {
                        continue;
                    }
                    let truth = Target { range, doppler, azimuth: 20.0, snr_db };
                    assert_alone(&found(&[truth], seed, &ProcessorConfig::default()), &truth);
                }
            }
        }
    }
}

#[test]
fn a_target_that_stands_still_on_its_image_makes_no_point_and_says_why() {
    for range in [0.2, 0.3, 0.4, 31.6, 31.8] {
        let truth = Target { range, doppler: 0.0, azimuth: 20.0, snr_db: 60.0 };
        let findings = found(&[truth], 3, &ProcessorConfig::default());
        assert!(findings.points.is_empty(), "{range}: {findings:?}");
        let image = findings.rejected.iter().find(|r| matches!(r.reason, Reason::Image { .. }));
        assert!(image.unwrap().reason.to_string().contains("mirror image"), "{range}: {findings:?}");
    }
}

#[test]
fn random_movers_at_the_near_end_are_found_without_a_ghost() {
    let mut rng = SmallRng::seed_from_u64(11);
    for seed in 0..300 {
        let truth = Target {
            range: rng.random_range(0.5..5.0),
            doppler: rng.random_range(0.5..15.0) * if rng.random::<bool>() { 1.0 } else { -1.0 },
            azimuth: rng.random_range(-40.0..40.0),
            snr_db: rng.random_range(35.0..60.0),
        };
        assert_alone(&found(&[truth], seed, &ProcessorConfig::default()), &truth);
    }
}

#[test]
fn with_the_offset_left_in_nothing_else_changes() {
    let config = ProcessorConfig { remove_offset: Some(false), ..ProcessorConfig::default() };
    for range in [0.4, 0.9, 1.7, 2.6, 30.2, 31.3] {
        let truth = Target { range, doppler: -2.3, azimuth: -15.0, snr_db: 45.0 };
        assert_alone(&found(&[truth], 5, &config), &truth);
    }
}

#[test]
fn weights_of_the_channels_turn_the_image_as_well() {
    let phases = [0.0, 1.1, -2.0, 0.4];
    let weights = phases.map(|phase: f64| C64::cis(-phase)).to_vec();
    let calibration = Some(Calibration::from_weights(weights).unwrap());
    let config = ProcessorConfig { calibration, ..ProcessorConfig::default() };
    let mut radar = Processor::new(&radar(), &config).unwrap();
    for (range, doppler) in [(0.8, 0.0), (1.3, 0.7), (31.2, -0.8)] {
        let truth = Target { range, doppler, azimuth: 20.0, snr_db: 50.0 };
        let cube = cube(&[truth], phases, &mut SmallRng::seed_from_u64(2));
        assert_alone(&radar.process(&cube).unwrap().findings().unwrap(), &truth);
    }
}

#[test]
fn a_mover_beside_the_coupling_and_a_pair_are_told_apart() {
    let coupling = Target { range: 0.9, doppler: 0.0, azimuth: 50.0, snr_db: 70.0 };
    let hand = Target { range: 1.4, doppler: -5.2, azimuth: 20.0, snr_db: 45.0 };
    let other = Target { range: 2.2, doppler: 5.7, azimuth: -25.0, snr_db: 50.0 };
    for scene in [vec![coupling, hand], vec![hand, other], vec![coupling, hand, other]] {
        let findings = found(&scene, 8, &ProcessorConfig::default());
        assert_eq!(findings.points.len(), scene.len(), "{findings:?}");
        for truth in &scene {
            let near = |p: &&Point| error(p, truth).iter().all(|e| *e < 0.05);
            let point = findings.points.iter().find(near).unwrap();
            assert!((point.azimuth_rad.unwrap().to_degrees() - truth.azimuth).abs() < 1.5, "{point:?}");
        }
    }
}

#[test]
fn behind_a_clutter_filter_movers_near_the_end_stay_the_only_points() {
    let config = ProcessorConfig { mti: MtiKind::MeanPhasor, ..ProcessorConfig::default() };
    for (range, doppler) in [(0.7, 4.1), (2.05, 2.0), (1.3, -3.6), (2.6, -5.0), (31.3, 3.4), (30.6, -7.2)] {
        let truth = Target { range, doppler, azimuth: 20.0, snr_db: 50.0 };
        assert_alone(&found(&[truth], 4, &config), &truth);
    }
}
