//! Commands of TI's files that bear on the samples: signs and places of virtual antennas, lanes by the
//! platform, phases of transmitters, chirps that no frame sends.

use crate::cases_config::{C, MOVER, on, two_lanes};
use crate::common::{Noise, TempFile};
use mmw_dsp::capture::{
    AdcLayout, Capture, CaptureConfig, CaptureFormat, CaptureOptions, LvdsLanes, parse_ti_cfg,
};
use mmw_dsp::mmw_core::{C64, Result};
use mmw_dsp::tdm::Calibration;
use mmw_dsp::{Board, Point, Processor, ProcessorConfig};
use std::f64::consts::{PI, TAU};

/// Places of TI's people-tracking demonstration for the 6843 ISK-ODS, and its signs.
const X: [f64; 12] = [0., 0., -1., -1., -2., -2., -3., -3., -2., -2., -3., -3.];
const Z: [f64; 12] = [0., -1., -1., 0., 0., -1., -1., 0., -2., -3., -3., -2.];
const SIGNS: [f64; 4] = [1., -1., -1., 1.];

const PLACES: &str =
    "antGeometry0 0 0 -1 -1 -2 -2 -3 -3 -2 -2 -3 -3\nantGeometry1 0 -1 -1 0 0 -1 -1 0 -2 -3 -3 -2\n";
const ROTATION: &str = "antPhaseRot 1 -1 -1 1 1 -1 -1 1 1 -1 -1 1\n";

const AZIMUTH_RAD: f64 = 20.0 * PI / 180.0;
const ELEVATION_RAD: f64 = 10.0 * PI / 180.0;
const RANGE_M: f64 = 4.0;

fn config() -> String {
    let chirps = "chirpCfg 0 0 0 0 0 0 0 1\nchirpCfg 1 1 0 0 0 0 0 2\nchirpCfg 2 2 0 0 0 0 0 4\n";
    let ones = " 1 0".repeat(12);
    format!(
        "channelCfg 15 7 0\nadcCfg 2 1\nadcbufCfg -1 0 0 1 1\nprofileCfg 0 60 47.2 5 12.8 0 0 60 1 64 5000 0 0 30\n\
         {chirps}frameCfg 0 2 16 1 50 1 0\n{PLACES}{ROTATION}compRangeBiasAndRxChanPhase 0{ones}\nsensorStart\n"
    )
}

/// 5 us and half of 12.8 us into the ramp.
const MIDDLE_HZ: f64 = 60.684e9;

/// A still target in front of the board, receivers 2 and 3 inverted: by the far-field phase at the middle of
/// the samples, antennas `spacing_m` apart.
fn samples(spacing_m: f64) -> Vec<u8> {
    let turn = TAU * spacing_m * MIDDLE_HZ / C;
    let mut noise = Noise::new(3);
    let (across, up) = (AZIMUTH_RAD.sin() * ELEVATION_RAD.cos(), ELEVATION_RAD.sin());
    let mut all = Vec::new();
    for chirp in 0..48 {
        for (rx, sign) in SIGNS.iter().enumerate() {
            let channel = chirp % 3 * 4 + rx;
            for n in 0..64 {
                let cycles = (60e9 + 60e12 * (5e-6 + f64::from(n) / 5e6)) * 2.0 * RANGE_M / C;
                let phase = TAU * cycles - turn * (X[channel] * across + Z[channel] * up);
                all.push(C64::from_polar(300.0, phase) * sign + noise.complex() * 4.0);
            }
        }
    }
    two_lanes(&all)
}

fn strongest(bytes: &[u8], config: &str, options: &CaptureOptions) -> Point {
    let capture = TempFile::new("commands-ods.bin", bytes);
    let config = TempFile::new("commands-ods.cfg", config.as_bytes());
    let mut capture = Capture::open_with(capture.path(), config.path(), options).unwrap();
    let processing = ProcessorConfig {
        calibration: capture.config().channel_weights.clone().map(|w| Calibration::from_weights(w).unwrap()),
        ..ProcessorConfig::default()
    };
    let fmcw = capture.config().check().unwrap();
    let mut radar = Processor::new(&fmcw, &processing).unwrap();
    let frame = radar.process(&capture.read_frame(0).unwrap()).unwrap();
    frame.points().unwrap()[0]
}

