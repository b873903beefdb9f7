//! Two transmitters that send together: with signs they are told apart, without they are one.
//!
//! What the receivers hear is made here, from the signs and the tables of TI's SDK: the second of the two
//! inverted in the second chirp (`constBpmVal` 0xC on the xWR16xx, 0x30 on the xWR68xx), channel phases
//! `π (2 w_x − w_z)` for the raised transmitter.

use crate::cases_config::{C, on, two_lanes};
use crate::common::{Noise, TempFile};
use mmw_dsp::capture::{Capture, CaptureConfig, CaptureOptions, LvdsLanes, parse_ti_cfg};
use mmw_dsp::mmw_core::{C64, Error};
use mmw_dsp::tdm::Calibration;
use mmw_dsp::{Board, Firing, Point, Processor, ProcessorConfig};
use std::f64::consts::{PI, TAU};

const START_HZ: f64 = 77e9;
const SLOPE_HZ_PER_S: f64 = 60e12;
const RATE_HZ: f64 = 5e6;
const ADC_START_S: f64 = 5e-6;
const SAMPLES: usize = 64;
const CHIRP_S: f64 = 60e-6;
/// Middle of the sampled sweep.
const CARRIER_HZ: f64 = START_HZ + SLOPE_HZ_PER_S * (ADC_START_S + 0.5 * SAMPLES as f64 / RATE_HZ);

#[derive(Clone, Copy)]
struct Target {
    range_m: f64,
    velocity_m_s: f64,
    azimuth_deg: f64,
    elevation_deg: f64,
}

/// Transmitters of the xWR1642 and the xWR1843 by number: columns to the left and rows down, half
/// wavelengths.
const PLACES_1642: &[[f64; 2]] = &[[0.0, 0.0], [4.0, 0.0]];
const PLACES_1843: &[[f64; 2]] = &[[0.0, 0.0], [2.0, -1.0], [4.0, 0.0]];

/// One frame: in each chirp of a turn some transmitters, each with its sign.
struct Frame<'a> {
    places: &'a [[f64; 2]],
    turn: &'a [&'a [(usize, f64)]],
    loops: usize,
    /// What the channel of transmitter and receiver is multiplied by.
    errors: fn(usize, usize) -> C64,
}

fn alike(_: usize, _: usize) -> C64 {
    C64::new(1.0, 0.0)
}

impl Frame<'_> {
    fn chirps(&self) -> usize {
        self.turn.len() * self.loops
    }

    /// Chirp, receiver, sample.
    fn samples(&self, targets: &[Target], board: Board) -> Vec<C64> {
        let mut noise = Noise::new(5);
        let mut all = Vec::new();
        let half_waves = PI * CARRIER_HZ / board.design_frequency_hz();
        for chirp in 0..self.chirps() {
            for rx in 0..4 {
                for n in 0..SAMPLES {
                    let ramp_s = ADC_START_S + n as f64 / RATE_HZ;
                    let echo = |target: &Target| {
                        let (az, el) = (target.azimuth_deg.to_radians(), target.elevation_deg.to_radians());
                        let [x, z] = [el.cos() * az.sin(), el.sin()];
                        let at_s = chirp as f64 * CHIRP_S + ramp_s;
                        let delay_s = 2.0 * (target.range_m + target.velocity_m_s * at_s) / C;
                        let cycles = (START_HZ + SLOPE_HZ_PER_S * (ramp_s - 0.5 * delay_s)) * delay_s;
                        let sent = self.turn[chirp % self.turn.len()].iter();
                        sent.map(|&(tx, sign)| {
                            let [column, row] = self.places[tx];
                            let phase = half_waves * ((column + f64::from(rx)) * x + row * z);
                            sign * (self.errors)(tx, rx as usize)
                                * C64::from_polar(200.0, TAU * cycles + phase)
                        })
                        .sum::<C64>()
                    };
                    all.push(targets.iter().map(echo).sum::<C64>() + noise.complex() * 3.0);
                }
            }
        }
        all
    }

    fn config(&self, more: &str) -> String {
        let all = self.turn.iter().flat_map(|chirp| chirp.iter()).fold(0, |mask, &(tx, _)| mask | 1 << tx);
        let chirp = |(i, sent): (usize, &&[(usize, f64)])| {
            let mask: u32 = sent.iter().map(|&(tx, _)| 1 << tx).sum();
            format!("chirpCfg {i} {i} 0 0 0 0 0 {mask}\n")
        };
        let chirps: String = self.turn.iter().enumerate().map(chirp).collect();
        format!(
            "dfeDataOutputMode 1\nchannelCfg 15 {all} 0\nadcCfg 2 1\nadcbufCfg -1 0 0 1 1\n\
             profileCfg 0 77 47.2 5 12.8 0 0 60 1 64 5000 0 0 30\n{chirps}{more}\n\
             frameCfg 0 {} {} 1 50 1 0\n",
            self.turn.len() - 1,
            self.loops
        )
    }

    fn points(&self, targets: &[Target], board: Board, more: &str) -> Vec<Point> {
        let name = format!("bpm-{board:?}-{}-{}", self.turn.len(), more.len());
        let capture = TempFile::new(&format!("{name}.bin"), &two_lanes(&self.samples(targets, board)));
        let config = TempFile::new(&format!("{name}.cfg"), self.config(more).as_bytes());
        let mut capture = Capture::open_with(capture.path(), config.path(), &on(board)).unwrap();
        let fmcw = capture.config().check().unwrap();
        let weights = capture.config().channel_weights.clone();
        let calibration = weights.map(|weights| Calibration::from_weights(weights).unwrap());
        let config = ProcessorConfig { calibration, ..ProcessorConfig::default() };
        let mut radar = Processor::new(&fmcw, &config).unwrap();
        radar.process(&capture.read_frame(0).unwrap()).unwrap().points().unwrap()
    }
}

