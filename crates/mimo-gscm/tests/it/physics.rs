//! Limits, symmetries and identities of the channel.

use mimo_gscm::capacity::{capacity_flat, water_filling_flat};
use mimo_gscm::exact::keyhole_outage_capacity;
use mimo_gscm::path::Realisation;
use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::scenario::*;
use mimo_gscm::statistics::*;
use mimo_gscm::transfer::{Station, Transfer};
use mmw_core::antenna::{AntennaArray, ElementPattern};
use mmw_core::ndarray::Axis as Dimension;
use mmw_core::random::{Stream, Streams};
use mmw_core::stats::Ecdf;
use mmw_core::{Axis, C64};

fn rng(index: u64) -> Stream {
    Streams::new(42).stream(index)
}

fn flat(n: usize) -> Transfer {
    let array = Station::linear(n, 0.5, 2e9).unwrap();
    Transfer::flat(&array, &array, 2e9).unwrap()
}

/// Nothing carries power yet.
fn silent() -> Scenario {
    let mut scenario = Scenario::urban_macrocell();
    scenario.rice_factor_db = None;
    scenario.mobile_scatter_db = None;
    scenario.far_clusters.clear();
    scenario.guides.clear();
    scenario
}

/// A single guide of one mode in reading A: the textbook keyhole.
fn keyhole() -> ChannelModel {
    let mut scenario = silent();
    let mut guide = Guide::waveguide();
    guide.modes = 1;
    guide.far_cluster_db = None;
    guide.mobile_scatter_db = None;
    scenario.guides.push(guide);
    scenario.interpretation.guide_coupling = GuideCoupling::IndependentModes;
    ChannelModel::new(scenario).unwrap()
}

#[test]
fn a_guide_of_one_mode_is_a_keyhole() {
    let trials = 20_000;
    let h = sample_matrices(&keyhole(), &flat(4), trials, &mut rng(1)).unwrap();
    let metrics = KeyholeMetrics::new(&h).unwrap();
    println!("{metrics:?}");
    // The mean of |h|⁸ is (4!)² = 576, so the fourth moment has a relative deviation of √(576/16 − 1)/√n for
    // one entry; 16 entries help by less than 4.
    assert!((metrics.kurtosis - 4.0).abs() < 4.0 * 4.0 * (35.0 / trials as f64).sqrt());
    assert!((metrics.effective_rank - 1.0).abs() < 1e-12 && metrics.correlation < 0.05);
    // Nothing but rounding is left of the second singular value.
    assert!(h.outer_iter().take(2000).all(|matrix| rank(&matrix, 4.0 * f64::EPSILON).unwrap() == 1));
    let capacities = h.outer_iter().map(|matrix| capacity_flat(&matrix, 100.0).unwrap());
    let ecdf = Ecdf::new(&capacities.collect::<mmw_core::ndarray::Array1<f64>>()).unwrap();
    for p in [0.01, 0.1, 0.5, 0.9] {
        let share = ecdf.probability(keyhole_outage_capacity(4, 4, 100.0, p).unwrap());
        assert!((share - p).abs() < 4.0 * (p * (1.0 - p) / trials as f64).sqrt(), "{p}: {share}");
    }
}

#[test]
fn a_roof_edge_has_rank_one_for_vertical_arrays_and_full_rank_for_horizontal_ones() {
    let mut scenario = silent();
    let mut edge = Guide::roof_edge();
    edge.far_cluster_db = None;
    edge.mobile_scatter_db = None;
    scenario.guides.push(edge);
    let model = ChannelModel::new(scenario).unwrap();
    let vertical = Station::new(AntennaArray::uniform_planar(1, 4, 0.075, 0.075).unwrap());
    let vertical = Transfer::flat(&vertical, &vertical, 2e9).unwrap();
    for trial in 0..50 {
        let channel = model.draw(&mut rng(trial));
        assert_eq!(rank(&vertical.matrix(&channel).unwrap(), 1e-10).unwrap(), 1);
        assert_eq!(rank(&flat(4).matrix(&channel).unwrap(), 1e-10).unwrap(), 4);
    }
}

