//! First draws, so that a change of the random numbers does not go unnoticed.

use mimo_gscm::propagation::ChannelModel;
use mimo_gscm::scenario::Scenario;
use mimo_gscm::study::CapacityStudy;
use mimo_gscm::transfer::{Station, Transfer};
use mmw_core::monte_carlo::MonteCarlo;
use mmw_core::random::Streams;

#[test]
fn the_first_draw_of_the_macrocell_stays_what_it_was() {
    let model = ChannelModel::new(Scenario::urban_macrocell()).unwrap();
    let array = Station::linear(2, 0.5, 2e9).unwrap();
    let channel = model.draw_narrowband(&mut Streams::new(1).stream(0));
    let h = Transfer::flat(&array, &array, 2e9).unwrap().matrix(&channel).unwrap();
    // The libraries' logarithm and sine enter, so the last bits may differ between machines.
    let pinned = mmw_core::C64::new(1.103_282_918_920_780_5, -0.249_553_731_469_416_62);
    assert!((h[[1, 0]] - pinned).norm() < 1e-12, "{}", h[[1, 0]]);
}

#[test]
fn a_study_depends_on_seed_and_blocks_alone() {
    let model = ChannelModel::new(Scenario::urban_macrocell()).unwrap();
    let array = Station::linear(2, 0.5, 2e9).unwrap();
    let study = CapacityStudy { receive: array.clone(), transmit: array, snr: 10.0, band: None };
    let run = |seed| study.run(&model, &MonteCarlo::new(seed, 1000).block_size(200)).unwrap();
    assert_eq!(run(3), run(3));
    assert_ne!(run(3), run(4));
}

#[test]
fn two_halves_of_a_study_join_to_the_bits_of_the_whole() {
    // What threads and machines do: work out blocks apart and merge them in order.
    use mmw_core::stats::Moments;
    let model = ChannelModel::new(Scenario::urban_macrocell()).unwrap();
    let array = Station::linear(2, 0.5, 2e9).unwrap();
    let transfer = Transfer::flat(&array, &array, 2e9).unwrap();
    let run = MonteCarlo::new(3, 1000).block_size(100);
    let block = |rng: &mut mmw_core::random::Stream, trials: std::ops::Range<u64>| {
        let h = mimo_gscm::statistics::sample_matrices(&model, &transfer, trials.count(), rng)?;
        Ok(h.iter().map(|z| z.norm_sqr()).collect::<Moments>())
    };
    let joined = run.run_blocks(0..4, block).unwrap().join(run.run_blocks(4..10, block).unwrap()).unwrap();
    assert_eq!(joined.finish().unwrap(), run.run(block).unwrap());
}

#[cfg(feature = "rayon")]
#[test]
fn a_study_gives_the_same_bits_on_one_and_two_threads() {
    let model = ChannelModel::new(Scenario::urban_macrocell()).unwrap();
    let array = Station::linear(2, 0.5, 2e9).unwrap();
    let study = CapacityStudy { receive: array.clone(), transmit: array, snr: 100.0, band: None };
    // Blocks that do not fill a batch of determinants, and a last one that is shorter.
    let run = MonteCarlo::new(3, 20_123).block_size(300);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| study.run(&model, &run)).unwrap()
    };
    let one = on(1);
    assert_eq!(one, on(2));
    assert_eq!(one, on(3));
}
