//! Figs. 2a and 2b: the density of the gain, simulated and by four formulas.

use super::{ALPHA, BETA, RUNS, SOURCE, law, tails, vertical, watched};
use crate::check::Check;
use crate::host::{Draw, Setup};
use crate::ledger::LedgerRow;
use crate::section::{Figure, Section};
use fso_g2a::channel::Channel;
use fso_g2a::paper::{Form21, Theorem1, density_21};
use fso_g2a::pointing::{Pointing, PointingConfig};
use fso_g2a::rivals::GaussianBeam;
use fso_g2a::turbulence::GammaGamma;
use mmw_core::Result;
use mmw_core::ndarray::Array1;
use mmw_core::rand::RngExt;
use mmw_core::stats::Histogram;
use mmw_plot::{CurvePlot, Scale};

const QUICK_RUNS: u64 = 2_000_000;
const LENGTH_M: f64 = 20e3;
const APERTURE_M: f64 = 0.05;
const PARTS: [(&str, f64); 2] = [("a", 0.1e-3), ("b", 0.2e-3)];
/// Decades of the normalised gain, and bins of the simulation over them.
const DECADES: (f64, f64) = (-3.0, 1.0);
const BINS: usize = 48;

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let runs = if setup.quick { QUICK_RUNS } else { RUNS };
    let mut section = Section::new(
        "Figs. 2a and 2b: density of the gain",
        format!(
            "Density of the gain where the beam reaches the aperture at all, h > 0: Z = 20 km, aperture of 5 cm, \
             alpha = 4, beta = 1.7, {:.0} million runs. Assumed, because the paper does not say: a vertical path, \
             a wobble of 0.5 m in each direction, wander by Hufnagel-Valley 5/7 from the ground with a waist of \
             1 cm. The gain is shown over h_a A0, so that the attenuation plays no part. Equation (21) is shown with \
             its missing constants and its pi (corrected) and without (printed, where its integral is 0); [5] is \
             the Gaussian beam of Farid and Hranilovic with 1/e^2 radius w, the gain over the same h_a A0.",
            runs as f64 * 1e-6
        ),
    );
    let mut scores = Vec::new();
    for (part, divergence_rad) in PARTS {
        let channel = vertical(divergence_rad, LENGTH_M, APERTURE_M)?;
        let counts = simulate(setup, &channel, runs)?;
        section.figures.push(figure(setup, part, &channel, &counts)?);
        scores.push(score(&channel, &counts)?);
    }
    section.ledger = ledger(&scores, runs)?;
    Ok(section)
}

fn figure(
    setup: &Setup<'_>,
    part: &str,
    channel: &Channel<GammaGamma>,
    counts: &Histogram,
) -> Result<Figure> {
    let pointing = channel.pointing();
    let (w, r, sigma) = (pointing.beam_radius_m(), pointing.aperture_radius_m(), pointing.jitter_m());
    let rival =
        GaussianBeam::new(PointingConfig { beam_radius_m: w, aperture_radius_m: r, jitter_m: sigma })?;
    let gains = Array1::geomspace(10_f64.powf(DECADES.0), 10_f64.powf(DECADES.1), 161).unwrap_or_default();
    let curve = |f: &dyn Fn(f64) -> Result<f64>| -> Result<Vec<(f64, f64)>> {
        gains.iter().map(|&x| Ok((x, f(x)?))).collect()
    };
    let title = format!("Density of the gain, w/r = {:.0} (Fig. 2{part})", w / r);
    let file = format!("fso/density-{part}.svg");
    CurvePlot::new(title, "gain over h_a A0", "density")
        .x_scale(Scale::Log)
        .y_scale(Scale::Log)
        .y_limits(1e-4, 3.0)
        .line("exact", curve(&|x| channel.pdf(x))?)
        .dashed("(21) corrected", curve(&|x| density_21(channel, x, Form21::Corrected))?)
        .dots("simulation", simulated(counts))
        .dashed("(21) printed", curve(&|x| density_21(channel, x, Form21::Printed))?)
        .dashed("Gaussian beam [5]", curve(&|x| rival.pdf(channel.turbulence(), x))?)
        .draw(setup, &file)?;
    let caption = format!(
        "Fig. 2{part}: w = {w:.0} m, jitter {sigma:.3} m. The beam misses with probability {:.2e} and overlaps in \
         part with {:.2e}.",
        pointing.atom_at_zero(),
        pointing.transition_probability()
    );
    Ok(Figure::new(file, caption))
}

