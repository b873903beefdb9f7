//! Bounds of directions against the whole Fisher matrix of all unknowns, closed forms and limits.

use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::linalg::solve;
use mmw_core::ndarray::{Array1, Array2, array};
use mmw_core::{C64, Error};
use mmw_dsp::Board;
use mmw_dsp::crlb::{DirectionSources, SignalModel, UnknownAngles, direction_bounds};
use mmw_dsp::doa::snapshot_of;
use std::f64::consts::PI;

const LAMBDA: f64 = 4e-3;

fn ula(count: usize) -> AntennaArray {
    AntennaArray::uniform_linear(count, LAMBDA / 2.0).unwrap()
}

fn at(azimuth: f64) -> Direction {
    Direction::new(azimuth, 0.0).unwrap()
}

fn azimuths(array: &AntennaArray, sources: &DirectionSources, model: SignalModel) -> Vec<f64> {
    let bounds = direction_bounds(array, LAMBDA, sources, model, UnknownAngles::Azimuth).unwrap();
    bounds.iter().map(|bound| bound.azimuth_rad.unwrap()).collect()
}

fn steering(array: &AntennaArray, directions: &[Direction]) -> Array2<C64> {
    let mut a = Array2::zeros((array.len(), directions.len()));
    for (mut column, &direction) in a.columns_mut().into_iter().zip(directions) {
        column.assign(&snapshot_of(array, LAMBDA, direction).unwrap());
    }
    a
}

/// Square roots of the first diagonal entries of the inverse.
fn first_deviations(fisher: &Array2<f64>, count: usize) -> Vec<f64> {
    let size = fisher.nrows();
    let unit = |i: usize| Array1::from_shape_fn(size, |j| if i == j { 1.0 } else { 0.0 });
    (0..count).map(|i| solve(fisher, &unit(i)).unwrap()[i].sqrt()).collect()
}

/// `Re tr(A B)`.
fn trace(a: &Array2<C64>, b: &Array2<C64>) -> f64 {
    a.indexed_iter().map(|((i, j), x)| (x * b[[j, i]]).re).sum()
}

/// The inverse of a Hermitian positive definite matrix, by its eigenvectors.
fn inverse(a: &Array2<C64>) -> Array2<C64> {
    let eigen = mmw_core::linalg::hermitian_eigen(a).unwrap();
    let scaled = Array2::from_shape_fn(a.dim(), |(i, k)| eigen.vectors[[i, k]] / eigen.values[k]);
    scaled.dot(&eigen.vectors.t().mapv(|z| z.conj()))
}

/// Deviations of all angles by Slepian's and Bangs' formula, with numeric derivatives of the covariance by
/// every angle, every part of the signal covariance and the noise power.
fn by_slepian_bangs(array: &AntennaArray, sources: &DirectionSources, both: bool) -> Vec<f64> {
    let count = sources.directions.len();
    let angles = if both { 2 } else { 1 };
    let model = |parameters: &[f64]| {
        let direction = |k: usize| {
            let elevation = if both { parameters[2 * k + 1] } else { sources.directions[k].elevation_rad };
            Direction::new(parameters[angles * k], elevation).unwrap()
        };
        let a = steering(array, &(0..count).map(direction).collect::<Vec<_>>());
        let mut rest = parameters[angles * count..].iter();
        let mut power = Array2::zeros((count, count));
        for i in 0..count {
            power[[i, i]] = C64::from(*rest.next().unwrap());
            for j in 0..i {
                let z = C64::new(*rest.next().unwrap(), *rest.next().unwrap());
                power[[i, j]] = z;
                power[[j, i]] = z.conj();
            }
        }
        let noise = Array2::from_diag_elem(array.len(), C64::from(*rest.next().unwrap()));
        a.dot(&power).dot(&a.t().mapv(|z| z.conj())) + noise
    };
    let mut parameters = Vec::new();
    for direction in &sources.directions {
        parameters.push(direction.azimuth_rad);
        if both {
            parameters.push(direction.elevation_rad);
        }
    }
    for i in 0..count {
        parameters.push(sources.covariance[[i, i]].re);
        for j in 0..i {
            parameters.extend([sources.covariance[[i, j]].re, sources.covariance[[i, j]].im]);
        }
    }
    parameters.push(sources.noise_power);
    let step = 1e-5;
    let derivative = |i: usize| {
        let moved = |h: f64| {
            let mut p = parameters.clone();
            p[i] += h;
            model(&p)
        };
        (moved(step) - moved(-step)) / C64::from(2.0 * step)
    };
    let inverse = inverse(&model(&parameters));
    let terms: Vec<Array2<C64>> = (0..parameters.len()).map(|i| inverse.dot(&derivative(i))).collect();
    let fisher = Array2::from_shape_fn((terms.len(), terms.len()), |(i, j)| {
        sources.snapshots as f64 * trace(&terms[i], &terms[j])
    });
    first_deviations(&fisher, angles * count)
}

