//! Tables II and III, Figs. 3 to 5: the coefficients over σ, the polynomials fitted to them, equations (9),
//! (10).

use super::{SOURCE, grid, listed};
use crate::check::Check;
use crate::host::{Draw, Setup};
use crate::ledger::LedgerRow;
use crate::section::{Figure, Section, Table};
use mmw_core::Result;
use mmw_plot::CurvePlot;
use snr_quantile::Snr;
use snr_quantile::paper::{self, TABLE_2, TABLE_3};
use snr_quantile::theory::{leading_coefficient, quartic_coefficients, sigma_from_leading_coefficient};

/// Deviations for curves and errors.
fn sigmas() -> impl Iterator<Item = f64> + Clone {
    grid(0.005, 1.0, 199)
}

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let mut section = Section::new(
        "Tables II and III, Figs. 3 to 5: calibration",
        "The coefficients of the best quartic from p = 0.1 to 0.9, exact (48-point quadrature over exact \
         quantiles), and polynomials fitted to C4 and to its inverse on 200 deviations. The paper fits sampled \
         coefficients. Its equation (9) is printed back to front and with a wrong digit; its equation (10) has lost \
         too many digits to be of use above σ = 0.35. Neither is needed: C4 is inverted exactly.",
    );
    section.figures = vec![figure_3(setup)?, figure_4(setup)?, figure_5(setup)?];
    section.tables.push(fits(
        "Table II: mean square error of polynomials for C4",
        &TABLE_2,
        paper::calibration_fit,
        |mse| format!("{mse:.5}"),
    )?);
    section.tables.push(fits(
        "Table III: mean square error of polynomials for the inverse",
        &TABLE_3,
        paper::inverse_fit,
        |mse| format!("{mse:.2e}"),
    )?);
    section.tables.push(coefficients()?);
    section.ledger = ledger()?;
    Ok(section)
}

/// A curve over σ.
fn curve(f: impl Fn(f64) -> Result<f64>) -> Result<Vec<(f64, f64)>> {
    sigmas().map(|sigma| Ok((sigma, f(sigma)?))).collect()
}

fn figure_3(setup: &Setup<'_>) -> Result<Figure> {
    let mut plot = CurvePlot::new("Coefficients of the quartic (Fig. 3)", "noise deviation σ", "coefficient")
        .x_limits(0.0, 1.0);
    for k in 0..5 {
        plot = plot.line(format!("C{k}"), curve(|sigma| Ok(quartic_coefficients(sigma)?[k]))?);
    }
    plot.draw(setup, "snr/figure-3.svg")?;
    Ok(Figure::new("snr/figure-3.svg", "Fig. 3: C0 to C4 over σ, exact. Only C4 ascends throughout."))
}

fn figure_4(setup: &Setup<'_>) -> Result<Figure> {
    let fit = paper::calibration_fit(9)?;
    CurvePlot::new("Leading coefficient (Fig. 4)", "noise deviation σ", "C4")
        .x_limits(0.0, 1.0)
        .y_limits(-5.0, 20.0)
        .line("exact", curve(leading_coefficient)?)
        .dashed("polynomial of degree 9", curve(|sigma| Ok(fit.value(sigma)))?)
        .dashed("(9), both repairs", curve(paper::leading_coefficient_repaired)?)
        .dashed("(9), order reversed only", curve(paper::leading_coefficient_reversed)?)
        .draw(setup, "snr/figure-4.svg")?;
    let caption =
        "Fig. 4: C4 and its polynomials. As printed, equation (9) starts at 15626, off the picture.";
    Ok(Figure::new("snr/figure-4.svg", caption))
}

fn figure_5(setup: &Setup<'_>) -> Result<Figure> {
    let fit = paper::inverse_fit(9)?;
    let exact = curve(leading_coefficient)?;
    let over_c4 = |f: &dyn Fn(f64) -> Result<f64>| -> Result<Vec<(f64, f64)>> {
        exact.iter().map(|(_, c4)| Ok((*c4, f(*c4)?))).collect()
    };
    CurvePlot::new("Inverse of the leading coefficient (Fig. 5)", "C4", "noise deviation σ")
        .x_limits(0.0, 15.5)
        .y_limits(-0.5, 1.2)
        .line("exact", exact.iter().map(|(sigma, c4)| (*c4, *sigma)))
        .dashed("polynomial of degree 9", over_c4(&|c4| Ok(fit.value(c4)))?)
        .dashed("(10) as printed", over_c4(&paper::sigma_printed)?)
        .draw(setup, "snr/figure-5.svg")?;
    let caption = "Fig. 5: σ for a coefficient. Equation (10) as printed leaves the curve at C4 = 3.5.";
    Ok(Figure::new("snr/figure-5.svg", caption))
}

