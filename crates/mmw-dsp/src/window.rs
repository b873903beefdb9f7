//! Window functions with their coherent gain and noise bandwidth.
//!
//! A window trades resolution for sidelobes: it decides how far a wall at 2 m hides a hand at 3 m. Weights
//! are periodic (DFT-even) by default, which is right in front of a transform; symmetric ones are for
//! filter design and for apertures.

use mmw_core::fourier::Transform;
use mmw_core::ndarray::Array1;
use mmw_core::num_complex::Complex;
use mmw_core::{Error, Real, Result, check};
use std::f64::consts::PI;
use std::fmt;
use std::str::FromStr;

/// A window function.
///
/// # Examples
/// ```
/// use mmw_dsp::window::Window;
///
/// let hann = Window::Hann.weights::<f64>(4)?;
/// for (weight, expected) in hann.iter().zip([0.0, 0.5, 1.0, 0.5]) {
///     assert!((weight - expected).abs() < 1e-15);
/// }
/// assert!((Window::Hann.coherent_gain(64)? - 0.5).abs() < 1e-15);
/// assert!((Window::Hann.enbw_bins(64)? - 1.5).abs() < 1e-14);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Window {
    /// All ones: the finest resolution, sidelobes at -13 dB.
    Rectangular,
    /// `0.5 - 0.5 cos`: sidelobes from -31 dB, falling 18 dB per octave.
    #[default]
    Hann,
    /// `0.54 - 0.46 cos`: sidelobes near -43 dB.
    Hamming,
    /// Four terms, sidelobes at -92 dB.
    BlackmanHarris,
    /// Kaiser's window, nearly the most energy in the main lobe.
    Kaiser {
        /// Shape, 0 (rectangular) to 700.
        beta: f64,
    },
    /// Taylor's window: the first `nbar - 1` sidelobes near one level, the rest falling.
    Taylor {
        /// Number of constant-level sidelobes plus one, 1 to 1000.
        nbar: usize,
        /// Their level below the main lobe, dB, above 0 up to 300.
        sidelobe_db: f64,
    },
    /// Dolph's window: the narrowest main lobe for sidelobes all at one level.
    DolphChebyshev {
        /// Level of the sidelobes below the main lobe, dB, above 0 up to 300.
        sidelobe_db: f64,
    },
}

mmw_core::checked_serde!(Window, Window::check_parameters);

/// Longest window: 2^26 weights.
pub(crate) const MAX_LEN: usize = 1 << 26;

const NAMES: &str = "rectangular, hann, hamming, blackman_harris, kaiser:BETA, taylor:NBAR:SIDELOBE_DB, \
                     chebyshev:SIDELOBE_DB";

impl Window {
    /// `n` periodic weights, as in front of an FFT: one period of a sequence that repeats after `n`.
    ///
    /// # Errors
    /// [`Error::TooFew`] for `n = 0`; [`Error::Domain`] for more than 2^26 weights or a parameter out of
    /// its range.
    pub fn weights<T: Real>(&self, n: usize) -> Result<Array1<T>> {
        check_len(n)?;
        // By convention (SciPy's too) a single weight is one, whatever the window.
        let extended = if n == 1 { vec![1.0] } else { self.symmetric_f64(n + 1)? };
        self.check_parameters()?;
        Ok(extended.iter().take(n).map(|&w| T::lit(w)).collect())
    }

