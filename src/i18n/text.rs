//! All texts of the page, in Chinese and English.

use leptos_socketio::OpenError;
use orchard_contract::Errno;
use orchard_contract::events::LoginResponse;
use orchard_contract::rpc::code;

use crate::account::rpc::CallError;
use crate::account::session::Refusal;
use crate::connection::failure::Failure;
use crate::connection::reason::{Awaited, Reason};
use crate::connection::refusal::ServerMessage;
use crate::connection::state::LinkState;
use crate::i18n::amounts::{self, Scale};
use crate::i18n::language::Language;
use crate::i18n::shown;
use crate::notices::Delivery;
use crate::settings::Problem;

/// The page's texts in one language. Texts that contain values are methods.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) language: Language,
    pub(crate) account: &'static str,
    pub(crate) account_missing: &'static str,
    pub(crate) back: &'static str,
    pub(crate) balances_stale: &'static str,
    pub(crate) busy: &'static str,
    /// The label of a count that may be out of date.
    pub(crate) busy_before: &'static str,
    pub(crate) checking: &'static str,
    pub(crate) close: &'static str,
    pub(crate) connection_attempt: &'static str,
    pub(crate) connection_error: &'static str,
    pub(crate) connection_id: &'static str,
    pub(crate) connection_namespace: &'static str,
    pub(crate) connection_next: &'static str,
    pub(crate) connection_now: &'static str,
    pub(crate) connection_round_trip: &'static str,
    pub(crate) connection_server: &'static str,
    pub(crate) connection_state: &'static str,
    pub(crate) connection_title: &'static str,
    pub(crate) credit: &'static str,
    pub(crate) dismiss: &'static str,
    pub(crate) document_title: &'static str,
    pub(crate) forgetful: &'static str,
    pub(crate) game: &'static str,
    pub(crate) help: &'static str,
    pub(crate) help_about: &'static str,
    /// The icon, name and description of each part of the page.
    pub(crate) help_parts: [(&'static str, &'static str, &'static str); 5],
    pub(crate) hide_password: &'static str,
    pub(crate) menu: &'static str,
    pub(crate) menu_bag: &'static str,
    pub(crate) menu_friends: &'static str,
    pub(crate) menu_help: &'static str,
    pub(crate) menu_news: &'static str,
    pub(crate) menu_shop: &'static str,
    pub(crate) mobile: &'static str,
    pub(crate) money: &'static str,
    pub(crate) music: &'static str,
    pub(crate) music_broken: &'static str,
    pub(crate) my_account: &'static str,
    pub(crate) nameless: &'static str,
    pub(crate) nickname: &'static str,
    pub(crate) not_open: &'static str,
    pub(crate) notice_arrived: &'static str,
    pub(crate) notice_blank: &'static str,
    pub(crate) notice_field: &'static str,
    pub(crate) notice_lost: &'static str,
    pub(crate) notice_mine: &'static str,
    pub(crate) notice_none: &'static str,
    pub(crate) notice_offline: &'static str,
    pub(crate) notice_system: &'static str,
    pub(crate) notices: &'static str,
    pub(crate) password: &'static str,
    pub(crate) password_missing: &'static str,
    pub(crate) remember: &'static str,
    pub(crate) retry: &'static str,
    pub(crate) retry_now: &'static str,
    pub(crate) send: &'static str,
    pub(crate) sending: &'static str,
    pub(crate) show_password: &'static str,
    pub(crate) sign_in: &'static str,
    /// Shown if the host has a sign-in window.
    pub(crate) sign_in_elsewhere: &'static str,
    pub(crate) sign_in_here: &'static str,
    pub(crate) sign_in_window: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) signed_out: &'static str,
    pub(crate) signing_in: &'static str,
    pub(crate) title: &'static str,
    pub(crate) unreachable: &'static str,
    pub(crate) version: &'static str,
}

