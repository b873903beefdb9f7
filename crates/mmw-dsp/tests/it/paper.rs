//! The source's printed formulas, and how wrong they are.

use mmw_dsp::mmw_core::C64;
use mmw_dsp::mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_dsp::ndarray::{Array1, Array3};
use mmw_dsp::{Fmcw, FmcwConfig, mti, mti::Mti, paper, phase};
use std::f64::consts::{PI, TAU};

/// Unnormalised forward DFT over the last axis.
fn doppler_dft(cube: &Array3<C64>) -> Array3<C64> {
    let n = cube.dim().2;
    Array3::from_shape_fn(cube.raw_dim(), |(c, r, k)| {
        (0..n).map(|l| cube[[c, r, l]] * C64::from_polar(1.0, -TAU * (k * l) as f64 / n as f64)).sum()
    })
}

fn energy(cube: &Array3<C64>) -> f64 {
    cube.iter().map(|z| z.norm_sqr()).sum()
}

#[test]
fn the_printed_mean_leaves_static_clutter() {
    const CHIRPS: usize = 128;
    // [channel, range, chirp], the same in every chirp.
    let clutter = Array3::from_shape_fn((2, 3, CHIRPS), |(c, r, _)| C64::new(1.0 + c as f64, r as f64));
    let mut printed = doppler_dft(&clutter);
    let before = energy(&printed);
    paper::mean_over_velocity(&mut printed).unwrap();
    let left = energy(&printed) / before;
    assert!((left - (1.0 - 1.0 / CHIRPS as f64)).abs() < 1e-12, "{left}");

    // [channel, chirp, sample] for the right filter.
    let mut right = clutter.permuted_axes([0, 2, 1]).as_standard_layout().to_owned();
    let before = energy(&right);
    mti::MeanPhasor.filter_cube(&mut right).unwrap();
    // A mean of 128 equal numbers is exact to a few ulp.
    assert!(energy(&right) / before < 1e-30);
}

#[test]
fn the_printed_arctangent_cannot_be_unwrapped() {
    // A target that recedes by one wavelength: the phase runs through 4π.
    let samples: Array1<C64> =
        (0..=400).map(|i| C64::from_polar(1.0, 0.1 + 4.0 * PI * f64::from(i) / 400.0)).collect();
    let travel = |mut angles: Array1<f64>| {
        phase::unwrap_in_place(angles.as_slice_mut().unwrap()).unwrap();
        angles[angles.len() - 1] - angles[0]
    };
    let right = travel(phase::demodulate(&samples).unwrap());
    let printed = travel(paper::arctan_phase(&samples));
    assert!((right - 4.0 * PI).abs() < 1e-12, "{right}");
    assert!(printed.abs() < 1e-12, "{printed}");
}

#[test]
fn the_printed_angle_counts_from_the_axis() {
    let wavelength_m = 4e-3;
    for degrees in [-60.0_f64, 0.0, 20.0] {
        let azimuth_rad = degrees.to_radians();
        let step = TAU * 0.5 * azimuth_rad.sin();
        let printed = paper::angle_from_array_axis_rad(step, wavelength_m, wavelength_m / 2.0).unwrap();
        assert!((PI / 2.0 - printed - azimuth_rad).abs() < 1e-12);
    }
}

#[test]
fn tdm_divides_the_printed_velocity_by_three() {
    let fmcw = Fmcw::new(FmcwConfig::iwr1843()).unwrap();
    let lambda = SPEED_OF_LIGHT_M_S / fmcw.carrier_hz();
    let printed = lambda / (4.0 * fmcw.config().chirp_interval_s);
    assert!((printed / fmcw.max_velocity_m_s() - 3.0).abs() < 1e-12);
    assert!((printed - 5.914).abs() < 1e-3 && (fmcw.max_velocity_m_s() - 1.971).abs() < 1e-3);
}

#[test]
fn the_source_table_fits_into_its_own_frame() {
    // 128 chirps of three transmitters every 160 us take 61.44 ms of the 80 ms frame.
    let config = FmcwConfig::iwr1843();
    assert_eq!((config.chirps, config.transmitters, config.receivers), (128, 3, 4));
    let active_s = config.chirp_interval_s * (config.chirps * config.transmitters) as f64;
    assert!((active_s - 61.44e-3).abs() < 1e-12 && config.frame_period_s == 80e-3);
    let fmcw = Fmcw::new(config).unwrap();
    // The source's table of sensors: range resolution 4 to 30 cm.
    assert!((0.04..0.30).contains(&fmcw.range_resolution_m()));
}
