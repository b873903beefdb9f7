//! The simulator against its own equation evaluated sample by sample, and against the limits of physics.

#[cfg(feature = "config-files")]
mod files;
mod front_end;
mod hostile;

use mmw_core::consts::{BOLTZMANN_J_K, SPEED_OF_LIGHT_M_S};
use mmw_core::geometry::{Direction, Vector3, difference, norm};
use mmw_core::ndarray::{Array3, Axis};
use mmw_core::rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use mmw_core::units::{Dbm, wavelength_m};
use mmw_core::{C32, C64};
use mmw_dsp::simulate::{PointTarget, RadioFrontEnd, Scene, Simulator, Strength, Vibration};
use mmw_dsp::{AntennaLayout, Board, FmcwConfig};
use std::f64::consts::{PI, TAU};

fn stream(frame: usize) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(1000 + frame as u64)
}

fn clean() -> RadioFrontEnd {
    RadioFrontEnd { noise: false, quantise: false, ..RadioFrontEnd::default() }
}

/// A small frame of the preset without noise and quantisation.
fn clean_scene(targets: Vec<PointTarget>) -> Scene {
    let fmcw = FmcwConfig { chirps: 4, ..FmcwConfig::iwr1843() };
    Scene { fmcw, radio: clean(), targets, ..Scene::preset(Board::Iwr1843) }
}

fn cube_of(scene: Scene) -> Array3<C32> {
    Simulator::new(scene).unwrap().frame(0, &mut stream(0)).unwrap()
}

fn place_at(target: &PointTarget, time_s: f64) -> Vector3 {
    let swing = target.vibration.map_or([0.0; 3], |v| {
        let direction = v.direction.unwrap_or(target.position_m);
        let angle = TAU * v.frequency_hz * time_s + v.phase_rad;
        direction.map(|u| u / norm(direction) * v.amplitude_m * angle.sin())
    });
    std::array::from_fn(|i| target.position_m[i] + target.velocity_m_s[i] * time_s + swing[i])
}

/// The equation of the module's documentation, every sample by itself, in double precision.
fn oracle(scene: &Scene, frame: usize) -> Array3<C64> {
    let config = &scene.fmcw;
    let layout = config.antennas.as_ref().unwrap();
    let radio = &scene.radio;
    let centre_s = config.adc_start_s + 0.5 * config.samples as f64 / config.sample_rate_hz;
    let carrier_hz = config.start_frequency_hz + config.slope_hz_per_s * centre_s;
    let lambda_m = SPEED_OF_LIGHT_M_S / carrier_hz;
    let gain = 10_f64.powf((radio.transmit_gain_dbi + radio.receive_gain_dbi) / 10.0);
    let counts = (radio.adc_bits as f64 - 1.0).exp2()
        * 10_f64.powf((radio.receiver_gain_db - radio.full_scale_dbm + 30.0) / 20.0);
    let noise_w = BOLTZMANN_J_K
        * radio.temperature_k
        * config.sample_rate_hz
        * 10_f64.powf(radio.noise_figure_db / 10.0);
    let shape = (config.transmitters * config.receivers, config.chirps, config.samples);
    Array3::from_shape_fn(shape, |(channel, chirp, n)| {
        let (t, r) = (channel / config.receivers, channel % config.receivers);
        let start_s = frame as f64 * config.frame_period_s
            + (chirp * config.transmitters + t) as f64 * config.chirp_interval_s;
        let ramp_s = config.adc_start_s + n as f64 / config.sample_rate_hz;
        let legs = |place: Vector3| {
            (
                norm(difference(place, layout.tx_positions_m[t])),
                norm(difference(place, layout.rx_positions_m[r])),
            )
        };
        scene
            .targets
            .iter()
            .map(|target| {
                let (out_m, back_m) = legs(place_at(target, start_s + centre_s));
                let power_w = match target.strength {
                    Strength::RcsM2(rcs_m2) => {
                        Dbm(radio.transmit_power_dbm).w() * gain * lambda_m.powi(2) * rcs_m2
                            / ((4.0 * PI).powi(3) * (out_m * back_m).powi(2))
                    }
                    Strength::SnrDb(snr_db) => noise_w * 10_f64.powf(snr_db / 10.0),
                    _ => unreachable!(),
                };
                let (out_m, back_m) = legs(place_at(target, start_s + ramp_s));
                let tau = (out_m + back_m) / SPEED_OF_LIGHT_M_S;
                let cycles = config.start_frequency_hz * tau + config.slope_hz_per_s * ramp_s * tau
                    - 0.5 * config.slope_hz_per_s * tau * tau;
                C64::from_polar(counts * power_w.sqrt(), TAU * cycles)
            })
            .sum()
    })
}

