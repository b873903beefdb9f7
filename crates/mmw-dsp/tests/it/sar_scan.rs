//! From a simulated capture and a trajectory to the image.

use mmw_dsp::mmw_core::random::Streams;
use mmw_dsp::mmw_core::{Axis, C64};
use mmw_dsp::ndarray::{Array1, Array3};
use mmw_dsp::sar::{
    ApertureSampling, Autofocus, PhaseHistory, Place, RangeMigration, RangeMigrationConfig, ScanRecorder,
    Trajectory, autofocus, back_project,
};
use mmw_dsp::simulate::{PointTarget, Scene, Simulator};
use mmw_dsp::window::Window;
use mmw_dsp::{Board, Error, Fmcw, FmcwConfig};
use std::f64::consts::TAU;

/// 4 GHz in 64 samples, two chirps of each transmitter.
fn fmcw() -> FmcwConfig {
    FmcwConfig {
        samples: 64,
        chirps: 2,
        slope_hz_per_s: 78e12,
        sample_rate_hz: 1.25e6,
        ..FmcwConfig::iwr1843()
    }
}

/// What a radar records at each place: x right, y up, z ahead.
fn record(points: &[Place], places: &[Place]) -> PhaseHistory<f32> {
    // The scene's own axes have y ahead and z up.
    let target = |&[x, y, z]: &Place| {
        let target = PointTarget { position_m: [x, z, y], ..PointTarget::polar(1.0, 0.0, 0.0, 0.0, 1.0) };
        target.with_snr_db(20.0)
    };
    let targets = points.iter().map(target).collect();
    let scene = Scene { fmcw: fmcw(), targets, ..Scene::preset(Board::Iwr1843) };
    let checked = Fmcw::new(fmcw()).unwrap();
    let trajectory = Trajectory::new(places.to_vec()).unwrap();
    let mut recorder = ScanRecorder::new(&checked, trajectory, places.len()).unwrap();
    for (frame, [x, y, z]) in places.iter().enumerate() {
        let simulator = Simulator::new(scene.seen_from([*x, *z, *y])).unwrap();
        recorder.push(&simulator.frame(0, &mut Streams::new(7).stream(frame as u64)).unwrap()).unwrap();
    }
    recorder.finish().unwrap()
}

#[test]
fn a_simulated_capture_of_a_board_gives_the_image_of_its_targets() {
    let points = [[0.02, 0.03, 0.41], [-0.03, -0.02, 0.5]];
    let places: Vec<Place> = (0..12)
        .flat_map(|i| (0..12).map(move |j| [4e-3 * f64::from(j) - 0.022, 4e-3 * f64::from(i) - 0.022, 0.0]))
        .collect();
    let history = record(&points, &places);
    assert_eq!(history.samples().nrows(), 144 * 12);
    for [x, y, z] in points {
        let near = |name: &'static str, at: f64, step: f64| {
            Axis::uniform(name, "m", at - 10.0 * step, step, 21).unwrap()
        };
        let axes = [near("z", z, 4e-3), near("y", y, 2e-3), near("x", x, 2e-3)];
        let image = back_project(&history, axes, Window::Hann).unwrap();
        let peak = image.map("magnitude", "", |z| z.norm()).peak().unwrap();
        // S τ²/2 of 1e-4 turns is nothing; half a step of the grid.
        let off = [peak.coordinates[0] - z, peak.coordinates[1] - y, peak.coordinates[2] - x];
        assert!(off[0].abs() <= 4e-3 && off[1].abs() <= 2e-3 && off[2].abs() <= 2e-3, "{off:?}");
    }
}

