//! The files of a report: its table, its pictures, its page.

use super::answer::StudyAnswer;
use super::options::StudyOptions;
use crate::error::Result;
use crate::output::{is_device, probe, save_bytes};
use crate::plot::{probe as probe_picture, save_as as save_picture};
use crate::question::contradiction;
use std::path::{Path, PathBuf};

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
    /// As [`Files::check`].
    pub(super) fn of(options: &'a StudyOptions) -> Result<Self> {
        let StudyOptions { out, plot, page, checkpoint, .. } = options;
        let files = Self { out: out.as_deref(), plot: plot.as_deref(), page: page.as_deref() };
        files.check(checkpoint.as_deref())?;
        Ok(files)
    }

    /// Asked before the work: each can be written, and none replaces another.
    ///
    /// # Errors
    /// Kind `io` naming a file, `invalid` for two options that name one file, for a picture of no known kind
    /// and for a page that is not named as one.
    pub(super) fn check(&self, checkpoint: Option<&Path>) -> Result<()> {
        let files = [("checkpoint", checkpoint), ("out", self.out), ("plot", self.plot), ("page", self.page)];
        let given: Vec<_> = files.iter().filter_map(|(option, path)| Some((*option, (*path)?))).collect();
        for (index, (option, path)) in given.iter().enumerate() {
            let same = |(_, other): &&(_, &Path)| !is_device(path) && place(other) == place(path);
            if let Some((other, _)) = given[..index].iter().find(same) {
                let reason = format!("is the file of {other}, too: one would replace the other");
                return Err(mmw_core::Error::invalid(*option, reason).into());
            }
        }
        let ending = |page: &Path| page.extension().map(|ending| ending.to_ascii_lowercase());
        if let Some(page) = self.page
            && ending(page).is_none_or(|ending| ending != "html" && ending != "htm")
            && !is_device(page)
        {
            return Err(contradiction("page", "must end in .html, by which a browser knows a page"));
        }
        given.iter().filter(|(option, _)| *option != "plot").try_for_each(|(_, path)| probe(path))?;
        self.plot.map_or(Ok(()), |plot| probe_picture("plot", plot))
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

/// Where a path leads, whether or not its file is there yet.
fn place(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = whole.parent().and_then(|folder| std::fs::canonicalize(folder).ok());
    let beside = folder.zip(whole.file_name()).map(|(folder, name)| folder.join(name));
    std::fs::canonicalize(&whole).ok().or(beside).unwrap_or(whole)
}
