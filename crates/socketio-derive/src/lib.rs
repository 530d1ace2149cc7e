//! The derive macro of `socketio_proto::Event`; use it through that crate's feature `derive`.

#![warn(missing_docs)]

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, LitStr, Type, parse_macro_input};

/// Implements `Event`: binds a payload to the name of its event and to the type of its
/// acknowledgement.
///
/// - `#[event(name = "…")]`: the name on the wire. Default: the type's name in snake case.
/// - `#[event(ack = Type)]`: the type of the acknowledgement's first argument. Without it the event
///   has no acknowledgement, and code that waits for one does not compile.
#[proc_macro_derive(Event, attributes(event))]
pub fn derive_event(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive(input, &quote!(::socketio_proto))
}

/// [`Event`] as exported by socketio-web: its users need no dependency on socketio-proto.
#[doc(hidden)]
#[proc_macro_derive(WebEvent, attributes(event))]
pub fn derive_web_event(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive(input, &quote!(::socketio_web))
}

/// [`Event`] as exported by leptos-socketio.
#[doc(hidden)]
#[proc_macro_derive(LeptosEvent, attributes(event))]
pub fn derive_leptos_event(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive(input, &quote!(::leptos_socketio))
}

fn derive(input: proc_macro::TokenStream, library: &TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input, library)
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}

fn expand(input: &DeriveInput, library: &TokenStream) -> syn::Result<TokenStream> {
    let options = Options::of(input)?;
    let ident = &input.ident;
    let name = match options.name {
        Some(name) => name,
        None => LitStr::new(&snake_case(&ident.to_string()), ident.span()),
    };
    if RESERVED.contains(&&*name.value()) {
        let message = "the protocol keeps this name to itself";
        return Err(syn::Error::new(name.span(), message));
    }
    let ack = match options.ack {
        Some(ack) => quote!(#ack),
        None => quote!(#library::NoAck),
    };
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    Ok(quote! {
        impl #generics #library::Event for #ident #arguments #bounds {
            const NAME: &'static str = #name;
            type Ack = #ack;
        }
    })
}

#[derive(Default)]
struct Options {
    name: Option<LitStr>,
    ack: Option<Type>,
}

impl Options {
    fn of(input: &DeriveInput) -> syn::Result<Self> {
        let mut options = Self::default();
        for attribute in input
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("event"))
        {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("name") {
                    options.name = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("ack") {
                    options.ack = Some(meta.value()?.parse()?);
                } else {
                    return Err(meta.error("expected `name = \"…\"` or `ack = Type`"));
                }
                Ok(())
            })?;
        }
        Ok(options)
    }
}

/// Equals `socketio_proto::packet::RESERVED_EVENTS`, which can't be used here because that crate
/// depends on this one.
const RESERVED: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (index, letter) in name.char_indices() {
        if letter.is_uppercase() && index > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_snake_case() {
        assert_eq!(snake_case("ServerResponse"), "server_response");
        assert_eq!(snake_case("Chat"), "chat");
    }
}
