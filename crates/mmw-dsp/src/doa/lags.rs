//! Quadratic forms and covariances over a grid by the differences of the places of an array.
//!
//! ```text
//! a_gᴴ M a_g = tr M + 2 Re Σ_d z_dg Σ_{ij of d} M_ij,   (Σ_g p_g a_g a_gᴴ)_ij = Σ_g p_g z_dg*
//! z_dg = exp(j (p_i − p_j) · k_g)
//! ```
//! Pairs `ij` with the same difference `d` of places have the same phases `z` in all directions: 18
//! differences for the 66 pairs of three transmitters and four receivers, 11 for those of a row of 12. Each
//! direction then takes as many products as there are differences, where the eigenvectors of `M` take the
//! square of the number of elements. The directions of a grid that is symmetric about the normal of a flat
//! array have conjugate phases two by two, and share all products. Nothing is fused, and sums have the same
//! lanes at every level: the same bits.

use super::manifold::Manifold;
use mmw_core::geometry::{Direction, Vector3, difference, dot, norm};
use mmw_core::ndarray::{Array2, ArrayRef2};
use mmw_core::simd::Level;
use mmw_core::{C64, by_level};

/// Directions whose phases stay in the first cache for all uses of an iteration.
const CHUNK: usize = 64;
/// Sums that run side by side.
const LANES: usize = 8;
/// Places count as equal when they differ by less than this share of the aperture: lattices by rounding.
const SAME_PLACE: f64 = 1e-12;

/// A number for each direction of a chunk.
type Row = [f64; CHUNK];

/// The phases of all differences of places over a grid.
#[derive(Debug, Clone)]
pub(super) struct Lags {
    /// The pairs of each difference.
    pairs: Vec<Vec<[usize; 2]>>,
    /// Real and imaginary parts for each difference, then for the conjugate of each element, in all chunks of
    /// the directions that are stored.
    phases: Vec<[Row; 2]>,
    elements: usize,
    directions: usize,
    /// Whether each direction stands for its mirror image as well, the last for the first.
    mirrored: bool,
}

/// What a covariance is made of: the sum of all powers, and that with the phases of each difference.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LagSums {
    pub(super) power: f64,
    sums: Vec<C64>,
}

/// A Hermitian matrix, its entries summed over the pairs of each difference.
#[derive(Debug, Clone)]
pub(super) struct Folded {
    trace: f64,
    sums: Vec<C64>,
    /// No form of a steering vector is less: the number of elements times the least eigenvalue.
    least: f64,
}

impl Lags {
    pub(super) fn new(manifold: &Manifold, directions: &[Direction]) -> Self {
        let places = manifold.positions_rad();
        let apart = SAME_PLACE * manifold.aperture_rad();
        let mut lags: Vec<Vector3> = Vec::new();
        let mut pairs: Vec<Vec<[usize; 2]>> = Vec::new();
        for i in 0..places.len() {
            for j in 0..i {
                let own = difference(places[i], places[j]);
                let is = |lag: Vector3, sign: f64| norm(difference(own, lag.map(|x| sign * x))) <= apart;
                match lags.iter().position(|&lag| is(lag, 1.0) || is(lag, -1.0)) {
                    Some(d) if is(lags[d], 1.0) => pairs[d].push([i, j]),
                    Some(d) => pairs[d].push([j, i]),
                    None => {
                        lags.push(own);
                        pairs.push(vec![[i, j]]);
                    }
                }
            }
        }
        let flat = places.iter().all(|p| p[1].abs() <= apart);
        let mirrored = flat && is_symmetric(directions);
        let stored = if mirrored { directions.len().div_ceil(2) } else { directions.len() };
        let rows = lags.len() + places.len();
        let mut phases = vec![[[0.0; CHUNK]; 2]; stored.div_ceil(CHUNK) * rows];
        for (g, direction) in directions[..stored].iter().enumerate() {
            let u = direction.unit_vector();
            for (row, &place) in lags.iter().chain(places).enumerate() {
                let z = C64::cis(dot(place, u));
                let [re, im] = &mut phases[g / CHUNK * rows + row];
                (re[g % CHUNK], im[g % CHUNK]) = (z.re, z.im);
            }
        }
        Self { pairs, phases, elements: places.len(), directions: directions.len(), mirrored }
    }

