//! A point cloud from above and from the side, coloured by radial velocity.

use super::canvas::{Canvas, Rect, Stroke};
use super::colour::{Colour, ColourMap};
use super::frame::{Frame, Scale, Span, draw_title};
use super::map::ColourBar;
use super::picture;
use crate::error::Result;
use crate::export::is_finite;
use mmw_core::{Error, check};
use mmw_dsp::Point;
use std::path::Path;

/// The page, in pixels.
const SIZE: (u32, u32) = (1240, 640);
const RADIUS: f64 = 4.5;
const RIM: Stroke = Stroke { colour: Colour { 0: 0xff, 1: 0xff, 2: 0xff }, width: 0.4 };

/// A point cloud to be drawn: x over y from above, z over y from the side, both true to scale. Points without a
/// known azimuth have no place in it; those without an elevation are drawn at the height of the radar.
///
/// ```text
/// ScatterPlot::new("Frame 12", &points).save(path)?
/// ```
#[derive(Debug, Clone)]
pub(crate) struct ScatterPlot<'a> {
    title: String,
    points: &'a [Point],
    max_velocity_m_s: Option<f64>,
}

fn x(point: &Point) -> f64 {
    point.x_m.unwrap_or(0.0)
}

fn y(point: &Point) -> f64 {
    point.y_m.unwrap_or(0.0)
}

fn z(point: &Point) -> f64 {
    point.z_m.unwrap_or(0.0)
}

impl<'a> ScatterPlot<'a> {
    /// A point cloud; no points give empty axes around the origin.
    pub(crate) fn new(title: impl Into<String>, points: &'a [Point]) -> Self {
        Self { title: title.into(), points, max_velocity_m_s: None }
    }

    /// The velocity of the outermost colours; by default that of the fastest point.
    pub(crate) fn max_velocity_m_s(self, max_velocity_m_s: f64) -> Self {
        Self { max_velocity_m_s: Some(max_velocity_m_s), ..self }
    }

    /// Draws the cloud into a PNG file.
    ///
    /// # Errors
    /// Kind `not_finite` for a coordinate or velocity that is, `domain` for a velocity limit not above 0,
    /// `usage` for a name that does not end in `.png`, `io` naming the file.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        picture::save(path, SIZE, |canvas| self.draw(canvas))
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        if let Some(index) = self.points.iter().position(|p| !is_finite(p)) {
            return Err(Error::NotFinite { name: "points".into(), index }.into());
        }
        let limit = match self.max_velocity_m_s {
            Some(limit) => check::positive("max_velocity_m_s", limit)?,
            None => self.points.iter().fold(0.0, |a: f64, p| a.max(p.velocity_m_s.unwrap_or(0.0).abs())),
        };
        let limit = if limit > 0.0 { limit } else { 1.0 };
        let bar = ColourBar {
            low: -limit,
            high: limit,
            colours: ColourMap::Diverging,
            label: "radial velocity (m/s)".to_owned(),
        };
        let middle = (canvas.width - bar.width()) / 2.0;
        let area = |left: f64, right: f64| Rect { left, top: 74.0, right, bottom: canvas.height - 8.0 };
        let (left, right) =
            (area(14.0, middle - 14.0), area(middle + 8.0, canvas.width - bar.width() - 22.0));
        let top_view = self.frame(left, ("x, right (m)", x), ("y, forward (m)", y))?;
        let side_view = self.frame(right, ("y, forward (m)", y), ("z, up (m)", z))?;
        self.view(canvas, &bar, &top_view, "from above", |p| (x(p), y(p)))?;
        self.view(canvas, &bar, &side_view, "from the side", |p| (y(p), z(p)))?;
        bar.draw(canvas, side_view.rect)?;
        let page = Rect { left: 0.0, top: 0.0, right: canvas.width, bottom: canvas.height };
        draw_title(canvas, &self.title, page, 32.0)
    }

    /// A frame in which a metre is as long from left to right as from below to above.
    fn frame(&self, area: Rect, x: (&str, fn(&Point) -> f64), y: (&str, fn(&Point) -> f64)) -> Result<Frame> {
        let origin = Point::default();
        let span = |pick: fn(&Point) -> f64| {
            // The radar stands at the origin and belongs in the picture.
            Span::covering(self.points.iter().chain([&origin]).map(pick), Scale::Linear)
                .map(|span| span.padded(0.06))
        };
        let (x_span, y_span) = (span(x.1)?, span(y.1)?);
        // Room for labels changes little with the limits; one correction makes the scale exact enough.
        let rect = Frame::new(area, (x.0, x_span), (y.0, y_span)).rect;
        let metre =
            ((x_span.high - x_span.low) / rect.width()).max((y_span.high - y_span.low) / rect.height());
        let widened = |span: Span, length: f64| {
            let (centre, half) = (f64::midpoint(span.low, span.high), metre * length / 2.0);
            Span { low: centre - half, high: centre + half, ..span }
        };
        let (x_span, y_span) = (widened(x_span, rect.width()), widened(y_span, rect.height()));
        check::finite("length of an axis", (x_span.high - x_span.low).max(y_span.high - y_span.low))?;
        Ok(Frame::new(area, (x.0, x_span), (y.0, y_span)))
    }

    fn view(
        &self,
        canvas: &mut Canvas<'_>,
        bar: &ColourBar,
        frame: &Frame,
        name: &str,
        pick: fn(&Point) -> (f64, f64),
    ) -> Result<()> {
        use super::lettering::{Anchor, Lettering};
        frame.draw_grid(canvas)?;
        for point in self.points.iter().filter(|point| point.x_m.is_some()) {
            let (x, y) = pick(point);
            let Some(at) = frame.place(x, y) else { continue };
            let colour = bar.colours.at((point.velocity_m_s.unwrap_or(0.0) - bar.low) / (bar.high - bar.low));
            canvas.disc(at, RADIUS, colour)?;
            canvas.ring(at, RADIUS, RIM)?;
        }
        frame.draw_axes(canvas)?;
        let at = (f64::midpoint(frame.rect.left, frame.rect.right), frame.rect.top - 10.0);
        canvas.text(name, at, Lettering::new(super::frame::TICK_EM, Anchor::Middle))
    }
}
