//! Part of a run: the finished subtrees of the one tree in which all blocks are merged.

use crate::stats::Merge;
use crate::{Error, Result};
use std::ops::Range;

/// What a contiguous range of blocks gathered, ready to be joined with its neighbours.
///
/// The whole run is one binary tree over its blocks: node `index` of level `level` holds the blocks from
/// `index · 2^level` up to the next node's. A shard holds the greatest nodes that lie within its range. That
/// list is unique for a range, each value was merged along the tree and nowhere else, and joining two
/// neighbours merges exactly the nodes that have become siblings: any split into shards, joined in any
/// grouping, gives the same bits. A shard of `n` blocks holds at most `2 log2 n + 2` values.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Shard<M> {
    seed: u64,
    trials: u64,
    block_size: u64,
    start: u64,
    end: u64,
    nodes: Vec<Node<M>>,
}

crate::checked_serde!(<M> Shard, Shard::check);

#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Node<M> {
    level: u32,
    index: u64,
    value: M,
}

impl<M> Node<M> {
    /// Whether `right` completes the parent of this node.
    fn is_left_sibling_of(&self, right: &Self) -> bool {
        self.level == right.level && self.index.is_multiple_of(2) && self.index + 1 == right.index
    }
}

impl<M> Shard<M> {
    pub(crate) fn empty(seed: u64, trials: u64, block_size: u64, start: u64) -> Self {
        Self { seed, trials, block_size, start, end: start, nodes: vec![] }
    }

    /// The blocks that this shard covers.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::monte_carlo::MonteCarlo;
    /// let part = MonteCarlo::new(1, 100).block_size(10).run_blocks(3..7, |_, t| Ok(Vec::from_iter(t)))?;
    /// assert_eq!(part.blocks(), 3..7);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn blocks(&self) -> Range<u64> {
        self.start..self.end
    }

    /// Seed, trials and block size of the run.
    pub(crate) fn run(&self) -> [u64; 3] {
        [self.seed, self.trials, self.block_size]
    }

    /// What it holds, with the blocks that each value was merged of.
    pub(crate) fn values(&self) -> impl Iterator<Item = (Range<u64>, &M)> {
        self.nodes.iter().map(|node| {
            let start = node.index << node.level;
            (start..start.saturating_add(1 << node.level), &node.value)
        })
    }

    /// Blocks of the whole run; 0 when there are no trials or the block size is 0.
    fn blocks_of_run(&self) -> u64 {
        if self.block_size == 0 { 0 } else { self.trials.div_ceil(self.block_size) }
    }

    /// The nodes must be the greatest that tile the range, which must lie within the run.
    #[cfg(feature = "serde")]
    fn check(&self) -> Result<()> {
        let blocks = self.blocks_of_run();
        if blocks == 0 {
            return Err(Error::invalid("trials", "neither they nor the block size may be 0"));
        }
        if self.start > self.end || self.end > blocks {
            let reason = format!("{:?} is not a range within 0..{blocks}", self.blocks());
            return Err(Error::invalid("start and end", reason));
        }
        let mut next = self.start;
        for node in &self.nodes {
            let level = (self.end - next).checked_ilog2().map(|most| most.min(next.trailing_zeros()));
            if level != Some(node.level) || node.index != next >> node.level {
                let reason =
                    format!("level {}, index {} does not follow at block {next}", node.level, node.index);
                return Err(Error::invalid("nodes", reason));
            }
            next += 1 << node.level;
        }
        if next < self.end {
            let reason = format!("they end at block {next}, the shard at block {}", self.end);
            return Err(Error::invalid("nodes", reason));
        }
        Ok(())
    }
}

impl<M: Merge> Shard<M> {
    pub(crate) fn push_block(&mut self, value: M) {
        self.push(Node { level: 0, index: self.end, value });
        self.end += 1;
    }

    /// Appends the next node and merges upwards as long as a pair is complete, like the carry of a counter.
    fn push(&mut self, mut node: Node<M>) {
        while let Some(left) = self.nodes.pop_if(|left| left.is_left_sibling_of(&node)) {
            let mut value = left.value;
            value.merge(node.value);
            node = Node { level: left.level.saturating_add(1), index: left.index / 2, value };
        }
        self.nodes.push(node);
    }

    /// This shard and the one that follows it.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the two are of different runs (seed, trials, block size) or `next` does not
    /// start where this shard ends.
    pub fn join(mut self, next: Self) -> Result<Self> {
        if self.run() != next.run() {
            return Err(Error::invalid("shard", "seed, trials and block size of the two shards differ"));
        }
        if self.end != next.start {
            let reason = format!("blocks {:?} do not follow on blocks {:?}", next.blocks(), self.blocks());
            return Err(Error::invalid("shard", reason));
        }
        self.end = next.end;
        next.nodes.into_iter().for_each(|node| self.push(node));
        Ok(self)
    }

    /// What the blocks so far have gathered, merged from the first to the last; none for no blocks.
    #[must_use]
    pub fn so_far(&self) -> Option<M>
    where
        M: Clone,
    {
        merged(self.nodes.iter().map(|node| node.value.clone()))
    }

    /// The result of the whole run: what is left of the tree, merged from the first block to the last.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the shard covers all blocks of the run.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::{Error, monte_carlo::MonteCarlo};
    /// let run = MonteCarlo::new(1, 100).block_size(10);
    /// let part = run.run_blocks(0..9, |_, trials| Ok(vec![trials.start]))?;
    /// assert!(matches!(part.finish(), Err(Error::Invalid { .. })));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn finish(self) -> Result<M> {
        let blocks = self.blocks_of_run();
        let incomplete = format!("covers blocks {:?}, but the run has blocks 0..{blocks}", self.blocks());
        let covered = self.start == 0 && self.end == blocks;
        let whole = merged(self.nodes.into_iter().map(|node| node.value));
        whole.filter(|_| covered).ok_or_else(|| Error::invalid("shard", incomplete))
    }
}

fn merged<M: Merge>(values: impl Iterator<Item = M>) -> Option<M> {
    values.reduce(|mut whole, next| {
        whole.merge(next);
        whole
    })
}
