//! How close range, velocity and angles come to the Cramér-Rao bound, over SNR and under two windows.

use crate::host::{Draw, Setup};
use crate::section::{Figure, Section, Table};
use mmw_core::C32;
use mmw_core::Result;
use mmw_core::geometry::Direction;
use mmw_core::ndarray::Array3;
use mmw_core::rand::RngExt;
use mmw_core::random::{Stream, Streams};
use mmw_dsp::crlb::{TargetBound, target_bound};
use mmw_dsp::simulate::{PointTarget, RadioFrontEnd, Scene, Simulator, Truth};
use mmw_dsp::{Board, Fmcw, Point, Processor, ProcessorConfig, Window};
use mmw_plot::{CurvePlot, Scale};

/// Signal-to-noise ratio of one sample of one channel, dB.
const SNR_DB: [f64; 8] = [-38.0, -34.0, -30.0, -26.0, -22.0, -18.0, -14.0, -10.0];
const TRIALS: usize = 400;
const QUICK_TRIALS: usize = 12;
const WINDOWS: [Window; 2] = [Window::Rectangular, Window::Hann];
const QUANTITIES: [(&str, &str, f64); 4] = [
    ("range", "mm", 1e3),
    ("velocity", "mm/s", 1e3),
    ("azimuth", "deg", 57.29578),
    ("elevation", "deg", 57.29578),
];

/// Sums of squared errors and of squared bounds, and how many trials found the target.
#[derive(Debug, Clone, Copy, Default)]
struct Score {
    errors: [f64; 4],
    bounds: [f64; 4],
    found: usize,
}

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let trials = if setup.quick { QUICK_TRIALS } else { TRIALS };
    let mut scores = [[Score::default(); SNR_DB.len()]; WINDOWS.len()];
    let progress = setup.progress((SNR_DB.len() * trials) as u64, "trials");
    let fmcw = Simulator::new(Scene::preset(Board::Iwr1843))?.fmcw().clone();
    let mut radars = Vec::new();
    for window in WINDOWS {
        let config =
            ProcessorConfig { range_window: window, doppler_window: window, ..ProcessorConfig::default() };
        radars.push(Processor::new(&fmcw, &config)?);
    }
    for (level, &snr_db) in SNR_DB.iter().enumerate() {
        for trial in 0..trials {
            setup.check()?;
            let stream = &mut Streams::new(setup.seed).stream((level * TRIALS + trial) as u64);
            let (cube, truth) = draw(snr_db, stream)?;
            let bound = target_bound(&fmcw, direction(&truth), 10_f64.powf(snr_db / 10.0))?;
            for (radar, scores) in radars.iter_mut().zip(&mut scores) {
                let points = radar.process(&cube)?.points()?;
                scores[level].add(&fmcw, &truth, &bound, points.first());
            }
            progress.advance(1);
        }
    }
    drop(progress);
    section(setup, &scores, trials)
}

fn direction(truth: &Truth) -> Direction {
    Direction { azimuth_rad: truth.azimuth_rad, elevation_rad: truth.elevation_rad }
}

/// One frame with one slow target at a random place between the cells.
fn draw(snr_db: f64, stream: &mut Stream) -> Result<(Array3<C32>, Truth)> {
    let target = PointTarget::polar(
        stream.random_range(5.0..8.0),
        stream.random_range(-0.7..0.7),
        stream.random_range(-0.3..0.3),
        stream.random_range(-0.2..0.2),
        1.0,
    )
    .with_snr_db(snr_db);
    let scene = Scene {
        targets: vec![target],
        // Quantisation noise would be a second, unmodelled noise.
        radio: RadioFrontEnd { quantise: false, ..RadioFrontEnd::default() },
        ..Scene::preset(Board::Iwr1843)
    };
    let simulator = Simulator::new(scene)?;
    Ok((simulator.frame(0, stream)?, simulator.truth(0)?[0]))
}

