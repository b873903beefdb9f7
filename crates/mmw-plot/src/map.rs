//! A map as a picture: range over velocity, range over angle, an SAR image.

use crate::canvas::{Canvas, Rect};
use crate::colour::ColourMap;
use crate::colour_bar::ColourBar;
use crate::frame::{Frame, Scale, Span, draw_title};
use crate::picture::{self, Format, Picture};
use mmw_core::ndarray::ArrayView2;
use mmw_core::{Axis, DataArray2, Error, Real, Result, check};

/// The page, in pixels.
const SIZE: (u32, u32) = (960, 720);

/// Which values the colours span; what lies outside takes the colour of the nearer end.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ColourRange {
    /// From this many units (decibels) below the greatest value up to it, or less if no value is so low.
    BelowPeak(f64),
    /// From the least to the greatest value.
    Full,
}

/// A map to be drawn: colours over two axes, with a bar that says which value a colour stands for.
///
/// A pixel that holds many cells shows the greatest, so that no target is lost when a large map is drawn
/// small.
///
/// # Examples
/// ```
/// use mmw_core::ndarray::Array2;
/// use mmw_core::{Axis, DataArray2};
/// use mmw_plot::{ColourRange, Format, MapPlot, Picture};
///
/// let axes = vec![Axis::uniform("time", "s", 0.0, 0.08, 40)?, Axis::uniform("range", "m", 0.0, 0.04, 256)?];
/// let power = Array2::from_shape_fn((40, 256), |(t, r)| -((r as f64 - 3.0 * t as f64).abs()));
/// let map = DataArray2::new("power", "dB", power, axes)?;
/// let png = MapPlot::new(&map)
///     .title("A target that walks away")
///     .x_dimension(0)
///     .range(ColourRange::BelowPeak(40.0))
///     .render(Format::Png)?;
/// assert!(png.starts_with(b"\x89PNG"));
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a plot is drawn by `render` or `save`"]
pub struct MapPlot<'a, T: Real> {
    map: &'a DataArray2<T>,
    title: String,
    x_dimension: usize,
    range: ColourRange,
}

impl<'a, T: Real> MapPlot<'a, T> {
    /// A map under its own name, columns (dimension 1) from left to right, over the upper 60 dB when its
    /// unit is a decibel and over all its values otherwise.
    pub fn new(map: &'a DataArray2<T>) -> Self {
        let range =
            if map.unit().starts_with("dB") { ColourRange::BelowPeak(60.0) } else { ColourRange::Full };
        let title = map.name().to_owned();
        Self { map, title, x_dimension: 1, range }
    }

    /// Another title than the map's name.
    pub fn title(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// Which dimension runs from left to right: 0 or 1.
    pub fn x_dimension(self, x_dimension: usize) -> Self {
        Self { x_dimension, ..self }
    }

    /// Which values the colours span.
    pub fn range(self, range: ColourRange) -> Self {
        Self { range, ..self }
    }

    fn draw(&self, canvas: &mut Canvas<'_>) -> Result<()> {
        check::at_least("map", self.map.data().len(), 1)?;
        check::all_finite("map", self.map.data())?;
        let (values, x, y) = match (self.x_dimension, self.map.axes()) {
            (1, [y, x]) => (self.map.data().view(), x, y),
            (0, [x, y]) => (self.map.data().view().reversed_axes(), x, y),
            _ => return Err(Error::domain("x_dimension", self.x_dimension as f64, "0 or 1")),
        };
        let (x_cells, y_cells) = (Cells::new(x)?, Cells::new(y)?);
        let (low, high) = self.limits()?;
        let bar = ColourBar { low, high, colours: ColourMap::Viridis, label: value_label(self.map) };

        let area = Rect {
            left: 14.0,
            top: 52.0,
            right: canvas.width - bar.width() - 26.0,
            bottom: canvas.height - 8.0,
        };
        let frame = Frame::new(area, (&x.label(), x_cells.span()?), (&y.label(), y_cells.span()?));
        let (columns, rows) = canvas.pixels(frame.rect);
        let rgb = shade(values, &x_cells.seen(columns), &y_cells.seen(rows), &bar);
        canvas.blit(frame.rect, &rgb)?;
        frame.draw_axes(canvas)?;
        bar.draw(canvas, frame.rect)?;
        draw_title(canvas, &self.title, frame.rect, 34.0)
    }

    /// The values of the first and the last colour, never the same.
    fn limits(&self) -> Result<(f64, f64)> {
        let least = self.map.data().iter().fold(f64::INFINITY, |a, v| a.min(v.as_f64()));
        let peak = self.map.data().iter().fold(f64::NEG_INFINITY, |a, v| a.max(v.as_f64()));
        let (low, high) = match self.range {
            ColourRange::BelowPeak(depth) => {
                ((peak - check::positive("depth below the peak", depth)?).max(least), peak)
            }
            ColourRange::Full => (least, peak),
        };
        let span = Span::new(low, high, Scale::Linear)?;
        Ok((span.low, span.high))
    }
}

impl<T: Real> Picture for MapPlot<'_, T> {
    /// The map as a picture of 960 by 720 pixels.
    ///
    /// # Errors
    /// Kind `too_few` for an empty map, `not_finite` for a value that is, `domain` for a dimension above 1
    /// or limits that are no range.
    fn render(&self, format: Format) -> Result<Vec<u8>> {
        picture::render(format, SIZE, |canvas| self.draw(canvas))
    }
}

