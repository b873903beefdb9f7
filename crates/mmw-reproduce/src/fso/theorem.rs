//! Equations (7) to (19): what the aperture collects, and the law of it.

use super::{SOURCE, channel, law, tails};
use crate::check::Check;
use crate::host::{Draw, Setup};
use crate::ledger::LedgerRow;
use crate::section::{Figure, Section, Table};
use fso_g2a::paper::{Theorem1, bracket_9, full_collection_8, overlap_10, share_17};
use fso_g2a::pointing::{Beam, BeamConfig, Pointing, PointingConfig, overlap_area, overlap_fraction};
use fso_g2a::rivals::{GaussianBeam, half_plane_share};
use mmw_core::Result;
use mmw_core::ndarray::Array1;
use mmw_plot::{CurvePlot, Scale};
use std::f64::consts::PI;

const APERTURE_M: f64 = 0.05;
const RATIOS: [f64; 5] = [20.0, 40.0, 100.0, 1000.0, 1e4];

pub(crate) fn run(setup: &Setup<'_>) -> Result<Section> {
    let mut section = Section::new(
        "Equations (8) to (19): the collected share and its law",
        "The share that an aperture of 5 cm collects while the beam slides off it, and the density of that share: \
         the exact overlap of two circles, equation (17), and the beam's edge taken as straight. The density is that of \
         a beam of 1 m radius with 0.5 m of jitter; outside of the two limits equation (12) has none.",
    );
    section.figures.push(share(setup)?);
    section.figures.push(density(setup)?);
    section.tables.push(errors()?);
    section.ledger = ledger()?;
    Ok(section)
}

fn share(setup: &Setup<'_>) -> Result<Figure> {
    let offsets = Array1::linspace(-1.3, 1.3, 261);
    let curve = |f: &dyn Fn(f64) -> Result<f64>| -> Result<Vec<(f64, f64)>> {
        offsets.iter().map(|&u| Ok((u, f(u)?))).collect()
    };
    let inside = |u: &f64| u.abs() < 1.0 + 1e-9;
    let linear = offsets.iter().filter(|u| inside(u));
    let linear = linear.map(|&u| Ok((u, share_17(1.0, APERTURE_M, 1.0 + APERTURE_M * u)?)));
    CurvePlot::new("Collected share at w/r = 20", "(s - w)/r", "share")
        .line("exact", curve(&|u| overlap_fraction(1.0, APERTURE_M, 1.0 + APERTURE_M * u))?)
        .dashed("(17)", linear.collect::<Result<Vec<_>>>()?)
        .dashed("straight edge", curve(&half_plane_share)?)
        .draw(setup, "fso/share.svg")?;
    let caption = "Equation (17) gives 0.802 where all is collected and 0.166 where nothing is.";
    Ok(Figure::new("fso/share.svg", caption))
}

fn density(setup: &Setup<'_>) -> Result<Figure> {
    let pointing =
        Pointing::new(PointingConfig { beam_radius_m: 1.0, aperture_radius_m: APERTURE_M, jitter_m: 0.5 })?;
    let theorem = Theorem1::new(&pointing)?;
    let shares = Array1::linspace(0.002, 0.998, 499);
    let mut exact = Vec::new();
    for &share in &shares {
        exact.push((share, pointing.pdf(share)?));
    }
    let within = Array1::linspace(theorem.lower + 1e-9, theorem.upper - 1e-9, 101);
    CurvePlot::new("Density of the share between the atoms", "share", "density")
        .y_scale(Scale::Log)
        .line("exact", exact)
        .dashed("(12) with its constants", within.iter().map(|&share| (share, theorem.density(share))))
        .draw(setup, "fso/share-density.svg")?;
    let caption = "The exact density diverges at both ends; that of (12) ends at 0.166 and 0.802.";
    Ok(Figure::new("fso/share-density.svg", caption))
}

