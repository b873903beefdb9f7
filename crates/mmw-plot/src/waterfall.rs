//! Budgets as pictures: from a first level step by step to the last.

use crate::canvas::{Canvas, Rect, Stroke};
use crate::colour::{CURVES, Colour, INK};
use crate::frame::{AXIS_STROKE, Frame, Scale, Span, TICK_EM, draw_title, fitting_em};
use crate::lettering::{Anchor, Lettering};
use crate::picture::{self, Format, Picture};
use mmw_core::{Error, Result, check};

/// The page, in pixels.
const SIZE: (u32, u32) = (1040, 640);
/// Share of its column that a bar fills.
const BAR: f64 = 0.66;
/// Room below the frame for the names of the steps.
const NAMES: f64 = 124.0;
/// Columns behind the last bar, for the names of references.
const BEHIND: f64 = 1.6;
/// A level that steps are compared with.
const REFERENCE: Stroke = Stroke { colour: Colour { 0: 0x6b, 1: 0x72, 2: 0x7a }, width: 1.4 };

/// A level, the steps that raise or lower it, and the levels it is compared with: bars that hang where the
/// one before ended, those that raise in blue, those that lower in orange, first and last from below.
///
/// # Examples
/// ```
/// use mmw_plot::{Format, Picture, WaterfallPlot};
/// let picture = WaterfallPlot::new("300 m at 60 GHz", "level (dBm)")
///     .step("power", 10.0)
///     .step("antennas", 60.0)
///     .step("free space", -117.6)
///     .reference("noise", -74.6);
/// assert!(String::from_utf8_lossy(&picture.render(Format::Svg)?).contains("free space"));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a plot is drawn by `render` or `save`"]
pub struct WaterfallPlot {
    title: String,
    label: String,
    steps: Vec<(String, f64)>,
    total: String,
    references: Vec<(String, f64)>,
}

impl WaterfallPlot {
    /// A plot without a step; the label is "quantity (unit)".
    pub fn new(title: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            label: label.into(),
            steps: Vec::new(),
            total: "received".into(),
            references: Vec::new(),
        }
    }

    /// The next step: what is added to the level so far. The first is the level that all starts from.
    pub fn step(mut self, name: impl Into<String>, change: f64) -> Self {
        self.steps.push((name.into(), change));
        self
    }

    /// The name of the level behind the last step: "received" without.
    pub fn total(mut self, name: impl Into<String>) -> Self {
        self.total = name.into();
        self
    }

    /// A dashed line at a level.
    pub fn reference(mut self, name: impl Into<String>, level: f64) -> Self {
        self.references.push((name.into(), level));
        self
    }

    /// Each bar: its name, the level it starts from, none for those from below, and the one it ends at.
    fn bars(&self) -> Result<Vec<(&str, Option<f64>, f64)>> {
        let mut level = 0.0;
        let mut bars = Vec::with_capacity(self.steps.len() + 1);
        for (index, (name, change)) in self.steps.iter().enumerate() {
            let before = (index > 0).then_some(level);
            level = check::finite(format!("level behind {name}"), level + change)?;
            bars.push((name.as_str(), before, level));
        }
        bars.push((&self.total, None, level));
        Ok(bars)
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        if self.steps.is_empty() {
            return Err(Error::too_few("steps", 1, 0));
        }
        let bars = self.bars()?;
        for (name, level) in &self.references {
            check::finite(format!("level of {name}"), *level)?;
        }
        let levels = bars.iter().flat_map(|&(_, before, level)| before.into_iter().chain([level]));
        let y =
            Span::covering(levels.chain(self.references.iter().map(|r| r.1)), Scale::Linear)?.padded(0.08);
        let x = Span::new(0.0, 1.0, Scale::Linear)?;
        let area =
            Rect { left: 14.0, top: 48.0, right: canvas.width - 24.0, bottom: canvas.height - NAMES + 62.0 };
        let frame = Frame::new(area, ("", x), (&self.label, y));
        frame.draw_levels(canvas)?;
        let column = frame.rect.width() / (bars.len() as f64 + BEHIND);
        let at = |level| frame.along(level, true).unwrap_or(frame.rect.bottom);
        for (index, &(name, before, level)) in bars.iter().enumerate() {
            let centre = frame.rect.left + column * (index as f64 + 0.5);
            let half = 0.5 * BAR * column;
            let (start, end) = (before.map_or(frame.rect.bottom, at), at(level));
            let colour = match before {
                None => CURVES[2],
                Some(before) if level >= before => CURVES[0],
                Some(_) => CURVES[1],
            };
            let bar = Rect {
                left: centre - half,
                right: centre + half,
                top: start.min(end),
                bottom: start.max(end),
            };
            // What changes nothing is still seen.
            let thin = 0.75 - 0.5 * bar.height().min(1.5);
            canvas.fill(Rect { top: bar.top - thin, bottom: bar.bottom + thin, ..bar }, colour)?;
            if index + 1 < bars.len() {
                let stroke = Stroke { colour: INK, width: 0.8 };
                canvas.polyline(&[(centre + half, end), (centre + column - half, end)], stroke)?;
            }
            let change =
                before.map_or_else(|| format!("{level:.1}"), |before| format!("{:+.1}", level - before));
            let above = bar.top - 6.0 > frame.rect.top + 14.0;
            let baseline = if above { bar.top - 6.0 } else { bar.bottom + 17.0 };
            let em = fitting_em(&change, TICK_EM * 0.9, column);
            canvas.text(&change, (centre, baseline), Lettering::new(em, Anchor::Middle))?;
            let place = (centre + TICK_EM * 0.35, frame.rect.bottom + 8.0);
            let em = fitting_em(name, TICK_EM, NAMES - 20.0);
            canvas.text(name, place, Lettering::new(em, Anchor::End).upwards())?;
        }
        for (name, level) in &self.references {
            let height = at(*level);
            canvas.dashed(&[(frame.rect.left, height), (frame.rect.right, height)], REFERENCE)?;
            let lettering =
                Lettering { colour: REFERENCE.colour, ..Lettering::new(TICK_EM * 0.95, Anchor::End) };
            canvas.text(name, (frame.rect.right - 8.0, height - 5.0), lettering)?;
        }
        canvas.outline(frame.rect, AXIS_STROKE)?;
        draw_title(canvas, &self.title, frame.rect, 34.0)
    }
}

impl Picture for WaterfallPlot {
    /// The steps as a picture of 1040 by 640 pixels.
    ///
    /// # Errors
    /// Kind `too_few` without a step, `not_finite` or `domain` for a level that is no number.
    fn render(&self, format: Format) -> Result<Vec<u8>> {
        picture::render(format, SIZE, |canvas| self.draw(canvas))
    }
}
