//! `mmw radar vitals` on series, logs and captures: rates, lines, pictures and refusals.

use super::radar::{json, published, text};
use super::{TempFolder, mmw, stderr};
use serde_json::Value;
use std::f64::consts::TAU;
use std::path::Path;

const WAVELENGTH_M: f64 = 299_792_458.0 / 77e9;

/// Breathing of 4 mm at 0.25 Hz and a heartbeat of 0.3 mm at 1.2 Hz.
fn chest_m(t: f64) -> f64 {
    4e-3 * (TAU * 0.25 * t).sin() + 0.4e-3 * (TAU * 0.5 * t).cos() + 0.3e-3 * (TAU * 1.2 * t + 1.0).sin()
}

/// Samples `[frame, range bin]` at 20 a second: the chest at bin 3 of 6, a wall in all others; noise of 1 %.
fn samples(frames: usize, bins: usize) -> Vec<[f64; 2]> {
    let mut state = 5_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        0.02 * ((state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5)
    };
    let mut values = Vec::new();
    for n in 0..frames {
        for bin in 0..bins {
            let phase = 2.0 * TAU / WAVELENGTH_M * chest_m(n as f64 / 20.0);
            let echo = if bin == 3 || bins == 1 { phase.sin_cos() } else { (0.3, 0.8) };
            values.push([echo.1 + noise(), echo.0 + noise()]);
        }
    }
    values
}

/// A `.npy` file of complex128.
fn write_npy(path: &Path, shape: &str, values: &[[f64; 2]]) {
    let mut header = format!("{{'descr': '<c16', 'fortran_order': False, 'shape': ({shape}), }}");
    while (header.len() + 11) % 64 != 0 {
        header.push(' ');
    }
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16 + 1).to_le_bytes());
    bytes.extend(header.bytes().chain(*b"\n"));
    bytes.extend(values.iter().flatten().flat_map(|x| x.to_le_bytes()));
    std::fs::write(path, bytes).unwrap();
}

fn assert_chest(report: &Value) {
    let of = |name: &str| report[name].as_f64().unwrap();
    assert!((of("respiration_per_min") - 15.0).abs() < 0.1, "{report}");
    assert!((of("heart_per_min") - 72.0).abs() < 0.3, "{report}");
    assert!(of("respiration_confidence") > 0.5 && of("heart_confidence") > 0.5, "{report}");
    let line = &report["lines"][0];
    assert!((line["frequency_hz"].as_f64().unwrap() - 0.25).abs() < 1e-3, "{line}");
    assert!((line["amplitude_m"].as_f64().unwrap() - 4e-3).abs() < 4e-5, "{line}");
}

const RADAR: [&str; 5] = ["--frame-rate-hz", "20", "--carrier-hz", "77e9", "--json"];

#[test]
fn a_series_has_rates_lines_and_a_picture() {
    let folder = TempFolder::new("vitals-series");
    let (vector, matrix) = (folder.path().join("a.npy"), folder.path().join("b.npy"));
    write_npy(&vector, "1200,", &samples(1200, 1));
    write_npy(&matrix, "1200, 6", &samples(1200, 6));
    let report = json(&[&["radar", "vitals", text(&vector)], &RADAR[..]].concat());
    assert_chest(&report);
    assert!(report.get("displacement_m").is_none() && report["range_m"].is_null());
    let out = folder.path().join("out");
    let more = ["--range-resolution-m", "0.05", "--series", "--out", text(&out)];
    let report = json(&[&["radar", "vitals", text(&matrix)], &RADAR[..], &more].concat());
    assert_chest(&report);
    assert!((report["range_m"].as_f64().unwrap() - 0.15).abs() < 1e-12, "{report}");
    assert_eq!(report["displacement_m"].as_array().unwrap().len(), 1200);
    assert!(report["track"].as_array().unwrap().len() >= 30);
    let picture = std::fs::read_to_string(out.join("vitals.svg")).unwrap();
    for words in ["rates over time", "both bands", "spectrum of the displacement", "lines found"] {
        assert!(picture.contains(words), "{words}");
    }
    assert!(out.join("rates.csv").is_file() && out.join("displacement.csv").is_file());
    // The other spelling, and a batch.
    let alias = ["radar", "vitals", text(&vector), "--frame-rate", "20", "--carrier-hz", "77e9", "--json"];
    assert_chest(&json(&alias));
}

