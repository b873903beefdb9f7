//! The mean phasor over the chirps, taken from every chirp.

use super::Mti;
use crate::cache_line::split_aligned;
use crate::wide::{Work, widest};
use mmw_core::complex::{interleaved, interleaved_mut};
use mmw_core::ndarray::{ArrayRef3, ArrayView2, ArrayViewMut2, Axis, s};
use mmw_core::num_complex::Complex;
use mmw_core::{Error, Real, Result, check};

/// Takes the mean over the chirps from every chirp.
///
/// ```text
/// RV[i, n] ← RV[i, n] − 1/N Σ_n RV[i, n]
/// ```
/// The source's formula, with sample (or range bin) `i` and chirp `n` of `N`: what stands still has the same
/// phasor in every chirp and vanishes. As the transform over the samples is linear, it does not matter on
/// which side of it the mean is taken.
///
/// # Examples
/// ```
/// use mmw_dsp::mmw_core::C64;
/// use mmw_dsp::mti::{MeanPhasor, Mti};
/// use mmw_dsp::ndarray::Array3;
///
/// // A wall of phasor 3 and a target that turns by half a cycle from chirp to chirp.
/// let mut cube = Array3::from_shape_fn((1, 4, 2), |(_, n, _)| {
///     C64::new(3.0 + if n % 2 == 0 { 1.0 } else { -1.0 }, 0.0)
/// });
/// MeanPhasor.filter_cube(&mut cube)?;
/// assert!(cube.indexed_iter().all(|((_, n, _), z)| z.re == if n % 2 == 0 { 1.0 } else { -1.0 }));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MeanPhasor;

/// Samples whose sums are held at once: 256 pairs of `f64` are 4 KiB on the stack, and 256 samples of 128
/// chirps in `f32` 256 KiB, which the second cache still holds when the mean is taken off. Of 64 to 512 the
/// fastest.
const SAMPLES: usize = 256;

/// Chirps that are added in the cube's own type, as a tree of depth three, before they go into the sum in
/// `f64`: the rounding is that of three additions, however many chirps there are.
const CHIRPS: usize = 8;

impl<T: Real> Mti<T> for MeanPhasor {
    /// # Errors
    /// [`Error::NotFinite`] for NaN or infinity; [`Error::Invalid`] when a sum or a difference overflows.
    fn filter_cube(&mut self, cube: &mut ArrayRef3<Complex<T>>) -> Result<()> {
        let (channels, _, samples) = cube.dim();
        for channel in 0..channels {
            for start in (0..samples).step_by(SAMPLES) {
                let columns = s![channel, .., start..samples.min(start + SAMPLES)];
                let mean = Mean::of(&cube.slice(columns));
                let fits = mean.is_finite() && mean.subtract_from(&mut cube.slice_mut(columns));
                if !fits {
                    check::all_finite_complex("cube", cube)?;
                    return Err(overflow());
                }
            }
        }
        Ok(())
    }
}

/// [`MeanPhasor`] from one cube into another of the same shape, `[channel, chirp, sample]`.
///
/// # Errors
/// [`Error::Shape`] when the shapes differ; [`Error::NotFinite`] for NaN or infinity; [`Error::Invalid`] when
/// a sum or a difference overflows.
///
/// # Examples
/// ```
/// use mmw_dsp::mmw_core::C32;
/// use mmw_dsp::mti::mean_phasor_into;
/// use mmw_dsp::ndarray::Array3;
///
/// let cube = Array3::from_elem((2, 10, 3), C32::new(0.5, -4.0));
/// let mut moving = cube.clone();
/// mean_phasor_into(&cube, &mut moving)?;
/// assert!(moving.iter().all(|z| z.norm() == 0.0));
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn mean_phasor_into<T: Real>(
    cube: &ArrayRef3<Complex<T>>,
    output: &mut ArrayRef3<Complex<T>>,
) -> Result<()> {
    check::same_shape("output", cube.shape(), output.shape())?;
    let (channels, _, samples) = cube.dim();
    for channel in 0..channels {
        for start in (0..samples).step_by(SAMPLES) {
            let columns = s![channel, .., start..samples.min(start + SAMPLES)];
            let (from, mut to) = (cube.slice(columns), output.slice_mut(columns));
            let mean = Mean::of(&from);
            if !(mean.is_finite() && mean.subtract(&from, &mut to)) {
                check::all_finite_complex("cube", cube)?;
                return Err(overflow());
            }
        }
    }
    Ok(())
}

fn overflow() -> Error {
    Error::invalid("cube", "its values are so large that taking the mean overflows")
}

/// The mean over the chirps of up to [`SAMPLES`] samples: real and imaginary parts in turn.
struct Mean<T> {
    values: [T; 2 * SAMPLES],
}

