//! Whether a network could be of passive and reciprocal parts.

use super::sweep::NPort;
use crate::network::Waves;
use mmw_core::ndarray::ArrayRef2;
use mmw_core::{C64, Error, Result, linalg};

/// How far a network is from passive and from reciprocal, at its worst frequencies.
///
/// # Examples
/// ```
/// use linkbudget::network::{Network, Part, PartKind};
/// use linkbudget::ndarray::array;
/// let pad = Network::new(vec![Part::new(PartKind::SeriesR, 50.0)])?.n_port(&array![60e9], 50.0, 50.0)?;
/// let health = pad.health()?;
/// // What comes in at both ports at once and in phase comes out whole.
/// assert!((health.largest_gain - 1.0).abs() < 1e-15);
/// assert!(health.is_passive(1e-9) && health.is_reciprocal(1e-9));
/// # Ok::<(), linkbudget::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Health {
    /// The largest singular value of `S`: the square root of the largest ratio of power out to power in.
    pub largest_gain: f64,
    /// Where that is, Hz.
    pub largest_gain_hz: f64,
    /// The largest `|Sij − Sji|`.
    pub asymmetry: f64,
    /// Where that is, Hz.
    pub asymmetry_hz: f64,
}

mmw_core::checked_serde!(Health { largest_gain, largest_gain_hz, asymmetry, asymmetry_hz });

impl Health {
    /// Whether no more power comes out than goes in, within a tolerance of the wave.
    #[must_use]
    pub fn is_passive(&self, tolerance: f64) -> bool {
        self.largest_gain <= 1.0 + tolerance
    }

    /// Whether transmission is the same both ways, within a tolerance of the wave.
    #[must_use]
    pub fn is_reciprocal(&self, tolerance: f64) -> bool {
        self.asymmetry <= tolerance
    }
}

impl NPort {
    /// The worst of passivity and reciprocity over all frequencies.
    ///
    /// # Errors
    /// [`Error::Invalid`] for other than power waves at complex impedances, whose squares are no powers:
    /// renormalise.
    pub fn health(&self) -> Result<Health> {
        if self.waves() != Waves::Power && self.references().ohm().iter().any(|z| z.im != 0.0) {
            let reason = format!(
                "{} waves at complex impedances carry no power apart: renormalise first",
                self.waves()
            );
            return Err(Error::invalid("waves", reason));
        }
        let mut health =
            Health { largest_gain: 0.0, largest_gain_hz: 0.0, asymmetry: 0.0, asymmetry_hz: 0.0 };
        for (matrix, &frequency_hz) in self.s().outer_iter().zip(self.frequencies_hz()) {
            if let Some(gain) = greater_gain(&matrix, health.largest_gain)? {
                (health.largest_gain, health.largest_gain_hz) = (gain, frequency_hz);
            }
            let asymmetry = greater_asymmetry(&matrix, health.asymmetry);
            if asymmetry > health.asymmetry {
                (health.asymmetry, health.asymmetry_hz) = (asymmetry, frequency_hz);
            }
        }
        Ok(health)
    }
}

/// The largest singular value, where it is greater than a gain.
fn greater_gain(matrix: &ArrayRef2<C64>, gain: f64) -> Result<Option<f64>> {
    let largest = match two_ports_gain(matrix) {
        Some(largest) => largest,
        None if is_below(matrix, gain) => return Ok(None),
        None => linalg::singular_values(matrix)?.iter().fold(0.0, |a: f64, &b| a.max(b)),
    };
    Ok(Some(largest).filter(|largest| *largest > gain))
}

/// The largest singular value of two ports, that of the Gram matrix of the rows `a` and `b`.
///
/// ```text
/// σ² = (|a|² + |b|²)/2 + √(((|a|² − |b|²)/2)² + |a · b*|²)
/// ```
/// No term cancels. `None` for other networks, and where squares are beyond the range of numbers.
fn two_ports_gain(matrix: &ArrayRef2<C64>) -> Option<f64> {
    let [a, b, c, d] = *matrix.as_slice()?.first_chunk().filter(|_| matrix.dim() == (2, 2))?;
    let (p, q) = (a.norm_sqr() + b.norm_sqr(), c.norm_sqr() + d.norm_sqr());
    let cross = (a * c.conj() + b * d.conj()).norm_sqr();
    let half = 0.5 * (p - q);
    let square = 0.5 * (p + q) + (half * half + cross).sqrt();
    // The square of the square is what leaves the range first.
    (1e-140..1e140).contains(&square).then(|| square.sqrt())
}

/// Whether the largest singular value is below a gain for sure: it is no more than the root of the sum of all
/// squares.
fn is_below(matrix: &ArrayRef2<C64>, gain: f64) -> bool {
    const SURE: f64 = 1.0 - 1e-12;
    let squares: f64 = matrix.iter().map(|s| s.norm_sqr()).sum();
    squares > 1e-140 && squares < SURE * gain * gain
}

/// The greatest `|Sij − Sji|`, if it is more than one that was found; at most that one if it is not.
fn greater_asymmetry(matrix: &ArrayRef2<C64>, found: f64) -> f64 {
    let mut greatest = found;
    for i in 1..matrix.nrows() {
        for j in 0..i {
            let difference = matrix[[i, j]] - matrix[[j, i]];
            // No size is more than √2 of the greater part.
            if 1.5 * difference.re.abs().max(difference.im.abs()) > greatest {
                greatest = greatest.max(difference.norm());
            }
        }
    }
    greatest
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::ndarray::Array2;
    use mmw_core::random::{Streams, standard_complex_normal};

    #[test]
    fn gain_is_the_largest_singular_value_at_any_size() {
        let mut rng = Streams::new(16).stream(0);
        for ports in [1, 2, 3, 5] {
            for scale in [1.0, 1e-3, 1e-160, 1e160, 0.0] {
                let matrix = Array2::from_shape_fn((ports, ports), |_| standard_complex_normal(&mut rng));
                let matrix = matrix.mapv(|s| s * scale);
                let largest =
                    linalg::singular_values(&matrix).unwrap().iter().fold(0.0, |a: f64, b| a.max(*b));
                let found = greater_gain(&matrix, 0.0).unwrap().unwrap_or(0.0);
                assert!((found - largest).abs() <= 1e-14 * largest, "{ports} {scale}: {found} {largest}");
                let above = greater_gain(&matrix, largest * (1.0 + 1e-13)).unwrap();
                assert_eq!(above, None, "{ports} {scale}");
                let below = greater_gain(&matrix, largest * (1.0 - 1e-13)).unwrap();
                assert_eq!(below.is_some(), largest > 0.0, "{ports} {scale}");
            }
        }
    }

    #[test]
    fn a_lossless_network_gains_nothing_and_a_turned_entry_is_no_symmetry() {
        let turn = C64::from_polar(1.0, 0.7);
        let lossless = mmw_core::ndarray::array![
            [0.6 * turn, C64::i() * 0.8 * turn],
            [C64::i() * 0.8 * turn, 0.6 * turn]
        ];
        assert!((two_ports_gain(&lossless).unwrap() - 1.0).abs() < 1e-15);
        assert_eq!(greater_asymmetry(&lossless, 0.0), 0.0);
        let mut turned = lossless;
        turned[[0, 1]] *= C64::from_polar(1.0, 0.01);
        assert!((greater_asymmetry(&turned, 0.0) - 1.6 * 0.005_f64.sin()).abs() < 1e-15);
        assert_eq!(greater_asymmetry(&turned, 0.1), 0.1);
    }
}
