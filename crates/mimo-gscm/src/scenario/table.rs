//! The scenario as data: Table 1 of the paper.

use super::interpretation::Interpretation;
use super::parts::{FarCluster, Guide, Placement, ScattererCloud};
use mmw_core::geometry::Vector3;

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
}
