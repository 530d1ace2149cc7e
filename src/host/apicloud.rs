//! The host APICloud: section 4 of the game's contract.
//!
//! The web view sets an object `api` on `window` some time after the page's start, and then calls
//! the page's global function `apiready`. Each function of that object takes one object.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use gloo_timers::callback::Timeout;
use js_sys::{Function, JSON, Reflect};
use serde::Serialize;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, window};

use super::interface::{APICLOUD, Host, HostEvent, Store};

/// The name of the page's own window.
const WINDOW: &str = "orchard";

/// The name of the sign-in window, and its page.
const SIGN_IN: (&str, &str) = ("login", "login.html");

/// How long a toast is shown, in milliseconds.
const TOAST: u32 = 3_000;

/// Events of the web view, and the corresponding events of browsers.
const SAME: [(&str, &str); 4] = [
    ("offline", "offline"),
    ("online", "online"),
    ("pause", "pagehide"),
    ("resume", "pageshow"),
];

/// A listener.
type Listener = Rc<dyn Fn()>;

thread_local! {
    /// The waker of the task that waits for `apiready`.
    static WAITING: Cell<Option<Waker>> = const { Cell::new(None) };
    /// The listener for an `apiready` that no task waits for.
    static LATE: RefCell<Option<Listener>> = const { RefCell::new(None) };
    static HOOKED: Cell<bool> = const { Cell::new(false) };
    /// The listener of each event.
    static LISTENERS: RefCell<Vec<(HostEvent, Listener)>> = const { RefCell::new(Vec::new()) };
    static FOLLOWED: Cell<bool> = const { Cell::new(false) };
}

/// A window of an APICloud app.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Apicloud;

/// Waits for the web view's `api`, for at most `within` milliseconds. Returns whether it exists.
pub(super) async fn arrives(within: f64) -> bool {
    hook();
    let over = Rc::new(Cell::new(within <= 0.0));
    let deadline = (!over.get()).then(|| {
        let over = over.clone();
        Timeout::new(within as u32, move || {
            over.set(true);
            wake();
        })
    });
    poll_fn(|context| {
        if is_here() || over.get() {
            Poll::Ready(())
        } else {
            WAITING.set(Some(context.waker().clone()));
            Poll::Pending
        }
    })
    .await;
    drop(deadline);
    WAITING.set(None);
    let here = is_here();
    if here {
        follow();
    }
    here
}

/// Calls `listener` when `api` is set after [`arrives`] has timed out.
pub(super) fn when_late(listener: Box<dyn Fn()>) {
    LATE.set(Some(listener.into()));
}

impl Host for Apicloud {
    fn name(&self) -> &'static str {
        APICLOUD
    }

    fn read(&self, store: Store, key: &str) -> Option<String> {
        let value = match store {
            Store::Device => call("getPrefs", &Prefs::of(key)),
            Store::Memory => call("getGlobalData", &Entry::of(key)),
        };
        text(&value?).filter(|value| !value.is_empty())
    }

    fn save(&self, store: Store, key: &str, value: &str) {
        let name = match store {
            Store::Device => "setPrefs",
            Store::Memory => "setGlobalData",
        };
        let value = Some(value);
        call(name, &Entry { key, value });
    }

    fn remove(&self, store: Store, key: &str) {
        // An empty value reads as none.
        self.save(store, key, "");
    }

    fn keeps(&self, _store: Store) -> bool {
        true
    }

    fn back(&self, _home: &str) {
        call("closeWin", &Named { name: WINDOW });
    }

    fn open_window(&self, name: &str, url: &str) -> bool {
        open(name, url)
    }

    fn toast(&self, text: &str) -> bool {
        let toast = Toast {
            msg: text,
            duration: TOAST,
            location: "middle",
        };
        call("toast", &toast).is_some()
    }

    fn open_sign_in(&self) -> bool {
        let (name, url) = SIGN_IN;
        open(name, url)
    }

    fn settings(&self) -> Option<String> {
        let carried = Reflect::get(&api()?, &"pageParam".into()).ok()?;
        if carried.is_string() {
            return carried.as_string();
        }
        carried
            .is_object()
            .then(|| JSON::stringify(&carried).ok().map(Into::into))
            .flatten()
    }

    fn listen(&self, event: HostEvent, listener: Box<dyn Fn()>) {
        LISTENERS.with_borrow_mut(|listeners| {
            listeners.retain(|(of, _)| *of != event);
            listeners.push((event, listener.into()));
        });
    }
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Entry<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
}

