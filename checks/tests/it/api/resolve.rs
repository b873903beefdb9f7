//! What a path leads to.

use super::source::{Crate, Place};

/// The end of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Module(Place),
    /// Its module and name.
    Item(Place, String),
    /// Out of the crate, or what the language brings along.
    Elsewhere,
}

impl Crate {
    /// Follows a path that stands in a module.
    pub(super) fn resolve(&self, from: &[String], path: &[String]) -> Target {
        self.follow(from, path, 0)
    }

    fn follow(&self, from: &[String], path: &[String], depth: usize) -> Target {
        let Some((first, rest)) = path.split_first() else { return Target::Module(from.to_vec()) };
        // Globs of modules that import each other would lead round for ever.
        if depth > 16 {
            return Target::Elsewhere;
        }
        match first.as_str() {
            "crate" => self.follow(&[], rest, depth),
            "self" => self.follow(from, rest, depth),
            "super" => self.follow(&from[..from.len().saturating_sub(1)], rest, depth),
            name => match (self.lookup(from, name, rest.is_empty(), depth + 1), rest.is_empty()) {
                (Target::Module(place), false) => self.follow(&place, rest, depth),
                (target, _) => target,
            },
        }
    }

    /// A name in a module: its own, imported by name, or through `*`.
    fn lookup(&self, place: &[String], name: &str, last: bool, depth: usize) -> Target {
        let Some(module) = self.modules.get(place) else { return Target::Elsewhere };
        let item = || Target::Item(place.to_vec(), name.to_owned());
        if module.children.contains_key(name) && !(last && module.items.contains_key(name)) {
            let below = [place, &[name.to_owned()]].concat();
            return Target::Module(below);
        }
        if module.items.contains_key(name) {
            return item();
        }
        if let Some(import) = module.imports.iter().find(|import| import.name.as_deref() == Some(name)) {
            // `use name` of an outer crate leads to itself.
            let own = import.path.len() == 1 && import.path[0] == name;
            return if own { Target::Elsewhere } else { self.follow(place, &import.path, depth) };
        }
        // A type that a macro declares stands among the words of its call.
        if module.macros.iter().any(|call| declares(call, name)) {
            return item();
        }
        let globs = module.imports.iter().filter(|import| import.name.is_none());
        for import in globs {
            if let Target::Module(there) = self.follow(place, &import.path, depth)
                && there != place
            {
                let found = self.lookup(&there, name, last, depth + 1);
                if found != Target::Elsewhere {
                    return found;
                }
            }
        }
        Target::Elsewhere
    }
}

fn declares(call: &syn::ItemMacro, name: &str) -> bool {
    use proc_macro2::{TokenTree, TokenTree::Ident};
    let words: Vec<TokenTree> = call.mac.tokens.clone().into_iter().collect();
    let named = |word: &TokenTree| matches!(word, Ident(word) if word == name);
    let block = |word: Option<&TokenTree>| matches!(word, Some(TokenTree::Group(_)));
    words.iter().enumerate().any(|(index, word)| named(word) && block(words.get(index + 1)))
}
