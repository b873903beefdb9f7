//! Peak grouping, and the error of sub-bin refinement against the Cramér-Rao bound.

use mmw_dsp::cfar::{Detection, Edge};
use mmw_dsp::mmw_core::C64;
use mmw_dsp::mmw_core::fourier::Transform;
use mmw_dsp::ndarray::{Array2, Array3, Axis};
use mmw_dsp::num_complex::Complex;
use mmw_dsp::peak::interpolate::{candan, jacobsen, parabolic, parabolic_db};
use mmw_dsp::peak::{GroupConfig, PeakRefiner, group_peaks};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use rand_distr::StandardNormal;
use std::f64::consts::TAU;

pub(crate) const CHANNELS: usize = 4;
pub(crate) const CHIRPS: usize = 16;
pub(crate) const SAMPLES: usize = 32;

pub(crate) fn rectangular(len: usize) -> Vec<f64> {
    vec![1.0; len]
}

pub(crate) fn hann(len: usize) -> Vec<f64> {
    (0..len).map(|n| 0.5 - 0.5 * (TAU * (n as f64 + 0.5) / len as f64).cos()).collect()
}

/// `[channel, range, doppler]` spectrum of tones `(range bin, Doppler bin, amplitudes)` in bins of the FFTs,
/// the tones starting at sample 0 of chirp 0, in noise of the given power a sample.
pub(crate) struct Scene {
    pub(crate) range_weights: Vec<f64>,
    pub(crate) doppler_weights: Vec<f64>,
    pub(crate) fft: [usize; 2],
}

impl Scene {
    pub(crate) fn new(window: fn(usize) -> Vec<f64>) -> Self {
        Self { range_weights: window(SAMPLES), doppler_weights: window(CHIRPS), fft: [SAMPLES, CHIRPS] }
    }

    pub(crate) fn refiner(&self, half_width: [usize; 2]) -> PeakRefiner {
        PeakRefiner::new(&self.range_weights, self.fft[0], &self.doppler_weights, self.fft[1], half_width)
            .unwrap()
    }

    pub(crate) fn spectrum(
        &self,
        tones: &[(f64, f64, Vec<C64>)],
        noise: f64,
        rng: &mut SmallRng,
    ) -> Array3<C64> {
        let [nr, nd] = self.fft;
        let channels = tones[0].2.len();
        let mut cube = Array3::<C64>::zeros((channels, nd, nr));
        let sd = (noise / 2.0).sqrt();
        for channel in 0..channels {
            for (l, wd) in self.doppler_weights.iter().enumerate() {
                for (n, wr) in self.range_weights.iter().enumerate() {
                    let mut x = C64::new(rng.sample(StandardNormal), rng.sample(StandardNormal)) * sd;
                    for (r, d, amplitudes) in tones {
                        let turns = r * n as f64 / nr as f64 + d * l as f64 / nd as f64;
                        x += amplitudes[channel] * C64::cis(TAU * turns);
                    }
                    cube[[channel, l, n]] = x * (wr * wd);
                }
            }
        }
        let (range_fft, doppler_fft) = (Transform::forward(nr), Transform::forward(nd));
        for mut row in cube.lanes_mut(Axis(2)) {
            range_fft.process_once(row.as_slice_mut().unwrap());
        }
        let mut spectrum = Array3::zeros((channels, nr, nd));
        for (mut out, row) in spectrum.lanes_mut(Axis(2)).into_iter().zip(cube.lanes(Axis(1))) {
            let mut line = row.to_vec();
            doppler_fft.process_once(&mut line);
            line.rotate_right(nd / 2);
            out.iter_mut().zip(line).for_each(|(to, from)| *to = from);
        }
        spectrum
    }
}

fn strongest(spectrum: &Array3<C64>) -> [usize; 2] {
    let power = spectrum.map(|z| z.norm_sqr()).sum_axis(Axis(0));
    let best = power.indexed_iter().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
    [best.0, best.1]
}

pub(crate) fn random_amplitudes(channels: usize, rng: &mut SmallRng) -> Vec<C64> {
    (0..channels).map(|_| C64::cis(rng.random_range(0.0..TAU))).collect()
}

