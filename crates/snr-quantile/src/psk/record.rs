//! Samples that come block by block, in a state whose size does not depend on their number.

use super::cells::Cells;
use super::estimate::PskEstimate;
use super::likelihood::Likelihood;
use super::maximum::{decided, power_law_phase};
use super::modulation::Modulation;
use super::soft::{Constellation, Points};
use super::sums::scale_and_sum;
use crate::method::Method;
use mmw_core::math::power_of_two_below;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::num_complex::Complex;
use mmw_core::simd::Level;
use mmw_core::{C64, Error, Real, Result, check};

/// Samples that are kept as they are.
const FEW: usize = 4096;
/// Samples taken in at once: with those that they come from they stay in the cache next to the processor.
const BLOCK: usize = 512;

/// What the estimators have seen of a signal of complex samples, one per symbol.
///
/// The first 4096 samples are kept; from then on they are counted in cells of a 32nd of their root mean
/// square, with the sum of each cell: half a MiB, one for two phases. [`Method::MlBinned`] is maximum
/// likelihood on what is kept; [`Record::keeping_all`] keeps every sample, for [`Method::Ml`].
///
/// # Examples
/// ```
/// use snr_quantile::mmw_core::random::Streams;
/// use snr_quantile::{Method, Snr, psk::{self, Modulation, Record}};
///
/// let samples = psk::samples(Modulation::Psk8, Snr::from_es_n0(20.0)?, 20_000, &mut Streams::new(1).stream(0))?;
/// let mut record = Record::new(Modulation::Psk8);
/// record.push(&samples)?;
/// for method in [Method::MlBinned, Method::M2m4, Method::Svr, Method::DecisionDirected] {
///     let es_n0_db = record.estimate(method)?.es_n0_db().unwrap_or(0.0);
///     assert!((es_n0_db - 13.01).abs() < 0.3);
/// }
/// # Ok::<(), snr_quantile::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    modulation: Modulation,
    keeps_all: bool,
    /// What samples are multiplied by, a power of two: 0 until one of them is not zero.
    unit: f64,
    count: u64,
    /// Sums of `|y|²`, `|y|⁴`, and of products of neighbouring `|y|²`.
    sums: [f64; 3],
    last_power: f64,
    few: Vec<C64>,
    cells: Option<Cells>,
}

impl Record {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(modulation: Modulation) -> Self {
        Self {
            modulation,
            keeps_all: false,
            unit: 0.0,
            count: 0,
            sums: [0.0; 3],
            last_power: 0.0,
            few: Vec::new(),
            cells: None,
        }
    }

    /// Nothing seen yet; every sample will be kept.
    #[must_use]
    pub fn keeping_all(modulation: Modulation) -> Self {
        Self { keeps_all: true, ..Self::new(modulation) }
    }

    /// Samples seen.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Takes in the samples that follow.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for NaN or an infinity, [`Error::Invalid`] for a sample more than 70 powers of
    /// ten above the first; part of the samples may then have been taken in.
    pub fn push<T: Real>(&mut self, samples: &ArrayRef1<Complex<T>>) -> Result<()> {
        let mut block = [C64::default(); BLOCK];
        let copy;
        let slice = match samples.as_slice() {
            Some(slice) => slice,
            None => {
                copy = samples.to_vec();
                &copy
            }
        };
        for (index, chunk) in slice.chunks(BLOCK).enumerate() {
            let block = block.get_mut(..chunk.len()).unwrap_or_default();
            if !self.push_block(chunk, block) {
                return Err(match chunk.iter().position(|y| !(y.re.is_finite() && y.im.is_finite())) {
                    Some(at) => Error::NotFinite { name: "samples".into(), index: index * BLOCK + at },
                    None => Error::invalid("samples", "differ by more than 70 powers of ten in magnitude"),
                });
            }
        }
        Ok(())
    }

