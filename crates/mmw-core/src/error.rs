//! The one error type of the workspace: fields a program can match, messages a person can act on.

use std::borrow::Cow;

/// What went wrong, with the name of the argument, the value that came and what is allowed.
///
/// One type serves every crate, so that `?` crosses crate borders without conversions. Match on the
/// variant; [`Error::kind`] is the same as a stable word for logs and JSON.
///
/// # Examples
/// ```
/// use mmw_core::{check, Error};
///
/// let error = check::positive("carrier_hz", -1.0).unwrap_err();
/// assert!(matches!(&error, Error::Domain { name, .. } if name == "carrier_hz"));
/// assert_eq!(error.to_string(), "carrier_hz is -1, but must be a finite number above 0");
/// assert_eq!(error.kind(), "domain");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number lies outside its domain (NaN and infinities included).
    #[error("{name} is {}, but must be {domain}", plain(*value))]
    Domain {
        /// The argument or field.
        name: Cow<'static, str>,
        /// The value that came.
        value: f64,
        /// What is allowed, as a noun phrase: "a finite number above 0".
        domain: Cow<'static, str>,
    },
    /// An array has the wrong shape, or two lengths that belong together differ.
    #[error("{name} has shape {got:?}, but {expected:?} is expected")]
    Shape {
        /// The argument.
        name: Cow<'static, str>,
        /// The shape that is expected.
        expected: Vec<usize>,
        /// The shape that came.
        got: Vec<usize>,
    },
    /// Too few items to do the work (an empty array, one snapshot, no antennas).
    #[error("{name} holds {got} items, but at least {needed} are needed")]
    TooFew {
        /// The argument.
        name: Cow<'static, str>,
        /// The least number that works.
        needed: usize,
        /// The number that came.
        got: usize,
    },
    /// An element of an array is NaN or infinite.
    #[error("{name} holds a value that is not finite at flat index {index}")]
    NotFinite {
        /// The argument.
        name: Cow<'static, str>,
        /// Position of the first such element, counted in logical (row-major) order.
        index: usize,
    },
    /// A value that no default can stand in for was not given.
    #[error("{name} is not given: {hint}")]
    Missing {
        /// The field or option.
        name: Cow<'static, str>,
        /// How to give it.
        hint: Cow<'static, str>,
    },
    /// Values that are fine alone contradict each other, or name something that is not supported.
    #[error("{name}: {reason}")]
    Invalid {
        /// The argument, field or section.
        name: Cow<'static, str>,
        /// What is wrong and what would be right.
        reason: Cow<'static, str>,
    },
    /// An iteration did not reach its tolerance.
    #[error("{what} did not converge within {iterations} iterations")]
    NoConvergence {
        /// The algorithm.
        what: Cow<'static, str>,
        /// Iterations spent.
        iterations: usize,
    },
    /// A matrix that must be invertible is not (to working precision).
    #[error("{name} is singular")]
    Singular {
        /// The matrix.
        name: Cow<'static, str>,
    },
    /// The caller asked for an end before the work was done.
    #[error("{what} was cancelled after {done} of {total}")]
    Cancelled {
        /// The work.
        what: Cow<'static, str>,
        /// Pieces of work done.
        done: u64,
        /// Pieces of work that were asked for.
        total: u64,
    },
    /// A file does not hold what it should.
    #[error("{path}: at byte {offset}: expected {expected}, found {found}")]
    Format {
        /// The file.
        path: String,
        /// Byte offset of the trouble.
        offset: u64,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// The operating system refused to read or write a file.
    #[error("cannot {action} {path}: {message}")]
    Io {
        /// The file.
        path: String,
        /// The verb: "open", "read", "write".
        action: &'static str,
        /// The class of the failure.
        kind: std::io::ErrorKind,
        /// The operating system's words.
        message: String,
    },
}

impl Error {
    /// A stable word for the variant: `domain`, `shape`, `too_few`, `not_finite`, `missing`, `invalid`,
    /// `no_convergence`, `singular`, `cancelled`, `format` or `io`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Domain { .. } => "domain",
            Self::Shape { .. } => "shape",
            Self::TooFew { .. } => "too_few",
            Self::NotFinite { .. } => "not_finite",
            Self::Missing { .. } => "missing",
            Self::Invalid { .. } => "invalid",
            Self::NoConvergence { .. } => "no_convergence",
            Self::Singular { .. } => "singular",
            Self::Cancelled { .. } => "cancelled",
            Self::Format { .. } => "format",
            Self::Io { .. } => "io",
        }
    }

    /// [`Error::Domain`].
    pub fn domain(
        name: impl Into<Cow<'static, str>>,
        value: f64,
        domain: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Domain { name: name.into(), value, domain: domain.into() }
    }

    /// [`Error::Shape`].
    pub fn shape(name: impl Into<Cow<'static, str>>, expected: &[usize], got: &[usize]) -> Self {
        Self::Shape { name: name.into(), expected: expected.to_vec(), got: got.to_vec() }
    }

    /// [`Error::TooFew`].
    pub fn too_few(name: impl Into<Cow<'static, str>>, needed: usize, got: usize) -> Self {
        Self::TooFew { name: name.into(), needed, got }
    }

    /// [`Error::Missing`].
    pub fn missing(name: impl Into<Cow<'static, str>>, hint: impl Into<Cow<'static, str>>) -> Self {
        Self::Missing { name: name.into(), hint: hint.into() }
    }

    /// [`Error::Invalid`].
    pub fn invalid(name: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Invalid { name: name.into(), reason: reason.into() }
    }

    /// [`Error::Io`] from what the standard library returned.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::Error;
    ///
    /// let path = std::path::Path::new("no/such/file");
    /// let error = Error::io(path, "open", &std::fs::File::open(path).unwrap_err());
    /// assert_eq!(error.kind(), "io");
    /// ```
    #[must_use]
    pub fn io(path: &std::path::Path, action: &'static str, error: &std::io::Error) -> Self {
        Self::Io { path: path.display().to_string(), action, kind: error.kind(), message: error.to_string() }
    }
}

/// A number for a sentence: with an exponent where it would run to many zeros.
pub(crate) fn plain(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude > 0.0 && magnitude.is_finite() && !(1e-5..1e10).contains(&magnitude) {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}

/// `std::result::Result` with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
