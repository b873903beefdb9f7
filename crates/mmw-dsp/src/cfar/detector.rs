//! The detector that a configuration describes, whatever its kind.

use super::censor::Censored;
use super::order::{go_multiplier, os_multiplier, so_multiplier};
use super::ring::Ring;
use super::{CaCfar, CfarConfig, CfarKind, Detection};
use mmw_core::ndarray::ArrayRef2;
use mmw_core::{Error, Real, Result, check};
use statrs::distribution::{ContinuousCDF, Gamma};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A CFAR detector for maps of one shape.
///
/// # Examples
/// ```
/// use mmw_core::ndarray::Array2;
/// use mmw_dsp::cfar::{Cfar, CfarConfig, CfarKind};
///
/// // Two targets within one window, 40 dB apart.
/// let mut power = Array2::from_elem((40, 40), 1.0_f32);
/// (power[[10, 20]], power[[18, 20]]) = (1e6, 1e2);
/// for kind in [CfarKind::Ca, CfarKind::So, CfarKind::Os { rank: 0.75 }] {
///     let cfar = Cfar::new(&CfarConfig { kind, ..CfarConfig::default() }, [40, 40])?;
///     assert_eq!(cfar.detect(&power)?.len(), 2, "{kind}");
/// }
/// let greatest = CfarConfig { kind: CfarKind::Go, ..CfarConfig::default() };
/// assert_eq!(Cfar::new(&greatest, [40, 40])?.detect(&power)?.len(), 1);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Cfar<T> {
    config: CfarConfig,
    mean: CaCfar<T>,
    ring: Ring,
    /// Multiplier, and noise over statistic, by the sizes of the two halves.
    known: Mutex<HashMap<[usize; 2], Factors>>,
    memory: Mutex<Option<Censored<T>>>,
}

#[derive(Debug, Clone, Copy)]
struct Factors {
    multiplier: f64,
    noise: f64,
}

impl<T: Real> Cfar<T> {
    /// A plan for maps of `shape = [range, doppler]`.
    ///
    /// # Errors
    /// As [`CaCfar::new`]; [`Error::Domain`] for a rank outside its range.
    pub fn new(config: &CfarConfig, shape: [usize; 2]) -> Result<Self> {
        config.kind.check()?;
        let mean = CaCfar::new(config, shape)?;
        let ring = Ring::new(config, shape)?;
        Ok(Self { config: config.clone(), mean, ring, known: Mutex::default(), memory: Mutex::default() })
    }

    /// What it was made from.
    #[must_use]
    pub fn config(&self) -> &CfarConfig {
        &self.config
    }

    /// Cells of `power` (`[range, doppler]`, not negative) above their threshold, in row-major order.
    ///
    /// # Errors
    /// As [`CaCfar::detect_into`].
    pub fn detect(&self, power: &ArrayRef2<T>) -> Result<Vec<Detection>> {
        match self.config.kind {
            CfarKind::Ca if self.config.censor => {
                // A panic while the memory was lent has left none; another thread may have it.
                let lent = self.memory.lock().unwrap_or_else(PoisonError::into_inner).take();
                let mut memory = lent.unwrap_or_else(|| self.mean.censored());
                let found = self.mean.detect_censored_with(power, &mut memory);
                *self.memory.lock().unwrap_or_else(PoisonError::into_inner) = Some(memory);
                found
            }
            CfarKind::Ca => self.mean.detect(power),
            _ => self.detect_one_by_one(power),
        }
    }

    /// Noise and threshold at one cell, above it or not, once `detections` are known; `None` when they leave
    /// it no training cell.
    ///
    /// # Errors
    /// As [`CaCfar::detect_into`]; [`Error::Domain`] for an index outside the map.
    pub fn examine(
        &self,
        power: &ArrayRef2<T>,
        detections: &[Detection],
        index: [usize; 2],
    ) -> Result<Option<Detection>> {
        match self.config.kind {
            CfarKind::Ca if self.config.censor => self.mean.examine(power, detections, index),
            CfarKind::Ca => self.mean.examine(power, &[], index),
            _ => {
                self.mean.check_cell(power, index)?;
                self.judge(power, index, &mut Default::default()).map(Some)
            }
        }
    }

