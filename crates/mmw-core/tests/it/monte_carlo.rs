//! Monte Carlo runs: the bits do not depend on how the work is split.

use mmw_core::monte_carlo::{MonteCarlo, Shard};
use mmw_core::random::{Stream, standard_normal};
use mmw_core::stats::{Histogram, Merge, Moments, Proportion};
use mmw_core::{Error, Result};
use proptest::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A sum whose value depends on the order of additions: numbers of very different size.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sum(f64);

impl Merge for Sum {
    fn merge(&mut self, other: Self) {
        self.0 += other.0;
    }
}

fn block(rng: &mut Stream, trials: Range<u64>) -> Result<(Moments, Sum)> {
    let values: Vec<f64> = trials.map(|_| (2.0 * standard_normal(rng)).exp()).collect();
    Ok((values.iter().copied().collect(), Sum(values.iter().sum())))
}

fn run() -> MonteCarlo<'static> {
    MonteCarlo::new(2024, 1001).block_size(10)
}

fn sharded(cuts: &[u64]) -> Result<(Moments, Sum)> {
    let mut shards = cuts.windows(2).map(|cut| run().run_blocks(cut[0]..cut[1], block));
    let first = shards.next().unwrap()?;
    shards.try_fold(first, |all, next| all.join(next?))?.finish()
}

#[test]
fn shards_give_the_bits_of_one_run() {
    let whole = run().run(block).unwrap();
    assert_eq!(whole.0.count(), 1001);
    assert_eq!(sharded(&[0, 25, 50, 75, 101]).unwrap(), whole);
    assert_eq!(sharded(&[0, 1, 2, 17, 40, 41, 99, 101]).unwrap(), whole);
    assert_eq!(sharded(&[0, 0, 64, 64, 101, 101]).unwrap(), whole);
    assert_eq!(sharded(&(0..=101).collect::<Vec<_>>()).unwrap(), whole);
}

#[test]
fn the_test_would_notice_another_order() {
    let blocks = run().run(|rng, trials| Ok(vec![block(rng, trials)?.1])).unwrap();
    assert_eq!(blocks.len(), 101);
    let left_fold = blocks.into_iter().fold(0.0, |sum, block| sum + block.0);
    let whole = run().run(block).unwrap().1.0;
    assert!(left_fold != whole && (left_fold / whole - 1.0).abs() < 1e-13, "{left_fold} {whole}");
}

#[test]
fn shards_may_be_joined_in_any_grouping() {
    let part = |blocks: Range<u64>| run().run_blocks(blocks, block).unwrap();
    let left = part(0..13).join(part(13..50)).unwrap().join(part(50..101)).unwrap();
    let right = part(0..13).join(part(13..50).join(part(50..101)).unwrap()).unwrap();
    assert_eq!(left, right);
    assert_eq!(left.finish().unwrap(), run().run(block).unwrap());
}

#[cfg(feature = "rayon")]
#[test]
fn threads_give_the_bits_of_one_thread() {
    let whole = sharded(&(0..=101).collect::<Vec<_>>()).unwrap();
    for threads in [1, 2, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| run().run(block)).unwrap(), whole, "{threads} threads");
    }
}

#[test]
fn the_bits_are_the_same_with_and_without_threads_and_never_change() {
    // Pinned: with the feature `rayon` the same test runs in parallel.
    let value = MonteCarlo::new(1, 100_000)
        .block_size(1000)
        .run(|rng, trials| Ok(trials.map(|_| standard_normal(rng)).collect::<Moments>()));
    assert_eq!(value.unwrap().mean().unwrap(), PINNED_MEAN);
}

const PINNED_MEAN: f64 = -0.005345564054626403;

#[test]
fn every_trial_is_run_once_and_in_order() {
    for (trials, size) in [(1, 1), (1, 100), (100, 7), (4096, 4096), (4097, 4096)] {
        let run = MonteCarlo::new(1, trials).block_size(size);
        let indices = run.run(|_, trials| Ok(trials.collect::<Vec<_>>())).unwrap();
        assert_eq!(indices, (0..trials).collect::<Vec<_>>());
    }
}

