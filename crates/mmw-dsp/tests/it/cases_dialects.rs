//! Configurations in the dialects of other devices and tools: read rightly, or refused with the line.

use crate::cases_config::{CHIRP_S, Case, MOVER, beside, on, run};
use crate::common::TempFile;
use mmw_dsp::capture::{CaptureConfig, CaptureOptions, LvdsLanes, parse_studio_log, parse_ti_cfg};
use mmw_dsp::mmw_core::Error;
use mmw_dsp::{Board, Firing, Sampling};
use proptest::prelude::*;

const PROFILE: &str = "profileCfg 0 77 47.2 5 12.8 0 0 60 1 64 5000 0 0 30\n";

pub(crate) fn read(text: &str) -> Result<CaptureConfig, Error> {
    let options = CaptureOptions { lanes: Some(LvdsLanes::Two), iq_swap: Some(false), ..Default::default() };
    parse_ti_cfg(text, "d.cfg".as_ref(), &options)
}

#[test]
fn two_profiles_with_equal_values_are_one() {
    let second = PROFILE.replace("profileCfg 0", "profileCfg 1");
    let text = MOVER.config().replace(PROFILE, &format!("{PROFILE}{second}"));
    let text = text.replace("chirpCfg 1 1 0", "chirpCfg 1 1 1");
    assert_eq!(read(&text).unwrap(), read(&MOVER.config()).unwrap());
    let error = read(&text.replace("profileCfg 1 77 47.2", "profileCfg 1 77 47.3")).unwrap_err();
    assert!(error.to_string().contains("profiles that differ"), "{error}");
}

/// All chirps of one transmitter, then of the next: one chirp interval from chirp to chirp, the second
/// transmitter sixteen of them later.
#[test]
fn blocks_of_chirps_are_put_in_their_places() {
    let case = Case { blocks: true, ..MOVER };
    let config = MOVER
        .config()
        .replace("chirpCfg 0 0 0", "chirpCfg 0 15 0")
        .replace("chirpCfg 1 1 0", "chirpCfg 16 31 0")
        .replace("frameCfg 0 1 16", "frameCfg 0 31 1");
    let fmcw = read(&config).unwrap().check().unwrap();
    assert_eq!((fmcw.config().chirps, fmcw.config().transmitters), (16, 2));
    assert!((fmcw.repetition_s() - CHIRP_S).abs() < 1e-12);
    assert!((fmcw.tx_delay_s(1) - 16.0 * CHIRP_S).abs() < 1e-12);
    run("d06", case, &case.samples(), &config, &on(Board::Awr1642));
    let error = read(&config.replace("frameCfg 0 31 1", "frameCfg 0 31 2")).unwrap_err().to_string();
    assert!(error.contains("d.cfg:11") && error.contains("gaps in time"), "{error}");
}

/// The 29xx: samples stand in the frame command too, converters are real, four transmitters.
#[test]
fn a_frame_command_of_eight_values_is_read() {
    let text = "channelCfg 15 15 0\nadcCfg 2 0\nadcbufCfg -1 1 0 1 1\n\
                profileCfg 0 77 5 6 40 0 0 60 1 256 15000 0 0 30\nchirpCfg 0 0 0 0 0 0 0 1\n\
                chirpCfg 1 1 0 0 0 0 0 2\nchirpCfg 2 2 0 0 0 0 0 4\nchirpCfg 3 3 0 0 0 0 0 8\n\
                frameCfg 0 3 64 7 256 100 1 0\nlvdsStreamCfg -1 0 1 0\n";
    let config = parse_ti_cfg(text, "d02.cfg".as_ref(), &on(Board::Awr2944)).unwrap();
    let waveform = &config.fmcw;
    assert_eq!((waveform.transmitters, waveform.chirps, waveform.samples), (4, 64, 256));
    assert_eq!((waveform.sampling, config.frames), (Sampling::Real, Some(7)));
    assert!((waveform.frame_period_s - 0.1).abs() < 1e-12);
    let error = read(&text.replace("64 7 256", "64 7 128")).unwrap_err().to_string();
    assert!(error.contains("d.cfg:9") && error.contains("256 samples"), "{error}");
}