/// Runs by the logarithm of their gain.
fn simulate(setup: &Setup<'_>, channel: &Channel<GammaGamma>, runs: u64) -> Result<Histogram> {
    let empty = Histogram::new(DECADES.0, DECADES.1, BINS)?;
    watched(setup, setup.seed, runs, |run| {
        run.block_size(1 << 16).run(|rng, trials| {
            let mut histogram = empty.clone();
            for _ in trials {
                let gain: f64 = rng.sample(channel);
                histogram.push(gain.log10());
            }
            Ok(histogram)
        })
    })
}

/// The gains where a bin begins and ends.
fn edges(bin: usize) -> (f64, f64) {
    let edge = |k: usize| 10_f64.powf(DECADES.0 + (DECADES.1 - DECADES.0) * k as f64 / BINS as f64);
    (edge(bin), edge(bin + 1))
}

/// The bins of 20 runs and more.
fn filled(counts: &Histogram) -> impl Iterator<Item = (usize, f64)> {
    counts.counts().iter().enumerate().filter(|(_, count)| **count >= 20).map(|(bin, &n)| (bin, n as f64))
}

/// The simulated density at the centres of the bins.
fn simulated(counts: &Histogram) -> Vec<(f64, f64)> {
    let density = |(bin, count): (usize, f64)| {
        let (low, high) = edges(bin);
        ((low * high).sqrt(), count / counts.total() as f64 / (high - low))
    };
    filled(counts).map(density).collect()
}

/// Root mean square of the standard scores of the bins against the exact law.
fn score(channel: &Channel<GammaGamma>, counts: &Histogram) -> Result<f64> {
    let (mut sum, mut bins) = (0.0, 0);
    for (bin, count) in filled(counts) {
        let (low, high) = edges(bin);
        let expected = (channel.cdf(high)? - channel.cdf(low)?) * counts.total() as f64;
        sum += (count - expected).powi(2) / expected;
        bins += 1;
    }
    Ok((sum / f64::from(bins.max(1))).sqrt())
}

fn ledger(scores: &[f64], runs: u64) -> Result<Vec<LedgerRow>> {
    let law = law()?;
    let (mean, variance) = (law.moment(1.0)?, law.moment(2.0)? - 1.0);
    let million = runs as f64 * 1e-6;
    let shown: Vec<String> = scores.iter().map(|score| format!("{score:.2}")).collect();
    // Five deviations of the root mean square of as many standard scores as there are bins.
    let error = 5.0 / (2.0 * BINS as f64).sqrt();
    let score = |(part, score): (&str, f64)| {
        Check::new(format!("rms standard score of the bins of Fig. 2{part}"), score).prints(1.0, error)
    };
    Ok(vec![
        SOURCE
            .row("(6): Gamma-Gamma density", "statistical::samplers_follow_their_distributions")
            .printed("turbulence of mean 1, alpha = 4, beta = 1.7")
            .ours(format!("mean {mean:.12}, variance {variance:.12}"))
            .check(Check::new("mean", mean).prints(1.0, 1e-12))
            .check(Check::new("variance", variance).known(
                "1/alpha + 1/beta + 1/(alpha beta)",
                1.0 / ALPHA + 1.0 / BETA + 1.0 / (ALPHA * BETA),
                1e-12,
            ))
            .reproduced(),
        SOURCE
            .row(
                "(5), (20): density of the gain, Figs. 2a and 2b",
                "statistical::gains_follow_the_composite_law",
            )
            .printed("simulation of over 50e6 runs")
            .ours(format!(
                "{BINS} bins of {million:.0} million runs against the exact law: rms standard score {}",
                shown.join(" and ")
            ))
            .checks(["a", "b"].into_iter().zip(scores.iter().copied()).map(score))
            .reproduced(),
        width()?,
        limits()?,
        densities()?,
    ])
}

