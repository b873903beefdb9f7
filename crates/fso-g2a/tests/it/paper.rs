//! What the paper prints, what is right, and how far apart they are. One test for each row of the errata.

use crate::golden::{number, rows};
use crate::made;
use fso_g2a::atmosphere::{
    Attenuation, BeamWander, Cn2Profile, SlantPath, VisibilityModel, rytov_variance_plane,
    rytov_variance_spherical,
};
use fso_g2a::channel::Channel;
use fso_g2a::paper::{self, Form21, Form23, Theorem1};
use fso_g2a::pointing::{overlap_area, overlap_fraction};
use fso_g2a::rivals::{half_plane_outage, half_plane_share};
use fso_g2a::special::bessel_k;
use fso_g2a::turbulence::{GammaGamma, Turbulence};
use std::f64::consts::PI;

fn law() -> GammaGamma {
    GammaGamma::new(4.0, 1.7).unwrap()
}

fn channel(w: f64, r: f64, sigma: f64) -> Channel<GammaGamma> {
    Channel::new(made::pointing(w, r, sigma).unwrap(), law())
}

/// The channel, the threshold and the numbers of each row of the oracle for the composite outage.
fn composite() -> Vec<(Channel<GammaGamma>, f64, Vec<f64>)> {
    let table = rows(include_str!("../data/composite_outage.json"), "rows");
    let row = |row: &Vec<serde_json::Value>| {
        let x: Vec<f64> = row.iter().map(number).collect();
        (channel(0.5 * x[0] * x[1], x[2], x[3]), x[4], x)
    };
    table.iter().map(row).collect()
}

/// The approximations in the oracle have eight digits.
fn agrees(value: f64, printed: f64) -> bool {
    (value / printed - 1.0).abs() < 6e-8
}

#[test]
fn row_1_the_consistent_constants_give_theorem_1_its_mass() {
    for (w, r, sigma, mass) in [(1.0, 0.05, 0.3, 0.004_457_520_2), (1.0, 0.05, 0.5, 0.054_223_931)] {
        let pointing = made::pointing(w, r, sigma).unwrap();
        let theorem = Theorem1::new(&pointing).unwrap();
        assert!((theorem.mass(theorem.lower, theorem.upper) / mass - 1.0).abs() < 1e-8);
        assert!((pointing.transition_probability() / mass - 1.0).abs() < 1e-8);
        let tempting = theorem.mass(0.0, 1.0) / mass;
        assert!((1.59..1.90).contains(&tempting), "{tempting}");
    }
}

#[test]
fn row_2_the_missing_pi_of_21_is_worth_up_to_seven() {
    let ratio = |tau: f64| {
        let channel = channel(2.0, 0.1, 0.3);
        paper::outage_21_first_term(&channel, tau).unwrap() / channel.outage(tau).unwrap().outage
    };
    assert!((ratio(1e-3) - 6.95).abs() < 0.01 && (ratio(1.0) - 1.5).abs() < 0.02);
    for (channel, tau, x) in composite() {
        assert!(agrees(paper::outage_21_first_term(&channel, tau).unwrap(), x[11]));
    }
}

#[test]
fn row_3_the_bracket_of_9_is_negative_in_the_transition() {
    assert_eq!(paper::bracket_9(1.0, 0.05, 1.0).unwrap(), -1.0);
    assert!(overlap_fraction(1.0, 0.05, 1.0).unwrap() > 0.0);
}

#[test]
fn row_4_the_share_depends_on_the_separation_alone() {
    // The angle in (9) is never defined; a displacement along x and one along y collect the same.
    let pointing = made::pointing(1.0, 0.05, 0.3).unwrap();
    let along = |x: f64, y: f64| pointing.share(x.hypot(y)).unwrap();
    assert_eq!(along(0.98, 0.0), along(0.0, 0.98));
}

