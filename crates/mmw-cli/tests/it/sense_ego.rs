//! `mmw sense ego` from outside: a table's scans in a batch, and a radar carried through files.

use super::options::{Table, answers, message, option};
use super::{TempFolder, mmw, stderr, succeed};
use mmw_sense::Pose;
use mmw_sense::simulate::SplitMix64;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;

/// Scans of a radar that goes ahead at 0.8 m/s and turns left by 0.3 rad/s, 10 a second, each 0.11 s late,
/// with the unit that goes with it, 100 samples per second.
fn walk() -> (String, String) {
    let mut random = SplitMix64::new(9);
    let speed = |t: f64| 0.8 + 0.3 * (1.7 * t).sin();
    let mut scans = "frame,time_s,x_m,y_m,z_m,velocity_m_s,snr_db\n".to_owned();
    for frame in 0..150 {
        let t = 0.1 * f64::from(frame);
        for i in 0..40 {
            let (az, el): (f64, f64) = (random.uniform(-1.0, 1.0), random.uniform(-0.4, 0.4));
            let u = [el.cos() * az.sin(), el.cos() * az.cos(), el.sin()];
            let mover = if i % 5 == 0 { random.uniform(-2.0, 2.0) } else { 0.0 };
            let v = -u[1] * speed(t) + mover + random.normal(0.02);
            let [x, y, z] = u.map(|x| 4.0 * x);
            writeln!(scans, "{frame},{},{x},{y},{z},{v},12", t + 0.11).unwrap();
        }
    }
    let mut unit = "time_s,wx_rad_s,wy_rad_s,wz_rad_s,ax_m_s2,ay_m_s2,az_m_s2\n".to_owned();
    for i in 0..1600 {
        let t = 0.01 * f64::from(i);
        // A turn to the left pushes to the left.
        let force = [-0.3 * speed(t), 0.3 * 1.7 * (1.7 * t).cos(), 9.81];
        writeln!(unit, "{t},0,0,0.3,{},{},{}", force[0], force[1], force[2]).unwrap();
    }
    (scans, unit)
}

fn files(folder: &TempFolder) -> [String; 2] {
    let (scans, unit) = walk();
    [("scans.csv", scans), ("imu.csv", unit)].map(|(name, text)| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    })
}

#[test]
fn a_radar_is_followed_along_its_way() {
    let folder = TempFolder::new("sense-ego");
    let [scans, unit] = files(&folder);
    let out = folder.path().join("out");
    let arguments = [
        "sense",
        "ego",
        &scans,
        "--imu",
        &unit,
        "--time-offset-s",
        "auto",
        "-o",
        out.to_str().unwrap(),
        "--json",
    ];
    let answer: Value = serde_json::from_str(&succeed(&arguments)).unwrap();
    assert_eq!(answer["scans"].as_array().unwrap().len(), 150);
    // 150 scans of some 0.02 m/s, whose velocity changes by some 0.3 m/s².
    assert!((answer["late_s"].as_f64().unwrap() - 0.11).abs() < 0.03, "{}", answer["late_s"]);
    let path_m = answer["path_m"].as_f64().unwrap();
    let truth: f64 = (0..149).map(|i| 0.1 * (0.8 + 0.3 * (0.17 * (f64::from(i) + 0.5)).sin())).sum();
    // Scans are 0.02 m/s off, mostly upwards, which makes a way a little longer.
    assert!((path_m / truth - 1.0).abs() < 0.02, "{path_m} {truth}");
    // Where an arc of 0.3 rad/s leads, by the same steps as the way.
    let mut pose = Pose::identity();
    for i in 0..149 {
        let ahead = 0.1 * (0.8 + 0.3 * (0.17 * (f64::from(i) + 0.5)).sin());
        pose = pose.after(&Pose::exp([0.0, 0.0, 0.03], [0.0, ahead, 0.0]).unwrap());
    }
    let end: Vec<f64> = answer["end_m"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
    let off = (0..2).map(|i| (end[i] - pose.translation_m[i]).powi(2)).sum::<f64>().sqrt();
    assert!(off < 0.1, "{end:?} {:?}", pose.translation_m);
    let read = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    assert_eq!(read("velocity.csv").lines().count(), 151);
    let way = read("trajectory.tum");
    assert!(way.lines().skip(1).all(|line| line.split(' ').count() == 8));
    let text = succeed(&arguments[..7]);
    assert!(text.contains("150 scans with a velocity") && text.contains("late"), "{text}");
}

#[test]
fn what_an_inertial_unit_is_needed_for_is_said() {
    let folder = TempFolder::new("sense-ego-needs");
    let [scans, unit] = files(&folder);
    let rates = folder.path().join("rates.csv");
    let text = std::fs::read_to_string(&unit).unwrap().replace("ax_m_s2", "other");
    std::fs::write(&rates, text).unwrap();
    for (more, words) in [
        (vec!["--time-offset-s", "auto"], "imu"),
        (vec!["--lever-m", "0,1,0"], "imu"),
        (vec!["--time-offset-s", "auto", "--imu", rates.to_str().unwrap()], "forces"),
        (vec!["--imu", &scans], "wx_rad_s"),
        (vec!["--method", "cauchy"], "no effect on files"),
    ] {
        let output = mmw(&[&["sense", "ego", &scans][..], &more].concat()).output().unwrap();
        let said = stderr(&output);
        assert!(output.status.code() == Some(1) && said.contains(words), "{more:?}: {said}");
    }
}

/// The library's table, row by row.
#[test]
fn scans_are_answered_as_their_table_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mmw-sense/tests/data/ego.json");
    let table: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let worst = |found: &Value, expected: &Value| {
        let pairs = found.as_array().unwrap().iter().zip(expected.as_array().unwrap());
        pairs.map(|(a, b)| (a.as_f64().unwrap() - b.as_f64().unwrap()).abs()).fold(0.0, f64::max)
    };
    for row in table["scans"].as_array().unwrap() {
        let line = |method: &str, more: &Value| {
            let mut line = json!({ "azimuth": row["azimuth"], "elevation": row["elevation"], "velocity": row["velocity"],
                                   "method": method });
            line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            line
        };
        let mut asked = vec![(line("least_squares", &json!({})), row["least_squares"].clone(), 1e-9)];
        if let Some(expected) = row.get("orthogonal") {
            // The table's minimiser ends 2e-9 from the minimum.
            asked.push((
                line("orthogonal", &json!({ "sd": expected["sd"] })),
                expected["velocity"].clone(),
                2e-9,
            ));
        }
        if let Some(expected) = row.get("consensus") {
            asked.push((
                line("consensus", &json!({ "threshold": 0.15 })),
                expected["velocity"].clone(),
                1e-9,
            ));
            asked.push((line("cauchy", &json!({ "scale": 0.1 })), row["cauchy"]["velocity"].clone(), 1e-9));
        }
        let lines: Vec<Value> = asked.iter().map(|(line, ..)| line.clone()).collect();
        for (answer, (line, expected, tolerance)) in answers("sense", "ego", &lines).iter().zip(&asked) {
            assert_eq!(message(answer), None, "{line}");
            assert!(worst(&answer["velocity"], expected) < *tolerance, "{line}: {answer}");
        }
    }
}

