//! What is seen. The scene and the board are in `index.html`: they are there before this code is.

mod back;
mod connection;
mod count;
mod footer;
mod header;
mod help;
mod language_switch;
mod music;
mod orchard;
mod panel;
mod sign_in;
mod title;
mod toast_list;
mod unreachable;
mod waiting;
mod wallet;

pub(crate) use back::Back;
pub(crate) use connection::Connection;
pub(crate) use count::Count;
pub(crate) use footer::{Footer, Menu};
pub(crate) use header::Header;
pub(crate) use help::Help;
pub(crate) use language_switch::LanguageSwitch;
pub(crate) use music::Music;
pub(crate) use orchard::Orchard;
pub(crate) use panel::Panel;
pub(crate) use sign_in::SignIn;
pub(crate) use title::Title;
pub(crate) use toast_list::ToastList;
pub(crate) use unreachable::Unreachable;
pub(crate) use waiting::Waiting;
pub(crate) use wallet::Wallet;
