//! `mmw radar` in the hands of others: what they type and what their files hold, answered with what is right.

use super::{TempFolder, mmw, stderr};
use std::path::{Path, PathBuf};
use std::process::Stdio;

const CONFIG: &str = "channelCfg 15 3 0\nadcCfg 2 1\nadcbufCfg -1 0 0 1 1\nprofileCfg 0 77 47.2 5 12.8 0 0 60 1 64 5000 0 0 30\n\
    chirpCfg 0 0 0 0 0 0 0 1\nchirpCfg 1 1 0 0 0 0 0 2\nframeCfg 0 1 16 0 50 1 0\n";
const FRAME: usize = 32_768;

/// Words without pattern, limited to 12 bits.
fn noise(bytes: usize, spread: i32) -> Vec<u8> {
    let mut state = 7_u32;
    let mut word = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((((state >> 16) as i32 * spread) >> 15) - spread).clamp(-2048, 2047) as i16
    };
    (0..bytes / 2).flat_map(|_| word().to_le_bytes()).collect()
}

fn file(folder: &TempFolder, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Exit status, standard output and standard error.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = mmw(arguments).stdin(Stdio::null()).output().unwrap();
    let said = stderr(&output);
    assert!(!said.contains("panicked"), "{said}");
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stdout).into_owned(), said)
}

fn refused(arguments: &[&str], status: i32, words: &[&str]) {
    let (got, _, said) = run(arguments);
    assert_eq!(got, status, "{said}");
    for word in words {
        assert!(said.contains(word), "{word} is not in: {said}");
    }
}

#[test]
fn info_shows_what_a_file_says_and_fails_for_what_it_does_not_understand() {
    let folder = TempFolder::new("hands-info");
    let interleaved =
        CONFIG.replace("adcbufCfg -1 0 0 1 1", "adcbufCfg 0 1 0 1").replace(" 64 5000", " 63 5000");
    let config = file(&folder, "a.cfg", interleaved.as_bytes());
    let (status, shown, _) = run(&["radar", "info", text(&config)]);
    assert_eq!(status, 0, "{shown}");
    for words in ["63 complex (1x) samples", "TX 1 2", "missing       lanes: pass --lanes", "unknown lanes"] {
        assert!(shown.contains(words), "{words} is not in: {shown}");
    }
    // With a board of two lanes no .bin of it can be read, but the waveform is what it is.
    let (status, shown, _) = run(&["radar", "info", text(&config), "--board", "awr1642"]);
    assert_eq!(status, 0, "{shown}");
    assert!(shown.contains("63 complex") && shown.contains("interleaved"), "{shown}");
    let plain = file(&folder, "b.cfg", CONFIG.as_bytes());
    let (_, shown, _) = run(&["radar", "info", text(&plain), "--board", "awr1642"]);
    assert!(shown.contains("2 lanes") && !shown.contains("missing       lanes"), "{shown}");
    let foreign = file(&folder, "c.json", b"{\"model\": 1}");
    let (status, shown, said) = run(&["radar", "info", text(&plain), text(&foreign), "--board", "awr1642"]);
    assert_eq!(status, 1, "{shown}");
    assert!(shown.contains("JSON of another kind") && said.contains("1 of 2 files failed"), "{shown} {said}");
}

#[test]
fn a_board_that_inverts_channels_is_told_unless_weights_take_that_out() {
    let folder = TempFolder::new("hands-inverted");
    let capture = file(&folder, "a.bin", &noise(2 * FRAME, 200));
    let plain = CONFIG.replace("profileCfg 0 77", "profileCfg 0 60");
    let rotated = format!("{plain}antPhaseRot 1 -1 -1 1 1 -1 -1 1 1 -1 -1 1\n");
    for (name, config, told) in [("a.cfg", &plain, true), ("b.cfg", &rotated, false)] {
        let config = file(&folder, name, config.as_bytes());
        let arguments = ["radar", "process", text(&capture), "--config", text(&config), "--board"];
        let process = |board| run(&[&arguments[..], &[board, "--json"]].concat());
        let (status, _, said) = process("iwr6843isk-ods");
        assert_eq!((status, said.contains("inverts some channels")), (0, told), "{said}");
        assert!(!process("iwr6843isk").2.contains("inverts"));
        let (_, shown, _) = run(&["radar", "info", text(&config), "--board", "6843ods"]);
        assert_eq!(shown.contains("inverts some channels"), told, "{shown}");
    }
}

#[test]
fn clipped_frames_are_listed_with_their_share() {
    let folder = TempFolder::new("hands-clipped");
    let capture = file(&folder, "a.bin", &[noise(FRAME, 200), noise(FRAME, 4096)].concat());
    let config = file(&folder, "a.cfg", CONFIG.as_bytes());
    let (status, shown, said) =
        run(&["radar", "process", text(&capture), "--config", text(&config), "--board", "awr1642", "--json"]);
    assert_eq!(status, 0, "{said}");
    let report: serde_json::Value = serde_json::from_str(&shown).unwrap();
    let clipped = report["clipped_frames"].as_array().unwrap();
    assert_eq!((clipped.len(), &clipped[0]["frame"], &clipped[0]["bits"]), (1, &1.into(), &12.into()));
    // Uniform over twice the limits: half of them beyond.
    assert!((clipped[0]["share"].as_f64().unwrap() - 0.5).abs() < 0.02, "{clipped:?}");
    assert!(said.contains("limits of 12 bits") && said.contains("1 frames are clipped"), "{said}");
}

#[test]
fn slips_of_the_command_line_are_answered_with_what_is_right() {
    let folder = TempFolder::new("hands-slips");
    let capture = file(&folder, "a.bin", &noise(FRAME, 200));
    let config = file(&folder, "a.cfg", CONFIG.as_bytes());
    let (bin, cfg) = (text(&capture), text(&config));
    let right = format!("pass {bin} --config {cfg}");
    refused(&["radar", "process", cfg, "--config", bin], 2, &["exchanged", &right]);
    refused(&["radar", "process", bin, bin, "--config", cfg, "--lanes", "2"], 2, &["a.bin is named twice"]);
    let negative = ["radar", "process", bin, "--config", cfg, "--lanes", "2", "--min-range-m", "-5"];
    refused(&negative, 2, &["--min-range-m -5 must be"]);
    let stream = ["radar", "process", "-", "--config", cfg, "--lanes", "2"];
    for (option, value) in [("--frames", "0..1"), ("-o", "maps"), ("--map-frame", "0")] {
        refused(&[&stream[..], &[option, value]].concat(), 2, &[option, "has no effect on a stream"]);
    }
    refused(&[&stream[..5], &["--axes", "chirp,sample"]].concat(), 2, &["--axes", ".npy"]);
}

#[test]
fn only_files_that_the_card_numbers_are_taken_for_parts() {
    let folder = TempFolder::new("hands-parts");
    let config = file(&folder, "a.cfg", CONFIG.as_bytes());
    for (stem, told) in [("run_", false), ("run_Raw_", true)] {
        let [first, second] = [1, 2].map(|n| file(&folder, &format!("{stem}{n}.bin"), &noise(FRAME, 200)));
        for (part, advice) in [(&first, "name it too"), (&second, "name it before")] {
            let arguments =
                ["radar", "process", text(part), "--config", text(&config), "--lanes", "2", "--json"];
            let (status, _, said) = run(&arguments);
            let beside = said.contains("lies beside it") && said.contains(advice);
            assert_eq!((status, beside), (0, told), "{said}");
        }
    }
}
