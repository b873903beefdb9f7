//! Configuration files: TI's `.cfg`, mmWave Studio's JSON, our TOML.

use crate::common::TempFile;
#[cfg(feature = "config-files")]
use mmw_dsp::FmcwConfig;
use mmw_dsp::capture::{
    AdcLayout, CaptureConfig, CaptureFormat, CaptureOptions, FormatKind, LvdsLanes, parse_ti_cfg,
};
use mmw_dsp::mmw_core::{Error, Result};
use mmw_dsp::{Board, Sampling};

const CFG: &str = "\
% IWR1843, three transmitters in turn
sensorStop
flushCfg
dfeDataOutputMode 1
channelCfg 15 7 0
adcCfg 2 1
adcbufCfg -1 0 1 1 1
profileCfg 0 77 267 7 57.14 0 0 70 1 256 5209 0 0 30
chirpCfg 0 0 0 0 0 0 0 1
chirpCfg 1 1 0 0 0 0 0 4
chirpCfg 2 2 0 0 0 0 0 2
frameCfg 0 2 16 0 100 1 0
lowPower 0 0
guiMonitor -1 1 1 0 0 0 1
lvdsStreamCfg -1 0 1 0
sensorStart
";

fn two_lanes() -> CaptureOptions {
    CaptureOptions { lanes: Some(LvdsLanes::Two), ..Default::default() }
}

pub(crate) fn cfg(text: &str) -> Result<CaptureConfig> {
    parse_ti_cfg(text, "radar.cfg".as_ref(), &two_lanes())
}

#[test]
fn a_cfg_of_the_sdk_gives_the_waveform_and_the_firing_order() {
    let options = CaptureOptions { board: Some(Board::Iwr1843), ..two_lanes() };
    let config = parse_ti_cfg(CFG, "radar.cfg".as_ref(), &options).unwrap();
    let fmcw = &config.fmcw;
    assert_eq!((fmcw.start_frequency_hz, fmcw.slope_hz_per_s, fmcw.sample_rate_hz), (77e9, 70e12, 5.209e6));
    assert_eq!((fmcw.samples, fmcw.chirps, fmcw.transmitters, fmcw.receivers), (256, 16, 3, 4));
    assert!((fmcw.chirp_interval_s - 324.14e-6).abs() < 1e-15 && (fmcw.adc_start_s - 7e-6).abs() < 1e-18);
    assert_eq!((fmcw.frame_period_s, fmcw.sampling), (0.1, Sampling::Complex1x));
    assert_eq!((config.transmitters.as_slice(), config.frames), ([0, 2, 1].as_slice(), None));
    // adcbufCfg swaps by 1: Q first.
    assert_eq!(config.format, CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Two, iq_swap: true }));
    assert_eq!(fmcw.antennas, Some(Board::Iwr1843.select(&[0, 2, 1], &[0, 1, 2, 3]).unwrap()));
}

#[test]
fn what_a_cfg_does_not_say_is_asked_for_by_name() {
    let error = parse_ti_cfg(CFG, "radar.cfg".as_ref(), &CaptureOptions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "lanes is not given: set `lanes = 2` (xWR16/18/68) or `lanes = 4` (xWR12/14)"
    );
    let npy = CaptureOptions { format: Some(FormatKind::Npy), ..Default::default() };
    let error = parse_ti_cfg(CFG, "radar.cfg".as_ref(), &npy).unwrap_err();
    assert!(
        matches!(&error, Error::Missing { name, hint } if name == "axes" && hint.contains("`axes = chirp,sample`"))
    );
    let axes =
        CaptureOptions { npy_axes: Some("chirp,channel,sample".parse().unwrap()), ..Default::default() };
    let config = parse_ti_cfg(CFG, "radar.cfg".as_ref(), &axes).unwrap();
    assert_eq!((config.format_kind(), config.fmcw.antennas), (FormatKind::Npy, None));
    let without = CFG.replace("adcbufCfg -1 0 1 1 1\n", "");
    assert!(matches!(cfg(&without), Err(Error::Missing { name, .. }) if name == "iq_swap"));
    assert!(cfg(&without.replace("adcCfg 2 1", "adcCfg 2 0")).is_ok());
    for command in ["channelCfg", "adcCfg", "profileCfg", "chirpCfg", "frameCfg"] {
        let error = cfg(&CFG.replace(&format!("\n{command}"), "\n% ")).unwrap_err();
        assert!(matches!(&error, Error::Missing { name, .. } if name == command), "{error}");
    }
}

