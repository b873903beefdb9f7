//! What an aperture scan records: echoes by position and frequency.

use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::ndarray::{Array2, Array3, ArrayRef1, ArrayRef3};
use mmw_core::num_complex::Complex;
use mmw_core::{Axis, C64, Error, Real, Result, check};
use std::f64::consts::TAU;

/// A place in m: x and y along the aperture, z away from it.
pub type Place = [f64; 3];

/// Echoes of any trajectory, transmitter and receiver together or apart.
///
/// ```text
/// s[i, n] = Σ σ exp(+j 2π f_n (|p − t_i| + |p − r_i|)/c)
/// ```
/// over the scatterers `p`, `σ`: the sign that the mixer of the workspace gives, where more delay
/// is more phase.
#[derive(Debug, Clone, PartialEq)]
pub struct PhaseHistory<T> {
    samples: Array2<Complex<T>>,
    transmitters_m: Vec<Place>,
    receivers_m: Vec<Place>,
    frequency: Axis,
}

impl<T: Real> PhaseHistory<T> {
    /// Samples `[position, frequency]`, a transmitter and a receiver for each position, and a uniform axis of
    /// frequencies in Hz.
    ///
    /// # Errors
    /// [`Error::TooFew`] for no positions or fewer than two frequencies, [`Error::Shape`] for lists of
    /// another length, [`Error::NotFinite`], [`Error::Domain`] for frequencies that do not rise from above 0,
    /// [`Error::Invalid`] for an axis that is not uniform.
    pub fn new(
        samples: Array2<Complex<T>>,
        transmitters_m: Vec<Place>,
        receivers_m: Vec<Place>,
        frequency: Axis,
    ) -> Result<Self> {
        let (positions, frequencies) = samples.dim();
        check::at_least("positions", positions, 1)?;
        check::same_len("transmitters_m", positions, transmitters_m.len())?;
        check::same_len("receivers_m", positions, receivers_m.len())?;
        check_frequency(&frequency, frequencies)?;
        check_finite("samples", samples.iter())?;
        for (name, places) in [("transmitters_m", &transmitters_m), ("receivers_m", &receivers_m)] {
            check_places(name, places)?;
        }
        Ok(Self { samples, transmitters_m, receivers_m, frequency })
    }

    /// The echoes of point scatterers, each with its strength: a reference for tests and figures.
    ///
    /// # Errors
    /// As [`PhaseHistory::new`], and [`Error::NotFinite`] for scatterers that are not.
    pub fn of_points(
        points: &[(Place, C64)],
        transmitters_m: Vec<Place>,
        receivers_m: Vec<Place>,
        frequency: Axis,
    ) -> Result<Self> {
        check_places("points", points.iter().map(|(place, _)| place))?;
        let shape = (transmitters_m.len(), frequency.len());
        let mut samples = Array2::zeros(shape);
        let places = transmitters_m.iter().zip(&receivers_m);
        for (mut row, (transmitter, receiver)) in samples.outer_iter_mut().zip(places) {
            for (place, strength) in points {
                let delay_s = (distance(place, transmitter) + distance(place, receiver)) / SPEED_OF_LIGHT_M_S;
                for (sample, frequency_hz) in row.iter_mut().zip(frequency.iter()) {
                    let echo = strength * C64::from_polar(1.0, TAU * (frequency_hz * delay_s).fract());
                    *sample += Complex::new(T::lit(echo.re), T::lit(echo.im));
                }
            }
        }
        Self::new(samples, transmitters_m, receivers_m, frequency)
    }

    /// The same without a phase error of each position, rad.
    ///
    /// # Errors
    /// [`Error::Shape`] for another number of phases, [`Error::NotFinite`] for one that is not.
    pub fn turned_back(&self, phases_rad: &ArrayRef1<f64>) -> Result<Self> {
        check::same_len("phases_rad", self.samples.nrows(), phases_rad.len())?;
        check::all_finite("phases_rad", phases_rad)?;
        let mut turned = self.clone();
        for (mut row, phase) in turned.samples.outer_iter_mut().zip(phases_rad) {
            let turn = C64::from_polar(1.0, -phase);
            row.mapv_inplace(|z| z * Complex::new(T::lit(turn.re), T::lit(turn.im)));
        }
        Ok(turned)
    }

    /// The samples, `[position, frequency]`.
    #[must_use]
    pub fn samples(&self) -> &Array2<Complex<T>> {
        &self.samples
    }

    /// Frequencies, Hz.
    #[must_use]
    pub fn frequency(&self) -> &Axis {
        &self.frequency
    }

    /// Transmitter and receiver at each position, m.
    pub fn places_m(&self) -> impl Iterator<Item = (&Place, &Place)> {
        self.transmitters_m.iter().zip(&self.receivers_m)
    }
}

/// Echoes on a regular grid in the plane z = 0, transmitter and receiver together.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanarScan<T> {
    samples: Array3<Complex<T>>,
    x: Axis,
    y: Axis,
    frequency: Axis,
}

impl<T: Real> PlanarScan<T> {
    /// Samples `[y, x, frequency]` and their axes, all uniform and rising: m, m, Hz.
    ///
    /// # Errors
    /// [`Error::Shape`] for axes of another length, and as [`PhaseHistory::new`].
    pub fn new(samples: Array3<Complex<T>>, y: Axis, x: Axis, frequency: Axis) -> Result<Self> {
        let (rows, columns, frequencies) = samples.dim();
        check::at_least("positions", rows * columns, 1)?;
        for (name, axis, len) in [("y", &y, rows), ("x", &x, columns)] {
            check::same_len(name, len, axis.len())?;
            uniform(name, axis)?;
        }
        check_frequency(&frequency, frequencies)?;
        check_finite("samples", samples.iter())?;
        Ok(Self { samples, x, y, frequency })
    }

