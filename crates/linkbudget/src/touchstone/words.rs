//! The words of the format.

/// How complex numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Format {
    /// `RI`: real and imaginary part; exact on the way back.
    #[default]
    RealImaginary,
    /// `MA`: magnitude and angle in degrees.
    MagnitudeAngle,
    /// `DB`: `20 log10` of the magnitude and angle in degrees; zero is written as −1000 dB.
    DecibelAngle,
}

mmw_core::named!(Format, "format" {
    RealImaginary = "real_imaginary" | "ri" | "RI",
    MagnitudeAngle = "magnitude_angle" | "ma" | "MA",
    DecibelAngle = "decibel_angle" | "db" | "DB",
});

/// What the matrices are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Parameter {
    /// Scattering parameters.
    #[default]
    S,
    /// Admittances, siemens.
    Y,
    /// Impedances, ohm.
    Z,
    /// Hybrid `h` of a two-port: ohm, 1, 1, siemens.
    H,
    /// Hybrid `g` of a two-port: siemens, 1, 1, ohm.
    G,
}

mmw_core::named!(Parameter, "parameter" { S = "s", Y = "y", Z = "z", H = "h", G = "g" });

/// The version of the format that a file keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Version {
    /// An option line and numbers; the ports by the name of the file.
    #[default]
    #[cfg_attr(feature = "serde", serde(rename = "1.0"))]
    V1_0,
    /// The same with a resistance for each port on the option line.
    #[cfg_attr(feature = "serde", serde(rename = "1.1"))]
    V1_1,
    /// Keywords in brackets.
    #[cfg_attr(feature = "serde", serde(rename = "2.0"))]
    V2_0,
    /// The same, `[End]` required.
    #[cfg_attr(feature = "serde", serde(rename = "2.1"))]
    V2_1,
}

mmw_core::named!(Version, "version" { V1_0 = "1.0", V1_1 = "1.1", V2_0 = "2.0", V2_1 = "2.1" });

impl Version {
    /// Whether the file has keywords.
    #[must_use]
    pub fn has_keywords(self) -> bool {
        self >= Self::V2_0
    }
}

/// Which entries of the matrices a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum MatrixFormat {
    /// All.
    #[default]
    Full,
    /// Those on and below the diagonal of a symmetric matrix.
    Lower,
    /// Those on and above it.
    Upper,
}

mmw_core::named!(MatrixFormat, "matrix format" { Full = "full", Lower = "lower", Upper = "upper" });

impl MatrixFormat {
    /// Whether a file holds this entry.
    pub(super) fn holds(self, row: usize, column: usize) -> bool {
        match self {
            Self::Full => true,
            Self::Lower => column <= row,
            Self::Upper => column >= row,
        }
    }

    /// How many entries that is.
    pub(super) fn entries(self, ports: usize) -> usize {
        match self {
            Self::Full => ports * ports,
            Self::Lower | Self::Upper => ports * (ports + 1) / 2,
        }
    }
}

/// What a row and column of a mixed-mode matrix belong to; ports count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Mode {
    /// One port.
    Single(usize),
    /// The difference of two ports, the first less the second.
    Differential(usize, usize),
    /// What two ports have in common.
    Common(usize, usize),
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Single(port) => write!(f, "S{port}"),
            Self::Differential(plus, minus) => write!(f, "D{plus},{minus}"),
            Self::Common(plus, minus) => write!(f, "C{plus},{minus}"),
        }
    }
}

impl Mode {
    /// Whether modes describe so many ports: each is single, or part of one difference and one common mode.
    pub(super) fn cover(modes: &[Self], ports: usize) -> bool {
        let seen: Vec<usize> = modes.iter().flat_map(|mode| mode.ports()).collect();
        let pairs = modes.iter().filter(|mode| mode.is_pair()).count();
        modes.len() == ports
            && pairs.is_multiple_of(2)
            && seen.iter().all(|port| *port <= ports)
            && (1..=ports).all(|port| seen.contains(&port))
            && modes
                .iter()
                .enumerate()
                .all(|(i, mode)| modes[i + 1..].iter().all(|other| mode.goes_with(*other)))
    }

    /// The ports that it is of.
    fn ports(self) -> impl Iterator<Item = usize> {
        let (first, second) = match self {
            Self::Single(port) => (port, None),
            Self::Differential(plus, minus) | Self::Common(plus, minus) => (plus, Some(minus)),
        };
        std::iter::once(first).chain(second)
    }

    /// Whether another mode of the same matrix may be `other`: of other ports, or common to a difference.
    fn goes_with(self, other: Self) -> bool {
        let pair = |plus: usize, minus: usize| (plus.min(minus), plus.max(minus));
        match (self, other) {
            (Self::Differential(a, b), Self::Common(c, d))
            | (Self::Common(c, d), Self::Differential(a, b)) => {
                pair(a, b) == pair(c, d) || self.ports().all(|port| other.ports().all(|p| p != port))
            }
            _ => self.ports().all(|port| other.ports().all(|p| p != port)),
        }
    }

    /// Whether it is of two ports.
    fn is_pair(self) -> bool {
        !matches!(self, Self::Single(_))
    }

    /// `D2,3`, `C2,3` or `S1`.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let mut letters = word.chars();
        let letter = letters.next()?;
        let rest = letters.as_str();
        let port = |text: &str| text.parse().ok().filter(|port| *port > 0);
        let pair = || rest.split_once(',').and_then(|(a, b)| Some((port(a)?, port(b)?)));
        match letter.to_ascii_uppercase() {
            'S' => port(rest).map(Self::Single),
            'D' => pair().map(|(plus, minus)| Self::Differential(plus, minus)),
            'C' => pair().map(|(plus, minus)| Self::Common(plus, minus)),
            _ => None,
        }
    }
}

/// Noise of a two-port at one frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
pub struct NoisePoint {
    /// Frequency, Hz.
    pub frequency_hz: f64,
    /// Least noise figure, dB.
    pub minimum_figure_db: f64,
    /// Magnitude of the source's reflection that gives it.
    pub optimum_magnitude: f64,
    /// Its angle, degrees as in the file.
    pub optimum_angle_deg: f64,
    /// Effective noise resistance, ohm.
    pub resistance_ohm: f64,
}

mmw_core::checked_serde!(NoisePoint {
    frequency_hz,
    minimum_figure_db,
    optimum_magnitude,
    optimum_angle_deg,
    resistance_ohm,
});

/// Something about a file that its reader should know and that changes none of its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Note {
    /// The line, from 1.
    pub line: usize,
    /// What it is.
    pub text: String,
}
