//! `mmw fso monte-carlo`: both simulations against the exact outage.

use super::fso::{ask, close, link, number, refused, with};
use serde_json::{Value, json};

#[test]
fn simulations_hold_the_exact_outage_and_do_not_depend_on_threads() {
    let plain = with(link(), &json!({ "trials": "1e6", "seed": 3, "threads": 1 }));
    assert_eq!(refused("monte-carlo", &plain), "parse", "a count in JSON is a number");
    let plain = with(plain, &json!({ "trials": 1e6, "confidence": 0.9999 }));
    let rare = with(
        plain.clone(),
        &json!({ "length_m": 80e3, "jitter_m": 0.3, "normalised_threshold": 2.6e-6, "trials": 100_000,
                "method": "conditioned" }),
    );
    for question in [plain, rare] {
        let one = ask("monte-carlo", &question);
        let two = ask("monte-carlo", &with(question.clone(), &json!({ "threads": 2 })));
        assert_eq!(one, two);
        let [lower, exact, upper] = ["lower", "exact", "upper"].map(|field| number(&one[field]));
        assert!(lower < exact && exact < upper, "{one}");
        assert!(number(&one["z"]).abs() < 4.0);
        if question["method"] == "conditioned" {
            // A million draws resolve 1e-9 to 5 %; these are a tenth of them.
            assert!((exact / 1e-9 - 1.0).abs() < 0.1 && (upper - lower) / exact < 0.05 * 10_f64.sqrt() * 4.0);
        }
    }
    for (changes, kind) in [
        (json!({ "trials": 0 }), "too_few"),
        (json!({ "trials": -1 }), "parse"),
        (json!({ "trials": 1.5 }), "parse"),
        (json!({ "threads": 0 }), "domain"),
        (json!({ "threads": 100_000 }), "domain"),
        (json!({ "confidence": 1, "trials": 10 }), "domain"),
        (json!({ "method": "guess" }), "parse"),
        (json!({ "method": "conditioned", "normalised_threshold": "high", "trials": 10 }), "parse"),
        (json!({ "normalised_threshold": -1, "trials": 10 }), "domain"),
    ] {
        assert_eq!(refused("monte-carlo", with(link(), &changes)), kind, "{changes}");
    }
}

#[test]
fn both_simulations_take_the_ends_of_the_threshold() {
    let miss = ask("outage", &with(link(), &json!({ "normalised_threshold": 0 })));
    for method in [json!("plain"), json!("conditioned"), Value::Null] {
        let asked = |threshold: Value| {
            let more = json!({ "method": method, "normalised_threshold": threshold, "trials": 10_000, "seed": null });
            ask("monte-carlo", &with(link(), &more))
        };
        let (never, always) = (asked(json!(0)), asked(json!("infinite")));
        assert_eq!(never["exact"], miss["outage"]);
        assert!(
            number(&never["lower"]) <= number(&never["exact"])
                && number(&never["exact"]) <= number(&never["upper"])
        );
        assert_eq!((&always["estimate"], &always["exact"]), (&json!(1.0), &json!(1.0)));
        if method == "conditioned" {
            close(&never["estimate"], number(&miss["outage"]), 1e-15, &never);
        }
    }
}