#[test]
fn antennas_half_a_wavelength_apart_correlate_by_bessel_at_the_mobile_station() {
    let mut scenario = silent();
    scenario.mobile_scatter_db = Some(0.0);
    (scenario.mobile_scatterers.lowest_m, scenario.mobile_scatterers.highest_m) = (0.0, 0.0);
    let model = ChannelModel::new(scenario).unwrap();
    let trials = 20_000;
    let h = sample_matrices(&model, &flat(2), trials, &mut rng(2)).unwrap();
    let correlation = receive_correlation(&h).unwrap()[[0, 1]];
    println!("correlation {correlation} for J0(pi) = -0.30424217764409384");
    // The two transmit antennas see nearly the same, so the sample counts once.
    assert!((correlation - C64::new(-0.304_242_177_644_093_84, 0.0)).norm() < 4.5 / (trials as f64).sqrt());
    // Far away, the base station hardly tells its antennas apart: small-angle formula with 100 m at 1 km.
    let base = transmit_correlation(&h).unwrap()[[0, 1]].re;
    let small_angle = (-0.5 * (std::f64::consts::PI * 0.1f64).powi(2)).exp();
    assert!((base - small_angle).abs() < 0.02, "{base} {small_angle}");
}

#[test]
fn exchanging_the_ends_transposes_the_matrices_to_the_last_bit() {
    let mut scenario = Scenario::urban_macrocell();
    scenario.base_scatter_db = Some(-6.0);
    scenario.double_scatter_db = Some(-6.0);
    for coupling in [GuideCoupling::MouthAngles, GuideCoupling::IndependentModes] {
        scenario.interpretation.guide_coupling = coupling;
        let model = ChannelModel::new(scenario.clone()).unwrap();
        let (few, many) = (Station::linear(3, 0.5, 2e9).unwrap(), Station::linear(5, 0.7, 2e9).unwrap());
        let band = Axis::uniform("frequency", "Hz", -1e6, 1e5, 20).unwrap();
        let down = Transfer::new(&few, &many, 2e9, band.clone()).unwrap();
        let up = Transfer::new(&many, &few, 2e9, band).unwrap();
        let channel = model.draw(&mut rng(3));
        let h = down.response(&channel).unwrap();
        let mut transposed = up.response(&channel.clone().swapped()).unwrap().into_parts().0;
        transposed.swap_axes(1, 2);
        assert_eq!(h.data(), &transposed);
        let down = Transfer::flat(&few, &many, 2e9).unwrap().matrix(&channel).unwrap();
        let up = Transfer::flat(&many, &few, 2e9).unwrap().matrix(&channel.swapped()).unwrap();
        assert_eq!(down, up.t());
    }
}

#[test]
fn a_shift_of_the_reference_points_leaves_the_capacity_unchanged() {
    let model = ChannelModel::new(Scenario::urban_macrocell()).unwrap();
    let offset = [0.31, -0.12, 0.45];
    let back = offset.map(|x| -x);
    let array = AntennaArray::uniform_linear(4, 0.075).unwrap();
    let shifted = Station::new(array.shifted(back).unwrap());
    let (plain, shifted) = (Station::new(array), shifted);
    let before = Transfer::flat(&plain, &plain, 2e9).unwrap();
    let after = Transfer::flat(&shifted, &shifted, 2e9).unwrap();
    let mut worst: f64 = 0.0;
    for trial in 0..200 {
        let channel = model.draw_narrowband(&mut rng(trial));
        let c = capacity_flat(&before.matrix(&channel).unwrap(), 100.0).unwrap();
        let told_anew = channel.with_reference(offset, offset).unwrap();
        let again = capacity_flat(&after.matrix(&told_anew).unwrap(), 100.0).unwrap();
        worst = worst.max((again / c - 1.0).abs());
    }
    println!("worst relative change of capacity by a shift: {worst:e}");
    assert!(worst < 1e-12, "{worst:e}");
}

#[test]
fn the_transfer_matrix_is_the_sum_over_paths_written_out() {
    let model = ChannelModel::new(Scenario::urban_macrocell()).unwrap();
    let mut channel = model.draw(&mut rng(4));
    channel.guides.clear();
    let patches = AntennaArray::from_positions(vec![[0.0, 0.1, 0.2], [0.3, -0.1, 0.0], [0.05, 0.0, 0.4]])
        .unwrap()
        .with_pattern(ElementPattern::HalfWaveDipole)
        .unwrap();
    let station = Station::new(patches.clone());
    for offsets in [vec![-3e6, 1e5, 7e6], vec![2e6]] {
        let axis = Axis::explicit("frequency", "Hz", offsets.clone()).unwrap();
        let h = Transfer::new(&station, &station, 2e9, axis).unwrap().response(&channel).unwrap();
        let wavelength_m = mmw_core::units::wavelength_m(2e9).unwrap();
        for (k, f) in offsets.iter().enumerate() {
            let mut sum = mmw_core::ndarray::Array2::<C64>::zeros((3, 3));
            for path in &channel.paths {
                let r = patches.steering_vector(path.arrival_direction().unwrap(), wavelength_m).unwrap();
                let t = patches.steering_vector(path.departure_direction().unwrap(), wavelength_m).unwrap();
                let turns = f * path.delay_s;
                let wave = C64::from_polar(1.0, -std::f64::consts::TAU * (turns - turns.round()));
                for (i, a) in r.iter().enumerate() {
                    for (j, b) in t.iter().enumerate() {
                        sum[[i, j]] += path.gain * wave * a * b;
                    }
                }
            }
            let difference = &h.data().index_axis(Dimension(0), k) - &sum;
            assert!(difference.iter().all(|z| z.norm() < 1e-12), "{difference:?}");
        }
    }
}