/// The low-power devices. Two chirps of 34 us per burst, a burst each 200 us.
#[test]
fn the_dialect_of_the_low_power_devices_is_read() {
    let text = "sensorStop 0\nchannelCfg 7 3 0\nchirpComnCfg 20 0 0 128 1 28 0\nchirpTimingCfg 6 28 0 75 60\n\
                adcDataSource 0 adc.bin\nframeCfg 2 0 200 64 100 0\nlvdsStreamCfg 1 1\n\
                compRangeBiasAndRxChanPhase 0.1 1 0 -1 0 1 0 -1 0 1 0 -1 0\nsensorStart 0 0 0 0\n";
    let config = read(text).unwrap();
    let fmcw = config.check().unwrap();
    assert_eq!((fmcw.config().transmitters, fmcw.config().receivers), (2, 3));
    assert_eq!((fmcw.config().chirps, fmcw.config().samples), (64, 128));
    assert_eq!((fmcw.config().sampling, config.frames), (Sampling::Real, None));
    assert!((fmcw.config().sample_rate_hz - 5e6).abs() < 1e-6);
    assert!((fmcw.config().adc_start_s - 5.6e-6).abs() < 1e-12);
    assert!((fmcw.repetition_s() - 200e-6).abs() < 1e-12 && (fmcw.tx_delay_s(1) - 34e-6).abs() < 1e-12);
    assert!((fmcw.config().slope_hz_per_s - 75e12).abs() < 1.0);
    let signs: Vec<f64> = config.channel_weights.unwrap().iter().map(|w| w.re).collect();
    assert_eq!(signs, [1.0, -1.0, 1.0, -1.0, 1.0, -1.0]);
    // Both transmitters at once: with signs they are two, without one.
    let config = read(&text.replace("128 1 28", "128 4 28")).unwrap();
    let firing = config.fmcw.firing;
    assert!(
        matches!(firing, Firing::BinaryPhase { pair: [0, 1], period_s } if (period_s - 200e-6).abs() < 1e-12)
    );
    let one = read(&text.replace("128 1 28", "128 0 28").replace("frameCfg 2", "frameCfg 1")).unwrap();
    assert_eq!((one.transmitters, one.fmcw.chirps), (vec![0], 64));
    assert!(one.notes[0].contains("are one"), "{:?}", one.notes);
    for (from, to, words) in [
        ("128 1 28", "128 2 28", "d.cfg"),
        ("frameCfg 2 0 200", "frameCfg 4 0 200", "d.cfg:6"),
        ("frameCfg 2 0 200", "frameCfg 3 0 200", "a multiple of the 2 transmitters"),
        ("6 28 0 75 60", "6 28 0 -75 60", "falling ramps"),
        ("channelCfg 7 3", "channelCfg 153 255", "a mask from 1 to 7"),
    ] {
        let error = read(&text.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(words), "{to}: {error}");
    }
}

#[test]
fn what_cannot_be_read_rightly_is_refused_with_its_line() {
    let cases = [
        ("dfeDataOutputMode 1", "dfeDataOutputMode 3", "d.cfg:4"),
        ("sensorStart", "bpmCfg -1 1 0 1\nsensorStart", "d.cfg:10"),
        ("lvdsStreamCfg -1 0", "lvdsStreamCfg -1 1", "d.cfg:12"),
        ("lvdsStreamCfg -1 0 1", "lvdsStreamCfg -1 0 4", "d.cfg:12"),
        ("adcbufCfg -1 0 0 1 1", "adcbufCfg -1 0 0 0 1", "d.cfg:7"),
        ("chirpCfg 0 0 0 0 0 0 0 1", "chirpCfg 0 0 0 0 0 0 0 3", "d.cfg:9"),
        ("0 0 60 1 64", "0 0 -60 1 64", "d.cfg:8"),
        (PROFILE, &format!("{PROFILE}{PROFILE}"), "d.cfg:9"),
    ];
    for (from, to, place) in cases {
        assert!(MOVER.config().contains(from), "{from}");
        let error = read(&MOVER.config().replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(place), "{to}: {error}");
    }
}

