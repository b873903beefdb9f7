//! Tables of gait recordings.

use super::lines::{Line, lines};
use crate::{CloudPoint, PointCloud};
use mmw_core::{Error, Result, check};

const COLUMNS: [&str; 7] = ["Frame #", "# Obj", "X", "Y", "Z", "Doppler", "Intensity"];
/// Year, month, day, hour, minute, second.
const CLOCK: [&str; 6] = ["y", "m", "d", "h", "m", "s"];

/// The clouds of a table with the columns `Frame #, # Obj, X, Y, Z, Doppler, Intensity` and, after them,
/// year, month, day, hour, minute and second of the frame, as recordings of gait have them: one row per
/// point, rows of zeros for frames without any. With `period_s` the frames are that far apart; without it
/// they have the time of their first row, seconds of the day. Frames may have any numbers: a new one begins
/// where the number changes.
///
/// # Errors
/// [`Error::Format`] with the byte of a line that is not as above, or, without a period, of a frame whose
/// time does not grow; a `period_s` that is not positive.
///
/// # Examples
/// ```
/// use mmw_sense::read;
///
/// let text = "Frame #,# Obj,X,Y,Z,Doppler,Intensity,y,m,d,h,m,s\n1,1,0.5,2,0.1,-0.3,90,2020,3,1,12,0,0.5\n\
///             2,0,0,0,0,0,0,2020,3,1,12,0,0.6\n";
/// let clouds = read::gait("gait.csv", text, None)?;
/// assert_eq!(clouds.iter().map(|cloud| cloud.points.len()).collect::<Vec<_>>(), [1, 0]);
/// assert!((clouds[1].time_s - clouds[0].time_s - 0.1).abs() < 1e-9);
/// # Ok::<(), mmw_sense::Error>(())
/// ```
pub fn gait(name: &str, text: &str, period_s: Option<f64>) -> Result<Vec<PointCloud>> {
    period_s.map(|period| check::positive("period_s", period)).transpose()?;
    let mut rows = lines(name, text);
    let Some(header) = rows.next() else { return Ok(Vec::new()) };
    let names: Vec<&str> = header.text.split(',').map(str::trim).collect();
    if !names.starts_with(&COLUMNS) {
        return Err(header.unlike(format!("the columns {}", COLUMNS.join(", ")), header.text));
    }
    let timed = names[COLUMNS.len()..].starts_with(&CLOCK);
    if !timed && period_s.is_none() {
        return Err(Error::missing("period_s", "the table has no clock: say how far frames are apart"));
    }
    let mut clouds: Vec<PointCloud> = Vec::new();
    let mut last = None;
    for line in rows {
        let (number, clock_s, point) = row(&line, timed)?;
        if last != Some(number) {
            last = Some(number);
            let frame = clouds.len() as u64;
            let time_s = period_s.map_or(clock_s, |period| frame as f64 * period);
            if clouds.last().is_some_and(|before| before.time_s >= time_s) {
                return Err(line.unlike("a later time for a new frame (or a period)", line.text));
            }
            clouds.push(PointCloud { frame, time_s, points: Vec::new() });
        }
        if let Some(cloud) = clouds.last_mut() {
            cloud.points.extend(point);
        }
    }
    Ok(clouds)
}

/// The number of the frame, the time of the day, and the point if there is one.
fn row(line: &Line<'_>, timed: bool) -> Result<(i64, f64, Option<CloudPoint>)> {
    let fields: Vec<&str> = line.text.split(',').map(str::trim).collect();
    let number = |name: &str, place: usize| line.number(name, fields.get(place).copied().unwrap_or(""));
    let mut numbers = [0.0; COLUMNS.len()];
    for (place, name) in COLUMNS.iter().enumerate() {
        numbers[place] = number(name, place)?;
    }
    let [frame, _, x, y, z, velocity, power] = numbers;
    let clock_s = if timed {
        let [hour, minute, second] = [number("h", 10)?, number("m", 11)?, number("s", 12)?];
        3600.0 * hour + 60.0 * minute + second
    } else {
        0.0
    };
    let empty = numbers[2..].iter().all(|value| *value == 0.0);
    let point = line.explain(CloudPoint::new([x, y, z], Some(velocity)))?.with_snr_db(power);
    Ok((frame as i64, clock_s, (!empty).then_some(point)))
}
