//! Physical constants, CODATA 2018 (the values that the SI fixes are exact).

/// Speed of light in vacuum, m/s (exact).
pub const SPEED_OF_LIGHT_M_S: f64 = 299_792_458.0;
/// Boltzmann constant, J/K (exact).
pub const BOLTZMANN_J_K: f64 = 1.380_649e-23;
/// Planck constant, J s (exact).
pub const PLANCK_J_S: f64 = 6.626_070_15e-34;
/// Elementary charge, C (exact).
pub const ELEMENTARY_CHARGE_C: f64 = 1.602_176_634e-19;
/// Vacuum permittivity, F/m (CODATA 2018, relative uncertainty 1.5e-10).
pub const VACUUM_PERMITTIVITY_F_M: f64 = 8.854_187_812_8e-12;
/// Vacuum permeability, H/m (CODATA 2018, relative uncertainty 1.5e-10).
pub const VACUUM_PERMEABILITY_H_M: f64 = 1.256_637_062_12e-6;
/// Impedance of free space, ohm: the permeability times the speed of light.
pub const FREE_SPACE_IMPEDANCE_OHM: f64 = VACUUM_PERMEABILITY_H_M * SPEED_OF_LIGHT_M_S;
/// Reference noise temperature of IEEE and ITU, K.
pub const REFERENCE_TEMPERATURE_K: f64 = 290.0;
