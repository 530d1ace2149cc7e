//! Events of the whole window, for as long as a component lives.

use leptos::ev::Event;
use leptos::html::ElementType;
use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

/// Takes the listener off with the current owner.
pub(crate) fn until_cleanup(listener: WindowListenerHandle) {
    on_cleanup(move || listener.remove());
}

/// Where an event came from.
pub(crate) trait Inside {
    /// Whether it came from within `element`.
    fn is_inside<E>(&self, element: NodeRef<E>) -> bool
    where
        E: ElementType,
        E::Output: JsCast + AsRef<Node> + Clone + 'static;

    /// Whether it came from where something is typed or chosen.
    fn is_from_field(&self) -> bool;
}

impl Inside for Event {
    fn is_inside<E>(&self, element: NodeRef<E>) -> bool
    where
        E: ElementType,
        E::Output: JsCast + AsRef<Node> + Clone + 'static,
    {
        let target = self
            .target()
            .and_then(|target| target.dyn_into::<Node>().ok());
        element
            .try_get_untracked()
            .flatten()
            .is_some_and(|element| {
                let element: &Node = element.as_ref();
                element.contains(target.as_ref())
            })
    }

    fn is_from_field(&self) -> bool {
        self.target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|target| target.closest("input, textarea, select").ok())
            .flatten()
            .is_some()
    }
}
