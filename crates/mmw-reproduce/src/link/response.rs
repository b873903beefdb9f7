//! Figs. 8 and 9 as far as the circuit determines them: the ladders, and the stage that varies the loss.

use super::{SOURCE, points};
use crate::check::Check;
use crate::host::{Draw, Setup};
use crate::ledger::LedgerRow;
use crate::section::{Figure, Section, Table};
use linkbudget::attenuator::{CommonBase, CommonBaseConfig};
use linkbudget::paper::{Column, Component, REPORTED_RANGES, TABLE_2, TABLE_3, network_of};
use mmw_core::Result;
use mmw_core::ndarray::{Array1, array};
use mmw_plot::CurvePlot;

const FILTERS: [(&str, &str, &[Component; 7]); 2] =
    [("Butterworth", "Fig. 8", &TABLE_2), ("Chebyshev", "Fig. 9", &TABLE_3)];
const COLUMNS: [(Column, &str); 2] =
    [(Column::IdealValues, "bracketed parts"), (Column::LayoutValues, "parts with an asterisk")];

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let mut section = Section::new(
        "Figs. 8 and 9: attenuation of the filters",
        "Loss of the printed parts between 50 and 73 ohm, lossless. The curves of the figures also hold the \
         transistor stage, its parasitics and the measurement, none of which is printed; the dots are the \
         reported least and greatest attenuation at 60 GHz, simulated and measured. The stage of Fig. 3 is an \
         exponential transconductance past which a leak remains, chosen to give the reported range.",
    );
    for (name, figure, parts) in FILTERS {
        section.figures.push(filter(setup, name, figure, parts)?);
    }
    section.figures.push(stage(setup)?);
    section.tables.push(losses()?);
    section.ledger = ledger()?;
    Ok(section)
}

fn filter(setup: &Setup<'_>, name: &str, figure: &str, parts: &[Component; 7]) -> Result<Figure> {
    let frequencies_hz = Array1::linspace(0.5e9, 110e9, 400);
    let ghz = frequencies_hz.mapv(|hz| hz * 1e-9);
    let mut plot = CurvePlot::new(format!("{name} filter ({figure})"), "frequency (GHz)", "attenuation (dB)");
    for (column, label) in COLUMNS {
        let loss_db = network_of(parts, column)?.transducer_loss_db(&frequencies_hz, 50.0, 73.0)?;
        plot = plot.line(label, points(&ghz, &loss_db));
    }
    for range in REPORTED_RANGES.iter().filter(|range| range.filter == name) {
        let label = if range.measured { "measured" } else { "simulated" };
        plot = plot.dots(label, [(60.0, range.minimum_db), (60.0, range.maximum_db)]);
    }
    let file = format!("link/{}.svg", name.to_lowercase());
    plot.draw(setup, &file)?;
    Ok(Figure::new(file, format!("{figure}: loss of the printed parts, and the reported ranges.")))
}

fn stage(setup: &Setup<'_>) -> Result<Figure> {
    let bias_v = Array1::linspace(0.0, 0.1, 201);
    let millivolts = bias_v.mapv(|v| 1e3 * v);
    let mut plot = CurvePlot::new("Common-base stage (Fig. 3)", "change of VBE (mV)", "attenuation (dB)");
    for range_db in [6.6, 5.0, 2.0] {
        let config = CommonBaseConfig { base_ohm: 0.0, ..CommonBaseConfig::figure_3_with_range(range_db) };
        let loss_db = CommonBase::new(config)?.attenuation_db_array(&bias_v)?;
        plot = plot.line(format!("leak for {range_db} dB"), points(&millivolts, &loss_db));
    }
    plot.draw(setup, "link/common-base.svg")?;
    Ok(Figure::new("link/common-base.svg", "Attenuation over bias: tens of millivolts exhaust each range."))
}

fn loss_at_60_ghz(parts: &[Component; 7], column: Column) -> Result<f64> {
    let loss_db = network_of(parts, column)?.transducer_loss_db(&array![60e9], 50.0, 73.0)?;
    Ok(loss_db.sum())
}

