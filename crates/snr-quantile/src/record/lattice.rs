//! Samples on a lattice: what a converter, or a writer that rounds, leaves of them.

use mmw_core::Real;

/// Places of a lattice up to which counts are kept: 12 bits and a sign. On a finer one a step is too small to
/// matter.
const PLACES: f64 = 4096.0;
/// How far a sample may lie off its place, over the greatest: rounding of samples in single precision.
const OFF: f64 = 1e-6;
/// Samples that are looked at at once.
const CHUNK: usize = 64;

/// Counts of magnitudes that are multiples of one unit.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Lattice {
    /// The greatest common divisor so far, 0 while all samples are zero.
    unit: f64,
    greatest: f64,
    counts: Vec<u64>,
    spoilt: bool,
}

/// The values that occur: magnitude in the unit of the samples, and count.
pub(crate) struct Cells {
    pub(crate) magnitudes: Vec<f64>,
    pub(crate) counts: Vec<u64>,
    /// Distance of neighbouring values that can occur.
    pub(crate) step: f64,
}

/// By Euclid's algorithm; what is below `least` counts as zero. None where it would be below `limit`.
fn common_divisor(a: f64, b: f64, least: f64, limit: f64) -> Option<f64> {
    let (mut a, mut b) = (a.max(b), a.min(b));
    while b > least {
        if b < limit {
            return None;
        }
        (a, b) = (b, (a - b * (a / b).round()).abs());
    }
    Some(a)
}

/// The least unit of a lattice that reaches up to `greatest`, less what rounding may do to it.
fn least_unit(greatest: f64) -> f64 {
    0.999 * greatest / PLACES
}

impl Lattice {
    /// The lattice of a record, if it lies on one.
    pub(crate) fn of<T: Real>(samples: &[T]) -> Option<Self> {
        // Most records are on none, which two samples tell without a table of counts.
        if let Some(pair) = samples.first_chunk::<2>() {
            let [a, b] = pair.map(|x| x.as_f64().abs());
            common_divisor(a, b, OFF * a.max(b), least_unit(a.max(b)))?;
        }
        let mut lattice = Self::default();
        for chunk in samples.chunks(CHUNK) {
            lattice.push(chunk);
            if lattice.spoilt {
                return None;
            }
        }
        Some(lattice)
    }

    /// Takes in finite samples.
    pub(crate) fn push<T: Real>(&mut self, samples: &[T]) {
        if self.spoilt {
            return;
        }
        if !samples.iter().all(|x| self.take(x.as_f64().abs(), 1)) {
            self.spoil();
        }
    }

    fn spoil(&mut self) {
        *self = Self { spoilt: true, ..Self::default() };
    }

    /// Whether a magnitude has a place.
    fn take(&mut self, x: f64, count: u64) -> bool {
        self.greatest = self.greatest.max(x);
        if x > 0.0 && !self.divide(x) {
            return false;
        }
        let index = if x > 0.0 { (x / self.unit).round() as usize } else { 0 };
        if self.counts.len() <= index {
            self.counts.resize(index + 1, 0);
        }
        self.counts.get_mut(index).map(|place| *place += count).is_some()
    }

    /// Makes the unit a divisor of `x`, if that leaves it large enough.
    fn divide(&mut self, x: f64) -> bool {
        if self.unit == 0.0 {
            self.unit = x;
        }
        if self.greatest > PLACES * self.unit {
            return false;
        }
        let least = OFF * self.greatest;
        let index = (x / self.unit).round();
        if (x - index * self.unit).abs() > least {
            let Some(divisor) = common_divisor(self.unit, x, least, least_unit(self.greatest)) else {
                return false;
            };
            let parts = (self.unit / divisor).round();
            if self.greatest * parts > PLACES * self.unit {
                return false;
            }
            let old = std::mem::take(&mut self.counts);
            self.counts = vec![0; (old.len().max(1) - 1) * parts as usize + 1];
            self.counts.iter_mut().step_by(parts as usize).zip(old).for_each(|(new, old)| *new = old);
            self.unit /= parts;
        }
        true
    }

    /// Takes in what another one counted.
    pub(crate) fn merge(&mut self, other: &Self) {
        let fits = !self.spoilt && !other.spoilt && {
            let mut counts = other.counts.iter().enumerate().filter(|(_, count)| **count > 0);
            counts.all(|(index, count)| self.take(index as f64 * other.unit, *count))
        };
        match fits {
            true => self.greatest = self.greatest.max(other.greatest),
            false => self.spoil(),
        }
    }

    /// The values, of which two at least must occur. The unit is told by the greatest, whatever the order.
    ///
    /// Where all places are odd, values stand half a step off zero, and no other can occur between two.
    pub(crate) fn cells(&self) -> Option<Cells> {
        let places = self.counts.len().checked_sub(1).filter(|places| *places > 0 && !self.spoilt)?;
        let unit = self.greatest / places as f64;
        let is_odd = self.counts.iter().step_by(2).all(|count| *count == 0);
        let used = || self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        Some(Cells {
            magnitudes: used().map(|(place, _)| place as f64 * unit).collect(),
            counts: used().map(|(_, count)| *count).collect(),
            step: if is_odd { 2.0 * unit } else { unit },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(x: &[f64]) -> Option<Cells> {
        Lattice::of(x).and_then(|lattice| lattice.cells())
    }

    #[test]
    fn the_step_is_found_at_any_scale_and_phase() {
        let integers: Vec<f64> = (0..400).map(|i| f64::from(i * 7919 % 251 - 125)).collect();
        for scale in [1.0, 0.1, 1.0 / 128.0, 3e-7, 1e200] {
            let x: Vec<f64> = integers.iter().map(|x| x * scale).collect();
            assert!((cells(&x).unwrap().step / scale - 1.0).abs() < 1e-12, "{scale}");
            let between: Vec<f64> = integers.iter().map(|x| (x + 0.5) * scale).collect();
            assert!((cells(&between).unwrap().step / scale - 1.0).abs() < 1e-12, "{scale}");
        }
        let thirds: Vec<f64> = integers.iter().map(|x| x * 3.0).collect();
        assert!((cells(&thirds).unwrap().step - 3.0).abs() < 1e-12);
    }

    #[test]
    fn numbers_of_no_lattice_are_told_at_once() {
        let x: Vec<f64> = (1..100).map(|i| f64::from(i).sqrt()).collect();
        assert!(cells(&x).is_none() && cells(&[0.0, 0.0]).is_none());
        assert!(cells(&[1.0, 1e5 + 0.5]).is_none());
        assert!(cells(&[2e-185, 3e262]).is_none() && cells(&[3e262, 2e-185, 1e262]).is_some());
    }

    #[test]
    fn parts_merge_to_the_whole() {
        let x: Vec<f64> = (0..400).map(|i| f64::from(i * 7919 % 61 - 30) * 0.25).collect();
        let whole = Lattice::of(&x).unwrap().cells().unwrap();
        let (first, second) = x.split_at(37);
        let mut merged = Lattice::of(first).unwrap();
        merged.merge(&Lattice::of(second).unwrap());
        let merged = merged.cells().unwrap();
        assert_eq!((merged.counts, merged.magnitudes), (whole.counts, whole.magnitudes));
        assert_eq!(merged.step, 0.25);
    }
}
