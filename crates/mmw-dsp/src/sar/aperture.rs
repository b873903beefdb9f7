//! What an aperture tells apart, and how much of a scene its image is worth.

use super::scan::PhaseHistory;
use mmw_core::Real;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;

/// Half-power width of an evenly filled aperture or band, in units of its reciprocal.
const WIDTH: f64 = 0.886;
/// What an image shows beside the aperture at least, in half-power widths: a main lobe and a side lobe.
const LOBES: f64 = 3.0;

/// The extent of an aperture with its resolution, and the ends and steps of an image that follow from them.
///
/// Of the points half-way between transmitters and receivers, `L` from end to end along an axis:
///
/// ```text
/// δz = 0.886 c/2B        δx = 0.886 λ √(R² + L²/4) / 2L
/// ```
///
/// at the distance `R` ahead. Dimensions are counted as an image has them: z, y, x; 3 and more are x, too.
///
/// # Examples
/// ```
/// use mmw_dsp::mmw_core::{Axis, C64};
/// use mmw_dsp::sar::{Aperture, PhaseHistory};
///
/// # fn main() -> mmw_dsp::Result<()> {
/// let places: Vec<_> = (0..101).map(|i| [1e-3 * f64::from(i), 0.0, 0.0]).collect();
/// let frequency = Axis::uniform("frequency", "Hz", 77e9, 4e9 / 64.0, 64)?;
/// let echo = ([0.05, 0.0, 0.4], C64::new(1.0, 0.0));
/// let aperture = Aperture::of(&PhaseHistory::<f32>::of_points(&[echo], places.clone(), places, frequency)?);
/// // 100 mm at 0.4 m: 6.8 mm; 4 GHz: 33 mm.
/// assert!((aperture.width_m(2, 0.4) - 6.77e-3).abs() < 0.01e-3);
/// assert!((aperture.width_m(0, 0.4) - 33.2e-3).abs() < 0.1e-3);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aperture {
    wavelength_m: f64,
    band_hz: f64,
    /// Along z, y and x.
    ends_m: [(f64, f64); 3],
}

impl Aperture {
    /// Of the places and the band of a recording.
    #[must_use]
    pub fn of<T: Real>(history: &PhaseHistory<T>) -> Self {
        let frequency = history.frequency();
        let ends = |dim: usize| {
            let middles = history.places_m().map(|(t, r)| f64::midpoint(t[dim], r[dim]));
            middles.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
        };
        Self {
            wavelength_m: SPEED_OF_LIGHT_M_S / frequency.at(0.5 * frequency.len() as f64),
            band_hz: frequency.step().unwrap_or_default() * frequency.len() as f64,
            ends_m: [2, 1, 0].map(ends),
        }
    }

    /// In the middle of the band, m.
    #[must_use]
    pub fn wavelength_m(&self) -> f64 {
        self.wavelength_m
    }

    /// `c/2B`, m.
    #[must_use]
    pub fn range_cell_m(&self) -> f64 {
        0.5 * SPEED_OF_LIGHT_M_S / self.band_hz
    }

    /// Where the aperture ends towards the scene, along z, m.
    #[must_use]
    pub fn front_m(&self) -> f64 {
        self.ends_m[0].1
    }

    /// Along z, y and x, m.
    #[must_use]
    pub fn middle_m(&self) -> [f64; 3] {
        self.ends_m.map(|(low, high)| f64::midpoint(low, high))
    }

    /// Half-power width of the image of a point at `z_m`, along z (`dim` 0), y or x, m.
    #[must_use]
    pub fn width_m(&self, dim: usize, z_m: f64) -> f64 {
        let away_m = (z_m - self.front_m()).max(self.wavelength_m);
        match dim {
            0 => WIDTH * self.range_cell_m(),
            _ => self.width_across_m(dim, away_m.hypot(0.5 * self.length_m(dim))),
        }
    }

    /// The ends along y (`dim` 1) or x of an image up to `farthest_m` along z: the aperture and half of it to
    /// both sides, or more where a main lobe is wider than that; m. An aperture without length images a line.
    #[must_use]
    pub fn sides_m(&self, dim: usize, farthest_m: f64) -> (f64, f64) {
        let (low, high) = self.ends_m[dim.min(2)];
        let lobes_m = LOBES * self.width_across_m(dim, farthest_m - self.front_m());
        let beyond_m = if high > low { (0.5 * (high - low)).max(lobes_m) } else { 0.0 };
        (low - beyond_m, high + beyond_m)
    }

    /// Half of the least width along y (`dim` 1) or x from `nearest_m` along z on, but a quarter of a
    /// wavelength at least, m.
    #[must_use]
    pub fn step_m(&self, dim: usize, nearest_m: f64) -> f64 {
        (0.5 * self.width_across_m(dim, nearest_m - self.front_m())).max(0.25 * self.wavelength_m)
    }

    /// Half of what is told apart along z from `nearest_m` on, by the band and by the depth of focus, in an
    /// image between the ends `sides_m` along y and x, m.
    #[must_use]
    pub fn depth_step_m(&self, nearest_m: f64, sides_m: [(f64, f64); 2]) -> f64 {
        let turn = self.turn(sides_m, nearest_m - self.front_m());
        0.5 / (2.0 * self.band_hz / SPEED_OF_LIGHT_M_S + 2.0 / self.wavelength_m * turn)
    }

    fn length_m(&self, dim: usize) -> f64 {
        let (low, high) = self.ends_m[dim.min(2)];
        (high - low).max(self.wavelength_m)
    }

    fn width_across_m(&self, dim: usize, distance_m: f64) -> f64 {
        WIDTH * self.wavelength_m * distance_m / (2.0 * self.length_m(dim))
    }

    /// How much the cosine of the direction to the middle or a corner of an image, `away_m` ahead, changes
    /// over the aperture. Waves from there have components along z that differ by `2/λ` times it, and so tell
    /// depths apart that the band alone does not: the depth of focus.
    fn turn(&self, sides_m: [(f64, f64); 2], away_m: f64) -> f64 {
        let cosine = |aside_m: [f64; 2]| away_m / away_m.hypot(aside_m[0].hypot(aside_m[1]));
        let of = |place: [f64; 2]| {
            let along =
                |aside: fn(f64, (f64, f64)) -> f64| [0, 1].map(|dim| aside(place[dim], self.ends_m[dim + 1]));
            let near = along(|at, (low, high)| (low - at).max(at - high).max(0.0));
            let far = along(|at, (low, high)| (at - low).abs().max((high - at).abs()));
            cosine(near) - cosine(far)
        };
        let [y, x] = sides_m.map(|(low, high)| [low, f64::midpoint(low, high), high]);
        y.iter().flat_map(|&y| x.iter().map(move |&x| [y, x])).map(of).fold(0.0, f64::max)
    }
}
