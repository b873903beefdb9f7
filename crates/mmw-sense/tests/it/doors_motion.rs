//! The doors of what is found of motion and maps.

use mmw_checks::doors::Walk;
use mmw_sense::ego::*;
use mmw_sense::filter::{ExtendedFilter, FilterConfig, SensorPose, State, observe};
use mmw_sense::graph::{Edge, GraphConfig, PlaneGraph, PlanePose};
use mmw_sense::registration::{
    Icp, IcpConfig, PlaneConfig, PlaneMap, Prior, Surface, UncertainPoint, closed_form,
};
use mmw_sense::simulate::{RoomWalk, RoomWalkConfig};
use mmw_sense::slam::{Slam, SlamConfig};
use mmw_sense::trajectory::{absolute_error, relative_error};
use mmw_sense::{PointCloud, PolarNoise, Pose};
use serde_json::json;

pub(super) fn results(walk: &mut Walk) {
    velocities(walk);
    unit(walk);
    beliefs(walk);
    clouds(walk);
    graphs(walk);
    paths(walk);
}

/// Rays of a radar that moves ahead at 1 m/s.
fn rays() -> Vec<Ray> {
    let angles = [[0.0, 0.1], [0.5, -0.1], [-0.5, 0.2], [0.9, 0.0], [-0.9, -0.2], [0.2, 0.4]];
    let ray = |[azimuth, elevation]: [f64; 2]| {
        let at_rest = Ray::new(azimuth, elevation, 0.0).unwrap();
        Ray::new(azimuth, elevation, -at_rest.direction[1] + 1e-3 * azimuth.sin()).unwrap()
    };
    angles.map(ray).into()
}

fn velocities(walk: &mut Walk) {
    let rays = rays();
    let wrong = [
        ("/direction", json!([0.0, 2.0, 0.0]), "length of the direction"),
        ("/direction", json!([0.0, 1.0]), "length 2"),
        ("/velocity_m_s", json!(1e10), "velocity_m_s"),
    ];
    walk.door(&rays[0], &wrong);
    let planar: Fit<2> = least_squares_planar(&rays, None).unwrap();
    let wrong = [
        ("/value", json!([1.0, 0.0, 0.0]), "value"),
        ("/covariance/0", json!([1.0]), "covariance"),
        ("/covariance/1/1", json!(-1.0), "covariance"),
        ("/covariance/0/1", json!(0.5), "covariance"),
        ("/residual_variance", json!(-1.0), "residual_variance"),
        ("/condition", json!(0.5), "condition"),
    ];
    walk.door(&planar, &wrong);
    walk.door(&least_squares(&rays, None).unwrap(), &[("/covariance/2/2", json!(-1.0), "covariance")]);
    walk.within("Form");
    walk.door(&Search::All, &[("", json!("some"), "some")]);
    let search = Search::Draws { draws: 38, seed: 1 };
    let used = |search: &Search| consensus(&rays, 0.1, *search);
    walk.door_to(&search, used, &[("/draws/draws", json!(0), "draws"), ("/draws/seed", json!(-1), "-1")]);
    let wrong = [
        ("/members", json!([0, 1]), "members"),
        ("/members", json!([3, 2, 1, 0]), "ascend"),
        ("/fit/covariance", json!([]), "covariance"),
    ];
    walk.door(&used(&search).unwrap(), &wrong);
    let exact = orthogonal(&rays, [0.0, 1.0, 0.0], &PolarNoise::iwr6843()).unwrap();
    let wrong =
        [("/chi_squared", json!(-1.0), "chi_squared"), ("/covariance/0/0", json!(-1.0), "covariance")];
    walk.door(&exact, &wrong);
    let cloud = RoomWalk::new(RoomWalkConfig::new(1)).unwrap().next().unwrap().cloud;
    let ego = EgoVelocity::new(EgoConfig::default()).unwrap().estimate(&cloud).unwrap();
    let wrong = [
        ("/inliers", json!(ego.points + 1), "inliers"),
        ("/covariance/1/1", json!(-1.0), "covariance"),
        ("/standing", json!(true), "standing"),
    ];
    walk.door(&ego, &wrong);
}

