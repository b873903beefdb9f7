//! Bands in which a wave does not pass all antennas at one instant.

use mimo_gscm::path::{Path, Realisation};
use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::scenario::Scenario;
use mimo_gscm::study::Band;
use mimo_gscm::transfer::{Station, Transfer};
use mmw_core::antenna::{AntennaArray, ElementPattern};
use mmw_core::ndarray::Array2;
use mmw_core::random::Streams;
use mmw_core::{Axis, C64};
use std::f64::consts::{PI, TAU};

const CARRIER_HZ: f64 = 2e9;

fn drawn(seed: u64) -> Realisation {
    ChannelModel::new(Scenario::urban_macrocell()).unwrap().draw(&mut Streams::new(seed).stream(0))
}

fn offsets(bandwidth_hz: f64, bins: usize) -> Axis {
    Band { bandwidth_hz, bins }.offsets_hz().unwrap()
}

/// The matrix at an offset, from the impulse response of the same arrays at the carrier `f_c + f`.
fn by_another_carrier(channel: &Realisation, stations: [&Station; 2], offset_hz: f64) -> Array2<C64> {
    let transfer = Transfer::flat(stations[0], stations[1], CARRIER_HZ + offset_hz).unwrap();
    let (delays_s, matrices) = transfer.impulse_response(channel).unwrap();
    let mut sum = Array2::zeros(matrices.index_axis(mmw_core::ndarray::Axis(0), 0).dim());
    for (delay_s, matrix) in delays_s.iter().zip(matrices.outer_iter()) {
        let turns = -offset_hz * delay_s;
        sum.scaled_add(C64::from_polar(1.0, TAU * (turns - turns.round())), &matrix);
    }
    sum
}

#[test]
fn a_wide_band_is_at_each_frequency_what_that_carrier_would_see() {
    let wide = Station::linear(8, 2.0, CARRIER_HZ).unwrap();
    let planar = Station::new(AntennaArray::uniform_planar(3, 2, 0.4, 0.3).unwrap()).turned(0.3).unwrap();
    let axis = offsets(1e9, 5);
    let transfer = Transfer::new(&wide, &planar, CARRIER_HZ, axis.clone()).unwrap();
    assert!(transfer.has_exact_delays());
    for seed in 0..3 {
        let channel = drawn(seed);
        let h = transfer.response(&channel).unwrap();
        for (offset_hz, matrix) in axis.iter().zip(h.data().outer_iter()) {
            let exact = by_another_carrier(&channel, [&wide, &planar], offset_hz);
            // Delays of 10 µs at 400 MHz are 4000 turns: 1e-12 of a turn, and as much from places
            // of 30 waves.
            let worst = (&matrix - &exact).iter().map(|z| z.norm()).fold(0.0, f64::max);
            assert!(worst < 1e-10, "{offset_hz}: {worst:e}");
        }
    }
}

#[test]
fn exact_delays_change_a_narrow_band_by_no_more_than_the_error_that_is_stated() {
    let array = Station::linear(4, 0.5, CARRIER_HZ).unwrap();
    let narrow = Transfer::new(&array, &array, CARRIER_HZ, offsets(20e6, 16)).unwrap();
    assert!(!narrow.has_exact_delays());
    // 2π · 9.375 MHz/2 GHz · (1.5 + 1.5) wavelengths.
    assert!((narrow.phase_error_rad() / (TAU * 9.375e6 / 2e9 * 3.0) - 1.0).abs() < 1e-12);
    let channel = drawn(1);
    let (before, after) =
        (narrow.response(&channel).unwrap(), narrow.clone().with_exact_delays().response(&channel).unwrap());
    // Each of some 160 components moves by at most the error times its amplitude.
    let amplitude: f64 = channel.paths.iter().map(|path| path.gain.norm()).sum::<f64>()
        + channel.guides.iter().flat_map(|term| &term.strengths).sum::<f64>() * 10.0;
    let moved = (before.data() - after.data()).iter().map(|z| z.norm()).fold(0.0, f64::max);
    assert!(moved > 0.0 && moved < amplitude * narrow.phase_error_rad());
    // At the carrier itself there is nothing to resolve.
    let flat = Transfer::flat(&array, &array, CARRIER_HZ).unwrap();
    assert_eq!(flat.phase_error_rad(), 0.0);
    let exact = flat.clone().with_exact_delays().matrix(&channel).unwrap();
    let same = (&flat.matrix(&channel).unwrap() - &exact).iter().map(|z| z.norm()).fold(0.0, f64::max);
    assert!(same < 1e-14);
}

