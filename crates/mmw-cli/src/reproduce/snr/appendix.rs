//! Equations (22) to (32): the law of the squares, exact and as the appendix approaches it.

use super::{grid, listed, row};
use crate::error::Result;
use crate::plot::CurvePlot;
use crate::reproduce::{Figure, LedgerRow, Section, Setup, Table, Verdict};
use snr_quantile::paper;
use snr_quantile::theory::{SquaredBpsk, leading_coefficient, taylor_coefficients};

const SIGMAS: [f64; 5] = [0.1, 0.3, 0.5, 0.7, 0.9];

pub(super) fn run(setup: &Setup) -> Result<Section> {
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

fn figure(setup: &Setup) -> Result<Figure> {
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
    plot.save(&setup.out.join("snr/appendix.svg"))?;
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

fn ledger() -> Result<Vec<LedgerRow>> {
    let all: Vec<Comparison> = SIGMAS.into_iter().map(comparison).collect::<Result<_>>()?;
    let over = |value: fn(&Comparison) -> f64| listed(all.iter().map(value), |x| format!("{x:.3}"));
    Ok(vec![
        row(
            "R17, equations (22) to (26): Taylor coefficients",
            "a0 to a3",
            "the same, and a4 = (10 f f' f'' - 15 f'³ - f² f''')/(24 f⁷)",
            Verdict::Reproduced,
            "theory::taylor::tests::the_series_follows_the_quantile_near_its_centre",
        ),
        row(
            "R17, equations (23), (29): the median is the mean",
            "a0 = 1",
            format!("{} at σ = 0.1, 0.3, 0.5, 0.7, 0.9", over(|c| c.median)),
            Verdict::corrected("y is skewed: F(1) is 0.520 to 0.677, not 0.5"),
            "theory::taylor::tests::the_median_is_not_the_mean",
        ),
        row(
            "R17, appendix: a4 for C4",
            "the same coefficient",
            format!("a4 {} against C4 {}", over(|c| c.a4), over(|c| c.c4)),
            Verdict::corrected("a series about p = 1/2 is no least-squares fit over 0.1 to 0.9"),
            "golden::quartic_coefficients_agree_with_the_table",
        ),
        row(
            "R18, equation (27): density of w²",
            "√(z/σ) exp(-z/2σ)",
            "exp(-z/2σ²)/√(2πσ²z); the printed form integrates to σ",
            Verdict::corrected("the root belongs into the denominator, σ is σ²"),
            "paper::the_printed_chi_square_integrates_to_sigma",
        ),
        row(
            "R18, equation (28): convolution",
            "2Sw and w² independent; exponent ((y-µ)/2σ)²",
            format!(
                "distance to the truth {}, mass below zero {}, with the exponent put right",
                over(|c| c.distance),
                over(|c| c.below_zero)
            ),
            Verdict::corrected("both come from the same w: uncorrelated, not independent"),
            "paper::the_convolution_of_the_appendix_is_off_by_a_fifth",
        ),
        row(
            "R18, equation (30): density at the mean",
            "an integral over √y from minus infinity",
            format!("{}; by the repaired convolution {}", over(|c| c.density), over(|c| c.convolved)),
            Verdict::corrected("the exact density needs no integral"),
            "paper::the_density_of_the_convolution_is_too_high_at_the_mean",
        ),
        row(
            "R18, equations (31), (32): its derivatives",
            "integrals of z^(-3/2) and z^(-5/2) from 0",
            "derivatives of the exact density in closed form",
            Verdict::corrected("the printed integrals diverge"),
            "theory::taylor::tests::the_series_follows_the_quantile_near_its_centre",
        ),
    ])
}
