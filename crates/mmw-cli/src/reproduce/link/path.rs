//! Table 1 and Fig. 1: the loss of three scenarios by mechanism.

use super::{points, row};
use crate::error::Result;
use crate::plot::{CurvePlot, Scale};
use crate::reproduce::{Figure, LedgerRow, Section, Setup, Table, Verdict};
use linkbudget::atmosphere::Atmosphere;
use linkbudget::free_space::free_space_loss_db;
use linkbudget::gas::{LineByLine, Revision};
use linkbudget::knife_edge::KnifeEdge;
use linkbudget::paper;
use linkbudget::path_loss::{MECHANISMS, PathLoss};
use linkbudget::rain::{Polarisation, RainLaw};
use linkbudget::reflection::{Field, return_loss_db};
use linkbudget::scenario::{Scenario, Surface};
use mmw_core::ndarray::Array1;

const FIELDS: [(Field, &str); 2] = [(Field::Te, "TE"), (Field::Tm, "TM")];

pub(super) fn run(setup: &Setup) -> Result<Section> {
    let mut section = Section::new(
        "Table 1 and Fig. 1: path loss of the three scenarios",
        "Equation (3) with its errata put right: gases and rain grow with the distance, the knife edge is added \
         once, the rain is that of ITU-R P.838-3. Reference distance 1 m, no obstacles, 80 degrees from the normal; \
         the polarisation of the reflection is not printed, so both are shown. Paper is in no table of \
         permittivities: 2.3 - j0.1 is assumed.",
    );
    section.figures.push(figure(setup)?);
    section.tables.push(table_1()?);
    section.tables.push(breakdown()?);
    section.ledger = ledger()?;
    Ok(section)
}

fn figure(setup: &Setup) -> Result<Figure> {
    let distances_m = Array1::geomspace(0.01, 30.0, 200).unwrap_or_default();
    let mut plot = CurvePlot::new("Path loss at 60 GHz (Fig. 1)", "distance (m)", "loss (dB)")
        .x_scale(Scale::Log)
        .horizontal("least of Fig. 1", 80.0)
        .horizontal("most of Fig. 1", 140.0);
    for scenario in Scenario::ALL {
        for (field, name) in FIELDS {
            let curve = points(&distances_m, &scenario.curve_db(&distances_m, field)?);
            let name = format!("scenario {}, {name}", scenario.number);
            plot = if field == Field::Te { plot.line(name, curve) } else { plot.dashed(name, curve) };
        }
    }
    plot.save(&setup.out.join("link/path-loss.svg"))?;
    Ok(Figure::new("link/path-loss.svg", "Fig. 1: total loss over distance, corrected equation (3)."))
}

fn table_1() -> Result<Table> {
    let columns =
        ["scenario", "exponent", "oxygen (dB/m)", "surface", "incidence (deg)", "edge v", "rain (mm/h)"];
    let mut table = Table::new("Table 1: the scenarios", columns);
    for s in Scenario::ALL {
        table.push([
            format!("{}", s.number),
            format!("{}", s.exponent),
            format!("{}", s.oxygen_db_per_m),
            surface(s.surface).to_owned(),
            format!("{}", s.incidence_deg),
            format!("{}", s.v),
            format!("{}", s.climate.rain_rate_mm_h()),
        ])?;
    }
    Ok(table)
}

fn surface(surface: Surface) -> &'static str {
    match surface {
        Surface::Paper => "paper",
        Surface::OrdinaryGlass => "ordinary glass",
        Surface::Aluminium => "aluminium",
    }
}

fn breakdown() -> Result<Table> {
    let columns = ["mechanism (dB)", "1 TE", "1 TM", "2 TE", "2 TM", "3 TE", "3 TM"];
    let mut table = Table::new("Loss at 30 m by mechanism", columns);
    let mut paths = Vec::new();
    for scenario in Scenario::ALL {
        for (field, _) in FIELDS {
            paths.push(PathLoss::new(scenario.path(field)?)?.breakdown(30.0)?);
        }
    }
    let mut push = |name: &str, cell: &dyn Fn(usize) -> String| {
        table.push([name.to_owned(), cell(0), cell(1), cell(2), cell(3), cell(4), cell(5)])
    };
    for (i, name) in MECHANISMS.into_iter().enumerate() {
        push(name, &|path| format!("{:.3}", paths[path].terms_db()[i]))?;
    }
    push("total", &|path| format!("{:.3}", paths[path].total_db()))?;
    let mut printed = Vec::new();
    for scenario in Scenario::ALL {
        for (field, _) in FIELDS {
            let db = paper::total_as_printed_db(&scenario, 30.0, 30.0, field)?;
            printed.push(db.map_or("minus infinity".to_owned(), |db| format!("{db:.0}")));
        }
    }
    push("as printed", &|path| printed[path].clone())?;
    Ok(table)
}

