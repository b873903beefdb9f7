//! The radar area: the slides' scenario from samples to points, and how close to the bounds it comes.

mod accuracy;
mod angles;
mod aperture;
mod detection;
mod forms;
mod neighbours;
mod scene;
mod vibration;

use crate::host::Setup;
use crate::ledger::Source;
use crate::section::Section;
use mmw_core::Result;

const SOURCE: Source = Source { name: "Radar slides (IWR1843 lecture)", package: "mmw-dsp" };

pub(crate) fn run(setup: &Setup<'_>) -> Result<Vec<Section>> {
    let mut sections = scene::run(setup)?;
    sections.push(angles::run(setup)?);
    sections.push(detection::run(setup)?);
    sections.push(accuracy::run(setup)?);
    sections.extend(neighbours::run(setup)?);
    sections.push(vibration::run(setup)?);
    sections.push(aperture::run(setup)?);
    Ok(sections)
}
