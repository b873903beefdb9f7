//! Nothing is read from a file that a model would have refused, and unknown fields are refused (feature
//! `serde`).
#![cfg(feature = "serde")]

use linkbudget::atmosphere::{Atmosphere, StandardPressure};
use linkbudget::attenuator::CommonBaseConfig;
use linkbudget::budget::LinkConfig;
use linkbudget::e_series::ESeries;
use linkbudget::free_space::Friis;
use linkbudget::gas::{GasAttenuation, LineByLine, Revision};
use linkbudget::hop::{Hop, HopConfig, Reach, Route};
use linkbudget::knife_edge::KnifeEdge;
use linkbudget::ladder::{
    Band, Branch, Family, First, LadderSpec, ReflectionZeros, SelectiveSpec, Terminations,
};
use linkbudget::network::{Abcd, Network, Part, PartKind, Quality, Waves};
use linkbudget::nport::{Health, Kind};
use linkbudget::one_port::{DipoleEquivalent, OnePort};
use linkbudget::path_loss::{Edge, Gas, Obstacle, Path, PathLoss, Rain, Reflection};
use linkbudget::rain::{Climate, Polarisation, RainLaw};
use linkbudget::rain_statistics::{Availability, RainFading, SlantClimate};
use linkbudget::reflection::{Field, Material, slab};
use linkbudget::response::{Cutoff, Response};
use linkbudget::scenario::{Scenario, Surface};
use linkbudget::slant::{GasLoss, SlantPath};
use linkbudget::spice::AcSweep;
use linkbudget::tolerance::{Limit, Tolerances, YieldConfig, YieldStudy};
use linkbudget::touchstone::{
    Format, Layout, MatrixFormat, Mode, NoisePoint, Note, Parameter, Touchstone, Version,
};
use mmw_checks::doors::Walk;
use mmw_core::{C64, Result};
use serde_json::{from_value, json};

#[test]
fn every_type_refuses_damaged_input() {
    let mut walk = Walk::default();
    names(&mut walk);
    links(&mut walk);
    paths(&mut walk);
    hops(&mut walk);
    ladders(&mut walk);
    networks(&mut walk);
    touchstone(&mut walk);
    yields(&mut walk);
    walk.covers(env!("CARGO_MANIFEST_DIR"));
}

fn names(walk: &mut Walk) {
    walk.names(ESeries::ALL);
    walk.names(Revision::ALL);
    walk.names(KnifeEdge::ALL);
    walk.names(StandardPressure::ALL);
    walk.names(First::ALL);
    walk.names(ReflectionZeros::ALL);
    walk.names(Waves::ALL);
    walk.names(Cutoff::ALL);
    walk.names(Field::ALL);
    walk.names(Climate::ALL);
    walk.names(Surface::ALL);
    walk.names(Format::ALL);
    walk.names(Parameter::ALL);
    walk.names(Version::ALL);
    walk.names(MatrixFormat::ALL);
    walk.names(Kind::ALL);
    walk.names(PartKind::ALL);
}

fn links(walk: &mut Walk) {
    let wrong = [
        ("/system_loss_db", json!(-1.0), "system_loss_db"),
        ("/bandwidth_hz", json!(0.0), "bandwidth_hz"),
        ("/tx_power_dbm", json!(1e300), "tx_power_dbm"),
    ];
    walk.door(&LinkConfig::dipoles_at_60_ghz(), &wrong);
    let wrong =
        [("/current_gain", json!(0.5), "current_gain"), ("/feed_through", json!(1.0), "feed_through")];
    walk.door(&CommonBaseConfig::figure_3(), &wrong);
    let wrong = [("/frequency_hz", json!(-1.0), "frequency_hz"), ("/system_loss", json!(0.5), "system_loss")];
    walk.door(&Friis::isotropic(60e9), &wrong);
}

