//! `log2 det(I + ρ H Hᴴ)`: the capacity of a MIMO channel, and the log-likelihood ratio of many detectors.
//!
//! The Gram matrix of the shorter side is eliminated as `L D Lᴴ`. Two things keep the digits:
//!
//! - the pivots are kept as `d − 1`, and their product as the product less one, so that a determinant next
//!   to 1 (low signal-to-noise ratio) loses nothing: one `ln(1 + x)` ends the work;
//! - the elimination of pivot `i` cancels `gᵢᵢ/dᵢ`; the sum of these ratios bounds the error, and a matrix
//!   for which it is too great (rank deficient at high ρ) goes through its singular values instead, as does
//!   one whose squares leave the range of `f64`.

#[cfg(target_arch = "x86_64")]
use super::deal::deal_avx512;
use super::deal::{LANES, deal, prefetch};
use super::lanes::{ComplexLanes, Lanes};
use super::scale::{binary_scale, components};
use super::singular;
use crate::simd::Level;
use crate::{C64, Result, by_level, check};
use ndarray::{Array1, ArrayRef2, ArrayRef3, ArrayView2, Axis};
use std::f64::consts::LN_2;

/// Relative error that the elimination may have by its own bound.
const TOLERANCE: f64 = 5e-13;
/// Groups of matrices ahead of the one worked on that are asked for from memory: two hide its latency and,
/// at 8 by 8, take a third of the nearest cache.
const AHEAD: usize = 2;
/// Below this the squares of the entries may have lost digits to underflow.
const SMALLEST_GROWTH: f64 = 1e-280;

/// `log2 det(I + ρ H Hᴴ)` of one matrix `h` of shape `[row, column]`.
///
/// ```text
/// C = log2 det(I + ρ H Hᴴ) = Σᵢ log2(1 + ρ sᵢ²)
/// ```
/// Equation (4) of [^molisch] with `ρ` the signal-to-noise ratio divided by the number of transmit antennas;
/// `sᵢ` are the singular values of `H`. The result is 0 for an empty matrix, a matrix of zeros or
/// `rho = 0`, and never negative. Its relative error is below 1e-12 as long as `H` is known to better
/// precision than its entries are: a singular value below 1e-16 of the greatest is rounding, so the
/// contribution of an exactly lost rank is uncertain once `rho` times the greatest squared singular value
/// passes 1e19. Rows and columns may be exchanged: `det(I + ρ H Hᴴ) = det(I + ρ Hᴴ H)`.
///
/// # Errors
/// [`crate::Error::Domain`] unless `rho` is finite and not below zero; [`crate::Error::NotFinite`] for an
/// entry that is NaN or infinite; [`crate::Error::NoConvergence`] when the singular values of an
/// ill-conditioned matrix do not converge.
///
/// # Examples
/// ```
/// use mmw_core::{C64, linalg::log2_det_i_plus};
/// use ndarray::Array2;
///
/// // Two parallel channels at a signal-to-noise ratio of 3: 2 bit each.
/// let h = Array2::from_diag_elem(2, C64::new(0.0, 1.0));
/// assert!((log2_det_i_plus(3.0, &h)? - 4.0).abs() < 1e-14);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
pub fn log2_det_i_plus(rho: f64, h: &ArrayRef2<C64>) -> Result<f64> {
    check::non_negative("rho", rho)?;
    check::all_finite_complex("h", h)?;
    let (rows, columns) = h.dim();
    let shorter = rows.min(columns);
    if shorter == 0 || rho == 0.0 {
        return Ok(0.0);
    }
    let mut split = vec![ComplexLanes::ZERO; h.len()];
    let contiguous = h.as_standard_layout();
    let entries = contiguous.as_slice().unwrap_or_default();
    let (factor, wide) = (rho.sqrt(), rows == shorter);
    let growth = match shorter {
        1 => growth_fixed::<1, 1>(factor, wide, [entries, &[]], &mut split),
        2 => growth_fixed::<2, 1>(factor, wide, [entries, &[]], &mut split),
        3 => growth_fixed::<3, 1>(factor, wide, [entries, &[]], &mut split),
        4 => growth_fixed::<4, 1>(factor, wide, [entries, &[]], &mut split),
        5 => growth_fixed::<5, 1>(factor, wide, [entries, &[]], &mut split),
        6 => growth_fixed::<6, 1>(factor, wide, [entries, &[]], &mut split),
        7 => growth_fixed::<7, 1>(factor, wide, [entries, &[]], &mut split),
        8 => growth_fixed::<8, 1>(factor, wide, [entries, &[]], &mut split),
        _ => growth_general(factor, h.view()),
    };
    match growth.log2(0) {
        Some(value) => Ok(value),
        None => log2_det_by_singular_values(rho, h.view()),
    }
}

