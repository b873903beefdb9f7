//! Which module imports which: a module imports only from those that its parent declares before it, and never
//! from the parent itself. Read from the sources, so that re-exports do not hide a circle.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A module: its file, its children in the order of their declaration, and the names that it re-exports from
/// them.
#[derive(Default)]
struct Module {
    file: PathBuf,
    children: Vec<String>,
    exports: BTreeMap<String, String>,
    /// Paths that its code names, from the crate's root.
    paths: Vec<Vec<String>>,
}

/// Every import of the crate in `folder` that does not lead to a module above, as a sentence: those among the
/// modules that `lib.rs` declares, and with `whole` those within them.
#[must_use]
pub fn breaches(folder: &Path, whole: bool) -> Vec<String> {
    let modules = modules(folder);
    let mut found: Vec<String> =
        modules.keys().flat_map(|place| breaches_of(place, &modules, whole)).collect();
    found.sort();
    found.dedup();
    found
}

fn breaches_of(place: &[String], modules: &BTreeMap<Vec<String>, Module>, whole: bool) -> Vec<String> {
    let module = &modules[place];
    let mut found = vec![];
    for path in &module.paths {
        // The deepest module that holds both, and the way from there to either.
        let shared = place.iter().zip(path).take_while(|(a, b)| a == b).count();
        let (Some(here), Some(there)) = (place.get(shared), path.get(shared)) else { continue };
        if shared > 0 && !whole {
            continue;
        }
        let parent = &modules[&place[..shared]];
        let position = |name: &String| parent.children.iter().position(|child| child == name);
        let child = position(there).or_else(|| parent.exports.get(there).and_then(position));
        let complaint = match child {
            Some(index) if Some(index) <= position(here) => continue,
            Some(index) => format!("{}, declared below it", parent.children[index]),
            // What the root re-exports from other crates.
            None if shared == 0 => continue,
            None => format!("{there} of its parent"),
        };
        let name = if shared == 0 { here.clone() } else { place[..=shared].join("::") };
        found.push(format!("{}: {name} imports {complaint}", module.file.display()));
    }
    found
}

/// Files that need each other, directly or by way of others: every group of them, as one line of their
/// modules in the order of the alphabet. An import counts for the file in which its item stands, whatever it
/// was re-exported through; a parent that only re-exports or calls its children is needed by none of them.
#[must_use]
pub fn circles(folder: &Path) -> Vec<String> {
    let modules = modules(folder);
    let needs: BTreeMap<_, BTreeSet<_>> = modules
        .iter()
        .map(|(place, module)| (place, module.paths.iter().map(|path| home_of(path, &modules)).collect()))
        .collect();
    let reached: BTreeMap<_, _> = needs.keys().map(|&place| (place, reached_from(place, &needs))).collect();
    let mut found: Vec<String> = vec![];
    for (place, reach) in &reached {
        let group: Vec<_> = reach.iter().filter(|other| reached[*other].contains(*place)).collect();
        let names: Vec<_> = group.iter().map(|place| name_of(place)).collect();
        if group.len() > 1 && !found.contains(&names.join(", ")) {
            found.push(names.join(", "));
        }
    }
    found
}

fn name_of(place: &[String]) -> String {
    if place.is_empty() { "the root".to_owned() } else { place.join("::") }
}

