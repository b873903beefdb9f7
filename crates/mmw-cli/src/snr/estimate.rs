//! `mmw snr estimate`: the SNR of a record, or of one block after another.

use super::answer::{Answer, Rates};
use super::gather::Gather;
use super::samples::{Block, Format, Samples};
use super::series::Series;
use crate::error::{Error, Result};
use crate::question::{Question, Readable, contradiction, word};
use mmw_core::check;
use serde::Serialize;
use snr_quantile::Method;
use snr_quantile::psk::Modulation;
use std::path::PathBuf;
use std::str::FromStr;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    /// File of samples: .npy (one axis), .cf32, .cs16, .cs8, .cu8 and their like, .sigmf-meta, .wav (one
    /// channel is real, two are I and Q), or .csv of one number per line after an optional header ("-":
    /// standard input)
    #[arg(value_name = "FILE", required_unless_present = "samples", conflicts_with = "samples")]
    file: Option<PathBuf>,

    /// The samples themselves, separated by commas
    #[arg(long, value_name = "LIST", value_delimiter = ',', allow_hyphen_values = true)]
    samples: Option<Vec<f64>>,

    /// Format of the file, whatever its ending: csv, npy, wav, sigmf, or raw numbers: c (I and Q) or r (real)
    /// with f32, f64, s8, s16, s32, u8, u16 or u32, as in cf32; _be after it for the other byte order
    #[arg(long, value_name = "NAME", value_parser = Format::from_str)]
    format: Option<Format>,

    /// Channel of a file of several (`.wav`, `.sigmf-meta`), from 0
    #[arg(long, value_name = "NUMBER")]
    channel: Option<usize>,

    /// Modulation of complex samples: `bpsk`, `qpsk`, `8psk`, `16psk`; real ones are BPSK
    #[arg(long, value_name = "NAME", value_parser = word::<Modulation>)]
    modulation: Option<Modulation>,

    /// `ml_binned`, `robust` (leaves outliers out), `ml`, `l_statistic`, `m1m2`, `m2m4`, `svr`, `quartic`
    /// (the paper's), `decision_directed` or `data_aided`; of complex samples `ml_binned`, `ml`, `m2m4`,
    /// `svr`, `decision_directed`, `data_aided`
    #[arg(long, value_name = "NAME", default_value = "ml_binned", value_parser = word::<Method>)]
    estimator: Method,

    /// Known symbols for `data_aided`: 1 or -1; from 0 to M - 1 for M phases above 2
    #[arg(long, value_name = "LIST", value_delimiter = ',', allow_hyphen_values = true)]
    symbols: Option<Vec<i8>>,

    /// Calibrate the quartic for the length of the record, up to 4096 samples
    #[arg(long)]
    finite_sample: bool,

    /// Probability that the interval holds the truth [default: 0.95]
    #[arg(long, value_name = "NUMBER")]
    confidence: Option<f64>,

    /// Symbols in a second, for C/N0 and for the time of blocks
    #[arg(long, value_name = "HZ")]
    symbol_rate_hz: Option<f64>,

    /// Bits of information in a symbol, for Eb/N0 [default: log2 M]
    #[arg(long, value_name = "NUMBER")]
    bits_per_symbol: Option<f64>,

    /// Estimate each block of so many samples by itself
    #[arg(long, value_name = "COUNT")]
    block: Option<usize>,

    /// File for the blocks as CSV
    #[arg(short, long, value_name = "FILE.csv", requires = "block")]
    out: Option<PathBuf>,

    /// File for the blocks as a picture, PNG or SVG
    #[arg(long, value_name = "FILE", requires = "block")]
    plot: Option<PathBuf>,
}

/// One estimate, or one per block.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Estimates {
    One(Box<Answer>),
    Many(Series),
}

impl Readable for Estimates {
    fn lines(&self) -> Vec<String> {
        match self {
            Self::One(answer) => answer.lines(),
            Self::Many(series) => series.lines(),
        }
    }
}

impl Question for Parameters {
    type Answer = Estimates;

    fn answer(&self) -> Result<Estimates> {
        self.check()?;
        let source = self.source()?;
        let is_complex = source.is_complex();
        self.check_for(is_complex)?;
        let Some(block) = self.block else {
            let mut gather = self.gather(is_complex)?;
            source.read(|samples| gather.push(samples))?;
            return Ok(Estimates::One(Box::new(self.finish(gather)?)));
        };
        let mut series = Series::new(block, self.symbol_rate_hz);
        let mut gather = self.gather(is_complex)?;
        source.read(|mut samples| {
            while samples.len() > 0 {
                let here = (block - gather.count()).min(samples.len());
                let (now, later) = samples.split_at(here);
                gather.push(now)?;
                samples = later;
                if gather.count() == block {
                    let full = std::mem::replace(&mut gather, self.gather(is_complex)?);
                    series.push(self.finish(full));
                }
            }
            Ok(())
        })?;
        series.finish(gather.count())?;
        if let Some(path) = &self.out {
            series.save_csv(path)?;
        }
        if let Some(path) = &self.plot {
            series.save_plot(path)?;
        }
        Ok(Estimates::Many(series))
    }
}

