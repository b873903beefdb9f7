//! Where the makers put the antennas, as their own tables count them.
//!
//! TI's tables give each antenna a column and a row in half wavelengths. Columns grow to the left and rows
//! downwards as the radar looks out, that is, for someone who stands behind the board:
//!
//! * both: the figure "antenna geometries" of the documentation of `aoa2dproc` (mmWave SDK 3.5) draws the
//!   tables as seen from the scene, columns to the right and rows downwards;
//! * columns: the demonstration `xwr16xx/mmw` of mmWave SDK 1.2 ("Data Path - (X,Y) Estimation") numbers the
//!   antennas from right to left and takes the position to the right as `x = R w/π`, with `w` the phase from
//!   one receiver to the next;
//! * rows: `aoaproc_common.h` of mmWave SDK 3.5 and the demonstration `xwr14xx/mmw` before it ("Direction of
//!   Arrival Estimation (x,y,z)") have the row of the second transmitter above that of the others, with the
//!   phase `2 w_x − w_z` against the first, and take `z = R w_z/π`;
//! * both: the commands `antGeometry0` and `antGeometry1` of TI's people-tracking demonstration (Industrial
//!   Toolbox 4.7, `68xx_3D_people_counting`) state the places along x and z, and are these columns and rows
//!   with the sign turned.
//!
//! The antenna pages of the Industrial Toolbox 4.7 show the boards from the front, numbers from left to
//! right. The axis that they call X points along the numbers, against the x of the SDK.
//!
//! Half wavelengths of which frequency: the same pages give λ = 5 mm for the boards with the 6843 and 3.8 mm
//! for the xWR1642BOOST, that is 79 GHz within 1 GHz; for the other boards at 77 GHz they give the band
//! alone, 77 to 81 GHz. A later copy of TI's `antenna_geometry.c` (2024) gives the steps of the 6843 boards
//! in millimetres and says that those of other chips are not applicable: TI's demonstrations take half a
//! wavelength of whatever carrier is used. 77 GHz here is nominal: places cut for 79 GHz would make the sine
//! of every angle 2.5 % larger than what is found.

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
/// of mmWave SDK 3.5 for the xWR1843; for the xWR1443 the antenna page of the IWR1443BOOST in TI's
/// Industrial Toolbox 4.7. For the AWR2243BOOST, and the xWR1243BOOST, no document was found: taken over
/// from the xWR1443.
pub(super) const THREE_TX_77: Geometry =
    Geometry { design_frequency_hz: 77e9, step_wavelengths: HALF, tx: SECOND_RAISED, rx: ROW_OF_FOUR };

/// As [`THREE_TX_77`], cut for 60 GHz: `gAntDef_default` again, and the antenna page of the IWR6843ISK in the
/// Industrial Toolbox 4.7, λ = 5 mm.
pub(super) const IWR6843ISK: Geometry = Geometry { design_frequency_hz: 60e9, ..THREE_TX_77 };

/// One row: `gAntDef_default` for the xWR16xx in `antenna_geometry.c` of mmWave SDK 3.5.
pub(super) const AWR1642: Geometry = Geometry { tx: &[[0, 0], [4, 0]], ..THREE_TX_77 };

/// `gAntDef_AWR1843AOP` in `antenna_geometry.c`. TI gives two: mmWave SDK 3.5 has the rows of the
/// transmitters as 2, 1, 0, a later copy of the file (2024) as 0, 1, 2. The figure "antenna geometries" of
/// the SDK writes the former beside transmitters that it draws as the latter, the first on top. Taken is what
/// is drawn; elevation may have the other sign.
pub(super) const AWR1843AOP: Geometry =
    Geometry { tx: &[[0, 0], [0, 1], [0, 2]], rx: &[[3, 0], [2, 0], [1, 0], [0, 0]], ..THREE_TX_77 };

/// `gAntDef_IWR6843ODS` of the Industrial Toolbox 4.7 (`68xx_ods_point_cloud_demo`), equal to `antGeometry0`
/// and `antGeometry1` of its `ODS_6m_default.cfg`. Steps of 2.426 mm, half the wavelength at 61.8 GHz, are
/// `gAntennaSpacing` in a later copy of TI's `antenna_geometry.c` (2024), which has 2.5 mm for the ISK and
/// the AOP; the 5 mm of the antenna page for λ are the same, rounded.
pub(super) const IWR6843ISK_ODS: Geometry = Geometry {
    design_frequency_hz: 61.8e9,
    tx: &[[0, 0], [2, 0], [2, 2]],
    rx: &[[0, 0], [0, 1], [1, 1], [1, 0]],
    ..IWR6843ISK
};

/// `gAntDef_IWR6843AOP` in `antenna_geometry.c` of mmWave SDK 3.5, equal to `antGeometry0`/`antGeometry1` of
/// `AOP_6m_default.cfg` and to the antenna page of the Industrial Toolbox 4.7, λ = 5 mm.
pub(super) const IWR6843AOP: Geometry =
    Geometry { tx: &[[0, 0], [2, 2], [0, 2]], rx: &[[1, 1], [1, 0], [0, 1], [0, 0]], ..IWR6843ISK };

/// `antGeometryCfg` as published programs and profiles for the AWR2944EVM send it to TI's demonstration, rows
/// 0.8 λ apart. TI's own file was not seen, nor which way its columns and rows grow: taken as in the other
/// tables.
pub(super) const AWR2944: Geometry =
    Geometry { step_wavelengths: [0.5, 0.8], tx: &[[0, 1], [2, 0], [4, 1], [8, 1]], ..THREE_TX_77 };

/// `gDefaultAntGeometry` of the motion and presence detection demonstration of the MMWAVE-L-SDK, equal to
/// `antGeometryCfg` of its profiles: steps of 2.418 mm, half the wavelength at 62 GHz.
///
/// Rows grow upwards here: the demonstration takes `z = −R w_z/π` where it takes `x = R w_x/π`, and the SDK's
/// API guide (`DPU_Aoa2dProc_StaticConfig`) calls the row of two channels the upper one. The board's guide
/// (SWRU596, section 6.1.1) agrees on 62 GHz only: its text puts the transmitters λ apart across and λ/2 in
/// height, which no configuration of the demonstration does.
pub(super) const IWRL6432: Geometry = Geometry {
    design_frequency_hz: 62e9,
    step_wavelengths: HALF,
    tx: &[[0, 0], [1, 0]],
    rx: &[[0, 0], [1, -1], [2, 0]],
};

/// Antennas in the package, receiver 3 in the corner of an L: receivers 1 and 3 one way, 2 and 3 the other,
/// 2.5 mm apart (Infineon's support in its developer community, "BGT60TR13C: About angular resolution"). That
/// the former are azimuth and the latter elevation is how published programs pair them, though not all do. On
/// which side of the corner the others stand was not found in a document.
pub(super) const BGT60TR13C: Geometry = Geometry {
    design_frequency_hz: 60e9,
    step_wavelengths: HALF,
    tx: &[[0, 0]],
    rx: &[[1, 0], [0, 1], [0, 0]],
};
