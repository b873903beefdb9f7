//! The files of a report: its table, its pictures, its page.

use super::answer::StudyAnswer;
use super::options::StudyOptions;
use crate::error::Result;
use crate::output::{probe, save_bytes};
use crate::plot::{probe as probe_picture, save_as as save_picture};
use crate::question::contradiction;
use std::path::Path;

/// What is written of a report.
pub(super) struct Files<'a> {
    pub(super) out: Option<&'a Path>,
    pub(super) plot: Option<&'a Path>,
    pub(super) page: Option<&'a Path>,
}

impl<'a> Files<'a> {
    /// Those of a study, which can be written as far as can be told before it.
    ///
    /// # Errors
    /// Kind `io` naming a file, `invalid` for a picture of no known kind, and for a checkpoint that another
    /// file would replace.
    pub(super) fn of(options: &'a StudyOptions) -> Result<Self> {
        let StudyOptions { out, plot, page, checkpoint, .. } = options;
        let files = Self { out: out.as_deref(), plot: plot.as_deref(), page: page.as_deref() };
        for (option, path) in
            [("out", files.out), ("page", files.page), ("checkpoint", checkpoint.as_deref())]
        {
            let Some(path) = path else { continue };
            if option != "checkpoint" && checkpoint.as_deref() == Some(path) {
                return Err(contradiction(option, "is the checkpoint, which goes on being written"));
            }
            probe(path)?;
        }
        files.plot.map_or(Ok(()), |plot| probe_picture("plot", plot))?;
        Ok(files)
    }

    pub(super) fn write(&self, report: &StudyAnswer) -> Result<()> {
        if let Some(out) = self.out {
            report.save(out)?;
        }
        for (name, picture) in self.plot.map(|_| report.pictures()).transpose()?.unwrap_or_default() {
            let path = self.plot.unwrap_or(Path::new(""));
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let ending = path.extension().unwrap_or_default().to_string_lossy();
            save_picture("plot", &path.with_file_name(format!("{stem}{name}.{ending}")), &picture)?;
        }
        if let Some(page) = self.page {
            save_bytes(page, report.page()?.as_bytes())?;
        }
        Ok(())
    }
}
