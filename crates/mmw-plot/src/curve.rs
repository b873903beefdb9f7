//! Curves with a legend, as SVG or PNG.

use crate::canvas::{Canvas, Point, Rect, Stroke};
use crate::clip::{clip, thin};
use crate::colour::{CURVES, Colour};
use crate::frame::{Frame, Scale, Span, TICK_EM, draw_title};
use crate::lettering::{Anchor, Lettering, text_width};
use crate::picture::{self, Format, Picture};
use mmw_core::{DataArray1, Error, Real, Result, check};

/// The page, in pixels.
const SIZE: (u32, u32) = (900, 600);
const WIDTH: f64 = 2.2;
const DOT_RADIUS: f64 = 4.5;
const REFERENCE: Stroke = Stroke { colour: Colour { 0: 0x6b, 1: 0x72, 2: 0x7a }, width: 1.4 };
/// Length of a legend's sample, and the room between its items.
const SAMPLE: f64 = 30.0;
const GAP: f64 = 24.0;

/// How a curve is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Line,
    Dashed,
    Dots,
}

#[derive(Debug, Clone)]
pub(crate) struct Curve {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) style: Style,
    pub(crate) colour: Colour,
}

/// A dashed line across the frame.
#[derive(Debug, Clone)]
struct Reference {
    name: String,
    value: f64,
    horizontal: bool,
}

/// Curves over one pair of axes, with a legend above them.
///
/// # Examples
/// ```
/// use mmw_plot::{CurvePlot, Format, Picture, Scale};
///
/// let snr_db = [0.0, 10.0, 20.0];
/// let svg = CurvePlot::new("Error of the angle", "SNR (dB)", "RMSE (deg)")
///     .line("MUSIC", snr_db.map(|s| (s, 2.1 * 10_f64.powf(-s / 20.0))))
///     .dashed("Cramér-Rao bound", snr_db.map(|s| (s, 1.7 * 10_f64.powf(-s / 20.0))))
///     .horizontal("bin width", 0.5)
///     .y_scale(Scale::Log)
///     .render(Format::Svg)?;
/// assert!(String::from_utf8_lossy(&svg).contains("MUSIC"));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a plot is drawn by `render` or `save`"]
pub struct CurvePlot {
    title: String,
    labels: [String; 2],
    scales: [Scale; 2],
    limits: [Option<(f64, f64)>; 2],
    curves: Vec<Curve>,
    /// Colours in use: curves less those that share one.
    colours: usize,
    references: Vec<Reference>,
}

