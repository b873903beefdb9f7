//! All pairs of directions of a grid: the one that explains a snapshot best.

use crate::wide::{Work, widest};
use mmw_core::C64;
use std::ops::Range;

/// Cells that look so much alike are neighbours, or lobes of one target, and no pair.
const MAX_OVERLAP: f64 = 0.98;

/// All pairs of cells `i < j`, those of one `j` in a row: `a_iᴴ a_j / M` and `1 / M (1 − |a_iᴴ a_j / M|²)`,
/// zero where the two look alike.
#[derive(Debug, Clone, Default)]
pub(super) struct Pairs {
    re: Vec<f64>,
    im: Vec<f64>,
    scale: Vec<f64>,
}

impl Pairs {
    pub(super) fn new(responses: &[C64], len: usize) -> Self {
        let cells: Vec<&[C64]> = responses.chunks_exact(len.max(1)).collect();
        let mut all = Self::default();
        for (j, b) in cells.iter().enumerate() {
            for a in &cells[..j] {
                let overlap = a.iter().zip(*b).map(|(a, b)| a.conj() * b).sum::<C64>() / len as f64;
                let own = if overlap.norm() < MAX_OVERLAP { 1.0 - overlap.norm_sqr() } else { f64::INFINITY };
                all.re.push(overlap.re);
                all.im.push(overlap.im);
                all.scale.push(1.0 / (len as f64 * own));
            }
        }
        all
    }

    /// The pair that explains most of a snapshot, by its beams `a_iᴴ x`.
    pub(super) fn best(&self, beams: &[C64]) -> Option<[usize; 2]> {
        widest(BestPair { beams, pairs: self })
    }

    fn row(&self, range: Range<usize>) -> Option<[&[f64]; 3]> {
        Some([self.re.get(range.clone())?, self.im.get(range.clone())?, self.scale.get(range)?])
    }
}

/// The pair that explains most, `|p|² + |q|² − 2 Re p* o q` over its scale for beams `p`, `q` and the
/// overlap `o`.
struct BestPair<'a> {
    beams: &'a [C64],
    pairs: &'a Pairs,
}

impl Work for BestPair<'_> {
    type Output = Option<[usize; 2]>;

    #[inline(always)]
    fn run(self) -> Option<[usize; 2]> {
        const LANES: usize = 8;
        let (p_re, p_im): (Vec<f64>, Vec<f64>) = self.beams.iter().map(|z| (z.re, z.im)).unzip();
        let mut row = vec![0.0; self.beams.len()];
        let (mut best, mut start) = ((0.0, None), 0);
        for (j, q) in self.beams.iter().enumerate() {
            let end = start + j;
            let [re, im, scale] = self.pairs.row(start..end)?;
            let (p_re, p_im, row) = (&p_re[..j], &p_im[..j], &mut row[..j]);
            let power = q.norm_sqr();
            for i in 0..j {
                let (turned_re, turned_im) = (re[i] * q.re - im[i] * q.im, re[i] * q.im + im[i] * q.re);
                let shared = p_re[i] * turned_re + p_im[i] * turned_im;
                let own = p_re[i] * p_re[i] + p_im[i] * p_im[i];
                row[i] = (own + power - 2.0 * shared) * scale[i];
            }
            let mut most = [0.0_f64; LANES];
            for values in row.chunks(LANES) {
                for (most, &value) in most.iter_mut().zip(values) {
                    *most = if value > *most { value } else { *most };
                }
            }
            let most = most.iter().fold(0.0_f64, |a, &b| a.max(b));
            if most > best.0 {
                best = (most, row.iter().position(|&value| value == most).map(|i| [i, j]));
            }
            start = end;
        }
        best.1
    }
}
