//! `mmw sense slam` and `mmw sense graph` from outside: a walk through a room, and a table's graph.

use super::options::{Table, answers, option};
use super::{TempFolder, mmw, stderr, succeed};
use mmw_sense::simulate::{RoomWalk, RoomWalkConfig};
use mmw_sense::trajectory::{TimedPose, write_tum};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;

/// Scans, truth and gyroscope of the first steps of a walk.
fn files(folder: &TempFolder, steps: usize) -> [String; 3] {
    let mut config = RoomWalkConfig::new(4);
    config.rays = 120;
    let mut scans = "frame,time_s,x_m,y_m,z_m,velocity_m_s\n".to_owned();
    let mut gyro = "time_s,yaw_rate_rad_s\n".to_owned();
    let mut truth = Vec::new();
    for scan in RoomWalk::new(config).unwrap().take(steps) {
        let (frame, time) = (scan.cloud.frame, scan.cloud.time_s);
        truth.push(TimedPose::new(time, scan.pose).unwrap());
        writeln!(gyro, "{time},{}", scan.turn_rate_rad_s[2]).unwrap();
        for point in &scan.cloud.points {
            let [x, y, z] = point.position_m;
            writeln!(scans, "{frame},{time},{x},{y},{z},{}", point.velocity_m_s.unwrap()).unwrap();
        }
    }
    [("scans.csv", scans), ("truth.tum", write_tum(&truth)), ("gyro.csv", gyro)].map(|(name, text)| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    })
}

#[test]
fn a_walk_through_a_room_gives_a_path_and_a_map() {
    let folder = TempFolder::new("sense-slam");
    let [scans, truth, gyro] = files(&folder, 60);
    let out = folder.path().join("out");
    let out = out.to_str().unwrap();
    let arguments =
        ["sense", "slam", &scans, "--truth", &truth, "--gyro", &gyro, "-o", out, "--json"].map(str::to_owned);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer: Value = serde_json::from_str(&succeed(&arguments)).unwrap();
    assert_eq!((answer["scans"].as_u64(), answer["unmatched"].as_u64()), (Some(60), Some(0)));
    // A reference program without loops: 0.2 % after 35 m, of which this is the first tenth.
    assert!(answer["compared"]["ate_m"].as_f64().unwrap() < 0.02, "{answer}");
    let read = |name: &str| std::fs::read_to_string(Path::new(out).join(name)).unwrap();
    assert_eq!(read("trajectory.tum").lines().count(), 61);
    let points = answer["map_points"].as_u64().unwrap();
    assert!(read("map.ply").contains(&format!("element vertex {points}\n")));
    assert!(read("loops.csv").starts_with("from,to,x_m"));
    let text = succeed(&arguments[..5]);
    assert!(text.contains("60 scans") && text.contains("ATE"), "{text}");
}

#[test]
fn every_option_of_the_map_works_or_is_named() {
    let folder = TempFolder::new("sense-slam-options");
    let [scans, truth, gyro] = files(&folder, 12);
    let shorter = folder.path().join("b.csv");
    let text = std::fs::read_to_string(&scans).unwrap();
    let first: Vec<&str> = text.lines().filter(|line| !line.starts_with("11,")).collect();
    std::fs::write(&shorter, first.join("\n")).unwrap();
    let config = folder.path().join("c.toml");
    std::fs::write(&config, "keyframe_m = 0.1\n").unwrap();
    let loops = folder.path().join("d.toml");
    std::fs::write(&loops, "keyframe_m = 0.02\nloop_scans = 3\nmap_keyframes = 2\n").unwrap();
    let alone = json!({});
    let looped = json!({ "config": loops, "input": [files(&folder, 60)[0]] });
    let options = vec![
        option("input", json!([shorter]), &alone),
        option("demo", json!("out_of_box"), &alone),
        option("topic", json!("/radar"), &alone),
        option("period_s", json!(0.1), &alone),
        option("gyro", json!(gyro), &alone),
        option("time_offset_s", json!(0.05), &alone),
        option("time_offset_s", json!(0.05), &json!({ "gyro": gyro })),
        option("sd", json!([0.1, 0.02, 0.03, 0.1]), &alone),
        option("config", json!(config), &alone),
        option("no_loops", json!(true), &looped),
        option("truth", json!(truth), &alone),
    ];
    let modes = vec![alone.clone()];
    let base = json!({ "input": [scans] });
    Table { area: "sense", command: "slam", base, modes, options, beside: vec!["out"] }.check();
}

