//! `mmw fso atmosphere`, `mmw fso ber`, and what people hand in for optical links and wide bands.

use super::{mmw, succeed};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A file of another's hand, if the folder is there.
fn handed_in(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/files").join(name);
    if !path.exists() {
        println!("skipped: {} is absent", path.display());
        return None;
    }
    Some(path)
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&succeed(arguments)).unwrap()
}

fn number(answer: &Value, field: &str) -> f64 {
    answer[field].as_f64().unwrap()
}

#[test]
fn fields_that_do_not_go_together_are_named_as_they_were_given() {
    let Some(file) = handed_in("fso/fso01_power_batch.jsonl") else { return };
    let output = mmw(&["fso", "power", "--batch", file.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    let messages: Vec<String> = text
        .lines()
        .map(|line| {
            let answer: Value = serde_json::from_str(line).unwrap();
            answer["error"]["message"].as_str().unwrap_or_default().to_owned()
        })
        .collect();
    let expected: [&[&str]; 4] = [
        &["scale_height_m", "haze"],
        &["--wave", "--direction downlink"],
        &["wavelength_m is 1550"],
        &["divergence_rad", "waist_m", "9.868e-4", "4.934e-3"],
    ];
    assert_eq!(messages.len(), expected.len());
    for (message, words) in messages.iter().zip(expected) {
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
        assert!(!message.contains("rytov_variance"), "{message}");
    }
}

#[test]
fn a_line_of_sight_over_a_wide_band_turns_the_phase_between_antennas() {
    let Some(file) = handed_in("mimo/mimo01_line_of_sight_at_45_degrees.toml") else { return };
    let drawn = json(&[
        "mimo",
        "draw",
        "--scenario",
        file.to_str().unwrap(),
        "--receive=2",
        "--transmit=1",
        "--receive-spacing-waves=8",
        "--bandwidth-hz=1e9",
        "--bins=3",
        "--json",
    ]);
    let entry = |k: usize, antenna: usize| {
        let z = &drawn["h"][k][antenna][0];
        (z[0].as_f64().unwrap(), z[1].as_f64().unwrap())
    };
    let between = |k: usize| {
        let ((a, b), (c, d)) = (entry(k, 1), entry(k, 0));
        (b * c - a * d).atan2(a * c + b * d)
    };
    let turn = std::f64::consts::TAU;
    for (k, sign) in [(0, 1.0), (2, -1.0)] {
        // The mobile station sees the base station to the left: 8 · sin 45° wavelengths, 333 MHz over 2 GHz.
        let off = between(k) - between(1) - sign * 5.92;
        assert!((off - turn * (off / turn).round()).abs() < 0.01, "{off}");
    }
}

#[test]
fn a_downlink_has_the_wander_the_averaging_and_the_scintillation_of_a_downlink() {
    let power = |more: &[&str]| {
        let fixed = [
            "fso",
            "power",
            "--json",
            "--altitude-m=20e3",
            "--divergence-rad=2e-4",
            "--aperture-radius-m=0.1",
            "--wobble-m=0.3",
            "--outage=1e-3",
            "--snr-threshold-db=10",
            "--noise-a=1e-6",
        ];
        json(&[&fixed[..], more].concat())
    };
    let (up, down) = (power(&[]), power(&["--direction=downlink"]));
    assert!(number(&down, "wander_m") < 0.1 * number(&up, "wander_m"));
    assert!(number(&down, "alpha") > 2.0 * number(&up, "alpha"));
    // Reciprocity: at a point the index is the same from either end.
    let (up, down) = (power(&["--point-receiver"]), power(&["--direction=downlink", "--point-receiver"]));
    assert_eq!((&up["alpha"], &up["beta"]), (&down["alpha"], &down["beta"]));
    let plane = power(&["--direction=downlink", "--point-receiver", "--wave=plane"]);
    assert!(number(&plane, "alpha") < number(&down, "alpha"));
}

#[test]
fn hufnagel_valley_has_the_coherence_that_it_is_named_for() {
    let answer = json(&[
        "fso",
        "atmosphere",
        "--altitude-m=100e3",
        "--direction=downlink",
        "--wavelength-m=0.5e-6",
        "--json",
    ]);
    assert!((number(&answer, "fried_plane_m") - 0.0496).abs() < 5e-5, "{answer}");
    assert!((number(&answer, "isoplanatic_angle_rad") - 6.89e-6).abs() < 5e-9, "{answer}");
    // f_G τ₀ = (0.102/2.914)^(3/5).
    let product = number(&answer, "coherence_time_s") * number(&answer, "greenwood_frequency_hz");
    assert!((product / (0.102_f64 / 2.914).powf(0.6) - 1.0).abs() < 1e-12);
    assert_eq!(answer["aperture_factor"], 1.0);
    let shown = succeed(&["fso", "atmosphere", "--altitude-m=20e3", "--aperture-radius-m=0.1"]);
    assert!(shown.contains("urad") && shown.contains("behind the aperture"), "{shown}");
    let output = mmw(&[
        "fso",
        "atmosphere",
        "--altitude-m=20e3",
        "--wind-m-s=0",
        "--ground-cn2=0",
        "--profile=constant",
    ]);
    assert_eq!({ output }.output().unwrap().status.code(), Some(1));
}

#[test]
fn shot_noise_alone_needs_the_photons_of_the_textbook() {
    // 9, 18, 20 photons per bit (Agrawal, table 10.1): with that many, the rate is 1e-9 within their
    // rounding.
    for (modulation, mixing, photons) in [
        ("bpsk", "homodyne", 9.0),
        ("bpsk", "heterodyne", 18.0),
        ("dpsk", "heterodyne", 20.03),
        ("qpsk", "homodyne", 18.0),
    ] {
        // 1 A/W and 1 Gb/s: electrons for each bit are P/(q · 1e9).
        let power = format!("--received-power-w={}", photons * 1.602_176_634e-19 * 1e9);
        let (modulation, mixing) = (format!("--modulation={modulation}"), format!("--mixing={mixing}"));
        let answer = json(&[
            "fso",
            "ber",
            "--json",
            &modulation,
            &mixing,
            &power,
            "--bit-rate-hz=1e9",
            "--responsivity-a-w=1",
            "--temperature-k=0",
            "--oscillator-w=1",
        ]);
        assert!((number(&answer, "electrons_per_bit") - photons).abs() < 1e-9);
        // Q(6) is 0.987e-9.
        assert!(
            (number(&answer, "bit_error_rate") / 1e-9 - 1.0).abs() < 0.015,
            "{modulation} {mixing}: {answer}"
        );
        assert_eq!(answer["without_fading"], Value::Null);
    }
    let shown = succeed(&[
        "fso",
        "ber",
        "--modulation=ook",
        "--received-power-w=1e-6",
        "--bit-rate-hz=1e9",
        "--alpha=4",
        "--beta=1.7",
    ]);
    assert!(shown.contains("without fading"), "{shown}");
}
