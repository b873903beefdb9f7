//! The radar area: what the waveforms of the presets make of range and velocity.

use super::{Section, Setup, Table};
use crate::error::Result;
use mmw_dsp::{Board, Fmcw, FmcwConfig};

pub(super) fn run(_setup: &Setup) -> Result<Vec<Section>> {
    let mut section =
        Section::new("Waveforms", "Range and velocity limits that follow from the chirp of each preset.");
    let mut table = Table::new(
        "Limits of the presets",
        ["board", "carrier (GHz)", "range resolution (m)", "greatest range (m)", "greatest velocity (m/s)"],
    );
    for board in Board::ALL {
        let fmcw = Fmcw::new(FmcwConfig::preset(board))?;
        table.push([
            board.name().to_owned(),
            format!("{:.3}", fmcw.carrier_hz() / 1e9),
            format!("{:.4}", fmcw.range_resolution_m()),
            format!("{:.2}", fmcw.max_range_m()),
            format!("{:.3}", fmcw.max_velocity_m_s()),
        ])?;
    }
    section.tables.push(table);
    Ok(vec![section])
}
