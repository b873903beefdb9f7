//! Where the antennas of a radar board are.

pub(crate) use rows::rows_along;

use geometry::Geometry;
use mmw_core::antenna::AntennaArray;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::geometry::Vector3;
use mmw_core::{Error, Result, check};
use std::str::FromStr;

mod geometry;
mod rows;

/// Places of the transmitters in firing order and of the receivers, m (x right, y forward, z up).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct AntennaLayout {
    /// One place per transmitter, in the order in which they fire.
    pub tx_positions_m: Vec<Vector3>,
    /// One place per receiver.
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

    /// The layout of some of these antennas: `transmitters` lists transmitter numbers from 0 in firing order,
    /// `receivers` receiver numbers from 0.
    ///
    /// # Errors
    /// [`Error::Domain`] for a number beyond the last antenna, [`Error::TooFew`] for an empty list.
    pub fn select(&self, transmitters: &[usize], receivers: &[usize]) -> Result<Self> {
        Ok(Self {
            tx_positions_m: pick("transmitter", &self.tx_positions_m, transmitters)?,
            rx_positions_m: pick("receiver", &self.rx_positions_m, receivers)?,
        })
    }
}

/// Evaluation boards whose antenna layout is known.
///
/// TI counts antennas from right to left as the radar looks out (mmWave SDK 1.2, demonstration
/// `xwr16xx/mmw`), so the elements of the virtual array grow towards −x, and the phase of a target on the
/// right grows with the channel number. Pictures of the boards show them from the front, from left to right.
///
/// The feed lines of some boards invert receivers or transmitters by 180 degrees (6843 ISK-ODS, 6843 AOP,
/// xWRL6432BOOST, see [`Board::inverts_channels`]); TI takes that out by `compRangeBiasAndRxChanPhase` or
/// `antPhaseRot`, as the configuration of a capture does here. It is not part of the layout.
///
/// [`Board::design_frequency_hz`] is nominal: TI gives the wavelength to two digits, or only the band.
///
/// # Examples
/// ```
/// use mmw_dsp::Board;
///
/// let layout = Board::Iwr1843.layout();
/// let channels = layout.virtual_array()?;
/// assert_eq!(channels.len(), 12);
/// // Transmitter 2 sits half a wavelength above the other two, and receiver 2 to the left of receiver 1.
/// assert!(channels.positions_m()[4][2] - channels.positions_m()[0][2] > 1.9e-3);
/// assert!(channels.positions_m()[1][0] < channels.positions_m()[0][0]);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
#[non_exhaustive]
pub enum Board {
    /// xWR1443BOOST and xWR1243BOOST: 77 GHz, 3 TX (the second raised by λ/2), 4 RX.
    Iwr1443,
    /// xWR1642BOOST: 77 GHz, 2 TX, 4 RX, all in one row.
    Awr1642,
    /// xWR1843BOOST: 77 GHz, 3 TX (the second raised by λ/2), 4 RX.
    Iwr1843,
    /// AWR1843AOP: 77 GHz, antennas on the package, 3 TX in a column, 4 RX in a row.
    Awr1843Aop,
    /// xWR6843ISK: 60 GHz, 3 TX (the second raised by λ/2), 4 RX.
    Iwr6843Isk,
    /// xWR6843ISK-ODS: 60 GHz, 3 TX and 4 RX over a field of 4 by 4 half wavelengths.
    Iwr6843IskOds,
    /// xWR6843AOP: 60 GHz, antennas on the package, 3 TX and 4 RX over a field of 4 by 4 half wavelengths.
    Iwr6843Aop,
    /// AWR2243BOOST, one chip: 77 GHz, 3 TX (the second raised by λ/2), 4 RX.
    Awr2243,
    /// AWR2944EVM: 77 GHz, 4 TX (the second 0.8 λ from the row of the others), 4 RX.
    Awr2944,
    /// xWRL6432BOOST: 60 GHz, 2 TX, 3 RX (the second raised by λ/2).
    Iwrl6432,
    /// Infineon BGT60TR13C: 60 GHz, 1 TX, 3 RX in an L.
    Bgt60Tr13c,
}