/// Name and unit of the values.
fn value_label<T>(map: &DataArray2<T>) -> String {
    match (map.name(), map.unit()) {
        (name, "") => name.to_owned(),
        ("", unit) => unit.to_owned(),
        (name, unit) => format!("{name} ({unit})"),
    }
}

/// The cells of an axis in rising order of their coordinates.
struct Cells {
    centres: Vec<f64>,
    /// One more than there are cells: halfway between neighbours, and as far beyond the ends.
    edges: Vec<f64>,
    /// Whether the axis falls, so that the first cell here is the last of the array.
    reversed: bool,
}

impl Cells {
    fn new(axis: &Axis) -> Result<Self> {
        let mut centres = axis.to_vec();
        let reversed = centres.len() > 1 && centres[0] > centres[centres.len() - 1];
        if reversed {
            centres.reverse();
        }
        let (Some(&first), Some(&last)) = (centres.first(), centres.last()) else {
            return Err(Error::too_few("axis of a map", 1, 0));
        };
        let lone = axis.step().map_or(1.0, f64::abs);
        let gap = |pair: Option<&[f64]>| pair.map_or(lone, |pair| pair[1] - pair[0]);
        let begin = first - gap(centres.windows(2).next()) / 2.0;
        let end = last + gap(centres.windows(2).next_back()) / 2.0;
        let between = centres.windows(2).map(|pair| f64::midpoint(pair[0], pair[1]));
        let edges = std::iter::once(begin).chain(between).chain(std::iter::once(end)).collect();
        Ok(Self { centres, edges, reversed })
    }

    fn span(&self) -> Result<Span> {
        let (low, high) = (self.edges[0], self.edges[self.edges.len() - 1]);
        // Unlike a curve's span, this one must not be widened: the cells fill it.
        check::finite("length of an axis", high - low)?;
        check::positive("length of an axis", high - low)?;
        Ok(Span { low, high, scale: Scale::Linear })
    }

    /// For each of `pixels` from the low end to the high end, the array indices `from..to` that it shows:
    /// all cells whose centres it holds, or else the one cell that covers its middle.
    fn seen(&self, pixels: usize) -> Vec<(usize, usize)> {
        let count = self.centres.len();
        let (low, high) = (self.edges[0], self.edges[count]);
        let at = |pixel: f64| low + (high - low) * (pixel / pixels as f64);
        let cells = (0..pixels).map(|pixel| {
            let pixel = pixel as f64;
            let from = self.centres.partition_point(|&c| c < at(pixel));
            let to = self.centres.partition_point(|&c| c < at(pixel + 1.0));
            if from < to {
                return (from, to);
            }
            let cell = self.edges.partition_point(|&edge| edge <= at(pixel + 0.5)).clamp(1, count) - 1;
            (cell, cell + 1)
        });
        if self.reversed {
            cells.map(|(from, to)| (count - to, count - from)).collect()
        } else {
            cells.collect()
        }
    }
}

/// RGB of every pixel, row by row from the top. A pixel that holds many cells shows the greatest, so that no
/// target is lost when a large map is drawn small.
fn shade<T: Real>(
    values: ArrayView2<'_, T>,
    columns: &[(usize, usize)],
    rows: &[(usize, usize)],
    bar: &ColourBar,
) -> Vec<u8> {
    let table = bar.colours.table();
    let steps = 255.0 / (bar.high - bar.low);
    let mut rgb = Vec::with_capacity(3 * columns.len() * rows.len());
    let mut greatest = vec![f64::NEG_INFINITY; values.ncols()];
    let mut previous: Option<((usize, usize), usize)> = None;
    for &(from, to) in rows.iter().rev() {
        let start = rgb.len();
        if let Some((cells, drawn)) = previous
            && cells == (from, to)
        {
            rgb.extend_from_within(drawn..drawn + 3 * columns.len());
            continue;
        }
        greatest.fill(f64::NEG_INFINITY);
        for row in from..to {
            for (greatest, value) in greatest.iter_mut().zip(values.row(row)) {
                *greatest = greatest.max(value.as_f64());
            }
        }
        for &(from, to) in columns {
            let value = greatest[from..to].iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
            rgb.extend(table[((value - bar.low) * steps).round().clamp(0.0, 255.0) as usize]);
        }
        previous = Some(((from, to), start));
    }
    rgb
}