fn width() -> Result<LedgerRow> {
    let (mut words, mut checks) = (Vec::new(), Vec::new());
    for ((part, divergence_rad), printed) in PARTS.into_iter().zip([20.0, 40.0]) {
        let channel = vertical(divergence_rad, LENGTH_M, APERTURE_M)?;
        let w = channel.pointing().beam_radius_m();
        let ratio = w / channel.pointing().aperture_radius_m();
        words.push(format!("w = {w:.3} m, w/r = {ratio:.3}"));
        checks.push(Check::new(format!("w/r of Fig. 2{part}"), ratio).prints(printed, 0.5));
    }
    let test = "paper::claim_the_footprints_of_figure_2_are_20_and_40_apertures_wide";
    let row = SOURCE.row("Figs. 2a, 2b: width of the beam", test).printed("w/r = 20 and 40");
    Ok(row.ours(words.join("; ")).checks(checks).reproduced())
}

fn limits() -> Result<LedgerRow> {
    let pointing =
        Pointing::new(PointingConfig { beam_radius_m: 1.0, aperture_radius_m: APERTURE_M, jitter_m: 0.5 })?;
    let theorem = Theorem1::new(&pointing)?;
    let (one, two) = (theorem.mass(theorem.upper, theorem.upper), theorem.mass(theorem.lower, theorem.upper));
    Ok(SOURCE
        .row("(21): limits of the integral", "paper::row_7_the_integral_of_21_needs_two_different_limits")
        .printed("h/(h_a h_pg2) twice")
        .ours("from h/(h_a h_pg2) to h/(h_a h_pg1)")
        .check(Check::new("mass of the partial overlap, w = 1 m, jitter 0.5 m", two).prints(one, 1e-6).known(
            "difference of the two Rayleigh tails",
            tails(&pointing),
            1e-9,
        ))
        .corrected(format!("as printed the third term is {one}")))
}

fn densities() -> Result<LedgerRow> {
    let (mut checks, mut ratios) = (Vec::new(), Vec::new());
    for (part, divergence_rad) in PARTS {
        let channel = vertical(divergence_rad, LENGTH_M, APERTURE_M)?;
        let (exact, printed) = (channel.pdf(1e-2)?, density_21(&channel, 1e-2, Form21::Printed)?);
        let slope = (channel.cdf(1.0001e-2)? - channel.cdf(0.9999e-2)?) / 2e-6;
        ratios.push(format!("{:.1} times (2{part})", printed / exact));
        let check = Check::new(format!("density at 1e-2 of the full gain, Fig. 2{part}"), exact);
        // A difference quotient over 1e-4 of the gain is good to 1e-8, and to its rounding over 1e-4.
        let known = check.prints(printed, 1e-6).known("slope of the exact distribution", slope, 1e-6 * slope);
        checks.push(known);
    }
    let channel = vertical(PARTS[0].1, LENGTH_M, APERTURE_M)?;
    let gap = |x: f64| -> Result<f64> { Ok(density_21(&channel, x, Form21::Corrected)? / channel.pdf(x)?) };
    let gaps = [gap(1e-2)?, gap(0.3)?];
    Ok(SOURCE
        .row(
            "(21) against the exact density, Figs. 2a and 2b",
            "paper::the_printed_density_of_21_is_that_of_a_gain_pi_times_too_small",
        )
        .printed("match of theory and simulation")
        .ours(format!(
            "printed, at 1e-2 of the full gain: {} the density; corrected, {:.3} at 1e-2 and {:.3} at 0.3 (2a)",
            ratios.join(", "),
            gaps[0],
            gaps[1]
        ))
        .checks(checks)
        .corrected("2 C1 stands where (12) has 2 pi C1"))
}
