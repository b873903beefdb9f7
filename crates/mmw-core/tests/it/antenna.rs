//! Antenna arrays: closed forms, shift, virtual arrays, reciprocity, patterns.

use mmw_core::antenna::{AntennaArray, ElementPattern};
use mmw_core::geometry::{Direction, difference, dot, norm};
use mmw_core::{C64, Error};
use ndarray::Array1;
use proptest::prelude::*;
use std::f64::consts::{FRAC_PI_2, PI};

const WAVELENGTH_M: f64 = 4e-3;

fn direction(azimuth: f64, elevation: f64) -> Direction {
    Direction::new(azimuth, elevation).unwrap()
}

fn response(a: &Array1<C64>, b: &Array1<C64>) -> C64 {
    a.iter().zip(b).map(|(a, b)| a * b.conj()).sum()
}

#[test]
fn a_uniform_linear_array_has_the_dirichlet_beam() {
    let n = 8;
    let array = AntennaArray::uniform_linear(n, 0.5 * WAVELENGTH_M).unwrap();
    let steered = array.steering_vector(direction(0.3, 0.0), WAVELENGTH_M).unwrap();
    for step in -50..=50 {
        let azimuth = f64::from(step) * 0.03;
        let a = array.steering_vector(direction(azimuth, 0.0), WAVELENGTH_M).unwrap();
        // |Σ exp(jnψ)| = |sin(Nψ/2)/sin(ψ/2)|, ψ = π (sin az − sin az₀)
        let half = 0.5 * PI * (azimuth.sin() - 0.3_f64.sin());
        let closed = if half.abs() < 1e-9 { n as f64 } else { ((n as f64 * half).sin() / half.sin()).abs() };
        assert!((response(&a, &steered).norm() - closed).abs() < 1e-12, "{azimuth}");
    }
}

#[test]
fn the_virtual_array_has_the_kronecker_product_of_the_steering_vectors() {
    let tx = AntennaArray::from_positions(vec![[0.0; 3], [4e-3, 0.0, 1e-3], [8e-3, 1e-4, 0.0]]).unwrap();
    let rx = AntennaArray::uniform_linear(4, 2e-3).unwrap();
    let all = AntennaArray::virtual_array(&tx, &rx).unwrap();
    let look = direction(-0.6, 0.25);
    let [t, r, v] = [&tx, &rx, &all].map(|array| array.steering_vector(look, WAVELENGTH_M).unwrap());
    for (i, &v) in v.iter().enumerate() {
        assert!((v - t[i / 4] * r[i % 4]).norm() < 1e-14 * 20.0);
    }
}

#[test]
fn a_planar_array_is_separable() {
    let upa = AntennaArray::uniform_planar(3, 4, 2e-3, 2.5e-3).unwrap();
    let look = direction(0.4, -0.7);
    let a = upa.steering_vector(look, WAVELENGTH_M).unwrap();
    let [ux, _, uz] = look.unit_vector();
    for row in 0..4 {
        for column in 0..3 {
            let phase =
                2.0 * PI / WAVELENGTH_M * (f64::from(column) * 2e-3 * ux + f64::from(row) * 2.5e-3 * uz);
            assert!((a[(row * 3 + column) as usize] - C64::from_polar(1.0, phase)).norm() < 1e-13);
        }
    }
}

#[test]
fn a_point_far_away_is_seen_as_a_plane_wave() {
    // Reciprocity and sign: a spherical wave exp(−jkr) from a far point, relative to the origin.
    let array = AntennaArray::from_positions(vec![[0.0; 3], [2e-3, 0.0, 0.0], [0.0, 3e-3, -1e-3]]).unwrap();
    let look = direction(0.5, 0.2);
    let distance_m = 1e3;
    let source = look.unit_vector().map(|u| u * distance_m);
    let plane = array.steering_vector(look, WAVELENGTH_M).unwrap();
    for (&place, plane) in array.positions_m().iter().zip(plane) {
        // r − |source|, by |a|² − |b|² = (|a| − |b|)(|a| + |b|), without cancellation.
        let difference_m =
            (dot(place, place) - 2.0 * dot(place, source)) / (norm(difference(source, place)) + distance_m);
        let spherical = C64::from_polar(1.0, -2.0 * PI / WAVELENGTH_M * difference_m);
        // Curvature of the wave front: k x²/2r = 8e-6 rad.
        assert!((spherical - plane).norm() < 1e-5);
    }
}

