//! Reflection, diffraction, scenarios and budgets against their reference tables.

use crate::tables::{Worst, number, numbers, table};
use linkbudget::budget::{Link, LinkConfig};
use linkbudget::fresnel_integral::{fresnel_integrals, knife_edge_field};
use linkbudget::knife_edge::KnifeEdge;
use linkbudget::mmw_core::C64;
use linkbudget::ndarray::{Array1, array};
use linkbudget::path_loss::{Edge, Gas, Path, PathLoss};
use linkbudget::reflection::{Field, Material, permittivity, reflection_coefficient, return_loss_db, slab};
use linkbudget::scenario::Scenario;
use proptest::prelude::*;

#[test]
fn materials_and_reflections_match_p2040() {
    let (mut gamma, mut epsilon, mut loss) = (Worst::default(), Worst::default(), Worst::default());
    for row in table("p2040_fresnel")["rows"].as_array().unwrap() {
        let row = row.as_array().unwrap();
        let name = row[0].as_str().unwrap();
        let place = || format!("{name} {} GHz {} deg", row[1], row[4]);
        let material = Material::named(name).unwrap();
        let eps = material.permittivity(number(&row[1]) * 1e9).unwrap();
        epsilon.see((eps.re - number(&row[2])).abs() / eps.norm(), place);
        epsilon.see((-eps.im - number(&row[3])).abs() / eps.norm(), place);
        let angle = number(&row[4]).to_radians();
        for (field, column) in [(Field::Te, 5), (Field::Tm, 7)] {
            let expected = C64::new(number(&row[column]), number(&row[column + 1]));
            gamma.see((reflection_coefficient(eps, angle, field).unwrap() - expected).norm(), place);
        }
        loss.see((return_loss_db(eps, angle, Field::Te).unwrap() - number(&row[9])).abs(), place);
        loss.see((return_loss_db(eps, angle, Field::Tm).unwrap() - number(&row[10])).abs(), place);
    }
    epsilon.within("P.2040 permittivity", 1e-14);
    gamma.within("Fresnel", 1e-12);
    loss.within("return loss", 1e-9);
}

#[test]
fn knife_edges_match_thirty_digits() {
    let mut worst = [Worst::default(), Worst::default(), Worst::default()];
    for row in table("knife_edge")["rows"].as_array().unwrap() {
        let row = numbers(row);
        for (i, model) in [KnifeEdge::Exact, KnifeEdge::P526, KnifeEdge::Lee].into_iter().enumerate() {
            let got = model.loss_db(row[0]).unwrap();
            worst[i].see((got - row[i + 1]).abs(), || format!("v = {}", row[0]));
        }
    }
    for (worst, name) in worst.iter().zip(["exact", "P.526", "Lee"]) {
        worst.within(name, 1e-12);
    }
}

#[test]
fn fresnel_integrals_hold_fifteen_digits() {
    // mpmath, 40 digits.
    let rows = include_str!("../data/fresnel_integrals.csv");
    let (mut integral, mut field) = (Worst::default(), Worst::default());
    for line in rows.lines().filter(|line| !line.starts_with('#')) {
        let row: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect();
        let (c, s) = fresnel_integrals(row[0]).unwrap();
        integral.see((c - row[1]).abs().max((s - row[2]).abs()), || format!("v = {}", row[0]));
        let amplitude = knife_edge_field(row[0]).unwrap().norm();
        field.see((amplitude / row[3] - 1.0).abs(), || format!("v = {}", row[0]));
    }
    integral.within("C and S", 1.5e-15);
    // Just below the crossover at 1.6 the difference 1/2 − C loses a digit.
    field.within("|F|", 2e-14);
}

