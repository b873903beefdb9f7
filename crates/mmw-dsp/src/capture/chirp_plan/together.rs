//! Chirps that several transmitters send at once: with signs, which tell two of them apart, or as one.

/// Chirps in which the phase of some transmitters is turned by 180 degrees.
#[derive(Debug, Clone)]
pub(in crate::capture) struct Inverted {
    pub(in crate::capture) first: u64,
    pub(in crate::capture) last: u64,
    pub(in crate::capture) transmitters: Inversion,
}

/// Which transmitters.
#[derive(Debug, Clone, Copy)]
pub(in crate::capture) enum Inversion {
    /// Those of a mask.
    #[cfg(feature = "config-files")]
    Mask(u64),
    /// The one with the highest number of those that send.
    Highest,
}

impl Inversion {
    /// What the chip is set to: for each transmitter a bit for the time before it sends and one for that in
    /// which it does (`constBpmVal` of `rlBpmChirpCfg_t` in `rl_sensor.h` of TI's mmWaveLink).
    #[cfg(feature = "config-files")]
    pub(in crate::capture) fn of_code(code: u64) -> Self {
        Self::Mask((0..4).filter(|t| code >> (2 * t + 1) & 1 == 1).map(|t| 1 << t).sum())
    }
}

/// What a chirp sends: transmitters as a mask, and which of them with the phase turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sent {
    pub(super) transmitters: u64,
    pub(super) inverted: u64,
}

impl Sent {
    pub(super) fn new(transmitters: u64, inverted: &[Inverted], chirp: u64) -> Self {
        let inverts = inverted.iter().filter(|inverted| (inverted.first..=inverted.last).contains(&chirp));
        let inverted = inverts.fold(0, |mask, inverted| {
            mask ^ match inverted.transmitters {
                #[cfg(feature = "config-files")]
                Inversion::Mask(turned) => turned & transmitters,
                Inversion::Highest => transmitters.checked_ilog2().map_or(0, |highest| 1 << highest),
            }
        });
        Self { transmitters, inverted }
    }
}

/// Two transmitters, and the two places in a turn at which they send together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair {
    pub(super) transmitters: [usize; 2],
    pub(super) places: [usize; 2],
}

/// The pair of a turn in which some chirp has signs; else the place of that chirp, and why there is none.
pub(super) fn pair(turn: &[Sent]) -> std::result::Result<Option<Pair>, (usize, String)> {
    let Some(second) = turn.iter().position(|sent| sent.inverted != 0) else { return Ok(None) };
    let Sent { transmitters: mask, inverted } = turn[second];
    let places: Vec<usize> = (0..turn.len()).filter(|&place| turn[place].transmitters == mask).collect();
    let (2, &[first, last]) = (mask.count_ones(), places.as_slice()) else {
        let reason =
            format!("chirps of the transmitter mask {mask:#x} with signs are no pair of chirps of two");
        return Err((second, reason));
    };
    let [a, b] = [mask.trailing_zeros() as usize, mask.ilog2() as usize];
    let others = turn.iter().filter(|sent| sent.inverted != 0).count() > 1;
    if last != second || others || inverted != 1 << b {
        let reason = format!(
            "of two chirps of the transmitters {a} and {b} (from 0), only the later one may invert, and only {b}"
        );
        return Err((second, reason));
    }
    Ok(Some(Pair { transmitters: [a, b], places: [first, last] }))
}

/// What to say of transmitters that send every chirp together.
pub(in crate::capture) fn one_of(transmitters: &[usize]) -> String {
    let listed: Vec<String> = transmitters.iter().map(|t| (t + 1).to_string()).collect();
    format!(
        "the transmitters {} send every chirp together and are one, midway between them: angles are those at the \
         receivers; were their phases stepped from chirp to chirp (DDM), of which the file says nothing, each target \
         would have several velocities",
        listed.join(" and ")
    )
}