#[test]
fn patterns_have_their_zeros_and_maxima() {
    let cosine = ElementPattern::Cosine { exponent: 2.0 };
    assert_eq!(cosine.amplitude(direction(0.0, 0.0)), 1.0);
    assert!((cosine.amplitude(direction(PI / 3.0, 0.0)) - 0.25).abs() < 1e-15);
    assert_eq!(cosine.amplitude(direction(3.0, 0.0)), 0.0);
    assert_eq!(ElementPattern::HalfWaveDipole.amplitude(direction(1.0, 0.0)), 1.0);
    // cos(π/4)... at 30°: cos(π/2 · 1/2)/cos 30° = √½ / (√3/2)
    let at_30 = ElementPattern::HalfWaveDipole.amplitude(direction(0.0, PI / 6.0));
    assert!((at_30 - 0.5_f64.sqrt() / (0.75_f64).sqrt()).abs() < 1e-15);
    let patterned = AntennaArray::uniform_linear(2, 2e-3).unwrap().with_pattern(cosine).unwrap();
    let a = patterned.steering_vector(direction(PI / 3.0, 0.0), WAVELENGTH_M).unwrap();
    assert!(a.iter().all(|a| (a.norm() - 0.25).abs() < 1e-15));
    assert_eq!(patterned.pattern(), cosine);
}

#[test]
fn impossible_arrays_are_refused() {
    assert!(matches!(AntennaArray::from_positions(vec![]), Err(Error::TooFew { .. })));
    assert!(matches!(AntennaArray::uniform_linear(0, 1.0), Err(Error::TooFew { .. })));
    for spacing in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(AntennaArray::uniform_linear(2, spacing).is_err());
    }
    let array = AntennaArray::uniform_linear(2, f64::MAX).unwrap();
    assert!(AntennaArray::virtual_array(&array, &array).is_err());
    assert!(array.shifted([f64::MAX, 0.0, 0.0]).is_err());
    for exponent in [-1.0, f64::NAN, f64::INFINITY] {
        let pattern = ElementPattern::Cosine { exponent };
        assert!(AntennaArray::uniform_linear(2, 1.0).unwrap().with_pattern(pattern).is_err());
    }
}

proptest! {
    #[test]
    fn a_shift_turns_all_phases_alike(
        azimuth in -PI..PI, elevation in -FRAC_PI_2..FRAC_PI_2, offset in prop::array::uniform3(-0.1_f64..0.1),
    ) {
        let array = AntennaArray::uniform_planar(3, 2, 2e-3, 2e-3)?;
        let look = Direction::new(azimuth, elevation)?;
        let a = array.steering_vector(look, WAVELENGTH_M)?;
        let b = array.shifted(offset)?.steering_vector(look, WAVELENGTH_M)?;
        let common = C64::from_polar(1.0, dot(look.wave_vector(WAVELENGTH_M)?, offset));
        // Phases of up to 300 rad, rounded to 5e-14.
        prop_assert!(a.iter().zip(&b).all(|(a, b)| (a * common - b).norm() < 1e-12));
    }

    #[test]
    fn the_opposite_direction_conjugates(azimuth in -PI..PI, elevation in -1.5_f64..1.5) {
        let array = AntennaArray::uniform_planar(3, 2, 2e-3, 2e-3)?;
        let a = array.steering_vector(Direction::new(azimuth, elevation)?, WAVELENGTH_M)?;
        let b = array.steering_vector(Direction::new(azimuth + PI, -elevation)?, WAVELENGTH_M)?;
        prop_assert!(a.iter().zip(&b).all(|(a, b)| (a - b.conj()).norm() < 1e-13));
    }

    #[test]
    fn rows_of_the_steering_matrix_are_steering_vectors(azimuths in prop::collection::vec(-PI..PI, 0..5)) {
        let array = AntennaArray::uniform_linear(4, 2e-3)?;
        let looks: Vec<Direction> = azimuths.iter().map(|&azimuth| direction(azimuth, 0.1)).collect();
        let matrix = array.steering_matrix(&looks, WAVELENGTH_M)?;
        prop_assert_eq!(matrix.dim(), (looks.len(), 4));
        for (row, &look) in matrix.rows().into_iter().zip(&looks) {
            prop_assert_eq!(row.to_owned(), array.steering_vector(look, WAVELENGTH_M)?);
        }
    }
}
