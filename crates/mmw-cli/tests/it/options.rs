//! Each option of `mmw fso` and `mmw mimo` with each mode of its command: it changes the answer, or is an
//! error that names it.

use super::{TempFolder, mmw};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::process::Stdio;

/// A command with what its modes are asked, and another value or two for each of its fields.
pub(crate) struct Table {
    pub(crate) area: &'static str,
    pub(crate) command: &'static str,
    pub(crate) base: Value,
    /// What each mode puts over the base.
    pub(crate) modes: Vec<Value>,
    /// The field that is tried, with what goes with it.
    pub(crate) options: Vec<Value>,
    /// Fields that leave the answer alone by design: threads, files beside it.
    pub(crate) beside: Vec<&'static str>,
}

pub(crate) fn answers(area: &str, command: &str, lines: &[Value]) -> Vec<Value> {
    let words: Vec<&str> = [area].into_iter().chain(command.split(' ')).chain(["--batch", "-"]).collect();
    let mut child =
        mmw(&words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let text: String = lines.iter().map(|line| line.to_string() + "\n").collect();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(super) fn message(answer: &Value) -> Option<&str> {
    answer.pointer("/error/message").and_then(Value::as_str)
}

pub(crate) fn over(base: &Value, changes: &Value) -> Value {
    let mut line = base.clone();
    line.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    line
}

/// The field that an option is about: the first.
fn field(option: &Value) -> &str {
    option["try"].as_str().unwrap()
}

/// One option: a field, its value, and more that goes with it.
pub(crate) fn option(name: &str, value: Value, beside: &Value) -> Value {
    json!({ "try": name, "line": over(&json!({ name: value }), beside) })
}

impl Table {
    pub(crate) fn check(&self) {
        self.knows_every_field();
        let mut lines = Vec::new();
        for mode in &self.modes {
            let line = over(&self.base, mode);
            lines.push(line.clone());
            lines.extend(self.options.iter().map(|option| over(&line, &option["line"])));
        }
        let answers = answers(self.area, self.command, &lines);
        assert_eq!(answers.len(), lines.len());
        let rows = lines.chunks(1 + self.options.len()).zip(answers.chunks(1 + self.options.len()));
        for (lines, answers) in rows {
            assert_eq!(message(&answers[0]), None, "{} {}", self.command, lines[0]);
            let names: BTreeSet<&str> = self.options.iter().map(field).collect();
            for name in names {
                // A value that the mode has anyway says nothing; of the others one must do something.
                let tried = self.options.iter().zip(&lines[1..]).zip(&answers[1..]);
                let others = tried.filter(|((option, line), _)| field(option) == name && **line != lines[0]);
                // Of two that go together, either names both.
                let works = |option: &Value, answer: &Value| match message(answer) {
                    Some(message) => option["line"].as_object().unwrap().keys().any(|key| {
                        message.contains(key) || message.contains(&format!("--{}", key.replace('_', "-")))
                    }),
                    None => *answer != answers[0],
                };
                let told: Vec<bool> = others.map(|((option, _), answer)| works(option, answer)).collect();
                let good = told.is_empty() || told.contains(&true);
                assert!(good, "{} {}: {name} does nothing in {}", self.area, self.command, lines[0]);
            }
        }
    }

    /// What the command says it takes is in the table.
    fn knows_every_field(&self) {
        let told = answers(self.area, self.command, &[json!({ "no_such_field": 1 })]);
        let told = message(&told[0]).unwrap();
        let (_, fields) = told.split_once("expected one of ").unwrap();
        for name in fields.split(", ") {
            let known =
                self.beside.contains(&name) || self.options.iter().any(|option| field(option) == name);
            assert!(known, "{} {}: no row tries {name}", self.area, self.command);
        }
    }
}

fn link() -> Value {
    json!({ "divergence_rad": 1e-4, "length_m": 20e3, "aperture_radius_m": 0.05, "jitter_m": 0.5,
            "alpha": 4, "beta": 1.7, "normalised_threshold": 0.1 })
}

fn link_options() -> Vec<Value> {
    let alone = json!({});
    vec![
        option("divergence_rad", json!(2e-4), &alone),
        option("length_m", json!(30e3), &alone),
        option("aperture_radius_m", json!(0.06), &alone),
        option("jitter_m", json!(0.6), &alone),
        option("alpha", json!(5), &alone),
        option("beta", json!(2), &alone),
        option("normalised_threshold", json!(0.2), &alone),
    ]
}

#[test]
fn every_option_of_the_laws_works_or_is_named() {
    let alone = json!({});
    let mut options = link_options();
    options.extend(
        ["exact", "half_plane", "paper", "gaussian_beam"].map(|model| option("model", json!(model), &alone)),
    );
    let models =
        ["exact", "half_plane", "paper", "gaussian_beam"].map(|model| json!({ "model": model })).to_vec();
    Table { area: "fso", command: "outage", base: link(), modes: models, options, beside: vec![] }.check();

    let mut options = link_options();
    options.extend([
        option("method", json!("plain"), &alone),
        option("method", json!("conditioned"), &alone),
        option("trials", json!(2000), &alone),
        option("seed", json!(2), &alone),
        option("confidence", json!(0.9), &alone),
    ]);
    let base = over(&link(), &json!({ "trials": 3000 }));
    let modes = vec![json!({ "method": "plain" }), json!({ "method": "conditioned" })];
    Table { area: "fso", command: "monte-carlo", base, modes, options, beside: vec!["threads"] }.check();

    let options = vec![
        option("alpha", json!(5), &alone),
        option("beta", json!(2), &alone),
        option("gain", json!(0.7), &alone),
        option("probability", json!(0.3), &alone),
    ];
    let modes = vec![
        json!({ "gain": 0.2 }),
        json!({ "probability": 0.1 }),
        json!({ "gain": 0.2, "probability": 0.1 }),
    ];
    let base = json!({ "alpha": 4, "beta": 1.7 });
    Table { area: "fso", command: "turbulence", base, modes, options, beside: vec![] }.check();
}

fn air_options() -> Vec<Value> {
    let alone = json!({});
    vec![
        option("zenith_rad", json!(0.3), &alone),
        option("direction", json!("uplink"), &alone),
        option("direction", json!("downlink"), &alone),
        option("wind_m_s", json!(30), &alone),
        option("ground_cn2_per_m2_3", json!(3e-14), &alone),
        // As a constant of all altitudes, the other makes a beam that misses too often.
        option("ground_cn2_per_m2_3", json!(2e-16), &alone),
        // Beyond the diffraction limit of the waist, where nothing else depends on it.
        option("wavelength_m", json!(1e-4), &alone),
    ]
}

#[test]
fn every_option_of_the_air_works_or_is_named() {
    let alone = json!({});
    let mut options = air_options();
    options.extend([
        option("divergence_rad", json!(3e-4), &alone),
        option("length_m", json!(10e3), &alone),
        option("start_altitude_m", json!(50), &alone),
        option("waist_m", json!(0.02), &alone),
        option("factor", json!(2.28), &alone),
    ]);
    let modes =
        vec![alone.clone(), json!({ "waist_m": 0.01 }), json!({ "direction": "downlink", "waist_m": 0.01 })];
    let base = json!({ "divergence_rad": 2e-4, "length_m": 20e3 });
    Table { area: "fso", command: "wander", base, modes, options, beside: vec![] }.check();

    let mut options = air_options();
    options.extend([
        option("altitude_m", json!(10e3), &alone),
        option("profile", json!("slc_day"), &alone),
        option("wave", json!("plane"), &alone),
        option("aperture_radius_m", json!(0.2), &alone),
        option("ground_wind_m_s", json!(8), &alone),
        option("slew_rad_s", json!(1e-3), &alone),
        option("constant_wind_m_s", json!(12), &alone),
    ]);
    let modes = vec![
        alone.clone(),
        json!({ "direction": "downlink", "aperture_radius_m": 0.1 }),
        json!({ "profile": "slc_day" }),
        json!({ "profile": "constant", "ground_cn2_per_m2_3": 1e-16 }),
        json!({ "constant_wind_m_s": 10 }),
    ];
    let base = json!({ "altitude_m": 20e3 });
    Table { area: "fso", command: "atmosphere", base, modes, options, beside: vec![] }.check();
}

fn power() -> Value {
    json!({ "altitude_m": 20e3, "divergence_rad": 2e-4, "aperture_radius_m": 0.1, "wobble_m": 0.3,
            "outage_probability": 1e-3, "snr_threshold_db": 10, "noise_a": 1e-6 })
}

#[test]
fn every_option_of_the_power_works_or_is_named() {
    let alone = json!({});
    let mut options = air_options();
    options.extend([
        option("altitude_m", json!(19e3), &alone),
        option("divergence_rad", json!(3e-4), &alone),
        option("aperture_radius_m", json!(0.15), &alone),
        option("wobble_m", json!(0.2), &alone),
        option("outage_probability", json!(1e-2), &alone),
        option("snr_threshold_db", json!(12), &alone),
        option("noise_a", json!(2e-6), &alone),
        option("responsivity_a_w", json!(0.8), &alone),
        option("profile", json!("slc_day"), &alone),
        option("waist_m", json!(0.02), &alone),
        option("start_altitude_m", json!(50), &alone),
        option("alpha", json!(5), &json!({ "beta": 3 })),
        option("beta", json!(3), &json!({ "alpha": 5 })),
        option("wave", json!("plane"), &alone),
        option("point_receiver", json!(true), &alone),
        option("visibility_m", json!(4e3), &alone),
        option("visibility_model", json!("kruse"), &alone),
        option("extinction_per_m", json!(2e-4), &alone),
        option("scale_height_m", json!(1000), &alone),
    ]);
    let modes = vec![
        alone,
        json!({ "direction": "downlink" }),
        json!({ "direction": "downlink", "point_receiver": true }),
        json!({ "direction": "downlink", "wave": "plane" }),
        json!({ "alpha": 4, "beta": 1.7 }),
        json!({ "alpha": 4, "beta": 1.7, "waist_m": 0 }),
        json!({ "visibility_m": 5e3 }),
        json!({ "visibility_m": 5e3, "scale_height_m": 1200 }),
        json!({ "extinction_per_m": 1e-4 }),
        json!({ "profile": "slc_day" }),
        json!({ "profile": "constant", "ground_cn2_per_m2_3": 1e-16 }),
    ];
    Table { area: "fso", command: "power", base: power(), modes, options, beside: vec![] }.check();
}

#[test]
fn every_option_of_the_receiver_works_or_is_named() {
    let alone = json!({});
    let pointing = json!({ "beam_radius_m": 2, "aperture_radius_m": 0.1, "jitter_m": 0.9 });
    let mut options = ["ook", "bpsk", "dpsk", "qpsk"]
        .map(|name| option("modulation", json!(name), &json!({ "oscillator_w": 1e-3, "slots": null })))
        .to_vec();
    options[0] =
        option("modulation", json!("ook"), &json!({ "oscillator_w": null, "mixing": null, "slots": null }));
    options.extend([
        option("received_power_w", json!(2e-8), &alone),
        option("bit_rate_hz", json!(2e9), &alone),
        option("bandwidth_hz", json!(3e9), &alone),
        option("slots", json!(32), &alone),
        option("mixing", json!("heterodyne"), &alone),
        option("oscillator_w", json!(2e-4), &alone),
        option("responsivity_a_w", json!(0.8), &alone),
        option("gain", json!(10), &alone),
        option("ionisation_ratio", json!(0.3), &alone),
        option("bulk_dark_a", json!(1e-6), &alone),
        option("surface_dark_a", json!(1e-6), &alone),
        option("background_w", json!(1e-6), &alone),
        option("load_ohm", json!(1000), &alone),
        option("temperature_k", json!(100), &alone),
        option("noise_figure_db", json!(3), &alone),
        option("alpha", json!(5), &json!({ "beta": 3 })),
        option("beta", json!(3), &json!({ "alpha": 5 })),
        option("jitter_m", json!(0.8), &pointing),
        option(
            "beam_radius_m",
            json!(2.5),
            &over(&json!({ "jitter_m": 0.9, "aperture_radius_m": 0.1 }), &alone),
        ),
        option(
            "aperture_radius_m",
            json!(0.2),
            &over(&json!({ "jitter_m": 0.9, "beam_radius_m": 2 }), &alone),
        ),
    ]);
    let coherent = |name: &str| json!({ "modulation": name, "oscillator_w": 1e-4, "received_power_w": 1e-9 });
    let modes = vec![
        json!({ "modulation": "ook" }),
        json!({ "modulation": "ppm", "slots": 16, "received_power_w": 1e-7 }),
        coherent("bpsk"),
        coherent("dpsk"),
        coherent("qpsk"),
        json!({ "modulation": "ook", "gain": 20, "received_power_w": 1e-7 }),
        json!({ "modulation": "ook", "temperature_k": 0, "surface_dark_a": 1e-9, "received_power_w": 1e-9 }),
        json!({ "modulation": "ook", "alpha": 4, "beta": 1.7 }),
        over(&json!({ "modulation": "ook" }), &pointing),
        over(&json!({ "modulation": "ook", "alpha": 4, "beta": 1.7 }), &pointing),
    ];
    let base = json!({ "received_power_w": 1e-6, "bit_rate_hz": 1e9 });
    Table { area: "fso", command: "ber", base, modes, options, beside: vec![] }.check();
}

#[test]
fn every_option_of_the_exact_references_works_or_is_named() {
    let alone = json!({});
    let mut options = vec![
        option("receive", json!(3), &alone),
        option("transmit", json!(3), &alone),
        option("snr_db", json!(12), &alone),
    ];
    let base = json!({ "receive": 2, "transmit": 2, "snr_db": 10 });
    let modes = vec![alone.clone(), json!({ "receive": 1 }), json!({ "receive": 1, "transmit": 1 })];
    Table {
        area: "mimo",
        command: "ergodic",
        base: base.clone(),
        modes: modes.clone(),
        options: options.clone(),
        beside: vec![],
    }
    .check();
    options.push(option("outage_probability", json!(0.2), &alone));
    let base = over(&base, &json!({ "outage_probability": 0.1 }));
    Table { area: "mimo", command: "outage", base, modes, options, beside: vec![] }.check();
}

#[test]
fn every_option_of_a_simulated_channel_works_or_is_named() {
    let folder = TempFolder::new("options");
    let plain = folder.path().join("plain.toml");
    std::fs::write(&plain, "guides = []\n").unwrap();
    let alone = json!({});
    let mut options = vec![
        option("receive", json!(3), &alone),
        option("transmit", json!(3), &alone),
        option("scenario", json!(plain), &alone),
        option("distance_m", json!(1500), &alone),
        option("guide_coupling", json!("independent_modes"), &alone),
        option("receive_spacing_waves", json!(0.7), &alone),
        option("transmit_spacing_waves", json!(4), &alone),
        option("bandwidth_hz", json!(30e6), &alone),
        option("bins", json!(5), &alone),
        option("seed", json!(2), &alone),
    ];
    let modes = vec![
        alone.clone(),
        json!({ "receive": 1 }),
        json!({ "transmit": 1 }),
        json!({ "bandwidth_hz": 20e6, "bins": 4 }),
        json!({ "bandwidth_hz": 1e9, "bins": 3, "receive_spacing_waves": 8 }),
        json!({ "scenario": plain }),
    ];
    let base = json!({ "receive": 2, "transmit": 2 });
    options.push(option("draw", json!(1), &alone));
    Table {
        area: "mimo",
        command: "draw",
        base: base.clone(),
        modes: modes.clone(),
        options: options.clone(),
        beside: vec!["out"],
    }
    .check();
    options.pop();
    options.extend([option("snr_db", json!(12), &alone), option("trials", json!(300), &alone)]);
    let base = over(&base, &json!({ "snr_db": 10, "trials": 200 }));
    Table { area: "mimo", command: "capacity", base, modes, options, beside: vec!["threads"] }.check();
}
