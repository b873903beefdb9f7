//! The source's radar before a room: all seven data forms, truth against estimate, the three clutter filters.

use super::{Setup, Verdict, row};
use crate::error::{Error, Result};
use crate::output::{Interrupt, create_folder};
use crate::progress::{Progress, Unit};
use crate::radar::maps::{self, MapSet};
use crate::reproduce::{Figure, LedgerRow, Section, Table};
use mmw_core::C32;
use mmw_core::random::Streams;
use mmw_dsp::forms::History;
use mmw_dsp::mti::MtiKind;
use mmw_dsp::ndarray::Array3;
use mmw_dsp::simulate::{Scene, Simulator, Truth};
use mmw_dsp::{Fmcw, FmcwConfig, Point, Processor, ProcessorConfig};

/// The scene that `mmw radar simulate` is shown with.
const ROOM: &str = include_str!("../../../scenes/room.toml");
const QUICK_FRAMES: usize = 8;

pub(super) fn run(setup: &Setup) -> Result<Vec<Section>> {
    let mut scene = Scene::from_toml(ROOM).map_err(|error| Error::Parse(error.to_string()))?;
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
    Ok(simulator.frame(frame, stream)?)
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
    let without_tdm = fmcw.max_velocity_m_s() * config.transmitters as f64;
    vec![
        row(
            "IWR1843: 3TX 4RX, virtual array",
            "12 channels",
            format!("{} channels", fmcw.channels()),
            Verdict::Reproduced,
            "mmw-dsp board::Board (doc test)",
        ),
        row(
            "frame 80 ms, Tc 160 us, 128 chirps",
            "80 ms",
            format!("{active_ms:.2} ms of chirps fit into 80 ms"),
            Verdict::Reproduced,
            "mmw-dsp paper::the_source_table_fits_into_its_own_frame",
        ),
        row(
            "sensor table, range resolution",
            "4 to 30 cm",
            format!("{:.2} cm at 3.6 GHz", 100.0 * fmcw.range_resolution_m()),
            Verdict::Reproduced,
            "mmw-dsp paper::the_source_table_fits_into_its_own_frame",
        ),
        row(
            "velocity, v = λΔφ / (4π Tc)",
            &format!("±{without_tdm:.2} m/s with Tc = 160 us"),
            format!("±{:.2} m/s", fmcw.max_velocity_m_s()),
            Verdict::corrected("under TDM each transmitter repeats every 3 Tc"),
            "mmw-dsp paper::tdm_divides_the_printed_velocity_by_three",
        ),
    ]
}

/// What the chain makes of the whole scene.
struct Run {
    set: MapSet,
    history: History,
    points: Vec<Point>,
}

fn process(simulator: &Simulator) -> Result<Run> {
    let fmcw = simulator.fmcw();
    let frames = simulator.scene().frames;
    let mut radar = Processor::new(fmcw, &ProcessorConfig::default())?;
    let mut history = History::new(fmcw, fmcw.config().chirps)?;
    let (mut points, mut set) = (Vec::new(), None);
    let progress = Progress::new(frames as u64, Unit::Count("frames"));
    for number in 0..frames {
        Interrupt::check()?;
        let frame = radar.process(&cube(simulator, number)?)?;
        points.extend(frame.points()?);
        history.push(frame.power())?;
        if number == map_frame(simulator) {
            set = Some(MapSet::of(&frame, true)?);
        }
        progress.advance(1);
    }
    progress.finish();
    let set = set.ok_or(Error::Interrupted)?;
    Ok(Run { set, history, points })
}

fn forms(setup: &Setup, simulator: &Simulator) -> Result<Section> {
    let folder = setup.out.join("radar");
    create_folder(&folder)?;
    let run = process(simulator)?;
    maps::save_all(&folder, &run.set, &run.history, &run.points, simulator.fmcw().max_velocity_m_s())?;
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
    section.ledger.push(row(
        "common data forms",
        "7 forms",
        "7 forms from one frame object".to_owned(),
        Verdict::Reproduced,
        "mmw-dsp processor::one_frame_gives_all_seven_forms",
    ));
    section.ledger.push(row(
        "measured heat maps and point clouds of the slides",
        "pictures",
        "the same forms of a simulated room".to_owned(),
        Verdict::not_reproducible("the recordings behind the pictures are not published"),
        "",
    ));
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
fn clutter(setup: &Setup, simulator: &Simulator) -> Result<Section> {
    let folder = setup.out.join("radar");
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
        let map = radar.process(&cubes[1])?.range_doppler()?;
        let left = radar.mti_residual(&cubes[1])?;
        let zero = map.axes()[1].nearest(0.0);
        let still = map.data().column(zero).iter().skip(3).fold(0.0_f32, |a, &b| a.max(b));
        let still_db = 10.0 * (f64::from(still) / maps::median(&map)).max(1e-30).log10();
        table.push([name.to_owned(), format!("{:.3}", 100.0 * left), format!("{still_db:.1}")])?;
        let file = format!("mti-{name}.png");
        maps::draw_map(&folder.join(&file), caption, &map)?;
        section.figures.push(Figure::new(format!("radar/{file}"), caption));
    }
    section.tables.push(table);
    section.ledger.push(row(
        "MTI, third method",
        "mean over the velocity index",
        "mean over chirps".to_owned(),
        Verdict::corrected(
            "the mean of a spectrum over its bins is its first chirp: 99.2 % of a still echo stays",
        ),
        "mmw-dsp paper::the_printed_mean_leaves_static_clutter",
    ));
    Ok(section)
}
