//! What can go wrong in the command: the workspace's error, and what only a command line meets.

use crate::hints::with_options;
use linkbudget::ladder::{SynthesisError, Unrealisable};
use std::borrow::Cow;
use std::fmt;
use std::process::ExitCode;

/// A failure of the command; [`fmt::Display`] is the sentence a person reads after `mmw: `.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Error {
    /// A library refused the work.
    Core(mmw_core::Error),
    /// No ladder meets the request.
    Unrealisable(Unrealisable),
    /// A line or a file is not the JSON or TOML it should be.
    Parse(String),
    /// Options that contradict each other or cannot be served.
    Usage(String),
    /// Some lines of a batch, or some areas or rows of `reproduce`, failed; each was reported where it stood.
    Partial {
        /// How many failed.
        failed: usize,
        /// How many there were.
        total: usize,
        /// What they are: "lines", "areas", "rows".
        unit: &'static str,
    },
    /// Ctrl-C or SIGTERM.
    Interrupted,
    /// The reader of standard output went away (`mmw … | head`): a reason to stop, not a failure.
    ClosedPipe,
}

/// `std::result::Result` with the command's [`Error`].
pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A stable word for JSON: that of [`mmw_core::Error::kind`], of [`Unrealisable::kind`], or `parse`,
    /// `usage`, `partial`, `interrupted`, `closed_pipe`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Core(error) => error.kind(),
            Self::Unrealisable(reason) => reason.kind(),
            Self::Parse(_) => "parse",
            Self::Usage(_) => "usage",
            Self::Partial { .. } => "partial",
            Self::Interrupted => "interrupted",
            Self::ClosedPipe => "closed_pipe",
        }
    }

    /// The exit status: 2 for wrong usage, 130 after Ctrl-C, 0 when only the reader went away, else 1.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Interrupted => ExitCode::from(130),
            Self::ClosedPipe => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }

    /// The same about an argument that has another name here.
    pub(crate) fn renamed(mut self, from: &str, to: impl Into<Cow<'static, str>>) -> Self {
        use mmw_core::Error as Core;
        if let Self::Core(
            Core::Domain { name, .. }
            | Core::Shape { name, .. }
            | Core::TooFew { name, .. }
            | Core::NotFinite { name, .. }
            | Core::Missing { name, .. }
            | Core::Invalid { name, .. }
            | Core::Singular { name },
        ) = &mut self
            && name == from
        {
            *name = to.into();
        }
        self
    }

    /// [`mmw_core::Error::Io`] as a failure of the command.
    pub(crate) fn io(path: &std::path::Path, action: &'static str, error: &std::io::Error) -> Self {
        Self::Core(mmw_core::Error::io(path, action, error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Core(error) => f.write_str(&with_options(&without_os_code(error.to_string()))),
            Self::Unrealisable(reason) => write!(f, "unrealisable ladder: {reason}"),
            Self::Parse(message) | Self::Usage(message) => f.write_str(message),
            Self::Partial { failed, total, unit } => write!(f, "{failed} of {total} {unit} failed"),
            Self::Interrupted => f.write_str("interrupted: nothing half-written"),
            Self::ClosedPipe => f.write_str("standard output was closed"),
        }
    }
}

impl std::error::Error for Error {}

impl From<mmw_core::Error> for Error {
    fn from(error: mmw_core::Error) -> Self {
        Self::Core(error)
    }
}

impl From<SynthesisError> for Error {
    fn from(error: SynthesisError) -> Self {
        match error {
            SynthesisError::Parameter(error) => Self::Core(error),
            SynthesisError::Unrealisable(reason) => Self::Unrealisable(reason),
            other => Self::Core(mmw_core::Error::invalid("ladder", other.to_string())),
        }
    }
}

/// The sentence without the ` (os error 2)` that the standard library appends.
fn without_os_code(mut message: String) -> String {
    if let Some(start) = message.rfind(" (os error ")
        && message.ends_with(')')
    {
        message.truncate(start);
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_reads_as_one_plain_sentence() {
        let path = std::path::Path::new("x.bin");
        let error = Error::io(path, "open", &std::io::Error::from_raw_os_error(2));
        assert_eq!(error.to_string(), "cannot open x.bin: No such file or directory");
        assert_eq!(error.kind(), "io");
    }

    #[test]
    fn a_library_error_keeps_its_kind_and_words() {
        let error = Error::from(mmw_core::check::positive("carrier_hz", -1.0).unwrap_err());
        assert_eq!(error.kind(), "domain");
        assert_eq!(error.to_string(), "carrier_hz is -1, but must be a finite number above 0");
        let told = "centre_hz is -1, but must be a finite number above 0";
        assert_eq!(error.clone().renamed("carrier_hz", "centre_hz").to_string(), told);
        assert_eq!(error.clone().renamed("other_hz", "centre_hz"), error);
    }
}
