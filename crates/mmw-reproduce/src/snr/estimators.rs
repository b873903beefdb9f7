//! What does reach the bound: asymptotic efficiencies, and mean square errors at three lengths.

use super::scores::{Scores, over_bound, scores};
use super::{SOURCE, grid};
use crate::check::Check;
use crate::host::{Draw, Setup};
use crate::section::{Figure, Section, Table};
use mmw_core::Result;
use mmw_plot::{CurvePlot, Scale};
use snr_quantile::compare::BpskRecords;
use snr_quantile::efficiency::efficiency;
use snr_quantile::{Method, Snr};

const SNR_DB: [f64; 11] = [-10.0, -6.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 14.0, 20.0];
const METHODS: [Method; 7] = [
    Method::Quartic,
    Method::Svr,
    Method::M2m4,
    Method::M1m2,
    Method::LStatistic,
    Method::Ml,
    Method::MlBinned,
];
/// Length of the records, their number, and that of a quick run.
const LENGTHS: [(usize, u64, u64); 3] = [(200, 4000, 200), (1000, 4000, 100), (10_000, 2000, 50)];

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let trials = if setup.quick { "200, 100 and 50" } else { "4000, 4000 and 2000" };
    let mut section = Section::new(
        "Which estimator reaches the bound",
        format!(
            "Beside the paper: efficiency is the Cramér-Rao bound over the variance, for long records by influence \
         functions, and by simulation at three lengths ({trials} records; estimates within -20 to 40 dB, a record without an \
         estimate counts as -20 dB). Maximum likelihood is at 1.1 times the bound or below from 6 dB on with 200 \
         samples, 0 dB with 1000, -2 dB with 10000; at 0 dB and 1000 samples 1.10 is the mean of 100 000 \
         records, for one record that reads -20 dB adds 0.2 times the bound to a study of 4000. On a histogram it \
         costs one pass over the samples. The L-statistic is the paper's idea with the best weights."
        ),
    );
    section.figures.push(asymptotic(setup)?);
    section.tables.push(data_ratio()?);
    let records = BpskRecords::default();
    let contenders = records.contenders(&METHODS)?;
    for (samples, full, quick) in LENGTHS {
        let trials = if setup.quick { quick } else { full };
        let scores = scores(setup, &records, &contenders, (samples, &SNR_DB), trials)?;
        section.figures.push(simulated(setup, samples, &scores)?);
        section.tables.push(table(samples, &scores)?);
    }
    let [least, most] = data_span()?;
    // The study has 0.9754/0.0378 at -10 dB and 0.7698/0.0033 at 10 dB, both with four digits after the
    // point.
    section.ledger.push(
        SOURCE
            .row(
                "R16, conclusion: needs less data than M2M4",
                "efficiency::tests::the_efficiencies_are_those_of_the_influence_functions",
            )
            .printed("\"requires less data to achieve the same accuracy\"")
            .ours(format!("needs {least:.0} to {most:.0} times as much"))
            .check(
                Check::new("data of the quartic over that of M2M4 at -10 dB", ratio(-10.0)?)
                    .at_most(1.0, 0.0)
                    .known("influence functions on a grid", 0.9754 / 0.0378, 0.01 * 0.9754 / 0.0378),
            )
            .check(Check::new("the same at 10 dB", ratio(10.0)?).at_most(1.0, 0.0).known(
                "influence functions on a grid",
                0.7698 / 0.0033,
                0.03 * 0.7698 / 0.0033,
            ))
            .corrected("asymptotic variances over -10 to 10 dB"),
    );
    Ok(section)
}

fn asymptotic(setup: &Setup<'_>) -> Result<Figure> {
    let mut plot = CurvePlot::new("Efficiency with long records", "SNR (dB)", "bound/variance")
        .y_scale(Scale::Log)
        .y_limits(2e-4, 2.0);
    let methods = [
        (Method::Ml, "ML, L-statistic"),
        (Method::M1m2, "M1M2"),
        (Method::M2m4, "M2M4"),
        (Method::Svr, "SVR"),
        (Method::Quartic, "quartic"),
    ];
    for (method, name) in methods {
        let points: Result<Vec<(f64, f64)>> = grid(-10.0, 20.0, 120)
            .map(|snr_db| Ok((snr_db, efficiency(method, Snr::from_db(snr_db)?)?)))
            .collect();
        plot = plot.line(name, points?);
    }
    plot.draw(setup, "snr/efficiency.svg")?;
    Ok(Figure::new("snr/efficiency.svg", "Asymptotic efficiency over SNR."))
}

