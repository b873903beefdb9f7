//! Fig. 3: outage over transmit power for several lengths, exact, simulated and by (23).

use super::{RESPONSIVITY_A_W, RUNS, SOURCE, vertical, watched};
use crate::check::Check;
use crate::host::{Draw, Setup};
use crate::ledger::LedgerRow;
use crate::section::{Figure, Section, Table};
use fso_g2a::atmosphere::{Attenuation, SlantPath, VisibilityModel};
use fso_g2a::channel::{Channel, Link, LinkConfig};
use fso_g2a::paper::{Form23, outage_12, outage_23};
use fso_g2a::pointing::{Beam, BeamConfig};
use fso_g2a::turbulence::GammaGamma;
use mmw_core::Result;
use mmw_core::ndarray::Array1;
use mmw_plot::{CurvePlot, Scale};

const QUICK_RUNS: u64 = 1_000_000;
const APERTURE_M: f64 = 0.1;
const DIVERGENCE_RAD: f64 = 0.2e-3;
/// Assumed: the paper names no length of this figure, no threshold and no noise.
const LENGTHS_M: [f64; 3] = [20e3, 30e3, 40e3];
const SNR_THRESHOLD: f64 = 10.0;
const NOISE_A: f64 = 1e-6;
const VISIBILITY_M: f64 = 10e3;
const SCALE_HEIGHT_M: f64 = 1200.0;
/// Fewest expected outages with which a count is near enough to normal for a standard score to mean
/// something.
const FEWEST_EVENTS: f64 = 20.0;
/// Where it is simulated, dBm.
const SIMULATED_DBM: [f64; 8] = [4.0, 8.0, 12.0, 16.0, 20.0, 24.0, 28.0, 32.0];

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let runs = if setup.quick { QUICK_RUNS } else { RUNS };
    let mut section = Section::new(
        "Fig. 3: outage over transmit power",
        format!(
            "Aperture of 10 cm, divergence 0.2 mrad, alpha = 4, beta = 1.7, responsivity 0.9 A/W, {:.0} million \
             runs a point. Assumed, because the paper does not say: lengths of 20, 30 and 40 km straight up, wobble \
             and wander as in Fig. 2, a threshold of 10 dB, noise of 1 uA, visibility of 10 km at the ground (Kim) that \
             dies off over 1.2 km. Threshold, noise and attenuation only move the curves to the left and right. \
             Equation (23) is shown with its errata put right: it lacks the beam's misses, so it goes on falling \
             where the outage of 20 km has its floor. A point with fewer than {FEWEST_EVENTS} expected outages has no \
             standard score: its count is no normal variable.",
            runs as f64 * 1e-6
        ),
    );
    let mut links = Vec::new();
    for length_m in LENGTHS_M {
        links.push((length_m, link(length_m)?));
    }
    let simulated = simulate(setup, &links, runs)?;
    section.figures.push(figure(setup, &links, &simulated)?);
    section.tables.push(table(&simulated)?);
    section.ledger = ledger(&links, &simulated, runs)?;
    Ok(section)
}

/// A point that was simulated.
struct Point {
    length_m: f64,
    power_dbm: f64,
    exact: f64,
    of_12: f64,
    of_23: f64,
    expected: f64,
    hits: f64,
    estimate: f64,
    /// None for too few expected events.
    z: Option<f64>,
}

fn link(length_m: f64) -> Result<Channel<GammaGamma>> {
    let path = SlantPath::vertical(length_m)?;
    let ground_per_m = VisibilityModel::Kim.extinction_per_m(VISIBILITY_M, 1550e-9)?;
    let haze = Attenuation::Exponential { ground_per_m, scale_height_m: SCALE_HEIGHT_M };
    let beam = Beam::new(BeamConfig { divergence_rad: DIVERGENCE_RAD, length_m })?;
    let full_gain = haze.transmission(&path)? * beam.full_collection(APERTURE_M)?;
    vertical(DIVERGENCE_RAD, length_m, APERTURE_M)?.with_full_gain(full_gain)
}

/// The threshold over the full gain.
fn threshold(channel: &Channel<GammaGamma>, power_dbm: f64) -> Result<f64> {
    let power_w = 10_f64.powf(0.1 * power_dbm - 3.0);
    let config =
        LinkConfig { transmit_power_w: power_w, responsivity_a_w: RESPONSIVITY_A_W, noise_a: NOISE_A };
    let gain = Link::new(config)?.gain_for_snr(SNR_THRESHOLD)?;
    Ok(gain / channel.full_gain())
}

fn simulate(setup: &Setup<'_>, links: &[(f64, Channel<GammaGamma>)], runs: u64) -> Result<Vec<Point>> {
    let mut points = Vec::new();
    for (index, (length_m, channel)) in links.iter().enumerate() {
        for (step, power_dbm) in SIMULATED_DBM.into_iter().enumerate() {
            let tau = threshold(channel, power_dbm)?;
            let exact = channel.outage(tau)?.outage;
            let seed = setup.seed.wrapping_add((100 * index + step) as u64);
            let hits = watched(setup, seed, runs, |run| channel.simulate_outage(tau, run))?.hits() as f64;
            let expected = exact * runs as f64;
            let deviation = (expected * (1.0 - exact)).sqrt();
            let telling = expected.min(runs as f64 - expected) >= FEWEST_EVENTS;
            points.push(Point {
                length_m: *length_m,
                power_dbm,
                exact,
                of_12: outage_12(channel, tau)?.outage,
                of_23: outage_23(channel, tau, Form23::Corrected)?,
                expected,
                hits,
                estimate: hits / runs as f64,
                z: telling.then(|| (hits - expected) / deviation),
            });
        }
    }
    Ok(points)
}

