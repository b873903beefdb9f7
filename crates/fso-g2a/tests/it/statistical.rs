//! Simulation against the exact laws. Seeds are fixed; bounds come from the number of trials.

use crate::made;
use fso_g2a::channel::Channel;
use fso_g2a::mmw_core::monte_carlo::MonteCarlo;
use fso_g2a::mmw_core::rand::RngExt;
use fso_g2a::mmw_core::random::Streams;
use fso_g2a::mmw_core::stats::KolmogorovSmirnov;
use fso_g2a::turbulence::{GammaGamma, LogNormal, Turbulence};
use rand_distr::Distribution;

/// Beam radius, aperture radius, jitter, shapes, threshold: 20 channels, some with `w < r` or equal shapes.
const CHANNELS: [(f64, f64, f64, f64, f64, f64); 20] = [
    (1.0, 0.05, 0.5, 4.0, 1.7, 0.1),
    (1.0, 0.05, 0.3, 4.0, 1.7, 0.1),
    (1.0, 0.1, 0.3, 4.0, 1.7, 0.1),
    (2.0, 0.1, 0.5, 4.0, 1.7, 0.05),
    (2.0, 0.05, 1.0, 4.0, 1.7, 0.5),
    (4.0, 0.1, 1.0, 4.0, 1.7, 0.3),
    (1.0, 0.05, 0.4, 11.6, 10.1, 0.5),
    (1.0, 0.2, 0.4, 11.6, 10.1, 0.7),
    (1.0, 0.5, 0.4, 4.2, 1.4, 0.2),
    (1.0, 1.0, 0.4, 4.2, 1.4, 0.2),
    (0.5, 1.0, 0.4, 4.2, 1.4, 0.2),
    (0.1, 1.0, 0.5, 3.0, 3.0, 0.4),
    (1.0, 0.05, 0.5, 3.0, 3.0, 1.0),
    (1.0, 0.05, 0.5, 1.3, 0.6, 0.01),
    (1.0, 0.3, 0.5, 1.3, 0.6, 0.3),
    (1.0, 0.05, 0.6, 0.7, 0.5, 0.1),
    (1.0, 0.05, 0.5, 30.5, 1.2, 0.2),
    (1.0, 0.05, 0.5, 50.3, 47.9, 0.9),
    (1.0, 0.9, 0.2, 4.0, 2.0, 0.5),
    (3.0, 0.1, 0.9, 5.0, 2.0, 2.0),
];

fn channels() -> impl Iterator<Item = (Channel<GammaGamma>, f64)> {
    CHANNELS.into_iter().map(|(w, r, sigma, alpha, beta, tau)| {
        (Channel::new(made::pointing(w, r, sigma).unwrap(), GammaGamma::new(alpha, beta).unwrap()), tau)
    })
}

#[test]
fn simulated_outages_scatter_about_the_exact_ones_as_they_should() {
    const TRIALS: u64 = 4_000_000;
    let mut scores = vec![];
    for (seed, (channel, tau)) in channels().enumerate() {
        let exact = channel.outage(tau).unwrap().outage;
        let run = MonteCarlo::new(seed as u64, TRIALS);
        let hits = channel.simulate_outage(tau, &run).unwrap().hits() as f64;
        let deviation = (exact * (1.0 - exact) * TRIALS as f64).sqrt();
        scores.push((hits - exact * TRIALS as f64) / deviation);
    }
    assert!(scores.iter().all(|z| z.abs() <= 4.0), "{scores:?}");
    // The sum of the squares is chi-squared with 20 degrees: from 7.4 to 40 in all but 0.5 % of cases.
    let spread: f64 = scores.iter().map(|z| z * z).sum();
    assert!((7.4..40.0).contains(&spread), "{spread} {scores:?}");
}

/// Shapes below 0.2 and above 1e4 are drawn by rejection, the others by inversion.
#[test]
fn shapes_that_have_no_table_are_simulated_as_well() {
    const TRIALS: u64 = 400_000;
    for (seed, (alpha, beta, tau)) in
        [(0.15, 0.1, 1e-3), (2e4, 0.15, 0.1), (2e4, 3e4, 0.99), (3.0, 0.1, 0.01)].into_iter().enumerate()
    {
        let law = GammaGamma::new(alpha, beta).unwrap();
        let channel = Channel::new(made::pointing(1.0, 0.05, 0.5).unwrap(), law);
        let exact = channel.outage(tau).unwrap().outage;
        let hits = channel.simulate_outage(tau, &MonteCarlo::new(seed as u64, TRIALS)).unwrap().hits() as f64;
        let z = (hits - exact * TRIALS as f64) / (exact * (1.0 - exact) * TRIALS as f64).sqrt();
        assert!(z.abs() <= 4.0, "{alpha} {beta} {z}");
    }
}

