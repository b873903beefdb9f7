//! Bad input is answered by an error, and leaves what was there.

use mmw_sense::assignment::{assign, k_best};
use mmw_sense::association::{Detection, joint_probabilities};
use mmw_sense::cluster::{Dbscan, PlainMetric, PolarMetric};
use mmw_sense::filter::{ExtendedFilter, FilterConfig, SensorPose, State, observe, turn};
use mmw_sense::metrics::{ClearMot, gospa, ospa};
use mmw_sense::ndarray::{Array2, array};
use mmw_sense::simulate::{People, PeopleConfig, PeopleKind};
use mmw_sense::{CloudPoint, PointCloud, PolarNoise, Tracker, TrackerConfig};
use proptest::prelude::*;

#[test]
fn points_that_are_nowhere_are_refused() {
    assert!(CloudPoint::new([f64::NAN, 0.0, 0.0], None).is_err());
    assert!(CloudPoint::new([1.0, 1.0, 1e10], None).is_err());
    assert!(CloudPoint::new([1.0, 1.0, 1.0], Some(f64::INFINITY)).is_err());
    assert!(PointCloud::new(0, f64::NAN, vec![]).is_err());
    assert!(PolarNoise::iwr6843().covariance_m2([0.0, 0.0, 2.0]).is_err());
    assert!(PolarNoise::new(0.0, 0.1, 0.1, 0.1).is_err());
}

#[test]
fn times_only_grow_and_a_refused_scan_changes_nothing() {
    let mut tracker = Tracker::new(TrackerConfig::people()).unwrap();
    let scans: Vec<_> = People::new(PeopleConfig::new(PeopleKind::Stops, 3)).unwrap().take(40).collect();
    scans[..39].iter().for_each(|scan| drop(tracker.step(&scan.cloud).unwrap()));
    let before = tracker.tracks();
    assert!(tracker.step(&scans[38].cloud).is_err());
    let nowhere = CloudPoint { position_m: [f64::NAN; 3], velocity_m_s: None, snr_db: None };
    let bad = PointCloud { frame: 39, time_s: scans[39].cloud.time_s, points: vec![nowhere] };
    assert!(tracker.step(&bad).is_err());
    assert_eq!(tracker.tracks(), before);
    assert!(tracker.step(&scans[39].cloud).is_ok());
}

#[test]
fn configurations_out_of_their_domain_are_refused() {
    let people = TrackerConfig::people;
    let with = |change: fn(&mut TrackerConfig)| {
        let mut config = people();
        change(&mut config);
        Tracker::new(config)
    };
    assert!(with(|config| config.range_m = 0.0).is_err());
    assert!(with(|config| config.limb_share = 1.5).is_err());
    assert!(with(|config| config.sweeps = 0).is_err());
    assert!(with(|config| config.inside_s = f64::NAN).is_err());
    assert!(Dbscan::new(PolarMetric::people(), 0).is_err());
    assert!(PlainMetric::new(-1.0, 0.0, false).is_err());
    let mut config = PeopleConfig::new(PeopleKind::Crowd, 1);
    config.points = 1e6;
    assert!(People::new(config).is_err());
}

#[test]
fn filters_name_what_they_cannot_do() {
    assert!(observe(&[0.0, 0.0, 2.0, 0.0, 0.0, 0.0], &SensorPose::default()).is_err());
    assert!(turn([0.0; 5], -1.0).is_err());
    let mut covariance = [[0.0; 6]; 6];
    assert!(State::new([0.0; 6], covariance).is_err());
    (0..6).for_each(|i| covariance[i][i] = 1.0);
    assert!(State::new([f64::NAN; 6], covariance).is_err());
    let mut above = State::new([0.0; 6], covariance).unwrap();
    let before = above;
    let filter = ExtendedFilter::new(FilterConfig::people()).unwrap();
    assert!(filter.update(&mut above, [1.0, 0.0, 0.0, 0.0], &SensorPose::default()).is_err());
    assert_eq!(above, before);
}

#[test]
fn costs_and_likelihoods_are_checked() {
    assert!(assign(&array![[f64::NAN]], 1.0).is_err());
    assert!(k_best(&array![[1.0]], f64::INFINITY, 3).is_err());
    assert_eq!(assign(&Array2::zeros((0, 3)), 1.0).unwrap().cost, 0.0);
    assert_eq!(k_best(&Array2::zeros((2, 0)), 1.0, 5).unwrap().len(), 1);
    let detection = Detection::new(0.9, 0.1).unwrap();
    assert!(joint_probabilities(&array![[-1.0]], detection).is_err());
    assert_eq!(joint_probabilities(&Array2::zeros((2, 0)), detection).unwrap(), array![[1.0], [1.0]]);
    assert!(Detection::new(1.0, 0.1).is_err());
}

#[test]
fn sets_and_recordings_are_checked() {
    assert!(ospa(&[[f64::NAN]], &[[0.0]], 1.0, 2.0).is_err());
    assert!(gospa(&[[0.0]], &[[0.0]], 0.0, 2.0, 2.0).is_err());
    assert_eq!(ospa::<2>(&[], &[], 1.0, 2.0).unwrap().distance_m, 0.0);
    let mut mot = ClearMot::new(0.5).unwrap();
    assert!(mot.frame(&[(1, [0.0]), (1, [1.0])], &[]).is_err());
    assert!(mot.frame(&[(1, [f64::INFINITY])], &[]).is_err());
    assert_eq!(mot.summary().truths, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever comes, in whatever steps: tracks stay numbers.
    #[test]
    fn tracks_stay_finite(
        scans in prop::collection::vec(
            (1e-6..1e3_f64, prop::collection::vec((-1e3..1e3_f64, -1e3..1e3_f64, -10.0..10.0_f64, -50.0..50.0_f64), 0..30)),
            1..20,
        ),
        shrink in 1e-3..1.0_f64,
    ) {
        let mut tracker = Tracker::new(TrackerConfig::people()).unwrap();
        let mut time_s = 0.0;
        for (frame, (step_s, points)) in scans.into_iter().enumerate() {
            time_s += step_s;
            let point = |(x, y, z, v)| CloudPoint::new([shrink * x, shrink * y, z], Some(v)).unwrap();
            let cloud = PointCloud::new(frame as u64, time_s, points.into_iter().map(point).collect()).unwrap();
            tracker.step(&cloud).unwrap();
            for track in tracker.tracks() {
                let [x, y] = track.position_m;
                let [vx, vy] = track.velocity_m_s;
                let finite = [x, y, vx, vy, track.rate, track.visible].into_iter().all(f64::is_finite);
                prop_assert!(finite && track.covariance.as_flattened().iter().all(|value| value.is_finite()));
                prop_assert!((0..4).all(|i| track.covariance[i][i] > 0.0));
            }
        }
    }
}
