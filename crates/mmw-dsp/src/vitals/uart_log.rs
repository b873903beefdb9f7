//! The UART log of TI's vital-signs lab: frames of the complex range profile.

use crate::serial_frames::{next_start, starts, u16_at, u32_at};
use mmw_core::ndarray::Array2;
use mmw_core::{C64, Error, Result};
use std::collections::BTreeMap;

/// Magic word, version, length, platform, frame number, cycles, objects, number of TLVs, subframe.
const HEADER: usize = 40;
const FRAME_NUMBER: usize = 20;
const TLVS: usize = 32;
/// Type and length.
const TLV_HEADER: usize = 8;
/// Type of the rates and waveforms that the device computes.
const STATISTICS: u32 = 6;
const STATISTICS_BYTES: usize = 128;
/// Places of the first and the last range bin in the statistics.
const FIRST_BIN: usize = 12;
const LAST_BIN: usize = 14;
/// Type of the range profile.
const PROFILE: u32 = 2;
/// More frames lost in a row than this begin a recording anew.
const LONGEST_GAP: u32 = 100;
/// Where a log shows its first magic word.
const LOOK_FOR: usize = 1 << 16;

/// A recording of the range profiles of TI's vital-signs lab.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VitalSignsLog {
    /// Range profiles, `[frame, range bin]`, evenly in time.
    pub profiles: Array2<C64>,
    /// Range bin of the first column.
    pub first_bin: usize,
    /// Frames that were not in the log: bridged on a straight line.
    pub missing: usize,
    /// Frames that were cut or whose range bins differ from those of most: left out, and bridged as well.
    pub damaged: usize,
}

impl VitalSignsLog {
    /// Whether TI's magic word stands in the first 64 KiB.
    ///
    /// # Examples
    /// ```
    /// assert!(mmw_dsp::vitals::VitalSignsLog::is_log(&[0, 2, 1, 4, 3, 6, 5, 8, 7, 0]));
    /// ```
    #[must_use]
    pub fn is_log(bytes: &[u8]) -> bool {
        next_start(&bytes[..bytes.len().min(LOOK_FOR)]).is_some()
    }

    /// Reads the bytes that a data port sent, from anywhere to anywhere.
    ///
    /// | bytes of a frame | content |
    /// | --- | --- |
    /// | 0..40 | magic word 02 01 04 03 06 05 08 07, version, length, platform, frame number (at 20), cycles, objects, number of TLVs (at 32), subframe; u32 little-endian |
    /// | then | type 6, length 128: the device's own rates; in it, at 12 and 14, the first and the last range bin, u16 |
    /// | then | type 2: the range profile, real and imaginary part int16 little-endian, a pair for each bin |
    ///
    /// `mmw_output.h` and the parser `getRangeProfile.m` of the labs `14xx_vital_signs` and
    /// `68xx_vital_signs` in TI's Industrial Toolbox 4.7. Those parsers distrust the announced lengths of
    /// profile and packet, which some devices send wrong; here too a frame ends where the next begins, and
    /// the number of bins is that of the statistics, or as many as most frames hold: TI's program saves the
    /// first 256 bytes of each of its own, whatever their length.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the bytes hold no frame with a range profile.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let starts: Vec<usize> = starts(bytes).collect();
        let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
        let frames: Vec<Option<Profile>> =
            starts.iter().zip(ends).map(|(&start, end)| Profile::of(&bytes[start..end])).collect();
        let Some((first_bin, bins)) = most_frequent(frames.iter().flatten().map(Profile::shape)) else {
            let reason =
                "holds no frame of TI's vital-signs lab: magic word 02 01 04 03 06 05 08 07, TLV 6, TLV 2";
            return Err(Error::invalid("log", reason));
        };
        let alike = |p: &&Profile| p.shape() == (first_bin, bins);
        let whole: Vec<&Profile> = frames.iter().flatten().filter(alike).collect();
        let recording = longest(&whole);
        let damaged = frames.len() - whole.len();
        let mut rows: Vec<C64> = Vec::new();
        let mut missing = 0;
        for (i, profile) in recording.iter().enumerate() {
            if let Some(before) = i.checked_sub(1).map(|j| recording[j]) {
                let gap = profile.number - before.number;
                missing += gap as usize - 1;
                for step in 1..gap {
                    let share = f64::from(step) / f64::from(gap);
                    let between = |(a, b): (&C64, &C64)| a * (1.0 - share) + b * share;
                    rows.extend(before.samples.iter().zip(&profile.samples).map(between));
                }
            }
            rows.extend(&profile.samples);
        }
        let shape = (rows.len() / bins.max(1), bins);
        let profiles =
            Array2::from_shape_vec(shape, rows).map_err(|error| Error::invalid("log", error.to_string()))?;
        Ok(Self { profiles, first_bin, missing, damaged })
    }
}

/// The range profile of one frame.
#[derive(Debug)]
struct Profile {
    number: u32,
    first_bin: usize,
    samples: Vec<C64>,
}

impl Profile {
    /// First bin and number of bins.
    fn shape(&self) -> (usize, usize) {
        (self.first_bin, self.samples.len())
    }

    /// `None` for a frame that is cut, or has no range profile.
    fn of(frame: &[u8]) -> Option<Self> {
        let tlvs = u32_at(frame, TLVS)?;
        let mut at = HEADER;
        let mut bins: Option<(usize, usize)> = None;
        for _ in 0..tlvs.min(16) {
            let (kind, length) = (u32_at(frame, at)?, u32_at(frame, at + 4)? as usize);
            at += TLV_HEADER;
            match (kind, bins) {
                (STATISTICS, _) => {
                    let (first, last) = (u16_at(frame, at + FIRST_BIN)?, u16_at(frame, at + LAST_BIN)?);
                    bins = Some((first.into(), usize::from(last.checked_sub(first)?) + 1));
                    at += STATISTICS_BYTES;
                }
                (PROFILE, Some((first_bin, count))) => {
                    let part = |i: usize| u16_at(frame, at + 2 * i).map(|w| f64::from(w.cast_signed()));
                    let samples: Vec<C64> =
                        (0..count).map_while(|i| Some(C64::new(part(2 * i)?, part(2 * i + 1)?))).collect();
                    let number = u32_at(frame, FRAME_NUMBER)?;
                    return (!samples.is_empty()).then_some(Self { number, first_bin, samples });
                }
                _ => at += length,
            }
        }
        None
    }
}

/// The first of those that come most often.
fn most_frequent<K: Ord + Copy>(values: impl Iterator<Item = K>) -> Option<K> {
    let mut counts = BTreeMap::new();
    values.for_each(|value| *counts.entry(value).or_insert(0_usize) += 1);
    let most = counts.values().max().copied()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(value, _)| value)
}

/// The longest run of frames whose numbers ascend without a long gap.
fn longest<'a>(profiles: &[&'a Profile]) -> Vec<&'a Profile> {
    let follows = |a: &&Profile, b: &&Profile| b.number > a.number && b.number - a.number <= LONGEST_GAP;
    profiles.chunk_by(follows).max_by_key(|run| run.len()).unwrap_or_default().to_vec()
}
