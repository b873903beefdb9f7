//! `mmw radar phase` and `process` on captures written here word by word: breathing beside a wall, frames
//! that are missing, a range of frames.

use super::radar::fails;
use super::{TempFolder, mmw, stderr};
use serde_json::Value;
use std::f64::consts::TAU;
use std::path::Path;

const SAMPLES: usize = 32;
const LIGHT_M_S: f64 = 299_792_458.0;

/// Frames of `chirps` chirps of one transmitter and receiver on two lanes.
fn config(frames: usize, chirps: usize) -> String {
    format!(
        "sensorStop\nflushCfg\ndfeDataOutputMode 1\nchannelCfg 1 1 0\nadcCfg 2 1\nadcbufCfg -1 0 0 1 1\n\
         profileCfg 0 77 47.2 5 12.8 0 0 60 1 {SAMPLES} 5000 0 0 30\nchirpCfg 0 0 0 0 0 0 0 1\n\
         frameCfg 0 0 {chirps} {frames} 50 1 0\nlvdsStreamCfg -1 0 1 0\nsensorStart\n"
    )
}

/// The words of a chirp, I I Q Q, of echoes at the ranges given (m, amplitude): phases of exact ways, in
/// noise.
fn chirp(echoes: &[(f64, f64)], seed: usize) -> Vec<u8> {
    let mut state = seed as u64 + 1;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64 * 4.0 - 2.0
    };
    let samples: Vec<[i16; 2]> = (0..SAMPLES)
        .map(|n| {
            let t_s = 5e-6 + n as f64 / 5e6;
            let phase = |range_m: f64| {
                let tau_s = 2.0 * range_m / LIGHT_M_S;
                TAU * (77e9 * tau_s + 60e12 * tau_s * (t_s - tau_s / 2.0)).fract()
            };
            let part = |f: fn(f64) -> f64| echoes.iter().map(|&(r, a)| a * f(phase(r))).sum::<f64>();
            [part(f64::cos) + noise(), part(f64::sin) + noise()].map(|x| x.round() as i16)
        })
        .collect();
    let pairs = samples.chunks(2).flat_map(|pair| [pair[0][0], pair[1][0], pair[0][1], pair[1][1]]);
    pairs.flat_map(i16::to_le_bytes).collect()
}

fn phase(folder: &Path, bytes: &[u8], frames: usize) -> (Value, String) {
    let (capture, file) = (folder.join("a.bin"), folder.join("a.cfg"));
    std::fs::write(&capture, bytes).unwrap();
    std::fs::write(&file, config(frames, 1)).unwrap();
    let [capture, file] = [&capture, &file].map(|path| path.to_str().unwrap());
    let arguments =
        ["radar", "phase", capture, "--config", file, "--lanes", "2", "--range-bin", "4", "--json"];
    let output = mmw(&arguments).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    (serde_json::from_slice(&output.stdout).unwrap(), stderr(&output))
}

/// The breath that all captures hold: 0.31 Hz, 800 um, and nothing else.
fn assert_breath(report: &Value) {
    let lines = report["lines"].as_array().unwrap();
    let of = |name: &str| lines[0][name].as_f64().unwrap();
    assert!((of("frequency_hz") - 0.31).abs() < 2e-3, "{lines:?}");
    assert!((of("amplitude_m") - 8e-4).abs() < 2e-5, "{lines:?}");
    // Harmonics that the gate makes of the motion are lines too, but not of a hundredth of it.
    assert!(lines.iter().skip(1).all(|line| line["amplitude_m"].as_f64().unwrap() < 8e-6), "{lines:?}");
}

fn breath_m(frame: usize) -> f64 {
    1.5 + 8e-4 * (TAU * 0.31 * 0.05 * frame as f64 + 0.4).sin()
}

#[test]
fn breathing_has_one_line_however_few_its_cycles() {
    let folder = TempFolder::new("breath");
    for seconds in [10, 12, 20] {
        let frames = 20 * seconds;
        let bytes: Vec<u8> = (0..frames).flat_map(|i| chirp(&[(breath_m(i), 300.0)], i)).collect();
        let (report, _) = phase(folder.path(), &bytes, frames);
        assert_breath(&report);
        assert!(report["still_over_moving"].is_null());
    }
}

#[test]
fn a_wall_in_the_bin_of_a_breath_is_taken_away() {
    let folder = TempFolder::new("wall");
    let bytes: Vec<u8> = (0..400).flat_map(|i| chirp(&[(breath_m(i), 100.0), (1.55, 300.0)], i)).collect();
    let (report, _) = phase(folder.path(), &bytes, 400);
    assert_breath(&report);
    let ratio = report["still_over_moving"].as_f64().unwrap();
    assert!((ratio - 3.0).abs() < 0.3, "{ratio}");
}

#[test]
fn frames_without_samples_are_left_out_and_told() {
    let folder = TempFolder::new("gap");
    let mut bytes: Vec<u8> = (0..400).flat_map(|i| chirp(&[(breath_m(i), 300.0)], i)).collect();
    let frame = bytes.len() / 400;
    bytes[100 * frame..110 * frame].fill(0);
    let (report, told) = phase(folder.path(), &bytes, 400);
    assert_breath(&report);
    assert_eq!(report["damaged_frames"].as_array().unwrap().len(), 10);
    assert_eq!(report["samples"], 400);
    assert!(told.contains("10 frames with missing samples: left out"), "{told}");
}

