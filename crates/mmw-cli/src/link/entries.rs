//! The entries of a network by name: which of them are shown, and their pictures.

use crate::plot::{CurvePlot, SmithPlot};
use linkbudget::nport::NPort;
use mmw_core::C64;

/// Entries are drawn and printed for networks up to this; larger ones show their reflections and the first
/// column.
pub(super) const ALL_ENTRIES: usize = 3;
/// Magnitudes below this, dB, are drawn there: a picture of nothing coming through still has an edge.
const FLOOR_DB: f64 = -200.0;

/// The entries of a network by name.
pub(super) struct Entries<'a> {
    network: &'a NPort,
    pub(super) modes: Option<Vec<String>>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(network: &'a NPort, modes: Option<Vec<String>>) -> Self {
        Self { network, modes }
    }

    fn name(&self, to: usize, from: usize) -> String {
        match &self.modes {
            Some(modes) => format!("S({}; {})", modes[to], modes[from]),
            None if self.network.ports() > 9 => format!("S{},{}", to + 1, from + 1),
            None => format!("S{}{}", to + 1, from + 1),
        }
    }

    /// The entries that a picture has room for.
    fn shown(&self) -> Vec<(usize, usize)> {
        let ports = self.network.ports();
        let all = (0..ports).flat_map(|from| (0..ports).map(move |to| (to, from)));
        all.filter(|&(to, from)| ports <= ALL_ENTRIES || to == from || from == 0).take(24).collect()
    }

    pub(super) fn smith(&self, title: &str) -> SmithPlot {
        let ordered = self.network.sorted();
        let reflections = self.shown().into_iter().filter(|(to, from)| to == from);
        reflections.fold(SmithPlot::new(title), |chart, (to, from)| {
            chart.curve(self.name(to, from), ordered.s().outer_iter().map(|s| s[[to, from]]))
        })
    }

    pub(super) fn decibels(&self, title: &str) -> CurvePlot {
        let ordered = self.network.sorted();
        let plot = CurvePlot::new(title, "frequency (Hz)", "magnitude (dB)");
        self.shown().into_iter().fold(plot, |plot, (to, from)| {
            let points = ordered.frequencies_hz().iter().zip(ordered.s().outer_iter());
            plot.line(self.name(to, from), points.map(|(&f, s)| (f, decibels(s[[to, from]]).max(FLOOR_DB))))
        })
    }
}

/// `20 log10` of a magnitude.
pub(super) fn decibels(z: C64) -> f64 {
    20.0 * z.norm().log10()
}
