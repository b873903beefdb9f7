//! Paths over points, seen from above.

use crate::canvas::{Canvas, Rect, Stroke};
use crate::clip::clip;
use crate::colour::{CURVES, Colour, INK, PAPER};
use crate::frame::{Frame, Scale, Span, TICK_EM, draw_title};
use crate::lettering::{Anchor, Lettering};
use crate::picture::{self, Format, Picture};
use mmw_core::{Error, Result};

/// The page, in pixels.
const SIZE: (u32, u32) = (900, 820);
/// What was seen stands behind who was followed.
const DOT: (f64, Colour) = (1.6, Colour { 0: 0xb4, 1: 0xba, 2: 0xc0 });
const PATH_WIDTH: f64 = 2.2;
const END_RADIUS: f64 = 6.0;

/// A path: what is written at its end, and its places.
#[derive(Debug, Clone)]
struct Path {
    name: String,
    places: Vec<[f64; 2]>,
}

/// Paths over faint points, seen from above: true to scale, with the origin in view. A ring is where a path
/// begins, a disc with its name where it ends.
///
/// # Examples
/// ```
/// use mmw_plot::{Format, PlanPlot, Picture};
///
/// let walk: Vec<[f64; 2]> = (0..40).map(|i| [0.05 * f64::from(i) - 1.0, 3.0]).collect();
/// let seen = walk.iter().map(|[x, y]| [x + 0.1, y - 0.1]);
/// let plan = PlanPlot::new("One person").dots(seen).path("7", walk.iter().copied());
/// assert!(plan.render(Format::Png)?.starts_with(b"\x89PNG"));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a plot is drawn by `render` or `save`"]
pub struct PlanPlot {
    title: String,
    labels: [String; 2],
    dots: Vec<[f64; 2]>,
    paths: Vec<Path>,
}

impl PlanPlot {
    /// A plan without anything on it.
    pub fn new(title: impl Into<String>) -> Self {
        let labels = ["x, right (m)", "y, forward (m)"].map(str::to_owned);
        Self { title: title.into(), labels, dots: Vec::new(), paths: Vec::new() }
    }

    /// What the axes are called: "quantity (unit)".
    pub fn labels(self, labels: [&str; 2]) -> Self {
        Self { labels: labels.map(str::to_owned), ..self }
    }

    /// Adds faint points.
    pub fn dots(mut self, dots: impl IntoIterator<Item = [f64; 2]>) -> Self {
        self.dots.extend(dots);
        self
    }

    /// Adds a path in the next colour.
    pub fn path(mut self, name: impl Into<String>, places: impl IntoIterator<Item = [f64; 2]>) -> Self {
        self.paths.push(Path { name: name.into(), places: places.into_iter().collect() });
        self
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let all = || self.dots.iter().chain(self.paths.iter().flat_map(|path| &path.places));
        if let Some(index) = all().position(|place| !place.iter().all(|x| x.is_finite())) {
            return Err(Error::NotFinite { name: "places".into(), index });
        }
        let span = |axis: usize| {
            // Whoever measured stands at the origin and belongs in the picture.
            let values = all().map(|place| place[axis]).chain([0.0]);
            Span::covering(values, Scale::Linear).map(|span| span.padded(0.05))
        };
        let area = Rect { left: 14.0, top: 56.0, right: canvas.width - 24.0, bottom: canvas.height - 8.0 };
        let [across, up] = &self.labels;
        let frame = Frame::true_to_scale(area, (across, span(0)?), (up, span(1)?))?;
        frame.draw_grid(canvas)?;
        for [x, y] in &self.dots {
            let Some(at) = frame.place(*x, *y) else { continue };
            canvas.disc(at, DOT.0, DOT.1)?;
        }
        for (path, &colour) in self.paths.iter().zip(CURVES.iter().cycle()) {
            path.draw(canvas, &frame, colour)?;
        }
        frame.draw_axes(canvas)?;
        let page = Rect { left: 0.0, top: 0.0, right: canvas.width, bottom: canvas.height };
        draw_title(canvas, &self.title, page, 34.0)
    }
}

impl Path {
    fn draw(&self, canvas: &mut Canvas<'_>, frame: &Frame, colour: Colour) -> Result<()> {
        let places: Vec<_> = self.places.iter().filter_map(|[x, y]| frame.place(*x, *y)).collect();
        let stroke = Stroke { colour, width: PATH_WIDTH };
        for piece in clip(&places, frame.rect) {
            canvas.polyline(&piece, stroke)?;
        }
        let (Some(&first), Some(&last)) = (places.first(), places.last()) else { return Ok(()) };
        canvas.disc(first, END_RADIUS * 0.6, PAPER)?;
        canvas.ring(first, END_RADIUS * 0.6, stroke)?;
        canvas.disc(last, END_RADIUS, colour)?;
        canvas.ring(last, END_RADIUS, Stroke { colour: INK, width: 0.8 })?;
        let at = (last.0 + END_RADIUS + 4.0, last.1 + 0.35 * TICK_EM);
        canvas.text(&self.name, at, Lettering::new(TICK_EM, Anchor::Start).bold())
    }
}

impl Picture for PlanPlot {
    /// The plan as a picture of 900 by 820 pixels.
    ///
    /// # Errors
    /// Kind `not_finite` for a place that is, `domain` for places too wide apart for the axes.
    fn render(&self, format: Format) -> Result<Vec<u8>> {
        picture::render(format, SIZE, |canvas| self.draw(canvas))
    }
}
