//! TDM-MIMO: Doppler phase compensation and channel calibration.
