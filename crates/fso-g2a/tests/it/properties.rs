//! Limits, symmetries, monotonicity.

use crate::made;
use fso_g2a::channel::{CapacityFormula, Channel};
use fso_g2a::pointing::{overlap_area, overlap_fraction};
use fso_g2a::special::{bessel_k, ln_bessel_k};
use fso_g2a::turbulence::{Calm, GammaGamma, GammaGammaTable, LogNormal, Turbulence};
use proptest::prelude::*;

fn channel(w: f64, r: f64, sigma: f64, alpha: f64, beta: f64) -> Channel<GammaGamma> {
    Channel::new(made::pointing(w, r, sigma).unwrap(), GammaGamma::new(alpha, beta).unwrap())
}

#[test]
fn without_jitter_the_outage_is_that_of_turbulence() {
    let still = channel(1.0, 0.05, 0.0, 4.0, 1.7);
    for tau in [1e-6, 0.1, 3.0] {
        let outage = still.outage(tau).unwrap();
        assert!((outage.outage / still.turbulence().cdf(tau).unwrap() - 1.0).abs() < 1e-14);
        assert_eq!((outage.atom_at_zero, outage.transition), (0.0, 0.0));
        let hardly = channel(1.0, 0.05, 1e-6, 4.0, 1.7).outage(tau).unwrap().outage;
        assert!((hardly / outage.outage - 1.0).abs() < 1e-14);
    }
    // Circles of equal size, which any jitter takes apart; the gain falls off from 1 as the jitter
    // over the radius.
    for sigma in [1e-14, 1e-20, 1e-90] {
        let parts = channel(1.0, 1.0, sigma, 4.0, 1.7).outage(0.1).unwrap();
        assert!((parts.outage / still.turbulence().cdf(0.1).unwrap() - 1.0).abs() < 1e-12, "{parts:?}");
    }
    // Circles of equal size and no jitter: all of the beam falls in.
    assert_eq!(made::pointing(1.0, 1.0, 0.0).unwrap().atom_at_full(), 1.0);
}

#[test]
fn without_turbulence_the_outage_is_that_of_pointing() {
    let pointing = made::pointing(1.0, 0.3, 0.5).unwrap();
    let calm = Channel::new(pointing, Calm);
    for tau in [0.01, 0.3, 0.9, 0.999] {
        // The integrand has a step, so the adaptive rule reaches less than elsewhere.
        let error = calm.outage(tau).unwrap().outage / pointing.cdf(tau).unwrap() - 1.0;
        assert!(error.abs() < 1e-9, "{tau} {error:e}");
    }
    assert_eq!(calm.outage(1.0).unwrap().outage, 1.0);
    let faint = channel(1.0, 0.3, 0.5, 1e7, 1e7).outage(0.3).unwrap().outage;
    assert!((faint / pointing.cdf(0.3).unwrap() - 1.0).abs() < 1e-5);
}

#[test]
fn a_huge_aperture_and_a_small_beam_collect_everything() {
    for (w, r) in [(1.0, 100.0), (1e-3, 1.0)] {
        let law = channel(w, r, 0.1, 4.0, 1.7);
        let outage = law.outage(0.1).unwrap();
        assert!((outage.outage / law.turbulence().cdf(0.1).unwrap() - 1.0).abs() < 1e-12, "{outage:?}");
    }
    assert_eq!(made::beam(1e-4, 20e3).unwrap().full_collection(10.0).unwrap(), 1.0);
}

#[test]
fn the_ends_of_the_threshold_leave_the_atom_and_certainty() {
    let law = channel(1.0, 0.05, 0.5, 4.0, 1.7);
    let zero = law.outage(0.0).unwrap();
    assert_eq!((zero.outage, zero.transition), (law.pointing().atom_at_zero(), 0.0));
    assert_eq!(law.outage(f64::INFINITY).unwrap().outage, 1.0);
    assert!((law.outage(1e-300).unwrap().outage / zero.outage - 1.0).abs() < 1e-14);
    let table = Channel::new(*law.pointing(), GammaGammaTable::new(*law.turbulence()));
    for tau in [1e-300, 1e-100, 1e-30, 1e100, 1e300] {
        let (one, other) = (table.outage(tau).unwrap(), law.outage(tau).unwrap());
        assert!((one.outage / other.outage - 1.0).abs() < 1e-14);
        assert!(
            (one.transition / other.transition - 1.0).abs() < 1e-10 || other.transition < 1e-290,
            "{tau} {one:?} {other:?}"
        );
    }
    assert!((law.outage(1e300).unwrap().outage - 1.0).abs() < 1e-14);
}

