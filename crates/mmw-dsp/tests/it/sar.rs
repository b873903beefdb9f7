//! Images of aperture scans: against the definition, against theory, and against each other.

use mmw_dsp::Error;
use mmw_dsp::mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_dsp::mmw_core::{Axis, C64, DataArray3};
use mmw_dsp::ndarray::{Array1, s};
use mmw_dsp::sar::{
    PhaseHistory, Place, PlanarScan, PointResponse, RangeMigration, RangeMigrationConfig, back_project,
    fast_back_project,
};
use mmw_dsp::window::Window;
use std::f64::consts::TAU;

fn axis(name: &'static str, start: f64, step: f64, len: usize) -> Axis {
    Axis::uniform(name, "m", start, step, len).unwrap()
}

/// A square aperture around the origin and a band of 4 GHz around 79 GHz.
fn scan(points: &[(Place, C64)], side: usize, step_m: f64, frequencies: usize) -> PlanarScan<f64> {
    let frequency = Axis::uniform("frequency", "Hz", 77e9, 4e9 / frequencies as f64, frequencies).unwrap();
    let start = -0.5 * step_m * (side - 1) as f64;
    let (y, x) = (axis("y", start, step_m, side), axis("x", start, step_m, side));
    let places: Vec<Place> = y.iter().flat_map(|y| x.iter().map(move |x| [x, y, 0.0])).collect();
    PlanarScan::from_history(
        PhaseHistory::of_points(points, places.clone(), places, frequency).unwrap(),
        y,
        x,
    )
    .unwrap()
}

fn migrated(scan: &PlanarScan<f64>, z: Axis, voxels: [usize; 2], points: [usize; 2]) -> DataArray3<C64> {
    let config = RangeMigrationConfig { z, voxels, points, window: Window::Rectangular };
    RangeMigration::new(config, scan.frequency().len()).unwrap().image(scan).unwrap()
}

fn projected(scan: &PlanarScan<f64>, image: &DataArray3<C64>) -> DataArray3<C64> {
    let [z, y, x] = image.axes() else { unreachable!() };
    back_project(&scan.history().unwrap(), [z.clone(), y.clone(), x.clone()], Window::Rectangular).unwrap()
}

#[test]
fn back_projection_is_the_matched_filter_of_any_trajectory() {
    // A bent path, transmitter and receiver apart, and a voxel far beyond the unambiguous range.
    let transmitters: Vec<Place> =
        (0..9).map(|i| [0.02 * f64::from(i), 0.003 * f64::from(i * i), 0.01 * f64::from(i % 3)]).collect();
    let receivers: Vec<Place> = transmitters.iter().map(|[x, y, z]| [x + 0.05, y - 0.01, *z]).collect();
    let points = [([0.1, 0.2, 0.7], C64::new(1.0, 0.0)), ([-0.3, 0.1, 1.4], C64::new(0.2, -0.9))];
    let frequency = Axis::uniform("frequency", "Hz", 60e9, 45e6, 51).unwrap();
    let history =
        PhaseHistory::<f64>::of_points(&points, transmitters, receivers, frequency.clone()).unwrap();
    let z = Axis::explicit("z", "m", vec![0.3, 0.7, 1.4, 12.9]).unwrap();
    let (y, x) = (axis("y", 0.0, 0.1, 3), axis("x", -0.4, 0.1, 6));
    for window in [Window::Rectangular, Window::Hann] {
        let image = back_project(&history, [z.clone(), y.clone(), x.clone()], window).unwrap();
        let weights = window.weights::<f64>(51).unwrap();
        for ((i, j, k), &value) in image.data().indexed_iter() {
            let voxel = [x.at(k as f64), y.at(j as f64), z.at(i as f64)];
            let path = |end: &Place| (0..3).map(|i| (voxel[i] - end[i]).powi(2)).sum::<f64>().sqrt();
            let mut exact = C64::default();
            for (row, (from, to)) in history.samples().outer_iter().zip(history.places_m()) {
                let delay = (path(from) + path(to)) / SPEED_OF_LIGHT_M_S;
                for ((sample, f), w) in row.iter().zip(frequency.iter()).zip(&weights) {
                    exact += sample * C64::from_polar(*w, -TAU * (f * delay).fract());
                }
            }
            // 6e-4 of the strongest line at the edge of the band; both points at once.
            assert!((value - exact).norm() < 6e-4 * 9.0 * 51.0, "{i} {j} {k}: {value} {exact}");
        }
    }
}

