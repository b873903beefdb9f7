//! A study as one HTML file: charts, table, nothing from the network.

use crate::curve::CurvePlot;
use crate::picture::{Format, Picture};
use mmw_core::study::{Metric, StudyRow, StudyTable};
use mmw_core::{Result, check};
use std::fmt::Write;

const STYLE: &str = "\
:root{color-scheme:light}*{box-sizing:border-box}\
body{margin:0 auto;max-width:1180px;padding:20px 24px;background:#fff;color:#20242a;\
font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}\
h1{font-size:26px;margin:8px 0}h2{font-size:20px;margin:34px 0 10px}p{max-width:80ch;color:#58616b}\
div.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(480px,100%),1fr));gap:14px}\
svg{width:100%;height:auto;border:1px solid #eceff2}.wide{overflow-x:auto}\
table{border-collapse:collapse;font-size:14.5px;font-variant-numeric:tabular-nums}\
th,td{padding:5px 14px 5px 0;border-bottom:1px solid #e6eaee;text-align:right;white-space:nowrap}\
th{border-bottom:2px solid #c9d0d7;cursor:pointer}th:hover{color:#0b5cad}\
td.word,th.word{text-align:left}";

/// Rows in the order of a column, up or down.
const SCRIPT: &str = "\
document.querySelectorAll('th').forEach((head,column)=>head.onclick=()=>{\
const body=document.querySelector('tbody'),down=head.dataset.down=head.dataset.down==='1'?'0':'1';\
const key=row=>{const text=row.cells[column].dataset.value;return text===''?Infinity:isNaN(text)?text:+text};\
[...body.rows].sort((a,b)=>{const x=key(a),y=key(b);return (x>y?1:x<y?-1:0)*(down==='1'?1:-1)})\
.forEach(row=>body.append(row))});";

/// A study as a page: its figures over one axis of the grid, accuracy against cost where costs were measured,
/// and all rows, to be sorted by a click on a head.
///
/// # Examples
/// See `mmw snr compare --page`; from a program:
/// ```no_run
/// # fn page(table: &mmw_core::study::StudyTable) -> mmw_core::Result<()> {
/// use mmw_plot::StudyPage;
/// let html = StudyPage::new("Estimators of the SNR", table, "snr", "dB").made_by("seed 1").html()?;
/// println!("{html}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a page is made by `html`"]
pub struct StudyPage<'a> {
    title: String,
    table: &'a StudyTable,
    axis: String,
    unit: String,
    made_by: String,
    limits: Option<(f64, f64)>,
}

impl<'a> StudyPage<'a> {
    /// A page of a table, with charts over `axis`; `unit` is that of the errors.
    pub fn new(
        title: impl Into<String>,
        table: &'a StudyTable,
        axis: impl Into<String>,
        unit: impl Into<String>,
    ) -> Self {
        let (title, axis, unit) = (title.into(), axis.into(), unit.into());
        Self { title, table, axis, unit, made_by: String::new(), limits: None }
    }

    /// How the study was made: a command, a seed.
    pub fn made_by(self, made_by: impl Into<String>) -> Self {
        Self { made_by: made_by.into(), ..self }
    }

    /// Where the axis of the charts begins and ends; by default it holds all conditions.
    pub fn x_limits(self, low: f64, high: f64) -> Self {
        Self { limits: Some((low, high)), ..self }
    }

