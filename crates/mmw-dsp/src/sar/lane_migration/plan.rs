//! The transforms, what is asked of them, and what the stages hand on.

use super::super::gridding::Tones;
use super::super::scan::PlanarScan;
use super::super::waves::{Reach, Waves};
use crate::lanes::MAX_WIDTH;
use crate::lanes::transform::LaneFft;
use mmw_core::C32;

/// What the lanes carry, in memory.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(128))]
pub(in crate::sar) struct Line(pub(super) [C32; MAX_WIDTH]);

pub(super) const EMPTY: Line = Line([C32::new(0.0, 0.0); MAX_WIDTH]);

/// The transforms along y, x and z.
#[derive(Debug)]
pub(in crate::sar) struct LaneMigration {
    pub(super) rows: LaneFft,
    pub(super) columns: LaneFft,
    pub(super) along: LaneFft,
}

impl LaneMigration {
    /// `None` for lengths that the lanes have no transform of.
    pub(in crate::sar) fn new([rows, columns]: [usize; 2], grid: usize) -> Option<Self> {
        Some(Self { rows: LaneFft::new(rows)?, columns: LaneFft::new(columns)?, along: LaneFft::new(grid)? })
    }

    /// Points along y, x and z.
    pub(super) fn lens(&self) -> [usize; 3] {
        [&self.rows, &self.columns, &self.along].map(|fft| fft.order().len())
    }
}

/// One scan and how it is imaged.
#[derive(Debug)]
pub(in crate::sar) struct Job<'a> {
    pub(in crate::sar) scan: &'a PlanarScan<f32>,
    pub(in crate::sar) weights: &'a [f32],
    pub(in crate::sar) tones: &'a Tones<f32>,
    pub(in crate::sar) waves: Waves,
    pub(in crate::sar) reach: Reach,
    /// Voxels along z, y and x.
    pub(in crate::sar) voxels: [usize; 3],
    /// Places of the first voxel in the transforms along y and x.
    pub(in crate::sar) start: [usize; 2],
    /// The factor of each plane of the image.
    pub(in crate::sar) factors: Vec<C32>,
}

impl Job<'_> {
    /// Whether something of the waves of these bins is in the image.
    pub(super) fn arrives(&self, [i, j]: [usize; 2]) -> bool {
        let across = self.waves.across([i, j]);
        self.waves.arrive(across) && !self.reach.beyond(across)
    }
}

/// What the stages hand on.
pub(super) struct Shape<'a> {
    /// Those `|k_x|` that have a place.
    pub(super) pairs: &'a [usize],
    /// Lines of all frequencies, of the voxels along y and of those along z.
    pub(super) blocks: usize,
    pub(super) tall: usize,
    pub(super) deep: usize,
    /// From one transform along y or x to the next: one more than its points, or they would compete for the
    /// same places of the cache.
    pub(super) rows: usize,
    pub(super) columns: usize,
}
