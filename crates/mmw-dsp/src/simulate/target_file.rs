//! The file form of a target, whose strength is a key.

use super::scene::{PointTarget, Strength, Vibration};
use mmw_core::geometry::Vector3;
use mmw_core::{Error, Result};

/// A target as a file spells it.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetRecord {
    position_m: Vector3,
    #[serde(default)]
    velocity_m_s: Vector3,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rcs_m2: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    snr_db: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vibration: Option<Vibration>,
}

impl TryFrom<TargetRecord> for PointTarget {
    type Error = Error;

    fn try_from(record: TargetRecord) -> Result<Self> {
        let strength = match (record.rcs_m2, record.snr_db) {
            (Some(rcs_m2), None) => Strength::RcsM2(rcs_m2),
            (None, Some(snr_db)) => Strength::SnrDb(snr_db),
            (None, None) => return Err(Error::missing("strength of the target", "give rcs_m2 or snr_db")),
            (Some(_), Some(_)) => {
                return Err(Error::invalid(
                    "strength of the target",
                    "give either rcs_m2 or snr_db, not both",
                ));
            }
        };
        let TargetRecord { position_m, velocity_m_s, vibration, .. } = record;
        Ok(Self { position_m, velocity_m_s, strength, vibration })
    }
}

impl From<PointTarget> for TargetRecord {
    fn from(target: PointTarget) -> Self {
        let (rcs_m2, snr_db) = match target.strength {
            Strength::RcsM2(rcs_m2) => (Some(rcs_m2), None),
            Strength::SnrDb(snr_db) => (None, Some(snr_db)),
        };
        let PointTarget { position_m, velocity_m_s, vibration, .. } = target;
        Self { position_m, velocity_m_s, rcs_m2, snr_db, vibration }
    }
}
