//! Classical rivals against scikit-learn, and their bits.

use crate::tables::{assert_close, index, indices, list, number, numbers, table};
use mmw_sets::classify::{
    Classifier, Committee, ForestConfig, LogisticConfig, LogisticRegression, NearestCentroid, RandomForest,
};
use mmw_sets::ndarray::{Array1, Array2, array};
use mmw_sets::{Confusion, Samples};
use serde_json::Value;

fn rows(value: &Value) -> Array2<f64> {
    let all: Vec<Vec<f64>> = list(value).iter().map(numbers).collect();
    Array2::from_shape_vec((all.len(), all[0].len()), all.concat()).unwrap()
}

fn reference() -> (Value, Samples, Array2<f64>) {
    let table = table(include_str!("../data/rivals.json"));
    let labels = indices(&table["labels"]);
    let units = vec![0; labels.len()];
    let samples = Samples::new(rows(&table["rows"]), labels, units, 4).unwrap();
    let tests = rows(&table["tests"]);
    (table, samples, tests)
}

#[test]
fn logistic_regression_and_centroids_are_those_of_scikit_learn() {
    let (table, samples, tests) = reference();
    for penalty in [1.0, 10.0] {
        let config = LogisticConfig { penalty, ..LogisticConfig::default() };
        let model = LogisticRegression::fit(&samples, config).unwrap();
        for (row, expected) in tests.rows().into_iter().zip(list(&table["logistic"][format!("{penalty:.1}")]))
        {
            for (got, expected) in model.probabilities(&row).unwrap().iter().zip(numbers(expected)) {
                assert_close(*got, expected, number(&table["tolerance"]), "probability");
            }
        }
    }
    let model = NearestCentroid::fit(&samples).unwrap();
    assert_eq!(model.predict_rows(&tests).unwrap(), indices(&table["nearest"]));
}

#[test]
fn scores_of_classes_are_those_of_scikit_learn() {
    let (table, ..) = reference();
    let scores = &table["scores"];
    let confusion = Confusion::of(4, &indices(&scores["truth"]), &indices(&scores["found"])).unwrap();
    assert_close(confusion.accuracy().unwrap(), number(&scores["accuracy"]), 1e-12, "accuracy");
    assert_close(confusion.balanced_accuracy().unwrap(), number(&scores["balanced"]), 1e-12, "balanced");
    for class in 0..4 {
        let expected = |name: &str| scores[name][class].as_f64();
        assert_eq!(confusion.precision(class), expected("precision"));
        assert_eq!(confusion.recall(class), expected("recall"));
        assert_close(confusion.f1(class).unwrap(), expected("f1").unwrap(), 1e-12, "F1");
        assert_close(confusion.iou(class).unwrap(), expected("iou").unwrap(), 1e-12, "IoU");
    }
    assert_eq!(confusion.recall(9), None);
}

#[test]
fn the_background_is_left_out_of_the_foreground() {
    let mut confusion = Confusion::new(3).unwrap();
    let mut truth = Array2::<u8>::zeros((10, 10));
    let mut found = truth.clone();
    (truth[[0, 0]], truth[[0, 1]], found[[0, 1]], found[[0, 2]]) = (1, 1, 1, 1);
    confusion.add_maps(&truth, &found).unwrap();
    // One of three cells agrees; class 2 is nowhere and does not count.
    assert_eq!((confusion.iou(1), confusion.iou(2)), (Some(1.0 / 3.0), None));
    assert_eq!((confusion.foreground_iou(), confusion.foreground_dice()), (Some(1.0 / 3.0), Some(0.5)));
    assert_eq!(confusion.mean_iou(), Some((1.0 / 3.0 + 97.0 / 99.0) / 2.0));
    assert_eq!(confusion.mean_dice(), Some((0.5 + 194.0 / 196.0) / 2.0));
    let before = confusion.clone();
    truth[[5, 5]] = 3;
    assert!(confusion.add_maps(&truth, &found).unwrap_err().to_string().contains("label"));
    assert!(confusion.add_maps(&truth, &Array2::zeros((10, 9))).is_err());
    assert_eq!(confusion, before);
    assert_eq!(confusion.to_string().lines().count(), 3);
}

