//! Nothing is read from a file that a model would have refused (feature `serde`).
#![cfg(feature = "serde")]

use mimo_gscm::capacity::water_filling_flat;
use mimo_gscm::compare::{ChannelLaw, ChannelTrials, ChannelTrialsConfig};
use mimo_gscm::path::{Coupling, DirectModes, GuideTerm, Path, Ray, Realisation};
use mimo_gscm::path_loss::{City, Link, Terrain};
use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::scenario::*;
use mimo_gscm::statistics::{DelaySpread, KeyholeMetrics, LinkEnd};
use mimo_gscm::study::{Band, CapacityStudy};
use mimo_gscm::transfer::Station;
use mmw_checks::doors::Walk;
use mmw_core::C64;
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::ndarray::{Array3, array};
use mmw_core::random::Streams;
use serde_json::{json, to_value};

#[test]
fn every_type_refuses_damaged_input() {
    let mut walk = Walk::default();
    scenarios(&mut walk);
    readings(&mut walk);
    realisations(&mut walk);
    results(&mut walk);
    comparison(&mut walk);
    capacities(&mut walk);
    walk.covers(env!("CARGO_MANIFEST_DIR"));
}

fn comparison(walk: &mut Walk) {
    walk.names(ChannelLaw::ALL);
    let config = ChannelTrialsConfig { draws: 20, reference_draws: 100, ..ChannelTrialsConfig::default() };
    let made = |config: &ChannelTrialsConfig| {
        let ends = [2, 2].map(|count| Station::linear(count, 0.5, 2e9).unwrap());
        ChannelTrials::new(ChannelModel::new(scenario()).unwrap(), ends, &[10.0], *config)
    };
    let wrong = [("/draws", json!(0), "draws"), ("/outage_probability", json!(1.0), "outage_probability")];
    walk.door_to(&config, made, &wrong);
}

fn capacities(walk: &mut Walk) {
    walk.names(LinkEnd::ALL);
    let station = Station::linear(2, 0.5, 2e9).unwrap().turned(1.0).unwrap();
    let wrong = [
        ("/array/positions_m", json!([]), "antenna positions"),
        ("/array/positions_m/1", json!([0.0]), "length 1"),
        ("/heading_rad", json!("north"), "north"),
    ];
    walk.door(&station, &wrong);
    let band = Some(Band { bandwidth_hz: 20e6, bins: 2 });
    let study = CapacityStudy { receive: station.clone(), transmit: station, snr: 10.0, band };
    let model = ChannelModel::new(scenario()).unwrap();
    let run = |study: &CapacityStudy| study.run(&model, &MonteCarlo::new(1, 20));
    let wrong = [("/snr", json!(-10.0), "snr"), ("/band/bins", json!(0), "bins")];
    walk.door_to(&study, run, &wrong);
    let result = run(&study).unwrap();
    let wrong = [
        ("/power/count", json!(19), "power"),
        ("/capacity/moments/count", json!(19), "moments"),
        ("/capacity/ecdf/sorted", json!([1.0, 2.0]), "moments"),
    ];
    walk.door(&result, &wrong);
    let wrong = [
        ("/moments/mean", json!(result.capacity.ecdf().values()[19]), "moments"),
        ("/moments/squares", json!(0.0), "moments"),
        ("/moments/min", json!(0.0), "moments"),
    ];
    walk.door(&result.capacity, &wrong);
}

/// A scenario with every kind of part.
fn scenario() -> Scenario {
    Scenario::urban_macrocell()
}

