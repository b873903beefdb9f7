//! Nothing is read from a file that a constructor would have refused (feature `serde`).
#![cfg(feature = "serde")]

use mmw_checks::doors::Walk;
use serde_json::json;
use snr_quantile::compare::{self, Answer, BpskRecords, Promise, RecordScore, Scoring, snr_grid};
use snr_quantile::fit::{self, Cause, Reading};
use snr_quantile::mmw_core::random::Streams;
use snr_quantile::mmw_core::stats::Interval;
use snr_quantile::mmw_core::study::StudyConfig;
use snr_quantile::paper::Abscissa;
use snr_quantile::psk::{self, Modulation, PskRecords, Record, es_n0_grid};
use snr_quantile::theory::SquaredBpsk;
use snr_quantile::{Detection, Estimate, Method, Outcome, Snr};

#[test]
fn every_type_refuses_damaged_input() {
    let mut walk = Walk::default();
    walk.names(Method::ALL);
    walk.names(Abscissa::ALL);
    let snr = Snr::from_linear(3.0).unwrap();
    walk.door(&snr, &[("/linear", json!(-1.0), "linear"), ("/linear", json!(0.0), "linear")]);
    let law = SquaredBpsk::new(1.0, 0.5).unwrap();
    let wrong = [
        ("/noise_std", json!(0.0), "noise_std"),
        ("/noise_std", json!(1e200), "noise_std"),
        ("/signal_amplitude", json!(-1.0), "signal_amplitude"),
    ];
    walk.door(&law, &wrong);

    let found = Outcome::Identifiable { snr, signal_amplitude: 1.5, noise_std: 0.5 };
    let wrong = [
        ("/identifiable/snr/linear", json!(-3.0), "linear"),
        ("/identifiable/noise_std", json!(-0.5), "noise_std"),
        ("/identifiable/signal_amplitude", json!(-1.5), "signal_amplitude"),
    ];
    walk.door(&found, &wrong);
    for upper_limit in [None, Some(snr)] {
        walk.door(&Outcome::NotIdentifiable { upper_limit }, &[("", json!("perhaps"), "perhaps")]);
    }
    let estimate = Estimate {
        effective_samples: None,
        method: Method::Quartic,
        samples: 200,
        outcome: found,
        leading_coefficient: Some(1.5),
        contrast: None,
        step: None,
    };
    let wrong = [("/samples", json!(-1), "-1"), ("/outcome/identifiable/snr/linear", json!(0.0), "linear")];
    walk.door(&estimate, &wrong);

    let detection = Detection { is_detected: true, false_alarm_probability: 0.01, p_value: 0.002 };
    walk.door(
        &detection,
        &[
            ("/p_value", json!(-0.1), "p_value"),
            ("/false_alarm_probability", json!(2.0), "false_alarm_probability"),
        ],
    );

    walk.names(fit::Test::ALL);
    walk.names(Cause::ALL);
    let reading = Reading { test: fit::Test::Tail, statistic: 7.0, threshold: 6.0 };
    walk.door(&reading, &[("/statistic", json!("much"), "much"), ("/test", json!("none"), "none")]);
    let x = compare::bpsk_samples(snr, 100, &mut Streams::new(1).stream(0)).unwrap();
    walk.door(&fit::check(&x).unwrap(), &[("/readings/0/threshold", json!("low"), "low")]);

    walk.names(Modulation::ALL);
    let y = psk::samples(Modulation::Qpsk, snr, 100, &mut Streams::new(1).stream(0)).unwrap();
    let mut record = Record::new(Modulation::Qpsk);
    record.push(&y).unwrap();
    let fit = psk::fit::check(Modulation::Qpsk, &y).unwrap();
    walk.door(&fit, &[("/readings/0/threshold", json!("low"), "low")]);
    let wrong =
        [("/modulation", json!("5psk"), "5psk"), ("/outcome/identifiable/snr/linear", json!(0.0), "linear")];
    walk.door(&record.estimate(Method::Ml).unwrap(), &wrong);
    let config = StudyConfig { trials: 20, ..StudyConfig::default() };
    let wrong = [
        ("/scoring/clip_db/0", json!(50.0), "clip_db"),
        ("/scoring/intervals/confidence", json!(1.5), "confidence"),
        ("/scoring/intervals/false_alarm_probability", json!(0.0), "false_alarm_probability"),
    ];
    let of_psk = |records: &PskRecords| {
        records.run(&[Method::Ml], es_n0_grid(&[Modulation::Bpsk], &[50], &[5.0])?, config)
    };
    walk.door_to(&PskRecords::default(), of_psk, &wrong);
    let scoring = Scoring { intervals: Some(Promise::default()), ..Scoring::default() };
    let of_bpsk = |records: &BpskRecords| records.run(&[Method::M2m4], snr_grid(&[50], &[5.0])?, config);
    walk.door_to(&BpskRecords { scoring }, of_bpsk, &wrong);
    let wrong = wrong.map(|(place, value, word)| (place.trim_start_matches("/scoring"), value, word));
    walk.door_to(&scoring, |&scoring| of_bpsk(&BpskRecords { scoring }), &wrong);
    let wrong = [("/confidence", json!(-1.0), "confidence")];
    let promised = |&promise: &Promise| {
        of_bpsk(&BpskRecords { scoring: Scoring { intervals: Some(promise), ..scoring } })
    };
    walk.door_to(&Promise::default(), promised, &wrong);
    let row = of_bpsk(&BpskRecords { scoring }).unwrap().rows[0].clone();
    let wrong = [
        ("/mse_db2", json!(-1.0), "mse_db2"),
        ("/variance_db2", json!(-1.0), "variance_db2"),
        ("/crlb_db2", json!(-1.0), "crlb_db2"),
        ("/not_identifiable", json!(1.5), "not_identifiable"),
    ];
    walk.door(&RecordScore::of(&row).unwrap(), &wrong);
    let mut answer = Answer::of(Some(5.0));
    answer.interval_db = Some(Interval { estimate: 5.0, lower: 4.0, upper: 6.0 });
    walk.door(&answer, &[("/interval_db/lower", json!(6.5), "lower"), ("/db", json!("5"), "string")]);
    walk.covers(env!("CARGO_MANIFEST_DIR"));
}
