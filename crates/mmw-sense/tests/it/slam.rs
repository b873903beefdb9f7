//! Maps and paths of simulated rooms, whose walks are those of the reference program seed by seed.

use mmw_sense::simulate::{RoomScan, RoomWalk, RoomWalkConfig};
use mmw_sense::slam::{Slam, SlamConfig};
use mmw_sense::trajectory::{TimedPose, absolute_error, pose_at, read_tum, relative_error, write_tum};
use mmw_sense::{CloudPoint, PointCloud, Pose};

fn walk(seed: u64) -> Vec<RoomScan> {
    RoomWalk::new(RoomWalkConfig::new(seed)).unwrap().collect()
}

fn poses(path: &[TimedPose]) -> Vec<Pose> {
    path.iter().map(|timed| timed.pose).collect()
}

/// The mapper after all scans.
fn mapped(scans: &[RoomScan], gyro: bool) -> Slam {
    let mut config = SlamConfig::default();
    config.ego.noise = RoomWalkConfig::new(0).noise;
    let mut slam = Slam::new(config).unwrap();
    for (k, scan) in scans.iter().enumerate() {
        // What turned until this scan was measured with the one before.
        let rate = gyro.then(|| scans[k.saturating_sub(1)].turn_rate_rad_s);
        slam.step(&scan.cloud, rate).unwrap();
    }
    slam
}

#[test]
fn walks_through_rooms_are_missed_by_less_than_a_five_hundredth_and_loops_leave_a_quarter() {
    // The reference program: 0.10 to 0.19 % without, 0.02 to 0.05 % with loops.
    for (seed, gyro) in [(1, false), (2, true)] {
        let scans = walk(seed);
        let truth: Vec<Pose> = scans.iter().map(|scan| scan.pose).collect();
        let slam = mapped(&scans, gyro);
        let map = slam.finish().unwrap();
        let share = |path: &[TimedPose]| {
            let error = absolute_error(&truth, &poses(path)).unwrap();
            error.rms_m / error.path_m
        };
        let (open, closed) = (share(slam.path()), share(&map.path));
        assert!(open < 0.002 && closed < 0.0005, "{open} {closed}");
        assert!(map.loops.len() > 5 && map.loops.iter().all(|one| one.weight > 0.5));
        assert_eq!(slam.unmatched(), 0);
        // A second: a tenth of the error of the best peer.
        assert!(relative_error(&truth, &poses(slam.path()), 10).unwrap().rms_m < 0.02);
    }
}

#[test]
fn a_walk_is_that_of_the_reference_program() {
    // Seed 1, as it prints them: the first point, and the place of the last scan.
    let scans = walk(1);
    assert_eq!((scans.len(), scans[0].cloud.points.len()), (444, 160));
    let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 5.1e-5);
    let first = scans[0].cloud.points[0];
    assert!(near(&first.position_m, &[1.9338, 2.2353, 0.0140]));
    assert!(near(&[first.velocity_m_s.unwrap()], &[-0.5349]));
    assert!(near(&scans[443].pose.translation_m, &[1.599_81, -2.385_37, 0.021_11]));
}

#[test]
fn scans_that_say_nothing_go_by_the_last_velocity_and_bad_ones_change_nothing() {
    let scans = walk(3);
    let mut slam = mapped(&scans[..20], false);
    let before = slam.path().to_vec();
    assert!(slam.step(&scans[19].cloud, None).is_err());
    assert!(slam.step(&scans[20].cloud, Some([f64::NAN, 0.0, 0.0])).is_err());
    let nowhere = CloudPoint { position_m: [f64::NAN; 3], velocity_m_s: None, snr_db: None };
    let bad = PointCloud { points: vec![nowhere], ..scans[20].cloud.clone() };
    assert!(slam.step(&bad, None).is_err());
    assert_eq!(slam.path(), before);
    let empty = PointCloud { points: Vec::new(), ..scans[20].cloud.clone() };
    let pose = slam.step(&empty, None).unwrap();
    assert_eq!(slam.unmatched(), 1);
    let truth = scans[0].pose.inverse().after(&scans[20].pose);
    let off = truth.inverse().after(&pose).translation_m;
    assert!(off.iter().all(|x| x.abs() < 0.03), "{off:?}");
    assert!(Slam::new(SlamConfig::default()).unwrap().finish().unwrap().path.is_empty());
}

#[test]
fn paths_go_through_files_of_tum_and_are_known_between_their_poses() {
    let quarter = std::f64::consts::FRAC_PI_2;
    let turned = Pose::exp([0.0, 0.0, quarter], [quarter, 0.0, 0.0]).unwrap();
    let path = [TimedPose::new(1.0, Pose::identity()).unwrap(), TimedPose::new(3.0, turned).unwrap()];
    let back = read_tum("path.tum", &write_tum(&path)).unwrap();
    assert!(back[1].pose.translation_m.iter().zip(turned.translation_m).all(|(a, b)| (a - b).abs() < 1e-15));
    let half = pose_at(&path, 2.0).unwrap();
    let expected = Pose::exp([0.0, 0.0, quarter / 2.0], [quarter / 2.0, 0.0, 0.0]).unwrap();
    assert!(half.translation_m.iter().zip(expected.translation_m).all(|(a, b)| (a - b).abs() < 1e-14));
    assert!(pose_at(&path, 0.9).is_none() && pose_at(&path, 3.1).is_none() && pose_at(&[], 0.0).is_none());
    for (text, words) in [
        ("0 1 2 3 0 0 0\n", "8 numbers"),
        ("0 1 2 3 0 0 0 0\n", "quaternion"),
        ("1 0 0 0 0 0 0 1\n1 0 0 0 0 0 0 1\n", "after the one before"),
        ("time_s,x\n0 1 2 x 0 0 0 1\n", "finite"),
    ] {
        let error = read_tum("bad.tum", text).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}
