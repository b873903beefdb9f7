//! Models from bare numbers.

use fso_g2a::rivals::GaussianBeam;
use fso_g2a::{Beam, BeamConfig, Link, LinkConfig, Pointing, PointingConfig, Result};

pub(crate) fn beam(divergence_rad: f64, length_m: f64) -> Result<Beam> {
    Beam::new(BeamConfig { divergence_rad, length_m })
}

pub(crate) fn pointing(beam_radius_m: f64, aperture_radius_m: f64, jitter_m: f64) -> Result<Pointing> {
    Pointing::new(PointingConfig { beam_radius_m, aperture_radius_m, jitter_m })
}

pub(crate) fn gaussian_beam(
    beam_radius_m: f64,
    aperture_radius_m: f64,
    jitter_m: f64,
) -> Result<GaussianBeam> {
    GaussianBeam::new(PointingConfig { beam_radius_m, aperture_radius_m, jitter_m })
}

pub(crate) fn link(transmit_power_w: f64, responsivity_a_w: f64, noise_a: f64) -> Result<Link> {
    Link::new(LinkConfig { transmit_power_w, responsivity_a_w, noise_a })
}
