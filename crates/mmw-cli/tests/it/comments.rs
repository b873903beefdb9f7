//! Comments fit the width that the formatter keeps for code.

use std::path::Path;

const WIDTH: usize = 110;

/// The comments of a text that are too long, with their line numbers; rows of tables and examples
/// cannot be broken.
fn long(text: &str) -> Vec<(usize, &str)> {
    let mut example = false;
    let mut found = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let Some(comment) = line.trim_start().strip_prefix("//") else {
            example = false;
            continue;
        };
        let comment = comment.trim_start_matches(['/', '!', ' ']);
        example ^= comment.starts_with("```");
        if !example && !comment.starts_with('|') && line.chars().count() > WIDTH {
            found.push((i + 1, line));
        }
    }
    found
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
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    walk(&crates, &mut |file| {
        let text = std::fs::read_to_string(file).unwrap();
        found.extend(long(&text).iter().map(|(line, text)| format!("{}:{line}: {text}", file.display())));
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_long_comment_is_found_and_a_row_of_a_table_is_not() {
    let words = "word ".repeat(30);
    assert_eq!(long(&format!("code();\n    // {words}")).len(), 1);
    assert_eq!(long(&format!("//! | {words} |\nlet x = \"// {words}\";")), []);
    assert_eq!(long(&format!("/// ```text\n/// {words}\n/// ```\n/// {words}")).len(), 1);
}