#[test]
fn line_ends_marks_and_turns_of_other_editors_are_read() {
    let plain = read(&MOVER.config()).unwrap();
    let file =
        TempFile::new("d10.cfg", format!("\u{feff}{}", MOVER.config().replace('\n', "\r\n")).as_bytes());
    let options = CaptureOptions { lanes: Some(LvdsLanes::Two), iq_swap: Some(false), ..Default::default() };
    assert_eq!(CaptureConfig::from_file(file.path(), &options).unwrap(), plain);
    let file = TempFile::new("d10_cr.cfg", MOVER.config().replace('\n', "\r").as_bytes());
    assert_eq!(CaptureConfig::from_file(file.path(), &options).unwrap(), plain);
    let commented = MOVER.config().replace("adcCfg", "# a comment\n// another\nadcCfg");
    assert_eq!(read(&commented).unwrap(), plain);
    let twice = MOVER
        .config()
        .replace("frameCfg 0 1 16", "chirpCfg 2 2 0 0 0 0 0 1\nchirpCfg 3 3 0 0 0 0 0 2\nframeCfg 0 3 8");
    assert_eq!(read(&twice).unwrap(), plain);
}

/// The line that published profiles of the AWR2944PEVM hold, three of four transmitters switched on:
/// receivers 1 λ, 2.5 λ and 1 λ apart, transmitters 1.5 λ, the fourth half a wavelength above the others.
#[test]
fn rows_and_columns_of_virtual_antennas_are_their_places() {
    let geometry =
        "antGeometryCfg 1 0 1 2 1 7 1 9 1 3 1 5 1 10 1 12 1 6 1 8 1 13 1 15 0 9 0 11 0 16 0 18 0.5 0.5\n";
    let config = read(&format!("{}{geometry}", MOVER.config())).unwrap();
    let antennas = config.fmcw.antennas.clone().unwrap();
    let wavelength_m = config.check().unwrap().wavelength_m();
    let near = |place: [f64; 3], x: f64, z: f64| {
        (place[0] - x * wavelength_m).abs() < 1e-9 && (place[2] - z * wavelength_m).abs() < 1e-9
    };
    let [a, b, c, d] = antennas.rx_positions_m[..] else { panic!("{antennas:?}") };
    assert!(near(a, 0.0, 0.0) && near(b, -1.0, 0.0) && near(c, -3.5, 0.0) && near(d, -4.5, 0.0));
    let [first, second] = antennas.tx_positions_m[..] else { panic!("{antennas:?}") };
    assert!(near(second, first[0] / wavelength_m - 1.5, first[2] / wavelength_m));
    let cut = geometry.replace(" 0.5 0.5", " 0.5");
    let error = read(&format!("{}{cut}", MOVER.config())).unwrap_err().to_string();
    assert!(error.contains("antGeometryCfg with a row and a column"), "{error}");
}

/// The profile of the low-power SDK gives the places that its demonstration has by default.
#[test]
fn places_of_a_low_power_profile_are_those_of_its_board() {
    let text = "channelCfg 7 3 0\nchirpComnCfg 15 0 0 128 1 34 3\nchirpTimingCfg 6 26 0 47.95 60\n\
                frameCfg 2 0 200 64 50 0\nantGeometryCfg 0 0 1 1 0 2 0 1 1 2 0 3 2.418 2.418\n";
    let config = read(text).unwrap();
    let board = Board::Iwrl6432.layout();
    let antennas = config.fmcw.antennas.unwrap();
    for (stated, board) in
        [(&antennas.tx_positions_m, &board.tx_positions_m), (&antennas.rx_positions_m, &board.rx_positions_m)]
    {
        for (at, known) in stated.iter().zip(board) {
            for axis in 0..3 {
                let off = (at[axis] - stated[0][axis]) - (known[axis] - board[0][axis]);
                assert!(off.abs() < 5e-6, "{antennas:?}");
            }
        }
    }
}

