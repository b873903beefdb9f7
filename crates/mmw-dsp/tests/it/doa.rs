//! Directions of arrival against known truth, resolution limits and Cramér-Rao bounds.

use crate::common::Noise;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::ndarray::{Array1, Array2, Axis, array};
use mmw_core::{C64, Error};
use mmw_dsp::covariance::SourceCount;
use mmw_dsp::doa::{
    AngleEstimate, AngleEstimator, AngleFft, AngleGrid, Music, MusicConfig, Resolvable, SingleTarget,
    direction_of_cosines, resolvable, snapshot_of,
};
use mmw_dsp::{Board, Fmcw, FmcwConfig};
use proptest::prelude::*;
use std::f64::consts::{FRAC_PI_2, PI, TAU};

pub(crate) const LAMBDA: f64 = 4e-3;

fn ula(count: usize) -> AntennaArray {
    AntennaArray::uniform_linear(count, LAMBDA / 2.0).unwrap()
}

fn given(count: usize) -> MusicConfig {
    MusicConfig { sources: SourceCount::Given(count), ..MusicConfig::default() }
}

fn degree_grid() -> AngleGrid {
    AngleGrid::azimuth_sector(FRAC_PI_2, 181).unwrap()
}

fn azimuths(estimate: &AngleEstimate) -> Vec<f64> {
    let mut found: Vec<f64> = estimate.angles.iter().map(|a| a.direction.azimuth_rad).collect();
    found.sort_by(f64::total_cmp);
    found
}

/// Coherent echoes: one snapshot, amplitudes as given.
fn coherent(array: &AntennaArray, echoes: &[(f64, C64)]) -> Array2<C64> {
    let mut x = Array1::zeros(array.len());
    for &(azimuth, amplitude) in echoes {
        x.scaled_add(amplitude, &snapshot_of(array, LAMBDA, Direction::new(azimuth, 0.0).unwrap()).unwrap());
    }
    x.insert_axis(Axis(1))
}

/// Noise-free echoes that move against each other.
fn incoherent(array: &AntennaArray, directions: &[Direction], count: usize) -> Array2<C64> {
    let mut x = Array2::zeros((array.len(), count));
    for (k, &direction) in directions.iter().enumerate() {
        let response = snapshot_of(array, LAMBDA, direction).unwrap();
        for (s, mut column) in x.columns_mut().into_iter().enumerate() {
            let phase = 0.7 * (k as f64 + 1.0) * s as f64 + 0.3 * (k * s * s) as f64;
            column.scaled_add(C64::from_polar(1.0 + 0.2 * k as f64, phase), &response);
        }
    }
    x
}

#[test]
fn music_recovers_noise_free_directions_to_a_microradian() {
    let truth = [-0.9, -0.31, 0.113, 0.62];
    let directions = truth.map(|az| Direction::new(az, 0.0).unwrap());
    for count in 1..=4 {
        let x = incoherent(&ula(12), &directions[..count], 32);
        for config in [given(count), MusicConfig::default()] {
            let found = Music::new(&ula(12), LAMBDA, degree_grid(), config).unwrap().estimate(&x).unwrap();
            let found = azimuths(&found);
            assert_eq!(found.len(), count);
            for (found, truth) in found.iter().zip(truth) {
                assert!((found - truth).abs() < 1e-6, "{found} {truth}");
            }
        }
    }
}

#[test]
fn music_agrees_on_both_subspaces() {
    // Seven sources on eight channels project on the noise vector, the definition on all of them.
    let x = Noise::new(3).snapshots(&ula(8), LAMBDA, &[-0.5, 0.4], 10.0, 64);
    let covariance = mmw_dsp::covariance::sample_covariance(&x).unwrap();
    let vectors = mmw_core::linalg::hermitian_eigen(&covariance).unwrap().vectors;
    for sources in 1..8 {
        let music = Music::new(&ula(8), LAMBDA, degree_grid(), given(sources)).unwrap();
        let mut spectrum = Array2::zeros((1, 181));
        music.spectrum_into(&x, &mut music.scratch().unwrap(), &mut spectrum).unwrap();
        for (i, &found) in spectrum.iter().enumerate() {
            let a = snapshot_of(&ula(8), LAMBDA, music.grid().direction(0, i)).unwrap();
            let null: f64 = (0..8 - sources)
                .map(|k| vectors.column(k).iter().zip(&a).map(|(e, a)| e.conj() * a).sum::<C64>().norm_sqr())
                .sum();
            // 1 - null/8 is rounded at 1e-16 before it is inverted.
            let tolerance = 1e-14 * (8.0 / null);
            assert!((found / (8.0 / null) - 1.0).abs() < 1e-13 + tolerance, "{sources} {i}: {found} {null}");
        }
    }
}

