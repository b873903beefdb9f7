//! Preferred values and the yield of parts with tolerances.

use linkbudget::e_series::ESeries;
use linkbudget::ladder::LadderSpec;
use linkbudget::mmw_core::rand::TryRng;
use linkbudget::network::Network;
use linkbudget::tolerance::{Limit, Tolerances, YieldConfig, YieldStudy, rounded_to_series};
use proptest::prelude::*;
use std::convert::Infallible;

/// `SplitMix64`, to have numbers without another dependency.
struct SplitMix(u64);

impl TryRng for SplitMix {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.try_next_u64()? >> 32) as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(z ^ (z >> 31))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            *byte = self.try_next_u32()? as u8;
        }
        Ok(())
    }
}

fn study(fraction: f64, limits: Vec<Limit>) -> YieldStudy {
    let ladder = LadderSpec::butterworth(1, 50.0, 50.0).synthesise().unwrap();
    let network = Network::from_ladder(&ladder, 10e9).unwrap();
    let tolerances = Tolerances { capacitor: fraction, inductor: 0.0, resistor: 0.0 };
    made(network, tolerances, limits).unwrap()
}

fn made(network: Network, tolerances: Tolerances, limits: Vec<Limit>) -> linkbudget::Result<YieldStudy> {
    YieldStudy::new(YieldConfig { network, source_ohm: 50.0, load_ohm: 50.0, tolerances, limits })
}

#[test]
fn the_yield_of_one_capacitor_is_known() {
    // One capacitor, uniform within 10 %: the loss at the nominal corner is at most 3.0103 dB for
    // half of them.
    let half = study(0.1, vec![Limit::AtMost { frequency_hz: 10e9, loss_db: 10.0 * 2_f64.log10() }]);
    let trials = 40_000;
    let got = half.yield_fraction(trials, &mut SplitMix(7)).unwrap();
    // Five standard errors of a fair coin.
    assert!((got - 0.5).abs() < 5.0 * 0.5 / (trials as f64).sqrt(), "{got}");
    let exact = study(0.0, vec![Limit::AtLeast { frequency_hz: 10e9, loss_db: 3.0 }]);
    assert_eq!(exact.yield_fraction(10, &mut SplitMix(7)).unwrap(), 1.0);
}

#[test]
fn samples_stay_within_their_tolerance_and_repeat_with_their_seed() {
    let study = study(0.2, vec![Limit::AtMost { frequency_hz: 1e9, loss_db: 1.0 }]);
    let nominal = study.network().parts()[0].value;
    let draw = |seed| study.sample(&mut SplitMix(seed)).parts()[0].value / nominal;
    assert!((0..1000).map(draw).all(|ratio| (0.8..=1.2).contains(&ratio)));
    assert_eq!(draw(3).to_bits(), draw(3).to_bits());
}

#[test]
fn impossible_studies_are_refused() {
    let network = study(0.0, vec![Limit::AtMost { frequency_hz: 1e9, loss_db: 1.0 }]).network().clone();
    let limit = Limit::AtMost { frequency_hz: 1e9, loss_db: 1.0 };
    for bad in [-0.1, 1.0, f64::NAN] {
        let tolerances = Tolerances { capacitor: bad, inductor: 0.0, resistor: 0.0 };
        assert!(made(network.clone(), tolerances, vec![limit]).is_err());
    }
    let none = Tolerances { capacitor: 0.0, inductor: 0.0, resistor: 0.0 };
    assert!(made(network.clone(), none, vec![]).is_err());
    let nan = Limit::AtMost { frequency_hz: f64::NAN, loss_db: 1.0 };
    assert!(made(network.clone(), none, vec![nan]).is_err());
    let good = made(network, none, vec![limit]).unwrap();
    assert!(good.yield_fraction(0, &mut SplitMix(1)).is_err());
}

#[test]
fn series_have_their_published_values() {
    let decade = |series: ESeries| (0..series.per_decade()).map(|i| series.value(i)).collect::<Vec<_>>();
    assert_eq!(decade(ESeries::E6), [1.0, 1.5, 2.2, 3.3, 4.7, 6.8]);
    assert_eq!(decade(ESeries::E12)[8..], [4.7, 5.6, 6.8, 8.2]);
    assert_eq!(decade(ESeries::E48)[..5], [1.0, 1.05, 1.1, 1.15, 1.21]);
    assert_eq!(decade(ESeries::E96)[90..], [8.66, 8.87, 9.09, 9.31, 9.53, 9.76]);
    assert!(ESeries::E96.nearest(0.0).is_err() && ESeries::E96.nearest(f64::NAN).is_err());
}

proptest! {
    #[test]
    fn the_nearest_value_is_within_half_a_step(exponent in -29.0..29.0_f64) {
        let value = 10_f64.powf(exponent);
        for series in [ESeries::E6, ESeries::E12, ESeries::E24, ESeries::E48, ESeries::E96, ESeries::E192] {
            let nearest = series.nearest(value).unwrap();
            // Half of the widest step of the series: 22 to 33 in E6, 10 to 12 in E12, 13 to 15 in E24.
            let step = match series {
                ESeries::E6 => 1.5_f64,
                ESeries::E12 => 1.25,
                ESeries::E24 => 15.0 / 13.0,
                ESeries::E48 => 1.06,
                ESeries::E96 => 1.035,
                ESeries::E192 => 1.02,
                other => panic!("no ratio for {other}"),
            };
            prop_assert!((nearest / value).ln().abs() <= 0.5 * step.ln() + 1e-12, "{:?} {} {}", series, value, nearest);
            prop_assert_eq!(series.nearest(nearest).unwrap(), nearest);
        }
    }
}

#[test]
fn rounding_keeps_the_response_near() {
    let ladder = LadderSpec::butterworth(7, 50.0, 73.0).synthesise().unwrap();
    let exact = Network::from_ladder(&ladder, 10e9).unwrap();
    let rounded = rounded_to_series(&exact, ESeries::E192).unwrap();
    let f = linkbudget::ndarray::array![60e9];
    let change = rounded.transducer_loss_db(&f, 50.0, 73.0).unwrap()[0]
        - exact.transducer_loss_db(&f, 50.0, 73.0).unwrap()[0];
    // Seven parts within 0.6 % each: far in the stop-band the loss is the logarithm of their product.
    assert!(change.abs() < 20.0 * 1.006_f64.log10() * 7.0, "{change}");
}
