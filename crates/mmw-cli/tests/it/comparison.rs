//! What the tests of all comparisons share.

use super::options::{Table, option};
use super::{TempFolder, mmw, stderr, succeed};
use mmw_core::study::{StudyRow, StudyTable};
use serde_json::{Value, json};

/// A figure of a row of the library.
pub(crate) type Figure = fn(&StudyRow) -> Option<f64>;

pub(crate) const RMSE: Figure = |row| row.rmse.map(|rmse| rmse.value);
pub(crate) const BIAS: Figure = |row| row.bias.map(|bias| bias.value);

/// A comparison as it is typed, beside the table that the library makes of the same.
pub(crate) struct Beside<'a> {
    pub(crate) arguments: &'a [&'a str],
    pub(crate) table: &'a StudyTable,
    /// The field that names the contenders.
    pub(crate) named: &'a str,
    pub(crate) figures: &'a [(&'a str, Figure)],
    /// What its page says.
    pub(crate) page: &'a [&'a str],
}

impl Beside<'_> {
    /// Its figures are those of the library, whole and in parts; the files hold them.
    pub(crate) fn check(&self) {
        let folder = TempFolder::new("comparison");
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let run = |more: &[&str]| succeed(&[self.arguments, more].concat());
        let [csv, page] = ["table.csv", "page.html"].map(path);
        let answer: Value = serde_json::from_str(&run(&["--json", "--out", &csv, "--page", &page])).unwrap();

        let rows = answer["rows"].as_array().unwrap();
        assert_eq!(rows.len(), self.table.rows.len());
        for (shown, row) in rows.iter().zip(&self.table.rows) {
            assert_eq!(shown[self.named], row.contender);
            for (name, figure) in self.figures {
                assert_eq!(shown[name].as_f64(), figure(row), "{name}");
            }
        }
        assert_eq!(std::fs::read_to_string(&csv).unwrap().lines().count(), 1 + rows.len());
        let page = std::fs::read_to_string(&page).unwrap();
        self.page.iter().for_each(|said| assert!(page.contains(said), "{said}"));

        let parts = ["1/2", "2/2"].map(|shard| {
            let part = path(&format!("{}.part", &shard[..1]));
            run(&["--shard", shard, "--out", &part]);
            part
        });
        let merged = succeed(&["merge", &parts[1], &parts[0], "--json"]);
        assert_eq!(serde_json::from_str::<Value>(&merged).unwrap(), answer);
    }
}

/// The options of a comparison, its own and those of all studies.
pub(crate) struct Options {
    pub(crate) area: &'static str,
    pub(crate) command: &'static str,
    pub(crate) base: Value,
    pub(crate) modes: Vec<Value>,
    pub(crate) own: Vec<Value>,
}

impl Options {
    /// Every one of them works or is named.
    pub(crate) fn check(self) {
        let folder = TempFolder::new("comparison-options");
        let alone = json!({});
        let common = [
            option("trials", json!(30), &alone),
            option("seed", json!(2), &alone),
            option("costs", json!(true), &alone),
            option("shard", json!("1/2"), &json!({ "out": folder.path().join("part.json") })),
        ];
        let Self { area, command, base, modes, own } = self;
        let options = own.into_iter().chain(common).collect();
        let beside = vec!["threads", "checkpoint", "plot", "page", "out"];
        Table { area, command, base, modes, options, beside }.check();
    }
}

/// What cannot be compared is refused, each with these words.
pub(crate) fn refused(command: &[&str], cases: &[(&[&str], &str)]) {
    for (arguments, told) in cases {
        let output = mmw(&[command, arguments].concat()).output().unwrap();
        assert!(!output.status.success() && stderr(&output).contains(told), "{}", stderr(&output));
    }
}
