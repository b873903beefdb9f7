//! Frames of a DCA1000 recording, one at a time.

use super::bytes::{ByteOptions, ByteSource, PacketReport};
use super::clipping::{Clipping, clipping};
use super::config::CaptureConfig;
use super::disorder::disordered;
use super::displaced::{Place, place, with_frames};
use super::health::{DamageKind, DamagedSpan, FrameJudge};
use super::layout::{
    CHIRPS_PROBED, FrameCodec, LayoutEvidence, LayoutProbe, RawFrame, zero_bytes, zero_cube,
};
use super::repeats::HISTORY_BYTES;
use super::runs::{SHORTEST_RUN, zeros_at_ends};
use super::sizes::whole_frames;
use super::spans::{missing, prepare};
use super::word_code::{WordEvidence, to_twos_complement};
use crate::fmcw::Sampling;
use crate::missing::MissingSamples;
use mmw_core::ndarray::ArrayRef3;
use mmw_core::num_complex::Complex;
use mmw_core::{ComplexArray3, Error, Real, Result};
use std::path::{Path, PathBuf};

/// Frames, spread over the recording, whose words are judged before any frame is decoded.
const PROBED_FRAMES: u64 = 8;

/// Reads the frames of a DCA1000 recording in any order, holding the bytes of two frames, whatever its size.
///
/// The recording is one file or several in a row (a frame may span two), of plain samples, of the card's
/// packets with their headers, or a pcap or pcapng recording of its network stream. Packets are put in order,
/// and lost ones read as zeros; [`CaptureReader::damage`] tells where.
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
    source: ByteSource,
    options: ByteOptions,
    codec: FrameCodec,
    sampling: Sampling,
    frames: u64,
    judge: FrameJudge,
    damage: Vec<DamagedSpan>,
    clipping: Option<Clipping>,
    buffer: Vec<u8>,
    /// The frame of which the words stand in the buffer as they came.
    held: Option<u64>,
    /// The words of another frame as they came, and its number.
    before: Vec<u8>,
    before_is: Option<u64>,
    place: Place,
}

impl CaptureReader {
    /// Opens a file of whole frames.
    ///
    /// # Errors
    /// As [`CaptureReader::open_parts`].
    pub fn open(path: &Path, config: &CaptureConfig) -> Result<Self> {
        Self::open_parts(&[path.to_owned()], config)
    }

