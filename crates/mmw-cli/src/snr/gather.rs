//! The samples of a record on their way to an estimator.

use super::answer::{Answer, Rates};
use super::samples::Block;
use crate::error::{Error, Result};
use crate::question::needed;
use mmw_core::C64;
use mmw_core::ndarray::{Array1, ArrayView1};
use snr_quantile::fit::{self, Cause};
use snr_quantile::psk::{self, Modulation, Record};
use snr_quantile::{DataAided, Estimator, Method, Quartic, Streaming};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Samples that the tests of fit look at: the first of a file.
const LOOKED_AT: usize = 1 << 22;
/// The same of complex samples, whose tests take longer.
const LOOKED_AT_COMPLEX: usize = 1 << 18;

/// What an estimator needs of the samples: a state of fixed size, or all of them.
pub(super) enum Gather {
    Stream { stream: Box<Streaming>, first: Vec<f64> },
    Real { method: Method, samples: Vec<f64> },
    Psk { method: Method, record: Box<Record>, first: Vec<C64> },
    Known { modulation: Modulation, samples: Vec<C64> },
}

impl Gather {
    pub(super) fn real(method: Method) -> Self {
        match Streaming::new(method) {
            Ok(stream) => Self::Stream { stream: Box::new(stream), first: Vec::new() },
            Err(_) => Self::Real { method, samples: Vec::new() },
        }
    }

    pub(super) fn complex(method: Method, modulation: Modulation) -> Result<Self> {
        let record = match method {
            Method::DataAided => return Ok(Self::Known { modulation, samples: Vec::new() }),
            Method::Ml => Record::keeping_all(modulation),
            Method::MlBinned | Method::M2m4 | Method::Svr | Method::DecisionDirected => {
                Record::new(modulation)
            }
            _ => {
                let reason = format!("{method} has no form for complex samples");
                return Err(Error::Core(mmw_core::Error::invalid("estimator", reason)));
            }
        };
        Ok(Self::Psk { method, record: Box::new(record), first: Vec::new() })
    }

    /// Samples so far.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Stream { stream, .. } => stream.count() as usize,
            Self::Real { samples, .. } => samples.len(),
            Self::Psk { record, .. } => record.count() as usize,
            Self::Known { samples, .. } => samples.len(),
        }
    }

    pub(super) fn push(&mut self, block: Block<'_>) -> Result<()> {
        match (self, block) {
            (Self::Stream { stream, first }, Block::Real(x)) => {
                first.extend_from_slice(x.get(..x.len().min(LOOKED_AT - first.len())).unwrap_or_default());
                stream.push(&ArrayView1::from(x))?;
            }
            (Self::Real { samples, .. }, Block::Real(x)) => samples.extend_from_slice(x),
            (Self::Psk { record, first, .. }, Block::Complex(y)) => {
                let more = y.len().min(LOOKED_AT_COMPLEX - first.len());
                first.extend_from_slice(y.get(..more).unwrap_or_default());
                record.push(&ArrayView1::from(y))?;
            }
            (Self::Known { samples, .. }, Block::Complex(y)) => samples.extend_from_slice(y),
            _ => return Err(Error::Parse("real and complex samples in one file".to_owned())),
        }
        Ok(())
    }

    /// The estimate, with known symbols for `data_aided`.
    pub(super) fn answer(
        self,
        symbols: Option<&[i8]>,
        finite_sample: bool,
        confidence: f64,
        rates: Rates,
    ) -> Result<Answer> {
        match self {
            Self::Stream { stream, first } => {
                let misfit = misfit(stream.method(), &Array1::from_vec(first));
                Ok(Answer::real(&stream.estimate()?, misfit, confidence, rates))
            }
            Self::Real { method, samples } => {
                let samples = Array1::from_vec(samples);
                let estimate =
                    of_record(method, symbols, finite_sample, samples.len())?.estimate(&samples)?;
                Ok(Answer::real(&estimate, misfit(method, &samples), confidence, rates))
            }
            Self::Psk { method: Method::Ml | Method::MlBinned, record, first } => {
                let likelihood = record.likelihood()?;
                let estimate = likelihood.estimate();
                let misfit = misfit_of_psk(estimate.modulation, &Array1::from_vec(first));
                Ok(Answer::complex(estimate, Some(&likelihood), misfit, confidence, rates))
            }
            Self::Psk { method, record, first } => {
                let estimate = record.estimate(method)?;
                let misfit = misfit_of_psk(estimate.modulation, &Array1::from_vec(first));
                Ok(Answer::complex(&estimate, None, misfit, confidence, rates))
            }
            Self::Known { modulation, samples } => {
                let symbols = needed(symbols.as_ref(), "symbols", "one for each sample")?;
                let numbers: Result<Vec<usize>> = symbols.iter().map(|k| symbol(modulation, *k)).collect();
                let samples = Array1::from_vec(samples);
                let estimate = psk::data_aided(modulation, &samples, &numbers?)?;
                let misfit = misfit_of_psk(modulation, &samples);
                Ok(Answer::complex(&estimate, None, misfit, confidence, rates))
            }
        }
    }
}

fn of_record(
    method: Method,
    symbols: Option<&[i8]>,
    finite_sample: bool,
    count: usize,
) -> Result<Box<dyn Estimator<f64>>> {
    Ok(match method {
        Method::DataAided => {
            Box::new(DataAided::new(needed(symbols.as_ref(), "symbols", "1 or -1 for each sample")?)?)
        }
        Method::Quartic if finite_sample => Box::new(calibrated(count)?),
        method => method.estimator()?,
    })
}

/// The quartic for records of so many samples. The calibration takes longer than an estimate: records of a
/// batch share it.
fn calibrated(count: usize) -> Result<Quartic> {
    thread_local! {
        static KNOWN: RefCell<BTreeMap<usize, Quartic>> = const { RefCell::new(BTreeMap::new()) };
    }
    KNOWN.with_borrow_mut(|known| match known.entry(count) {
        Entry::Occupied(quartic) => Ok(quartic.get().clone()),
        Entry::Vacant(place) => Ok(place.insert(Quartic::finite_sample(count)?).clone()),
    })
}

/// The number of a symbol: 1 and −1 are 0 and 1 of two phases.
fn symbol(modulation: Modulation, k: i8) -> Result<usize> {
    let number = match (modulation, k) {
        (Modulation::Bpsk, 1) => Some(0),
        (Modulation::Bpsk, -1) => Some(1),
        (Modulation::Bpsk, _) => None,
        (_, k) => usize::try_from(k).ok().filter(|k| *k < modulation.order()),
    };
    let domain = match modulation {
        Modulation::Bpsk => "1 or −1".to_owned(),
        _ => format!("a whole number from 0 to {}", modulation.order() - 1),
    };
    number.ok_or_else(|| mmw_core::Error::domain("symbols", f64::from(k), domain).into())
}

/// Why the model does not fit, if it does not; nothing for records too short, or without noise, to tell.
fn misfit(method: Method, samples: &Array1<f64>) -> Option<Cause> {
    fit::check_for(method, samples).ok().and_then(|fit| fit.cause)
}

/// The same of complex samples.
fn misfit_of_psk(modulation: Modulation, samples: &Array1<C64>) -> Option<Cause> {
    psk::fit::check(modulation, samples).ok().and_then(|fit| fit.cause)
}
