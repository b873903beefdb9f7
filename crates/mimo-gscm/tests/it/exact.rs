//! Exact references against an independent evaluation: `tests/data/exact_refs.json` holds Telatar's integral
//! by 30-digit mpmath quadrature (12 digits), quantiles by SciPy's incomplete gamma functions (double
//! precision) and i.i.d. quantiles by a Laguerre determinant on 24-point panels (8 decimals).

use mimo_gscm::exact::*;
use mmw_core::{
    C64,
    linalg::log2_det_i_plus,
    ndarray::{Array1, Array2},
    random::*,
    stats::Ecdf,
};
use proptest::prelude::*;
use serde_json::Value;

fn table(name: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("../data/exact_refs.json")).unwrap();
    all[name].clone()
}

fn rows(table: &Value) -> Vec<(String, f64, Value)> {
    let snrs = |size: &String, row: &Value| -> Vec<(String, f64, Value)> {
        let row = row.as_object().unwrap();
        row.iter()
            .map(|(db, v)| (size.clone(), 10f64.powf(db.parse::<f64>().unwrap() / 10.0), v.clone()))
            .collect()
    };
    table.as_object().unwrap().iter().flat_map(|(size, row)| snrs(size, row)).collect()
}

/// `4x4`, `nr2xnt4` or `N4`, as numbers.
fn numbers(size: &str) -> Vec<usize> {
    size.split(|c: char| !c.is_ascii_digit()).filter(|s| !s.is_empty()).map(|s| s.parse().unwrap()).collect()
}

const PROBABILITIES: [f64; 4] = [0.01, 0.1, 0.5, 0.9];

#[test]
fn ergodic_capacities_match_thirty_digit_quadrature() {
    let mut worst: f64 = 0.0;
    for name in ["ergodic", "ergodic_rect"] {
        for (size, snr, value) in rows(&table(name)) {
            let n = numbers(&size);
            let exact = value.as_f64().unwrap();
            let ours = ergodic_capacity(n[0], n[1], snr).unwrap();
            worst = worst.max((ours / exact - 1.0).abs());
        }
    }
    for (db, value) in table("c11_closed_form").as_object().unwrap() {
        let snr = 10f64.powf(db.parse::<f64>().unwrap() / 10.0);
        worst = worst.max((ergodic_capacity(1, 1, snr).unwrap() / value.as_f64().unwrap() - 1.0).abs());
    }
    println!("worst relative error of the ergodic capacity: {worst:e}");
    // The table is rounded to 12 digits.
    assert!(worst < 1e-11, "{worst:e}");
}

#[test]
fn iid_outage_capacities_match_the_independent_determinant() {
    let mut worst: f64 = 0.0;
    for (size, snr, values) in rows(&table("outage_quantiles_iid_nxn")) {
        let n = numbers(&size);
        let outage = IidOutage::new(n[0], n[1], snr).unwrap();
        for (p, exact) in PROBABILITIES.iter().zip(values.as_array().unwrap()) {
            let error = (outage.capacity(*p).unwrap() - exact.as_f64().unwrap()).abs();
            println!("{size} snr {snr} p {p}: {error:e}");
            worst = worst.max(error);
        }
    }
    println!("worst error of the iid outage capacity: {worst:e}");
    assert!(worst < 1e-7, "{worst:e}");
}

#[test]
fn eight_by_eight_matches_the_table_of_the_model_study() {
    // Four decimals in `tests/data/model_capacity.json`, by the same independent determinant.
    let all: Value = serde_json::from_str(include_str!("../data/model_capacity.json")).unwrap();
    let table = &all["B2: as B, D=2km, cell radius 3km"]["8x8"];
    for (db, mean) in [("0", 6.70183820935), ("10", 21.8096859903), ("20", 43.967699759)] {
        let snr = 10f64.powf(db.parse::<f64>().unwrap() / 10.0);
        assert!((ergodic_capacity(8, 8, snr).unwrap() / mean - 1.0).abs() < 1e-11);
        let outage = IidOutage::new(8, 8, snr).unwrap();
        for (i, p) in PROBABILITIES.into_iter().enumerate() {
            let exact = table[format!("{db}dB")]["iid_exact"][i].as_f64().unwrap();
            assert!((outage.capacity(p).unwrap() - exact).abs() < 5.1e-5, "{db} {p}");
        }
    }
}

#[test]
fn single_ended_outage_capacities_match_the_inverse_gamma_function() {
    let mut worst: f64 = 0.0;
    for (name, f) in [
        ("simo_1tx_Nrx_quantiles", simo_outage_capacity as fn(usize, f64, f64) -> _),
        ("miso_Ntx_1rx_quantiles", miso_outage_capacity),
    ] {
        for (size, snr, values) in rows(&table(name)) {
            for (p, exact) in PROBABILITIES.iter().zip(values.as_array().unwrap()) {
                let ours = f(numbers(&size)[0], snr, *p).unwrap();
                worst = worst.max((ours - exact.as_f64().unwrap()).abs());
            }
        }
    }
    println!("worst error of SIMO and MISO: {worst:e}");
    assert!(worst < 1e-12, "{worst:e}");
}

#[test]
fn keyhole_outage_capacities_match_adaptive_quadrature() {
    let mut worst: f64 = 0.0;
    for (size, values) in table("keyhole_rank1_quantiles_20dB").as_object().unwrap() {
        let n = numbers(size);
        for (p, exact) in PROBABILITIES.iter().zip(values.as_array().unwrap()) {
            let ours = keyhole_outage_capacity(n[0], n[1], 100.0, *p).unwrap();
            worst = worst.max((ours - exact.as_f64().unwrap()).abs());
        }
    }
    println!("worst error of the keyhole: {worst:e}");
    // SciPy's adaptive quadrature aims at 1.5e-8 and does better.
    assert!(worst < 1e-8, "{worst:e}");
}

