//! `SigMF`: a description in JSON beside a file of samples.
//!
//! Fields as in the Signal Metadata Format Specification, version 1.2.

use super::binary::Binary;
use super::block::wrong;
use super::layout::Layout;
use crate::error::{Error, Result};
use serde::Deserialize;
use sha2::{Digest, Sha512};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What is read of a description; all else is passed over.
#[derive(Debug, Deserialize)]
struct Meta {
    global: Global,
    #[serde(default)]
    captures: Vec<Capture>,
}

#[derive(Debug, Deserialize)]
struct Global {
    #[serde(rename = "core:datatype")]
    datatype: String,
    #[serde(rename = "core:num_channels", default = "one")]
    channels: usize,
    #[serde(rename = "core:dataset")]
    dataset: Option<String>,
    #[serde(rename = "core:trailing_bytes", default)]
    trailing_bytes: u64,
    #[serde(rename = "core:sha512")]
    sha512: Option<String>,
    #[serde(rename = "core:metadata_only", default)]
    metadata_only: bool,
}

#[derive(Debug, Deserialize)]
struct Capture {
    #[serde(rename = "core:sample_start")]
    start: u64,
    #[serde(rename = "core:header_bytes", default)]
    header_bytes: u64,
}

fn one() -> usize {
    1
}

/// Longest description that is read.
const LONGEST: u64 = 1 << 26;

/// The file of the samples, and how they stand in it. `path` is either file of the pair.
pub(super) fn open(path: &Path, channel: Option<usize>) -> Result<(PathBuf, Binary)> {
    let meta_path = path.with_extension("sigmf-meta");
    let file = File::open(&meta_path).map_err(|error| Error::io(&meta_path, "open", &error))?;
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).map_err(|error| Error::io(&meta_path, "read", &error))?;
    let meta: Meta = serde_json::from_str(&text).map_err(|error| wrong(&meta_path, error))?;
    let data_path = match &meta.global.dataset {
        // A name, which stays in the folder.
        Some(name) if Path::new(name).file_name().is_some_and(|file| file == name.as_str()) => {
            path.with_file_name(name)
        }
        Some(name) => {
            return Err(wrong(&meta_path, format_args!("core:dataset {name:?} is no name of a file")));
        }
        None => path.with_extension("sigmf-data"),
    };
    let length = std::fs::metadata(&data_path).map_err(|error| Error::io(&data_path, "open", &error))?.len();
    if let Some(promised) = &meta.global.sha512 {
        verify(&meta_path, &data_path, promised)?;
    }
    let binary = meta.binary(channel, length).map_err(|what| wrong(&meta_path, what))?;
    Ok((data_path, binary))
}

/// That the file of samples is the one that was described.
fn verify(meta_path: &Path, data_path: &Path, promised: &str) -> Result<()> {
    let io = |what| move |error: std::io::Error| Error::io(data_path, what, &error);
    let mut file = File::open(data_path).map_err(io("open"))?;
    let mut hash = Sha512::new();
    let mut block = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut block).map_err(io("read"))?;
        if read == 0 {
            break;
        }
        hash.update(block.get(..read).unwrap_or_default());
    }
    let found: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if found.eq_ignore_ascii_case(promised.trim()) {
        return Ok(());
    }
    let what = format!(
        "core:sha512 is not that of {}: the samples are not those described, or were changed; if they are \
         right, correct the field (theirs is {found}) or take it out",
        data_path.display()
    );
    Err(wrong(meta_path, what))
}

