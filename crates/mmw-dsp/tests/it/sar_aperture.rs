//! What an aperture tells apart, against widths that are measured in images of points.

use mmw_dsp::Window;
use mmw_dsp::mmw_core::{Axis, C64};
use mmw_dsp::ndarray::Array1;
use mmw_dsp::sar::{Aperture, PhaseHistory, PointResponse, back_project};

/// A rail of 100 mm along x, 4 GHz, and a point in front of its middle.
fn history(point: [f64; 3]) -> PhaseHistory<f64> {
    let rail: Vec<_> = (0..101).map(|i| [1e-3 * f64::from(i), 0.0, 0.0]).collect();
    let frequency = Axis::uniform("frequency", "Hz", 77e9, 4e9 / 64.0, 64).unwrap();
    PhaseHistory::of_points(&[(point, C64::new(1.0, 0.0))], rail.clone(), rail, frequency).unwrap()
}

#[test]
fn widths_are_those_of_an_imaged_point() {
    let history = history([0.05, 0.0, 0.4]);
    let aperture = Aperture::of(&history);
    let fixed = |name, at| Axis::explicit(name, "m", vec![at]).unwrap();
    let along = |name, from: f64, step| Axis::uniform(name, "m", from, step, 81).unwrap();
    let across = [fixed("z", 0.4), fixed("y", 0.0), along("x", 0.01, 1e-3)];
    let ahead = [along("z", 0.2, 5e-3), fixed("y", 0.0), fixed("x", 0.05)];
    for (dim, voxels, step_m) in [(2, across, 1e-3), (0, ahead, 5e-3)] {
        let image = back_project(&history, voxels, Window::Rectangular).unwrap();
        let cut: Array1<C64> = image.data().iter().copied().collect();
        let measured_m = PointResponse::of_cut(&cut).unwrap().width * step_m;
        let ratio = aperture.width_m(dim, 0.4) / measured_m;
        assert!((ratio - 1.0).abs() < 0.05, "{dim}: {ratio}");
    }
}

#[test]
fn an_image_reaches_half_an_aperture_beyond_it_or_some_lobes() {
    let aperture = Aperture::of(&history([0.05, 0.0, 0.4]));
    assert_eq!((aperture.front_m(), aperture.middle_m()), (0.0, [0.0, 0.0, 0.05]));
    // No length along y, so a line.
    assert_eq!(aperture.sides_m(1, 0.4), (0.0, 0.0));
    let (left, right) = aperture.sides_m(2, 0.4);
    assert!((left + 0.05).abs() < 1e-12 && (right - 0.15).abs() < 1e-12, "{left} {right}");
    // Six metres ahead a lobe is wider than the rail.
    let lobe_m = 0.886 * aperture.wavelength_m() * 6.0 / 0.2;
    assert!((aperture.sides_m(2, 6.0).1 - 0.1 - 3.0 * lobe_m).abs() < 1e-9);
    assert!((aperture.step_m(2, 0.02) - 0.25 * aperture.wavelength_m()).abs() < 1e-12);
    // Far ahead the band alone tells depths apart: half of c/2B.
    let depth_m = aperture.depth_step_m(1e3, [(0.0, 0.0), (0.0, 0.1)]);
    assert!((depth_m / (0.5 * aperture.range_cell_m()) - 1.0).abs() < 1e-3, "{depth_m}");
}