#[test]
fn music_resolves_what_a_beamformer_cannot() {
    // 5 degrees with 12 elements; the beam is 2/12 rad = 9.5 degrees wide.
    let truth = [10_f64.to_radians(), 15_f64.to_radians()];
    let x = Noise::new(11).snapshots(&ula(12), LAMBDA, &truth, 20.0, 128);
    let estimate =
        Music::new(&ula(12), LAMBDA, degree_grid(), MusicConfig::default()).unwrap().estimate(&x).unwrap();
    let found = azimuths(&estimate);
    assert_eq!(found.len(), 2);
    assert!(found.iter().zip(truth).all(|(f, t)| (f - t).abs() < 0.2_f64.to_radians()), "{found:?}");

    // The mean beamformer spectrum has a single summit there.
    let fft = AngleFft::<f64>::new(&ula(12), LAMBDA, 512, 1).unwrap();
    let mut mean = Array2::<f64>::zeros((1, 512));
    for column in x.columns() {
        mean += fft.spectrum(&column.to_vec()).unwrap().data();
    }
    let row = mean.row(0);
    let half = 0.5 * row.iter().copied().fold(0.0, f64::max);
    let summits = (1..511).filter(|&i| row[i] > half && row[i] > row[i - 1] && row[i] >= row[i + 1]).count();
    assert_eq!(summits, 1);
}

#[test]
fn music_finds_the_reference_case() {
    // Truth -20 and 12 degrees, 12 elements, 128 snapshots: other libraries report -20.05 and 12.03.
    let truth = [-20_f64.to_radians(), 12_f64.to_radians()];
    let x = Noise::new(1).snapshots(&ula(12), LAMBDA, &truth, 10.0, 128);
    let estimate = Music::new(&ula(12), LAMBDA, degree_grid(), given(2)).unwrap().estimate(&x).unwrap();
    let found = azimuths(&estimate);
    assert!(found.iter().zip(truth).all(|(f, t)| (f - t).abs() < 0.1_f64.to_radians()), "{found:?}");
    let spectrum = estimate.spectrum.unwrap();
    assert_eq!(spectrum.data().dim(), (1, 181));
    let peak = spectrum.peak().unwrap();
    assert!(peak.index == [0, 70] || peak.index == [0, 102], "{peak:?}");
    assert!(spectrum.data().iter().all(|&p| p >= 1.0 && p.is_finite()));
}

#[test]
fn coherent_echoes_need_smoothing_or_forward_backward_averaging() {
    let array = ula(12);
    let (left, right) = (-0.2, 0.25);
    let x = coherent(&array, &[(left, C64::from(1.0)), (right, C64::from_polar(1.0, 1.0))]);
    let run = |config: MusicConfig| {
        azimuths(&Music::new(&array, LAMBDA, degree_grid(), config).unwrap().estimate(&x).unwrap())
    };
    let right_ones =
        |found: &[f64]| found.len() == 2 && (found[0] - left).abs() < 1e-6 && (found[1] - right).abs() < 1e-6;
    assert!(!right_ones(&run(given(2))));
    assert!(right_ones(&run(MusicConfig { smoothing: Some(8), ..given(2) })));
    assert!(right_ones(&run(MusicConfig { forward_backward: true, ..given(2) })));
    assert!(right_ones(&run(MusicConfig { forward_backward: true, smoothing: Some(9), ..given(2) })));
    assert!(right_ones(&run(MusicConfig { smoothing: Some(8), ..MusicConfig::default() })));
}

#[test]
fn music_scans_azimuth_and_elevation_of_the_board() {
    let array = Board::Iwr1843.layout().virtual_array().unwrap();
    let lambda = mmw_core::units::wavelength_m(77e9).unwrap();
    let truth = [Direction::new(-0.4, 0.15).unwrap(), Direction::new(0.3, -0.2).unwrap()];
    let mut x = Array2::zeros((12, 16));
    for (k, &d) in truth.iter().enumerate() {
        let response = snapshot_of(&array, lambda, d).unwrap();
        for (s, mut column) in x.columns_mut().into_iter().enumerate() {
            column.scaled_add(C64::cis((0.9 + k as f64) * s as f64), &response);
        }
    }
    let grid = AngleGrid::sector(1.0, 61, 0.5, 31).unwrap();
    let estimate = Music::new(&array, lambda, grid, given(2)).unwrap().estimate(&x).unwrap();
    assert_eq!(estimate.angles.len(), 2);
    for truth in truth {
        let near = estimate.angles.iter().any(|a| {
            (a.direction.azimuth_rad - truth.azimuth_rad).abs() < 1e-6
                && (a.direction.elevation_rad - truth.elevation_rad).abs() < 1e-6
        });
        assert!(near, "{truth:?} in {:?}", estimate.angles);
    }
    assert!(estimate.angles[0].height >= estimate.angles[1].height);
}

