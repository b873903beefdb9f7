//! Two near targets against the bound of both, and slow movers behind each clutter filter.

use crate::host::{Draw, Setup};
use crate::section::{Figure, Section, Table};
use mmw_core::C64;
use mmw_core::Result;
use mmw_core::ndarray::{Array2, Array3, Axis};
use mmw_core::rand::RngExt;
use mmw_core::random::{Stream, Streams, standard_complex_normal};
use mmw_dsp::crlb::{ToneSignal, tones_bound};
use mmw_dsp::peak::{PeakRefiner, interpolate};
use mmw_dsp::range_doppler::{RangeDoppler, RangeDopplerConfig};
use mmw_dsp::simulate::{PointTarget, Scene, Simulator};
use mmw_dsp::{Board, MtiKind, Processor, ProcessorConfig, Window};
use mmw_plot::{CurvePlot, Scale};
use std::f64::consts::TAU;

const SAMPLES: usize = 32;
const CHIRPS: usize = 32;
const CHANNELS: usize = 4;
/// Of the stronger target in its cell, one channel.
const SNR_DB: f64 = 60.0;
const SEPARATIONS: [f64; 12] = [2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0];
const LEVELS_DB: [f64; 3] = [0.0, 6.0, 20.0];
const AXES: [&str; 2] = ["range", "Doppler"];
const TRIALS: usize = 200;
const QUICK_TRIALS: usize = 20;

/// RMS error of the refinement, of the interpolated maximum, and the bound, bins; of the weaker target.
#[derive(Debug, Clone, Copy, Default)]
struct Score {
    joint: f64,
    maximum: f64,
    bound: f64,
}

struct Bench {
    transform: RangeDoppler<f64>,
    refiner: PeakRefiner,
}

pub(crate) fn run(setup: &Setup<'_>) -> Result<Vec<Section>> {
    Ok(vec![separation(setup)?, slow_movers(setup)?])
}

fn separation(setup: &Setup<'_>) -> Result<Section> {
    let trials = if setup.quick { QUICK_TRIALS } else { TRIALS };
    let bench = Bench::new()?;
    let mut section = Section::new(
        "Two near targets",
        format!(
            "Two targets in the same row or column, {SAMPLES} samples and {CHIRPS} chirps behind Hann windows, \
             {CHANNELS} channels of independent phases, the stronger 60 dB over the noise of a cell, random places \
             between the bins, {trials} trials a point. RMS error of the weaker target, in bins, against the \
             Cramér-Rao bound of both targets at once and the maximum of the Hann periodogram (parabola through \
             three decibels). Below 3 bins two maxima merge into one where the levels differ."
        ),
    );
    let progress = setup.progress((2 * LEVELS_DB.len() * SEPARATIONS.len()) as u64, "points");
    for (axis, name) in AXES.into_iter().enumerate() {
        let mut plot =
            CurvePlot::new(format!("Two targets apart in {name}"), "separation (bins)", "RMSE (bins)")
                .y_scale(Scale::Log);
        let columns = ["separation (bins)", "0 dB", "6 dB", "20 dB"];
        let mut table = Table::new(format!("RMSE over the two-target bound, {name}"), columns);
        let mut ratios = vec![Vec::new(); SEPARATIONS.len()];
        for level_db in LEVELS_DB {
            let mut curves = [Vec::new(), Vec::new(), Vec::new()];
            for (i, &apart) in SEPARATIONS.iter().enumerate() {
                setup.check()?;
                let score = bench.score(axis, apart, level_db, trials, setup.seed)?;
                for (curve, value) in curves.iter_mut().zip([score.joint, score.maximum, score.bound]) {
                    curve.push((apart, value));
                }
                ratios[i].push(format!("{:.2}", score.joint / score.bound));
                progress.advance(1);
            }
            let [joint, maximum, bound] = curves;
            plot = plot.line(format!("joint, {level_db} dB"), joint);
            if level_db > 0.0 && level_db < 20.0 {
                plot = plot.line(format!("Hann maximum, {level_db} dB"), maximum);
            }
            plot = plot.dashed(format!("bound, {level_db} dB"), bound);
        }
        for (apart, ratios) in SEPARATIONS.iter().zip(ratios) {
            table.push([format!("{apart}"), ratios[0].clone(), ratios[1].clone(), ratios[2].clone()])?;
        }
        let file = format!("neighbours-{}.svg", name.to_lowercase());
        plot.draw(setup, format!("radar/{file}"))?;
        let caption = format!("RMSE of the weaker of two targets over their distance in {name}.");
        section.figures.push(Figure::new(format!("radar/{file}"), caption));
        section.tables.push(table);
    }
    drop(progress);
    Ok(section)
}

