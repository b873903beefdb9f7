//! From the profiles, chirps and frame that TI's tools configure to one TDM-MIMO waveform.
//!
//! The chip can vary nearly everything from chirp to chirp. What the processing chain understands is the TDM
//! frame: one profile, one transmitter per chirp, the transmitters in turn or one after the other, of which
//! two may share two chirps with signs (BPM). Where all chirps have the same several transmitters, these are
//! one: in phase, they send from the middle between them, and what is measured is the angle at the
//! receivers. Everything else is refused with the reason, since decoding it as TDM would give a plausible
//! picture of nothing.

use super::file_contents::FileContents;
use super::layout::LvdsLanes;
use crate::fmcw::{Firing, FmcwConfig, Sampling};
use mmw_core::{Error, Result, check};

use phases::check_phases;
use together::{Pair, Sent, pair};

mod phases;
mod together;

pub(super) use phases::{ChirpPhases, doppler_division};
pub(super) use together::{Inversion, Inverted, one_of};

/// Chirps that the chip can define.
const MAX_CHIRPS: u64 = 512;

/// One ramp, in SI units.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Profile {
    pub(super) number: u64,
    pub(super) start_frequency_hz: f64,
    pub(super) idle_s: f64,
    pub(super) adc_start_s: f64,
    pub(super) ramp_end_s: f64,
    pub(super) slope_hz_per_s: f64,
    pub(super) samples: u64,
    pub(super) sample_rate_hz: f64,
    /// Phase shifts of the transmitters, a byte each, the first in the lowest: 360 degrees are 256, of which
    /// the chip takes steps of 4 (`txPhaseShifter` in `rl_sensor.h` of TI's mmWaveLink).
    pub(super) transmitter_phases: u64,
}

/// A range of chirps and how they differ from their profile.
#[derive(Debug, Clone)]
pub(super) struct Chirps {
    /// Where this stands in the file, for messages.
    pub(super) place: String,
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) profile: u64,
    /// Offsets of start frequency and slope, in the units of the file: only zero is accepted.
    pub(super) ramp_variation: [f64; 2],
    pub(super) idle_variation_s: f64,
    pub(super) adc_start_variation_s: f64,
    pub(super) transmitter_mask: u64,
}

/// The order of chirps in a frame.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) place: String,
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) loops: u64,
    /// Announced frames, 0 for "until stopped".
    pub(super) frames: u64,
    pub(super) period_s: f64,
}

/// All that TI's tools configure of the waveform.
#[derive(Debug)]
pub(super) struct ChirpPlan {
    pub(super) profiles: Vec<Profile>,
    pub(super) chirps: Vec<Chirps>,
    pub(super) inverted: Vec<Inverted>,
    pub(super) phases: Vec<ChirpPhases>,
    pub(super) frame: Frame,
    pub(super) transmitter_mask: u64,
    pub(super) receiver_mask: u64,
    pub(super) sampling: Sampling,
}

impl ChirpPlan {
    /// The waveform and the antennas, the storage still unknown.
    pub(super) fn contents(&self) -> Result<FileContents> {
        let sequence = self.sequence()?;
        let [first, ..] = sequence.as_slice() else {
            return Err(not_tdm(&self.frame.place, "the frame has no chirps"));
        };
        let profile = self.profile(first)?;
        for chirps in &sequence {
            chirps.check_like(first, self.profile(chirps)?.same_ramp(profile))?;
        }
        let sent = sequence.iter().map(|chirps| chirps.transmitter_mask);
        check_phases(&self.phases, (self.frame.first..).zip(sent))?;
        let chirp_interval_s = profile.idle_s + first.idle_variation_s + profile.ramp_end_s;
        let mut notes = Vec::new();
        let (transmitters, firing, rounds) = if let Some((transmitters, pair)) = self.pair(&sequence)? {
            let period_s = chirp_interval_s * transmitters.len() as f64;
            (transmitters, Firing::BinaryPhase { pair, period_s }, 1)
        } else if let Some(together) = self.together(&sequence)? {
            notes.push(one_of(&together));
            (together[..1].to_vec(), Firing::InTurn, sequence.len() as u64)
        } else {
            self.order(&sequence)?
        };
        profile.check_phases(&transmitters)?;
        let receivers = numbers(self.receiver_mask);
        check::at_least("receivers (channel mask)", receivers.len(), 1)?;
        let fmcw = FmcwConfig {
            start_frequency_hz: profile.start_frequency_hz,
            slope_hz_per_s: profile.slope_hz_per_s,
            adc_start_s: profile.adc_start_s + first.adc_start_variation_s,
            sample_rate_hz: profile.sample_rate_hz,
            samples: count("samples", profile.samples)?,
            chirps: count("chirps", self.frame.loops.saturating_mul(rounds))?,
            chirp_interval_s,
            frame_period_s: self.frame.period_s,
            sampling: self.sampling,
            transmitters: transmitters.len(),
            receivers: receivers.len(),
            firing,
            antennas: None,
        };
        let frames = (self.frame.frames > 0).then_some(self.frame.frames);
        let ramp_end_s = Some(profile.ramp_end_s);
        Ok(FileContents { frames, ramp_end_s, notes, ..FileContents::new(fmcw, transmitters, receivers) })
    }

