//! The FFT over the antennas: the beamformer at its bins, on layouts that lie on a grid.

use crate::common::Noise;
use crate::doa::LAMBDA;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_core::ndarray::Array2;
use mmw_core::{C32, C64, Error};
use mmw_dsp::doa::{AngleFft, snapshot_of};
use mmw_dsp::{Board, Fmcw, FmcwConfig};
use std::f64::consts::TAU;

#[test]
fn the_angle_fft_is_the_beamformer_at_every_bin() {
    let upa = AntennaArray::uniform_planar(5, 6, 0.517 * LAMBDA, 0.6 * LAMBDA).unwrap();
    let board = Board::Iwr6843Isk.layout().virtual_array().unwrap();
    let overlapping = AntennaArray::from_positions(
        [0.0, 1.0, 2.0, 2.0, 3.0].iter().map(|i| [i * LAMBDA / 2.0, 0.0, 0.0]).collect(),
    )
    .unwrap();
    let mut noise = Noise::new(9);
    // Six rows take the FFT path, two and one the direct one; odd lengths have their zero at (N - 1) / 2.
    for (array, columns, rows, lambda) in
        [(upa, 15, 12, LAMBDA), (board, 32, 9, 5e-3), (overlapping, 16, 1, LAMBDA)]
    {
        let x: Vec<C64> = (0..array.len()).map(|_| noise.complex()).collect();
        let spectrum = AngleFft::<f64>::new(&array, lambda, columns, rows).unwrap().spectrum(&x).unwrap();
        let p = array.positions_m();
        let place = |p: &[f64; 3]| [p[0], p[2]].map(|v| (v * 1e9).round() as i64);
        let mut places: Vec<[i64; 2]> = p.iter().map(place).collect();
        let shared: Vec<f64> =
            p.iter().map(|q| places.iter().filter(|&&r| r == place(q)).count() as f64).collect();
        places.sort_unstable();
        places.dedup();
        for ((i, j), &found) in spectrum.data().indexed_iter() {
            let (w, u) = (spectrum.axes()[0].at(i as f64), spectrum.axes()[1].at(j as f64));
            let sum: C64 = (0..x.len())
                .map(|n| x[n] / shared[n] * C64::cis(TAU / lambda * (u * p[n][0] + w * p[n][2])))
                .sum();
            let exact = (sum / places.len() as f64).norm_sqr();
            assert!((found - exact).abs() < 1e-13, "{i} {j}: {found} {exact}");
        }
    }
}

#[test]
fn the_angle_fft_places_the_board_and_agrees_in_both_precisions() {
    let fmcw = Fmcw::new(FmcwConfig::iwr1843()).unwrap();
    let (array, lambda) = (fmcw.virtual_array().unwrap(), fmcw.wavelength_m());
    let truth = Direction::new(-0.5, 0.2).unwrap();
    let x = snapshot_of(array, lambda, truth).unwrap();
    let narrow: Vec<C32> = x.iter().map(|z| C32::new(z.re as f32, z.im as f32)).collect();
    let wide = AngleFft::<f64>::new(array, lambda, 256, 128).unwrap();
    let spectrum = wide.spectrum(x.as_slice().unwrap()).unwrap();
    let single = AngleFft::<f32>::new(array, lambda, 256, 128).unwrap().spectrum(&narrow).unwrap();
    for (a, b) in spectrum.data().iter().zip(single.data()) {
        assert!((a - f64::from(*b)).abs() < 1e-5);
    }
    assert!(spectrum.data().iter().all(|&p| p <= 1.0 + 1e-12));
    let found = wide.strongest(spectrum.data()).unwrap().unwrap();
    // Bins are 2/256 and 2/128 apart in the cosines.
    let ([u, _, w], [tu, _, tw]) = (found.unit_vector(), truth.unit_vector());
    assert!((u - tu).abs() < 1.1 / 256.0 && (w - tw).abs() < 1.1 / 128.0);
}

#[test]
fn layouts_off_a_grid_and_bad_channels_are_errors() {
    let new = |p: Vec<[f64; 3]>, n, m| {
        AngleFft::<f64>::new(&AntennaArray::from_positions(p).unwrap(), LAMBDA, n, m)
    };
    let off = vec![[0.0; 3], [2e-3, 0.0, 0.0], [4.5e-3, 0.0, 0.0]];
    // Gaps of 2 and 2.5 mm: a grid of 0.5 mm holds both.
    assert_eq!(new(off, 16, 1).unwrap().shape(), (1, 16));
    let never = vec![[0.0; 3], [2e-3, 0.0, 0.0], [2e-3 * (1.0 + 2.0_f64.sqrt()), 0.0, 0.0]];
    assert!(matches!(new(never, 64, 1), Err(Error::Invalid { .. })));
    let deep = vec![[0.0; 3], [2e-3, 1e-3, 0.0]];
    assert!(matches!(new(deep, 64, 1), Err(Error::Invalid { .. })));
    let row = || (0..8).map(|i| [2e-3 * f64::from(i), 0.0, 0.0]).collect::<Vec<_>>();
    assert!(matches!(new(row(), 7, 1), Err(Error::TooFew { .. })));
    assert!(new(row(), 8, 0).is_err());
    assert!(new(row(), 1 << 40, 1).is_err());
    let fft = new(row(), 8, 1).unwrap();
    assert!(fft.spectrum(&[C64::from(1.0); 7]).is_err());
    assert!(matches!(fft.spectrum(&[C64::new(0.0, f64::NAN); 8]), Err(Error::NotFinite { index: 0, .. })));
    assert!(fft.spectrum(&[C64::from(1e200); 8]).is_err());
    let mut wrong = Array2::zeros((2, 8));
    assert!(fft.spectrum_into(&[C64::from(1.0); 8], &mut fft.scratch(), &mut wrong).is_err());
    let other = new(row(), 16, 1).unwrap();
    let mut right = Array2::zeros((1, 8));
    assert!(fft.spectrum_into(&[C64::from(1.0); 8], &mut other.scratch(), &mut right).is_err());
    assert!(fft.strongest(&wrong).is_err());
}
