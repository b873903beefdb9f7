//! Likelihood and sparse methods against exact data, brute force and hostile input; what all have in common.

use crate::common::Noise;
use crate::directions::{LAMBDA, azimuths, degree_grid, orthogonal, ula};
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::linalg::hermitian_eigen;
use mmw_core::ndarray::{Array2, Axis};
use mmw_core::{C64, Error};
use mmw_dsp::Board;
use mmw_dsp::covariance::{CovarianceConfig, Shrinkage, SourceCount, sample_covariance};
use mmw_dsp::doa::*;
use proptest::prelude::*;

type Finder = (&'static str, Box<dyn AngleEstimator>);

fn fits(array: &AntennaArray, grid: &AngleGrid, sources: SourceCount) -> Vec<Finder> {
    let covariance = CovarianceConfig::default();
    let (iaa, sbl) = (IaaConfig::default(), SblConfig::default());
    let (iaa, sbl) = (IaaConfig { sources, covariance, ..iaa }, SblConfig { sources, covariance, ..sbl });
    let mut all: Vec<Finder> = vec![
        ("IAA", Box::new(Iaa::new(array, LAMBDA, grid.clone(), iaa).unwrap())),
        ("SBL", Box::new(Sbl::new(array, LAMBDA, grid.clone(), sbl).unwrap())),
    ];
    for &kind in LikelihoodKind::ALL {
        let config = LikelihoodConfig { sources, covariance, kind };
        let finder = MaximumLikelihood::new(array, LAMBDA, grid.clone(), config).unwrap();
        all.push((kind.name(), Box::new(finder)));
    }
    all
}

#[test]
fn three_orthogonal_echoes_without_noise_are_exact_in_all_fits() {
    let truth = [-0.42, 0.113, 0.25];
    let directions = truth.map(|az| Direction::new(az, 0.0).unwrap());
    for len in [12, 17] {
        let x = orthogonal(&ula(len), &directions);
        for (name, finder) in fits(&ula(len), &degree_grid(), SourceCount::Mdl) {
            let estimate = finder.estimate(&x).unwrap();
            let found = azimuths(&estimate);
            assert!(found.len() == 3, "{name} {len}: {found:?}");
            for (found, truth) in found.iter().zip(truth) {
                // What is left falls with the square of the error: at 1e-8 it is the rounding of the data.
                assert!((found - truth).abs() < 1e-7, "{name} {len}: {found} {truth}");
            }
            for (angle, exact) in estimate.angles.iter().zip([9.0, 4.0, 1.0]) {
                assert!((angle.height - exact).abs() < 1e-5, "{name} {len}: {}", angle.height);
            }
        }
    }
}

#[test]
fn the_board_sees_two_echoes_in_azimuth_and_elevation_in_all_fits() {
    let array = Board::Iwr1843.layout().virtual_array().unwrap();
    let truth = [Direction::new(-0.4, 0.15).unwrap(), Direction::new(0.3, -0.2).unwrap()];
    let x = orthogonal(&array, &truth);
    let grid = AngleGrid::sector(1.0, 41, 0.5, 21).unwrap();
    for (name, finder) in fits(&array, &grid, SourceCount::Given(2)) {
        let found = finder.estimate(&x).unwrap().angles;
        for truth in truth {
            let near = |a: &AnglePeak| {
                let d = a.direction;
                (d.azimuth_rad - truth.azimuth_rad).hypot(d.elevation_rad - truth.elevation_rad) < 1e-6
            };
            assert!(found.iter().any(near), "{name}: {truth:?} {found:?}");
        }
    }
}

/// The criteria as they stand in the papers, by eigenvectors of projections.
fn criterion(x: &Array2<C64>, angles: [f64; 2], kind: LikelihoodKind) -> f64 {
    let (m, r) = (x.nrows(), sample_covariance(x).unwrap());
    let adjoint = |a: &Array2<C64>| a.t().mapv(|z| z.conj());
    let mut a = Array2::zeros((m, 2));
    for (mut column, azimuth) in a.columns_mut().into_iter().zip(angles) {
        column.assign(&snapshot_of(&ula(m), LAMBDA, Direction::new(azimuth, 0.0).unwrap()).unwrap());
    }
    let gram = adjoint(&a).dot(&a);
    let determinant = gram[[0, 0]] * gram[[1, 1]] - gram[[0, 1]] * gram[[1, 0]];
    let inverse = Array2::from_shape_fn((2, 2), |(i, j)| match i == j {
        true => gram[[1 - i, 1 - i]] / determinant,
        false => -gram[[i, j]] / determinant,
    });
    let pseudo = inverse.dot(&adjoint(&a));
    let outside = Array2::from_diag_elem(m, C64::from(1.0)) - a.dot(&pseudo);
    let trace = |a: &Array2<C64>| a.diag().iter().map(|z| z.re).sum::<f64>();
    if kind == LikelihoodKind::Deterministic {
        return trace(&outside.dot(&r));
    }
    let noise = trace(&outside.dot(&r)) / (m - 2) as f64;
    let white = Array2::from_diag_elem(m, C64::from(noise));
    let signals = pseudo.dot(&(&r - &white)).dot(&adjoint(&pseudo));
    let model = a.dot(&signals).dot(&adjoint(&a)) + white;
    hermitian_eigen(&model).unwrap().values.iter().map(|value| value.ln()).sum()
}

#[test]
fn the_likelihoods_have_no_lower_point_around_what_is_found() {
    let x = Noise::new(6).snapshots(&ula(7), LAMBDA, &[0.05, 0.2], 6.0, 40);
    for kind in [LikelihoodKind::Deterministic, LikelihoodKind::Stochastic] {
        let config = LikelihoodConfig { sources: SourceCount::Given(2), kind, ..LikelihoodConfig::default() };
        let finder = MaximumLikelihood::new(&ula(7), LAMBDA, degree_grid(), config).unwrap();
        let found = azimuths(&finder.estimate(&x).unwrap());
        let at = |da: f64, db: f64| criterion(&x, [found[0] + da, found[1] + db], kind);
        let here = at(0.0, 0.0);
        for step in [1e-5, 1e-3, 0.03] {
            for (da, db) in
                [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step), (step, step), (step, -step)]
            {
                assert!(at(da, db) >= here, "{kind}: {found:?} moved by {da} {db}");
            }
        }
        // No pair of a grid of 2 degrees is lower.
        let degrees = |i: usize| (2.0 * i as f64 - 89.0).to_radians();
        for i in 0..90 {
            for j in 0..i {
                assert!(criterion(&x, [degrees(j), degrees(i)], kind) >= here, "{kind}: {j} {i}");
            }
        }
    }
}