fn correlated(directions: Vec<Direction>) -> DirectionSources {
    let covariance = array![[C64::from(3.0), C64::new(1.2, -0.8)], [C64::new(1.2, 0.8), C64::from(1.5)]];
    DirectionSources { directions, covariance, noise_power: 0.7, snapshots: 50 }
}

#[test]
fn the_stochastic_bound_is_the_inverse_of_the_whole_fisher_matrix() {
    let sources = correlated(vec![at(0.1), at(0.32)]);
    let found = azimuths(&ula(7), &sources, SignalModel::Stochastic);
    for (found, exact) in found.iter().zip(by_slepian_bangs(&ula(7), &sources, false)) {
        // Central differences over 1e-5: an error of (1e-5)² times the phase slope cubed, below 1e-6.
        assert!((found / exact - 1.0).abs() < 1e-5, "{found} {exact}");
    }
}

#[test]
fn the_bound_of_both_angles_is_that_of_the_whole_fisher_matrix() {
    let board = Board::Iwr1843.layout().virtual_array().unwrap();
    let direction = |az, el| Direction::new(az, el).unwrap();
    let sources = correlated(vec![direction(-0.2, 0.1), direction(0.3, -0.25)]);
    let bounds =
        direction_bounds(&board, LAMBDA, &sources, SignalModel::Stochastic, UnknownAngles::Both).unwrap();
    let found = bounds.iter().flat_map(|b| [b.azimuth_rad.unwrap(), b.elevation_rad.unwrap()]);
    for (found, exact) in found.zip(by_slepian_bangs(&board, &sources, true)) {
        assert!((found / exact - 1.0).abs() < 1e-5, "{found} {exact}");
    }
}

#[test]
fn the_deterministic_bound_is_the_inverse_of_the_whole_fisher_matrix() {
    // Unknowns: two angles, and real and imaginary part of both amplitudes in each of three snapshots.
    let array = ula(6);
    let directions = [at(-0.15), at(0.2)];
    let amplitudes = array![
        [C64::new(1.0, 0.4), C64::new(-0.3, 1.1), C64::new(0.2, -0.9)],
        [C64::new(0.5, 0.5), C64::i(), C64::new(-1.2, 0.1)]
    ];
    let noise_power = 0.3;
    let mean = |parameters: &[f64]| {
        let a = steering(&array, &[at(parameters[0]), at(parameters[1])]);
        let s = Array2::from_shape_fn((2, 3), |(k, t)| {
            let i = 2 + 2 * (3 * k + t);
            C64::new(parameters[i], parameters[i + 1])
        });
        a.dot(&s)
    };
    let mut parameters = vec![-0.15, 0.2];
    parameters.extend(amplitudes.iter().flat_map(|z| [z.re, z.im]));
    let step = 1e-5;
    let derivative = |i: usize| {
        let moved = |h: f64| {
            let mut p = parameters.clone();
            p[i] += h;
            mean(&p)
        };
        (moved(step) - moved(-step)) / C64::from(2.0 * step)
    };
    let all: Vec<Array2<C64>> = (0..parameters.len()).map(derivative).collect();
    let fisher = Array2::from_shape_fn((all.len(), all.len()), |(i, j)| {
        all[i].iter().zip(&all[j]).map(|(a, b)| 2.0 / noise_power * (a.conj() * b).re).sum::<f64>()
    });
    let covariance = amplitudes.dot(&amplitudes.t().mapv(|z| z.conj())) / C64::from(3.0);
    let sources = DirectionSources { directions: directions.to_vec(), covariance, noise_power, snapshots: 3 };
    let found = azimuths(&array, &sources, SignalModel::Deterministic);
    for (found, exact) in found.iter().zip(first_deviations(&fisher, 2)) {
        assert!((found / exact - 1.0).abs() < 1e-6, "{found} {exact}");
    }
}

