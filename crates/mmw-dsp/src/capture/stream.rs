//! Frames of a DCA1000 recording that comes through a pipe or from the network, in the order it comes.

use super::bytes::ByteOptions;
use super::clipping::{Clipping, clipping};
use super::config::CaptureConfig;
use super::displaced::PlaceKeeper;
use super::foreign::{HEAD_BYTES, refuse_foreign};
use super::health::{DamagedSpan, FrameJudge};
use super::layout::{CHIRPS_PROBED, FrameCodec, LayoutEvidence, LayoutProbe, RawFrame, zero_bytes};
use super::packets::find_framing;
use super::pcap::PcapKind;
use super::repeats::HISTORY_BYTES;
use super::runs::zeros_at_ends;
use super::spans::{missing, prepare};
use super::word_code::{WordEvidence, to_twos_complement};
use crate::missing::MissingSamples;
use mmw_core::ndarray::ArrayRef3;
use mmw_core::num_complex::Complex;
use mmw_core::{Error, Real, Result};
use std::io::{ErrorKind, Read};
use std::ops::Range;
use std::path::PathBuf;

/// Decodes frames from bytes that cannot be read twice, holding two frames.
///
/// # Examples
/// ```
/// use mmw_dsp::FmcwConfig;
/// use mmw_dsp::capture::{AdcLayout, CaptureConfig, CaptureFormat, CaptureStream, LvdsLanes};
/// use mmw_dsp::mmw_core::ComplexArray3;
///
/// let format = CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Four, iq_swap: false });
/// let config = CaptureConfig::new(FmcwConfig { chirps: 1, ..FmcwConfig::iwr1843() }, format)?;
/// let bytes = [1, 0, 2, 0].repeat(config.codec()?.frame_bytes() / 2);
/// let mut stream = CaptureStream::new("a pipe", &config)?;
/// let mut cube = ComplexArray3::<f32>::zeros(stream.shape());
/// let mut pipe = bytes.as_slice();
/// let mut frames = 0;
/// while stream.read_frame_into(&mut pipe, &mut cube)? {
///     frames += 1;
/// }
/// assert_eq!(frames, 2);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug)]
pub struct CaptureStream {
    name: String,
    config: CaptureConfig,
    codec: FrameCodec,
    evidence: LayoutEvidence,
    judge: FrameJudge,
    damage: Vec<DamagedSpan>,
    clipping: Option<Clipping>,
    buffer: Vec<u8>,
    frames: u64,
    /// Zero words at the end of the frame before.
    trailing: usize,
    /// The last bytes of the frames before.
    history: Vec<u8>,
    /// The frame before as it came.
    before: Vec<u8>,
    places: PlaceKeeper,
    skipped: bool,
    judged: bool,
}

impl CaptureStream {
    /// A decoder of frames; `name` stands in messages.
    ///
    /// # Errors
    /// As [`CaptureConfig::codec`]; [`Error::Invalid`] when there is no memory for a frame, or the samples
    /// are to be conjugated.
    pub fn new(name: &str, config: &CaptureConfig) -> Result<Self> {
        if config.conjugate {
            // Exchanged, I + jQ becomes j times its conjugate.
            let reason =
                "is not of streams: there iq_swap turned over does the same but for a constant phase";
            return Err(Error::invalid("conjugate", reason));
        }
        let codec = config.codec()?;
        let judge = FrameJudge::new(&codec);
        let buffer = zero_bytes(codec.frame_bytes())?;
        Ok(Self {
            name: name.to_owned(),
            config: config.clone(),
            codec,
            evidence: LayoutEvidence::default(),
            judge,
            damage: Vec::new(),
            clipping: None,
            buffer,
            frames: 0,
            trailing: 0,
            history: Vec::new(),
            before: Vec::new(),
            places: PlaceKeeper::default(),
            skipped: false,
            judged: false,
        })
    }

