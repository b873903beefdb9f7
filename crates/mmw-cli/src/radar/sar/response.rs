//! The peak of an image between its voxels, and the response to a point through it.

use super::region::Region;
use crate::error::Result;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::ndarray::Array1;
use mmw_core::{Axis, C32, C64, DataArray3, Error};
use mmw_dsp::Window;
use mmw_dsp::sar::{ImagePeak, PhaseHistory, PointResponse, back_project};
use serde::Serialize;
use std::f64::consts::TAU;

/// Samples of a cut in a half-power width at least.
const FINE: f64 = 4.0;
/// What a cut shows on each side of the peak at least, half-power widths.
const LOBES: f64 = 4.0;
/// The nearest end of a cut, of the peak's distance from the aperture.
const NEAREST: f64 = 0.1;
/// Samples of a cut at most.
const MOST: f64 = 4096.0;

#[derive(Debug, Serialize)]
pub(super) struct Peak {
    pub(super) x_m: f64,
    pub(super) y_m: f64,
    pub(super) z_m: f64,
    /// Of an echo of amplitude 1 in every sample: 1.
    pub(super) magnitude: f64,
}

/// The response to a point, if the peak is one.
#[derive(Debug, Serialize)]
pub(super) struct Cut {
    /// The peak between the voxels, m.
    pub(super) peak_m: f64,
    /// At half power, m.
    pub(super) width_m: f64,
    pub(super) peak_sidelobe_db: f64,
    pub(super) integrated_sidelobe_db: f64,
}

/// The peak and the cuts through it along z, y and x.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) peak: Peak,
    pub(super) cuts: [Option<Cut>; 3],
    pub(super) warnings: Vec<String>,
}

const NAMES: [&str; 3] = ["z", "y", "x"];

impl Response {
    /// The matched filter about the greatest voxel of an image, finer than the image is, and as far as the
    /// main lobe is wide.
    pub(super) fn of(
        image: &DataArray3<C32>,
        history: &PhaseHistory<f32>,
        region: &Region,
        window: Window,
        scale: f32,
    ) -> Result<Self> {
        let greatest = image.map("magnitude", "", |z| z.norm()).peak();
        let greatest = greatest.ok_or_else(|| Error::too_few("voxels", 1, 0))?;
        let [z, y, x] = greatest.coordinates[..] else {
            return Err(Error::invalid("image", "has three axes").into());
        };
        let axes = image.axes();
        let step = |dim: usize| if axes[dim].len() > 1 { axes[dim].step().unwrap_or(0.0) } else { 0.0 };
        let cells_m = [0, 1, 2].map(|dim| region.aperture.width_m(dim, z));
        let stencil = [0, 1, 2].map(|dim| step(dim).min(0.5 * cells_m[dim]));
        let mut warnings = Vec::new();
        let mut at = [z, y, x];
        let mut magnitude = f64::from(greatest.value);
        if greatest.value > 0.0 {
            let summit = ImagePeak::near(history, [x, y, z], [stencil[2], stencil[1], stencil[0]], window)?;
            let [x, y, z] = summit.place_m;
            // The two imagers differ by less than half a cell near a large aperture, in z the most.
            let astray = |dim: usize, place: f64| (place - at[dim]).abs() > step(dim).max(0.5 * cells_m[dim]);
            match [z, y, x].into_iter().enumerate().find(|&(dim, place)| astray(dim, place)) {
                None => (at, magnitude) = ([z, y, x], summit.magnitude * f64::from(scale)),
                Some((dim, _)) => warnings.push(format!(
                    "the image is brightest beside a summit along {0}: what is there lies beyond the end of the \
                     image, or is no point",
                    NAMES[dim]
                )),
            }
        }
        let mut cuts = [None, None, None];
        for dim in (0..3).filter(|&dim| axes[dim].len() > 1) {
            match cut(image, history, region, window, (dim, at, cells_m[dim])) {
                Ok(found) => cuts[dim] = Some(found),
                Err(error) => warnings.push(format!("no width along {}: {error}", NAMES[dim])),
            }
        }
        let peak = Peak { x_m: at[2], y_m: at[1], z_m: at[0], magnitude };
        Ok(Self { peak, cuts, warnings })
    }
}

fn cut(
    image: &DataArray3<C32>,
    history: &PhaseHistory<f32>,
    region: &Region,
    window: Window,
    (dim, at, cell_m): (usize, [f64; 3], f64),
) -> mmw_core::Result<Cut> {
    let axis = &image.axes()[dim];
    let (first, last) = (axis.at(0.0), axis.at((axis.len() - 1) as f64));
    let mut low = first.min(at[dim] - LOBES * cell_m);
    if dim == 0 {
        low = low.max(region.aperture.front_m() + NEAREST * (at[0] - region.aperture.front_m()));
    }
    let high = last.max(at[dim] + LOBES * cell_m);
    let step = (cell_m / FINE).min(axis.step().unwrap_or(cell_m)).max((high - low) / MOST);
    let count = ((high - low) / step).ceil() as usize + 1;
    let lone = |dim: usize| Axis::explicit(NAMES[dim], "m", vec![at[dim]]);
    let mut voxels = [lone(0)?, lone(1)?, lone(2)?];
    voxels[dim] = Axis::uniform(NAMES[dim], "m", low, step, count)?;
    let fine = back_project(history, voxels, window)?;
    // The phase of an image turns with the distance, faster to the sides than so few samples follow.
    let frequency = history.frequency();
    let turns_per_m = 2.0 * frequency.at(0.5 * frequency.len() as f64) / SPEED_OF_LIGHT_M_S;
    let values: Array1<C32> = (0..count)
        .map(|i| {
            let mut place = at;
            place[dim] = low + step * i as f64;
            let away_m =
                (0..3).map(|dim| (place[dim] - region.aperture.middle_m()[dim]).powi(2)).sum::<f64>().sqrt();
            let turn = C64::cis(TAU * (turns_per_m * away_m).fract());
            C32::new(turn.re as f32, turn.im as f32)
        })
        .zip(fine.data())
        .map(|(turn, z)| turn * z)
        .collect();
    let response = PointResponse::of_cut(&values)?;
    Ok(Cut {
        peak_m: low + step * response.peak,
        width_m: step * response.width,
        peak_sidelobe_db: response.peak_sidelobe_db,
        integrated_sidelobe_db: response.integrated_sidelobe_db,
    })
}
