//! Nothing is read from a file that a constructor would have refused (feature `serde`).
#![cfg(feature = "serde")]

use crate::study::{Middle, contenders, grid};
use mmw_checks::doors::Walk;
use mmw_core::antenna::{AntennaArray, ElementPattern};
use mmw_core::data_array::Peak;
use mmw_core::geometry::Direction;
use mmw_core::linalg::hermitian_eigen;
use mmw_core::monte_carlo::{MonteCarlo, Shard};
use mmw_core::random::Streams;
use mmw_core::stats::{Ecdf, Histogram, Interval, KolmogorovSmirnov, Moments, Proportion};
use mmw_core::study::{Contender, Metric, Score, Standing, Study, StudyConfig};
use mmw_core::units::{Db, Dbm};
use mmw_core::{Axis, C64, DataArray};
use ndarray::array;
use serde_json::{from_value, json, to_value};

#[test]
fn every_type_refuses_damaged_input() {
    let mut walk = Walk::default();
    arrays(&mut walk);
    geometry(&mut walk);
    statistics(&mut walk);
    runs(&mut walk);
    studies(&mut walk);
    walk.covers(env!("CARGO_MANIFEST_DIR"));
}

fn arrays(walk: &mut Walk) {
    let range = Axis::uniform("range", "m", 0.0, 0.5, 3).unwrap();
    let wrong = [
        ("/coordinates/Uniform/step", json!(0.0), "axis step"),
        ("/coordinates/Uniform/start", json!(null), "null"),
        ("/coordinates/Uniform/step", json!(1.7e308), "last coordinate"),
        ("/coordinates/Uniform/len", json!(-1), "-1"),
        ("/coordinates", json!({ "Explicit": [0.0, 2.0, 1.0] }), "axis coordinates"),
    ];
    walk.door(&range, &wrong);
    let band = Axis::explicit("frequency", "Hz", vec![24e9, 60e9]).unwrap();
    walk.door(
        &band,
        &[("/coordinates/Explicit/1", json!(24e9), "increasing"), ("/name", json!(3), "string")],
    );
    walk.within("Coordinates");

    let map =
        DataArray::new("power", "W", array![[1.0, 2.0, 3.0]], vec![Axis::index("row", 1), range]).unwrap();
    let wrong = [
        ("/axes/1/coordinates/Uniform/len", json!(4), "axes"),
        ("/axes", json!([]), "axes"),
        ("/data/dim", json!([3, 1]), "axes"),
        ("/data/dim", json!([u64::MAX, 2]), ""),
        ("/data/data", json!([1.0]), ""),
    ];
    walk.door(&map, &wrong);
    let curve = DataArray::new("h", "", array![C64::i()], vec![Axis::index("tap", 1)]).unwrap();
    walk.door(&curve, &[("/data/data/0", json!([1.0]), "length 1")]);
    let i = C64::i();
    let eigen = hermitian_eigen(&array![[C64::from(2.0), i], [-i, C64::from(2.0)]]).unwrap();
    let wrong = [
        ("/values/data", json!([3.0, 1.0]), "ascend"),
        ("/values", json!({ "v": 1, "dim": [1], "data": [1.0] }), "vectors"),
        ("/vectors/dim", json!([1, 4]), "vectors"),
        ("/vectors/data/0", json!([1.0, 0.0]), "orthonormal"),
    ];
    walk.door(&eigen, &wrong);
    let peak: Peak<f64> = map.peak().unwrap();
    walk.door(&peak, &[("/coordinates", json!([0.0]), "coordinates")]);
}

fn geometry(walk: &mut Walk) {
    walk.door(&Direction::new(0.1, 0.2).unwrap(), &[("/elevation_rad", json!(9.0), "elevation_rad")]);
    for pattern in [ElementPattern::Isotropic, ElementPattern::HalfWaveDipole] {
        walk.door(&pattern, &[("", json!("patch"), "patch")]);
    }
    let patches = ElementPattern::Cosine { exponent: 1.5 };
    walk.door(&patches, &[("/cosine/exponent", json!(-1.0), "exponent")]);
    let array = AntennaArray::uniform_linear(2, 2e-3).unwrap().with_pattern(patches).unwrap();
    let wrong = [
        ("/positions_m", json!([]), "antenna positions"),
        ("/positions_m/1", json!([0.0, 1.0]), "length 2"),
        ("/pattern/cosine/exponent", json!(-1.0), "exponent"),
    ];
    walk.door(&array, &wrong);
    walk.door(&Db(3.0), &[("", json!("loud"), "loud")]);
    walk.door(&Dbm(-30.0), &[("", json!(null), "null")]);
}

