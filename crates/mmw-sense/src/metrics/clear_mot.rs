//! Misses, false tracks, switches and identities over a recording.

use super::set::distance;
use crate::assignment::Solver;
use mmw_core::{Error, Result, check};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of one truth.
#[derive(Debug, Clone, Copy, Default)]
struct History {
    /// The track of the frame before, if it had one.
    now: Option<u64>,
    /// The last track it ever had.
    last: Option<u64>,
    /// Whether it had none when it was last there.
    interrupted: bool,
    frames: u64,
}

/// CLEAR-MOT[^mot] with identity measures[^idf1], frame by frame. A pair of the frame before is kept while it
/// is within the gate, the others are assigned by distance; a switch is a truth whose last partner was
/// another track; a fragment is a truth that is found again after a gap.
///
/// # Examples
/// ```
/// use mmw_sense::metrics::ClearMot;
///
/// let mut mot = ClearMot::new(0.75)?;
/// mot.frame(&[(0, [0.0, 2.0])], &[(7, [0.1, 2.0])])?;
/// mot.frame(&[(0, [0.1, 2.0])], &[(8, [0.1, 2.0])])?;
/// let summary = mot.summary();
/// assert_eq!((summary.switches, summary.misses), (1, 0));
/// assert_eq!((summary.mota, summary.idf1), (0.5, 0.5));
/// # Ok::<(), mmw_sense::Error>(())
/// ```
///
/// [^mot]: K. Bernardin, R. Stiefelhagen, "Evaluating multiple object tracking performance: the CLEAR MOT
///     metrics", EURASIP Journal on Image and Video Processing, 2008.
/// [^idf1]: E. Ristani et al., "Performance measures and a data set for multi-target, multi-camera tracking",
///     ECCV Workshops, 2016.
#[derive(Debug, Clone)]
pub struct ClearMot {
    gate_m: f64,
    truths: BTreeMap<u64, History>,
    track_frames: BTreeMap<u64, u64>,
    /// Frames in which a truth and a track are within the gate of each other.
    together: BTreeMap<(u64, u64), u64>,
    matches: u64,
    misses: u64,
    false_ones: u64,
    switches: u64,
    fragments: u64,
    distance_sum_m: f64,
}

/// The measures of a recording.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct MotSummary {
    /// 1 less the misses, false tracks and switches over the truths.
    pub mota: f64,
    /// Mean distance of the pairs, m; 0 without any.
    pub motp_m: f64,
    /// Share of the frames that the best one-to-one matching of whole trajectories explains.
    pub idf1: f64,
    /// Identity switches.
    pub switches: u64,
    /// Interruptions of a trajectory.
    pub fragments: u64,
    /// Truths without a track.
    pub misses: u64,
    /// Tracks without a truth.
    pub false_ones: u64,
    /// Truths over all frames.
    pub truths: u64,
}

mmw_core::checked_serde!(MotSummary, MotSummary::check);

impl MotSummary {
    /// The share follows from the counts.
    fn check(&self) -> Result<()> {
        let matches = self.truths.checked_sub(self.misses).ok_or_else(|| {
            Error::invalid("misses", format!("are {} of {} truths", self.misses, self.truths))
        })?;
        check::in_range("switches", self.switches as f64, 0.0, matches as f64)?;
        check::in_range("fragments", self.fragments as f64, 0.0, matches as f64)?;
        check::non_negative("motp_m", self.motp_m)?;
        check::in_range("idf1", self.idf1, 0.0, 1.0)?;
        let wrong = self.misses as f64 + self.false_ones as f64 + self.switches as f64;
        let mota = 1.0 - wrong / self.truths.max(1) as f64;
        let rounding = 1e-9 * (1.0 + mota.abs());
        check::in_range("mota", self.mota, mota - rounding, mota + rounding).map(|_| ())
    }
}

impl ClearMot {
    /// Pairs are at most `gate_m` apart.
    ///
    /// # Errors
    /// A gate that is not positive.
    pub fn new(gate_m: f64) -> Result<Self> {
        Ok(Self {
            gate_m: check::positive("gate_m", gate_m)?,
            truths: BTreeMap::new(),
            track_frames: BTreeMap::new(),
            together: BTreeMap::new(),
            matches: 0,
            misses: 0,
            false_ones: 0,
            switches: 0,
            fragments: 0,
            distance_sum_m: 0.0,
        })
    }