#[test]
fn many_gentle_eddies_are_log_normal() {
    let law = GammaGamma::new(4e6, 4e6).unwrap();
    let rival = LogNormal::new(law.scintillation_index()).unwrap();
    for p in [1e-6, 0.1, 0.5, 0.99] {
        assert!((law.quantile(p).unwrap() / rival.quantile(p).unwrap() - 1.0).abs() < 3e-6);
    }
}

#[test]
fn error_rate_and_capacity_have_their_limits() {
    let law = channel(1.0, 0.05, 0.5, 4.0, 1.7);
    let link = |amplitude: f64| made::link(amplitude, 1.0, 1.0).unwrap();
    let zero = law.pointing().atom_at_zero();
    // All power: only misses err, one time in two. No power: a coin.
    assert!((link(1e12).bit_error_rate(&law) / (0.5 * zero) - 1.0).abs() < 1e-7);
    assert!((link(1e-9).bit_error_rate(&law) - 0.5).abs() < 1e-8);
    // Little power: E[γ] log₂ e, with E[h_t²] = 1 + σ_I².
    let still = channel(1.0, 0.05, 0.0, 4.0, 1.7);
    let capacity = link(1e-5).ergodic_capacity(&still, CapacityFormula::Shannon).unwrap();
    let mean = 1e-10 * (1.0 + still.turbulence().scintillation_index()) / std::f64::consts::LN_2;
    assert!((capacity / mean - 1.0).abs() < 1e-8);
}

#[test]
fn the_error_rate_is_a_mean_of_outages() {
    // E[Q(kh)] = ∫ φ(t) P(kh ≤ t) dt over t > 0: Gauss-free check by a fine trapezoidal sum.
    let law = channel(1.0, 0.1, 0.35, 4.0, 1.7);
    let link = made::link(5.0, 1.0, 1.0).unwrap();
    let table = Channel::new(*law.pointing(), GammaGammaTable::new(*law.turbulence()));
    let step = 1e-2;
    let term = |i: i32| {
        let t = (f64::from(i) + 0.5) * step;
        (-0.5 * t * t).exp() / (2.0 * std::f64::consts::PI).sqrt() * table.cdf(t / 5.0).unwrap() * step
    };
    let sum: f64 = (0..1000).map(term).sum();
    assert!((link.bit_error_rate(&law) / sum - 1.0).abs() < 1e-4);
}

#[test]
fn the_stated_support_holds_all_of_the_law() {
    for (alpha, beta) in [(4.0, 1.7), (0.05, 0.03), (1.0, 1.0), (60.0, 0.2), (1e3, 2e5), (50.0, 45.0)] {
        let law = GammaGamma::new(alpha, beta).unwrap();
        let table = GammaGammaTable::new(law);
        assert!(law.ln_tails_at_log(law.log_support().1).1 < 1e-16_f64.ln());
        assert!(law.ln_tails_at_log(table.log_support().1).1 < 1e-16_f64.ln());
        let first = table.log_support().0;
        assert!(first == f64::NEG_INFINITY || law.ln_tails_at_log(first).0 < -69.9);
    }
}

#[test]
fn quantiles_of_extreme_shapes_underflow_or_come_back() {
    // Below the least number of f64.
    let law = GammaGamma::new(575_227_421.66, 0.353_547_046_6).unwrap();
    assert_eq!(law.quantile(9.118_908e-136).unwrap(), 0.0);
    let law = GammaGamma::new(1.75e-8, 652_250.6).unwrap();
    assert!((0.0..1e300).contains(&law.quantile(0.999_99).unwrap()));
    // Where exp(v) is below the normal numbers and Γ(a) beyond counting: the leading power of h alone.
    let law = GammaGamma::new(4.543_370_269_741_041e11, 4.572_376_408_280_995e-2).unwrap();
    let p = 4.391_527_409_171_968_5e-15;
    let (lower, _) = law.ln_tails(law.quantile(p).unwrap()).unwrap();
    assert!((lower / p.ln() - 1.0).abs() < 1e-9, "{lower}");
}

