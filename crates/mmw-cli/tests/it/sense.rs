//! `mmw sense` from outside: people followed through files and pipes, and the small jobs of a batch.

use super::options::{answers, message};
use super::{TempFolder, mmw, stderr, succeed};
use mmw_sense::simulate::{People, PeopleConfig, PeopleKind, Scan};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

fn scans(kind: PeopleKind) -> Vec<Scan> {
    People::new(PeopleConfig::new(kind, 1)).unwrap().collect()
}

/// People as a table of points.
pub(super) fn table(kind: PeopleKind) -> String {
    let mut text = "frame,time_s,x_m,y_m,z_m,velocity_m_s,snr_db\n".to_owned();
    for scan in scans(kind) {
        for point in &scan.cloud.points {
            let ([x, y, z], v) = (point.position_m, point.velocity_m_s.unwrap());
            writeln!(text, "{},{},{x},{y},{z},{v},12", scan.cloud.frame, scan.cloud.time_s).unwrap();
        }
    }
    text
}

/// The same as the lines that a running `radar process` prints.
fn lines(kind: PeopleKind) -> String {
    let point = |frame: u64, point: &mmw_sense::CloudPoint| {
        let [x, y, z] = point.position_m;
        json!({ "frame": frame, "range_m": point.range_m(), "velocity_m_s": point.velocity_m_s, "azimuth_rad": x.atan2(y),
                "elevation_rad": null, "x_m": x, "y_m": y, "z_m": z, "snr_db": 12.0, "velocity_ambiguous": false,
                "velocity_interval_m_s": null, "angle_ambiguous": false, "unexplained_share": null })
    };
    let line = |scan: &Scan| {
        let frame = scan.cloud.frame;
        let points: Vec<Value> = scan.cloud.points.iter().map(|one| point(frame, one)).collect();
        json!({ "frame": frame, "damage": [], "clipped": null, "points": points }).to_string() + "\n"
    };
    scans(kind).iter().map(line).collect()
}

fn piped(arguments: &[&str], input: &[u8]) -> (i32, String, String) {
    let mut command = mmw(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_vec());
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let said = stderr(&output);
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap(), said)
}

#[test]
fn people_are_followed_through_a_table_of_points() {
    let folder = TempFolder::new("sense-track");
    let (points, out) = (folder.path().join("points.csv"), folder.path().join("out"));
    std::fs::write(&points, table(PeopleKind::Crossing)).unwrap();
    let arguments = ["sense", "track", points.to_str().unwrap(), "-o", out.to_str().unwrap(), "--json"];
    let answer: Value = serde_json::from_str(&succeed(&arguments)).unwrap();
    let tracks = answer["tracks"].as_array().unwrap();
    assert_eq!(tracks.len(), 4);
    assert!(tracks.iter().all(|track| track["path_m"].as_f64().unwrap() > 5.0));
    let read = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    let csv = read("tracks.csv");
    assert!(csv.starts_with("frame,time_s,id,x_m,y_m,z_m,vx_m_s,vy_m_s,vz_m_s,status\n"));
    let scans = answer["scans"].as_array().unwrap();
    let rows: usize = scans.iter().map(|scan| scan["tracks"].as_array().unwrap().len()).sum();
    assert_eq!(csv.lines().count(), 1 + rows);
    let lines: Vec<Value> =
        read("tracks.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(&lines, scans);
    assert!(std::fs::read(out.join("tracks.png")).unwrap().starts_with(b"\x89PNG"));
    // The page holds all it needs: nothing is loaded, and the frames stand in it.
    let page = read("tracks.html");
    assert!(["http:", "https:", "src=", "\"FRAMES\""].iter().all(|word| !page.contains(word)));
    let frames = page.split_once("const frames = ").unwrap().1.split_once(";\n").unwrap().0;
    let frames: Vec<Value> = serde_json::from_str(frames).unwrap();
    assert_eq!(frames.len(), scans.len());
    let text = succeed(&arguments[..5]);
    assert!(text.contains("4 tracks") && text.contains("tracks, picture and page are in"), "{text}");
}

#[test]
fn lines_of_a_running_radar_are_answered_one_by_one() {
    let arguments = ["sense", "track", "-", "--period-s", "0.05"];
    let input = lines(PeopleKind::Crossing);
    let (status, told, said) = piped(&arguments, input.as_bytes());
    assert_eq!(status, 0, "{said}");
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), input.lines().count());
    assert!(told.iter().any(|scan| scan["tracks"].as_array().unwrap().len() == 4));
    // A line that is none is reported and stops nothing.
    let broken: String = input.lines().take(3).map(|line| format!("{line}\n{{\"frame\":\n")).collect();
    let (status, told, said) = piped(&arguments, broken.as_bytes());
    assert_eq!((status, told.lines().count()), (1, 3));
    assert!(said.contains("3 of 6 lines failed") && said.contains("line 2"), "{said}");
    let (status, _, said) = piped(&["sense", "track", "-"], input.as_bytes());
    assert!(status == 1 && said.contains("--period-s"), "{said}");
    // A table through a pipe is answered as a whole.
    let table = table(PeopleKind::Crossing);
    let (status, told, said) = piped(&["sense", "track", "-", "--json"], table.as_bytes());
    assert_eq!(status, 0, "{said}");
    assert_eq!(serde_json::from_str::<Value>(&told).unwrap()["tracks"].as_array().unwrap().len(), 4);
}

