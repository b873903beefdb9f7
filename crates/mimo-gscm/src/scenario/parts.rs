//! The parts of a scenario: clouds of scatterers, far clusters, waveguides and roof edges.

use super::level::{check_db, power};
use mmw_core::geometry::Vector3;
use mmw_core::{Error, Result, check};

/// Farthest coordinate, m: beyond it a plane-wave description has no meaning and digits run out.
pub(super) const FARTHEST_M: f64 = 1e8;
/// Most scatterers, modes or taps of one part.
const MOST: f64 = 100_000.0;

/// Scatterers spread round one end of the link: rows `N`, `pdf(r, φ, z)` of Table 1.
///
/// The azimuth is uniform, the radius follows [`super::RadialLaw`], the height is uniform.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ScattererCloud {
    /// Number of scatterers.
    pub count: usize,
    /// Scale of the radius, m, above 0.
    pub spread_m: f64,
    /// Lowest scatterer, m, from the reference of [`super::HeightReference`].
    pub lowest_m: f64,
    /// Highest scatterer, m, at or above the lowest.
    pub highest_m: f64,
}

impl ScattererCloud {
    pub(super) fn check(&self, name: &str, power_db: Option<f64>) -> Result<()> {
        check::in_range(format!("count of the {name}"), self.count as f64, 0.0, MOST)?;
        check::positive(format!("spread_m of the {name}"), self.spread_m)?;
        check::in_range(format!("spread_m of the {name}"), self.spread_m, 1e-6, FARTHEST_M)?;
        check::in_range(format!("lowest_m of the {name}"), self.lowest_m, -FARTHEST_M, FARTHEST_M)?;
        check::in_range(format!("highest_m of the {name}"), self.highest_m, self.lowest_m, FARTHEST_M)?;
        if power_db.is_some() && self.count == 0 {
            return Err(no_scatterers(name));
        }
        Ok(())
    }
}

fn no_scatterers(name: &str) -> Error {
    Error::invalid(name.to_owned(), "power is asked for, but there is no scatterer to carry it")
}

/// Where the centre of a far cluster or the mouth of a guide lies.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Placement {
    /// Always there, m.
    At(Vector3),
    /// Uniform in a disc about the base station, but not near either end ("uniform in cell").
    InCell {
        /// Radius of the cell, m.
        radius_m: f64,
        /// Least horizontal distance from base and mobile station, m.
        clearance_m: f64,
    },
    /// Normally distributed about the mobile station, at its height.
    AroundMobile {
        /// Standard deviation of each horizontal coordinate, m.
        spread_m: f64,
    },
}

impl Placement {
    fn check(&self, name: &str) -> Result<()> {
        match *self {
            Self::At(place) => {
                for x in place {
                    check::in_range(format!("coordinate of the {name}"), x, -FARTHEST_M, FARTHEST_M)?;
                }
            }
            Self::InCell { radius_m, clearance_m } => {
                check::in_range(format!("radius_m of the {name}"), radius_m, 1e-3, FARTHEST_M)?;
                check::in_range(format!("clearance_m of the {name}"), clearance_m, 0.0, FARTHEST_M)?;
                // Two discs of clearance must leave a good part of the cell free.
                if 2.0 * clearance_m * clearance_m > 0.9 * radius_m * radius_m {
                    let reason = format!("a clearance of {clearance_m} m leaves no room in {radius_m} m");
                    return Err(Error::invalid(format!("placement of the {name}"), reason));
                }
            }
            Self::AroundMobile { spread_m } => {
                check::in_range(format!("spread_m of the {name}"), spread_m, 1e-6, FARTHEST_M)?;
            }
        }
        Ok(())
    }
}

/// One far cluster: the rows "for each far cluster" of Table 1.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct FarCluster {
    /// `N_fscatt`, at least 1 if the cluster has power.
    pub count: usize,
    /// Scale of the radius of the scatterers about the centre, m.
    pub spread_m: f64,
    /// Where the centre lies.
    pub placement: Placement,
    /// `P_fc` relative to `P_NB-NLOS`, dB; `None` for no power (-∞ dB).
    pub power_db: Option<f64>,
    /// `P_fc-BSScatt` relative to `P_fc`, dB; `None` for none.
    pub via_base_db: Option<f64>,
    /// `P_fc-MSScatt` relative to `P_fc`, dB; `None` for none.
    pub via_mobile_db: Option<f64>,
    /// `Φ_spread,illum,fcBS`, rad; `None` when all scatterers are lit.
    pub base_illumination_rad: Option<f64>,
    /// `Φ_spread,illum,fcMS`, rad; `None` when all scatterers are lit.
    pub mobile_illumination_rad: Option<f64>,
}

