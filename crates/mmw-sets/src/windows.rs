//! Windows of consecutive frames.

use mmw_core::{Result, check};
use serde::{Deserialize, Serialize};

/// How a sequence of frames is cut into windows.
///
/// # Examples
/// ```
/// use mmw_sets::WindowConfig;
///
/// let frames: Vec<u32> = (0..85).collect();
/// let windows: Vec<&[u32]> = WindowConfig::radhar().of(&frames)?.collect();
/// assert_eq!(windows.iter().map(|window| window[0]).collect::<Vec<_>>(), [0, 10, 20]);
/// # Ok::<(), mmw_sets::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowConfig {
    /// Frames of a window.
    pub frames: usize,
    /// Frames from the start of one window to that of the next.
    pub stride: usize,
}

impl WindowConfig {
    /// 60 frames (2 s), every 10: those of the `RadHAR` papers.
    #[must_use]
    pub fn radhar() -> Self {
        Self { frames: 60, stride: 10 }
    }

    /// `self`, when it has frames and moves on.
    pub(crate) fn check(self) -> Result<Self> {
        check::at_least("window frames", self.frames, 1)?;
        check::at_least("window stride", self.stride, 1)?;
        Ok(self)
    }

    /// The windows that are whole, none where there are too few frames.
    ///
    /// # Errors
    /// A window without frames, a stride of zero.
    pub fn of<T>(self, frames: &[T]) -> Result<impl ExactSizeIterator<Item = &[T]>> {
        self.check()?;
        Ok(frames.windows(self.frames).step_by(self.stride))
    }
}

impl Default for WindowConfig {
    fn default() -> Self {
        Self::radhar()
    }
}
