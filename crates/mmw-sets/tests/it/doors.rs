//! Nothing is read from a file that a constructor would have refused.

use crate::own_sets::info;
use mmw_checks::doors::Walk;
use mmw_sets::classify::{ForestConfig, LogisticConfig, LogisticRegression, RandomForest};
use mmw_sets::metrics::{
    AveragePrecision, ConfidenceMap, ConfidenceMapConfig, Detection, ObjectClass, Place, position_error,
};
use mmw_sets::ndarray::array;
use mmw_sets::radhar::Part;
use mmw_sets::set::{MapKind, Object, SetWriter};
use mmw_sets::split::hold_out;
use mmw_sets::{Confusion, FeatureConfig, PointFeatures, Samples, WindowConfig, carrada, cruw};
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
    metrics(&mut walk);
    sets(&mut walk);
    walk.covers(env!("CARGO_MANIFEST_DIR"));
    let folder = crate::folder::Folder::new("doors");
    assert!(SetWriter::create(folder.path(), set).unwrap_err().to_string().contains("sequences"));
}

fn metrics(walk: &mut Walk) {
    let place = Place::new(10.0, 0.1).unwrap();
    let wrong = [("/range_m", json!(-1.0), "range_m"), ("/azimuth_rad", json!(9.0), "azimuth_rad")];
    walk.door(&place, &wrong);
    let found = Detection::new(0, place, 0.9).unwrap();
    walk.door(&found, &[("/place/range_m", json!(0.0), "range_m"), ("/class", json!(-1), "invalid value")]);
    let mut measure = AveragePrecision::new(vec![0.005, 0.03]).unwrap();
    measure.frame(&[(0, place)], &[found]).unwrap();
    let wrong = [
        ("/average_precision", json!(0.5), "average_precision"),
        ("/average_recall", json!(-0.1), "average_recall"),
        ("/of_class/0/1", json!(1.5), "of_class"),
        ("/precision_at/3", json!(2.0), "precision_at"),
    ];
    walk.door(&measure.scores().unwrap(), &wrong);

    let classes = ObjectClass::cruw();
    let wrong = [
        ("/kappa", json!(0.0), "kappa"),
        ("/length_m", json!(-1.0), "length_m"),
        ("/deviation_cells/0", json!(99.0), "deviation_cells"),
    ];
    walk.door(&classes[0], &wrong);
    let wrong = [
        ("/classes", json!([]), "classes"),
        ("/range/coordinates/Uniform/start", json!(-1.0), "range_m"),
        ("/azimuth/coordinates/Explicit/127", json!(9.0), "azimuth_rad"),
    ];
    let maps = |config: &ConfidenceMapConfig| ConfidenceMap::new(config.clone());
    walk.door_to(&ConfidenceMapConfig::cruw().unwrap(), maps, &wrong);

    let positions: Vec<_> = (0..8).map(|i| [0.1 * f64::from(i), 0.0, 0.0]).collect();
    let error = position_error(&[[0.0; 3]; 8], &positions, 0.9).unwrap();
    let wrong = [
        ("/rms_m/estimate", json!(0.01), "rms_m"),
        ("/rms_m/lower", json!(-0.1), "rms_m"),
        ("/median_m/estimate", json!(0.2), "median_m"),
        ("/errors_m/sorted/0", json!(-0.1), "errors_m"),
    ];
    walk.door(&error, &wrong);
    let confusion = Confusion::of(2, &[0, 0, 1], &[0, 1, 1]).unwrap();
    let wrong = [
        ("/counts/dim", json!([1, 4]), "counts"),
        ("/counts/data/0", json!(-1), "-1"),
        ("/counts/data/0", json!(u64::MAX), "counts"),
    ];
    walk.door(&confusion, &wrong);
}

fn sets(walk: &mut Walk) {
    walk.names(carrada::Annotation::ALL);
    walk.names(Part::ALL);
    let fold = hold_out(&[7, 7, 8, 9], &[8]).unwrap();
    let wrong = [
        ("/test", json!([1]), "learnt from"),
        ("/train", json!([3, 1, 0]), "ascend"),
        ("/held_out", json!([]), "held_out"),
    ];
    walk.door(&fold, &wrong);
    let object = cruw::annotations("x.txt", "3 12.0 0.1 car\n").unwrap()[0];
    walk.door(&object, &[("/class", json!(3), "class"), ("/place/range_m", json!(-1.0), "range_m")]);
}
