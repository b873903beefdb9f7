//! Distances of sets and measures of recordings against a table.

use crate::tables::{array, list, number, table, worst};
use mmw_sense::metrics::{ClearMot, gospa, ospa};
use serde_json::Value;

const TABLE: &str = include_str!("../data/association.json");

#[test]
fn distances_of_sets_match_the_table() {
    for row in list(&table(TABLE)["metrics"]) {
        let set = |name: &str| list(&row[name]).iter().map(array).collect::<Vec<[f64; 2]>>();
        let (truth, estimate) = (set("truth"), set("estimate"));
        let [c, p, alpha] = ["c", "p", "alpha"].map(|name| number(&row[name]));
        let found = ospa(&truth, &estimate, c, p).unwrap();
        let expected = ["ospa", "ospa_localisation", "ospa_cardinality"].map(|name| number(&row[name]));
        assert!(worst(&[found.distance_m, found.localisation_m, found.cardinality_m], &expected) < 1e-12);
        let found = gospa(&truth, &estimate, c, p, alpha).unwrap();
        let names = ["gospa", "gospa_localisation", "gospa_missed", "gospa_false"];
        let expected = names.map(|name| number(&row[name]));
        let parts = [found.distance_m, found.localisation, found.missed, found.false_ones];
        assert!(worst(&parts, &expected) < 1e-12, "{parts:?} {expected:?}");
    }
}

fn labelled(value: &Value) -> Vec<(u64, [f64; 2])> {
    let one = |row: &Value| (row[0].as_u64().unwrap(), [number(&row[1]), number(&row[2])]);
    list(value).iter().map(one).collect()
}

#[test]
fn switches_fragments_and_identities_match_the_table() {
    for row in list(&table(TABLE)["identity"]) {
        let mut mot = ClearMot::new(number(&row["gate"])).unwrap();
        for frame in list(&row["frames"]) {
            mot.frame(&labelled(&frame[0]), &labelled(&frame[1])).unwrap();
        }
        let found = mot.summary();
        let counts = [found.switches, found.misses, found.false_ones, found.truths, found.fragments];
        let names = ["switches", "misses", "false", "gt", "fragments"];
        assert_eq!(counts, names.map(|name| row[name].as_u64().unwrap()));
        let shares = [found.mota, found.motp_m, found.idf1];
        assert!(worst(&shares, &["mota", "motp", "idf1"].map(|name| number(&row[name]))) < 1e-12);
    }
}
