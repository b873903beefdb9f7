//! S-parameters against ngspice, and the laws that any two-port obeys.

use crate::tables::{Worst, numbers, table};
use linkbudget::ladder::{First, LadderSpec};
use linkbudget::mmw_core::C64;
use linkbudget::ndarray::{Array1, Array3, array};
use linkbudget::network::{Network, Part, PartKind, Quality, Waves};
use linkbudget::response::{Cutoff, Response};
use proptest::prelude::*;

#[test]
fn s_parameters_match_ngspice() {
    let mut worst = Worst::default();
    let table = table("ngspice_ladder");
    for (name, filter) in table["filters"].as_object().unwrap() {
        let network = Network::low_pass(&numbers(&filter["elements"]), First::Shunt).unwrap();
        let frequencies_hz: Array1<f64> = numbers(&filter["f_ghz"]).iter().map(|f| f * 1e9).collect();
        let s = network.s_parameters(&frequencies_hz, 50.0, 73.0).unwrap();
        let column = |key: &str| numbers(&filter[key]);
        let (s21_re, s21_im) = (column("s21_re"), column("s21_im"));
        let (s11_re, s11_im) = (column("s11_re"), column("s11_im"));
        for i in 0..frequencies_hz.len() {
            let place = || format!("{name} {} Hz", frequencies_hz[i]);
            worst.see((s.data()[[i, 1, 0]] - C64::new(s21_re[i], s21_im[i])).norm(), place);
            worst.see((s.data()[[i, 0, 0]] - C64::new(s11_re[i], s11_im[i])).norm(), place);
        }
        let loss_db = network.transducer_loss_db(&frequencies_hz, 50.0, 73.0).unwrap();
        for (loss_db, s21_db) in loss_db.iter().zip(column("s21_db")) {
            assert!((loss_db + s21_db).abs() < 1e-11);
        }
    }
    worst.within("ngspice", 1e-12);
}

#[test]
fn synthesised_ladders_have_the_response_they_were_made_for() {
    for response in [Response::Butterworth, Response::Chebyshev { ripple_db: 0.5 }] {
        for cutoff in [Cutoff::RippleEdge, Cutoff::ThreeDb] {
            for (order, source_ohm) in [(1, 50.0), (4, 200.0), (7, 50.0), (30, 1000.0), (101, 73.0)] {
                let spec =
                    LadderSpec { response, cutoff, ..LadderSpec::butterworth(order, source_ohm, 73.0) };
                let network = Network::from_ladder(&spec.synthesise().unwrap(), 10e9).unwrap();
                let flat_db = spec.flat_loss_db().unwrap().unwrap();
                for ratio in [0.0, 0.1, 0.5, 0.9, 1.0, 1.1, 2.0, 6.0] {
                    let loss_db =
                        network.transducer_loss_db(&array![ratio * 10e9], source_ohm, 73.0).unwrap()[0];
                    let ideal_db = response.attenuation_db(order, ratio, cutoff).unwrap() + flat_db;
                    // The steepest slope of the response, times the rounding of n elements.
                    let bound = 1e-13 * (1.0 + ideal_db) * order as f64;
                    assert!((loss_db - ideal_db).abs() < bound, "{spec:?} {ratio}: {loss_db} {ideal_db}");
                }
            }
        }
    }
}

#[test]
fn enormous_losses_stay_finite() {
    let ladder = LadderSpec::butterworth(101, 50.0, 50.0).synthesise().unwrap();
    let network = Network::from_ladder(&ladder, 1e9).unwrap();
    let frequencies_hz = array![1e8, 1e13, 1e20];
    let loss_db = network.transducer_loss_db(&frequencies_hz, 50.0, 50.0).unwrap();
    assert!((loss_db[1] - 101.0 * 2.0 * 40.0).abs() < 1e-8, "{loss_db}");
    let s = network.s_parameters(&frequencies_hz, 50.0, 50.0).unwrap();
    assert!(s.data().iter().all(|z| z.re.is_finite() && z.im.is_finite()));
    assert!((s.data()[[2, 0, 0]].norm() - 1.0).abs() < 1e-12);
}