/// Greatest error of a share over the partial overlap.
fn worst(w: f64, share: &dyn Fn(f64) -> Result<f64>) -> Result<f64> {
    let mut worst = 0.0_f64;
    for step in -1000..=1000 {
        let s = w + APERTURE_M * f64::from(step) / 1000.0;
        worst = worst.max((share(s)? - overlap_fraction(w, APERTURE_M, s)?).abs());
    }
    Ok(worst)
}

fn linear_error(w: f64) -> Result<f64> {
    worst(w, &|s| share_17(w, APERTURE_M, s))
}

fn straight_error(w: f64) -> Result<f64> {
    worst(w, &|s| half_plane_share((s - w) / APERTURE_M))
}

/// Greatest error of (10) in `f64` where it has a value, up to 1e-12 of the aperture from tangency.
fn printed_error(w: f64) -> Result<f64> {
    let even = (-100..=100).map(|step| f64::from(step) / 101.0);
    let near = (2..=12).map(|digits| 1.0 - 10_f64.powi(-digits)).flat_map(|u| [-u, u]);
    let mut worst = 0.0_f64;
    for u in even.chain(near) {
        let s = w + APERTURE_M * u;
        if let Some(area) = overlap_10(w, APERTURE_M, s)? {
            let unit = PI * APERTURE_M * APERTURE_M;
            worst = worst.max((area - overlap_area(w, APERTURE_M, s)?).abs() / unit);
        }
    }
    Ok(worst)
}

fn errors() -> Result<Table> {
    let columns = ["w/r", "(17)", "straight edge", "(10) as printed, in f64"];
    let mut table = Table::new("Greatest error of the share", columns);
    for ratio in RATIOS {
        let w = APERTURE_M * ratio;
        table.push([
            format!("{ratio}"),
            format!("{:.4}", linear_error(w)?),
            format!("{:.2e}", straight_error(w)?),
            format!("{:.1e}", printed_error(w)?),
        ])?;
    }
    Ok(table)
}

fn ledger() -> Result<Vec<LedgerRow>> {
    let mut rows = constants()?;
    rows.extend(shares()?);
    rows.extend(collected()?);
    Ok(rows)
}

