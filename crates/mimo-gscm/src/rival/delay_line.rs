//! The tapped delay line.

use mmw_core::ndarray::{Array2, Array3};
use mmw_core::rand::Rng;
use mmw_core::rand::distr::Distribution;
use mmw_core::{Axis, C64, DataArray3, Error, Result, check};

/// Independent matrices at fixed delays, each drawn from the same spatial model.
///
/// ```text
/// H(τ) = Σₗ √pₗ Hₗ δ(τ − τₗ)
/// ```
/// The tapped delay line of [^bello] with matrices for taps: delay and direction are unrelated, which is what
/// the geometry-based model does better.
///
/// # Examples
/// ```
/// use mimo_gscm::rival::{IidRayleigh, TappedDelayLine};
/// use mmw_core::{Axis, random::Streams};
/// let line = TappedDelayLine::new(vec![0.0, 1e-6], vec![0.5, 0.5], IidRayleigh::new(2, 2)?)?;
/// let taps = line.draw(&mut Streams::new(1).stream(0))?;
/// let h = line.response(&taps, Axis::uniform("frequency", "Hz", 0.0, 1e6, 3)?)?;
/// let wrap = h.data().index_axis(mmw_core::ndarray::Axis(0), 0).to_owned()
///     - h.data().index_axis(mmw_core::ndarray::Axis(0), 1); // one period of the longest delay
/// assert!(wrap.iter().all(|z| z.norm() < 1e-12));
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^bello]: P. A. Bello, "Characterization of randomly time-variant linear channels", IEEE Transactions on
///     Communications Systems 11 (1963).
#[derive(Debug, Clone, PartialEq)]
pub struct TappedDelayLine<S> {
    delays_s: Vec<f64>,
    amplitudes: Vec<f64>,
    spatial: S,
}

impl<S: Distribution<Array2<C64>>> TappedDelayLine<S> {
    /// From delays, s, mean powers, and what draws the matrices.
    ///
    /// # Errors
    /// [`Error::TooFew`] for no taps, [`Error::Shape`] for lists of different lengths, [`Error::Domain`] for
    /// a delay that is not finite or a power that is negative.
    pub fn new(delays_s: Vec<f64>, powers: Vec<f64>, spatial: S) -> Result<Self> {
        check::at_least("delays_s", delays_s.len(), 1)?;
        check::same_len("powers", delays_s.len(), powers.len())?;
        for &delay_s in &delays_s {
            check::in_range("delay_s", delay_s, -1e6, 1e6)?;
        }
        for &power in &powers {
            check::non_negative("power of a tap", power)?;
        }
        Ok(Self { delays_s, amplitudes: powers.iter().map(|power| power.sqrt()).collect(), spatial })
    }

    /// One draw of all taps, `[tap, rx, tx]`.
    ///
    /// # Errors
    /// [`Error::Shape`] if the spatial model draws matrices of changing shape.
    pub fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> Result<Array3<C64>> {
        let mut taps: Option<Array3<C64>> = None;
        for (index, &amplitude) in self.amplitudes.iter().enumerate() {
            let matrix = self.spatial.sample(rng);
            let (rows, columns) = matrix.dim();
            let all = taps.get_or_insert_with(|| Array3::zeros((self.delays_s.len(), rows, columns)));
            let mut place = all.index_axis_mut(mmw_core::ndarray::Axis(0), index);
            check::same_shape("matrix of a tap", place.shape(), matrix.shape())?;
            place.assign(&matrix.mapv(|z| z * amplitude));
        }
        taps.ok_or_else(|| Error::too_few("delays_s", 1, 0))
    }

    /// The transfer matrices of drawn taps, `[frequency, rx, tx]`.
    ///
    /// # Errors
    /// [`Error::Shape`] unless there is a matrix for each delay; [`Error::Domain`] for a frequency beyond
    /// 1e15 Hz.
    pub fn response(&self, taps: &Array3<C64>, offsets_hz: Axis) -> Result<DataArray3<C64>> {
        let (count, rows, columns) = taps.dim();
        check::same_len("taps", self.delays_s.len(), count)?;
        check::all_finite_complex("taps", taps)?;
        let mut data = Array3::zeros((offsets_hz.len(), rows, columns));
        for (frequency, mut matrix) in offsets_hz.iter().zip(data.outer_iter_mut()) {
            check::in_range("frequency", frequency, -1e15, 1e15)?;
            for (delay_s, tap) in self.delays_s.iter().zip(taps.outer_iter()) {
                matrix.scaled_add(crate::phasor::phasor(-frequency * delay_s), &tap);
            }
        }
        let axes = vec![offsets_hz, Axis::index("rx", rows), Axis::index("tx", columns)];
        DataArray3::new("transfer", "", data, axes)
    }
}
