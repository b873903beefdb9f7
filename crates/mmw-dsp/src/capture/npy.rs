//! Frames of a NumPy array whose axes the user names, one at a time.

use super::array_damage::ArrayJudge;
use super::clipping::Clipping;
use super::config::{CaptureConfig, CaptureFormat};
use super::health::DamagedSpan;
use super::layout::{
    CHIRPS_PROBED, LayoutEvidence, LayoutProbe, mirrored, not_contiguous, zero_bytes, zero_cube,
};
use super::npy_plan::Plan;
use super::reader::check_index;
use super::runs::is_zero;
use super::word_code::wrapped;
use crate::fmcw::Sampling;
use crate::missing::MissingSamples;
use mmw_core::files::open_regular;
use mmw_core::ndarray::ArrayRef3;
use mmw_core::npy::{NpyHeader, Scalar};
use mmw_core::num_complex::Complex;
use mmw_core::{ComplexArray3, Error, Real, Result, check};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Frames, spread over the array, that are looked at before any is handed on; so many where one frame is one
/// read.
const PROBED_FRAMES: u64 = 8;

/// Reads the frames of a `.npy` file in any order, holding two frames whatever the file's size.
///
/// Element types: complex of 8 or 16 bytes, floats of 4 or 8, integers of 1 to 8 with or without sign, in
/// either byte order; C and Fortran order. Real elements get imaginary parts of zero, unless an axis `iq` of
/// length 2 holds both parts.
///
/// Where `frame` is the axis that varies slowest in the file (first in C order, last in Fortran order), a
/// frame is one read. Elsewhere the frame is collected from as many pieces as the slower axes have indices,
/// which at worst reads the whole file for each frame.
///
/// # Examples
/// ```
/// use mmw_dsp::capture::{CaptureConfig, CaptureFormat, NpyReader};
/// use mmw_dsp::{FmcwConfig, Sampling, mmw_core::C32};
///
/// let fmcw = FmcwConfig {
///     transmitters: 1, receivers: 1, chirps: 2, samples: 2, antennas: None, sampling: Sampling::Real,
///     ..FmcwConfig::iwr1843()
/// };
/// let format = CaptureFormat::Npy { axes: "sample,chirp".parse()?, wrap_u16: None };
/// let path = std::env::temp_dir().join(format!("mmw-doc-npy-{}.npy", std::process::id()));
/// # let io = |e| mmw_core::Error::io(&path, "write", &e);
/// let dict = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2)}\n";
/// let file = [b"\x93NUMPY\x01\x00\x3a\x00", dict.as_bytes(), &[1, 0, 2, 0, 3, 0, 4, 0]].concat();
/// std::fs::write(&path, file).map_err(io)?;
///
/// let cube = NpyReader::open(&path, &CaptureConfig::new(fmcw, format)?)?.read_frame(0)?;
/// assert_eq!(cube[[0, 1, 0]], C32::new(2.0, 0.0));
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug)]
pub struct NpyReader {
    path: PathBuf,
    file: BufReader<File>,
    /// Where the file is read next, if known.
    position: Option<u64>,
    header: NpyHeader,
    wrap_u16: bool,
    plan: Plan,
    shape: [usize; 3],
    sampling: Sampling,
    buffer: Vec<u8>,
    judge: ArrayJudge,
}

/// The shape of the array in a `.npy` file, outermost axis first.
///
/// # Errors
/// [`Error::Io`] when reading fails, [`Error::Format`] for a header that is none.
pub fn npy_shape(path: &Path) -> Result<Vec<u64>> {
    let (mut file, _) = open_regular(path)?;
    Ok(NpyHeader::read(&mut file, path)?.shape)
}