fn read(text: &str, options: &CaptureOptions) -> Result<CaptureConfig> {
    parse_ti_cfg(text, "a.cfg".as_ref(), options)
}

fn two() -> CaptureOptions {
    CaptureOptions { lanes: Some(LvdsLanes::Two), ..CaptureOptions::default() }
}

/// Noise of 4 on 300 over 3072 samples bounds the angles by 0.02 degrees. The board has the 2.426 mm of TI's
/// source; without one, the file counts in half wavelengths of the carrier.
#[test]
fn inverted_receivers_are_put_right_by_the_rotation_of_the_people_tracking_demonstration() {
    for (options, spacing_m) in [(on(Board::Iwr6843IskOds), 2.426e-3), (two(), C / MIDDLE_HZ / 2.0)] {
        let point = strongest(&samples(spacing_m), &config(), &options);
        let (azimuth_rad, elevation_rad) = (point.azimuth_rad.unwrap(), point.elevation_rad.unwrap());
        let off = |got: f64, true_rad: f64| (got - true_rad).abs().to_degrees();
        assert!(off(azimuth_rad, AZIMUTH_RAD) < 0.1, "{}", azimuth_rad.to_degrees());
        assert!(off(elevation_rad, ELEVATION_RAD) < 0.1, "{}", elevation_rad.to_degrees());
    }
}

/// As in the demonstration: a measured compensation carries the inversion, and the rotation cancels.
#[test]
fn a_measured_compensation_stands_for_the_rotation() {
    let measured = (0..12).map(|i| format!(" 0.{} 0.5", i + 1)).collect::<String>();
    let text = config().replace(&" 1 0".repeat(12), &measured);
    let with = read(&text, &on(Board::Iwr6843IskOds)).unwrap().channel_weights.unwrap();
    let without =
        read(&text.replace(ROTATION, ""), &on(Board::Iwr6843IskOds)).unwrap().channel_weights.unwrap();
    assert_eq!(with, without);
    let signs = read(&config(), &on(Board::Iwr6843IskOds)).unwrap().channel_weights.unwrap();
    assert!(signs.iter().enumerate().all(|(i, w)| *w == C64::from(SIGNS[i % 4])));
    assert!(Calibration::from_weights(signs).unwrap().inverts());
    let error = read(&config().replace("antPhaseRot 1", "antPhaseRot 2"), &two()).unwrap_err().to_string();
    assert!(error.contains("antPhaseRot") && error.contains("1 or -1"), "{error}");
}

#[test]
fn places_that_are_those_of_another_board_are_told() {
    let told = |board| {
        let notes = read(&config(), &on(board)).unwrap().notes;
        notes.iter().any(|note| note.contains("other places of the antennas"))
    };
    assert!(!told(Board::Iwr6843IskOds));
    assert!(told(Board::Iwr6843Aop) && told(Board::Iwr6843Isk));
    let crooked = config().replace("-3 -3\nantGeometry1", "-3 -5\nantGeometry1");
    let config = read(&crooked, &two()).unwrap();
    assert!(config.fmcw.antennas.is_none() && config.notes[0].contains("no sums"), "{:?}", config.notes);
}

fn lanes(text: &str, options: &CaptureOptions) -> Result<LvdsLanes> {
    let config = read(text, options)?;
    let CaptureFormat::Dca1000(AdcLayout { lanes, .. }) = config.format else {
        panic!("{:?}", config.format)
    };
    Ok(lanes)
}

