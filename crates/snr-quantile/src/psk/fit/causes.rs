//! The likely cause of a misfit.

use super::super::modulation::Modulation;
use super::super::record::Record;
use super::statistics::{TESTS, read};
use crate::estimate::Outcome;
use crate::fit::{Cause, Reading, Test, tone};
use mmw_core::C64;
use mmw_core::ndarray::ArrayView1;

/// The likely cause, where some test fails: what spoils several tests is asked for first.
pub(super) fn likely(modulation: Modulation, y: &[C64], readings: &[Reading; TESTS]) -> Cause {
    let fails = |test: Test| readings.iter().any(|reading| reading.test == test && reading.fails());
    if lies_on_a_line(y) {
        return Cause::RealSamples;
    }
    if fails(Test::Tail) && fits_without_a_few(modulation, y) {
        return Cause::Outliers;
    }
    if stands_at_its_greatest(y) {
        return Cause::Clipping;
    }
    if let Some(cause) = about_its_mean(modulation, y) {
        return cause;
    }
    if fails(Test::Line) && fits_without_its_line(modulation, y) {
        return Cause::Tone;
    }
    if fails(Test::Correlation) {
        return Cause::Oversampling;
    }
    if fails(Test::PhaseCorrelation) {
        return Cause::ResidualCarrier;
    }
    if fails(Test::Symmetry) {
        return Cause::Offset;
    }
    if is_rather_qam(y) {
        return Cause::Qam;
    }
    if Modulation::ALL.iter().any(|other| *other != modulation && fits(*other, y)) {
        return Cause::OtherModulation;
    }
    Cause::NonNormalNoise
}

fn fits(modulation: Modulation, y: &[C64]) -> bool {
    read(modulation, y).is_ok_and(|readings| !readings.iter().any(Reading::fails))
}

/// Whether a record about its mean fits, which symbols out of balance put beside the middle.
fn fits_but_for_symmetry(modulation: Modulation, y: &[C64]) -> bool {
    let fails = |reading: &Reading| reading.test != Test::Symmetry && reading.fails();
    read(modulation, y).is_ok_and(|readings| !readings.iter().any(fails))
}

/// Whether all samples lie on a line through zero: `|Σ y²| = Σ |y|²`.
fn lies_on_a_line(y: &[C64]) -> bool {
    let power: f64 = y.iter().map(|y| y.norm_sqr()).sum();
    y.iter().map(|y| y * y).sum::<C64>().norm() > (1.0 - 1e-6) * power
}

/// Whether a record fits once its greatest samples, a twentieth of it at most, are left out.
fn fits_without_a_few(modulation: Modulation, y: &[C64]) -> bool {
    let mut powers: Vec<f64> = y.iter().map(|y| y.norm_sqr()).collect();
    powers.sort_by(f64::total_cmp);
    // One, and then twice as many each time.
    let mut left_out = 1;
    while left_out * 20 <= y.len() {
        let limit = powers.get(y.len() - left_out).copied().unwrap_or_default();
        let kept: Vec<C64> = y.iter().copied().filter(|y| y.norm_sqr() < limit).collect();
        if kept.len() >= 2 && fits(modulation, &kept) {
            return true;
        }
        left_out *= 2;
    }
    false
}

/// Whether neither samples nor their spectrum stand out once the strongest line is taken away.
fn fits_without_its_line(modulation: Modulation, y: &[C64]) -> bool {
    let rest = tone::strongest_line(y, false).subtract(y);
    let depends = |reading: &Reading| matches!(reading.test, Test::Correlation | Test::Line);
    read(modulation, &rest).is_ok_and(|readings| !readings.iter().any(|r| depends(r) && r.fails()))
}

