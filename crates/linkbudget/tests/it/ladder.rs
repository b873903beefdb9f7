//! Ladder synthesis and orders against tables made at 60 digits.

use crate::tables::{Worst, number, numbers, relative, table};
use linkbudget::ladder::{First, LadderSpec, ReflectionZeros, SynthesisError, Terminations, Unrealisable};
use linkbudget::response::{Cutoff, Response};
use proptest::prelude::*;
use serde_json::Value;

fn spec(row: &Value) -> LadderSpec {
    let (source_ohm, load_ohm) = match row["rs"].as_str().unwrap().split_once('/') {
        Some((source, load)) => (source.parse().unwrap(), load.parse().unwrap()),
        None => (number(&row["rs"]), 1.0),
    };
    LadderSpec {
        response: match row["kind"].as_str().unwrap() {
            "butter" => Response::Butterworth,
            _ => Response::Chebyshev { ripple_db: number(&row["ripple_db"]) },
        },
        order: number(&row["n"]) as usize,
        cutoff: Cutoff::RippleEdge,
        terminations: Terminations::new(source_ohm, load_ohm),
        first: if row["topology"] == "shunt" { First::Shunt } else { First::Series },
        reflection_zeros: match row["reflection_zeros"].as_str() {
            Some("rhp") => Some(ReflectionZeros::Right),
            Some("lhp") => Some(ReflectionZeros::Left),
            _ => None,
        },
    }
}

#[test]
fn elements_match_sixty_digits() {
    let mut worst = Worst::default();
    for row in table("ladder_tables")["rows"].as_array().unwrap() {
        if row["realizable"] != true {
            continue;
        }
        let got = spec(row).synthesise().unwrap_or_else(|error| panic!("{row}: {error}"));
        let expected = numbers(&row["elements"]);
        assert_eq!(got.elements().len(), expected.len());
        for (element, expected) in got.elements().iter().zip(expected) {
            worst.see(relative(*element, expected), || format!("{:?}", spec(row)));
        }
    }
    worst.within("ladder elements", 1e-13);
}

#[test]
fn unrealisable_rows_are_refused_with_their_reason() {
    let mut seen = 0;
    for row in table("ladder_tables")["rows"].as_array().unwrap() {
        if row["realizable"] == true {
            continue;
        }
        let reason = spec(row).synthesise().unwrap_err().reason().unwrap();
        let text = row["reason"].as_str().unwrap();
        match reason {
            Unrealisable::EvenOrderTerminations { first } => {
                assert!(text.contains("even n needs") && first == spec(row).first, "{row}");
            }
            Unrealisable::EvenChebyshevMatch { gain, .. } => {
                let printed: f64 =
                    text.split("K=").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
                assert!((gain - printed).abs() < 1e-6, "{row}");
            }
            other => panic!("{row}: {other:?}"),
        }
        seen += 1;
    }
    assert!(seen > 100);
}

/// Rows of `ladder_extreme.csv`: kind, n, ripple, source, load, first, zeros, elements.
#[test]
fn extreme_ladders_keep_their_digits() {
    let mut worst = [Worst::default(), Worst::default()];
    for line in include_str!("../data/ladder_extreme.csv").lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split(',').collect();
        let parse = |i: usize| cells[i].parse::<f64>().unwrap();
        let spec = LadderSpec {
            response: match cells[0] {
                "butter" => Response::Butterworth,
                _ => Response::Chebyshev { ripple_db: parse(2) },
            },
            order: parse(1) as usize,
            cutoff: Cutoff::RippleEdge,
            terminations: match (cells[3], cells[4]) {
                ("inf", _) => Terminations::CurrentSource { load_ohm: parse(4) },
                (_, "inf") => Terminations::OpenLoad { source_ohm: parse(3) },
                _ => Terminations::new(parse(3), parse(4)),
            },
            first: if cells[5] == "shunt" { First::Shunt } else { First::Series },
            reflection_zeros: match cells[6] {
                "R" => Some(ReflectionZeros::Right),
                "L" => Some(ReflectionZeros::Left),
                _ => None,
            },
        };
        let got = spec.synthesise().unwrap_or_else(|error| panic!("{spec:?}: {error}"));
        let long = usize::from(spec.order > 15);
        for (i, element) in got.elements().iter().enumerate() {
            worst[long].see(relative(*element, parse(7 + i)), || format!("{spec:?} element {i}"));
        }
    }
    worst[0].within("extreme terminations", 1e-13);
    worst[1].within("long ladders", 1e-12);
}