fn constants() -> Result<Vec<LedgerRow>> {
    let pointing =
        Pointing::new(PointingConfig { beam_radius_m: 1.0, aperture_radius_m: APERTURE_M, jitter_m: 0.5 })?;
    let theorem = Theorem1::new(&pointing)?;
    let partial = pointing.transition_probability();
    let (mass, tempting) = (theorem.mass(theorem.lower, theorem.upper), theorem.mass(0.0, 1.0));
    let sign = bracket_9(1.0, APERTURE_M, 1.0)?;
    let at = |x: f64, y: f64| pointing.share(x.hypot(y));
    Ok(vec![
        SOURCE
            .row(
                "(12), (19): C2, C3, h_pg1, h_pg2",
                "paper::row_1_the_consistent_constants_give_theorem_1_its_mass",
            )
            .printed("not defined")
            .ours(format!(
                "limits {:.4} and {:.4} of A0; mass {mass:.6} of {partial:.6}",
                theorem.lower, theorem.upper
            ))
            .check(
                Check::new("mass of the partial overlap, against limits 0 and A0", mass)
                    .prints(tempting, 1e-6)
                    .known("difference of the two Rayleigh tails", tails(&pointing), 1e-9),
            )
            .corrected(format!(
                "from (15) and (18); with limits 0 and A0 the partial overlap is {:.2} times too heavy",
                tempting / partial
            )),
        SOURCE
            .row(
                "(9): sign of the partial overlap",
                "paper::row_3_the_bracket_of_9_is_negative_in_the_transition",
            )
            .printed("u(w-r-s) - u(w+r-s)")
            .ours(format!("{sign:+} as printed; the steps must be exchanged"))
            .check(
                Check::new("sign of the power half way", overlap_fraction(1.0, APERTURE_M, 1.0)?.signum())
                    .prints(sign, 0.0)
                    .known("no power is negative", 1.0, 0.0),
            )
            .corrected("a negative power"),
        SOURCE
            .row("(9), (19): the angle theta_d", "paper::row_4_the_share_depends_on_the_separation_alone")
            .printed("in cos(theta_d), A(s_d, theta_d), f given theta_d")
            .ours("0: the share depends on the separation alone")
            .check(
                Check::new(
                    "share 0.98 m to the side less that 0.98 m upwards",
                    at(0.98, 0.0)? - at(0.0, 0.98)?,
                )
                .known("circles have no sides", 0.0, 0.0),
            )
            .slip("never defined, dropped in the proof"),
        SOURCE
            .row("(12), (19): shape of the density", "paper::row_6_the_density_of_12_misses_both_ends")
            .printed("an exponential between two limits")
            .ours(format!(
                "on all of (0, A0): {:.0} times the middle at 1e-6, {:.0} times at 1 - 1e-6",
                pointing.pdf(1e-6)? / pointing.pdf(0.5)?,
                pointing.pdf(1.0 - 1e-6)? / pointing.pdf(0.5)?
            ))
            .checks([density_at(&pointing, &theorem, 0.1)?, density_at(&pointing, &theorem, 0.9)?])
            .corrected("follows from (17); the true density diverges at both ends"),
        SOURCE
            .row(
                "(13), (15), (16): probabilities of full cover and of a miss",
                "statistical::shares_follow_the_law_between_their_atoms",
            )
            .printed("1 - exp(-(w-r)^2/2 sigma^2), exp(-(w+r)^2/2 sigma^2)")
            .ours(format!("{:.6}, {:.6}", pointing.atom_at_full(), pointing.atom_at_zero()))
            .check(
                Check::new("full cover", pointing.atom_at_full())
                    .prints(-(-2.0_f64 * 0.95 * 0.95).exp_m1(), 1e-12),
            )
            .check(Check::new("miss", pointing.atom_at_zero()).prints((-2.0_f64 * 1.05 * 1.05).exp(), 1e-12))
            .reproduced(),
    ])
}

/// The density of the share where (12) has none.
fn density_at(pointing: &Pointing, theorem: &Theorem1, share: f64) -> Result<Check> {
    let slope = (pointing.cdf(share + 1e-5)? - pointing.cdf(share - 1e-5)?) / 2e-5;
    let check = Check::new(format!("density at a share of {share}"), pointing.pdf(share)?);
    // The quotient errs by h²/6 of the third derivative, which is below 1e3 of the density here.
    Ok(check.prints(theorem.density(share), 1e-6).known("slope of the distribution", slope, 1e-6))
}

fn shares() -> Result<Vec<LedgerRow>> {
    let cover = |w: f64| -> Result<Check> {
        let s = w - APERTURE_M;
        let check = Check::new(
            format!("share at full cover, w/r = {}", w / APERTURE_M),
            overlap_fraction(w, APERTURE_M, s)?,
        );
        Ok(check.prints(share_17(w, APERTURE_M, s)?, 1e-3).known("all is collected", 1.0, 1e-9))
    };
    // How far the exact share is from the straight edge: 0.106 r/w, by the curvature of the beam's edge.
    let ours = straight_error(5e4)?;
    Ok(vec![
        SOURCE
            .row(
                "(17): approximation of the overlap",
                "paper::row_5_the_linear_overlap_of_17_keeps_its_error_however_wide_the_beam",
            )
            .printed("for w of several metres")
            .ours(format!(
                "error {:.3}, {:.3}, {:.4} at w/r = 20, 40, 1000; straight edge {:.4}, {:.4}, {:.0e}",
                linear_error(1.0)?,
                linear_error(2.0)?,
                linear_error(50.0)?,
                straight_error(1.0)?,
                straight_error(2.0)?,
                straight_error(50.0)?
            ))
            .checks([cover(1.0)?, cover(2.0)?, cover(50.0)?])
            .corrected("one of two arc cosines is expanded and the chord dropped"),
        SOURCE
            .row("(10): overlap of two circles, in f64", "paper::row_13_the_printed_overlap_cancels")
            .printed("difference of areas of size w^2")
            .ours(format!(
                "printed: error {:.0e}, {:.0e}, {:.0e} at w/r = 20, 1e4, 1e6; ours within {ours:.0e} of the straight \
                 edge there",
                printed_error(1.0)?,
                printed_error(500.0)?,
                printed_error(5e4)?
            ))
            .check(
                Check::new("greatest distance from the straight edge, w/r = 1e6", ours)
                    .prints(printed_error(5e4)?, 1e-3)
                    .known("0.106 r/w, the curvature of the edge", 1.06e-7, 1e-8),
            )
            .corrected("cancels, and has no value next to tangency"),
    ])
}

