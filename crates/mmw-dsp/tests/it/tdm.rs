//! TDM-MIMO: what motion between transmitters does to angles, and what calibration undoes.

use crate::common::Noise;
use mmw_core::geometry::Direction;
use mmw_core::ndarray::{Array1, Array3, s};
use mmw_core::num_complex::Complex;
use mmw_core::{C32, C64, Error};
use mmw_dsp::doa::{SingleTarget, snapshot_of};
use mmw_dsp::tdm::{Calibration, DopplerCompensation};
use mmw_dsp::{Board, Fmcw, FmcwConfig};
use proptest::prelude::*;
use std::f64::consts::TAU;

/// The snapshot of a moving target as TDM records it.
fn moving(fmcw: &Fmcw, direction: Direction, doppler_hz: f64) -> Array1<C64> {
    let mut x = snapshot_of(fmcw.virtual_array().unwrap(), fmcw.wavelength_m(), direction).unwrap();
    let receivers = fmcw.config().receivers;
    for (channel, x) in x.iter_mut().enumerate() {
        *x *= C64::cis(TAU * doppler_hz * fmcw.tx_delay_s(channel / receivers));
    }
    x
}

#[test]
fn without_compensation_a_moving_target_is_seen_elsewhere() {
    let fmcw = Fmcw::new(FmcwConfig::awr1642()).unwrap();
    let target = SingleTarget::new(fmcw.virtual_array().unwrap(), fmcw.wavelength_m()).unwrap();
    let compensation = DopplerCompensation::<f64>::new(&fmcw, 128).unwrap();
    let truth = Direction::new(0.1, 0.0).unwrap();
    let doppler_hz = 2.0 * 0.65 / fmcw.wavelength_m();
    let mut x = moving(&fmcw, truth, doppler_hz);

    // 0.65 m/s turns the second transmitter by 0.126 rad over 60 us. The best single slope through a step of
    // that size halfway along eight elements is 3/2 of it over eight: 0.0236 rad per element, 0.43 degrees.
    let skewed = target.refine(&x, truth).unwrap().azimuth_rad.to_degrees();
    let off = (skewed - truth.azimuth_rad.to_degrees()).abs();
    assert!((0.3..1.1).contains(&off), "moved by {off} degrees");

    compensation.apply(x.as_slice_mut().unwrap(), doppler_hz).unwrap();
    let found = target.refine(&x, truth).unwrap();
    assert!((found.azimuth_rad - 0.1).abs() < 1e-9);
}

#[test]
fn bins_and_frequencies_compensate_alike() {
    let fmcw = Fmcw::new(FmcwConfig::iwr1843()).unwrap();
    for bins in [128, 129, 256] {
        let compensation = DopplerCompensation::<f64>::new(&fmcw, bins).unwrap();
        for bin in [0, 1, bins / 2, bins - 1] {
            let doppler_hz = (bin as f64 - (bins / 2) as f64) / (bins as f64 * fmcw.repetition_s());
            // The same frequency as that of the velocity axis.
            let velocity = fmcw.velocity_axis(bins).unwrap().at(bin as f64);
            assert!((2.0 * velocity / fmcw.wavelength_m() - doppler_hz).abs() < 1e-9);
            let mut by_bin = moving(&fmcw, Direction::new(0.2, 0.1).unwrap(), doppler_hz);
            let mut by_frequency = by_bin.clone();
            compensation.apply_bin(by_bin.as_slice_mut().unwrap(), bin).unwrap();
            compensation.apply(by_frequency.as_slice_mut().unwrap(), doppler_hz).unwrap();
            let still = moving(&fmcw, Direction::new(0.2, 0.1).unwrap(), 0.0);
            for ((a, b), c) in by_bin.iter().zip(&by_frequency).zip(&still) {
                assert!((a - c).norm() < 1e-14 && (b - c).norm() < 1e-14);
            }
        }
    }
}

#[test]
fn a_spectrum_is_compensated_bin_by_bin() {
    let fmcw = Fmcw::new(FmcwConfig { chirps: 5, ..FmcwConfig::iwr1843() }).unwrap();
    let compensation = DopplerCompensation::<f32>::new(&fmcw, 8).unwrap();
    let mut noise = Noise::new(1);
    let plain = Array3::from_shape_fn((12, 3, 8), |_| {
        let z = noise.complex();
        C32::new(z.re as f32, z.im as f32)
    });
    let mut whole = plain.clone();
    compensation.apply_spectrum(&mut whole).unwrap();
    for range in 0..3 {
        for bin in 0..8 {
            let mut cell = plain.slice(s![.., range, bin]).to_vec();
            compensation.apply_bin(&mut cell, bin).unwrap();
            assert_eq!(whole.slice(s![.., range, bin]).to_vec(), cell);
        }
    }
    // The same through a view that is not contiguous.
    let mut turned = plain.clone().permuted_axes([0, 2, 1]).as_standard_layout().to_owned();
    compensation.apply_spectrum(&mut turned.view_mut().permuted_axes([0, 2, 1])).unwrap();
    assert_eq!(turned.permuted_axes([0, 2, 1]), whole);
}