/// [`log2_det_i_plus`] of each matrix of `h`, `[matrix, row, column]`, bit for bit, and several times faster:
/// eight matrices share the registers.
///
/// # Errors
/// As [`log2_det_i_plus`].
///
/// # Examples
/// ```
/// use mmw_core::{C64, linalg::log2_det_i_plus_batch};
/// use ndarray::Array3;
///
/// let h = Array3::from_elem((100, 2, 3), C64::new(1.0, 0.0));
/// let bits = log2_det_i_plus_batch(0.5, &h)?;
/// assert_eq!(bits.len(), 100);
/// assert!((bits[42] - 2.0).abs() < 1e-14); // one singular value, √6: log2(1 + 6/2)
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn log2_det_i_plus_batch(rho: f64, h: &ArrayRef3<C64>) -> Result<Array1<f64>> {
    check::non_negative("rho", rho)?;
    let (matrices, rows, columns) = h.dim();
    let shorter = rows.min(columns);
    if shorter == 0 || rho == 0.0 {
        check::all_finite_complex("h", h)?;
        return Ok(Array1::zeros(matrices));
    }
    match shorter {
        1 => batch::<1>(rho, h),
        2 => batch::<2>(rho, h),
        3 => batch::<3>(rho, h),
        4 => batch::<4>(rho, h),
        5 => batch::<5>(rho, h),
        6 => batch::<6>(rho, h),
        7 => batch::<7>(rho, h),
        8 => batch::<8>(rho, h),
        _ => h.outer_iter().map(|matrix| log2_det_i_plus(rho, &matrix)).collect(),
    }
}

/// Goes through the matrices [`LANES`] at a time. Every entry enters a diagonal element as its square, so an
/// input that is not finite shows as a growth that is not: no pass over the data is spent on the check.
fn batch<const N: usize>(rho: f64, h: &ArrayRef3<C64>) -> Result<Array1<f64>> {
    let (_, rows, columns) = h.dim();
    let size = rows * columns;
    let contiguous = h.as_standard_layout();
    let all = contiguous.as_slice().unwrap_or_default();
    let mut split = vec![ComplexLanes::ZERO; size];
    let mut values = Vec::with_capacity(h.dim().0);
    let level = Level::current();
    for (index, entries) in all.chunks(LANES * size).enumerate() {
        let next = (index + AHEAD) * LANES * size;
        let next = &all[next.min(all.len())..(next + LANES * size).min(all.len())];
        let growth = growth_of_lanes::<N>(level, rho.sqrt(), rows == N, [entries, next], &mut split);
        for lane in 0..entries.len() / size {
            values.push(match growth.log2(lane) {
                Some(value) => value,
                None => {
                    check::all_finite_complex("h", h)?;
                    log2_det_by_singular_values(rho, h.index_axis(Axis(0), index * LANES + lane))?
                }
            });
        }
    }
    Ok(values.into())
}

/// What the elimination finds, a lane for each matrix.
#[derive(Debug, Clone, Copy)]
struct Growth<const W: usize> {
    /// `det(I + G) − 1`.
    growth: Lanes<W>,
    /// `Σ gᵢᵢ/dᵢ`: by how much rounding errors of the Gram matrix grow in the logarithm.
    loss: Lanes<W>,
}

impl<const W: usize> Growth<W> {
    /// The logarithm, unless cancellation, overflow or underflow spoilt it.
    #[inline(always)]
    fn log2(&self, lane: usize) -> Option<f64> {
        let (growth, loss) = (self.growth.0[lane], self.loss.0[lane]);
        let value = growth.ln_1p();
        let in_range = growth.is_finite() && growth >= SMALLEST_GROWTH;
        (in_range && 4.0 * f64::EPSILON * loss <= TOLERANCE * value).then_some(value / LN_2)
    }
}

by_level! {
    /// [`growth_fixed`] for [`LANES`] matrices.
    fn growth_of_lanes<const N: usize>(
        level: Level, factor: f64, wide: bool, entries: [&[C64]; 2], split: &mut [ComplexLanes<LANES>],
    ) -> Growth<LANES> {
        Avx512 => {
            deal_avx512::<N>(factor, wide, entries[0], split);
            eliminate::<N, LANES>(split, entries[1])
        },
        Avx2 => growth_fixed::<N, LANES>(factor, wide, entries, split),
        Portable => growth_fixed::<N, LANES>(factor, wide, entries, split),
    }
}

/// The elimination with the size known to the compiler, which unrolls it. `entries` holds up to `W`
/// row-major matrices, `next` some that come later, `split` has the length of one.
#[inline(always)]
fn growth_fixed<const N: usize, const W: usize>(
    factor: f64,
    wide: bool,
    [entries, next]: [&[C64]; 2],
    split: &mut [ComplexLanes<W>],
) -> Growth<W> {
    deal::<N, W>(factor, wide, entries, split);
    eliminate::<N, W>(split, next)
}

