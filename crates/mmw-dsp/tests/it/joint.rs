//! Joint refinement of neighbours against the bound of several tones.

use crate::peak::{CHANNELS, CHIRPS, SAMPLES, Scene, hann, random_amplitudes, rectangular};
use mmw_dsp::crlb::{ToneSignal, tones_bound};
use mmw_dsp::mmw_core::C64;
use mmw_dsp::ndarray::{Array3, Axis, s};
use mmw_dsp::peak::interpolate::parabolic_db;
use rand::{RngExt, SeedableRng, rngs::SmallRng};

/// The nearest local maximum of the power, which is where a detector would look.
fn climbed(power: &mmw_dsp::ndarray::Array2<f64>, start: [f64; 2]) -> [usize; 2] {
    let (rows, columns) = power.dim();
    let mut at = [
        start[0].round().clamp(0.0, (rows - 1) as f64) as usize,
        start[1].round().rem_euclid(columns as f64) as usize,
    ];
    loop {
        let mut best = at;
        for dr in [-1_isize, 0, 1] {
            for dd in [-1_isize, 0, 1] {
                let r = at[0] as isize + dr;
                let d = (at[1] as isize + dd).rem_euclid(columns as isize) as usize;
                if (0..rows as isize).contains(&r) && power[[r as usize, d]] > power[best] {
                    best = [r as usize, d];
                }
            }
        }
        if best == at {
            return at;
        }
        at = best;
    }
}

fn power(spectrum: &Array3<C64>) -> mmw_dsp::ndarray::Array2<f64> {
    spectrum.map(|z| z.norm_sqr()).sum_axis(Axis(0))
}

fn wrapped(error: f64, len: usize) -> f64 {
    let n = len as f64;
    (error + n / 2.0).rem_euclid(n) - n / 2.0
}

struct Pair {
    /// RMSE of the worse of both targets over its bound, along the axis on which they are apart.
    ratio: f64,
    worst_bins: f64,
    rmse_bins: f64,
    hann_rmse_bins: f64,
}

fn pairs(
    window: fn(usize) -> Vec<f64>,
    axis: usize,
    apart: f64,
    level_db: f64,
    snr_db: f64,
    trials: usize,
) -> Pair {
    let scene = Scene::new(window);
    let plan = scene.refiner([5, 5]);
    let mut rng = SmallRng::seed_from_u64(11);
    let noise = (SAMPLES * CHIRPS) as f64 / 10_f64.powf(snr_db / 10.0);
    let len = [SAMPLES, CHIRPS];
    let (mut squares, mut bounds, mut plain, mut worst) = ([0.0; 2], [0.0; 2], [0.0; 2], 0.0_f64);
    for _ in 0..trials {
        let first = [rng.random_range(8.0..12.0), rng.random_range(-3.0..3.0)];
        let mut second = first;
        second[axis] += apart;
        let amplitudes = [0.0, -level_db].map(|level| {
            let gain = 10_f64.powf(level / 20.0);
            random_amplitudes(CHANNELS, &mut rng).iter().map(|a| a * gain).collect::<Vec<_>>()
        });
        let [a, b] = amplitudes.clone();
        let spectrum = scene.spectrum(&[(first[0], first[1], a), (second[0], second[1], b)], noise, &mut rng);
        let map = power(&spectrum);
        let truth = [first, second];
        let cells = truth.map(|t| climbed(&map, [t[0], t[1] + (CHIRPS / 2) as f64]));
        let peaks = plan.refine_all(&spectrum, &cells, true).unwrap();
        let tone = |k: usize| ToneSignal {
            range_bin: truth[k][0],
            doppler_bin: truth[k][1],
            amplitudes: {
                let turns = truth[k][0] * (SAMPLES - 1) as f64 / 2.0 / SAMPLES as f64
                    + truth[k][1] * (CHIRPS - 1) as f64 / 2.0 / CHIRPS as f64;
                amplitudes[k].iter().map(|a| a * C64::cis(std::f64::consts::TAU * turns)).collect()
            },
        };
        let bound = tones_bound(len, &[tone(0), tone(1)], noise).unwrap();
        for k in 0..2 {
            let found = [peaks[k].range_bin, peaks[k].doppler_bin];
            let error = wrapped(found[axis] - truth[k][axis], len[axis]);
            squares[k] += error * error;
            worst = worst.max(error.abs());
            bounds[k] += bound[k][axis] * bound[k][axis];
            let three = [len[axis] - 1, 0, 1].map(|step| {
                let mut at = cells[k];
                at[axis] = (at[axis] + step) % len[axis];
                map[at]
            });
            let bin = cells[k][axis] as f64 - if axis == 1 { (CHIRPS / 2) as f64 } else { 0.0 };
            let simple = bin + parabolic_db(three).unwrap_or(0.0);
            plain[k] += wrapped(simple - truth[k][axis], len[axis]).powi(2);
        }
    }
    let rms = |sum: f64| (sum / trials as f64).sqrt();
    let ratio = |k: usize| (squares[k] / bounds[k]).sqrt();
    Pair {
        ratio: ratio(0).max(ratio(1)),
        worst_bins: worst,
        rmse_bins: rms(squares[0].max(squares[1])),
        hann_rmse_bins: rms(plain[0].max(plain[1])),
    }
}