fn fits(
    title: &str,
    printed: &[(usize, f64)],
    fit: impl Fn(usize) -> Result<paper::PolynomialFit>,
    format: impl Fn(f64) -> String,
) -> Result<Table> {
    let mut table = Table::new(title, ["degree", "recomputed", "printed", "printed/recomputed"]);
    for (degree, printed) in printed {
        let mse = fit(*degree)?.mean_square_error();
        table.push([degree.to_string(), format(mse), format(*printed), format!("{:.2}", printed / mse)])?;
    }
    Ok(table)
}

fn coefficients() -> Result<Table> {
    let columns = ["power of σ", "fit to the exact C4", "printed, reversed"];
    let mut table = Table::new("Equation (9): coefficients of degree 9", columns);
    let fit = paper::calibration_fit(9)?.powers();
    for (power, (ours, printed)) in fit.iter().zip(paper::EQUATION_9.iter().rev()).enumerate() {
        table.push([power.to_string(), format!("{ours:.2}"), printed.to_string()])?;
    }
    Ok(table)
}

fn rms(f: impl Fn(f64) -> Result<f64>) -> Result<f64> {
    let points = curve(f)?;
    Ok((points.iter().map(|(_, error)| error * error).sum::<f64>() / points.len() as f64).sqrt())
}

/// The exact coefficient at σ = 0.02 and 1, 34 digits.
const C4_0_02: f64 = 0.011_822_850_268_088_19;
const C4_1: f64 = 15.261_350_796_695_91;

fn ledger() -> Result<Vec<LedgerRow>> {
    let mut rows = tables()?;
    rows.extend(equation_9()?);
    rows.extend(equation_10()?);
    rows.extend(slips()?);
    Ok(rows)
}

/// The recomputed errors of a table.
fn errors(rows: &[(usize, f64)], fit: fn(usize) -> Result<paper::PolynomialFit>) -> Result<Vec<f64>> {
    rows.iter().map(|row| Ok(fit(row.0)?.mean_square_error())).collect()
}

/// Each degree of a table beside what an independent fit gives.
fn compared(rows: &[(usize, f64)], ours: &[f64], known: &[f64], digit: f64) -> Vec<Check> {
    let check = |((degree, printed), (ours, known)): (&(usize, f64), (&f64, &f64))| {
        let check = Check::new(format!("mean square error of degree {degree}"), *ours);
        // The grid of the fit moves the mean by some percent.
        check.prints(*printed, digit).known("fit by NumPy", *known, 0.04 * known)
    };
    rows.iter().zip(ours.iter().zip(known)).map(check).collect()
}

fn tables() -> Result<Vec<LedgerRow>> {
    let c4: Vec<(f64, f64)> = curve(leading_coefficient)?;
    let descents =
        |points: &[(f64, f64)]| points.windows(2).filter(|pair| pair[1].1 <= pair[0].1).count() as f64;
    let turning = (0..4)
        .map(|k| Ok(descents(&curve(|sigma| Ok(quartic_coefficients(sigma)?[k]))?)))
        .collect::<Result<Vec<f64>>>()?;
    let turning = turning.into_iter().fold(f64::INFINITY, f64::min);
    let ours = errors(&TABLE_2, paper::calibration_fit)?;
    Ok(vec![
        SOURCE
            .row("R9, Fig. 3: only C4 ascends", "theory::quartic::tests::the_coefficient_ascends_strictly")
            .printed("\"only the leading coefficient C4 has an ascending shape\"")
            .ours(format!(
                "C4 ascends from 0 to {:.4}; C0 to C3 turn at least once",
                leading_coefficient(1.0)?
            ))
            .check(Check::new("steps of 200 by which C4 descends", descents(&c4)).prints(0.0, 0.0))
            .check(Check::new("least steps by which one of C0 to C3 descends", turning).at_least(1.0, 0.0))
            .reproduced(),
        SOURCE
            .row("R9, Figs. 2 and 3: sample size", "golden::quartic_coefficients_agree_with_the_table")
            .printed("K = 1e6 in the text, 1e7 in the caption of Fig. 3")
            .ours("exact: no sample size")
            .check(Check::new("C4(1)", leading_coefficient(1.0)?).known("34 digits", C4_1, 1e-11))
            .slip("text and caption contradict each other"),
        SOURCE
            .row(
                "R10, Table II, degrees 8 to 12",
                "paper::table_2_is_that_of_the_exact_coefficient_and_some_noise",
            )
            .printed(listed(TABLE_2.map(|row| row.1), |x| format!("{x:.4}")))
            .ours(listed(ours.iter().copied(), |x| format!("{x:.5}")))
            .checks(compared(&TABLE_2, &ours, &[0.0083, 0.0029, 0.0026, 0.00066, 0.00066], 5e-5))
            .corrected("the printed excess is that of coefficients sampled from 1e6 to 1e7 points"),
    ])
}