fn graph_row() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mmw-sense/tests/data/posegraph.json");
    let table: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    table["plane"][0].clone()
}

#[test]
fn a_graph_is_answered_as_its_table_does_from_a_line_and_from_a_file() {
    let row = graph_row();
    let line = json!({ "start": row["graph"]["start"], "edges": row["graph"]["edges"], "sd": row["sd"] });
    let chi2 = row["chi2"].as_f64().unwrap();
    let answer = &answers("sense", "graph", std::slice::from_ref(&line))[0];
    assert!((answer["chi2"].as_f64().unwrap() / chi2 - 1.0).abs() < 1e-8, "{answer}");
    // The same as lines of g2o.
    let mut text = String::new();
    let rows = |value: &Value| -> Vec<Vec<f64>> { serde_json::from_value(value.clone()).unwrap() };
    for (i, pose) in rows(&line["start"]).iter().enumerate() {
        writeln!(text, "VERTEX_SE2 {i} {} {} {}", pose[0], pose[1], pose[2]).unwrap();
    }
    let i: Vec<f64> = rows(&json!([row["sd"]]))[0].iter().map(|s| 1.0 / (s * s)).collect();
    for e in rows(&line["edges"]) {
        let ends = format!("EDGE_SE2 {} {} {} {} {}", e[0], e[1], e[2], e[3], e[4]);
        writeln!(text, "{ends} {} 0 0 {} 0 {}", i[0], i[1], i[2]).unwrap();
    }
    let folder = TempFolder::new("sense-graph");
    let (file, out) = (folder.path().join("a.g2o"), folder.path().join("b.g2o"));
    std::fs::write(&file, text).unwrap();
    let [file, out] = [&file, &out].map(|path| path.to_str().unwrap());
    let said = succeed(&["sense", "graph", file, "-o", out]);
    assert!(said.contains("30 poses, 38 edges") && said.contains("(rest)"), "{said}");
    let again: Value = serde_json::from_str(&succeed(&["sense", "graph", out, "--json"])).unwrap();
    assert!((again["chi2_start"].as_f64().unwrap() / chi2 - 1.0).abs() < 1e-8);
    let foreign = mmw(&["sense", "graph", "Cargo.toml"]).output().unwrap();
    assert!(foreign.status.code() == Some(1) && stderr(&foreign).contains("VERTEX_SE2"));
}

#[test]
fn every_option_of_the_graph_works_or_is_named() {
    let folder = TempFolder::new("sense-graph-options");
    let file = folder.path().join("a.g2o");
    std::fs::write(&file, "VERTEX_SE2 0 0 0 0\nVERTEX_SE2 1 1 0 0\nEDGE_SE2 0 1 2 0 0 1 0 0 1 0 1\n")
        .unwrap();
    let row = graph_row();
    let mut false_loop = row["graph"]["edges"].clone();
    false_loop.as_array_mut().unwrap().push(json!([2, 25, 0.0, 0.0, 0.0]));
    let base = json!({ "start": row["graph"]["start"], "edges": row["graph"]["edges"], "sd": row["sd"] });
    let alone = json!({});
    let other: Vec<Value> = row["graph"]["start"].as_array().unwrap()[..].to_vec();
    let mut moved = other.clone();
    moved[0] = json!([1.0, 0.0, 0.0]);
    let options = vec![
        option("input", json!(file), &alone),
        option("start", json!(moved), &alone),
        option("edges", false_loop.clone(), &alone),
        option("sd", json!([1, 1, 1]), &alone),
        option("doubt_loops", json!(true), &json!({ "edges": false_loop })),
        option("steps", json!(1), &alone),
    ];
    let modes = vec![alone.clone()];
    Table { area: "sense", command: "graph", base, modes, options, beside: vec!["out"] }.check();
}
