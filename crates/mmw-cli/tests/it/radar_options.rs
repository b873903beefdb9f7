//! Each option of `mmw radar` changes the answer, or is an error that names it.

use super::options::{Table, answers, message, option, over};
use super::radar::text;
use super::{TempFolder, succeed};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;

/// Two targets in one cell that move apart, as MUSIC asks for; one that stands still near by, and a walker.
const ROOM: &str = "board = \"iwr1843\"\nframes = 3\nseed = 4\n[fmcw]\nchirps = 64\nsamples = 128\n\
    [[target]]\nposition_m = [0.45, 4.0, 0.0]\nsnr_db = 10.0\n\
    [[target]]\nposition_m = [-0.45, 4.0, 0.0]\nvelocity_m_s = [0.0, 0.1, 0.0]\nsnr_db = 10.0\n\
    [[target]]\nposition_m = [0.0, 1.0, 0.0]\nsnr_db = 5.0\n\
    [[target]]\nposition_m = [0.5, 3.0, 0.3]\nvelocity_m_s = [0.0, -0.6, 0.0]\nsnr_db = 0.0\n";
/// A chest, for 24 s.
const CHEST: &str = "board = \"iwr1843\"\nframes = 240\nseed = 4\n[fmcw]\nchirps = 2\nsamples = 32\n\
    frame_period_s = 0.1\n[[target]]\nposition_m = [0.5, 2.0, 0.0]\nsnr_db = 10.0\n\
    vibration = { amplitude_m = 0.0004, frequency_hz = 0.3 }\n";
/// One transmitter and one receiver before a point.
const POINT: &str = "seed = 3\n[fmcw]\nstart_frequency_hz = 77e9\nslope_hz_per_s = 78e12\nadc_start_s = 0.0\n\
    sample_rate_hz = 1.25e6\nsamples = 64\nchirps = 2\nchirp_interval_s = 60e-6\nframe_period_s = 5e-3\n\
    sampling = \"complex1x\"\ntransmitters = 1\nreceivers = 1\n[fmcw.antennas]\n\
    tx_positions_m = [[0.0, 0.0, 0.0]]\nrx_positions_m = [[0.0, 0.0, 0.0]]\n\
    [[target]]\nposition_m = [0.01, 0.4, -0.02]\nsnr_db = 20.0\n";

/// A capture, and the same with its last frame cut short and samples missing in another.
struct Captures {
    folder: TempFolder,
    whole: PathBuf,
    damaged: PathBuf,
}

impl Captures {
    fn new(name: &str, scene: &str, frames: usize, more: &[&str]) -> Self {
        let folder = TempFolder::new(name);
        let [scene_file, whole, damaged] =
            ["scene.toml", "whole.bin", "damaged.bin"].map(|name| folder.path().join(name));
        std::fs::write(&scene_file, scene).unwrap();
        succeed(&[&["radar", "simulate", text(&scene_file), "-o", text(&whole)], more].concat());
        let mut bytes = std::fs::read(&whole).unwrap();
        let frame = bytes.len() / frames;
        let start = frames / 3 * frame + frame / 4;
        bytes[start..start + frame / 8].fill(0);
        bytes.truncate(bytes.len() - 10);
        std::fs::write(&damaged, bytes).unwrap();
        Self { folder, whole, damaged }
    }

    fn base(&self) -> Value {
        let config = self.whole.with_extension("config.toml");
        json!({ "capture": [self.damaged], "config": config, "allow_partial_last_frame": true })
    }

    /// What names a capture, and says how its bytes and channels stand.
    fn options(&self) -> Vec<Value> {
        let alone = json!({});
        let write = |name: &str, text: &str| {
            std::fs::write(self.folder.path().join(name), text).unwrap();
            self.folder.path().join(name)
        };
        let positions = "tx_positions_m = [[0, 0, 0], [0.002, 0, 0], [0.004, 0, 0]]\n\
                         rx_positions_m = [[0, 0, 0], [0.009, 0, 0], [0.02, 0, 0], [0.03, 0, 0.001]]\n";
        let antennas = write("antennas.toml", positions);
        let config = std::fs::read_to_string(self.whole.with_extension("config.toml")).unwrap();
        let other = write("other.toml", &config.replace("start_frequency_hz = 7", "start_frequency_hz = 6"));
        vec![
            option("capture", json!([self.whole]), &alone),
            option("config", json!(other), &alone),
            option("board", json!("awr1843_aop"), &alone),
            option("antennas", json!(antennas), &alone),
            option("lanes", json!(4), &alone),
            option("iq_swap", json!(true), &alone),
            option("axes", json!("frame,chirp,channel,sample"), &alone),
            option("wrap_u16", json!(true), &alone),
            option("conjugate", json!(true), &alone),
            option("allow_partial_last_frame", json!(false), &alone),
            option("skip_bytes", json!(16), &alone),
            option("offset_binary", json!(true), &alone),
            option("big_endian", json!(true), &alone),
            option("iq_pairs", json!(true), &alone),
            option("as_told", json!(true), &json!({ "big_endian": true })),
            option("udp_port", json!(5000), &alone),
            option("recording", json!(1), &alone),
            option("skip_damaged", json!(true), &alone),
            option("frames", json!("1.."), &alone),
        ]
    }
}