fn unit(walk: &mut Walk) {
    let wrong = [("/time_s", json!(1e13), "time_s"), ("/velocity_m_s/1", json!(1e10), "velocity_m_s")];
    walk.door(&Moment::new(0.5, [0.0, 1.0, 0.0]).unwrap(), &wrong);
    let wrong = [("/time_s", json!(-1e13), "time_s"), ("/rate_rad_s/2", json!(1e5), "rate_rad_s")];
    walk.door(&Turning::new(0.5, [0.0, 0.0, 0.1]).unwrap(), &wrong);
    let still = |i: u32| Inertial::new(0.01 * f64::from(i), [0.0; 3], [0.0, 0.0, 9.81]).unwrap();
    let wrong = [("/force_m_s2/2", json!(1e7), "force_m_s2"), ("/rate_rad_s", json!([0.0]), "length 1")];
    walk.door(&still(3), &wrong);
    let unit: Vec<Inertial> = (0..1000).map(still).collect();
    let moment = |i: u32| Moment::new(0.1 * f64::from(i), [0.0, 1.0, 0.01 * f64::from(i % 3)]).unwrap();
    let moments: Vec<Moment> = (10..90).map(moment).collect();
    let offset = time_offset(&moments, &unit, [-0.05, 0.05]).unwrap();
    let wrong = [("/late_s", json!(11.0), "late_s"), ("/scale_m_s", json!(-0.1), "scale_m_s")];
    walk.door(&offset, &wrong);
}

fn beliefs(walk: &mut Walk) {
    let pose = SensorPose::default();
    let seen = observe(&[0.5, 4.0, 0.2, 0.5, -1.0, 0.0], &pose).unwrap();
    let wrong = [
        ("/measured/0", json!(-4.0), "range"),
        ("/measured/2", json!(2.0), "elevation"),
        ("/jacobian/3", json!([1.0]), "length 1"),
    ];
    walk.door(&seen, &wrong);
    let covariance = std::array::from_fn(|i| std::array::from_fn(|k| f64::from(u8::from(i == k))));
    let mut state = State::new([0.5, 4.0, 0.2, 0.5, -1.0, 0.0], covariance).unwrap();
    let filter = ExtendedFilter::new(FilterConfig::people()).unwrap();
    let innovation = filter.update(&mut state, [4.1, 0.1, 0.0, -0.8], &pose).unwrap();
    let wrong = [
        ("/nis", json!(-1.0), "nis"),
        ("/difference/0", json!(5.0), "nis"),
        ("/log_likelihood", json!(100.0), "log_likelihood"),
        ("/covariance/0/0", json!(-1.0), "covariance"),
        ("/covariance/0/1", json!(9.0), "covariance"),
    ];
    walk.door(&innovation, &wrong);
}

/// A corner of three planes.
fn corner() -> Vec<[f64; 3]> {
    let grid = (0..8).flat_map(|i| (0..8).map(move |j| [0.2 * f64::from(i), 0.2 * f64::from(j)]));
    grid.flat_map(|[a, b]| [[a, b, 0.0], [a, 0.0, b + 0.1], [0.0, a + 0.1, b + 0.1]]).collect()
}

fn clouds(walk: &mut Walk) {
    let corner = corner();
    let moved = Pose::exp([0.0, 0.0, 0.03], [0.02, -0.01, 0.03]).unwrap();
    let seen: Vec<[f64; 3]> = corner.iter().map(|&point| moved.inverse().of(point)).collect();
    let wrong = [
        ("/scale", json!(-1.0), "scale"),
        ("/rms_m", json!(-1.0), "rms_m"),
        ("/pose/rotation/0/0", json!(0.5), "rotation"),
    ];
    walk.door(&closed_form(&seen, &corner, true).unwrap(), &wrong);
    let [target, source] = [&corner, &seen].map(|points| Surface::new(points, 8).unwrap());
    let icp = Icp::new(IcpConfig::default()).unwrap();
    let wrong = [
        ("/error", json!(-1.0), "error"),
        ("/information/0/0", json!(-1.0), "information"),
        ("/information/0/1", json!(1e9), "information"),
        ("/stop", json!("tired"), "tired"),
    ];
    walk.door(&icp.align(&target, &source, &Pose::identity()).unwrap(), &wrong);

    let mut covariance = [[0.0; 3]; 3];
    (0..3).for_each(|i| covariance[i][i] = 1e-4);
    let uncertain = |points: &[[f64; 3]]| -> Vec<UncertainPoint> {
        points.iter().map(|&point| UncertainPoint::new(point, covariance).unwrap()).collect()
    };
    let wrong = [
        ("/position_m/0", json!(1e10), "position_m"),
        ("/covariance_m2/0/0", json!(-1e-4), "covariance_m2"),
        ("/covariance_m2/0/1", json!(1.0), "covariance_m2"),
    ];
    walk.door(&uncertain(&corner)[5], &wrong);
    let prior = Prior::new([0.1; 3], [0.1; 3]).unwrap();
    let wrong = [
        ("/rotation_rad/0", json!(-0.1), "standard deviation"),
        ("/place_m/2", json!(0.0), "standard deviation"),
    ];
    walk.door(&prior, &wrong);
    let mut map = PlaneMap::new(uncertain(&corner)).unwrap();
    let aligned =
        map.align(&uncertain(&seen), &Pose::identity(), Some(&prior), &PlaneConfig::default()).unwrap();
    let wrong = [
        ("/misfit", json!(3.5), "misfit"),
        ("/inliers", json!(-1), "-1"),
        ("/information/5/5", json!(-1.0), "information"),
    ];
    walk.door(&aligned, &wrong);
}

