//! Running a study, whole or in parts.

use super::cost::Cost;
use super::experiment::{Contender, Experiment};
use super::grid::{Condition, Grid};
use super::identity::{StudyIdentity, bit_class};
use super::part::StudyPart;
use super::table::{StudyRow, StudyTable};
use super::tally::Tallies;
use crate::monte_carlo::{Batches, MonteCarlo, Shard, work_out};
use crate::random::{Stream, Streams};
use crate::simd::Level;
use crate::{Error, Result, check};
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Size and seed of a study.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct StudyConfig {
    /// Trials at each condition, at least 1.
    pub trials: u64,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Trials that share a random stream, at least 1: so many that they take a millisecond or so. It is part
    /// of what decides the random numbers.
    pub block_size: u64,
}

impl Default for StudyConfig {
    /// 1000 trials in blocks of 64, seed 1.
    fn default() -> Self {
        Self { trials: 1000, seed: 1, block_size: 64 }
    }
}

/// An experiment, its conditions and its contenders.
///
/// All contenders see the same trials, and every condition draws from the same random streams, so that
/// differences are far less noisy than each figure by itself.
pub struct Study<'a, E: Experiment> {
    experiment: &'a E,
    contenders: &'a [&'a dyn Contender<E>],
    identity: StudyIdentity,
    progress: Option<&'a (dyn Fn(u64) + Sync)>,
    cancel: Option<&'a AtomicBool>,
}

impl<E: Experiment> Clone for Study<'_, E> {
    fn clone(&self) -> Self {
        Self { identity: self.identity.clone(), ..*self }
    }
}

impl<E: Experiment> fmt::Debug for Study<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Study").field("identity", &self.identity).finish_non_exhaustive()
    }
}

/// The bit class, with the vector instructions where they matter: those that kernels run at, and the best of
/// the processor, which transforms choose by.
fn bits_of(experiment: &impl Experiment) -> String {
    let class = bit_class();
    if !experiment.follows_processor() {
        return class;
    }
    let best = Level::available().last().unwrap_or(Level::Portable);
    format!("{class}, {} of {}", Level::current().name(), best.name())
}

