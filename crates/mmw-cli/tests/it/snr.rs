//! `mmw snr`: batch lines against the reference table, files of samples, and what is refused.

use super::{TempFolder, mmw, stderr, succeed};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// The answers to the lines of a batch, and the exit status.
fn batch(command: &str, lines: &[String]) -> (Vec<Value>, Option<i32>) {
    let mut child =
        mmw(&["snr", command, "--batch", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.join("\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), output.status.code())
}

fn answers(command: &str, questions: &[Value]) -> Vec<Value> {
    let lines: Vec<String> = questions.iter().map(Value::to_string).collect();
    let (answers, status) = batch(command, &lines);
    assert_eq!((answers.len(), status), (questions.len(), Some(0)), "{answers:?}");
    answers
}

/// The kind of the error on one bad line.
fn refused(command: &str, line: &str) -> String {
    let (answers, status) = batch(command, &[line.to_owned()]);
    assert_eq!((answers.len(), status), (1, Some(1)), "{answers:?}");
    assert!(answers[0]["error"]["message"].as_str().is_some_and(|message| !message.is_empty()));
    answers[0]["error"]["kind"].as_str().unwrap().to_owned()
}

/// The reference table of the library: its generator and digits stand in its `meta`.
fn oracle() -> Value {
    serde_json::from_str(include_str!("../../../snr-quantile/tests/data/oracle.json")).unwrap()
}

fn rows<'a>(table: &'a Value, key: &str) -> &'a [Value] {
    table[key].as_array().unwrap()
}

/// A number, or the digits of one.
fn number(value: &Value) -> f64 {
    value.as_str().map_or_else(|| value.as_f64().unwrap(), |text| text.parse().unwrap())
}

fn relative(got: &Value, expected: &Value) -> f64 {
    (got.as_f64().unwrap() / number(expected) - 1.0).abs()
}

#[test]
fn the_calibration_is_that_of_the_table() {
    let table = oracle();
    let questions: Vec<Value> =
        rows(&table, "C").iter().map(|row| json!({ "sigma": number(&row["sigma"]) })).collect();
    for (answer, row) in answers("calibration", &questions).iter().zip(rows(&table, "C")) {
        assert!(relative(&answer["c4"], &row["C4_p"]) < 1e-12, "{answer}");
        for (k, expected) in rows(row, "C_p").iter().enumerate() {
            // Coefficients up to 23, from a conversion that multiplies rounding by binomials.
            let got = answer[format!("c{k}")].as_f64().unwrap();
            assert!((got - number(expected)).abs() < 1e-12, "{answer}");
        }
    }
    let back = answers("calibration", &[json!({ "c4": 7.612_410_851_836_493 })]);
    assert!((back[0]["sigma"].as_f64().unwrap() - 0.5).abs() < 1e-13, "{back:?}");
}

#[test]
fn the_bound_is_that_of_the_table() {
    let table = oracle();
    let questions: Vec<Value> =
        rows(&table, "crlb").iter().map(|row| json!({ "snr_db": row["snr_db"], "samples": 200 })).collect();
    for (answer, row) in answers("crlb", &questions).iter().zip(rows(&table, "crlb")) {
        assert!(relative(&answer["crlb_db2"], &row["crlb_dB2_N200"]) < 1e-12, "{answer}");
    }
}

#[test]
fn the_estimates_are_those_of_the_table_and_absent_where_there_is_none() {
    let table = oracle();
    let vectors = rows(&table, "vectors");
    for (estimator, key, tolerance_db) in [
        ("m2m4", "snr_db_M2M4_real", 1e-10),
        ("svr", "snr_db_SVR_real", 1e-10),
        ("ml", "snr_db_ML", 1e-8),
        // The inverse of the table is in double precision, and C4 is nearly flat at low SNR.
        ("quartic", "snr_db_quantile", 1e-9),
    ] {
        let question = |row: &Value| {
            let samples: Vec<f64> = rows(row, "x").iter().map(number).collect();
            json!({ "samples": samples, "estimator": estimator })
        };
        let questions: Vec<Value> = vectors.iter().map(question).collect();
        for (answer, row) in answers("estimate", &questions).iter().zip(vectors) {
            assert_eq!(answer["estimator"], estimator);
            assert_eq!(answer["identifiable"], !row[key].is_null(), "{estimator}, vector {}", row["id"]);
            if row[key].is_null() {
                for absent in ["snr_linear", "snr_db", "noise_std"] {
                    assert!(answer.get(absent).is_none(), "{answer}");
                }
            } else {
                let snr_db = answer["snr_db"].as_f64().unwrap();
                assert!((snr_db - number(&row[key])).abs() < tolerance_db, "{estimator}: {answer}");
            }
            if estimator == "quartic" {
                assert!(answer.get("interval_db").is_none(), "{answer}");
            } else {
                let [low, high] = [0, 1].map(|end| answer["interval_db"][end].as_f64().unwrap());
                let snr_db = answer.get("snr_db").map_or(-100.0, number);
                assert!(low <= snr_db && snr_db < high, "{answer}");
            }
            if estimator == "quartic" {
                assert!(relative(&answer["c4"], &row["C4_p"]) < 1e-12, "{answer}");
            } else {
                assert!(answer.get("c4").is_none());
            }
        }
    }
}

/// A record of 7 dB as the two kinds of file.
fn record(folder: &Path) -> (PathBuf, PathBuf, Vec<f64>) {
    // The normal scores of a permuted grid: a smooth stand-in for noise.
    let law = |k: u32| f64::from((k * 389) % 1000) / 1000.0 + 5e-4;
    let x: Vec<f64> = (0..1000)
        .map(|k| (if k % 2 == 0 { 1.0 } else { -1.0 }) + 0.3 * (law(k) / (1.0 - law(k))).ln())
        .collect();
    let (npy, csv) = (folder.join("x.npy"), folder.join("x.csv"));
    let dict = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000,)}\n";
    let mut bytes = [b"\x93NUMPY\x01\x00", &(dict.len() as u16).to_le_bytes()[..], dict.as_bytes()].concat();
    bytes.extend(x.iter().flat_map(|x| x.to_le_bytes()));
    std::fs::write(&npy, bytes).unwrap();
    let text: Vec<String> = x.iter().map(|x| format!("{x:?}")).collect();
    std::fs::write(&csv, format!("volt\n{}\n", text.join("\n"))).unwrap();
    (npy, csv, x)
}

