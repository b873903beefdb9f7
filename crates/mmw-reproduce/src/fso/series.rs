//! Equations (21) to (23): the series and the approximations, with their errors.

use super::{ALPHA, SOURCE, channel, law};
use crate::check::Check;
use crate::host::Setup;
use crate::ledger::LedgerRow;
use crate::section::{Section, Table};
use fso_g2a::channel::Channel;
use fso_g2a::paper::{Form23, bessel_k_22, outage_12, outage_21_first_term, outage_23};
use fso_g2a::pointing::{Pointing, PointingConfig};
use fso_g2a::rivals::{GaussianBeam, half_plane_outage};
use fso_g2a::special::bessel_k;
use fso_g2a::turbulence::GammaGamma;
use mmw_core::Result;
use mmw_core::stats::median;

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let mut section = Section::new(
        "Equations (12) and (21) to (23): the closed forms against the exact outage",
        "Thresholds are over h_a A0. Over 192 channels (0.1 and 0.2 mrad, 10 to 40 km, apertures of 5 and 10 cm, \
         jitter 0.3 to 1 m, thresholds 1e-3 to 0.5) equation (12) with its constants and the straight edge \
         come close. Equation (23), its two slips mended, holds what full cover contributes and nothing else: what is \
         left of the outage depends on the width of the beam over the jitter.",
    );
    let spread = Spread::over_the_grid(setup)?;
    section.tables.push(kept()?);
    section.tables.push(spread.table()?);
    section.ledger = ledger(&spread)?;
    Ok(section)
}

/// Relative errors of two approximations over the 192 channels, ascending.
struct Spread {
    of_12: Vec<f64>,
    of_straight: Vec<f64>,
}

impl Spread {
    fn over_the_grid(setup: &Setup<'_>) -> Result<Self> {
        let (mut of_12, mut of_straight) = (Vec::new(), Vec::new());
        for divergence_rad in [1e-4, 2e-4] {
            for length_m in [10e3, 20e3, 30e3, 40e3] {
                setup.check()?;
                for (aperture_m, jitter_m) in
                    [(0.05, 0.3), (0.05, 0.5), (0.05, 1.0), (0.1, 0.3), (0.1, 0.5), (0.1, 1.0)]
                {
                    let channel = channel(0.5 * divergence_rad * length_m, aperture_m, jitter_m)?;
                    for tau in [1e-3, 1e-2, 0.1, 0.5] {
                        let exact = channel.outage(tau)?.outage;
                        of_12.push((outage_12(&channel, tau)?.outage / exact - 1.0).abs());
                        of_straight.push((half_plane_outage(&channel, tau)?.outage / exact - 1.0).abs());
                    }
                }
            }
        }
        of_12.sort_by(f64::total_cmp);
        of_straight.sort_by(f64::total_cmp);
        Ok(Self { of_12, of_straight })
    }

    fn median(errors: &[f64]) -> f64 {
        median(&mut errors.to_vec()).unwrap_or_default()
    }

    fn greatest(errors: &[f64]) -> f64 {
        errors.last().copied().unwrap_or_default()
    }

    fn table(&self) -> Result<Table> {
        let columns = ["approximation", "channels", "median error", "greatest error"];
        let mut table = Table::new("Relative error of the outage over 192 channels", columns);
        for (name, errors) in [("(12) with its constants", &self.of_12), ("straight edge", &self.of_straight)]
        {
            table.push([
                name.to_owned(),
                format!("{}", errors.len()),
                format!("{:.1e}", Self::median(errors)),
                format!("{:.1e}", Self::greatest(errors)),
            ])?;
        }
        Ok(table)
    }
}

fn kept() -> Result<Table> {
    let columns = [
        "w (m)",
        "r (m)",
        "jitter (m)",
        "w/jitter",
        "exact",
        "misses",
        "(23) kept",
        "(12) kept",
        "Gaussian beam",
    ];
    let mut table = Table::new("What is left of the outage at a threshold of 1e-3", columns);
    for (w, r, jitter_m) in [
        (1.0, 0.05, 0.5),
        (1.0, 0.05, 0.3),
        (2.0, 0.1, 0.5),
        (1.0, 0.05, 0.2),
        (2.0, 0.1, 0.35),
        (2.0, 0.1, 0.3),
        (4.0, 0.1, 0.5),
    ] {
        let channel = channel(w, r, jitter_m)?;
        let exact = channel.outage(1e-3)?;
        let gaussian =
            GaussianBeam::new(PointingConfig { beam_radius_m: w, aperture_radius_m: r, jitter_m })?
                .outage(&law()?, 1e-3)?
                .outage;
        table.push([
            format!("{w}"),
            format!("{r}"),
            format!("{jitter_m}"),
            format!("{:.2}", w / jitter_m),
            format!("{:.4e}", exact.outage),
            format!("{:.4e}", exact.atom_at_zero),
            format!("{:.6}", outage_23(&channel, 1e-3, Form23::Corrected)? / exact.outage),
            format!("{:.6}", outage_12(&channel, 1e-3)?.outage / exact.outage),
            format!("{:.6}", gaussian / exact.outage),
        ])?;
    }
    Ok(table)
}

