//! Touchstone files of one port or many, versions 1.0 to 2.1: reading and writing.
//!
//! The reference is the *Touchstone File Format Specification*, version 2.1, of the IBIS Open Forum (2024).
//! What files in the wild add to it is read where it can mean one thing only, with a [`Note`] where that is
//! worth knowing: byte order marks, UTF-16 and Latin-1, any end of line, lines broken anywhere (a two-port's
//! of version 1 behind a pair), blanks of Unicode, options in any order, glued or repeated, complex
//! references, `THz`, Fortran's `D` exponents, commas behind numbers, `;` before a comment, the impedances
//! and propagation constants of ports that HFSS writes into comments, an option line that is missing (then
//! `GHz S MA R 50`, the format's defaults) or stands behind the data, frequencies that fall or repeat, a
//! missing `[Network Data]` or `[End]`. All else is an error with its line: nothing is skipped. Of comments,
//! those behind numbers are not kept.
//!
//! Three readings of the specification that other programs do not share:
//!
//! * Version 1 divides `Z` by the reference and multiplies `Y` by it; of `H` and `G` only the entries with a
//!   unit are scaled. (scikit-rf 2.2 multiplies all of them by it.)
//! * A line of nine numbers is a two-port's, whatever its frequency; noise has five. (scikit-rf takes all
//!   that follows a lower frequency as noise.)
//! * `[Matrix Format] Lower` and `Upper` of a two-port list 11, 21, 22 and 11, 12, 22 whatever the
//!   `[Two-Port Data Order]`.

mod words;

mod source;

mod numbers;

mod options;

mod remarks;

mod header;

mod table;

mod noise;

mod decode;

mod file;

mod reader;

mod long;

mod writer;

pub use file::Touchstone;
pub use words::{Format, MatrixFormat, Mode, NoisePoint, Note, Parameter, Version};
pub use writer::Layout;

use mmw_core::{Error, Result};
use reader::Reader;
use source::Source;
use std::fs::File;
use std::path::Path;

impl Touchstone {
    /// Reads a file; of version 1, the ending of its name says how many ports there are.
    ///
    /// # Errors
    /// [`Error::Io`]; as [`Touchstone::parse`].
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let open = || {
            // Of what is no plain file the length is 0, and it can be opened but once.
            let len = std::fs::metadata(path)?.len();
            if len > long::BLOCK
                && let Some(file) = long::read(File::open(path)?, len, &name)?
            {
                return Ok(Ok(file));
            }
            std::fs::read(path).map(|bytes| Self::whole(&bytes, &name))
        };
        open().map_err(|error| Error::io(path, "open", &error))?
    }

    /// Reads the bytes of a file; `name` appears in errors, and its ending says how many ports there are.
    ///
    /// # Errors
    /// [`Error::Format`] with the byte offset of the trouble in the text (as UTF-8), and its line.
    ///
    /// # Examples
    /// ```
    /// use linkbudget::touchstone::Touchstone;
    ///
    /// let text = "! an attenuator\n# mhz s db r 75\n100 -40 0 -6 0 -6 0 -40 0\n";
    /// let file = Touchstone::parse(text, "a.s2p")?;
    /// assert_eq!(file.references().resistance_ohm(), Some(75.0));
    /// assert!((file.matrices()[[0, 1, 0]].re - 0.501_187).abs() < 1e-6);
    /// let error = Touchstone::parse("# GHz S RI R 50\n1 0 0 x", "bad.s2p").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "bad.s2p: at byte 22: expected a finite number (correct the line, or take it out), found x in line 2"
    /// );
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn parse(text: impl AsRef<[u8]>, name: &str) -> Result<Self> {
        let bytes = text.as_ref();
        if let Ok(Some(file)) = long::read(bytes, bytes.len() as u64, name) {
            return Ok(file);
        }
        Self::whole(bytes, name)
    }

    /// By the reader for all files.
    fn whole(bytes: &[u8], name: &str) -> Result<Self> {
        let source = Source::new(bytes, name)?;
        let mut reader = Reader::new(&source);
        reader.scan()?;
        reader.finish()
    }

    /// Writes the file as [`Touchstone::to_text`] has it.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write(&self, path: &Path, format: Format) -> Result<()> {
        std::fs::write(path, self.to_text(format)).map_err(|error| Error::io(path, "write", &error))
    }
}
