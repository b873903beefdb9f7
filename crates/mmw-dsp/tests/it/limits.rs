//! Places where a chain breaks: between cells that count as slow and others, the ends of the range axis,
//! sparse arrays, one chirp. The samples are the phases of exact distances, worked out here and nowhere else.

use crate::common::Noise;
use mmw_dsp::mmw_core::geometry::Vector3;
use mmw_dsp::mmw_core::{C32, C64};
use mmw_dsp::ndarray::Array3;
use mmw_dsp::processor::Reason;
use mmw_dsp::{
    AntennaLayout, Board, Findings, Firing, Fmcw, FmcwConfig, MtiKind, Processor, ProcessorConfig, Sampling,
};
use std::f64::consts::TAU;

const LIGHT_M_S: f64 = 299_792_458.0;

/// Range m, receding velocity m/s, azimuth in degrees to the right, amplitude.
type Echo = (f64, f64, f64, f64);

fn waveform() -> FmcwConfig {
    FmcwConfig {
        start_frequency_hz: 77e9,
        slope_hz_per_s: 60e12,
        adc_start_s: 5e-6,
        sample_rate_hz: 5e6,
        samples: 64,
        chirps: 16,
        chirp_interval_s: 60e-6,
        frame_period_s: 50e-3,
        sampling: Sampling::Complex1x,
        transmitters: 2,
        receivers: 4,
        firing: Firing::InTurn,
        antennas: Some(Board::Awr1642.layout()),
    }
}

/// The waveform with one transmitter and one receiver.
fn lone(chirps: usize) -> FmcwConfig {
    let antennas = Board::Awr1642.layout().select(&[0], &[0]).unwrap();
    FmcwConfig { transmitters: 1, receivers: 1, chirps, antennas: Some(antennas), ..waveform() }
}

/// A row of antennas, in half wavelengths of 77 GHz to the right.
fn row(tx: &[f64], rx: &[f64], chirps: usize) -> FmcwConfig {
    let half_m = LIGHT_M_S / 77e9 / 2.0;
    let places = |steps: &[f64]| -> Vec<Vector3> { steps.iter().map(|x| [x * half_m, 0.0, 0.0]).collect() };
    let antennas = AntennaLayout { tx_positions_m: places(tx), rx_positions_m: places(rx) };
    FmcwConfig { transmitters: tx.len(), receivers: rx.len(), chirps, antennas: Some(antennas), ..waveform() }
}

