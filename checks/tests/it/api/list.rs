//! The list of a crate: what other crates can reach of it, and by which path.

use super::resolve::Target;
use super::source::{Crate, Place, attributes, is_public, is_unseen, visibility};
use super::tidy::tidy;
use std::collections::{BTreeMap, BTreeSet};
use syn::{Attribute, Fields, ImplItem, Item, ItemImpl, ItemMacro, ReturnType, Signature, TraitItem, Type};

/// An item: its module and name.
type Key = (Place, String);

/// A crate on its way to a list.
struct List<'a> {
    source: &'a Crate,
    /// The modules that can be reached, each by one of its public paths.
    places: BTreeMap<Place, String>,
    /// The public paths of each item that can be reached.
    reached: BTreeMap<Key, BTreeSet<String>>,
    /// The heading of each of these items.
    heads: BTreeMap<Key, String>,
    /// The lines below each heading.
    lines: BTreeMap<String, BTreeSet<String>>,
}

/// The public items of a crate: a heading for each, and below it what belongs to it.
pub(super) fn of(source: &Crate) -> String {
    let (places, reached) = (BTreeMap::new(), BTreeMap::new());
    let (heads, lines) = (BTreeMap::new(), BTreeMap::new());
    let mut list = List { source, places, reached, heads, lines };
    list.walk(&[], &source.name, &mut Vec::new());
    list.describe_all();
    for (place, module) in &source.modules {
        module.impls.iter().for_each(|item| list.implementation(place, item));
        module.macros.iter().for_each(|call| list.call(place, call));
    }
    let blocks = list.lines.iter().map(|(head, below)| {
        below.iter().fold(format!("{head}\n"), |block, line| format!("{block}    {line}\n"))
    });
    blocks.collect::<Vec<_>>().join("\n")
}

