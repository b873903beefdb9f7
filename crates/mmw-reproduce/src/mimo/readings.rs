//! Rows of Table 1 that can be read in more than one way, and the equations: each reading drawn.

use super::SOURCE;
use crate::check::Check;
use crate::host::Setup;
use crate::ledger::LedgerRow;
use mimo_gscm::capacity::capacity_flat;
use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::scenario::{
    CloudScale, EdgeRank, EigenvalueProfile, EigenvalueRows, Eigenvalues, Guide, GuideCoupling,
    Interpretation, Process, RadialLaw, Scenario,
};
use mimo_gscm::statistics::{effective_rank, rank};
use mimo_gscm::transfer::{Station, Transfer};
use mmw_core::antenna::AntennaArray;
use mmw_core::ndarray::Array2;
use mmw_core::random::Streams;
use mmw_core::stats::Moments;
use mmw_core::{Axis, C64, Result};

/// One guide and nothing else, in and out of which power goes directly.
fn guide_alone(guide: Guide, change: impl FnOnce(&mut Interpretation)) -> Result<ChannelModel> {
    let mut scenario = Scenario::urban_macrocell();
    (scenario.rice_factor_db, scenario.mobile_scatter_db) = (None, None);
    scenario.far_clusters.clear();
    scenario.guides = vec![Guide { far_cluster_db: None, mobile_scatter_db: None, ..guide }];
    change(&mut scenario.interpretation);
    ChannelModel::new(scenario)
}

fn macrocell(change: impl FnOnce(&mut Interpretation)) -> Result<ChannelModel> {
    let mut scenario = Scenario::urban_macrocell();
    change(&mut scenario.interpretation);
    ChannelModel::new(scenario)
}

/// Root mean square of the horizontal distance of 12 000 scatterers from the mobile station.
fn rms_radius_m(setup: &Setup<'_>, model: &ChannelModel) -> Result<f64> {
    setup.check()?;
    let (mut sum, mut count) = (0.0, 0.0);
    for draw in 0..1000 {
        let channel = model.draw_narrowband(&mut Streams::new(setup.seed).stream(draw));
        for path in channel.paths.iter().filter(|path| path.process == Process::MobileScatter) {
            sum += (path.arrival_distance_m * path.arrival[0].hypot(path.arrival[1])).powi(2);
            count += 1.0;
        }
    }
    Ok((sum / count).sqrt())
}

/// Five relative deviations of the root of the mean of 12 000 exponential squares.
const RADIUS_ERROR: f64 = 5.0 * 0.5 / 109.5;

pub(crate) fn shapes(setup: &Setup<'_>) -> Result<Vec<LedgerRow>> {
    let mut rows = clouds(setup)?;
    rows.extend(guides(setup)?);
    let channel = macrocell(|_| ())?.draw(&mut Streams::new(setup.seed).stream(0));
    let double = Scenario::urban_macrocell().ledger();
    let double = double.shares.iter().filter(|share| share.process == Process::DoubleScatter);
    let double: f64 = double.map(|share| share.table).sum();
    rows.extend([
        SOURCE
            .row(
                "Table 1: double scattering",
                "physics::double_scattering_is_separable_when_all_is_lit_and_a_keyhole_when_the_beam_is_narrow",
            )
            .printed("-infinity dB, spread 2 degrees")
            .ours("off; separable when all is lit, a keyhole when the beam is narrow")
            .check(Check::new("power by double scattering", double).prints(0.0, 0.0))
            .reproduced(),
        SOURCE
            .row("Table 1: counts", "claims::a_draw_has_the_paths_that_table_1_counts")
            .printed("4, 12, 10 scatterers, 1 cluster, 3 guides")
            .ours(format!(
                "1 + 12 + 10 + 10 x 12 paths ({} drawn), 2 x 8 + 1 terms of guides ({})",
                channel.paths.len(),
                channel.guides.len()
            ))
            .check(Check::new("paths", channel.paths.len() as f64).prints(143.0, 0.0))
            .check(Check::new("terms of guides", channel.guides.len() as f64).prints(17.0, 0.0))
            .reproduced(),
    ]);
    Ok(rows)
}

