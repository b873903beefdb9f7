//! Why a single antenna fades less than Rayleigh: the line of sight, or the few scatterers?

use super::{SOURCE, Variant};
use crate::check::Check;
use crate::host::Setup;
use crate::ledger::LedgerRow;
use crate::section::{Section, Table};
use mimo_gscm::paper;
use mimo_gscm::scenario::Scenario;
use mmw_core::Result;
use mmw_core::stats::standard_error_of_share;

const TRIALS: u64 = 1_000_000;
const QUICK_TRIALS: u64 = 10_000;
/// A fade of 20 dB: `|h|²` below a hundredth of its mean.
const FADE: f64 = 0.01;

/// The macrocell without everything but the scatterers about the mobile station.
fn mobile_scatterers() -> Scenario {
    let mut scenario = Scenario::urban_macrocell();
    scenario.rice_factor_db = None;
    scenario.guides.clear();
    scenario.far_clusters.clear();
    scenario
}

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let trials = if setup.quick { QUICK_TRIALS } else { TRIALS };
    let macrocell = Scenario::urban_macrocell();
    let hidden = Scenario { rice_factor_db: None, ..macrocell.clone() };
    let scattered = mobile_scatterers();
    let both = Scenario { rice_factor_db: macrocell.rice_factor_db, ..scattered.clone() };
    let cases = [
        ("whole model", macrocell),
        ("without line of sight", hidden),
        ("12 scatterers and line of sight", both),
        ("12 scatterers alone", scattered),
    ];
    let progress = setup.progress(cases.len() as u64 * trials, "draws");
    let rayleigh = -(-FADE).exp_m1();
    let mut table = Table::new(
        "Probability of a fade of 20 dB, one antenna at each end",
        ["channel", "probability", "against Rayleigh (%)"],
    );
    table.push(["Rayleigh, exact".to_owned(), format!("{rayleigh:.6}"), "0".to_owned()])?;
    let mut changes = Vec::new();
    for (name, scenario) in cases {
        let variant = Variant { name, scenario, base_spacing_wavelengths: 0.5 };
        // At 0 dB the capacity of one antenna is log2(1 + |h|²).
        let result = variant.simulate(setup, 1, 0.0, None, (trials, &progress))?;
        let share = result.capacity.ecdf().probability(FADE.ln_1p() / std::f64::consts::LN_2);
        let error = standard_error_of_share(share, trials)?;
        let change = Change { percent: 100.0 * (share / rayleigh - 1.0), error: 100.0 * error / rayleigh };
        table.push([name.to_owned(), format!("{share:.6} ± {error:.6}"), change.text()])?;
        changes.push(change);
    }
    drop(progress);
    let [_, without, _, alone] = changes.as_slice() else { return Ok(Section::default()) };
    let mut section = Section::new(
        "Deep fades of a single antenna",
        "The paper puts the higher capacity at 1x1 down to the line of sight. With a Rice factor of -10 dB it makes \
         deep fades (1 + K) exp(-K) times as probable, half a percent less. Twelve scatterers of equal power fade \
         less deeply than Rayleigh by themselves, and by more.",
    );
    section.tables.push(table);
    section.ledger.push(ledger(without, alone)?);
    Ok(section)
}

/// How much more probable a deep fade is than by Rayleigh.
#[derive(Debug, Clone, Copy)]
struct Change {
    percent: f64,
    error: f64,
}

impl Change {
    fn text(self) -> String {
        format!("{:+.1} ± {:.1}", self.percent, self.error)
    }
}

/// Twelve equal scatterers and a line of sight of -10 dB, exactly, against Rayleigh: random walk and Rice
/// distribution.
const TWELVE: f64 = 0.009_548_034_727_003_944 / 0.009_950_166_250_832_004;
const RICE: f64 = 0.009_904_104_389_262_688 / 0.009_950_166_250_832_004;

fn ledger(without: &Change, alone: &Change) -> Result<LedgerRow> {
    let k: f64 = 0.1;
    let rice = 100.0 * (paper::deep_fades(k)? - 1.0);
    let scattered = 100.0 * (TWELVE - 1.0);
    let kurtosis = [2.0 - 1.0 / 12.0, (k * k + 4.0 * k + 2.0) / (1.0 + k).powi(2)];
    Ok(SOURCE
        .row(
            "III-C: why 1x1 is above the ideal",
            "claims::twelve_equal_scatterers_fade_less_than_rayleigh_and_more_so_than_the_line_of_sight_makes_them",
        )
        .printed("due to the line of sight")
        .ours(format!(
            "kurtosis {:.3} for 12 equal scatterers, {:.3} for the line of sight in Rayleigh fading, whose is 2; \
             fades of 20 dB: {} % for the scatterers, {rice:+.2} % for the line of sight, {} % for the \
             model without it",
            kurtosis[0],
            kurtosis[1],
            alone.text(),
            without.text()
        ))
        // "Due to" is more than half of it.
        .check(
            Check::new("change of deep fades by the line of sight (%)", rice)
                .at_most(0.5 * scattered, 0.0)
                .known("Rice distribution", 100.0 * (RICE - 1.0), 0.01),
        )
        .check(Check::new("change of deep fades by twelve scatterers (%)", alone.percent).known(
            "random walk of twelve equal steps",
            scattered,
            5.0 * alone.error,
        ))
        .corrected("mostly due to the few scatterers of equal power"))
}