    /// The chirps of one loop in the order in which they are sent.
    fn sequence(&self) -> Result<Vec<&Chirps>> {
        let Frame { first, last, ref place, .. } = self.frame;
        if first > last || last >= MAX_CHIRPS {
            let reason = format!("chirps {first} to {last} are no range below {MAX_CHIRPS}");
            return Err(Error::invalid(place.clone(), reason));
        }
        (first..=last).map(|index| self.chirp(index)).collect()
    }

    fn chirp(&self, index: u64) -> Result<&Chirps> {
        let mut matching = self.chirps.iter().filter(|c| (c.first..=c.last).contains(&index));
        match (matching.next(), matching.next()) {
            (Some(chirps), None) => Ok(chirps),
            (Some(_), Some(again)) => {
                Err(Error::invalid(again.place.clone(), format!("chirp {index} is defined before")))
            }
            (None, _) => Err(Error::missing(
                format!("chirp {index}"),
                format!("{} sends it, but nothing defines it", self.frame.place),
            )),
        }
    }

    fn profile(&self, chirps: &Chirps) -> Result<&Profile> {
        self.profiles.iter().find(|p| p.number == chirps.profile).ok_or_else(|| {
            Error::missing(
                format!("profile {}", chirps.profile),
                format!("{} uses it, but nothing defines it", chirps.place),
            )
        })
    }

    /// The transmitters in firing order, how they share the frame, and the chirps of each in one loop.
    fn order(&self, sequence: &[&Chirps]) -> Result<(Vec<usize>, Firing, u64)> {
        let fired: Vec<usize> = sequence.iter().map(|c| self.transmitter(c)).collect::<Result<_>>()?;
        let mut order: Vec<usize> = Vec::new();
        for &transmitter in &fired {
            if !order.contains(&transmitter) {
                order.push(transmitter);
            }
        }
        let rounds = fired.len() / order.len().max(1);
        if fired.chunks(order.len().max(1)).all(|round| round == order) {
            return Ok((order, Firing::InTurn, rounds as u64));
        }
        let block = |(block, &transmitter): (&[usize], &usize)| {
            block.len() == rounds && block.iter().all(|&t| t == transmitter)
        };
        let blocks = fired.len() == rounds * order.len() && fired.chunks(rounds).zip(&order).all(block);
        match (blocks, self.frame.loops) {
            (true, 1) => Ok((order, Firing::Blocks, rounds as u64)),
            (true, loops) => {
                let reason = format!(
                    "blocks of {rounds} chirps of each transmitter, {loops} times over, leave gaps in time"
                );
                Err(not_tdm(&self.frame.place, &reason))
            }
            (false, _) => {
                let shown = &fired[..fired.len().min(16)];
                let more = if fired.len() > shown.len() { " …" } else { "" };
                let reason = format!("transmitters {shown:?}{more} fire neither in turn nor in equal blocks");
                Err(not_tdm(&self.frame.place, &reason))
            }
        }
    }

    /// The transmitters of all chirps, where they are the same several.
    fn together(&self, sequence: &[&Chirps]) -> Result<Option<Vec<usize>>> {
        let [first, ..] = sequence else { return Ok(None) };
        let same = sequence.iter().all(|chirps| chirps.transmitter_mask == first.transmitter_mask);
        if !same || first.transmitter_mask.count_ones() < 2 {
            return Ok(None);
        }
        self.transmitters(first).map(Some)
    }

    /// The transmitters of the chirps of a turn, of which two share two chirps with signs, and
    /// these two chirps.
    fn pair(&self, sequence: &[&Chirps]) -> Result<Option<(Vec<usize>, [usize; 2])>> {
        let sent = sequence.iter().zip(self.frame.first..);
        let sent: Vec<Sent> = sent.map(|(c, i)| Sent::new(c.transmitter_mask, &self.inverted, i)).collect();
        let refused = |(place, reason): (usize, String)| not_tdm(&sequence[place].place, &reason);
        let Some(Pair { transmitters: [a, b], places }) = pair(&sent).map_err(refused)? else {
            return Ok(None);
        };
        let mut transmitters = Vec::with_capacity(sequence.len());
        for (index, chirps) in sequence.iter().enumerate() {
            let transmitter = match places.iter().position(|&place| place == index) {
                Some(place) => self.transmitters(chirps).map(|_| [a, b][place])?,
                None => self.transmitter(chirps)?,
            };
            if transmitters.contains(&transmitter) {
                let reason =
                    format!("transmitter {transmitter} (from 0) sends in other chirps than its pair, too");
                return Err(not_tdm(&chirps.place, &reason));
            }
            transmitters.push(transmitter);
        }
        Ok(Some((transmitters, places)))
    }

