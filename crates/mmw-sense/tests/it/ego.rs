//! Ego-velocity against a table (numpy; orthogonal regression checked against ODRPACK).

use crate::tables::{array, index, list, number, numbers, symmetric, table, worst};
use mmw_sense::ego::{
    Inertial, Loss, Moment, Mounting, Ray, Search, Turning, View, ZeroTest, body_velocity, consensus,
    integrate, is_standing, least_squares, least_squares_planar, of_several, of_several_planar, orthogonal,
    reweighted, time_offset,
};
use mmw_sense::simulate::SplitMix64;
use mmw_sense::{EgoConfig, EgoVelocity, PolarNoise, Pose};
use serde_json::Value;

const TABLE: &str = include_str!("../data/ego.json");
/// As the table states it.
const TOLERANCE: f64 = 1e-9;

fn rays(row: &Value) -> Vec<Ray> {
    let [azimuth, velocity] = ["azimuth", "velocity"].map(|name| numbers(&row[name]));
    let elevation = row.get("elevation").map_or(vec![0.0; azimuth.len()], numbers);
    let all = azimuth.iter().zip(&elevation).zip(&velocity);
    all.map(|((&az, &el), &v)| Ray::new(az, el, v).unwrap()).collect()
}

fn agree<const N: usize>(value: &[f64; N], covariance: &[[f64; N]; N], expected: &Value, of: &Value) {
    assert!(worst(value, &array::<N>(expected)) < TOLERANCE);
    assert!(worst(covariance.as_flattened(), symmetric::<N>(of).as_flattened()) < TOLERANCE);
}

#[test]
fn regressions_match_the_table() {
    for row in list(&table(TABLE)["scans"]) {
        let rays = rays(row);
        let found = least_squares(&rays, None).unwrap();
        agree(&found.value, &found.covariance, &row["least_squares"], &row["covariance"]);
        assert!((found.residual_variance - number(&row["residual_variance"])).abs() < TOLERANCE);
        assert!((found.condition / number(&row["condition"]) - 1.0).abs() < TOLERANCE);
        // Rounded to six decimals, as the table says.
        let weight = |azimuth: f64| (1e6 / (0.05 + 0.1 * azimuth.abs()).powi(2)).round() / 1e6;
        let weights: Vec<f64> = numbers(&row["azimuth"]).into_iter().map(weight).collect();
        let found = least_squares(&rays, Some(&weights)).unwrap();
        let expected = &row["weighted"];
        agree(&found.value, &found.covariance, &expected["velocity"], &expected["covariance"]);
    }
    for row in list(&table(TABLE)["planar"]) {
        let found = least_squares_planar(&rays(row), None).unwrap();
        agree(&found.value, &found.covariance, &row["least_squares"], &row["covariance"]);
    }
}

#[test]
fn errors_in_the_angles_are_taken_in_as_the_table_does() {
    let (mut most, mut velocities) = (0.0_f64, 0.0_f64);
    for row in list(&table(TABLE)["scans"]) {
        let Some(expected) = row.get("orthogonal") else { continue };
        let [azimuth, elevation, velocity] = array(&expected["sd"]);
        let noise = PolarNoise::new(0.03, azimuth, elevation, velocity).unwrap();
        let found = orthogonal(&rays(row), array(&row["least_squares"]), &noise).unwrap();
        velocities = velocities.max(worst(&found.velocity_m_s, &array::<3>(&expected["velocity"])));
        let covariance = symmetric::<3>(&expected["covariance"]);
        most = most.max(worst(found.covariance.as_flattened(), covariance.as_flattened()));
        most = most.max((found.chi_squared - number(&expected["chi2"])).abs() / number(&expected["chi2"]));
    }
    println!("orthogonal: {most:e}, velocities {velocities:e}");
    // The table's own minimiser ends where the sum changes by no more than 1e-15 of itself: about √1e-15
    // = 3e-8 of a standard deviation (0.06 m/s) from the minimum.
    assert!(most < TOLERANCE && velocities < 2.0 * TOLERANCE);
}

