//! The velocity on which most points agree.

use super::fit::{Fit, fit};
use super::ray::Ray;
use mmw_core::random::{Streams, XoshiroLanes};
use mmw_core::{Error, Result, check};

/// Which triples of rays are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Search {
    /// All of them: n (n - 1) (n - 2) / 6.
    All,
    /// So many, drawn with a seed: `ln(1 - p) / ln(1 - (1 - e)³)` find the inliers with probability `p` when
    /// a share `e` are outliers, 38 for 0.4 and 0.9999.
    Draws {
        /// How many.
        draws: usize,
        /// The same seed draws the same triples.
        seed: u64,
    },
}

/// What most points agree on.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Consensus {
    /// Least squares over the members.
    pub fit: Fit<3>,
    /// The rays that agree, by their place.
    pub members: Vec<usize>,
}

mmw_core::checked_serde!(Consensus, |consensus| {
    check::at_least("members", consensus.members.len(), 4)?;
    if consensus.members.is_sorted_by(|a, b| a < b) {
        return Ok(());
    }
    Err(Error::invalid("members", "must ascend"))
});

/// The determinant of three directions below which they are in a plane.
const FLAT: f64 = 1e-6;

/// The largest set of rays within `threshold_m_s` of a velocity through three of them (the first of
/// equals)[^ransac], and the least squares over it.
///
/// # Errors
/// Fewer than 4 rays, no three directions that are not in a plane, fewer than 4 that agree; a threshold that
/// is not from 1e-6 to 1e6 m/s, no draws or more than 1e6, more than 1000 rays for all triples.
///
/// [^ransac]: M. A. Fischler, R. C. Bolles, "Random sample consensus", Communications of the ACM 24(6), 1981.
pub fn consensus(rays: &[Ray], threshold_m_s: f64, search: Search) -> Result<Consensus> {
    let threshold = check::in_range("threshold_m_s", threshold_m_s, 1e-6, 1e6)?;
    check::at_least("rays", rays.len(), 4)?;
    let mut best: (usize, Option<[f64; 3]>) = (0, None);
    let mut attempt = |places: [usize; 3]| {
        let Some(velocity) = through(places.map(|i| &rays[i])) else { return };
        let count = rays.iter().filter(|ray| ray.residual(&velocity).abs() < threshold).count();
        if count > best.0 {
            best = (count, Some(velocity));
        }
    };
    match search {
        Search::All => {
            check::in_range("rays", rays.len() as f64, 4.0, 1e3)?;
            for i in 0..rays.len() {
                (i + 1..rays.len()).for_each(|j| (j + 1..rays.len()).for_each(|k| attempt([i, j, k])));
            }
        }
        Search::Draws { draws, seed } => {
            check::in_range("draws", draws as f64, 1.0, 1e6)?;
            let mut random = Draws::of(seed, 0);
            (0..draws).for_each(|_| attempt(random.triple(rays.len())));
        }
    }
    let velocity = best.1.ok_or_else(|| Error::Singular { name: "directions".into() })?;
    let members: Vec<usize> =
        (0..rays.len()).filter(|&i| rays[i].residual(&velocity).abs() < threshold).collect();
    let rows = members.iter().map(|&i| (rays[i].direction.map(|u| -u), rays[i].velocity_m_s, 1.0));
    Ok(Consensus { fit: fit(rows, false)?, members })
}

/// Triples of places, drawn.
pub(super) struct Draws(XoshiroLanes<1>);

impl Draws {
    /// Those of a seed for one scan.
    pub(super) fn of(seed: u64, scan: u64) -> Self {
        Self(XoshiroLanes::from_rng(&mut Streams::new(seed).stream(scan)))
    }

    /// Three different places below `count`, which is at least 3.
    #[inline]
    pub(super) fn triple(&mut self, count: usize) -> [usize; 3] {
        // One draw of 64 bits has three times 21, and the bias of so many is below 1e-3 for 1000 rays.
        let [bits] = self.0.step();
        let below = |shift: u32, n: usize| ((((bits >> shift) & 0x1F_FFFF) * n as u64) >> 21) as usize;
        let (i, mut j, mut k) = (below(0, count), below(21, count - 1), below(42, count - 2));
        j += usize::from(j >= i);
        let (low, high) = (i.min(j), i.max(j));
        k += usize::from(k >= low);
        k += usize::from(k >= high);
        [i, j, k]
    }
}

/// The velocity that three rays fix, by cofactors: the draws are many, and what is nearly flat is left out.
#[inline]
pub(super) fn through([a, b, c]: [&Ray; 3]) -> Option<[f64; 3]> {
    let cross = |p: &[f64; 3], q: &[f64; 3]| {
        [p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]]
    };
    let (bc, ca, ab) = (
        cross(&b.direction, &c.direction),
        cross(&c.direction, &a.direction),
        cross(&a.direction, &b.direction),
    );
    let det = crate::matrix::dot(&a.direction, &bc);
    if det.abs() <= FLAT {
        return None;
    }
    let [va, vb, vc] = [a, b, c].map(|ray| -ray.velocity_m_s / det);
    Some(std::array::from_fn(|i| va * bc[i] + vb * ca[i] + vc * ab[i]))
}