#[test]
fn errors_in_a_cfg_name_the_line() {
    let cases = [
        (
            "267 7 57.14",
            "267 x 57.14",
            "radar.cfg:8: at byte 128: expected value 4 of profileCfg to be a number, found \"x\"",
        ),
        (
            "256 5209 0 0 30",
            "256 5209",
            "radar.cfg:8: at byte 128: expected profileCfg with 14 values, found 11 values",
        ),
        ("adcCfg 2 1", "adcCfg 1 1", "expected value 1 of adcCfg to be 2 (16 bits), found \"1\""),
        ("adcCfg 2 1", "adcCfg 2 3", "adcCfg (radar.cfg:6) is 3, but must be 0 (real), 1 (complex 1x) or 2"),
        ("channelCfg 15 7 0", "channelCfg 16 7 0", "value 1 of channelCfg to be a mask from 1 to 15"),
        ("lowPower 0 0", "frameCfg 0 2 16 0 100 1 0", "frameCfg (radar.cfg:13): stands on line 12 already"),
        (
            "lvdsStreamCfg -1 0 1 0",
            "lvdsStreamCfg -1 1 1 0",
            "value 2 of lvdsStreamCfg to be 0 (samples without headers)",
        ),
        (
            "lvdsStreamCfg -1 0 1 0",
            "lvdsStreamCfg -1 0 4 0",
            "value 3 of lvdsStreamCfg to be 1 (ADC samples alone)",
        ),
        ("lvdsStreamCfg -1 0 1 0", "lvdsStreamCfg -1 0 1 1", "value 4 of lvdsStreamCfg to be 0"),
        ("dfeDataOutputMode 1", "dfeDataOutputMode 3", "value 1 of dfeDataOutputMode to be 1"),
        ("adcbufCfg -1 0 1 1 1", "adcbufCfg -1 0 1 0 1", "channels are interleaved (0)"),
        ("adcbufCfg -1 0 1 1 1", "adcbufCfg -1 0 2 1 1", "0 (I first) or 1 (Q first)"),
        ("lowPower 0 0", "bpmCfg -1 1 0 2", "no pair of chirps of two"),
        ("lowPower 0 0", "advFrameCfg 1 0 0 1 0", "advanced frames are not TDM"),
        ("frameCfg 0 2 16", "frameCfg 0 3 16", "chirp 3 is not given: frameCfg (radar.cfg:12) sends it"),
        ("frameCfg 0 2 16", "frameCfg 2 1 16", "chirps 2 to 1 are no range"),
        ("frameCfg 0 2 16", "frameCfg 0 99999 16", "chirps 0 to 99999 are no range"),
        ("frameCfg 0 2 16", "frameCfg 0 2 1e99", "an integer from 0 to 2^32"),
        ("frameCfg 0 2 16", "frameCfg 0 2 4294967296", "samples of one frame"),
        ("frameCfg 0 2 16", "frameCfg 0 2 0", "chirps holds 0 items"),
        ("0 0 0 2", "0 0 0 3", "names 2 transmitters at once, which cannot be told apart"),
        ("0 0 0 2", "0 0 0 8", "transmitter 3 fires, but the channel mask 0x7 switches it off"),
        ("0 0 0 2", "5 0 0 2", "differ from the profile; expected TDM"),
        ("0 0 0 2", "0 1 0 2", "the idle time varies"),
        ("0 0 0 2", "0 0 1 2", "the start of sampling varies"),
        (
            "2 2 0 0 0 0 0 2",
            "2 2 0 0 0 0 0 1",
            "transmitters [0, 2, 0] fire neither in turn nor in equal blocks",
        ),
        ("2 2 0 0", "2 2 1 0", "profile 1"),
        ("chirpCfg 1 1", "chirpCfg 0 1", "chirp 0 is defined before"),
        (
            "lowPower 0 0",
            "profileCfg 0 77 267 7 57.14 0 0 70 1 256 5209 0 0 30",
            "profile 0 is defined before",
        ),
        ("267 7 57.14", "20 7 30", "chirp_interval_s"),
    ];
    for (from, to, message) in cases {
        assert!(CFG.contains(from));
        let error = cfg(&CFG.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(message), "{to}: {error}");
    }
}

