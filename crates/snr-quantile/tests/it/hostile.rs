//! Bad input: typed errors, never a panic.
#![allow(clippy::unwrap_used, reason = "what fails in a test should panic")]

use snr_quantile::mmw_core::Error;
use snr_quantile::mmw_core::ndarray::{Array1, array};
use snr_quantile::mmw_core::stats::Merge;
use snr_quantile::theory::SquaredBpsk;
use snr_quantile::{DataAided, Estimator, Method, Snr, Streaming, bound};

fn error(method: Method, x: &Array1<f64>) -> Error {
    method.estimator().unwrap().estimate(x).unwrap_err()
}

#[test]
fn records_that_hold_no_estimate_are_typed_errors() {
    let ramp: Array1<f64> = (0..5000).map(f64::from).collect();
    for method in Method::BLIND {
        for n in [0, 1] {
            assert!(matches!(error(method, &Array1::ones(n)), Error::TooFew { needed: 2, .. }), "{method}");
        }
        for n in [2, 100, 10_000] {
            assert!(matches!(error(method, &Array1::zeros(n)), Error::Invalid { .. }), "{method}");
            assert!(matches!(error(method, &Array1::from_elem(n, 0.3)), Error::Invalid { .. }), "{method}");
            let alternating: Array1<f64> =
                (0..n).map(|i| if i % 2 == 0 { 1e-200 } else { -1e-200 }).collect();
            assert!(matches!(error(method, &alternating), Error::Invalid { .. }), "{method}");
        }
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for place in [0, 4999] {
                let mut x = ramp.clone();
                x[place] = bad;
                assert_eq!(
                    error(method, &x),
                    Error::NotFinite { name: "samples".into(), index: place },
                    "{method}"
                );
            }
            assert!(error(method, &array![0.0, bad]).kind() == "not_finite");
        }
    }
    assert!(matches!(error(Method::Quartic, &array![1.0, 2.0, 3.0, 1.5]), Error::TooFew { needed: 7, .. }));
}

#[test]
fn extreme_numbers_are_no_reason_to_fail() {
    for scale in [1e-307, 1e-160, 1e160, 1e307] {
        let x: Array1<f64> = (0..200).map(|i| scale * (1.0 + 0.3 * (f64::from(i) * 1.7).sin())).collect();
        for method in Method::BLIND {
            let estimate = method.estimator().unwrap().estimate(&x).unwrap();
            assert!(method == Method::Quartic || estimate.snr_db_or(0.0) > 8.0, "{method} {scale}");
        }
    }
}

#[test]
fn a_stream_refuses_bad_samples_and_goes_on() {
    let x: Array1<f64> = (0..200).map(|i| 1.0 + 0.3 * (f64::from(i) * 1.7).sin()).collect();
    let mut stream = Streaming::new(Method::MlBinned).unwrap();
    assert!(matches!(stream.estimate(), Err(Error::TooFew { .. })));
    stream.push(&x).unwrap();
    let before = stream.clone();
    assert!(stream.push(&array![1.0, f64::NAN]).is_err());
    assert!(stream == before);
    stream.push(&Array1::<f64>::zeros(0)).unwrap();
    stream.push(&array![1e30_f32]).unwrap();
    assert_eq!(stream.count(), 201);
    assert!(stream.estimate().is_ok());
}

#[test]
fn streams_of_different_methods_do_not_mix_unnoticed() {
    let mut stream = Streaming::new(Method::M2m4).unwrap();
    stream.push(&array![1.0, 0.5, -1.2]).unwrap();
    stream.merge(Streaming::new(Method::MlBinned).unwrap());
    assert!(matches!(stream.estimate(), Err(Error::Invalid { .. })));
    for method in [Method::Quartic, Method::LStatistic, Method::Ml, Method::DataAided] {
        assert!(Streaming::new(method).is_err());
    }
}

#[test]
fn bounds_and_laws_are_finite_over_the_whole_range() {
    for linear in [1e-300, 1e-12, 1.0, 1e12, 1e300] {
        let snr = Snr::from_linear(linear).unwrap();
        assert!(snr.es_n0_db().is_finite() && bound::data_aided_crlb_db2(snr, 1).unwrap().is_finite());
    }
    assert!(Snr::from_linear(5e-324).is_err() && Snr::from_es_n0(1e300).is_err());
    // At once, whatever the argument: the integral is below the smallest number from 745 on.
    for alpha in [747.0, 1e12, 1e30, f64::MAX] {
        assert_eq!(bound::f_alpha(alpha).unwrap(), 0.0, "{alpha}");
    }
    let law = SquaredBpsk::normalised(0.5).unwrap();
    assert_eq!((law.pdf(0.0), law.pdf(-0.0)), (f64::MAX, f64::MAX));
}

#[test]
fn arguments_out_of_their_domain_are_named() {
    assert!(Snr::from_linear(0.0).is_err() && Snr::from_linear(f64::INFINITY).is_err());
    assert!(
        Snr::from_db(f64::NAN).is_err() && Snr::from_db(301.0).is_err() && Snr::from_es_n0(-1.0).is_err()
    );
    assert!(
        DataAided::new(&[1]).is_err()
            && DataAided::new(&[1, 0]).is_err()
            && DataAided::new(&[i8::MIN; 2]).is_err()
    );
    let aided = DataAided::new(&[1, -1, 1]).unwrap();
    assert!(matches!(aided.estimate(&array![1.0, 2.0]), Err(Error::Shape { .. })));
    assert!(aided.estimate(&array![1.0, -1.0, 1.0]).is_err());
    assert!(matches!("best".parse::<Method>(), Err(Error::Invalid { .. })));
    assert!(Method::DataAided.estimator::<f64>().is_err());
    let estimate = Method::Ml.estimator().unwrap().estimate(&array![1.0, 2.0, 1.5, 1.2]).unwrap();
    for confidence in [0.0, 1.0, f64::NAN] {
        assert!(estimate.interval_db(confidence).is_err());
    }
}
