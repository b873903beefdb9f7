//! Positions that fill a grid, transmitters and receivers brought together.

use super::scan::{PhaseHistory, PlanarScan, distance};
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::ndarray::Array3;
use mmw_core::num_complex::Complex;
use mmw_core::{Axis, C64, Error, Real, Result, check};
use std::f64::consts::TAU;

/// How far a position may lie beside its place on the grid, in wavelengths: π/16 of phase out and back.
const ASIDE: f64 = 1.0 / 64.0;

impl<T: Real> PhaseHistory<T> {
    /// The planar scan that the points half-way between transmitters and receivers make, in any order, and
    /// the z of its plane.
    ///
    /// Each sample is turned by what the path of a scatterer straight ahead of its point at `distance_m` from
    /// the plane is longer than out and back from there: the correction of [^yanik], equation (9), but exact
    /// at that distance. Samples of one place are averaged.
    ///
    /// # Errors
    /// [`Error::Invalid`] for points that do not fill a grid in a plane of constant z to 1/64 of a
    /// wavelength, [`Error::Domain`] for a distance not above 0.
    ///
    /// [^yanik]: M. E. Yanik, D. Wang, M. Torlak, "3-D MIMO-SAR imaging using multi-chip cascaded
    ///     millimeter-wave sensors", IEEE Global Conference on Signal and Information Processing (2019).
    pub fn on_grid(&self, distance_m: f64) -> Result<(PlanarScan<T>, f64)> {
        let distance_m = check::positive("distance_m", distance_m)?;
        let highest_hz = self.frequency().at((self.frequency().len() - 1) as f64);
        let tolerance_m = ASIDE * SPEED_OF_LIGHT_M_S / highest_hz;
        let middles: Vec<[f64; 3]> =
            self.places_m().map(|(t, r)| std::array::from_fn(|i| f64::midpoint(t[i], r[i]))).collect();
        let along = |dim: usize| steps(middles.iter().map(|place| place[dim]).collect(), tolerance_m);
        let ([x, x_step], [y, y_step]) = match (along(0), along(1)) {
            (Some((x, dx)), Some((y, dy))) => ([x, vec![dx]], [y, vec![dy]]),
            _ => return Err(Error::invalid("positions", "are not evenly spaced along x and y")),
        };
        let plane_m = middles.iter().map(|place| place[2]).sum::<f64>() / middles.len() as f64;
        if middles.iter().any(|place| (place[2] - plane_m).abs() > tolerance_m) {
            return Err(Error::invalid("positions", "do not lie in one plane of constant z"));
        }
        let (x_step, y_step) = (x_step[0], y_step[0]);
        let cell = |place: &[f64; 3]| {
            let at = |value: f64, list: &[f64], step: f64| {
                (((value - list[0]) / step).round().max(0.0) as usize).min(list.len() - 1)
            };
            (at(place[1], &y, y_step), at(place[0], &x, x_step))
        };
        let mut samples = Array3::zeros((y.len(), x.len(), self.frequency().len()));
        let mut counts = mmw_core::ndarray::Array2::<usize>::zeros((y.len(), x.len()));
        let rows = self.samples().outer_iter().zip(self.places_m()).zip(&middles);
        for ((row, (transmitter, receiver)), middle) in rows {
            let (i, j) = cell(middle);
            counts[[i, j]] += 1;
            let ahead = [middle[0], middle[1], plane_m + distance_m];
            let extra_m = distance(&ahead, transmitter) + distance(&ahead, receiver) - 2.0 * distance_m;
            for ((to, from), hz) in samples
                .slice_mut(mmw_core::ndarray::s![i, j, ..])
                .iter_mut()
                .zip(row)
                .zip(self.frequency().iter())
            {
                let turn = C64::from_polar(1.0, -TAU * (hz * extra_m / SPEED_OF_LIGHT_M_S).fract());
                *to += *from * Complex::new(T::lit(turn.re), T::lit(turn.im));
            }
        }
        if counts.iter().any(|&count| count == 0) {
            let missing = counts.iter().filter(|&&count| count == 0).count();
            let places = counts.len();
            return Err(Error::invalid(
                "positions",
                format!("leave {missing} of {places} places of their grid empty"),
            ));
        }
        for (mut cell, &count) in samples.lanes_mut(mmw_core::ndarray::Axis(2)).into_iter().zip(&counts) {
            cell.iter_mut().for_each(|z| *z /= T::lit(count as f64));
        }
        let axis =
            |name: &'static str, list: &[f64], step: f64| Axis::uniform(name, "m", list[0], step, list.len());
        let scan = PlanarScan::new(
            samples,
            axis("y", &y, y_step)?,
            axis("x", &x, x_step)?,
            self.frequency().clone(),
        )?;
        Ok((scan, plane_m))
    }
}

/// The different values of a list in rising order and their even step (1 for a lone one); `None` if it
/// is not even.
fn steps(mut values: Vec<f64>, tolerance: f64) -> Option<(Vec<f64>, f64)> {
    values.sort_by(f64::total_cmp);
    let mut different: Vec<f64> = vec![];
    for value in values {
        if different.last().is_none_or(|last| value - last > 2.0 * tolerance) {
            different.push(value);
        }
    }
    let (first, last) = (*different.first()?, *different.last()?);
    if different.len() == 1 {
        return Some((different, 1.0));
    }
    let step = (last - first) / (different.len() - 1) as f64;
    let even = different.iter().enumerate().all(|(i, x)| (x - first - i as f64 * step).abs() <= tolerance);
    even.then_some((different, step))
}
