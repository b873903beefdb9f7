//! The source's radar before a room: all seven data forms, truth against estimate, the three clutter filters.

use super::SOURCE;
use super::forms::{Forms, Maps};
use crate::check::Check;
use crate::host::{Draw, Setup};
use crate::ledger::LedgerRow;
use crate::section::{Figure, Section, Table};
use mmw_core::Result;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::random::Streams;
use mmw_core::{C32, C64, Error};
use mmw_dsp::forms::History;
use mmw_dsp::mti::{MeanPhasor, Mti, MtiKind};
use mmw_dsp::ndarray::Array3;
use mmw_dsp::simulate::{Scene, Simulator, Truth};
use mmw_dsp::{Fmcw, FmcwConfig, Point, Processor, ProcessorConfig, paper};
use mmw_plot::{PowerPlot, median};

/// The scene that `mmw radar simulate` is shown with.
const ROOM: &str = include_str!("../../scenes/room.toml");
const QUICK_FRAMES: usize = 8;

pub(crate) fn run(setup: &Setup<'_>) -> Result<Vec<Section>> {
    let mut scene = Scene::from_toml(ROOM)?;
    scene.seed = setup.seed;
    if setup.quick {
        scene.frames = QUICK_FRAMES;
    }
    let simulator = Simulator::new(scene)?;
    Ok(vec![waveform(simulator.fmcw())?, forms(setup, &simulator)?, clutter(setup, &simulator)?])
}

/// The frame whose maps are shown: the middle of the scene.
fn map_frame(simulator: &Simulator) -> usize {
    simulator.scene().frames / 2
}

fn cube(simulator: &Simulator, frame: usize) -> Result<Array3<C32>> {
    let stream = &mut Streams::new(simulator.scene().seed).stream(frame as u64);
    simulator.frame(frame, stream)
}

fn waveform(fmcw: &Fmcw) -> Result<Section> {
    let mut section = Section::new(
        "The waveform of the slides",
        "IWR1843, 77 GHz, 3 TX and 4 RX in TDM-MIMO, 128 chirps, Tc = 160 us, a frame every 80 ms. The slides \
         leave slope and sample rate open: 70 MHz/us and 256 samples at 5 MHz are taken, a sweep of 3.6 GHz.",
    );
    let mut table = Table::new("What follows from it", ["quantity", "value"]);
    for (name, value) in [
        ("virtual channels", format!("{}", fmcw.channels())),
        ("carrier at the centre of the sampled sweep", format!("{:.3} GHz", fmcw.carrier_hz() / 1e9)),
        ("range resolution", format!("{:.4} m", fmcw.range_resolution_m())),
        ("greatest range", format!("{:.3} m", fmcw.max_range_m())),
        ("velocity resolution", format!("{:.4} m/s", fmcw.velocity_resolution_m_s())),
        ("greatest unambiguous velocity", format!("±{:.3} m/s", fmcw.max_velocity_m_s())),
    ] {
        table.push([name.to_owned(), value])?;
    }
    section.tables.push(table);
    section.ledger = waveform_rows(fmcw);
    Ok(section)
}

fn waveform_rows(fmcw: &Fmcw) -> Vec<LedgerRow> {
    let config = FmcwConfig::iwr1843();
    let active_ms = 1e3 * config.chirp_interval_s * (config.chirps * config.transmitters) as f64;
    let limit_m_s = fmcw.max_velocity_m_s();
    let without_tdm = SPEED_OF_LIGHT_M_S / fmcw.carrier_hz() / (4.0 * config.chirp_interval_s);
    let resolution_cm = 100.0 * fmcw.range_resolution_m();
    let channels = fmcw.channels();
    let fits = "paper::the_source_table_fits_into_its_own_frame";
    vec![
        SOURCE
            .row("IWR1843: 3TX 4RX, virtual array", fits)
            .printed("12 channels")
            .ours(format!("{channels} channels"))
            .check(Check::new("channels", channels as f64).prints(12.0, 0.0))
            .reproduced(),
        SOURCE
            .row("frame 80 ms, Tc 160 us, 128 chirps", fits)
            .printed("80 ms")
            .ours(format!("{active_ms:.2} ms of chirps fit into {:.0} ms", 1e3 * config.frame_period_s))
            .check(Check::new("chirps of a frame (ms)", active_ms).at_most(80.0, 0.0))
            .check(Check::new("frame (ms)", 1e3 * config.frame_period_s).prints(80.0, 0.5))
            .reproduced(),
        SOURCE
            .row("sensor table, range resolution", fits)
            .printed("4 to 30 cm")
            .ours(format!("{resolution_cm:.2} cm at 3.6 GHz"))
            .check(Check::new("range resolution (cm)", resolution_cm).within(4.0, 30.0, 0.5))
            .reproduced(),
        SOURCE
            .row("velocity, v = λΔφ / (4π Tc)", "paper::tdm_divides_the_printed_velocity_by_three")
            .printed(format!("±{without_tdm:.2} m/s with Tc = 160 us"))
            .ours(format!("±{limit_m_s:.2} m/s"))
            .check(
                Check::new("greatest unambiguous velocity (m/s)", limit_m_s).prints(without_tdm, 5e-3).known(
                    "λ / (4 · 3 Tc)",
                    without_tdm / 3.0,
                    1e-9,
                ),
            )
            .corrected("under TDM each transmitter repeats every 3 Tc"),
    ]
}