fn graphs(walk: &mut Walk) {
    let poses = (0..3).map(|i| PlanePose::new(f64::from(i), 0.0, 0.0).unwrap()).collect();
    let mut graph = PlaneGraph::new(poses).unwrap();
    let information = [[400.0, 1.0, 0.0], [1.0, 400.0, 0.0], [0.0, 0.0, 2500.0]];
    let edge = |from: usize, to: usize, x_m: f64| {
        Edge::new(from, to, PlanePose::new(x_m, 0.0, 0.0).unwrap(), information).unwrap()
    };
    let wrong = [
        ("/to", json!(0), "to itself"),
        ("/from", json!(-1), "-1"),
        ("/measured/x_m", json!(1e10), "x_m"),
        ("/information", json!([[1.0]]), "information"),
        ("/information/0/1", json!(5.0), "symmetric"),
        ("/information/2/2", json!(-1.0), "positive definite"),
    ];
    walk.door(&edge(0, 1, 1.0).doubtful(), &wrong);
    let (space, mut heavy) = (Pose::identity(), [[0.0; 6]; 6]);
    (0..6).for_each(|i| heavy[i][i] = 100.0);
    let wrong = [("/information/5", json!([1.0]), "information")];
    walk.door(&Edge::new(0, 1, space, heavy).unwrap(), &wrong);
    for one in [edge(0, 1, 1.02), edge(1, 2, 1.0), edge(0, 2, 2.0).doubtful()] {
        graph.add(one).unwrap();
    }
    let wrong = [
        ("/chi2", json!(-1.0), "chi2"),
        ("/weights/2", json!(1.5), "weights"),
        ("/stop", json!("never"), "never"),
    ];
    walk.door(&graph.optimise(&GraphConfig::default()).unwrap(), &wrong);
}

fn paths(walk: &mut Walk) {
    let scans: Vec<_> = RoomWalk::new(RoomWalkConfig::new(1)).unwrap().take(12).collect();
    let wrong = [
        ("/velocity_m_s", json!([0.0]), "length 1"),
        ("/pose/rotation/1/1", json!(2.0), "rotation"),
        ("/cloud/points/0/position_m/0", json!(1e10), "x_m"),
    ];
    let mut scan = scans[3].clone();
    scan.cloud = PointCloud::new(3, scan.cloud.time_s, scan.cloud.points[..2].to_vec()).unwrap();
    walk.door(&scan, &wrong);
    let mut slam = Slam::new(SlamConfig::default()).unwrap();
    for scan in &scans {
        slam.step(&scan.cloud, None).unwrap();
    }
    let mut map = slam.finish().unwrap();
    map.points.truncate(2);
    let one = json!({ "from": 0, "to": 9, "measured": Pose::identity(), "weight": 0.5 });
    let found = serde_json::from_value(one).unwrap();
    map.loops = vec![found];
    let wrong = [("/weight", json!(1.5), "weight"), ("/from", json!(9), "to"), ("/to", json!(-1), "-1")];
    walk.door(&found, &wrong);
    let wrong = [
        ("/path/1/time_s", json!(-1.0), "grow"),
        ("/loops/0/to", json!(12), "path"),
        ("/points/0/covariance_m2/0/0", json!(-1.0), "covariance_m2"),
    ];
    walk.door(&map, &wrong);

    let truth: Vec<Pose> = scans.iter().map(|scan| scan.pose).collect();
    let found: Vec<Pose> = map.path.iter().map(|timed| timed.pose).collect();
    let wrong = [("/rms_m", json!(9.0), "rms_m"), ("/path_m", json!(-1.0), "path_m")];
    walk.door(&absolute_error(&truth, &found).unwrap(), &wrong);
    let wrong = [("/rms_m", json!(-1.0), "rms_m"), ("/rms_rad", json!(4.0), "rms_rad")];
    walk.door(&relative_error(&truth, &found, 3).unwrap(), &wrong);
}