#[test]
fn the_fast_path_agrees_with_the_general_chain() {
    let network =
        Network::from_ladder(&LadderSpec::butterworth(7, 50.0, 73.0).synthesise().unwrap(), 10e9).unwrap();
    let frequencies_hz = Array1::linspace(0.0, 110e9, 1001);
    let fast = network.s_parameters(&frequencies_hz, 50.0, 73.0).unwrap();
    let ends = |ohm| Array1::from_elem(frequencies_hz.len(), C64::new(ohm, 0.0));
    for waves in [Waves::Power, Waves::Pseudo] {
        let general = network.s_parameters_between(&frequencies_hz, &ends(50.0), &ends(73.0), waves).unwrap();
        for (a, b) in fast.data().iter().zip(general.data()) {
            assert!((a - b).norm() < 1e-13);
        }
    }
}

#[test]
fn a_conjugate_match_reflects_no_power() {
    // A series inductor turns 50 ohm into 50 + j ωL: conjugate-matched to 50 − j ωL.
    let network = Network::new(vec![Part::new(PartKind::SeriesL, 1e-9)]).unwrap();
    let frequencies_hz = array![10e9];
    let reactance = std::f64::consts::TAU * 10e9 * 1e-9;
    let (source, load) = (array![C64::new(50.0, -reactance)], array![C64::new(50.0, 0.0)]);
    let power = network.s_parameters_between(&frequencies_hz, &source, &load, Waves::Power).unwrap();
    assert!(power.data()[[0, 0, 0]].norm() < 1e-15 && (power.data()[[0, 1, 0]].norm() - 1.0).abs() < 1e-15);
    let pseudo = network.s_parameters_between(&frequencies_hz, &source, &load, Waves::Pseudo).unwrap();
    assert!(pseudo.data()[[0, 0, 0]].norm() > 0.3);
}

#[test]
fn group_delay_is_the_slope_of_the_phase() {
    let ladder = LadderSpec::chebyshev(7, 0.5, Cutoff::RippleEdge, 50.0, 73.0).synthesise().unwrap();
    let quality = Quality::At { q: 20.0, frequency_hz: 10e9 };
    let network = Network::from_ladder(&ladder, 10e9).unwrap().with_quality(quality, quality).unwrap();
    let step = 1e4;
    for f in [1e9, 5e9, 9.9e9, 20e9] {
        let near = array![f - step, f, f + step];
        let s = network.s_parameters(&near, 50.0, 73.0).unwrap();
        let turn = s.data()[[2, 1, 0]] / s.data()[[0, 1, 0]];
        let difference_s = -turn.arg() / (std::f64::consts::TAU * 2.0 * step);
        let delay_s = network.group_delay_s(&near, 50.0, 73.0).unwrap().data()[1];
        assert!((difference_s / delay_s - 1.0).abs() < 1e-6, "{f}: {difference_s} {delay_s}");
    }
}

#[test]
fn finite_quality_costs_what_first_order_says() {
    // Dissipation loss of a low-pass ladder at the cut-off, narrow losses: 4.343 (ω τ) (1/QL + 1/QC) dB in
    // first order, with τ the group delay.
    let ladder = LadderSpec::butterworth(5, 50.0, 50.0).synthesise().unwrap();
    let network = Network::from_ladder(&ladder, 10e9).unwrap();
    let q = 1e5;
    let lossy = network.with_quality(Quality::Constant { q }, Quality::Constant { q }).unwrap();
    let f = array![2e9];
    let extra_db = lossy.transducer_loss_db(&f, 50.0, 50.0).unwrap()[0]
        - network.transducer_loss_db(&f, 50.0, 50.0).unwrap()[0];
    let delay_s = network.group_delay_s(&f, 50.0, 50.0).unwrap().data()[0];
    let expected_db = 20.0 / std::f64::consts::LN_10 * std::f64::consts::TAU * f[0] * delay_s / q;
    assert!((extra_db / expected_db - 1.0).abs() < 1e-3, "{extra_db} {expected_db}");
}

