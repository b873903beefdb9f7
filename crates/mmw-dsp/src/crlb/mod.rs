//! Cramér-Rao bounds of one target, of several tones and of several directions: the smallest standard
//! deviations that any unbiased estimator can have, for comparison with what an algorithm reaches.

use crate::fmcw::Fmcw;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::geometry::{Direction, Vector3, dot};
use mmw_core::{Error, Result, check};
use std::f64::consts::{PI, TAU};

pub use direction::{DirectionBound, DirectionSources, SignalModel, UnknownAngles, direction_bounds};
pub use tones::{ToneSignal, tones_bound};

mod direction;
mod tones;

/// Smallest standard deviations of the parameters of one target.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct TargetBound {
    /// Range at the centre of the frame, m.
    pub range_m: f64,
    /// Radial velocity, m/s.
    pub velocity_m_s: f64,
    /// Azimuth, rad; `None` when the antennas do not resolve it: no layout, no extent across the direction,
    /// or a deviation of more than half a turn.
    pub azimuth_rad: Option<f64>,
    /// Elevation, rad; `None` as for the azimuth. A linear array sees a cone, not two angles: then the
    /// azimuth is bounded for known elevation.
    pub elevation_rad: Option<f64>,
}

mmw_core::checked_serde!(TargetBound { range_m, velocity_m_s, azimuth_rad, elevation_rad });

/// Smallest standard deviation of the frequency of a complex tone of unknown amplitude and phase in white
/// noise, Hz.
///
/// ```text
/// var f = 6 fs² / ((2π)² · SNR · N (N² − 1))
/// ```
/// The bound of [^rife] for unknown phase. `samples` N at least 2; `snr` linear, of one sample.
///
/// # Errors
/// [`Error::Domain`] unless rate and SNR are finite and above zero, [`Error::TooFew`] for one sample.
///
/// # Examples
/// ```
/// let deviation_hz = mmw_dsp::crlb::tone_bound_hz(5e6, 256, 10.0)?;
/// assert!((deviation_hz - 150.49).abs() < 0.01);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^rife]: D. C. Rife, R. R. Boorstyn, "Single-tone parameter estimation from discrete-time observations",
///     IEEE Transactions on Information Theory 20(5), 1974.
pub fn tone_bound_hz(sample_rate_hz: f64, samples: usize, snr: f64) -> Result<f64> {
    check::positive("sample_rate_hz", sample_rate_hz)?;
    check::positive("snr", snr)?;
    let n = check::at_least("samples", samples, 2)? as f64;
    let deviation = sample_rate_hz / TAU * (6.0 / (n * (n * n - 1.0)) / snr).sqrt();
    check::finite("bound of the frequency, Hz", deviation)
}