/// Deterministic Cramér-Rao bound of one source in unit noise for one cosine, from its phase gradients.
fn bound_u(positions: &[f64], snr: f64, snapshots: usize) -> f64 {
    let k = TAU / LAMBDA;
    let mean = positions.iter().sum::<f64>() / positions.len() as f64;
    let spread: f64 = positions.iter().map(|x| (k * (x - mean)).powi(2)).sum();
    1.0 / (2.0 * snr * snapshots as f64 * spread)
}

#[test]
fn music_attains_the_bound_for_one_source_at_high_snr() {
    // For a single source the asymptotic variance of MUSIC is the bound times 1 + 1/(M SNR): at 10 dB and 12
    // elements 1.008. 400 trials give the RMSE to 3.5 %; 1.15 leaves four standard deviations.
    let array = ula(12);
    let music = Music::new(&array, LAMBDA, AngleGrid::azimuth_sector(1.0, 121).unwrap(), given(1)).unwrap();
    let mut noise = Noise::new(21);
    const TRIALS: usize = 400;
    let truth = 0.2_f64;
    let squares: f64 = (0..TRIALS)
        .map(|_| {
            let x = noise.snapshots(&array, LAMBDA, &[truth], 10.0, 64);
            let found = music.estimate(&x).unwrap().angles[0].direction;
            (found.azimuth_rad.sin() - truth.sin()).powi(2)
        })
        .sum();
    let positions: Vec<f64> = array.positions_m().iter().map(|p| p[0]).collect();
    let ratio = (squares / TRIALS as f64 / bound_u(&positions, 10.0, 64)).sqrt();
    assert!((0.85..1.15).contains(&ratio), "RMSE over bound {ratio}");
}

#[test]
fn one_target_is_located_at_the_single_snapshot_bound() {
    let fmcw = Fmcw::new(FmcwConfig::iwr1843()).unwrap();
    let array = fmcw.virtual_array().unwrap();
    let lambda = fmcw.wavelength_m();
    let k = TAU / lambda;
    let count = array.len() as f64;
    let p = array.positions_m();
    let mean = |i: usize| p.iter().map(|p| p[i]).sum::<f64>() / count;
    let moment =
        |i: usize, j: usize| -> f64 { p.iter().map(|p| k * k * (p[i] - mean(i)) * (p[j] - mean(j))).sum() };
    // Fisher information of (u, w) with the complex amplitude unknown: 2 SNR times the centred moments.
    let snr = 100.0;
    let (uu, uw, ww) = (2.0 * snr * moment(0, 0), 2.0 * snr * moment(0, 2), 2.0 * snr * moment(2, 2));
    let determinant = uu * ww - uw * uw;
    let (bound_u, bound_w) = (ww / determinant, uu / determinant);

    let target = SingleTarget::new(array, lambda).unwrap();
    let fft = AngleFft::<f64>::new(array, lambda, 32, 8).unwrap();
    let (mut scratch, mut spectrum) = (fft.scratch(), Array2::zeros(fft.shape()));
    let mut noise = Noise::new(5);
    const TRIALS: usize = 2000;
    let (mut squares_u, mut squares_w) = (0.0, 0.0);
    for trial in 0..TRIALS {
        let truth =
            Direction::new(0.8 * (trial as f64 / 999.5 - 1.0), 0.3 * ((trial % 7) as f64 / 3.0 - 1.0))
                .unwrap();
        let x: Array1<C64> =
            snapshot_of(array, lambda, truth).unwrap().iter().map(|a| a * 10.0 + noise.complex()).collect();
        fft.spectrum_into(x.as_slice().unwrap(), &mut scratch, &mut spectrum).unwrap();
        let start = fft.strongest(&spectrum).unwrap().unwrap();
        let [u, _, w] = target.refine(&x, start).unwrap().unit_vector();
        let [tu, _, tw] = truth.unit_vector();
        squares_u += (u - tu).powi(2);
        squares_w += (w - tw).powi(2);
    }
    let ratio_u = (squares_u / TRIALS as f64 / bound_u).sqrt();
    let ratio_w = (squares_w / TRIALS as f64 / bound_w).sqrt();
    // 2000 trials give an RMSE to 1.6 %.
    assert!((0.93..1.1).contains(&ratio_u), "u: RMSE over bound {ratio_u}");
    assert!((0.93..1.1).contains(&ratio_w), "w: RMSE over bound {ratio_w}");
}