    /// Whether all samples, and their powers, are finite.
    fn push_block<T: Real>(&mut self, samples: &[Complex<T>], block: &mut [C64]) -> bool {
        if self.unit == 0.0 {
            let magnitude = |y: &Complex<T>| y.re.as_f64().abs().max(y.im.as_f64().abs());
            let greatest = samples.iter().map(magnitude).fold(0.0, f64::max);
            if greatest.is_finite() && greatest > 0.0 {
                self.unit = 1.0 / power_of_two_below(greatest.max(1e-300));
            }
        }
        let (sums, before) = scale_and_sum(Level::current(), samples, self.unit, self.last_power, block);
        // One that is not finite makes the sums so, by a unit of zero too.
        if !sums[1].is_finite() {
            return false;
        }
        self.sums.iter_mut().zip(sums).for_each(|(sum, more)| *sum += more);
        self.last_power = before;
        self.count += block.len() as u64;
        self.gather(block);
        true
    }

    fn gather(&mut self, block: &[C64]) {
        if self.cells.is_none() {
            self.few.extend_from_slice(block);
            if self.keeps_all || self.few.len() <= FEW || self.sums[0] == 0.0 {
                return;
            }
        }
        let rms = (self.sums[0] / self.count as f64).sqrt();
        match &mut self.cells {
            Some(cells) => {
                cells.coarsen_for(rms);
                cells.push(block);
            }
            none => {
                let mut cells = Cells::new(self.modulation, rms);
                cells.push(&std::mem::take(&mut self.few));
                *none = Some(cells);
            }
        }
    }

    /// The estimate of a method: [`Method::MlBinned`], [`Method::Ml`] where all samples are kept,
    /// [`Method::M2m4`], [`Method::Svr`], [`Method::DecisionDirected`].
    ///
    /// ```text
    /// M2M4:  S = √(2 M₂² − M₄),  N₀ = M₂ − S
    /// SVR:   z = E|y_k|²|y_(k−1)|² / (M₄ − E|y_k|²|y_(k−1)|²),  Es/N0 = z − 1 + √(z (z − 1))
    /// ```
    /// after Pauluzzi and Beaulieu[^pauluzzi], whose SNV with decided symbols is `DecisionDirected`. Their
    /// split-symbol estimator asks for several samples per symbol and has no place here.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than two samples, [`Error::Invalid`] for samples that are all zero or
    /// without noise, and for another method.
    ///
    /// [^pauluzzi]: D. R. Pauluzzi, N. C. Beaulieu, "A comparison of SNR estimation techniques for the AWGN
    ///     channel", IEEE Transactions on Communications 48 (2000).
    pub fn estimate(&self, method: Method) -> Result<PskEstimate> {
        let power = self.power()?;
        let count = self.count as f64;
        let rms = power.sqrt() / self.unit;
        let of =
            |es_n0: Option<f64>| PskEstimate::from_es_n0(self.modulation, method, self.count, es_n0, rms);
        match method {
            Method::Ml | Method::MlBinned => {
                self.likelihood_by(method).map(|likelihood| *likelihood.estimate())
            }
            Method::M2m4 => {
                let square = 2.0 - self.sums[1] / (count * power * power);
                let signal = square.max(0.0).sqrt();
                of(above_zero(signal / noise(1.0 - signal)?))
            }
            Method::Svr => {
                let fourth = self.sums[1] / (count * power * power);
                let pairs = self.sums[2] / ((count - 1.0) * power * power);
                let z = pairs / noise(fourth - pairs)?;
                of(if z > 1.0 { above_zero(z - 1.0 + (z * (z - 1.0)).sqrt()) } else { None })
            }
            Method::DecisionDirected => {
                let points = self.points(power);
                let constellation = Constellation::new(self.modulation);
                let place = decided(&points, &constellation, power_law_phase(&points, self.modulation, 2));
                noise(1.0 / (1.0 + place.rho))?;
                PskEstimate::new(self.modulation, method, self.count, Some(place), rms)
            }
            _ => Err(Error::invalid("estimator", format!("{method} has no form for complex samples"))),
        }
    }