#[test]
fn one_snapshot_of_two_echoes_is_enough_for_least_squares_and_sparse_methods() {
    let array = ula(12);
    let of = |azimuth: f64| snapshot_of(&array, LAMBDA, Direction::new(azimuth, 0.0).unwrap()).unwrap();
    let x = (of(-0.2) + of(0.25) * C64::cis(1.0)).insert_axis(Axis(1));
    for (name, finder) in fits(&array, &degree_grid(), SourceCount::Given(2)) {
        let found = finder.estimate(&x);
        if name == "stochastic" {
            assert!(matches!(found, Err(Error::Singular { .. })), "{name}: {found:?}");
            continue;
        }
        // The subspace of one snapshot has one dimension: two sources fit it, and others with them.
        if name == "subspace_fitting" {
            continue;
        }
        let found = azimuths(&found.unwrap());
        assert!(found.len() == 2, "{name}: {found:?}");
        assert!((found[0] + 0.2).abs() < 1e-7 && (found[1] - 0.25).abs() < 1e-7, "{name}: {found:?}");
    }
}

#[test]
fn coherent_echoes_of_many_snapshots_do_not_matter_to_the_fits() {
    let array = ula(12);
    let of = |azimuth: f64| snapshot_of(&array, LAMBDA, Direction::new(azimuth, 0.0).unwrap()).unwrap();
    let both = of(-0.2) + of(0.05) * C64::cis(2.0);
    let mut noise = Noise::new(12);
    let x =
        Array2::from_shape_fn((12, 64), |(n, s)| both[n] * C64::cis(0.7 * s as f64) + 0.05 * noise.complex());
    for (name, finder) in fits(&array, &degree_grid(), SourceCount::Given(2)) {
        // Its signal covariance has no inverse to rounding, and its likelihood no weight.
        if name == "stochastic" {
            continue;
        }
        let found = azimuths(&finder.estimate(&x).unwrap());
        // The bound of each is 4e-4.
        assert!(found.len() == 2, "{name}: {found:?}");
        assert!((found[0] + 0.2).abs() < 3e-3 && (found[1] - 0.05).abs() < 3e-3, "{name}: {found:?}");
    }
}