    fn detect_one_by_one(&self, power: &ArrayRef2<T>) -> Result<Vec<Detection>> {
        check::same_shape("power", &self.mean.shape(), power.shape())?;
        check::all_finite("power", power)?;
        if let Some(negative) = power.iter().find(|p| **p < T::zero()) {
            return Err(Error::domain("power", negative.as_f64(), "a number not below 0"));
        }
        let mut halves = Default::default();
        let mut found = Vec::new();
        for ((row, column), _) in power.indexed_iter() {
            let cell = self.judge(power, [row, column], &mut halves)?;
            if cell.power > cell.threshold {
                found.push(cell);
            }
        }
        Ok(found)
    }

    fn judge(
        &self,
        power: &ArrayRef2<T>,
        index: [usize; 2],
        halves: &mut [Vec<f64>; 2],
    ) -> Result<Detection> {
        self.ring.gather(power, index, halves);
        let statistic = self.statistic(halves);
        let factors = self.factors([halves[0].len(), halves[1].len()])?;
        let power = power[index].as_f64();
        let noise = (statistic * factors.noise).min(f64::MAX);
        let threshold = (statistic * factors.multiplier).min(f64::MAX);
        Ok(Detection { index, power, noise, snr: (power / noise).min(f64::MAX), threshold })
    }

    fn statistic(&self, halves: &mut [Vec<f64>; 2]) -> f64 {
        let mean = |half: &Vec<f64>| half.iter().map(|p| p / half.len() as f64).sum::<f64>();
        let [near, far] = &*halves;
        match self.config.kind {
            _ if near.is_empty() && far.is_empty() => 0.0,
            CfarKind::Os { rank } => {
                let [near, far] = halves;
                near.append(far);
                let place = os_rank(rank, near.len());
                *near.select_nth_unstable_by(place - 1, f64::total_cmp).1
            }
            CfarKind::Ca => {
                let (n, m) = (near.len() as f64, far.len() as f64);
                (near.iter().chain(far).map(|p| p / (n + m))).sum()
            }
            _ if near.is_empty() => mean(far),
            _ if far.is_empty() => mean(near),
            CfarKind::Go => mean(near).max(mean(far)),
            CfarKind::So => mean(near).min(mean(far)),
        }
    }

    fn factors(&self, cells: [usize; 2]) -> Result<Factors> {
        // A panic while the map was locked cannot have left it half-written.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(&factors) = known.get(&cells) {
            return Ok(factors);
        }
        let (looks, p) = (self.config.looks, self.config.false_alarm_probability);
        let all = cells[0] + cells[1];
        let factors = match self.config.kind {
            CfarKind::Os { rank } => {
                let place = os_rank(rank, all);
                Factors {
                    multiplier: os_multiplier(all, place, looks, p)?,
                    noise: os_noise(place, all, looks)?,
                }
            }
            CfarKind::Go if cells[0].min(cells[1]) > 0 => {
                Factors { multiplier: go_multiplier(cells, looks, p)?, noise: 1.0 }
            }
            CfarKind::So if cells[0].min(cells[1]) > 0 => {
                Factors { multiplier: so_multiplier(cells, looks, p)?, noise: 1.0 }
            }
            _ => Factors { multiplier: super::ca_multiplier(all, looks, p)?, noise: 1.0 },
        };
        known.insert(cells, factors);
        Ok(factors)
    }
}

fn os_rank(rank: f64, cells: usize) -> usize {
    ((rank * cells as f64).round() as usize).clamp(1, cells.max(1))
}

/// Mean power over the power that `place` of `cells` do not exceed, for noise of `looks` looks.
fn os_noise(place: usize, cells: usize, looks: usize) -> Result<f64> {
    let k = looks as f64;
    let law = Gamma::new(k, 1.0).map_err(|error| Error::invalid("looks", error.to_string()))?;
    // The mean of the order statistic's probability.
    let quantile = law.inverse_cdf(place as f64 / (cells + 1) as f64);
    Ok(k / check::positive("quantile of the noise", quantile)?)
}
