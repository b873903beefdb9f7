//! The rectangle that data is drawn in, with its two axes.

use crate::canvas::{Canvas, Point, Rect, Stroke};
use crate::colour::{GRID, INK};
use crate::lettering::{Anchor, Lettering, text_width};
use crate::ticks::{self, Scaling, Tick};
use mmw_core::Error;
use mmw_core::Result;

/// Em of tick labels, of axis labels and of titles, in pixels.
pub(crate) const TICK_EM: f64 = 16.0;
pub(crate) const LABEL_EM: f64 = 18.0;
pub(crate) const TITLE_EM: f64 = 21.0;
/// Length of a tick.
const TICK: f64 = 6.0;
/// The lines of the frame and of its ticks.
pub(crate) const AXIS_STROKE: Stroke = Stroke { colour: INK, width: 1.2 };
const GRID_STROKE: Stroke = Stroke { colour: GRID, width: 1.0 };

/// How numbers are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Scale {
    /// Evenly.
    #[default]
    Linear,
    /// By their logarithm; only positive numbers have a place.
    Log,
}

mmw_core::named!(Scale, "scale" { Linear = "linear", Log = "log" });

/// What an axis covers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) scale: Scale,
}

impl Span {
    /// From `low` to `high`; equal ends are moved apart.
    ///
    /// # Errors
    /// Kind `domain` when the ends or their distance are not finite, or not positive on a logarithmic axis.
    pub(crate) fn new(low: f64, high: f64, scale: Scale) -> Result<Self> {
        let (low, high) = if low <= high { (low, high) } else { (high, low) };
        mmw_core::check::finite("axis limit", low)?;
        mmw_core::check::finite("length of an axis", high - low)?;
        if scale == Scale::Log {
            mmw_core::check::positive("limit of a logarithmic axis", low)?;
            let (low, high) = if high / low > 1.001 { (low, high) } else { (low / 2.0, high * 2.0) };
            return Ok(Self { low, high, scale });
        }
        // Closer than a millionth of their size, the ends would share every digit of the tick labels.
        let size = low.abs().max(high.abs());
        let apart = high - low > size * 1e-6;
        let margin = if size > 0.0 { size * 0.1 } else { 1.0 };
        let (low, high) = if apart { (low, high) } else { (low - margin, high + margin) };
        mmw_core::check::finite("length of an axis", high - low)?;
        Ok(Self { low, high, scale })
    }

    /// The span of some numbers; those that a logarithmic axis cannot show are passed over.
    ///
    /// # Errors
    /// Kind `too_few` when none is left, and as [`Span::new`].
    pub(crate) fn covering(values: impl Iterator<Item = f64>, scale: Scale) -> Result<Self> {
        let shown = values.filter(|&v| scale == Scale::Linear || v > 0.0);
        let ends = shown.fold(None, |ends: Option<(f64, f64)>, v| {
            Some(ends.map_or((v, v), |(low, high)| (low.min(v), high.max(v))))
        });
        let (low, high) = ends.ok_or_else(|| Error::too_few("values to plot", 1, 0))?;
        Self::new(low, high, scale)
    }

    /// A little wider on both sides, so that data does not touch the frame.
    pub(crate) fn padded(self, share: f64) -> Self {
        let padded = match self.scale {
            Scale::Linear => {
                let margin = share * (self.high - self.low);
                Self { low: self.low - margin, high: self.high + margin, ..self }
            }
            Scale::Log => {
                let factor = (self.high / self.low).powf(share);
                Self { low: self.low / factor, high: self.high * factor, ..self }
            }
        };
        if (padded.high - padded.low).is_finite() && (self.scale == Scale::Linear || padded.low > 0.0) {
            padded
        } else {
            self
        }
    }

