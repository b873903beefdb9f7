//! Inverse Chebyshev, elliptic and Bessel ladders and the bands they are transformed to, against SciPy, a
//! synthesis at 60 digits and published tables (see `tests/data/README.md`).

use crate::tables::{Worst, number, numbers, relative, table};
use linkbudget::ladder::{
    Band, Branch, Family, First, LadderSpec, Prototype, SelectiveSpec, Terminations, Unrealisable,
};
use linkbudget::ndarray::{Array1, array};
use linkbudget::network::{Network, Part, PartKind};
use linkbudget::response::Cutoff;

fn spec(family: Family, order: usize, cutoff: Cutoff, source_ohm: f64, load_ohm: f64) -> SelectiveSpec {
    SelectiveSpec {
        family,
        order,
        cutoff,
        terminations: Terminations::new(source_ohm, load_ohm),
        first: First::Shunt,
    }
}

fn singles(prototype: &Prototype) -> Vec<f64> {
    let value = |branch: &Branch| match branch {
        Branch::Single(value) => *value,
        _ => f64::NAN,
    };
    prototype.branches().iter().map(value).collect()
}

#[test]
fn responses_of_the_ladders_are_those_of_scipy() {
    let reference = table("selective_ladders");
    let ratios = Array1::from(numbers(&reference["frequencies"]));
    let mut worst = Worst::default();
    for row in reference["responses"].as_array().unwrap() {
        let stopband_db = row["stopband_db"].as_f64().unwrap_or_default();
        let (family, cutoff) = match row["family"].as_str().unwrap() {
            "inverse_chebyshev" => (Family::InverseChebyshev { stopband_db }, Cutoff::RippleEdge),
            "elliptic" => {
                (Family::Elliptic { ripple_db: number(&row["ripple_db"]), stopband_db }, Cutoff::RippleEdge)
            }
            _ => (Family::Bessel, Cutoff::ThreeDb),
        };
        let order = row["order"].as_u64().unwrap() as usize;
        for (source_ohm, load_ohm) in [(50.0, 50.0), (50.0, 73.0), (100.0, 50.0)] {
            for first in [First::Shunt, First::Series] {
                let spec = SelectiveSpec { first, ..spec(family, order, cutoff, source_ohm, load_ohm) };
                let prototype = match spec.synthesise() {
                    Ok(prototype) => prototype,
                    Err(error) => {
                        let place = format!("{row} {first} {source_ohm}/{load_ohm}: {error}");
                        println!("{place}");
                        let matched = source_ohm == load_ohm;
                        assert!(!matched || row["family"] == "inverse_chebyshev", "{place}");
                        let even = Unrealisable::EvenOrderTerminations { first };
                        let reasons = [even, Unrealisable::NegativeElements];
                        assert!(error.reason().is_some_and(|reason| reasons.contains(&reason)), "{place}");
                        continue;
                    }
                };
                let network = prototype.network(Band::LowPass { cutoff_hz: 1e9 }).unwrap();
                let loss_db = network.transducer_loss_db(&(&ratios * 1e9), source_ohm, load_ohm).unwrap();
                let flat_db = 20.0 * (0.5 * (source_ohm + load_ohm) / (source_ohm * load_ohm).sqrt()).log10();
                for ((got, expected), ratio) in loss_db.iter().zip(numbers(&row["loss_db"])).zip(&ratios) {
                    // As a fraction of the voltage: near a zero of transmission decibels have no bound.
                    let voltage = |db: f64| 10_f64.powf(-db / 20.0);
                    let error = (voltage(got - flat_db) - voltage(expected)).abs();
                    let cost = 8_f64.powi(order as i32) * f64::EPSILON + 1e-11;
                    worst.see(error / cost, || format!("{row} {first} {source_ohm}/{load_ohm} at {ratio}"));
                }
            }
        }
    }
    // Each extraction of a pole costs most of a digit; SciPy's roots have eleven.
    worst.within("selective responses, over their cost", 10.0);
}

#[test]
fn bessel_elements_are_those_of_60_digits() {
    let mut worst = Worst::default();
    for row in table("selective_ladders")["bessel_elements"].as_array().unwrap() {
        let order = row["order"].as_u64().unwrap() as usize;
        let bessel = spec(Family::Bessel, order, Cutoff::ThreeDb, number(&row["source_ohm"]), 1.0);
        let got = singles(&bessel.synthesise().unwrap_or_else(|error| panic!("{row}: {error}")));
        // Polynomials in double precision: each order costs a good digit of the elements, of order 8 six are
        // left.
        let cost = 14_f64.powi(order as i32) * f64::EPSILON;
        for (got, expected) in got.iter().zip(numbers(&row["elements"])) {
            worst.see(relative(*got, expected) / cost, || row.to_string());
        }
    }
    worst.within("Bessel, over its cost", 10.0);
}