/// `exp(j 2π (f₀ τ + S τ t − S τ²/2))` with τ over the exact way of each sample, in noise of 3 a part.
fn cube(config: &FmcwConfig, frame: usize, echoes: &[Echo]) -> Array3<C32> {
    let layout = config.antennas.as_ref().unwrap();
    let mut noise = Noise::new(7 + frame as u64);
    let distance = |a: Vector3, b: Vector3| (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt();
    let shape = (config.transmitters * config.receivers, config.chirps, config.samples);
    Array3::from_shape_fn(shape, |(channel, chirp, sample)| {
        let (tx, rx) = (channel / config.receivers, channel % config.receivers);
        let slot = chirp * config.transmitters + tx;
        let t_s = config.adc_start_s + sample as f64 / config.sample_rate_hz;
        let now_s = frame as f64 * config.frame_period_s + slot as f64 * config.chirp_interval_s + t_s;
        let echo = |&(range_m, velocity_m_s, azimuth_deg, amplitude): &Echo| {
            let (sin, cos) = azimuth_deg.to_radians().sin_cos();
            let r = range_m + velocity_m_s * now_s;
            let place = [r * sin, r * cos, 0.0];
            let way_m =
                distance(place, layout.tx_positions_m[tx]) + distance(place, layout.rx_positions_m[rx]);
            let tau_s = way_m / LIGHT_M_S;
            let turns =
                config.start_frequency_hz * tau_s + config.slope_hz_per_s * tau_s * (t_s - tau_s / 2.0);
            C64::from_polar(amplitude, TAU * turns.fract())
        };
        let sum = echoes.iter().map(echo).sum::<C64>() + noise.complex() * (3.0 * 2.0_f64.sqrt());
        match config.sampling {
            Sampling::Real => C32::new(sum.re as f32, 0.0),
            _ => C32::new(sum.re as f32, sum.im as f32),
        }
    })
}

fn process(
    config: &FmcwConfig,
    asked: &ProcessorConfig,
    cubes: &[Array3<C32>],
) -> (Findings, Option<Reason>) {
    let mut radar = Processor::new(&Fmcw::new(config.clone()).unwrap(), asked).unwrap();
    for cube in &cubes[..cubes.len() - 1] {
        radar.process(cube).unwrap();
    }
    let frame = radar.process(&cubes[cubes.len() - 1]).unwrap();
    let findings = frame.findings().unwrap();
    let last_row = [frame.power().dim().0 - 1, frame.power().dim().1 / 2 + 1];
    let reason = if config.chirps > 2 { frame.reason(&findings, last_row).unwrap() } else { None };
    (findings, reason)
}

#[test]
fn movers_around_the_slowest_cells_have_their_velocity_behind_every_filter() {
    let config = lone(64);
    let cell_m_s = Fmcw::new(config.clone()).unwrap().velocity_resolution_m_s();
    for &mti in MtiKind::ALL {
        for step in 0..=12 {
            let cells = 2.8 + 0.1 * f64::from(step);
            let cubes = [0, 1].map(|frame| cube(&config, frame, &[(4.0, cells * cell_m_s, 0.0, 200.0)]));
            let asked = ProcessorConfig { mti, ..ProcessorConfig::default() };
            let (findings, _) = process(&config, &asked, &cubes);
            // A filter of two frames may be blind to that speed.
            for point in &findings.points {
                let error = point.velocity_m_s.unwrap() / cell_m_s - cells;
                assert!(error.abs() < 0.03, "{mti:?} {cells}: off by {error} cells");
            }
            assert!(findings.points.len() <= 1);
            assert!(!findings.points.is_empty() || mti == MtiKind::FrameDifference, "{mti:?} {cells}");
        }
    }
}

#[test]
fn what_beats_just_below_zero_has_a_reason_and_its_range() {
    // 64 bins of 0.195 m: the last cell ends at 12.49 m, and bin 64 is bin 0.
    let config = waveform();
    for range_m in [12.42, 12.45] {
        let (findings, reason) = process(
            &config,
            &ProcessorConfig::default(),
            &[cube(&config, 0, &[(range_m, 1.0, 20.0, 300.0)])],
        );
        assert!(findings.points.is_empty());
        let Some(Reason::BelowZero { range_m: told_m }) = reason else { panic!("{range_m}: {reason:?}") };
        assert!((told_m - range_m).abs() < 0.02, "{range_m} m told as {told_m} m");
        assert!(findings.rejected.iter().any(|r| matches!(r.reason, Reason::BelowZero { .. })));
    }
}

#[test]
fn directions_that_a_sparse_array_confuses_are_flagged() {
    let found = |tx: &[f64], rx: &[f64], azimuth_deg: f64| {
        let config = row(tx, rx, 16);
        let cube = cube(&config, 0, &[(4.0, 0.0, azimuth_deg, 300.0)]);
        process(&config, &ProcessorConfig::default(), &[cube]).0.points[0]
    };
    // Two wavelengths apart, one apart, and one apart in a row of four: whole numbers of the sine are lost.
    for (tx, rx) in [(&[0.0, 4.0][..], &[0.0][..]), (&[0.0], &[0.0, 2.0]), (&[0.0, 4.0], &[0.0, 2.0])] {
        for azimuth_deg in [-40.0, 10.0, 15.0, 60.0] {
            let point = found(tx, rx, azimuth_deg);
            assert!(point.angle_ambiguous, "{tx:?} {rx:?} {azimuth_deg}: {point:?}");
        }
    }
    // Half a wavelength apart nothing is confused, nor by a hole in a row.
    for (tx, rx) in
        [(&[0.0, 4.0][..], &[0.0, 1.0, 2.0, 3.0][..]), (&[0.0], &[0.0, 1.0]), (&[0.0, 4.0], &[0.0, 1.0, 3.0])]
    {
        for azimuth_deg in [-40.0, 10.0, 30.0, 60.0] {
            let point = found(tx, rx, azimuth_deg);
            let error_deg = point.azimuth_rad.unwrap().to_degrees() - azimuth_deg;
            assert!(
                !point.angle_ambiguous && error_deg.abs() < 1.5,
                "{tx:?} {rx:?} {azimuth_deg}: {point:?}"
            );
        }
    }
}

#[test]
fn one_chirp_a_transmitter_has_the_angle_of_the_receivers_alone() {
    let config = FmcwConfig { chirps: 1, ..waveform() };
    for velocity_m_s in [0.0, 5.0, 8.0, -3.0] {
        let cube = cube(&config, 0, &[(4.0, velocity_m_s, 20.0, 300.0)]);
        let (findings, _) = process(&config, &ProcessorConfig::default(), &[cube]);
        let point = findings.points[0];
        assert_eq!(point.velocity_m_s, None);
        // Four receivers 50 dB over the noise: a tenth of a degree.
        let error_deg = point.azimuth_rad.unwrap().to_degrees() - 20.0;
        assert!(error_deg.abs() < 0.5, "{velocity_m_s} m/s: {point:?}");
    }
    // One receiver behind each: nothing tells motion from direction.
    let config = row(&[0.0, 1.0], &[0.0], 1);
    let cube = cube(&config, 0, &[(4.0, 5.0, 20.0, 300.0)]);
    let point = process(&config, &ProcessorConfig::default(), &[cube]).0.points[0];
    assert_eq!(point.azimuth_rad, None);
}

#[test]
fn an_offset_that_wanders_from_chirp_to_chirp_is_no_target() {
    let mut config = FmcwConfig { sampling: Sampling::Real, chirps: 32, ..lone(32) };
    config.slope_hz_per_s = 30e12;
    let mut wander = Noise::new(3);
    for near_m in [None, Some(0.8), Some(1.3)] {
        let echoes: Vec<Echo> =
            near_m.into_iter().map(|r| (r, 2.0, 0.0, 200.0)).chain([(4.0, 1.0, 0.0, 200.0)]).collect();
        let mut samples = cube(&config, 0, &echoes);
        for mut chirp in samples.rows_mut() {
            let offset = 2000.0 + 300.0 * wander.complex().re as f32;
            chirp.iter_mut().for_each(|z| z.re += offset);
        }
        for mti in [MtiKind::None, MtiKind::MeanPhasor] {
            let asked = ProcessorConfig { mti, ..ProcessorConfig::default() };
            let (findings, _) = process(&config, &asked, std::slice::from_ref(&samples));
            assert_eq!(findings.points.len(), echoes.len(), "{near_m:?} {mti:?}: {:?}", findings.points);
            for (range_m, velocity_m_s, ..) in &echoes {
                let near = |p: &&mmw_dsp::Point| (p.range_m - range_m).abs() < 0.05;
                let point = findings.points.iter().find(near).unwrap_or_else(|| panic!("{findings:?}"));
                assert!((point.velocity_m_s.unwrap() - velocity_m_s).abs() < 0.05, "{point:?}");
            }
        }
    }
}

#[test]
fn slow_movers_where_the_coupling_is_removed_have_their_velocity_or_no_point() {
    let config = waveform();
    let mut seen = 0;
    for velocity_m_s in [0.4, 0.7, 1.0, 1.3, 1.7, 2.5, 4.0, -3.3] {
        let echoes = [(0.7, velocity_m_s, 20.0, 200.0), (0.3, 0.0, 0.0, 3000.0), (5.0, 0.0, 10.0, 200.0)];
        let asked = ProcessorConfig { coupling_bins: 6, ..ProcessorConfig::default() };
        let (findings, _) = process(&config, &asked, &[cube(&config, 0, &echoes)]);
        let still = findings.points.iter().find(|p| (p.range_m - 5.0).abs() < 0.1).unwrap();
        assert!(still.velocity_m_s.unwrap().abs() < 0.02, "{still:?}");
        for point in findings.points.iter().filter(|p| p.range_m < 3.0) {
            seen += 1;
            let error = point.velocity_m_s.unwrap() - velocity_m_s;
            assert!(error.abs() < 0.05 && (point.range_m - 0.7).abs() < 0.1, "{velocity_m_s}: {point:?}");
        }
    }
    assert!(seen >= 5, "{seen} of 8");
}
