//! `mmw merge`: the parts of a study joined.

use super::answer::{Kind, StudyAnswer};
use super::file::PartFile;
use super::files::Files;
use crate::error::{Error, Result};
use crate::question::show;
use mmw_core::study::StudyPart;
use std::path::PathBuf;

/// The arguments of the command.
#[derive(Debug, clap::Args)]
pub(crate) struct MergeArgs {
    /// Files that `--shard` wrote, all parts of one study, in any order
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,

    /// File for the table as CSV
    #[arg(short, long, value_name = "FILE.csv")]
    out: Option<PathBuf>,

    /// File for a picture of the first figure over the conditions, .png or .svg
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,

    /// File for a page of all charts and figures
    #[arg(long, value_name = "FILE.html")]
    page: Option<PathBuf>,

    /// Print the result as one JSON object
    #[arg(long)]
    json: bool,
}

/// Joins the parts and prints what one run of their command would have.
///
/// # Errors
/// Kind `io` or `parse` naming a file, `usage` for parts of different commands and for those of none of the
/// studies of `areas`, `invalid` for those of different studies, and for blocks that are missing or there
/// twice.
pub(crate) fn run(args: &MergeArgs, areas: &[&[&'static Kind]]) -> Result<()> {
    let files = Files { out: args.out.as_deref(), plot: args.plot.as_deref(), page: args.page.as_deref() };
    files.check(None)?;
    let mut command = None;
    let mut parts: Vec<StudyPart> = Vec::with_capacity(args.parts.len());
    for path in &args.parts {
        let file = PartFile::read(path)?;
        let command = command.get_or_insert_with(|| file.command.clone());
        let part = file.of_command(command, path)?;
        if let Some(first) = parts.first() {
            let named = |error| Error::Usage(format!("{}: {error}", path.display()));
            first.study().same_as(part.study()).map_err(named)?;
        }
        parts.push(part);
    }
    let whole = StudyPart::join_all(parts)?;
    let command = command.unwrap_or_default();
    let Some(kind) = areas.iter().copied().flatten().find(|kind| kind.command == command) else {
        return Err(Error::Usage(format!("`mmw {command}` has no parts")));
    };
    let report = StudyAnswer::of(kind, whole)?;
    files.write(&report)?;
    show(&report, args.json)
}