    /// The page.
    ///
    /// # Errors
    /// [`mmw_core::Error::TooFew`] for a study without rows, and as [`CurvePlot::of_study`] and
    /// [`CurvePlot::of_costs`].
    pub fn html(&self) -> Result<String> {
        check::at_least("rows", self.table.rows.len(), 1)?;
        let title = escaped(&self.title);
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{}</p>\n",
            escaped(&self.made_by)
        );
        html.push_str("<p>All contenders saw the same trials. Bars are one standard error.</p>\n");
        html.push_str("<h2>Over the conditions</h2>\n<div class=\"charts\">\n");
        for condition in self.firsts()? {
            for metric in self.metrics(condition) {
                let plot = CurvePlot::of_study(self.table, condition, &self.axis, metric, &self.unit)?;
                let plot = self.limits.into_iter().fold(plot, |plot, (low, high)| plot.x_limits(low, high));
                chart(&mut html, &plot)?;
            }
        }
        html.push_str("</div>\n");
        if !self.table.costs.is_empty() {
            html.push_str("<h2>Accuracy against cost</h2>\n<div class=\"charts\">\n");
            for condition in self.conditions_with_costs() {
                chart(&mut html, &CurvePlot::of_costs(self.table, condition, &self.unit)?)?;
            }
            html.push_str("</div>\n");
        }
        self.rows(&mut html);
        let _ = write!(html, "<script>{SCRIPT}</script>\n</body>\n</html>\n");
        Ok(html)
    }

    /// The first condition of each chart: those at the first level of the axis.
    fn firsts(&self) -> Result<Vec<usize>> {
        let mut firsts = Vec::new();
        for index in 0..self.table.grid.len() {
            let at = self.table.grid.condition(index)?;
            let first = self.table.grid.condition(0)?.get(&self.axis)?;
            if at.get(&self.axis)? == first {
                firsts.push(index);
            }
        }
        Ok(firsts)
    }

    /// The figures that there are in the chart that begins with a condition.
    fn metrics(&self, condition: usize) -> impl Iterator<Item = Metric> + use<> {
        let of_chart = |row: &&StudyRow| {
            let own = self.table.rows.get(condition * self.table.contenders.len());
            let axes = self.table.grid.axes().iter().enumerate();
            let mut others = axes.filter(|(_, axis)| axis.name() != self.axis);
            own.is_some_and(|own| others.all(|(other, _)| own.condition[other] == row.condition[other]))
        };
        let shown = |metric: &Metric| {
            let values = || self.table.rows.iter().filter(of_chart).filter_map(|row| row.get(*metric));
            match metric {
                Metric::Variance => false,
                Metric::Failures => values().any(|share| share > 0.0),
                // A logarithmic axis has no place for zero alone.
                Metric::Bias | Metric::Coverage | Metric::Detection => values().next().is_some(),
                _ => values().any(|value| value > 0.0),
            }
        };
        let order = [
            Metric::Rmse,
            Metric::RmseOverBound,
            Metric::Bias,
            Metric::Nmse,
            Metric::Failures,
            Metric::Coverage,
            Metric::Detection,
        ];
        order.into_iter().filter(shown).collect::<Vec<_>>().into_iter()
    }

    fn conditions_with_costs(&self) -> Vec<usize> {
        let has_error = |condition: usize| {
            let rows = self.table.contenders.iter().map(|name| self.table.row(condition, name));
            rows.into_iter().all(|row| row.is_ok_and(|row| row.rmse.is_some_and(|rmse| rmse.value > 0.0)))
        };
        let mut conditions: Vec<usize> = self.table.costs.iter().map(|cost| cost.condition).collect();
        conditions.dedup();
        conditions.retain(|&condition| has_error(condition));
        conditions
    }

    fn rows(&self, html: &mut String) {
        html.push_str("<h2>All figures</h2>\n<div class=\"wide\"><table>\n<thead><tr>");
        for axis in self.table.grid.axes() {
            let _ = write!(html, "<th>{}</th>", escaped(&axis.label()));
        }
        html.push_str("<th class=\"word\">contender</th>");
        for (head, _) in COLUMNS {
            let _ = write!(html, "<th>{head}</th>");
        }
        html.push_str("<th>call (µs)</th></tr></thead>\n<tbody>\n");
        for (index, row) in self.table.rows.iter().enumerate() {
            html.push_str("<tr>");
            row.condition.iter().for_each(|&level| cell(html, Some(level)));
            let name = escaped(&row.contender);
            let _ = write!(html, "<td class=\"word\" data-value=\"{name}\">{name}</td>");
            COLUMNS.iter().for_each(|(_, of)| cell(html, of(row)));
            let condition = index / self.table.contenders.len();
            let mut costs = self.table.costs.iter().filter(|cost| cost.condition == condition);
            let cost = costs.find(|cost| cost.contender == row.contender);
            cell(html, cost.map(|cost| 1e6 * cost.call_s.estimate));
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody>\n</table></div>\n");
    }
}

