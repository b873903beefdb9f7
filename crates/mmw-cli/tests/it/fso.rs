//! `mmw fso`: batch lines against the reference tables, limits, simulation, and what is refused.

use super::{mmw, stderr, succeed};
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;

/// The answers to the lines of a batch, and the exit status.
fn batch(command: &str, lines: &[String]) -> (Vec<Value>, Option<i32>) {
    let mut command = mmw(&["fso", command, "--batch", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let text = lines.join("\n");
    // The answers to a long batch fill the pipe before the last line is written.
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), output.status.code())
}

/// The answers to lines that are all good.
fn answers(command: &str, questions: &[Value]) -> Vec<Value> {
    let lines: Vec<String> = questions.iter().map(Value::to_string).collect();
    let (answers, status) = batch(command, &lines);
    assert_eq!((answers.len(), status), (lines.len(), Some(0)), "{answers:?}");
    answers
}

pub(crate) fn ask(command: &str, question: &Value) -> Value {
    answers(command, std::slice::from_ref(question)).remove(0)
}

/// The kind of the error on one bad line.
pub(crate) fn refused(command: &str, line: impl ToString) -> String {
    let (answers, status) = batch(command, &[line.to_string()]);
    assert_eq!((answers.len(), status), (1, Some(1)), "{answers:?}");
    assert!(answers[0]["error"]["message"].as_str().is_some_and(|message| !message.is_empty()));
    answers[0]["error"]["kind"].as_str().unwrap().to_owned()
}

fn keys(answer: &Value) -> Vec<&str> {
    answer.as_object().unwrap().keys().map(String::as_str).collect()
}

/// A cell of a reference table: a number, or a text with more digits than one.
pub(crate) fn number(cell: &Value) -> f64 {
    cell.as_f64().unwrap_or_else(|| cell.as_str().unwrap().parse().unwrap())
}

pub(crate) fn close(got: &Value, expected: f64, relative: f64, what: &impl std::fmt::Debug) {
    let got = got.as_f64().unwrap();
    // What lies below the normal numbers has fewer digits.
    let room = relative * expected.abs() + f64::MIN_POSITIVE;
    assert!((got - expected).abs() <= room, "{got:e} for {expected:e}: {what:?}");
}

/// The rows of a reference table of the library.
fn rows(table: &str, key: &str) -> Vec<Vec<Value>> {
    let table: Value = serde_json::from_str(table).unwrap();
    table[key].as_array().unwrap().iter().map(|row| row.as_array().unwrap().clone()).collect()
}

pub(crate) fn link() -> Value {
    json!({ "divergence_rad": 1e-4, "length_m": 20e3, "aperture_radius_m": 0.05, "jitter_m": 0.5,
            "alpha": 4, "beta": 1.7, "normalised_threshold": 0.1 })
}

pub(crate) fn with(mut question: Value, changes: &Value) -> Value {
    question.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    question
}

#[test]
fn every_outage_of_the_table_comes_with_its_parts() {
    let table = rows(include_str!("../../../fso-g2a/tests/data/composite_outage.json"), "rows");
    let question = |row: &Vec<Value>, model: &str| {
        json!({ "divergence_rad": row[0], "length_m": row[1], "aperture_radius_m": row[2], "jitter_m": row[3],
                "alpha": 4, "beta": 1.7, "normalised_threshold": row[4], "model": model })
    };
    let of =
        |model: &str| answers("outage", &table.iter().map(|row| question(row, model)).collect::<Vec<_>>());
    for (row, answer) in table.iter().zip(of("exact")) {
        assert_eq!(keys(&answer), ["atom_at_zero", "fully_inside", "outage", "transition"]);
        for (field, column) in [("outage", 6), ("atom_at_zero", 7), ("fully_inside", 8), ("transition", 9)] {
            close(&answer[field], number(&row[column]), 1e-10, row);
        }
    }
    // The columns of the approximations have six and eight digits.
    for (model, column, digits) in [("paper", 12, 6e-8), ("half_plane", 13, 2e-6)] {
        for (row, answer) in table.iter().zip(of(model)) {
            close(&answer["outage"], number(&row[column]), digits, row);
            close(&answer["atom_at_zero"], number(&row[7]), 1e-10, row);
        }
    }
}

