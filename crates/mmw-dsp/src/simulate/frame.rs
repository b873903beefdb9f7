//! The cube of one frame: every echo of every chirp, then noise and conversion row by row.

use super::noise::NoiseSource;
use super::row::Converter;
use super::simulator::Simulator;
use super::tone::{LANES, Tone};
use super::vector;
use crate::fmcw::Sampling;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::geometry::{Vector3, difference};
use mmw_core::ndarray::{Array3, ArrayRef3};
use mmw_core::rand::Rng;
use mmw_core::simd::Level;
use mmw_core::{C32, Result, check};

/// An echo that one frame holds.
struct Echo {
    target: usize,
    /// Most samples of one stretch of its recurrence.
    longest: usize,
}

/// The part of one echo of one chirp that one recurrence makes, all but the receiver.
struct Stretch {
    target: usize,
    start: usize,
    len: usize,
    /// Both ends and the middle of the stretch, after the start of the ramp, s.
    ramp_s: [f64; 3],
    target_m: [Vector3; 3],
    /// From the transmitter to the target.
    outward_m: [f64; 3],
    /// The same two in the middle of the chirp, where the amplitude is taken.
    middle_target_m: Vector3,
    middle_outward_m: f64,
}

impl Simulator {
    /// One frame, `[channel, chirp, sample]` in counts.
    ///
    /// `rng` is the stream of this frame and of no other: it seeds the noise, and is not touched when the
    /// scene is free of noise.
    ///
    /// # Errors
    /// As [`Simulator::frame_into`].
    pub fn frame<R: Rng + ?Sized>(&self, frame: usize, rng: &mut R) -> Result<Array3<C32>> {
        self.check_frame(frame)?;
        let mut cube = Array3::zeros(self.fmcw().cube_shape());
        self.frame_into(frame, rng, &mut cube)?;
        Ok(cube)
    }

