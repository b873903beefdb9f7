//! Widths that hold or are refused, peaks between the voxels, trajectories as people write them, and
//! coupling.

use crate::common::Noise;
use mmw_dsp::Error;
use mmw_dsp::mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_dsp::mmw_core::{Axis, C64};
use mmw_dsp::ndarray::{Array1, Array2};
use mmw_dsp::sar::{EchoSurvey, ImagePeak, PhaseHistory, Place, PointResponse, Trajectory, sharpness};
use mmw_dsp::sar::{Strongest, back_project};
use mmw_dsp::window::Window;
use std::f64::consts::PI;

/// `sin(πx)/(πx)`.
fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

#[test]
fn a_width_is_right_or_refused_wherever_the_cut_ends() {
    // Cuts of 4 to 39 samples, 1.3 to 4 of them to the inverse of the band, the point in them or beyond.
    let mut noise = Noise::new(41);
    let mut uniform =
        move |low: f64, high: f64| low + (high - low) * (0.5 + noise.complex().arg() / (2.0 * PI));
    let (mut told, mut missed) = (0, Vec::new());
    for case in 0..3000 {
        let count = 4 + case % 36;
        let per_cell = uniform(1.3, 4.0);
        let (at, carrier, bend) = (uniform(-2.0, count as f64 + 1.0), uniform(-2.0, 2.0), uniform(0.0, 0.02));
        let cut = Array1::from_shape_fn(count, |i| {
            let off = i as f64 - at;
            sinc(off / per_cell) * C64::cis(carrier * i as f64 + bend * off * off)
        });
        // Two samples beyond both first zeros.
        let covered = at.min(count as f64 - 1.0 - at) > per_cell + 2.0;
        match PointResponse::of_cut(&cut) {
            Ok(response) => {
                // Half the power of sin(x)/x lies within 0.8859 of the inverse of its band.
                let off = response.width / (0.8859 * per_cell) - 1.0;
                // The ends of a cut of few samples bend what is drawn between them: 0.056 was seen.
                let limit = if count < 12 { 0.07 } else { 0.05 };
                assert!(off.abs() < limit, "{count} samples, {per_cell} a cell, at {at}: {off}");
                told += 1;
            }
            Err(error) => {
                assert!(error.to_string().contains("main lobe"), "{error}");
                missed.extend(covered.then_some((count, per_cell, at)));
            }
        }
    }
    assert!(told > 1000 && missed.is_empty(), "{told}, {missed:?}");
}

/// 64 frequencies over 4 GHz and a square aperture, 2 mm apart.
fn square(side: i32, points: &[(Place, C64)]) -> PhaseHistory<f64> {
    let at = |i: i32| 2e-3 * (f64::from(i) - 0.5 * f64::from(side - 1));
    let places: Vec<Place> = (0..side).flat_map(|i| (0..side).map(move |j| [at(j), at(i), 0.0])).collect();
    let frequency = Axis::uniform("frequency", "Hz", 77e9, 4e9 / 64.0, 64).unwrap();
    PhaseHistory::of_points(points, places.clone(), places, frequency).unwrap()
}

#[test]
fn near_a_large_aperture_the_peak_is_at_the_point_though_the_voxels_are_not() {
    let point = [0.031, -0.017, 0.213];
    let history = square(40, &[(point, C64::new(0.6, 0.8))]);
    let wavelength_m = SPEED_OF_LIGHT_M_S / 79e9;
    let cells_m = [0.886 * wavelength_m * point[2] / (2.0 * 0.08), 0.886 * SPEED_OF_LIGHT_M_S / 8e9];
    // Starts up to half a cell of the band beside it along z, half a cell of the aperture along x and y.
    for (dx, dy, dz) in [(0.5, -0.5, 0.25), (-0.4, 0.2, -0.25), (0.0, 0.5, 0.25), (0.3, 0.3, -0.1)] {
        let start = [point[0] + dx * cells_m[0], point[1] + dy * cells_m[0], point[2] + dz * cells_m[1]];
        let steps = [0.5 * cells_m[0], 0.5 * cells_m[0], 0.1 * cells_m[1]];
        let found = ImagePeak::near(&history, start, steps, Window::Rectangular).unwrap();
        let off: Vec<f64> = (0..3).map(|dim| (found.place_m[dim] - point[dim]).abs()).collect();
        assert!(
            off[0] < 0.05 * cells_m[0] && off[1] < 0.05 * cells_m[0] && off[2] < 0.05 * cells_m[1],
            "{off:?}"
        );
        // 1600 positions and 64 frequencies of an echo of amplitude 1.
        assert!((found.magnitude / (1600.0 * 64.0) - 1.0).abs() < 2e-3, "{}", found.magnitude);
    }
    let silent = square(3, &[]);
    assert!(matches!(ImagePeak::near(&silent, point, [1e-3; 3], Window::Hann), Err(Error::Invalid { .. })));
    assert!(ImagePeak::near(&history, [f64::NAN; 3], [1e-3; 3], Window::Hann).is_err());
    assert!(ImagePeak::near(&history, point, [-1.0; 3], Window::Hann).is_err());
}

