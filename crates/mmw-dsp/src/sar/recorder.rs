//! From the frames of a capture and a trajectory to echoes by position.

use super::scan::{PhaseHistory, Place, distance};
use crate::fmcw::Fmcw;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::ndarray::{Array2, ArrayRef3};
use mmw_core::num_complex::Complex;
use mmw_core::stats::upper_median;
use mmw_core::text::without_mark;
use mmw_core::{Axis, C64, Error, Real, Result, check};
use std::f64::consts::TAU;

/// Most values that a history may hold: 2 GiB in single precision.
const MOST_VALUES: f64 = 268_435_456.0;

/// Where a radar was, frame by frame or chirp by chirp; it never turns.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    places_m: Vec<Place>,
}

impl Trajectory {
    /// From a list of places, m.
    ///
    /// # Errors
    /// [`Error::TooFew`] for fewer than two, [`Error::NotFinite`] for a coordinate that is not.
    pub fn new(places_m: Vec<Place>) -> Result<Self> {
        check::at_least("positions", places_m.len(), 2)?;
        match places_m.iter().position(|place| !place.iter().all(|x| x.abs() < 1e9)) {
            Some(index) => Err(Error::NotFinite { name: "trajectory".into(), index }),
            None => Ok(Self { places_m }),
        }
    }

    /// From a table of comma-separated values with the columns `x_m,y_m,z_m`, or `x_mm`, `x_cm` and so on;
    /// without such a line as header, three columns in that order in m. Empty lines, lines that begin with
    /// `#`, other columns and a byte order mark are left out.
    ///
    /// # Errors
    /// [`Error::Invalid`] that names the line, and those of [`Trajectory::new`].
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::sar::Trajectory;
    /// let rail = Trajectory::from_csv("x_m,y_m,z_m\n0,0,0\n0.001,0,0\n")?;
    /// assert_eq!(rail.places_m()[1], [1e-3, 0.0, 0.0]);
    /// assert_eq!(Trajectory::from_csv("x_mm,y_mm,z_mm\n0,0,0\n1,0,0\n")?, rail);
    /// assert!(Trajectory::from_csv("0,0,0\n0.001,0\n").is_err());
    /// # Ok::<(), mmw_dsp::Error>(())
    /// ```
    pub fn from_csv(text: &str) -> Result<Self> {
        let text = without_mark(text);
        let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
        let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).peekable();
        let mut columns = [0, 1, 2].map(|at| Column { at, unit_m: 1.0 });
        if let Some((number, line)) = lines.next_if(|(_, line)| is_header(line)) {
            let names: Vec<String> = line.split(',').map(|name| name.trim().to_lowercase()).collect();
            let [x, y, z] = ["x", "y", "z"].map(|letter| Column::of(letter, &names, number));
            columns = [x?, y?, z?];
        }
        let places = lines.map(|(number, line)| {
            let fields: Vec<&str> = line.split(',').map(str::trim).collect();
            let value = |column: Column| Some(column.unit_m * fields.get(column.at)?.parse::<f64>().ok()?);
            let place = columns.map(value);
            let [Some(x), Some(y), Some(z)] = place else {
                return Err(Error::invalid("trajectory", format!("line {number}: x, y and z are needed")));
            };
            Ok([x, y, z])
        });
        Self::new(places.collect::<Result<_>>()?)
    }

    /// The middle one of the distances from place to place, m; those without a move do not count.
    #[must_use]
    pub fn spacing_m(&self) -> f64 {
        let pairs = self.places_m.windows(2).map(|pair| distance(&pair[0], &pair[1]));
        let mut moves: Vec<f64> = pairs.filter(|moved_m| *moved_m > 0.0).collect();
        upper_median(&mut moves).unwrap_or_default()
    }

    /// The places, m: x and y along the aperture, z away from it.
    #[must_use]
    pub fn places_m(&self) -> &[Place] {
        &self.places_m
    }
}

