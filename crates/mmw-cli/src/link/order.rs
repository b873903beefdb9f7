//! `mmw link order`: the order of a low-pass filter that attenuates enough.

use crate::error::Result;
use crate::question::{Answer, Question, line, needed, word};
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
#[derive(Debug, Clone, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// butterworth or chebyshev
    #[arg(long, value_name = "NAME", required_unless_present = "batch", value_parser = word::<Family>)]
    response: Option<Family>,

    /// Attenuation that is wanted, dB
    #[arg(long, value_name = "DB", required_unless_present = "batch")]
    attenuation_db: Option<f64>,

    /// Where it is wanted, as a multiple of the cut-off
    #[arg(long, value_name = "NUMBER", required_unless_present = "batch")]
    frequency_ratio: Option<f64>,

    /// Chebyshev ripple, dB
    #[arg(long, value_name = "DB")]
    ripple_db: Option<f64>,

    /// What the cut-off means, for Chebyshev: `ripple_edge` or `three_db`
    #[arg(long, value_name = "NAME", default_value = "ripple_edge", value_parser = word::<Cutoff>)]
    #[serde(default)]
    cutoff: Cutoff,
}

/// What comes out.
#[derive(Debug, Serialize)]
pub(super) struct Order {
    order_exact: f64,
    order: usize,
}

impl Question for Parameters {
    type Answer = Order;

    fn answer(&self) -> Result<Order> {
        let family = needed(self.response.as_ref(), "response", "butterworth or chebyshev")?;
        let attenuation_db = needed(self.attenuation_db.as_ref(), "attenuation_db", "a number of decibels")?;
        let ratio = needed(self.frequency_ratio.as_ref(), "frequency_ratio", "a number above 1")?;
        let order = family.response(self.ripple_db)?.order(attenuation_db, ratio, self.cutoff)?;
        Ok(Order { order_exact: order.exact, order: order.order })
    }
}

impl Answer for Order {
    fn lines(&self) -> Vec<String> {
        vec![line("exact order", self.order_exact, ""), format!("{:<14}{:>9}", "order", self.order)]
    }
}