/// Where the samples come from.
enum Source<'a> {
    File(Samples),
    List(&'a [f64]),
}

impl Source<'_> {
    fn is_complex(&self) -> bool {
        matches!(self, Self::File(samples) if samples.is_complex())
    }

    fn read(self, mut take: impl FnMut(Block<'_>) -> Result<()>) -> Result<()> {
        match self {
            Self::File(samples) => samples.read(take),
            Self::List(samples) => take(Block::Real(samples)),
        }
    }
}

impl Parameters {
    fn source(&self) -> Result<Source<'_>> {
        match (&self.file, &self.samples) {
            (Some(file), _) => Ok(Source::File(Samples::open(file, self.format, self.channel)?)),
            (None, Some(samples)) => Ok(Source::List(samples)),
            (None, None) => {
                Err(mmw_core::Error::missing("samples", "a list of numbers, or a file of them").into())
            }
        }
    }

    /// What can be told before a file is opened. Options without effect are errors.
    fn check(&self) -> Result<()> {
        if self.finite_sample && self.estimator != Method::Quartic {
            return Err(contradiction("finite_sample", "it is a setting of the quartic"));
        }
        if self.symbols.is_some() && self.estimator != Method::DataAided {
            return Err(contradiction("symbols", "they are for the estimator data_aided"));
        }
        if self.file.is_none() && (self.format.is_some() || self.channel.is_some()) {
            let name = if self.format.is_some() { "format" } else { "channel" };
            return Err(contradiction(name, "it is for a file, not for samples that are given"));
        }
        if self.block.is_none() && (self.out.is_some() || self.plot.is_some()) {
            let name = if self.out.is_some() { "out" } else { "plot" };
            return Err(contradiction(name, "it is for the blocks of --block"));
        }
        if self.block.is_some() && self.estimator == Method::DataAided {
            return Err(contradiction("block", "data_aided has symbols for one record"));
        }
        if self.block.is_some() && self.bits_per_symbol.is_some() {
            return Err(contradiction("bits_per_symbol", "it is for Eb/N0, which is not given for blocks"));
        }
        if let Some(confidence) = self.confidence {
            check::open_unit("confidence", confidence)?;
        }
        if let Some(rate) = self.symbol_rate_hz {
            check::in_range("symbol_rate_hz", rate, 1e-9, 1e15)?;
        }
        if let Some(bits) = self.bits_per_symbol {
            check::in_range("bits_per_symbol", bits, 1e-6, 64.0)?;
        }
        if let Some(block) = self.block {
            check::at_least("block", block, 2)?;
        }
        Ok(())
    }

    /// What depends on the kind of samples.
    fn check_for(&self, is_complex: bool) -> Result<()> {
        let has_interval = match (is_complex, self.estimator) {
            (true, method) => matches!(method, Method::Ml | Method::MlBinned),
            (false, method) => !matches!(method, Method::Quartic | Method::DecisionDirected),
        };
        if self.confidence.is_some() && !has_interval {
            let of = if is_complex { " of complex samples" } else { "" };
            let reason = format!("the estimator {}{of} has no interval", self.estimator);
            return Err(Error::Core(mmw_core::Error::invalid("confidence", reason)));
        }
        match self.modulation {
            None if is_complex => Err(mmw_core::Error::missing(
                "modulation",
                "the samples are complex: bpsk, qpsk, 8psk or 16psk",
            )
            .into()),
            Some(modulation) if !is_complex && modulation != Modulation::Bpsk => {
                let reason = format!("the samples are real, which {modulation} is not");
                Err(Error::Core(mmw_core::Error::invalid("modulation", reason)))
            }
            _ => Ok(()),
        }
    }

    fn gather(&self, is_complex: bool) -> Result<Gather> {
        match self.modulation {
            Some(modulation) if is_complex => Gather::complex(self.estimator, modulation),
            _ => Ok(Gather::real(self.estimator)),
        }
    }

    fn finish(&self, gather: Gather) -> Result<Answer> {
        let bits = self.modulation.map_or(1.0, |modulation| f64::from(modulation.bits_per_symbol()));
        let rates = Rates {
            bits_per_symbol: self.bits_per_symbol.unwrap_or(bits),
            symbol_rate_hz: self.symbol_rate_hz,
        };
        let confidence = self.confidence.unwrap_or(0.95);
        gather.answer(self.symbols.as_deref(), self.finite_sample, confidence, rates)
    }
}
