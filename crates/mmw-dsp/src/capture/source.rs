//! A capture of either format, so that what processes frames need not care.

use super::bytes::PacketReport;
use super::clipping::Clipping;
use super::config::{CaptureConfig, CaptureFormat, CaptureOptions, FormatKind, Unsaid};
use super::health::DamagedSpan;
use super::layout::{LayoutEvidence, RawFrame};
use super::npy::NpyReader;
use super::reader::CaptureReader;
use crate::missing::MissingSamples;
use mmw_core::ndarray::ArrayRef3;
use mmw_core::num_complex::Complex;
use mmw_core::{ComplexArray3, Error, Real, Result};
use std::path::{Path, PathBuf};

/// A file of frames and the configuration that explains it.
///
/// # Examples
/// ```
/// use mmw_dsp::FmcwConfig;
/// use mmw_dsp::capture::{AdcLayout, Capture, CaptureConfig, CaptureFormat, CaptureWriter, LvdsLanes};
/// use mmw_dsp::mmw_core::ComplexArray3;
///
/// let format = CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Four, iq_swap: true });
/// let mut config = CaptureConfig::new(FmcwConfig { chirps: 1, ..FmcwConfig::iwr1843() }, format)?;
/// let path = std::env::temp_dir().join(format!("mmw-doc-capture-{}.bin", std::process::id()));
/// let mut cube = ComplexArray3::<f32>::zeros((12, 1, 256));
/// let mut writer = CaptureWriter::create(&path, &config)?;
/// for frame in 0..3 {
///     cube.fill((frame as f32).into());
///     writer.write_frame(&cube)?;
/// }
/// writer.finish()?;
///
/// config.frames = Some(8);
/// let mut capture = Capture::open(&path, &config)?;
/// assert_eq!((capture.frames(), capture.announced_otherwise()), (3, Some(8)));
/// capture.read_frame_into(2, &mut cube)?;
/// assert_eq!(cube[[0, 0, 0]].re, 2.0);
/// for frame in capture.frames_in(0..2) {
///     assert_eq!(frame?.dim(), (12, 1, 256));
/// }
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Capture {
    config: CaptureConfig,
    frames: Frames,
}

#[derive(Debug)]
enum Frames {
    Dca1000(Box<CaptureReader>),
    Npy(Box<NpyReader>),
}

impl Capture {
    /// Opens a capture.
    ///
    /// # Errors
    /// As [`Capture::open_parts`].
    pub fn open(path: &Path, config: &CaptureConfig) -> Result<Self> {
        Self::open_parts(&[path.to_owned()], config)
    }

    /// Opens a capture that was cut into several files, named in order; a frame may span two.
    ///
    /// # Errors
    /// As [`CaptureReader::open_parts`] or [`NpyReader::open`]; [`Error::Missing`] for a file named
    /// `.npy` whose configuration names no axes; [`Error::Invalid`] for several `.npy` files.
    pub fn open_parts(paths: &[PathBuf], config: &CaptureConfig) -> Result<Self> {
        let npy = |path: &PathBuf| FormatKind::of_path(path) == Some(FormatKind::Npy);
        let frames = match (&config.format, paths) {
            (CaptureFormat::Dca1000(_), _) if paths.iter().any(npy) => return Err(Unsaid::Axes.error()),
            (CaptureFormat::Dca1000(_), _) => {
                Frames::Dca1000(Box::new(CaptureReader::open_parts(paths, config)?))
            }
            (CaptureFormat::Npy { .. }, [path]) => Frames::Npy(Box::new(NpyReader::open(path, config)?)),
            (CaptureFormat::Npy { .. }, _) => {
                return Err(Error::invalid("captures", "several .npy files are not one recording: name one"));
            }
        };
        Ok(Self { config: config.clone(), frames })
    }

    /// Opens a capture with the configuration in a file. Unless `options.format` says otherwise, the name
    /// of the capture tells a `.npy` file from a `.bin` file.
    ///
    /// # Errors
    /// As [`CaptureConfig::from_file`] and [`Capture::open`].
    pub fn open_with(path: &Path, config_path: &Path, options: &CaptureOptions) -> Result<Self> {
        Self::open_parts_with(&[path.to_owned()], config_path, options)
    }

    /// [`Capture::open_parts`] with the configuration in a file; the name of the first file tells the format.
    ///
    /// # Errors
    /// As [`CaptureConfig::from_file`] and [`Capture::open_parts`].
    pub fn open_parts_with(paths: &[PathBuf], config_path: &Path, options: &CaptureOptions) -> Result<Self> {
        let mut options = options.clone();
        options.format = options.format.or_else(|| FormatKind::of_path(paths.first()?));
        Self::open_parts(paths, &CaptureConfig::from_file(config_path, &options)?)
    }