#[test]
fn the_determinant_route_meets_the_gamma_function_in_the_limit_of_high_dimension() {
    // 2 by n at a fixed total gain hardens: the two streams of a 2 x 512 receiver are nearly parallel.
    let c = IidOutage::new(512, 2, 10.0).unwrap().capacity(0.5).unwrap();
    let hardened = 2.0 * (1.0 + 10.0 / 2.0 * 512.0f64).log2();
    assert!((c / hardened - 1.0).abs() < 1e-3, "{c} {hardened}");
}

#[test]
fn outage_at_odd_sizes_and_ratios_agrees_with_simulation() {
    for (r, t, snr) in [(3, 3, 0.05), (2, 3, 1.0), (5, 2, 31.6), (2, 2, 0.01), (6, 6, 1000.0)] {
        let outage = IidOutage::new(r, t, snr).unwrap();
        let mut rng = Streams::new(9).stream((10 * r + t) as u64);
        let trials = 20_000;
        let draws = (0..trials).map(|_| {
            let h = Array2::from_shape_simple_fn((r, t), || standard_complex_normal(&mut rng));
            log2_det_i_plus(snr / t as f64, &h).unwrap()
        });
        let ecdf = Ecdf::new(&draws.collect::<Array1<f64>>()).unwrap();
        for p in PROBABILITIES {
            let share = ecdf.probability(outage.capacity(p).unwrap());
            let bound = 4.5 * (p * (1.0 - p) / f64::from(trials)).sqrt();
            assert!((share - p).abs() < bound, "{r}x{t} at {snr}: {share} for {p}");
        }
    }
}

#[test]
fn the_mean_of_the_outage_distribution_is_the_ergodic_capacity() {
    for (r, t, snr) in [(2, 2, 1.0), (4, 4, 100.0), (2, 4, 10.0), (8, 8, 100.0), (3, 2, 0.1), (12, 12, 10.0)]
    {
        let outage = IidOutage::new(r, t, snr).unwrap();
        // E C = ∫ P(C > c) dc; the trapezoidal rule is exact here up to the ends, where the
        // integrand is flat.
        let end = 2.2 * ergodic_capacity(r, t, snr).unwrap() + 20.0 * snr.min(1.0);
        let n = 20_000;
        let h = end / f64::from(n);
        let inner: f64 = (1..n).map(|k| 1.0 - outage.probability(h * f64::from(k)).unwrap()).sum();
        let mean = h * (0.5 + inner);
        let exact = ergodic_capacity(r, t, snr).unwrap();
        assert!((mean / exact - 1.0).abs() < 1e-8, "{r}x{t}: {mean} {exact}");
    }
}

#[test]
fn hostile_arguments_are_refused() {
    assert!(ergodic_capacity(0, 1, 1.0).is_err() && ergodic_capacity(1, 1, f64::NAN).is_err());
    assert!(IidOutage::new(2, 2, -1.0).is_err() && IidOutage::new(600, 2, 1.0).is_err());
    assert!(IidOutage::new(32, 33, 1.0).is_err() && IidOutage::new(512, 1, 1.0).is_ok());
    assert!(IidOutage::new(2, 2, 1.0).unwrap().capacity(1e-7).is_err());
    assert!(simo_outage_capacity(2, 1.0, 1.0).is_err() && miso_outage_probability(2, 1.0, -1.0).is_err());
    assert!(keyhole_outage_capacity(2, 0, 1.0, 0.5).is_err());
    assert!(keyhole_outage_probability(2, 2, 1.0, f64::INFINITY).is_err());
    assert_eq!(keyhole_outage_probability(2, 2, 1.0, 0.0).unwrap(), 0.0);
}

proptest! {
    #[test]
    fn ergodic_capacity_obeys_its_bounds(r in 1usize..20, t in 1usize..20, db in -60.0..90.0f64) {
        let snr = 10f64.powf(db / 10.0);
        let c = ergodic_capacity(r, t, snr).unwrap();
        // Jensen on the trace and on a single stream.
        let m = r.min(t) as f64;
        let upper = m * (snr * r as f64 / m).ln_1p() / 2f64.ln();
        prop_assert!(c > 0.0 && c <= upper * (1.0 + 1e-12));
        prop_assert!(ergodic_capacity(r + 1, t, snr).unwrap() > c);
    }

    #[test]
    fn single_ended_quantiles_invert_probabilities(n in 1usize..40, db in -40.0..60.0f64, p in 1e-6..0.999f64) {
        let snr = 10f64.powf(db / 10.0);
        let c = simo_outage_capacity(n, snr, p).unwrap();
        prop_assert!((simo_outage_probability(n, snr, c).unwrap() / p - 1.0).abs() < 1e-9);
        let k = keyhole_outage_capacity(n, 3, snr, p).unwrap();
        prop_assert!((keyhole_outage_probability(n, 3, snr, k).unwrap() / p - 1.0).abs() < 1e-9);
    }
}

#[test]
fn a_log_determinant_of_fifty_digits_is_met() {
    // H = [[1, j], [0.5, 1e-3]], rho = 12.5: det(I + rho H H^H) from exact rational arithmetic.
    let h = Array2::from_shape_vec(
        (2, 2),
        vec![C64::new(1.0, 0.0), C64::i(), C64::new(0.5, 0.0), C64::new(1e-3, 0.0)],
    )
    .unwrap();
    let (a, d, b) = (1.0 + 25.0, 1.0 + 12.5 * (0.25 + 1e-6), 156.25 * (0.25 + 1e-6));
    let exact = f64::log2(a * d - b);
    assert!((log2_det_i_plus(12.5, &h).unwrap() / exact - 1.0).abs() < 1e-13);
}
