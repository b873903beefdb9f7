//! The readings of what the paper leaves open: A1 to A21.

/// How each ambiguous place of the paper is read. [`Interpretation::default`] is the advised reading.
///
/// | | place | reading |
/// | --- | --- | --- |
/// | A1 | `exp(-r²/2·100²)` | [`Interpretation::cloud_scale`] |
/// | A2 | the radial law is not normalised | [`Interpretation::radial_law`] |
/// | A3 | reference of `z` | [`Interpretation::height_reference`]; far clusters lie at the height of the base |
/// | A4 | the shares sum to 1.0026 | [`Interpretation::guide_power`]; always normalised afterwards |
/// | A5 | in-coupling sums to 1.0016, out-coupling to 0.502 | [`Interpretation::entry_shares`], [`Interpretation::exit_shares`] |
/// | A6 | "coupled into waveguide via MS scatterers" | "out of": fixed |
/// | A7 | `λ_v` labelled horizontal, `λ_h` vertical | [`Interpretation::eigenvalue_rows`] |
/// | A8 | `exp(-λ/4)`: a density or a profile | [`Interpretation::eigenvalues`] |
/// | A9 | one row for guides and edges, against the text | [`Interpretation::edge_rank`] |
/// | A10 | `h(τ)`: amplitude or power | [`Interpretation::dispersion`] |
/// | A11 | "multiplicative" dispersion | [`Interpretation::tap_matrices`] |
/// | A12 | shape of `H` | `H[r, t]`, transmit antenna `t` to receive antenna `r`: fixed |
/// | A13 | equation (2) keeps the deltas of (1) and drops indices | a sum of paths, `+` sign at both ends, directions point away from the array: fixed |
/// | A14 | normalisation of `H` | [`Interpretation::normalisation`] |
/// | A15 | "1x1 above ideal due to LOS" | an effect to be measured, not a choice |
/// | A16 | amplitudes of the scatterers | [`Interpretation::amplitudes`] |
/// | A17 | `Φ_mean` "uniform in seen region"; shape of the spread | [`Interpretation::illumination_mean`], [`Interpretation::illumination_shape`]; `P_doublescatt` relative to `P_NB-NLOS` |
/// | A18 | footnote 6: "Fig. 2" | capacity is Fig. 4: a misprint |
/// | A19 | carrier, distance, heights, spacing, bandwidth, ratio missing | fields of [`super::Scenario`] and arguments |
/// | A20 | "BS/MS Rice factor" | derived: [`super::Scenario::mobile_rice_factor_db`] |
/// | A21 | polarisation | not in the paper's equations; the gain type of [`crate::path::Path`] is a parameter |
///
/// The paper is silent on how guides couple to arrays: [`Interpretation::guide_coupling`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct Interpretation {
    /// A1.
    pub cloud_scale: CloudScale,
    /// A2.
    pub radial_law: RadialLaw,
    /// A3.
    pub height_reference: HeightReference,
    /// A4.
    pub guide_power: GuidePower,
    /// A5, into the guide.
    pub entry_shares: CouplingShares,
    /// A5, out of the guide.
    pub exit_shares: CouplingShares,
    /// A7.
    pub eigenvalue_rows: EigenvalueRows,
    /// A8.
    pub eigenvalues: Eigenvalues,
    /// A9.
    pub edge_rank: EdgeRank,
    /// A10.
    pub dispersion: Dispersion,
    /// A11.
    pub tap_matrices: TapMatrices,
    /// A14.
    pub normalisation: Normalisation,
    /// A16.
    pub amplitudes: Amplitudes,
    /// A17, the mean.
    pub illumination_mean: IlluminationMean,
    /// A17, the shape.
    pub illumination_shape: IlluminationShape,
    /// Modes of guides as the arrays see them.
    pub guide_coupling: GuideCoupling,
}

