//! Numbers and claims that the paper prints, and those of its ambiguous rows that can be told apart.

use mimo_gscm::capacity::capacity_flat;
use mimo_gscm::path_loss::{Link, cost_231_hata_db, okumura_hata_db};
use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::scenario::*;
use mimo_gscm::statistics::*;
use mimo_gscm::study::{Band, CapacityStudy};
use mimo_gscm::transfer::{Station, Transfer};
use mmw_core::C64;
use mmw_core::antenna::AntennaArray;
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::ndarray::Array2;
use mmw_core::random::{Stream, Streams};
use mmw_core::stats::Moments;

fn rng(index: u64) -> Stream {
    Streams::new(7).stream(index)
}

fn model(change: impl FnOnce(&mut Scenario)) -> ChannelModel {
    let mut scenario = Scenario::urban_macrocell();
    change(&mut scenario);
    ChannelModel::new(scenario).unwrap()
}

/// One guide and nothing else, in and out of which power goes directly.
fn guide_alone(guide: Guide, change: impl FnOnce(&mut Interpretation)) -> ChannelModel {
    model(|scenario| {
        scenario.rice_factor_db = None;
        scenario.mobile_scatter_db = None;
        scenario.far_clusters.clear();
        scenario.guides = vec![Guide { far_cluster_db: None, mobile_scatter_db: None, ..guide }];
        change(&mut scenario.interpretation);
    })
}

fn across(n: usize) -> Transfer {
    let array = Station::linear(n, 0.5, 2e9).unwrap();
    Transfer::flat(&array, &array, 2e9).unwrap()
}

fn upright(n: usize) -> Transfer {
    let array = Station::new(AntennaArray::uniform_planar(1, n, 0.075, 0.075).unwrap());
    Transfer::flat(&array, &array, 2e9).unwrap()
}

/// Root mean square of the horizontal distance of the scatterers from the mobile station.
fn rms_radius_m(model: &ChannelModel) -> f64 {
    let mut squares = Moments::new();
    for draw in 0..2000 {
        for path in model.draw_narrowband(&mut rng(draw)).paths {
            if path.process == Process::MobileScatter {
                let [x, y, _] = path.arrival;
                squares.push((path.arrival_distance_m * x.hypot(y)).powi(2));
            }
        }
    }
    squares.mean().unwrap().sqrt()
}

#[test]
fn the_rice_factors_follow_from_table_1() {
    let scenario = Scenario::urban_macrocell();
    // K times the sum of the shares, 1.00256, over 10^-0.22.
    assert!((scenario.mobile_rice_factor_db().unwrap() + 7.788_9).abs() < 1e-4);
    assert_eq!(scenario.base_rice_factor_db(), None);
    let x = 10f64.powf(-0.7);
    let far_db = scenario.far_clusters[0].rice_factor_db().unwrap();
    assert!((far_db - 10.0 * ((1.0 - x) / x).log10()).abs() < 1e-12 && (far_db - 6.03).abs() < 0.01);
}

#[test]
fn a_draw_has_the_paths_that_table_1_counts() {
    let channel = model(|_| ()).draw(&mut rng(0));
    let count = |process| channel.paths.iter().filter(|path| path.process == process).count();
    assert_eq!(count(Process::LineOfSight), 1);
    assert_eq!(count(Process::MobileScatter), 12);
    assert_eq!(count(Process::FarCluster(0)), 10);
    assert_eq!(count(Process::FarClusterViaMobile(0)), 120);
    assert_eq!((channel.paths.len(), channel.guides.len()), (143, 17));
}

#[test]
fn the_path_loss_at_two_gigahertz_needs_cost_231() {
    let link = Link { carrier_hz: 2e9, ..Link::default() };
    assert_eq!(okumura_hata_db(&link).unwrap_err().kind(), "domain");
    // 46.3 + 33.9 lg 2000 - 13.82 lg 30 - a(1.5 m), a = (1.1 lg f - 0.7) 1.5 - (1.56 lg f - 0.8) = 0.0470
    assert!((cost_231_hata_db(&link).unwrap() - 137.744).abs() < 1e-3);
}

