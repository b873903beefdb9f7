//! The doors of what is found of people, and of what recordings hold.

use mmw_checks::doors::Walk;
use mmw_sense::assignment::assign;
use mmw_sense::cluster::Cluster;
use mmw_sense::metrics::{ClearMot, gospa, ospa};
use mmw_sense::ndarray::array;
use mmw_sense::read::{RosbagRecording, UartDemo, UartRecording, UartVitals, radhar_recording, uart};
use mmw_sense::simulate::{People, PeopleConfig, PeopleKind, Scan};
use mmw_sense::tracker::{Presence, Zone};
use mmw_sense::{CloudPoint, PointCloud, Tracker, TrackerConfig};
use serde_json::{from_value, json};

pub(super) fn results(walk: &mut Walk) {
    parts(walk);
    tracks(walk);
    metrics(walk);
    recordings(walk);
}

fn parts(walk: &mut Walk) {
    let best = assign(&array![[1.0, 2.0], [1.5, f64::INFINITY]], 6.0).unwrap();
    let wrong = [
        ("/partners", json!([1, 1]), "twice"),
        ("/partners/0", json!(-1), "-1"),
        ("/cost", json!("free"), "free"),
    ];
    walk.door(&best, &wrong);
    let at = |x: f64| CloudPoint::new([x, 3.0, 0.1 * x], Some(0.5 + x)).unwrap().with_snr_db(12.0);
    let cluster = Cluster::of(&[at(0.0), at(0.2), at(0.5)]).unwrap();
    let wrong = [
        ("/count", json!(0), "count"),
        ("/size_m/1", json!(-0.5), "size_m"),
        ("/covariance_m2/1/1", json!(-0.5), "covariance_m2"),
        ("/covariance_m2/0/1", json!(0.5), "covariance_m2"),
        ("/velocity_spread_m_s", json!(-0.5), "velocity_spread_m_s"),
    ];
    walk.door(&cluster, &wrong);
}

fn tracks(walk: &mut Walk) {
    let mut tracker = Tracker::new(TrackerConfig::people()).unwrap();
    let mut presence = Presence::new(Zone::new([-4.0, 4.0], [0.0, 8.0]).unwrap(), 0.1, 0.1).unwrap();
    let scans: Vec<Scan> =
        People::new(PeopleConfig::new(PeopleKind::Crossing, 1)).unwrap().take(130).collect();
    for scan in &scans {
        let tracks = tracker.step(&scan.cloud).unwrap();
        presence.step(scan.cloud.time_s, &tracks).unwrap();
    }
    let wrong = [
        ("/status", json!("lost"), "lost"),
        ("/covariance/0/0", json!(-1.0), "covariance"),
        ("/covariance/0/3", json!(9.0), "covariance"),
        ("/rate", json!(-1.0), "rate"),
        ("/visible", json!(1.5), "visible"),
        ("/unseen_s", json!(-1.0), "unseen_s"),
    ];
    walk.door(&tracker.tracks()[0], &wrong);
    let wrong = [("/end_s", json!(-1.0), "end_s"), ("/most", json!(0), "most")];
    walk.door(&presence.visits()[0], &wrong);
    let person = scans[120].people[0];
    walk.door(&person, &[("/position_m", json!([1.0]), "length 1"), ("/id", json!(-1), "-1")]);
    let mut scan = scans[120].clone();
    scan.cloud = PointCloud::new(120, scan.cloud.time_s, scan.cloud.points[..3].to_vec()).unwrap();
    scan.sources.truncate(3);
    let wrong = [("/sources", json!([]), "sources"), ("/cloud/points", json!([]), "sources")];
    walk.door(&scan, &wrong);
}

fn metrics(walk: &mut Walk) {
    let truth = [[0.0, 1.0], [1.0, 3.0], [2.0, 2.0]];
    let found = [[0.1, 1.0], [1.0, 3.2]];
    let wrong = [
        ("/distance_m", json!(-1.0), "distance_m"),
        ("/localisation_m", json!(9.0), "localisation_m"),
        ("/cardinality_m", json!(-0.1), "cardinality_m"),
    ];
    walk.door(&ospa(&truth, &found, 1.0, 2.0).unwrap(), &wrong);
    let wrong = [("/missed", json!(-1.0), "missed"), ("/false_ones", json!(-1.0), "false_ones")];
    walk.door(&gospa(&truth, &found, 1.0, 2.0, 2.0).unwrap(), &wrong);
    let mut mot = ClearMot::new(0.75).unwrap();
    mot.frame(&[(0, truth[0]), (1, truth[1])], &[(7, found[0])]).unwrap();
    mot.frame(&[(0, truth[0])], &[(8, found[0]), (9, truth[2])]).unwrap();
    let wrong = [
        ("/mota", json!(0.9), "mota"),
        ("/idf1", json!(1.5), "idf1"),
        ("/motp_m", json!(-0.1), "motp_m"),
        ("/misses", json!(4), "misses"),
        ("/switches", json!(3), "switches"),
        ("/truths", json!(4), "mota"),
    ];
    walk.door(&mot.summary(), &wrong);
}

fn recordings(walk: &mut Walk) {
    let text = "secs: 1\nnsecs: 0\npoint_id: 0\nx: 1.0\ny: 0.5\nz: 0.1\nvelocity: 0.2\nintensity: 9\n---\nx: a\n---\n";
    let recording = radhar_recording("x.txt", text).unwrap();
    walk.door(&recording.dropped, &[("/garbled", json!(-1), "-1")]);
    walk.door(&recording, &[("/dropped/torn", json!(0.5), "0.5"), ("/clouds", json!({}), "sequence")]);
    let vitals = json!({
        "frame": 3, "track": 1, "range_bin": 20, "breath_deviation": 0.02, "heart_per_min": 61.5,
        "breath_per_min": 14.0,
    });
    let vitals: UartVitals = from_value(vitals).unwrap();
    walk.door(&vitals, &[("/track", json!(70_000), "70000"), ("/heart_per_min", json!(null), "null")]);
    let mut recording: UartRecording = uart(&[1, 2, 3], UartDemo::OutOfBox, 0.05).unwrap();
    recording.vitals.push(vitals);
    recording.other_parts.insert(8, 2);
    walk.door(&recording, &[("/skipped_bytes", json!(-1), "-1"), ("/vitals/0/frame", json!(-1), "-1")]);
    let mut bag = RosbagRecording::default();
    bag.clouds.push(PointCloud::new(0, 0.5, vec![]).unwrap());
    bag.recorded_s.push(1e9);
    bag.other_messages.insert("camera".into(), 7);
    let wrong = [("/recorded_s", json!([]), "recorded_s"), ("/damaged_bytes", json!(-1), "-1")];
    walk.door(&bag, &wrong);
}
