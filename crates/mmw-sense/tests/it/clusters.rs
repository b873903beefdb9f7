//! Clusters and their features against a table.

use crate::tables::{array, index, list, number, symmetric, table, worst};
use mmw_sense::CloudPoint;
use mmw_sense::cluster::{Dbscan, Metric, PlainMetric, PolarMetric, clusters};
use serde_json::Value;

fn points(row: &Value) -> Vec<CloudPoint> {
    let point = |value: &Value| {
        let [x, y, z, v] = array(value);
        CloudPoint::new([x, y, z], Some(v)).unwrap()
    };
    list(&row["points"]).iter().map(point).collect()
}

fn agree<M: Metric>(points: &[CloudPoint], metric: M, expected: &Value) {
    let found = Dbscan::new(metric, index(&expected["least"])).unwrap().label(points);
    let labels: Vec<i64> = found.labels().iter().map(|label| label.map_or(-1, |one| one as i64)).collect();
    let expected_labels: Vec<i64> =
        list(&expected["labels"]).iter().map(|one| one.as_i64().unwrap()).collect();
    assert_eq!(labels, expected_labels);
    assert_eq!(found.count(), index(&expected["clusters"]));
}

#[test]
fn labels_and_features_match_the_table() {
    for row in list(&table(include_str!("../data/cluster.json"))["clusters"]) {
        let points = points(row);
        let plain = &row["plain"];
        let [eps, scale] = ["eps", "velocity_scale_s"].map(|name| number(&plain[name]));
        let metric = PlainMetric::new(eps, scale, plain["use_z"].as_bool().unwrap()).unwrap();
        agree(&points, metric, plain);
        // The table's half axes are those of the preset.
        agree(&points, PolarMetric::people(), &row["ellipse"]);

        let labels = Dbscan::new(metric, index(&plain["least"])).unwrap().label(&points);
        let found = clusters(&points, &labels).unwrap();
        assert_eq!(found.len(), list(&row["features"]).len());
        for (cluster, expected) in found.iter().zip(list(&row["features"])) {
            assert_eq!(cluster.count, index(&expected["count"]));
            let numbers = [cluster.velocity_m_s.unwrap(), cluster.velocity_spread_m_s.unwrap()];
            let known = ["velocity_median", "velocity_spread"].map(|name| number(&expected[name]));
            let covariance = symmetric::<3>(&expected["covariance"]);
            assert!(worst(&cluster.centroid_m, &array::<4>(&expected["centroid"])[..3]) < 1e-12);
            assert!(worst(cluster.covariance_m2.as_flattened(), covariance.as_flattened()) < 1e-12);
            assert!(worst(&cluster.size_m, &array::<3>(&expected["size"])) < 1e-12);
            assert!(worst(&numbers, &known) < 1e-12);
        }
    }
}

#[test]
fn a_border_point_joins_its_lowest_core_neighbour() {
    // Two rows of five; the last point is a neighbour of one end of each.
    let at = |x: f64| CloudPoint::new([x, 5.0, 0.0], None).unwrap();
    let row = |from: f64| (0..5).map(move |i| at(from + 0.1 * f64::from(i)));
    let middle = at(0.8);
    let points: Vec<_> = row(0.0).chain(row(1.2)).chain([middle]).collect();
    let dbscan = Dbscan::new(PlainMetric::new(0.41, 0.0, false).unwrap(), 4).unwrap();
    assert_eq!(dbscan.label(&points).labels()[10], Some(0));
    let turned: Vec<_> = points.iter().rev().copied().collect();
    let found = dbscan.label(&turned);
    assert_eq!((found.labels()[0], found.labels()[1], found.count()), (Some(0), Some(0), 2));
}