#[test]
fn row_5_the_linear_overlap_of_17_keeps_its_error_however_wide_the_beam() {
    let worst = |w: f64, share: &dyn Fn(f64, f64) -> f64| {
        let error = |i: i32| {
            let u = f64::from(i) / 100.0;
            (share(w, w + 0.05 * u) - overlap_fraction(w, 0.05, w + 0.05 * u).unwrap()).abs()
        };
        (-100..=100).map(error).fold(0.0, f64::max)
    };
    let linear = |w: f64, s: f64| paper::share_17(w, 0.05, s).unwrap();
    let straight = |w: f64, s: f64| half_plane_share((s - w) / 0.05).unwrap();
    for (w, of_17, of_half_plane) in [(1.0, 0.209, 0.0053), (2.0, 0.202, 0.0027), (100.0, 0.1956, 5.3e-5)] {
        assert!((worst(w, &linear) - of_17).abs() < 6e-4, "{w}");
        assert!((worst(w, &straight) / of_half_plane - 1.0).abs() < 0.06, "{w}");
    }
    assert!((linear(1.0, 0.95) - 0.802).abs() < 5e-4 && (linear(2.0, 1.95) - 0.810).abs() < 5e-4);
}

#[test]
fn row_6_the_density_of_12_misses_both_ends() {
    let pointing = made::pointing(1.0, 0.05, 0.5).unwrap();
    let theorem = Theorem1::new(&pointing).unwrap();
    assert!((theorem.lower - 0.166).abs() < 1e-3 && (theorem.upper - 0.802).abs() < 1e-3);
    assert_eq!(theorem.density(0.1), 0.0);
    assert!(pointing.pdf(1e-9).unwrap() > 100.0 * pointing.pdf(0.5).unwrap());
    assert!(pointing.pdf(1.0 - 1e-9).unwrap() > 100.0 * pointing.pdf(0.5).unwrap());
}

#[test]
fn row_7_the_integral_of_21_needs_two_different_limits() {
    let theorem = Theorem1::new(&made::pointing(1.0, 0.05, 0.5).unwrap()).unwrap();
    assert_eq!(theorem.mass(theorem.upper, theorem.upper), 0.0);
    assert!(theorem.mass(theorem.lower, theorem.upper) > 0.05);
}

#[test]
fn the_corrected_density_of_21_is_the_slope_of_12() {
    for (w, r, sigma) in [(1.0, 0.05, 0.5), (1.0, 0.1, 0.3), (2.0, 0.1, 1.0)] {
        let channel = channel(w, r, sigma).with_full_gain(2.5e-3).unwrap();
        for x in [0.01, 0.1, 0.7, 3.0] {
            let outage = |x: f64| paper::outage_12(&channel, x).unwrap().outage;
            let slope = (outage(x * (1.0 + 1e-4)) - outage(x * (1.0 - 1e-4))) / (2e-4 * x);
            let density = paper::density_21(&channel, 2.5e-3 * x, Form21::Corrected).unwrap() * 2.5e-3;
            // The difference quotient is good to (1e-4)² and to rounding over 1e-4.
            assert!((density / slope - 1.0).abs() < 1e-6, "{w} {r} {sigma} {x} {density} {slope}");
        }
    }
}

#[test]
fn the_printed_density_of_21_is_that_of_a_gain_pi_times_too_small() {
    let channel = channel(2.0, 0.05, 0.3);
    let printed = |x: f64| paper::density_21(&channel, x, Form21::Printed).unwrap();
    for x in [0.01, 0.1, 1.0] {
        assert!((printed(x) / (PI * channel.pdf(PI * x).unwrap()) - 1.0).abs() < 1e-7);
    }
    assert!((printed(0.01) / channel.pdf(0.01).unwrap() - 6.3).abs() < 0.1);
}

#[test]
fn the_paper_s_forms_want_an_aperture_smaller_than_the_beam() {
    let wide = channel(0.1, 1.0, 0.3);
    assert!(paper::outage_12(&wide, 0.1).is_err());
    assert!(paper::density_21(&wide, 0.1, Form21::Corrected).is_err());
    for gain in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
        assert!(paper::density_21(&channel(1.0, 0.05, 0.3), gain, Form21::Corrected).is_err());
    }
}