#[test]
fn trajectories_are_read_as_spreadsheets_write_them() {
    let metres = Trajectory::new(vec![[0.0, 0.0, 0.0], [1e-3, 0.0, 0.25], [2e-3, 0.0, 0.5]]).unwrap();
    for text in [
        "\u{feff}x_m,y_m,z_m\r\n0,0,0\r\n0.001,0,0.25\r\n0.002,0,0.5\r\n",
        "\u{feff}0,0,0\n0.001,0,0.25\n0.002,0,0.5\n",
        "x_mm,y_mm,z_mm\n0,0,0\n1,0,250\n2,0,500\n",
        "time_s, Z_cm, X_mm, Y_m\n0,0,0,0\n1,25,1,0\n2,50,2,0\n",
        "# a rail\nX,Y,Z\n0,0,0\n1e-3,0,0.25\n2e-3,0,0.5\n",
    ] {
        let read = Trajectory::from_csv(text).unwrap();
        for (found, place) in read.places_m().iter().zip(metres.places_m()) {
            assert!(found.iter().zip(place).all(|(a, b)| (a - b).abs() < 1e-15), "{text}: {found:?}");
        }
    }
    for (text, words) in [
        ("x_m,y_m,z_inch\n0,0,0\n0,1,0\n", "z_mm"),
        ("x_m,y_m,z_m\n0,0,0\n0,1,zero\n", "line 3"),
        ("0,0,zero\n0,1,0\n", "line 1"),
    ] {
        let error = Trajectory::from_csv(text).unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
    let rail = Trajectory::new(vec![[0.0; 3], [0.0; 3], [2e-3, 0.0, 0.0], [4e-3, 0.0, 0.0], [0.1, 0.0, 0.0]]);
    assert!((rail.unwrap().spacing_m() - 2e-3).abs() < 1e-15);
    assert_eq!(Trajectory::new(vec![[0.0; 3]; 2]).unwrap().spacing_m(), 0.0);
}

#[test]
fn coupling_is_told_from_targets_by_its_constancy() {
    let mut noise = Noise::new(42);
    let mut survey = |coupling: f64, target: f64, wall: f64| -> Strongest {
        let mut survey = EchoSurvey::new(2, 64).unwrap();
        for i in 0..50 {
            // A target whose path changes by one and a half wavelengths over the aperture.
            let profile = Array2::from_shape_fn((2, 64), |(c, bin)| {
                let turn = C64::cis(c as f64 + 2.0 * PI * 1.5 * (f64::from(i) / 25.0 - 1.0).powi(2));
                let echo = match bin {
                    8 => C64::from(coupling),
                    30 => target * turn,
                    50 => C64::from(wall),
                    _ => C64::default(),
                };
                echo + 0.1 * noise.complex()
            });
            survey.push(&profile).unwrap();
        }
        survey.strongest(6, 60).unwrap()
    };
    let of = |found: Strongest| (found.bin, found.coupling);
    assert_eq!(of(survey(100.0, 1.0, 0.0)), (30, Some(8)));
    assert_eq!(of(survey(0.5, 1.0, 0.0)), (30, None));
    // A wall that faces the aperture, beyond the target; and nothing that changes.
    assert_eq!(of(survey(0.0, 1.0, 9.0)), (50, None));
    assert_eq!(of(survey(5.0, 0.0, 0.0)), (8, None));
    let empty = EchoSurvey::new(1, 4).unwrap();
    assert!(matches!(empty.strongest(0, 4), Err(Error::TooFew { .. })));
    let mut one = EchoSurvey::new(1, 4).unwrap();
    one.push(&Array2::from_elem((1, 4), C64::from(1.0))).unwrap();
    assert!(matches!(one.strongest(4, 9), Err(Error::Domain { .. })));
    assert!(matches!(one.push(&Array2::from_elem((1, 5), C64::from(1.0))), Err(Error::Shape { .. })));
    assert!(one.push(&Array2::from_elem((1, 4), C64::new(f64::NAN, 0.0))).is_err());
    assert!(EchoSurvey::new(0, 4).is_err() && EchoSurvey::new(1, 0).is_err());
}

#[test]
fn a_focused_image_is_sharper_than_a_blurred_one() {
    let history = square(16, &[([0.0, 0.0, 0.4], C64::from(1.0))]);
    let axis = |name: &'static str| Axis::uniform(name, "m", -0.06, 4e-3, 31).unwrap();
    let voxels = [Axis::explicit("z", "m", vec![0.4]).unwrap(), axis("y"), axis("x")];
    let bowed: Array1<f64> = (0..256).map(|i| 0.08 * f64::from((i % 16 - 8) * (i % 16 - 8))).collect();
    let of = |history: &PhaseHistory<f64>| {
        sharpness(&back_project(history, voxels.clone(), Window::Rectangular).unwrap())
    };
    let (sharp, blurred) = (of(&history), of(&history.turned_back(&bowed).unwrap()));
    assert!(sharp > 1.2 * blurred && blurred > 1.0, "{sharp} {blurred}");
    assert_eq!(of(&square(3, &[])), 0.0);
}