#[test]
fn the_board_or_the_platform_in_a_comment_gives_the_lanes_unless_they_are_named() {
    let nothing = CaptureOptions::default();
    let missing = |options| lanes(&MOVER.config(), &options).unwrap_err().to_string().contains("`lanes = 2`");
    assert!(missing(CaptureOptions::default()));
    // Chips that may choose leave it open.
    assert!(missing(CaptureOptions { board: Some(Board::Iwr1443), ..CaptureOptions::default() }));
    let board = CaptureOptions { board: Some(Board::Awr1642), ..CaptureOptions::default() };
    assert_eq!(lanes(&MOVER.config(), &board), Ok(LvdsLanes::Two));
    let four = CaptureOptions { lanes: Some(LvdsLanes::Four), ..board };
    assert_eq!(lanes(&MOVER.config(), &four), Ok(LvdsLanes::Four));
    let commented = |platform: &str| format!("% Platform:{platform}\r\n{}", MOVER.config());
    for platform in ["xWR16xx", "xWR18xx", "xWR68xx_AOP"] {
        let config = read(&commented(platform), &nothing).unwrap();
        assert!(config.notes.iter().any(|note| note.contains(platform)), "{:?}", config.notes);
        assert_eq!(lanes(&commented(platform), &nothing), Ok(LvdsLanes::Two));
        assert_eq!(lanes(&commented(platform), &four), Ok(LvdsLanes::Four));
    }
    for platform in ["xWR14xx", "AWR294X", "xWRL6432"] {
        assert!(lanes(&commented(platform), &nothing).is_err(), "{platform}");
    }
    let interleaved = commented("xWR16xx").replace("adcbufCfg -1 0 0 1 1", "adcbufCfg -1 0 0 0 1");
    let error = lanes(&interleaved, &nothing).unwrap_err().to_string();
    assert!(error.contains("a.cfg:8") && error.contains("interleaved"), "{error}");
    assert_eq!(lanes(&interleaved, &four), Ok(LvdsLanes::Four));
}

#[test]
fn the_channels_of_the_29xx_and_of_a_cascade_are_read() {
    let five = MOVER.config().replace("channelCfg 15 3 0", "channelCfg 15 3 0 0 0");
    assert_eq!(read(&five, &two()), read(&MOVER.config(), &two()));
    let cascaded = MOVER.config().replace("channelCfg 15 3 0", "channelCfg 15 3 1");
    assert!(read(&cascaded, &two()).unwrap().notes[0].contains("cascade"));
}

#[test]
fn a_chirp_that_no_frame_sends_may_have_no_transmitter() {
    let unused = MOVER.config().replace("frameCfg", "chirpCfg 2 2 0 0 0 0 0 0\nframeCfg");
    assert_eq!(read(&unused, &two()), read(&MOVER.config(), &two()));
    let used = MOVER.config().replace("chirpCfg 1 1 0 0 0 0 0 2", "chirpCfg 1 1 0 0 0 0 0 0");
    let error = read(&used, &two()).unwrap_err().to_string();
    assert!(error.contains("names 0 transmitters"), "{error}");
}

/// Byte by byte in steps of 4: 16384 is 90 degrees of the second transmitter.
#[test]
fn phases_that_differ_between_transmitters_are_refused() {
    let shifted = |value: u64| MOVER.config().replace("5 12.8 0 0 60", &format!("5 12.8 0 {value} 60"));
    let error = read(&shifted(16384), &two()).unwrap_err().to_string();
    assert!(error.contains("profile 0") && error.contains("[0.0, 90.0] degrees"), "{error}");
    // Equal ones turn all channels alike, and the third transmitter does not send.
    for value in [64 << 8 | 64, 64 << 16] {
        assert_eq!(read(&shifted(value), &two()), read(&MOVER.config(), &two()));
    }
}

#[test]
fn weights_that_are_all_zero_are_refused() {
    let zeros = format!("compRangeBiasAndRxChanPhase 0{}\nsensorStart", " 0 0".repeat(8));
    let error = read(&MOVER.config().replace("sensorStart", &zeros), &two()).unwrap_err().to_string();
    assert!(error.contains("compRangeBiasAndRxChanPhase") && error.contains("zero"), "{error}");
    assert!(Calibration::from_weights(vec![C64::ZERO; 8]).is_err());
}
