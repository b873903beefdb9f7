//! Where something moves: a scan over range.

use mmw_core::ndarray::{ArrayRef3, Axis};
use mmw_core::{Error, Result, check};

/// A range cell in which something moves.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct MovingCell {
    /// Index of the range bin.
    pub range_bin: usize,
    /// Power that moves and keeps its phase from one frame to the next, summed over the channels.
    pub power: f64,
    /// That power over all power that moves: 1 for slow motion without noise, 0 for noise.
    pub coherence: f64,
}

mmw_core::checked_serde!(MovingCell, |cell| {
    check::non_negative("power", cell.power)?;
    check::in_range("coherence", cell.coherence, 0.0, 1.0 + 1e-9).map(|_| ())
});

/// Probability that noise alone is taken for an echo.
const FALSE_ALARM: f64 = 1e-3;
/// Half the main lobe of the range window, bins.
const LOBE_BINS: usize = 2;
/// Cells weaker than this share of the strongest are its side lobes.
const SIDE_LOBES: f64 = 1e-4;

/// The range cells of `profiles` `[channel, frame, range bin]` in which something moves, strongest first: the
/// local maxima of
///
/// ```text
/// P = |Σ_n y[n+1] y*[n]| / N,   y = z − ⟨z⟩
/// ```
/// The autocorrelation of a lag of one sample: noise of `N` samples leaves there a normal number of variance
/// `1 / N` of its power (M. S. Bartlett, "On the theoretical specification and sampling properties of
/// autocorrelated time-series", Suppl. J. R. Stat. Soc., vol. 8, no. 1, pp. 27-41, 1946), whose magnitude
/// over `K` channels exceeds `x` with the probability `exp(−N K x²)`. The mean takes out what stands still;
/// neighbouring frames share what moves slowly, but no noise, so that a cell of noise has no more than
/// `1 / √N` of its power left, whatever its level. Cells that noise explains (one false alarm in a thousand
/// records) are left out, and so are side lobes, 40 dB below the strongest. None is left where nothing moves.
///
/// # Errors
/// [`Error::TooFew`] below three frames, a channel or a range bin, [`Error::NotFinite`] for NaN and
/// infinities, [`Error::Invalid`] when no cell holds an echo, moving or still, above its noise.
///
/// # Examples
/// ```
/// use mmw_dsp::{mmw_core::C64, ndarray::Array3, vitals::moving_cells};
///
/// let turning = |n: usize| C64::cis(2.0 * (0.08 * n as f64).sin());
/// let profiles = Array3::from_shape_fn((1, 400, 9), |(_, n, bin)| if bin == 4 { turning(n) } else { 3.0.into() });
/// assert_eq!(moving_cells(&profiles)?[0].range_bin, 4);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
pub fn moving_cells(profiles: &ArrayRef3<mmw_core::C64>) -> Result<Vec<MovingCell>> {
    let (channels, frames, bins) = profiles.dim();
    check::at_least("channels of the profiles", channels, 1)?;
    check::at_least("frames of the profiles", frames, 3)?;
    check::at_least("range bins of the profiles", bins, 1)?;
    check::all_finite_complex("profiles", profiles)?;
    // |r₁| / r₀ of N K samples of noise exceeds x with the probability exp(−N K x²).
    let limit = ((bins as f64 / FALSE_ALARM).ln() / ((frames - 1) * channels) as f64).sqrt();
    let mut any = false;
    let mut cells = Vec::with_capacity(bins);
    for bin in 0..bins {
        let [mut own, mut next, mut still] = [0.0; 3];
        let (mut lag, mut lag_still) = (mmw_core::C64::default(), mmw_core::C64::default());
        for row in profiles.index_axis(Axis(2), bin).rows() {
            let mean = row.sum() / frames as f64;
            for pair in row.windows(2) {
                let (a, b) = (pair[0] - mean, pair[1] - mean);
                lag += b * a.conj();
                own += a.norm_sqr();
                next += b.norm_sqr();
                lag_still += pair[1] * pair[0].conj();
                still += 0.5 * (pair[0].norm_sqr() + pair[1].norm_sqr());
            }
        }
        any |= lag_still.norm() > limit * still;
        let all = (own * next).sqrt();
        let coherence = if all > 0.0 { lag.norm() / all } else { 0.0 };
        cells.push(MovingCell { range_bin: bin, power: lag.norm() / frames as f64, coherence });
    }
    if !any {
        let reason = format!(
            "hold no target: neighbouring frames of no cell agree by more than {limit:.3}, as in noise"
        );
        return Err(Error::invalid("profiles", reason));
    }
    let highest = cells.iter().map(|cell| cell.power).fold(0.0, f64::max);
    let is_cell = |cell: &&MovingCell| {
        let around = cell.range_bin.saturating_sub(LOBE_BINS)..(cell.range_bin + LOBE_BINS + 1).min(bins);
        let beaten = cells[around].iter().any(|other| {
            other.power > cell.power || (other.power == cell.power && other.range_bin < cell.range_bin)
        });
        !beaten && cell.coherence > limit && cell.power > SIDE_LOBES * highest
    };
    let mut found: Vec<MovingCell> = cells.iter().filter(is_cell).copied().collect();
    found.sort_by(|a, b| b.power.total_cmp(&a.power));
    Ok(found)
}
