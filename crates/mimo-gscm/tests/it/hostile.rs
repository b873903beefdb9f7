//! Scenarios that cannot be, and all those that can.

use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::scenario::*;
use mimo_gscm::transfer::{Station, Transfer};
use mmw_core::random::Streams;
use mmw_core::{Axis, C64};
use proptest::option;
use proptest::prelude::*;

fn kind(change: impl FnOnce(&mut Scenario)) -> &'static str {
    let mut scenario = Scenario::urban_macrocell();
    change(&mut scenario);
    ChannelModel::new(scenario).err().map_or("fine", |error| error.kind())
}

#[test]
fn impossible_scenarios_give_typed_errors() {
    assert_eq!(kind(|_| ()), "fine");
    assert_eq!(kind(|s| s.mobile_m = s.base_m), "invalid");
    assert_eq!(kind(|s| s.mobile_scatterers.count = 0), "invalid");
    assert_eq!(kind(|s| s.far_clusters[0].count = 0), "invalid");
    assert_eq!(kind(|s| s.far_clusters.clear()), "invalid"); // guides are fed by it
    assert_eq!(kind(|s| s.far_clusters[0].via_base_db = Some(-0.5)), "invalid");
    assert_eq!(kind(|s| s.far_clusters[0].power_db = Some(f64::INFINITY)), "domain");
    assert_eq!(kind(|s| s.mobile_scatter_db = Some(1e9)), "domain");
    assert_eq!(kind(|s| s.carrier_hz = 0.0), "domain");
    assert_eq!(kind(|s| s.guides[0].mobile_direct_db = None), "fine");
    assert_eq!(
        kind(|s| {
            s.guides[0].mobile_direct_db = None;
            s.guides[0].mobile_scatter_db = None;
        }),
        "invalid"
    );
    assert_eq!(kind(|s| s.guides[0].modes = 0), "domain");
    // Pairs that no memory holds.
    assert_eq!(
        kind(|s| {
            s.double_scatter_db = Some(-3.0);
            (s.base_scatterers.count, s.mobile_scatterers.count) = (20_000, 20_000);
        }),
        "domain"
    );
    assert_eq!(kind(|s| (s.far_clusters[0].count, s.mobile_scatterers.count) = (100_000, 100_000)), "domain");
    assert_eq!(
        kind(|s| s.far_clusters[0].placement = Placement::InCell { radius_m: 100.0, clearance_m: 300.0 }),
        "invalid"
    );
    assert_eq!(
        kind(|s| {
            s.rice_factor_db = None;
            s.mobile_scatter_db = None;
            s.far_clusters.clear();
            s.guides.clear();
        }),
        "invalid"
    );
    assert_eq!(kind(|s| s.double_scatter_db = Some(-3.0)), "fine");
}

#[test]
fn nan_anywhere_is_refused() {
    let places: [fn(&mut Scenario) -> &mut f64; 35] = [
        |s| &mut s.carrier_hz,
        |s| &mut s.base_m[0],
        |s| &mut s.base_m[1],
        |s| &mut s.base_m[2],
        |s| &mut s.mobile_m[0],
        |s| &mut s.mobile_m[1],
        |s| &mut s.mobile_m[2],
        |s| s.rice_factor_db.insert(0.0),
        |s| s.mobile_scatter_db.insert(0.0),
        |s| s.base_scatter_db.insert(0.0),
        |s| s.double_scatter_db.insert(0.0),
        |s| s.double_illumination_rad.insert(0.0),
        |s| &mut s.base_scatterers.spread_m,
        |s| &mut s.base_scatterers.lowest_m,
        |s| &mut s.base_scatterers.highest_m,
        |s| &mut s.mobile_scatterers.spread_m,
        |s| &mut s.mobile_scatterers.lowest_m,
        |s| &mut s.mobile_scatterers.highest_m,
        |s| &mut s.far_clusters[0].spread_m,
        |s| s.far_clusters[0].power_db.insert(0.0),
        |s| s.far_clusters[0].via_base_db.insert(0.0),
        |s| s.far_clusters[0].via_mobile_db.insert(0.0),
        |s| s.far_clusters[0].base_illumination_rad.insert(0.0),
        |s| s.far_clusters[0].mobile_illumination_rad.insert(0.0),
        |s| s.guides[1].power_db.insert(0.0),
        |s| &mut s.guides[1].decay_s,
        |s| s.guides[1].base_direct_db.insert(0.0),
        |s| s.guides[1].base_scatter_db.insert(0.0),
        |s| s.guides[1].far_cluster_db.insert(0.0),
        |s| s.guides[1].mobile_direct_db.insert(0.0),
        |s| s.guides[1].mobile_scatter_db.insert(0.0),
        |s| s.guides[1].base_illumination_rad.insert(0.0),
        |s| s.guides[1].mobile_illumination_rad.insert(0.0),
        |s| &mut s.guides[1].base_spread_rad,
        |s| &mut s.guides[1].mobile_spread_rad,
    ];
    for (index, place) in places.into_iter().enumerate() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(kind(|s| *place(s) = bad), "domain", "{index}");
        }
    }
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for placement in [
            Placement::At([0.0, bad, 0.0]),
            Placement::InCell { radius_m: bad, clearance_m: 1.0 },
            Placement::InCell { radius_m: 1000.0, clearance_m: bad },
            Placement::AroundMobile { spread_m: bad },
        ] {
            assert_eq!(kind(|s| s.far_clusters[0].placement = placement), "domain", "{placement:?}");
            assert_eq!(kind(|s| s.guides[2].mouth = placement), "domain", "{placement:?}");
        }
        let profile = EigenvalueProfile::Exponential { scale: bad };
        assert_eq!(kind(|s| s.guides[0].horizontal = profile), "domain");
        assert_eq!(kind(|s| s.guides[0].vertical = profile), "domain");
    }
}