fn clouds(setup: &Setup<'_>) -> Result<Vec<LedgerRow>> {
    let right_m = rms_radius_m(setup, &macrocell(|_| ())?)?;
    let literal_m = rms_radius_m(setup, &macrocell(|i| i.cloud_scale = CloudScale::Literal)?)?;
    let half_normal_m = rms_radius_m(setup, &macrocell(|i| i.radial_law = RadialLaw::HalfNormal)?)?;
    let known_m = 100.0 * std::f64::consts::SQRT_2;
    let radius = |printed_m: f64| {
        Check::new("rms radius (m)", right_m).prints(printed_m, RADIUS_ERROR * printed_m).known(
            "√2 deviations of 100 m",
            known_m,
            RADIUS_ERROR * known_m,
        )
    };
    Ok(vec![
        SOURCE
            .row("Table 1: pdf_BS, pdf_MS, pdf_fc", "claims::the_literal_cloud_is_a_centimetre_wide")
            .printed("exp(-r^2/2·100^2)")
            .ours(format!("exp(-r^2/(2·100^2)): root mean square radius {right_m:.0} m"))
            .check(radius(literal_m))
            .corrected(format!(
                "by the precedence of its signs the cloud is a centimetre wide: {literal_m:.3} m"
            )),
        SOURCE
            .row("Table 1: norms of the densities", "claims::the_radial_law_is_a_density_per_area")
            .printed("1/10 and 1/15")
            .ours("norms of the heights alone; the radius is a density per area")
            .check(radius(half_normal_m))
            .corrected("the radial law is not normalised"),
    ])
}

fn guides(setup: &Setup<'_>) -> Result<Vec<LedgerRow>> {
    const DRAWS: u64 = 100;
    setup.check()?;
    let rng = |draw| Streams::new(setup.seed).stream(draw);
    let column = Station::new(AntennaArray::uniform_planar(1, 4, 0.075, 0.075)?);
    let upright = Transfer::flat(&column, &column, 2e9)?;
    let row = Station::linear(4, 0.5, 2e9)?;
    let level = Transfer::flat(&row, &row, 2e9)?;
    let greatest_rank = |reading: EigenvalueRows| -> Result<f64> {
        let model = guide_alone(Guide::roof_edge(), |i| i.eigenvalue_rows = reading)?;
        let rank_of = |draw| rank(&upright.matrix(&model.draw_narrowband(&mut rng(draw)))?, 1e-10);
        Ok((0..DRAWS).map(rank_of).collect::<Result<Vec<_>>>()?.into_iter().max().unwrap_or(0) as f64)
    };
    let mean_rank = |reading: Eigenvalues| -> Result<f64> {
        let weak = Guide { horizontal: EigenvalueProfile::Exponential { scale: 0.01 }, ..Guide::waveguide() };
        let model = guide_alone(weak, |i| {
            i.eigenvalues = reading;
            i.guide_coupling = GuideCoupling::IndependentModes;
        })?;
        let rank_of = |draw| effective_rank(&level.matrix(&model.draw_narrowband(&mut rng(draw)))?);
        Ok((0..DRAWS).map(rank_of).sum::<Result<f64>>()? / DRAWS as f64)
    };
    let equal_modes = |reading: EdgeRank| -> Result<f64> {
        let channel = guide_alone(Guide::roof_edge(), |i| i.edge_rank = reading)?.draw(&mut rng(0));
        let powers =
            channel.guides.first().map_or(Vec::new(), |g| g.strengths.iter().map(|s| s * s).collect());
        Ok(powers.iter().sum::<f64>().powi(2) / powers.iter().map(|p| p * p).sum::<f64>())
    };
    let spread_ns = delay_spread_ns(setup)?;
    Ok(vec![
        SOURCE
            .row("Table 1: eigenvalue rows", "claims::the_subscripts_of_the_eigenvalues_are_exchanged")
            .printed("lambda_v \"horizontal\" 4, lambda_h \"vertical\" 0.01")
            .ours("horizontal 4, vertical 0.01")
            .check(
                Check::new("greatest rank of upright arrays of 4 behind a roof edge", greatest_rank(EigenvalueRows::ByMeaning)?)
                    .prints(greatest_rank(EigenvalueRows::BySubscript)?, 0.0)
                    .known("section II-D", 1.0, 0.0),
            )
            .corrected("the subscripts are exchanged: a roof edge is of rank one vertically"),
        SOURCE
            .row("Table 1: pdf(lambda)", "claims::independent_eigenvalues_do_not_make_rank_one")
            .printed("exp(-lambda/4), exp(-lambda/0.01)")
            .ours("profile over the index: lambda_i proportional to exp(-i/4)")
            .check(
                Check::new("mean effective rank where 0.01 is printed", mean_rank(Eigenvalues::Profile)?)
                    .prints(mean_rank(Eigenvalues::Independent)?, 1e-3)
                    .known("rank one", 1.0, 1e-9),
            )
            .corrected("independent eigenvalues of mean 0.01 are a scale, not a rank of one"),
        SOURCE
            .row(
                "Table 1: eigenvalues of \"waveguide or edge\"",
                "physics::a_roof_edge_has_rank_one_for_vertical_arrays_and_full_rank_for_horizontal_ones",
            )
            .printed("one row for both")
            .ours("an edge does not restrict the horizontal rank, as the text says")
            .check(
                Check::new("equal modes of a roof edge", equal_modes(EdgeRank::Unrestricted)?)
                    .prints(equal_modes(EdgeRank::Restricted)?, 0.01)
                    .known("all 32 modes", 32.0, 1e-9),
            )
            .corrected("table against text"),
        SOURCE
            .row("Table 1: h(tau) = exp(-tau/nu), nu = 200 ns", "claims::the_delays_of_a_guide_spread_by_200_ns")
            .printed("200 ns")
            .ours(format!(
                "a power profile: delay spread of a guide {spread_ns:.0} ns; an amplitude would give half of that"
            ))
            // The variance of eight exponential delays has a relative deviation of 1.02; 2000 of them, its
            // root, times five.
            .check(Check::new("delay spread of a guide (ns)", spread_ns).prints(200.0, 200.0 * 5.0 * 1.02 / 2.0 / 44.7))
            .reproduced(),
    ])
}