#[test]
fn two_targets_are_found_with_the_error_of_their_joint_bound_from_4_bins_on() {
    const TRIALS: usize = 300;
    // The RMSE of n trials has the relative standard deviation 1 / √(2n); four of them pass.
    let slack = 1.0 + 4.0 / (2.0 * TRIALS as f64).sqrt();
    let mut failures = Vec::new();
    for axis in 0..2 {
        for level_db in [0.0, 6.0, 20.0] {
            for apart in [2.0, 2.5, 3.0, 3.5, 4.0, 4.4, 5.0, 5.5, 6.0, 8.0, 12.0] {
                if axis == 1 && apart > 8.0 {
                    continue; // farther than half of 16 chirps
                }
                for snr_db in [40.0, 60.0] {
                    let p = pairs(hann, axis, apart, level_db, snr_db, TRIALS);
                    println!(
                        "axis {axis} level {level_db} apart {apart} snr {snr_db}: ratio {:.2} rmse {:.5} worst {:.5} Hann {:.5}",
                        p.ratio, p.rmse_bins, p.worst_bins, p.hann_rmse_bins
                    );
                    if apart >= 4.0 && p.ratio > 1.5 * slack {
                        failures.push(format!("bound {axis} {level_db} {apart} {snr_db}: {}", p.ratio));
                    }
                    if apart >= 4.0 && snr_db == 60.0 && p.worst_bins > 0.02 {
                        failures.push(format!("worst {axis} {level_db} {apart}: {}", p.worst_bins));
                    }
                    if apart >= 2.5 && p.rmse_bins > p.hann_rmse_bins * slack {
                        failures.push(format!("Hann {axis} {level_db} {apart} {snr_db}: {}", p.rmse_bins));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn without_noise_three_targets_are_exact_whatever_the_window_padding_and_place() {
    for (window, name) in [(hann as fn(usize) -> Vec<f64>, "Hann"), (rectangular, "rectangular")] {
        for fft in [[SAMPLES, CHIRPS], [48, 24]] {
            let mut scene = Scene::new(window);
            scene.fft = fft;
            let pad = fft[0] as f64 / SAMPLES as f64;
            let half = if pad > 1.0 { 8 } else { 5 };
            let plan = scene.refiner([half, half]);
            let mut rng = SmallRng::seed_from_u64(5);
            let truth = [[2.3 * pad, 1.4 * pad], [7.1 * pad, 1.4 * pad], [2.3 * pad, -4.2 * pad]];
            let tones = truth.map(|t| (t[0], t[1], random_amplitudes(CHANNELS, &mut rng)));
            let spectrum = scene.spectrum(&tones, 0.0, &mut rng);
            let spectrum = spectrum.slice(s![.., ..fft[0] / 2, ..]).to_owned();
            let map = power(&spectrum);
            let cells = truth.map(|t| climbed(&map, [t[0], t[1] + (fft[1] / 2) as f64]));
            let peaks = plan.refine_all(&spectrum, &cells, true).unwrap();
            for (peak, t) in peaks.iter().zip(truth) {
                let error = (peak.range_bin - t[0]).abs().max(wrapped(peak.doppler_bin - t[1], fft[1]).abs());
                assert!(error < 1e-4, "{name} {fft:?}: {error} {peak:?}");
            }
        }
    }
}

#[test]
fn a_neighbour_that_is_no_target_does_not_harm_the_strong_one_and_says_so() {
    let scene = Scene::new(hann);
    let plan = scene.refiner([5, 5]);
    let mut rng = SmallRng::seed_from_u64(17);
    for _ in 0..50 {
        let truth = [rng.random_range(8.0..20.0), rng.random_range(-7.0..7.0)];
        let tone = (truth[0], truth[1], random_amplitudes(CHANNELS, &mut rng));
        let spectrum = scene.spectrum(&[tone], 1e-3, &mut rng);
        let map = power(&spectrum);
        let cell = climbed(&map, [truth[0], truth[1] + 8.0]);
        // The first sidelobe of a Hann window is 2.4 bins out.
        let sidelobe = [cell[0] + 3, cell[1]];
        let alone = plan.refine(&spectrum, cell, true).unwrap();
        let both = plan.refine_all(&spectrum, &[cell, sidelobe], true).unwrap();
        let sd = alone.range_std_bins.unwrap();
        assert!((both[0].range_bin - truth[0]).abs() < 8.0 * sd, "{both:?}");
        assert!(both[1].leakage_power > both[1].peak_power || both[1].peak_power < 1e-3 * both[0].peak_power);
    }
}

#[test]
fn a_blind_plan_finds_slow_movers_beside_clutter_a_million_times_stronger() {
    let scene = Scene::new(hann);
    let plan = scene.refiner([5, 5]).without_static();
    let mut rng = SmallRng::seed_from_u64(23);
    for velocity in [0.2, 0.3, 0.5, 0.9, 1.5, 2.2, 2.9, -0.4, -1.7, 5.3] {
        let mover = (9.4, velocity, random_amplitudes(CHANNELS, &mut rng));
        let walls = (9.1, 0.0, random_amplitudes(CHANNELS, &mut rng).iter().map(|a| a * 1e3).collect());
        let spectrum = scene.spectrum(&[mover, walls], 1e-4, &mut rng);
        let cell = [9, (velocity.round() as isize + 8) as usize];
        let peak = &plan.refine_all(&spectrum, &[cell], true).unwrap()[0];
        let sd = peak.doppler_std_bins.unwrap();
        assert!((peak.doppler_bin - velocity).abs() < (5.0 * sd).min(0.05), "{velocity}: {peak:?}");
    }
}

/// Energy that two tones, each with an amplitude of its own in every channel, take of the whole spectrum of a
/// rectangular window: every bin, every sum written out.
fn explained(spectrum: &Array3<C64>, at: [[f64; 2]; 2]) -> f64 {
    let (channels, rows, columns) = spectrum.dim();
    let line = |bin: f64, len: usize, zero: usize| -> Vec<C64> {
        let sum = |k: usize| {
            (0..len)
                .map(|n| {
                    C64::cis(std::f64::consts::TAU * n as f64 * (bin - k as f64 + zero as f64) / len as f64)
                })
                .sum()
        };
        (0..len).map(sum).collect()
    };
    let atoms = at.map(|[r, d]| {
        let (range, doppler) = (line(r, rows, 0), line(d, columns, columns / 2));
        mmw_dsp::ndarray::Array2::from_shape_fn((rows, columns), |(i, j)| range[i] * doppler[j])
    });
    let inner = |a: &mmw_dsp::ndarray::Array2<C64>, b: &mmw_dsp::ndarray::Array2<C64>| -> C64 {
        a.iter().zip(b).map(|(a, b)| a.conj() * b).sum()
    };
    let (aa, bb, ab) =
        (inner(&atoms[0], &atoms[0]).re, inner(&atoms[1], &atoms[1]).re, inner(&atoms[0], &atoms[1]));
    let determinant = aa * bb - ab.norm_sqr();
    (0..channels)
        .map(|channel| {
            let z = spectrum.index_axis(Axis(0), channel).to_owned();
            let [x, y] = [inner(&atoms[0], &z), inner(&atoms[1], &z)];
            (bb * x.norm_sqr() + aa * y.norm_sqr() - 2.0 * (x.conj() * ab * y).re) / determinant
        })
        .sum()
}

/// The patches hold 31 x 15 of the 32 x 16 bins, so that the estimates differ by a fraction of what noise
/// does to both.
#[test]
fn the_joint_fit_is_that_of_a_dense_search_over_all_bins() {
    let scene = Scene::new(rectangular);
    let plan = scene.refiner([15, 7]);
    let mut rng = SmallRng::seed_from_u64(31);
    for apart in [[3.3, 0.0], [0.0, 3.6], [2.7, 2.9], [5.2, -1.0]] {
        let truth = [[9.6, -1.3], [9.6 + apart[0], -1.3 + apart[1]]];
        let tones = truth.map(|t| (t[0], t[1], random_amplitudes(CHANNELS, &mut rng)));
        let spectrum = scene.spectrum(&tones, 0.05, &mut rng);
        let cells = truth.map(|t| [t[0].round() as usize, (t[1].round() + 8.0) as usize]);
        let peaks = plan.refine_all(&spectrum, &cells, true).unwrap();
        let mut best = truth;
        let mut most = explained(&spectrum, best);
        let mut step = 0.05;
        while step > 1e-6 {
            let mut improved = false;
            for (target, axis, sign) in
                (0..8).map(|i| (i / 4, i / 2 % 2, if i % 2 == 0 { 1.0 } else { -1.0 }))
            {
                let mut trial = best;
                trial[target][axis] += sign * step;
                let value = explained(&spectrum, trial);
                if value > most {
                    (best, most, improved) = (trial, value, true);
                }
            }
            if !improved {
                step *= 0.5;
            }
        }
        for (peak, dense) in peaks.iter().zip(best) {
            let sd = [peak.range_std_bins.unwrap(), peak.doppler_std_bins.unwrap()];
            assert!((peak.range_bin - dense[0]).abs() < 0.5 * sd[0], "{apart:?}: {dense:?} {peak:?}");
            assert!((peak.doppler_bin - dense[1]).abs() < 0.5 * sd[1], "{apart:?}: {dense:?} {peak:?}");
        }
    }
}

/// The derivatives of the model by differences, all samples of all channels written out.
#[test]
fn the_bound_of_two_tones_is_that_of_a_numerical_fisher_matrix() {
    use mmw_dsp::mmw_core::linalg::solve;
    use mmw_dsp::ndarray::{Array1, Array2};
    let (len, noise) = ([12_usize, 7_usize], 0.3);
    let mean = |p: &[f64]| -> Vec<C64> {
        // Two targets with two frequencies and two complex amplitudes each.
        let mut samples = Vec::new();
        for channel in 0..2 {
            for l in 0..len[1] {
                for n in 0..len[0] {
                    let tone = |k: usize| {
                        let q = &p[6 * k..6 * k + 6];
                        let t = [(n as f64 - 5.5) / 12.0, (l as f64 - 3.0) / 7.0];
                        let turns = q[0] * t[0] + q[1] * t[1];
                        C64::new(q[2 + 2 * channel], q[3 + 2 * channel])
                            * C64::cis(std::f64::consts::TAU * turns)
                    };
                    samples.push(tone(0) + tone(1));
                }
            }
        }
        samples
    };
    let p = [3.2, -1.1, 1.0, 0.3, -0.4, 0.8, 5.1, -0.2, 0.1, -0.5, 0.6, 0.2];
    let slope = |i: usize| -> Vec<C64> {
        let moved = |h: f64| {
            let mut q = p;
            q[i] += h;
            mean(&q)
        };
        moved(1e-5).iter().zip(moved(-1e-5)).map(|(a, b)| (a - b) / 2e-5).collect()
    };
    let slopes: Vec<Vec<C64>> = (0..12).map(slope).collect();
    let fisher = Array2::from_shape_fn((12, 12), |(i, j)| {
        2.0 / noise * slopes[i].iter().zip(&slopes[j]).map(|(a, b)| (a.conj() * b).re).sum::<f64>()
    });
    let tone = |k: usize| ToneSignal {
        range_bin: p[6 * k],
        doppler_bin: p[6 * k + 1],
        amplitudes: vec![C64::new(p[6 * k + 2], p[6 * k + 3]), C64::new(p[6 * k + 4], p[6 * k + 5])],
    };
    let bound = tones_bound(len, &[tone(0), tone(1)], noise).unwrap();
    for (k, axis) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let i = 6 * k + axis;
        let unit = Array1::from_shape_fn(12, |j| if j == i { 1.0 } else { 0.0 });
        let slow = solve(&fisher, &unit).unwrap()[i].sqrt();
        // Differences of step h err by h², 1e-10 of the derivative and its rounding 1e-11.
        assert!((bound[k][axis] / slow - 1.0).abs() < 1e-7, "{} {slow}", bound[k][axis]);
    }
    assert!(tones_bound(len, &[], noise).is_err());
    assert!(tones_bound([1, 7], &[tone(0)], noise).is_err());
    assert!(tones_bound(len, &[tone(0), tone(0)], noise).is_err());
    assert!(tones_bound(len, &[tone(0)], f64::NAN).is_err());
}
