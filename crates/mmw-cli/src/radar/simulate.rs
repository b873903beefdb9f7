//! `mmw radar simulate`: a scene becomes a raw capture, its configuration and its truth.

use crate::error::{Error, Result};
use crate::json;
use crate::output::{AtomicFile, Interrupt, save_bytes};
use crate::progress::{Progress, Unit};
use crate::question::{Readable, show};
use mmw_core::random::Streams;
use mmw_dsp::capture::{AdcLayout, CaptureConfig, CaptureFormat, LvdsLanes};
use mmw_dsp::simulate::{Scene, Simulator, Truth};
use serde::Serialize;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// The arguments of the command.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SimulateArgs {
    /// The scene: board or waveform, frames, targets (TOML)
    #[arg(value_name = "SCENE.toml")]
    scene: PathBuf,

    /// The capture to write; its configuration (.config.toml) and truth (.truth.json) go beside it
    #[arg(short, long, value_name = "CAPTURE.bin", alias = "output")]
    out: PathBuf,

    /// LVDS lanes of the file: 2 (xWR16, 18, 68) or 4 (xWR12, 14)
    #[arg(long, value_name = "COUNT", default_value_t = 2)]
    lanes: usize,

    /// Another seed than the scene's
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// Another number of frames than the scene's
    #[arg(long, value_name = "COUNT")]
    frames: Option<usize>,

    /// A scan of an aperture: one frame at each place of a CSV file with x (right), y (up) and z (ahead) in
    /// m, as radar sar reads it; nothing moves meanwhile
    #[arg(long, value_name = "FILE", conflicts_with = "frames")]
    trajectory: Option<PathBuf>,

    /// Print the result as one JSON object
    #[arg(long)]
    json: bool,
}

/// What was written.
#[derive(Debug, Serialize)]
struct Answer {
    capture: PathBuf,
    config: PathBuf,
    truth: PathBuf,
    frames: usize,
    bytes: u64,
    clipped_samples: u64,
    seed: u64,
}

/// The truth beside a capture.
#[derive(Debug, Serialize)]
struct TruthFile {
    seed: u64,
    scene: Scene,
    targets: Vec<Truth>,
}

/// Reads a scene file.
///
/// # Errors
/// Kind `io` or `parse`, naming the file.
pub(crate) fn read_scene(path: &Path) -> Result<Scene> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, "read", &error))?;
    Scene::from_toml(&text).map_err(|error| Error::Parse(format!("{}: {error}", path.display())))
}

pub(super) fn run(args: &SimulateArgs) -> Result<()> {
    let mut scene = read_scene(&args.scene)?;
    scene.seed = args.seed.unwrap_or(scene.seed);
    scene.frames = args.frames.unwrap_or(scene.frames);
    let lanes = LvdsLanes::from_count(args.lanes)?;
    let report = match &args.trajectory {
        None => {
            let simulator = Simulator::new(scene)?;
            write_capture(simulator.scene(), lanes, &args.out, |_| Ok(Cow::Borrowed(&simulator)))?
        }
        Some(path) => {
            let trajectory = super::sar::trajectory(path)?;
            let places = trajectory.places_m();
            scene.frames = places.len();
            let still = |at: usize| {
                let [x, y, z] = places[at];
                // A scene has y ahead and z up.
                Ok(Cow::Owned(Simulator::new(scene.seen_from([x, z, y]))?))
            };
            write_capture(&scene, lanes, &args.out, still)?
        }
    };
    show(&report, args.json)
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let Self { frames, bytes, clipped_samples, .. } = self;
        let mut lines = vec![format!("{}: {frames} frames, {bytes} bytes", self.capture.display())];
        if *clipped_samples > 0 {
            lines.push(format!("{clipped_samples} samples clipped at full scale"));
        }
        lines.push(format!("configuration in {}, truth in {}", self.config.display(), self.truth.display()));
        lines
    }
}

/// Frame by frame, each from the simulator of its place; one of a single frame makes that at a standstill.
fn write_capture<'a>(
    scene: &Scene,
    lanes: LvdsLanes,
    out: &Path,
    simulator: impl Fn(usize) -> Result<Cow<'a, Simulator>>,
) -> Result<Answer> {
    let format = CaptureFormat::Dca1000(AdcLayout { lanes, iq_swap: false });
    let mut config = CaptureConfig::new(scene.fmcw.clone(), format)?;
    config.frames = Some(scene.frames as u64);
    let codec = config.codec()?;
    let streams = Streams::new(scene.seed);
    let mut cube = mmw_core::ndarray::Array3::zeros(codec.shape());
    let mut bytes = vec![0; codec.frame_bytes()];
    let mut file = AtomicFile::create(out)?;
    let progress = Progress::new((codec.frame_bytes() * scene.frames) as u64, Unit::Bytes);
    let (mut clipped, mut truths) = (0, Vec::new());
    for frame in 0..scene.frames {
        Interrupt::check()?;
        let simulator = simulator(frame)?;
        let own = if simulator.scene().frames == scene.frames { frame } else { 0 };
        clipped += simulator.frame_into(own, &mut streams.stream(frame as u64), &mut cube)? as u64;
        clipped += codec.encode_into(&cube, &mut bytes)?;
        file.append(&bytes)?;
        truths.extend(simulator.truth(own)?.into_iter().map(|truth| Truth { frame, ..truth }));
        progress.advance(bytes.len() as u64);
    }
    let (config_path, truth_path) = (out.with_extension("config.toml"), out.with_extension("truth.json"));
    file.commit()?;
    save_bytes(&config_path, config.to_toml()?.as_bytes())?;
    let truth = TruthFile { seed: scene.seed, scene: scene.clone(), targets: truths };
    save_bytes(&truth_path, json::to_pretty(&truth)?.as_bytes())?;
    progress.finish();
    Ok(Answer {
        capture: out.to_path_buf(),
        config: config_path,
        truth: truth_path,
        frames: scene.frames,
        bytes: (codec.frame_bytes() * scene.frames) as u64,
        clipped_samples: clipped,
        seed: scene.seed,
    })
}
