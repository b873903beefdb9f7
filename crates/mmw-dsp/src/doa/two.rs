//! Two targets in one snapshot.

use super::lobes::lobes;
use super::manifold::{Cosines, Manifold};
use super::pairs::Pairs;
use super::phases::share_of_any_phases;
use super::refine::SingleFit;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::linalg::solve_definite;
use mmw_core::ndarray::{Array1, ArrayRef1};
use mmw_core::{C64, Result, check};

/// The maximum-likelihood directions of two targets in one snapshot, whose echoes may keep their phase
/// to each other.
///
/// ```text
/// (û₁, ŵ₁, û₂, ŵ₂) = argmin ‖x − A (Aᴴ A)⁻¹ Aᴴ x‖²,   A = [a(u₁, w₁), a(u₂, w₂)]
/// ```
/// The deterministic likelihood of [^stoica] in white noise. All pairs of a grid of a third of a beam width
/// are compared, and the best is refined by Gauss-Newton steps on the projection ([^golub]).
///
/// # Examples
/// ```
/// use mmw_core::{C64, antenna::AntennaArray, geometry::Direction};
/// use mmw_dsp::doa::{TwoTargets, snapshot_of};
///
/// let row = AntennaArray::uniform_linear(8, 2e-3)?;
/// let of = |azimuth_rad: f64| snapshot_of(&row, 4e-3, Direction::new(azimuth_rad, 0.0)?);
/// let x = of(-0.1)? + of(0.15)? * C64::new(0.0, 0.5);
/// let pair = TwoTargets::new(&row, 4e-3)?.fit(&x)?.expect("8 channels tell two apart");
/// assert!((pair.directions[0].azimuth_rad + 0.1).abs() < 1e-6 && pair.share > 1.0 - 1e-9);
/// assert!((pair.echoes[1][0].norm() - 0.5).abs() < 1e-6);
/// # Ok::<(), mmw_core::Error>(())
/// ```
///
/// [^stoica]: P. Stoica and A. Nehorai, "MUSIC, maximum likelihood, and Cramér-Rao bound", IEEE Trans.
/// Acoust. Speech Signal Process., vol. 37, no. 5, pp. 720-741, 1989.
/// [^golub]: G. H. Golub and V. Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares
///     problems whose variables separate", SIAM J. Numer. Anal., vol. 10, no. 2, pp. 413-432, 1973; the
///     Jacobian is Kaufman's.
#[derive(Debug, Clone)]
pub struct TwoTargets {
    pub(super) manifold: Manifold,
    cells: Vec<Cosines>,
    /// Responses in the cells, one after the other.
    responses: Vec<C64>,
    pairs: Pairs,
    /// Offsets of the directions that the array confuses with one.
    lobes: Vec<[f64; 2]>,
    /// For each axis, `u` and `w`, along which the antennas stand in two lines only: which of them
    /// in the second.
    pub(super) lines: [Option<Vec<bool>>; 2],
    /// Most that a pair may leave of what one target leaves.
    pub(super) ratio: f64,
}

/// What two targets explain of a snapshot.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct TwoFit {
    /// Where they are, the stronger first.
    pub directions: [Direction; 2],
    /// What each of them contributes to the snapshot.
    pub echoes: [Array1<C64>; 2],
    /// Share of the power of the snapshot that they explain together, from 0 to 1.
    pub share: f64,
    /// Standard deviation of the least certain of their direction cosines, for noise as strong as the
    /// snapshot: it goes with the root of the share that is noise. `None` where other pairs explain the
    /// snapshot as well: two rows of antennas do not tell the elevations of two targets of one azimuth.
    pub deviation: Option<f64>,
}

mmw_core::checked_serde!(TwoFit, |fit| {
    check::non_negative("deviation", fit.deviation.unwrap_or(0.0))?;
    check::in_range("share", fit.share, 0.0, 1.0).map(|_| ())
});

