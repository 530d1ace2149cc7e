//! Listeners for events of the window, bound to the lifetime of a component.

use leptos::ev::Event;
use leptos::html::ElementType;
use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

/// Removes the listener when the current owner is cleaned up.
pub(crate) fn until_cleanup(listener: WindowListenerHandle) {
    on_cleanup(move || listener.remove());
}

/// Tests on the target of an event.
pub(crate) trait Inside {
    /// Returns whether the target is inside `element`.
    fn is_inside<E>(&self, element: NodeRef<E>) -> bool
    where
        E: ElementType,
        E::Output: JsCast + AsRef<Node> + Clone + 'static;

    /// Returns whether the target is inside an input, textarea or select element.
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
