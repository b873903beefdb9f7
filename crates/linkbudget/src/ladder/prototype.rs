//! Low-pass prototypes as branches, and the filters of other bands that they become.

use super::First;
use crate::network::{Network, Part, PartKind};
use mmw_core::{Error, Result, check};
use std::f64::consts::TAU;

/// A branch of a prototype, normalised to the load resistance and to 1 rad/s.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Branch {
    /// A capacitor to ground, or an inductor in the line.
    Single(f64),
    /// A resonator without transmission at its frequency: in the line the inductor `main` with the capacitor
    /// `other` across it, to ground the capacitor `main` with the inductor `other` in series.
    Resonator {
        /// The element that an all-pole ladder has there.
        main: f64,
        /// The one that makes the zero.
        other: f64,
    },
}

mmw_core::checked_serde!(Branch, |branch| match *branch {
    Branch::Single(value) => check::positive("single", value).map(|_| ()),
    Branch::Resonator { main, other } => {
        check::positive("main", main)?;
        check::positive("other", other).map(|_| ())
    }
});

impl Branch {
    pub(super) fn is_positive(&self) -> bool {
        match *self {
            Self::Single(value) => value > 0.0,
            Self::Resonator { main, other } => main > 0.0 && other > 0.0,
        }
    }
}

/// Which frequencies pass.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Band {
    /// Those below the cut-off.
    LowPass {
        /// The cut-off, Hz.
        cutoff_hz: f64,
    },
    /// Those above it.
    HighPass {
        /// The cut-off, Hz.
        cutoff_hz: f64,
    },
    /// Those between two cut-offs.
    BandPass {
        /// The lower one, Hz.
        low_hz: f64,
        /// The upper one, Hz.
        high_hz: f64,
    },
    /// Those beyond two cut-offs.
    BandStop {
        /// The lower one, Hz.
        low_hz: f64,
        /// The upper one, Hz.
        high_hz: f64,
    },
}

/// A low-pass prototype of any family: its branches from the generator.
///
/// # Examples
/// ```
/// use linkbudget::ladder::{Band, LadderSpec};
/// use linkbudget::ndarray::array;
///
/// // A Butterworth band-pass of order 3 from 57 to 64 GHz loses half the power at both edges.
/// let ladder = LadderSpec::butterworth(3, 50.0, 50.0).synthesise()?;
/// let band = Band::BandPass { low_hz: 57e9, high_hz: 64e9 };
/// let filter = ladder.prototype().network(band)?;
/// let loss_db = filter.transducer_loss_db(&array![57e9, 64e9], 50.0, 50.0)?;
/// assert!(loss_db.iter().all(|db| (db - 3.0103).abs() < 1e-4));
/// # Ok::<(), linkbudget::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Prototype {
    first: First,
    branches: Vec<Branch>,
    reference_ohm: f64,
}

impl Prototype {
    /// Branches of one element each, normalised to the load.
    pub(super) fn from_elements(first: First, elements: &[f64], reference_ohm: f64) -> Self {
        let branches = elements.iter().map(|&value| Branch::Single(value)).collect();
        Self { first, branches, reference_ohm }
    }

    /// Branches that are normalised to the generator.
    pub(super) fn from_source(first: First, branches: &[Branch], [source_ohm, load_ohm]: [f64; 2]) -> Self {
        let to_load = |(i, branch): (usize, &Branch)| {
            let up = match first.at(i) {
                First::Shunt => load_ohm / source_ohm,
                First::Series => source_ohm / load_ohm,
            };
            match *branch {
                Branch::Single(value) => Branch::Single(value * up),
                Branch::Resonator { main, other } => Branch::Resonator { main: main * up, other: other / up },
            }
        };
        let branches = branches.iter().enumerate().map(to_load).collect();
        Self { first, branches, reference_ohm: load_ohm }
    }

    /// The element next to the generator.
    #[must_use]
    pub fn first(&self) -> First {
        self.first
    }

    /// The branches from the generator, normalised to the load.
    #[must_use]
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The filter of a band.
    ///
    /// ```text
    /// low-pass p = s/ωc,   high-pass p = ωc/s,   band-pass p = (s² + ω0²)/(Δ s),   band-stop p = Δ s/(s² + ω0²)
    /// ω0² = ω1 ω2,   Δ = ω2 − ω1
    /// ```
    /// The reactance transformations of Zverev[^zverev], chapter 4. A resonator becomes two, at
    /// `ωb − ωa = w Δ` (band-stop `Δ/w`) and `ωa ωb = ω0²`.
    ///
    /// # Errors
    /// [`Error::Domain`] for a frequency that is not above zero, [`Error::Invalid`] for edges that do not
    /// rise; as [`Network::new`].
    ///
    /// [^zverev]: A. I. Zverev, *Handbook of Filter Synthesis*, Wiley, 1967.
    pub fn network(&self, band: Band) -> Result<Network> {
        let map = Map::new(band)?;
        let mut parts = Vec::with_capacity(4 * self.branches.len());
        for (i, branch) in self.branches.iter().enumerate() {
            let mut place = Place { kind: self.first.at(i), ohm: self.reference_ohm, parts: &mut parts };
            match *branch {
                Branch::Single(value) => map.single(&mut place, value),
                Branch::Resonator { main, other } => {
                    map.resonator(&mut place, 1.0 / other, 1.0 / (main * other))
                }
            }
        }
        Network::new(parts)
    }
}