fn scenarios(walk: &mut Walk) {
    let wrong = [
        ("/carrier_hz", json!(-1.0), "carrier_hz"),
        ("/base_m", json!([0.0, 1.0]), "length 2"),
        ("/mobile_scatterers/spread_m", json!(-1.0), "spread_m"),
        ("/far_clusters/0/spread_m", json!(-1.0), "spread_m"),
        ("/guides/0/decay_s", json!(-1.0), "decay_s"),
        ("/guides/0/taps", json!(0), "taps"),
    ];
    let model = |scenario: &Scenario| ChannelModel::new(scenario.clone());
    walk.door_to(&scenario(), model, &wrong);
    let with = |change: &dyn Fn(&mut Scenario)| {
        let mut whole = scenario();
        change(&mut whole);
        ChannelModel::new(whole)
    };
    let cloud = |cloud: &ScattererCloud| with(&|whole| whole.mobile_scatterers = *cloud);
    let wrong = [("/lowest_m", json!(1e9), "lowest_m"), ("/count", json!(-1), "-1")];
    walk.door_to(&scenario().mobile_scatterers, cloud, &wrong);
    let cluster = |cluster: &FarCluster| with(&|whole| whole.far_clusters[0] = cluster.clone());
    let wrong = [("/base_illumination_rad", json!(-1.0), "base_illumination_rad")];
    walk.door_to(&scenario().far_clusters[0], cluster, &wrong);
    let guide = |guide: &Guide| with(&|whole| whole.guides[0] = guide.clone());
    walk.door_to(&scenario().guides[0], guide, &[("/modes", json!(0), "modes")]);
    let mouth = |place: &Placement| with(&|whole| whole.guides[0].mouth = *place);
    walk.door_to(&Placement::At([10.0, 20.0, 3.0]), mouth, &[("/at", json!([0.0]), "length 1")]);
    let around = Placement::AroundMobile { spread_m: 100.0 };
    walk.door_to(&around, mouth, &[("/around_mobile/spread_m", json!(-1.0), "spread_m")]);
    let cell = Placement::InCell { radius_m: 1000.0, clearance_m: 100.0 };
    walk.door_to(&cell, mouth, &[("/in_cell/radius_m", json!(-1.0), "radius_m")]);
    let profile = |profile: &EigenvalueProfile| with(&|whole| whole.guides[0].vertical = *profile);
    walk.door_to(&EigenvalueProfile::Flat, profile, &[]);
    let falling = EigenvalueProfile::Exponential { scale: 1.0 };
    walk.door_to(&falling, profile, &[("/exponential/scale", json!(-1.0), "scale")]);
    walk.names(GuideKind::ALL);
    walk.names(City::ALL);
    walk.names(Terrain::ALL);
    let link = Link { distance_m: 2e3, ..Link::default() };
    walk.door(
        &link,
        &[("/base_height_m", json!(-30.0), "base_height_m"), ("/distance_m", json!(0), "distance_m")],
    );
    let band = Band { bandwidth_hz: 20e6, bins: 4 };
    walk.door(&band, &[("/bandwidth_hz", json!(-1.0), "bandwidth_hz"), ("/bins", json!(0), "bins")]);
}

/// The ways to read the paper, each of two names; the macro that declares them calls the type `$name`.
fn readings(walk: &mut Walk) {
    let whole = to_value(Interpretation::default()).unwrap();
    let places: Vec<String> = whole.as_object().unwrap().keys().map(|key| format!("/{key}")).collect();
    let wrong: Vec<_> = places.iter().map(|place| (place.as_str(), json!("grand"), "grand")).collect();
    walk.door(&Interpretation::default(), &wrong);
    walk.within("$name");
    walk.names(CloudScale::ALL);
    walk.names(RadialLaw::ALL);
    walk.names(HeightReference::ALL);
    walk.names(GuidePower::ALL);
    walk.names(CouplingShares::ALL);
    walk.names(EigenvalueRows::ALL);
    walk.names(Eigenvalues::ALL);
    walk.names(EdgeRank::ALL);
    walk.names(Dispersion::ALL);
    walk.names(TapMatrices::ALL);
    walk.names(Normalisation::ALL);
    walk.names(Amplitudes::ALL);
    walk.names(IlluminationMean::ALL);
    walk.names(IlluminationShape::ALL);
    walk.names(GuideCoupling::ALL);
}

