//! The snr area.

use super::{Section, Setup};
use crate::error::Result;
use crate::output::create_folder;

pub(super) fn run(setup: &Setup) -> Result<Vec<Section>> {
    create_folder(&setup.out.join("snr"))?;
    Ok(Vec::new())
}