/// To a hundredth of a degree, a metre and a metre per second; the bound is a third of the first.
fn assert_found(points: &[Point], targets: &[Target], elevation: bool, chirps: usize) {
    let middle_s = (chirps - 1) as f64 / 2.0 * CHIRP_S + ADC_START_S + SAMPLES as f64 / RATE_HZ / 2.0;
    assert_eq!(points.len(), targets.len(), "{points:?}");
    for target in targets {
        let range_m = target.range_m + target.velocity_m_s * middle_s;
        let near = |point: &&Point| (point.range_m - range_m).abs() < 0.5;
        let point = points.iter().find(near).unwrap();
        assert!((point.range_m - range_m).abs() < 0.01, "{point:?}");
        assert!((point.velocity_m_s.unwrap() - target.velocity_m_s).abs() < 0.01, "{point:?}");
        assert!((point.azimuth_rad.unwrap().to_degrees() - target.azimuth_deg).abs() < 0.02, "{point:?}");
        if elevation {
            let found = point.elevation_rad.unwrap().to_degrees();
            assert!((found - target.elevation_deg).abs() < 0.05, "{point:?}");
        }
    }
}

const LEVEL: [Target; 3] = [
    Target { range_m: 3.0, velocity_m_s: 1.0, azimuth_deg: 25.0, elevation_deg: 0.0 },
    Target { range_m: 6.0, velocity_m_s: -3.3, azimuth_deg: -40.0, elevation_deg: 0.0 },
    // Beyond the 8 m/s that the turns tell apart: the fold shows in the signs, too.
    Target { range_m: 9.0, velocity_m_s: 11.0, azimuth_deg: 12.0, elevation_deg: 0.0 },
];

const BOTH: &[(usize, f64)] = &[(0, 1.0), (1, 1.0)];
const SIGNS: &[&[(usize, f64)]] = &[BOTH, &[(0, 1.0), (1, -1.0)]];

#[test]
fn transmitters_that_send_with_signs_are_told_apart() {
    let frame = Frame { places: PLACES_1642, turn: SIGNS, loops: 32, errors: alike };
    let points = frame.points(&LEVEL, Board::Awr1642, "bpmCfg -1 1 0 1");
    assert_found(&points, &LEVEL, false, frame.chirps());
    // Read as what it is not, the angles are others.
    let tdm: &[&[(usize, f64)]] = &[&[(0, 1.0)], &[(1, 1.0)]];
    let text = Frame { turn: tdm, ..frame }.config("");
    let config = parse_ti_cfg(&text, "d.cfg".as_ref(), &on(Board::Awr1642)).unwrap();
    assert_eq!(config.fmcw.firing, Firing::InTurn);
}

