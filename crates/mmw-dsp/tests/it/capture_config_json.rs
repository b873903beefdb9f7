//! mmWave Studio's configuration in JSON.

use mmw_dsp::capture::parse_mmwave_json;
use mmw_dsp::capture::{AdcLayout, CaptureConfig, CaptureFormat, CaptureOptions, LvdsLanes};
use mmw_dsp::mmw_core::{Error, Result};
use mmw_dsp::{Board, Sampling};

const JSON: &str = include_str!("../data/tdm.mmwave.json");

fn json(text: &str) -> Result<CaptureConfig> {
    parse_mmwave_json(text, "radar.mmwave.json".as_ref(), &CaptureOptions::default())
}

#[test]
fn an_export_of_mmwave_studio_says_everything_but_the_board() {
    let config = json(JSON).unwrap();
    let fmcw = &config.fmcw;
    assert_eq!((fmcw.start_frequency_hz, fmcw.slope_hz_per_s, fmcw.sample_rate_hz), (77.5e9, 50e12, 4e6));
    assert_eq!((fmcw.samples, fmcw.chirps, fmcw.transmitters, fmcw.receivers), (128, 32, 2, 3));
    // Both variations are the same for all chirps, and so belong to the waveform.
    assert!((fmcw.chirp_interval_s - 61e-6).abs() < 1e-15 && (fmcw.adc_start_s - 5.5e-6).abs() < 1e-15);
    assert_eq!((fmcw.frame_period_s, fmcw.sampling, config.frames), (0.05, Sampling::Complex2x, Some(10)));
    assert_eq!(
        (config.transmitters.as_slice(), config.receivers.as_slice()),
        ([2, 0].as_slice(), [0, 2, 3].as_slice())
    );
    assert_eq!(config.format, CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Two, iq_swap: true }));
    assert_eq!(fmcw.antennas, None);
    let options = CaptureOptions { board: Some(Board::Iwr1843), ..Default::default() };
    let with_board = parse_mmwave_json(JSON, "x.json".as_ref(), &options).unwrap();
    assert_eq!(with_board.fmcw.antennas.unwrap().rx_positions_m.len(), 3);
}

#[test]
fn errors_in_json_name_the_path_of_the_field() {
    let device = "mmWaveDevices[0]";
    let cases = [
        ("\"numLoops\": 32,", "", format!("{device}.rfConfig.rlFrameCfg_t.numLoops is not given")),
        (
            "\"startFreqConst_GHz\"",
            "\"x\"",
            format!("{device}.rfConfig.rlProfiles[0].rlProfileCfg_t.startFreqConst_GHz is not given"),
        ),
        (
            "\"numLoops\": 32",
            "\"numLoops\": -1",
            format!("{device}.rfConfig.rlFrameCfg_t.numLoops: is -1, but must be an integer"),
        ),
        ("\"numLoops\": 32", "\"numLoops\": [1]", "is [1], but must be an integer".into()),
        ("\"b2AdcBits\": 2", "\"b2AdcBits\": 1", "b2AdcBits: is 1, but must be 2 (16 bits)".into()),
        ("\"b2AdcOutFmt\": 2", "\"b2AdcOutFmt\": 3", "b2AdcOutFmt is 3, but must be 0 (real)".into()),
        (
            "\"laneEn\": \"0x3\"",
            "\"laneEn\": \"0x7\"",
            "laneEn: is \"0x7\", but must be 0x3 (two lanes) or 0xF (four lanes)".into(),
        ),
        (
            "\"txEnable\": \"0x4\"",
            "\"txEnable\": \"0x5\"",
            format!(
                "{device}.rfConfig.rlChirps[0].rlChirpCfg_t: the transmitter mask 0x5 names 2 transmitters"
            ),
        ),
        ("\"txEnable\": \"0x4\"", "\"txEnable\": \"0x2\"", "the channel mask 0x5 switches it off".into()),
        ("legacyFrameChirp", "advancedFrameChirp", "waveformType: is \"advancedFrameChirp\"".into()),
        ("\"transferFmtPkt0\": \"0x1\"", "\"transferFmtPkt0\": \"0x9\"", "0x1 (ADC samples alone)".into()),
        ("\"chInterleave\": 1", "\"chInterleave\": 0", "channels are interleaved".into()),
        ("\"laneFmtMap\": 0", "\"laneFmtMap\": 1", "receivers in rising order".into()),
        (
            "\"rlBpmChirps\": []",
            "\"rlBpmChirps\": [{\"rlBpmChirpCfg_t\": {\"chirpStartIdx\": 0, \"chirpEndIdx\": 0, \"constBpmVal\": \"0x20\"}}]",
            "no pair of chirps of two".into(),
        ),
        ("\"rlBpmChirps\": []", "\"rlDynChirpCfgs\": [{}]", "not TDM".into()),
        ("\"startFreqVar_MHz\": 0.0", "\"startFreqVar_MHz\": 0.5", "expected TDM".into()),
        (
            "\"chirpEndIdx\": 1,\n          \"numLoops\"",
            "\"chirpEndIdx\": 2,\n \"numLoops\"",
            "chirp 2 is not given".into(),
        ),
    ];
    for (from, to, message) in cases {
        assert!(JSON.contains(from), "{from}");
        let error = json(&JSON.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(&message), "{to}: {error}");
    }
    let error = json("{\n \"mmWaveDevices\": }").unwrap_err();
    assert!(matches!(&error, Error::Format { offset: 20, .. }), "{error}");
    for devices in ["[]", "[{}, {}]"] {
        assert!(matches!(json(&format!("{{\"mmWaveDevices\": {devices}}}")), Err(Error::Invalid { .. })));
    }
}

#[test]
fn lanes_that_the_export_leaves_out_are_asked_for() {
    let error = json(&JSON.replace("laneEn", "unknown")).unwrap_err();
    assert!(matches!(&error, Error::Missing { name, .. } if name == "lanes"), "{error}");
}
