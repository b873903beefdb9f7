//! Range-Doppler transforms against the sum that defines them, on every backend.

use crate::common::{noise, slow_dft};
use mmw_dsp::mmw_core::{C32, C64, Error};
use mmw_dsp::ndarray::{Array2, Array3, Axis, s};
use mmw_dsp::range_doppler::{Backend, RangeDoppler, RangeDopplerConfig};
use mmw_dsp::window::Window;
use mmw_dsp::{Fmcw, FmcwConfig};
use proptest::prelude::*;
use std::f64::consts::TAU;

fn config(input: [usize; 3], range_fft: usize, doppler_fft: usize) -> RangeDopplerConfig {
    let [channels, chirps, samples] = input;
    RangeDopplerConfig {
        channels,
        chirps,
        samples,
        range_fft,
        doppler_fft,
        range_bins: range_fft,
        range_window: Window::Hann,
        doppler_window: Window::Kaiser { beta: 4.0 },
        shift: true,
    }
}

fn cube(shape: [usize; 3]) -> Array3<C64> {
    let [_, chirps, samples] = shape;
    // Representable in f32, so that both precisions start from the same numbers.
    Array3::from_shape_fn(shape, |(c, m, n)| {
        let z = noise((c * chirps + m) * samples + n);
        C64::new((z.re as f32).into(), (z.im as f32).into())
    })
}

fn narrow(cube: &Array3<C64>) -> Array3<C32> {
    cube.map(|z| C32::new(z.re as f32, z.im as f32))
}

fn wide(cube: &Array3<C32>) -> Array3<C64> {
    cube.map(|z| C64::new(z.re.into(), z.im.into()))
}

/// The two sums, one after the other, in `f64`.
fn oracle(config: &RangeDopplerConfig, cube: &Array3<C64>) -> Array3<C64> {
    let w_range = config.range_window.taper::<f64>(config.samples).unwrap();
    let w_doppler = config.doppler_window.taper::<f64>(config.chirps).unwrap();
    let mut output = Array3::from_elem(config.output_shape(), C64::new(0.0, 0.0));
    for (channel, mut to) in cube.outer_iter().zip(output.outer_iter_mut()) {
        let mut ranges = Array2::from_elem((config.chirps, config.range_fft), C64::new(0.0, 0.0));
        for (chirp, mut row) in channel.outer_iter().zip(ranges.outer_iter_mut()) {
            let windowed: Vec<C64> = chirp.iter().zip(&w_range).map(|(z, w)| z * w).collect();
            row.iter_mut().zip(slow_dft(&windowed, config.range_fft)).for_each(|(to, z)| *to = z);
        }
        for (r, mut row) in to.outer_iter_mut().enumerate() {
            let windowed: Vec<C64> = ranges.column(r).iter().zip(&w_doppler).map(|(z, w)| z * w).collect();
            let spectrum = slow_dft(&windowed, config.doppler_fft);
            let turn = if config.shift { config.doppler_fft.div_ceil(2) } else { 0 };
            let spectrum = spectrum.iter().cycle().skip(turn);
            row.iter_mut().zip(spectrum).for_each(|(to, z)| *to = *z);
        }
    }
    output
}

/// Root of the mean square error over that of the reference.
fn relative_error(got: &Array3<C64>, expected: &Array3<C64>) -> f64 {
    let energy = |z: &Array3<C64>| z.iter().map(|z| z.norm_sqr()).sum::<f64>();
    (energy(&(got - expected)) / energy(expected)).sqrt()
}

/// All backends that serve the configuration in `f32`.
fn plans(config: RangeDopplerConfig) -> Vec<RangeDoppler<f32>> {
    Backend::ALL.iter().filter_map(|&backend| RangeDoppler::with_backend(config, backend).ok()).collect()
}

#[test]
fn the_source_frame_is_accurate_on_every_backend() {
    let fmcw =
        Fmcw::new(FmcwConfig { transmitters: 1, receivers: 1, antennas: None, ..FmcwConfig::iwr1843() });
    let config = RangeDopplerConfig::from_fmcw(&fmcw.unwrap());
    assert_eq!(config.output_shape(), [1, 256, 128]);
    let cube = cube(config.input_shape());
    let expected = oracle(&config, &cube);
    for plan in plans(config) {
        let error = relative_error(&wide(&plan.process(&narrow(&cube)).unwrap()), &expected);
        println!("{:?}: relative rms error {error:.2e}", plan.backend());
        // Half a unit in the last place is 6e-8; 15 stages of additions and three multiplications by
        // rounded factors add up to about three of them.
        assert!(error < 2.5e-7, "{:?}: {error:e}", plan.backend());
    }
    let precise = RangeDoppler::<f64>::new(config).unwrap().process(&cube).unwrap();
    assert!(relative_error(&precise, &expected) < 1e-14);
}

