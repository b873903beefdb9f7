//! Two near targets against the bound of both, and slow movers behind each clutter filter.

use crate::host::{Draw, Setup};
use crate::section::{Figure, Section, Table};
use mmw_core::C64;
use mmw_core::Result;
use mmw_core::ndarray::{Array2, Array3, Axis};
use mmw_core::rand::RngExt;
use mmw_core::random::{Stream, Streams, standard_complex_normal};
use mmw_dsp::cfar::{Detection, ca_multiplier};
use mmw_dsp::crlb::{ToneSignal, tones_bound};
use mmw_dsp::peak::{HiddenTest, PeakRefiner, RefinedPeak, group_peaks, interpolate};
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
const SEPARATIONS: [f64; 13] = [2.0, 2.5, 2.75, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0];
const LEVELS_DB: [f64; 3] = [0.0, 6.0, 20.0];
const AXES: [&str; 2] = ["range", "Doppler"];
const TRIALS: usize = 200;
const QUICK_TRIALS: usize = 20;

/// False alarms per cell, of the detector and of the test for a hidden target.
const FALSE_ALARM: f64 = 1e-6;
/// An estimate further off than this many bins is not one of that target.
const FAR_BINS: f64 = 0.75;

/// Sums of squared errors of each target, the stronger one first, bins, over the trials in which both were
/// told apart, and over those in which the Hann periodogram has a maximum for each.
#[derive(Debug, Clone, Copy, Default)]
struct Score {
    trials: usize,
    apart: usize,
    joint: [f64; 2],
    bound: [f64; 2],
    seen: usize,
    missed: usize,
    joint_seen: [f64; 2],
    maximum: [f64; 2],
}

impl Score {
    fn rms(sum: f64, count: usize) -> f64 {
        (sum / count.max(1) as f64).sqrt()
    }

    /// RMSE over the bound of the worse target, and how often the two were told apart.
    fn over_bound(&self) -> String {
        let share = format!("{:.0} %", 100.0 * self.apart as f64 / self.trials as f64);
        if self.apart == 0 {
            return share;
        }
        let ratio = (0..2).map(|k| (self.joint[k] / self.bound[k]).sqrt()).fold(0.0, f64::max);
        format!("{ratio:.2} ({share})")
    }

    /// RMSE over that of the maxima of the worse target where there are two, and how many of those were
    /// missed.
    fn over_maximum(&self) -> String {
        if self.seen == self.missed {
            return format!("none seen, {} missed", self.missed);
        }
        let ratio = (0..2).map(|k| (self.joint_seen[k] / self.maximum[k]).sqrt()).fold(0.0, f64::max);
        format!("{ratio:.3} ({} of {} missed)", self.missed, self.seen)
    }
}