#[test]
fn every_option_of_the_processing_works_or_is_named() {
    let captures = Captures::new("options-process", ROOM, 3, &[]);
    let alone = json!({});
    let weights = captures.folder.path().join("weights.json");
    std::fs::write(&weights, format!("[{}]", ["[0.5, 0.1]"; 12].join(", "))).unwrap();
    let mut options = captures.options();
    options.extend([
        option("listen", json!("127.0.0.1:0"), &alone),
        option("mti", json!("notch"), &alone),
        option("mti", json!("frame_difference"), &alone),
        option("window", json!("kaiser:6"), &alone),
        option("false_alarm_probability", json!(1e-4), &alone),
        option("cfar", json!("os"), &alone),
        option("cfar", json!("os:0.5"), &alone),
        option("cfar", json!("tm"), &alone),
        option("cfar", json!("tm:0.25:0.5"), &alone),
        option("cfar", json!("log"), &alone),
        option("cfar", json!("clutter_map"), &alone),
        option("cfar", json!("clutter_map:0.9"), &alone),
        option("training_cells", json!([6, 5]), &alone),
        option("guard_cells", json!([2, 2]), &alone),
        option("remove_offset", json!(true), &alone),
        option("coupling_bins", json!(40), &alone),
        option("doa", json!("music"), &alone),
        option("doa", json!("esprit"), &alone),
        option("doa", json!("capon"), &alone),
        option("calibration", json!(weights), &alone),
        option("fill_missing", json!(false), &alone),
        option("repair_interference", json!(true), &alone),
        option("min_range_m", json!(3.5), &alone),
        option("map_frame", json!(0), &alone),
    ]);
    let modes = vec![alone, json!({ "doa": "music" }), json!({ "skip_damaged": true })];
    let beside = vec!["out"];
    Table { area: "radar", command: "process", base: captures.base(), modes, options, beside }.check();
}

#[test]
fn detectors_and_finders_that_do_not_exist_or_take_no_cells_are_told_what_does() {
    let captures = Captures::new("options-detectors", POINT, 1, &[]);
    for (more, words) in [
        (json!({ "cfar": "clutter_map", "guard_cells": [2, 2] }), ["guard", "clutter map"]),
        (json!({ "cfar": "clutter_map:0.2", "training_cells": [2, 2] }), ["training", "clutter map"]),
        (json!({ "cfar": "clutter_map:7" }), ["weight", "7"]),
        (json!({ "cfar": "median" }), ["tm:LOW:HIGH", "clutter_map:WEIGHT"]),
        (json!({ "doa": "magic" }), ["root_music", "subspace_fitting"]),
        // One antenna and no line.
        (json!({ "doa": "esprit" }), ["esprit", "uniform line"]),
    ] {
        let whole =
            json!({ "capture": [captures.whole], "config": captures.whole.with_extension("config.toml") });
        let answers = answers("radar", "process", &[over(&whole, &more)]);
        let said = message(&answers[0]).unwrap_or_default().to_owned();
        assert!(words.iter().all(|word| said.contains(word)), "{more}: {said}");
    }
}

#[test]
fn a_filter_that_takes_all_that_stands_still_leaves_no_coupling_to_take() {
    let captures = Captures::new("options-coupling", ROOM, 3, &[]);
    let line = over(&captures.base(), &json!({ "mti": "mean", "coupling_bins": 5 }));
    let answers = answers("radar", "process", &[line]);
    assert!(message(&answers[0]).is_some_and(|said| said.starts_with("coupling_bins")), "{}", answers[0]);
}

