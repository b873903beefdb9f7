//! Point clouds of viewers: PLY and PCD, as text or as little-endian binary.

use super::lines::format_error;
use crate::CloudPoint;
use mmw_core::{Error, Result};

/// A number of a vertex: its name, its type, and how many of it there are.
struct Field {
    name: String,
    kind: Kind,
    count: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Signed(usize),
    Unsigned(usize),
    Float(usize),
}

impl Kind {
    fn of_ply(name: &str) -> Option<Self> {
        Some(match name {
            "char" | "int8" => Self::Signed(1),
            "uchar" | "uint8" => Self::Unsigned(1),
            "short" | "int16" => Self::Signed(2),
            "ushort" | "uint16" => Self::Unsigned(2),
            "int" | "int32" => Self::Signed(4),
            "uint" | "uint32" => Self::Unsigned(4),
            "float" | "float32" => Self::Float(4),
            "double" | "float64" => Self::Float(8),
            _ => return None,
        })
    }

    fn of_pcd(kind: &str, size: &str) -> Option<Self> {
        let size = size.parse().ok().filter(|size| [1, 2, 4, 8].contains(size))?;
        match kind {
            "I" => Some(Self::Signed(size)),
            "U" => Some(Self::Unsigned(size)),
            "F" if size >= 4 => Some(Self::Float(size)),
            _ => None,
        }
    }

    fn size(self) -> usize {
        match self {
            Self::Signed(size) | Self::Unsigned(size) | Self::Float(size) => size,
        }
    }

    fn value(self, bytes: &[u8]) -> f64 {
        let mut wide = [0; 8];
        wide[..bytes.len()].copy_from_slice(bytes);
        let bits = u64::from_le_bytes(wide);
        let shift = 64 - 8 * bytes.len() as u32;
        match self {
            Self::Unsigned(_) => bits as f64,
            // The sign comes down from the top.
            Self::Signed(_) => ((bits << shift) as i64 >> shift) as f64,
            Self::Float(4) => f64::from(f32::from_bits(bits as u32)),
            Self::Float(_) => f64::from_bits(bits),
        }
    }
}

/// What a header announces.
struct Header {
    fields: Vec<Field>,
    count: usize,
    binary: bool,
    /// Where the points begin.
    start: usize,
}

/// The points of a PLY file of the formats `ascii` and `binary_little_endian`, with the properties `x y z`
/// and, where they are there, `velocity` and `snr`; others are not looked at. Lists and elements before the
/// vertices are not supported.
///
/// # Errors
/// [`Error::Format`] with the byte where something else stands.
///
/// # Examples
/// ```
/// use mmw_sense::read;
///
/// let text = "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n\
///             property float velocity\nend_header\n0.5 2 0.25 -0.75\n";
/// assert_eq!(read::ply("cloud.ply", text.as_bytes())?[0].velocity_m_s, Some(-0.75));
/// # Ok::<(), mmw_sense::Error>(())
/// ```
pub fn ply(name: &str, bytes: &[u8]) -> Result<Vec<CloudPoint>> {
    let mut header = Header { fields: Vec::new(), count: 0, binary: false, start: 0 };
    let mut elements = 0;
    let mut ended = false;
    for (at, line) in header_lines(bytes) {
        header.start = at + line.len() + 1;
        let text = String::from_utf8_lossy(line);
        let words: Vec<&str> = text.split_whitespace().collect();
        let unlike = |expected: &str| format_error(name, at, expected, &text);
        match words[..] {
            ["ply"] if at == 0 => {}
            _ if at == 0 => return Err(unlike("`ply`")),
            ["format", "ascii", _] => header.binary = false,
            ["format", "binary_little_endian", _] => header.binary = true,
            ["element", "vertex", count] if elements == 0 => {
                elements = 1;
                header.count = count.parse().map_err(|_| unlike("a number of vertices"))?;
            }
            ["element", ..] if elements == 0 => return Err(unlike("vertices as the first element")),
            ["element", ..] => elements = 2,
            ["property", kind, field] if elements == 1 => {
                let kind = Kind::of_ply(kind).ok_or_else(|| unlike("a type of number"))?;
                header.fields.push(Field { name: field.to_owned(), kind, count: 1 });
            }
            ["property", ..] if elements != 2 => return Err(unlike("a property that is one number")),
            ["end_header"] => {
                ended = true;
                break;
            }
            ["format", ..] => return Err(unlike("the format ascii or binary_little_endian")),
            _ => {}
        }
    }
    if !ended {
        return Err(format_error(name, bytes.len(), "end_header", "the end of the file"));
    }
    points(name, bytes, &header)
}

