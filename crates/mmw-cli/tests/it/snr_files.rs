//! `mmw snr estimate` on files of complex and real samples, blocks over time, and options without effect.

use super::{TempFolder, mmw, stderr, succeed};
use serde_json::{Value, json};
use snr_quantile::mmw_core::random::Streams;
use snr_quantile::num_complex::Complex;
use snr_quantile::psk::{self, Modulation};
use snr_quantile::{Snr, compare};
use std::path::{Path, PathBuf};

/// QPSK of 12 dB as I and Q.
fn signal(count: usize) -> Vec<Complex<f64>> {
    let snr = Snr::from_es_n0(10_f64.powf(1.2)).unwrap();
    psk::samples(Modulation::Qpsk, snr, count, &mut Streams::new(4).stream(0)).unwrap().to_vec()
}

fn parts(y: &[Complex<f64>], scale: f64) -> impl Iterator<Item = f64> {
    y.iter().flat_map(|y| [y.re, y.im]).map(move |x| x * scale)
}

fn wav(kind: &[u8; 4], tag: u16, channels: u16, bits: u16, data: &[u8]) -> Vec<u8> {
    let align = channels * bits / 8;
    let fields = [tag, channels, 8000, 0, 0, 0, align, bits];
    let format: Vec<u8> = fields.iter().flat_map(|field| field.to_le_bytes()).collect();
    let long = [[0; 8], (data.len() as u64).to_le_bytes(), [0; 8]].concat();
    let is_long = kind == b"RF64";
    let size = if is_long { u32::MAX } else { data.len() as u32 };
    let ds64 = if is_long { [b"ds64", &24_u32.to_le_bytes()[..], &long].concat() } else { Vec::new() };
    let head = [b"fmt ", &16_u32.to_le_bytes()[..], &format, b"data", &size.to_le_bytes()].concat();
    [kind, &[0; 4][..], b"WAVE", &ds64, &head, data].concat()
}

/// The same record in every format.
fn files(folder: &Path, y: &[Complex<f64>]) -> Vec<PathBuf> {
    let cf32: Vec<u8> = parts(y, 1.0).flat_map(|x| (x as f32).to_le_bytes()).collect();
    let cs16: Vec<u8> = parts(y, 6000.0).flat_map(|x| (x.round() as i16).to_le_bytes()).collect();
    let cs8: Vec<u8> = parts(y, 40.0).map(|x| x.round() as i8 as u8).collect();
    let cu8: Vec<u8> = parts(y, 40.0).map(|x| (x + 127.5).round() as u8).collect();
    let be: Vec<u8> = parts(y, 1.0).flat_map(|x| (x as f32).to_be_bytes()).collect();
    let dict = format!("{{'descr': '<c8', 'fortran_order': False, 'shape': ({},)}}\n", y.len());
    let npy = [b"\x93NUMPY\x01\x00", &(dict.len() as u16).to_le_bytes()[..], dict.as_bytes(), &cf32].concat();
    let meta = br#"{"global": {"core:datatype": "cf32_be", "core:version": "1.0.0"}, "captures": [], "annotations": []}"#;
    let all: [(&str, &[u8]); 9] = [
        ("x.cf32", &cf32),
        ("x.cs16", &cs16),
        ("x.cs8", &cs8),
        ("x.cu8", &cu8),
        ("x.npy", &npy),
        ("x.wav", &wav(b"RIFF", 1, 2, 16, &cs16)),
        ("long.wav", &wav(b"RF64", 3, 2, 32, &cf32)),
        ("x.sigmf-data", &be),
        ("x.sigmf-meta", meta),
    ];
    let write = |(name, bytes): (&str, &[u8])| {
        std::fs::write(folder.join(name), bytes).unwrap();
        folder.join(name)
    };
    all.into_iter().map(write).collect()
}

fn estimate(arguments: &[&str]) -> Value {
    serde_json::from_str(&succeed(&[&["snr", "estimate", "--json"], arguments].concat())).unwrap()
}

