//! The best linear combination of sorted magnitudes.

use super::moments;
use super::samples::{contiguous, kurtosis_limit};
use crate::contrast::noise_contrast;
use crate::efficiency::mean_magnitude;
use crate::estimate::Estimate;
use crate::estimator::Estimator;
use crate::kernels;
use crate::method::Method;
use crate::precise::DoubleDouble;
use crate::record::PowerMeans;
use crate::snr::Snr;
use crate::sort::Ordered;
use crate::theory::distribution::SquaredBpsk;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::simd::Level;
use mmw_core::{Real, Result};
use std::sync::{LazyLock, OnceLock};

/// The linear combination of sorted magnitudes whose weights are the best there are: what the paper's idea
/// comes to when it is done right.
///
/// ```text
/// T = (1/N) Σ J(l/N) r_(l),   J(p) = ψ'(Q(p)),   ψ = efficient score of the SNR, scale removed
/// ```
/// in place of equation (14), with `r = |x|/√(mean x²)` sorted and `Q` their exact quantile. The weights
/// depend on the SNR: a pilot (M1M2, or M2M4 where that has no solution) chooses one of the designs, 1 dB
/// apart, and the exact calibration of that design, `E T` as a function of the SNR, gives the estimate; the
/// design nearest to it is used a second time. As good as maximum likelihood from 3 dB on.
///
/// # Examples
/// ```
/// use snr_quantile::{Estimator, LStatistic, Ml};
/// use mmw_core::ndarray::Array1;
/// let law = snr_quantile::theory::SquaredBpsk::normalised(0.4)?;
/// let x = (0..1000).map(|i| Ok(law.quantile((f64::from(i) + 0.5) / 1e3)?.sqrt()));
/// let x: Array1<f64> = x.collect::<mmw_core::Result<_>>()?;
/// let difference = LStatistic.estimate(&x)?.snr_db_or(0.0) - Ml.estimate(&x)?.snr_db_or(0.0);
/// assert!(difference.abs() < 0.02);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LStatistic;

/// Designs are at −8, −7, …, 40 dB.
const LEAST_DESIGN_DB: i32 = -8;
const DESIGNS: usize = 49;
/// From here on the bias of order 1/N is taken off. Below, the errors in dB have a long lower tail, the bias
/// is upwards, and to remove it costs more than it brings: 0.839 for 0.785 dB² at 3 dB and 200 samples, but
/// 0.231 for 0.242 dB² at 10 dB.
const LEAST_CORRECTED_DB: f64 = 5.0;
/// Cells of a design: the weight is linear in `p` within each.
const CELLS: usize = 128;
/// The calibration is tabulated from 12 dB below the design to 12 dB above, every quarter of a dB.
const CALIBRATION_REACH: usize = 48;
const CALIBRATION_STEP_DB: f64 = 0.25;

/// Weights for one SNR, and what the statistic comes to at others.
struct Design {
    snr_db: f64,
    /// Probability and weight at equidistant magnitudes.
    nodes: Vec<[f64; 2]>,
    /// `E T` at the SNR of the index, the design's in the middle.
    calibration: Vec<f64>,
    /// `N (E T − lim E T)`, to first order, at the design.
    bias: f64,
}

static TABLE: [OnceLock<Design>; DESIGNS] = [const { OnceLock::new() }; DESIGNS];

fn design(index: usize) -> Option<&'static Design> {
    TABLE.get(index).map(|cell| cell.get_or_init(|| Design::new(design_db(index as f64))))
}

fn design_db(index: f64) -> f64 {
    f64::from(LEAST_DESIGN_DB) + index
}

/// The design nearest to an SNR.
fn index_near(snr_db: f64) -> usize {
    (snr_db.round() - f64::from(LEAST_DESIGN_DB)).clamp(0.0, (DESIGNS - 1) as f64) as usize
}