#[test]
fn the_literal_cloud_is_a_centimetre_wide() {
    let literal = rms_radius_m(&model(|s| s.interpretation.cloud_scale = CloudScale::Literal));
    println!("rms radius of the literal cloud: {literal} m");
    // Mean square 2 sigma^2 with sigma = 1/100; of 24 000 exponential variables.
    assert!((literal / (0.01 * std::f64::consts::SQRT_2) - 1.0).abs() < 0.015, "{literal}");
}

#[test]
fn the_radial_law_is_a_density_per_area() {
    let area = rms_radius_m(&model(|_| ()));
    let half_normal = rms_radius_m(&model(|s| s.interpretation.radial_law = RadialLaw::HalfNormal));
    println!("rms radius: {area} m, in the other reading {half_normal} m");
    assert!((area / (100.0 * std::f64::consts::SQRT_2) - 1.0).abs() < 0.015);
    assert!((half_normal / 100.0 - 1.0).abs() < 0.025);
}

#[test]
fn the_subscripts_of_the_eigenvalues_are_exchanged() {
    let ranks = |reading| {
        let model = guide_alone(Guide::roof_edge(), |i| i.eigenvalue_rows = reading);
        let upright = upright(4);
        (0..50).all(|draw| {
            rank(&upright.matrix(&model.draw_narrowband(&mut rng(draw))).unwrap(), 1e-10).unwrap() == 1
        })
    };
    // "A horizontal roof-edge is rank-deficient (usually with rank one) with respect to vertical antenna
    // arrangements."
    assert!(ranks(EigenvalueRows::ByMeaning));
    assert!(!ranks(EigenvalueRows::BySubscript));
}

#[test]
fn independent_eigenvalues_do_not_make_rank_one() {
    let weak = Guide { horizontal: EigenvalueProfile::Exponential { scale: 0.01 }, ..Guide::waveguide() };
    let mean_rank = |reading| {
        let model = guide_alone(weak.clone(), |i| {
            i.eigenvalues = reading;
            i.guide_coupling = GuideCoupling::IndependentModes;
        });
        let h = sample_matrices(&model, &across(4), 200, &mut rng(1)).unwrap();
        h.outer_iter().map(|matrix| effective_rank(&matrix).unwrap()).sum::<f64>() / 200.0
    };
    let (profile, independent) = (mean_rank(Eigenvalues::Profile), mean_rank(Eigenvalues::Independent));
    println!("effective rank: profile {profile}, independent eigenvalues {independent}");
    assert!((profile - 1.0).abs() < 1e-9 && independent > 1.5);
}

#[test]
fn a_waveguide_has_a_rank_above_one_and_below_that_of_the_arrays() {
    for coupling in [GuideCoupling::MouthAngles, GuideCoupling::IndependentModes] {
        let model = guide_alone(Guide::waveguide(), |i| i.guide_coupling = coupling);
        let h = sample_matrices(&model, &across(8), 300, &mut rng(2)).unwrap();
        let free = sample_matrices(
            &guide_alone(
                Guide { horizontal: EigenvalueProfile::Flat, modes: 256, ..Guide::waveguide() },
                |i| i.guide_coupling = GuideCoupling::IndependentModes,
            ),
            &across(8),
            300,
            &mut rng(3),
        )
        .unwrap();
        let mean = |h: &mmw_core::ndarray::Array3<C64>| {
            h.outer_iter().map(|matrix| effective_rank(&matrix).unwrap()).sum::<f64>() / 300.0
        };
        let (guided, free) = (mean(&h), mean(&free));
        println!("effective rank at 8x8: {guided} in a waveguide, {free} without rank reduction");
        assert!(guided > 1.1 && guided < 0.8 * free);
    }
}

#[test]
fn the_delays_of_a_guide_spread_by_200_ns() {
    let spread_s = |reading| {
        let model = model(|s| s.interpretation.dispersion = reading);
        let mut variance = Moments::new();
        for draw in 0..2000 {
            let channel = model.draw(&mut rng(draw));
            for guide in 0..2 {
                let terms = channel.guides.iter().filter(|term| term.guide == guide);
                variance.push(terms.map(|term| term.delay_s).collect::<Moments>().variance().unwrap());
            }
            assert_eq!(
                channel.guides.iter().filter(|term| term.guide == 2).count(),
                1,
                "an edge has no spread"
            );
        }
        variance.mean().unwrap().sqrt()
    };
    let (power, amplitude) = (spread_s(Dispersion::Power), spread_s(Dispersion::Amplitude));
    println!("delay spread of a guide: {power} s as a power profile, {amplitude} s as an amplitude");
    // The variance of eight exponential delays has a relative deviation of 1.02; 4000 of them.
    assert!((power / 200e-9 - 1.0).abs() < 0.035 && (amplitude / 100e-9 - 1.0).abs() < 0.035);
}