#[test]
fn published_tables_are_met_to_their_digits() {
    // A. I. Zverev, "Handbook of Filter Synthesis" (1967): maximally flat delay, RS = RL, 3 dB at 1 rad/s.
    for (order, printed) in [
        (2, vec![0.5755, 2.1478]),
        (3, vec![0.3374, 0.9705, 2.2034]),
        (4, vec![0.2334, 0.6725, 1.0815, 2.2404]),
        (5, vec![0.1743, 0.5072, 0.8040, 1.1110, 2.2582]),
    ] {
        let got = singles(&spec(Family::Bessel, order, Cutoff::ThreeDb, 1.0, 1.0).synthesise().unwrap());
        for (got, printed) in got.iter().zip(&printed) {
            assert!((got - printed).abs() < 6e-5, "{order}: {got} {printed}");
        }
    }
    // Matthaei, Young and Jones (1964), table of Chebyshev filters: g_(n+1) of even orders by ripple.
    for (ripple_db, printed) in
        [(0.01, 1.1007), (0.1, 1.3554), (0.2, 1.5386), (0.5, 1.9841), (1.0, 2.6599), (3.0, 5.8095)]
    {
        let ratio = LadderSpec::chebyshev(4, ripple_db, Cutoff::RippleEdge, 1.0, 1.0).limit_ratio().unwrap();
        // They round 40/ln 10 = 17.3718 to 17.37, by which the ratio of 1 dB grows by 1.4e-4 and that of 3 dB
        // by 6e-4.
        assert!((ratio - printed).abs() < 1.3e-4 * ratio, "{ripple_db}: {ratio}");
        assert!(LadderSpec::chebyshev(4, ripple_db, Cutoff::RippleEdge, ratio, 1.0).synthesise().is_ok());
        let closer =
            LadderSpec::chebyshev(4, ripple_db, Cutoff::RippleEdge, ratio * (1.0 - 1e-9), 1.0).synthesise();
        let refusal = closer.unwrap_err();
        assert!(refusal.to_string().contains(&format!("at least {ratio} times")), "{refusal}");
    }
    assert_eq!(LadderSpec::chebyshev(3, 3.0, Cutoff::RippleEdge, 1.0, 1.0).limit_ratio().unwrap(), 1.0);
}

#[test]
fn bands_are_where_the_transformations_put_them() {
    let elliptic = Family::Elliptic { ripple_db: 0.1, stopband_db: 40.0 };
    let (w1, w2) = (57e9, 64e9);
    for prototype in [
        LadderSpec::chebyshev(5, 0.1, Cutoff::RippleEdge, 50.0, 73.0).synthesise().unwrap().prototype(),
        spec(elliptic, 5, Cutoff::RippleEdge, 50.0, 73.0).synthesise().unwrap(),
        SelectiveSpec { first: First::Series, ..spec(elliptic, 7, Cutoff::RippleEdge, 50.0, 73.0) }
            .synthesise()
            .unwrap(),
    ] {
        let loss_db = |band, hz: f64| {
            prototype.network(band).unwrap().transducer_loss_db(&array![hz], 50.0, 73.0).unwrap()[0]
        };
        for x in [0.3, 0.77, 1.0, 1.13, 1.9, 3.4] {
            let low = loss_db(Band::LowPass { cutoff_hz: 1e9 }, x * 1e9);
            let high = loss_db(Band::HighPass { cutoff_hz: 1e9 }, 1e9 / x);
            // The frequencies of a band-pass whose (w² − w0²)/(w Δ) is x, and of a band-stop where it is 1/x.
            let upper = |x: f64| 0.5 * x * (w2 - w1) + (0.25 * (x * (w2 - w1)).powi(2) + w1 * w2).sqrt();
            let lower = |x: f64| w1 * w2 / upper(x);
            let band = Band::BandPass { low_hz: w1, high_hz: w2 };
            let stop = Band::BandStop { low_hz: w1, high_hz: w2 };
            let all = [
                high,
                loss_db(band, upper(x)),
                loss_db(band, lower(x)),
                loss_db(stop, upper(1.0 / x)),
                loss_db(stop, lower(1.0 / x)),
            ];
            for got in all {
                // Band over width is 9: what rounding does to a resonator is as much greater.
                assert!((got - low).abs() < 1e-9 * (1.0 + 10_f64.powf(low / 20.0)), "{x}: {low} {all:?}");
            }
        }
    }
}

