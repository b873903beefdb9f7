//! Nothing is read from a file that a constructor would have refused (feature `serde`).

#[path = "../../../mmw-core/tests/support/doors.rs"]
mod support;

use mmw_sense::association::Detection;
use mmw_sense::cluster::{PlainMetric, PolarMetric};
use mmw_sense::filter::{ExtendedFilter, FilterConfig, ProcessNoise, SensorPose, Spread, State};
use mmw_sense::read::UartDemo;
use mmw_sense::simulate::{People, PeopleConfig, PeopleKind};
use mmw_sense::tracker::{Pairing, Zone};
use mmw_sense::{CloudPoint, PointCloud, PolarNoise, TrackStatus, Tracker, TrackerConfig};
use serde_json::json;
use support::Walk;

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
    let wrong = [("/range_m", json!(0.0), "range_m"), ("/static_zone/y_m/0", json!(9.0), "y_m")];
    walk.door_to(&TrackerConfig::people(), |config| Tracker::new(config.clone()), &wrong);
    let scene = PeopleConfig::new(PeopleKind::Pairs, 7);
    walk.door_to(&scene, |config| People::new(*config), &[("/points", json!(1e6), "points")]);
    walk.covers(env!("CARGO_MANIFEST_DIR"));
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