impl<T: Real> Mean<T> {
    /// The mean over the rows of `[chirp, sample]`.
    fn of(columns: &ArrayView2<'_, Complex<T>>) -> Self {
        let mut sums = [0.0_f64; 2 * SAMPLES];
        widest(AddTrees { columns, sums: &mut sums });
        let scale = 1.0 / columns.nrows().max(1) as f64;
        Self { values: sums.map(|sum| T::lit(sum * scale)) }
    }

    fn is_finite(&self) -> bool {
        self.values.iter().all(|x| x.is_finite())
    }

    /// Whether taking it from a finite number may overflow: it must not vanish beside the greatest one.
    fn is_large(&self) -> bool {
        let limit = T::max_value() * T::epsilon() / T::lit(4.0);
        self.values.iter().any(|x| x.abs() > limit)
    }

    /// `rows -= mean`; whether all that came out is finite.
    fn subtract_from(&self, rows: &mut ArrayViewMut2<'_, Complex<T>>) -> bool {
        for mut row in rows.rows_mut() {
            match row.as_slice_mut() {
                Some(row) => interleaved_mut(row).iter_mut().zip(&self.values).for_each(|(x, &m)| *x -= m),
                None => row.iter_mut().zip(self.values.as_chunks().0).for_each(|(z, m)| *z -= phasor(m)),
            }
        }
        !self.is_large() || rows.iter().all(|z| z.re.is_finite() && z.im.is_finite())
    }

    /// `to = from - mean`; whether all that came out is finite.
    fn subtract(&self, from: &ArrayView2<'_, Complex<T>>, to: &mut ArrayViewMut2<'_, Complex<T>>) -> bool {
        widest(Difference { from, mean: &self.values, to });
        !self.is_large() || to.iter().all(|z| z.re.is_finite() && z.im.is_finite())
    }
}

fn phasor<T: Real>(&[re, im]: &[T; 2]) -> Complex<T> {
    Complex::new(re, im)
}

// Each takes all rows at once: a call for each of them would wait until the rows before it are written.

/// Adds all rows to the sums, tree after tree.
struct AddTrees<'a, T> {
    columns: &'a ArrayView2<'a, Complex<T>>,
    sums: &'a mut [f64],
}

impl<T: Real> Work for AddTrees<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { columns, sums } = self;
        for rows in columns.axis_chunks_iter(Axis(0), CHIRPS) {
            let mut slices = [[].as_slice(); CHIRPS];
            for (slice, row) in slices.iter_mut().zip(rows.rows()) {
                *slice = row.to_slice().map_or(&[], interleaved);
            }
            let len = 2 * rows.ncols();
            if slices.iter().all(|slice| slice.len() == len) {
                add_tree(slices.map(|slice| &slice[..len]), &mut sums[..len]);
                continue;
            }
            for row in rows.rows() {
                for (sum, z) in sums.as_chunks_mut::<2>().0.iter_mut().zip(row) {
                    sum[0] += z.re.as_f64();
                    sum[1] += z.im.as_f64();
                }
            }
        }
    }
}

#[inline(always)]
fn add_tree<T: Real>([a, b, c, d, e, f, g, h]: [&[T]; CHIRPS], sums: &mut [f64]) {
    let pairs = a.iter().zip(b).zip(c.iter().zip(d)).zip(e.iter().zip(f).zip(g.iter().zip(h)));
    for (sum, (((&a, &b), (&c, &d)), ((&e, &f), (&g, &h)))) in sums.iter_mut().zip(pairs) {
        *sum += (((a + b) + (c + d)) + ((e + f) + (g + h))).as_f64();
    }
}

/// `to = from - mean` in each row, the cache lines of `to` written whole.
struct Difference<'a, 'b, 'c, T> {
    from: &'a ArrayView2<'b, Complex<T>>,
    mean: &'a [T],
    to: &'a mut ArrayViewMut2<'c, Complex<T>>,
}

impl<T: Real> Work for Difference<'_, '_, '_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { from, mean, to } = self;
        for (from, mut to) in from.rows().into_iter().zip(to.rows_mut()) {
            let (Some(from), Some(to)) = (from.as_slice(), to.as_slice_mut()) else {
                let terms = from.iter().zip(mean.as_chunks().0);
                to.iter_mut().zip(terms).for_each(|(to, (z, m))| *to = z - phasor(m));
                continue;
            };
            let from = interleaved(from);
            let (before, to) = split_aligned(interleaved_mut(to));
            let first = before.len();
            subtract(&from[..first], &mean[..first], before);
            subtract(&from[first..], &mean[first..], to);
        }
    }
}

#[inline(always)]
fn subtract<T: Real>(from: &[T], mean: &[T], to: &mut [T]) {
    for ((to, &x), &m) in to.iter_mut().zip(from).zip(mean) {
        *to = x - m;
    }
}
