//! Velocities that fold at several intervals.

use crate::common::Noise;
use mmw_core::Error;
use mmw_dsp::tdm::{FoldedVelocity, unfold};

fn folded(value: f64, interval: f64, std_dev: f64) -> FoldedVelocity {
    FoldedVelocity { velocity_m_s: value, interval_m_s: interval, std_dev_m_s: std_dev }
}

/// The two examples of `crt` in `MathWorks`' Phased Array System Toolbox: remainders 2, 3, 6 of 9, 10, 11
/// belong to 83; a radar whose two repetition rates have 70 and 85 range bins and which sees bins 47 and 12
/// has a target in bin 607.
#[test]
fn published_examples_of_the_chinese_remainder_theorem_come_out() {
    let three =
        unfold(&[folded(2.0, 9.0, 0.1), folded(3.0, 10.0, 0.1), folded(6.0, 11.0, 0.1)], 494.0).unwrap();
    assert_eq!((three.velocity_m_s, three.misfit), (83.0, 0.0));
    // The common multiple is 1190: within half of it on either side stands 607 - 1190.
    let bins = [folded(47.0, 70.0, 0.1), folded(12.0, 85.0, 0.1)];
    let two = unfold(&bins, 595.0).unwrap();
    assert_eq!((two.velocity_m_s.rem_euclid(1190.0), two.misfit), (607.0, 0.0));
    assert_eq!(unfold(&bins, 610.0).unwrap().ln_odds(), Some(0.0));
}

/// `nyquist_velocity(5.3, 2000, 1500)` of the R package `bioRad`: λ/4 · f₁ f₂ / (f₁ − f₂) = 79.5
/// m/s for 5.3 cm.
#[test]
fn the_velocity_is_unique_up_to_the_extended_nyquist_velocity() {
    let intervals = [2000.0, 1500.0].map(|rate_hz| 0.053 * rate_hz / 2.0);
    let see = |velocity: f64, max: f64| {
        let measured = intervals.map(|i| folded(velocity - i * (velocity / i).round(), i, 0.5));
        unfold(&measured, max).unwrap()
    };
    for velocity in [-79.4, -30.0, 0.0, 26.6, 53.1, 79.4] {
        let found = see(velocity, 79.49);
        assert!((found.velocity_m_s - velocity).abs() < 1e-12, "{velocity}: {found:?}");
        // The folds differ by at least 53 - 39.75 m/s; two of 0.5 m/s share it: χ² = 13.25² / (2 · 0.5²).
        assert!(found.next_misfit.unwrap() > 13.25 * 13.25 / 0.5 - 1e-6, "{velocity}: {found:?}");
    }
    assert!(see(79.4, 85.0).ln_odds().unwrap().abs() < 1e-9);
}

/// 120 and 150 us at 3.87 mm; deviations of 0.05 and 0.08 m/s. The folds that come nearest to each other
/// differ by 3.2 m/s, 34 standard deviations.
#[test]
fn errors_leave_the_fold_right_and_their_statistics_are_stated() {
    let intervals = [120e-6, 150e-6].map(|repetition_s| 3.87e-3 / (2.0 * repetition_s));
    let mut noise = Noise::new(3);
    let (mut misfit, mut square) = (0.0, 0.0);
    let trials = 2000;
    for trial in 0..trials {
        let truth = -30.0 + 60.0 * f64::from(trial) / f64::from(trials);
        let z = noise.complex() * 2f64.sqrt();
        let measured =
            [(0.05 * z.re, 0.05, intervals[0]), (0.08 * z.im, 0.08, intervals[1])].map(|(e, s, i)| {
                let value = truth + e;
                folded(value - i * (value / i).round(), i, s)
            });
        let found = unfold(&measured, 32.0).unwrap();
        // Seven standard deviations of the mean, 0.0424 m/s.
        assert!((found.velocity_m_s - truth).abs() < 0.3, "{truth}: {found:?}");
        assert!((found.std_dev_m_s - 0.0424).abs() < 1e-4);
        misfit += found.misfit / f64::from(trials);
        square += ((found.velocity_m_s - truth) / found.std_dev_m_s).powi(2) / f64::from(trials);
    }
    // Both are means of chi-squared variables of one degree of freedom, variance 2: four deviations.
    let bound = 4.0 * (2.0 / f64::from(trials)).sqrt();
    assert!((misfit - 1.0).abs() < bound && (square - 1.0).abs() < bound, "{misfit} {square}");
}

#[test]
fn what_is_no_measurement_is_an_error() {
    let good = folded(1.0, 5.0, 0.1);
    assert!(matches!(unfold(&[], 10.0), Err(Error::TooFew { .. })));
    for bad in [
        folded(f64::NAN, 5.0, 0.1),
        folded(1.0, 0.0, 0.1),
        folded(1.0, f64::INFINITY, 0.1),
        folded(1.0, 5.0, -1.0),
        folded(1e300, 1e-300, 0.1),
        folded(1.0, 1e-6, 1e-9),
    ] {
        assert!(unfold(&[bad], 10.0).is_err(), "{bad:?}");
    }
    assert!(unfold(&[folded(1.0, 5.0, 1e-300), folded(2.0, 7.0, 1e-300)], 5.0).is_err());
    assert!(unfold(&[good], f64::NAN).is_err());
    assert!(matches!(unfold(&[folded(2.0, 5.0, 0.1)], 1.0), Err(Error::Invalid { .. })));
    let alone = unfold(&[good], 2.0).unwrap();
    assert_eq!((alone.velocity_m_s, alone.misfit, alone.ln_odds()), (1.0, 0.0, None));
}