impl Meta {
    /// For a file of samples of `length` bytes.
    fn binary(&self, channel: Option<usize>, length: u64) -> std::result::Result<Binary, String> {
        let Global { channels, trailing_bytes, metadata_only, .. } = self.global;
        let datatype = &self.global.datatype;
        if metadata_only {
            return Err("describes a recording that is not there (core:metadata_only)".to_owned());
        }
        let layout =
            Layout::from_word(datatype).ok_or_else(|| format!("core:datatype {datatype:?} is not known"))?;
        let channel = match (channels, channel) {
            (0, _) => return Err("core:num_channels is 0".to_owned()),
            (1, None) => 0,
            (_, None) => {
                return Err(format!("holds {channels} channels: --channel takes one of them, from 0"));
            }
            (_, Some(channel)) if channel < channels => channel,
            (_, Some(_)) => return Err(format!("holds {channels} channels, counted from 0: see --channel")),
        };
        let gaps: Vec<(u64, u64)> = self
            .captures
            .iter()
            .map(|capture| (capture.start, capture.header_bytes))
            .filter(|gap| gap.1 > 0)
            .collect();
        if !gaps.is_sorted_by(|a, b| a.0 < b.0) {
            return Err("captures do not ascend in core:sample_start".to_owned());
        }
        let other = gaps.iter().fold(trailing_bytes, |sum, gap| sum.saturating_add(gap.1));
        let frame = (layout.bytes() * channels) as u64;
        let samples = length.checked_sub(other).ok_or("announces more bytes of headers than the file has")?;
        if !samples.is_multiple_of(frame) {
            let whole = other + samples - samples % frame;
            return Err(format!(
                "at byte {whole} of the data: {} bytes are no sample of {frame}",
                samples % frame
            ));
        }
        let count = samples / frame;
        if let Some(beyond) = self.captures.iter().find(|capture| capture.start > count) {
            return Err(format!(
                "a capture starts at sample {} (core:sample_start), beyond the {count} of the data",
                beyond.start
            ));
        }
        let count = Some(count);
        Ok(Binary { start: 0, layout, channels, channel, count, gaps })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snr::samples::Block;

    fn meta(text: &str) -> Meta {
        serde_json::from_str(text).unwrap()
    }

    fn read(binary: &Binary, bytes: &[u8]) -> Result<Vec<f64>> {
        let mut all = Vec::new();
        binary.read(bytes, Path::new("x.sigmf-data"), &mut |block| {
            match block {
                Block::Real(x) => all.extend_from_slice(x),
                Block::Complex(y) => all.extend(y.iter().flat_map(|y| [y.re, y.im])),
            }
            Ok(())
        })?;
        Ok(all)
    }

    #[test]
    fn headers_and_trailing_bytes_are_passed_over() {
        let meta = meta(
            r#"{"global": {"core:datatype": "ci8", "core:version": "1.2.0", "core:trailing_bytes": 1},
                "captures": [{"core:sample_start": 0, "core:header_bytes": 2}, {"core:sample_start": 1},
                             {"core:sample_start": 2, "core:header_bytes": 3}], "annotations": []}"#,
        );
        let bytes = [9, 9, 1, 2, 3, 4, 9, 9, 9, 5, 6, 9];
        let binary = meta.binary(None, 12).unwrap();
        assert_eq!(read(&binary, &bytes).unwrap(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert!(meta.binary(None, 11).unwrap_err().contains("at byte 10"));
        assert!(meta.binary(None, 5).unwrap_err().contains("more bytes of headers"));
    }

    #[test]
    fn a_capture_beyond_the_end_is_told() {
        let of = |start: u64| {
            let capture = format!(r#"[{{"core:sample_start": {start}}}]"#);
            meta(&format!(r#"{{"global": {{"core:datatype": "ci8"}}, "captures": {capture}}}"#))
                .binary(None, 8)
        };
        assert!(of(0).is_ok() && of(4).is_ok());
        assert!(of(5).unwrap_err().contains("sample 5 (core:sample_start), beyond the 4"));
    }

    #[test]
    fn one_of_several_channels_is_read() {
        let meta = meta(r#"{"global": {"core:datatype": "ri16_be", "core:num_channels": 2}}"#);
        let bytes = [0, 1, 0, 2, 0, 3, 0, 4];
        for (channel, samples) in [(0, [1.0, 3.0]), (1, [2.0, 4.0])] {
            assert_eq!(read(&meta.binary(Some(channel), 8).unwrap(), &bytes).unwrap(), samples);
        }
        assert!(meta.binary(None, 8).unwrap_err().contains("--channel"));
        assert!(meta.binary(Some(2), 8).unwrap_err().contains("counted from 0"));
    }

    #[test]
    fn the_hash_of_the_samples_is_verified() {
        // FIPS 180-4's example: SHA-512 of "abc".
        const OF_ABC: &str = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                              2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
        let folder = std::env::temp_dir().join(format!("mmw-sigmf-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("x.sigmf-meta");
        std::fs::write(folder.join("x.sigmf-data"), "abc").unwrap();
        let of = |hash: &str| {
            let text = format!(r#"{{"global": {{"core:datatype": "ru8", "core:sha512": "{hash}"}}}}"#);
            std::fs::write(&path, text).unwrap();
            open(&path, None)
        };
        assert!(of(OF_ABC).is_ok() && of(&OF_ABC.to_uppercase()).is_ok());
        let told = of(&OF_ABC.replace("ddaf", "ddae")).unwrap_err().to_string();
        assert!(told.contains("core:sha512") && told.contains("x.sigmf-data"), "{told}");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_is_not_known_is_told() {
        let of = |global: &str| meta(&format!("{{\"global\": {global}}}")).binary(None, 8).unwrap_err();
        assert!(of(r#"{"core:datatype": "cf16_le"}"#).contains("cf16_le"));
        assert!(of(r#"{"core:datatype": "ci8", "core:metadata_only": true}"#).contains("not there"));
        assert!(of(r#"{"core:datatype": "ci8", "core:num_channels": 0}"#).contains("num_channels"));
    }
}
