//! Each option of `mmw snr` changes the answer, or is an error that names it.

use super::options::{Table, option, over};
use super::{TempFolder, mmw, stderr};
use serde_json::{Value, json};
use snr_quantile::mmw_core::random::Streams;
use snr_quantile::psk::{self, Modulation};
use snr_quantile::{Method, Snr, compare};

/// 64 samples of 8 dB of which every estimator makes something: the quartic does not of each record.
fn samples(skipped: usize) -> Vec<f64> {
    let snr = Snr::from_db(8.0).unwrap();
    let quartic = Method::Quartic.estimator::<f64>().unwrap();
    let records =
        (0..).map(|stream| compare::bpsk_samples(snr, 64, &mut Streams::new(7).stream(stream)).unwrap());
    let mut good = records.filter(|x| quartic.estimate(x).unwrap().is_identifiable());
    good.nth(skipped).unwrap().to_vec()
}

#[test]
fn every_option_of_the_estimate_works_or_is_named() {
    let folder = TempFolder::new("snr-options");
    let path = |name: &str| folder.path().join(name);
    let lines: Vec<String> = samples(0).iter().map(f64::to_string).collect();
    std::fs::write(path("x.csv"), lines.join("\n")).unwrap();
    let floats: Vec<u8> = samples(0).iter().flat_map(|x| (*x as f32).to_le_bytes()).collect();
    std::fs::write(path("x.rf32"), &floats).unwrap();
    let y = psk::samples(Modulation::Qpsk, Snr::from_db(12.0).unwrap(), 64, &mut Streams::new(8).stream(0))
        .unwrap();
    let parts: Vec<u8> =
        y.iter().flat_map(|y| [y.re as f32, y.im as f32]).flat_map(f32::to_le_bytes).collect();
    std::fs::write(path("y.cf32"), &parts).unwrap();

    let alone = json!({});
    let known = |count: usize| json!({ "symbols": vec![1; count], "estimator": "data_aided" });
    let mut options = vec![
        option("file", json!(path("x.rf32")), &json!({ "samples": null })),
        option("file", json!(path("y.cf32")), &json!({ "samples": null })),
        option("samples", json!(samples(1)), &json!({ "file": null })),
        option("format", json!("rf64"), &alone),
        option("format", json!("rs16"), &alone),
        option("format", json!("cs16"), &alone),
        option("channel", json!(0), &alone),
        option("modulation", json!("bpsk"), &alone),
        option("modulation", json!("8psk"), &alone),
        option("symbols", json!(vec![1; 64]), &alone),
        option("symbols", json!([1, -1].repeat(32)), &json!({ "estimator": "data_aided" })),
        option("finite_sample", json!(true), &alone),
        option("confidence", json!(0.9), &alone),
        option("symbol_rate_hz", json!(1e6), &alone),
        option("bits_per_symbol", json!(0.5), &alone),
        option("block", json!(32), &alone),
    ];
    let methods = ["ml", "l_statistic", "m2m4", "svr", "quartic", "decision_directed", "robust"];
    options.extend(methods.map(|name| option("estimator", json!(name), &alone)));
    let list = json!({ "samples": samples(0) });
    let real = json!({ "file": path("x.csv") });
    let complex = json!({ "file": path("y.cf32"), "modulation": "qpsk" });
    let mut modes = vec![list.clone(), real.clone(), complex.clone()];
    modes.extend(methods.map(|name| over(&list, &json!({ "estimator": name }))));
    modes.extend(
        ["ml", "m2m4", "svr", "decision_directed"].map(|name| over(&complex, &json!({ "estimator": name }))),
    );
    modes.extend([&real, &complex].map(|base| over(base, &json!({ "block": 16 }))));
    modes.push(over(&list, &known(64)));
    let beside = vec!["out", "plot"];
    Table { area: "snr", command: "estimate", base: alone, modes, options, beside }.check();
}

#[test]
fn every_option_of_bound_and_calibration_works_or_is_named() {
    let alone = json!({});
    let options = vec![
        option("snr_db", json!(4), &alone),
        option("samples", json!(300), &alone),
        option("modulation", json!("8psk"), &alone),
        option("modulation", json!("qpsk"), &alone),
    ];
    let mut modes = vec![alone.clone()];
    modes.extend(["bpsk", "qpsk", "8psk", "16psk"].map(|name| json!({ "modulation": name })));
    let base = json!({ "snr_db": 6, "samples": 200 });
    Table { area: "snr", command: "crlb", base, modes, options, beside: vec![] }.check();

    let options = vec![option("sigma", json!(0.4), &alone), option("c4", json!(7), &alone)];
    let modes = vec![json!({ "sigma": 0.5 }), json!({ "c4": 7.6 })];
    Table { area: "snr", command: "calibration", base: alone, modes, options, beside: vec![] }.check();
}

/// Options that all studies have; part and place of a study leave its table alone.
const BESIDE: [&str; 5] = ["threads", "checkpoint", "plot", "page", "out"];

fn study_options(folder: &TempFolder) -> Vec<Value> {
    let alone = json!({});
    let part = folder.path().join("part.json");
    vec![
        option("samples", json!([60]), &alone),
        option("trials", json!(70), &alone),
        option("seed", json!(2), &alone),
        option("costs", json!(true), &alone),
        option("shard", json!("1/2"), &json!({ "out": part })),
    ]
}

#[test]
fn every_option_of_the_studies_works_or_is_named() {
    let folder = TempFolder::new("snr-studies");
    let alone = json!({});
    let check = |command, own: Vec<Value>, base: Value| {
        let options = [study_options(&folder), own].concat();
        let base = over(&base, &json!({ "samples": [50], "trials": 60 }));
        let modes = vec![alone.clone()];
        Table { area: "snr", command, base, modes, options, beside: BESIDE.to_vec() }.check();
    };
    let snr = option("snr_db", json!([4]), &alone);
    let own = vec![
        snr.clone(),
        option("estimators", json!(["m1m2"]), &alone),
        option("confidence", json!(0.6), &alone),
        option("false_alarm_probability", json!(0.4), &alone),
    ];
    check("coverage", own, json!({ "estimators": ["m2m4"], "snr_db": ["none", 3] }));
    let own =
        vec![snr, option("estimators", json!(["m1m2"]), &alone), option("clip_db", json!([-3, 6]), &alone)];
    check("compare", own, json!({ "estimators": ["m2m4"], "snr_db": [0, 3] }));
    let own = vec![
        option("modulations", json!(["bpsk"]), &alone),
        option("estimators", json!(["svr"]), &alone),
        option("es_n0_db", json!([4]), &alone),
    ];
    check("psk", own, json!({ "estimators": ["m2m4"], "es_n0_db": [3] }));
}

#[test]
fn a_part_measures_no_costs_and_draws_nothing() {
    let folder = TempFolder::new("snr-part");
    let out = folder.path().join("part.json");
    for command in ["coverage", "compare", "psk"] {
        for more in ["--costs", "--plot=x.svg", "--page=x.html"] {
            let arguments = ["snr", command, "--shard=1/2", "--out", out.to_str().unwrap(), more];
            let output = mmw(&arguments).output().unwrap();
            let option = more.split_once('=').map_or(more, |(option, _)| option);
            assert!(!output.status.success() && stderr(&output).contains(option), "{}", stderr(&output));
        }
    }
}
