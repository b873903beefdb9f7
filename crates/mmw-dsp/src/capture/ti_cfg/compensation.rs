//! `compRangeBiasAndRxChanPhase`: what the device adds to ranges, and weights that make its channels alike.
//!
//! After the range bias, m, stand pairs of real and imaginary part in the order in which the demonstration
//! writes its own measurement (`MmwDemo_measurementResultOutput` in `mss_main.c` of mmWave SDK 3.5):
//! transmitter by transmitter of the device, its receivers running fastest, whichever of them are switched on
//! (`DPC_ObjDet_GetRxChPhaseComp` in `objectdetection.c` picks by their numbers). The demonstration
//! multiplies the symbols with them and subtracts the bias (`AoAProcDSP_rxChanPhaseBiasCompensation` and
//! `AoAProcDSP_XYZestimation` in `aoaprocdsp.c`).

use super::commands::Commands;
use crate::capture::file_contents::{FileContents, ListedWeights};
use mmw_core::{C64, Result};

/// Adds what the command says, if it is there.
pub(super) fn compensate(
    commands: &Commands<'_>,
    receivers: usize,
    contents: &mut FileContents,
) -> Result<()> {
    // The last of several holds, as on the device.
    let Some(command) = commands.by_name.get("compRangeBiasAndRxChanPhase").and_then(|all| all.last()) else {
        return Ok(());
    };
    if command.values.len() < 3 || command.values.len().is_multiple_of(2) {
        let expected = "compRangeBiasAndRxChanPhase with a range bias and pairs of real and imaginary part";
        return Err(command.error(expected, format!("{} values", command.values.len())));
    }
    let pairs = (1..command.values.len()).step_by(2);
    let weight = |i: usize| Ok(C64::new(command.number(i)?, command.number(i + 1)?));
    contents.range_bias_m = command.number(0)?;
    contents.weights = Some(ListedWeights {
        weights: pairs.map(weight).collect::<Result<_>>()?,
        device_receivers: Some(receivers),
        place: command.place(),
    });
    Ok(())
}