    /// The stretches of the frame last read that hold no samples, as [`CaptureReader::damage`] or
    /// [`NpyReader::damage`].
    #[must_use]
    pub fn damage(&self) -> &[DamagedSpan] {
        match &self.frames {
            Frames::Dca1000(reader) => reader.damage(),
            Frames::Npy(reader) => reader.damage(),
        }
    }

    /// The samples of the frame last read that were not recorded, as [`CaptureReader::missing`].
    ///
    /// # Examples
    /// ```no_run
    /// # use mmw_dsp::capture::{Capture, CaptureOptions};
    /// use mmw_dsp::missing::fill_missing;
    ///
    /// let config = "radar.cfg".as_ref();
    /// let mut capture = Capture::open_with("adc_data.bin".as_ref(), config, &CaptureOptions::default())?;
    /// let mut cube = capture.read_frame(0)?;
    /// fill_missing::<f32>(&mut cube, &capture.missing())?;
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn missing(&self) -> Vec<MissingSamples> {
        match &self.frames {
            Frames::Dca1000(reader) => reader.missing(),
            Frames::Npy(reader) => reader.missing().to_vec(),
        }
    }

    /// What the samples say about their layout, see [`CaptureReader::layout_evidence`] and
    /// [`NpyReader::layout_evidence`].
    ///
    /// # Errors
    /// As those.
    ///
    /// # Examples
    /// ```no_run
    /// # use mmw_dsp::capture::{Capture, CaptureOptions};
    /// let json = "radar.mmwave.json".as_ref();
    /// let mut capture = Capture::open_with("adc_data.bin".as_ref(), json, &CaptureOptions::default())?;
    /// for doubt in capture.layout_evidence()?.doubts(capture.config()) {
    ///     println!("{doubt}");
    /// }
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn layout_evidence(&mut self) -> Result<LayoutEvidence> {
        match &mut self.frames {
            Frames::Dca1000(reader) => reader.layout_evidence(),
            Frames::Npy(reader) => reader.layout_evidence(),
        }
    }

    /// As [`CaptureReader::know_packets`]; a `.npy` file has none.
    pub fn know_packets(&mut self, report: PacketReport) {
        if let Frames::Dca1000(reader) = &mut self.frames {
            reader.know_packets(report);
        }
    }

    /// What is doubtful about the places of the frames, as [`CaptureReader::place_doubt`]; nothing for a
    /// `.npy` file.
    #[must_use]
    pub fn place_doubt(&self) -> Option<String> {
        match &self.frames {
            Frames::Dca1000(reader) => reader.place_doubt(),
            Frames::Npy(_) => None,
        }
    }

    /// What is doubtful about channels, as [`CaptureReader::silent_channels`] shows: that receivers, or
    /// transmitters, are dead.
    #[must_use]
    pub fn silence_doubt(&self) -> Option<String> {
        let silent = match &self.frames {
            Frames::Dca1000(reader) => reader.silent_channels(),
            Frames::Npy(reader) => reader.silent_channels(),
        };
        let (receivers, transmitters) = (self.config.fmcw.receivers, self.config.fmcw.transmitters);
        let whole = |count: usize, channels: &dyn Fn(usize) -> Vec<usize>| -> Vec<usize> {
            (0..count).filter(|&n| channels(n).iter().all(|channel| silent.contains(channel))).collect()
        };
        let of_receiver = |r: usize| (0..transmitters).map(|t| t * receivers + r).collect::<Vec<_>>();
        let of_transmitter = |t: usize| (0..receivers).map(|r| t * receivers + r).collect::<Vec<_>>();
        let numbers = |of: &[usize], which: &[usize]| -> Vec<usize> {
            which.iter().map(|&n| of.get(n).map_or(n, |number| number + 1)).collect()
        };
        let dead_receivers = whole(receivers, &of_receiver);
        let dead_transmitters = whole(transmitters, &of_transmitter);
        let (kind, which) = match (dead_receivers.as_slice(), dead_transmitters.as_slice()) {
            ([], []) => return None,
            ([], dead) => ("transmitter", numbers(&self.config.transmitters, dead)),
            (dead, _) => ("receiver", numbers(&self.config.receivers, dead)),
        };
        Some(format!(
            "{kind} {which:?} (from 1) holds one word throughout: it is dead or switched off, and angles that take it \
             for silent are wrong; leave it out in the configuration if it is not in use"
        ))
    }