#[test]
fn row_8_the_series_of_23_loses_the_outage_of_wide_jitter() {
    let kept = |w: f64, r: f64, sigma: f64| {
        let channel = channel(w, r, sigma);
        paper::outage_23(&channel, 1e-3, Form23::Corrected).unwrap() / channel.outage(1e-3).unwrap().outage
    };
    assert!((kept(1.0, 0.05, 0.5) - 0.0002).abs() < 5e-5);
    assert!((kept(1.0, 0.05, 0.3) - 0.0115).abs() < 5e-5);
    assert!((kept(2.0, 0.1, 0.5) - 0.146).abs() < 5e-4);
    assert!((kept(2.0, 0.1, 0.3) - 0.999_999).abs() < 1e-6);
    for (channel, tau, x) in composite() {
        assert!(agrees(paper::outage_23(&channel, tau, Form23::Corrected).unwrap(), x[10]));
    }
}

#[test]
fn row_9_the_extra_gamma_of_23_makes_no_probability() {
    let channel = channel(2.0, 0.1, 0.3);
    for (tau, factor, digits) in [(0.1, 1.29, 0.01), (0.5, 47.5, 0.1), (1.0, 882.0, 1.0)] {
        let printed = paper::outage_23(&channel, tau, Form23::ExtraGamma).unwrap();
        let exact = channel.outage(tau).unwrap().outage;
        assert!((printed / exact - factor).abs() < digits, "{tau} {}", printed / exact);
    }
}

#[test]
fn row_10_the_single_power_of_23_is_off_by_24_at_small_thresholds() {
    let channel = channel(2.0, 0.1, 0.3);
    let ratio =
        paper::outage_23(&channel, 0.01, Form23::Printed).unwrap() / channel.outage(0.01).unwrap().outage;
    assert!((ratio - 24.0).abs() < 1.0, "{ratio}");
}

#[test]
fn row_11_the_series_has_no_value_at_integer_differences() {
    assert!(paper::bessel_k_22(2.0, 1.0).is_err());
    let error = |eps: f64| {
        (paper::bessel_k_22(2.0 + eps, 1.0).unwrap() / bessel_k(2.0 + eps, 1.0).unwrap() - 1.0).abs()
    };
    assert!(error(1e-8) > 1e-10 && error(1e-2) < 1e-11);
    let pointing = made::pointing(2.0, 0.1, 0.3).unwrap();
    let integer = Channel::new(pointing, GammaGamma::new(4.0, 2.0).unwrap());
    assert!(paper::outage_23(&integer, 0.1, Form23::Corrected).is_err());
    assert!(integer.outage(0.1).is_ok());
}

#[test]
fn row_12_the_series_cancels_for_large_arguments() {
    let channel = channel(2.0, 0.1, 0.05);
    let error = |tau: f64| {
        (paper::outage_23(&channel, tau, Form23::Corrected).unwrap() / channel.outage(tau).unwrap().outage
            - 1.0)
            .abs()
    };
    assert!(error(0.5) < 1e-12 && error(10.0) > 1e-6 && error(20.0) > 1e-2);
}

#[test]
fn row_13_the_printed_overlap_cancels() {
    let error = |ratio: f64| {
        let w = 0.05 * ratio;
        let at = |u: f64| {
            let s = w + 0.05 * u;
            let printed = paper::overlap_10(w, 0.05, s).unwrap();
            printed.map_or(0.0, |area| (area - overlap_area(w, 0.05, s).unwrap()).abs() / (PI * 0.0025))
        };
        [-1.0 + 1e-12, -1.0 + 1e-9, -0.999, -0.5, -0.1, 0.0, 0.1, 0.5, 0.999, 1.0 - 1e-9]
            .into_iter()
            .map(at)
            .fold(0.0, f64::max)
    };
    let errors = [20.0, 1e4, 1e6].map(error);
    assert!(errors[0] < 1e-6 && errors[1] > 1e-4 && errors[2] > 1.0, "{errors:?}");
}

#[test]
fn row_14_the_printed_cosine_loses_half_of_the_digits() {
    let exact = made::beam(1e-4, 20e3).unwrap().full_collection(0.05).unwrap();
    let error = (paper::full_collection_8(1e-4, 20e3, 0.05).unwrap() / exact - 1.0).abs();
    assert!((1e-10..1e-7).contains(&error), "{error:e}");
    assert!(((0.05_f64).powi(2) / exact - 1.0).abs() < 1e-9);
    // A wide aperture would collect more than there is.
    assert!(paper::full_collection_8(1e-4, 20e3, 2.0).unwrap() > 3.9);
    assert_eq!(made::beam(1e-4, 20e3).unwrap().full_collection(2.0).unwrap(), 1.0);
}

