//! Who was lost a moment ago, to be known again.

use super::body::Body;
use super::config::TrackerConfig;

/// A body that was lost.
#[derive(Debug, Clone, Copy)]
struct Lost {
    id: u64,
    at: [f64; 2],
    velocity: [f64; 2],
    time_s: f64,
}

/// The bodies that were lost not long ago.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    lost: Vec<Lost>,
}

impl Memory {
    /// Keeps a body in mind that is removed, if it was ever sure to be one.
    pub(super) fn keep(&mut self, body: &Body, time_s: f64) {
        if body.confirmed {
            let [x, y, vx, vy] = body.belief.mean;
            self.lost.push(Lost { id: body.id, at: [x, y], velocity: [vx, vy], time_s });
        }
    }

    /// Forgets those who were lost too long ago.
    pub(super) fn fade(&mut self, time_s: f64, config: &TrackerConfig) {
        self.lost.retain(|lost| time_s - lost.time_s <= config.memory_s);
    }

    /// The number of the nearest who may have come to a place since, which is then no longer lost.
    pub(super) fn recall(&mut self, [x, y]: [f64; 2], time_s: f64, config: &TrackerConfig) -> Option<u64> {
        let far = |lost: &Lost| {
            let gone_s = time_s - lost.time_s;
            // Nobody keeps a velocity for long.
            let [a, b] = std::array::from_fn(|i| lost.at[i] + lost.velocity[i] * gone_s.min(0.5));
            let reach = config.memory_m + config.memory_m_s * gone_s;
            Some((x - a).hypot(y - b)).filter(|far| *far <= reach)
        };
        let near = self.lost.iter().enumerate().filter_map(|(i, lost)| Some((i, far(lost)?)));
        let (i, _) = near.min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(self.lost.swap_remove(i).id)
    }
}