#[test]
fn turbulence_matches_the_tables_in_both_tails() {
    let text = include_str!("../../../fso-g2a/tests/data/gamma_gamma.json");
    let table = rows(text, "rows");
    let at = |row: &Vec<Value>| json!({ "alpha": row[1], "beta": row[2], "gain": row[3] });
    for (row, answer) in table.iter().zip(answers("turbulence", &table.iter().map(at).collect::<Vec<_>>())) {
        assert_eq!(keys(&answer), ["cdf", "pdf", "sf"]);
        for (field, column) in [("pdf", 4), ("cdf", 5), ("sf", 6)] {
            close(&answer[field], number(&row[column]), 1e-12, row);
        }
    }
    let table = rows(text, "quantiles");
    let at = |row: &Vec<Value>| json!({ "alpha": row[1], "beta": row[2], "probability": row[3] });
    for (row, answer) in table.iter().zip(answers("turbulence", &table.iter().map(at).collect::<Vec<_>>())) {
        assert_eq!(keys(&answer), ["quantile"]);
        close(&answer["quantile"], number(&row[4]), 1e-11, row);
    }
}

#[test]
fn wander_matches_the_table() {
    let table = rows(include_str!("../../../fso-g2a/tests/data/beam_wander.json"), "rows");
    let question = |row: &Vec<Value>| {
        json!({ "wind_m_s": row[0], "ground_cn2_per_m2_3": row[1], "length_m": row[2], "divergence_rad": row[3],
                "start_altitude_m": row[4], "waist_m": row[5] })
    };
    let answers = answers("wander", &table.iter().map(question).collect::<Vec<_>>());
    for (row, answer) in table.iter().zip(answers) {
        assert_eq!(keys(&answer), ["jitter_m"]);
        close(&answer["jitter_m"], number(&row[6]), 1e-10, row);
    }
    // What is left out is the paper's, in Hufnagel-Valley 5/7; the factor stands under a root.
    let printed = ask("wander", &json!({ "divergence_rad": 1e-4, "length_m": 20e3 }));
    close(&printed["jitter_m"], 0.109_92, 1e-4, &"printed");
    let quarter = json!({ "divergence_rad": 1e-4, "length_m": 20e3, "factor": 2.07 / 4.0 });
    close(
        &ask("wander", &quarter)["jitter_m"],
        0.5 * number(&printed["jitter_m"]),
        1e-14,
        &"a quarter of the factor",
    );
    let slant = ask(
        "wander",
        &json!({ "divergence_rad": 1e-4, "length_m": 40e3, "zenith_rad": 60_f64.to_radians() }),
    );
    assert!(number(&slant["jitter_m"]) > 2.0 * number(&printed["jitter_m"]));
}

#[test]
fn a_gaussian_beam_has_no_parts() {
    let question = with(link(), &json!({ "length_m": 40e3, "jitter_m": 0.3, "model": "gaussian_beam" }));
    let answer = ask("outage", &question);
    close(&answer["outage"], 0.0202, 3e-3, &answer);
    assert_eq!((&answer["atom_at_zero"], &answer["transition"]), (&json!(0.0), &Value::Null));
    assert_eq!(answer["fully_inside"], Value::Null);
    // Without jitter: turbulence alone, at the threshold over what the peak is above an even beam.
    let still = ask("outage", &with(question.clone(), &json!({ "jitter_m": 0 })));
    let config = fso_g2a::PointingConfig { beam_radius_m: 2.0, aperture_radius_m: 0.05, jitter_m: 0.0 };
    let peak = fso_g2a::rivals::GaussianBeam::new(config).unwrap().peak_over_disc();
    let law = ask("turbulence", &json!({ "alpha": 4, "beta": 1.7, "gain": 0.1 / peak }));
    close(&still["outage"], number(&law["cdf"]), 1e-12, &still);
    // An aperture far wider than the beam collects all of it.
    let wide = ask("outage", &with(question, &json!({ "aperture_radius_m": 100 })));
    let law = ask("turbulence", &json!({ "alpha": 4, "beta": 1.7, "gain": 0.1 }));
    close(&wide["outage"], number(&law["cdf"]), 1e-12, &wide);
}