    /// Opens a recording that was cut into several files, named in order.
    ///
    /// # Errors
    /// As [`CaptureConfig::codec`]; [`Error::Io`] when a file cannot be opened; [`Error::Format`] for a file
    /// of a known other kind (a log of a demo's UART, NumPy, MATLAB, HDF5, a bag, an archive, text), and for
    /// a recording that is empty or ends within a frame (unless `config.allow_partial_last_frame` and a
    /// whole frame precedes it), with the offset of that frame; [`Error::Invalid`] for words that are not
    /// coded as `config.bytes` says.
    pub fn open_parts(paths: &[PathBuf], config: &CaptureConfig) -> Result<Self> {
        let codec = config.codec()?;
        let mut source = ByteSource::open(paths, &config.bytes, codec.frame_bytes() as u64)?;
        let partial = config.allow_partial_last_frame || source.packets().is_some();
        let frames = whole_frames(&mut source, &codec, &config.bytes, partial)?;
        source.leave_out_after(frames * codec.frame_bytes() as u64);
        let buffer = zero_bytes(codec.frame_bytes())?;
        let judge = FrameJudge::new(&codec);
        let (options, sampling) = (config.bytes, config.fmcw.sampling);
        let mut reader = Self {
            source,
            options,
            codec,
            sampling,
            frames,
            judge,
            damage: Vec::new(),
            clipping: None,
            buffer,
            held: None,
            before: Vec::new(),
            before_is: None,
            place: Place::Unknown,
        };
        reader.probe(config)?;
        if reader.packets().is_none() {
            let bytes = reader.frames * reader.codec.frame_bytes() as u64;
            reader.place = place(&mut reader.source, &reader.codec, &reader.options, bytes)?;
        }
        Ok(reader)
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

    /// What unpacking the packets met, if the recording is one of packets.
    #[must_use]
    pub fn packets(&self) -> Option<&PacketReport> {
        self.source.packets()
    }

    /// The stretches of the frame last read that hold no samples: packets known to be lost; runs of one word,
    /// zero or another, that the rest makes less likely than 1e-12 (a Markov chain); and what repeats the
    /// samples a whole number of packets before, up to 16 before the frame, where those around do not.
    /// Channels that are silent throughout, silent recordings, runs at the ends of the range of words
    /// (clipping), and signals of at most three units are not damage.
    #[must_use]
    pub fn damage(&self) -> &[DamagedSpan] {
        &self.damage
    }

    /// The samples of the frame last read that lie in [`CaptureReader::damage`], for
    /// [`fill_missing`](crate::missing::fill_missing).
    #[must_use]
    pub fn missing(&self) -> Vec<MissingSamples> {
        missing(&self.codec, &self.damage)
    }

    /// The words of the frame last read that are at the limits of a converter of 16, 14 or 12 bits more
    /// often than a signal within them does.
    #[must_use]
    pub fn clipping(&self) -> Option<Clipping> {
        self.clipping
    }

    /// Reads frame `index` (from 0) into `cube`.
    ///
    /// # Errors
    /// [`Error::Domain`] for an index beyond the last frame, [`Error::Io`] when reading fails, and those of
    /// [`FrameCodec::decode_into`].
    pub fn read_frame_into<T: Real>(&mut self, index: u64, cube: &mut ArrayRef3<Complex<T>>) -> Result<()> {
        self.read_raw(index)?.decode_into(cube)
    }

    /// Reads frame `index` (from 0) as it is, for what needs no cube.
    ///
    /// # Errors
    /// [`Error::Domain`] for an index beyond the last frame, [`Error::Io`] when reading fails.
    pub fn read_raw(&mut self, index: u64) -> Result<RawFrame<'_>> {
        check_index(index, self.frames)?;
        let start = index * self.codec.frame_bytes() as u64;
        let end = start + self.codec.frame_bytes() as u64;
        self.keep()?;
        self.source.read_at(start, &mut self.buffer)?;
        let lost = self.source.lost_within(start..end);
        let lost: Vec<_> =
            lost.iter().map(|l| (l.start - start) as usize..(l.end - start) as usize).collect();
        let beyond = self.zeros_beyond(start, end)?;
        let (history, turn) = (self.history(start)?, self.codec.turn_bytes());
        self.damage = self.judge.judge(&self.buffer, &lost, beyond, history.as_deref());
        if let Some(before) = &history {
            let moved = disordered(&mut self.source, &self.options, [before, &self.buffer], start, turn)?;
            self.judge.add(DamageKind::DisorderedPackets, moved, &mut self.damage);
        }
        if let Place::LostFrom(from) = self.place
            && from < end
        {
            self.judge.displace(from.saturating_sub(start) as usize, &mut self.damage);
        }
        self.compare(index)?;
        prepare(&mut self.buffer, &self.damage, &self.options);
        if self.options.iq_pairs {
            self.codec.split_pairs(&mut self.buffer);
        }
        self.clipping = clipping(&self.buffer);
        self.raw()
    }

    /// Packets with numbers tell which frames are new.
    fn compares(&self) -> bool {
        self.frames > 1 && self.packets().is_none()
    }

    /// Keeps words that are as they came before others are read in their place.
    fn keep(&mut self) -> Result<()> {
        if !self.compares() {
            return Ok(());
        }
        if self.before.is_empty() {
            self.before = zero_bytes(self.codec.frame_bytes())?;
        }
        if let Some(held) = self.held.take() {
            std::mem::swap(&mut self.before, &mut self.buffer);
            self.before_is = Some(held);
        }
        Ok(())
    }

    /// Compares the frame in the buffer with the one before it.
    fn compare(&mut self, index: u64) -> Result<()> {
        if !self.compares() {
            return Ok(());
        }
        if let Some(before) = index.checked_sub(1) {
            if self.before_is != Some(before) {
                self.source.read_at(before * self.codec.frame_bytes() as u64, &mut self.before)?;
                self.before_is = Some(before);
            }
            self.judge.compare(&self.before, &self.buffer, &mut self.damage);
        }
        let (offset_binary, big_endian) = (self.options.offset_binary, self.options.big_endian);
        if self.damage.is_empty() && !offset_binary && !big_endian && !self.options.iq_pairs {
            self.held = Some(index);
        } else {
            self.before.copy_from_slice(&self.buffer);
            self.before_is = Some(index);
        }
        Ok(())
    }

