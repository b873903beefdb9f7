//! Smith charts: reflection coefficients over a grid of resistances and reactances.

use crate::canvas::{Canvas, Point, Rect, Stroke};
use crate::colour::{CURVES, GRID, INK};
use crate::curve::{Curve, Legend, Style};
use crate::frame::{TICK_EM, draw_title};
use crate::lettering::{Anchor, Lettering};
use crate::picture::{self, Format, Picture};
use mmw_core::{C64, Error, Result};

/// The page, in pixels.
const SIZE: (u32, u32) = (760, 820);
const WIDTH: f64 = 2.2;
const START_RADIUS: f64 = 4.5;
const GRID_STROKE: Stroke = Stroke { colour: GRID, width: 1.0 };
const RIM_STROKE: Stroke = Stroke { colour: INK, width: 1.2 };
/// Resistances and reactances of the grid, in units of the reference.
const STEPS: [f64; 5] = [0.2, 0.5, 1.0, 2.0, 5.0];
/// Pieces of a circle.
const PIECES: i32 = 256;

/// Curves of reflection coefficients in the plane where a matched impedance is the centre, a short the left
/// end and an open the right one. A dot marks where each curve begins. Coefficients of more than 1 widen the
/// chart.
///
/// # Examples
/// ```
/// use mmw_plot::{Format, Picture, SmithPlot, num_complex::Complex};
///
/// // A capacitor across 50 ohm: along a circle of conductance from the centre.
/// let shunt = (0..100).map(|i| { let y = Complex::new(1.0, 0.05 * f64::from(i)); (1.0 - y) / (1.0 + y) });
/// let svg = SmithPlot::new("A capacitor across 50 ohm").curve("S11", shunt).render(Format::Svg)?;
/// assert!(String::from_utf8_lossy(&svg).contains("S11"));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a plot is drawn by `render` or `save`"]
pub struct SmithPlot {
    title: String,
    curves: Vec<Curve>,
}

impl SmithPlot {
    /// A chart without curves.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), curves: Vec::new() }
    }

    /// A curve in the next colour.
    pub fn curve(mut self, name: impl Into<String>, reflections: impl IntoIterator<Item = C64>) -> Self {
        let colour = CURVES[self.curves.len() % CURVES.len()];
        let points = reflections.into_iter().map(|z| (z.re, z.im)).collect();
        self.curves.push(Curve { name: name.into(), points, style: Style::Line, colour });
        self
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let legend = Legend::new(&self.curves, canvas.width - 60.0);
        let title = if self.title.is_empty() { 0.0 } else { 34.0 };
        let top = 14.0 + title + legend.height();
        let page = Rect { left: 14.0, top, right: canvas.width - 14.0, bottom: canvas.height - 14.0 };
        let chart = Chart::new(page, self.reach()?);
        chart.draw_grid(canvas)?;
        for curve in &self.curves {
            chart.draw_curve(canvas, curve)?;
        }
        legend.draw(canvas, &self.curves, page, 14.0 + title)?;
        if title > 0.0 {
            draw_title(canvas, &self.title, page, 34.0)?;
        }
        Ok(())
    }

    /// The largest coefficient, at least 1.
    fn reach(&self) -> Result<f64> {
        let mut reach = 1.0_f64;
        for curve in &self.curves {
            for (index, &(re, im)) in curve.points.iter().enumerate() {
                let size = re.hypot(im);
                if !size.is_finite() {
                    return Err(Error::NotFinite { name: format!("curve {}", curve.name).into(), index });
                }
                reach = reach.max(size);
            }
        }
        Ok(if reach > 1.0 { reach * 1.03 } else { reach })
    }
}

impl Picture for SmithPlot {
    /// The chart as a picture of 760 by 820 pixels.
    ///
    /// # Errors
    /// Kind `not_finite` for a coefficient that is.
    fn render(&self, format: Format) -> Result<Vec<u8>> {
        picture::render(format, SIZE, |canvas| self.draw(canvas))
    }
}

