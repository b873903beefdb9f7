//! The double-directional channel: a list of paths, and the terms of guides, whose rank is limited.

use crate::scenario::Process;
use mmw_core::checked_serde::finite;
use mmw_core::geometry::{Direction, Vector3};
use mmw_core::{C64, Result, check};

/// One propagation path between the reference points of the two ends: one term of equation (1).
///
/// ```text
/// h(τ, Ω_R, Ω_T) = Σᵢ aᵢ e^{jφᵢ} δ(τ − τᵢ) δ(Ω_R − Ω_R,i) δ(Ω_T − Ω_T,i)
/// ```
/// Equation (1) of [^molisch]. Directions are unit vectors that point away from the antennas, towards the
/// first and the last scatterer, so exchanging the ends exchanges them and nothing else. The gain is that at
/// the carrier. Its type is a parameter, so that a polarimetric channel can put a 2 by 2 matrix there.
///
/// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Path<G = C64> {
    /// What made it.
    pub process: Process,
    /// `τᵢ`, from reference point to reference point, s.
    pub delay_s: f64,
    /// `Ω_T,i` seen from the base station, unit vector.
    pub departure: Vector3,
    /// `Ω_R,i` seen from the mobile station, unit vector.
    pub arrival: Vector3,
    /// Distance from the base station to the first scatterer (or the other end), m.
    pub departure_distance_m: f64,
    /// Distance from the mobile station to the last scatterer (or the other end), m.
    pub arrival_distance_m: f64,
    /// `aᵢ e^{jφᵢ}`; the mean power of a channel is that of [`crate::scenario::PowerLedger`].
    pub gain: G,
}

mmw_core::checked_serde!(<G> Path, |path| {
    finite("delay_s", &path.delay_s)?;
    finite("departure", &path.departure)?;
    finite("arrival", &path.arrival)?;
    finite("departure_distance_m", &path.departure_distance_m)?;
    finite("arrival_distance_m", &path.arrival_distance_m)
});

impl<G> Path<G> {
    /// Direction of departure as angles.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] if a user has set the vector to zero or NaN.
    pub fn departure_direction(&self) -> Result<Direction> {
        Direction::towards(self.departure)
    }

    /// Direction of arrival as angles.
    ///
    /// # Errors
    /// As [`Path::departure_direction`].
    pub fn arrival_direction(&self) -> Result<Direction> {
        Direction::towards(self.arrival)
    }
}

/// A direction and how far it goes before something scatters.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Ray {
    /// Unit vector away from the antennas.
    pub direction: Vector3,
    /// Distance, m.
    pub distance_m: f64,
}

mmw_core::checked_serde!(Ray { direction, distance_m });

/// How the modes of a guide reach the antennas of one end directly.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum DirectModes {
    /// Not at all.
    Dark,
    /// Each as a plane wave of its own direction.
    PlaneWaves {
        /// One for each mode.
        directions: Vec<Vector3>,
        /// One for each mode.
        weights: Vec<C64>,
    },
    /// As independent complex normal numbers on all antennas: element `n` takes stream `n` of the seed, so
    /// the same antenna always sees the same modes.
    Independent {
        /// Seed of the streams.
        seed: u64,
        /// Root mean square of the numbers.
        amplitude: f64,
    },
}

mmw_core::checked_serde!(DirectModes, DirectModes::check);

impl DirectModes {
    fn check(&self) -> Result<()> {
        match self {
            Self::Dark => Ok(()),
            Self::PlaneWaves { directions, weights } => {
                finite("directions", directions)?;
                finite("weights", weights)?;
                check::same_len("weights", directions.len(), weights.len())
            }
            Self::Independent { amplitude, .. } => check::non_negative("amplitude", *amplitude).map(|_| ()),
        }
    }
}

