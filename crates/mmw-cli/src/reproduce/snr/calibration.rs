//! Tables II and III, Figs. 3 to 5: the coefficients over σ, the polynomials fitted to them, equations (9), (10).

use super::{grid, listed, row};
use crate::error::Result;
use crate::plot::CurvePlot;
use crate::reproduce::{Figure, LedgerRow, Section, Setup, Table, Verdict};
use snr_quantile::paper::{self, TABLE_2, TABLE_3};
use snr_quantile::theory::{leading_coefficient, quartic_coefficients};

/// Deviations for curves and errors.
fn sigmas() -> impl Iterator<Item = f64> + Clone {
    grid(0.005, 1.0, 199)
}

pub(super) fn run(setup: &Setup) -> Result<Section> {
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
fn curve(f: impl Fn(f64) -> mmw_core::Result<f64>) -> Result<Vec<(f64, f64)>> {
    let points: mmw_core::Result<_> = sigmas().map(|sigma| Ok((sigma, f(sigma)?))).collect();
    Ok(points?)
}

fn figure_3(setup: &Setup) -> Result<Figure> {
    let mut plot = CurvePlot::new("Coefficients of the quartic (Fig. 3)", "noise deviation σ", "coefficient")
        .x_limits(0.0, 1.0);
    for k in 0..5 {
        plot = plot.line(format!("C{k}"), curve(|sigma| Ok(quartic_coefficients(sigma)?[k]))?);
    }
    plot.save(&setup.out.join("snr/figure-3.svg"))?;
    Ok(Figure::new("snr/figure-3.svg", "Fig. 3: C0 to C4 over σ, exact. Only C4 ascends throughout."))
}

fn figure_4(setup: &Setup) -> Result<Figure> {
    let fit = paper::calibration_fit(9)?;
    CurvePlot::new("Leading coefficient (Fig. 4)", "noise deviation σ", "C4")
        .x_limits(0.0, 1.0)
        .y_limits(-5.0, 20.0)
        .line("exact", curve(leading_coefficient)?)
        .dashed("polynomial of degree 9", curve(|sigma| Ok(fit.value(sigma)))?)
        .dashed("(9), both repairs", curve(paper::leading_coefficient_repaired)?)
        .dashed("(9), order reversed only", curve(paper::leading_coefficient_reversed)?)
        .save(&setup.out.join("snr/figure-4.svg"))?;
    let caption =
        "Fig. 4: C4 and its polynomials. As printed, equation (9) starts at 15626, off the picture.";
    Ok(Figure::new("snr/figure-4.svg", caption))
}

fn figure_5(setup: &Setup) -> Result<Figure> {
    let fit = paper::inverse_fit(9)?;
    let exact = curve(leading_coefficient)?;
    let over_c4 = |f: &dyn Fn(f64) -> mmw_core::Result<f64>| -> Result<Vec<(f64, f64)>> {
        let points: mmw_core::Result<_> = exact.iter().map(|(_, c4)| Ok((*c4, f(*c4)?))).collect();
        Ok(points?)
    };
    CurvePlot::new("Inverse of the leading coefficient (Fig. 5)", "C4", "noise deviation σ")
        .x_limits(0.0, 15.5)
        .y_limits(-0.5, 1.2)
        .line("exact", exact.iter().map(|(sigma, c4)| (*c4, *sigma)))
        .dashed("polynomial of degree 9", over_c4(&|c4| Ok(fit.value(c4)))?)
        .dashed("(10) as printed", over_c4(&paper::sigma_printed)?)
        .save(&setup.out.join("snr/figure-5.svg"))?;
    let caption = "Fig. 5: σ for a coefficient. Equation (10) as printed leaves the curve at C4 = 3.5.";
    Ok(Figure::new("snr/figure-5.svg", caption))
}

fn fits(
    title: &str,
    printed: &[(usize, f64)],
    fit: impl Fn(usize) -> mmw_core::Result<paper::PolynomialFit>,
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

fn rms(f: impl Fn(f64) -> mmw_core::Result<f64>) -> Result<f64> {
    let points = curve(f)?;
    Ok((points.iter().map(|(_, error)| error * error).sum::<f64>() / points.len() as f64).sqrt())
}

fn ledger() -> Result<Vec<LedgerRow>> {
    let mut rows = tables()?;
    rows.extend(equation_9()?);
    rows.extend(equation_10()?);
    Ok(rows)
}

/// The recomputed errors of a table.
fn errors(
    rows: &[(usize, f64)],
    fit: fn(usize) -> mmw_core::Result<paper::PolynomialFit>,
) -> Result<Vec<f64>> {
    rows.iter().map(|row| Ok(fit(row.0)?.mean_square_error())).collect()
}

fn tables() -> Result<Vec<LedgerRow>> {
    Ok(vec![
        row(
            "R9, Fig. 3: only C4 ascends",
            "\"only the leading coefficient C4 has an ascending shape\"",
            format!("C4 ascends from 0 to {:.4}; C0 to C3 turn at least once", leading_coefficient(1.0)?),
            Verdict::Reproduced,
            "theory::quartic::tests::the_coefficient_ascends_strictly",
        ),
        row(
            "R9, Figs. 2 and 3: sample size",
            "K = 1e6 in the text, 1e7 in the caption of Fig. 3",
            "exact: no sample size",
            Verdict::corrected("text and caption contradict each other"),
            "golden::quartic_coefficients_agree_with_the_table",
        ),
        row(
            "R10, Table II, degrees 8 to 12",
            &listed(TABLE_2.map(|row| row.1), |x| format!("{x:.4}")),
            listed(errors(&TABLE_2, paper::calibration_fit)?, |x| format!("{x:.5}")),
            Verdict::corrected("the printed excess is that of coefficients sampled from 1e6 to 1e7 points"),
            "paper::table_2_is_that_of_the_exact_coefficient_and_some_noise",
        ),
    ])
}

fn equation_9() -> Result<Vec<LedgerRow>> {
    let repaired =
        rms(|sigma| Ok(paper::leading_coefficient_repaired(sigma)? - leading_coefficient(sigma)?))?;
    Ok(vec![
        row(
            "R10, equation (9): order of the coefficients",
            "C4(0) = 15626, \"strictly ascending\"",
            format!(
                "C4(0) = 0; at σ = 0.02 the printed order gives {:.0}, exact is {:.4}",
                paper::leading_coefficient_printed(0.02)?,
                leading_coefficient(0.02)?
            ),
            Verdict::corrected("the coefficients stand in reverse order: as printed the polynomial descends"),
            "paper::the_printed_calibration_starts_at_15626_and_descends",
        ),
        row(
            "R10, equation (9): coefficient of the seventh power",
            "117600",
            format!(
                "117860: C4(1) = {:.2} instead of {:.0}, rms error {repaired:.3}",
                paper::leading_coefficient_repaired(1.0)?,
                paper::leading_coefficient_reversed(1.0)?
            ),
            Verdict::corrected(
                "what is missing after the reversal is 260 times the seventh power, and nothing else",
            ),
            "paper::the_reversed_calibration_lacks_260_times_the_seventh_power",
        ),
        row(
            "R10, Fig. 4: (9) is \"strictly ascending\"",
            "a unique inverse",
            "true of the exact C4 and of (9) after both repairs; false before",
            Verdict::corrected("descends as printed, turns at σ = 0.5 when reversed"),
            "paper::the_repaired_calibration_ascends_and_is_off_by_an_eighth",
        ),
    ])
}

fn equation_10() -> Result<Vec<LedgerRow>> {
    let printed = rms(|sigma| Ok(paper::sigma_printed(leading_coefficient(sigma)?)? - sigma))?;
    let fitted = paper::inverse_fit(9)?;
    let fit = rms(|sigma| Ok(fitted.value(leading_coefficient(sigma)?) - sigma))?;
    Ok(vec![
        row(
            "R11, Table III, degrees 5 to 10",
            &listed(TABLE_3.map(|row| row.1), |x| format!("{x:.2e}")),
            listed(errors(&TABLE_3, paper::inverse_fit)?, |x| format!("{x:.2e}")),
            Verdict::not_reproducible(
                "the points of the mean are not given; equidistant C4 give degrees 5 and 6, equidistant σ 7 and 8",
            ),
            "paper::table_3_is_of_the_order_of_the_exact_inverse",
        ),
        row(
            "R11, equation (10)",
            "\"desired level of accuracy\"",
            format!(
                "σ = {:.1} at C4(1), where it is 1; mean square error {:.0}",
                paper::sigma_printed(leading_coefficient(1.0)?)?,
                printed * printed
            ),
            Verdict::corrected(
                "one digit of \"4e-4\" is left of a coefficient that multiplies 1.3e7; use the exact inverse",
            ),
            "paper::the_printed_inverse_is_good_below_0_35_and_useless_above",
        ),
        row(
            "R11, Fig. 5: a polynomial of degree 9",
            "\"desired level of accuracy\"",
            format!("{fit:.4} rms in σ with all digits; the exact inverse is good to 1e-13"),
            Verdict::corrected("0.0044 is 0.4 dB at σ = 0.1, 20 dB: the form itself costs that much"),
            "paper::the_repaired_inverse_reproduces_the_mean_square_of_table_3",
        ),
        row(
            "R12, equations (11), (12), (14): slips",
            "C = [C1 C2 C3 C4], n for l, y for the sorted y",
            "C = [C0 C1 C2 C3 C4], l, sorted y",
            Verdict::corrected("U is 5 by 5 and has five unknowns"),
            "estimators::quartic::tests::the_dot_product_is_the_leading_coefficient_of_a_polynomial",
        ),
        row(
            "R12, equations (13), (14): abscissa",
            "u = l/(L+1)",
            format!(
                "p = l/K: the printed abscissa gives {:.4} of the C4 that (9) and (10) are made for; \
                 SNR {}, {}, {} dB too high at -10, 0, 10 dB",
                paper::literal_window_factor(1_000_000)?,
                literal_error_db(-10.0)?,
                literal_error_db(0.0)?,
                literal_error_db(10.0)?
            ),
            Verdict::corrected("C4(1) of equation (9) is 15.26 with p and 6.25 with u"),
            "paper::the_letter_of_the_paper_reads_many_decibels_too_high",
        ),
        row(
            "R13, equations (15) and (16)",
            "mean over N of x² less σ²",
            "after the normalisation 1 - σ²; SNR = (1 - σ²)/σ²",
            Verdict::corrected("N for K"),
            "properties::amplitude_and_noise_are_in_the_unit_of_the_samples",
        ),
    ])
}

/// What the letter of equations (10), (13), (14) makes of a long record, in dB above the truth.
fn literal_error_db(snr_db: f64) -> Result<String> {
    let sigma = snr_quantile::Snr::from_db(snr_db)?.sigma();
    let literal =
        paper::sigma_printed(paper::literal_window_factor(1_000_000)? * leading_coefficient(sigma)?)?;
    let estimate_db = 10.0 * ((1.0 - literal * literal) / (literal * literal)).log10();
    Ok(format!("{:.1}", estimate_db - snr_db))
}
