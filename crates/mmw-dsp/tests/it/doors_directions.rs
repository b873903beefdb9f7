//! The doors of the direction finders.

use mmw_checks::doors::Walk;
use mmw_core::antenna::AntennaArray;
use mmw_core::geometry::Direction;
use mmw_dsp::compare::{DirectionTrials, DirectionTrialsConfig};
use mmw_dsp::covariance::{CovarianceConfig, Shrinkage, SourceCount};
use mmw_dsp::crlb::{DirectionSources, SignalModel, UnknownAngles, direction_bounds};
use mmw_dsp::doa::*;
use serde_json::json;

pub(super) fn finders(walk: &mut Walk) {
    walk.names(DirectionFinder::ALL);
    walk.names(EspritKind::ALL);
    walk.names(LikelihoodKind::ALL);
    walk.names(Shrinkage::ALL);
    walk.names(SignalModel::ALL);
    walk.names(UnknownAngles::ALL);

    let trials =
        DirectionTrialsConfig { elements: 8, spacing_waves: 0.25, centre_deg: 3.0, correlation: 0.5 };
    let wrong = [("/elements", json!(2), "elements"), ("/correlation", json!(2), "correlation")];
    walk.door_to(&trials, |c: &DirectionTrialsConfig| DirectionTrials::new(*c), &wrong);

    let line = AntennaArray::uniform_linear(8, 2e-3).unwrap();
    let grid = || AngleGrid::azimuth_sector(1.0, 21).unwrap();
    let sources = SourceCount::Given(2);
    let covariance =
        CovarianceConfig { forward_backward: true, smoothing: Some(6), shrinkage: Some(Shrinkage::Oas) };
    walk.door(&covariance, &[("/smoothing", json!(-1), "-1"), ("/shrinkage", json!("lasso"), "lasso")]);
    let wrong = [
        ("/sources/given", json!(6), "sources"),
        ("/covariance/smoothing", json!(9), "smoothing"),
        ("/covariance/forward_backward", json!(1), "boolean"),
    ];
    let bartlett = |c: &BartlettConfig| Bartlett::new(&line, 4e-3, grid(), *c);
    walk.door_to(&BartlettConfig { sources, covariance }, bartlett, &wrong);
    let root_music = |c: &RootMusicConfig| RootMusic::new(&line, 4e-3, *c);
    walk.door_to(&RootMusicConfig { sources, covariance }, root_music, &wrong);
    let also = |place: &'static str, value, word: &'static str| {
        wrong.iter().cloned().chain([(place, value, word)]).collect::<Vec<_>>()
    };
    let capon = |c: &CaponConfig| Capon::new(&line, 4e-3, grid(), *c);
    let config = CaponConfig { sources, covariance, loading: 0.5 };
    walk.door_to(&config, capon, &also("/loading", json!(-0.5), "loading"));
    let esprit = |c: &EspritConfig| Esprit::new(&line, 4e-3, *c);
    let config = EspritConfig { sources, covariance, kind: EspritKind::Unitary };
    walk.door_to(&config, esprit, &also("/kind", json!("real"), "real"));
    let likelihood = |c: &LikelihoodConfig| MaximumLikelihood::new(&line, 4e-3, grid(), *c);
    let config = LikelihoodConfig { sources, covariance, kind: LikelihoodKind::Stochastic };
    walk.door_to(&config, likelihood, &also("/kind", json!("none"), "none"));
    let iaa = |c: &IaaConfig| Iaa::new(&line, 4e-3, grid(), *c);
    let config = IaaConfig { sources, covariance, iterations: 3 };
    walk.door_to(&config, iaa, &also("/iterations", json!(0), "iterations"));
    let sbl = |c: &SblConfig| Sbl::new(&line, 4e-3, grid(), *c);
    let config = SblConfig { sources, covariance, iterations: 3, tolerance: 0.5 };
    walk.door_to(&config, sbl, &also("/tolerance", json!(-0.5), "tolerance"));
    let fft = |c: &FftBeamformerConfig| FftBeamformer::new(&line, 4e-3, *c);
    let config = FftBeamformerConfig { sources, azimuth_fft: 16, elevation_fft: 4 };
    walk.door_to(
        &config,
        fft,
        &[("/azimuth_fft", json!(7), "azimuth_fft"), ("/sources/given", json!(8), "sources")],
    );

    let ahead = DirectionSources::uncorrelated(vec![Direction::default()], 1.0, 10).unwrap();
    let bound =
        direction_bounds(&line, 4e-3, &ahead, SignalModel::Stochastic, UnknownAngles::Azimuth).unwrap();
    walk.door(&bound[0], &[("/azimuth_rad", json!("left"), "left")]);
}
