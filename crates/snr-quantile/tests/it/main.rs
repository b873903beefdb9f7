//! Integration tests of `snr-quantile`.

mod golden;
mod hostile;
mod oracle;
mod paper;
mod properties;
mod statistical;
