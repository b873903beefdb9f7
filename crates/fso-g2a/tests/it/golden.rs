//! Reference tables: mpmath, 20 digits and more; each file names its content.

use serde_json::Value;

/// The rows of a table of `tests/data`, numbers as they stand, long decimals as `f64`.
pub(crate) fn rows(text: &str, key: &str) -> Vec<Vec<Value>> {
    let table: Value = serde_json::from_str(text).unwrap();
    table[key].as_array().unwrap().iter().map(|row| row.as_array().unwrap().clone()).collect()
}

pub(crate) fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

mod special {
    use super::{number, rows};
    use fso_g2a::special::{bessel_k, bessel_k_scaled, ln_bessel_k};

    #[test]
    fn bessel_k_and_its_logarithm_match_the_table() {
        let (mut worst, mut worst_ln, mut worst_scaled) = (0.0_f64, 0.0_f64, 0.0_f64);
        for row in rows(include_str!("../data/bessel_k.json"), "rows") {
            let [order, x, k, ln] = [0, 1, 2, 3].map(|i| number(&row[i]));
            let error = (bessel_k(order, x).unwrap() / k - 1.0).abs();
            if error > 1e-14 {
                println!("{order} {x} {error:e}");
            }
            worst = worst.max(error);
            worst_ln = worst_ln.max((ln_bessel_k(order, x).unwrap() - ln).abs() / ln.abs().max(1.0));
            // exp(x) of a decimal x is itself rounded, by up to x/2 in the last place.
            let scaled = bessel_k_scaled(order, x).unwrap() / (x.exp() * k) - 1.0;
            worst_scaled = worst_scaled.max(scaled.abs());
        }
        println!("K {worst:e}, ln K {worst_ln:e}, scaled {worst_scaled:e}");
        assert!(worst < 1e-14 && worst_ln < 1e-14 && worst_scaled < 1e-13);
    }
}

mod turbulence {
    use super::{number, rows};
    use fso_g2a::turbulence::{GammaGamma, Turbulence};

    const TABLE: &str = include_str!("../data/gamma_gamma.json");

    /// Relative error; numbers below the normal range of `f64` are compared by their size alone.
    fn relative(value: f64, reference: f64) -> f64 {
        if reference.abs() < 1e-290 {
            f64::from(u8::from(value.abs() > 1e-280))
        } else {
            (value / reference - 1.0).abs()
        }
    }

    #[test]
    fn density_distribution_and_survival_match_the_table() {
        let mut worst = [0.0_f64; 3];
        for row in rows(TABLE, "rows") {
            let [alpha, beta, h, pdf, cdf, sf] = [1, 2, 3, 4, 5, 6].map(|i| number(&row[i]));
            let law = GammaGamma::new(alpha, beta).unwrap();
            let errors = [
                relative(law.pdf(h).unwrap(), pdf),
                relative(law.cdf(h).unwrap(), cdf),
                relative(law.sf(h).unwrap(), sf),
            ];
            for (worst, error) in worst.iter_mut().zip(errors) {
                if error > 5e-13 {
                    println!("{alpha} {beta} {h} {errors:?}");
                }
                *worst = worst.max(error);
            }
        }
        println!("pdf, cdf, sf: {worst:?}");
        assert!(worst.iter().all(|&w| w < 1e-12));
    }

    #[test]
    fn quantiles_and_scintillation_match_the_table() {
        let mut worst = 0.0_f64;
        for row in rows(TABLE, "quantiles") {
            let [alpha, beta, p, h] = [1, 2, 3, 4].map(|i| number(&row[i]));
            worst = worst.max(relative(GammaGamma::new(alpha, beta).unwrap().quantile(p).unwrap(), h));
        }
        println!("quantile: {worst:e}");
        assert!(worst < 1e-11);
        for row in rows(TABLE, "scintillation_index") {
            let [alpha, beta, index] = [0, 1, 2].map(|i| number(&row[i]));
            assert!(relative(GammaGamma::new(alpha, beta).unwrap().scintillation_index(), index) < 1e-15);
        }
    }
}