#[test]
fn the_knife_edge_stays_finite_everywhere() {
    for v in [0.0, 1e-300, 1e8, -1e8, 1e154, 1e200, -1e200, f64::MAX, -f64::MAX] {
        for model in [KnifeEdge::Exact, KnifeEdge::P526, KnifeEdge::Lee, KnifeEdge::Paper] {
            assert!(model.loss_db(v).unwrap().is_finite(), "{model:?} {v}");
        }
        let (c, s) = fresnel_integrals(v).unwrap();
        assert!(c.abs() < 1.0 && s.abs() < 1.0);
    }
    assert!(KnifeEdge::Exact.loss_db(f64::NAN).is_err());
}

#[test]
fn scenarios_match_the_corrected_equation() {
    let mut worst = Worst::default();
    let table = table("scenarios");
    for row in table["rows"].as_array().unwrap() {
        let scenario = Scenario::ALL[row["scenario"].as_str().unwrap().parse::<usize>().unwrap() - 1];
        let distance_m = number(&row["d_m"]);
        for (field, te_tm) in [(Field::Te, "te"), (Field::Tm, "tm")] {
            let loss = PathLoss::new(scenario.path(field).unwrap()).unwrap();
            let got = loss.breakdown(distance_m).unwrap();
            let pairs = [
                (got.free_space_db, "fspl_1m".to_string()),
                (got.distance_db, "distance".to_string()),
                (got.oxygen_db, "oxygen_0p01".to_string()),
                (got.reflection_db, format!("refl_{te_tm}")),
                (got.diffraction_db, "knife_edge".to_string()),
                (got.rain_db, "rain_p838_h".to_string()),
                (got.total_db(), format!("total_{te_tm}")),
            ];
            for (value, key) in pairs {
                worst.see((value - number(&row[&key])).abs(), || format!("{scenario:?} {distance_m} {key}"));
            }
            assert_eq!(got.inside_reference, distance_m < 1.0);
        }
    }
    worst.within("scenarios", 1e-9);
}

#[test]
fn the_breakdown_of_an_array_adds_up_to_its_total() {
    let mut path = Scenario::TWO.path(Field::Tm).unwrap();
    path.gas = Gas::LineByLine {
        atmosphere: linkbudget::atmosphere::Atmosphere::p676_reference(),
        revision: linkbudget::gas::Revision::P676V12,
    };
    let loss = PathLoss::new(path).unwrap();
    let distances_m = array![1.0, 2.0, 10.0, 30.0];
    let terms = loss.breakdown_array(&distances_m).unwrap();
    let totals = loss.total_db_array(&distances_m).unwrap();
    for (column, total) in terms.data().columns().into_iter().zip(&totals) {
        assert!((column.sum() - total).abs() < 1e-12);
    }
    // 14.7783 dB/km of gas over 30 m.
    assert!((terms.data()[[3, 3]] + terms.data()[[4, 3]] - 0.443_349_499).abs() < 1e-9);
}

#[test]
fn a_thin_slab_vanishes_and_a_thick_lossy_one_is_a_half_space() {
    let glass = Material::GLASS.permittivity(60e9).unwrap();
    let angle = 1.0;
    let thin = slab(glass, 0.0, 60e9, angle, Field::Tm).unwrap();
    assert!(thin.reflection.norm() < 1e-15 && (thin.transmission - 1.0).norm() < 1e-15);
    let thick = slab(glass, 10.0, 60e9, angle, Field::Tm).unwrap();
    let half_space = reflection_coefficient(glass, angle, Field::Tm).unwrap();
    assert!((thick.reflection - half_space).norm() < 1e-12 && thick.transmission.norm() < 1e-12);
}

#[test]
fn impossible_surfaces_are_refused() {
    let ok = C64::new(4.0, -0.1);
    assert!(reflection_coefficient(C64::new(4.0, 0.1), 0.0, Field::Te).is_err(), "an active material");
    assert!(reflection_coefficient(C64::new(f64::NAN, 0.0), 0.0, Field::Te).is_err());
    assert!(reflection_coefficient(ok, -0.1, Field::Te).is_err());
    assert!(reflection_coefficient(ok, 1.6, Field::Te).is_err());
    assert!(reflection_coefficient(C64::new(0.0, 0.0), 0.0, Field::Tm).is_err());
    assert!(return_loss_db(C64::new(1.0, 0.0), 0.3, Field::Te).is_err(), "nothing is reflected");
    assert!(permittivity(1.0, -1.0, 60e9).is_err() && permittivity(1.0, 1.0, 0.0).is_err());
    assert!(Material::BRICK.permittivity(60e9).is_err(), "outside the fit");
    assert!(slab(ok, -1.0, 60e9, 0.0, Field::Te).is_err());
}