#[test]
fn refinement_is_exact_without_noise_on_any_layout() {
    let layouts = [
        (AntennaArray::uniform_planar(4, 3, 2e-3, 2e-3).unwrap(), [0.3, -0.2]),
        (ula(8), [0.6, 0.0]),
        (
            AntennaArray::from_positions((0..6).map(|i| [0.0, 0.0, 2e-3 * i as f64]).collect()).unwrap(),
            [0.0, 0.4],
        ),
        // Depth: elements on an arc, as on a car's bumper.
        (
            AntennaArray::from_positions(
                (0..9)
                    .map(|i| {
                        let t = 0.2 * (i as f64 - 4.0);
                        [9e-3 * t.sin(), 9e-3 * t.cos(), 1.5e-3 * (i % 3) as f64]
                    })
                    .collect(),
            )
            .unwrap(),
            [0.35, 0.25],
        ),
    ];
    for (array, [azimuth, elevation]) in layouts {
        let truth = Direction::new(azimuth, elevation).unwrap();
        let x = snapshot_of(&array, LAMBDA, truth).unwrap() * C64::from_polar(3e-7, 2.0);
        let target = SingleTarget::new(&array, LAMBDA).unwrap();
        let located = target.locate(&x).unwrap().unwrap();
        let near = Direction::new(
            azimuth + if target.resolvable().azimuth { 0.08 } else { 0.0 },
            elevation - if target.resolvable().elevation { 0.08 } else { 0.0 },
        );
        for found in [located, target.refine(&x, near.unwrap()).unwrap()] {
            assert!((found.azimuth_rad - azimuth).abs() < 1e-9, "{found:?} {truth:?}");
            assert!((found.elevation_rad - elevation).abs() < 1e-9, "{found:?} {truth:?}");
        }
    }
}

#[test]
fn layouts_resolve_what_their_extent_allows() {
    let from = |p: Vec<[f64; 3]>| resolvable(&AntennaArray::from_positions(p).unwrap());
    let both = |azimuth, elevation| Resolvable { azimuth, elevation, slanted: false };
    assert_eq!(from(vec![[1.0, 0.0, 0.0]]), both(false, false));
    assert_eq!(from(vec![[1.0, 0.0, 0.0]; 3]), both(false, false));
    assert_eq!(from(vec![[0.0; 3], [1e-3, 0.0, 0.0]]), both(true, false));
    assert_eq!(from(vec![[0.0; 3], [0.0, 0.0, 1e-3]]), both(false, true));
    assert_eq!(
        from(vec![[0.0; 3], [1e-3, 0.0, 1e-3], [2e-3, 0.0, 2e-3]]),
        Resolvable { slanted: true, ..both(true, false) }
    );
    assert_eq!(from(vec![[0.0; 3], [1e-3, 0.0, 0.0], [0.0, 0.0, 1e-3]]), both(true, true));
    let lone = SingleTarget::new(&AntennaArray::from_positions(vec![[0.0; 3]]).unwrap(), LAMBDA).unwrap();
    assert_eq!(lone.locate(&array![C64::from(1.0)]).unwrap(), Some(Direction::default()));
}

