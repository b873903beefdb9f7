//! Rooms of planes, sampled as a radar or a lidar sees them.

use super::split_mix::SplitMix64;

/// A rectangle: a corner and the edges from it, m.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rectangle {
    corner: [f64; 3],
    edges: [[f64; 3]; 2],
}

impl Rectangle {
    fn area_m2(&self) -> f64 {
        let [a, b] = self.edges;
        let cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
        cross.iter().map(|x| x * x).sum::<f64>().sqrt()
    }
}

/// A room with four walls, a floor and boxes for furniture, about the origin: 5 to 8 m by 6 to 10 m by 2.6 m,
/// the floor 1 m below.
///
/// # Examples
/// ```
/// use mmw_sense::simulate::{Room, SplitMix64};
///
/// let mut random = SplitMix64::new(1);
/// let room = Room::new(&mut random);
/// assert_eq!(room.sample(200, 0.02, &mut random).len(), 200);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Room {
    rectangles: Vec<Rectangle>,
    /// The share of the area up to each rectangle.
    shares: Vec<f64>,
}

impl Room {
    /// A room by random numbers.
    #[must_use]
    pub fn new(random: &mut SplitMix64) -> Self {
        let (w, l, h, z) = (random.uniform(5.0, 8.0), random.uniform(6.0, 10.0), 2.6, -1.0);
        let (x0, x1, y0, y1) = (-w / 2.0, w / 2.0, -l / 2.0, l / 2.0);
        let rectangle = |corner: [f64; 3], a: [f64; 3], b: [f64; 3]| Rectangle { corner, edges: [a, b] };
        let (across, along, up) = ([w, 0.0, 0.0], [0.0, l, 0.0], [0.0, 0.0, h]);
        let mut rectangles = vec![
            rectangle([x0, y0, z], across, up),
            rectangle([x0, y1, z], across, up),
            rectangle([x0, y0, z], along, up),
            rectangle([x1, y0, z], along, up),
            rectangle([x0, y0, z], across, along),
        ];
        for _ in 0..4 {
            let [a, b, c] = [random.uniform(0.4, 1.4), random.uniform(0.4, 1.4), random.uniform(0.5, 1.8)];
            let (x, y) = (random.uniform(x0 + 0.8, x1 - 0.8), random.uniform(y0 + 0.8, y1 - 0.8));
            let (sin, cos) = random.uniform(0.0, std::f64::consts::FRAC_PI_2).sin_cos();
            let (u, v, e) = ([cos * a, sin * a, 0.0], [-sin * b, cos * b, 0.0], [0.0, 0.0, c]);
            let corner: [f64; 3] = std::array::from_fn(|i| [x, y, z][i] - u[i] / 2.0 - v[i] / 2.0);
            let from = |edge: [f64; 3]| std::array::from_fn(|i| corner[i] + edge[i]);
            rectangles.extend([
                rectangle(corner, u, e),
                rectangle(from(v), u, e),
                rectangle(corner, v, e),
                rectangle(from(u), v, e),
                rectangle(from(e), u, v),
            ]);
        }
        let all: f64 = rectangles.iter().map(Rectangle::area_m2).sum();
        let mut sum = 0.0;
        let shares = rectangles.iter().map(|one| {
            sum += one.area_m2();
            sum / all
        });
        Self { shares: shares.collect(), rectangles }
    }

    /// Places on its surfaces, as many in a square metre everywhere, each off by a normal law in every
    /// direction.
    #[must_use]
    pub fn sample(&self, count: usize, noise_m: f64, random: &mut SplitMix64) -> Vec<[f64; 3]> {
        let mut place = || {
            let share = random.uniform(0.0, 1.0);
            let k = self.shares.partition_point(|end| *end <= share).min(self.rectangles.len() - 1);
            let Rectangle { corner, edges: [a, b] } = self.rectangles[k];
            let (s, t) = (random.uniform(0.0, 1.0), random.uniform(0.0, 1.0));
            let on: [f64; 3] = std::array::from_fn(|i| corner[i] + s * a[i] + t * b[i]);
            on.map(|x| x + random.normal(noise_m))
        };
        (0..count).map(|_| place()).collect()
    }
}