fn assert_near_the_oracle(scene: Scene, frame: usize) {
    let expected = oracle(&scene, frame);
    let got = Simulator::new(scene).unwrap().frame(frame, &mut stream(frame)).unwrap();
    let largest = expected.iter().map(|z| z.norm()).fold(0.0, f64::max);
    for (index, &z) in got.indexed_iter() {
        let error = (C64::new(z.re.into(), z.im.into()) - expected[index]).norm();
        // Rounding to single precision 6e-8 and the phase of the parabola, 1e-7 for the worst of the echoes.
        assert!(error < 2e-7 * largest, "{index:?}: {} of {largest}", error / largest);
    }
}

fn everyday_targets() -> Vec<PointTarget> {
    let heart = Vibration { amplitude_m: 2e-4, frequency_hz: 1.2, phase_rad: 0.4, direction: None };
    let fan = Vibration {
        amplitude_m: 1e-3,
        frequency_hz: 200.0,
        phase_rad: 0.0,
        direction: Some([1.0, 1.0, 0.0]),
    };
    vec![
        PointTarget::polar(3.0, 0.3, 0.1, -0.5, 1.0),
        PointTarget { vibration: Some(heart), ..PointTarget::polar(1.2, -0.4, 0.0, 0.0, 0.3) },
        PointTarget { vibration: Some(fan), ..PointTarget::polar(5.0, 0.0, -0.2, 0.0, 2.0) },
        PointTarget { velocity_m_s: [7.0, -20.0, 1.0], ..PointTarget::polar(9.0, 0.7, 0.0, 0.0, 10.0) },
    ]
}

#[test]
fn fast_frames_equal_the_equation_evaluated_sample_by_sample() {
    let scene = Scene { frames: 3, ..clean_scene(everyday_targets()) };
    assert_near_the_oracle(scene.clone(), 0);
    assert_near_the_oracle(scene, 2);
}

#[test]
fn a_fast_near_pass_is_cut_into_stretches_short_enough() {
    // 40 m/s across at 0.3 m bends the phase so much that one parabola would miss by 1e-4 rad.
    let passer = PointTarget {
        position_m: [-0.02, 0.3, 0.0],
        velocity_m_s: [40.0, 0.0, 0.0],
        ..PointTarget::polar(1.0, 0.0, 0.0, 0.0, 1.0)
    };
    let shaker = Vibration {
        amplitude_m: 1e-4,
        frequency_hz: 1.5e3,
        phase_rad: 1.0,
        direction: Some([0.0, 1.0, 0.0]),
    };
    let shaken = PointTarget { vibration: Some(shaker), ..PointTarget::polar(0.8, 0.2, 0.0, 0.0, 1.0) };
    assert_near_the_oracle(clean_scene(vec![passer, shaken]), 0);
}

#[test]
fn long_and_odd_chirps_are_filled_to_the_last_sample() {
    for samples in [2, 7, 8, 9, 61, 5000] {
        let mut scene = clean_scene(everyday_targets());
        scene.fmcw.samples = samples;
        scene.fmcw.chirps = 1;
        scene.fmcw.slope_hz_per_s = 5e12;
        scene.fmcw.chirp_interval_s = 2e-3;
        assert_near_the_oracle(scene, 0);
    }
}

/// Frequency of the greatest value of the discrete-time Fourier transform near `guess_hz`, by golden
/// section.
fn peak_hz(x: &[C64], rate_hz: f64, guess_hz: f64) -> f64 {
    let power = |f: f64| {
        let at = |(n, z): (usize, &C64)| z * C64::from_polar(1.0, -TAU * f * n as f64 / rate_hz);
        x.iter().enumerate().map(at).sum::<C64>().norm_sqr()
    };
    let half_bin = 0.5 * rate_hz / x.len() as f64;
    let (mut low, mut high) = (guess_hz - half_bin, guess_hz + half_bin);
    for _ in 0..60 {
        let (a, b) = (high - 0.618_034 * (high - low), low + 0.618_034 * (high - low));
        if power(a) > power(b) { high = b } else { low = a }
    }
    0.5 * (low + high)
}

fn wide(z: &C32) -> C64 {
    C64::new(z.re.into(), z.im.into())
}

