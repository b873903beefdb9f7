//! The Cholesky factor of a sparse matrix of blocks, front by front.
//!
//! Multifrontal elimination (J. W. H. Liu, "The multifrontal method for sparse matrix solution: theory and
//! practice", SIAM Review 34(1), 1992): columns that share their rows form a front, a small dense matrix; it
//! is eliminated, and what is left of it is added to the front of its parent in the tree. All arithmetic is
//! that of dense columns.

use super::order::minimum_degree;
use crate::matrix::transposed;
use mmw_core::by_level;
use mmw_core::simd::Level;

/// Where the blocks of a symmetric matrix go: computed once for a pattern, used for any numbers in it.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// The position of each block row in the order of elimination.
    position: Vec<u32>,
    fronts: Vec<Front>,
    /// The front of each position.
    front_of: Vec<u32>,
}

/// Columns that are eliminated together.
#[derive(Debug, Clone)]
struct Front {
    /// The positions of its rows, growing; the first `columns` are its own.
    rows: Vec<u32>,
    columns: usize,
    /// Fronts whose rest it takes.
    children: Vec<u32>,
}

/// Columns whose rows differ by fewer zeros than this share are taken together: dense work is cheap.
const ZEROS: f64 = 0.15;

impl Pattern {
    /// The pattern of `count` blocks on the diagonal and those of `pairs` off it.
    pub(super) fn new(count: usize, pairs: &[(u32, u32)]) -> Self {
        let order = minimum_degree(count, pairs);
        let (columns, parents) = columns(count, pairs, &order);
        let post = postorder(&parents);
        let mut moved = vec![0; count];
        post.iter().enumerate().for_each(|(to, &from)| moved[from as usize] = to as u32);
        let mut position = vec![0; count];
        order.iter().enumerate().for_each(|(at, &block)| position[block as usize] = moved[at]);
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); count];
        for (at, column) in columns.into_iter().enumerate() {
            let mut column: Vec<u32> = column.into_iter().map(|row| moved[row as usize]).collect();
            column.sort_unstable();
            rows[moved[at] as usize] = column;
        }
        let mut pattern = Self { position, fronts: Vec::new(), front_of: vec![0; count] };
        pattern.collect(rows);
        pattern
    }

    /// Gathers columns into fronts, from the last of each to the first.
    fn collect(&mut self, mut rows: Vec<Vec<u32>>) {
        let mut last = rows.len();
        let mut fronts = Vec::new();
        while last > 0 {
            let below = std::mem::take(&mut rows[last - 1]);
            let (mut first, mut entries, mut dense) = (last - 1, below.len() + 1, below.len() + 1);
            // The column before belongs here when its first row is this front's first column.
            while first > 0 && rows[first - 1].first() == Some(&(first as u32)) {
                let next_entries = entries + rows[first - 1].len() + 1;
                let next_dense = dense + below.len() + last - first + 1;
                if (next_dense - next_entries) as f64 > ZEROS * next_dense as f64 {
                    break;
                }
                (first, entries, dense) = (first - 1, next_entries, next_dense);
                rows[first] = Vec::new();
            }
            let columns = last - first;
            let rows = (first as u32..last as u32).chain(below).collect();
            fronts.push(Front { rows, columns, children: Vec::new() });
            last = first;
        }
        fronts.reverse();
        for (at, front) in fronts.iter().enumerate() {
            front.rows[..front.columns].iter().for_each(|&row| self.front_of[row as usize] = at as u32);
        }
        for at in 0..fronts.len() {
            if let Some(&parent) = fronts[at].rows.get(fronts[at].columns) {
                fronts[self.front_of[parent as usize] as usize].children.push(at as u32);
            }
        }
        self.fronts = fronts;
    }
}