    /// A scan from its positions row by row.
    ///
    /// # Errors
    /// As [`PlanarScan::new`].
    pub fn from_history(history: PhaseHistory<T>, y: Axis, x: Axis) -> Result<Self> {
        let PhaseHistory { samples, frequency, .. } = history;
        let (positions, shape) = (samples.nrows(), (y.len(), x.len(), frequency.len()));
        check::same_len("positions", y.len() * x.len(), positions)?;
        let samples = samples.into_shape_with_order(shape);
        Self::new(samples.map_err(|_| Error::invalid("samples", "do not fill the grid"))?, y, x, frequency)
    }

    /// A scan whose transmitter and receiver are `offset_m` apart (x, y, constant over the scan), with the
    /// axes those of the points half-way: each sample is turned by what the offset adds to the path of a
    /// scatterer straight ahead at `distance_m`.
    ///
    /// ```text
    /// s_mono = s exp(−j k (√(4 z₀² + d²) − 2 z₀))
    /// ```
    /// To the second order of the offset this is the correction of [^yanik], equation (9).
    ///
    /// # Errors
    /// [`Error::Domain`] for a distance not above 0, [`Error::NotFinite`] for an offset that is not finite.
    ///
    /// [^yanik]: M. E. Yanik, D. Wang, M. Torlak, "3-D MIMO-SAR imaging using multi-chip cascaded
    ///     millimeter-wave sensors", IEEE Global Conference on Signal and Information Processing (2019).
    pub fn to_monostatic(mut self, offset_m: [f64; 2], distance_m: f64) -> Result<Self> {
        let distance_m = check::positive("distance_m", distance_m)?;
        let [dx, dy] = offset_m;
        let offset = check::finite("offset_m", dx.hypot(dy))?;
        let extra_m = offset * offset / ((2.0 * distance_m).hypot(offset) + 2.0 * distance_m);
        for (n, frequency_hz) in self.frequency.iter().enumerate() {
            let turn = C64::from_polar(1.0, -TAU * (frequency_hz * extra_m / SPEED_OF_LIGHT_M_S).fract());
            let turn = Complex::new(T::lit(turn.re), T::lit(turn.im));
            let mut plane = self.samples.index_axis_mut(mmw_core::ndarray::Axis(2), n);
            plane.iter_mut().for_each(|sample| *sample *= turn);
        }
        Ok(self)
    }

    /// The same as a list of positions, row by row.
    ///
    /// # Errors
    /// None for a scan that [`PlanarScan::new`] accepted.
    pub fn history(&self) -> Result<PhaseHistory<T>> {
        let (rows, columns, frequencies) = self.samples.dim();
        let places: Vec<Place> =
            self.y.iter().flat_map(|y| self.x.iter().map(move |x| [x, y, 0.0])).collect();
        let samples = self.samples.as_standard_layout().into_owned();
        let samples = samples.into_shape_with_order((rows * columns, frequencies));
        let samples = samples.map_err(|_| Error::invalid("samples", "do not fill the grid"))?;
        PhaseHistory::new(samples, places.clone(), places, self.frequency.clone())
    }

    /// The samples, `[y, x, frequency]`.
    #[must_use]
    pub fn samples(&self) -> &ArrayRef3<Complex<T>> {
        &self.samples
    }

    /// Positions along x, m.
    #[must_use]
    pub fn x(&self) -> &Axis {
        &self.x
    }

    /// Positions along y, m.
    #[must_use]
    pub fn y(&self) -> &Axis {
        &self.y
    }

    /// Frequencies, Hz.
    #[must_use]
    pub fn frequency(&self) -> &Axis {
        &self.frequency
    }
}

pub(super) fn distance(a: &Place, b: &Place) -> f64 {
    let [x, y, z] = [0, 1, 2].map(|i| a[i] - b[i]);
    (x * x + y * y + z * z).sqrt()
}

/// The step of a uniform rising axis; 1 for a single coordinate.
pub(super) fn uniform(name: &'static str, axis: &Axis) -> Result<f64> {
    match axis.step() {
        Some(step) => check::positive(name, step),
        None if axis.len() == 1 => Ok(1.0),
        None => Err(Error::invalid(name, "must be a uniform axis")),
    }
}

fn check_frequency(axis: &Axis, samples: usize) -> Result<()> {
    check::same_len("frequency", samples, axis.len())?;
    check::at_least("frequency", axis.len(), 2)?;
    uniform("frequency", axis)?;
    check::positive("frequency", axis.coordinate(0).unwrap_or_default()).map(drop)
}

fn check_finite<'a, T: Real>(
    name: &'static str,
    samples: impl Iterator<Item = &'a Complex<T>>,
) -> Result<()> {
    match samples.into_iter().position(|z| !(z.re.is_finite() && z.im.is_finite())) {
        Some(index) => Err(Error::NotFinite { name: name.into(), index }),
        None => Ok(()),
    }
}

fn check_places<'a>(name: &'static str, places: impl IntoIterator<Item = &'a Place>) -> Result<()> {
    match places.into_iter().position(|place| !place.iter().all(|x| x.abs() < 1e9)) {
        Some(index) => Err(Error::NotFinite { name: name.into(), index }),
        None => Ok(()),
    }
}
