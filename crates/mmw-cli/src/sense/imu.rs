//! The table of an inertial unit.

use crate::error::{Error, Result};
use mmw_sense::ego::{Inertial, Turning};
use std::path::Path;

/// Turn rates, and forces where there are columns for them.
pub(super) struct Imu {
    pub(super) turning: Vec<Turning>,
    pub(super) inertial: Option<Vec<Inertial>>,
}

const RATES: [&str; 3] = ["wx_rad_s", "wy_rad_s", "wz_rad_s"];
/// The turn rate about the upward axis alone.
const YAW_RATE: &str = "yaw_rate_rad_s";
const FORCES: [&str; 3] = ["ax_m_s2", "ay_m_s2", "az_m_s2"];

pub(super) fn read(path: &Path) -> Result<Imu> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, "read", &error))?;
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let wrong = |number: usize, expected: &str| {
        Error::Parse(format!("{}, line {}: expected {expected}", path.display(), number + 1))
    };
    let (_, header) = lines.next().ok_or_else(|| wrong(0, "a header"))?;
    let names: Vec<&str> = mmw_core::text::without_mark(header).split(',').map(str::trim).collect();
    let find = |name: &str| names.iter().position(|other| *other == name);
    let all = |names: [&str; 3]| -> Option<[usize; 3]> {
        let places = names.map(find);
        Some([places[0]?, places[1]?, places[2]?])
    };
    let time = find("time_s").ok_or_else(|| wrong(0, "a column time_s"))?;
    let (rates, yaw) = (all(RATES), find(YAW_RATE));
    if rates.is_none() && yaw.is_none() {
        return Err(wrong(0, "the columns wx_rad_s, wy_rad_s and wz_rad_s, or yaw_rate_rad_s"));
    }
    let forces = all(FORCES);
    let (mut turning, mut inertial) = (Vec::new(), Vec::new());
    for (number, line) in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let value = |place: usize| -> Result<f64> {
            let field = fields.get(place).and_then(|field| field.trim().parse().ok());
            field.ok_or_else(|| wrong(number, &format!("a number as {}", names[place])))
        };
        let three = |[a, b, c]: [usize; 3]| -> Result<[f64; 3]> { Ok([value(a)?, value(b)?, value(c)?]) };
        let time_s = value(time)?;
        let rate = match (rates, yaw) {
            (Some(rates), _) => three(rates)?,
            (None, yaw) => [0.0, 0.0, yaw.map_or(Ok(0.0), value)?],
        };
        turning.push(Turning::new(time_s, rate)?);
        if let Some(forces) = forces {
            inertial.push(Inertial::new(time_s, rate, three(forces)?)?);
        }
    }
    Ok(Imu { turning, inertial: forces.map(|_| inertial) })
}
