//! Responses of one end to the paths, spread over the entries of a matrix; what repeats is worked out once.

use super::planes::{LANES, Planes};
use mmw_core::geometry::Vector3;

/// One end's response to each path, as the entries `rt = r·T + t` of a matrix need it.
#[derive(Debug, Clone, Default)]
pub(super) struct Spread {
    /// Which row of `responses` each path has.
    pub(super) rows: Vec<usize>,
    /// `[direction][rt]`, padded to whole registers.
    pub(super) responses: Planes,
    /// The directions without most of their repetitions.
    pub(super) directions: Vec<Vector3>,
    /// Their first coordinates, which tell nearly all of them apart.
    pub(super) keys: Vec<f64>,
}

/// Which of the two indices of an entry is that of the antenna.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Receive,
    Transmit,
}

/// Entries of a matrix, padded to whole registers.
pub(super) const fn padded(size: usize) -> usize {
    size.div_ceil(LANES) * LANES
}

impl Spread {
    /// Entries that are searched where neither a run nor a cycle goes on.
    const SEARCHED: usize = 64;

    /// Takes in a direction for each path: paths by two scatterers repeat the directions of both in runs and
    /// in cycles.
    pub(super) fn sort(&mut self, directions: impl Iterator<Item = Vector3>) {
        self.directions.clear();
        self.keys.clear();
        self.rows.clear();
        let mut last = 0;
        for direction in directions {
            let is = |index: usize| self.directions.get(index) == Some(&direction);
            let index = if is(last) {
                last
            } else if is(last + 1) {
                last + 1
            } else {
                let all = self.keys.iter().zip(&self.directions).take(Self::SEARCHED);
                let known = all.into_iter().position(|(key, d)| *key == direction[0] && *d == direction);
                known.unwrap_or_else(|| {
                    self.keys.push(direction[0]);
                    self.directions.push(direction);
                    self.directions.len() - 1
                })
            };
            self.rows.push(index);
            last = index;
        }
    }

    /// Spreads `steered`, `[antenna][direction]`, over matrices of `[receive, transmit]` antennas.
    pub(super) fn spread(&mut self, side: Side, steered: &Planes, [receive, transmit]: [usize; 2]) {
        let (count, width) = (self.directions.len(), padded(receive * transmit));
        self.responses.reset(count, width);
        let parts = [(&steered.re, &mut self.responses.re), (&steered.im, &mut self.responses.im)];
        for (from, to) in parts {
            let rows = to.chunks_exact_mut(width).take(count).enumerate();
            match transmit {
                4 => rows.for_each(|(d, row)| spread_row::<4>(side, from, [d, count], row, receive)),
                8 => rows.for_each(|(d, row)| spread_row::<8>(side, from, [d, count], row, receive)),
                _ => rows.for_each(|(d, row)| spread_any(side, from, [d, count], row, [receive, transmit])),
            }
        }
    }
}

/// One direction, for `T` transmit antennas: whole rows of the matrix are moved at once.
fn spread_row<const T: usize>(
    side: Side,
    from: &[f64],
    [direction, count]: [usize; 2],
    row: &mut [f64],
    receive: usize,
) {
    let response = |antenna: usize| from.get(antenna * count + direction).copied().unwrap_or_default();
    let blocks = row.as_chunks_mut::<T>().0.iter_mut().take(receive);
    match side {
        Side::Receive => blocks.enumerate().for_each(|(r, block)| *block = [response(r); T]),
        Side::Transmit => {
            let all: [f64; T] = std::array::from_fn(response);
            blocks.for_each(|block| *block = all);
        }
    }
}

fn spread_any(
    side: Side,
    from: &[f64],
    [direction, count]: [usize; 2],
    row: &mut [f64],
    [receive, transmit]: [usize; 2],
) {
    for (rt, place) in row.iter_mut().take(receive * transmit).enumerate() {
        let antenna = if side == Side::Receive { rt / transmit } else { rt % transmit };
        *place = from.get(antenna * count + direction).copied().unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_cycles_are_found_and_spread_alike_at_any_size() {
        let d = |i: usize| [i as f64, 0.0, 0.0];
        let mut spread = Spread::default();
        spread.sort([0, 1, 2, 2, 2, 0, 1, 2, 3, 0].map(d).into_iter());
        assert_eq!(spread.rows, [0, 1, 2, 2, 2, 0, 1, 2, 3, 0]);
        assert_eq!(spread.directions.len(), 4);
        for [receive, transmit] in [[3, 4], [2, 8], [5, 3], [1, 1]] {
            for side in [Side::Receive, Side::Transmit] {
                let antennas = if side == Side::Receive { receive } else { transmit };
                let value = |a: usize, d: usize| (10 * a + d) as f64;
                let re = (0..antennas * 4).map(|i| value(i / 4, i % 4)).collect::<Vec<f64>>();
                let steered = Planes { width: 4, im: re.iter().map(|x| -x).collect(), re };
                spread.spread(side, &steered, [receive, transmit]);
                for direction in 0..4 {
                    let (re, im) = spread.responses.row(direction);
                    for rt in 0..receive * transmit {
                        let antenna = if side == Side::Receive { rt / transmit } else { rt % transmit };
                        assert_eq!((re[rt], -im[rt]), (value(antenna, direction), value(antenna, direction)));
                    }
                }
            }
        }
    }
}
