//! The detectors of `--cfar`: what a cell is compared with, its neighbours or its own past.

use mmw_dsp::cfar::{CfarKind, ClutterMapConfig};
use std::str::FromStr;

/// One of `--cfar`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Detector {
    /// The cells around.
    Around(CfarKind),
    /// The frames before, the newest with this weight.
    Before(f64),
}

/// The name of the clutter map.
const CLUTTER_MAP: &str = "clutter_map";

/// As [`CfarKind`], or `clutter_map` with the default weight, or `clutter_map:WEIGHT`.
impl FromStr for Detector {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name.strip_prefix(CLUTTER_MAP) {
            Some("") => Ok(Self::Before(ClutterMapConfig::default().weight)),
            Some(rest) => {
                let weight = rest.strip_prefix(':').and_then(|weight| weight.parse().ok());
                let wrong = || {
                    format!("{name:?} must be {CLUTTER_MAP} or {CLUTTER_MAP}:WEIGHT, as {CLUTTER_MAP}:0.1")
                };
                weight.map(Self::Before).ok_or_else(wrong)
            }
            None => {
                let known = |error| format!("{error}, {CLUTTER_MAP}, {CLUTTER_MAP}:WEIGHT");
                name.parse().map(Self::Around).map_err(known)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_detector_has_a_name_and_a_wrong_one_is_told_them() {
        assert_eq!("clutter_map".parse(), Ok(Detector::Before(0.125)));
        assert_eq!("clutter_map:0.5".parse(), Ok(Detector::Before(0.5)));
        assert_eq!("os:0.5".parse(), Ok(Detector::Around(CfarKind::Os { rank: 0.5 })));
        let refused = "median".parse::<Detector>().unwrap_err();
        for name in ["ca", "go", "so", "os:RANK", "tm:LOW:HIGH", "log", "clutter_map:WEIGHT"] {
            assert!(refused.contains(name), "{refused}");
        }
        assert!("clutter_map:x".parse::<Detector>().unwrap_err().contains("clutter_map:0.1"));
        assert!("clutter_maps".parse::<Detector>().is_err());
    }
}
