//! Table I, Figs. 1 and 2: the sample quantile curve, how it settles, and the quartic that is fitted to it.

use super::{grid, listed, row};
use crate::error::Result;
use crate::output::Interrupt;
use crate::plot::{CurvePlot, Scale};
use crate::progress::{Progress, Unit};
use crate::reproduce::{Figure, LedgerRow, Section, Setup, Table, Verdict};
use mmw_core::random::Streams;
use snr_quantile::paper::{self, TABLE_1, TABLE_1_SIGMAS};
use snr_quantile::theory::{SquaredBpsk, quartic_coefficients};

/// Runs of a draw, the `M` of equation (8).
const RUNS: usize = 4;
/// Draws of four runs that are averaged for each sample size of Table I.
const DRAWS: [usize; 6] = [400, 100, 40, 10, 3, 1];
const QUICK_DRAWS: [usize; 6] = [40, 10, 4, 1, 0, 0];
/// The deviations of Fig. 2, which are not printed.
const FIGURE_2: [f64; 4] = [0.1, 0.3, 0.6, 0.9];

pub(super) fn run(setup: &Setup) -> Result<Section> {
    let mut section = Section::new(
        "Table I, Figs. 1 and 2: sample quantiles",
        "The squares of BPSK samples of unit power, in ascending order, are a sample of their quantile curve. \
         Four runs at each sample size; the measure d(K) of equation (8) is averaged over many draws of four \
         runs, because a single one strays by a factor of several at 100 samples. With the exact quantile curve at \
         hand (equation (22) inverted), no sample size has to stand in for it.",
    );
    for (panel, samples) in [("a", 100), ("b", 1000), ("c", 10_000)] {
        section.figures.push(figure_1(setup, panel, samples)?);
    }
    section.figures.push(figure_2(setup)?);
    let means = spreads(setup)?;
    section.figures.push(spread_figure(setup, &means)?);
    section.tables.push(table_1(&means)?);
    section.ledger = steps();
    section.ledger.extend(ledger(&means)?);
    Ok(section)
}

fn figure_1(setup: &Setup, panel: &str, samples: usize) -> Result<Figure> {
    let streams = Streams::new(setup.seed);
    let title = format!("Sample quantiles, {samples} samples (Fig. 1{panel})");
    let mut plot = CurvePlot::new(title, "probability p", "y").x_limits(0.0, 1.0).y_limits(0.0, 4.0);
    for run in 0..RUNS {
        let y = paper::sample_quantiles(0.5, samples, &mut streams.stream((samples + run) as u64))?;
        let curve = y.iter().enumerate().map(|(k, y)| ((k as f64 + 0.5) / samples as f64, *y));
        // As many points as a picture can show.
        let step = samples.div_ceil(1000);
        plot = plot.line(format!("run {}", run + 1), curve.step_by(step));
    }
    let file = format!("snr/figure-1{panel}.svg");
    plot.save(&setup.out.join(&file))?;
    Ok(Figure::new(file, format!("Fig. 1{panel}: four runs of {samples} samples, noise deviation 0.5.")))
}

fn figure_2(setup: &Setup) -> Result<Figure> {
    let mut plot = CurvePlot::new("Quantile curves and quartics (Fig. 2)", "probability p", "y")
        .x_limits(0.0, 1.0)
        .y_limits(0.0, 3.0);
    for sigma in FIGURE_2 {
        let law = SquaredBpsk::normalised(sigma)?;
        let mut curve = Vec::new();
        for p in grid(0.002, 0.998, 498) {
            curve.push((p, law.quantile(p)?));
        }
        plot = plot.line(format!("σ = {sigma}"), curve);
    }
    for sigma in FIGURE_2 {
        let c = quartic_coefficients(sigma)?;
        plot = plot.dashed(format!("quartic, σ = {sigma}"), grid(0.1, 0.9, 160).map(|p| (p, value(&c, p))));
    }
    plot.save(&setup.out.join("snr/figure-2.svg"))?;
    let caption = "Fig. 2: exact quantile curves, and the quartics that fit them from p = 0.1 to 0.9.";
    Ok(Figure::new("snr/figure-2.svg", caption))
}

