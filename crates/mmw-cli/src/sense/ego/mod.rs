//! `mmw sense ego`: how a radar moves, from the radial velocities of what stands still.

mod args;
mod drive;
mod once;

pub(super) use args::Parameters;

use crate::error::Result;
use crate::question::{Question, Readable};
use serde::Serialize;

/// One scan, or those of files.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Answer {
    Once(once::Found),
    Drive(drive::Driven),
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        match &self.azimuth_rad {
            Some(azimuth) => Ok(Answer::Once(once::find(self, azimuth)?)),
            None => Ok(Answer::Drive(drive::follow(self)?)),
        }
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        match self {
            Self::Once(found) => found.lines(),
            Self::Drive(driven) => driven.lines(),
        }
    }
}
