//! The plan that turns a cube into a range-Doppler cube.
