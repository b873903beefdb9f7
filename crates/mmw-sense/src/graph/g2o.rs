//! Files of g2o and TORO.

use super::edge::Edge;
use super::optimise::{PlaneGraph, PoseGraph, SpaceGraph};
use super::poses::{GraphPose, PlanePose};
use crate::Pose;
use crate::pose::rotation_of;
use crate::read::lines::{Line, lines};
use mmw_core::{Result, check};
use std::collections::BTreeMap;

/// A graph in the plane or in space.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AnyGraph {
    /// `VERTEX_SE2` and `EDGE_SE2`, or `VERTEX2` and `EDGE2`.
    Plane(PlaneGraph),
    /// `VERTEX_SE3:QUAT` and `EDGE_SE3:QUAT`.
    Space(SpaceGraph),
}

/// What a file of g2o holds.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct G2o {
    /// The graph; what `FIX` names is held.
    pub graph: AnyGraph,
    /// The number that each pose has in the file.
    pub ids: Vec<u64>,
    /// Lines of other kinds (landmarks, parameters) by their first word, which are not read.
    pub others: BTreeMap<String, usize>,
}

/// Reads a pose graph: lines `VERTEX_SE2 id x y heading` and `EDGE_SE2 from to x y heading` with the upper
/// triangle of the information row by row, `VERTEX_SE3:QUAT id x y z qx qy qz qw` and `EDGE_SE3:QUAT` alike,
/// `FIX id`, and TORO's `VERTEX2` and `EDGE2`, whose information is 11 12 22 33 13 23. Poses stand in the
/// order of their numbers.
///
/// The rotation of an `EDGE_SE3:QUAT` is weighed as g2o does, by the vector part of a quaternion, which is
/// the sine of half the angle: the information over an angle, as [`Edge::information`] has it, is a quarter.
///
/// # Errors
/// [`Error::Format`](mmw_core::Error::Format) with the byte where a line begins that has other numbers than
/// its kind, an edge to a pose that is nowhere, a pose that is there twice, an information that is not
/// positive definite; graphs in plane and space in one file; no poses.
///
/// # Examples
/// ```
/// use mmw_sense::graph::{AnyGraph, read_g2o};
///
/// let text = "VERTEX_SE2 0 0 0 0\nVERTEX_SE2 1 1.1 0 0\nEDGE_SE2 0 1 1 0 0.1 50 0 0 50 0 200\n";
/// let AnyGraph::Plane(graph) = read_g2o("two.g2o", text)?.graph else { panic!() };
/// assert!((graph.chi2() - 2.5).abs() < 1e-12);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
pub fn read_g2o(name: &str, text: &str) -> Result<G2o> {
    let (mut plane, mut space) = (Found::<PlanePose, 3>::default(), Found::<Pose, 6>::default());
    let (mut fixed, mut others) = (Vec::new(), BTreeMap::new());
    let mut end = Line { file: name, offset: text.len(), text: "" };
    for line in lines(name, text) {
        let mut words = line.text.split_whitespace();
        let Some(kind) = words.next().filter(|word| !word.starts_with('#')) else { continue };
        let words: Vec<&str> = words.collect();
        match kind {
            "VERTEX_SE2" | "VERTEX2" => plane.vertex(line, &words, plane_pose)?,
            "EDGE_SE2" => plane.edge(line, &words, plane_pose, upper::<3, 6>)?,
            "EDGE2" => plane.edge(line, &words, plane_pose, toro)?,
            "VERTEX_SE3:QUAT" => space.vertex(line, &words, space_pose)?,
            "EDGE_SE3:QUAT" => space.edge(line, &words, space_pose, half_angles)?,
            "FIX" => words.iter().try_for_each(|word| id(line, word).map(|id| fixed.push((line, id))))?,
            _ => *others.entry(kind.to_owned()).or_insert(0) += 1,
        }
        end = line;
    }
    match (plane.poses.is_empty(), space.poses.is_empty()) {
        (false, true) => {
            let (graph, ids) = plane.graph(&fixed)?;
            Ok(G2o { graph: AnyGraph::Plane(graph), ids, others })
        }
        (true, false) => {
            let (graph, ids) = space.graph(&fixed)?;
            Ok(G2o { graph: AnyGraph::Space(graph), ids, others })
        }
        (true, true) => Err(end.unlike("a graph with a `VERTEX_SE2` or `VERTEX_SE3:QUAT`", "none")),
        (false, false) => Err(end.unlike("poses in the plane or in space", "both")),
    }
}

/// The vertices and edges met so far.
struct Found<'a, P, const N: usize> {
    poses: BTreeMap<u64, P>,
    edges: Vec<Tie<'a, P, N>>,
}

/// An edge by the numbers of the file.
struct Tie<'a, P, const N: usize> {
    line: Line<'a>,
    ends: [u64; 2],
    measured: P,
    information: [[f64; N]; N],
}

impl<P, const N: usize> Default for Found<'_, P, N> {
    fn default() -> Self {
        Self { poses: BTreeMap::new(), edges: Vec::new() }
    }
}

impl<'a, P: GraphPose<N>, const N: usize> Found<'a, P, N> {
    fn vertex<const V: usize>(
        &mut self,
        line: Line<'a>,
        words: &[&str],
        pose: fn(&[f64; V]) -> Result<P>,
    ) -> Result<()> {
        let Some((number, rest)) = words.split_first() else { return Err(line.unlike("a number", "none")) };
        let pose = line.explain_as("a pose", pose(&numbers(line, rest)?))?;
        match self.poses.insert(id(line, number)?, pose) {
            None => Ok(()),
            Some(_) => Err(line.unlike("every pose once", number)),
        }
    }

