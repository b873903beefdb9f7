//! What moves, as displacements with their lines.

use super::profiles::Profiles;
use crate::error::Result;
use mmw_dsp::ndarray::Array1;
use mmw_dsp::slow_time;
use mmw_dsp::vitals::{Person, Vibration, VibrationSeries, efficient_lines};

/// Lines that are listed.
const LINES: usize = 6;
/// Records at this rate or above are looked at for machines as well.
pub(super) const MACHINES_HZ: f64 = 50.0;

/// A displacement with the lines that were read from it.
pub(super) struct Moved<'a> {
    /// One channel of several; `None` for all together, or a person.
    pub(super) channel: Option<usize>,
    pub(super) displacement_m: &'a Array1<f64>,
    pub(super) lines: Vec<slow_time::Line>,
}

/// What lines are read from, that of the strongest one first: the hum of a machine before the sway of what
/// stands beside it; a breath before nothing.
pub(super) fn moved<'a>(
    profiles: &Profiles,
    people: &'a [Person],
    vibration: Option<&'a Vibration>,
) -> Result<Vec<Moved<'a>>> {
    let slow = profiles.sample_rate_hz < MACHINES_HZ;
    match (vibration, people.first()) {
        (Some(found), _) => {
            let of = |series: &'a VibrationSeries| Moved {
                channel: series.channel,
                displacement_m: &series.displacement_m,
                lines: series.lines.clone(),
            };
            Ok(found.series.iter().map(of).collect())
        }
        (None, Some(person)) if person.breathes() || slow => {
            let displacement_m = &person.signs.displacement_m;
            let lines = efficient_lines(displacement_m, 1.0 / profiles.sample_rate_hz, LINES, 0.0)?;
            Ok(vec![Moved { channel: None, displacement_m, lines }])
        }
        _ => Ok(Vec::new()),
    }
}