fn equation_9() -> Result<Vec<LedgerRow>> {
    let repaired =
        rms(|sigma| Ok(paper::leading_coefficient_repaired(sigma)? - leading_coefficient(sigma)?))?;
    let (printed, exact) = (paper::leading_coefficient_printed(0.02)?, leading_coefficient(0.02)?);
    let (whole, reversed) = (leading_coefficient(1.0)?, paper::leading_coefficient_reversed(1.0)?);
    let ascends = |f: fn(f64) -> Result<f64>| -> Result<f64> {
        let points = curve(f)?;
        let rising = points.windows(2).filter(|pair| pair[1].1 > pair[0].1).count();
        Ok(rising as f64 / (points.len() - 1) as f64)
    };
    let missing = (whole - reversed) / 260.0;
    Ok(vec![
        SOURCE
            .row(
                "R10, equation (9): order of the coefficients",
                "paper::the_printed_calibration_starts_at_15626_and_descends",
            )
            .printed("C4(0) = 15626, \"strictly ascending\"")
            .ours(format!("C4(0) = 0; at σ = 0.02 the printed order gives {printed:.0}, exact is {exact:.4}"))
            .check(Check::new("C4(0.02)", exact).prints(printed, 0.5).known("34 digits", C4_0_02, 1e-12))
            .corrected("the coefficients stand in reverse order: as printed the polynomial descends"),
        SOURCE
            .row(
                "R10, equation (9): coefficient of the seventh power",
                "paper::the_reversed_calibration_lacks_260_times_the_seventh_power",
            )
            .printed("117600")
            .ours(format!(
                "{:.0}: C4(1) = {:.2} instead of {reversed:.0}, rms error {repaired:.3}",
                paper::REPAIRED_SEVENTH,
                paper::leading_coefficient_repaired(1.0)?
            ))
            .check(Check::new("C4(1)", whole).prints(reversed, 0.5).known("34 digits", C4_1, 1e-11))
            .check(Check::new("what (9) reversed lacks at σ = 1, over 260", missing).prints(1.0, 5e-3))
            .corrected("what is missing after the reversal is 260 times the seventh power, and nothing else"),
        SOURCE
            .row(
                "R10, Fig. 4: (9) is \"strictly ascending\"",
                "paper::the_repaired_calibration_ascends_and_is_off_by_an_eighth",
            )
            .printed("a unique inverse")
            .ours("true of the exact C4 and of (9) after both repairs; false before")
            .check(
                Check::new("share of σ over which C4 ascends", ascends(leading_coefficient)?)
                    .prints(ascends(paper::leading_coefficient_printed)?, 1e-3)
                    .known("it has an inverse", 1.0, 0.0),
            )
            .corrected("descends as printed, turns at σ = 0.5 when reversed"),
    ])
}

fn equation_10() -> Result<Vec<LedgerRow>> {
    let printed = rms(|sigma| Ok(paper::sigma_printed(leading_coefficient(sigma)?)? - sigma))?;
    let fitted = paper::inverse_fit(9)?;
    let fit = rms(|sigma| Ok(fitted.value(leading_coefficient(sigma)?) - sigma))?;
    let ours = errors(&TABLE_3, paper::inverse_fit)?;
    // 0.1 of σ at 20 dB.
    let cost_db = 20.0 * (fit / 0.1).ln_1p() / std::f64::consts::LN_10;
    let back = inverse_error()?;
    Ok(vec![
        SOURCE
            .row("R11, Table III, degrees 5 to 10", "paper::table_3_is_of_the_order_of_the_exact_inverse")
            .printed(listed(TABLE_3.map(|row| row.1), |x| format!("{x:.2e}")))
            .ours(listed(ours.iter().copied(), |x| format!("{x:.2e}")))
            .checks(compared(&TABLE_3, &ours, &[1.15e-4, 1.12e-4, 2.39e-5, 2.37e-5, 1.95e-5, 1.79e-5], 5e-8))
            .not_reproducible(
                "the points of the mean are not given; equidistant C4 give degrees 5 and 6, equidistant σ 7 and 8",
            ),
        SOURCE
            .row("R11, equation (10)", "paper::the_printed_inverse_is_good_below_0_35_and_useless_above")
            .printed("\"desired level of accuracy\"")
            .ours(format!(
                "σ = {:.1} at C4(1), where it is 1; mean square error {:.0}",
                paper::sigma_printed(leading_coefficient(1.0)?)?,
                printed * printed
            ))
            .check(
                Check::new("σ at C4(0.7)", sigma_from_leading_coefficient(11.414_847_849_305_75)?)
                    .prints(paper::sigma_printed(11.414_847_849_305_75)?, 0.01)
                    .known("where C4 was worked out, 34 digits", 0.7, 1e-12),
            )
            .corrected("one digit of \"4e-4\" is left of a coefficient that multiplies 1.3e7; use the exact inverse"),
        SOURCE
            .row(
                "R11, Fig. 5: a polynomial of degree 9",
                "paper::the_repaired_inverse_reproduces_the_mean_square_of_table_3",
            )
            .printed("\"desired level of accuracy\"")
            .ours(format!("{fit:.4} rms in σ with all digits; the exact inverse is good to {back:.0e}"))
            .check(
                Check::new("error of the inverse of C4(0.7)", back)
                    .prints(fit, 1e-5)
                    .known("rounding", 0.0, 1e-12),
            )
            .corrected(format!(
                "{fit:.4} is {cost_db:.1} dB at σ = 0.1, 20 dB: the form itself costs that much"
            )),
    ])
}

