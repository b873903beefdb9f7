//! Table 1 and Fig. 1: the loss of three scenarios by mechanism.

use super::{SOURCE, points};
use crate::check::Check;
use crate::host::{Draw, Setup};
use crate::ledger::LedgerRow;
use crate::section::{Figure, Section, Table};
use linkbudget::atmosphere::{Atmosphere, StandardPressure};
use linkbudget::budget::{Link, LinkConfig};
use linkbudget::free_space::free_space_loss_db;
use linkbudget::gas::{LineByLine, Revision};
use linkbudget::knife_edge::KnifeEdge;
use linkbudget::paper;
use linkbudget::path_loss::{MECHANISMS, PathLoss};
use linkbudget::rain::{Polarisation, RainLaw};
use linkbudget::reflection::{Field, return_loss_db};
use linkbudget::scenario::{Scenario, Surface};
use mmw_core::Result;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::ndarray::Array1;
use mmw_plot::{CurvePlot, Scale};

const FIELDS: [(Field, &str); 2] = [(Field::Te, "TE"), (Field::Tm, "TM")];

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
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

fn figure(setup: &Setup<'_>) -> Result<Figure> {
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
    plot.draw(setup, "link/path-loss.svg")?;
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
            surface(s.surface),
            format!("{:.0}", s.incidence_rad.to_degrees()),
            format!("{}", s.v),
            format!("{}", s.climate.rain_rate_mm_h()),
        ])?;
    }
    Ok(table)
}

fn surface(surface: Surface) -> String {
    surface.name().replace('_', " ")
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
    let mut rows = vec![friis()?, rain()?, growth()?];
    rows.extend(diffraction()?);
    rows.extend([sign()?, range()?, reflection()?, oxygen()?, standard_pressure()?]);
    Ok(rows)
}

fn friis() -> Result<LedgerRow> {
    let fspl_db = free_space_loss_db(60e9, 1.0)?;
    let constant = 10_f64.powf(-fspl_db / 10.0);
    let error_db = fspl_db - paper::friis_as_printed_db(1.0)?;
    let right_hz = SPEED_OF_LIGHT_M_S / (4.0 * std::f64::consts::PI * paper::FRIIS_AS_PRINTED.sqrt());
    let known = (SPEED_OF_LIGHT_M_S / (4.0 * std::f64::consts::PI * 60e9)).powi(2);
    Ok(SOURCE
        .row("L2, E1: constant of equation (2)", "paper::e1_the_printed_friis_constant_is_26_db_too_large")
        .printed("6.34e-5 m^2")
        .ours(format!("{constant:.6e} m^2 ({fspl_db:.3} dB at 1 m)"))
        .check(Check::new("constant at 60 GHz (m^2)", constant).prints(paper::FRIIS_AS_PRINTED, 5e-8).known(
            "(c/4 pi f)^2",
            known,
            1e-12 * known,
        ))
        .corrected(format!("{error_db:.2} dB too large: the constant of {:.3} GHz", right_hz * 1e-9)))
}

fn rain() -> Result<LedgerRow> {
    let law = RainLaw::p838(60e9, Polarisation::Horizontal, 0.0)?;
    let (mut ours, mut printed, mut checks) = (Vec::new(), Vec::new(), Vec::new());
    // P.838-3 by ITU-Rpy.
    for (scenario, known_db_per_km) in Scenario::ALL.into_iter().zip([2.951, 17.203, 39.893]) {
        let rate_mm_h = scenario.climate.rain_rate_mm_h();
        let db_per_km = law.specific_attenuation_db_per_km(rate_mm_h)?;
        let printed_db_per_m = paper::rain_as_printed_db(rate_mm_h, 1.0)?;
        ours.push(format!("{db_per_km:.3}"));
        printed.push(format!("{printed_db_per_m:.0}"));
        let check = Check::new(format!("rain of {rate_mm_h} mm/h (dB/km)"), db_per_km);
        checks.push(check.prints(1e3 * printed_db_per_m, 500.0).known(
            "P.838-3 by ITU-Rpy",
            known_db_per_km,
            5e-4,
        ));
    }
    Ok(SOURCE
        .row(
            "L10, E2: rain term of equation (3), 5, 50, 150 mm/h",
            "paper::e2_the_printed_rain_is_five_orders_too_large",
        )
        .printed(format!("1398.5 R^0.0031: {} dB/m", printed.join(", ")))
        .ours(format!("{} dB/km (P.838-3, horizontal)", ours.join(", ")))
        .checks(checks)
        .corrected("base and exponent look exchanged; 1398 in the text, 1398.5 in the equation"))
}

