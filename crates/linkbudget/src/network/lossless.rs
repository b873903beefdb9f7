//! The fast path: lossless shunt capacitors and series inductors between resistors, real arithmetic, several
//! frequencies at a time.
//!
//! `A` and `D` are real, `B = jb` and `C = jc`. A shunt susceptance β and a series reactance ξ do
//!
//! ```text
//! A ← A − bβ,  c ← c + Dβ     and     b ← b + Aξ,  D ← D − cξ
//! ```

use super::chain::Chain;
use super::{Part, PartKind, Quality, Waves};
use mmw_core::{C64, Result, check};
use std::f64::consts::TAU;

/// Frequencies evaluated at once.
const LANES: usize = 8;

/// Above this `|Δ|²` (or when it is not finite) the scaled chain is used instead.
const LARGE: f64 = 1e280;

/// Fills `s` with `[S11, S12, S21, S22]` of each frequency; `false` when the parts do not qualify.
pub(super) fn s_parameters(
    parts: &[Part],
    frequencies_hz: &[f64],
    source_ohm: f64,
    load_ohm: f64,
    s: &mut [C64],
) -> Result<bool> {
    let qualifies = |part: &Part| {
        matches!(part.kind, PartKind::ShuntC | PartKind::SeriesL) && part.quality == Quality::Lossless
    };
    if !parts.iter().all(qualifies) {
        return Ok(false);
    }
    let ends = Ends::new(source_ohm, load_ohm);
    let (matrices, _) = s.as_chunks_mut::<4>();
    for (f, s) in frequencies_hz.chunks(LANES).zip(matrices.chunks_mut(LANES)) {
        let mut block = [0.0; LANES];
        for (slot, &frequency_hz) in block.iter_mut().zip(f) {
            *slot = TAU * check::in_range("frequency_hz", frequency_hz, 0.0, 1e30)?;
        }
        let (entries, size) = evaluate(parts, &block, &ends);
        for (lane, (matrix, &frequency_hz)) in s.iter_mut().zip(f).enumerate() {
            // NaN fails the comparison too.
            *matrix = if size[lane] < LARGE {
                entries[lane]
            } else {
                let (source, load) = (C64::new(source_ohm, 0.0), C64::new(load_ohm, 0.0));
                Chain::new(parts, frequency_hz)?.s_parameters(source, load, Waves::Power)?
            };
        }
    }
    Ok(true)
}

/// The two resistors, and what is needed of them.
struct Ends {
    source: f64,
    load: f64,
    product: f64,
    twice_mean: f64,
}

impl Ends {
    fn new(source: f64, load: f64) -> Self {
        Self { source, load, product: source * load, twice_mean: 2.0 * (source * load).sqrt() }
    }
}

#[inline]
fn evaluate(parts: &[Part], omega: &[f64; LANES], ends: &Ends) -> ([[C64; 4]; LANES], [f64; LANES]) {
    let (mut a, mut b, mut c, mut d) = ([1.0; LANES], [0.0; LANES], [0.0; LANES], [1.0; LANES]);
    for part in parts {
        if part.kind == PartKind::ShuntC {
            for lane in 0..LANES {
                let susceptance = omega[lane] * part.value;
                a[lane] -= b[lane] * susceptance;
                c[lane] += d[lane] * susceptance;
            }
        } else {
            for lane in 0..LANES {
                let reactance = omega[lane] * part.value;
                b[lane] += a[lane] * reactance;
                d[lane] -= c[lane] * reactance;
            }
        }
    }
    let mut entries = [[C64::new(0.0, 0.0); 4]; LANES];
    let mut size = [0.0; LANES];
    for lane in 0..LANES {
        let (from_load, from_source) = (a[lane] * ends.load, d[lane] * ends.source);
        let through = c[lane] * ends.product;
        let denominator = C64::new(from_load + from_source, b[lane] + through);
        let (real, imaginary) = (from_load - from_source, b[lane] - through);
        size[lane] = denominator.norm_sqr();
        let inverse = denominator.conj() / size[lane];
        let s21 = inverse * ends.twice_mean;
        let s11 = C64::new(real, imaginary) * inverse;
        let s22 = C64::new(-real, imaginary) * inverse;
        entries[lane] = [s11, s21, s21, s22];
    }
    (entries, size)
}
