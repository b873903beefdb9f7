//! `mmw radar` on recordings of known truth that others made.

use super::radar::{fails, json, numbers, published, text};
use super::{TempFolder, succeed};
use serde_json::Value;

#[test]
fn the_static_room_of_dislab_comes_out_as_published() {
    let (Some(capture), Some(config)) =
        (published("dislab/adc_data.bin"), published("dislab/mmwaveDevice.mmwave.json"))
    else {
        return;
    };
    let report = json(&["radar", "process", &capture, "--config", &config, "--json"]);
    let close = |field: &str, value: f64| {
        let got = report[field].as_f64().unwrap();
        assert!((got / value - 1.0).abs() < 3e-3, "{field} {got}");
    };
    close("range_resolution_m", 0.0392);
    close("velocity_resolution_m_s", 0.0229);
    let cells = report["strongest_cells"].as_array().unwrap();
    let place = |cell: &Value| (cell["range_bin"].as_u64().unwrap(), cell["doppler_bin"].as_i64().unwrap());
    assert_eq!((place(&cells[0]), place(&cells[1])), ((40, 0), (27, 0)));
    // Its transmitters are not calibrated: one direction leaves much, and yet no target is split.
    let located =
        json(&["radar", "process", &capture, "--config", &config, "--board", "iwr6843isk", "--json"]);
    let points = located["points"].as_array().unwrap();
    assert!(points.windows(2).all(|pair| pair[0]["range_m"] != pair[1]["range_m"]), "{points:?}");
    assert!(points[0]["unexplained_share"].as_f64().unwrap() > 0.1, "{}", points[0]);
    let filtered = json(&["radar", "process", &capture, "--config", &config, "--mti", "mean", "--json"]);
    let residual = filtered["mti_residual"].as_f64().unwrap();
    assert!((residual - 0.0086).abs() < 0.0001, "{residual}");
}

#[test]
fn the_mover_of_openradar_is_found() {
    let Some(capture) = published("openradar/simple_frame_1.npy") else { return };
    let folder = TempFolder::new("openradar");
    let config = folder.path().join("frame.toml");
    let waveform = "start_frequency_hz = 77.42e9\nslope_hz_per_s = 60e12\nadc_start_s = 6e-6\n\
                    sample_rate_hz = 2.5e6\nsamples = 128\nchirps = 128\nchirp_interval_s = 92e-6\n\
                    frame_period_s = 40e-3\nsampling = \"complex1x\"\ntransmitters = 2\nreceivers = 1\n";
    std::fs::write(&config, waveform).unwrap();
    let arguments = ["radar", "process", &capture, "--config", text(&config), "--axes", "chirp,sample"];
    fails(&arguments, 1, &["--wrap-u16"]);
    let mut more = arguments.to_vec();
    more.extend(["--wrap-u16", "--mti", "mean", "--json"]);
    let report = json(&more);
    let strongest = &report["points"][0];
    assert!((strongest["range_m"].as_f64().unwrap() - 1.986).abs() < 0.03, "{strongest}");
    assert!((strongest["velocity_m_s"].as_f64().unwrap() + 0.650).abs() < 0.05, "{strongest}");
}

#[test]
fn the_fan_hums_at_64_hertz() {
    let Some(capture) = published("vibration/fan_on.bin") else { return };
    let folder = TempFolder::new("fan");
    let config = folder.path().join("fan.toml");
    let waveform = "board = \"awr1642\"\nstart_frequency_hz = 77e9\nslope_hz_per_s = 29.982e12\n\
                    adc_start_s = 6e-6\nsample_rate_hz = 10e6\nsamples = 256\nchirps = 1\n\
                    chirp_interval_s = 160e-6\nframe_period_s = 1e-3\nsampling = \"complex1x\"\n\
                    transmitters = [0]\nreceivers = 4\n[capture]\nformat = \"dca1000\"\nlanes = 2\n\
                    iq_swap = false\n";
    std::fs::write(&config, waveform).unwrap();
    let report =
        json(&["radar", "phase", &capture, "--config", text(&config), "--range-bin", "10", "--json"]);
    assert_eq!(report["samples"], 1000);
    let line = &report["lines"][0];
    // A second of a line 42 times over the median is known to hundredths of a bin of 1 Hz.
    assert!((line["frequency_hz"].as_f64().unwrap() - 64.0).abs() < 0.1, "{line}");
    assert!((line["amplitude_m"].as_f64().unwrap() - 4.5e-6).abs() < 0.1e-6, "{line}");
    // The same capture also makes maps: 1000 frames of one chirp.
    succeed(&["radar", "process", &capture, "--config", text(&config), "--frames", "0..20", "--json"]);
}

