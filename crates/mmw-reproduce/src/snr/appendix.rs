//! Equations (22) to (32): the law of the squares, exact and as the appendix approaches it.

use super::{SOURCE, grid, listed};
use crate::check::Check;
use crate::host::{Draw, Setup};
use crate::ledger::LedgerRow;
use crate::section::{Figure, Section, Table};
use mmw_core::Result;
use mmw_plot::CurvePlot;
use snr_quantile::paper;
use snr_quantile::theory::{SquaredBpsk, leading_coefficient, taylor_coefficients};

const SIGMAS: [f64; 5] = [0.1, 0.3, 0.5, 0.7, 0.9];

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let mut section = Section::new(
        "Equations (22) to (32): the appendix",
        "The appendix looks for the density of y = x² by adding a normal and a chi-square variable as if they were \
         independent. They come from the same noise. The exact distribution is \
         F(y) = Φ((√y - S)/σ) - Φ((-√y - S)/σ), and everything follows from it: quantiles, Taylor coefficients, the \
         quartic.",
    );
    section.figures.push(figure(setup)?);
    section.tables.push(table()?);
    section.ledger = ledger()?;
    Ok(section)
}

fn figure(setup: &Setup<'_>) -> Result<Figure> {
    let mut plot = CurvePlot::new("Distribution of the squares, σ = 0.5 and 0.9", "y", "probability");
    for sigma in [0.5, 0.9] {
        let law = SquaredBpsk::normalised(sigma)?;
        plot = plot.line(format!("exact, σ = {sigma}"), grid(-1.0, 4.0, 500).map(|y| (y, law.cdf(y))));
        let mut convolved = Vec::new();
        for y in grid(-1.0, 4.0, 250) {
            convolved.push((y, paper::convolution_cdf(y, sigma)?));
        }
        plot = plot.dashed(format!("equation (28), σ = {sigma}"), convolved);
    }
    plot.draw(setup, "snr/appendix.svg")?;
    let caption =
        "Equation (28) with its slips repaired gives a fifth of the probability to negative squares.";
    Ok(Figure::new("snr/appendix.svg", caption))
}

/// What the appendix makes of one deviation, beside what is true.
struct Comparison {
    median: f64,
    at_mean: f64,
    density: f64,
    convolved: f64,
    distance: f64,
    below_zero: f64,
    a4: f64,
    c4: f64,
}

fn comparison(sigma: f64) -> Result<Comparison> {
    let law = SquaredBpsk::normalised(sigma)?;
    let a = taylor_coefficients(sigma, 0.5)?;
    let mut distance = 0.0_f64;
    for y in grid(-1.0, 4.0, 1000) {
        distance = distance.max((paper::convolution_cdf(y, sigma)? - law.cdf(y)).abs());
    }
    Ok(Comparison {
        median: a[0],
        at_mean: law.cdf(1.0),
        density: law.pdf(1.0),
        convolved: paper::convolution_pdf(1.0, sigma)?,
        distance,
        below_zero: paper::convolution_cdf(0.0, sigma)?,
        a4: a[4],
        c4: leading_coefficient(sigma)?,
    })
}

fn table() -> Result<Table> {
    let columns = [
        "σ",
        "median of y",
        "F(1)",
        "density at 1",
        "by (28)",
        "distance of (28)",
        "its mass below 0",
        "a4 at 1/2",
        "C4",
    ];
    let mut table = Table::new("The appendix against the exact law", columns);
    for sigma in SIGMAS {
        let c = comparison(sigma)?;
        let values = [c.median, c.at_mean, c.density, c.convolved, c.distance, c.below_zero, c.a4, c.c4];
        let [a, b, d, e, f, g, h, i] = values.map(|x| format!("{x:.3}"));
        table.push([sigma.to_string(), a, b, d, e, f, g, h, i])?;
    }
    Ok(table)
}

/// Median, distribution and density at 1 by mpmath, and the exact C4 (34 digits) for two of the deviations.
struct Known {
    index: usize,
    median: f64,
    at_mean: f64,
    density: f64,
    c4: f64,
}

