//! The scenario: every row of the paper's Table 1, the geometry that the paper leaves out, and the readings
//! of what it leaves open.
//!
//! Powers are in dB relative to `P_NB-NLOS`, the mean narrowband power without the line of sight, or to the
//! power of the cluster or guide that they are a share of; `None` stands for -∞ dB. Positions are in the
//! frame of [`mmw_core::geometry`]: y from the base station to the mobile station, x to the right, z up.

mod interpretation;
mod ledger;
mod parts;

pub use interpretation::*;
pub(crate) use ledger::coupling_sums;
pub use ledger::{PowerLedger, Process, Share};
pub use parts::{EigenvalueProfile, FarCluster, Guide, GuideKind, Placement, ScattererCloud};

use mmw_core::geometry::{Vector3, difference, norm};
use mmw_core::{Error, Result, check};

/// All that a channel model needs to know: plain data, to be changed at will and checked by
/// [`Scenario::check`].
///
/// # Examples
/// ```
/// use mimo_gscm::scenario::{Guide, Scenario};
///
/// let mut scenario = Scenario::urban_macrocell();
/// assert!((scenario.ledger().non_line_of_sight - 1.0026).abs() < 1e-4);
/// scenario.guides.push(Guide::roof_edge());
/// scenario.check()?;
/// scenario.mobile_scatterers.count = 0; // but they are asked to carry -2.2 dB
/// assert_eq!(scenario.check().unwrap_err().kind(), "invalid");
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Scenario {
    /// Carrier frequency, Hz.
    pub carrier_hz: f64,
    /// Reference point of the base station's array, m.
    pub base_m: Vector3,
    /// Reference point of the mobile station's array, m.
    pub mobile_m: Vector3,
    /// `K_Rice`: line of sight over everything else, dB.
    pub rice_factor_db: Option<f64>,
    /// `N_BSScatt`, `pdf_BS`.
    pub base_scatterers: ScattererCloud,
    /// `P_BSScatt`, dB.
    pub base_scatter_db: Option<f64>,
    /// `N_MSScatt`, `pdf_MS`.
    pub mobile_scatterers: ScattererCloud,
    /// `P_MSScatt`, dB.
    pub mobile_scatter_db: Option<f64>,
    /// `P_doublescatt`, dB.
    pub double_scatter_db: Option<f64>,
    /// `Φ_spread,illum`, rad; `None` when all scatterers are lit alike (the separable limit).
    pub double_illumination_rad: Option<f64>,
    /// The far clusters, `N_fc` of them.
    pub far_clusters: Vec<FarCluster>,
    /// The waveguides and roof edges, `N_w` of them.
    pub guides: Vec<Guide>,
    /// How ambiguous places are read.
    #[cfg_attr(feature = "serde", serde(default))]
    pub interpretation: Interpretation,
}

impl Scenario {
    /// The urban macrocell of Table 1.
    ///
    /// The paper does not print its geometry; this one is stated here: 2 GHz, base station 30 m high, mobile
    /// station at 1.5 m and 1 km away, far cluster uniform in a cell of 1.5 km at least 300 m from both ends,
    /// mouths of guides normally distributed with 200 m about the mobile station, 32 modes that spread by 5°
    /// at the base and 15° at the mobile station.
    ///
    /// # Examples
    /// ```
    /// let scenario = mimo_gscm::scenario::Scenario::urban_macrocell();
    /// assert_eq!(scenario.distance_m(), 1000.0);
    /// assert_eq!((scenario.mobile_scatterers.count, scenario.guides.len()), (12, 3));
    /// ```
    #[must_use]
    pub fn urban_macrocell() -> Self {
        let cloud =
            |count, lowest_m, highest_m| ScattererCloud { count, spread_m: 100.0, lowest_m, highest_m };
        Self {
            carrier_hz: 2e9,
            base_m: [0.0, 0.0, 30.0],
            mobile_m: [0.0, 1000.0, 1.5],
            rice_factor_db: Some(-10.0),
            base_scatterers: cloud(4, -5.0, 5.0),
            base_scatter_db: None,
            mobile_scatterers: cloud(12, -5.0, 10.0),
            mobile_scatter_db: Some(-2.2),
            double_scatter_db: None,
            double_illumination_rad: Some(2.0 * std::f64::consts::PI / 180.0),
            far_clusters: vec![FarCluster {
                count: 10,
                spread_m: 100.0,
                placement: Placement::InCell { radius_m: 1500.0, clearance_m: 300.0 },
                power_db: Some(-10.0),
                via_base_db: None,
                via_mobile_db: Some(-7.0),
                base_illumination_rad: None,
                mobile_illumination_rad: None,
            }],
            guides: vec![Guide::waveguide(), Guide::waveguide(), Guide::roof_edge()],
            interpretation: Interpretation::default(),
        }
    }

    /// The same with the mobile station at another horizontal distance, straight ahead of the base station.
    ///
    /// # Examples
    /// ```
    /// let far = mimo_gscm::scenario::Scenario::urban_macrocell().at_distance(2000.0);
    /// assert_eq!(far.distance_m(), 2000.0);
    /// ```
    #[must_use]
    pub fn at_distance(mut self, distance_m: f64) -> Self {
        self.mobile_m = [self.base_m[0], self.base_m[1] + distance_m, self.mobile_m[2]];
        self
    }

    /// Horizontal distance of the two ends, m.
    #[must_use]
    pub fn distance_m(&self) -> f64 {
        (self.mobile_m[0] - self.base_m[0]).hypot(self.mobile_m[1] - self.base_m[1])
    }

