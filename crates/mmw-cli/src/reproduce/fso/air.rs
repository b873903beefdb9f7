//! Equation (1), the shapes of the turbulence and the attenuation: what the air does.

use super::{law, row};
use crate::error::Result;
use crate::reproduce::{LedgerRow, Section, Table, Verdict};
use fso_g2a::atmosphere::{
    Attenuation, BeamWander, Cn2Profile, SlantPath, VisibilityModel, rytov_variance_plane,
    rytov_variance_spherical,
};
use fso_g2a::turbulence::{GammaGamma, plane_wave_shapes, spherical_wave_shapes};

const WAVELENGTH_M: f64 = 1550e-9;
const VISIBILITY_M: f64 = 10e3;

pub(super) fn run() -> Result<Section> {
    let mut section = Section::new(
        "Equation (1), turbulence and attenuation of the path",
        "Beam of 0.1 mrad straight up through Hufnagel-Valley 5/7, 1550 nm, visibility of 10 km at the ground by Kim. \
         The paper gives neither profile nor visibility.",
    );
    section.tables.push(wander()?);
    section.tables.push(path()?);
    section.ledger = ledger()?;
    Ok(section)
}

fn jitter_m(length_m: f64, waist_m: f64, start_altitude_m: f64, zenith_deg: f64) -> Result<f64> {
    let wander = BeamWander { waist_m, start_altitude_m, ..BeamWander::printed(1e-4) };
    let path = SlantPath::new(length_m, zenith_deg.to_radians())?;
    Ok(wander.jitter_m(&Cn2Profile::hufnagel_valley_5_7(), &path)?)
}

fn wander() -> Result<Table> {
    let columns = ["altitude (km)", "printed", "waist 1 cm", "start at 100 m", "waist 1 cm, 60 degrees"];
    let mut table = Table::new("Wander in each direction (m)", columns);
    for altitude_m in [10e3, 20e3, 30e3, 40e3] {
        table.push([
            format!("{:.0}", altitude_m * 1e-3),
            format!("{:.4}", jitter_m(altitude_m, 0.0, 0.0, 0.0)?),
            format!("{:.4}", jitter_m(altitude_m, 0.01, 0.0, 0.0)?),
            format!("{:.4}", jitter_m(altitude_m, 0.0, 100.0, 0.0)?),
            format!("{:.4}", jitter_m(altitude_m, 0.01, 0.0, 60.0)?),
        ])?;
    }
    Ok(table)
}

/// Rytov variances of a plane and of a spherical wave.
fn rytov(wind_m_s: f64, altitude_m: f64) -> Result<(f64, f64)> {
    let profile = Cn2Profile::HufnagelValley { wind_m_s, ground_cn2: 1.7e-14 };
    let path = SlantPath::vertical(altitude_m)?;
    let plane = rytov_variance_plane(&profile, &path, WAVELENGTH_M)?;
    Ok((plane, rytov_variance_spherical(&profile, &path, WAVELENGTH_M)?))
}

/// Loss with the extinction the same everywhere and dying off over 1.2 km, dB.
fn losses_db(altitude_m: f64) -> Result<(f64, f64)> {
    let ground_per_m = VisibilityModel::Kim.extinction_per_m(VISIBILITY_M, WAVELENGTH_M)?;
    let path = SlantPath::vertical(altitude_m)?;
    let constant = Attenuation::Constant { per_m: ground_per_m }.loss_db(&path)?;
    let dying = Attenuation::Exponential { ground_per_m, scale_height_m: 1200.0 };
    Ok((constant, dying.loss_db(&path)?))
}

fn path() -> Result<Table> {
    let columns = [
        "altitude (km)",
        "Rytov, down",
        "Rytov, up",
        "alpha, beta (up)",
        "constant haze (dB)",
        "haze of 1.2 km (dB)",
    ];
    let mut table = Table::new("Scintillation and attenuation of the path", columns);
    for altitude_m in [10e3, 20e3, 30e3, 40e3] {
        let (plane, spherical) = rytov(21.0, altitude_m)?;
        let (alpha, beta) = spherical_wave_shapes(spherical)?;
        let (constant, dying) = losses_db(altitude_m)?;
        table.push([
            format!("{:.0}", altitude_m * 1e-3),
            format!("{plane:.4}"),
            format!("{spherical:.4}"),
            format!("{alpha:.1}, {beta:.1}"),
            format!("{constant:.2}"),
            format!("{dying:.2}"),
        ])?;
    }
    Ok(table)
}

fn ledger() -> Result<Vec<LedgerRow>> {
    let (plane, spherical) = rytov(21.0, 20e3)?;
    let (windy, _) = rytov(57.0, 20e3)?;
    let (alpha, beta) = plane_wave_shapes(plane)?;
    let of_path = GammaGamma::new(alpha, beta)?.scintillation_index();
    let (constant_20, dying_20) = losses_db(20e3)?;
    let (constant_40, dying_40) = losses_db(40e3)?;
    let zenith = jitter_m(20e3, 0.01, 0.0, 0.0)?;
    Ok(vec![
        row(
            "(1): width of the beam at the ground",
            "h theta/2, 0 at h = 0",
            format!(
                "20 km: {:.4} m as printed, {zenith:.4} m with a waist of 1 cm, {:.4} m from 100 m up",
                jitter_m(20e3, 0.0, 0.0, 0.0)?,
                jitter_m(20e3, 0.0, 100.0, 0.0)?
            ),
            Verdict::corrected("the width is 0 where the turbulence is strongest"),
            "paper::row_15_the_beam_without_a_waist_wanders_too_far",
        ),
        row(
            "(1): factor 2.07",
            "2.07, per axis",
            "2.035 for the radius of 1/e, 2.28 for 1/e^2 (Kolmogorov's spectrum); a parameter",
            Verdict::not_reproducible("the paper says neither which radius nor whose derivation"),
            "paper::row_16_the_factor_of_1_is_a_parameter",
        ),
        row(
            "(1): H, Z and h0",
            "altitude and length under one name",
            format!(
                "apart: at 60 degrees the beam wanders {:.2} times as far",
                jitter_m(20e3, 0.01, 0.0, 60.0)? / zenith
            ),
            Verdict::corrected("the two are the same at the zenith only; h0 is not given"),
            "paper::row_17_altitude_and_length_are_the_same_only_at_the_zenith",
        ),
        row(
            "Section IV: alpha = 4, beta = 1.7",
            "strong turbulence",
            format!("scintillation index {:.4}", law()?.scintillation_index()),
            Verdict::Reproduced,
            "paper::row_18_the_shapes_of_the_figures_are_not_those_of_the_path",
        ),
        row(
            "Section IV: alpha, beta and the path of 20 km",
            "4 and 1.7, whatever the profile",
            format!(
                "Rytov variance {plane:.3} (down), {spherical:.3} (up), {windy:.2} in a wind of 57 m/s; index {of_path:.3}"
            ),
            Verdict::not_reproducible(
                "no profile is given; a vertical path is weak by any of the usual ones",
            ),
            "paper::row_18_the_shapes_of_the_figures_are_not_those_of_the_path",
        ),
        row(
            "Attenuation loss, exp(-Z xi)",
            "xi constant over 20 to 40 km",
            format!(
                "visibility 10 km: {constant_20:.1} and {constant_40:.1} dB; {dying_20:.2} and {dying_40:.2} dB if it \
                 dies off over 1.2 km"
            ),
            Verdict::corrected("haze stays near the ground; xi itself is not given"),
            "paper::row_19_constant_extinction_overstates_the_loss_of_high_paths",
        ),
    ])
}
