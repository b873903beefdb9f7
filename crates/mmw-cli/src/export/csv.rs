//! Curves, maps, tables and points as CSV (RFC 4180, line feeds): a header, then numbers that read back to
//! the same bits.

use super::points::{COLUMNS, values};
use crate::error::Result;
use crate::output;
use mmw_core::text::csv_field;
use mmw_core::{Axis, DataArray1, Real, check};
use mmw_dsp::Point;
use std::io::Write;
use std::path::Path;

/// The shortest digits that read back to the same value.
fn number<T: Real>(value: T) -> String {
    format!("{value:?}")
}

fn join(fields: impl IntoIterator<Item = String>) -> String {
    fields.into_iter().collect::<Vec<_>>().join(",")
}

fn label(name: &str, unit: &str) -> String {
    let text = if unit.is_empty() { name.to_owned() } else { format!("{name} ({unit})") };
    csv_field(&text).into_owned()
}

/// Writes curves over one axis: the axis is the first column, each curve one more.
///
/// # Errors
/// Kind `too_few` without a curve, `shape` when a curve's length differs from the first one's, `io` naming
/// the file.
pub(crate) fn save_curves_csv<T: Real>(path: &Path, curves: &[&DataArray1<T>]) -> Result<()> {
    check::at_least("curves", curves.len(), 1)?;
    let axis = curves[0].axes().first().cloned().unwrap_or_else(|| Axis::index("index", 0));
    for curve in curves {
        check::same_len("curve", axis.len(), curve.data().len())?;
    }
    output::save(path, |file| {
        let names = curves.iter().map(|curve| label(curve.name(), curve.unit()));
        writeln!(file, "{}", join(std::iter::once(csv_field(&axis.label()).into_owned()).chain(names)))?;
        for (i, coordinate) in axis.iter().enumerate() {
            let values = curves.iter().filter_map(|curve| curve.data().get(i).map(|&v| number(v)));
            writeln!(file, "{}", join(std::iter::once(number(coordinate)).chain(values)))?;
        }
        Ok(())
    })
}

/// Writes points, one per line, under the names of [`COLUMNS`]. What the radar cannot tell is an empty
/// field.
///
/// # Errors
/// Kind `io` naming the file.
pub(crate) fn save_points_csv(path: &Path, points: &[Point]) -> Result<()> {
    output::save(path, |file| {
        writeln!(file, "{}", COLUMNS.join(","))?;
        let field = |value: Option<f64>| value.map(number).unwrap_or_default();
        points.iter().try_for_each(|point| writeln!(file, "{}", join(values(point).map(field))))
    })
}

/// Writes a table of texts under its header.
///
/// # Errors
/// Kind `shape` when a row's length differs from the header's, `io` naming the file.
pub(crate) fn save_table_csv(path: &Path, columns: &[String], rows: &[Vec<String>]) -> Result<()> {
    for row in rows {
        check::same_len("row of a table", columns.len(), row.len())?;
    }
    output::save(path, |file| {
        writeln!(file, "{}", join(columns.iter().map(|text| csv_field(text).into_owned())))?;
        rows.iter().try_for_each(|row| {
            writeln!(file, "{}", join(row.iter().map(|text| csv_field(text).into_owned())))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempFolder;
    use mmw_core::ndarray::array;

    fn lines(path: &Path) -> Vec<String> {
        std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn curves_share_the_first_column_and_read_back_exactly() {
        let folder = TempFolder::new("curves");
        let path = folder.path().join("c.csv");
        let axis = Axis::uniform("range", "m", 0.0, 0.1, 3).unwrap();
        let curve =
            |name: &'static str, values| DataArray1::new(name, "dB", values, vec![axis.clone()]).unwrap();
        let (a, b) = (curve("a", array![1.0, 1e-300, -0.1 - 0.2]), curve("b", array![0.0, 1.0, 2.0]));
        save_curves_csv(&path, &[&a, &b]).unwrap();
        let lines = lines(&path);
        assert_eq!(lines[0], "range (m),a (dB),b (dB)");
        assert_eq!(lines[2], "0.1,1e-300,1.0");
        let back: f64 = lines[3].split(',').nth(1).unwrap().parse().unwrap();
        assert_eq!(back.to_bits(), (-0.1_f64 - 0.2).to_bits());
        assert!(save_curves_csv::<f64>(&path, &[]).is_err());
    }

    #[test]
    fn texts_with_separators_are_quoted() {
        let folder = TempFolder::new("table");
        let path = folder.path().join("t.csv");
        let columns = ["item".to_owned(), "why".to_owned()];
        let rows = [vec!["a, b".to_owned(), "says \"no\"".to_owned()]];
        save_table_csv(&path, &columns, &rows).unwrap();
        assert_eq!(lines(&path)[1], "\"a, b\",\"says \"\"no\"\"\"");
        assert!(save_table_csv(&path, &columns, &[vec![]]).is_err());
    }

    #[test]
    fn points_have_named_columns() {
        let folder = TempFolder::new("points");
        let path = folder.path().join("p.csv");
        let point = Point {
            frame: 3,
            azimuth_rad: Some(0.25),
            x_m: Some(1.0),
            velocity_m_s: Some(-0.5),
            velocity_ambiguous: true,
            snr_db: 20.0,
            ..Point::default()
        };
        save_points_csv(&path, &[point]).unwrap();
        let header = "frame,range_m,velocity_m_s,azimuth_rad,elevation_rad,x_m,y_m,z_m,snr_db,\
                      velocity_ambiguous,velocity_interval_m_s,angle_ambiguous,unexplained_share";
        assert_eq!(lines(&path), [header, "3.0,0.0,-0.5,0.25,,1.0,,,20.0,1.0,,0.0,"]);
    }
}