impl Bench {
    fn new() -> Result<Self> {
        let config = RangeDopplerConfig {
            channels: CHANNELS,
            chirps: CHIRPS,
            samples: SAMPLES,
            range_fft: SAMPLES,
            doppler_fft: CHIRPS,
            range_bins: SAMPLES,
            range_window: Window::Hann,
            doppler_window: Window::Hann,
            shift: true,
        };
        let range = Window::Hann.weights::<f64>(SAMPLES)?.to_vec();
        let doppler = Window::Hann.weights::<f64>(CHIRPS)?.to_vec();
        let refiner = PeakRefiner::new(&range, SAMPLES, &doppler, CHIRPS, [5, 5])?;
        Ok(Self { transform: RangeDoppler::new(config)?, refiner })
    }

    fn score(&self, axis: usize, apart: f64, level_db: f64, trials: usize, seed: u64) -> Result<Score> {
        let noise_power = (SAMPLES * CHIRPS) as f64 / 10_f64.powf(SNR_DB / 10.0);
        let mut sums = Score::default();
        for trial in 0..trials {
            let stream = &mut Streams::new(seed).stream(trial as u64);
            let tones = pair(axis, apart, level_db, stream);
            let spectrum = self.transform.process(&cube(&tones, noise_power, stream))?;
            let power = spectrum.map(|z| z.norm_sqr()).sum_axis(Axis(0));
            let cells: Vec<[usize; 2]> = tones.iter().map(|t| maximum_near(&power, t)).collect();
            let found = &self.refiner.refine_all(&spectrum, &cells, true)?[1];
            let truth = [tones[1].range_bin, tones[1].doppler_bin][axis];
            let joint = [found.range_bin, found.doppler_bin][axis] - truth;
            let middle = cells[1][axis] as f64 - if axis == 1 { (CHIRPS / 2) as f64 } else { 0.0 };
            let maximum = middle + vertex(&power, cells[1], axis) - truth;
            let bound = tones_bound([SAMPLES, CHIRPS], &tones, noise_power)?[1][axis];
            sums.joint += joint * joint;
            sums.maximum += maximum * maximum;
            sums.bound += bound * bound;
        }
        let rms = |sum: f64| (sum / trials as f64).sqrt();
        Ok(Score { joint: rms(sums.joint), maximum: rms(sums.maximum), bound: rms(sums.bound) })
    }
}

/// The stronger target first.
fn pair(axis: usize, apart: f64, level_db: f64, stream: &mut Stream) -> Vec<ToneSignal> {
    let first = [stream.random_range(6.0..9.0), stream.random_range(-9.0..-6.0)];
    let mut tone = |gain: f64, shift: f64| {
        let mut at = first;
        at[axis] += shift;
        let amplitudes = (0..CHANNELS).map(|_| C64::cis(stream.random_range(0.0..TAU)) * gain).collect();
        ToneSignal { range_bin: at[0], doppler_bin: at[1], amplitudes }
    };
    vec![tone(1.0, 0.0), tone(10_f64.powf(-level_db / 20.0), apart)]
}

fn cube(tones: &[ToneSignal], noise_power: f64, stream: &mut Stream) -> Array3<C64> {
    let middle = |len: usize| (len - 1) as f64 / 2.0;
    Array3::from_shape_fn((CHANNELS, CHIRPS, SAMPLES), |(channel, chirp, sample)| {
        let signal = tones.iter().map(|tone| {
            let turns = tone.range_bin * (sample as f64 - middle(SAMPLES)) / SAMPLES as f64
                + tone.doppler_bin * (chirp as f64 - middle(CHIRPS)) / CHIRPS as f64;
            tone.amplitudes[channel] * C64::cis(TAU * turns)
        });
        signal.sum::<C64>() + standard_complex_normal(stream) * noise_power.sqrt()
    })
}