#[test]
fn hostile_channels_and_arrays_give_typed_errors() {
    let array = Station::linear(2, 0.5, 2e9).unwrap();
    assert!(Station::linear(0, 0.5, 2e9).is_err() && Station::linear(2, f64::NAN, 2e9).is_err());
    assert!(array.clone().turned(f64::NAN).is_err());
    assert!(Transfer::flat(&array, &array, f64::NAN).is_err());
    let transfer = Transfer::flat(&array, &array, 2e9).unwrap();
    let model = ChannelModel::new(Scenario::urban_macrocell()).unwrap();
    let mut channel = model.draw(&mut Streams::new(1).stream(0));
    assert!(channel.moved([f64::NAN, 0.0, 0.0]).is_err() && channel.doppler_hz([f64::INFINITY; 3]).is_err());
    assert!(transfer.taps(&channel, 0.0, 0.0, 10).is_err() && transfer.taps(&channel, 1e6, 0.0, 0).is_err());
    channel.paths[0].gain = C64::new(f64::NAN, 0.0);
    assert_eq!(transfer.matrix(&channel).unwrap_err().kind(), "not_finite");
    channel.paths.clear();
    channel.guides[0].strengths.pop();
    channel.guides[1].exit.weights_re.clear();
    assert!(transfer.matrix(&channel).is_ok());
    channel.guides.clear();
    assert!(transfer.matrix(&channel).unwrap().iter().all(|z| z.norm() == 0.0));
    let band = Axis::uniform("frequency", "Hz", 0.0, 1e6, 3).unwrap();
    let empty = Transfer::new(&array, &array, 2e9, band).unwrap().response(&channel).unwrap();
    assert!(empty.data().iter().all(|z| z.norm() == 0.0));
}

fn db() -> impl Strategy<Value = Option<f64>> {
    option::of(-210.0..210.0f64)
}

fn reading() -> impl Strategy<Value = Interpretation> {
    any::<[bool; 16]>().prop_map(|b| Interpretation {
        cloud_scale: if b[0] { CloudScale::Literal } else { CloudScale::Spread },
        radial_law: if b[1] { RadialLaw::HalfNormal } else { RadialLaw::AreaDensity },
        height_reference: if b[2] { HeightReference::Ground } else { HeightReference::Antenna },
        guide_power: if b[3] { GuidePower::AllGuides } else { GuidePower::EachGuide },
        entry_shares: if b[4] { CouplingShares::Literal } else { CouplingShares::Renormalised },
        exit_shares: if b[5] { CouplingShares::Literal } else { CouplingShares::Renormalised },
        eigenvalue_rows: if b[6] { EigenvalueRows::BySubscript } else { EigenvalueRows::ByMeaning },
        eigenvalues: if b[7] { Eigenvalues::Independent } else { Eigenvalues::Profile },
        edge_rank: if b[8] { EdgeRank::Restricted } else { EdgeRank::Unrestricted },
        dispersion: if b[9] { Dispersion::Amplitude } else { Dispersion::Power },
        tap_matrices: if b[10] { TapMatrices::Shared } else { TapMatrices::Independent },
        normalisation: if b[11] { Normalisation::NonLineOfSight } else { Normalisation::Total },
        amplitudes: if b[12] { Amplitudes::ComplexNormal } else { Amplitudes::EqualPower },
        illumination_mean: if b[13] { IlluminationMean::OtherEnd } else { IlluminationMean::SeenScatterer },
        illumination_shape: if b[14] { IlluminationShape::Window } else { IlluminationShape::Gaussian },
        guide_coupling: if b[15] { GuideCoupling::IndependentModes } else { GuideCoupling::MouthAngles },
    })
}

