//! What a configuration file says, and how the options of the user join it.

use super::axes::{NpyAxes, NpyAxis};
use super::config::{CaptureConfig, CaptureFormat, CaptureOptions, FormatKind, Unsaid, check_plausible};
use super::layout::{AdcLayout, LvdsLanes};
use super::ramp::past_the_ramp;
use crate::board::{AntennaLayout, Board};
use crate::fmcw::{Firing, Fmcw, FmcwConfig, Sampling};
use mmw_core::geometry::Vector3;
use mmw_core::{C64, Error, Result};

/// By how much a sweep may leave a band unsaid: profiles of 4 GHz from 77 GHz on reach beyond 81 GHz a
/// little.
const BAND_SLACK_HZ: f64 = 0.1e9;

/// Weights of channels as a file lists them.
#[derive(Debug)]
pub(super) struct ListedWeights {
    pub(super) weights: Vec<C64>,
    /// Receivers of the device where transmitter `t` and receiver `r` by their numbers are at
    /// `t * receivers + r`; `None` for one per channel in the order of the cube.
    pub(super) device_receivers: Option<usize>,
    /// Where they stand, for messages.
    pub(super) place: String,
}

/// What a configuration file says, before the options of the user join it.
#[derive(Debug)]
pub(super) struct FileContents {
    pub(super) fmcw: FmcwConfig,
    pub(super) transmitters: Vec<usize>,
    pub(super) receivers: Vec<usize>,
    pub(super) board: Option<Board>,
    pub(super) frames: Option<u64>,
    pub(super) format: Option<FormatKind>,
    pub(super) lanes: Option<LvdsLanes>,
    /// The lanes of the platform that a comment names, and its name.
    pub(super) platform_lanes: Option<(LvdsLanes, String)>,
    /// Where the file says that channels are interleaved, for messages.
    pub(super) interleaved: Option<String>,
    pub(super) iq_swap: Option<bool>,
    pub(super) axes: Option<NpyAxes>,
    pub(super) wrap_u16: Option<bool>,
    /// Axes in which the maker's tools save an array, unless the user says otherwise.
    pub(super) usual_axes: Option<NpyAxes>,
    pub(super) conjugate: bool,
    pub(super) weights: Option<ListedWeights>,
    pub(super) range_bias_m: f64,
    /// Places of all antennas of the device that the file states in half wavelengths of the carrier: a board
    /// that is named takes precedence.
    pub(super) stated_antennas: Option<AntennaLayout>,
    /// When the ramp ends, counted from its start.
    pub(super) ramp_end_s: Option<f64>,
    pub(super) notes: Vec<String>,
    pub(super) assumed: Vec<Unsaid>,
}

impl FileContents {
    /// A waveform about whose storage nothing is said.
    pub(super) fn new(fmcw: FmcwConfig, transmitters: Vec<usize>, receivers: Vec<usize>) -> Self {
        Self {
            fmcw,
            transmitters,
            receivers,
            board: None,
            frames: None,
            format: None,
            lanes: None,
            platform_lanes: None,
            interleaved: None,
            iq_swap: None,
            axes: None,
            wrap_u16: None,
            usual_axes: None,
            conjugate: false,
            weights: None,
            range_bias_m: 0.0,
            stated_antennas: None,
            ramp_end_s: None,
            notes: Vec::new(),
            assumed: Vec::new(),
        }
    }

    /// Joins the options, asks for what neither gives, and checks the result.
    pub(super) fn with_options(mut self, options: &CaptureOptions) -> Result<CaptureConfig> {
        let format = match self.format_kind(options)? {
            FormatKind::Dca1000 => self.dca1000(options)?,
            FormatKind::Npy => self.npy(options)?,
        };
        if let CaptureFormat::Npy { axes, .. } = &format {
            self.keep_only(axes);
        }
        self.fmcw.antennas = self.antennas(options)?;
        self.notes.extend(self.ramp_end_s.and_then(|end_s| past_the_ramp(&self.fmcw, end_s)));
        let config = CaptureConfig {
            channel_weights: self.channel_weights()?,
            conjugate: self.conjugate || options.conjugate,
            range_bias_m: self.range_bias_m,
            notes: self.notes,
            fmcw: self.fmcw,
            format,
            transmitters: self.transmitters,
            receivers: self.receivers,
            frames: self.frames,
            allow_partial_last_frame: options.allow_partial_last_frame,
            bytes: options.bytes,
            assumed: self.assumed,
        };
        config.check()?;
        Ok(config)
    }

