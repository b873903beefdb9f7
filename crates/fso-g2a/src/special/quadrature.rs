//! Quadrature: one fixed Gauss rule, and an adaptive Gauss-Kronrod rule with an error estimate.

use mmw_core::quadrature::gauss_legendre;
use std::sync::LazyLock;

/// Nodes of Gauss-Kronrod 10-21 from the centre outwards, weights of the 21 and of the 10 points.
const KRONROD_21: [(f64, f64, f64); 11] = [
    (0.0, 0.1494455540029169, 0.0),
    (0.14887433898163122, 0.14773910490133849, 0.29552422471475287),
    (0.2943928627014602, 0.14277593857706009, 0.0),
    (0.4333953941292472, 0.13470921731147334, 0.26926671930999635),
    (0.5627571346686047, 0.12349197626206584, 0.0),
    (0.6794095682990244, 0.10938715880229764, 0.21908636251598204),
    (0.7808177265864169, 0.0931254545836976, 0.0),
    (0.8650633666889845, 0.07503967481091996, 0.1494513491505806),
    (0.9301574913557082, 0.054755896574351995, 0.0),
    (0.9739065285171717, 0.032558162307964725, 0.06667134430868814),
    (0.9956571630258081, 0.011694638867371874, 0.0),
];

/// Panels that the adaptive rule may hold at once.
const MOST_PANELS: usize = 150;

/// `∫ f` from `low` to `high` by the 20-point Gauss rule.
pub(crate) fn gauss_20(low: f64, high: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    static RULE: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| gauss_legendre(20));
    let width = high - low;
    width * RULE.iter().map(|&(x, w)| w * f(low + width * x)).sum::<f64>()
}

struct Panel {
    low: f64,
    high: f64,
    integral: f64,
    error: f64,
}

fn kronrod(low: f64, high: f64, f: &mut impl FnMut(f64) -> f64) -> Panel {
    let (centre, half) = (0.5 * (low + high), 0.5 * (high - low));
    let (mut fine, mut coarse) = (0.0, 0.0);
    for &(x, w, g) in &KRONROD_21 {
        let sum = if x == 0.0 { f(centre) } else { f(centre - half * x) + f(centre + half * x) };
        fine += w * sum;
        coarse += g * sum;
    }
    Panel { low, high, integral: half * fine, error: half * (fine - coarse).abs() }
}

/// `∫ f` over consecutive panels with the given ends, halving the worst panel until the estimate of the error
/// is below `relative · |∫ f + offset|`. Rounding ends the halving too.
///
/// The estimate is the difference of the 10-point and the 21-point rule: that of the former, so the error
/// of what is returned is smaller by orders; its square-root law (the 1.5th power of QUADPACK) is used.
pub(crate) fn adaptive(ends: &[f64], relative: f64, offset: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    let pair = |pair: &[f64]| (pair[0], pair[1]);
    let mut panels: Vec<Panel> = Vec::with_capacity(ends.len() + 8);
    for (low, high) in ends.windows(2).map(pair) {
        panels.push(kronrod(low, high, &mut f));
    }
    loop {
        let total: f64 = panels.iter().map(|p| p.integral).sum();
        let scale = (total + offset).abs();
        let estimate = |p: &Panel| {
            // (200 e/scale)^1.5, as QUADPACK has it: e is the error of the lower rule.
            if scale == 0.0 { p.error } else { scale * (200.0 * p.error / scale).powf(1.5).min(1.0) }
        };
        let worst = panels.iter().enumerate().max_by(|a, b| a.1.error.total_cmp(&b.1.error)).map(|(i, _)| i);
        let sum: f64 = panels.iter().map(estimate).sum();
        let Some(worst) = worst else { return 0.0 };
        if sum <= relative * scale || panels.len() >= MOST_PANELS {
            return total;
        }
        let panel = panels.swap_remove(worst);
        let middle = 0.5 * (panel.low + panel.high);
        if !(panel.low < middle && middle < panel.high) {
            return total;
        }
        panels.push(kronrod(panel.low, middle, &mut f));
        panels.push(kronrod(middle, panel.high, &mut f));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_integrate_polynomials_and_peaks() {
        let power = gauss_20(0.0, 2.0, |x| x.powi(39));
        assert!((power / (2.0_f64.powi(40) / 40.0) - 1.0).abs() < 1e-14);
        let panel = kronrod(-1.0, 1.0, &mut |x: f64| x.powi(30));
        assert!((panel.integral - 2.0 / 31.0).abs() < 1e-15);
        let peak = adaptive(&[0.0, 1.0], 1e-13, 0.0, |x| 1e-3 / ((x - 0.3).powi(2) + 1e-6));
        assert!((peak - (700.0_f64.atan() + 300.0_f64.atan())).abs() < 1e-12);
        assert_eq!(adaptive(&[0.0, 1.0], 1e-12, 0.0, |_| 0.0), 0.0);
    }
}
