//! `mmw radar sar`: the image of an aperture that a radar was moved along.

mod files;
mod frames;
mod region;

pub(super) use frames::trajectory;

use super::damage::DamagedFrame;
use super::source::SourceArgs;
use crate::error::Result;
use crate::output::Interrupt;
use crate::progress::{Progress, Unit};
use crate::question::{Question, Readable};
use crate::stdout::warn;
use mmw_core::ndarray::s;
use mmw_core::{Axis, C32, DataArray3, Error};
use mmw_dsp::Window;
use mmw_dsp::sar::{
    ApertureSampling, Autofocus, BackProjection, PhaseHistory, PlanarScan, PointResponse, RangeMigration,
    RangeMigrationConfig, autofocus_with_progress, fast_back_project_with_progress,
};
use region::{Interval, Region};
use serde::Serialize;
use std::path::PathBuf;

/// The arguments of the command.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SarArgs {
    #[command(flatten)]
    source: SourceArgs,

    /// Where the radar was: CSV with x (right), y (up) and z (ahead) in m, one line per frame, or one for
    /// each chirp of every frame
    #[arg(long, value_name = "FILE")]
    trajectory: Option<PathBuf>,

    /// How the image is made; auto takes range migration where the positions fill a grid
    #[arg(long, value_name = "NAME", default_value = "auto")]
    algorithm: Algorithm,

    /// Phase errors of the positions to take out first
    #[arg(long, value_name = "NAME", default_value = "none")]
    autofocus: Focus,

    /// Left and right end of the image; by default half an aperture beyond the aperture
    #[arg(long, value_name = "A..B", value_parser = region::interval, allow_hyphen_values = true)]
    x_m: Option<Interval>,

    /// Lower and upper end
    #[arg(long, value_name = "A..B", value_parser = region::interval, allow_hyphen_values = true)]
    y_m: Option<Interval>,

    /// Nearest and farthest plane; by default half to one and a half times the distance of the strongest echo
    #[arg(long, value_name = "A..B", value_parser = region::interval, allow_hyphen_values = true)]
    z_m: Option<Interval>,

    /// From one voxel to the next across; by default half a resolution cell. Range migration has the
    /// positions' own steps
    #[arg(long, value_name = "M")]
    step_m: Option<f64>,

    /// From one plane to the next; by default half a resolution cell
    #[arg(long, value_name = "M")]
    z_step_m: Option<f64>,

    /// Window over the frequencies: rectangular, hann, hamming, `blackman_harris`, kaiser:BETA,
    /// taylor:NBAR:DB, chebyshev:DB
    #[arg(long, value_name = "NAME", default_value = "rectangular", value_parser = super::process::window)]
    window: Window,

    /// Folder for the image: image.npy, image.vti, slices and projections as PNG
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// How an image is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
enum Algorithm {
    Auto,
    #[value(name = "back_projection", alias = "back-projection")]
    BackProjection,
    #[value(name = "fast_back_projection", alias = "fast-back-projection")]
    FastBackProjection,
    #[value(name = "range_migration", alias = "range-migration")]
    RangeMigration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
enum Focus {
    None,
    #[value(name = "phase_gradient", alias = "phase-gradient")]
    PhaseGradient,
    #[value(name = "minimum_entropy", alias = "minimum-entropy")]
    MinimumEntropy,
}

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
    damaged_frames: Vec<DamagedFrame>,
    warnings: Vec<String>,
    /// Where the files are, for people.
    #[serde(skip)]
    out: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Peak {
    x_m: f64,
    y_m: f64,
    z_m: f64,
    /// Of an echo of amplitude 1 in every sample: 1.
    magnitude: f64,
}

/// The response to a point, if the peak is one.
#[derive(Debug, Serialize)]
struct Cut {
    /// The peak between the voxels, m.
    peak_m: f64,
    /// At half power, m.
    width_m: f64,
    peak_sidelobe_db: f64,
    integrated_sidelobe_db: f64,
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
    let region = Region::new(args, &scan.history, scan.strongest_m)?;
    let mut warnings = doubts(&scan.history, &region)?;
    focus(args, &mut scan.history, &region)?;
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
    warnings.iter().for_each(|warning| warn(warning));
    if let Some(out) = &args.out {
        files::save(out, &image)?;
    }
    let [z, y, x] = [0, 1, 2].map(|dim| &image.axes()[dim]);
    let peak = image.map("magnitude", "", |z| z.norm()).peak();
    let peak = peak.ok_or_else(|| Error::too_few("voxels", 1, 0))?;
    let [i, j, k] = peak.index[..] else { return Err(Error::invalid("image", "has three axes").into()) };
    Ok(Answer {
        algorithm,
        positions: scan.positions,
        channels: scan.channels,
        voxels: [z, y, x].map(Axis::len),
        step_m: [z, y, x].map(|axis| axis.step().unwrap_or(0.0)),
        x: cut(x, &image.data().slice(s![i, j, ..])),
        y: cut(y, &image.data().slice(s![i, .., k])),
        z: cut(z, &image.data().slice(s![.., j, k])),
        peak: Peak {
            x_m: x.at(k as f64),
            y_m: y.at(j as f64),
            z_m: z.at(i as f64),
            magnitude: f64::from(peak.value),
        },
        autofocus: args.autofocus,
        damaged_frames: scan.damaged_frames,
        warnings,
        out: args.out.clone(),
    })
}

/// What of the aperture leaves the image open.
fn doubts(history: &PhaseHistory<f32>, region: &Region) -> Result<Vec<String>> {
    let sampling = ApertureSampling::of(history, &region.voxels)?;
    let doubts = ["x", "y"].into_iter().enumerate().filter(|(dim, _)| sampling.aliases()[*dim]).map(|(dim, name)| {
        format!(
            "positions are {:.3} mm apart along {name}; echoes from up to {:.0} degrees aside, as in this image, need \
             wavelength/(4 sin) = {:.3} mm: they appear in more than one place",
            1e3 * sampling.steps_m[dim],
            sampling.angles_rad[dim].to_degrees(),
            1e3 * sampling.limits_m[dim],
        )
    });
    Ok(doubts.collect())
}

fn focus(args: &SarArgs, history: &mut PhaseHistory<f32>, region: &Region) -> Result<()> {
    let method = match args.autofocus {
        Focus::None => return Ok(()),
        Focus::PhaseGradient => Autofocus::PhaseGradient,
        Focus::MinimumEntropy => Autofocus::MinimumEntropy,
    };
    let phases = watched(ITERATIONS, "iterations", |progress| {
        autofocus_with_progress(history, &region.voxels, args.window, method, ITERATIONS, progress)
    })?;
    *history = history.turned_back(&phases)?;
    Ok(())
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
    let zone_m = (region.wavelength_m * (z.at((z.len() - 1) as f64) - plane_m)).sqrt();
    let points = [(voxels[0], planar.y()), (voxels[1], planar.x())].map(|(voxels, axis)| match axis.len() {
        1 if voxels == 1 => 1,
        positions => {
            let zone = (zone_m / axis.step().unwrap_or(zone_m)).ceil() as usize;
            region::fast_length(voxels + positions + 4 * zone)
        }
    });
    let config = RangeMigrationConfig { z: ahead, voxels, points, window: args.window };
    let plan = RangeMigration::new(config, planar.frequency().len())?;
    let image = plan.image(planar)?;
    let echoes = planar.x().len() * planar.y().len();
    let scale = region::scale(args.window, planar.frequency().len(), echoes)?;
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

/// Work under a bar that is told how much of it is done.
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
    let scale = region::scale(args.window, history.frequency().len(), history.samples().nrows())?;
    let (image, axes) = image.into_parts();
    Ok(DataArray3::new("image", "", image.mapv_into(|z| z * scale), axes)?)
}

fn cut(axis: &Axis, values: &mmw_core::ndarray::ArrayRef1<C32>) -> Option<Cut> {
    let response = PointResponse::of_cut(values).ok()?;
    let step = axis.step()?;
    Some(Cut {
        peak_m: axis.at(response.peak),
        width_m: response.width * step,
        peak_sidelobe_db: response.peak_sidelobe_db,
        integrated_sidelobe_db: response.integrated_sidelobe_db,
    })
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
