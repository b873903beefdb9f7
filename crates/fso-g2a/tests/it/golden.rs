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
    use fso_g2a::atmosphere::{
        BeamWander, Cn2Profile, Scintillation, ScintillationConfig, SlantPath, WindProfile, coherence_time_s,
        fried_parameter_m, greenwood_frequency_hz, isoplanatic_angle_rad,
    };
    use fso_g2a::turbulence::Wave;
    use serde_json::Value;

    /// Generator: `air_and_light.py` beside it.
    const TABLE: &str = include_str!("../data/air_and_light.json");

    fn path(height: &Value, zenith: &Value, direction: &Value) -> SlantPath {
        let direction = direction.as_str().unwrap().parse().unwrap();
        SlantPath::new(number(height), number(zenith)).unwrap().towards(direction)
    }

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

    #[test]
    fn wander_of_a_downlink_matches_the_table() {
        for row in rows(TABLE, "wander_down") {
            let x: Vec<f64> = row.iter().map(number).collect();
            let path = SlantPath::vertical(x[0]).unwrap();
            let wander = BeamWander { waist_m: x[2], ..BeamWander::printed(x[1]) };
            let profile = Cn2Profile::hufnagel_valley_5_7();
            let found = wander.jitter_m(&profile, &path.downlink()).unwrap();
            // A waist of 0 leaves a cube root at the far end, which the panels approach.
            assert!((found / x[3] - 1.0).abs() < 1e-10, "{x:?} {found}");
            assert!(found < 0.15 * wander.jitter_m(&profile, &path).unwrap());
        }
    }

    #[test]
    fn coherence_across_in_angle_and_in_time_matches_the_table() {
        let (profile, wind) = (Cn2Profile::hufnagel_valley_5_7(), WindProfile::bufton(5.0));
        let mut worst = 0.0_f64;
        for row in rows(TABLE, "coherence") {
            let (path, wavelength_m) = (path(&row[0], &row[1], &row[3]), number(&row[2]));
            let found = [
                fried_parameter_m(&profile, &path, wavelength_m, Wave::Plane),
                fried_parameter_m(&profile, &path, wavelength_m, Wave::Spherical),
                isoplanatic_angle_rad(&profile, &path, wavelength_m),
                coherence_time_s(&profile, &path, wavelength_m, &wind),
                greenwood_frequency_hz(&profile, &path, wavelength_m, &wind),
            ];
            for (found, exact) in found.into_iter().zip(&row[4..]) {
                worst = worst.max((found.unwrap() / number(exact) - 1.0).abs());
            }
        }
        println!("coherence {worst:e}");
        assert!(worst < 1e-11);
    }

    #[test]
    fn scintillation_behind_an_aperture_matches_the_table() {
        let mut worst = [0.0_f64; 2];
        for row in rows(TABLE, "aperture") {
            let config = ScintillationConfig {
                wave: row[4].as_str().unwrap().parse().unwrap(),
                wavelength_m: number(&row[2]),
                aperture_diameter_m: number(&row[3]),
            };
            let path = path(&row[0], &row[1], &row[5]);
            let found = Scintillation::new(config, &Cn2Profile::hufnagel_valley_5_7(), &path).unwrap();
            for ((found, exact), worst) in
                [found.rytov_variance(), found.aperture_factor()].iter().zip(&row[6..]).zip(&mut worst)
            {
                *worst = worst.max((found / number(exact) - 1.0).abs());
            }
        }
        println!("Rytov variance, aperture factor: {worst:?}");
        // The share of a layer is within 2e-10 at the seam of its two series.
        assert!(worst[0] < 1e-11 && worst[1] < 1e-9);
    }
}

mod detection {
    use super::{number, rows};
    use fso_g2a::detection::{
        Detector, DetectorConfig, Keying, Mixing, Receiver, ReceiverConfig, Scheme, counted_on_off_error_rate,
    };

    const CHARGE_C: f64 = 1.602_176_634e-19;