#[test]
fn reflection_and_transmission_of_resonators_keep_the_power() {
    let family = Family::Elliptic { ripple_db: 0.5, stopband_db: 50.0 };
    let prototype = spec(family, 7, Cutoff::ThreeDb, 50.0, 50.0).synthesise().unwrap();
    for band in [Band::LowPass { cutoff_hz: 1e9 }, Band::BandStop { low_hz: 0.9e9, high_hz: 1.2e9 }] {
        let network = prototype.network(band).unwrap();
        let f = Array1::linspace(0.1e9, 3e9, 97);
        for s in network.s_parameters(&f, 50.0, 50.0).unwrap().data().outer_iter() {
            assert!((s[[0, 0]].norm_sqr() + s[[1, 0]].norm_sqr() - 1.0).abs() < 1e-12);
        }
        // The derivative that is carried along is that of the phase.
        let step = 1e2;
        for f in [0.3e9, 0.8e9, 1.31e9] {
            let s = network.s_parameters(&array![f - step, f + step], 50.0, 50.0).unwrap();
            let turn = (s.data()[[1, 1, 0]] / s.data()[[0, 1, 0]]).arg();
            let delay = network.group_delay_s(&array![f], 50.0, 50.0).unwrap().data()[0];
            let slope = -turn / (2.0 * std::f64::consts::TAU * step);
            // A turn of 1e-6 rad is known to 1e-16/1e-6 and bends by the square of the step.
            assert!((delay / slope - 1.0).abs() < 1e-6, "{delay} {slope}");
        }
    }
}

#[test]
fn equal_resistances_have_a_ladder_where_those_next_to_them_have_one() {
    // Least squares on the transmission of SciPy's `cheb2ap` find ladders for order 7 and 40 dB.
    for (order, stopband_db) in [(7, 40.0), (9, 55.0), (11, 72.0)] {
        let family = Family::InverseChebyshev { stopband_db };
        for first in [First::Shunt, First::Series] {
            let spec = SelectiveSpec { first, ..spec(family, order, Cutoff::RippleEdge, 50.0, 50.0) };
            let network = spec.synthesise().unwrap().network(Band::LowPass { cutoff_hz: 1e9 }).unwrap();
            let loss_db = network.transducer_loss_db(&array![1e7, 1e9, 1.05e9, 3e9], 50.0, 50.0).unwrap();
            assert!(loss_db[0] < 1e-5, "{order} {first} {loss_db}");
            assert!((loss_db[1] - stopband_db).abs() < 0.2, "{order} {first} {loss_db}");
            assert!(loss_db.iter().skip(1).all(|loss_db| *loss_db > stopband_db - 0.2), "{loss_db}");
        }
    }
}

#[test]
fn a_stop_band_too_shallow_for_its_order_is_refused_and_the_advice_helps() {
    for order in [5, 7, 9, 11] {
        for load_ohm in [1.0, 1.5] {
            let inverse = |order, stopband_db| {
                spec(Family::InverseChebyshev { stopband_db }, order, Cutoff::RippleEdge, 1.0, load_ohm)
                    .synthesise()
            };
            let error = inverse(order, 15.0).unwrap_err();
            assert_eq!(error.reason(), Some(Unrealisable::NegativeElements), "{order} {load_ohm}");
            assert!(!error.to_string().contains("equal resistances"), "{error}");
            assert!(inverse(order, 100.0).is_ok() && inverse(3, 15.0).is_ok(), "{order} {load_ohm}");
        }
    }
}

#[test]
fn what_these_families_cannot_is_refused_with_its_reason() {
    let inverse = Family::InverseChebyshev { stopband_db: 40.0 };
    let refused = |spec: SelectiveSpec| spec.synthesise().unwrap_err();
    assert_eq!(
        refused(spec(inverse, 4, Cutoff::RippleEdge, 1.0, 1.0)).reason(),
        Some(Unrealisable::EvenOrderFamily)
    );
    let single = refused(spec(Family::Bessel, 3, Cutoff::ThreeDb, 0.0, 1.0));
    assert_eq!(single.reason(), Some(Unrealisable::SingleTerminationFamily));
    assert!(refused(spec(Family::Bessel, 3, Cutoff::RippleEdge, 1.0, 1.0)).to_string().contains("three_db"));
    for (order, family) in [
        (0, inverse),
        (17, inverse),
        (3, Family::InverseChebyshev { stopband_db: f64::NAN }),
        (3, Family::Elliptic { ripple_db: 0.0, stopband_db: 40.0 }),
        (3, Family::Elliptic { ripple_db: 41.0, stopband_db: 40.0 }),
    ] {
        assert!(spec(family, order, Cutoff::RippleEdge, 1.0, 1.0).synthesise().is_err(), "{family:?}");
    }
    // A capacitor of a resonator stands behind its inductor.
    for parts in [
        vec![Part::new(PartKind::SeriesTankC, 1e-12)],
        vec![Part::new(PartKind::ShuntL, 1e-9), Part::new(PartKind::SeriesTankC, 1e-12)],
        vec![
            Part::new(PartKind::SeriesL, 1e-9),
            Part::new(PartKind::SeriesTankC, 1e-12),
            Part::new(PartKind::SeriesTankC, 1e-12),
        ],
    ] {
        assert!(Network::new(parts).is_err());
    }
}
