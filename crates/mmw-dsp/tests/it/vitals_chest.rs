//! Simulated chests: rates, displacement and lines against the truth and against their bounds.

use crate::common::Noise;
use mmw_core::C64;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::ndarray::{Array1, Array3};
use mmw_dsp::doa::snapshot_of;
use mmw_dsp::vitals::{BandPass, Demodulation, VitalMonitor, VitalsConfig, efficient_lines};
use std::f64::consts::{PI, TAU};

const RATE_HZ: f64 = 20.0;
const WAVELENGTH_M: f64 = 3.9e-3;

/// Breathing with harmonics, a heartbeat with one, and the body's drift; phases and drift by the seed.
struct Chest {
    breath_hz: f64,
    breath_m: f64,
    heart_hz: f64,
    heart_m: f64,
    phases: [f64; 8],
    drift_m: [f64; 3],
}

impl Chest {
    fn new(noise: &mut Noise) -> Self {
        let phases = [(); 8].map(|()| noise.complex().arg());
        let drift_m = [3e-3, 4e-3, 1e-3].map(|size| size * noise.complex().re);
        Self { breath_hz: 0.25, breath_m: 4e-3, heart_hz: 1.2, heart_m: 0.3e-3, phases, drift_m }
    }

    fn at(&self, t: f64) -> f64 {
        // Harmonics of breathing fall to 1 % at the fifth, beside the heartbeat: 40 um of 4 mm.
        let breath: f64 = [1.0, 0.2, 0.08, 0.03, 0.01]
            .iter()
            .zip(1..)
            .map(|(share, k)| {
                share * (TAU * self.breath_hz * f64::from(k) * t + self.phases[k as usize - 1]).sin()
            })
            .sum();
        let heart = (TAU * self.heart_hz * t + self.phases[5]).sin()
            + 0.3 * (TAU * 2.0 * self.heart_hz * t + self.phases[6]).sin();
        let [slope, bend, sway] = self.drift_m;
        let part = t / 60.0;
        self.breath_m * breath
            + self.heart_m * heart
            + slope * part
            + bend * part * part
            + sway * (TAU * 0.02 * t + self.phases[7]).sin()
    }
}

fn echo(distance_m: f64) -> C64 {
    C64::cis(2.0 * TAU / WAVELENGTH_M * distance_m)
}

fn amplitude(snr_db: f64) -> f64 {
    10.0_f64.powf(snr_db / 20.0)
}

fn monitor() -> VitalMonitor {
    VitalMonitor::new(VitalsConfig { step_s: 10.0, ..VitalsConfig::new(RATE_HZ, WAVELENGTH_M) }).unwrap()
}

fn rms(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count() as f64;
    (values.map(|x| x * x).sum::<f64>() / count).sqrt()
}

#[test]
fn rates_are_right_for_200_chests_and_the_displacement_is_as_good_as_the_phase() {
    let monitor = monitor();
    let bands = [[0.1, 0.6], [0.8, 2.5]].map(|band| BandPass::new(4, band, RATE_HZ).unwrap());
    let mut errors_m = [Vec::new(), Vec::new()];
    for seed in 0..200 {
        let mut noise = Noise::new(seed);
        let chest = Chest::new(&mut noise);
        // A wall twice as strong in the same cell for every second chest.
        let wall = if seed % 2 == 0 { C64::from_polar(2.0, 1.0) } else { C64::default() };
        let truth = Array1::from_shape_fn(1200, |n| chest.at(n as f64 / RATE_HZ));
        let samples = truth.mapv(|d| amplitude(15.0) * (echo(d) + wall) + noise.complex());
        let found = monitor.process(&samples).unwrap();
        let per_minute =
            |rate: Option<mmw_dsp::vitals::Rate>| rate.map_or(f64::NAN, |rate| rate.per_minute());
        let (breath, heart) = (per_minute(found.respiration), per_minute(found.heart));
        assert!((breath - 15.0).abs() < 0.3, "seed {seed}: {breath} breaths a minute");
        assert!((heart - 72.0).abs() < 1.0, "seed {seed}: {heart} beats a minute");
        for ((band, found), errors) in
            bands.iter().zip([&found.respiration_m, &found.heart_m]).zip(&mut errors_m)
        {
            let expected = band.zero_phase(&truth).unwrap();
            // Two seconds at each end are the extension's.
            errors.push(rms((40..1160).map(|n| found[n] - expected[n])));
        }
    }
    // Phase noise of 15 dB, 1 / √(2 SNR) rad, the share of it that a band lets through, as displacement.
    let phase_noise_m = WAVELENGTH_M / (4.0 * PI) / (2.0 * amplitude(15.0).powi(2)).sqrt();
    for (band, errors) in bands.iter().zip(&errors_m) {
        let gains = (0..4000).map(|k| band.gain(k as f64 / 400.0, RATE_HZ).unwrap());
        let allowed_m = phase_noise_m * rms(gains.collect::<Vec<_>>().into_iter());
        let all = rms(errors.iter().copied());
        println!("in-band error {:.2} um, {:.2} of the phase noise", 1e6 * all, all / allowed_m);
        assert!(all < 1.3 * allowed_m, "{all:e} over {allowed_m:e}");
    }
}

