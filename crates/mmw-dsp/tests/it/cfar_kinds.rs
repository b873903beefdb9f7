//! Every kind of detector on maps: against a slow twin, and its rate of false alarms.

use mmw_dsp::cfar::{
    Cfar, CfarConfig, CfarKind, ClutterMap, ClutterMapConfig, Edge, log_multiplier, os_multiplier,
    tm_multiplier,
};
use mmw_dsp::mmw_core::{Error, stats::Moments};
use mmw_dsp::ndarray::Array2;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use std::collections::HashMap;

const KINDS: [CfarKind; 7] = [
    CfarKind::Ca,
    CfarKind::Go,
    CfarKind::So,
    CfarKind::Os { rank: 0.75 },
    CfarKind::Tm { low: 0.0, high: 0.25 },
    CfarKind::Tm { low: 0.25, high: 0.25 },
    CfarKind::Log,
];

/// Sums of `looks` exponential powers.
fn noise(shape: [usize; 2], looks: usize, rng: &mut SmallRng) -> Array2<f32> {
    // A product of few uniform numbers is far above the least number.
    let draw = |looks: usize, rng: &mut SmallRng| -> f64 {
        -(0..looks).map(|_| 1.0 - rng.random::<f64>()).product::<f64>().ln()
    };
    Array2::from_shape_simple_fn(shape, || draw(looks, rng) as f32)
}

/// The training cells of a cell.
fn training(config: &CfarConfig, power: &Array2<f32>, at: [usize; 2]) -> Vec<f64> {
    let mut cells = Vec::new();
    let reach = [0, 1].map(|axis| (config.train[axis] + config.guard[axis]) as isize);
    let place = |axis: usize, offset: isize| {
        let (len, place) = (power.shape()[axis] as isize, at[axis] as isize + offset);
        match config.edges[axis] {
            Edge::Wrap => Some(place.rem_euclid(len) as usize),
            _ => (0..len).contains(&place).then_some(place as usize),
        }
    };
    for i in -reach[0]..=reach[0] {
        for j in -reach[1]..=reach[1] {
            let guarded = i.unsigned_abs() <= config.guard[0] && j.unsigned_abs() <= config.guard[1];
            if let (Some(row), Some(column), false) = (place(0, i), place(1, j), guarded) {
                cells.push(f64::from(power[[row, column]]));
            }
        }
    }
    cells.sort_by(f64::total_cmp);
    cells
}

#[test]
fn ordered_trimmed_and_geometric_detectors_find_what_sorting_finds_in_one_and_two_dimensions() {
    let mut rng = SmallRng::seed_from_u64(8);
    let windows = [([3, 3], [1, 1]), ([8, 0], [2, 0]), ([0, 6], [0, 1]), ([5, 2], [0, 3])];
    for (train, guard) in windows {
        for edges in [[Edge::Shrink, Edge::Wrap], [Edge::Shrink; 2], [Edge::Wrap; 2]] {
            for (kind, looks) in KINDS.into_iter().skip(3).zip([1, 3, 1, 4]) {
                let p = 0.02;
                let config = CfarConfig {
                    kind,
                    train,
                    guard,
                    edges,
                    looks,
                    false_alarm_probability: p,
                    ..Default::default()
                };
                let mut power = noise([40, 37], looks, &mut rng);
                power[[20, 20]] = 1e6;
                let cfar = Cfar::new(&config, [40, 37]).unwrap();
                let found = cfar.detect(&power).unwrap();
                let mut expected = Vec::new();
                let mut multipliers = HashMap::new();
                for ((row, column), &cell) in power.indexed_iter() {
                    let cells = training(&config, &power, [row, column]);
                    let n = cells.len();
                    let trimmed = |share: f64| (share * n as f64).round() as usize;
                    let multiplier = *multipliers.entry(n).or_insert_with(|| match kind {
                        CfarKind::Os { rank } => {
                            os_multiplier(n, trimmed(rank).clamp(1, n), looks, p).unwrap()
                        }
                        CfarKind::Tm { low, high } => {
                            tm_multiplier(n, [low, high].map(trimmed), looks, p).unwrap()
                        }
                        _ => log_multiplier(n, looks, p).unwrap(),
                    });
                    let statistic = match kind {
                        CfarKind::Os { rank } => cells[trimmed(rank).clamp(1, n) - 1],
                        CfarKind::Tm { low, high } => {
                            let kept = &cells[trimmed(low)..n - trimmed(high)];
                            kept.iter().sum::<f64>() / kept.len() as f64
                        }
                        _ => (cells.iter().map(|c| c.ln()).sum::<f64>() / n as f64).exp(),
                    };
                    let threshold = statistic * multiplier;
                    if f64::from(cell) > threshold {
                        expected.push(([row, column], threshold));
                    }
                }
                assert_eq!(found.len(), expected.len(), "{config:?}");
                assert!(found.len() > 5, "{config:?}");
                for (found, (index, threshold)) in found.iter().zip(expected) {
                    assert_eq!(found.index, index);
                    // Sums in another order.
                    assert!((found.threshold / threshold - 1.0).abs() < 1e-13, "{found:?} {threshold}");
                }
            }
        }
    }
}

