//! Assignments and joint probabilities against a table.

use crate::tables::{array, index, list, number, numbers, table, worst};
use mmw_sense::assignment::{assign, k_best};
use mmw_sense::association::{Detection, gate, joint_probabilities, likelihood, nearest};
use mmw_sense::ndarray::Array2;
use mmw_sense::simulate::SplitMix64;
use serde_json::Value;

const TABLE: &str = include_str!("../data/association.json");

/// Costs as the table describes them.
fn costs(row: &Value) -> Array2<f64> {
    let mut rng = SplitMix64::new(row["seed"].as_u64().unwrap());
    let forbid = number(&row["forbid"]);
    Array2::from_shape_simple_fn((index(&row["rows"]), index(&row["columns"])), || {
        let cost = rng.uniform(0.0, 10.0);
        let forbidden = forbid > 0.0 && rng.uniform(0.0, 1.0) < forbid;
        if forbidden { f64::INFINITY } else { cost }
    })
}

#[test]
fn the_best_assignments_match_the_table() {
    for row in list(&table(TABLE)["assignment"]) {
        let (cost, alone) = (costs(row), number(&row["miss"]));
        let best = assign(&cost, alone).unwrap();
        // A sum of up to 300 costs in another order.
        assert!((best.cost - number(&row["cost"])).abs() < 1e-10);
        assert_eq!(best.partners.iter().filter(|column| column.is_none()).count(), index(&row["unassigned"]));
        if let Some(partners) = row["assignment"].as_array() {
            let expected: Vec<_> = partners.iter().map(|j| j.as_u64().map(|j| j as usize)).collect();
            assert_eq!(best.partners, expected);
        }
        if let Some(costs) = row["best10"].as_array() {
            let found: Vec<f64> = k_best(&cost, alone, 10).unwrap().iter().map(|one| one.cost).collect();
            let expected: Vec<f64> = costs.iter().map(number).collect();
            assert_eq!(found.len(), expected.len());
            assert!(worst(&found, &expected) < 1e-12);
        }
        if let Some(complete) = row["cost_complete"].as_f64() {
            // Being alone is never worth it.
            assert!((assign(&cost, 1e6).unwrap().cost - complete).abs() < 1e-9);
        }
    }
}

#[test]
fn the_k_best_are_all_different_and_all_there() {
    let cost = Array2::from_shape_fn((3, 2), |(i, j)| (i * 2 + j) as f64);
    let found = k_best(&cost, 1.5, 100).unwrap();
    // None, one or two pairs: 1 + 6 + 6.
    assert_eq!(found.len(), 13);
    let mut partners: Vec<_> = found.iter().map(|one| one.partners.clone()).collect();
    partners.sort();
    partners.dedup();
    assert_eq!(partners.len(), 13);
    assert!(found.windows(2).all(|pair| pair[0].cost <= pair[1].cost));
}

#[test]
fn joint_probabilities_match_the_table() {
    for row in list(&table(TABLE)["jpda"]) {
        let within = number(&row["gate"]);
        let tracks: Vec<[f64; 2]> = list(&row["tracks"]).iter().map(array).collect();
        let measurements: Vec<[f64; 2]> = list(&row["measurements"]).iter().map(array).collect();
        let densities = Array2::from_shape_fn((tracks.len(), measurements.len()), |(t, j)| {
            let [a, b, c] = array(&list(&row["innovation_cov"])[t]);
            let off = std::array::from_fn(|i| measurements[j][i] - tracks[t][i]);
            let (far, density) = likelihood(&off, &[[a, b], [b, c]]).unwrap();
            if far <= within { density } else { 0.0 }
        });
        for (t, expected) in list(&row["likelihood"]).iter().enumerate() {
            assert!(worst(densities.row(t).iter(), &numbers(expected)) < 1e-10);
        }
        let detection = Detection::new(number(&row["detection"]), number(&row["clutter_density"])).unwrap();
        let found = joint_probabilities(&densities, detection).unwrap();
        for (t, expected) in list(&row["marginals"]).iter().enumerate() {
            // The densities come from positions of 13 digits.
            assert!(worst(found.row(t).iter(), &numbers(expected)) < 1e-10);
        }
        for (t, moments) in list(&row["moments"]).iter().enumerate() {
            let mean: [f64; 2] = std::array::from_fn(|i| {
                (0..measurements.len()).map(|j| found[[t, j]] * (measurements[j][i] - tracks[t][i])).sum()
            });
            assert!(worst(&mean, &array::<2>(&moments["innovation"])) < 1e-10);
        }
    }
}

#[test]
fn tracks_that_share_nothing_do_not_matter_to_each_other() {
    let detection = Detection::new(0.8, 0.3).unwrap();
    // Thirty tracks with a measurement each: far more sets than can be tabulated, if they hung together.
    let many = Array2::from_shape_fn((30, 30), |(i, j)| if i == j { 1.0 } else { 0.0 });
    let one = joint_probabilities(&Array2::from_elem((1, 1), 1.0), detection).unwrap();
    let found = joint_probabilities(&many, detection).unwrap();
    assert!((0..30).all(|i| found[[i, i]] == one[[0, 0]]));
    assert!(joint_probabilities(&Array2::from_elem((30, 30), 1.0), detection).is_err());
    // More measurements than can be tabulated are fine for few tracks.
    let wide = joint_probabilities(&Array2::from_elem((2, 30), 0.5), detection).unwrap();
    assert!((wide[[0, 0]] - wide[[1, 29]]).abs() < 1e-15);
}

#[test]
fn the_nearest_neighbour_is_the_likeliest_event() {
    let detection = Detection::new(0.9, 0.1).unwrap();
    let densities = Array2::from_shape_vec((2, 2), vec![0.9, 0.8, 0.85, 0.0]).unwrap();
    assert_eq!(nearest(&densities, detection).unwrap(), [Some(1), Some(0)]);
    // Ten false measurements are likelier than one of a track whose density is a thousandth of theirs.
    let far = Array2::from_elem((1, 1), 1e-4);
    assert_eq!(nearest(&far, detection).unwrap(), [None]);
}

#[test]
fn gates_are_the_quantiles_of_tables() {
    let printed = [(0.99, [9.21, 11.34, 13.28]), (0.999, [13.82, 16.27, 18.47])];
    for (probability, row) in printed {
        for (dimensions, expected) in (2..).zip(row) {
            // Two digits are printed.
            assert!((gate(probability, dimensions).unwrap() - expected).abs() < 6e-3);
        }
    }
    assert!(gate(1.0, 2).is_err() && gate(0.9, 0).is_err());
}
