//! Charts of studies: accuracy over a condition, and against cost.

use crate::curve::CurvePlot;
use crate::frame::Scale;
use mmw_core::study::{Measured, Metric, Standing, StudyRow, StudyTable, pareto};
use mmw_core::{Axis, Error, Result};

/// Levels that span more than this are spread by their logarithm.
const WIDE: f64 = 30.0;

impl CurvePlot {
    /// A figure of all contenders of a study over one axis of its grid, with error bars of one standard
    /// error; for the root mean square error, the bound too. The levels of the other axes are those of a
    /// condition. `unit` is that of the errors. Where a contender has no such figure its curve has a gap.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an axis that the grid has not, or a condition past the end.
    ///
    /// # Examples
    /// ```
    /// use mmw_core::random::{Stream, standard_normal};
    /// use mmw_core::study::{Condition, Contender, Experiment, Grid, Metric, Score, Study, StudyConfig, contender};
    /// use mmw_core::{Axis, Result};
    /// use mmw_plot::{CurvePlot, Format, Picture};
    ///
    /// struct Middle;
    /// impl Experiment for Middle {
    ///     type Input = f64;
    ///     type Truth = ();
    ///     type Estimate = f64;
    ///     fn draw(&self, at: &Condition<'_>, rng: &mut Stream) -> Result<(f64, ())> {
    ///         Ok((at.get("spread")? * standard_normal(rng), ()))
    ///     }
    ///     fn score(&self, _: &Condition<'_>, _: &(), estimate: &f64) -> Score {
    ///         Score::of(*estimate)
    ///     }
    /// }
    ///
    /// # fn main() -> Result<()> {
    /// let half = contender::<Middle, _>("half", |_, x| Ok(Some(0.5 * x)));
    /// let contenders: [&dyn Contender<Middle>; 1] = [&half];
    /// let grid = Grid::new(vec![Axis::explicit("spread", "m", vec![1.0, 2.0])?])?;
    /// let table = Study::new(&Middle, &contenders, grid, StudyConfig::default())?.run()?;
    /// let svg = CurvePlot::of_study(&table, 0, "spread", Metric::Rmse, "m")?.render(Format::Svg)?;
    /// assert!(String::from_utf8_lossy(&svg).contains("root mean square error (m)"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn of_study(
        table: &StudyTable,
        condition: usize,
        axis: &str,
        metric: Metric,
        unit: &str,
    ) -> Result<Self> {
        let axes = table.grid.axes();
        let Some(along) = axes.iter().position(|other| other.name() == axis) else {
            let names: Vec<_> = axes.iter().map(Axis::name).collect();
            return Err(Error::invalid(
                "axis",
                format!("the study has no {axis:?}, but {}", names.join(", ")),
            ));
        };
        let at = table.grid.condition(condition)?;
        let rows = |contender: &str| {
            let beside = |(other, (a, b)): (usize, (&f64, &f64))| other == along || a == b;
            let levels = |row: &StudyRow| row.condition.iter().zip(at.values()).enumerate().all(beside);
            table.rows.iter().filter(|row| row.contender == contender && levels(row)).collect::<Vec<_>>()
        };
        let fixed = axes.iter().zip(at.values()).enumerate().filter(|(other, _)| *other != along);
        let fixed = fixed.map(|(_, (axis, level))| {
            format!(", {} {}", axis.name().replace('_', " "), format!("{level} {}", axis.unit()).trim_end())
        });
        let title = format!("{}{}", title(metric), fixed.collect::<String>());
        let mut plot = Self::new(title, axes[along].label(), label(metric, unit))
            .x_scale(spread(&axes[along].to_vec()))
            .y_scale(if is_size(metric) { Scale::Log } else { Scale::Linear });
        for contender in &table.contenders {
            let shown = rows(contender).into_iter().filter_map(|row| {
                let figure = figure(row, metric)?;
                Some(((row.condition[along], figure.value), figure.standard_error))
            });
            let (points, errors): (Vec<_>, Vec<_>) = shown.unzip();
            plot = plot.line(contender.clone(), points).errors(errors);
        }
        let bound = table.contenders.first().map(|first| rows(first)).unwrap_or_default();
        let bound: Vec<_> =
            bound.into_iter().filter_map(|row| Some((row.condition[along], row.bound?))).collect();
        Ok(if metric == Metric::Rmse && !bound.is_empty() { plot.dashed("bound", bound) } else { plot })
    }

    /// Root mean square error of all contenders at one condition of a study against the time of a call, with
    /// error bars of one standard error. The Pareto set, those that no other surely beats in both, is joined
    /// by a line. `unit` is that of the errors.
    ///
    /// # Errors
    /// [`Error::Missing`] for a contender without costs there or without an error, [`Error::Invalid`] for a
    /// condition past the end.
    pub fn of_costs(table: &StudyTable, condition: usize, unit: &str) -> Result<Self> {
        let at = table.grid.condition(condition)?;
        let mut plot = Self::new(at.label(), "time of a call (µs)", label(Metric::Rmse, unit))
            .x_scale(Scale::Log)
            .y_scale(Scale::Log);
        let (mut errors, mut times, mut places) = (vec![], vec![], vec![]);
        for contender in &table.contenders {
            let row = table.row(condition, contender)?;
            let missing = |what: &'static str| Error::missing(what, format!("{contender} has none"));
            let rmse = row.rmse.ok_or_else(|| missing("error"))?;
            let mut costs = table.costs.iter().filter(|cost| cost.condition == condition);
            let cost = costs.find(|cost| &cost.contender == contender);
            let call_s = cost.ok_or_else(|| missing("costs"))?.call_s;
            let place = (1e6 * call_s.estimate, rmse.value);
            plot = plot.dots(contender.clone(), [place]).errors([rmse.standard_error]);
            errors.push(rmse.interval());
            times.push(call_s);
            places.push(place);
        }
        let standings = pareto(&errors, &times)?;
        let is_front = |standing: &Standing| *standing == Standing::Front;
        let mut front: Vec<_> =
            places.into_iter().zip(&standings).filter(|(_, s)| is_front(s)).map(|(place, _)| place).collect();
        front.sort_by(|a, b| a.0.total_cmp(&b.0));
        let bound = table.contenders.first().and_then(|first| table.row(condition, first).ok()?.bound);
        let plot = plot.dashed("Pareto set", front);
        Ok(match bound.filter(|&bound| bound > 0.0) {
            Some(bound) => plot.horizontal("bound", bound),
            None => plot,
        })
    }
}