/// What two images differ by at most, dB of the peak.
fn difference_db(image: &DataArray3<C64>, other: &DataArray3<C64>) -> f64 {
    let most = other.data().iter().fold(0.0_f64, |most, z| most.max(z.norm()));
    let worst = image.data().iter().zip(other.data()).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
    20.0 * (worst / most).log10()
}

#[test]
fn both_images_of_a_point_are_at_its_place_and_as_sharp_as_theory_says() {
    // Far enough that the waves' angles hardly widen the band along z.
    let place = [0.013, -0.021, 0.7];
    let (side, step_m) = (64, 1e-3);
    let scan = scan(&[(place, C64::new(1.0, 0.0))], side, step_m, 32);
    let image = migrated(&scan, axis("z", 0.5, 0.0125, 33), [128, 128], [192, 192]);
    let [z, y, x] = image.axes() else { unreachable!() };
    let at = |axis: &Axis, place: f64| {
        Axis::explicit("at", "m", vec![axis.at(axis.nearest(place) as f64)]).unwrap()
    };
    let [at_z, at_y, at_x] = [at(z, place[2]), at(y, place[1]), at(x, place[0])];
    // Resolution at half power of an even aperture D at distance z, seen both ways, and of a band B.
    let wavelength_m = SPEED_OF_LIGHT_M_S / 79e9;
    let distance_m = place.iter().map(|x| x * x).sum::<f64>().sqrt();
    let across = |aside: f64| {
        let cos2 = 1.0 - (aside / distance_m).powi(2);
        0.886 * wavelength_m * distance_m / (2.0 * step_m * side as f64 * cos2)
    };
    let along = 0.886 * SPEED_OF_LIGHT_M_S / (2.0 * 4e9);
    let cuts = [
        ([z.clone(), at_y.clone(), at_x.clone()], 0, place[2], along),
        ([at_z.clone(), y.clone(), at_x], 1, place[1], across(place[1])),
        ([at_z, at_y, x.clone()], 2, place[0], across(place[0])),
    ];
    for (grid, dim, truth, theory) in cuts {
        let places: Vec<usize> = (0..3).map(|i| image.axes()[i].nearest(grid[i].at(0.0))).collect();
        let migrated: Array1<C64> = match dim {
            0 => image.data().slice(s![.., places[1], places[2]]).to_owned(),
            1 => image.data().slice(s![places[0], .., places[2]]).to_owned(),
            _ => image.data().slice(s![places[0], places[1], ..]).to_owned(),
        };
        let axis = grid[dim].clone();
        let projected = back_project(&scan.history().unwrap(), grid, Window::Rectangular).unwrap();
        for cut in [migrated, projected.data().iter().copied().collect()] {
            let response = PointResponse::of_cut(&cut).unwrap();
            let (at, width) = (axis.at(response.peak), response.width * axis.step().unwrap());
            println!("{dim}: {at} {truth}, {width} {theory} {response:?}");
            assert!((at - truth).abs() < 0.1 * theory, "{dim}: {at} {truth} {response:?}");
            assert!((width / theory - 1.0).abs() < 0.05, "{dim}: {width} {theory} {response:?}");
        }
    }
}

