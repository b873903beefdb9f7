//! What was found, for a person.

use super::super::damage::name_of;
use super::answer::{Answer, CaptureFile, Configuration, Missing, Packets, Problem};
use super::seen::Damage;
use crate::question::Readable;
use mmw_dsp::capture::CaptureFormat;
use mmw_dsp::{FmcwConfig, Sampling};

impl Readable for Answer {
    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.configurations.iter().flat_map(lines_of).collect();
        lines.extend(self.captures.iter().map(line_of));
        lines.extend(self.problems.iter().map(|Problem { file, message, names_file }| {
            let named = if *names_file { String::new() } else { format!("{file}: ") };
            format!("unreadable    {named}{message}")
        }));
        lines.extend(self.doubts.iter().map(|doubt| format!("doubtful      {doubt}")));
        lines.extend(
            self.missing
                .iter()
                .map(|Missing { what, supplied_by, .. }| format!("missing       {what}: {supplied_by}")),
        );
        lines
    }
}

fn kind_of(sampling: Sampling) -> &'static str {
    match sampling {
        Sampling::Real => "real",
        Sampling::Complex1x => "complex (1x)",
        Sampling::Complex2x => "complex (2x)",
        other => other.name(),
    }
}

fn lines_of(configuration: &Configuration) -> Vec<String> {
    let Configuration { waveform: w, config, .. } = configuration;
    let stop_hz =
        w.start_frequency_hz + w.slope_hz_per_s * (w.adc_start_s + w.samples as f64 / w.sample_rate_hz);
    let mut lines = vec![
        configuration.file.clone(),
        format!(
            "  waveform    {:.4} to {:.4} GHz sampled, {:.3} MHz/us, {} {} samples at {:.4} MHz",
            (w.start_frequency_hz + w.slope_hz_per_s * w.adc_start_s) * 1e-9,
            stop_hz * 1e-9,
            w.slope_hz_per_s * 1e-12,
            w.samples,
            kind_of(w.sampling),
            w.sample_rate_hz * 1e-6,
        ),
        format!(
            "  chirps      {} of each transmitter, {:.2} us apart; one transmitter repeats after {:.2} us",
            w.chirps,
            w.chirp_interval_s * 1e6,
            w.repetition_s() * 1e6,
        ),
        format!("  frames      {}, every {:.3} ms", announced(config.frames), w.frame_period_s * 1e3),
        format!(
            "  range       {:.4} m resolution, up to {:.3} m",
            configuration.range_resolution_m, configuration.max_range_m
        ),
        match (configuration.velocity_resolution_m_s, configuration.max_velocity_m_s) {
            (Some(resolution), Some(max)) => {
                format!("  velocity    {resolution:.4} m/s resolution, up to ±{max:.3} m/s")
            }
            _ => "  velocity    none: one chirp per frame".to_owned(),
        },
        format!("  antennas    TX {}, RX {}", counted(&config.transmitters), counted(&config.receivers)),
    ];
    lines.extend(places(w));
    lines.push(storage(configuration));
    if configuration.weighted_channels > 0 || configuration.range_bias_m != 0.0 {
        lines.push(format!(
            "  calibration {} channels weighted, range bias {:.4} m",
            configuration.weighted_channels, configuration.range_bias_m
        ));
    }
    lines.extend(configuration.notes.iter().map(|note| format!("  note        {note}")));
    lines
}

fn announced(frames: Option<u64>) -> String {
    frames.map_or_else(|| "until stopped".to_owned(), |frames| format!("{frames} announced"))
}

/// As the boards print them, from 1.
fn counted(numbers: &[usize]) -> String {
    numbers.iter().map(|n| (n + 1).to_string()).collect::<Vec<_>>().join(" ")
}

/// The places as the radar looks out: to the right and up.
fn places(waveform: &FmcwConfig) -> Vec<String> {
    let Some(layout) = &waveform.antennas else { return Vec::new() };
    let place = |[x, _, z]: &[f64; 3]| format!("({:+.3}, {:+.3})", x * 1e3, z * 1e3);
    let row = |name: &str, places: &[[f64; 3]]| {
        let shown = places.iter().map(place).collect::<Vec<_>>().join(" ");
        format!("              {name} (right, up) in mm as the radar looks out: {shown}")
    };
    vec![row("TX", &layout.tx_positions_m), row("RX", &layout.rx_positions_m)]
}

fn storage(configuration: &Configuration) -> String {
    let unknown = || "unknown".to_owned();
    match &configuration.config.format {
        CaptureFormat::Dca1000(_) => format!(
            "  storage     .bin, {} lanes, {}{} bytes per frame",
            configuration.lanes.map_or_else(unknown, |lanes| lanes.to_string()),
            match (configuration.waveform.sampling, configuration.iq_swap) {
                (Sampling::Real, _) => String::new(),
                (_, swap) => format!("Q first: {}, ", swap.map_or_else(unknown, |swap| swap.to_string())),
            },
            configuration.frame_bytes.map_or_else(unknown, |bytes| bytes.to_string()),
        ),
        CaptureFormat::Npy { .. } => {
            format!("  storage     .npy, axes {}", configuration.axes.clone().unwrap_or_else(unknown))
        }
        _ => format!("  storage     {}", unknown()),
    }
}

fn line_of(capture: &CaptureFile) -> String {
    let mut line = format!("{}\n  capture     {}, {} bytes", capture.file, capture.format, capture.bytes);
    if let Some(shape) = &capture.shape {
        line += &format!(", array of shape {shape:?}");
    }
    if let (Some(frames), Some(rest)) = (capture.frames, capture.rest_bytes) {
        line += &format!(", {frames} whole frames");
        if rest > 0 {
            line += &format!(" and {rest} bytes");
            let joined = capture.packets.as_ref().is_some_and(|packets| packets.first_byte > 0);
            if capture.format == "dca1000" && !joined {
                line += ", which --allow-partial-last-frame leaves out";
            }
        }
    }
    if let Some(Packets { first_byte, received, lost, lost_bytes, foreign }) = &capture.packets {
        line += &format!(
            "\n  packets     {lost} lost, {lost_bytes} bytes of zeros in their place; {received} are there"
        );
        if *first_byte > 0 {
            line += &format!("; joined after {first_byte} bytes of the stream");
        }
        if *foreign > 0 {
            line += &format!("; {foreign} datagrams are none of the card");
        }
    }
    for Damage { kind, bytes, frames, first_frame, last_frame } in &capture.damage {
        let frames = match frames {
            1 => format!("frame {first_frame}"),
            _ => format!("{frames} frames, {first_frame} to {last_frame}"),
        };
        line += &format!("\n  damage      {}: {bytes} bytes in {frames}", name_of(*kind));
    }
    if let Some(frames) = capture.looked_at {
        line += &format!("\n  note        only the first {frames} frames were looked at for damage");
    }
    line
}
