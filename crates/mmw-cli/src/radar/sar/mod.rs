//! `mmw radar sar`: the image of an aperture that a radar was moved along.

mod args;
mod doubts;
mod files;
mod frames;
mod region;
mod response;

pub(crate) use args::SarArgs;
pub(super) use frames::trajectory;

use super::damage::DamagedFrame;
use crate::error::Result;
use crate::output::Interrupt;
use crate::progress::{Progress, Unit};
use crate::question::{Question, Readable};
use crate::stdout::warn;
use args::{Algorithm, Focus};
use mmw_core::ndarray::s;
use mmw_core::{Axis, C32, DataArray3};
use mmw_dsp::fft::fast_length;
use mmw_dsp::sar::{
    Autofocus, BackProjection, PhaseHistory, PlanarScan, RangeMigration, RangeMigrationConfig,
    autofocus_with_progress, back_project, echo_scale, fast_back_project_with_progress, sharpness,
};
use region::Region;
use response::{Cut, Peak, Response};
use serde::Serialize;
use std::path::PathBuf;

/// The image in numbers.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    algorithm: Algorithm,
    positions: usize,
    channels: usize,
    /// Along z, y and x.
    voxels: [usize; 3],
    step_m: [f64; 3],
    peak: Peak,
    /// Through the peak; null along an axis that the image is too short on.
    x: Option<Cut>,
    y: Option<Cut>,
    z: Option<Cut>,
    autofocus: Focus,
    /// Distance of an echo, stronger and nearer than the target, that is alike at all positions: coupling of
    /// the antennas, which the default image is not chosen by.
    coupling_m: Option<f64>,
    damaged_frames: Vec<DamagedFrame>,
    warnings: Vec<String>,
    /// Where the files are, for people.
    #[serde(skip)]
    out: Option<PathBuf>,
}

/// Times that the phases are improved.
const ITERATIONS: usize = 12;
/// Positions that are back-projected between two looks at the clock.
const BLOCK: usize = 64;

impl Question for SarArgs {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        image(self)
    }
}

fn image(args: &SarArgs) -> Result<Answer> {
    let mut scan = frames::read(args)?;
    // Said at once: what follows from it may be an error.
    let spacing = doubts::of_spacing(&scan);
    spacing.iter().for_each(|warning| warn(warning));
    let region = Region::new(args, &scan.history, scan.strongest_m)?;
    let mut warnings = doubts::of_aperture(&scan.history, &region)?;
    let unfocused = focus(args, &mut scan.history, &region)?;
    let planar = match args.algorithm {
        Algorithm::BackProjection | Algorithm::FastBackProjection => None,
        Algorithm::Auto if args.step_m.is_some() => None,
        _ => Some(scan.history.on_grid(region.distance_m())),
    };
    let (algorithm, image) = match planar {
        Some(Ok((planar, plane_m))) => (Algorithm::RangeMigration, migrate(args, &planar, plane_m, &region)?),
        Some(Err(reason)) if args.algorithm == Algorithm::RangeMigration => return Err(reason.into()),
        reason => {
            if let Some(Err(reason)) = reason {
                warnings.push(format!("back-projection, since {reason}"));
            }
            match args.algorithm {
                Algorithm::FastBackProjection => {
                    let image = watched(scan.history.samples().nrows(), "echoes", |progress| {
                        let voxels = region.voxels.clone();
                        fast_back_project_with_progress(&scan.history, voxels, args.window, progress)
                    })?;
                    (Algorithm::FastBackProjection, scaled(args, &scan.history, image)?)
                }
                _ => (Algorithm::BackProjection, project(args, &scan.history, &region)?),
            }
        }
    };
    warnings.extend(unfocused);
    warnings.extend(doubts::of_image(&image));
    let scale =
        echo_scale(args.window, scan.history.frequency().len(), scan.history.samples().nrows())? as f32;
    let response = Response::of(&image, &scan.history, &region, args.window, scale)?;
    warnings.extend(response.warnings);
    warnings.iter().for_each(|warning| warn(warning));
    if let Some(out) = &args.out {
        files::save(out, &image)?;
    }
    let axes = image.axes();
    let [z, y, x] = response.cuts;
    Ok(Answer {
        algorithm,
        positions: scan.positions,
        channels: scan.channels,
        voxels: [0, 1, 2].map(|dim| axes[dim].len()),
        step_m: [0, 1, 2].map(|dim| axes[dim].step().unwrap_or(0.0)),
        peak: response.peak,
        x,
        y,
        z,
        coupling_m: scan.coupling_m,
        autofocus: args.autofocus,
        damaged_frames: scan.damaged_frames,
        warnings: spacing.into_iter().chain(warnings).collect(),
        out: args.out.clone(),
    })
}

/// Turns the phases back; what is left in doubt.
fn focus(args: &SarArgs, history: &mut PhaseHistory<f32>, region: &Region) -> Result<Vec<String>> {
    let method = match args.autofocus {
        Focus::None => return Ok(Vec::new()),
        Focus::PhaseGradient => Autofocus::PhaseGradient,
        Focus::MinimumEntropy => Autofocus::MinimumEntropy,
    };
    let phases = watched(ITERATIONS, "iterations", |progress| {
        autofocus_with_progress(history, &region.voxels, args.window, method, ITERATIONS, progress)
    })?;
    let turned = history.turned_back(&phases)?;
    let before = sharpness(&back_project(history, region.voxels.clone(), args.window)?);
    let after = sharpness(&back_project(&turned, region.voxels.clone(), args.window)?);
    if after > before {
        *history = turned;
    }
    Ok(doubts::of_focus(&phases, region, [before, after]))
}

