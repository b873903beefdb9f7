//! `mmw radar process --repair-interference` on a capture that a second radar sent into.

use super::{TempFolder, succeed};
use mmw_core::C32;
use mmw_dsp::capture::{Capture, CaptureOptions};
use mmw_dsp::ndarray::Array3;
use std::f32::consts::TAU;
use std::path::{Path, PathBuf};

/// A strong wall and a weak mover 1.5 m behind it.
const SCENE: &str = "board = \"iwr1843\"\nframes = 2\nseed = 4\n[fmcw]\nchirps = 64\nsamples = 128\n\
    [[target]]\nposition_m = [0.3, 3.0, 0.0]\nsnr_db = 10.0\n\
    [[target]]\nposition_m = [-0.5, 4.5, 0.0]\nvelocity_m_s = [0.0, -0.7, 0.0]\nsnr_db = -22.0\n";
/// Samples that the other sweep takes to cross the band of the receiver.
const CROSSING: usize = 40;

fn json(arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&succeed(arguments)).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Writes the second frame once more with a sweep through one chirp in eight of each transmitter; how many
/// samples it is in.
fn sent_into(quiet: &Path, config: &Path) -> (PathBuf, usize) {
    let mut capture = Capture::open_with(quiet, config, &CaptureOptions::default()).unwrap();
    let codec = capture.config().codec().unwrap();
    let mut cube: Array3<C32> = capture.read_frame(1).unwrap();
    let receivers = capture.config().fmcw.receivers;
    let rms = (cube.iter().map(|z| z.norm_sqr()).sum::<f32>() / cube.len() as f32).sqrt();
    let (channels, chirps, samples) = cube.dim();
    let mut hit = 0;
    for (transmitter, first) in (0..channels).step_by(receivers).enumerate() {
        for chirp in (transmitter..chirps).step_by(8) {
            let start = (29 * chirp + 13 * transmitter) % (samples - CROSSING);
            for sample in 0..CROSSING {
                let t = sample as f32 - 0.5 * CROSSING as f32;
                for receiver in 0..receivers {
                    let turn = 0.077 * t * t + 0.9 * receiver as f32 + (chirp as f32 * 1.7) % TAU;
                    cube[[first + receiver, chirp, start + sample]] += C32::from_polar(20.0 * rms, turn);
                    hit += 1;
                }
            }
        }
    }
    let mut bytes = std::fs::read(quiet).unwrap();
    let second = bytes.len() - codec.frame_bytes();
    codec.encode_into(&cube, &mut bytes[second..]).unwrap();
    let path = quiet.with_file_name("interfered.bin");
    std::fs::write(&path, bytes).unwrap();
    (path, hit)
}

#[test]
fn bursts_of_another_radar_are_repaired_and_counted() {
    let folder = TempFolder::new("interference");
    let [scene, quiet] = ["scene.toml", "quiet.bin"].map(|name| folder.path().join(name));
    std::fs::write(&scene, SCENE).unwrap();
    succeed(&["radar", "simulate", text(&scene), "-o", text(&quiet)]);
    let config = quiet.with_extension("config.toml");
    let (interfered, hit) = sent_into(&quiet, &config);

    let process = |capture: &Path, more: &[&str]| {
        json(&[&["radar", "process", text(capture), "--config", text(&config), "--json"], more].concat())
    };
    let points = |answer: &serde_json::Value| -> Vec<[f64; 2]> {
        let points = answer["points"].as_array().unwrap().iter().filter(|point| point["frame"] == 1);
        points.map(|point| ["range_m", "velocity_m_s"].map(|name| point[name].as_f64().unwrap())).collect()
    };
    let (calm, raw) = (process(&quiet, &[]), process(&interfered, &[]));
    let repaired = process(&interfered, &["--repair-interference"]);
    let [calm_points, raw_points, repaired_points] = [&calm, &raw, &repaired].map(points);
    println!("quiet {calm_points:.3?}, with bursts {raw_points:.3?}, repaired {repaired_points:.3?}");
    assert!(raw["interfered_frames"].is_null());
    assert_eq!(calm_points.len(), 2);
    // The bursts hide points, or make some of their own.
    assert_ne!(raw_points.len(), 2, "{raw_points:?}");
    assert_eq!(repaired_points.len(), 2, "{repaired_points:?}");
    for (found, exact) in repaired_points.iter().zip(&calm_points) {
        // A tenth of a cell.
        assert!((found[0] - exact[0]).abs() < 5e-3 && (found[1] - exact[1]).abs() < 2e-2, "{found:?}");
    }
    let frames = repaired["interfered_frames"].as_array().unwrap();
    assert_eq!(frames.len(), 1, "{frames:?}");
    let count = |name: &str| frames[0][name].as_u64().unwrap() as f64 / hit as f64;
    println!("{frames:?} of {hit}");
    assert_eq!(frames[0]["frame"], 1);
    assert!(repaired["damaged_frames"].as_array().unwrap().is_empty(), "bursts are no disorder of packets");
    // The ends of a burst are marked with it: four samples for each 40.
    assert!((1.0..=1.1).contains(&count("samples")), "{frames:?}");
    assert_eq!(frames[0]["samples"], frames[0]["repaired_samples"]);
}