/// Bounds of one target towards `direction`, from all samples, chirps and channels of one frame at once.
///
/// The echo reaches channel `c`, with transmitter `m_c` and virtual element `x_c`, with the phase
///
/// ```text
/// φ = k(t) · (2 R + 2 v (T + t) − u · x_c),   k(t) = 2π (f_c + S t) / c,   T = (l M + m_c) Tc
/// ```
/// where t runs over the samples around the centre of the sweep and T is taken from the centre of the frame:
/// the phase at [`Fmcw::target`] without its term `S τ²`, of relative weight `S τ / f_c` (3e-5 at 10 m). The
/// Fisher information of phases in complex white noise, equation (15.52) of [^kay],
///
/// ```text
/// F_ij = 2 SNR Σ (∂φ/∂θ_i − mean) (∂φ/∂θ_j − mean)
/// ```
/// is summed in closed form over t. The mean is what the unknown phase of the echo takes away: one phase for
/// the frame, or, when the antenna layout is unknown, one for each channel. The unknown amplitude costs
/// nothing, because it is orthogonal to phases. `snr` is linear, of one sample of one channel.
///
/// # Errors
/// [`Error::Domain`] for an SNR that is not finite and above zero, a bad direction, or a bound that leaves
/// the finite numbers; [`Error::TooFew`] for a single chirp, from which no velocity follows;
/// [`Error::Invalid`] for [`Firing::BinaryPhase`](crate::Firing::BinaryPhase).
///
/// # Examples
/// ```
/// use mmw_core::geometry::Direction;
/// use mmw_dsp::{Fmcw, FmcwConfig, crlb::target_bound};
///
/// let fmcw = Fmcw::new(FmcwConfig::iwr1843())?;
/// let bound = target_bound(&fmcw, Direction::new(0.0, 0.0)?, 0.1)?;
/// // At -10 dB per sample: 82 um, 0.06 mm/s and 0.56 mrad.
/// assert!((bound.range_m * 1e6 - 82.26).abs() < 0.01);
/// assert!((bound.azimuth_rad.unwrap_or_default() * 1e3 - 0.557).abs() < 1e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^kay]: S. M. Kay, "Fundamentals of Statistical Signal Processing: Estimation Theory".
pub fn target_bound(fmcw: &Fmcw, direction: Direction, snr: f64) -> Result<TargetBound> {
    check::positive("snr", snr)?;
    let direction = Direction::new(direction.azimuth_rad, direction.elevation_rad)?;
    check::at_least("chirps", fmcw.config().chirps, 2)?;
    if fmcw.config().firing.binary_phase().is_some() {
        return Err(Error::invalid("firing", "the bound is not of transmitters that send together"));
    }
    let fisher = fisher_matrix(fmcw, direction);
    let most = |values: &[f64]| values.iter().all(|&sd| sd <= PI);
    // Elevation goes first: a horizontal row has azimuth alone.
    for (azimuth, elevation) in [(true, true), (true, false), (false, true), (false, false)] {
        let keep: Vec<usize> =
            (0..4).filter(|&i| i < 2 || (i == 2 && azimuth) || (i == 3 && elevation)).collect();
        let Some(unit) = deviations(&fisher, &keep) else { continue };
        let found: Vec<f64> = unit.iter().map(|sd| sd / (2.0 * snr).sqrt()).collect();
        if !most(&found[2..]) {
            continue;
        }
        return Ok(TargetBound {
            range_m: check::finite("bound of the range, m", found[0])?,
            velocity_m_s: check::finite("bound of the velocity, m/s", found[1])?,
            azimuth_rad: azimuth.then(|| found[2]),
            elevation_rad: elevation.then(|| found[found.len() - 1]),
        });
    }
    Err(Error::Singular { name: "Fisher information of range and velocity".into() })
}

/// Derivative of the phase to one parameter as a polynomial in t: `a + b t + c t²`.
type Slope = [f64; 3];

/// Sums of one group of samples that share an unknown phase.
#[derive(Default)]
struct Moments {
    count: f64,
    first: [f64; 4],
    second: [[f64; 4]; 4],
}

impl Moments {
    /// Adds one chirp; `even` holds the sums of t⁰, t² and t⁴ over its samples (the odd ones are zero).
    fn add(&mut self, slopes: &[Slope; 4], even: [f64; 3]) {
        let [m0, m2, m4] = even;
        self.count += m0;
        for (i, [ai, bi, ci]) in slopes.iter().enumerate() {
            self.first[i] += ai * m0 + ci * m2;
            for (j, [aj, bj, cj]) in slopes.iter().enumerate() {
                self.second[i][j] += ai * aj * m0 + (bi * bj + ai * cj + ci * aj) * m2 + ci * cj * m4;
            }
        }
    }

    fn add_information(&self, fisher: &mut [[f64; 4]; 4]) {
        for (i, row) in fisher.iter_mut().enumerate() {
            for (j, entry) in row.iter_mut().enumerate() {
                *entry += self.second[i][j] - self.first[i] * self.first[j] / self.count;
            }
        }
    }
}

