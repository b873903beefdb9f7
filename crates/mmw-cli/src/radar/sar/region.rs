//! What is imaged: the ends of the image and its steps.

use super::args::{Interval, SarArgs};
use crate::error::{Error, Result};
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::{Axis, check};
use mmw_dsp::Window;
use mmw_dsp::sar::PhaseHistory;

/// Voxels of an image at most.
const MOST_VOXELS: f64 = 134_217_728.0;
/// Half-power width of an evenly filled aperture or band, in units of its reciprocal.
const WIDTH: f64 = 0.886;
/// What an image shows beside the aperture at least, in half-power widths: a main lobe and a side lobe.
const LOBES: f64 = 3.0;

/// The voxels of an image.
#[derive(Debug)]
pub(super) struct Region {
    /// Along z, y and x.
    pub(super) voxels: [Axis; 3],
    pub(super) wavelength_m: f64,
    /// `c/2B`, m.
    pub(super) range_cell_m: f64,
    /// Where the aperture ends along z, m.
    pub(super) aperture_m: f64,
    /// The middle of the aperture along z, y and x, m.
    pub(super) middle_m: [f64; 3],
    /// How long the aperture is along x and y, m.
    lengths_m: [f64; 2],
}

impl Region {
    pub(super) fn new(args: &SarArgs, history: &PhaseHistory<f32>, strongest_m: f64) -> Result<Self> {
        let frequency = history.frequency();
        let band_hz = frequency.step().unwrap_or_default() * frequency.len() as f64;
        let wavelength_m = SPEED_OF_LIGHT_M_S / frequency.at(0.5 * frequency.len() as f64);
        let extent = |dim: usize| {
            let middles = history.places_m().map(|(t, r)| f64::midpoint(t[dim], r[dim]));
            middles.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
        };
        let (_, aperture_m) = extent(2);
        let Interval(nearest_m, farthest_m) =
            args.z_m.unwrap_or(Interval(aperture_m + 0.5 * strongest_m, aperture_m + 1.5 * strongest_m));
        check::positive("z_m less the aperture's", nearest_m - aperture_m)?;
        let across = |dim: usize, given: Option<Interval>| -> Result<(Interval, f64)> {
            let (low, high) = extent(dim);
            let length_m = high - low;
            let cell_m = |away_m: f64| WIDTH * wavelength_m * away_m / (2.0 * length_m.max(wavelength_m));
            // Far away, a main lobe is wider than the aperture.
            let lobes_m = LOBES * cell_m(farthest_m - aperture_m);
            let beyond_m = if length_m > 0.0 { (0.5 * length_m).max(lobes_m) } else { 0.0 };
            let ends = given.unwrap_or(Interval(low - beyond_m, high + beyond_m));
            let step_m = match args.step_m {
                Some(step_m) => check::positive("step_m", step_m)?,
                None => (0.5 * cell_m(nearest_m - aperture_m)).max(0.25 * wavelength_m),
            };
            Ok((ends, step_m))
        };
        let (y, x) = (across(1, args.y_m)?, across(0, args.x_m)?);
        let z_step_m = match args.z_step_m {
            Some(step_m) => check::positive("z_step_m", step_m)?,
            None => {
                let sides = [(extent(0), x.0), (extent(1), y.0)];
                let per_m = 2.0 * band_hz / SPEED_OF_LIGHT_M_S
                    + 2.0 / wavelength_m * turn(sides, nearest_m - aperture_m);
                0.5 / per_m
            }
        };
        let wanted = [(Interval(nearest_m, farthest_m), z_step_m), y, x];
        let count =
            |(Interval(low, high), step): &(Interval, f64)| ((high - low) / step + 1e-9).floor() + 1.0;
        check::in_range("voxels of the image", wanted.iter().map(count).product(), 1.0, MOST_VOXELS)?;
        let axis = |name: &'static str, part: &(Interval, f64)| {
            let axis = Axis::uniform(name, "m", part.0.0, part.1, count(part) as usize);
            axis.map_err(Error::from)
        };
        let voxels = [axis("z", &wanted[0])?, axis("y", &wanted[1])?, axis("x", &wanted[2])?];
        let lengths_m = [0, 1].map(&extent).map(|(low, high)| high - low);
        let middle_m = [2, 1, 0].map(&extent).map(|(low, high)| f64::midpoint(low, high));
        let range_cell_m = 0.5 * SPEED_OF_LIGHT_M_S / band_hz;
        Ok(Self { voxels, wavelength_m, range_cell_m, aperture_m, middle_m, lengths_m })
    }

    /// Half-power width along z, y or x at a plane, m.
    pub(super) fn cell_m(&self, dim: usize, z_m: f64) -> f64 {
        let away_m = (z_m - self.aperture_m).max(self.wavelength_m);
        match dim {
            0 => WIDTH * self.range_cell_m,
            _ => {
                let length_m = self.lengths_m[2 - dim].max(self.wavelength_m);
                WIDTH * self.wavelength_m * away_m.hypot(0.5 * length_m) / (2.0 * length_m)
            }
        }
    }

    /// From the aperture to the middle of the image, m.
    pub(super) fn distance_m(&self) -> f64 {
        let z = &self.voxels[0];
        z.at(0.5 * (z.len() - 1) as f64) - self.aperture_m
    }
}

/// How much the cosine of the direction to the middle or a corner of an image, `away_m` ahead, changes over
/// the aperture. Waves from there have components along z that differ by `2/λ` times it, and so tell depths
/// apart that the band alone does not: the depth of focus.
fn turn(sides: [((f64, f64), Interval); 2], away_m: f64) -> f64 {
    let cosine = |aside_m: [f64; 2]| away_m / away_m.hypot(aside_m[0].hypot(aside_m[1]));
    let of = |place: [f64; 2]| {
        let near = [0, 1].map(|dim| {
            let (low, high) = sides[dim].0;
            (low - place[dim]).max(place[dim] - high).max(0.0)
        });
        let far = [0, 1].map(|dim| {
            let (low, high) = sides[dim].0;
            (place[dim] - low).abs().max((high - place[dim]).abs())
        });
        cosine(near) - cosine(far)
    };
    let [x, y] = sides.map(|(_, Interval(low, high))| [low, f64::midpoint(low, high), high]);
    y.iter().flat_map(|&y| x.iter().map(move |&x| [x, y])).map(of).fold(0.0, f64::max)
}

/// What makes the image of an echo of amplitude 1 have magnitude 1.
pub(super) fn scale(window: Window, frequencies: usize, echoes: usize) -> Result<f32> {
    let sum = window.weights::<f64>(frequencies)?.sum();
    Ok((1.0 / (sum * echoes as f64)) as f32)
}

/// The next length with no prime factor above 5, or the next power of two if that is longer by a quarter at
/// most: its transforms run in lanes.
pub(super) fn fast_length(least: usize) -> usize {
    let smooth = |&length: &usize| {
        let mut rest = length;
        for factor in [2, 3, 5] {
            while rest.is_multiple_of(factor) {
                rest /= factor;
            }
        }
        rest == 1
    };
    let (length, power) = ((least..).find(smooth).unwrap_or(least), least.next_power_of_two());
    if 4 * power <= 5 * length { power } else { length }
}