    /// An axis that the array lacks has length one: of several transmitters that fire in turn the array then
    /// holds one, whose chirps are a whole turn apart.
    fn keep_only(&mut self, axes: &NpyAxes) {
        let has = |axis| axes.as_slice().contains(&axis) || axes.as_slice().contains(&NpyAxis::Channel);
        if !has(NpyAxis::Tx) && self.fmcw.transmitters > 1 {
            self.fmcw.chirp_interval_s = self.fmcw.repetition_s();
            self.fmcw.firing = Firing::InTurn;
            self.fmcw.transmitters = 1;
            self.transmitters.truncate(1);
        }
        if !has(NpyAxis::Rx) && self.fmcw.receivers > 1 {
            self.fmcw.receivers = 1;
            self.receivers.truncate(1);
        }
        if let Some(layout) = &mut self.fmcw.antennas {
            layout.tx_positions_m.truncate(self.fmcw.transmitters);
            layout.rx_positions_m.truncate(self.fmcw.receivers);
        }
    }

    fn antennas(&mut self, options: &CaptureOptions) -> Result<Option<AntennaLayout>> {
        if let Some(places) = &options.antennas {
            return self.listed_antennas(places, options).map(Some);
        }
        let placed = self.board.is_none() && self.fmcw.antennas.is_some();
        if let Some(board) = options.board.filter(|_| placed) {
            self.note_places(&format!("`board = {}`", board.name()));
        }
        match self.chosen("board", self.board, options.board, Board::name) {
            Some(board) => {
                self.check_band(board)?;
                self.compare_places(board);
                board.select(&self.transmitters, &self.receivers).map(Some)
            }
            None if self.fmcw.antennas.is_some() => Ok(self.fmcw.antennas.clone()),
            None => {
                let places = self.stated_antennas.as_ref();
                places.map(|places| places.select(&self.transmitters, &self.receivers)).transpose()
            }
        }
    }

    /// That the sweep is one that the board sends: angles of another wavelength would be wrong by the ratio.
    fn check_band(&mut self, board: Board) -> Result<()> {
        let fmcw = Fmcw::new(FmcwConfig { antennas: None, ..self.fmcw.clone() })?;
        check_plausible(&self.fmcw)?;
        let [low_hz, high_hz] = board.band_hz();
        let (carrier_hz, half_hz) = (fmcw.carrier_hz(), fmcw.bandwidth_hz() / 2.0);
        let [first_hz, last_hz] = [carrier_hz - half_hz, carrier_hz + half_hz];
        let name = board.name();
        let sweep = format!("{:.2} to {:.2} GHz", first_hz * 1e-9, last_hz * 1e-9);
        let band = format!("{:.0} to {:.0} GHz", low_hz * 1e-9, high_hz * 1e-9);
        if !(low_hz..=high_hz).contains(&carrier_hz) {
            let reason = format!(
                "{name} sends at {band}, but the configuration samples {sweep}: name the board of the recording, or \
                 the places of its antennas (`antennas`), or correct the start frequency"
            );
            return Err(Error::invalid("board", reason));
        }
        if first_hz < low_hz - BAND_SLACK_HZ || last_hz > high_hz + BAND_SLACK_HZ {
            self.notes.push(format!("the sampled sweep of {sweep} leaves the band of {name}, {band}"));
        }
        Ok(())
    }

    /// Says so when the file states places that are those of another board.
    fn compare_places(&mut self, board: Board) {
        let Some(stated) = &self.stated_antennas else { return };
        let (layout, scale) = (board.layout(), self.carrier_hz() / board.design_frequency_hz());
        let differ = |stated: &[Vector3], board: &[Vector3]| {
            let place = |places: &[Vector3], i: usize, axis: usize| places[i][axis] - places[0][axis];
            // Places differ by half wavelengths at least, 1.8 mm.
            let off = |i: usize, axis: usize| {
                (place(stated, i, axis) * scale - place(board, i, axis)).abs() > 0.5e-3
            };
            stated.len() > board.len() || (0..stated.len()).any(|i| off(i, 0) || off(i, 2))
        };
        if differ(&stated.tx_positions_m, &layout.tx_positions_m)
            || differ(&stated.rx_positions_m, &layout.rx_positions_m)
        {
            self.notes.push(format!(
                "the file states other places of the antennas than those of {}, which are used",
                board.name()
            ));
        }
    }