#[test]
fn every_format_gives_the_same_estimate() {
    let folder = TempFolder::new("snr-formats");
    let mut estimates = Vec::new();
    for file in files(folder.path(), &signal(20_000)) {
        let answer = estimate(&[file.to_str().unwrap(), "--modulation", "qpsk"]);
        assert_eq!((&answer["samples"], &answer["modulation"]), (&json!(20_000), &json!("qpsk")), "{answer}");
        estimates.push(answer["es_n0_db"].as_f64().unwrap());
        assert!(answer["interval_db"][0].as_f64() < answer["snr_db"].as_f64(), "{answer}");
    }
    // Rounding to integers of a 40th adds 1/19200 to a noise of 0.03 in either part: 0.01 dB.
    assert!(estimates.iter().all(|db| (db - estimates[0]).abs() < 0.02), "{estimates:?}");
    assert!((estimates[0] - 12.0).abs() < 0.15, "{estimates:?}");
    let raw = folder.path().join("x.bin");
    std::fs::copy(folder.path().join("x.cf32"), &raw).unwrap();
    let asked = estimate(&[raw.to_str().unwrap(), "--format", "cf32", "--modulation", "qpsk"]);
    assert_eq!(asked["es_n0_db"].as_f64(), Some(estimates[0]));
    for estimator in ["ml", "m2m4", "svr", "decision_directed"] {
        let answer = estimate(&[
            raw.to_str().unwrap(),
            "--format=cf32",
            "--modulation=qpsk",
            "--estimator",
            estimator,
        ]);
        assert!((answer["es_n0_db"].as_f64().unwrap() - 12.0).abs() < 0.4, "{answer}");
        assert_eq!(answer.get("interval_db").is_some(), estimator == "ml");
    }
}

#[test]
fn one_channel_is_real_and_takes_the_estimators_of_real_samples() {
    let folder = TempFolder::new("snr-mono");
    let x = compare::bpsk_samples(Snr::from_db(10.0).unwrap(), 5000, &mut Streams::new(2).stream(0)).unwrap();
    let data: Vec<u8> = x.iter().flat_map(|x| (*x as f32).to_le_bytes()).collect();
    let (mono, raw) = (folder.path().join("x.wav"), folder.path().join("x.rf32"));
    std::fs::write(&mono, wav(b"RIFF", 3, 1, 32, &data)).unwrap();
    std::fs::write(&raw, &data).unwrap();
    let one = estimate(&[mono.to_str().unwrap()]);
    assert_eq!(one, estimate(&[raw.to_str().unwrap(), "--modulation", "bpsk"]));
    assert!((one["snr_db"].as_f64().unwrap() - 10.0).abs() < 0.4, "{one}");
    let output = mmw(&["snr", "estimate", raw.to_str().unwrap(), "--modulation", "qpsk"]).output().unwrap();
    assert!(stderr(&output).contains("modulation: the samples are real"), "{}", stderr(&output));
}

#[test]
fn rates_turn_into_eb_n0_and_c_n0() {
    let folder = TempFolder::new("snr-rates");
    let file = files(folder.path(), &signal(2000)).remove(0);
    let file = file.to_str().unwrap();
    let number = |answer: &Value, key: &str| answer[key].as_f64().unwrap();
    let plain = estimate(&[file, "--modulation=qpsk"]);
    let es_n0_db = number(&plain, "es_n0_db");
    assert!((number(&plain, "eb_n0_db") - es_n0_db + 10.0 * 2_f64.log10()).abs() < 1e-12);
    assert!(plain.get("c_n0_db_hz").is_none());
    let rated = estimate(&[file, "--modulation=qpsk", "--symbol-rate-hz=1e6", "--bits-per-symbol=1"]);
    assert!((number(&rated, "c_n0_db_hz") - es_n0_db - 60.0).abs() < 1e-12);
    assert_eq!(number(&rated, "eb_n0_db"), es_n0_db);
    let shown = succeed(&["snr", "estimate", file, "--modulation=qpsk", "--symbol-rate-hz=1e6"]);
    for word in ["ml_binned on 2000 samples of qpsk", "Eb/N0", "C/N0", "dB-Hz", "phase"] {
        assert!(shown.contains(word), "{shown}");
    }
}

