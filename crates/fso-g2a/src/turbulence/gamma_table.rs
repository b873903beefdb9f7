//! Gamma samples by inversion: the quantile function as a table of polynomials.

use mmw_core::special::unchecked::{incomplete_gamma, incomplete_gamma_kernel};

/// Cells per octave of the probability, as a power of two.
const CELL_BITS: u32 = 3;
/// Octaves below 1/2 that are tabulated; a sample in 2^20 falls below and is solved for.
const OCTAVES: u32 = 20;
const CELLS: usize = (OCTAVES << CELL_BITS) as usize;
/// Bits of a mantissa that tell the place within a cell.
const PLACE_BITS: u32 = 52 - CELL_BITS;
/// The cell number of the least tabulated probability, 2^−21, among those of all `f64`.
const FIRST_CELL: u64 = ((1023 - 1 - OCTAVES) as u64) << CELL_BITS;
/// Shapes whose cells are narrow enough, and whose quantiles are quick enough to solve for.
const SHAPES: std::ops::RangeInclusive<f64> = 0.2..=1e4;

/// The quantile function of a gamma variable of mean 1, for samples by inversion.
///
/// ```text
/// x = P⁻¹(a, p)/a   for a uniform p of 53 bits, from its nearer end: p or 1 − p
/// ```
/// A cell is an eighth of an octave of the probability that lies beyond the sample, lower or upper, so both
/// tails are as fine as the middle. In a cell the quantile is the polynomial of degree 5 with the right
/// value, slope and curvature at both ends (Hermite's); for the shapes allowed the probability of its value
/// is off by at most 4e-8 of itself, which a simulation sees after 1e15 draws. One word of random bits makes
/// one sample, without rejection: a few nanoseconds, whatever the shape.
#[derive(Debug, Clone)]
pub(crate) struct GammaTable {
    shape: f64,
    lower: Box<[[f64; 6]; CELLS]>,
    upper: Box<[[f64; 6]; CELLS]>,
    /// `P⁻¹` at the ends of the table, whence rarer samples are solved for.
    ends: [f64; 2],
}

impl GammaTable {
    /// Nothing for a shape outside 0.2 to 1e4.
    pub(crate) fn new(shape: f64) -> Option<Self> {
        if !SHAPES.contains(&shape) {
            return None;
        }
        let third = 1.0 - 1.0 / (9.0 * shape);
        let median = solve(shape, 0.5, Side::Lower, shape * third * third * third)?;
        let (lower, least) = cells(shape, Side::Lower, median)?;
        let (upper, greatest) = cells(shape, Side::Upper, median)?;
        Some(Self { shape, lower, upper, ends: [least, greatest] })
    }

    /// The sample that belongs to 64 random bits: one for the side, 52 for the probability beyond.
    #[inline(always)]
    pub(crate) fn sample(&self, word: u64) -> f64 {
        // Odd multiples of 2^−54: never 0, never 1/2.
        let beyond = (((word << 1) >> 12) as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0);
        let bits = beyond.to_bits();
        let cell = (bits >> PLACE_BITS).wrapping_sub(FIRST_CELL) as usize;
        let side = if word >> 63 == 0 { &self.lower } else { &self.upper };
        let Some(c) = side.get(cell) else { return self.rare(word >> 63 == 0, beyond) };
        let place = bits & ((1 << PLACE_BITS) - 1);
        let t = f64::from_bits((1023 << 52) | (place << CELL_BITS)) - 1.0;
        let square = t * t;
        (c[0] + c[1] * t) + square * ((c[2] + c[3] * t) + square * (c[4] + c[5] * t))
    }

    #[cold]
    fn rare(&self, lower: bool, beyond: f64) -> f64 {
        let [least, greatest] = self.ends;
        let (side, start) = if lower { (Side::Lower, least) } else { (Side::Upper, greatest) };
        solve(self.shape, beyond, side, start).unwrap_or(start) / self.shape
    }
}

/// Which of `P` and `Q` is given.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    Lower,
    Upper,
}

/// The polynomials of one side, and the quantile at their far end.
fn cells(shape: f64, side: Side, median: f64) -> Option<(Box<[[f64; 6]; CELLS]>, f64)> {
    let mut table = Box::new([[0.0; 6]; CELLS]);
    let per_octave = 1 << CELL_BITS;
    let mut near = Knot::at(shape, side, median);
    for (cell, c) in table.iter_mut().enumerate().rev() {
        let octave = (cell >> CELL_BITS) as i32 - OCTAVES as i32 - 1;
        let width = 2.0_f64.powi(octave - CELL_BITS as i32);
        let far_p = (cell % per_octave + per_octave) as f64 * width;
        let far = Knot::at(shape, side, solve(shape, far_p, side, near.towards(-width))?);
        *c = hermite(&far, &near, width).map(|c| c / shape);
        near = far;
    }
    Some((table, near.x))
}

/// A quantile with its first two derivatives by the probability beyond it.
struct Knot {
    x: f64,
    slope: f64,
    curvature: f64,
}

impl Knot {
    /// `dx/dp = 1/f` and `d²x/dp² = −f′/f³` with `f′/f = (a − 1)/x − 1`; on the upper side the slope
    /// changes sign.
    fn at(shape: f64, side: Side, x: f64) -> Self {
        let inverse = x / incomplete_gamma_kernel(shape, x);
        let slope = if side == Side::Lower { inverse } else { -inverse };
        Self { x, slope, curvature: (1.0 - (shape - 1.0) / x) * inverse * inverse }
    }

