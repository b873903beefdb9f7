//! Filters against a table: the differences stay below the 13 digits that the table holds, grown by what the
//! worst condition number (some 1e3) makes of them.

use crate::tables::{array, list, number, symmetric, table, worst};
use mmw_sense::PolarNoise;
use mmw_sense::filter::{
    ExtendedFilter, FilterConfig, ProcessNoise, SensorPose, Spread, State, UnscentedFilter, observe, turn,
};
use serde_json::Value;

const TABLE: &str = include_str!("../data/filters.json");

fn config(case: &Value) -> FilterConfig {
    let q = number(&case["q"]);
    let process = match case["noise"].as_str() {
        Some("white") => ProcessNoise::White { density_m2_s3: q },
        _ => ProcessNoise::Piecewise { deviation_m_s2: q },
    };
    let [range_m, azimuth_rad, elevation_rad, velocity_m_s] = array(&case["sd"]);
    FilterConfig::new(process, PolarNoise::new(range_m, azimuth_rad, elevation_rad, velocity_m_s).unwrap())
}

fn start(case: &Value) -> State {
    State::new(array(&case["state0"]), symmetric(&case["cov0"])).unwrap()
}

#[test]
fn the_extended_filter_follows_the_table_step_by_step() {
    let mut most = 0.0_f64;
    for case in list(&table(TABLE)["cases"]) {
        let sensor = &case["sensor"];
        let pose =
            SensorPose::new(array(&sensor["position"]), array(&sensor["velocity"]), number(&sensor["yaw"]));
        let (pose, filter) = (pose.unwrap(), ExtendedFilter::new(config(case)).unwrap());
        let mut state = start(case);
        for step in list(&case["steps"]) {
            filter.predict(&mut state, number(&step["dt"])).unwrap();
            let predicted: [f64; 6] = array(&step["predicted"]);
            let cov = symmetric::<6>(&step["predicted_cov"]);
            most = most.max(worst(&state.mean, &predicted));
            most = most.max(worst(state.covariance.as_flattened(), cov.as_flattened()));
            let found = filter.update(&mut state, array(&step["z"]), &pose).unwrap();
            let (h, y) = (array::<4>(&step["z_predicted"]), array::<4>(&step["innovation"]));
            let s = symmetric::<4>(&step["innovation_cov"]);
            most = most.max(worst(&found.expected, &h)).max(worst(&found.difference, &y));
            most = most.max(worst(found.covariance.as_flattened(), s.as_flattened()));
            let scalars = [number(&step["nis"]), number(&step["log_likelihood"])];
            most = most.max(worst(&[found.nis, found.log_likelihood], &scalars));
            most = most.max(worst(&state.mean, &array::<6>(&step["state"])));
            let cov = symmetric::<6>(&step["cov"]);
            most = most.max(worst(state.covariance.as_flattened(), cov.as_flattened()));
        }
    }
    println!("extended: {most:e}");
    assert!(most < 1e-9);
}

#[test]
fn the_unscented_filter_follows_the_table_step_by_step() {
    let table = table(TABLE);
    for run in list(&table["unscented_filters"]) {
        let case = list(&table["cases"]).iter().find(|case| case["name"] == run["of"]).unwrap();
        let [alpha, beta, kappa] = ["alpha", "beta", "kappa"].map(|name| number(&run[name]));
        let spread = Spread::new(alpha, beta, kappa).unwrap();
        let filter = UnscentedFilter::new(config(case), spread).unwrap();
        let mut state = start(case);
        let mut most = 0.0_f64;
        for (step, given) in list(&run["steps"]).iter().zip(list(&case["steps"])) {
            filter.predict(&mut state, number(&given["dt"])).unwrap();
            let found = filter.update(&mut state, array(&given["z"]), &SensorPose::default()).unwrap();
            most = most.max(worst(&found.expected, &array::<4>(&step["z_predicted"])));
            let s = symmetric::<4>(&step["innovation_cov"]);
            most = most.max(worst(found.covariance.as_flattened(), s.as_flattened()));
            most = most.max(worst(&state.mean, &array::<6>(&step["state"])));
            let cov = symmetric::<6>(&step["cov"]);
            most = most.max(worst(state.covariance.as_flattened(), cov.as_flattened()));
        }
        println!("unscented, alpha {alpha}: {most:e}");
        // With alpha = 1e-3 weights of a million cancel: six digits of the 16 go in every mean, and
        // steps add up.
        assert!(most < if alpha < 0.1 { 1e-7 } else { 1e-9 });
    }
}

