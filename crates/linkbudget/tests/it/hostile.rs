//! Any bits at all: every function answers with a finite number or an error, and never panics.

use linkbudget::atmosphere::Atmosphere;
use linkbudget::attenuator::{CommonBase, CommonBaseConfig};
use linkbudget::budget::{Link, LinkConfig, thermal_noise_dbm};
use linkbudget::dipole::Dipole;
use linkbudget::e_series::ESeries;
use linkbudget::free_space::{Friis, free_space_loss_db, log_distance_db};
use linkbudget::fresnel_integral::{fresnel_integrals, knife_edge_field};
use linkbudget::gas::{LineByLine, Revision};
use linkbudget::knife_edge::{KnifeEdge, fresnel_parameter};
use linkbudget::ladder::{First, LadderSpec, ReflectionZeros, Terminations, denormalise, normalise};
use linkbudget::mismatch::{return_loss_db, s11, vswr, vswr_of_return_loss};
use linkbudget::mmw_core::C64;
use linkbudget::ndarray::array;
use linkbudget::network::{Network, Part, PartKind, Quality, Waves};
use linkbudget::one_port::OnePort;
use linkbudget::paper;
use linkbudget::path_loss::{Gas, Path, PathLoss, Rain};
use linkbudget::rain::{Polarisation, RainLaw};
use linkbudget::reflection::{Field, permittivity, reflection_coefficient, slab};
use linkbudget::response::{Cutoff, Response};
use linkbudget::scenario::Scenario;
use proptest::prelude::*;

/// Ordinary magnitudes, extreme ones, and every special value.
fn wild() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        -300.0..300.0_f64,
        (-320.0..308.0_f64).prop_map(|e| 10_f64.powf(e)),
        prop::sample::select(vec![
            0.0,
            -0.0,
            1.0,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MIN_POSITIVE,
            5e-324,
            f64::MAX,
            f64::MIN
        ]),
        1e8..2e12_f64,
    ]
}

fn finite(values: impl IntoIterator<Item = f64>) -> bool {
    values.into_iter().all(f64::is_finite)
}

