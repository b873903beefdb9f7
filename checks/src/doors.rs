//! A walk through the types that can be read from a file: what is valid comes back as it went, what is
//! damaged is refused by an error, and no type is left out.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, from_str, from_value, to_string, to_value};
use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The types seen so far.
#[derive(Debug, Default)]
pub struct Walk {
    seen: BTreeSet<String>,
    faults: Vec<String>,
    /// What a check of the whole says when parts of it do not go together, whichever of them it is.
    of_the_whole: Vec<&'static str>,
}

impl Walk {
    /// A walk in which a refusal need not name the key that is missing if it begins with these words: those
    /// of a check that compares the parts of a whole and cannot tell which of them is wrong.
    #[must_use]
    pub fn whole_may_say(words: &[&'static str]) -> Self {
        Self { of_the_whole: words.to_vec(), ..Self::default() }
    }

    /// `valid` makes the round trip. Each of `damaged`, a place (JSON pointer) with what to put there, must
    /// be refused with the word beside it.
    pub fn door<T>(&mut self, valid: &T, damaged: &[(&str, Value, &str)])
    where
        T: Serialize + DeserializeOwned + PartialEq + Debug,
    {
        self.door_to(valid, |_| Ok::<_, String>(()), damaged);
    }

    /// [`Walk::door`] for plain data that `use_it` checks: the model that is made of a configuration.
    pub fn door_to<T, M, E>(
        &mut self,
        valid: &T,
        use_it: impl Fn(&T) -> Result<M, E>,
        damaged: &[(&str, Value, &str)],
    ) where
        T: Serialize + DeserializeOwned + PartialEq + Debug,
        E: ToString,
    {
        let name = short_name::<T>();
        let text = to_string(valid).unwrap();
        assert_eq!(&from_str::<T>(&text).unwrap(), valid, "{name}: {text}");
        let read = |json: Value| {
            let value = from_value::<T>(json).map_err(|error| error.to_string())?;
            use_it(&value).map_err(|error| error.to_string()).map(|_| value)
        };
        let whole = to_value(valid).unwrap();
        self.expect(read(whole.clone()).is_ok(), || format!("{name}: {:?}", read(whole.clone())));
        for (place, hurt, word) in damaged {
            let Some(json) = changed(&whole, place, |part| *part = hurt.clone()) else {
                self.faults.push(format!("{name}: nothing at {place:?} in {text}"));
                continue;
            };
            match read(json) {
                Ok(value) => self.faults.push(format!("{name}: {hurt} at {place:?} is read as {value:?}")),
                Err(error) => {
                    self.expect(error.contains(word), || format!("{name}: {hurt} at {place:?}: {error}"));
                }
            }
        }
        for place in numbers(&whole) {
            // An optional number may be left out, but `null` never becomes a number.
            let Some(Ok(value)) = changed(&whole, &place, |part| *part = Value::Null).map(read) else {
                continue;
            };
            let again = to_value(&value).unwrap();
            let none = again.pointer(&place).is_none_or(Value::is_null);
            self.expect(none, || format!("{name}: null at {place}: {again}"));
        }
        for (place, key) in keys(&whole) {
            let without = |part: &mut Value| drop(part.as_object_mut().map(|object| object.remove(&key)));
            if let Some(Err(error)) = changed(&whole, &place, without).map(read) {
                let of_the_whole = self.of_the_whole.iter().any(|words| error.starts_with(words));
                let said = error.contains(&key) || error.contains("map with a single key") || of_the_whole;
                self.expect(said, || format!("{name}: without {key:?}: {error}"));
            }
        }
        for place in lists(&whole) {
            let shorter = changed(&whole, &place, |part| drop(part.as_array_mut().map(Vec::pop))).unwrap();
            if let Ok(value) = read(shorter.clone()) {
                let again = to_value(&value).unwrap();
                let same = again.pointer(&place) == shorter.pointer(&place);
                self.expect(same, || format!("{name}: a shorter list at {place}: {again}"));
            }
        }
        self.seen.insert(name);
    }

    fn expect(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            self.faults.push(fault());
        }
    }