#[test]
fn a_far_cluster_widens_delays_and_angles() {
    let near = model(|s| {
        s.far_clusters.clear();
        s.guides.iter_mut().for_each(|guide| guide.far_cluster_db = None);
    });
    let mean = |model: &ChannelModel| {
        let mut sums = [0.0; 2];
        for draw in 0..300 {
            let channel = model.draw(&mut rng(draw));
            sums[0] += DelaySpread::new(&channel).unwrap().rms_s / 300.0;
            sums[1] += azimuth_spread(&channel, LinkEnd::Base).unwrap() / 300.0;
        }
        sums
    };
    let (with, without) = (mean(&model(|_| ())), mean(&near));
    println!("delay and azimuth spread: {with:?} with a far cluster, {without:?} without");
    assert!(with[0] > 2.0 * without[0] && with[1] > 1.5 * without[1]);
}

#[test]
fn twelve_equal_scatterers_fade_less_than_rayleigh_and_more_so_than_the_line_of_sight_makes_them() {
    let alone = model(|s| {
        s.rice_factor_db = None;
        s.far_clusters.clear();
        s.guides.clear();
    });
    let h = sample_matrices(&alone, &across(1), 60_000, &mut rng(4)).unwrap();
    let measured = kurtosis(&h).unwrap();
    // 2 - 1/N for N equal phasors; a Rice factor of 0.1 makes (K² + 4K + 2)/(1 + K)² = 1.9917 of
    // Rayleigh's 2.
    println!("kurtosis of twelve scatterers {measured} for {}", 2.0 - 1.0 / 12.0);
    // Fourth moments of 60 000 nearly exponential powers: √(20/60 000) = 0.018.
    assert!((measured - (2.0 - 1.0 / 12.0)).abs() < 4.0 * 0.018);
    assert!(measured < (0.01 + 0.4 + 2.0) / 1.21);
}

#[test]
fn the_delays_of_a_guide_hardly_change_the_capacity_of_a_band() {
    let array = Station::linear(4, 0.5, 2e9).unwrap();
    let band = Some(Band { bandwidth_hz: 20e6, bins: 16 });
    let study = CapacityStudy { receive: array.clone(), transmit: array, snr: 100.0, band };
    let run = |reading| {
        let model = model(|s| s.interpretation.tap_matrices = reading);
        *study.run(&model, &MonteCarlo::new(1, 3000).block_size(500)).unwrap().capacity.moments()
    };
    let (each, shared) = (run(TapMatrices::Independent), run(TapMatrices::Shared));
    let mean = [each.mean().unwrap(), shared.mean().unwrap()];
    let deviation = [each.standard_deviation().unwrap(), shared.standard_deviation().unwrap()];
    println!("a matrix for each delay and one for all: means {mean:?}, deviations {deviation:?}");
    // The means differ by their error, deviation · √(2/3000) = 0.04, or little more.
    assert!((mean[0] / mean[1] - 1.0).abs() < 0.02 && (deviation[0] / deviation[1] - 1.0).abs() < 0.15);
}

#[test]
fn the_identity_fits_receive_by_transmit_matrices() {
    let (few, many) = (Station::linear(2, 0.5, 2e9).unwrap(), Station::linear(4, 0.5, 2e9).unwrap());
    let transfer = Transfer::flat(&few, &many, 2e9).unwrap();
    let h = transfer.matrix(&model(|_| ()).draw_narrowband(&mut rng(0))).unwrap();
    assert_eq!(h.dim(), (2, 4));
    // Ones everywhere: the only eigenvalue of H Hᴴ is 8, and the power is shared by four.
    let ones = Array2::from_elem((2, 4), C64::new(1.0, 0.0));
    assert!((capacity_flat(&ones, 10.0).unwrap() - 21f64.log2()).abs() < 1e-13);
}