impl Score {
    /// Counts the strongest point if it lies within two cells of the truth; a point elsewhere is noise that
    /// happened to be stronger, which happens below the threshold only.
    fn add(&mut self, fmcw: &Fmcw, truth: &Truth, bound: &TargetBound, point: Option<&Point>) {
        let Some(point) = point else { return };
        let (Some(velocity_m_s), Some(azimuth_rad), Some(elevation_rad)) =
            (point.velocity_m_s, point.azimuth_rad, point.elevation_rad)
        else {
            return;
        };
        let errors = [
            point.range_m - truth.range_m,
            velocity_m_s - truth.velocity_m_s,
            azimuth_rad - truth.azimuth_rad,
            elevation_rad - truth.elevation_rad,
        ];
        let far = errors[0].abs() > 2.0 * fmcw.range_resolution_m()
            || errors[1].abs() > 2.0 * fmcw.velocity_resolution_m_s();
        if far {
            return;
        }
        let bounds = [
            bound.range_m,
            bound.velocity_m_s,
            bound.azimuth_rad.unwrap_or_default(),
            bound.elevation_rad.unwrap_or_default(),
        ];
        for i in 0..4 {
            self.errors[i] += errors[i] * errors[i];
            self.bounds[i] += bounds[i] * bounds[i];
        }
        self.found += 1;
    }

    fn rmse(&self, quantity: usize) -> f64 {
        (self.errors[quantity] / self.found.max(1) as f64).sqrt()
    }

    fn bound(&self, quantity: usize) -> f64 {
        (self.bounds[quantity] / self.found.max(1) as f64).sqrt()
    }

    fn ratio(&self, quantity: usize) -> f64 {
        if self.found == 0 { 0.0 } else { self.rmse(quantity) / self.bound(quantity) }
    }
}

fn section(
    setup: &Setup<'_>,
    scores: &[[Score; SNR_DB.len()]; WINDOWS.len()],
    trials: usize,
) -> Result<Section> {
    let mut section = Section::new(
        "Accuracy against the Cramér-Rao bound",
        format!(
            "A single target between the cells (5 to 8 m, up to 40 degrees off boresight, up to 0.2 m/s), {trials} \
             trials a level, the whole chain from samples to points. The bound is the joint one of range, \
             velocity, both angles and the complex amplitude under TDM. SNR is that of one sample of one channel; \
             the transforms add 45 dB. The threshold is where every trial finds the target."
        ),
    );
    for (quantity, &(name, unit, scale)) in QUANTITIES.iter().enumerate() {
        let curve = |window: usize, value: fn(&Score, usize) -> f64| {
            SNR_DB
                .iter()
                .zip(&scores[window])
                .filter(|(_, score)| score.found > 0)
                .map(move |(&snr, score)| (snr, scale * value(score, quantity)))
                .collect::<Vec<_>>()
        };
        let file = format!("accuracy-{name}.svg");
        CurvePlot::new(format!("Error of the {name}"), "SNR of a sample (dB)", format!("RMSE ({unit})"))
            .y_scale(Scale::Log)
            .line("rectangular window", curve(0, Score::rmse))
            .line("Hann window", curve(1, Score::rmse))
            .dashed("Cramér-Rao bound", curve(0, Score::bound))
            .draw(setup, format!("radar/{file}"))?;
        section.figures.push(Figure::new(format!("radar/{file}"), format!("RMSE of the {name} over SNR.")));
    }
    for (window, name) in ["rectangular", "Hann"].into_iter().enumerate() {
        let mut table = Table::new(
            format!("RMSE over bound, {name} window"),
            ["SNR (dB)", "found (%)", "range", "velocity", "azimuth", "elevation"],
        );
        for (&snr, score) in SNR_DB.iter().zip(&scores[window]) {
            let ratio = |quantity| format!("{:.2}", score.ratio(quantity));
            let found = 100.0 * score.found as f64 / trials as f64;
            table.push([format!("{snr}"), format!("{found:.1}"), ratio(0), ratio(1), ratio(2), ratio(3)])?;
        }
        section.tables.push(table);
    }
    Ok(section)
}