fn paths(walk: &mut Walk) {
    let air = Atmosphere::p676_reference();
    let wrong = [("/temperature_k", json!(-1.0), "temperature_k")];
    walk.door(&air, &wrong);
    let attenuation: GasAttenuation =
        LineByLine::new(air, Revision::P676V12).unwrap().specific_attenuation(60e9).unwrap();
    walk.door(&attenuation, &[("/oxygen_db_per_km", json!("much"), "much")]);
    walk.door(&RainLaw { k: 0.86, alpha: 0.77 }, &[("/k", json!([]), "sequence")]);

    let with = |change: &dyn Fn(&mut Path)| {
        let mut path = Path::free_space(60e9);
        change(&mut path);
        PathLoss::new(path)
    };
    let wrong = [("/line_by_line/atmosphere/temperature_k", json!(-1.0), "temperature_k")];
    let gas = |gas: &Gas| with(&|path| path.gas = *gas);
    walk.door_to(&Gas::LineByLine { atmosphere: air, revision: Revision::P676V12 }, gas, &wrong);
    walk.door_to(&Gas::None, gas, &[("", json!("helium"), "helium")]);
    let wrong = [("/constant/oxygen_db_per_km", json!(-1.0), "oxygen_db_per_km")];
    walk.door_to(&Gas::Constant { oxygen_db_per_km: 15.0 }, gas, &wrong);
    let wall = Obstacle { name: "wall".into(), loss_db: 6.0 };
    let obstacle = |one: &Obstacle| with(&|path| path.obstacles = vec![one.clone()]);
    walk.door_to(&wall, obstacle, &[("/loss_db", json!(-6.0), "wall")]);
    let bounce = Reflection { permittivity: C64::new(6.0, -0.1), incidence_rad: 0.3, field: Field::Te };
    let reflection = |one: &Reflection| with(&|path| path.reflections = vec![*one]);
    let wrong =
        [("/permittivity/1", json!(0.1), "permittivity"), ("/incidence_rad", json!(2.0), "incidence")];
    walk.door_to(&bounce, reflection, &wrong);
    let edge = |one: &Edge| with(&|path| path.edges = vec![*one]);
    walk.door_to(&Edge { v: 1.0, model: KnifeEdge::Lee }, edge, &[("/model", json!("round"), "round")]);
    let rain = |one: &Rain| with(&|path| path.rain = Some(*one));
    let shower = Rain { rate_mm_h: 20.0, polarisation: Polarisation::Tilted { tilt_rad: 0.2 } };
    let wrong =
        [("/rate_mm_h", json!(-20.0), "rate_mm_h"), ("/polarisation/tilted/tilt_rad", json!("0"), "string")];
    walk.door_to(&shower, rain, &wrong);
    walk.door(&Polarisation::Circular, &[("", json!("round"), "round")]);
    let path = Scenario::ONE.path(Field::Tm).unwrap();
    let wrong = [
        ("/frequency_hz", json!(0.0), "frequency_hz"),
        ("/exponent", json!(-1.0), "exponent"),
        ("/reflections/0/incidence_rad", json!(9.0), "incidence"),
    ];
    walk.door_to(&path, |path| PathLoss::new(path.clone()), &wrong);
    let wrong = [("/frequency_hz", json!(-1.0), "frequency_hz"), ("/incidence_rad", json!(1.6), "incidence")];
    walk.door_to(&Scenario::ONE, |one| PathLoss::new(one.path(Field::Te)?), &wrong);
    let breakdown = PathLoss::new(path).unwrap().breakdown(30.0).unwrap();
    walk.door(&breakdown, &[("/inside_reference", json!(1), "boolean")]);

    walk.door(&Material::GLASS, &[("/lowest_hz", json!(true), "boolean")]);
    let pane = slab(C64::new(6.0, -0.1), 5e-3, 60e9, 0.0, Field::Te).unwrap();
    walk.door(&pane, &[("/reflection", json!([0.1]), "length 1")]);
}

