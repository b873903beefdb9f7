//! A page to draw on, the same for PNG and SVG.
//!
//! The back ends take whole pixels; the page therefore works on a finer grid ([`crate::picture`]) and takes
//! fractions of a pixel.

use crate::colour::Colour;
use crate::encode;
use crate::failure::failed;
use crate::lettering::{Anchor, Lettering, ink, text_width};
use mmw_core::Result;
use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, ShapeStyle};

/// What the SVG back end divides a size by to get the em.
const SVG_SIZE_OVER_EM: f64 = 1.24;

/// A point of the page: pixels to the right and down from the upper left corner.
pub(crate) type Point = (f64, f64);

/// A rectangle of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Rect {
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }
    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }
}

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) colour: Colour,
    pub(crate) width: f64,
}

enum Surface<'a> {
    Svg(SVGBackend<'a>),
    Bitmap(BitMapBackend<'a>),
}

/// Calls the same back-end method on either surface.
macro_rules! on_surface {
    ($canvas:expr, $backend:ident => $call:expr) => {
        match &mut $canvas.surface {
            Surface::Svg($backend) => $call.map_err(|error| failed(&error)),
            Surface::Bitmap($backend) => $call.map_err(|error| failed(&error)),
        }
    };
}

/// The page under the pen.
pub(crate) struct Canvas<'a> {
    surface: Surface<'a>,
    scale: f64,
    /// Bitmaps of an SVG: the colour of the rectangle that keeps the place of each, and its element.
    images: Vec<(String, String)>,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl<'a> Canvas<'a> {
    /// A page of nominal size on an SVG of `scale` grid steps per pixel.
    pub(crate) fn on_svg(backend: SVGBackend<'a>, scale: u32, (width, height): (u32, u32)) -> Self {
        let (width, height) = (f64::from(width), f64::from(height));
        Self { surface: Surface::Svg(backend), scale: f64::from(scale), images: Vec::new(), width, height }
    }

    /// A page of nominal size on a bitmap of `scale` device pixels a pixel.
    pub(crate) fn on_bitmap(backend: BitMapBackend<'a>, scale: u32, (width, height): (u32, u32)) -> Self {
        let (width, height) = (f64::from(width), f64::from(height));
        Self { surface: Surface::Bitmap(backend), scale: f64::from(scale), images: Vec::new(), width, height }
    }

    /// Ends the drawing; an SVG lacks the images that come back, each for the rectangle of its colour.
    pub(crate) fn finish(mut self) -> Result<Vec<(String, String)>> {
        on_surface!(self, backend => backend.present())?;
        Ok(self.images)
    }

    fn device(&self, (x, y): Point) -> (i32, i32) {
        // `as` saturates, so that points far off the page stay far off the page.
        ((x * self.scale).round() as i32, (y * self.scale).round() as i32)
    }

    fn stroke(&self, stroke: Stroke) -> ShapeStyle {
        let width = (stroke.width * self.scale).round().max(1.0) as u32;
        ShapeStyle { color: stroke.colour.to_rgba(), filled: false, stroke_width: width }
    }

    /// A line through points.
    pub(crate) fn polyline(&mut self, points: &[Point], stroke: Stroke) -> Result<()> {
        let style = self.stroke(stroke);
        let mut path: Vec<(i32, i32)> = points.iter().map(|&p| self.device(p)).collect();
        path.dedup();
        if path.len() < 2 {
            return Ok(());
        }
        match &mut self.surface {
            Surface::Svg(backend) => backend.draw_path(path, &style).map_err(|e| failed(&e)),
            // Piece by piece: the back end's own joint of wide lines spikes at sharp turns.
            Surface::Bitmap(backend) => path
                .windows(2)
                .try_for_each(|w| backend.draw_line(w[0], w[1], &style).map_err(|e| failed(&e))),
        }
    }

    /// A line through points in dashes.
    pub(crate) fn dashed(&mut self, points: &[Point], stroke: Stroke) -> Result<()> {
        for dash in dashes(points, 7.0, 5.0) {
            self.polyline(&dash, stroke)?;
        }
        Ok(())
    }

    /// A filled rectangle.
    pub(crate) fn fill(&mut self, rect: Rect, colour: Colour) -> Result<()> {
        let (from, to) = (self.device((rect.left, rect.top)), self.device((rect.right, rect.bottom)));
        let style = colour.filled();
        on_surface!(self, backend => backend.draw_rect(from, to, &style, true))
    }

    /// The border of a rectangle.
    pub(crate) fn outline(&mut self, rect: Rect, stroke: Stroke) -> Result<()> {
        let corners = [
            (rect.left, rect.top),
            (rect.right, rect.top),
            (rect.right, rect.bottom),
            (rect.left, rect.bottom),
        ];
        (0..4).try_for_each(|i| self.polyline(&[corners[i], corners[(i + 1) % 4]], stroke))
    }

    /// A filled disc.
    pub(crate) fn disc(&mut self, centre: Point, radius: f64, colour: Colour) -> Result<()> {
        let (centre, style) = (self.device(centre), colour.filled());
        let radius = (radius * self.scale).round().max(1.0) as u32;
        on_surface!(self, backend => backend.draw_circle(centre, radius, &style, true))
    }

    /// A circle drawn as a polygon, which unlike the back end's circle takes a line width.
    pub(crate) fn ring(&mut self, (x, y): Point, radius: f64, stroke: Stroke) -> Result<()> {
        let points: Vec<Point> = (0..=32)
            .map(|i| {
                let (sin, cos) = (f64::from(i) * std::f64::consts::TAU / 32.0).sin_cos();
                (x + radius * cos, y + radius * sin)
            })
            .collect();
        self.polyline(&points, stroke)
    }

    /// A text whose baseline passes through `at`.
    pub(crate) fn text(&mut self, text: &str, at: Point, lettering: Lettering) -> Result<()> {
        let em = lettering.em * self.scale;
        let at = (at.0 * self.scale, at.1 * self.scale);
        match &mut self.surface {
            Surface::Svg(backend) => svg_text(backend, text, at, em, lettering),
            Surface::Bitmap(backend) => bitmap_text(backend, text, at, em, lettering),
        }
    }

    /// Columns and rows of final pixels that a rectangle with whole corners covers.
    pub(crate) fn pixels(&self, rect: Rect) -> (usize, usize) {
        (rect.width().max(0.0).round() as usize, rect.height().max(0.0).round() as usize)
    }

    /// Fills a rectangle with whole corners by its final pixels ([`Canvas::pixels`]): RGB, row by row from
    /// the top.
    pub(crate) fn blit(&mut self, rect: Rect, rgb: &[u8]) -> Result<()> {
        let (columns, rows) = self.pixels(rect);
        let (left, top) = self.device((rect.left, rect.top));
        let Surface::Bitmap(backend) = &mut self.surface else { return self.embed(rect, rgb) };
        let scale = self.scale as usize;
        let mut enlarged = Vec::with_capacity(rgb.len() * scale * scale);
        for row in rgb.chunks_exact((3 * columns).max(1)) {
            let start = enlarged.len();
            row.as_chunks::<3>().0.iter().for_each(|pixel| {
                (0..scale).for_each(|_| enlarged.extend_from_slice(pixel));
            });
            let line = start..enlarged.len();
            (1..scale).for_each(|_| enlarged.extend_from_within(line.clone()));
        }
        let size = ((columns * scale) as u32, (rows * scale) as u32);
        backend.blit_bitmap((left, top), size, &enlarged).map_err(|error| failed(&error))
    }

    /// [`Canvas::blit`] on an SVG: a PNG inside of it. The back end writes strokes only, so a rectangle of a
    /// colour of its own keeps the place.
    fn embed(&mut self, rect: Rect, rgb: &[u8]) -> Result<()> {
        let (columns, rows) = self.pixels(rect);
        let place = RGBColor(0xfe, 0xed, self.images.len() as u8);
        self.fill(rect, place)?;
        let (x, y) = self.device((rect.left, rect.top));
        let (right, bottom) = self.device((rect.right, rect.bottom));
        let png = encode::base64(&encode::png(rgb, (columns as u32, rows as u32))?);
        let image = format!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{png}\"/>",
            right - x,
            bottom - y
        );
        self.images.push((format!("#FEED{:02X}", place.2), image));
        Ok(())
    }
}

