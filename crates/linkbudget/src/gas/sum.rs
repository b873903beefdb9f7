//! The sum over lines at a block of frequencies, as plain loops that compile to vector instructions.

use mmw_core::by_level;

/// Frequencies evaluated at once: their arithmetic is independent, and fills vector registers.
pub(super) const LANES: usize = 8;

/// One line, scaled to an atmosphere: contributes `f (α + β f²) / ((f−f0)² + Δ²)((f+f0)² + Δ²)`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Line {
    pub(super) frequency_ghz: f64,
    pub(super) width_squared: f64,
    pub(super) alpha: f64,
    pub(super) beta: f64,
}

by_level! {
    /// `Σ S_i F_i / f` of a whole number of pairs of lines.
    pub(super) fn sum_lines(level: Level, lines: &[Line], frequency_ghz: &[f64; LANES]) -> [f64; LANES] {
        let squared = frequency_ghz.map(|f| f * f);
        let mut sum = [0.0; LANES];
        let (pairs, _) = lines.as_chunks::<2>();
        for [p, q] in pairs {
            for lane in 0..LANES {
                let (f, f2) = (frequency_ghz[lane], squared[lane]);
                let p_below = (f - p.frequency_ghz) * (f - p.frequency_ghz) + p.width_squared;
                let p_above = (f + p.frequency_ghz) * (f + p.frequency_ghz) + p.width_squared;
                let q_below = (f - q.frequency_ghz) * (f - q.frequency_ghz) + q.width_squared;
                let q_above = (f + q.frequency_ghz) * (f + q.frequency_ghz) + q.width_squared;
                let (p_denominator, q_denominator) = (p_below * p_above, q_below * q_above);
                let numerator = (p.alpha + p.beta * f2) * q_denominator + (q.alpha + q.beta * f2) * p_denominator;
                sum[lane] += numerator / (p_denominator * q_denominator);
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::simd::Level;

    #[test]
    fn every_level_gives_the_same_bits() {
        let line = |i: u32| Line {
            frequency_ghz: 50.0 + 0.37 * f64::from(i),
            width_squared: 1e-3 * f64::from(i + 1),
            alpha: 1.0 / f64::from(i + 3),
            beta: -1e-5 * f64::from(i),
        };
        let lines: Vec<Line> = (0..44).map(line).collect();
        for start in [1.0, 55.5, 900.0] {
            let frequency_ghz = std::array::from_fn(|lane| start + 0.71 * lane as f64);
            let of = |level: Level| sum_lines(level, &lines, &frequency_ghz).map(f64::to_bits);
            for level in Level::available() {
                assert_eq!(of(level), of(Level::Portable), "{level}");
            }
        }
    }
}