/// Whether none of the fields is a number.
fn is_header(line: &str) -> bool {
    line.split(',').all(|field| field.trim().parse::<f64>().is_err())
}

/// Units that the name of a column may end with.
const UNITS: [(&str, f64); 5] = [("", 1.0), ("_m", 1.0), ("_cm", 1e-2), ("_mm", 1e-3), ("_um", 1e-6)];

/// Where a coordinate stands in a line, and its unit.
#[derive(Debug, Clone, Copy)]
struct Column {
    at: usize,
    unit_m: f64,
}

impl Column {
    fn of(letter: &str, names: &[String], line: usize) -> Result<Self> {
        let unit_of = |name: &str| {
            let unit = name.strip_prefix(letter)?;
            UNITS.iter().find(|(suffix, _)| *suffix == unit).map(|(_, unit_m)| *unit_m)
        };
        let found = names.iter().enumerate().find_map(|(at, name)| Some((at, unit_of(name)?)));
        let (at, unit_m) = found.ok_or_else(|| {
            let what =
                format!("line {line}: the header lacks {letter}_m ({letter}_mm, {letter}_cm, {letter}_um)");
            Error::invalid("trajectory", what)
        })?;
        Ok(Self { at, unit_m })
    }
}

/// Gathers the frames of a capture into a [`PhaseHistory`].
///
/// The radar looks along z with x to its right and y up: the antennas of
/// [`AntennaLayout`](crate::AntennaLayout), whose y is forward and z up, are turned so. A trajectory has one
/// place for each frame, or one for each chirp of every frame; the chirps of one place are averaged. Each
/// channel is an echo of its own, with the places of its transmitter and its receiver. What dechirping adds
/// to the phase, `S τ²/2` turns (0.04 at 5 m and 70 MHz/us), is left in.
#[derive(Debug, Clone)]
pub struct ScanRecorder<T> {
    trajectory: Trajectory,
    by_chirp: bool,
    chirps: usize,
    /// Transmitter, receiver and weight of each channel.
    channels: Vec<(Place, Place, Complex<T>)>,
    frequency: Axis,
    /// Turns each sample by the delay within the radar.
    turns: Vec<Complex<T>>,
    samples: Vec<Complex<T>>,
    frames: usize,
}

impl<T: Real> ScanRecorder<T> {
    /// For so many frames of a radar.
    ///
    /// # Errors
    /// [`Error::Missing`] without an antenna layout, [`Error::Shape`] for a trajectory of another length than
    /// the frames or their chirps, [`Error::Invalid`] for transmitters that send at once, [`Error::Domain`]
    /// for more than 2^28 samples.
    pub fn new(fmcw: &Fmcw, trajectory: Trajectory, frames: usize) -> Result<Self> {
        let config = fmcw.config();
        let layout = config.antennas.as_ref().ok_or_else(|| {
            Error::missing("antennas", "an image needs the places of the transmitters and receivers")
        })?;
        if config.firing.binary_phase().is_some() {
            return Err(Error::invalid("firing", "transmitters that send at once are not told apart here"));
        }
        let places = trajectory.places_m.len();
        let by_chirp = places != frames;
        if by_chirp && places != frames * config.chirps {
            let name =
                format!("trajectory, one position per frame or one for each of its {} chirps", config.chirps);
            return Err(Error::shape(name, &[frames], &[places]));
        }
        let turned = |[x, y, z]: [f64; 3]| [x, z, y];
        let one = Complex::new(T::one(), T::zero());
        let channels: Vec<_> = layout
            .tx_positions_m
            .iter()
            .flat_map(|t| layout.rx_positions_m.iter().map(move |r| (turned(*t), turned(*r), one)))
            .collect();
        check::same_len("channels", fmcw.channels(), channels.len())?;
        let values = places as f64 * channels.len() as f64 * config.samples as f64;
        check::in_range("values of the scan", values, 1.0, MOST_VALUES)?;
        let start_hz = config.start_frequency_hz + config.slope_hz_per_s * config.adc_start_s;
        let step_hz = config.slope_hz_per_s / config.sample_rate_hz;
        let frequency = Axis::uniform("frequency", "Hz", start_hz, step_hz, config.samples)?;
        Ok(Self {
            by_chirp,
            chirps: config.chirps,
            channels,
            turns: vec![one; frequency.len()],
            frequency,
            samples: vec![],
            frames: 0,
            trajectory,
        })
    }