#[test]
fn the_recurrence_in_frequency_keeps_to_exact_phases() {
    let channel = ChannelModel::new(Scenario::urban_macrocell()).unwrap().draw(&mut rng(5));
    let array = Station::linear(3, 0.5, 2e9).unwrap();
    let uniform = Axis::uniform("frequency", "Hz", -10e6, 1e5, 201).unwrap();
    let listed = Axis::explicit("frequency", "Hz", uniform.to_vec()).unwrap();
    let a = Transfer::new(&array, &array, 2e9, uniform).unwrap().response(&channel).unwrap();
    let b = Transfer::new(&array, &array, 2e9, listed).unwrap().response(&channel).unwrap();
    let worst = a.data().iter().zip(b.data()).map(|(x, y)| (x - y).norm()).fold(0.0, f64::max);
    println!("worst error of the recurrence: {worst:e}");
    assert!(worst < 1e-12);
}

#[test]
fn taps_are_the_transfer_function_in_delay() {
    let channel = ChannelModel::new(Scenario::urban_macrocell()).unwrap().draw(&mut rng(6));
    let array = Station::linear(2, 0.5, 2e9).unwrap();
    let (bandwidth_hz, start_s) = (20e6, channel.first_delay_s() - 20e-6);
    let flat = Transfer::flat(&array, &array, 2e9).unwrap();
    let taps = flat.taps(&channel, bandwidth_hz, start_s, 1000).unwrap();
    let f = Axis::explicit("frequency", "Hz", vec![1.3e6]).unwrap();
    let h = Transfer::new(&array, &array, 2e9, f).unwrap().matrix(&channel).unwrap();
    let mut sum = mmw_core::ndarray::Array2::<C64>::zeros((2, 2));
    for (n, tap) in taps.data().outer_iter().enumerate() {
        let turns = 1.3e6 * (start_s + n as f64 / bandwidth_hz);
        sum.scaled_add(C64::from_polar(1.0, -std::f64::consts::TAU * turns), &tap);
    }
    // The sinc falls with the distance to the ends of the window, some 400 taps.
    assert!((sum - h).iter().all(|z| z.norm() < 0.02));
}

#[test]
fn doppler_is_the_derivative_of_the_phase_and_steps_add_up() {
    let model = ChannelModel::new(Scenario::urban_macrocell()).unwrap();
    let start = model.draw(&mut rng(7));
    let velocity = [3.0, -4.0, 0.5];
    let shifts = start.doppler_hz(velocity).unwrap();
    let (before, after) = (start.track(velocity, &[-1e-5]).unwrap(), start.track(velocity, &[1e-5]).unwrap());
    for ((shift, a), b) in shifts.iter().zip(&before[0].paths).zip(&after[0].paths) {
        let measured = (b.gain / a.gain).arg() / (std::f64::consts::TAU * 2e-5);
        assert!((measured - shift).abs() < 1e-3 * (1.0 + shift.abs()), "{measured} {shift}");
    }
    let once = start.moved([2.0, 1.0, 0.0]).unwrap();
    let twice = start.moved([0.5, 1.0, 0.0]).unwrap().moved([1.5, 0.0, 0.0]).unwrap();
    let h = |channel: &Realisation| flat(4).matrix(channel).unwrap();
    let worst = (h(&once) - h(&twice)).iter().map(|z| z.norm()).fold(0.0, f64::max);
    println!("worst change of H by splitting a move: {worst:e}");
    assert!(worst < 1e-9);
    // Over a few wavelengths the channel fades.
    assert!((h(&once) - h(&start)).iter().any(|z| z.norm() > 0.1));
}

#[test]
fn a_moving_array_sees_what_a_shifted_one_does() {
    // A shift far below the distance of the scatterers is a plane-wave phase.
    let channel = ChannelModel::new(Scenario::urban_macrocell()).unwrap().draw_narrowband(&mut rng(8));
    let step = [0.002, 0.001, 0.0];
    let array = AntennaArray::uniform_linear(2, 0.075).unwrap();
    let (plain, ahead) = (Station::new(array.clone()), Station::new(array.shifted(step).unwrap()));
    let moved = Transfer::flat(&plain, &plain, 2e9).unwrap().matrix(&channel.moved(step).unwrap()).unwrap();
    let shifted = Transfer::flat(&ahead, &plain, 2e9).unwrap().matrix(&channel).unwrap();
    assert!((moved - shifted).iter().all(|z| z.norm() < 1e-3));
}