#[test]
fn the_frame_difference_of_a_range_of_frames_knows_the_frame_before() {
    let folder = TempFolder::new("difference");
    let (capture, file) = (folder.path().join("a.bin"), folder.path().join("a.cfg"));
    let mover = |frame: usize, n: usize| 3.0 + 1.3 * (0.05 * frame as f64 + 60e-6 * n as f64);
    let at = |i: usize| chirp(&[(mover(i / 16, i % 16), 300.0), (4.0, 600.0)], i);
    std::fs::write(&capture, (0..4 * 16).flat_map(at).collect::<Vec<u8>>()).unwrap();
    std::fs::write(&file, config(4, 16)).unwrap();
    let [capture, file] = [&capture, &file].map(|path| path.to_str().unwrap());
    let run = |frames: &str| {
        let filter = ["--lanes", "2", "--mti", "frame_difference", "--frames", frames, "--json"];
        let arguments = [&["radar", "process", capture, "--config", file][..], &filter].concat();
        let output = mmw(&arguments).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        (report["points"].as_array().unwrap().clone(), stderr(&output))
    };
    let (all, _) = run("0..4");
    for frame in ["2..3", "3.."] {
        let (points, _) = run(frame);
        let number: u64 = frame[..1].parse().unwrap();
        assert_eq!(points, all.iter().filter(|p| p["frame"] == number).cloned().collect::<Vec<_>>());
        assert!(!points.is_empty(), "{frame}");
    }
    let (none, told) = run("0..1");
    assert!(none.is_empty() && told.contains("frame 0 has no frame before it"), "{told}");
}

/// What is asked for is named with every option that supplies it.
#[test]
fn what_is_missing_is_named_with_all_that_supplies_it() {
    let folder = TempFolder::new("missing");
    let file = folder.path().join("a.cfg");
    std::fs::write(&file, config(1, 1)).unwrap();
    let file = file.to_str().unwrap();
    fails(&["radar", "phase", "a.bin", "--config", file], 2, &["--range-bin", "--range-m"]);
    let both = ["radar", "phase", "a.bin", "--config", file, "--range-bin", "4", "--range-m", "1"];
    fails(&both, 2, &["cannot be used with"]);
    fails(&["radar", "vitals", "a.npy"], 2, &["--config", "--frame-rate-hz"]);
    let options = ["--config", file, "--lanes", "2"];
    let npy = [&["radar", "process", "a.npy"][..], &options].concat();
    fails(&npy, 1, &["lanes: is of a DCA1000 file, not of a .npy file"]);
    let bin = [&["radar", "process", "a.bin"][..], &options, &["--wrap-u16"]].concat();
    fails(&bin, 1, &["wrap_u16: is of a .npy file, not of a DCA1000 file"]);
}

#[test]
fn what_a_waveform_does_not_have_is_not_printed() {
    let folder = TempFolder::new("info-one");
    let file = folder.path().join("a.cfg");
    let info = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let output = mmw(&["radar", "info", file.to_str().unwrap(), "--lanes", "2"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let one = info(&config(1, 1));
    assert!(one.contains("velocity    none") && one.contains("Q first: false"), "{one}");
    let real = info(&config(1, 16).replace("adcCfg 2 1", "adcCfg 2 0"));
    assert!(real.contains("m/s resolution") && !real.contains("Q first"), "{real}");
}

/// Slopes in MHz/us, MHz/s and the like pass every other check.
#[test]
fn waveforms_in_mistaken_units_are_refused_by_the_field() {
    let folder = TempFolder::new("units");
    for (field, value, example) in [
        ("slope_hz_per_s", "70", "70e12"),
        ("slope_hz_per_s", "60012", "70e12"),
        ("start_frequency_hz", "77", "77e9"),
        ("start_frequency_hz", "77e6", "77e9"),
        ("sample_rate_hz", "5e15", "5e6"),
    ] {
        let file = folder.path().join("a.toml");
        std::fs::write(&file, format!("preset = \"iwr1843\"\n{field} = {value}\n[capture]\nlanes = 2\n"))
            .unwrap();
        let output = mmw(&["radar", "info", file.to_str().unwrap()]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(said.contains(&format!("{field} is ")) && said.contains(example), "{said}");
    }
}

#[test]
fn samples_past_the_end_of_the_ramp_are_told_with_the_times() {
    let folder = TempFolder::new("info-ramp");
    let file = folder.path().join("a.cfg");
    let info = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let output = mmw(&["radar", "info", file.to_str().unwrap(), "--lanes", "2"]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let told = info(&config(1, 1).replace("5 12.8", "5 9"));
    assert!(told.contains("from 5.00 to 11.40 us") && told.contains("ends at 9.00 us"), "{told}");
    assert!(!info(&config(1, 1)).contains("past its end"));
}

#[test]
fn more_bins_of_coupling_than_there_are_range_bins_are_refused() {
    let folder = TempFolder::new("coupling-bins");
    let (capture, file) = (folder.path().join("a.bin"), folder.path().join("a.cfg"));
    std::fs::write(&capture, chirp(&[(2.0, 300.0)], 3).repeat(8)).unwrap();
    std::fs::write(&file, config(1, 8)).unwrap();
    let [capture, file] = [&capture, &file].map(|path| path.to_str().unwrap());
    let asked = ["radar", "process", capture, "--config", file, "--lanes", "2", "--coupling-bins", "1000"];
    fails(&asked, 1, &["coupling_bins", "at most 32"]);
}