    fn edge<const V: usize, const I: usize>(
        &mut self,
        line: Line<'a>,
        words: &[&str],
        pose: fn(&[f64; V]) -> Result<P>,
        information: fn(&[f64; I]) -> [[f64; N]; N],
    ) -> Result<()> {
        let [from, to, rest @ ..] = words else { return Err(line.unlike("two numbers of poses", line.text)) };
        let (measured, triangle) = rest.split_at(V.min(rest.len()));
        let measured = line.explain_as("a pose", pose(&numbers(line, measured)?))?;
        let information = information(&numbers(line, triangle)?);
        self.edges.push(Tie { line, ends: [id(line, from)?, id(line, to)?], measured, information });
        Ok(())
    }

    fn graph(self, fixed: &[(Line<'_>, u64)]) -> Result<(PoseGraph<P, N>, Vec<u64>)> {
        let ids: Vec<u64> = self.poses.keys().copied().collect();
        let place = |line: Line<'_>, id: u64| {
            ids.binary_search(&id).map_err(|_| line.unlike("a pose of this file", &id.to_string()))
        };
        let mut graph = PoseGraph::new(self.poses.into_values().collect())?;
        for Tie { line, ends: [from, to], measured, information } in self.edges {
            let edge = Edge::new(place(line, from)?, place(line, to)?, measured, information);
            graph.add(line.explain_as("an edge", edge)?)?;
        }
        for &(line, id) in fixed {
            graph.hold(place(line, id)?)?;
        }
        Ok((graph, ids))
    }
}

fn id(line: Line<'_>, word: &str) -> Result<u64> {
    word.parse().map_err(|_| line.unlike("the number of a pose", word))
}

fn numbers<const N: usize>(line: Line<'_>, words: &[&str]) -> Result<[f64; N]> {
    let mut out = [0.0; N];
    if words.len() != N {
        return Err(line.unlike(format!("{N} more numbers"), &words.join(" ")));
    }
    for (x, word) in out.iter_mut().zip(words) {
        *x = line.number("a value", word)?;
    }
    Ok(out)
}

fn plane_pose(&[x_m, y_m, heading_rad]: &[f64; 3]) -> Result<PlanePose> {
    PlanePose::new(x_m, y_m, heading_rad)
}

fn space_pose(&[x, y, z, qx, qy, qz, qw]: &[f64; 7]) -> Result<Pose> {
    check::in_range("length of the quaternion", qx.hypot(qy).hypot(qz).hypot(qw), 0.9, 1.1)?;
    Pose::new(rotation_of([qx, qy, qz, qw])?, [x, y, z])
}

/// A symmetric matrix from its upper triangle, row by row.
fn upper<const N: usize, const I: usize>(triangle: &[f64; I]) -> [[f64; N]; N] {
    let at = |i: usize, k: usize| i * N - i * (i + 1) / 2 + k;
    std::array::from_fn(|i| std::array::from_fn(|k| triangle[at(i.min(k), i.max(k))]))
}

fn toro(&[xx, xy, yy, tt, xt, yt]: &[f64; 6]) -> [[f64; 3]; 3] {
    [[xx, xy, xt], [xy, yy, yt], [xt, yt, tt]]
}

/// From half angles to angles.
fn half_angles(triangle: &[f64; 21]) -> [[f64; 6]; 6] {
    scaled(&upper::<6, 21>(triangle), 0.5)
}

/// The information with its rotations in other units.
fn scaled(information: &[[f64; 6]; 6], by: f64) -> [[f64; 6]; 6] {
    let unit = |i: usize| if i < 3 { 1.0 } else { by };
    std::array::from_fn(|i| std::array::from_fn(|k| information[i][k] * unit(i) * unit(k)))
}

/// A graph in the plane as lines of g2o, its poses numbered from 0.
#[must_use]
pub fn write_g2o_plane(graph: &PlaneGraph) -> String {
    let values = |pose: &PlanePose| vec![pose.x_m, pose.y_m, pose.heading_rad];
    written(graph, ["VERTEX_SE2", "EDGE_SE2"], values, |information| *information)
}

/// A graph in space as lines of g2o, its poses numbered from 0, the information of rotations over
/// half angles.
#[must_use]
pub fn write_g2o_space(graph: &SpaceGraph) -> String {
    let values = |pose: &Pose| [&pose.translation_m[..], &pose.quaternion_xyzw()].concat();
    written(graph, ["VERTEX_SE3:QUAT", "EDGE_SE3:QUAT"], values, |information| scaled(information, 2.0))
}

fn written<P: GraphPose<N>, const N: usize>(
    graph: &PoseGraph<P, N>,
    [vertex, edge]: [&str; 2],
    values: impl Fn(&P) -> Vec<f64>,
    information: impl Fn(&[[f64; N]; N]) -> [[f64; N]; N],
) -> String {
    let mut out = String::new();
    let mut put = |head: String, numbers: Vec<f64>| {
        let words = numbers.iter().map(f64::to_string);
        let words: Vec<String> = std::iter::once(head).chain(words).collect();
        out.push_str(&words.join(" "));
        out.push('\n');
    };
    for (i, pose) in graph.poses().iter().enumerate() {
        put(format!("{vertex} {i}"), values(pose));
    }
    graph.held().for_each(|place| put(format!("FIX {place}"), Vec::new()));
    for one in graph.edges() {
        let matrix = information(&one.information);
        let triangle = (0..N).flat_map(|i| matrix[i][i..].iter().copied());
        put(
            format!("{edge} {} {}", one.from, one.to),
            values(&one.measured).into_iter().chain(triangle).collect(),
        );
    }
    out
}
