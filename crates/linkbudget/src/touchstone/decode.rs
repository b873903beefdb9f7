//! From numbers to matrices.

use super::options::Options;
use super::source::Source;
use super::table::Table;
use super::words::{Format, MatrixFormat, Parameter};
use mmw_core::ndarray::Array3;
use mmw_core::{C64, Result};

/// The numbers of a file and what its option line says of them.
pub(super) struct Decoder<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) table: &'a Table,
    pub(super) options: &'a Options,
}

impl Decoder<'_> {
    /// Frequencies in Hz and full matrices.
    pub(super) fn matrices(
        &self,
        starts: &[usize],
        ports: usize,
        format: MatrixFormat,
        row_first: bool,
    ) -> Result<(Vec<f64>, Array3<C64>)> {
        let numbers = &self.table.numbers;
        let whole = ports * ports;
        let places = places(ports, format, row_first);
        let mut frequencies_hz = Vec::with_capacity(starts.len());
        let mut entries = vec![C64::new(0.0, 0.0); starts.len() * whole];
        for (&start, matrix) in starts.iter().zip(entries.chunks_exact_mut(whole)) {
            let frequency_hz = numbers[start] * self.options.unit_hz;
            if !(frequency_hz.is_finite() && frequency_hz >= 0.0) {
                let found = format!("{} ", numbers[start]);
                return Err(self.source.trouble(
                    self.table.offset(start),
                    "a frequency from 0",
                    found.trim(),
                ));
            }
            frequencies_hz.push(frequency_hz);
            let (pairs, _) = numbers[start + 1..start + 1 + 2 * places.len()].as_chunks::<2>();
            for (pair, &(place, mirror)) in pairs.iter().zip(&places) {
                let value = decode(*pair, self.options.format);
                if !(value.re.is_finite() && value.im.is_finite()) {
                    let found = format!("{} {}", pair[0], pair[1]);
                    return Err(self.source.trouble(self.table.offset(start), "finite parameters", &found));
                }
                matrix[place] = value;
                matrix[mirror] = value;
            }
        }
        let matrices = Array3::from_shape_vec((starts.len(), ports, ports), entries)
            .map_err(|error| self.source.trouble(0, "whole matrices", &error.to_string()))?;
        Ok((frequencies_hz, matrices))
    }
}

/// Where each pair of a record goes, and where else in a symmetric matrix.
fn places(ports: usize, format: MatrixFormat, row_first: bool) -> Vec<(usize, usize)> {
    let mut places = Vec::with_capacity(format.entries(ports));
    for i in 0..ports {
        for j in (0..ports).filter(|&j| format.holds(i, j)) {
            let (row, column) = if row_first { (i, j) } else { (j, i) };
            let place = row * ports + column;
            let mirror = if format == MatrixFormat::Full { place } else { column * ports + row };
            places.push((place, mirror));
        }
    }
    places
}

fn decode([x, y]: [f64; 2], format: Format) -> C64 {
    match format {
        Format::RealImaginary => C64::new(x, y),
        Format::MagnitudeAngle => C64::from_polar(x, y.to_radians()),
        // Minus infinity is zero; the angle then says nothing.
        Format::DecibelAngle if x == f64::NEG_INFINITY && y.is_finite() => C64::new(0.0, 0.0),
        Format::DecibelAngle => C64::from_polar(10_f64.powf(x / 20.0), y.to_radians()),
    }
}

/// What version 1 divides an entry by.
pub(super) fn unit_ohm(parameter: Parameter, [row, column]: [usize; 2], ohm: f64) -> f64 {
    match (parameter, row, column) {
        (Parameter::Z, ..) | (Parameter::H, 0, 0) | (Parameter::G, 1, 1) => ohm,
        (Parameter::Y, ..) | (Parameter::H, 1, 1) | (Parameter::G, 0, 0) => 1.0 / ohm,
        _ => 1.0,
    }
}

/// Whether a row of five numbers is the first of the noise rather than part of a matrix in several lines.
///
/// Noise starts at or below the last frequency, says the format, and has five numbers a line; a two-port's
/// line that is broken after five goes on with four. A last line of five above the last frequency may be cut
/// off, so it is neither.
pub(super) fn noise_begins(table: &Table, row: usize, starts: &[usize]) -> bool {
    let Some(last) = starts.last() else { return false };
    if table.len(row) != Some(5) {
        return false;
    }
    let at_or_below = table.rows.get(row).is_some_and(|row| table.numbers[row.first] <= table.numbers[*last]);
    let (single_lines, double_lines) = (row == starts.len(), row == 2 * starts.len());
    match table.len(row + 1) {
        Some(5) => true,
        // Where all else stands on one line, four numbers are a line of noise that is cut off.
        Some(4) => at_or_below && single_lines,
        Some(_) => false,
        None => at_or_below && !double_lines,
    }
}
