//! A drawn page as a PNG or SVG file.
//!
//! The back ends take whole pixels. A bitmap is therefore drawn [`SUPERSAMPLING`] times as large and
//! averaged down, which smooths every edge and lets glyphs stand between pixels; an SVG is drawn on a grid
//! ten times as fine as its nominal size, so that curves do not show steps.

use super::canvas::{Canvas, Rect, failed};
use super::colour::PAPER;
use super::lettering::register;
use crate::error::{Error, Result};
use crate::output;
use plotters::backend::{BitMapBackend, SVGBackend};
use std::path::Path;

/// Device pixels a final pixel, along each side.
const SUPERSAMPLING: u32 = 2;
/// Grid steps of an SVG a nominal pixel.
const SVG_GRID: u32 = 10;

/// What a picture is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Png,
    Svg,
}

impl Format {
    fn of(path: &Path) -> Result<Self> {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        match extension.as_str() {
            "png" => Ok(Self::Png),
            "svg" => Ok(Self::Svg),
            _ => Err(Error::Usage(format!("{}: a picture's name must end in .png or .svg", path.display()))),
        }
    }
}

/// Draws a page of `width` by `height` pixels into the file, PNG or SVG by its extension.
///
/// # Errors
/// Kind `usage` for another extension, `io` naming the file, and what `draw` returns.
pub(crate) fn save(
    path: &Path,
    (width, height): (u32, u32),
    draw: impl FnOnce(&mut Canvas<'_>) -> Result<()>,
) -> Result<()> {
    let bytes = match Format::of(path)? {
        Format::Png => png((width, height), draw)?,
        Format::Svg => svg((width, height), draw)?.into_bytes(),
    };
    output::save_bytes(path, &bytes)
}

/// A page as an SVG document.
pub(crate) fn svg(
    (width, height): (u32, u32),
    draw: impl FnOnce(&mut Canvas<'_>) -> Result<()>,
) -> Result<String> {
    register()?;
    let mut text = String::new();
    let (w, h) = (width * SVG_GRID, height * SVG_GRID);
    let backend = SVGBackend::with_string(&mut text, (w, h));
    let mut canvas = Canvas::on_svg(backend, SVG_GRID, (width, height));
    canvas.fill(Rect { left: 0.0, top: 0.0, right: f64::from(width), bottom: f64::from(height) }, PAPER)?;
    draw(&mut canvas)?;
    canvas.finish()?;
    Ok(text.replacen(
        &format!("width=\"{w}\" height=\"{h}\""),
        &format!("width=\"{width}\" height=\"{height}\""),
        1,
    ))
}

/// A page as a PNG file.
pub(crate) fn png(
    (width, height): (u32, u32),
    draw: impl FnOnce(&mut Canvas<'_>) -> Result<()>,
) -> Result<Vec<u8>> {
    register()?;
    let (w, h) = (width * SUPERSAMPLING, height * SUPERSAMPLING);
    let mut pixels = vec![0xff; w as usize * h as usize * 3];
    let backend = BitMapBackend::with_buffer(&mut pixels, (w, h));
    let mut canvas = Canvas::on_bitmap(backend, SUPERSAMPLING, (width, height));
    draw(&mut canvas)?;
    canvas.finish()?;
    encode(&average(&pixels, w as usize), (width, height))
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

/// RGB pixels as a PNG file.
fn encode(rgb: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    let mut writer = encoder.write_header().map_err(|error| failed(&error))?;
    writer.write_image_data(rgb).map_err(|error| failed(&error))?;
    writer.finish().map_err(|error| failed(&error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::colour::INK;
    use super::super::lettering::{Anchor, Lettering};
    use super::*;

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
    fn another_extension_is_wrong_usage() {
        let error = save(Path::new("x.jpg"), (10, 10), |_| Ok(())).unwrap_err();
        assert_eq!(error.to_string(), "x.jpg: a picture's name must end in .png or .svg");
        assert_eq!(error.kind(), "usage");
    }
}