    /// [`Simulator::frame`] into a cube of [`Fmcw::cube_shape`](crate::Fmcw::cube_shape); returns how many
    /// samples were clipped.
    ///
    /// Real sampling leaves the imaginary parts zero. A few kilobytes are allocated per frame.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a frame that the scene does not have, [`mmw_core::Error::Shape`] for
    /// a cube of another shape.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{ndarray::Array3, rand::{SeedableRng, rngs::Xoshiro256PlusPlus}};
    /// use mmw_dsp::{Board, simulate::{PointTarget, Scene, Simulator}};
    ///
    /// // A truck one metre ahead of a receiver with 30 dB too much gain.
    /// let mut scene = Scene::preset(Board::Awr1642);
    /// scene.fmcw.chirps = 2;
    /// scene.radio.receiver_gain_db += 30.0;
    /// scene.targets = vec![PointTarget::polar(1.0, 0.0, 0.0, 0.0, 100.0)];
    /// let simulator = Simulator::new(scene)?;
    /// let mut cube = Array3::zeros(simulator.fmcw().cube_shape());
    /// let clipped = simulator.frame_into(0, &mut Xoshiro256PlusPlus::seed_from_u64(0), &mut cube)?;
    /// assert!(clipped > cube.len() / 2);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn frame_into<R: Rng + ?Sized>(
        &self,
        frame: usize,
        rng: &mut R,
        cube: &mut ArrayRef3<C32>,
    ) -> Result<usize> {
        self.check_frame(frame)?;
        check::same_shape("cube", &self.fmcw().cube_shape(), cube.shape())?;
        if let Some(samples) = cube.as_slice_mut() {
            return self.fill(frame, rng, samples);
        }
        let mut whole = Array3::zeros(self.fmcw().cube_shape());
        let clipped = self.frame_into(frame, rng, &mut whole)?;
        cube.assign(&whole);
        Ok(clipped)
    }

    fn fill<R: Rng + ?Sized>(&self, frame: usize, rng: &mut R, cube: &mut [C32]) -> Result<usize> {
        let config = self.fmcw().config();
        let radio = &self.scene().radio;
        let converter = Converter {
            sigma: radio.noise.then(|| self.noise_power_counts2().sqrt() as f32),
            real: config.sampling == Sampling::Real,
            full_scale: radio.quantise.then(|| radio.full_scale_counts() as f32),
        };
        let mut noise = if radio.noise { NoiseSource::new(rng) } else { NoiseSource::silent() };
        let echoes = self.echoes(frame)?;
        let mut stretches = Vec::new();
        let padded = config.samples.next_multiple_of(LANES);
        let (mut re, mut im) = (vec![0.0; padded], vec![0.0; padded]);
        let mut clipped = 0;
        for (t, block) in cube.chunks_mut(config.receivers * config.chirps * config.samples).enumerate() {
            for chirp in 0..config.chirps {
                self.stretches_into(&echoes, frame, chirp, t, &mut stretches);
                for (r, &receiver_m) in self.receivers_m.iter().enumerate() {
                    re.fill(0.0);
                    im.fill(0.0);
                    stretches.iter().for_each(|stretch| self.add(stretch, receiver_m, &mut re, &mut im));
                    let row = (r * config.chirps + chirp) * config.samples;
                    let row = &mut block[row..row + config.samples];
                    clipped += vector::convert(Level::current(), &converter, &re, &im, &mut noise, row);
                }
            }
        }
        Ok(clipped)
    }

    /// The targets that a frame holds, each with the longest stretch that its nearness allows.
    fn echoes(&self, frame: usize) -> Result<Vec<Echo>> {
        let period_s = self.fmcw().config().frame_period_s;
        let start_s = frame as f64 * period_s;
        let echo = |target: usize| {
            let longest = self.stretch(target, start_s, start_s + period_s)?;
            Ok(Echo { target, longest })
        };
        self.truth(frame)?.iter().filter(|truth| truth.in_band).map(|truth| echo(truth.target)).collect()
    }

    fn stretches_into(
        &self,
        echoes: &[Echo],
        frame: usize,
        chirp: usize,
        t: usize,
        stretches: &mut Vec<Stretch>,
    ) {
        let config = self.fmcw().config();
        let padded = config.samples.next_multiple_of(LANES);
        let start_s = frame as f64 * config.frame_period_s + config.chirp_start_s(t, chirp);
        let ramp_s = |sample: f64| config.adc_start_s + sample / config.sample_rate_hz;
        let middle_s = start_s + ramp_s(0.5 * config.samples as f64);
        let outward_m = |place: Vector3| distance_m(place, self.transmitters_m[t]);
        stretches.clear();
        for &Echo { target, longest } in echoes {
            let track = &self.tracks[target];
            let middle_target_m = track.position_m(middle_s);
            let middle_outward_m = outward_m(middle_target_m);
            stretches.extend((0..padded).step_by(longest).map(|start| {
                let len = longest.min(padded - start);
                let ramp_s = [0.0, 0.5, 1.0].map(|part| ramp_s(start as f64 + part * len as f64));
                let target_m = ramp_s.map(|ramp_s| track.position_m(start_s + ramp_s));
                let outward_m = target_m.map(outward_m);
                Stretch { target, start, len, ramp_s, target_m, outward_m, middle_target_m, middle_outward_m }
            }));
        }
    }

    fn add(&self, stretch: &Stretch, receiver_m: Vector3, re: &mut [f64], im: &mut [f64]) {
        let legs_m2 = stretch.middle_outward_m * distance_m(stretch.middle_target_m, receiver_m);
        let cycles = std::array::from_fn(|i| {
            let path_m = stretch.outward_m[i] + distance_m(stretch.target_m[i], receiver_m);
            self.cycles(path_m / SPEED_OF_LIGHT_M_S, stretch.ramp_s[i])
        });
        let tone = Tone::new(self.amplitude_counts(stretch.target, legs_m2), cycles, stretch.len as f64);
        let samples = stretch.start..stretch.start + stretch.len;
        vector::add_tone(Level::current(), tone, &mut re[samples.clone()], &mut im[samples]);
    }

    /// `f₀ τ + S t' τ − S τ²/2`.
    fn cycles(&self, delay_s: f64, ramp_s: f64) -> f64 {
        let config = self.fmcw().config();
        delay_s * (config.start_frequency_hz + config.slope_hz_per_s * (ramp_s - 0.5 * delay_s))
    }
}

/// Without the care for overflow of [`mmw_core::geometry::norm`], which no place in range needs.
fn distance_m(a: Vector3, b: Vector3) -> f64 {
    let [x, y, z] = difference(a, b);
    (x * x + y * y + z * z).sqrt()
}