impl List<'_> {
    fn add(&mut self, head: &str, line: String) {
        self.lines.entry(head.to_owned()).or_default().insert(line);
    }

    fn reach(&mut self, key: Key, path: String) {
        self.reached.entry(key).or_default().insert(path);
    }

    /// Goes through what is public in a module, which is reached by `path`.
    fn walk(&mut self, place: &[String], path: &str, above: &mut Vec<Place>) {
        if above.iter().any(|before| before == place) {
            return;
        }
        above.push(place.to_vec());
        let module = &self.source.modules[place];
        self.lines.entry(format!("mod {path}")).or_default();
        self.places.entry(place.to_vec()).or_insert_with(|| path.to_owned());
        for (name, items) in &module.items {
            if items.iter().any(|item| visibility(item).is_some_and(is_public)) {
                self.reach((place.to_vec(), name.clone()), format!("{path}::{name}"));
            }
            let exported = |item: &Item| attributes(item).iter().any(|it| it.path().is_ident("macro_export"));
            if items.iter().any(exported) {
                self.reach((place.to_vec(), name.clone()), format!("{}::{name}", self.source.name));
            }
        }
        for (name, _) in module.children.iter().filter(|(_, public)| **public) {
            let below = [place, std::slice::from_ref(name)].concat();
            self.walk(&below, &format!("{path}::{name}"), above);
        }
        for import in module.imports.iter().filter(|import| import.public) {
            let name = import.name.as_deref().unwrap_or("*");
            match self.source.resolve(place, &import.path) {
                Target::Module(there) if import.name.is_none() => self.walk(&there, path, above),
                Target::Module(there) => self.walk(&there, &format!("{path}::{name}"), above),
                Target::Item(there, item) => self.reach((there, item), format!("{path}::{name}")),
                Target::Elsewhere => {
                    let renamed = import.path.last().is_none_or(|last| last != name);
                    let renamed = if renamed { format!(" as {name}") } else { String::new() };
                    let from = import.path.join("::");
                    self.add(
                        &format!("mod {path}"),
                        format!("{}use {from}{renamed}", marks(&import.attributes)),
                    );
                }
            }
        }
        above.pop();
    }

    fn describe_all(&mut self) {
        for (key, paths) in &self.reached {
            let path = paths.iter().min_by_key(|path| (path.matches("::").count(), path.len())).unwrap();
            let items = self.source.modules[&key.0].items.get(&key.1);
            let head = format!("{} {path}", items.map_or("item", |items| kind(&items[0])));
            let below = self.lines.entry(head.clone()).or_default();
            items.into_iter().flatten().for_each(|item| describe(item, below));
            below.extend(paths.iter().filter(|other| *other != path).map(|other| format!("also {other}")));
            self.heads.insert(key.clone(), head);
        }
    }

    /// The heading of what a path in a module leads to: none for what cannot be reached, and none within for
    /// what another crate declares.
    fn head(&self, place: &[String], path: &[String]) -> Option<Option<String>> {
        match self.source.resolve(place, path) {
            Target::Item(there, name) => self.heads.get(&(there, name)).cloned().map(Some),
            _ => Some(None),
        }
    }

    /// A macro stands below what it is called for, or below its module if that can be reached.
    fn call(&mut self, place: &[String], call: &ItemMacro) {
        let Some(name) = call.mac.path.segments.last().map(|part| part.ident.to_string()) else { return };
        let mut words = tidy(&call.mac.tokens);
        match name.as_str() {
            // Kernels, and checks, are nobody's API.
            "by_level" => return,
            "checked_serde" => words.truncate(words.find([',', '{']).unwrap_or(words.len())),
            _ => (),
        }
        let line = format!("{name}!({})", words.trim());
        let subjects = call.mac.tokens.clone().into_iter().filter_map(|word| match word {
            proc_macro2::TokenTree::Ident(word) => Some(word.to_string()),
            _ => None,
        });
        let head = subjects.into_iter().find_map(|subject| self.head(place, &[subject]).flatten());
        let of_module = self.places.get(place).map(|path| format!("mod {path}"));
        if let Some(head) = head.or(of_module) {
            self.add(&head, line);
        }
    }

    /// An implementation stands below its type, or below its trait where the type is another crate's.
    fn implementation(&mut self, place: &[String], item: &ItemImpl) {
        let Some(of_type) = self.head(place, &words(&item.self_ty)) else { return };
        let start = format!("{}impl{}", marks(&item.attrs), tidy(&item.generics));
        let clause = clause(&item.generics);
        let Some((path, _)) = &item.trait_ else {
            let Some(head) = of_type else { return };
            for method in item.items.iter().filter_map(inherent_item) {
                self.add(&head, format!("{start} {}{clause}: {method}", tidy(&item.self_ty)));
            }
            return;
        };
        let names: Vec<String> = path.segments.iter().map(|part| part.ident.to_string()).collect();
        let Some(of_trait) = self.head(place, &names) else { return };
        let Some(head) = of_type.or(of_trait) else { return };
        let types = item.items.iter().filter_map(|item| match item {
            ImplItem::Type(it) => Some(format!(" ({} = {})", it.ident, tidy(&it.ty))),
            _ => None,
        });
        let types: String = types.collect();
        self.add(&head, format!("{start} {} for {}{clause}{types}", tidy(path), tidy(&item.self_ty)));
    }
}

fn kind(item: &Item) -> &'static str {
    match item {
        Item::Const(_) => "const",
        Item::Enum(_) => "enum",
        Item::Fn(_) => "fn",
        Item::Static(_) => "static",
        Item::Struct(_) => "struct",
        Item::Trait(_) => "trait",
        Item::Type(_) => "type",
        Item::Union(_) => "union",
        _ => "macro",
    }
}

/// Conditions and the like that stand before a line.
fn marks(attributes: &[Attribute]) -> String {
    let kept = attributes.iter().filter(|it| it.path().is_ident("cfg") || it.path().is_ident("deprecated"));
    kept.map(|it| tidy(it) + " ").collect()
}

/// Attributes of a type that its users depend on, a line each.
fn traits_of(attributes: &[Attribute], below: &mut BTreeSet<String>) {
    let names = ["derive", "cfg_attr", "non_exhaustive", "repr", "cfg", "deprecated"];
    let kept = attributes.iter().filter(|it| names.iter().any(|name| it.path().is_ident(name)));
    below.extend(kept.map(tidy));
}

