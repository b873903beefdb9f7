//! Point clouds as PLY, which point-cloud viewers and Blender open.

use crate::error::Result;
use crate::output;
use mmw_core::Error;
use mmw_dsp::Point;
use std::io::Write;
use std::path::Path;

/// The properties of a vertex; viewers know the first three by these names.
const PROPERTIES: [&str; 5] = ["x", "y", "z", "velocity", "snr"];

/// A vertex, for a point whose azimuth is known; an elevation or a velocity that is not counts as zero.
fn properties(point: &Point) -> Option<[f32; 5]> {
    let [x, y] = [point.x_m?, point.y_m?];
    let or_zero = |value: Option<f64>| value.unwrap_or(0.0);
    Some([x, y, or_zero(point.z_m), or_zero(point.velocity_m_s), point.snr_db].map(|value| value as f32))
}

/// Writes points as ASCII PLY with the properties `x y z velocity snr` (m, m/s, dB), 32-bit floats. A vertex
/// has no way to be unknown: points without an azimuth are left out, which the header says, and `z` is zero
/// where the elevation is not known.
///
/// # Errors
/// Kind `not_finite` for a point that is not (also after rounding to 32 bits), `io` naming the file.
pub(crate) fn save_ply(path: &Path, points: &[Point]) -> Result<()> {
    let rows: Vec<[f32; 5]> = points.iter().filter_map(properties).collect();
    if let Some(index) = rows.iter().position(|row| row.iter().any(|value| !value.is_finite())) {
        return Err(Error::NotFinite { name: "points".into(), index }.into());
    }
    output::save(path, |file| {
        file.write_all(header(rows.len(), points.len() - rows.len()).as_bytes())?;
        rows.iter().try_for_each(|[x, y, z, velocity, snr]| writeln!(file, "{x} {y} {z} {velocity} {snr}"))
    })
}

fn header(count: usize, left_out: usize) -> String {
    let properties: String = PROPERTIES.iter().map(|name| format!("property float {name}\n")).collect();
    let missing = match left_out {
        0 => String::new(),
        _ => format!("comment {left_out} points without a known azimuth are left out\n"),
    };
    format!(
        "ply\nformat ascii 1.0\ncomment metres, m/s, dB; x right, y forward, z up\n{missing}\
         element vertex {count}\n{properties}end_header\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempFolder;

    #[test]
    fn points_read_back_to_the_same_bits() {
        let point = |i: f64| Point {
            x_m: Some(i),
            y_m: Some(2.5 * i),
            z_m: Some(-0.1),
            velocity_m_s: Some(-i / 3.0),
            snr_db: 12.25,
            ..Point::default()
        };
        let points = [point(0.0), point(1.0), point(-7.0)];
        let folder = TempFolder::new("ply");
        let path = folder.path().join("cloud.ply");
        save_ply(&path, &points).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let (header, body) = text.split_once("end_header\n").unwrap();
        assert!(header.starts_with("ply\nformat ascii 1.0\n"));
        assert!(header.contains("element vertex 3\nproperty float x\n"));
        let floats: Vec<f32> = body.split_whitespace().map(|word| word.parse().unwrap()).collect();
        assert_eq!(floats.as_chunks::<5>().0, points.each_ref().map(|p| properties(p).unwrap()));
    }

    #[test]
    fn a_point_without_an_azimuth_is_left_out_and_counted() {
        let folder = TempFolder::new("ply");
        let path = folder.path().join("cloud.ply");
        let flat = Point { x_m: Some(1.0), y_m: Some(2.0), ..Point::default() };
        save_ply(&path, &[flat, Point::default()]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("comment 1 points without") && text.contains("element vertex 1\n"), "{text}");
        assert!(text.ends_with("end_header\n1 2 0 0 0\n"), "{text}");
    }

    #[test]
    fn a_point_without_a_place_is_refused() {
        let bad = [Point { x_m: Some(1e300), y_m: Some(1.0), ..Point::default() }];
        assert_eq!(save_ply(Path::new("/dev/null"), &bad).unwrap_err().kind(), "not_finite");
    }
}
