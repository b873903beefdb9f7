//! Studies in parts, on any number of threads, killed and taken up again: the bytes of one run.

use super::radar::{fails, text};
use super::{TempFolder, mmw, succeed};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const STUDY: [&str; 7] = [
    "snr",
    "compare",
    "--estimators=m2m4,l_statistic",
    "--snr-db=0,10",
    "--samples=100",
    "--trials=900",
    "--seed=5",
];

fn study(more: &[&str]) -> String {
    succeed(&[&STUDY, more].concat())
}

fn part(folder: &Path, index: u64, parts: u64, more: &[&str]) -> PathBuf {
    let path = folder.join(format!("part-{index}-of-{parts}.json"));
    let shard = format!("--shard={index}/{parts}");
    let shown = study(&[&[shard.as_str(), "--out", text(&path)], more].concat());
    assert!(shown.contains("mmw merge"), "{shown}");
    path
}

fn merged(parts: &[PathBuf], more: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().map(|path| text(path)).collect();
    succeed(&[&["merge"], &parts[..], more].concat())
}

#[test]
fn parts_on_any_threads_give_the_bytes_of_one_run() {
    let folder = TempFolder::new("study-parts");
    let (whole, csv) = (folder.path().join("whole.csv"), folder.path().join("merged.csv"));
    let expected = study(&["--json", "--out", text(&whole)]);
    assert_eq!(study(&["--json", "--threads=1"]), expected);
    for (parts, threads) in [(1, "2"), (2, "1"), (7, "2"), (40, "1")] {
        let threads = format!("--threads={threads}");
        // Backwards: their order does not matter.
        let of = |index| part(folder.path(), index, parts, &[&threads]);
        let files: Vec<PathBuf> = (1..=parts).rev().map(of).collect();
        assert_eq!(merged(&files, &["--json", "--out", text(&csv)]), expected, "{parts} parts");
        assert_eq!(std::fs::read(&csv).unwrap(), std::fs::read(&whole).unwrap());
    }
    assert_eq!(merged(&[part(folder.path(), 1, 1, &[])], &[]), study(&[]));
}

