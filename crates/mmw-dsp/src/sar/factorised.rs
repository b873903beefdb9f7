//! Fast factorised back-projection: groups of positions are imaged on coarse grids of their own.

use super::back_projection::{Aim, Compression, TILE};
use super::chunks::each_chunk;
use super::scan::{PhaseHistory, Place, distance};
use crate::window::Window;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::math::sin_cos_of_turns;
use mmw_core::ndarray::{Array2, Array3};
use mmw_core::num_complex::Complex;
use mmw_core::{Axis, DataArray3, Error, Real, Result, check};
use std::sync::atomic::{AtomicU64, Ordering};

/// Positions that are back-projected one by one.
const LEAF: usize = 16;
/// Parts that a larger group is cut into.
const PARTS: usize = 4;
/// Points of a grid for each that its band asks for: a cubic then errs by 3/128 (π/5)⁴ = 4e-3 at the edge
/// of the band.
const OVERSAMPLING: f64 = 5.0;
/// Points of a cubic.
const TAPS: usize = 4;

/// The image of [`super::back_project`] to −35 dB of the strongest echo, in a fraction of the time where
/// positions are many: `[z, y, x]`.
///
/// Seen from the middle of a few neighbouring positions, the image of these positions alone, less the phase
/// of the path from their middle, varies slowly with distance and direction [^ffbp]. It is computed on a
/// coarse grid of the two and interpolated by cubics; the grid itself is filled from smaller groups in the
/// same way, down to 16 positions. All voxels must lie ahead of the positions, at larger z; groups for which
/// they do not are projected one by one.
///
/// [^ffbp]: L. M. H. Ulander, H. Hellsten, G. Stenström, "Synthetic-aperture radar processing using fast
///     factorized back-projection", IEEE Transactions on Aerospace and Electronic Systems 39 (2003).
///
/// # Errors
/// Those of [`super::BackProjection::new`].
pub fn fast_back_project<T: Real>(
    history: &PhaseHistory<T>,
    voxels: [Axis; 3],
    window: Window,
) -> Result<DataArray3<Complex<T>>> {
    fast_back_project_with_progress(history, voxels, window, &|_| ())
}

/// [`fast_back_project`], which tells from time to time how many positions are done.
///
/// # Errors
/// Those of [`fast_back_project`].
pub fn fast_back_project_with_progress<T: Real>(
    history: &PhaseHistory<T>,
    voxels: [Axis; 3],
    window: Window,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<DataArray3<Complex<T>>> {
    let [z, y, x] = &voxels;
    for (name, axis) in [("z", z), ("y", y), ("x", x)] {
        check::at_least(name, axis.len(), 1)?;
    }
    let rows = z.iter().flat_map(|z| y.iter().map(move |y| [y, z]));
    let places: Vec<Place> = rows.flat_map(|[y, z]| x.iter().map(move |x| [x, y, z])).collect();
    let compression = Compression::new(history.frequency(), window)?;
    let frequency = history.frequency();
    let count = frequency.len();
    let factors = Factors {
        profiles: compression.profiles(history.samples())?,
        ends: history.places_m().map(|(t, r)| [*t, *r]).collect(),
        turns_per_m: frequency.at((count / 2) as f64) / SPEED_OF_LIGHT_M_S,
        highest_per_m: frequency.at((count - 1) as f64) / SPEED_OF_LIGHT_M_S,
        band_per_m: frequency.step().unwrap_or_default() * count as f64 / SPEED_OF_LIGHT_M_S,
        compression,
        done: AtomicU64::new(0),
        progress,
    };
    let mut image = vec![Complex::new(T::zero(), T::zero()); places.len()];
    factors.add((0..factors.ends.len()).collect(), &places, &mut image);
    let image = Array3::from_shape_vec((z.len(), y.len(), x.len()), image);
    let image = image.map_err(|_| Error::invalid("voxels", "do not fill the grid"))?;
    DataArray3::new("image", "", image, voxels.to_vec())
}

struct Factors<'a, T> {
    compression: Compression<T>,
    profiles: Array2<Complex<T>>,
    /// Transmitter and receiver of each position.
    ends: Vec<[Place; 2]>,
    /// Cycles per metre of way: of the middle of the band, of its upper end, and its width.
    turns_per_m: f64,
    highest_per_m: f64,
    band_per_m: f64,
    /// Positions that are projected.
    done: AtomicU64,
    progress: &'a (dyn Fn(u64) + Sync),
}

