//! Slow movers and random scenes by a synthesis of its own, with every clutter filter: the beat signal from
//! the delay of each sample, in `f64`, antennas by the convention of TI's documentation (numbers from right
//! to left as the radar looks out, half a wavelength apart, the second transmitter raised).

use crate::capture_real::radar_data;
use crate::common::Noise;
use mmw_dsp::capture::{AdcLayout, Capture, CaptureConfig, CaptureFormat, LvdsLanes};
use mmw_dsp::mmw_core::ndarray::Array3;
use mmw_dsp::mmw_core::{C32, C64};
use mmw_dsp::{
    Board, DirectionFinder, Findings, Fmcw, FmcwConfig, MtiKind, Point, Processor, ProcessorConfig, Window,
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use std::f64::consts::{PI, TAU};

const C_M_S: f64 = 299_792_458.0;

/// What echoes: range in the middle of the last frame.
#[derive(Debug, Clone, Copy)]
struct Echo {
    range_m: f64,
    velocity_m_s: f64,
    azimuth_rad: f64,
    /// Of a channel, with all samples of a frame added in phase.
    snr_db: f64,
}

fn waveform(chirps: usize) -> FmcwConfig {
    FmcwConfig {
        start_frequency_hz: 77e9,
        slope_hz_per_s: 60e12,
        adc_start_s: 6e-6,
        sample_rate_hz: 5e6,
        samples: 256,
        chirps,
        chirp_interval_s: 65e-6,
        frame_period_s: 40e-3,
        antennas: Some(Board::Iwr1843.layout()),
        ..FmcwConfig::iwr1843()
    }
}

/// Frame `index` of `frames`, `[channel, chirp, sample]`, in noise of unit power.
fn frame(
    config: &FmcwConfig,
    echoes: &[Echo],
    [index, frames]: [usize; 2],
    noise: &mut Noise,
) -> Array3<C32> {
    let (tx, rx, chirps, samples) = (config.transmitters, config.receivers, config.chirps, config.samples);
    let mut cube = Array3::from_shape_simple_fn((tx * rx, chirps, samples), || noise.complex());
    let start_s = (index as f64 - (frames as f64 - 1.0)) * config.frame_period_s;
    let middle_s = 0.5 * (chirps * tx) as f64 * config.chirp_interval_s;
    let start_hz = config.start_frequency_hz + config.slope_hz_per_s * config.adc_start_s;
    for echo in echoes {
        let amplitude = (10_f64.powf(echo.snr_db / 10.0) / (chirps * samples) as f64).sqrt();
        for chirp in 0..chirps {
            for t in 0..tx {
                let at_s = start_s - middle_s + (chirp * tx + t) as f64 * config.chirp_interval_s;
                let beat: Vec<C64> = (0..samples)
                    .map(|n| {
                        let fast_s = n as f64 / config.sample_rate_hz;
                        let delay_s = 2.0 * (echo.range_m + echo.velocity_m_s * (at_s + fast_s)) / C_M_S;
                        let turns =
                            start_hz * delay_s + config.slope_hz_per_s * delay_s * (fast_s - 0.5 * delay_s);
                        C64::from_polar(amplitude, TAU * (turns - turns.round()))
                    })
                    .collect();
                for r in 0..rx {
                    // Half wavelengths from the first: TX3 of three stands where TX2 of two does.
                    let column = 4 / (tx - 1).max(1) * t + r;
                    let turn = C64::cis(PI * echo.azimuth_rad.sin() * column as f64);
                    let mut row = cube.slice_mut(mmw_dsp::ndarray::s![t * rx + r, chirp, ..]);
                    row.iter_mut().zip(&beat).for_each(|(z, b)| *z += b * turn);
                }
            }
        }
    }
    cube.mapv(|z| C32::new(z.re as f32, z.im as f32))
}

/// The amplitude that the Hann window leaves `cells` off a bin, over that at its middle.
fn hann(cells: f64, len: usize) -> C64 {
    let weights = Window::Hann.weights::<f64>(len).unwrap();
    let sum: C64 =
        weights.iter().enumerate().map(|(n, w)| C64::cis(TAU * cells * n as f64 / len as f64) * w).sum();
    sum / weights.sum()
}

/// The power that a filter leaves of a mover `cells` from standing still in its strongest cell, over that
/// of one in the middle of a cell without filter.
fn left(mti: MtiKind, cells: f64, fmcw: &Fmcw) -> f64 {
    let config = fmcw.config();
    let own = hann(cells, config.chirps);
    let bins = (-8_i32..=8).map(f64::from);
    let turn = cells * config.frame_period_s / (fmcw.repetition_s() * config.chirps as f64);
    let power = bins.map(|k| {
        let plain = hann(cells - k, config.chirps);
        match mti {
            MtiKind::Notch if k.abs() <= 1.0 => 0.0,
            // Twice the noise.
            MtiKind::FrameDifference => (plain * (C64::from(1.0) - C64::cis(-TAU * turn))).norm_sqr() / 2.0,
            MtiKind::MeanPhasor => (plain - own * hann(-k, config.chirps)).norm_sqr(),
            _ => plain.norm_sqr(),
        }
    });
    power.fold(0.0, f64::max)
}

fn points(config: &FmcwConfig, echoes: &[Echo], mti: MtiKind, doa: DirectionFinder, seed: u64) -> Vec<Point> {
    let mut noise = Noise::new(seed);
    let fmcw = Fmcw::new(config.clone()).unwrap();
    let mut radar =
        Processor::new(&fmcw, &ProcessorConfig { mti, doa, ..ProcessorConfig::default() }).unwrap();
    let first = if mti == MtiKind::FrameDifference { 0 } else { 1 };
    let mut points = Vec::new();
    for index in first..2 {
        points = radar.process(&frame(config, echoes, [index, 2], &mut noise)).unwrap().points().unwrap();
    }
    points
}

#[derive(Debug, Default)]
struct Tally {
    asked: usize,
    missing: usize,
    wrong: usize,
    worst: f64,
    extra: usize,
    ghosts: usize,
    weak_wrong: usize,
}

fn tally(mti: MtiKind, chirps: [usize; 2], snrs: &[f64], steps: i32, print: bool) -> Tally {
    let mut rng = SmallRng::seed_from_u64(12);
    let mut tally = Tally::default();
    for (repetition, chirps) in chirps.into_iter().enumerate() {
        let frame_period_s = [40e-3, 90e-3][repetition];
        let config = FmcwConfig { frame_period_s, ..waveform(chirps) };
        let fmcw = Fmcw::new(config.clone()).unwrap();
        for step in 1..=steps {
            for &snr_db in snrs {
                let cells = 0.1 + 2.9 * f64::from(step - 1) / f64::from(steps - 1);
                let cells = if rng.random_range(0.0..1.0) < 0.5 { cells } else { -cells };
                let mover = Echo {
                    range_m: rng.random_range(1.5..9.0),
                    velocity_m_s: cells * fmcw.velocity_resolution_m_s(),
                    azimuth_rad: rng.random_range(-0.6..0.6),
                    snr_db,
                };
                let points = points(&config, &[mover], mti, DirectionFinder::Fft, rng.random());
                // Of the noise that both windows leave in a cell.
                let left_db = snr_db + 10.0 * (left(mti, cells, &fmcw) / (1.5 * 1.5)).log10();
                let error = |p: &Point| {
                    (p.velocity_m_s.unwrap() - mover.velocity_m_s) / fmcw.velocity_resolution_m_s()
                };
                let worst = points.iter().map(|p| error(p).abs()).fold(0.0, f64::max);
                let asked = left_db >= 10.0;
                tally.asked += usize::from(asked);
                tally.missing += usize::from(asked && points.is_empty());
                tally.wrong += usize::from(asked && worst > 0.1);
                tally.weak_wrong += usize::from(!asked && worst > 0.1);
                tally.worst = tally.worst.max(worst);
                tally.extra += usize::from(points.len() > 1);
                let ghost = |p: &Point| {
                    error(p).abs() > 2.0
                        || (p.range_m - mover.range_m).abs() > 2.0 * fmcw.range_resolution_m()
                };
                tally.ghosts += points.iter().filter(|p| ghost(p)).count();
                if print && (worst > 0.1 || points.len() > 1 || asked && points.is_empty()) {
                    let of = |p: &Point| {
                        format!(
                            "{:+.3} m {:+.3} cells {:.1} dB",
                            p.range_m - mover.range_m,
                            error(p),
                            p.snr_db
                        )
                    };
                    let seen: Vec<String> = points.iter().map(of).collect();
                    println!("{mti:?} {chirps} {cells:+.2} {snr_db} left {left_db:.1}: {seen:?}");
                }
            }
        }
    }
    tally
}

#[test]
fn slow_movers_have_one_point_with_their_velocity_or_none() {
    for &mti in MtiKind::ALL {
        for snrs in [&[25.0, 45.0, 60.0][..], &[140.0]] {
            let tally = tally(mti, [64, 64], snrs, 14, true);
            println!("{mti:?} {snrs:?}: {tally:?}");
            let Tally { missing, wrong, weak_wrong, extra, ghosts, .. } = tally;
            assert_eq!([missing, wrong, weak_wrong, extra, ghosts], [0; 5], "{mti:?} {snrs:?}");
        }
    }
}

#[test]
#[ignore = "minutes: the figures of docs/VALIDATION.md"]
fn slow_movers_table() {
    for &mti in MtiKind::ALL {
        for snrs in [&[15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0][..], &[140.0]] {
            println!("{mti:?} {snrs:?}: {:?}", tally(mti, [64, 128], snrs, 48, true));
        }
    }
}

/// Points farther than two cells from every target, and all points, with each filter.
fn ghosts(scenes: usize, doa: DirectionFinder) -> [[usize; 4]; 2] {
    let mut rng = SmallRng::seed_from_u64(4242);
    let (mut ghosts, mut all) = ([0; 4], [0; 4]);
    for scene in 0..scenes {
        let config = waveform(64);
        let fmcw = Fmcw::new(config.clone()).unwrap();
        let [range_cell, velocity_cell] = [fmcw.range_resolution_m(), fmcw.velocity_resolution_m_s()];
        let echoes: Vec<Echo> = (0..rng.random_range(1..=6))
            .map(|_| Echo {
                range_m: rng.random_range(1.0..10.0),
                velocity_m_s: match rng.random_range(0..4) {
                    0 => 0.0,
                    1 => velocity_cell * rng.random_range(-3.0..3.0),
                    _ => rng.random_range(-4.5..4.5),
                },
                azimuth_rad: rng.random_range(-0.8..0.8),
                snr_db: rng.random_range(15.0..60.0),
            })
            .collect();
        let mut noise = Noise::new(scene as u64);
        let frames = [0, 1].map(|index| frame(&config, &echoes, [index, 2], &mut noise));
        for (kind, &mti) in MtiKind::ALL.iter().enumerate() {
            let config = ProcessorConfig { mti, doa, ..ProcessorConfig::default() };
            let mut radar = Processor::new(&fmcw, &config).unwrap();
            radar.process(&frames[0]).unwrap();
            let points = radar.process(&frames[1]).unwrap().points().unwrap();
            for point in &points {
                let near = echoes.iter().any(|echo| {
                    let off = point.velocity_m_s.unwrap() - echo.velocity_m_s;
                    let fold = 2.0 * fmcw.max_velocity_m_s();
                    let off = off - fold * (off / fold).round();
                    (point.range_m - echo.range_m).abs() < 2.0 * range_cell && off.abs() < 2.0 * velocity_cell
                });
                if !near {
                    ghosts[kind] += 1;
                    println!("{mti:?} scene {scene}: {point:?}");
                    for echo in &echoes {
                        let Echo { range_m, velocity_m_s, snr_db, .. } = echo;
                        println!("    {range_m:.3} m {velocity_m_s:.3} m/s {snr_db:.1} dB");
                    }
                }
            }
            all[kind] += points.len();
        }
    }
    println!("{doa:?}: ghosts {ghosts:?} of {all:?}");
    [ghosts, all]
}

#[test]
fn random_scenes_of_another_synthesis_have_no_ghosts() {
    let [ghosts, all] = ghosts(40, DirectionFinder::Fft);
    assert_eq!(ghosts, [0; 4]);
    assert!(all.iter().all(|&points| points > 40), "{all:?}");
}

#[test]
#[ignore = "minutes: the figures of docs/VALIDATION.md"]
fn random_scenes_table() {
    let found = [DirectionFinder::Fft, DirectionFinder::Music].map(|doa| ghosts(1000, doa)[0]);
    assert_eq!(found, [[0; 4]; 2]);
}

/// What stands still in a room and one mover, before a board of two transmitters.
fn room(inverted: bool, seed: u64) -> (Fmcw, Findings) {
    let config = FmcwConfig { transmitters: 2, antennas: Some(Board::Awr1642.layout()), ..waveform(64) };
    let fmcw = Fmcw::new(config.clone()).unwrap();
    let wall = |range_m: f64, azimuth_rad: f64, snr_db: f64| Echo {
        range_m,
        velocity_m_s: 0.0,
        azimuth_rad,
        snr_db,
    };
    let mut echoes =
        vec![wall(1.5, 0.1, 50.0), wall(2.6, -0.5, 40.0), wall(4.2, 0.4, 45.0), wall(6.3, -0.1, 35.0)];
    echoes.push(Echo { range_m: 3.3, velocity_m_s: 1.1, azimuth_rad: 0.2, snr_db: 40.0 });
    let mut cube = frame(&config, &echoes, [0, 1], &mut Noise::new(seed));
    if inverted {
        cube.slice_mut(mmw_dsp::ndarray::s![4.., .., ..]).mapv_inplace(|z| -z);
    }
    let mut radar = Processor::new(&fmcw, &ProcessorConfig::default()).unwrap();
    let found = radar.process(&cube).unwrap().findings().unwrap();
    (fmcw, found)
}

#[test]
fn a_room_at_one_fold_of_the_velocity_tells_an_inverted_transmitter() {
    for seed in 0..4 {
        let (_, right) = room(false, seed);
        assert_eq!(right.still_fold, None);
        let (fmcw, turned) = room(true, seed);
        let told = turned.still_fold.expect("four walls at one fold");
        assert!(told.cells >= 4, "{told:?}");
        assert!((told.velocity_m_s - 2.0 * fmcw.max_velocity_m_s()).abs() < 1e-9, "{told:?}");
        assert!(told.to_string().contains("inverted"), "{told}");
        assert_eq!(turned.points.len(), right.points.len());
        for (turned, right) in turned.points.iter().zip(&right.points) {
            assert!(turned.velocity_ambiguous, "{turned:?}");
            assert!((turned.velocity_m_s.unwrap() - right.velocity_m_s.unwrap()).abs() < 1e-3, "{turned:?}");
            assert!((turned.azimuth_rad.unwrap() - right.azimuth_rad.unwrap()).abs() < 0.02, "{turned:?}");
        }
    }
}

/// The published room before its board of three transmitters, and before those two of them that are in a row.
#[test]
fn a_recorded_room_is_at_no_fold_of_the_velocity() {
    let Some(bin) = radar_data("dislab/adc_data.bin") else { return };
    let config = FmcwConfig {
        start_frequency_hz: 60e9,
        slope_hz_per_s: 29.837e12,
        sample_rate_hz: 4e6,
        samples: 512,
        chirps: 85,
        chirp_interval_s: 414e-6,
        frame_period_s: 0.2,
        antennas: Some(Board::Iwr6843Isk.layout()),
        ..FmcwConfig::iwr1843()
    };
    let format = CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Two, iq_swap: false });
    let mut capture = Capture::open(&bin, &CaptureConfig::new(config.clone(), format).unwrap()).unwrap();
    let cube = capture.read_frame(0).unwrap();
    let seen = |config: FmcwConfig, cube: &Array3<C32>| {
        let fmcw = Fmcw::new(config).unwrap();
        let mut radar = Processor::new(&fmcw, &ProcessorConfig::default()).unwrap();
        radar.process(cube).unwrap().findings().unwrap()
    };
    let all = seen(config.clone(), &cube);
    assert_eq!(all.still_fold, None);
    let layout = Board::Iwr6843Isk.select(&[0, 2], &[0, 1, 2, 3]).unwrap();
    let two = FmcwConfig { transmitters: 2, chirp_interval_s: 621e-6, antennas: Some(layout), ..config };
    let rows = [0, 1, 2, 3, 8, 9, 10, 11];
    let row = cube.select(mmw_dsp::ndarray::Axis(0), &rows);
    let right = seen(two.clone(), &row);
    assert_eq!(right.still_fold, None);
    let mut turned = row;
    turned.slice_mut(mmw_dsp::ndarray::s![4.., .., ..]).mapv_inplace(|z| -z);
    let told = seen(two, &turned);
    println!(
        "{:?} of {} points; {} right, {} with three transmitters",
        told.still_fold,
        told.points.len(),
        right.points.len(),
        all.points.len()
    );
}
