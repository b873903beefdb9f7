//! Motion of the mobile station: the path list moves with it, and Doppler follows from the geometry.

use crate::path::{Coupling, DirectModes, Path, Ray, Realisation};
use crate::phasor::phasor;
use crate::scenario::Process;
use mmw_core::consts::SPEED_OF_LIGHT_M_S;
use mmw_core::geometry::{Vector3, difference, dot, norm, sum};
use mmw_core::{Result, check};

impl Realisation {
    /// The channel after the mobile station has moved by `displacement_m`, with every scatterer where it was.
    ///
    /// ```text
    /// d' = |x_s − x_MS − Δ|,   τ' = τ + (d' − d)/c,   a' = a e^{−j2πf_c (d' − d)/c}
    /// ```
    /// The time dependence of equation (1) of [^molisch]: delays, directions of arrival and phases of all
    /// paths change as the distance to the last scatterer does; so do the rays of guides (a mode that leaves
    /// the mouth as a plane wave keeps its direction). Powers stay: large-scale variations are no part of
    /// Table 1. Steps add up exactly: the state is geometric.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a displacement that is not finite or beyond 1e8 m.
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario};
    /// use mmw_core::random::Streams;
    ///
    /// let model = ChannelModel::new(Scenario::urban_macrocell())?;
    /// let now = model.draw(&mut Streams::new(1).stream(0));
    /// let later = now.moved([0.0, 3.0, 0.0])?; // away from the base station
    /// let extra_s = later.paths[0].delay_s - now.paths[0].delay_s;
    /// assert!((extra_s * 299_792_458.0 - 3.0).abs() < 2e-3); // the line of sight is longer by 3 m
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
    pub fn moved(&self, displacement_m: Vector3) -> Result<Self> {
        for x in displacement_m {
            check::in_range("displacement_m", x, -1e8, 1e8)?;
        }
        let mut later = self.clone();
        if displacement_m == [0.0; 3] {
            return Ok(later);
        }
        for path in &mut later.paths {
            move_path(path, displacement_m, self.carrier_hz);
        }
        for term in &mut later.guides {
            let change_m =
                move_coupling(&mut term.exit, term.strengths.len(), displacement_m, self.carrier_hz);
            term.delay_s += change_m / SPEED_OF_LIGHT_M_S;
        }
        Ok(later)
    }

    /// The channel at the times given, s, of a mobile station that moves with a constant velocity, m/s.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a time or a velocity that is not finite, or a way beyond 1e8 m.
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario};
    /// use mmw_core::random::Streams;
    ///
    /// let model = ChannelModel::new(Scenario::urban_macrocell())?;
    /// let start = model.draw(&mut Streams::new(1).stream(0));
    /// let track = start.track([0.0, 10.0, 0.0], &[0.0, 1e-3, 2e-3])?;
    /// assert_eq!((track.len(), &track[0] == &start), (3, true));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn track(&self, velocity_m_s: Vector3, times_s: &[f64]) -> Result<Vec<Self>> {
        times_s.iter().map(|t| self.moved(velocity_m_s.map(|v| v * t))).collect()
    }

    /// Doppler shift of each path for a mobile station of this velocity, Hz, in the order of the paths.
    ///
    /// ```text
    /// f_D,i = f_c/c · ⟨v, Ω_R,i⟩
    /// ```
    /// Positive when the mobile station moves towards the last scatterer; the derivative of the phase of
    /// [`Realisation::moved`].
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for a velocity that is not finite.
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario};
    /// use mmw_core::random::Streams;
    ///
    /// let model = ChannelModel::new(Scenario::urban_macrocell())?;
    /// let channel = model.draw(&mut Streams::new(1).stream(0));
    /// let shifts_hz = channel.doppler_hz([0.0, -30.0, 0.0])?; // towards the base station, 1 km away
    /// assert!((shifts_hz[0] - 2e9 * 30.0 / 299_792_458.0).abs() < 0.1);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    pub fn doppler_hz(&self, velocity_m_s: Vector3) -> Result<Vec<f64>> {
        for v in velocity_m_s {
            check::in_range("velocity_m_s", v, -SPEED_OF_LIGHT_M_S, SPEED_OF_LIGHT_M_S)?;
        }
        let waves_per_m = self.carrier_hz / SPEED_OF_LIGHT_M_S;
        Ok(self.paths.iter().map(|path| waves_per_m * dot(velocity_m_s, path.arrival)).collect())
    }

    /// The same channel told from other reference points: each array's origin moves by the offset given, and
    /// the gains take up the phases.
    ///
    /// ```text
    /// a' = a e^{j⟨k(Ω_R), Δ_R⟩} e^{j⟨k(Ω_T), Δ_T⟩}
    /// ```
    /// "An arbitrary but fixed reference point", section II-A of [^molisch]: arrays that are shifted back by
    /// the same offsets see the same matrices. Independent modes of guides have no direction and stay.
    ///
    /// # Errors
    /// [`mmw_core::Error::Domain`] for an offset that is not finite or beyond 1e6 m.
    ///
    /// # Examples
    /// ```
    /// use mimo_gscm::{propagation::ChannelModel, scenario::Scenario, transfer::{Station, Transfer}};
    /// use mmw_core::{antenna::AntennaArray, random::Streams};
    ///
    /// let channel = ChannelModel::new(Scenario::urban_macrocell())?.draw(&mut Streams::new(1).stream(0));
    /// let array = AntennaArray::uniform_linear(2, 0.075)?;
    /// let plain = Station::new(array.clone());
    /// let back = Station::new(array.shifted([-1.0, 0.0, 0.0])?);
    /// let h = Transfer::flat(&plain, &plain, 2e9)?.matrix(&channel)?;
    /// let told_anew = channel.with_reference([1.0, 0.0, 0.0], [0.0; 3])?;
    /// let same = Transfer::flat(&back, &plain, 2e9)?.matrix(&told_anew)?;
    /// assert!((h - same).iter().all(|z| z.norm() < 1e-12));
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    ///
    /// [^molisch]: A. F. Molisch, "A generic model for MIMO wireless propagation channels".
    pub fn with_reference(&self, arrival_m: Vector3, departure_m: Vector3) -> Result<Self> {
        for x in arrival_m.into_iter().chain(departure_m) {
            check::in_range("offset of a reference point", x, -1e6, 1e6)?;
        }
        let waves_per_m = self.carrier_hz / SPEED_OF_LIGHT_M_S;
        let mut channel = self.clone();
        for path in &mut channel.paths {
            let waves = dot(path.arrival, arrival_m) + dot(path.departure, departure_m);
            path.gain *= phasor(waves * waves_per_m);
        }
        for term in &mut channel.guides {
            let modes = term.strengths.len();
            let turns = |ray: Vector3, offset_m| dot(ray, offset_m) * waves_per_m;
            turn_rays(&mut term.exit, modes, |ray| turns(ray, arrival_m));
            turn_rays(&mut term.entry, modes, |ray| turns(ray, departure_m));
        }
        Ok(channel)
    }
}