#[test]
fn a_heartbeat_near_a_harmonic_of_the_breath_is_told_from_it() {
    let monitor = monitor();
    let mut wrong = Vec::new();
    for seed in 0..60 {
        let mut noise = Noise::new(1000 + seed);
        let mut chest = Chest::new(&mut noise);
        // Breath from 12 to 21 per minute and heart from 55 to 110: harmonics at any distance.
        chest.breath_hz = 0.2 + 0.0025 * seed as f64;
        chest.heart_hz = 0.92 + 0.0153 * ((seed * 37) % 60) as f64;
        let samples = Array1::from_shape_fn(1200, |n| {
            amplitude(15.0) * echo(chest.at(n as f64 / RATE_HZ)) + noise.complex()
        });
        let found = monitor.process(&samples).unwrap();
        let heart_hz = found.heart.map(|rate| rate.frequency_hz);
        if !heart_hz.is_some_and(|f| (f - chest.heart_hz).abs() < 1.0 / 60.0) {
            let apart = (chest.heart_hz / chest.breath_hz).fract();
            wrong.push((chest.breath_hz, chest.heart_hz, apart, heart_hz));
        }
    }
    // None may lock to a harmonic; where the two are one line, there may be no rate.
    let locked = wrong.iter().filter(|case| case.3.is_some()).count();
    assert!(locked == 0 && wrong.len() <= 3, "{wrong:?}");
}

#[test]
fn silence_of_the_heart_or_the_lungs_has_no_rate() {
    let monitor = monitor();
    let (mut hearts, mut breaths) = (0, 0);
    for seed in 0..100 {
        let mut noise = Noise::new(2000 + seed);
        let chest = Chest { heart_m: 0.0, ..Chest::new(&mut noise) };
        let still = Chest { breath_m: 0.0, heart_m: 0.0, ..Chest::new(&mut noise) };
        let mut found = |chest: &Chest| {
            let at = |n: usize| chest.at(n as f64 / RATE_HZ);
            let samples = Array1::from_shape_fn(1200, |n| amplitude(15.0) * echo(at(n)) + noise.complex());
            monitor.process(&samples).unwrap()
        };
        hearts += usize::from(found(&chest).heart.is_some_and(|rate| rate.confidence > 0.5));
        breaths += usize::from(found(&still).respiration.is_some_and(|rate| rate.confidence > 0.5));
    }
    assert!(hearts <= 2 && breaths <= 2, "{hearts} hearts and {breaths} breaths of 100 that are not there");
}

#[test]
fn a_lone_line_has_its_bound_in_frequency_and_amplitude() {
    // 0.1 mm at 0.731 Hz in phase noise of 20 dB, by way of the complex samples.
    let (line_hz, line_m, trials) = (0.731, 0.1e-3, 300);
    let n = 600.0_f64;
    let sigma_m = WAVELENGTH_M / (4.0 * PI) / (2.0 * amplitude(20.0).powi(2)).sqrt();
    let monitor = monitor();
    let (mut frequency, mut size) = (Vec::new(), Vec::new());
    for seed in 0..trials {
        let mut noise = Noise::new(3000 + seed);
        let start = noise.complex().arg();
        let at = |i: usize| line_m * (TAU * line_hz * i as f64 / RATE_HZ + start).sin();
        let samples = Array1::from_shape_fn(600, |i| amplitude(20.0) * echo(at(i)) + noise.complex());
        let moved = monitor.process(&samples).unwrap().displacement_m;
        let lines = efficient_lines(&moved, 1.0 / RATE_HZ, 3, 0.0).unwrap();
        frequency.push(lines[0].frequency_hz - line_hz);
        size.push(lines[0].amplitude - line_m);
    }
    // Equation (3.41) of Kay's "Estimation Theory": var A ≥ 2σ²/N, var f ≥ 24 σ² / (A² (2π)² N (N² − 1)).
    let bound_m = sigma_m * (2.0 / n).sqrt();
    let bound_hz = RATE_HZ * sigma_m / line_m * (24.0 / (n * (n * n - 1.0))).sqrt() / TAU;
    let [by_hz, by_m] = [(&frequency, bound_hz), (&size, bound_m)].map(|(e, b)| rms(e.iter().copied()) / b);
    println!("frequency {by_hz:.3} and amplitude {by_m:.3} of their bounds");
    // 300 trials know a ratio to 4 %.
    assert!(by_hz < 1.2 && by_m < 1.2, "{by_hz} {by_m}");
}

