//! Estimates from samples that come bit by bit, or from several streams.

use super::svr::{Pairs, svr};
use super::{maximum_likelihood, moments};
use crate::estimate::Estimate;
use crate::method::Method;
use crate::record::{Histogram, Lattice, PowerSums};
use mmw_core::ndarray::ArrayRef1;
use mmw_core::stats::Merge;
use mmw_core::{Error, Real, Result};

/// What an estimator has seen so far, in a state whose size does not depend on the number of samples.
///
/// For [`Method::MlBinned`] (18 KiB, and up to 32 more for samples on a lattice), [`Method::M2m4`],
/// [`Method::M1m2`], [`Method::DecisionDirected`] and [`Method::Svr`] (some 100 bytes). The others need all
/// samples at once. Sums are integers and counts, at the least power of two above all samples so far, with
/// 102 binary digits: counts do not depend on how the samples are split among streams that are merged, and
/// sums do not to 1e-28. Where two maxima of the likelihood are nearly of one height, [`crate::MlBinned`]
/// asks the samples of a record, which a stream holds up to 256 of; beyond, it may decide for the other one.
///
/// # Examples
/// ```
/// use mmw_core::{ndarray::{Array1, s}, stats::Merge};
/// use snr_quantile::{Method, Streaming};
///
/// let x: Array1<f64> = (0..500).map(|i| 1.0 + 0.5 * (f64::from(i) * 2.4).sin()).collect();
/// let mut whole = Streaming::new(Method::MlBinned)?;
/// whole.push(&x)?;
///
/// let (mut first, mut second) = (Streaming::new(Method::MlBinned)?, Streaming::new(Method::MlBinned)?);
/// first.push(&x.slice(s![..200]))?;
/// second.push(&x.slice(s![200..]))?;
/// first.merge(second);
/// assert_eq!(first.estimate()?, whole.estimate()?);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Streaming {
    method: Method,
    sums: PowerSums,
    histogram: Option<Histogram>,
    lattice: Lattice,
    /// All magnitudes, while there are few.
    few: Option<Vec<f64>>,
    pairs: Option<Pairs>,
    /// A stream of another method was merged into this one.
    mixed: bool,
}

impl Streaming {
    /// Nothing seen yet.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a method that needs all samples at once.
    pub fn new(method: Method) -> Result<Self> {
        let (histogram, pairs) = match method {
            Method::MlBinned => (Some(Histogram::new()), None),
            Method::Svr => (None, Some(Pairs::default())),
            Method::M2m4 | Method::M1m2 | Method::DecisionDirected => (None, None),
            _ => {
                let reason =
                    format!("{method} needs all samples at once: no stream of fixed size can feed it");
                return Err(Error::invalid("method", reason));
            }
        };
        Ok(Self {
            method,
            sums: PowerSums::default(),
            histogram,
            lattice: Lattice::default(),
            few: (method == Method::MlBinned).then(Vec::new),
            pairs,
            mixed: false,
        })
    }

    /// The estimator.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// Samples seen.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.sums.count
    }

    /// Takes in the samples that follow, any number of them.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for NaN or an infinity; the state is then as it was before.
    pub fn push<T: Real>(&mut self, samples: &ArrayRef1<T>) -> Result<()> {
        let copy;
        let slice = match samples.as_slice() {
            Some(slice) => slice,
            None => {
                copy = samples.to_vec();
                &copy
            }
        };
        let Self { sums, histogram, pairs, .. } = self;
        sums.push(slice, |octaves, block, scale| {
            if let Some(histogram) = histogram {
                histogram.lower(octaves);
                histogram.add(block, scale);
            }
            if let Some(pairs) = pairs {
                pairs.push(block, scale, octaves);
            }
        })?;
        if self.histogram.is_some() {
            self.lattice.push(slice);
            self.keep(slice.len(), slice.iter().map(|x| x.as_f64().abs()));
        }
        Ok(())
    }

    fn keep(&mut self, count: usize, magnitudes: impl Iterator<Item = f64>) {
        self.few = self.few.take().filter(|few| few.len() + count <= maximum_likelihood::SHORT);
        if let Some(few) = &mut self.few {
            few.extend(magnitudes);
        }
    }

    /// The estimate from all samples seen.
    ///
    /// # Errors
    /// As [`crate::Estimator::estimate`], and [`Error::Invalid`] after a merge with a stream of another
    /// method.
    pub fn estimate(&self) -> Result<Estimate> {
        if self.mixed {
            return Err(Error::invalid("stream", "holds what streams of different methods gathered"));
        }
        if let Some(pairs) = &self.pairs {
            return svr(&self.sums, pairs);
        }
        let means = self.sums.means()?;
        match (self.method, &self.histogram) {
            (_, Some(histogram)) => {
                maximum_likelihood::ml_binned(&means, histogram, &self.lattice, self.few.as_deref())
            }
            (Method::M2m4, _) => moments::m2m4(&means),
            (Method::DecisionDirected, _) => moments::decision_directed(&means),
            _ => moments::m1m2(&means),
        }
    }
}

impl Merge for Streaming {
    fn merge(&mut self, mut other: Self) {
        self.mixed |= other.mixed || self.method != other.method;
        let [here, there] = self.sums.merge_counting(other.sums);
        self.lattice.merge(&other.lattice);
        match other.few {
            Some(few) => self.keep(few.len(), few.into_iter()),
            None => self.few = None,
        }
        if let (Some(histogram), Some(others)) = (&mut self.histogram, &mut other.histogram) {
            histogram.lower(here);
            others.lower(there);
            histogram.merge(others);
        }
        if let (Some(pairs), Some(mut others)) = (&mut self.pairs, other.pairs) {
            pairs.lower(here);
            others.lower(there);
            pairs.merge(others, self.sums.scale());
        }
    }
}
