//! Powers in decibels.

use mmw_core::{Result, check};

/// A power in dB as a ratio; 0 for `None`.
pub(crate) fn power(db: Option<f64>) -> f64 {
    db.map_or(0.0, |db| 10f64.powf(db / 10.0))
}

/// Powers from -200 to 200 dB: beyond them a share is nothing, or everything else is.
pub(super) fn check_db(name: impl Into<std::borrow::Cow<'static, str>>, db: Option<f64>) -> Result<()> {
    if let Some(db) = db {
        check::in_range(name, db, -200.0, 200.0)?;
    }
    Ok(())
}