#[test]
fn a_person_who_walks_through_range_bins_is_followed() {
    // From bin 10 to bin 14 (4 cm each) between 10 and 50 s, breathing all the while: 4 mm/s.
    let mut noise = Noise::new(11);
    let chest = Chest::new(&mut noise);
    let walk = |t: f64| 0.41 + 0.16 * ((t - 10.0) / 40.0).clamp(0.0, 1.0);
    let profiles = Array3::from_shape_fn((2, 1200, 30), |(c, n, bin)| {
        let t = n as f64 / RATE_HZ;
        let distance_m = walk(t) + chest.at(t);
        let off = bin as f64 - distance_m / 0.04;
        // The main lobe of a Hann window, nearly.
        let response = if off.abs() < 2.0 { (PI * off / 4.0).cos().powi(2) } else { 0.0 };
        amplitude(20.0) * response * echo(distance_m) * C64::cis(c as f64) + noise.complex()
    });
    let people = monitor().people(&profiles, None).unwrap();
    assert_eq!(people.len(), 1);
    let found = &people[0];
    assert!(found.range_bins[0].abs_diff(10) <= 1 && found.range_bins[1199].abs_diff(14) <= 1);
    assert!(
        (found.signs.respiration.unwrap().per_minute() - 15.0).abs() < 0.3,
        "{:?}",
        found.signs.respiration
    );
    let walked = found.signs.displacement_m[1199] - found.signs.displacement_m[0];
    let truth = 0.16 + chest.at(1199.0 / RATE_HZ) - chest.at(0.0);
    assert!((walked - truth).abs() < 1e-3, "{walked} of {truth} m");
}

#[test]
fn two_people_at_one_range_are_told_apart_by_azimuth_and_a_third_by_range() {
    let array = AntennaArray::uniform_linear(8, 0.5 * WAVELENGTH_M).unwrap();
    let mut noise = Noise::new(12);
    // Bin, azimuth, breaths a second, amplitude.
    let people = [(6, -0.35, 0.22, 10.0), (6, 0.4, 0.31, 7.0), (17, 0.1, 0.27, 8.0)];
    let steering = people.map(|(_, azimuth, _, _)| {
        snapshot_of(&array, WAVELENGTH_M, Direction::new(azimuth, 0.0).unwrap()).unwrap()
    });
    let profiles = Array3::from_shape_fn((8, 1200, 24), |(c, n, bin)| {
        let t = n as f64 / RATE_HZ;
        let own = |((at, _, hz, size), steering): (&(usize, f64, f64, f64), &Array1<C64>)| {
            let here = if bin == *at {
                1.0
            } else if bin.abs_diff(*at) == 1 {
                0.5
            } else {
                0.0
            };
            here * size
                * steering[c]
                * echo(2e-3 * (TAU * hz * t).sin() + 0.2e-3 * (TAU * 4.1 * hz * t).sin())
        };
        people.iter().zip(&steering).map(own).sum::<C64>() + noise.complex()
    });
    let found = monitor().people(&profiles, Some(&array)).unwrap();
    assert_eq!(
        found.len(),
        3,
        "{:?}",
        found.iter().map(|p| (p.range_bin, p.azimuth_rad)).collect::<Vec<_>>()
    );
    for (bin, azimuth, hz, _) in people {
        let one = found
            .iter()
            .find(|person| person.range_bin == bin && (person.azimuth_rad.unwrap() - azimuth).abs() < 0.05);
        let rate = one.expect("a person there").signs.respiration.unwrap();
        assert!((rate.frequency_hz - hz).abs() < 0.005, "{rate:?} for {hz}");
    }
}

#[test]
fn motion_of_the_body_is_gated_and_the_rates_go_on() {
    let mut noise = Noise::new(13);
    let chest = Chest::new(&mut noise);
    // Between 25 and 28 s the person leans by 20 cm: 130 mm/s, beyond what 20 frames per second follow.
    let lean = |t: f64| 0.1 * (1.0 - (PI * ((t - 25.0) / 3.0).clamp(0.0, 1.0)).cos());
    let samples = Array1::from_shape_fn(1800, |n| {
        let t = n as f64 / RATE_HZ;
        amplitude(20.0) * echo(chest.at(t) + lean(t)) + noise.complex()
    });
    let found = monitor().process(&samples).unwrap();
    assert!((510..550).all(|n| found.moving[n]), "the lean is not marked");
    assert!((0..460).chain(600..1800).all(|n| !found.moving[n]), "stillness is marked");
    assert!((found.respiration.unwrap().per_minute() - 15.0).abs() < 1.0, "{:?}", found.respiration);
    assert!((found.heart.unwrap().per_minute() - 72.0).abs() < 1.0, "{:?}", found.heart);
}

#[test]
fn the_extended_dacm_finds_the_same_rates() {
    let mut noise = Noise::new(14);
    let chest = Chest { breath_m: 0.5e-3, ..Chest::new(&mut noise) };
    let samples = Array1::from_shape_fn(1200, |n| {
        amplitude(30.0) * echo(chest.at(n as f64 / RATE_HZ)) + noise.complex()
    });
    let config = VitalsConfig { demodulation: Demodulation::ExtendedDacm, ..*monitor().config() };
    let found = VitalMonitor::new(config).unwrap().process(&samples).unwrap();
    assert!((found.respiration.unwrap().per_minute() - 15.0).abs() < 0.3);
    assert!((found.heart.unwrap().per_minute() - 72.0).abs() < 1.0);
}
