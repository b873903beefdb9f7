//! Draws as arrays.

use crate::path::Realisation;
use crate::propagation::{ChannelModel, DrawScratch};
use crate::transfer::{Transfer, TransferScratch};
use mmw_core::ndarray::{Array3, ArrayRef3, Axis};
use mmw_core::rand::Rng;
use mmw_core::{C64, Result, check};

/// `draws` narrowband draws of a model, `[draw, rx, tx]`.
///
/// # Errors
/// [`mmw_core::Error::TooFew`] for no draws, [`mmw_core::Error::Invalid`] for a transfer at more than one
/// frequency.
///
/// # Examples
/// ```
/// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario, statistics::sample_matrices};
/// use mimo_gscm::transfer::{Station, Transfer};
/// use mmw_core::random::Streams;
///
/// let model = ChannelModel::new(Scenario::urban_macrocell())?;
/// let array = Station::linear(2, 0.5, 2e9)?;
/// let h = sample_matrices(&model, &Transfer::flat(&array, &array, 2e9)?, 10, &mut Streams::new(1).stream(0))?;
/// assert_eq!(h.dim(), (10, 2, 2));
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn sample_matrices<R: Rng + ?Sized>(
    model: &ChannelModel,
    transfer: &Transfer,
    draws: usize,
    rng: &mut R,
) -> Result<Array3<C64>> {
    check::at_least("draws", draws, 1)?;
    let [_, receive, transmit] = transfer.shape();
    let mut out = Array3::zeros((draws, receive, transmit));
    let (mut draw, mut scratch) = (DrawScratch::default(), TransferScratch::default());
    let mut channel = Realisation::default();
    for mut matrix in out.axis_iter_mut(Axis(0)) {
        model.draw_narrowband_into(&mut draw, &mut channel, rng);
        transfer.matrix_into(&channel, &mut scratch, &mut matrix)?;
    }
    Ok(out)
}

pub(super) fn check_sample(h: &ArrayRef3<C64>) -> Result<()> {
    check::at_least("h", h.len(), 1)?;
    check::all_finite_complex("h", h)
}