    /// `n` symmetric weights: the last equals the first.
    ///
    /// # Errors
    /// As [`Window::weights`].
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::window::Window;
    /// let taper = Window::DolphChebyshev { sidelobe_db: 30.0 }.symmetric::<f64>(8)?;
    /// assert!((taper[0] - 0.262).abs() < 1e-3 && (taper[0] - taper[7]).abs() < 1e-15);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn symmetric<T: Real>(&self, n: usize) -> Result<Array1<T>> {
        check_len(n)?;
        self.check_parameters()?;
        let weights = if n == 1 { vec![1.0] } else { self.symmetric_f64(n)? };
        Ok(weights.iter().map(|&w| T::lit(w)).collect())
    }

    /// `n` weights, all above zero and symmetric, for a transform over an axis of a few chirps or samples.
    ///
    /// A periodic window of length 2 is `[0, 1]` for Hann weights: one of two chirps is lost, and with it the
    /// velocity. Up to [`Window::SHORT`] weights the window is therefore taken at the centres of its `n`
    /// cells, where none is zero and the centre of gravity is that of the axis; beyond that it is the
    /// periodic one, whose first weight no longer counts.
    ///
    /// ```text
    /// w_i = w((2i + 1 − n) / n),   w(x) on −1 … 1
    /// ```
    ///
    /// # Errors
    /// As [`Window::weights`].
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::window::Window;
    /// let two = Window::Hann.taper::<f64>(2)?;
    /// assert!((two[0] - 0.5).abs() < 1e-15 && two[0] == two[1]);
    /// assert_eq!(Window::Hann.taper::<f64>(64)?, Window::Hann.weights::<f64>(64)?);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn taper<T: Real>(&self, n: usize) -> Result<Array1<T>> {
        if n > Self::SHORT {
            return self.weights(n);
        }
        check_len(n)?;
        self.check_parameters()?;
        Ok(self.cell_centred(n)?.iter().map(|&w| T::lit(w)).collect())
    }

    /// Longest axis that [`Window::taper`] takes as short.
    pub const SHORT: usize = 8;

    /// The window at the centres of `n` equal cells. A symmetric window of `2n + 1` points has them at its
    /// odd places; those of Taylor and Dolph are defined by their length and are at cell centres already.
    fn cell_centred(&self, n: usize) -> Result<Vec<f64>> {
        match self {
            _ if n == 1 => Ok(vec![1.0]),
            Self::Taylor { .. } | Self::DolphChebyshev { .. } => self.symmetric_f64(n),
            _ => Ok(self.symmetric_f64(2 * n + 1)?.into_iter().skip(1).step_by(2).collect()),
        }
    }

    /// Mean of the periodic weights: by how much a tone shrinks against no window.
    ///
    /// # Errors
    /// As [`Window::weights`].
    pub fn coherent_gain(&self, n: usize) -> Result<f64> {
        Ok(self.weights::<f64>(n)?.sum() / n as f64)
    }

    /// Equivalent noise bandwidth of the periodic weights, in bins: 1 for no window, 1.5 for Hann.
    ///
    /// ```text
    /// ENBW = N sum w^2 / (sum w)^2
    /// ```
    /// Equation (11) of [^harris] in bins.
    ///
    /// # Errors
    /// As [`Window::weights`].
    ///
    /// [^harris]: F. J. Harris, "On the use of windows for harmonic analysis with the discrete Fourier
    ///     transform", Proc. IEEE 66(1), 1978.
    pub fn enbw_bins(&self, n: usize) -> Result<f64> {
        let weights = self.weights::<f64>(n)?;
        Ok(n as f64 * weights.dot(&weights) / weights.sum().powi(2))
    }

    fn check_parameters(&self) -> Result<()> {
        match *self {
            Self::Kaiser { beta } => check::in_range("beta", beta, 0.0, 700.0).map(drop),
            Self::Taylor { nbar, sidelobe_db } => {
                check::in_range("nbar", nbar as f64, 1.0, 1000.0)?;
                check_level(sidelobe_db)
            }
            Self::DolphChebyshev { sidelobe_db } => check_level(sidelobe_db),
            Self::Rectangular | Self::Hann | Self::Hamming | Self::BlackmanHarris => Ok(()),
        }
    }

    fn symmetric_f64(&self, n: usize) -> Result<Vec<f64>> {
        self.check_parameters()?;
        Ok(match *self {
            Self::Rectangular => vec![1.0; n],
            Self::Hann => cosine_sum(n, &[0.5, -0.5]),
            Self::Hamming => cosine_sum(n, &[0.54, -0.46]),
            Self::BlackmanHarris => cosine_sum(n, &[0.358_75, -0.488_29, 0.141_28, -0.011_68]),
            Self::Kaiser { beta } => kaiser(n, beta),
            Self::Taylor { nbar, sidelobe_db } => taylor(n, nbar, sidelobe_db),
            Self::DolphChebyshev { sidelobe_db } => dolph_chebyshev(n, sidelobe_db),
        })
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rectangular => f.write_str("rectangular"),
            Self::Hann => f.write_str("hann"),
            Self::Hamming => f.write_str("hamming"),
            Self::BlackmanHarris => f.write_str("blackman_harris"),
            Self::Kaiser { beta } => write!(f, "kaiser:{beta}"),
            Self::Taylor { nbar, sidelobe_db } => write!(f, "taylor:{nbar}:{sidelobe_db}"),
            Self::DolphChebyshev { sidelobe_db } => write!(f, "chebyshev:{sidelobe_db}"),
        }
    }
}