/// Probability that errors of the channels split a lone target.
const FALSE_ALARM: f64 = 1e-4;
/// Pairs a channel that noise can choose from: 30 000 lone targets with errors of 0.1 in each channel, seen
/// by rows of 4 to 16 and by the boards of 3 transmitters, were split as often as if it were 0.5 to 2.8.
const BEAMS: f64 = 3.0;
/// Cells of a grid above which the pairs are too many: an array of 80 wavelengths in one row.
const MAX_CELLS: usize = 512;
/// Direction cosines from here on count as the rim, where no target is but the search had to stop.
const RIM: f64 = 1.0 - 1e-6;
/// Share of the trace that is added to derivatives that depend on each other.
const DAMPING: f64 = 1e-4;

impl TwoTargets {
    /// Plans for the channels of `array`, in their order.
    ///
    /// # Errors
    /// As [`super::SingleTarget::new`].
    pub fn new(array: &AntennaArray, wavelength_m: f64) -> Result<Self> {
        let manifold = Manifold::new(array, wavelength_m)?;
        let free = [manifold.resolvable.azimuth, manifold.resolvable.elevation];
        let unknowns = 4 + 2 * free.iter().filter(|free| **free).count();
        // Two equations more than unknowns, so that there is something to be left.
        let possible = free.contains(&true) && 2 * manifold.len() >= unknowns + 2;
        let cells = if possible { cells(&manifold, free) } else { Vec::new() };
        let responses: Vec<C64> = cells.iter().flat_map(|&at| manifold.response(at.direction())).collect();
        let channels = manifold.len() as f64;
        let freedom = channels - 0.5 * unknowns as f64;
        Ok(Self {
            pairs: Pairs::new(&responses, manifold.len()),
            lines: if free == [true; 2] { [0, 1].map(|axis| manifold.two_lines(axis)) } else { [None, None] },
            lobes: if cells.is_empty() { Vec::new() } else { lobes(&manifold)? },
            ratio: (FALSE_ALARM / (BEAMS * channels)).powf(freedom.max(1.0).recip()),
            manifold,
            cells,
            responses,
        })
    }

    /// The pair that explains `snapshot` best; `None` where the array has too few channels for two targets
    /// (4, or 5 when it resolves both angles), so many that the pairs are too many, or where one of the two
    /// is at the rim of the half-space ahead.
    ///
    /// # Errors
    /// [`mmw_core::Error::Shape`] unless `snapshot` has one value per channel,
    /// [`mmw_core::Error::NotFinite`].
    pub fn fit(&self, snapshot: &ArrayRef1<C64>) -> Result<Option<TwoFit>> {
        self.fit_below(snapshot, f64::INFINITY)
    }

    /// As [`TwoTargets::fit`], given up where the share that is left seems to stay above `wanted`.
    fn fit_below(&self, snapshot: &ArrayRef1<C64>, wanted: f64) -> Result<Option<TwoFit>> {
        check::same_len("snapshot", self.manifold.len(), snapshot.len())?;
        check::all_finite_complex("snapshot", snapshot)?;
        let peak = snapshot.iter().map(|z| z.re.abs().max(z.im.abs())).fold(0.0, f64::max);
        if peak == 0.0 {
            return Ok(None);
        }
        let x: Vec<C64> = snapshot.iter().map(|z| z / peak).collect();
        let Some(start) = self.start(&x) else { return Ok(None) };
        let total: f64 = x.iter().map(C64::norm_sqr).sum();
        let state = self.refined(&x, start, wanted * total);
        let Some(state) = self.inside(&x, state, wanted * total) else { return Ok(None) };
        let mut order = [0, 1];
        if state.amplitudes[1].norm_sqr() > state.amplitudes[0].norm_sqr() {
            order = [1, 0];
        }
        Ok(Some(TwoFit {
            directions: order.map(|i| state.at[i].direction()),
            echoes: order
                .map(|i| state.responses[i].iter().map(|a| a * state.amplitudes[i] * peak).collect()),
            share: (1.0 - state.left / total).clamp(0.0, 1.0),
            deviation: self.deviation(&state, total),
        }))
    }

