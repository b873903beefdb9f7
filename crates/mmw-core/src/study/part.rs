//! Part of a study: what a shard, a checkpoint or a machine has worked out.

use super::identity::StudyIdentity;
use super::table::{StudyRow, StudyTable};
use super::tally::Tallies;
use crate::monte_carlo::Shard;
use crate::{Error, Result, check};
use std::ops::Range;

/// A contiguous range of a study's blocks, to be joined with its neighbours. Any split, joined in any
/// grouping, gives the bits of one run.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct StudyPart {
    study: StudyIdentity,
    start: u64,
    end: u64,
    conditions: Vec<ConditionPart>,
}

crate::checked_serde!(StudyPart, StudyPart::check);

/// What was worked out at one condition.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct ConditionPart {
    bound: Option<f64>,
    shard: Shard<Tallies>,
}

impl StudyPart {
    pub(super) fn empty(study: StudyIdentity, start: u64) -> Self {
        Self { study, start, end: start, conditions: vec![] }
    }

    /// The study that it belongs to.
    #[must_use]
    pub fn study(&self) -> &StudyIdentity {
        &self.study
    }

    /// The blocks that it covers, counted over the whole study.
    #[must_use]
    pub fn blocks(&self) -> Range<u64> {
        self.start..self.end
    }

    /// Trials in its blocks, over all conditions.
    #[must_use]
    pub fn trials(&self) -> u64 {
        self.study.trials_before(self.end) - self.study.trials_before(self.start)
    }

    /// Whether nothing is missing.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.blocks() == (0..self.study.blocks())
    }

    fn check(&self) -> Result<()> {
        if self.start > self.end || self.end > self.study.blocks() {
            let reason = format!("{:?} is not a range within 0..{}", self.blocks(), self.study.blocks());
            return Err(Error::invalid("start and end", reason));
        }
        let own = self.study.blocks_of_condition();
        let mut next = self.start;
        for part in &self.conditions {
            let blocks = part.shard.blocks();
            let (from, to) = (next % own, own.min(next % own + (self.end - next)));
            let StudyIdentity { seed, trials, block_size, .. } = self.study;
            if blocks != (from..to) || part.shard.run() != [seed, trials, block_size] {
                return Err(Error::invalid("conditions", format!("do not continue at block {next}")));
            }
            next += to - from;
            check::non_negative("bound", part.bound.unwrap_or_default())?;
            for (blocks, tallies) in part.shard.values() {
                let trials_of = |block: u64| block.saturating_mul(block_size).min(trials);
                let trials = trials_of(blocks.end) - trials_of(blocks.start);
                tallies.check(self.study.contenders.len(), trials)?;
            }
        }
        if next < self.end {
            return Err(Error::invalid("conditions", format!("end at block {next} of {}", self.end)));
        }
        Ok(())
    }

    /// Appends the next block. `bound` is that of its condition.
    pub(super) fn push_block(&mut self, tallies: Tallies, bound: Option<f64>) {
        let StudyIdentity { seed, trials, block_size, .. } = self.study;
        let block = self.end % self.study.blocks_of_condition();
        if block == 0 || self.conditions.is_empty() {
            let shard = Shard::empty(seed, trials, block_size, block);
            self.conditions.push(ConditionPart { bound, shard });
        }
        if let Some(last) = self.conditions.last_mut() {
            last.shard.push_block(tallies);
        }
        self.end += 1;
    }

    /// This part and the one that follows it.
    ///
    /// # Errors
    /// [`Error::Invalid`] when they are of different studies, with what differs, or when `next` does not
    /// start where this one ends.
    pub fn join(mut self, next: Self) -> Result<Self> {
        self.study.same_as(&next.study)?;
        if self.end != next.start {
            let reason = format!("blocks {:?} do not follow on blocks {:?}", next.blocks(), self.blocks());
            return Err(Error::invalid("parts", reason));
        }
        let within = !self.end.is_multiple_of(self.study.blocks_of_condition());
        let mut conditions = next.conditions.into_iter();
        if within && let Some(left) = self.conditions.pop() {
            let shard = match conditions.next() {
                Some(right) if right.bound != left.bound => {
                    let reason = format!("of one condition is {:?} and {:?}", left.bound, right.bound);
                    return Err(Error::invalid("bound", reason));
                }
                Some(right) => left.shard.join(right.shard)?,
                None => left.shard,
            };
            self.conditions.push(ConditionPart { shard, ..left });
        }
        self.conditions.extend(conditions);
        self.end = next.end;
        Ok(self)
    }

    /// All parts of a study, in any order.
    ///
    /// # Errors
    /// [`Error::TooFew`] for none, and as [`StudyPart::join`]: parts that overlap, or between which blocks
    /// are missing, are named by their blocks.
    pub fn join_all(parts: impl IntoIterator<Item = Self>) -> Result<Self> {
        let mut parts: Vec<Self> = parts.into_iter().collect();
        parts.sort_by_key(|part| (part.start, part.end));
        let mut parts = parts.into_iter();
        let first = parts.next().ok_or_else(|| Error::too_few("parts", 1, 0))?;
        parts.try_fold(first, Self::join)
    }

    /// The result of the whole study.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless all blocks are there.
    pub fn finish(self) -> Result<StudyTable> {
        if !self.is_whole() {
            let reason = format!("cover blocks {:?} of 0..{}", self.blocks(), self.study.blocks());
            return Err(Error::invalid("parts", reason));
        }
        let Self { study: StudyIdentity { grid, contenders, .. }, conditions, .. } = self;
        let mut rows = Vec::with_capacity(conditions.len() * contenders.len());
        for (index, part) in conditions.into_iter().enumerate() {
            let condition = grid.condition(index)?;
            let tallies = part.shard.finish()?;
            rows.extend(contenders.iter().zip(&tallies.0).map(|(name, tally)| {
                StudyRow::new(condition.values().to_vec(), name.clone(), tally, part.bound)
            }));
        }
        Ok(StudyTable { grid, contenders, rows, costs: vec![] })
    }
}