    fn carrier_hz(&self) -> f64 {
        Fmcw::new(self.fmcw.clone()).map_or(self.fmcw.start_frequency_hz, |fmcw| fmcw.carrier_hz())
    }

    fn listed_antennas(&mut self, places: &AntennaLayout, options: &CaptureOptions) -> Result<AntennaLayout> {
        if let Some(board) = options.board {
            let reason = format!("the board {} names their places already: give either", board.name());
            return Err(Error::invalid("antennas", reason));
        }
        match self.board {
            Some(board) => self.note_overruled("`antennas`", board.name()),
            None if self.fmcw.antennas.is_some() => self.note_places("`antennas`"),
            None => {}
        }
        let used = [&self.transmitters, &self.receivers];
        let listed = [&places.tx_positions_m, &places.rx_positions_m];
        let beyond = |i: usize| used[i].iter().any(|&n| n >= listed[i].len());
        if (beyond(0) || beyond(1)) && (0..2).all(|i| used[i].len() == listed[i].len()) {
            return Ok(places.clone());
        }
        for (i, field) in ["tx_positions_m", "rx_positions_m"].into_iter().enumerate() {
            if beyond(i) {
                let reason = format!(
                    "{} places in `{field}` (or its half wavelengths) do not reach the antennas {:?} (from 0) that the \
                     configuration uses: list all of the device, or as many as are in use",
                    listed[i].len(),
                    used[i]
                );
                return Err(Error::invalid("antennas", reason));
            }
        }
        places.select(&self.transmitters, &self.receivers)
    }

    /// The weight of each channel of the cube; `None` where all are one.
    fn channel_weights(&self) -> Result<Option<Vec<C64>>> {
        let Some(listed) = &self.weights else { return Ok(None) };
        let channels = self.transmitters.len() * self.receivers.len();
        let stride = listed.device_receivers.unwrap_or(self.receivers.len());
        let by_number = || {
            let pairs = self.transmitters.iter().flat_map(|t| self.receivers.iter().map(move |r| (t, r)));
            let weight = |(t, r): (&usize, &usize)| {
                (*r < stride).then(|| listed.weights.get(t * stride + r).copied()).flatten()
            };
            pairs.map(weight).collect::<Option<Vec<C64>>>()
        };
        let in_order = || (listed.weights.len() == channels).then(|| listed.weights.clone());
        let weights = match listed.device_receivers {
            Some(_) => by_number().or_else(in_order),
            None => in_order(),
        };
        let Some(weights) = weights else {
            let reason = format!(
                "{} complex weights do not reach the transmitters {:?} and receivers {:?} (from 0) in use",
                listed.weights.len(),
                self.transmitters,
                self.receivers
            );
            return Err(Error::invalid(listed.place.clone(), reason));
        };
        if weights.iter().all(|w| *w == C64::ZERO) {
            let reason = "all weights of the channels in use are zero: nothing would be left";
            return Err(Error::invalid(listed.place.clone(), reason));
        }
        Ok(weights.iter().any(|w| *w != C64::new(1.0, 0.0)).then_some(weights))
    }

    /// Said outright, else implied by what is given, else that of the capture card. The user names none: it
    /// is that of the capture, which must be what the file describes.
    fn format_kind(&self, options: &CaptureOptions) -> Result<FormatKind> {
        if let (Some(file), Some(option)) =
            (self.format, options.format.filter(|&kind| Some(kind) != self.format))
        {
            let reason = format!("the file says {}, the capture is {}", file.name(), option.name());
            return Err(Error::invalid("format", reason));
        }
        if let Some(kind) = self.format.or(options.format) {
            return Ok(kind);
        }
        match (options.lanes.is_some(), options.npy_axes.is_some()) {
            (true, true) => Err(Error::invalid("axes", "are of a .npy file, but lanes of a DCA1000 file")),
            (false, true) => Ok(FormatKind::Npy),
            (true, false) => Ok(FormatKind::Dca1000),
            (false, false) if self.axes.is_some() && self.lanes.is_none() => Ok(FormatKind::Npy),
            (false, false) if self.usual_axes.is_some() => Ok(FormatKind::Npy),
            (false, false) => Ok(FormatKind::Dca1000),
        }
    }

