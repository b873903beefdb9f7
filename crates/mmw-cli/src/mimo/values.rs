//! Parameters that several commands of the area share.

use crate::error::Result;
use crate::question::{line, needed};
use mimo_gscm::study::Band;
use mimo_gscm::transfer::Station;
use mmw_core::check;
use serde::Serialize;

/// Most antennas at one end of a simulated channel.
const MOST_ANTENNAS: f64 = 128.0;
/// Most frequencies of a band.
const MOST_BINS: f64 = 65_536.0;
/// Most entries of the transfer matrices of one draw: 160 MB.
const MOST_ENTRIES: f64 = 1e7;
/// Frequencies of a band when nothing is said.
const BINS: usize = 64;

/// The answer of the exact references.
#[derive(Debug, Serialize)]
pub(super) struct Exact {
    pub(super) capacity_bit_s_hz: f64,
}

impl crate::question::Answer for Exact {
    fn lines(&self) -> Vec<String> {
        vec![line("capacity", self.capacity_bit_s_hz, "bit/s/Hz")]
    }
}

/// The number of antennas at an end.
pub(super) fn antennas(name: &'static str, count: Option<usize>) -> Result<usize> {
    let count = needed(count.as_ref(), name, "a number of antennas")?;
    check::in_range(name, count as f64, 1.0, MOST_ANTENNAS)?;
    Ok(count)
}

/// A horizontal array of isotropic antennas broadside to the link.
pub(super) fn array(
    count: usize,
    name: &'static str,
    spacing: Option<f64>,
    carrier_hz: f64,
) -> Result<Station> {
    let spacing = check::in_range(name, spacing.unwrap_or(0.5), 1e-6, 1e6)?;
    Ok(Station::linear(count, spacing, carrier_hz)?)
}

/// A signal-to-noise ratio as a number, from one in decibels within these limits.
pub(super) fn ratio(snr_db: Option<f64>, low_db: f64, high_db: f64) -> Result<f64> {
    let snr_db = check::in_range(
        "snr_db",
        needed(snr_db.as_ref(), "snr_db", "a number of decibels")?,
        low_db,
        high_db,
    )?;
    // The power of ten is rounded: at the limits it may lie one bit beyond them.
    Ok(10f64.powf(snr_db / 10.0).clamp(10f64.powf(low_db / 10.0), 10f64.powf(high_db / 10.0)))
}

/// The band, if there is one.
pub(super) fn band(bandwidth_hz: Option<f64>, bins: Option<usize>, carrier_hz: f64) -> Result<Option<Band>> {
    let Some(bandwidth_hz) = bandwidth_hz else {
        return match bins {
            Some(_) => {
                Err(mmw_core::Error::invalid("bins", "they divide a bandwidth_hz, which is not given").into())
            }
            None => Ok(None),
        };
    };
    check::positive("bandwidth_hz", bandwidth_hz)?;
    check::in_range("bandwidth_hz", bandwidth_hz, 0.0, carrier_hz)?;
    let bins = bins.unwrap_or(BINS);
    check::in_range("bins", bins as f64, 1.0, MOST_BINS)?;
    Ok(Some(Band { bandwidth_hz, bins }))
}

/// Refuses transfer matrices that no memory would hold.
pub(super) fn check_size(band: Option<Band>, receive: usize, transmit: usize) -> Result<()> {
    let bins = band.map_or(1, |band| band.bins);
    let entries = bins as f64 * receive as f64 * transmit as f64;
    check::in_range("bins times receive times transmit", entries, 1.0, MOST_ENTRIES)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_in_decibels_belong_to_the_range() {
        for db in [-200.0, -60.0, 120.0, 200.0] {
            let x = ratio(Some(db), db, db).unwrap();
            assert!((x.log10() - db / 10.0).abs() < 1e-14);
        }
        assert_eq!(ratio(Some(20.0), -60.0, 120.0), Ok(100.0));
        assert_eq!(ratio(Some(f64::NAN), -60.0, 120.0).unwrap_err().kind(), "domain");
        assert_eq!(ratio(None, -60.0, 120.0).unwrap_err().kind(), "missing");
    }

    #[test]
    fn a_band_needs_a_width_below_the_carrier() {
        assert_eq!(band(None, None, 2e9), Ok(None));
        assert_eq!(band(Some(20e6), None, 2e9), Ok(Some(Band { bandwidth_hz: 20e6, bins: 64 })));
        assert_eq!(band(None, Some(3), 2e9).unwrap_err().kind(), "invalid");
        for wrong in [0.0, -1.0, 3e9, f64::NAN] {
            assert_eq!(band(Some(wrong), Some(3), 2e9).unwrap_err().kind(), "domain");
        }
        assert_eq!(band(Some(1e6), Some(0), 2e9).unwrap_err().kind(), "domain");
    }
}
