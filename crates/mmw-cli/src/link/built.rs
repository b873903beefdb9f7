//! A ladder as it is built: lossy parts, preferred values, tolerances.

use crate::error::{Error, Result};
use crate::question::{contradiction, word};
use linkbudget::e_series::ESeries;
use linkbudget::network::{Network, Quality};
use linkbudget::tolerance::{Limit, Tolerances, YieldConfig, YieldStudy, rounded_to_series};
use mmw_core::check;
use mmw_core::random::Streams;
use mmw_core::stats::standard_error_of_share;
use serde::Serialize;

/// What parts are like.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Built {
    /// Quality factor of the capacitors; lossless without
    #[arg(long, value_name = "NUMBER")]
    capacitor_q: Option<f64>,

    /// Quality factor of the inductors; lossless without
    #[arg(long, value_name = "NUMBER")]
    inductor_q: Option<f64>,

    /// Where the quality factors are those, Hz: losses are resistors then; the same at all frequencies
    /// without
    #[arg(long, value_name = "HZ")]
    q_hz: Option<f64>,

    /// Take each part from a series of preferred values: e6, e12, e24, e48, e96 or e192
    #[arg(long, value_name = "NAME", value_parser = word::<ESeries>)]
    series: Option<ESeries>,

    /// Tolerance of the capacitors, as a fraction: 0.05
    #[arg(long, value_name = "FRACTION")]
    capacitor_tolerance: Option<f64>,

    /// Tolerance of the inductors, as a fraction
    #[arg(long, value_name = "FRACTION")]
    inductor_tolerance: Option<f64>,

    /// What a built filter must meet for the yield, dB of loss: `HZ:at_most:DB` or `HZ:at_least:DB`
    #[arg(long, value_name = "HZ:WORD:DB,...", value_delimiter = ',', value_parser = limit)]
    limits: Option<Vec<Limit>>,

    /// Filters that are built for the yield: 10 000 by default
    #[arg(long, value_name = "COUNT")]
    trials: Option<usize>,

    /// Seed of the yield: 1 by default
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
}

/// How many of the built filters meet the limits.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Yield {
    pub(super) fraction: f64,
    pub(super) standard_error: f64,
}

/// `5e9:at_most:0.5`.
fn limit(text: &str) -> std::result::Result<Limit, String> {
    let wrong = || format!("`{text}` is not HZ:at_most:DB or HZ:at_least:DB");
    let mut cells = text.split(':');
    let (Some(hz), Some(word), Some(db), None) = (cells.next(), cells.next(), cells.next(), cells.next())
    else {
        return Err(wrong());
    };
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| wrong());
    let (frequency_hz, loss_db) = (number(hz)?, number(db)?);
    match word.trim() {
        "at_most" => Ok(Limit::AtMost { frequency_hz, loss_db }),
        "at_least" => Ok(Limit::AtLeast { frequency_hz, loss_db }),
        _ => Err(wrong()),
    }
}

impl Built {
    /// Whether parts differ from what the synthesis says.
    pub(super) fn changes(&self) -> bool {
        self.capacitor_q.is_some() || self.inductor_q.is_some() || self.series.is_some()
    }

    /// Whether a yield is asked for.
    pub(super) fn asks(&self) -> bool {
        self.limits.is_some()
    }

    /// Whether there is a word about parts at all.
    pub(super) fn check(&self) -> Result<()> {
        if self.q_hz.is_some() && self.capacitor_q.is_none() && self.inductor_q.is_none() {
            return Err(contradiction("q_hz", "has no effect without capacitor_q or inductor_q"));
        }
        let exact = self.capacitor_tolerance.is_none() && self.inductor_tolerance.is_none();
        if self.asks() && exact {
            let reason = "ask for a yield, which needs capacitor_tolerance or inductor_tolerance";
            return Err(contradiction("limits", reason));
        }
        for (q, name) in
            [(self.capacitor_q, "capacitor_q"), (self.inductor_q, "inductor_q"), (self.q_hz, "q_hz")]
        {
            q.map(|q| check::positive(name, q)).transpose()?;
        }
        for (given, name, useless, reason) in [
            (
                self.capacitor_tolerance.is_some(),
                "capacitor_tolerance",
                !self.asks(),
                "has no effect without limits",
            ),
            (
                self.inductor_tolerance.is_some(),
                "inductor_tolerance",
                !self.asks(),
                "has no effect without limits",
            ),
            (self.trials.is_some(), "trials", exact, "has no effect on parts without a tolerance"),
            (self.seed.is_some(), "seed", exact, "has no effect on parts without a tolerance"),
        ] {
            if given && useless {
                return Err(contradiction(name, reason));
            }
        }
        Ok(())
    }

    /// The network of preferred values and lossy parts.
    pub(super) fn network(&self, network: &Network) -> Result<Network> {
        let rounded = match self.series {
            Some(series) => rounded_to_series(network, series)?,
            None => network.clone(),
        };
        let quality = |q: Option<f64>| match (q, self.q_hz) {
            (None, _) => Quality::Lossless,
            (Some(q), None) => Quality::Constant { q },
            (Some(q), Some(frequency_hz)) => Quality::At { q, frequency_hz },
        };
        if self.capacitor_q.is_none() && self.inductor_q.is_none() {
            return Ok(rounded);
        }
        Ok(rounded.with_quality(quality(self.capacitor_q), quality(self.inductor_q))?)
    }

    /// The yield of that network; `None` without limits.
    pub(super) fn yields(&self, network: &Network, source_ohm: f64, load_ohm: f64) -> Result<Option<Yield>> {
        let Some(limits) = self.limits.clone() else { return Ok(None) };
        let tolerances = Tolerances {
            capacitor: self.capacitor_tolerance.unwrap_or(0.0),
            inductor: self.inductor_tolerance.unwrap_or(0.0),
            resistor: 0.0,
        };
        let study = YieldStudy::new(YieldConfig {
            network: network.clone(),
            source_ohm,
            load_ohm,
            tolerances,
            limits,
        })
        .map_err(|error| {
            let error = Error::Core(error).renamed("capacitor", "capacitor_tolerance");
            error.renamed("inductor", "inductor_tolerance")
        })?;
        let exact = tolerances.capacitor == 0.0 && tolerances.inductor == 0.0;
        let trials = if exact { 1 } else { self.trials.unwrap_or(10_000) };
        let mut rng = Streams::new(self.seed.unwrap_or(1)).stream(0);
        let fraction = study.yield_fraction(trials, &mut rng)?;
        let standard_error = standard_error_of_share(fraction, trials as u64)?;
        Ok(Some(Yield { fraction, standard_error }))
    }
}

/// The two resistors that S-parameters and yields are between.
pub(super) fn resistors(source_ohm: f64, load_ohm: f64) -> Result<()> {
    for (name, ohm) in [("source_ohm", source_ohm), ("load_ohm", load_ohm)] {
        if !(ohm > 0.0 && ohm.is_finite()) {
            let reason =
                "S-parameters need a resistor at each end; leave out frequencies_hz for the elements";
            return Err(Error::Core(mmw_core::Error::invalid(name, reason)));
        }
    }
    Ok(())
}

/// The network that an option needs.
pub(super) fn built(network: Option<&Network>) -> Result<&Network> {
    match network {
        Some(network) => Ok(network),
        None => Err(Error::Core(mmw_core::Error::missing(
            "cutoff_hz",
            "frequencies_hz, limits, series, capacitor_q and inductor_q need it",
        ))),
    }
}
