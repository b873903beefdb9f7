//! Each option of `mmw radar info|record|simulate` and of `mmw merge`, which answer no lines of questions,
//! with each mode: it changes what is printed or written, or is an error that names it.

use super::radar::text;
use super::recording::{PAYLOAD, listening, replay};
use super::{TempFolder, mmw, stderr, succeed};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// What a run prints and writes.
#[derive(Debug, PartialEq)]
struct Outcome {
    is_good: bool,
    shown: String,
    said: String,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

/// Runs a command; `{}` in its arguments is a fresh folder.
fn outcome(arguments: &[&str]) -> Outcome {
    let folder = TempFolder::new("arguments");
    let place = text(folder.path()).to_owned();
    let arguments: Vec<String> = arguments.iter().map(|word| word.replace("{}", &place)).collect();
    let output = mmw(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).output().unwrap();
    let plain = |text: String| text.replace(&place, "{}");
    let files = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
    Outcome {
        is_good: output.status.success(),
        shown: plain(String::from_utf8(output.stdout.clone()).unwrap()),
        said: plain(stderr(&output)),
        files: files.map(|entry| (entry.file_name().into(), std::fs::read(entry.path()).unwrap())).collect(),
    }
}

struct Table<'a> {
    command: &'a [&'a str],
    /// Its arguments in each mode.
    modes: Vec<Vec<&'a str>>,
    /// An option with its value, and what else has to be said with it.
    options: Vec<Vec<&'a str>>,
    /// Where files go.
    beside: &'a [&'a str],
}

impl Table<'_> {
    fn check(&self) {
        self.knows_every_option();
        for mode in &self.modes {
            let mode = [self.command, mode].concat();
            let plain = outcome(&mode);
            let names: BTreeSet<&str> = self.options.iter().map(|option| option[0]).collect();
            for name in names {
                let tried = self.options.iter().filter(|option| option[0] == name);
                // What the mode says anyway is not tried again.
                let others: Vec<_> = tried.filter(|_| !mode.contains(&name)).collect();
                let works = |option: &&Vec<&str>| {
                    let found = outcome(&[&mode[..], option].concat());
                    let is_named = || format!("{}{}", found.said, found.shown).contains(name);
                    if found.is_good { found != plain } else { is_named() || names_field(&found, name) }
                };
                assert!(others.is_empty() || others.iter().any(works), "{name} does nothing in {mode:?}");
            }
        }
    }

    /// What the help lists is in the table.
    fn knows_every_option(&self) {
        let help = succeed(&[self.command, &["--help"]].concat());
        // What is said below the options begins at the margin.
        let lines = help.lines().filter(|line| line.starts_with(' ') && line.trim_start().starts_with('-'));
        for name in lines.filter_map(|line| line.split([' ', ',', '[']).find(|word| word.starts_with("--"))) {
            let tried = self.options.iter().any(|option| option[0] == name);
            let is_known = tried || self.beside.contains(&name) || ["--help", "--version"].contains(&name);
            assert!(is_known, "{:?}: no row tries {name}", self.command);
        }
    }
}

fn names_field(found: &Outcome, option: &str) -> bool {
    let field = option.trim_start_matches('-').replace('-', "_");
    found.said.contains(&field) || found.shown.contains(&field)
}

const ROOM: &str = "board = \"iwr1843\"\nframes = 3\nseed = 4\n[fmcw]\nchirps = 16\nsamples = 64\n\
    [[target]]\nposition_m = [0.45, 4.0, 0.0]\nsnr_db = 10.0\n";
const OTHER: &str = "board = \"iwr1843\"\nframes = 3\nseed = 4\n[fmcw]\nchirps = 16\nsamples = 64\n\
    [[target]]\nposition_m = [0.0, 1.0, 0.0]\nvelocity_m_s = [0.0, 1.0, 0.0]\nsnr_db = 10.0\n";

struct Files(TempFolder);

impl Files {
    fn new(name: &str) -> Self {
        Self(TempFolder::new(name))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        text(&path).to_owned()
    }
}

