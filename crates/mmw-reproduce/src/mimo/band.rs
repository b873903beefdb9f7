//! Equation (5): the capacity of a band against that of one frequency, and what the delays within guides do
//! to it.

use super::figure_4::{SNR_DB, ecdf_curve};
use super::{SOURCE, Variant};
use crate::check::Check;
use crate::host::{Draw, Setup};
use crate::ledger::LedgerRow;
use crate::section::{Figure, Section, Table};
use mimo_gscm::capacity::CapacitySample;
use mimo_gscm::scenario::TapMatrices;
use mimo_gscm::study::Band;
use mmw_core::Result;
use mmw_plot::CurvePlot;

const TRIALS: u64 = 10_000;
const QUICK_TRIALS: u64 = 500;
const BAND: Band = Band { bandwidth_hz: 20e6, bins: 64 };
const ANTENNAS: usize = 4;

/// One channel with and without a band.
struct Case {
    name: &'static str,
    flat: CapacitySample,
    wide: CapacitySample,
    /// The band when each guide has one matrix for all its delays.
    shared: CapacitySample,
}

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let trials = if setup.quick { QUICK_TRIALS } else { TRIALS };
    let variants = [Variant::mouth_angles(), Variant::two_kilometres()];
    let progress = setup.progress(3 * variants.len() as u64 * trials, "draws");
    let mut cases = Vec::new();
    for variant in variants {
        let run = |variant: &Variant, band| {
            variant.simulate(setup, ANTENNAS, SNR_DB, band, (trials, &progress)).map(|result| result.capacity)
        };
        let mut shared = variant.clone();
        shared.scenario.interpretation.tap_matrices = TapMatrices::Shared;
        cases.push(Case {
            name: variant.name,
            flat: run(&variant, None)?,
            wide: run(&variant, Some(BAND))?,
            shared: run(&shared, Some(BAND))?,
        });
    }
    drop(progress);

    let mut section = Section::new(
        "Equation (5): a band of 20 MHz against one frequency",
        format!(
            "4x4 at {SNR_DB} dB, {} frequencies. The mean capacity is that of a single frequency and the spread is \
             smaller: a band averages over the fading of its frequencies. The delays of a guide have a matrix \
             each; if they share one, little changes.",
            BAND.bins
        ),
    );
    section.figures.push(plot(setup, &cases)?);
    section.tables.push(table(&cases)?);
    section.ledger = ledger(&cases)?;
    Ok(section)
}

fn plot(setup: &Setup<'_>, cases: &[Case]) -> Result<Figure> {
    let mut plot = CurvePlot::new(
        "Capacity of 4x4, flat and over 20 MHz",
        "capacity (bit/s/Hz)",
        "probability of a lower capacity",
    )
    .y_limits(0.0, 1.0);
    for case in cases {
        let distance = case.name.rsplit(", ").next().unwrap_or_default();
        plot = plot.line(format!("{distance}, 20 MHz"), ecdf_curve(&case.wide)?);
        plot = plot.dashed(format!("{distance}, one frequency"), ecdf_curve(&case.flat)?).alike();
    }
    plot.draw(setup, "mimo/band.svg")?;
    Ok(Figure::new("mimo/band.svg", "Distribution of the capacity, frequency-selective and flat."))
}

fn table(cases: &[Case]) -> Result<Table> {
    let columns = ["channel", "fading", "1 %", "10 %", "50 %", "90 %", "mean", "deviation"];
    let mut table = Table::new("Flat and frequency-selective capacity of 4x4 (bit/s/Hz)", columns);
    for case in cases {
        for (fading, sample) in [
            ("one frequency", &case.flat),
            ("20 MHz", &case.wide),
            ("20 MHz, one matrix a guide", &case.shared),
        ] {
            let quantile =
                |p: f64| Ok::<String, mmw_core::Error>(format!("{:.3}", sample.ecdf().quantile(p)?));
            table.push([
                case.name.to_owned(),
                fading.to_owned(),
                quantile(0.01)?,
                quantile(0.1)?,
                quantile(0.5)?,
                quantile(0.9)?,
                mean(sample)?,
                format!("{:.3}", sample.moments().standard_deviation()?),
            ])?;
        }
    }
    Ok(table)
}

/// Mean and its standard error.
fn mean_of(sample: &CapacitySample) -> Result<(f64, f64)> {
    let interval = sample.ergodic(0.682_689_492_137_085_9)?;
    Ok((interval.estimate, interval.upper - interval.estimate))
}

fn mean(sample: &CapacitySample) -> Result<String> {
    let (mean, error) = mean_of(sample)?;
    Ok(format!("{mean:.3} ± {error:.3}"))
}

fn ledger(cases: &[Case]) -> Result<Vec<LedgerRow>> {
    let Some(case) = cases.first() else { return Ok(Vec::new()) };
    let deviation = |sample: &CapacitySample| sample.moments().standard_deviation();
    let apart = |a: &CapacitySample, b: &CapacitySample| -> Result<(f64, f64)> {
        let ((a, a_error), (b, b_error)) = (mean_of(a)?, mean_of(b)?);
        Ok((a - b, 5.0 * a_error.hypot(b_error)))
    };
    let (wide, wide_error) = apart(&case.wide, &case.flat)?;
    let (shared, shared_error) = apart(&case.wide, &case.shared)?;
    let narrower = deviation(&case.wide)? / deviation(&case.flat)?;
    // Negligible: a hundredth of the mean, and what the simulation leaves open.
    let negligible = 0.01 * mean_of(&case.wide)?.0 + shared_error;
    Ok(vec![
        SOURCE
            .row("Equation (5)", "model::a_band_keeps_the_mean_and_narrows_the_spread")
            .printed("band average of the flat capacity")
            .ours(format!(
                "mean {} over 20 MHz, {} at one frequency; deviation {:.2} and {:.2}",
                mean(&case.wide)?,
                mean(&case.flat)?,
                deviation(&case.wide)?,
                deviation(&case.flat)?
            ))
            .check(
                Check::new("mean over 20 MHz less that at one frequency (bit/s/Hz)", wide)
                    .prints(0.0, wide_error),
            )
            .check(Check::new("deviation over 20 MHz by that at one frequency", narrower).at_most(1.0, 0.0))
            .reproduced(),
        SOURCE
            .row(
                "II-D: modes with speeds of their own",
                "claims::the_delays_of_a_guide_hardly_change_the_capacity_of_a_band",
            )
            .printed("negligible influence on the distribution of the capacity")
            .ours(format!(
                "mean {}, deviation {:.2} with a matrix for each delay; {} and {:.2} with one matrix for all",
                mean(&case.wide)?,
                deviation(&case.wide)?,
                mean(&case.shared)?,
                deviation(&case.shared)?
            ))
            .check(Check::new("change of the mean (bit/s/Hz)", shared).prints(0.0, negligible))
            .reproduced(),
    ])
}
