//! How a DCA1000 lays the words of one frame into its file, and the way from there to a cube and back.

mod lanes;
mod pairs;
mod prediction;
mod spectrum;

mod borders;
mod kind;
mod pauses;

mod description;
mod evidence;

mod raw;
mod rows;

pub(super) use borders::{
    Border, CHIRPS as BORDER_CHIRPS, begins, border, borders, fewest_chirps, is_displaced,
};
pub use evidence::LayoutEvidence;
pub(super) use evidence::{CHIRPS_PROBED, LayoutProbe, mirrored};
pub use lanes::LvdsLanes;
pub(super) use pauses::{FRAMES as FRAMES_OF_PAUSES, frame_start};
pub use raw::RawFrame;
pub use rows::SamplePlace;

use super::words::{decode_lane, decode_pairs, decode_row, put_word};
use crate::fmcw::{Fmcw, FmcwConfig, Sampling};
use crate::wide::{Work, widest};
use mmw_core::ndarray::{Array3, ArrayRef3};
use mmw_core::num_complex::Complex;
use mmw_core::{ComplexArray3, Error, Real, Result, check};

/// What the waveform leaves open about the order of words in a DCA1000 file.
///
/// All words are 16-bit little-endian integers. Chirps follow one another as they were sent: the chirps of
/// one transmitter outermost, then the transmitters in firing order (the other way round for
/// [`crate::Firing::Blocks`]). Inside a chirp (sections 5 and 6 of
/// [^swra581]):
///
/// ```text
/// two lanes,  complex   receiver by receiver, two samples at a time:   I₀ I₁ Q₀ Q₁  I₂ I₃ Q₂ Q₃ …
/// two lanes,  real      receiver by receiver:                          x₀ x₁ x₂ x₃ …
/// four lanes, complex   sample by sample, one word per receiver:       I⁰ I¹ I² I³ Q⁰ Q¹ Q² Q³ …
/// four lanes, real      sample by sample, one word per receiver:       x⁰ x¹ x² x³ …
/// ```
/// (index below: sample, above: receiver). With four lanes, lane `r` belongs to receiver number `r`; the
/// lanes of receivers that are switched off are present and carry zeros.
///
/// [^swra581]: Texas Instruments, "Mmwave Radar Device ADC Raw Data Capture", application report SWRA581B.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct AdcLayout {
    /// Lanes that carry the samples.
    pub lanes: LvdsLanes,
    /// Whether Q stands where I is expected. A swap turns the sign of every beat frequency.
    pub iq_swap: bool,
}

impl AdcLayout {
    /// The decoder and encoder of frames of this waveform; `receivers` lists the numbers (from 0) of the
    /// receivers that are switched on, in the order of the cube.
    ///
    /// # Errors
    /// As [`Fmcw::new`]; [`Error::Shape`] unless there are as many numbers as receivers;
    /// [`Error::Domain`] for a number of 4 and more with four lanes; [`Error::Invalid`] for a number given
    /// twice, for an odd number of complex samples on two lanes (samples travel in pairs), and for a frame
    /// larger than the address space.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::FmcwConfig;
    /// use mmw_dsp::capture::{AdcLayout, LvdsLanes};
    ///
    /// let config = FmcwConfig { receivers: 2, antennas: None, ..FmcwConfig::iwr1843() };
    /// let two = AdcLayout { lanes: LvdsLanes::Two, iq_swap: false }.codec(&config, &[0, 1])?;
    /// let four = AdcLayout { lanes: LvdsLanes::Four, iq_swap: false }.codec(&config, &[0, 1])?;
    /// assert_eq!(two.frame_bytes(), 3 * 128 * 2 * 256 * 4);
    /// assert_eq!(four.frame_bytes(), 2 * two.frame_bytes());
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn codec(self, config: &FmcwConfig, receivers: &[usize]) -> Result<FrameCodec> {
        let shape = Fmcw::new(config.clone())?.cube_shape();
        check::same_len("receiver numbers", config.receivers, receivers.len())?;
        check_distinct("receivers", receivers)?;
        let complex = config.sampling != Sampling::Real;
        let words_per_sample = match self.lanes {
            LvdsLanes::Two => config.receivers,
            LvdsLanes::Four => {
                check_lanes(receivers)?;
                4
            }
        };
        if complex && self.lanes == LvdsLanes::Two && config.samples % 2 == 1 {
            return Err(Error::invalid(
                "samples",
                format!("{} is odd, but two lanes carry complex samples in pairs", config.samples),
            ));
        }
        let frame_bytes = [config.samples, config.chirps, config.transmitters, 2 + 2 * usize::from(complex)]
            .iter()
            .try_fold(words_per_sample, |product, &n| product.checked_mul(n))
            .filter(|&bytes| isize::try_from(bytes).is_ok())
            .ok_or_else(|| Error::invalid("frame", "its bytes do not fit into the address space"))?;
        Ok(FrameCodec {
            layout: self,
            complex,
            transmitters: config.transmitters,
            blocks: config.firing.is_blocks(),
            receivers: receivers.to_vec(),
            shape,
            frame_bytes,
        })
    }
}

