//! The loss against the size of the array, and what else decides it.

use super::figure_4::SNR_DB;
use super::{Quantile, Variant};
use crate::host::{Draw, Setup};
use crate::section::{Figure, Section, Table};
use mimo_gscm::exact::IidOutage;
use mmw_core::Result;
use mmw_plot::CurvePlot;

const SIZES: [usize; 8] = [1, 2, 3, 4, 6, 8, 12, 16];
const QUICK_SIZES: [usize; 4] = [1, 2, 4, 8];
const TRIALS: u64 = 20_000;
const QUICK_TRIALS: u64 = 1000;
const PROBABILITY: f64 = 0.1;

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let sizes: &[usize] = if setup.quick { &QUICK_SIZES } else { &SIZES };
    let trials = if setup.quick { QUICK_TRIALS } else { TRIALS };
    let variants =
        [Variant::mouth_angles(), Variant::independent_modes(), Variant::two_kilometres(), Variant::wide()];
    let studies = (variants.len() * (sizes.len() + 3)) as u64;
    let progress = setup.progress(studies * trials, "draws");
    let loss = |variant: &Variant, n: usize, snr_db: f64| -> Result<Quantile> {
        let result = variant.simulate(setup, n, snr_db, None, (trials, &progress))?;
        Quantile::new(&result, &IidOutage::new(n, n, 10f64.powf(snr_db / 10.0))?, PROBABILITY)
    };
    let mut by_size = Table::new(
        "Loss at 10 % outage against independent fading (%)",
        [
            "size",
            "mouth angles, 1 km",
            "independent modes, 1 km",
            "mouth angles, 2 km",
            "2 km, base 4 wavelengths",
        ],
    );
    let mut curves = vec![Vec::new(); variants.len()];
    for &n in sizes {
        let mut cells = vec![format!("{n}x{n}")];
        for (variant, curve) in variants.iter().zip(&mut curves) {
            let quantile = loss(variant, n, SNR_DB)?;
            curve.push((n as f64, quantile.loss()));
            cells.push(quantile.loss_text());
        }
        by_size.rows.push(cells);
    }
    let mut by_ratio = Table::new(
        "Loss of 4x4 at 10 % outage by signal-to-noise ratio (%)",
        [
            "SNR (dB)",
            "mouth angles, 1 km",
            "independent modes, 1 km",
            "mouth angles, 2 km",
            "2 km, base 4 wavelengths",
        ],
    );
    for snr_db in [0.0, 10.0, 20.0] {
        let mut cells = vec![format!("{snr_db}")];
        for variant in &variants {
            cells.push(loss(variant, 4, snr_db)?.loss_text());
        }
        by_ratio.rows.push(cells);
    }
    drop(progress);

    let mut plot = CurvePlot::new(
        format!("Loss at 10 % outage and {SNR_DB} dB"),
        "antennas at each end",
        "loss against independent fading (%)",
    );
    for (variant, curve) in variants.iter().zip(curves) {
        plot = plot.line(variant.name, curve);
    }
    plot.draw(setup, "mimo/loss.svg")?;
    let mut section = Section::new(
        "What decides the loss",
        "The signal-to-noise ratio moves the loss by a few percent of the capacity; the distance and the spacing of \
         the base station's antennas decide it. Seen from 2 km, half a wavelength hardly tells the scatterers \
         about the mobile station apart; four wavelengths do, and most of the loss is gone.",
    );
    section.figures.push(Figure::new("mimo/loss.svg", "Loss against the size of the arrays, four variants."));
    section.tables = vec![by_size, by_ratio];
    Ok(section)
}