fn statistics(walk: &mut Walk) {
    let mut histogram = Histogram::new(0.0, 4.0, 2).unwrap();
    [1.0, 3.0, 5.0, f64::NAN].into_iter().for_each(|x| histogram.push(x));
    let wrong = [
        ("/counts", json!([]), "counts"),
        ("/counts/0", json!(u64::MAX), "counts"),
        ("/counts/0", json!(-1), "-1"),
        ("/stop", json!(0.0), "bin width"),
        ("/below", json!(0.5), "0.5"),
    ];
    walk.door(&histogram, &wrong);

    let moments: Moments = [2.0, 4.0, 9.0].into_iter().collect();
    let wrong = [
        ("/squares", json!(-1.0), "squares"),
        ("/min", json!(10.0), "min"),
        ("/count", json!(0), "count"),
        ("/not_finite", json!(-1), "-1"),
    ];
    walk.door(&moments, &wrong);
    walk.door(&Moments::new(), &[("/mean", json!(1.0), "count")]);

    let proportion = Proportion::new(2, 5).unwrap();
    walk.door(&proportion, &[("/hits", json!(6), "hits"), ("/trials", json!(-5), "-5")]);
    let interval = proportion.interval(0.95).unwrap();
    walk.door(&interval, &[("/lower", json!(1.0), "lower")]);
    let ecdf = Ecdf::new(&array![2.0, 1.0]).unwrap();
    walk.door(&ecdf, &[("/sorted", json!([]), "sorted"), ("/sorted", json!([2.0, 1.0]), "sorted")]);
    let test = KolmogorovSmirnov::new(&array![0.2, 0.7], |x| x).unwrap();
    walk.door(
        &test,
        &[
            ("/statistic", json!(1.5), "statistic"),
            ("/p_value", json!(-0.1), "p_value"),
            ("/count", json!(0), "count"),
        ],
    );
}

fn runs(walk: &mut Walk) {
    walk.door(&Streams::new(7), &[("/seed", json!(-1), "-1")]);
    let run = MonteCarlo::new(1, 100).block_size(10);
    let draw = |_: &mut _, trials: std::ops::Range<u64>| {
        Proportion::new(u64::from(trials.start == 30), trials.end - trials.start)
    };
    let shard = run.run_blocks(3..9, draw).unwrap();
    let nodes = to_value(&shard).unwrap()["nodes"].clone();
    let node = |i: usize| nodes[i].clone();
    let wrong = [
        ("/nodes", json!([]), "nodes"),
        ("/nodes", json!([node(0), node(1)]), "nodes"),
        ("/nodes", json!([node(0), node(2)]), "nodes"),
        ("/nodes", json!([node(1), node(0), node(2)]), "nodes"),
        ("/nodes", json!([node(0), node(1), node(2), node(2)]), "nodes"),
        ("/nodes/1/level", json!(64), "nodes"),
        ("/nodes/1/index", json!(u64::MAX), "nodes"),
        ("/nodes/0/value/hits", json!(11), "hits"),
        ("/end", json!(11), "0..10"),
        ("/end", json!(2), "start and end"),
        ("/trials", json!(0), "trials"),
        ("/block_size", json!(0), "trials"),
        ("/trials", json!(-1), "-1"),
    ];
    walk.door(&shard, &wrong);
    for part in [0..0, 0..10, 1..2, 0..9, 7..10] {
        walk.door(&run.run_blocks(part, draw).unwrap(), &[]);
    }
    walk.within("Node");
}