#[test]
fn progress_counts_up_to_the_trials() {
    let last = AtomicU64::new(0);
    let report = |done: u64| {
        assert!(last.swap(done, Ordering::Relaxed) < done);
    };
    run().progress(&report).run(block).unwrap();
    assert_eq!(last.load(Ordering::Relaxed), 1001);
}

#[test]
fn a_cancelled_run_says_how_far_it_got_and_can_be_taken_up_again() {
    let cancel = AtomicBool::new(false);
    let report = |done: u64| cancel.store(done >= 300, Ordering::Relaxed);
    let big = MonteCarlo::new(2024, 100_001).block_size(10);
    let stopped = big.progress(&report).cancel(&cancel);
    let error = stopped.run(block).unwrap_err();
    assert!(matches!(error, Error::Cancelled { done: 300.., total: 100_001, .. }), "{error}");
    cancel.store(false, Ordering::Relaxed);
    let part = stopped.run_blocks(0..big.blocks(), block).unwrap();
    assert!(part.blocks().end >= 30 && part.blocks().end < big.blocks());
    let rest = big.run_blocks(part.blocks().end..big.blocks(), block).unwrap();
    assert_eq!(part.join(rest).unwrap().finish().unwrap(), big.run(block).unwrap());
}

#[test]
fn the_first_block_that_fails_decides() {
    let result: Result<Proportion> = run().run(|_, trials| match trials.start {
        ..400 => Ok(Proportion::default()),
        start => Err(Error::invalid("trial", start.to_string())),
    });
    assert!(matches!(result, Err(Error::Invalid { reason, .. }) if reason == "400"));
}

#[test]
fn wrong_uses_are_named() {
    let ok = |_: &mut Stream, _: Range<u64>| Ok(Proportion::default());
    assert!(matches!(MonteCarlo::new(1, 0).run(ok), Err(Error::TooFew { .. })));
    assert!(matches!(run().block_size(0).run(ok), Err(Error::TooFew { .. })));
    assert!(matches!(run().run_blocks(50..102, ok), Err(Error::Invalid { .. })));
    #[expect(clippy::reversed_empty_ranges, reason = "the point of the test")]
    let reversed = run().run_blocks(7..3, ok);
    assert!(matches!(reversed, Err(Error::Invalid { .. })));
    let part = |blocks| run().run_blocks(blocks, ok).unwrap();
    assert!(matches!(part(0..5).join(part(6..9)), Err(Error::Invalid { .. })));
    assert!(matches!(part(5..9).join(part(0..5)), Err(Error::Invalid { .. })));
    let other: Shard<Proportion> = MonteCarlo::new(1, 1001).block_size(10).run_blocks(5..9, ok).unwrap();
    assert!(matches!(part(0..5).join(other), Err(Error::Invalid { .. })));
    assert!(matches!(part(0..0).finish(), Err(Error::Invalid { .. })));
}

#[test]
fn the_greatest_numbers_of_trials_do_not_overflow() {
    let run = MonteCarlo::new(1, u64::MAX).block_size(u64::MAX - 1);
    assert_eq!(run.blocks(), 2);
    let last = run.run_blocks(1..2, |_, trials| Ok(vec![trials])).unwrap();
    assert_eq!(last.blocks(), 1..2);
}

#[test]
fn histograms_of_blocks_add_up() {
    let histogram = run()
        .run(|rng, trials| {
            let mut histogram = Histogram::new(-3.0, 3.0, 12)?;
            trials.for_each(|_| histogram.push(standard_normal(rng)));
            Ok(histogram)
        })
        .unwrap();
    assert_eq!(histogram.total(), 1001);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_split_gives_the_same_bits(mut cuts in prop::collection::vec(0_u64..=101, 0..12)) {
        cuts.extend([0, 101]);
        cuts.sort_unstable();
        prop_assert_eq!(sharded(&cuts)?, run().run(block)?);
    }
}