/// `Σ (∂φ_i − mean)(∂φ_j − mean)` for range, velocity, azimuth, elevation.
fn fisher_matrix(fmcw: &Fmcw, direction: Direction) -> [[f64; 4]; 4] {
    let config = fmcw.config();
    let middle = (config.samples - 1) as f64 / 2.0;
    let times = (0..config.samples).map(|n| (n as f64 - middle) / config.sample_rate_hz);
    let even = times.fold([0.0; 3], |[m0, m2, m4], t| [m0 + 1.0, m2 + t * t, m4 + t.powi(4)]);
    let k0 = TAU * fmcw.carrier_hz() / SPEED_OF_LIGHT_M_S;
    let k1 = TAU * config.slope_hz_per_s / SPEED_OF_LIGHT_M_S;
    let centre_s = config.span_s() / 2.0;
    let angles = angle_paths(fmcw, direction);
    let mut fisher = [[0.0; 4]; 4];
    let mut frame = Moments::default();
    for (channel, [azimuth, elevation]) in angles.iter().copied().enumerate() {
        let transmitter = channel / config.receivers;
        for chirp in 0..config.chirps {
            let slow = 2.0 * (config.chirp_start_s(transmitter, chirp) - centre_s);
            // The constant 2 k0 of the range slope is left out: the unknown phase takes it, and keeping it
            // would cost digits.
            let slopes = [
                [0.0, 2.0 * k1, 0.0],
                [slow * k0, slow * k1 + 2.0 * k0, 2.0 * k1],
                [azimuth * k0, azimuth * k1, 0.0],
                [elevation * k0, elevation * k1, 0.0],
            ];
            frame.add(&slopes, even);
        }
        if fmcw.virtual_array().is_none() {
            std::mem::take(&mut frame).add_information(&mut fisher);
        }
    }
    if frame.count > 0.0 {
        frame.add_information(&mut fisher);
    }
    fisher
}

/// Derivative of the path to azimuth and elevation for each channel, m; zeros without a layout.
fn angle_paths(fmcw: &Fmcw, direction: Direction) -> Vec<[f64; 2]> {
    let Some(array) = fmcw.virtual_array() else { return vec![[0.0; 2]; fmcw.channels()] };
    let (sin_az, cos_az) = direction.azimuth_rad.sin_cos();
    let (sin_el, cos_el) = direction.elevation_rad.sin_cos();
    let to_azimuth: Vector3 = [cos_el * cos_az, -cos_el * sin_az, 0.0];
    let to_elevation: Vector3 = [-sin_el * sin_az, -sin_el * cos_az, cos_el];
    array.positions_m().iter().map(|&x| [-dot(to_azimuth, x), -dot(to_elevation, x)]).collect()
}

/// Square roots of the diagonal of the inverse over the parameters in `keep`; `None` when it is singular.
///
/// Parameters differ by many orders of magnitude, so the matrix is first scaled to a unit diagonal.
fn deviations(fisher: &[[f64; 4]; 4], keep: &[usize]) -> Option<Vec<f64>> {
    /// Share of a parameter's information that the others must leave; rounding leaves about 1e-13.
    const LEAST: f64 = 1e-10;
    let scale: Vec<f64> = keep.iter().map(|&i| fisher[i][i].sqrt()).collect();
    if scale.iter().any(|&s| !(s > 0.0 && s.is_finite())) {
        return None;
    }
    let size = keep.len();
    let mut factor = [[0.0; 4]; 4];
    for i in 0..size {
        for j in 0..=i {
            let entry = fisher[keep[i]][keep[j]] / scale[i] / scale[j];
            let rest = entry - (0..j).map(|k| factor[i][k] * factor[j][k]).sum::<f64>();
            if i == j && (rest <= LEAST || rest.is_nan()) {
                return None;
            }
            factor[i][j] = if i == j { rest.sqrt() } else { rest / factor[j][j] };
        }
    }
    // Column c of the inverse factor, squared and summed, is the diagonal of the inverse matrix.
    let deviation = |c: usize| {
        let mut column = [0.0; 4];
        for i in c..size {
            let unit = if i == c { 1.0 } else { 0.0 };
            let known: f64 = (c..i).map(|k| factor[i][k] * column[k]).sum();
            column[i] = (unit - known) / factor[i][i];
        }
        column.iter().map(|x| x * x).sum::<f64>().sqrt() / scale[c]
    };
    Some((0..size).map(deviation).collect())
}