/// That no antenna number stands twice.
pub(super) fn check_distinct(name: &'static str, numbers: &[usize]) -> Result<()> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::invalid(name, format!("number {} is listed twice", pair[0]))),
        None => Ok(()),
    }
}

fn check_lanes(receivers: &[usize]) -> Result<()> {
    match receivers.iter().find(|&&r| r >= 4) {
        Some(&r) => Err(Error::domain("receiver number", r as f64, "below 4, since there are four lanes")),
        None => Ok(()),
    }
}

/// Turns the bytes of one frame into a cube `[channel, chirp, sample]` and back.
///
/// Channel `t * receivers + r` is the `t`-th transmitter in firing order with the `r`-th receiver listed.
///
/// # Examples
/// Two receivers, two complex samples, two lanes: `I₀ I₁ Q₀ Q₁` of the first, then of the second.
/// ```
/// use mmw_dsp::capture::{AdcLayout, LvdsLanes};
/// use mmw_dsp::{FmcwConfig, mmw_core::C32};
///
/// let mut config = FmcwConfig { transmitters: 1, receivers: 2, chirps: 1, samples: 2, ..FmcwConfig::iwr1843() };
/// config.antennas = None;
/// let codec = AdcLayout { lanes: LvdsLanes::Two, iq_swap: false }.codec(&config, &[0, 1])?;
/// let bytes: Vec<u8> = [1_i16, 2, 3, 4, 5, 6, 7, 8].iter().flat_map(|w| w.to_le_bytes()).collect();
/// let cube = codec.decode::<f32>(&bytes)?;
/// assert_eq!(cube[[0, 0, 1]], C32::new(2.0, 4.0));
/// assert_eq!(cube[[1, 0, 0]], C32::new(5.0, 7.0));
///
/// let mut back = vec![0; codec.frame_bytes()];
/// assert_eq!(codec.encode_into(&cube, &mut back)?, 0);
/// assert_eq!(back, bytes);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FrameCodec {
    layout: AdcLayout,
    complex: bool,
    transmitters: usize,
    /// Whether the chirps of a transmitter follow one another.
    blocks: bool,
    receivers: Vec<usize>,
    shape: [usize; 3],
    frame_bytes: usize,
}

impl FrameCodec {
    /// Bytes of one frame in the file.
    #[must_use]
    pub fn frame_bytes(&self) -> usize {
        self.frame_bytes
    }

    /// Shape of the cube of one frame, `[channel, chirp, sample]`.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// What one frame consists of, in words, for messages.
    pub(super) fn description(&self) -> String {
        let [_, chirps, samples] = self.shape;
        let kind = if self.complex { "complex" } else { "real" };
        format!(
            "{} bytes: {chirps} chirps of {} transmitters, {} receivers, {samples} {kind} samples, {} lanes",
            self.frame_bytes,
            self.transmitters,
            self.receivers.len(),
            self.layout.lanes.count()
        )
    }

    /// Bytes of a frame had it come over the other number of lanes, when that makes a difference.
    pub(super) fn other_lanes_bytes(&self) -> Option<(LvdsLanes, usize)> {
        let receivers = self.receivers.len();
        let other = self.layout.lanes.other();
        let bytes = match other {
            LvdsLanes::Two => self.frame_bytes / 4 * receivers,
            LvdsLanes::Four => (self.frame_bytes / receivers).checked_mul(4)?,
        };
        (bytes != self.frame_bytes && receivers <= 4).then_some((other, bytes))
    }

