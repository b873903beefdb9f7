//! Against the reference table.
#![allow(clippy::unwrap_used, reason = "what fails in a test should panic")]

use crate::oracle::{list, number, optional, oracle, relative};
use serde_json::Value;
use snr_quantile::mmw_core::ndarray::Array1;
use snr_quantile::theory::{
    SquaredBpsk, leading_coefficient, quartic_coefficients, sigma_from_leading_coefficient,
};
use snr_quantile::{Estimator, Method, Ml, MlBinned, Quartic, Snr, bound};

#[test]
fn quantiles_agree_with_the_table() {
    let mut worst = 0.0_f64;
    for row in list(&oracle(), "quantiles") {
        let law = SquaredBpsk::normalised(number(&row["sigma"])).unwrap();
        for (p, y) in list(row, "p").iter().zip(list(row, "Q_y")) {
            worst = worst.max(relative(law.quantile(number(p)).unwrap(), number(y)));
        }
    }
    println!("quantiles: worst relative error {worst:.2e}");
    assert!(worst < 1e-12);
}

#[test]
fn quartic_coefficients_agree_with_the_table() {
    let (mut worst_small, mut worst, mut worst_others, mut worst_inverse) =
        (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for row in list(&oracle(), "C") {
        let sigma = number(&row["sigma"]);
        let expected: Vec<f64> = list(row, "C_p").iter().map(number).collect();
        let c = quartic_coefficients(sigma).unwrap();
        let error = relative(leading_coefficient(sigma).unwrap(), number(&row["C4_p"]));
        if sigma < 0.1 {
            worst_small = worst_small.max(error)
        } else {
            worst = worst.max(error)
        }
        for (got, expected) in c.iter().zip(&expected) {
            worst_others = worst_others.max((got - expected).abs());
        }
        if sigma < 1.0 {
            let back = sigma_from_leading_coefficient(expected[4]).unwrap();
            worst_inverse = worst_inverse.max((back - sigma).abs());
        }
    }
    println!("C4: {worst_small:.2e} below sigma 0.1, {worst:.2e} above; C0..C4 {worst_others:.2e} absolute");
    println!("inverse of C4: {worst_inverse:.2e} absolute");
    assert!(worst_small < 1e-11 && worst < 2e-13);
    // The conversion of powers multiplies rounding by 1/0.8^4 and by binomials, on coefficients up to 35.
    assert!(worst_others < 1e-12 && worst_inverse < 1e-12);
}

#[test]
fn the_bound_agrees_with_the_table() {
    let mut worst = 0.0_f64;
    for row in list(&oracle(), "crlb") {
        let snr = Snr::from_db(number(&row["snr_db"])).unwrap();
        worst = worst.max(relative(bound::crlb_db2(snr, 1).unwrap(), number(&row["crlb_dB2_times_N"])));
        worst = worst.max(relative(bound::crlb_db2(snr, 200).unwrap(), number(&row["crlb_dB2_N200"])));
        let f = bound::f_alpha(number(&row["alpha_EsN0"])).unwrap();
        assert!(relative(f, number(&row["f_alpha"])) < 1e-13);
    }
    println!("CRLB: worst relative error {worst:.2e}");
    assert!(worst < 5e-13);
}

fn vector(row: &Value) -> Array1<f64> {
    list(row, "x").iter().map(number).collect()
}

fn worst_db(method: Method, key: &str) -> f64 {
    let estimator = method.estimator().unwrap();
    let mut worst = 0.0_f64;
    for row in list(&oracle(), "vectors") {
        let snr_db = estimator.estimate(&vector(row)).unwrap().snr().map(Snr::db);
        match (snr_db, optional(&row[key])) {
            (Some(got), Some(expected)) => worst = worst.max((got - expected).abs()),
            (got, expected) => assert_eq!(got, expected, "{method}, vector {}", row["id"]),
        }
    }
    println!("{method}: worst error {worst:.2e} dB");
    worst
}

#[test]
fn the_leading_coefficients_of_the_vectors_agree() {
    let mut worst = 0.0_f64;
    for row in list(&oracle(), "vectors") {
        let estimate = Quartic::new().estimate(&vector(row)).unwrap();
        worst = worst.max(relative(estimate.leading_coefficient.unwrap(), number(&row["C4_p"])));
    }
    println!("C4 of the vectors: worst relative error {worst:.2e}");
    assert!(worst < 1e-12);
}

#[test]
fn the_estimates_of_the_vectors_agree() {
    assert!(worst_db(Method::M2m4, "snr_db_M2M4_real") < 1e-10);
    assert!(worst_db(Method::Svr, "snr_db_SVR_real") < 1e-10);
    assert!(worst_db(Method::Ml, "snr_db_ML") < 1e-8);
    // The table's own inverse is in double precision, and C4 is nearly flat at -10 dB.
    assert!(worst_db(Method::Quartic, "snr_db_quantile") < 1e-9);
}

#[test]
fn the_histogram_gives_what_the_samples_give() {
    for row in list(&oracle(), "vectors") {
        let x = vector(row);
        let (raw, binned) = (Ml.estimate(&x).unwrap().snr(), MlBinned.estimate(&x).unwrap().snr());
        let deviation_db = bound::crlb_db2(raw.unwrap(), x.len()).unwrap().sqrt();
        let difference_db = (raw.unwrap().db() - binned.unwrap().db()).abs();
        println!(
            "{:9.4} dB: {difference_db:.1e} dB apart, {deviation_db:.2} dB deviation",
            raw.unwrap().db()
        );
        assert!(difference_db < 0.01 * deviation_db);
    }
}