#[test]
fn wrong_shapes_are_errors() {
    let fmcw = Fmcw::new(FmcwConfig::iwr1843()).unwrap();
    assert!(matches!(DopplerCompensation::<f64>::new(&fmcw, 127), Err(Error::TooFew { .. })));
    let compensation = DopplerCompensation::<f64>::new(&fmcw, 128).unwrap();
    assert_eq!(compensation.channels(), 12);
    let mut cell = vec![C64::from(1.0); 12];
    assert!(matches!(compensation.apply_bin(&mut cell, 128), Err(Error::Domain { .. })));
    assert!(compensation.apply_bin(&mut cell[..11], 0).is_err());
    assert!(compensation.apply(&mut cell[..11], 0.0).is_err());
    assert!(compensation.apply(&mut cell, f64::NAN).is_err());
    assert!(compensation.apply(&mut cell, f64::MAX).is_err());
    assert!(compensation.apply_spectrum(&mut Array3::zeros((12, 4, 127))).is_err());
    assert!(compensation.apply_spectrum(&mut Array3::zeros((11, 4, 128))).is_err());
    assert!(compensation.apply_spectrum(&mut Array3::zeros((12, 0, 128))).is_ok());
}

#[test]
fn calibration_recovers_gains_and_leaves_noise_alone() {
    let array = Board::Iwr1843.layout().virtual_array().unwrap();
    let lambda = 3.8e-3;
    let reference = Direction::new(0.15, -0.05).unwrap();
    let mut noise = Noise::new(4);
    let gains: Vec<C64> = (0..12).map(|_| 1.0 + 0.3 * noise.complex()).collect();
    let seen = |direction: Direction| -> Vec<C64> {
        let ideal = snapshot_of(&array, lambda, direction).unwrap();
        ideal.iter().zip(&gains).map(|(a, g)| a * g).collect()
    };
    let calibration = Calibration::estimate(&seen(reference), &array, lambda, reference).unwrap();
    let power: f64 = calibration.weights().iter().map(|w| w.norm_sqr()).sum();
    assert!((power - 12.0).abs() < 1e-12);
    assert!(calibration.weights()[0].arg().abs() < 1e-15);

    let elsewhere = Direction::new(-0.5, 0.2).unwrap();
    let mut x = seen(elsewhere);
    calibration.apply(&mut x).unwrap();
    let found = SingleTarget::new(&array, lambda).unwrap().locate(&Array1::from(x)).unwrap().unwrap();
    assert!((found.azimuth_rad + 0.5).abs() < 1e-9 && (found.elevation_rad - 0.2).abs() < 1e-9);
}

#[test]
fn calibration_refuses_what_it_cannot_use() {
    let array = Board::Awr1642.layout().virtual_array().unwrap();
    let ahead = Direction::default();
    let estimate = |x: &[C64]| Calibration::estimate(x, &array, 4e-3, ahead);
    let mut x = vec![C64::from(1.0); 8];
    assert!(estimate(&x[..7]).is_err());
    x[3] = C64::default();
    assert!(matches!(estimate(&x), Err(Error::Domain { .. })));
    x[3] = C64::new(f64::NAN, 0.0);
    assert!(matches!(estimate(&x), Err(Error::NotFinite { index: 3, .. })));
    assert!(estimate(&[C64::default(); 8]).is_err());
    assert!(estimate(&[C64::from(1e300); 8]).is_ok());
    assert!(estimate(&[C64::from(1e-300); 8]).is_ok());
    assert!(Calibration::identity(0).is_err());
    assert!(Calibration::from_weights(vec![C64::new(0.0, f64::INFINITY)]).is_err());
    let identity = Calibration::identity(2).unwrap();
    assert!(identity.apply(&mut [C64::from(1.0); 3]).is_err());
    assert!(identity.apply_cube(&mut Array3::<Complex<f64>>::zeros((3, 1, 1))).is_err());
}

#[cfg(feature = "serde")]
#[test]
fn calibration_round_trips_through_json() {
    let calibration = Calibration::from_weights(vec![C64::new(0.1, -0.7), C64::new(1.0 / 3.0, 2.0)]).unwrap();
    let text = serde_json::to_string(&calibration).unwrap();
    assert_eq!(serde_json::from_str::<Calibration>(&text).unwrap(), calibration);
    assert!(serde_json::from_str::<Calibration>("[]").is_err());
}

proptest! {
    #[test]
    fn compensation_never_changes_amplitudes(doppler_hz in -1e6..1e6_f64, azimuth in -1.0..1.0_f64) {
        let fmcw = Fmcw::new(FmcwConfig::iwr1843()).unwrap();
        let compensation = DopplerCompensation::<f64>::new(&fmcw, 128).unwrap();
        let mut x = moving(&fmcw, Direction::new(azimuth, 0.0).unwrap(), doppler_hz);
        compensation.apply(x.as_slice_mut().unwrap(), doppler_hz).unwrap();
        let still = moving(&fmcw, Direction::new(azimuth, 0.0).unwrap(), 0.0);
        for (a, b) in x.iter().zip(&still) {
            // Phases up to 2e3 rad are rounded to 2e-13.
            prop_assert!((a - b).norm() < 1e-12);
        }
    }
}
