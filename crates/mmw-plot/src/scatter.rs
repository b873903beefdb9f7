//! Points in space from above and from the side, coloured by a signed value.

use crate::canvas::{Canvas, Rect, Stroke};
use crate::colour::{Colour, ColourMap};
use crate::colour_bar::ColourBar;
use crate::frame::{Frame, Scale, Span, TICK_EM, draw_title};
use crate::lettering::{Anchor, Lettering};
use crate::picture::{self, Format, Picture};
use mmw_core::{Error, Result, check};

/// The page, in pixels.
const SIZE: (u32, u32) = (1240, 640);
const RADIUS: f64 = 4.5;
const RIM: Stroke = Stroke { colour: Colour { 0: 0xff, 1: 0xff, 2: 0xff }, width: 0.4 };

/// A dot: `x, y, z` and the value of its colour.
type Dot = ([f64; 3], f64);

/// A cloud of points to be drawn: y over x from above, z over y from the side, both true to scale and with
/// the origin in view. Blue is below zero, red above, grey is zero.
///
/// # Examples
/// ```
/// use mmw_plot::{Format, Picture, ScatterPlot};
///
/// // x, y, z in metres and a radial velocity.
/// let walker = [([-0.4, 5.0, 0.2], 1.2), ([-0.3, 5.1, 0.9], 0.9)];
/// let wall = (0..20).map(|i| ([3.0, 0.3 * f64::from(i), 0.0], 0.0));
/// let png = ScatterPlot::new("Frame 12", walker.into_iter().chain(wall))
///     .labels(["x, right (m)", "y, forward (m)", "z, up (m)"])
///     .value_label("radial velocity (m/s)")
///     .limit(2.0)
///     .render(Format::Png)?;
/// assert!(png.starts_with(b"\x89PNG"));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a plot is drawn by `render` or `save`"]
pub struct ScatterPlot {
    title: String,
    labels: [String; 3],
    value_label: String,
    dots: Vec<Dot>,
    limit: Option<f64>,
}

impl ScatterPlot {
    /// A cloud of dots, each a place `[x, y, z]` and the value of its colour; no dots give empty axes around
    /// the origin.
    pub fn new(title: impl Into<String>, dots: impl IntoIterator<Item = ([f64; 3], f64)>) -> Self {
        Self {
            title: title.into(),
            labels: ["x", "y", "z"].map(str::to_owned),
            value_label: "value".to_owned(),
            dots: dots.into_iter().collect(),
            limit: None,
        }
    }

    /// Points of a radar, each a place and a radial velocity: x to the right, y forward, z up, in metres and
    /// m/s. Points without x have no place; what else is not known is drawn at zero.
    pub fn of_radar(points: impl IntoIterator<Item = ([Option<f64>; 3], Option<f64>)>) -> Self {
        let or_zero = Option::unwrap_or_default;
        let points: Vec<_> = points.into_iter().collect();
        let placed = points.iter().filter(|([x, ..], _)| x.is_some());
        let dots = placed.map(|&(place, velocity)| (place.map(or_zero), or_zero(velocity)));
        Self::new(format!("4-D point cloud, {} points", points.len()), dots)
            .labels(["x, right (m)", "y, forward (m)", "z, up (m)"])
            .value_label("radial velocity (m/s)")
    }

    /// What the axes x, y and z are called: "quantity (unit)".
    pub fn labels(self, labels: [&str; 3]) -> Self {
        Self { labels: labels.map(str::to_owned), ..self }
    }

    /// What the colours mean: "quantity (unit)".
    pub fn value_label(self, label: impl Into<String>) -> Self {
        Self { value_label: label.into(), ..self }
    }

    /// The value of the outermost colours, at both ends; by default the greatest magnitude there is.
    pub fn limit(self, limit: f64) -> Self {
        Self { limit: Some(limit), ..self }
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let finite = |dot: &Dot| dot.0.iter().all(|x| x.is_finite()) && dot.1.is_finite();
        if let Some(index) = self.dots.iter().position(|dot| !finite(dot)) {
            return Err(Error::NotFinite { name: "dots".into(), index });
        }
        let limit = match self.limit {
            Some(limit) => check::positive("limit", limit)?,
            None => self.dots.iter().fold(0.0, |greatest: f64, dot| greatest.max(dot.1.abs())),
        };
        let limit = if limit > 0.0 { limit } else { 1.0 };
        let bar = ColourBar {
            low: -limit,
            high: limit,
            colours: ColourMap::Diverging,
            label: self.value_label.clone(),
        };
        let middle = (canvas.width - bar.width()) / 2.0;
        let area = |left: f64, right: f64| Rect { left, top: 74.0, right, bottom: canvas.height - 8.0 };
        let (left, right) =
            (area(14.0, middle - 14.0), area(middle + 8.0, canvas.width - bar.width() - 22.0));
        let (top_view, side_view) = (self.frame(left, [0, 1])?, self.frame(right, [1, 2])?);
        self.view(canvas, &bar, &top_view, "from above", [0, 1])?;
        self.view(canvas, &bar, &side_view, "from the side", [1, 2])?;
        bar.draw(canvas, side_view.rect)?;
        let page = Rect { left: 0.0, top: 0.0, right: canvas.width, bottom: canvas.height };
        draw_title(canvas, &self.title, page, 32.0)
    }

    /// A frame over two of the axes, in which a metre is as long from left to right as from below to above.
    fn frame(&self, area: Rect, [x, y]: [usize; 2]) -> Result<Frame> {
        let span = |axis: usize| {
            // Whoever measured the points stands at the origin and belongs in the picture.
            let places = self.dots.iter().map(|dot| dot.0[axis]).chain([0.0]);
            Span::covering(places, Scale::Linear).map(|span| span.padded(0.06))
        };
        let (across, up) = (self.labels[x].as_str(), self.labels[y].as_str());
        Frame::true_to_scale(area, (across, span(x)?), (up, span(y)?))
    }

    fn view(
        &self,
        canvas: &mut Canvas<'_>,
        bar: &ColourBar,
        frame: &Frame,
        name: &str,
        [x, y]: [usize; 2],
    ) -> Result<()> {
        frame.draw_grid(canvas)?;
        for (place, value) in &self.dots {
            let Some(at) = frame.place(place[x], place[y]) else { continue };
            canvas.disc(at, RADIUS, bar.colours.at((value - bar.low) / (bar.high - bar.low)))?;
            canvas.ring(at, RADIUS, RIM)?;
        }
        frame.draw_axes(canvas)?;
        let at = (f64::midpoint(frame.rect.left, frame.rect.right), frame.rect.top - 10.0);
        canvas.text(name, at, Lettering::new(TICK_EM, Anchor::Middle))
    }
}

impl Picture for ScatterPlot {
    /// Both views as a picture of 1240 by 640 pixels.
    ///
    /// # Errors
    /// Kind `not_finite` for a dot that is, `domain` for a limit not above 0 or a cloud too wide for its
    /// axes.
    fn render(&self, format: Format) -> Result<Vec<u8>> {
        picture::render(format, SIZE, |canvas| self.draw(canvas))
    }
}
