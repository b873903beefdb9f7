//! Nothing is read from a file that a constructor would have refused.

use crate::own_sets::info;
use mmw_checks::doors::Walk;
use mmw_sets::classify::{ForestConfig, LogisticConfig, LogisticRegression, RandomForest};
use mmw_sets::metrics::Place;
use mmw_sets::ndarray::array;
use mmw_sets::set::{MapKind, Object, SetWriter};
use mmw_sets::{FeatureConfig, PointFeatures, Samples, WindowConfig};
use serde_json::json;

#[test]
fn every_type_refuses_damaged_input() {
    let mut walk = Walk::default();
    walk.names(MapKind::ALL);
    let windows = WindowConfig::radhar();
    let wrong = [("/frames", json!(0), "frames"), ("/stride", json!(0), "stride")];
    walk.door_to(&windows, |windows| PointFeatures::new(FeatureConfig::radhar(), *windows), &wrong);
    let wrong = [("/frame_period_s", json!(0.0), "frame_period_s"), ("/near_m", json!(-1.0), "near_m")];
    walk.door_to(&FeatureConfig::radhar(), |config| PointFeatures::new(*config, windows), &wrong);
    let samples = Samples::new(array![[0.0, 1.0], [1.0, 0.0]], vec![0, 1], vec![0, 0], 2).unwrap();
    let wrong = [("/penalty", json!(0.0), "penalty")];
    walk.door_to(&LogisticConfig::default(), |config| LogisticRegression::fit(&samples, *config), &wrong);
    let wrong = [("/trees", json!(0), "trees"), ("/leaf", json!(0), "leaf"), ("/tried", json!(3), "tried")];
    let forest = ForestConfig { tried: Some(1), ..ForestConfig::new(1) };
    walk.door_to(&forest, |config| RandomForest::fit(&samples, *config), &wrong);
    let mut object = Object::new(3, 1, 1, Place::new(2.0, 0.5).unwrap()).unwrap();
    object.extent_m = Some([0.5, 0.5, 1.8]);
    let wrong = [
        ("/range_m", json!(0.0), "range_m"),
        ("/azimuth_rad", json!(9.0), "azimuth_rad"),
        ("/extent_m/2", json!(-1.0), "extent_m"),
        ("/class", json!(-1), "invalid value"),
    ];
    walk.door_to(&object, |object| object.clone().check(), &wrong);
    let mut set = info();
    (set.sequences, set.split) = (vec![0, 0, 1], [("train".into(), vec![0, 1])].into());
    walk.door(&set.maps[&MapKind::Rd], &[("/labelled", json!(3), "a boolean")]);
    let wrong = [
        ("/classes", json!([]), "classes"),
        ("/maps", json!({}), "maps"),
        ("/split/train", json!([0, 0]), "split.train"),
    ];
    walk.door_to(&set, |set| set.clone().check(), &wrong);
    walk.covers(env!("CARGO_MANIFEST_DIR"));
    let folder = crate::folder::Folder::new("doors");
    assert!(SetWriter::create(folder.path(), set).unwrap_err().to_string().contains("sequences"));
}
