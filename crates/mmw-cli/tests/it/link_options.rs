//! Each option of the small commands of `mmw link` changes the answer, or is an error that names it.

use super::TempFolder;
use super::options::{Table, option, over};
use serde_json::json;

#[test]
fn every_option_of_the_order_works_or_is_named() {
    let alone = json!({});
    let options = vec![
        option("response", json!("butterworth"), &json!({ "ripple_db": null, "cutoff": null })),
        option("response", json!("chebyshev"), &json!({ "ripple_db": 0.2 })),
        option("attenuation_db", json!(50), &alone),
        option("frequency_ratio", json!(3), &alone),
        option("ripple_db", json!(0.3), &alone),
        option("cutoff", json!("ripple_edge"), &alone),
        option("cutoff", json!("three_db"), &alone),
    ];
    let chebyshev = json!({ "response": "chebyshev", "ripple_db": 0.1 });
    let modes = vec![
        json!({ "response": "butterworth" }),
        chebyshev.clone(),
        over(&chebyshev, &json!({ "cutoff": "three_db" })),
    ];
    let base = json!({ "attenuation_db": 40, "frequency_ratio": 6 });
    Table { area: "link", command: "order", base, modes, options, beside: vec![] }.check();
}

#[test]
fn every_option_of_the_loss_works_or_is_named() {
    let alone = json!({});
    let options = vec![
        option("distance_m", json!(40), &alone),
        option("scenario", json!(2), &alone),
        option("scenario", json!(3), &alone),
        option("field", json!("tm"), &alone),
        option("frequency_hz", json!(70e9), &alone),
        option("exponent", json!(2.5), &alone),
        // Beyond the path, where the law is extrapolated.
        option("reference_m", json!(100), &alone),
        option("oxygen_db_per_km", json!(12), &alone),
        option("dry_pressure_hpa", json!(950), &alone),
        option("temperature_k", json!(280), &alone),
        option("vapour_density_g_m3", json!(5), &alone),
        option("rain_rate_mm_h", json!(40), &alone),
        option("polarisation", json!("vertical"), &alone),
        option("obstacles", json!([{ "name": "glass", "loss_db": 3 }]), &alone),
        option("reflections", json!(["2,-1:0.5:tm"]), &alone),
        option("edges", json!(["-0.7:paper", "0.2"]), &alone),
    ];
    let modes = vec![
        alone.clone(),
        json!({ "frequency_hz": 61e9 }),
        json!({ "oxygen_db_per_km": 15 }),
        json!({ "temperature_k": 290 }),
        json!({ "rain_rate_mm_h": 30 }),
        json!({ "scenario": 1 }),
        json!({ "scenario": 2 }),
        json!({ "scenario": 3 }),
        json!({ "scenario": 1, "reflections": ["2,-1:0.5:te"] }),
    ];
    let base = json!({ "distance_m": 30 });
    Table { area: "link", command: "loss", base, modes, options, beside: vec![] }.check();
}

#[test]
fn every_option_of_a_single_mechanism_works_or_is_named() {
    let alone = json!({});
    let modes = vec![alone.clone()];
    let options = vec![
        option("frequency_hz", json!(40e9), &alone),
        option("dry_pressure_hpa", json!(900), &alone),
        option("temperature_k", json!(280), &alone),
        option("vapour_density_g_m3", json!(5), &alone),
    ];
    let base = json!({ "frequency_hz": 60e9 });
    Table { area: "link", command: "gas", base, modes: modes.clone(), options, beside: vec![] }.check();

    let options = vec![
        option("frequency_hz", json!(40e9), &alone),
        option("rain_rate_mm_h", json!(40), &alone),
        option("polarisation", json!("vertical"), &alone),
    ];
    let base = json!({ "frequency_hz": 60e9, "rain_rate_mm_h": 30 });
    Table { area: "link", command: "rain", base, modes: modes.clone(), options, beside: vec![] }.check();

    let options = vec![
        option("v", json!(0.5), &alone),
        option("model", json!("p526"), &alone),
        option("model", json!("lee"), &alone),
    ];
    let models = ["exact", "p526", "lee", "paper"].map(|model| json!({ "model": model })).to_vec();
    let base = json!({ "v": 0.3 });
    Table { area: "link", command: "knife-edge", base, modes: models, options, beside: vec![] }.check();

    let options = vec![
        option("permittivity", json!([3, -0.1]), &alone),
        option("incidence_rad", json!(0.6), &alone),
        option("field", json!("tm"), &alone),
    ];
    let base = json!({ "permittivity": [6.31, -0.26], "incidence_rad": 0.5 });
    Table { area: "link", command: "reflection", base, modes, options, beside: vec![] }.check();
}

#[test]
fn every_option_of_the_networks_works_or_is_named() {
    let folder = TempFolder::new("link-options");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        json!(path)
    };
    let head = "# GHz S RI R 50\n";
    let pad = file("pad.s2p", &format!("{head}1 0.1 0 0.5 0 0.5 0 0.1 0\n2 0.1 0 0.5 0.1 0.5 0.1 0.1 0\n"));
    let finer = file(
        "finer.s2p",
        &format!(
            "{head}1 0.2 0 0.6 0 0.6 0 0.2 0\n1.5 0.2 0.1 0.6 0 0.6 0 0.2 0\n2 0.2 0 0.6 0 0.6 0 0.3 0\n"
        ),
    );
    let complex = file("complex.s2p", "# GHz S RI R 50+10j\n1 0.1 0 0.5 0 0.5 0 0.1 0\n");
    let alone = json!({});
    let out = json!({ "out": folder.path().join("out.s2p") });
    let options = vec![
        option("files", json!([finer]), &alone),
        option("files", json!([pad, finer]), &alone),
        option("cascade", json!(true), &alone),
        option("deembed", json!(true), &alone),
        option("interpolate", json!(false), &alone),
        option("interpolate", json!(true), &alone),
        option("renormalise_ohm", json!(["75"]), &alone),
        option("waves", json!("pseudo"), &alone),
        option("format", json!("ma"), &out),
        option("out", out["out"].clone(), &alone),
    ];
    let modes = vec![
        json!({ "files": [pad] }),
        json!({ "files": [complex] }),
        json!({ "files": [pad, finer], "cascade": true, "interpolate": true }),
        json!({ "files": [finer, pad], "deembed": true, "interpolate": true }),
    ];
    let beside = vec!["smith", "db_plot"];
    Table { area: "link", command: "network", base: alone, modes, options, beside }.check();
}