/// The rows below the diagonal of each column of the factor, by position, and the parent of each column.
fn columns(count: usize, pairs: &[(u32, u32)], order: &[u32]) -> (Vec<Vec<u32>>, Vec<Option<u32>>) {
    let mut at = vec![0; count];
    order.iter().enumerate().for_each(|(position, &block)| at[block as usize] = position as u32);
    let mut columns: Vec<Vec<u32>> = vec![Vec::new(); count];
    for &(a, b) in pairs.iter().filter(|(a, b)| a != b) {
        let (a, b) = (at[a as usize], at[b as usize]);
        columns[a.min(b) as usize].push(a.max(b));
    }
    let mut seen = vec![u32::MAX; count];
    let mut parents = vec![None; count];
    let mut children: Vec<Vec<u32>> = vec![Vec::new(); count];
    for j in 0..count {
        seen[j] = j as u32;
        let mut rows = Vec::new();
        let below = children[j].iter().flat_map(|&child| &columns[child as usize]);
        for &row in columns[j].iter().chain(below) {
            if seen[row as usize] != j as u32 {
                seen[row as usize] = j as u32;
                rows.push(row);
            }
        }
        parents[j] = rows.iter().min().copied();
        if let Some(parent) = parents[j] {
            children[parent as usize].push(j as u32);
        }
        columns[j] = rows;
    }
    (columns, parents)
}

/// The columns of a forest so that each follows its children, and the last of those directly.
fn postorder(parents: &[Option<u32>]) -> Vec<u32> {
    let mut children: Vec<Vec<u32>> = vec![Vec::new(); parents.len()];
    let mut stack = Vec::new();
    for (j, parent) in parents.iter().enumerate() {
        match parent {
            Some(parent) => children[*parent as usize].push(j as u32),
            None => stack.push(j as u32),
        }
    }
    let mut order = Vec::with_capacity(parents.len());
    // Parents first, then turned round.
    while let Some(j) = stack.pop() {
        order.push(j);
        stack.append(&mut children[j as usize]);
    }
    order.reverse();
    order
}

/// A symmetric matrix on a pattern, and its factor in the same place.
#[derive(Debug, Clone)]
pub(super) struct BlockMatrix<const N: usize> {
    pattern: Pattern,
    /// The own columns of each front, column by column.
    fronts: Vec<Vec<f64>>,
    rests: Vec<Vec<f64>>,
    /// The place of a position in the front at hand.
    place: Vec<u32>,
}

impl<const N: usize> BlockMatrix<N> {
    pub(super) fn new(pattern: Pattern) -> Self {
        let fronts = pattern.fronts.iter().map(|f| vec![0.0; f.rows.len() * N * f.columns * N]).collect();
        let (rests, place) = (vec![Vec::new(); pattern.fronts.len()], vec![0; pattern.position.len()]);
        Self { pattern, fronts, rests, place }
    }

    /// Sets everything to zero.
    pub(super) fn clear(&mut self) {
        self.fronts.iter_mut().for_each(|front| front.fill(0.0));
    }

    /// Adds `block` to that of `row` and `column`, and its transpose to the other side.
    pub(super) fn add(&mut self, row: usize, column: usize, block: &[[f64; N]; N]) {
        let (r, c) = (self.pattern.position[row], self.pattern.position[column]);
        let (low, high) = (r.min(c), r.max(c));
        let at = self.pattern.front_of[low as usize] as usize;
        let front = &self.pattern.fronts[at];
        let Ok(across) = front.rows.binary_search(&low) else { return };
        let Ok(down) = front.rows.binary_search(&high) else { return };
        let height = front.rows.len() * N;
        // Only the lower triangle is read.
        let block = if r >= c { *block } else { transposed(block) };
        for (i, row) in block.iter().enumerate() {
            for (k, value) in row.iter().enumerate() {
                self.fronts[at][(across * N + k) * height + down * N + i] += value;
            }
        }
    }

