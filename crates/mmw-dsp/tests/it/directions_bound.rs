//! Errors of the direction finders against the bound, and the resolution of close sources.

use crate::common::Noise;
use crate::directions::{LAMBDA, azimuths, ula};
use mmw_core::geometry::Direction;
use mmw_dsp::covariance::{CovarianceConfig, SourceCount};
use mmw_dsp::crlb::{DirectionSources, SignalModel, UnknownAngles, direction_bounds};
use mmw_dsp::doa::*;
use std::f64::consts::PI;

const CHANNELS: usize = 12;
const SNAPSHOTS: usize = 128;

type Finder = (&'static str, Box<dyn AngleEstimator>);

fn grid() -> AngleGrid {
    AngleGrid::azimuth_sector(1.2, 241).unwrap()
}

fn music(count: usize) -> Finder {
    let config = MusicConfig { sources: SourceCount::Given(count), ..MusicConfig::default() };
    ("MUSIC", Box::new(Music::new(&ula(CHANNELS), LAMBDA, grid(), config).unwrap()))
}

fn root_music(count: usize) -> Finder {
    let config = RootMusicConfig { sources: SourceCount::Given(count), ..RootMusicConfig::default() };
    ("root-MUSIC", Box::new(RootMusic::new(&ula(CHANNELS), LAMBDA, config).unwrap()))
}

fn esprits(count: usize) -> Vec<Finder> {
    let (sources, covariance) = (SourceCount::Given(count), CovarianceConfig::default());
    let finder = |&kind: &EspritKind| -> Finder {
        let config = EspritConfig { sources, covariance, kind };
        (kind.name(), Box::new(Esprit::new(&ula(CHANNELS), LAMBDA, config).unwrap()))
    };
    EspritKind::ALL.iter().map(finder).collect()
}

/// The methods whose variance tends to the bound.
fn efficient(count: usize) -> Vec<Finder> {
    let (sources, covariance) = (SourceCount::Given(count), CovarianceConfig::default());
    let likelihood = |&kind: &LikelihoodKind| -> Finder {
        let config = LikelihoodConfig { sources, covariance, kind };
        (kind.name(), Box::new(MaximumLikelihood::new(&ula(CHANNELS), LAMBDA, grid(), config).unwrap()))
    };
    let sbl = SblConfig { sources, iterations: 50, ..SblConfig::default() };
    let iaa = IaaConfig { sources, ..IaaConfig::default() };
    let mut all = vec![music(count), root_music(count)];
    all.extend(LikelihoodKind::ALL.iter().map(likelihood));
    all.push(("IAA", Box::new(Iaa::new(&ula(CHANNELS), LAMBDA, grid(), iaa).unwrap())));
    all.push(("SBL", Box::new(Sbl::new(&ula(CHANNELS), LAMBDA, grid(), sbl).unwrap())));
    all
}

/// RMSE over the stochastic bound, all sources together, on the same draws for every finder.
fn ratios(finders: &[Finder], truth: &[f64], snr_db: f64, trials: usize, seed: u64) -> Vec<f64> {
    let directions = truth.iter().map(|&az| Direction::new(az, 0.0).unwrap()).collect();
    let sources =
        DirectionSources::uncorrelated(directions, 10.0_f64.powf(snr_db / 10.0), SNAPSHOTS).unwrap();
    let unknown = UnknownAngles::Azimuth;
    let bounds =
        direction_bounds(&ula(CHANNELS), LAMBDA, &sources, SignalModel::Stochastic, unknown).unwrap();
    let mut noise = Noise::new(seed);
    let mut sums = vec![0.0; finders.len()];
    for _ in 0..trials {
        let x = noise.snapshots(&ula(CHANNELS), LAMBDA, truth, snr_db, SNAPSHOTS);
        for ((name, finder), sum) in finders.iter().zip(&mut sums) {
            let found = azimuths(&finder.estimate(&x).unwrap());
            assert_eq!(found.len(), truth.len(), "{name}");
            for ((found, truth), bound) in found.iter().zip(truth).zip(&bounds) {
                *sum += ((found - truth) / bound.azimuth_rad.unwrap()).powi(2);
            }
        }
    }
    sums.iter().map(|sum| (sum / (trials * truth.len()) as f64).sqrt()).collect()
}

const WIDE: [f64; 2] = [-20.0 * PI / 180.0, 12.0 * PI / 180.0];

#[test]
fn efficient_methods_come_near_the_bound() {
    // A sample of the long run: the root mean square of 60 or 120 errors is known to 9 and 6.5 %, and 1.3 is
    // the bound and three and four deviations.
    for truth in [&WIDE[1..], &WIDE[..]] {
        // Sparse Bayesian learning takes longer than all others together: see the long run.
        let finders: Vec<Finder> = efficient(truth.len()).into_iter().filter(|f| f.0 != "SBL").collect();
        for ((name, _), ratio) in finders.iter().zip(ratios(&finders, truth, 10.0, 60, 7)) {
            assert!((0.7..1.3).contains(&ratio), "{name}, {} sources: {ratio}", truth.len());
        }
    }
}

#[test]
#[ignore = "takes minutes; prints the ratio of each method to the bound with its standard error"]
fn efficient_methods_stay_within_15_percent_of_the_bound() {
    const TRIALS: usize = 2000;
    for truth in [&WIDE[1..], &WIDE[..]] {
        for snr_db in [0.0, 10.0, 20.0] {
            let mut finders = efficient(truth.len());
            let efficient = finders.len();
            finders.extend(esprits(truth.len()));
            let all = ratios(&finders, truth, snr_db, TRIALS, 11);
            let error = (2.0 * (TRIALS * truth.len()) as f64).sqrt().recip();
            for (k, ((name, _), ratio)) in finders.iter().zip(all).enumerate() {
                println!("{} sources {snr_db:4} dB {name:20} {ratio:.3} ± {:.3}", truth.len(), ratio * error);
                assert!(k >= efficient || ratio < 1.15, "{name}: {ratio}");
            }
        }
    }
}

/// Share of the trials in which each of two sources half a beam width apart, 1/M in the sine, is found within
/// half of their distance.
fn resolved(finder: &Finder, snr_db: f64, trials: usize) -> f64 {
    let truth = [0.1_f64.asin(), (0.1 + 1.0 / CHANNELS as f64).asin()];
    let mut noise = Noise::new(23);
    let hits = (0..trials).filter(|_| {
        let x = noise.snapshots(&ula(CHANNELS), LAMBDA, &truth, snr_db, SNAPSHOTS);
        let found = azimuths(&finder.1.estimate(&x).unwrap());
        found.len() == 2 && found.iter().zip(truth).all(|(f, t)| (f - t).abs() < 0.5 * (truth[1] - truth[0]))
    });
    hits.count() as f64 / trials as f64
}

#[test]
fn half_a_beam_width_is_resolved_where_theory_says_so() {
    // M. Kaveh and A. J. Barabell, "The statistical performance of the MUSIC and the minimum-norm algorithms
    // in resolving plane waves in noise" (1986): the mean null spectrum has two minima from an array SNR of
    // 20 (M - 2) / (N Δ⁴) (1 + √(1 + N Δ² / (5 (M - 2)))), Δ = M ω / √12 for a phase of ω an element.
    let (m, n) = (CHANNELS as f64, SNAPSHOTS as f64);
    let square = (m * PI / m).powi(2) / 12.0;
    let array_snr =
        20.0 * (m - 2.0) / (n * square * square) * (1.0 + (1.0 + n * square / (5.0 * (m - 2.0))).sqrt());
    let threshold_db = 10.0 * (array_snr / m).log10();
    assert!((threshold_db + 2.7).abs() < 0.1, "{threshold_db}");
    // Single draws resolve from a little below on; 200 of them give a share to 0.035 at most.
    let music = music(2);
    assert!(resolved(&music, threshold_db + 3.0, 200) > 0.95);
    assert!(resolved(&music, threshold_db - 3.5, 200) < 0.4);
    // Roots and turns need no dip between the two.
    for finder in esprits(2).iter().chain([&root_music(2)]) {
        let share = resolved(finder, threshold_db, 200);
        assert!(share > 0.95, "{}: {share}", finder.0);
    }
}