#[test]
fn consensus_and_m_estimators_match_the_table() {
    let mut seen = 0;
    for row in list(&table(TABLE)["scans"]) {
        let Some(expected) = row.get("consensus") else { continue };
        seen += 1;
        let rays = rays(row);
        let found = consensus(&rays, number(&expected["threshold"]), Search::All).unwrap();
        let members: Vec<usize> = list(&expected["members"]).iter().map(index).collect();
        assert_eq!(found.members, members);
        agree(&found.fit.value, &found.fit.covariance, &expected["velocity"], &expected["covariance"]);
        let cauchy = &row["cauchy"];
        let found = reweighted(&rays, found.fit.value, Loss::Cauchy, number(&cauchy["scale"])).unwrap();
        assert!(worst(&found.value, &array::<3>(&cauchy["velocity"])) < TOLERANCE);
        let found = consensus(&rays, 0.3, Search::All).unwrap();
        assert_eq!(found.members.len(), index(&row["count_at_0.3"]));
        // Draws find nearly as many, and the same ones for the same seed.
        let search = Search::Draws { draws: 400, seed: 7 };
        let [once, again] = [(); 2].map(|()| consensus(&rays, 0.15, search).unwrap());
        assert_eq!(once, again);
        assert!(once.members.len() + 2 >= members.len());
    }
    assert_eq!(seen, 2);
}

fn turned_by(yaw: f64) -> [f64; 4] {
    [0.0, 0.0, (0.5 * yaw).sin(), (0.5 * yaw).cos()]
}

#[test]
fn several_radars_tell_the_turn_rate_as_the_table_does() {
    for row in list(&table(TABLE)["several"]) {
        let radars = list(&row["radars"]);
        let all: Vec<Vec<Ray>> = radars.iter().map(rays).collect();
        let mounting =
            |radar: &Value| Mounting::new(turned_by(number(&radar["yaw"])), array(&radar["lever"])).unwrap();
        let views: Vec<View<'_>> =
            radars.iter().zip(&all).map(|(radar, rays)| View { mounting: mounting(radar), rays }).collect();
        let found = of_several_planar(&views).unwrap();
        agree(&found.value, &found.covariance, &row["planar"], &row["planar_covariance"]);
        if radars.len() == 2 {
            // The line through them is an axis about which a turn moves neither.
            assert_eq!(of_several(&views).unwrap_err().kind(), "singular");
            continue;
        }
        let found = of_several(&views).unwrap();
        agree(&found.value, &found.covariance, &row["velocity_and_rate"], &row["covariance"]);
        assert!((found.condition / number(&row["condition"]) - 1.0).abs() < TOLERANCE);
    }
}

#[test]
fn lever_arms_match_the_table() {
    for row in list(&table(TABLE)["lever"]) {
        let mounting = Mounting::new(array(&row["quaternion_xyzw"]), array(&row["lever"])).unwrap();
        let mut variances = [[0.0; 3]; 3];
        array::<3>(&row["velocity_var"]).iter().enumerate().for_each(|(i, v)| variances[i][i] = *v);
        let (velocity, rate) = (array(&row["velocity"]), array(&row["rate"]));
        let (value, covariance) =
            body_velocity(&mounting, velocity, &variances, rate, number(&row["rate_var"])).unwrap();
        agree(&value, &covariance, &row["body_velocity"], &row["body_covariance"]);
    }
}

#[test]
fn a_radar_that_stands_is_told_though_somebody_walks() {
    let still = |v: f64| Ray::new(0.3 * v, 0.1, v).unwrap();
    let mut rays: Vec<Ray> = (0..9).map(|i| still(0.004 * f64::from(i))).collect();
    rays.extend([still(0.9), still(-1.1)]);
    assert!(is_standing(&rays, ZeroTest::default()).unwrap());
    let mut plan = EgoVelocity::new(EgoConfig::default()).unwrap();
    let found = plan.estimate_of(0, &rays).unwrap();
    assert!(found.standing && found.velocity_m_s == [0.0; 3] && found.inliers == 9);
    rays.extend([still(0.8), still(0.7)]);
    assert!(!is_standing(&rays, ZeroTest::default()).unwrap());
}

#[test]
fn what_fixes_no_velocity_is_an_error() {
    let ray = |az: f64, el: f64| Ray::new(az, el, -1.0).unwrap();
    let flat: Vec<Ray> = (0..20).map(|i| ray(0.1 * f64::from(i) - 1.0, 0.0)).collect();
    assert_eq!(least_squares(&flat, None).unwrap_err().kind(), "singular");
    assert!(least_squares_planar(&flat, None).is_ok());
    let mut plan = EgoVelocity::new(EgoConfig::default()).unwrap();
    assert_eq!(plan.estimate_of(0, &flat).unwrap_err().kind(), "singular");
    assert_eq!(plan.estimate_of(0, &flat[..2]).unwrap_err().kind(), "too_few");
    assert_eq!(consensus(&flat, 0.1, Search::All).unwrap_err().kind(), "singular");
    assert_eq!(least_squares(&[], None).unwrap_err().kind(), "too_few");
    assert!(Ray::new(f64::NAN, 0.0, 0.0).is_err());
    // Far from any start, and with points that agree on nothing, there is an answer or an error, never NaN.
    let mut random = SplitMix64::new(3);
    for _ in 0..200 {
        let mut any =
            || Ray::new(random.uniform(-3.0, 3.0), random.uniform(-1.5, 1.5), random.uniform(-1e3, 1e3));
        let rays: Vec<Ray> = (0..9).map(|_| any().unwrap()).collect();
        if let Ok(found) = plan.estimate_of(0, &rays) {
            assert!(found.velocity_m_s.iter().chain(found.covariance.as_flattened()).all(|x| x.is_finite()));
        }
    }
}

