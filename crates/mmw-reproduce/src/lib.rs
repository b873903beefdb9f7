//! Five source papers recomputed: each printed number beside ours, with a verdict that is computed.
//!
//! A page that always says "reproduced" proves nothing. Here every row of the ledger carries numbers: what is
//! printed and how exactly, what this run found, and, where print is wrong, what is known from elsewhere (a
//! golden value, a quadrature, an identity). The verdict follows from them ([`LedgerRow::judge`]) and is
//! compared with the expected one, so a formula that breaks turns its row. Beside the ledger stand the tables
//! and figures of the sources, drawn anew, on one page without scripts.
//!
//! ```
//! use mmw_reproduce::{Area, Error, Folder, Result, Setup, Verdict, run};
//!
//! # fn main() -> Result<()> {
//! let folder = Folder::new(std::env::temp_dir().join("mmw-reproduce-tour"));
//! let report = run(&[Area::Link], &Setup::new(&folder))?; // index.html, ledger.csv, pictures, tables
//!
//! let row = report.ledger().find(|row| row.item.contains("constant of equation (2)")).ok_or_else(|| {
//!     Error::missing("row", "the constant of equation (2)")
//! })?;
//! assert_eq!((row.printed.as_str(), row.verdict), ("6.34e-5 m^2", Verdict::Corrected));
//! assert_eq!(report.surprises().count(), 0, "every verdict is the expected one");
//!
//! // What a wrong formula would do to the row.
//! let mut broken = row.clone();
//! broken.checks[0] = broken.checks[0].broken();
//! assert_eq!(broken.judge(), Verdict::Unconfirmed);
//! # Ok(())
//! # }
//! ```
//!
//! # Verdicts
//! | verdict | when |
//! | --- | --- |
//! | [`Verdict::Reproduced`] | all numbers agree with what is printed, within its last digit or the error of the simulation |
//! | [`Verdict::Corrected`] | a number differs, and is what is known from elsewhere within the tolerance of that |
//! | [`Verdict::NotReproducible`] | the source leaves out what it would take; the row says what |
//! | [`Verdict::Unconfirmed`] | a number is not what is known from elsewhere, or differs without anything to decide by: something broke |
//!
//! # What is where
//! | type | what it is |
//! | --- | --- |
//! | [`Area`], [`run`] | the five fields, and their recomputation into files |
//! | [`Setup`], [`Host`], [`Folder`] | seed and size of a run; where files go and who watches |
//! | [`Report`], [`AreaReport`], [`Section`], [`Figure`], [`Table`] | what a run came to |
//! | [`LedgerRow`], [`Check`], [`Printed`], [`Reference`], [`Ground`], [`Verdict`] | the ledger |
//!
//! # Conventions
//! | | |
//! | --- | --- |
//! | the same seed | gives the same files, on any number of threads |
//! | areas | may be run one by one into the same files: the page shows all that are there |
//! | tests | each row names the test that keeps it, and the tests of this crate look whether it exists |
//!
//! # References
//! The five sources; the crate of each area says more:
//!
//! | area | source |
//! | --- | --- |
//! | [`Area::Radar`] | "Millimetre-wave radar sensing", lecture slides in Chinese on TI's IWR1843, without an author or a date |
//! | [`Area::Link`] | J. W. Lambrechts, S. Sinha, "Estimation of signal attenuation in the 60 GHz band with an analog BiCMOS passive filter", International Journal of Microwave and Wireless Technologies, vol. 7, no. 6, pp. 645–653, December 2015 |
//! | [`Area::Mimo`] | A. F. Molisch, "A generic model for MIMO wireless propagation channels" |
//! | [`Area::Snr`] | T. Moazzeni, A. Amei, J. Ma, Y. Jiang, "On a new approach to SNR estimation of BPSK signals" |
//! | [`Area::Fso`] | H. Safi, A. Dargahi, "Statistical channel modeling for long-range ground-to-air FSO links", 10th International Symposium on Telecommunications (IST), Tehran, December 2020, pp. 62–66; arXiv 2102.09046 |
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod check;
mod csv;
mod host;
mod ledger;
mod section;

mod fso;
mod link;
mod mimo;
mod radar;
mod snr;

mod area;
mod report;
mod page;
mod run;

pub use area::Area;
pub use check::{Check, Printed, Reference};
pub use host::{Folder, Host, Setup, read_file};
pub use ledger::{Ground, LedgerRow, Verdict};
pub use mmw_core;
pub use mmw_core::{Error, Result, ndarray, num_complex};
pub use report::{AreaReport, Report};
pub use run::run;
pub use section::{Figure, Section, Table};

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