#[test]
fn a_transmitter_may_fire_several_rounds_in_one_loop() {
    let rounds = CFG.replace(
        "frameCfg 0 2",
        "chirpCfg 3 3 0 0 0 0 0 1\nchirpCfg 4 4 0 0 0 0 0 4\nchirpCfg 5 5 0 0 0 0 0 2\nframeCfg 0 5",
    );
    let config = cfg(&rounds).unwrap();
    assert_eq!((config.fmcw.chirps, config.transmitters.as_slice()), (32, [0, 2, 1].as_slice()));
    let alone = CFG.replace("frameCfg 0 2", "frameCfg 1 1");
    assert_eq!(cfg(&alone).unwrap().transmitters, [2]);
}

#[test]
fn an_early_sdk_has_no_subframe_before_the_buffer_and_flushing_forgets() {
    let config = cfg(&CFG.replace("adcbufCfg -1 0 1 1 1", "adcbufCfg 0 0 1 1")).unwrap();
    assert!(matches!(config.format, CaptureFormat::Dca1000(AdcLayout { iq_swap: false, .. })));
    assert!(cfg(&format!("{CFG}{CFG}")).is_ok());
    assert!(matches!(cfg(&format!("{CFG}flushCfg\n")), Err(Error::Missing { .. })));
}

#[test]
fn an_option_overrules_the_file_and_says_so_and_options_that_contradict_each_other_are_errors() {
    let swapped = CaptureOptions { iq_swap: Some(false), ..two_lanes() };
    let config = parse_ti_cfg(CFG, "radar.cfg".as_ref(), &swapped).unwrap();
    assert!(matches!(config.format, CaptureFormat::Dca1000(AdcLayout { iq_swap: false, .. })));
    assert_eq!(config.notes, ["`iq_swap = false` overrules the configuration, which says true"]);
    let same = CaptureOptions { iq_swap: Some(true), ..two_lanes() };
    assert!(parse_ti_cfg(CFG, "radar.cfg".as_ref(), &same).unwrap().notes.is_empty());
    let axes = Some("chirp,sample".parse().unwrap());
    let both = CaptureOptions { npy_axes: axes.clone(), ..two_lanes() };
    assert!(parse_ti_cfg(CFG, "radar.cfg".as_ref(), &both).is_err());
    let npy = CaptureOptions { format: Some(FormatKind::Npy), ..both };
    assert!(parse_ti_cfg(CFG, "radar.cfg".as_ref(), &npy).is_err());
    let bin = CaptureOptions { format: Some(FormatKind::Dca1000), npy_axes: axes, ..two_lanes() };
    assert!(parse_ti_cfg(CFG, "radar.cfg".as_ref(), &bin).is_err());
    let small = CaptureOptions { board: Some(Board::Awr1642), ..two_lanes() };
    let error = parse_ti_cfg(CFG, "radar.cfg".as_ref(), &small).unwrap_err();
    assert!(matches!(&error, Error::Domain { name, .. } if name == "transmitter"), "{error}");
}

#[test]
fn the_extension_chooses_the_parser() {
    let file = TempFile::new("radar.cfg", CFG.as_bytes());
    let options = CaptureOptions { allow_partial_last_frame: true, ..two_lanes() };
    assert!(CaptureConfig::from_file(file.path(), &options).unwrap().allow_partial_last_frame);
    let error = CaptureConfig::from_file("radar.yaml".as_ref(), &two_lanes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "radar.yaml: expected *.mmwave.json, *.setup.json or LogFile.txt (mmWave Studio), *.cfg (TI SDK), \
         config.json (Infineon) or *.toml"
    );
    assert!(matches!(CaptureConfig::from_file("none.cfg".as_ref(), &two_lanes()), Err(Error::Io { .. })));
    let file = TempFile::new("latin.cfg", b"% caf\xe9");
    assert!(matches!(
        CaptureConfig::from_file(file.path(), &two_lanes()),
        Err(Error::Format { offset: 5, .. })
    ));
}

