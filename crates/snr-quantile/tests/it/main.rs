//! Integration tests of `snr-quantile`.

mod agreement;
mod coverage;
mod doors;
mod golden;
mod hostile;
mod low_snr;
mod oracle;
mod paper;
mod properties;
mod psk;
mod psk_fit;
mod statistical;
