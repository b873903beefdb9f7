//! Each option of `mmw sense` changes the answer, or is an error that names it.

use super::TempFolder;
use super::options::{Table, option};
use super::sense::{corner, table};
use mmw_sense::simulate::PeopleKind;
use serde_json::json;

#[test]
fn every_option_of_the_tracker_works_or_is_named() {
    let folder = TempFolder::new("sense-options");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let (stops, pairs) = (file("a.csv", &table(PeopleKind::Stops)), file("b.csv", &table(PeopleKind::Pairs)));
    let config = file("c.toml", "body_m = 0.3\n");
    let alone = json!({});
    let options = vec![
        option("input", json!([pairs]), &alone),
        option("demo", json!("out_of_box"), &alone),
        option("topic", json!("/radar"), &alone),
        option("period_s", json!(0.1), &alone),
        option("preset", json!("vehicles"), &alone),
        option("config", json!(config), &alone),
        // Of the classical trackers only births and lives are configured.
        option("config", json!(file("d.toml", "birth_points = 6\n")), &alone),
        option("static_zone_m", json!("-0.2,0.2,3,3.5"), &alone),
        option("velocity_interval_m_s", json!(1.5), &alone),
        option("zone_m", json!(["-1,1,2,6", "-1,1,2,3"]), &alone),
        option("method", json!("nearest"), &alone),
        option("method", json!("joint"), &alone),
    ];
    let modes = vec![alone.clone(), json!({ "method": "nearest" }), json!({ "method": "joint" })];
    let base = json!({ "input": [stops] });
    Table { area: "sense", command: "track", base, modes, options, beside: vec!["out"] }.check();
}

#[test]
fn every_option_of_the_clusters_works_or_is_named() {
    let alone = json!({});
    let row = |x: f64| json!([x, 5, 0, 0.1 * x]);
    let points: Vec<_> = [0.0, 0.2, 0.4, 0.6, 0.8, 2.0, 2.3, 2.6, 4.0].map(row).to_vec();
    let others: Vec<_> = [0.0, 0.2, 2.0].map(row).to_vec();
    let folder = TempFolder::new("sense-clusters");
    let path = folder.path().join("a.csv");
    std::fs::write(&path, table(PeopleKind::Crossing)).unwrap();
    let plain = json!({ "eps": 0.25, "velocity_scale_s": 0.5, "use_z": true });
    let options = vec![
        option("points", json!(others), &alone),
        option("input", json!([path]), &alone),
        option("demo", json!("out_of_box"), &alone),
        option("topic", json!("/radar"), &alone),
        option("least", json!(2), &alone),
        option("radial_m", json!(1e-3), &alone),
        option("radial_m", json!(10), &alone),
        option("angular_rad", json!(1), &alone),
        option("tangential_least_m", json!(9), &alone),
        option("velocity_m_s", json!(1e-3), &alone),
        option("plain", plain.clone(), &alone),
        option("plain", json!({ "eps": 5, "velocity_scale_s": 0.5, "use_z": true }), &alone),
    ];
    let modes = vec![json!({ "points": points }), json!({ "points": points, "plain": plain })];
    Table { area: "sense", command: "cluster", base: alone, modes, options, beside: vec![] }.check();
}

#[test]
fn every_option_of_the_small_jobs_works_or_is_named() {
    let alone = json!({});
    let sets =
        json!({ "truth": [[0, 1], [1, 3]], "estimate": [[0, 1.5], [1, 3.2], [4, 4, 1]], "cutoff_m": 1 });
    let mut options = vec![
        option("truth", json!([[0, 2]]), &alone),
        option("estimate", json!([[0, 2]]), &alone),
        option("cutoff_m", json!(0.3), &alone),
        option("order", json!(1), &alone),
    ];
    let table = |command, options| Table {
        area: "sense",
        command,
        base: sets.clone(),
        modes: vec![json!({})],
        options,
        beside: vec![],
    };
    table("ospa", options.clone()).check();
    options.push(option("alpha", json!(1), &alone));
    table("gospa", options).check();

    let options = vec![
        option("cost", json!([[1, 5]]), &alone),
        option("miss", json!(1), &alone),
        option("best", json!(4), &alone),
    ];
    let base = json!({ "cost": [[3, 2], [null, 3]], "miss": 9 });
    Table { area: "sense", command: "assignment", base, modes: vec![alone.clone()], options, beside: vec![] }
        .check();

    let cov: Vec<f64> = (0..6).flat_map(|i| (i..6).map(move |j| if i == j { 0.2 } else { 0.0 })).collect();
    let more: Vec<f64> = cov.iter().map(|value| 2.0 * value).collect();
    let base = json!({ "q": 0.5, "sd": [0.04, 0.03, 0.05, 0.06], "state0": [0.1, 4, 0.2, 0, -1, 0], "cov0": cov,
                       "steps": [{ "dt": 0.05, "z": [3.9, 0, 0, -0.9] }, { "dt": 0.05, "z": [3.8, 0, 0, -0.9] }] });
    let options = vec![
        option("filter", json!("unscented"), &alone),
        option("noise", json!("piecewise"), &alone),
        option("q", json!(1), &alone),
        option("sd", json!([0.1, 0.03, 0.05, 0.06]), &alone),
        option("state0", json!([0.2, 4, 0.2, 0, -1, 0]), &alone),
        option("cov0", json!(more), &alone),
        option("sensor", json!({ "position": [0, 0, 0.5], "velocity": [0, 0, 0], "yaw": 0 }), &alone),
        option("steps", json!([{ "dt": 0.1, "z": [3.9, 0, 0, -0.9] }]), &alone),
        option("alpha", json!(0.9), &alone),
        option("beta", json!(1), &alone),
        option("kappa", json!(1), &alone),
    ];
    let modes = vec![alone, json!({ "filter": "unscented" })];
    Table { area: "sense", command: "filter", base, modes, options, beside: vec![] }.check();
}

#[test]
fn every_option_of_the_registration_works_or_is_named() {
    let alone = json!({});
    let options = vec![
        option("input", json!(["a.csv", "b.csv"]), &alone),
        option("demo", json!("out_of_box"), &alone),
        option("topic", json!("/radar"), &alone),
        option("target", corner(0.05), &alone),
        option("source", corner(0.02), &alone),
        option("method", json!("gicp"), &alone),
        option("method", json!("plane"), &alone),
        option("max_distance_m", json!(0.02), &alone),
        option("max_distance_m", json!(0.05), &alone),
        option("neighbours", json!(20), &alone),
        option("steps", json!(1), &alone),
        option("start", json!([1, 0, 0, 0.2, 0, 1, 0, 0.1, 0, 0, 1, 0.05]), &alone),
    ];
    let modes = vec![json!({ "method": "plane" }), json!({ "method": "gicp" })];
    let base = json!({ "target": corner(0.0), "source": corner(-0.03) });
    Table { area: "sense", command: "register", base, modes, options, beside: vec![] }.check();
}
