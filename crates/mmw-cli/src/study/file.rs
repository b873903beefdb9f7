//! The file of a part: a shard's result, or a checkpoint.

use crate::error::{Error, Result};
use crate::json;
use crate::output;
use mmw_core::study::StudyPart;
use mmw_core::text::fnv1a;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Greatest file that is read: a part is a few kilobytes per condition.
const MOST_BYTES: u64 = 1 << 30;

/// A part with the command that it is of, and a checksum of both: a digit that changed on the way would give
/// a wrong figure without a word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartFile {
    pub(super) command: String,
    checksum: String,
    part: StudyPart,
}

impl PartFile {
    /// # Errors
    /// None that a part can cause.
    pub(super) fn new(command: &str, part: StudyPart) -> Result<Self> {
        Ok(Self { command: command.to_owned(), checksum: checksum(command, &part)?, part })
    }

    /// # Errors
    /// Kind `io` naming the file.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        output::save_synced(path, json::to_pretty(self)?.as_bytes())
    }

    /// # Errors
    /// Kind `io` naming the file, `parse` when it is not that of a part, or not as it was written.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let refused = |error| Error::io(path, "read", &error);
        let no_part =
            |reason: String| Error::Parse(format!("{} is no part of a study: {reason}", path.display()));
        // What is no file may never end.
        if !std::fs::metadata(path).map_err(refused)?.is_file() {
            return Err(no_part("it is no file".to_owned()));
        }
        let mut text = String::new();
        let read = File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_string(&mut text));
        if read.map_err(refused)? as u64 > MOST_BYTES {
            return Err(no_part("it is too long".to_owned()));
        }
        let file: Self = serde_json::from_str(&text).map_err(|error| no_part(error.to_string()))?;
        if file.checksum != checksum(&file.command, &file.part)? {
            return Err(no_part("it was changed since it was written".to_owned()));
        }
        Ok(file)
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

/// FNV-1a of the command and the part as they are written.
fn checksum(command: &str, part: &StudyPart) -> Result<String> {
    let text = json::to_pretty(part)?;
    let bytes = command.bytes().chain([0]).chain(text.bytes());
    Ok(format!("{:016x}", fnv1a(bytes)))
}
