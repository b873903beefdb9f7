//! Breath that keeps no strict time: one shape, stretched in time and in depth, with its harmonics.

use mmw_core::linalg::solve_definite;
use mmw_core::ndarray::{Array1, Array2, ArrayRef1, s};
use mmw_core::{C64, Result};
use std::f64::consts::{PI, TAU};

/// From one knot of phase and depth to the next, in breaths: faster than from breath to breath they do not
/// change, and a heartbeat is not taken for a change of them.
const KNOT_BREATHS: f64 = 0.75;
/// Rounds of Gauss and Newton from the demodulated phase on, and from a fit on.
const ROUNDS: usize = 5;
const MORE_ROUNDS: usize = 2;
/// What holds phase and depth where the shape says nothing of them, over what the shape says at a knot.
const HOLD: f64 = 1e-3;
/// What makes dependent columns definite, of their energy.
const DEFINITE: f64 = 1e-10;
/// Depths over the mean one.
const DEPTHS: [f64; 2] = [0.1, 3.0];
/// Harmonics on each side of a line whose share of the breath may change over the stretch.
const CHANGING: usize = 2;
/// Samples for each unknown.
const SAMPLES: usize = 3;

/// The breath of a stretch.
///
/// ```text
/// d(t) = A(t) Σ_k (a_k cos kθ(t) + b_k sin kθ(t)) + drift + tones beside
/// ```
/// The phase θ and the depth A are cubic splines, which start from the demodulated fundamental and are
/// improved together with the shape by Gauss and Newton's rounds.
#[derive(Debug, Clone)]
pub(super) struct Breath {
    phase_rad: Array1<f64>,
    depth: Array1<f64>,
    /// `[sample, knot]`.
    splines: Array2<f64>,
    /// Cosines of less than half a fundamental, a straight line and a parabola.
    drift: Array2<f64>,
    rate_hz: f64,
    harmonics: usize,
    /// Whether a round has been made.
    fitted: bool,
}

/// What a tone explains beyond breath.
#[derive(Debug, Clone)]
pub(super) struct Beyond {
    /// Its energy: twice the variance of a sample, on average, where there is only white noise.
    pub(super) energy: f64,
    /// The stretch without all that was fitted.
    pub(super) rest: Array1<f64>,
}

/// What a fit leaves.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    /// The breath with its harmonics.
    pub(super) breath: Array1<f64>,
    /// The stretch without breath and drift; tones beside stay.
    pub(super) rest: Array1<f64>,
}

impl Breath {
    /// The phase and depth of the fundamental of a level stretch; harmonics up to `most_hz`.
    pub(super) fn of(stretch: &ArrayRef1<f64>, rate_hz: f64, fundamental_hz: f64, most_hz: f64) -> Self {
        let n = stretch.len();
        let knot = (KNOT_BREATHS * rate_hz / fundamental_hz).max(1.0);
        let knots = (n as f64 / knot).ceil() as usize + 3;
        let splines =
            Array2::from_shape_fn((n, knots), |(i, j)| cubic_spline(i as f64 / knot - (j as f64 - 1.0)));
        // Half cycles of the stretch, below half the fundamental: drift would leak into the harmonics.
        let slow = 3 + (fundamental_hz * n as f64 / rate_hz).floor().min(0.25 * n as f64) as usize;
        let drift = Array2::from_shape_fn((n, slow), |(i, j)| match j {
            0..3 => (2.0 * i as f64 / n as f64 - 1.0).powi(j as i32),
            _ => (PI * (j - 2) as f64 * (i as f64 + 0.5) / n as f64).cos(),
        });
        let most = (most_hz.min(0.45 * rate_hz) / fundamental_hz).floor() as usize;
        let room = (n / SAMPLES).saturating_sub(slow + 2 * knots) / 2;
        let (phase_rad, depth) = demodulated(stretch, rate_hz, fundamental_hz);
        Self {
            phase_rad,
            depth,
            splines,
            drift,
            rate_hz,
            harmonics: most.clamp(1, room.max(1)),
            fitted: false,
        }
    }

    /// Fits the stretch, where `still`, with tones at the frequencies `beside`, so that the breath takes
    /// nothing of them.
    pub(super) fn fit(&mut self, stretch: &ArrayRef1<f64>, still: &[bool], beside: &[f64]) -> Result<Parts> {
        let (shape, held) = (2 * self.harmonics, 2 * self.splines.ncols());
        let mut columns = self.columns(beside);
        let mut parts = solved(&columns, stretch, still, 0)?;
        for _ in 0..if self.fitted { MORE_ROUNDS } else { ROUNDS } {
            let solution = solved(&self.moved(&parts, &columns), stretch, still, held)?;
            let mean = self.take(&solution.slice(s![..held]));
            parts = solution.slice(s![held..]).to_owned();
            parts.slice_mut(s![..shape]).mapv_inplace(|part| part * mean);
            columns = self.columns(beside);
        }
        parts = solved(&columns, stretch, still, 0)?;
        self.fitted = true;
        let breath = columns.slice(s![.., ..shape]).dot(&parts.slice(s![..shape]));
        let taken = shape + self.drift.ncols();
        let drift = columns.slice(s![.., shape..taken]).dot(&parts.slice(s![shape..taken]));
        let mut rest = stretch.to_owned() - &breath - drift;
        rest.iter_mut().zip(still).filter(|(_, still)| !**still).for_each(|(rest, _)| *rest = 0.0);
        Ok(Parts { breath, rest })
    }

