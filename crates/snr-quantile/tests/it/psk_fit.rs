//! Complex records that do not fit their constellation are found, those that do are left alone.

use snr_quantile::fit::Cause;
use snr_quantile::mmw_core::ndarray::Array1;
use snr_quantile::mmw_core::rand::RngExt;
use snr_quantile::mmw_core::random::{Stream, Streams, standard_complex_normal};
use snr_quantile::mmw_core::{C64, Error};
use snr_quantile::psk::{self, Modulation};
use snr_quantile::{Snr, num_complex::Complex};

const SAMPLES: usize = 1000;

#[test]
fn records_of_a_constellation_fail_one_time_in_a_hundred() {
    let mut rng = Streams::new(30).stream(0);
    let cells = [(Modulation::Qpsk, 50, 0.0), (Modulation::Bpsk, 200, 30.0), (Modulation::Psk8, 200, 10.0)];
    for (modulation, samples, es_n0_db) in cells.into_iter().chain([(Modulation::Qpsk, 1000, -10.0)]) {
        let snr = Snr::from_es_n0(10_f64.powf(0.1 * es_n0_db)).unwrap();
        let failed = (0..1500).filter(|_| {
            let y = psk::samples(modulation, snr, samples, &mut rng).unwrap();
            !psk::fit::check(modulation, &y).unwrap().is_good()
        });
        let share = failed.count() as f64 / 1500.0;
        // Four standard errors of 0.0026 about 1 %.
        assert!(share < 0.0203, "{modulation} {samples} {es_n0_db}: {share}");
    }
}

/// Symbols, then noise of 10 dB less power, one by one.
fn noisy(rng: &mut Stream, mut symbol: impl FnMut(usize, &mut Stream) -> C64) -> Array1<C64> {
    (0..SAMPLES).map(|k| symbol(k, rng) + standard_complex_normal(rng) * 0.1_f64.sqrt()).collect()
}

fn qpsk(rng: &mut Stream) -> C64 {
    Complex::cis(std::f64::consts::FRAC_PI_2 * f64::from(rng.random_range(0..4_u8)) + 0.4)
}

type Spoil = fn(&mut Stream) -> Array1<C64>;

fn carrier(rng: &mut Stream, cycles: f64) -> Array1<C64> {
    noisy(rng, |k, rng| qpsk(rng) * Complex::cis(std::f64::consts::TAU * cycles * k as f64))
}

const SPOILT: [(&str, Cause, Spoil); 13] = [
    ("offset 0.3", Cause::Offset, |rng| noisy(rng, |_, rng| qpsk(rng) + 0.3)),
    ("offset 0.5 j", Cause::Offset, |rng| noisy(rng, |_, rng| qpsk(rng) + C64::new(0.0, 0.5))),
    ("a tone of 0.3", Cause::Tone, |rng| {
        noisy(rng, |k, rng| qpsk(rng) + Complex::from_polar(0.3, 0.5 + 1.71 * k as f64))
    }),
    ("carrier 0.001", Cause::ResidualCarrier, |rng| carrier(rng, 0.001)),
    ("carrier 0.01", Cause::ResidualCarrier, |rng| carrier(rng, 0.01)),
    ("carrier 0.1", Cause::ResidualCarrier, |rng| carrier(rng, 0.1)),
    ("four samples per symbol", Cause::Oversampling, |rng| {
        let mut held = C64::default();
        noisy(rng, |k, rng| {
            if k % 4 == 0 {
                held = qpsk(rng);
            }
            held
        })
    }),
    ("16-QAM", Cause::Qam, |rng| {
        noisy(rng, |_, rng| {
            let mut level = || f64::from(2 * rng.random_range(0..4_i8) - 3) / 10_f64.sqrt();
            C64::new(level(), level())
        })
    }),
    ("on-off keying", Cause::OnOffKeying, |rng| {
        noisy(rng, |_, rng| Complex::from_polar(2_f64.sqrt() * f64::from(rng.random_range(0..2_u8)), 0.3))
    }),
    ("clipping", Cause::Clipping, |rng| {
        noisy(rng, |_, rng| qpsk(rng)).mapv(|y| C64::new(y.re.clamp(-0.9, 0.9), y.im.clamp(-0.9, 0.9)))
    }),
    ("an outlier", Cause::Outliers, |rng| {
        let mut y = noisy(rng, |_, rng| qpsk(rng));
        y[5] = C64::new(10.0, 0.0);
        y
    }),
    ("real samples", Cause::RealSamples, |rng| {
        noisy(rng, |_, rng| qpsk(rng).re.signum().into()).mapv(|y| C64::new(y.re, 0.0))
    }),
    ("8-PSK", Cause::OtherModulation, |rng| {
        noisy(rng, |_, rng| Complex::cis(std::f64::consts::FRAC_PI_4 * f64::from(rng.random_range(0..8_u8))))
    }),
];

