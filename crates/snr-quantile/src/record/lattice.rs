//! Samples on a lattice: what a converter, or a writer that rounds, leaves of them.

use mmw_core::Real;

/// Steps that a lattice spans up to which counts are kept: 13 bits. On a finer one a step is too small to
/// matter.
const PLACES: f64 = 8192.0;
/// How far a sample may lie off its place, over the greatest: rounding of samples in single precision.
const OFF: f64 = 1e-6;
/// The same over the step, of the origin: nearer to a multiple, or to the middle of two, it stands there.
const OFF_STEP: f64 = 1e-3;
/// Samples that are looked at at once.
const CHUNK: usize = 64;

/// What the samples so far are multiples of, counted from the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Unit {
    /// The first sample.
    origin: Option<f64>,
    /// The greatest common divisor of distances from it so far, 0 while there are none; told by the widest.
    unit: f64,
    widest: f64,
    greatest: f64,
}

/// Where a sample stands.
struct Placed {
    /// How many units are where one was before.
    parts: f64,
    /// Units from the origin.
    place: f64,
}

/// Counts of samples that differ by multiples of one unit, whatever they are counted from.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Lattice {
    unit: Unit,
    /// Place of the first count.
    first: i64,
    counts: Vec<u64>,
    spoilt: bool,
}

/// The values that occur: magnitude in the unit of the samples, and count.
pub(crate) struct Cells {
    pub(crate) magnitudes: Vec<f64>,
    pub(crate) counts: Vec<u64>,
    /// Distance of neighbouring values that can occur.
    pub(crate) step: f64,
    /// A value that can occur, at most half a step off zero.
    pub(crate) offset: f64,
}

/// The nearest integer of a ratio far below 2⁵¹, without a call of the library.
fn nearest(ratio: f64) -> f64 {
    const INTEGERS: f64 = 6_755_399_441_055_744.0;
    (ratio + INTEGERS) - INTEGERS
}

/// By Euclid's algorithm; what is below `least` counts as zero. None where it would be below `limit`.
fn common_divisor(a: f64, b: f64, least: f64, limit: f64) -> Option<f64> {
    let (mut a, mut b) = (a.max(b), a.min(b));
    while b > least {
        if b < limit {
            return None;
        }
        (a, b) = (b, (a - b * nearest(a / b)).abs());
    }
    Some(a)
}

/// The least unit of a lattice of some width, less what rounding may do to it.
fn least_unit(width: f64) -> f64 {
    0.999 * width / PLACES
}

impl Unit {
    /// Takes in a sample, if it has a place.
    fn take(&mut self, x: f64) -> Option<Placed> {
        if !x.is_finite() {
            return None;
        }
        let distance = x - *self.origin.get_or_insert(x);
        self.greatest = self.greatest.max(x.abs());
        let is_off = distance.abs() > OFF * self.greatest;
        let parts = if is_off { self.divide(distance.abs())? } else { 1.0 };
        let place = if self.unit > 0.0 { nearest(distance / self.unit) } else { 0.0 };
        (place.abs() <= PLACES).then_some(Placed { parts, place })
    }

    /// Makes the unit a divisor of a distance, if that leaves it large enough: into how many parts.
    fn divide(&mut self, distance: f64) -> Option<f64> {
        let mut parts = 1.0;
        if self.unit == 0.0 {
            (self.unit, self.widest) = (distance, distance);
        }
        let width = self.widest.max(distance);
        // As places run either way, up to twice as many steps as on one side.
        if width.is_infinite() || width > PLACES * self.unit {
            return None;
        }
        if !self.is_multiple(distance) {
            let limit = least_unit(width);
            // What rounding leaves grows by up to the number of steps on the way.
            let least = (OFF * self.greatest).max(0.4 * limit);
            let divisor = common_divisor(self.unit, distance, least, limit)?;
            parts = nearest(self.unit / divisor);
            if width * parts > PLACES * self.unit {
                return None;
            }
            self.unit /= parts;
            if !self.is_multiple(distance) {
                return None;
            }
        }
        if distance > self.widest {
            self.unit = distance / nearest(distance / self.unit);
            self.widest = distance;
        }
        Some(parts)
    }

    /// Within rounding, which the unit carries in proportion to what it was told by.
    fn is_multiple(&self, distance: f64) -> bool {
        let off = distance - self.unit * nearest(distance / self.unit);
        off.abs() <= OFF * self.greatest * (1.0 + distance / self.widest)
    }
}