fn collected() -> Result<Vec<LedgerRow>> {
    let beam = Beam::new(BeamConfig { divergence_rad: 1e-4, length_m: 20e3 })?;
    let collected = beam.full_collection(APERTURE_M)?;
    let printed = full_collection_8(1e-4, 20e3, APERTURE_M)?;
    let (wide, whole) = (full_collection_8(1e-4, 20e3, 2.0)?, beam.full_collection(2.0)?);
    let rival = |w: f64| {
        GaussianBeam::new(PointingConfig { beam_radius_m: w, aperture_radius_m: APERTURE_M, jitter_m: 0.3 })
    };
    let gaussian = rival(2.0)?.outage(&law()?, 0.1)?.outage;
    let disc = channel(2.0, APERTURE_M, 0.3)?.outage(0.1)?.outage;
    let peaks = [rival(1.0)?.peak_over_disc(), rival(2.0)?.peak_over_disc()];
    // A0 = erf(v)², v² = πr²/2w², over r²/w², by mpmath.
    let peak = |ratio: f64, ours: f64, value: f64| {
        let check = Check::new(format!("on-axis gain over that of the even beam, w/r = {ratio}"), ours);
        check.prints(1.0, 0.01).known("erf(v)^2 w^2/r^2 of Farid and Hranilovic", value, 1e-12)
    };
    Ok(vec![
        SOURCE
            .row("(8): collected power", "paper::row_14_the_printed_cosine_loses_half_of_the_digits")
            .printed("r^2/(2 (1 - cos(theta/2)) Z^2)")
            .ours(format!(
                "A0 = {collected:.9e} (Fig. 2a); printed {:+.0e}; {wide:.1} times the power for r = 2 m",
                printed / collected - 1.0
            ))
            .check(
                Check::new("A0 of Fig. 2a", collected)
                    .prints(printed, 1e-13)
                    .known("mpmath", 0.002_500_000_000_520_833_4, 1e-17),
            )
            .check(
                Check::new("share for r = 2 m", whole).prints(wide, 1e-3).known("no more than there is", 1.0, 0.0),
            )
            .corrected("the cosine loses half of the digits, and there is no limit of 1"),
        SOURCE
            .row(
                "Gaussian benchmark [5] at the same w",
                "paper::row_22_the_gaussian_beam_differs_by_two_before_any_jitter",
            )
            .printed("\"not able to achieve acceptable accuracy\"")
            .ours(format!(
                "on axis {:.4} and {:.4} times the even beam (w/r = 20, 40); outage {gaussian:.4} against {disc:.4}",
                peaks[0], peaks[1]
            ))
            .checks([peak(20.0, peaks[0], 1.994_773_593_867_345), peak(40.0, peaks[1], 1.998_691_602_560_332)])
            .corrected("a radius of 1/e^2 is no edge: the factor of 2 is there before any jitter"),
    ])
}
