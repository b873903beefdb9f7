//! The commands that are studies.

use super::answer::Kind;
use crate::{fso, mimo, radar, snr};

/// Those of every area.
pub(super) const KINDS: [&[Kind]; 4] = [&snr::STUDIES, &radar::STUDIES, &fso::STUDIES, &mimo::STUDIES];
