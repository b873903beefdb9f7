//! Studies: the same bits in any parts, what parts refuse, figures against theory.

use mmw_core::random::{Stream, standard_normal};
use mmw_core::study::{
    Condition, Contender, Experiment, Grid, Measured, Metric, Score, Study, StudyConfig, StudyPart,
    bit_class, contender,
};
use mmw_core::{Axis, Error, Result};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The middle of normal samples of a spread, with the interval that the known spread gives.
pub(crate) struct Middle {
    pub(crate) spread: f64,
}

impl Experiment for Middle {
    type Input = Vec<f64>;
    type Truth = f64;
    type Estimate = f64;

    fn parameters(&self) -> Vec<(String, String)> {
        vec![("spread".into(), self.spread.to_string())]
    }

    fn draw(&self, at: &Condition<'_>, rng: &mut Stream) -> Result<(Vec<f64>, f64)> {
        let (samples, truth) = (at.get("samples")? as usize, at.get("middle")?);
        Ok(((0..samples).map(|_| truth + self.spread * standard_normal(rng)).collect(), truth))
    }

    fn score(&self, at: &Condition<'_>, truth: &f64, estimate: &f64) -> Score {
        let error = estimate - truth;
        let half = 1.959_963_985 * self.spread / at.get("samples").map_or(1.0, f64::sqrt);
        Score::of(error).covered(error.abs() <= half)
    }

    fn bound(&self, at: &Condition<'_>) -> Result<Option<f64>> {
        Ok(Some(self.spread / at.get("samples")?.sqrt()))
    }
}

pub(crate) fn grid() -> Grid {
    let middle = Axis::explicit("middle", "m", vec![-1.0, 0.0, 5.0]).unwrap();
    let samples = Axis::explicit("samples", "", vec![4.0, 25.0]).unwrap();
    Grid::new(vec![middle, samples]).unwrap()
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// The mean, the first sample, and the mean of those records whose first sample is above the
/// truth's mean level.
pub(crate) fn contenders() -> [Box<dyn Contender<Middle>>; 3] {
    [
        Box::new(contender::<Middle, _>("mean", |_, x| Ok(Some(mean(x))))),
        Box::new(contender::<Middle, _>("first", |_, x| Ok(Some(x[0])))),
        Box::new(contender::<Middle, _>("choosy", |at, x| {
            Ok((x[0] > at.get("middle")?).then(|| if x[1] > at.values()[0] { mean(x) } else { f64::NAN }))
        })),
    ]
}

/// Runs `use_it` with a study of 1000 trials per condition, ten blocks each.
fn with_study<T>(config: StudyConfig, use_it: impl FnOnce(Study<'_, Middle>) -> T) -> T {
    let contenders = contenders();
    let list: Vec<&dyn Contender<Middle>> = contenders.iter().map(AsRef::as_ref).collect();
    use_it(Study::new(&Middle { spread: 2.0 }, &list, grid(), config).unwrap())
}

const CONFIG: StudyConfig = StudyConfig { trials: 950, seed: 7, block_size: 100 };

#[test]
fn any_parts_in_any_order_give_the_bits_of_one_run() {
    with_study(CONFIG, |study| {
        let whole = study.run().unwrap();
        assert_eq!((study.identity().blocks(), whole.rows.len()), (60, 18));
        for parts in [1, 2, 7, 60, 61] {
            let part = |i| study.run_part(study.share(i, parts).unwrap()).unwrap();
            let backwards: Vec<StudyPart> = (0..parts).rev().map(part).collect();
            assert_eq!(StudyPart::join_all(backwards).unwrap().finish().unwrap(), whole, "{parts} parts");
        }
        let [a, b, c] = [0..3, 3..14, 14..60].map(|blocks| study.run_part(blocks).unwrap());
        let right = a.clone().join(b.clone().join(c.clone()).unwrap()).unwrap();
        assert_eq!(a.join(b).unwrap().join(c).unwrap(), right);
    });
}

#[cfg(feature = "rayon")]
#[test]
fn threads_do_not_change_a_bit() {
    let table = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| with_study(CONFIG, |study| (study.run().unwrap(), study.run_until(0.05).unwrap())))
    };
    assert_eq!(table(1), table(2));
    assert_eq!(table(1), table(7));
}