mmw_core::named!(names Board {
    Iwr1443 = "iwr1443",
    Awr1642 = "awr1642",
    Iwr1843 = "iwr1843",
    Awr1843Aop = "awr1843aop",
    Iwr6843Isk = "iwr6843isk",
    Iwr6843IskOds = "iwr6843isk_ods",
    Iwr6843Aop = "iwr6843aop",
    Awr2243 = "awr2243",
    Awr2944 = "awr2944",
    Iwrl6432 = "iwrl6432",
    Bgt60Tr13c = "bgt60tr13c",
});

impl Board {
    /// The frequency at which the antennas are half a wavelength apart, Hz.
    #[must_use]
    pub fn design_frequency_hz(self) -> f64 {
        self.geometry().design_frequency_hz
    }

    /// The frequencies between which its chip sends, Hz: for all devices at 77 GHz 76 to 81 GHz and for those
    /// at 60 GHz 57 to 64 GHz (`startFreqConst` of `rlProfileCfg_t` in `rl_sensor.h` of TI's mmWaveLink,
    /// mmWave SDK 3.5; the data sheets of the 6843 promise 60 to 64 GHz of it, those of the xWRL6432 all). Of
    /// the BGT60TR13C, whose data sheet promises 58.0 to 63.5 GHz, the band is taken to be the same.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::Board;
    /// assert_eq!(Board::Iwr1843.band_hz(), [76e9, 81e9]);
    /// assert_eq!(Board::Iwr6843Isk.band_hz(), [57e9, 64e9]);
    /// ```
    #[must_use]
    pub fn band_hz(self) -> [f64; 2] {
        match self {
            Self::Iwr1443
            | Self::Awr1642
            | Self::Iwr1843
            | Self::Awr1843Aop
            | Self::Awr2243
            | Self::Awr2944 => [76e9, 81e9],
            Self::Iwr6843Isk | Self::Iwr6843IskOds | Self::Iwr6843Aop | Self::Iwrl6432 | Self::Bgt60Tr13c => {
                [57e9, 64e9]
            }
        }
    }

    /// Whether documents of the maker agree on which way its antennas are numbered. Where they differ, or
    /// none was found, the sign of azimuth or elevation may be the other one until a target on a known side
    /// has been seen.
    #[must_use]
    pub fn sides_documented(self) -> bool {
        !matches!(self, Self::Awr1843Aop | Self::Awr2243 | Self::Awr2944 | Self::Iwrl6432 | Self::Bgt60Tr13c)
    }

    /// Whether its feed lines invert some receivers or transmitters by 180 degrees, which the samples carry
    /// until weights take it out: `antPhaseRot` of TI's `ODS_6m_default.cfg` and `AOP_6m_default.cfg`
    /// (Industrial Toolbox 4.7), `compRangeBiasAndRxChanPhase` of the profiles of the MMWAVE-L-SDK.
    #[must_use]
    pub fn inverts_channels(self) -> bool {
        matches!(self, Self::Iwr6843IskOds | Self::Iwr6843Aop | Self::Iwrl6432)
    }

    /// Whether its converters give real samples only.
    #[must_use]
    pub fn samples_real(self) -> bool {
        matches!(self, Self::Awr2944 | Self::Iwrl6432 | Self::Bgt60Tr13c)
    }

    /// Lanes over which the chip sends raw samples, where it has no choice.
    #[must_use]
    pub fn lvds_lanes(self) -> Option<usize> {
        match self {
            Self::Awr1642
            | Self::Iwr1843
            | Self::Awr1843Aop
            | Self::Iwr6843Isk
            | Self::Iwr6843IskOds
            | Self::Iwr6843Aop => Some(2),
            Self::Iwr1443 | Self::Awr2243 | Self::Awr2944 | Self::Iwrl6432 | Self::Bgt60Tr13c => None,
        }
    }

    /// All transmitters and receivers, in the order of their numbers, m. The origin is where column and row
    /// of the maker's table are zero.
    #[must_use]
    pub fn layout(self) -> AntennaLayout {
        let Geometry { design_frequency_hz, step_wavelengths: [across, down], tx, rx } = self.geometry();
        let wavelength_m = SPEED_OF_LIGHT_M_S / design_frequency_hz;
        let place = |&[column, row]: &[i8; 2]| {
            // Negated as integers: a zero keeps its plus sign.
            [f64::from(-column) * across * wavelength_m, 0.0, f64::from(-row) * down * wavelength_m]
        };
        AntennaLayout {
            tx_positions_m: tx.iter().map(place).collect(),
            rx_positions_m: rx.iter().map(place).collect(),
        }
    }