    /// `Σ_g p_g a_g a_gᴴ`, Hermitian to the bit.
    pub(super) fn covariance(&self, sums: &LagSums) -> Array2<C64> {
        let mut matrix = Array2::from_diag_elem(self.elements, C64::from(sums.power));
        for (pairs, sum) in self.pairs.iter().zip(&sums.sums) {
            for &[i, j] in pairs {
                matrix[[i, j]] = sum.conj();
                matrix[[j, i]] = *sum;
            }
        }
        matrix
    }

    /// A Hermitian matrix with a least eigenvalue, ready for its forms.
    pub(super) fn folded(&self, matrix: &ArrayRef2<C64>, least: f64) -> Folded {
        let of = |pairs: &Vec<[usize; 2]>| pairs.iter().map(|&[i, j]| matrix[[i, j]] * 2.0).sum();
        Folded {
            trace: matrix.diag().iter().map(|z| z.re).sum(),
            sums: self.pairs.iter().map(of).collect(),
            least: least * self.elements as f64,
        }
    }

    /// The sums of the `powers` of all directions.
    pub(super) fn sums(&self, powers: &[f64]) -> LagSums {
        let mut powers = powers.to_vec();
        self.pass(&mut powers, |_, _| ())
    }

    /// Each power becomes `update(power, Σ_k |aᴴ e_k|², aᴴ M a)` for `vectors` in rows; the sums of the new
    /// powers. A form is off by at most `4 m² ε max |M|` for `m` elements, `ε = 1.1e-16`.
    pub(super) fn update(
        &self,
        matrix: &Folded,
        vectors: &[C64],
        powers: &mut [f64],
        update: impl Fn(f64, f64, f64) -> f64,
    ) -> LagSums {
        let (level, lags) = (Level::current(), self.pairs.len());
        self.pass(powers, |phases, powers| {
            let mut values = [[0.0; CHUNK]; 2];
            let (differences, elements) = phases.split_at(lags);
            vectors.chunks_exact(self.elements).for_each(|e| add_powers(level, elements, e, &mut values));
            refresh(level, differences, matrix, &values, powers, &update);
        })
    }

    /// Calls `change` with the phases and the powers of each chunk and its mirror image; the sums afterwards.
    fn pass(&self, powers: &mut [f64], change: impl Fn(&[[Row; 2]], &mut [Row; 2])) -> LagSums {
        let level = Level::current();
        let lags = self.pairs.len();
        let mut sums = vec![[[0.0; LANES]; 2]; lags];
        let mut total = [0.0; LANES];
        let last = self.directions - 1;
        let stored = if self.mirrored { self.directions.div_ceil(2) } else { self.directions };
        for (chunk, phases) in self.phases.chunks_exact(lags + self.elements).enumerate() {
            let first = chunk * CHUNK;
            let count = CHUNK.min(stored - first);
            let mut both = [[0.0; CHUNK]; 2];
            both[0][..count].copy_from_slice(&powers[first..first + count]);
            // The one in the middle is its own image.
            let images = if self.mirrored { count.min(self.directions / 2 - first) } else { 0 };
            for i in 0..images {
                both[1][i] = powers[last - first - i];
            }
            change(phases, &mut both);
            powers[first..first + count].copy_from_slice(&both[0][..count]);
            for i in 0..images {
                powers[last - first - i] = both[1][i];
            }
            both[0][count..].fill(0.0);
            both[1][images..].fill(0.0);
            add_sums(level, &phases[..lags], &both, &mut sums, &mut total);
        }
        let of = |[re, im]: [[f64; LANES]; 2]| C64::new(re.iter().sum(), im.iter().sum());
        LagSums { power: total.iter().sum(), sums: sums.into_iter().map(of).collect() }
    }
}