fn growth() -> Result<LedgerRow> {
    let path = PathLoss::new(Scenario::TWO.path(Field::Te)?)?;
    let (near, far) = (path.breakdown(1.0)?, path.breakdown(30.0)?);
    let growth = |name: &str, ratio: f64| {
        let check = Check::new(format!("{name} over 30 m by that over 1 m, d0 = 1 m"), ratio);
        check.prints(1.0, 1e-9).known("proportional to the distance", 30.0, 1e-12)
    };
    Ok(SOURCE
        .row(
            "L3, E3: oxygen and rain in equation (3)",
            "paper::e3_oxygen_and_rain_as_printed_do_not_grow_with_distance",
        )
        .printed("times d0")
        .ours("times d")
        .check(growth("oxygen", far.oxygen_db / near.oxygen_db))
        .check(growth("rain", far.rain_db / near.rain_db))
        .corrected("as printed they would never grow with the path"))
}

fn diffraction() -> Result<Vec<LedgerRow>> {
    let once_db = KnifeEdge::P526.loss_db(1.0)?;
    let twice_db = paper::knife_edge_as_printed_db(1.0, -0.7)?.unwrap_or_default();
    let exact = |v: f64| KnifeEdge::Exact.loss_db(v);
    let (at_limit, near, far) = (exact(-0.75)?, exact(5.0)?, exact(50.0)?);
    Ok(vec![
        SOURCE
            .row(
                "L8, E4: diffraction in equation (3), v = 1",
                "paper::e4_the_printed_diffraction_is_logged_twice",
            )
            .printed("20 log10 |F(v)| of an F in decibels")
            .ours(format!("{once_db:.2} dB, not {twice_db:.2} dB"))
            .check(Check::new("loss at v = 1 (dB)", once_db).prints(twice_db, 5e-3).known(
                "6.9 + 20 lg(sqrt(0.81 + 1) + 0.9)",
                13.925_729,
                1e-5,
            ))
            .corrected("the logarithm is taken twice; minus infinity in scenario 1"),
        SOURCE
            .row(
                "L9, E5: knife edge: 0 dB below v = -0.75, 25 dB per decade, 28 dB asymptote",
                "paper::e5_the_thresholds_lost_their_minus_signs",
            )
            .printed("v > 0.7; 25 dB per decade; 28 dB")
            .ours(format!("{at_limit:.3} dB at -0.75; {:.2} dB from 5 to 50", far - near))
            .check(Check::new("loss at v = -0.75 (dB)", at_limit).prints(0.0, 0.5).known(
                "30 digits",
                0.161,
                5e-4,
            ))
            .check(Check::new("rise from v = 5 to 50 (dB)", far - near).prints(25.0, 0.5).known(
                "30 digits",
                19.9965,
                5e-5,
            ))
            .check(Check::new("loss at v = 50 (dB)", far).at_most(28.0, 0.5).known(
                "30 digits",
                46.9325,
                1e-3,
            ))
            .corrected("lost minus signs in the thresholds; 20 dB a decade without an asymptote"),
    ])
}

fn sign() -> Result<LedgerRow> {
    let link = Link::new(LinkConfig::dipoles_at_60_ghz())?;
    let change_db = link.margin_db(90.0)? - link.margin_db(80.0)?;
    Ok(SOURCE
        .row("L1, E6: equation (1)", "paper::e6_a_loss_is_positive")
        .printed("PT + 2 Ga >= Smin - PL")
        .ours("PT + 2 Ga >= Smin + PL")
        .check(
            Check::new("change of the margin by 10 dB more of loss (dB)", change_db)
                .prints(10.0, 1e-9)
                .known("a loss is positive", -10.0, 1e-9),
        )
        .corrected("right only where PL is a negative gain; here a loss is positive"))
}