#[test]
fn the_recorded_target_on_the_right_has_a_positive_azimuth() {
    let (Some(bin), Some(cfg)) =
        (published("cases/c01_right_target.bin"), published("cases/c01_right_target.cfg"))
    else {
        return;
    };
    let report =
        json(&["radar", "process", &bin, "--config", &cfg, "--lanes", "2", "--board", "xwr1642", "--json"]);
    let degrees = report["points"][0]["azimuth_rad"].as_f64().unwrap().to_degrees();
    assert!((degrees - 25.0).abs() < 0.5, "{degrees}");
    let (Some(bin), Some(cfg)) =
        (published("cases/c15_inverted_receivers.bin"), published("cases/c15_inverted_receivers.cfg"))
    else {
        return;
    };
    let report =
        json(&["radar", "process", &bin, "--config", &cfg, "--lanes", "2", "--board", "awr1642", "--json"]);
    let degrees = report["points"][0]["azimuth_rad"].as_f64().unwrap().to_degrees();
    assert!((degrees - 25.0).abs() < 0.5, "{degrees}");
}

/// A small capture of known truth beside the project, processed with its configuration.
fn case(name: &str, more: &[&str]) -> Option<Value> {
    let (capture, config) =
        (published(&format!("cases/{name}.bin"))?, published(&format!("cases/{name}.cfg"))?);
    let mut arguments = vec!["radar", "process", &capture, "--config", &config, "--lanes", "2", "--json"];
    arguments.extend(more);
    Some(json(&arguments))
}

fn close(report: &Value, field: &str, truth: &[f64], tolerance: f64) {
    let found = numbers(report, field);
    assert_eq!(found.len(), truth.len(), "{field}: {found:?}");
    for (found, truth) in found.iter().zip(truth) {
        assert!((found - truth).abs() < tolerance, "{field}: {found} is not {truth}");
    }
}

#[test]
fn two_chirps_of_a_still_target_stand_still() {
    let Some(report) = case("c08_two_chirps", &["--board", "awr1642"]) else { return };
    close(&report, "range_m", &[4.0], 0.01);
    close(&report, "velocity_m_s", &[0.0], 0.02);
    // The side is that of the board; how far off the axis is what two chirps must not change.
    let azimuth = numbers(&report, "azimuth_rad")[0].abs().to_degrees();
    assert!((azimuth - 25.0).abs() < 0.5, "{azimuth}");
}

#[test]
fn an_offset_and_coupling_hide_no_target() {
    let Some(report) = case("c07_real_dc", &[]) else { return };
    close(&report, "range_m", &[1.2], 0.01);
    close(&report, "velocity_m_s", &[0.6], 0.05);
    let kept = case("c07_real_dc", &["--remove-offset", "false"]).unwrap();
    close(&kept, "range_m", &[1.2], 0.01);
    let Some(report) = case("c16_leakage", &[]) else { return };
    // Neighbours a third of the map away: a quarter of a cell.
    close(&report, "range_m", &[0.35, 2.2, 3.3], 0.05);
    for kind in ["go", "so", "os", "os:0.5"] {
        let found = numbers(&case("c16_leakage", &["--cfar", kind]).unwrap(), "range_m");
        assert!([2.2, 3.3].iter().all(|r| found.iter().any(|f| (f - r).abs() < 0.05)), "{kind}: {found:?}");
    }
}

#[test]
fn a_folded_velocity_is_unfolded_by_the_channels() {
    let Some(report) = case("c10_folded", &["--board", "awr1642"]) else { return };
    close(&report, "range_m", &[6.0], 0.01);
    close(&report, "velocity_m_s", &[11.0], 0.01);
    assert_eq!(report["points"][0]["velocity_ambiguous"], false);
    let azimuth = numbers(&report, "azimuth_rad")[0].abs().to_degrees();
    assert!((azimuth - 10.0).abs() < 0.3, "{azimuth}");
    // Without a board there is nothing to test it with.
    let report = case("c10_folded", &[]).unwrap();
    assert_eq!(report["points"][0]["velocity_ambiguous"], true);
    assert_eq!(report["points"][0]["azimuth_rad"], Value::Null);
    let interval = report["points"][0]["velocity_interval_m_s"].as_f64().unwrap();
    assert!((interval - 16.08).abs() < 0.01, "{interval}");
}

#[test]
fn a_breath_between_two_bins_reads_its_rate() {
    let Some(capture) = published("cases/c17_breathing.bin") else { return };
    let Some(config) = published("cases/c17_breathing.cfg") else { return };
    let report = json(&[
        "radar",
        "phase",
        &capture,
        "--config",
        &config,
        "--lanes",
        "2",
        "--range-m",
        "1.6",
        "--json",
    ]);
    let line = &report["lines"][0];
    // 5.5 cycles at 43 dB: the bound is 2e-5 Hz and 0.2 um; the neighbours in range bend the phase by more.
    assert!((line["frequency_hz"].as_f64().unwrap() - 0.275).abs() < 5e-4, "{line}");
    assert!((line["amplitude_m"].as_f64().unwrap() - 1e-3).abs() < 1e-5, "{line}");
}