impl FarCluster {
    /// The "far scatterer Rice factor": power that reaches the mobile station directly over power that goes
    /// by other scatterers, dB; `None` (infinite) when nothing goes by others.
    ///
    /// ```text
    /// K_fc = (1 − x)/x,   x = P_fc-MSScatt + P_fc-BSScatt (relative to P_fc)
    /// ```
    /// Section II-C of [^molisch].
    ///
    /// # Examples
    /// ```
    /// let scenario = mimo_gscm::scenario::Scenario::urban_macrocell();
    /// let k_db = scenario.far_clusters[0].rice_factor_db().unwrap_or(f64::INFINITY);
    /// assert!((k_db - 6.03).abs() < 0.01);
    /// ```
    ///
    /// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
    #[must_use]
    pub fn rice_factor_db(&self) -> Option<f64> {
        let via = power(self.via_base_db) + power(self.via_mobile_db);
        let ratio = (1.0 - via) / via;
        (ratio.is_finite() && ratio > 0.0).then(|| 10.0 * ratio.log10())
    }

    pub(super) fn check(&self, index: usize, base_count: usize, mobile_count: usize) -> Result<()> {
        let name = format!("far cluster {index}");
        check::in_range(format!("count of {name}"), self.count as f64, 0.0, MOST)?;
        check::in_range(format!("spread_m of {name}"), self.spread_m, 1e-6, FARTHEST_M)?;
        self.placement.check(&name)?;
        check_db(format!("power_db of {name}"), self.power_db)?;
        check_db(format!("via_base_db of {name}"), self.via_base_db)?;
        check_db(format!("via_mobile_db of {name}"), self.via_mobile_db)?;
        check_spread(format!("base_illumination_rad of {name}"), self.base_illumination_rad)?;
        check_spread(format!("mobile_illumination_rad of {name}"), self.mobile_illumination_rad)?;
        let via = power(self.via_base_db) + power(self.via_mobile_db);
        if via > 1.0 {
            return Err(Error::invalid(
                name,
                format!("{via} of its power goes by scatterers: more than all"),
            ));
        }
        let lacks = self.count == 0
            || (self.via_base_db.is_some() && base_count == 0)
            || (self.via_mobile_db.is_some() && mobile_count == 0);
        if self.power_db.is_some() && lacks { Err(no_scatterers(&name)) } else { Ok(()) }
    }
}

pub(super) fn check_spread(name: String, spread_rad: Option<f64>) -> Result<()> {
    if let Some(spread) = spread_rad {
        check::positive(name, spread)?;
    }
    Ok(())
}

/// Street canyon or roof edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum GuideKind {
    /// A street canyon or corridor: rank deficient, adds delay dispersion.
    Waveguide,
    /// A horizontal roof edge: rank one for vertical arrays, unrestricted for horizontal ones.
    RoofEdge,
}

mmw_core::named!(GuideKind, "kind of guide" { Waveguide = "waveguide", RoofEdge = "roof_edge" });

/// How the power of a guide spreads over its modes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EigenvalueProfile {
    /// All modes alike.
    Flat,
    /// `exp(−λ/scale)` of Table 1, read as [`super::Eigenvalues`] says.
    Exponential {
        /// The scale: 4 for horizontal, 0.01 for vertical arrangements.
        scale: f64,
    },
}

impl EigenvalueProfile {
    fn check(&self, name: String) -> Result<()> {
        if let Self::Exponential { scale } = *self {
            check::in_range(name, scale, 1e-9, 1e9)?;
        }
        Ok(())
    }
}