fn studies(walk: &mut Walk) {
    walk.names(Metric::ALL);
    walk.names(Standing::ALL);
    walk.door(&grid(), &[("/axes", json!([]), "axes"), ("/axes/1/name", json!("middle"), "named")]);
    walk.door(&StudyConfig::default(), &[("/trials", json!(-1), "-1")]);
    let score = Score::of(-0.2).relative(-0.045).covered(true);
    let wrong = [("/error", json!(null), "null"), ("/covered", json!(0.95), "boolean")];
    walk.door(&score, &wrong);
    let contenders = contenders();
    let list: Vec<&dyn Contender<Middle>> = contenders.iter().map(AsRef::as_ref).collect();
    let config = StudyConfig { trials: 50, seed: 1, block_size: 8 };
    let experiment = Middle { spread: 1.0 };
    let study = Study::new(&experiment, &list, grid(), config).unwrap();

    let wrong = [
        ("/contenders", json!([]), "contenders"),
        ("/contenders/1", json!("mean"), "named mean"),
        ("/trials", json!(0), "trials"),
        ("/block_size", json!(0), "block_size"),
        ("/trials", json!(u64::MAX), "2^53"),
    ];
    walk.door(study.identity(), &wrong);
    // Blocks 0 to 6 of each condition: from within the first to within the third.
    let part = study.run_part(3..16).unwrap();
    let condition = |i: usize| to_value(&part).unwrap()["conditions"][i].clone();
    let wrong = [
        ("/start", json!(2), "continue at block 2"),
        ("/end", json!(15), "continue at block 14"),
        ("/end", json!(100), "0..42"),
        ("/conditions", json!([condition(0), condition(1)]), "end at block 14"),
        ("/conditions", json!([condition(1), condition(0), condition(2)]), "continue"),
        ("/conditions/0/bound", json!(-1.0), "bound"),
        ("/conditions/1/shard/seed", json!(2), "continue"),
        ("/conditions/1/shard/nodes/0/value", json!([]), "tallies"),
        ("/conditions/1/shard/nodes/0/value/0/failure/trials", json!(31), "trials of a tally"),
        ("/conditions/1/shard/nodes/0/value/0/error/count", json!(33), "answers of a tally"),
        ("/conditions/1/shard/nodes/0/value/0/square/count", json!(31), "squares of a tally"),
        ("/conditions/1/shard/nodes/0/value/0/coverage/trials", json!(33), "intervals of a tally"),
        ("/study/seed", json!(2), "continue"),
    ];
    walk.door(&part, &wrong);
    for name in ["ConditionPart", "Tally", "Tallies"] {
        walk.within(name);
    }

    let mut table = study.run().unwrap();
    table.costs = study.measure_costs(0, 3).unwrap();
    walk.door(&table, &[("/rows", json!([]), "rows")]);
    let row = table.row(0, "mean").unwrap();
    let wrong = [
        ("/failures", json!(1.5), "failures"),
        ("/variance", json!(-1.0), "variance"),
        ("/bound", json!(-1.0), "bound"),
    ];
    walk.door(row, &wrong);
    walk.door(&row.rmse.unwrap(), &[("/standard_error", json!(-1.0), "standard_error")]);
    walk.door(&table.costs[0], &[("/call_s/lower", json!(-1.0), "call_s")]);
}

/// One node of a run of ten blocks, said to be all of it: without a check, a run of 100 trials that has 20.
#[test]
fn a_shard_with_missing_nodes_is_not_a_whole_run() {
    let damaged = json!({
        "seed": 1, "trials": 100, "block_size": 10, "start": 0, "end": 10,
        "nodes": [{ "level": 1, "index": 4, "value": { "hits": 1, "trials": 20 } }],
    });
    assert!(from_value::<Shard<Proportion>>(damaged).unwrap_err().to_string().contains("nodes"));
}

#[test]
fn counters_stop_at_the_end_of_their_range() {
    let full = || Proportion::new(3, u64::MAX).unwrap();
    let mut proportion = full();
    proportion.push(true);
    assert_eq!(proportion, Proportion::new(4, u64::MAX).unwrap());
    mmw_core::stats::Merge::merge(&mut proportion, full());
    assert_eq!(proportion, Proportion::new(7, u64::MAX).unwrap());
    let full = json!({
        "start": 0.0, "stop": 1.0, "counts": [u64::MAX], "below": 0, "above": 0, "not_a_number": 0,
    });
    let mut histogram: Histogram = from_value(full).unwrap();
    histogram.push(0.5);
    histogram.push(-1.0);
    assert_eq!((histogram.counts(), histogram.total()), ([u64::MAX].as_slice(), u64::MAX));
    assert!(Interval { estimate: 0.5, lower: 0.0, upper: 1.0 }.contains(0.5));
}
