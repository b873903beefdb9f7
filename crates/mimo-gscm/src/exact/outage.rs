//! The distribution of the capacity of i.i.d. Rayleigh fading, by its characteristic function.

use super::basics::{check_antennas, check_snr};
use super::laguerre::{eigenvalue_end, laguerre_functions, panels};
use super::{miso_outage_capacity, miso_outage_probability, simo_outage_capacity, simo_outage_probability};
use mmw_core::math::{complex_ln_1p, crossing};
use mmw_core::num_traits::Zero;
use mmw_core::{C64, Error, Result, check};
use std::f64::consts::{LN_2, PI};

/// Samples of the characteristic function at most; 2 by 2 at low signal-to-noise ratio needs some thousands.
const MOST_SAMPLES: usize = 20_000;
/// Where the characteristic function is this small, the rest of the inversion is left out.
const NEGLIGIBLE: f64 = 1e-14;
/// Steps of the recurrence `e^{jωg} → e^{j(ω+h)g}` between two exact exponentials.
const STRIDE: usize = 64;
/// Greatest product of the numbers of antennas: 32 by 32 takes a second, at 120 dB five.
const MOST_PAIRS: usize = 1024;
/// Least probability, and least distance from 1, whose capacity has seven digits: the inversion
/// errs by 2e-13.
const LEAST_PROBABILITY: f64 = 1e-6;

/// The exact distribution of the capacity of `receive` by `transmit` independent Rayleigh fading paths.
///
/// ```text
/// Φ(ω) = E e^{jωC} = det[ ∫₀^∞ φᵢ(x) φⱼ(x) (1 + snr/Nt · x)^{jω/ln 2} dx ],   i, j < min(Nr, Nt)
/// P(C ≤ c) = 1/2 − 1/π ∫₀^∞ Im(e^{−jωc} Φ(ω))/ω dω
/// ```
/// The determinant is equation (11) of [^wang] in orthonormal Laguerre functions `φ`, which keeps it well
/// conditioned; the inversion is that of [^gil]. Two things make it exact to 1e-12: the inversion
/// is summed by the midpoint rule with a step so small that the copies of the distribution, which are the
/// only error of the rule, do not overlap; and the integrals run along a ray `x = t e^{jθ}` where the
/// oscillation decays. With one antenna at an end the incomplete gamma function answers instead.
///
/// # Examples
/// ```
/// use mimo_gscm::exact::IidOutage;
///
/// let outage = IidOutage::new(4, 4, 100.0)?;
/// let c = outage.capacity(0.1)?;
/// assert!((c - 19.62771573).abs() < 1e-7);
/// assert!((outage.probability(c)? - 0.1).abs() < 1e-10);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^wang]: Z. Wang, G. B. Giannakis, "Outage mutual information of space-time MIMO channels", IEEE
///     Transactions on Information Theory 50 (2004).
/// [^gil]: J. Gil-Pelaez, "Note on the inversion theorem", Biometrika 38 (1951).
#[derive(Debug, Clone)]
pub struct IidOutage {
    receive: usize,
    transmit: usize,
    snr: f64,
    /// Step of ω.
    step: f64,
    /// `Φ` at `(k + 1/2) step`; empty for one antenna at an end.
    samples: Vec<C64>,
    /// Beyond it the probability of outage is 1.
    end: f64,
}

