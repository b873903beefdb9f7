//! Networks of many ports: against scikit-rf, and what must hold whatever they are.

use super::tables::{complex, table};
use linkbudget::network::{Network, Part, PartKind, Waves};
use linkbudget::nport::{Kind, NPort, References};
use linkbudget::{ndarray, ndarray::Array3, ndarray::array, num_complex::Complex};
use proptest::prelude::*;

type C64 = Complex<f64>;

fn worst(a: &Array3<C64>, b: &Array3<C64>) -> f64 {
    let size = b.iter().map(|z| z.norm()).fold(1.0, f64::max);
    a.iter().zip(b).map(|(a, b)| (a - b).norm() / size).fold(0.0, f64::max)
}

#[test]
fn every_kind_of_parameters_is_that_of_scikit_rf() {
    let data = table("nport_skrf");
    for row in data["rows"].as_array().unwrap() {
        let ohm = complex(&row["references_ohm"]);
        let ports = ohm.len();
        let matrix = |name: &str| Array3::from_shape_vec((1, ports, ports), complex(&row[name])).unwrap();
        let waves: Waves = row["waves"].as_str().unwrap().parse().unwrap();
        let references = References::constant(&ohm).unwrap();
        let network = NPort::new(vec![1e9], matrix("s"), references.clone(), waves).unwrap();
        for kind in Kind::ALL.iter().filter(|kind| row.get(kind.name()).is_some()) {
            let theirs = matrix(kind.name());
            let ours = network.to(*kind).unwrap();
            assert!(worst(&ours, &theirs) < 1e-12, "{kind} {row}: {ours}");
            let back = NPort::of(*kind, vec![1e9], &theirs, references.clone(), waves).unwrap();
            assert!(worst(back.s(), network.s()) < 1e-12, "{kind} {row}");
        }
        let seen = network.renormalise(&complex(&row["new_ohm"])).unwrap();
        assert!(worst(seen.s(), &matrix("renormalised")) < 1e-12, "{row}");
    }
}

#[test]
fn parts_in_cascade_are_a_cascade_of_parts() {
    let f = array![1e9, 57e9, 60e9, 110e9];
    let parts = [
        (PartKind::ShuntC, 77e-15),
        (PartKind::SeriesL, 0.4e-9),
        (PartKind::ShuntR, 300.0),
        (PartKind::SeriesC, 0.1e-12),
    ];
    let parts = parts.map(|(kind, value)| Part::new(kind, value));
    let whole = Network::new(parts.to_vec()).unwrap().n_port(&f, 50.0, 73.0).unwrap();
    let pieces = parts.map(|part| Network::new(vec![part]).unwrap().n_port(&f, 50.0, 50.0).unwrap());
    let chain = pieces[1..].iter().fold(pieces[0].clone(), |chain, next| chain.cascade(next).unwrap());
    let chain = chain.renormalise(&[50.0.into(), 73.0.into()]).unwrap();
    // Four joints, each of a few roundings.
    assert!(worst(chain.s(), whole.s()) < 1e-14);
    let rest = whole.without_first(&pieces[0]).unwrap().without_last(&pieces[3]).unwrap();
    let middle = pieces[1].cascade(&pieces[2]).unwrap();
    let rest = rest.renormalise_to(middle.references(), Waves::Power).unwrap();
    // The series capacitor lets a tenth through at 1 GHz, which the way back multiplies.
    assert!(worst(rest.s(), middle.s()) < 1e-12);
}

#[test]
fn opens_throughs_and_isolators_are_seen_from_any_impedance() {
    let s = |entries: [f64; 4]| Array3::from_shape_vec((1, 2, 2), entries.map(C64::from).to_vec()).unwrap();
    let network = |entries| {
        NPort::new(vec![1e9], s(entries), References::uniform(50.0, 2).unwrap(), Waves::Power).unwrap()
    };
    let (through, isolator, open) =
        (network([0.0, 1.0, 1.0, 0.0]), network([0.0, 0.0, 1.0, 0.0]), network([1.0, 0.0, 0.0, 1.0]));
    for (network, missing) in
        [(&through, Kind::Z), (&through, Kind::Y), (&open, Kind::Z), (&open, Kind::Abcd)]
    {
        assert_eq!(network.to(missing).unwrap_err().kind(), "singular");
        let back = network.renormalise(&[75.0.into()]).unwrap().renormalise(&[50.0.into()]).unwrap();
        assert!(worst(back.s(), network.s()) < 1e-15);
    }
    let chain = isolator.cascade(&isolator).unwrap().cascade(&through).unwrap();
    assert_eq!(chain.s(), isolator.s());
    let error = through.without_first(&isolator).unwrap_err();
    assert_eq!(error.kind(), "singular");
    assert_eq!(error.to_string(), "transmission of the fixture at 1e9 Hz is singular");
    // Behind an open there is nothing to see.
    assert_eq!(open.cascade(&open).unwrap_err().kind(), "singular");
}