#[test]
fn the_noise_that_each_kind_shows_is_the_mean_power() {
    for (kind, looks) in KINDS.into_iter().flat_map(|kind| [(kind, 1), (kind, 4)]) {
        let config =
            CfarConfig { kind, looks, false_alarm_probability: 0.3, censor: false, ..Default::default() };
        let cfar = Cfar::new(&config, [48, 48]).unwrap();
        let mut moments = Moments::default();
        let power = noise([48, 48], looks, &mut SmallRng::seed_from_u64(2));
        cfar.detect(&power).unwrap().iter().for_each(|d| moments.push(d.noise));
        let mean = moments.mean().unwrap() / looks as f64;
        // Cells are detected where the noise seems low: by a few hundredths with 240 cells and one look.
        assert!((mean - 1.0).abs() < 0.05, "{kind} {looks}: {mean}");
    }
}

#[test]
fn maps_with_zeros_and_of_one_value_are_judged_as_they_stand() {
    for kind in KINDS {
        let config = CfarConfig { kind, ..CfarConfig::default() };
        let cfar = Cfar::new(&config, [32, 32]).unwrap();
        let mut power = Array2::<f32>::zeros((32, 32));
        assert!(cfar.detect(&power).unwrap().is_empty(), "{kind}");
        power[[9, 9]] = f32::MIN_POSITIVE / 4.0;
        assert_eq!(cfar.detect(&power).unwrap().len(), 1, "{kind}");
        assert!(cfar.detect(&Array2::from_elem((32, 32), 7.0_f32)).unwrap().is_empty(), "{kind}");
        power[[0, 0]] = f32::NAN;
        assert_eq!(cfar.detect(&power).unwrap_err().kind(), "not_finite");
    }
}

/// Prints the rate of false alarms of a detector; its distance from `p` in standard errors, which are those
/// of the rates of single maps.
fn rate(
    name: &str,
    p: f64,
    maps: usize,
    mut detect: impl FnMut(usize) -> Result<[usize; 2], Error>,
) -> [f64; 2] {
    let mut moments = Moments::default();
    let mut cells = 0;
    for map in 0..maps {
        let [found, of] = detect(map).unwrap();
        cells += of;
        moments.push(found as f64 / of as f64);
    }
    let (rate, error) = (moments.mean().unwrap(), (moments.variance().unwrap() / maps as f64).sqrt());
    println!("{name:22} rate {rate:.4e} ± {error:.1e} of {p:e} over {cells:.2e} cells");
    [rate / p - 1.0, (rate - p) / error]
}

/// Rates of every kind with `looks`, over `maps` maps; of the clutter map over as many frames.
fn rates(p: f64, looks: usize, maps: usize, [shape, window]: [[usize; 2]; 2]) -> Vec<(String, [f64; 2])> {
    let mut all = Vec::new();
    for kind in KINDS {
        let config = CfarConfig {
            kind,
            train: [window[0]; 2],
            guard: [window[1]; 2],
            censor: false,
            looks,
            edges: [Edge::Shrink; 2],
            false_alarm_probability: p,
        };
        let cfar = Cfar::new(&config, shape).unwrap();
        let mut rng = SmallRng::seed_from_u64(20_260_311);
        let name = format!("{kind} {looks}");
        let found = rate(&name, p, maps, |_| {
            Ok([cfar.detect(&noise(shape, looks, &mut rng))?.len(), shape[0] * shape[1]])
        });
        all.push((name, found));
    }
    let config = ClutterMapConfig { weight: 0.1, false_alarm_probability: p, looks };
    let mut rng = SmallRng::seed_from_u64(20_260_312);
    let name = format!("clutter map {looks}");
    // A map of its own for every 40 frames: the frames of one share its averages.
    let found = rate(&name, p, maps.div_ceil(40), |_| {
        let mut map = ClutterMap::new(&config, shape)?;
        let mut found = 0;
        for _ in 0..41 {
            found += map.detect(&noise(shape, looks, &mut rng))?.len();
        }
        Ok([found, 40 * shape[0] * shape[1]])
    });
    all.push((name, found));
    all
}

#[test]
fn false_alarms_are_as_many_as_were_asked_for() {
    for looks in [1, 4, 12] {
        for (name, [_, deviations]) in rates(1e-2, looks, 240, [[24, 24], [2, 1]]) {
            assert!(deviations.abs() < 4.0, "{name}: {deviations} standard errors");
        }
    }
}

#[test]
#[ignore = "ten million cells for every kind take minutes; in release, with --ignored --nocapture"]
fn cfar_rates() {
    for looks in [1, 4, 12] {
        for (name, [relative, _]) in rates(1e-3, looks, 2442, [[64, 64], [4, 2]]) {
            assert!(relative.abs() < 0.05, "{name}: {relative}");
        }
    }
}

#[test]
fn a_clutter_map_learns_what_stands_and_refuses_what_is_no_power() {
    let config = ClutterMapConfig { weight: 0.2, false_alarm_probability: 1e-6, looks: 4 };
    let mut map = ClutterMap::new(&config, [8, 8]).unwrap();
    let mut rng = SmallRng::seed_from_u64(6);
    for _ in 0..60 {
        let mut power = noise([8, 8], 4, &mut rng);
        power[[2, 3]] *= 1e5;
        map.detect(&power).unwrap();
    }
    let before = map.average().to_owned();
    let mut power = noise([8, 8], 4, &mut rng);
    power[[2, 3]] *= 1e5;
    power[[6, 1]] = 1000.0;
    let mut broken = power.clone();
    broken[[0, 0]] = -1.0;
    assert_eq!(map.detect(&broken).unwrap_err().kind(), "domain");
    assert_eq!(map.detect(&Array2::<f32>::zeros((8, 7))).unwrap_err().kind(), "shape");
    assert!(map.average() == before && map.frames() == 60);
    let found = map.detect(&power).unwrap();
    assert!(found.len() == 1 && found[0].index == [6, 1], "{found:?}");
    assert_eq!(map.frames(), 61);
}