fn describe(item: &Item, below: &mut BTreeSet<String>) {
    match item {
        Item::Const(it) => _ = below.insert(format!("{}{}", marks(&it.attrs), tidy(&it.ty))),
        Item::Static(it) => _ = below.insert(format!("{}{}", marks(&it.attrs), tidy(&it.ty))),
        Item::Fn(it) => _ = below.insert(marks(&it.attrs) + &signature(&it.sig, false)),
        Item::Type(it) => {
            _ = below.insert(format!("{}{} = {}", marks(&it.attrs), tidy(&it.generics), tidy(&it.ty)))
        }
        Item::Struct(it) => {
            traits_of(&it.attrs, below);
            generics(&it.generics, below);
            fields(&it.fields, below);
        }
        Item::Enum(it) => {
            traits_of(&it.attrs, below);
            generics(&it.generics, below);
            below.extend(it.variants.iter().map(|variant| {
                let mut variant = variant.clone();
                variant.attrs.retain(|it| it.path().is_ident("cfg") || it.path().is_ident("non_exhaustive"));
                variant.fields.iter_mut().for_each(|field| field.attrs.clear());
                tidy(&variant)
            }));
        }
        Item::Trait(it) => {
            traits_of(&it.attrs, below);
            generics(&it.generics, below);
            if !it.supertraits.is_empty() {
                below.insert(format!("above: {}", tidy(&it.supertraits)));
            }
            below.extend(it.items.iter().filter_map(trait_item));
        }
        // An exported macro: its patterns are its API, and cannot be told from its text.
        other => _ = below.insert(tidy(other)),
    }
}

fn generics(generics: &syn::Generics, below: &mut BTreeSet<String>) {
    let line = format!("{} {}", tidy(generics), tidy(&generics.where_clause));
    if !line.trim().is_empty() {
        below.insert(line.trim().to_owned());
    }
}

fn fields(fields: &Fields, below: &mut BTreeSet<String>) {
    for (index, field) in fields.iter().enumerate() {
        if is_public(&field.vis) {
            let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
            below.insert(format!("{}{name}: {}", marks(&field.attrs), tidy(&field.ty)));
        } else {
            below.insert("(private fields)".to_owned());
        }
    }
}

fn clause(generics: &syn::Generics) -> String {
    generics.where_clause.as_ref().map_or(String::new(), |clause| format!(" {}", tidy(clause)))
}

/// `fn name<T>(x: T) -> T where …`; the name is left out where it stands in the heading.
fn signature(it: &Signature, named: bool) -> String {
    let before = [("const", it.constness.is_some()), ("async", it.asyncness.is_some())];
    let before: String = before.iter().filter(|part| part.1).map(|part| format!("{} ", part.0)).collect();
    let before = if matches!(it.safety, syn::Safety::Unsafe(_)) { before + "unsafe " } else { before };
    let name = if named { format!(" {}", it.ident) } else { String::new() };
    let output = match &it.output {
        ReturnType::Default => String::new(),
        output => format!(" {}", tidy(output)),
    };
    let inputs = tidy(&it.inputs);
    format!(
        "{before}fn{name}{}({}){output}{}",
        tidy(&it.generics),
        inputs.trim_end_matches(','),
        clause(&it.generics)
    )
}

fn trait_item(item: &TraitItem) -> Option<String> {
    let provided = |is: bool| if is { " (provided)" } else { "" };
    match item {
        TraitItem::Fn(it) if !is_unseen(&it.attrs) => {
            Some(marks(&it.attrs) + &signature(&it.sig, true) + provided(it.default.is_some()))
        }
        TraitItem::Const(it) => {
            Some(format!("const {}: {}{}", it.ident, tidy(&it.ty), provided(it.default.is_some())))
        }
        TraitItem::Type(it) => Some(tidy(it)),
        _ => None,
    }
}

/// The words of a type's path: `Fmcw` of `&Fmcw<T>`.
fn words(ty: &Type) -> Vec<String> {
    match ty {
        Type::Path(it) => it.path.segments.iter().map(|part| part.ident.to_string()).collect(),
        Type::Reference(it) => words(&it.elem),
        _ => vec!["<other>".to_owned()],
    }
}

fn inherent_item(item: &ImplItem) -> Option<String> {
    match item {
        ImplItem::Fn(it) if is_public(&it.vis) && !is_unseen(&it.attrs) => {
            Some(marks(&it.attrs) + &signature(&it.sig, true))
        }
        ImplItem::Const(it) if is_public(&it.vis) && !is_unseen(&it.attrs) => {
            Some(format!("{}const {}: {}", marks(&it.attrs), it.ident, tidy(&it.ty)))
        }
        _ => None,
    }
}
