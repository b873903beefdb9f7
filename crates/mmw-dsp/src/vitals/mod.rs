//! Vital signs and machines: the displacement of what moves by less than a wavelength, its rates
//! and its lines.
//!
//! ```text
//! range profiles ──► moving cells ──► followed, receivers ──► phase about the ──► displacement ──► rates, lines
//! [channel, frame,   (range, azimuth) combined                still echo          without motion
//!  range bin]
//! ```
//! [`VitalMonitor::people`] goes all the way, [`VitalMonitor::process`] from the samples of one cell on, and
//! [`vibration_scan`] looks for machines. The rate of the frames and the wavelength have no defaults: a rate
//! taken for granted scales every result.

mod butterworth;
pub use butterworth::BandPass;

mod unwrap_repaired;
pub use unwrap_repaired::unwrap_repaired;

mod unwrap_map;
pub use unwrap_map::unwrap_map;

mod demodulate;
pub use demodulate::{Demodulation, demodulated, extended_dacm};

mod spectrum;
mod comb;

mod rate;
pub use rate::Rate;

mod breath;
mod heart;
mod still_spans;

mod monitor;
pub use monitor::{RatesAt, VitalMonitor, VitalSigns, VitalsConfig};

mod receivers;
pub use receivers::maximum_ratio;

mod cells;
pub use cells::{MovingCell, moving_cells};

mod follow;
mod azimuth;

mod people;
pub use people::Person;

mod line_fit;
pub use line_fit::efficient_lines;

mod vibration;
pub use vibration::{Vibration, VibrationScan, VibrationSeries, vibration_scan};

mod uart_log;
pub use uart_log::VitalSignsLog;