impl CurvePlot {
    /// An empty plot; labels are "quantity (unit)".
    pub fn new(title: impl Into<String>, x_label: impl Into<String>, y_label: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            labels: [x_label.into(), y_label.into()],
            scales: [Scale::Linear; 2],
            limits: [None; 2],
            curves: Vec::new(),
            colours: 0,
            references: Vec::new(),
        }
    }

    /// A plot of one array, labelled and titled by its axis and name.
    pub fn of<T: Real>(curve: &DataArray1<T>) -> Self {
        let label = match curve.unit() {
            "" => curve.name().to_owned(),
            unit => format!("{} ({unit})", curve.name()),
        };
        let x_label = curve.axes().first().map_or_else(String::new, mmw_core::Axis::label);
        Self::new(curve.name(), x_label, label).array("", curve)
    }

    /// A full line through `(x, y)` points, in the next colour.
    pub fn line(self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.curve(name, points, Style::Line)
    }

    /// A dashed line through `(x, y)` points, in the next colour: a bound or a theory.
    pub fn dashed(self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.curve(name, points, Style::Dashed)
    }

    /// Dots at `(x, y)` points, in the next colour: measurements or printed numbers.
    pub fn dots(self, name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.curve(name, points, Style::Dots)
    }

    /// A full line through the values of an array over its axis.
    pub fn array<T: Real>(self, name: impl Into<String>, curve: &DataArray1<T>) -> Self {
        let x = curve.axes().first().map(mmw_core::Axis::to_vec).unwrap_or_default();
        self.line(name, x.into_iter().zip(curve.data().iter().map(|v| v.as_f64())))
    }

    /// Gives the latest curve the colour of the one before it: a theory beside its measurement.
    pub fn alike(mut self) -> Self {
        if let [.., before, latest] = self.curves.as_mut_slice() {
            latest.colour = before.colour;
            self.colours -= 1;
        }
        self
    }

    /// A grey dashed line from left to right.
    pub fn horizontal(mut self, name: impl Into<String>, value: f64) -> Self {
        self.references.push(Reference { name: name.into(), value, horizontal: true });
        self
    }

    /// A grey dashed line from below to above.
    pub fn vertical(mut self, name: impl Into<String>, value: f64) -> Self {
        self.references.push(Reference { name: name.into(), value, horizontal: false });
        self
    }

    /// Linear or logarithmic from left to right.
    pub fn x_scale(mut self, scale: Scale) -> Self {
        self.scales[0] = scale;
        self
    }

    /// Linear or logarithmic from below to above.
    pub fn y_scale(mut self, scale: Scale) -> Self {
        self.scales[1] = scale;
        self
    }

    /// Where the axis from left to right begins and ends; by default it holds all points.
    pub fn x_limits(mut self, low: f64, high: f64) -> Self {
        self.limits[0] = Some((low, high));
        self
    }

    /// Where the axis from below to above begins and ends; by default it holds all points.
    pub fn y_limits(mut self, low: f64, high: f64) -> Self {
        self.limits[1] = Some((low, high));
        self
    }

    fn curve(
        mut self,
        name: impl Into<String>,
        points: impl IntoIterator<Item = (f64, f64)>,
        style: Style,
    ) -> Self {
        let colour = CURVES[self.colours % CURVES.len()];
        self.colours += 1;
        self.curves.push(Curve { name: name.into(), points: points.into_iter().collect(), style, colour });
        self
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let (x, y) = (self.span(0)?, self.span(1)?);
        let legend = Legend::new(&self.curves, canvas.width - 60.0);
        let title = if self.title.is_empty() { 0.0 } else { 34.0 };
        let top = 14.0 + title + legend.height();
        let area = Rect { left: 14.0, top, right: canvas.width - 30.0, bottom: canvas.height - 8.0 };
        let frame = Frame::new(area, (&self.labels[0], x), (&self.labels[1], y));
        frame.draw_grid(canvas)?;
        for reference in &self.references {
            reference.draw(canvas, &frame)?;
        }
        for curve in &self.curves {
            curve.draw(canvas, &frame)?;
        }
        frame.draw_axes(canvas)?;
        legend.draw(canvas, &self.curves, frame.rect, 14.0 + title)?;
        if title > 0.0 {
            draw_title(canvas, &self.title, frame.rect, 34.0)?;
        }
        Ok(())
    }

    /// What axis 0 (x) or 1 (y) covers.
    fn span(&self, axis: usize) -> Result<Span> {
        let pick = move |&(x, y): &(f64, f64)| if axis == 0 { x } else { y };
        for curve in &self.curves {
            if let Some(index) = curve.points.iter().position(|p| !pick(p).is_finite()) {
                return Err(Error::NotFinite { name: format!("curve {}", curve.name).into(), index });
            }
        }
        let scale = self.scales[axis];
        if let Some((low, high)) = self.limits[axis] {
            check::finite("axis limit", low)?;
            return Span::new(low, check::finite("axis limit", high)?, scale);
        }
        let points = self.curves.iter().flat_map(|curve| curve.points.iter().map(pick));
        let references = self.references.iter().filter(|r| r.horizontal == (axis == 1)).map(|r| r.value);
        let span = Span::covering(points.chain(references.filter(|v| v.is_finite())), scale)?;
        Ok(if axis == 0 { span } else { span.padded(0.05) })
    }
}

impl Picture for CurvePlot {
    /// The curves as a picture of 900 by 600 pixels.
    ///
    /// # Errors
    /// Kind `not_finite` for a coordinate that is, `too_few` when no point can be shown, `domain` for limits
    /// that are no range.
    fn render(&self, format: Format) -> Result<Vec<u8>> {
        picture::render(format, SIZE, |canvas| self.draw(canvas))
    }
}

