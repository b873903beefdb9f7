//! Power series cut off after some terms, of which none is negative: nothing cancels when they
//! are multiplied.
//!
//! With the cell `X ~ Gamma(m)` and a noise estimate `Z` that is not negative, both in units of one look,
//!
//! ```text
//! P(X > Z) = Σ_{j<m} r_j,   r_j = E[Zʲ exp(−Z)] / j!,   Σ_j r_j εʲ = E[exp(−(1 − ε) Z)]
//! ```
//! so that the Laplace transform of the estimate, as a series in `ε`, gives the probability for every `m`.

/// From here on a series is scaled down, so that it does not overflow.
const BIG: f64 = 1e150;

/// `exp(log) Σ terms[j] εʲ`.
#[derive(Debug, Clone)]
pub(super) struct Series {
    pub(super) terms: Vec<f64>,
    pub(super) log: f64,
}

impl Series {
    /// What the terms stand for.
    pub(super) fn values(mut self) -> Vec<f64> {
        // In two steps, because the factor alone may be no number.
        let half = (0.5 * self.log).exp();
        self.terms.iter_mut().for_each(|term| *term = *term * half * half);
        self.terms
    }

    /// `ln` of the sum of the terms.
    pub(super) fn size(&self) -> f64 {
        self.log + self.terms.iter().sum::<f64>().ln()
    }

    fn scale(terms: &mut [f64], log: &mut f64) {
        let greatest = terms.iter().copied().fold(0.0, f64::max);
        if greatest > BIG {
            terms.iter_mut().for_each(|term| *term /= greatest);
            *log += greatest.ln();
        }
    }

    /// The product, cut off where the shorter of the two is.
    pub(super) fn times(&self, other: &Self) -> Self {
        let count = self.terms.len().min(other.terms.len());
        let term = |j: usize| (0..=j).map(|i| self.terms[i] * other.terms[j - i]).sum();
        let mut terms: Vec<f64> = (0..count).map(term).collect();
        let mut log = self.log + other.log;
        Self::scale(&mut terms, &mut log);
        Self { terms, log }
    }

    /// The power of a series whose first term is above 0.
    ///
    /// ```text
    /// k p_k = Σ_{i=1}^{k} (i (n + 1) − k) a_i p_{k−i},   a₀ = p₀ = 1
    /// ```
    /// has no negative term where `n + 1` is at least the number of terms; lower powers are multiplied out.
    pub(super) fn power(&self, exponent: usize) -> Self {
        let count = self.terms.len();
        if exponent + 1 < count {
            return self.multiplied_out(exponent);
        }
        let first = self.terms[0];
        let a: Vec<f64> = self.terms.iter().map(|term| term / first).collect();
        let n = exponent as f64;
        let log = n * (first.ln() + self.log);
        let mut power = Self { terms: Vec::with_capacity(count), log };
        power.terms.push(1.0);
        for k in 1..count {
            let whole = k as f64;
            let sum: f64 = (1..=k).map(|i| (i as f64 * (n + 1.0) - whole) * a[i] * power.terms[k - i]).sum();
            power.terms.push(sum / whole);
            if sum > BIG {
                Self::scale(&mut power.terms, &mut power.log);
            }
        }
        power
    }

    fn multiplied_out(&self, exponent: usize) -> Self {
        let mut terms = vec![0.0; self.terms.len()];
        terms[0] = 1.0;
        let mut power = Self { terms, log: 0.0 };
        for bit in (0..usize::BITS - exponent.leading_zeros()).rev() {
            power = power.times(&power);
            if exponent >> bit & 1 == 1 {
                power = power.times(self);
            }
        }
        power
    }

    /// `exp((ε − 1) x)`.
    pub(super) fn exponential(x: f64, count: usize) -> Self {
        let mut series = Self { terms: Vec::with_capacity(count), log: -x };
        let mut term = 1.0;
        for j in 0..count {
            series.terms.push(term);
            if term > BIG {
                Self::scale(&mut series.terms, &mut series.log);
                term = 1.0;
            }
            term *= x / (j + 1) as f64;
        }
        series
    }

    /// `Π_i (1 + (1 − ε) w_i)^{−k_i}`, the transform of `Σ w_i Y_i` with independent `Y_i ~ Gamma(k_i)`, from
    /// pairs `(w_i, k_i)`.
    ///
    /// ```text
    /// j r_j = Σ_{i=1}^{j} b_i r_{j−i},   b_i = Σ k (w / (1 + w))ⁱ
    /// ```
    pub(super) fn weighted_sum(parts: &[(f64, f64)], count: usize) -> Self {
        let log = -parts.iter().map(|(w, k)| k * w.ln_1p()).sum::<f64>();
        let mut powers: Vec<(f64, f64)> = parts.iter().map(|&(w, k)| (w / (1.0 + w), k)).collect();
        let shares: Vec<f64> = powers.iter().map(|(share, _)| *share).collect();
        let mut b = vec![0.0];
        let mut series = Self { terms: vec![1.0], log };
        for j in 1..count {
            b.push(powers.iter().map(|(power, k)| power * k).sum());
            powers.iter_mut().zip(&shares).for_each(|((power, _), share)| *power *= share);
            let sum: f64 = (1..=j).map(|i| b[i] * series.terms[j - i]).sum();
            series.terms.push(sum / j as f64);
            if sum > BIG {
                Self::scale(&mut series.terms, &mut series.log);
            }
        }
        series
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_agree_however_they_are_taken_and_exponentials_multiply() {
        let series = Series { terms: vec![0.5, 0.3, 0.1, 0.7, 0.01], log: 0.3 };
        for n in [4, 5, 9] {
            let (fast, slow) = (series.power(n).values(), series.multiplied_out(n).values());
            for (a, b) in fast.iter().zip(&slow) {
                // Some hundred roundings.
                assert!((a / b - 1.0).abs() < 1e-14, "{n}: {a} {b}");
            }
        }
        let product = Series::exponential(800.0, 900).times(&Series::exponential(30.0, 900)).values();
        let whole = Series::exponential(830.0, 900).values();
        for (a, b) in product.iter().zip(&whole).skip(700) {
            // Logarithms of some 800 are known to 1e-13.
            assert!((a / b - 1.0).abs() < 1e-12, "{a} {b}");
        }
        assert!((whole.iter().sum::<f64>() - 0.992).abs() < 2e-3);
    }
}