impl IidOutage {
    /// Samples the characteristic function: milliseconds for 4 by 4, a second for 32 by 32.
    ///
    /// # Errors
    /// [`Error::TooFew`] for no antennas; [`Error::Domain`] for more than 512 at an end, and, with two or
    /// more at both ends, for more than 1024 pairs of antennas or `snr` outside 1e-6 to 1e12;
    /// [`Error::NoConvergence`] if the function does not decay.
    pub fn new(receive: usize, transmit: usize, snr: f64) -> Result<Self> {
        check_antennas("receive", receive)?;
        check_antennas("transmit", transmit)?;
        let m = receive.min(transmit);
        check_snr(snr)?;
        if m == 1 {
            return Ok(Self { receive, transmit, snr, step: 0.0, samples: Vec::new(), end: f64::INFINITY });
        }
        check::in_range("receive times transmit", (receive * transmit) as f64, 1.0, MOST_PAIRS as f64)?;
        check::in_range("snr", snr, 1e-6, 1e12)?;
        let rho = snr / transmit as f64;
        let end = greatest_capacity(receive, transmit, rho);
        let step = PI / end;
        let samples = characteristic_function(m, receive.abs_diff(transmit), rho, step)?;
        Ok(Self { receive, transmit, snr, step, samples, end })
    }

    /// Probability that the channel carries at most `capacity_bit_s_hz`. The absolute error is below 1e-10.
    ///
    /// # Errors
    /// [`Error::Domain`] for a capacity below 0 or not finite.
    pub fn probability(&self, capacity_bit_s_hz: f64) -> Result<f64> {
        let c = check::non_negative("capacity_bit_s_hz", capacity_bit_s_hz)?;
        if self.transmit == 1 {
            return simo_outage_probability(self.receive, self.snr, c);
        }
        if self.receive == 1 {
            return miso_outage_probability(self.transmit, self.snr, c);
        }
        Ok(self.invert(c))
    }

    /// Capacity that the channel fails to reach with `outage_probability`, bit/s/Hz.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the probability is between 0 and 1, or, with two or more antennas at both
    /// ends, from 1e-6 to 1 - 1e-6: below, less than seven digits are left.
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::exact::IidOutage;
    /// let outage = IidOutage::new(2, 2, 1.0)?;
    /// assert!((outage.capacity(0.5)? - 1.65257034).abs() < 1e-7);
    /// assert!(outage.capacity(0.0).is_err());
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn capacity(&self, outage_probability: f64) -> Result<f64> {
        let p = check::open_unit("outage_probability", outage_probability)?;
        if self.transmit == 1 {
            return simo_outage_capacity(self.receive, self.snr, p);
        }
        if self.receive == 1 {
            return miso_outage_capacity(self.transmit, self.snr, p);
        }
        check::in_range("outage_probability", p, LEAST_PROBABILITY, 1.0 - LEAST_PROBABILITY)?;
        let [below, above] = crossing([0.0, self.end], |c| self.invert(c) >= p);
        Ok(f64::midpoint(below, above))
    }

    fn invert(&self, c: f64) -> f64 {
        if c >= self.end {
            return 1.0;
        }
        let turn = C64::from_polar(1.0, -self.step * c);
        let mut phase = C64::zero();
        let mut sum = 0.0;
        for (k, sample) in self.samples.iter().enumerate() {
            let order = k as f64 + 0.5;
            if k % STRIDE == 0 {
                phase = C64::from_polar(1.0, -order * self.step * c);
            }
            sum += (phase * sample).im / order;
            phase *= turn;
        }
        (0.5 - sum / PI).clamp(0.0, 1.0)
    }
}

/// A capacity that is exceeded with a probability below 1e-14: by concavity the capacity is at most that of
/// equal eigenvalues, whose sum is a gamma variable of order `Nr Nt`.
fn greatest_capacity(receive: usize, transmit: usize, rho: f64) -> f64 {
    let (m, order) = (receive.min(transmit) as f64, (receive * transmit) as f64);
    let trace = order + 9.0 * order.sqrt() + 40.0;
    m * (rho * trace / m).ln_1p() / LN_2
}