fn inverse_error() -> Result<f64> {
    Ok((sigma_from_leading_coefficient(leading_coefficient(0.7)?)? - 0.7).abs())
}

fn slips() -> Result<Vec<LedgerRow>> {
    let factor = paper::literal_window_factor(1_000_000)?;
    let errors_db = [-10.0, 0.0, 10.0].map(literal_error_db);
    let [a, b, c] = errors_db;
    let errors_db = [a?, b?, c?];
    let whole = leading_coefficient(1.0)?;
    // 0.8 of the range: the abscissa of the window stretched to 0..1 divides C4 by 1.25⁴.
    let known = 0.8_f64.powi(4);
    let test = "paper::the_letter_of_the_paper_reads_many_decibels_too_high";
    let read = ["-10", "0", "10"].into_iter().zip(errors_db).zip([23.3, 8.85, 4.0]);
    let read = read.map(|((snr, error_db), known_db)| {
        // The exact inverse reads the truth: the letter's excess is compared with that of the study.
        Check::new(format!("excess of the letter at {snr} dB (dB)"), error_db).known(
            "the study",
            known_db,
            0.1,
        )
    });
    let snr = Snr::from_linear(3.0)?;
    Ok(vec![
        SOURCE
            .row(
                "R12, equations (11), (12), (14): slips",
                "estimators::quartic::tests::the_dot_product_is_the_leading_coefficient_of_a_polynomial",
            )
            .printed("C = [C1 C2 C3 C4], n for l, y for the sorted y")
            .ours("C = [C0 C1 C2 C3 C4], l, sorted y")
            .slip("U is 5 by 5 and has five unknowns"),
        SOURCE
            .row("R12, equations (13), (14): abscissa", test)
            .printed("u = l/(L+1)")
            .ours(format!(
                "p = l/K: the printed abscissa gives {factor:.4} of the C4 that (9) and (10) are made for; \
                 SNR {} dB too high at -10, 0, 10 dB",
                listed(errors_db, |db| format!("{db:.1}"))
            ))
            .check(Check::new("C4(1) over p", whole).prints(factor * whole, 1e-3).known(
                "34 digits",
                C4_1,
                1e-11,
            ))
            .check(Check::new("C4 over u by C4 over p", factor).known("0.8^4", known, 1e-5))
            .checks(read)
            .corrected(format!(
                "C4(1) of equation (9) is {whole:.2} with p and {:.2} with u",
                factor * whole
            )),
        SOURCE
            .row(
                "R13, equations (15) and (16)",
                "properties::amplitude_and_noise_are_in_the_unit_of_the_samples",
            )
            .printed("mean over N of x² less σ²")
            .ours("after the normalisation 1 - σ²; SNR = (1 - σ²)/σ²")
            .check(Check::new("σ² at an SNR of 3", snr.sigma().powi(2)).known("1/(1 + SNR)", 0.25, 1e-15))
            .slip("N for K"),
    ])
}

/// What the letter of equations (10), (13), (14) makes of a long record, in dB above the truth.
fn literal_error_db(snr_db: f64) -> Result<f64> {
    let sigma = Snr::from_db(snr_db)?.sigma();
    let literal =
        paper::sigma_printed(paper::literal_window_factor(1_000_000)? * leading_coefficient(sigma)?)?;
    let estimate_db = 10.0 * ((1.0 - literal * literal) / (literal * literal)).log10();
    Ok(estimate_db - snr_db)
}
