//! Rival channels against what is known of them exactly.

use mimo_gscm::exact::{IidOutage, ergodic_capacity, keyhole_outage_capacity};
use mimo_gscm::rival::*;
use mimo_gscm::statistics::*;
use mmw_core::linalg::log2_det_i_plus;
use mmw_core::ndarray::{Array1, Array2, Array3, Axis, array};
use mmw_core::random::Streams;
use mmw_core::stats::{Ecdf, Moments};
use mmw_core::{C64, Result};

fn draws(channel: &impl Distribution<Array2<C64>>, n: usize) -> Array3<C64> {
    let mut rng = Streams::new(8).stream(0);
    let all: Vec<Array2<C64>> = (0..n).map(|_| channel.sample(&mut rng)).collect();
    mmw_core::ndarray::stack(Axis(0), &all.iter().map(|h| h.view()).collect::<Vec<_>>()).unwrap()
}

fn capacities(h: &Array3<C64>, snr: f64) -> Array1<f64> {
    let rho = snr / h.dim().2 as f64;
    h.outer_iter().map(|matrix| log2_det_i_plus(rho, &matrix)).collect::<Result<_>>().unwrap()
}

#[test]
fn independent_fading_has_the_exact_mean_and_outage() {
    let c = capacities(&draws(&IidRayleigh::new(4, 2).unwrap(), 20_000), 100.0);
    let mean = c.iter().copied().collect::<Moments>().mean_interval(0.9999).unwrap();
    assert!(mean.contains(ergodic_capacity(4, 2, 100.0).unwrap()));
    let outage = IidOutage::new(4, 2, 100.0).unwrap().capacity(0.1).unwrap();
    assert!(Ecdf::new(&c).unwrap().quantile_interval(0.1, 0.9999).unwrap().contains(outage));
}

#[test]
fn the_keyhole_has_its_exact_outage() {
    let c = capacities(&draws(&Keyhole::new(3, 2).unwrap(), 20_000), 100.0);
    let outage = keyhole_outage_capacity(3, 2, 100.0, 0.1).unwrap();
    assert!(Ecdf::new(&c).unwrap().quantile_interval(0.1, 0.9999).unwrap().contains(outage));
}

#[test]
fn the_rice_factor_comes_back_from_the_moments() {
    let los = Array2::from_shape_fn((2, 2), |(r, t)| C64::from_polar(1.0, (r + 2 * t) as f64));
    let h = draws(&Rice::new(5.0, &los).unwrap(), 20_000);
    assert!((rice_factor(&h).unwrap() / 5.0 - 1.0).abs() < 0.05);
    let k = 5.0;
    let exact = (k * k + 4.0 * k + 2.0) / ((1.0 + k) * (1.0 + k));
    assert!((kurtosis(&h).unwrap() - exact).abs() < 0.02);
}

fn correlation() -> Array2<C64> {
    let c = C64::new(0.3, 0.6);
    let one = C64::new(1.0, 0.0);
    array![[one, c], [c.conj(), one]]
}

#[test]
fn kronecker_channels_have_the_correlations_asked_for() {
    let h = draws(&Kronecker::new(&correlation(), &Array2::eye(3)).unwrap(), 20_000);
    let difference = receive_correlation(&h).unwrap() - correlation();
    assert!(difference.iter().all(|z| z.norm() < 4.0 / 20_000f64.sqrt()), "{difference}");
    let independent = transmit_correlation(&h).unwrap() - Array2::<C64>::eye(3);
    assert!(independent.iter().all(|z| z.norm() < 5.0 / 20_000f64.sqrt()), "{independent}");
    let again = draws(&Kronecker::from_sample(&h).unwrap(), 20_000);
    let difference = receive_correlation(&again).unwrap() - correlation();
    assert!(difference.iter().all(|z| z.norm() < 6.0 / 20_000f64.sqrt()), "{difference}");
}

#[test]
fn a_weichselberger_fit_of_a_kronecker_channel_keeps_its_full_correlation() {
    let h = draws(&Kronecker::new(&correlation(), &correlation()).unwrap(), 20_000);
    let fit = draws(&Weichselberger::from_sample(&h).unwrap(), 20_000);
    let difference = full_correlation(&h).unwrap() - full_correlation(&fit).unwrap();
    assert!(difference.iter().all(|z| z.norm() < 8.0 / 20_000f64.sqrt()), "{difference}");
}

#[test]
fn bad_parameters_are_refused() {
    let bad = array![[C64::new(1.0, 0.0), C64::new(2.0, 0.0)], [C64::new(2.0, 0.0), C64::new(1.0, 0.0)]];
    assert_eq!(Kronecker::new(&bad, &bad).unwrap_err().kind(), "invalid");
    assert!(IidRayleigh::new(0, 1).is_err() && Keyhole::new(1, 0).is_err());
    assert!(Rice::new(f64::NAN, &bad).is_err());
    assert!(Weichselberger::new(&bad, &bad, &array![[1.0, -1.0], [0.0, 0.0]]).is_err());
    let iid = IidRayleigh::new(1, 1).unwrap();
    assert!(TappedDelayLine::new(vec![0.0], vec![1.0, 2.0], iid).is_err());
    assert!(TappedDelayLine::new(vec![f64::NAN], vec![1.0], iid).is_err());
}
