//! Part tolerances: networks as they are built, and how many of them pass.

use crate::e_series::ESeries;
use crate::network::{Network, Part, PartKind};
use mmw_core::ndarray::Array1;
use mmw_core::rand::{Rng, RngExt};
use mmw_core::{Error, Result, check};

/// How far a part may be from its nominal value, each way, as a fraction of it; uniform between the limits.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Tolerances {
    /// Capacitors, 0 to below 1.
    pub capacitor: f64,
    /// Inductors, 0 to below 1.
    pub inductor: f64,
    /// Resistors, 0 to below 1.
    pub resistor: f64,
}

/// A limit on the transducer loss at one frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Limit {
    /// At most this loss: pass-band.
    AtMost {
        /// Where, Hz.
        frequency_hz: f64,
        /// Greatest loss, dB.
        loss_db: f64,
    },
    /// At least this loss: stop-band.
    AtLeast {
        /// Where, Hz.
        frequency_hz: f64,
        /// Least loss, dB.
        loss_db: f64,
    },
}

/// A yield study: a network, its tolerances and what it must meet; checked.
///
/// # Examples
/// ```
/// use linkbudget::ladder::LadderSpec;
/// use linkbudget::network::Network;
/// use linkbudget::tolerance::{Limit, Tolerances, YieldConfig, YieldStudy};
/// use mmw_core::rand::SeedableRng;
///
/// let ladder = LadderSpec::butterworth(7, 50.0, 73.0).synthesise()?;
/// let network = Network::from_ladder(&ladder, 10e9)?;
/// let tolerances = Tolerances { capacitor: 0.1, inductor: 0.05, resistor: 0.0 };
/// let limits = vec![Limit::AtMost { frequency_hz: 5e9, loss_db: 0.5 }];
/// let config = YieldConfig { network, source_ohm: 50.0, load_ohm: 73.0, tolerances, limits };
/// let study = YieldStudy::new(config)?;
/// # struct Counter(u64);
/// # impl mmw_core::rand::TryRng for Counter {
/// #     type Error = std::convert::Infallible;
/// #     fn try_next_u32(&mut self) -> Result<u32, Self::Error> { Ok((self.try_next_u64()? >> 32) as u32) }
/// #     fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
/// #         self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
/// #         Ok(self.0 ^ (self.0 >> 29))
/// #     }
/// #     fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> { Ok(()) }
/// # }
/// # let mut rng = Counter(1);
/// let built = study.sample(&mut rng);
/// let nominal = study.network().parts()[0].value;
/// assert!((built.parts()[0].value / nominal - 1.0).abs() <= 0.1);
/// assert!(study.yield_fraction(200, &mut rng)? > 0.5);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct YieldStudy {
    config: YieldConfig,
    frequencies_hz: Array1<f64>,
}

/// What a [`YieldStudy`] is made of.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct YieldConfig {
    /// The nominal network.
    pub network: Network,
    /// The generator's resistance, Ω.
    pub source_ohm: f64,
    /// The load, Ω.
    pub load_ohm: f64,
    /// How far its parts may be off.
    pub tolerances: Tolerances,
    /// What a network must meet.
    pub limits: Vec<Limit>,
}

mmw_core::checked_serde!(YieldConfig, |config| YieldStudy::new(config.clone()).map(|_| ()));

impl YieldStudy {
    /// Checks all arguments.
    ///
    /// # Errors
    /// [`Error::Domain`] for a tolerance outside 0 to below 1, a limit that is not finite, and as
    /// [`Network::transducer_loss_db`]; [`Error::TooFew`] without a limit.
    pub fn new(config: YieldConfig) -> Result<Self> {
        let Tolerances { capacitor, inductor, resistor } = config.tolerances;
        let limits = &config.limits;
        for (name, fraction) in [("capacitor", capacitor), ("inductor", inductor), ("resistor", resistor)] {
            if !(0.0..1.0).contains(&fraction) {
                return Err(Error::domain(name, fraction, "a fraction from 0 to below 1"));
            }
        }
        check::at_least("limits", limits.len(), 1)?;
        let mut frequencies_hz = Array1::zeros(limits.len());
        for (slot, limit) in frequencies_hz.iter_mut().zip(limits) {
            let (Limit::AtMost { frequency_hz, loss_db } | Limit::AtLeast { frequency_hz, loss_db }) = *limit;
            check::finite("loss_db of a limit", loss_db)?;
            *slot = frequency_hz;
        }
        config.network.transducer_loss_db(&frequencies_hz, config.source_ohm, config.load_ohm)?;
        Ok(Self { config, frequencies_hz })
    }

    /// The nominal network.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.config.network
    }

    /// One network as it might be built: every part drawn from its tolerance, in the order of the parts.
    pub fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Network {
        let mut draw = |part: &Part| {
            let fraction = match part.kind {
                kind if kind.is_capacitor() => self.config.tolerances.capacitor,
                PartKind::ShuntL | PartKind::SeriesL => self.config.tolerances.inductor,
                _ => self.config.tolerances.resistor,
            };
            let unit: f64 = rng.random();
            Part { value: part.value * (1.0 + fraction * (2.0 * unit - 1.0)), ..*part }
        };
        Network::of_checked(self.config.network.parts().iter().map(&mut draw).collect())
    }

    /// Whether a network meets every limit.
    ///
    /// # Errors
    /// As [`Network::transducer_loss_db`].
    pub fn passes(&self, network: &Network) -> Result<bool> {
        let YieldConfig { source_ohm, load_ohm, limits, .. } = &self.config;
        let losses_db = network.transducer_loss_db(&self.frequencies_hz, *source_ohm, *load_ohm)?;
        let meets = |(limit, &got_db): (&Limit, &f64)| match *limit {
            Limit::AtMost { loss_db, .. } => got_db <= loss_db,
            Limit::AtLeast { loss_db, .. } => got_db >= loss_db,
        };
        Ok(limits.iter().zip(&losses_db).all(meets))
    }

    /// The fraction of `trials` built networks that meet every limit. Its standard error is
    /// `√(y(1−y)/trials)`.
    ///
    /// # Errors
    /// [`Error::TooFew`] without a trial; as [`YieldStudy::passes`].
    pub fn yield_fraction<R: Rng + ?Sized>(&self, trials: usize, rng: &mut R) -> Result<f64> {
        check::at_least("trials", trials, 1)?;
        let mut passed = 0_usize;
        for _ in 0..trials {
            passed += usize::from(self.passes(&self.sample(rng))?);
        }
        Ok(passed as f64 / trials as f64)
    }
}

/// The network with every capacitor, inductor and resistor at its nearest preferred value.
///
/// # Errors
/// As [`ESeries::nearest`].
///
/// # Examples
/// ```
/// use linkbudget::e_series::ESeries;
/// use linkbudget::network::{Network, Part, PartKind};
/// use linkbudget::tolerance::rounded_to_series;
///
/// let exact = Network::new(vec![Part::new(PartKind::ShuntC, 79.27e-15)])?;
/// assert_eq!(rounded_to_series(&exact, ESeries::E96)?.parts()[0].value, 78.7e-15);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn rounded_to_series(network: &Network, series: ESeries) -> Result<Network> {
    let round = |part: &Part| Ok(Part { value: series.nearest(part.value)?, ..*part });
    Network::new(network.parts().iter().map(round).collect::<Result<_>>()?)
}