impl<'a, E: Experiment> Study<'a, E> {
    /// # Errors
    /// [`Error::TooFew`] for no contenders, no trials or blocks of none, [`Error::Invalid`] for two
    /// contenders of one name or more than 2^53 blocks, and what [`Experiment::check`] refuses.
    pub fn new(
        experiment: &'a E,
        contenders: &'a [&'a dyn Contender<E>],
        grid: Grid,
        config: StudyConfig,
    ) -> Result<Self> {
        let StudyConfig { trials, seed, block_size } = config;
        let identity = StudyIdentity {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            bits: bits_of(experiment),
            parameters: experiment.parameters().into_iter().collect(),
            grid,
            contenders: contenders.iter().map(|contender| contender.name().to_owned()).collect(),
            seed,
            trials,
            block_size,
        };
        identity.check()?;
        experiment.check(&identity.grid)?;
        Ok(Self { experiment, contenders, identity, progress: None, cancel: None })
    }

    /// A function to be told the number of trials done so far, now and then, from this thread.
    #[must_use]
    pub fn progress(self, report: &'a (dyn Fn(u64) + Sync)) -> Self {
        Self { progress: Some(report), ..self }
    }

    /// A flag that ends the run early once it is true.
    #[must_use]
    pub fn cancel(self, flag: &'a AtomicBool) -> Self {
        Self { cancel: Some(flag), ..self }
    }

    /// What tells this study from others.
    #[must_use]
    pub fn identity(&self) -> &StudyIdentity {
        &self.identity
    }

    /// The blocks of part `index` of `parts`: as even a split as there is.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the index is below the number of parts.
    pub fn share(&self, index: u64, parts: u64) -> Result<Range<u64>> {
        if index >= parts {
            return Err(Error::invalid("part", format!("{index} is not below the number of parts, {parts}")));
        }
        let cut = |i: u64| (u128::from(self.identity.blocks()) * u128::from(i) / u128::from(parts)) as u64;
        Ok(cut(index)..cut(index + 1))
    }

    /// Trials in a range of blocks, over all conditions.
    #[must_use]
    pub fn trials_of(&self, blocks: Range<u64>) -> u64 {
        let before = |block| self.identity.trials_before(block);
        before(blocks.end).saturating_sub(before(blocks.start))
    }

    /// The whole study.
    ///
    /// # Errors
    /// [`Error::Cancelled`], or those of the experiment and the contenders.
    pub fn run(&self) -> Result<StudyTable> {
        self.whole(self.run_part(0..self.identity.blocks())?)?.finish()
    }

    fn whole(&self, part: StudyPart) -> Result<StudyPart> {
        if part.is_whole() {
            return Ok(part);
        }
        let total = self.identity.trials.saturating_mul(self.identity.grid.len() as u64);
        Err(Error::Cancelled {
            what: "study".into(),
            done: self.identity.trials_before(part.blocks().end),
            total,
        })
    }

    /// Part of the study. If it is cancelled, as far as it got.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a range that is not within the study's blocks, or those of the experiment and
    /// the contenders.
    pub fn run_part(&self, blocks: Range<u64>) -> Result<StudyPart> {
        let all = self.identity.blocks();
        if blocks.start > blocks.end || blocks.end > all {
            return Err(Error::invalid("blocks", format!("{blocks:?} is not a range within 0..{all}")));
        }
        let own = self.identity.blocks_of_condition();
        let mut part = StudyPart::empty(self.identity.clone(), blocks.start);
        let mut bound = None;
        let mut batches = Batches::new(blocks.clone());
        while !self.is_cancelled()
            && let Some(batch) = batches.advance()
        {
            for (block, tallies) in batch.clone().zip(work_out(batch.clone(), &|block| self.block(block))) {
                if block % own == 0 || block == blocks.start {
                    bound = self.bound(&self.condition_of(block)?)?;
                }
                part.push_block(tallies?, bound);
            }
            if let Some(report) = self.progress {
                report(self.identity.trials_before(batch.end) - self.identity.trials_before(blocks.start));
            }
        }
        Ok(part)
    }

    /// Goes on where a part ends, up to the block `end`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a part of another study or one that ends beyond, and as [`Study::run_part`].
    pub fn resume(&self, part: StudyPart, end: u64) -> Result<StudyPart> {
        part.study().same_as(&self.identity)?;
        let next = self.run_part(part.blocks().end..end)?;
        part.join(next)
    }

    /// Every condition until the standard error of each contender's root mean square error is at most
    /// `relative_error` of it, or the trials are used up. The number of blocks is doubled until then, so that
    /// the result does not depend on the number of threads.
    ///
    /// # Errors
    /// [`Error::Domain`] unless the share is above 0, and as [`Study::run`].
    pub fn run_until(&self, relative_error: f64) -> Result<StudyTable> {
        check::positive("relative_error", relative_error)?;
        let StudyIdentity { grid, contenders, seed, trials, block_size, .. } = &self.identity;
        let own = self.identity.blocks_of_condition();
        let mut rows = Vec::with_capacity(grid.len() * contenders.len());
        for index in 0..grid.len() {
            let at = grid.condition(index)?;
            let mut shard = Shard::empty(*seed, *trials, *block_size, 0);
            let enough = |tallies: &Tallies| {
                tallies
                    .0
                    .iter()
                    .all(|tally| tally.relative_error().is_some_and(|error| error <= relative_error))
            };
            let mut end = 1;
            let tallies = loop {
                let mut batches = Batches::new(shard.blocks().end..end);
                while let Some(batch) = batches.advance() {
                    if self.is_cancelled() {
                        let done = self.identity.trials_before(index as u64 * own + batch.start);
                        let total = trials.saturating_mul(grid.len() as u64);
                        return Err(Error::Cancelled { what: "study".into(), done, total });
                    }
                    let global = |block: u64| self.block(index as u64 * own + block);
                    for tallies in work_out(batch, &global) {
                        shard.push_block(tallies?);
                    }
                }
                if let Some(report) = self.progress {
                    report(self.identity.trials_before(index as u64 * own + end));
                }
                if let Some(tallies) = shard.so_far().filter(|tallies| end == own || enough(tallies)) {
                    break tallies;
                }
                end = own.min(end.saturating_mul(2));
            };
            let bound = self.bound(&at)?;
            rows.extend(
                contenders
                    .iter()
                    .zip(&tallies.0)
                    .map(|(name, tally)| StudyRow::new(at.values().to_vec(), name.clone(), tally, bound)),
            );
        }
        Ok(StudyTable { grid: grid.clone(), contenders: contenders.clone(), rows, costs: vec![] })
    }

    /// Times single calls of all contenders at a condition, on the same inputs, turn by turn, so that what
    /// else the machine does meets all of them. Times are no part of the study's bits.
    ///
    /// # Errors
    /// [`Error::TooFew`] for no calls, [`Error::Invalid`] for a condition past the end, or those of the
    /// experiment and the contenders.
    pub fn measure_costs(&self, condition: usize, calls: usize) -> Result<Vec<Cost>> {
        let at = self.identity.grid.condition(condition)?;
        check::at_least("calls", calls, 1)?;
        let mut rng = Streams::new(self.identity.seed).stream(0);
        let mut times_s = vec![Vec::with_capacity(calls); self.contenders.len()];
        for _ in 0..calls {
            let (input, _) = self.experiment.draw(&at, &mut rng)?;
            for (contender, times_s) in self.contenders.iter().zip(&mut times_s) {
                let start = Instant::now();
                std::hint::black_box(contender.estimate(&at, &input)?);
                times_s.push(start.elapsed().as_secs_f64());
            }
        }
        let costs = self.contenders.iter().zip(&mut times_s);
        costs.map(|(c, times_s)| Cost::of_times(condition, c.name(), times_s, c.state_bytes())).collect()
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    fn condition_of(&self, block: u64) -> Result<Condition<'_>> {
        self.identity.grid.condition((block / self.identity.blocks_of_condition()) as usize)
    }

    /// A bound, if it is one.
    fn bound(&self, at: &Condition<'_>) -> Result<Option<f64>> {
        self.experiment.bound(at)?.map(|bound| check::non_negative("bound", bound)).transpose()
    }

    fn block(&self, block: u64) -> Result<Tallies> {
        let StudyIdentity { seed, trials, block_size, .. } = self.identity;
        let at = self.condition_of(block)?;
        let local = block % self.identity.blocks_of_condition();
        let run = MonteCarlo::new(seed, trials).block_size(block_size);
        let mut rng: Stream = Streams::new(seed).stream(local);
        let mut tallies = Tallies::new(self.contenders.len());
        for _ in run.trials_of(local) {
            let (input, truth) = self.experiment.draw(&at, &mut rng)?;
            for (contender, tally) in self.contenders.iter().zip(&mut tallies.0) {
                match contender.estimate(&at, &input)? {
                    Some(estimate) => tally.push(Some(self.experiment.score(&at, &truth, &estimate)), false),
                    None => tally.push(self.experiment.score_of_failure(&at, &truth), true),
                }
            }
        }
        Ok(tallies)
    }
}