#[test]
fn blocks_are_a_series_in_a_table_and_a_picture() {
    let folder = TempFolder::new("snr-blocks");
    let file = files(folder.path(), &signal(10_500)).remove(0);
    let (csv, svg) = (folder.path().join("s.csv"), folder.path().join("s.svg"));
    let paths = [&file, &csv, &svg].map(|path| path.to_str().unwrap());
    let [file, out, plot] = paths;
    let arguments =
        [file, "--modulation=qpsk", "--block=1000", "--symbol-rate-hz=1e3", "--out", out, "--plot", plot];
    let series = estimate(&arguments);
    let blocks = series["blocks"].as_array().unwrap();
    assert_eq!((blocks.len(), &series["left_over"]), (10, &json!(500)));
    assert_eq!((&blocks[3]["start"], &blocks[3]["time_s"]), (&json!(3000), &json!(3.5)));
    // 1000 samples have a deviation of 0.15 dB.
    assert!(blocks.iter().all(|block| (block["es_n0_db"].as_f64().unwrap() - 12.0).abs() < 0.75), "{series}");
    let table = std::fs::read_to_string(&csv).unwrap();
    let rows: Vec<&str> = table.lines().collect();
    assert!(
        rows.len() == 11 && rows[0] == "start,time_s,snr_db,es_n0_db,lower_db,upper_db,is_detected,misfit",
        "{table}"
    );
    assert_eq!(rows[1].split(',').nth(2).unwrap().parse().ok(), blocks[0]["snr_db"].as_f64());
    assert!(std::fs::read_to_string(&svg).unwrap().contains("time (s)"));
    let output = mmw(&["snr", "estimate", file, "--modulation=qpsk", "--block=20000"]).output().unwrap();
    assert!(stderr(&output).contains("10500 items"), "{}", stderr(&output));
}

#[test]
fn a_record_or_a_block_of_complex_samples_that_does_not_fit_is_flagged() {
    let folder = TempFolder::new("snr-misfit");
    let spoilt: Vec<_> =
        signal(3000).iter().enumerate().map(|(k, y)| if k < 1000 { *y } else { y + 0.3 }).collect();
    let file = files(folder.path(), &spoilt).remove(0);
    let csv = folder.path().join("s.csv");
    let [file, out] = [&file, &csv].map(|path| path.to_str().unwrap());
    let whole = estimate(&[file, "--modulation=qpsk"]);
    assert!(whole["misfit"].is_string() && whole["snr_db"].is_number(), "{whole}");
    let arguments = ["snr", "estimate", file, "--modulation=qpsk", "--block=1000"];
    let series = estimate(&[&arguments[2..], &["--out", out][..]].concat());
    let blocks = series["blocks"].as_array().unwrap();
    assert!(blocks[0].get("misfit").is_none(), "{series}");
    assert!(blocks[1..].iter().all(|block| block["misfit"] == "offset"), "{series}");
    let table = std::fs::read_to_string(&csv).unwrap();
    assert!(table.lines().nth(2).unwrap().ends_with(",offset"), "{table}");
    let text = succeed(&arguments);
    assert!(text.contains("misfit: a constant offset") && text.contains("2 of 3 blocks"), "{text}");
}

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_name_and_place() {
    let folder = TempFolder::new("snr-wrong");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let nan = [1.0_f32, 0.5, 1.0, f32::NAN].map(f32::to_le_bytes).concat();
    for (path, words) in [
        (write("odd.cf32", &[0; 11]), ["odd.cf32: at byte 8", "a sample of 8 bytes"]),
        (write("nan.cf32", &nan), ["nan.cf32: at byte 8", "index 1"]),
        (write("empty.cf32", &[]), ["empty.cf32: at byte 0", "samples"]),
        (write("riff.cf32", b"RIFF0000WAVE"), ["riff.cf32", ".wav"]),
        (write("x.iq", &[0; 8]), ["x.iq", "--format"]),
        (write("x.sigmf", &[0; 8]), ["x.sigmf", "archive"]),
        (write("y.sigmf-meta", b"{}"), ["y.sigmf-meta", "global"]),
        (write("comma.csv", b"1.0\n,\n-0.9\n1.1\n"), ["comma.csv: line 2", "holds no number"]),
        (write("first.csv", b"1.0.3\n-0.9\n1.1\n"), ["first.csv: line 1", "1.0.3"]),
    ] {
        let output = mmw(&["snr", "estimate", &path, "--modulation=bpsk"]).output().unwrap();
        let said = stderr(&output);
        assert!(output.status.code() == Some(1) && words.iter().all(|word| said.contains(word)), "{said}");
    }
    let missing = mmw(&["snr", "estimate", &write("m.cf32", &nan)]).output().unwrap();
    assert!(stderr(&missing).contains("modulation is not given"), "{}", stderr(&missing));
}