impl<'a> Entry<'a> {
    fn of(key: &'a str) -> Self {
        Self { key, value: None }
    }
}

#[derive(Serialize)]
struct Prefs<'a> {
    key: &'a str,
    /// Returns the value synchronously instead of passing it to a callback.
    sync: bool,
}

impl<'a> Prefs<'a> {
    fn of(key: &'a str) -> Self {
        Self { key, sync: true }
    }
}

#[derive(Serialize)]
struct Toast<'a> {
    msg: &'a str,
    duration: u32,
    location: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Opening<'a> {
    name: &'a str,
    url: &'a str,
    page_param: Nothing,
    bounces: bool,
    reload: bool,
    animation: Animation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Animation {
    r#type: &'static str,
    sub_type: &'static str,
    duration: u32,
}

/// An empty object.
#[derive(Serialize)]
struct Nothing {}

fn open(name: &str, url: &str) -> bool {
    let opening = Opening {
        name,
        url,
        page_param: Nothing {},
        bounces: false,
        reload: true,
        animation: Animation {
            r#type: "push",
            sub_type: "from_right",
            duration: 300,
        },
    };
    call("openWin", &opening).is_some()
}

/// Returns the web view's `api`, or `None` if it does not exist or is another object.
fn api() -> Option<JsValue> {
    let api = Reflect::get(&js_sys::global(), &"api".into()).ok()?;
    function(&api, "closeWin").map(|_| api)
}

fn is_here() -> bool {
    api().is_some()
}

fn function(of: &JsValue, name: &str) -> Option<Function> {
    if !of.is_object() {
        return None;
    }
    Reflect::get(of, &name.into()).ok()?.dyn_into().ok()
}

/// Calls a function of `api`. Returns `None` if the function does not exist or throws.
fn call<T: Serialize>(name: &str, argument: &T) -> Option<JsValue> {
    let api = api()?;
    let argument = serde_wasm_bindgen::to_value(argument).ok()?;
    function(&api, name)?.call1(&api, &argument).ok()
}

/// Returns a stored value as text. Other windows store numbers in memory, too.
fn text(value: &JsValue) -> Option<String> {
    value
        .as_string()
        .or_else(|| value.as_f64().map(|number| number.to_string()))
}

/// Sets the page's `apiready`, which calls an earlier one as well.
fn hook() {
    if HOOKED.replace(true) {
        return;
    }
    let window = js_sys::global();
    let name = JsValue::from_str("apiready");
    let earlier = function(&window, "apiready");
    let ready = Closure::<dyn FnMut()>::new(move || {
        if let Some(earlier) = &earlier {
            _ = earlier.call0(&JsValue::UNDEFINED);
        }
        if !is_here() || wake() {
            return;
        }
        let late = LATE.with_borrow(Clone::clone);
        if let Some(late) = late {
            late();
        }
    });
    _ = Reflect::set(&window, &name, &ready.into_js_value());
}

/// Wakes the waiting task. Returns whether there was one.
fn wake() -> bool {
    let waiting = WAITING.take();
    let woken = waiting.is_some();
    if let Some(waker) = waiting {
        waker.wake();
    }
    woken
}

/// Forwards the events of the web view from now on.
fn follow() {
    if FOLLOWED.replace(true) {
        return;
    }
    for (name, same) in SAME {
        listen_to(name, move || {
            if let (Some(window), Ok(event)) = (window(), Event::new(same)) {
                _ = window.dispatch_event(&event);
            }
            if same == "pageshow" {
                notify(HostEvent::Shown);
            }
        });
    }
    listen_to("keyback", || notify(HostEvent::Back));
    listen_to("viewappear", || notify(HostEvent::Shown));
}

/// Calls `callback` on each event `name` of the web view, until the page is closed.
fn listen_to(name: &str, callback: impl FnMut() + 'static) {
    let callback = Closure::<dyn FnMut()>::new(callback).into_js_value();
    if let (Some(api), Ok(which)) = (api(), serde_wasm_bindgen::to_value(&Named { name }))
        && let Some(add) = function(&api, "addEventListener")
    {
        _ = add.call2(&api, &which, &callback);
    }
}

fn notify(event: HostEvent) {
    // The listener is called without a borrow, because it may register another listener.
    let listener = LISTENERS.with_borrow(|listeners| {
        let of_it = listeners.iter().find(|(of, _)| *of == event);
        of_it.map(|(_, listener)| listener.clone())
    });
    if let Some(listener) = listener {
        listener();
    }
}
