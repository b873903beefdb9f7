//! Studies by Monte Carlo: whole, in parts for many machines, or from a checkpoint on, with the same bits.

mod answer;
mod columns;
mod file;
mod files;
mod merge;
mod options;

pub(crate) use answer::Kind;
pub(crate) use columns::{
    BIAS, BIAS_ERROR, BOUND, Cell, Column, DETECTED, ESTIMATOR, NO_ANSWER, Place, RMSE, RMSE_ERROR,
    RMSE_OVER_BOUND, four, level_column, percent, plain, short,
};
pub(crate) use merge::MergeArgs;
pub(crate) use merge::run as merge;
pub(crate) use options::StudyOptions;

use crate::error::{Error, Result};
use crate::output::Interrupt;
use crate::progress::{Progress, Unit};
use crate::question::Readable;
use crate::stdout::warn;
use crate::threads::on_threads;
use answer::StudyAnswer;
use file::PartFile;
use files::Files;
use mmw_core::check;
use mmw_core::study::{Contender, Cost, Experiment, Grid, Study, StudyConfig, StudyPart};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often a checkpoint is written.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(2);

/// What comes of a study: its report, or the part that was asked for.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Outcome {
    /// All of it.
    Whole(StudyAnswer),
    /// A part, in a file.
    Part {
        /// The file.
        part: PathBuf,
        /// Trials in it, over all conditions.
        trials: u64,
    },
}

impl Readable for Outcome {
    fn lines(&self) -> Vec<String> {
        match self {
            Self::Whole(report) => report.lines(),
            Self::Part { part, trials } => {
                vec![format!("{trials} trials in {}; `mmw merge` joins all parts", part.display())]
            }
        }
    }
}

/// Contenders side by side, on the same trials of an experiment.
pub(crate) struct Comparison<'a, E> {
    pub(crate) kind: &'static Kind,
    pub(crate) experiment: &'a E,
    pub(crate) contenders: Vec<Box<dyn Contender<E> + 'a>>,
    /// The option that names the contenders.
    pub(crate) named_by: &'static str,
    pub(crate) grid: Grid,
    pub(crate) config: StudyConfig,
}

/// Runs a comparison as the options say.
///
/// # Errors
/// `too_few` without a contender, `invalid` for two of one name, both by the option that names them; what the
/// study meets; kind `interrupted` after Ctrl-C, `io` naming the file that cannot be read or
/// written, `parse` for a checkpoint that is none, `invalid` for one of another study.
pub(crate) fn compare<E: Experiment>(
    comparison: Comparison<'_, E>,
    options: &StudyOptions,
) -> Result<Outcome> {
    let Comparison { kind, experiment, contenders, named_by, grid, config } = comparison;
    check::at_least(named_by, contenders.len(), 1)?;
    let contenders: Vec<_> = contenders.iter().map(AsRef::as_ref).collect();
    let study = Study::new(experiment, &contenders, grid, config)
        .map_err(|error| Error::Core(error).renamed("contenders", named_by))?;
    run(kind, study, options)
}

fn run<E: Experiment>(kind: &'static Kind, study: Study<'_, E>, options: &StudyOptions) -> Result<Outcome> {
    let command = kind.command;
    let files = Files::of(options)?;
    on_threads(options.threads, || {
        let share = options.share();
        let blocks = study.share(share.index, share.parts)?;
        let begun = match &options.checkpoint {
            Some(path) if path.exists() => PartFile::read(path)?.of_command(command, path)?,
            _ => study.run_part(blocks.start..blocks.start)?,
        };
        begun.study().same_as(study.identity())?;
        if begun.blocks().start != blocks.start || begun.blocks().end > blocks.end {
            let reason = format!("holds blocks {:?}, which are not of this part, {blocks:?}", begun.blocks());
            return Err(mmw_core::Error::invalid("checkpoint", reason).into());
        }
        let part = worked_out(command, &study, begun, blocks.end, options.checkpoint.as_deref())?;
        match &options.out {
            Some(out) if options.shard.is_some() => {
                let trials = part.trials();
                PartFile::new(command, part)?.write(out)?;
                Ok(Outcome::Part { part: out.clone(), trials })
            }
            _ => {
                let mut report = StudyAnswer::of(kind, part)?;
                if options.costs {
                    report = report.with_costs(costs(&study)?);
                }
                files.write(&report)?;
                Ok(Outcome::Whole(report))
            }
        }
    })
}

/// Calls that are timed at each condition.
const CALLS: usize = 101;

fn costs<E: Experiment>(study: &Study<'_, E>) -> Result<Vec<Cost>> {
    let mut costs = Vec::new();
    for condition in 0..study.identity().grid.len() {
        Interrupt::check()?;
        costs.extend(study.measure_costs(condition, CALLS)?);
    }
    Ok(costs)
}

/// The part up to a block, with what is done so far in a checkpoint.
fn worked_out<E: Experiment>(
    command: &'static str,
    study: &Study<'_, E>,
    mut part: StudyPart,
    end: u64,
    checkpoint: Option<&Path>,
) -> Result<StudyPart> {
    let total = study.trials_of(part.blocks().start..end);
    let progress = Progress::new(total, Unit::Count("trials"));
    progress.advance(part.trials());
    let told = AtomicU64::new(0);
    let report = |done: u64| progress.advance(done.saturating_sub(told.swap(done, Ordering::Relaxed)));
    let study = study.clone().progress(&report).cancel(Interrupt::flag());
    let _finishing = checkpoint.map(|_| Interrupt::finish_on_request());
    let mut step = if checkpoint.is_some() { 1 } else { end };
    while part.blocks().end < end && !Interrupt::requested() {
        let begun = Instant::now();
        told.store(0, Ordering::Relaxed);
        let next = part.blocks().end.saturating_add(step).min(end);
        part = study.resume(part, next)?;
        let Some(path) = checkpoint else { continue };
        // Blocks cost what their condition asks for, so that the step follows slowly.
        step = match begun.elapsed() {
            elapsed if elapsed < CHECKPOINT_EVERY / 2 && part.blocks().end < end => step.saturating_mul(2),
            elapsed if elapsed > CHECKPOINT_EVERY * 2 => (step / 2).max(1),
            _ => step,
        };
        PartFile::new(command, part.clone())?.write(path)?;
    }
    if part.blocks().end == end {
        return Ok(part);
    }
    if let Some(path) = checkpoint {
        let done = part.trials();
        warn(&format!(
            "{done} of {total} trials are in {}: the same command goes on from there",
            path.display()
        ));
    }
    Err(Error::Interrupted)
}
