//! Directions that an array confuses: lobes of its pattern as high as the main one, or nearly.

use super::manifold::Manifold;
use mmw_core::{Result, check};
use std::f64::consts::PI;

/// A lobe below this share of the main one passes for it only where noise is as strong as the target.
const LEAST_SHARE: f64 = 0.5;
/// Steps of the search on a lobe from its summit to its null, which are at least π / extent apart.
const STEPS: f64 = 4.0;

/// The summits of a pattern, as offsets `[u, w]` in direction cosines from the main lobe, both signs.
pub(super) fn lobes(manifold: &Manifold) -> Result<Vec<[f64; 2]>> {
    const MAX_CELLS: f64 = 16_777_216.0;
    let free = [manifold.resolvable.azimuth, manifold.resolvable.elevation];
    let extents = manifold.extents_rad();
    let counts = [0, 1]
        .map(|axis| if free[axis] { (2.0 * STEPS * extents[axis] / PI).ceil().max(STEPS) } else { 0.0 });
    let cells = counts.iter().map(|count| 2.0 * count + 1.0).product();
    check::in_range("cells of the search for lobes", cells, 1.0, MAX_CELLS)?;
    let [nu, nw] = counts.map(|count| count as isize);
    // Two directions differ by 2 at most.
    let offset = |i: isize, j: isize| [(i, nu), (j, nw)].map(|(i, n)| 2.0 * i as f64 / n.max(1) as f64);
    let all = move || (-nw..=nw).flat_map(move |j| (-nu..=nu).map(move |i| (i, j)));
    let shares: Vec<f64> = all().map(|(i, j)| manifold.pattern(offset(i, j))).collect();
    let at = |i: isize, j: isize| match i.abs() <= nu && j.abs() <= nw {
        true => shares[((j + nw) * (2 * nu + 1) + i + nu) as usize],
        false => 0.0,
    };
    let is_summit = |i: isize, j: isize| {
        let around = (-1..=1).flat_map(|dj| (-1..=1).map(move |di| (i + di, j + dj)));
        (i, j) != (0, 0) && at(i, j) >= LEAST_SHARE && around.map(|(k, l)| at(k, l)).all(|s| s <= at(i, j))
    };
    Ok(all().filter(|&(i, j)| is_summit(i, j)).map(|(i, j)| offset(i, j)).collect())
}