#[test]
fn the_reference_case_is_found_by_all_fits() {
    let truth = [-20_f64.to_radians(), 12_f64.to_radians()];
    let x = Noise::new(1).snapshots(&ula(12), LAMBDA, &truth, 10.0, 128);
    for (name, finder) in fits(&ula(12), &degree_grid(), SourceCount::Mdl) {
        let found = azimuths(&finder.estimate(&x).unwrap());
        let errors: Vec<f64> = found.iter().zip(truth).map(|(f, t)| (f - t).to_degrees()).collect();
        assert!(found.len() == 2 && errors.iter().all(|e| e.abs() < 0.1), "{name}: {errors:?}");
    }
}

#[test]
fn bad_plans_and_snapshots_of_the_fits_are_errors() {
    let (two, x) = (SourceCount::Given(2), Noise::new(8).snapshots(&ula(6), LAMBDA, &[-0.3, 0.4], 20.0, 30));
    for (name, finder) in fits(&ula(6), &degree_grid(), two) {
        assert!(matches!(finder.estimate(&Array2::zeros((5, 8))), Err(Error::Shape { .. })), "{name}");
        assert!(matches!(finder.estimate(&Array2::zeros((6, 0))), Err(Error::TooFew { .. })), "{name}");
        let mut bad = x.clone();
        bad[[2, 3]].re = f64::INFINITY;
        assert!(matches!(finder.estimate(&bad), Err(Error::NotFinite { index: 63, .. })), "{name}");
        assert!(finder.estimate(&Array2::zeros((6, 8))).unwrap().angles.is_empty(), "{name}");
        let exact = azimuths(&finder.estimate(&x).unwrap());
        for exponent in [-500, 500] {
            let found = finder.estimate(&(&x * C64::from(2.0_f64.powi(exponent)))).unwrap();
            assert_eq!(azimuths(&found), exact, "{name}");
        }
        assert!(
            matches!(finder.estimate(&(&x * C64::from(2.0_f64.powi(600)))), Err(Error::Domain { .. })),
            "{name}"
        );
    }
    let iaa = |iterations| {
        Iaa::new(&ula(4), LAMBDA, degree_grid(), IaaConfig { iterations, ..IaaConfig::default() })
    };
    assert!(iaa(0).is_err() && iaa(usize::MAX).is_err());
    let sbl =
        |tolerance| Sbl::new(&ula(4), LAMBDA, degree_grid(), SblConfig { tolerance, ..SblConfig::default() });
    assert!(sbl(-1.0).is_err() && sbl(f64::NAN).is_err());
    // Three sources on a grid of two points.
    let points = AngleGrid::new(vec![-0.1, 0.1], vec![0.0]).unwrap();
    let config = LikelihoodConfig { sources: SourceCount::Given(3), ..LikelihoodConfig::default() };
    let likelihood = MaximumLikelihood::new(&ula(6), LAMBDA, points, config).unwrap();
    assert!(matches!(likelihood.estimate(&x), Err(Error::Singular { .. })));
    let fft = |config| FftBeamformer::new(&ula(8), LAMBDA, config);
    assert!(fft(FftBeamformerConfig { azimuth_fft: 7, ..FftBeamformerConfig::default() }).is_err());
    assert!(
        fft(FftBeamformerConfig { sources: SourceCount::Given(8), ..FftBeamformerConfig::default() })
            .is_err()
    );
}