#[test]
fn a_file_gives_the_estimate_of_its_samples() {
    let folder = TempFolder::new("snr");
    let (npy, csv, x) = record(folder.path());
    for estimator in ["ml_binned", "m2m4", "quartic", "l_statistic"] {
        let listed = answers("estimate", &[json!({ "samples": x, "estimator": estimator })]).remove(0);
        // A stream meets its largest sample late and rescales its sums, which costs a rounding.
        let same = |answer: &Value| {
            let apart_db = answer["snr_db"].as_f64().unwrap() - listed["snr_db"].as_f64().unwrap();
            assert!(apart_db.abs() < 1e-9 && answer["samples"] == 1000, "{answer} {listed}");
        };
        for file in [&npy, &csv] {
            let file = file.to_str().unwrap();
            let shown = succeed(&["snr", "estimate", file, "--estimator", estimator, "--json"]);
            same(&serde_json::from_str(&shown).unwrap());
        }
        same(&answers("estimate", &[json!({ "file": npy, "estimator": estimator })]).remove(0));
    }
}

#[test]
fn people_are_told_what_the_numbers_are() {
    let folder = TempFolder::new("snr-people");
    let (npy, ..) = record(folder.path());
    let shown = succeed(&["snr", "estimate", npy.to_str().unwrap()]);
    for word in ["ml_binned on 1000 samples", "SNR", "dB at 95 %", "Es/N0", "amplitude", "noise"] {
        assert!(shown.contains(word), "{shown}");
    }
    let noise = "--samples=0.1,0.1,-0.1,0.2,3.0,-0.1,0.1,0.2";
    assert!(succeed(&["snr", "estimate", noise]).contains("not identifiable"));
    for command in ["estimate", "crlb", "compare"] {
        assert!(succeed(&["snr", command, "--help"]).contains("Es/N0"), "{command}");
    }
    assert!(succeed(&["snr", "crlb", "--snr-db=-2", "--samples", "1000"]).contains("dB²"));
    assert!(succeed(&["snr", "calibration", "--sigma", "0.5"]).contains("7.612411"));
}