    fn dca1000(&mut self, options: &CaptureOptions) -> Result<CaptureFormat> {
        if options.npy_axes.is_some() || options.wrap_u16.is_some() {
            let given = if options.npy_axes.is_some() { "axes" } else { "wrap_u16" };
            return Err(Error::invalid(given, "is of a .npy file, not of a DCA1000 file"));
        }
        let lanes = self
            .chosen("lanes", self.lanes, options.lanes, LvdsLanes::count)
            .or_else(|| self.usual_lanes(options));
        let lanes = self.said(Unsaid::Lanes, lanes, LvdsLanes::Four, options)?;
        if let (Some(place), LvdsLanes::Two) = (&self.interleaved, lanes) {
            let reason = "channels are interleaved (0); two lanes are read only when they are not (1)";
            return Err(Error::invalid(place.clone(), reason));
        }
        let iq_swap =
            self.chosen("iq_swap", self.iq_swap, options.iq_swap, |swap| swap)
                .or((self.fmcw.sampling == Sampling::Real).then_some(false));
        let iq_swap = self.said(Unsaid::IqSwap, iq_swap, false, options)?;
        Ok(CaptureFormat::Dca1000(AdcLayout { lanes, iq_swap }))
    }

    /// The lanes of the board that the user names; without one, those of the platform that a comment of
    /// the file names.
    fn usual_lanes(&mut self, options: &CaptureOptions) -> Option<LvdsLanes> {
        if let Some(board) = options.board {
            return board.lvds_lanes().and_then(|count| LvdsLanes::from_count(count).ok());
        }
        let (lanes, chip) = self.platform_lanes.as_ref()?;
        let count = lanes.count();
        self.notes.push(format!("{count} lanes, by the comment \"Platform:{chip}\"; `lanes` overrules it"));
        Some(*lanes)
    }

    fn npy(&mut self, options: &CaptureOptions) -> Result<CaptureFormat> {
        if options.lanes.is_some() || options.iq_swap.is_some() {
            let given = if options.lanes.is_some() { "lanes" } else { "iq_swap" };
            return Err(Error::invalid(given, "is of a DCA1000 file, not of a .npy file"));
        }
        let axes = self
            .chosen("axes", self.axes.clone(), options.npy_axes.clone(), |axes| axes.to_string())
            .or_else(|| self.usual_axes.clone());
        let axes = self.said(Unsaid::Axes, axes, NpyAxes::usual(), options)?;
        let wrap_u16 = self.chosen("wrap_u16", self.wrap_u16, options.wrap_u16, |wrap| wrap);
        Ok(CaptureFormat::Npy { axes, wrap_u16 })
    }

    /// What is said; where nothing is, what stands in for it, if something may.
    fn said<T>(&mut self, what: Unsaid, said: Option<T>, stand_in: T, options: &CaptureOptions) -> Result<T> {
        match said {
            Some(said) => Ok(said),
            None if options.assume => {
                self.assumed.push(what);
                Ok(stand_in)
            }
            None => Err(what.error()),
        }
    }

    /// What the user says, else the file. Where they differ a note says so: of a recording that was not made
    /// as its file describes, the user knows more.
    fn chosen<T: PartialEq + Clone, S: std::fmt::Display>(
        &mut self,
        name: &str,
        file: Option<T>,
        option: Option<T>,
        show: impl Fn(T) -> S,
    ) -> Option<T> {
        if let (Some(file), Some(option)) =
            (&file, option.as_ref().filter(|option| file.as_ref() != Some(option)))
        {
            self.note_overruled(&format!("`{name} = {}`", show(option.clone())), show(file.clone()));
        }
        option.or(file)
    }

    fn note_overruled(&mut self, option: &str, told: impl std::fmt::Display) {
        self.notes.push(format!("{option} overrules the configuration, which says {told}"));
    }

    fn note_places(&mut self, option: &str) {
        self.notes
            .push(format!("{option} overrules the places of the antennas that the configuration gives"));
    }
}