impl Text {
    /// Returns the units for large amounts.
    pub(crate) fn scale(&self) -> Scale {
        match self.language {
            Language::Chinese => Scale::Myriads,
            Language::English => Scale::Thousands,
        }
    }

    /// Returns the accessible name of the portrait's button.
    pub(crate) fn account_of(&self, name: &str) -> String {
        match self.language {
            Language::Chinese => ["我的账户：", name].concat(),
            Language::English => ["My account: ", name].concat(),
        }
    }

    /// Returns the toast for a button whose destination is not open yet.
    pub(crate) fn not_open_yet(&self, what: &str) -> String {
        match self.language {
            Language::Chinese => [what, "还没有开放，敬请期待。"].concat(),
            Language::English => [what, ": not open yet. Come back soon!"].concat(),
        }
    }

    /// Returns the number of players, abbreviated if it is large.
    pub(crate) fn crowd(&self, count: u64) -> String {
        amounts::crowd(count, self.scale())
    }

    /// Returns the welcome for a player who has connected, with their name or id.
    pub(crate) fn welcome(&self, who: &str, count: Option<u64>) -> String {
        let who = &*shown::name(who);
        let count = count.map(|count| match count {
            // The chapter's format: without separators.
            0..100_000_000 => count.to_string(),
            _ => self.crowd(count),
        });
        match (self.language, count) {
            (Language::Chinese, Some(count)) => {
                ["欢迎", who, "来到种植园,当前有", &count, "人在忙碌着~"].concat()
            }
            (Language::Chinese, None) => ["欢迎", who, "来到种植园~"].concat(),
            (Language::English, Some(count)) => {
                ["Welcome to the orchard, ", who, "! Busy here now: ", &count].concat()
            }
            (Language::English, None) => ["Welcome to the orchard, ", who, "!"].concat(),
        }
    }

    /// Returns the text for a successful login: the server's message, if it is in this language.
    pub(crate) fn logged_in(&self, said: Option<&str>) -> String {
        let said = said.map(shown::words).unwrap_or_default();
        if !said.is_empty() && self.is_spoken_in(&said) {
            return said;
        }
        match self.language {
            Language::Chinese => "登录成功",
            Language::English => "You are signed in.",
        }
        .into()
    }

    /// Returns the text for a refused login, or `None` if the server did not refuse it.
    pub(crate) fn login_refused(&self, response: &LoginResponse) -> Option<String> {
        let errno = response.errno.filter(|errno| !errno.is_ok())?;
        let words = response.errmsg.as_deref().or(response.data.as_deref());
        let said = ServerMessage::new(Some(errno), words);
        let start = match self.language {
            Language::Chinese => "没能登录到种植园：",
            Language::English => "You could not be signed in here: ",
        };
        Some([start, &self.said(&said)].concat())
    }

    /// Returns a server's message. If that is in another language, and the page has a text for the
    /// errno, returns the page's text instead.
    pub(crate) fn said(&self, said: &ServerMessage) -> String {
        let own = said.errno.and_then(|errno| self.errno(errno));
        match own {
            Some(own) if said.words.is_empty() || !self.is_spoken_in(&said.words) => own.into(),
            _ if said.words.is_empty() => match said.errno {
                Some(errno) => errno.code().to_string(),
                None => self.no_reason().into(),
            },
            _ => said.words.clone(),
        }
    }

    /// Returns whether `words` are in this language, or in one that is not recognised.
    fn is_spoken_in(&self, words: &str) -> bool {
        Language::of_words(words).is_none_or(|language| language == self.language)
    }

