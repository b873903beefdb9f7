//! Sums over sorted magnitudes, with weights that depend on the rank.

/// Enough lanes that the compiler vectorises along them.
const LANES: usize = 32;

/// `Σ P(k) y_k` over consecutive values with `P(t) = t⁴ − a t² + b`, `t` counted from `start`, each `y = u²`
/// less `reference`; in floating point, as sorted values have but one order.
#[inline(always)]
pub(crate) fn quartic_dot(magnitudes: &[f64], [start, a, b, reference]: [f64; 4]) -> f64 {
    let mut sums = [0.0; LANES];
    let term = |u: f64, t: f64| {
        let t2 = t * t;
        ((t2 - a) * t2 + b) * (u * u - reference)
    };
    let (chunks, rest) = magnitudes.as_chunks::<LANES>();
    let offsets: [f64; LANES] = std::array::from_fn(|lane| lane as f64);
    let mut first = start;
    for chunk in chunks {
        for lane in 0..LANES {
            sums[lane] += term(chunk[lane], first + offsets[lane]);
        }
        first += LANES as f64;
    }
    for (u, offset) in rest.iter().zip(offsets) {
        sums[0] += term(*u, first + offset);
    }
    sums.iter().sum()
}

/// `Σ r_k` and `Σ k r_k`, with `k` from 0.
#[inline(always)]
pub(crate) fn rank_sums(values: &[f64]) -> [f64; 2] {
    const FEW: usize = 8;
    let (mut sums, mut ranked) = ([0.0; FEW], [0.0; FEW]);
    let (chunks, rest) = values.as_chunks::<FEW>();
    let mut first = 0.0;
    for chunk in chunks {
        // Ranks within the chunk are weighed once, at the end.
        for lane in 0..FEW {
            sums[lane] += chunk[lane];
            ranked[lane] += first * chunk[lane];
        }
        first += FEW as f64;
    }
    let offsets = sums.iter().zip(0_u32..).map(|(sum, lane)| sum * f64::from(lane));
    let ranked = ranked.iter().sum::<f64>() + offsets.sum::<f64>();
    rest.iter().zip(0_u32..).fold([sums.iter().sum(), ranked], |[sum, ranked], (r, lane)| {
        [sum + r, ranked + (first + f64::from(lane)) * r]
    })
}