impl NpyReader {
    /// Opens an array whose axes are as `config.format` names them.
    ///
    /// # Errors
    /// As [`CaptureConfig::check`]; [`Error::Invalid`] when the format is another, and when the first frame
    /// holds 16-bit words without their sign and the format does not say whether they are, or holds nothing
    /// but one number or words whose bytes are exchanged or whose highest bit is turned (unless
    /// `config.bytes.as_told`);
    /// [`Error::Shape`] for axes of other lengths than the waveform has; [`Error::Format`] for a
    /// header that is none, an array without elements, data that are not there in full or more than the
    /// header says; [`Error::Io`] when reading fails.
    pub fn open(path: &Path, config: &CaptureConfig) -> Result<Self> {
        let shape = config.check()?.cube_shape();
        let CaptureFormat::Npy { axes, wrap_u16 } = &config.format else {
            return Err(Error::invalid("capture format", "is dca1000, but must be npy"));
        };
        let (mut file, len) = open_regular(path)?;
        let header = NpyHeader::read(&mut file, path)?;
        let mut plan = Plan::new(&header, axes, config)?;
        refuse_real(&header, &plan, config)?;
        plan.check_length(path, &header, len, config.allow_partial_last_frame)?;
        let buffer = zero_bytes(plan.frame_bytes())?;
        let file = BufReader::new(file);
        let wrap = wrap_u16.unwrap_or(false);
        let mut reader = Self {
            path: path.to_owned(),
            file,
            position: None,
            header,
            wrap_u16: wrap,
            plan,
            shape,
            sampling: config.fmcw.sampling,
            buffer,
            judge: ArrayJudge::new(config)?,
        };
        if wrap_u16.is_none() {
            reader.refuse_unsigned_words()?;
        }
        let objection = reader.probe()?.filter(|_| !config.bytes.as_told);
        objection.map_or(Ok(reader), |reason| {
            let reason = format!("{reason} (`as_told = true` overrules this)");
            Err(Error::invalid(path.display().to_string(), reason))
        })
    }

    /// Learns what is ordinary, and says what makes the numbers no samples. An element that is no number is
    /// told when its frame is read.
    fn probe(&mut self) -> Result<Option<String>> {
        let mut cube = zero_cube::<f64>(self.shape)?;
        let mut silent = true;
        for frame in self.probed() {
            if self.decode(frame, &mut cube).is_ok() {
                self.judge.take(frame, &cube)?;
                self.judge.learn();
                silent &= cube.iter().all(|z| z.re == 0.0 && z.im == 0.0);
            } else {
                silent = false;
            }
        }
        for frame in 0..self.plan.frames {
            if !silent {
                return Ok(self.judge.objection());
            }
            self.collect(frame)?;
            silent = is_zero(&self.buffer);
        }
        Ok(silent.then(|| "it holds no samples: all its numbers are zero".to_owned()))
    }

    /// The frames that are looked at.
    fn probed(&self) -> impl Iterator<Item = u64> + use<> {
        let frames = self.plan.frames;
        let probed = if self.plan.pieces == 1 { frames.min(PROBED_FRAMES) } else { frames.min(1) };
        (0..probed).map(move |number| number * frames / probed)
    }

    /// The stretches of the frame last read that hold no samples, as
    /// [`CaptureReader::damage`](super::CaptureReader::damage) finds them where the array holds integers, or
    /// floats that are integers times a power of two; of other numbers, runs of zeros. Bytes are those of a
    /// frame as the card stores it, on two lanes or on four.
    #[must_use]
    pub fn damage(&self) -> &[DamagedSpan] {
        self.judge.damage()
    }

    /// The samples of the frame last read that lie in [`NpyReader::damage`]; they are zero.
    #[must_use]
    pub fn missing(&self) -> &[MissingSamples] {
        self.judge.missing()
    }

    /// As [`CaptureReader::clipping`](super::CaptureReader::clipping), of the frame last read; nothing for
    /// numbers that are no words. Its level is in units of those.
    #[must_use]
    pub fn clipping(&self) -> Option<Clipping> {
        self.judge.clipping()
    }

    /// As [`CaptureReader::silent_channels`](super::CaptureReader::silent_channels).
    #[must_use]
    pub fn silent_channels(&self) -> Vec<usize> {
        self.judge.silent_channels()
    }

    /// What the samples say about the order of I and Q and about the sampling, from up to eight frames.
    ///
    /// # Errors
    /// As [`NpyReader::read_frame`].
    pub fn layout_evidence(&mut self) -> Result<LayoutEvidence> {
        let mut cube = zero_cube::<f64>(self.shape)?;
        let frames: Vec<u64> = self.probed().collect();
        let chirps = CHIRPS_PROBED.div_ceil(frames.len());
        let mut probe = None;
        for frame in frames {
            self.decode(frame, &mut cube)?;
            self.judge.take(frame, &cube)?;
            let Some((codec, words)) = self.judge.words() else {
                let samples = self.shape[2];
                let rows = cube.as_slice().unwrap_or_default().chunks_exact(samples);
                let step = (rows.len() / (4 * CHIRPS_PROBED)).max(1);
                let mirrored = mirrored(rows.step_by(step), samples, self.sampling)?;
                return Ok(LayoutEvidence { mirrored, ..LayoutEvidence::default() });
            };
            if probe.is_none() {
                probe = Some(LayoutProbe::new(codec, self.sampling, false)?);
            }
            if let Some(probe) = &mut probe {
                probe.add(words, 0, chirps)?;
            }
        }
        let LayoutEvidence { mirrored, both_sides, .. } =
            probe.map_or_else(LayoutEvidence::default, |probe| probe.evidence());
        Ok(LayoutEvidence { mirrored, both_sides, ..LayoutEvidence::default() })
    }

