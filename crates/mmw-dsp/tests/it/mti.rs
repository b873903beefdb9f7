//! Clutter filters: what stands still goes, what moves stays.

use crate::common::noise;
use mmw_dsp::mmw_core::{C32, C64, Error};
use mmw_dsp::mti::{
    FrameDifference, MeanPhasor, Mti, MtiKind, WindowedMean, ZeroVelocityNotch, mean_phasor_into,
};
use mmw_dsp::ndarray::{Array3, Axis, s};
use proptest::prelude::*;

fn cube32(shape: (usize, usize, usize)) -> Array3<C32> {
    Array3::from_shape_fn(shape, |(c, m, n)| {
        let z = noise(10_000 * c + 300 * m + n);
        C32::new(z.re as f32 + 3.0, z.im as f32)
    })
}

proptest! {
    #[test]
    fn mean_phasor_is_the_formula(channels in 1..3usize, chirps in 1..40usize, samples in 1..300usize) {
        let cube = cube32((channels, chirps, samples));
        let wide = cube.map(|z| C64::new(z.re.into(), z.im.into()));
        let expected = &wide - &wide.mean_axis(Axis(1)).unwrap().insert_axis(Axis(1));
        let mut in_place = cube.clone();
        MeanPhasor.filter_cube(&mut in_place).unwrap();
        let mut output = cube.clone();
        mean_phasor_into(&cube, &mut output).unwrap();
        prop_assert_eq!(&in_place, &output);
        for (z, e) in output.iter().zip(&expected) {
            // Values up to 4: three additions of eight of them, the mean and the difference each round by
            // half a unit in the last place, 32 * 2^-24 at most.
            prop_assert!((C64::new(z.re.into(), z.im.into()) - e).norm() < 4e-6);
        }
    }

    #[test]
    fn taking_the_mean_twice_is_taking_it_once(chirps in 1..70usize) {
        let mut once = Array3::from_shape_fn((1, chirps, 5), |(_, m, n)| noise(m * 5 + n));
        MeanPhasor.filter_cube(&mut once).unwrap();
        let mut twice = once.clone();
        MeanPhasor.filter_cube(&mut twice).unwrap();
        for (a, b) in once.iter().zip(&twice) {
            prop_assert!((a - b).norm() < 1e-14);
        }
    }

    #[test]
    fn the_notch_zeroes_its_bins_around_the_ends_and_no_others(
        bins in 1..20usize, zero in 0..20usize, half_width in 0..25usize,
    ) {
        let zero_index = zero % bins;
        let mut spectrum = Array3::from_elem((2, 3, bins), C64::new(1.0, 1.0));
        ZeroVelocityNotch { half_width }.filter_spectrum(&mut spectrum, zero_index).unwrap();
        for ((_, _, d), z) in spectrum.indexed_iter() {
            let apart = (d + bins - zero_index) % bins;
            let gone = apart.min(bins - apart) <= half_width;
            prop_assert_eq!(z.norm() == 0.0, gone);
        }
    }
}

#[test]
fn strided_cubes_are_filtered_like_packed_ones() {
    let cube = cube32((3, 20, 40));
    let mut strided = cube.clone();
    MeanPhasor.filter_cube(&mut strided.slice_mut(s![.., .., ..;2])).unwrap();
    let mut packed = cube.slice(s![.., .., ..;2]).to_owned();
    MeanPhasor.filter_cube(&mut packed).unwrap();
    for (a, b) in strided.slice(s![.., .., ..;2]).iter().zip(&packed) {
        // The order of the additions differs with the layout, the sum by its rounding.
        assert!((a - b).norm() < 4e-6);
    }
    assert_eq!(strided.slice(s![.., .., 1..;2]), cube.slice(s![.., .., 1..;2]));
}

#[test]
fn frame_difference_compares_with_the_frame_as_received() {
    let mut mti = FrameDifference::default();
    let frame = |x: f64| Array3::from_elem((1, 2, 3), C64::new(x, -x));
    for (received, expected) in [(1.0, 0.0), (4.0, 3.0), (4.0, 0.0), (2.0, -2.0)] {
        let mut cube = frame(received);
        mti.filter_cube(&mut cube).unwrap();
        assert_eq!(cube, frame(expected));
    }
    let mut other = Array3::from_elem((1, 2, 4), C64::new(0.0, 0.0));
    assert!(matches!(mti.filter_cube(&mut other), Err(Error::Shape { .. })));
    Mti::<f64>::reset(&mut mti);
    mti.filter_cube(&mut other).unwrap();
}

