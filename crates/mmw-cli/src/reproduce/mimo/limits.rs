//! Limits and identities: keyholes, roof edges, correlation, reciprocity, reference points, spreads.

use super::row;
use crate::error::Result;
use crate::output::Interrupt;
use crate::reproduce::{LedgerRow, Section, Setup, Table, Verdict};
use mimo_gscm::capacity::capacity_flat;
use mimo_gscm::exact::keyhole_outage_capacity;
use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::scenario::{Guide, GuideCoupling, Scenario};
use mimo_gscm::statistics::{
    DelaySpread, KeyholeMetrics, LinkEnd, azimuth_spread, effective_rank, rank, receive_correlation,
    sample_matrices, transmit_correlation,
};
use mimo_gscm::transfer::{Station, Transfer};
use mmw_core::antenna::AntennaArray;
use mmw_core::random::Streams;

const TRIALS: usize = 100_000;
const QUICK_TRIALS: usize = 10_000;
const CARRIER_HZ: f64 = 2e9;
/// `J0(π)`.
const J0_PI: f64 = -0.304_242_177_644_093_86;

/// What a table and the ledger need.
struct Found {
    table: Table,
    ledger: Vec<LedgerRow>,
}

impl Found {
    fn push(&mut self, quantity: &str, expected: &str, measured: &str) -> Result<()> {
        self.table.push([quantity.to_owned(), expected.to_owned(), measured.to_owned()])
    }
}

pub(super) fn run(setup: &Setup) -> Result<Section> {
    let trials = if setup.quick { QUICK_TRIALS } else { TRIALS };
    let mut found = Found {
        table: Table::new("Limits and identities", ["quantity", "expected", "measured"]),
        ledger: Vec::new(),
    };
    keyhole(setup, trials, &mut found)?;
    guides(setup, &mut found)?;
    correlation(setup, trials, &mut found)?;
    identities(setup, &mut found)?;
    spreads(setup, &mut found)?;
    let mut section = Section::new(
        "Limits and identities",
        format!("What has to hold exactly, or in a limit, on {trials} draws or as many as are stated."),
    );
    section.tables.push(found.table);
    section.ledger = found.ledger;
    Ok(section)
}

/// Nothing carries power yet.
fn silent() -> Scenario {
    let mut scenario = Scenario::urban_macrocell();
    scenario.rice_factor_db = None;
    scenario.mobile_scatter_db = None;
    scenario.far_clusters.clear();
    scenario.guides.clear();
    scenario
}

/// A guide alone, in and out of which power goes directly.
fn guide_alone(guide: Guide, coupling: GuideCoupling) -> Result<ChannelModel> {
    let mut scenario = silent();
    scenario.guides.push(Guide { far_cluster_db: None, mobile_scatter_db: None, ..guide });
    scenario.interpretation.guide_coupling = coupling;
    Ok(ChannelModel::new(scenario)?)
}

fn across(n: usize) -> Result<Transfer> {
    let array = Station::linear(n, 0.5, CARRIER_HZ)?;
    Ok(Transfer::flat(&array, &array, CARRIER_HZ)?)
}

fn keyhole(setup: &Setup, trials: usize, found: &mut Found) -> Result<()> {
    Interrupt::check()?;
    let model = guide_alone(Guide { modes: 1, ..Guide::waveguide() }, GuideCoupling::IndependentModes)?;
    let h = sample_matrices(&model, &across(4)?, trials, &mut Streams::new(setup.seed).stream(0))?;
    let metrics = KeyholeMetrics::new(&h)?;
    let mut one = 0;
    let bound = keyhole_outage_capacity(4, 4, 100.0, 0.1)?;
    let mut below = 0;
    for matrix in h.outer_iter() {
        one += usize::from(rank(&matrix, 1e-12)? == 1);
        below += usize::from(capacity_flat(&matrix, 100.0)? <= bound);
    }
    let share = below as f64 / trials as f64;
    found.push(
        "kurtosis of a guide of one mode, 4x4",
        "4 (double Rayleigh)",
        &format!("{:.3}", metrics.kurtosis),
    )?;
    found.push("draws of rank 1 at a tolerance of 1e-12", &format!("{trials}"), &format!("{one}"))?;
    let rms = format!("{:.4}", metrics.correlation);
    found.push("correlation of its entries, rms", "0", &rms)?;
    let error = (0.09 / trials as f64).sqrt();
    found.push("draws below its exact 10 % outage capacity", "0.1", &format!("{share:.4} ± {error:.4}"))?;
    found.ledger.push(row(
        "II-A: keyholes",
        "low rank with uncorrelated entries, double Rayleigh",
        format!("rank 1 in {one} of {trials} draws, kurtosis {:.2}, correlation {rms}", metrics.kurtosis),
        Verdict::Reproduced,
        "physics::a_guide_of_one_mode_is_a_keyhole",
    ));
    Ok(())
}