    /// The pair that explains `snapshot` best, where `alone`, the fit of one target, leaves so much more that
    /// errors of the channels are not the reason. `receivers` channels in a row belong to one transmitter.
    ///
    /// ```text
    /// r₂ ≤ ρ min(r₁, r_φ),   ρ = (P / 3M)^(1 / (M − 2 − d))
    /// ```
    /// `r₂` is what the pair leaves, `r₁` what one target leaves, and `r_φ` what one target leaves of a board
    /// whose transmitters and receivers have any phases. For noise of unknown power the likelihood ratio is
    /// `(r₁ / r₂)^M`. Where one target of `d` cosines in `M` channels leaves nothing but independent circular
    /// errors of the channels, of any size, the pair leaves `2 (M − 2 − d)` of their `2M − 2 − d` degrees of
    /// freedom: `r₂ / r₁` follows a beta distribution, whose tail grows as `ρ^(M − 2 − d)`, for each pair
    /// that the errors can choose from. A lone target is so split with a probability of `P` = 10⁻⁴ at most,
    /// and phases of transmitters and receivers split none.
    ///
    /// # Errors
    /// As [`TwoTargets::fit`]; [`mmw_core::Error::Domain`] unless `receivers` is above zero.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{C64, geometry::Direction};
    /// use mmw_dsp::{Board, doa::{SingleTarget, TwoTargets, snapshot_of}};
    ///
    /// let row = Board::Awr1642.layout().virtual_array()?;
    /// let (one, two) = (SingleTarget::new(&row, 3.9e-3)?, TwoTargets::new(&row, 3.9e-3)?);
    /// let of = |azimuth_rad: f64| snapshot_of(&row, 3.9e-3, Direction::new(azimuth_rad, 0.0)?);
    /// let x = of(0.5)? + of(-0.4)?;
    /// assert!(two.told_apart(&x, &one.fit(&x)?, 4)?.is_some());
    /// // One target, and a second transmitter that is a sixth of a cycle late.
    /// let mut x = of(0.5)?;
    /// x.iter_mut().skip(4).for_each(|z| *z *= C64::cis(1.05));
    /// assert!(two.told_apart(&x, &one.fit(&x)?, 4)?.is_none());
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn told_apart(
        &self,
        snapshot: &ArrayRef1<C64>,
        alone: &SingleFit,
        receivers: usize,
    ) -> Result<Option<TwoFit>> {
        check::at_least("receivers", receivers, 1)?;
        check::all_finite_complex("snapshot", snapshot)?;
        let left = (1.0 - alone.share).min(1.0 - share_of_any_phases(snapshot, receivers));
        let wanted = self.ratio * left;
        Ok(self.fit_below(snapshot, wanted)?.filter(|pair| 1.0 - pair.share <= wanted))
    }

    /// The best pair of cells.
    fn start(&self, x: &[C64]) -> Option<[Cosines; 2]> {
        let responses = self.responses.chunks_exact(self.manifold.len());
        let beams: Vec<C64> = responses.map(|a| a.iter().zip(x).map(|(a, x)| a.conj() * x).sum()).collect();
        let [i, j] = self.pairs.best(&beams)?;
        Some([self.cells[i], self.cells[j]])
    }

    /// The same where both targets are ahead; of one that the search left at the rim, the direction that the
    /// array confuses with it: beyond the rim on one side is ahead on the other.
    fn inside(&self, x: &[C64], state: State, wanted: f64) -> Option<State> {
        let outside = |at: &Cosines| at.u.hypot(at.w) >= RIM;
        if !state.at.iter().any(outside) {
            return Some(state);
        }
        let turned = (0..2).filter(|&i| outside(&state.at[i])).flat_map(|i| {
            self.lobes.iter().map(move |[u, w]| {
                let mut start = state.at;
                start[i] = start[i].moved(start[i].u + u, start[i].w + w);
                start
            })
        });
        let states = turned.map(|start| self.refined(x, start, wanted));
        states.filter(|s| !s.at.iter().any(outside)).min_by(|a, b| a.left.total_cmp(&b.left))
    }

