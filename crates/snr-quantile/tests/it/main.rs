//! Integration tests of `snr-quantile`.

mod doors;
mod golden;
mod hostile;
mod low_snr;
mod oracle;
mod paper;
mod properties;
mod statistical;