    /// Where a number stands, 0 at the low end and 1 at the high end; `None` where it has no place.
    pub(crate) fn position(&self, value: f64) -> Option<f64> {
        let position = match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log if value > 0.0 => (value / self.low).ln() / (self.high / self.low).ln(),
            Scale::Log => return None,
        };
        position.is_finite().then_some(position)
    }

    fn ticks(&self, at_most: usize, divisor: f64) -> Vec<Tick> {
        match self.scale {
            Scale::Linear => ticks::linear(self.low, self.high, at_most, divisor),
            Scale::Log => ticks::logarithmic(self.low, self.high, at_most),
        }
    }

    fn scaling(&self, label: &str) -> Scaling {
        let magnitude = match self.scale {
            Scale::Linear => self.low.abs().max(self.high.abs()),
            Scale::Log => 1.0,
        };
        ticks::scaling(label, magnitude)
    }
}

/// A labelled axis with the ticks that fit it.
#[derive(Debug, Clone)]
struct Ruler {
    span: Span,
    label: String,
    ticks: Vec<Tick>,
}

impl Ruler {
    fn new(label: &str, span: Span, at_most: usize) -> Self {
        let scaling = span.scaling(label);
        Self { span, label: scaling.label, ticks: span.ticks(at_most, scaling.divisor) }
    }

    /// Along `length` pixels from left to right: as many ticks as their labels leave room for.
    fn across(label: &str, span: Span, length: f64) -> Self {
        let most = ((length / 80.0) as usize).clamp(2, 10);
        let fits = |ruler: &Self| {
            let labelled = ruler.ticks.iter().filter(|tick| !tick.label.is_empty()).count();
            ruler.widest() + 14.0 < length / labelled.max(1) as f64
        };
        (2..=most)
            .rev()
            .map(|at_most| Self::new(label, span, at_most))
            .find(fits)
            .unwrap_or_else(|| Self::new(label, span, 1))
    }

    /// Along `length` pixels from below to above.
    fn upwards(label: &str, span: Span, length: f64) -> Self {
        Self::new(label, span, ((length / 48.0) as usize).clamp(2, 10))
    }

    fn widest(&self) -> f64 {
        self.ticks.iter().map(tick_width).fold(0.0, f64::max)
    }
}

fn tick_width(tick: &Tick) -> f64 {
    let exponent = tick.exponent.map_or(0.0, |e| text_width(&raised(e), TICK_EM * 0.75) + 1.0);
    text_width(&tick.label, TICK_EM) + exponent
}

/// An exponent with a true minus sign.
fn raised(exponent: i32) -> String {
    exponent.to_string().replace('-', "\u{2212}")
}

/// A frame laid out on the page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// The rectangle that holds the data.
    pub(crate) rect: Rect,
    x: Ruler,
    y: Ruler,
}

impl Frame {
    /// A frame that fills `area` with its tick and axis labels; `x` and `y` are label and span.
    pub(crate) fn new(area: Rect, x: (&str, Span), y: (&str, Span)) -> Self {
        let bottom = (area.bottom - TICK - TICK_EM - LABEL_EM - 22.0).max(area.top + 1.0).round();
        let y = Ruler::upwards(y.0, y.1, bottom - area.top);
        let left = (area.left + LABEL_EM + 12.0 + y.widest() + TICK + 4.0).min(area.right - 1.0).round();
        let x = Ruler::across(x.0, x.1, area.right - left);
        let rect = Rect { left, top: area.top.round(), right: area.right.round(), bottom };
        Self { rect, x, y }
    }

    /// A frame in `area` in which a unit is as long from left to right as from below to above: the shorter
    /// span is widened about its middle.
    ///
    /// # Errors
    /// Kind `domain` when a widened span has no finite length.
    pub(crate) fn true_to_scale(area: Rect, x: (&str, Span), y: (&str, Span)) -> Result<Self> {
        // Room for labels changes little with the limits; one correction makes the scale exact enough.
        let rect = Self::new(area, x, y).rect;
        let unit = ((x.1.high - x.1.low) / rect.width()).max((y.1.high - y.1.low) / rect.height());
        let widened = |span: Span, length: f64| {
            let (centre, half) = (f64::midpoint(span.low, span.high), unit * length / 2.0);
            Span { low: centre - half, high: centre + half, ..span }
        };
        let (x, y) = ((x.0, widened(x.1, rect.width())), (y.0, widened(y.1, rect.height())));
        mmw_core::check::finite("length of an axis", (x.1.high - x.1.low).max(y.1.high - y.1.low))?;
        Ok(Self::new(area, x, y))
    }

