//! The mimo area: Fig. 4 in both readings of the guides, what decides the loss, Table 1 and its power budget,
//! deep fades, a band against a single frequency, limits and identities, exact references.

mod band;
mod exact;
mod fading;
mod figure_4;
mod limits;
mod readings;
mod size;
mod table_1;

use crate::host::{Progress, Setup};
use crate::ledger::Source;
use crate::section::Section;
use mimo_gscm::exact::IidOutage;
use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::scenario::{GuideCoupling, Placement, Scenario};
use mimo_gscm::study::{Band, CapacityResult, CapacityStudy};
use mimo_gscm::transfer::Station;
use mmw_core::Result;
use mmw_core::monte_carlo::MonteCarlo;

const SOURCE: Source = Source { name: "Molisch, MIMO model", package: "mimo-gscm" };

/// Draws that share a stream of random numbers: few enough that bar and Ctrl-C are served several times per
/// second. The draws of a seed depend on it.
const BLOCK: u64 = 256;

pub(crate) fn run(setup: &Setup<'_>) -> Result<Vec<Section>> {
    Ok(vec![
        figure_4::run(setup)?,
        size::run(setup)?,
        table_1::run(setup)?,
        fading::run(setup)?,
        band::run(setup)?,
        limits::run(setup)?,
        exact::run()?,
    ])
}

/// A scenario and how far its base antennas stand apart.
#[derive(Debug, Clone)]
struct Variant {
    name: &'static str,
    scenario: Scenario,
    base_spacing_wavelengths: f64,
}

impl Variant {
    /// Modes leave and enter under the angle of the mouth: reading B, the default.
    fn mouth_angles() -> Self {
        let name = "mouth angles, 1 km";
        Self { name, scenario: Scenario::urban_macrocell(), base_spacing_wavelengths: 0.5 }
    }

    /// Modes are independent on all antennas: reading A.
    fn independent_modes() -> Self {
        let mut scenario = Scenario::urban_macrocell();
        scenario.interpretation.guide_coupling = GuideCoupling::IndependentModes;
        Self { name: "independent modes, 1 km", scenario, base_spacing_wavelengths: 0.5 }
    }

    /// Twice the distance in a cell of twice the radius.
    fn two_kilometres() -> Self {
        let mut scenario = Scenario::urban_macrocell().at_distance(2000.0);
        for cluster in &mut scenario.far_clusters {
            cluster.placement = Placement::InCell { radius_m: 3000.0, clearance_m: 300.0 };
        }
        Self { name: "mouth angles, 2 km", scenario, base_spacing_wavelengths: 0.5 }
    }

    /// The same with base antennas four wavelengths apart.
    fn wide() -> Self {
        let name = "mouth angles, 2 km, base antennas 4 wavelengths apart";
        Self { name, base_spacing_wavelengths: 4.0, ..Self::two_kilometres() }
    }

    /// The capacity of so many draws between two arrays of `n`.
    fn simulate(
        &self,
        setup: &Setup<'_>,
        n: usize,
        snr_db: f64,
        band: Option<Band>,
        (trials, progress): (u64, &Progress<'_>),
    ) -> Result<CapacityResult> {
        let carrier_hz = self.scenario.carrier_hz;
        let study = CapacityStudy {
            receive: Station::linear(n, 0.5, carrier_hz)?,
            transmit: Station::linear(n, self.base_spacing_wavelengths, carrier_hz)?,
            snr: 10f64.powf(snr_db / 10.0),
            band,
        };
        let model = ChannelModel::new(self.scenario.clone())?;
        let run = MonteCarlo::new(setup.seed, trials).block_size(BLOCK);
        setup.trials(run, progress, |run| study.run(&model, run))
    }
}

/// A quantile of a simulated capacity beside that of independent Rayleigh fading.
#[derive(Debug, Clone, Copy)]
struct Quantile {
    value: f64,
    error: f64,
    ideal: f64,
}

impl Quantile {
    fn new(result: &CapacityResult, ideal: &IidOutage, probability: f64) -> Result<Self> {
        Ok(Self {
            value: result.capacity.ecdf().quantile(probability)?,
            error: result.capacity.outage_standard_error(probability)?,
            ideal: ideal.capacity(probability)?,
        })
    }

    /// What is lost against independent fading, %.
    fn loss(&self) -> f64 {
        100.0 * (1.0 - self.value / self.ideal)
    }

    fn loss_error(&self) -> f64 {
        100.0 * self.error / self.ideal
    }

    fn loss_text(&self) -> String {
        format!("{:.2} ± {:.2}", self.loss(), self.loss_error())
    }
}
