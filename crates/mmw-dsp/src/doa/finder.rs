//! Every method by its name, to choose one at run time.

use super::{
    AngleEstimator, AngleGrid, Bartlett, BartlettConfig, Capon, CaponConfig, Esprit, EspritConfig,
    EspritKind, FftBeamformer, FftBeamformerConfig, Iaa, IaaConfig, LikelihoodConfig, LikelihoodKind,
    MaximumLikelihood, Music, MusicConfig, RootMusic, RootMusicConfig, Sbl, SblConfig,
};
use crate::covariance::SourceCount;
use mmw_core::Result;
use mmw_core::antenna::AntennaArray;

/// A method that finds directions of arrival.
///
/// # Examples
/// ```
/// use mmw_core::{antenna::AntennaArray, geometry::Direction, ndarray::Axis};
/// use mmw_dsp::covariance::SourceCount;
/// use mmw_dsp::doa::{AngleGrid, DirectionFinder, snapshot_of};
///
/// let ula = AntennaArray::uniform_linear(8, 2e-3)?;
/// let grid = AngleGrid::azimuth_sector(1.2, 121)?;
/// let x = snapshot_of(&ula, 4e-3, Direction::new(0.25, 0.0)?)?.insert_axis(Axis(1));
/// for finder in DirectionFinder::ALL {
///     let plan = finder.plan(&ula, 4e-3, &grid, SourceCount::Given(1))?;
///     let found = plan.estimate(&x)?.angles[0].direction.azimuth_rad;
///     assert!((found - 0.25).abs() < 1e-3, "{finder}: {found}");
/// }
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DirectionFinder {
    /// [`FftBeamformer`] with at least four points per element.
    Fft,
    /// [`Bartlett`].
    Bartlett,
    /// [`Capon`].
    Capon,
    /// [`Music`].
    Music,
    /// [`RootMusic`]; for ULAs.
    RootMusic,
    /// [`Esprit`] by total least squares; for ULAs.
    Esprit,
    /// [`Esprit`] in real arithmetic; for ULAs.
    UnitaryEsprit,
    /// [`MaximumLikelihood`] of echoes with any amplitudes.
    DeterministicMl,
    /// [`MaximumLikelihood`] of circular normal echoes.
    StochasticMl,
    /// [`MaximumLikelihood`] of the weighted signal subspace.
    SubspaceFitting,
    /// [`Iaa`].
    Iaa,
    /// [`Sbl`].
    Sbl,
}

mmw_core::named!(DirectionFinder, "method of directions" {
    Fft = "fft", Bartlett = "bartlett", Capon = "capon", Music = "music", RootMusic = "root_music" | "root-music",
    Esprit = "esprit", UnitaryEsprit = "unitary_esprit" | "unitary-esprit",
    DeterministicMl = "deterministic_ml" | "deterministic-ml", StochasticMl = "stochastic_ml" | "stochastic-ml",
    SubspaceFitting = "subspace_fitting" | "subspace-fitting", Iaa = "iaa", Sbl = "sbl",
});

impl DirectionFinder {
    /// Whether it scans a spectrum, and not only tells angles.
    #[must_use]
    pub fn scans(self) -> bool {
        matches!(self, Self::Fft | Self::Bartlett | Self::Capon | Self::Music | Self::Iaa | Self::Sbl)
    }

    /// The method for an array and a wavelength, with its default settings; `grid` is what methods that scan
    /// scan.
    ///
    /// # Errors
    /// As the `new` of the method, [`mmw_core::Error::Invalid`] where it wants a ULA.
    pub fn plan(
        self,
        array: &AntennaArray,
        wavelength_m: f64,
        grid: &AngleGrid,
        sources: SourceCount,
    ) -> Result<Box<dyn AngleEstimator>> {
        let esprit = |kind| {
            let config = EspritConfig { sources, kind, ..EspritConfig::default() };
            Esprit::new(array, wavelength_m, config)
        };
        let likelihood = |kind| {
            let config = LikelihoodConfig { sources, kind, ..LikelihoodConfig::default() };
            MaximumLikelihood::new(array, wavelength_m, grid.clone(), config)
        };
        Ok(match self {
            Self::Fft => {
                let config = FftBeamformerConfig { sources, ..FftBeamformerConfig::default() };
                let azimuth_fft = config.azimuth_fft.max((4 * array.len()).next_power_of_two());
                Box::new(FftBeamformer::new(
                    array,
                    wavelength_m,
                    FftBeamformerConfig { azimuth_fft, ..config },
                )?)
            }
            Self::Bartlett => {
                let config = BartlettConfig { sources, ..BartlettConfig::default() };
                Box::new(Bartlett::new(array, wavelength_m, grid.clone(), config)?)
            }
            Self::Capon => {
                let config = CaponConfig { sources, ..CaponConfig::default() };
                Box::new(Capon::new(array, wavelength_m, grid.clone(), config)?)
            }
            Self::Music => {
                let config = MusicConfig { sources, ..MusicConfig::default() };
                Box::new(Music::new(array, wavelength_m, grid.clone(), config)?)
            }
            Self::RootMusic => {
                let config = RootMusicConfig { sources, ..RootMusicConfig::default() };
                Box::new(RootMusic::new(array, wavelength_m, config)?)
            }
            Self::Esprit => Box::new(esprit(EspritKind::TotalLeastSquares)?),
            Self::UnitaryEsprit => Box::new(esprit(EspritKind::Unitary)?),
            Self::DeterministicMl => Box::new(likelihood(LikelihoodKind::Deterministic)?),
            Self::StochasticMl => Box::new(likelihood(LikelihoodKind::Stochastic)?),
            Self::SubspaceFitting => Box::new(likelihood(LikelihoodKind::SubspaceFitting)?),
            Self::Iaa => {
                let config = IaaConfig { sources, ..IaaConfig::default() };
                Box::new(Iaa::new(array, wavelength_m, grid.clone(), config)?)
            }
            Self::Sbl => {
                let config = SblConfig { sources, ..SblConfig::default() };
                Box::new(Sbl::new(array, wavelength_m, grid.clone(), config)?)
            }
        })
    }
}
