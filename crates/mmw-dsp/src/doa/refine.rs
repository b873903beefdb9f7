//! One target, located as exactly as its noise allows.

use super::lobes::lobes;
use super::manifold::{Cosines, Manifold, Projection};
use super::scan::Scan;
use super::{Resolvable, direction_of_cosines};
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{C64, Result, check};
use std::sync::OnceLock;

/// The maximum-likelihood direction of a single target in one snapshot.
///
/// ```text
/// (û, ŵ) = argmax |a(u, w)ᴴ x|² / M
/// ```
/// For one source in white noise the deterministic likelihood is this beamformer (see
/// [^stoica]); it is climbed by Newton steps in the direction cosines that the array resolves.
///
/// # Examples
/// ```
/// use mmw_core::geometry::Direction;
/// use mmw_dsp::{Fmcw, FmcwConfig, doa::{SingleTarget, snapshot_of}};
///
/// let fmcw = Fmcw::new(FmcwConfig::iwr1843())?;
/// let array = fmcw.virtual_array().expect("the board is known");
/// let truth = Direction::new(0.3, 0.1)?;
/// let x = snapshot_of(array, fmcw.wavelength_m(), truth)?;
///
/// let target = SingleTarget::new(array, fmcw.wavelength_m())?;
/// let found = target.refine(&x, Direction::new(0.25, 0.0)?)?;
/// assert!((found.azimuth_rad - 0.3).abs() < 1e-9 && (found.elevation_rad - 0.1).abs() < 1e-9);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^stoica]: P. Stoica and A. Nehorai, "MUSIC, maximum likelihood, and Cramér-Rao bound", IEEE Trans.
/// Acoust. Speech Signal Process., vol. 37, no. 5, pp. 720-741, 1989.
#[derive(Debug, Clone)]
pub struct SingleTarget {
    manifold: Manifold,
    /// Planned by the first search: who only refines needs none.
    scan: OnceLock<Scan>,
    /// Found by the first question for rivals.
    lobes: OnceLock<Vec<[f64; 2]>>,
}

/// What one target explains of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct SingleFit {
    /// Where it is; `None` when the summit lies beyond direction cosines of one.
    pub direction: Option<Direction>,
    /// Share of the power of the snapshot, from 0 to 1.
    pub share: f64,
}

mmw_core::checked_serde!(SingleFit, |fit| check::in_range("share", fit.share, 0.0, 1.0).map(|_| ()));

/// Direction cosines from here on count as the rim.
const RIM: f64 = 1.0 - 1e-6;

impl SingleTarget {
    /// Plans for the channels of `array`, in their order.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] unless `wavelength_m` is finite and above zero and the array below 1e9/2π
    /// wavelengths.
    pub fn new(array: &AntennaArray, wavelength_m: f64) -> Result<Self> {
        Ok(Self {
            manifold: Manifold::new(array, wavelength_m)?,
            scan: OnceLock::new(),
            lobes: OnceLock::new(),
        })
    }

    /// Which angles are refined; the others stay as the start has them.
    #[must_use]
    pub fn resolvable(&self) -> Resolvable {
        self.manifold.resolvable
    }

    /// Climbs from `start`, which must lie on the main lobe (within about half a beam width), to the summit.
    ///
    /// A cosine that the array does not resolve is kept: start at zero for lack of knowledge. An all-zero
    /// snapshot returns the start.
    ///
    /// # Errors
    /// [`mmw_core::Error::Shape`] unless `snapshot` has one value per channel,
    /// [`mmw_core::Error::NotFinite`],
    /// [`mmw_core::Error::Domain`] for a start that is not a direction.
    pub fn refine(&self, snapshot: &ArrayRef1<C64>, start: Direction) -> Result<Direction> {
        let scaled = self.checked(snapshot)?;
        Direction::new(start.azimuth_rad, start.elevation_rad)?;
        let climber = Climber { manifold: &self.manifold, free: self.free(), reach: [f64::INFINITY; 2] };
        Ok(climber.climb(std::iter::once(scaled.as_slice()), Cosines::of(start)).0.direction())
    }

