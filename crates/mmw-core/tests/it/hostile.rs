//! Any floats at all: an error or a finite answer, never a panic.

use mmw_core::antenna::{AntennaArray, ElementPattern};
use mmw_core::geometry::{Direction, plane_wave_phase_rad};
use mmw_core::random::{Streams, complex_normal, fill_standard_normal};
use mmw_core::stats::{Ecdf, Histogram, KolmogorovSmirnov, Proportion, normal_cdf, normal_quantile};
use mmw_core::units::{Db, Dbm, wavelength_m};
use mmw_core::{Axis, C64, DataArray, check, complex};
use ndarray::Array1;
use proptest::prelude::*;

fn assert_finite_or_error<E>(result: Result<f64, E>) {
    assert!(result.is_err() || result.is_ok_and(f64::is_finite));
}

proptest! {
    #[test]
    fn scalars(x in any::<f64>(), y in any::<f64>(), z in any::<f64>()) {
        assert_finite_or_error(wavelength_m(x));
        assert_finite_or_error(Db::from_power_ratio(x).map(|x| x.0));
        assert_finite_or_error(Db::from_amplitude_ratio(x).map(|x| x.0));
        assert_finite_or_error(Dbm::from_w(x).map(|x| x.0));
        assert_finite_or_error(normal_quantile(x));
        prop_assert!((0.0..=1.0).contains(&normal_cdf(x)));
        assert_finite_or_error(check::in_range("x", x, y, z).map(|_| 0.0));
        if let Ok(direction) = Direction::new(x, y) {
            prop_assert!(direction.unit_vector().iter().all(|u| u.abs() <= 1.0 + 1e-15));
            for pattern in [ElementPattern::HalfWaveDipole, ElementPattern::Isotropic] {
                prop_assert!((0.0..=1.0 + 1e-12).contains(&pattern.amplitude(direction)));
            }
        }
        if let Ok(direction) = Direction::towards([x, y, z]) {
            prop_assert!(direction.azimuth_rad.is_finite() && direction.elevation_rad.is_finite());
        }
        if let Ok(z) = complex_normal(x, &mut Streams::new(1).stream(0)) {
            prop_assert!(z.re.is_finite() && z.im.is_finite());
        }
    }

    #[test]
    fn waves_and_arrays(x in any::<f64>(), y in any::<f64>(), place in prop::array::uniform3(any::<f64>())) {
        let ahead = Direction::new(0.3, -0.2)?;
        if place.iter().all(|x| x.is_finite()) {
            assert_finite_or_error(plane_wave_phase_rad(ahead, place, x));
        }
        if let Ok(array) = AntennaArray::from_positions(vec![place, [0.0; 3]])
            && let Ok(a) = array.steering_vector(ahead, y)
        {
            prop_assert!(a.iter().all(|a| a.re.is_finite() && a.im.is_finite()));
        }
    }

    #[test]
    fn axes_and_data(start in any::<f64>(), step in any::<f64>(), len in 0_usize..50, value in any::<f64>()) {
        if let Ok(axis) = Axis::uniform("x", "m", start, step, len) {
            prop_assert!(axis.iter().all(f64::is_finite));
            prop_assert!(axis.nearest(value) < len.max(1));
            let data = Array1::from_elem(len, value);
            let array = DataArray::new("v", "", data, vec![axis])?;
            let _ = array.peak();
            if let Ok(db) = array.to_db(start, step) {
                prop_assert!(db.data().iter().all(|x| x.is_finite()));
            }
        }
        if let Ok(axis) = Axis::explicit("x", "m", vec![start, step, value]) {
            prop_assert!(axis.nearest(0.0) < 3);
            let _ = axis.at(value);
        }
    }

    #[test]
    fn samples(values in prop::collection::vec(any::<f64>(), 0..30), p in any::<f64>(), bins in 0_usize..20) {
        let sample = Array1::from_vec(values.clone());
        if let Ok(ecdf) = Ecdf::new(&sample) {
            assert_finite_or_error(ecdf.quantile(p));
            prop_assert!((0.0..=1.0).contains(&ecdf.probability(p)));
        }
        if let Ok(test) = KolmogorovSmirnov::new(&sample, normal_cdf) {
            prop_assert!((0.0..=1.0).contains(&test.p_value) && (0.0..=1.0).contains(&test.statistic));
        }
        if let [low, high, ..] = values[..]
            && let Ok(mut histogram) = Histogram::new(low, high, bins)
        {
            values.iter().for_each(|&x| histogram.push(x));
            prop_assert_eq!(histogram.total() + histogram.not_a_number(), values.len() as u64);
            if let Ok(density) = histogram.density("x", "") {
                prop_assert!(density.data().iter().all(|x| x.is_finite()));
            }
        }
    }

    #[test]
    fn counts(hits in any::<u64>(), trials in any::<u64>(), confidence in 0.0_f64..1.0) {
        if let Ok(interval) = Proportion::new(hits, trials).and_then(|p| p.interval(confidence)) {
            prop_assert!(0.0 <= interval.lower && interval.lower <= interval.estimate);
            prop_assert!(interval.estimate <= interval.upper && interval.upper <= 1.0);
        }
    }

    #[test]
    fn complex_arrays(parts in prop::collection::vec(any::<(f64, f64)>(), 0..20), reference in any::<f64>()) {
        let z: Array1<C64> = parts.into_iter().map(|(re, im)| C64::new(re, im)).collect();
        if check::all_finite_complex("z", &z).is_ok() {
            prop_assert!(complex::phase(&z).iter().all(|x| x.is_finite()));
        }
        let _ = complex::power_to_db(&complex::power(&z), reference, -100.0);
    }
}

#[test]
fn empty_arrays_are_filled_with_nothing() {
    let mut rng = Streams::new(1).stream(0);
    fill_standard_normal::<f32, _>(&mut [], &mut rng);
    assert_eq!(format!("{rng:?}"), "Stream { index: 0, word: 0 }");
}
