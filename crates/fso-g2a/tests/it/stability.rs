//! The first draws of each sampler: a change of any is a change of every seed's results.

use crate::made;
use fso_g2a::channel::{Channel, draw_gains};
use fso_g2a::mmw_core::monte_carlo::MonteCarlo;
use fso_g2a::turbulence::GammaGamma;

fn channel() -> Channel<GammaGamma> {
    Channel::new(made::pointing(1.0, 0.05, 0.5).unwrap(), GammaGamma::new(4.0, 1.7).unwrap())
}

#[test]
fn the_count_of_a_seed_stays() {
    let run = MonteCarlo::new(7, 100_000);
    let hits = channel().simulate_outage(0.1, &run).unwrap().hits();
    assert_eq!(hits, HITS);
}

#[test]
fn the_first_gains_of_a_seed_stay() {
    let gains = draw_gains(&channel(), &MonteCarlo::new(7, 4)).unwrap();
    for (gain, expected) in gains.iter().zip(GAINS) {
        assert!((gain - expected).abs() <= 1e-12 * expected, "{gains:?}");
    }
}

/// Without the feature `rayon` the pool changes nothing and the run is serial: the counts are the same
/// all the same.
#[test]
fn one_and_two_threads_give_the_same_bits() {
    let gains = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let run = MonteCarlo::new(7, 100_000);
            let moments = channel().simulate_rare_outage(0.1, &run).unwrap();
            (channel().simulate_outage(0.1, &run).unwrap().hits(), moments)
        })
    };
    let serial = gains(1);
    assert_eq!(serial, gains(2));
    assert_eq!(serial.0, HITS);
}

const HITS: u64 = 16_530;
const GAINS: [f64; 4] =
    [0.738_358_809_420_384_5, 0.122_958_375_377_976_83, 1.100_105_505_300_638_8, 0.674_363_569_492_059_9];