fn ledger() -> Result<Vec<LedgerRow>> {
    let fspl_db = free_space_loss_db(60e9, 1.0)?;
    let constant = 10_f64.powf(-fspl_db / 10.0);
    let error_db = fspl_db - paper::friis_as_printed_db(1.0)?;
    let rain = RainLaw::p838(60e9, Polarisation::Horizontal, 0.0)?;
    let mut rates = Vec::new();
    for scenario in Scenario::ALL {
        let db = rain.specific_attenuation_db_per_km(scenario.climate.rain_rate_mm_h())?;
        rates.push(format!("{db:.3}"));
    }
    let edge = |v: f64| KnifeEdge::Exact.loss_db(v);
    let twice_db = paper::knife_edge_as_printed_db(1.0, -0.7)?.unwrap_or_default();
    let air = LineByLine::new(Atmosphere::p676_reference(), Revision::P676V12)?;
    let band = air.total_db_per_km(&Array1::linspace(57e9, 64e9, 141))?;
    let least = band.iter().copied().fold(f64::INFINITY, f64::min);
    let most = band.iter().copied().fold(0.0, f64::max);
    let at_60 = air.specific_attenuation(60e9)?.total_db_per_km();
    let glass = Surface::OrdinaryGlass.permittivity(60e9)?;
    let angle = |degrees: f64, field| return_loss_db(glass, degrees.to_radians(), field);
    let total = |s: Scenario, d: f64, field| PathLoss::new(s.path(field)?)?.total_db(d);
    let spread = |d: f64| -> Result<String> {
        let (low, high) = (total(Scenario::ONE, d, Field::Te)?, total(Scenario::THREE, d, Field::Tm)?);
        Ok(format!("{low:.1} to {high:.1} dB at {d} m"))
    };
    Ok(vec![
        row(
            "L2, E1: constant of equation (2)",
            "6.34e-5 m^2",
            format!("{constant:.6e} m^2 ({fspl_db:.3} dB at 1 m)"),
            Verdict::corrected(format!("{error_db:.2} dB too large: the constant of 2.996 GHz")),
            "e1_the_printed_friis_constant_is_26_db_too_large",
        ),
        row(
            "L10, E2: rain term of equation (3), 5, 50, 150 mm/h",
            "1398.5 R^0.0031: 1405, 1416, 1420 dB/m",
            format!("{} dB/km (P.838-3, horizontal)", rates.join(", ")),
            Verdict::corrected("base and exponent look exchanged; 1398 in the text, 1398.5 in the equation"),
            "e2_the_printed_rain_is_five_orders_too_large",
        ),
        row(
            "L3, E3: oxygen and rain in equation (3)",
            "times d0",
            "times d",
            Verdict::corrected("as printed they would never grow with the path"),
            "e3_oxygen_and_rain_as_printed_do_not_grow_with_distance",
        ),
        row(
            "L8, E4: diffraction in equation (3), v = 1",
            "20 log10 |F(v)| of an F in decibels",
            format!("{:.2} dB, not {twice_db:.2} dB", KnifeEdge::P526.loss_db(1.0)?),
            Verdict::corrected("the logarithm is taken twice; minus infinity in scenario 1"),
            "e4_the_printed_diffraction_is_logged_twice",
        ),
        row(
            "L9, E5: knife edge: 0 dB below v = -0.75, 25 dB a decade, 28 dB asymptote",
            "v > 0.7; 25 dB a decade; 28 dB",
            format!("{:.3} dB at -0.75; {:.2} dB from 5 to 50", edge(-0.75)?, edge(50.0)? - edge(5.0)?),
            Verdict::corrected("lost minus signs in the thresholds; 20 dB a decade without an asymptote"),
            "e5_the_thresholds_lost_their_minus_signs",
        ),
        row(
            "L1, E6: equation (1)",
            "PT + 2 Ga >= Smin - PL",
            "PT + 2 Ga >= Smin + PL",
            Verdict::corrected("right only where PL is a negative gain; here a loss is positive"),
            "e6_a_loss_is_positive",
        ),
        row(
            "L11, E7: range of Fig. 1",
            "80 to 140 dB for 0.01 m < d < 30 m",
            format!("{}; {}", spread(2.0)?, spread(30.0)?),
            Verdict::corrected("reached from about 2 m on; a centimetre loses 12 to 57 dB"),
            "e7_the_corrected_scenarios_lie_in_the_range_of_figure_1",
        ),
        row(
            "L7, E8: reflection loss at 80 degrees, glass",
            "no number, no polarisation, no permittivity",
            format!(
                "TE {:.3}, TM {:.3} dB from the normal; TE {:.2}, TM {:.2} dB if grazing",
                angle(80.0, Field::Te)?,
                angle(80.0, Field::Tm)?,
                angle(10.0, Field::Te)?,
                angle(10.0, Field::Tm)?
            ),
            Verdict::not_reproducible("angle, polarisation and permittivities are not printed"),
            "e8_eighty_degrees_from_the_normal_or_grazing",
        ),
        row(
            "L6: oxygen at 60 GHz",
            "10 to 15 dB/km",
            format!("{at_60:.2} dB/km at 60 GHz; {least:.2} to {most:.2} dB/km from 57 to 64 GHz"),
            Verdict::Reproduced,
            "oxygen_at_60_ghz_is_what_the_source_says_in_mid_band_only",
        ),
    ])
}