/// All that one needs, directly or by way of others.
fn reached_from(
    start: &[String],
    needs: &BTreeMap<&Vec<String>, BTreeSet<Vec<String>>>,
) -> BTreeSet<Vec<String>> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![start.to_vec()]);
    while let Some(place) = open.pop() {
        for next in &needs[&place] {
            if reached.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    reached
}

/// The module in which what a path names stands.
fn home_of(path: &[String], modules: &BTreeMap<Vec<String>, Module>) -> Vec<String> {
    let (mut place, mut rest) = (vec![], path);
    while let Some((name, after)) = rest.split_first() {
        let module = &modules[&place];
        if module.children.contains(name) {
            rest = after;
            place.push(name.clone());
        } else if let Some(child) = module.exports.get(name) {
            place.push(child.clone());
        } else {
            break;
        }
    }
    place
}

fn modules(folder: &Path) -> BTreeMap<Vec<String>, Module> {
    let mut modules = BTreeMap::new();
    let root =
        ["src/lib.rs", "src/main.rs"].map(|name| folder.join(name)).into_iter().find(|root| root.exists());
    read(&root.unwrap(), &folder.join("src"), &[], &mut modules);
    modules
}

/// Reads a module and those below it.
fn read(file: &Path, folder: &Path, place: &[String], modules: &mut BTreeMap<Vec<String>, Module>) {
    let tokens = without_inline_modules(tokens(&std::fs::read_to_string(file).unwrap()));
    let children: Vec<String> =
        tokens.windows(3).filter(|w| w[0] == "mod" && w[2] == ";").map(|w| w[1].clone()).collect();
    let mut module = Module { file: file.to_owned(), children, ..Module::default() };
    for (public, path) in paths(&tokens) {
        let Some(path) = from_root(&path, place, &module.children) else { continue };
        let own = path.len() > place.len() + 1 && path.starts_with(place);
        if public && own {
            let (child, name) = (path[place.len()].clone(), path[path.len() - 1].clone());
            module.exports.insert(name, child);
        }
        module.paths.push(path);
    }
    for child in &module.children {
        let inside = folder.join(child);
        let flat = folder.join(format!("{child}.rs"));
        let file = if flat.exists() { flat } else { inside.join("mod.rs") };
        let place = [place, std::slice::from_ref(child)].concat();
        read(&file, &inside, &place, modules);
    }
    modules.insert(place.to_owned(), module);
}

/// A path as the code at `place` names it, from the crate's root; none for paths into other crates.
fn from_root(path: &[String], place: &[String], children: &[String]) -> Option<Vec<String>> {
    let ups = path.iter().take_while(|word| *word == "super").count();
    let first = path.first()?;
    let (base, rest) = match first.as_str() {
        "crate" => (&place[..0], &path[1..]),
        "self" => (place, &path[1..]),
        "super" => (place.get(..place.len().checked_sub(ups)?)?, &path[ups..]),
        name if children.iter().any(|child| child == name) => (place, path),
        _ => return None,
    };
    Some([base, rest].concat())
}

/// Paths in `use` declarations, written out, and those that the code names; with whether they are
/// re-exported.
fn paths(tokens: &[String]) -> Vec<(bool, Vec<String>)> {
    let mut found = vec![];
    let mut i = 0;
    while i < tokens.len() {
        let is_path = tokens.get(i + 1).is_some_and(|next| next == "::");
        match tokens[i].as_str() {
            "use" => {
                let end = tokens[i..].iter().position(|word| word == ";").map_or(tokens.len(), |n| i + n);
                let public = i > 0 && (tokens[i - 1] == "pub" || tokens[i - 1] == ")");
                let mut leaves = vec![];
                expand(&tokens[i + 1..end], &mut vec![], &mut leaves);
                found.extend(leaves.into_iter().map(|path| (public, path)));
                i = end;
            }
            // A name that is none of a child leads nowhere, which is found where paths are followed.
            // What follows `$`, `::` or `pub(in` begins none.
            word if is_path
                && begins_path(word)
                && (i == 0 || !["$", "::", "in"].contains(&&*tokens[i - 1])) =>
            {
                let mut path = vec![tokens[i].clone()];
                while tokens.get(i + 1).is_some_and(|word| word == "::") {
                    match tokens.get(i + 2) {
                        Some(word) if word.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                            path.push(word.clone());
                        }
                        _ => break,
                    }
                    i += 2;
                }
                // Macros belong to no module.
                if tokens.get(i + 1).is_none_or(|word| word != "!") {
                    found.push((false, path));
                }
            }
            _ => {}
        }
        i += 1;
    }
    found
}

