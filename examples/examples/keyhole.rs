//! Uncorrelated antennas are not enough: a channel through a keyhole has rank one although its entries are
//! uncorrelated, and a macrocell lies between it and independent fading.
//!
//! ```text
//! cargo run --release -p mmw-examples --example keyhole
//! ```

use mimo_gscm::capacity::{CapacitySample, capacity_flat_batch};
use mimo_gscm::exact::{IidOutage, keyhole_outage_capacity};
use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::rival::{Distribution, IidRayleigh};
use mimo_gscm::scenario::{Guide, GuideCoupling, Scenario};
use mimo_gscm::statistics::{KeyholeMetrics, sample_matrices};
use mimo_gscm::transfer::{Station, Transfer};
use mmw_core::ndarray::{Array1, Array3, Axis};
use mmw_core::random::Streams;
use mmw_core::{C64, Result};

const ANTENNAS: usize = 4;
const DRAWS: usize = 4000;
const SNR: f64 = 100.0;

fn main() -> Result<()> {
    let array = Station::linear(ANTENNAS, 0.5, 2e9)?;
    let transfer = Transfer::flat(&array, &array, 2e9)?;
    let draw = |scenario: Scenario, stream: u64| -> Result<Array3<C64>> {
        let model = ChannelModel::new(scenario)?;
        sample_matrices(&model, &transfer, DRAWS, &mut Streams::new(1).stream(stream))
    };

    let mut independent = Array3::zeros((DRAWS, ANTENNAS, ANTENNAS));
    let (fading, rng) = (IidRayleigh::new(ANTENNAS, ANTENNAS)?, &mut Streams::new(1).stream(0));
    for mut matrix in independent.axis_iter_mut(Axis(0)) {
        matrix.assign(&fading.sample(rng));
    }

    println!("4x4 at 20 dB          correlation  effective rank  kurtosis  10 % outage  exact (bit/s/Hz)");
    let exact = IidOutage::new(ANTENNAS, ANTENNAS, SNR)?.capacity(0.1)?;
    let ideal = show("independent fading", &independent, Some(exact))?;
    let macrocell = show("urban macrocell", &draw(Scenario::urban_macrocell(), 1)?, None)?;
    let exact = keyhole_outage_capacity(ANTENNAS, ANTENNAS, SNR, 0.1)?;
    let keyhole = show("keyhole", &draw(street_of_one_mode(), 2)?, Some(exact))?;
    println!(
        "lost in the macrocell {:.0} %, in the keyhole {:.0} %",
        100.0 * (1.0 - macrocell / ideal),
        100.0 * (1.0 - keyhole / ideal)
    );
    assert!(keyhole < macrocell && macrocell < ideal, "the keyhole carries least");
    Ok(())
}

/// All power goes through one street canyon that carries a single mode.
fn street_of_one_mode() -> Scenario {
    let mut scenario = Scenario::urban_macrocell();
    scenario.rice_factor_db = None;
    scenario.mobile_scatter_db = None;
    scenario.far_clusters.clear();
    scenario.guides =
        vec![Guide { modes: 1, far_cluster_db: None, mobile_scatter_db: None, ..Guide::waveguide() }];
    scenario.interpretation.guide_coupling = GuideCoupling::IndependentModes;
    scenario
}

fn show(name: &str, h: &Array3<C64>, exact: Option<f64>) -> Result<f64> {
    let KeyholeMetrics { correlation, effective_rank, kurtosis, .. } = KeyholeMetrics::new(h)?;
    let sample = CapacitySample::new(&Array1::from_vec(capacity_flat_batch(h, SNR)?))?;
    let outage = sample.outage(0.1, 0.95)?;
    let exact = exact.map_or("-".to_owned(), |exact| format!("{exact:.3}"));
    println!(
        "{name:<22}{correlation:>11.3}{effective_rank:>16.3}{kurtosis:>10.2}{:>13.3}{exact:>18}",
        outage.estimate
    );
    Ok(outage.estimate)
}
