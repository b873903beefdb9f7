//! Maximum likelihood at low SNR against a slow solution of the likelihood equation that cancels nothing.
#![allow(clippy::unwrap_used, reason = "what fails in a test should panic")]

use snr_quantile::compare::bpsk_samples;
use snr_quantile::mmw_core::ndarray::Array1;
use snr_quantile::mmw_core::rand::RngExt;
use snr_quantile::mmw_core::random::Streams;
use snr_quantile::{Estimate, Estimator, Ml, MlBinned, Snr, bound};

/// A sum that keeps what each addition rounds off.
fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let (mut total, mut lost) = (0.0_f64, 0.0);
    for term in terms {
        let next = total + term;
        lost += if total.abs() >= term.abs() { (total - next) + term } else { (term - next) + total };
        total = next;
    }
    total + lost
}

/// `⅓ − (z − tanh z)/z³`: the series of the tangent where the definition cancels.
fn rest(z: f64) -> f64 {
    if z > 0.7 {
        return 1.0 / 3.0 - (z - z.tanh()) / (z * z * z);
    }
    // Coefficients of tanh from tanh' = 1 − tanh², t_(2k+1) (2k + 1) = −Σ t_i t_j.
    static SERIES: std::sync::LazyLock<[f64; 24]> = std::sync::LazyLock::new(|| {
        let mut t = [0.0; 24];
        t[0] = 1.0;
        for k in 1..24 {
            let square: f64 = (0..k).map(|i| t[i] * t[k - 1 - i]).sum();
            t[k] = -square / (2 * k + 1) as f64;
        }
        t
    });
    SERIES[2..].iter().rev().fold(0.0, |value, c| value * z * z + c) * z * z
}

/// Squares over their mean.
struct Record {
    y: Vec<f64>,
    /// `1 − k/3`.
    constant: f64,
}

impl Record {
    fn new(x: &[f64]) -> Self {
        let n = x.len() as f64;
        let power = sum(x.iter().map(|x| x * x)) / n;
        let y: Vec<f64> = x.iter().map(|x| x * x / power).collect();
        let constant = sum(y.iter().map(|y| 1.0 - y * y / 3.0)) / n;
        Self { y, constant }
    }

    /// `G/q³` at `w = S²`.
    fn slope(&self, w: f64) -> f64 {
        let q = w.sqrt() / (1.0 - w);
        let rests = sum(self.y.iter().map(|y| y * y * rest(q * y.sqrt())));
        self.constant - w * (2.0 - w) + rests / self.y.len() as f64
    }

    /// The log-likelihood from `w = a` to `b`, by Simpson's rule on `dL/dw = G (1 + w)/(2 √w (1 − w)²)`.
    fn gain(&self, a: f64, b: f64) -> f64 {
        let slope = |w: f64| self.slope(w) * w * (1.0 + w) / (2.0 * (1.0 - w).powi(5));
        let steps = 128;
        let step = (b - a) / f64::from(steps);
        let weight = |k: i32| if k == 0 || k == steps { 1.0 } else { f64::from(2 + 2 * (k % 2)) };
        sum((0..=steps).map(|k| weight(k) * slope(a + f64::from(k) * step))) * step / 3.0
    }

    /// The SNR of the greatest maximum above −70 dB in dB, and by how much the likelihood prefers it to the
    /// next best (0 included).
    fn greatest(&self) -> (Option<f64>, f64) {
        let at = |db: f64| 10_f64.powf(db / 10.0) / (1.0 + 10_f64.powf(db / 10.0));
        let (mut best, mut level, mut margin) = (None, 0.0, f64::INFINITY);
        // Likelihood at the last point visited, over that at w = 0.
        let (mut from, mut here) = (0.0, 0.0);
        let (mut low, mut low_value) = (0.0, self.constant);
        if self.constant > 0.0 {
            level = f64::NEG_INFINITY;
        }
        for k in 0..220 {
            let high = at(-70.0 + 0.5 * f64::from(k));
            let value = self.slope(high);
            if low_value > 0.0 && value <= 0.0 {
                let (mut a, mut b) = (low, high);
                for _ in 0..90 {
                    let middle = 0.5 * (a + b);
                    if self.slope(middle) > 0.0 { a = middle } else { b = middle }
                }
                here += self.gain(from, a);
                from = a;
                margin = (here - level).abs().min(margin);
                if here > level {
                    (best, level) = (Some(a), here);
                }
            }
            (low, low_value) = (high, value);
        }
        (best.map(|w: f64| 10.0 * (w / (1.0 - w)).log10()), margin)
    }

