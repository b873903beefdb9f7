//! The estimators, one per file.

mod samples;

mod data_aided;

mod moments;

mod svr;

mod from_amplitude;

mod quantised;

mod maximum_likelihood;

mod robust;

mod streaming;

mod quartic;

mod l_statistic;

pub use data_aided::DataAided;
pub use l_statistic::LStatistic;
pub use maximum_likelihood::{Ml, MlBinned};
pub use moments::{DecisionDirected, M1m2, M2m4};
pub use quartic::Quartic;
pub use robust::Robust;
pub use streaming::Streaming;
pub use svr::Svr;

use crate::estimator::Estimator;
use crate::method::Method;
use mmw_core::{Error, Real, Result};

impl Method {
    /// The estimator with its default settings.
    ///
    /// # Errors
    /// [`Error::Missing`] for [`Method::DataAided`], which needs symbols.
    pub fn estimator<T: Real>(self) -> Result<Box<dyn Estimator<T>>> {
        Ok(match self {
            Self::Quartic => Box::new(Quartic::new()),
            Self::LStatistic => Box::new(LStatistic),
            Self::Ml => Box::new(Ml),
            Self::MlBinned => Box::new(MlBinned),
            Self::Robust => Box::new(Robust),
            Self::M2m4 => Box::new(M2m4),
            Self::M1m2 => Box::new(M1m2),
            Self::Svr => Box::new(Svr),
            Self::DecisionDirected => Box::new(DecisionDirected),
            Self::DataAided => {
                return Err(Error::missing("symbols", "use DataAided::new(symbols)"));
            }
        })
    }
}