    /// The layout of the transmitters and receivers that a configuration uses, see [`AntennaLayout::select`].
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
        self.layout().select(transmitters, receivers)
    }

    fn geometry(self) -> Geometry {
        match self {
            Self::Iwr1443 | Self::Iwr1843 | Self::Awr2243 => geometry::THREE_TX_77,
            Self::Awr1642 => geometry::AWR1642,
            Self::Awr1843Aop => geometry::AWR1843AOP,
            Self::Iwr6843Isk => geometry::IWR6843ISK,
            Self::Iwr6843IskOds => geometry::IWR6843ISK_ODS,
            Self::Iwr6843Aop => geometry::IWR6843AOP,
            Self::Awr2944 => geometry::AWR2944,
            Self::Iwrl6432 => geometry::IWRL6432,
            Self::Bgt60Tr13c => geometry::BGT60TR13C,
        }
    }
}

/// The board of that name, as people write it: `AWR1843BOOST`, `xwr1843` and `1843` are `iwr1843`.
///
/// # Examples
/// ```
/// use mmw_dsp::Board;
/// assert_eq!("IWR6843ISK-ODS".parse::<Board>()?, Board::Iwr6843IskOds);
/// assert_eq!("awr1443boost".parse::<Board>()?, Board::Iwr1443);
/// assert!("iwr6843".parse::<Board>().unwrap_err().to_string().contains("iwr6843aop"));
/// # Ok::<(), mmw_core::Error>(())
/// ```
impl FromStr for Board {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let board = match stem(name).as_str() {
            "1443" | "1243" => Self::Iwr1443,
            "1642" => Self::Awr1642,
            "1843" => Self::Iwr1843,
            "1843aop" => Self::Awr1843Aop,
            "6843isk" => Self::Iwr6843Isk,
            "6843iskods" | "6843ods" => Self::Iwr6843IskOds,
            "6843aop" => Self::Iwr6843Aop,
            "2243" => Self::Awr2243,
            "2944" => Self::Awr2944,
            "l6432" => Self::Iwrl6432,
            "bgt60tr13c" => Self::Bgt60Tr13c,
            other => return Err(unknown(name, other)),
        };
        Ok(board)
    }
}

impl TryFrom<String> for Board {
    type Error = Error;

    fn try_from(name: String) -> Result<Self> {
        name.parse()
    }
}

impl From<Board> for String {
    fn from(board: Board) -> Self {
        board.name().to_owned()
    }
}

/// What is left of a name without case, signs, the letters before the number and the kind of board after it.
fn stem(name: &str) -> String {
    let plain: String =
        name.chars().take(40).filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let mut stem = plain.as_str();
    for prefix in ["awr", "iwr", "xwr"] {
        stem = stem.strip_prefix(prefix).unwrap_or(stem);
    }
    for suffix in ["evm", "boost"] {
        stem = stem.strip_suffix(suffix).unwrap_or(stem);
    }
    stem.to_owned()
}

fn unknown(name: &str, stem: &str) -> Error {
    let reason = match stem {
        "6843" => "the chip sits on several boards: iwr6843isk, iwr6843isk_ods or iwr6843aop".to_owned(),
        "bgt60atr24c" => {
            let why =
                "its antennas are on the board around the chip, and no document found gives their places";
            format!("{why}: the places of the antennas are needed")
        }
        _ => {
            let names: Vec<&str> = Board::ALL.iter().map(|board| board.name()).collect();
            let names = names.join(", ");
            format!("no board is named \"{name}\"; known are {names}; others by the places of their antennas")
        }
    };
    Error::invalid("board", reason)
}

fn pick(name: &'static str, places: &[Vector3], numbers: &[usize]) -> Result<Vec<Vector3>> {
    check::at_least(name, numbers.len(), 1)?;
    let place = |&n: &usize| {
        let domain = || format!("below {}, the number this board has", places.len());
        places.get(n).copied().ok_or_else(|| Error::domain(name, n as f64, domain()))
    };
    numbers.iter().map(place).collect()
}
