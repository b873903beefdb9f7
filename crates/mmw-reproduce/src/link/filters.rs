//! Tables 2 and 3: element and component values printed and recomputed.

use super::SOURCE;
use crate::check::Check;
use crate::ledger::LedgerRow;
use crate::section::{Section, Table};
use linkbudget::ladder::{First, Ladder, LadderSpec, SynthesisError, denormalise, normalise};
use linkbudget::network::Network;
use linkbudget::paper::{self, Column, Component, TABLE_2, TABLE_3, network_of, values_of};
use linkbudget::response::{Cutoff, Response};
use mmw_core::math::try_crossing;
use mmw_core::ndarray::array;
use mmw_core::{Error, Result};

pub(crate) fn run() -> Result<Section> {
    let mut section = Section::new(
        "Tables 2 and 3: the seventh-order ladders",
        "The bracketed elements of both tables are those of RS/RL = 0.7, the Chebyshev ones at the 3 dB point; \
         the filters work between 50 and 73 ohm. The components of Table 3 belong to an equally terminated \
         filter, 74 ohm and 34.29 GHz (bracketed) or 30 GHz (with an asterisk).",
    );
    let butterworth = |source_ohm, load_ohm| elements(LadderSpec::butterworth(7, source_ohm, load_ohm));
    let chebyshev =
        |source_ohm, load_ohm| LadderSpec::chebyshev(7, 0.01, Cutoff::ThreeDb, source_ohm, load_ohm);
    let table_2_parts = denormalise(&values_of(&TABLE_2, Column::IdealElements), First::Shunt, 10e9, 73.0)?;
    let table_3_parts = synthesise(chebyshev(74.0, 74.0))?.components(34.29e9)?;
    section.tables.push(table(
        "Table 2: Butterworth, 10 GHz",
        &TABLE_2,
        &[butterworth(0.7, 1.0)?, butterworth(50.0, 73.0)?, table_2_parts],
    )?);
    section.tables.push(table(
        "Table 3: Chebyshev, 0.01 dB",
        &TABLE_3,
        &[elements(chebyshev(0.7, 1.0))?, elements(chebyshev(50.0, 73.0))?, table_3_parts],
    )?);
    let elements = Elements {
        butterworth: [butterworth(0.7, 1.0)?, butterworth(50.0, 73.0)?],
        chebyshev: [elements(chebyshev(0.7, 1.0))?, elements(chebyshev(50.0, 73.0))?],
    };
    section.ledger = vec![
        butterworth_order()?,
        chebyshev_order()?,
        printed_elements("F3, F5: Table 2, bracketed elements", "", &elements.butterworth[0], &TABLE_2),
        printed_elements(
            "F3, F5: Table 3, bracketed elements",
            ", 3 dB point",
            &elements.chebyshev[0],
            &TABLE_3,
        ),
        terminations(&elements)?,
        layout()?,
        components()?,
    ];
    Ok(section)
}

/// Elements of both filters, for terminations of 0.7 and of 50/73.
struct Elements {
    butterworth: [Vec<f64>; 2],
    chebyshev: [Vec<f64>; 2],
}

fn synthesise(spec: LadderSpec) -> Result<Ladder> {
    spec.synthesise().map_err(|error| match error {
        SynthesisError::Parameter(error) => error,
        other => Error::invalid("ladder", other.to_string()),
    })
}

fn elements(spec: LadderSpec) -> Result<Vec<f64>> {
    Ok(synthesise(spec)?.elements().to_vec())
}

/// `ours`: elements of 0.7, elements of 50/73, components.
fn table(title: &str, rows: &[Component; 7], ours: &[Vec<f64>; 3]) -> Result<Table> {
    let columns = [
        "part",
        "element printed",
        "ours, 0.7",
        "ours, 50/73",
        "part printed",
        "ours",
        "element, layout",
        "part, layout",
    ];
    let mut table = Table::new(title, columns);
    for (i, component) in rows.iter().enumerate() {
        let value = |column: usize| ours[column].get(i).copied().unwrap_or_default();
        table.push([
            component.name.to_owned(),
            format!("{:.3}", component.ideal_element),
            format!("{:.4}", value(0)),
            format!("{:.4}", value(1)),
            quantity(component.name, component.ideal_value),
            quantity(component.name, value(2)),
            format!("{:.3}", component.layout_element),
            quantity(component.name, component.layout_value),
        ])?;
    }
    Ok(table)
}

fn quantity(name: &str, value: f64) -> String {
    if name.starts_with('C') { format!("{:.2} fF", value * 1e15) } else { format!("{:.2} pH", value * 1e12) }
}