fn hops(walk: &mut Walk) {
    let path = SlantPath { to_altitude_m: 10_000.0, ..SlantPath::to_space(0.5) };
    let wrong = [
        ("/elevation_rad", json!(-0.1), "elevation_rad"),
        ("/to_altitude_m", json!(0.0), "at least 1 m above"),
        ("/from_altitude_m", json!(-5.0), "from_altitude_m"),
    ];
    walk.door(&path, &wrong);
    let loss: GasLoss = path.gas_loss(30e9, Revision::P676V12).unwrap();
    walk.door(&loss, &[("/oxygen_db", json!(null), "null")]);
    let polarisation = Polarisation::Vertical;
    let climate =
        SlantClimate { rate_001_mm_h: 30.0, polarisation, latitude_rad: 0.8, rain_height_m: 3000.0 };
    let wrong = [
        ("/rate_001_mm_h", json!(-30.0), "rain_rate_mm_h"),
        ("/latitude_rad", json!(9.0), "latitude_rad"),
        ("/rain_height_m", json!(-3000.0), "rain_height_m"),
    ];
    walk.door_to(&climate, |climate| RainFading::slant(20e9, 0.5, 0.0, climate), &wrong);
    for works in [Availability::Fraction(0.999), Availability::AtMost(0.99)] {
        walk.door(&works, &[]);
    }
    walk.door(&Availability::AtLeast(0.99999), &[("/at_least", json!(1.5), "availability")]);

    let ends = LinkConfig::dipoles_at_60_ghz();
    let rain = Some(Rain { rate_mm_h: 30.0, polarisation });
    let level = HopConfig { outage_fraction: Some(1e-4), ..HopConfig::level(60e9, 300.0, ends) }
        .through(Gas::Constant { oxygen_db_per_km: 15.0 }, rain);
    let wrong = [
        ("/frequency_hz", json!(0.0), "frequency_hz"),
        ("/link/bandwidth_hz", json!(0.0), "bandwidth_hz"),
        ("/polarisation_loss_db", json!(-1.0), "polarisation_loss_db"),
        ("/outage_fraction", json!(1.5), "outage_fraction"),
        ("/route/level/distance_m", json!(-300.0), "distance"),
    ];
    walk.door_to(&level, |config| Hop::new(config.clone()), &wrong);
    let slant = Route::Slant { path, liquid_kg_m2: 0.3, rain: Some(climate) };
    let hop = |route: &Route| {
        Hop::new(HopConfig { route: *route, frequency_hz: 20e9, outage_fraction: None, ..level.clone() })
    };
    let wrong = [
        ("/slant/liquid_kg_m2", json!(-0.3), "liquid"),
        ("/slant/rain/rain_height_m", json!(1e5), "rain_height_m"),
    ];
    walk.door_to(&slant, hop, &wrong);
    let step = Hop::new(level.clone()).unwrap().steps()[2];
    walk.door(&step, &[("/name", json!("magic"), "tx antenna"), ("/level_dbm", json!("low"), "low")]);
    let reach = Hop::new(level).unwrap().range_m().unwrap().unwrap();
    walk.door(&reach, &[("/within", json!(-1.0), "reach")]);
    walk.door(&Reach::Nowhere, &[("", json!("everywhere"), "everywhere")]);
}