    /// Shape of each frame, `[channel, chirp, sample]`.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        self.codec.shape()
    }

    /// Bytes of one frame.
    #[must_use]
    pub fn frame_bytes(&self) -> usize {
        self.codec.frame_bytes()
    }

    /// Frames decoded so far.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// As [`CaptureReader::damage`](super::CaptureReader::damage), of the frame last read. Of a run of zeros
    /// across the border of two frames whose part in the first has fewer than 64 words, only the second part
    /// is found: the first frame had been handed on. A repeated frame is reported once two frames have
    /// differed, and a frame is displaced by what its own chirps show, from six on.
    #[must_use]
    pub fn damage(&self) -> &[DamagedSpan] {
        &self.damage
    }

    /// As [`CaptureReader::missing`](super::CaptureReader::missing), of the frame last read.
    #[must_use]
    pub fn missing(&self) -> Vec<MissingSamples> {
        missing(&self.codec, &self.damage)
    }

    /// As [`CaptureReader::layout_evidence`](super::CaptureReader::layout_evidence), from the first frame;
    /// nothing before it.
    #[must_use]
    pub fn layout_evidence(&self) -> LayoutEvidence {
        self.evidence
    }

    /// As [`CaptureReader::clipping`](super::CaptureReader::clipping), of the frame last read.
    #[must_use]
    pub fn clipping(&self) -> Option<Clipping> {
        self.clipping
    }

    /// Reads the next frame; `false` at the end of the stream.
    ///
    /// # Errors
    /// [`Error::Io`] when reading fails; [`Error::Format`] for a stream that ends within a frame or begins
    /// like a file of another kind; [`Error::Invalid`] as
    /// [`CaptureReader::open_parts`](super::CaptureReader::open_parts); those of [`FrameCodec::decode_into`].
    pub fn read_frame_into<T: Real>(
        &mut self,
        input: &mut impl Read,
        cube: &mut ArrayRef3<Complex<T>>,
    ) -> Result<bool> {
        let read = self.read_words(input)?;
        if read {
            self.codec.decode_into(&self.buffer, cube)?;
        }
        Ok(read)
    }

    /// Reads the next frame and leaves it in its words, for [`CaptureStream::raw`]; `false` at the end
    /// of the stream.
    ///
    /// # Errors
    /// As [`CaptureStream::read_frame_into`].
    pub fn read_words(&mut self, input: &mut impl Read) -> Result<bool> {
        if !self.skipped {
            self.skip(input)?;
        }
        let got = self.fill(input)?;
        if self.frames == 0 && got > 0 {
            self.check_head(got)?;
        }
        match got {
            0 => Ok(false),
            got if got < self.buffer.len() => Err(Error::Format {
                path: self.name.clone(),
                offset: self.frames * self.codec.frame_bytes() as u64,
                expected: format!("a frame of {}", self.codec.description()),
                found: format!("the end of the stream after {got} bytes of it"),
            }),
            _ => {
                let [_, trailing] = zeros_at_ends(&self.buffer);
                let before = std::mem::replace(&mut self.trailing, trailing);
                let history = std::mem::take(&mut self.history);
                let tail = tail_of(&history, &self.buffer);
                self.take(&[], before, Some(&history))?;
                self.history = tail;
                Ok(true)
            }
        }
    }

    /// Decodes the bytes of a frame that came otherwise; of the ranges `lost` it is known that they hold no
    /// samples.
    ///
    /// # Errors
    /// [`Error::Shape`] unless `frame` is [`CaptureStream::frame_bytes`] long; [`Error::Invalid`] as above.
    pub fn decode_frame_into<T: Real>(
        &mut self,
        frame: &[u8],
        lost: &[Range<usize>],
        cube: &mut ArrayRef3<Complex<T>>,
    ) -> Result<()> {
        self.take_words(frame, lost)?;
        self.codec.decode_into(&self.buffer, cube)
    }

    /// Takes the bytes of a frame as [`CaptureStream::decode_frame_into`], and leaves it in its words, for
    /// [`CaptureStream::raw`].
    ///
    /// # Errors
    /// As [`CaptureStream::decode_frame_into`].
    pub fn take_words(&mut self, frame: &[u8], lost: &[Range<usize>]) -> Result<()> {
        mmw_core::check::same_len("bytes of one frame", self.buffer.len(), frame.len())?;
        self.buffer.copy_from_slice(frame);
        self.take(lost, 0, None)
    }

    /// The frame last read as it stands in its words; `None` before the first.
    #[must_use]
    pub fn raw(&self) -> Option<RawFrame<'_>> {
        (self.frames > 0).then(|| self.codec.frame(&self.buffer).ok()).flatten()
    }

    fn take(&mut self, lost: &[Range<usize>], before: usize, history: Option<&[u8]>) -> Result<()> {
        if !self.judged {
            self.judge_words()?;
        }
        self.damage = self.judge.judge(&self.buffer, lost, [before, 0], history);
        if history.is_some() {
            self.judge.note(&self.buffer);
            self.judge.compare(&self.before, &self.buffer, &mut self.damage);
            self.before.clear();
            self.before.extend_from_slice(&self.buffer);
        }
        prepare(&mut self.buffer, &self.damage, &self.config.bytes);
        let lost = history
            .and_then(|_| self.places.lost_from(&self.codec, &self.buffer, self.config.bytes.iq_pairs));
        if let Some(from) = lost {
            self.judge.displace(from, &mut self.damage);
            self.buffer[from..].fill(0);
        }
        if self.frames == 0 {
            self.evidence = self.listen(&self.buffer)?;
        }
        if self.config.bytes.iq_pairs {
            self.codec.split_pairs(&mut self.buffer);
        }
        self.clipping = clipping(&self.buffer);
        self.frames += 1;
        Ok(())
    }

    fn judge_words(&mut self) -> Result<()> {
        let mut evidence = WordEvidence::default();
        evidence.add(&self.buffer);
        let told = &self.config.bytes;
        let mut advice = Vec::new();
        if !told.offset_binary && !told.big_endian && evidence.is_offset_binary() {
            let mut turned = self.buffer.clone();
            to_twos_complement(&mut turned, &ByteOptions { offset_binary: true, ..*told });
            advice = self.listen(&turned)?.doubts(&self.config);
        }
        evidence.check(&self.name, self.buffer.len() as u64, told, false, &advice)?;
        self.judged = true;
        Ok(())
    }

    /// What the samples of a frame say about their layout.
    fn listen(&self, frame: &[u8]) -> Result<LayoutEvidence> {
        let mut probe = LayoutProbe::new(&self.codec, self.config.fmcw.sampling, self.config.bytes.iq_pairs)?;
        probe.add(frame, 0, CHIRPS_PROBED)?;
        Ok(probe.evidence())
    }

    fn fill(&mut self, input: &mut impl Read) -> Result<usize> {
        let mut filled = 0;
        while filled < self.buffer.len() {
            match input.read(&mut self.buffer[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(&error)),
            }
        }
        Ok(filled)
    }

    fn skip(&mut self, input: &mut impl Read) -> Result<()> {
        let skip = self.config.bytes.skip_bytes;
        let copied = std::io::copy(&mut input.by_ref().take(skip), &mut std::io::sink());
        let copied = copied.map_err(|error| self.failed(&error))?;
        self.skipped = true;
        if copied == skip {
            return Ok(());
        }
        Err(Error::Format {
            path: self.name.clone(),
            offset: copied,
            expected: format!("the {skip} bytes that `skip_bytes` leaves out"),
            found: "the end of the stream".to_owned(),
        })
    }

    fn check_head(&self, got: usize) -> Result<()> {
        let head = &self.buffer[..got];
        let path = PathBuf::from(&self.name);
        if PcapKind::of(head).is_some() || find_framing(head).is_some() {
            return Err(Error::Format {
                path: self.name.clone(),
                offset: 0,
                expected: "plain samples".to_owned(),
                found: "packets with their headers, which are to be unpacked before (PipeContents)"
                    .to_owned(),
            });
        }
        refuse_foreign(&path, &head[..got.min(HEAD_BYTES)])
    }

    fn failed(&self, error: &std::io::Error) -> Error {
        Error::io(&PathBuf::from(&self.name), "read", error)
    }
}

/// The last bytes of what goes before a frame and of the frame.
fn tail_of(history: &[u8], frame: &[u8]) -> Vec<u8> {
    let kept = HISTORY_BYTES.saturating_sub(frame.len()).min(history.len());
    [&history[history.len() - kept..], &frame[frame.len() - frame.len().min(HISTORY_BYTES)..]].concat()
}