#[test]
fn the_fft_and_bartlett_find_the_same_summits() {
    let (array, truth) = (ula(12), [-0.35, 0.3]);
    let x = Noise::new(2).snapshots(&array, LAMBDA, &truth, 10.0, 40);
    let sources = SourceCount::Given(2);
    let fft =
        FftBeamformer::new(&array, LAMBDA, FftBeamformerConfig { sources, ..FftBeamformerConfig::default() });
    let fft = fft.unwrap().estimate(&x).unwrap();
    let config = BartlettConfig { sources, ..BartlettConfig::default() };
    let bartlett = Bartlett::new(&array, LAMBDA, degree_grid(), config).unwrap().estimate(&x).unwrap();
    for (a, b) in fft.angles.iter().zip(&bartlett.angles) {
        assert!(
            (a.direction.azimuth_rad - b.direction.azimuth_rad).abs() < 1e-9
                && (a.height / b.height - 1.0).abs() < 1e-12
        );
    }
    let spectrum = fft.spectrum.unwrap();
    assert_eq!((spectrum.data().dim(), spectrum.axes()[1].name()), ((1, 64), "u"));
    // The mean of the spectra of all snapshots.
    let plan = AngleFft::<f64>::new(&array, LAMBDA, 64, 1).unwrap();
    let mut mean = Array2::<f64>::zeros((1, 64));
    for column in x.columns() {
        mean += plan.spectrum(&column.to_vec()).unwrap().data();
    }
    for (found, sum) in spectrum.data().iter().zip(&mean) {
        assert!((found - sum / 40.0).abs() < 1e-12, "{found} {sum}");
    }
}

#[test]
fn shrinkage_gives_capon_an_inverse_when_snapshots_are_few() {
    let x = Noise::new(5).snapshots(&ula(12), LAMBDA, &[-0.4, 0.3], 15.0, 4);
    let sources = SourceCount::Given(2);
    for &shrinkage in Shrinkage::ALL {
        let covariance = CovarianceConfig { shrinkage: Some(shrinkage), ..CovarianceConfig::default() };
        let config = CaponConfig { sources, covariance, loading: 0.0 };
        let found = Capon::new(&ula(12), LAMBDA, degree_grid(), config).unwrap().estimate(&x).unwrap();
        let found = azimuths(&found);
        assert!((found[0] + 0.4).abs() < 0.05 && (found[1] - 0.3).abs() < 0.05, "{shrinkage}: {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_snapshots_give_directions_or_an_error(
        parts in proptest::collection::vec(proptest::num::f64::ANY, 16), size in 0..40_i32,
    ) {
        // Wild numbers, and tame ones of any size.
        for tame in [false, true] {
            let number = |x: f64| if tame { (x.to_bits() % 1000) as f64 * 10.0_f64.powi(8 * (size - 20)) } else { x };
            let x = Array2::from_shape_fn((4, 2), |(i, j)| {
                C64::new(number(parts[4 * i + 2 * j]), number(parts[4 * i + 2 * j + 1]))
            });
            let two = SourceCount::Given(2);
            let grid = AngleGrid::azimuth_sector(1.5, 31).unwrap();
            let mut all = fits(&ula(4), &grid, two);
            let esprit = |kind| Esprit::new(&ula(4), LAMBDA, EspritConfig { sources: two, kind, ..EspritConfig::default() });
            for &kind in EspritKind::ALL {
                all.push((kind.name(), Box::new(esprit(kind).unwrap())));
            }
            let root = RootMusicConfig { sources: two, ..RootMusicConfig::default() };
            all.push(("root-MUSIC", Box::new(RootMusic::new(&ula(4), LAMBDA, root).unwrap())));
            let capon = CaponConfig { sources: two, ..CaponConfig::default() };
            all.push(("Capon", Box::new(Capon::new(&ula(4), LAMBDA, grid.clone(), capon).unwrap())));
            for (name, finder) in all {
                let Ok(found) = finder.estimate(&x) else { continue };
                prop_assert!(found.spectrum.is_none_or(|s| s.data().iter().all(|p| p.is_finite())), "{}", name);
                for angle in found.angles {
                    let d = angle.direction;
                    prop_assert!(angle.height.is_finite() && Direction::new(d.azimuth_rad, d.elevation_rad).is_ok(), "{}", name);
                }
            }
        }
    }
}