/// The link of the paper with so little jitter that the beam never misses: what (23) is for.
fn steady() -> Result<Channel<GammaGamma>> {
    channel(2.0, 0.1, 0.3)
}

fn of_23(tau: f64, form: Form23) -> Result<f64> {
    let channel = steady()?;
    Ok(outage_23(&channel, tau, form)? / channel.outage(tau)?.outage)
}

fn of_21(tau: f64) -> Result<f64> {
    let channel = steady()?;
    Ok(outage_21_first_term(&channel, tau)? / channel.outage(tau)?.outage)
}

fn series_error(order: f64) -> Result<f64> {
    Ok((bessel_k_22(order, 1.0)? / bessel_k(order, 1.0)? - 1.0).abs())
}

/// Exact outages of the reference table at a threshold of 1e-3 (0.1 where so marked), by mpmath: `w, r,
/// jitter` are 2, 0.1, 0.3; 1, 0.05, 0.3; 2, 0.1, 0.5.
const STEADY_1E_3: f64 = 2.593_072_168_808_63e-5;
const STEADY_0_1: f64 = 0.049_866_672_798_324_63;
const WIDE: [(f64, f64, f64, f64); 2] =
    [(1.0, 0.05, 0.3, 0.002_246_783_402_306_349_7), (2.0, 0.1, 0.5, 1.769_543_740_232_857_5e-4)];

/// The outage of a channel where the source has another, and what mpmath has.
fn outage(
    what: &str,
    channel: &Channel<GammaGamma>,
    tau: f64,
    printed: f64,
    (known, digits): (f64, f64),
) -> Result<Check> {
    let ours = channel.outage(tau)?.outage;
    Ok(Check::new(what, ours).prints(printed, 1e-4 * ours).known("mpmath", known, digits * known))
}

fn ledger(spread: &Spread) -> Result<Vec<LedgerRow>> {
    let mut rows = terms()?;
    rows.extend(limits()?);
    let channel = channel(1.0, 0.05, 0.5)?;
    let of_12 = outage_12(&channel, 0.1)?.outage;
    let known = (0.166_023_670_856_332_13, 1e-12);
    rows.push(
        SOURCE
            .row("Section IV: match of theory and simulation", "paper::row_21_the_match_of_12_is_not_perfect")
            .printed("\"a perfect match\"")
            .ours(format!(
                "(12) with its constants: median error {:.1e}, greatest {:.1e}; straight edge {:.1e}, {:.1e}",
                Spread::median(&spread.of_12),
                Spread::greatest(&spread.of_12),
                Spread::median(&spread.of_straight),
                Spread::greatest(&spread.of_straight)
            ))
            .check(outage(
                "outage at w = 1 m, r = 0.05 m, jitter 0.5 m, tau = 0.1",
                &channel,
                0.1,
                of_12,
                known,
            )?)
            .corrected("the outage hides the error of (17), the density does not"),
    );
    Ok(rows)
}