    /// The quantile at a neighbouring probability, nearly.
    fn towards(&self, step: f64) -> f64 {
        let guess = self.x + step * (self.slope + 0.5 * step * self.curvature);
        if guess > 0.2 * self.x && guess < 5.0 * self.x { guess } else { self.x }
    }
}

/// Coefficients in `t`, 0 at `far` and 1 at `near`.
fn hermite(far: &Knot, near: &Knot, width: f64) -> [f64; 6] {
    let (slope, bend) = (far.slope * width, far.curvature * width * width);
    let value = near.x - far.x - slope - 0.5 * bend;
    let rise = near.slope * width - slope - bend;
    let change = near.curvature * width * width - bend;
    [
        far.x,
        slope,
        0.5 * bend,
        10.0 * value - 4.0 * rise + 0.5 * change,
        -15.0 * value + 7.0 * rise - change,
        6.0 * value - 3.0 * rise + 0.5 * change,
    ]
}

/// The `x` with `P(a, x)` or `Q(a, x)` as given: Newton's method on its logarithm in `ln x`,
/// which is concave.
fn solve(shape: f64, probability: f64, side: Side, start: f64) -> Option<f64> {
    let mut x = start;
    for _ in 0..60 {
        let (lower, upper) = incomplete_gamma(shape, x).ok()?;
        let kernel = incomplete_gamma_kernel(shape, x);
        let step = match side {
            Side::Lower => (probability / lower).ln() * lower / kernel,
            Side::Upper => (upper / probability).ln() * upper / kernel,
        };
        // Convergence is quadratic: after a step of 1e-7 the next is below rounding.
        x *= step.clamp(-20.0, 20.0).exp();
        if !(x.is_normal() && step.is_finite()) {
            return None;
        }
        if step.abs() < 1e-7 {
            return Some(x);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::rand::Rng;
    use mmw_core::random::{Streams, XoshiroLanes};

    #[test]
    fn the_probability_of_a_tabulated_quantile_is_that_of_its_word() {
        for shape in [0.2, 0.5, 1.0, 1.7, 4.0, 30.5, 1e3, 1e4] {
            let table = GammaTable::new(shape).unwrap();
            let mut worst = 0.0_f64;
            for k in 0..4000_u64 {
                // Octave by octave, rare samples included, at places that do not repeat.
                let bits = (k.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 1) >> (k % 24);
                let beyond = (((bits << 1) >> 12) as f64 + 0.5) * 2.0_f64.powi(-53);
                let lower = incomplete_gamma(shape, table.sample(bits) * shape).unwrap().0;
                let upper = incomplete_gamma(shape, table.sample(bits | 1 << 63) * shape).unwrap().1;
                worst = worst.max((lower / beyond - 1.0).abs()).max((upper / beyond - 1.0).abs());
            }
            println!("{shape} {worst:e}");
            assert!(worst < 4e-8, "{shape} {worst:e}");
        }
        assert!(GammaTable::new(0.1).is_none() && GammaTable::new(1e6).is_none());
    }

    /// Kolmogorov and Smirnov's statistic over 64 quantiles that are solved for, not tabulated.
    #[test]
    fn twenty_million_samples_follow_the_gamma_law() {
        const DRAWS: usize = 20_000_000;
        for (seed, shape) in [0.5, 1.7, 4.0].into_iter().enumerate() {
            let table = GammaTable::new(shape).unwrap();
            let edges: [f64; 63] = std::array::from_fn(|k| {
                solve(shape, (k + 1) as f64 / 64.0, Side::Lower, shape).unwrap() / shape
            });
            let mut lanes = XoshiroLanes::<8>::from_rng(&mut Streams::new(seed as u64).stream(0));
            let (mut bytes, mut counts) = ([0_u8; 8000], [0_u64; 64]);
            for _ in 0..DRAWS / 1000 {
                lanes.fill_bytes(&mut bytes);
                for word in bytes.as_chunks::<8>().0 {
                    let x = table.sample(u64::from_le_bytes(*word));
                    counts[edges.partition_point(|&edge| edge < x)] += 1;
                }
            }
            let (mut below, mut worst) = (0, 0.0_f64);
            for (k, count) in counts.iter().enumerate() {
                below += count;
                worst = worst.max((below as f64 / DRAWS as f64 - (k + 1) as f64 / 64.0).abs());
            }
            // Exceeded once in a thousand by a right sampler.
            assert!(worst * (DRAWS as f64).sqrt() < 1.95, "{shape} {worst:e}");
        }
    }

    #[test]
    fn the_exponential_law_is_met_at_words_of_every_size() {
        let table = GammaTable::new(1.0).unwrap();
        for word in [0, 1 << 12, 1 << 40, 1 << 50, (1 << 63) - 1, 1 << 63, u64::MAX] {
            let beyond = (((word << 1) >> 12) as f64 + 0.5) * 2.0_f64.powi(-53);
            let exact = if word >> 63 == 0 { -(-beyond).ln_1p() } else { -beyond.ln() };
            assert!((table.sample(word) / exact - 1.0).abs() < 1e-8, "{word}");
        }
    }
}