/// The cause of a record that fits once its mean is subtracted, and of one whose two levels are 0 and
/// another.
fn about_its_mean(modulation: Modulation, y: &[C64]) -> Option<Cause> {
    let mean = y.iter().sum::<C64>() / y.len() as f64;
    let power: f64 = y.iter().map(|y| y.norm_sqr()).sum::<f64>() / y.len() as f64;
    // As far from zero as one mean of a thousand is, for symbols in balance.
    if mean.norm_sqr() * (y.len() as f64) < 6.9 * power {
        return None;
    }
    let centred: Vec<C64> = y.iter().map(|y| y - mean).collect();
    if fits_but_for_symmetry(Modulation::Bpsk, &centred) {
        let near = |amplitude: f64| (mean.norm() - amplitude).abs() < 0.25 * (mean.norm() + amplitude);
        if amplitude(Modulation::Bpsk, &centred).is_some_and(near) {
            return Some(Cause::OnOffKeying);
        }
    }
    fits_but_for_symmetry(modulation, &centred).then_some(Cause::Offset)
}

fn amplitude(modulation: Modulation, y: &[C64]) -> Option<f64> {
    let mut record = Record::new(modulation);
    record.push(&ArrayView1::from(y)).ok()?;
    match record.likelihood().ok()?.estimate().outcome {
        Outcome::Identifiable { signal_amplitude, .. } => Some(signal_amplitude),
        Outcome::NotIdentifiable { .. } => None,
    }
}

/// Whether one sample of a hundred, and four at least, share the greatest magnitude of a part, or of both.
fn stands_at_its_greatest(y: &[C64]) -> bool {
    let magnitudes: [fn(&C64) -> f64; 3] = [|y| y.re.abs(), |y| y.im.abs(), |y| y.norm()];
    magnitudes.iter().any(|magnitude| {
        let greatest = y.iter().map(magnitude).fold(0.0, f64::max);
        let there = y.iter().filter(|y| magnitude(y) >= greatest * (1.0 - 1e-9)).count();
        there >= 4 && there * 100 >= y.len()
    })
}

/// Whether four levels in either part, at some phase, have a likelihood well above that of any number of
/// phases.
fn is_rather_qam(y: &[C64]) -> bool {
    const LOOKED_AT: usize = 1000;
    const PHASES: u32 = 32;
    const NOISES: i32 = 12;
    let y = y.get(..y.len().min(LOOKED_AT)).unwrap_or_default();
    let power: f64 = y.iter().map(|y| y.norm_sqr()).sum::<f64>() / y.len() as f64;
    // The gain over noise alone.
    let of_phases = |modulation: &Modulation| {
        let mut record = Record::new(*modulation);
        record.push(&ArrayView1::from(y)).ok()?;
        Some(0.5 * record.likelihood().ok()?.ratio(0.0))
    };
    let phases = Modulation::ALL.iter().filter_map(of_phases).fold(0.0, f64::max);
    let gain = |phase_rad: f64, noise: f64| -> f64 {
        let a = ((1.0 - noise) / 10.0).sqrt();
        let turn = C64::from_polar(1.0 / power.sqrt(), phase_rad);
        let part = |x: f64| {
            let density = |level: f64| (-(x - a * level).powi(2) / noise).exp();
            (0.25 * [-3.0, -1.0, 1.0, 3.0].map(density).iter().sum::<f64>()).max(1e-300).ln()
        };
        let sum: f64 = y.iter().map(|y| y * turn).map(|z| part(z.re) + part(z.im)).sum();
        sum - y.len() as f64 * (noise.ln() - 1.0)
    };
    let best = (0..PHASES)
        .flat_map(|k| (1..=NOISES).map(move |j| (k, j)))
        .map(|(k, j)| {
            let phase_rad = f64::from(k) / f64::from(PHASES) * std::f64::consts::FRAC_PI_2;
            gain(phase_rad, 10_f64.powf(-0.2 * f64::from(j)))
        })
        .fold(f64::NEG_INFINITY, f64::max);
    // Twice the logarithm of the ratio beyond 10 is taken for strong evidence.
    best > phases + 5.0
}
