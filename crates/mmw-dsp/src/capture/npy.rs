//! Frames of a NumPy array whose axes the user names, one at a time.

use super::axes::{NpyAxes, NpyAxis};
use super::config::{CaptureConfig, CaptureFormat};
use super::layout::{not_contiguous, zero_bytes, zero_cube};
use super::npy_lengths::check_lengths;
use super::reader::check_index;
use crate::fmcw::Sampling;
use mmw_core::ndarray::ArrayRef3;
use mmw_core::npy::{NpyHeader, Scalar};
use mmw_core::num_complex::Complex;
use mmw_core::{ComplexArray3, Error, Real, Result, check};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Reads the frames of a `.npy` file in any order, holding the bytes of one frame whatever the file's size.
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
    buffer: Vec<u8>,
}

/// The shape of the array in a `.npy` file, outermost axis first.
///
/// # Errors
/// [`Error::Io`] when reading fails, [`Error::Format`] for a header that is none.
pub fn npy_shape(path: &Path) -> Result<Vec<u64>> {
    let mut file = File::open(path).map_err(|e| Error::io(path, "open", &e))?;
    Ok(NpyHeader::read(&mut file, path)?.shape)
}

/// Where the elements of one frame are.
#[derive(Debug)]
struct Plan {
    frames: u64,
    /// Pieces of a frame, each contiguous.
    pieces: u64,
    piece_bytes: usize,
    /// Strides within the collected frame, in elements.
    transmitter: usize,
    receiver: usize,
    receivers: usize,
    chirp: usize,
    sample: usize,
    /// From the real to the imaginary part where they are elements of their own.
    quadrature: Option<usize>,
}

impl NpyReader {
    /// Opens an array whose axes are as `config.format` names them.
    ///
    /// # Errors
    /// As [`CaptureConfig::check`]; [`Error::Invalid`] when the format is another, and when the first frame
    /// holds 16-bit words without their sign and the format does not say whether they are;
    /// [`Error::Shape`] for axes of other lengths than the waveform has; [`Error::Format`] for a
    /// header that is none, an array without elements, data that are not there in full or more than the
    /// header says; [`Error::Io`] when reading fails.
    pub fn open(path: &Path, config: &CaptureConfig) -> Result<Self> {
        let shape = config.check()?.cube_shape();
        let CaptureFormat::Npy { axes, wrap_u16 } = &config.format else {
            return Err(Error::invalid("capture format", "is dca1000, but must be npy"));
        };
        let mut file = File::open(path).map_err(|e| Error::io(path, "open", &e))?;
        let metadata = file.metadata().map_err(|e| Error::io(path, "read", &e))?;
        if !metadata.is_file() {
            return Err(Error::invalid(path.display().to_string(), "is not a regular file"));
        }
        let header = NpyHeader::read(&mut file, path)?;
        let mut plan = Plan::new(&header, axes, config)?;
        refuse_real(&header, &plan, config)?;
        plan.check_length(path, &header, metadata.len(), config.allow_partial_last_frame)?;
        let buffer = zero_bytes(plan.frame_bytes())?;
        let file = BufReader::new(file);
        let wrap = wrap_u16.unwrap_or(false);
        let mut reader =
            Self { path: path.to_owned(), file, position: None, header, wrap_u16: wrap, plan, shape, buffer };
        if wrap_u16.is_none() {
            reader.refuse_unsigned_words()?;
        }
        Ok(reader)
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
        self.read_frame_into(0, &mut cube)?;
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

/// A 16-bit word with its sign again; NaN for what is no such word.
fn wrapped<T: Real>(x: f64) -> T {
    if x.fract() != 0.0 || !(-32768.0..=65535.0).contains(&x) {
        return T::nan();
    }
    T::lit(if x >= 32768.0 { x - 65536.0 } else { x })
}

impl Plan {
    fn new(header: &NpyHeader, axes: &NpyAxes, config: &CaptureConfig) -> Result<Self> {
        let named = axes.as_slice();
        if named.len() != header.shape.len() {
            let reason = format!(
                "{axes} are {} names, but the array has {} axes, of shape {:?}",
                named.len(),
                header.shape.len(),
                header.shape
            );
            return Err(Error::invalid("axes", reason));
        }
        let frames = check_lengths(header, axes, config)?;
        // From the slowest axis of the file to the fastest.
        let mut order: Vec<(NpyAxis, u64)> =
            named.iter().copied().zip(header.shape.iter().copied()).collect();
        if header.fortran_order {
            order.reverse();
        }
        let at = order.iter().position(|(axis, _)| *axis == NpyAxis::Frame);
        let (slower, faster) = match at {
            Some(at) => (&order[..at], &order[at + 1..]),
            None => (&order[..0], &order[..]),
        };
        let elements = |axes: &[(NpyAxis, u64)]| axes.iter().map(|(_, n)| n).product::<u64>();
        let stride = |wanted: NpyAxis| {
            let inner = order.iter().rev().take_while(|(axis, _)| *axis != wanted);
            inner.filter(|(axis, _)| *axis != NpyAxis::Frame).map(|(_, n)| n).product::<u64>() as usize
        };
        let (receivers, receiver) = (config.fmcw.receivers, stride(NpyAxis::Rx));
        let channel = named.contains(&NpyAxis::Channel).then(|| stride(NpyAxis::Channel));
        let too_large = || Error::invalid("frame", "its bytes do not fit into the address space");
        Ok(Self {
            frames,
            pieces: elements(slower),
            piece_bytes: usize::try_from(elements(faster))
                .ok()
                .and_then(|n| n.checked_mul(header.item_bytes()))
                .ok_or_else(too_large)?,
            transmitter: channel.map_or_else(|| stride(NpyAxis::Tx), |channel| channel * receivers),
            receiver: channel.unwrap_or(receiver),
            receivers,
            chirp: stride(NpyAxis::Chirp),
            sample: stride(NpyAxis::Sample),
            quadrature: named.contains(&NpyAxis::Iq).then(|| stride(NpyAxis::Iq)),
        })
    }

    fn frame_bytes(&self) -> usize {
        self.pieces as usize * self.piece_bytes
    }

    /// First element of a chirp of a channel in the collected frame.
    fn row(&self, channel: usize, chirp: usize) -> usize {
        let (t, r) = (channel / self.receivers, channel % self.receivers);
        t * self.transmitter + r * self.receiver + chirp * self.chirp
    }

    /// Compares the file's length with what the header says; a file that ends early may keep the frames
    /// that are whole if `frame` varies slowest.
    fn check_length(&mut self, path: &Path, header: &NpyHeader, len: u64, partial: bool) -> Result<()> {
        let data = u128::from(len.saturating_sub(header.data_offset));
        let frame = u128::from(self.pieces) * self.piece_bytes as u128;
        let expected = frame * u128::from(self.frames);
        if data == expected {
            return Ok(());
        }
        let whole = (data / frame) as u64;
        if partial && data < expected && self.pieces == 1 && whole > 0 {
            self.frames = whole;
            return Ok(());
        }
        Err(Error::Format {
            path: path.display().to_string(),
            offset: if data < expected { len } else { header.data_offset + expected as u64 },
            expected: format!("{} frames of {frame} bytes after the header", self.frames),
            found: format!("{data} bytes"),
        })
    }
}
