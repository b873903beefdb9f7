//! The comparison of channel models: exact outage capacities where they are known, the generic model's
//! elsewhere.

use mimo_gscm::compare::{ChannelLaw, ChannelTrials, ChannelTrialsConfig};
use mimo_gscm::{CapacityStudy, ChannelModel, IidOutage, Scenario, Station};
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::study::{StudyConfig, StudyTable};

const SNR_DB: f64 = 20.0;

fn array() -> Station {
    Station::linear(3, 0.5, 2e9).unwrap()
}

fn model() -> ChannelModel {
    ChannelModel::new(Scenario::urban_macrocell()).unwrap()
}

fn trials(config: ChannelTrialsConfig) -> ChannelTrials {
    ChannelTrials::new(model(), [array(), array()], &[SNR_DB], config).unwrap()
}

fn table() -> StudyTable {
    let config = ChannelTrialsConfig { draws: 1000, reference_draws: 20_000, ..Default::default() };
    let study = StudyConfig { trials: 20, ..StudyConfig::default() };
    trials(config).run(ChannelLaw::ALL, study).unwrap()
}

#[test]
fn each_model_errs_by_what_it_gets_wrong() {
    let table = table();
    let bias = |law: ChannelLaw| table.row(0, law.name()).unwrap().bias.unwrap();
    let study = CapacityStudy { receive: array(), transmit: array(), snr: 100.0, band: None };
    let other = study.run(&model(), &MonteCarlo::new(7, 20_000)).unwrap().capacity;
    let truth = other.outage(0.1, 0.9999).unwrap();
    // Of the truth, which is the outage capacity of 20 000 draws, too.
    let slack = std::f64::consts::SQRT_2 * 0.5 * (truth.upper - truth.lower);

    // A short sample of the model itself has no bias to speak of.
    let geometry = bias(ChannelLaw::Geometry);
    assert!(geometry.value.abs() < 4.0 * geometry.standard_error + slack, "{geometry:?} {slack}");
    // The exact outage capacity of independent fading.
    let iid = bias(ChannelLaw::Iid);
    let exact = IidOutage::new(3, 3, 100.0).unwrap().capacity(0.1).unwrap() - truth.estimate;
    assert!((iid.value - exact).abs() < 4.0 * iid.standard_error + slack, "{iid:?} {exact}");
    // A keyhole has one mode, independent fading three.
    assert!(bias(ChannelLaw::Keyhole).value < -3.0);
    assert!(bias(ChannelLaw::Weichselberger).value.abs() < iid.value);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    for wrong in [
        ChannelTrialsConfig { outage_probability: 0.0, ..Default::default() },
        ChannelTrialsConfig { outage_probability: f64::NAN, ..Default::default() },
        ChannelTrialsConfig { draws: 3, ..Default::default() },
        ChannelTrialsConfig { reference_draws: 1, ..Default::default() },
    ] {
        let made = ChannelTrials::new(model(), [array(), array()], &[SNR_DB], wrong);
        assert_eq!(made.unwrap_err().kind(), "domain", "{wrong:?}");
    }
    let few = ChannelTrialsConfig { reference_draws: 100, draws: 20, ..Default::default() };
    for snr_db in [f64::NAN, 1e3] {
        assert!(ChannelTrials::new(model(), [array(), array()], &[snr_db], few).is_err());
    }
}
