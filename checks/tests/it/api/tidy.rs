//! Tokens as one line of text that does not depend on how the source is broken into lines.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// The tokens with the usual spaces, without comments and trailing commas.
pub(super) fn tidy(tokens: &impl ToTokens) -> String {
    let mut line = String::new();
    append(&mut line, tokens.to_token_stream());
    line
}

fn append(line: &mut String, tokens: TokenStream) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => append_group(line, group.delimiter(), group.stream()),
            // A comment is `#[doc = …]`.
            TokenTree::Punct(punct) if punct.as_char() == '#' && is_comment(tokens.peek()) => {
                tokens.next();
            }
            TokenTree::Punct(punct) => {
                let mut sign = punct.as_char().to_string();
                let mut joined = punct.spacing() == Spacing::Joint && punct.as_char() != '\'';
                while let (true, Some(TokenTree::Punct(next))) = (joined, tokens.peek()) {
                    if matches!(next.as_char(), '\'' | '&' | '#') {
                        break;
                    }
                    sign.push(next.as_char());
                    joined = next.spacing() == Spacing::Joint;
                    tokens.next();
                }
                append_sign(line, &sign);
            }
            word => append_word(line, &word.to_string()),
        }
    }
}

fn is_comment(token: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(group)) = token else { return false };
    let first = group.stream().into_iter().next();
    group.delimiter() == Delimiter::Bracket && first.is_some_and(|word| word.to_string() == "doc")
}

fn append_group(line: &mut String, delimiter: Delimiter, tokens: TokenStream) {
    let (open, close) = match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::Brace => ("{ ", " }"),
        Delimiter::None => ("", ""),
    };
    let called = line.ends_with(|end: char| end.is_alphanumeric() || matches!(end, '_' | '>' | '!' | '#'));
    let arrow = line.ends_with("->") || line.ends_with("=>");
    if delimiter == Delimiter::Brace || arrow || !called {
        space(line);
    }
    line.push_str(open);
    let start = line.len();
    append(line, tokens);
    if line.len() > start && line.ends_with(',') {
        line.pop();
    }
    line.push_str(close);
}

fn append_word(line: &mut String, word: &str) {
    space(line);
    line.push_str(word);
}

fn append_sign(line: &mut String, sign: &str) {
    let closing = sign.chars().all(|sign| sign == '>');
    if closing && line.ends_with(',') {
        line.pop();
    }
    let close = closing || matches!(sign, "," | ";" | ":" | "::" | "?" | "." | "<" | "!");
    if !close {
        space(line);
    }
    line.push_str(sign);
}

/// A space, unless the line begins here or ends in something that holds on to what follows.
fn space(line: &mut String) {
    let held = line.ends_with(['(', '[', '<', '&', '\'', '#', ' ', '.']) || line.ends_with("::");
    if !line.is_empty() && !held {
        line.push(' ');
    }
}