    /// The same with a weight for each channel and a range that the radar measures too much, as
    /// calibrations give them.
    ///
    /// # Errors
    /// [`Error::Shape`] for another number of weights, [`Error::NotFinite`] for a bias that is not.
    pub fn calibrated(mut self, weights: Option<&[C64]>, range_bias_m: f64) -> Result<Self> {
        let range_bias_m = check::finite("range_bias_m", range_bias_m)?;
        if let Some(weights) = weights {
            check::same_len("channel_weights", self.channels.len(), weights.len())?;
            let pairs = self.channels.iter_mut().zip(weights);
            pairs.for_each(|(channel, w)| channel.2 = Complex::new(T::lit(w.re), T::lit(w.im)));
        }
        let turns = self.frequency.iter().map(|hz| {
            let turn = C64::from_polar(1.0, -TAU * (2.0 * hz * range_bias_m / SPEED_OF_LIGHT_M_S).fract());
            Complex::new(T::lit(turn.re), T::lit(turn.im))
        });
        self.turns = turns.collect();
        Ok(self)
    }

    /// Takes the next frame, `[channel, chirp, sample]`.
    ///
    /// # Errors
    /// [`Error::Shape`] for a frame of another shape or one too many.
    pub fn push(&mut self, frame: &ArrayRef3<Complex<T>>) -> Result<()> {
        let shape = [self.channels.len(), self.chirps, self.frequency.len()];
        if frame.shape() != shape {
            return Err(Error::shape("frame", &shape, frame.shape()));
        }
        let each = if self.by_chirp { 1 } else { self.chirps };
        if (self.frames + 1) * (self.chirps / each) > self.trajectory.places_m.len() {
            return Err(Error::shape("frames", &[self.frames], &[self.frames + 1]));
        }
        let scale = T::lit(1.0 / each as f64);
        for chirp in (0..self.chirps).step_by(each) {
            for (channel, (_, _, weight)) in frame.outer_iter().zip(&self.channels) {
                for (n, turn) in self.turns.iter().enumerate() {
                    let sum: Complex<T> = (chirp..chirp + each).map(|chirp| channel[[chirp, n]]).sum();
                    self.samples.push(sum * *turn * *weight * scale);
                }
            }
        }
        self.frames += 1;
        Ok(())
    }

    /// The echoes of all frames, channel by channel at each place.
    ///
    /// # Errors
    /// [`Error::Shape`] for fewer frames than places, and those of [`PhaseHistory::new`].
    pub fn finish(self) -> Result<PhaseHistory<T>> {
        let places = self.trajectory.places_m;
        let rows = places.len() * self.channels.len();
        let samples = Array2::from_shape_vec((rows, self.frequency.len()), self.samples);
        let samples = samples.map_err(|_| Error::shape("frames", &[places.len()], &[self.frames]))?;
        let ends = |pick: fn(&(Place, Place, Complex<T>)) -> Place| -> Vec<Place> {
            let of = |place: &Place, offset: Place| std::array::from_fn(|i| place[i] + offset[i]);
            let channels = &self.channels;
            places
                .iter()
                .flat_map(|place| channels.iter().map(move |channel| of(place, pick(channel))))
                .collect()
        };
        PhaseHistory::new(samples, ends(|channel| channel.0), ends(|channel| channel.1), self.frequency)
    }
}
