//! Random streams and normal samples: distribution, independence, and first draws that must never change.

use mmw_core::C64;
use mmw_core::random::{
    Streams, complex_normal, fill_standard_normal, standard_complex_normal, standard_normal,
};
use mmw_core::stats::{KolmogorovSmirnov, Moments, normal_cdf};
use ndarray::Array1;
use rand::{Rng, RngExt};

const SAMPLES: usize = 1_000_000;

/// Moments 1 to 4 of a standard normal sample within five standard deviations of their estimates, and a
/// Kolmogorov-Smirnov test that a true sample fails once in a thousand seeds.
fn assert_standard_normal(sample: &Array1<f64>) {
    let n = sample.len() as f64;
    let moment = |k: i32| sample.iter().map(|x| x.powi(k)).sum::<f64>() / n;
    for (k, expected, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0_f64)] {
        let error = moment(k) - expected;
        assert!(error.abs() < 5.0 * (variance / n).sqrt(), "moment {k} is off by {error}");
    }
    let test = KolmogorovSmirnov::new(sample, normal_cdf).unwrap();
    assert!(test.p_value > 1e-3, "{test:?}");
}

#[test]
fn scalar_samples_are_normal() {
    let mut rng = Streams::new(1).stream(0);
    assert_standard_normal(&Array1::from_shape_simple_fn(SAMPLES, || standard_normal(&mut rng)));
}

#[test]
fn filled_arrays_are_normal() {
    let mut rng = Streams::new(2).stream(0);
    let mut sample = Array1::<f64>::zeros(SAMPLES);
    fill_standard_normal(sample.as_slice_mut().unwrap(), &mut rng);
    assert_standard_normal(&sample);
    let mut sample = vec![0.0_f32; SAMPLES];
    fill_standard_normal(&mut sample, &mut rng);
    assert_standard_normal(&sample.into_iter().map(f64::from).collect());
}

#[test]
fn the_tails_hold_what_they_should() {
    let mut rng = Streams::new(3).stream(0);
    let n = 20_000_000;
    let mut sample = vec![0.0_f32; n];
    fill_standard_normal(&mut sample, &mut rng);
    for limit in [3.0, 4.0, 4.75] {
        let expected = 2.0 * n as f64 * normal_cdf(-limit);
        let found = sample.iter().filter(|x| f64::from(x.abs()) > limit).count() as f64;
        // Counts of rare events: Poisson, five standard deviations.
        assert!((found - expected).abs() < 5.0 * expected.sqrt(), "beyond {limit}: {found}, not {expected}");
    }
}

#[test]
fn neighbours_in_a_fill_are_uncorrelated() {
    let mut sample = vec![0.0_f64; SAMPLES];
    fill_standard_normal(&mut sample, &mut Streams::new(4).stream(0));
    // Lags within a chunk, from cosine to sine of one pair (32), and from chunk to chunk.
    for lag in [1, 2, 31, 32, 33, 64, 96] {
        let pairs = sample.len() - lag;
        let product: f64 = sample.iter().zip(&sample[lag..]).map(|(a, b)| a * b).sum();
        let squares: f64 = sample.iter().zip(&sample[lag..]).map(|(a, b)| a * a * b * b - 1.0).sum();
        // Product: variance 1. Product of squares: 3·3 − 1 = 8 (a little more with overlapping pairs).
        assert!(product.abs() < 5.0 * (pairs as f64).sqrt(), "lag {lag}");
        assert!(squares.abs() < 5.0 * (12.0 * pairs as f64).sqrt(), "lag {lag}");
    }
}

#[test]
fn complex_samples_are_circular_with_the_variance_asked_for() {
    let mut rng = Streams::new(5).stream(0);
    let n = SAMPLES as f64;
    let z: Vec<C64> = (0..SAMPLES).map(|_| complex_normal(4.0, &mut rng).unwrap()).collect();
    let power = z.iter().map(|z| z.norm_sqr()).sum::<f64>() / n;
    let pseudo = z.iter().map(|z| z * z).sum::<C64>() / n;
    // |z|² is exponential with mean and deviation 4; the parts of z² have deviation √(16·2)/... = 4 at most.
    assert!((power - 4.0).abs() < 5.0 * 4.0 / n.sqrt(), "{power}");
    assert!(pseudo.norm() < 5.0 * 4.0 * 2.0_f64.sqrt() / n.sqrt(), "{pseudo}");
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(complex_normal(bad, &mut rng).is_err());
    }
}

