//! The page: one HTML file beside its pictures, without scripts and without anything from the network.

use crate::ledger::{LedgerRow, Verdict};
use crate::report::{AreaReport, Report};
use crate::section::{self, Figure, Section, Table};
use std::fmt::Write;

const STYLE: &str = "\
:root{color-scheme:light}\
*{box-sizing:border-box}\
body{margin:0;background:#f6f7f9;color:#20242a;font:16px/1.6 system-ui,-apple-system,'Segoe UI',Roboto,\
'Helvetica Neue',Arial,sans-serif}\
main,header>div{max-width:1080px;margin:0 auto;padding:0 24px}\
header{background:#fff;border-bottom:1px solid #e1e5ea;padding:32px 0 20px;margin-bottom:28px}\
h1{font-size:28px;line-height:1.25;margin:0 0 6px}\
h2{font-size:22px;margin:44px 0 14px}\
h3{font-size:18px;margin:0 0 8px}\
p{margin:0 0 12px;max-width:75ch}\
a{color:#0b5cad}\
nav{margin-top:14px}nav a{display:inline-block;margin-right:18px}\
code{font:14px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:#eef1f4;padding:2px 6px;\
border-radius:4px}\
.made{color:#58616b;font-size:15px}\
section{background:#fff;border:1px solid #e1e5ea;border-radius:8px;padding:22px 26px;margin:0 0 22px}\
div.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr));gap:6px 18px}\
figure{margin:12px 0;text-align:center}\
figure img{max-width:100%;height:auto;border:1px solid #eceff2}\
figcaption,caption{color:#58616b;font-size:14.5px;text-align:left;margin-top:6px}\
caption{caption-side:top;margin-bottom:6px}\
.wide{overflow-x:auto;margin:18px 0}\
table{border-collapse:collapse;font-size:14.5px;line-height:1.45;font-variant-numeric:tabular-nums}\
th,td{padding:6px 14px 6px 0;border-bottom:1px solid #e6eaee;text-align:left;vertical-align:top}\
th{border-bottom:2px solid #c9d0d7;font-weight:600;white-space:nowrap}\
.ledger{width:100%}\
.ledger td:nth-child(3),.ledger td:nth-child(4){min-width:6.5em}\
.ledger td:nth-child(5){min-width:14em}\
.ledger td:last-child{font-size:13px;color:#58616b;min-width:13em}\
.why{display:block;color:#58616b;margin-top:3px;font-size:13.5px}\
.verdict{display:inline-block;padding:1px 9px;border-radius:10px;font-size:13px;white-space:nowrap}\
.reproduced{background:#dcf3e4;color:#14613a}\
.corrected{background:#fdeecb;color:#7a4b00}\
.not_reproducible{background:#e9ebee;color:#4a525b}\
.unconfirmed,.failed{background:#fde2e1;color:#8c1d18}\
.failed{padding:10px 14px;border-radius:6px}\
@media print{body{background:#fff}section{break-inside:avoid;border:0;padding:0}}";

