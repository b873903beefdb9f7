//! The picture of vital signs: displacement, both bands, rates over time, and the spectrum with its lines.

use super::moved::Moved;
use crate::error::Result;
use crate::export::{save_curves_csv, save_table_csv};
use crate::output::{create_folder, save_bytes};
use crate::plot::CurvePlot;
use mmw_core::{Axis, DataArray1};
use mmw_dsp::ndarray::Array1;
use mmw_dsp::slow_time::amplitude_spectrum;
use mmw_dsp::vitals::{Rate, VitalSigns};
use mmw_plot::{Format, Picture, Scale};
use std::path::Path;

/// Size of a panel.
const PANEL: (u32, u32) = (900, 600);

/// Writes `vitals.svg`, `displacement.csv`, `spectrum.csv` and, of a person, `rates.csv`.
pub(super) fn save(
    out: &Path,
    shown: &Array1<f64>,
    signs: Option<&VitalSigns>,
    sample_rate_hz: f64,
    moved: &[Moved<'_>],
) -> Result<()> {
    create_folder(out)?;
    let time = Axis::uniform("time", "s", 0.0, 1.0 / sample_rate_hz, shown.len())?;
    let curve = |name: &'static str, values: &Array1<f64>| {
        DataArray1::new(name, "m", values.clone(), vec![time.clone()])
    };
    let spectra = spectra(moved, sample_rate_hz)?;
    let displacement = curve("displacement", shown)?;
    let mut panels = vec![CurvePlot::of(&displacement)];
    let mut curves = vec![displacement];
    if let Some(signs) = signs {
        curves.extend([curve("respiration", &signs.respiration_m)?, curve("heart", &signs.heart_m)?]);
        panels.push(
            CurvePlot::new("both bands", "time (s)", "displacement (m)")
                .array("respiration", &curves[1])
                .array("heart, ten times", &curves[2].map("heart", "m", |&x| 10.0 * x)),
        );
        panels.extend(rates(signs));
        save_rates(&out.join("rates.csv"), signs)?;
    }
    let breath = signs.is_some() && moved.iter().all(|moved| std::ptr::eq(moved.displacement_m, shown));
    panels.push(spectrum_panel(&spectra, moved, if breath { PERSON_HZ } else { f64::INFINITY }));
    save_curves_csv(&out.join("displacement.csv"), &curves.iter().collect::<Vec<_>>())?;
    save_curves_csv(&out.join("spectrum.csv"), &spectra.iter().collect::<Vec<_>>())?;
    save_bytes(&out.join("vitals.svg"), side_by_side(&panels)?.as_bytes())
}

/// `None` where no window has a rate.
fn rates(signs: &VitalSigns) -> Option<CurvePlot> {
    let of = |pick: fn(&mmw_dsp::vitals::RatesAt) -> Option<Rate>| -> Vec<(f64, f64)> {
        signs.track.iter().filter_map(|at| Some((at.time_s, pick(at)?.per_minute()))).collect()
    };
    let curves = [("respiration", of(|at| at.respiration)), ("heart", of(|at| at.heart))];
    let some = curves.iter().any(|(_, points)| !points.is_empty());
    let plot = CurvePlot::new("rates over time", "time (s)", "rate (1/min)");
    some.then(|| {
        curves
            .into_iter()
            .filter(|(_, points)| !points.is_empty())
            .fold(plot, |plot, (name, points)| plot.dots(name, points))
    })
}

fn save_rates(path: &Path, signs: &VitalSigns) -> Result<()> {
    let names = ["time (s)", "respiration (1/min)", "heart (1/min)"].map(str::to_owned);
    let field = |rate: Option<Rate>| rate.map(|rate| rate.per_minute().to_string()).unwrap_or_default();
    let rows: Vec<Vec<String>> = signs
        .track
        .iter()
        .map(|at| vec![at.time_s.to_string(), field(at.respiration), field(at.heart)])
        .collect();
    save_table_csv(path, &names, &rows)
}

/// As far as the spectrum of a person is drawn: the heart's second harmonic.
const PERSON_HZ: f64 = 5.0;

/// The spectra that the lines were read from.
fn spectra(moved: &[Moved<'_>], sample_rate_hz: f64) -> Result<Vec<DataArray1<f64>>> {
    let of = |of: &Moved<'_>| {
        let name = match of.channel {
            Some(channel) => format!("amplitude in channel {channel}"),
            None if moved.len() > 1 => "amplitude in all channels".to_owned(),
            None => "amplitude".to_owned(),
        };
        let spectrum = amplitude_spectrum(of.displacement_m, 1.0 / sample_rate_hz)?;
        Ok(spectrum.map(name, "m", |&x| x))
    };
    moved.iter().map(of).collect()
}

/// Each spectrum with its own lines upon it.
fn spectrum_panel(spectra: &[DataArray1<f64>], moved: &[Moved<'_>], most_hz: f64) -> CurvePlot {
    let plot = CurvePlot::new("spectrum of the displacement", "frequency (Hz)", "amplitude (m)");
    let plot = spectra.iter().fold(plot, |plot, spectrum| {
        let axis = spectrum.axes().first().map(Axis::to_vec).unwrap_or_default();
        let points = axis.into_iter().zip(spectrum.data().iter().copied());
        plot.line(spectrum.name(), points.filter(|&(f, a)| f <= most_hz && a > 0.0))
    });
    let lines = moved.iter().flat_map(|moved| moved.lines.iter().map(|l| (l.frequency_hz, l.amplitude)));
    let found: Vec<(f64, f64)> = lines.filter(|&(f, _)| f <= most_hz).collect();
    let plot = plot.y_scale(Scale::Log);
    if found.is_empty() { plot } else { plot.dots("lines found", found) }
}

/// The panels two by two in one document: an SVG may hold others, each at its place.
fn side_by_side(panels: &[CurvePlot]) -> Result<String> {
    let (columns, rows) = (2, panels.len().div_ceil(2) as u32);
    let (width, height) = (columns * PANEL.0, rows * PANEL.1);
    let mut page = format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" xmlns=\"http://www.w3.org/2000/svg\">\n"
    );
    for (i, panel) in (0_u32..).zip(panels) {
        let (x, y) = (i % columns * PANEL.0, i / columns * PANEL.1);
        let svg = String::from_utf8_lossy(&panel.render(Format::Svg)?).into_owned();
        page.push_str(&svg.replacen("<svg ", &format!("<svg x=\"{x}\" y=\"{y}\" "), 1));
    }
    page.push_str("</svg>\n");
    Ok(page)
}