type Column = (&'static str, fn(&StudyRow) -> Option<f64>);

const COLUMNS: [Column; 11] = [
    ("trials", |row| Some(row.trials as f64)),
    ("bias", |row| row.get(Metric::Bias)),
    ("RMSE", |row| row.get(Metric::Rmse)),
    ("±", |row| row.rmse.map(|rmse| rmse.standard_error)),
    ("bound", |row| row.bound),
    ("RMSE / bound", |row| row.get(Metric::RmseOverBound)),
    ("NMSE", |row| row.get(Metric::Nmse)),
    ("no answer", |row| Some(row.failures)),
    ("covered", |row| row.get(Metric::Coverage)),
    ("detected", |row| row.get(Metric::Detection)),
    ("variance", |row| row.variance),
];

fn cell(html: &mut String, value: Option<f64>) {
    let Some(value) = value else {
        html.push_str("<td data-value=\"\">–</td>");
        return;
    };
    let shown = match value.abs() {
        size if value.fract() == 0.0 && size < 1e9 => format!("{value}"),
        size if (1e-3..1e5).contains(&size) => format!("{value:.4}"),
        _ => format!("{value:.3e}"),
    };
    let _ = write!(html, "<td data-value=\"{value}\">{shown}</td>");
}

fn chart(html: &mut String, plot: &CurvePlot) -> Result<()> {
    let svg = plot.render(Format::Svg)?;
    let svg = String::from_utf8_lossy(&svg);
    // Inside of HTML there is no declaration of XML.
    html.push_str(svg.find("<svg").map_or("", |start| &svg[start..]));
    html.push('\n');
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use mmw_core::Axis;
    use mmw_core::random::{Stream, standard_normal};
    use mmw_core::study::{Condition, Contender, Experiment, Grid, Score, Study, StudyConfig, contender};

    struct Middle;

    impl Experiment for Middle {
        type Input = f64;
        type Truth = ();
        type Estimate = f64;

        fn draw(&self, at: &Condition<'_>, rng: &mut Stream) -> Result<(f64, ())> {
            Ok((at.get("spread")? * standard_normal(rng) / at.get("samples")?.sqrt(), ()))
        }

        fn score(&self, _: &Condition<'_>, (): &(), estimate: &f64) -> Score {
            Score::of(*estimate)
        }

        fn bound(&self, at: &Condition<'_>) -> Result<Option<f64>> {
            Ok(Some(at.get("spread")? / at.get("samples")?.sqrt()))
        }
    }

    fn table() -> StudyTable {
        let good = contender::<Middle, _>("good", |_, x| Ok(Some(*x)));
        let bad = contender::<Middle, _>("<bad> & slow", |_, x| {
            Ok(Some((0..500).fold(2.0 * x, |x, _| std::hint::black_box(x))))
        });
        let contenders: [&dyn Contender<Middle>; 2] = [&good, &bad];
        let spread = Axis::explicit("spread", "m", vec![1.0, 2.0, 5.0]).unwrap();
        let samples = Axis::explicit("samples", "", vec![10.0, 1000.0]).unwrap();
        let grid = Grid::new(vec![samples, spread]).unwrap();
        let study = Study::new(&Middle, &contenders, grid, StudyConfig::default()).unwrap();
        let mut table = study.run().unwrap();
        table.costs = study.measure_costs(4, 11).unwrap();
        table
    }

    #[test]
    fn a_page_holds_a_chart_for_each_figure_and_level_and_all_rows() {
        let table = table();
        let html = StudyPage::new("A <study>", &table, "spread", "m").made_by("seed 1").html().unwrap();
        // Error, error over bound and bias at two lengths, and one chart of costs.
        assert_eq!(html.matches("<svg").count(), 2 * 3 + 1);
        assert_eq!(html.matches("<tr>").count(), 1 + 12);
        assert!(html.contains("A &lt;study&gt;") && html.contains("&lt;bad&gt; &amp; slow"));
        assert!(html.contains("root mean square error, samples 1000") && html.contains("time of a call"));
        assert!(!html.contains("<?xml") && !html.contains("href") && !html.contains("<bad>"));
        assert_eq!(StudyPage::new("", &table, "breadth", "").html().unwrap_err().kind(), "invalid");
        let mut nothing = table.clone();
        nothing.rows.clear();
        assert_eq!(StudyPage::new("", &nothing, "spread", "").html().unwrap_err().kind(), "too_few");
    }

    #[test]
    fn charts_of_costs_need_them() {
        let table = table();
        let chart = |condition| CurvePlot::of_costs(&table, condition, "m");
        assert!(chart(4).unwrap().render(Format::Svg).is_ok());
        assert_eq!(chart(0).unwrap_err().kind(), "missing");
        assert_eq!(chart(6).unwrap_err().kind(), "invalid");
    }

    #[test]
    fn error_bars_end_at_the_frame() {
        let plot = |errors: [f64; 2]| {
            let plot = CurvePlot::new("", "x", "y").dots("a", [(1.0, 1.0), (2.0, 3.0)]);
            plot.errors(errors).y_limits(0.5, 4.0)
        };
        let lines = |plot: &CurvePlot| {
            String::from_utf8(plot.render(Format::Svg).unwrap()).unwrap().matches("<polyline").count()
        };
        // A bar and two caps for the one that has a length.
        assert_eq!(lines(&plot([0.5, 0.5])), lines(&plot([0.0, 0.5])) + 3);
        // Below zero there is no place on a logarithmic axis.
        let logarithmic = |errors| plot(errors).y_scale(crate::Scale::Log);
        assert_eq!(lines(&logarithmic([2.0, 0.1])), lines(&logarithmic([0.0; 2])) + 6);
        assert_eq!(plot([f64::NAN, 0.0]).render(Format::Svg).unwrap_err().kind(), "not_finite");
    }
}