    #[test]
    fn pulse_position_matches_the_table() {
        for row in rows(include_str!("../data/air_and_light.json"), "ppm") {
            let [slots, apart, low, high, exact] = [0, 1, 2, 3, 4].map(|i| number(&row[i]));
            let bandwidth_hz = 1e9;
            let shot_only = ReceiverConfig::shot_limited(1.0, bandwidth_hz);
            let (receiver, level) = if high > low {
                // σ₀² = u I_s and σ₁² = σ₀² + u J for the level J, u = 2qB: J = excess I_s, (J/σ₀)²
                // = apart²/low.
                let (unit, excess) = (2.0 * CHARGE_C * bandwidth_hz, (high - low) / low);
                let dark_a = unit * apart * apart / (low * excess * excess);
                (ReceiverConfig { surface_dark_a: dark_a, ..shot_only }, excess * dark_a)
            } else {
                // So much thermal noise that the light adds 2e-12 of it.
                let noisy = ReceiverConfig {
                    load_ohm: 1e-6,
                    temperature_k: 300.0,
                    noise_figure_db: 100.0,
                    ..shot_only
                };
                (noisy, apart / f64::sqrt(low) * Receiver::new(noisy).unwrap().noise_a(0.0).unwrap())
            };
            let scheme = Scheme::PulsePosition { slots: slots as u32 };
            let found = Detector::new(DetectorConfig { scheme, receiver })
                .unwrap()
                .error_rate(level / slots)
                .unwrap();
            // A rate has up to 200 times the relative error of levels and variances, those of equal ones
            // being 2e-12.
            assert!((found / exact - 1.0).abs() < 1e-10, "{row:?} {found:e}");
        }
    }

    /// Photons for each bit at 1e-9 with a quantum efficiency of 1, by shot noise alone.
    fn photons(scheme: Scheme) -> f64 {
        let rate_hz = 1e9;
        // A matched filter: half of the symbol rate.
        let receiver = ReceiverConfig::shot_limited(1.25, 0.5 * rate_hz * scheme.symbols_per_bit());
        let detector = Detector::new(DetectorConfig { scheme, receiver }).unwrap();
        detector.sensitivity_w(1e-9).unwrap() * 1.25 / (CHARGE_C * rate_hz)
    }

    #[test]
    fn shot_noise_alone_needs_the_photons_of_the_textbook() {
        // G. P. Agrawal, "Fiber-optic communication systems", table 10.1: 9, 18, 20 photons per bit, and 10
        // by counting.
        let scheme = |keying, mixing| Scheme::Coherent { keying, mixing, oscillator_w: 1e3 };
        for (keying, mixing, expected) in [
            (Keying::Bpsk, Mixing::Homodyne, 9.0),
            (Keying::Bpsk, Mixing::Heterodyne, 18.0),
            (Keying::Qpsk, Mixing::Homodyne, 18.0),
            (Keying::Qpsk, Mixing::Heterodyne, 18.0),
            (Keying::Dpsk, Mixing::Heterodyne, 20.0),
            (Keying::Dpsk, Mixing::Homodyne, 20.0),
        ] {
            let found = photons(scheme(keying, mixing));
            // Q(6) is 0.987e-9: the numbers are rounded to the next integer.
            assert!((found - expected).abs() < 0.05, "{keying} {mixing}: {found}");
        }
        assert!((counted_on_off_error_rate(10.0, 0.0).unwrap() / 1.03e-9 - 1.0).abs() < 1e-3);
    }

    #[test]
    fn a_weak_oscillator_leaves_thermal_noise_in_the_way() {
        let with = |oscillator_w: f64| {
            let scheme = Scheme::Coherent { keying: Keying::Bpsk, mixing: Mixing::Homodyne, oscillator_w };
            Detector::new(DetectorConfig { scheme, receiver: ReceiverConfig::pin(1.25, 0.5e9) }).unwrap()
        };
        let needed = |oscillator_w: f64| with(oscillator_w).sensitivity_w(1e-9).unwrap();
        assert!(needed(1e-6) > 100.0 * needed(1.0) && needed(1e-3) > needed(1.0));
    }
}