#[test]
fn every_option_of_the_motion_works_or_is_named() {
    let folder = TempFolder::new("sense-ego-options");
    let [scans, unit] = files(&folder);
    let mut random = SplitMix64::new(2);
    let mut numbers =
        |n: usize, from: f64, to: f64| -> Vec<f64> { (0..n).map(|_| random.uniform(from, to)).collect() };
    let (azimuth, elevation) = (numbers(30, -1.0, 1.0), numbers(30, -0.4, 0.4));
    let seen = |k: usize| -> f64 {
        let still = -(elevation[k].cos() * azimuth[k].cos());
        still + if k.is_multiple_of(4) { 0.3 * (k as f64 - 15.0) } else { 0.03 * ((7 * k) as f64).sin() }
    };
    let velocity: Vec<f64> = (0..30).map(seen).collect();
    let other: Vec<f64> = velocity.iter().map(|v| 1.1 * v).collect();
    let alone = json!({});
    let options = vec![
        option("input", json!([scans]), &alone),
        option("demo", json!("out_of_box"), &alone),
        option("topic", json!("/radar"), &alone),
        option("azimuth_rad", json!(numbers(30, -1.0, 1.0)), &alone),
        option("elevation_rad", json!(numbers(30, -0.4, 0.4)), &alone),
        option("velocity_m_s", json!(other), &alone),
        option("method", json!("planar"), &alone),
        option("method", json!("geman_mcclure"), &json!({ "elevation_rad": elevation })),
        option("weights", json!((1..=30).collect::<Vec<_>>()), &alone),
        option("sd", json!([0.028, 0.05, 0.08]), &alone),
        option("threshold_m_s", json!(0.01), &alone),
        option("threshold_m_s", json!(2), &alone),
        option("scale_m_s", json!(0.01), &alone),
        option("draws", json!(1), &alone),
        option("draws", json!(40), &alone),
        option("seed", json!(3), &alone),
        option("velocity_step_m_s", json!(0.3), &alone),
        option("period_s", json!(0.2), &alone),
        option("imu", json!(unit), &alone),
        option("time_offset_s", json!(0.1), &alone),
        option("lever_m", json!("0,1,0"), &alone),
        option("rotation", json!("0,0,1,1"), &alone),
    ];
    let of = |method: &str| json!({ "method": method });
    // Eight draws find another triple with another seed.
    let modes = vec![
        json!({ "method": "robust", "draws": 8 }),
        of("least_squares"),
        of("consensus"),
        of("cauchy"),
        of("orthogonal"),
        json!({ "method": "planar", "elevation_rad": null }),
    ];
    let base = json!({ "azimuth_rad": azimuth, "elevation_rad": elevation, "velocity_m_s": velocity });
    Table { area: "sense", command: "ego", base, modes, options, beside: vec!["out"] }.check();
}
