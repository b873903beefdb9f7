//! Sums over sorted magnitudes, with weights that depend on the rank.

use crate::precise::DoubleDouble;
use mmw_core::by_level;

/// Enough lanes that the compiler vectorises along them.
const LANES: usize = 32;

/// The weights of the quartic's leading coefficient, `P(t) = 35 t⁴ − a t² + b`: exact for integers while `35
/// t⁴` is below 2⁵³.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gram {
    pub(crate) a: f64,
    pub(crate) b: f64,
}

by_level! {
    /// `Σ P(t) y` over consecutive values, `t` counted by twos from `start`, each `y = u² − reference²`; in
    /// floating point, as sorted values have but one order.
    pub(crate) fn quartic_dot(
        level: Level, magnitudes: &[f64], gram: Gram, start: f64, reference: f64
    ) -> DoubleDouble {
        let Gram { a, b } = gram;
        let mut sums = [0.0; LANES];
        let term = |u: f64, t: f64| {
            let t2 = t * t;
            ((35.0 * t2 - a) * t2 + b) * ((u - reference) * (u + reference))
        };
        let (chunks, rest) = magnitudes.as_chunks::<LANES>();
        let offsets: [f64; LANES] = std::array::from_fn(|lane| 2.0 * lane as f64);
        let mut first = start;
        for chunk in chunks {
            for lane in 0..LANES {
                sums[lane] += term(chunk[lane], first + offsets[lane]);
            }
            first += 2.0 * LANES as f64;
        }
        let zero = DoubleDouble::from(0.0);
        let sum = sums.into_iter().fold(zero, |sum, lane| sum.take(lane.into()));
        rest.iter().zip(offsets).fold(sum, |sum, (u, offset)| sum.take(term(*u, first + offset).into()))
    }
}

by_level! {
    /// A sum, and `Σ (start + slope k) r_k` added to it, with `k` from 0: exact but for the rounding of the
    /// weights.
    pub(crate) fn ramp_dot(
        level: Level, values: &[f64], start: f64, slope: f64, sum: DoubleDouble
    ) -> DoubleDouble {
        Avx512 => ramp_dot_by::<true>(values, start, slope, sum),
        Avx2 => ramp_dot_by::<true>(values, start, slope, sum),
        Portable => ramp_dot_by::<false>(values, start, slope, sum),
    }
}

/// `FUSED` makes no difference but in time ([`DoubleDouble::of_product`]).
#[inline(always)]
fn ramp_dot_by<const FUSED: bool>(values: &[f64], start: f64, slope: f64, sum: DoubleDouble) -> DoubleDouble {
    const FEW: usize = 8;
    let term = |r: f64, k: f64| DoubleDouble::of_product::<FUSED>(start + slope * k, r);
    let (chunks, rest) = values.as_chunks::<FEW>();
    let mut lanes = [DoubleDouble::from(0.0); FEW];
    let mut first = 0.0;
    for chunk in chunks {
        for lane in 0..FEW {
            lanes[lane] = lanes[lane].take(term(chunk[lane], first + lane as f64));
        }
        first += FEW as f64;
    }
    let sum = if chunks.is_empty() { sum } else { lanes.into_iter().fold(sum, DoubleDouble::take) };
    rest.iter().zip(0_u32..).fold(sum, |sum, (r, lane)| sum.take(term(*r, first + f64::from(lane))))
}