fn title(metric: Metric) -> &'static str {
    match metric {
        Metric::Bias => "bias",
        Metric::Variance => "variance of the errors",
        Metric::Rmse => "root mean square error",
        Metric::RmseOverBound => "root mean square error over its bound",
        Metric::Nmse => "normalised mean square error",
        Metric::Failures => "share without an answer",
        Metric::Coverage => "share of intervals that hold the truth",
        Metric::Detection => "share detected",
        _ => metric.name(),
    }
}

fn label(metric: Metric, unit: &str) -> String {
    match metric {
        Metric::Bias | Metric::Rmse if !unit.is_empty() => format!("{} ({unit})", title(metric)),
        Metric::Variance if !unit.is_empty() => format!("{} ({unit}²)", title(metric)),
        _ => title(metric).to_owned(),
    }
}

/// Figures that are sizes of errors: they fall over decades.
fn is_size(metric: Metric) -> bool {
    matches!(metric, Metric::Variance | Metric::Rmse | Metric::RmseOverBound | Metric::Nmse)
}

fn spread(levels: &[f64]) -> Scale {
    let (low, high) = levels.iter().fold((f64::MAX, 0.0_f64), |(low, high), &x| (low.min(x), high.max(x)));
    if low > 0.0 && high > WIDE * low { Scale::Log } else { Scale::Linear }
}

/// A figure with its standard error, zero where none is known.
fn figure(row: &StudyRow, metric: Metric) -> Option<Measured> {
    let measured = match metric {
        Metric::Bias => row.bias,
        Metric::Rmse => row.rmse,
        Metric::Nmse => row.nmse,
        Metric::Coverage => row.coverage,
        Metric::Detection => row.detection,
        _ => None,
    };
    measured.or_else(|| Some(Measured { value: row.get(metric)?, standard_error: 0.0 }))
}