    fn no_reason(&self) -> &'static str {
        match self.language {
            Language::Chinese => "没有说明原因。",
            Language::English => "No reason was given.",
        }
    }

    /// Returns the page's text for an errno of the contract.
    fn errno(&self, errno: Errno) -> Option<&'static str> {
        let (chinese, english) = match errno {
            Errno::INVALID_INPUT => ("输入有误。", "The input can't be used."),
            Errno::NO_AUTHORIZATION => ("请先登录。", "Sign in first."),
            Errno::TOKEN_EXPIRED => ("登录已过期。", "Your session has expired."),
            Errno::TOKEN_INVALID => ("登录凭证无效。", "Your session is not valid."),
            Errno::NO_SUCH_ACCOUNT => ("账号不存在。", "There is no such account."),
            Errno::NO_SUCH_USER => ("用户不存在。", "There is no such user."),
            Errno::WRONG_PASSWORD => ("密码错误。", "The password is wrong."),
            Errno::TOO_LITTLE_MONEY => ("余额不足。", "There is not enough money."),
            Errno::TOO_LITTLE_CREDIT => ("果子不足。", "There is not enough fruit."),
            Errno::TOO_MANY_EVENTS => ("发送得太频繁了。", "Too much was sent at once."),
            Errno::TOO_SLOW => ("网络太慢了。", "The connection is too slow."),
            _ => return None,
        };
        Some(match self.language {
            Language::Chinese => chinese,
            Language::English => english,
        })
    }

    /// Returns the number of players, as screen readers announce it.
    pub(crate) fn busy_now(&self, count: u64) -> String {
        let count = self.crowd(count);
        match self.language {
            Language::Chinese => ["当前有", &count, "人在忙碌着"].concat(),
            Language::English => ["Busy in the orchard: ", &count].concat(),
        }
    }

    /// Returns the headline for a connection that has been lost for a while.
    pub(crate) fn away(&self, state: LinkState) -> &'static str {
        use LinkState::{Connecting, Ended, Idle, Live, Offline, Reconnecting, Refused};
        match (self.language, state) {
            (Language::Chinese, Connecting) => "还在连接种植园…",
            (Language::Chinese, Ended) => "服务器结束了连接。",
            (Language::Chinese, Reconnecting) => "连接断了，正在重新连接…",
            (Language::Chinese, Refused) => "服务器拒绝了连接。",
            (Language::Chinese, Idle | Live | Offline) => "已离线，画面可能不是最新的。",
            (Language::English, Connecting) => "Still connecting to the orchard…",
            (Language::English, Ended) => "The server ended the connection.",
            (Language::English, Reconnecting) => "Connection lost. Trying again…",
            (Language::English, Refused) => "The server refused the connection.",
            (Language::English, Idle | Live | Offline) => "Offline. What you see may be old.",
        }
    }

    /// Returns the reason, shown beside [`away`](Self::away).
    pub(crate) fn why(&self, state: LinkState, reason: &Reason) -> String {
        match (state, reason) {
            // `away` says already that it was the server.
            (LinkState::Ended, Reason::Failure(Failure::Ended(said)))
            | (LinkState::Refused, Reason::Failure(Failure::Refused(said))) => self.said(said),
            (_, Reason::Failure(failure)) => self.failure(failure),
            (_, Reason::Awaited(awaited)) => self.awaited(*awaited).into(),
        }
    }

    /// Returns what a connection attempt waits for.
    pub(crate) fn awaited(&self, awaited: Awaited) -> &'static str {
        match (self.language, awaited) {
            (Language::Chinese, Awaited::Admission) => "服务器已接通，在等它让你进来。",
            (Language::Chinese, Awaited::Server) => "在等服务器回应。",
            (Language::Chinese, Awaited::Token) => "正在确认你的登录是否还有效。",
            (Language::English, Awaited::Admission) => {
                "The server is there; waiting for it to let you in."
            }
            (Language::English, Awaited::Server) => "Waiting for the server to answer.",
            (Language::English, Awaited::Token) => "Checking whether you are still signed in.",
        }
    }

    /// Returns the number of unread notices.
    pub(crate) fn unread(&self, many: usize) -> String {
        let many = self
            .language
            .number(u64::try_from(many).unwrap_or(u64::MAX));
        match self.language {
            Language::Chinese => [&many, "条未读"].concat(),
            Language::English => [&many, " unread"].concat(),
        }
    }

    /// Returns a time from now, in seconds.
    pub(crate) fn in_seconds(&self, seconds: u64) -> String {
        let seconds = self.language.number(seconds);
        match self.language {
            Language::Chinese => [&seconds, " 秒后"].concat(),
            Language::English => ["in ", &seconds, " s"].concat(),
        }
    }

    /// Returns the length of an input and its maximum.
    pub(crate) fn length(&self, length: usize, most: usize) -> String {
        let number = |number| u64::try_from(number).map(|it| self.language.number(it));
        let [length, most] = [length, most].map(|it| number(it).unwrap_or_default());
        [&length, "/", &most].concat()
    }

    /// Returns the outcome of sending a notice.
    pub(crate) fn outcome(&self, outcome: Delivery) -> &'static str {
        match outcome {
            Delivery::Arrived => self.notice_arrived,
            Delivery::Blank => self.notice_blank,
            Delivery::Lost => self.notice_lost,
            Delivery::Offline => self.notice_offline,
        }
    }

    /// Returns the explanation of a failure.
    pub(crate) fn failure(&self, failure: &Failure) -> String {
        let (chinese, english) = match failure {
            Failure::Ended(said) if said.is_empty() => {
                ("服务器结束了连接。", "The server ended the connection.")
            }
            Failure::Ended(_) => ("服务器结束了连接：", "The server ended the connection: "),
            Failure::Garbled => (
                "服务器发来的内容看不懂。",
                "The server sent something that makes no sense here.",
            ),
            Failure::Incompatible => (
                "服务器的版本和本页面不匹配。",
                "This page and the server are of different versions.",
            ),
            Failure::Lost => ("连接中断了。", "The connection broke off."),
            Failure::NoNetwork => ("网络断开了。", "The network is gone."),
            Failure::NotAnswered => (
                "服务器接通了，但一直没有让你进来。",
                "The server was there, but did not let you in.",
            ),
            Failure::Refused(_) => ("服务器不让进：", "The server said no: "),
            Failure::ShutOut => (
                "服务器接受连接后马上又断开了。",
                "The server takes the connection and closes it at once.",
            ),
            Failure::SignedOut => (
                "登录已过期，需要重新登录。",
                "Your session has ended: sign in again.",
            ),
            Failure::Silent => (
                "很久没有收到服务器的消息，网络可能不稳定。",
                "Nothing was heard from the server for too long; the network may be poor.",
            ),
            Failure::Suspended => (
                "页面不在前台时，连接休息了。",
                "The connection rested while the page was away.",
            ),
            Failure::TimedOut => (
                "服务器迟迟没有回应。",
                "The server took too long to answer.",
            ),
            Failure::Unchecked => (
                "没能确认你的登录是否还有效。",
                "Whether you are still signed in could not be found out.",
            ),
            Failure::Unreachable => (
                "连不上服务器：网络不通，或者服务器正在休息。",
                "The server can't be reached: the network is down, or the server is resting.",
            ),
        };
        let sentence = match self.language {
            Language::Chinese => chinese,
            Language::English => english,
        };
        match failure {
            Failure::Ended(said) | Failure::Refused(said)
                if !said.is_empty() || matches!(failure, Failure::Refused(_)) =>
            {
                [sentence, &self.said(said)].concat()
            }
            _ => sentence.into(),
        }
    }

    pub(crate) fn connection(&self, state: LinkState) -> &'static str {
        use LinkState::{Connecting, Ended, Idle, Live, Offline, Reconnecting, Refused};
        match (self.language, state) {
            (Language::Chinese, Idle) => "未连接",
            (Language::Chinese, Connecting) => "连接中",
            (Language::Chinese, Ended) => "服务器已断开",
            (Language::Chinese, Live) => "已连接",
            (Language::Chinese, Reconnecting) => "重新连接中",
            (Language::Chinese, Offline) => "已离线",
            (Language::Chinese, Refused) => "服务器拒绝连接",
            (Language::English, Idle) => "Not connected",
            (Language::English, Connecting) => "Connecting",
            (Language::English, Ended) => "Ended by the server",
            (Language::English, Live) => "Live",
            (Language::English, Reconnecting) => "Reconnecting",
            (Language::English, Offline) => "Offline",
            (Language::English, Refused) => "Refused by the server",
        }
    }

    pub(crate) fn call_error(&self, error: &CallError) -> String {
        const BUSY: (&str, &str) = (
            "服务器正忙，请稍等一会儿再试。",
            "The server is busy. Wait a moment and try again.",
        );
        let (chinese, english) = match error {
            CallError::Network => (
                "连不上服务器，请检查网络后再试。",
                "The server can't be reached. Check your network and try again.",
            ),
            CallError::TimedOut => (
                "服务器迟迟没有回应，请稍后再试。",
                "The server takes too long to answer. Try again in a while.",
            ),
            CallError::NotUnderstood => (
                "服务器的回应无法识别。",
                "The server's answer makes no sense here.",
            ),
            CallError::Status(429 | 503) => BUSY,
            CallError::Status(_) => ("服务器出错了（HTTP ", "The server failed (HTTP "),
            CallError::Fault(fault) if fault.code == Some(code::TOO_MANY_ATTEMPTS) => (
                "尝试得太频繁，请稍等一会儿再试。",
                "Too many attempts. Wait a while, then try again.",
            ),
            CallError::Fault(fault) if fault.code == Some(code::BUSY) => BUSY,
            CallError::Fault(_) => ("服务器出错了", "The server failed"),
        };
        let sentence = match self.language {
            Language::Chinese => chinese,
            Language::English => english,
        };
        match (error, self.language) {
            (CallError::Status(429 | 503), _) => sentence.into(),
            (CallError::Status(status), Language::Chinese) => {
                [sentence, &status.to_string(), "）。"].concat()
            }
            (CallError::Status(status), Language::English) => {
                [sentence, &status.to_string(), ")."].concat()
            }
            (CallError::Fault(fault), language) => {
                let said = fault.message.as_deref().map(shown::words);
                let said = said.filter(|said| !said.is_empty() && self.is_spoken_in(said));
                let is_own = matches!(fault.code, Some(code::TOO_MANY_ATTEMPTS | code::BUSY));
                match (said, language) {
                    (Some(said), _) if is_own => said,
                    (None, _) if is_own => sentence.into(),
                    (Some(said), Language::Chinese) => [sentence, "：", &said].concat(),
                    (Some(said), Language::English) => [sentence, ": ", &said].concat(),
                    (None, Language::Chinese) => [sentence, "。"].concat(),
                    (None, Language::English) => [sentence, "."].concat(),
                }
            }
            _ => sentence.into(),
        }
    }

    /// Returns why signing in failed.
    pub(crate) fn refusal(&self, refusal: &Refusal) -> String {
        let (errno, said) = match refusal {
            Refusal::Call(error) => return self.call_error(error),
            Refusal::ServerMessage(errno, said) => (errno, said),
        };
        let said = ServerMessage::new(*errno, said.as_deref());
        if !said.is_empty() {
            return self.said(&said);
        }
        match self.language {
            Language::Chinese => "登录失败。",
            Language::English => "Signing in failed.",
        }
        .into()
    }

    /// Returns the message for settings that name an invalid server.
    pub(crate) fn unusable_server(&self, error: &OpenError) -> String {
        let what = match self.language {
            Language::Chinese => "页面设置里的服务器无法使用：",
            Language::English => "The server in the page's settings can't be used: ",
        };
        [what, &error.to_string()].concat()
    }

    /// Returns the message for the page's operator: what is wrong with a setting, and the value
    /// that is used instead.
    pub(crate) fn settings_problem(&self, problem: &Problem) -> String {
        use Problem::{HostSilent, HostUnknown, NotJson, NotSwitch, NotText, Unknown};
        let ([start, middle, end], key, value): ([&str; 3], &str, &str) =
            match (self.language, problem) {
                (Language::Chinese, HostSilent(host)) => (
                    ["宿主应用“", "”没有回应，页面按普通浏览器运行。", ""],
                    host,
                    "",
                ),
                (Language::Chinese, HostUnknown(host)) => (
                    [
                        "页面设置“host”没有“",
                        "”这个取值，页面按普通浏览器运行。",
                        "",
                    ],
                    host,
                    "",
                ),
                (Language::English, HostSilent(host)) => (
                    [
                        "The app “",
                        "” around this page does not answer: the page goes on as in a browser.",
                        "",
                    ],
                    host,
                    "",
                ),
                (Language::English, HostUnknown(host)) => (
                    [
                        "The setting “host” can't be “",
                        "”: the page goes on as in a browser.",
                        "",
                    ],
                    host,
                    "",
                ),
                (Language::Chinese, NotJson(why)) => (
                    ["页面设置不是有效的 JSON", "：", "。已全部使用默认值。"],
                    "",
                    why,
                ),
                (Language::Chinese, NotSwitch(key, value)) => (
                    [
                        "页面设置“",
                        "”应为 true 或 false，现为 ",
                        "。已使用默认值。",
                    ],
                    key,
                    value,
                ),
                (Language::Chinese, NotText(key, value)) => (
                    ["页面设置“", "”应为文本，现为 ", "。已使用默认值。"],
                    key,
                    value,
                ),
                (Language::Chinese, Unknown(key)) => {
                    (["页面设置里没有“", "”这一项，请检查拼写。", ""], key, "")
                }
                (Language::English, NotJson(why)) => (
                    [
                        "The settings of the page are not JSON",
                        ": ",
                        ". All defaults are used.",
                    ],
                    "",
                    why,
                ),
                (Language::English, NotSwitch(key, value)) => (
                    [
                        "The setting “",
                        "” must be true or false and is ",
                        ". Its default is used.",
                    ],
                    key,
                    value,
                ),
                (Language::English, NotText(key, value)) => (
                    [
                        "The setting “",
                        "” must be text and is ",
                        ". Its default is used.",
                    ],
                    key,
                    value,
                ),
                (Language::English, Unknown(key)) => (
                    ["There is no setting “", "”: check its spelling.", ""],
                    key,
                    "",
                ),
            };
        [start, key, middle, value, end].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_welcome_is_the_chapters() {
        assert_eq!(
            crate::i18n::zh::TEXT.welcome("a<b>", Some(7)),
            "欢迎a<b>来到种植园,当前有7人在忙碌着~"
        );
    }

    #[test]
    fn the_parts_of_a_welcome_may_be_of_any_size() {
        let long = "9".repeat(600_000);
        let words = crate::i18n::zh::TEXT.welcome(&long, Some(u64::MAX));
        assert!(words.chars().count() < 60, "{words}");
        assert!(words.ends_with("…来到种植园,当前有9,999万亿+人在忙碌着~"));
        assert_eq!(
            crate::i18n::en::TEXT.welcome("a\nb\u{202e}", Some(12_345_678)),
            "Welcome to the orchard, a b! Busy here now: 12345678"
        );
    }

    #[test]
    fn a_refusal_shows_the_server_s_message_or_else_the_page_s() {
        let said = |errno, words: &str| Refusal::ServerMessage(errno, Some(words.into()));
        let wrong = Some(Errno::WRONG_PASSWORD);
        assert_eq!(
            crate::i18n::zh::TEXT.refusal(&said(wrong, "密码不对")),
            "密码不对"
        );
        assert_eq!(
            crate::i18n::en::TEXT.refusal(&said(wrong, "密码不对")),
            "The password is wrong."
        );
        assert_eq!(crate::i18n::en::TEXT.refusal(&said(wrong, "no!")), "no!");
        assert_eq!(
            crate::i18n::zh::TEXT.refusal(&said(wrong, "no!")),
            "密码错误。"
        );
        assert_eq!(
            crate::i18n::zh::TEXT.refusal(&said(wrong, "")),
            "密码错误。"
        );
        // The page has no text for an unknown errno.
        let unknown = Some(Errno::new(4711));
        assert_eq!(
            crate::i18n::en::TEXT.refusal(&said(unknown, "不行")),
            "不行"
        );
        assert_eq!(crate::i18n::en::TEXT.refusal(&said(unknown, "")), "4711");
        assert_eq!(
            crate::i18n::en::TEXT.refusal(&Refusal::ServerMessage(None, None)),
            "Signing in failed."
        );
    }

    #[test]
    fn a_login_is_announced_in_the_language_of_the_page() {
        assert_eq!(
            crate::i18n::zh::TEXT.logged_in(Some("登录成功！")),
            "登录成功！"
        );
        assert_eq!(
            crate::i18n::en::TEXT.logged_in(Some("登录成功")),
            "You are signed in."
        );
        assert_eq!(crate::i18n::zh::TEXT.logged_in(None), "登录成功");
        let response = |errno| LoginResponse {
            errno: Some(Errno::new(errno)),
            errmsg: Some("输入有误".into()),
            ..LoginResponse::default()
        };
        assert_eq!(crate::i18n::en::TEXT.login_refused(&response(1000)), None);
        let words = crate::i18n::en::TEXT
            .login_refused(&response(1001))
            .unwrap();
        assert!(words.ends_with("The input can't be used."), "{words}");
    }

    #[test]
    fn a_refusal_without_a_message_is_a_whole_sentence() {
        let bare = Failure::Refused(ServerMessage::default());
        assert_eq!(
            crate::i18n::zh::TEXT.failure(&bare),
            "服务器不让进：没有说明原因。"
        );
        let ended = Failure::Ended(ServerMessage::default());
        assert_eq!(crate::i18n::zh::TEXT.failure(&ended), "服务器结束了连接。");
        let state = LinkState::Ended;
        let reason = Reason::Failure(ended);
        assert_eq!(crate::i18n::zh::TEXT.why(state, &reason), "没有说明原因。");
        let expired = ServerMessage {
            errno: Some(Errno::TOKEN_EXPIRED),
            words: "token expired".into(),
        };
        let refused = Failure::Refused(expired);
        assert_eq!(
            crate::i18n::zh::TEXT.failure(&refused),
            "服务器不让进：登录已过期。"
        );
        assert_eq!(
            crate::i18n::en::TEXT.failure(&refused),
            "The server said no: token expired"
        );
    }

    #[test]
    fn a_fault_is_reported_in_the_language_of_the_page() {
        let fault = |code, message: &str| {
            CallError::Fault(orchard_contract::rpc::ErrorObject::new(code, message))
        };
        let inner = fault(-32603, "Internal error");
        assert_eq!(crate::i18n::zh::TEXT.call_error(&inner), "服务器出错了。");
        assert_eq!(
            crate::i18n::en::TEXT.call_error(&inner),
            "The server failed: Internal error"
        );
        let many = fault(code::TOO_MANY_ATTEMPTS, "请30秒后再试 (wait 30 s)");
        assert_eq!(
            crate::i18n::en::TEXT.call_error(&many),
            "Too many attempts. Wait a while, then try again."
        );
        assert_eq!(
            crate::i18n::zh::TEXT.call_error(&many),
            "请30秒后再试 (wait 30 s)"
        );
        assert!(
            crate::i18n::en::TEXT
                .call_error(&CallError::Status(503))
                .contains("busy")
        );
        assert!(
            crate::i18n::en::TEXT
                .call_error(&CallError::Status(500))
                .contains("500")
        );
    }
}
