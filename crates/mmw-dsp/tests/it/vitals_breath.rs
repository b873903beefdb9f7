//! Breath that keeps no strict time, of uneven depth, or beside bursts of motion: no rate that is not there.
//! The signals are written here from their definition, breath by breath.

use crate::common::Noise;
use mmw_core::C64;
use mmw_core::ndarray::Array1;
use mmw_dsp::vitals::{Rate, VitalMonitor, VitalSigns, VitalsConfig};
use std::f64::consts::{PI, TAU};

const RATE_HZ: f64 = 20.0;
const WAVELENGTH_M: f64 = 3.9e-3;
const SNR_DB: f64 = 15.0;
/// Harmonics of breath as in the other tests of chests.
const HARMONICS: [f64; 5] = [1.0, 0.2, 0.08, 0.03, 0.01];

/// A body whose breaths each have a length and a depth of their own.
struct Body {
    noise: Noise,
    /// Ends of the breaths, s, and their depths.
    ends_s: Vec<f64>,
    depths: Vec<f64>,
}

impl Body {
    /// Breaths of this length on average; lengths vary by `irregular`, depths of every second one by
    /// `uneven`.
    fn new(seed: u64, breath_s: f64, irregular: f64, uneven: f64) -> Self {
        let mut noise = Noise::new(seed);
        // A real part of variance 1/2.
        let mut normal = || 2.0_f64.sqrt() * noise.complex().re;
        let mut end = -breath_s * (0.5 + 0.1 * normal());
        let mut ends_s = vec![end];
        while end < 70.0 {
            end += breath_s * (1.0 + irregular * normal()).clamp(0.5, 1.8);
            ends_s.push(end);
        }
        let depths =
            (0..ends_s.len()).map(|i| if i % 2 == 0 { 1.0 + uneven } else { 1.0 - uneven }).collect();
        Self { noise, ends_s, depths }
    }

    /// Turns of breath and depth at a time, linear between the ends.
    fn breath(&self, t: f64) -> (f64, f64) {
        let i = self.ends_s.partition_point(|end| *end <= t).clamp(1, self.ends_s.len() - 1) - 1;
        let share = (t - self.ends_s[i]) / (self.ends_s[i + 1] - self.ends_s[i]);
        (i as f64 + share, self.depths[i] + share * (self.depths[i + 1] - self.depths[i]))
    }

    /// The echo of breath of 4 mm with a shape over the turn, and what else moves, over a minute.
    fn echo(&mut self, shape: impl Fn(f64) -> f64, beside_m: impl Fn(f64) -> f64) -> Array1<C64> {
        let amplitude = 10.0_f64.powf(SNR_DB / 20.0);
        Array1::from_shape_fn(1200, |n| {
            let t = n as f64 / RATE_HZ;
            let (turns, depth) = self.breath(t);
            let moved_m = 4e-3 * depth * shape(turns) + beside_m(t);
            amplitude * C64::cis(2.0 * TAU / WAVELENGTH_M * moved_m) + self.noise.complex()
        })
    }
}

fn harmonics(phases: [f64; 5]) -> impl Fn(f64) -> f64 {
    move |turns| {
        let parts = HARMONICS.iter().zip(phases).zip(1..);
        parts.map(|((share, phase), k)| share * (TAU * f64::from(k) * turns + phase).sin()).sum()
    }
}

fn beat(hz: f64) -> impl Fn(f64) -> f64 {
    move |t| 0.3e-3 * ((TAU * hz * t).sin() + 0.3 * (2.0 * TAU * hz * t + 1.0).sin())
}

fn signs(samples: &Array1<C64>) -> VitalSigns {
    let config = VitalsConfig { step_s: 5.0, ..VitalsConfig::new(RATE_HZ, WAVELENGTH_M) };
    VitalMonitor::new(config).unwrap().process(samples).unwrap()
}

fn per_minute(rate: Option<Rate>) -> f64 {
    rate.map_or(f64::NAN, |rate| rate.per_minute())
}

fn phases(seed: u64) -> [f64; 5] {
    let mut noise = Noise::new(seed ^ 0xB0D7);
    [(); 5].map(|()| noise.complex().arg())
}