#[test]
fn what_holds_no_points_is_an_error_that_names_it() {
    let folder = TempFolder::new("sense-wrong");
    for (name, text, words) in [
        ("a.txt", "hello, world\n", "ti_mmwave messages"),
        ("b.csv", "frame,time_s,x_m\n0,0,1\n", "y_m"),
        ("c.csv", "frame,x_m,y_m\n0,1,2\n", "--period-s"),
        ("d.ply", "ply\nformat ascii 1.0\n", "end_header"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let output = mmw(&["sense", "track", path.to_str().unwrap()]).output().unwrap();
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(words), "{name}: {said}");
    }
}

fn answer(command: &str, line: Value) -> Value {
    let mut answers = answers("sense", command, &[line]);
    assert_eq!(answers.len(), 1);
    assert_eq!(message(&answers[0]), None);
    answers.remove(0)
}

#[test]
fn small_jobs_answer_with_the_fields_of_their_tables() {
    let found = answer("assignment", json!({ "cost": [[1, 2], [null, 3]], "miss": 5, "best": 3 }));
    assert_eq!((&found["cost"], &found["assignment"]), (&json!(4.0), &json!([0, 1])));
    assert_eq!(found["best"], json!([4.0, 6.0, 7.0]));
    let sets = json!({ "truth": [[0, 1], [1, 3]], "estimate": [[0, 1.5]], "c": 1 });
    let found = answer("ospa", sets.clone());
    // One is half a metre off, one is missed: the root of (1/4 + 1)/2.
    assert!((found["ospa"].as_f64().unwrap() - 0.625_f64.sqrt()).abs() < 1e-15);
    assert_eq!(answer("gospa", sets)["gospa_missed"], json!(0.5));
    let points =
        json!([[0, 3, 0, 0.5], [0.1, 3, 0, 0.5], [0.2, 3, 0, null], [0.1, 3.1, 0, 0.4], [2, 3, 0, 0]]);
    let found = answer("cluster", json!({ "points": points }));
    assert_eq!((&found["labels"], &found["clusters"]), (&json!([0, 0, 0, 0, -1]), &json!(1)));
    let found =
        answer("cluster", json!({ "points": points, "plain": { "eps": 0.5, "velocity_scale_s": 0 } }));
    assert_eq!(found["labels"], json!([0, 0, 0, 0, -1]));
}

/// The filter's table is that of the library.
#[test]
fn filters_answer_as_their_table_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mmw-sense/tests/data/filters.json");
    let table: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let case = &table["cases"][0];
    let steps: Vec<Value> =
        case["steps"].as_array().unwrap().iter().map(|s| json!({ "dt": s["dt"], "z": s["z"] })).collect();
    let mut line = json!({ "steps": steps });
    for name in ["noise", "q", "sd", "state0", "cov0", "sensor"] {
        line[name] = case[name].clone();
    }
    let found = answer("filter", line);
    for (step, expected) in found["steps"].as_array().unwrap().iter().zip(case["steps"].as_array().unwrap()) {
        for name in ["predicted", "z_predicted", "innovation", "innovation_cov", "state", "cov"] {
            let pairs = step[name].as_array().unwrap().iter().zip(expected[name].as_array().unwrap());
            // What the table states.
            assert!(
                pairs.clone().all(|(a, b)| (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-9),
                "{name}"
            );
        }
    }
}

/// A corner of three planes as rows of JSON.
pub(super) fn corner(shift: f64) -> Value {
    let grid = (0..8).flat_map(|i| (0..8).map(move |j| (0.2 * f64::from(i), 0.2 * f64::from(j) + 0.1)));
    let places = grid.flat_map(|(a, b)| [[a + shift, b, 0.0], [a + shift, 0.0, b], [shift, a + 0.1, b]]);
    json!(places.collect::<Vec<_>>())
}

#[test]
fn clouds_are_brought_together() {
    for method in ["point", "plane", "gicp"] {
        let found =
            answer("register", json!({ "target": corner(0.0), "source": corner(-0.03), "method": method }));
        let pose: Vec<f64> = found["pose"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
        assert!((pose[3] - 0.03).abs() < 1e-6 && (pose[0] - 1.0).abs() < 1e-6, "{method}: {pose:?}");
        assert_eq!(found["stop"], json!("rest"));
    }
}