/// Declares an enumeration with two readings, the first of which is the default.
macro_rules! reading {
    ($(#[$doc:meta])* $name:ident { $(#[$first_doc:meta])* $first:ident = $first_name:literal, $(#[$second_doc:meta])* $second:ident = $second_name:literal $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
        #[non_exhaustive]
        pub enum $name {
            $(#[$first_doc])*
            #[default]
            $first,
            $(#[$second_doc])*
            $second,
        }

        mmw_core::named!($name, "reading" { $first = $first_name, $second = $second_name });
    };
}

reading!(
    /// A1: `exp(-r²/2·100²)`.
    CloudScale {
        /// `exp(−r²/(2·100²))`: the spread is the number.
        Spread = "spread",
        /// Literal precedence, `exp(−5000 r²)`: the spread is its inverse, a cloud of a centimetre.
        Literal = "literal",
    }
);
reading!(
    /// A2: the radial law.
    RadialLaw {
        /// A density per area: the radius is Rayleigh distributed.
        AreaDensity = "area_density",
        /// A density in `r` itself: half a normal distribution.
        HalfNormal = "half_normal",
    }
);
reading!(
    /// A3: what the heights of scatterers count from.
    HeightReference {
        /// The antenna of that end.
        Antenna = "antenna",
        /// The ground, `z = 0`.
        Ground = "ground",
    }
);
reading!(
    /// A4: whose `P_w` is.
    GuidePower {
        /// Of each guide: then the shares sum to 1.0026.
        EachGuide = "each_guide",
        /// Of all guides together.
        AllGuides = "all_guides",
    }
);
reading!(
    /// A5: what to do with coupling shares that do not sum to one.
    CouplingShares {
        /// Scale them to one.
        Renormalised = "renormalised",
        /// Leave them: literal out-coupling loses half of the power of the guides.
        Literal = "literal",
    }
);
reading!(
    /// A7: which of the two eigenvalue rows is which.
    EigenvalueRows {
        /// By the row's words and the text: 4 horizontal, 0.01 vertical.
        ByMeaning = "by_meaning",
        /// By the row's subscripts: 4 vertical, 0.01 horizontal.
        BySubscript = "by_subscript",
    }
);
reading!(
    /// A8: what `exp(−λ/4)` is.
    Eigenvalues {
        /// A profile over the index: `λᵢ ∝ exp(−i/4)`.
        Profile = "profile",
        /// A density of independent eigenvalues: `λᵢ` exponential with mean 4.
        Independent = "independent",
    }
);
reading!(
    /// A9: the horizontal rank of a roof edge.
    EdgeRank {
        /// As in the text: not restricted.
        Unrestricted = "unrestricted",
        /// As in the table: like a waveguide.
        Restricted = "restricted",
    }
);
reading!(
    /// A10: what `h(τ) = exp(−τ/ν)` is.
    Dispersion {
        /// A power profile: rms delay spread `ν`.
        Power = "power",
        /// An amplitude: rms delay spread `ν/2`.
        Amplitude = "amplitude",
    }
);
reading!(
    /// A11: the matrices of the delays of a guide.
    TapMatrices {
        /// Independent for each delay, with the same eigenvalues.
        Independent = "independent",
        /// One matrix times a scalar response.
        Shared = "shared",
    }
);
reading!(
    /// A14: what the mean power of an entry of `H` is scaled to.
    Normalisation {
        /// `E|h|² = 1` with the line of sight.
        Total = "total",
        /// `E|h|² = 1` without the line of sight, which comes on top.
        NonLineOfSight = "non_line_of_sight",
    }
);
reading!(
    /// A16: amplitudes of scatterers.
    Amplitudes {
        /// Equal powers, uniform phases ("illuminated uniformly").
        EqualPower = "equal_power",
        /// Complex normal.
        ComplexNormal = "complex_normal",
    }
);
reading!(
    /// A17: where the illumination by a scatterer points.
    IlluminationMean {
        /// At one of the scatterers that it sees, all alike likely.
        SeenScatterer = "seen_scatterer",
        /// At the other end of the link.
        OtherEnd = "other_end",
    }
);
reading!(
    /// A17: how illumination falls off with the angle from its mean.
    IlluminationShape {
        /// `exp(−δ²/2σ²)` in power.
        Gaussian = "gaussian",
        /// Constant within `±√3 σ` (the same spread), nothing outside.
        Window = "window",
    }
);
reading!(
    /// How the modes of a guide meet the arrays.
    GuideCoupling {
        /// Modes enter and leave as plane waves about the direction of the mouth (reading B): reproduces the
        /// loss of some 30 % at 4x4.
        MouthAngles = "mouth_angles",
        /// Modes are independent on all antennas (reading A): a loss of some 12 %.
        IndependentModes = "independent_modes",
    }
);