/// The window of a name, as [`Window`] prints it: `hann`, `kaiser:8.6`, `taylor:4:30`, `chebyshev:80`.
///
/// An error is [`Error::Invalid`] with the names that exist, or [`Error::Domain`] for a parameter out
/// of its range.
///
/// # Examples
/// ```
/// use mmw_dsp::window::Window;
/// let window: Window = "taylor:4:30".parse()?;
/// assert_eq!(window, Window::Taylor { nbar: 4, sidelobe_db: 30.0 });
/// assert_eq!(window.to_string(), "taylor:4:30");
/// assert!("han".parse::<Window>().is_err());
/// # Ok::<(), mmw_core::Error>(())
/// ```
impl FromStr for Window {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let parts: Vec<&str> = name.split(':').collect();
        let window = match parts.as_slice() {
            ["rectangular"] => Some(Self::Rectangular),
            ["hann"] => Some(Self::Hann),
            ["hamming"] => Some(Self::Hamming),
            ["blackman_harris" | "blackman-harris"] => Some(Self::BlackmanHarris),
            ["kaiser", beta] => beta.parse().ok().map(|beta| Self::Kaiser { beta }),
            ["taylor", nbar, level] => match (nbar.parse(), level.parse()) {
                (Ok(nbar), Ok(sidelobe_db)) => Some(Self::Taylor { nbar, sidelobe_db }),
                _ => None,
            },
            ["chebyshev", level] => {
                level.parse().ok().map(|sidelobe_db| Self::DolphChebyshev { sidelobe_db })
            }
            _ => None,
        };
        let Some(window) = window else {
            return Err(Error::invalid(
                "window",
                format!("no window is named \"{name}\"; known are {NAMES}"),
            ));
        };
        window.check_parameters()?;
        Ok(window)
    }
}

fn check_len(n: usize) -> Result<()> {
    check::at_least("window", n, 1)?;
    check::in_range("length of the window", n as f64, 1.0, MAX_LEN as f64).map(drop)
}

fn check_level(sidelobe_db: f64) -> Result<()> {
    check::positive("sidelobe_db", sidelobe_db)?;
    check::in_range("sidelobe_db", sidelobe_db, 0.0, 300.0).map(drop)
}

/// `Σ_m a[m] cos(2π m i / (n − 1))`, from both ends, so that the two halves are equal to the bit.
fn cosine_sum(n: usize, terms: &[f64]) -> Vec<f64> {
    let weight = |i: usize| {
        let angle = 2.0 * PI * i.min(n - 1 - i) as f64 / (n - 1) as f64;
        terms.iter().enumerate().map(|(m, a)| a * (m as f64 * angle).cos()).sum()
    };
    (0..n).map(weight).collect()
}

/// `I₀(β √(1 − x²)) / I₀(β)` with x from −1 to 1.
fn kaiser(n: usize, beta: f64) -> Vec<f64> {
    let top = bessel_i0(beta);
    let weight = |i: usize| {
        // 1 - x^2 as a product: no cancellation at the ends.
        let (left, right) = (i as f64, (n - 1 - i) as f64);
        bessel_i0(beta * 2.0 * (left * right).sqrt() / (n - 1) as f64) / top
    };
    (0..n).map(weight).collect()
}

/// Modified Bessel function of the first kind and order zero, by its power series: every term is positive,
/// so nothing cancels, and for x <= 700 fewer than 600 terms reach the last bit.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while term > sum * (f64::EPSILON / 4.0) {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

