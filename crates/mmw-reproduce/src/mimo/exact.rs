//! Capacities of independent Rayleigh fading and of keyholes, known exactly.

use crate::section::{Section, Table};
use mimo_gscm::exact::{IidOutage, ergodic_capacity, keyhole_outage_capacity};
use mmw_core::Result;

const SIZES: [(usize, usize); 8] = [(1, 1), (1, 4), (4, 1), (2, 2), (2, 4), (4, 2), (4, 4), (8, 8)];

pub(crate) fn run() -> Result<Section> {
    let mut section = Section::new(
        "Exact references",
        "The mean by Telatar's integral; the outage capacity from the characteristic function as a determinant of \
         Laguerre integrals, inverted; with one antenna at an end and for the keyhole by incomplete gamma \
         functions. Nothing here is simulated.",
    );
    let columns = ["receive x transmit", "SNR (dB)", "mean", "1 % outage", "10 % outage", "median"];
    let mut table = Table::new("Independent Rayleigh fading (bit/s/Hz)", columns);
    for (receive, transmit) in SIZES {
        for snr_db in [0.0, 10.0, 20.0] {
            let snr = 10f64.powf(snr_db / 10.0);
            let outage = IidOutage::new(receive, transmit, snr)?;
            table.push([
                format!("{receive}x{transmit}"),
                format!("{snr_db}"),
                format!("{:.10}", ergodic_capacity(receive, transmit, snr)?),
                format!("{:.7}", outage.capacity(0.01)?),
                format!("{:.7}", outage.capacity(0.1)?),
                format!("{:.7}", outage.capacity(0.5)?),
            ])?;
        }
    }
    section.tables.push(table);
    let columns = ["size", "1 % outage", "10 % outage", "median", "90 %"];
    let mut table = Table::new("Keyhole at 20 dB (bit/s/Hz)", columns);
    for n in [1, 2, 4, 8] {
        let capacity = |p: f64| keyhole_outage_capacity(n, n, 100.0, p).map(|c| format!("{c:.7}"));
        table.push([format!("{n}x{n}"), capacity(0.01)?, capacity(0.1)?, capacity(0.5)?, capacity(0.9)?])?;
    }
    section.tables.push(table);
    Ok(section)
}