#[test]
fn streams_and_seeds_are_uncorrelated() {
    let draw = |seed: u64, index: u64| {
        let mut sample = vec![0.0_f64; 100_000];
        fill_standard_normal(&mut sample, &mut Streams::new(seed).stream(index));
        sample
    };
    let reference = draw(1, 0);
    for (seed, index) in
        [(1, 1), (1, 2), (1, 1 << 32), (1, u64::MAX), (0, 0), (2, 0), (1 << 32, 0), (u64::MAX, 0)]
    {
        let other = draw(seed, index);
        let product: f64 = reference.iter().zip(&other).map(|(a, b)| a * b).sum();
        assert!(product.abs() < 5.0 * 100_000_f64.sqrt(), "seed {seed}, stream {index}: {product}");
    }
}

#[test]
fn the_first_draws_of_many_streams_are_uniform() {
    for seed in 0..4 {
        let firsts = Array1::from_iter((0..20_000).map(|i| Streams::new(seed).stream(i).random::<f64>()));
        assert!(KolmogorovSmirnov::new(&firsts, |x| x).unwrap().p_value > 1e-3);
        let of_seeds = Array1::from_iter((0..20_000).map(|i| Streams::new(i).stream(seed).random::<f64>()));
        assert!(KolmogorovSmirnov::new(&of_seeds, |x| x).unwrap().p_value > 1e-3);
    }
}

#[test]
fn a_short_fill_begins_as_a_long_one() {
    let mut long = [0.0_f32; 200];
    fill_standard_normal(&mut long, &mut Streams::new(9).stream(3));
    for len in [0, 1, 63, 64, 65, 130] {
        let mut short = vec![0.0_f32; len];
        fill_standard_normal(&mut short, &mut Streams::new(9).stream(3));
        assert_eq!(short, long[..len]);
    }
}

#[test]
fn generators_behind_a_trait_object_serve_too() {
    let mut stream = Streams::new(1).stream(0);
    let rng: &mut dyn Rng = &mut stream;
    assert!(standard_normal(rng).is_finite() && standard_complex_normal(rng).norm().is_finite());
    fill_standard_normal(&mut [0.0_f64; 3], rng);
}

#[test]
fn first_draws_never_change() {
    let mut rng = Streams::new(42).stream(7);
    let words: Vec<u64> = (0..3).map(|_| rng.next_u64()).collect();
    assert_eq!(words, WORDS);
    let mut rng = Streams::new(42).stream(7);
    let scalars: Vec<f64> = (0..3).map(|_| standard_normal(&mut rng)).collect();
    assert_eq!(scalars, SCALARS);
    let mut rng = Streams::new(42).stream(7);
    let (mut wide, mut narrow) = ([0.0_f64; 3], [0.0_f32; 3]);
    fill_standard_normal(&mut wide, &mut rng);
    fill_standard_normal(&mut narrow, &mut rng);
    assert_eq!((wide, narrow), (WIDE, NARROW));
}

const WORDS: [u64; 3] = [3822459529237854166, 8688307332784605643, 7210452555278872466];
const SCALARS: [f64; 3] = [-0.5380774703044826, -0.05866692527430314, -0.30869368325826413];
const WIDE: [f64; 3] = [0.6103170379209162, 1.1248657843470329, -0.7304467821690733];
const NARROW: [f32; 3] = [-0.49703225, -1.2902576, -1.6557705];

#[test]
fn moments_of_a_stream_are_those_of_a_uniform_variable() {
    let mut rng = Streams::new(6).stream(0);
    let moments: Moments = (0..SAMPLES).map(|_| rng.random::<f64>()).collect();
    // Mean ½ with variance 1/12; variance 1/12 with variance 1/180.
    assert!((moments.mean().unwrap() - 0.5).abs() < 5.0 * (1.0 / 12.0 / SAMPLES as f64).sqrt());
    assert!((moments.variance().unwrap() - 1.0 / 12.0).abs() < 5.0 * (1.0 / 180.0 / SAMPLES as f64).sqrt());
}
