//! How many antennas a rival may have.

use mmw_core::{Result, check};

/// Most antennas at one end.
const MOST_ANTENNAS: f64 = 4096.0;

pub(super) fn check_size(receive: usize, transmit: usize) -> Result<()> {
    check::at_least("receive", receive, 1)?;
    check::at_least("transmit", transmit, 1)?;
    check::in_range("receive", receive as f64, 1.0, MOST_ANTENNAS)?;
    check::in_range("transmit", transmit as f64, 1.0, MOST_ANTENNAS)?;
    Ok(())
}