#[test]
fn every_option_of_the_simulation_works_or_is_named() {
    let files = Files::new("arguments-simulate");
    let (room, other) = (files.write("room.toml", ROOM), files.write("other.toml", OTHER));
    let places = files.write("places.csv", "x_m,y_m,z_m\n0,0,0\n0.01,0,0\n");
    let out = ["--out", "{}/a.bin"];
    let mode = |more: &[&'static str]| [&out[..], more].concat();
    let with = |scene| [&[scene][..], &out].concat();
    let modes = vec![with(&room), with(&other), [&with(&room)[..], &["--trajectory", &places]].concat()];
    let options = vec![
        vec!["--lanes", "4"],
        vec!["--seed", "9"],
        vec!["--frames", "2"],
        vec!["--trajectory", &places],
        vec!["--json"],
    ];
    assert!(!outcome(&[&["radar", "simulate"], &mode(&[])[..]].concat()).is_good, "without a scene");
    Table { command: &["radar", "simulate"], modes, options, beside: &["--out"] }.check();
}

/// A complex array of three frames of 16 chirps of 12 channels of 64 samples, without an echo.
fn array() -> Vec<u8> {
    let mut header = "{'descr': '<c8', 'fortran_order': False, 'shape': (3, 16, 12, 64), }".to_owned();
    header += &" ".repeat(128 - 10 - 1 - header.len());
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    let mut state = 7_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as f32 - 32_768.0
    };
    bytes.extend((0..2 * 3 * 16 * 12 * 64).flat_map(|_| noise().to_le_bytes()));
    bytes
}

#[test]
fn every_option_of_the_description_works_or_is_named() {
    let files = Files::new("arguments-info");
    let room = files.write("room.toml", ROOM);
    let capture = files.path("whole.bin");
    succeed(&["radar", "simulate", &room, "--out", text(&capture)]);
    let config = files.path("whole.config.toml");
    let told = std::fs::read_to_string(&config).unwrap();
    let dca = "format = \"dca1000\"\nlanes = 2\niq_swap = false\n";
    let array_config = files
        .write("array.toml", told.replace(dca, "format = \"npy\"\naxes = \"frame,chirp,channel,sample\"\n"));
    let array = files.write("array.npy", array());
    let antennas = files.write(
        "antennas.toml",
        "tx_positions_m = [[0, 0, 0], [0.002, 0, 0], [0.004, 0, 0]]\n\
         rx_positions_m = [[0, 0, 0], [0.009, 0, 0], [0.02, 0, 0], [0.03, 0, 0.001]]\n",
    );
    let (capture, config) = (text(&capture), text(&config));
    let modes = vec![
        vec![capture, config],
        vec![config],
        vec![capture],
        vec![&array, &array_config],
        vec![&array_config],
        vec![&array],
        vec![capture, config, "--board", "iwr1843"],
    ];
    let options = vec![
        vec!["--board", "awr1843_aop"],
        vec!["--antennas", &antennas],
        vec!["--lanes", "4"],
        vec!["--iq-swap", "true"],
        vec!["--axes", "frame,channel,chirp,sample"],
        vec!["--skip-bytes", "16"],
        vec!["--offset-binary"],
        vec!["--big-endian"],
        vec!["--iq-pairs"],
        vec!["--udp-port", "5000"],
        vec!["--recording", "1"],
        vec!["--json"],
    ];
    let info = ["radar", "info"];
    Table { command: &info, modes: modes.clone(), options, beside: &["--as-told"] }.check();
    // Overrules a refusal, and is refused like the rest.
    let turned = [&info[..], &[capture, config, "--big-endian"]].concat();
    assert!(!outcome(&turned).is_good && outcome(&[&turned[..], &["--as-told"]].concat()).is_good);
    for mode in [1, 2, 4, 5].map(|mode| &modes[mode]) {
        let found = outcome(&[&info[..], mode, &["--as-told"]].concat());
        assert!(!found.is_good && found.said.contains("as_told"), "{mode:?}");
    }
}