#[test]
fn limits_of_the_outage_are_what_they_must_be() {
    let outage = |changes: &Value| ask("outage", &with(link(), changes));
    let never = outage(&json!({ "normalised_threshold": 0 }));
    assert_eq!(never["outage"], never["atom_at_zero"]);
    close(&never["outage"], 0.110_250_525_304, 1e-11, &"the beam misses");
    assert_eq!(outage(&json!({ "normalised_threshold": "infinite" }))["outage"], 1.0);
    // Without jitter: turbulence alone. A huge aperture, or a beam smaller than it: the same.
    let turbulence = ask("turbulence", &json!({ "alpha": 4, "beta": 1.7, "gain": 0.1 }));
    for changes in [
        json!({ "jitter_m": 0 }),
        json!({ "aperture_radius_m": 1e3 }),
        json!({ "length_m": 1, "aperture_radius_m": 5 }),
    ] {
        close(&outage(&changes)["outage"], number(&turbulence["cdf"]), 1e-12, &changes);
    }
    // Hardly any turbulence: pointing alone, all but the covered part is below the threshold.
    let calm = outage(&json!({ "alpha": 1e9, "beta": 1e9, "normalised_threshold": 0.999 }));
    assert!(number(&calm["fully_inside"]) < 1e-100);
    assert!(number(&calm["outage"]) > number(&calm["atom_at_zero"]));
}