/// The ray to the same point from elsewhere, and by how much longer it is, m.
fn move_ray(ray: &mut Ray, displacement_m: Vector3) -> f64 {
    let way = difference(ray.direction.map(|x| x * ray.distance_m), displacement_m);
    let distance_m = norm(way);
    // |w'| − |w| without cancellation.
    let twice = sum(ray.direction.map(|x| x * ray.distance_m), way);
    let change_m = -dot(displacement_m, twice) / (distance_m + ray.distance_m).max(f64::MIN_POSITIVE);
    if distance_m > 0.0 {
        *ray = Ray { direction: way.map(|x| x / distance_m), distance_m };
    } else {
        ray.distance_m = 0.0;
    }
    change_m
}

fn move_path(path: &mut Path, displacement_m: Vector3, carrier_hz: f64) {
    let mut ray = Ray { direction: path.arrival, distance_m: path.arrival_distance_m };
    let change_m = move_ray(&mut ray, displacement_m);
    path.arrival = ray.direction;
    path.arrival_distance_m = ray.distance_m;
    path.delay_s += change_m / SPEED_OF_LIGHT_M_S;
    path.gain *= phasor(-change_m * carrier_hz / SPEED_OF_LIGHT_M_S);
    if path.process == Process::LineOfSight {
        path.departure = ray.direction.map(|x| -x);
        path.departure_distance_m = ray.distance_m;
    }
}

/// Moves all rays of one end; returns by how much the way to the mouth grew, m.
fn move_coupling(coupling: &mut Coupling, modes: usize, displacement_m: Vector3, carrier_hz: f64) -> f64 {
    let waves_per_m = carrier_hz / SPEED_OF_LIGHT_M_S;
    let mut changes_m = Vec::with_capacity(coupling.scatterers.len());
    for ray in &mut coupling.scatterers {
        changes_m.push(move_ray(ray, displacement_m));
    }
    let mut changes_m = changes_m.into_iter();
    let scatterer = |_: Vector3| -changes_m.next().unwrap_or(0.0) * waves_per_m;
    turn_scatterers(coupling, modes, scatterer);
    turn_modes(coupling, |ray| dot(ray, displacement_m) * waves_per_m);
    move_ray(&mut coupling.mouth, displacement_m)
}

fn turn_rays(coupling: &mut Coupling, modes: usize, turns: impl Fn(Vector3) -> f64) {
    turn_scatterers(coupling, modes, &turns);
    turn_modes(coupling, &turns);
}

fn turn_modes(coupling: &mut Coupling, turns: impl Fn(Vector3) -> f64) {
    if let DirectModes::PlaneWaves { directions, weights } = &mut coupling.direct {
        directions.iter().zip(weights).for_each(|(&ray, weight)| *weight *= phasor(turns(ray)));
    }
}

fn turn_scatterers(coupling: &mut Coupling, modes: usize, mut turns: impl FnMut(Vector3) -> f64) {
    let rows = coupling.weights_re.chunks_mut(modes.max(1)).zip(coupling.weights_im.chunks_mut(modes.max(1)));
    for (ray, (re, im)) in coupling.scatterers.iter().zip(rows) {
        let phase = phasor(turns(ray.direction));
        for (re, im) in re.iter_mut().zip(im) {
            let z = mmw_core::C64::new(*re, *im) * phase;
            (*re, *im) = (z.re, z.im);
        }
    }
}