fn process(setup: &Setup<'_>, simulator: &Simulator) -> Result<Forms> {
    let fmcw = simulator.fmcw();
    let frames = simulator.scene().frames;
    let mut radar = Processor::new(fmcw, &ProcessorConfig::default())?;
    let mut history = History::new(fmcw, fmcw.config().chirps)?;
    let (mut points, mut set) = (Vec::new(), None);
    let progress = setup.progress(frames as u64, "frames");
    for number in 0..frames {
        setup.check()?;
        let frame = radar.process(&cube(simulator, number)?)?;
        points.extend(frame.points()?);
        history.push(frame.power())?;
        if number == map_frame(simulator) {
            set = Some(Maps::of(&frame)?);
        }
        progress.advance(1);
    }
    drop(progress);
    let set = set.ok_or_else(|| Error::too_few("frames", 1, frames))?;
    Ok(Forms { maps: set, history, points })
}

fn forms(setup: &Setup<'_>, simulator: &Simulator) -> Result<Section> {
    let run = process(setup, simulator)?;
    let drawn = run.draw(setup, simulator.fmcw().max_velocity_m_s())?;
    let shown = map_frame(simulator);
    let mut section = Section::new(
        "The seven data forms",
        format!(
            "Five targets in a room (two walkers, a climbing drone, a cabinet, a corner of the wall), simulated \
             sample by sample with TDM timing, thermal noise and a 16-bit converter; {} frames. Maps are of \
             frame {shown}, Hann windows, no clutter filter, decibels over the median.",
            simulator.scene().frames
        ),
    );
    for (file, caption) in [
        ("range_doppler.png", "1. Range-Doppler map: still targets on the line of zero velocity."),
        ("range_time.png", "2. Range-time map: the walkers cross the room."),
        ("doppler_time.png", "3. Doppler-time (micro-Doppler) map."),
        ("range_azimuth.png", "4. Range-azimuth map: the tensor summed over velocity and elevation."),
        ("range_elevation.png", "5. Range-elevation map, from the two rows of the array: 60 degrees wide."),
        ("tensor.png", "6. The 4-D tensor, shown over both angles at its strongest cell."),
        ("points.png", "7. The 4-D point cloud of all frames, from above and from the side."),
    ] {
        section.figures.push(Figure::new(format!("radar/{file}"), caption));
    }
    section.tables.push(truth_table(&simulator.truth(shown)?, &run.points, shown)?);
    let all_forms = "processor::one_frame_gives_all_seven_forms";
    section.ledger.push(
        SOURCE
            .row("common data forms", all_forms)
            .printed("7 forms")
            .ours(format!("{drawn} forms from one frame object"))
            .check(Check::new("forms drawn", drawn as f64).prints(7.0, 0.0))
            .reproduced(),
    );
    section.ledger.push(
        SOURCE
            .row("measured heat maps and point clouds of the slides", all_forms)
            .printed("pictures")
            .ours("the same forms of a simulated room")
            .not_reproducible("the recordings behind the pictures are not published"),
    );
    Ok(section)
}

