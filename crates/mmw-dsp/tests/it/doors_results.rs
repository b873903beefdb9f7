//! The doors of velocities, of images, of clipped words and of people who breathe.

use mmw_checks::doors::Walk;
use mmw_core::ndarray::{Array3, array};
use mmw_core::{Axis, C64};
use mmw_dsp::capture::Clipping;
use mmw_dsp::sar::{
    ApertureSampling, Autofocus, EchoSurvey, ImagePeak, PhaseHistory, RangeMigration, RangeMigrationConfig,
};
use mmw_dsp::tdm::{FoldedVelocity, unfold};
use mmw_dsp::vitals::{VitalMonitor, VitalsConfig, moving_cells};
use mmw_dsp::window::Window;
use serde_json::json;
use std::f64::consts::TAU;

pub(super) fn results(walk: &mut Walk) {
    velocities(walk);
    images(walk);
    breath(walk);
    let clipping = Clipping { bits: Some(12), level: 2047, words: 40, share: 0.01 };
    let wrong = [
        ("/bits", json!(13), "bits"),
        ("/words", json!(0), "words"),
        ("/level", json!(40_000), "40000"),
        ("/share", json!(1.5), "share"),
    ];
    walk.door(&clipping, &wrong);
}

fn velocities(walk: &mut Walk) {
    let folded = [(-5.0, 16.0), (-1.9, 12.9)].map(|(velocity_m_s, interval_m_s)| FoldedVelocity {
        velocity_m_s,
        interval_m_s,
        std_dev_m_s: 0.05,
    });
    let wrong =
        [("/std_dev_m_s", json!(-0.05), "std_dev_m_s"), ("/interval_m_s", json!(0.0), "interval_m_s")];
    walk.door(&folded[0], &wrong);
    let found = unfold(&folded, 30.0).unwrap();
    let wrong = [
        ("/std_dev_m_s", json!(-0.05), "std_dev_m_s"),
        ("/misfit", json!(-1.0), "misfit"),
        ("/next_misfit", json!(-1.0), "next_misfit"),
    ];
    walk.door(&found, &wrong);
}

fn images(walk: &mut Walk) {
    walk.names(Autofocus::ALL);
    let z = Axis::uniform("z", "m", 0.4, 0.01, 3).unwrap();
    let config = RangeMigrationConfig { z, voxels: [1, 9], points: [1, 16], window: Window::Rectangular };
    let plan = |config: &RangeMigrationConfig| RangeMigration::<f64>::new(config.clone(), 4);
    let wrong = [
        ("/z/coordinates/Uniform/start", json!(-0.4), "z"),
        ("/voxels", json!([1, 0]), "voxels"),
        ("/voxels", json!([1, 17]), "points"),
        ("/points", json!([16]), "length 1"),
        ("/window", json!("triangle"), "triangle"),
    ];
    walk.door_to(&config, plan, &wrong);

    let rail: Vec<_> = (-20..=20).map(|i| [f64::from(i) * 1e-3, 0.0, 0.0]).collect();
    let frequency = Axis::uniform("frequency", "Hz", 77e9, 50e6, 64).unwrap();
    let point = ([0.0512, 0.0, 0.4037], C64::new(1.0, 0.0));
    let history = PhaseHistory::<f64>::of_points(&[point], rail.clone(), rail, frequency).unwrap();
    let peak = ImagePeak::near(&history, [0.05, 0.0, 0.39], [4e-3, 0.0, 0.01], Window::Rectangular).unwrap();
    let wrong = [("/place_m", json!([0.0, 1.0]), "length 2"), ("/magnitude", json!(-1.0), "magnitude")];
    walk.door(&peak, &wrong);
    let axis = |name: &'static str| Axis::uniform(name, "m", 0.3, 0.01, 3).unwrap();
    let sampling = ApertureSampling::of(&history, &[axis("z"), axis("y"), axis("x")]).unwrap();
    let wrong = [
        ("/steps_m/0", json!(-1e-3), "steps_m"),
        ("/limits_m/1", json!(0.0), "limits_m"),
        ("/angles_rad/0", json!(2.0), "angles_rad"),
    ];
    walk.door(&sampling, &wrong);
    let mut survey = EchoSurvey::new(1, 32).unwrap();
    for i in 0..50 {
        let profile = mmw_core::ndarray::Array2::from_shape_fn((1, 32), |(_, bin)| match bin {
            1 => C64::from(10.0),
            20 => C64::cis(0.1 * f64::from(i * i)),
            _ => 0.01 * C64::cis(f64::from(i * 7) * bin as f64),
        });
        survey.push(&profile).unwrap();
    }
    let wrong = [("/coupling", json!(20), "coupling"), ("/bin", json!(-1), "-1")];
    walk.door(&survey.strongest(0, 32).unwrap(), &wrong);
}

fn breath(walk: &mut Walk) {
    let chest_m = |t: f64| 2e-3 * (TAU * 0.3 * t).sin();
    let profiles = Array3::from_shape_fn((1, 800, 8), |(_, n, bin)| match bin {
        5 => C64::cis(2.0 * TAU / 4e-3 * chest_m(n as f64 / 20.0)),
        _ => C64::from(0.5),
    });
    let cell = moving_cells(&profiles).unwrap()[0];
    let wrong = [
        ("/power", json!(-1.0), "power"),
        ("/coherence", json!(1.5), "coherence"),
        ("/range_bin", json!(-1), "-1"),
    ];
    walk.door(&cell, &wrong);
    let monitor = VitalMonitor::new(VitalsConfig::new(20.0, 4e-3)).unwrap();
    let mut person = monitor.people(&profiles, None).unwrap().remove(0);
    // What a sample says takes a second to be walked through place by place.
    let signs = &mut person.signs;
    (signs.displacement_m, signs.respiration_m) = (array![0.0, 1e-3, 2e-3], array![0.0, 1e-3, 1e-3]);
    (signs.heart_m, signs.moving) = (array![0.0, 1e-4, 0.0], vec![false, false, true]);
    signs.track.truncate(2);
    person.range_bins.truncate(3);
    let wrong = [
        ("/moving", json!([]), "displacement_m"),
        ("/heart_m/dim", json!([2]), ""),
        ("/track/1/time_s", json!(0.0), "track"),
        ("/still_over_moving", json!(-1.0), "still_over_moving"),
        ("/respiration/confidence", json!(1.5), "confidence"),
    ];
    walk.door(&person.signs, &wrong);
    let wrong = [("/range_bins", json!([5, 5]), "range_bins"), ("/azimuth_rad", json!(4.0), "azimuth_rad")];
    walk.door(&person, &wrong);
}
