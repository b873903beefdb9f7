//! A coarse search over all directions ahead: the grid cell that one target explains best.

use mmw_core::C64;
use mmw_core::geometry::Vector3;

/// The cosine along y of a direction ahead, zero outside the unit disc.
pub(super) fn forward(u: f64, w: f64) -> f64 {
    (1.0 - u * u - w * w).max(0.0).sqrt()
}

/// Phase factors of an array over a rectangle of direction cosines.
///
/// The response of an element at y = 0 is a product of a factor in u and one in w, and the factor in w is
/// common to all elements of one height: they are summed once for each u, and the sums turned for each w.
#[derive(Debug, Clone)]
pub(super) struct Scan {
    us: Vec<f64>,
    ws: Vec<f64>,
    rows: Vec<Row>,
}

/// Elements of one height z and depth y.
#[derive(Debug, Clone)]
struct Row {
    depth_rad: f64,
    /// Each element with its factors in u.
    elements: Vec<(usize, Vec<C64>)>,
    /// Their common factors in w.
    factors: Vec<C64>,
}

impl Scan {
    /// Plans for elements at `positions_rad`, in wavelengths times 2π.
    pub(super) fn new(positions_rad: &[Vector3], us: Vec<f64>, ws: Vec<f64>) -> Self {
        let mut order: Vec<usize> = (0..positions_rad.len()).collect();
        let of = |i: usize| [positions_rad[i][2], positions_rad[i][1]];
        order.sort_by(|&i, &j| of(i)[0].total_cmp(&of(j)[0]).then(of(i)[1].total_cmp(&of(j)[1])));
        let rows = order.chunk_by(|&i, &j| of(i) == of(j)).map(|row| {
            let along = |&i: &usize| (i, us.iter().map(|u| C64::cis(positions_rad[i][0] * u)).collect());
            let [height_rad, depth_rad] = of(row[0]);
            Row {
                depth_rad,
                elements: row.iter().map(along).collect(),
                factors: ws.iter().map(|w| C64::cis(height_rad * w)).collect(),
            }
        });
        Self { rows: rows.collect(), us, ws }
    }

    /// The cell `(u, w)` inside the unit disc with the greatest `|a(u, w)ᴴ x|²`.
    pub(super) fn strongest(&self, x: &[C64]) -> (f64, f64) {
        let lines: Vec<Vec<C64>> = self.rows.iter().map(|row| row.line(x, self.us.len())).collect();
        // Of n rows no sum has more than n times the sum of their powers.
        let rows = lines.len() as f64;
        let most: Vec<f64> = (0..self.us.len())
            .map(|i| rows * lines.iter().map(|line| line[i].norm_sqr()).sum::<f64>())
            .collect();
        let first = (0..most.len()).max_by(|&i, &j| most[i].total_cmp(&most[j])).unwrap_or_default();
        let mut best = (f64::NEG_INFINITY, (0.0, 0.0));
        for i in std::iter::once(first).chain(0..most.len()) {
            // Rounding aside: a cell as good as the best is no better a start.
            if most[i] <= best.0 {
                continue;
            }
            let u = self.us[i];
            for (j, &w) in self.ws.iter().enumerate() {
                if 1.0 - u * u - w * w < 0.0 {
                    continue;
                }
                let terms = self.rows.iter().zip(&lines).map(|(row, line)| {
                    let z = row.factors[j] * line[i];
                    if row.depth_rad == 0.0 { z } else { z * C64::cis(row.depth_rad * forward(u, w)) }
                });
                let power = terms.sum::<C64>().norm_sqr();
                if power > best.0 {
                    best = (power, (u, w));
                }
            }
        }
        best.1
    }
}

impl Row {
    /// The sum over the elements for each u.
    fn line(&self, x: &[C64], len: usize) -> Vec<C64> {
        let mut line = vec![C64::default(); len];
        for (element, factors) in &self.elements {
            line.iter_mut().zip(factors).for_each(|(sum, factor)| *sum += x[*element] * factor);
        }
        line
    }
}