    /// Takes in a frame: numbers and positions (m) of the truths and of the tracks.
    ///
    /// # Errors
    /// A position that is not finite, a number that stands twice.
    pub fn frame<const D: usize>(
        &mut self,
        truths: &[(u64, [f64; D])],
        tracks: &[(u64, [f64; D])],
    ) -> Result<()> {
        [truths, tracks].into_iter().try_for_each(check_labels)?;
        let pairs = self.pairs(truths, tracks);
        for &(i, j) in &pairs {
            let (truth, track) = (truths[i].0, tracks[j].0);
            let history = self.truths.entry(truth).or_default();
            self.switches += u64::from(history.last.is_some_and(|last| last != track));
            self.fragments += u64::from(history.interrupted && history.last.is_some());
            history.last = Some(track);
            self.distance_sum_m += distance(&truths[i].1, &tracks[j].1);
        }
        self.truths.values_mut().for_each(|history| history.now = None);
        for (i, &(truth, at)) in truths.iter().enumerate() {
            let track = pairs.iter().find(|pair| pair.0 == i).map(|pair| tracks[pair.1].0);
            let history = self.truths.entry(truth).or_default();
            history.now = track;
            history.interrupted = track.is_none();
            history.frames += 1;
            for (other, place) in tracks {
                if distance(&at, place) < self.gate_m {
                    *self.together.entry((truth, *other)).or_default() += 1;
                }
            }
        }
        tracks.iter().for_each(|(track, _)| *self.track_frames.entry(*track).or_default() += 1);
        self.matches += pairs.len() as u64;
        self.misses += (truths.len() - pairs.len()) as u64;
        self.false_ones += (tracks.len() - pairs.len()) as u64;
        Ok(())
    }

    /// Places of the pairs: those of the frame before first.
    fn pairs<const D: usize>(
        &self,
        truths: &[(u64, [f64; D])],
        tracks: &[(u64, [f64; D])],
    ) -> Vec<(usize, usize)> {
        let gated = |i: usize, j: usize| {
            let d = distance(&truths[i].1, &tracks[j].1);
            if d < self.gate_m { d } else { f64::INFINITY }
        };
        let kept = |i: usize| {
            let track = self.truths.get(&truths[i].0)?.now?;
            let j = tracks.iter().position(|one| one.0 == track)?;
            gated(i, j).is_finite().then_some((i, j))
        };
        let mut pairs: Vec<_> = (0..truths.len()).filter_map(kept).collect();
        let rows: Vec<_> = (0..truths.len()).filter(|i| !pairs.iter().any(|pair| pair.0 == *i)).collect();
        let columns: Vec<_> = (0..tracks.len()).filter(|j| !pairs.iter().any(|pair| pair.1 == *j)).collect();
        let mut solver = Solver::default();
        // As many pairs as there can be, and of such the nearest: being alone is worse than any pair.
        solver.solve(rows.len(), columns.len() + rows.len(), |row, column| match columns.get(column) {
            Some(&j) => gated(rows[row], j) / self.gate_m,
            None if column - columns.len() == row => 2.0 * rows.len() as f64,
            None => f64::INFINITY,
        });
        let found = solver.column_of.iter().enumerate();
        pairs.extend(found.filter_map(|(row, &column)| Some((rows[row], *columns.get(column)?))));
        pairs
    }

    /// The measures so far.
    #[must_use]
    pub fn summary(&self) -> MotSummary {
        let truths = self.matches + self.misses;
        let wrong = self.misses + self.false_ones + self.switches;
        let frames: u64 = truths + self.track_frames.values().sum::<u64>();
        MotSummary {
            mota: 1.0 - wrong as f64 / truths.max(1) as f64,
            motp_m: self.distance_sum_m / self.matches.max(1) as f64,
            idf1: 2.0 * self.explained() as f64 / frames.max(1) as f64,
            switches: self.switches,
            fragments: self.fragments,
            misses: self.misses,
            false_ones: self.false_ones,
            truths,
        }
    }

    /// Frames together under the best matching of whole trajectories.
    fn explained(&self) -> u64 {
        let truths: Vec<u64> = self.truths.keys().copied().collect();
        let tracks: Vec<u64> = self.track_frames.keys().copied().collect();
        let count = |i: usize, j: usize| match (truths.get(i), tracks.get(j)) {
            (Some(&truth), Some(&track)) => self.together.get(&(truth, track)).copied().unwrap_or(0),
            _ => 0,
        };
        let mut solver = Solver::default();
        solver.solve(truths.len(), truths.len().max(tracks.len()), |i, j| -(count(i, j) as f64));
        solver.column_of.iter().enumerate().map(|(i, &j)| count(i, j)).sum()
    }
}

fn check_labels<const D: usize>(labelled: &[(u64, [f64; D])]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for (index, (label, place)) in labelled.iter().enumerate() {
        if place.iter().any(|x| !x.is_finite()) {
            return Err(Error::NotFinite { name: "positions".into(), index });
        }
        if !seen.insert(label) {
            return Err(Error::invalid("frame", format!("number {label} stands twice in one frame")));
        }
    }
    Ok(())
}
