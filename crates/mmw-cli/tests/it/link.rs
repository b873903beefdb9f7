//! `mmw link`: batch lines against tabulated numbers, and what is refused.

use super::{mmw, stderr, succeed};
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;

/// The answers to the lines of a batch, and the exit status.
fn batch(command: &str, lines: &[String]) -> (Vec<Value>, Option<i32>) {
    let mut child =
        mmw(&["link", command, "--batch", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.join("\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), output.status.code())
}

/// The answer to one good line.
fn ask(command: &str, parameters: &Value) -> Value {
    let (mut answers, status) = batch(command, &[parameters.to_string()]);
    assert_eq!((answers.len(), status), (1, Some(0)), "{answers:?}");
    answers.remove(0)
}

/// The kind of the error on one bad line.
fn refused(command: &str, line: impl ToString) -> String {
    let (answers, status) = batch(command, &[line.to_string()]);
    assert_eq!((answers.len(), status), (1, Some(1)), "{answers:?}");
    assert!(answers[0]["error"]["message"].as_str().is_some_and(|message| !message.is_empty()));
    answers[0]["error"]["kind"].as_str().unwrap().to_owned()
}

fn close(got: &Value, expected: f64, relative: f64) {
    let got = got.as_f64().unwrap();
    assert!((got - expected).abs() <= relative * expected.abs(), "{got} for {expected}");
}

fn keys(answer: &Value) -> Vec<&str> {
    answer.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn gas_and_rain_give_the_tabulated_attenuations() {
    let air = |frequency_hz: f64, dry_pressure_hpa: f64, temperature_k: f64, vapour_density_g_m3: f64| {
        ask(
            "gas",
            &json!({ "frequency_hz": frequency_hz, "dry_pressure_hpa": dry_pressure_hpa,
                     "temperature_k": temperature_k, "vapour_density_g_m3": vapour_density_g_m3 }),
        )
    };
    let standard = air(61e9, 1013.25, 288.15, 7.5);
    assert_eq!(keys(&standard), ["oxygen_db_per_km", "total_db_per_km", "vapour_db_per_km"]);
    close(&standard["oxygen_db_per_km"], 15.007_159_085_996_74, 1e-12);
    close(&standard["vapour_db_per_km"], 0.159_826_896_312_118_1, 1e-12);
    close(&standard["total_db_per_km"], 15.166_985_982_308_859, 1e-12);
    close(&air(61e9, 850.0, 278.15, 4.0)["total_db_per_km"], 14.094_687_862_657_501, 1e-12);
    assert_eq!(air(60e9, 1013.25, 288.15, 0.0)["vapour_db_per_km"], 0.0);

    let rain =
        ask("rain", &json!({ "frequency_hz": 2.5e9, "rain_rate_mm_h": 50, "polarisation": "vertical" }));
    assert_eq!(keys(&rain), ["alpha", "db_per_km", "k"]);
    close(&rain["k"], 0.000_146_432_733_337_093_95, 1e-12);
    close(&rain["alpha"], 1.008_452_389_630_602_4, 1e-12);
    close(&rain["db_per_km"], 0.007_567_780_548_477_536_5, 1e-12);
}

#[test]
fn edges_and_surfaces_give_the_tabulated_losses() {
    for (v, model, expected) in [
        (0.5, "exact", 10.233_830_466_326_909),
        (-0.9, "exact", -0.616_412_324_615_142_5),
        (0.5, "p526", 10.287_803_742_475_84),
        (5.0, "lee", 26.935_749_724_493_125),
        (-0.75, "p526", 0.201_116_769_092_174_9),
    ] {
        let loss = ask("knife-edge", &json!({ "v": v, "model": model }));
        assert!((loss["loss_db"].as_f64().unwrap() - expected).abs() < 1e-9, "{v} {model}: {loss}");
    }
    assert_eq!(ask("knife-edge", &json!({ "v": -0.75, "model": "paper" })), json!({ "loss_db": 0.0 }));

    let glass = json!([6.31, -0.255_221_835_995_280_03]);
    for (field, [re, im], loss_db) in [
        ("te", [-0.860_322_232_076_110_9, 0.003_102_813_440_692_660_6], 1.306_720_592_208_088),
        ("tm", [-0.356_620_595_366_907_2, -0.007_221_451_670_045_908], 8.954_091_128_865_06),
    ] {
        let incidence_rad = 80_f64.to_radians();
        let question = json!({ "permittivity": glass, "incidence_rad": incidence_rad, "field": field });
        let answer = ask("reflection", &question);
        assert!((answer["coefficient"][0].as_f64().unwrap() - re).abs() < 1e-12, "{answer}");
        assert!((answer["coefficient"][1].as_f64().unwrap() - im).abs() < 1e-12, "{answer}");
        close(&answer["loss_db"], loss_db, 1e-12);
    }
}

#[test]
fn orders_come_exact_and_rounded_up() {
    let order = |response: &str, ripple_db: Value| {
        let question = json!({ "response": response, "attenuation_db": 40, "frequency_ratio": 6, "ripple_db": ripple_db });
        ask("order", &question)
    };
    let butterworth = order("butterworth", Value::Null);
    close(&butterworth["order_exact"], 2.570_166_510_950_240_3, 1e-10);
    assert_eq!(butterworth["order"], 3);
    close(&order("chebyshev", json!(0.01))["order_exact"], 3.363_570_310_753_413, 1e-10);
}

#[test]
fn ladders_come_with_what_was_asked_for() {
    let question = json!({ "response": "chebyshev", "order": 4, "ripple_db": 0.5, "cutoff": "ripple_edge",
                           "source_ohm": 2, "load_ohm": 1, "first": "shunt", "reflection_zeros": "left" });
    let ladder = ask("ladder", &question);
    assert_eq!(keys(&ladder), ["elements"]);
    let expected =
        [0.907_910_488_040_272, 2.265_624_397_825_88, 1.244_073_842_223_427, 1.546_382_410_196_523_4];
    for (element, expected) in ladder["elements"].as_array().unwrap().iter().zip(expected) {
        close(element, expected, 1e-13);
    }
    // An odd order needs no half-plane, and a cut-off asks for components and S-parameters.
    let question = json!({ "response": "butterworth", "order": 7, "source_ohm": 50, "load_ohm": 73,
                           "cutoff_hz": 10e9, "frequencies_hz": [0, 10e9, 60e9] });
    let ladder = ask("ladder", &question);
    assert_eq!(keys(&ladder), ["components", "elements", "s11", "s21"]);
    close(&ladder["elements"][0], 0.363_604, 2e-6);
    close(&ladder["components"][0], 79.27e-15, 1e-3);
    for i in 0..3 {
        let power = |entry: &str| {
            let part = |k: usize| ladder[entry][i][k].as_f64().unwrap();
            part(0) * part(0) + part(1) * part(1)
        };
        assert!((power("s11") + power("s21") - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_list_of_parts_agrees_with_ngspice() {
    let values = [7.783e-14, 5.98e-10, 3.68e-13, 1.267e-9, 5.708e-13, 1.568e-9, 4.4215e-13];
    let kinds = ["shunt_c", "series_l"];
    let parts: Vec<Value> = (0..7).map(|i| json!({ "kind": kinds[i % 2], "value": values[i] })).collect();
    let question = json!({ "parts": parts, "source_ohm": 50, "load_ohm": 73, "frequencies_hz": [60e9] });
    let s = ask("ladder", &question);
    assert_eq!(keys(&s), ["s11", "s21"]);
    for (got, expected) in [
        (&s["s21"][0], [-2.439_618_045_566_398e-6, 2.554_699_720_611_969e-6]),
        (&s["s11"][0], [-0.210_180_492_744_726_4, -0.977_662_600_520_806_3]),
    ] {
        for part in 0..2 {
            assert!((got[part].as_f64().unwrap() - expected[part]).abs() < 1e-12, "{got}");
        }
    }
}

#[test]
fn a_ladder_that_cannot_exist_says_why() {
    let ladder = |order: i32, ripple_db: f64, rest: Value| {
        let mut question = json!({ "response": "chebyshev", "order": order, "ripple_db": ripple_db,
                                   "source_ohm": 50, "load_ohm": 73 });
        question.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        refused("ladder", question)
    };
    assert_eq!(ladder(4, 0.01, json!({})), "even_order_terminations");
    assert_eq!(ladder(4, 0.5, json!({ "first": "series" })), "even_chebyshev_match");
    assert_eq!(ladder(7, 0.5, json!({ "reflection_zeros": "left" })), "reflection_zeros_fixed");
    assert_eq!(ladder(7, 3.5, json!({ "cutoff": "three_db" })), "ripple_above_three_db");
    assert_eq!(ladder(7, 0.5, json!({ "source_ohm": 0 })), "element_without_effect");
    assert_eq!(
        ladder(7, 0.5, json!({ "source_ohm": "infinite", "reflection_zeros": "right" })),
        "single_termination_zeros"
    );
    let output =
        mmw(&["link", "ladder", "--response=butterworth", "--order=6", "--source-ohm=50", "--load-ohm=73"])
            .output()
            .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = "mmw: unrealisable ladder: an even order that starts with a shunt element needs RS >= RL\n";
    assert_eq!(stderr(&output), said);
}

#[test]
fn a_scenario_is_lost_in_as_many_ways_as_table_1_has() {
    let loss = ask("loss", &json!({ "scenario": 2, "distance_m": 30 }));
    assert!((loss["total_db"].as_f64().unwrap() - 105.708_844).abs() < 1e-6, "{loss}");
    assert!((loss["diffraction_db"].as_f64().unwrap() - 6.032_852).abs() < 1e-6);
    assert_eq!(loss["inside_reference"], false);
    let own = json!({ "distance_m": 10, "rain_rate_mm_h": 5, "dry_pressure_hpa": 1013.25, "temperature_k": 288.15,
                      "vapour_density_g_m3": 7.5, "obstacles": [{ "name": "wall", "loss_db": 6 }],
                      "edges": [{ "v": 0, "model": "exact" }],
                      "reflections": [{ "permittivity": [6.31, -0.26], "incidence_rad": 1.4, "field": "te" }] });
    let loss = ask("loss", &own);
    close(&loss["free_space_db"], 68.010_808_229_556_25, 1e-12);
    assert!(
        (loss["oxygen_db"].as_f64().unwrap() + loss["vapour_db"].as_f64().unwrap() - 0.147_783).abs() < 1e-5
    );
    close(&loss["rain_db"], 0.029_509_504_692_428_46, 1e-9);
    let sum: f64 = [
        "free_space_db",
        "distance_db",
        "obstacles_db",
        "oxygen_db",
        "vapour_db",
        "reflection_db",
        "diffraction_db",
        "rain_db",
    ]
    .iter()
    .map(|field| loss[field].as_f64().unwrap())
    .sum();
    close(&loss["total_db"], sum, 1e-14);
    assert_eq!(refused("loss", json!({ "distance_m": 1, "scenario": 4 })), "domain");
    assert_eq!(refused("loss", json!({ "distance_m": 1, "field": "tm" })), "invalid");
}

#[test]
fn options_are_the_fields_of_a_line() {
    let shown = succeed(&["link", "gas", "--frequency-hz", "60e9"]);
    assert!(shown.contains("14.778"), "{shown}");
    let one = succeed(&["link", "knife-edge", "--v", "-0.5", "--model", "exact", "--json"]);
    let one: Value = serde_json::from_str(&one).unwrap();
    assert_eq!(one, ask("knife-edge", &json!({ "v": -0.5, "model": "exact" })));
    let parts = "--parts=shunt_c:78e-15,series_l:598e-12";
    let shown =
        succeed(&["link", "ladder", parts, "--source-ohm=50", "--load-ohm=73", "--frequencies-hz=1e9,2e9"]);
    assert_eq!(shown.matches("e9").count(), 2, "{shown}");
    let shown = succeed(&[
        "link",
        "loss",
        "--distance-m=10",
        "--edge=-0.7:paper",
        "--obstacle=plasterboard=6",
        "--reflection=6.31,-0.26:1.396:te",
        "--rain-rate-mm-h=5",
    ]);
    assert!(shown.contains("obstacles             6.000000 dB"), "{shown}");
    succeed(&["link", "reflection", "--permittivity", "6.31,-0.26", "--incidence-rad", "0.3"]);
    succeed(&["link", "rain", "--frequency-hz=60e9", "--rain-rate-mm-h=5"]);
    succeed(&["link", "order", "--response=butterworth", "--attenuation-db=100", "--frequency-ratio=6"]);
}

#[test]
fn nonsense_is_an_error_with_a_kind() {
    for (command, line, kind) in [
        ("gas", r#"{"frequency_ghz": 60}"#, "parse"),
        (
            "gas",
            r#"{"frequency_hz": 6e10, "dry_pressure_hpa": 1e3, "temperature_k": 288, "vapour_density_g_m3": 7, "p": 1}"#,
            "parse",
        ),
        (
            "gas",
            r#"{"frequency_hz": NaN, "dry_pressure_hpa": 1e3, "temperature_k": 288, "vapour_density_g_m3": 7}"#,
            "parse",
        ),
        (
            "gas",
            r#"{"frequency_hz": 6e10, "dry_pressure_hpa": 1e3, "temperature_k": -1, "vapour_density_g_m3": 7}"#,
            "domain",
        ),
        ("rain", r#"{"frequency_hz": 0, "rain_rate_mm_h": 5, "polarisation": "vertical"}"#, "domain"),
        ("rain", r#"{"rain_rate_mm_h": 5, "polarisation": "vertical"}"#, "missing"),
        ("rain", r#"{"frequency_hz": 6e10, "rain_rate_mm_h": 5, "polarisation": "sideways"}"#, "parse"),
        ("knife-edge", r#"{"v": 1e999, "model": "exact"}"#, "parse"),
        ("knife-edge", r#"{"v": null, "model": "exact"}"#, "missing"),
        ("reflection", r#"{"permittivity": [2, 1], "incidence_rad": 0, "field": "te"}"#, "domain"),
        ("reflection", r#"{"permittivity": [2], "incidence_rad": 0, "field": "te"}"#, "parse"),
        ("order", r#"{"response": "chebyshev", "attenuation_db": 40, "frequency_ratio": 6}"#, "missing"),
        ("order", r#"{"response": "butterworth", "attenuation_db": 40, "frequency_ratio": 1}"#, "domain"),
        ("ladder", r#"{"response": "butterworth", "order": 0, "source_ohm": 50, "load_ohm": 73}"#, "too_few"),
        ("ladder", r#"{"response": "butterworth", "order": 3, "source_ohm": -50, "load_ohm": 73}"#, "domain"),
        ("ladder", r#"{"response": "butterworth", "order": 3, "source_ohm": "x", "load_ohm": 73}"#, "parse"),
        (
            "ladder",
            r#"{"response": "butterworth", "order": 3, "source_ohm": 5, "load_ohm": 7, "frequencies_hz": [1e9]}"#,
            "missing",
        ),
        ("ladder", r#"{"parts": [], "source_ohm": 50, "load_ohm": 73, "frequencies_hz": [1e9]}"#, "too_few"),
        (
            "ladder",
            r#"{"parts": [{"kind": "shunt_c", "value": 1e-12}], "order": 3, "source_ohm": 50, "load_ohm": 73, "frequencies_hz": [1e9]}"#,
            "invalid",
        ),
        ("loss", r#"{"distance_m": 0, "scenario": 1}"#, "domain"),
    ] {
        assert_eq!(refused(command, line), kind, "{command} {line}");
    }
    let output = mmw(&["link", "knife-edge", "--v", "nan"]).output().unwrap();
    assert_eq!((output.status.code(), stderr(&output).contains("NaN")), (Some(1), true));
    assert_eq!(mmw(&["link", "gas"]).output().unwrap().status.code(), Some(2));
}
