//! The power of a spectrum, and its strongest cells.

use mmw_core::ndarray::{Array2, ArrayRef2, ArrayRef3, Zip};
use mmw_core::{C32, Error, Result, check};

/// Sum of the channel powers of each cell: `[channel, range, doppler]` to `[range, doppler]`.
///
/// # Errors
/// As [`channel_power_into`].
///
/// # Examples
/// ```
/// use mmw_dsp::{forms, mmw_core::C32, ndarray::Array3};
///
/// let spectrum = Array3::from_elem((12, 4, 8), C32::new(3.0, 4.0));
/// assert_eq!(forms::channel_power(&spectrum)?[[2, 5]], 12.0 * 25.0);
/// # Ok::<(), mmw_dsp::mmw_core::Error>(())
/// ```
pub fn channel_power(spectrum: &ArrayRef3<C32>) -> Result<Array2<f32>> {
    let mut power = Array2::zeros((spectrum.dim().1, spectrum.dim().2));
    channel_power_into(spectrum, &mut power)?;
    Ok(power)
}

/// [`channel_power`] into a map that exists already.
///
/// # Errors
/// [`Error::TooFew`] without a channel, [`Error::Shape`] for a map of another shape, [`Error::NotFinite`] for
/// a spectrum that holds NaN or infinity, [`Error::Invalid`] when a power overflows.
pub fn channel_power_into(spectrum: &ArrayRef3<C32>, power: &mut ArrayRef2<f32>) -> Result<()> {
    let (channels, ranges, dopplers) = spectrum.dim();
    check::at_least("channels of the spectrum", channels, 1)?;
    check::same_shape("power map", &[ranges, dopplers], power.shape())?;
    power.fill(0.0);
    for channel in spectrum.outer_iter() {
        Zip::from(&mut *power).and(&channel).for_each(|p, z| *p += z.norm_sqr());
    }
    check_powers(spectrum, power.iter())
}

/// Refuses powers that are not numbers, and says whether the spectrum was none or was too large.
pub(super) fn check_powers<'a>(
    spectrum: &ArrayRef3<C32>,
    powers: impl Iterator<Item = &'a f32>,
) -> Result<()> {
    // Without an early exit, so that it vectorises.
    if powers.fold(true, |fine, p| fine & p.is_finite()) {
        return Ok(());
    }
    check::all_finite_complex("spectrum", spectrum)?;
    Err(Error::invalid("spectrum", "its values are so large that their powers overflow"))
}

/// Strongest cells of a power map, each the greatest of its neighbourhood, strongest first.
///
/// Cells within `exclusion` bins of a stronger one in both dimensions are passed over, as are cells that are
/// not above zero (or NaN); range bins below `first_range` (leakage between transmitter and receiver) are not
/// looked at. Returns at most `count` indices `[range, doppler]`.
///
/// # Examples
/// ```
/// use mmw_dsp::{forms::strongest_cells, ndarray::array};
///
/// let power = array![[9.0, 0.0, 0.0], [0.0, 0.0, 5.0], [4.0, 0.0, 4.5]];
/// assert_eq!(strongest_cells(&power, 3, [1, 1], 1), [[1, 2], [2, 0]]);
/// ```
#[must_use]
pub fn strongest_cells(
    power: &ArrayRef2<f32>,
    count: usize,
    exclusion: [usize; 2],
    first_range: usize,
) -> Vec<[usize; 2]> {
    let mut found: Vec<[usize; 2]> = Vec::new();
    while found.len() < count {
        let free = |&(index, &value): &((usize, usize), &f32)| {
            value > 0.0
                && index.0 >= first_range
                && found
                    .iter()
                    .all(|f| f[0].abs_diff(index.0) > exclusion[0] || f[1].abs_diff(index.1) > exclusion[1])
        };
        let best = power.indexed_iter().filter(free).max_by(|a, b| a.1.total_cmp(b.1));
        let Some((index, _)) = best else { break };
        found.push([index.0, index.1]);
    }
    found
}