/// Mean magnitudes halfway between designs.
static MEANS_BETWEEN: LazyLock<[f64; DESIGNS - 1]> = LazyLock::new(|| {
    std::array::from_fn(|index| {
        let v = 1.0 / (1.0 + 10_f64.powf(0.1 * design_db(index as f64 + 0.5)));
        mean_magnitude(1.0 - v, v)
    })
});

/// The design nearest to the estimate of M1M2, or to that of M2M4 where the former has no solution.
fn pilot(means: &PowerMeans) -> Result<Option<usize>> {
    if means.m1_excess > 0.0 {
        return Ok(Some(MEANS_BETWEEN.partition_point(|between| *between < means.m1)));
    }
    Ok(moments::m2m4(means)?.snr().map(|snr| index_near(snr.db())))
}

/// The estimate itself, for records on which the statistic leaves its calibration.
fn exact_pilot(means: &PowerMeans) -> Result<Option<Snr>> {
    match moments::m1m2(means)?.snr() {
        None => Ok(moments::m2m4(means)?.snr()),
        pilot => Ok(pilot),
    }
}

/// Scores of amplitude and of scale at a magnitude, and their derivatives by it, in units of σ with `c =
/// S/σ`.
fn scores(u: f64, c: f64) -> ([f64; 2], [f64; 2]) {
    let t = (c * u).tanh();
    let slope = c * (1.0 - t * t);
    ([u * t - c, u * u - 1.0 - c * u * t], [t + u * slope, 2.0 * u - c * (t + u * slope)])
}

impl Design {
    fn new(snr_db: f64) -> Self {
        let snr = 10_f64.powf(snr_db / 10.0);
        let (sigma, c) = (1.0 / (1.0 + snr).sqrt(), snr.sqrt());
        let law = SquaredBpsk::normalised_unchecked(sigma);
        let low = (c - 8.5).max(0.0);
        let step = (c + 8.5 - low) / CELLS as f64;
        let (mut ab, mut bb) = (0.0, 0.0);
        for k in 0..CELLS {
            let u = low + (k as f64 + 0.5) * step;
            let ([a, b], _) = scores(u, c);
            let density = law.magnitude_pdf(sigma * u);
            ab += density * a * b;
            bb += density * b * b;
        }
        let share = ab / bb;
        let mut nodes: Vec<[f64; 2]> = (0..=CELLS)
            .map(|k| {
                let u = low + k as f64 * step;
                let (_, [da, db]) = scores(u, c);
                [law.magnitude_cdf(sigma * u), da - share * db]
            })
            .collect();
        if let (Some(first), Some(last)) = (nodes.first().copied(), nodes.last().copied()) {
            nodes.insert(0, [0.0, first[1]]);
            nodes.push([1.0, last[1]]);
        }
        let mut design = Self { snr_db, nodes, calibration: Vec::new(), bias: 0.0 };
        let offsets = 0..=2 * CALIBRATION_REACH;
        design.calibration = offsets.map(|index| design.expected(design.db_at(index as f64))).collect();
        if snr_db >= LEAST_CORRECTED_DB {
            design.bias = first_order_bias(&law, share);
        }
        design
    }

    fn db_at(&self, index: f64) -> f64 {
        self.snr_db + (index - CALIBRATION_REACH as f64) * CALIBRATION_STEP_DB
    }

    /// `E T = ∫ J(F(r)) r f(r) dr` at another SNR.
    fn expected(&self, snr_db: f64) -> f64 {
        const STEPS: usize = 3000;
        let sigma = 1.0 / (1.0 + 10_f64.powf(snr_db / 10.0)).sqrt();
        let law = SquaredBpsk::normalised_unchecked(sigma);
        let s = law.signal_amplitude();
        let low = (s - 8.5 * sigma).max(0.0);
        let step = (s + 8.5 * sigma - low) / STEPS as f64;
        let (mut sum, mut cell, mut p) = (0.0, 0, law.magnitude_cdf(low));
        for k in 0..STEPS {
            let r = low + (k as f64 + 0.5) * step;
            let mass = law.magnitude_pdf(r) * step;
            sum += mass * r * self.weight(p + 0.5 * mass, &mut cell);
            p += mass;
        }
        sum
    }