#[test]
fn the_two_images_agree() {
    let points = [
        ([0.013, -0.021, 0.2], C64::new(1.0, 0.0)),
        ([-0.02, 0.004, 0.16], C64::new(0.0, -0.5)),
        ([0.0, 0.02, 0.24], C64::new(0.3, 0.3)),
    ];
    let scan = scan(&points, 48, 1e-3, 24);
    let image = migrated(&scan, axis("z", 0.15, 0.01, 11), [64, 64], [192, 192]);
    let other = projected(&scan, &image);
    let db = difference_db(&image, &other);
    println!("range migration and back-projection differ by at most {db:.1} dB of the peak");
    assert!(db < -35.0, "{db}");
}

#[test]
fn a_scan_of_one_row_is_imaged_in_its_plane() {
    let frequency = Axis::uniform("frequency", "Hz", 77e9, 4e9 / 64.0, 64).unwrap();
    let x = axis("x", -0.04, 1e-3, 81);
    let places: Vec<Place> = x.iter().map(|x| [x, 0.0, 0.0]).collect();
    let point = ([0.011, 0.0, 0.35], C64::new(1.0, 0.0));
    let history = PhaseHistory::of_points(&[point], places.clone(), places, frequency).unwrap();
    let scan = PlanarScan::from_history(history, axis("y", 0.0, 1.0, 1), x).unwrap();
    let image = migrated(&scan, axis("z", 0.2, 0.01, 31), [1, 121], [1, 512]);
    let other = projected(&scan, &image);
    assert_eq!(image.map("magnitude", "", |z| z.norm()).peak().unwrap().index, [15, 0, 71]);
    let db = difference_db(&image, &other);
    println!("{db:.1} dB");
    assert!(db < -35.0, "{db}");
}

#[test]
fn antennas_that_stand_apart_are_brought_together() {
    let frequency = Axis::uniform("frequency", "Hz", 77e9, 4e9 / 32.0, 32).unwrap();
    let (y, x) = (axis("y", -0.02, 2e-3, 21), axis("x", -0.02, 2e-3, 21));
    let (offset, distance_m) = ([0.03, -0.01], 0.5);
    let at = |sign: f64| -> Vec<Place> {
        let shift = offset.map(|d| 0.5 * sign * d);
        y.iter().flat_map(|y| x.iter().map(move |x| [x + shift[0], y + shift[1], 0.0])).collect()
    };
    let point = [([0.005, 0.01, distance_m], C64::new(1.0, 0.0))];
    let together = PhaseHistory::<f64>::of_points(&point, at(0.0), at(0.0), frequency.clone()).unwrap();
    let apart = PhaseHistory::<f64>::of_points(&point, at(1.0), at(-1.0), frequency).unwrap();
    let scan = PlanarScan::from_history(apart.clone(), y, x).unwrap();
    let scan = scan.to_monostatic(offset, distance_m).unwrap();
    let worst = |samples: &[C64]| {
        let pairs = samples.iter().zip(together.samples());
        pairs.map(|(a, b)| (a * b.conj()).arg().abs()).fold(0.0, f64::max)
    };
    // Straight ahead exactly; at 2 cm to the side the offset adds k d² sin²/4z less, 0.06 rad at most here.
    let before = worst(apart.samples().as_slice().unwrap());
    let after = worst(scan.samples().as_slice().unwrap());
    assert!(before > 0.7 && after < 0.06, "{before} {after}");
}