/// Every configuration beside the project is read or refused as the table beside it says.
#[test]
fn the_configurations_beside_the_project_are_read_or_refused() {
    let options = CaptureOptions { lanes: Some(LvdsLanes::Two), iq_swap: Some(false), ..Default::default() };
    let outcome = |name: &str| beside(name).map(|path| CaptureConfig::from_file(&path, &options));
    for name in ["d00_ok", "d01_l_sdk", "d02_eight_value_frame", "d05_equal_profiles", "d06_blocks_of_chirps"]
    {
        let read = outcome(&format!("{name}.cfg"));
        assert!(read.as_ref().is_none_or(Result::is_ok), "{name}: {read:?}");
    }
    for name in
        ["d04_bpm", "d10_bom_crlf", "d11_other_comments", "d12_two_tx_at_once", "d16_turns_twice_a_loop"]
    {
        let read = outcome(&format!("{name}.cfg"));
        assert!(read.as_ref().is_none_or(Result::is_ok), "{name}: {read:?}");
    }
    let refused = [
        "d03_subframes",
        "d07_lvds_header",
        "d08_lvds_cp_adc_cq",
        "d09_interleaved",
        "d13_negative_slope",
        "d15_profile_twice",
    ];
    for name in refused {
        let Some(read) = outcome(&format!("{name}.cfg")) else { continue };
        let error = read.unwrap_err().to_string();
        assert!(error.contains(&format!("{name}.cfg:")), "{name}: {error}");
    }
}

