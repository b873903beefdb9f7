//! What an estimator should find.

use super::simulator::Simulator;
use crate::fmcw::Sampling;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::geometry::{Direction, difference, dot, norm};
use mmw_core::units::Db;
use mmw_core::{Result, check};

/// Where one target is in one frame, at the mean of all its sample times.
///
/// All places are seen from [`Simulator::phase_centre_m`], the point that range and angles estimated from
/// the virtual array refer to: to first order in the size of the array over the range, half the way over
/// the target, averaged over the channels, is the distance from there.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(remote = "Self", deny_unknown_fields)
)]
pub struct Truth {
    /// Number of the frame, from 0.
    pub frame: usize,
    /// Number of the target in the scene, from 0.
    pub target: usize,
    /// The mean of the sample times of the frame, s.
    pub time_s: f64,
    /// Range, m.
    pub range_m: f64,
    /// Radial velocity, m/s, positive when receding, not folded.
    pub velocity_m_s: f64,
    /// Azimuth from y towards x, rad.
    pub azimuth_rad: f64,
    /// Elevation from the horizon up, rad.
    pub elevation_rad: f64,
    /// To the right of the phase centre, m.
    pub x_m: f64,
    /// Ahead of the phase centre, m.
    pub y_m: f64,
    /// Above the phase centre, m.
    pub z_m: f64,
    /// Power of the echo over the thermal noise in one sample of one channel, dB.
    pub snr_db: f64,
    /// Beat frequency in the middle of a chirp, Hz: `S τ + τ' (f_c − S τ)`.
    pub beat_hz: f64,
    /// Whether that lies in the sampled band; if not, the frame holds no echo of this target.
    pub in_band: bool,
}

mmw_core::checked_serde!(Truth {
    time_s,
    range_m,
    velocity_m_s,
    azimuth_rad,
    elevation_rad,
    x_m,
    y_m,
    z_m,
    snr_db,
    beat_hz
});

impl Simulator {
    /// The truth of one frame, in the order of the scene's targets.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a frame that the scene does not have.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::{Board, simulate::{PointTarget, Scene, Simulator}};
    ///
    /// let targets = vec![PointTarget::polar(5.0, 0.0, 0.0, 1.0, 1.0).with_snr_db(-5.0)];
    /// let simulator = Simulator::new(Scene { frames: 2, targets, ..Scene::preset(Board::Iwr1843) })?;
    /// let (first, second) = (simulator.truth(0)?[0], simulator.truth(1)?[0]);
    /// // One metre per second for 80 ms.
    /// assert!((second.range_m - first.range_m - 0.08).abs() < 1e-6);
    /// assert_eq!(first.snr_db, -5.0);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn truth(&self, frame: usize) -> Result<Vec<Truth>> {
        let time_s = self.frame_centre_s(frame)?;
        (0..self.scene().targets.len()).map(|target| self.truth_of(frame, time_s, target)).collect()
    }

    fn truth_of(&self, frame: usize, time_s: f64, target: usize) -> Result<Truth> {
        let track = &self.tracks[target];
        let place = difference(track.position_m(time_s), self.phase_centre_m());
        let range_m = check::positive("range of the target", norm(place))?;
        let velocity_m_s = dot(place, track.velocity_m_s(time_s)) / range_m;
        let direction = Direction::towards(place)?;
        let beat_hz = self.beat_hz(range_m, velocity_m_s);
        let amplitude = self.amplitude_counts(target, range_m * range_m);
        Ok(Truth {
            frame,
            target,
            time_s,
            range_m,
            velocity_m_s,
            azimuth_rad: direction.azimuth_rad,
            elevation_rad: direction.elevation_rad,
            x_m: place[0],
            y_m: place[1],
            z_m: place[2],
            snr_db: match self.scene().targets[target].strength {
                super::Strength::SnrDb(snr_db) => snr_db,
                super::Strength::RcsM2(_) => {
                    Db::from_amplitude_ratio(amplitude / self.noise_power_counts2().sqrt())?.0
                }
            },
            beat_hz,
            in_band: self.is_in_band(beat_hz),
        })
    }

    fn beat_hz(&self, range_m: f64, velocity_m_s: f64) -> f64 {
        let echo_hz = self.fmcw().config().slope_hz_per_s * 2.0 * range_m / SPEED_OF_LIGHT_M_S;
        echo_hz + 2.0 * velocity_m_s / SPEED_OF_LIGHT_M_S * (self.fmcw().carrier_hz() - echo_hz)
    }

    fn is_in_band(&self, beat_hz: f64) -> bool {
        let rate_hz = self.fmcw().config().sample_rate_hz;
        match self.fmcw().config().sampling {
            Sampling::Complex1x => (0.0..rate_hz).contains(&beat_hz),
            Sampling::Real | Sampling::Complex2x => beat_hz.abs() < rate_hz / 2.0,
        }
    }
}
