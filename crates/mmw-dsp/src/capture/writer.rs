//! Writing a DCA1000 file, one frame at a time.

use super::config::CaptureConfig;
use super::layout::{FrameCodec, zero_bytes};
use mmw_core::ndarray::ArrayRef3;
use mmw_core::num_complex::Complex;
use mmw_core::{Error, Real, Result};
use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Writes cubes as a DCA1000 would have stored them.
///
/// The frames go to a file beside the target, which [`CaptureWriter::finish`] renames: a capture is there
/// whole or not at all.
///
/// # Examples
/// ```
/// use mmw_dsp::FmcwConfig;
/// use mmw_dsp::capture::{AdcLayout, CaptureConfig, CaptureFormat, CaptureReader, CaptureWriter, LvdsLanes};
/// use mmw_dsp::mmw_core::C32;
/// use mmw_dsp::ndarray::Array3;
///
/// let format = CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Two, iq_swap: false });
/// let config = CaptureConfig::new(FmcwConfig { chirps: 2, ..FmcwConfig::iwr1843() }, format)?;
/// let path = std::env::temp_dir().join(format!("mmw-doc-writer-{}.bin", std::process::id()));
///
/// let cube = Array3::from_shape_fn((12, 2, 256), |(c, n, s)| C32::new(c as f32, (n * s) as f32));
/// let mut writer = CaptureWriter::create(&path, &config)?;
/// writer.write_frame(&cube)?;
/// assert_eq!(writer.finish()?, 1);
/// assert_eq!(CaptureReader::open(&path, &config)?.read_frame(0)?, cube);
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug)]
pub struct CaptureWriter {
    path: PathBuf,
    partial: PathBuf,
    file: Option<File>,
    codec: FrameCodec,
    frames: u64,
    clipped: u64,
    buffer: Vec<u8>,
}

impl CaptureWriter {
    /// Starts a file; an existing one is replaced at the end.
    ///
    /// # Errors
    /// As [`CaptureConfig::codec`]; [`Error::Io`] when the file cannot be made.
    pub fn create(path: &Path, config: &CaptureConfig) -> Result<Self> {
        let codec = config.codec()?;
        let mut name = path.file_name().map(OsString::from).ok_or_else(|| {
            Error::invalid(path.display().to_string(), "names no file to write the capture to")
        })?;
        name.push(".partial");
        let partial = path.with_file_name(name);
        let buffer = zero_bytes(codec.frame_bytes())?;
        let file = File::create(&partial).map_err(|e| Error::io(&partial, "write", &e))?;
        Ok(Self { path: path.to_owned(), partial, file: Some(file), codec, frames: 0, clipped: 0, buffer })
    }

    /// Appends one frame, `[channel, chirp, sample]`, rounded and clipped as by [`FrameCodec::encode_into`].
    ///
    /// # Errors
    /// As [`FrameCodec::encode_into`]; [`Error::Io`] when writing fails.
    pub fn write_frame<T: Real>(&mut self, cube: &ArrayRef3<Complex<T>>) -> Result<()> {
        self.clipped += self.codec.encode_into(cube, &mut self.buffer)?;
        if let Some(file) = &mut self.file {
            file.write_all(&self.buffer).map_err(|e| Error::io(&self.partial, "write", &e))?;
        }
        self.frames += 1;
        Ok(())
    }

    /// Parts that were clipped to 16 bits so far.
    #[must_use]
    pub fn clipped(&self) -> u64 {
        self.clipped
    }

    /// Puts the file in its place and says how many frames it holds.
    ///
    /// # Errors
    /// [`Error::Io`] when writing fails.
    pub fn finish(mut self) -> Result<u64> {
        drop(self.file.take());
        std::fs::rename(&self.partial, &self.path).map_err(|e| Error::io(&self.path, "write", &e))?;
        self.partial = PathBuf::new();
        Ok(self.frames)
    }
}

impl Drop for CaptureWriter {
    fn drop(&mut self) {
        if !self.partial.as_os_str().is_empty() {
            drop(self.file.take());
            // Nobody is left to hear of a failure; what stays behind bears its name, ".partial".
            std::fs::remove_file(&self.partial).ok();
        }
    }
}
