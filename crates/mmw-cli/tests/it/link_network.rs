//! `mmw link network`: files in, networks out, and what is refused.

use super::{TempFolder, mmw, stderr, succeed};
use serde_json::Value;
use std::path::Path;

const PAD: &str = "! a pad\n# GHz S RI R 50\n1 0.1 0 0.5 0 0.5 0 0.1 0\n2 0.1 0 0.5 0.1 0.5 0.1 0.1 0\n";

fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&succeed(&[&["link", "network"], arguments, &["--json"]].concat())).unwrap()
}

/// The message on standard error and the exit status.
fn refused(arguments: &[&str]) -> (String, Option<i32>) {
    let output = mmw(&[&["link", "network"], arguments].concat()).output().unwrap();
    (stderr(&output), output.status.code())
}

#[test]
fn a_file_is_summed_up_drawn_and_written() {
    let folder = TempFolder::new("network-one");
    let pad = file(folder.path(), "pad.s2p", PAD);
    let out = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (written, smith, db) = (out("pad.ts"), out("smith.svg"), out("db.png"));
    let text = succeed(&["link", "network", &pad, "-o", &written, "--smith", &smith, "--db-plot", &db]);
    assert!(
        text.contains("2 port(s), 2 frequencies") && text.contains("passive") && text.contains("reciprocal"),
        "{text}"
    );
    assert!(std::fs::read_to_string(&smith).unwrap().contains("S22"));
    assert!(std::fs::read(&db).unwrap().starts_with(b"\x89PNG"));
    let back = std::fs::read_to_string(&written).unwrap();
    assert!(back.starts_with("! a pad\n[Version] 2.1\n# HZ S RI R 50\n"), "{back}");
    let answer = json(&[&written]);
    assert_eq!(answer["s"], json(&[&pad])["s"]);
    assert_eq!(answer["s"][1][1][0], serde_json::json!([0.5, 0.1]));
    assert_eq!(answer["frequencies_hz"], serde_json::json!([1e9, 2e9]));
}

#[test]
fn cascades_and_fixtures_undo_each_other() {
    let folder = TempFolder::new("network-chain");
    let pad = file(folder.path(), "pad.s2p", PAD);
    let device = file(folder.path(), "device.s2p", &PAD.replace("0.5 0", "0.7 0").replace("0.1 0", "0.3 0"));
    let chain = folder.path().join("chain.s2p").to_str().unwrap().to_owned();
    json(&[&pad, &device, &pad, "--cascade", "-o", &chain]);
    let found = json(&[&pad, &chain, &pad, "--deembed"]);
    let expected = json(&[&device]);
    let numbers = |answer: &Value| -> Vec<f64> {
        let cells = answer["s"].as_array().unwrap().iter().flat_map(|m| m.as_array().unwrap());
        let entries = cells.flat_map(|row| row.as_array().unwrap()).flat_map(|z| z.as_array().unwrap());
        entries.map(|x| x.as_f64().unwrap()).collect()
    };
    for (a, b) in numbers(&found).iter().zip(numbers(&expected)) {
        // Twice over a transmission of a half.
        assert!((a - b).abs() < 1e-14, "{found}");
    }
    let seen = json(&[&pad, "--renormalise", "75,50+10j"]);
    assert_eq!(seen["references_ohm"], serde_json::json!([[[75.0, 0.0], [50.0, 10.0]]]));
    let odd = file(folder.path(), "odd.s2p", &PAD.replace("\n2 ", "\n3 "));
    assert_eq!(json(&[&pad, &odd, "--cascade", "--interpolate"]).get("error"), None);
}

#[test]
fn refusals_name_the_file_the_line_and_the_option() {
    let folder = TempFolder::new("network-refused");
    let pad = file(folder.path(), "pad.s2p", PAD);
    let bad = file(folder.path(), "bad.s2p", &PAD.replace("0.5 0.1", "0.5 x"));
    let stop = file(folder.path(), "stop.s2p", &PAD.replace("0.5 0.1", "0 0"));
    let other = file(folder.path(), "other.s2p", &PAD.replace("\n2 ", "\n3 "));
    let out = folder.path().join("out.s3p").to_str().unwrap().to_owned();
    for (arguments, words) in [
        (vec![&bad[..]], vec!["bad.s2p", "line 4", "found x"]),
        (vec![&pad, &pad], vec!["--cascade"]),
        (vec![&pad, "--cascade"], vec!["cascade"]),
        (vec![&pad, "--deembed"], vec!["deembed"]),
        (vec![&pad, "--interpolate"], vec!["interpolate"]),
        (vec![&pad, &other, "--cascade"], vec!["--interpolate", "frequencies_hz"]),
        (vec![&pad, "--renormalise", "1,2,3"], vec!["renormalise", "2 ports"]),
        (vec![&pad, "--renormalise", "0"], vec!["renormalise"]),
        (vec![&pad, "-o", &out], vec!["out.s3p", ".s2p"]),
        (vec!["no/such.s2p"], vec!["no/such.s2p"]),
        (vec![&pad, "--smith", "x.gif"], vec!["smith", "x.gif"]),
        (vec![&pad, "--db-plot", "x.gif"], vec!["db_plot", "x.gif"]),
        (vec![&stop, &pad, "--deembed"], vec!["deembed", "stop.s2p", "2e9 Hz"]),
        (vec![&pad, &pad, &stop, "--deembed"], vec!["deembed", "stop.s2p", "2e9 Hz"]),
    ] {
        let (message, status) = refused(&arguments);
        assert_eq!(status, Some(1), "{arguments:?}: {message}");
        assert!(words.iter().all(|word| message.contains(word)), "{arguments:?}: {message}");
    }
    for wrong in [
        vec![&pad[..], "--format", "ri"],
        vec![&pad, "--cascade", "--deembed"],
        vec![&pad, "--renormalise", "x"],
    ] {
        assert_eq!(refused(&wrong).1, Some(2), "{wrong:?}");
    }
    assert!(!Path::new(&out).exists());
}

#[test]
fn noise_that_is_not_carried_over_is_said_in_the_answer_and_in_the_file() {
    let folder = TempFolder::new("network-noise");
    let pad = file(folder.path(), "pad.s2p", PAD);
    let noisy = file(folder.path(), "noisy.s2p", &format!("{PAD}1 0.7 0.6 69 0.4\n"));
    let out = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (seen, version_2) = (out("seen.s2p"), out("seen.ts"));
    for arguments in [
        vec![&noisy[..], "--renormalise", "75", "-o", &seen],
        vec![&noisy, "--renormalise", "75", "-o", &version_2],
        vec![&noisy, "--waves", "pseudo", "-o", &seen],
        vec![&pad, &noisy, "--cascade", "-o", &seen],
    ] {
        let answer = json(&arguments);
        let notes = answer["notes"].as_array().unwrap();
        let note = notes[0].as_str().unwrap();
        assert!(notes.len() == 1 && note.contains("noise") && note.contains("noisy.s2p"), "{answer}");
        assert!(answer.get("noise").is_none());
        let written = arguments[arguments.len() - 1];
        assert!(std::fs::read_to_string(written).unwrap().starts_with(&format!("! {note}\n")));
        assert_eq!(json(&[written])["s"], answer["s"]);
        let told = succeed(&[&["link", "network"], &arguments[..]].concat());
        assert!(told.contains(note), "{told}");
    }
    let kept = json(&[&noisy, "-o", &seen]);
    assert!(kept.get("notes").is_none() && kept["noise"].as_array().unwrap().len() == 1);
    assert!(json(&[&pad, "--renormalise", "75"]).get("notes").is_none());
}