#[test]
fn budgets_refuse_nonsense() {
    let good = LinkConfig::dipoles_at_60_ghz();
    for bad in [f64::NAN, f64::INFINITY, -1.0] {
        assert!(Link::new(LinkConfig { bandwidth_hz: bad, ..good }).is_err());
        assert!(Link::new(LinkConfig { noise_figure_db: bad, ..good }).is_err());
        assert!(Link::new(LinkConfig { system_loss_db: bad, ..good }).is_err());
    }
    let link = Link::new(good).unwrap();
    let flat = PathLoss::new(Path { exponent: 0.0, ..Path::free_space(60e9) }).unwrap();
    assert!(link.max_range_m(&flat, 0.0).is_err(), "a loss that does not grow has no range");
    assert!(PathLoss::new(Path { exponent: -1.0, ..Path::free_space(60e9) }).is_err());
}

proptest! {
    #[test]
    fn a_passive_surface_never_reflects_more_than_it_gets(
        re in -20.0..20.0_f64, im in 0.0..1e6_f64, angle in 0.0..std::f64::consts::FRAC_PI_2,
    ) {
        for field in [Field::Te, Field::Tm] {
            if let Ok(gamma) = reflection_coefficient(C64::new(re, -im), angle, field) {
                prop_assert!(gamma.norm() <= 1.0 + 1e-12);
            }
        }
    }

    #[test]
    fn a_lossless_slab_conserves_power(
        re in 1.01..20.0_f64, angle in 0.0..1.5_f64, thickness_m in 0.0..0.05_f64,
    ) {
        for field in [Field::Te, Field::Tm] {
            let s = slab(C64::new(re, 0.0), thickness_m, 60e9, angle, field).unwrap();
            prop_assert!((s.reflection.norm_sqr() + s.transmission.norm_sqr() - 1.0).abs() < 1e-11);
        }
    }

    #[test]
    fn the_range_of_a_margin_leaves_that_margin(
        exponent in 1.5..4.0_f64, margin_db in 0.0..30.0_f64, oxygen in 0.0..15.0_f64, v in -1.0..2.0_f64,
    ) {
        let path = PathLoss::new(Path {
            exponent,
            gas: Gas::Constant { oxygen_db_per_km: oxygen },
            edges: vec![Edge { v, model: KnifeEdge::Exact }],
            ..Path::free_space(60e9)
        }).unwrap();
        let link = Link::new(LinkConfig::dipoles_at_60_ghz()).unwrap();
        let range_m = link.max_range_m(&path, margin_db).unwrap();
        let left = link.margin_db(path.total_db(range_m).unwrap()).unwrap();
        prop_assert!((left - margin_db).abs() < 1e-10);
    }

    #[test]
    fn the_exact_edge_agrees_with_p526_within_its_error(v in -0.78..20.0_f64) {
        let difference = KnifeEdge::P526.loss_db(v).unwrap() - KnifeEdge::Exact.loss_db(v).unwrap();
        prop_assert!(difference.abs() < 0.1235);
    }
}

#[test]
fn curves_take_arrays() {
    let distances_m = Array1::linspace(2.0, 30.0, 29);
    for scenario in Scenario::ALL {
        let curve = scenario.curve_db(&distances_m, Field::Te).unwrap();
        assert!(curve.iter().all(|loss_db| (75.0..140.0).contains(loss_db)), "Fig. 1 spans 80 to 140 dB");
    }
}