#[test]
fn a_line_of_sight_at_an_angle_turns_the_phase_between_antennas_with_frequency() {
    let mut scenario = Scenario::urban_macrocell();
    scenario.mobile_m = [700.0, 700.0, 1.5];
    scenario.rice_factor_db = Some(100.0);
    scenario.mobile_scatter_db = Some(-200.0);
    scenario.far_clusters.clear();
    scenario.guides.clear();
    let base_height_m = scenario.base_m[2];
    let channel = ChannelModel::new(scenario).unwrap().draw(&mut Streams::new(1).stream(0));
    let (pair, single) =
        (Station::linear(2, 8.0, CARRIER_HZ).unwrap(), Station::linear(1, 0.5, CARRIER_HZ).unwrap());
    let transfer = Transfer::new(&pair, &single, CARRIER_HZ, offsets(1e9, 3)).unwrap();
    let h = transfer.response(&channel).unwrap();
    let between = |k: usize| (h.data()[[k, 1, 0]] * h.data()[[k, 0, 0]].conj()).arg();
    // x of the unit vector towards the base station, 8 wavelengths, 1/3 GHz over 2 GHz: 5.9 rad.
    let x = -700.0 / (2.0 * 700.0_f64.powi(2) + (base_height_m - 1.5).powi(2)).sqrt();
    let expected = TAU * 8.0 * x / 6.0;
    assert!((expected.abs() - 5.92).abs() < 0.01);
    for (k, sign) in [(0, -1.0), (2, 1.0)] {
        let off = between(k) - between(1) - sign * expected;
        // Scatterers 100 dB down move a phase by 1e-5 of their amplitude.
        assert!((off - TAU * (off / TAU).round()).abs() < 1e-4, "{off}");
    }
}

#[test]
fn taps_of_arrays_that_a_wave_does_not_pass_within_one_are_refused() {
    let array = Station::linear(8, 8.0, CARRIER_HZ).unwrap();
    let transfer = Transfer::flat(&array, &array, CARRIER_HZ).unwrap();
    let channel = drawn(1);
    assert!(transfer.taps(&channel, 1e6, 0.0, 4).is_ok());
    let error = transfer.taps(&channel, 100e6, 0.0, 4).unwrap_err();
    assert!(error.kind() == "invalid" && error.to_string().contains("bandwidth_hz"), "{error}");
}

#[test]
fn the_seam_is_an_eighth_of_pi() {
    let (pair, single) =
        (Station::linear(2, 1.0, CARRIER_HZ).unwrap(), Station::linear(1, 0.5, CARRIER_HZ).unwrap());
    let of = |offset_hz: f64| {
        let axis = Axis::explicit("frequency", "Hz", vec![offset_hz]).unwrap();
        Transfer::new(&pair, &single, CARRIER_HZ, axis).unwrap()
    };
    // One wavelength: 2π f/f_c = π/8 at a sixteenth of the carrier.
    let seam = CARRIER_HZ / 16.0;
    assert!((of(seam).phase_error_rad() - PI / 8.0).abs() < 1e-12);
    assert!(!of(0.999 * seam).has_exact_delays() && of(-1.001 * seam).has_exact_delays());
}

#[test]
fn a_uniform_grid_by_recurrence_is_what_each_frequency_by_itself_is() {
    let wide = Station::linear(11, 2.0, CARRIER_HZ).unwrap();
    let patch = ElementPattern::Cosine { exponent: 1.5 };
    let array = AntennaArray::uniform_planar(3, 2, 0.4, 0.3).unwrap().with_pattern(patch).unwrap();
    let planar = Station::new(array).turned(0.3).unwrap();
    let uniform = offsets(1e9, 100);
    let explicit = Axis::explicit("frequency", "Hz", uniform.to_vec()).unwrap();
    for seed in 0..3 {
        let channel = drawn(seed);
        let [by_recurrence, by_itself] = [&uniform, &explicit].map(|axis| {
            let transfer = Transfer::new(&wide, &planar, CARRIER_HZ, axis.clone()).unwrap();
            assert!(transfer.has_exact_delays());
            transfer.response(&channel).unwrap()
        });
        // Of each path: both ends take 31 products of 2.5e-16 each, and 31 times the rounding of a step of
        // 10 MHz in turns, ε/2 in its product and its difference; both grids have that of up to 500 MHz.
        // Antennas are 25 waves away at most.
        let turns = |path: &Path| 31.0 * (1e7 * path.delay_s + 0.3) + 2.0 * (5e8 * path.delay_s + 60.0);
        let bound = |path: &Path| path.gain.norm() * (1.6e-14 + TAU * f64::EPSILON * turns(path));
        let bound: f64 = channel.paths.iter().map(bound).sum();
        let worst = (by_recurrence.data() - by_itself.data()).iter().map(|z| z.norm()).fold(0.0, f64::max);
        assert!(worst > 0.0 && worst < bound, "{worst:e} of {bound:e}");
    }
}

#[test]
fn exchanged_ends_give_the_transpose_to_the_last_bit_with_exact_delays_too() {
    let (wide, narrow) =
        (Station::linear(8, 2.0, CARRIER_HZ).unwrap(), Station::linear(3, 0.5, CARRIER_HZ).unwrap());
    let channel = drawn(4);
    let of = |stations: [&Station; 2], channel: &Realisation| {
        Transfer::new(stations[0], stations[1], CARRIER_HZ, offsets(1e9, 40))
            .unwrap()
            .response(channel)
            .unwrap()
    };
    let (down, up) = (of([&wide, &narrow], &channel), of([&narrow, &wide], &channel.clone().swapped()));
    assert_eq!(down.data(), up.data().view().permuted_axes([0, 2, 1]));
}