#[test]
fn receivers_in_a_row_and_a_rail_across_it_fill_a_grid_that_migrates() {
    // Eight points half-way, λ/4 apart, at each of 24 heights: a rail that climbs.
    let quarter = 0.25 * 299_792_458.0 / 79e9;
    let heights = (0..24).map(|i| 1e-3 * f64::from(i) - 0.0115);
    let ends: Vec<(Place, Place)> = heights
        .flat_map(|y| (0..8).map(move |k| ([-0.01, y, 0.2], [0.01 + 2.0 * quarter * f64::from(k), y, 0.2])))
        .collect();
    let (transmitters, receivers): (Vec<Place>, Vec<Place>) = ends.into_iter().unzip();
    let frequency = Axis::uniform("frequency", "Hz", 77e9, 4e9 / 32.0, 32).unwrap();
    let point = ([0.004, 0.002, 0.6], C64::new(1.0, 0.0));
    let history = PhaseHistory::<f64>::of_points(&[point], transmitters, receivers, frequency).unwrap();
    let (scan, plane_m) = history.on_grid(0.4).unwrap();
    assert_eq!(scan.samples().dim(), (24, 8, 32));
    assert!((plane_m - 0.2).abs() < 1e-12 && (scan.x().step().unwrap() - quarter).abs() < 1e-12);

    let z = Axis::uniform("z", "m", 0.3, 0.0125, 17).unwrap();
    let config =
        RangeMigrationConfig { z, voxels: [64, 192], points: [128, 320], window: Window::Rectangular };
    let image = RangeMigration::new(config, 32).unwrap().image(&scan).unwrap();
    let peak = image.map("magnitude", "", |z| z.norm()).peak().unwrap().coordinates;
    // A tenth of a cell of c/2B along z, and of λz/2D in y (31 mm) and x (94 mm).
    assert!(
        (peak[0] - 0.4).abs() < 7e-3 && (peak[1] - 0.002).abs() < 3e-3 && (peak[2] - 0.004).abs() < 9e-3,
        "{peak:?}"
    );

    let bent = (0..9).map(|i| [1e-3 * f64::from(i * i), 0.0, 0.0]).collect::<Vec<_>>();
    let frequency = Axis::uniform("frequency", "Hz", 77e9, 1e8, 4).unwrap();
    let bent = PhaseHistory::<f64>::of_points(&[], bent.clone(), bent, frequency).unwrap();
    assert!(matches!(bent.on_grid(0.4), Err(Error::Invalid { .. })));
    assert!(matches!(bent.on_grid(0.0), Err(Error::Domain { .. })));
}

#[test]
fn an_aperture_with_too_few_positions_for_its_scene_is_found_out() {
    let frequency = Axis::uniform("frequency", "Hz", 77e9, 1e8, 4).unwrap();
    let axis = |name: &'static str, half: f64| Axis::uniform(name, "m", -half, half, 3).unwrap();
    let voxels = [Axis::explicit("z", "m", vec![0.5]).unwrap(), axis("y", 0.1), axis("x", 0.1)];
    let of = |step: f64| {
        let rail: Vec<Place> = (-25..=25).map(|i| [step * f64::from(i), 0.0, 0.0]).collect();
        let history = PhaseHistory::<f64>::of_points(&[], rail.clone(), rail, frequency.clone()).unwrap();
        ApertureSampling::of(&history, &voxels).unwrap()
    };
    let close = of(1e-3);
    // λ/4 over the sine of what is 0.1 + 0.025 m aside and 0.5 m ahead.
    let limit = 0.25 * 299_792_458.0 / 77.3e9 / (0.125_f64 / 0.125_f64.hypot(0.5));
    assert!(
        (close.limits_m[0] - limit).abs() < 1e-12 && (close.steps_m[0] - 1e-3).abs() < 1e-12,
        "{close:?}"
    );
    assert_eq!((close.aliases(), of(4e-3).aliases()), ([false; 2], [true, false]));
}

#[test]
fn trajectories_of_another_length_and_frames_of_another_shape_are_refused() {
    let radar = Fmcw::new(fmcw()).unwrap();
    let rail = |len: usize| Trajectory::new(vec![[0.0; 3]; len]).unwrap();
    assert!(matches!(Trajectory::new(vec![[0.0; 3]]), Err(Error::TooFew { .. })));
    assert!(matches!(Trajectory::new(vec![[0.0; 3], [f64::NAN; 3]]), Err(Error::NotFinite { .. })));
    assert!(matches!(Trajectory::from_csv("x_m,y_m\n0,0\n0,1\n"), Err(Error::Invalid { .. })));
    assert!(matches!(ScanRecorder::<f32>::new(&radar, rail(5), 4), Err(Error::Shape { .. })));
    // One for each of two chirps of four frames is as good as one per frame.
    assert!(ScanRecorder::<f32>::new(&radar, rail(8), 4).is_ok());
    let mut recorder = ScanRecorder::<f32>::new(&radar, rail(2), 2).unwrap();
    assert!(matches!(recorder.push(&Array3::zeros((12, 1, 64))), Err(Error::Shape { .. })));
    recorder.push(&Array3::zeros((12, 2, 64))).unwrap();
    assert!(matches!(recorder.clone().finish(), Err(Error::Shape { .. })));
    recorder.push(&Array3::zeros((12, 2, 64))).unwrap();
    assert!(matches!(recorder.push(&Array3::zeros((12, 2, 64))), Err(Error::Shape { .. })));
    let blind = FmcwConfig { antennas: None, ..fmcw() };
    let blind = ScanRecorder::<f32>::new(&Fmcw::new(blind).unwrap(), rail(2), 2);
    assert!(matches!(blind, Err(Error::Missing { .. })));
}