    /// The weight at a probability, looked for from the given cell upwards.
    fn weight(&self, p: f64, cell: &mut usize) -> f64 {
        while let Some([start, end]) =
            self.nodes.get(*cell + 1..=*cell + 2).and_then(|pair| pair.first_chunk())
            && p > start[0]
            && end[0] <= 1.0
        {
            *cell += 1;
        }
        match self.nodes.get(*cell..).and_then(|nodes| nodes.first_chunk()) {
            Some([start, end]) if end[0] > start[0] => {
                let fraction = ((p - start[0]) / (end[0] - start[0])).clamp(0.0, 1.0);
                start[1] + fraction * (end[1] - start[1])
            }
            _ => self.nodes.last().map_or(0.0, |node| node[1]),
        }
    }

    /// `T` of a record, in the unit of its magnitudes.
    ///
    /// Within a cell the weight is linear in the rank.
    fn statistic(&self, ordered: &Ordered, samples: usize) -> DoubleDouble {
        let count = samples as f64;
        let mut cells = self.nodes.iter().zip(self.nodes.iter().skip(1));
        let mut cell = cells.next();
        let mut total = DoubleDouble::from(0.0);
        ordered.for_each_run(0..samples, |rank, values| {
            let mut done = rank;
            while let Some((start, end)) = cell {
                // Samples with (l + ½)/N up to the end of the cell.
                let upto = ((end[0] * count + 0.5) as usize).clamp(done, samples);
                let here = upto.min(rank + values.len());
                if let Some(within) = values.get(done - rank..here - rank).filter(|values| !values.is_empty())
                {
                    let width = end[0] - start[0];
                    let slope = if width > 0.0 { (end[1] - start[1]) / width } else { 0.0 };
                    let first = start[1] + slope * ((done as f64 + 0.5) / count - start[0]);
                    total = kernels::ramp_dot(Level::current(), within, first, slope / count, total);
                }
                done = here;
                if here < upto {
                    return;
                }
                cell = cells.next();
            }
            let last = self.nodes.last().map_or(0.0, |node| node[1]);
            let rest = values.get(done - rank..).unwrap_or_default();
            total = kernels::ramp_dot(Level::current(), rest, last, 0.0, total);
        });
        total / DoubleDouble::from(count)
    }

    /// The SNR at which the statistic is expected, on the branch around the design where it is monotone.
    fn invert(&self, statistic: DoubleDouble) -> Option<f64> {
        let c = &self.calibration;
        let rising = c.get(CALIBRATION_REACH + 1)? > c.get(CALIBRATION_REACH)?;
        let sign = if rising { 1.0 } else { -1.0 };
        let value = |index: usize| c.get(index).map(|value| sign * value);
        let target = sign * statistic.value();
        let mut index = CALIBRATION_REACH;
        while value(index)? > target {
            let below = index.checked_sub(1)?;
            if value(below)? >= value(index)? {
                return None;
            }
            index = below;
        }
        while value(index + 1)? <= target {
            index += 1;
            if value(index + 1)? <= value(index)? {
                return None;
            }
        }
        Some(self.db_at(self.refine(index, statistic)))
    }

    /// The fractional index within the cell `index` by inverse interpolation of third order.
    fn refine(&self, index: usize, statistic: DoubleDouble) -> f64 {
        let start = index.saturating_sub(1).min(self.calibration.len().saturating_sub(4));
        let Some(points) = self.calibration.get(start..).and_then(|c| c.first_chunk::<4>()) else {
            return index as f64;
        };
        let mut sum = 0.0;
        for (j, y) in points.iter().enumerate() {
            let mut term = (start + j) as f64;
            for (_, other) in points.iter().enumerate().filter(|(k, _)| *k != j) {
                term *= (statistic - DoubleDouble::from(*other)).value() / (y - other);
            }
            sum += term;
        }
        // Near an extremum of the calibration the interpolation fails; the chord does not.
        if sum.is_finite() { sum.clamp(index as f64, index as f64 + 1.0) } else { index as f64 }
    }
}