/// How the modes of a guide couple to one end: directly, and by scatterers.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Coupling {
    /// The mouth of the guide seen from this end.
    pub mouth: Ray,
    /// What goes directly.
    pub direct: DirectModes,
    /// The scatterers between this end and the mouth.
    pub scatterers: Vec<Ray>,
    /// Real part of the weight of each scatterer and mode, `scatterer * modes + mode`.
    pub weights_re: Vec<f64>,
    /// Imaginary part of the same.
    pub weights_im: Vec<f64>,
}

mmw_core::checked_serde!(Coupling { weights_re, weights_im });

impl Coupling {
    fn check(&self, end: &str, modes: usize) -> Result<()> {
        if let DirectModes::PlaneWaves { weights, .. } = &self.direct {
            check::same_len(format!("weights of the plane waves of {end}"), modes, weights.len())?;
        }
        let weights = modes.saturating_mul(self.scatterers.len());
        check::same_len(format!("weights_re of {end}"), weights, self.weights_re.len())?;
        check::same_len(format!("weights_im of {end}"), weights, self.weights_im.len())
    }
}

impl Default for Coupling {
    fn default() -> Self {
        Self {
            mouth: Ray { direction: [0.0, 1.0, 0.0], distance_m: 0.0 },
            direct: DirectModes::Dark,
            scatterers: Vec::new(),
            weights_re: Vec::new(),
            weights_im: Vec::new(),
        }
    }
}

/// One delay of one guide: random matrices with a rank-reducing diagonal between them.
///
/// ```text
/// W = G_R Λ^{1/2} G_T
/// ```
/// Section II-D of [^molisch] ("random matrices multiplied by a rank-reducing matrix").
///
/// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct GuideTerm {
    /// Index of the guide in the scenario.
    pub guide: usize,
    /// Delay from end to end, s.
    pub delay_s: f64,
    /// `√λ` of each mode, times the amplitude of the term.
    pub strengths: Vec<f64>,
    /// `G_T`: the side of the base station.
    pub entry: Coupling,
    /// `G_R`: the side of the mobile station.
    pub exit: Coupling,
}

mmw_core::checked_serde!(GuideTerm, GuideTerm::check);

impl GuideTerm {
    fn check(&self) -> Result<()> {
        finite("delay_s", &self.delay_s)?;
        finite("strengths", &self.strengths)?;
        self.entry.check("entry", self.strengths.len())?;
        self.exit.check("exit", self.strengths.len())
    }
}

/// One draw of the channel, without any antennas.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct Realisation {
    /// Carrier frequency, Hz.
    pub carrier_hz: f64,
    /// The paths.
    pub paths: Vec<Path>,
    /// The terms of guides, one for each delay of each.
    pub guides: Vec<GuideTerm>,
}

mmw_core::checked_serde!(Realisation, |draw| check::non_negative("carrier_hz", draw.carrier_hz).map(|_| ()));

impl Realisation {
    /// The same channel with the ends exchanged: the base station receives what the mobile station sends.
    ///
    /// The channel is reciprocal (footnote 2 of the paper), so its transfer matrices are the transposes, to
    /// the last bit.
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario};
    /// use mmw_core::random::Streams;
    ///
    /// let model = ChannelModel::new(Scenario::urban_macrocell())?;
    /// let down = model.draw(&mut Streams::new(1).stream(0));
    /// let up = down.clone().swapped();
    /// assert_eq!(up.paths[3].departure, down.paths[3].arrival);
    /// assert_eq!(up.swapped(), down);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn swapped(mut self) -> Self {
        for path in &mut self.paths {
            std::mem::swap(&mut path.departure, &mut path.arrival);
            std::mem::swap(&mut path.departure_distance_m, &mut path.arrival_distance_m);
        }
        for term in &mut self.guides {
            std::mem::swap(&mut term.entry, &mut term.exit);
        }
        self
    }

    /// Least delay of all paths and guides, s; 0 for an empty channel.
    #[must_use]
    pub fn first_delay_s(&self) -> f64 {
        let paths = self.paths.iter().map(|path| path.delay_s);
        paths.chain(self.guides.iter().map(|term| term.delay_s)).reduce(f64::min).unwrap_or(0.0)
    }
}
