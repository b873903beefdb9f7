//! The public items of each crate beside the list in `api/`, so that no name, signature, field, variant or
//! implementation comes, goes or changes unnoticed.
//!
//! The list is read from the sources, with any toolchain. Types stand in it as they are written, so a
//! change that shows in an import alone does not show here; macros that are called among items stand in it
//! as they are called.

mod list;
mod resolve;
mod source;
mod tidy;

use source::Crate;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The lines of a list, each with the item that it belongs to.
fn lines(text: &str) -> BTreeSet<String> {
    let mut item = "";
    let mut found = BTreeSet::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("    ") {
            Some(part) => found.insert(format!("{item}: {part}")),
            None => {
                item = line;
                found.insert(line.to_owned())
            }
        };
    }
    found
}

/// What a list has lost and gained, a line each.
fn difference(before: &str, now: &str) -> String {
    let (before, now) = (lines(before), lines(now));
    let lost = before.difference(&now).map(|line| format!("- {line}\n"));
    let gained = now.difference(&before).map(|line| format!("+ {line}\n"));
    lost.chain(gained).collect()
}

#[test]
fn the_public_items_of_each_crate_are_those_of_its_list() {
    let update = std::env::var_os("UPDATE_API").is_some_and(|value| value == "1");
    let mut changed = String::new();
    let mut lists = BTreeSet::new();
    for folder in std::fs::read_dir(workspace().join("crates")).unwrap().map(|entry| entry.unwrap().path()) {
        if !folder.join("src/lib.rs").exists() {
            continue;
        }
        let source = Crate::read(&folder);
        let path = workspace().join(format!("checks/api/{}.txt", source.name));
        let now = list::of(&source);
        if update {
            std::fs::write(&path, &now).unwrap();
        }
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        changed += &difference(&before, &now);
        lists.insert(path.file_name().unwrap().to_owned());
    }
    assert!(
        changed.is_empty(),
        "the public API has changed; if it should, `UPDATE_API=1 cargo test -p mmw-checks api` writes it anew:\n{changed}"
    );
    let there = std::fs::read_dir(workspace().join("checks/api")).unwrap();
    let there: BTreeSet<_> = there.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(there, lists, "lists of crates that are gone, or crates without a list");
}

/// A crate of one file, listed.
fn listed(text: &str) -> String {
    list::of(&Crate::of_text("toy", text))
}

const TOY: &str = "
    mod inner {
        #[derive(Debug)] #[non_exhaustive] pub struct Map { pub width: u32, secret: u8 }
        impl Map { pub fn new(width: u32) -> Self { todo!() } fn hidden(&self) {} }
        impl Default for Map { fn default() -> Self { todo!() } }
        pub enum Kind { Flat, Round { radius_m: f64 } }
        pub struct Private;
        impl Clone for Private { fn clone(&self) -> Self { todo!() } }
    }
    pub use inner::{Map, Kind as Form};
    pub trait Shape { const SIDES: u8; fn area_m2(&self) -> f64; fn name(&self) -> String { todo!() } }
    impl Shape for f64 { const SIDES: u8 = 0; fn area_m2(&self) -> f64 { 0.0 } }
    pub(crate) fn helper() {}
    #[cfg(feature = \"rayon\")] pub fn run<T: Shape>(of: &[T],) -> Result<(), Error> { todo!() }
    pub const LIMIT: usize = 3;
    #[doc(hidden)] pub fn internal() {}
    #[cfg(test)] mod tests { pub fn nothing() {} }
    named!(/** Docs. */ Colour { Red, Green });
    pub use other::Error;
";

#[test]
fn a_list_holds_what_can_be_reached_and_nothing_else() {
    let expected = "\
const toy::LIMIT
    usize

enum toy::Form
    Flat
    Round { radius_m: f64 }

fn toy::run
    #[cfg(feature = \"rayon\")] fn<T: Shape>(of: &[T]) -> Result<(), Error>

mod toy
    named!(Colour { Red, Green })
    use other::Error

struct toy::Map
    #[derive(Debug)]
    #[non_exhaustive]
    (private fields)
    impl Default for Map
    impl Map: fn new(width: u32) -> Self
    width: u32

trait toy::Shape
    const SIDES: u8
    fn area_m2(&self) -> f64
    fn name(&self) -> String (provided)
    impl Shape for f64
";
    assert_eq!(listed(TOY), expected);
}

#[test]
fn every_change_of_a_public_item_shows() {
    for (old, new) in [
        ("pub width: u32", "pub breadth: u32"),
        ("pub width: u32", "pub width: u64"),
        ("pub width: u32", "width: u32"),
        (", secret: u8", ""),
        ("#[derive(Debug)]", ""),
        ("#[non_exhaustive]", ""),
        ("pub fn new(width: u32)", "pub fn with_width(width: u32)"),
        ("pub fn new(width: u32)", "pub fn new(width: u64)"),
        ("pub fn new(width: u32) -> Self", "pub fn new(width: u32) -> Option<Self>"),
        ("pub fn new", "fn new"),
        ("fn hidden", "pub fn hidden"),
        ("impl Default for Map { fn default() -> Self { todo!() } }", ""),
        ("Flat,", ""),
        ("radius_m: f64", "radius_m: f32"),
        ("inner::{Map, ", "inner::{"),
        ("Kind as Form", "Kind"),
        ("Kind as Form", "Kind as Form, Private"),
        ("fn name(&self) -> String { todo!() }", "fn name(&self) -> String;"),
        ("fn area_m2(&self)", "fn area_m2(&mut self)"),
        ("impl Shape for f64", "impl Shape for f32"),
        ("pub(crate) fn helper", "pub fn helper"),
        ("#[cfg(feature = \"rayon\")]", ""),
        ("<T: Shape>", "<T: Shape + Send>"),
        ("LIMIT: usize", "LIMIT: u32"),
        ("#[doc(hidden)]", ""),
        ("Red, Green", "Red, Blue"),
        ("other::Error", "another::Error"),
    ] {
        assert!(TOY.contains(old), "{old}");
        assert_ne!(difference(&listed(TOY), &listed(&TOY.replacen(old, new, 1))), "", "{old} to {new}");
    }
}

#[test]
fn what_nobody_sees_does_not_show() {
    for (old, new) in [
        ("fn hidden", "fn unseen"),
        ("secret: u8", "secret: u16, other: u8"),
        ("fn helper() {}", "fn aid() -> f64 { 1.0 }"),
        ("&[T],)", "&[T])"),
        ("usize = 3", "usize = 4"),
        ("Docs.", "Words."),
        ("pub struct Private;", "pub struct Private { pub all: u8 }"),
        ("mod inner {", "/// Text.\n mod inner { use std::fmt;"),
    ] {
        assert!(TOY.contains(old), "{old}");
        assert_eq!(difference(&listed(TOY), &listed(&TOY.replacen(old, new, 1))), "", "{old} to {new}");
    }
}