/// `Φ` at `(k + 1/2) step` until it is negligible.
fn characteristic_function(m: usize, d: usize, rho: f64, step: f64) -> Result<Vec<C64>> {
    // On a steep ray the products of Laguerre functions grow by about e^{4mθ + dθ²/2} before they cancel.
    let angle = (1.5 / m as f64).min(2.0 / (d as f64 + 1.0).sqrt()).min(0.5);
    let ray = C64::from_polar(1.0, angle);
    let smallest = 1e-4_f64.min(1e-2 / rho).max(1e-16);
    let nodes = panels(smallest, 1.25, 2.0, eigenvalue_end(m, m + d));
    let pairs = m * (m + 1) / 2;
    let mut products = vec![C64::zero(); pairs * nodes.len()];
    let (mut phi, mut exponents) = (vec![C64::zero(); m], Vec::with_capacity(nodes.len()));
    for (node, &(t, weight)) in nodes.iter().enumerate() {
        let x = ray * t;
        laguerre_functions(d, x, &mut phi);
        exponents.push(C64::i() * complex_ln_1p(rho * x) * (step / LN_2));
        let mut pair = node;
        for i in 0..m {
            for j in 0..=i {
                products[pair] = phi[i] * phi[j] * ray * weight;
                pair += nodes.len();
            }
        }
    }
    let turns: Vec<C64> = exponents.iter().map(|e| e.exp()).collect();
    let mut waves = vec![C64::zero(); nodes.len()];
    let (mut samples, mut matrix) = (Vec::new(), vec![C64::zero(); m * m]);
    for k in 0..MOST_SAMPLES {
        if k % STRIDE == 0 {
            let order = k as f64 + 0.5;
            waves.iter_mut().zip(&exponents).for_each(|(w, e)| *w = (e * order).exp());
        }
        let mut rows = products.chunks_exact(nodes.len());
        for i in 0..m {
            for j in 0..=i {
                let row = rows.next().unwrap_or_default();
                let sum: C64 = row.iter().zip(&waves).map(|(p, w)| p * w).sum();
                matrix[i * m + j] = sum;
                matrix[j * m + i] = sum;
            }
        }
        let value = determinant(&mut matrix, m);
        samples.push(value);
        if value.norm() < NEGLIGIBLE * (k as f64 + 1.0).min(1e3) {
            return Ok(samples);
        }
        waves.iter_mut().zip(&turns).for_each(|(w, turn)| *w *= turn);
    }
    Err(Error::NoConvergence {
        what: "inversion of the characteristic function".into(),
        iterations: MOST_SAMPLES,
    })
}

/// By elimination with partial pivoting, in place.
fn determinant(matrix: &mut [C64], n: usize) -> C64 {
    let mut product = C64::new(1.0, 0.0);
    for k in 0..n {
        let size = |row: usize, matrix: &[C64]| matrix[row * n + k].norm_sqr();
        let mut best = k;
        for row in k + 1..n {
            if size(row, matrix) > size(best, matrix) {
                best = row;
            }
        }
        if best != k {
            (0..n).for_each(|column| matrix.swap(k * n + column, best * n + column));
            product = -product;
        }
        let pivot = matrix[k * n + k];
        product *= pivot;
        if pivot.is_zero() {
            return C64::zero();
        }
        for row in k + 1..n {
            let factor = matrix[row * n + k] / pivot;
            for column in k + 1..n {
                let change = factor * matrix[k * n + column];
                matrix[row * n + column] -= change;
            }
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_determinant_of_a_permuted_triangle_is_the_product_of_its_diagonal() {
        let c = |x: f64| C64::new(x, 1.0);
        let mut matrix =
            vec![C64::zero(), c(2.0), c(5.0), c(1.0), c(3.0), c(4.0), C64::zero(), C64::zero(), c(7.0)];
        let exact = -(c(1.0) * c(2.0) * c(7.0));
        assert!((determinant(&mut matrix, 3) - exact).norm() < 1e-13);
    }

    #[test]
    fn the_step_leaves_room_for_one_copy_of_the_distribution() {
        let outage = IidOutage::new(2, 3, 10.0).unwrap();
        assert!(std::f64::consts::TAU / outage.step >= 2.0 * outage.end * (1.0 - 1e-12));
    }
}
