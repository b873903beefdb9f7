//! The dipole against its table, one-ports, the attenuator.

use crate::tables::{Worst, numbers, relative, table};
use linkbudget::attenuator::{CommonBase, CommonBaseConfig};
use linkbudget::dipole::{Dipole, HALF_WAVE_DIRECTIVITY};
use linkbudget::mismatch::{return_loss_db, s11, vswr};
use linkbudget::mmw_core::C64;
use linkbudget::ndarray::Array1;
use linkbudget::one_port::OnePort;
use proptest::prelude::*;

#[test]
fn the_dipole_matches_induced_emf() {
    let dipole = Dipole::half_wave_60_ghz();
    let mut worst = Worst::default();
    for row in table("dipole_emf")["rows"].as_array().unwrap() {
        let row = numbers(row);
        let place = || format!("{} GHz", row[0]);
        let z = dipole.impedance_ohm(row[0] * 1e9).unwrap();
        worst.see(relative(z.re, row[1]), place);
        worst.see(relative(z.im, row[2]), place);
        for (reference_ohm, column) in [(50.0, 3), (73.0, 5)] {
            let gamma = s11(z, reference_ohm).unwrap();
            worst.see(relative(vswr(gamma).unwrap(), row[column]), place);
            worst.see(relative(-return_loss_db(gamma).unwrap(), row[column + 1]), place);
        }
    }
    // The table's wave impedance differs in the twelfth digit.
    worst.within("dipole", 1e-9);
    assert!((10.0 * HALF_WAVE_DIRECTIVITY.log10() - 2.15).abs() < 1e-3);
}

#[test]
fn the_dipole_refuses_what_the_method_cannot_do() {
    assert!(Dipole::new(0.0, 1e-6).is_err() && Dipole::new(2.5e-3, 1e-3).is_err());
    assert!(Dipole::new(f64::NAN, 1e-6).is_err() && Dipole::new(2.5e-3, f64::NAN).is_err());
    let dipole = Dipole::half_wave_60_ghz();
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1.0, 1e15, 119.917e9] {
        assert!(dipole.impedance_ohm(bad).is_err(), "{bad}: a full wave has no current at its terminals");
    }
}

#[test]
fn opens_and_shorts_reflect_everything() {
    let open = OnePort::Capacitor { farad: 1e-15 };
    assert_eq!(open.s11(0.0, 50.0).unwrap(), C64::new(1.0, 0.0));
    assert!(open.impedance_ohm(0.0).is_err());
    let short = OnePort::Series(vec![OnePort::Inductor { henry: 1e-12 }]);
    assert_eq!(short.s11(0.0, 50.0).unwrap(), C64::new(-1.0, 0.0));
    assert!(OnePort::Series(vec![]).s11(1e9, 50.0).is_err());
    assert!(OnePort::Resistor { ohm: -1.0 }.s11(1e9, 50.0).is_err());
    let deep = (0..100).fold(OnePort::Resistor { ohm: 1.0 }, |inner, _| OnePort::Series(vec![inner]));
    assert!(deep.impedance_ohm(1e9).is_err());
}

#[test]
fn the_attenuator_turns_off_exponentially_down_to_its_leak() {
    let stage = CommonBase::new(CommonBaseConfig::figure_3()).unwrap();
    // 60 mV per decade of current, less what the base resistor gives back.
    let slope_db = stage.attenuation_db(0.5).unwrap() - stage.attenuation_db(0.4).unwrap();
    let expected_db = 20.0 * 0.1 / (stage.thermal_voltage_v() * std::f64::consts::LN_10);
    assert!((slope_db - expected_db).abs() < 1e-6);
    assert!(stage.attenuation_db(100.0).unwrap().is_finite());
    assert_eq!(stage.attenuation_db(0.0).unwrap(), 0.0);
    for range_db in [2.0, 5.0, 6.6] {
        let leaky = CommonBase::new(CommonBaseConfig::figure_3_with_range(range_db)).unwrap();
        assert!((leaky.range_db().unwrap() - range_db).abs() < 1e-12);
        assert!((leaky.attenuation_db(2.5).unwrap() - range_db).abs() < 1e-9);
        assert!(leaky.bias_v(range_db + 0.1).is_err());
    }
}

#[test]
fn the_attenuator_checks_its_fields() {
    let good = CommonBaseConfig::figure_3();
    for bad in [f64::NAN, f64::INFINITY, -1.0] {
        for config in [
            CommonBaseConfig { base_ohm: bad, ..good },
            CommonBaseConfig { emitter_ohm: bad, ..good },
            CommonBaseConfig { collector_ohm: bad, ..good },
            CommonBaseConfig { current_gain: bad, ..good },
            CommonBaseConfig { temperature_k: bad, ..good },
            CommonBaseConfig { feed_through: bad, ..good },
        ] {
            assert!(CommonBase::new(config).is_err(), "{config:?}");
        }
        assert!(CommonBase::new(good).unwrap().attenuation_db(bad).is_err());
    }
}

proptest! {
    #[test]
    fn attenuation_grows_with_bias_and_its_inverse_finds_it(
        leak in 0.0..0.9_f64, bias_v in 0.0..0.2_f64, base_ohm in 0.0..1e4_f64, source_ohm in 0.0..1e4_f64,
    ) {
        let config = CommonBaseConfig { feed_through: leak, base_ohm, source_ohm, ..CommonBaseConfig::figure_3() };
        let stage = CommonBase::new(config).unwrap();
        let curve = stage.attenuation_db_array(&Array1::linspace(0.0, 1.0, 101)).unwrap();
        prop_assert!(curve.windows(2).into_iter().all(|w| w[1] >= w[0]));
        let attenuation_db = stage.attenuation_db(bias_v).unwrap();
        let back_db = stage.attenuation_db(stage.bias_v(attenuation_db).unwrap()).unwrap();
        prop_assert!((back_db - attenuation_db).abs() < 1e-9);
    }

    #[test]
    fn a_passive_one_port_never_reflects_more_than_it_gets(
        values in prop::collection::vec(0.01..100.0_f64, 7), f in 1e9..200e9_f64,
    ) {
        let circuit = linkbudget::one_port::DipoleEquivalent {
            substrate_farad: values[0] * 1e-15,
            substrate_henry: values[1] * 1e-12,
            series_farad: values[2] * 1e-15,
            series_henry: values[3] * 1e-12,
            parallel_farad: values[4] * 1e-15,
            parallel_henry: values[5] * 1e-12,
            radiation_ohm: values[6] * 10.0,
        }.circuit();
        prop_assert!(circuit.s11(f, 50.0).unwrap().norm() <= 1.0 + 1e-12);
    }
}