fn guides(setup: &Setup, found: &mut Found) -> Result<()> {
    const DRAWS: u64 = 500;
    Interrupt::check()?;
    let column = Station::new(AntennaArray::uniform_planar(1, 4, 0.075, 0.075)?);
    let upright = Transfer::flat(&column, &column, CARRIER_HZ)?;
    let (level, eight) = (across(4)?, across(8)?);
    let edge = guide_alone(Guide::roof_edge(), GuideCoupling::MouthAngles)?;
    let (mut flat_rank, mut full_rank) = (0, 0);
    let mut ranks = [0.0; 2];
    let tunnels = [GuideCoupling::MouthAngles, GuideCoupling::IndependentModes]
        .map(|coupling| guide_alone(Guide::waveguide(), coupling));
    for draw in 0..DRAWS {
        let rng = || Streams::new(setup.seed).stream(draw);
        let channel = edge.draw(&mut rng());
        flat_rank += u64::from(rank(&upright.matrix(&channel)?, 1e-10)? == 1);
        full_rank += u64::from(rank(&level.matrix(&channel)?, 1e-10)? == 4);
        for (sum, tunnel) in ranks.iter_mut().zip(&tunnels) {
            let model = tunnel.as_ref().map_err(Clone::clone)?;
            *sum += effective_rank(&eight.matrix(&model.draw_narrowband(&mut rng()))?)? / DRAWS as f64;
        }
    }
    let of = |count: u64| format!("{count} of {DRAWS}");
    found.push("roof edge, upright arrays of 4: draws of rank 1", &of(DRAWS), &of(flat_rank))?;
    found.push("roof edge, level arrays of 4: draws of rank 4", &of(DRAWS), &of(full_rank))?;
    let measured = format!("{:.2} (mouth angles), {:.2} (independent modes)", ranks[0], ranks[1]);
    found.push("waveguide, level arrays of 8: mean effective rank", "above 1, below 8", &measured)?;
    found.ledger.push(row(
        "II-D: rank of a roof edge",
        "one for vertical arrays, not restricted for horizontal ones",
        format!("rank 1 in {}, rank 4 in {}", of(flat_rank), of(full_rank)),
        Verdict::Reproduced,
        "physics::a_roof_edge_has_rank_one_for_vertical_arrays_and_full_rank_for_horizontal_ones",
    ));
    found.ledger.push(row(
        "II-D: rank of a waveguide",
        "deficient, but above one for horizontal arrays",
        format!("effective rank at 8x8 {measured}"),
        Verdict::Reproduced,
        "claims::a_waveguide_has_a_rank_above_one_and_below_that_of_the_arrays",
    ));
    Ok(())
}

fn correlation(setup: &Setup, trials: usize, found: &mut Found) -> Result<()> {
    Interrupt::check()?;
    let mut scenario = silent();
    scenario.mobile_scatter_db = Some(0.0);
    (scenario.mobile_scatterers.lowest_m, scenario.mobile_scatterers.highest_m) = (0.0, 0.0);
    let model = ChannelModel::new(scenario)?;
    let h = sample_matrices(&model, &across(2)?, trials, &mut Streams::new(setup.seed).stream(1))?;
    let error = 1.0 / (trials as f64).sqrt();
    let mobile = receive_correlation(&h)?[[0, 1]].re;
    let base = transmit_correlation(&h)?[[0, 1]].re;
    let bessel = format!("J0(pi) = {J0_PI:.4}");
    found.push(
        "correlation half a wavelength apart, mobile station",
        &bessel,
        &format!("{mobile:.4} ± {error:.4}"),
    )?;
    let small_angle = (-0.5 * (std::f64::consts::PI * 0.1).powi(2)).exp();
    let expected = format!("{small_angle:.4} (small angles)");
    found.push("the same at the base station, 1 km away", &expected, &format!("{base:.4}"))
}