#[test]
fn a_forest_of_one_seed_has_the_same_bits_and_another_seed_others() {
    let (_, samples, tests) = reference();
    let grow = |seed| RandomForest::fit(&samples, ForestConfig::new(seed)).unwrap();
    assert_eq!(grow(3), grow(3));
    assert_ne!(grow(3), grow(4));
    let row = tests.row(0);
    let bits = |model: &RandomForest| {
        model.probabilities(&row).unwrap().iter().map(|p| p.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(bits(&grow(3)), bits(&grow(3)));
}

#[test]
fn first_draws_of_a_forest_stay() {
    // Row 0 in the first tree of seed 1, of any version: seeds in results stay valid.
    let (_, samples, tests) = reference();
    let forest =
        RandomForest::fit(&samples, ForestConfig { trees: 8, leaf: 1, ..ForestConfig::new(1) }).unwrap();
    let votes: Vec<f64> = forest.probabilities(&tests.row(0)).unwrap().iter().map(|p| p * 8.0).collect();
    assert_eq!(votes.iter().sum::<f64>(), 8.0);
    assert_eq!(votes, FIRST_VOTES);
}

const FIRST_VOTES: [f64; 4] = [2.0, 0.0, 5.0, 1.0];

#[test]
fn a_tree_without_limits_repeats_what_it_has_seen() {
    let (_, samples, _) = reference();
    let config = ForestConfig { trees: 200, leaf: 1, ..ForestConfig::new(9) };
    let forest = RandomForest::fit(&samples, config).unwrap();
    // Each row is in 63 % of the trees, which then say its class: the others would have to agree against it.
    let confusion = forest.confusion(&samples).unwrap();
    assert!(confusion.accuracy().unwrap() > 0.99, "{confusion}");
}

#[test]
fn a_committee_means_its_members() {
    let (_, samples, tests) = reference();
    let members = || -> [Box<dyn Classifier>; 2] {
        [
            Box::new(NearestCentroid::fit(&samples).unwrap()),
            Box::new(RandomForest::fit(&samples, ForestConfig::new(1)).unwrap()),
        ]
    };
    let committee = Committee::new(members().into()).unwrap();
    let [a, b] = members().map(|one| one.probabilities(&tests.row(3)).unwrap());
    let both = committee.probabilities(&tests.row(3)).unwrap();
    assert!(both.iter().zip(a.iter().zip(&b)).all(|(both, (a, b))| (both - 0.5 * (a + b)).abs() < 1e-15));
    assert!(Committee::new(vec![]).is_err());
    let other = Samples::new(array![[0.0], [1.0]], vec![0, 1], vec![0, 0], 2).unwrap();
    let [first, _] = members();
    assert!(Committee::new(vec![first, Box::new(NearestCentroid::fit(&other).unwrap())]).is_err());
}

#[test]
fn features_that_never_change_say_nothing() {
    let rows = array![[1e6, 0.0], [1e6, 0.2], [1e6, 1.0], [1e6, 1.2]];
    let samples = Samples::new(rows, vec![0, 0, 1, 1], vec![0; 4], 2).unwrap();
    let models: [Box<dyn Classifier>; 3] = [
        Box::new(NearestCentroid::fit(&samples).unwrap()),
        Box::new(
            LogisticRegression::fit(&samples, LogisticConfig { penalty: 0.1, iterations: 500 }).unwrap(),
        ),
        Box::new(RandomForest::fit(&samples, ForestConfig { leaf: 1, ..ForestConfig::new(1) }).unwrap()),
    ];
    for model in models {
        let p = |x: f64| model.probabilities(&array![x, 0.1]).unwrap();
        assert_eq!(p(1e6), p(-1e6));
        assert_eq!(
            (model.predict(&array![0.0, 0.1]).unwrap(), model.predict(&array![0.0, 1.1]).unwrap()),
            (0, 1)
        );
    }
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let (_, samples, _) = reference();
    let bad = |penalty, iterations| LogisticRegression::fit(&samples, LogisticConfig { penalty, iterations });
    assert!(bad(0.0, 100).is_err() && bad(f64::NAN, 100).is_err() && bad(1.0, 2).is_err());
    let forest = |config| RandomForest::fit(&samples, config);
    assert!(forest(ForestConfig { trees: 0, ..ForestConfig::new(1) }).is_err());
    assert!(forest(ForestConfig { leaf: 0, ..ForestConfig::new(1) }).is_err());
    assert!(forest(ForestConfig { tried: Some(7), ..ForestConfig::new(1) }).is_err());
    let lonely = Samples::new(array![[0.0], [1.0]], vec![0, 0], vec![0, 0], 2).unwrap();
    assert!(NearestCentroid::fit(&lonely).unwrap_err().to_string().contains("class 1"));
    assert!(Samples::new(array![[f64::NAN]], vec![0], vec![0], 2).is_err());
    assert!(Samples::new(array![[0.0]], vec![2], vec![0], 2).is_err());
    assert!(Samples::new(array![[0.0]], vec![0], vec![0, 1], 2).is_err());
    assert!(samples.select(&[samples.len()]).is_err() && samples.select(&[]).is_err());
    let model = NearestCentroid::fit(&samples).unwrap();
    assert!(model.predict(&array![0.0]).is_err());
    assert!(model.predict(&Array1::from_elem(6, f64::INFINITY)).is_err());
    assert!(samples.groups(&[]).is_err());
    assert_eq!(index(&serde_json::json!(3)), 3);
}
