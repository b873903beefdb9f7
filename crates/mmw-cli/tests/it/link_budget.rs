//! `mmw link budget`: by hand, each option in each mode, and its picture.

use super::options::{Table, option, over};
use super::{TempFolder, mmw, stderr, succeed};
use serde_json::{Value, json};

fn ask(arguments: &[&str]) -> Value {
    let output = succeed(&[&["link", "budget", "--json"], arguments].concat());
    serde_json::from_str(&output).unwrap()
}

#[test]
fn a_level_link_adds_up_by_hand() {
    let answer = ask(&[
        "--distance-m",
        "100",
        "--no-gas",
        "--tx-gain-db",
        "20",
        "--rx-gain-db",
        "25",
        "--system-loss-db",
        "1",
        "--polarisation-loss-db",
        "0.5",
        "--implementation-loss-db",
        "2",
        "--obstacle",
        "glass=3",
        "--bandwidth-hz",
        "1e9",
        "--noise-figure-db",
        "5",
        "--required-snr-db",
        "12",
    ]);
    let number = |name: &str| answer[name].as_f64().unwrap();
    // 68.010808 dB at 1 m and 40 dB for the hundred.
    assert!((number("path_loss_db") - 111.010_808).abs() < 1e-6);
    assert!((number("received_dbm") - (10.0 + 45.0 - 111.010_808 - 3.5)).abs() < 1e-6);
    // −173.975 dBm/Hz, 90 dB of bandwidth and 5 dB of noise.
    assert!((number("noise_dbm") + 78.975).abs() < 1e-3);
    assert!((number("margin_db") - (number("received_dbm") + 78.975 - 12.0)).abs() < 1e-3);
    // In free space a margin is distance: 20 dB for ten times as far.
    let range_m = 100.0 * 10_f64.powf(number("margin_db") / 20.0);
    assert!((answer["range"]["value"].as_f64().unwrap() / range_m - 1.0).abs() < 1e-9);
    assert_eq!(answer["range"]["bound"], "exact");
    assert!(answer.get("availability").is_none());
}

#[test]
fn the_year_is_what_the_rain_leaves_of_it() {
    let link =
        ["--distance-m", "900", "--tx-gain-db", "38", "--rx-gain-db", "38", "--rain-rate-001-mm-h", "42"];
    let dry = ask(&link);
    let works = dry["availability"]["value"].as_f64().unwrap();
    assert_eq!(dry["availability"]["bound"], "exact");
    // With the rain of just that fraction nothing is left of the margin.
    let fraction = format!("{:e}", 1.0 - works);
    let wet = ask(&[&link[..], &["--outage-fraction", &fraction]].concat());
    assert!(wet["margin_db"].as_f64().unwrap().abs() < 1e-6, "{wet}");
    assert_eq!(wet["availability"], dry["availability"]);
    assert!((wet["range"]["value"].as_f64().unwrap() / 900.0 - 1.0).abs() < 1e-6);
}

#[test]
fn the_levels_are_drawn() {
    let folder = TempFolder::new("budget");
    let picture = folder.path().join("budget.svg");
    let path = picture.to_str().unwrap();
    succeed(&[
        "link",
        "budget",
        "--elevation-rad",
        "0.6",
        "--to-altitude-m",
        "550e3",
        "--frequency-hz",
        "20e9",
        "--plot",
        path,
    ]);
    let text = std::fs::read_to_string(&picture).unwrap();
    assert!(text.contains("34.4° upwards at 20 GHz") && text.contains("sensitivity\n"));
}

#[test]
fn paths_that_are_neither_level_nor_rising_are_refused() {
    for (arguments, word) in [
        (vec!["--distance-m", "1", "--elevation-rad", "1"], "elevation-rad"),
        (vec![], "distance-m"),
        (vec!["--elevation-rad", "1"], "to_altitude_m"),
        (vec!["--distance-m", "70e3", "--rain-rate-001-mm-h", "5"], "distance_m"),
        (
            vec!["--distance-m", "1e3", "--rain-rate-001-mm-h", "5", "--outage-fraction", "2"],
            "outage_fraction is 2",
        ),
        (vec!["--distance-m", "1", "--plot", "x.gif"], "plot: x.gif"),
    ] {
        let output = mmw(&[&["link", "budget"], &arguments[..]].concat()).output().unwrap();
        assert!(!output.status.success() && stderr(&output).contains(word), "{}", stderr(&output));
    }
}

#[test]
fn every_option_of_the_budget_works_or_is_named() {
    let alone = json!({});
    let level =
        json!({ "elevation_rad": null, "to_altitude_m": null, "latitude_rad": null, "rain_height_m": null });
    let rising = json!({ "distance_m": null, "to_altitude_m": 20e3, "rain_rate_001_mm_h": null, "outage_fraction": null,
                         "latitude_rad": null, "rain_height_m": null, "no_gas": null, "fog_g_m3": null });
    let options = vec![
        option("distance_m", json!(600), &level),
        option("elevation_rad", json!(0.7), &rising),
        option("from_altitude_m", json!(100), &alone),
        option("to_altitude_m", json!(30e3), &alone),
        option("standard_pressure", json!("total"), &alone),
        option("frequency_hz", json!(40e9), &alone),
        option("tx_power_dbm", json!(11), &alone),
        option("tx_gain_db", json!(3), &alone),
        option("rx_gain_db", json!(3), &alone),
        option("system_loss_db", json!(1), &alone),
        option("polarisation_loss_db", json!(1), &alone),
        option("implementation_loss_db", json!(1), &alone),
        option("bandwidth_hz", json!(1e9), &alone),
        option("noise_figure_db", json!(7), &alone),
        option("antenna_temperature_k", json!(100), &alone),
        option("required_snr_db", json!(11), &alone),
        option("no_gas", json!(true), &alone),
        option("dry_pressure_hpa", json!(900), &alone),
        option("temperature_k", json!(280), &alone),
        option("vapour_density_g_m3", json!(5), &alone),
        option("fog_g_m3", json!(0.2), &alone),
        option("fog_temperature_k", json!(280), &alone),
        option("cloud_kg_m2", json!(2), &alone),
        option("rain_rate_001_mm_h", json!(40), &alone),
        option("polarisation", json!("vertical"), &alone),
        option("latitude_rad", json!(0.3), &alone),
        option("rain_height_m", json!(4000), &alone),
        option("outage_fraction", json!(1e-3), &alone),
        option("obstacles", json!([{ "name": "glass", "loss_db": 3 }]), &alone),
    ];
    let rain = json!({ "distance_m": 500, "rain_rate_001_mm_h": 30 });
    let sky = json!({ "elevation_rad": 0.6, "to_altitude_m": 10e3 });
    let wet = json!({ "rain_rate_001_mm_h": 30, "latitude_rad": 0.5, "rain_height_m": 3000, "outage_fraction": 1e-4 });
    let wet_sky = over(&sky, &wet);
    let modes = vec![
        json!({ "distance_m": 500 }),
        json!({ "distance_m": 500, "no_gas": true }),
        json!({ "distance_m": 500, "fog_g_m3": 0.1 }),
        rain,
        sky,
        wet_sky,
    ];
    let base = json!({ "frequency_hz": 38e9 });
    Table { area: "link", command: "budget", base, modes, options, beside: vec!["plot"] }.check();
}
