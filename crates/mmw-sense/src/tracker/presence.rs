//! Who is in a zone.

use super::track::Track;
use super::zone::Zone;
use mmw_core::{Result, check};

/// Whether anybody is in a zone, without flicker: it is taken when somebody has been inside for a while, and
/// empty when nobody has been for another. Tracks of people who stand still unseen count as inside.
///
/// # Examples
/// ```
/// use mmw_sense::simulate::{People, PeopleConfig, PeopleKind};
/// use mmw_sense::tracker::{Presence, Zone};
/// use mmw_sense::{Tracker, TrackerConfig};
///
/// let mut tracker = Tracker::new(TrackerConfig::people())?;
/// let mut door = Presence::new(Zone::new([-1.0, 1.0], [3.0, 6.0])?, 0.2, 1.0)?;
/// for scan in People::new(PeopleConfig::new(PeopleKind::Crossing, 1))? {
///     let tracks = tracker.step(&scan.cloud)?;
///     door.step(scan.cloud.time_s, &tracks)?;
/// }
/// // Four people crossed it together.
/// assert_eq!((door.visits().len(), door.visits()[0].most), (1, 4));
/// # Ok::<(), mmw_sense::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Presence {
    zone: Zone,
    enter_s: f64,
    leave_s: f64,
    /// Since when somebody is inside, or nobody.
    changed_s: Option<f64>,
    inside: bool,
    taken: bool,
    visits: Vec<Visit>,
}

/// A time in which a zone is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(remote = "Self"))]
#[non_exhaustive]
pub struct Visit {
    /// When the first came, s.
    pub start_s: f64,
    /// When the last left, or the time of the last scan, s.
    pub end_s: f64,
    /// The most tracks at once.
    pub most: usize,
}

mmw_core::checked_serde!(Visit, |visit| {
    check::finite("start_s", visit.start_s)?;
    check::in_range("end_s", visit.end_s, visit.start_s, f64::MAX)?;
    check::at_least("most", visit.most, 1).map(|_| ())
});

impl Presence {
    /// A zone that is taken after `enter_s` with somebody and empty after `leave_s` with nobody, s.
    ///
    /// # Errors
    /// Times that are not from 0 to 1e6 s, a zone that ends before it begins.
    pub fn new(zone: Zone, enter_s: f64, leave_s: f64) -> Result<Self> {
        check::in_range("enter_s", enter_s, 0.0, 1e6)?;
        check::in_range("leave_s", leave_s, 0.0, 1e6)?;
        let zone = Zone::new(zone.x_m, zone.y_m)?;
        Ok(Self { zone, enter_s, leave_s, changed_s: None, inside: false, taken: false, visits: Vec::new() })
    }

    /// Takes in the tracks after a scan; whether the zone is taken.
    ///
    /// # Errors
    /// A time that is not finite.
    pub fn step(&mut self, time_s: f64, tracks: &[Track]) -> Result<bool> {
        check::finite("time_s", time_s)?;
        let count = tracks.iter().filter(|track| self.zone.contains(track.position_m)).count();
        let inside = count > 0;
        if inside != self.inside || self.changed_s.is_none() {
            (self.inside, self.changed_s) = (inside, Some(time_s));
        }
        let since_s = self.changed_s.unwrap_or(time_s);
        // Times of scans are multiples of a period but for rounding.
        let lasted_s = time_s - since_s + 1e-6;
        if inside && !self.taken && lasted_s >= self.enter_s {
            self.taken = true;
            self.visits.push(Visit { start_s: since_s, end_s: time_s, most: 0 });
        }
        if !inside && self.taken && lasted_s >= self.leave_s {
            self.taken = false;
        }
        if let Some(visit) = self.visits.last_mut().filter(|_| self.taken && inside) {
            visit.end_s = time_s;
            visit.most = visit.most.max(count);
        }
        Ok(self.taken)
    }

    /// Whether the zone is taken.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.taken
    }

    /// The times in which it was taken, the last perhaps not over.
    #[must_use]
    pub fn visits(&self) -> &[Visit] {
        &self.visits
    }
}