fn complex(z: C64) -> bool {
    z.re.is_finite() && z.im.is_finite()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn propagation_answers_with_finite_numbers_or_errors(a in wild(), b in wild(), c in wild(), d in wild()) {
        let friis = Friis { frequency_hz: a, tx_gain_db: b, rx_gain_db: c, system_loss: d };
        let scalars = [
            free_space_loss_db(a, b),
            friis.loss_db(b),
            friis.received_w(c, d),
            log_distance_db(a, b, c),
            fresnel_parameter(a, b, c, d),
            KnifeEdge::Exact.loss_db(a),
            KnifeEdge::P526.loss_db(a),
            KnifeEdge::Lee.loss_db(a),
            KnifeEdge::Paper.loss_db(a),
            thermal_noise_dbm(a, b),
            paper::friis_as_printed_db(a),
            paper::rain_as_printed_db(a, b),
            paper::rain_exchanged_db_per_km(a),
        ];
        prop_assert!(finite(scalars.iter().flatten().copied()), "{a} {b} {c} {d}: {scalars:?}");
        if let Ok((x, y)) = fresnel_integrals(a) { prop_assert!(finite([x, y])); }
        if let Ok(z) = knife_edge_field(a) { prop_assert!(complex(z)); }
        if let Ok(Some(db)) = paper::knife_edge_as_printed_db(a, b) { prop_assert!(db.is_finite()); }
        if let Ok(Some(db)) = paper::total_as_printed_db(&Scenario::TWO, a, b, Field::Te) { prop_assert!(db.is_finite()); }
        if let Ok(air) = Atmosphere::standard(a) { prop_assert!(finite([air.dry_pressure_hpa, air.temperature_k, air.vapour_density_g_m3])); }
        if let Ok(law) = RainLaw::p838(a, Polarisation::Tilted { tilt_rad: b }, c) {
            prop_assert!(finite([law.k, law.alpha]));
            if let Ok(gamma) = law.specific_attenuation_db_per_km(d) { prop_assert!(gamma.is_finite()); }
        }
    }

    #[test]
    fn gases_answer_with_finite_numbers_or_errors(
        p in 0.0..10_000.0_f64, t in 100.0..1000.0_f64, rho in 0.0..1000.0_f64, thin in -300.0..0.0_f64, f in wild(),
    ) {
        for scale in [1.0, 10_f64.powf(thin)] {
            let air = Atmosphere { dry_pressure_hpa: p * scale, temperature_k: t, vapour_density_g_m3: rho * scale };
            let gas = LineByLine::new(air, Revision::P676V12).unwrap();
            for f in [f, 60e9, 50.474_214e9, 1e12, 1e9] {
                if let Ok(g) = gas.specific_attenuation(f) {
                    prop_assert!(finite([g.oxygen_db_per_km, g.vapour_db_per_km]), "{air:?} {f}");
                }
            }
        }
    }

    #[test]
    fn surfaces_answer_with_finite_numbers_or_errors(a in wild(), b in wild(), c in wild(), d in wild()) {
        for field in [Field::Te, Field::Tm] {
            if let Ok(z) = reflection_coefficient(C64::new(a, b), c, field) { prop_assert!(complex(z)); }
            if let Ok(z) = reflection_coefficient(C64::new(a, -b.abs()), 0.5, field) { prop_assert!(complex(z)); }
            if let Ok(s) = slab(C64::new(a, -b.abs()), c, d, 0.5, field) {
                prop_assert!(complex(s.reflection) && complex(s.transmission), "{a} {b} {c} {d} {s:?}");
            }
        }
        if let Ok(z) = permittivity(a, b, c) { prop_assert!(complex(z)); }
    }

    #[test]
    fn paths_and_links_answer_with_finite_numbers_or_errors(a in wild(), b in wild(), c in wild(), d in wild(), e in wild()) {
        let path = Path {
            exponent: b,
            reference_m: c,
            gas: Gas::Constant { oxygen_db_per_km: d },
            rain: Some(Rain { rate_mm_h: e, polarisation: Polarisation::Circular }),
            ..Path::free_space(a)
        };
        for path in [path, Path { exponent: b, ..Path::free_space(60e9) }] {
            let Ok(loss) = PathLoss::new(path) else { continue };
            if let Ok(breakdown) = loss.breakdown(e) { prop_assert!(finite(breakdown.terms_db()) && breakdown.total_db().is_finite()); }
            if let Ok(distance_m) = loss.distance_m(d) { prop_assert!(distance_m.is_finite()); }
        }
        let config = LinkConfig { tx_power_dbm: a, tx_gain_db: b, bandwidth_hz: c, noise_figure_db: d, required_snr_db: e, ..LinkConfig::dipoles_at_60_ghz() };
        for config in [config, LinkConfig { bandwidth_hz: c, ..LinkConfig::dipoles_at_60_ghz() }] {
            let Ok(link) = Link::new(config) else { continue };
            let scalars = [link.margin_db(a), link.snr_db(b), link.received_dbm(c), link.max_path_loss_db(d), Ok(link.noise_dbm())];
            prop_assert!(finite(scalars.into_iter().flatten()));
        }
    }

    #[test]
    fn ladders_answer_with_finite_numbers_or_errors(
        order in 0..40_usize, source in wild(), load in wild(), ripple_db in wild(), cutoff_hz in wild(), which in 0..5_usize, left: bool, series: bool, edge: bool,
    ) {
        let terminations = match which {
            0 => Terminations::new(source, load),
            1 => Terminations::VoltageSource { load_ohm: load },
            2 => Terminations::CurrentSource { load_ohm: load },
            3 => Terminations::OpenLoad { source_ohm: source },
            _ => Terminations::ShortedLoad { source_ohm: source },
        };
        for response in [Response::Butterworth, Response::Chebyshev { ripple_db }, Response::Chebyshev { ripple_db: 0.1 }] {
            let spec = LadderSpec {
                response,
                order,
                cutoff: if edge { Cutoff::RippleEdge } else { Cutoff::ThreeDb },
                terminations,
                first: if series { First::Series } else { First::Shunt },
                reflection_zeros: left.then_some(ReflectionZeros::Left),
            };
            if let Ok(Some(db)) = spec.flat_loss_db() { prop_assert!(db.is_finite()); }
            if let Ok(ladder) = spec.synthesise() {
                prop_assert!(ladder.elements().iter().all(|g| g.is_finite() && *g > 0.0), "{spec:?} {ladder:?}");
                if let Ok(parts) = ladder.components(cutoff_hz) { prop_assert!(finite(parts)); }
            }
            if let Ok(db) = response.attenuation_db(order, source, spec.cutoff) { prop_assert!(db.is_finite(), "{spec:?}"); }
            if let Ok(order) = response.order(source, load, spec.cutoff) { prop_assert!(order.exact.is_finite() && order.order >= 1); }
        }
        if let Ok(parts) = denormalise(&[source, load], First::Shunt, cutoff_hz, ripple_db) { prop_assert!(finite(parts)); }
        if let Ok(parts) = normalise(&[source, load], First::Series, cutoff_hz, ripple_db) { prop_assert!(finite(parts)); }
        for series in [ESeries::E6, ESeries::E24, ESeries::E192] {
            if let Ok(value) = series.nearest(source) { prop_assert!(value.is_finite()); }
            prop_assert!(series.value(usize::MAX - order).is_finite());
        }
    }

    #[test]
    fn networks_answer_with_finite_numbers_or_errors(
        values in prop::collection::vec((0..6_usize, wild()), 1..8), q in wild(), qf in wild(), f in wild(), zs in wild(), zl in wild(), x in wild(),
    ) {
        let kinds = [PartKind::ShuntC, PartKind::SeriesL, PartKind::ShuntL, PartKind::SeriesC, PartKind::SeriesR, PartKind::ShuntR];
        let parts: Vec<Part> = values.iter().map(|&(kind, value)| Part::new(kinds[kind], value.abs())).collect();
        let Ok(network) = Network::new(parts) else { return Ok(()) };
        let mut networks = vec![network.clone()];
        networks.extend(network.with_quality(Quality::Constant { q }, Quality::At { q, frequency_hz: qf }));
        for network in networks {
            for (f, source, load) in [(f, zs, zl), (60e9, 50.0, 73.0), (f, 50.0, 73.0)] {
                let f = array![f];
                if let Ok(s) = network.s_parameters(&f, source, load) { prop_assert!(s.data().iter().all(|z| complex(*z))); }
                if let Ok(db) = network.transducer_loss_db(&f, source, load) { prop_assert!(finite(db)); }
                if let Ok(delay) = network.group_delay_s(&f, source, load) { prop_assert!(finite(delay.data().iter().copied())); }
                if let Ok(m) = network.abcd(f[0]) { prop_assert!([m.a, m.b, m.c, m.d].into_iter().all(complex)); }
                if let Ok(z) = network.input_impedance_ohm(f[0], C64::new(load, x)) { prop_assert!(complex(z)); }
                for waves in [Waves::Power, Waves::Pseudo] {
                    let (source, load) = (array![C64::new(source, x)], array![C64::new(load, -x)]);
                    if let Ok(s) = network.s_parameters_between(&f, &source, &load, waves) { prop_assert!(s.data().iter().all(|z| complex(*z))); }
                }
            }
        }
    }

    #[test]
    fn antennas_and_stages_answer_with_finite_numbers_or_errors(a in wild(), b in wild(), c in wild(), d in wild()) {
        if let Ok(dipole) = Dipole::new(a, b) {
            if let Ok(z) = dipole.impedance_ohm(c) { prop_assert!(complex(z)); }
            if let Ok(f) = dipole.resonance_hz() { prop_assert!(f.is_finite()); }
        }
        if let Ok(z) = Dipole::half_wave_60_ghz().impedance_ohm(a) { prop_assert!(complex(z)); }
        if let Ok(gamma) = s11(C64::new(a, b), c) {
            prop_assert!(complex(gamma));
            prop_assert!(finite([return_loss_db(gamma), vswr(gamma)].into_iter().flatten()));
        }
        prop_assert!(finite([return_loss_db(C64::new(a, b)), vswr(C64::new(a, b)), vswr_of_return_loss(a)].into_iter().flatten()));
        let tree = OnePort::Parallel(vec![OnePort::Series(vec![OnePort::Capacitor { farad: a }, OnePort::Inductor { henry: b }]), OnePort::Resistor { ohm: c }]);
        if let Ok(z) = tree.impedance_ohm(d) { prop_assert!(complex(z)); }
        if let Ok(z) = tree.s11(d, 50.0) { prop_assert!(complex(z)); }
        let config = CommonBaseConfig { base_ohm: a, source_ohm: b, unbiased_gain: c, ..CommonBaseConfig::figure_3() };
        for config in [config, CommonBaseConfig { feed_through: a, ..CommonBaseConfig::figure_3() }] {
            let Ok(stage) = CommonBase::new(config) else { continue };
            for bias in [d, 0.0, 1.8, 100.0] {
                let scalars = [stage.attenuation_db(bias), stage.collector_current_a(bias), stage.bias_v(bias)];
                prop_assert!(finite(scalars.into_iter().flatten()), "{config:?} {bias}");
            }
        }
    }
}
