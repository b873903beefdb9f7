//! One target seen by a board whose transmitters and receivers have any phases.

use mmw_core::C64;
use mmw_core::ndarray::ArrayRef1;

/// Share of a snapshot that one target explains when the phase of each transmitter and of each
/// receiver is free.
///
/// ```text
/// max |Σ_tr g_t* h_r* x_tr|² / M ‖x‖²   over |g_t| = |h_r| = 1
/// ```
/// Each side in turn takes the phases that are best for the other, which never lowers the sum.
pub(super) fn share_of_any_phases(snapshot: &ArrayRef1<C64>, receivers: usize) -> f64 {
    const TURNS: usize = 20;
    let rows: Vec<Vec<C64>> =
        snapshot.iter().copied().collect::<Vec<_>>().chunks(receivers).map(<[C64]>::to_vec).collect();
    let unit = |z: C64| if z == C64::default() { C64::new(1.0, 0.0) } else { z / z.norm() };
    let mut sides = [vec![C64::new(1.0, 0.0); rows.len()], Vec::new()];
    let power = |row: &Vec<C64>| row.iter().map(C64::norm_sqr).sum::<f64>();
    let strongest = rows.iter().max_by(|a, b| power(a).total_cmp(&power(b)));
    sides[1] = strongest.map_or(Vec::new(), |row| row.iter().map(|&z| unit(z)).collect());
    let mut sum = 0.0;
    for _ in 0..TURNS {
        let along = rows.iter().map(|row| row.iter().zip(&sides[1]).map(|(x, h)| x * h.conj()).sum::<C64>());
        sides[0] = along.map(unit).collect();
        let across: Vec<C64> = (0..receivers)
            .map(|r| rows.iter().zip(&sides[0]).filter_map(|(row, g)| Some(row.get(r)? * g.conj())).sum())
            .collect();
        sum = across.iter().map(|z| z.norm()).sum();
        sides[1] = across.into_iter().map(unit).collect();
    }
    let total: f64 = rows.iter().map(power).sum::<f64>() * snapshot.len() as f64;
    if total > 0.0 { (sum * sum / total).min(1.0) } else { 1.0 }
}
