//! From bytes to what a file holds.

use super::decode::{Decoder, unit_ohm};
use super::file::Touchstone;
use super::header::{Header, Section};
use super::noise;
use super::options::Options;
use super::remarks::Remarks;
use super::source::{Source, content, text, words};
use super::table::Table;
use super::words::{MatrixFormat, Mode, NoisePoint, Note, Parameter, Version};
use crate::network::Waves;
use crate::nport::References;
use mmw_core::ndarray::Array3;
use mmw_core::{C64, Result};

pub(super) struct Reader<'a> {
    source: &'a Source<'a>,
    pub(super) header: Header,
    pub(super) options: Option<Options>,
    pub(super) remarks: Remarks,
    network: Table,
    noise: Table,
    notes: Vec<Note>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a Source<'a>) -> Self {
        Self {
            source,
            header: Header::new(),
            options: None,
            remarks: Remarks::default(),
            network: Table::default(),
            noise: Table::default(),
            notes: Vec::new(),
        }
    }

    /// Tells each thing once, where it is first met.
    fn note(&mut self, offset: usize, text: impl Into<String>) {
        let text = text.into();
        if self.notes.iter().all(|note| note.text != text) {
            self.notes.push(Note { line: self.source.line_at(offset), text });
        }
    }

    pub(super) fn scan(&mut self) -> Result<()> {
        let source = self.source;
        let bytes: &[u8] = &source.bytes;
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            at = match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => at + 1,
                b'!' => self.comment(at, at + 1),
                _ if self.header.section == Section::Information && *byte != b'[' => self.comment(at, at),
                b'#' => self.option_line(at)?,
                b'[' => self.keyword(at)?,
                b';' => {
                    self.note(at, "a comment behind ;, which is no mark of the format");
                    self.comment(at, at + 1)
                }
                _ => self.data(at)?,
            };
        }
        Ok(())
    }

    fn comment(&mut self, offset: usize, from: usize) -> usize {
        let end = self.source.line_end(offset);
        self.remarks.take(&self.source.bytes[from..end], offset);
        end
    }

    fn option_line(&mut self, offset: usize) -> Result<usize> {
        self.remarks.interrupted();
        let end = self.source.line_end(offset);
        if self.options.is_some() {
            self.note(offset, "a second option line, which the format ignores");
            return Ok(end);
        }
        let options = Options::parse(self.source, content(&self.source.bytes[offset..end]), offset)?;
        if let Some(remark) = options.remark {
            self.note(offset, remark);
        }
        if !self.network.rows.is_empty() {
            self.note(offset, "the option line stands behind data: taken for all of it");
        }
        self.options = Some(options);
        Ok(end)
    }

    fn keyword(&mut self, offset: usize) -> Result<usize> {
        self.remarks.interrupted();
        let end = self.source.line_end(offset);
        let line = content(&self.source.bytes[offset..end]);
        if self.header.version.is_none() && !self.network.rows.is_empty() {
            return Err(self.source.trouble(offset, "keywords before the data", &text(line)));
        }
        let is_ours = self.header.keyword(self.source, line, offset)?;
        Ok(if is_ours { end } else { self.comment(offset, offset) })
    }

    fn data(&mut self, offset: usize) -> Result<usize> {
        self.remarks.interrupted();
        let source = self.source;
        let section = if self.header.has_keywords() { self.header.section } else { Section::Network };
        if section == Section::Header && self.header.ports.is_some() {
            self.note(offset, "data without [Network Data]: taken for the matrices");
            self.header.section = Section::Network;
            return self.network.take(source, offset);
        }
        match section {
            Section::Network => self.network.take(source, offset),
            Section::Noise => self.noise.take(source, offset),
            section => {
                let end = source.line_end(offset);
                let words = words(content(&source.bytes[offset..end]), offset);
                if section == Section::Reference {
                    self.header.more_references(source, &words)?;
                } else if let Some((at, word)) = words.first() {
                    let expected = if section == Section::End {
                        "nothing behind [End]"
                    } else {
                        "[Network Data] before the data"
                    };
                    return Err(source.trouble(*at, expected, word));
                }
                Ok(end)
            }
        }
    }

    pub(super) fn finish(mut self) -> Result<Touchstone> {
        let source = self.source;
        if self.network.rows.is_empty() {
            return Err(source.trouble(source.bytes.len(), "lines of numbers", "the end"));
        }
        let ports = self.ports()?;
        self.tell_oddities();
        let options = self.options.take().unwrap_or_else(|| Options::default_at(0));
        let matrix = self.header.matrix;
        let size = 1 + 2 * matrix.entries(ports);
        if matches!(options.parameter, Parameter::H | Parameter::G) && ports != 2 {
            let found = format!("{ports} ports");
            return Err(source.trouble(
                options.offset,
                "two ports, for which alone hybrid parameters are defined",
                &found,
            ));
        }
        let what = format!("a frequency of {ports} port{}", if ports == 1 { "" } else { "s" });
        let noise_within = ports == 2 && !self.header.has_keywords();
        let (starts, end) = self.network.records(source, size, &what, noise_within, |row, starts| {
            noise_within && noise::begins(&self.network, row, starts)
        })?;
        if starts.is_empty() {
            return Err(source.trouble(self.network.offset(0), &format!("{size} numbers for {what}"), "5"));
        }
        let first_noise = self.network.rows.get(end).map_or(self.network.numbers.len(), |row| row.first);
        let noise = if self.header.has_keywords() {
            noise::rows(source, &self.noise, 0)?
        } else {
            noise::rows(source, &self.network, end)?
        };
        if noise_within {
            noise::refuse_doubtful(source, &self.network, end, &starts, &noise)?;
        } else {
            noise::refuse_impossible(source, &self.noise, &noise)?;
        }
        self.announced(starts.len(), noise.len())?;
        self.tell_order(&starts);
        if noise_within
            && noise.first().is_some_and(|first| first[0] > self.network.numbers[starts[starts.len() - 1]])
        {
            self.note(
                self.network.offset(first_noise),
                "noise begins above the last frequency, which the format forbids",
            );
        }

        let row_first = self.row_first(ports)?;
        let (frequencies_hz, mut matrices) = Decoder { source, table: &self.network, options: &options }
            .matrices(&starts, ports, matrix, row_first)?;
        if self.header.has_keywords()
            && ports == 2
            && matrix == MatrixFormat::Full
            && self.header.row_first.is_none()
        {
            self.refuse_unknown_order(&matrices)?;
        }
        let points = frequencies_hz.len();
        let (references, waves) = self.references(&options, points, ports)?;
        if !self.header.has_keywords() {
            self.denormalise(&options, &references, &mut matrices)?;
        }
        let per_ohm = if self.header.has_keywords() { 1.0 } else { references.at(0)[0].re };
        let noise = noise
            .into_iter()
            .map(|[frequency, figure, magnitude, angle, resistance]| NoisePoint {
                frequency_hz: frequency * options.unit_hz,
                minimum_figure_db: figure,
                optimum_magnitude: magnitude,
                optimum_angle_deg: angle,
                resistance_ohm: resistance * per_ohm,
            })
            .collect();
        let propagation = self.remarks.propagation(source, points, ports, &mut self.notes)?;
        let version = self.header.version.unwrap_or(if options.reference_ohm.len() > 1 {
            Version::V1_1
        } else {
            Version::V1_0
        });
        self.notes.sort_by_key(|note| note.line);
        Ok(Touchstone {
            version,
            format: options.format,
            parameter: options.parameter,
            frequencies_hz,
            matrices,
            references,
            waves,
            propagation,
            modes: self.header.modes,
            noise,
            comments: self.remarks.comments,
            notes: self.notes,
        })
    }

    /// By keyword, or by the ending of the name.
    fn ports(&mut self) -> Result<usize> {
        let source = self.source;
        let named = source.ports();
        let Some(ports) = self.header.ports else {
            let found = "another name";
            return named.ok_or_else(|| {
                source.trouble(
                    0,
                    "a name that ends with the number of ports, as .s2p, or [Number of Ports]",
                    found,
                )
            });
        };
        if named.is_some_and(|named| named != ports) {
            self.note(
                self.header.ports_at,
                format!("[Number of Ports] says {ports} and the name another number"),
            );
        }
        if let Some(modes) = &self.header.modes
            && !Mode::cover(modes, ports)
        {
            let expected = format!("a mode for each of {ports} ports, pairs with D and C");
            return Err(source.trouble(self.header.modes_at, &expected, &format!("{} modes", modes.len())));
        }
        Ok(ports)
    }

    fn tell_oddities(&mut self) {
        if self.options.is_none() {
            self.note(
                self.network.offset(0),
                "no option line: read as GHz S MA R 50, the defaults of the format",
            );
        }
        if let Some(comma) = self.network.comma.or(self.noise.comma) {
            self.note(comma, "commas behind numbers, which the format does not have");
        }
        if self.header.has_keywords() && self.header.section != Section::End {
            self.note(self.source.bytes.len(), "no [End]");
        }
    }

    fn tell_order(&mut self, starts: &[usize]) {
        let numbers = &self.network.numbers;
        let frequencies = || starts.iter().map(|&start| numbers[start]);
        if frequencies().is_sorted_by(|a, b| a < b) {
            return;
        }
        let falling = frequencies().is_sorted_by(|a, b| a > b);
        let pair = starts.windows(2).find(|pair| numbers[pair[1]] <= numbers[pair[0]]);
        let text = match pair {
            _ if falling => "frequencies fall",
            Some(pair) if numbers[pair[0]] == numbers[pair[1]] => "a frequency stands twice",
            _ => "frequencies are not in order",
        };
        let offset = self.network.offset(pair.map_or(0, |pair| pair[1]));
        self.note(offset, format!("{text}: the matrices keep the order of the file"));
    }

    /// Compares the numbers of frequencies with those that keywords announce.
    fn announced(&mut self, points: usize, noise: usize) -> Result<()> {
        let differs = |said: Option<(usize, usize)>, found| said.filter(|(count, _)| *count != found);
        if let Some((count, offset)) = differs(self.header.frequencies, points) {
            let expected = format!("{count} frequencies, as announced");
            return Err(self.source.trouble(offset, &expected, &points.to_string()));
        }
        match differs(self.header.noise_frequencies, noise) {
            None => Ok(()),
            Some((_, offset)) if noise == 0 => {
                self.note(offset, "noise is announced, but there is no [Noise Data]");
                Ok(())
            }
            Some((count, offset)) => {
                let expected = format!("{count} noise frequencies, as announced");
                Err(self.source.trouble(offset, &expected, &noise.to_string()))
            }
        }
    }

    /// Whether the file goes along rows: all do but two-ports of version 1.
    fn row_first(&self, ports: usize) -> Result<bool> {
        if ports != 2 {
            return match self.header.row_first {
                Some(_) => Err(self.source.trouble(
                    self.header.ports_at,
                    "[Two-Port Data Order] for two ports only",
                    &format!("{ports} ports"),
                )),
                None => Ok(true),
            };
        }
        Ok(self.header.row_first.unwrap_or(false) || self.header.matrix != MatrixFormat::Full)
    }

    /// Without its order, a two-port of version 2 may be the transpose of what it seems to be.
    fn refuse_unknown_order(&mut self, matrices: &Array3<C64>) -> Result<()> {
        if matrices.outer_iter().all(|matrix| matrix[[0, 1]] == matrix[[1, 0]]) {
            self.note(self.header.ports_at, "no [Two-Port Data Order]; 12 and 21 are the same here");
            return Ok(());
        }
        let expected = "[Two-Port Data Order] 12_21 or 21_12, without which 12 and 21 cannot be told apart";
        Err(self.source.trouble(self.header.ports_at, expected, "none"))
    }

    fn references(&mut self, options: &Options, points: usize, ports: usize) -> Result<(References, Waves)> {
        let source = self.source;
        if let Some(references) = self.remarks.references(source, points, ports, &mut self.notes)? {
            let waves = self.remarks.waves.unwrap_or(Waves::Travelling);
            return Ok((references, waves));
        }
        let (given, offset) = match &self.header.references {
            Some(given) => (given, self.header.references_at),
            None => (&options.reference_ohm, options.offset),
        };
        let all = match given.as_slice() {
            [one] if self.header.references.is_none() => vec![*one; ports],
            some => some.to_vec(),
        };
        if all.len() != ports {
            let expected = format!("a reference for each of {ports} ports");
            return Err(source.trouble(offset, &expected, &all.len().to_string()));
        }
        let waves = self.remarks.waves.unwrap_or(Waves::Power);
        let references = References::constant(&all);
        let references =
            references.map_err(|error| source.trouble(offset, "references", &error.to_string()))?;
        Ok((references, waves))
    }

    /// Version 1 divides all but S-parameters by the reference: `Z/R, Y R, H11/R, H22 R, G11 R, G22/R`.
    fn denormalise(
        &self,
        options: &Options,
        references: &References,
        matrices: &mut Array3<C64>,
    ) -> Result<()> {
        if options.parameter == Parameter::S {
            return Ok(());
        }
        let Some(ohm) = references.resistance_ohm() else {
            let expected =
                "one resistance for all ports, by which version 1 normalises all but S-parameters,";
            return Err(self.source.trouble(options.offset, expected, "several, or complex ones"));
        };
        for ((_, row, column), entry) in matrices.indexed_iter_mut() {
            *entry *= unit_ohm(options.parameter, [row, column], ohm);
        }
        Ok(())
    }
}
