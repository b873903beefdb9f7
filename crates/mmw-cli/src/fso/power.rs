//! `mmw fso power`: the transmit power that an outage asks for.

use super::air::{Air, shapes};
use crate::error::{Error, Result};
use crate::question::{Question, Readable, contradiction, line, word};
use fso_g2a::atmosphere::{Attenuation, BeamWander, VisibilityModel};
use fso_g2a::channel::{CapacityFormula, Channel, Link, LinkConfig};
use fso_g2a::pointing::{Beam, BeamConfig, Pointing, PointingConfig};
use fso_g2a::turbulence::{GammaGamma, Wave};
use mmw_core::units::Dbm;
use serde::Serialize;

/// What stands below the options.
pub(super) const ASSUMPTIONS: &str = "\
The beam wanders by the profile (equation (1), from the transmitter's end: on a downlink hardly) and the platform \
wobbles besides. Without alpha and beta the shapes follow from the scintillation of the path, averaged over the \
aperture. A beam below the diffraction limit of its waist is refused; a waist of 0 is the paper's. Without visibility or extinction the air is clear; with a \
scale height the extinction dies off with altitude, without one it is the same all along the path, as in the paper.

No power brings the outage below the probability that the beam misses (least_outage): give a wider beam then.";

/// Greatest attenuation of the path that is worth a power, dB: no laser makes up for a tenth of it.
const MOST_ATTENUATION_DB: f64 = 500.0;

/// The parameters of the command.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Parameters {
    #[command(flatten)]
    air: Air,

    /// Full angle of the beam, rad
    #[arg(long, value_name = "RAD")]
    divergence_rad: f64,

    /// Radius of the aperture, m
    #[arg(long, value_name = "M")]
    aperture_radius_m: f64,

    /// Standard deviation of the platform's own wobble in each direction, m
    #[arg(long, value_name = "M")]
    wobble_m: f64,

    /// Outage probability that is wanted
    #[arg(long, value_name = "NUMBER", alias = "outage")]
    outage_probability: f64,

    /// Signal-to-noise ratio below which the link is out, dB
    #[arg(long, value_name = "DB")]
    snr_threshold_db: f64,

    /// Standard deviation of the receiver's noise current, A
    #[arg(long, value_name = "A")]
    noise_a: f64,

    /// Responsivity of the detector, A/W
    #[arg(long, value_name = "A_W", default_value_t = 0.9)]
    responsivity_a_w: f64,

    /// Radius of the beam at the transmitter, m
    #[arg(long, value_name = "M", default_value_t = 0.01)]
    waist_m: f64,

    /// Altitude where the wander starts, m
    #[arg(long, value_name = "M", default_value_t = 0.0)]
    start_altitude_m: f64,

    /// Gamma-Gamma shape of the large eddies, instead of the path's
    #[arg(long, value_name = "NUMBER", requires = "beta")]
    alpha: Option<f64>,

    /// Gamma-Gamma shape of the small eddies, instead of the path's
    #[arg(long, value_name = "NUMBER", requires = "alpha", conflicts_with_all = ["wave", "point_receiver"])]
    beta: Option<f64>,

    /// Wave whose scintillation gives the shapes: spherical, or plane (on a downlink, from far above)
    #[arg(long, value_name = "NAME", default_value = "spherical", value_parser = word::<Wave>, conflicts_with = "alpha")]
    wave: Wave,

    /// Take the shapes of a point, without averaging over the aperture
    #[arg(long, conflicts_with = "alpha")]
    point_receiver: bool,

    /// Visibility at the ground, m
    #[arg(long, value_name = "M", conflicts_with = "extinction_per_m")]
    visibility_m: Option<f64>,

    /// Extinction from the visibility by: kim (the default), kruse, `advection_fog` or `radiation_fog`
    #[arg(long, value_name = "NAME", value_parser = word::<VisibilityModel>)]
    visibility_model: Option<VisibilityModel>,

    /// Extinction at the ground, 1/m, instead of the visibility
    #[arg(long, value_name = "PER_M")]
    extinction_per_m: Option<f64>,

    /// Altitude over which the extinction falls to 1/e, m
    #[arg(long, value_name = "M")]
    scale_height_m: Option<f64>,
}

/// The power, and what it is made of.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    transmit_power_w: f64,
    transmit_power_dbm: f64,
    /// Probability of a miss.
    least_outage: f64,
    length_m: f64,
    footprint_radius_m: f64,
    /// `A₀`, dB below all of the power.
    geometric_loss_db: f64,
    attenuation_db: f64,
    wander_m: f64,
    jitter_m: f64,
    alpha: f64,
    beta: f64,
    /// Of on-off keying at that power.
    bit_error_rate: f64,
    /// In bit per channel use of intensity modulation at that power.
    capacity_bit: f64,
}

impl Question for Parameters {
    type Answer = Answer;

