//! The false-alarm rate that the detector was asked for, and the one it has.

use crate::host::Setup;
use crate::section::{Section, Table};
use mmw_core::Result;
use mmw_core::ndarray::Array2;
use mmw_core::random::{Streams, standard_complex_normal};
use mmw_core::stats::Proportion;
use mmw_dsp::cfar::{CaCfar, CfarConfig};

const SHAPE: [usize; 2] = [256, 128];
/// 306 maps of 256 x 128 cells are 1e7 cells.
const MAPS: u64 = 306;
const QUICK_MAPS: u64 = 20;

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let mut section = Section::new(
        "False alarms",
        "Cells of noise alone, exponential powers, maps of 256 x 128 cells, 8 training and 4 guard cells a side; \
         edges included, where fewer cells are averaged and the multiplier is another. The interval is the one of \
         Wilson, 95 %.",
    );
    let maps = if setup.quick { QUICK_MAPS } else { MAPS };
    let mut table =
        Table::new("False-alarm rates", ["asked for", "cells", "alarms", "measured", "interval (95 %)"]);
    for (study, probability) in [1e-2, 1e-3, 1e-4].into_iter().enumerate() {
        let alarms = count(setup, study as u64, maps, probability)?;
        let cells = maps * (SHAPE[0] * SHAPE[1]) as u64;
        let interval = Proportion::new(alarms, cells)?.interval(0.95)?;
        table.push([
            format!("{probability:e}"),
            format!("{cells}"),
            format!("{alarms}"),
            format!("{:.4e}", alarms as f64 / cells as f64),
            format!("{:.4e} to {:.4e}", interval.lower, interval.upper),
        ])?;
    }
    section.tables.push(table);
    Ok(section)
}

fn count(setup: &Setup<'_>, study: u64, maps: u64, probability: f64) -> Result<u64> {
    let config = CfarConfig { false_alarm_probability: probability, ..CfarConfig::default() };
    let detector = CaCfar::new(&config, SHAPE)?;
    let streams = Streams::new(setup.seed);
    let progress = setup.progress(maps, "maps");
    let mut alarms = 0;
    for map in 0..maps {
        setup.check()?;
        let rng = &mut streams.stream(study * maps + map);
        let power = Array2::from_shape_simple_fn(SHAPE, || standard_complex_normal(rng).norm_sqr() as f32);
        alarms += detector.detect(&power)?.len() as u64;
        progress.advance(1);
    }
    drop(progress);
    Ok(alarms)
}