/// The third transmitter by itself in between, as people-tracking profiles for the 6843 have it.
#[test]
fn a_lone_transmitter_may_send_between_the_two() {
    let turn: &[&[(usize, f64)]] = &[&[(0, 1.0), (2, 1.0)], &[(1, 1.0)], &[(0, 1.0), (2, -1.0)]];
    let frame = Frame { places: PLACES_1843, turn, loops: 32, errors: alike };
    let targets = [
        Target { range_m: 3.0, velocity_m_s: 1.0, azimuth_deg: 25.0, elevation_deg: 10.0 },
        Target { range_m: 6.0, velocity_m_s: -3.3, azimuth_deg: -40.0, elevation_deg: -15.0 },
    ];
    let points = frame.points(&targets, Board::Iwr1843, "bpmCfg -1 1 0 2");
    assert_found(&points, &targets, true, frame.chirps());
}

/// Weights of virtual channels, different for the two transmitters: they belong after the decoding.
#[test]
fn channels_are_made_alike_after_the_two_are_told_apart() {
    let errors = |tx: usize, rx: usize| C64::from_polar(1.0, 0.9 * tx as f64 - 0.4 * rx as f64);
    let frame = Frame { places: PLACES_1642, turn: SIGNS, loops: 32, errors };
    let weights: String = (0..8)
        .map(|channel| errors(channel / 4, channel % 4).conj())
        .map(|w| format!(" {} {}", w.re, w.im))
        .collect();
    let weights = format!("bpmCfg -1 1 0 1\ncompRangeBiasAndRxChanPhase 0.0{weights}");
    let points = frame.points(&LEVEL[..2], Board::Awr1642, &weights);
    assert_found(&points, &LEVEL[..2], false, frame.chirps());
}

/// Without signs they are one transmitter, and the receivers alone tell the angle.
#[test]
fn transmitters_that_always_send_together_are_one() {
    let frame = Frame { places: PLACES_1642, turn: &[BOTH], loops: 64, errors: alike };
    let targets = [LEVEL[0], LEVEL[1]];
    let points = frame.points(&targets, Board::Awr1642, "");
    assert_eq!(points.len(), 2, "{points:?}");
    for (target, range_m) in [(targets[0], 3.0), (targets[1], 6.0)] {
        let point = points.iter().find(|p| (p.range_m - range_m).abs() < 0.5).unwrap();
        assert!((point.velocity_m_s.unwrap() - target.velocity_m_s).abs() < 0.01, "{point:?}");
        // Half the aperture, and the pair's own pattern: 11 dB down at 40 degrees.
        assert!((point.azimuth_rad.unwrap().to_degrees() - target.azimuth_deg).abs() < 0.1, "{point:?}");
    }
    let config = parse_ti_cfg(&frame.config(""), "d.cfg".as_ref(), &on(Board::Awr1642)).unwrap();
    assert_eq!((config.transmitters, config.fmcw.chirps), (vec![0], 64));
    assert!(config.notes[0].contains("transmitters 1 and 2 send every chirp together"), "{:?}", config.notes);
}

#[test]
fn signs_that_do_not_tell_transmitters_apart_are_refused() {
    let read = |turn: &[&[(usize, f64)]], more: &str| -> Result<CaptureConfig, Error> {
        let frame = Frame { places: PLACES_1843, turn, loops: 8, errors: alike };
        let options =
            CaptureOptions { lanes: Some(LvdsLanes::Two), iq_swap: Some(false), ..Default::default() };
        parse_ti_cfg(&frame.config(more), "d.cfg".as_ref(), &options)
    };
    let refused = |turn: &[&[(usize, f64)]], more: &str, words: &str| {
        let error = read(turn, more).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains("d.cfg:"), "{error}");
    };
    let two: &[&[(usize, f64)]] = &[BOTH, BOTH];
    assert!(read(two, "bpmCfg -1 1 0 1").is_ok());
    refused(two, "bpmCfg -1 1 1 0", "the later of the two chirps");
    refused(two, "bpmCfg -1 1 0", "bpmCfg with 4 values");
    refused(&[BOTH, BOTH, BOTH], "bpmCfg -1 1 0 1", "no pair of chirps of two");
    refused(&[BOTH, BOTH, &[(0, 1.0)]], "bpmCfg -1 1 0 1", "sends in other chirps than its pair");
    refused(&[BOTH, &[(2, 1.0)]], "", "2 transmitters at once");
    refused(&[&[(0, 1.0)], &[(1, 1.0)]], "bpmCfg -1 1 0 1", "no pair of chirps of two");
    let three: &[(usize, f64)] = &[(0, 1.0), (1, 1.0), (2, 1.0)];
    refused(&[three, three], "bpmCfg -1 1 0 1", "no pair of chirps of two");
}
