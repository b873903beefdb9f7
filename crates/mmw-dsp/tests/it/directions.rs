//! The direction finders against slow oracles, exact data and each other.

use crate::common::Noise;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::linalg::hermitian_eigen;
use mmw_core::ndarray::{Array1, Array2, Axis};
use mmw_core::{C64, Error, Result};
use mmw_dsp::Board;
use mmw_dsp::covariance::{CovarianceConfig, SourceCount, sample_covariance};
use mmw_dsp::doa::*;
use std::f64::consts::FRAC_PI_2;

pub(crate) const LAMBDA: f64 = 4e-3;

pub(crate) fn ula(count: usize) -> AntennaArray {
    AntennaArray::uniform_linear(count, LAMBDA / 2.0).unwrap()
}

pub(crate) fn degree_grid() -> AngleGrid {
    AngleGrid::azimuth_sector(FRAC_PI_2, 181).unwrap()
}

pub(crate) fn azimuths(estimate: &AngleEstimate) -> Vec<f64> {
    let mut found: Vec<f64> = estimate.angles.iter().map(|a| a.direction.azimuth_rad).collect();
    found.sort_by(f64::total_cmp);
    found
}

/// Orthogonal echoes without noise, of powers 1, 4, 9, …: harmonics of 16 snapshots.
pub(crate) fn orthogonal(array: &AntennaArray, directions: &[Direction]) -> Array2<C64> {
    let mut x = Array2::zeros((array.len(), 16));
    for (k, &direction) in directions.iter().enumerate() {
        let response = snapshot_of(array, LAMBDA, direction).unwrap();
        for (s, mut column) in x.columns_mut().into_iter().enumerate() {
            let turn = std::f64::consts::TAU * ((k + 1) * s) as f64 / 16.0;
            column.scaled_add(C64::from_polar(k as f64 + 1.0, turn), &response);
        }
    }
    x
}

