//! Whole draws of the urban macrocell.
#![allow(clippy::expect_used, reason = "a benchmark that meets an error has failed")]

use criterion::Criterion;
use mimo_gscm::capacity::capacity_flat;
use mimo_gscm::path::Realisation;
use mimo_gscm::propagation::{ChannelModel, DrawScratch};
use mimo_gscm::scenario::Scenario;
use mimo_gscm::transfer::{Station, Transfer, TransferScratch};
use mmw_benches::group;
use mmw_core::ndarray::Array2;
use mmw_core::random::Streams;

/// Scatterers, cluster, guides, the matrix of the carrier and its capacity at 20 dB, for each draw anew.
pub(crate) fn flat_with_capacity(criterion: &mut Criterion) {
    let scenario = Scenario::urban_macrocell();
    for n in [4, 8] {
        let mut group = group(criterion, &format!("mimo-gscm/draw/{n}x{n}-flat"));
        let array = Station::linear(n, 0.5, scenario.carrier_hz).expect("an array");
        let transfer = Transfer::flat(&array, &array, scenario.carrier_hz).expect("a plan");
        let model = ChannelModel::new(scenario.clone()).expect("a preset");
        let (mut draw, mut scratch) = (DrawScratch::default(), TransferScratch::default());
        let (mut channel, mut h) = (Realisation::default(), Array2::zeros((n, n)));
        let mut rng = Streams::new(1).stream(0);
        group.bench_function("ours", |b| {
            b.iter(|| {
                model.draw_narrowband_into(&mut draw, &mut channel, &mut rng);
                transfer.matrix_into(&channel, &mut scratch, &mut h).and_then(|()| capacity_flat(&h, 100.0))
            });
        });
        group.finish();
    }
}
