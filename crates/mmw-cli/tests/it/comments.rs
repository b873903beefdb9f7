//! Comments fit the width that the formatter keeps for code.

use std::path::Path;

const WIDTH: usize = 110;
const CRATES: [&str; 3] = ["mmw-cli", "mmw-plot", "mmw-reproduce"];

/// The comments of a text that are too long, with their line numbers; rows of tables cannot be broken.
fn long(text: &str) -> Vec<(usize, &str)> {
    let comments = text.lines().enumerate().filter(|(_, line)| {
        let comment = line.trim_start();
        comment.starts_with("//") && !comment.trim_start_matches(['/', '!', ' ']).starts_with('|')
    });
    comments.map(|(i, line)| (i + 1, line)).filter(|(_, line)| line.chars().count() > WIDTH).collect()
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => walk(&entry, visit),
            false if entry.extension().is_some_and(|end| end == "rs") => visit(&entry),
            false => {}
        }
    }
}

#[test]
fn comments_are_wrapped() {
    let mut found = Vec::new();
    for name in CRATES {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name(name);
        walk(&folder, &mut |file| {
            let text = std::fs::read_to_string(file).unwrap();
            found.extend(long(&text).iter().map(|(line, text)| format!("{}:{line}: {text}", file.display())));
        });
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_long_comment_is_found_and_a_row_of_a_table_is_not() {
    let words = "word ".repeat(30);
    assert_eq!(long(&format!("code();\n    // {words}")).len(), 1);
    assert_eq!(long(&format!("//! | {words} |\nlet x = \"// {words}\";")), []);
}
