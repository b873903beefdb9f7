//! Rooms of planes, sampled as a radar or a lidar sees them.

use super::split_mix::SplitMix64;
use crate::matrix::dot;

/// A rectangle: a corner and the edges from it, m.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rectangle {
    pub(super) corner: [f64; 3],
    pub(super) edges: [[f64; 3]; 2],
}

impl Rectangle {
    /// The distance along a unit `direction` from `origin` at which it is met beyond 5 cm.
    pub(super) fn met_m(&self, origin: &[f64; 3], direction: &[f64; 3]) -> Option<f64> {
        let [a, b] = &self.edges;
        let normal = cross(a, b);
        let to: [f64; 3] = std::array::from_fn(|i| self.corner[i] - origin[i]);
        let distance = dot(&to, &normal) / dot(direction, &normal);
        let on: [f64; 3] = std::array::from_fn(|i| distance * direction[i] - to[i]);
        let inside = |edge: &[f64; 3]| (0.0..=1.0).contains(&(dot(&on, edge) / dot(edge, edge)));
        (distance > 0.05 && distance.is_finite() && inside(a) && inside(b)).then_some(distance)
    }

    fn area_m2(&self) -> f64 {
        let normal = cross(&self.edges[0], &self.edges[1]);
        dot(&normal, &normal).sqrt()
    }
}

fn cross(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// The four walls and the floor of a room about the origin, 2.6 m high, the floor 1 m below.
pub(super) fn shell(width: f64, length: f64) -> Vec<Rectangle> {
    let (x0, x1, y0, y1, z) = (-width / 2.0, width / 2.0, -length / 2.0, length / 2.0, -1.0);
    let (across, along, up) = ([width, 0.0, 0.0], [0.0, length, 0.0], [0.0, 0.0, 2.6]);
    let rectangle = |corner: [f64; 3], a: [f64; 3], b: [f64; 3]| Rectangle { corner, edges: [a, b] };
    vec![
        rectangle([x0, y0, z], across, up),
        rectangle([x0, y1, z], across, up),
        rectangle([x0, y0, z], along, up),
        rectangle([x1, y0, z], along, up),
        rectangle([x0, y0, z], across, along),
    ]
}

/// The faces of a box that is at `[x, y]`, turned by an angle, without the one below.
pub(super) fn furniture([x, y]: [f64; 2], [a, b, c]: [f64; 3], turn_rad: f64) -> [Rectangle; 5] {
    let (sin, cos) = turn_rad.sin_cos();
    let (u, v, e) = ([cos * a, sin * a, 0.0], [-sin * b, cos * b, 0.0], [0.0, 0.0, c]);
    let corner: [f64; 3] = std::array::from_fn(|i| [x, y, -1.0][i] - u[i] / 2.0 - v[i] / 2.0);
    let from = |edge: [f64; 3]| std::array::from_fn(|i| corner[i] + edge[i]);
    let rectangle = |corner: [f64; 3], a: [f64; 3], b: [f64; 3]| Rectangle { corner, edges: [a, b] };
    [
        rectangle(corner, u, e),
        rectangle(from(v), u, e),
        rectangle(corner, v, e),
        rectangle(from(u), v, e),
        rectangle(from(e), u, v),
    ]
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
        let (w, l) = (random.uniform(5.0, 8.0), random.uniform(6.0, 10.0));
        let mut rectangles = shell(w, l);
        for _ in 0..4 {
            let size = [random.uniform(0.4, 1.4), random.uniform(0.4, 1.4), random.uniform(0.5, 1.8)];
            let place = [w, l].map(|side| random.uniform(-side / 2.0 + 0.8, side / 2.0 - 0.8));
            rectangles.extend(furniture(place, size, random.uniform(0.0, std::f64::consts::FRAC_PI_2)));
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