    /// The cube of one frame.
    ///
    /// # Errors
    /// [`Error::Shape`] unless `frame` is [`FrameCodec::frame_bytes`] long; [`Error::Invalid`] when there is
    /// no memory for the cube.
    pub fn decode<T: Real>(&self, frame: &[u8]) -> Result<ComplexArray3<T>> {
        check::same_len("bytes of one frame", self.frame_bytes, frame.len())?;
        let mut cube = zero_cube(self.shape)?;
        self.decode_into(frame, &mut cube)?;
        Ok(cube)
    }

    /// Writes the cube of one frame into `cube`, `[channel, chirp, sample]`, without allocating. The
    /// imaginary parts of real samples are zero.
    ///
    /// # Errors
    /// [`Error::Shape`] unless `frame` is [`FrameCodec::frame_bytes`] long and `cube` has
    /// [`FrameCodec::shape`]; [`Error::Invalid`] unless `cube` is contiguous in C order.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::capture::{AdcLayout, LvdsLanes};
    /// use mmw_dsp::{FmcwConfig, Sampling, mmw_core::{C64, ComplexArray3}};
    ///
    /// // Real samples over four lanes of which only the third receiver is on.
    /// let config = FmcwConfig {
    ///     sampling: Sampling::Real, transmitters: 1, receivers: 1, chirps: 1, samples: 2, antennas: None,
    ///     ..FmcwConfig::iwr1843()
    /// };
    /// let codec = AdcLayout { lanes: LvdsLanes::Four, iq_swap: false }.codec(&config, &[2])?;
    /// let mut cube = ComplexArray3::<f64>::zeros(codec.shape());
    /// codec.decode_into(&[0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0], &mut cube)?;
    /// assert_eq!(cube.as_slice(), Some([C64::new(5.0, 0.0), C64::new(-1.0, 0.0)].as_slice()));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn decode_into<T: Real>(&self, frame: &[u8], cube: &mut ArrayRef3<Complex<T>>) -> Result<()> {
        check::same_len("bytes of one frame", self.frame_bytes, frame.len())?;
        check::same_shape("cube", &self.shape, cube.shape())?;
        let cube = cube.as_slice_mut().ok_or_else(not_contiguous)?;
        widest(Decode { codec: self, frame, cube });
        Ok(())
    }

    #[inline(always)]
    fn decode_rows<T: Real>(&self, frame: &[u8], cube: &mut [Complex<T>]) {
        for (index, block) in frame.chunks_exact(self.chirp_bytes()).enumerate() {
            for receiver in 0..self.receivers.len() {
                self.decode_one(block, receiver, &mut cube[self.row(index, receiver)]);
            }
        }
    }

    /// The samples of one receiver in the block of a chirp.
    #[inline(always)]
    fn decode_one<T: Real>(&self, block: &[u8], receiver: usize, row: &mut [Complex<T>]) {
        match (self.layout.lanes, self.complex) {
            (LvdsLanes::Two, true) => decode_pairs(self.part(block, receiver), row),
            (LvdsLanes::Two, false) => decode_row(self.part(block, receiver), row),
            (LvdsLanes::Four, true) => decode_lane::<T, 16>(block, self.receivers[receiver], row),
            (LvdsLanes::Four, false) => decode_lane::<T, 8>(block, self.receivers[receiver], row),
        }
        if self.layout.iq_swap && self.complex {
            row.iter_mut().for_each(|z| *z = Complex::new(z.im, z.re));
        }
    }

    /// Puts the words of a frame whose I and Q stand side by side into the order that is decoded.
    pub(super) fn split_pairs(&self, frame: &mut [u8]) {
        if self.complex {
            pairs::split_pairs(self.layout.lanes, frame);
        }
    }

    /// Writes the words of one frame into `frame`: the inverse of [`FrameCodec::decode_into`]. Parts are
    /// rounded to the nearest integer (halves away from zero) and saturate at -32768 and 32767; the number
    /// of parts that did is returned. The imaginary parts of real samples are left out.
    ///
    /// # Errors
    /// [`Error::Shape`] as [`FrameCodec::decode_into`]; [`Error::NotFinite`] for NaN and infinities in
    /// `cube`; [`Error::Invalid`] unless `cube` is contiguous in C order.
    pub fn encode_into<T: Real>(&self, cube: &ArrayRef3<Complex<T>>, frame: &mut [u8]) -> Result<u64> {
        check::same_len("bytes of one frame", self.frame_bytes, frame.len())?;
        check::same_shape("cube", &self.shape, cube.shape())?;
        check::all_finite_complex("cube", cube)?;
        let cube = cube.as_slice().ok_or_else(not_contiguous)?;
        frame.fill(0);
        let mut clipped = 0;
        for (index, block) in frame.chunks_exact_mut(self.chirp_bytes()).enumerate() {
            for receiver in 0..self.receivers.len() {
                for (sample, z) in cube[self.row(index, receiver)].iter().enumerate() {
                    let z = if self.layout.iq_swap && self.complex { Complex::new(z.im, z.re) } else { *z };
                    let [first, second] = self.words(receiver, sample);
                    clipped += put_word(block, first, z.re);
                    if self.complex {
                        clipped += put_word(block, second, z.im);
                    }
                }
            }
        }
        Ok(clipped)
    }

    /// Where the two parts of a sample stand in the block of a chirp, counted in words.
    fn words(&self, receiver: usize, sample: usize) -> [usize; 2] {
        let samples = self.shape[2];
        match (self.layout.lanes, self.complex) {
            (LvdsLanes::Two, true) => {
                let first = 2 * receiver * samples + sample / 2 * 4 + sample % 2;
                [first, first + 2]
            }
            (LvdsLanes::Two, false) => [receiver * samples + sample; 2],
            (LvdsLanes::Four, true) => {
                let first = sample * 8 + self.receivers[receiver];
                [first, first + 4]
            }
            (LvdsLanes::Four, false) => [sample * 4 + self.receivers[receiver]; 2],
        }
    }

    pub(super) fn chirp_bytes(&self) -> usize {
        self.frame_bytes / (self.shape[1] * self.transmitters)
    }

    /// From a chirp of a transmitter to the next of the same.
    pub(super) fn turn_bytes(&self) -> usize {
        self.chirp_bytes() * if self.blocks { 1 } else { self.transmitters }
    }

    /// The bytes of one receiver where receivers follow one another.
    fn part<'a>(&self, block: &'a [u8], receiver: usize) -> &'a [u8] {
        let bytes = block.len() / self.receivers.len();
        &block[receiver * bytes..(receiver + 1) * bytes]
    }

    /// The chirp of its transmitter, and the transmitter, that the `index`-th chirp of the file is.
    fn chirp_of(&self, index: usize) -> (usize, usize) {
        if self.blocks {
            (index % self.shape[1], index / self.shape[1])
        } else {
            (index / self.transmitters, index % self.transmitters)
        }
    }

    /// Where in the cube the samples of one receiver in the `index`-th chirp of the file go.
    fn row(&self, index: usize, receiver: usize) -> std::ops::Range<usize> {
        let [_, chirps, samples] = self.shape;
        let (chirp, transmitter) = self.chirp_of(index);
        let start = ((transmitter * self.receivers.len() + receiver) * chirps + chirp) * samples;
        start..start + samples
    }
}

