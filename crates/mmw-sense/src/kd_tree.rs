//! Nearest points in space.

use mmw_core::{Result, check};

/// Points of a leaf are looked at one by one.
const LEAF: usize = 12;

/// A k-d tree over points that do not change: their own order is kept, answers are places in it.
///
/// # Examples
/// ```
/// use mmw_sense::kd_tree::KdTree;
///
/// let tree = KdTree::new(&[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])?;
/// assert_eq!(tree.nearest([0.9, 0.3, 0.0]).map(|found| found.0), Some(1));
/// # Ok::<(), mmw_sense::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct KdTree {
    /// In the order of the leaves.
    points: Vec<[f64; 3]>,
    places: Vec<u32>,
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Copy)]
enum Node {
    /// Up to `at` along `axis` on the left, which follows; the right is at `right`.
    Split {
        axis: u8,
        at: f64,
        right: u32,
    },
    Leaf {
        start: u32,
        end: u32,
    },
}

impl KdTree {
    /// A tree over points.
    ///
    /// # Errors
    /// A coordinate beyond 1e9, more than 2³¹ points.
    pub fn new(points: &[[f64; 3]]) -> Result<Self> {
        points.iter().flatten().try_for_each(|&x| check::in_range("point", x, -1e9, 1e9).map(|_| ()))?;
        check::in_range("points", points.len() as f64, 0.0, 2_147_483_648.0)?;
        let mut places: Vec<u32> = (0..points.len() as u32).collect();
        let mut nodes = Vec::with_capacity(points.len() / 4 + 1);
        if !points.is_empty() {
            split(points, &mut places, 0, &mut nodes);
        }
        let points = places.iter().map(|&place| points[place as usize]).collect();
        Ok(Self { points, places, nodes })
    }

    /// Number of points.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The place of the nearest point and the square of its distance; none of an empty tree, or for a place
    /// that is not finite.
    #[must_use]
    pub fn nearest(&self, to: [f64; 3]) -> Option<(usize, f64)> {
        let mut best = (usize::MAX, f64::INFINITY);
        self.visit(to, 0, &mut |place, squared| {
            if squared < best.1 {
                best = (place, squared);
            }
            best.1
        });
        (best.0 != usize::MAX).then_some(best)
    }

    /// The places of the nearest points and the squares of their distances, the nearest first, into what a
    /// call before left: as many as `count`, or all.
    pub fn nearest_into(&self, to: [f64; 3], count: usize, found: &mut Vec<(usize, f64)>) {
        found.clear();
        self.visit(to, 0, &mut |place, squared| {
            let full = found.len() == count;
            if !full || found.last().is_some_and(|last| squared < last.1) {
                if full {
                    found.pop();
                }
                let at = found.partition_point(|one| one.1 <= squared);
                found.insert(at, (place, squared));
            }
            if found.len() == count { found.last().map_or(0.0, |last| last.1) } else { f64::INFINITY }
        });
    }

    /// Shows the points of all leaves within reach; `look` answers how far that is, squared.
    fn visit(&self, to: [f64; 3], node: usize, look: &mut impl FnMut(usize, f64) -> f64) -> f64 {
        match self.nodes.get(node) {
            None => f64::INFINITY,
            Some(Node::Leaf { start, end }) => {
                let mut reach = f64::INFINITY;
                for i in *start as usize..*end as usize {
                    let p = &self.points[i];
                    let [dx, dy, dz] = [p[0] - to[0], p[1] - to[1], p[2] - to[2]];
                    reach = look(self.places[i] as usize, dx * dx + dy * dy + dz * dz);
                }
                reach
            }
            Some(Node::Split { axis, at, right }) => {
                let off = to[*axis as usize] - at;
                let sides = [node + 1, *right as usize];
                let [near, far] = if off <= 0.0 { sides } else { [sides[1], sides[0]] };
                let reach = self.visit(to, near, look);
                if off * off <= reach { self.visit(to, far, look) } else { reach }
            }
        }
    }
}

/// Puts the points of `places` in order below a node that is pushed.
fn split(points: &[[f64; 3]], places: &mut [u32], start: usize, nodes: &mut Vec<Node>) {
    let count = places.len();
    if count <= LEAF {
        nodes.push(Node::Leaf { start: start as u32, end: (start + count) as u32 });
        return;
    }
    let spread = |axis: usize| {
        let ends = places.iter().map(|&i| points[i as usize][axis]);
        let (low, high) = ends.fold((f64::MAX, f64::MIN), |(low, high), x| (low.min(x), high.max(x)));
        high - low
    };
    let spreads = [spread(0), spread(1), spread(2)];
    let axis = (0..3).max_by(|&a, &b| spreads[a].total_cmp(&spreads[b])).unwrap_or(0);
    let half = count / 2;
    let by = |a: &u32, b: &u32| points[*a as usize][axis].total_cmp(&points[*b as usize][axis]);
    places.select_nth_unstable_by(half, by);
    let at = points[places[half] as usize][axis];
    let node = nodes.len();
    nodes.push(Node::Split { axis: axis as u8, at, right: 0 });
    let (left, right) = places.split_at_mut(half);
    split(points, left, start, nodes);
    let below = nodes.len() as u32;
    nodes[node] = Node::Split { axis: axis as u8, at, right: below };
    split(points, right, start + half, nodes);
}
