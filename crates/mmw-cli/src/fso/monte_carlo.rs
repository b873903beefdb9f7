//! `mmw fso monte-carlo`: the outage by simulation, beside the exact one.

use super::values::{Given, count, count_field, threshold, threshold_field};
use crate::error::Result;
use crate::output::Interrupt;
use crate::progress::{Progress, Unit};
use crate::question::{Answer, Question, line, needed, word};
use crate::threads::on_threads;
use fso_g2a::channel::Channel;
use fso_g2a::turbulence::GammaGamma;
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::stats::Interval;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};

/// What stands below the options.
pub(super) const METHODS: &str = "\
Methods: plain (counts outages among draws of the displacement and the turbulence, 50e6 draws by default, as in \
the paper); conditioned (draws the turbulence, half of the draws towards the threshold, and takes the exact \
probability that pointing then makes the outage: 1e6 draws, the default, resolve 1e-9 to a few per cent).

The result depends on the seed and the number of draws alone, not on the number of threads.";

/// How it is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Method {
    #[default]
    Plain,
    Conditioned,
}

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// Full angle of the beam, rad
    #[arg(long, value_name = "RAD", required_unless_present = "batch")]
    divergence_rad: Option<f64>,

    /// Length of the path, m
    #[arg(long, value_name = "M", required_unless_present = "batch")]
    length_m: Option<f64>,

    /// Radius of the aperture, m
    #[arg(long, value_name = "M", required_unless_present = "batch")]
    aperture_radius_m: Option<f64>,

    /// Standard deviation of the beam's displacement in each direction, m
    #[arg(long, value_name = "M", required_unless_present = "batch")]
    jitter_m: Option<f64>,

    /// Gamma-Gamma shape of the large eddies
    #[arg(long, value_name = "NUMBER", required_unless_present = "batch")]
    alpha: Option<f64>,

    /// Gamma-Gamma shape of the small eddies
    #[arg(long, value_name = "NUMBER", required_unless_present = "batch")]
    beta: Option<f64>,

    /// Gain over that of a centred beam without turbulence, h/(`h_a` A0); 0 and `infinite` are limits
    #[arg(
        long,
        value_name = "NUMBER",
        required_unless_present = "batch",
        value_parser = threshold
    )]
    #[serde(default, deserialize_with = "threshold_field")]
    normalised_threshold: Option<f64>,

    /// plain (default) or conditioned
    #[arg(long, value_name = "NAME", value_parser = word::<Method>)]
    method: Option<Method>,

    /// Draws: 50e6 (plain) or 1e6 (conditioned) by default
    #[arg(long, value_name = "COUNT", value_parser = count, alias = "draws")]
    #[serde(default, deserialize_with = "count_field", alias = "draws")]
    trials: Option<u64>,

    /// Seed of the random numbers: 1 by default
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// Probability that the interval holds the truth: 0.95 by default
    #[arg(long, value_name = "NUMBER")]
    confidence: Option<f64>,

    /// Threads: all cores by default
    #[arg(long, value_name = "COUNT")]
    threads: Option<usize>,
}

/// What comes out.
#[derive(Debug, Serialize)]
pub(super) struct Simulated {
    estimate: f64,
    lower: f64,
    upper: f64,
    confidence: f64,
    exact: f64,
    /// Distance of the estimate from the exact outage in standard errors; none where the error is 0.
    z: Option<f64>,
    method: Method,
    draws: u64,
    seed: u64,
}

impl Question for Parameters {
    type Answer = Simulated;

    fn answer(&self) -> Result<Simulated> {
        let channel = self.given().channel()?;
        let tau = needed(self.normalised_threshold.as_ref(), "normalised_threshold", "a number not below 0")?;
        let exact = channel.outage(tau)?.outage;
        let (interval, error) = on_threads(self.threads, || self.simulate(&channel, tau, exact))?;
        Ok(Simulated {
            estimate: interval.estimate,
            lower: interval.lower,
            upper: interval.upper,
            confidence: self.confidence(),
            exact,
            z: (error > 0.0).then(|| (interval.estimate - exact) / error),
            method: self.method(),
            draws: self.trials(),
            seed: self.seed(),
        })
    }
}

impl Parameters {
    fn given(&self) -> Given {
        let &Self { divergence_rad, length_m, aperture_radius_m, jitter_m, alpha, beta, .. } = self;
        Given { divergence_rad, length_m, aperture_radius_m, jitter_m, alpha, beta }
    }

    fn method(&self) -> Method {
        self.method.unwrap_or_default()
    }

    fn seed(&self) -> u64 {
        self.seed.unwrap_or(1)
    }

    fn confidence(&self) -> f64 {
        self.confidence.unwrap_or(0.95)
    }

    fn trials(&self) -> u64 {
        self.trials.unwrap_or(match self.method() {
            Method::Plain => 50_000_000,
            Method::Conditioned => 1_000_000,
        })
    }

    /// The interval and the standard error of the estimate.
    fn simulate(&self, channel: &Channel<GammaGamma>, tau: f64, exact: f64) -> Result<(Interval, f64)> {
        let trials = self.trials();
        watched(self.seed(), trials, |run| match self.method() {
            Method::Plain => {
                let interval = channel.simulate_outage(tau, run)?.interval(self.confidence())?;
                Ok((interval, (exact * (1.0 - exact) / trials as f64).sqrt()))
            }
            Method::Conditioned => {
                let moments = channel.simulate_rare_outage(tau, run)?;
                Ok((moments.mean_interval(self.confidence())?, (moments.variance()? / trials as f64).sqrt()))
            }
        })
    }
}

/// Work by Monte Carlo under a progress bar that Ctrl-C ends.
fn watched<R>(
    seed: u64,
    trials: u64,
    work: impl FnOnce(&MonteCarlo<'_>) -> mmw_core::Result<R>,
) -> Result<R> {
    let progress = Progress::new(trials, Unit::Count("draws"));
    let told = AtomicU64::new(0);
    let report = |done: u64| progress.advance(done.saturating_sub(told.swap(done, Ordering::Relaxed)));
    let result = work(&MonteCarlo::new(seed, trials).progress(&report).cancel(Interrupt::flag()));
    progress.finish();
    Interrupt::check()?;
    Ok(result?)
}

impl Answer for Simulated {
    fn lines(&self) -> Vec<String> {
        // Percent to six decimals, without the noise of the product.
        let percent = format!("({} % interval)", (1e8 * self.confidence).round() / 1e6);
        let mut lines = vec![
            line("estimate", self.estimate, ""),
            line("lower", self.lower, &percent),
            line("upper", self.upper, &percent),
            line("exact", self.exact, ""),
        ];
        lines.extend(self.z.map(|z| line("difference", z, "standard errors")));
        lines
    }
}
