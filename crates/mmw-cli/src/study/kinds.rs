//! The commands that are studies.

use super::answer::Kind;
use crate::{radar, snr};

/// Those of every area.
pub(super) const KINDS: [&[Kind]; 2] = [&snr::STUDIES, &radar::STUDIES];