    /// The factor in place of the matrix; the block row that failed unless it is positive definite.
    pub(super) fn factorise(&mut self, level: Level) -> Result<(), usize> {
        for at in 0..self.fronts.len() {
            let front = &self.pattern.fronts[at];
            let (height, own) = (front.rows.len() * N, front.columns * N);
            let mut rest = vec![0.0; (height - own) * (height - own)];
            front.rows.iter().enumerate().for_each(|(i, &row)| self.place[row as usize] = i as u32);
            for &child in &front.children {
                let below = &self.pattern.fronts[child as usize];
                let places: Vec<usize> = below.rows[below.columns..]
                    .iter()
                    .map(|&row| self.place[row as usize] as usize)
                    .collect();
                let from = std::mem::take(&mut self.rests[child as usize]);
                take_in::<N>(&from, &places, height, own, &mut self.fronts[at], &mut rest);
            }
            if let Err(column) = eliminate(level, &mut self.fronts[at], &mut rest, height, own) {
                let position = front.rows[column / N];
                return Err(self.pattern.position.iter().position(|&p| p == position).unwrap_or(0));
            }
            self.rests[at] = rest;
        }
        Ok(())
    }

    /// Solves for `x` in place, block by block, after [`BlockMatrix::factorise`].
    pub(super) fn solve(&self, x: &mut [[f64; N]]) {
        let mut y = vec![[0.0; N]; x.len()];
        x.iter().zip(&self.pattern.position).for_each(|(block, &to)| y[to as usize] = *block);
        for (front, values) in self.pattern.fronts.iter().zip(&self.fronts) {
            let height = front.rows.len() * N;
            for (j, column) in values.chunks_exact(height).enumerate() {
                let value = y[front.rows[j / N] as usize][j % N] / column[j];
                y[front.rows[j / N] as usize][j % N] = value;
                for (i, l) in column.iter().enumerate().skip(j + 1) {
                    y[front.rows[i / N] as usize][i % N] -= l * value;
                }
            }
        }
        for (front, values) in self.pattern.fronts.iter().zip(&self.fronts).rev() {
            let height = front.rows.len() * N;
            for (j, column) in values.chunks_exact(height).enumerate().rev() {
                let known: f64 = column
                    .iter()
                    .enumerate()
                    .skip(j + 1)
                    .map(|(i, l)| l * y[front.rows[i / N] as usize][i % N])
                    .sum();
                let own = &mut y[front.rows[j / N] as usize][j % N];
                *own = (*own - known) / column[j];
            }
        }
        x.iter_mut().zip(&self.pattern.position).for_each(|(block, &from)| *block = y[from as usize]);
    }
}

/// Adds what is left of a child, whose block rows go to `places`, to the own columns and the rest of a front.
fn take_in<const N: usize>(
    from: &[f64],
    places: &[usize],
    height: usize,
    own: usize,
    front: &mut [f64],
    rest: &mut [f64],
) {
    let size = places.len() * N;
    for (j, column) in from.chunks_exact(size.max(1)).enumerate() {
        let to = places[j / N] * N + j % N;
        let target = if to < own {
            &mut front[to * height..(to + 1) * height]
        } else {
            let (at, size) = (to - own, height - own);
            &mut rest[at * size..(at + 1) * size]
        };
        let skip = if to < own { 0 } else { own };
        for (block, &place) in places.iter().enumerate().skip(j / N) {
            let target = &mut target[place * N - skip..][..N];
            target.iter_mut().zip(&column[block * N..]).for_each(|(t, value)| *t += value);
        }
    }
}

by_level! {
    /// Eliminates the own columns of a front and takes them out of the rest; the column whose pivot is not
    /// positive, if there is one.
    fn eliminate(
        level: Level,
        front: &mut [f64],
        rest: &mut [f64],
        height: usize,
        own: usize,
    ) -> Result<(), usize> {
        for j in 0..own {
            let (before, from) = front.split_at_mut(j * height);
            let column = &mut from[j..height];
            let mut quads = before.chunks_exact(4 * height);
            for quad in &mut quads {
                subtract_four(quad, height, j, column);
            }
            for left in quads.remainder().chunks_exact(height) {
                let left = &left[j..];
                let by = left[0];
                column.iter_mut().zip(left).for_each(|(x, l)| *x -= by * l);
            }
            let pivot = column[0];
            if !(pivot > 0.0 && pivot.is_finite()) {
                return Err(j);
            }
            let root = pivot.sqrt();
            let by = 1.0 / root;
            column[0] = root;
            column[1..].iter_mut().for_each(|x| *x *= by);
        }
        let size = height - own;
        for (j, column) in rest.chunks_exact_mut(size.max(1)).enumerate() {
            let column = &mut column[j..];
            let mut quads = front.chunks_exact(4 * height);
            for quad in &mut quads {
                subtract_four(quad, height, own + j, column);
            }
            for left in quads.remainder().chunks_exact(height) {
                let left = &left[own + j..];
                let by = left[0];
                column.iter_mut().zip(left).for_each(|(x, l)| *x -= by * l);
            }
        }
        Ok(())
    }
}