#[test]
fn a_far_quantile_of_a_wide_law_is_found_from_its_flat_side() {
    let law = GammaGamma::new(80.58983055855123, 0.2).unwrap();
    let p = 10_f64.powf(-9.645164506433693);
    assert!((law.sf(law.upper_quantile(p).unwrap()).unwrap() / p - 1.0).abs() < 1e-11);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn bessel_k_satisfies_its_recurrence(order in 0.0..40.0_f64, ln_x in -8.0..7.0_f64) {
        let x = ln_x.exp();
        let ln = |order: f64| ln_bessel_k(order, x).unwrap();
        // K_{ν+1} = K_{ν−1} + (2ν/x) K_ν, divided by the left side.
        let base = ln(order + 1.0);
        let sum = (ln(order - 1.0) - base).exp() + 2.0 * order / x * (ln(order) - base).exp();
        prop_assert!((sum - 1.0).abs() < 1e-14 * (10.0 + base.abs()), "{}", sum - 1.0);
        if let Ok(k) = bessel_k(order, x) {
            // Below the normal range K has few digits.
            prop_assert!(k < 1e-290 || (k.ln() / ln(order) - 1.0).abs() < 1e-12 || (k.ln() - ln(order)).abs() < 1e-13);
        }
    }

    #[test]
    fn shapes_may_be_exchanged(alpha in 0.2..60.0_f64, beta in 0.2..60.0_f64, ln_h in -5.0..2.0_f64) {
        let h = ln_h.exp();
        let (one, other) = (GammaGamma::new(alpha, beta).unwrap(), GammaGamma::new(beta, alpha).unwrap());
        prop_assert_eq!(one.cdf(h).unwrap(), other.cdf(h).unwrap());
        prop_assert!((one.cdf(h).unwrap() + one.sf(h).unwrap() - 1.0).abs() < 1e-14);
    }

    #[test]
    fn quantiles_undo_the_distribution(alpha in 0.2..100.0_f64, beta in 0.2..100.0_f64, exponent in -12.0..-0.31_f64) {
        let law = GammaGamma::new(alpha, beta).unwrap();
        let p = 10_f64.powf(exponent);
        prop_assert!((law.cdf(law.quantile(p).unwrap()).unwrap() / p - 1.0).abs() < 1e-11);
        prop_assert!((law.sf(law.upper_quantile(p).unwrap()).unwrap() / p - 1.0).abs() < 1e-11);
    }

    #[test]
    fn the_density_is_the_slope_of_the_distribution(alpha in 0.3..100.0_f64, beta in 0.3..100.0_f64, p in 0.001..0.999_f64) {
        let law = GammaGamma::new(alpha, beta).unwrap();
        let v = law.quantile(p).unwrap().ln();
        let d = 1e-4 * law.log_scale().1;
        let slope = (law.cdf_at_log(v + d) - law.cdf_at_log(v - d)) / (2.0 * d);
        prop_assert!((law.ln_density_at_log(v).exp() / slope - 1.0).abs() < 1e-5);
    }

    #[test]
    fn the_table_agrees_with_its_law(alpha in 0.3..80.0_f64, beta in 0.3..80.0_f64, exponent in -20.0..0.0_f64) {
        let law = GammaGamma::new(alpha, beta).unwrap();
        let table = GammaGammaTable::new(law);
        let v = law.quantile(0.999 * 10_f64.powf(exponent)).unwrap().ln();
        prop_assert!((table.cdf_at_log(v) / law.cdf_at_log(v) - 1.0).abs() < 2e-12);
    }

    /// The table tells where its law has settled, and the integral leaves out what that decides.
    #[test]
    fn the_table_leaves_the_outage_what_it_is(
        alpha in 0.5..60.0_f64, beta in 0.5..60.0_f64, ln_w in -2.0..2.0_f64, ln_r in -2.0..2.0_f64,
        ln_jitter in -4.0..2.0_f64, equal in any::<bool>(), exponent in -14.0..1.0_f64,
    ) {
        let law = GammaGamma::new(alpha, beta).unwrap();
        let (w, r) = (ln_w.exp(), if equal { ln_w.exp() } else { ln_r.exp() });
        let pointing = made::pointing(w, r, ln_jitter.exp()).unwrap();
        let tau = 10_f64.powf(exponent);
        let exact = Channel::new(pointing, law).outage(tau).unwrap();
        let quick = Channel::new(pointing, GammaGammaTable::new(law)).outage(tau).unwrap();
        prop_assert!((quick.outage - exact.outage).abs() <= 1e-11 * exact.outage, "{quick:?} {exact:?}");
        prop_assert!(
            (quick.transition - exact.transition).abs() <= 1e-10 * exact.transition.max(1e-290),
            "{quick:?} {exact:?}"
        );
    }

    #[test]
    fn the_overlap_is_symmetric_and_falls_with_separation(w in 0.01..10.0_f64, r in 0.01..10.0_f64, s in 0.0..20.0_f64) {
        prop_assert_eq!(overlap_area(w, r, s).unwrap(), overlap_area(r, w, s).unwrap());
        prop_assert!(overlap_fraction(w, r, s).unwrap() >= overlap_fraction(w, r, 1.01 * s).unwrap());
    }

    #[test]
    fn the_share_at_its_displacement_comes_back(w in 0.01..10.0_f64, r in 0.01..10.0_f64, x in 1e-6..1.0_f64) {
        let pointing = made::pointing(w, r, 0.3).unwrap();
        let back = pointing.share(pointing.displacement_m(x).unwrap()).unwrap();
        // The displacement is rounded, by a part of the separation that counts for more the wider the beam.
        prop_assert!((back / x - 1.0).abs() < 1e-9 * (1.0 + w / r + r / w), "{back} {x}");
    }

    #[test]
    fn outage_grows_with_threshold_jitter_and_scintillation(
        w in 0.3..4.0_f64, r in 0.02..0.3_f64, sigma in 0.05..1.5_f64, beta in 0.5..10.0_f64, exponent in -6.0..0.5_f64,
    ) {
        let tau = 10_f64.powf(exponent);
        let outage = |sigma: f64, tau: f64| channel(w, r, sigma, 4.0, beta).outage(tau).unwrap().outage;
        let base = outage(sigma, tau);
        prop_assert!(outage(sigma, 1.01 * tau) >= base * (1.0 - 1e-12));
        prop_assert!(outage(1.01 * sigma, tau) >= base * (1.0 - 1e-12));
        // A wider beam at the same normalised threshold misses less.
        let wider = channel(1.01 * w, r, sigma, 4.0, beta).outage(tau).unwrap().outage;
        prop_assert!(wider <= base * (1.0 + 1e-12));
        // More scintillation, for thresholds well below the mean.
        if tau < 0.2 {
            prop_assert!(channel(w, r, sigma, 4.0, 0.99 * beta).outage(tau).unwrap().outage >= base * (1.0 - 1e-12));
        }
        // The other shape, likewise; the two are exchangeable, so the pair need not be ordered.
        if tau < 0.2 {
            let gustier = channel(w, r, sigma, 3.96, beta).outage(tau).unwrap().outage;
            prop_assert!(gustier >= base * (1.0 - 1e-12));
        }
        // The parts add up, and none exceeds its probability.
        let parts = channel(w, r, sigma, 4.0, beta).outage(tau).unwrap();
        prop_assert!((parts.atom_at_zero + parts.fully_inside + parts.transition - parts.outage).abs() < 1e-15);
    }

    /// The collected power is what the overlap is of the beam's own: at a threshold on it, `τ (r/w)²` fixed
    /// while the beam is the wider, a larger aperture holds more of the beam wherever that falls.
    #[test]
    fn outage_falls_with_the_aperture_at_a_fixed_power(
        w in 0.1..4.0_f64, ratio in 0.02..5.0_f64, ln_jitter in -2.0..1.0_f64, alpha in 0.5..80.0_f64, beta in 0.5..80.0_f64,
        exponent in -4.0..0.5_f64,
    ) {
        let (r, sigma) = (ratio * w, ln_jitter.exp() * w);
        let outage = |r: f64| {
            let full = (r / w).powi(2).min(1.0);
            channel(w, r, sigma, alpha, beta).outage(10_f64.powf(exponent) / full).unwrap().outage
        };
        prop_assert!(outage(1.01 * r) <= outage(r) * (1.0 + 1e-12));
    }

    /// The normalised gain at its threshold depends on the geometry by the footprint's radius alone, so
    /// length and divergence act as it does: a longer path misses less, for a beam wider than the aperture.
    #[test]
    fn outage_falls_with_length_and_divergence_at_a_normalised_threshold(
        divergence in 1e-5..1e-3_f64, length in 1e3..5e4_f64, share in 0.02..0.95_f64, ln_jitter in -2.0..1.0_f64,
        exponent in -4.0..0.5_f64,
    ) {
        let radius = |divergence: f64, length: f64| made::beam(divergence, length).unwrap().footprint_radius_m();
        let w = radius(divergence, length);
        let (r, sigma) = (share * w, ln_jitter.exp() * w);
        let outage = |w: f64| channel(w, r, sigma, 4.0, 1.7).outage(10_f64.powf(exponent)).unwrap().outage;
        let base = outage(w);
        prop_assert!(outage(radius(1.01 * divergence, length)) <= base * (1.0 + 1e-12));
        prop_assert!(outage(radius(divergence, 1.01 * length)) <= base * (1.0 + 1e-12));
    }

    /// A beam smaller than the aperture: the roles of the two circles are exchanged.
    #[test]
    fn outage_of_a_small_beam_grows_with_threshold_jitter_scintillation_and_falls_with_the_aperture(
        r in 0.1..2.0_f64, share in 0.02..0.99_f64, ln_jitter in -2.0..1.0_f64, alpha in 0.5..80.0_f64, beta in 0.5..80.0_f64,
        exponent in -4.0..0.5_f64,
    ) {
        let (w, sigma, tau) = (share * r, ln_jitter.exp() * r, 10_f64.powf(exponent));
        let outage = |r: f64, sigma: f64, tau: f64| channel(w, r, sigma, alpha, beta).outage(tau).unwrap().outage;
        let base = outage(r, sigma, tau);
        let room = base * (1.0 - 1e-12);
        prop_assert!(outage(r, sigma, 1.01 * tau) >= room && outage(r, 1.01 * sigma, tau) >= room);
        prop_assert!(outage(1.01 * r, sigma, tau) <= base * (1.0 + 1e-12));
        // Nor does anything lie beyond the part that is surely out or surely in.
        prop_assert!(outage(r, sigma, 0.0) <= base && base <= 1.0);
    }

    #[test]
    fn power_and_quantile_undo_the_outage(w in 0.5..4.0_f64, sigma in 0.1..1.0_f64, share in 0.01..0.9_f64) {
        let law = channel(w, 0.1, sigma, 4.0, 1.7).with_full_gain(1e-3).unwrap();
        let zero = law.pointing().atom_at_zero();
        let target = zero + share * (1.0 - zero);
        prop_assert!((law.cdf(law.quantile(target).unwrap()).unwrap() / target - 1.0).abs() < 1e-11);
        let power = made::link(1.0, 0.9, 1e-6).unwrap().required_power_w(&law, 7.0, target).unwrap();
        let link = made::link(power, 0.9, 1e-6).unwrap();
        prop_assert!((link.outage(&law, 7.0).unwrap() / target - 1.0).abs() < 1e-10);
        let weaker = made::link(0.9 * power, 0.9, 1e-6).unwrap();
        prop_assert!(weaker.outage(&law, 7.0).unwrap() > target && weaker.bit_error_rate(&law) > link.bit_error_rate(&law));
    }
}