    /// Searches the half-space ahead on a grid of a third of a beam width, then refines the best cell. `None`
    /// when the summit lies beyond direction cosines of one, where no wave comes from: the rim of the
    /// half-space is then only where the search had to stop.
    ///
    /// # Errors
    /// As [`SingleTarget::refine`], and [`mmw_core::Error::Domain`] for arrays so large that the grid
    /// exceeds 2^24 cells.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{antenna::AntennaArray, geometry::Direction};
    /// use mmw_dsp::doa::{SingleTarget, snapshot_of};
    ///
    /// let ula = AntennaArray::uniform_linear(8, 2e-3)?;
    /// let x = snapshot_of(&ula, 4e-3, Direction::new(-0.7, 0.0)?)?;
    /// let found = SingleTarget::new(&ula, 4e-3)?.locate(&x)?.expect("a wave");
    /// assert!((found.azimuth_rad + 0.7).abs() < 1e-9);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn locate(&self, snapshot: &ArrayRef1<C64>) -> Result<Option<Direction>> {
        Ok(self.fit(snapshot)?.direction)
    }

    /// As [`SingleTarget::locate`], with the share of the snapshot's power that the direction explains.
    ///
    /// # Errors
    /// As [`SingleTarget::locate`].
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{C64, antenna::AntennaArray, geometry::Direction};
    /// use mmw_dsp::doa::{SingleTarget, snapshot_of};
    ///
    /// let ula = AntennaArray::uniform_linear(8, 2e-3)?;
    /// let mut x = snapshot_of(&ula, 4e-3, Direction::new(0.2, 0.0)?)?;
    /// let plan = SingleTarget::new(&ula, 4e-3)?;
    /// assert!((plan.fit(&x)?.share - 1.0).abs() < 1e-12);
    /// // The second half of the channels turned by half a cycle: no plane wave does that.
    /// x.iter_mut().skip(4).for_each(|z| *z = -*z);
    /// assert!(plan.fit(&x)?.share < 0.6);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn fit(&self, snapshot: &ArrayRef1<C64>) -> Result<SingleFit> {
        let scaled = self.checked(snapshot)?;
        let start = self.search(&scaled)?;
        let climber = Climber { manifold: &self.manifold, free: self.free(), reach: [f64::INFINITY; 2] };
        let (summit, fit) = self.fitted(&scaled, &climber, Cosines::of(start));
        if fit.direction.is_some() {
            return Ok(fit);
        }
        // Of a coarse grid the best cell may stand on the slope of a lobe beyond the rim, whose twin
        // lies inside.
        let inside = self.beside(&scaled, summit)?.into_iter().max_by(|a, b| a.share.total_cmp(&b.share));
        Ok(inside.filter(|twin| twin.share >= fit.share).unwrap_or(fit))
    }

    /// The other summits of the likelihood that the array's pattern makes of a target at `direction`, which
    /// [`SingleTarget::fit`] found: elements farther apart than half a wavelength see it in several places.
    /// Only lobes of at least half the main one count, and only those in the half-space ahead.
    ///
    /// # Errors
    /// As [`SingleTarget::locate`].
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{antenna::AntennaArray, geometry::Direction};
    /// use mmw_dsp::doa::{SingleTarget, snapshot_of};
    ///
    /// // A wavelength apart: sin(azimuth) is known up to whole numbers.
    /// let sparse = AntennaArray::uniform_linear(4, 4e-3)?;
    /// let truth = Direction::new(0.2_f64.asin(), 0.0)?;
    /// let rivals = SingleTarget::new(&sparse, 4e-3)?.rivals(&snapshot_of(&sparse, 4e-3, truth)?, truth)?;
    /// let other = rivals[0].direction.expect("ahead");
    /// assert!(rivals.len() == 1 && (other.azimuth_rad.sin() + 0.8).abs() < 1e-9);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn rivals(&self, snapshot: &ArrayRef1<C64>, direction: Direction) -> Result<Vec<SingleFit>> {
        let scaled = self.checked(snapshot)?;
        Direction::new(direction.azimuth_rad, direction.elevation_rad)?;
        self.beside(&scaled, Cosines::of(direction))
    }

    /// The summits inside the disc that the lobes of the array put beside `own`.
    fn beside(&self, scaled: &[C64], own: Cosines) -> Result<Vec<SingleFit>> {
        let lobes = match self.lobes.get() {
            Some(known) => known,
            None => {
                let found = lobes(&self.manifold)?;
                self.lobes.get_or_init(|| found)
            }
        };
        let lobe = 1.0 / self.manifold.aperture_rad();
        let climber = Climber { manifold: &self.manifold, free: self.free(), reach: [f64::INFINITY; 2] };
        let rivals = lobes.iter().filter_map(|[u, w]| {
            let start = (own.u + u, own.w + w);
            let near = start.0.hypot(start.1) < 1.0 + lobe;
            let (summit, fit) = near.then(|| self.fitted(scaled, &climber, own.moved(start.0, start.1)))?;
            let apart = (summit.u - own.u).hypot(summit.w - own.w) > lobe;
            (apart && fit.direction.is_some()).then_some(fit)
        });
        Ok(rivals.collect())
    }

    fn fitted(&self, scaled: &[C64], climber: &Climber<'_>, start: Cosines) -> (Cosines, SingleFit) {
        let (summit, power) = climber.climb(std::iter::once(scaled), start);
        let total: f64 = scaled.iter().map(C64::norm_sqr).sum::<f64>() * scaled.len() as f64;
        let share = if total > 0.0 { (power / total).min(1.0) } else { 0.0 };
        let inside = summit.u.hypot(summit.w) < RIM || !self.free().contains(&true);
        (summit, SingleFit { direction: inside.then(|| summit.direction()), share })
    }

    /// The best direction of the grid.
    fn search(&self, scaled: &[C64]) -> Result<Direction> {
        const MAX_CELLS: f64 = 16_777_216.0;
        // A lobe is at least π / aperture wide to its first null on one side.
        let per_axis = (2.0 * self.manifold.aperture_rad()).ceil().max(4.0);
        let steps = self.free().map(|free| if free { per_axis } else { 0.0 });
        let cells = (steps[0] + 1.0) * (steps[1] + 1.0);
        check::in_range("cells of the search grid", cells, 1.0, MAX_CELLS)?;
        let line = |steps: f64| -> Vec<f64> {
            let at = |i: usize| if steps > 0.0 { i as f64 / per_axis * 2.0 - 1.0 } else { 0.0 };
            (0..=steps as usize).map(at).collect()
        };
        let scan = self.scan.get_or_init(|| self.manifold.scan(line(steps[0]), line(steps[1])));
        let (u, w) = scan.strongest(scaled);
        Ok(direction_of_cosines(u, w).unwrap_or_default())
    }

    fn free(&self) -> [bool; 2] {
        [self.manifold.resolvable.azimuth, self.manifold.resolvable.elevation]
    }

    /// The snapshot scaled to about one, so that no square overflows.
    fn checked(&self, snapshot: &ArrayRef1<C64>) -> Result<Vec<C64>> {
        check::same_len("snapshot", self.manifold.len(), snapshot.len())?;
        check::all_finite_complex("snapshot", snapshot)?;
        let peak = snapshot.iter().map(|z| z.re.abs().max(z.im.abs())).fold(0.0, f64::max);
        let divisor = if peak > 0.0 { peak } else { 1.0 };
        Ok(snapshot.iter().map(|z| z / divisor).collect())
    }
}