/// One plus a cosine series whose coefficients put the first zeros of a Chebyshev pattern where those of a
/// rectangular one were; equations (2.37) to (2.40) of Carrara, Goodman and Majewski, "Spotlight Synthetic
/// Aperture Radar", 1995. Scaled to one at the centre.
fn taylor(n: usize, nbar: usize, sidelobe_db: f64) -> Vec<f64> {
    let a = 10f64.powf(sidelobe_db / 20.0).acosh() / PI;
    let dilation = (nbar * nbar) as f64 / (a * a + (nbar as f64 - 0.5).powi(2));
    let coefficient = |m: usize| {
        let m2 = (m * m) as f64;
        let mut product = if m % 2 == 1 { 0.5 } else { -0.5 };
        for i in 1..nbar {
            product *= 1.0 - m2 / (dilation * (a * a + (i as f64 - 0.5).powi(2)));
            if i != m {
                product /= 1.0 - m2 / (i * i) as f64;
            }
        }
        product
    };
    let coefficients: Vec<f64> = (1..nbar).map(coefficient).collect();
    let series = |position: f64| {
        let angle = 2.0 * PI * position / n as f64;
        let terms = coefficients.iter().enumerate().map(|(i, f)| f * ((i + 1) as f64 * angle).cos());
        1.0 + 2.0 * terms.sum::<f64>()
    };
    let centre = (n - 1) as f64 / 2.0;
    let top = series(0.0);
    (0..n).map(|i| series(i.min(n - 1 - i) as f64 - centre) / top).collect()
}

/// The window whose spectrum is the Chebyshev polynomial of degree `n - 1`, by a transform of its samples;
/// equations (2) and (3) of C. L. Dolph, Proc. IRE 34(6), 1946. Scaled to a maximum of one.
fn dolph_chebyshev(n: usize, sidelobe_db: f64) -> Vec<f64> {
    let order = (n - 1) as f64;
    let stretch = (10f64.powf(sidelobe_db / 20.0).acosh() / order).cosh();
    let mut spectrum: Vec<Complex<f64>> = (0..n)
        .map(|k| {
            let angle = PI * k as f64 / n as f64;
            let value = chebyshev(n - 1, stretch * angle.cos());
            // An even number of weights is centred between two samples: half a sample of delay.
            if n % 2 == 1 { Complex::new(value, 0.0) } else { Complex::from_polar(1.0, angle) * value }
        })
        .collect();
    Transform::forward(n).process_once(&mut spectrum);
    // Bin 0 (odd) or 1 (even) is the centre, and the window falls off from there to both sides.
    let half = n / 2;
    let weights: Vec<f64> = (0..n).map(|i| spectrum[half - i.min(n - 1 - i)].re).collect();
    let top = weights.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    weights.iter().map(|w| w / top).collect()
}

/// `T_degree(x)`.
fn chebyshev(degree: usize, x: f64) -> f64 {
    let d = degree as f64;
    if x.abs() <= 1.0 {
        (d * x.acos()).cos()
    } else if x > 0.0 || degree.is_multiple_of(2) {
        (d * x.abs().acosh()).cosh()
    } else {
        -(d * x.abs().acosh()).cosh()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bessel_i0_agrees_with_tabulated_values() {
        // Abramowitz and Stegun, table 9.8 (scaled there by exp(-x)).
        for (x, scaled) in
            [(0.0, 1.0), (1.0, 0.465_759_607_5), (5.0, 0.183_540_812_6), (10.0, 0.127_833_337_2)]
        {
            assert!((bessel_i0(x) * f64::exp(-x) - scaled).abs() < 1e-10);
        }
    }

    #[test]
    fn extreme_parameters_stay_finite() {
        for window in [
            Window::Kaiser { beta: 700.0 },
            Window::Taylor { nbar: 1000, sidelobe_db: 300.0 },
            Window::Taylor { nbar: 1, sidelobe_db: 1e-9 },
            Window::DolphChebyshev { sidelobe_db: 300.0 },
            Window::DolphChebyshev { sidelobe_db: 1e-9 },
        ] {
            for n in [1, 2, 3, 4, 5, 64, 1001] {
                let weights = window.weights::<f64>(n).unwrap();
                assert!(weights.iter().all(|w| w.is_finite()), "{window} {n}");
            }
        }
    }
}
