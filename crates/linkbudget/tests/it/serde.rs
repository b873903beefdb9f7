//! Plain types survive JSON, and unknown fields are refused (feature `serde`).
#![cfg(feature = "serde")]

use linkbudget::attenuator::CommonBaseConfig;
use linkbudget::budget::LinkConfig;
use linkbudget::ladder::LadderSpec;
use linkbudget::network::Part;
use linkbudget::path_loss::Path;
use linkbudget::reflection::Field;
use linkbudget::response::Cutoff;
use linkbudget::scenario::Scenario;
use serde_json::{from_str, from_value, json, to_string};

#[test]
fn configurations_survive_json() {
    let spec = LadderSpec::chebyshev(7, 0.01, Cutoff::ThreeDb, 50.0, 73.0);
    assert_eq!(from_str::<LadderSpec>(&to_string(&spec).unwrap()).unwrap(), spec);
    let path = Scenario::ONE.path(Field::Tm).unwrap();
    assert_eq!(from_str::<Path>(&to_string(&path).unwrap()).unwrap(), path);
    let link = LinkConfig::dipoles_at_60_ghz();
    assert_eq!(from_str::<LinkConfig>(&to_string(&link).unwrap()).unwrap(), link);
    let stage = CommonBaseConfig::figure_3();
    assert_eq!(from_str::<CommonBaseConfig>(&to_string(&stage).unwrap()).unwrap(), stage);
}

#[test]
fn parts_are_named_as_in_a_parts_list() {
    let part: Part = from_value(json!({"kind": "shunt_c", "value": 77.83e-15})).unwrap();
    assert_eq!(part, Part::new(linkbudget::network::PartKind::ShuntC, 77.83e-15));
    assert!(from_value::<Part>(json!({"kind": "series_l", "value": 1.0})).is_ok());
    assert!(from_value::<Part>(json!({"kind": "series_l", "value": 1.0, "colour": 2})).is_err());
}
