//! What a scenario must satisfy.

use super::level::check_db;
use super::{Scenario, parts};
use mmw_core::geometry::{difference, norm};
use mmw_core::{Error, Result, check};

/// Most paths and couplings of a draw: a gigabyte of them.
const MOST_PAIRS: f64 = 1e7;

impl Scenario {
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

    /// Paths by two scatterers are as many as pairs of these, and modes of guides meet each scatterer: a
    /// scenario that draws must fit into memory.
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
