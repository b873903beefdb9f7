//! Bad input: typed errors, never a panic, never NaN.

use crate::made;
use fso_g2a::atmosphere::{Attenuation, BeamWander, Cn2Profile, SlantPath, VisibilityModel};
use fso_g2a::channel::{CapacityFormula, Channel};
use fso_g2a::mmw_core::monte_carlo::MonteCarlo;
use fso_g2a::pointing::{overlap_area, overlap_fraction, overlap_slope};
use fso_g2a::rivals::{half_plane_outage, half_plane_share};
use fso_g2a::special::{bessel_k, bessel_k_scaled, gamma_p, gamma_q, ln_bessel_k, ln_gamma};
use fso_g2a::turbulence::{
    Calm, GammaGamma, LogNormal, Turbulence, plane_wave_shapes, spherical_wave_shapes,
};
use proptest::prelude::*;

const BAD: [f64; 5] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0];

#[test]
fn parameters_that_must_be_positive_give_domain_errors() {
    for bad in BAD {
        let kinds = [
            GammaGamma::new(bad, 1.0).unwrap_err().kind(),
            GammaGamma::new(1.0, bad).unwrap_err().kind(),
            LogNormal::new(bad).unwrap_err().kind(),
            made::beam(bad, 1.0).unwrap_err().kind(),
            made::beam(1e-4, bad).unwrap_err().kind(),
            made::beam(1e-4, 1e4).unwrap().full_collection(bad).unwrap_err().kind(),
            made::pointing(bad, 1.0, 1.0).unwrap_err().kind(),
            made::pointing(1.0, bad, 1.0).unwrap_err().kind(),
            SlantPath::vertical(bad).unwrap_err().kind(),
            made::link(bad, 0.9, 1.0).unwrap_err().kind(),
            made::link(1.0, bad, 1.0).unwrap_err().kind(),
            made::link(1.0, 0.9, bad).unwrap_err().kind(),
            made::gaussian_beam(1.0, bad, 0.1).unwrap_err().kind(),
            VisibilityModel::Kim.extinction_per_m(bad, 1.55e-6).unwrap_err().kind(),
            plane_wave_shapes(bad).unwrap_err().kind(),
            spherical_wave_shapes(bad).unwrap_err().kind(),
            bessel_k(1.0, bad).unwrap_err().kind(),
            ln_gamma(bad).unwrap_err().kind(),
            overlap_area(bad, 1.0, 1.0).unwrap_err().kind(),
        ];
        assert!(kinds.iter().all(|kind| *kind == "domain"), "{bad} {kinds:?}");
    }
}

#[test]
fn parameters_that_may_be_zero_refuse_the_rest() {
    for bad in &BAD[..4] {
        assert!(made::pointing(1.0, 0.1, *bad).is_err() && made::gaussian_beam(1.0, 0.1, *bad).is_err());
        assert!(overlap_fraction(1.0, 0.1, *bad).is_err() && overlap_slope(1.0, 0.1, *bad).is_err());
        assert!(gamma_p(1.0, *bad).is_err() && gamma_q(1.0, *bad).is_err());
        let path = SlantPath::vertical(20e3).unwrap();
        let wander = BeamWander { waist_m: *bad, ..BeamWander::printed(1e-4) };
        assert!(wander.jitter_m(&Cn2Profile::SlcDay, &path).is_err());
        assert!(Attenuation::Constant { per_m: *bad }.transmission(&path).is_err());
        assert!(Cn2Profile::Constant { cn2: *bad }.at(1.0).is_err());
    }
    let channel = Channel::new(made::pointing(1.0, 0.1, 0.3).unwrap(), GammaGamma::new(4.0, 1.7).unwrap());
    for bad in [f64::NAN, -1.0, f64::NEG_INFINITY] {
        assert!(channel.outage(bad).is_err() && half_plane_outage(&channel, bad).is_err());
        assert!(channel.simulate_outage(bad, &MonteCarlo::new(1, 10)).is_err());
        assert!(channel.simulate_rare_outage(bad, &MonteCarlo::new(1, 10)).is_err());
    }
    assert!(channel.quantile(1.0).is_err() && channel.quantile(f64::NAN).is_err());
    assert!(half_plane_share(f64::NAN).is_err());
}

#[test]
fn there_is_no_turbulence_beyond_the_air() {
    for altitude_m in [2e6, 1e36, f64::MAX] {
        assert_eq!(Cn2Profile::hufnagel_valley_5_7().at(altitude_m).unwrap(), 0.0, "{altitude_m}");
    }
}