type Finder = (&'static str, Box<dyn AngleEstimator>);

fn scanners(
    array: &AntennaArray,
    grid: &AngleGrid,
    sources: SourceCount,
    covariance: CovarianceConfig,
) -> Vec<Finder> {
    let (a, g) = (array, || grid.clone());
    let capon = CaponConfig { sources, covariance, loading: 1e-9 };
    vec![
        (
            "Bartlett",
            Box::new(Bartlett::new(a, LAMBDA, g(), BartlettConfig { sources, covariance }).unwrap()),
        ),
        ("Capon", Box::new(Capon::new(a, LAMBDA, g(), capon).unwrap())),
    ]
}

fn subspace(array: &AntennaArray, sources: SourceCount, covariance: CovarianceConfig) -> Vec<Finder> {
    let root = RootMusic::new(array, LAMBDA, RootMusicConfig { sources, covariance }).unwrap();
    let mut all: Vec<Finder> = vec![("root-MUSIC", Box::new(root))];
    for &kind in EspritKind::ALL {
        let esprit = Esprit::new(array, LAMBDA, EspritConfig { sources, covariance, kind }).unwrap();
        all.push((kind.name(), Box::new(esprit)));
    }
    all
}

/// `aᴴ M a`.
fn form(a: &Array1<C64>, m: &Array2<C64>) -> f64 {
    (0..a.len()).map(|i| (0..a.len()).map(|j| (a[i].conj() * m[[i, j]] * a[j]).re).sum::<f64>()).sum()
}

#[test]
fn beamformers_are_their_definitions_on_every_point_of_the_grid() {
    let board = Board::Iwr1843.layout().virtual_array().unwrap();
    let x = Noise::new(4).snapshots(&board, LAMBDA, &[-0.3, 0.2], 10.0, 40) * C64::from(1e-3);
    let r = sample_covariance(&x).unwrap();
    let level = 0.01 * r.diag().iter().map(|z| z.re).sum::<f64>() / 12.0;
    let eigen = hermitian_eigen(&r).unwrap();
    let inverse = Array2::from_shape_fn((12, 12), |(i, j)| {
        (0..12)
            .map(|k| eigen.vectors[[i, k]] * eigen.vectors[[j, k]].conj() / (eigen.values[k] + level))
            .sum()
    });
    let grid = AngleGrid::sector(1.2, 25, 0.5, 9).unwrap();
    let bartlett = Bartlett::new(&board, LAMBDA, grid.clone(), BartlettConfig::default()).unwrap();
    let capon = CaponConfig { loading: 0.01, ..CaponConfig::default() };
    let capon = Capon::new(&board, LAMBDA, grid.clone(), capon).unwrap();
    let spectra = [bartlett.estimate(&x).unwrap(), capon.estimate(&x).unwrap()].map(|e| e.spectrum.unwrap());
    for ((i, j), bartlett) in spectra[0].data().indexed_iter() {
        let a = snapshot_of(&board, LAMBDA, grid.direction(i, j)).unwrap();
        let exact = form(&a, &r) / 144.0;
        assert!((bartlett / exact - 1.0).abs() < 1e-11, "{bartlett} {exact}");
        // The loaded covariance has a condition below 1e4.
        let (capon, exact) = (spectra[1].data()[[i, j]], 1.0 / form(&a, &inverse));
        assert!((capon / exact - 1.0).abs() < 1e-10, "{capon} {exact}");
    }
}

#[test]
fn one_echo_without_noise_is_found_by_all_with_its_power() {
    for (azimuth, amplitude) in [(0.0, 1.0), (0.37, 3e-4), (-1.1, 2e5)] {
        let x = orthogonal(&ula(8), &[Direction::new(azimuth, 0.0).unwrap()]) * C64::from(amplitude);
        for sources in [SourceCount::Given(1), SourceCount::Mdl, SourceCount::Aic] {
            let plain = CovarianceConfig::default();
            let both = CovarianceConfig { forward_backward: true, smoothing: Some(6), ..plain };
            for config in [plain, both] {
                let all = scanners(&ula(8), &degree_grid(), sources, config).into_iter();
                for (name, finder) in all.chain(subspace(&ula(8), sources, config)) {
                    let found = finder.estimate(&x).unwrap().angles;
                    assert_eq!(found.len(), 1, "{name}");
                    let error = found[0].direction.azimuth_rad - azimuth;
                    assert!(error.abs() < 1e-7, "{name}: {error:e}");
                    let power = found[0].height / (amplitude * amplitude);
                    assert!((power - 1.0).abs() < 1e-6, "{name}: {power}");
                }
            }
        }
    }
}

#[test]
fn three_orthogonal_echoes_without_noise_are_exact_in_the_subspace_methods() {
    let truth = [-0.42, 0.113, 0.25];
    let directions = truth.map(|az| Direction::new(az, 0.0).unwrap());
    for len in [5, 12, 31] {
        let x = orthogonal(&ula(len), &directions);
        for (name, finder) in subspace(&ula(len), SourceCount::Mdl, CovarianceConfig::default()) {
            let estimate = finder.estimate(&x).unwrap();
            let found = azimuths(&estimate);
            assert!(found.len() == 3 && estimate.spectrum.is_none(), "{name} {len}: {found:?}");
            for (found, truth) in found.iter().zip(truth) {
                // Subspaces are exact to 1e-15 over the gap of eigenvalues, 1e-2 for five elements; a root on
                // the circle is double, and known to half the digits.
                let most = if name == "root-MUSIC" { 1e-7 } else { 1e-9 };
                assert!((found - truth).abs() < most, "{name} {len}: {found} {truth}");
            }
            let heights = estimate.angles.iter().map(|a| a.height);
            for (height, exact) in heights.zip([9.0, 4.0, 1.0]) {
                assert!((height - exact).abs() < 1e-6, "{name} {len}: {height}");
            }
        }
    }
}

#[test]
fn lines_along_z_aslant_and_reversed_have_their_own_angle() {
    let line = |step: [f64; 3]| {
        let place = |i: usize| step.map(|s| i as f64 * s * LAMBDA);
        AntennaArray::from_positions((0..9).map(place).collect()).unwrap()
    };
    for (array, azimuth, elevation) in [
        (line([0.0, 0.0, 0.5]), 0.0, -0.4),
        (line([0.0, 0.0, -0.45]), 0.0, 0.7),
        (line([-0.5, 0.0, 0.0]), 0.6, 0.0),
        (line([0.3, 0.0, 0.3]), -0.5, 0.0),
    ] {
        let truth = Direction::new(azimuth, elevation).unwrap();
        let x = orthogonal(&array, &[truth]);
        for (name, finder) in subspace(&array, SourceCount::Given(1), CovarianceConfig::default()) {
            let found = finder.estimate(&x).unwrap().angles[0].direction;
            let error = (found.azimuth_rad - azimuth).hypot(found.elevation_rad - elevation);
            // A root on the circle is double, and known to half the digits.
            assert!(error < 1e-7, "{name}: {found:?} {truth:?}");
        }
    }
}

#[test]
fn planar_arrays_are_scanned_in_both_angles() {
    let array = AntennaArray::uniform_planar(6, 4, LAMBDA / 2.0, LAMBDA / 2.0).unwrap();
    let truth = [Direction::new(-0.5, 0.35).unwrap(), Direction::new(0.45, -0.3).unwrap()];
    let x = orthogonal(&array, &truth);
    let grid = AngleGrid::sector(1.2, 61, 0.8, 41).unwrap();
    let finders = scanners(&array, &grid, SourceCount::Given(2), CovarianceConfig::default());
    for (name, finder) in finders {
        let found = finder.estimate(&x).unwrap();
        assert_eq!(found.spectrum.as_ref().map(|s| s.data().dim()), Some((41, 61)));
        // The beamformer's summits are moved by the side lobes of the other.
        let most = if name == "Bartlett" { 0.05 } else { 1e-3 };
        for truth in truth {
            let near = |a: &AnglePeak| {
                let d = a.direction;
                (d.azimuth_rad - truth.azimuth_rad).hypot(d.elevation_rad - truth.elevation_rad) < most
            };
            assert!(found.angles.iter().any(near), "{name}: {truth:?} {:?}", found.angles);
        }
    }
}

#[test]
fn one_snapshot_of_two_echoes_needs_smoothing_in_the_subspace_methods() {
    let array = ula(12);
    let of = |azimuth: f64| snapshot_of(&array, LAMBDA, Direction::new(azimuth, 0.0).unwrap()).unwrap();
    let x = (of(-0.2) + of(0.25) * C64::cis(1.0)).insert_axis(Axis(1));
    let smoothed =
        CovarianceConfig { smoothing: Some(8), forward_backward: true, ..CovarianceConfig::default() };
    for (name, finder) in subspace(&array, SourceCount::Mdl, smoothed) {
        let found = azimuths(&finder.estimate(&x).unwrap());
        assert!(found.len() == 2, "{name}: {found:?}");
        assert!((found[0] + 0.2).abs() < 1e-7 && (found[1] - 0.25).abs() < 1e-7, "{name}: {found:?}");
    }
}

#[test]
fn the_reference_case_is_found_by_all() {
    // -20 and 12 degrees, 12 elements, 128 snapshots. Other libraries, with draws of their own: MUSIC on the
    // grid, root-MUSIC -20.02 and 12.00, ESPRIT -20.05 and 12.03.
    let truth = [-20_f64.to_radians(), 12_f64.to_radians()];
    let x = Noise::new(1).snapshots(&ula(12), LAMBDA, &truth, 10.0, 128);
    let (two, plain) = (SourceCount::Given(2), CovarianceConfig::default());
    let all = scanners(&ula(12), &degree_grid(), two, plain).into_iter();
    for (name, finder) in all.chain(subspace(&ula(12), two, plain)) {
        let found = azimuths(&finder.estimate(&x).unwrap());
        // Four deviations: the bound is 0.032 degrees, and ESPRIT has 1.54 times that for one source (M =
        // 12). The beamformers have the bias of the other's side lobes.
        let most = match name {
            "Bartlett" | "Capon" => 0.5,
            "root-MUSIC" => 0.13,
            _ => 0.2,
        };
        let errors = found.iter().zip(truth).map(|(f, t)| (f - t).to_degrees());
        assert!(
            found.len() == 2 && errors.clone().all(|e| e.abs() < most),
            "{name}: {:?}",
            errors.collect::<Vec<_>>()
        );
    }
}

#[test]
fn what_a_method_cannot_use_is_an_error_that_says_why() {
    let board = Board::Iwr1843.layout().virtual_array().unwrap();
    let config = RootMusicConfig::default();
    let says = |result: Result<RootMusic>, word: &str| {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Invalid { .. }) && error.to_string().contains(word), "{error}");
    };
    says(RootMusic::new(&board, LAMBDA, config), "uniform");
    let deep =
        AntennaArray::from_positions((0..4).map(|i| [0.0, 2e-3 * f64::from(i), 0.0]).collect()).unwrap();
    says(RootMusic::new(&deep, LAMBDA, config), "runs in y");
    assert!(matches!(Esprit::new(&board, LAMBDA, EspritConfig::default()), Err(Error::Invalid { .. })));
    let given = |count| EspritConfig { sources: SourceCount::Given(count), ..EspritConfig::default() };
    assert!(matches!(Esprit::new(&ula(4), LAMBDA, given(4)), Err(Error::Domain { .. })));
    assert!(matches!(Esprit::new(&ula(1), LAMBDA, given(1)), Err(Error::TooFew { .. })));
    assert!(Esprit::new(&ula(4), f64::NAN, given(1)).is_err());
    let smoothing = |len| CovarianceConfig { smoothing: Some(len), ..CovarianceConfig::default() };
    let bartlett = |array: &AntennaArray, covariance| {
        Bartlett::new(
            array,
            LAMBDA,
            degree_grid(),
            BartlettConfig { covariance, ..BartlettConfig::default() },
        )
    };
    assert!(matches!(bartlett(&board, smoothing(4)), Err(Error::Invalid { .. })));
    assert!(matches!(bartlett(&ula(4), smoothing(5)), Err(Error::Domain { .. })));
    assert!(matches!(bartlett(&ula(4), smoothing(1)), Err(Error::TooFew { .. })));
    let reversed = CovarianceConfig { forward_backward: true, ..CovarianceConfig::default() };
    assert!(matches!(bartlett(&board, reversed), Err(Error::Invalid { .. })));
    let capon = |loading| {
        Capon::new(&ula(4), LAMBDA, degree_grid(), CaponConfig { loading, ..CaponConfig::default() })
    };
    for loading in [-0.1, f64::NAN, f64::INFINITY] {
        assert!(matches!(capon(loading), Err(Error::Domain { .. })));
    }
    let few = Array2::from_elem((4, 2), C64::from(1.0));
    assert!(matches!(capon(0.0).unwrap().estimate(&few), Err(Error::Singular { .. })));
}

