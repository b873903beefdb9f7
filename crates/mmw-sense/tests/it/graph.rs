//! Pose graphs against a table (scipy, checked against GTSAM) and against what must be so.

use crate::tables::{array, index, list, number, table, worst};
use mmw_sense::Pose;
use mmw_sense::graph::{
    AnyGraph, Edge, GraphConfig, PlaneGraph, PlanePose, SpaceGraph, grid_walk, read_g2o, sphere,
    write_g2o_plane, write_g2o_space,
};
use mmw_sense::registration::Stop;
use serde_json::Value;

const TABLE: &str = include_str!("../data/posegraph.json");

fn seed(row: &Value) -> u64 {
    row["seed"].as_u64().unwrap()
}

fn numbers(pose: &PlanePose) -> [f64; 3] {
    [pose.x_m, pose.y_m, pose.heading_rad]
}

fn rms(distances: impl Iterator<Item = f64>) -> f64 {
    let (n, sum) = distances.fold((0.0, 0.0), |(n, sum), d| (n + 1.0, sum + d * d));
    (sum / n).sqrt()
}

#[test]
fn graphs_in_the_plane_end_where_the_table_says() {
    for row in list(&table(TABLE)["plane"]) {
        let (poses, side) = (index(&row["poses"]), index(&row["side"]) as u32);
        let mut scene = grid_walk(seed(row), poses, side, array(&row["sd"])).unwrap();
        assert_eq!(scene.graph.edges().len(), index(&row["edges"]));
        assert!((scene.graph.chi2() / number(&row["chi2_start"]) - 1.0).abs() < 1e-10);
        let found = scene.graph.optimise(&GraphConfig::default()).unwrap();
        assert_eq!(found.stop, Stop::Rest);
        assert!((found.chi2 / number(&row["chi2"]) - 1.0).abs() < 1e-8);
        let last = numbers(&scene.graph.poses()[poses - 1]);
        let middle = numbers(&scene.graph.poses()[poses / 2]);
        assert!(worst(&last, &array::<3>(&row["last"])) < 1e-6);
        assert!(worst(&middle, &array::<3>(&row["middle"])) < 1e-6);
        let off = scene.graph.poses().iter().zip(&scene.truth);
        let off = rms(off.map(|(a, b)| (a.x_m - b.x_m).hypot(a.y_m - b.y_m)));
        assert!((off - number(&row["rms_m"])).abs() < 1e-6);
    }
}

#[test]
fn graphs_in_space_end_where_the_table_says() {
    for row in list(&table(TABLE)["space"]) {
        let size = [index(&row["rings"]), index(&row["per_ring"])];
        let deviations = [number(&row["sd_t"]), number(&row["sd_r"])];
        let mut scene = sphere(seed(row), size, number(&row["radius"]), deviations).unwrap();
        assert_eq!(scene.graph.edges().len(), index(&row["edges"]));
        let found = scene.graph.optimise(&GraphConfig::default()).unwrap();
        assert!((found.chi2 / number(&row["chi2"]) - 1.0).abs() < 1e-8);
        let last = scene.graph.poses().last().unwrap();
        assert!(worst(&last.translation_m, &array::<3>(&row["last_position"])) < 1e-6);
        assert!(worst(last.rotation.as_flattened(), &array::<9>(&row["last_rotation"])) < 1e-6);
    }
}

/// A path of two laps around a square, each lap seeing the one before.
fn laps() -> (PlaneGraph, Vec<PlanePose>) {
    let scene = grid_walk(11, 200, 5, [0.02, 0.02, 0.01]).unwrap();
    (scene.graph, scene.truth)
}

fn off(graph: &PlaneGraph, truth: &[PlanePose]) -> f64 {
    rms(graph.poses().iter().zip(truth).map(|(a, b)| (a.x_m - b.x_m).hypot(a.y_m - b.y_m)))
}

#[test]
fn false_loops_lose_their_weight_and_true_ones_keep_it() {
    let (clean, truth) = laps();
    let mut right = clean.clone();
    right.optimise(&GraphConfig::default()).unwrap();
    let best = off(&right, &truth);
    let mut graph = clean.clone();
    let true_edges = graph.edges().len();
    let information = graph.edges()[0].information;
    for (from, to) in [(5, 150), (20, 90), (60, 199), (3, 120), (33, 170)] {
        // One that says that two places far apart are the same.
        let false_one = Edge::new(from, to, PlanePose::new(0.3, -0.2, 0.4).unwrap(), information).unwrap();
        graph.add(false_one).unwrap();
    }
    let mut fooled = graph.clone();
    fooled.optimise(&GraphConfig::default()).unwrap();
    assert!(off(&fooled, &truth) > 5.0 * best);
    graph.doubt_loops();
    let found = graph.optimise(&GraphConfig::default()).unwrap();
    assert!(found.weights[true_edges..].iter().all(|weight| *weight < 1e-3));
    // One true loop in a hundred is expected beyond the width where the weight is a quarter.
    let kept = found.weights[..true_edges].iter().filter(|weight| **weight > 0.25).count();
    assert!(kept as f64 > 0.97 * true_edges as f64);
    assert!(off(&graph, &truth) < 1.2 * best, "{} {best}", off(&graph, &truth));
}

