//! Limits and identities: keyholes, roof edges, correlation, reciprocity, reference points, spreads.

use super::SOURCE;
use crate::check::Check;
use crate::host::Setup;
use crate::ledger::LedgerRow;
use crate::section::{Section, Table};
use mimo_gscm::capacity::capacity_flat;
use mimo_gscm::exact::keyhole_outage_capacity;
use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::scenario::{Guide, GuideCoupling, Scenario};
use mimo_gscm::statistics::{
    DelaySpread, KeyholeMetrics, LinkEnd, azimuth_spread, effective_rank, rank, receive_correlation,
    sample_matrices, transmit_correlation,
};
use mimo_gscm::transfer::{Station, Transfer};
use mmw_core::Result;
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

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
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
    ChannelModel::new(scenario)
}

fn across(n: usize) -> Result<Transfer> {
    let array = Station::linear(n, 0.5, CARRIER_HZ)?;
    Transfer::flat(&array, &array, CARRIER_HZ)
}

fn keyhole(setup: &Setup<'_>, trials: usize, found: &mut Found) -> Result<()> {
    setup.check()?;
    let model = guide_alone(Guide { modes: 1, ..Guide::waveguide() }, GuideCoupling::IndependentModes)?;
    let h = sample_matrices(&model, &across(4)?, trials, &mut Streams::new(setup.seed).stream(0))?;
    let metrics = KeyholeMetrics::new(&h)?;
    let mut one = 0_u32;
    let bound = keyhole_outage_capacity(4, 4, 100.0, 0.1)?;
    let mut below = 0;
    for matrix in h.outer_iter() {
        one += u32::from(rank(&matrix, 1e-12)? == 1);
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
    let root = (trials as f64).sqrt();
    found.ledger.push(
        SOURCE
            .row("II-A: keyholes", "physics::a_guide_of_one_mode_is_a_keyhole")
            .printed("low rank with uncorrelated entries, double Rayleigh")
            .ours(format!(
                "rank 1 in {one} of {trials} draws, kurtosis {:.2}, correlation {rms}",
                metrics.kurtosis
            ))
            .check(Check::new("draws of rank 1 (share)", f64::from(one) / trials as f64).prints(1.0, 0.0))
            // Fourth moments have a mean of 4 and a variance of (4!)² - 16; five deviations.
            .check(Check::new("kurtosis", metrics.kurtosis).prints(4.0, 5.0 * 560_f64.sqrt() / root))
            // Products of two entries of one draw have a variance of 4; the root mean square of many, five of
            // that.
            .check(Check::new("correlation, rms", metrics.correlation).prints(0.0, 10.0 / root))
            .check(
                Check::new("draws below the exact 10 % outage capacity (share)", share)
                    .prints(0.1, 5.0 * error),
            )
            .reproduced(),
    );
    Ok(())
}

fn guides(setup: &Setup<'_>, found: &mut Found) -> Result<()> {
    const DRAWS: u64 = 500;
    setup.check()?;
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
    found.ledger.push(
        SOURCE
            .row(
                "II-D: rank of a roof edge",
                "physics::a_roof_edge_has_rank_one_for_vertical_arrays_and_full_rank_for_horizontal_ones",
            )
            .printed("one for vertical arrays, not restricted for horizontal ones")
            .ours(format!("rank 1 in {}, rank 4 in {}", of(flat_rank), of(full_rank)))
            .check(
                Check::new("upright arrays of 4: rank 1 (share)", flat_rank as f64 / DRAWS as f64)
                    .prints(1.0, 0.0),
            )
            .check(
                Check::new("level arrays of 4: rank 4 (share)", full_rank as f64 / DRAWS as f64)
                    .prints(1.0, 0.0),
            )
            .reproduced(),
    );
    let readings = ["mouth angles", "independent modes"].into_iter().zip(ranks);
    let between = |(reading, rank): (&str, f64)| {
        // A rank of 1.1 or 7.9 would be one and full but for the noise of 500 draws.
        Check::new(format!("effective rank at 8x8, {reading}"), rank).within(1.1, 7.9, 0.0)
    };
    found.ledger.push(
        SOURCE
            .row(
                "II-D: rank of a waveguide",
                "claims::a_waveguide_has_a_rank_above_one_and_below_that_of_the_arrays",
            )
            .printed("deficient, but above one for horizontal arrays")
            .ours(format!("effective rank at 8x8 {measured}"))
            .checks(readings.map(between))
            .reproduced(),
    );
    Ok(())
}

fn correlation(setup: &Setup<'_>, trials: usize, found: &mut Found) -> Result<()> {
    setup.check()?;
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

fn identities(setup: &Setup<'_>, found: &mut Found) -> Result<()> {
    const DRAWS: u64 = 1000;
    setup.check()?;
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
    let share = transposed as f64 / DRAWS as f64;
    found.ledger.push(
        SOURCE
            .row(
                "Footnote 2: reciprocity",
                "physics::exchanging_the_ends_transposes_the_matrices_to_the_last_bit",
            )
            .printed("the double-directional channel is reciprocal")
            .ours(format!("H is the transpose to the last bit in {}", of(transposed)))
            .check(Check::new("draws with H the transpose to the last bit (share)", share).prints(1.0, 0.0))
            .reproduced(),
    );
    found.ledger.push(
        SOURCE
            .row(
                "Equation (2): reference point",
                "physics::a_shift_of_the_reference_points_leaves_the_capacity_unchanged",
            )
            .printed("arbitrary but fixed")
            .ours(format!("a shift by half a metre changes the capacity by {worst:.1e} at most"))
            .check(Check::new("greatest relative change of the capacity", worst).prints(0.0, 1e-9))
            .reproduced(),
    );
    Ok(())
}

fn spreads(setup: &Setup<'_>, found: &mut Found) -> Result<()> {
    const DRAWS: u64 = 1000;
    setup.check()?;
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
    let grows =
        |what: &str, ratio: f64| Check::new(format!("{what} with over without"), ratio).at_least(1.0, 0.0);
    found.ledger.push(
        SOURCE
            .row("II-C: far clusters", "claims::a_far_cluster_widens_delays_and_angles")
            .printed("delay and angular dispersion both increase")
            .ours(format!(
                "delay spread {:.2} us instead of {:.2} us, azimuth spread at the base station {:.2} instead of {:.2}",
                with[0], without[0], with[1], without[1]
            ))
            .check(grows("delay spread", with[0] / without[0]))
            .check(grows("azimuth spread at the base station", with[1] / without[1]))
            .reproduced(),
    );
    Ok(())
}