fn figure(setup: &Setup<'_>, links: &[(f64, Channel<GammaGamma>)], simulated: &[Point]) -> Result<Figure> {
    let powers_dbm = Array1::linspace(0.0, 40.0, 121);
    let mut plot =
        CurvePlot::new("Outage over transmit power (Fig. 3)", "transmit power (dBm)", "outage probability")
            .y_scale(Scale::Log)
            .y_limits(1e-6, 1.0);
    let mut series = Vec::new();
    for (length_m, channel) in links {
        let mut exact = Vec::new();
        for &power_dbm in &powers_dbm {
            let tau = threshold(channel, power_dbm)?;
            exact.push((power_dbm, channel.outage(tau)?.outage));
            // The series has no digits left for large arguments.
            if tau < 5.0 {
                series.push((power_dbm, outage_23(channel, tau, Form23::Corrected)?));
            }
        }
        // A place that a logarithmic axis lacks: the next length begins a line of its own.
        series.push((0.0, 0.0));
        plot = plot.line(format!("{:.0} km", length_m * 1e-3), exact);
    }
    let dots = simulated.iter().filter(|point| point.estimate > 0.0);
    plot.dashed("(23) corrected", series)
        .dots("simulation", dots.map(|point| (point.power_dbm, point.estimate)))
        .draw(setup, "fso/outage.svg")?;
    Ok(Figure::new(
        "fso/outage.svg",
        "Fig. 3: outage over transmit power, aperture of 10 cm, 0.2 mrad. The floor of 20 km is the probability of a miss.",
    ))
}

fn table(points: &[Point]) -> Result<Table> {
    let columns = [
        "length (km)",
        "power (dBm)",
        "exact",
        "simulated",
        "outages expected",
        "outages counted",
        "z",
        "(12) over exact",
        "(23) over exact",
    ];
    let mut table = Table::new("Fig. 3 in numbers", columns);
    for point in points {
        table.push([
            format!("{:.0}", point.length_m * 1e-3),
            format!("{}", point.power_dbm),
            format!("{:.6e}", point.exact),
            format!("{:.6e}", point.estimate),
            format!("{:.1}", point.expected),
            format!("{}", point.hits),
            point.z.map_or_else(|| "–".to_owned(), |z| format!("{z:+.2}")),
            format!("{:.6}", point.of_12 / point.exact),
            format!("{:.6}", point.of_23 / point.exact),
        ])?;
    }
    Ok(table)
}

fn ledger(links: &[(f64, Channel<GammaGamma>)], points: &[Point], runs: u64) -> Result<Vec<LedgerRow>> {
    let scores: Vec<f64> = points.iter().filter_map(|point| point.z).collect();
    let worst = scores.iter().fold(0.0_f64, |worst, z| worst.max(z.abs()));
    let rms = (scores.iter().map(|z| z * z).sum::<f64>() / scores.len().max(1) as f64).sqrt();
    // Five deviations of the root mean square of so many standard scores.
    let error = 5.0 / (2.0 * scores.len().max(1) as f64).sqrt();
    Ok(vec![
        SOURCE
            .row(
                "Fig. 3: simulation against theory",
                "statistical::simulated_outages_scatter_about_the_exact_ones_as_they_should",
            )
            .printed("over 50e6 runs")
            .ours(format!(
                "{} points of at least {FEWEST_EVENTS} expected outages among {}, {:.0} million runs each: standard \
                 scores up to {worst:.2}, rms {rms:.2}",
                scores.len(),
                points.len(),
                runs as f64 * 1e-6
            ))
            .check(Check::new("rms standard score", rms).prints(1.0, error))
            .reproduced(),
        lengths(links)?,
        SOURCE
            .row(
                "Figs. 2 and 3: numbers behind the curves",
                "paper::row_20_the_shape_of_figure_3_needs_no_unstated_number",
            )
            .printed("none of wobble, attenuation, threshold, noise, profile, start altitude, lengths, terms")
            .ours("assumed as stated above")
            .not_reproducible("the figures can be had in shape only"),
    ])
}

/// Outage over length: at a moderate power, and where only the misses are left.
fn lengths(links: &[(f64, Channel<GammaGamma>)]) -> Result<LedgerRow> {
    let at = |power_dbm: f64| -> Result<String> {
        let outage = |channel: &Channel<GammaGamma>| {
            Ok(format!("{:.2e}", channel.outage(threshold(channel, power_dbm)?)?.outage))
        };
        Ok(links.iter().map(|(_, channel)| outage(channel)).collect::<Result<Vec<_>>>()?.join(", "))
    };
    let floor = |index: usize| -> Result<[f64; 2]> {
        let Some((_, channel)) = links.get(index) else { return Ok([0.0; 2]) };
        let p = channel.pointing();
        let miss = (p.beam_radius_m() + p.aperture_radius_m()) / p.jitter_m();
        Ok([channel.outage(0.0)?.outage, (-0.5 * miss * miss).exp()])
    };
    let (short, long) = (floor(0)?, floor(1)?);
    let ratio = short[1] / long[1];
    Ok(SOURCE
        .row(
            "Fig. 3: outage and length at the same power",
            "paper::claim_a_shorter_link_of_the_same_beam_has_the_higher_floor",
        )
        .printed("the outage grows with the length")
        .ours(format!("20, 30, 40 km: {} at 20 dBm, but {} at 40 dBm", at(20.0)?, at(40.0)?))
        .check(Check::new("floor of 20 km over that of 30 km", short[0] / long[0]).at_most(1.0, 0.0).known(
            "exp(-(w + r)^2/2 sigma^2) of both",
            ratio,
            1e-9 * ratio,
        ))
        .corrected(
            "the shorter link has the narrower beam, which misses more often: its floor is the higher one",
        ))
}