impl<T: Real> Factors<'_, T> {
    /// Adds what a group gives each place.
    fn add(&self, group: Vec<usize>, places: &[Place], image: &mut [Complex<T>]) {
        if group.len() <= LEAF {
            self.add_each(&group, places, image);
            let done = self.done.fetch_add(group.len() as u64, Ordering::Relaxed) + group.len() as u64;
            return (self.progress)(done);
        }
        for part in self.parts(group) {
            match Grid::new(self, &part, places) {
                // A grid of its own must be smaller than what it is for, by what its interpolation costs.
                Some(grid) if 2 * grid.len() < places.len() => {
                    let own = grid.places();
                    let mut coarse = vec![Complex::new(T::zero(), T::zero()); own.len()];
                    self.add(part, &own, &mut coarse);
                    grid.turn(self.turns_per_m, &own, &mut coarse);
                    each_chunk(
                        image,
                        TILE,
                        || (),
                        |tile, image, ()| {
                            for (place, value) in places[tile * TILE..].iter().zip(image) {
                                *value += grid.value(self.turns_per_m, place, &coarse);
                            }
                        },
                    );
                }
                _ => self.add(part, places, image),
            }
        }
    }

    /// Position by position.
    fn add_each(&self, group: &[usize], places: &[Place], image: &mut [Complex<T>]) {
        each_chunk(image, TILE, Aim::<T>::default, |tile, image, aim| {
            let places = &places[tile * TILE..][..image.len()];
            let [mut x, mut y, mut z] = [[0.0; TILE]; 3];
            for (i, place) in places.iter().enumerate() {
                [x[i], y[i], z[i]] = *place;
            }
            let along = [&x[..image.len()], &y[..image.len()], &z[..image.len()]];
            for &position in group {
                let profile = self.profiles.row(position);
                let [transmitter, receiver] = &self.ends[position];
                let profile = profile.to_slice().unwrap_or_default();
                self.compression.add(profile, (transmitter, receiver), along, image, aim);
            }
        });
    }

    /// Halves across the longest side, and halves of these.
    fn parts(&self, group: Vec<usize>) -> Vec<Vec<usize>> {
        let mut parts = vec![group];
        while parts.len() < PARTS {
            parts = parts.into_iter().flat_map(|part| self.halves(part)).collect();
        }
        parts.retain(|part| !part.is_empty());
        parts
    }

    fn halves(&self, mut group: Vec<usize>) -> [Vec<usize>; 2] {
        let sizes = self.extent(&group);
        let longest = (0..3).max_by(|&a, &b| sizes[a].total_cmp(&sizes[b])).unwrap_or(0);
        let at = |&position: &usize| {
            let [t, r] = &self.ends[position];
            t[longest] + r[longest]
        };
        // Positions of one place stay in their order.
        group.sort_by(|a, b| at(a).total_cmp(&at(b)));
        let second = group.split_off(group.len() / 2);
        [group, second]
    }

    /// How far transmitters and receivers of a group reach along each axis, together.
    fn extent(&self, group: &[usize]) -> [f64; 3] {
        std::array::from_fn(|dim| {
            let reach = |end: usize| {
                let values = group.iter().map(|&position| self.ends[position][end][dim]);
                let (low, high) = values
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
                (high - low).max(0.0)
            };
            reach(0) + reach(1)
        })
    }
}

/// Distances and directions from the middle of a group: ρ, and the cosines of direction u along x
/// and w along y.
struct Grid {
    /// Mean transmitter and receiver, and the point half-way.
    ends: [Place; 2],
    middle: Place,
    /// Along ρ, u and w.
    axes: [Even; 3],
}

/// Evenly spaced coordinates; a lone one stands for all.
#[derive(Debug, Clone, Copy)]
struct Even {
    start: f64,
    step: f64,
    count: usize,
}

impl Even {
    /// From `low` to `high` with two points more at each end.
    fn over(low: f64, high: f64, step: f64) -> Self {
        if !step.is_finite() {
            return Self { start: 0.0, step: 1.0, count: 1 };
        }
        Self { start: low - 2.0 * step, step, count: ((high - low) / step).ceil() as usize + 5 }
    }

    /// The first point of a cubic and its weights.
    fn taps(&self, value: f64) -> (usize, [f64; TAPS]) {
        let place = (value - self.start) / self.step - 1.0;
        let first = (place.max(0.0) as usize).min(self.count - TAPS);
        let t = place - first as f64;
        let (left, right, far) = (t + 1.0, t - 1.0, t - 2.0);
        (
            first,
            [-t * right * far / 6.0, left * right * far / 2.0, -left * t * far / 2.0, left * t * right / 6.0],
        )
    }
}

