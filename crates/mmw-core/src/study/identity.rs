//! What tells one study from another, so that parts of different ones are not joined.

use super::grid::Grid;
use crate::text::fnv1a;
use crate::{Error, Result, check};
use std::collections::BTreeMap;

/// All that decides the bits of a study.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct StudyIdentity {
    /// Version of this crate.
    pub version: String,
    /// [`bit_class`] of the machine, and its vector instructions where [the experiment follows
    /// them](super::Experiment::follows_processor).
    pub bits: String,
    /// Parameters of the experiment.
    pub parameters: BTreeMap<String, String>,
    /// The conditions.
    pub grid: Grid,
    /// Names of the contenders, in their order.
    pub contenders: Vec<String>,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Trials at each condition.
    pub trials: u64,
    /// Trials of one random stream.
    pub block_size: u64,
}

crate::checked_serde!(StudyIdentity, StudyIdentity::check);

impl StudyIdentity {
    pub(super) fn check(&self) -> Result<()> {
        check::at_least("contenders", self.contenders.len(), 1)?;
        for (i, name) in self.contenders.iter().enumerate() {
            if self.contenders[..i].contains(name) {
                return Err(Error::invalid("contenders", format!("two are named {name}")));
            }
        }
        check::at_least("trials", usize::from(self.trials > 0), 1)?;
        check::at_least("block_size", usize::from(self.block_size > 0), 1)?;
        let blocks = self.trials.div_ceil(self.block_size).checked_mul(self.grid.len() as u64);
        if blocks.is_none_or(|blocks| blocks > 1 << 53) {
            return Err(Error::invalid("trials", "make more than 2^53 blocks over all conditions"));
        }
        Ok(())
    }

    /// Blocks at each condition.
    #[must_use]
    pub fn blocks_of_condition(&self) -> u64 {
        self.trials.div_ceil(self.block_size.max(1))
    }

    /// Blocks of the whole study: those of the first condition, then those of the second, and so on.
    #[must_use]
    pub fn blocks(&self) -> u64 {
        self.blocks_of_condition().saturating_mul(self.grid.len() as u64)
    }

    /// Trials in the blocks before this one, over all conditions.
    pub(super) fn trials_before(&self, block: u64) -> u64 {
        let own = self.blocks_of_condition().max(1);
        let here = (block % own).saturating_mul(self.block_size).min(self.trials);
        (block / own).saturating_mul(self.trials).saturating_add(here)
    }

    /// Nothing, if the two are one study.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the first thing that differs.
    pub fn same_as(&self, other: &Self) -> Result<()> {
        let list = |identity: &Self| {
            let axes = identity.grid.axes().iter();
            let mut list = vec![
                ("version".to_owned(), identity.version.clone()),
                ("seed".to_owned(), identity.seed.to_string()),
                ("trials".to_owned(), identity.trials.to_string()),
                ("block_size".to_owned(), identity.block_size.to_string()),
                ("contenders".to_owned(), identity.contenders.join(", ")),
            ];
            list.extend(axes.map(|axis| (axis.label(), format!("{:?}", axis.to_vec()))));
            list.extend(identity.parameters.clone());
            list.push(("bit class of the machine".to_owned(), identity.bits.clone()));
            list
        };
        let (ours, theirs) = (list(self), list(other));
        let names = ours.iter().chain(&theirs).map(|(name, _)| name);
        let value = |list: &[(String, String)], name: &str| {
            let found = list.iter().find(|(other, _)| other == name);
            found.map_or_else(|| "nothing".to_owned(), |(_, value)| value.clone())
        };
        for name in names {
            let (a, b) = (value(&ours, name), value(&theirs, name));
            if a != b {
                let reason = format!("are of different studies: {name} is {a} in one and {b} in the other");
                return Err(Error::invalid("parts", reason));
            }
        }
        Ok(())
    }
}

/// A word for the way in which this machine rounds the functions of the system's mathematical library (`ln`,
/// `exp`, `sin`, …).
///
/// They differ in the last bit between libraries, and within one between processors with and without fused
/// multiplication; everything else in a study is the same everywhere. Machines with the same word gave the
/// same bits for 24 000 values of twelve functions.
#[must_use]
pub fn bit_class() -> String {
    let functions: [fn(f64) -> f64; 12] = [
        f64::ln,
        f64::exp,
        f64::sin,
        f64::cos,
        f64::tan,
        f64::atan,
        f64::ln_1p,
        f64::exp_m1,
        f64::tanh,
        f64::cbrt,
        f64::log10,
        |x| x.powf(1.7),
    ];
    let values = (1..=2000).flat_map(|i| {
        // From 0.007 to 14, black-boxed so that the compiler does not work it out with a library of its own.
        let x = std::hint::black_box(f64::from(i) * 0.007_071_067_811_865_475);
        functions.map(|f| f(x))
    });
    format!("{:016x}", fnv1a(values.flat_map(|value| value.to_bits().to_le_bytes())))
}