#[test]
fn tables_are_checked() {
    let table = |altitude_m: &[f64], cn2: &[f64]| Cn2Profile::Table {
        altitude_m: altitude_m.into(),
        cn2: cn2.into(),
    };
    assert_eq!(table(&[0.0], &[1e-15]).validate().unwrap_err().kind(), "too_few");
    assert_eq!(table(&[0.0, 1.0], &[1e-15]).validate().unwrap_err().kind(), "shape");
    assert_eq!(table(&[0.0, 0.0], &[1e-15, 1e-15]).validate().unwrap_err().kind(), "invalid");
    assert_eq!(table(&[0.0, f64::NAN], &[1e-15, 1e-15]).validate().unwrap_err().kind(), "domain");
    let linear = table(&[0.0, 1000.0], &[2e-15, 1e-15]);
    assert!((linear.at(500.0).unwrap() - 1.5e-15).abs() < 1e-28);
    assert_eq!((linear.at(1000.0).unwrap(), linear.at(1000.1).unwrap()), (1e-15, 0.0));
}

#[test]
fn power_cannot_undercut_the_probability_of_a_miss() {
    let channel = Channel::new(made::pointing(1.0, 0.05, 0.5).unwrap(), GammaGamma::new(4.0, 1.7).unwrap());
    let error = made::link(1.0, 0.9, 1e-6).unwrap().required_power_w(&channel, 10.0, 0.1).unwrap_err();
    assert!(error.to_string().contains("the beam misses"), "{error}");
}

/// Numbers from the smallest to the largest, and none.
fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), (-320.0..320.0_f64).prop_map(|e| 10_f64.powf(e)), -10.0..10.0_f64]
}

fn number(value: fso_g2a::mmw_core::Result<f64>) -> bool {
    value.map_or(true, f64::is_finite)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn special_functions_give_numbers_or_errors(a in any_number(), x in any_number()) {
        prop_assert!(number(bessel_k(a, x)) && number(bessel_k_scaled(a, x)) && number(ln_bessel_k(a, x)));
        prop_assert!(number(ln_gamma(x)));
        if a < 1e9 {
            prop_assert!(number(gamma_p(a, x)) && number(gamma_q(a, x)));
        }
    }

    #[test]
    fn laws_give_numbers_or_errors(alpha in -2.0..6.0_f64, beta in -2.0..6.0_f64, h in any_number()) {
        let law = GammaGamma::new(10_f64.powf(alpha), 10_f64.powf(beta)).unwrap();
        prop_assert!(number(law.pdf(h)) && number(law.ln_pdf(h)) && number(law.quantile(h)));
        for tail in [law.cdf(h), law.sf(h)] {
            prop_assert!(tail.is_err() || tail.is_ok_and(|p| (0.0..=1.0).contains(&p)));
        }
        let rival = LogNormal::new(10_f64.powf(alpha)).unwrap();
        prop_assert!(number(rival.pdf(h)) && number(rival.cdf(h)) && number(rival.quantile(h)));
    }

    #[test]
    fn the_channel_gives_numbers_or_errors(w in any_number(), r in any_number(), s in any_number(), tau in any_number()) {
        let Ok(pointing) = made::pointing(w, r, s) else { return Ok(()) };
        prop_assert!(number(pointing.cdf(tau)) && number(pointing.pdf(tau)) && number(pointing.quantile(tau)));
        let channel = Channel::new(pointing, GammaGamma::new(4.0, 1.7).unwrap());
        if let Ok(outage) = channel.outage(tau) {
            prop_assert!((0.0..=1.0).contains(&outage.outage), "{outage:?}");
            prop_assert!(outage.transition >= 0.0 && outage.fully_inside >= 0.0 && outage.atom_at_zero >= 0.0);
        }
        prop_assert!(number(channel.pdf(tau)));
        let calm = Channel::new(pointing, Calm);
        if let Ok(outage) = calm.outage(tau) {
            prop_assert!((0.0..=1.0).contains(&outage.outage), "{outage:?}");
        }
        if let Ok(rival) = made::gaussian_beam(w, r, s) {
            prop_assert!(number(rival.outage(&Calm, tau).map(|o| o.outage)));
            prop_assert!(number(rival.outage(channel.turbulence(), tau).map(|o| o.outage)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn links_give_numbers_or_errors(w in any_number(), r in any_number(), s in any_number(), noise in any_number()) {
        let Ok(pointing) = made::pointing(w, r, s) else { return Ok(()) };
        let channel = Channel::new(pointing, GammaGamma::new(4.0, 1.7).unwrap());
        if let Ok(link) = made::link(1.0, 0.9, noise) {
            prop_assert!((0.0..=0.5).contains(&link.bit_error_rate(&channel)));
            prop_assert!(number(link.ergodic_capacity(&channel, CapacityFormula::Shannon)));
        }
    }
}