    /// Where a pair of numbers stands on the page, inside the frame or not; `None` where it has no place.
    pub(crate) fn place(&self, x: f64, y: f64) -> Option<Point> {
        let (u, v) = (self.x.span.position(x)?, self.y.span.position(y)?);
        Some((self.rect.left + u * self.rect.width(), self.rect.bottom - v * self.rect.height()))
    }

    /// Where a number of the upright axis (or of the other) stands on the page; `None` outside the frame.
    pub(crate) fn along(&self, value: f64, upright: bool) -> Option<f64> {
        let span = if upright { self.y.span } else { self.x.span };
        let position = span.position(value).filter(|p| (0.0..=1.0).contains(p))?;
        Some(match upright {
            true => self.rect.bottom - position * self.rect.height(),
            false => self.rect.left + position * self.rect.width(),
        })
    }

    /// Where a number of the upright axis stands on the page, or the end of the frame next to it.
    pub(crate) fn height_of(&self, value: f64) -> f64 {
        let position = self.y.span.position(value).map_or(0.0, |position| position.clamp(0.0, 1.0));
        self.rect.bottom - position * self.rect.height()
    }

    /// Whether a point of the page lies in the frame.
    pub(crate) fn holds(&self, (x, y): Point) -> bool {
        (self.rect.left..=self.rect.right).contains(&x) && (self.rect.top..=self.rect.bottom).contains(&y)
    }

    /// Faint lines at the labelled ticks, to be drawn before the data.
    pub(crate) fn draw_grid(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let rect = self.rect;
        for (x, _) in self.x_ticks().filter(|(_, tick)| !tick.label.is_empty()) {
            canvas.polyline(&[(x, rect.top), (x, rect.bottom)], GRID_STROKE)?;
        }
        for (y, _) in self.y_ticks().filter(|(_, tick)| !tick.label.is_empty()) {
            canvas.polyline(&[(rect.left, y), (rect.right, y)], GRID_STROKE)?;
        }
        Ok(())
    }

    /// Border, ticks and labels, to be drawn after the data.
    pub(crate) fn draw_axes(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let rect = self.rect;
        canvas.outline(rect, AXIS_STROKE)?;
        for (x, tick) in self.x_ticks() {
            let length = if tick.label.is_empty() { TICK / 2.0 } else { TICK };
            canvas.polyline(&[(x, rect.bottom), (x, rect.bottom + length)], AXIS_STROKE)?;
            let baseline = rect.bottom + TICK + 3.0 + TICK_EM * 0.8;
            draw_tick_label(canvas, tick, (x - tick_width(tick) / 2.0, baseline))?;
        }
        self.draw_upright(canvas)?;
        let middle = f64::midpoint(rect.left, rect.right);
        let baseline = rect.bottom + TICK + TICK_EM + 10.0 + LABEL_EM * 0.8;
        let em = fitting_em(&self.x.label, LABEL_EM, rect.width());
        canvas.text(&self.x.label, (middle, baseline), Lettering::new(em, Anchor::Middle))
    }

    /// The upright axis alone: faint lines at its labelled ticks, its ticks and labels.
    pub(crate) fn draw_levels(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        for (y, _) in self.y_ticks().filter(|(_, tick)| !tick.label.is_empty()) {
            canvas.polyline(&[(self.rect.left, y), (self.rect.right, y)], GRID_STROKE)?;
        }
        self.draw_upright(canvas)
    }

