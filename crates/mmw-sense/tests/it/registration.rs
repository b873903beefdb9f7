//! Registration against a table (numpy and scipy; ICP and GICP checked against `Open3D` and `small_gicp`).

use crate::tables::{array, index, list, number, table, worst};
use mmw_sense::Pose;
use mmw_sense::kd_tree::KdTree;
use mmw_sense::registration::{Icp, IcpConfig, Residual, Stop, Surface, closed_form};
use mmw_sense::simulate::{Room, SplitMix64};
use serde_json::Value;

const TABLE: &str = include_str!("../data/registration.json");

fn places(value: &Value) -> Vec<[f64; 3]> {
    list(value).iter().map(array::<3>).collect()
}

/// The three rows of a pose.
fn pose(value: &Value) -> Pose {
    let rows = array::<12>(value);
    let row = |i: usize| [rows[4 * i], rows[4 * i + 1], rows[4 * i + 2]];
    // Thirteen digits of a rotation are one to 1e-13.
    Pose::new([row(0), row(1), row(2)], [rows[3], rows[7], rows[11]]).unwrap()
}

fn apart(a: &Pose, b: &Pose) -> f64 {
    let rotation = worst(a.rotation.as_flattened(), b.rotation.as_flattened());
    rotation.max(worst(&a.translation_m, &b.translation_m))
}

#[test]
fn known_pairs_are_brought_together_as_in_the_table() {
    for row in list(&table(TABLE)["umeyama"]) {
        let with_scale = row["scale"].as_bool().unwrap();
        let found = closed_form(&places(&row["x"]), &places(&row["y"]), with_scale).unwrap();
        assert!(apart(&found.pose, &pose(&row["pose"])) < 1e-10);
        assert!((found.scale - number(&row["s"])).abs() < 1e-10);
        assert!((found.rms_m - number(&row["rms"])).abs() < 1e-10);
    }
    let line: Vec<[f64; 3]> = (0..5).map(|i| [f64::from(i), 0.0, 0.0]).collect();
    assert_eq!(closed_form(&line, &line, false).unwrap_err().kind(), "singular");
    assert_eq!(closed_form(&line[..2], &line[..2], false).unwrap_err().kind(), "too_few");
}

/// Target and source of a row, and the truth, as the generator draws them.
fn clouds(row: &Value) -> (Vec<[f64; 3]>, Vec<[f64; 3]>, Pose) {
    let mut random = SplitMix64::new(row["seed"].as_u64().unwrap());
    let room = Room::new(&mut random);
    let noise = number(&row["noise"]);
    let target = room.sample(index(&row["target"]), noise, &mut random);
    let source = room.sample(index(&row["source"]), noise, &mut random);
    let truth = pose(&row["truth"]);
    let back = truth.inverse();
    (target, source.iter().map(|&p| back.of(p)).collect(), truth)
}

#[test]
fn clouds_of_rooms_are_aligned_as_in_the_table() {
    for row in list(&table(TABLE)["icp"]) {
        let (target, source, truth) = clouds(row);
        let k = index(&row["neighbours"]);
        let (target, source) = (Surface::new(&target, k).unwrap(), Surface::new(&source, k).unwrap());
        for &residual in Residual::ALL {
            let expected = &row[residual.name()];
            let mut config = IcpConfig::default();
            config.residual = residual;
            config.max_distance_m = number(&row["max_distance"]);
            (config.rest, config.steps) = (1e-12, 500);
            let found = Icp::new(config).unwrap().align(&target, &source, &Pose::identity()).unwrap();
            let off = truth.inverse().after(&found.pose).translation_m;
            let off_m = off.iter().map(|x| x * x).sum::<f64>().sqrt();
            let apart = apart(&found.pose, &pose(&expected["pose"]));
            println!("{residual}: {apart:e}, {} steps, {off_m:.4} m off", found.steps);
            assert!(apart < 1e-7);
            assert_eq!(found.inliers, index(&expected["inliers"]));
            assert!((found.error / number(&expected["error"]) - 1.0).abs() < 1e-7);
            assert_eq!(found.stop, Stop::Rest);
        }
    }
}

