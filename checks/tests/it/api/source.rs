//! The modules of a crate, read from its files.

use std::collections::BTreeMap;
use std::path::Path;
use syn::{Attribute, Item, ItemImpl, ItemMacro, UseTree, Visibility};

/// The place of a module, from the root: `["axis"]`; the root is empty.
pub(super) type Place = Vec<String>;

/// An import: `use path as name`, or of all there is.
pub(super) struct Import {
    pub(super) path: Vec<String>,
    /// None for `*`.
    pub(super) name: Option<String>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) public: bool,
}

/// What one module holds.
#[derive(Default)]
pub(super) struct Module {
    /// By name; several where conditions choose.
    pub(super) items: BTreeMap<String, Vec<Item>>,
    /// Whether each module within is public.
    pub(super) children: BTreeMap<String, bool>,
    pub(super) imports: Vec<Import>,
    pub(super) impls: Vec<ItemImpl>,
    /// Macros called among the items.
    pub(super) macros: Vec<ItemMacro>,
}

/// A crate as its sources have it.
pub(super) struct Crate {
    /// As other crates import it.
    pub(super) name: String,
    pub(super) modules: BTreeMap<Place, Module>,
}

impl Crate {
    /// Reads the library in a package's folder.
    pub(super) fn read(folder: &Path) -> Self {
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let names = manifest.split_once("[lib]").map_or(manifest.as_str(), |(_, library)| library);
        let name = names.lines().find_map(|line| line.strip_prefix("name = ")).unwrap();
        let name = name.trim_matches('"').replace('-', "_");
        let mut found = Self { name, modules: BTreeMap::new() };
        found.read_file(&folder.join("src/lib.rs"), &folder.join("src"), &[]);
        found
    }

    /// A crate of one file.
    pub(super) fn of_text(name: &str, text: &str) -> Self {
        let mut found = Self { name: name.to_owned(), modules: BTreeMap::new() };
        found.read_items(syn::parse_file(text).unwrap().items, Path::new(""), &[]);
        found
    }

    fn read_file(&mut self, file: &Path, folder: &Path, place: &[String]) {
        let text = std::fs::read_to_string(file).unwrap();
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.read_items(parsed.items, folder, place);
    }

    /// Sorts the items of a module; the files of those below it stand in `folder`.
    fn read_items(&mut self, items: Vec<Item>, folder: &Path, place: &[String]) {
        let mut module = Module::default();
        for item in items.into_iter().filter(|item| !is_unseen(attributes(item))) {
            match item {
                Item::Mod(within) => {
                    let name = within.ident.to_string();
                    let below = [place, std::slice::from_ref(&name)].concat();
                    let folder = folder.join(&name);
                    match within.content {
                        Some((_, items)) => self.read_items(items, &folder, &below),
                        None => {
                            let beside = folder.with_extension("rs");
                            let file = if beside.exists() { beside } else { folder.join("mod.rs") };
                            self.read_file(&file, &folder, &below);
                        }
                    }
                    module.children.insert(name, is_public(&within.vis));
                }
                Item::Use(import) => {
                    let public = is_public(&import.vis);
                    flatten(&import.tree, &mut Vec::new(), &mut |path, name| {
                        let attributes = import.attrs.clone();
                        module.imports.push(Import { path, name, attributes, public });
                    });
                }
                Item::Impl(item) => module.impls.push(item),
                Item::Macro(item) if item.ident.is_none() => module.macros.push(item),
                item => {
                    if let Some(name) = name(&item) {
                        module.items.entry(name).or_default().push(item);
                    }
                }
            }
        }
        self.modules.insert(place.to_vec(), module);
    }
}

pub(super) fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Whether it is there in tests alone, or hidden from the documentation.
pub(super) fn is_unseen(attributes: &[Attribute]) -> bool {
    let says = |attribute: &Attribute, name: &str, word: &str| {
        attribute.path().is_ident(name) && attribute.parse_args::<syn::Ident>().is_ok_and(|it| it == word)
    };
    attributes
        .iter()
        .any(|it| says(it, "cfg", "test") || says(it, "cfg", "doctest") || says(it, "doc", "hidden"))
}

/// Name, visibility and attributes of the kinds of items that have all three.
macro_rules! parts {
    ($($kind:ident),+) => {
        pub(super) fn visibility(item: &Item) -> Option<&Visibility> {
            match item {
                $(Item::$kind(it) => Some(&it.vis),)+
                Item::Fn(it) => Some(&it.vis),
                _ => None,
            }
        }

        pub(super) fn attributes(item: &Item) -> &[Attribute] {
            match item {
                $(Item::$kind(it) => &it.attrs,)+
                Item::Fn(it) => &it.attrs,
                Item::Mod(it) => &it.attrs,
                Item::Use(it) => &it.attrs,
                Item::Impl(it) => &it.attrs,
                Item::Macro(it) => &it.attrs,
                _ => &[],
            }
        }

        fn name(item: &Item) -> Option<String> {
            match item {
                $(Item::$kind(it) => Some(it.ident.to_string()),)+
                Item::Fn(it) => Some(it.sig.ident.to_string()),
                Item::Macro(it) => it.ident.as_ref().map(ToString::to_string),
                _ => None,
            }
        }
    };
}
parts!(Const, Enum, Static, Struct, Trait, Type, Union);

fn flatten(tree: &UseTree, path: &mut Vec<String>, found: &mut impl FnMut(Vec<String>, Option<String>)) {
    let joined = |path: &[String], name: String| [path, &[name]].concat();
    match tree {
        UseTree::Path(part) => {
            path.push(part.ident.to_string());
            flatten(&part.tree, path, found);
            path.pop();
        }
        UseTree::Name(part) if part.ident == "self" => found(path.clone(), path.last().cloned()),
        UseTree::Name(part) => found(joined(path, part.ident.to_string()), Some(part.ident.to_string())),
        UseTree::Rename(part) => found(joined(path, part.ident.to_string()), Some(part.rename.to_string())),
        UseTree::Glob(_) => found(path.clone(), None),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, path, found)),
    }
}