#[test]
fn what_cannot_be_imaged_is_refused() {
    let scan = scan(&[([0.0, 0.0, 0.5], C64::new(1.0, 0.0))], 4, 1e-3, 8);
    let z = || axis("z", 0.4, 0.01, 5);
    let config = |z, points| RangeMigrationConfig { z, voxels: [4, 4], points, window: Window::Rectangular };
    let plan = |z, points| RangeMigration::<f64>::new(config(z, points), 8);
    assert!(matches!(plan(z(), [0, 4]), Err(Error::TooFew { .. })));
    assert!(matches!(plan(axis("z", -0.1, 0.01, 5), [4, 4]), Err(Error::Domain { .. })));
    assert!(plan(Axis::explicit("z", "m", vec![0.1, 0.2, 0.4]).unwrap(), [4, 4]).is_err());
    assert!(matches!(plan(z(), [3, 4]), Err(Error::TooFew { .. })));
    let other = RangeMigration::<f64>::new(config(z(), [4, 4]), 9).unwrap();
    assert!(matches!(other.image(&scan), Err(Error::Shape { .. })));

    let frequency = Axis::uniform("frequency", "Hz", 77e9, 1e6, 2).unwrap();
    let history = |places: Vec<Place>, frequency: Axis| {
        PhaseHistory::<f64>::of_points(&[], places.clone(), places, frequency)
    };
    assert!(matches!(history(vec![], frequency.clone()), Err(Error::TooFew { .. })));
    assert!(matches!(history(vec![[f64::NAN, 0.0, 0.0]], frequency.clone()), Err(Error::NotFinite { .. })));
    assert!(history(vec![[0.0; 3]], Axis::uniform("frequency", "Hz", -1e9, 1e6, 2).unwrap()).is_err());
    assert!(history(vec![[0.0; 3]], Axis::uniform("frequency", "Hz", 1e9, 1e6, 1).unwrap()).is_err());
    let one = history(vec![[0.0; 3]], frequency).unwrap();
    let none = Axis::index("z", 0);
    assert!(back_project(&one, [none, z(), z()], Window::Rectangular).is_err());
    assert!(scan.to_monostatic([0.1, 0.0], 0.0).is_err());
    assert!(PointResponse::of_cut(&Array1::from_elem(8, C64::default())).is_err());
    assert!(PointResponse::of_cut(&Array1::from_elem(8, C64::new(1.0, 0.0))).is_err());
}

#[test]
fn groups_of_positions_give_the_image_of_all_of_them() {
    let points = [([0.013, -0.021, 0.4], C64::new(1.0, 0.0)), ([-0.03, 0.02, 0.5], C64::new(0.0, -0.6))];
    let frequency = Axis::uniform("frequency", "Hz", 77e9, 4e9 / 24.0, 24).unwrap();
    let plane: Vec<Place> = (0..24)
        .flat_map(|i| (0..24).map(move |j| [2e-3 * f64::from(j) - 0.023, 2e-3 * f64::from(i) - 0.023, 0.0]))
        .collect();
    let bent: Vec<Place> = (-128..128)
        .map(|i| [5e-4 * f64::from(i), 1e-7 * f64::from(i * i), 2e-3 * (0.05 * f64::from(i)).sin()])
        .collect();
    for (name, places) in [("plane", plane), ("bent", bent)] {
        // Transmitters and receivers 2 cm apart.
        let receivers = places.iter().map(|[x, y, z]| [x + 0.02, *y, *z]).collect();
        let history = PhaseHistory::<f64>::of_points(&points, places, receivers, frequency.clone()).unwrap();
        let grid = [axis("z", 0.3, 0.01, 31), axis("y", -0.05, 4e-3, 26), axis("x", -0.05, 4e-3, 26)];
        let exact = back_project(&history, grid.clone(), Window::Rectangular).unwrap();
        let db = difference_db(&fast_back_project(&history, grid, Window::Rectangular).unwrap(), &exact);
        println!("{name}: {db:.1} dB of the peak apart");
        assert!(db < -35.0, "{name}: {db}");
        // Behind the positions nothing is grouped.
        let behind = [axis("z", -0.5, 0.1, 8), axis("y", 0.0, 0.01, 2), axis("x", 0.0, 0.01, 2)];
        let exact = back_project(&history, behind.clone(), Window::Hann).unwrap();
        let fast = fast_back_project(&history, behind, Window::Hann).unwrap();
        assert!(difference_db(&fast, &exact) < -200.0);
    }
}
