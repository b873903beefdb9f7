//! Integration tests of `fso-g2a`.

mod golden;