    /// What a tone explains of a stretch beyond this breath, which was fitted alone.
    ///
    /// The breath may change its phase and depth at the knots and, near the tone, its shape: what of the tone
    /// any of this could be counts for the breath.
    pub(super) fn beyond(
        &self,
        stretch: &ArrayRef1<f64>,
        still: &[bool],
        tone_hz: f64,
        fundamental_hz: f64,
    ) -> Result<Beyond> {
        let columns = self.columns(&[]);
        let parts = solved(&columns, stretch, still, 0)?;
        let all = self.moved(&parts, &self.with_changes(&columns, tone_hz / fundamental_hz));
        let held = 2 * self.splines.ncols();
        let beyond = |values: &ArrayRef1<f64>| -> Result<Array1<f64>> {
            let mut rest = values.to_owned() - all.dot(&solved(&all, values, still, held)?);
            rest.iter_mut().zip(still).filter(|(_, still)| !**still).for_each(|(rest, _)| *rest = 0.0);
            Ok(rest)
        };
        let tone = |i: usize| C64::cis(TAU * tone_hz * i as f64 / self.rate_hz);
        let mut rest = beyond(stretch)?;
        let cos = beyond(&Array1::from_shape_fn(rest.len(), |i| tone(i).re))?;
        let sin = beyond(&Array1::from_shape_fn(rest.len(), |i| tone(i).im))?;
        let [cc, cs, ss] = [cos.dot(&cos), cos.dot(&sin), sin.dot(&sin)];
        let [c, s] = [cos.dot(&rest), sin.dot(&rest)];
        let determinant = cc * ss - cs * cs;
        if determinant <= DEFINITE * (rest.len() as f64).powi(2) {
            return Ok(Beyond { energy: 0.0, rest });
        }
        let [a, b] = [(ss * c - cs * s) / determinant, (cc * s - cs * c) / determinant];
        rest.scaled_add(-a, &cos);
        rest.scaled_add(-b, &sin);
        Ok(Beyond { energy: a * c + b * s, rest })
    }

    /// The columns, and after them the harmonics on both sides of a place, in fundamentals, growing evenly
    /// and bending over the stretch.
    fn with_changes(&self, columns: &Array2<f64>, turns: f64) -> Array2<f64> {
        let (n, before) = columns.dim();
        let last = (turns.floor() as usize + CHANGING).min(self.harmonics);
        let first = (turns.floor() as usize + 1).saturating_sub(CHANGING).clamp(1, last);
        let changing = 2 * (last + 1 - first);
        let mut all = Array2::zeros((n, before + 2 * changing));
        all.slice_mut(s![.., ..before]).assign(columns);
        for (i, mut row) in all.outer_iter_mut().enumerate() {
            let place = 2.0 * i as f64 / n as f64 - 1.0;
            for j in 0..changing {
                let harmonic = columns[[i, 2 * (first - 1) + j]];
                row[before + j] = place * harmonic;
                row[before + changing + j] = place * place * harmonic;
            }
        }
        all
    }

    /// The shape, the drift and the tones.
    fn columns(&self, beside: &[f64]) -> Array2<f64> {
        let (n, shape, slow) = (self.phase_rad.len(), 2 * self.harmonics, self.drift.ncols());
        let mut columns = Array2::zeros((n, shape + slow + 2 * beside.len()));
        columns.slice_mut(s![.., shape..shape + slow]).assign(&self.drift);
        for (i, mut row) in columns.outer_iter_mut().enumerate() {
            let step = C64::cis(self.phase_rad[i]);
            let mut turn = C64::from(self.depth[i]);
            for k in 0..self.harmonics {
                turn *= step;
                (row[2 * k], row[2 * k + 1]) = (turn.re, turn.im);
            }
            for (k, hz) in beside.iter().enumerate() {
                let turn = C64::cis(TAU * hz * i as f64 / self.rate_hz);
                (row[shape + slow + 2 * k], row[shape + slow + 2 * k + 1]) = (turn.re, turn.im);
            }
        }
        columns
    }