const KNOWN: [Known; 2] = [
    Known {
        index: 0,
        median: 0.99,
        at_mean: 0.519_988_861_765,
        density: 1.992_207_040_771,
        c4: 0.295_571_256_702_2,
    },
    Known {
        index: 2,
        median: 0.750_576_124_265,
        at_mean: 0.605_535_822_618,
        density: 0.385_251_990_497,
        c4: 7.612_410_851_836_5,
    },
];

fn ledger() -> Result<Vec<LedgerRow>> {
    let all: Vec<Comparison> = SIGMAS.into_iter().map(comparison).collect::<Result<_>>()?;
    let mut rows = series(&all)?;
    rows.extend(convolution(&all)?);
    Ok(rows)
}

/// One quantity at the deviations that are known.
fn checks(
    all: &[Comparison],
    what: &str,
    ours: fn(&Comparison) -> f64,
    printed: fn(&Comparison) -> f64,
    known: fn(&Known) -> f64,
) -> Vec<Check> {
    let check = |row: &Known| {
        let c = &all[row.index];
        let check = Check::new(format!("{what}, σ = {}", SIGMAS[row.index]), ours(c));
        // The median at 0.1 is 0.99 but for a millionth of a millionth.
        check.prints(printed(c), 1e-6).known("mpmath", known(row), 1e-9)
    };
    KNOWN.iter().map(check).collect()
}

fn series(all: &[Comparison]) -> Result<Vec<LedgerRow>> {
    let over = |value: fn(&Comparison) -> f64| listed(all.iter().map(value), |x| format!("{x:.3}"));
    let law = SquaredBpsk::normalised(0.5)?;
    let a = taylor_coefficients(0.5, 0.5)?;
    // The fourth difference of the quantile is 24 a4 h⁴, with an error of order h².
    let h = 0.02;
    let q = |steps: f64| law.quantile(0.5 + steps * h);
    let fourth = (q(2.0)? - 4.0 * q(1.0)? + 6.0 * q(0.0)? - 4.0 * q(-1.0)? + q(-2.0)?) / (24.0 * h.powi(4));
    let (least, most) = (all[0].at_mean, all[4].at_mean);
    let series = "theory::taylor::tests::the_series_follows_the_quantile_near_its_centre";
    Ok(vec![
        SOURCE
            .row("R17, equations (22) to (26): Taylor coefficients", series)
            .printed("a0 to a3")
            .ours("the same, and a4 = (10 f f' f'' - 15 f'³ - f² f''')/(24 f⁷)")
            .check(Check::new("a0, σ = 0.5", a[0]).prints(law.quantile(0.5)?, 1e-12))
            .check(Check::new("a1 times the density", a[1] * law.pdf(a[0])).prints(1.0, 1e-9))
            .check(Check::new("a4, σ = 0.5", a[4]).known(
                "fourth difference of the quantile",
                fourth,
                0.02 * fourth.abs(),
            ))
            .reproduced(),
        SOURCE
            .row(
                "R17, equations (23), (29): the median is the mean",
                "theory::taylor::tests::the_median_is_not_the_mean",
            )
            .printed("a0 = 1")
            .ours(format!("{} at σ = 0.1, 0.3, 0.5, 0.7, 0.9", over(|c| c.median)))
            .checks(checks(all, "median of y", |c| c.median, |_| 1.0, |known| known.median))
            .checks(checks(all, "F(1)", |c| c.at_mean, |_| 0.5, |known| known.at_mean))
            .corrected(format!("y is skewed: F(1) is {least:.3} to {most:.3}, not 0.5")),
        SOURCE
            .row("R17, appendix: a4 for C4", "golden::quartic_coefficients_agree_with_the_table")
            .printed("the same coefficient")
            .ours(format!("a4 {} against C4 {}", over(|c| c.a4), over(|c| c.c4)))
            .checks(checks(all, "C4", |c| c.c4, |c| c.a4, |known| known.c4))
            .corrected("a series about p = 1/2 is no least-squares fit over 0.1 to 0.9"),
    ])
}