#[test]
fn nearest_points_are_those_of_brute_force() {
    let mut random = SplitMix64::new(4);
    let mut any = || [0; 3].map(|_| random.uniform(-2.0, 2.0));
    let points: Vec<[f64; 3]> = (0..500).map(|_| any()).chain([[0.5; 3]; 40]).collect();
    let tree = KdTree::new(&points).unwrap();
    let squared = |a: &[f64; 3], b: &[f64; 3]| (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>();
    let mut found = Vec::new();
    for _ in 0..200 {
        let to = any();
        let mut all: Vec<f64> = points.iter().map(|point| squared(point, &to)).collect();
        let (place, near) = tree.nearest(to).unwrap();
        assert_eq!(squared(&points[place], &to), near);
        all.sort_by(f64::total_cmp);
        assert_eq!(near, all[0]);
        tree.nearest_into(to, 17, &mut found);
        assert_eq!(found.iter().map(|one| one.1).collect::<Vec<_>>(), all[..17]);
    }
    tree.nearest_into([0.0; 3], 1000, &mut found);
    assert_eq!((found.len(), tree.len()), (540, 540));
    assert_eq!(KdTree::new(&[]).unwrap().nearest([0.0; 3]), None);
    assert_eq!(tree.nearest([f64::NAN; 3]), None);
    assert!(KdTree::new(&[[f64::NAN; 3]]).is_err());
}

/// From farther than the table's starts: 60 rooms each.
#[test]
fn rooms_are_aligned_from_half_a_metre_and_thirty_degrees() {
    for (offset_m, turn) in [(0.3, 15.0_f64), (0.5, 30.0)] {
        let mut worst_m = 0.0_f64;
        for seed in 0..60 {
            let mut random = SplitMix64::new(1000 + seed);
            let room = Room::new(&mut random);
            let (target, seen) = (room.sample(1500, 0.02, &mut random), room.sample(400, 0.02, &mut random));
            let (sin, cos) = random.uniform(0.0, std::f64::consts::TAU).sin_cos();
            let yaw = if random.uniform(0.0, 1.0) < 0.5 { turn } else { -turn };
            let mut truth = Pose::exp([0.0, 0.0, yaw.to_radians()], [0.0; 3]).unwrap();
            truth.translation_m = [offset_m * cos, offset_m * sin, 0.0];
            let source: Vec<[f64; 3]> = seen.iter().map(|&p| truth.inverse().of(p)).collect();
            let mut config = IcpConfig::default();
            config.residual = Residual::Gicp;
            config.steps = 200;
            let surfaces = [&target, &source].map(|points| Surface::new(points, 10).unwrap());
            let found =
                Icp::new(config).unwrap().align(&surfaces[0], &surfaces[1], &Pose::identity()).unwrap();
            let off = truth.inverse().after(&found.pose).translation_m;
            worst_m = worst_m.max(off.iter().map(|x| x * x).sum::<f64>().sqrt());
        }
        println!("{offset_m} m, {turn} degrees: worst {worst_m:.4} m");
        assert!(worst_m < 0.05);
    }
}

#[test]
fn clouds_that_leave_a_motion_open_are_an_error() {
    let grid = (0..10).flat_map(|i| (0..10).map(move |j| [0.2 * f64::from(i), 0.2 * f64::from(j), 0.0]));
    let plane: Vec<[f64; 3]> = grid.collect();
    let surface = Surface::new(&plane, 6).unwrap();
    let plan = Icp::new(IcpConfig::default()).unwrap();
    assert_eq!(plan.align(&surface, &surface, &Pose::identity()).unwrap_err().kind(), "singular");
    let far = Pose::exp([0.0; 3], [50.0, 0.0, 0.0]).unwrap();
    assert_eq!(plan.align(&surface, &surface, &far).unwrap_err().kind(), "too_few");
    assert!(Surface::new(&plane[..5], 6).is_err());
    let mut config = IcpConfig::default();
    config.max_distance_m = f64::NAN;
    assert!(Icp::new(config).is_err());
}
