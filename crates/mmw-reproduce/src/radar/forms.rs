//! The seven data forms of a run as pictures.

use crate::host::{Draw, Setup};
use mmw_core::{DataArray2, DataArray4, Result};
use mmw_dsp::forms::History;
use mmw_dsp::{Frame, Point};
use mmw_plot::{PowerPlot, ScatterPlot};

/// The maps of one frame.
pub(crate) struct Maps {
    range_doppler: DataArray2<f32>,
    range_azimuth: DataArray2<f32>,
    range_elevation: DataArray2<f32>,
    tensor: DataArray4<f32>,
}

impl Maps {
    pub(crate) fn of(frame: &Frame<'_>) -> Result<Self> {
        Ok(Self {
            range_doppler: frame.range_doppler().clone(),
            range_azimuth: frame.range_azimuth()?,
            range_elevation: frame.range_elevation()?,
            tensor: frame.tensor()?,
        })
    }
}

/// What the chain makes of the whole scene.
pub(crate) struct Forms {
    pub(crate) maps: Maps,
    pub(crate) history: History,
    pub(crate) points: Vec<Point>,
}

impl Forms {
    /// Draws all forms, and says how many there are.
    pub(crate) fn draw(&self, setup: &Setup<'_>, max_velocity_m_s: f64) -> Result<usize> {
        let (range_time, doppler_time) = (self.history.range_time()?, self.history.doppler_time()?);
        let maps = [
            ("range_doppler", "Range and velocity", &self.maps.range_doppler),
            ("range_time", "Range over time", &range_time),
            ("doppler_time", "Velocity over time (micro-Doppler)", &doppler_time),
            ("range_azimuth", "Range and azimuth", &self.maps.range_azimuth),
            ("range_elevation", "Range and elevation", &self.maps.range_elevation),
        ];
        for (name, title, map) in maps {
            PowerPlot::new(title, map)?.draw(setup, format!("radar/{name}.png"))?;
        }
        let angles = PowerPlot::of_tensor(&self.maps.tensor)?;
        if let Some(angles) = &angles {
            angles.draw(setup, "radar/tensor.png")?;
        }
        ScatterPlot::of_radar(self.points.iter().map(|p| ([p.x_m, p.y_m, p.z_m], p.velocity_m_s)))
            .limit(max_velocity_m_s)
            .draw(setup, "radar/points.png")?;
        Ok(maps.len() + usize::from(angles.is_some()) + 1)
    }
}
