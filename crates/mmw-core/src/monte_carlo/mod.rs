//! Trials in fixed blocks, one random stream per block: serial, parallel or sharded with the same bits.
//!
//! Sums of floating-point numbers depend on their order, so "the same bits" needs a fixed order of merging
//! that any split of the work can follow. Here it is a binary tree over the blocks: blocks 0 and 1 are
//! merged, 2 and 3, then the two pairs, and so on; a part of the run keeps the subtrees that lie wholly
//! within it ([`Shard`]), at most two for each power of two, and neighbours complete each other's trees.
//! Threads only work out blocks; the merging is done in order. See [`MonteCarlo`].

mod shard;

pub use shard::Shard;

use crate::random::{Stream, Streams};
use crate::stats::Merge;
use crate::{Error, Result, check};
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A Monte Carlo run: so many trials from one seed, in blocks of fixed size.
///
/// The trials of a block share the random stream of the block's index ([`Streams`]). The result depends on
/// the seed, the number of trials and the block size, and on nothing else: not on the number of threads
/// (feature `rayon`: all of the current pool) nor on how blocks are spread over machines.
///
/// # Examples
/// ```
/// use mmw_core::monte_carlo::MonteCarlo;
/// use mmw_core::random::standard_normal;
/// use mmw_core::stats::Moments;
///
/// let run = MonteCarlo::new(42, 100_000);
/// let moments = run.run(|rng, trials| Ok(trials.map(|_| standard_normal(rng)).collect::<Moments>()))?;
/// assert_eq!(moments.count(), 100_000);
/// assert!(moments.mean()?.abs() < 5.0 / 1e5_f64.sqrt());
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct MonteCarlo<'a> {
    seed: u64,
    trials: u64,
    block_size: u64,
    progress: Option<&'a (dyn Fn(u64) + Sync)>,
    cancel: Option<&'a AtomicBool>,
}

impl fmt::Debug for MonteCarlo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, trials, block_size, progress, cancel } = self;
        f.debug_struct("MonteCarlo")
            .field("seed", seed)
            .field("trials", trials)
            .field("block_size", block_size)
            .field("progress", &progress.is_some())
            .field("cancel", cancel)
            .finish()
    }
}

impl<'a> MonteCarlo<'a> {
    /// So many trials in blocks of 4096.
    #[must_use]
    pub const fn new(seed: u64, trials: u64) -> Self {
        Self { seed, trials, block_size: 4096, progress: None, cancel: None }
    }

    /// Trials a block, at least 1: large enough that a block takes a millisecond or so, small enough that
    /// there are many blocks for each thread. It is part of what decides the random numbers.
    #[must_use]
    pub const fn block_size(self, trials: u64) -> Self {
        Self { block_size: trials, ..self }
    }

