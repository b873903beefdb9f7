//! Tables 2 and 3: element and component values printed and recomputed.

use super::row;
use crate::error::Result;
use crate::reproduce::{LedgerRow, Section, Table, Verdict};
use linkbudget::ladder::{First, LadderSpec, denormalise};
use linkbudget::paper::{self, Column, Component, TABLE_2, TABLE_3, values_of};
use linkbudget::response::{Cutoff, Response};

pub(super) fn run() -> Result<Section> {
    let mut section = Section::new(
        "Tables 2 and 3: the seventh-order ladders",
        "The bracketed elements of both tables are those of RS/RL = 0.7, the Chebyshev ones at the 3 dB point; \
         the filters work between 50 and 73 ohm. The components of Table 3 belong to an equally terminated \
         filter, 74 ohm and 34.29 GHz (bracketed) or 30 GHz (with an asterisk).",
    );
    let elements = |spec: LadderSpec| -> Result<Vec<f64>> { Ok(spec.synthesise()?.elements().to_vec()) };
    let butterworth = |source_ohm, load_ohm| elements(LadderSpec::butterworth(7, source_ohm, load_ohm));
    let chebyshev =
        |source_ohm, load_ohm| LadderSpec::chebyshev(7, 0.01, Cutoff::ThreeDb, source_ohm, load_ohm);
    let table_2_parts = denormalise(&values_of(&TABLE_2, Column::IdealElements), First::Shunt, 10e9, 73.0)?;
    let table_3_parts = chebyshev(74.0, 74.0).synthesise()?.components(34.29e9)?;
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
    section.ledger = ledger(&butterworth(0.7, 1.0)?, &elements(chebyshev(0.7, 1.0))?)?;
    Ok(section)
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

fn ledger(butterworth: &[f64], chebyshev: &[f64]) -> Result<Vec<LedgerRow>> {
    let flat = Response::Butterworth;
    let ripple = Response::Chebyshev { ripple_db: 0.01 };
    let at = |cutoff| ripple.attenuation_db(7, paper::CHEBYSHEV_RATIO, cutoff);
    let order = ripple.order(paper::CHEBYSHEV_ATTENUATION_DB, paper::CHEBYSHEV_RATIO, Cutoff::ThreeDb)?;
    Ok(vec![
        row(
            "F1, E9: attenuation of the Butterworth filter at 60 GHz",
            "108.94 dB, order 7",
            format!(
                "{:.4} dB; 100 dB need order {:.3}",
                flat.attenuation_db(7, 6.0, Cutoff::ThreeDb)?,
                flat.order(100.0, 6.0, Cutoff::ThreeDb)?.exact
            ),
            Verdict::Reproduced,
            "e9_the_butterworth_attenuation_is_right",
        ),
        row(
            "F2, E10: attenuation of the Chebyshev filter, ratio 3.5",
            "96.81 dB, order 7",
            format!(
                "{:.3} dB (ripple edge), {:.3} dB (3 dB point); 96.81 dB need order {:.2}, {}",
                at(Cutoff::RippleEdge)?,
                at(Cutoff::ThreeDb)?,
                order.exact,
                order.order
            ),
            Verdict::corrected("no reading of order, ripple and ratio gives it; 3.5 is not 60/19 either"),
            "e10_no_reading_gives_the_printed_chebyshev_attenuation",
        ),
        row(
            "F3, F5: Table 2, bracketed elements",
            "seven values, 3 decimals",
            format!("RS/RL = 0.7, worst difference {:.1e}", worst(butterworth, &TABLE_2)),
            Verdict::Reproduced,
            "e11_both_element_columns_are_those_of_rs_0_7",
        ),
        row(
            "F3, F5: Table 3, bracketed elements",
            "seven values, 3 decimals",
            format!("RS/RL = 0.7, 3 dB point, worst difference {:.1e}", worst(chebyshev, &TABLE_3)),
            Verdict::Reproduced,
            "e11_both_element_columns_are_those_of_rs_0_7",
        ),
        row(
            "F4, E11: elements between 50 and 73 ohm",
            "those of RS/RL = 0.7",
            "those of RS/RL = 0.6849, in the table; differences up to 0.061",
            Verdict::corrected("the printed parts have their 3 dB point at 9.984 GHz"),
            "e11_both_element_columns_are_those_of_rs_0_7",
        ),
        row(
            "E12: Table 2, values with an asterisk",
            "a Butterworth filter",
            "C1 to C5 are 0.423, L2 and L4 0.444, L6 0.297, C7 0.382 of the bracketed ones",
            Verdict::not_reproducible("layout data: no synthesis gives them"),
            "e12_the_starred_table_2_is_no_butterworth_filter",
        ),
        row(
            "E13: Table 3, components",
            "19 GHz, 73 ohm",
            "equal terminations of 74 ohm; 34.29 GHz (bracketed), 30 GHz (asterisk)",
            Verdict::corrected("printed elements and components imply cut-offs from 20.5 to 72.7 GHz"),
            "e13_the_components_of_table_3_belong_to_another_filter",
        ),
    ])
}
