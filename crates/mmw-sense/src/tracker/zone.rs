//! A rectangle seen from above.

use mmw_core::{Error, Result, check};

/// A rectangle along the axes, seen from above, without its edges.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Zone {
    /// From and to, right, m.
    pub x_m: [f64; 2],
    /// From and to, forward, m.
    pub y_m: [f64; 2],
}

mmw_core::checked_serde!(Zone, |zone| Zone::new(zone.x_m, zone.y_m).map(|_| ()));

impl Zone {
    /// From the first to the second number in each direction.
    ///
    /// # Errors
    /// A number that is not finite, a second one below the first.
    pub fn new(x_m: [f64; 2], y_m: [f64; 2]) -> Result<Self> {
        for (name, [from, to]) in [("x_m", x_m), ("y_m", y_m)] {
            [from, to].into_iter().try_for_each(|value| check::finite(name, value).map(|_| ()))?;
            if from > to {
                return Err(Error::invalid(
                    name,
                    format!("a zone from {from} to {to} ends before it begins"),
                ));
            }
        }
        Ok(Self { x_m, y_m })
    }

    /// Whether a place is inside.
    #[must_use]
    pub fn contains(&self, [x, y]: [f64; 2]) -> bool {
        let within = |[from, to]: [f64; 2], value: f64| from < value && value < to;
        within(self.x_m, x) && within(self.y_m, y)
    }
}