/// The disc on the page.
struct Chart {
    centre: Point,
    /// Pixels of a coefficient of 1.
    unit: f64,
}

impl Chart {
    fn new(page: Rect, reach: f64) -> Self {
        // Room for the labels around the rim.
        let radius = page.width().min(page.height()) / 2.0 - 24.0;
        let centre = (f64::midpoint(page.left, page.right), f64::midpoint(page.top, page.bottom));
        Self { centre, unit: radius / reach }
    }

    fn place(&self, re: f64, im: f64) -> Point {
        (self.centre.0 + re * self.unit, self.centre.1 - im * self.unit)
    }

    /// Where an impedance in units of the reference stands.
    fn impedance(&self, r: f64, x: f64) -> Point {
        let z = C64::new(r, x);
        let gamma = (z - 1.0) / (z + 1.0);
        self.place(gamma.re, gamma.im)
    }

    fn draw_grid(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        for step in STEPS {
            // A circle of resistance by its centre and radius in the plane.
            let (centre, radius) = (step / (1.0 + step), 1.0 / (1.0 + step));
            canvas.polyline(&self.circle(centre, radius), GRID_STROKE)?;
            for x in [step, -step] {
                // Along an arc of reactance, equal steps of the angle of r + 1 + jx.
                let full = x.atan();
                let arc = |i: i32| {
                    let angle = full * f64::from(i) / f64::from(PIECES);
                    if i == 0 { self.place(1.0, 0.0) } else { self.impedance(x / angle.tan() - 1.0, x) }
                };
                let points: Vec<Point> = (0..=PIECES).map(arc).collect();
                canvas.polyline(&points, GRID_STROKE)?;
            }
        }
        canvas.polyline(&[self.place(-1.0, 0.0), self.place(1.0, 0.0)], GRID_STROKE)?;
        canvas.polyline(&self.circle(0.0, 1.0), RIM_STROKE)?;
        self.draw_labels(canvas)
    }

    fn draw_labels(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let lettering = |anchor| Lettering::new(TICK_EM * 0.85, anchor);
        for step in STEPS {
            let (x, y) = self.impedance(step, 0.0);
            canvas.text(&format!("{step}"), (x - 4.0, y - 4.0), lettering(Anchor::End))?;
            for sign in [1.0, -1.0] {
                let (x, y) = self.impedance(0.0, sign * step);
                let (dx, dy) = ((x - self.centre.0) / self.unit, (y - self.centre.1) / self.unit);
                let anchor = match dx {
                    dx if dx > 0.2 => Anchor::Start,
                    dx if dx < -0.2 => Anchor::End,
                    _ => Anchor::Middle,
                };
                let text = format!("{}j{step}", if sign > 0.0 { "" } else { "−" });
                canvas.text(&text, (x + 12.0 * dx, y + 14.0 * dy + 5.0), lettering(anchor))?;
            }
        }
        let (x, y) = self.place(-1.0, 0.0);
        canvas.text("0", (x - 6.0, y + 5.0), lettering(Anchor::End))
    }

    fn circle(&self, centre: f64, radius: f64) -> Vec<Point> {
        let at = |i: i32| {
            let (sin, cos) = (std::f64::consts::TAU * f64::from(i) / f64::from(PIECES)).sin_cos();
            self.place(centre + radius * cos, radius * sin)
        };
        (0..=PIECES).map(at).collect()
    }

    fn draw_curve(&self, canvas: &mut Canvas<'_>, curve: &Curve) -> Result<()> {
        let mut points: Vec<Point> = Vec::new();
        for &(re, im) in &curve.points {
            let point = self.place(re, im);
            // Steps of less than a third of a pixel cannot be seen.
            let near = |last: &Point| (last.0 - point.0).hypot(last.1 - point.1) < 0.3;
            if points.last().is_none_or(|last| !near(last)) {
                points.push(point);
            }
        }
        canvas.polyline(&points, Stroke { colour: curve.colour, width: WIDTH })?;
        points.first().map_or(Ok(()), |&first| canvas.disc(first, START_RADIUS, curve.colour))
    }
}