#[test]
fn beat_and_doppler_stand_at_the_predicted_frequencies() {
    for velocity_m_s in [-1.5, -0.2, 0.0, 0.7, 1.6] {
        let mut scene = clean_scene(vec![PointTarget::polar(4.0, 0.25, 0.05, velocity_m_s, 1.0)]);
        scene.fmcw.chirps = 32;
        let simulator = Simulator::new(scene).unwrap();
        let truth = simulator.truth(0).unwrap()[0];
        let cube = simulator.frame(0, &mut stream(0)).unwrap();
        let config = simulator.fmcw().config();
        // The mean over the channels refers to the phase centre; chirps 15 and 16 surround the middle.
        let (mut beat_hz, mut doppler_hz) = (0.0, 0.0);
        for channel in cube.axis_iter(Axis(0)) {
            for chirp in [15, 16] {
                let row: Vec<C64> = channel.row(chirp).iter().map(wide).collect();
                beat_hz += peak_hz(&row, config.sample_rate_hz, truth.beat_hz) / 24.0;
            }
            let column: Vec<C64> = channel.column(128).iter().map(wide).collect();
            let rate_hz = 1.0 / simulator.fmcw().repetition_s();
            let guess_hz = 2.0 * velocity_m_s / simulator.fmcw().wavelength_m();
            doppler_hz += peak_hz(&column, rate_hz, guess_hz) / 12.0;
        }
        let bin_hz = config.sample_rate_hz / 256.0;
        assert!((beat_hz - truth.beat_hz).abs() < 1e-3 * bin_hz, "beat {beat_hz} {}", truth.beat_hz);
        let (range_m, velocity_m_s) = simulator.fmcw().target(beat_hz, doppler_hz);
        // A thousandth of the resolution; half a sample between centres and curvature of the
        // array stay below.
        let fmcw = simulator.fmcw();
        assert!((range_m - truth.range_m).abs() < 1e-3 * fmcw.range_resolution_m());
        assert!((velocity_m_s - truth.velocity_m_s).abs() < 5e-3 * fmcw.velocity_resolution_m_s());
    }
}

#[test]
fn receding_targets_advance_in_phase_from_chirp_to_chirp() {
    let cube = cube_of(clean_scene(vec![PointTarget::polar(3.0, 0.0, 0.0, 0.3, 1.0)]));
    let turn = wide(&cube[[0, 1, 128]]) / wide(&cube[[0, 0, 128]]);
    // 2 v M Tc / λ cycles.
    let expected = TAU * 2.0 * 0.3 * 480e-6 / (SPEED_OF_LIGHT_M_S / 79.212e9);
    assert!((turn.arg() - expected).abs() < 2e-3, "{} {expected}", turn.arg());
}

#[test]
fn transmitters_that_fire_in_turn_are_chirps_of_one_that_fires_always() {
    let rx_positions_m = vec![[0.0; 3], [2e-3, 0.0, 0.0]];
    let targets = vec![PointTarget::polar(3.0, 0.2, 0.1, -1.7, 1.0)];
    let mut single = clean_scene(targets);
    single.fmcw = FmcwConfig { transmitters: 1, receivers: 2, chirps: 12, ..single.fmcw };
    let one_place = |count| AntennaLayout {
        tx_positions_m: vec![[1e-3, 0.0, 0.0]; count],
        rx_positions_m: rx_positions_m.clone(),
    };
    single.fmcw.antennas = Some(one_place(1));
    let mut turns = single.clone();
    turns.fmcw = FmcwConfig { transmitters: 3, chirps: 4, antennas: Some(one_place(3)), ..turns.fmcw };
    let (single, turns) = (cube_of(single), cube_of(turns));
    for ((channel, chirp, n), &z) in turns.indexed_iter() {
        let (t, r) = (channel / 2, channel % 2);
        assert_eq!(z, single[[r, 3 * chirp + t, n]]);
    }
}

#[test]
fn far_targets_turn_the_array_as_the_conjugate_steering_vector() {
    let direction = Direction::new(0.6, -0.3).unwrap();
    let mut scene = clean_scene(vec![PointTarget::polar(3000.0, 0.6, -0.3, 0.0, 1e6)]);
    scene.fmcw.slope_hz_per_s = 1e11;
    scene.fmcw.chirps = 1;
    let simulator = Simulator::new(scene).unwrap();
    let cube = simulator.frame(0, &mut stream(0)).unwrap();
    let config = simulator.fmcw().config();
    let array = simulator.fmcw().virtual_array().unwrap();
    for n in [0, 100, 255] {
        let ramp_s = config.adc_start_s + n as f64 / config.sample_rate_hz;
        let delay_s = 2.0 * 3000.0 / SPEED_OF_LIGHT_M_S;
        // The echo left when the ramp was a delay younger: the mixer compares with that frequency.
        let frequency_hz = config.start_frequency_hz + config.slope_hz_per_s * (ramp_s - delay_s);
        let a = array.steering_vector(direction, wavelength_m(frequency_hz).unwrap()).unwrap();
        for channel in 0..12 {
            let got = wide(&cube[[channel, 0, n]]) / wide(&cube[[0, 0, n]]);
            let expected = (a[channel] / a[0]).conj();
            // Curvature of the wave: 2π/λ (14 mm)²/3000 m = 1e-4 rad.
            assert!((got - expected).norm() < 2e-4, "channel {channel}: {got} {expected}");
        }
    }
}