#[test]
fn a_cancelled_study_goes_on_where_it_ended() {
    let done = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let report = |trials| {
        done.store(trials, Ordering::Relaxed);
        stop.store(trials >= 1000, Ordering::Relaxed);
    };
    let whole = with_study(CONFIG, |study| study.run().unwrap());
    let part = with_study(CONFIG, |study| {
        let study = study.progress(&report).cancel(&stop);
        let part = study.run_part(0..60).unwrap();
        assert!(matches!(study.run(), Err(Error::Cancelled { done: 0, total: 5700, .. })));
        part
    });
    assert!(done.into_inner() >= 1000 && part.blocks().end >= 11 && part.blocks().end < 60, "{part:?}");
    with_study(CONFIG, |study| {
        let end = part.blocks().end;
        let more = study.resume(part, end + 1).unwrap();
        assert_eq!(study.resume(more, 60).unwrap().finish().unwrap(), whole);
    });
}

#[test]
#[cfg(feature = "serde")]
fn a_part_with_another_bound_of_a_condition_is_refused() {
    let part = |blocks| with_study(CONFIG, |study| study.run_part(blocks).unwrap());
    let mut changed = serde_json::to_value(part(5..6)).unwrap();
    let bound = changed["conditions"][0]["bound"].as_f64().unwrap();
    changed["conditions"][0]["bound"] = (2.0 * bound).into();
    let error = part(0..5).join(serde_json::from_value(changed).unwrap()).unwrap_err().to_string();
    assert!(error.contains("bound: of one condition is") && error.contains(&bound.to_string()), "{error}");
}

#[test]
fn parts_of_different_studies_are_refused_with_what_differs() {
    let first = |config| with_study(config, |study| study.run_part(0..5).unwrap());
    let rest = |config| with_study(config, |study| study.run_part(5..6).unwrap());
    let refused = |next: StudyPart, words: &[&str]| {
        let error = first(CONFIG).join(next).unwrap_err().to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
    };
    refused(rest(StudyConfig { seed: 8, ..CONFIG }), &["seed is 7 in one and 8 in the other"]);
    refused(rest(StudyConfig { trials: 951, ..CONFIG }), &["trials", "950", "951"]);
    refused(rest(StudyConfig { block_size: 99, ..CONFIG }), &["block_size", "100", "99"]);

    let contenders = contenders();
    let list: Vec<&dyn Contender<Middle>> = contenders.iter().map(AsRef::as_ref).collect();
    let other = |spread, grid, count| {
        let experiment = Middle { spread };
        Study::new(&experiment, &list[..count], grid, CONFIG).unwrap().run_part(5..6).unwrap()
    };
    refused(other(2.5, grid(), 3), &["spread is 2 in one and 2.5 in the other"]);
    refused(other(2.0, grid(), 2), &["contenders is mean, first, choosy in one and mean, first"]);
    let levels = |values| Axis::explicit("samples", "", values).unwrap();
    let middle = grid().axes()[0].clone();
    let changed = Grid::new(vec![middle.clone(), levels(vec![4.0, 26.0])]).unwrap();
    refused(other(2.0, changed, 3), &["samples is [4.0, 25.0] in one and [4.0, 26.0]"]);
    let fewer = Grid::new(vec![middle]);
    let part = Study::new(&Middle { spread: 2.0 }, &list, fewer.unwrap(), CONFIG);
    assert!(
        first(CONFIG).study().same_as(part.unwrap().identity()).unwrap_err().to_string().contains("nothing")
    );
}

#[test]
fn missing_and_overlapping_parts_are_named() {
    with_study(CONFIG, |study| {
        let part = |blocks| study.run_part(blocks).unwrap();
        let joined = |parts: Vec<StudyPart>| StudyPart::join_all(parts).and_then(StudyPart::finish);
        let said = |parts| joined(parts).unwrap_err().to_string();
        assert!(said(vec![part(0..20), part(21..60)]).contains("21..60 do not follow on blocks 0..20"));
        assert!(said(vec![part(0..20), part(19..60)]).contains("19..60 do not follow on blocks 0..20"));
        assert!(said(vec![part(0..20)]).contains("0..20 of 0..60"));
        assert!(said(vec![part(20..60)]).contains("20..60 of 0..60"));
        assert!(matches!(joined(vec![]), Err(Error::TooFew { .. })));
        // Empty parts are neither lost nor in the way.
        assert!(joined(vec![part(0..15), part(15..15), part(15..60), part(60..60)]).is_ok());
        assert!(matches!(study.run_part(0..61), Err(Error::Invalid { .. })));
        assert!(matches!(study.share(3, 3), Err(Error::Invalid { .. })));
    });
}

