//! The window of a detector along one axis: which cells there are around a cell, at the ends too.

use super::Edge;
use mmw_core::{Error, Real, Result, check};
use std::ops::Range;

/// The window along one axis.
#[derive(Debug, Clone)]
pub(super) struct Window {
    pub(super) len: usize,
    pub(super) train: usize,
    pub(super) guard: usize,
    edge: Edge,
}

impl Window {
    /// Cells farther than the axis is long do not exist where windows shrink, so longer windows are cut.
    pub(super) fn new(
        name: &'static str,
        len: usize,
        train: usize,
        guard: usize,
        edge: Edge,
    ) -> Result<Self> {
        check::at_least(name, len, 1)?;
        if edge == Edge::Shrink {
            return Ok(Self { len, train: train.min(len - 1), guard: guard.min(len - 1), edge });
        }
        let reach = train.saturating_add(guard);
        if reach > (len - 1) / 2 {
            let reason = format!("{train} training and {guard} guard cells a side wrap onto themselves");
            return Err(Error::invalid(name, format!("{reason} on an axis of {len}")));
        }
        Ok(Self { len, train, guard, edge })
    }

    pub(super) fn reach(&self) -> usize {
        self.train + self.guard
    }

    pub(super) fn inner(&self) -> usize {
        2 * self.guard + 1
    }

    /// Cells of the axis within `reach` of cell `i`, itself included.
    pub(super) fn count(&self, i: usize, reach: usize) -> usize {
        match self.edge {
            Edge::Wrap => 2 * reach + 1,
            Edge::Shrink => i.min(reach) + 1 + (self.len - 1 - i).min(reach),
        }
    }

    /// Bins with the same counts share a class; an axis has one class for each pair of counts.
    pub(super) fn classes(&self) -> usize {
        match self.edge {
            Edge::Wrap => 1,
            Edge::Shrink => self.len.min(2 * self.reach() + 1),
        }
    }

    pub(super) fn class(&self, i: usize) -> usize {
        let (below, above) = (i, self.len - 1 - i);
        match self.edge {
            Edge::Wrap => 0,
            Edge::Shrink if self.len <= 2 * self.reach() => i,
            Edge::Shrink if above < self.reach() => 2 * self.reach() - above,
            Edge::Shrink => below.min(self.reach()),
        }
    }

    /// A bin of that class.
    pub(super) fn member(&self, class: usize) -> usize {
        if class < self.reach() || self.classes() == self.len {
            class
        } else {
            self.len - self.classes() + class
        }
    }

    /// The bin that is at place `i` of the padded axis, or none.
    pub(super) fn source(&self, i: usize) -> Option<usize> {
        let bin = i as isize - self.reach() as isize;
        match self.edge {
            Edge::Wrap => Some(bin.rem_euclid(self.len as isize) as usize),
            Edge::Shrink => usize::try_from(bin).ok().filter(|&bin| bin < self.len),
        }
    }

    /// The places of the padded axis at which a bin stands.
    pub(super) fn places(&self, bin: usize) -> impl Iterator<Item = usize> + '_ {
        let first = (bin + self.reach()) % self.len;
        (first..self.padded()).step_by(self.len).filter(move |&place| self.source(place) == Some(bin))
    }

    /// The bins at `places` of the window of bin `i`, counted from its first, as one or two runs.
    pub(super) fn for_each_run(&self, i: usize, places: Range<usize>, mut visit: impl FnMut(Range<usize>)) {
        let (first, end) = (i + places.start, i + places.end);
        let reach = self.reach();
        match self.edge {
            Edge::Shrink => {
                let run = first.saturating_sub(reach)..end.saturating_sub(reach).min(self.len);
                if run.start < run.end {
                    visit(run);
                }
            }
            Edge::Wrap => {
                // A window is at most as long as the axis, so it goes around once.
                let first = (first + self.len - reach) % self.len;
                let end = first + places.len();
                if places.is_empty() {
                    return;
                }
                visit(first..end.min(self.len));
                if end > self.len {
                    visit(0..end - self.len);
                }
            }
        }
    }

    pub(super) fn padded(&self) -> usize {
        self.len + 2 * self.reach()
    }

    /// Copies the ends of a padded row from its middle.
    pub(super) fn pad<T: Real>(&self, row: &mut [T]) {
        let (reach, len) = (self.reach(), self.len);
        if self.edge == Edge::Wrap {
            row.copy_within(len..len + reach, 0);
            row.copy_within(reach..2 * reach, reach + len);
        }
    }
}
