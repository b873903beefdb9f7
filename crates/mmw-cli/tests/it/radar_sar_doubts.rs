//! What `mmw radar sar` says of scans that people record: coupling, targets near and far, millimetres, noise.

use super::radar::{json, text};
use super::{TempFolder, mmw, stderr};
use serde_json::Value;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// One transmitter and one receiver, 4 GHz in 64 samples.
const RADAR: &str = "seed = 3\n\n[fmcw]\nstart_frequency_hz = 77e9\nslope_hz_per_s = 78e12\nadc_start_s = 0.0\n\
    sample_rate_hz = 1.25e6\nsamples = 64\nchirps = 1\nchirp_interval_s = 60e-6\nframe_period_s = 5e-3\n\
    sampling = \"complex1x\"\ntransmitters = 1\nreceivers = 1\n\n[fmcw.antennas]\n\
    tx_positions_m = [[0.0, 0.0, 0.0]]\nrx_positions_m = [[0.0, 0.0, 0.0]]\n";
const LIGHT_M_S: f64 = 299_792_458.0;
/// Wavelength in the middle of the sweep, and the bandwidth.
const WAVELENGTH_M: f64 = LIGHT_M_S / 79e9;
const BAND_HZ: f64 = 78e12 / 1.25e6 * 64.0;

struct Scan<'a> {
    folder: &'a TempFolder,
}

impl Scan<'_> {
    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The capture of one target (x, y, z as the image has them) along places.
    fn record(&self, name: &str, [x, y, z]: [f64; 3], snr_db: f64, places: &Path) -> PathBuf {
        let target = format!("\n[[target]]\nposition_m = [{x}, {z}, {y}]\nsnr_db = {snr_db:.1}\n");
        let scene = self.write(&format!("{name}.toml"), &format!("{RADAR}{target}"));
        let capture = self.folder.path().join(format!("{name}.bin"));
        json(&[
            "radar",
            "simulate",
            text(&scene),
            "--trajectory",
            text(places),
            "-o",
            text(&capture),
            "--json",
        ]);
        capture
    }

    fn image(&self, capture: &Path, places: &Path, more: &[&str]) -> Value {
        let config = capture.with_extension("config.toml");
        let command =
            ["radar", "sar", text(capture), "--config", text(&config), "--trajectory", text(places)];
        json(&[&command[..], &["--json"], more].concat())
    }
}

/// A square of places in a unit of so many m.
fn raster(side: usize, step_m: f64, unit_m: f64, header: &str) -> String {
    let mut text = format!("{header}\n");
    let at = |n: usize| step_m / unit_m * (n as f64 - 0.5 * (side - 1) as f64);
    for i in 0..side {
        for j in 0..side {
            writeln!(text, "{:.7},{:.7},0", at(j), at(i)).unwrap();
        }
    }
    text
}

fn warned(report: &Value, words: &str) -> bool {
    report["warnings"].as_array().unwrap().iter().any(|warning| warning.as_str().unwrap().contains(words))
}

/// Half-power widths across at a distance seen from an aperture, and along.
fn widths_m(away_m: f64, side_m: f64) -> [f64; 2] {
    [0.886 * WAVELENGTH_M * away_m / (2.0 * side_m), 0.886 * LIGHT_M_S / (2.0 * BAND_HZ)]
}

#[test]
fn coupling_of_the_antennas_does_not_choose_the_image() {
    let folder = TempFolder::new("sar-coupling");
    let scan = Scan { folder: &folder };
    let rail = scan.write("rail.csv", &raster(24, 2e-3, 1.0, "x_m,y_m,z_m"));
    let still = scan.write("still.csv", &format!("x_m,y_m,z_m\n{}", "0,0,0\n".repeat(24 * 24)));
    let place = [0.01, -0.02, 0.6];
    let target = scan.record("target", place, 20.0, &rail);
    // 20 dB stronger and at the same distance wherever the radar is.
    let coupling = scan.record("coupling", [0.0, 0.0, 0.15], 40.0, &still);
    let [echo, own] = [&target, &coupling].map(|path| std::fs::read(path).unwrap());
    let word = |bytes: &[u8]| i16::from_le_bytes([bytes[0], bytes[1]]);
    let pairs = echo.chunks_exact(2).zip(own.chunks_exact(2));
    let both: Vec<u8> = pairs.flat_map(|(a, b)| word(a).saturating_add(word(b)).to_le_bytes()).collect();
    std::fs::write(&target, both).unwrap();
    let report = scan.image(&target, &rail, &[]);
    assert!((report["coupling_m"].as_f64().unwrap() - 0.15).abs() < 0.03, "{report}");
    let [across, along] = widths_m(0.6, 0.048);
    for (name, at, width) in [("x", 0.01, across), ("y", -0.02, across), ("z", 0.6, along)] {
        let found = report["peak"][format!("{name}_m")].as_f64().unwrap();
        assert!((found - at).abs() < 0.25 * width, "{name}: {found} of {at}");
    }
    let alone = scan.record("alone", place, 20.0, &rail);
    assert!(scan.image(&alone, &rail, &[])["coupling_m"].is_null());
}