/// The points of a PCD file with the data `ascii` or `binary`, with the fields `x y z` and, where they are
/// there, `velocity` (or `doppler`) and `snr` (or `intensity`); others are not looked at.
///
/// # Errors
/// [`Error::Format`] with the byte where something else stands; `binary_compressed` is not supported.
///
/// # Examples
/// ```
/// use mmw_sense::read;
///
/// let text = "VERSION .7\nFIELDS x y z doppler\nSIZE 4 4 4 4\nTYPE F F F F\nCOUNT 1 1 1 1\nWIDTH 1\nHEIGHT 1\n\
///             POINTS 1\nDATA ascii\n0.5 2 0.25 -0.75\n";
/// assert_eq!(read::pcd("cloud.pcd", text.as_bytes())?[0].velocity_m_s, Some(-0.75));
/// # Ok::<(), mmw_sense::Error>(())
/// ```
pub fn pcd(name: &str, bytes: &[u8]) -> Result<Vec<CloudPoint>> {
    let mut rows: [Vec<String>; 4] = Default::default();
    for (at, line) in header_lines(bytes) {
        let text = String::from_utf8_lossy(line);
        let unlike = |expected: &str| format_error(name, at, expected, &text);
        let mut words = text.split_whitespace();
        let key = words.next().unwrap_or("#");
        let rest: Vec<String> = words.map(str::to_owned).collect();
        let number = || rest.first().and_then(|word| word.parse::<usize>().ok());
        let place = ["FIELDS", "TYPE", "SIZE", "COUNT"].iter().position(|other| *other == key);
        match (key, place) {
            (_, Some(place)) => rows[place] = rest,
            ("DATA", _) => {
                let binary = match rest.first().map(String::as_str) {
                    Some("ascii") => false,
                    Some("binary") => true,
                    _ => return Err(unlike("the data ascii or binary")),
                };
                let fields =
                    pcd_fields(&rows).ok_or_else(|| unlike("a type and a size for each field before"))?;
                let count = count_of(bytes, at).ok_or_else(|| unlike("a number of POINTS before"))?;
                return points(name, bytes, &Header { fields, count, binary, start: at + line.len() + 1 });
            }
            ("POINTS", _) if number().is_none() => return Err(unlike("a number of points")),
            ("VERSION" | "WIDTH" | "HEIGHT" | "VIEWPOINT" | "POINTS", _) => {}
            _ if key.starts_with('#') => {}
            _ => return Err(unlike("a field of the header of a PCD file")),
        }
    }
    Err(format_error(name, bytes.len(), "DATA", "the end of the file"))
}

/// The number of points that a header before `end` announces.
fn count_of(bytes: &[u8], end: usize) -> Option<usize> {
    let lines = header_lines(bytes).take_while(|(at, _)| *at < end);
    let mut counts = lines.filter_map(|(_, line)| {
        std::str::from_utf8(line).ok()?.trim().strip_prefix("POINTS ")?.trim().parse().ok()
    });
    counts.next()
}

fn pcd_fields([names, kinds, sizes, counts]: &[Vec<String>; 4]) -> Option<Vec<Field>> {
    if names.is_empty() || kinds.len() != names.len() || sizes.len() != names.len() {
        return None;
    }
    let field = |(i, name): (usize, &String)| {
        let count = match counts.get(i) {
            Some(count) => count.parse().ok().filter(|count| (1..=1 << 20).contains(count))?,
            None => 1,
        };
        Some(Field { name: name.clone(), kind: Kind::of_pcd(&kinds[i], &sizes[i])?, count })
    };
    names.iter().enumerate().map(field).collect()
}

/// Lines with the byte at which each begins, as far as line feeds go.
fn header_lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    bytes.split(|byte| *byte == b'\n').map(move |line| {
        let start = at;
        at += line.len() + 1;
        (start, line)
    })
}

/// The points after a header.
fn points(name: &str, bytes: &[u8], header: &Header) -> Result<Vec<CloudPoint>> {
    let find = |names: &[&str]| {
        let mut place = 0;
        header.fields.iter().find_map(|field| {
            let here = place;
            place += field.count;
            names.contains(&field.name.as_str()).then_some(here)
        })
    };
    let missing = || format_error(name, 0, "the fields x, y and z", "none of that name");
    let place = [find(&["x"]), find(&["y"]), find(&["z"])];
    let [Some(x), Some(y), Some(z)] = place else { return Err(missing()) };
    let (velocity, snr) = (find(&["velocity", "doppler"]), find(&["snr", "intensity"]));
    let body = bytes.get(header.start..).unwrap_or_default();
    let mut out = Vec::new();
    let mut take = |at: usize, row: &[f64]| -> Result<()> {
        let bad = |error: Error| format_error(name, at, "a point of a cloud", &error.to_string());
        let point = CloudPoint::new([row[x], row[y], row[z]], velocity.map(|i| row[i])).map_err(bad)?;
        let point = CloudPoint { snr_db: snr.map(|i| row[i]), ..point };
        point.check().map_err(bad)?;
        out.push(point);
        Ok(())
    };
    let width: usize = header.fields.iter().map(|field| field.count).sum();
    if header.binary {
        let size: usize = header.fields.iter().map(|field| field.kind.size() * field.count).sum();
        if body.len() / size < header.count {
            let found = format!("{} whole ones", body.len() / size);
            return Err(format_error(name, bytes.len(), format!("{} points", header.count), &found));
        }
        for (i, piece) in body.chunks_exact(size).take(header.count).enumerate() {
            take(header.start + i * size, &binary_row(&header.fields, piece))?;
        }
        return Ok(out);
    }
    let lines = header_lines(body).filter(|(_, line)| !line.trim_ascii().is_empty());
    for (at, line) in lines.take(header.count) {
        let text = String::from_utf8_lossy(line);
        let row: Option<Vec<f64>> = text.split_whitespace().map(|word| word.parse().ok()).collect();
        let row = row.filter(|row| row.len() == width);
        take(
            header.start + at,
            &row.ok_or_else(|| format_error(name, header.start + at, format!("{width} numbers"), &text))?,
        )?;
    }
    if out.len() < header.count {
        let found = format!("{} of them", out.len());
        return Err(format_error(name, bytes.len(), format!("{} points", header.count), &found));
    }
    Ok(out)
}

fn binary_row(fields: &[Field], mut piece: &[u8]) -> Vec<f64> {
    let mut row = Vec::new();
    for field in fields {
        for _ in 0..field.count {
            let (head, tail) = piece.split_at(field.kind.size());
            row.push(field.kind.value(head));
            piece = tail;
        }
    }
    row
}
