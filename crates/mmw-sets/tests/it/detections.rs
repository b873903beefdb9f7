//! Places of objects against the programs of CRUW and `RODNet`.

use crate::tables::{assert_close, index, list, number, numbers, table};
use mmw_sets::metrics::{
    AveragePrecision, ConfidenceMap, ConfidenceMapConfig, Detection, ObjectClass, Place, ols, position_error,
    suppress,
};
use serde_json::Value;

const KAPPAS: [f64; 3] = [0.005, 0.01, 0.03];

fn place(value: &Value) -> Place {
    Place::new(number(&value[1]), number(&value[2])).unwrap()
}

fn detection(value: &Value) -> Detection {
    Detection::new(index(&value[0]), place(value), number(&value[3])).unwrap()
}

#[test]
fn likeness_and_average_precision_are_those_of_the_benchmark() {
    let table = table(include_str!("../data/detections.json"));
    let tolerance = number(&table["tolerance"]);
    for pair in list(&table["pairs"]) {
        let other = Place::new(number(&pair[3]), number(&pair[4])).unwrap();
        let got = ols(place(pair), other, KAPPAS[index(&pair[0])]).unwrap();
        assert_close(got, number(&pair[5]), tolerance, "OLS");
    }
    let mut measure = AveragePrecision::new(KAPPAS.to_vec()).unwrap();
    for frame in list(&table["frames"]) {
        let truths: Vec<_> = list(&frame["truths"]).iter().map(|one| (index(&one[0]), place(one))).collect();
        let found: Vec<_> = list(&frame["found"]).iter().map(detection).collect();
        measure.frame(&truths, &found).unwrap();
    }
    let scores = measure.scores().unwrap();
    assert_close(scores.average_precision, number(&table["average_precision"]), tolerance, "AP");
    assert_close(scores.average_recall, number(&table["average_recall"]), tolerance, "AR");
    for (got, expected) in scores.precision_at.iter().zip(numbers(&table["precision_at"])) {
        assert_close(*got, expected, tolerance, "AP at a threshold");
    }
    for (got, expected) in scores.of_class.iter().zip(list(&table["of_class"])) {
        let (precision, recall) = got.unwrap();
        assert_close(precision, number(&expected[0]), tolerance, "AP of a class");
        assert_close(recall, number(&expected[1]), tolerance, "AR of a class");
    }
}

#[test]
fn confidence_maps_are_those_of_the_published_program() {
    let table = table(include_str!("../data/confidence_maps.json"));
    let tolerance = number(&table["tolerance"]);
    let config = ConfidenceMapConfig::cruw().unwrap();
    let [first, second, last] = numbers(&table["range_m"])[..] else { panic!() };
    for (cell, expected) in [(0, first), (1, second), (127, last)] {
        assert_close(config.range.at(f64::from(cell)), expected, 1e-12, "range");
    }
    for (cell, expected) in [0.0, 1.0, 64.0, 127.0].into_iter().zip(numbers(&table["azimuth_rad"])) {
        assert_close(config.azimuth.at(cell), expected, 1e-12, "azimuth");
    }
    let at = |one: &Value| {
        let place = Place::new(config.range.at(number(&one[1])), config.azimuth.at(number(&one[2])));
        (index(&one[0]), place.unwrap())
    };
    let objects: Vec<_> = list(&table["objects"]).iter().map(at).collect();
    let maps = ConfidenceMap::new(config).unwrap();
    let drawn = maps.draw(&objects).unwrap();
    for cell in list(&table["cells"]) {
        let got = drawn[[index(&cell[0]), index(&cell[1]), index(&cell[2])]];
        assert_close(f64::from(got), number(&cell[3]), tolerance, "cell");
    }
    let sum: f64 = drawn.iter().map(|&x| f64::from(x)).sum();
    assert_close(sum, number(&table["sum"]), tolerance, "sum");
    assert!(maps.draw(&[]).unwrap().iter().all(|&x| x == 0.0));
}

