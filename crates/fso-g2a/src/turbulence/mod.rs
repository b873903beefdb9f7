//! Laws of the irradiance that turbulence leaves: unit mean, in both tails and in logarithms.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Turbulence`] | density, distribution, survival, quantiles: what every law offers |
//! | [`GammaGamma`] | weak to strong turbulence, any `α`, `β` above 0 |
//! | [`GammaGammaTable`] | the same law tabulated, for sweeps that share `α` and `β` |
//! | [`LogNormal`] | the weak-turbulence rival |
//! | [`Calm`] | no turbulence |
//! | [`plane_wave_shapes`], [`spherical_wave_shapes`] | `α`, `β` from the Rytov variance |
//! | [`Wave`], [`aperture_shapes`] | the same behind an aperture |

mod law;
mod rytov;

mod product;

mod gamma_gamma;
mod log_normal;

mod gamma_table;
mod sampling;
mod table;

pub use gamma_gamma::GammaGamma;
pub use law::Turbulence;
pub use log_normal::{Calm, LogNormal};
pub use rytov::{Wave, aperture_shapes, plane_wave_shapes, spherical_wave_shapes};
pub use table::GammaGammaTable;

pub(crate) use gamma_table::GammaTable;
pub(crate) use law::ln;
pub(crate) use sampling::{BLOCK, GammaBlocks, LogGamma, Tilted};