#[test]
fn every_length_of_the_lanes_is_the_defining_sum() {
    // (chirps, doppler_fft), (samples, range_fft): full, padded, and with lanes left over.
    let dopplers = [(8, 8), (16, 16), (20, 32), (64, 64), (1, 16), (100, 128), (129, 256)];
    let ranges = [(16, 16), (9, 16), (32, 32), (50, 64), (128, 128), (200, 256), (1, 16), (300, 512)];
    for (chirps, doppler_fft) in dopplers {
        for (samples, range_fft) in ranges {
            check_all(config([1, chirps, samples], range_fft, doppler_fft));
        }
    }
    // The three-pass lengths, one at a time.
    for doppler_fft in [512, 1024] {
        check_all(config([1, 3, 16], 16, doppler_fft));
    }
    for range_fft in [1024, 2048, 4096] {
        check_all(RangeDopplerConfig { range_bins: 37, ..config([1, 3, 16], range_fft, 16) });
    }
}

fn check_all(config: RangeDopplerConfig) {
    let cube = cube(config.input_shape());
    let expected = oracle(&config, &cube);
    for plan in plans(config) {
        let got = wide(&plan.process(&narrow(&cube)).unwrap());
        // As above; a few cells sum so few terms that the mean is over few roundings.
        let error = relative_error(&got, &expected);
        assert!(error < 3e-7, "{:?} {config:?}: {error:e}", plan.backend());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_shape_is_the_defining_sum(
        channels in 1..3usize, chirps in 1..40usize, samples in 1..60usize,
        more_range in 0..20usize, more_doppler in 0..20usize, crop in 0..30usize, shift: bool,
    ) {
        let (range_fft, doppler_fft) = (samples + more_range, chirps + more_doppler);
        let config = RangeDopplerConfig {
            range_bins: range_fft.saturating_sub(crop).max(1),
            shift,
            ..config([channels, chirps, samples], range_fft, doppler_fft)
        };
        let cube = cube(config.input_shape());
        let expected = oracle(&config, &cube);
        // A window of one sample more than its zeros may leave nothing at all.
        prop_assume!(expected.iter().any(|z| z.norm() > 1e-6));
        let precise = RangeDoppler::<f64>::new(config).unwrap().process(&cube).unwrap();
        prop_assert!(relative_error(&precise, &expected) < 1e-13);
        for plan in plans(config) {
            prop_assert!(relative_error(&wide(&plan.process(&narrow(&cube)).unwrap()), &expected) < 5e-7);
        }
    }

    #[test]
    fn a_tone_lands_in_its_cell(range in 0..64usize, doppler in 0..32usize, channels in 1..3usize) {
        let config = RangeDopplerConfig {
            range_window: Window::Rectangular,
            doppler_window: Window::Rectangular,
            ..config([channels, 32, 64], 64, 32)
        };
        // The phase grows from chirp to chirp: positive velocity, above the middle.
        let turns = |m: usize, n: usize| (range * n) as f64 / 64.0 + (doppler * m) as f64 / 32.0;
        let cube = Array3::from_shape_fn([channels, 32, 64], |(_, m, n)| {
            let z = C64::from_polar(1.0, TAU * turns(m, n));
            C32::new(z.re as f32, z.im as f32)
        });
        for plan in plans(config) {
            let spectrum = plan.process(&cube).unwrap();
            for ((_, r, d), z) in spectrum.indexed_iter() {
                let expected = if (r, d) == (range, (doppler + 16) % 32) { 2048.0 } else { 0.0 };
                // 2048 ones, each rounded to 6e-8.
                prop_assert!((z.norm() - expected).abs() < 1e-3);
            }
        }
    }
}

#[test]
fn energy_is_kept_and_sums_go_through() {
    let config = RangeDopplerConfig {
        range_window: Window::Rectangular,
        doppler_window: Window::Rectangular,
        ..config([2, 64, 128], 128, 64)
    };
    let (a, b) = (narrow(&cube([2, 64, 128])), narrow(&cube([2, 64, 128]).mapv(|z| z * C64::i() + 0.25)));
    let energy = |z: &Array3<C32>| z.iter().map(|z| f64::from(z.norm_sqr())).sum::<f64>();
    for plan in plans(config) {
        let (fa, fb) = (plan.process(&a).unwrap(), plan.process(&b).unwrap());
        assert!((energy(&fa) / (64.0 * 128.0 * energy(&a)) - 1.0).abs() < 1e-6);
        let sum = wide(&plan.process(&(&a * 2.0 + &b)).unwrap());
        assert!(relative_error(&sum, &wide(&(&fa * 2.0 + &fb))) < 3e-7);
    }
}

#[test]
fn layout_of_input_and_output_does_not_matter() {
    let config = config([3, 16, 32], 32, 16);
    let packed = narrow(&cube([3, 16, 32]));
    let mut fortran = Array3::from_elem((32, 16, 3), C32::new(0.0, 0.0)).reversed_axes();
    fortran.assign(&packed);
    for plan in plans(config) {
        let expected = plan.process(&packed).unwrap();
        let mut strided = Array3::from_elem((3, 32, 32), C32::new(7.0, 0.0));
        plan.process_into(&fortran, &mut plan.scratch(), &mut strided.slice_mut(s![.., .., ..;2])).unwrap();
        assert_eq!(strided.slice(s![.., .., ..;2]), expected);
        assert!(strided.slice(s![.., .., 1..;2]).iter().all(|z| z.re == 7.0));
    }
}

#[test]
fn a_scratch_serves_other_plans_too() {
    let small = RangeDoppler::<f32>::new(config([1, 8, 16], 16, 8)).unwrap();
    let large = RangeDoppler::<f32>::new(config([2, 64, 128], 128, 64)).unwrap();
    let odd = RangeDoppler::<f32>::new(config([2, 15, 33], 35, 17)).unwrap();
    let mut scratch = small.scratch();
    for plan in [&large, &odd, &small, &large] {
        let cube = narrow(&cube(plan.config().input_shape()));
        let mut output = Array3::from_elem(plan.config().output_shape(), C32::new(0.0, 0.0));
        plan.process_into(&cube, &mut scratch, &mut output).unwrap();
        assert_eq!(output, plan.process(&cube).unwrap());
    }
}

#[test]
fn channels_do_not_depend_on_how_they_are_shared_out() {
    let all = RangeDoppler::<f32>::new(config([5, 32, 64], 64, 32)).unwrap();
    let one = RangeDoppler::<f32>::new(config([1, 32, 64], 64, 32)).unwrap();
    let cube = narrow(&cube([5, 32, 64]));
    let together = all.process(&cube).unwrap();
    for channel in 0..5 {
        let alone = one.process(&cube.slice(s![channel..channel + 1, .., ..])).unwrap();
        assert_eq!(alone.index_axis(Axis(0), 0), together.index_axis(Axis(0), channel));
    }
}

#[test]
fn a_single_bad_sample_is_found_wherever_it_is() {
    for (chirps, samples) in [(16, 32), (15, 32), (16, 31), (13, 21)] {
        let config = RangeDopplerConfig { range_bins: 1, ..config([2, chirps, samples], 32, 16) };
        let good = narrow(&cube([2, chirps, samples]));
        for plan in plans(config) {
            assert!(plan.process(&good).is_ok());
            for index in (0..good.len()).step_by(7).chain([good.len() - 1]) {
                for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                    let mut bad = good.clone();
                    bad.as_slice_mut().unwrap()[index].im = value;
                    let error = plan.process(&bad).unwrap_err();
                    assert!(matches!(error, Error::NotFinite { index: i, .. } if i == index), "{error}");
                }
            }
        }
    }
}