fn realisations(walk: &mut Walk) {
    let draw = ChannelModel::new(scenario()).unwrap().draw(&mut Streams::new(1).stream(0));
    let wrong = [
        ("/carrier_hz", json!(-1.0), "carrier_hz"),
        ("/paths/0/gain", json!([1.0]), "length 1"),
        ("/guides/0/strengths", json!([]), "entry"),
        ("/guides/0/exit/weights_im", json!([]), "weights_im of exit"),
    ];
    walk.door(
        &Realisation { paths: draw.paths[..2].to_vec(), guides: vec![small_term(&draw)], ..draw.clone() },
        &wrong,
    );
    walk.door(
        &draw.paths[0],
        &[("/departure", json!([1.0, 0.0]), "length 2"), ("/delay_s", json!("late"), "late")],
    );
    let real = draw.paths[0];
    let real = Path {
        process: real.process,
        delay_s: real.delay_s,
        departure: real.departure,
        arrival: real.arrival,
        departure_distance_m: real.departure_distance_m,
        arrival_distance_m: real.arrival_distance_m,
        gain: 0.5,
    };
    walk.door(&real, &[("/gain", json!([0.5, 0.0]), "sequence")]);
    walk.door(&Ray { direction: [0.0, 1.0, 0.0], distance_m: 3.0 }, &[("/direction", json!([]), "length 0")]);
    let term = small_term(&draw);
    let wrong =
        [("/strengths", json!([1.0]), "weights"), ("/entry/weights_re", json!([0.0]), "weights_re of entry")];
    walk.door(&term, &wrong);
    walk.door(&term.exit, &[("/mouth", json!(null), "null")]);
    walk.door(&Coupling::default(), &[]);
    walk.door(&DirectModes::Dark, &[]);
    let waves = DirectModes::PlaneWaves { directions: vec![[0.0, 1.0, 0.0]], weights: vec![C64::i()] };
    walk.door(&waves, &[("/plane_waves/weights", json!([]), "weights")]);
    let independent = DirectModes::Independent { seed: 3, amplitude: 0.5 };
    walk.door(&independent, &[("/independent/amplitude", json!(-0.5), "amplitude")]);
    for process in [Process::LineOfSight, Process::FarCluster(1), Process::Guide(0)] {
        walk.door(&process, &[("", json!("magic"), "magic")]);
    }
}

/// A guide term of two modes and one scatterer at either end.
fn small_term(draw: &Realisation) -> GuideTerm {
    let mouth = draw.guides[0].entry.mouth;
    let end = Coupling {
        mouth,
        direct: DirectModes::PlaneWaves { directions: vec![mouth.direction; 2], weights: vec![C64::i(); 2] },
        scatterers: vec![mouth],
        weights_re: vec![0.1, 0.2],
        weights_im: vec![0.3, 0.4],
    };
    GuideTerm { guide: 0, delay_s: 1e-6, strengths: vec![0.5, 0.25], entry: end.clone(), exit: end }
}

fn results(walk: &mut Walk) {
    let ledger: PowerLedger = scenario().ledger();
    walk.door(
        &ledger.shares[0],
        &[("/table", json!(-1.0), "table"), ("/normalised", json!(-1.0), "normalised")],
    );
    walk.door(&ledger, &[("/total", json!(-1.0), "total")]);
    let best = water_filling_flat(&array![[C64::new(2.0, 0.0), C64::ZERO]], 1.0).unwrap();
    walk.door(&best, &[("/powers", json!(["much"]), "much")]);
    let metrics = KeyholeMetrics::new(&Array3::from_elem((5, 2, 2), C64::i())).unwrap();
    walk.door(&metrics, &[("/kurtosis", json!("high"), "high")]);
    let draw = ChannelModel::new(scenario()).unwrap().draw(&mut Streams::new(1).stream(0));
    walk.door(&DelaySpread::new(&draw).unwrap(), &[("/rms_s", json!(-1.0), "rms_s")]);
}
