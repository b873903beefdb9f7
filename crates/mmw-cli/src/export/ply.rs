//! Point clouds as PLY, which point-cloud viewers and Blender open.

use crate::error::Result;
use crate::output;
use mmw_core::Error;
use mmw_dsp::Point;
use std::io::Write;
use std::path::Path;

/// How the numbers of a PLY file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Encoding {
    /// As text.
    Ascii,
    /// As 32-bit floats, least significant byte first.
    #[default]
    BinaryLittleEndian,
}

impl Encoding {
    fn name(self) -> &'static str {
        match self {
            Self::Ascii => "ascii",
            Self::BinaryLittleEndian => "binary_little_endian",
        }
    }
}

/// The properties of a vertex; viewers know the first three by these names.
const PROPERTIES: [&str; 5] = ["x", "y", "z", "velocity", "snr"];

/// Writes points with the properties `x y z velocity snr` (m, m/s, dB) as 32-bit floats.
///
/// # Errors
/// Kind `not_finite` for a point that is not (also after rounding to 32 bits), `io` naming the file.
pub(crate) fn save_ply(path: &Path, points: &[Point], encoding: Encoding) -> Result<()> {
    let rows: Vec<[f32; 5]> = points.iter().map(|point| point.values().map(|value| value as f32)).collect();
    if let Some(index) = rows.iter().position(|row| row.iter().any(|value| !value.is_finite())) {
        return Err(Error::NotFinite { name: "points".into(), index }.into());
    }
    output::save(path, |file| {
        file.write_all(header(points.len(), encoding).as_bytes())?;
        for row in &rows {
            match encoding {
                Encoding::Ascii => writeln!(file, "{} {} {} {} {}", row[0], row[1], row[2], row[3], row[4])?,
                Encoding::BinaryLittleEndian => file.write_all(row.map(f32::to_le_bytes).as_flattened())?,
            }
        }
        Ok(())
    })
}

fn header(count: usize, encoding: Encoding) -> String {
    let properties: String = PROPERTIES.iter().map(|name| format!("property float {name}\n")).collect();
    format!(
        "ply\nformat {} 1.0\ncomment metres, m/s, dB; x right, y forward, z up\nelement vertex {count}\n\
         {properties}end_header\n",
        encoding.name()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempFolder;

    fn points() -> Vec<Point> {
        let point = |i: f64| Point { x_m: i, y_m: 2.5 * i, z_m: -0.1, velocity_m_s: -i / 3.0, snr_db: 12.25 };
        vec![point(0.0), point(1.0), point(-7.0)]
    }

    fn expected() -> Vec<[f32; 5]> {
        points().iter().map(|point| point.values().map(|value| value as f32)).collect()
    }

    fn written(encoding: Encoding) -> (String, Vec<u8>) {
        let folder = TempFolder::new("ply");
        let path = folder.path().join("cloud.ply");
        save_ply(&path, &points(), encoding).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let end = bytes.windows(11).position(|w| w == b"end_header\n").unwrap() + 11;
        (String::from_utf8(bytes[..end].to_vec()).unwrap(), bytes[end..].to_vec())
    }

    #[test]
    fn binary_points_read_back_to_the_same_bits() {
        let (header, body) = written(Encoding::BinaryLittleEndian);
        assert!(header.starts_with("ply\nformat binary_little_endian 1.0\n"));
        assert!(header.contains("element vertex 3\nproperty float x\n"));
        let floats: Vec<f32> = body.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
        assert_eq!(floats.as_chunks::<5>().0, expected());
    }

    #[test]
    fn text_points_read_back_to_the_same_bits() {
        let (header, body) = written(Encoding::Ascii);
        assert!(header.starts_with("ply\nformat ascii 1.0\n"));
        let text = String::from_utf8(body).unwrap();
        let floats: Vec<f32> = text.split_whitespace().map(|word| word.parse().unwrap()).collect();
        assert_eq!(floats.as_chunks::<5>().0, expected());
    }

    #[test]
    fn a_point_without_a_place_is_refused() {
        let bad = [Point { x_m: 1e300, ..Point::default() }];
        assert_eq!(save_ply(Path::new("/dev/null"), &bad, Encoding::Ascii).unwrap_err().kind(), "not_finite");
    }
}
