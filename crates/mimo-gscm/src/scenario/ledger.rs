//! The power ledger: who carries how much.

use super::Scenario;
use super::interpretation::{CouplingShares, GuidePower, Normalisation};
use super::level::power;

/// A propagation process; indices count far clusters and guides of the scenario from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Process {
    /// Base station to mobile station.
    LineOfSight,
    /// One scatterer, near the mobile station.
    MobileScatter,
    /// One scatterer, near the base station.
    BaseScatter,
    /// A scatterer near the base station, then one near the mobile station.
    DoubleScatter,
    /// A scatterer of that far cluster.
    FarCluster(usize),
    /// A scatterer of that far cluster, then one near the mobile station.
    FarClusterViaMobile(usize),
    /// A scatterer near the base station, then one of that far cluster.
    FarClusterViaBase(usize),
    /// That waveguide or roof edge.
    Guide(usize),
}

/// What one process carries.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Share {
    /// The process.
    pub process: Process,
    /// Power relative to `P_NB-NLOS` as the table has it.
    pub table: f64,
    /// Mean power in a normalised channel: these sum to 1, or to 1 without the line of sight
    /// ([`Normalisation`]).
    pub normalised: f64,
}

mmw_core::checked_serde!(Share, |share| {
    mmw_core::check::non_negative("table", share.table)?;
    mmw_core::check::non_negative("normalised", share.normalised).map(|_| ())
});

/// The shares of all processes that carry power.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct PowerLedger {
    /// One for each process with power, in the order of the paper.
    pub shares: Vec<Share>,
    /// Sum of the table's shares without the line of sight: 1.0026 for the urban macrocell.
    pub non_line_of_sight: f64,
    /// Sum of the table's shares with the line of sight.
    pub total: f64,
}

mmw_core::checked_serde!(PowerLedger, |ledger| {
    mmw_core::check::non_negative("non_line_of_sight", ledger.non_line_of_sight)?;
    mmw_core::check::non_negative("total", ledger.total).map(|_| ())
});

impl PowerLedger {
    fn new(scenario: &Scenario) -> Self {
        let mut table = scattered(scenario);
        let guides = scenario.guides.iter().enumerate();
        table.extend(guides.map(|(index, _)| (Process::Guide(index), guide_power(scenario, index))));
        table.retain(|&(_, share)| share > 0.0);
        let non_line_of_sight: f64 = table.iter().map(|&(_, share)| share).sum();
        // The Rice factor is the ratio to what the others carry, which need not be exactly 1.
        let carried = if non_line_of_sight > 0.0 { non_line_of_sight } else { 1.0 };
        let line_of_sight = power(scenario.rice_factor_db) * carried;
        if line_of_sight > 0.0 {
            table.insert(0, (Process::LineOfSight, line_of_sight));
        }
        let total = non_line_of_sight + line_of_sight;
        let reference = match scenario.interpretation.normalisation {
            Normalisation::NonLineOfSight if non_line_of_sight > 0.0 => non_line_of_sight,
            _ => total,
        };
        let share =
            |(process, table): (Process, f64)| Share { process, table, normalised: table / reference };
        Self { shares: table.into_iter().map(share).collect(), non_line_of_sight, total }
    }

    /// The mean power of a process in a normalised channel; 0 if it carries none.
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::scenario::{Process, Scenario};
    /// let ledger = Scenario::urban_macrocell().ledger();
    /// assert!((ledger.normalised(Process::Guide(0)) - 0.1 / 1.0026 / 1.1).abs() < 1e-4);
    /// assert_eq!(ledger.normalised(Process::DoubleScatter), 0.0);
    /// ```
    #[must_use]
    pub fn normalised(&self, process: Process) -> f64 {
        self.shares.iter().find(|share| share.process == process).map_or(0.0, |share| share.normalised)
    }
}

impl Scenario {
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
}

fn scattered(scenario: &Scenario) -> Vec<(Process, f64)> {
    let mut table = vec![
        (Process::MobileScatter, power(scenario.mobile_scatter_db)),
        (Process::BaseScatter, power(scenario.base_scatter_db)),
        (Process::DoubleScatter, power(scenario.double_scatter_db)),
    ];
    for (index, cluster) in scenario.far_clusters.iter().enumerate() {
        let all = power(cluster.power_db);
        let (base, mobile) = (power(cluster.via_base_db), power(cluster.via_mobile_db));
        table.push((Process::FarCluster(index), all * (1.0 - base - mobile)));
        table.push((Process::FarClusterViaMobile(index), all * mobile));
        table.push((Process::FarClusterViaBase(index), all * base));
    }
    table
}

/// `P_w` times what gets in and out.
fn guide_power(scenario: &Scenario, index: usize) -> f64 {
    let Some(guide) = scenario.guides.get(index) else { return 0.0 };
    let [entry, exit] = coupling_sums(scenario, index);
    let literal =
        |shares: CouplingShares, sum: f64| if shares == CouplingShares::Literal { sum } else { 1.0 };
    let reading = &scenario.interpretation;
    let owners = match reading.guide_power {
        GuidePower::EachGuide => 1.0,
        GuidePower::AllGuides => scenario.guides.len() as f64,
    };
    power(guide.power_db) / owners * literal(reading.entry_shares, entry) * literal(reading.exit_shares, exit)
}

/// What the shares of a guide sum to: into it, out of it.
pub(crate) fn coupling_sums(scenario: &Scenario, index: usize) -> [f64; 2] {
    let Some(guide) = scenario.guides.get(index) else { return [0.0; 2] };
    let clusters = scenario.far_clusters.len() as f64;
    let far = clusters * power(guide.far_cluster_db);
    [
        power(guide.base_direct_db) + power(guide.base_scatter_db) + far,
        power(guide.mobile_direct_db) + power(guide.mobile_scatter_db),
    ]
}