/// `N` times the bias of `T` from `N` samples, at the SNR that the weights are the best for.
///
/// ```text
/// −½ ∫ J'(p) p (1 − p) Q'(p) dp − ½ cov(ψ, r²) + ⅜ T var r²
/// ```
/// The first term is that of order statistics, whose mean is `Q(p) + ½ p (1 − p) Q''(p)/N` at
/// `p = l/(N + 1)`, after an integration by parts; the others come from the division by the rms.
fn first_order_bias(law: &SquaredBpsk, share: f64) -> f64 {
    const STEPS: usize = 4000;
    let (s, sigma) = (law.signal_amplitude(), law.noise_std());
    let c = s / sigma;
    let low = (c - 8.5).max(0.0);
    let step = (c + 8.5 - low) / STEPS as f64;
    let weight = |u: f64| {
        let (_, [da, db]) = scores(u, c);
        da - share * db
    };
    let [mut order, mut psi_mean, mut psi_square, mut square, mut fourth, mut statistic] = [0.0; 6];
    for k in 0..STEPS {
        let u = low + (k as f64 + 0.5) * step;
        let r = sigma * u;
        let f = law.magnitude_pdf(r) * sigma;
        let spread = law.magnitude_cdf(r) * law.magnitude_survival(r);
        let change = weight(u + 0.5 * step) - weight(u - 0.5 * step);
        // In units of σ the quantile's slope is 1/f.
        if f > 1e-300 {
            order -= 0.5 * change * spread / f;
        }
        let ([a, b], _) = scores(u, c);
        let (psi, mass, y) = (a - share * b, f * step, r * r);
        psi_mean += mass * psi;
        psi_square += mass * psi * y;
        square += mass * y;
        fourth += mass * y * y;
        statistic += mass * weight(u) * u;
    }
    let covariance = psi_square - psi_mean * square;
    sigma * (order - 0.5 * covariance + 0.375 * statistic * (fourth - square * square))
}

impl<T: Real> Estimator<T> for LStatistic {
    fn method(&self) -> Method {
        Method::LStatistic
    }

    fn estimate(&self, samples: &ArrayRef1<T>) -> Result<Estimate> {
        let samples = contiguous(samples)?;
        let (means, ordered) = Ordered::new(&samples)?;
        let Some(mut index) = pilot(&means)? else {
            let limit = kurtosis_limit(means.count);
            return Ok(Estimate::not_identifiable(
                Method::LStatistic,
                means.count,
                limit,
                noise_contrast(means.above_1),
            ));
        };
        let mut snr_db = None;
        for _ in 0..2 {
            let Some(design) = design(index) else { break };
            let bias = DoubleDouble::from(design.bias / means.count as f64);
            let statistic = design.statistic(&ordered, samples.len()) / means.precise_rms - bias;
            let Some(next_db) = design.invert(statistic) else { break };
            snr_db = Some(next_db);
            let next = index_near(next_db);
            if next == index {
                break;
            }
            index = next;
        }
        let snr = match snr_db {
            Some(snr_db) => Snr::from_db(snr_db)?,
            None => match exact_pilot(&means)? {
                Some(snr) => snr,
                None => {
                    let limit = kurtosis_limit(means.count);
                    return Ok(Estimate::not_identifiable(
                        Method::LStatistic,
                        means.count,
                        limit,
                        noise_contrast(means.above_1),
                    ));
                }
            },
        };
        let snr = snr.linear();
        let fractions = [snr / (1.0 + snr), 1.0 / (1.0 + snr)];
        Estimate::from_fractions(Method::LStatistic, means.count, fractions, means.rms_in_samples())
    }
}