#[test]
fn the_ledger_closes() {
    let ledger = Scenario::urban_macrocell().ledger();
    assert!((ledger.non_line_of_sight - 1.002_559_59).abs() < 1e-8, "{}", ledger.non_line_of_sight);
    assert!((ledger.shares.iter().map(|share| share.normalised).sum::<f64>() - 1.0).abs() < 1e-15);
    let mut literal = Scenario::urban_macrocell();
    literal.interpretation.exit_shares = CouplingShares::Literal;
    assert!((literal.ledger().non_line_of_sight - 0.8533).abs() < 1e-4);
    literal.interpretation.entry_shares = CouplingShares::Literal;
    assert!((literal.ledger().non_line_of_sight - 0.8535).abs() < 1e-4);
    let mut shared = Scenario::urban_macrocell();
    shared.interpretation.guide_power = GuidePower::AllGuides;
    assert!((shared.ledger().non_line_of_sight - 0.8026).abs() < 1e-4);
}

#[test]
fn each_process_carries_the_power_of_its_share() {
    let mut scenario = Scenario::urban_macrocell();
    scenario.base_scatter_db = Some(-5.0);
    scenario.double_scatter_db = Some(-4.0);
    scenario.far_clusters[0].via_base_db = Some(-6.0);
    scenario.guides[1].base_scatter_db = Some(-3.0);
    let model = ChannelModel::new(scenario).unwrap();
    let channel = model.draw(&mut rng(9));
    for share in &model.ledger().shares {
        let paths = channel.paths.iter().filter(|path| path.process == share.process);
        let power: f64 = paths.map(|path| path.gain.norm_sqr()).sum();
        let strengths = channel.guides.iter().filter(|term| share.process == Process::Guide(term.guide));
        let guided: f64 = strengths.flat_map(|term| &term.strengths).map(|s| s * s).sum();
        assert!((power + guided - share.normalised).abs() < 1e-12, "{share:?}: {power} {guided}");
    }
}

#[test]
fn double_scattering_is_separable_when_all_is_lit_and_a_keyhole_when_the_beam_is_narrow() {
    let mut scenario = silent();
    scenario.double_scatter_db = Some(0.0);
    scenario.base_scatterers.count = 12;
    scenario.base_scatterers.spread_m = 100.0;
    let effective = |scenario: &Scenario| {
        let model = ChannelModel::new(scenario.clone()).unwrap();
        let h = sample_matrices(&model, &flat(4), 400, &mut rng(10)).unwrap();
        h.outer_iter().map(|matrix| effective_rank(&matrix).unwrap()).sum::<f64>() / 400.0
    };
    scenario.double_illumination_rad = None;
    let wide = effective(&scenario);
    scenario.base_scatterers.count = 1;
    scenario.double_illumination_rad = Some(1e-9);
    let narrow = effective(&scenario);
    println!("effective rank: all lit {wide}, one scatterer with a narrow beam {narrow}");
    // Independent entries would give about Nr Nt/(Nr + Nt) = 2.
    assert!((narrow - 1.0).abs() < 1e-9 && wide > 1.5);
}

#[test]
fn water_filling_beats_equal_power_and_meets_it_at_high_ratios() {
    let model = ChannelModel::new(Scenario::urban_macrocell()).unwrap();
    for trial in 0..50 {
        let h = flat(4).matrix(&model.draw_narrowband(&mut rng(trial))).unwrap();
        for snr in [0.1, 10.0, 1e9] {
            let (best, equal) = (water_filling_flat(&h, snr).unwrap(), capacity_flat(&h, snr).unwrap());
            assert!((best.powers.iter().sum::<f64>() / snr - 1.0).abs() < 1e-12);
            assert!(best.capacity_bit_s_hz >= equal * (1.0 - 1e-12));
            if snr > 1e8 {
                assert!(best.capacity_bit_s_hz - equal < 1.0);
            }
        }
    }
}

#[test]
fn reused_memory_does_not_show() {
    let model = ChannelModel::new(Scenario::urban_macrocell()).unwrap();
    let a = model.draw_narrowband(&mut rng(0));
    let mut scratch = mimo_gscm::propagation::DrawScratch::default();
    let mut again = model.draw(&mut rng(5));
    model.draw_narrowband_into(&mut scratch, &mut again, &mut rng(0));
    assert_eq!(a, again);
}