fn terms() -> Result<Vec<LedgerRow>> {
    let share_kept = |w: f64, r: f64, jitter_m: f64| -> Result<f64> {
        let channel = channel(w, r, jitter_m)?;
        Ok(outage_23(&channel, 1e-3, Form23::Corrected)? / channel.outage(1e-3)?.outage)
    };
    let steady = steady()?;
    let mut wide = Vec::new();
    for (w, r, jitter_m, known) in WIDE {
        let channel = channel(w, r, jitter_m)?;
        let kept = outage_23(&channel, 1e-3, Form23::Corrected)?;
        let what = format!("outage at w = {w} m, r = {r} m, jitter {jitter_m} m, tau = 1e-3");
        wide.push(outage(&what, &channel, 1e-3, kept, (known, 1e-12))?);
    }
    let at = |tau: f64, printed: f64, known: f64| {
        let what = format!("outage at w = 2 m, r = 0.1 m, jitter 0.3 m, tau = {tau}");
        outage(&what, &steady, tau, printed, (known, 1e-12))
    };
    Ok(vec![
        SOURCE
            .row(
                "(12) and (21): place of the full share",
                "paper::row_2_the_missing_pi_of_21_is_worth_up_to_seven",
            )
            .printed("2 pi C1 in one, 2 C1 h_a in the other")
            .ours(format!(
                "A0 h_a; printed, the outage is {:.2} (tau = 1) to {:.2} (1e-3) times too high",
                of_21(1.0)?,
                of_21(1e-3)?
            ))
            .check(at(1e-3, outage_21_first_term(&steady, 1e-3)?, STEADY_1E_3)?)
            .corrected("a factor pi is missing in (21)"),
        SOURCE
            .row("(23): terms", "paper::row_8_the_series_of_23_loses_the_outage_of_wide_jitter")
            .printed("full cover only; tends to 0 with the power")
            .ours(format!(
                "keeps {:.4}, {:.4}, {:.3}, {:.6} of the outage at w/jitter = 2, 3.3, 4, 6.7 (tau = 1e-3)",
                share_kept(1.0, 0.05, 0.5)?,
                share_kept(1.0, 0.05, 0.3)?,
                share_kept(2.0, 0.1, 0.5)?,
                share_kept(2.0, 0.1, 0.3)?
            ))
            .checks(wide)
            .corrected("the misses and the partial overlap are left out"),
        SOURCE
            .row("(23): C_n2", "paper::row_9_the_extra_gamma_of_23_makes_no_probability")
            .printed("(n+alpha) Gamma(n+alpha) Gamma(n+alpha-beta+1) n!")
            .ours(format!(
                "without Gamma(n+alpha); with it {:.2}, {:.1}, {:.0} times the outage at tau = 0.1, 0.5, 1",
                of_23(0.1, Form23::ExtraGamma)?,
                of_23(0.5, Form23::ExtraGamma)?,
                of_23(1.0, Form23::ExtraGamma)?
            ))
            .check(at(0.1, outage_23(&steady, 0.1, Form23::ExtraGamma)?, STEADY_0_1)?)
            .corrected("no probability"),
        SOURCE
            .row(
                "(23): power of C4 in C5",
                "paper::row_10_the_single_power_of_23_is_off_by_24_at_small_thresholds",
            )
            .printed("(alpha+beta+1)/2 for all terms")
            .ours(format!(
                "n+beta in the first, n+alpha in the second; printed {:.1} times the outage at tau = 0.01",
                of_23(0.01, Form23::Printed)?
            ))
            .check(at(1e-3, outage_23(&steady, 1e-3, Form23::Printed)?, STEADY_1E_3)?)
            .corrected("the power of h in the expansion is not (alpha+beta+1)/2"),
    ])
}

fn limits() -> Result<Vec<LedgerRow>> {
    // Without jitter to speak of only the series can be wrong.
    let still = channel(2.0, 0.1, 0.05)?;
    let lost = |tau: f64| -> Result<f64> {
        Ok((outage_23(&still, tau, Form23::Corrected)? / still.outage(tau)?.outage - 1.0).abs())
    };
    let integer = Channel::new(
        Pointing::new(PointingConfig { beam_radius_m: 2.0, aperture_radius_m: 0.1, jitter_m: 0.3 })?,
        GammaGamma::new(ALPHA, 2.0)?,
    );
    let whole = integer.outage(0.1)?.outage;
    let near = 2.0 + 1e-8;
    Ok(vec![
        SOURCE
            .row(
                "(22), (23): integer alpha - beta",
                "paper::row_11_the_series_has_no_value_at_integer_differences",
            )
            .printed("0 times infinity")
            .ours(format!(
                "outage {whole:.10} at alpha = 4, beta = 2, tau = 0.1; (22) is off by {:.0e} at a difference of 2 + 1e-8",
                series_error(near)?
            ))
            // With misses and partial overlap of 2e-10 in all.
            .check(Check::new("outage at alpha = 4, beta = 2, tau = 0.1", whole).known(
                "mpmath: the law of the turbulence",
                0.036_153_351_634_887_45,
                3e-10,
            ))
            .check(
                Check::new("K of order 2 + 1e-8 at 1", bessel_k(near, 1.0)?)
                    .prints(bessel_k_22(near, 1.0)?, 1e-11)
                    .known("mpmath", 1.624_838_919_093_810_9, 1e-14),
            )
            .corrected("ours is a sum of positive terms for any two shapes"),
        SOURCE
            .row("(22), (23): large arguments", "paper::row_12_the_series_cancels_for_large_arguments")
            .printed("a series without a limit on h")
            .ours(format!(
                "relative error of (23) in f64: {:.0e}, {:.0e}, {:.0e} at tau = 5, 10, 20",
                lost(5.0)?,
                lost(10.0)?,
                lost(20.0)?
            ))
            .check(outage(
                "outage without jitter at tau = 20",
                &still,
                20.0,
                outage_23(&still, 20.0, Form23::Corrected)?,
                (0.999_999_025_730_134_4, 1e-12),
            )?)
            .corrected("two growing branches cancel"),
    ])
}
