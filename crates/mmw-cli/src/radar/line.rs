//! A line of a displacement's spectrum: as JSON, and as a row of a table.

use mmw_dsp::slow_time;
use serde::Serialize;

/// One line.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    pub(super) frequency_hz: f64,
    pub(super) amplitude_m: f64,
    /// Over the median of the spectrum.
    pub(super) over_median: f64,
    /// The channel that it was read from, where each line is read from the one that shows it best; absent
    /// for all of them together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) channel: Option<usize>,
}

impl From<slow_time::Line> for Line {
    fn from(line: slow_time::Line) -> Self {
        let slow_time::Line { frequency_hz, amplitude, over_median } = line;
        Self { frequency_hz, amplitude_m: amplitude, over_median, channel: None }
    }
}

/// Above the rows of [`Line::row`].
pub(super) const HEAD: &str = "\nfrequency Hz  amplitude um  over median";

impl Line {
    pub(super) fn row(&self) -> String {
        let channel = self.channel.map_or(String::new(), |channel| format!("  channel {channel}"));
        let micrometres = 1e6 * self.amplitude_m;
        format!("{:12.3} {micrometres:13.3} {:12.1}{channel}", self.frequency_hz, self.over_median)
    }
}
