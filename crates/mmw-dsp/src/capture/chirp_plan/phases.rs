//! Phases of transmitters that differ from chirp to chirp: Doppler division (DDM) and steered beams.
//!
//! With Doppler division all transmitters send every chirp, and from one chirp to the next the phase of the
//! `k`-th grows by `2π (k − 1)/(N + 2)` of `N = 4`, so that each has a band of velocities of its own and some
//! are empty (page "Millimeter Wave (mmw) Demo for AWR2544" of TI's mmWave MCU+ SDK, sections "Processing
//! Chains" and "Phase shifters (DDM)"). Read as one transmitter, each target is at as many velocities as
//! there are transmitters.

use mmw_core::{Error, Result};

/// The phases of the transmitters in some chirps, in steps of the chip.
#[derive(Debug, Clone)]
pub(in crate::capture) struct ChirpPhases {
    /// Where this stands in the file, for messages.
    pub(in crate::capture) place: String,
    pub(in crate::capture) first: u64,
    pub(in crate::capture) last: u64,
    /// By the number of the transmitter; zero for the rest.
    pub(in crate::capture) steps: Vec<u64>,
}

/// That all chirps, given as their numbers and transmitters, are sent with one phase.
pub(super) fn check_phases(
    phases: &[ChirpPhases],
    sent: impl Iterator<Item = (u64, u64)> + Clone,
) -> Result<()> {
    let of = |chirp: u64, transmitter: usize| {
        let set = phases.iter().rev().find(|set| (set.first..=set.last).contains(&chirp));
        set.and_then(|set| set.steps.get(transmitter)).copied().unwrap_or(0)
    };
    let in_use = |mask: u64| (0..64).filter(move |t| mask >> t & 1 == 1);
    let mut steps = sent.flat_map(|(chirp, mask)| in_use(mask).map(move |t| of(chirp, t)));
    let first = steps.next();
    match phases.iter().find(|set| set.steps.iter().any(|&step| step != 0)) {
        Some(set) if steps.any(|step| Some(step) != first) => Err(doppler_division(&set.place)),
        _ => Ok(()),
    }
}

/// Why a waveform with phases of its own for each chirp is refused.
pub(in crate::capture) fn doppler_division(place: &str) -> Error {
    let reason = "the phases of transmitters step from chirp to chirp (Doppler division, DDM, or a steered beam), \
                  which is not decoded: each target would stand at several velocities. Record with TDM, one \
                  transmitter a chirp and no such command (of the 29xx `procChainCfg 0`), or with one transmitter; \
                  of a recording that is there, ranges alone can be read, described as one transmitter in a .toml";
    Error::invalid(place.to_owned(), reason)
}
