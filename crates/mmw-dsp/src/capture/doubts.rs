//! What is said to a person whose samples contradict the configuration.

use super::config::{CaptureConfig, CaptureFormat, Unsaid};
use super::layout::{LayoutEvidence, LvdsLanes};

impl LayoutEvidence {
    /// In which ways the samples contradict `config`, as sentences that name the field to change.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::FmcwConfig;
    /// use mmw_dsp::capture::{AdcLayout, CaptureConfig, CaptureFormat, LayoutEvidence, LvdsLanes, Unsaid};
    ///
    /// let format = CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Two, iq_swap: false });
    /// let config = CaptureConfig::new(FmcwConfig::iwr1843(), format)?;
    /// let evidence = LayoutEvidence { lanes: Some(LvdsLanes::Four), ..LayoutEvidence::default() };
    /// assert!(evidence.doubts(&config)[0].contains("`lanes = 4`"));
    /// assert!(LayoutEvidence::default().doubts(&config).is_empty());
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn doubts(&self, config: &CaptureConfig) -> Vec<String> {
        let mut doubts = Vec::new();
        let mut options = vec!["`conjugate = true`".to_owned()];
        if let CaptureFormat::Dca1000(layout) = config.format {
            if let Some(lanes) = self.lanes.filter(|&lanes| lanes != layout.lanes) {
                doubts.push(format!(
                    "the samples are echoes when read with {} lanes, not with {}: set `lanes = {0}`, or correct \
                     what the configuration says",
                    lanes.count(),
                    layout.lanes.count()
                ));
            }
            if let Some(pairs) = self.iq_pairs.filter(|&pairs| pairs != config.bytes.iq_pairs) {
                doubts.push(match pairs {
                    true => "the samples are echoes when I and Q of each stand side by side: set `iq_pairs = true`",
                    false => "the samples are echoes when I and Q do not stand side by side: set `iq_pairs = false`",
                }.to_owned());
            }
            options.insert(0, format!("`iq_swap = {}`", !layout.iq_swap));
        }
        doubts.extend(self.description(config));
        doubts.extend(self.displacement(config));
        let found = self.mirrored.filter(|&mirrored| mirrored != config.conjugate);
        doubts.extend(found.map(|mirrored| {
            match mirrored {
                true => format!(
                    "the nearest echoes beat at negative frequencies, I and Q seem exchanged: set {}",
                    options.join(" or ")
                ),
                false => "the nearest echoes beat at positive frequencies before they are conjugated: set \
                      `conjugate = false`"
                    .to_owned(),
            }
        }));
        doubts
    }

    /// What speaks against the waveform, with the fields to look at.
    fn description(&self, config: &CaptureConfig) -> Vec<String> {
        let samples = config.fmcw.samples;
        let turns = self.turns.map(|turns| {
            format!(
                "the channels repeat after {turns} of the turns that the configuration describes, not after one: check \
                 the transmitters (chirps of the frame), the receivers and the samples of a chirp"
            )
        });
        let parts = self.parts.map(|parts| {
            format!(
                "what the configuration calls one chirp of {samples} samples falls into {parts} of {}: check the samples of a \
                 chirp and the chirps of a frame",
                samples / parts
            )
        });
        let real = self.real.map(|real| {
            let (are, told) = if real { ("real", "complex") } else { ("complex", "real") };
            format!("the words are echoes as {are} samples, not as {told} ones: check the sampling (adcCfg)")
        });
        let both = "echoes stand at positive and at negative frequencies and are no images of one another, as of complex \
                    1x samples; told as complex 2x, those of the far half of the range are left out: check the \
                    sampling (adcCfg)";
        let both = self.both_sides.then(|| both.to_owned());
        [turns, parts, real, both].into_iter().flatten().collect()
    }

    /// What is said of rows and frames that begin elsewhere than they should. Rows are the same in all
    /// chirps: where they begin says nothing of receivers, transmitters and frames.
    fn displacement(&self, config: &CaptureConfig) -> Option<String> {
        let skip = |start: u64| {
            let frame = config.codec().map_or(u64::MAX, |codec| codec.frame_bytes() as u64);
            // Rather an earlier frame, if bytes were left out before.
            let told = config.bytes.skip_bytes;
            let from = told + start;
            if start > 0 && from >= frame && told > 0 { from - frame } else { from }
        };
        let rows = self.shift.map(shifted);
        match (self.frame_by_pauses.filter(|start| *start > 0 || rows.is_some()), self.frame_by_size, rows) {
            (Some(start), _, rows) => Some(format!(
                "{}the pauses between frames say that frames begin {start} bytes behind where they should: set \
                 `skip_bytes = {}`",
                rows.map_or_else(String::new, |rows| format!("{rows}, and ")),
                skip(start)
            )),
            (None, Some(start), Some(rows)) => Some(format!(
                "{rows}. Nothing but the size tells where frames begin; rows fit a recording that ends with one: set \
                 `skip_bytes = {}`",
                skip(start)
            )),
            (None, None, rows) if self.frame_near.is_some() => Some(format!(
                "{}the pauses between frames say that frames begin about {} bytes behind where they should; where rows \
                 of samples begin is not seen, so that no number of bytes to leave out is sure: record anew",
                rows.map_or_else(String::new, |rows| format!("{rows}, and ")),
                self.frame_near.unwrap_or_default()
            )),
            (None, None, Some(rows)) => Some(format!(
                "{rows}: the beginning of the recording is missing, or something stands before it. Nothing shows where a \
                 frame begins: `skip_bytes` that moves the rows to their place may leave receivers, transmitters and \
                 frames exchanged; record anew, or leave out the bytes that stand before the first frame"
            )),
            _ => None,
        }
    }

    /// The field and the value that supply what a configuration leaves unsaid, where the samples say it; they
    /// were read with `config`, which fills in something for it.
    ///
    /// # Examples
    /// ```
    /// use mmw_dsp::FmcwConfig;
    /// use mmw_dsp::capture::{AdcLayout, CaptureConfig, CaptureFormat, LayoutEvidence, LvdsLanes, Unsaid};
    ///
    /// let format = CaptureFormat::Dca1000(AdcLayout { lanes: LvdsLanes::Two, iq_swap: false });
    /// let config = CaptureConfig::new(FmcwConfig::iwr1843(), format)?;
    /// let evidence = LayoutEvidence { mirrored: Some(true), ..LayoutEvidence::default() };
    /// assert_eq!(evidence.supplies(Unsaid::IqSwap, &config), Some("`iq_swap = true`".to_owned()));
    /// assert_eq!(evidence.supplies(Unsaid::Lanes, &config), None);
    /// # Ok::<(), mmw_core::Error>(())
    /// ```
    #[must_use]
    pub fn supplies(&self, what: Unsaid, config: &CaptureConfig) -> Option<String> {
        let CaptureFormat::Dca1000(layout) = config.format else { return None };
        match what {
            Unsaid::Lanes => self.lanes.map(LvdsLanes::count).map(|count| format!("`lanes = {count}`")),
            Unsaid::IqSwap => {
                let swap = (self.mirrored? != config.conjugate) != layout.iq_swap;
                Some(format!("`iq_swap = {swap}`"))
            }
            Unsaid::Axes => None,
        }
    }
}

/// What is said of rows that begin later than told, or earlier.
fn shifted(shift: isize) -> String {
    let side = if shift < 0 { "before" } else { "behind" };
    format!("the rows of samples begin {} bytes {side} where they should", shift.unsigned_abs())
}