fn identities(setup: &Setup, found: &mut Found) -> Result<()> {
    const DRAWS: u64 = 1000;
    Interrupt::check()?;
    let model = ChannelModel::new(Scenario::urban_macrocell())?;
    let (few, many) = (Station::linear(3, 0.5, CARRIER_HZ)?, Station::linear(5, 0.7, CARRIER_HZ)?);
    let (down, up) = (Transfer::flat(&few, &many, CARRIER_HZ)?, Transfer::flat(&many, &few, CARRIER_HZ)?);
    let array = AntennaArray::uniform_linear(4, 0.075)?;
    let (here, offset) = (Station::new(array.clone()), [0.31, -0.12, 0.45]);
    let there = Station::new(array.shifted(offset.map(|x: f64| -x))?);
    let before = Transfer::flat(&here, &here, CARRIER_HZ)?;
    let after = Transfer::flat(&there, &there, CARRIER_HZ)?;
    let (mut transposed, mut worst) = (0, 0.0_f64);
    for draw in 0..DRAWS {
        let channel = model.draw_narrowband(&mut Streams::new(setup.seed).stream(draw));
        let told_anew = channel.with_reference(offset, offset)?;
        let change = capacity_flat(&after.matrix(&told_anew)?, 100.0)?
            / capacity_flat(&before.matrix(&channel)?, 100.0)?
            - 1.0;
        worst = worst.max(change.abs());
        let forth = down.matrix(&channel)?;
        transposed += u64::from(up.matrix(&channel.swapped())?.t() == forth);
    }
    let of = |count: u64| format!("{count} of {DRAWS}");
    found.push("ends exchanged: H is the transpose to the last bit", &of(DRAWS), &of(transposed))?;
    found.push("reference points shifted: change of the capacity", "0", &format!("{worst:.1e} at most"))?;
    found.ledger.push(row(
        "Footnote 2: reciprocity",
        "the double-directional channel is reciprocal",
        format!("H is the transpose to the last bit in {}", of(transposed)),
        Verdict::Reproduced,
        "physics::exchanging_the_ends_transposes_the_matrices_to_the_last_bit",
    ));
    found.ledger.push(row(
        "Equation (2): reference point",
        "arbitrary but fixed",
        format!("a shift by half a metre changes the capacity by {worst:.1e} at most"),
        Verdict::Reproduced,
        "physics::a_shift_of_the_reference_points_leaves_the_capacity_unchanged",
    ));
    Ok(())
}

fn spreads(setup: &Setup, found: &mut Found) -> Result<()> {
    const DRAWS: u64 = 1000;
    Interrupt::check()?;
    let whole = ChannelModel::new(Scenario::urban_macrocell())?;
    let mut near = Scenario::urban_macrocell();
    near.far_clusters.clear();
    near.guides.iter_mut().for_each(|guide| guide.far_cluster_db = None);
    let near = ChannelModel::new(near)?;
    let mean = |model: &ChannelModel| -> Result<[f64; 3]> {
        let mut sums = [0.0; 3];
        for draw in 0..DRAWS {
            let channel = model.draw(&mut Streams::new(setup.seed).stream(draw));
            sums[0] += 1e6 * DelaySpread::new(&channel)?.rms_s / DRAWS as f64;
            sums[1] += azimuth_spread(&channel, LinkEnd::Base)? / DRAWS as f64;
            sums[2] += azimuth_spread(&channel, LinkEnd::Mobile)? / DRAWS as f64;
        }
        Ok(sums)
    };
    let (with, without) = (mean(&whole)?, mean(&near)?);
    let names = [
        "mean delay spread (us)",
        "mean azimuth spread, base (0 to 1)",
        "mean azimuth spread, mobile (0 to 1)",
    ];
    for ((name, with), without) in names.into_iter().zip(with).zip(without) {
        found.push(name, &format!("{without:.3} without far cluster"), &format!("{with:.3} with it"))?;
    }
    found.ledger.push(row(
        "II-C: far clusters",
        "delay and angular dispersion both increase",
        format!(
            "delay spread {:.2} us instead of {:.2} us, azimuth spread at the base station {:.2} instead of {:.2}",
            with[0], without[0], with[1], without[1]
        ),
        Verdict::Reproduced,
        "claims::a_far_cluster_widens_delays_and_angles",
    ));
    Ok(())
}