#[test]
fn every_option_of_the_phase_works_or_is_named() {
    let captures = Captures::new("options-phase", CHEST, 240, &[]);
    let alone = json!({});
    let mut options = captures.options();
    options.extend([
        option("range_bin", json!(4), &json!({ "range_m": null })),
        option("range_m", json!(2.1), &json!({ "range_bin": null })),
        option("channel", json!(3), &alone),
        option("min_frequency_hz", json!(1), &alone),
    ]);
    let modes = vec![json!({ "range_m": 2.06 }), json!({ "range_bin": 5 })];
    // A board says how many lanes there are, where the configuration does not.
    let beside = vec!["out", "board"];
    options.retain(|option| option["try"] != "board");
    Table { area: "radar", command: "phase", base: captures.base(), modes, options, beside }.check();
}

#[test]
fn every_option_of_the_vital_signs_works_or_is_named() {
    let captures = Captures::new("options-vitals", CHEST, 240, &[]);
    let alone = json!({});
    let mut options = captures.options();
    options.extend([
        option("frame_rate_hz", json!(11), &alone),
        option("carrier_hz", json!(78e9), &alone),
        option("range_resolution_m", json!(0.05), &alone),
        // The rates of windows are part of the series.
        option("window_s", json!(10), &json!({ "series": true })),
        option("series", json!(true), &alone),
    ]);
    let modes = vec![alone, json!({ "series": true })];
    let beside = vec!["out"];
    Table { area: "radar", command: "vitals", base: captures.base(), modes, options, beside }.check();
}

/// A square of positions, row by row, and one more.
fn raster(z_m: f64) -> String {
    let side = 12;
    let mut text = "x_m,y_m,z_m\n".to_owned();
    for (i, j) in (0..side).flat_map(|i| (0..side).map(move |j| (i, j))) {
        let at = |n: usize| 1.6e-3 * (n as f64 - 5.5);
        writeln!(text, "{:.5},{:.5},{z_m}", at(j), at(i)).unwrap();
    }
    text
}

#[test]
fn every_option_of_the_aperture_works_or_is_named() {
    let places = TempFolder::new("options-rail");
    let rail = |name: &str, text: &str| {
        let path = places.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let longer = rail("longer.csv", &format!("{}0,0,0\n", raster(0.0)));
    let (square, farther) = (rail("square.csv", &raster(0.0)), rail("farther.csv", &raster(1e-3)));
    // Over four lanes a frame takes as many bytes as four.
    let quarter: String = raster(0.0).split_inclusive('\n').take(37).collect();
    let quarter = rail("quarter.csv", &quarter);
    let captures = Captures::new("options-sar", POINT, 145, &["--trajectory", text(&longer)]);
    let alone = json!({});
    let mut options = captures.options();
    // One channel, so that it can be anywhere.
    let antennas = rail("antennas.toml", "tx_positions_m = [[0.01, 0, 0]]\nrx_positions_m = [[0, 0, 0]]\n");
    let counted = ["antennas", "capture", "frames", "lanes"];
    options.retain(|option| counted.iter().all(|name| option["try"] != *name));
    options.extend([
        option("antennas", json!(antennas), &alone),
        option("capture", json!([captures.whole]), &json!({ "frames": "..144" })),
        option("frames", json!("1..145"), &json!({ "capture": [captures.whole] })),
        option("lanes", json!(4), &json!({ "trajectory": quarter })),
        option("trajectory", json!(farther), &alone),
        option("algorithm", json!("back_projection"), &alone),
        option("algorithm", json!("range_migration"), &alone),
        option("autofocus", json!("phase_gradient"), &alone),
        option("x_m", json!([-0.01, 0.03]), &alone),
        option("y_m", json!([-0.03, 0.03]), &alone),
        option("z_m", json!([0.3, 0.5]), &alone),
        option("step_m", json!(0.002), &alone),
        option("z_step_m", json!(0.01), &alone),
        option("window", json!("hann"), &alone),
    ]);
    let names = ["auto", "back_projection", "fast_back_projection", "range_migration"];
    let modes = names.map(|name| json!({ "algorithm": name })).to_vec();
    let mut base = captures.base();
    base["trajectory"] = json!(square);
    base["z_m"] = json!([0.35, 0.45]);
    let beside = vec!["out"];
    Table { area: "radar", command: "sar", base, modes, options, beside }.check();
}
