//! The Taylor series of the quantile function of `y` from the exact density.

use super::SquaredBpsk;
use super::distribution::normal_pdf;
use mmw_core::Result;

/// Coefficients `[a0, …, a4]` of the Taylor series of the quantile of normalised `y` about `p0`.
///
/// ```text
/// P(p) = a0 + a1 (p − p0) + a2 (p − p0)² + a3 (p − p0)³ + a4 (p − p0)⁴
/// a0 = y_p0                    a1 = 1/f               a2 = −f'/(2 f³)
/// a3 = (3 f'² − f f'')/(6 f⁵)  a4 = (10 f f' f'' − 15 f'³ − f² f''')/(24 f⁷)
/// ```
/// Equations (7) and (23) to (26) of the paper, which stops at a3; `f` and its derivatives are those of the
/// exact density of `y` at `y_p0`.
///
/// # Erratum
/// The paper sets `y_p0 = 1`, the mean, at `p0 = ½` (equation 29). The median of `y` is not its mean: it
/// falls from 0.990 at σ = 0.1 to 0.455 at σ = 1. And a4 is not the leading coefficient of the fit over the
/// window: at σ = 0.2, 0.5, 0.8 they are 0.526, 3.39, 6.05 against 1.182, 7.612, 13.24.
///
/// # Errors
/// [`mmw_core::Error::Domain`] unless `0 < sigma <= 1` and `0 < p0 < 1`, and where the density is too small
/// for the coefficients to be finite.
///
/// # Examples
/// ```
/// let a = snr_quantile::theory::taylor_coefficients(0.5, 0.5)?;
/// assert!((a[0] - 0.751).abs() < 1e-3 && (a[4] - 3.39).abs() < 5e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn taylor_coefficients(sigma: f64, p0: f64) -> Result<[f64; 5]> {
    let law = SquaredBpsk::normalised(sigma)?;
    let y = law.quantile(p0)?;
    let [f, f1, f2, f3] = density_derivatives(&law, y);
    let a = [
        y,
        1.0 / f,
        -f1 / (2.0 * f.powi(3)),
        (3.0 * f1 * f1 - f * f2) / (6.0 * f.powi(5)),
        (10.0 * f * f1 * f2 - 15.0 * f1.powi(3) - f * f * f3) / (24.0 * f.powi(7)),
    ];
    match a.iter().all(|a| a.is_finite()) {
        true => Ok(a),
        false => Err(mmw_core::Error::domain("p0", p0, "a probability where the density is not negligible")),
    }
}

/// The density of `y` and its first three derivatives.
///
/// With `g(r)` the density of the magnitude, `f = g/(2 r)` and `d/dy = (1/(2 r)) d/dr`: each derivative in
/// `y` is `(u'/(2 r))`, followed through the powers of `1/r`.
fn density_derivatives(law: &SquaredBpsk, y: f64) -> [f64; 4] {
    let (s, sigma) = (law.signal_amplitude(), law.noise_std());
    let r = y.sqrt();
    let mut g = [0.0; 4];
    for x in [(r - s) / sigma, (r + s) / sigma] {
        // Derivatives of φ are Hermite polynomials times φ.
        let hermite = [1.0, -x, x * x - 1.0, 3.0 * x - x * x * x];
        for ((g, h), order) in g.iter_mut().zip(hermite).zip(1..) {
            *g += h * normal_pdf(x) / sigma.powi(order);
        }
    }
    let [g0, g1, g2, g3] = g;
    [
        g0 / (2.0 * r),
        (g1 * r - g0) / (4.0 * r.powi(3)),
        (g2 * r * r - 3.0 * g1 * r + 3.0 * g0) / (8.0 * r.powi(5)),
        (g3 * r.powi(3) - 6.0 * g2 * r * r + 15.0 * g1 * r - 15.0 * g0) / (16.0 * r.powi(7)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_series_follows_the_quantile_near_its_centre() {
        for (sigma, p0) in [(0.2, 0.5), (0.5, 0.5), (0.8, 0.3), (1.0, 0.7)] {
            let law = SquaredBpsk::normalised(sigma).unwrap();
            let a = taylor_coefficients(sigma, p0).unwrap();
            let error = |h: f64| {
                let series = a.iter().rev().fold(0.0, |sum, a| sum * h + a);
                (series - law.quantile(p0 + h).unwrap()).abs()
            };
            // The first term left out is of order 5: halving the step divides the error by 32, roughly.
            let ratio = error(0.04) / error(0.02);
            assert!((20.0..50.0).contains(&ratio), "{sigma} {p0}: {ratio}");
        }
    }

    #[test]
    fn the_median_is_not_the_mean() {
        // Row (23)/(29) of the errata.
        for (sigma, median) in
            [(0.1, 0.990), (0.3, 0.910), (0.5, 0.751), (0.7, 0.557), (0.9, 0.464), (1.0, 0.455)]
        {
            assert!((taylor_coefficients(sigma, 0.5).unwrap()[0] - median).abs() < 5.1e-4, "{sigma}");
        }
    }
}