fn migrate(
    args: &SarArgs,
    planar: &PlanarScan<f32>,
    plane_m: f64,
    region: &Region,
) -> Result<DataArray3<C32>> {
    let [z, y, x] = &region.voxels;
    let z_step = z.step().unwrap_or(1.0);
    let ahead = Axis::uniform("z", "m", z.at(0.0) - plane_m, z_step, z.len())?;
    // As far to both sides as the farther end.
    let around = |axis: &Axis, wanted: &Axis| -> usize {
        let (first, last) = (axis.at(0.0), axis.at((axis.len() - 1) as f64));
        let step = axis.step().unwrap_or(1.0);
        let beyond = (first - wanted.at(0.0)).max(wanted.at((wanted.len() - 1) as f64) - last).max(0.0);
        axis.len() + 2 * (beyond / step).round() as usize
    };
    let voxels = [around(planar.y(), y), around(planar.x(), x)];
    // Waves are left out gradually over a Fresnel zone on each side.
    let zone_m = (region.aperture.wavelength_m() * (z.at((z.len() - 1) as f64) - plane_m)).sqrt();
    let points = [(voxels[0], planar.y()), (voxels[1], planar.x())].map(|(voxels, axis)| match axis.len() {
        1 if voxels == 1 => 1,
        positions => {
            let zone = (zone_m / axis.step().unwrap_or(zone_m)).ceil() as usize;
            fast_length(voxels + positions + 4 * zone)
        }
    });
    let config = RangeMigrationConfig { z: ahead, voxels, points, window: args.window };
    let plan = RangeMigration::new(config, planar.frequency().len())?;
    let image = plan.image(planar)?;
    let echoes = planar.x().len() * planar.y().len();
    let scale = echo_scale(args.window, planar.frequency().len(), echoes)? as f32;
    // The part that was asked for.
    let within = |axis: &Axis, wanted: &Axis| {
        let half = 0.5 * axis.step().unwrap_or(0.0);
        let (low, high) = (wanted.at(0.0) - half, wanted.at((wanted.len() - 1) as f64) + half);
        let first = axis.iter().position(|at| at >= low).unwrap_or(0);
        let count = axis.iter().filter(|at| (low..=high).contains(at)).count();
        (first, count.max(1).min(axis.len() - first))
    };
    let ((j, rows), (k, columns)) = (within(&image.axes()[1], y), within(&image.axes()[2], x));
    let part = image.data().slice(s![.., j..j + rows, k..k + columns]).mapv(|z| z * scale);
    let cropped = |axis: &Axis, name: &'static str, first: usize, count: usize| {
        Axis::uniform(name, "m", axis.at(first as f64), axis.step().unwrap_or(1.0), count)
    };
    let axes = vec![
        Axis::uniform("z", "m", z.at(0.0), z_step, z.len())?,
        cropped(&image.axes()[1], "y", j, rows)?,
        cropped(&image.axes()[2], "x", k, columns)?,
    ];
    Ok(DataArray3::new("image", "", part, axes)?)
}

fn project(args: &SarArgs, history: &PhaseHistory<f32>, region: &Region) -> Result<DataArray3<C32>> {
    let mut sum = BackProjection::new(history.frequency(), region.voxels.clone(), args.window)?;
    let echoes = history.samples().nrows();
    let progress = Progress::new(echoes as u64, Unit::Count("echoes"));
    for start in (0..echoes).step_by(BLOCK) {
        Interrupt::check()?;
        let end = echoes.min(start + BLOCK);
        sum.add(history, start..end)?;
        progress.advance((end - start) as u64);
    }
    progress.finish();
    scaled(args, history, sum.image()?)
}

/// Work under a bar that shows how much of it is done.
fn watched<R>(
    total: usize,
    units: &'static str,
    work: impl FnOnce(&(dyn Fn(u64) + Sync)) -> mmw_core::Result<R>,
) -> mmw_core::Result<R> {
    let progress = Progress::new(total as u64, Unit::Count(units));
    let result = work(&|done| progress.reach(done));
    progress.finish();
    result
}

fn scaled(args: &SarArgs, history: &PhaseHistory<f32>, image: DataArray3<C32>) -> Result<DataArray3<C32>> {
    let scale = echo_scale(args.window, history.frequency().len(), history.samples().nrows())? as f32;
    let (image, axes) = image.into_parts();
    Ok(DataArray3::new("image", "", image.mapv_into(|z| z * scale), axes)?)
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let [depth, rows, columns] = self.voxels;
        let how = match self.algorithm {
            Algorithm::RangeMigration => "range migration",
            Algorithm::FastBackProjection => "fast factorised back-projection",
            _ => "back-projection",
        };
        let mut lines = vec![
            format!("{} positions, {} channels, {how}", self.positions, self.channels),
            format!("{columns} x {rows} x {depth} voxels along x, y and z"),
            format!("peak at x {:.4} m, y {:.4} m, z {:.4} m", self.peak.x_m, self.peak.y_m, self.peak.z_m),
        ];
        lines.extend(self.coupling_m.map(|at| {
            format!("the stronger echo at {at:.3} m is alike at all positions, as coupling is: left out of the choice")
        }));
        for (name, cut) in [("x", &self.x), ("y", &self.y), ("z", &self.z)] {
            lines.extend(cut.as_ref().map(|cut| {
                format!(
                    "  along {name}: {:.2} mm wide, sidelobes {:.1} dB, all of them {:.1} dB",
                    1e3 * cut.width_m,
                    cut.peak_sidelobe_db,
                    cut.integrated_sidelobe_db
                )
            }));
        }
        lines.extend(
            self.out.iter().map(|out| format!("image, slices and projections are in {}", out.display())),
        );
        lines
    }
}