fn value(c: &[f64], x: f64) -> f64 {
    c.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

/// The mean of `d(K)` for each row and column of Table I; none where the run is a quick one.
fn spreads(setup: &Setup) -> Result<Vec<(usize, [f64; 3])>> {
    let draws = if setup.quick { QUICK_DRAWS } else { DRAWS };
    let total: usize = TABLE_1.iter().zip(draws).map(|(row, draws)| 3 * draws * row.0).sum();
    let progress = Progress::new((RUNS * total) as u64, Unit::Count("samples"));
    let mut rows = Vec::new();
    for ((samples, _), draws) in TABLE_1.into_iter().zip(draws).filter(|(_, draws)| *draws > 0) {
        let mut means = [0.0; 3];
        for (column, (sigma, mean)) in TABLE_1_SIGMAS.into_iter().zip(&mut means).enumerate() {
            let mut stream = Streams::new(setup.seed).stream((7 * samples + column) as u64);
            for _ in 0..draws {
                Interrupt::check()?;
                *mean += paper::sample_quantile_spread(sigma, samples, RUNS, &mut stream)? / draws as f64;
                progress.advance((RUNS * samples) as u64);
            }
        }
        rows.push((samples, means));
    }
    progress.finish();
    Ok(rows)
}

fn spread_figure(setup: &Setup, means: &[(usize, [f64; 3])]) -> Result<Figure> {
    let mut plot = CurvePlot::new("Spread of sample quantiles (Table I)", "sample size K", "d(K)")
        .x_scale(Scale::Log)
        .y_scale(Scale::Log);
    for (column, sigma) in TABLE_1_SIGMAS.into_iter().enumerate() {
        let points = |rows: &[(usize, [f64; 3])]| -> Vec<(f64, f64)> {
            rows.iter().map(|(samples, d)| (*samples as f64, d[column])).collect()
        };
        plot = plot
            .line(format!("recomputed, σ = {sigma}"), points(means))
            .dots(format!("printed, σ = {sigma}"), points(&TABLE_1));
    }
    plot.save(&setup.out.join("snr/table-1.svg"))?;
    Ok(Figure::new("snr/table-1.svg", "Table I: both fall as 1/K; the printed values lie below the mean."))
}

fn table_1(means: &[(usize, [f64; 3])]) -> Result<Table> {
    let columns = ["K", "σ = 0.1", "printed", "σ = 0.5", "printed", "σ = 0.9", "printed"];
    let mut table = Table::new("Table I: mean of d(K)", columns);
    for (samples, printed) in TABLE_1 {
        let mean = means.iter().find(|row| row.0 == samples).map(|row| row.1);
        let ours = |i: usize| mean.map_or_else(String::new, |mean| format!("{:.2e}", mean[i]));
        let theirs = |i: usize| format!("{:.2e}", printed[i]);
        table.push([samples.to_string(), ours(0), theirs(0), ours(1), theirs(1), ours(2), theirs(2)])?;
    }
    Ok(table)
}

/// The power of K by which a column of Table I falls: least squares on logarithms.
fn exponent(rows: &[(usize, [f64; 3])], column: usize) -> f64 {
    let points: Vec<(f64, f64)> = rows.iter().map(|(k, d)| ((*k as f64).ln(), d[column].ln())).collect();
    let n = points.len() as f64;
    let (mean_x, mean_y) = points.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / n, b + y / n));
    let (top, bottom) = points.iter().fold((0.0, 0.0), |(top, bottom), (x, y)| {
        (top + (x - mean_x) * (y - mean_y), bottom + (x - mean_x) * (x - mean_x))
    });
    top / bottom
}