/// One transmitter and one receiver, whose frames take 4096 bytes over two lanes and 16384 over four.
const CONFIG: &str = "sensorStop\nflushCfg\ndfeDataOutputMode 1\nchannelCfg 1 1 0\nadcCfg 2 1\n\
    adcbufCfg -1 0 0 1 1\nprofileCfg 0 77 47.2 5 12.8 0 0 60 1 64 5000 0 0 30\nchirpCfg 0 0 0 0 0 0 0 1\n\
    frameCfg 0 0 16 3 50 1 0\nlvdsStreamCfg -1 0 1 0\nsensorStart\n";

/// What a recording of a stream that is joined after 300 packets says.
fn recorded(files: &Files, more: &[&str]) -> Value {
    let out = files.path("recorded.bin");
    let mut child = mmw(&["radar", "record", "--bind", "127.0.0.1:0", "--out", text(&out)])
        .args(["--idle-s", "0.4", "--duration-s", "20", "--json"])
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (address, _errors) = listening(&mut child);
    let order: Vec<usize> = (300..340).collect();
    replay(&vec![1; 340 * PAYLOAD], &order, address);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{more:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_option_of_the_recording_works_or_is_named() {
    let files = Files::new("arguments-record");
    let config = files.write("radar.cfg", CONFIG);
    let table = Table {
        command: &["radar", "record"],
        modes: vec![],
        options: vec![vec!["--config", &config], vec!["--lanes", "4"], vec!["--frames", "1"]],
        // Where it listens and writes, and when it ends.
        beside: &["--bind", "--out", "--duration-s", "--idle-s", "--json"],
    };
    table.knows_every_option();
    let two = ["--config", &config, "--lanes", "2"];
    let plain = recorded(&files, &[]);
    let whole = recorded(&files, &two);
    // Zeros stand for what was sent of the first frame before.
    assert_eq!(plain["first_byte"], 300 * PAYLOAD);
    assert_eq!(whole["first_byte"], 300 * PAYLOAD / 4096 * 4096);
    let four = recorded(&files, &["--config", &config, "--lanes", "4"]);
    assert_eq!(four["first_byte"], 300 * PAYLOAD / 16_384 * 16_384);
    assert_eq!(recorded(&files, &[&two[..], &["--frames", "1"]].concat())["bytes"], 4096);
    for alone in [["--lanes", "2"], ["--frames", "1"]] {
        let found = outcome(
            &[&["radar", "record", "--bind", "127.0.0.1:0", "--out", "{}/a.bin"], &alone[..]].concat(),
        );
        assert!(
            !found.is_good && found.said.contains(alone[0]) && found.said.contains("--config"),
            "{}",
            found.said
        );
    }
}

fn part(files: &Files, command: &str, index: usize) -> String {
    let path = files.path(&format!("{command}-{index}.json"));
    let levels = if command == "psk" { "--es-n0-db=0,10" } else { "--snr-db=0,10" };
    let shard = format!("--shard={index}/2");
    let study = ["snr", command, "--estimators=m2m4", levels, "--samples=50", "--trials=90", &shard, "--out"];
    succeed(&[&study[..], &[text(&path)]].concat());
    text(&path).to_owned()
}

#[test]
fn every_option_of_the_merge_works_in_each_study() {
    let files = Files::new("arguments-merge");
    let parts =
        ["compare", "coverage", "psk"].map(|command| [1, 2].map(|index| part(&files, command, index)));
    let modes = parts.iter().map(|parts| parts.iter().map(String::as_str).collect()).collect();
    let options = vec![
        vec!["--out", "{}/a.csv"],
        vec!["--plot", "{}/a.svg"],
        vec!["--page", "{}/a.html"],
        vec!["--json"],
    ];
    Table { command: &["merge"], modes, options, beside: &[] }.check();
    let written = |path: &Path| {
        path.extension().is_some_and(|ending| ["csv", "svg", "html"].iter().any(|e| *e == ending))
    };
    for parts in &parts {
        let [first, second] = parts;
        let found = outcome(&[
            "merge",
            first,
            second,
            "--out",
            "{}/a.csv",
            "--plot",
            "{}/a.svg",
            "--page",
            "{}/a.html",
        ]);
        assert!(
            found.files.len() >= 3
                && found.files.iter().all(|(path, bytes)| written(path) && bytes.len() > 100)
        );
    }
}