    /// How far rounding of the samples and of this oracle moves a maximum, in dB: `1 − k/3` is off by some
    /// units of the last place.
    fn rounding_db(&self, snr_db: f64) -> f64 {
        let snr = 10_f64.powf(snr_db / 10.0);
        let w = snr / (1.0 + snr);
        let step = 1e-3 * w * (1.0 - w);
        let fall = (self.slope(w - step) - self.slope(w + step)) / (2.0 * step);
        1e-15 / fall.abs() * 10.0 / std::f64::consts::LN_10 / (w * (1.0 - w))
    }
}

fn db(estimate: &Estimate) -> Option<f64> {
    estimate.snr().map(Snr::db)
}

#[test]
fn the_maximum_is_the_greatest_root_of_the_likelihood_equation_at_any_scale() {
    let mut rng = Streams::new(31).stream(0);
    let (mut records, mut absent, mut worst_db, mut worst_scale, mut worst_binned) =
        (0, 0, 0.0_f64, 0.0_f64, 0.0_f64);
    let mut wrong = Vec::new();
    for (n, trials) in [(25, 2400), (200, 1600), (1000, 300)] {
        for trial in 0..trials {
            let true_db: f64 = -10.0 + 13.0 * rng.random::<f64>();
            let x = bpsk_samples(Snr::from_db(true_db).unwrap(), n, &mut rng).unwrap();
            let factor = 10_f64.powf(6.0 * rng.random::<f64>() - 3.0);
            let record = Record::new(x.as_slice().unwrap());
            let (expected, margin) = record.greatest();
            // Two maxima of the same likelihood, or kurtosis 3: rounding decides.
            if margin < 1e-13 || record.constant.abs() < 1e-12 {
                continue;
            }
            records += 1;
            let scaled: Array1<f64> = x.mapv(|x| x * factor);
            let (plain, scaled) = (db(&Ml.estimate(&x).unwrap()), db(&Ml.estimate(&scaled).unwrap()));
            let binned = db(&MlBinned.estimate(&x).unwrap());
            let Some(expected) = expected else {
                absent += 1;
                if plain.is_some() || scaled.is_some() {
                    wrong.push(format!("{n} {trial} {true_db}: none, {plain:?} {scaled:?}"));
                }
                continue;
            };
            let (Some(plain), Some(scaled)) = (plain, scaled) else {
                wrong.push(format!("{n} {trial} {true_db}: {expected}, none"));
                continue;
            };
            let rounding = record.rounding_db(expected);
            worst_db = worst_db.max((plain - expected).abs());
            worst_scale = worst_scale.max((plain - scaled).abs() / (1e-12 + rounding));
            if (plain - expected).abs() > 1e-8 + rounding || (plain - scaled).abs() > 1e-12 + rounding {
                wrong.push(format!("{n} {trial} {true_db}: {expected}, {plain} {scaled} ({rounding:e})"));
            }
            // On bins, the same maximum within their error; a maximum that hardly beats another may give way.
            if margin > 1e-3 {
                let deviation_db = bound::crlb_db2(Snr::from_db(expected).unwrap(), n).unwrap().sqrt();
                let apart = binned.map_or(f64::INFINITY, |binned| (binned - expected).abs());
                worst_binned = worst_binned.max(apart / deviation_db);
            } else if binned.is_some_and(|binned| binned < -90.0) {
                wrong.push(format!("{n} {trial} {true_db}: {expected}, binned {binned:?}"));
            }
        }
    }
    println!(
        "{records} records, {absent} without a maximum, worst {worst_db:.1e} dB, scale {worst_scale:.2}, binned {worst_binned:.1e} deviations, {} wrong",
        wrong.len()
    );
    assert!(records > 4000 && absent > 100);
    assert!(wrong.is_empty(), "{}: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
    assert!(worst_binned < 0.1, "{worst_binned}");
}
