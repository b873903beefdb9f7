//! Axes, arrays with axes, complex arrays and argument checks.

use mmw_core::{Axis, C32, C64, DataArray, Error, check, complex};
use ndarray::{Array1, Array2, array};
use proptest::prelude::*;

#[test]
fn an_explicit_axis_clamps_and_a_uniform_one_extends() {
    let explicit = Axis::explicit("f", "Hz", vec![1.0, 2.0, 10.0]).unwrap();
    assert_eq!((explicit.at(-1.0), explicit.at(1.5), explicit.at(9.0)), (1.0, 6.0, 10.0));
    assert_eq!((explicit.nearest(5.0), explicit.nearest(7.0), explicit.step()), (1, 2, None));
    let uniform = Axis::uniform("f", "Hz", 1.0, 0.5, 3).unwrap();
    assert_eq!((uniform.at(-2.0), uniform.coordinate(3), uniform.step()), (0.0, None, Some(0.5)));
    assert_eq!((uniform.nearest(-100.0), uniform.nearest(100.0), uniform.nearest(f64::NAN)), (0, 2, 0));
    assert_eq!((explicit.at(f64::NAN).is_nan(), Axis::index("i", 0).nearest(3.0)), (true, 0));
}

#[test]
fn axes_that_are_none_are_refused() {
    assert!(matches!(Axis::uniform("x", "", 0.0, 0.0, 3), Err(Error::Domain { .. })));
    assert!(Axis::uniform("x", "", f64::NAN, 1.0, 3).is_err());
    assert!(Axis::uniform("x", "", 0.0, 1e308, 1000).is_err());
    assert!(matches!(Axis::explicit("x", "", vec![1.0, 1.0]), Err(Error::Invalid { .. })));
    assert!(matches!(Axis::explicit("x", "", vec![1.0, f64::NAN]), Err(Error::NotFinite { index: 1, .. })));
    assert_eq!(Axis::explicit("x", "", vec![]).unwrap().at(0.5), 0.0);
    assert!(Axis::index("chirp", 0).is_empty() && Axis::index("chirp", 2).label() == "chirp");
}

#[test]
fn a_data_array_keeps_its_axes_through_slices_and_maps() {
    let axes = vec![Axis::index("row", 2), Axis::uniform("range", "m", 0.0, 0.5, 3).unwrap()];
    let map = DataArray::new("power", "W", array![[1.0, 5.0, 2.0], [0.0, 3.0, 4.0]], axes).unwrap();
    let row = map.slice_at(0, 1).unwrap();
    assert_eq!((row.data(), row.axes().len()), (&array![0.0, 3.0, 4.0], 1));
    assert_eq!(row.axis("range").and_then(Axis::step), Some(0.5));
    assert_eq!(map.peak().unwrap().coordinates, [0.0, 0.5]);
    let db = map.to_db(1.0, -60.0).unwrap();
    assert_eq!((db.unit(), db.data()[[1, 0]]), ("dB", -60.0));
    assert!(map.slice_at(2, 0).is_err() && map.slice_at(0, 2).is_err());
    let wrong = DataArray::new("p", "", array![1.0, 2.0], vec![Axis::index("i", 3)]);
    assert!(matches!(wrong, Err(Error::Shape { .. })));
    let (data, axes) = map.into_parts();
    assert_eq!((data.dim(), axes.len()), ((2, 3), 2));
}

#[test]
fn an_empty_data_array_has_no_peak() {
    let empty = DataArray::new("p", "", Array1::<f64>::zeros(0), vec![Axis::index("i", 0)]).unwrap();
    assert!(empty.peak().is_none());
}

#[test]
fn the_peak_of_an_array_that_starts_with_nan_is_a_number() {
    let array = DataArray::new("p", "", array![f64::NAN, 1.0, 3.0], vec![Axis::index("i", 3)]).unwrap();
    assert_eq!(array.peak().unwrap().index, [2]);
    let nothing = DataArray::new("p", "", array![f64::NAN], vec![Axis::index("i", 1)]).unwrap();
    assert!(nothing.peak().is_none());
}