#[test]
fn near_a_large_aperture_the_default_image_has_the_point_within_a_tenth_of_a_cell() {
    let folder = TempFolder::new("sar-near");
    let scan = Scan { folder: &folder };
    let rail = scan.write("rail.csv", &raster(40, 2e-3, 1.0, "x_m,y_m,z_m"));
    for (name, z) in [("a", 0.213), ("b", 0.2), ("c", 0.241)] {
        let place = [0.03, -0.02, z];
        let capture = scan.record(name, place, 25.0, &rail);
        let report = scan.image(&capture, &rail, &[]);
        let [across, along] = widths_m(z, 0.08);
        for (name, at, width) in [("x", place[0], across), ("y", place[1], across), ("z", z, along)] {
            let found = report[name]["peak_m"].as_f64().unwrap();
            assert!((found - at).abs() < 0.1 * width, "{name} at {z}: {found} of {at}, {width}");
        }
        // An image that is in focus at its own voxels has nearly all of an echo's amplitude in one.
        let step = report["step_m"][0].as_f64().unwrap();
        assert!(step < 0.25 * LIGHT_M_S / BAND_HZ, "{step}");
    }
}

#[test]
fn far_from_a_small_aperture_widths_are_those_of_theory() {
    let folder = TempFolder::new("sar-far");
    let scan = Scan { folder: &folder };
    let rail = scan.write("rail.csv", &raster(20, 2e-3, 1.0, "x_m,y_m,z_m"));
    let capture = scan.record("far", [0.0, 0.0, 2.0], 25.0, &rail);
    let [across, along] = widths_m(2.0, 0.04);
    for algorithm in ["back_projection", "range_migration"] {
        let report = scan.image(&capture, &rail, &["--algorithm", algorithm]);
        for (name, theory) in [("x", across), ("y", across), ("z", along)] {
            let width = report[name]["width_m"].as_f64().unwrap();
            assert!((width / theory - 1.0).abs() < 0.05, "{algorithm} {name}: {width} of {theory}");
        }
    }
}

#[test]
fn millimetres_are_read_by_their_names_and_told_where_they_are_not_named() {
    let folder = TempFolder::new("sar-units");
    let scan = Scan { folder: &folder };
    let rail = scan.write("rail.csv", &raster(16, 2e-3, 1.0, "x_m,y_m,z_m"));
    let capture = scan.record("scan", [0.01, 0.0, 0.4], 20.0, &rail);
    let report = scan.image(&capture, &rail, &[]);
    let named = scan.write("named.csv", &format!("\u{feff}{}", raster(16, 2e-3, 1e-3, "x_mm,y_mm,z_mm")));
    let other = scan.image(&capture, &named, &[]);
    for name in ["x_m", "y_m", "z_m"] {
        let [a, b] = [&report, &other].map(|report| report["peak"][name].as_f64().unwrap());
        assert!((a - b).abs() < 1e-6, "{name}: {a} {b}");
    }
    let bare = scan.write("bare.csv", &raster(16, 2e-3, 1e-3, "x,y,z"));
    let config = capture.with_extension("config.toml");
    let command = ["radar", "sar", text(&capture), "--config", text(&config), "--trajectory", text(&bare)];
    let more = ["--x-m", "0..0.1", "--y-m", "0..0.1", "--z-m", "0.3..0.5", "--step-m", "0.01"];
    let output = mmw(&[&command[..], &more].concat()).output().unwrap();
    let said = stderr(&output);
    assert!(said.contains("2.000 m apart") && said.contains("x_mm"), "{said}");
}

#[test]
fn an_image_of_noise_and_a_focus_of_noise_are_told() {
    let folder = TempFolder::new("sar-noise");
    let scan = Scan { folder: &folder };
    let rail = scan.write("rail.csv", &raster(16, 2e-3, 1.0, "x_m,y_m,z_m"));
    let place = [0.01, 0.0, 0.4];
    let [silent, loud] =
        [("silent", -80.0), ("loud", 20.0)].map(|(name, snr)| scan.record(name, place, snr, &rail));
    let image = ["--x-m", "-0.05..0.05", "--y-m", "-0.05..0.05", "--z-m", "0.3..0.5"];
    let report = scan.image(&silent, &rail, &image);
    assert!(warned(&report, "no point stands above the noise"), "{report}");
    let report = scan.image(&loud, &rail, &image);
    assert!(!warned(&report, "no point stands"), "{report}");
    let focused = |capture: &Path| {
        let more = [&image[..], &["--autofocus", "minimum_entropy", "--step-m", "4e-3"]].concat();
        scan.image(capture, &rail, &more)
    };
    assert!(warned(&focused(&silent), "noise alone"), "{}", focused(&silent));
    // What is sharp as it was recorded cannot be made sharper, and that may be said.
    assert!(!warned(&focused(&loud), "noise alone"), "{}", focused(&loud));
}