#[test]
fn finite_values_too_large_to_sum_are_an_error() {
    let config = config([1, 16, 16], 16, 16);
    for plan in plans(config) {
        let huge = Array3::from_elem((1, 16, 16), C32::new(f32::MAX, 0.0));
        assert!(matches!(plan.process(&huge), Err(Error::Invalid { .. })));
    }
}

#[test]
fn impossible_configurations_are_errors() {
    let good = config([2, 16, 32], 32, 16);
    for bad in [
        RangeDopplerConfig { channels: 0, ..good },
        RangeDopplerConfig { chirps: 0, ..good },
        RangeDopplerConfig { samples: 0, ..good },
        RangeDopplerConfig { range_fft: 31, ..good },
        RangeDopplerConfig { doppler_fft: 15, ..good },
        RangeDopplerConfig { range_bins: 0, ..good },
        RangeDopplerConfig { range_bins: 33, ..good },
        RangeDopplerConfig { channels: usize::MAX, ..good },
        RangeDopplerConfig { range_fft: usize::MAX, ..good },
        RangeDopplerConfig { doppler_window: Window::Kaiser { beta: f64::NAN }, ..good },
    ] {
        assert!(RangeDoppler::<f32>::new(bad).is_err(), "{bad:?}");
        assert!(RangeDoppler::<f64>::new(bad).is_err(), "{bad:?}");
    }
    let plan = RangeDoppler::<f64>::new(good).unwrap();
    assert!(matches!(plan.process(&cube([2, 16, 31])), Err(Error::Shape { .. })));
    let mut output = cube([2, 16, 32]);
    let error = plan.process_into(&cube([2, 16, 32]), &mut plan.scratch(), &mut output);
    assert!(matches!(error, Err(Error::Shape { .. })));
}