/// Whether the directions, from the last to the first, are those from the first to the last with both cosines
/// across the normal negative.
fn is_symmetric(directions: &[Direction]) -> bool {
    let mut pairs = directions.iter().zip(directions.iter().rev());
    let images = |(a, b): (&Direction, &Direction)| {
        let ([ux, uy, uz], [vx, vy, vz]) = (a.unit_vector(), b.unit_vector());
        norm([ux + vx, uy - vy, uz + vz]) <= SAME_PLACE
    };
    pairs.all(images)
}

by_level! {
    /// Adds `|aᴴ e|²` for the conjugates of the elements of the steering vectors of a chunk, and of its
    /// image.
    fn add_powers(level: Level, conjugates: &[[Row; 2]], vector: &[C64], values: &mut [Row; 2]) {
        for first in (0..CHUNK).step_by(LANES) {
            let mut parts = [[0.0; LANES]; 4];
            for ([re, im], e) in conjugates.iter().zip(vector) {
                let (re, im) = (&re[first..first + LANES], &im[first..first + LANES]);
                for l in 0..LANES {
                    parts[0][l] += re[l] * e.re;
                    parts[1][l] += im[l] * e.im;
                    parts[2][l] += re[l] * e.im;
                    parts[3][l] += im[l] * e.re;
                }
            }
            for l in 0..LANES {
                let [a, b, c, d] = parts.map(|part| part[l]);
                let [own, image] = [(a - b, c + d), (a + b, c - d)];
                values[0][first + l] += own.0 * own.0 + own.1 * own.1;
                values[1][first + l] += image.0 * image.0 + image.1 * image.1;
            }
        }
    }
}

by_level! {
    /// The powers of a chunk and of its image by their values and forms.
    fn refresh(
        level: Level,
        differences: &[[Row; 2]],
        matrix: &Folded,
        values: &[Row; 2],
        powers: &mut [Row; 2],
        update: &impl Fn(f64, f64, f64) -> f64,
    ) {
        for first in (0..CHUNK).step_by(LANES) {
            let (mut even, mut odd) = ([matrix.trace; LANES], [0.0; LANES]);
            for ([re, im], factor) in differences.iter().zip(&matrix.sums) {
                let (re, im) = (&re[first..first + LANES], &im[first..first + LANES]);
                for l in 0..LANES {
                    even[l] += factor.re * re[l];
                    odd[l] += factor.im * im[l];
                }
            }
            for l in 0..LANES {
                let i = first + l;
                let forms = [even[l] - odd[l], even[l] + odd[l]];
                for (side, form) in forms.into_iter().enumerate() {
                    let form = if form > matrix.least { form } else { matrix.least };
                    powers[side][i] = update(powers[side][i], values[side][i], form);
                }
            }
        }
    }
}

