//! The detector that a configuration describes, whatever its kind.

use super::beta::{gamma_quantile, incomplete_beta};
use super::censor::Censored;
use super::clipped::Clipped;
use super::counts::Counts;
use super::halves::Halves;
use super::kind::{os_rank, tm_trim};
use super::logs::Logs;
use super::probability::multiplier;
use super::ring::Ring;
use super::{CaCfar, CfarConfig, CfarKind, Detection};
use mmw_core::math::Elementary;
use mmw_core::ndarray::ArrayRef2;
use mmw_core::special::unchecked::ln_gamma_of;
use mmw_core::{Error, Real, Result, check};
use std::collections::HashMap;
use std::ops::RangeInclusive;
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
    screen: Option<Screen<T>>,
}

/// What tells most cells that are below their threshold without it; the mean of all cells needs none.
#[derive(Debug)]
enum Screen<T> {
    Logs(Logs<T>),
    Counts(Counts<T>),
    Halves(Halves<T>),
    Clipped(Clipped<T>),
}

#[derive(Debug, Clone, Copy)]
struct Factors {
    multiplier: f64,
    noise: f64,
}

impl<T: Real + Elementary> Cfar<T> {
    /// A plan for maps of `shape = [range, doppler]`.
    ///
    /// # Errors
    /// As [`CaCfar::new`]; [`Error::Domain`] for a rank outside its range.
    pub fn new(config: &CfarConfig, shape: [usize; 2]) -> Result<Self> {
        config.kind.check()?;
        let mean = CaCfar::new(config, shape)?;
        let ring = Ring::new(config, shape)?;
        let (known, memory) = (Mutex::default(), Mutex::default());
        let mut cfar = Self { config: config.clone(), mean, ring, known, memory, screen: None };
        let multiplier = |halves: [usize; 2]| -> Result<f64> { Ok(cfar.factors(halves)?.multiplier) };
        cfar.screen = match config.kind {
            CfarKind::Os { rank } => Some(Screen::Counts(Counts::new(rank, &cfar.ring, multiplier)?)),
            CfarKind::Go | CfarKind::So => {
                Some(Screen::Halves(Halves::new(config.kind, &cfar.ring, multiplier)?))
            }
            CfarKind::Tm { low, high } => {
                Some(Screen::Clipped(Clipped::new([low, high], &cfar.ring, multiplier)?))
            }
            CfarKind::Log => Some(Screen::Logs(Logs::new(&cfar.ring, multiplier)?)),
            CfarKind::Ca => None,
        };
        Ok(cfar)
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
        match &self.screen {
            Some(screen) => self.detect_one_by_one(screen, power),
            None if self.config.censor => {
                // A panic while the memory was lent has left none; another thread may have it.
                let lent = self.memory.lock().unwrap_or_else(PoisonError::into_inner).take();
                let mut memory = lent.unwrap_or_else(|| self.mean.censored());
                let found = self.mean.detect_censored_with(power, &mut memory);
                *self.memory.lock().unwrap_or_else(PoisonError::into_inner) = Some(memory);
                found
            }
            None => self.mean.detect(power),
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

    fn detect_one_by_one(&self, screen: &Screen<T>, power: &ArrayRef2<T>) -> Result<Vec<Detection>> {
        check::same_shape("power", &self.mean.shape(), power.shape())?;
        check::all_finite("power", power)?;
        if let Some(negative) = power.iter().find(|p| **p < T::zero()) {
            return Err(Error::domain("power", negative.as_f64(), "a number not below 0"));
        }
        let mut halves = Default::default();
        let mut found = Vec::new();
        for index in self.candidates(screen, power)? {
            let cell = self.judge(power, index, &mut halves)?;
            if cell.power > cell.threshold {
                found.push(cell);
            }
        }
        Ok(found)
    }

    /// Cells that may be above their threshold, and surely all that are.
    fn candidates(&self, screen: &Screen<T>, power: &ArrayRef2<T>) -> Result<Vec<[usize; 2]>> {
        match screen {
            Screen::Counts(counts) => Ok(counts.candidates(&self.ring, power)),
            Screen::Halves(halves) => Ok(halves.candidates(power)),
            Screen::Clipped(clipped) => clipped.candidates(&self.mean, &self.ring, power),
            Screen::Logs(logs) => logs.candidates(&self.mean, &self.ring, power),
        }
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
            CfarKind::Tm { low, high } => {
                let [near, far] = halves;
                near.append(far);
                let trim = tm_trim(low, high, near.len());
                trimmed_mean(near, trim)
            }
            CfarKind::Log => {
                let n = (near.len() + far.len()) as f64;
                near.iter().chain(far).map(|p| p.ln() / n).sum::<f64>().exp()
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
        let halved = matches!(self.config.kind, CfarKind::Go | CfarKind::So);
        // The two halves may change places.
        let cells =
            if halved { [cells[0].min(cells[1]), cells[0].max(cells[1])] } else { [cells[0] + cells[1], 0] };
        // A panic while the map was locked cannot have left it half-written.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(&factors) = known.get(&cells) {
            return Ok(factors);
        }
        let (looks, p) = (self.config.looks, self.config.false_alarm_probability);
        let all = cells[0] + cells[1];
        let noise = match self.config.kind {
            CfarKind::Os { rank } => order_noise(os_rank(rank, all)..=os_rank(rank, all), all, looks)?,
            CfarKind::Tm { low, high } => {
                let [low, high] = tm_trim(low, high, all);
                order_noise(low + 1..=all - high, all, looks)?
            }
            CfarKind::Log => geometric_noise(all, looks),
            CfarKind::Go if cells[0].min(cells[1]) > 0 => greater_mean(cells, looks)?.recip(),
            CfarKind::So if cells[0].min(cells[1]) > 0 => (2.0 - greater_mean(cells, looks)?).recip(),
            _ => 1.0,
        };
        let factors = Factors { multiplier: multiplier(self.config.kind, cells, looks, p)?, noise };
        known.insert(cells, factors);
        Ok(factors)
    }
}

/// The mean of the cells without the `low` least and the `high` greatest.
fn trimmed_mean(cells: &mut [f64], [low, high]: [usize; 2]) -> f64 {
    let end = cells.len() - high;
    if high > 0 {
        cells.select_nth_unstable_by(end - 1, f64::total_cmp);
    }
    let cells = &mut cells[..end];
    if low > 0 {
        cells.select_nth_unstable_by(low, f64::total_cmp);
    }
    let kept = (end - low) as f64;
    cells[low..].iter().map(|p| p / kept).sum()
}

/// What the greater of the means of two halves is on average, for noise of mean power 1: with `a` and `b`
/// looks in all, `I_{b/(a+b)}(b, a+1) + I_{a/(a+b)}(a, b+1)`. The smaller one is as much below 1.
fn greater_mean(cells: [usize; 2], looks: usize) -> Result<f64> {
    let [a, b] = cells.map(|n| (n * looks) as f64);
    let shares = [b / (a + b), a / (a + b)];
    let [one, _] = incomplete_beta(b, a + 1.0, shares)?;
    let [_, other] = incomplete_beta(b + 1.0, a, shares)?;
    Ok(one + other)
}

/// Mean power over the mean of the powers that are at `places` of `cells` in order, for noise of `looks`
/// looks.
fn order_noise(places: RangeInclusive<usize>, cells: usize, looks: usize) -> Result<f64> {
    let k = looks as f64;
    let count = places.clone().count() as f64;
    let (mut sum, mut quantile) = (0.0, k * *places.start() as f64 / (cells + 1) as f64);
    for place in places {
        // At the means of the order statistics' probabilities.
        let probability = place as f64 / (cells + 1) as f64;
        quantile =
            if looks == 1 { -(-probability).ln_1p() } else { gamma_quantile(k, probability, quantile)? };
        sum += quantile / count;
    }
    Ok(k / check::positive("quantile of the noise", sum)?)
}

/// Mean power over the mean of the geometric mean: `K (Γ(K) / Γ(K + 1/N))^N`.
fn geometric_noise(cells: usize, looks: usize) -> f64 {
    let (n, k) = (cells as f64, looks as f64);
    k * (-n * (ln_gamma_of(k + 1.0 / n) - ln_gamma_of(k))).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cfar::Edge;
    use mmw_core::ndarray::Array2;
    use mmw_core::random::Streams;
    use rand::RngExt;

    /// Noise with steps in range, a ridge at one Doppler bin, strong cells and zeros.
    fn map<T: Real>(shape: [usize; 2], seed: u64, profile: f64) -> Array2<T> {
        let mut rng = Streams::new(seed).stream(0);
        let mut power = Array2::from_shape_fn(shape, |(row, column)| {
            let ridge = if column == shape[1] / 2 { 1e4 } else { 1.0 };
            let noise = -(1.0 - rng.random::<f64>()).ln();
            T::lit(noise * ridge * profile.powi((row / 8) as i32))
        });
        for strong in 1..12 {
            let at = [rng.random_range(0..shape[0]), rng.random_range(0..shape[1])];
            power[at] = T::lit(10_f64.powi(strong));
            power[[at[1] % shape[0], at[0] % shape[1]]] = T::zero();
        }
        power
    }

    fn passed<T: Real + Elementary>(cfar: &Cfar<T>, power: &Array2<T>) -> usize {
        cfar.candidates(cfar.screen.as_ref().unwrap(), power).unwrap().len()
    }

    fn assert_screened<T: Real + Elementary>(config: &CfarConfig, shape: [usize; 2]) -> [usize; 2] {
        let cfar = Cfar::<T>::new(config, shape).unwrap();
        let (mut found, mut kept) = (0, 0);
        for (seed, profile) in [(1, 1.0), (2, 3.0), (3, 0.2)] {
            let power = map::<T>(shape, seed, profile);
            let mut halves = Default::default();
            let cells = power.indexed_iter().map(|((row, column), _)| [row, column]);
            let all: Vec<Detection> =
                cells.map(|index| cfar.judge(&power, index, &mut halves).unwrap()).collect();
            let slow: Vec<Detection> = all.into_iter().filter(|cell| cell.power > cell.threshold).collect();
            assert_eq!(cfar.detect(&power).unwrap(), slow, "{config:?}");
            found += slow.len();
            kept += passed(&cfar, &power);
        }
        [found, kept]
    }

    #[test]
    fn no_cell_above_its_threshold_is_screened_out() {
        let kinds = [
            CfarKind::Go,
            CfarKind::So,
            CfarKind::Os { rank: 0.75 },
            CfarKind::Tm { low: 0.0, high: 0.25 },
            CfarKind::Tm { low: 0.25, high: 0.25 },
            CfarKind::Tm { low: 0.4, high: 0.0 },
            CfarKind::Tm { low: 0.0, high: 0.6 },
            CfarKind::Log,
        ];
        let windows = [([6, 4], [2, 1]), ([8, 0], [2, 0]), ([0, 6], [0, 2]), ([1, 7], [3, 0])];
        for kind in kinds {
            for (window, (train, guard)) in windows.into_iter().enumerate() {
                for edges in [[Edge::Shrink, Edge::Wrap], [Edge::Wrap, Edge::Shrink], [Edge::Shrink; 2]] {
                    let false_alarm_probability = [1e-2, 1e-4][window % 2];
                    let config = CfarConfig {
                        kind,
                        train,
                        guard,
                        edges,
                        false_alarm_probability,
                        ..Default::default()
                    };
                    let [found, _] = assert_screened::<f32>(&config, [45, 33]);
                    assert!(found > 0, "{config:?}");
                    assert_screened::<f64>(&config, [37, 29]);
                }
            }
        }
    }

    #[test]
    fn screens_let_little_of_the_noise_pass() {
        for kind in [CfarKind::Go, CfarKind::So, CfarKind::Tm { low: 0.0, high: 0.25 }] {
            let config = CfarConfig { kind, false_alarm_probability: 1e-3, ..CfarConfig::default() };
            let cfar = Cfar::<f32>::new(&config, [64, 64]).unwrap();
            let power = map::<f32>([64, 64], 4, 1.0);
            let (found, kept) = (cfar.detect(&power).unwrap().len(), passed(&cfar, &power));
            println!("{kind}: {found} of {kept} of {}", power.len());
            assert!(found > 5 && kept < 4 * found + 60, "{kind}: {found} of {kept}");
        }
    }

    #[test]
    fn powers_whose_sums_overflow_are_judged_all_the_same() {
        for kind in [CfarKind::Go, CfarKind::So, CfarKind::Tm { low: 0.0, high: 0.25 }] {
            let config = CfarConfig { kind, ..CfarConfig::default() };
            let cfar = Cfar::<f32>::new(&config, [40, 40]).unwrap();
            let mut power = Array2::from_elem((40, 40), 1e30_f32);
            power[[7, 8]] = f32::MAX;
            let found = cfar.detect(&power).unwrap();
            assert!(found.len() == 1 && found[0].index == [7, 8], "{kind}: {found:?}");
        }
    }
}