#[test]
fn what_no_edge_ties_is_named_and_changes_nothing() {
    let pose = |x: f64| PlanePose::new(x, 0.0, 0.0).unwrap();
    let mut graph = PlaneGraph::new((0..4).map(|i| pose(f64::from(i))).collect()).unwrap();
    let unit = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    graph.add(Edge::new(0, 1, pose(1.5), unit).unwrap()).unwrap();
    graph.add(Edge::new(2, 3, pose(1.0), unit).unwrap()).unwrap();
    let before = graph.clone();
    let error = graph.optimise(&GraphConfig::default()).unwrap_err();
    assert!(error.kind() == "singular" && error.to_string().contains("pose 2"), "{error}");
    assert_eq!(graph, before);
    graph.hold(3).unwrap();
    graph.hold(0).unwrap();
    graph.optimise(&GraphConfig::default()).unwrap();
    assert!((graph.poses()[1].x_m - 1.5).abs() < 1e-12);
    assert!(graph.hold(4).is_err());
    assert!(graph.add(Edge::new(0, 9, pose(1.0), unit).unwrap()).is_err());
    assert!(Edge::new(1, 1, pose(1.0), unit).is_err());
    assert!(Edge::new(0, 1, pose(1.0), [[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]]).is_err());
    assert!(Edge::new(0, 1, pose(1.0), [[f64::NAN; 3]; 3]).is_err());
    assert!(PlaneGraph::new(vec![]).is_err() && PlanePose::new(f64::NAN, 0.0, 0.0).is_err());
    assert!(SpaceGraph::new(vec![Pose::identity()]).unwrap().optimise(&GraphConfig::default()).is_ok());
}

#[test]
fn files_of_g2o_come_back_as_they_were() {
    let (plane, _) = laps();
    let AnyGraph::Plane(back) = read_g2o("laps.g2o", &write_g2o_plane(&plane)).unwrap().graph else {
        panic!()
    };
    assert_eq!(back, plane);
    let space = sphere(3, [4, 12], 5.0, [0.03, 0.02]).unwrap().graph;
    let AnyGraph::Space(back) = read_g2o("ball.g2o", &write_g2o_space(&space)).unwrap().graph else {
        panic!()
    };
    // Rotations have gone through quaternions.
    assert!((back.chi2() / space.chi2() - 1.0).abs() < 1e-9);
    // Two poses 0.2 rad apart where none was measured: 100 sin² 0.1 = 0.99667 by g2o itself, of half angles.
    let half = 0.1_f64;
    let text = format!(
        "VERTEX_SE3:QUAT 0 0 0 0 0 0 0 1\nVERTEX_SE3:QUAT 1 1 0 0 0 0 {} {}\n\
         EDGE_SE3:QUAT 0 1 1 0 0 0 0 0 1 1 0 0 0 0 0 1 0 0 0 0 1 0 0 0 100 0 0 100 0 100\n",
        half.sin(),
        half.cos()
    );
    let AnyGraph::Space(two) = read_g2o("two.g2o", &text).unwrap().graph else { panic!() };
    assert!((two.chi2() - 0.996_67).abs() < 0.0034, "{}", two.chi2());
    let toro = "VERTEX2 10 0 0 0\nVERTEX2 4 1 0 0\nEDGE2 10 4 1.5 0 0.1 4 1 9 16 0.5 0.25\nEQUIV 10 4\n";
    let read = read_g2o("w.graph", toro).unwrap();
    let AnyGraph::Plane(graph) = read.graph else { panic!() };
    assert_eq!((read.ids, read.others["EQUIV"]), (vec![4, 10], 1));
    let edge = graph.edges()[0];
    assert_eq!((edge.from, edge.to), (1, 0));
    assert_eq!(edge.information, [[4.0, 1.0, 0.5], [1.0, 9.0, 0.25], [0.5, 0.25, 16.0]]);
    for (text, words) in [
        ("VERTEX_SE2 0 0 0\n", "3 more numbers"),
        ("VERTEX_SE2 0 0 0 nan\n", "finite"),
        ("VERTEX_SE2 0 0 0 0\nVERTEX_SE2 0 1 0 0\n", "every pose once"),
        ("VERTEX_SE2 0 0 0 0\nEDGE_SE2 0 7 1 0 0 1 0 0 1 0 1\n", "a pose of this file"),
        ("VERTEX_SE2 0 0 0 0\nVERTEX_SE2 1 0 0 0\nEDGE_SE2 0 1 1 0 0 1 0 0 -1 0 1\n", "positive definite"),
        ("VERTEX_SE2 0 0 0 0\nVERTEX_SE3:QUAT 1 0 0 0 0 0 0 1\n", "plane or in space"),
        ("VERTEX_SE3:QUAT 1 0 0 0 0 0 0 3\n", "quaternion"),
        ("# nothing\n", "VERTEX_SE2"),
    ] {
        let error = read_g2o("bad.g2o", text).unwrap_err();
        assert!(error.kind() == "format" && error.to_string().contains(words), "{error}");
    }
}
