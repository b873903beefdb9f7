//! FFT against MUSIC on two targets closer than a beam width.

use super::SOURCE;
use crate::check::Check;
use crate::host::{Draw, Setup};
use crate::section::{Figure, Section, Table};
use mmw_core::Result;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::ndarray::Array2;
use mmw_core::random::{Streams, standard_complex_normal};
use mmw_core::{C64, DataArray2};
use mmw_dsp::doa::{AngleEstimator, AngleGrid, Music, MusicConfig, snapshot_of};
use mmw_dsp::paper;
use mmw_plot::CurvePlot;

const WAVELENGTH_M: f64 = 3.8e-3;
const ELEMENTS: usize = 8;
const SNAPSHOTS: usize = 128;
const NOISE_POWER: f64 = 0.01;
const TRUTH_DEG: [f64; 2] = [8.0, 15.0];

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let array = AntennaArray::uniform_linear(ELEMENTS, WAVELENGTH_M / 2.0)?;
    let snapshots = snapshots(&array, setup.seed)?;
    let grid = AngleGrid::azimuth_sector(std::f64::consts::FRAC_PI_2, 721)?;
    let music = Music::new(&array, WAVELENGTH_M, grid.clone(), MusicConfig::default())?;
    let found = music.estimate(&snapshots)?;
    let mut plot = CurvePlot::new("Two targets 7 degrees apart", "azimuth (°)", "spectrum (dB)")
        .x_limits(-60.0, 60.0)
        .line("FFT", beamformer(&array, &grid, &snapshots)?);
    if let Some(spectrum) = &found.spectrum {
        plot = plot.line("MUSIC", first_row_db(spectrum));
    }
    for degrees in TRUTH_DEG {
        plot = plot.vertical(format!("truth {degrees}°"), degrees);
    }
    plot.draw(setup, "radar/angles.svg")?;

    let mut section = Section::new(
        "Angles: FFT and MUSIC",
        "Eight elements half a wavelength apart see 12.8 degrees (3 dB of the FFT's main lobe). Two targets of equal \
         power, 7 degrees apart, 20 dB over the noise of a channel, 128 snapshots.",
    );
    section
        .figures
        .push(Figure::new("radar/angles.svg", "The FFT sees one hill; MUSIC separates the targets."));
    let mut table = Table::new("Angles found by MUSIC", ["truth (deg)", "estimate (deg)"]);
    let mut angles: Vec<f64> =
        found.angles.iter().map(|peak| peak.direction.azimuth_rad.to_degrees()).collect();
    angles.sort_by(f64::total_cmp);
    for (truth, angle) in TRUTH_DEG.iter().zip(&angles) {
        table.push([format!("{truth:.2}"), format!("{angle:.3}")])?;
    }
    section.tables.push(table);
    // The phase between two elements half a wavelength apart, of a target 20 degrees to the right.
    let azimuth_deg = 20.0_f64;
    let step_rad = std::f64::consts::PI * azimuth_deg.to_radians().sin();
    let theta = paper::angle_from_array_axis_rad(step_rad, WAVELENGTH_M, WAVELENGTH_M / 2.0)?;
    section.ledger.push(
        SOURCE
            .row("angle, θ = cos⁻¹(λΔφ / 2πd)", "paper::the_printed_angle_counts_from_the_axis")
            .printed("angle from the array's axis")
            .ours("azimuth from boresight, π/2 − θ")
            .check(
                Check::new("azimuth of the printed θ, target at 20 degrees (deg)", 90.0 - theta.to_degrees())
                    .prints(azimuth_deg, 1e-9),
            )
            .reproduced(),
    );
    Ok(section)
}

fn snapshots(array: &AntennaArray, seed: u64) -> Result<Array2<C64>> {
    let rng = &mut Streams::new(seed).stream(0);
    let mut snapshots = Array2::zeros((array.len(), SNAPSHOTS));
    for degrees in TRUTH_DEG {
        let response = snapshot_of(array, WAVELENGTH_M, Direction::new(degrees.to_radians(), 0.0)?)?;
        for mut column in snapshots.columns_mut() {
            column.scaled_add(standard_complex_normal(rng), &response);
        }
    }
    snapshots.mapv_inplace(|x| x + standard_complex_normal(rng) * NOISE_POWER.sqrt());
    Ok(snapshots)
}

/// The FFT's spectrum on the grid: power of the beamformer, averaged over snapshots, dB below its peak.
fn beamformer(array: &AntennaArray, grid: &AngleGrid, snapshots: &Array2<C64>) -> Result<Vec<(f64, f64)>> {
    let mut powers = Vec::new();
    for azimuth_rad in grid.azimuth().iter() {
        let response =
            snapshot_of(array, WAVELENGTH_M, Direction::new(azimuth_rad, 0.0)?)?.mapv(|a| a.conj());
        let power: f64 = response.dot(snapshots).iter().map(|z| z.norm_sqr()).sum();
        powers.push((azimuth_rad.to_degrees(), power));
    }
    Ok(below_peak(powers))
}

fn first_row_db(spectrum: &DataArray2<f64>) -> Vec<(f64, f64)> {
    let row = spectrum.data().row(0);
    below_peak(spectrum.axes()[1].iter().map(f64::to_degrees).zip(row.iter().copied()).collect())
}

fn below_peak(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let peak = points.iter().fold(f64::MIN_POSITIVE, |a, p| a.max(p.1));
    points.into_iter().map(|(x, y)| (x, 10.0 * (y / peak).max(1e-8).log10())).collect()
}