    /// Steps of phase and depth at the knots, and the columns beside them.
    fn moved(&self, parts: &ArrayRef1<f64>, columns: &Array2<f64>) -> Array2<f64> {
        let (n, knots) = self.splines.dim();
        let mut all = Array2::zeros((n, 2 * knots + columns.ncols()));
        all.slice_mut(s![.., 2 * knots..]).assign(columns);
        for (i, mut row) in all.outer_iter_mut().enumerate() {
            let (mut moved, mut slope) = (0.0, 0.0);
            for k in 0..self.harmonics {
                let (cos, sin) = (columns[[i, 2 * k]], columns[[i, 2 * k + 1]]);
                moved += parts[2 * k] * cos + parts[2 * k + 1] * sin;
                slope += (k + 1) as f64 * (parts[2 * k + 1] * cos - parts[2 * k] * sin);
            }
            for (j, spline) in self.splines.row(i).iter().enumerate() {
                row[j] = slope * spline;
                row[knots + j] = moved / self.depth[i] * spline;
            }
        }
        all
    }

    /// Goes a step; the mean depth, by which the shape grows.
    fn take(&mut self, steps: &ArrayRef1<f64>) -> f64 {
        let knots = self.splines.ncols();
        self.phase_rad += &self.splines.dot(&steps.slice(s![..knots]));
        self.depth += &self.splines.dot(&steps.slice(s![knots..]));
        let mean = self.depth.sum() / self.depth.len().max(1) as f64;
        let mean = if mean > 0.0 { mean } else { 1.0 };
        self.depth.mapv_inplace(|depth| (depth / mean).clamp(DEPTHS[0], DEPTHS[1]));
        mean
    }
}

/// Least squares over the samples that are still, by the normal equations; the first `held` unknowns are held
/// near zero.
fn solved(
    columns: &Array2<f64>,
    stretch: &ArrayRef1<f64>,
    still: &[bool],
    held: usize,
) -> Result<Array1<f64>> {
    let mut kept = columns.clone();
    let rows = kept.outer_iter_mut().zip(still).filter(|(_, still)| !**still);
    rows.for_each(|(mut row, _)| row.fill(0.0));
    let mut normal = kept.t().dot(columns);
    let mut right = kept.t().dot(stretch).to_vec();
    let count = right.len();
    let trace: f64 = normal.diag().sum() / count as f64;
    let hold: f64 = normal.diag().iter().take(held).sum::<f64>() / held.max(1) as f64;
    for (i, own) in normal.diag_mut().iter_mut().enumerate() {
        *own += DEFINITE * (*own).max(DEFINITE * trace) + if i < held { HOLD * HOLD * hold } else { 0.0 };
    }
    let mut normal: Vec<f64> = normal.iter().copied().collect();
    solve_definite(&mut normal, &mut right, 0.0)?;
    Ok(Array1::from(right))
}

/// The cubic B-spline of unit spacing.
fn cubic_spline(u: f64) -> f64 {
    let u = u.abs();
    match u {
        ..1.0 => 2.0 / 3.0 - u * u + 0.5 * u * u * u,
        ..2.0 => (2.0 - u).powi(3) / 6.0,
        _ => 0.0,
    }
}

/// Phase and depth of a fundamental: under a Hann window of two periods, whose zeros lie at the level and at
/// the second harmonic.
fn demodulated(stretch: &ArrayRef1<f64>, rate_hz: f64, fundamental_hz: f64) -> (Array1<f64>, Array1<f64>) {
    let n = stretch.len();
    let turn = |i: usize| C64::cis(-TAU * fundamental_hz * i as f64 / rate_hz);
    let mixed: Vec<C64> = stretch.iter().enumerate().map(|(i, x)| *x * turn(i)).collect();
    let half = (rate_hz / fundamental_hz).round().max(1.0) as usize;
    let weights: Vec<f64> = (0..=2 * half).map(|k| 0.5 - 0.5 * (PI * k as f64 / half as f64).cos()).collect();
    let around = |i: usize| -> C64 {
        let (first, last) = (i.saturating_sub(half), (i + half + 1).min(n));
        let used = &weights[first + half - i..last + half - i];
        let sum: C64 = mixed[first..last].iter().zip(used).map(|(z, w)| z * w).sum();
        sum / used.iter().sum::<f64>().max(f64::MIN_POSITIVE)
    };
    let envelope: Vec<C64> = (0..n).map(around).collect();
    let mean = envelope.iter().map(|z| z.norm()).sum::<f64>() / n.max(1) as f64;
    let mut phase = envelope.first().map_or(0.0, |z| z.arg());
    let mut phases = vec![phase];
    phases.extend(envelope.windows(2).map(|pair| {
        phase += (pair[1] * pair[0].conj()).arg();
        phase
    }));
    let phases = phases.iter().enumerate().map(|(i, p)| p + TAU * fundamental_hz * i as f64 / rate_hz);
    let depth = |z: &C64| if mean > 0.0 { (z.norm() / mean).clamp(DEPTHS[0], DEPTHS[1]) } else { 1.0 };
    (phases.take(n).collect(), envelope.iter().map(depth).collect())
}
