//! Several directions fitted at once: Gauss-Newton steps down a likelihood.

use super::basis::{Basis, inner};
use super::manifold::{Cosines, Manifold};
use mmw_core::C64;
use mmw_core::linalg::solve_definite;

/// What is made least.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Aim {
    /// `tr(P⊥ R)`, for any weights in `R`.
    LeastSquares,
    /// `ln det(A S Aᴴ + σ² 1)` with the best `S` and `σ²` for the directions.
    Stochastic,
}

/// A search over the cosines in `free` of all directions.
pub(super) struct Fitter<'a> {
    pub(super) manifold: &'a Manifold,
    pub(super) free: [bool; 2],
    pub(super) aim: Aim,
    /// `R = Σ_c r_c r_cᴴ`, the `r_c` in rows.
    pub(super) data: &'a [C64],
}

/// Directions and what they leave.
pub(super) struct State {
    pub(super) at: Vec<Cosines>,
    steering: Vec<Vec<C64>>,
    basis: Basis,
    /// Of each vector of the data, the weights of the responses.
    weights: Vec<Vec<C64>>,
    /// Of each vector of the data, what the responses leave.
    left: Vec<Vec<C64>>,
    value: f64,
}

impl Fitter<'_> {
    /// What is lost of a determinant by rounding when steps are compared.
    const SLACK: f64 = 1e-14;

    /// The directions at the least value that Gauss-Newton steps lead to; `None` where `start` has two
    /// directions that are the same, or a likelihood without value.
    pub(super) fn descended(&self, start: Vec<Cosines>) -> Option<Vec<Cosines>> {
        /// Near the end each step takes nearly all of what is left.
        const MAX_STEPS: usize = 100;
        /// Share of the trace that is added where the derivatives depend on each other.
        const DAMPING: f64 = 1e-3;
        let mut state = self.state(start)?;
        for _ in 0..MAX_STEPS {
            let Some(step) = self.step(&state, 0.0).or_else(|| self.step(&state, DAMPING)) else { break };
            let Some(next) = self.lower(&state, &step) else { break };
            state = next;
            // A step that turns no element by 1e-12 rad changes nothing that can be measured.
            if step.iter().all(|s| s.abs() * self.manifold.aperture_rad() < 1e-12) {
                break;
            }
        }
        Some(state.at)
    }

    /// The first of the halved steps that does not rise.
    fn lower(&self, here: &State, step: &[f64]) -> Option<State> {
        let slack = Self::SLACK * here.value.abs();
        (0..12).find_map(|halving| {
            let t = 0.5_f64.powi(halving);
            let moved = here.at.iter().zip(step.chunks_exact(2));
            let at = moved.map(|(at, step)| at.moved(at.u + t * step[0], at.w + t * step[1])).collect();
            self.state(at).filter(|next| next.value <= here.value + slack)
        })
    }

    fn state(&self, at: Vec<Cosines>) -> Option<State> {
        let steering: Vec<Vec<C64>> =
            at.iter().map(|at| self.manifold.response(at.direction()).collect()).collect();
        let basis = Basis::of(steering.iter().map(Vec::as_slice))?;
        let rows = || self.data.chunks_exact(self.manifold.len());
        let weights = rows().map(|row| basis.coefficients(row)).collect();
        let left: Vec<Vec<C64>> = rows().map(|row| basis.outside(row)).collect();
        let mut state = State { at, steering, basis, weights, left, value: 0.0 };
        let squares: f64 = state.left.iter().flatten().map(C64::norm_sqr).sum();
        state.value = match self.aim {
            Aim::LeastSquares => squares,
            Aim::Stochastic => {
                let noise = (self.manifold.len() - state.at.len()) as f64;
                noise * (squares / noise).max(f64::MIN_POSITIVE).ln() + self.log_determinant(&state)?
            }
        };
        state.value.is_finite().then_some(state)
    }

    /// `ln det(Qᴴ R Q)` for the orthonormal basis `Q` of the responses.
    fn log_determinant(&self, state: &State) -> Option<f64> {
        let count = state.at.len();
        let rows = self.data.chunks_exact(self.manifold.len());
        let mut matrix = vec![C64::default(); count * count];
        for row in rows {
            let inside: Vec<C64> = state.basis.vectors().iter().map(|q| inner(q, row)).collect();
            for (i, a) in inside.iter().enumerate() {
                inside.iter().enumerate().for_each(|(j, b)| matrix[i * count + j] += a * b.conj());
            }
        }
        // The factor that stays in the matrix is what is wanted.
        solve_definite(&mut matrix, &mut vec![C64::default(); count], 0.0).ok()?;
        Some((0..count).map(|i| 2.0 * matrix[i * count + i].re.ln()).sum())
    }

    /// `H⁻¹ g` for all cosines in pairs; those that are not free stay.
    ///
    /// ```text
    /// g_j = Re [ W A⁺ R P⊥ d_j ]_k(j),   H_ij = Re (d_iᴴ P⊥ d_j) [V]_k(j)k(i)
    /// least squares: W = 1, V = Ŝ = A⁺ R A⁺ᴴ;   stochastic: W = S Ŝ⁻¹, V = S Ŝ⁻¹ S, S = Ŝ − σ² (Aᴴ A)⁻¹
    /// ```
    fn step(&self, state: &State, damping: f64) -> Option<Vec<f64>> {
        let Weights { gradient, hessian } = self.weights(state)?;
        let parameters: Vec<(usize, usize)> = (0..state.at.len())
            .flat_map(|k| (0..2).filter(|&axis| self.free[axis]).map(move |axis| (k, axis)))
            .collect();
        let derivatives: Vec<Vec<C64>> = parameters
            .iter()
            .map(|&(k, axis)| state.basis.outside(&self.derivative(state, k, axis)))
            .collect();
        let size = parameters.len();
        let mut right: Vec<f64> = Vec::with_capacity(size);
        for (&(k, _), derivative) in parameters.iter().zip(&derivatives) {
            let mut along = vec![C64::default(); state.at.len()];
            for (weights, left) in state.weights.iter().zip(&state.left) {
                let part = inner(left, derivative);
                along.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight * part);
            }
            right.push(gradient[k].iter().zip(&along).map(|(w, x)| (w * x).re).sum());
        }
        let mut matrix = vec![0.0; size * size];
        for (i, &(k, _)) in parameters.iter().enumerate() {
            for (j, &(l, _)) in parameters.iter().enumerate().take(i + 1) {
                matrix[i * size + j] = (inner(&derivatives[i], &derivatives[j]) * hessian[l][k]).re;
            }
        }
        let trace: f64 = (0..size).map(|i| matrix[i * size + i]).sum();
        (0..size).for_each(|i| matrix[i * size + i] += damping * trace);
        if size > 0 {
            solve_definite(&mut matrix, &mut right, 1e-12).ok()?;
        }
        let mut step = vec![0.0; 2 * state.at.len()];
        parameters.iter().zip(right).for_each(|(&(k, axis), s)| step[2 * k + axis] = s);
        Some(step)
    }

    /// The derivative of response `k` by a cosine.
    fn derivative(&self, state: &State, k: usize, axis: usize) -> Vec<C64> {
        let turned = |(n, a): (usize, &C64)| {
            let slope = self.manifold.slopes(n, state.at[k])[axis];
            C64::new(a.im * slope, -a.re * slope)
        };
        state.steering[k].iter().enumerate().map(turned).collect()
    }

    fn weights(&self, state: &State) -> Option<Weights> {
        let count = state.at.len();
        let mut powers = vec![vec![C64::default(); count]; count];
        for weights in &state.weights {
            for (row, a) in powers.iter_mut().zip(weights) {
                row.iter_mut().zip(weights).for_each(|(sum, b)| *sum += a * b.conj());
            }
        }
        let unit = |i: usize, j: usize| C64::from(if i == j { 1.0 } else { 0.0 });
        if self.aim == Aim::LeastSquares {
            let one = (0..count).map(|i| (0..count).map(|j| unit(i, j)).collect()).collect();
            return Some(Weights { gradient: one, hessian: powers });
        }
        let squares: f64 = state.left.iter().flatten().map(C64::norm_sqr).sum();
        let noise = squares / (self.manifold.len() - count) as f64;
        let mut signals = powers.clone();
        for q in state.basis.vectors() {
            let t = state.basis.coefficients(q);
            for (row, a) in signals.iter_mut().zip(&t) {
                row.iter_mut().zip(&t).for_each(|(sum, b)| *sum -= noise * a * b.conj());
            }
        }
        // Ŝ is Hermitian: its rows, conjugated, are its columns.
        let columns: Vec<Vec<C64>> = powers.iter().map(|row| row.iter().map(C64::conj).collect()).collect();
        let basis = Basis::of(columns.iter().map(Vec::as_slice))?;
        // (S Ŝ⁻¹)ᴴ = Ŝ⁻¹ S, column by column.
        let solved: Vec<Vec<C64>> = signals
            .iter()
            .map(|row| basis.coefficients(&row.iter().map(C64::conj).collect::<Vec<_>>()))
            .collect();
        let gradient: Vec<Vec<C64>> =
            solved.iter().map(|column| column.iter().map(C64::conj).collect()).collect();
        let hessian = gradient
            .iter()
            .map(|row| {
                let entry = |j: usize| row.iter().zip(&signals).map(|(w, s)| w * s[j]).sum::<C64>();
                (0..count).map(entry).collect()
            })
            .collect();
        Some(Weights { gradient, hessian })
    }
}

/// The matrices `W` and `V` of [`Fitter::step`] in rows.
struct Weights {
    gradient: Vec<Vec<C64>>,
    hessian: Vec<Vec<C64>>,
}
