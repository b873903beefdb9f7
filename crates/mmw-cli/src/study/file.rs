//! The file of a part: a shard's result, or a checkpoint.

use crate::error::{Error, Result};
use crate::json;
use crate::output;
use mmw_core::study::StudyPart;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Greatest file that is read: a part is a few kilobytes per condition.
const MOST_BYTES: u64 = 1 << 30;

/// A part with the command that it is of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartFile {
    pub(super) command: String,
    pub(super) part: StudyPart,
}

impl PartFile {
    pub(super) fn new(command: &str, part: StudyPart) -> Self {
        Self { command: command.to_owned(), part }
    }

    /// # Errors
    /// Kind `io` naming the file.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        output::save_synced(path, json::to_pretty(self)?.as_bytes())
    }

    /// # Errors
    /// Kind `io` naming the file, `parse` when it is not that of a part.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let refused = |error| Error::io(path, "read", &error);
        let bytes = std::fs::metadata(path).map_err(refused)?.len();
        if bytes > MOST_BYTES {
            return Err(Error::Parse(format!("{} is too long for a part of a study", path.display())));
        }
        let text = std::fs::read_to_string(path).map_err(refused)?;
        serde_json::from_str(&text)
            .map_err(|error| Error::Parse(format!("{} is no part of a study: {error}", path.display())))
    }

    /// Its part, if it is of that command.
    ///
    /// # Errors
    /// Kind `usage` naming the file and its command.
    pub(super) fn of_command(self, command: &str, path: &Path) -> Result<StudyPart> {
        if self.command == command {
            return Ok(self.part);
        }
        Err(Error::Usage(format!("{} is of `mmw {}`, not of `mmw {command}`", path.display(), self.command)))
    }
}