impl Lattice {
    /// The lattice of a record, if it lies on one.
    pub(crate) fn of<T: Real>(samples: &[T]) -> Option<Self> {
        // Most records are on none, which a few samples tell without a table of counts.
        let mut unit = Unit::default();
        if !samples.iter().take(CHUNK).all(|x| unit.take(x.as_f64()).is_some()) {
            return None;
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
        if !samples.iter().all(|x| self.take(x.as_f64(), 1)) {
            self.spoil();
        }
    }

    fn spoil(&mut self) {
        *self = Self { spoilt: true, ..Self::default() };
    }

    /// Whether a sample has a place.
    fn take(&mut self, x: f64, count: u64) -> bool {
        let Some(Placed { parts, place }) = self.unit.take(x) else { return false };
        if parts > 1.0 {
            self.split(parts);
        }
        self.count(place as i64, count);
        true
    }

    fn count(&mut self, place: i64, count: u64) {
        if place < self.first {
            let more = self.first.abs_diff(place) as usize;
            self.counts.splice(0..0, std::iter::repeat_n(0, more));
            self.first = place;
        }
        let index = self.first.abs_diff(place) as usize;
        if self.counts.len() <= index {
            self.counts.resize(index + 1, 0);
        }
        if let Some(here) = self.counts.get_mut(index) {
            *here += count;
        }
    }

    fn split(&mut self, parts: f64) {
        let old = std::mem::take(&mut self.counts);
        self.counts = vec![0; (old.len().max(1) - 1) * parts as usize + 1];
        self.counts.iter_mut().step_by(parts as usize).zip(old).for_each(|(new, old)| *new = old);
        self.first *= parts as i64;
    }

    /// Places and counts that are not zero.
    fn used(&self) -> impl Iterator<Item = (i64, u64)> {
        self.counts.iter().zip(self.first..).filter(|(count, _)| **count > 0).map(|(n, place)| (place, *n))
    }

    /// Takes in what another one counted.
    pub(crate) fn merge(&mut self, other: &Self) {
        let Unit { origin, unit, greatest, .. } = other.unit;
        let origin = origin.unwrap_or_default();
        let mut used = other.used();
        let fits = !self.spoilt && !other.spoilt && {
            // Rounding of either, before anything is told from the other.
            self.unit.greatest = self.unit.greatest.max(greatest);
            used.all(|(place, count)| self.take(origin + place as f64 * unit, count))
        };
        if !fits {
            self.spoil();
        }
    }

    /// The values, of which two magnitudes at least must occur.
    pub(crate) fn cells(&self) -> Option<Cells> {
        let step = self.unit.unit;
        let origin = self.unit.origin.filter(|_| step > 0.0 && !self.spoilt)?;
        let steps = (origin / step).round();
        let share = origin / step - steps;
        let share = match share.abs() {
            off if off < OFF_STEP => 0.0,
            off if off > 0.5 - OFF_STEP => 0.5_f64.copysign(share),
            _ => share,
        };
        let value = |place: i64| ((place as f64 + steps + share) * step).abs();
        let mut values: Vec<(f64, u64)> = self.used().map(|(place, count)| (value(place), count)).collect();
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        values.dedup_by(|next, kept| {
            let is_same = next.0 - kept.0 < OFF_STEP * step;
            kept.1 += if is_same { next.1 } else { 0 };
            is_same
        });
        let (magnitudes, counts): (Vec<f64>, Vec<u64>) = values.into_iter().unzip();
        (magnitudes.len() > 1).then_some(Cells { magnitudes, counts, step, offset: share * step })
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
        assert!(cells(&[0.0, 1.0, 1e5 + 0.5]).is_none());
        let vast: Vec<f64> = x.iter().map(|x| x * 1e262).chain([2e-185]).collect();
        assert!(cells(&vast).is_none());
        assert!(cells(&[1.7e308, -1.7e308, 1e308]).is_none());
        assert!(cells(&[0.0, f64::INFINITY, 1.0]).is_none() && cells(&[0.0, 1.0, f64::NAN]).is_none());
    }

    #[test]
    fn integers_less_any_number_are_a_lattice_in_either_precision() {
        let integers: Vec<f64> = (0..400).map(|i| f64::from(i * 7919 % 251 - 125)).collect();
        for shift in [0.0, 0.3, -0.123, 17.77, 0.5, 99.9] {
            let x: Vec<f64> = integers.iter().map(|x| 0.01 * (x - shift)).collect();
            let single: Vec<f32> = x.iter().map(|x| *x as f32).collect();
            let single = Lattice::of(&single).and_then(|lattice| lattice.cells()).unwrap();
            for (found, precision) in [(cells(&x).unwrap(), 1e-12), (single, 1e-5)] {
                assert!((found.step / 0.01 - 1.0).abs() < precision, "{shift} {}", found.step);
                let off = (found.offset + 0.01 * shift) / 0.01;
                assert!((off - off.round()).abs() < 1e-3, "{shift} {}", found.offset);
                assert_eq!(found.counts.iter().sum::<u64>(), 400);
            }
        }
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
