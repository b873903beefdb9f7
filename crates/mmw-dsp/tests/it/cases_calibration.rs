//! Errors of channels that the configuration puts right, in captures with known truth.

use crate::cases_config::{MOVER, assert_is, beside, on, two_lanes};
use crate::common::TempFile;
use mmw_dsp::capture::{Capture, parse_ti_cfg};
use mmw_dsp::tdm::Calibration;
use mmw_dsp::{Board, Point, Processor, ProcessorConfig};
use std::path::Path;

/// Receivers 2 and 4 fed from the other side, which the configuration says.
#[test]
fn inverted_receivers_are_put_right_by_the_configuration() {
    let mut samples = MOVER.samples();
    for (i, z) in samples.iter_mut().enumerate() {
        if i / MOVER.samples % 2 == 1 {
            *z = -*z;
        }
    }
    let pairs = " 1 0 -1 0".repeat(4);
    let command = format!("compRangeBiasAndRxChanPhase 0.0{pairs}\nsensorStart");
    let config = MOVER.config().replace("sensorStart", &command);
    let capture = TempFile::new("c15.bin", &two_lanes(&samples));
    let config = TempFile::new("c15.cfg", config.as_bytes());
    assert_is(calibrated(capture.path(), config.path()), MOVER);
    if let (Some(bin), Some(cfg)) =
        (beside("c15_inverted_receivers.bin"), beside("c15_inverted_receivers.cfg"))
    {
        assert_is(calibrated(&bin, &cfg), MOVER);
    }
}

/// The strongest point, with the weights and the range bias of the configuration.
fn calibrated(capture: &Path, config: &Path) -> Point {
    let mut capture = Capture::open_with(capture, config, &on(Board::Awr1642)).unwrap();
    let fmcw = capture.config().check().unwrap();
    let config = ProcessorConfig {
        calibration: capture.config().channel_weights.clone().map(|w| Calibration::from_weights(w).unwrap()),
        range_bias_m: capture.config().range_bias_m,
        ..ProcessorConfig::default()
    };
    let mut radar = Processor::new(&fmcw, &config).unwrap();
    let frame = radar.process(&capture.read_frame(0).unwrap()).unwrap();
    frame.points().unwrap()[0]
}

/// TI's order: transmitter by transmitter of the device, its four receivers running fastest, all of them.
#[test]
fn weights_are_picked_by_the_numbers_of_the_antennas() {
    let pairs: String = (0..12).map(|i| format!(" {} 0.5", i + 1)).collect();
    let text = format!(
        "channelCfg 10 5 0\nadcCfg 2 1\nadcbufCfg -1 0 0 1 1\n\
         profileCfg 0 77 47.2 5 12.8 0 0 60 1 64 5000 0 0 30\nchirpCfg 0 0 0 0 0 0 0 4\n\
         chirpCfg 1 1 0 0 0 0 0 1\nframeCfg 0 1 16 1 50 1 0\ncompRangeBiasAndRxChanPhase 0.25{pairs}"
    );
    let options = on(Board::Iwr1843);
    let config = parse_ti_cfg(&text, "a.cfg".as_ref(), &options).unwrap();
    assert_eq!((&config.transmitters[..], &config.receivers[..]), (&[2, 0][..], &[1, 3][..]));
    let weights: Vec<f64> = config.channel_weights.unwrap().iter().map(|w| w.re).collect();
    assert_eq!(weights, [10.0, 12.0, 2.0, 4.0]);
    assert!((config.range_bias_m - 0.25).abs() < 1e-15);
    for (from, to, words) in [
        (" 12 0.5", " 12", "compRangeBiasAndRxChanPhase"),
        (&pairs[..], " 1 0 1 0", "2 complex weights do not reach"),
    ] {
        let error = parse_ti_cfg(&text.replacen(from, to, 1), "a.cfg".as_ref(), &options).unwrap_err();
        assert!(error.to_string().contains(words) && error.to_string().contains("a.cfg:8"), "{error}");
    }
}
