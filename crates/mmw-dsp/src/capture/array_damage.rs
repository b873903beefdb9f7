//! Which samples of an array are none: the samples are laid out in words as a card would have stored them,
//! on two lanes and, where nothing is found there, on four, and judged as those of a recording.
//!
//! Arrays of integers, and of floats that are integers times a power of two from 2⁻¹⁵ on, have such words. Of
//! other numbers it is only told which are zero.

use super::clipping::{Clipping, clipping};
use super::config::CaptureConfig;
use super::disorder::disordered_within;
use super::health::{DamageKind, DamagedSpan, FrameJudge};
use super::layout::{AdcLayout, FrameCodec, LvdsLanes, zero_bytes};
use super::repeats::HISTORY_BYTES;
use super::runs::{is_zero, zeros_at_ends};
use super::spans::missing;
use super::word_code::WordEvidence;
use crate::missing::MissingSamples;
use mmw_core::ndarray::ArrayRef3;
use mmw_core::num_complex::Complex;
use mmw_core::{ComplexArray3, Real, Result};

/// Most that a unit of the words is smaller than one, as an exponent of two: words over full scale.
const SMALLEST_UNIT: i32 = 15;

/// Judges the frames of one array.
#[derive(Debug)]
pub(super) struct ArrayJudge {
    layouts: Vec<Layout>,
    /// What the samples are multiplied by to be words; `None` before a frame with samples was seen.
    scale: Option<f64>,
    /// Whether the frame in the words, and the one before it, are words to the last bit.
    exact: [bool; 2],
    /// The frame that stands in the words.
    held: Option<u64>,
    evidence: WordEvidence,
    damage: Vec<DamagedSpan>,
    missing: Vec<MissingSamples>,
    clipping: Option<Clipping>,
}

/// One way in which the samples may have been stored.
#[derive(Debug)]
struct Layout {
    codec: FrameCodec,
    judge: FrameJudge,
    frame: Vec<u8>,
    before: Vec<u8>,
}

impl ArrayJudge {
    /// # Errors
    /// [`mmw_core::Error::Invalid`] when there is no memory for the words of a frame.
    pub(super) fn new(config: &CaptureConfig) -> Result<Self> {
        let codec = |lanes| AdcLayout { lanes, iq_swap: false }.codec(&config.fmcw, &config.receivers).ok();
        let mut layouts = Vec::new();
        for codec in [LvdsLanes::Two, LvdsLanes::Four].into_iter().filter_map(codec) {
            let frame = zero_bytes(codec.frame_bytes())?;
            let before = zero_bytes(codec.frame_bytes())?;
            layouts.push(Layout { judge: FrameJudge::new(&codec), codec, frame, before });
        }
        Ok(Self {
            layouts,
            scale: None,
            exact: [false; 2],
            held: None,
            evidence: WordEvidence::default(),
            damage: Vec::new(),
            missing: Vec::new(),
            clipping: None,
        })
    }

    pub(super) fn damage(&self) -> &[DamagedSpan] {
        &self.damage
    }

    pub(super) fn missing(&self) -> &[MissingSamples] {
        &self.missing
    }

    pub(super) fn clipping(&self) -> Option<Clipping> {
        self.clipping
    }

    /// As [`FrameJudge::silent_channels`].
    pub(super) fn silent_channels(&self) -> Vec<usize> {
        self.layouts.first().map_or_else(Vec::new, |layout| layout.judge.silent_channels())
    }

    /// The words of the frame last taken, and how they are laid out.
    pub(super) fn words(&self) -> Option<(&FrameCodec, &[u8])> {
        self.layouts.first().map(|layout| (&layout.codec, layout.frame.as_slice()))
    }

    /// Whether the frame taken last is that one.
    pub(super) fn holds(&self, frame: u64) -> bool {
        self.held == Some(frame)
    }

    /// Takes the samples of a frame without judging them.
    ///
    /// # Errors
    /// Those of [`FrameCodec::encode_into`].
    pub(super) fn take<T: Real>(&mut self, frame: u64, cube: &ArrayRef3<Complex<T>>) -> Result<()> {
        self.held = None;
        self.exact[1] = self.exact[0];
        let words = self.scaled(cube);
        for layout in &mut self.layouts {
            std::mem::swap(&mut layout.frame, &mut layout.before);
            match &words {
                Some(words) => layout.codec.encode_into(words, &mut layout.frame)?,
                None => layout.codec.encode_into(cube, &mut layout.frame)?,
            };
        }
        self.held = Some(frame);
        Ok(())
    }

