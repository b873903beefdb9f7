//! A line in the spectrum: an interferer of one frequency.

use mmw_core::C64;
use mmw_core::fourier::Transform;
use mmw_core::num_complex::Complex;
use std::f64::consts::TAU;

/// The level of the test. A line worth telling stands far above it, so that it need not take from the others:
/// the rate of false alarms of all tests together grows by a fiftieth at most.
pub(crate) const LEVEL: f64 = 2e-4;

/// Samples that are looked at.
const LONGEST: usize = 1 << 18;
/// Frequencies are looked at this much closer than their number of independent ones: half way between two, a
/// line would show two fifths of its power.
const CLOSER: usize = 2;

/// The strongest line of a record about its mean.
pub(crate) struct Line {
    /// Minus the logarithm of the probability that noise alone has one as strong.
    pub(crate) statistic: f64,
    cycles_per_sample: f64,
    amplitude: C64,
}

/// The greatest ordinate of the periodogram, as a share `g` of the sum of the `m` independent ones: in
/// white noise it is exceeded with a probability of `m (1 − g)^(m − 1)` at most [^fisher], and as many times
/// that as frequencies are looked at closer.
///
/// Real samples have half as many ordinates, each twice.
///
/// [^fisher]: R. A. Fisher, "Tests of significance in harmonic analysis", Proceedings of the Royal Society A
///     125 (1929), the first term of his sum.
pub(crate) fn strongest_line(y: &[C64], is_real: bool) -> Line {
    let y = y.get(..y.len().min(LONGEST)).unwrap_or_default();
    let n = y.len() as f64;
    let mean = y.iter().sum::<C64>() / n.max(1.0);
    let mut spectrum: Vec<C64> = y.iter().map(|y| y - mean).collect();
    let power: f64 = spectrum.iter().map(|y| y.norm_sqr()).sum();
    spectrum.resize(CLOSER * y.len(), C64::ZERO);
    Transform::forward(spectrum.len()).process_once(&mut spectrum);
    let range = if is_real { 1..y.len() } else { 1..spectrum.len() };
    let bins = spectrum.iter().enumerate().skip(range.start).take(range.len());
    let (place, line) =
        bins.fold(
            (0, C64::ZERO),
            |best, (place, bin)| {
                if bin.norm_sqr() > best.1.norm_sqr() { (place, *bin) } else { best }
            },
        );
    let share_of_real = if is_real { 0.5 } else { 1.0 };
    let ordinates = ((n - 1.0) * share_of_real).max(1.0);
    let share = line.norm_sqr() / (n * power * share_of_real).max(f64::MIN_POSITIVE);
    let rest = (1.0 - share).max(1e-300).ln();
    Line {
        statistic: -(CLOSER as f64 * ordinates).ln() - (ordinates - 1.0) * rest,
        cycles_per_sample: place as f64 / spectrum.len().max(1) as f64,
        amplitude: line / n.max(1.0) / share_of_real,
    }
}

impl Line {
    /// Takes the line from a record; of real ones the real part.
    pub(crate) fn subtract(&self, y: &[C64]) -> Vec<C64> {
        let at = |k: usize| Complex::from_polar(1.0, TAU * (self.cycles_per_sample * k as f64).fract());
        y.iter().enumerate().map(|(k, y)| y - self.amplitude * at(k)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::random::{Streams, standard_complex_normal};

    #[test]
    fn noise_alone_exceeds_the_statistic_as_seldom_as_it_says() {
        let mut rng = Streams::new(41).stream(0);
        for is_real in [false, true] {
            let over = (0..4000).filter(|_| {
                let noise = |_| standard_complex_normal(&mut rng);
                let mut y: Vec<C64> = (0..100).map(noise).collect();
                y.iter_mut().filter(|_| is_real).for_each(|y| y.im = 0.0);
                strongest_line(&y, is_real).statistic > -(0.05_f64.ln())
            });
            // An upper bound, by a third as half of the closer frequencies go along with their neighbours.
            let share = over.count() as f64 / 4000.0;
            assert!((0.02..0.062).contains(&share), "{is_real} {share}");
        }
    }

    #[test]
    fn a_line_is_found_and_subtracted() {
        for is_real in [false, true] {
            let line = |k: usize| {
                let y = Complex::from_polar(0.3, 0.2 + TAU * 0.137 * k as f64);
                if is_real { C64::new(y.re, 0.0) } else { y }
            };
            let y: Vec<C64> = (0..1000).map(line).collect();
            let found = strongest_line(&y, is_real);
            assert!(found.statistic > 100.0);
            let rest = found.subtract(&y);
            let size = |y: &C64| if is_real { y.re.abs() } else { y.norm() };
            // Less the leakage of the mirrored line.
            assert!(rest.iter().map(size).fold(0.0, f64::max) < 0.01, "{is_real}");
        }
    }
}
