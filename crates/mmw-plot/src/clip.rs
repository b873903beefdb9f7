//! Lines cut to the frame, and long ones thinned to what can be seen.

use crate::canvas::{Point, Rect};

/// The pieces of a line that lie inside `rect`.
pub(crate) fn clip(points: &[Point], rect: Rect) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    for pair in points.windows(2) {
        let Some((from, to)) = clip_segment(pair[0], pair[1], rect) else { continue };
        match pieces.last_mut() {
            Some(piece) if piece.last() == Some(&from) => piece.push(to),
            _ => pieces.push(vec![from, to]),
        }
    }
    pieces
}

/// The part of one segment inside `rect`, by the parametric cuts of Liang and Barsky.
fn clip_segment(from: Point, to: Point, rect: Rect) -> Option<(Point, Point)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (slope, room) in [
        (-dx, from.0 - rect.left),
        (dx, rect.right - from.0),
        (-dy, from.1 - rect.top),
        (dy, rect.bottom - from.1),
    ] {
        if slope == 0.0 {
            if room < 0.0 {
                return None;
            }
            continue;
        }
        let at = room / slope;
        if slope < 0.0 { enter = enter.max(at) } else { leave = leave.min(at) }
    }
    // The ends themselves are kept to the bit, so that consecutive segments join.
    let point = |t: f64| match t {
        0.0 => from,
        1.0 => to,
        _ => (from.0 + t * dx, from.1 + t * dy),
    };
    (enter <= leave).then(|| (point(enter), point(leave)))
}

/// The same line with at most four points for each half pixel of width: the first, the lowest, the highest
/// and the last, so that no spike is lost.
pub(crate) fn thin(points: Vec<Point>) -> Vec<Point> {
    if points.len() < 4096 {
        return points;
    }
    let column = |p: &Point| (p.0 * 2.0).floor();
    points
        .chunk_by(|a, b| column(a) == column(b))
        .flat_map(|run| {
            let extreme = |sign: f64| {
                let key = |i: &usize| sign * run[*i].1;
                (0..run.len()).min_by(|a, b| key(a).total_cmp(&key(b))).unwrap_or(0)
            };
            let mut keep = [0, extreme(1.0), extreme(-1.0), run.len() - 1];
            keep.sort_unstable();
            keep.map(|i| run[i])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: Rect = Rect { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };

    #[test]
    fn a_line_is_cut_at_the_frame_and_joins_where_it_stays_inside() {
        let line = [(-1.0, 0.5), (0.5, 0.5), (0.5, 0.7), (0.5, 3.0), (0.9, 3.0), (0.9, -1.0)];
        assert_eq!(
            clip(&line, UNIT),
            [vec![(0.0, 0.5), (0.5, 0.5), (0.5, 0.7), (0.5, 1.0)], vec![(0.9, 1.0), (0.9, 0.0)],]
        );
        assert!(clip(&[(2.0, 0.0), (2.0, 1.0)], UNIT).is_empty());
        assert!(clip(&[(0.0, 0.0)], UNIT).is_empty());
    }

    #[test]
    fn thinning_keeps_spikes() {
        let mut points: Vec<Point> = (0..100_000).map(|i| (f64::from(i) * 0.001, 5.0)).collect();
        points[50_001].1 = -40.0;
        let thinned = thin(points);
        assert!(thinned.len() <= 4 * 201);
        assert!(thinned.iter().any(|p| p.1 == -40.0));
    }
}
