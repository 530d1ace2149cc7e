use std::cell::{OnceCell, RefCell};
use std::pin::Pin;
use std::rc::Rc;

use leptos_socketio::{Auth as AuthData, OpenError, Socket, Subscription};
use orchard_contract::Secret;
use orchard_contract::events::{Auth, Chat, Login, LoginResponse, ServerResponse};
use web_sys::Element;

use crate::session::Session;
use crate::settings::Settings;

/// How many messages are kept for the page until it listens itself.
const KEPT: usize = 8;

/// Gives the token for the next CONNECT: of the last one, and whether the server refused that; an error where there is none
/// to be had.
pub(crate) type Renewal =
    Box<dyn Fn(Secret, bool) -> Pin<Box<dyn Future<Output = Result<Secret, String>>>>>;

/// The connection of somebody who is signed in, from its first moment.
pub(crate) struct First {
    pub(crate) socket: Socket,
    /// What keeps the token fresh, once the page is there to do so.
    pub(crate) renewal: Rc<OnceCell<Renewal>>,
    missed: Rc<RefCell<Missed>>,
    /// Says who is there at each connect; holds for as long as the connection does.
    greeting: Subscription,
    /// Only until the page listens itself.
    _listening: [Subscription; 2],
}

/// What came before the page listened.
#[derive(Debug, Default)]
pub(crate) struct Missed {
    /// The last count.
    pub(crate) count: Option<u64>,
    /// Whom the server greeted, oldest first.
    pub(crate) greetings: Vec<ServerResponse>,
    /// What the server said to the player's own login.
    pub(crate) login: Option<LoginResponse>,
}

impl First {
    /// Opens the connection of `session`.
    ///
    /// # Errors
    /// When the settings name no server or namespace that can be used.
    pub(crate) fn open(session: &Session, settings: &Settings) -> Result<Self, OpenError> {
        let renewal = Rc::<OnceCell<Renewal>>::default();
        let socket = Socket::builder(&settings.socket_server)
            .namespace(&settings.socket_namespace)
            .path(&settings.socket_path)
            .auth_with_refresh({
                let (renewal, token) = (renewal.clone(), session.token.clone());
                move |refused| {
                    let token = token.clone();
                    let renewed = renewal.get().map(|renewal| renewal(token.clone(), refused));
                    async move {
                        let token = match renewed {
                            Some(renewed) => renewed.await?,
                            None => token,
                        };
                        AuthData::object(&Auth { token: Some(token) }).map_err(|_| String::new())
                    }
                }
            })
            .build()?;

        let uid = session.uid.clone();
        let chat = settings.chat;
        let greeting = socket.on_connect(move || {
            // Connected, so these go out at once; should the connection be gone again, the next connect repeats them.
            _ = socket.emit(&Login { uid: uid.clone() });
            if chat {
                _ = socket.emit(&Chat { uid: uid.clone() });
            }
        });

        let missed = Rc::<RefCell<Missed>>::default();
        let counting = {
            let missed = missed.clone();
            socket.on(move |response: ServerResponse| {
                let Ok(mut missed) = missed.try_borrow_mut() else {
                    return;
                };
                if let Some(count) = response.count {
                    missed.count = Some(count);
                    show(count);
                }
                if response.sid.is_some() && missed.greetings.len() < KEPT {
                    missed.greetings.push(response);
                }
            })
        };
        let login = {
            let missed = missed.clone();
            socket.on(move |response: LoginResponse| {
                if let Ok(mut missed) = missed.try_borrow_mut() {
                    missed.login = Some(response);
                }
            })
        };
        _ = socket.connect();
        Ok(Self {
            socket,
            renewal,
            missed,
            greeting,
            _listening: [counting, login],
        })
    }

    /// The socket, the guard of what greets at each connect, and what was missed. From here on, nobody else listens.
    pub(crate) fn into_parts(self) -> (Socket, Subscription, Missed) {
        (self.socket, self.greeting, self.missed.take())
    }
}

/// Puts the count into the place that `index.html` has for it, which the page takes over.
fn show(count: u64) {
    let document = web_sys::window().and_then(|window| window.document());
    let element = |id| document.as_ref()?.get_element_by_id(id);
    let page: Option<Element> = element(crate::PAGE);
    if let (Some(page), Some(place)) = (page, element("count")) {
        let number = js_sys::Number::from(count as f64);
        let text = number.to_locale_string("zh-CN");
        place.set_text_content(text.as_string().as_deref());
        if let Some(plate) = place.parent_element() {
            _ = plate.remove_attribute("hidden");
        }
        _ = page.set_attribute("data-live", "");
    }
}