fn convolution(all: &[Comparison]) -> Result<Vec<LedgerRow>> {
    let over = |value: fn(&Comparison) -> f64| listed(all.iter().map(value), |x| format!("{x:.3}"));
    let printed_mass = mass(|z| paper::noise_square_pdf_printed(z, 0.5))?;
    let right_mass = mass(|z| Ok((-2.0 * z).exp() / (0.5 * std::f64::consts::PI * z).sqrt()))?;
    let below = |c: &Comparison| c.below_zero;
    let derivative = {
        let law = SquaredBpsk::normalised(0.5)?;
        let a = taylor_coefficients(0.5, law.cdf(1.0))?;
        // a2 = -f'/(2 f³).
        let from_series = -2.0 * a[2] * law.pdf(1.0).powi(3);
        let quotient = (law.pdf(1.0 + 1e-5) - law.pdf(1.0 - 1e-5)) / 2e-5;
        // By the letter the integral runs over z^(-3/2) from 0: without bound.
        Check::new("slope of the density at 1, σ = 0.5", from_series).known(
            "difference quotient",
            quotient,
            1e-7,
        )
    };
    Ok(vec![
        SOURCE
            .row("R18, equation (27): density of w²", "paper::the_printed_chi_square_integrates_to_sigma")
            .printed("√(z/σ) exp(-z/2σ)")
            .ours(format!(
                "exp(-z/2σ²)/√(2πσ²z); the printed form integrates to {printed_mass:.4} at σ = 0.5"
            ))
            .check(
                Check::new("integral of the density, σ = 0.5", right_mass).prints(printed_mass, 1e-3).known(
                    "it is a density",
                    1.0,
                    1e-3,
                ),
            )
            .corrected("the root belongs into the denominator, σ is σ²"),
        SOURCE
            .row(
                "R18, equation (28): convolution",
                "paper::the_convolution_of_the_appendix_is_off_by_a_fifth",
            )
            .printed("2Sw and w² independent; exponent ((y-µ)/2σ)²")
            .ours(format!(
                "distance to the truth {}, mass below zero {}, with the exponent put right",
                over(|c| c.distance),
                over(below)
            ))
            .check(
                Check::new("mass of y below zero, σ = 0.5", SquaredBpsk::normalised(0.5)?.cdf(0.0))
                    .prints(all[2].below_zero, 1e-3)
                    .known("squares", 0.0, 0.0),
            )
            .checks(checks(all, "F(1)", |c| c.at_mean, |c| c.at_mean, |known| known.at_mean))
            .corrected("both come from the same w: uncorrelated, not independent"),
        SOURCE
            .row(
                "R18, equation (30): density at the mean",
                "paper::the_density_of_the_convolution_is_too_high_at_the_mean",
            )
            .printed("an integral over √y from minus infinity")
            .ours(format!("{}; by the repaired convolution {}", over(|c| c.density), over(|c| c.convolved)))
            .checks(checks(all, "density at 1", |c| c.density, |c| c.convolved, |known| known.density))
            .corrected("the exact density needs no integral"),
        SOURCE
            .row(
                "R18, equations (31), (32): its derivatives",
                "theory::taylor::tests::the_series_follows_the_quantile_near_its_centre",
            )
            .printed("integrals of z^(-3/2) and z^(-5/2) from 0")
            .ours("derivatives of the exact density in closed form")
            .check(derivative)
            .slip("the printed integrals diverge"),
    ])
}

/// The integral of a density of w² over z = t², which takes the root out of its denominator.
fn mass(density: impl Fn(f64) -> Result<f64>) -> Result<f64> {
    let step = 1e-3;
    let mut sum = 0.0;
    for i in 0..8000 {
        let t = (f64::from(i) + 0.5) * step;
        sum += 2.0 * t * density(t * t)? * step;
    }
    Ok(sum)
}