#[test]
fn row_15_the_beam_without_a_waist_wanders_too_far() {
    let (path, profile) = (SlantPath::vertical(20e3).unwrap(), Cn2Profile::hufnagel_valley_5_7());
    let jitter = |waist_m, start_altitude_m| {
        let wander = BeamWander { waist_m, start_altitude_m, ..BeamWander::printed(1e-4) };
        wander.jitter_m(&profile, &path).unwrap()
    };
    assert!((jitter(0.0, 0.0) - 0.109_92).abs() < 1e-5);
    assert!((jitter(0.01, 0.0) - 0.081_20).abs() < 1e-5);
    assert!((jitter(0.0, 100.0) - 0.0573).abs() < 1e-4);
}

#[test]
fn row_16_the_factor_of_1_is_a_parameter() {
    let (path, profile) = (SlantPath::vertical(20e3).unwrap(), Cn2Profile::hufnagel_valley_5_7());
    let printed = BeamWander::printed(1e-4);
    let derived = BeamWander { factor: 2.035, ..printed };
    let ratio = derived.jitter_m(&profile, &path).unwrap() / printed.jitter_m(&profile, &path).unwrap();
    assert!((ratio - (2.035_f64 / 2.07).sqrt()).abs() < 1e-12);
}

#[test]
fn row_17_altitude_and_length_are_the_same_only_at_the_zenith() {
    let slant = SlantPath::new(20e3, 60_f64.to_radians()).unwrap();
    assert!((slant.length_m() / slant.altitude_m() - 2.0).abs() < 1e-12);
    let wander = BeamWander { waist_m: 0.01, ..BeamWander::printed(1e-4) };
    let profile = Cn2Profile::hufnagel_valley_5_7();
    let jitter = |path: &SlantPath| wander.jitter_m(&profile, path).unwrap();
    let ratio = jitter(&slant) / jitter(&SlantPath::vertical(20e3).unwrap());
    // sec^(3/2) but for the width of the beam, which grows along the path too.
    assert!(ratio > 2.4 && ratio < 2.0_f64.powf(1.5), "{ratio}");
}

#[test]
fn row_18_the_shapes_of_the_figures_are_not_those_of_the_path() {
    let (path, profile) = (SlantPath::vertical(20e3).unwrap(), Cn2Profile::hufnagel_valley_5_7());
    assert!((rytov_variance_plane(&profile, &path, 1550e-9).unwrap() - 0.062).abs() < 1e-3);
    assert!((rytov_variance_spherical(&profile, &path, 1550e-9).unwrap() - 0.042).abs() < 1e-3);
    let windy = Cn2Profile::HufnagelValley { wind_m_s: 57.0, ground_cn2: 1.7e-14 };
    assert!((rytov_variance_plane(&windy, &path, 1550e-9).unwrap() - 0.28).abs() < 0.01);
    assert!((law().scintillation_index() - 0.9853).abs() < 1e-4);
}

#[test]
fn row_19_constant_extinction_overstates_the_loss_of_high_paths() {
    let per_m = VisibilityModel::Kim.extinction_per_m(10e3, 1550e-9).unwrap();
    let constant = Attenuation::Constant { per_m };
    let dying = Attenuation::Exponential { ground_per_m: per_m, scale_height_m: 1200.0 };
    let loss = |model: Attenuation, h: f64| model.loss_db(&SlantPath::vertical(h).unwrap()).unwrap();
    assert!((loss(constant, 20e3) - 8.8).abs() < 0.1 && (loss(constant, 40e3) - 17.7).abs() < 0.1);
    assert!(loss(dying, 40e3) < 0.6 && (loss(dying, 40e3) - loss(dying, 20e3)).abs() < 1e-6);
}

#[test]
fn row_20_the_shape_of_figure_3_needs_no_unstated_number() {
    // γ_th, σ_n and ξ only scale the threshold; longer links of the same beam are worse at the same power.
    let outage = |length_m: f64, scale: f64| {
        let beam = made::beam(0.2e-3, length_m).unwrap();
        let gain = beam.full_collection(0.1).unwrap();
        channel(beam.footprint_radius_m(), 0.1, 0.3).outage(scale / gain).unwrap().outage
    };
    for scale in [1e-6, 1e-5, 1e-4] {
        assert!(outage(20e3, scale) < outage(30e3, scale) && outage(30e3, scale) < outage(40e3, scale));
    }
}