/// The root of the mean variance of the delays within a guide, over 1000 draws of two guides.
fn delay_spread_ns(setup: &Setup<'_>) -> Result<f64> {
    let model = macrocell(|_| ())?;
    let mut variance = Moments::new();
    for draw in 0..1000 {
        let channel = model.draw(&mut Streams::new(setup.seed).stream(draw));
        for guide in 0..2 {
            let delays = channel.guides.iter().filter(|term| term.guide == guide);
            variance.push(delays.map(|term| 1e9 * term.delay_s).collect::<Moments>().variance()?);
        }
    }
    Ok(variance.mean()?.sqrt())
}

/// The greatest difference between the transfer matrix of one draw and equations (1) to (3) written out.
fn written_out(setup: &Setup<'_>) -> Result<f64> {
    let mut channel = macrocell(|_| ())?.draw(&mut Streams::new(setup.seed).stream(4));
    channel.guides.clear();
    let array = AntennaArray::from_positions(vec![[0.0, 0.1, 0.2], [0.3, -0.1, 0.0], [0.05, 0.0, 0.4]])?;
    let station = Station::new(array.clone());
    let offset_hz = 7e6;
    let axis = Axis::explicit("frequency", "Hz", vec![offset_hz])?;
    let h = Transfer::new(&station, &station, 2e9, axis)?.response(&channel)?;
    let wavelength_m = mmw_core::units::wavelength_m(2e9)?;
    let mut sum = Array2::<C64>::zeros((3, 3));
    for path in &channel.paths {
        let receive = array.steering_vector(path.arrival_direction()?, wavelength_m)?;
        let transmit = array.steering_vector(path.departure_direction()?, wavelength_m)?;
        let turns = offset_hz * path.delay_s;
        let wave = C64::from_polar(1.0, -std::f64::consts::TAU * (turns - turns.round()));
        for ((i, j), entry) in sum.indexed_iter_mut() {
            *entry += path.gain * wave * receive[i] * transmit[j];
        }
    }
    Ok(h.data().iter().zip(&sum).map(|(h, sum)| (h - sum).norm()).fold(0.0, f64::max))
}

pub(crate) fn equations(setup: &Setup<'_>) -> Result<Vec<LedgerRow>> {
    let test = "physics::the_transfer_matrix_is_the_sum_over_paths_written_out";
    let apart = written_out(setup)?;
    let same = Check::new("greatest difference of H from the equations written out", apart);
    let h = Array2::from_elem((4, 1), C64::new(1.0, 0.0));
    let (fits, printed) = (capacity_flat(&h, 100.0)?, capacity_flat(&h.t(), 100.0)?);
    Ok(vec![
        SOURCE
            .row("Equation (1)", test)
            .printed("a sum of paths")
            .ours("the list of paths is what a draw gives")
            .check(same.clone().prints(0.0, 1e-12))
            .reproduced(),
        SOURCE
            .row("Equation (2)", test)
            .printed("h of (1) with its impulses; g without the index of the path")
            .ours("sum of a e^(j phi) g_R g_T e^(j..) e^(j..) delta(tau - tau_i)")
            .check(same.clone().known("the right form", 0.0, 1e-12))
            .slip("impulses in direction left in, the one in delay left out"),
        SOURCE
            .row("Equation (3)", test)
            .printed("phases from azimuth and elevation")
            .ours("the same, any 3-D array")
            .check(same.prints(0.0, 1e-12))
            .reproduced(),
        SOURCE
            .row("Equation before (5)", "claims::the_identity_fits_receive_by_transmit_matrices")
            .printed("H from x_R to x_T with I of size N_r")
            .ours("H[r, t] from transmit antenna t to receive antenna r")
            .check(
                Check::new("capacity of one antenna that sends to four, 20 dB (bit/s/Hz)", fits)
                    .prints(printed, 1e-9)
                    .known("log2(1 + 4 SNR)", 401_f64.log2(), 1e-12),
            )
            .corrected("the identity fits the transpose only"),
    ])
}
