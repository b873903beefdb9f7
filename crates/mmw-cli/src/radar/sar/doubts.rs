//! What of an aperture, its image or its focus is in doubt.

use super::frames::Scan;
use super::region::Region;
use crate::error::Result;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::stats::upper_median;
use mmw_core::{C32, DataArray3};
use mmw_dsp::sar::{ApertureSampling, PhaseHistory};
use std::f64::consts::PI;

/// Positions so many wavelengths apart were hardly meant.
const FAR_APART: f64 = 50.0;
/// Images of fewer voxels have no floor to speak of.
const FEWEST_VOXELS: usize = 64;
/// Probability that noise alone has a voxel above the limit.
const FALSE_ALARM: f64 = 1e-3;
/// Steps of phase from position to position that noise has at random and a moved radar hardly, rad.
const MOST_STEP_RAD: f64 = 0.75 * PI;
/// Noise alone has them at a quarter of the positions; more than this share is in doubt.
const MANY: f64 = 0.05;

/// Places that look like millimetres taken for metres.
pub(super) fn of_spacing(scan: &Scan) -> Option<String> {
    let frequency = scan.history.frequency();
    let wavelength_m = SPEED_OF_LIGHT_M_S / frequency.at(0.5 * frequency.len() as f64);
    let wavelengths = scan.spacing_m / wavelength_m;
    (wavelengths > FAR_APART).then(|| {
        format!(
            "the places of the trajectory are {:.3} m apart, {wavelengths:.0} wavelengths: columns in mm have the \
             names x_mm, y_mm and z_mm",
            scan.spacing_m
        )
    })
}

/// Positions too far apart for what the image shows.
pub(super) fn of_aperture(history: &PhaseHistory<f32>, region: &Region) -> Result<Vec<String>> {
    let sampling = ApertureSampling::of(history, &region.voxels)?;
    let doubts = ["x", "y"].into_iter().enumerate().filter(|(dim, _)| sampling.aliases()[*dim]).map(|(dim, name)| {
        format!(
            "positions are {:.3} mm apart along {name}; echoes from up to {:.0} degrees aside, as in this image, need \
             wavelength/(4 sin) = {:.3} mm: they appear in more than one place",
            1e3 * sampling.steps_m[dim],
            sampling.angles_rad[dim].to_degrees(),
            1e3 * sampling.limits_m[dim]
        )
    });
    Ok(doubts.collect())
}

/// An image of noise alone.
///
/// The powers of noise are exponentially distributed: their median is `ln 2` of their mean, and the highest
/// of N exceeds `ln(N / P)` means once in `1/P` images.
pub(super) fn of_image(image: &DataArray3<C32>) -> Option<String> {
    let mut powers: Vec<f32> = image.data().iter().map(C32::norm_sqr).collect();
    let count = powers.len();
    if count < FEWEST_VOXELS {
        return None;
    }
    let most = powers.iter().fold(0.0_f32, |most, &p| most.max(p));
    let limit = f64::from(upper_median(&mut powers)?) / 2.0_f64.ln() * (count as f64 / FALSE_ALARM).ln();
    (f64::from(most) <= limit).then(|| {
        "no point stands above the noise of the image: the brightest voxel is one that noise alone has"
            .to_owned()
    })
}

/// Phase errors that were not, or cannot be, taken out.
pub(super) fn of_focus(
    phases_rad: &ArrayRef1<f64>,
    region: &Region,
    [before, after]: [f64; 2],
) -> Vec<String> {
    let mut doubts = Vec::new();
    if after <= before {
        doubts.push("autofocus made the image no sharper: the phases are as they were recorded".to_owned());
        return doubts;
    }
    let wrapped = |step: f64| step - 2.0 * PI * (step / (2.0 * PI)).round();
    let steps: Vec<f64> = phases_rad.windows(2).into_iter().map(|pair| wrapped(pair[1] - pair[0])).collect();
    let wide = steps.iter().filter(|step| step.abs() > MOST_STEP_RAD).count();
    if wide as f64 > MANY * steps.len() as f64 {
        doubts.push(format!(
            "autofocus turned {wide} of {} positions by nearly half a turn against the one before, as it does with \
             noise alone: compare the image with one without it",
            steps.len() + 1
        ));
        return doubts;
    }
    let mut way = 0.0;
    let ways = steps.iter().map(|step| {
        way += step;
        way
    });
    let (low, high) = ways.fold((0.0_f64, 0.0_f64), |(low, high), x| (low.min(x), high.max(x)));
    let moved_m = (high - low) * region.aperture.wavelength_m() / (4.0 * PI);
    if moved_m > region.aperture.range_cell_m() {
        doubts.push(format!(
            "the places err by {:.0} mm along the line of sight, more than a range cell of {:.0} mm: autofocus mends \
             phases, but not the range that echoes appear at",
            1e3 * moved_m,
            1e3 * region.aperture.range_cell_m()
        ));
    }
    doubts
}