    fn transmitter(&self, chirps: &Chirps) -> Result<usize> {
        let [transmitter] = self.transmitters(chirps)?[..] else {
            let reason = format!(
                "the transmitter mask {:#x} names {} transmitters at once, which cannot be told apart from those of \
                 other chirps",
                chirps.transmitter_mask,
                chirps.transmitter_mask.count_ones()
            );
            return Err(not_tdm(&chirps.place, &reason));
        };
        Ok(transmitter)
    }

    fn transmitters(&self, chirps: &Chirps) -> Result<Vec<usize>> {
        let transmitters = numbers(chirps.transmitter_mask);
        match transmitters.iter().find(|&t| self.transmitter_mask >> t & 1 == 0) {
            Some(off) => {
                let reason = format!(
                    "transmitter {off} fires, but the channel mask {:#x} switches it off",
                    self.transmitter_mask
                );
                Err(Error::invalid(chirps.place.clone(), reason))
            }
            None => Ok(transmitters),
        }
    }
}

impl Profile {
    /// Whether two profiles that may have different numbers are equal.
    fn same_ramp(&self, other: &Self) -> bool {
        Self { number: other.number, ..self.clone() } == *other
    }
}

impl Profile {
    /// That the transmitters in use send with one phase. Whether a shift turns the samples forwards or
    /// backwards is in no document found, so that a difference cannot be taken out.
    fn check_phases(&self, transmitters: &[usize]) -> Result<()> {
        let phase = |t: &usize| self.transmitter_phases.checked_shr(8 * *t as u32).unwrap_or(0) & 0xff;
        let degrees: Vec<f64> = transmitters.iter().map(|t| phase(t) as f64 * 360.0 / 256.0).collect();
        if degrees.windows(2).all(|pair| pair[0] == pair[1]) {
            return Ok(());
        }
        let reason = format!(
            "the phases of its transmitters {transmitters:?} (from 0) are shifted by {degrees:?} degrees, by which \
             angles would be wrong; set the shifts to 0 here and equalise the channels by weights, one per channel"
        );
        Err(Error::invalid(format!("profile {}", self.number), reason))
    }
}

impl Chirps {
    fn check_like(&self, first: &Self, same_ramp: bool) -> Result<()> {
        let reason = if self.ramp_variation != [0.0; 2] {
            "start frequency or slope differ from the profile"
        } else if !same_ramp {
            "the chirps of a frame use profiles that differ"
        } else if self.idle_variation_s != first.idle_variation_s {
            "the idle time varies from chirp to chirp"
        } else if self.adc_start_variation_s != first.adc_start_variation_s {
            "the start of sampling varies from chirp to chirp"
        } else {
            return Ok(());
        };
        Err(not_tdm(&self.place, reason))
    }
}

fn not_tdm(place: &str, reason: &str) -> Error {
    let expected = "expected TDM: one profile, one transmitter a chirp (or two with signs in two), in turn";
    Error::invalid(place.to_owned(), format!("{reason}; {expected}"))
}

/// The positions of the bits that are set.
pub(super) fn numbers(mask: u64) -> Vec<usize> {
    (0..64).filter(|bit| mask >> bit & 1 == 1).collect()
}

/// A count that cannot overflow a product of counts later on.
pub(super) fn count(name: &'static str, value: u64) -> Result<usize> {
    const LIMIT: u64 = 1 << 32;
    usize::try_from(value)
        .ok()
        .filter(|_| value <= LIMIT)
        .ok_or_else(|| Error::domain(name, value as f64, "an integer of at most 2^32"))
}

/// The sampling that TI's output format 0 to 2 means.
pub(super) fn sampling(name: impl Into<std::borrow::Cow<'static, str>>, format: u64) -> Result<Sampling> {
    match format {
        0 => Ok(Sampling::Real),
        1 => Ok(Sampling::Complex1x),
        2 => Ok(Sampling::Complex2x),
        _ => Err(Error::domain(name, format as f64, "0 (real), 1 (complex 1x) or 2 (complex 2x)")),
    }
}

/// Whether the number in a chip's name (`AR1642`, `iwr6843`, `xWR16xx`) begins with one of these.
pub(super) fn is_family(chip: &str, families: &[&str]) -> bool {
    let digits: String = chip.chars().filter(char::is_ascii_digit).collect();
    families.iter().any(|family| digits.starts_with(family))
}

/// Over how many lanes a chip sends raw samples: two for the xWR16, 18, 64 and 68, others may choose. The
/// low-power chips (xWRL64xx) have none of these lanes.
pub(super) fn lanes_of_chip(chip: &str) -> Option<LvdsLanes> {
    let low_power = chip.to_ascii_lowercase().contains("wrl");
    (!low_power && is_family(chip, &["16", "18", "64", "68"])).then_some(LvdsLanes::Two)
}

/// What several chips in one are said to be.
pub(super) const CASCADED: &str =
    "the chip is one of a cascade: the antennas of the others are in captures of their own";
