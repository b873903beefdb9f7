//! `mmw link ladder` beyond low-passes of closed form: other families and bands, parts as they are built, and
//! each option in each mode.

use super::options::{Table, option, over};
use super::{mmw, stderr, succeed};
use serde_json::{Value, json};

fn ask(arguments: &[&str]) -> Value {
    serde_json::from_str(&succeed(&[&["link", "ladder", "--json"], arguments].concat())).unwrap()
}

fn loss_db(answer: &Value, index: usize) -> f64 {
    let part = |k: usize| answer["s21"][index][k].as_f64().unwrap();
    -20.0 * part(0).hypot(part(1)).log10()
}

const MATCHED: [&str; 4] = ["--source-ohm", "50", "--load-ohm", "50"];

#[test]
fn families_and_bands_lose_what_they_promise() {
    // SciPy's ellip(5, 0.5, 60): half a decibel at the edge, and at 2.5 times the edge 60 dB or more.
    let elliptic = ["--response", "elliptic", "--order", "5", "--ripple-db", "0.5", "--stopband-db", "60"];
    let low =
        ask(&[&elliptic[..], &MATCHED, &["--cutoff-hz", "1e9", "--frequencies-hz", "1e9,2.5e9"]].concat());
    assert!((loss_db(&low, 0) - 0.5).abs() < 1e-6 && loss_db(&low, 1) > 59.99);
    let kinds: Vec<&str> =
        low["parts"].as_array().unwrap().iter().map(|part| part["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["shunt_c", "series_l", "series_tank_c", "shunt_c", "series_l", "series_tank_c", "shunt_c"]
    );
    assert_eq!(low["branches"].as_array().unwrap().len(), 5);
    // The parts come back as a list of parts.
    let parts = low["parts"].as_array().unwrap().iter();
    let list: Vec<String> =
        parts.map(|part| format!("{}:{}", part["kind"].as_str().unwrap(), part["value"])).collect();
    let again =
        ask(&[&["--parts", &list.join(",")], &MATCHED[..], &["--frequencies-hz", "1e9,2.5e9"]].concat());
    assert_eq!(again["s21"], low["s21"]);

    for (band, edges, passes, stops) in [
        ("high_pass", vec!["--cutoff-hz", "1e9"], "2e9", "1e8"),
        ("band_pass", vec!["--low-hz", "0.9e9", "--high-hz", "1.2e9"], "1.05e9", "0.3e9"),
        ("band_stop", vec!["--low-hz", "0.9e9", "--high-hz", "1.2e9"], "0.3e9", "1.05e9"),
    ] {
        for family in [vec!["--response", "butterworth", "--order", "5"], elliptic.to_vec()] {
            let frequencies = format!("{passes},{stops}");
            let rest = ["--band", band, "--frequencies-hz", &frequencies];
            let answer = ask(&[&family[..], &MATCHED, &edges, &rest].concat());
            assert!(loss_db(&answer, 0) < 0.51 && loss_db(&answer, 1) > 40.0, "{band} {family:?}: {answer}");
        }
    }
}

#[test]
fn an_even_chebyshev_works_at_its_limit_and_says_where_it_is() {
    let even = ["--response", "chebyshev", "--order", "4", "--ripple-db", "0.5", "--load-ohm", "50"];
    let refused = mmw(&[&["link", "ladder", "--source-ohm", "50"], &even[..]].concat()).output().unwrap();
    assert!(stderr(&refused).contains("at least 1.98405"), "{}", stderr(&refused));
    let limit = ask(&[&["--source-ohm", "limit"], &even[..]].concat());
    // g5 = 1.9841 in the tables of Matthaei, Young and Jones.
    assert!((limit["source_ohm"].as_f64().unwrap() / 50.0 - 1.9841).abs() < 5e-5);
    let series = ask(&[&["--source-ohm", "limit", "--first", "series"], &even[..]].concat());
    assert!((50.0 / series["source_ohm"].as_f64().unwrap() - 1.9841).abs() < 5e-5);
    let output =
        mmw(&[&["link", "ladder", "--response=bessel", "--order=3", "--source-ohm=limit"], &MATCHED[2..]]
            .concat())
        .output()
        .unwrap();
    assert!(stderr(&output).contains("source_ohm"));
}

#[test]
fn built_filters_have_preferred_values_losses_and_a_yield() {
    let filter =
        ["--response", "butterworth", "--order", "3", "--cutoff-hz", "100e6", "--frequencies-hz", "0,100e6"];
    let rounded = ask(&[&filter[..], &MATCHED, &["--series", "e24"]].concat());
    // 31.83 pF, 159.15 nH and 31.83 pF.
    let values: Vec<f64> =
        rounded["parts"].as_array().unwrap().iter().map(|part| part["value"].as_f64().unwrap()).collect();
    assert_eq!(values, [33e-12, 160e-9, 33e-12]);
    let lossy = ask(&[&filter[..], &MATCHED, &["--inductor-q", "20", "--q-hz", "100e6"]].concat());
    // 100 ohm of reactance over 20 are 5 ohm in the line: 20 log10(105/100).
    assert!((loss_db(&lossy, 0) - 20.0 * 1.05_f64.log10()).abs() < 1e-9);
    let limits = ["--limits", "100e6:at_most:3.02,300e6:at_least:28", "--capacitor-tolerance", "0"];
    let exact = ask(&[&filter[..], &MATCHED, &limits].concat());
    assert_eq!(exact["yield"], json!({ "fraction": 1.0, "standard_error": 0.0 }));
    let spread = ["--limits", "100e6:at_most:3.02", "--capacitor-tolerance", "0.05", "--trials", "2000"];
    let built = ask(&[&filter[..], &MATCHED, &spread].concat());
    let fraction = built["yield"]["fraction"].as_f64().unwrap();
    assert!((0.3..0.7).contains(&fraction), "{built}");
    assert_eq!(ask(&[&filter[..], &MATCHED, &spread].concat()), built);
}

#[test]
fn a_refusal_names_the_option_that_was_given() {
    let filter = ["--response=butterworth", "--order=3", "--cutoff-hz=1e9"];
    for (arguments, told) in [
        (&["--limits=1e9:at_most:3"][..], "limits"),
        (&["--limits=1e9:at_most:3", "--capacitor-tolerance=5"], "capacitor_tolerance is 5"),
        (&["--limits=1e9:at_most:3", "--inductor-tolerance=-1"], "inductor_tolerance is -1"),
        (&["--inductor-q=0"], "inductor_q is 0"),
        (&["--capacitor-q=-3"], "capacitor_q is -3"),
        (&["--inductor-q=20", "--q-hz=0"], "q_hz is 0"),
        (&["--frequencies-hz=1e9,9e8,2e9"], "frequencies_hz"),
    ] {
        let output = mmw(&[&["link", "ladder"], &filter[..], &MATCHED, arguments].concat()).output().unwrap();
        let message = stderr(&output);
        assert!(!output.status.success() && message.starts_with(&format!("mmw: {told}")), "{message}");
    }
}

#[test]
fn every_option_of_the_ladder_works_or_is_named() {
    let alone = json!({});
    let options = vec![
        option(
            "response",
            json!("bessel"),
            &json!({ "ripple_db": null, "stopband_db": null, "cutoff": null }),
        ),
        option(
            "response",
            json!("butterworth"),
            &json!({ "ripple_db": null, "stopband_db": null, "cutoff": null }),
        ),
        option("order", json!(7), &alone),
        option("ripple_db", json!(0.2), &alone),
        option("stopband_db", json!(45), &alone),
        option("cutoff", json!("three_db"), &alone),
        option("cutoff", json!("ripple_edge"), &alone),
        option("band", json!("high_pass"), &alone),
        option("source_ohm", json!(40), &alone),
        option("load_ohm", json!(40), &alone),
        option("first", json!("series"), &alone),
        option("reflection_zeros", json!("left"), &json!({ "source_ohm": 50, "load_ohm": 50 })),
        option("reflection_zeros", json!("right"), &json!({ "source_ohm": 50, "load_ohm": 50 })),
        option("cutoff_hz", json!(2e9), &alone),
        option("low_hz", json!(1.1e9), &json!({ "high_hz": 2e9 })),
        option("high_hz", json!(3e9), &json!({ "low_hz": 1e9 })),
        option("frequencies_hz", json!([1e9]), &alone),
        option("parts", json!("shunt_c:1e-12"), &alone),
        option("capacitor_q", json!(50), &alone),
        option("inductor_q", json!(50), &alone),
        option("q_hz", json!(1e9), &alone),
        option("series", json!("e12"), &alone),
        option("limits", json!("1e9:at_most:3"), &alone),
        option("capacitor_tolerance", json!(0.2), &alone),
        option("inductor_tolerance", json!(0.2), &alone),
        option("trials", json!(70), &alone),
        option("seed", json!(2), &alone),
    ];
    let base =
        json!({ "source_ohm": 50, "load_ohm": 73, "order": 5, "response": "chebyshev", "ripple_db": 0.1 });
    let cut = json!({ "cutoff_hz": 1e9 });
    let elliptic = json!({ "response": "elliptic", "stopband_db": 40, "cutoff_hz": 1e9 });
    let modes = vec![
        alone.clone(),
        cut.clone(),
        json!({ "response": "butterworth", "ripple_db": null }),
        json!({ "response": "bessel", "ripple_db": null, "cutoff_hz": 1e9 }),
        json!({ "response": "inverse_chebyshev", "ripple_db": null, "stopband_db": 40 }),
        elliptic.clone(),
        json!({ "band": "band_pass", "low_hz": 1e9, "high_hz": 2e9 }),
        over(&cut, &json!({ "frequencies_hz": [0.5e9, 1.1e9], "inductor_q": 30 })),
        over(&elliptic, &json!({ "limits": "1e9:at_most:0.5", "capacitor_tolerance": 0.1, "trials": 50 })),
        json!({ "response": null, "order": null, "ripple_db": null, "parts": ["shunt_c:1e-12", "series_l:1e-9"],
                "frequencies_hz": [1e9] }),
    ];
    Table { area: "link", command: "ladder", base, modes, options, beside: vec![] }.check();
}
