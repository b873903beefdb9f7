//! Pictures into files that are whole or absent.

pub(crate) use mmw_plot::{CurvePlot, PlanPlot, PowerPlot, ScatterPlot, SmithPlot, WaterfallPlot, median};

use crate::error::{Error, Result};
use crate::output;
use mmw_plot::{Format, Picture};
use std::path::Path;

/// Draws a picture into a file, PNG or SVG by its name.
///
/// # Errors
/// Kind `invalid` for another name, `io` naming the file, and what the picture refuses.
pub(crate) fn save(path: &Path, picture: &impl Picture) -> Result<()> {
    output::save_bytes(path, &picture.render(Format::of(path)?)?)
}

/// The same for the path of an option, by whose name it is refused.
///
/// # Errors
/// As [`save`].
pub(crate) fn save_as(option: &'static str, path: &Path, picture: &impl Picture) -> Result<()> {
    save(path, picture).map_err(|error| error.renamed("path", option))
}

/// Nothing, if a picture can be written there: asked before the work that it shows.
///
/// # Errors
/// As [`save_as`].
pub(crate) fn probe(option: &'static str, path: &Path) -> Result<()> {
    Format::of(path).map_err(|error| Error::Core(error).renamed("path", option))?;
    output::probe(path)
}