fn truth_table(truths: &[Truth], points: &[Point], frame: usize) -> Result<Table> {
    let mut table = Table::new(
        format!("Truth and estimate in frame {frame}"),
        ["target", "range (m)", "velocity (m/s)", "azimuth (deg)", "elevation (deg)", "SNR of the cell (dB)"],
    );
    let velocity = |p: &Point| p.velocity_m_s.unwrap_or_default();
    for truth in truths {
        let here = points.iter().filter(|p| p.frame == frame as u64);
        let distance =
            |p: &Point| (p.range_m - truth.range_m).abs() + 0.3 * (velocity(p) - truth.velocity_m_s).abs();
        let Some(point) = here.min_by(|a, b| distance(a).total_cmp(&distance(b))) else { continue };
        let pair = |truth: f64, ours: f64, digits: usize| format!("{truth:.digits$} → {ours:.digits$}");
        table.push([
            format!("{}", truth.target),
            pair(truth.range_m, point.range_m, 4),
            pair(truth.velocity_m_s, velocity(point), 4),
            pair(truth.azimuth_rad.to_degrees(), point.azimuth_rad.unwrap_or_default().to_degrees(), 2),
            pair(truth.elevation_rad.to_degrees(), point.elevation_rad.unwrap_or_default().to_degrees(), 2),
            format!("{:.1}", point.snr_db),
        ])?;
    }
    Ok(table)
}

/// The filters beside each other on the same frame.
fn clutter(setup: &Setup<'_>, simulator: &Simulator) -> Result<Section> {
    let shown = map_frame(simulator);
    let cubes = [cube(simulator, shown - 1)?, cube(simulator, shown)?];
    let mut section = Section::new(
        "Three ways to remove what stands still",
        "The slides' clutter filters on the same frame: the zero-velocity bin set to zero, the difference of two \
         frames, the mean phasor of all chirps subtracted. The table gives the energy that each leaves, range bins \
         3 to 127.",
    );
    let mut table =
        Table::new("Energy left", ["filter", "left (%)", "strongest still cell (dB over median)"]);
    for (kind, name, caption) in [
        (MtiKind::None, "none", "No filter."),
        (MtiKind::Notch, "notch", "Zero-velocity notch."),
        (MtiKind::FrameDifference, "frame-difference", "Frame difference: noise doubles, slow targets comb."),
        (MtiKind::MeanPhasor, "mean", "Mean-phasor cancellation."),
    ] {
        let config = ProcessorConfig { mti: kind, ..ProcessorConfig::default() };
        let mut radar = Processor::new(simulator.fmcw(), &config)?;
        radar.process(&cubes[0])?;
        let map = radar.process(&cubes[1])?.range_doppler().clone();
        let left = radar.mti_residual(&cubes[1])?;
        let zero = map.axes()[1].nearest(0.0);
        let still = map.data().column(zero).iter().skip(3).fold(0.0_f32, |a, &b| a.max(b));
        let still_db = 10.0 * (f64::from(still) / median(&map)).max(1e-30).log10();
        table.push([name.to_owned(), format!("{:.3}", 100.0 * left), format!("{still_db:.1}")])?;
        let file = format!("radar/mti-{name}.png");
        PowerPlot::new(caption, &map)?.draw(setup, &file)?;
        section.figures.push(Figure::new(file, caption));
    }
    section.tables.push(table);
    section.ledger.push(third_method()?);
    Ok(section)
}

/// A still echo behind the mean over the velocity index, and behind the mean over chirps.
fn third_method() -> Result<LedgerRow> {
    const CHIRPS: usize = 128;
    let energy = |cube: &Array3<C64>| cube.iter().map(|z| z.norm_sqr()).sum::<f64>();
    // A still echo is the same in every chirp, and so one bin of the velocity: [channel, range, velocity].
    let mut spectrum = Array3::<C64>::zeros((1, 1, CHIRPS));
    spectrum[[0, 0, 0]] = C64::new(CHIRPS as f64, 0.0);
    let before = energy(&spectrum);
    paper::mean_over_velocity(&mut spectrum)?;
    let printed = energy(&spectrum) / before;
    // [channel, chirp, sample].
    let mut echo = Array3::from_elem((1, CHIRPS, 1), C64::new(1.0, 0.5));
    let before = energy(&echo);
    MeanPhasor.filter_cube(&mut echo)?;
    let left = energy(&echo) / before;
    Ok(SOURCE
        .row("MTI, third method", "paper::the_printed_mean_leaves_static_clutter")
        .printed("mean over the velocity index")
        .ours("mean over chirps")
        .check(Check::new("share of a still echo that is left", left).prints(printed, 1e-6).known(
            "the mean of equal chirps is each of them",
            0.0,
            1e-25,
        ))
        .corrected(format!(
            "the mean of a spectrum over its bins is its first chirp: {:.1} % of a still echo stays",
            100.0 * printed
        )))
}
