//! Against the reference table.

use crate::oracle::{list, number, oracle, relative};
use snr_quantile::theory::{
    SquaredBpsk, leading_coefficient, quartic_coefficients, sigma_from_leading_coefficient,
};
use snr_quantile::{Snr, bound};

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
