//! The comparison of the ways to an outage probability: what each errs by is what its own test says.

use fso_g2a::compare::{OutageMethod, OutageTrials, OutageTrialsConfig, outage_grid};
use fso_g2a::mmw_core::study::{StudyConfig, StudyRow};
use fso_g2a::rivals::half_plane_outage;
use fso_g2a::{Channel, GammaGamma, Pointing, PointingConfig};

const BEAM_M: f64 = 2.0;
const JITTER_M: f64 = 0.7;

fn row(method: OutageMethod, threshold_db: f64, draws: u64, trials: u64) -> StudyRow {
    let grid = outage_grid(&[BEAM_M], &[JITTER_M], &[threshold_db]).unwrap();
    let config = StudyConfig { trials, ..StudyConfig::default() };
    let study = OutageTrials::new(OutageTrialsConfig { draws, ..Default::default() }).unwrap();
    study.run(&[method], grid, config).unwrap().row(0, method.name()).unwrap().clone()
}

fn channel() -> Channel<GammaGamma> {
    let pointing = PointingConfig { beam_radius_m: BEAM_M, aperture_radius_m: 0.1, jitter_m: JITTER_M };
    Channel::new(Pointing::new(pointing).unwrap(), GammaGamma::new(4.0, 1.7).unwrap())
}

#[test]
fn an_approximation_errs_by_its_bias_alone() {
    let channel = channel();
    let (rival, exact) = (half_plane_outage(&channel, 0.01).unwrap(), channel.outage(0.01).unwrap());
    let row = row(OutageMethod::HalfPlane, -20.0, 1, 10);
    let decades = (rival.outage / exact.outage).log10();
    assert!((row.bias.unwrap().value / decades - 1.0).abs() < 1e-9);
    assert!((row.rmse.unwrap().value / decades.abs() - 1.0).abs() < 1e-9);
}

#[test]
fn a_simulation_spreads_as_the_binomial_law_says() {
    // To first order in the spread, the deviation of the logarithm is √((1 − p)/(n p)) over ln 10.
    let p = channel().outage(0.1).unwrap().outage;
    let expected = ((1.0 - p) / (p * 20_000.0)).sqrt() / std::f64::consts::LN_10;
    let rmse = row(OutageMethod::Simulation, -10.0, 20_000, 400).rmse.unwrap();
    assert!((rmse.value - expected).abs() < 4.0 * rmse.standard_error, "{} {expected}", rmse.value);
}

#[test]
fn a_simulation_without_an_outage_gives_no_answer() {
    let row = row(OutageMethod::Simulation, -60.0, 10, 20);
    assert!(row.failures > 0.5, "{}", row.failures);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    for wrong in [
        OutageTrialsConfig { aperture_radius_m: 0.0, ..Default::default() },
        OutageTrialsConfig { alpha: f64::NAN, ..Default::default() },
        OutageTrialsConfig { beta: -1.0, ..Default::default() },
        OutageTrialsConfig { draws: 0, ..Default::default() },
    ] {
        assert!(OutageTrials::new(wrong).is_err(), "{wrong:?}");
    }
    let study = OutageTrials::new(OutageTrialsConfig::default()).unwrap();
    for [beam, jitter, threshold] in [[0.0, 1.0, 0.0], [1.0, -1.0, 0.0], [1.0, 1.0, 150.0]] {
        let grid = outage_grid(&[beam], &[jitter], &[threshold]).unwrap();
        assert!(study.run(OutageMethod::ALL, grid, StudyConfig::default()).is_err());
    }
}
