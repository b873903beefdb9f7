//! Where the makers put the antennas, as their own tables count them.
//!
//! TI's tables give each antenna a column and a row in half wavelengths. Columns grow to the left and rows
//! downwards as the radar looks out, that is, for someone who stands behind the board:
//!
//! * columns: the demonstration of SDK 1.2 for the xWR16xx takes the position to the right as `x = R w/π`,
//!   with `w` the phase from one receiver to the next, so a target on the right is nearer to receiver 1;
//! * rows: the demonstrations with elevation take `z = R w_z/π`, where the row of the second transmitter has
//!   the phase `2 w_x − w_z` against the first, so it stands above; TI's table gives it row 0 and the other
//!   two row 1;
//! * both: the commands `antGeometry0` and `antGeometry1` of TI's people-tracking demonstration state the
//!   places along x and z, and are these columns and rows with the sign turned.

/// What is known of the antennas of a board, the antennas as `[column, row]`.
pub(super) struct Geometry {
    /// The frequency whose wavelength the steps count, Hz.
    pub(super) design_frequency_hz: f64,
    /// From a column to the next and from a row to the next, wavelengths.
    pub(super) step_wavelengths: [f64; 2],
    pub(super) tx: &'static [[i8; 2]],
    pub(super) rx: &'static [[i8; 2]],
}

const HALF: [f64; 2] = [0.5, 0.5];
const ROW_OF_FOUR: &[[i8; 2]] = &[[0, 0], [1, 0], [2, 0], [3, 0]];
const SECOND_RAISED: &[[i8; 2]] = &[[0, 1], [2, 0], [4, 1]];

/// Three transmitters 1 λ apart, the second λ/2 above the others: `gAntDef_default` in `antenna_geometry.c`
/// of mmWave SDK 3.5; for the xWR1443 the user guide of the xWR1443BOOST, for the 2243 that of the
/// AWR2243BOOST.
pub(super) const THREE_TX_77: Geometry =
    Geometry { design_frequency_hz: 77e9, step_wavelengths: HALF, tx: SECOND_RAISED, rx: ROW_OF_FOUR };

/// As [`THREE_TX_77`], cut for 60 GHz.
pub(super) const IWR6843ISK: Geometry = Geometry { design_frequency_hz: 60e9, ..THREE_TX_77 };

/// One row: `gAntDef_default` for the xWR16xx in `antenna_geometry.c` of mmWave SDK 3.5.
pub(super) const AWR1642: Geometry = Geometry { tx: &[[0, 0], [4, 0]], ..THREE_TX_77 };

/// `gAntDef_AWR1843AOP` in `antenna_geometry.c` of TI's automotive toolbox.
pub(super) const AWR1843AOP: Geometry =
    Geometry { tx: &[[0, 0], [0, 1], [0, 2]], rx: &[[3, 0], [2, 0], [1, 0], [0, 0]], ..THREE_TX_77 };

/// `gAntDef_IWR6843ODS` of TI's industrial toolbox, equal to `antGeometry0`/`antGeometry1` of its
/// `ODS_6m_default.cfg`.
pub(super) const IWR6843ISK_ODS: Geometry =
    Geometry { tx: &[[0, 0], [2, 0], [2, 2]], rx: &[[0, 0], [0, 1], [1, 1], [1, 0]], ..IWR6843ISK };

/// `gAntDef_IWR6843AOP` in `antenna_geometry.c` of mmWave SDK 3.5, equal to `antGeometry0`/`antGeometry1` of
/// `AOP_6m_default.cfg`.
pub(super) const IWR6843AOP: Geometry =
    Geometry { tx: &[[0, 0], [2, 2], [0, 2]], rx: &[[1, 1], [1, 0], [0, 1], [0, 0]], ..IWR6843ISK };

/// `antGeometryCfg` of the profiles for the AWR2944EVM in TI's mmWave MCU+ SDK: rows 0.8 λ apart.
pub(super) const AWR2944: Geometry =
    Geometry { step_wavelengths: [0.5, 0.8], tx: &[[0, 1], [2, 0], [4, 1], [8, 1]], ..THREE_TX_77 };

/// `antGeometryCfg` of the xWRL6432BOOST in the MMWAVE-L-SDK: steps of 2.418 mm, half the wavelength at 62 GHz.
pub(super) const IWRL6432: Geometry = Geometry {
    design_frequency_hz: 62e9,
    step_wavelengths: HALF,
    tx: &[[0, 0], [1, 0]],
    rx: &[[0, 0], [1, 1], [2, 0]],
};

/// Antennas in the package, receiver 3 in the corner of an L: receivers 1 and 3 in azimuth, 2 and 3 in
/// elevation, half a wavelength apart, as the published programs for this sensor pair them. On which side of
/// the corner the others stand was not found in a document.
pub(super) const BGT60TR13C: Geometry = Geometry {
    design_frequency_hz: 60e9,
    step_wavelengths: HALF,
    tx: &[[0, 0]],
    rx: &[[1, 0], [0, 1], [0, 0]],
};
