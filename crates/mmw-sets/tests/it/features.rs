//! Features against NumPy.

use crate::tables::{assert_close, list, number, numbers, table};
use mmw_sets::mmw_sense::{CloudPoint, PointCloud};
use mmw_sets::{FeatureConfig, PointFeatures, WindowConfig};

fn window() -> (Vec<PointCloud>, Vec<f64>) {
    let table = table(include_str!("../data/features.json"));
    let frame = |(i, frame): (usize, &serde_json::Value)| {
        let points = list(frame).iter().map(|point| {
            let [x, y, z, velocity, intensity] = numbers(point)[..] else { panic!() };
            CloudPoint::new([x, y, z], Some(velocity)).unwrap().with_snr_db(intensity)
        });
        PointCloud::new(i as u64, i as f64 / 30.0, points.collect()).unwrap()
    };
    let window = list(&table["frames"]).iter().enumerate().map(frame).collect();
    assert_eq!(number(&table["tolerance"]), 1e-9);
    (window, numbers(&table["features"]))
}

fn features(position: bool, gain: bool) -> PointFeatures {
    let config = FeatureConfig { position, gain, ..FeatureConfig::radhar() };
    PointFeatures::new(config, WindowConfig::radhar()).unwrap()
}

#[test]
fn features_are_those_of_numpy() {
    let (window, expected) = window();
    let all = features(true, true);
    let got = all.of(&window).unwrap();
    assert_eq!((got.len(), all.names().len()), (expected.len(), expected.len()));
    for ((got, expected), name) in got.iter().zip(&expected).zip(all.names()) {
        assert_close(*got, *expected, 1e-9, name);
    }
    assert_eq!(features(false, false).of(&window).unwrap(), got[..got.len() - 5]);
}

fn changed(window: &[PointCloud], change: fn(&mut CloudPoint)) -> Vec<PointCloud> {
    let mut window = window.to_vec();
    window.iter_mut().flat_map(|cloud| &mut cloud.points).for_each(change);
    window
}

fn furthest(features: &PointFeatures, a: &[PointCloud], b: &[PointCloud]) -> f64 {
    let (a, b) = (features.of(a).unwrap(), features.of(b).unwrap());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn gain_and_side_do_not_show_unless_asked_for() {
    let (window, _) = window();
    let stronger = changed(&window, |point| point.snr_db = point.snr_db.map(|snr_db| snr_db + 6.0));
    let mirrored = changed(&window, |point| point.position_m[0] *= -1.0);
    let plain = features(false, false);
    assert!(furthest(&plain, &window, &stronger) < 1e-12);
    assert!(furthest(&plain, &window, &mirrored) < 1e-12);
    assert!((furthest(&features(false, true), &window, &stronger) - 6.0).abs() < 1e-9);
    assert!(furthest(&features(true, false), &window, &mirrored) > 0.1);
}

#[test]
fn windows_without_motion_or_points_have_finite_features() {
    for points in [vec![], vec![CloudPoint::new([0.0, 2.0, 0.0], None).unwrap()]] {
        let cloud = PointCloud::new(0, 0.0, points).unwrap();
        let row = features(true, true).of(&vec![cloud; 60]).unwrap();
        assert!(row.iter().all(|x| x.is_finite()));
    }
}
