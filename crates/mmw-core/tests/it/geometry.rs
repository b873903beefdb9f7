//! Directions, wave vectors and units: round trips and the frame.

use mmw_core::Error;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::geometry::{Direction, difference, dot, norm, plane_wave_phase_rad, sum};
use mmw_core::units::{Db, Dbm, wavelength_m};
use proptest::prelude::*;
use std::f64::consts::{FRAC_PI_2, PI, TAU};

#[test]
fn the_frame_is_right_forward_up() {
    let close = |a: [f64; 3], b: [f64; 3]| norm(difference(a, b)) < 1e-15;
    assert!(close(Direction::new(0.0, 0.0).unwrap().unit_vector(), [0.0, 1.0, 0.0]));
    assert!(close(Direction::new(FRAC_PI_2, 0.0).unwrap().unit_vector(), [1.0, 0.0, 0.0]));
    assert!(close(Direction::new(1.0, FRAC_PI_2).unwrap().unit_vector(), [0.0, 0.0, 1.0]));
}

#[test]
fn a_direction_needs_a_point_and_finite_angles() {
    assert!(matches!(Direction::towards([0.0; 3]), Err(Error::Domain { .. })));
    assert!(matches!(Direction::towards([1.0, f64::NAN, 0.0]), Err(Error::Domain { .. })));
    assert!(Direction::new(0.0, 1.6).is_err() && Direction::new(f64::INFINITY, 0.0).is_err());
    let right = Direction::new(0.1, 0.2).unwrap();
    for wavelength in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(right.wave_vector(wavelength).is_err());
    }
}

#[test]
fn a_wavelength_turns_the_phase_once() {
    let direction = Direction::new(0.7, -0.4).unwrap();
    let along = direction.unit_vector().map(|u| u * SPEED_OF_LIGHT_M_S / 60e9);
    let phase = plane_wave_phase_rad(direction, along, 60e9).unwrap();
    assert!((phase - TAU).abs() < 1e-14 * TAU);
}

#[test]
fn decibels_of_known_ratios() {
    assert_eq!(Db::from_power_ratio(1000.0).unwrap(), Db(30.0));
    assert_eq!(Db::from_amplitude_ratio(10.0).unwrap(), Db(20.0));
    assert_eq!(Dbm::from_w(1e-3).unwrap(), Dbm(0.0));
    assert_eq!(Dbm(3.0) - Db(5.0), Dbm(-2.0));
    assert_eq!(-(Db(1.0) - Db(3.0)), Db(2.0));
    assert_eq!(format!("{:.1} {:.0}", Db(1.25), Dbm(-30.0)), "1.2 dB -30 dBm");
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(Db::from_power_ratio(bad).is_err() && Db::from_amplitude_ratio(bad).is_err());
        assert!(Dbm::from_w(bad).is_err() && wavelength_m(bad).is_err());
    }
    assert!(wavelength_m(f64::MIN_POSITIVE).is_err(), "the wavelength would be infinite");
}

proptest! {
    #[test]
    fn angles_survive_the_unit_vector(azimuth in -PI..PI, elevation in -1.57_f64..1.57) {
        let direction = Direction::new(azimuth, elevation)?;
        let back = Direction::towards(direction.unit_vector())?;
        // Near the poles the azimuth is the angle of a short vector: cos(1.57) = 8e-4.
        prop_assert!((back.azimuth_rad - azimuth).abs() < 1e-15 / elevation.cos() + 1e-14);
        prop_assert!((back.elevation_rad - elevation).abs() < 1e-12);
    }

    #[test]
    fn unit_vectors_have_length_one(azimuth in -1e6_f64..1e6, elevation in -FRAC_PI_2..FRAC_PI_2) {
        prop_assert!((norm(Direction::new(azimuth, elevation)?.unit_vector()) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn points_survive_direction_and_distance(point in prop::array::uniform3(-1e6_f64..1e6)) {
        prop_assume!(norm(point) > 1e-3);
        let back = Direction::towards(point)?.unit_vector().map(|u| u * norm(point));
        prop_assert!(norm(difference(back, point)) < 1e-14 * norm(point));
    }

    #[test]
    fn sum_and_difference_undo_each_other(a in prop::array::uniform3(-8_i32..8), b in prop::array::uniform3(-8_i32..8)) {
        let (a, b) = (a.map(f64::from), b.map(f64::from));
        prop_assert_eq!(difference(sum(a, b), b), a);
        prop_assert_eq!(dot(a, b), dot(b, a));
        prop_assert_eq!(dot(a, sum(a, b)), dot(a, a) + dot(a, b));
    }

    #[test]
    fn decibels_survive_the_ratio(db in -300.0_f64..300.0) {
        prop_assert!((Db::from_power_ratio(Db(db).power_ratio())?.0 - db).abs() < 1e-12);
        prop_assert!((Db::from_amplitude_ratio(Db(db).amplitude_ratio())?.0 - db).abs() < 1e-12);
        prop_assert!((Dbm::from_w(Dbm(db).w())?.0 - db).abs() < 1e-12);
        prop_assert!((Db(db).amplitude_ratio().powi(2) / Db(db).power_ratio() - 1.0).abs() < 1e-13);
    }

    #[test]
    fn wavelength_and_frequency_are_inverse(frequency in 1.0_f64..1e15) {
        prop_assert!((wavelength_m(wavelength_m(frequency)? )? / frequency * 1.0 - 1.0).abs() < 1e-15);
    }
}
