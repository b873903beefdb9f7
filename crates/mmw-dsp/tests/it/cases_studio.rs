//! Configurations that mmWave Studio and Infineon's programs leave behind.

use crate::cases_config::beside;
#[cfg(feature = "config-files")]
use crate::cases_config::{C, npy};
#[cfg(feature = "config-files")]
use crate::common::TempFile;
#[cfg(feature = "config-files")]
use mmw_dsp::capture::Capture;
use mmw_dsp::capture::{CaptureConfig, CaptureOptions, parse_studio_log};
#[cfg(feature = "config-files")]
use mmw_dsp::{Board, Sampling};

/// The log beside the vibration captures: the settings at the last start of the sensor, in register units.
#[test]
fn the_log_of_mmwave_studio_configures_a_capture() {
    let log = "01-Jan-2026 14:10:47: API:select_chip_version,AR1642,0,\n\
               01-Jan-2026 14:11:08: API:ChannelConfig,3,15,0,\n\
               01-Jan-2026 14:11:08: API:AdcOutConfig,2,1,0,\n\
               01-Jan-2026 14:11:08: API:DataFmtConfig,15,2,1,0,1,0,\n\
               01-Jan-2026 14:11:14: API:DataPathConfig,1,1,0,2,0,\n\
               01-Jan-2026 14:11:17: API:LaneConfig,3,0,\n\
               01-Jan-2026 14:11:27: API:ProfileConfig,0,1435384036,10000,600,13000,0,0,621,0,256,10000,0,0,30,0,\n\
               01-Jan-2026 14:11:30: API:ChirpConfig,0,0,0,0,0,0,0,1,0,\n\
               01-Jan-2026 14:11:30: API:ChirpConfig,1,1,0,0,0,0,0,2,0,\n\
               01-Jan-2026 14:12:47: API:FrameConfig,0,1,500,32,8000000,0,128,0,\n\
               01-Jan-2026 14:13:30: API:SensorStart,0,\n\
               01-Jan-2026 14:14:40: API:ProfileConfig,0,1435384036,10000,600,6000,0,0,1346,0,64,2000,0,0,30,0,\n";
    let read = |text: &str| parse_studio_log(text, "LogFile.txt".as_ref(), &CaptureOptions::default());
    let config = read(log).unwrap();
    let fmcw = config.check().unwrap();
    assert_eq!((fmcw.config().samples, fmcw.config().chirps, config.frames), (256, 32, Some(500)));
    assert_eq!((&config.transmitters[..], &config.receivers[..]), (&[0, 1][..], &[0, 1, 2, 3][..]));
    assert!((fmcw.config().chirp_interval_s - 230e-6).abs() < 1e-12);
    assert!((fmcw.config().frame_period_s - 40e-3).abs() < 1e-12);
    // The publisher states 77 GHz, 29.98 MHz/us and 0.195 m.
    assert!((fmcw.config().start_frequency_hz - 77e9).abs() < 1e3);
    assert!((fmcw.config().slope_hz_per_s - 29.98e12).abs() < 5e9, "{}", fmcw.config().slope_hz_per_s);
    assert!((fmcw.range_resolution_m() - 0.195).abs() < 5e-4);
    for (from, to, words) in [
        ("LaneConfig,3", "LaneConfig,1", "line 6"),
        ("API:FrameConfig", "API:Frame", "API:FrameConfig is not given"),
        ("13000,0,0,621", "13000,0,0,-621", "falling ramps"),
        ("AdcOutConfig,2", "AdcOutConfig,x", "to be a number"),
        ("DataPathConfig,1,1", "DataPathConfig,1,6", "ADC samples alone"),
    ] {
        let error = read(&log.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(words), "{to}: {error}");
    }
}

#[test]
fn the_log_beside_the_vibration_captures_is_read() {
    let Some(log) = beside("../vibration/LogFile.txt") else { return };
    let config = CaptureConfig::from_file(&log, &CaptureOptions::default()).unwrap();
    let fmcw = config.check().unwrap();
    assert_eq!((fmcw.config().receivers, config.frames), (4, Some(500)));
    assert!((fmcw.config().start_frequency_hz - 77e9).abs() < 1e3);
}

