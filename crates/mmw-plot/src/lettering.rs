//! Texts: how they look, how wide they are, and their ink on a bitmap.
//!
//! The bitmap back end sets glyphs on whole pixels, which at the size of a tick label spaces them visibly
//! unevenly, and the font that comes with the program is a light one. A text is therefore set at
//! [`OVERSAMPLING`] times its size, made bolder there, and averaged down.

use crate::colour::{Colour, INK};
use crate::failure::failed;
use mmw_core::Result;
use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};
use std::convert::Infallible;
use std::sync::OnceLock;

/// Pixels of the mask that a device pixel's coverage is the mean of, along each side.
const OVERSAMPLING: usize = 3;
/// Ascent plus descent of the registered font over its em, which is what the rasteriser calls its size.
const SIZE_OVER_EM: f64 = 1.121;
/// What emboldening adds to the width of every stem, in em: from light to regular, and to bold.
const REGULAR: f64 = 0.02;
const BOLD: f64 = 0.045;
/// The longest text that is set, in pixels of the mask: several pages wide.
const MAX_WIDTH: usize = 20_000;

/// Which point of a text is at the given place; the height is always that of the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lettering {
    /// The em, in pixels.
    pub(crate) em: f64,
    pub(crate) anchor: Anchor,
    /// Read from below to above.
    pub(crate) upwards: bool,
    pub(crate) bold: bool,
    pub(crate) colour: Colour,
}

impl Lettering {
    pub(crate) fn new(em: f64, anchor: Anchor) -> Self {
        Self { em, anchor, upwards: false, bold: false, colour: INK }
    }
    pub(crate) fn upwards(self) -> Self {
        Self { upwards: true, ..self }
    }
    pub(crate) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
}

/// Registers the font that comes with the program: a bare machine has none.
pub(crate) fn register() -> Result<()> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let registered = *REGISTERED.get_or_init(|| {
        register_font("sans-serif", FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT).is_ok()
    });
    if registered { Ok(()) } else { Err(failed(&"the font that comes with the program is damaged")) }
}

fn font(em: f64) -> FontDesc<'static> {
    FontDesc::new(FontFamily::SansSerif, em * SIZE_OVER_EM, FontStyle::Normal)
}

/// Width of a text in pixels, in the registered font. A viewer's own font in an SVG is up to a fifth wider.
pub(crate) fn text_width(text: &str, em: f64) -> f64 {
    if register().is_err() {
        return 0.0;
    }
    font(100.0).box_size(text).map_or(0.0, |(width, _)| f64::from(width) * em / 100.0)
}

/// The ink of a text on whole pixels.
pub(crate) struct Ink {
    /// Columns and rows.
    pub(crate) size: (usize, usize),
    /// The pixel that the start of the baseline stands on: column and row.
    pub(crate) origin: (i32, i32),
    /// Coverage of each pixel from 0 to 1, row by row.
    pub(crate) coverage: Vec<f32>,
}

/// Sets a text of this em in pixels.
///
/// # Errors
/// When the font is not there.
pub(crate) fn ink(text: &str, em: f64, bold: bool) -> Result<Ink> {
    let fine_em = em * OVERSAMPLING as f64;
    let stem = (fine_em * if bold { BOLD } else { REGULAR }).round() as usize;
    // Glyphs overhang their advance by less than an em, and rise and fall by less than one.
    let margin = fine_em.ceil() as usize + stem;
    let columns =
        (text_width(text, fine_em) as usize + 2 * margin).min(MAX_WIDTH).next_multiple_of(OVERSAMPLING);
    let rows = (2 * margin).next_multiple_of(OVERSAMPLING);
    let mut mask = vec![0.0_f32; columns * rows];
    // The rasteriser puts the baseline half its size below the given point.
    let half_size = (fine_em * SIZE_OVER_EM) as f32 / 2.0;
    let top = margin as i32 - half_size as i32;
    let drawn = font(fine_em).draw(text, (margin as i32, top), |x, y, coverage| {
        if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y))
            && x < columns
            && let Some(pixel) = mask.get_mut(y * columns + x)
        {
            *pixel = pixel.max(coverage);
        }
        Ok::<(), Infallible>(())
    });
    drawn.map_err(|error| failed(&error))?.unwrap_or_else(|never| match never {});

    let (width, height) = (columns / OVERSAMPLING, rows / OVERSAMPLING);
    let mut coverage = vec![0.0_f32; width * height];
    let share = 1.0 / (OVERSAMPLING * OVERSAMPLING) as f32;
    for (y, row) in mask.chunks_exact(columns).enumerate() {
        let line = &mut coverage[(y / OVERSAMPLING) * width..][..width];
        if row.iter().all(|&c| c == 0.0) {
            continue;
        }
        for x in 0..columns {
            let from = x.saturating_sub(stem);
            let boldened = row[from..=x].iter().fold(0.0_f32, |a, &b| a.max(b));
            line[x / OVERSAMPLING] += boldened * share;
        }
    }
    let origin = (margin / OVERSAMPLING) as i32;
    Ok(Ink { size: (width, height), origin: (origin, origin), coverage })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stand_on_their_baseline_and_fill_their_width() {
        let em = 100.0;
        let ink = ink("HHH", em, false).unwrap();
        let inked = |x: usize, y: usize| ink.coverage[y * ink.size.0 + x] > 0.5;
        let rows: Vec<usize> = (0..ink.size.1).filter(|&y| (0..ink.size.0).any(|x| inked(x, y))).collect();
        let columns: Vec<usize> = (0..ink.size.0).filter(|&x| (0..ink.size.1).any(|y| inked(x, y))).collect();
        let (bottom, height) = (rows[rows.len() - 1] as i32 + 1, rows.len() as f64);
        assert!((bottom - ink.origin.1).abs() <= 1, "bottom {bottom}, baseline {}", ink.origin.1);
        // Capitals of the registered font are 0.693 em high.
        assert!((height - 0.693 * em).abs() < 2.0, "{height}");
        let width = (columns[columns.len() - 1] - columns[0]) as f64;
        let advance = text_width("HHH", em);
        assert!(width < advance && width > 0.85 * advance, "{width} of {advance}");
    }

    #[test]
    fn bold_has_more_ink_and_any_text_can_be_set() {
        let total = |text: &str, bold| ink(text, 20.0, bold).unwrap().coverage.iter().sum::<f32>();
        assert!(total("velocity", true) > 1.1 * total("velocity", false));
        assert_eq!(total("", false), 0.0);
        assert!(total(&"long ".repeat(10_000), false) > 0.0);
        for odd in ["\u{0}\n\t", "日本語", "e\u{301}", "−°µλ²"] {
            assert!(total(odd, false).is_finite());
        }
    }
}
