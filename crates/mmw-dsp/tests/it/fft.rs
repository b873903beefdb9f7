//! Axis transforms against the sum that defines them.

use crate::common::{noise, slow_dft};
use mmw_dsp::fft::{AxisFft, fft_frequencies, fftshift, ifftshift};
use mmw_dsp::mmw_core::{C32, C64, Error};
use mmw_dsp::ndarray::{Array1, Array2, Array3, Axis};
use mmw_dsp::window::Window;
use proptest::prelude::*;

proptest! {
    #[test]
    fn transforms_are_the_defining_sum(
        len_in in 1..70usize, padding in 0..40usize, shift: bool, other in 1..4usize, seed in 0..1000usize,
    ) {
        let (window, len_fft) = (Window::Hamming, len_in + padding);
        let plan = AxisFft::<f64>::new(len_in, len_fft, window, shift).unwrap();
        let input = Array2::from_shape_fn((other, len_in), |(r, i)| noise(seed + 100 * r + i));
        let weights = window.weights::<f64>(len_in).unwrap();
        let along_rows = plan.process(&input, Axis(1)).unwrap();
        let along_columns = plan.process(&input.t().to_owned(), Axis(0)).unwrap();
        for r in 0..other {
            let windowed: Vec<C64> = input.row(r).iter().zip(&weights).map(|(z, w)| z * w).collect();
            let expected = Array1::from(slow_dft(&windowed, len_fft));
            let expected = if shift { fftshift(&expected, Axis(0)).unwrap() } else { expected };
            for k in 0..len_fft {
                // 110 terms of size one, each rounded to 1e-16.
                prop_assert!((along_rows[[r, k]] - expected[k]).norm() < 1e-12);
                prop_assert_eq!(along_rows[[r, k]], along_columns[[k, r]]);
            }
        }
    }

    #[test]
    fn energy_is_kept(n in 1..200usize) {
        let x = Array1::from_shape_fn(n, noise);
        let plan = AxisFft::<f64>::new(n, n, Window::Rectangular, false).unwrap();
        let energy = |z: &Array1<C64>| z.iter().map(|z| z.norm_sqr()).sum::<f64>();
        let ratio = energy(&plan.process(&x, Axis(0)).unwrap()) / (n as f64 * energy(&x));
        prop_assert!((ratio - 1.0).abs() < 1e-13);
    }

    #[test]
    fn shifting_back_is_the_inverse(n in 0..40usize, m in 0..5usize) {
        let x = Array2::from_shape_fn((m, n), |(i, j)| 100 * i + j);
        let shifted = fftshift(&x, Axis(1)).unwrap();
        prop_assert_eq!(&ifftshift(&shifted, Axis(1)).unwrap(), &x);
        if n > 0 && m > 0 {
            prop_assert_eq!(shifted[[0, n / 2]], x[[0, 0]]);
        }
    }
}

#[test]
fn middle_axis_of_any_layout_is_transformed() {
    let input = Array3::from_shape_fn((2, 6, 3), |(a, b, c)| {
        let z = noise(100 * a + 10 * b + c);
        C32::new(z.re as f32, z.im as f32)
    });
    let plan = AxisFft::<f32>::new(6, 6, Window::Hann, true).unwrap();
    let expected = plan.process(&input, Axis(1)).unwrap();
    let turned = input.view().reversed_axes();
    assert_eq!(plan.process(&turned, Axis(1)).unwrap().reversed_axes(), expected);
}

#[test]
fn frequencies_are_those_of_the_bins() {
    assert_eq!(fft_frequencies(5, 10.0).unwrap().to_vec(), [0.0, 2.0, 4.0, -4.0, -2.0]);
    assert!(fft_frequencies(0, 1.0).is_err() && fft_frequencies(4, f64::NAN).is_err());
    assert!(fft_frequencies(usize::MAX, 1.0).is_err());
}

#[test]
fn bad_input_is_an_error() {
    let plan = |len_in, len_fft| AxisFft::<f64>::new(len_in, len_fft, Window::Hann, false);
    assert!(matches!(plan(0, 4), Err(Error::TooFew { .. })));
    assert!(matches!(plan(5, 4), Err(Error::TooFew { .. })));
    assert!(matches!(plan(5, usize::MAX), Err(Error::Domain { .. })));
    let plan = plan(4, 8).unwrap();
    let ones = |n| Array1::from_elem(n, C64::new(1.0, 0.0));
    assert!(matches!(plan.process(&ones(3), Axis(0)), Err(Error::Shape { .. })));
    assert!(matches!(plan.process(&ones(4), Axis(1)), Err(Error::Domain { .. })));
    assert!(fftshift(&ones(4), Axis(3)).is_err());
    let mut bad = ones(4);
    bad[0].im = f64::INFINITY;
    // Hann's first weight is zero, and the bad element is found all the same.
    assert!(matches!(plan.process(&bad, Axis(0)), Err(Error::NotFinite { index: 0, .. })));
    let huge = Array1::from_elem(4, C64::new(f64::MAX, 0.0));
    assert!(matches!(plan.process(&huge, Axis(0)), Err(Error::Invalid { .. })));
    let mut output = ones(7);
    assert!(plan.process_into(&ones(4), Axis(0), &mut plan.scratch(), &mut output).is_err());
    let empty = Array2::<C64>::from_elem((0, 4), C64::new(0.0, 0.0));
    assert_eq!(plan.process(&empty, Axis(1)).unwrap().shape(), [0, 8]);
}