#[test]
fn frames_depend_on_their_own_stream_alone() {
    let mut scene = Scene { targets: everyday_targets(), frames: 4, ..Scene::preset(Board::Iwr1843) };
    scene.fmcw.chirps = 4;
    let simulator = Simulator::new(scene.clone()).unwrap();
    let forward: Vec<_> = (0..4).map(|f| simulator.frame(f, &mut stream(f)).unwrap()).collect();
    for frame in (0..4).rev() {
        assert_eq!(simulator.frame(frame, &mut stream(frame)).unwrap(), forward[frame]);
    }
    assert_ne!(forward[0], forward[1]);
    // Into memory in another order: the same samples.
    let mut turned = Array3::zeros((256, 4, 12)).reversed_axes();
    simulator.frame_into(1, &mut stream(1), &mut turned).unwrap();
    assert_eq!(turned, forward[1]);
    // Without noise the stream is not touched.
    scene.radio.noise = false;
    let mut rng = stream(0);
    Simulator::new(scene).unwrap().frame(0, &mut rng).unwrap();
    assert_eq!(rng, stream(0));
}

#[test]
fn truth_is_where_the_target_is_at_the_mean_sample_time() {
    let scene = Scene { frames: 5, ..clean_scene(everyday_targets()) };
    let simulator = Simulator::new(scene.clone()).unwrap();
    let q = simulator.phase_centre_m();
    for truth in simulator.truth(3).unwrap() {
        let target = &scene.targets[truth.target];
        let place = difference(place_at(target, truth.time_s), q);
        assert_eq!([truth.x_m, truth.y_m, truth.z_m], place);
        assert!((truth.range_m - norm(place)).abs() < 1e-12);
        // Velocity by central difference of the range, whose error falls with the square of the step.
        let range = |t: f64| norm(difference(place_at(target, t), q));
        let step = 1e-6;
        let slope = (range(truth.time_s + step) - range(truth.time_s - step)) / (2.0 * step);
        assert!((truth.velocity_m_s - slope).abs() < 1e-6);
        let u = Direction::new(truth.azimuth_rad, truth.elevation_rad).unwrap().unit_vector();
        assert!(norm(difference(u.map(|u| u * truth.range_m), place)) < 1e-12);
        // Mean over the channels of half the way, but for the second order: spreads of 4 mm give (4 mm)²/2R.
        let layout = scene.fmcw.antennas.as_ref().unwrap();
        let here = place_at(target, truth.time_s);
        let legs = |places: &[Vector3]| {
            places.iter().map(|&x| norm(difference(here, x))).sum::<f64>() / places.len() as f64
        };
        let mean_m = 0.5 * (legs(&layout.tx_positions_m) + legs(&layout.rx_positions_m));
        assert!((mean_m - truth.range_m).abs() < 1e-5 / truth.range_m);
    }
    // Mean of all sample times, counted.
    let config = &scene.fmcw;
    let mut times = Vec::new();
    for turn in 0..config.chirps * config.transmitters {
        for n in 0..config.samples {
            let start_s = turn as f64 * config.chirp_interval_s + config.adc_start_s;
            times.push(start_s + n as f64 / config.sample_rate_hz);
        }
    }
    let mean_s = times.iter().sum::<f64>() / times.len() as f64;
    assert!((simulator.frame_centre_s(0).unwrap() - mean_s).abs() < 1e-12);
}

#[test]
fn a_breathing_chest_shows_as_phase() {
    let breath = Vibration { amplitude_m: 5e-4, frequency_hz: 0.5, phase_rad: 0.0, direction: None };
    let chest = PointTarget { vibration: Some(breath), ..PointTarget::polar(2.0, 0.0, 0.0, 0.0, 1.0) };
    let mut scene = Scene { frames: 20, ..clean_scene(vec![chest]) };
    scene.fmcw.chirps = 1;
    let simulator = Simulator::new(scene).unwrap();
    let first = wide(&simulator.frame(0, &mut stream(0)).unwrap()[[0, 0, 128]]);
    for frame in 0..20 {
        let now = wide(&simulator.frame(frame, &mut stream(frame)).unwrap()[[0, 0, 128]]);
        let time_s = frame as f64 * 0.08;
        // 4π Δd/λ; at the sampled instant 31.6 us into the chirp, hence the tolerance of 4π/λ · 1.6
        // mm/s · 32 us.
        let expected = 4.0 * PI * 5e-4 * (PI * time_s).sin() / (SPEED_OF_LIGHT_M_S / 79.212e9);
        let error = (now / first * C64::from_polar(1.0, -expected)).arg();
        assert!(error.abs() < 2e-3 * expected.abs().max(0.1), "{error} {expected}");
    }
}

#[test]
fn an_empty_scene_without_noise_is_silent() {
    assert!(cube_of(clean_scene(vec![])).iter().all(|z| *z == C32::default()));
}
