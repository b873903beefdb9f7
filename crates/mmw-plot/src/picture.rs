//! A drawn page as PNG or SVG.
//!
//! The back ends take whole pixels. A bitmap is therefore drawn [`SUPERSAMPLING`] times as large and
//! averaged down, which smooths every edge and lets glyphs stand between pixels; an SVG is drawn on a grid
//! ten times as fine as its nominal size, so that curves do not show steps.

use crate::canvas::{Canvas, Rect};
use crate::colour::PAPER;
use crate::encode;
use crate::lettering::register;
use mmw_core::{Error, Result};
use plotters::backend::{BitMapBackend, SVGBackend};
use std::path::Path;

/// Device pixels per final pixel, along each side.
const SUPERSAMPLING: u32 = 2;
/// Grid steps of an SVG per nominal pixel.
const SVG_GRID: u32 = 10;

/// What a picture is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// A bitmap of 8-bit RGB: for maps and scatters, and wherever SVG is not welcome.
    Png,
    /// A drawing that scales, with its texts as text: for curves.
    Svg,
}

mmw_core::named!(Format, "format" { Png = "png", Svg = "svg" });

impl Format {
    /// The format that a file name asks for by its ending, `.png` or `.svg` in any case.
    ///
    /// # Errors
    /// Kind `invalid` for another ending.
    ///
    /// # Examples
    /// ```
    /// use mmw_plot::Format;
    /// assert_eq!(Format::of("map.PNG".as_ref())?, Format::Png);
    /// assert!(Format::of("map.jpg".as_ref()).is_err());
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn of(path: &Path) -> Result<Self> {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        match extension.as_str() {
            "png" => Ok(Self::Png),
            "svg" => Ok(Self::Svg),
            _ => Err(Error::invalid("path", format!("{} must end in .png or .svg", path.display()))),
        }
    }
}

/// Whatever can be drawn: [`CurvePlot`](crate::CurvePlot), [`SmithPlot`](crate::SmithPlot),
/// [`MapPlot`](crate::MapPlot) and [`ScatterPlot`](crate::ScatterPlot).
pub trait Picture {
    /// The picture as the bytes of a file. The same picture always gives the same bytes.
    ///
    /// # Errors
    /// What the picture's own documentation lists.
    ///
    /// # Examples
    /// ```
    /// use mmw_plot::{CurvePlot, Format, Picture};
    ///
    /// let plot = CurvePlot::new("Loss", "distance (m)", "loss (dB)").line("", [(1.0, 68.0), (10.0, 88.0)]);
    /// assert!(plot.render(Format::Svg)?.starts_with(b"<svg"));
    /// assert!(plot.render(Format::Png)?.starts_with(b"\x89PNG"));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    fn render(&self, format: Format) -> Result<Vec<u8>>;

    /// Writes the picture into a file, in the format that its name asks for.
    ///
    /// # Errors
    /// Kind `invalid` for a name that ends in neither `.png` nor `.svg`, `io` naming the file, and as
    /// [`Picture::render`].
    fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let bytes = self.render(Format::of(path)?)?;
        std::fs::write(path, bytes).map_err(|error| Error::io(path, "write", &error))
    }
}

/// Draws a page of `width` by `height` pixels.
pub(crate) fn render(
    format: Format,
    size: (u32, u32),
    draw: impl FnOnce(&mut Canvas<'_>) -> Result<()>,
) -> Result<Vec<u8>> {
    match format {
        Format::Png => png(size, draw),
        Format::Svg => Ok(svg(size, draw)?.into_bytes()),
    }
}

/// A page as an SVG document.
fn svg((width, height): (u32, u32), draw: impl FnOnce(&mut Canvas<'_>) -> Result<()>) -> Result<String> {
    register()?;
    let mut text = String::new();
    let (w, h) = (width * SVG_GRID, height * SVG_GRID);
    let backend = SVGBackend::with_string(&mut text, (w, h));
    let mut canvas = Canvas::on_svg(backend, SVG_GRID, (width, height));
    canvas.fill(Rect { left: 0.0, top: 0.0, right: f64::from(width), bottom: f64::from(height) }, PAPER)?;
    draw(&mut canvas)?;
    let images = canvas.finish()?;
    for (place, image) in images {
        text = put_image(text, &place, &image)?;
    }
    Ok(text.replacen(
        &format!("width=\"{w}\" height=\"{h}\""),
        &format!("width=\"{width}\" height=\"{height}\""),
        1,
    ))
}

/// The document with an image for the one rectangle of the colour that keeps its place.
fn put_image(mut text: String, place: &str, image: &str) -> Result<String> {
    let found = text.find(&format!("fill=\"{place}\""));
    let start = found.and_then(|at| text[..at].rfind('<'));
    let end = found.and_then(|at| text[at..].find("/>").map(|length| at + length + 2));
    let (Some(start), Some(end)) = (start, end) else {
        return Err(Error::invalid("plot", "an image has no place in the document"));
    };
    text.replace_range(start..end, image);
    Ok(text)
}

/// A page as a PNG file.
fn png((width, height): (u32, u32), draw: impl FnOnce(&mut Canvas<'_>) -> Result<()>) -> Result<Vec<u8>> {
    register()?;
    let (w, h) = (width * SUPERSAMPLING, height * SUPERSAMPLING);
    let mut pixels = vec![0xff; w as usize * h as usize * 3];
    let backend = BitMapBackend::with_buffer(&mut pixels, (w, h));
    let mut canvas = Canvas::on_bitmap(backend, SUPERSAMPLING, (width, height));
    draw(&mut canvas)?;
    canvas.finish()?;
    encode::png(&average(&pixels, w as usize), (width, height))
}

/// Each square of `SUPERSAMPLING` by `SUPERSAMPLING` RGB pixels as its mean.
fn average(pixels: &[u8], width: usize) -> Vec<u8> {
    let n = SUPERSAMPLING as usize;
    let half = (n * n / 2) as u16;
    let mut out = Vec::with_capacity(pixels.len() / (n * n));
    for rows in pixels.chunks_exact(3 * width * n) {
        for x in 0..width / n {
            for channel in 0..3 {
                let sum: u16 = (0..n * n)
                    .map(|i| u16::from(rows[3 * ((i / n) * width + x * n + i % n) + channel]))
                    .sum();
                out.push(((sum + half) / (n * n) as u16) as u8);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::INK;
    use crate::lettering::{Anchor, Lettering};

    #[test]
    fn an_svg_keeps_its_nominal_size_over_a_finer_grid() {
        let text = svg((300, 200), |canvas| {
            canvas.text("a < b & c", (10.0, 20.0), Lettering::new(14.0, Anchor::Start))
        })
        .unwrap();
        assert!(text.starts_with(r#"<svg width="300" height="200" viewBox="0 0 3000 2000""#), "{text}");
        assert!(text.contains("a &lt; b &amp; c"));
    }

    #[test]
    fn a_png_has_its_nominal_size_and_smooth_edges() {
        let bytes = png((30, 20), |canvas| canvas.disc((15.0, 10.0), 6.0, INK)).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (30, 20));
        let greys = pixels.iter().filter(|&&p| p != 0xff && p > 0x28).count();
        assert!(greys > 20, "{greys} shades between paper and ink");
    }

    #[test]
    fn another_extension_is_refused_by_name() {
        let error = Format::of(Path::new("x.jpg")).unwrap_err();
        assert_eq!(error.to_string(), "path: x.jpg must end in .png or .svg");
        assert_eq!(error.kind(), "invalid");
    }
}
