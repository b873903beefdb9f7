//! A module imports only from those that stand above it.

use mmw_checks::layers::{breaches, circles};
use std::path::{Path, PathBuf};

/// What `mmw-dsp` still imports from below or from a parent, within its folders. What comes in are methods
/// moved to a file of their own, no new tie.
const STILL_KNOTTED: [&str; 36] = [
    "capture::layout::borders imports FrameCodec of its parent",
    "capture::layout::evidence imports FrameCodec of its parent",
    "capture::layout::pauses imports FrameCodec of its parent",
    "capture::layout::raw imports FrameCodec of its parent",
    "capture::layout::rows imports FrameCodec of its parent",
    "capture::ti_cfg::low_power imports RISING of its parent",
    "cfar::detector imports CfarConfig of its parent",
    "cfar::plan imports CfarConfig of its parent",
    "cfar::ring imports CfarConfig of its parent",
    "cfar::window imports Edge of its parent",
    "fmcw::firing imports FmcwConfig of its parent",
    "fmcw::times imports FmcwConfig of its parent",
    "mti::mean imports Mti of its parent",
    "mti::windowed_mean imports Mti of its parent",
    "peak::joint imports refine, declared below it",
    "peak::refine imports second, declared below it",
    "processor::apart imports Processor of its parent",
    "processor::around imports Processor of its parent",
    "processor::difference imports Processor of its parent",
    "processor::frame imports Processor of its parent",
    "processor::inverted imports Processor of its parent",
    "processor::locate imports Processor of its parent",
    "processor::targets imports Processor of its parent",
    "range_doppler::run imports Engine of its parent",
    "range_doppler::run imports PortableBuffers of its parent",
    "range_doppler::run imports RangeDoppler of its parent",
    "range_doppler::run imports RangeDopplerScratch of its parent",
    "range_doppler::run imports Worker of its parent",
    "simulate::frame imports noise, declared below it",
    "simulate::frame imports row, declared below it",
    "simulate::frame imports simulator, declared below it",
    "simulate::frame imports tone, declared below it",
    "simulate::frame imports vector, declared below it",
    "simulate::motion imports scene, declared below it",
    "simulate::simulator imports tone, declared below it",
    "slow_time::lines imports amplitude_spectrum of its parent",
];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates").join(name)
}

#[test]
fn modules_import_only_from_those_above_them() {
    for name in ["mmw-dsp", "mmw-reproduce"] {
        let found = breaches(&folder(name), false);
        assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
    }
}

#[test]
fn files_of_a_module_import_only_from_those_above_them() {
    for name in [
        "mmw-core",
        "mimo-gscm",
        "linkbudget",
        "fso-g2a",
        "snr-quantile",
        "mmw-plot",
        "mmw-sense",
        "mmw-sets",
    ] {
        let found = breaches(&folder(name), true);
        assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
    }
}

#[test]
fn files_of_the_radar_crate_are_tied_as_the_list_says() {
    let names = |breach: &String, known: &str| breach.ends_with(&format!(": {known}"));
    let found = breaches(&folder("mmw-dsp"), true);
    let new: Vec<_> =
        found.iter().filter(|breach| !STILL_KNOTTED.iter().any(|known| names(breach, known))).collect();
    let gone: Vec<_> =
        STILL_KNOTTED.iter().filter(|known| !found.iter().any(|breach| names(breach, known))).collect();
    assert!(new.is_empty() && gone.is_empty(), "new: {new:#?}, no more: {gone:#?}");
}

/// The command is no library: its modules stand in the order of the alphabet, and a command knows the options
/// that its parent shares. That no two files need each other is what keeps it in layers.
#[test]
fn no_two_files_of_the_command_need_each_other() {
    let found = circles(&folder("mmw-cli"));
    assert!(found.is_empty(), "{}", found.join("\n"));
}
