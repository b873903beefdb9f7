//! The likely cause of a misfit.

use super::readings::{Cause, Reading, Test, read};
use super::tone;
use crate::estimate::{Estimate, Outcome};
use crate::estimator::Estimator;
use crate::estimators::{MlBinned, Robust};
use mmw_core::ndarray::Array1;
use mmw_core::{C64, Real, Result};

/// The likely cause, where some test fails: what spoils several tests is asked for first.
pub(super) fn likely<T: Real>(samples: &[T], estimate: &Estimate, readings: &[Reading]) -> Result<Cause> {
    let fails = |test: Test| readings.iter().any(|reading| reading.test == test && reading.fails());
    let x: Array1<f64> = samples.iter().map(|x| x.as_f64()).collect();
    if fails(Test::Tail) && fits_without_a_few(&x)? {
        return Ok(Cause::Outliers);
    }
    if fails(Test::Line) && fits_without_its_line(&x)? {
        return Ok(Cause::Tone);
    }
    if (fails(Test::Ceiling) || estimate.step.is_none()) && stands_at_an_end(&x) {
        return Ok(Cause::Clipping);
    }
    if let Some(cause) = about_its_middle(&x)? {
        return Ok(cause);
    }
    if fails(Test::Correlation) {
        return Ok(Cause::Oversampling);
    }
    if fails(Test::MagnitudeCorrelation) {
        return Ok(Cause::ResidualCarrier);
    }
    if fails(Test::Shape) && is_rather_pam(&x, estimate) {
        return Ok(Cause::Pam);
    }
    if fails(Test::Symmetry) && !fails(Test::Shape) && !fails(Test::Tail) {
        return Ok(Cause::Offset);
    }
    Ok(Cause::NonNormalNoise)
}

/// Whether a record fits once a twentieth of it at most is left out.
fn fits_without_a_few(x: &Array1<f64>) -> Result<bool> {
    let (estimate, kept) = Robust::keep(x.as_slice().unwrap_or_default())?;
    if kept.len() == x.len() || kept.len() * 20 < x.len() * 19 {
        return Ok(false);
    }
    let readings = read(&kept, &estimate)?;
    // What is left was chosen by its magnitude.
    Ok(!readings.iter().any(|reading| reading.fails() && reading.test != Test::Ceiling))
}

/// Whether neither samples nor their spectrum stand out once the strongest line is taken away.
fn fits_without_its_line(x: &Array1<f64>) -> Result<bool> {
    let y: Vec<C64> = x.iter().map(|x| (*x).into()).collect();
    let rest: Array1<f64> = tone::strongest_line(&y, true).subtract(&y).iter().map(|y| y.re).collect();
    let readings = read(rest.as_slice().unwrap_or_default(), &MlBinned.estimate(&rest)?)?;
    let depends = |reading: &Reading| matches!(reading.test, Test::Correlation | Test::Line);
    Ok(!readings.iter().any(|reading| depends(reading) && reading.fails()))
}

/// A record less the middle of its two levels, and the middle: that of the means on either side of it,
/// whatever the balance of the symbols.
fn centred(x: &Array1<f64>) -> (Array1<f64>, f64) {
    const ROUNDS: usize = 30;
    let mut middle = x.sum() / x.len() as f64;
    for _ in 0..ROUNDS {
        let mean = |above: bool| {
            let side = || x.iter().filter(|x| (**x > middle) == above);
            side().sum::<f64>() / side().count().max(1) as f64
        };
        let next = 0.5 * (mean(true) + mean(false));
        if next == middle || !next.is_finite() {
            break;
        }
        middle = next;
    }
    (x.mapv(|x| x - middle), middle)
}

/// The cause of a record that fits once the middle of its levels is subtracted.
///
/// Levels 0 and `L` at some SNRs have the third moment of the law that is fitted to them, and only their
/// shape betrays them.
fn about_its_middle(x: &Array1<f64>) -> Result<Option<Cause>> {
    let (centred, middle) = centred(x);
    let estimate = MlBinned.estimate(&centred)?;
    let fails = read(centred.as_slice().unwrap_or_default(), &estimate)?.iter().any(Reading::fails);
    Ok((!fails).then(|| offset_or_keying(middle, &estimate)))
}

/// On-off keying if the lower level is nearer to zero than a quarter of the upper: offset and amplitude are
/// those of the record about its mean, for symbols in balance.
fn offset_or_keying(mean: f64, centred: &Estimate) -> Cause {
    match centred.outcome {
        Outcome::Identifiable { signal_amplitude, .. }
            if (mean.abs() - signal_amplitude).abs() < 0.25 * (mean.abs() + signal_amplitude) =>
        {
            Cause::OnOffKeying
        }
        _ => Cause::Offset,
    }
}

/// Whether one sample of a hundred, and four at least, share the greatest value, the least or the greatest
/// magnitude.
fn stands_at_an_end(x: &Array1<f64>) -> bool {
    let values: [fn(&f64) -> f64; 3] = [|x| *x, |x| -x, |x| x.abs()];
    values.iter().any(|value| {
        let greatest = x.iter().map(value).fold(f64::NEG_INFINITY, f64::max);
        let there = x.iter().filter(|x| value(x) >= greatest - 1e-9 * greatest.abs()).count();
        there >= 4 && there * 100 >= x.len()
    })
}

/// Whether levels `±a`, `±3a` have a likelihood well above that of `±S`, at the same power.
fn is_rather_pam(x: &Array1<f64>, estimate: &Estimate) -> bool {
    const STEPS: u32 = 48;
    let power = x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64;
    let [s2, v] = match estimate.outcome {
        Outcome::Identifiable { signal_amplitude, noise_std, .. } => {
            [signal_amplitude * signal_amplitude / power, noise_std * noise_std / power]
        }
        Outcome::NotIdentifiable { .. } => [0.0, 1.0],
    };
    let r: Vec<f64> = x.iter().map(|x| x.abs() / power.sqrt()).collect();
    let likelihood = |levels: &[f64], v: f64| -> f64 {
        let density = |r: f64, level: f64| {
            (-(r - level).powi(2) / (2.0 * v)).exp() + (-(r + level).powi(2) / (2.0 * v)).exp()
        };
        let share = 1.0 / levels.len() as f64;
        r.iter()
            .map(|r| (share * levels.iter().map(|level| density(*r, *level)).sum::<f64>()).max(1e-300).ln())
            .sum::<f64>()
            - 0.5 * r.len() as f64 * v.ln()
    };
    let two = likelihood(&[s2.sqrt()], v);
    let four = (1..STEPS).map(|k| {
        let signal = f64::from(k) / f64::from(STEPS);
        let a = (signal / 5.0).sqrt();
        likelihood(&[a, 3.0 * a], 1.0 - signal)
    });
    // Twice the logarithm of the ratio beyond 10 is taken for strong evidence.
    four.fold(f64::NEG_INFINITY, f64::max) > two + 5.0
}
