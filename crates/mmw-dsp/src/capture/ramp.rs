//! Whether samples are taken of the ramp alone.

use crate::fmcw::FmcwConfig;

/// The times of a file have a hundredth of a microsecond.
const TICK_S: f64 = 10e-9;

/// What to say of samples that are taken after the ramp has ended, where the frequency rises no more: they
/// are no beat signal. Many profiles that are handed around do so, and what the recorder kept is not known.
pub(super) fn past_the_ramp(fmcw: &FmcwConfig, ramp_end_s: f64) -> Option<String> {
    let end_s = fmcw.adc_start_s + fmcw.samples as f64 / fmcw.sample_rate_hz;
    let past_s = end_s - ramp_end_s;
    // What is not finite is refused with the waveform.
    if !past_s.is_finite() || past_s <= TICK_S {
        return None;
    }
    let samples = (past_s * fmcw.sample_rate_hz).ceil().min(fmcw.samples as f64);
    Some(format!(
        "samples are taken from {:.2} to {:.2} us after the start of a ramp that ends at {:.2} us: the last {samples} \
         of {} lie past its end and are no beat signal, unless the ramp ended later than told",
        fmcw.adc_start_s * 1e6,
        end_s * 1e6,
        ramp_end_s * 1e6,
        fmcw.samples
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_past_the_end_of_the_ramp_are_told_with_the_times() {
        let fmcw = FmcwConfig { adc_start_s: 5e-6, samples: 64, ..FmcwConfig::iwr1843() };
        let said = past_the_ramp(&fmcw, 12.8e-6).unwrap();
        assert!(said.contains("from 5.00 to 17.80 us") && said.contains("ends at 12.80 us"), "{said}");
        assert!(said.contains("the last 25 of 64"), "{said}");
        assert_eq!(past_the_ramp(&fmcw, 17.8e-6), None);
        assert_eq!(past_the_ramp(&fmcw, f64::NAN), None);
    }
}
