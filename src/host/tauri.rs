//! The host Tauri 2. The device's data is in the store of the Tauri shell.

use std::cell::RefCell;
use std::collections::VecDeque;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::browser::Browser;
use super::interface::{Host, Store, TAURI};

/// The property of `window` that Tauri sets before the page runs.
pub(super) const SIGN: &str = "__TAURI_INTERNALS__";

/// The store that the shell has opened for the page, which may not open one itself.
const STORE: &str = "player.json";

thread_local! {
    static DEVICE: RefCell<Device> = const { RefCell::new(Device::new()) };

    /// The commands that the shell has not completed yet, oldest first.
    static ORDERS: RefCell<VecDeque<Order>> = const { RefCell::new(VecDeque::new()) };
}

/// A Tauri window. Its memory store is the browser's, because the app has only one window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tauri;

/// Returns whether the page is in a Tauri window.
pub(super) fn is_here() -> bool {
    internals().is_some()
}

/// Reads the shell's store into memory, because reads from a [`Host`] are synchronous.
///
/// # Errors
/// Returns the shell's message if a command fails.
pub(super) async fn open() -> Result<(), String> {
    let store = Order::new("plugin:store|get_store").with("path", STORE);
    let store = store.carry_out().await?;
    if store.is_null_or_undefined() {
        return Err([STORE, " is not open"].concat());
    }
    let entries = Order::new("plugin:store|entries").with("rid", store.clone());
    let entries = entries.carry_out().await?;
    let entries = Array::from(&entries);
    let entries = entries.iter().filter_map(|entry| {
        let entry = entry.dyn_into::<Array>().ok()?;
        Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
    });
    let entries = entries.collect();
    DEVICE.with_borrow_mut(|device| *device = Device { store, entries });
    Ok(())
}

impl Host for Tauri {
    fn name(&self) -> &'static str {
        TAURI
    }

    fn read(&self, store: Store, key: &str) -> Option<String> {
        match store {
            Store::Device => DEVICE.with_borrow(|device| device.read(key)),
            Store::Memory => Browser.read(store, key),
        }
    }

    fn save(&self, store: Store, key: &str, value: &str) {
        match store {
            Store::Device => DEVICE.with_borrow_mut(|device| device.save(key, value)),
            Store::Memory => Browser.save(store, key, value),
        }
    }

    fn remove(&self, store: Store, key: &str) {
        match store {
            Store::Device => DEVICE.with_borrow_mut(|device| device.remove(key)),
            Store::Memory => Browser.remove(store, key),
        }
    }

    fn keeps(&self, store: Store) -> bool {
        store == Store::Device
    }

    fn back(&self, _home: &str) {
        tell(Order::new("plugin:window|close"));
    }

    fn open_window(&self, _name: &str, _url: &str) -> bool {
        false
    }

    fn toast(&self, _text: &str) -> bool {
        false
    }

    fn plays_files(&self) -> bool {
        // WebKitGTK plays media with GStreamer, which can't read files embedded in a program.
        false
    }
}

/// The shell's store, and a copy of its entries.
struct Device {
    /// The shell's resource id of the store.
    store: JsValue,
    entries: Vec<(String, String)>,
}

impl Device {
    const fn new() -> Self {
        Self {
            store: JsValue::UNDEFINED,
            entries: Vec::new(),
        }
    }

    fn read(&self, key: &str) -> Option<String> {
        let mut entries = self.entries.iter();
        let (_, value) = entries.find(|(name, _)| name == key)?;
        (!value.is_empty()).then(|| value.clone())
    }

    fn save(&mut self, key: &str, value: &str) {
        self.entries.retain(|(name, _)| name != key);
        self.entries.push((key.to_owned(), value.to_owned()));
        let order = Order::new("plugin:store|set").with("rid", self.store.clone());
        tell(order.with("key", key).with("value", value));
    }

    fn remove(&mut self, key: &str) {
        self.entries.retain(|(name, _)| name != key);
        let order = Order::new("plugin:store|delete").with("rid", self.store.clone());
        tell(order.with("key", key));
    }
}

fn internals() -> Option<Object> {
    let internals = Reflect::get(&js_sys::global(), &SIGN.into()).ok()?;
    internals.dyn_into().ok()
}

/// Queues a command for the shell. The shell runs commands concurrently, so they are sent one at a
/// time: a value that is removed and then saved must exist afterwards.
fn tell(order: Order) {
    let idle = ORDERS.with_borrow_mut(|orders| {
        orders.push_back(order);
        orders.len() == 1
    });
    if idle {
        spawn_local(work());
    }
}

async fn work() {
    while let Some(order) = ORDERS.with_borrow(|orders| orders.front().cloned()) {
        // A failed command has no alternative; the page continues with its copy.
        _ = order.carry_out().await;
        ORDERS.with_borrow_mut(VecDeque::pop_front);
    }
}

/// A command for the shell.
#[derive(Clone)]
struct Order {
    command: &'static str,
    arguments: Object,
}

impl Order {
    fn new(command: &'static str) -> Self {
        Self {
            command,
            arguments: Object::new(),
        }
    }

    fn with(self, name: &str, value: impl Into<JsValue>) -> Self {
        // This fails only for frozen objects.
        _ = Reflect::set(&self.arguments, &name.into(), &value.into());
        self
    }

    async fn carry_out(&self) -> Result<JsValue, String> {
        let answer = match self.promise() {
            Ok(promise) => JsFuture::from(promise).await,
            Err(error) => Err(error),
        };
        // Tauri's errors are strings.
        answer.map_err(|error| {
            let why = error.as_string().unwrap_or_default();
            [self.command, ": ", &why].concat()
        })
    }

    fn promise(&self) -> Result<Promise, JsValue> {
        let internals = internals().ok_or(JsValue::UNDEFINED)?;
        let invoke = Reflect::get(&internals, &"invoke".into())?.dyn_into::<Function>()?;
        let promise = invoke.call2(&internals, &self.command.into(), &self.arguments)?;
        promise.dyn_into()
    }
}