#[test]
fn a_square_walked_with_a_gyro_closes() {
    // Four sides of 2 m at 1 m/s, with turns of a quarter on the spot in a second.
    let (mut moments, mut turning) = (Vec::new(), Vec::new());
    for i in 0..=120 {
        let t = 0.1 * f64::from(i);
        let ahead = if i % 30 < 20 { 1.0 } else { 0.0 };
        moments.push(Moment::new(t, [0.0, ahead, 0.0]).unwrap());
    }
    for i in 0..=1200 {
        let rate = if i % 300 < 200 { 0.0 } else { std::f64::consts::FRAC_PI_2 };
        turning.push(Turning::new(0.01 * f64::from(i), [0.0, 0.0, rate]).unwrap());
    }
    let way = integrate(&moments, &turning).unwrap();
    let end = way.last().unwrap();
    // The ends of sides are ramps of one step: what is lost on each side is gained on none.
    assert!(end.translation_m.iter().all(|x| x.abs() < 0.11), "{end:?}");
    let facing = end.quaternion_xyzw();
    assert!(facing[3] > 1.0 - 1e-3, "{facing:?}");
    assert!(integrate(&[moments[1], moments[0]], &[]).is_err());
    assert_eq!(integrate(&[], &[]).unwrap(), Vec::<Pose>::new());
}

/// A radar in a hand that sways, with a gyro of some bias: velocities late by 0.11 s.
#[test]
fn late_scans_are_found_against_an_inertial_unit() {
    let mut random = SplitMix64::new(5);
    let late_s = 0.11;
    let motion = |t: f64| {
        let attitude =
            Pose::exp([0.3 * (1.3 * t).sin(), 0.2 * (0.9 * t).cos(), 0.4 * (0.7 * t).sin()], [0.0; 3]);
        let velocity = [0.5 * (1.9 * t).sin(), 0.8 + 0.4 * (2.3 * t).cos(), 0.2 * (3.1 * t).sin()];
        (attitude.unwrap(), velocity)
    };
    let step = 1e-4;
    let unit: Vec<Inertial> = (0..8000)
        .map(|i| {
            let t = 0.005 * f64::from(i);
            let ((here, _), (next, _)) = (motion(t - step), motion(t + step));
            let turn = here.inverse().after(&next).rotation;
            let rate = [turn[2][1] - turn[1][2], turn[0][2] - turn[2][0], turn[1][0] - turn[0][1]]
                .map(|w| w / (4.0 * step) + 0.01 + random.normal(0.01));
            let change =
                std::array::from_fn(|k| (motion(t + step).1[k] - motion(t - step).1[k]) / (2.0 * step));
            let (attitude, _) = motion(t);
            let [x, y, z]: [f64; 3] = change;
            let force = attitude.inverse().of([x, y, z + 9.81]).map(|f| f + random.normal(0.05));
            Inertial::new(t, rate, force).unwrap()
        })
        .collect();
    let scans: Vec<Moment> = (5..395)
        .map(|i| {
            let t = 0.1 * f64::from(i);
            let (attitude, velocity) = motion(t);
            let seen = attitude.inverse().of(velocity).map(|v| v + random.normal(0.05));
            // One scan of twenty is wrong altogether.
            let seen = if i % 20 == 0 { seen.map(|v| v + 2.0) } else { seen };
            Moment::new(t + late_s, seen).unwrap()
        })
        .collect();
    let found = time_offset(&scans, &unit, [-0.3, 0.5]).unwrap();
    println!("{found:?}");
    // 390 scans of 0.05 m/s, whose velocity changes by some 0.8 m/s²: 0.05/0.8/√390 = 3 ms.
    assert!((found.late_s - late_s).abs() < 0.01, "{found:?}");
    assert!(found.scale_m_s < found.unmoved_scale_m_s);
    assert!(time_offset(&scans[..3], &unit, [-0.3, 0.5]).is_err());
}
