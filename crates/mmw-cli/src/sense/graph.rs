//! `mmw sense graph`: the poses that fit what was measured between them.

use super::values::{Rows, json};
use crate::error::{Error, Result};
use crate::output;
use crate::question::{Question, Readable, contradiction};
use mmw_sense::graph::{
    AnyGraph, Edge, GraphConfig, GraphPose, PlaneGraph, PlanePose, PoseGraph, read_g2o, write_g2o_plane,
    write_g2o_space,
};
use mmw_sense::registration::Stop;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// A graph in the plane or in space: g2o or TORO
    #[arg(value_name = "FILE", required_unless_present = "start")]
    input: Option<PathBuf>,

    /// Poses in the plane in place of a file, m and rad: [[x, y, heading], …]
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<[f64; 3]>>, conflicts_with = "input", requires = "edges")]
    start: Option<Rows<[f64; 3]>>,

    /// What was measured between them: [[from, to, x, y, heading], …]
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<[f64; 5]>>, requires = "start")]
    edges: Option<Rows<[f64; 5]>>,

    /// Standard deviations of those, m and rad: [x, y, heading] [default: 1 each]
    #[arg(long, value_name = "JSON", value_parser = json::<Rows<f64>>, requires = "start")]
    sd: Option<Rows<f64>>,

    /// Doubt every edge that is not from a pose to the next: false loops lose their weight
    #[arg(long)]
    doubt_loops: bool,

    /// Steps at most
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    steps: usize,

    /// File of g2o for the poses that were found, with the edges
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The poses, and how well they fit.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    poses: usize,
    edges: usize,
    chi2_start: f64,
    chi2: f64,
    iterations: usize,
    stop: Stop,
    /// Edges with less than half their weight, from and to.
    doubted: Vec<[usize; 2]>,
    /// The last pose: x, y, heading in the plane; x, y, z and a quaternion in space.
    last: Vec<f64>,
    #[serde(skip)]
    out: Option<PathBuf>,
}

impl Parameters {
    fn graph(&self) -> Result<AnyGraph> {
        if let Some(file) = &self.input {
            let text = std::fs::read_to_string(file).map_err(|error| Error::io(file, "read", &error))?;
            return Ok(read_g2o(&file.display().to_string(), &text)?.graph);
        }
        let (Some(Rows(start)), Some(Rows(edges))) = (&self.start, &self.edges) else {
            return Err(contradiction("start", "needs edges"));
        };
        let poses = start.iter().map(|&[x, y, heading]| PlanePose::new(x, y, heading));
        let mut graph = PlaneGraph::new(poses.collect::<mmw_core::Result<_>>()?)?;
        let sd = self.sd.as_ref().map_or(&[1.0; 3][..], |Rows(sd)| sd);
        mmw_core::check::same_len("sd", 3, sd.len())?;
        let mut information = [[0.0; 3]; 3];
        for (i, &s) in sd.iter().enumerate() {
            let s = mmw_core::check::in_range("sd", s, 1e-9, 1e9)?;
            information[i][i] = 1.0 / (s * s);
        }
        for &[from, to, x, y, heading] in edges {
            let [from, to] = [from, to]
                .map(|place| (place >= 0.0 && place.fract() == 0.0 && place < 1e9).then_some(place as usize));
            let (Some(from), Some(to)) = (from, to) else {
                return Err(contradiction("edges", "begin with the numbers of two poses"));
            };
            graph.add(Edge::new(from, to, PlanePose::new(x, y, heading)?, information)?)?;
        }
        Ok(AnyGraph::Plane(graph))
    }
}

impl Parameters {
    fn solve<P: GraphPose<N>, const N: usize>(
        &self,
        graph: &mut PoseGraph<P, N>,
        config: &GraphConfig,
    ) -> Result<Answer> {
        if self.doubt_loops {
            graph.doubt_loops();
        }
        let found = graph.optimise(config)?;
        let weighed = graph.edges().iter().zip(&found.weights);
        Ok(Answer {
            poses: graph.poses().len(),
            edges: graph.edges().len(),
            chi2_start: found.chi2_start,
            chi2: found.chi2,
            iterations: found.steps,
            stop: found.stop,
            doubted: weighed.filter(|(_, w)| **w < 0.5).map(|(edge, _)| [edge.from, edge.to]).collect(),
            last: Vec::new(),
            out: None,
        })
    }
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let mut config = GraphConfig::default();
        config.steps = self.steps;
        let mut any = self.graph()?;
        let (solved, text, last) = match &mut any {
            AnyGraph::Plane(graph) => {
                let solved = self.solve(graph, &config)?;
                let last = graph.poses().last().map(|pose| vec![pose.x_m, pose.y_m, pose.heading_rad]);
                (solved, write_g2o_plane(graph), last)
            }
            AnyGraph::Space(graph) => {
                let solved = self.solve(graph, &config)?;
                let last = graph.poses().last();
                let last = last.map(|pose| [&pose.translation_m[..], &pose.quaternion_xyzw()].concat());
                (solved, write_g2o_space(graph), last)
            }
            _ => return Err(contradiction("input", "is neither in the plane nor in space")),
        };
        if let Some(out) = &self.out {
            output::save(out, |file| file.write_all(text.as_bytes()))?;
        }
        Ok(Answer { last: last.unwrap_or_default(), out: self.out.clone(), ..solved })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            format!("{} poses, {} edges", self.poses, self.edges),
            format!("chi-squared {:.6} before", self.chi2_start),
            format!("chi-squared {:.6} after {} steps ({})", self.chi2, self.iterations, self.stop),
            format!("{} edges doubted", self.doubted.len()),
        ];
        lines.extend(self.out.iter().map(|out| format!("written to {}", out.display())));
        lines
    }
}
