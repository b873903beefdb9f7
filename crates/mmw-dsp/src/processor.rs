//! The whole chain, frame by frame: clutter filter, range-Doppler transform, detection, refinement, angles.

use crate::cfar::{CaCfar, CfarConfig, Detection};
use crate::doa::DoaMethod;
use crate::fmcw::Fmcw;
use crate::forms::{self, AngleMaps};
use crate::mti::{Mti, MtiKind};
use crate::peak::{PeakRefiner, group_peaks};
use crate::point_cloud::Point;
use crate::range_doppler::{RangeDoppler, RangeDopplerConfig, RangeDopplerScratch};
use crate::tdm::Calibration;
use crate::window::Window;