fn ladders(walk: &mut Walk) {
    let response = Response::Chebyshev { ripple_db: 0.01 };
    walk.door(&response, &[("/chebyshev/ripple_db", json!(-0.01), "ripple_db")]);
    let order = response.order(40.0, 2.0, Cutoff::RippleEdge).unwrap();
    walk.door(&order, &[("/order", json!(0), "order"), ("/exact", json!(-1.0), "exact")]);
    for terminations in [
        Terminations::VoltageSource { load_ohm: 73.0 },
        Terminations::CurrentSource { load_ohm: 73.0 },
        Terminations::OpenLoad { source_ohm: 50.0 },
        Terminations::ShortedLoad { source_ohm: 50.0 },
    ] {
        walk.door(&terminations, &[]);
    }
    let double = Terminations::Double { source_ohm: 50.0, load_ohm: 73.0 };
    walk.door(&double, &[("/double/load_ohm", json!(-73.0), "load_ohm")]);
    let spec = LadderSpec::chebyshev(7, 0.01, Cutoff::ThreeDb, 50.0, 73.0);
    let wrong = [
        ("/order", json!(0), "order"),
        ("/order", json!(-7), "-7"),
        ("/terminations/double/source_ohm", json!(0.0), "source_ohm"),
    ];
    walk.door_to(&spec, LadderSpec::synthesise, &wrong);
    let family = Family::Elliptic { ripple_db: 0.1, stopband_db: 40.0 };
    let (first, terminations) = (First::Shunt, double);
    let selective =
        |family| SelectiveSpec { family, order: 5, cutoff: Cutoff::RippleEdge, terminations, first };
    let wrong = [
        ("/elliptic/ripple_db", json!(0.0), "ripple_db"),
        ("/elliptic/stopband_db", json!(-40.0), "stopband_db"),
    ];
    walk.door_to(&family, |family| selective(*family).synthesise(), &wrong);
    let wrong = [("/order", json!(0), "order"), ("/terminations/double/load_ohm", json!(0.0), "load_ohm")];
    walk.door_to(&selective(family), SelectiveSpec::synthesise, &wrong);
    let prototype = selective(family).synthesise().unwrap();
    let branch: Branch = prototype.branches()[1];
    walk.door(&branch, &[("/resonator/other", json!(-1.0), "other")]);
    walk.door(&Branch::Single(1.5), &[("/single", json!(0.0), "single")]);
    let band = Band::BandPass { low_hz: 1e9, high_hz: 2e9 };
    let wrong =
        [("/band_pass/low_hz", json!(-1e9), "low_hz"), ("/band_pass/high_hz", json!(0.5e9), "high_hz")];
    walk.door_to(&band, |band| prototype.network(*band), &wrong);
}

fn networks(walk: &mut Walk) {
    let tank = vec![Part::new(PartKind::SeriesL, 1e-9), Part::new(PartKind::SeriesTankC, 1e-12)];
    let wrong = [
        ("/parts", json!([]), "parts"),
        ("/parts/0/value", json!(-1e-9), "value"),
        ("/parts/0/kind", json!("series_r"), "behind its inductor"),
    ];
    walk.door(&Network::new(tank).unwrap(), &wrong);
    let part =
        Part { quality: Quality::At { q: 30.0, frequency_hz: 10e9 }, ..Part::new(PartKind::SeriesL, 1e-9) };
    let wrong = [
        ("/value", json!(-1e-9), "value"),
        ("/quality/at/q", json!(0.0), "q"),
        ("/kind", json!("series_r"), "quality"),
    ];
    walk.door(&part, &wrong);
    let quality = |quality: &Quality| Network::new(vec![Part { quality: *quality, ..part }]);
    walk.door_to(&Quality::Constant { q: 30.0 }, quality, &[("/constant/q", json!(-1.0), "q")]);
    let one = C64::new(1.0, 0.0);
    walk.door(&Abcd { a: one, b: one, c: one, d: one }, &[("/c", json!([1.0, 2.0, 3.0]), "length 3")]);

    let ohms = OnePort::Resistor { ohm: 50.0 };
    let port = OnePort::Parallel(vec![ohms, OnePort::Series(vec![OnePort::Capacitor { farad: 1e-12 }])]);
    let s11 = |port: &OnePort| port.s11(60e9, 50.0);
    let wrong =
        [("/parallel/0/resistor/ohm", json!(-50.0), "ohm"), ("/parallel/1/series", json!([]), "parts")];
    walk.door_to(&port, s11, &wrong);
    let dipole = DipoleEquivalent {
        substrate_farad: 1e-14,
        substrate_henry: 1e-10,
        series_farad: 1e-13,
        series_henry: 1e-10,
        parallel_farad: 1e-13,
        parallel_henry: 1e-10,
        radiation_ohm: 73.0,
    };
    walk.door_to(&dipole, |dipole| s11(&dipole.circuit()), &[("/radiation_ohm", json!(-73.0), "ohm")]);
}

