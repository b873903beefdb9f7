//! The minimum of a smooth convex function of many variables.

use mmw_core::{Error, Result};
use std::collections::VecDeque;

/// Steps whose curvature is remembered.
const MEMORY: usize = 10;

/// A step and the change of the gradient along it, with one over their product.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    rho: f64,
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], factor: f64, x: &[f64]) {
    to.iter_mut().zip(x).for_each(|(to, x)| *to += factor * x);
}

/// L-BFGS[^lbfgs] with the line search of Armijo: from `start` to where no component of the gradient is
/// above `tolerance`. `function` fills the gradient and returns the value.
///
/// # Errors
/// [`Error::NoConvergence`] after `iterations` steps.
///
/// [^lbfgs]: J. Nocedal, S. J. Wright, "Numerical Optimization", 2nd ed., 2006, algorithms 7.4 and 7.5.
pub(super) fn minimise(
    what: &'static str,
    start: Vec<f64>,
    tolerance: f64,
    iterations: usize,
    mut function: impl FnMut(&[f64], &mut [f64]) -> f64,
) -> Result<Vec<f64>> {
    let mut x = start;
    let mut gradient = vec![0.0; x.len()];
    let mut value = function(&x, &mut gradient);
    let mut pairs: VecDeque<Pair> = VecDeque::with_capacity(MEMORY);
    let (mut trial, mut new_gradient) = (x.clone(), gradient.clone());
    for _ in 0..iterations {
        if gradient.iter().all(|g| g.abs() <= tolerance) {
            return Ok(x);
        }
        let direction = direction(&pairs, &gradient);
        let slope = dot(&direction, &gradient);
        let first = 1.0 / dot(&gradient, &gradient).sqrt().max(1.0);
        let mut length = if pairs.is_empty() { first } else { 1.0 };
        let new_value = loop {
            trial.copy_from_slice(&x);
            add(&mut trial, length, &direction);
            let new_value = function(&trial, &mut new_gradient);
            // At the bottom the value no longer tells steps apart, and any step is taken.
            if new_value <= value + 1e-4 * length * slope + 1e-15 * value.abs() || length < 1e-10 {
                break new_value;
            }
            length *= 0.5;
        };
        let step: Vec<f64> = trial.iter().zip(&x).map(|(new, old)| new - old).collect();
        let change: Vec<f64> = new_gradient.iter().zip(&gradient).map(|(new, old)| new - old).collect();
        let curvature = dot(&step, &change);
        if curvature > 1e-12 * dot(&step, &step) {
            pairs.truncate(MEMORY - 1);
            pairs.push_front(Pair { step, change, rho: 1.0 / curvature });
        }
        std::mem::swap(&mut x, &mut trial);
        std::mem::swap(&mut gradient, &mut new_gradient);
        value = new_value;
    }
    Err(Error::NoConvergence { what: what.into(), iterations })
}

/// Where to go: down the gradient, turned by the curvature of the last steps, newest first.
fn direction(pairs: &VecDeque<Pair>, gradient: &[f64]) -> Vec<f64> {
    let mut q: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut alphas = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let alpha = pair.rho * dot(&pair.step, &q);
        add(&mut q, -alpha, &pair.change);
        alphas.push(alpha);
    }
    if let Some(newest) = pairs.front() {
        let scale = 1.0 / (newest.rho * dot(&newest.change, &newest.change));
        q.iter_mut().for_each(|q| *q *= scale);
    }
    for (pair, alpha) in pairs.iter().zip(alphas).rev() {
        let beta = pair.rho * dot(&pair.change, &q);
        add(&mut q, alpha - beta, &pair.step);
    }
    q
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bottom_of_a_curved_valley_is_found() {
        // Rosenbrock's function is not convex, yet its only minimum is at (1, 1).
        let rosenbrock = |x: &[f64], g: &mut [f64]| {
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            g[0] = -2.0 * a - 400.0 * x[0] * b;
            g[1] = 200.0 * b;
            a * a + 100.0 * b * b
        };
        let x = minimise("test", vec![-1.2, 1.0], 1e-9, 200, rosenbrock).unwrap();
        assert!((x[0] - 1.0).abs() < 1e-8 && (x[1] - 1.0).abs() < 1e-8, "{x:?}");
        assert!(minimise("test", vec![-1.2, 1.0], 1e-9, 3, rosenbrock).is_err());
    }
}
