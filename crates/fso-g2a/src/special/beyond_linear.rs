//! What the exponential function leaves beyond its linear part, on both sides at once.

/// `1/(2k + 1)!` from `k = 1`: the series of the hyperbolic sine.
pub(super) const ODD: [f64; 7] = [
    1.0 / 6.0,
    1.0 / 120.0,
    1.0 / 5040.0,
    1.0 / 362_880.0,
    1.0 / 39_916_800.0,
    1.0 / 6_227_020_800.0,
    1.0 / 1_307_674_368_000.0,
];

/// `φ(t)` and `φ(−t)` for `t ≥ 0`: even and odd part from one pair of series, without a division.
pub(crate) fn beyond_linear_pair(t: f64) -> (f64, f64) {
    if t > 0.5 {
        return (t.exp_m1() - t, (-t).exp_m1() + t);
    }
    // 1/(2k)!; the first terms left out, here and in `ODD`, are below 1e-17 of the sums.
    const EVEN: [f64; 7] = [
        1.0 / 2.0,
        1.0 / 24.0,
        1.0 / 720.0,
        1.0 / 40_320.0,
        1.0 / 3_628_800.0,
        1.0 / 479_001_600.0,
        1.0 / 87_178_291_200.0,
    ];
    let square = t * t;
    let (mut even, mut odd) = (0.0, 0.0);
    for (e, o) in EVEN.iter().zip(&ODD).rev() {
        even = even * square + e;
        odd = odd * square + o;
    }
    (square * (even + t * odd), square * (even - t * odd))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::special::unchecked::exp_beyond_linear;

    #[test]
    fn both_sides_are_those_of_the_single_function() {
        for t in [1e-9, 1e-3, 0.1, 0.3, 0.5, 0.500_001, 2.0, 20.0] {
            let (up, down) = beyond_linear_pair(t);
            assert!((up / exp_beyond_linear(t) - 1.0).abs() < 1e-15, "{t}");
            assert!((down / exp_beyond_linear(-t) - 1.0).abs() < 1e-15, "{t}");
        }
    }
}
