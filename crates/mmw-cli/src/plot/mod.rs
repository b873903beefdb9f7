//! Pictures: maps and point clouds as PNG, curves as SVG or PNG.
//!
//! The layout is ours and the strokes are those of the `plotters` back ends: its own charts draw a map as
//! one rectangle a cell and leave ticks and margins to the caller.

mod canvas;
mod clip;
mod colour;
mod curve;
mod frame;
mod lettering;
#[cfg(test)]
mod gallery;
mod map;
mod picture;
mod scatter;
mod ticks;

pub(crate) use curve::CurvePlot;
pub(crate) use frame::Scale;
pub(crate) use map::{ColourRange, MapPlot};
pub(crate) use scatter::ScatterPlot;