#[test]
fn what_is_missing_too_short_or_wrong_is_named() {
    let folder = TempFolder::new("vitals-wrong");
    let file = |name: &str, frames: usize| {
        let path = folder.path().join(name);
        write_npy(&path, &format!("{frames},"), &samples(frames, 1));
        path
    };
    let (good, short) = (file("good.npy", 1200), file("short.npy", 100));
    let fails = |arguments: &[&str], words: &str| {
        let output = mmw(&[&["radar", "vitals"], arguments].concat()).output().unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        assert!(stderr(&output).contains(words), "{words}: {}", stderr(&output));
    };
    fails(&[text(&short), "--frame-rate-hz", "20", "--carrier-hz", "77e9"], "at least 200");
    fails(&[text(&good), "--frame-rate-hz", "4", "--carrier-hz", "77e9"], "above 5 Hz");
    fails(&[text(&good), "--frame-rate-hz=-4", "--carrier-hz", "77e9"], "frame_rate_hz");
    fails(&[text(&good), "--frame-rate-hz", "20"], "carrier_hz is not given");
    fails(&[text(&good), "--frame-rate-hz", "20", "--carrier-hz", "77"], "carrier_hz is 77");
    fails(&[text(&good), "--carrier-hz", "77e9"], "--config");
    let zeros = folder.path().join("zeros.npy");
    write_npy(&zeros, "400,", &[[0.0; 2]; 400]);
    fails(&[text(&zeros), "--frame-rate-hz", "20", "--carrier-hz", "77e9"], "no target");
    let stray = folder.path().join("stray.bin");
    std::fs::write(&stray, [7; 4000]).unwrap();
    fails(&[text(&stray), "--frame-rate-hz", "20", "--carrier-hz", "77e9"], "02 01 04 03 06 05 08 07");
}

#[test]
fn the_log_of_the_vital_signs_lab_has_the_same_rates() {
    let folder = TempFolder::new("vitals-log");
    let path = folder.path().join("log.dat");
    let mut bytes = Vec::new();
    for (number, row) in (100_u32..).zip(samples(1200, 6).chunks(6)) {
        bytes.extend([2, 1, 4, 3, 6, 5, 8, 7]);
        bytes.extend(
            [0, 224, 0xA1443, number, 0, 99, 2, 0, 6, 128].iter().flat_map(|w: &u32| w.to_le_bytes()),
        );
        let mut statistics = [0_u8; 128];
        statistics[12] = 8;
        statistics[14] = 13;
        bytes.extend(statistics);
        bytes.extend([2_u32, 24].iter().flat_map(|w| w.to_le_bytes()));
        bytes.extend(row.iter().flatten().flat_map(|x| ((1000.0 * x).round() as i16).to_le_bytes()));
        bytes.resize(bytes.len().next_multiple_of(32), 0);
    }
    std::fs::write(&path, bytes).unwrap();
    let report = json(&[&["radar", "vitals", text(&path)], &RADAR[..]].concat());
    assert_chest(&report);
    assert_eq!(report["range_bin"], 11);
}

#[test]
fn published_breathing_comes_out_between_the_bins() {
    let (Some(capture), Some(config)) =
        (published("cases/c17_breathing.bin"), published("cases/c17_breathing.cfg"))
    else {
        return;
    };
    let report = json(&["radar", "vitals", &capture, "--config", &config, "--lanes", "2", "--json"]);
    assert!((report["respiration_per_min"].as_f64().unwrap() - 16.5).abs() < 0.1, "{report}");
    assert!((report["range_m"].as_f64().unwrap() - 1.6).abs() < 0.1, "{report}");
    let line = &report["lines"][0];
    assert!((line["frequency_hz"].as_f64().unwrap() - 0.275).abs() < 1e-3, "{line}");
    assert!((line["amplitude_m"].as_f64().unwrap() - 1e-3).abs() < 1e-5, "{line}");
    assert!(report["heart_per_min"].is_null(), "{report}");
}

