//! The visible components. The scene and the board are in `index.html`, so that they are shown
//! before this code is loaded.

mod advice;
mod back;
mod connection;
mod connection_figures;
mod count;
mod footer;
mod header;
mod help;
mod language_switch;
mod music;
mod notice_board;
mod offline_bar;
mod panel;
mod sign_in;
mod sign_in_elsewhere;
mod title;
mod toast_list;
mod unreachable;
mod waiting;
mod wallet;

pub(crate) use advice::Advice;
pub(crate) use back::Back;
pub(crate) use connection::Connection;
pub(crate) use connection_figures::ConnectionFigures;
pub(crate) use count::Count;
pub(crate) use footer::{Footer, Menu};
pub(crate) use header::Header;
pub(crate) use help::Help;
pub(crate) use language_switch::LanguageSwitch;
pub(crate) use music::Music;
pub(crate) use notice_board::NoticeBoard;
pub(crate) use offline_bar::OfflineBar;
pub(crate) use panel::Panel;
pub(crate) use sign_in::SignIn;
pub(crate) use sign_in_elsewhere::SignInElsewhere;
pub(crate) use title::Title;
pub(crate) use toast_list::ToastList;
pub(crate) use unreachable::Unreachable;
pub(crate) use waiting::Waiting;
pub(crate) use wallet::Wallet;