fn placement() -> impl Strategy<Value = Placement> {
    prop_oneof![
        any::<[i32; 3]>().prop_map(|p| Placement::At(p.map(|x| f64::from(x) / 100.0))),
        (0.0..1e5f64, 0.0..2e4f64)
            .prop_map(|(radius_m, clearance_m)| Placement::InCell { radius_m, clearance_m }),
        (0.0..1e5f64).prop_map(|spread_m| Placement::AroundMobile { spread_m }),
    ]
}

prop_compose! {
    fn scenario()(
        powers in prop::array::uniform4(db()),
        counts in prop::array::uniform3(0usize..5),
        shares in prop::array::uniform8(db()),
        place in placement(),
        mouth in placement(),
        spreads in prop::array::uniform3(option::of(1e-6..10.0f64)),
        ends in any::<[i16; 4]>(),
        scale in 1e-3..1e3f64,
        modes in 1usize..6,
        edge in any::<bool>(),
        interpretation in reading(),
    ) -> Scenario {
        let mut s = Scenario::urban_macrocell();
        s.base_m = [0.0, 0.0, f64::from(ends[0])];
        s.mobile_m = [f64::from(ends[1]), f64::from(ends[2]), f64::from(ends[3])];
        [s.rice_factor_db, s.base_scatter_db, s.mobile_scatter_db, s.double_scatter_db] = powers;
        [s.base_scatterers.count, s.mobile_scatterers.count, s.far_clusters[0].count] = counts;
        s.mobile_scatterers.spread_m = scale;
        s.double_illumination_rad = spreads[0];
        let cluster = &mut s.far_clusters[0];
        [cluster.power_db, cluster.via_base_db, cluster.via_mobile_db] = [shares[0], shares[1], shares[2]];
        cluster.placement = place;
        cluster.mobile_illumination_rad = spreads[1];
        let mut guide = if edge { Guide::roof_edge() } else { Guide::waveguide() };
        [guide.base_direct_db, guide.base_scatter_db, guide.far_cluster_db] = [shares[3], shares[4], shares[5]];
        [guide.mobile_direct_db, guide.mobile_scatter_db] = [shares[6], shares[7]];
        guide.mobile_illumination_rad = spreads[2];
        guide.vertical = EigenvalueProfile::Exponential { scale };
        guide.modes = modes;
        guide.mouth = mouth;
        s.guides = vec![guide; modes % 3];
        s.interpretation = interpretation;
        s
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_scenario_that_validates_draws_finite_channels(scenario in scenario(), seed in any::<u64>()) {
        if let Ok(model) = ChannelModel::new(scenario) {
            let mut rng = Streams::new(seed).stream(0);
            let array = Station::linear(2, 0.5, 2e9).unwrap();
            let offsets = Axis::uniform("frequency", "Hz", -1e6, 1e6, 3).unwrap();
            let transfer = Transfer::new(&array, &array, 2e9, offsets).unwrap();
            let channel = model.draw(&mut rng);
            prop_assert!(channel.paths.iter().all(|path| path.delay_s.is_finite() && path.delay_s >= 0.0));
            prop_assert!(transfer.response(&channel).is_ok());
            prop_assert!(transfer.response(&channel.moved([1.0, 2.0, 3.0]).unwrap()).is_ok());
            let flat = Transfer::flat(&array, &array, 2e9).unwrap();
            prop_assert!(flat.matrix(&model.draw_narrowband(&mut rng)).is_ok());
            let total: f64 = model.ledger().shares.iter().map(|share| share.normalised).sum();
            prop_assert!(total.is_finite() && total > 0.0);
        }
    }
}

#[cfg(feature = "serde")]
#[test]
fn a_scenario_survives_json_and_unknown_fields_do_not() {
    let scenario = Scenario::urban_macrocell();
    let text = serde_json::to_string(&scenario).unwrap();
    assert_eq!(serde_json::from_str::<Scenario>(&text).unwrap(), scenario);
    let wrong = text.replacen("carrier_hz", "carrier_ghz", 1);
    assert!(serde_json::from_str::<Scenario>(&wrong).is_err());
}