/// A rail before three points, pushed out of its line by a known way.
fn displaced(way_m: impl Fn(f64) -> f64) -> (PhaseHistory<f64>, PhaseHistory<f64>, [Axis; 3], Array1<f64>) {
    let rail: Vec<Place> = (-60..=60).map(|i| [1e-3 * f64::from(i), 0.0, 0.0]).collect();
    let off: Vec<Place> = rail.iter().map(|[x, y, _]| [*x, *y, way_m(*x / 0.06)]).collect();
    let points = [
        ([0.0, 0.0, 0.5], C64::new(1.0, 0.0)),
        ([0.05, 0.0, 0.55], C64::new(0.0, 0.8)),
        ([-0.04, 0.0, 0.45], C64::new(-0.7, 0.0)),
    ];
    let frequency = Axis::uniform("frequency", "Hz", 77e9, 4e9 / 48.0, 48).unwrap();
    let true_phases = off.iter().map(|place| -TAU * 2.0 * place[2] * 79e9 / 299_792_458.0).collect();
    let moved = PhaseHistory::of_points(&points, off.clone(), off, frequency.clone()).unwrap();
    // The radar believes that it went straight.
    let believed =
        PhaseHistory::new(moved.samples().clone(), rail.clone(), rail.clone(), frequency.clone()).unwrap();
    let straight = PhaseHistory::of_points(&points, rail.clone(), rail, frequency).unwrap();
    let axes = [
        Axis::uniform("z", "m", 0.4, 0.0125, 17).unwrap(),
        Axis::explicit("y", "m", vec![0.0]).unwrap(),
        Axis::uniform("x", "m", -0.08, 2e-3, 81).unwrap(),
    ];
    (believed, straight, axes, true_phases)
}

fn greatest(history: &PhaseHistory<f64>, axes: &[Axis; 3]) -> f64 {
    let image = back_project(history, axes.clone(), Window::Rectangular).unwrap();
    image.data().iter().fold(0.0, |most: f64, z| most.max(z.norm()))
}

#[test]
fn autofocus_takes_a_known_error_of_the_trajectory_out() {
    // A bow of 0.7 mm, over a third of a wavelength out and back, and a wave of two periods.
    let bow = |u: f64| 7e-4 * (u * u - 1.0);
    let wave = |u: f64| 3e-4 * (TAU * u).sin();
    for (name, way) in [("bow", &bow as &dyn Fn(f64) -> f64), ("wave", &wave)] {
        let (believed, straight, axes, truth) = displaced(way);
        let (blurred, sharp) = (greatest(&believed, &axes), greatest(&straight, &axes));
        for method in [Autofocus::PhaseGradient, Autofocus::MinimumEntropy] {
            let phases = autofocus(&believed, &axes, Window::Rectangular, method, 20).unwrap();
            let focused = greatest(&believed.turned_back(&phases).unwrap(), &axes);
            // What is left but for a constant and a slope, which moves the image.
            let rest: Vec<C64> =
                phases.iter().zip(&truth).map(|(a, b)| C64::from_polar(1.0, a - b)).collect();
            let step: C64 = rest.windows(2).map(|pair| pair[1] * pair[0].conj()).sum();
            let flat: Vec<C64> = rest
                .iter()
                .enumerate()
                .map(|(i, z)| z * C64::from_polar(1.0, -step.arg() * i as f64))
                .collect();
            let mean = flat.iter().sum::<C64>();
            let worst = flat.iter().map(|z| (z * mean.conj()).arg().abs()).fold(0.0, f64::max);
            println!("{name} {method:?}: {blurred:.0} -> {focused:.0} of {sharp:.0}, {worst:.3} rad left");
            assert!(
                blurred < 0.85 * sharp && focused > 0.95 * sharp,
                "{name} {method:?}: {blurred} {focused} {sharp}"
            );
        }
    }
}

#[test]
fn nothing_to_focus_is_an_error() {
    let rail: Vec<Place> = (0..5).map(|i| [1e-3 * f64::from(i), 0.0, 0.0]).collect();
    let frequency = Axis::uniform("frequency", "Hz", 77e9, 1e8, 4).unwrap();
    let silent = PhaseHistory::<f64>::of_points(&[], rail.clone(), rail, frequency).unwrap();
    let one = |name: &'static str| Axis::explicit(name, "m", vec![0.4]).unwrap();
    let axes = [one("z"), one("y"), one("x")];
    for method in [Autofocus::PhaseGradient, Autofocus::MinimumEntropy] {
        let found = autofocus(&silent, &axes, Window::Hann, method, 3);
        assert!(matches!(found, Err(Error::Invalid { .. })), "{found:?}");
        assert!(matches!(autofocus(&silent, &axes, Window::Hann, method, 0), Err(Error::TooFew { .. })));
    }
    assert!(matches!(silent.turned_back(&Array1::zeros(4)), Err(Error::Shape { .. })));
    let reduced = Array1::from_elem(5, f64::NAN);
    assert!(matches!(silent.turned_back(&reduced), Err(Error::NotFinite { .. })));
}