#[test]
fn a_comparison_is_a_table_on_paper_and_in_files() {
    let folder = TempFolder::new("snr-compare");
    let csv = folder.path().join("table.csv");
    let arguments =
        ["--estimators=ml_binned,m2m4", "--snr-db=-5,10", "--samples=100,200", "--trials=200", "--seed=3"];
    let run = |more: &[&str]| succeed(&[&["snr", "compare"], &arguments[..], more].concat());
    let text = run(&["--out", csv.to_str().unwrap()]);
    assert_eq!(text.lines().count(), 1 + 8 + 1, "{text}");
    assert!(text.contains("MSE/CRB") && text.contains("200 trials"));

    let answer: Value = serde_json::from_str(&run(&["--json"])).unwrap();
    let table = std::fs::read_to_string(&csv).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 9);
    for (row, line) in rows(&answer, "rows").iter().zip(&lines[1..]) {
        let cells: Vec<&str> = line.split(',').collect();
        for (column, cell) in lines[0].split(',').zip(cells) {
            if column == "estimator" {
                assert_eq!(row[column], cell);
            } else {
                assert_eq!(row[column].as_f64(), cell.parse().ok(), "{column}");
            }
        }
    }
    // At 10 dB and 200 samples likelihood is at the bound, give or take 4 errors of 10 %.
    let last = &rows(&answer, "rows")[6];
    assert_eq!((&last["estimator"], &last["samples"]), (&json!("ml_binned"), &json!(200)));
    assert!((last["mse_over_crlb"].as_f64().unwrap() - 1.0).abs() < 0.4, "{last}");
    let line = json!({ "estimators": ["ml_binned", "m2m4"], "snr_db": [-5, 10], "samples": [100, 200],
                       "trials": 200, "seed": 3 });
    assert_eq!(answers("compare", &[line]).remove(0), answer);
}

#[test]
fn records_without_an_estimate_are_typed_errors() {
    for estimator in ["quartic", "l_statistic", "ml", "ml_binned", "m2m4", "m1m2", "svr", "decision_directed"]
    {
        for (samples, kind) in [
            ("[1, -1, 1, 1, -1, 1, 1, 1]", "invalid"),
            ("[0, 0, 0, 0, 0, 0, 0, 0]", "invalid"),
            ("[1]", "too_few"),
            ("[]", "too_few"),
            ("[1, NaN]", "parse"),
            ("[1, 1e999]", "parse"),
        ] {
            let line = format!("{{\"samples\": {samples}, \"estimator\": \"{estimator}\"}}");
            assert_eq!(refused("estimate", &line), kind, "{line}");
        }
    }
}