/// One waveguide or roof edge: the rows "for each waveguide or edge" of Table 1.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Guide {
    /// Waveguide or roof edge.
    pub kind: GuideKind,
    /// `P_w` relative to `P_NB-NLOS`, dB; `None` for no power.
    pub power_db: Option<f64>,
    /// `ν` of `h(τ) = exp(−τ/ν)`, s; 0 for no dispersion.
    pub decay_s: f64,
    /// Resolvable delays of a dispersive guide, at least 1.
    pub taps: usize,
    /// Horizontal modes, at least 1.
    pub modes: usize,
    /// Eigenvalues seen by horizontal arrangements.
    pub horizontal: EigenvalueProfile,
    /// Eigenvalues seen by vertical arrangements.
    pub vertical: EigenvalueProfile,
    /// `P_w,BSdirect` relative to `P_w`, dB.
    pub base_direct_db: Option<f64>,
    /// `P_w,BSScatt` relative to `P_w`, dB.
    pub base_scatter_db: Option<f64>,
    /// `P_w,fc-BS` relative to `P_w`, for each far cluster, dB.
    pub far_cluster_db: Option<f64>,
    /// `P_w,MSdirect` relative to `P_w`, dB.
    pub mobile_direct_db: Option<f64>,
    /// `P_w,MSScatt` relative to `P_w`, dB.
    pub mobile_scatter_db: Option<f64>,
    /// `Φ_spread,illum,wBS`, rad; `None` when all scatterers couple.
    pub base_illumination_rad: Option<f64>,
    /// `Φ_spread,illum,wMS`, rad; `None` when all scatterers couple.
    pub mobile_illumination_rad: Option<f64>,
    /// Where the mouth lies.
    pub mouth: Placement,
    /// Standard deviation of the azimuths of the modes about the mouth, seen from the base station, rad.
    pub base_spread_rad: f64,
    /// The same seen from the mobile station, rad.
    pub mobile_spread_rad: f64,
}

impl Guide {
    /// A street canyon with the numbers of Table 1; mouth, modes and spreads, on which the paper is silent,
    /// as in [`super::Scenario::urban_macrocell`].
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::scenario::Guide;
    /// assert_eq!((Guide::waveguide().decay_s, Guide::roof_edge().decay_s), (200e-9, 0.0));
    /// ```
    #[must_use]
    pub const fn waveguide() -> Self {
        Self {
            kind: GuideKind::Waveguide,
            power_db: Some(-10.0),
            decay_s: 200e-9,
            taps: 8,
            modes: 32,
            horizontal: EigenvalueProfile::Exponential { scale: 4.0 },
            vertical: EigenvalueProfile::Exponential { scale: 0.01 },
            base_direct_db: Some(-0.45),
            base_scatter_db: None,
            far_cluster_db: Some(-10.0),
            mobile_direct_db: Some(-6.0),
            mobile_scatter_db: Some(-6.0),
            base_illumination_rad: None,
            mobile_illumination_rad: None,
            mouth: Placement::AroundMobile { spread_m: 200.0 },
            base_spread_rad: 5.0 * std::f64::consts::PI / 180.0,
            mobile_spread_rad: 15.0 * std::f64::consts::PI / 180.0,
        }
    }

    /// A roof edge with the numbers of Table 1: no dispersion, horizontal rank as [`super::EdgeRank`] says.
    #[must_use]
    pub const fn roof_edge() -> Self {
        Self { kind: GuideKind::RoofEdge, decay_s: 0.0, taps: 1, ..Self::waveguide() }
    }

    pub(super) fn check(&self, index: usize, counts: [usize; 3]) -> Result<()> {
        let name = format!("guide {index}");
        check_db(format!("power_db of {name}"), self.power_db)?;
        let entries = [self.base_direct_db, self.base_scatter_db, self.far_cluster_db];
        let exits = [self.mobile_direct_db, self.mobile_scatter_db];
        for share in entries.into_iter().chain(exits) {
            check_db(format!("coupling of {name}"), share)?;
        }
        check::in_range(format!("decay_s of {name}"), self.decay_s, 0.0, 1.0)?;
        check::in_range(format!("taps of {name}"), self.taps as f64, 1.0, 1000.0)?;
        check::in_range(format!("modes of {name}"), self.modes as f64, 1.0, 1000.0)?;
        self.horizontal.check(format!("horizontal scale of {name}"))?;
        self.vertical.check(format!("vertical scale of {name}"))?;
        check_spread(format!("base_illumination_rad of {name}"), self.base_illumination_rad)?;
        check_spread(format!("mobile_illumination_rad of {name}"), self.mobile_illumination_rad)?;
        check::in_range(format!("base_spread_rad of {name}"), self.base_spread_rad, 0.0, 1e3)?;
        check::in_range(format!("mobile_spread_rad of {name}"), self.mobile_spread_rad, 0.0, 1e3)?;
        self.mouth.check(&format!("mouth of {name}"))?;
        if self.power_db.is_none() {
            return Ok(());
        }
        if entries.iter().all(Option::is_none) || exits.iter().all(Option::is_none) {
            return Err(Error::invalid(name, "it has power, but no way in or no way out"));
        }
        let [base, mobile, far] = counts;
        let lacks = (self.base_scatter_db.is_some() && base == 0)
            || (self.mobile_scatter_db.is_some() && mobile == 0)
            || (self.far_cluster_db.is_some() && far == 0);
        if lacks { Err(no_scatterers(&name)) } else { Ok(()) }
    }
}