#[test]
fn a_study_that_is_killed_goes_on_from_its_checkpoint() {
    let folder = TempFolder::new("study-killed");
    let checkpoint = folder.path().join("study.json");
    let long = ["--samples=2000", "--trials=6000", "--json"];
    let arguments: Vec<&str> = STUDY.iter().copied().filter(|word| !word.contains("00")).collect();
    let arguments = [&arguments[..], &long].concat();
    let expected = succeed(&arguments);
    let resumed = [&arguments[..], &["--checkpoint", text(&checkpoint)]].concat();
    let mut sizes = Vec::new();
    for _ in 0..5 {
        let mut child = mmw(&resumed).stdout(std::process::Stdio::null()).spawn().unwrap();
        let before = std::fs::read(&checkpoint).ok();
        let begun = Instant::now();
        // Until there is more in the checkpoint, or the study ends.
        while std::fs::read(&checkpoint).ok() == before
            && child.try_wait().unwrap().is_none()
            && begun.elapsed() < Duration::from_secs(60)
        {
            std::thread::sleep(Duration::from_millis(2));
        }
        // SIGKILL on Unix.
        child.kill().unwrap();
        child.wait().unwrap();
        sizes.push(std::fs::metadata(&checkpoint).map_or(0, |file| file.len()));
    }
    assert!(sizes.iter().all(|&bytes| bytes > 0), "{sizes:?}");
    assert_eq!(succeed(&resumed), expected);
    // Whole now: nothing is left to do.
    assert_eq!(succeed(&resumed), expected);
    // What the killed runs had under way is cleared by the next.
    #[cfg(target_os = "linux")]
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn parts_that_do_not_belong_together_are_named() {
    let folder = TempFolder::new("study-wrong");
    let first = part(folder.path(), 1, 2, &[]);
    let second = part(folder.path(), 2, 2, &[]);
    let (first, second) = (text(&first), text(&second));
    fails(&["merge", first], 1, &["cover blocks 0..15 of 0..30"]);
    fails(&["merge", second], 1, &["15..30"]);
    fails(&["merge", first, first, second], 1, &["0..15 do not follow on blocks 0..15"]);
    fails(&["merge", first, "no-such-part.json"], 1, &["no-such-part.json", "No such file"]);
    let other = folder.path().join("other.json");
    let other = text(&other);
    succeed(&["snr", "compare", "--estimators=m2m4", "--trials=900", "--shard=2/2", "--out", other]);
    fails(&["merge", first, other], 2, &[other, "different studies", "seed is 5 in one and 1 in the other"]);
    succeed(&["snr", "coverage", "--estimators=m2m4", "--trials=90", "--shard=2/2", "--out", other]);
    fails(&["merge", first, other], 2, &[other, "mmw snr coverage", "mmw snr compare"]);
    // A digit that changed, and another command's name, are seen by the checksum.
    let whole = std::fs::read_to_string(first).unwrap();
    let mean = whole.find("\"mean\": ").unwrap();
    let point = mean + whole[mean..].find('.').unwrap() + 1;
    let longer = format!("{}1{}", &whole[..point], &whole[point..]);
    for changed in [longer, whole.replacen("snr compare", "snr coverage", 1)] {
        std::fs::write(other, changed).unwrap();
        fails(&["merge", other, second], 1, &[other, "changed since it was written"]);
    }
    fails(&["merge", "/dev/null", second], 1, &["/dev/null", "no file"]);
    std::fs::write(other, "{\"command\": \"snr compare\"}").unwrap();
    fails(&["merge", first, other], 1, &[other, "is no part of a study", "missing field"]);
    let checkpoint = [&STUDY[..], &["--checkpoint", first]].concat();
    fails(&[&checkpoint[..], &["--trials=901"]].concat(), 2, &["--trials"]);
    let seventh = [&STUDY[..6], &["--seed=7", "--checkpoint", first]].concat();
    fails(&seventh, 1, &["seed is 5 in one and 7 in the other"]);
    fails(
        &[&STUDY[..], &["--shard=2/2", "--out", other, "--checkpoint", first]].concat(),
        1,
        &["0..15", "15..30"],
    );
    fails(&[&STUDY[..], &["--shard=1/2"]].concat(), 2, &["--out"]);
    // What cannot be written is told before the work.
    let long = ["snr", "compare", "--trials=1000000000"];
    fails(&[&long[..], &["--out=no/such/folder.csv"]].concat(), 1, &["no/such/folder.csv"]);
    fails(&[&long[..], &["--plot=x.gif"]].concat(), 1, &["plot", ".png or .svg"]);
    for (one, two) in [("--checkpoint", "--out"), ("--out", "--page"), ("--page", "--checkpoint")] {
        let [named, way_round] = ["x.html", "./x.html"].map(|name| folder.path().join(name));
        let both = [one, text(&named), two, text(&way_round)];
        fails(&[&long[..], &both].concat(), 1, &["one would replace the other", &one[2..], &two[2..]]);
    }
    let picture = folder.path().join("x.png");
    let both = ["--out", text(&picture), "--plot", text(&picture)];
    fails(&[&long[..], &both].concat(), 1, &["plot", "the file of out"]);
    fails(&[&["merge", first, second], &both[..]].concat(), 1, &["plot", "the file of out"]);
    fails(&[&long[..], &["--page", "p.txt"]].concat(), 1, &["page", ".html"]);
    for option in ["--out", "--checkpoint"] {
        fails(&[&long[..], &[option, "-"]].concat(), 2, &["\"-\"", "/dev/stdout"]);
    }
    fails(&[&STUDY[..], &["--shard=0/2", "--out", other]].concat(), 2, &["from 1/4 to 4/4"]);
}