#[test]
fn each_misuse_of_complex_samples_is_found_and_named() {
    let mut rng = Streams::new(31).stream(0);
    for (name, cause, spoil) in SPOILT {
        let (mut found, mut named, mut others) = (0, 0, Vec::new());
        for _ in 0..100 {
            let fit = psk::fit::check(Modulation::Qpsk, &spoil(&mut rng)).unwrap();
            found += u32::from(!fit.is_good());
            named += u32::from(fit.cause == Some(cause));
            others.extend(fit.cause.filter(|other| *other != cause));
        }
        println!("{name}: found in {found} %, named {cause} in {named} %, else {others:?}");
        assert!(found >= 90 && named >= 80, "{name}: {found} found, {named} named");
    }
}

#[test]
fn four_phases_are_no_two() {
    let mut rng = Streams::new(32).stream(0);
    let snr = Snr::from_es_n0(10.0).unwrap();
    let y = psk::samples(Modulation::Qpsk, snr, SAMPLES, &mut rng).unwrap();
    assert_eq!(psk::fit::check(Modulation::Bpsk, &y).unwrap().cause, Some(Cause::OtherModulation));
}

#[test]
fn a_shift_across_two_phases_is_an_offset() {
    let mut rng = Streams::new(33).stream(0);
    let y = noisy(&mut rng, |_, rng| qpsk(rng).re.signum() + C64::new(0.0, 0.3));
    assert_eq!(psk::fit::check(Modulation::Bpsk, &y).unwrap().cause, Some(Cause::Offset));
}

#[test]
fn short_records_are_not_tested() {
    let y =
        psk::samples(Modulation::Qpsk, Snr::from_es_n0(10.0).unwrap(), 49, &mut Streams::new(1).stream(0));
    let error = psk::fit::check(Modulation::Qpsk, &y.unwrap()).unwrap_err();
    assert!(matches!(error, Error::TooFew { needed: 50, got: 49, .. }));
}

#[test]
fn seven_samples_have_neither_interval_nor_detection() {
    use snr_quantile::{Estimator, MlBinned, compare::bpsk_samples};
    let mut rng = Streams::new(34).stream(0);
    let snr = Snr::from_es_n0(3.0).unwrap();
    for samples in [2, 7, 8] {
        let x = bpsk_samples(snr, samples, &mut rng).unwrap();
        let estimate = MlBinned.estimate(&x).unwrap();
        let mut record = psk::Record::new(Modulation::Qpsk);
        record.push(&psk::samples(Modulation::Qpsk, snr, samples, &mut rng).unwrap()).unwrap();
        let likelihood = record.likelihood().unwrap();
        let errors = [
            estimate.interval_db(0.95).err(),
            estimate.detection(0.01).err(),
            likelihood.interval_db(0.95).err(),
            likelihood.detection(0.01).err(),
        ];
        for error in errors {
            let is_few = matches!(error, Some(Error::TooFew { needed: 8, .. }));
            assert_eq!(is_few, samples < 8, "{samples} {error:?}");
        }
    }
}

#[test]
fn a_converter_without_a_code_for_zero_is_no_misfit() {
    use snr_quantile::{compare::bpsk_samples, fit};
    let mut rng = Streams::new(35).stream(0);
    for snr_db in [-300.0, 0.0, 10.0] {
        let failed = (0..1000).filter(|_| {
            let x = bpsk_samples(Snr::from_db(snr_db).unwrap(), SAMPLES, &mut rng).unwrap();
            // 127.5 is subtracted from codes of unsigned bytes, about.
            !fit::check(&x.mapv(|x| (8.0 * x).floor() + 0.5)).unwrap().is_good()
        });
        let share = failed.count() as f64 / 1000.0;
        // Four standard errors of 0.0031 about 1 %.
        assert!(share < 0.0226, "{snr_db}: {share}");
    }
}