#[test]
fn the_power_that_is_asked_for_gives_the_outage() {
    let question = json!({ "altitude_m": 20e3, "divergence_rad": 2e-4, "aperture_radius_m": 0.1, "wobble_m": 0.3,
                           "outage_probability": 1e-3, "snr_threshold_db": 10, "noise_a": 1e-6, "alpha": 4, "beta": 1.7,
                           "visibility_m": 10e3, "scale_height_m": 1200 });
    let power = ask("power", &question);
    close(&power["attenuation_db"], 0.530_160, 1e-6, &power);
    close(&power["geometric_loss_db"], 26.020_6, 1e-5, &power);
    close(&power["footprint_radius_m"], 2.0, 1e-15, &power);
    let gain = 10_f64.powf(-0.1 * (number(&power["attenuation_db"]) + number(&power["geometric_loss_db"])));
    let tau = 10_f64.sqrt() * 1e-6 / (0.9 * number(&power["transmit_power_w"])) / gain;
    let back = with(
        link(),
        &json!({ "divergence_rad": 2e-4, "aperture_radius_m": 0.1, "jitter_m": power["jitter_m"],
                "normalised_threshold": tau }),
    );
    close(&ask("outage", &back)["outage"], 1e-3, 1e-10, &power);
    let dbm = 10.0 * (1e3 * number(&power["transmit_power_w"])).log10();
    close(&power["transmit_power_dbm"], dbm, 1e-13, &power);

    // The shapes of the path itself, a slant, another profile, a constant extinction.
    let own = with(
        question.clone(),
        &json!({ "alpha": null, "beta": null, "zenith_rad": 0.5, "profile": "slc_day", "scale_height_m": null }),
    );
    let own = ask("power", &own);
    assert!(number(&own["alpha"]) > 10.0 && number(&own["attenuation_db"]) > 9.0, "{own}");
    assert!(number(&own["length_m"]) > 22.7e3);
    let plane = json!({ "alpha": null, "beta": null, "wave": "plane", "direction": "downlink" });
    let plane = with(question.clone(), &plane);
    assert!(number(&ask("power", &plane)["alpha"]) > 10.0);

    let hopeless = with(question.clone(), &json!({ "outage_probability": 1e-30 })).to_string();
    let (answers, _) = batch("power", &[hopeless]);
    let message = answers[0]["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("outage_probability "), "{message}");

    for (changes, kind) in [
        (json!({ "outage_probability": 1e-30 }), "domain"),
        (json!({ "alpha": null }), "invalid"),
        (json!({ "wave": "plane" }), "invalid"),
        (json!({ "extinction_per_m": 1e-4 }), "invalid"),
        (json!({ "visibility_m": null, "visibility_model": "kim" }), "invalid"),
        (json!({ "profile": "constant" }), "missing"),
        (json!({ "profile": "slc_day", "wind_m_s": 21 }), "invalid"),
        (json!({ "profile": "slc_day", "ground_cn2_per_m2_3": 1e-14 }), "invalid"),
        (json!({ "profile": "none" }), "parse"),
        (json!({ "noise_a": 0 }), "domain"),
        (json!({ "wobble_m": null }), "missing"),
        (json!({ "scale_height_m": -1 }), "domain"),
    ] {
        assert_eq!(refused("power", with(question.clone(), &changes)), kind, "{changes}");
    }
}

#[test]
fn what_stands_in_the_way_is_named_as_it_was_given() {
    let message = |command: &str, line: &Value| {
        let (answers, _) = batch(command, &[line.to_string()]);
        answers[0]["error"]["message"].as_str().unwrap().to_owned()
    };
    let power = json!({ "altitude_m": 20e3, "divergence_rad": 2e-4, "aperture_radius_m": 0.1, "wobble_m": 0.3,
                        "outage_probability": 1e-3, "snr_threshold_db": 10, "noise_a": 1e-6 });
    for (changes, words) in [
        (json!({ "visibility_m": 100 }), ["visibility_m is 100", "3398 dB", "--scale-height-m"]),
        (json!({ "visibility_m": 110 }), ["visibility_m is 110", "3089 dB", "--scale-height-m"]),
        (json!({ "extinction_per_m": 0.1 }), ["extinction_per_m is 0.1", "8686 dB", "--scale-height-m"]),
        (
            json!({ "visibility_m": 1, "scale_height_m": 100 }),
            ["visibility_m is 1", "1699 dB", "scale height less"],
        ),
    ] {
        let told = message("power", &with(power.clone(), &changes));
        assert!(words.iter().all(|word| told.contains(word)), "{told}");
    }
    ask("power", &with(power, &json!({ "visibility_m": 100, "scale_height_m": 100 })));
    let told = message("turbulence", &json!({ "alpha": 4, "beta": 0.3, "gain": 0 }));
    assert!(told.contains("gain is 0") && told.contains("infinite"), "{told}");
    // Of two questions one that fails is an error, whichever it is.
    let both = |gain: f64, p: f64| {
        message("turbulence", &json!({ "alpha": 4, "beta": 0.3, "gain": gain, "probability": p }))
    };
    assert!(both(0.0, 0.5).contains("gain is 0") && both(1.0, 1.5).contains("probability is 1.5"));
    let null = with(link(), &json!({ "model": null }));
    assert_eq!(ask("outage", &null), ask("outage", &link()));
}

#[test]
fn options_are_the_fields_of_a_line() {
    let fields = [
        "--divergence-rad=1e-4",
        "--length-m=20e3",
        "--aperture-radius-m=0.05",
        "--jitter-m=0.5",
        "--alpha=4",
        "--beta=1.7",
        "--normalised-threshold=0.1",
    ];
    let run = |command: &str, more: &[&str]| succeed(&[&["fso", command], &fields[..], more].concat());
    let one: Value = serde_json::from_str(&run("outage", &["--json", "--model=half_plane"])).unwrap();
    assert_eq!(one, ask("outage", &with(link(), &json!({ "model": "half_plane" }))));
    assert!(run("outage", &[]).contains("outage                0.166024"));
    assert_eq!(run("outage", &["--model=gaussian_beam"]).lines().count(), 2);
    let shown = run("monte-carlo", &["--trials=1e4", "--seed=2"]);
    assert!(shown.contains("exact                 0.166024") && shown.contains("standard errors"), "{shown}");
    let shown = succeed(&["fso", "turbulence", "--alpha=4", "--beta=1.7", "--gain=1", "--probability=0.5"]);
    assert_eq!(shown.lines().count(), 4, "{shown}");
    assert!(succeed(&["fso", "wander", "--divergence-rad=1e-4", "--length-m=20e3"]).contains("0.109915"));
    let shown = succeed(&[
        "fso",
        "power",
        "--altitude-m=20e3",
        "--divergence-rad=2e-4",
        "--aperture-radius-m=0.1",
        "--wobble-m=0.3",
        "--outage=1e-3",
        "--snr-threshold-db=10",
        "--noise-a=1e-6",
    ]);
    assert!(shown.contains(" dBm") && shown.contains("least outage"), "{shown}");
}

#[test]
fn nonsense_is_an_error_with_a_kind() {
    for field in ["divergence_rad", "length_m", "aperture_radius_m", "alpha", "beta"] {
        for (value, kind) in [(json!(0), "domain"), (json!(-1), "domain"), (Value::Null, "missing")] {
            assert_eq!(refused("outage", with(link(), &json!({ field: value }))), kind, "{field} {value}");
        }
        assert_eq!(refused("outage", with(link(), &json!({ field: "wide" }))), "parse");
    }
    for (command, line, kind) in [
        ("turbulence", r#"{"alpha": 4, "beta": 1.7}"#, "missing"),
        ("turbulence", r#"{"alpha": 4, "beta": 1.7, "gain": -1}"#, "domain"),
        ("turbulence", r#"{"alpha": 4, "beta": 0.7, "gain": 0}"#, "domain"),
        ("turbulence", r#"{"alpha": 4, "beta": 1.7, "gain": NaN}"#, "parse"),
        ("turbulence", r#"{"alpha": 4, "beta": 1.7, "gain": 1e999}"#, "parse"),
        ("turbulence", r#"{"alpha": 4, "beta": 1.7, "probability": 1}"#, "domain"),
        ("turbulence", r#"{"alpha": 4, "beta": 1.7, "probability": -0.1}"#, "domain"),
        ("turbulence", r#"{"alpha": 0, "beta": 1.7, "gain": 1}"#, "domain"),
        ("turbulence", r#"{"alpha": 4, "beta": 1.7, "gain": 1, "law": "log_normal"}"#, "parse"),
        ("wander", r#"{"length_m": 20e3}"#, "missing"),
        ("wander", r#"{"divergence_rad": 1e-4, "length_m": 0}"#, "domain"),
        ("wander", r#"{"divergence_rad": 0, "length_m": 20e3}"#, "domain"),
        ("wander", r#"{"divergence_rad": 1e-4, "length_m": 20e3, "waist_m": -1}"#, "domain"),
        ("wander", r#"{"divergence_rad": 1e-4, "length_m": 20e3, "start_altitude_m": 30e3}"#, "domain"),
        ("wander", r#"{"divergence_rad": 1e-4, "length_m": 20e3, "wind_m_s": -1}"#, "domain"),
        ("wander", r#"{"divergence_rad": 1e-4, "length_m": 20e3, "zenith_rad": 1.6}"#, "domain"),
    ] {
        assert_eq!(refused(command, line), kind, "{command} {line}");
    }
    for (changes, kind) in [
        (json!({ "jitter_m": -1 }), "domain"),
        (json!({ "normalised_threshold": -1 }), "domain"),
        (json!({ "normalised_threshold": "high" }), "parse"),
        (json!({ "model": "best" }), "parse"),
        (json!({ "jitter": 1 }), "parse"),
        // The paper's forms want an aperture smaller than the beam.
        (json!({ "model": "paper", "aperture_radius_m": 2 }), "domain"),
    ] {
        assert_eq!(refused("outage", with(link(), &changes)), kind, "{changes}");
    }
    let output = mmw(&["fso", "turbulence", "--alpha", "-4", "--beta=1", "--gain=1"]).output().unwrap();
    assert_eq!((output.status.code(), stderr(&output).contains("alpha is -4")), (Some(1), true));
    assert_eq!(mmw(&["fso", "outage"]).output().unwrap().status.code(), Some(2));
}
