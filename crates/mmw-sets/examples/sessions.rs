//! Five activities from point clouds, each session judged by what was learned from the others, with the
//! classical rivals that a network must beat.
//!
//! `cargo run --release -p mmw-sets --example sessions [FOLDER]`; the folder holds recordings of `RadHAR`.

use mmw_sets::classify::{
    Classifier, Committee, ForestConfig, LogisticConfig, LogisticRegression, NearestCentroid, RandomForest,
};
use mmw_sets::{Confusion, FeatureConfig, PointFeatures, Result, Samples, WindowConfig, radhar, split};
use std::path::PathBuf;

const BESIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/radar/radhar-train");

fn logistic(train: &Samples) -> Result<Box<dyn Classifier>> {
    Ok(Box::new(LogisticRegression::fit(train, LogisticConfig::default())?))
}

fn forest(train: &Samples) -> Result<Box<dyn Classifier>> {
    Ok(Box::new(RandomForest::fit(train, ForestConfig::new(1))?))
}

type Fit = fn(&Samples) -> Result<Box<dyn Classifier>>;

const RIVALS: [(&str, Fit); 4] = [
    ("centroid", |train| Ok(Box::new(NearestCentroid::fit(train)?))),
    ("logistic", logistic),
    ("forest", forest),
    ("both", |train| Ok(Box::new(Committee::new(vec![logistic(train)?, forest(train)?])?))),
];

/// Share of the windows that are right in each session, and all pairs of true and found activity.
fn judge(samples: &Samples, groups: &[usize], fit: Fit) -> Result<(Vec<f64>, Confusion)> {
    let mut all = Confusion::new(samples.classes())?;
    let mut accuracies = Vec::new();
    for fold in split::leave_one_group_out(groups)? {
        let model = fit(&samples.select(&fold.train)?)?;
        let confusion = model.confusion(&samples.select(&fold.test)?)?;
        accuracies.extend(confusion.accuracy());
        all.merge(&confusion)?;
    }
    Ok((accuracies, all))
}

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from(BESIDE), PathBuf::from);
    if !folder.exists() {
        println!("{} is not there: nothing to do", folder.display());
        return Ok(());
    }
    let recordings = radhar::read_folder(&folder)?;
    let dropped: u64 = recordings.iter().map(|recording| recording.dropped.total()).sum();
    let sessions = radhar::sessions(&recordings)?;
    println!("{} recordings, {dropped} rows dropped", recordings.len());
    for (title, position, gain) in [
        ("free of position and gain", false, false),
        ("with position", true, false),
        ("with both", true, true),
    ] {
        let config = FeatureConfig { position, gain, ..FeatureConfig::radhar() };
        let samples = radhar::samples(&recordings, &PointFeatures::new(config, WindowConfig::radhar())?)?;
        let groups = samples.groups(&sessions)?;
        println!(
            "\n{title}: {} windows, {} features; each session held out",
            samples.len(),
            samples.rows().ncols()
        );
        for (name, fit) in RIVALS {
            let (accuracies, confusion) = judge(&samples, &groups, fit)?;
            let each: Vec<String> = accuracies.iter().map(|accuracy| format!("{accuracy:.3}")).collect();
            let mean = accuracies.iter().sum::<f64>() / accuracies.len() as f64;
            println!("{name:>10}  {}  mean {mean:.3}", each.join("  "));
            if name == "both" {
                println!("rows {}, columns as found\n{confusion}", radhar::CLASSES.join(", "));
            }
        }
    }
    Ok(())
}
