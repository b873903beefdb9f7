//! Two targets whose directions differ across two lines of antennas only.

use super::manifold::Cosines;
use super::refine::{Climber, SingleFit};
use super::two::TwoTargets;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{C64, Result, check};

/// Shares below this are rounding.
const LEAST: f64 = 1e-9;

impl TwoTargets {
    /// Whether targets one above the other explain `snapshot` so much better than `alone`, the fit of one
    /// target, that errors of the channels are not the reason; of an array of two columns, side by side.
    ///
    /// Such targets are the same plane wave in each of two rows of antennas, which hear them at different
    /// strengths. Their elevations, levels and phases are more unknowns than the ratio of the rows: no
    /// estimator tells them. As much is left of a lone target where the transmitter of one row is weaker.
    ///
    /// # Errors
    /// As [`TwoTargets::fit`].
    ///
    /// # Examples
    /// ```
    /// use mmw_core::geometry::Direction;
    /// use mmw_dsp::{Board, doa::{SingleTarget, TwoTargets, snapshot_of}};
    ///
    /// let rows = Board::Iwr1843.layout().virtual_array()?;
    /// let (one, two) = (SingleTarget::new(&rows, 3.9e-3)?, TwoTargets::new(&rows, 3.9e-3)?);
    /// let of = |elevation_rad: f64| snapshot_of(&rows, 3.9e-3, Direction::new(0.0, elevation_rad)?);
    /// let x = of(0.4)? + of(-0.4)?;
    /// assert!(two.in_line(&x, &one.fit(&x)?)?);
    /// assert!(!two.in_line(&of(0.4)?, &one.fit(&of(0.4)?)?)?);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn in_line(&self, snapshot: &ArrayRef1<C64>, alone: &SingleFit) -> Result<bool> {
        check::same_len("snapshot", self.manifold.len(), snapshot.len())?;
        check::all_finite_complex("snapshot", snapshot)?;
        let peak = snapshot.iter().map(|z| z.re.abs().max(z.im.abs())).fold(0.0, f64::max);
        let Some(direction) = alone.direction.filter(|_| peak > 0.0) else { return Ok(false) };
        let total: f64 = snapshot.iter().map(|z| (z / peak).norm_sqr()).sum();
        let wanted = self.ratio * (1.0 - alone.share);
        // Of one target nothing is left but the rounding of the snapshot.
        Ok(wanted > LEAST
            && self.lines.iter().enumerate().any(|(across, second)| {
                let Some(second) = second else { return false };
                let lines = [false, true].map(|line| {
                    let own = second.iter().filter(|&&s| s == line).count().max(1) as f64;
                    let part = snapshot.iter().zip(second);
                    part.map(|(z, &s)| if s == line { z / (peak * own.sqrt()) } else { C64::default() })
                        .collect::<Vec<_>>()
                });
                let climber = Climber {
                    manifold: &self.manifold,
                    free: [across != 0, across != 1],
                    reach: [f64::INFINITY; 2],
                };
                let (_, explained) = climber.climb(lines.iter().map(Vec::as_slice), Cosines::of(direction));
                1.0 - explained / total <= wanted
            }))
    }
}