    fn answer(&self) -> Result<Answer> {
        self.check()?;
        let (path, profile) = (self.air.path()?, self.air.profile()?);
        let divergence_rad = self.divergence_rad;
        let beam = Beam::new(BeamConfig { divergence_rad, length_m: path.length_m() })?;
        let wander = BeamWander {
            waist_m: self.waist_m,
            start_altitude_m: self.start_altitude_m,
            ..BeamWander::printed(self.divergence_rad)
        };
        wander.check_diffraction(self.air.wavelength_m())?;
        let jitter_m = wander.total_jitter_m(&profile, &path, self.wobble_m)?;
        let (alpha, beta) = self.shapes()?;
        let attenuation = self.attenuation()?;
        self.bearable(attenuation.loss_db(&path)?, path.length_m())?;
        let full_collection = beam.full_collection(self.aperture_radius_m)?;
        let pointing = Pointing::new(PointingConfig {
            beam_radius_m: beam.footprint_radius_m(),
            aperture_radius_m: self.aperture_radius_m,
            jitter_m,
        })?;
        let channel = Channel::new(pointing, GammaGamma::new(alpha, beta)?)
            .with_full_gain(attenuation.transmission(&path)? * full_collection)?;

        let snr = 10_f64.powf(mmw_core::check::finite("snr_threshold_db", self.snr_threshold_db)? / 10.0);
        let link = LinkConfig {
            transmit_power_w: 1.0,
            responsivity_a_w: self.responsivity_a_w,
            noise_a: self.noise_a,
        };
        let transmit_power_w = Link::new(link)?.required_power_w(&channel, snr, self.outage_probability)?;
        let link = Link::new(LinkConfig { transmit_power_w, ..link })?;
        Ok(Answer {
            transmit_power_w,
            transmit_power_dbm: Dbm::from_w(transmit_power_w)?.0,
            least_outage: pointing.atom_at_zero(),
            length_m: path.length_m(),
            footprint_radius_m: beam.footprint_radius_m(),
            geometric_loss_db: beam.geometric_loss_db(self.aperture_radius_m)?,
            attenuation_db: attenuation.loss_db(&path)?,
            wander_m: wander.jitter_m(&profile, &path)?,
            jitter_m,
            alpha,
            beta,
            bit_error_rate: link.bit_error_rate(&channel),
            capacity_bit: link.ergodic_capacity(&channel, CapacityFormula::IntensityModulation)?,
        })
    }
}

impl Parameters {
    fn shapes(&self) -> Result<(f64, f64)> {
        if let (Some(alpha), Some(beta)) = (self.alpha, self.beta) {
            return Ok((alpha, beta));
        }
        let radius_m = if self.point_receiver { 0.0 } else { self.aperture_radius_m };
        shapes(&self.air.scintillation(self.wave, radius_m)?)
    }

    /// Refuses what would have no effect.
    fn check(&self) -> Result<()> {
        let hazy = self.visibility_m.is_some() || self.extinction_per_m.is_some();
        if self.scale_height_m.is_some() && !hazy {
            let reason =
                "without a visibility or an extinction there is no haze that could die off with altitude";
            return Err(contradiction("scale_height_m", reason));
        }
        if self.visibility_model.is_some() && self.visibility_m.is_none() {
            return Err(contradiction(
                "visibility_model",
                "it is a law of the visibility: give visibility_m",
            ));
        }
        let idle = self.alpha.is_some() && self.waist_m == 0.0 && self.visibility_m.is_none();
        if idle && self.air.wavelength_m.is_some() {
            let reason =
                "nothing here depends on it: shapes and extinction are given, and the beam has no waist";
            return Err(contradiction("wavelength_m", reason));
        }
        Ok(())
    }

    /// Refuses an attenuation that no power makes up for, in terms of what was given.
    fn bearable(&self, loss_db: f64, length_m: f64) -> Result<()> {
        if loss_db <= MOST_ATTENUATION_DB {
            return Ok(());
        }
        let (name, value, direction) = match self.visibility_m {
            Some(visibility_m) => ("visibility_m", visibility_m, "greater"),
            None => ("extinction_per_m", self.extinction_per_m.unwrap_or(0.0), "less"),
        };
        let remedy = match self.scale_height_m {
            None => {
                ", or come with a scale height (--scale-height-m) over which the haze dies off with altitude"
            }
            Some(_) => ", or the scale height less",
        };
        let needed = format!(
            "{direction}: it attenuates the path of {length_m:.0} m by {loss_db:.0} dB, and at most \
             {MOST_ATTENUATION_DB} dB can be asked for{remedy}"
        );
        Err(Error::Core(mmw_core::Error::domain(name, value, needed)))
    }

    fn attenuation(&self) -> Result<Attenuation> {
        let ground_per_m = match self.visibility_m {
            Some(visibility_m) => self
                .visibility_model
                .unwrap_or_default()
                .extinction_per_m(visibility_m, self.air.wavelength_m())?,
            None => self.extinction_per_m.unwrap_or(0.0),
        };
        Ok(match self.scale_height_m {
            None => Attenuation::Constant { per_m: ground_per_m },
            Some(scale_height_m) => Attenuation::Exponential { ground_per_m, scale_height_m },
        })
    }
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        vec![
            line("power", self.transmit_power_w, "W"),
            line("", self.transmit_power_dbm, "dBm"),
            line("least outage", self.least_outage, "(the beam misses)"),
            line("length", self.length_m, "m"),
            line("footprint", self.footprint_radius_m, "m of radius"),
            line("spreading", self.geometric_loss_db, "dB"),
            line("attenuation", self.attenuation_db, "dB"),
            line("wander", self.wander_m, "m in each direction"),
            line("jitter", self.jitter_m, "m in each direction, wobble included"),
            line("alpha", self.alpha, ""),
            line("beta", self.beta, ""),
            line("bit errors", self.bit_error_rate, "of on-off keying"),
            line("capacity", self.capacity_bit, "bit per channel use"),
        ]
    }
}