#[test]
fn a_published_fan_vibrates_when_it_is_on() {
    let (Some(on), Some(off)) = (published("vibration/fan_on.bin"), published("vibration/fan_off.bin"))
    else {
        return;
    };
    let folder = TempFolder::new("vitals-fan");
    let config = folder.path().join("fan.toml");
    let waveform = "board = \"awr1642\"\nstart_frequency_hz = 77e9\nslope_hz_per_s = 29.982e12\n\
                    adc_start_s = 6e-6\nsample_rate_hz = 10e6\nsamples = 256\nchirps = 1\n\
                    chirp_interval_s = 160e-6\nframe_period_s = 1e-3\nsampling = \"complex1x\"\n\
                    transmitters = [0]\nreceivers = 4\n[capture]\nformat = \"dca1000\"\nlanes = 2\n\
                    iq_swap = false\n";
    std::fs::write(&config, waveform).unwrap();
    let out = folder.path().join("out");
    let arguments = |capture: &str| {
        let words =
            ["radar", "vitals", capture, "--config", text(&config), "--frame-rate-hz", "1000", "--json"];
        words
            .map(str::to_owned)
            .into_iter()
            .chain(["--out".to_owned(), text(&out).to_owned()])
            .collect::<Vec<_>>()
    };
    let report = |capture: &str| {
        let words = arguments(capture);
        json(&words.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let found = report(&on);
    assert_eq!(found["range_bin"], 10);
    assert!((found["range_m"].as_f64().unwrap() - 1.95).abs() < 0.01, "{found}");
    assert!(found["vibration"]["over_median"].as_f64().unwrap() > 20.0, "{found}");
    let lines: Vec<f64> = found["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["frequency_hz"].as_f64().unwrap())
        .collect();
    for hertz in [64.0, 128.0] {
        assert!(lines.iter().any(|line| (line - hertz).abs() < 0.2), "{lines:?}");
    }
    assert!(out.join("vitals.svg").is_file() && found["respiration_per_min"].is_null());
    assert_lines_on_curves(&found, &std::fs::read_to_string(out.join("spectrum.csv")).unwrap());
    let still = report(&off);
    assert!(still["vibration"].is_null() && still["lines"].as_array().unwrap().is_empty(), "{still}");
}

/// Each line is the summit of the curve of the channel that it was read from: a bin away by `δ` of a line of
/// amplitude `A`, a Hann spectrum reads `A sin(πδ) / (πδ (1 − δ²))`, and noise adds its median at most.
fn assert_lines_on_curves(report: &Value, spectrum: &str) {
    let rows: Vec<Vec<&str>> = spectrum.lines().map(|row| row.split(',').collect()).collect();
    let value = |row: usize, column: usize| rows[row][column].parse::<f64>().unwrap();
    let lines = report["lines"].as_array().unwrap();
    assert!(lines.len() > 1, "{report}");
    for line in lines {
        let of = |name: &str| line[name].as_f64().unwrap();
        let name = match line["channel"].as_u64() {
            Some(channel) => format!("amplitude in channel {channel} (m)"),
            None if rows[0].len() > 2 => "amplitude in all channels (m)".to_owned(),
            None => "amplitude (m)".to_owned(),
        };
        assert!(rows[0].contains(&name.as_str()), "{name}");
        let column = rows[0].iter().position(|title| *title == name).unwrap();
        let step = value(2, 0) - value(1, 0);
        let place = of("frequency_hz") / step;
        let off = place - place.round();
        let x = std::f64::consts::PI * off;
        let share = if off == 0.0 { 1.0 } else { x.sin() / (x * (1.0 - off * off)) };
        let curve = value(place.round() as usize + 1, column);
        let median = of("amplitude_m") / of("over_median");
        assert!((curve - share * of("amplitude_m")).abs() < median, "{line}: {name} has {curve}");
    }
}