    /// The likelihood of what is kept.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than two samples, [`Error::Invalid`] for samples that are all zero or
    /// without noise.
    pub fn likelihood(&self) -> Result<Likelihood> {
        self.likelihood_by(if self.keeps_all { Method::Ml } else { Method::MlBinned })
    }

    fn likelihood_by(&self, method: Method) -> Result<Likelihood> {
        if method == Method::Ml && self.cells.is_some() {
            return Err(Error::invalid("estimator", "ml needs all samples, which this record does not keep"));
        }
        let power = self.power()?;
        Likelihood::new(self.modulation, method, self.count, self.points(power), power.sqrt() / self.unit)
    }

    fn points(&self, power: f64) -> Points {
        match &self.cells {
            Some(cells) => cells.points(self.count as f64, power),
            None => {
                let scale = 1.0 / power.sqrt();
                Points::equal(self.few.iter().map(|y| y * scale).collect())
            }
        }
    }

    /// Mean power, in units.
    fn power(&self) -> Result<f64> {
        check::at_least("samples", self.few.len().max(self.count as usize), 2)?;
        match self.sums[0] > 0.0 {
            true => Ok(self.sums[0] / self.count as f64),
            false => Err(Error::invalid("samples", "are all zero")),
        }
    }
}

fn above_zero(es_n0: f64) -> Option<f64> {
    (es_n0 > 0.0).then_some(es_n0)
}

/// A share of the power, unless rounding is all that it is.
fn noise(share: f64) -> Result<f64> {
    match share > 1e-12 {
        true => Ok(share),
        false => Err(Error::invalid("samples", "are all of one magnitude: there is no noise to measure")),
    }
}

/// Least squares with known symbols, equation (15) of the paper for complex samples, given as numbers from 0
/// to `M − 1` of the phases `2πk/M`.
///
/// ```text
/// S e^(jθ) = mean y s*,   N₀ = mean |y|² − S²
/// ```
///
/// # Errors
/// [`Error::Domain`] for a number that is no symbol, [`Error::Shape`] unless there is one for each sample,
/// [`Error::TooFew`], [`Error::NotFinite`] and [`Error::Invalid`] as for [`Record::estimate`].
///
/// # Examples
/// ```
/// use snr_quantile::{ndarray::array, num_complex::Complex, psk::{self, Modulation}};
/// let samples = array![Complex::new(1.5, 0.0), Complex::new(0.0, 0.5), Complex::new(-1.0, 0.0), Complex::new(0.0, -1.0)];
/// let estimate = psk::data_aided(Modulation::Qpsk, &samples, &[0, 1, 2, 3])?;
/// // S = 1, mean |y|² = 1.125: Es/N0 = 8.
/// assert!((estimate.es_n0_db().unwrap_or(0.0) - 9.031).abs() < 1e-3);
/// # Ok::<(), snr_quantile::Error>(())
/// ```
pub fn data_aided<T: Real>(
    modulation: Modulation,
    samples: &ArrayRef1<Complex<T>>,
    symbols: &[usize],
) -> Result<PskEstimate> {
    check::same_len("samples", symbols.len(), samples.len())?;
    let mut record = Record::keeping_all(modulation);
    record.push(samples)?;
    let power = record.power()?;
    let alphabet: Result<Vec<C64>> = symbols.iter().map(|k| modulation.symbol(*k)).collect();
    let alphabet = alphabet?;
    let pairs = || record.few.iter().zip(&alphabet).map(|(y, s)| y * s.conj());
    let mean = pairs().sum::<C64>() / symbols.len() as f64;
    // About the mean, which does not cancel at high SNR.
    let spread = pairs().map(|y| (y - mean).norm_sqr()).sum::<f64>() / symbols.len() as f64;
    let place = super::maximum::Place {
        rho: mean.norm_sqr() / (noise(spread / power * 1e12)? * 1e-12 * power),
        phase_rad: mean.arg(),
        gain: 0.0,
    };
    PskEstimate::new(modulation, Method::DataAided, record.count, Some(place), power.sqrt() / record.unit)
}
