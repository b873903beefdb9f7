//! What the chain leaves open, or refuses, where a frame does not tell it.

use super::common::Noise;
use mmw_dsp::mmw_core::random::Streams;
use mmw_dsp::mmw_core::{C32, Error};
use mmw_dsp::ndarray::Array3;
use mmw_dsp::simulate::{PointTarget, Scene, Simulator};
use mmw_dsp::{AntennaLayout, Board, Fmcw, FmcwConfig, MtiKind, Point, Processor, ProcessorConfig};

fn strongest(fmcw: &Fmcw, cube: &Array3<C32>) -> Point {
    let mut radar = Processor::new(fmcw, &ProcessorConfig::default()).unwrap();
    radar.process(cube).unwrap().points().unwrap()[0]
}

/// A board whose transmitters differ by some degrees, and receivers by half of that.
fn disturb(cube: &mut Array3<C32>, transmitters: usize, deg: f64, noise: &mut Noise) {
    let receivers = cube.dim().0 / transmitters;
    let mut phases = |count: usize, deg: f64| -> Vec<f64> {
        (0..count).map(|_| deg.to_radians() * noise.complex().re * 2_f64.sqrt()).collect()
    };
    let (tx, rx) = (phases(transmitters, deg), phases(receivers, 0.5 * deg));
    for (channel, mut rows) in cube.outer_iter_mut().enumerate() {
        let turn = C32::from_polar(1.0, (tx[channel / receivers] + rx[channel % receivers]) as f32);
        rows.mapv_inplace(|z| z * turn);
    }
}

#[test]
fn what_folds_to_zero_is_said_where_the_channels_speak_against_standing_still() {
    let scene = Scene::preset(Board::Iwr1843);
    let interval_m_s = 2.0 * Fmcw::new(scene.fmcw.clone()).unwrap().max_velocity_m_s();
    let mut noise = Noise::new(8);
    for trial in 0..24 {
        let azimuth = -0.6 + 0.05 * f64::from(trial);
        let velocity = if trial % 2 == 0 { interval_m_s } else { -interval_m_s };
        let target = PointTarget::polar(4.0, azimuth, 0.1, velocity, 1.0).with_snr_db(10.0);
        let simulator = Simulator::new(Scene { targets: vec![target], ..scene.clone() }).unwrap();
        for deg in [3.0, 12.0] {
            let mut cube = simulator.frame(0, &mut Streams::new(3).stream(0)).unwrap();
            disturb(&mut cube, 3, deg, &mut noise);
            let point = strongest(simulator.fmcw(), &cube);
            let wrong = (point.velocity_m_s.unwrap() - velocity).abs() > 0.1;
            let doubted = point.velocity_ambiguous || deg > 3.0 && point.unexplained_share > Some(0.1);
            assert!(!wrong || doubted, "{trial} {deg}: {point:?}");
            // The fold that is taken turns the transmitters, and the angles with them.
            let turned = (point.azimuth_rad.unwrap_or(azimuth) - azimuth).abs() > 0.1;
            assert!(
                point.angle_ambiguous || !turned || !point.velocity_ambiguous,
                "{trial} {deg}: {point:?}"
            );
        }
    }
}

#[test]
fn a_calibrated_room_that_stands_still_is_not_called_ambiguous() {
    let targets = (0..6)
        .map(|i| {
            PointTarget::polar(2.0 + f64::from(i), -0.5 + 0.2 * f64::from(i), 0.05, 0.0, 1.0).with_snr_db(5.0)
        })
        .collect();
    let simulator = Simulator::new(Scene { targets, ..Scene::preset(Board::Iwr1843) }).unwrap();
    let cube = simulator.frame(0, &mut Streams::new(3).stream(0)).unwrap();
    let mut radar = Processor::new(simulator.fmcw(), &ProcessorConfig::default()).unwrap();
    let points = radar.process(&cube).unwrap().points().unwrap();
    assert_eq!(points.len(), 6);
    assert!(points.iter().all(|point| !point.velocity_ambiguous && !point.angle_ambiguous), "{points:?}");
}

#[test]
fn a_slanted_row_of_antennas_tells_neither_angle() {
    let half_wave = 1.9e-3;
    let antennas = |rise: f64| AntennaLayout {
        tx_positions_m: vec![[0.0; 3]],
        rx_positions_m: (0..4).map(|i| f64::from(i) * half_wave).map(|x| [x, 0.0, rise * x]).collect(),
    };
    for (rise, tells) in [(0.0, true), (0.02, true), (1.0, false), (-0.3, false)] {
        let mut scene = Scene::preset(Board::Iwr1843);
        scene.fmcw = FmcwConfig { transmitters: 1, antennas: Some(antennas(rise)), ..scene.fmcw };
        scene.targets = vec![PointTarget::polar(4.0, 0.3, 0.3, 0.5, 1.0).with_snr_db(10.0)];
        let simulator = Simulator::new(scene).unwrap();
        let cube = simulator.frame(0, &mut Streams::new(3).stream(0)).unwrap();
        let radar = Processor::new(simulator.fmcw(), &ProcessorConfig::default()).unwrap();
        assert_eq!(radar.resolves(), (tells, false), "{rise}");
        let point = strongest(simulator.fmcw(), &cube);
        assert_eq!(point.azimuth_rad.is_some(), tells, "{rise}: {point:?}");
        assert_eq!((point.elevation_rad, point.x_m.is_some()), (None, tells), "{rise}");
    }
}

#[test]
fn clutter_filters_of_a_few_chirps_are_refused() {
    for mti in [MtiKind::Notch, MtiKind::FrameDifference, MtiKind::MeanPhasor] {
        for chirps in 1..8 {
            let fmcw = Fmcw::new(FmcwConfig { chirps, ..FmcwConfig::iwr1843() }).unwrap();
            let made = Processor::new(&fmcw, &ProcessorConfig { mti, ..ProcessorConfig::default() });
            match made {
                Err(Error::Invalid { name, .. }) => assert!((2..6).contains(&chirps) && name == "mti"),
                made => assert!(made.is_ok() && !(2..6).contains(&chirps), "{mti} {chirps}: {made:?}"),
            }
        }
    }
}
