//! The white tone near the middle of a patch as a power series in its offset: no product with the whitening
//! is left to do.

use super::sums::{LANES, add};
use crate::wide::{Work, widest};
use mmw_core::C64;

/// A vector of power series.
#[derive(Debug, Clone)]
pub(super) struct Series {
    values: usize,
    /// Real and imaginary parts of all values, of the constant term first; each term filled up to [`LANES`].
    terms: Vec<f64>,
    line: usize,
}

impl Series {
    /// From the terms of all values, the constant ones first.
    pub(super) fn new(values: usize, terms: impl Iterator<Item = Vec<C64>>) -> Self {
        let line = (2 * values).next_multiple_of(LANES);
        let mut all = Vec::new();
        for term in terms {
            all.extend(term.iter().flat_map(|z| [z.re, z.im]));
            all.resize(all.len().next_multiple_of(line), 0.0);
        }
        Self { values, terms: all, line }
    }

    /// Values, first and second derivatives at a real point.
    pub(super) fn at(&self, x: f64, values: &mut [Vec<C64>; 3]) {
        widest(Horner { series: self, x, values });
    }
}

struct Horner<'a> {
    series: &'a Series,
    x: f64,
    values: &'a mut [Vec<C64>; 3],
}

impl Work for Horner<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { series, x, values } = self;
        values.iter_mut().for_each(Vec::clear);
        for start in (0..series.line).step_by(LANES) {
            let mut sums = [[0.0; LANES]; 3];
            for term in series.terms.chunks_exact(series.line).rev() {
                let Some(term) = term[start..].first_chunk::<LANES>() else { return };
                for l in 0..LANES {
                    sums[2][l] = add(sums[1][l], sums[2][l], x);
                    sums[1][l] = add(sums[0][l], sums[1][l], x);
                    sums[0][l] = add(term[l], sums[0][l], x);
                }
            }
            // Half the second derivative is what the scheme yields.
            for ((values, sums), factor) in values.iter_mut().zip(&sums).zip([1.0, 1.0, 2.0]) {
                let (pairs, _) = sums.as_chunks::<2>();
                let left = series.values.saturating_sub(start / 2);
                values.extend(pairs.iter().take(left).map(|[re, im]| C64::new(re * factor, im * factor)));
            }
        }
    }
}