fn begins_path(word: &str) -> bool {
    word.starts_with(|c: char| c.is_lowercase() || c == '_')
}

/// The leaves of a tree of imports; returns how many tokens it took.
fn expand(tokens: &[String], stem: &mut Vec<String>, leaves: &mut Vec<Vec<String>>) -> usize {
    let (depth, mut i) = (stem.len(), 0);
    while i < tokens.len() {
        match tokens[i].as_str() {
            "::" => {}
            "{" => {
                i += 1;
                while i < tokens.len() && tokens[i] != "}" {
                    i += expand(&tokens[i..], stem, leaves);
                    if tokens.get(i).is_some_and(|word| word == ",") {
                        i += 1;
                    }
                }
                stem.truncate(depth);
                return i + 1;
            }
            "," | "}" => break,
            // The name after `as` is for this module alone, unless it is re-exported.
            "as" => i += 1,
            "self" if !stem.is_empty() => {}
            word => stem.push(word.to_owned()),
        }
        i += 1;
    }
    leaves.push(stem.clone());
    stem.truncate(depth);
    i
}

/// Without `mod name { … }`: tests, and traits that are sealed.
fn without_inline_modules(tokens: Vec<String>) -> Vec<String> {
    let (mut kept, mut i) = (vec![], 0);
    while i < tokens.len() {
        if tokens[i] == "mod" && tokens.get(i + 2).is_some_and(|word| word == "{") {
            let mut depth = 0;
            i += 2;
            while let Some(word) = tokens.get(i) {
                depth += i32::from(word == "{") - i32::from(word == "}");
                i += 1;
                if depth == 0 {
                    break;
                }
            }
            continue;
        }
        kept.push(tokens[i].clone());
        i += 1;
    }
    kept
}

/// Words, `::` and single signs; comments, strings and characters left out.
fn tokens(text: &str) -> Vec<String> {
    let c: Vec<char> = text.chars().collect();
    let at = |i: usize| c.get(i).copied().unwrap_or('\0');
    let (mut found, mut i) = (vec![], 0);
    while i < c.len() {
        let start = i;
        match (at(i), at(i + 1)) {
            ('/', '/') => {
                while i < c.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            ('r', '"' | '#') if raw_hashes(&c, i + 1).is_some() => i = raw_end(&c, i + 1),
            ('"', _) => i = quoted_end(&c, i, '"'),
            ('\'', '\\') => i = quoted_end(&c, i, '\''),
            ('\'', _) => i += if at(i + 2) == '\'' { 3 } else { 1 },
            (':', ':') => {
                found.push("::".to_owned());
                i += 2;
            }
            (word, _) if word.is_alphanumeric() || word == '_' => {
                while at(i).is_alphanumeric() || at(i) == '_' {
                    i += 1;
                }
                found.push(c[start..i].iter().collect());
            }
            (sign, _) => {
                if !sign.is_whitespace() {
                    found.push(sign.to_string());
                }
                i += 1;
            }
        }
    }
    found
}

fn quoted_end(c: &[char], start: usize, quote: char) -> usize {
    let mut i = start + 1;
    while i < c.len() && c[i] != quote {
        i += if c[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// How many `#` stand before the quote of a raw string; none if there is no quote.
fn raw_hashes(c: &[char], start: usize) -> Option<usize> {
    let hashes = c[start..].iter().take_while(|sign| **sign == '#').count();
    (c.get(start + hashes) == Some(&'"')).then_some(hashes)
}

fn raw_end(c: &[char], start: usize) -> usize {
    let hashes = raw_hashes(c, start).unwrap_or_default();
    let mut i = start + hashes + 1;
    while i < c.len() {
        if c[i] == '"' && c[i + 1..].iter().take(hashes).filter(|sign| **sign == '#').count() == hashes {
            return i + 1 + hashes;
        }
        i += 1;
    }
    i
}
