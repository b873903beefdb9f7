//! From numbers to matrices.

use super::options::Options;
use super::source::Source;
use super::table::Table;
use super::words::{Format, MatrixFormat, Parameter};
use mmw_core::math::{amplitude_of_decibels, sin_cos_of_turns};
use mmw_core::ndarray::Array3;
use mmw_core::simd::Level;
use mmw_core::{C64, Result, by_level};

/// Records that are decoded at once: enough for vectors, few enough for the cache.
const TOGETHER: usize = 64;

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
        let mut pairs: Vec<[f64; 2]> = Vec::with_capacity(TOGETHER * places.len());
        let records = starts.chunks(TOGETHER).zip(entries.chunks_mut(TOGETHER * whole));
        for (starts, matrices) in records {
            pairs.clear();
            for &start in starts {
                frequencies_hz.push(self.frequency_hz(start)?);
                pairs.extend_from_slice(numbers[start + 1..start + 1 + 2 * places.len()].as_chunks().0);
            }
            decode(&mut pairs, self.options.format);
            let each = pairs.chunks_exact(places.len()).zip(matrices.chunks_exact_mut(whole));
            for ((pairs, matrix), &start) in each.zip(starts) {
                if !pairs.as_flattened().iter().fold(true, |all, x| all & x.is_finite()) {
                    let finite = |[re, im]: &[f64; 2]| re.is_finite() && im.is_finite();
                    let first = start + 1 + 2 * pairs.iter().take_while(|pair| finite(pair)).count();
                    let found = format!("{} {}", numbers[first], numbers[first + 1]);
                    return Err(self.source.trouble(self.table.offset(start), "finite parameters", &found));
                }
                for (&[re, im], &(place, mirror)) in pairs.iter().zip(&places) {
                    matrix[place] = C64::new(re, im);
                    matrix[mirror] = C64::new(re, im);
                }
            }
        }
        let matrices = Array3::from_shape_vec((starts.len(), ports, ports), entries)
            .map_err(|error| self.source.trouble(0, "whole matrices", &error.to_string()))?;
        Ok((frequencies_hz, matrices))
    }

    fn frequency_hz(&self, start: usize) -> Result<f64> {
        let given = self.table.numbers[start];
        let frequency_hz = given * self.options.unit_hz;
        if frequency_hz.is_finite() && frequency_hz >= 0.0 {
            return Ok(frequency_hz);
        }
        Err(self.source.trouble(self.table.offset(start), "a frequency from 0", &given.to_string()))
    }
}

/// Where each pair of a record goes, and where else in a symmetric matrix.
pub(super) fn places(ports: usize, format: MatrixFormat, row_first: bool) -> Vec<(usize, usize)> {
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

/// Real and imaginary parts in place of what a format writes.
pub(super) fn decode(pairs: &mut [[f64; 2]], format: Format) {
    match format {
        Format::RealImaginary => return,
        Format::MagnitudeAngle => {}
        Format::DecibelAngle => sizes(pairs),
    }
    // More than 2³⁰ turns go the long way, as none come from a network.
    if pairs.iter().fold(true, |all, [_, angle_deg]| all & (angle_deg.abs() < MOST_DEG)) {
        return rectangular(Level::current(), pairs);
    }
    for [size, angle_deg] in pairs {
        let C64 { re, im } = C64::from_polar(*size, angle_deg.to_radians());
        (*size, *angle_deg) = (re, im);
    }
}

/// Amplitudes in place of decibels. Minus infinity is zero; the angle then says nothing.
fn sizes(pairs: &mut [[f64; 2]]) {
    /// Beyond, amplitudes come near the ends of f64.
    const MOST_DB: f64 = 6000.0;
    if pairs.iter().fold(true, |all, [level_db, _]| all & (level_db.abs() < MOST_DB)) {
        return amplitudes(Level::current(), pairs);
    }
    pairs.iter_mut().for_each(|[x, _]| *x = 10_f64.powf(*x / 20.0));
}

by_level! {
    /// Amplitudes in place of decibels.
    fn amplitudes(level: Level, pairs: &mut [[f64; 2]]) {
        for [size, _] in pairs {
            *size = amplitude_of_decibels(*size);
        }
    }
}

const MOST_DEG: f64 = 360.0 * (1_u64 << 30) as f64;

by_level! {
    /// Real and imaginary parts in place of sizes and angles: by turns, where quarters are exact.
    fn rectangular(level: Level, pairs: &mut [[f64; 2]]) {
        for [size, angle_deg] in pairs {
            let (sine, cosine) = sin_cos_of_turns(*angle_deg / 360.0);
            (*size, *angle_deg) = (*size * cosine, *size * sine);
        }
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
