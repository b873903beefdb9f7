//! Several models that vote.

use super::classifier::Classifier;
use mmw_core::ndarray::ArrayRef1;
use mmw_core::{Error, Result, check};

/// The mean of the probabilities of several models.
pub struct Committee {
    members: Vec<Box<dyn Classifier>>,
    classes: usize,
    features: usize,
}

impl std::fmt::Debug for Committee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Committee").field("members", &self.members.len()).finish_non_exhaustive()
    }
}

impl Committee {
    /// Models of the same classes and features.
    ///
    /// # Errors
    /// [`Error::TooFew`] for none, [`Error::Shape`] for members that differ.
    pub fn new(members: Vec<Box<dyn Classifier>>) -> Result<Self> {
        let first = members.first().ok_or_else(|| Error::too_few("members", 1, 0))?;
        let (classes, features) = (first.classes(), first.features());
        for member in &members {
            check::same_shape("member", &[classes, features], &[member.classes(), member.features()])?;
        }
        Ok(Self { members, classes, features })
    }
}

impl Classifier for Committee {
    fn classes(&self) -> usize {
        self.classes
    }

    fn features(&self) -> usize {
        self.features
    }

    fn probabilities(&self, row: &ArrayRef1<f64>) -> Result<Vec<f64>> {
        let mut mean = vec![0.0; self.classes];
        for member in &self.members {
            let p = member.probabilities(row)?;
            mean.iter_mut().zip(p).for_each(|(mean, p)| *mean += p / self.members.len() as f64);
        }
        Ok(mean)
    }
}