fn svg_text(
    backend: &mut SVGBackend<'_>,
    text: &str,
    (x, y): Point,
    em: f64,
    lettering: Lettering,
) -> Result<()> {
    // The back end anchors at the top and takes the baseline to be this far below it.
    let drop = 0.76 * em;
    let style = if lettering.bold { FontStyle::Bold } else { FontStyle::Normal };
    let horizontal = match lettering.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let rotation = if lettering.upwards { FontTransform::Rotate270 } else { FontTransform::None };
    let style = FontDesc::new(FontFamily::SansSerif, em * SVG_SIZE_OVER_EM, style)
        .transform(rotation)
        .color(&lettering.colour)
        .pos(Pos::new(horizontal, VPos::Top));
    let (x, y) = if lettering.upwards { (x - drop, y) } else { (x, y - drop) };
    backend.draw_text(text, &style, (x.round() as i32, y.round() as i32)).map_err(|error| failed(&error))
}

fn bitmap_text(
    backend: &mut BitMapBackend<'_>,
    text: &str,
    (x, y): Point,
    em: f64,
    lettering: Lettering,
) -> Result<()> {
    let ink = ink(text, em, lettering.bold)?;
    let before = match lettering.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => text_width(text, em) / 2.0,
        Anchor::End => text_width(text, em),
    };
    let start = if lettering.upwards { (x, y + before) } else { (x - before, y) };
    let start = (start.0.round() as i32, start.1.round() as i32);
    let (width, height) = backend.get_size();
    let (width, height) = (width as i32, height as i32);
    for (row, line) in ink.coverage.chunks_exact(ink.size.0.max(1)).enumerate() {
        for (column, &coverage) in line.iter().enumerate().filter(|(_, coverage)| **coverage > 0.0) {
            let (along, down) = (column as i32 - ink.origin.0, row as i32 - ink.origin.1);
            let (x, y) = match lettering.upwards {
                true => (start.0 + down, start.1 - along),
                false => (start.0 + along, start.1 + down),
            };
            if (0..width).contains(&x) && (0..height).contains(&y) {
                let colour = lettering.colour.mix(f64::from(coverage.min(1.0))).to_backend_color();
                backend.draw_pixel((x, y), colour).map_err(|error| failed(&error))?;
            }
        }
    }
    Ok(())
}

/// The pieces of a line through `points` that dashes of length `on` with gaps of length `off` leave.
fn dashes(points: &[Point], on: f64, off: f64) -> Vec<Vec<Point>> {
    let mut dashes = Vec::new();
    let mut dash: Vec<Point> = points.first().copied().into_iter().collect();
    let (mut drawing, mut left) = (true, on);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length = dx.hypot(dy);
            if length <= left || !length.is_finite() {
                left -= length;
                if drawing {
                    dash.push(to);
                }
                break;
            }
            from = (from.0 + dx * left / length, from.1 + dy * left / length);
            if drawing {
                dash.push(from);
                dashes.push(std::mem::take(&mut dash));
            } else {
                dash = vec![from];
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
    }
    if drawing {
        dashes.push(dash);
    }
    dashes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_cover_their_share_of_a_line_round_corners() {
        let pieces = dashes(&[(0.0, 0.0), (10.0, 0.0), (10.0, 14.0)], 7.0, 5.0);
        assert_eq!(pieces, [vec![(0.0, 0.0), (7.0, 0.0)], vec![(10.0, 2.0), (10.0, 9.0)],]);
        assert!(dashes(&[], 7.0, 5.0).iter().all(Vec::is_empty));
    }
}