#[test]
fn orders_match_the_table() {
    let ripples = [0.01, 0.1, 0.5, 1.0, 3.0];
    let mut worst = Worst::default();
    for row in table("order")["rows"].as_array().unwrap() {
        let row = numbers(row);
        let butterworth = Response::Butterworth.order(row[0], row[1], Cutoff::ThreeDb).unwrap();
        worst.see(relative(butterworth.exact, row[2]), || format!("Butterworth {row:?}"));
        assert_eq!(butterworth.order, row[2].ceil() as usize);
        for (ripple_db, exact) in ripples.into_iter().zip(&row[3..]) {
            let response = Response::Chebyshev { ripple_db };
            let got = response.order(row[0], row[1], Cutoff::RippleEdge).unwrap();
            worst.see(relative(got.exact, *exact), || format!("{ripple_db} dB {row:?}"));
        }
    }
    worst.within("orders", 1e-12);
}

#[test]
fn an_order_is_the_inverse_of_its_attenuation() {
    for response in [Response::Butterworth, Response::Chebyshev { ripple_db: 0.5 }] {
        for cutoff in [Cutoff::RippleEdge, Cutoff::ThreeDb] {
            for n in [1, 2, 7, 40] {
                let attenuation_db = response.attenuation_db(n, 1.7, cutoff).unwrap();
                let order = response.order(attenuation_db, 1.7, cutoff).unwrap();
                assert!((order.exact - n as f64).abs() < 1e-9 && order.order == n, "{response:?} {order:?}");
            }
        }
    }
    let flat = Response::Chebyshev { ripple_db: 1.0 }.order(0.5, 2.0, Cutoff::RippleEdge).unwrap();
    assert_eq!((flat.exact, flat.order), (0.0, 1), "less than the ripple needs no order");
}

#[test]
fn published_singly_terminated_values_come_back() {
    let synthesise = |response, order, terminations, first| {
        let spec = LadderSpec {
            response,
            order,
            cutoff: Cutoff::ThreeDb,
            terminations,
            first,
            reflection_zeros: None,
        };
        spec.synthesise().map(|ladder| ladder.elements().to_vec())
    };
    let butterworth = Response::Butterworth;
    let voltage = Terminations::VoltageSource { load_ohm: 1.0 };
    let third = synthesise(butterworth, 3, voltage, First::Series).unwrap();
    for (got, printed) in third.iter().zip([1.5, 4.0 / 3.0, 0.5]) {
        assert!((got - printed).abs() < 1e-14);
    }
    let reversed =
        synthesise(butterworth, 3, Terminations::OpenLoad { source_ohm: 1.0 }, First::Shunt).unwrap();
    for (got, printed) in reversed.iter().zip([0.5, 4.0 / 3.0, 1.5]) {
        assert!((got - printed).abs() < 1e-14);
    }
    let error = synthesise(butterworth, 3, voltage, First::Shunt).unwrap_err();
    assert_eq!(error.reason(), Some(Unrealisable::ElementWithoutEffect));
}

#[test]
fn a_vanishing_source_tends_to_the_single_termination() {
    for response in [Response::Butterworth, Response::Chebyshev { ripple_db: 0.5 }] {
        for order in [1, 2, 3, 6, 7] {
            let spec = |terminations| LadderSpec {
                response,
                order,
                cutoff: Cutoff::RippleEdge,
                terminations,
                first: First::Series,
                reflection_zeros: Some(ReflectionZeros::Left),
            };
            let limit = spec(Terminations::new(0.0, 1.0)).synthesise().unwrap();
            let near = spec(Terminations::new(1e-13, 1.0)).synthesise().unwrap();
            for (a, b) in near.elements().iter().zip(limit.elements()) {
                assert!(relative(*a, *b) < 1e-11, "{response:?} {order}: {a} {b}");
            }
        }
    }
}