#[test]
fn decibels_need_a_reference_and_finite_powers() {
    assert!(complex::power_to_db(&array![1.0], 0.0, -80.0).is_err());
    assert!(complex::power_to_db(&array![1.0], 1.0, f64::NAN).is_err());
    assert!(matches!(
        complex::power_to_db(&array![1.0, f64::NAN], 1.0, -80.0),
        Err(Error::NotFinite { index: 1, .. })
    ));
    assert_eq!(complex::power_to_db(&array![-1.0], 1.0, -80.0).unwrap(), array![-80.0]);
    let extreme = complex::power_to_db(&array![1e300_f64, 1e-300, 0.0], 1e-300, -80.0).unwrap();
    assert!(extreme.iter().all(|x| x.is_finite()), "{extreme}");
}

#[test]
fn magnitudes_do_not_overflow() {
    let z = array![C64::new(1e300, 1e300)];
    assert!((complex::magnitude(&z)[0] / (1e300 * 2.0_f64.sqrt()) - 1.0).abs() < 1e-15);
    assert_eq!(complex::phase(&array![C64::new(-1.0, 0.0), C64::ZERO]), array![std::f64::consts::PI, 0.0]);
}

#[test]
fn a_value_that_is_not_finite_is_found_wherever_it_is() {
    for len in [1, 15, 16, 17, 33] {
        for place in 0..len {
            let mut x = Array1::from_elem(len, C32::new(1e38, -1e38));
            assert!(check::all_finite_complex("x", &x).is_ok());
            x[place].re = f32::NEG_INFINITY;
            let error = check::all_finite_complex("x", &x).unwrap_err();
            assert!(matches!(error, Error::NotFinite { index, .. } if index == place));
        }
    }
    let strided =
        Array2::from_shape_fn((4, 4), |(i, j)| C64::new(if (i, j) == (2, 3) { f64::NAN } else { 0.0 }, 0.0));
    let error = check::all_finite_complex("x", &strided.t()).unwrap_err();
    assert!(matches!(error, Error::NotFinite { index: 14, .. }));
}

#[test]
fn every_error_has_a_kind_and_a_message() {
    let cancelled = Error::Cancelled { what: "run".into(), done: 3, total: 9 };
    assert_eq!(
        (cancelled.kind(), cancelled.to_string().as_str()),
        ("cancelled", "run was cancelled after 3 of 9")
    );
    assert_eq!(Error::too_few("x", 2, 1).to_string(), "x holds 1 items, but at least 2 are needed");
    assert_eq!(Error::missing("seed", "give --seed").kind(), "missing");
}

proptest! {
    #[test]
    fn nearest_undoes_coordinate(start in -1e3_f64..1e3, step in 1e-3_f64..10.0, sign in any::<bool>(), index in 0_usize..100) {
        let axis = Axis::uniform("x", "m", start, if sign { step } else { -step }, 100)?;
        prop_assert_eq!(axis.nearest(axis.coordinate(index).unwrap()), index);
        let explicit = Axis::explicit("x", "m", axis.to_vec())?;
        prop_assert_eq!(explicit.nearest(axis.coordinate(index).unwrap()), index);
        prop_assert!((explicit.at(index as f64) - axis.at(index as f64)).abs() < 1e-9);
    }

    #[test]
    fn split_and_join_undo_each_other(parts in prop::collection::vec(any::<(f32, f32)>(), 0..20)) {
        let mut z: Array1<C32> = parts.iter().map(|&(re, im)| C32::new(re, im)).collect();
        let (re, im) = complex::split(&z);
        let back = complex::join(&re, &im)?;
        prop_assert_eq!(format!("{back:?}"), format!("{z:?}"));
        prop_assert_eq!(complex::interleaved(z.as_slice().unwrap()).len(), 2 * parts.len());
        complex::interleaved_mut(z.as_slice_mut().unwrap()).fill(1.0);
        prop_assert!(z.iter().all(|&z| z == C32::new(1.0, 1.0)));
    }
}