    /// The power of each process.
    #[must_use]
    pub fn ledger(&self) -> PowerLedger {
        PowerLedger::new(self)
    }

    /// The "MS Rice factor": line of sight over single scattering near the mobile station, dB; `None` unless
    /// both carry power.
    ///
    /// ```text
    /// K_MS = K_Rice · P_NLOS / P_MSScatt
    /// ```
    /// Section II-B of [^molisch]; Table 1 does not list it.
    ///
    /// # Examples
    /// ```
    /// let scenario = mimo_gscm::scenario::Scenario::urban_macrocell();
    /// assert!((scenario.mobile_rice_factor_db().unwrap_or(0.0) + 7.8).abs() < 0.02);
    /// assert_eq!(scenario.base_rice_factor_db(), None); // nothing is scattered near the base station
    /// ```
    ///
    /// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
    #[must_use]
    pub fn mobile_rice_factor_db(&self) -> Option<f64> {
        self.rice_factor_over(Process::MobileScatter)
    }

    /// The "BS Rice factor": line of sight over single scattering near the base station, dB; `None` unless
    /// both carry power.
    #[must_use]
    pub fn base_rice_factor_db(&self) -> Option<f64> {
        self.rice_factor_over(Process::BaseScatter)
    }

    fn rice_factor_over(&self, process: Process) -> Option<f64> {
        let ledger = self.ledger();
        let ratio = ledger.normalised(Process::LineOfSight) / ledger.normalised(process);
        (ratio.is_finite() && ratio > 0.0).then(|| 10.0 * ratio.log10())
    }

    /// Checks every field and that they fit together.
    ///
    /// # Errors
    /// [`Error::Domain`] for a number outside its range; [`Error::Invalid`] when power is asked for but
    /// nothing can carry it, when the two ends coincide, when shares of a cluster exceed the whole, or when
    /// no process carries any power.
    pub fn check(&self) -> Result<()> {
        check::in_range("carrier_hz", self.carrier_hz, 1e6, 1e13)?;
        for x in self.base_m.into_iter().chain(self.mobile_m) {
            check::in_range("coordinate of an end", x, -parts::FARTHEST_M, parts::FARTHEST_M)?;
        }
        let apart_m = norm(difference(self.base_m, self.mobile_m));
        if apart_m < 1e-3 {
            return Err(Error::invalid("mobile_m", format!("the ends coincide: they are {apart_m} m apart")));
        }
        check_db("rice_factor_db", self.rice_factor_db)?;
        check_db("base_scatter_db", self.base_scatter_db)?;
        check_db("mobile_scatter_db", self.mobile_scatter_db)?;
        check_db("double_scatter_db", self.double_scatter_db)?;
        parts::check_spread("double_illumination_rad".to_owned(), self.double_illumination_rad)?;
        let double = self.double_scatter_db;
        self.base_scatterers.check("scatterers at the base station", self.base_scatter_db.or(double))?;
        self.mobile_scatterers
            .check("scatterers at the mobile station", self.mobile_scatter_db.or(double))?;
        let (base, mobile) = (self.base_scatterers.count, self.mobile_scatterers.count);
        let far = self.far_clusters.iter().filter(|cluster| cluster.count == 0).count();
        let far = if far > 0 { 0 } else { self.far_clusters.len() };
        for (index, cluster) in self.far_clusters.iter().enumerate() {
            cluster.check(index, base, mobile)?;
        }
        for (index, guide) in self.guides.iter().enumerate() {
            guide.check(index, [base, mobile, far])?;
        }
        self.check_pairs()?;
        if self.ledger().total > 0.0 {
            return Ok(());
        }
        Err(Error::invalid("powers", "no process carries any power"))
    }

    /// Paths by two scatterers are as many as pairs of these, and modes of guides meet each scatterer: a scenario
    /// that draws must fit into memory.
    fn check_pairs(&self) -> Result<()> {
        let present = |power_db: Option<f64>, count: f64| if power_db.is_some() { count } else { 0.0 };
        let (base, mobile) = (self.base_scatterers.count as f64, self.mobile_scatterers.count as f64);
        let double = present(self.double_scatter_db, base * mobile);
        let far = self.far_clusters.iter().map(|cluster| {
            let via = present(cluster.via_base_db, base) + present(cluster.via_mobile_db, mobile);
            present(cluster.power_db, cluster.count as f64 * (1.0 + via))
        });
        let guides = self
            .guides
            .iter()
            .map(|guide| present(guide.power_db, guide.modes as f64 * (base + mobile + guide.taps as f64)));
        let pairs = double + far.chain(guides).sum::<f64>();
        check::in_range("pairs of scatterers, and of modes and scatterers,", pairs, 0.0, MOST_PAIRS)?;
        Ok(())
    }
}

/// Most paths and couplings of a draw: a gigabyte of them.
const MOST_PAIRS: f64 = 1e7;

/// A power in dB as a ratio; 0 for `None`.
pub(crate) fn power(db: Option<f64>) -> f64 {
    db.map_or(0.0, |db| 10f64.powf(db / 10.0))
}

/// Powers from -200 to 200 dB: beyond them a share is nothing, or everything else is.
fn check_db(name: impl Into<std::borrow::Cow<'static, str>>, db: Option<f64>) -> Result<()> {
    if let Some(db) = db {
        check::in_range(name, db, -200.0, 200.0)?;
    }
    Ok(())
}
