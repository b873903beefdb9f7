//! Rows into columns, square by square.

/// Rows of `columns` values into columns of `pitch`, each changed by the number of its column.
#[inline(always)]
pub(super) fn transpose<T: Copy>(
    from: &[T],
    columns: usize,
    to: &mut [T],
    pitch: usize,
    change: impl Fn(usize, T) -> T,
) {
    const SIDE: usize = 8;
    let rows = from.len() / columns;
    for i0 in (0..rows).step_by(SIDE) {
        for j0 in (0..columns).step_by(SIDE) {
            if rows < i0 + SIDE || columns < j0 + SIDE {
                for j in j0..columns.min(j0 + SIDE) {
                    for i in i0..rows.min(i0 + SIDE) {
                        to[j * pitch + i] = change(j, from[i * columns + j]);
                    }
                }
                continue;
            }
            // Through a tile of its own, so that lengths are known.
            let mut tile = [[from[0]; SIDE]; SIDE];
            for (i, line) in tile.iter_mut().enumerate() {
                line.copy_from_slice(&from[(i0 + i) * columns + j0..][..SIDE]);
            }
            for j in 0..SIDE {
                let to = &mut to[(j0 + j) * pitch + i0..][..SIDE];
                for (to, line) in to.iter_mut().zip(&tile) {
                    *to = change(j0 + j, line[j]);
                }
            }
        }
    }
}