/// Standard deviation of a tone in bins of an FFT without zero padding, equation (3.41) of S. M. Kay,
/// "Fundamentals of Statistical Signal Processing: Estimation Theory", over `repeats` lines of known tone.
fn bound_bins(len: usize, repeats: usize, snr: f64) -> f64 {
    let n = len as f64;
    (6.0 / (TAU * TAU * snr * repeats as f64 * n * (n * n - 1.0))).sqrt() * n
}

struct Errors {
    /// RMSE over the bound, range and Doppler.
    ratio: [f64; 2],
    /// Mean predicted variance over the squared error, range and Doppler.
    predicted: [f64; 2],
    converged: usize,
}

/// `cell_snr_db`: of one channel at the peak of an unwindowed spectrum.
fn errors(window: fn(usize) -> Vec<f64>, half_width: [usize; 2], cell_snr_db: f64, trials: usize) -> Errors {
    let scene = Scene::new(window);
    let refiner = scene.refiner(half_width);
    let mut rng = SmallRng::seed_from_u64(7);
    let snr = 10_f64.powf(cell_snr_db / 10.0) / (SAMPLES * CHIRPS) as f64;
    let (mut squares, mut variances, mut converged) = ([0.0; 2], [0.0; 2], 0);
    for _ in 0..trials {
        let truth = [rng.random_range(6.0..26.0), rng.random_range(-8.0..8.0)];
        let tone = (truth[0], truth[1], random_amplitudes(CHANNELS, &mut rng));
        let spectrum = scene.spectrum(&[tone], 1.0 / snr, &mut rng);
        let peak = refiner.refine(&spectrum, strongest(&spectrum), true).unwrap();
        let doppler = (peak.doppler_bin - truth[1] + 8.0).rem_euclid(16.0) - 8.0;
        for (square, error) in squares.iter_mut().zip([peak.range_bin - truth[0], doppler]) {
            *square += error * error;
        }
        let predicted = [peak.range_std_bins.unwrap(), peak.doppler_std_bins.unwrap()];
        variances.iter_mut().zip(predicted).for_each(|(sum, sd)| *sum += sd * sd);
        converged += usize::from(peak.converged);
    }
    let bounds = [bound_bins(SAMPLES, CHIRPS * CHANNELS, snr), bound_bins(CHIRPS, SAMPLES * CHANNELS, snr)];
    let ratio = std::array::from_fn(|i| (squares[i] / trials as f64).sqrt() / bounds[i]);
    Errors { ratio, predicted: std::array::from_fn(|i| variances[i] / squares[i]), converged }
}