    /// Frames in the file.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.plan.frames
    }

    /// Shape of each frame, `[channel, chirp, sample]`.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Reads frame `index` (from 0) into `cube` without allocating.
    ///
    /// # Errors
    /// [`Error::Domain`] for an index beyond the last frame; [`Error::Shape`] and [`Error::Invalid`] for a
    /// cube of another shape or not contiguous in C order; [`Error::Io`] when reading fails;
    /// [`Error::Format`] with the offset of an element that is NaN, infinite, or (with `wrap_u16`) no 16-bit
    /// integer. The contents of `cube` are then unspecified.
    pub fn read_frame_into<T: Real>(&mut self, index: u64, cube: &mut ArrayRef3<Complex<T>>) -> Result<()> {
        check_index(index, self.plan.frames)?;
        if let Some(before) = index.checked_sub(1).filter(|&before| !self.judge.holds(before))
            && self.decode(before, cube).is_ok()
        {
            self.judge.take(before, cube)?;
        }
        self.decode(index, cube)?;
        self.judge.judge(index, cube)
    }

    fn decode<T: Real>(&mut self, index: u64, cube: &mut ArrayRef3<Complex<T>>) -> Result<()> {
        check::same_shape("cube", &self.shape, cube.shape())?;
        let cube = cube.as_slice_mut().ok_or_else(not_contiguous)?;
        self.collect(index)?;
        let bad = match (self.header.scalar, self.header.big_endian) {
            (Scalar::I1, _) => self.fill(cube, |b: [u8; 1]| f64::from(i8::from_le_bytes(b))),
            (Scalar::U1, _) => self.fill(cube, |b: [u8; 1]| f64::from(b[0])),
            (Scalar::I2, false) => self.fill(cube, |b| f64::from(i16::from_le_bytes(b))),
            (Scalar::I2, true) => self.fill(cube, |b| f64::from(i16::from_be_bytes(b))),
            (Scalar::U2, false) => self.fill(cube, |b| f64::from(u16::from_le_bytes(b))),
            (Scalar::U2, true) => self.fill(cube, |b| f64::from(u16::from_be_bytes(b))),
            (Scalar::I4, false) => self.fill(cube, |b| f64::from(i32::from_le_bytes(b))),
            (Scalar::I4, true) => self.fill(cube, |b| f64::from(i32::from_be_bytes(b))),
            (Scalar::U4, false) => self.fill(cube, |b| f64::from(u32::from_le_bytes(b))),
            (Scalar::U4, true) => self.fill(cube, |b| f64::from(u32::from_be_bytes(b))),
            (Scalar::I8, false) => self.fill(cube, |b| i64::from_le_bytes(b) as f64),
            (Scalar::I8, true) => self.fill(cube, |b| i64::from_be_bytes(b) as f64),
            (Scalar::U8, false) => self.fill(cube, |b| u64::from_le_bytes(b) as f64),
            (Scalar::U8, true) => self.fill(cube, |b| u64::from_be_bytes(b) as f64),
            (Scalar::F4, false) => self.fill(cube, |b| f64::from(f32::from_le_bytes(b))),
            (Scalar::F4, true) => self.fill(cube, |b| f64::from(f32::from_be_bytes(b))),
            (Scalar::F8, false) => self.fill(cube, f64::from_le_bytes),
            (Scalar::F8, true) => self.fill(cube, f64::from_be_bytes),
            (scalar, _) => {
                let reason = format!("{scalar:?} is none that captures are made of");
                return Err(Error::invalid("element type", reason));
            }
        };
        bad.map_or(Ok(()), |(element, value)| Err(self.bad_element(index, element, value)))
    }

    /// Frame `index` (from 0).
    ///
    /// # Errors
    /// As [`NpyReader::read_frame_into`].
    pub fn read_frame(&mut self, index: u64) -> Result<ComplexArray3<f32>> {
        check_index(index, self.plan.frames)?;
        let mut cube = zero_cube(self.shape)?;
        self.read_frame_into(index, &mut cube)?;
        Ok(cube)
    }

    /// The frames of a range, each read when it is asked for.
    pub fn frames_in(
        &mut self,
        range: std::ops::Range<u64>,
    ) -> impl Iterator<Item = Result<ComplexArray3<f32>>> + '_ {
        range.map(move |index| self.read_frame(index))
    }

    /// Gathers the bytes of one frame in the order of the file.
    fn collect(&mut self, index: u64) -> Result<()> {
        let Self { path, file, position, header, plan, buffer, .. } = self;
        let piece = plan.piece_bytes as u64;
        for (i, part) in buffer.chunks_exact_mut(plan.piece_bytes).enumerate() {
            let offset = header.data_offset + (i as u64 * plan.frames + index) * piece;
            seek(file, position.take(), offset)
                .and_then(|()| file.read_exact(part))
                .map_err(|e| Error::io(path, "read", &e))?;
            *position = Some(offset + piece);
        }
        Ok(())
    }

    /// Converts the collected frame; the index and value of an element that cannot be.
    fn fill<T: Real, const BYTES: usize>(
        &self,
        cube: &mut [Complex<T>],
        value: impl Fn([u8; BYTES]) -> f64,
    ) -> Option<(usize, f64)> {
        let [_, chirps, samples] = self.shape;
        let (scalars, _) = self.buffer.as_chunks::<BYTES>();
        let parts = 1 + usize::from(self.header.complex);
        // From the real part to the imaginary one, in scalars.
        let quadrature = if self.header.complex { Some(1) } else { self.plan.quadrature };
        let convert = |x: f64| if self.wrap_u16 { wrapped(x) } else { T::lit(x) };
        for (row, out) in cube.chunks_exact_mut(samples).enumerate() {
            let start = self.plan.row(row / chirps, row % chirps);
            for (i, z) in out.iter_mut().enumerate() {
                let at = start + i * self.plan.sample;
                let re = value(scalars[at * parts]);
                let im = quadrature.map_or(0.0, |step| value(scalars[at * parts + step]));
                *z = Complex::new(convert(re), convert(im));
            }
            if let Some(i) = out.iter().position(|z| !(z.re.is_finite() && z.im.is_finite())) {
                let at = start + i * self.plan.sample;
                let step = if out[i].re.is_finite() { quadrature.unwrap_or(0) } else { 0 };
                return Some((at, value(scalars[at * parts + step])));
            }
        }
        None
    }

    fn bad_element(&self, frame: u64, element: usize, value: f64) -> Error {
        let item = self.header.item_bytes();
        let (piece, within) =
            (element * item / self.plan.piece_bytes, element * item % self.plan.piece_bytes);
        let offset = (piece as u64 * self.plan.frames + frame) * self.plan.piece_bytes as u64;
        let expected = if self.wrap_u16 {
            "a 16-bit integer (wrap_u16)"
        } else {
            "a finite number in the range of the cube's type"
        };
        Error::Format {
            path: self.path.display().to_string(),
            offset: self.header.data_offset + offset + within as u64,
            expected: expected.into(),
            found: value.to_string(),
        }
    }

    /// Refuses a first frame all of whose parts are integers from 0 to 65535, some of them above 32767.
    fn refuse_unsigned_words(&mut self) -> Result<()> {
        // As f64, so that parts beyond single precision show when they are read, not here.
        let mut cube = zero_cube::<f64>(self.shape)?;
        self.decode(0, &mut cube)?;
        let parts = || cube.iter().flat_map(|z| [z.re, z.im]);
        let words = parts().all(|x| (0.0..=65535.0).contains(&x) && x.fract() == 0.0);
        if words && parts().any(|x| x >= 32768.0) {
            let reason = "all parts of the first frame are integers from 0 to 65535, some above 32767: they \
                          look like 16-bit words that lost their sign; set `wrap_u16 = true` (65535 is -1) or \
                          `wrap_u16 = false` (they are as they should be)";
            return Err(Error::invalid("wrap_u16", reason));
        }
        Ok(())
    }
}

/// That complex samples have two parts: without, each target has an image at the negative of its frequency.
fn refuse_real(header: &NpyHeader, plan: &Plan, config: &CaptureConfig) -> Result<()> {
    if header.complex || plan.quadrature.is_some() || config.fmcw.sampling == Sampling::Real {
        return Ok(());
    }
    let why = "the array holds real numbers, the configuration says complex samples: name the axis of I and Q with iq, \
               or, if the samples are real, say so in the configuration (adcCfg 2 0)";
    Err(Error::invalid("samples", why))
}

/// Seeks without losing what is buffered, where the target lies within.
fn seek(file: &mut BufReader<File>, here: Option<u64>, target: u64) -> std::io::Result<()> {
    let distance = here.and_then(|here| i64::try_from(i128::from(target) - i128::from(here)).ok());
    match distance {
        Some(distance) => file.seek_relative(distance),
        None => file.seek(SeekFrom::Start(target)).map(|_| ()),
    }
}