/// The loops over the words of a frame.
struct Decode<'a, T> {
    codec: &'a FrameCodec,
    frame: &'a [u8],
    cube: &'a mut [Complex<T>],
}

impl<T: Real> Work for Decode<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.codec.decode_rows(self.frame, self.cube);
    }
}

/// A cube of zeros, or an error where `Array3::zeros` would abort the process.
pub(super) fn zero_cube<T: Real>(shape: [usize; 3]) -> Result<ComplexArray3<T>> {
    let no_memory = || Error::invalid("cube", format!("there is no memory for the shape {shape:?}"));
    let elements =
        shape.iter().try_fold(1_usize, |product, &n| product.checked_mul(n)).ok_or_else(no_memory)?;
    let mut zeros = Vec::new();
    zeros.try_reserve_exact(elements).map_err(|_| no_memory())?;
    zeros.resize(elements, Complex::new(T::zero(), T::zero()));
    Array3::from_shape_vec(shape, zeros).map_err(|_| no_memory())
}

/// A buffer of zero bytes, or an error where `vec![]` would abort the process.
pub(super) fn zero_bytes(len: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(len)
        .map_err(|_| Error::invalid("frame", format!("there is no memory for its {len} bytes")))?;
    bytes.resize(len, 0);
    Ok(bytes)
}

pub(super) fn not_contiguous() -> Error {
    Error::invalid("cube", "must be contiguous in C order (sample fastest)")
}