/// The threshold of four channels added up is about 7 dB for a false-alarm probability of 1e-6, so 17 dB is
/// 10 dB above.
///
/// The RMSE of n trials has the relative standard deviation `1 / √(2n)`; four of them pass.
#[test]
fn refinement_reaches_the_cramer_rao_bound_from_10_db_above_threshold_up() {
    const TRIALS: usize = 1500;
    let slack = 1.0 + 4.0 / (2.0 * TRIALS as f64).sqrt();
    for (name, window, goal) in
        [("rectangular", rectangular as fn(usize) -> Vec<f64>, 1.2), ("Hann", hann, 1.5)]
    {
        for cell_snr_db in [17.0, 23.0, 30.0, 45.0, 70.0] {
            let e = errors(window, [5, 5], cell_snr_db, TRIALS);
            println!("{name} {cell_snr_db} dB: RMSE / CRB {:.3?}, predicted {:.3?}", e.ratio, e.predicted);
            for axis in 0..2 {
                assert!(e.ratio[axis] < goal, "{name} {cell_snr_db} dB: {:?}", e.ratio);
                assert!(e.ratio[axis] > 1.0 / slack, "{name}: below the bound, {:?}", e.ratio);
                assert!((e.predicted[axis].sqrt() - 1.0).abs() < slack - 1.0, "{name}: {:?}", e.predicted);
            }
            assert_eq!(e.converged, TRIALS);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn without_noise_the_target_is_found_exactly_wherever_it_is(
        range in 0.0..31.0_f64, doppler in -8.0..8.0_f64, padded: bool, is_hann: bool, seed: u64,
    ) {
        let mut rng = SmallRng::seed_from_u64(seed);
        let mut scene = Scene::new(if is_hann { hann } else { rectangular });
        let factor = if padded { 2 } else { 1 };
        scene.fft = [SAMPLES * factor, CHIRPS * factor];
        let f = factor as f64;
        let amplitudes = random_amplitudes(CHANNELS, &mut rng);
        let spectrum = scene.spectrum(&[(f * range, f * doppler, amplitudes.clone())], 0.0, &mut rng);
        let refiner = scene.refiner([5 * factor, 5 * factor]);
        let peak = refiner.refine(&spectrum, strongest(&spectrum), true).unwrap();
        prop_assert!(peak.converged);
        let turns = |error: f64, len: usize| (error / (f * len as f64) + 0.5).rem_euclid(1.0) - 0.5;
        // Rounding of the transform, 1e-16 of the peak, amplified by the dependence of padded bins.
        prop_assert!(turns(peak.range_bin - f * range, SAMPLES).abs() < 1e-10, "{peak:?}");
        prop_assert!(turns(peak.doppler_bin - f * doppler, CHIRPS).abs() < 1e-10, "{peak:?}");
        // Amplitudes are at the middle of both apertures.
        let centre = C64::cis(TAU * (range * 15.5 / 32.0 + doppler * 7.5 / 16.0));
        for (found, truth) in peak.amplitudes.iter().zip(&amplitudes) {
            prop_assert!((found - truth * centre).norm() < 1e-8, "{found} {}", truth * centre);
        }
        prop_assert!(peak.noise_power < 1e-15 && peak.snr > 1e14);
    }
}

#[test]
fn a_cut_range_axis_shift_and_f32_change_nothing_but_the_information() {
    let scene = Scene::new(hann);
    let mut rng = SmallRng::seed_from_u64(3);
    for range in [0.3, 2.7, 7.4, 13.6, 15.2] {
        let tone = (range, 3.4, random_amplitudes(12, &mut rng));
        let spectrum = scene.spectrum(&[tone], 1e-6, &mut rng);
        let index = strongest(&spectrum);
        let refiner = scene.refiner([5, 5]);
        let whole = refiner.refine(&spectrum, index, true).unwrap();
        let half = spectrum.slice(mmw_dsp::ndarray::s![.., ..16, ..]).to_owned();
        let cut = refiner.refine(&half, index, true).unwrap();
        let sd = cut.range_std_bins.unwrap();
        assert!(cut.converged && (cut.range_bin - range).abs() < 5.0 * sd, "{cut:?}");
        assert!(sd > 0.5 * whole.range_std_bins.unwrap());
        let single = refiner.refine(&spectrum.mapv(|z| Complex::new(z.re as f32, z.im as f32)), index, true);
        assert!((single.unwrap().range_bin - whole.range_bin).abs() < 1e-5);
        let mut unshifted = spectrum.clone();
        for mut line in unshifted.lanes_mut(Axis(2)) {
            let mut copy = line.to_vec();
            copy.rotate_left(CHIRPS / 2);
            line.iter_mut().zip(copy).for_each(|(to, from)| *to = from);
        }
        let same = refiner.refine(&unshifted, [index[0], (index[1] + 8) % 16], false).unwrap();
        assert_eq!(same.doppler_bin, whole.doppler_bin);
        assert!((same.amplitudes[3] - whole.amplitudes[3]).norm() < 1e-12);
    }
}

#[test]
fn noise_power_and_snr_are_those_of_a_sample() {
    let scene = Scene::new(hann);
    let mut rng = SmallRng::seed_from_u64(8);
    let (mut noise, mut snr) = (0.0, 0.0);
    const TRIALS: usize = 200;
    for _ in 0..TRIALS {
        let tone = (rng.random_range(8.0..24.0), 1.7, random_amplitudes(CHANNELS, &mut rng));
        let spectrum = scene.spectrum(&[tone], 0.25, &mut rng);
        let peak = scene.refiner([4, 4]).refine(&spectrum, strongest(&spectrum), true).unwrap();
        noise += peak.noise_power / TRIALS as f64;
        snr += peak.snr / TRIALS as f64;
    }
    // 319 degrees of freedom a trial: relative standard deviation of the mean 0.4 %.
    assert!((noise / 0.25 - 1.0).abs() < 0.016, "{noise}");
    // That, and 1 / snr has a bias of a degree of freedom, and the power of the target 2 % per trial.
    assert!((snr / 4.0 - 1.0).abs() < 0.02, "{snr}");
}

#[test]
fn two_near_targets_do_not_make_the_estimate_run_away() {
    let scene = Scene::new(rectangular);
    let mut rng = SmallRng::seed_from_u64(9);
    for _ in 0..300 {
        let near = rng.random_range(0.2..3.0);
        let tones = [
            (12.3, 1.2, random_amplitudes(CHANNELS, &mut rng)),
            (12.3 + near, 1.2 + rng.random_range(-2.0..2.0), random_amplitudes(CHANNELS, &mut rng)),
        ];
        let spectrum = scene.spectrum(&tones, 1e-3, &mut rng);
        for index in [strongest(&spectrum), [12, 9], [14, 10]] {
            let peak = scene.refiner([5, 5]).refine(&spectrum, index, true).unwrap();
            assert!((peak.range_bin - index[0] as f64).abs() <= 1.0, "{peak:?}");
            assert!((peak.doppler_bin - (index[1] as f64 - 8.0)).abs() <= 1.0, "{peak:?}");
            assert!(peak.snr.is_finite() && peak.range_std_bins.unwrap().is_finite());
        }
    }
}

#[test]
fn one_chirp_has_a_range_and_no_doppler() {
    let tone = |k: f64| (0..64).map(|n| C64::cis(TAU * f64::from(n) * (20.37 - k) / 64.0)).sum::<C64>();
    let spectrum = Array3::from_shape_fn((2, 64, 1), |(_, r, _)| tone(r as f64));
    let refiner = PeakRefiner::new(&[1.0; 64], 64, &[1.0], 1, [4, 4]).unwrap();
    let peak = refiner.refine(&spectrum, [20, 0], true).unwrap();
    assert!((peak.range_bin - 20.37).abs() < 1e-10 && peak.doppler_bin == 0.0 && peak.converged);
    assert!(peak.range_std_bins.is_some() && peak.doppler_std_bins.is_none());
}

#[test]
fn hostile_spectra_and_plans_are_errors() {
    let plan = |w: &[f64], fft, half: usize| PeakRefiner::new(w, fft, &[1.0; 8], 8, [half, 2]);
    assert_eq!(plan(&[], 8, 2).unwrap_err().kind(), "too_few");
    assert_eq!(plan(&[1.0; 9], 8, 2).unwrap_err().kind(), "too_few");
    assert_eq!(plan(&[f64::NAN; 8], 8, 2).unwrap_err().kind(), "domain");
    assert_eq!(plan(&[0.0; 8], 8, 2).unwrap_err().kind(), "domain");
    assert_eq!(plan(&[1.0; 8], 8, usize::MAX).unwrap_err().kind(), "domain");
    let refiner = plan(&[1.0; 8], 8, 2).unwrap();
    let refine = |spectrum: &Array3<C64>, index| refiner.refine(spectrum, index, true);
    let ones = Array3::from_elem((2, 8, 8), C64::new(1.0, 0.5));
    assert!(refine(&ones, [3, 3]).is_ok());
    assert_eq!(refine(&ones, [8, 3]).unwrap_err().kind(), "domain");
    assert_eq!(refine(&ones, [3, 8]).unwrap_err().kind(), "domain");
    assert_eq!(refine(&Array3::zeros((2, 9, 8)), [3, 3]).unwrap_err().kind(), "shape");
    assert_eq!(refine(&Array3::zeros((2, 8, 7)), [3, 3]).unwrap_err().kind(), "shape");
    assert_eq!(refine(&Array3::zeros((0, 8, 8)), [3, 3]).unwrap_err().kind(), "too_few");
    assert_eq!(refine(&Array3::zeros((2, 8, 8)), [3, 3]).unwrap_err().kind(), "invalid");
    assert_eq!(refine(&ones.mapv(|z| z * 1e200), [3, 3]).unwrap_err().kind(), "domain");
    let tiny = refine(&ones.mapv(|z| z * 1e-300), [3, 3]).unwrap();
    assert!(tiny.snr.is_finite() && tiny.range_bin.is_finite());
    let mut bad = ones.clone();
    bad[[1, 4, 4]].im = f64::NAN;
    assert_eq!(refine(&bad, [3, 3]).unwrap_err().kind(), "not_finite");
    let alone = PeakRefiner::new(&[1.0], 1, &[1.0], 1, [0, 0]).unwrap();
    assert_eq!(
        alone.refine(&Array3::from_elem((1, 1, 1), C64::i()), [0, 0], true).unwrap_err().kind(),
        "too_few"
    );
}

fn bins_at(offset: f64, weights: &[f64]) -> [C64; 3] {
    let n = weights.len() as f64;
    [-1.0, 0.0, 1.0].map(|k| {
        weights.iter().enumerate().map(|(i, w)| C64::cis(TAU * i as f64 * (offset - k) / n) * w).sum()
    })
}

#[test]
fn three_point_formulas_have_the_biases_that_their_docs_state() {
    let worst = |window: fn(usize) -> Vec<f64>, formula: &dyn Fn([C64; 3]) -> f64| {
        let weights = window(64);
        let error = |i: i32| {
            let offset = f64::from(i) * 0.0025;
            (formula(bins_at(offset, &weights)) - offset).abs()
        };
        (-200..=200).map(error).fold(0.0, f64::max)
    };
    // At half a bin two bins are equal to rounding, and either may be the greater.
    let ordered = |b: [C64; 3]| {
        let p = b.map(|z| z.norm_sqr());
        [p[0], p[1] * (1.0 + 1e-12), p[2]]
    };
    let found = [
        worst(rectangular, &|b| parabolic(ordered(b)).unwrap()),
        worst(hann, &|b| parabolic(ordered(b)).unwrap()),
        worst(rectangular, &|b| parabolic_db(ordered(b).map(|p| p + 1e-20)).unwrap()),
        worst(hann, &|b| parabolic_db(ordered(b)).unwrap()),
        worst(rectangular, &|b| jacobsen(b).unwrap()),
    ];
    let documented = [0.28, 0.12, 0.17, 0.016, 3e-4];
    assert!(worst(rectangular, &|b| candan(b, 64).unwrap()) < 1e-12);
    for (found, documented) in found.iter().zip(documented) {
        assert!((found / documented - 1.0).abs() < 0.05, "{found} {documented}");
    }
}

fn detection(index: [usize; 2], power: f64) -> Detection {
    Detection { index, power, noise: 1.0, snr: power, threshold: 1.0 }
}

proptest! {
    #[test]
    fn every_peak_is_a_maximum_and_every_detection_has_a_stronger_or_equal_peak_in_a_chain(
        seed: u64, rows in 1..14_usize, columns in 1..14_usize, half_width in [0..4_usize, 0..4_usize],
    ) {
        let mut rng = SmallRng::seed_from_u64(seed);
        // Few levels, so that plateaus are common.
        let power = Array2::from_shape_simple_fn((rows, columns), || f64::from(rng.random_range(0..6)));
        let all: Vec<Detection> = power.indexed_iter().map(|((r, c), &p)| detection([r, c], p)).collect();
        let config = GroupConfig { half_width, ..GroupConfig::default() };
        let peaks = group_peaks(&power, &all, &config).unwrap();
        prop_assert!(peaks.windows(2).all(|w| w[0].detection.power >= w[1].detection.power));
        prop_assert_eq!(peaks[0].detection.power, power.iter().copied().fold(0.0, f64::max));
        let apart = |a: [usize; 2], b: [usize; 2]| {
            let d = a[1].abs_diff(b[1]);
            a[0].abs_diff(b[0]) > half_width[0] || d.min(columns - d) > half_width[1]
        };
        for (i, a) in peaks.iter().enumerate() {
            let near = all.iter().filter(|d| !apart(a.detection.index, d.index));
            prop_assert_eq!(near.clone().count(), a.cells);
            for d in near {
                prop_assert!(d.power <= a.detection.power);
            }
            for b in &peaks[i + 1..] {
                prop_assert!(apart(a.detection.index, b.detection.index));
            }
        }
    }
}

#[test]
fn grouping_refuses_bad_maps_and_foreign_detections() {
    let config = GroupConfig { half_width: [usize::MAX, usize::MAX], edges: [Edge::Wrap; 2] };
    let power = Array2::from_elem((4, 4), 1.0);
    let group = |power: &Array2<f64>, index| group_peaks(power, &[detection(index, 1.0)], &config);
    assert_eq!(group(&power, [0, 0]).unwrap()[0].cells, 1);
    assert_eq!(group(&power, [4, 0]).unwrap_err().kind(), "domain");
    assert_eq!(group(&power, [0, 4]).unwrap_err().kind(), "domain");
    assert_eq!(group(&Array2::zeros((0, 4)), [0, 0]).unwrap_err().kind(), "too_few");
    assert_eq!(group(&Array2::from_elem((4, 4), f64::NAN), [0, 0]).unwrap_err().kind(), "not_finite");
}
