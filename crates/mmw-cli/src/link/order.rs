//! `mmw link order`: the order of a low-pass filter that attenuates enough.

use crate::error::Result;
use crate::question::{Question, Readable, line, needed, word};
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
    /// The response; a ripple that comes with Butterworth says nothing.
    pub(super) fn response(self, ripple_db: Option<f64>) -> Result<Response> {
        match self {
            Self::Butterworth => Ok(Response::Butterworth),
            Self::Chebyshev => {
                let ripple_db = needed(ripple_db.as_ref(), "ripple_db", "a Chebyshev response has one, dB")?;
                Ok(Response::Chebyshev { ripple_db })
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

    /// What the cut-off means, for Chebyshev: `ripple_edge` or `three_db`
    #[arg(long, value_name = "NAME", default_value = "ripple_edge", value_parser = word::<Cutoff>)]
    cutoff: Cutoff,
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
        let response = self.response.response(self.ripple_db)?;
        let order = response.order(self.attenuation_db, self.frequency_ratio, self.cutoff)?;
        Ok(Answer { order_exact: order.exact, order: order.order })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        vec![line("exact order", self.order_exact, ""), format!("{:<14}{:>9}", "order", self.order)]
    }
}