#[test]
fn options_without_effect_are_errors_in_every_mode() {
    let folder = TempFolder::new("snr-options");
    let complex = files(folder.path(), &signal(200)).remove(0);
    let text: Vec<String> = parts(&signal(100), 1.0).map(|x| x.to_string()).collect();
    let real = folder.path().join("x.csv");
    std::fs::write(&real, text.join("\n")).unwrap();
    let symbols = vec!["1"; 200].join(",");
    let options: [(&str, Vec<String>); 9] = [
        ("confidence", vec!["--confidence=0.9".into()]),
        ("symbols", vec![format!("--symbols={symbols}")]),
        ("finite_sample", vec!["--finite-sample".into()]),
        ("channel", vec!["--channel=0".into()]),
        ("modulation", vec!["--modulation=qpsk".into()]),
        ("symbol_rate_hz", vec!["--symbol-rate-hz=1000".into()]),
        ("bits_per_symbol", vec!["--bits-per-symbol=1".into()]),
        ("block", vec!["--block=100".into()]),
        ("format", vec!["--format=csv".into()]),
    ];
    let reals =
        ["ml_binned", "robust", "ml", "l_statistic", "m2m4", "m1m2", "svr", "quartic", "decision_directed"];
    let complexes = ["ml_binned", "ml", "m2m4", "svr", "decision_directed"];
    let run = |file: &Path, is_complex: bool, estimator: &str, option: &str, value: &[String]| {
        let mut arguments = vec!["snr".to_owned(), "estimate".into(), file.to_str().unwrap().into()];
        arguments.push(format!("--estimator={estimator}"));
        if is_complex && option != "modulation" {
            arguments.push("--modulation=qpsk".into());
        }
        if estimator == "data_aided" && option != "symbols" {
            arguments.push(format!("--symbols={symbols}"));
        }
        arguments.extend_from_slice(value);
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = mmw(&words).output().unwrap();
        (output.status.success(), stderr(&output))
    };
    for (file, is_complex, estimators) in [(&real, false, &reals[..]), (&complex, true, &complexes)] {
        for estimator in estimators.iter().chain(&["data_aided"]) {
            for (option, value) in &options {
                let has_effect = match *option {
                    "confidence" if is_complex => estimator.starts_with("ml"),
                    "confidence" => !["quartic", "decision_directed"].contains(estimator),
                    "symbols" => *estimator == "data_aided",
                    "finite_sample" => *estimator == "quartic",
                    "modulation" => is_complex,
                    "block" => *estimator != "data_aided",
                    "channel" => false,
                    "format" => !is_complex,
                    _ => true,
                };
                if *option == "format" && is_complex {
                    // It has one: the bytes are read as text.
                    continue;
                }
                let (is_fine, said) = run(file, is_complex, estimator, option, value);
                assert_eq!(is_fine, has_effect, "{estimator} {option}: {said}");
                assert!(is_fine || said.contains(option), "{estimator} {option}: {said}");
            }
        }
    }
    let list = "--samples=1.2,-0.9,0.8,-1.1,-1.0,1.3,0.7,-1.2";
    for option in ["--format=csv", "--channel=0"] {
        let output = mmw(&["snr", "estimate", list, option]).output().unwrap();
        assert!(!output.status.success(), "{option}");
    }
    for option in ["--out=x.csv", "--plot=x.png"] {
        assert_eq!(
            mmw(&["snr", "estimate", list, option]).output().unwrap().status.code(),
            Some(2),
            "{option}"
        );
    }
}

#[test]
fn a_study_of_complex_samples_is_a_table() {
    let folder = TempFolder::new("snr-psk");
    let csv = folder.path().join("table.csv");
    let shown = succeed(&[
        "snr",
        "psk",
        "--modulations=bpsk,qpsk",
        "--es-n0-db=none,10",
        "--samples=100",
        "--trials=40",
        "--out",
        csv.to_str().unwrap(),
    ]);
    assert_eq!(shown.lines().count(), 1 + 16 + 1, "{shown}");
    assert_eq!(std::fs::read_to_string(&csv).unwrap().lines().count(), 17);
    let bound = succeed(&["snr", "crlb", "--snr-db=10", "--samples=1000", "--modulation=8psk"]);
    assert!(bound.contains("dB²"), "{bound}");
}