fn touchstone(walk: &mut Walk) {
    for mode in [Mode::Single(1), Mode::Differential(1, 2), Mode::Common(1, 2)] {
        walk.door(&mode, &[]);
    }
    walk.door(&Mode::Single(1), &[("/single", json!(-1), "-1")]);
    let text = "# GHz S RI R 50 75\n1 0 0 0.5 0 0 0 0 0\n1 0.8 0.3 45 0.2\n# Hz\n";
    let file = Touchstone::parse(text, "x.s2p").unwrap();
    let layout = Layout { version: Some(Version::V2_0), ..Layout::default() };
    let written = |layout: &Layout| file.to_text_as(layout);
    walk.door_to(
        &layout,
        written,
        &[("/matrix", json!("lower"), "symmetric"), ("/version", json!("1.0"), "1.0")],
    );
    let noise: NoisePoint = file.noise()[0];
    walk.door(&noise, &[("/resistance_ohm", json!("10"), "string")]);
    let note: Note = file.notes()[0].clone();
    walk.door(&note, &[("/line", json!(-1), "-1")]);
    let health: Health = file.n_port().unwrap().health().unwrap();
    walk.door(&health, &[("/asymmetry", json!([]), "sequence")]);
}

fn yields(walk: &mut Walk) {
    let study = |tolerances: Tolerances, limit: Limit| -> Result<YieldStudy> {
        let network = Network::new(vec![Part::new(PartKind::ShuntC, 1e-12)])?;
        YieldStudy::new(YieldConfig {
            network,
            source_ohm: 50.0,
            load_ohm: 50.0,
            tolerances,
            limits: vec![limit],
        })
    };
    let pass = Limit::AtMost { frequency_hz: 1e9, loss_db: 0.5 };
    let parts = Tolerances { capacitor: 0.1, inductor: 0.05, resistor: 0.0 };
    walk.door_to(&parts, |parts| study(*parts, pass), &[("/inductor", json!(-0.1), "inductor")]);
    let wrong = [("/at_most/frequency_hz", json!(-1.0), "frequency_hz")];
    walk.door_to(&pass, |limit| study(parts, *limit), &wrong);
    let stop = Limit::AtLeast { frequency_hz: 1e12, loss_db: 0.5 };
    walk.door_to(&stop, |limit| study(parts, *limit), &[("/at_least/loss_db", json!("0"), "string")]);
    let config = YieldConfig {
        network: Network::new(vec![Part::new(PartKind::ShuntC, 1e-12)]).unwrap(),
        source_ohm: 50.0,
        load_ohm: 50.0,
        tolerances: parts,
        limits: vec![pass],
    };
    let wrong = [
        ("/limits", json!([]), "limits"),
        ("/source_ohm", json!(-50.0), "source_ohm"),
        ("/tolerances/capacitor", json!(1.0), "capacitor"),
    ];
    walk.door(&config, &wrong);
    let sweep = AcSweep { start_hz: 1e9, stop_hz: 1e10, points: 11, data_file: "s21.txt".into() };
    let wrong = [
        ("/stop_hz", json!(1e9), "stop_hz"),
        ("/points", json!(1), "points"),
        ("/data_file", json!("a b"), "data_file"),
    ];
    walk.door(&sweep, &wrong);
}

#[test]
fn parts_are_named_as_in_a_parts_list() {
    let part: Part = from_value(json!({"kind": "shunt_c", "value": 77.83e-15})).unwrap();
    assert_eq!(part, Part::new(PartKind::ShuntC, 77.83e-15));
    assert!(from_value::<Part>(json!({"kind": "series_l", "value": 1.0})).is_ok());
    assert!(from_value::<Part>(json!({"kind": "series_l", "value": 1.0, "colour": 2})).is_err());
}