#[test]
fn nonsense_is_an_error_with_a_kind() {
    for (command, line, kind) in [
        ("estimate", r#"{}"#, "missing"),
        ("estimate", r#"{"samples": [1, 2], "estimator": "best"}"#, "parse"),
        ("estimate", r#"{"samples": [1, 2], "estimater": "ml"}"#, "parse"),
        ("estimate", r#"{"samples": [1, 2], "confidence": 1}"#, "domain"),
        ("estimate", r#"{"samples": [1, 2], "finite_sample": true}"#, "invalid"),
        ("estimate", r#"{"samples": [1, 2], "symbols": [1, -1]}"#, "invalid"),
        ("estimate", r#"{"samples": [1, 2], "estimator": "data_aided"}"#, "missing"),
        ("estimate", r#"{"samples": [1, 2], "estimator": "data_aided", "symbols": [1, 0]}"#, "domain"),
        ("estimate", r#"{"samples": [1, 2], "file": "x.npy"}"#, "invalid"),
        ("estimate", r#"{"file": "-"}"#, "parse"),
        ("estimate", r#"{"file": "no/such/file.npy"}"#, "io"),
        ("crlb", r#"{"snr_db": 0, "samples": 0}"#, "too_few"),
        ("crlb", r#"{"snr_db": -100, "samples": 10}"#, "domain"),
        ("crlb", r#"{"snr_db": 0}"#, "missing"),
        ("calibration", r#"{"sigma": 0}"#, "domain"),
        ("calibration", r#"{"sigma": 1.01}"#, "domain"),
        ("calibration", r#"{"c4": 16}"#, "domain"),
        ("calibration", r#"{"c4": 1, "sigma": 1}"#, "invalid"),
        ("calibration", r#"{}"#, "missing"),
        ("compare", r#"{"trials": 1}"#, "too_few"),
        ("compare", r#"{"samples": [1000000000000]}"#, "domain"),
        ("compare", r#"{"estimators": ["data_aided"]}"#, "invalid"),
        ("compare", r#"{"estimators": []}"#, "too_few"),
        ("compare", r#"{"clip_db": [5, -5]}"#, "domain"),
        ("compare", r#"{"snr_db": [-61]}"#, "domain"),
        ("compare", r#"{"snr_db": [101]}"#, "domain"),
    ] {
        assert_eq!(refused(command, line), kind, "{command} {line}");
    }
    assert_eq!(mmw(&["snr", "estimate"]).output().unwrap().status.code(), Some(2));
    assert_eq!(mmw(&["snr", "calibration"]).output().unwrap().status.code(), Some(2));
    let output = mmw(&["snr", "estimate", "--samples=1,nan"]).output().unwrap();
    assert_eq!((output.status.code(), stderr(&output).contains("not finite")), (Some(1), true));
}

#[test]
fn a_null_field_is_one_not_given() {
    let x = json!([1.2, -0.9, 0.8, -1.1, -1.0, 1.3, 0.7, -1.2]);
    let nulls = json!({ "samples": x, "estimator": null, "confidence": null, "finite_sample": null });
    let both = answers("estimate", &[nulls, json!({ "samples": x })]);
    assert_eq!((&both[0], &both[0]["estimator"]), (&both[1], &json!("ml_binned")));
}

#[test]
fn an_estimate_near_zero_has_an_interval_that_can_be_read() {
    // Noise of a kurtosis just below 3: the only root of the likelihood equation is at -19.13 dB.
    let x = [
        -0.36126740943592145,
        0.023940362224686818,
        -1.3993032824903002,
        0.13287725387003432,
        0.4329200387847113,
        0.4931794249968492,
        0.16470695513013028,
        0.07085635203147594,
        -0.35697503362704336,
        1.6918104722208154,
        1.4964688970085303,
        1.1189327533430002,
        -1.1302360058063066,
        -1.9273176103520566,
        -2.5992774398542573,
        -1.0222193785289222,
        -0.44935288976899274,
        -0.7610656819515136,
        -1.4195233713760236,
        -1.053061088526487,
        0.7960350596927784,
        -0.022357574174289407,
        0.06520820460351906,
        -0.5069935125211377,
        -0.5847745120980499,
    ];
    let answer = answers("estimate", &[json!({ "samples": x.to_vec(), "estimator": "ml" })]).remove(0);
    assert!((answer["snr_db"].as_f64().unwrap() + 19.134_159_81).abs() < 1e-7, "{answer}");
    let [low, high] = [0, 1].map(|end| answer["interval_db"][end].as_f64().unwrap());
    assert!(low == -100.0 && high < 30.0, "{answer}");
}

#[test]
fn a_record_that_does_not_fit_is_flagged_and_not_every_estimator_has_an_interval() {
    use snr_quantile::{Snr, compare::bpsk_samples, mmw_core::random::Streams};
    let x = bpsk_samples(Snr::from_db(10.0).unwrap(), 1000, &mut Streams::new(1).stream(0)).unwrap();
    let ask = |offset: f64, estimator: &str| {
        let samples: Vec<f64> = x.iter().map(|x| x + offset).collect();
        answers("estimate", &[json!({ "samples": samples, "estimator": estimator })]).remove(0)
    };
    for estimator in ["ml_binned", "robust", "m2m4", "quartic", "decision_directed"] {
        let has_none = ["quartic", "decision_directed"].contains(&estimator);
        let answer = ask(0.0, estimator);
        for key in ["interval_db", "confidence", "is_detected"] {
            assert_eq!(answer.get(key).is_none(), has_none, "{answer}");
        }
        assert!(answer.get("misfit").is_none(), "{answer}");
        assert_eq!(ask(0.5, estimator)["misfit"], "offset");
    }
}

#[test]
fn coverage_is_a_table_on_paper_and_in_files() {
    let folder = TempFolder::new("snr-coverage");
    let file = folder.path().join("coverage.csv");
    let arguments = ["snr", "coverage", "--samples", "50", "--snr-db", "none,10", "--trials", "200"];
    let paper = succeed(&[&arguments[..], &["--out", file.to_str().unwrap()]].concat());
    // A line for each of five estimators at two SNRs, one above and one below them.
    assert_eq!(paper.lines().count(), 12);
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 11);
    let answer: Value = serde_json::from_str(&succeed(&[&arguments[..], &["--json"]].concat())).unwrap();
    assert_eq!(answer["rows"].as_array().unwrap().len(), 10);
    for row in answer["rows"].as_array().unwrap() {
        // Four standard errors of 0.0154.
        assert!((row["covered"].as_f64().unwrap() - 0.95).abs() < 0.062, "{row}");
        assert_eq!(row["detected"].as_f64().unwrap() > 0.9, row["snr_db"] == 10.0, "{row}");
    }
}
