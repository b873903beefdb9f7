//! How sharp an image is: width and sidelobes of the response to a point.

use mmw_core::fourier::Transform;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::num_complex::Complex;
use mmw_core::{C64, Error, Real, Result, check};

/// Points between two samples of a cut.
const FINER: usize = 32;
/// Samples beyond each end of the main lobe: interpolation rings where a cut is broken off, and a ripple
/// within the last sample would be taken for a minimum.
const BEYOND: usize = 1;

/// A cut through the image of a point.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct PointResponse {
    /// Place of the peak, in steps of the cut from its first sample.
    pub peak: f64,
    /// Width between the points where the power is half of the peak's, in steps.
    pub width: f64,
    /// Strongest sidelobe over the peak, dB.
    pub peak_sidelobe_db: f64,
    /// Energy outside the main lobe over that within, dB.
    pub integrated_sidelobe_db: f64,
}

mmw_core::checked_serde!(PointResponse { peak, width, peak_sidelobe_db, integrated_sidelobe_db });

impl PointResponse {
    /// Of a cut along one axis, interpolated 32 times by its transform. The main lobe ends at the first
    /// minima beside the peak.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than 4 samples, [`Error::NotFinite`], [`Error::Invalid`] for a cut of
    /// zeros, or one that does not cover the main lobe: both half-power points, both minima and a sample
    /// beyond each of them.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::mmw_core::C64;
    /// use mmw_dsp::ndarray::Array1;
    /// use mmw_dsp::sar::PointResponse;
    /// use std::f64::consts::PI;
    ///
    /// // A band that is filled evenly: sin(x)/x, with its first sidelobe at -13.26 dB.
    /// let cut = Array1::from_shape_fn(256, |i| {
    ///     let x = PI * 0.25 * (i as f64 - 128.3);
    ///     C64::new(x.sin() / x, 0.0)
    /// });
    /// let response = PointResponse::of_cut(&cut)?;
    /// assert!((response.peak - 128.3).abs() < 0.05 && (response.width * 0.25 - 0.886).abs() < 2e-3);
    /// assert!((response.peak_sidelobe_db + 13.26).abs() < 0.05);
    /// # Ok::<(), mmw_dsp::Error>(())
    /// ```
    pub fn of_cut<T: Real>(cut: &ArrayRef1<Complex<T>>) -> Result<Self> {
        check::at_least("cut", cut.len(), 4)?;
        check::all_finite_complex("cut", cut)?;
        let power = finer_power(cut);
        let at = |i: usize| power[i];
        let (top, &most) = power
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .filter(|(_, most)| **most > 0.0)
            .ok_or_else(|| Error::invalid("cut", "holds nothing but zeros"))?;
        let beyond =
            || Error::invalid("cut", "does not cover the main lobe: it must be longer on both sides");
        let left = (1..=top).rev().find(|&i| at(i - 1) >= at(i) && at(i) < 0.5 * most).ok_or_else(beyond)?;
        let right = (top..power.len() - 1).find(|&i| at(i + 1) >= at(i) && at(i) < 0.5 * most);
        let right = right.ok_or_else(beyond)?;
        if left < BEYOND * FINER || power.len() - 1 - right < BEYOND * FINER {
            return Err(beyond());
        }
        // Half power, linear between two fine samples.
        let crossing = |high: usize, low: usize| {
            let share = (at(high) - 0.5 * most) / (at(high) - at(low));
            high as f64 + (low as f64 - high as f64) * share
        };
        let up =
            (left..top).find(|&i| at(i + 1) >= 0.5 * most).map(|i| crossing(i + 1, i)).ok_or_else(beyond)?;
        let down =
            (top..right).find(|&i| at(i + 1) < 0.5 * most).map(|i| crossing(i, i + 1)).ok_or_else(beyond)?;
        let main: f64 = power[left..=right].iter().sum();
        let side: f64 = power[..left].iter().chain(&power[right + 1..]).sum();
        let strongest = power[..left].iter().chain(&power[right + 1..]).fold(0.0_f64, |most, &p| most.max(p));
        // Nothing there at all is 300 dB below.
        let db = |ratio: f64| 10.0 * ratio.max(1e-30).log10();
        Ok(Self {
            peak: top as f64 / FINER as f64,
            width: (down - up) / FINER as f64,
            peak_sidelobe_db: db(strongest / most),
            integrated_sidelobe_db: db(side / main),
        })
    }
}

/// The power of a cut at [`FINER`] times the samples, by its transform with zeros where its
/// spectrum has least.
fn finer_power<T: Real>(cut: &ArrayRef1<Complex<T>>) -> Vec<f64> {
    let n = cut.len();
    let forward = Transform::forward(n);
    let mut samples: Vec<C64> = cut.iter().map(|z| C64::new(z.re.as_f64(), z.im.as_f64())).collect();
    let mut spectrum = samples.clone();
    forward.process_once(&mut spectrum);
    // The band of an image need not lie around zero: its middle is moved there.
    let mean: C64 = (0..n).map(|i| spectrum[(i + 1) % n].norm_sqr() * turn(i + 1, n)).sum();
    let middle = (mean.arg() / std::f64::consts::TAU * n as f64).round().rem_euclid(n as f64) as usize;
    samples.iter_mut().enumerate().for_each(|(i, z)| *z *= turn(i * middle, n).conj());
    // A straight line from the first sample to the last by itself: a jump across the ends would ring.
    let (first, slope) = (samples[0], (samples[n - 1] - samples[0]) / (n - 1) as f64);
    samples.iter_mut().enumerate().for_each(|(i, z)| *z -= first + slope * i as f64);
    forward.process_once(&mut samples);
    let mut fine = vec![C64::default(); FINER * n];
    for offset in 0..n {
        let place = offset as isize - (n / 2) as isize;
        let from = place.rem_euclid(n as isize) as usize;
        let to = place.rem_euclid((FINER * n) as isize) as usize;
        fine[to] = samples[from] / n as f64;
    }
    Transform::inverse(FINER * n).process_once(&mut fine);
    // The last samples interpolate towards the first, across the end.
    fine.truncate(FINER * (n - 1) + 1);
    let line = |i: usize| first + slope * (i as f64 / FINER as f64);
    fine.iter().enumerate().map(|(i, z)| (z + line(i)).norm_sqr()).collect()
}

fn turn(i: usize, n: usize) -> C64 {
    C64::from_polar(1.0, std::f64::consts::TAU * i as f64 / n as f64)
}
