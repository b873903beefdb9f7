//! The bar that says which value a colour stands for.

use crate::canvas::{Canvas, Rect};
use crate::colour::{Colour, ColourMap};
use crate::frame::{AXIS_STROKE, LABEL_EM, TICK_EM, fitting_em};
use crate::lettering::{Anchor, Lettering, text_width};
use crate::ticks;
use mmw_core::Result;

/// The bar that says which value a colour stands for.
pub(crate) struct ColourBar {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) colours: ColourMap,
    pub(crate) label: String,
}

impl ColourBar {
    const WIDTH: f64 = 22.0;

    /// The label with its prefix, and the ticks.
    fn scale(&self) -> (String, Vec<ticks::Tick>) {
        let scaling = ticks::scaling(&self.label, self.low.abs().max(self.high.abs()));
        let ticks = ticks::linear(self.low, self.high, 10, scaling.divisor);
        (scaling.label, ticks)
    }

    /// Room that the bar takes beside a frame.
    pub(crate) fn width(&self) -> f64 {
        22.0 + Self::WIDTH + 10.0 + self.widest() + 10.0 + LABEL_EM
    }

    fn widest(&self) -> f64 {
        let (_, ticks) = self.scale();
        ticks.iter().map(|tick| text_width(&tick.label, TICK_EM)).fold(0.0, f64::max)
    }

    /// Draws the bar to the right of a frame.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, beside: Rect) -> Result<()> {
        let left = beside.right + 22.0;
        let rect = Rect { left, right: left + Self::WIDTH, ..beside };
        let (columns, rows) = canvas.pixels(rect);
        let mut rgb = Vec::with_capacity(3 * columns * rows);
        for row in (0..rows).rev() {
            let Colour { 0: r, 1: g, 2: b } = self.colours.at((row as f64 + 0.5) / rows as f64);
            rgb.extend(std::iter::repeat_n([r, g, b], columns).flatten());
        }
        canvas.blit(rect, &rgb)?;
        canvas.outline(rect, AXIS_STROKE)?;
        let (label, ticks) = self.scale();
        for tick in ticks {
            let y = rect.bottom - (tick.value - self.low) / (self.high - self.low) * rect.height();
            canvas.polyline(&[(rect.right, y), (rect.right + 5.0, y)], AXIS_STROKE)?;
            let at = (rect.right + 9.0, y + TICK_EM * 0.35);
            canvas.text(&tick.label, at, Lettering::new(TICK_EM, Anchor::Start))?;
        }
        let at =
            (rect.right + 10.0 + self.widest() + 10.0 + LABEL_EM * 0.8, f64::midpoint(rect.top, rect.bottom));
        let em = fitting_em(&label, LABEL_EM, rect.height());
        canvas.text(&label, at, Lettering::new(em, Anchor::Middle).upwards())
    }
}