    /// The words of the frame last read at the limits of the converter, as [`CaptureReader::clipping`] or
    /// [`NpyReader::clipping`].
    #[must_use]
    pub fn clipping(&self) -> Option<Clipping> {
        match &self.frames {
            Frames::Dca1000(reader) => reader.clipping(),
            Frames::Npy(reader) => reader.clipping(),
        }
    }

    /// What unpacking the packets met, if the recording is one of packets.
    #[must_use]
    pub fn packets(&self) -> Option<&PacketReport> {
        match &self.frames {
            Frames::Dca1000(reader) => reader.packets(),
            Frames::Npy(_) => None,
        }
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &CaptureConfig {
        &self.config
    }

    /// Frames in the file.
    #[must_use]
    pub fn frames(&self) -> u64 {
        match &self.frames {
            Frames::Dca1000(reader) => reader.frames(),
            Frames::Npy(reader) => reader.frames(),
        }
    }

    /// The number of frames that the configuration announces, where that differs from
    /// [`Capture::frames`]. The file's size rules; a difference hints at a capture cut short or at the
    /// configuration of another one.
    ///
    /// # Examples
    /// ```no_run
    /// # use mmw_dsp::capture::{Capture, CaptureOptions};
    /// let json = "radar.mmwave.json".as_ref();
    /// let capture = Capture::open_with("adc_data.bin".as_ref(), json, &CaptureOptions::default())?;
    /// if let Some(announced) = capture.announced_otherwise() {
    ///     println!("{announced} frames were announced, {} are there", capture.frames());
    /// }
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn announced_otherwise(&self) -> Option<u64> {
        self.config.frames.filter(|&announced| announced != self.frames())
    }

    /// Shape of each frame, `[channel, chirp, sample]`.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        match &self.frames {
            Frames::Dca1000(reader) => reader.shape(),
            Frames::Npy(reader) => reader.shape(),
        }
    }

    /// Reads frame `index` (from 0) into `cube` without allocating.
    ///
    /// # Errors
    /// As [`CaptureReader::read_frame_into`] or [`NpyReader::read_frame_into`].
    pub fn read_frame_into<T: Real>(&mut self, index: u64, cube: &mut ArrayRef3<Complex<T>>) -> Result<()> {
        match &mut self.frames {
            Frames::Dca1000(reader) => reader.read_frame_into(index, cube),
            Frames::Npy(reader) => reader.read_frame_into(index, cube),
        }?;
        if self.config.conjugate {
            cube.mapv_inplace(|z| z.conj());
        }
        Ok(())
    }

    /// Reads frame `index` (from 0) and leaves it in its words, for [`Capture::raw`]; `false` where they
    /// do not do, in a `.npy` file and where the samples are to be conjugated. For what needs no cube,
    /// that is faster.
    ///
    /// # Errors
    /// As [`CaptureReader::read_raw`].
    ///
    /// # Examples
    /// ```no_run
    /// # use mmw_dsp::{Processor, ProcessorConfig, capture::{Capture, CaptureOptions}};
    /// let config = "radar.cfg".as_ref();
    /// let mut capture = Capture::open_with("adc_data.bin".as_ref(), config, &CaptureOptions::default())?;
    /// let mut radar = Processor::new(&capture.config().check()?, &ProcessorConfig::default())?;
    /// capture.read_words(0)?;
    /// let points = match capture.raw() {
    ///     Some(frame) => radar.process_raw(frame)?.points()?,
    ///     None => radar.process(&capture.read_frame(0)?)?.points()?,
    /// };
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn read_words(&mut self, index: u64) -> Result<bool> {
        match &mut self.frames {
            Frames::Dca1000(reader) if !self.config.conjugate => reader.read_raw(index).map(|_| true),
            _ => Ok(false),
        }
    }

    /// The frame last read as it stands in its words; `None` where [`Capture::read_words`] is `false`.
    #[must_use]
    pub fn raw(&self) -> Option<RawFrame<'_>> {
        match &self.frames {
            Frames::Dca1000(reader) if !self.config.conjugate => reader.raw().ok(),
            _ => None,
        }
    }

    /// Frame `index` (from 0).
    ///
    /// # Errors
    /// As [`Capture::read_frame_into`].
    pub fn read_frame(&mut self, index: u64) -> Result<ComplexArray3<f32>> {
        let mut cube = match &mut self.frames {
            Frames::Dca1000(reader) => reader.read_frame(index),
            Frames::Npy(reader) => reader.read_frame(index),
        }?;
        if self.config.conjugate {
            cube.mapv_inplace(|z| z.conj());
        }
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