#[test]
fn row_21_the_match_of_12_is_not_perfect() {
    let (mut of_12, mut of_half_plane) = (vec![], vec![]);
    for (channel, tau, x) in composite() {
        let [twelve, straight] =
            [paper::outage_12(&channel, tau), half_plane_outage(&channel, tau)].map(|o| o.unwrap().outage);
        // The half-plane column was integrated by 40 nodes over a cube-root end: six digits.
        assert!(agrees(twelve, x[12]) && (straight / x[13] - 1.0).abs() < 2e-6, "{x:?} {twelve} {straight}");
        of_12.push((twelve / x[6] - 1.0).abs());
        of_half_plane.push((straight / x[6] - 1.0).abs());
    }
    let worst = |errors: &[f64]| errors.iter().fold(0.0_f64, |a, &b| a.max(b));
    assert!((0.01..0.09).contains(&worst(&of_12)) && worst(&of_half_plane) < 0.01);
}

#[test]
fn row_22_the_gaussian_beam_differs_by_two_before_any_jitter() {
    for (w, ratio) in [(1.0, 1.9948), (2.0, 1.9987)] {
        assert!((made::gaussian_beam(w, 0.05, 0.3).unwrap().peak_over_disc() - ratio).abs() < 1e-4);
    }
    let rival = made::gaussian_beam(2.0, 0.05, 0.3).unwrap();
    assert!((rival.outage(&law(), 0.1).unwrap().outage - 0.0202).abs() < 5e-5);
    assert!((channel(2.0, 0.05, 0.3).outage(0.1).unwrap().outage - 0.0499).abs() < 5e-5);
    assert!(law().cdf(0.1).unwrap() < 0.05);
}

#[test]
fn the_gaussian_density_is_the_slope_of_its_outage_and_has_all_the_mass() {
    let rival = made::gaussian_beam(1.0, 0.05, 0.5).unwrap();
    for x in [1e-3, 0.1, 1.0, 8.0] {
        let outage = |x: f64| rival.outage(&law(), x).unwrap().outage;
        let slope = (outage(x * (1.0 + 1e-4)) - outage(x * (1.0 - 1e-4))) / (2e-4 * x);
        assert!((rival.pdf(&law(), x).unwrap() / slope - 1.0).abs() < 1e-6, "{x}");
    }
    // γ² is about 1, so the density is nearly even towards 0; the sum runs over ln x.
    let mass: f64 =
        (-300..60).map(|k| (0.1 * f64::from(k)).exp()).map(|x| 0.1 * x * rival.pdf(&law(), x).unwrap()).sum();
    assert!((mass - 1.0).abs() < 1e-9, "{mass}");
    for gain in [f64::NAN, f64::INFINITY, 0.0, -1.0] {
        assert!(rival.pdf(&law(), gain).is_err());
    }
}

#[test]
fn claim_the_footprints_of_figure_2_are_20_and_40_apertures_wide() {
    for (divergence_rad, ratio) in [(0.1e-3, 20.0), (0.2e-3, 40.0)] {
        let w = made::beam(divergence_rad, 20e3).unwrap().footprint_radius_m();
        assert!((w / 0.05 / ratio - 1.0).abs() < 1e-14);
    }
}

#[test]
fn claim_a_shorter_link_of_the_same_beam_has_the_higher_floor() {
    // "P_out increases when the link length is increased": until the misses of the narrower beam count.
    let outage = |length_m: f64, scale: f64| {
        let beam = made::beam(0.2e-3, length_m).unwrap();
        let gain = beam.full_collection(0.1).unwrap();
        channel(beam.footprint_radius_m(), 0.1, 0.5).outage(scale / gain).unwrap().outage
    };
    assert!(outage(20e3, 1e-4) < outage(30e3, 1e-4) && outage(30e3, 1e-4) < outage(40e3, 1e-4));
    assert!(outage(20e3, 1e-7) > 2.0 * outage(30e3, 1e-7));
    assert!((outage(20e3, 0.0) / 1.4775e-4 - 1.0).abs() < 1e-3);
}