/// The greatest cell within one bin of the truth on each axis.
fn maximum_near(power: &Array2<f64>, tone: &ToneSignal) -> [usize; 2] {
    let nearest =
        [tone.range_bin.round() as usize, (tone.doppler_bin + (CHIRPS / 2) as f64).round() as usize];
    let mut best = nearest;
    for range in nearest[0] - 1..=nearest[0] + 1 {
        for doppler in nearest[1] - 1..=nearest[1] + 1 {
            if power[[range, doppler]] > power[best] {
                best = [range, doppler];
            }
        }
    }
    best
}

fn vertex(power: &Array2<f64>, cell: [usize; 2], axis: usize) -> f64 {
    let three = [0, 1, 2].map(|step| {
        let mut at = cell;
        at[axis] = cell[axis] + step - 1;
        power[at]
    });
    interpolate::parabolic_db(three).unwrap_or(0.0)
}

fn slow_movers(setup: &Setup<'_>) -> Result<Section> {
    let steps = if setup.quick { 10 } else { 60 };
    let mut section = Section::new(
        "Slow movers behind the clutter filters",
        "One mover 0.05 to 3 velocity cells from standstill at 4 m beside a wall 40 dB stronger at 6 m, the whole chain. \
         Where a filter leaves less than 10 dB of the mover, or too little to tell its velocity, there is no point.",
    );
    let scene = Scene::preset(Board::Awr1642);
    let resolution_m_s = Simulator::new(scene.clone())?.fmcw().velocity_resolution_m_s();
    let mut plot =
        CurvePlot::new("Velocity of a slow mover", "truth (cells)", "estimate minus truth (cells)");
    let mut table = Table::new("Slow movers", ["filter", "frames", "with a point", "worst error (cells)"]);
    for mti in MtiKind::ALL {
        let mut curve = Vec::new();
        for step in 1..=steps {
            setup.check()?;
            let cells = 3.0 * f64::from(step) / f64::from(steps);
            let mover = PointTarget::polar(4.0, 0.2, 0.0, cells * resolution_m_s, 1.0).with_snr_db(-15.0);
            let wall = PointTarget::polar(6.0, -0.3, 0.0, 0.0, 1.0).with_snr_db(25.0);
            let simulator = Simulator::new(Scene { targets: vec![mover, wall], frames: 2, ..scene.clone() })?;
            let mut radar =
                Processor::new(simulator.fmcw(), &ProcessorConfig { mti, ..ProcessorConfig::default() })?;
            let stream = |frame| Streams::new(setup.seed).stream(frame);
            radar.process(&simulator.frame(0, &mut stream(2 * u64::from(step as u32)))?)?;
            let cube = simulator.frame(1, &mut stream(2 * u64::from(step as u32) + 1))?;
            let truth = simulator.truth(1)?[0];
            let points = radar.process(&cube)?.points()?;
            let near = points.iter().filter(|p| (p.range_m - truth.range_m).abs() < 1.0);
            let velocity = near.filter_map(|p| p.velocity_m_s);
            curve.extend(velocity.map(|v| (cells, (v - truth.velocity_m_s) / resolution_m_s)));
        }
        let worst = curve.iter().fold(0.0_f64, |most, (_, error)| most.max(error.abs()));
        table.push([
            mti.name().to_owned(),
            steps.to_string(),
            curve.len().to_string(),
            format!("{worst:.4}"),
        ])?;
        plot = plot.line(mti.name(), curve);
    }
    plot.draw(setup, "radar/slow-movers.svg")?;
    section
        .figures
        .push(Figure::new("radar/slow-movers.svg", "Velocity error over velocity with each clutter filter."));
    section.tables.push(table);
    Ok(section)
}