impl Grid {
    /// `None` where the places do not all lie ahead.
    fn new<T: Real>(factors: &Factors<'_, T>, group: &[usize], places: &[Place]) -> Option<Self> {
        let mean = |end: usize| -> Place {
            let sum =
                |dim: usize| group.iter().map(|&position| factors.ends[position][end][dim]).sum::<f64>();
            std::array::from_fn(|dim| sum(dim) / group.len() as f64)
        };
        let ends = [mean(0), mean(1)];
        let middle: Place = std::array::from_fn(|dim| f64::midpoint(ends[0][dim], ends[1][dim]));
        let mut low = [f64::INFINITY; 3];
        let mut high = [f64::NEG_INFINITY; 3];
        for place in places {
            let seen = polar(&middle, place);
            // Beyond 70 degrees the direction says little of the place.
            if place[2] <= middle[2] || seen[1] * seen[1] + seen[2] * seen[2] > 0.88 {
                return None;
            }
            for dim in 0..3 {
                low[dim] = low[dim].min(seen[dim]);
                high[dim] = high[dim].max(seen[dim]);
            }
        }
        let size = factors.extent(group);
        let longest = size.iter().fold(0.0_f64, |most, &s| most.max(s));
        // Near by, the curvature of the waves widens the band along ρ.
        let curved = factors.highest_per_m * (longest / low[0]).powi(2) / 16.0;
        let along = 2.0 * factors.band_per_m + 2.0 * curved;
        let across = |dim: usize| factors.highest_per_m * (size[dim] + size[2]);
        let step = |band: f64| if band > 0.0 { 1.0 / (OVERSAMPLING * band) } else { f64::INFINITY };
        let axes = [
            Even::over(low[0], high[0], step(along)),
            Even::over(low[1], high[1], step(across(0))),
            Even::over(low[2], high[2], step(across(1))),
        ];
        let fits = axes[0].start > 0.0;
        fits.then_some(Self { ends, middle, axes })
    }

    fn len(&self) -> usize {
        self.axes.iter().map(|axis| axis.count).product()
    }

    fn places(&self) -> Vec<Place> {
        let [rho, u, w] = self.axes;
        let at = |axis: Even, i: usize| axis.start + i as f64 * axis.step;
        let rows = (0..rho.count).flat_map(|i| (0..u.count).map(move |j| (at(rho, i), at(u, j))));
        let all = rows.flat_map(|(rho, u)| (0..w.count).map(move |k| [rho, u, at(w, k)]));
        let place = |[rho, u, w]: [f64; 3]| {
            let ahead = (1.0 - u * u - w * w).max(0.0).sqrt();
            let [x, y, z] = self.middle;
            [x + rho * u, y + rho * w, z + rho * ahead]
        };
        all.map(place).collect()
    }

    /// The phase of the path by the middle of the group.
    fn phasor<T: Real>(&self, turns_per_m: f64, place: &Place) -> Complex<T> {
        let path_m = distance(place, &self.ends[0]) + distance(place, &self.ends[1]);
        let (sin, cos) = sin_cos_of_turns(path_m * turns_per_m);
        Complex::new(T::lit(cos), T::lit(sin))
    }

    /// Takes that phase out.
    fn turn<T: Real>(&self, turns_per_m: f64, places: &[Place], values: &mut [Complex<T>]) {
        for (value, place) in values.iter_mut().zip(places) {
            *value *= self.phasor(turns_per_m, place);
        }
    }

    /// Between the points of the grid, with the phase of its own place.
    fn value<T: Real>(&self, turns_per_m: f64, place: &Place, coarse: &[Complex<T>]) -> Complex<T> {
        let seen = polar(&self.middle, place);
        let [rho, u, w] = self.axes;
        let taps = |axis: Even, value: f64| match axis.count {
            1 => (0, [1.0, 0.0, 0.0, 0.0], 1),
            _ => {
                let (first, weights) = axis.taps(value);
                (first, weights, TAPS)
            }
        };
        let [(i0, a, rows), (j0, b, columns), (k0, c, depth)] =
            [taps(rho, seen[0]), taps(u, seen[1]), taps(w, seen[2])];
        let mut sum = Complex::new(T::zero(), T::zero());
        for (i, a) in a[..rows].iter().enumerate() {
            for (j, b) in b[..columns].iter().enumerate() {
                let start = ((i0 + i) * u.count + j0 + j) * w.count + k0;
                let line = coarse[start..start + depth].iter().zip(&c);
                let line: Complex<T> = line.map(|(z, c)| *z * T::lit(*c)).sum();
                sum += line * T::lit(a * b);
            }
        }
        sum * self.phasor::<T>(turns_per_m, place).conj()
    }
}

fn polar(middle: &Place, place: &Place) -> [f64; 3] {
    let rho = distance(middle, place).max(f64::MIN_POSITIVE);
    [rho, (place[0] - middle[0]) / rho, (place[1] - middle[1]) / rho]
}
