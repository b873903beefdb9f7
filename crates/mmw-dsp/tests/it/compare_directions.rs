//! The comparison of direction finders: what theory says of them comes out of it.

use mmw_core::Error;
use mmw_core::study::{Metric, StudyConfig, StudyRow};
use mmw_dsp::compare::{DirectionTrials, DirectionTrialsConfig, direction_grid};
use mmw_dsp::doa::DirectionFinder::{self, *};

fn trials(config: DirectionTrialsConfig) -> DirectionTrials {
    DirectionTrials::new(config).unwrap()
}

fn row(finder: DirectionFinder, snapshots: usize, separation_deg: f64, snr_db: f64, count: u64) -> StudyRow {
    let grid = direction_grid(&[snapshots], &[separation_deg], &[snr_db]).unwrap();
    let config = StudyConfig { trials: count, ..StudyConfig::default() };
    let table = trials(DirectionTrialsConfig::default()).run(&[finder], grid, config).unwrap();
    table.rows[0].clone()
}

#[test]
fn efficient_methods_keep_to_the_bound() {
    for finder in [StochasticMl, SubspaceFitting, RootMusic] {
        for separation_deg in [0.0, 12.0] {
            let row = row(finder, 128, separation_deg, 5.0, 200);
            let ratio = row.get(Metric::RmseOverBound).unwrap();
            // The standard error of a root mean square of 200 normal errors is 5 %; bounds at three of them.
            assert!((0.85..1.15 + 0.15).contains(&ratio), "{finder} {separation_deg}: {ratio}");
            let bias = row.bias.unwrap();
            assert!(
                bias.value.abs() < 0.2 * row.bound.unwrap() + 3.0 * bias.standard_error,
                "{finder} {bias:?}"
            );
        }
    }
}

#[test]
fn half_a_beamwidth_is_resolved_by_subspaces_and_not_by_beams() {
    // Beamwidth of 12 half-wave elements: 0.886 / 6 rad = 8.5 degrees.
    for finder in [Music, RootMusic, Esprit, UnitaryEsprit, StochasticMl] {
        let resolved = row(finder, 128, 4.25, 15.0, 40).get(Metric::Detection);
        assert!(resolved > Some(0.95), "{finder}: {resolved:?}");
    }
    for finder in [Fft, Bartlett] {
        let row = row(finder, 128, 4.25, 15.0, 40);
        assert_eq!(row.get(Metric::Detection), Some(0.0), "{finder}");
        // The second summit is a side lobe: the estimates are off by more than half the separation.
        assert!(row.rmse.unwrap().value > 2.0, "{finder}: {:?}", row.rmse);
    }
}

#[test]
fn coherent_echoes_blind_subspaces_and_not_likelihoods() {
    let coherent = trials(DirectionTrialsConfig { correlation: 1.0, ..DirectionTrialsConfig::default() });
    let grid = direction_grid(&[64], &[15.0], &[15.0]).unwrap();
    let config = StudyConfig { trials: 40, ..StudyConfig::default() };
    let table = coherent.run(&[Esprit, DeterministicMl, SubspaceFitting], grid, config).unwrap();
    let resolved = |name: &str| table.row(0, name).unwrap().get(Metric::Detection);
    assert!(resolved("esprit") < Some(0.5), "{:?}", resolved("esprit"));
    assert!(resolved("deterministic_ml") > Some(0.95), "{:?}", resolved("deterministic_ml"));
    assert!(resolved("subspace_fitting") > Some(0.95), "{:?}", resolved("subspace_fitting"));
}

#[test]
fn what_cannot_be_compared_is_named() {
    for (config, name) in [
        (DirectionTrialsConfig { elements: 2, ..Default::default() }, "elements"),
        (DirectionTrialsConfig { spacing_waves: f64::NAN, ..Default::default() }, "spacing_waves"),
        (DirectionTrialsConfig { centre_deg: 90.0, ..Default::default() }, "centre_deg"),
        (DirectionTrialsConfig { correlation: 1.5, ..Default::default() }, "correlation"),
    ] {
        let error = DirectionTrials::new(config).unwrap_err();
        assert!(matches!(error, Error::Domain { .. } | Error::NotFinite { .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
    let run = |snapshots, separation_deg, snr_db| {
        let grid = direction_grid(&[snapshots], &[separation_deg], &[snr_db])?;
        trials(DirectionTrialsConfig::default()).run(&[Fft], grid, StudyConfig::default())
    };
    assert!(run(0, 0.0, 0.0).unwrap_err().to_string().contains("snapshots"));
    assert!(run(8, 175.0, 0.0).unwrap_err().to_string().contains("azimuth of a source"));
    assert!(run(8, -1.0, 0.0).unwrap_err().to_string().contains("separation"));
    assert!(run(8, 0.0, 101.0).unwrap_err().to_string().contains("snr"));
}
