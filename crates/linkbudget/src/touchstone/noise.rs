//! The noise of a two-port: behind the matrices in version 1, in a section of its own later.

use super::source::Source;
use super::table::Table;
use mmw_core::Result;

/// What a doubtful line of noise may be instead.
const CUT_OFF: &str = "(or is this a line of the network that is cut off?)";

/// Whether a row of five numbers is the first of the noise rather than part of a matrix in several lines.
///
/// Noise starts at or below the last frequency, says the format, and has five numbers per line; a two-port's
/// line that is broken after five goes on with four. A last line of five above the last frequency may be cut
/// off, so it is neither.
pub(super) fn begins(table: &Table, row: usize, starts: &[usize]) -> bool {
    let Some(last) = starts.last() else { return false };
    if table.len(row) != Some(5) {
        return false;
    }
    let at_or_below = table.rows.get(row).is_some_and(|row| table.numbers[row.first] <= table.numbers[*last]);
    let (single_lines, double_lines) = (row == starts.len(), row == 2 * starts.len());
    match table.len(row + 1) {
        Some(5) => true,
        // Where all else stands on one line, four numbers are a line of noise that is cut off.
        Some(4) => single_lines && (at_or_below || no_matrix_on_a_line(table, row)),
        Some(_) => false,
        None => at_or_below && !double_lines,
    }
}

/// Whether no row from this one on has more numbers than one of noise.
fn no_matrix_on_a_line(table: &Table, row: usize) -> bool {
    (row..table.rows.len()).all(|row| table.len(row).is_some_and(|len| len <= 5))
}

/// The rows of noise from one of a table on: frequency, least figure in dB, magnitude and angle of the
/// optimum, resistance.
pub(super) fn rows(source: &Source<'_>, table: &Table, from: usize) -> Result<Vec<[f64; 5]>> {
    let five = |row: usize| {
        let place = table.rows[row];
        let numbers = &table.numbers[place.first..place.first + table.len(row).unwrap_or_default()];
        let expected = "5 finite numbers of a frequency's noise, that of the frequency from 0";
        <[f64; 5]>::try_from(numbers)
            .ok()
            .filter(|five| five.iter().all(|x| x.is_finite()) && five[0] >= 0.0)
            .ok_or_else(|| source.trouble(place.offset, expected, &format!("{numbers:?}")))
    };
    (from..table.rows.len()).map(five).collect()
}

/// What noise a two-port can have.
const POSSIBLE: &str = "noise with a least figure from 0 dB, a reflection of 0 to 1 and a resistance from 0";

fn first_impossible(noise: &[[f64; 5]]) -> Option<usize> {
    let possible = |&[_, figure_db, magnitude, _, resistance]: &[f64; 5]| {
        figure_db >= 0.0 && (0.0..=1.0).contains(&magnitude) && resistance >= 0.0
    };
    noise.iter().position(|five| !possible(five))
}

/// Refuses noise of a section of its own that no two-port could have.
pub(super) fn refuse_impossible(source: &Source<'_>, table: &Table, noise: &[[f64; 5]]) -> Result<()> {
    let Some(index) = first_impossible(noise) else { return Ok(()) };
    let offset = table.rows.get(index).map_or(0, |row| row.offset);
    Err(source.trouble(offset, POSSIBLE, &format!("{:?}", noise.get(index).unwrap_or(&[0.0; 5]))))
}

/// Refuses rows behind matrices that may be lines of the network which are cut off: those that no two-port
/// could have, and in a falling sweep all but several that rise.
pub(super) fn refuse_doubtful(
    source: &Source<'_>,
    table: &Table,
    from: usize,
    starts: &[usize],
    noise: &[[f64; 5]],
) -> Result<()> {
    let doubt = |index: usize, expected: &str| {
        let offset = table.rows.get(from + index).map_or(0, |row| row.offset);
        let found = noise.get(index).map_or_else(String::new, |five| format!("{five:?}"));
        Err(source.trouble(offset, &format!("{expected} {CUT_OFF}"), &found))
    };
    if let Some(index) = first_impossible(noise) {
        return doubt(index, POSSIBLE);
    }
    let falls = match starts {
        [.., before, last] => table.numbers[*last] < table.numbers[*before],
        _ => false,
    };
    if falls && noise.len() == 1 {
        return doubt(0, "noise at several frequencies that rise, as those of the network fall");
    }
    let back = noise.windows(2).position(|pair| pair[1][0] <= pair[0][0]);
    match back {
        Some(index) if falls || starts.len() == 1 => {
            doubt(index + 1, "noise at frequencies that rise, where those of the network do not")
        }
        _ => Ok(()),
    }
}