#[test]
fn breath_that_keeps_no_strict_time_is_not_taken_for_a_heart() {
    let mut told = Vec::new();
    for seed in 0..40 {
        let irregular = [0.03, 0.05, 0.07, 0.10][seed as usize % 4];
        let mut body = Body::new(6000 + seed, 4.0, irregular, 0.0);
        let found = signs(&body.echo(harmonics(phases(seed)), |_| 0.0));
        told.extend(found.heart.map(|rate| (seed, irregular, rate.per_minute(), rate.confidence)));
    }
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn shapes_of_breath_with_gaps_in_their_harmonics_are_not_taken_for_a_heart() {
    // A triangle has odd harmonics alone; inhaling over 0.4 of the turn and a pause after 0.85 leave others
    // out.
    let triangle = |turns: f64| 2.0 - 4.0 * (turns.fract() - 0.5).abs() - 1.0;
    let paused = |turns: f64| match turns.fract() {
        inhaled @ ..0.4 => -(PI * inhaled / 0.4).cos(),
        exhaled => (PI * ((exhaled - 0.4) / 0.45).min(1.0)).cos(),
    };
    for (name, shape) in [("triangle", &triangle as &dyn Fn(f64) -> f64), ("paused", &paused)] {
        for seed in 0..12 {
            let mut body = Body::new(6100 + seed, 4.0, [0.0, 0.05][seed as usize % 2], 0.0);
            let found = signs(&body.echo(shape, |_| 0.0));
            assert!(found.heart.is_none(), "{name} {seed}: {:?}", found.heart);
        }
    }
}

#[test]
fn a_heart_beside_breath_that_keeps_no_strict_time_is_told() {
    let (mut told, mut wrong) = (0, Vec::new());
    for seed in 0..40 {
        let irregular = [0.0, 0.03, 0.06, 0.10][seed as usize % 4];
        let heart_hz = 1.03 + 0.02 * seed as f64;
        let mut body = Body::new(5200 + seed, 4.0, irregular, 0.0);
        let found = per_minute(signs(&body.echo(harmonics(phases(seed)), beat(heart_hz))).heart);
        told += usize::from(found.is_finite());
        if (found - 60.0 * heart_hz).abs() > 1.0 {
            wrong.push((seed, irregular, found, 60.0 * heart_hz));
        }
    }
    // A heart within a cell of a harmonic of strict breath is one line with it: 1.51 beside 1.5 Hz.
    assert!(wrong.is_empty() && told >= 39, "{told} told, {wrong:?}");
}

#[test]
fn breaths_of_alternating_depth_are_all_counted() {
    for seed in 0..30 {
        let (uneven, breath_s) = ([0.2, 0.35, 0.5][seed as usize % 3], 3.0 + 0.08 * seed as f64);
        let mut body = Body::new(5300 + seed, breath_s, 0.01, uneven);
        let found = per_minute(signs(&body.echo(harmonics(phases(seed)), beat(1.2))).respiration);
        assert!(
            (found * breath_s / 60.0 - 1.0).abs() < 0.03,
            "{seed}, {uneven}: {found} of {}",
            60.0 / breath_s
        );
    }
}

#[test]
fn after_bursts_of_motion_no_half_or_third_of_the_rate_is_told() {
    let (mut told, mut wrong) = (0, Vec::new());
    for seed in 0..40 {
        let breath_s = 2.8 + 0.065 * seed as f64;
        let mut body = Body::new(5400 + seed, breath_s, 0.02, 0.0);
        // One to five bursts of a second or two, by 3 to 20 cm.
        let mut noise = Noise::new(seed);
        let mut uniform = move || 0.5 + noise.complex().arg() / TAU;
        let count = 1 + seed as usize % 5;
        let bursts: Vec<[f64; 3]> = (0..count)
            .map(|i| {
                let sign = if uniform() < 0.5 { -1.0 } else { 1.0 };
                let start = 4.0 + 50.0 * (i as f64 + uniform()) / count as f64;
                [start, 0.7 + 1.3 * uniform(), sign * (0.03 + 0.17 * uniform())]
            })
            .collect();
        let moved = |t: f64| -> f64 {
            let one = |&[start, lasts, way]: &[f64; 3]| {
                0.5 * way * (1.0 - (PI * ((t - start) / lasts).clamp(0.0, 1.0)).cos())
            };
            bursts.iter().map(one).sum()
        };
        let found = per_minute(signs(&body.echo(harmonics(phases(seed)), moved)).respiration);
        told += usize::from(found.is_finite());
        if (found * breath_s / 60.0 - 1.0).abs() > 0.05 {
            wrong.push((seed, count, found, 60.0 / breath_s));
        }
    }
    assert!(wrong.is_empty() && told >= 30, "{told} told, {wrong:?}");
}