/// How many times the data of M2M4 the quartic needs.
fn ratio(snr_db: f64) -> Result<f64> {
    let snr = Snr::from_db(snr_db)?;
    Ok(efficiency(Method::M2m4, snr)? / efficiency(Method::Quartic, snr)?)
}

fn data_span() -> Result<[f64; 2]> {
    let (mut least, mut most) = (f64::MAX, 0.0_f64);
    for snr_db in [-10.0, -6.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0, 10.0] {
        let ratio = ratio(snr_db)?;
        (least, most) = (least.min(ratio), most.max(ratio));
    }
    Ok([least, most])
}

fn data_ratio() -> Result<Table> {
    let columns = ["SNR (dB)", "quartic", "SVR", "M2M4", "M1M2", "ML", "data of the quartic over M2M4"];
    let mut table = Table::new("Asymptotic efficiency", columns);
    for snr_db in SNR_DB {
        let snr = Snr::from_db(snr_db)?;
        let cell = |method| -> Result<String> { Ok(format!("{:.4}", efficiency(method, snr)?)) };
        table.push([
            format!("{snr_db}"),
            cell(Method::Quartic)?,
            cell(Method::Svr)?,
            cell(Method::M2m4)?,
            cell(Method::M1m2)?,
            cell(Method::Ml)?,
            format!("{:.0}", ratio(snr_db)?),
        ])?;
    }
    Ok(table)
}

fn simulated(setup: &Setup<'_>, samples: usize, scores: &Scores) -> Result<Figure> {
    let mut plot = CurvePlot::new(
        format!("Mean square error, {samples} samples"),
        "SNR (dB)",
        "mean square error (dB²)",
    )
    .y_scale(Scale::Log);
    for (index, method) in METHODS.iter().enumerate().filter(|(_, method)| **method != Method::Ml) {
        let curve = scores.iter().filter_map(|(snr_db, row)| row.get(index).map(|s| (*snr_db, s.mse_db2)));
        plot = plot.line(method.name(), curve);
    }
    let bound =
        scores.iter().filter_map(|(snr_db, row)| row.first().and_then(|s| Some((*snr_db, s.crlb_db2?))));
    let file = format!("snr/error-{samples}.svg");
    plot.dashed("Cramér-Rao bound", bound).draw(setup, &file)?;
    Ok(Figure::new(file, format!("Mean square error of records of {samples} samples.")))
}

fn table(samples: usize, scores: &Scores) -> Result<Table> {
    let columns = [
        "SNR (dB)",
        "bound",
        "quartic",
        "svr",
        "m2m4",
        "m1m2",
        "l_statistic",
        "ml",
        "ml_binned",
        "ml_binned/bound",
        "± error",
    ];
    let title = format!("Mean square error (dB²), {samples} samples");
    let mut table = Table::new(title, columns);
    let digits = |x: f64| if x < 0.1 { format!("{x:.5}") } else { format!("{x:.3}") };
    for (snr_db, row) in scores {
        let cell = |index: usize| row.get(index).map_or_else(String::new, |s| digits(s.mse_db2));
        let bound = row.first().and_then(|s| s.crlb_db2).unwrap_or(f64::NAN);
        table.push([
            format!("{snr_db}"),
            digits(bound),
            cell(0),
            cell(1),
            cell(2),
            cell(3),
            cell(4),
            cell(5),
            cell(6),
            row.get(6).map_or_else(String::new, |s| format!("{:.3}", over_bound(s))),
            row.get(6).map_or_else(String::new, |s| format!("{:.3}", s.mse_error_db2 / bound)),
        ])?;
    }
    Ok(table)
}