#[cfg(feature = "config-files")]
#[test]
fn a_setup_of_mmwave_studio_leads_to_the_configuration_beside_it() {
    let (Some(setup), Some(bin), Some(json)) = (
        beside("../dislab/CaptureSetup.setup.json"),
        beside("../dislab/adc_data.bin"),
        beside("../dislab/mmwaveDevice.mmwave.json"),
    ) else {
        return;
    };
    let options = CaptureOptions { board: Some(Board::Iwr6843Isk), ..CaptureOptions::default() };
    let direct = Capture::open_with(&bin, &json, &options).unwrap();
    let led = Capture::open_with(&bin, &setup, &options).unwrap();
    assert_eq!(led.config(), direct.config());
    let text = std::fs::read_to_string(&setup).unwrap();
    let folder = TempFile::new("lost.setup.json", text.as_bytes());
    let error = CaptureConfig::from_file(folder.path(), &options).unwrap_err().to_string();
    assert!(error.contains("put mmwaveDevice.mmwave.json beside it"), "{error}");
    let filled = text.replace("\"numZeroFillBytes\": 0", "\"numZeroFillBytes\": 1456");
    let copy = std::fs::read_to_string(&json).unwrap();
    let name = format!("mmw-dsp-{}-copy.mmwave.json", std::process::id());
    let _config = TempFile::new("copy.mmwave.json", copy.as_bytes());
    let filled = filled.replace("mmwaveDevice.mmwave.json", &name);
    let setup = TempFile::new("filled.setup.json", filled.as_bytes());
    let config = CaptureConfig::from_file(setup.path(), &options).unwrap();
    assert!(config.notes[0].contains("1456 bytes"), "{:?}", config.notes);
}

#[cfg(feature = "config-files")]
#[test]
fn a_setup_whose_card_separates_kinds_of_data_is_refused() {
    let text = r#"{"configUsed": "a.mmwave.json", "DCA1000Config": {"dataLoggingMode": "multi"}}"#;
    let setup = TempFile::new("multi.setup.json", text.as_bytes());
    let error = CaptureConfig::from_file(setup.path(), &CaptureOptions::default()).unwrap_err().to_string();
    assert!(error.contains("dataLoggingMode") && error.contains(".mmwave.json itself"), "{error}");
}

#[cfg(feature = "config-files")]
#[test]
fn the_configuration_of_infineon_is_read() {
    let text = r#"{"device_config": {"fmcw_single_shape": {"rx_antennas": [1, 3], "tx_antennas": [1],
        "tx_power_level": 31, "if_gain_dB": 60, "lower_frequency_Hz": 61020098000,
        "upper_frequency_Hz": 61479902000, "num_chirps_per_frame": 16, "num_samples_per_chirp": 128,
        "chirp_repetition_time_s": 7e-05, "frame_repetition_time_s": 5e-3, "sample_rate_Hz": 2330000}}}"#;
    let file = TempFile::new("infineon.json", text.as_bytes());
    let options = CaptureOptions { board: Some(Board::Bgt60Tr13c), ..CaptureOptions::default() };
    let config = CaptureConfig::from_file(file.path(), &options).unwrap();
    let fmcw = config.check().unwrap();
    assert_eq!((&config.receivers[..], fmcw.config().chirps), (&[0, 2][..], 16));
    assert_eq!(fmcw.config().sampling, Sampling::Real);
    // c / 2B with B = 459.804 MHz.
    assert!((fmcw.range_resolution_m() - C / (2.0 * 459.804e6)).abs() < 1e-9);
    let frame = (0..2 * 16 * 128).map(|i| (i % 4096) as i16);
    let array = TempFile::new("infineon.npy", &npy("(1, 2, 16, 128)", frame));
    let mut capture = Capture::open_with(array.path(), file.path(), &options).unwrap();
    assert_eq!(capture.read_frame(0).unwrap()[[1, 0, 1]].re, f32::from(16_i16 * 128 + 1));
    for (from, to, words) in [
        ("\"tx_antennas\": [1]", "\"tx_antennas\": [1, 2]", "mimo_mode"),
        ("[1, 3]", "[0, 3]", "the number of an antenna, from 1"),
        ("\"sample_rate_Hz\": 2330000", "\"rate\": 1", "fmcw_single_shape.sample_rate_Hz is not given"),
        ("\"sample_rate_Hz\": 2330000", "\"rate\": 1", "add the rate of the converter"),
        ("fmcw_single_shape", "fmcw_scene", "device_config.fmcw_scene: is no waveform"),
        ("device_config", "model", "JSON of another kind"),
        ("61479902000", "61000000000", "slope_hz_per_s"),
    ] {
        let file = TempFile::new("wrong-infineon.json", text.replace(from, to).as_bytes());
        let error =
            CaptureConfig::from_file(file.path(), &CaptureOptions::default()).unwrap_err().to_string();
        assert!(error.contains(words), "{to}: {error}");
    }
}
