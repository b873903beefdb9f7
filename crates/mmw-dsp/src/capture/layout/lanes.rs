//! The lanes between chip and capture card.

use mmw_core::{Error, Result};

/// How many LVDS lanes carry the samples; it decides the order of the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "usize", into = "usize")
)]
pub enum LvdsLanes {
    /// xWR16, xWR18 and xWR68: receiver after receiver.
    Two,
    /// xWR12 and xWR14: one lane per receiver, all four always present.
    Four,
}

impl LvdsLanes {
    /// Lanes of that number.
    ///
    /// # Errors
    /// [`Error::Domain`] unless `count` is 2 or 4.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::capture::LvdsLanes;
    /// assert_eq!(LvdsLanes::from_count(4)?, LvdsLanes::Four);
    /// let error = LvdsLanes::from_count(3).unwrap_err();
    /// assert_eq!(error.to_string(), "lanes is 3, but must be 2 (xWR16/18/68) or 4 (xWR12/14)");
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn from_count(count: usize) -> Result<Self> {
        match count {
            2 => Ok(Self::Two),
            4 => Ok(Self::Four),
            _ => Err(Error::domain("lanes", count as f64, "2 (xWR16/18/68) or 4 (xWR12/14)")),
        }
    }

    /// 2 or 4.
    #[must_use]
    pub fn count(self) -> usize {
        match self {
            Self::Two => 2,
            Self::Four => 4,
        }
    }

    /// The other number of lanes.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::capture::LvdsLanes;
    /// assert_eq!(LvdsLanes::Two.other().count(), 4);
    /// ```
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Two => Self::Four,
            Self::Four => Self::Two,
        }
    }
}

impl TryFrom<usize> for LvdsLanes {
    type Error = Error;

    fn try_from(count: usize) -> Result<Self> {
        Self::from_count(count)
    }
}

impl From<LvdsLanes> for usize {
    fn from(lanes: LvdsLanes) -> Self {
        lanes.count()
    }
}