    /// A function to be told the number of trials done so far, after every few blocks, from this thread.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::monte_carlo::MonteCarlo;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// let done = AtomicU64::new(0);
    /// let report = |trials| done.store(trials, Ordering::Relaxed);
    /// let run = MonteCarlo::new(1, 10).block_size(4).progress(&report);
    /// let indices = run.run(|_, trials| Ok(Vec::from_iter(trials)))?;
    /// assert_eq!((indices.len(), done.into_inner()), (10, 10));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub const fn progress(self, report: &'a (dyn Fn(u64) + Sync)) -> Self {
        Self { progress: Some(report), ..self }
    }

    /// A flag that ends the run early once it is true.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{Error, monte_carlo::MonteCarlo};
    /// use std::sync::atomic::AtomicBool;
    ///
    /// let stop = AtomicBool::new(true);
    /// let run = MonteCarlo::new(1, 10).cancel(&stop).run(|_, trials| Ok(Vec::from_iter(trials)));
    /// assert!(matches!(run, Err(Error::Cancelled { done: 0, total: 10, .. })));
    /// ```
    #[must_use]
    pub const fn cancel(self, flag: &'a AtomicBool) -> Self {
        Self { cancel: Some(flag), ..self }
    }

    /// Number of blocks; 0 when there are no trials or the block size is 0.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::monte_carlo::MonteCarlo;
    /// assert_eq!(MonteCarlo::new(1, 10_000).block_size(1000).blocks(), 10);
    /// assert_eq!(MonteCarlo::new(1, 10_001).block_size(1000).blocks(), 11);
    /// ```
    #[must_use]
    pub fn blocks(&self) -> u64 {
        if self.block_size == 0 { 0 } else { self.trials.div_ceil(self.block_size) }
    }

    /// The trials of a block, counted over the whole run.
    pub(crate) fn trials_of(&self, block: u64) -> Range<u64> {
        let start = block.saturating_mul(self.block_size).min(self.trials);
        start..start.saturating_add(self.block_size).min(self.trials)
    }

    /// All trials. `block` gets the stream and the trials of one block (their indices within the run) and
    /// returns what it gathered.
    ///
    /// # Errors
    /// [`Error::TooFew`] for no trials or blocks of no trials, [`Error::Cancelled`], or the error of the
    /// first block (in the order of blocks) that fails.
    pub fn run<M, F>(&self, block: F) -> Result<M>
    where
        M: Merge + Send,
        F: Fn(&mut Stream, Range<u64>) -> Result<M> + Sync,
    {
        let shard = self.run_blocks(0..self.blocks(), block)?;
        if shard.blocks().end < self.blocks() {
            let done = self.trials_of(shard.blocks().end).start;
            return Err(Error::Cancelled { what: "Monte Carlo run".into(), done, total: self.trials });
        }
        shard.finish()
    }

    /// Part of the run, to be joined with the others by [`Shard::join`] and [`Shard::finish`].
    ///
    /// A cancelled part is returned as far as it got: [`Shard::blocks`] tells, and the rest can be run later.
    ///
    /// # Errors
    /// As [`MonteCarlo::run`] but for the cancellation, and [`Error::Invalid`] for a range that is not
    /// within `0..blocks()`.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{monte_carlo::{MonteCarlo, Shard}, random::standard_normal, stats::Moments};
    ///
    /// let run = MonteCarlo::new(7, 1000).block_size(10);
    /// let draw = |rng: &mut mmw_core::random::Stream, trials: std::ops::Range<u64>| {
    ///     Ok(trials.map(|_| standard_normal(rng)).collect::<Moments>())
    /// };
    /// let here = run.run_blocks(0..33, draw)?;
    /// let there = run.run_blocks(33..100, draw)?;
    /// assert_eq!(here.join(there)?.finish()?, run.run(draw)?);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn run_blocks<M, F>(&self, blocks: Range<u64>, block: F) -> Result<Shard<M>>
    where
        M: Merge + Send,
        F: Fn(&mut Stream, Range<u64>) -> Result<M> + Sync,
    {
        check::at_least("trials", usize::from(self.trials > 0), 1)?;
        check::at_least("block_size", usize::from(self.block_size > 0), 1)?;
        if blocks.start > blocks.end || blocks.end > self.blocks() {
            let reason = format!("{blocks:?} is not a range within 0..{}", self.blocks());
            return Err(Error::invalid("blocks", reason));
        }
        let streams = Streams::new(self.seed);
        let one = |index: u64| block(&mut streams.stream(index), self.trials_of(index));
        let mut shard = Shard::empty(self.seed, self.trials, self.block_size, blocks.start);
        let mut batches = Batches::new(blocks.clone());
        while !self.is_cancelled()
            && let Some(batch) = batches.advance()
        {
            for value in work_out(batch, &one) {
                shard.push_block(value?);
            }
            if let Some(report) = self.progress {
                report(self.trials_of(shard.blocks().end - 1).end - self.trials_of(blocks.start).start);
            }
        }
        Ok(shard)
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }
}

/// A range of blocks in batches whose results are held at once. They grow until one takes a while: between
/// batches the threads wait for the last of them, which with blocks of 50 µs cost a quarter of the time.
pub(crate) struct Batches {
    rest: Range<u64>,
    len: u64,
    begun: Option<Instant>,
}

/// How long a batch may take before the next is no longer: what a person does not notice of a cancellation.
const LONG: Duration = Duration::from_millis(20);

/// Most blocks of a batch for each thread, a bound for the memory.
const MOST_BLOCKS: u64 = 1024;

impl Batches {
    pub(crate) fn new(rest: Range<u64>) -> Self {
        Self { rest, len: FIRST_BLOCKS * threads(), begun: None }
    }

    /// The next batch, none past the end.
    pub(crate) fn advance(&mut self) -> Option<Range<u64>> {
        if self.rest.is_empty() {
            return None;
        }
        if self.begun.is_some_and(|begun| begun.elapsed() < LONG) {
            self.len = (2 * self.len).min(MOST_BLOCKS * threads());
        }
        self.begun = Some(Instant::now());
        let start = self.rest.start;
        self.rest.start = self.rest.end.min(start.saturating_add(self.len));
        Some(start..self.rest.start)
    }
}

/// Blocks for each thread in the first batch: some, so that none idles at its end for long.
#[cfg(feature = "rayon")]
const FIRST_BLOCKS: u64 = 16;

#[cfg(not(feature = "rayon"))]
const FIRST_BLOCKS: u64 = 1;

#[cfg(feature = "rayon")]
fn threads() -> u64 {
    rayon::current_num_threads() as u64
}

#[cfg(not(feature = "rayon"))]
fn threads() -> u64 {
    1
}

/// The blocks of a batch in order, worked out on all threads.
#[cfg(feature = "rayon")]
pub(crate) fn work_out<M: Send>(
    batch: Range<u64>,
    one: &(impl Fn(u64) -> Result<M> + Sync),
) -> Vec<Result<M>> {
    use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
    let start = batch.start;
    let len = (batch.end - start) as usize;
    (0..len).into_par_iter().with_max_len(1).map(|i| one(start + i as u64)).collect()
}

#[cfg(not(feature = "rayon"))]
pub(crate) fn work_out<M: Send>(
    batch: Range<u64>,
    one: &(impl Fn(u64) -> Result<M> + Sync),
) -> impl Iterator<Item = Result<M>> {
    batch.map(one)
}
