//! Pictures of arrays with physical axes: maps, curves and scatters, as PNG and SVG.
//!
//! Axes, units and names come with the data ([`mmw_core::DataArray`]), so a picture takes one line. Ticks
//! carry SI prefixes, a map that is larger than its page loses no peak, colours stay distinct for
//! colour-blind eyes, and the font is part of the program: nothing is asked of the machine. The same data
//! gives the same bytes.
//!
//! ```
//! use mmw_plot::{
//!     CurvePlot, Format, MapPlot, Picture, Result, Scale, ScatterPlot,
//!     mmw_core::{Axis, DataArray1, DataArray2},
//!     ndarray::{Array1, Array2},
//! };
//!
//! # fn main() -> Result<()> {
//! // A map: two axes and decibels. `save("map.png")` writes it, `render` gives the bytes.
//! let range = Axis::uniform("range", "m", 0.0, 0.042, 64)?;
//! let velocity = Axis::uniform("velocity", "m/s", -2.0, 0.125, 32)?;
//! let power = Array2::from_shape_fn((32, 64), |(v, r)| if (v, r) == (20, 40) { 30.0 } else { 0.0 });
//! let map = DataArray2::new("power", "dB", power, vec![velocity, range.clone()])?;
//! let png = MapPlot::new(&map).title("One target").render(Format::Png)?;
//! assert!(png.starts_with(b"\x89PNG"));
//!
//! // Curves: arrays of one axis, or any points.
//! let spectrum = DataArray1::new("power", "dB", Array1::linspace(0.0, -60.0, 64), vec![range])?;
//! let svg = CurvePlot::of(&spectrum).horizontal("noise", -50.0).render(Format::Svg)?;
//! assert!(String::from_utf8_lossy(&svg).contains("range (m)"));
//!
//! let outage = [(0.0, 0.3), (10.0, 4e-3), (20.0, 6e-6)];
//! let curve = CurvePlot::new("Outage", "power (dBm)", "probability").line("20 km", outage);
//! curve.y_scale(Scale::Log).render(Format::Png)?;
//!
//! // A scatter: places in space, coloured by a signed value.
//! ScatterPlot::new("Two points", [([1.0, 4.0, 0.0], -0.5), ([-1.0, 6.0, 0.3], 1.5)]).render(Format::Png)?;
//! # Ok(())
//! # }
//! ```
//!
//! # Pictures
//! | type | what it shows | size |
//! | --- | --- | --- |
//! | [`MapPlot`] | a [`DataArray2`](mmw_core::DataArray2) in colours with a bar; the upper 60 dB where the unit is a decibel | 960 x 720 |
//! | [`PowerPlot`] | linear powers as a map in decibels over their median, angles in degrees | 960 x 720 |
//! | [`CurvePlot`] | full and dashed lines, dots and reference lines over linear or logarithmic axes, with a legend | 900 x 600 |
//! | [`SmithPlot`] | reflection coefficients over a grid of resistances and reactances | 760 x 820 |
//! | [`WaterfallPlot`] | a level, the steps that raise or lower it, and levels to compare with | 1040 x 640 |
//! | [`ScatterPlot`] | points in space from above and from the side, true to scale | 1240 x 640 |
//! | [`PlanPlot`] | paths over points from above, true to scale | 900 x 820 |
//!
//! [`Picture::render`] gives the bytes of a file, [`Picture::save`] writes it, [`Format`] is PNG or SVG. In
//! an SVG, texts stay text and lines stay lines; the cells of a map are a bitmap inside of it.
//!
//! # Conventions
//! | | |
//! | --- | --- |
//! | labels | "quantity (unit)"; large and small numbers take an SI prefix or a power of ten |
//! | maps | dimension 1 runs from left to right unless [`MapPlot::x_dimension`] says 0; coordinates rise to the right and upwards |
//! | many cells per pixel | the greatest is shown |
//! | numbers that are not finite | are an error that names the picture's part, never a gap |
//! | logarithmic axes | points at or below zero have no place and interrupt their line |
//!
//! Text in PNG pictures is set in Ubuntu Light, which comes with the crate `epaint_default_fonts` under the
//! Ubuntu Font Licence 1.0; in SVG it is the viewer's sans serif.
//!
//! # References
//! Powers have the colours of viridis (its public-domain table), curves the palette of M. Okabe and K. Ito.
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod failure;
mod colour;
mod ticks;
mod lettering;
mod encode;
mod canvas;
mod clip;
mod frame;
mod picture;
mod colour_bar;
mod map;
mod power;
mod curve;
mod study;
mod study_page;
mod smith;
mod scatter;
mod waterfall;
mod plan;

#[cfg(test)]
mod gallery;

pub use curve::CurvePlot;
pub use frame::Scale;
pub use map::{ColourRange, MapPlot};
pub use mmw_core;
pub use mmw_core::{Error, Result, ndarray, num_complex};
pub use picture::{Format, Picture};
pub use plan::PlanPlot;
pub use power::{PowerPlot, median};
pub use scatter::ScatterPlot;
pub use smith::SmithPlot;
pub use study_page::StudyPage;
pub use waterfall::WaterfallPlot;

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
