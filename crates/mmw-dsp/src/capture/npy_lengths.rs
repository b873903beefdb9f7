//! The lengths of the axes of a NumPy array beside those that the waveform asks for.

use super::axes::{NpyAxes, NpyAxis};
use super::config::CaptureConfig;
use mmw_core::npy::NpyHeader;
use mmw_core::{Error, Result, check};

/// Compares the lengths of the axes with the waveform, and returns the number of frames.
pub(super) fn check_lengths(header: &NpyHeader, axes: &NpyAxes, config: &CaptureConfig) -> Result<u64> {
    let fmcw = &config.fmcw;
    let length = |wanted: NpyAxis| {
        let found = axes.as_slice().iter().zip(&header.shape).find(|(axis, _)| **axis == wanted);
        found.map(|(_, &n)| n)
    };
    let channels = fmcw.transmitters * fmcw.receivers;
    let mut expected = vec![(NpyAxis::Chirp, fmcw.chirps), (NpyAxis::Sample, fmcw.samples)];
    match length(NpyAxis::Channel) {
        Some(_) => expected.push((NpyAxis::Channel, channels)),
        None => expected.extend([(NpyAxis::Tx, fmcw.transmitters), (NpyAxis::Rx, fmcw.receivers)]),
    }
    if length(NpyAxis::Iq).is_some() {
        if header.complex {
            let reason = format!("{axes} name the parts \"iq\", but the elements are complex already");
            return Err(Error::invalid("axes", reason));
        }
        expected.push((NpyAxis::Iq, 2));
    }
    for (axis, count) in expected {
        let found = length(axis).unwrap_or(1);
        if found != count as u64 {
            let name = format!("axis \"{}\" of axes {axes} (absent: 1)", axis.name());
            return Err(Error::shape(name, &[count], &[usize::try_from(found).unwrap_or(usize::MAX)]));
        }
    }
    check::at_least("frames", usize::try_from(length(NpyAxis::Frame).unwrap_or(1)).unwrap_or(usize::MAX), 1)?;
    Ok(length(NpyAxis::Frame).unwrap_or(1))
}