    /// The frame last read, as it is.
    pub(super) fn raw(&self) -> Result<RawFrame<'_>> {
        self.codec.frame(&self.buffer)
    }

    /// Zero words before the frame in the buffer and after it, where it begins or ends with zeros: a lost
    /// packet may lie across the border of two frames. Packets with numbers say themselves which are lost.
    fn zeros_beyond(&mut self, start: u64, end: u64) -> Result<[usize; 2]> {
        let mut beyond = [0; 2];
        if self.packets().is_some() {
            return Ok(beyond);
        }
        let own = zeros_at_ends(&self.buffer);
        let mut around = [0; 2 * SHORTEST_RUN];
        if own[0] > 0 {
            let from = start.saturating_sub(around.len() as u64);
            let before = &mut around[..(start - from) as usize];
            self.source.read_at(from, before)?;
            beyond[0] = zeros_at_ends(before)[1];
        }
        if own[1] > 0 {
            let len = (around.len() as u64).min(self.source.len() - end) as usize;
            self.source.read_at(end, &mut around[..len])?;
            beyond[1] = zeros_at_ends(&around[..len])[0];
        }
        Ok(beyond)
    }

    /// What stands before a frame, unless packets with numbers tell which are new.
    fn history(&mut self, start: u64) -> Result<Option<Vec<u8>>> {
        if self.packets().is_some() {
            return Ok(None);
        }
        let bytes = start.min(HISTORY_BYTES as u64);
        let mut history = vec![0; bytes as usize];
        self.source.read_at(start - bytes, &mut history)?;
        Ok(Some(history))
    }

    /// Takes what is known of the packets of a plain file, as a list beside it says: the bytes of those that
    /// were lost, in order, of which the file holds as many zeros.
    pub fn know_packets(&mut self, report: PacketReport) {
        self.source.know_packets(report);
        self.place = Place::Unknown;
        self.source.leave_out_after(self.frames * self.codec.frame_bytes() as u64);
    }

    /// What is doubtful about the places of the frames: that bytes are missing within the recording, as
    /// the borders of chirps show, or may be missing where they show nothing and the file does not end
    /// with a frame.
    #[must_use]
    pub fn place_doubt(&self) -> Option<String> {
        let frame_bytes = self.codec.frame_bytes() as u64;
        let rest = self.source.len() % frame_bytes;
        match self.place {
            Place::LostFrom(from) => Some(format!(
                "from frame {} on, about byte {from}, chirps begin elsewhere than told: bytes were lost there that \
                 nothing replaces, or too many, and what follows is left out; a recording of the packets with their \
                 headers, or zeros for those that are lost, would keep it",
                from / frame_bytes
            )),
            Place::Unknown if rest > 0 && self.packets().is_none() => Some(format!(
                "{rest} bytes follow the last of {} whole frames, and the samples do not show where chirps begin: if the \
                 recording was not cut short at its end, bytes before are lost, and the frames behind the gap are \
                 displaced",
                self.frames
            )),
            _ => None,
        }
    }

    /// The channels that hold one word throughout, in the frames read and up to eight spread over the
    /// recording, while others do not: dead or switched off, no damage. Only told of two lanes.
    #[must_use]
    pub fn silent_channels(&self) -> Vec<usize> {
        self.judge.silent_channels()
    }

    /// What the samples say about their layout, from up to eight frames spread over the recording. Nothing
    /// is changed by it: [`LayoutEvidence::doubts`] compares it with the configuration.
    ///
    /// # Errors
    /// [`Error::Io`] when reading fails, and those of [`FrameCodec::decode`].
    pub fn layout_evidence(&mut self) -> Result<LayoutEvidence> {
        let mut probe = LayoutProbe::new(&self.codec, self.sampling, self.options.iq_pairs)?;
        let starts = self.probed();
        self.held = None;
        for &start in &starts {
            self.source.read_at(start, &mut self.buffer)?;
            to_twos_complement(&mut self.buffer, &self.options);
            probe.add(&self.buffer, start, CHIRPS_PROBED.div_ceil(starts.len()))?;
        }
        let evidence = probe.evidence();
        if self.packets().is_some() || matches!(self.place, Place::LostFrom(_)) {
            return Ok(evidence);
        }
        with_frames(evidence, &mut self.source, &self.codec, &self.options)
    }

    /// Where the frames that are judged begin.
    fn probed(&self) -> Vec<u64> {
        let probed = self.frames.min(PROBED_FRAMES);
        (0..probed).map(|number| number * self.frames / probed * self.codec.frame_bytes() as u64).collect()
    }

    /// Judges the coding of the words, and learns which zeros are ordinary.
    fn probe(&mut self, config: &CaptureConfig) -> Result<()> {
        let mut evidence = WordEvidence::default();
        for start in self.probed() {
            self.source.read_at(start, &mut self.buffer)?;
            evidence.add(&self.buffer);
            self.judge.learn(&self.buffer);
            self.judge.note(&self.buffer);
        }
        let told = self.options;
        let mut advice = Vec::new();
        if !told.offset_binary && !told.big_endian && evidence.is_offset_binary() {
            self.options.offset_binary = true;
            advice = self.layout_evidence()?.doubts(config);
            self.options = told;
        }
        let silent = evidence.is_silent() && self.packets().is_none() && self.is_silent()?;
        evidence.check(&self.source.name(), self.source.len(), &told, silent, &advice)
    }

    fn is_silent(&mut self) -> Result<bool> {
        self.source.is_zero_up_to(self.frames * self.codec.frame_bytes() as u64)
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