/// Takes four columns, from row `from` on, out of a column, each times its own number in that row.
#[inline(always)]
fn subtract_four(quad: &[f64], height: usize, from: usize, column: &mut [f64]) {
    let (a, rest) = quad.split_at(height);
    let (b, rest) = rest.split_at(height);
    let (c, d) = rest.split_at(height);
    let n = column.len();
    let [a, b, c, d] = [a, b, c, d].map(|left| &left[from..][..n]);
    let by = [a[0], b[0], c[0], d[0]];
    for i in 0..n {
        column[i] -= (by[0] * a[i] + by[1] * b[i]) + (by[2] * c[i] + by[3] * d[i]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::SplitMix64;

    #[test]
    fn a_sparse_matrix_of_blocks_is_solved_at_every_level_with_the_same_bits() {
        let mut random = SplitMix64::new(7);
        let n = 120;
        let mut pairs: Vec<(u32, u32)> = (1..n).map(|i| (i - 1, i)).collect();
        pairs.extend((0..80).map(|_| {
            let mut place = || random.uniform(0.0, f64::from(n)) as u32;
            (place(), place())
        }));
        let block = |random: &mut SplitMix64| -> [[f64; 3]; 3] {
            std::array::from_fn(|_| std::array::from_fn(|_| random.uniform(-1.0, 1.0)))
        };
        let blocks: Vec<_> = pairs.iter().map(|_| block(&mut random)).collect();
        let truth: Vec<[f64; 3]> = (0..n).map(|_| block(&mut random)[0]).collect();
        // Diagonals that outweigh their rows.
        let diagonal = [[30.0, 1.0, 0.5], [1.0, 31.0, -0.25], [0.5, -0.25, 29.0]];
        let mut right = vec![[0.0; 3]; n as usize];
        let mut multiply = |row: usize, column: usize, block: &[[f64; 3]; 3]| {
            for i in 0..3 {
                right[row][i] += crate::matrix::dot(&block[i], &truth[column]);
            }
        };
        (0..n as usize).for_each(|i| multiply(i, i, &diagonal));
        for (&(a, b), block) in pairs.iter().zip(&blocks).filter(|((a, b), _)| a != b) {
            multiply(a as usize, b as usize, block);
            multiply(b as usize, a as usize, &crate::matrix::transposed(block));
        }
        let mut before: Option<Vec<[f64; 3]>> = None;
        for level in Level::available() {
            let mut matrix = BlockMatrix::<3>::new(Pattern::new(n as usize, &pairs));
            (0..n as usize).for_each(|i| matrix.add(i, i, &diagonal));
            for (&(a, b), block) in pairs.iter().zip(&blocks).filter(|((a, b), _)| a != b) {
                matrix.add(a as usize, b as usize, block);
            }
            matrix.factorise(level).unwrap();
            let mut x = right.clone();
            matrix.solve(&mut x);
            let worst = x.as_flattened().iter().zip(truth.as_flattened()).map(|(a, b)| (a - b).abs());
            assert!(worst.fold(0.0, f64::max) < 1e-13);
            assert!(before.as_ref().is_none_or(|before| *before == x));
            before = Some(x);
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_names_its_row() {
        let mut matrix = BlockMatrix::<1>::new(Pattern::new(3, &[(0, 1), (1, 2)]));
        [1.0, 1.0, 1.0].iter().enumerate().for_each(|(i, &x)| matrix.add(i, i, &[[x]]));
        matrix.add(0, 1, &[[0.5]]);
        matrix.add(1, 2, &[[2.0]]);
        assert!(matrix.factorise(Level::current()).is_err());
    }
}