#[test]
fn moments_of_what_is_measured_match_the_table() {
    for row in list(&table(TABLE)["unscented_transforms"]) {
        let state = State::new(array(&row["mean"]), symmetric(&row["cov"])).unwrap();
        let [alpha, beta, kappa] = ["alpha", "beta", "kappa"].map(|name| number(&row[name]));
        let filter =
            UnscentedFilter::new(FilterConfig::people(), Spread::new(alpha, beta, kappa).unwrap()).unwrap();
        let (mean, covariance, cross) = filter.transform(&state, &SensorPose::default()).unwrap();
        assert!(worst(&mean, &array::<4>(&row["z_mean"])) < 1e-11);
        assert!(worst(covariance.as_flattened(), symmetric::<4>(&row["z_cov"]).as_flattened()) < 1e-11);
        let expected: Vec<[f64; 4]> = list(&row["cross"]).iter().map(array).collect();
        assert!(worst(cross.as_flattened(), expected.as_flattened()) < 1e-11);
        let seen = observe(&state.mean, &SensorPose::default()).unwrap();
        assert!(worst(&seen.measured, &array::<4>(&row["z_linear"])) < 1e-12);
    }
}

#[test]
fn turns_and_their_derivatives_match_the_table_down_to_none() {
    for row in list(&table(TABLE)["coordinated_turn"]["rows"]) {
        let (next, jacobian) = turn(array(&row["state"]), number(&row["dt"])).unwrap();
        assert!(worst(&next, &array::<5>(&row["next"])) < 1e-12);
        let expected: Vec<[f64; 5]> = list(&row["jacobian"]).iter().map(array).collect();
        // Just above the border of the series the closed form keeps 16 - 2 log10(1/1e-3) digits of its
        // derivatives.
        assert!(worst(jacobian.as_flattened(), expected.as_flattened()) < 1e-9);
    }
}

#[test]
fn derivatives_are_those_of_differences() {
    let pose = SensorPose::new([0.5, -0.2, 1.1], [0.3, 0.9, 0.0], 0.35).unwrap();
    let at = [1.0, 4.0, 0.3, -0.4, 0.8, 0.1];
    let seen = observe(&at, &pose).unwrap();
    for j in 0..6 {
        let step = 1e-6;
        let moved = |by: f64| {
            let mut state = at;
            state[j] += by;
            observe(&state, &pose).unwrap().measured
        };
        let (up, down) = (moved(step), moved(-step));
        for i in 0..4 {
            let slope = (up[i] - down[i]) / (2.0 * step);
            // Rounding: 4 ulp of numbers below 8 over 2e-6; curvature: 1e-12 times third
            // derivatives below 10.
            assert!((slope - seen.jacobian[i][j]).abs() < 5e-9, "{i} {j}");
        }
    }
}

#[test]
fn one_certain_measurement_is_an_ordinary_update() {
    let filter = ExtendedFilter::new(FilterConfig::people()).unwrap();
    let mut covariance = [[0.0; 6]; 6];
    (0..6).for_each(|i| covariance[i][i] = 0.2);
    let before = State::new([0.5, 4.0, 0.1, 0.3, -0.8, 0.0], covariance).unwrap();
    let z = [4.1, 0.15, 0.02, -0.7];
    let pose = SensorPose::default();
    let (mut updated, mut associated) = (before, before);
    filter.update(&mut updated, z, &pose).unwrap();
    let (innovation, cross) = filter.innovation(&before, z, &pose).unwrap();
    associated.associate(&[innovation], &[1.0], &cross).unwrap();
    assert!(worst(&associated.mean, &updated.mean) < 1e-14);
    assert!(worst(associated.covariance.as_flattened(), updated.covariance.as_flattened()) < 1e-13);
    let mut alone = before;
    alone.associate(&[innovation], &[0.0], &cross).unwrap();
    assert_eq!(alone, before);
}
