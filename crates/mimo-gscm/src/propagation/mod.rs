//! The propagation processes, one per file, and the model that draws them all.
//!
//! | process | file |
//! | --- | --- |
//! | line of sight | `line_of_sight` |
//! | one scatterer near either end | `single_scatter` |
//! | one near each end | `double_scatter` |
//! | far clusters, directly and by near scatterers | `far_cluster` |
//! | street canyons | `waveguide` |
//! | roof edges | `roof_edge` |

mod scene;

mod line_of_sight;
mod single_scatter;

mod double_scatter;

mod far_cluster;

mod roof_edge;

mod waveguide;

use crate::path::{GuideTerm, Realisation};
use crate::scenario::{PowerLedger, Process, Scenario};
use mmw_core::Result;
use mmw_core::rand::Rng;

/// A scenario that has been checked, ready to draw channels.
///
/// # Examples
/// ```
/// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario};
/// use mmw_core::random::Streams;
///
/// let model = ChannelModel::new(Scenario::urban_macrocell())?;
/// let channel = model.draw(&mut Streams::new(7).stream(0));
/// // Line of sight, 12 near scatterers, 10 far ones, and 10 · 12 pairs of a far and a near one.
/// assert_eq!(channel.paths.len(), 1 + 12 + 10 + 120);
/// // Two waveguides of eight delays and a roof edge of one.
/// assert_eq!(channel.guides.len(), 8 + 8 + 1);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ChannelModel {
    scenario: Scenario,
    ledger: PowerLedger,
    needs_base: bool,
    guides: Vec<waveguide::Plan>,
}

/// Memory that drawing reuses.
#[derive(Debug, Clone, Default)]
pub struct DrawScratch {
    scene: scene::Scene,
    spare: Vec<GuideTerm>,
}

impl ChannelModel {
    /// Checks the scenario and works out the power of each process.
    ///
    /// # Errors
    /// As [`Scenario::check`].
    pub fn new(scenario: Scenario) -> Result<Self> {
        scenario.check()?;
        let ledger = scenario.ledger();
        let via_base = |share: &crate::scenario::Share| {
            matches!(
                share.process,
                Process::BaseScatter | Process::DoubleScatter | Process::FarClusterViaBase(_)
            )
        };
        let needs_base = ledger.shares.iter().any(via_base)
            || scenario
                .guides
                .iter()
                .any(|guide| guide.power_db.is_some() && guide.base_scatter_db.is_some());
        let guides = scenario.guides.iter().enumerate();
        let guides = guides.map(|(index, guide)| waveguide::Plan::new(&scenario, index, guide)).collect();
        Ok(Self { scenario, ledger, needs_base, guides })
    }

    /// The scenario.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The power of each process.
    #[must_use]
    pub fn ledger(&self) -> &PowerLedger {
        &self.ledger
    }

    /// One wideband draw: guides resolve their delays.
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario};
    /// use mmw_core::random::Streams;
    ///
    /// let model = ChannelModel::new(Scenario::urban_macrocell())?;
    /// let a = model.draw(&mut Streams::new(7).stream(0));
    /// let b = model.draw(&mut Streams::new(7).stream(0));
    /// assert_eq!(a, b);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> Realisation {
        let mut out = Realisation::default();
        self.fill(true, &mut DrawScratch::default(), &mut out, rng);
        out
    }

    /// One narrowband draw: the delays of a guide are not resolved, so each guide is a single term. This is
    /// the draw for flat fading.
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario};
    /// use mmw_core::random::Streams;
    ///
    /// let model = ChannelModel::new(Scenario::urban_macrocell())?;
    /// assert_eq!(model.draw_narrowband(&mut Streams::new(7).stream(0)).guides.len(), 3);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn draw_narrowband<R: Rng + ?Sized>(&self, rng: &mut R) -> Realisation {
        let mut out = Realisation::default();
        self.fill(false, &mut DrawScratch::default(), &mut out, rng);
        out
    }

    /// [`ChannelModel::draw`] into memory that is reused: after a few draws nothing is allocated.
    pub fn draw_into<R: Rng + ?Sized>(&self, scratch: &mut DrawScratch, out: &mut Realisation, rng: &mut R) {
        self.fill(true, scratch, out, rng);
    }

    /// [`ChannelModel::draw_narrowband`] into memory that is reused.
    pub fn draw_narrowband_into<R: Rng + ?Sized>(
        &self,
        scratch: &mut DrawScratch,
        out: &mut Realisation,
        rng: &mut R,
    ) {
        self.fill(false, scratch, out, rng);
    }

    fn fill<R: Rng + ?Sized>(
        &self,
        wide: bool,
        scratch: &mut DrawScratch,
        out: &mut Realisation,
        rng: &mut R,
    ) {
        let (scenario, law) = (&self.scenario, self.scenario.interpretation.amplitudes);
        let DrawScratch { scene, spare } = scratch;
        out.carrier_hz = scenario.carrier_hz;
        out.paths.clear();
        spare.append(&mut out.guides);
        scene.draw(scenario, self.needs_base, rng);
        for share in &self.ledger.shares {
            let power = share.normalised;
            match share.process {
                Process::LineOfSight => line_of_sight::add(scenario, power, scene, out, rng),
                Process::MobileScatter => single_scatter::add_mobile(law, power, scene, out, rng),
                Process::BaseScatter => single_scatter::add_base(law, power, scene, out, rng),
                Process::DoubleScatter => double_scatter::add(scenario, power, scene, out, rng),
                Process::Guide(index) => {
                    if let Some(plan) = self.guides.get(index) {
                        waveguide::add(scenario, plan, index, power, wide, scene, spare, out, rng);
                    }
                }
                Process::FarCluster(_) | Process::FarClusterViaMobile(_) | Process::FarClusterViaBase(_) => {}
            }
        }
        for index in 0..scenario.far_clusters.len() {
            far_cluster::add(scenario, &self.ledger, index, scene, out, rng);
        }
    }
}