    /// Learns from the frame taken last what is ordinary.
    pub(super) fn learn(&mut self) {
        for layout in &mut self.layouts {
            layout.judge.learn(&layout.frame);
            layout.judge.note(&layout.frame);
        }
        if let Some(layout) = self.layouts.first().filter(|_| self.exact[0]) {
            self.evidence.add(&layout.frame);
        }
    }

    /// Why what was learnt speaks against the words of the array.
    pub(super) fn objection(&self) -> Option<String> {
        self.evidence.objection_to_array()
    }

    /// Takes the samples of a frame, finds what is none of them, and makes that zero. What goes before the
    /// frame was taken before it, if it does not begin the array.
    ///
    /// # Errors
    /// As [`ArrayJudge::take`].
    pub(super) fn judge<T: Real>(&mut self, frame: u64, cube: &mut ArrayRef3<Complex<T>>) -> Result<()> {
        let follows = frame > 0 && self.holds(frame - 1);
        self.take(frame, cube)?;
        (self.damage, self.missing) = (Vec::new(), Vec::new());
        let exact = self.exact[0] && (self.exact[1] || !follows);
        for layout in &mut self.layouts {
            let mut damage = layout.damage(frame, follows, exact);
            damage.retain(|span| exact || span.kind == DamageKind::ZeroRun);
            if !damage.is_empty() {
                self.missing = missing(&layout.codec, &damage);
                self.damage = damage;
                break;
            }
        }
        let words = self.layouts.first().filter(|_| self.exact[0]);
        self.clipping = words.and_then(|layout| clipping(&layout.frame));
        for gap in &self.missing {
            let mut row = cube.slice_mut(mmw_core::ndarray::s![gap.channel, gap.chirp, gap.samples.clone()]);
            row.fill(Complex::new(T::zero(), T::zero()));
        }
        Ok(())
    }

    /// Samples in units of words; `None` where they are words already.
    fn scaled<T: Real>(&mut self, cube: &ArrayRef3<Complex<T>>) -> Option<ComplexArray3<f64>> {
        let parts = || cube.iter().flat_map(|z| [z.re.as_f64(), z.im.as_f64()]);
        let largest = parts().fold(0.0, |largest: f64, x| largest.max(x.abs()));
        let is_words = |scale: f64| {
            largest * scale <= -f64::from(i16::MIN) && parts().all(|x| (x * scale).fract() == 0.0)
        };
        let units = || (0..=SMALLEST_UNIT).map(|bits| f64::from(1 << bits)).find(|&scale| is_words(scale));
        if largest > 0.0 {
            self.scale = self.scale.or_else(units);
        }
        let scale = self.scale.unwrap_or(1.0);
        self.exact[0] = is_words(scale);
        if self.exact[0] {
            return (scale != 1.0).then(|| cube.mapv(|z| Complex::new(z.re.as_f64(), z.im.as_f64()) * scale));
        }
        let full = (f64::from(i16::MAX) / largest).min(f64::MAX);
        // What is not zero stays so.
        let word = |x: f64| if x == 0.0 { 0.0 } else { (x * full).abs().max(1.0).copysign(x) };
        Some(cube.mapv(|z| Complex::new(word(z.re.as_f64()), word(z.im.as_f64()))))
    }
}

impl Layout {
    /// What is wrong with the frame, which `follows` the one before or begins.
    fn damage(&mut self, frame: u64, follows: bool, exact: bool) -> Vec<DamagedSpan> {
        let history = if follows { &self.before[..] } else { &[] };
        let tail = &history[history.len() - history.len().min(HISTORY_BYTES)..];
        let beyond = [zeros_at_ends(tail)[1], 0];
        let mut damage = self.judge.judge(&self.frame, &[], beyond, Some(tail).filter(|_| exact));
        if exact && !is_zero(&self.frame) {
            let start = frame * self.codec.frame_bytes() as u64;
            let turn = self.codec.turn_bytes();
            let moved = disordered_within([tail, &self.frame, &[]], start, turn);
            self.judge.add(DamageKind::DisorderedPackets, moved, &mut damage);
        }
        if exact && follows {
            self.judge.compare(&self.before, &self.frame, &mut damage);
        }
        damage
    }
}