#[cfg(not(feature = "config-files"))]
#[test]
fn without_config_files_the_other_parsers_say_what_is_lacking() {
    let error = CaptureConfig::from_file("radar.toml".as_ref(), &two_lanes()).unwrap_err();
    assert!(error.to_string().contains("feature \"config-files\""));
}

#[cfg(feature = "config-files")]
mod toml {
    use super::*;
    use mmw_dsp::capture::parse_toml;
    use proptest::prelude::*;

    const TOML: &str = include_str!("../data/example.toml");

    fn toml(text: &str) -> Result<CaptureConfig> {
        parse_toml(text, "radar.toml".as_ref(), &CaptureOptions::default())
    }

    #[test]
    fn the_documented_example_is_the_preset_with_two_transmitters() {
        let config = toml(TOML).unwrap();
        let expected = FmcwConfig {
            chirps: 64,
            frame_period_s: 50e-3,
            transmitters: 2,
            antennas: Some(Board::Iwr1843.select(&[0, 2], &[0, 1, 2, 3]).unwrap()),
            ..FmcwConfig::iwr1843()
        };
        assert_eq!((&config.fmcw, config.transmitters.as_slice()), (&expected, [0, 2].as_slice()));
        assert_eq!(
            config.format,
            CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Two, iq_swap: false })
        );
        let explicit = TOML.replace("preset = \"iwr1843\"", "").replace("# [antennas]", "[antennas]");
        let explicit = explicit.replace("# tx_pos", "tx_pos").replace("# rx_pos", "rx_pos");
        let antennas = toml(&explicit).unwrap().fmcw.antennas.unwrap();
        assert_eq!(antennas.tx_positions_m[1], [7.8e-3, 0.0, 0.0]);
    }

    #[test]
    fn a_preset_alone_is_enough_but_for_the_storage() {
        let config = toml("preset = \"awr1642\"\n[capture]\naxes = \"frame,chirp,tx,rx,sample\"").unwrap();
        assert_eq!(config.fmcw, FmcwConfig::awr1642());
        assert_eq!(config.format_kind(), FormatKind::Npy);
        assert!(matches!(toml("preset = \"awr1642\""), Err(Error::Missing { name, .. }) if name == "lanes"));
        // Another board under the waveform of the preset.
        let other = toml("preset = \"awr1642\"\nboard = \"iwr1843\"\ncapture.lanes = 2").unwrap();
        assert_eq!(other.fmcw.antennas, Some(Board::Iwr1843.select(&[0, 1], &[0, 1, 2, 3]).unwrap()));
    }

    #[test]
    fn errors_in_toml_name_the_field() {
        let cases = [
            ("chirps = 64", "chirps = 64\nchrips = 64", "unknown field `chrips`"),
            ("lanes = 2", "lanes = 2\nlane = 2", "unknown field `lane`"),
            ("lanes = 2", "lanes = 3", "lanes is 3, but must be 2"),
            ("chirps = 64 ", "chirps = -64", "invalid value"),
            ("chirps = 64 ", "chirps = 0", "chirps holds 0 items, but at least 1"),
            ("receivers = 4", "receivers = 0", "holds 0 items, but at least 1"),
            ("transmitters = [0, 2]", "transmitters = []", "transmitter"),
            ("transmitters = [0, 2]", "transmitters = [2, 2]", "transmitters: number 2 is listed twice"),
            ("transmitters = [0, 2]", "transmitters = [0, 3]", "transmitter is 3, but must be below 3"),
            ("transmitters = [0, 2]", "transmitters = 4000000000", "at most 4096 antennas"),
            ("transmitters = [0, 2]", "transmitters = \"two\"", "a number of antennas, or a list"),
            ("\"complex1x\"", "\"complex\"", "unknown variant `complex`"),
            ("\"iwr1843\"", "\"iwr9999\"", "no board is named \"iwr9999\"; known are iwr1443, "),
            ("samples = 256", "samples = 9000000000000000000", "samples of one frame"),
            ("samples = 256", "samples = 255", "samples: 255 is odd"),
            ("start_frequency_hz = 77e9", "start_frequency_hz = nan", "start_frequency_hz is NaN"),
            ("lanes = 2", "axes = \"chirp\"", "capture: lanes and iq_swap belong to format"),
            (
                "preset = \"iwr1843\"",
                "board = \"iwr1843\"\nantennas = {tx_positions_m = [], rx_positions_m = []}",
                "board: stands beside [antennas]",
            ),
            (
                "receivers = 4",
                "receivers = 4\nantennas = {tx_positions_m = [[0,0,0]], rx_positions_m = []}",
                "antennas.tx_positions_m",
            ),
        ];
        for (from, to, message) in cases {
            assert!(TOML.contains(from), "{from}");
            let error = toml(&TOML.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(message), "{to}: {error}");
        }
        let error =
            toml(&TOML.replace("preset = \"iwr1843\"", "").replace("sample_rate_hz = 5e6", "")).unwrap_err();
        assert!(matches!(&error, Error::Missing { name, .. } if name == "sample_rate_hz"), "{error}");
    }

    #[test]
    fn options_overrule_toml_and_say_so() {
        let with = |options: CaptureOptions| parse_toml(TOML, "radar.toml".as_ref(), &options);
        let four = with(CaptureOptions { lanes: Some(LvdsLanes::Four), ..Default::default() }).unwrap();
        assert!(matches!(four.format, CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Four, .. })));
        assert_eq!(four.notes, ["`lanes = 4` overrules the configuration, which says 2"]);
        let other = Board::Awr1843Aop;
        let board = with(CaptureOptions { board: Some(other), ..Default::default() }).unwrap();
        assert_eq!(board.fmcw.antennas, Some(other.select(&board.transmitters, &board.receivers).unwrap()));
        assert_eq!(board.notes, ["`board = awr1843aop` overrules the configuration, which says iwr1843"]);
        let places = other.layout();
        let listed = with(CaptureOptions { antennas: Some(places.clone()), ..Default::default() }).unwrap();
        assert_eq!(listed.fmcw.antennas, board.fmcw.antennas);
        assert_eq!(listed.notes, ["`antennas` overrules the configuration, which says iwr1843"]);
        let both = CaptureOptions { antennas: Some(places), board: Some(other), ..Default::default() };
        assert!(with(both).unwrap_err().to_string().contains("give either"));
        let npy = CaptureOptions { format: Some(FormatKind::Npy), ..Default::default() };
        let error = with(npy).unwrap_err().to_string();
        assert!(error.contains("the file says dca1000, the capture is npy"), "{error}");
        let same = CaptureOptions { board: Some(Board::Iwr1843), iq_swap: Some(false), ..two_lanes() };
        assert!(with(same).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_written_is_read_back(
            board in proptest::sample::select(Board::ALL.to_vec()),
            known in any::<bool>(),
            npy in any::<bool>(),
            iq_swap in any::<bool>(),
            wrap_u16 in any::<Option<bool>>(),
            start in 1e9_f64..1e11,
            frames in proptest::option::of(0_u64..1 << 62),
        ) {
            let mut fmcw = FmcwConfig { start_frequency_hz: start, ..FmcwConfig::preset(board) };
            fmcw.antennas = fmcw.antennas.filter(|_| known);
            let format = if npy {
                CaptureFormat::Npy { axes: "channel,chirp,sample".parse().unwrap(), wrap_u16 }
            } else {
                CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Four, iq_swap })
            };
            let mut config = CaptureConfig::new(fmcw, format).unwrap();
            config.frames = frames;
            config.transmitters.reverse();
            prop_assert_eq!(toml(&config.to_toml().unwrap()).unwrap(), config);
        }
    }
}