#[test]
fn the_mean_is_at_its_bound_and_its_intervals_hold() {
    with_study(StudyConfig { trials: 20_000, ..CONFIG }, |study| {
        let table = study.run().unwrap();
        for condition in 0..6 {
            let row = table.row(condition, "mean").unwrap();
            let (rmse, bias) = (row.rmse.unwrap(), row.bias.unwrap());
            let (bound, coverage) = (row.bound.unwrap(), row.coverage.unwrap());
            // Normal errors: the rmse of n errors has the standard error rmse/√2n, all within four of them.
            assert!((rmse.standard_error / (bound / 200.0) - 1.0).abs() < 0.05, "{row:?}");
            assert!((rmse.value - bound).abs() < 4.0 * rmse.standard_error, "{row:?}");
            assert!(bias.value.abs() < 4.0 * bias.standard_error, "{row:?}");
            assert!((coverage.value - 0.95).abs() < 4.0 * coverage.standard_error, "{row:?}");
            assert!(rmse.interval().contains(rmse.value) && row.failures == 0.0);
            let first = table.row(condition, "first").unwrap();
            let four = grid().condition(condition).unwrap().get("samples").unwrap().sqrt();
            assert!((first.get(Metric::RmseOverBound).unwrap() / four - 1.0).abs() < 0.02, "{first:?}");
            // Half of the records, and half of those that are left: no answer and no number both count.
            let choosy = table.row(condition, "choosy").unwrap();
            let answered = choosy.trials as f64 * (1.0 - choosy.failures);
            assert!((choosy.failures - 0.75).abs() < 4.0 * (0.75 * 0.25 / 20_000_f64).sqrt(), "{choosy:?}");
            assert!(
                (choosy.rmse.unwrap().standard_error * (2.0 * answered).sqrt() / bound - 1.0).abs() < 0.2
            );
        }
        let map = table.metric(Metric::Rmse).unwrap();
        assert_eq!(map.data().shape(), [3, 2, 3]);
        assert_eq!(map.data()[[2, 1, 0]], table.row(5, "mean").unwrap().rmse.unwrap().value);
        assert!(table.row(0, "mode").unwrap_err().to_string().contains("mean, first, choosy"));
        assert!(table.row(6, "mean").is_err());
    });
}

#[test]
fn contenders_see_the_same_trials() {
    let twins = ["one", "other"].map(|name| contender::<Middle, _>(name, |_, x| Ok(Some(mean(x)))));
    let list: [&dyn Contender<Middle>; 2] = [&twins[0], &twins[1]];
    let table = Study::new(&Middle { spread: 1.0 }, &list, grid(), CONFIG).unwrap().run().unwrap();
    for pair in table.rows.chunks(2) {
        assert_eq!((pair[0].rmse, pair[0].bias), (pair[1].rmse, pair[1].bias));
    }
}

#[test]
fn a_study_ends_when_it_is_sure_enough() {
    with_study(StudyConfig { trials: 100_000, ..CONFIG }, |study| {
        let table = study.run_until(0.03).unwrap();
        for row in &table.rows {
            let rmse = row.rmse.unwrap();
            assert!(rmse.standard_error <= 0.03 * rmse.value && row.trials < 10_000, "{row:?}");
        }
        // At half of the trials it was not sure enough.
        let trials = table.rows[0].trials;
        let half = with_study(StudyConfig { trials: trials / 2, ..CONFIG }, |study| study.run().unwrap());
        let unsure = |rmse: Measured| rmse.standard_error > 0.03 * rmse.value;
        assert!(trials.is_multiple_of(200) && (trials / 100).is_power_of_two());
        assert!(half.rows[..3].iter().any(|row| unsure(row.rmse.unwrap())));
        assert!(matches!(study.run_until(0.0), Err(Error::Domain { .. })));
    });
    // The trials are used up.
    with_study(CONFIG, |study| assert_eq!(study.run_until(1e-9).unwrap(), study.run().unwrap()));
}

#[test]
fn costs_are_those_of_single_calls() {
    with_study(CONFIG, |study| {
        let costs = study.measure_costs(1, 101).unwrap();
        assert_eq!(costs.len(), 3);
        for cost in &costs {
            assert!(cost.call_s.lower <= cost.call_s.estimate && cost.call_s.estimate <= cost.call_s.upper);
        }
        assert!(study.measure_costs(6, 1).is_err() && study.measure_costs(0, 0).is_err());
    });
}

