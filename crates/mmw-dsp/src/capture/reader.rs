//! Frames of a DCA1000 file, one at a time.

use super::config::CaptureConfig;
use super::layout::{FrameCodec, zero_bytes, zero_cube};
use mmw_core::ndarray::ArrayRef3;
use mmw_core::num_complex::Complex;
use mmw_core::{ComplexArray3, Error, Real, Result};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Reads the frames of a DCA1000 file in any order, holding the bytes of one frame whatever the file's size.
///
/// # Examples
/// ```no_run
/// use mmw_dsp::capture::{CaptureConfig, CaptureOptions, CaptureReader};
///
/// let config = CaptureConfig::from_file("radar.toml".as_ref(), &CaptureOptions::default())?;
/// let mut reader = CaptureReader::open("adc_data.bin".as_ref(), &config)?;
/// for cube in reader.frames_in(0..reader.frames()) {
///     println!("{:?}", cube?.dim());
/// }
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug)]
pub struct CaptureReader {
    path: PathBuf,
    file: File,
    codec: FrameCodec,
    frames: u64,
    /// The frame that the file's cursor stands at, if known.
    next: Option<u64>,
    buffer: Vec<u8>,
}

impl CaptureReader {
    /// Opens a file of whole frames.
    ///
    /// # Errors
    /// As [`CaptureConfig::codec`]; [`Error::Io`] when the file cannot be opened; [`Error::Format`] for a
    /// file that is empty or ends within a frame (unless `config.allow_partial_last_frame` and a whole frame
    /// precedes it), with the offset of that frame.
    pub fn open(path: &Path, config: &CaptureConfig) -> Result<Self> {
        let codec = config.codec()?;
        let file = File::open(path).map_err(|e| Error::io(path, "open", &e))?;
        let metadata = file.metadata().map_err(|e| Error::io(path, "read", &e))?;
        if !metadata.is_file() {
            return Err(Error::invalid(path.display().to_string(), "is not a regular file"));
        }
        let frames = whole_frames(path, &codec, metadata.len(), config.allow_partial_last_frame)?;
        let buffer = zero_bytes(codec.frame_bytes())?;
        Ok(Self { path: path.to_owned(), file, codec, frames, next: Some(0), buffer })
    }

    /// Whole frames in the file.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Shape of each frame, `[channel, chirp, sample]`.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        self.codec.shape()
    }

    /// Reads frame `index` (from 0) into `cube` without allocating.
    ///
    /// # Errors
    /// [`Error::Domain`] for an index beyond the last frame, [`Error::Io`] when reading fails, and those of
    /// [`FrameCodec::decode_into`].
    pub fn read_frame_into<T: Real>(&mut self, index: u64, cube: &mut ArrayRef3<Complex<T>>) -> Result<()> {
        check_index(index, self.frames)?;
        if self.next != Some(index) {
            let offset = index * self.codec.frame_bytes() as u64;
            self.next = None;
            self.file.seek(SeekFrom::Start(offset)).map_err(|e| Error::io(&self.path, "read", &e))?;
        }
        self.next = None;
        self.file.read_exact(&mut self.buffer).map_err(|e| Error::io(&self.path, "read", &e))?;
        self.next = Some(index + 1);
        self.codec.decode_into(&self.buffer, cube)
    }

    /// Frame `index` (from 0).
    ///
    /// # Errors
    /// As [`CaptureReader::read_frame_into`].
    pub fn read_frame(&mut self, index: u64) -> Result<ComplexArray3<f32>> {
        check_index(index, self.frames)?;
        let mut cube = zero_cube(self.shape())?;
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
}

pub(super) fn check_index(index: u64, frames: u64) -> Result<()> {
    if index < frames {
        return Ok(());
    }
    Err(Error::domain("frame index", index as f64, format!("below {frames}, the number of frames")))
}

fn whole_frames(path: &Path, codec: &FrameCodec, len: u64, allow_partial: bool) -> Result<u64> {
    let frame_bytes = codec.frame_bytes() as u64;
    let (frames, rest) = (len / frame_bytes, len % frame_bytes);
    if frames > 0 && (rest == 0 || allow_partial) {
        return Ok(frames);
    }
    let mut found = match len {
        0 => "an empty file".to_owned(),
        _ => format!("{rest} bytes after {frames} whole frames"),
    };
    if let Some((lanes, bytes)) = codec.other_lanes_bytes()
        && len > 0
        && len.is_multiple_of(bytes as u64)
    {
        found += &format!("; with {} lanes it would be {} frames", lanes.count(), len / bytes as u64);
    } else if frames > 0 {
        found += "; allow_partial_last_frame leaves them out";
    }
    Err(Error::Format {
        path: path.display().to_string(),
        offset: frames * frame_bytes,
        expected: format!("a frame of {}", codec.description()),
        found,
    })
}