mod pointing {
    use super::{number, rows};
    use fso_g2a::pointing::{overlap_area, overlap_fraction, overlap_slope};

    #[test]
    fn overlap_matches_the_table() {
        let mut worst = [0.0_f64; 3];
        for row in rows(include_str!("../data/overlap.json"), "rows") {
            let [w, r, s, area, _g, slope] = [0, 1, 2, 3, 4, 5].map(|i| number(&row[i]));
            let relative =
                |value: f64, exact: f64| if exact == 0.0 { value.abs() } else { (value / exact - 1.0).abs() };
            let share = area / (std::f64::consts::PI * w.min(r).powi(2));
            let errors = [
                relative(overlap_area(w, r, s).unwrap(), area),
                relative(overlap_fraction(w, r, s).unwrap(), share),
                relative(overlap_slope(w, r, s).unwrap(), slope),
            ];
            for (worst, error) in worst.iter_mut().zip(errors) {
                if error > 3e-15 {
                    println!("{w} {r} {s} {errors:?}");
                }
                *worst = worst.max(error);
            }
        }
        println!("overlap: {worst:?}");
        assert!(worst.iter().all(|&w| w <= 4e-15));
    }
}

mod channel {
    use super::{number, rows};
    use crate::made;
    use fso_g2a::channel::Channel;
    use fso_g2a::turbulence::{GammaGamma, GammaGammaTable};

    #[test]
    fn outage_and_its_parts_match_the_table() {
        let law = GammaGamma::new(4.0, 1.7).unwrap();
        let table = GammaGammaTable::new(law);
        let (mut worst, mut worst_table) = ([0.0_f64; 5], 0.0_f64);
        for row in rows(include_str!("../data/composite_outage.json"), "rows") {
            let x: Vec<f64> = row.iter().map(number).collect();
            let beam = made::beam(x[0], x[1]).unwrap();
            let pointing = made::pointing(beam.footprint_radius_m(), x[2], x[3]).unwrap();
            let parts = Channel::new(pointing, law).outage(x[4]).unwrap();
            let values = [
                beam.full_collection(x[2]).unwrap(),
                parts.outage,
                parts.atom_at_zero,
                parts.fully_inside,
                parts.transition,
            ];
            for (i, (value, worst)) in values.into_iter().zip(&mut worst).enumerate() {
                let exact = x[5 + i];
                let error = if exact == 0.0 { value.abs() } else { (value / exact - 1.0).abs() };
                if error > 1e-12 {
                    println!("{:?} {i} {error:e}", &x[..5]);
                }
                *worst = worst.max(error);
            }
            let quick = Channel::new(pointing, table.clone()).outage(x[4]).unwrap().outage;
            worst_table = worst_table.max((quick / x[6] - 1.0).abs());
        }
        println!("A0, outage, atom, inside, transition: {worst:?}; by table {worst_table:e}");
        assert!(worst.iter().all(|&w| w < 1e-10) && worst_table < 1e-10);
    }
}

mod atmosphere {
    use super::{number, rows};
    use fso_g2a::atmosphere::{BeamWander, Cn2Profile, SlantPath};

    #[test]
    fn beam_wander_matches_the_table() {
        let mut worst = 0.0_f64;
        for row in rows(include_str!("../data/beam_wander.json"), "rows") {
            let x: Vec<f64> = row.iter().map(number).collect();
            let profile = Cn2Profile::HufnagelValley { wind_m_s: x[0], ground_cn2: x[1] };
            let path = SlantPath::vertical(x[2]).unwrap();
            let wander = BeamWander { start_altitude_m: x[4], waist_m: x[5], ..BeamWander::printed(x[3]) };
            worst = worst.max((wander.jitter_m(&profile, &path).unwrap() / x[6] - 1.0).abs());
        }
        println!("wander {worst:e}");
        assert!(worst < 1e-12);
    }
}