#[test]
fn conditioned_outages_agree_from_common_to_one_in_a_thousand_million() {
    for (seed, (channel, tau)) in channels().enumerate() {
        for tau in [tau, 1e-4 * tau] {
            let exact = channel.outage(tau).unwrap().outage;
            let run = MonteCarlo::new(100 + seed as u64, 20_000);
            let moments = channel.simulate_rare_outage(tau, &run).unwrap();
            let error = (moments.variance().unwrap() / 20_000.0).sqrt();
            let z = (moments.mean().unwrap() - exact) / error.max(1e-12 * exact);
            assert!(z.abs() <= 4.5, "{seed} {tau} {exact:e} {z}");
        }
    }
}

#[test]
fn conditioned_outages_agree_where_samples_are_below_the_least_number() {
    for (seed, (alpha, beta)) in
        [(4.0, 0.02), (4.0, 0.01), (2.0, 0.001), (0.03, 0.02)].into_iter().enumerate()
    {
        let law = GammaGamma::new(alpha, beta).unwrap();
        let channel = Channel::new(made::pointing(1.0, 0.05, 0.5).unwrap(), law);
        let exact = channel.outage(1e-3).unwrap().outage;
        let moments = channel.simulate_rare_outage(1e-3, &MonteCarlo::new(seed as u64, 100_000)).unwrap();
        let error = (moments.variance().unwrap() / 100_000.0).sqrt();
        let z = (moments.mean().unwrap() - exact) / error.max(1e-12 * exact);
        assert!(z.abs() <= 4.5, "{alpha} {beta}: {exact} {z}");
    }
}

#[test]
fn a_million_conditioned_draws_resolve_1e_9_to_five_per_cent() {
    // With 1e5 draws the bound is √10 times wider.
    let channel = Channel::new(made::pointing(4.0, 0.05, 0.3).unwrap(), GammaGamma::new(4.0, 1.7).unwrap());
    let exact = channel.outage(2.6e-6).unwrap().outage;
    assert!((exact / 1e-9 - 1.0).abs() < 0.1);
    let moments = channel.simulate_rare_outage(2.6e-6, &MonteCarlo::new(5, 100_000)).unwrap();
    let interval = moments.mean_interval(0.95).unwrap();
    assert!((interval.upper - interval.lower) / (2.0 * exact) < 0.05 * 10_f64.sqrt());
    assert!((moments.mean().unwrap() / exact - 1.0).abs() < 0.2);
}

fn draws<D: Distribution<f64>>(law: &D, seed: u64) -> fso_g2a::mmw_core::ndarray::Array1<f64> {
    let mut rng = Streams::new(seed).stream(0);
    (0..20_000).map(|_| rng.sample(law)).collect()
}

#[test]
fn samplers_follow_their_distributions() {
    for (i, (alpha, beta)) in
        [(4.0, 1.7), (1.3, 0.6), (3.0, 3.0), (50.3, 47.9), (0.4, 0.3)].into_iter().enumerate()
    {
        let law = GammaGamma::new(alpha, beta).unwrap();
        let test = KolmogorovSmirnov::new(&draws(&law, i as u64), |h| law.cdf(h).unwrap()).unwrap();
        assert!(test.p_value > 1e-3, "{alpha} {beta} {test:?}");
    }
    let rival = LogNormal::new(0.9853).unwrap();
    let test = KolmogorovSmirnov::new(&draws(&rival, 9), |h| rival.cdf(h).unwrap()).unwrap();
    assert!(test.p_value > 1e-3, "{test:?}");
}

#[test]
fn shares_follow_the_law_between_their_atoms() {
    let pointing = made::pointing(1.0, 0.4, 0.6).unwrap();
    let shares = draws(&pointing, 3);
    let share_of = |keep: &dyn Fn(f64) -> bool| shares.iter().filter(|&&g| keep(g)).count() as f64 / 20_000.0;
    assert!((share_of(&|g| g == 0.0) - pointing.atom_at_zero()).abs() < 0.01);
    assert!((share_of(&|g| g == 1.0) - pointing.atom_at_full()).abs() < 0.015);
    let partial: fso_g2a::mmw_core::ndarray::Array1<f64> =
        shares.iter().copied().filter(|g| *g > 0.0 && *g < 1.0).collect();
    let conditional = |g: f64| {
        ((pointing.cdf(g).unwrap() - pointing.atom_at_zero()) / pointing.transition_probability())
            .clamp(0.0, 1.0)
    };
    let test = KolmogorovSmirnov::new(&partial, conditional).unwrap();
    assert!(test.p_value > 1e-3, "{test:?}");
}

#[test]
fn gains_follow_the_composite_law() {
    // The atom at 0 has a jump, so only the positive gains are tested against the conditional law.
    let channel = Channel::new(made::pointing(1.0, 0.3, 0.5).unwrap(), GammaGamma::new(4.0, 1.7).unwrap());
    let gains: fso_g2a::mmw_core::ndarray::Array1<f64> =
        draws(&channel, 4).iter().copied().filter(|h| *h > 0.0).take(3000).collect();
    let zero = channel.pointing().atom_at_zero();
    let test =
        KolmogorovSmirnov::new(&gains, |h| ((channel.cdf(h).unwrap() - zero) / (1.0 - zero)).clamp(0.0, 1.0))
            .unwrap();
    assert!(test.p_value > 1e-3, "{test:?}");
}
