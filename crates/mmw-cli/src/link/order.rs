//! `mmw link order`: the order of a low-pass filter that attenuates enough.

use crate::error::Result;
use crate::question::{Question, Readable, contradiction, line, needed, word};
use linkbudget::response::{Cutoff, Response};
use serde::{Deserialize, Serialize};

/// The family alone; the ripple is a field of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Family {
    Butterworth,
    Chebyshev,
}

impl Family {
    /// The response and what its cut-off means.
    fn response(self, ripple_db: Option<f64>, cutoff: Option<Cutoff>) -> Result<(Response, Cutoff)> {
        match (self, ripple_db, cutoff) {
            (Self::Butterworth, Some(_), _) => {
                Err(contradiction("ripple_db", "a Butterworth response has no ripple"))
            }
            (Self::Butterworth, _, Some(_)) => {
                Err(contradiction("cutoff", "of a Butterworth response it is that at 3 dB"))
            }
            (Self::Butterworth, None, None) => Ok((Response::Butterworth, Cutoff::ThreeDb)),
            (Self::Chebyshev, ripple_db, cutoff) => {
                let ripple_db = needed(ripple_db.as_ref(), "ripple_db", "a Chebyshev response has one, dB")?;
                Ok((Response::Chebyshev { ripple_db }, cutoff.unwrap_or(Cutoff::RippleEdge)))
            }
        }
    }
}

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// butterworth or chebyshev
    #[arg(long, value_name = "NAME", value_parser = word::<Family>)]
    response: Family,

    /// Attenuation that is wanted, dB
    #[arg(long, value_name = "DB")]
    attenuation_db: f64,

    /// Where it is wanted, as a multiple of the cut-off
    #[arg(long, value_name = "NUMBER")]
    frequency_ratio: f64,

    /// Chebyshev ripple, dB
    #[arg(long, value_name = "DB")]
    ripple_db: Option<f64>,

    /// What the cut-off of a Chebyshev response means: `ripple_edge` (default) or `three_db`
    #[arg(long, value_name = "NAME", value_parser = word::<Cutoff>)]
    cutoff: Option<Cutoff>,
}

/// The order, exact and rounded up.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    order_exact: f64,
    order: usize,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        let (response, cutoff) = self.response.response(self.ripple_db, self.cutoff)?;
        let order = response.order(self.attenuation_db, self.frequency_ratio, cutoff)?;
        Ok(Answer { order_exact: order.exact, order: order.order })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        vec![line("exact order", self.order_exact, ""), format!("{:<14}{:>9}", "order", self.order)]
    }
}