struct Bench {
    transform: RangeDoppler<f64>,
    refiner: PeakRefiner,
    /// Sum of the squared weights of both windows.
    noise_gain: f64,
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
             between the bins, {trials} trials a point. Found as the chain finds them: the maxima of the periodogram \
             over five by five cells above a threshold of one false alarm in a million cells, and hidden targets \
             beside them with the same threshold. RMS error in bins where both are told apart, against the \
             Cramér-Rao bound of both targets at once; and, where the periodogram has a maximum within a cell of each, \
             against those maxima (parabola through three decibels)."
        ),
    );
    let progress = setup.progress((2 * LEVELS_DB.len() * SEPARATIONS.len()) as u64, "points");
    for (axis, name) in AXES.into_iter().enumerate() {
        let mut plot =
            CurvePlot::new(format!("Two targets apart in {name}"), "separation (bins)", "RMSE (bins)")
                .y_scale(Scale::Log);
        let columns = ["separation (bins)", "0 dB", "6 dB", "20 dB"];
        let title = |of: &str| format!("RMSE of the worse target over {of}, {name}");
        let mut bounds = Table::new(title("the two-target bound (told apart)"), columns);
        let mut peers = Table::new(title("that of the Hann maxima, where there are two"), columns);
        let mut rows = vec![[Vec::new(), Vec::new()]; SEPARATIONS.len()];
        for level_db in LEVELS_DB {
            let mut curves = [Vec::new(), Vec::new(), Vec::new()];
            for (i, &apart) in SEPARATIONS.iter().enumerate() {
                setup.check()?;
                let score = bench.score(axis, apart, level_db, trials, setup.seed)?;
                let values = [(score.joint[1], score.apart), (score.maximum[1], score.seen - score.missed)];
                let values = [values[0], values[1], (score.bound[1], score.apart)];
                for (curve, (sum, count)) in curves.iter_mut().zip(values) {
                    // The RMSE of a few trials says nothing.
                    if 4 * count >= trials {
                        curve.push((apart, Score::rms(sum, count)));
                    }
                }
                rows[i][0].push(score.over_bound());
                rows[i][1].push(score.over_maximum());
                progress.advance(1);
            }
            let [joint, maximum, bound] = curves;
            plot = plot.line(format!("joint, {level_db} dB"), joint);
            plot = plot.dashed(format!("bound, {level_db} dB"), bound).alike();
            plot = plot.dots(format!("Hann maximum, {level_db} dB"), maximum).alike();
        }
        for (apart, rows) in SEPARATIONS.iter().zip(rows) {
            for (table, row) in [&mut bounds, &mut peers].into_iter().zip(rows) {
                let [first, second, third] = [0, 1, 2].map(|i: usize| row[i].clone());
                table.push([format!("{apart}"), first, second, third])?;
            }
        }
        let file = format!("neighbours-{}.svg", name.to_lowercase());
        plot.draw(setup, format!("radar/{file}"))?;
        let caption = format!("RMSE of the weaker of two targets over their distance in {name}.");
        section.figures.push(Figure::new(format!("radar/{file}"), caption));
        section.tables.extend([bounds, peers]);
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
        let energy = |weights: &[f64]| weights.iter().map(|w| w * w).sum::<f64>();
        let noise_gain = energy(&range) * energy(&doppler);
        Ok(Self { transform: RangeDoppler::new(config)?, refiner, noise_gain })
    }

    fn score(&self, axis: usize, apart: f64, level_db: f64, trials: usize, seed: u64) -> Result<Score> {
        let noise_power = (SAMPLES * CHIRPS) as f64 / 10_f64.powf(SNR_DB / 10.0);
        let mut score = Score { trials, ..Score::default() };
        for trial in 0..trials {
            let stream = &mut Streams::new(seed).stream(trial as u64);
            let tones = pair(axis, apart, level_db, stream);
            let spectrum = self.transform.process(&cube(&tones, noise_power, stream))?;
            let power = spectrum.map(|z| z.norm_sqr()).sum_axis(Axis(0));
            let along = |peak: &RefinedPeak| [peak.range_bin, peak.doppler_bin][axis];
            let truth = [0, 1].map(|k| [tones[k].range_bin, tones[k].doppler_bin][axis]);
            let found = self.found(&spectrum, &power, &tones, noise_power)?;
            let nearest = truth.map(|t| {
                let errors = found.iter().enumerate().map(|(i, peak)| (i, along(peak) - t));
                errors.min_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).unwrap_or((0, f64::INFINITY))
            });
            let apart = nearest[0].0 != nearest[1].0 && nearest.iter().all(|e| e.1.abs() < FAR_BINS);
            if apart {
                let bound = tones_bound([SAMPLES, CHIRPS], &tones, noise_power)?;
                score.apart += 1;
                for k in 0..2 {
                    score.joint[k] += nearest[k].1.powi(2);
                    score.bound[k] += bound[k][axis].powi(2);
                }
            }
            let maxima = [0, 1].map(|k| maximum_near(&power, &tones[k]));
            if let [Some(first), Some(second)] = maxima
                && first != second
            {
                score.seen += 1;
                score.missed += usize::from(!apart);
                for (k, cell) in [first, second].into_iter().enumerate().filter(|_| apart) {
                    let middle = cell[axis] as f64 - if axis == 1 { (CHIRPS / 2) as f64 } else { 0.0 };
                    score.maximum[k] += (middle + vertex(&power, cell, axis) - truth[k]).powi(2);
                    score.joint_seen[k] += nearest[k].1.powi(2);
                }
            }
        }
        Ok(score)
    }

    /// The targets that the detector finds near the two, each with what is hidden beside it.
    fn found(
        &self,
        spectrum: &Array3<C64>,
        power: &Array2<f64>,
        tones: &[ToneSignal],
        noise_power: f64,
    ) -> Result<Vec<RefinedPeak>> {
        let noise = noise_power * self.noise_gain * CHANNELS as f64;
        // The noise is known, as from very many cells.
        let threshold = noise * ca_multiplier(1_000_000, CHANNELS, FALSE_ALARM)?;
        let above = power.indexed_iter().filter(|&(_, &power)| power > threshold);
        let detections: Vec<Detection> = above
            .map(|((range, doppler), &power)| Detection {
                index: [range, doppler],
                power,
                noise,
                snr: power / noise,
                threshold,
            })
            .collect();
        let peaks = group_peaks(power, &detections, &ProcessorConfig::default().grouping)?;
        let near = |cell: &[usize; 2]| {
            let off = |tone: &ToneSignal| {
                let doppler = cell[1] as f64 - (CHIRPS / 2) as f64;
                (cell[0] as f64 - tone.range_bin).abs().max((doppler - tone.doppler_bin).abs())
            };
            tones.iter().any(|tone| off(tone) < 1.6)
        };
        let mut cells: Vec<[usize; 2]> = peaks.iter().map(|p| p.detection.index).filter(near).collect();
        let mut found = self.refiner.refine_all(spectrum, &cells, true)?;
        for beside in 0..cells.len() {
            let test = HiddenTest { beside, threshold, noise_power };
            if let Some(cell) = self.refiner.hidden(spectrum, &cells, &found, test, true)? {
                cells.push(cell);
                found = self.refiner.refine_all(spectrum, &cells, true)?;
            }
        }
        Ok(found)
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

/// The local maximum within one bin of the truth on each axis, where there is one.
fn maximum_near(power: &Array2<f64>, tone: &ToneSignal) -> Option<[usize; 2]> {
    let nearest =
        [tone.range_bin.round() as usize, (tone.doppler_bin + (CHIRPS / 2) as f64).round() as usize];
    let around = |[range, doppler]: [usize; 2]| {
        (range - 1..=range + 1).flat_map(move |r| (doppler - 1..=doppler + 1).map(move |d| [r, d]))
    };
    let greatest = |&cell: &[usize; 2]| around(cell).all(|other| power[other] <= power[cell]);
    around(nearest).filter(greatest).max_by(|a, b| power[*a].total_cmp(&power[*b]))
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
    for &mti in MtiKind::ALL {
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