#[test]
fn bad_plans_and_snapshots_of_music_are_errors() {
    let new = |array: &AntennaArray, config| Music::new(array, LAMBDA, degree_grid(), config);
    assert!(new(&ula(1), MusicConfig::default()).is_err());
    assert!(new(&ula(4), given(4)).is_err());
    assert!(new(&ula(4), given(0)).is_err());
    assert!(new(&ula(4), MusicConfig { smoothing: Some(5), ..given(1) }).is_err());
    assert!(new(&ula(4), MusicConfig { smoothing: Some(1), ..MusicConfig::default() }).is_err());
    let board = Board::Iwr1843.layout().virtual_array().unwrap();
    assert!(matches!(
        new(&board, MusicConfig { smoothing: Some(4), ..given(1) }),
        Err(Error::Invalid { .. })
    ));
    assert!(matches!(
        new(&board, MusicConfig { forward_backward: true, ..given(1) }),
        Err(Error::Invalid { .. })
    ));
    assert!(Music::new(&ula(4), f64::NAN, degree_grid(), given(1)).is_err());

    let music = new(&ula(4), MusicConfig::default()).unwrap();
    assert!(matches!(music.estimate(&Array2::zeros((3, 8))), Err(Error::Shape { .. })));
    assert!(matches!(music.estimate(&Array2::zeros((4, 0))), Err(Error::TooFew { .. })));
    let nothing = music.estimate(&Array2::zeros((4, 8))).unwrap();
    assert!(nothing.angles.is_empty() && nothing.spectrum.unwrap().data().iter().all(|&p| p == 1.0));
    let mut spectrum = Array2::zeros((1, 180));
    let x = Array2::zeros((4, 8));
    assert!(music.spectrum_into(&x, &mut music.scratch().unwrap(), &mut spectrum).is_err());
    let other = new(&ula(5), MusicConfig::default()).unwrap();
    let mut spectrum = Array2::zeros((1, 181));
    assert!(music.spectrum_into(&x, &mut other.scratch().unwrap(), &mut spectrum).is_err());
    assert!(AngleGrid::new(vec![], vec![0.0]).is_err());
    assert!(AngleGrid::new(vec![0.0, 4.0], vec![0.0]).is_err());
    assert!(AngleGrid::new(vec![0.0], vec![0.0, 1.6]).is_err());
    assert!(AngleGrid::azimuth_sector(0.0, 5).is_err());
    assert!(AngleGrid::azimuth_sector(1.0, 1).is_err());
    assert!(AngleGrid::sector(1.0, 10_000, 1.0, 10_000).is_err());
}

#[test]
fn a_strided_spectrum_gets_the_same_values() {
    let x = Noise::new(2).snapshots(&ula(6), LAMBDA, &[0.3], 10.0, 20);
    let music = Music::new(&ula(6), LAMBDA, degree_grid(), given(1)).unwrap();
    let mut scratch = music.scratch().unwrap();
    let mut plain = Array2::zeros((1, 181));
    let mut columns = Array2::zeros((181, 1));
    music.spectrum_into(&x, &mut scratch, &mut plain).unwrap();
    music.spectrum_into(&x, &mut scratch, &mut columns.view_mut().reversed_axes()).unwrap();
    assert_eq!(plain, columns.t());
}

proptest! {
    #[test]
    fn cosines_and_directions_are_inverse(azimuth in -1.5..1.5_f64, elevation in -1.5..1.5_f64) {
        let [u, _, w] = Direction::new(azimuth, elevation).unwrap().unit_vector();
        let back = direction_of_cosines(u, w).unwrap();
        // Near the rim an angle is the square root of rounding.
        prop_assert!((back.azimuth_rad - azimuth).abs() < 1e-12 / azimuth.cos() / elevation.cos().powi(2));
        prop_assert!((back.elevation_rad - elevation).abs() < 1e-13 / elevation.cos());
    }

    #[test]
    fn any_snapshot_gives_a_direction_ahead_or_an_error(parts in proptest::collection::vec(proptest::num::f64::ANY, 24)) {
        let array = Board::Iwr1843.layout().virtual_array().unwrap();
        let x: Array1<C64> = parts.chunks(2).map(|p| C64::new(p[0], p[1])).collect();
        if let Ok(Some(found)) = SingleTarget::new(&array, LAMBDA).unwrap().locate(&x) {
            prop_assert!(found.azimuth_rad.abs() <= PI && found.elevation_rad.abs() <= FRAC_PI_2);
        }
        let music = Music::new(&array, LAMBDA, AngleGrid::sector(1.0, 9, 0.5, 5).unwrap(), given(2)).unwrap();
        if let Ok(found) = music.estimate(&x.insert_axis(Axis(1))) {
            prop_assert!(found.spectrum.unwrap().data().iter().all(|p| p.is_finite()));
            prop_assert!(found.angles.iter().all(|a| a.height.is_finite() && a.direction.azimuth_rad.is_finite()));
        }
    }

    #[test]
    fn mirrored_snapshots_give_mirrored_directions(azimuth in -1.2..1.2_f64) {
        let target = SingleTarget::new(&ula(8), LAMBDA).unwrap();
        let x = snapshot_of(&ula(8), LAMBDA, Direction::new(azimuth, 0.0).unwrap()).unwrap();
        let mirrored = x.mapv(|z| z.conj());
        let (a, b) = (target.locate(&x).unwrap().unwrap(), target.locate(&mirrored).unwrap().unwrap());
        prop_assert!((a.azimuth_rad + b.azimuth_rad).abs() < 1e-9);
        prop_assert!((a.azimuth_rad - azimuth).abs() < 1e-9);
    }
}