#[test]
fn kinds_build_filters_of_their_names() {
    for &kind in MtiKind::ALL {
        assert_eq!(kind.name().parse::<MtiKind>().unwrap(), kind);
        let mut filter = kind.build::<f64>(&[1.0, 1.0], 2).unwrap();
        let mut cube = Array3::from_elem((1, 4, 2), C64::new(2.0, 0.0));
        let mut spectrum = cube.clone();
        filter.filter_cube(&mut cube).unwrap();
        filter.filter_spectrum(&mut spectrum, 1).unwrap();
        let left = |z: &Array3<C64>| z.iter().map(|z| z.norm()).sum::<f64>();
        let expected = match kind {
            MtiKind::None => (16.0, 16.0),
            MtiKind::Notch => (16.0, 0.0),
            MtiKind::FrameDifference => (0.0, 16.0),
            // What has power in the other bin moves.
            MtiKind::MeanPhasor => (16.0, 8.0),
            other => panic!("what does {other} leave?"),
        };
        assert_eq!((left(&cube), left(&spectrum)), expected, "{kind:?}");
    }
    assert!("".parse::<MtiKind>().unwrap_err().to_string().contains("frame_difference"));
}

#[test]
fn bad_input_is_an_error() {
    let bad = |value: f64| {
        let mut cube = Array3::from_elem((2, 3, 4), C64::new(1.0, 0.0));
        cube[[1, 2, 3]].re = value;
        cube
    };
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = mean_phasor_into(&bad(value), &mut bad(0.0)).unwrap_err();
        assert!(matches!(error, Error::NotFinite { index: 23, .. }));
        let refused = |result| matches!(result, Err(Error::NotFinite { .. }));
        assert!(refused(MeanPhasor.filter_cube(&mut bad(value))));
        assert!(refused(FrameDifference::default().filter_cube(&mut bad(value))));
        for kind in [MtiKind::Notch, MtiKind::MeanPhasor] {
            let mut filter = kind.build(&[1.0; 4], 4).unwrap();
            assert!(refused(filter.filter_spectrum(&mut bad(value), 0)));
        }
    }
    for kind in [MtiKind::Notch, MtiKind::MeanPhasor] {
        let mut filter = kind.build(&[1.0; 4], 4).unwrap();
        assert!(filter.filter_spectrum(&mut bad(0.0), 4).is_err());
    }
    assert!(WindowedMean::new(&[1.0, -1.0], 2).is_err());
    assert!(WindowedMean::new(&[], 2).is_err());
    assert!(WindowedMean::new(&[1.0; 3], 2).is_err());
    assert!(WindowedMean::new(&[f64::NAN], 2).is_err());
    assert!(mean_phasor_into(&bad(0.0), &mut Array3::from_elem((1, 1, 1), C64::new(0.0, 0.0))).is_err());
    // Finite, but the mean or the difference is not.
    for values in [[f64::MAX, f64::MAX], [f64::MAX, -f64::MAX / 2.0]] {
        let mut cube = Array3::from_shape_fn((1, 3, 1), |(_, m, _)| C64::new(values[m.min(1)], 0.0));
        assert!(matches!(MeanPhasor.filter_cube(&mut cube), Ok(()) | Err(Error::Invalid { .. })));
        assert!(cube.iter().all(|z| z.re.is_finite()) || MeanPhasor.filter_cube(&mut cube).is_err());
    }
    let mut difference = FrameDifference::default();
    let huge = |x: f64| Array3::from_elem((1, 1, 1), C64::new(x, 0.0));
    difference.filter_cube(&mut huge(f64::MAX)).unwrap();
    assert!(matches!(difference.filter_cube(&mut huge(-f64::MAX)), Err(Error::Invalid { .. })));
}

#[test]
fn empty_cubes_pass_unchanged() {
    for shape in [(0, 3, 4), (2, 0, 4), (2, 3, 0)] {
        let mut cube = Array3::from_elem(shape, C64::new(0.0, 0.0));
        assert!(MeanPhasor.filter_cube(&mut cube).is_ok());
        assert!(FrameDifference::default().filter_cube(&mut cube).is_ok());
    }
}
