//! Tables of points.

use super::lines::{Line, lines};
use crate::{CloudPoint, PointCloud};
use mmw_core::{Error, Result, check};

/// Where the columns stand.
struct Columns {
    frame: usize,
    time_s: Option<usize>,
    position_m: [usize; 2],
    z_m: Option<usize>,
    velocity_m_s: Option<usize>,
    snr_db: Option<usize>,
}

impl Columns {
    fn new(header: &Line<'_>) -> Result<Self> {
        let names: Vec<&str> = header.text.split(',').map(|name| name.trim().trim_matches('"')).collect();
        let find = |name: &str| names.iter().position(|other| *other == name);
        let need =
            |name: &str| find(name).ok_or_else(|| header.unlike(format!("a column {name}"), header.text));
        Ok(Self {
            frame: need("frame")?,
            time_s: find("time_s"),
            position_m: [need("x_m")?, need("y_m")?],
            z_m: find("z_m"),
            velocity_m_s: find("velocity_m_s"),
            snr_db: find("snr_db"),
        })
    }
}

/// The clouds of a CSV table with the columns `frame`, `x_m`, `y_m` and, where they are there, `time_s`,
/// `z_m`, `velocity_m_s`, `snr_db`; others are not looked at. Rows of one frame follow each other, and frames
/// never go back. A row without `x_m` or `y_m` is a point that is nowhere in space: its frame is there
/// without it. Without a column `time_s` the frames are `period_s` apart.
///
/// # Errors
/// [`Error::Format`] with the byte of the line that is not as above; [`Error::Missing`] without any time.
///
/// # Examples
/// ```
/// use mmw_sense::read;
///
/// let text = "frame,x_m,y_m,z_m,velocity_m_s,snr_db\n0,0.5,2.0,,-0.3,17\n0,0.6,2.1,0.2,,\n2,1,3,0,0,9\n";
/// let clouds = read::csv("points.csv", text, Some(0.05))?;
/// assert_eq!(clouds.iter().map(|cloud| cloud.points.len()).collect::<Vec<_>>(), [2, 1]);
/// assert!((clouds[1].time_s - 0.1).abs() < 1e-15 && clouds[0].points[1].velocity_m_s.is_none());
/// # Ok::<(), mmw_sense::Error>(())
/// ```
pub fn csv(name: &str, text: &str, period_s: Option<f64>) -> Result<Vec<PointCloud>> {
    period_s.map(|period| check::positive("period_s", period)).transpose()?;
    let mut rows = lines(name, text);
    let Some(header) = rows.next() else { return Ok(Vec::new()) };
    let columns = Columns::new(&header)?;
    if columns.time_s.is_none() && period_s.is_none() {
        return Err(Error::missing(
            "period_s",
            "the table has no column time_s: say how far frames are apart",
        ));
    }
    let mut clouds: Vec<PointCloud> = Vec::new();
    for line in rows {
        let (frame, time_s, point) = row(&line, &columns, period_s.unwrap_or(0.0))?;
        match clouds.last_mut() {
            Some(last) if last.frame == frame => last.points.extend(point),
            Some(last) if last.frame > frame || last.time_s >= time_s => {
                return Err(line.unlike("a later frame at a later time", line.text));
            }
            _ => clouds.push(PointCloud { frame, time_s, points: point.into_iter().collect() }),
        }
    }
    Ok(clouds)
}

fn row(line: &Line<'_>, columns: &Columns, period_s: f64) -> Result<(u64, f64, Option<CloudPoint>)> {
    let fields: Vec<&str> = line.text.split(',').collect();
    let field = |index: usize| fields.get(index).map_or("", |field| field.trim());
    let number = |name: &str, index: Option<usize>| match index.map(field) {
        None | Some("") => Ok(None),
        Some(text) => line.number(name, text).map(Some),
    };
    // The signal chain's tables hold numbers alone, so a frame may read `3.0`.
    let frame = line.number("frame", field(columns.frame))?;
    if frame < 0.0 || frame.fract() != 0.0 || frame > 9e15 {
        return Err(line.unlike("the number of a frame", field(columns.frame)));
    }
    let time_s = match columns.time_s {
        Some(index) => line.number("time_s", field(index))?,
        None => frame * period_s,
    };
    let [x, y] = columns.position_m;
    let (Some(x), Some(y)) = (number("x_m", Some(x))?, number("y_m", Some(y))?) else {
        return Ok((frame as u64, time_s, None));
    };
    let z = number("z_m", columns.z_m)?.unwrap_or(0.0);
    let point = line.explain(CloudPoint::new([x, y, z], number("velocity_m_s", columns.velocity_m_s)?))?;
    Ok((frame as u64, time_s, Some(CloudPoint { snr_db: number("snr_db", columns.snr_db)?, ..point })))
}