#[test]
fn grids_and_studies_that_cannot_be_are_refused() {
    let axis = |name: &'static str| Axis::explicit(name, "", vec![1.0, 2.0]).unwrap();
    assert!(matches!(Grid::new(vec![]), Err(Error::TooFew { .. })));
    assert!(Grid::new(vec![axis("a"), axis("a")]).unwrap_err().to_string().contains("named a"));
    assert!(Grid::new(vec![axis("a"), Axis::index("b", 0)]).is_err());
    assert!(Grid::new(vec![Axis::index("a", usize::MAX), axis("b")]).is_err());
    let grid = grid();
    assert!(grid.condition(6).is_err());
    let at = grid.condition(3).unwrap();
    assert_eq!((at.index(), at.label()), (3, "middle 0 m, samples 25".to_owned()));
    assert!(at.get("snr").unwrap_err().to_string().contains("middle, samples"));

    let mean = contender::<Middle, _>("mean", |_, x| Ok(Some(mean(x))));
    let experiment = Middle { spread: 1.0 };
    let refused = |list: &[&dyn Contender<Middle>], config| {
        Study::new(&experiment, list, grid.clone(), config).is_err()
    };
    assert!(refused(&[], CONFIG) && refused(&[&mean, &mean], CONFIG));
    assert!(refused(&[&mean], StudyConfig { trials: 0, ..CONFIG }));
    assert!(refused(&[&mean], StudyConfig { block_size: 0, ..CONFIG }));
    assert!(refused(&[&mean], StudyConfig { trials: u64::MAX, block_size: 1, ..CONFIG }));
}

#[test]
fn faults_of_a_contender_end_the_study() {
    let faulty = contender::<Middle, _>("faulty", |at, _| at.get("no such axis").map(Some));
    let list: [&dyn Contender<Middle>; 1] = [&faulty];
    let experiment = Middle { spread: 1.0 };
    let study = Study::new(&experiment, &list, grid(), CONFIG).unwrap();
    assert!(study.run().unwrap_err().to_string().contains("no such axis"));
    assert!(study.run_until(0.1).is_err() && study.measure_costs(0, 1).is_err());
}

#[test]
fn the_bit_class_of_a_machine_is_one_word() {
    assert_eq!(bit_class(), bit_class());
    assert_eq!(bit_class().len(), 16);
}

/// Every fourth trial has no answer, but counts as an error of 3; the others detect when above.
struct Marked;

impl Experiment for Marked {
    type Input = u64;
    type Truth = ();
    type Estimate = u64;

    fn check(&self, grid: &Grid) -> Result<()> {
        match grid.len() {
            1 => Ok(()),
            _ => Err(Error::invalid("grid", "is one condition too long")),
        }
    }

    fn draw(&self, _: &Condition<'_>, rng: &mut Stream) -> Result<(u64, ())> {
        Ok((rand::Rng::next_u64(rng) % 4, ()))
    }

    fn score(&self, _: &Condition<'_>, (): &(), estimate: &u64) -> Score {
        match estimate {
            0 => Score::of(3.0).relative(1.0).detected(false).failed(),
            _ => Score::of(1.0).relative(0.5).detected(*estimate > 1),
        }
    }
}

#[test]
fn relative_errors_detections_and_stand_ins_are_counted() {
    let same = contender::<Marked, _>("same", |_, x| Ok(Some(*x)));
    let list: [&dyn Contender<Marked>; 1] = [&same];
    let axis = |n: usize| Axis::index("one", n);
    let study = Study::new(&Marked, &list, Grid::new(vec![axis(1)]).unwrap(), CONFIG).unwrap();
    let row = study.run().unwrap().rows.remove(0);
    let (failed, detected) = (row.failures, row.detection.unwrap().value);
    // A quarter and a half, with four standard errors of 0.014 and 0.016.
    assert!((failed - 0.25).abs() < 0.056 && (detected - 0.5).abs() < 0.065, "{row:?}");
    assert_eq!(row.get(Metric::Detection), Some(detected));
    let (mse, nmse) = (9.0 * failed + (1.0 - failed), failed + 0.25 * (1.0 - failed));
    assert!((row.mse().unwrap().value - mse).abs() < 1e-12, "{row:?}");
    assert!((row.get(Metric::Nmse).unwrap() - nmse).abs() < 1e-12, "{row:?}");
    let longer = Study::new(&Marked, &list, Grid::new(vec![axis(2)]).unwrap(), CONFIG);
    assert!(longer.unwrap_err().to_string().contains("one condition too long"));
}

#[test]
fn trials_of_blocks_add_up() {
    with_study(CONFIG, |study| {
        let part = study.run_part(8..23).unwrap();
        assert_eq!(part.trials(), study.trials_of(8..23));
        assert_eq!(study.trials_of(0..60), 6 * 950);
        // Blocks 8 and 9 of the first condition, the second, and three of the third.
        assert_eq!(part.trials(), 150 + 950 + 300);
    });
}