    /// See [`TwoFit::deviation`].
    ///
    /// ```text
    /// σ² (Re Dᴴ D)⁻¹ / 2,   σ² = ‖x‖² / M
    /// ```
    /// The bound of [^stoica] with the derivatives of [`TwoTargets::step`].
    fn deviation(&self, state: &State, total: f64) -> Option<f64> {
        let (matrix, _) = self.normal(state);
        let free = [self.manifold.resolvable.azimuth, self.manifold.resolvable.elevation];
        let mut most = 0.0_f64;
        for i in (0..4).filter(|i| free[i % 2]) {
            let unit = std::array::from_fn(|j| if i == j { 1.0 } else { 0.0 });
            most = most.max(solved(matrix, unit)?[i]);
        }
        let deviation = (most * total / (2 * state.residual.len()) as f64).sqrt();
        deviation.is_finite().then_some(deviation)
    }

    /// Gauss-Newton steps, halved until they descend.
    fn refined(&self, x: &[C64], start: [Cosines; 2], wanted: f64) -> State {
        /// Enough from a third of a beam width; near the end each step takes what is left to its square.
        const MAX_STEPS: usize = 20;
        let mut state = self.state(x, start);
        let mut slow = 0;
        for _ in 0..MAX_STEPS {
            let step = self.step(&state, 0.0);
            // The next one would turn no element by a millionth of a radian.
            let small = |s: &f64| s.abs() * self.manifold.aperture_rad() < 1e-4;
            if step.is_some_and(|step| step.iter().all(small)) {
                break;
            }
            let descended = |step: Option<[f64; 4]>| self.descended(x, &state, step?);
            let Some(next) = descended(step).or_else(|| descended(self.step(&state, DAMPING))) else { break };
            // Who takes less than half of what is left, step by step, never comes down to a fraction of it.
            slow = if next.left > 4.0 * wanted && next.left > 0.5 * state.left { slow + 1 } else { 0 };
            state = next;
            if slow == 3 {
                break;
            }
        }
        state
    }

    /// The first of the halved steps that leaves less.
    fn descended(&self, x: &[C64], state: &State, step: [f64; 4]) -> Option<State> {
        let next = (0..6).map(|halving| {
            let t = 0.5_f64.powi(halving);
            let at = |i: usize| {
                let Cosines { u, w, .. } = state.at[i];
                state.at[i].moved(u + t * step[2 * i], w + t * step[2 * i + 1])
            };
            self.state(x, [at(0), at(1)])
        });
        { next }.find(|next| next.left < state.left)
    }

    fn state(&self, x: &[C64], at: [Cosines; 2]) -> State {
        let len = x.len() as f64;
        let responses = at.map(|at| self.manifold.response(at.direction()).collect::<Vec<C64>>());
        let inner = |a: &[C64], b: &[C64]| a.iter().zip(b).map(|(a, b)| a.conj() * b).sum::<C64>();
        let beams = [inner(&responses[0], x), inner(&responses[1], x)];
        let overlap = inner(&responses[0], &responses[1]);
        let determinant = (len * len - overlap.norm_sqr()).max(f64::EPSILON * len * len);
        let amplitudes = [
            (beams[0] * len - overlap * beams[1]) / determinant,
            (beams[1] * len - overlap.conj() * beams[0]) / determinant,
        ];
        let residual: Vec<C64> = (0..x.len())
            .map(|n| x[n] - responses[0][n] * amplitudes[0] - responses[1][n] * amplitudes[1])
            .collect();
        let left = residual.iter().map(C64::norm_sqr).sum();
        State { at, responses, overlap, determinant, amplitudes, residual, left }
    }

    /// `(Re Dᴴ D)⁻¹ Re Dᴴ e` for the derivatives `D` by the cosines outside the span of the responses,
    /// `[u₁, w₁, u₂, w₂]`; those that the array does not resolve stay. With a share of the trace as damping,
    /// a short step where the derivatives depend on each other. `None` where they do without.
    fn step(&self, state: &State, damping: f64) -> Option<[f64; 4]> {
        let (mut matrix, right) = self.normal(state);
        let trace: f64 = (0..4).map(|i| matrix[i][i]).sum();
        (0..4).for_each(|i| matrix[i][i] += damping * trace);
        solved(matrix, right)
    }

