//! `mmw fso monte-carlo`: the outage by simulation, beside the exact one.

use super::values::{Link, count};
use crate::error::Result;
use crate::progress::watched;
use crate::question::{Question, Readable, line, word};
use crate::threads::on_threads;
use fso_g2a::channel::Channel;
use fso_g2a::turbulence::GammaGamma;
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::stats::{Interval, standard_error_of_share};
use serde::{Deserialize, Serialize};

/// What stands below the options.
pub(super) const METHODS: &str = "\
Methods: plain (counts outages among draws of the displacement and the turbulence, 50e6 trials by default, as in \
the paper); conditioned (draws the turbulence, half of the draws towards the threshold, and takes the exact \
probability that pointing then makes the outage: 1e6 trials, the default, resolve 1e-9 to a few per cent).

The result depends on the seed and the number of trials alone, not on the number of threads.";

/// How it is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Method {
    Plain,
    Conditioned,
}

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    #[command(flatten)]
    link: Link,

    /// plain or conditioned
    #[arg(long, value_name = "NAME", default_value = "plain", value_parser = word::<Method>)]
    method: Method,

    /// Draws of the channel: 50e6 (plain) or 1e6 (conditioned) by default
    #[arg(long, value_name = "COUNT", value_parser = count, alias = "draws")]
    trials: Option<u64>,

    /// Seed of the random numbers
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,

    /// Probability that the interval holds the truth
    #[arg(long, value_name = "NUMBER", default_value_t = 0.95)]
    confidence: f64,

    /// Threads: all cores by default
    #[arg(long, value_name = "COUNT")]
    threads: Option<usize>,
}

/// The outage that was found, its confidence interval, and the exact one.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
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
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let channel = self.link.channel()?;
        let exact = channel.outage(self.link.normalised_threshold)?.outage;
        let (interval, error) = on_threads(self.threads, || self.simulate(&channel, exact))?;
        Ok(Answer {
            estimate: interval.estimate,
            lower: interval.lower,
            upper: interval.upper,
            confidence: self.confidence,
            exact,
            z: (error > 0.0).then(|| (interval.estimate - exact) / error),
            method: self.method,
            draws: self.trials(),
            seed: self.seed,
        })
    }
}

impl Parameters {
    fn trials(&self) -> u64 {
        self.trials.unwrap_or(match self.method {
            Method::Plain => 50_000_000,
            Method::Conditioned => 1_000_000,
        })
    }

    /// The interval and the standard error of the estimate.
    fn simulate(&self, channel: &Channel<GammaGamma>, exact: f64) -> Result<(Interval, f64)> {
        let (tau, trials) = (self.link.normalised_threshold, self.trials());
        watched(MonteCarlo::new(self.seed, trials), trials, |run| match self.method {
            Method::Plain => {
                let interval = channel.simulate_outage(tau, run)?.interval(self.confidence)?;
                Ok((interval, standard_error_of_share(exact, trials)?))
            }
            Method::Conditioned => {
                let moments = channel.simulate_rare_outage(tau, run)?;
                Ok((moments.mean_interval(self.confidence)?, (moments.variance()? / trials as f64).sqrt()))
            }
        })
    }
}

impl Readable for Answer {
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