#[test]
fn nonsense_is_refused() {
    assert!(Network::new(vec![]).is_err());
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
        assert!(Network::new(vec![Part::new(PartKind::ShuntC, bad)]).is_err());
        let good = Network::new(vec![Part::new(PartKind::ShuntC, 1e-12)]).unwrap();
        assert!(good.s_parameters(&array![1e9], bad, 50.0).is_err());
        assert!(good.s_parameters(&array![1e9], 50.0, bad).is_err());
        if bad != 0.0 {
            assert!(good.s_parameters(&array![bad], 50.0, 50.0).is_err());
            assert!(good.group_delay_s(&array![bad], 50.0, 50.0).is_err());
        }
    }
    let high_pass = Network::new(vec![Part::new(PartKind::ShuntL, 1e-9)]).unwrap();
    assert!(high_pass.s_parameters(&array![0.0], 50.0, 50.0).is_err(), "a short at zero frequency");
    let mixed = high_pass.s_parameters(&array![1e9, 0.9e9, 2e9], 50.0, 50.0).unwrap_err().to_string();
    assert_eq!(mixed, "frequencies_hz: must be strictly increasing or decreasing");
    let mut small = Array3::zeros((1, 2, 2));
    assert!(high_pass.s_parameters_into(&array![1e9, 2e9], 50.0, 50.0, &mut small).is_err());
    let quality = Quality::Constant { q: 0.0 };
    assert!(high_pass.with_quality(quality, quality).is_err());
}

fn any_network() -> impl Strategy<Value = Vec<Part>> {
    let part = (0..4_usize, 0.01..100.0_f64).prop_map(|(kind, x)| match kind {
        0 => Part::new(PartKind::ShuntC, x * 1e-14),
        1 => Part::new(PartKind::SeriesL, x * 1e-11),
        2 => Part::new(PartKind::ShuntL, x * 1e-11),
        _ => Part::new(PartKind::SeriesC, x * 1e-14),
    });
    prop::collection::vec(part, 1..12)
}

proptest! {
    #[test]
    fn lossless_ladders_conserve_power_and_are_reciprocal(
        order in 1..40_usize, source_ohm in 5.0..500.0_f64, load_ohm in 5.0..500.0_f64, ripple_db in 0.001..3.0_f64,
    ) {
        let spec = LadderSpec::chebyshev(order, ripple_db, Cutoff::RippleEdge, source_ohm, load_ohm);
        if let Ok(ladder) = spec.synthesise() {
            let network = Network::from_ladder(&ladder, 19e9).unwrap();
            let s = network.s_parameters(&Array1::linspace(0.0, 110e9, 221), source_ohm, load_ohm).unwrap();
            for m in s.data().outer_iter() {
                prop_assert!((m[[0, 0]].norm_sqr() + m[[1, 0]].norm_sqr() - 1.0).abs() < 1e-12);
                prop_assert!((m[[1, 1]].norm_sqr() + m[[0, 1]].norm_sqr() - 1.0).abs() < 1e-12);
                prop_assert_eq!(m[[0, 1]], m[[1, 0]]);
            }
        }
    }

    #[test]
    fn any_lossless_cascade_between_complex_impedances_conserves_power(
        parts in any_network(), rs in 1.0..500.0_f64, xs in -500.0..500.0_f64, rl in 1.0..500.0_f64, xl in -500.0..500.0_f64,
    ) {
        let network = Network::new(parts).unwrap();
        let f = array![57e9, 64e9];
        let source = Array1::from_elem(2, C64::new(rs, xs));
        let load = Array1::from_elem(2, C64::new(rl, xl));
        let s = network.s_parameters_between(&f, &source, &load, Waves::Power).unwrap();
        for m in s.data().outer_iter() {
            prop_assert!((m[[0, 0]].norm_sqr() + m[[1, 0]].norm_sqr() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_lossy_part_never_amplifies(parts in any_network(), q in 0.5..1e4_f64) {
        let quality = Quality::Constant { q };
        let network = Network::new(parts).unwrap().with_quality(quality, quality).unwrap();
        let s = network.s_parameters(&array![1e9, 60e9], 50.0, 73.0).unwrap();
        for m in s.data().outer_iter() {
            prop_assert!(m[[0, 0]].norm_sqr() + m[[1, 0]].norm_sqr() < 1.0 + 1e-12);
        }
    }
}
