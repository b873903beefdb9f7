//! Parameters that several commands of the area share.

use super::scenario::Choice;
use crate::error::Result;
use crate::question::{Readable, contradiction, line};
use mimo_gscm::propagation::ChannelModel;
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

/// The two ends of independent Rayleigh fading.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Ends {
    /// Antennas of the receiver: 1 to 512
    #[arg(long, value_name = "COUNT")]
    pub(super) receive: usize,

    /// Antennas of the transmitter, which share the power: 1 to 512
    #[arg(long, value_name = "COUNT")]
    pub(super) transmit: usize,

    /// Mean signal-to-noise ratio of a receive antenna, dB: -200 to 200
    #[arg(long, value_name = "DB")]
    pub(super) snr_db: f64,
}

/// The answer of the exact references.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    pub(super) capacity_bit_s_hz: f64,
}

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        vec![line("capacity", self.capacity_bit_s_hz, "bit/s/Hz")]
    }
}

/// A scenario and two arrays in it.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Site {
    #[command(flatten)]
    choice: Choice,

    /// Spacing of the receive antennas, wavelengths: 0.5 by default
    #[arg(long, value_name = "NUMBER", alias = "receive-spacing-wavelengths")]
    receive_spacing_waves: Option<f64>,

    /// Spacing of the transmit antennas, wavelengths: 0.5 by default
    #[arg(long, value_name = "NUMBER", alias = "transmit-spacing-wavelengths")]
    transmit_spacing_waves: Option<f64>,
}

/// What a simulated channel is that of.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Setting {
    #[command(flatten)]
    site: Site,

    /// Width of a band about the carrier, Hz; the carrier alone without
    #[arg(long, value_name = "HZ")]
    bandwidth_hz: Option<f64>,

    /// Frequencies in that band: 64 by default
    #[arg(long, value_name = "COUNT")]
    bins: Option<usize>,

    /// Seed of the random numbers
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(super) seed: u64,
}

/// A simulated channel, ready to be drawn.
pub(super) struct Link {
    pub(super) model: ChannelModel,
    pub(super) receive: Station,
    pub(super) transmit: Station,
    pub(super) band: Option<Band>,
}

impl Site {
    /// The model, and the receiver and transmitter with so many antennas.
    ///
    /// # Errors
    /// Kind `domain` for more than 128 antennas and spacings beyond reason, and what the scenario meets.
    pub(super) fn ends(&self, receive: usize, transmit: usize) -> Result<(ChannelModel, [Station; 2])> {
        for (name, count) in [("receive", receive), ("transmit", transmit)] {
            check::in_range(name, count as f64, 1.0, MOST_ANTENNAS)?;
        }
        let model = ChannelModel::new(self.choice.load()?)?;
        let carrier_hz = model.scenario().carrier_hz;
        // A horizontal array of isotropic antennas broadside to the link.
        let array = |count, name: &'static str, spacing: Option<f64>| -> Result<Station> {
            if count == 1 && spacing.is_some() {
                return Err(contradiction(name, "a single antenna has no spacing"));
            }
            let spacing = spacing.unwrap_or(0.5);
            Ok(Station::linear(count, check::in_range(name, spacing, 1e-6, 1e6)?, carrier_hz)?)
        };
        let receive = array(receive, "receive_spacing_waves", self.receive_spacing_waves)?;
        let transmit = array(transmit, "transmit_spacing_waves", self.transmit_spacing_waves)?;
        Ok((model, [receive, transmit]))
    }
}

impl Setting {
    /// The channel between so many antennas.
    ///
    /// # Errors
    /// As [`Site::ends`], and kind `domain` for bands beyond reason.
    pub(super) fn link(&self, receive: usize, transmit: usize) -> Result<Link> {
        let (model, ends) = self.site.ends(receive, transmit)?;
        let band = band(self.bandwidth_hz, self.bins, model.scenario().carrier_hz)?;
        check_size(band, receive, transmit)?;
        let [receive, transmit] = ends;
        Ok(Link { model, receive, transmit, band })
    }
}

/// A signal-to-noise ratio as a number, from one in decibels within these limits.
pub(super) fn ratio(snr_db: f64, low_db: f64, high_db: f64) -> Result<f64> {
    let snr_db = check::in_range("snr_db", snr_db, low_db, high_db)?;
    // The power of ten is rounded: at the limits it may lie one bit beyond them.
    Ok(10f64.powf(snr_db / 10.0).clamp(10f64.powf(low_db / 10.0), 10f64.powf(high_db / 10.0)))
}

/// The band, if there is one.
fn band(bandwidth_hz: Option<f64>, bins: Option<usize>, carrier_hz: f64) -> Result<Option<Band>> {
    let Some(bandwidth_hz) = bandwidth_hz else {
        return match bins {
            Some(_) => Err(contradiction("bins", "the carrier alone has no band: give bandwidth_hz")),
            None => Ok(None),
        };
    };
    let bins = bins.unwrap_or(64);
    check::positive("bandwidth_hz", bandwidth_hz)?;
    check::in_range("bandwidth_hz", bandwidth_hz, 0.0, carrier_hz)?;
    check::in_range("bins", bins as f64, 1.0, MOST_BINS)?;
    Ok(Some(Band { bandwidth_hz, bins }))
}

/// Refuses transfer matrices that no memory would hold.
fn check_size(band: Option<Band>, receive: usize, transmit: usize) -> Result<()> {
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
            let x = ratio(db, db, db).unwrap();
            assert!((x.log10() - db / 10.0).abs() < 1e-14);
        }
        assert_eq!(ratio(20.0, -60.0, 120.0), Ok(100.0));
        assert_eq!(ratio(f64::NAN, -60.0, 120.0).unwrap_err().kind(), "domain");
    }

    #[test]
    fn a_band_needs_a_width_below_the_carrier() {
        assert_eq!(band(None, None, 2e9), Ok(None));
        assert_eq!(band(Some(20e6), None, 2e9), Ok(Some(Band { bandwidth_hz: 20e6, bins: 64 })));
        for wrong in [0.0, -1.0, 3e9, f64::NAN] {
            assert_eq!(band(Some(wrong), Some(3), 2e9).unwrap_err().kind(), "domain");
        }
        assert_eq!(band(Some(1e6), Some(0), 2e9).unwrap_err().kind(), "domain");
    }
}
