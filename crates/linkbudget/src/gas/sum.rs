//! The sum over lines at a block of frequencies, as plain loops that compile to vector instructions.

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

/// `Σ S_i F_i / f` of a whole number of pairs of lines.
#[inline(always)]
pub(super) fn sum_lines(lines: &[Line], frequency_ghz: &[f64; LANES]) -> [f64; LANES] {
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