/// Rows of the steps that come before any number.
fn steps() -> Vec<LedgerRow> {
    vec![
        row(
            "R1, equations (1) and (2): normalisation",
            "sample variance of x is 1",
            "mean x² is 1",
            Verdict::corrected(
                "with unequal counts of +1 and -1 the centred variance is short by the square of the mean",
            ),
            "properties::signs_and_order_do_not_matter_to_the_last_bit",
        ),
        row(
            "R2, step 1, equations (3) and (4)",
            "y = x²",
            "y = x²/mean x²: the scaling is part of the step",
            Verdict::Reproduced,
            "properties::scale_does_not_matter",
        ),
        row(
            "R3, step 2, equation (5)",
            "ascending order",
            "the same; no estimate depends on the order of the samples",
            Verdict::Reproduced,
            "properties::signs_and_order_do_not_matter_to_the_last_bit",
        ),
        row(
            "R4, step 3, equation (6)",
            "l = (K-L)/2, …, 0, …, (K+L)/2",
            "l = (K-L)/2, …, (K+L)/2: 20 to 180 of 200",
            Verdict::corrected("a list of L + 1 ranks holds no 0"),
            "estimators::quartic::tests::the_window_is_that_of_the_paper",
        ),
        row(
            "R5, step 4: quartic by least squares",
            "only C4 is needed",
            "one dot product with the Gram polynomial of degree 4, no system of equations",
            Verdict::Reproduced,
            "golden::the_leading_coefficients_of_the_vectors_agree",
        ),
        row(
            "R6, equation (7): Taylor series of the quantile",
            "form only",
            "a0 to a4 at any p0, from the exact density",
            Verdict::Reproduced,
            "theory::taylor::tests::the_series_follows_the_quantile_near_its_centre",
        ),
    ]
}

fn ledger(means: &[(usize, [f64; 3])]) -> Result<Vec<LedgerRow>> {
    let law = |rows: &[(usize, [f64; 3])]| listed((0..3).map(|i| exponent(rows, i)), |e| format!("{e:.2}"));
    let ratios =
        means.iter().zip(&TABLE_1).flat_map(|(ours, printed)| (0..3).map(|i| ours.1[i] / printed.1[i]));
    let (least, most) = ratios.fold((f64::MAX, 0.0_f64), |(least, most), r| (least.min(r), most.max(r)));
    let mut misfits = Vec::new();
    for sigma in FIGURE_2 {
        let (law, c) = (SquaredBpsk::normalised(sigma)?, quartic_coefficients(sigma)?);
        let mut square = 0.0;
        for p in grid(0.1, 0.9, 400) {
            square += (law.quantile(p)? - value(&c, p)).powi(2) / 401.0;
        }
        misfits.push(square.sqrt());
    }
    Ok(vec![
        row(
            "R7, Table I, Fig. 1: d(K) falls as 1/K",
            &format!("exponents {}", law(&TABLE_1)),
            format!("exponents {} at σ = 0.1, 0.5, 0.9", law(means)),
            Verdict::Reproduced,
            "paper::table_1_falls_as_1_over_k_and_lies_below_the_mean_of_its_definition",
        ),
        row(
            "R7, Table I: values of d(K)",
            "1.7e-3, 2.5e-2, 1.1e-1 at K = 100",
            format!(
                "{}; over the table {least:.1} to {most:.1} times the printed values",
                means.first().map_or_else(String::new, |row| listed(row.1, |d| format!("{d:.1e}")))
            ),
            Verdict::not_reproducible(
                "four runs and all points, as equation (8) says, give more; so few draws stray by factors",
            ),
            "paper::table_1_falls_as_1_over_k_and_lies_below_the_mean_of_its_definition",
        ),
        row(
            "R8, Fig. 2: a quartic fits each curve well",
            "\"can well fit the data\"",
            format!(
                "rms misfit {} at σ = 0.1, 0.3, 0.6, 0.9 (y of mean 1)",
                listed(misfits, |misfit| format!("{misfit:.4}"))
            ),
            Verdict::Reproduced,
            "golden::quartic_coefficients_agree_with_the_table",
        ),
    ])
}