    /// `Re Dᴴ D`, its lower triangle, and `Re Dᴴ e`.
    fn normal(&self, state: &State) -> ([[f64; 4]; 4], [f64; 4]) {
        let free = [self.manifold.resolvable.azimuth, self.manifold.resolvable.elevation];
        let len = state.residual.len();
        let mut columns = [const { Vec::new() }; 4];
        for (i, at) in state.at.iter().enumerate() {
            for (k, column) in columns[2 * i..2 * i + 2].iter_mut().enumerate() {
                let turned = state.responses[i].iter().enumerate().map(|(n, a)| {
                    let slope = self.manifold.slopes(n, *at)[k];
                    C64::new(a.im * slope, -a.re * slope) * state.amplitudes[i]
                });
                *column = if free[k] { state.outside(turned.collect()) } else { vec![C64::default(); len] };
            }
        }
        let real =
            |a: &[C64], b: &[C64]| a.iter().zip(b).map(|(a, b)| a.re * b.re + a.im * b.im).sum::<f64>();
        let mut matrix = [[0.0; 4]; 4];
        let mut right = [0.0; 4];
        for i in 0..4 {
            for j in 0..=i {
                matrix[i][j] = real(&columns[i], &columns[j]);
            }
            right[i] = real(&columns[i], &state.residual);
            if !free[i % 2] {
                matrix[i][i] = 1.0;
            }
        }
        (matrix, right)
    }
}

/// A pair with its amplitudes and what it leaves.
struct State {
    at: [Cosines; 2],
    responses: [Vec<C64>; 2],
    overlap: C64,
    determinant: f64,
    amplitudes: [C64; 2],
    residual: Vec<C64>,
    left: f64,
}

impl State {
    /// The part of a vector outside the span of the responses.
    fn outside(&self, mut vector: Vec<C64>) -> Vec<C64> {
        let len = vector.len() as f64;
        let inner = |a: &[C64]| a.iter().zip(&vector).map(|(a, b)| a.conj() * b).sum::<C64>();
        let beams = [inner(&self.responses[0]), inner(&self.responses[1])];
        let first = (beams[0] * len - self.overlap * beams[1]) / self.determinant;
        let second = (beams[1] * len - self.overlap.conj() * beams[0]) / self.determinant;
        for (n, z) in vector.iter_mut().enumerate() {
            *z -= self.responses[0][n] * first + self.responses[1][n] * second;
        }
        vector
    }
}

/// The grid of a third of a beam width in the cosines that are free.
fn cells(manifold: &Manifold, free: [bool; 2]) -> Vec<Cosines> {
    // A lobe is at least π / extent wide to its first null on one side.
    let extents = manifold.extents_rad();
    let steps = [0, 1].map(|axis| if free[axis] { (2.0 * extents[axis]).ceil().max(4.0) } else { 0.0 });
    if (steps[0] + 1.0) * (steps[1] + 1.0) > MAX_CELLS as f64 {
        return Vec::new();
    }
    let line = |steps: f64| {
        (0..=steps as usize).map(move |i| if steps > 0.0 { 2.0 * i as f64 / steps - 1.0 } else { 0.0 })
    };
    let all = line(steps[0]).flat_map(|u| line(steps[1]).map(move |w| Cosines { u, w, side: 1.0 }));
    all.filter(|at| at.u.hypot(at.w) <= 1.0).collect()
}

/// Solution of `matrix · x = right` for a positive definite matrix, of which the lower triangle counts.
fn solved(mut matrix: [[f64; 4]; 4], mut right: [f64; 4]) -> Option<[f64; 4]> {
    solve_definite(matrix.as_flattened_mut(), &mut right, f64::EPSILON).is_ok().then_some(right)
}
