//! Arbitrary sizes, bytes and text: errors, never panics.

use crate::capture::waveform;
use crate::capture_npy::npy;
use crate::common::TempFile;
use mmw_dsp::Sampling;
use mmw_dsp::capture::{
    AdcLayout, CaptureConfig, CaptureFormat, CaptureOptions, CaptureReader, LvdsLanes, NpyReader,
    parse_ti_cfg,
};
use proptest::prelude::*;

fn options() -> CaptureOptions {
    CaptureOptions { lanes: Some(LvdsLanes::Two), ..Default::default() }
}

/// A configuration text with a few of its bytes replaced, removed or repeated.
fn damaged(text: &'static str) -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), 0_usize..12, "[ -~\\n]{0,8}");
    proptest::collection::vec(edit, 1..5).prop_map(move |edits| {
        let mut bytes = text.as_bytes().to_vec();
        for (at, removed, added) in edits {
            let at = at.index(bytes.len());
            let end = (at + removed).min(bytes.len());
            bytes.splice(at..end, added.bytes());
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

const CFG: &str = "channelCfg 15 5 0\nadcCfg 2 1\nadcbufCfg -1 0 0 1 1\n\
    profileCfg 0 77 7 7 57.14 0 0 70 1 256 5209 0 0 30\nchirpCfg 0 0 0 0 0 0 0 1\n\
    chirpCfg 1 1 0 0 0 0 0 4\nframeCfg 0 1 16 0 100 1 0\n";

/// A number that a field may be asked to hold.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<f64>().prop_map(|x| x.to_string()),
        any::<i64>().prop_map(|x| x.to_string()),
        (0..600_i64).prop_map(|x| x.to_string()),
        Just("1e400".to_owned()),
        Just("nan".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_file_opens_exactly_when_it_holds_whole_frames(len in 0_usize..2000, partial in any::<bool>()) {
        let format = CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Two, iq_swap: false });
        let mut config = CaptureConfig::new(waveform(1, 2, 2, 8, Sampling::Complex1x), format).unwrap();
        config.allow_partial_last_frame = partial;
        let bytes: Vec<u8> = (0..len).map(|at| (at % 4) as u8).collect();
        let file = TempFile::new(&format!("size-{len}.bin"), &bytes);
        let opened = CaptureReader::open(file.path(), &config);
        prop_assert_eq!(opened.is_ok(), len >= 128 && (partial || len % 128 == 0));
        if let Ok(mut reader) = opened {
            prop_assert!(reader.frames_in(0..reader.frames()).all(|frame| frame.is_ok()));
        }
    }

    #[test]
    fn any_text_is_a_cfg_or_an_error(text in any::<String>(), damaged in damaged(CFG)) {
        for text in [text, damaged] {
            if let Ok(config) = parse_ti_cfg(&text, "x.cfg".as_ref(), &options()) {
                prop_assert!(config.check().is_ok());
            }
        }
    }

    #[test]
    fn any_numbers_in_a_cfg_are_a_waveform_or_an_error(
        values in proptest::collection::vec(number(), 14),
        frame in proptest::collection::vec(number(), 7),
        chirp in proptest::collection::vec(number(), 8),
    ) {
        let profile = format!("profileCfg 0 77 7 7 57.14 {}", values[..9].join(" "));
        for (from, to) in [
            ("profileCfg 0 77 7 7 57.14 0 0 70 1 256 5209 0 0 30", profile),
            ("profileCfg 0 77 7 7 57.14 0 0 70 1 256 5209 0 0 30", format!("profileCfg {}", values.join(" "))),
            ("frameCfg 0 1 16 0 100 1 0", format!("frameCfg {}", frame.join(" "))),
            ("frameCfg 0 1 16 0 100 1 0", format!("frameCfg 0 1 {}", frame[..5].join(" "))),
            ("chirpCfg 1 1 0 0 0 0 0 4", format!("chirpCfg {}", chirp.join(" "))),
        ] {
            if let Ok(config) = parse_ti_cfg(&CFG.replace(from, &to), "x.cfg".as_ref(), &options()) {
                prop_assert!(config.check().is_ok());
            }
        }
    }

    #[test]
    fn any_bytes_after_the_magic_are_an_array_or_an_error(
        version in 0_u8..5,
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        nested in 0_usize..5000,
    ) {
        let axes = "frame,sample".parse().unwrap();
        let config = CaptureConfig::new(
            waveform(1, 1, 1, 2, Sampling::Complex1x),
            CaptureFormat::Npy { axes, wrap_u16: None },
        ).unwrap();
        let magic = [b"\x93NUMPY".as_slice(), &[version, 0]].concat();
        let parentheses = [&magic[..], &(nested as u16).to_le_bytes(), &vec![b'('; nested]].concat();
        for (i, file) in [[magic, bytes.clone()].concat(), bytes, parentheses].into_iter().enumerate() {
            let file = TempFile::new(&format!("magic-{i}.npy"), &file);
            prop_assert!(NpyReader::open(file.path(), &config).is_err());
        }
    }

    #[test]
    fn any_header_of_an_array_is_read_or_an_error(
        shape in proptest::collection::vec(prop_oneof![0_usize..4, any::<usize>()], 0..4),
        descr in prop_oneof![Just("<c8".to_owned()), Just("|u1".to_owned()), "[<>|=][a-zA-Z][0-9]{0,3}", ".{0,6}"],
        fortran in any::<bool>(),
        data in proptest::collection::vec(any::<u8>(), 0..100),
        partial in any::<bool>(),
    ) {
        let axes = ["sample", "frame,sample", "frame,chirp,sample"][shape.len().saturating_sub(1).min(2)];
        let format = CaptureFormat::Npy { axes: axes.parse().unwrap(), wrap_u16: None };
        let mut config = CaptureConfig::new(waveform(1, 1, 1, 2, Sampling::Complex1x), format).unwrap();
        config.allow_partial_last_frame = partial;
        let file = TempFile::new("header.npy", &npy(&descr, fortran, &shape, &data));
        if let Ok(mut reader) = NpyReader::open(file.path(), &config) {
            for frame in 0..reader.frames().min(10) {
                if let Ok(cube) = reader.read_frame(frame) {
                    prop_assert!(cube.iter().all(|z| z.re.is_finite() && z.im.is_finite()));
                }
            }
        }
    }
}

#[cfg(feature = "config-files")]
mod serde {
    use super::*;
    use mmw_dsp::capture::{parse_mmwave_json, parse_toml};

    const JSON: &str = include_str!("../data/tdm.mmwave.json");
    const TOML: &str = include_str!("../data/example.toml");

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_text_is_json_or_an_error(text in any::<String>(), damaged in damaged(JSON), value in number()) {
            let replaced = ["32", "\"0x4\"", "20.0", "128", "4000", "50.0", "\"0xD\"", "\"chirpEndIdx\": 1"]
                .map(|from| JSON.replacen(from, &value, 1));
            for text in [text, damaged].into_iter().chain(replaced) {
                if let Ok(config) = parse_mmwave_json(&text, "x.json".as_ref(), &CaptureOptions::default()) {
                    prop_assert!(config.check().is_ok());
                }
            }
        }

        #[test]
        fn any_text_is_toml_or_an_error(text in any::<String>(), damaged in damaged(TOML), value in number()) {
            let replaced = ["77e9", "5e6", "256", "64", "160e-6", "[0, 2]", "receivers = 4"]
                .map(|from| TOML.replacen(from, &value, 1));
            for text in [text, damaged].into_iter().chain(replaced) {
                if let Ok(config) = parse_toml(&text, "x.toml".as_ref(), &options()) {
                    prop_assert!(config.check().is_ok());
                }
            }
        }
    }

    #[test]
    fn deep_nesting_is_an_error() {
        let deep = "[".repeat(100_000);
        assert!(parse_mmwave_json(&deep, "x.json".as_ref(), &options()).is_err());
        assert!(parse_toml(&format!("a = {deep}"), "x.toml".as_ref(), &options()).is_err());
    }
}