    fn draw_upright(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        let rect = self.rect;
        for (y, tick) in self.y_ticks() {
            let length = if tick.label.is_empty() { TICK / 2.0 } else { TICK };
            canvas.polyline(&[(rect.left - length, y), (rect.left, y)], AXIS_STROKE)?;
            let left = rect.left - TICK - 4.0 - tick_width(tick);
            draw_tick_label(canvas, tick, (left, y + TICK_EM * 0.35))?;
        }
        let middle = f64::midpoint(rect.top, rect.bottom);
        let baseline = rect.left - TICK - 4.0 - self.y.widest() - 12.0;
        let em = fitting_em(&self.y.label, LABEL_EM, rect.height());
        canvas.text(&self.y.label, (baseline, middle), Lettering::new(em, Anchor::Middle).upwards())
    }

    fn x_ticks(&self) -> impl Iterator<Item = (f64, &Tick)> {
        self.x.ticks.iter().filter_map(|tick| {
            let u = self.x.span.position(tick.value)?.clamp(0.0, 1.0);
            Some((self.rect.left + u * self.rect.width(), tick))
        })
    }

    fn y_ticks(&self) -> impl Iterator<Item = (f64, &Tick)> {
        self.y.ticks.iter().filter_map(|tick| {
            let v = self.y.span.position(tick.value)?.clamp(0.0, 1.0);
            Some((self.rect.bottom - v * self.rect.height(), tick))
        })
    }
}

fn draw_tick_label(canvas: &mut Canvas<'_>, tick: &Tick, (left, baseline): Point) -> Result<()> {
    if tick.label.is_empty() {
        return Ok(());
    }
    canvas.text(&tick.label, (left, baseline), Lettering::new(TICK_EM, Anchor::Start))?;
    let Some(exponent) = tick.exponent else { return Ok(()) };
    let at = (left + text_width(&tick.label, TICK_EM) + 1.0, baseline - 0.42 * TICK_EM);
    canvas.text(&raised(exponent), at, Lettering::new(TICK_EM * 0.75, Anchor::Start))
}

/// The em at which a text is no wider than `room`, at most `em` and at least half of it.
pub(crate) fn fitting_em(text: &str, em: f64, room: f64) -> f64 {
    let width = text_width(text, em);
    if width > room { (em * room / width).max(em / 2.0) } else { em }
}

/// Draws a title over `rect`, smaller when it is long.
pub(crate) fn draw_title(canvas: &mut Canvas<'_>, title: &str, rect: Rect, baseline: f64) -> Result<()> {
    let centre = (rect.left + rect.right) / 2.0;
    let room = 2.0 * centre.min(canvas.width - centre) - 20.0;
    let em = fitting_em(title, TITLE_EM, room);
    canvas.text(title, (centre, baseline), Lettering::new(em, Anchor::Middle).bold())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_ends_are_moved_apart() {
        for (value, scale) in
            [(0.0, Scale::Linear), (5.0, Scale::Linear), (-1e9, Scale::Linear), (3.0, Scale::Log)]
        {
            let span = Span::new(value, value, scale).unwrap();
            assert!(span.low < value && value < span.high);
            assert!((span.position(value).unwrap() - 0.5).abs() < 1e-9);
        }
    }

    #[test]
    fn what_has_no_place_is_refused_or_passed_over() {
        assert!(Span::new(0.0, f64::INFINITY, Scale::Linear).is_err());
        assert!(Span::new(-1e308, 1e308, Scale::Linear).is_err());
        assert!(Span::new(0.0, 1.0, Scale::Log).is_err());
        let span = Span::covering([0.0, -3.0, 1.0, 100.0].into_iter(), Scale::Log).unwrap();
        assert_eq!((span.low, span.high), (1.0, 100.0));
        assert_eq!(span.position(0.0), None);
        assert!((span.position(10.0).unwrap() - 0.5).abs() < 1e-12);
        assert!(Span::covering([].into_iter(), Scale::Linear).is_err());
    }
}