impl Curve {
    fn draw(&self, canvas: &mut Canvas<'_>, frame: &Frame) -> Result<()> {
        let stroke = Stroke { colour: self.colour, width: WIDTH };
        // Points without a place on a logarithmic axis interrupt the line.
        let mut runs: Vec<Vec<Point>> = vec![Vec::new()];
        for &(x, y) in &self.points {
            match (frame.place(x, y), runs.last_mut()) {
                (Some(point), Some(run)) => run.push(point),
                _ => runs.push(Vec::new()),
            }
        }
        for run in runs {
            // A line without length is seen as a dot.
            let lone = run.windows(2).all(|pair| pair[0] == pair[1]);
            if self.style == Style::Dots || lone {
                let count = if lone { 1 } else { run.len() };
                for point in run.into_iter().take(count).filter(|&point| frame.holds(point)) {
                    canvas.disc(point, DOT_RADIUS, self.colour)?;
                }
                continue;
            }
            for piece in clip(&thin(run), frame.rect) {
                match self.style {
                    Style::Dashed => canvas.dashed(&piece, stroke)?,
                    _ => canvas.polyline(&piece, stroke)?,
                }
            }
        }
        Ok(())
    }
}

impl Reference {
    fn draw(&self, canvas: &mut Canvas<'_>, frame: &Frame) -> Result<()> {
        let rect = frame.rect;
        let Some(at) = frame.along(self.value, self.horizontal) else { return Ok(()) };
        let lettering = Lettering { colour: REFERENCE.colour, ..Lettering::new(TICK_EM * 0.95, Anchor::End) };
        if self.horizontal {
            canvas.dashed(&[(rect.left, at), (rect.right, at)], REFERENCE)?;
            let baseline = if at - rect.top < 20.0 { at + 17.0 } else { at - 6.0 };
            return canvas.text(&self.name, (rect.right - 8.0, baseline), lettering);
        }
        canvas.dashed(&[(at, rect.bottom), (at, rect.top)], REFERENCE)?;
        let baseline = if at - rect.left < 22.0 { at + 17.0 } else { at - 6.0 };
        canvas.text(&self.name, (baseline, rect.top + 8.0), lettering.upwards())
    }
}

/// The names of the curves, in rows above the frame, where they can cover no data.
pub(crate) struct Legend {
    /// Curves of each row, by index.
    rows: Vec<Vec<usize>>,
}

impl Legend {
    const ROW: f64 = 24.0;

    pub(crate) fn new(curves: &[Curve], room: f64) -> Self {
        let mut rows: Vec<Vec<usize>> = Vec::new();
        let mut used = f64::INFINITY;
        for (i, curve) in curves.iter().enumerate().filter(|(_, curve)| !curve.name.is_empty()) {
            let width = Self::item_width(curve);
            match rows.last_mut() {
                Some(row) if used + GAP + width <= room => {
                    row.push(i);
                    used += GAP + width;
                }
                _ => {
                    rows.push(vec![i]);
                    used = width;
                }
            }
        }
        Self { rows }
    }

    fn item_width(curve: &Curve) -> f64 {
        // The font of an SVG is the viewer's, which may be wider than ours.
        SAMPLE + 7.0 + 1.12 * text_width(&curve.name, TICK_EM)
    }

    pub(crate) fn height(&self) -> f64 {
        if self.rows.is_empty() { 0.0 } else { Self::ROW * self.rows.len() as f64 + 6.0 }
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, curves: &[Curve], over: Rect, top: f64) -> Result<()> {
        for (row, items) in self.rows.iter().enumerate() {
            let items: Vec<&Curve> = items.iter().filter_map(|&i| curves.get(i)).collect();
            let width = items.iter().map(|c| Self::item_width(c)).sum::<f64>()
                + GAP * items.len().saturating_sub(1) as f64;
            let centre = f64::midpoint(over.left, over.right);
            let mut x = (centre - width / 2.0).min(canvas.width - 20.0 - width).max(20.0);
            let middle = top + Self::ROW * (row as f64 + 0.5) - 2.0;
            for curve in items {
                let stroke = Stroke { colour: curve.colour, width: WIDTH };
                let line = [(x, middle), (x + SAMPLE, middle)];
                match curve.style {
                    Style::Line => canvas.polyline(&line, stroke)?,
                    Style::Dashed => canvas.dashed(&line, stroke)?,
                    Style::Dots => canvas.disc((x + SAMPLE / 2.0, middle), DOT_RADIUS, curve.colour)?,
                }
                let at = (x + SAMPLE + 7.0, middle + TICK_EM * 0.35);
                canvas.text(&curve.name, at, Lettering::new(TICK_EM, Anchor::Start))?;
                x += Self::item_width(curve) + GAP;
            }
        }
        Ok(())
    }
}
