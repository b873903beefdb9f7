//! Nothing is read from a file that a constructor would have refused (feature `serde`).

#[path = "doors_motion.rs"]
mod results_of_motion;

#[path = "doors_people.rs"]
mod results_of_people;

use mmw_checks::doors::Walk;
use mmw_sense::association::Detection;
use mmw_sense::cluster::{PlainMetric, PolarMetric};
use mmw_sense::ego::{EgoConfig, EgoVelocity, Loss, Mounting, ZeroTest};
use mmw_sense::filter::{ExtendedFilter, FilterConfig, ProcessNoise, SensorPose, Spread, State};
use mmw_sense::graph::{GraphConfig, PlanePose};
use mmw_sense::read::UartDemo;
use mmw_sense::registration::{Icp, IcpConfig, PlaneConfig, Residual, Stop};
use mmw_sense::simulate::{People, PeopleConfig, PeopleKind, RoomWalk, RoomWalkConfig};
use mmw_sense::slam::{Slam, SlamConfig};
use mmw_sense::tracker::{Pairing, Zone};
use mmw_sense::trajectory::TimedPose;
use mmw_sense::{CloudPoint, PointCloud, PolarNoise, Pose, TrackStatus, Tracker, TrackerConfig};
use serde_json::json;

#[test]
fn every_type_refuses_damaged_input() {
    let mut walk = Walk::default();
    walk.names(TrackStatus::ALL);
    walk.names(PeopleKind::ALL);
    walk.names(UartDemo::ALL);
    walk.names(Pairing::ALL);
    let point = CloudPoint::new([1.0, 2.0, 0.5], Some(-0.25)).unwrap().with_snr_db(12.0);
    walk.door(
        &point,
        &[("/position_m/1", json!(1e10), "y_m"), ("/velocity_m_s", json!(1e10), "velocity_m_s")],
    );
    let cloud = PointCloud::new(3, 0.5, vec![point]).unwrap();
    walk.door(&cloud, &[("/points/0/position_m/0", json!(1e10), "x_m")]);
    walk.door(&PolarNoise::iwr6843(), &[("/range_m", json!(0.0), "range_m")]);
    walk.door(&PolarMetric::people(), &[("/radial_m", json!(-1.0), "radial_m")]);
    walk.door(&PlainMetric::new(0.5, 0.4, true).unwrap(), &[("/radius_m", json!(0.0), "radius_m")]);
    walk.door(&Detection::new(0.9, 0.1).unwrap(), &[("/probability", json!(1.0), "probability")]);
    walk.door(&Zone::new([0.0, 1.0], [2.0, 3.0]).unwrap(), &[("/x_m/0", json!(2.0), "x_m")]);
    filters(&mut walk);
    motion(&mut walk);
    maps(&mut walk);
    let wrong = [("/range_m", json!(0.0), "range_m"), ("/static_zone/y_m/0", json!(9.0), "y_m")];
    walk.door_to(&TrackerConfig::people(), |config| Tracker::new(config.clone()), &wrong);
    let scene = PeopleConfig::new(PeopleKind::Pairs, 7);
    walk.door_to(
        &scene,
        |config| People::new(*config),
        &[("/points", json!(1e6), "points"), ("/kind", json!("mob"), "mob")],
    );
    results_of_motion::results(&mut walk);
    results_of_people::results(&mut walk);
    walk.covers(env!("CARGO_MANIFEST_DIR"));
}

fn motion(walk: &mut Walk) {
    walk.names(Loss::ALL);
    walk.names(Residual::ALL);
    walk.names(Stop::ALL);
    let wrong = [("/max_distance_m", json!(0.0), "max_distance_m"), ("/steps", json!(0), "steps")];
    walk.door_to(&IcpConfig::default(), |config| Icp::new(*config), &wrong);
    walk.door(&ZeroTest::default(), &[("/outlier_share", json!(1.5), "outlier_share")]);
    let mounting = Mounting::new([0.0, 0.0, 0.6, 0.8], [0.1, 0.2, 0.3]).unwrap();
    let wrong =
        [("/lever_m/1", json!(1e7), "lever_m"), ("/quaternion_xyzw", json!([0, 0, 0, 0]), "quaternion")];
    walk.door(&mounting, &wrong);
    walk.door(&Pose::identity(), &[("/rotation/0/0", json!(0.5), "rotation")]);
    let wrong = [("/movers_m_s", json!(0.0), "movers_m_s"), ("/noise/range_m", json!(0.0), "range_m")];
    walk.door_to(&EgoConfig::default(), |config| EgoVelocity::new(config.clone()), &wrong);
}

fn filters(walk: &mut Walk) {
    let mut covariance = [[0.0; 6]; 6];
    (0..6).for_each(|i| covariance[i][i] = 0.25);
    let state = State::new([1.0, 2.0, 3.0, 0.1, 0.2, 0.3], covariance).unwrap();
    let wrong = [("/covariance/0/0", json!(-1.0), "covariance"), ("/mean/0", json!(1e10), "mean")];
    walk.door(&state, &wrong);
    walk.door(
        &ProcessNoise::White { density_m2_s3: 0.5 },
        &[("/density_m2_s3", json!(-1.0), "density_m2_s3")],
    );
    walk.door(&SensorPose::new([1.0; 3], [0.5; 3], 0.1).unwrap(), &[("/yaw_rad", json!(1e10), "yaw_rad")]);
    walk.door(&Spread::default(), &[("/alpha", json!(0.0), "alpha")]);
    let wrong = [("/noise/range_m", json!(0.0), "range_m")];
    walk.door_to(&FilterConfig::people(), |config| ExtendedFilter::new(*config), &wrong);
}

fn maps(walk: &mut Walk) {
    let pose = PlanePose::new(1.0, 2.0, 0.5).unwrap();
    walk.door(&pose, &[("/x_m", json!(1e10), "x_m"), ("/heading_rad", json!(1e10), "heading_rad")]);
    walk.door(&GraphConfig::default(), &[("/steps", json!(0), "steps"), ("/rest", json!(0.0), "rest")]);
    let wrong = [("/reach_m", json!(0.0), "reach_m"), ("/roughness_m", json!(0.0), "roughness_m")];
    walk.door(&PlaneConfig::default(), &wrong);
    let timed = TimedPose::new(0.5, Pose::identity()).unwrap();
    walk.door(&timed, &[("/time_s", json!(1e13), "time_s"), ("/pose/rotation/0/0", json!(0.5), "rotation")]);
    let wrong = [("/keyframe_m", json!(0.0), "keyframe_m"), ("/align/steps", json!(0), "steps")];
    walk.door_to(&SlamConfig::default(), |config| Slam::new(config.clone()), &wrong);
    let wrong = [("/clutter", json!(2.0), "clutter"), ("/rays", json!(0), "rays")];
    walk.door_to(&RoomWalkConfig::new(3), |config| RoomWalk::new(*config), &wrong);
}
