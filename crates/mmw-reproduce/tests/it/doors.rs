//! No verdict is read from a file that does not follow from its numbers.

use crate::{report, rows};
use mmw_checks::doors::Walk;
use mmw_reproduce::{Area, Ground, LedgerRow, Report, Section, Verdict};
use serde_json::json;

#[test]
fn every_type_refuses_damaged_input() {
    let mut walk = Walk::whole_may_say(&["verdict: "]);
    walk.names(Area::ALL);
    walk.names(Verdict::ALL);
    walk.names(Ground::ALL);

    let corrected = |row: &&&LedgerRow| {
        let check = row.checks.first();
        let both = check.is_some_and(|check| check.printed.is_some() && check.reference.is_some());
        both && row.verdict == Verdict::Corrected
    };
    let all = rows();
    let row = *all.iter().find(corrected).unwrap();
    let wrong = [
        ("/verdict", json!("reproduced"), "which say corrected"),
        ("/checks/0/ours", json!(1e99), "which say unconfirmed"),
        ("/checks/0/ours", json!(null), "which say unconfirmed"),
        ("/verdict", json!("right"), "unknown variant"),
    ];
    walk.door(row, &wrong);
    let check = &row.checks[0];
    walk.door(check, &[("/ours", json!("much"), "f64")]);
    walk.door(&check.printed.unwrap(), &[("/tolerance", json!(null), "f64")]);
    walk.door(check.reference.as_ref().unwrap(), &[("/value", json!(null), "f64")]);

    let section = |with: fn(&Section) -> bool| {
        report().areas.iter().flat_map(|area| &area.sections).find(|section| with(section)).unwrap()
    };
    let section_with_table = section(|section| !section.tables.is_empty());
    let table = &section_with_table.tables[0];
    walk.door(table, &[("/rows/0", json!([]), "row of a table")]);
    walk.door(section_with_table, &[("/tables/0/rows/0", json!([]), "row of a table")]);
    let figure = &section(|section| !section.figures.is_empty()).figures[0];
    walk.door(figure, &[("/file", json!(1), "a string")]);
    let area = &report().areas[0];
    walk.door(area, &[("/seed", json!(-1), "u64"), ("/quick", json!("yes"), "a boolean")]);
    let mut whole = Report::default();
    whole.areas.push(area.clone());
    walk.door(&whole, &[("/areas/0/area", json!("sea"), "unknown variant")]);
    walk.covers(env!("CARGO_MANIFEST_DIR"));
}