#[test]
fn one_source_on_a_line_has_the_closed_forms() {
    for (m, azimuth, snr, n) in [(2, 0.0, 1.0, 1), (12, 0.5, 0.1, 128), (40, -1.0, 100.0, 7)] {
        let sources = DirectionSources::uncorrelated(vec![at(azimuth)], snr, n).unwrap();
        let count = m as f64;
        let slope = PI * f64::cos(azimuth);
        let exact = (6.0 / (slope * slope * snr * n as f64 * count * (count * count - 1.0))).sqrt();
        let conditional = azimuths(&ula(m), &sources, SignalModel::Deterministic)[0];
        assert!((conditional / exact - 1.0).abs() < 1e-11, "{conditional} {exact}");
        // S² aᴴ R⁻¹ a = S² M / (M S + σ²).
        let loss = (1.0 + 1.0 / (count * snr)).sqrt();
        let unconditional = azimuths(&ula(m), &sources, SignalModel::Stochastic)[0];
        assert!((unconditional / exact / loss - 1.0).abs() < 1e-11, "{unconditional} {exact}");
    }
}

#[test]
fn bounds_of_far_sources_are_those_of_each_alone_and_grow_as_they_close_in() {
    let pair = |apart: f64| {
        let two = DirectionSources::uncorrelated(vec![at(0.1), at(0.1 + apart)], 10.0, 100).unwrap();
        azimuths(&ula(12), &two, SignalModel::Stochastic)[0]
    };
    let alone = DirectionSources::uncorrelated(vec![at(0.1)], 10.0, 100).unwrap();
    let alone = azimuths(&ula(12), &alone, SignalModel::Stochastic)[0];
    // At a null of the other's pattern, 2 k / M in the sine, two responses are orthogonal.
    let null = (f64::sin(0.1) + 4.0 / 6.0).asin() - 0.1;
    assert!(pair(null) >= alone && pair(null) < 1.05 * alone);
    assert!(pair(0.1) > 1.1 * alone && pair(0.05) > 2.0 * pair(0.1) && pair(0.025) > 2.0 * pair(0.05));
    // The stochastic bound is never below the deterministic one, and reaches it at high SNR.
    for (snr, most) in [(1.0, 10.0), (1e6, 1.0 + 1e-6)] {
        let two = DirectionSources::uncorrelated(vec![at(0.1), at(0.2)], snr, 100).unwrap();
        let [low, high] =
            [SignalModel::Deterministic, SignalModel::Stochastic].map(|m| azimuths(&ula(12), &two, m)[0]);
        assert!(high > low && high < most * low, "{snr} {low} {high}");
    }
}