#[test]
fn bad_snapshots_are_errors_and_extreme_ones_are_scaled() {
    let (two, plain) = (SourceCount::Given(2), CovarianceConfig::default());
    let all =
        || scanners(&ula(6), &degree_grid(), two, plain).into_iter().chain(subspace(&ula(6), two, plain));
    let x = Noise::new(8).snapshots(&ula(6), LAMBDA, &[-0.3, 0.4], 20.0, 30);
    for (name, finder) in all() {
        assert!(matches!(finder.estimate(&Array2::zeros((5, 8))), Err(Error::Shape { .. })), "{name}");
        assert!(matches!(finder.estimate(&Array2::zeros((6, 0))), Err(Error::TooFew { .. })), "{name}");
        let mut bad = x.clone();
        bad[[2, 3]].im = f64::NAN;
        assert!(matches!(finder.estimate(&bad), Err(Error::NotFinite { index: 63, .. })), "{name}");
        let nothing = finder.estimate(&Array2::zeros((6, 8))).unwrap();
        assert!(nothing.angles.is_empty(), "{name}");
        let exact = azimuths(&finder.estimate(&x).unwrap());
        for exponent in [-500, 500] {
            let found = finder.estimate(&(&x * C64::from(2.0_f64.powi(exponent)))).unwrap();
            assert_eq!(azimuths(&found), exact, "{name}");
        }
        // The square of an amplitude of 2^600 is no number.
        assert!(
            matches!(finder.estimate(&(&x * C64::from(2.0_f64.powi(600)))), Err(Error::Domain { .. })),
            "{name}"
        );
    }
}