/// Newton's method on a projection, kept to the disc, to the free cosines and within reach of the start.
pub(super) struct Climber<'a> {
    pub(super) manifold: &'a Manifold,
    /// Which of `u` and `w` may move.
    pub(super) free: [bool; 2],
    /// How far they may move from the start.
    pub(super) reach: [f64; 2],
}

impl Climber<'_> {
    /// Enough for quadratic convergence from anywhere on a lobe, damped steps included.
    const MAX_STEPS: usize = 40;

    /// The summit and the value there. Never lower than the start; where Newton's step does not rise, it is
    /// halved until it does.
    pub(super) fn climb<'v>(
        &self,
        vectors: impl Iterator<Item = &'v [C64]> + Clone,
        start: Cosines,
    ) -> (Cosines, f64) {
        let aperture = self.manifold.aperture_rad();
        let mut at = start;
        let mut here = self.manifold.projection(vectors.clone(), at);
        for _ in 0..Self::MAX_STEPS {
            let step = self.step(&here, aperture);
            // A step that turns no element by 1e-13 rad changes nothing that can be measured.
            if step[0].hypot(step[1]) * aperture <= 1e-13 {
                break;
            }
            let Some((next, there)) = self.risen(vectors.clone(), start, at, &here, step) else { break };
            (at, here) = (next, there);
        }
        (at, here.value)
    }

    /// The first of the halved steps that does not descend.
    fn risen<'v>(
        &self,
        vectors: impl Iterator<Item = &'v [C64]> + Clone,
        start: Cosines,
        at: Cosines,
        here: &Projection,
        step: [f64; 2],
    ) -> Option<(Cosines, Projection)> {
        // Near the summit the value is flat to rounding, and only the gradient still tells.
        let slack = 1e-14 * here.value;
        for halving in 0..8 {
            let t = 0.5_f64.powi(halving);
            let next = self.bounded(start, at.moved(at.u + t * step[0], at.w + t * step[1]));
            let there = self.manifold.projection(vectors.clone(), next);
            if there.value >= here.value - slack && next != at {
                return Some((next, there));
            }
        }
        None
    }

    fn bounded(&self, start: Cosines, at: Cosines) -> Cosines {
        let clamp = |x: f64, start: f64, reach: f64| x.clamp(start - reach, start + reach);
        at.moved(clamp(at.u, start.u, self.reach[0]), clamp(at.w, start.w, self.reach[1]))
    }

    /// Newton's step where the surface is a cap, else uphill by the curvature that a lobe has at most.
    fn step(&self, here: &Projection, aperture: f64) -> [f64; 2] {
        let masked = |free: bool, x: f64| if free { x } else { 0.0 };
        let g = [masked(self.free[0], here.gradient[0]), masked(self.free[1], here.gradient[1])];
        let [uu, uw, ww] = here.hessian;
        let steepest = {
            let curvature = 2.0 * aperture * aperture * here.value.max(f64::MIN_POSITIVE);
            let slope = g[0].hypot(g[1]);
            let length = (slope / curvature).min(0.25 / aperture);
            if slope > 0.0 { g.map(|x| x / slope * length) } else { [0.0; 2] }
        };
        let newton = match self.free {
            [true, true] => {
                let determinant = uu * ww - uw * uw;
                (uu < 0.0 && determinant > 0.0)
                    .then(|| [(uw * g[1] - ww * g[0]) / determinant, (uw * g[0] - uu * g[1]) / determinant])
            }
            [true, false] => (uu < 0.0).then(|| [-g[0] / uu, 0.0]),
            [false, true] => (ww < 0.0).then(|| [0.0, -g[1] / ww]),
            [false, false] => None,
        };
        newton.filter(|s| s.iter().all(|x| x.is_finite())).unwrap_or(steepest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::Error;

    #[test]
    fn hostile_snapshots_are_errors_and_zeros_stay() {
        let ula = AntennaArray::uniform_linear(4, 2e-3).unwrap();
        let plan = SingleTarget::new(&ula, 4e-3).unwrap();
        let start = Direction::new(0.2, 0.0).unwrap();
        let zeros = mmw_core::ndarray::Array1::<C64>::zeros(4);
        let kept = plan.refine(&zeros, start).unwrap();
        assert!((kept.azimuth_rad - 0.2).abs() < 1e-15);
        assert!(plan.locate(&zeros).is_ok());
        let mut bad = zeros.clone();
        bad[2].re = f64::NAN;
        assert!(matches!(plan.refine(&bad, start), Err(Error::NotFinite { index: 2, .. })));
        assert!(plan.refine(&mmw_core::ndarray::Array1::zeros(3), start).is_err());
        let nowhere = Direction { azimuth_rad: f64::NAN, elevation_rad: 0.0 };
        assert!(plan.refine(&zeros, nowhere).is_err());
    }
}