#[test]
fn what_no_array_tells_apart_has_no_bound() {
    let run = |array: &AntennaArray, sources: &DirectionSources, unknown| {
        direction_bounds(array, LAMBDA, sources, SignalModel::Stochastic, unknown)
    };
    let of = |directions: Vec<Direction>| DirectionSources::uncorrelated(directions, 1.0, 10).unwrap();
    let azimuth = UnknownAngles::Azimuth;
    assert!(matches!(run(&ula(4), &of(vec![at(0.1), at(0.1)]), azimuth), Err(Error::Singular { .. })));
    assert!(matches!(run(&ula(4), &of(vec![at(0.1)]), UnknownAngles::Both), Err(Error::Singular { .. })));
    assert!(matches!(run(&ula(4), &of(vec![at(PI / 2.0)]), azimuth), Ok(_) | Err(Error::Singular { .. })));
    assert!(matches!(run(&ula(2), &of(vec![at(0.1), at(0.4)]), azimuth), Err(Error::TooFew { .. })));
    assert!(matches!(run(&ula(2), &of(vec![]), azimuth), Err(Error::TooFew { .. })));
    assert!(matches!(
        run(&ula(4), &DirectionSources { snapshots: 0, ..of(vec![at(0.1)]) }, azimuth),
        Err(Error::TooFew { .. })
    ));
    for noise_power in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let bad = DirectionSources { noise_power, ..of(vec![at(0.1)]) };
        assert!(matches!(run(&ula(4), &bad, azimuth), Err(Error::Domain { .. })));
    }
    let with = |covariance| DirectionSources { covariance, ..of(vec![at(0.1), at(0.4)]) };
    let one = C64::from(1.0);
    assert!(matches!(run(&ula(4), &with(array![[one]]), azimuth), Err(Error::Shape { .. })));
    assert!(matches!(
        run(&ula(4), &with(array![[one, one], [-one, one]]), azimuth),
        Err(Error::Invalid { .. })
    ));
    assert!(matches!(
        run(&ula(4), &with(array![[one, 2.0 * one], [2.0 * one, one]]), azimuth),
        Err(Error::Invalid { .. })
    ));
    assert!(DirectionSources::uncorrelated(vec![at(0.1)], 0.0, 1).is_err());
    // Coherent echoes: no stochastic information is lost by a singular covariance.
    let coherent = with(array![[one, one], [one, one]]);
    assert!(run(&ula(6), &coherent, azimuth).is_ok());
    let nowhere = Direction { azimuth_rad: f64::NAN, elevation_rad: 0.0 };
    assert!(run(&ula(4), &of(vec![nowhere]), azimuth).is_err());
    assert!(direction_bounds(&ula(4), 0.0, &of(vec![at(0.1)]), SignalModel::Stochastic, azimuth).is_err());
}

#[test]
fn another_library_has_the_same_bounds() {
    // doatools (github.com/morriswmz/doatools.py), `crb_sto_farfield_1d` and `crb_det_farfield_1d`,
    // twelve elements half a wavelength apart. Its steering vectors are the conjugates of ours, and so
    // its covariance.
    let diagonal =
        |powers: &[f64]| Array2::from_diag(&powers.iter().map(|&p| C64::from(p)).collect::<Array1<C64>>());
    let cross = C64::new(1.2, -0.8);
    let full = array![[C64::from(3.0), cross], [cross.conj(), C64::from(1.5)]];
    let cases = [
        (
            vec![-0.35, 0.21],
            diagonal(&[10.0, 10.0]),
            1.0,
            128,
            vec![0.0005650632124167337, 0.000542728204995314],
            vec![0.0005627045036051103, 0.0005404627278392911],
        ),
        (
            vec![0.1, 0.19],
            full,
            0.7,
            50,
            vec![0.0032911020376937823, 0.00477746996679877],
            vec![0.0031919605857977265, 0.004573872518221685],
        ),
        (
            vec![-0.5, 0.0, 0.3],
            diagonal(&[1.0, 4.0, 0.5]),
            1.0,
            20,
            vec![0.005127142027539737, 0.002256566234823882, 0.0070565997902612],
            vec![0.004924406318546039, 0.002233061136236043, 0.0065230677341698035],
        ),
    ];
    for (azimuths_rad, covariance, noise_power, snapshots, stochastic, deterministic) in cases {
        let directions = azimuths_rad.into_iter().map(at).collect();
        let sources = DirectionSources { directions, covariance, noise_power, snapshots };
        for (model, exact) in
            [(SignalModel::Stochastic, stochastic), (SignalModel::Deterministic, deterministic)]
        {
            for (found, exact) in azimuths(&ula(12), &sources, model).iter().zip(exact) {
                // Both invert matrices of condition below 1e4.
                assert!((found / exact - 1.0).abs() < 1e-10, "{model}: {found} {exact}");
            }
        }
    }
}