/// The whole page.
pub(crate) fn html(report: &Report) -> String {
    let mut html = String::with_capacity(1 << 16);
    // Writing into a `String` cannot fail, here and below.
    let _ = write!(
        html,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>mmw: papers reproduced</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    );
    header(&mut html, report);
    html.push_str("<main>\n");
    for area in &report.areas {
        area_part(&mut html, area, common(report).is_none());
    }
    ledger_part(&mut html, report);
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

/// How all areas were made, if it was in the same way.
fn common(report: &Report) -> Option<&AreaReport> {
    report.areas.first().filter(|first| report.areas.iter().all(|area| area.made_as(first)))
}

/// How an area was made.
fn made(html: &mut String, area: &AreaReport) {
    let quick = if area.quick { " Quick run: fewer trials, larger statistical errors." } else { "" };
    let _ = writeln!(
        html,
        "<p class=\"made\">Made by <code>{}</code>, version {}, seed {}.{quick}</p>",
        escape(&area.command),
        escape(&area.version),
        area.seed,
    );
}

fn header(html: &mut String, report: &Report) {
    html.push_str("<header><div>\n<h1>Tables and figures of the source papers, recomputed</h1>\n");
    if let Some(area) = common(report) {
        made(html, area);
    }
    let _ = write!(html, "<p>{}</p>\n<nav>", tally(report));
    for area in &report.areas {
        let _ = write!(html, "<a href=\"#{}\">{}</a>", area.area, escape(area.area.title()));
    }
    html.push_str(
        "<a href=\"#ledger\">Ledger</a><a href=\"ledger.csv\">ledger.csv</a>\
         <a href=\"ledger.json\">ledger.json</a><a href=\"report.json\">report.json</a></nav>\n</div></header>\n",
    );
}

fn words(verdict: Verdict) -> String {
    verdict.name().replace('_', " ")
}

fn tally(report: &Report) -> String {
    let counted = Verdict::ALL.iter().map(|&verdict| (verdict, report.count(verdict)));
    let shown = counted.into_iter().filter(|(verdict, count)| *verdict != Verdict::Unconfirmed || *count > 0);
    let badge = |(verdict, count): (Verdict, usize)| {
        format!("<span class=\"verdict {verdict}\">{count} {}</span>", words(verdict))
    };
    shown.map(badge).collect::<Vec<_>>().join(" ")
}

fn area_part(html: &mut String, area: &AreaReport, told: bool) {
    let name = area.area.name();
    let _ = writeln!(html, "<h2 id=\"{name}\">{}</h2>", escape(area.area.title()));
    if told {
        made(html, area);
    }
    if let Some(error) = &area.error {
        let _ = writeln!(html, "<p class=\"failed\">This area stopped: {}</p>", escape(error));
    }
    for section in &area.sections {
        section_part(html, section, name);
    }
}

fn section_part(html: &mut String, section: &Section, area: &str) {
    let _ = writeln!(
        html,
        "<section id=\"{area}-{}\">\n<h3>{}</h3>",
        section::slug(&section.title),
        escape(&section.title)
    );
    for paragraph in section.intro.split("\n\n").filter(|text| !text.trim().is_empty()) {
        let _ = writeln!(html, "<p>{}</p>", escape(paragraph.trim()));
    }
    if !section.figures.is_empty() {
        html.push_str("<div class=\"figures\">\n");
        section.figures.iter().for_each(|figure| figure_part(html, figure));
        html.push_str("</div>\n");
    }
    section.tables.iter().for_each(|table| table_part(html, table, area));
    if !section.ledger.is_empty() {
        ledger_table(html, &section.ledger.iter().collect::<Vec<_>>());
    }
    html.push_str("</section>\n");
}

fn figure_part(html: &mut String, figure: &Figure) {
    let file = escape(&figure.file);
    let caption = escape(&figure.caption);
    let _ = writeln!(
        html,
        "<figure><a href=\"{file}\"><img src=\"{file}\" alt=\"{caption}\" loading=\"lazy\"></a>\
         <figcaption>{caption}</figcaption></figure>"
    );
}

fn table_part(html: &mut String, table: &Table, area: &str) {
    let _ = write!(
        html,
        "<div class=\"wide\"><table><caption>{} (<a href=\"{file}\">CSV</a>)</caption>\n<tr>",
        escape(&table.title),
        file = escape(&table.file(area)),
    );
    for column in &table.columns {
        let _ = write!(html, "<th>{}</th>", escape(column));
    }
    html.push_str("</tr>\n");
    for row in &table.rows {
        html.push_str("<tr>");
        for cell in row {
            let _ = write!(html, "<td>{}</td>", escape(cell));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</table></div>\n");
}

fn ledger_part(html: &mut String, report: &Report) {
    let rows: Vec<&LedgerRow> = report.ledger().collect();
    html.push_str("<h2 id=\"ledger\">Ledger</h2>\n<section>\n");
    if rows.is_empty() {
        html.push_str("<p>No printed number was compared in this run.</p>\n");
    } else {
        let _ =
            writeln!(html, "<p>Every printed number that was compared, with the test that keeps it so.</p>");
        ledger_table(html, &rows);
    }
    html.push_str("</section>\n");
}

fn ledger_table(html: &mut String, rows: &[&LedgerRow]) {
    html.push_str(
        "<div class=\"wide\"><table class=\"ledger\">\n<tr><th>Source</th><th>Item</th><th>Printed</th>\
         <th>Ours</th><th>Verdict</th><th>Test</th></tr>\n",
    );
    for row in rows {
        let verdict = row.verdict;
        let mut why = match row.why.as_str() {
            "" => String::new(),
            why => format!("<span class=\"why\">{}</span>", escape(why)),
        };
        if !row.is_as_pinned() {
            let _ = write!(why, "<span class=\"why\">expected: {}</span>", words(row.pinned));
        }
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td>\
             <td><span class=\"verdict {verdict}\">{}</span>{why}</td><td>{}</td></tr>",
            escape(&row.source),
            escape(&row.item),
            escape(&row.printed),
            escape(&row.ours),
            words(verdict),
            breakable(&escape(&row.test)),
        );
    }
    html.push_str("</table></div>\n");
}

/// A path of a test that may be broken after `::` and `_`.
fn breakable(path: &str) -> String {
    path.replace("::", "::<wbr>").replace('_', "_<wbr>")
}

/// Text as HTML, also inside a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::area::Area;
    use crate::check::Check;
    use crate::ledger::{Row, Source};

    fn row(item: &str, printed: &str, ours: &str) -> Row {
        let source = Source { name: "A & B, 2020", package: "mmw-dsp" };
        source.row(item, "paper::range_resolution_follows_from_the_bandwidth").printed(printed).ours(ours)
    }

    fn area(seed: u64) -> AreaReport {
        let mut section = Section::new(
            "Range & <velocity>",
            "One frame of two targets, simulated with the waveform of the table and processed as the source \
             describes: Hann windows, two transforms, no zero padding.\n\nThe second paragraph.",
        );
        section.figures.push(Figure::new("map.png", "A \"map\" of range and velocity, the targets circled."));
        let mut table = Table::new("Waveform", ["quantity", "printed", "ours"]);
        for quantity in ["B < 4", "range resolution (m)", "velocity resolution (m/s)"] {
            table.push([quantity.into(), "1 GHz".into(), "1.00 GHz".into()]).unwrap();
        }
        section.tables.push(table);
        let range = Check::new("range (m)", 0.0418).prints(0.04, 0.005);
        section.ledger.push(row("Table 1, range resolution", "0.04 m", "0.0418 m").check(range).reproduced());
        let why = "a < b: the printed value lacks the factor of two of the way there and back";
        let velocity = Check::new("velocity (m/s)", 0.06).prints(0.12, 0.005).known("λ/2T", 0.06, 1e-3);
        section.ledger.push(row("Equation (7)", "0.12 m/s", "0.06 m/s").check(velocity).corrected(why));
        let why = "the source states neither the scene nor the noise";
        section.ledger.push(row("Figure 9", "12 dB", "").not_reproducible(why));
        AreaReport {
            area: Area::Radar,
            command: "mmw reproduce".into(),
            version: "0.1.0".into(),
            seed,
            quick: true,
            sections: vec![section],
            error: None,
        }
    }

    fn report() -> Report {
        Report { areas: vec![area(7)] }
    }

    #[test]
    fn areas_made_in_different_ways_say_so_each() {
        let one = html(&report());
        assert_eq!(one.matches("Made by").count(), 1);
        assert!(one.find("Made by") < one.find("<main>"));
        let other = AreaReport { area: Area::Snr, ..area(8) };
        let two = html(&Report { areas: vec![area(7), other] });
        assert_eq!(two.matches("Made by").count(), 2);
        assert!(two.contains("seed 8") && two.find("Made by") > two.find("<main>"));
    }

    #[test]
    fn a_verdict_that_is_not_expected_is_seen() {
        let mut report = report();
        assert!(!html(&report).contains("expected:"));
        report.areas[0].sections[0].ledger[0].verdict = Verdict::Unconfirmed;
        let html = html(&report);
        assert!(html.contains("1 unconfirmed") && html.contains("expected: reproduced"));
    }

    /// Set `MMW_GALLERY` to a folder to keep the page and look at it.
    #[test]
    fn the_page_is_self_contained() {
        let html = html(&report());
        assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"));
        if let Some(folder) = std::env::var_os("MMW_GALLERY") {
            std::fs::write(std::path::Path::new(&folder).join("index.html"), html).unwrap();
        }
    }

    #[test]
    fn every_text_is_escaped_and_every_link_is_local() {
        let html = html(&report());
        assert!(html.contains("Range &amp; &lt;velocity&gt;"));
        assert!(html.contains("<td>B &lt; 4</td>"));
        assert!(html.contains("alt=\"A &quot;map&quot; of"));
        assert!(html.contains("radar-waveform.csv"));
        assert!(html.contains("1 corrected"));
        assert!(!html.contains("http"));
        assert!(!html.contains("<script"));
    }

    #[test]
    fn tags_are_balanced() {
        let html = html(&report());
        for tag in ["table", "tr", "td", "th", "section", "figure", "div", "p", "span", "main", "header"] {
            let opened =
                html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{tag}");
        }
    }
}
