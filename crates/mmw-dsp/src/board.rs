//! Where the antennas of a radar board are.

use mmw_core::antenna::AntennaArray;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::geometry::Vector3;
use mmw_core::{Error, Result, check};

/// Places of the transmitters in firing order and of the receivers, m (x right, y forward, z up).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct AntennaLayout {
    /// One place a transmitter, in the order in which they fire.
    pub tx_positions_m: Vec<Vector3>,
    /// One place a receiver.
    pub rx_positions_m: Vec<Vector3>,
}

impl AntennaLayout {
    /// The virtual array: channel `t * receivers + r` is transmitter `t` with receiver `r`.
    ///
    /// # Errors
    /// As [`AntennaArray::from_positions`].
    pub fn virtual_array(&self) -> Result<AntennaArray> {
        let tx = AntennaArray::from_positions(self.tx_positions_m.clone())?;
        let rx = AntennaArray::from_positions(self.rx_positions_m.clone())?;
        AntennaArray::virtual_array(&tx, &rx)
    }
}

/// Evaluation boards whose antenna layout is known.
///
/// # Examples
/// ```
/// use mmw_dsp::Board;
///
/// let layout = Board::Iwr1843.layout();
/// let channels = layout.virtual_array()?;
/// assert_eq!(channels.len(), 12);
/// // Transmitter 2 sits half a wavelength above the other two.
/// assert!(channels.positions_m()[4][2] > 1.9e-3);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum Board {
    /// IWR1843BOOST: 77 GHz, 3 TX (the second raised by λ/2), 4 RX.
    Iwr1843,
    /// IWR6843ISK: 60 GHz, 3 TX (the second raised by λ/2), 4 RX.
    Iwr6843Isk,
    /// AWR1642BOOST: 77 GHz, 2 TX, 4 RX, all in one row.
    Awr1642,
}

impl Board {
    /// All boards, in the order of their names' numbers.
    pub const ALL: [Self; 3] = [Self::Iwr1843, Self::Iwr6843Isk, Self::Awr1642];

    /// The name that configurations and the command use: `iwr1843`, `iwr6843isk`, `awr1642`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Iwr1843 => "iwr1843",
            Self::Iwr6843Isk => "iwr6843isk",
            Self::Awr1642 => "awr1642",
        }
    }

    /// The board of that name.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the names that exist.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|board| board.name() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            Error::invalid("board", format!("no board is named \"{name}\"; known are {names}"))
        })
    }

    /// The frequency at which the antennas are half a wavelength apart, Hz.
    #[must_use]
    pub fn design_frequency_hz(self) -> f64 {
        match self {
            Self::Iwr6843Isk => 60e9,
            Self::Iwr1843 | Self::Awr1642 => 77e9,
        }
    }

    /// All transmitters and receivers, in the order of their numbers.
    ///
    /// Receivers are half a wavelength apart along x; transmitters are two wavelengths apart, so that the
    /// virtual elements continue the row; the raised transmitter of the 3-TX boards sits in the middle.
    #[must_use]
    pub fn layout(self) -> AntennaLayout {
        let half_m = 0.5 * SPEED_OF_LIGHT_M_S / self.design_frequency_hz();
        let at = |x: f64, z: f64| [x * half_m, 0.0, z * half_m];
        let tx_positions_m = match self {
            Self::Iwr1843 | Self::Iwr6843Isk => vec![at(0.0, 0.0), at(2.0, 1.0), at(4.0, 0.0)],
            Self::Awr1642 => vec![at(0.0, 0.0), at(4.0, 0.0)],
        };
        let rx_positions_m = (0..4).map(|i| at(f64::from(i), 0.0)).collect();
        AntennaLayout { tx_positions_m, rx_positions_m }
    }

    /// The layout of the transmitters and receivers that a configuration uses: `transmitters` lists
    /// transmitter numbers from 0 in firing order, `receivers` receiver numbers from 0.
    ///
    /// # Errors
    /// [`Error::Domain`] for a number that the board does not have, [`Error::TooFew`] for an empty list.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::Board;
    /// let azimuth_only = Board::Iwr1843.select(&[0, 2], &[0, 1, 2, 3])?;
    /// assert_eq!(azimuth_only.virtual_array()?.len(), 8);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn select(self, transmitters: &[usize], receivers: &[usize]) -> Result<AntennaLayout> {
        let all = self.layout();
        Ok(AntennaLayout {
            tx_positions_m: pick("transmitter", &all.tx_positions_m, transmitters)?,
            rx_positions_m: pick("receiver", &all.rx_positions_m, receivers)?,
        })
    }
}

fn pick(name: &'static str, places: &[Vector3], numbers: &[usize]) -> Result<Vec<Vector3>> {
    check::at_least(name, numbers.len(), 1)?;
    let place = |&n: &usize| {
        let domain = || format!("below {}, the number this board has", places.len());
        places.get(n).copied().ok_or_else(|| Error::domain(name, n as f64, domain()))
    };
    numbers.iter().map(place).collect()
}