fn losses() -> Result<Table> {
    let columns = ["filter", "bracketed parts", "with an asterisk", "simulated", "measured"];
    let mut table = Table::new("Attenuation at 60 GHz (dB)", columns);
    for (name, _, parts) in FILTERS {
        let reported = |measured: bool| {
            let range = REPORTED_RANGES.iter().find(|r| r.filter == name && r.measured == measured);
            range.map_or_else(String::new, |r| format!("{} to {}", r.minimum_db, r.maximum_db))
        };
        table.push([
            name.to_owned(),
            format!("{:.2}", loss_at_60_ghz(parts, Column::IdealValues)?),
            format!("{:.2}", loss_at_60_ghz(parts, Column::LayoutValues)?),
            reported(false),
            reported(true),
        ])?;
    }
    Ok(table)
}

fn ledger() -> Result<Vec<LedgerRow>> {
    let least = "paper::e14_the_printed_parts_do_not_lose_what_is_reported";
    let butterworth = loss_at_60_ghz(&TABLE_2, Column::LayoutValues)?;
    let chebyshev = loss_at_60_ghz(&TABLE_3, Column::LayoutValues)?;
    let mut rows = vec![
        SOURCE
            .row("F6, E14: least simulated attenuation at 60 GHz, Butterworth and Chebyshev", least)
            .printed("57.6 dB, 51.6 dB")
            .ours(format!("{butterworth:.2} dB, {chebyshev:.2} dB (parts with an asterisk)"))
            .check(
                Check::new("Butterworth (dB)", butterworth).prints(57.6, 0.05).known("ngspice", 53.42, 5e-3),
            )
            .check(Check::new("Chebyshev (dB)", chebyshev).prints(51.6, 0.05).known("ngspice", 56.66, 5e-3))
            .not_reproducible("exchanged they would be within 2 dB; or the stage adds the difference"),
    ];
    rows.extend(stage_rows()?);
    rows.push(
        SOURCE
            .row("F9: regression of the measured curves", least)
            .printed("coefficients of a multivariate fit")
            .ours("none")
            .not_reproducible(
                "the measured points are not printed; `mmw_core::linalg::least_squares` fits any",
            ),
    );
    Ok(rows)
}

fn stage_rows() -> Result<Vec<LedgerRow>> {
    let stage = CommonBase::new(CommonBaseConfig { base_ohm: 0.0, ..CommonBaseConfig::figure_3() })?;
    let (mut biases, mut checks) = (Vec::new(), Vec::new());
    for range_db in [6.6, 2.0, 5.0] {
        let bias_v = stage.bias_v(range_db)?;
        biases.push(format!("{:.1}", 1e3 * bias_v));
        // kT/q at 300 K, times ln of the ratio of voltages.
        let known_v = 0.025_852 * range_db / 20.0 * std::f64::consts::LN_10;
        let check = Check::new(format!("bias for {range_db} dB (V)"), bias_v);
        checks.push(check.within(1.8, 2.5, 0.05).known("kT/q ln(ratio)", known_v, 1e-4 * known_v));
    }
    let transconductance_s = stage.transconductance_s(0.0)?;
    let test = "paper::e16_the_bias_ranges_are_limited_by_feed_through";
    Ok(vec![
        SOURCE
            .row("F7, E16: gm of the stage for unity gain into R3 = 1 kohm", test)
            .printed("unity gain")
            .ours(format!(
                "gm {:.3} mS, IC {:.1} uA at 300 K",
                1e3 * transconductance_s,
                1e6 * stage.collector_current_a(0.0)?
            ))
            .check(Check::new("gain into 1 kohm", 1e3 * transconductance_s).prints(1.0, 1e-9))
            .reproduced(),
        SOURCE
            .row("F8, E16: bias for 6.6, 2 and 5 dB", test)
            .printed("1.8 V (simulated), 2.5 V (measured)")
            .ours(format!("{} mV in the exponential law", biases.join(", ")))
            .checks(checks)
            .corrected("the ranges are limited by feed-through, not by the law"),
    ])
}