fn worst(ours: &[f64], table: &[Component; 7]) -> f64 {
    let printed = values_of(table, Column::IdealElements);
    ours.iter().zip(printed).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn butterworth_order() -> Result<LedgerRow> {
    let attenuation_db = Response::Butterworth.attenuation_db(7, 6.0, Cutoff::ThreeDb)?;
    let order = Response::Butterworth.order(100.0, 6.0, Cutoff::ThreeDb)?;
    Ok(SOURCE
        .row(
            "F1, E9: attenuation of the Butterworth filter at 60 GHz",
            "paper::e9_the_butterworth_attenuation_is_right",
        )
        .printed("108.94 dB, order 7")
        .ours(format!("{attenuation_db:.4} dB; 100 dB need order {:.3}", order.exact))
        .check(
            Check::new("attenuation (dB)", attenuation_db)
                .prints(paper::BUTTERWORTH_ATTENUATION_DB, 5e-3)
                .known("10 lg(1 + 6^14)", 10.0 * 6_f64.powi(14).ln_1p() / std::f64::consts::LN_10, 1e-10),
        )
        .check(Check::new("order for 100 dB", order.order as f64).prints(7.0, 0.0))
        .reproduced())
}

fn chebyshev_order() -> Result<LedgerRow> {
    let ripple = Response::Chebyshev { ripple_db: 0.01 };
    let at = |cutoff| ripple.attenuation_db(7, paper::CHEBYSHEV_RATIO, cutoff);
    let (ripple_db, three_db) = (at(Cutoff::RippleEdge)?, at(Cutoff::ThreeDb)?);
    let order = ripple.order(paper::CHEBYSHEV_ATTENUATION_DB, paper::CHEBYSHEV_RATIO, Cutoff::ThreeDb)?;
    // 10 lg(1 + ε² cosh²(7 arcosh x)), x the ratio, from half the power times cosh(arcosh(1/ε)/7).
    let epsilon = (10_f64.powf(0.001) - 1.0).sqrt();
    let known =
        |x: f64| 10.0 * (epsilon * (7.0 * x.acosh()).cosh()).powi(2).ln_1p() / std::f64::consts::LN_10;
    let edge = (epsilon.recip().acosh() / 7.0).cosh();
    let check = |what: &str, ours: f64, known: f64| {
        let check = Check::new(format!("attenuation, ratio from the {what} (dB)"), ours);
        check.prints(paper::CHEBYSHEV_ATTENUATION_DB, 5e-3).known("hyperbolic cosines", known, 1e-3)
    };
    Ok(SOURCE
        .row(
            "F2, E10: attenuation of the Chebyshev filter, ratio 3.5",
            "paper::e10_no_reading_gives_the_printed_chebyshev_attenuation",
        )
        .printed("96.81 dB, order 7")
        .ours(format!(
            "{ripple_db:.3} dB (ripple edge), {three_db:.3} dB (3 dB point); {} dB need order {:.2}, {}",
            paper::CHEBYSHEV_ATTENUATION_DB,
            order.exact,
            order.order
        ))
        .check(check("ripple edge", ripple_db, known(paper::CHEBYSHEV_RATIO)))
        .check(check("3 dB point", three_db, known(paper::CHEBYSHEV_RATIO * edge)))
        .check(Check::new("order for 96.81 dB", order.order as f64).prints(7.0, 0.0).known(
            "the next whole number",
            8.0,
            0.0,
        ))
        .corrected("no reading of order, ripple and ratio gives it; 3.5 is not 60/19 either"))
}

fn printed_elements(item: &str, reading: &str, ours: &[f64], table: &[Component; 7]) -> LedgerRow {
    let worst = worst(ours, table);
    SOURCE
        .row(item, "paper::e11_both_element_columns_are_those_of_rs_0_7")
        .printed("seven values, 3 decimals")
        .ours(format!("RS/RL = 0.7{reading}, worst difference {worst:.1e}"))
        .check(Check::new("greatest difference of the seven elements", worst).at_most(0.0, 5e-4))
        .reproduced()
}

fn terminations(elements: &Elements) -> Result<LedgerRow> {
    let [butterworth, chebyshev] = [&elements.butterworth[1], &elements.chebyshev[1]];
    let apart = worst(butterworth, &TABLE_2).max(worst(chebyshev, &TABLE_3));
    let built = network_of(&TABLE_2, Column::IdealValues)?;
    let first = |name: &str, ours: &[f64], table: &[Component; 7], known: f64| {
        let check =
            Check::new(format!("first element of the {name} filter"), ours.first().copied().unwrap_or(0.0));
        check.prints(table[0].ideal_element, 5e-4).known("60 digits", known, 5e-7)
    };
    Ok(SOURCE
        .row("F4, E11: elements between 50 and 73 ohm", "paper::e11_both_element_columns_are_those_of_rs_0_7")
        .printed("those of RS/RL = 0.7")
        .ours(format!("those of RS/RL = {:.4}, in the table; differences up to {apart:.3}", 50.0 / 73.0))
        .check(first("Butterworth", butterworth, &TABLE_2, 0.363_604))
        .check(first("Chebyshev", chebyshev, &TABLE_3, 0.867_001))
        .corrected(format!(
            "the printed parts have their 3 dB point at {:.3} GHz",
            1e-9 * three_db_point_hz(&built)?
        )))
}

/// Where a low-pass filter between 50 and 73 ohm loses half a power more than at rest, by bisection.
fn three_db_point_hz(network: &Network) -> Result<f64> {
    let loss_db = |hz: f64| Ok::<_, Error>(network.transducer_loss_db(&array![hz], 50.0, 73.0)?.sum());
    let limit_db = loss_db(0.0)? + 10.0 * 2_f64.log10();
    let [below, _] = try_crossing([1e9, 80e9], |hz| loss_db(hz).map(|loss| loss >= limit_db))?;
    Ok(below)
}

fn layout() -> Result<LedgerRow> {
    let layout = values_of(&TABLE_2, Column::LayoutElements);
    let ideal = values_of(&TABLE_2, Column::IdealElements);
    let ratio = |i: usize| layout[i] / ideal[i];
    let loss_db =
        network_of(&TABLE_2, Column::LayoutValues)?.transducer_loss_db(&array![60e9], 50.0, 73.0)?.sum();
    let ideal_db = Response::Butterworth.attenuation_db(7, 6.0, Cutoff::ThreeDb)?;
    Ok(SOURCE
        .row(
            "E12: Table 2, values with an asterisk",
            "paper::e12_the_starred_table_2_is_no_butterworth_filter",
        )
        .printed("a Butterworth filter")
        .ours(format!(
            "C1 to C5 are {:.3}, L2 and L4 {:.3}, L6 {:.3}, C7 {:.3} of the bracketed ones",
            ratio(0),
            ratio(1),
            ratio(5),
            ratio(6)
        ))
        .check(
            Check::new("loss at 60 GHz (dB)", loss_db).prints(ideal_db, 0.05).known("ngspice", 53.42, 5e-3),
        )
        .not_reproducible("layout data: no synthesis gives them"))
}

fn components() -> Result<LedgerRow> {
    let elements = values_of(&TABLE_3, Column::IdealElements);
    let at_1_hz = normalise(&values_of(&TABLE_3, Column::IdealValues), First::Shunt, 1.0, 73.0)?;
    let implied_ghz: Vec<f64> = elements.iter().zip(&at_1_hz).map(|(g, unit)| 1e-9 * g / unit).collect();
    let least = implied_ghz.iter().copied().fold(f64::INFINITY, f64::min);
    let most = implied_ghz.iter().copied().fold(0.0, f64::max);
    let equal = synthesise(LadderSpec::chebyshev(7, 0.01, Cutoff::ThreeDb, 74.0, 74.0))?;
    let apart = |column: Column, three_db_hz: f64| -> Result<f64> {
        let parts = equal.components(three_db_hz)?;
        let printed = values_of(&TABLE_3, column);
        Ok(parts.iter().zip(printed).map(|(ours, printed)| (ours / printed - 1.0).abs()).fold(0.0, f64::max))
    };
    let relative = |column: Column, three_db_hz: f64| -> Result<Check> {
        let what = format!("parts against 74 ohm, {} GHz: greatest relative difference", 1e-9 * three_db_hz);
        Ok(Check::new(what, apart(column, three_db_hz)?).at_most(0.0, 1e-3))
    };
    Ok(SOURCE
        .row("E13: Table 3, components", "paper::e13_the_components_of_table_3_belong_to_another_filter")
        .printed("19 GHz, 73 ohm")
        .ours("equal terminations of 74 ohm; 34.29 GHz (bracketed), 30 GHz (asterisk)")
        .check(
            Check::new("least cut-off that a part implies (GHz)", least)
                .prints(1e-9 * paper::CHEBYSHEV_CUTOFF_HZ, 0.05)
                .known("by hand", 20.5, 0.06),
        )
        .check(
            Check::new("greatest cut-off that a part implies (GHz)", most)
                .prints(1e-9 * paper::CHEBYSHEV_CUTOFF_HZ, 0.05)
                .known("by hand", 72.7, 0.06),
        )
        .check(relative(Column::IdealValues, 34.29e9)?)
        .check(relative(Column::LayoutValues, 30e9)?)
        .corrected(format!(
            "printed elements and components imply cut-offs from {least:.1} to {most:.1} GHz"
        )))
}