/// A band in rad/s: cut-off, or centre squared and width.
enum Map {
    Low(f64),
    High(f64),
    Pass { centre_squared: f64, width: f64 },
    Stop { centre_squared: f64, width: f64 },
}

impl Map {
    fn new(band: Band) -> Result<Self> {
        let edges = |low_hz, high_hz| -> Result<(f64, f64)> {
            let low = TAU * check::in_range("low_hz", check::positive("low_hz", low_hz)?, 0.0, 1e30)?;
            let high = TAU * check::in_range("high_hz", check::positive("high_hz", high_hz)?, 0.0, 1e30)?;
            if high > low {
                Ok((low * high, high - low))
            } else {
                Err(Error::invalid("high_hz", "must lie above low_hz"))
            }
        };
        Ok(match band {
            Band::LowPass { cutoff_hz } => Self::Low(TAU * check::positive("cutoff_hz", cutoff_hz)?),
            Band::HighPass { cutoff_hz } => Self::High(TAU * check::positive("cutoff_hz", cutoff_hz)?),
            Band::BandPass { low_hz, high_hz } => {
                let (centre_squared, width) = edges(low_hz, high_hz)?;
                Self::Pass { centre_squared, width }
            }
            Band::BandStop { low_hz, high_hz } => {
                let (centre_squared, width) = edges(low_hz, high_hz)?;
                Self::Stop { centre_squared, width }
            }
        })
    }

    /// The immittance `g p`.
    fn single(&self, place: &mut Place<'_>, g: f64) {
        match *self {
            Self::Low(cutoff) => place.rising(g / cutoff),
            Self::High(cutoff) => place.falling(1.0 / (g * cutoff)),
            Self::Pass { centre_squared, width } => {
                place.rising(g / width);
                place.falling(width / (g * centre_squared));
            }
            Self::Stop { centre_squared, width } => place.resonator(g * width, centre_squared),
        }
    }

    /// The immittance `k p / (p² + w²)`.
    fn resonator(&self, place: &mut Place<'_>, k: f64, w_squared: f64) {
        match *self {
            Self::Low(cutoff) => place.resonator(k * cutoff, w_squared * cutoff * cutoff),
            Self::High(cutoff) => place.resonator(k * cutoff / w_squared, cutoff * cutoff / w_squared),
            Self::Pass { centre_squared, width } => {
                place.pair(k * width, centre_squared, w_squared.sqrt() * width);
            }
            Self::Stop { centre_squared, width } => {
                place.pair(k * width / w_squared, centre_squared, width / w_squared.sqrt());
            }
        }
    }
}

/// Where the parts of a branch go: impedances in the line over `ohm`, or admittances to ground times `ohm`.
struct Place<'a> {
    kind: First,
    ohm: f64,
    parts: &'a mut Vec<Part>,
}

impl Place<'_> {
    /// The immittance `a s`.
    fn rising(&mut self, a: f64) {
        self.parts.push(match self.kind {
            First::Shunt => Part::new(PartKind::ShuntC, a / self.ohm),
            First::Series => Part::new(PartKind::SeriesL, a * self.ohm),
        });
    }

    /// The immittance `1/(b s)`.
    fn falling(&mut self, b: f64) {
        self.parts.push(match self.kind {
            First::Shunt => Part::new(PartKind::ShuntL, b * self.ohm),
            First::Series => Part::new(PartKind::SeriesC, b / self.ohm),
        });
    }

    /// The immittance `k s / (s² + w²)`.
    fn resonator(&mut self, k: f64, w_squared: f64) {
        let [inductor, capacitor] = match self.kind {
            First::Shunt => [
                Part::new(PartKind::ShuntL, self.ohm / k),
                Part::new(PartKind::ShuntTrapC, k / (w_squared * self.ohm)),
            ],
            First::Series => [
                Part::new(PartKind::SeriesL, k * self.ohm / w_squared),
                Part::new(PartKind::SeriesTankC, 1.0 / (k * self.ohm)),
            ],
        };
        self.parts.extend([inductor, capacitor]);
    }

    /// The immittance `k s (s² + c)/((s² + a²)(s² + b²))` with `a b = c` and `b − a = apart`.
    fn pair(&mut self, k: f64, c: f64, apart: f64) {
        let half = 0.5 * apart;
        let b = half + (half * half + c).sqrt();
        let a = c / b;
        self.resonator(k * a / (a + b), a * a);
        self.resonator(k * b / (a + b), b * b);
    }
}