#[test]
fn of_three_peaks_of_one_object_one_is_left() {
    let at = |class, range_m, confidence| {
        Detection::new(class, Place::new(range_m, 0.2).unwrap(), confidence).unwrap()
    };
    // The published program, which deletes while it walks, keeps the second neighbour.
    for many in 1..7 {
        let peaks: Vec<_> = (0..many).map(|i| at(0, 8.0, 0.9 - 0.1 * f64::from(i))).collect();
        assert_eq!(suppress(&peaks, &KAPPAS, 0.3).unwrap(), peaks[..1], "{many} peaks");
    }
    let (person, car, far) = (at(0, 8.0, 0.5), at(2, 8.0, 0.9), at(0, 11.0, 0.4));
    assert_eq!(suppress(&[person, far, car], &KAPPAS, 0.3).unwrap(), [car, person, far]);
    // Of equal confidence, the first stays.
    assert_eq!(suppress(&[at(0, 8.0, 0.5), at(0, 8.01, 0.5)], &KAPPAS, 0.3).unwrap(), [at(0, 8.0, 0.5)]);
    assert_eq!(suppress(&[], &KAPPAS, 0.3).unwrap(), []);
}

#[test]
fn a_detector_that_finds_all_has_precision_and_recall_of_one() {
    let mut measure = AveragePrecision::new(vec![0.01, 0.01]).unwrap();
    assert!(measure.scores().is_err());
    let places: Vec<Place> = (1..6).map(|i| Place::new(f64::from(i) * 3.0, 0.1).unwrap()).collect();
    let truths: Vec<_> = places.iter().map(|&place| (0, place)).collect();
    let found: Vec<_> = places.iter().map(|&place| Detection::new(0, place, 0.7).unwrap()).collect();
    measure.frame(&truths, &found).unwrap();
    // What is found of a class of which there is nothing has no weight, as in the benchmark.
    measure.frame(&[], &[Detection::new(1, places[0], 0.9).unwrap()]).unwrap();
    let scores = measure.scores().unwrap();
    assert_eq!((scores.average_precision, scores.average_recall), (1.0, 1.0));
    assert_eq!(scores.of_class, [Some((1.0, 1.0)), None]);
}

#[test]
fn two_detections_of_one_object_are_one_hit_and_one_miss() {
    let place = Place::new(10.0, 0.0).unwrap();
    let mut measure = AveragePrecision::new(vec![0.005]).unwrap();
    let twice = [Detection::new(0, place, 0.9).unwrap(), Detection::new(0, place, 0.8).unwrap()];
    measure.frame(&[(0, place)], &twice).unwrap();
    measure.frame(&[(0, place)], &[]).unwrap();
    let scores = measure.scores().unwrap();
    assert!((scores.average_precision - 51.0 / 101.0).abs() < 1e-12);
    assert_eq!(scores.average_recall, 0.5);
}

#[test]
fn objects_on_the_edge_of_a_map_are_drawn_and_found() {
    let config = ConfidenceMapConfig::cruw().unwrap();
    let (near, far) = (config.range.at(0.0), config.range.at(127.0));
    let maps = ConfidenceMap::new(config).unwrap();
    let corners = [(0, Place::new(near, -1.57).unwrap()), (1, Place::new(far, 1.57).unwrap())];
    let found = maps.find(&maps.draw(&corners).unwrap(), 0.3, 0.3).unwrap();
    assert_eq!(found.iter().map(|one| one.class).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(found[0].place.range_m, near);
    assert!(maps.find(&maps.draw(&[]).unwrap(), 0.3, 0.3).unwrap().is_empty());
    let mut odd = ObjectClass::cruw();
    odd[0].deviation_cells = [9.0, 3.0];
    let mut config = ConfidenceMapConfig::cruw().unwrap();
    config.classes = odd;
    assert!(ConfidenceMap::new(config).unwrap_err().to_string().contains("deviation_cells"));
}

#[test]
fn intervals_of_position_errors_hold_the_truth_as_often_as_they_say() {
    use mmw_core::random::standard_normal;
    use mmw_sets::mmw_core::{self, Streams};
    // Normal errors of 0.2 m per axis: rms 0.2 √3; the median is that of chi with three degrees, 1.538172.
    let (rms_m, median_m) = (0.2 * 3_f64.sqrt(), 0.2 * 1.538_172_26);
    let (mut rms, mut median) = (0, 0);
    for trial in 0..400 {
        let mut stream = Streams::new(5).stream(trial);
        let found: Vec<[f64; 3]> =
            (0..100).map(|_| std::array::from_fn(|_| 0.2 * standard_normal(&mut stream))).collect();
        let error = position_error(&[[0.0; 3]; 100], &found, 0.95).unwrap();
        rms += u32::from(error.rms_m.contains(rms_m));
        median += u32::from(error.median_m.contains(median_m));
    }
    // 380 are expected, with a deviation of 4.4; the normal limit and order statistics each err by a little.
    assert!((362..=396).contains(&rms) && (362..=398).contains(&median), "{rms}, {median}");
}