/// The elimination of matrices that have been dealt out into `h`; `next` is asked for on the way, a part with
/// each row, because memory takes only so many requests at once.
#[inline(always)]
#[expect(clippy::needless_range_loop, reason = "rows and columns of one triangle")]
fn eliminate<const N: usize, const W: usize>(h: &[ComplexLanes<W>], next: &[C64]) -> Growth<W> {
    let columns = h.len() / N;
    let mut gram = [[ComplexLanes::ZERO; N]; N];
    let mut diagonal = [Lanes::ZERO; N];
    let part = next.len().div_ceil(N);
    for i in 0..N {
        prefetch(&next[(i * part).min(next.len())..((i + 1) * part).min(next.len())]);
        let row = &h[i * columns..(i + 1) * columns];
        for j in 0..i {
            let other = &h[j * columns..(j + 1) * columns];
            let mut sum = ComplexLanes::ZERO;
            for k in 0..columns {
                sum = sum + row[k].times_conjugate(other[k]);
            }
            gram[i][j] = sum;
        }
        for &z in row {
            diagonal[i] = diagonal[i] + z.power();
        }
    }
    let original = diagonal;
    let (mut growth, mut loss) = (Lanes::ZERO, Lanes::ZERO);
    for k in 0..N {
        let excess = diagonal[k];
        let inverse = Lanes::ONE / (Lanes::ONE + excess);
        growth = growth + excess + growth * excess;
        loss = loss + original[k] * inverse;
        for i in k + 1..N {
            let factor = gram[i][k].scaled(inverse);
            for j in k + 1..i {
                gram[i][j] = gram[i][j] - factor.times_conjugate(gram[j][k]);
            }
            diagonal[i] = diagonal[i] - gram[i][k].power() * inverse;
        }
    }
    Growth { growth, loss }
}

/// The elimination of `factor · h` of any size.
fn growth_general(factor: f64, h: ArrayView2<'_, C64>) -> Growth<1> {
    let h = if h.nrows() <= h.ncols() { h } else { h.reversed_axes() };
    let h = h.mapv(|z| factor * z);
    let (rows, columns) = h.dim();
    let mut gram = vec![C64::ZERO; rows * rows];
    for i in 0..rows {
        for j in 0..=i {
            gram[i * rows + j] = (0..columns).map(|k| h[[i, k]] * h[[j, k]].conj()).sum();
        }
    }
    let original: Vec<f64> = (0..rows).map(|i| gram[i * rows + i].re).collect();
    let (mut growth, mut loss) = (0.0, 0.0);
    for k in 0..rows {
        let excess = gram[k * rows + k].re;
        let inverse = 1.0 / (1.0 + excess);
        growth += excess + growth * excess;
        loss += original[k] * inverse;
        for i in k + 1..rows {
            let factor = gram[i * rows + k] * inverse;
            for j in k + 1..=i {
                let product = factor * gram[j * rows + k].conj();
                gram[i * rows + j] -= product;
            }
        }
    }
    Growth { growth: Lanes([growth]), loss: Lanes([loss]) }
}

/// `Σ log2(1 + ρ s²)`, with every factor of `ρ s²` kept within range.
fn log2_det_by_singular_values(rho: f64, h: ArrayView2<'_, C64>) -> Result<f64> {
    let scale = binary_scale(components(h.iter()));
    let values = singular::scaled_singular_values(&h, scale)?;
    Ok(values.iter().map(|&s| log2_1_plus_square([rho.sqrt(), scale, s])).sum())
}

/// `log2(1 + (abc)²)`, even if the product or its square overflows; the `1` is lost in rounding then.
fn log2_1_plus_square([a, b, c]: [f64; 3]) -> f64 {
    let product = a * (b * c);
    let square = product * product;
    if square < f64::MAX { square.ln_1p() / LN_2 } else { 2.0 * (a.log2() + b.log2() + c.log2()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(growth: Growth<LANES>) -> [[u64; LANES]; 2] {
        [growth.growth.0.map(f64::to_bits), growth.loss.0.map(f64::to_bits)]
    }

    #[test]
    fn every_level_gives_the_bits_of_the_portable_kernel() {
        let part = |i: usize| (i.wrapping_mul(2_654_435_761) % 65_537) as f64 / 32_768.5 - 1.0;
        let entries: Vec<C64> = (0..8 * 72).map(|i| C64::new(part(2 * i), part(2 * i + 1))).collect();
        let (few, next) = (&entries[..5 * 15], &entries[..7]);
        let mut split = vec![ComplexLanes::ZERO; 72];
        let forms =
            [true, false].into_iter().flat_map(|wide| Level::available().map(move |level| (wide, level)));
        for (wide, level) in forms {
            let portable = growth_fixed::<8, LANES>(1.5, wide, [&entries, next], &mut split);
            let found = growth_of_lanes::<8>(level, 1.5, wide, [&entries, next], &mut split);
            assert_eq!(bits(found), bits(portable), "{level}");
            // Fewer matrices than lanes, of a number of entries that four does not divide.
            let portable = growth_fixed::<3, LANES>(0.5, wide, [few, &[]], &mut split[..15]);
            let found = growth_of_lanes::<3>(level, 0.5, wide, [few, &[]], &mut split[..15]);
            assert_eq!(bits(found), bits(portable), "{level}");
        }
    }
}
