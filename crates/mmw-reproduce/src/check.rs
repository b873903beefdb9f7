//! One number of a source beside ours, and what else is known of it.

use serde::{Deserialize, Deserializer, Serialize};

/// What a source says of a number: from `low` to `high`, open where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Printed {
    /// The least that agrees with it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub low: Option<f64>,
    /// The most that agrees with it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub high: Option<f64>,
    /// How far beyond still agrees: half of the last printed digit, or the error of a simulation.
    pub tolerance: f64,
}

/// What a number is known to be from elsewhere: a golden value, a quadrature, an identity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reference {
    /// Where it comes from.
    pub from: String,
    /// The number.
    pub value: f64,
    /// How far ours may be from it.
    pub tolerance: f64,
}

/// One comparison of a row: ours, what is printed, what is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Check {
    /// What is compared, with its unit.
    pub quantity: String,
    /// What this run found; a number that is not finite is absent from JSON.
    #[serde(deserialize_with = "number_or_nan")]
    pub ours: f64,
    /// What the source says; none where it is silent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub printed: Option<Printed>,
    /// What is known from elsewhere.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reference: Option<Reference>,
}

fn number_or_nan<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

impl Check {
    /// A number of this run, not yet compared.
    pub fn new(quantity: impl Into<String>, ours: f64) -> Self {
        Self { quantity: quantity.into(), ours, printed: None, reference: None }
    }

    /// The source prints this number, with so much of an error in its last digit.
    #[must_use]
    pub fn prints(self, value: f64, tolerance: f64) -> Self {
        self.between(Some(value), Some(value), tolerance)
    }

    /// The source says that it is no more than this.
    #[must_use]
    pub fn at_most(self, high: f64, tolerance: f64) -> Self {
        self.between(None, Some(high), tolerance)
    }

    /// The source says that it is no less than this.
    #[must_use]
    pub fn at_least(self, low: f64, tolerance: f64) -> Self {
        self.between(Some(low), None, tolerance)
    }

    /// The source says that it lies between these.
    #[must_use]
    pub fn within(self, low: f64, high: f64, tolerance: f64) -> Self {
        self.between(Some(low), Some(high), tolerance)
    }

    /// It is known from elsewhere.
    #[must_use]
    pub fn known(self, from: impl Into<String>, value: f64, tolerance: f64) -> Self {
        Self { reference: Some(Reference { from: from.into(), value, tolerance }), ..self }
    }

    fn between(self, low: Option<f64>, high: Option<f64>, tolerance: f64) -> Self {
        Self { printed: Some(Printed { low, high, tolerance }), ..self }
    }

    /// Whether ours agrees with what is printed; nothing printed is nothing to disagree with.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.printed.is_none_or(|printed| {
            let above = printed.low.is_none_or(|low| self.ours >= low - printed.tolerance);
            above && printed.high.is_none_or(|high| self.ours <= high + printed.tolerance)
        })
    }

    /// Whether ours is a number and what is known from elsewhere, if anything is.
    #[must_use]
    pub fn holds(&self) -> bool {
        let known = self.reference.as_ref();
        self.ours.is_finite() && known.is_none_or(|known| (self.ours - known.value).abs() <= known.tolerance)
    }

    /// The same with a number of ours that is off by more than any tolerance: what a wrong formula would do.
    #[must_use]
    pub fn broken(&self) -> Self {
        let beyond = |value: f64, tolerance: f64| 3.0 * tolerance + 1e-9 * value.abs().max(1e-3);
        let printed = self.printed.map(|p| match (p.low, p.high) {
            (_, Some(high)) => high + beyond(high, p.tolerance),
            (Some(low), None) => low - beyond(low, p.tolerance),
            (None, None) => self.ours,
        });
        let known = self.reference.as_ref().map(|known| known.value + beyond(known.value, known.tolerance));
        Self { ours: known.or(printed).unwrap_or(f64::NAN), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_agrees_within_its_tolerance_and_a_claim_on_its_side() {
        let at = |ours| Check::new("x", ours);
        assert!(at(1.004).prints(1.0, 0.005).agrees() && !at(1.006).prints(1.0, 0.005).agrees());
        assert!(at(-9.0).at_most(1.0, 0.0).agrees() && !at(1.1).at_most(1.0, 0.0).agrees());
        assert!(at(9.0).at_least(1.0, 0.0).agrees() && !at(0.9).at_least(1.0, 0.0).agrees());
        assert!(at(1.0).within(1.0, 2.0, 0.0).agrees() && !at(2.1).within(1.0, 2.0, 0.0).agrees());
        assert!(at(f64::NAN).agrees() && !at(f64::NAN).prints(1.0, 1.0).agrees());
    }

    #[test]
    fn a_reference_holds_within_its_own_tolerance_and_nan_never() {
        assert!(Check::new("x", 2.0).holds() && !Check::new("x", f64::NAN).holds());
        assert!(Check::new("x", 2.1).known("a table", 2.0, 0.2).holds());
        assert!(!Check::new("x", 2.3).known("a table", 2.0, 0.2).holds());
    }
}