/// Commands of every dialect with values of every kind.
fn any_line() -> impl Strategy<Value = String> {
    let names = [
        "channelCfg",
        "adcCfg",
        "chirpComnCfg",
        "chirpTimingCfg",
        "frameCfg",
        "profileCfg",
        "chirpCfg",
        "compRangeBiasAndRxChanPhase",
        "API:ProfileConfig,",
        "API:ChirpConfig,",
        "API:FrameConfig,",
        "API:ChannelConfig,",
        "API:AdcOutConfig,",
    ];
    let value =
        prop_oneof!["[0-3]", "-?[0-9]{1,12}", "[0-9]{1,3}\\.[0-9]{1,3}", "nan|inf|x|", "0x[0-9a-f]{1,17}"];
    (proptest::sample::select(names.to_vec()), proptest::collection::vec(value, 0..16)).prop_map(
        |(name, values)| format!("{name} {}", values.join(if name.ends_with(',') { "," } else { " " })),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_line_of_any_dialect_makes_the_parsers_panic(lines in proptest::collection::vec(any_line(), 0..14)) {
        let text = lines.join("\n");
        let options = CaptureOptions { lanes: Some(LvdsLanes::Two), iq_swap: Some(false), ..Default::default() };
        for read in [parse_ti_cfg, parse_studio_log] {
            if let Ok(config) = read(&text, "any".as_ref(), &options) {
                prop_assert!(config.check().is_ok());
            }
        }
    }
}

/// The bands are those of TI's mmWaveLink (`rl_sensor.h`: 76 to 81 GHz and 57 to 64 GHz).
#[test]
fn a_board_of_another_band_than_the_sweep_is_refused_with_both() {
    let read = |text: &str, board: Board| parse_ti_cfg(text, "d.cfg".as_ref(), &on(board));
    let sixty = MOVER.config().replace("profileCfg 0 77", "profileCfg 0 60");
    for board in [Board::Iwr1443, Board::Awr1642, Board::Iwr1843, Board::Awr1843Aop, Board::Awr2243] {
        let with = |text: &str| {
            let options = CaptureOptions { lanes: Some(LvdsLanes::Two), ..on(board) };
            parse_ti_cfg(text, "d.cfg".as_ref(), &options)
        };
        assert!(with(&MOVER.config()).is_ok(), "{board:?}");
        let error = with(&sixty).unwrap_err().to_string();
        for word in ["board: ", board.name(), "76 to 81 GHz", "60.30 to 61.07 GHz"] {
            assert!(error.contains(word), "{word} is not in: {error}");
        }
    }
    for board in [Board::Iwr6843Isk, Board::Iwr6843IskOds, Board::Iwr6843Aop] {
        assert!(read(&sixty, board).is_ok(), "{board:?}");
        let error = read(&MOVER.config(), board).unwrap_err().to_string();
        assert!(error.contains("57 to 64 GHz") && error.contains(board.name()), "{error}");
    }
    // What leaves the band in part is said; 4 GHz from 77 GHz on are what profiles of TI have.
    let wide = |start: &str| MOVER.config().replace(PROFILE, &PROFILE.replace("77", start));
    let notes = |start: &str| read(&wide(start), Board::Awr1642).unwrap().notes;
    let of_band = |start: &str| notes(start).into_iter().find(|note| note.contains("leaves the band"));
    assert_eq!([of_band("77"), of_band("80.0")], [None, None]);
    let note = of_band("80.3").unwrap();
    assert!(note.contains("leaves the band of awr1642, 76 to 81 GHz"), "{note}");
    let error = read(&wide("24"), Board::Awr1642).unwrap_err().to_string();
    assert!(error.contains("24.30 to 25.07 GHz"), "{error}");
    // Without a board any frequency is as good as another.
    assert!(self::read(&wide("24")).is_ok());
}

/// The commands of TI's mmWave MCU+ SDK for the 2944 and the 2544: six chirps of all transmitters, whose
/// phases the program steps when `ddmPhaseShiftAntOrder` is given, or `procChainCfg` begins with 1.
#[test]
fn transmitters_divided_by_doppler_are_refused_by_name() {
    let text = |extra: &str| {
        format!(
            "channelCfg 15 15 0 0 0\nadcCfg 2 0\nadcbufCfg -1 1 0 1 1\n\
             profileCfg 0 77 7 7 20.81 0 0 8.883 0 384 30000 0 0 164\nchirpCfg 0 5 0 0 0 0 0 15\n\
             frameCfg 0 5 128 0 384 50 1 0\n{extra}lvdsStreamCfg -1 0 1 0\n"
        )
    };
    let divided = ["ddmPhaseShiftAntOrder 0 2 3 1\n", "procChainCfg 1 0 530 0 1\n"];
    for extra in [divided[0].to_owned(), divided[1].to_owned(), divided.concat()] {
        let error = read(&text(&extra)).unwrap_err().to_string();
        for word in ["Doppler division, DDM", "d.cfg:7", "TDM"] {
            assert!(error.contains(word), "{extra} {word}: {error}");
        }
    }
    // With `procChainCfg` at 0 the order is without effect; and the phase of a lone transmitter is not
    // stepped.
    let one = text(divided[0]).replace("channelCfg 15 15", "channelCfg 15 1").replace("0 0 15\n", "0 0 1\n");
    assert_eq!(read(&one).unwrap().fmcw.chirps, 768);
    let turns = "chirpCfg 0 0 0 0 0 0 0 1\nchirpCfg 1 1 0 0 0 0 0 2\nchirpCfg 2 2 0 0 0 0 0 4\n\
                 chirpCfg 3 3 0 0 0 0 0 8";
    let turns = text(&format!("{}procChainCfg 0 0 530 0 1\n", divided[0]))
        .replace("chirpCfg 0 5 0 0 0 0 0 15", turns)
        .replace("frameCfg 0 5", "frameCfg 0 3");
    assert_eq!(read(&turns).unwrap().transmitters, [0, 1, 2, 3]);
    // Of transmitters that send together the file may not say all.
    assert!(read(&text("")).unwrap().notes[0].contains("DDM"));
}

/// `rlRfPhaseShiftCfg_t` of mmWave Studio's export: a phase a transmitter for some chirps.
#[cfg(feature = "config-files")]
#[test]
fn phases_that_step_from_chirp_to_chirp_are_refused_in_an_export_and_in_a_log() {
    use mmw_dsp::capture::parse_mmwave_json;
    let export = |phases: &str, dynamic: &str| {
        let chirp = |index: usize| {
            format!(
                r#"{{"rlChirpCfg_t": {{"chirpStartIdx": {index}, "chirpEndIdx": {index}, "profileId": 0,
                "startFreqVar_MHz": 0.0, "freqSlopeVar_KHz_usec": 0.0, "idleTimeVar_usec": 0.0,
                "adcStartTimeVar_usec": 0.0, "txEnable": "0x3"}}}}"#
            )
        };
        let text = format!(
            r#"{{"mmWaveDevices": [{{"rfConfig": {{
            "rlChanCfg_t": {{"rxChannelEn": "0xF", "txChannelEn": "0x3"}},
            "rlAdcOutCfg_t": {{"fmt": {{"b2AdcBits": 2, "b2AdcOutFmt": 1}}}},
            "rlProfiles": [{{"rlProfileCfg_t": {{"profileId": 0, "startFreqConst_GHz": 77.0,
                "idleTimeConst_usec": 47.2, "adcStartTimeConst_usec": 5.0, "rampEndTime_usec": 25.0,
                "freqSlopeConst_MHz_usec": 60.0, "numAdcSamples": 64, "digOutSampleRate": 5000}}}}],
            "rlChirps": [{}, {}],
            "rlFrameCfg_t": {{"chirpStartIdx": 0, "chirpEndIdx": 1, "numLoops": 16, "numFrames": 4,
                "framePeriodicity_msec": 40.0}},
            "rlRfPhaseShiftCfgs": [{phases}], "rlDynPerChirpPhShftCfgs": [{dynamic}]}}}}]}}"#,
            chirp(0),
            chirp(1)
        );
        let options =
            CaptureOptions { lanes: Some(LvdsLanes::Two), iq_swap: Some(false), ..Default::default() };
        parse_mmwave_json(&text, "x.mmwave.json".as_ref(), &options)
    };
    let set = |chirps: [usize; 2], second: usize| {
        format!(
            r#"{{"rlRfPhaseShiftCfg_t": {{"chirpStartIdx": {}, "chirpEndIdx": {}, "tx0PhaseShift": 0,
            "tx1PhaseShift": {second}, "tx2PhaseShift": 0}}}}"#,
            chirps[0], chirps[1]
        )
    };
    assert!(export("", "").is_ok());
    assert!(export(&set([0, 1], 0), "").is_ok() && export(&set([2, 5], 32), "").is_ok());
    for phases in [set([1, 1], 32), format!("{}, {}", set([0, 0], 16), set([1, 1], 32)), set([0, 1], 16)] {
        let error = export(&phases, "").unwrap_err().to_string();
        assert!(error.contains("rlRfPhaseShiftCfgs[") && error.contains("DDM"), "{error}");
    }
    let error = export("", r#"{"rlDynPerChirpPhShftCfg_t": {"chirpSegSel": 0}}"#).unwrap_err().to_string();
    assert!(error.contains("rlDynPerChirpPhShftCfgs"), "{error}");
    let log = "t: API:ChannelConfig,3,15,0,\nt: API:AdcOutConfig,2,1,0,\nt: API:DataFmtConfig,15,2,1,0,1,0,\n\
               t: API:LaneConfig,3,0,\n\
               t: API:ProfileConfig,0,1435384036,10000,600,13000,0,0,621,0,256,10000,0,0,30,0,\n\
               t: API:ChirpConfig,0,0,0,0,0,0,0,3,0,\nt: API:ChirpConfig,1,1,0,0,0,0,0,3,0,\n\
               t: API:FrameConfig,0,1,1000,1,200000,0,512,0,\n";
    let read = |extra: &str| {
        parse_studio_log(&format!("{extra}{log}"), "LogFile.txt".as_ref(), &CaptureOptions::default())
    };
    assert!(read("").is_ok() && read("t: API:SetPerChirpPhaseShifterConfig,0,1,0,0,0,0,\n").is_ok());
    let error = read("t: API:SetPerChirpPhaseShifterConfig,1,1,0,32,0,0,\n").unwrap_err().to_string();
    assert!(error.contains("LogFile.txt:1") && error.contains("DDM"), "{error}");
}