#[test]
fn bad_parameters_are_refused_as_parameters() {
    let good = LadderSpec::chebyshev(7, 0.1, Cutoff::RippleEdge, 50.0, 73.0);
    for bad in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
        for spec in [
            LadderSpec { terminations: Terminations::new(bad, 73.0), ..good },
            LadderSpec { terminations: Terminations::new(50.0, bad), ..good },
            LadderSpec { response: Response::Chebyshev { ripple_db: bad }, ..good },
        ] {
            assert!(matches!(spec.synthesise(), Err(SynthesisError::Parameter(_))), "{spec:?}");
        }
    }
    assert!(LadderSpec { order: 0, ..good }.synthesise().is_err());
    assert!(LadderSpec { order: usize::MAX, ..good }.synthesise().is_err());
    assert!(LadderSpec { terminations: Terminations::new(0.0, 0.0), ..good }.synthesise().is_err());
    let ladder = good.synthesise().unwrap();
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-320] {
        assert!(ladder.components(bad).is_err(), "{bad}");
    }
    let edge =
        LadderSpec { cutoff: Cutoff::ThreeDb, response: Response::Chebyshev { ripple_db: 3.1 }, ..good };
    assert_eq!(edge.synthesise().unwrap_err().reason(), Some(Unrealisable::RippleAboveThreeDb));
    let zeros = LadderSpec { reflection_zeros: Some(ReflectionZeros::Left), ..good };
    let reason = zeros.synthesise().unwrap_err().reason();
    assert_eq!(reason, Some(Unrealisable::ReflectionZerosFixed { possible: ReflectionZeros::Right }));
}

proptest! {
    #[test]
    fn elements_are_positive_whatever_is_asked(
        order in 1..60_usize, ratio_db in -60.0..60.0_f64, ripple_db in 0.001..10.0_f64,
        chebyshev: bool, series: bool, left: bool,
    ) {
        let spec = LadderSpec {
            response: if chebyshev { Response::Chebyshev { ripple_db } } else { Response::Butterworth },
            order,
            cutoff: Cutoff::RippleEdge,
            terminations: Terminations::new(10_f64.powf(ratio_db / 20.0), 1.0),
            first: if series { First::Series } else { First::Shunt },
            reflection_zeros: left.then_some(ReflectionZeros::Left),
        };
        if let Ok(ladder) = spec.synthesise() {
            prop_assert!(ladder.elements().iter().all(|g| g.is_finite() && *g > 0.0));
        }
    }

    #[test]
    fn the_dual_ladder_swaps_shunt_and_series(order in 1..30_usize, source_ohm in 0.05..20.0_f64) {
        let spec = LadderSpec::butterworth(order, source_ohm, 1.0);
        let dual = LadderSpec { first: First::Series, ..LadderSpec::butterworth(order, 1.0 / source_ohm, 1.0) };
        match (spec.synthesise(), dual.synthesise()) {
            (Ok(a), Ok(b)) => for (x, y) in a.elements().iter().zip(b.elements()) {
                prop_assert!(relative(*x, *y) < 1e-12);
            },
            (a, b) => prop_assert!(a.is_err() && b.is_err()),
        }
    }

    #[test]
    fn attenuation_grows_beyond_the_edge(order in 1..40_usize, ratio in 1.0..100.0_f64, ripple_db in 0.01..3.0_f64) {
        for response in [Response::Butterworth, Response::Chebyshev { ripple_db }] {
            for cutoff in [Cutoff::RippleEdge, Cutoff::ThreeDb] {
                let at = |x| response.attenuation_db(order, x, cutoff).unwrap();
                prop_assert!(at(ratio * 1.01) > at(ratio));
                prop_assert!(at(1e300).is_finite());
            }
            prop_assert!((response.attenuation_db(order, 1.0, Cutoff::ThreeDb).unwrap() - 3.010_299_956_6).abs() < 1e-9);
        }
    }
}
