//! Integration tests of `snr-quantile`.

mod golden;
mod oracle;
