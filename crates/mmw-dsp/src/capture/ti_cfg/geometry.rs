//! `antGeometryCfg`, or `antGeometry0`, `antGeometry1` and `antPhaseRot` of TI's people-tracking
//! demonstrations: places and signs of the virtual antennas.
//!
//! Each of the latter lists one integer for each virtual antenna of the device, its receivers running fastest
//! within a transmitter (`pcount3D_cli.c` of the Industrial Toolbox 4.7, `68xx_3D_people_counting`). The
//! first two are the places along x and z in half wavelengths: the demonstration compares the samples with
//! `exp(−j π (x sin az cos el + z sin el))` times the third, which is 1 or -1
//! (`RADARDEMO_aoaEst2DCaponBF.c`). Where `compRangeBiasAndRxChanPhase` turns a channel by anything but a
//! sign, the third is multiplied by itself (`radarProcess.c`) and so without effect: that command then
//! carries the inversion.

use super::commands::{Command, Commands};
use crate::board::AntennaLayout;
use crate::capture::file_contents::{FileContents, ListedWeights};
use crate::fmcw::Fmcw;
use mmw_core::geometry::Vector3;
use mmw_core::{C64, Result};

/// Parts of a compensation below this are none (`radarProcess.c`).
const NO_PHASE: f64 = 1e-4;

/// Takes the signs of `antPhaseRot` into the weights of the channels.
pub(super) fn rotate(commands: &Commands<'_>, receivers: usize, contents: &mut FileContents) -> Result<()> {
    let Some(command) = last(commands, "antPhaseRot", receivers)? else { return Ok(()) };
    let sign = |i| match command.number(i)? {
        1.0 => Ok(1.0),
        -1.0 => Ok(-1.0),
        _ => Err(command.wrong(i, "1 or -1")),
    };
    let signs: Vec<f64> = (0..command.values.len()).map(sign).collect::<Result<_>>()?;
    if signs.windows(2).all(|pair| pair[0] == pair[1]) {
        return Ok(());
    }
    let listed = contents.weights.as_ref().map_or(&[][..], |listed| &listed.weights);
    if listed.iter().any(|w| w.im.abs() > NO_PHASE || w.re.abs() > 1.0 + NO_PHASE) {
        return Ok(());
    }
    let amplitude = |i: usize| listed.get(i).map_or(1.0, |w| w.re.abs());
    let weights = signs.iter().enumerate().map(|(i, sign)| C64::from(sign * amplitude(i))).collect();
    let place = command.place();
    contents.weights = Some(ListedWeights { weights, device_receivers: Some(receivers), place });
    Ok(())
}

/// Takes the places of the antennas, if the file states them and places of transmitters and of receivers
/// add up to them.
pub(super) fn place(commands: &Commands<'_>, receivers: usize, contents: &mut FileContents) -> Result<()> {
    let half_wavelength_m = Fmcw::new(contents.fmcw.clone())?.wavelength_m() / 2.0;
    let Some(all) = along_axes(commands, receivers, half_wavelength_m)? else { return Ok(()) };
    add_up(&all, receivers, half_wavelength_m, contents);
    Ok(())
}

/// Takes the places that `antGeometryCfg` gives: the row and the column of each virtual antenna of the
/// device, its receivers running fastest within a transmitter, then the steps of columns and of rows.
///
/// The steps are millimetres on the low-power devices (2.418 in the profiles of the MMWAVE-L-SDK), where rows
/// grow upwards, and wavelengths on the 29xx (0.5 and 0.8 in published profiles), where they are taken to
/// grow downwards; columns grow to the left, see the board's own tables.
pub(super) fn rows_and_columns(
    commands: &Commands<'_>,
    receivers: usize,
    low_power: bool,
    contents: &mut FileContents,
) -> Result<()> {
    let Some(command) = commands.by_name.get("antGeometryCfg").and_then(|all| all.last()) else {
        return Ok(());
    };
    let pairs = command.values.len().saturating_sub(2) / 2;
    if pairs == 0 || command.values.len() % 2 == 1 || !pairs.is_multiple_of(receivers) {
        let expected = format!(
            "antGeometryCfg with a row and a column for each of {receivers} receivers of a transmitter, and two steps"
        );
        return Err(command.error(expected, format!("{} values", command.values.len())));
    }
    let wavelength_m = Fmcw::new(contents.fmcw.clone())?.wavelength_m();
    let (unit_m, downwards) = if low_power { (1e-3, 1.0) } else { (wavelength_m, -1.0) };
    let step = |i: usize| match command.number(i)? {
        step if step > 0.0 => Ok(step * unit_m),
        _ => Err(command.wrong(i, "above 0")),
    };
    let (across_m, up_m) = (step(2 * pairs)?, step(2 * pairs + 1)?);
    let at = |i: usize| {
        let (row, column) = (command.number(2 * i)?, command.number(2 * i + 1)?);
        // Not -0.0, which would be written as such.
        Ok([0.0 - column * across_m, 0.0, 0.0 + downwards * row * up_m])
    };
    let all: Vec<Vector3> = (0..pairs).map(at).collect::<Result<_>>()?;
    add_up(&all, receivers, wavelength_m / 2.0, contents);
    Ok(())
}

/// What `antGeometry0` and `antGeometry1` say, if both are there.
fn along_axes(
    commands: &Commands<'_>,
    receivers: usize,
    half_wavelength_m: f64,
) -> Result<Option<Vec<Vector3>>> {
    let (Some(x), Some(z)) =
        (last(commands, "antGeometry0", receivers)?, last(commands, "antGeometry1", receivers)?)
    else {
        return Ok(None);
    };
    if x.values.len() != z.values.len() {
        return Err(
            z.error(format!("antGeometry1 with {} values, as antGeometry0", x.values.len()), "others")
        );
    }
    let at = |i: usize| Ok([x.number(i)? * half_wavelength_m, 0.0, z.number(i)? * half_wavelength_m]);
    (0..x.values.len()).map(at).collect::<Result<_>>().map(Some)
}

/// The places of transmitters and receivers whose sums the places of the virtual antennas are.
fn add_up(all: &[Vector3], receivers: usize, half_wavelength_m: f64, contents: &mut FileContents) {
    let tx_positions_m: Vec<Vector3> = all.iter().copied().step_by(receivers).collect();
    let rx_positions_m: Vec<Vector3> =
        all[..receivers].iter().map(|p| std::array::from_fn(|axis| p[axis] - all[0][axis])).collect();
    let adds_up = |(i, p): (usize, &Vector3)| {
        let (tx, rx) = (tx_positions_m[i / receivers], rx_positions_m[i % receivers]);
        (0..3).all(|axis| (tx[axis] + rx[axis] - p[axis]).abs() < 0.1 * half_wavelength_m)
    };
    if all.iter().enumerate().all(adds_up) {
        contents.stated_antennas = Some(AntennaLayout { tx_positions_m, rx_positions_m });
    } else {
        let reason = "the places of the virtual antennas in the file are no sums of places of transmitters and \
                      receivers: passed over";
        contents.notes.push(reason.to_owned());
    }
}

/// The last command of that name, as on the device; one value per virtual antenna.
fn last<'a>(commands: &Commands<'a>, name: &'static str, receivers: usize) -> Result<Option<Command<'a>>> {
    let Some(command) = commands.by_name.get(name).and_then(|all| all.last()) else { return Ok(None) };
    if command.values.is_empty() || !command.values.len().is_multiple_of(receivers) {
        let expected = format!("{name} with {receivers} values a transmitter");
        return Err(command.error(expected, format!("{} values", command.values.len())));
    }
    Ok(Some(command.clone()))
}