fn range() -> Result<LedgerRow> {
    let total = |s: Scenario, d: f64, field| PathLoss::new(s.path(field)?)?.total_db(d);
    let spread = |d: f64| -> Result<[f64; 2]> {
        Ok([total(Scenario::ONE, d, Field::Te)?, total(Scenario::THREE, d, Field::Tm)?])
    };
    let ([low_2, high_2], [low_30, high_30]) = (spread(2.0)?, spread(30.0)?);
    let mut close = Vec::new();
    for scenario in Scenario::ALL {
        for (field, _) in FIELDS {
            close.push(total(scenario, 0.01, field)?);
        }
    }
    let least = close.iter().copied().fold(f64::INFINITY, f64::min);
    let most = close.iter().copied().fold(0.0, f64::max);
    let known = "the sum of the mechanisms in Python";
    Ok(SOURCE
        .row("L11, E7: range of Fig. 1", "paper::e7_the_corrected_scenarios_lie_in_the_range_of_figure_1")
        .printed("80 to 140 dB for 0.01 m < d < 30 m")
        .ours(format!("{low_2:.1} to {high_2:.1} dB at 2 m; {low_30:.1} to {high_30:.1} dB at 30 m"))
        .check(
            Check::new("least loss at 1 cm (dB)", least)
                .within(80.0, 140.0, 0.5)
                .known(known, 11.937_695, 5e-3),
        )
        .check(Check::new("most loss at 30 m (dB)", high_30).within(80.0, 140.0, 0.5).known(
            known,
            135.154_408,
            5e-3,
        ))
        .corrected(format!("reached from about 2 m on; a centimetre loses {least:.0} to {most:.0} dB")))
}

fn reflection() -> Result<LedgerRow> {
    let glass = Surface::OrdinaryGlass.permittivity(60e9)?;
    let angle = |degrees: f64, field| return_loss_db(glass, degrees.to_radians(), field);
    let (te, tm) = (angle(80.0, Field::Te)?, angle(80.0, Field::Tm)?);
    Ok(SOURCE
        .row(
            "L7, E8: reflection loss at 80 degrees, glass",
            "paper::e8_eighty_degrees_from_the_normal_or_grazing",
        )
        .printed("no number, no polarisation, no permittivity")
        .ours(format!(
            "TE {te:.3}, TM {tm:.3} dB from the normal; TE {:.2}, TM {:.2} dB if grazing",
            angle(10.0, Field::Te)?,
            angle(10.0, Field::Tm)?
        ))
        .check(Check::new("TE (dB)", te).known("Fresnel by P.2040 in Python", 1.306_681, 1e-5))
        .check(Check::new("TM (dB)", tm).known("Fresnel by P.2040 in Python", 8.954_103, 1e-5))
        .not_reproducible("angle, polarisation and permittivities are not printed"))
}

fn oxygen() -> Result<LedgerRow> {
    let air = LineByLine::new(Atmosphere::p676_reference(), Revision::P676V12)?;
    let band = air.total_db_per_km(&Array1::linspace(57e9, 64e9, 141))?;
    let least = band.iter().copied().fold(f64::INFINITY, f64::min);
    let most = band.iter().copied().fold(0.0, f64::max);
    let at_60 = air.specific_attenuation(60e9)?.total_db_per_km();
    Ok(SOURCE
        .row("L6: oxygen at 60 GHz", "paper::oxygen_at_60_ghz_is_what_the_source_says_in_mid_band_only")
        .printed("10 to 15 dB/km")
        .ours(format!("{at_60:.2} dB/km at 60 GHz; {least:.2} to {most:.2} dB/km from 57 to 64 GHz"))
        .check(Check::new("at 60 GHz (dB/km)", at_60).within(10.0, 15.0, 0.5).known(
            "P.676-12 in Python",
            14.778_316_637,
            1e-6,
        ))
        .reproduced())
}

fn standard_pressure() -> Result<LedgerRow> {
    let at_60_ghz = |pressure| {
        let air = LineByLine::new(Atmosphere::standard_as(0.0, pressure)?, Revision::P676V12)?;
        air.specific_attenuation(60e9).map(|gas| gas.total_db_per_km())
    };
    let (dry, total) = (at_60_ghz(StandardPressure::Dry)?, at_60_ghz(StandardPressure::Total)?);
    let moved = 100.0 * (1.0 - total / dry);
    Ok(SOURCE
        .row(
            "ITU-R P.835: pressure of the standard atmosphere, for ITU-R P.676",
            "paths::the_pressure_of_the_standard_atmosphere_moves_oxygen_by_0_83_percent",
        )
        .printed("1013.25 hPa at sea level; read as that of all air, 14.656 dB/km at 60 GHz")
        .ours(format!(
            "of the dry air: {dry:.3} dB/km at 60 GHz; as total {total:.3} dB/km, {moved:.2} % less"
        ))
        .check(Check::new("of the dry air (dB/km)", dry).prints(14.656, 0.01).known(
            "P.676-12 in Python",
            14.778_316_637,
            1e-6,
        ))
        .check(Check::new("as total, less by (%)", moved).known("P.676-12 in Python", 0.83, 0.005))
        .corrected(
            "the validation tables of P.676 use it as dry; P.835 takes its dry atmosphere from it; \
             `Atmosphere::standard_as` offers both",
        ))
}