    /// The types of an enumeration without data: each of `all` makes the round trip by the word that it
    /// prints, and is what that word says; other words are refused.
    pub fn names<T>(&mut self, all: &[T])
    where
        T: Serialize + DeserializeOwned + PartialEq + Debug + Display + FromStr,
        T::Err: Debug,
    {
        for one in all {
            self.door(one, &[("", Value::from("something else"), "")]);
            let word = one.to_string();
            assert_eq!(to_value(one).unwrap(), Value::from(word.as_str()));
            assert_eq!(&word.parse::<T>().unwrap(), one);
        }
    }

    /// A type that only its crate can make, read as part of another one.
    pub fn within(&mut self, name: &str) {
        self.seen.insert(name.to_owned());
    }

    /// Every type of the crate in `manifest` that can be written can be read, and every one that can be read
    /// was seen; private types that are only read are the form of a file, from which another type is made.
    pub fn covers(self, manifest: &str) {
        let mut missing = self.faults;
        for (path, found) in declared(&Path::new(manifest).join("src")) {
            let Declared { name, written, read, public } = found;
            if written && !read {
                missing.push(format!("{}: {name} is written and cannot be read", path.display()));
            } else if (written || public) && !self.seen.contains(&name) {
                missing.push(format!("{}: {name} is not in the walk", path.display()));
            }
        }
        assert!(missing.is_empty(), "{}", missing.join("\n"));
    }
}

/// A type with derived traits of serde.
#[derive(Default)]
struct Declared {
    name: String,
    written: bool,
    read: bool,
    public: bool,
}

/// A copy with one place changed; none if there is no such place.
fn changed(whole: &Value, place: &str, change: impl FnOnce(&mut Value)) -> Option<Value> {
    let mut json = whole.clone();
    change(json.pointer_mut(place)?);
    Some(json)
}

/// The name of a type without its path and parameters.
fn short_name<T>() -> String {
    let full = std::any::type_name::<T>();
    let plain = full.split('<').next().unwrap_or(full);
    plain.rsplit("::").next().unwrap_or(plain).to_owned()
}

/// Types under `folder` with a derived `Serialize` or `Deserialize`.
fn declared(folder: &Path) -> Vec<(PathBuf, Declared)> {
    let mut all = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.append(&mut declared(&path));
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let mut next = Declared::default();
        for line in text.lines().map(str::trim_start).filter(|line| !line.starts_with("//")) {
            if line.contains("derive(") {
                next.written |= line.contains("Serialize");
                next.read |= line.contains("Deserialize");
            } else if let Some(name) = type_name(line) {
                let found = Declared { name, public: line.starts_with("pub "), ..std::mem::take(&mut next) };
                if found.written || found.read {
                    all.push((path.clone(), found));
                }
            }
        }
    }
    all
}

/// The name after `struct` or `enum`.
fn type_name(line: &str) -> Option<String> {
    let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
    words.find(|&word| word == "struct" || word == "enum")?;
    words.next().map(str::to_owned)
}

fn numbers(json: &Value) -> Vec<String> {
    places(json, &|value| value.is_number())
}

fn lists(json: &Value) -> Vec<String> {
    places(json, &|value| value.as_array().is_some_and(|list| !list.is_empty()))
}

fn keys(json: &Value) -> Vec<(String, String)> {
    let objects = places(json, &Value::is_object).into_iter();
    let keys = |place: String| {
        let object = json.pointer(&place).and_then(Value::as_object).unwrap();
        object.keys().map(move |key| (place.clone(), key.clone())).collect::<Vec<_>>()
    };
    objects.flat_map(keys).collect()
}

/// A key as a JSON pointer has it (RFC 6901).
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// JSON pointers of the parts that `fits`.
fn places(json: &Value, fits: &dyn Fn(&Value) -> bool) -> Vec<String> {
    let mut found = vec![];
    let mut open = vec![(String::new(), json)];
    while let Some((place, value)) = open.pop() {
        if fits(value) {
            found.push(place.clone());
        }
        match value {
            Value::Object(parts) => {
                open.extend(parts.iter().map(|(key, part)| (format!("{place}/{}", escaped(key)), part)))
            }
            Value::Array(parts) => {
                open.extend(parts.iter().enumerate().map(|(i, part)| (format!("{place}/{i}"), part)))
            }
            _ => {}
        }
    }
    found
}