by_level! {
    /// Adds `Σ_g p_g z_dg` over a chunk and its image to the sums of each difference, and its powers to the
    /// total.
    fn add_sums(
        level: Level,
        differences: &[[Row; 2]],
        powers: &[Row; 2],
        sums: &mut [[[f64; LANES]; 2]],
        total: &mut [f64; LANES],
    ) {
        let (mut even, mut odd) = ([0.0; CHUNK], [0.0; CHUNK]);
        for first in (0..CHUNK).step_by(LANES) {
            for l in 0..LANES {
                let [own, image] = [powers[0][first + l], powers[1][first + l]];
                even[first + l] = own + image;
                odd[first + l] = own - image;
                total[l] += own + image;
            }
        }
        for ([real, imaginary], [re, im]) in sums.iter_mut().zip(differences) {
            for first in (0..CHUNK).step_by(LANES) {
                for l in 0..LANES {
                    real[l] += even[first + l] * re[first + l];
                    imaginary[l] += odd[first + l] * im[first + l];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::AngleGrid;
    use super::*;
    use crate::Board;
    use mmw_core::antenna::AntennaArray;

    /// Forms and covariances against those of the steering vectors.
    fn assert_plan(array: &AntennaArray, directions: &[Direction], lags: usize, mirrored: bool) {
        let manifold = Manifold::new(array, 4e-3).unwrap();
        let plan = Lags::new(&manifold, directions);
        assert_eq!((plan.pairs.len(), plan.mirrored), (lags, mirrored));
        let n = manifold.len();
        let steering: Vec<Vec<C64>> = directions.iter().map(|&d| manifold.response(d).collect()).collect();
        let powers: Vec<f64> = (0..directions.len()).map(|i| (i % 7) as f64).collect();
        let found = plan.covariance(&plan.sums(&powers));
        for ((i, j), found) in found.indexed_iter() {
            let exact: C64 = steering.iter().zip(&powers).map(|(a, p)| a[i] * a[j].conj() * p).sum();
            // 451 terms up to 6.
            assert!((found - exact).norm() < 1e-11, "{i} {j}: {found} {exact}");
        }
        let matrix = Array2::from_shape_fn((n, n), |(i, j)| {
            if i == j { C64::from(30.0) } else { C64::new(((i * j) % 5) as f64, i as f64 - j as f64) }
        });
        let vectors: Vec<C64> = (0..2 * n).map(|i| C64::cis(0.7 * (i * i) as f64)).collect();
        let folded = plan.folded(&matrix, 0.0);
        for pick in [0, 1, 2] {
            let mut out = powers.clone();
            let sums =
                plan.update(&folded, &vectors, &mut out, |power, value, form| [power, value, form][pick]);
            for ((a, found), power) in steering.iter().zip(&out).zip(&powers) {
                let form: C64 = matrix.indexed_iter().map(|((i, j), m)| a[i].conj() * m * a[j]).sum();
                let of = |e: &[C64]| a.iter().zip(e).map(|(a, e)| a.conj() * e).sum::<C64>().norm_sqr();
                let exact = [*power, vectors.chunks(n).map(of).sum(), form.re.max(0.0)][pick];
                // Some 150 products up to 12.
                assert!((found - exact).abs() < 1e-10, "{pick}: {found} {exact}");
            }
            assert_eq!(sums, plan.sums(&out));
        }
    }

    #[test]
    fn differences_make_the_forms_and_the_covariance_of_the_steering_vectors() {
        let line = AntennaArray::uniform_linear(12, 2e-3).unwrap();
        let board = Board::Iwr6843Isk.layout().virtual_array().unwrap();
        let odd = [[0.0, 0.0, 0.0], [1.3e-3, 2e-4, 1e-4], [-4e-3, 0.0, 2.2e-3]];
        let odd = AntennaArray::from_positions(odd.to_vec()).unwrap();
        let of = |grid: AngleGrid| -> Vec<Direction> {
            let columns = grid.azimuth().len();
            (0..grid.directions()).map(|d| grid.direction(d / columns, d % columns)).collect()
        };
        let planar = of(AngleGrid::sector(1.5, 41, 1.0, 11).unwrap());
        assert_plan(&line, &of(AngleGrid::azimuth_sector(1.5, 180).unwrap()), 11, true);
        assert_plan(&board, &planar, 18, true);
        assert_plan(&board, &planar[1..], 18, false);
        assert_plan(&odd, &planar, 3, false);
    }

    #[test]
    fn every_level_gives_the_same_bits() {
        let row = |seed: usize| -> Row { std::array::from_fn(|i| ((i * i + seed) as f64).sin()) };
        let phases: Vec<[Row; 2]> = (0..5).map(|d| [row(d), row(40 + d)]).collect();
        let vector: Vec<C64> = (0..5).map(|i| C64::cis(1.3 * f64::from(i))).collect();
        let matrix = Folded { trace: 9.0, sums: vector.clone(), least: 0.01 };
        let at = |level: Level| {
            let (mut values, mut powers) = ([[0.0; CHUNK]; 2], [row(7), row(8)]);
            add_powers(level, &phases, &vector, &mut values);
            refresh(level, &phases, &matrix, &values, &mut powers, &|power, value, form| {
                power * value / form
            });
            let (mut sums, mut total) = (vec![[[0.0; LANES]; 2]; 5], [0.0; LANES]);
            add_sums(level, &phases, &powers, &mut sums, &mut total);
            (values, powers, sums, total)
        };
        let portable = at(Level::Portable);
        assert!(Level::available().into_iter().all(|level| at(level) == portable));
    }
}