#[test]
fn grids_are_brought_together_or_refused() {
    let network = |f: &[f64]| {
        let s = Array3::from_shape_fn((f.len(), 1, 1), |(i, ..)| C64::new(f[i] / 10.0, 0.1));
        NPort::new(f.to_vec(), s, References::uniform(50.0, 1).unwrap(), Waves::Power).unwrap()
    };
    let known = network(&[4.0, 1.0, 2.0]);
    let at = known.interpolate(&[1.0, 1.5, 4.0, 3.0]).unwrap();
    assert!(worst(at.s(), network(&[1.0, 1.5, 4.0, 3.0]).s()) < 1e-15);
    assert_eq!(at.s()[[2, 0, 0]], known.s()[[0, 0, 0]], "a known frequency keeps its bits");
    for outside in [0.5, 4.5, f64::NAN] {
        assert_eq!(known.interpolate(&[outside]).unwrap_err().kind(), "domain");
    }
    assert_eq!(network(&[1.0, 1.0]).interpolate(&[1.0]).unwrap_err().kind(), "invalid");
    assert_eq!(known.cascade(&known).unwrap_err().kind(), "invalid", "a one-port");
    let two = |f: &[f64]| {
        Network::new(vec![Part::new(PartKind::SeriesR, 5.0)])
            .unwrap()
            .n_port(&ndarray::Array1::from(f.to_vec()), 50.0, 50.0)
            .unwrap()
    };
    let error = two(&[1e9]).cascade(&two(&[2e9])).unwrap_err().to_string();
    assert!(error.contains("frequencies_hz") && error.contains("interpolate"), "{error}");
}

#[test]
fn what_is_no_network_is_refused() {
    let one = References::uniform(50.0, 1).unwrap();
    let s = || Array3::from_elem((1, 1, 1), C64::new(0.5, 0.0));
    let kind = |frequencies_hz: Vec<f64>, s, references: &References, waves| {
        NPort::new(frequencies_hz, s, references.clone(), waves).map(|_| ()).unwrap_err().kind()
    };
    assert_eq!(kind(vec![], Array3::zeros((0, 1, 1)), &one, Waves::Power), "too_few");
    assert_eq!(kind(vec![-1.0], s(), &one, Waves::Power), "domain");
    assert_eq!(kind(vec![1.0, 2.0], s(), &one, Waves::Power), "shape");
    assert_eq!(kind(vec![1.0], s(), &References::uniform(50.0, 2).unwrap(), Waves::Power), "shape");
    assert_eq!(kind(vec![1.0], s() * f64::NAN, &one, Waves::Power), "not_finite");
    let reactive = References::constant(&[C64::new(0.0, 30.0)]).unwrap();
    assert_eq!(kind(vec![1.0], s(), &reactive, Waves::Power), "domain");
    assert!(NPort::new(vec![1.0], s(), reactive, Waves::Travelling).is_ok());
    assert!(References::uniform(0.0, 1).is_err() && References::constant(&[]).is_err());
    let network = NPort::new(vec![1.0], s(), one, Waves::Power).unwrap();
    for kind in [Kind::H, Kind::G, Kind::Abcd, Kind::T] {
        assert_eq!(network.to(kind).unwrap_err().kind(), "invalid");
    }
    assert_eq!(network.renormalise(&[50.0.into(), 50.0.into()]).unwrap_err().kind(), "shape");
}

fn unit() -> impl Strategy<Value = C64> {
    (-1.0..1.0, -1.0..1.0).prop_map(|(re, im)| C64::new(re, im))
}

fn impedance() -> impl Strategy<Value = C64> {
    (1.0..200.0, -100.0..100.0).prop_map(|(re, im)| C64::new(re, im))
}

proptest! {
    #[test]
    fn renormalising_there_and_back_changes_nothing(
        s in prop::collection::vec(unit(), 9),
        old in prop::collection::vec(impedance(), 3),
        new in prop::collection::vec(impedance(), 3),
    ) {
        for &waves in Waves::ALL {
            // Below 1/3 each, so that no matrix on the way is near to singular.
            let s = Array3::from_shape_vec((1, 3, 3), s.iter().map(|z| z / 6.0).collect()).unwrap();
            let network = NPort::new(vec![1e9], s, References::constant(&old).unwrap(), waves).unwrap();
            let back = network.renormalise(&new).unwrap().renormalise(&old).unwrap();
            // Impedances up to 224 ohm and resistances from 1 ohm on: differences lose up to five digits.
            prop_assert!(worst(back.s(), network.s()) < 1e-11);
        }
    }

    #[test]
    fn passive_stays_passive_from_any_impedance(s in prop::collection::vec(unit(), 4), new in prop::collection::vec(impedance(), 2)) {
        let s = Array3::from_shape_vec((1, 2, 2), s.iter().map(|z| z / 2.9).collect()).unwrap();
        let network = NPort::new(vec![1e9], s, References::uniform(50.0, 2).unwrap(), Waves::Power).unwrap();
        prop_assert!(network.health().unwrap().is_passive(0.0));
        // Power waves: what is passive is so from anywhere.
        prop_assert!(network.renormalise(&new).unwrap().health().unwrap().is_passive(1e-12));
    }
}
