//! Everything the page says, in Chinese and English.

mod en;
mod findings;
mod zh;

use leptos_socketio::OpenError;
use orchard_contract::Errno;

use crate::amounts::Scale;
use crate::language::{Language, Texts};
use crate::live::ConnectionState;
use crate::notices::Outcome;
use crate::rpc::CallError;
use crate::session::Refusal;
use crate::settings::Problem;
use crate::trouble::Trouble;

/// What the page says in one language. Texts with values in them are methods.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) language: Language,
    pub(crate) account: &'static str,
    pub(crate) account_missing: &'static str,
    pub(crate) back: &'static str,
    pub(crate) balances_stale: &'static str,
    pub(crate) busy: &'static str,
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
    /// Icon, name and meaning of each.
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
    /// Where the host has a window for it.
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
    /// The page's, in the language of the moment, from context.
    pub(crate) fn from_context() -> Texts {
        Texts::from_context()
    }

    /// Everything, in this language.
    pub(crate) const fn of(language: Language) -> &'static Self {
        match language {
            Language::Chinese => &zh::TEXT,
            Language::English => &en::TEXT,
        }
    }

    /// How large amounts are shortened.
    pub(crate) fn scale(&self) -> Scale {
        match self.language {
            Language::Chinese => Scale::Myriads,
            Language::English => Scale::Thousands,
        }
    }

    /// What the portrait's button is called.
    pub(crate) fn account_of(&self, name: &str) -> String {
        match self.language {
            Language::Chinese => ["我的账户：", name].concat(),
            Language::English => ["My account: ", name].concat(),
        }
    }

    /// Somebody tried a button that leads nowhere yet.
    pub(crate) fn not_open_yet(&self, what: &str) -> String {
        match self.language {
            Language::Chinese => [what, "还没有开放，敬请期待。"].concat(),
            Language::English => [what, ": not open yet. Come back soon!"].concat(),
        }
    }

    /// Somebody has come.
    pub(crate) fn welcome(&self, sid: &str, count: Option<u64>) -> String {
        let count = count.map(|count| count.to_string());
        match (self.language, count) {
            (Language::Chinese, Some(count)) => {
                ["欢迎", sid, "来到种植园,当前有", &count, "人在忙碌着~"].concat()
            }
            (Language::Chinese, None) => ["欢迎", sid, "来到种植园~"].concat(),
            (Language::English, Some(count)) => {
                ["Welcome to the orchard, ", sid, "! Busy here now: ", &count].concat()
            }
            (Language::English, None) => ["Welcome to the orchard, ", sid, "!"].concat(),
        }
    }

    /// How many are there, for who can't see it.
    pub(crate) fn busy_now(&self, count: u64) -> String {
        let count = self.language.number(count);
        match self.language {
            Language::Chinese => ["当前有", &count, "人在忙碌着"].concat(),
            Language::English => ["Busy in the orchard: ", &count].concat(),
        }
    }

    /// The connection has been away for a while.
    pub(crate) fn away(&self, state: ConnectionState) -> &'static str {
        use ConnectionState::{Connecting, Idle, Live, Offline, Reconnecting, Refused};
        match (self.language, state) {
            (Language::Chinese, Connecting) => "还在连接种植园…",
            (Language::Chinese, Reconnecting) => "连接断了，正在重新连接…",
            (Language::Chinese, Refused) => "服务器拒绝了连接。",
            (Language::Chinese, Idle | Live | Offline) => "已离线，画面可能不是最新的。",
            (Language::English, Connecting) => "Still connecting to the orchard…",
            (Language::English, Reconnecting) => "Connection lost. Trying again…",
            (Language::English, Refused) => "The server refused the connection.",
            (Language::English, Idle | Live | Offline) => "Offline. What you see may be old.",
        }
    }

    /// How many notices nobody has read.
    pub(crate) fn unread(&self, many: usize) -> String {
        let many = self
            .language
            .number(u64::try_from(many).unwrap_or(u64::MAX));
        match self.language {
            Language::Chinese => [&many, "条未读"].concat(),
            Language::English => [&many, " unread"].concat(),
        }
    }

    /// When something happens.
    pub(crate) fn in_seconds(&self, seconds: u64) -> String {
        let seconds = self.language.number(seconds);
        match self.language {
            Language::Chinese => [&seconds, " 秒后"].concat(),
            Language::English => ["in ", &seconds, " s"].concat(),
        }
    }

    /// How much of a field is filled.
    pub(crate) fn length(&self, length: usize, most: usize) -> String {
        let number = |number| u64::try_from(number).map(|it| self.language.number(it));
        let [length, most] = [length, most].map(|it| number(it).unwrap_or_default());
        [&length, "/", &most].concat()
    }

    /// What became of a notice.
    pub(crate) fn outcome(&self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Arrived => self.notice_arrived,
            Outcome::Blank => self.notice_blank,
            Outcome::Lost => self.notice_lost,
            Outcome::Offline => self.notice_offline,
        }
    }

    /// Why there is no connection.
    pub(crate) fn trouble(&self, trouble: &Trouble) -> String {
        let (chinese, english) = match trouble {
            Trouble::Garbled => (
                "服务器发来的内容看不懂。",
                "The server sent something that makes no sense here.",
            ),
            Trouble::Incompatible => (
                "服务器的版本和本页面不匹配。",
                "This page and the server are of different versions.",
            ),
            Trouble::Lost => ("连接中断了。", "The connection broke off."),
            Trouble::NoNetwork => ("网络断开了。", "The network is gone."),
            Trouble::Refused(_) => ("服务器不让进：", "The server said no: "),
            Trouble::ServerEnded => ("服务器结束了连接。", "The server ended the connection."),
            Trouble::SignedOut => (
                "登录已过期，需要重新登录。",
                "Your session has ended: sign in again.",
            ),
            Trouble::Silent => (
                "很久没有收到服务器的消息，网络可能不稳定。",
                "Nothing was heard from the server for too long; the network may be poor.",
            ),
            Trouble::Suspended => (
                "页面不在前台时，连接休息了。",
                "The connection rested while the page was away.",
            ),
            Trouble::TimedOut => (
                "服务器迟迟没有回应。",
                "The server took too long to answer.",
            ),
            Trouble::Unreachable => (
                "连不上服务器：网络不通，或者服务器正在休息。",
                "The server can't be reached: the network is down, or the server is resting.",
            ),
        };
        let sentence = match self.language {
            Language::Chinese => chinese,
            Language::English => english,
        };
        match trouble {
            Trouble::Refused(said) => [sentence, said].concat(),
            _ => sentence.into(),
        }
    }

    pub(crate) fn connection(&self, state: ConnectionState) -> &'static str {
        use ConnectionState::{Connecting, Idle, Live, Offline, Reconnecting, Refused};
        match (self.language, state) {
            (Language::Chinese, Idle) => "未连接",
            (Language::Chinese, Connecting) => "连接中",
            (Language::Chinese, Live) => "已连接",
            (Language::Chinese, Reconnecting) => "重新连接中",
            (Language::Chinese, Offline) => "已离线",
            (Language::Chinese, Refused) => "服务器拒绝连接",
            (Language::English, Idle) => "Not connected",
            (Language::English, Connecting) => "Connecting",
            (Language::English, Live) => "Live",
            (Language::English, Reconnecting) => "Reconnecting",
            (Language::English, Offline) => "Offline",
            (Language::English, Refused) => "Refused by the server",
        }
    }

    pub(crate) fn call_error(&self, error: &CallError) -> String {
        match (self.language, error) {
            (Language::Chinese, CallError::Network) => "连不上服务器，请检查网络后再试。".into(),
            (Language::Chinese, CallError::TimedOut) => "服务器迟迟没有回应，请稍后再试。".into(),
            (Language::Chinese, CallError::NotUnderstood) => "服务器的回应无法识别。".into(),
            (Language::Chinese, CallError::Status(status)) => {
                ["服务器出错了（HTTP ", &status.to_string(), "）。"].concat()
            }
            (Language::Chinese, CallError::Fault(fault)) => fault.message.as_deref().map_or_else(
                || "服务器出错了。".into(),
                |said| ["服务器出错了：", said].concat(),
            ),
            (Language::English, CallError::Network) => {
                "The server can't be reached. Check your network and try again.".into()
            }
            (Language::English, CallError::TimedOut) => {
                "The server takes too long to answer. Try again in a while.".into()
            }
            (Language::English, CallError::NotUnderstood) => {
                "The server's answer makes no sense here.".into()
            }
            (Language::English, CallError::Status(status)) => {
                ["The server failed (HTTP ", &status.to_string(), ")."].concat()
            }
            (Language::English, CallError::Fault(fault)) => fault.message.as_deref().map_or_else(
                || "The server failed.".into(),
                |said| ["The server failed: ", said].concat(),
            ),
        }
    }

    /// Why signing in failed: the server's own words, if it has any.
    pub(crate) fn refusal(&self, refusal: &Refusal) -> String {
        let (errno, said) = match refusal {
            Refusal::Call(error) => return self.call_error(error),
            Refusal::Said(errno, said) => (errno, said),
        };
        if let Some(said) = said.as_ref().filter(|said| !said.is_empty()) {
            return said.clone();
        }
        let meaning = errno.and_then(|errno| match self.language {
            Language::Chinese => Errno::meaning_zh(errno),
            Language::English => Errno::meaning(errno),
        });
        meaning
            .unwrap_or(match self.language {
                Language::Chinese => "登录失败。",
                Language::English => "Signing in failed.",
            })
            .into()
    }

    /// The settings name a server that can't be connected to.
    pub(crate) fn unusable_server(&self, error: &OpenError) -> String {
        let what = match self.language {
            Language::Chinese => "页面设置里的服务器无法使用：",
            Language::English => "The server in the page's settings can't be used: ",
        };
        [what, &error.to_string()].concat()
    }

    /// For whoever keeps the page; says what is wrong and what stands in.
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
            zh::TEXT.welcome("a<b>", Some(7)),
            "欢迎a<b>来到种植园,当前有7人在忙碌着~"
        );
    }

    #[test]
    fn a_refusal_is_told_in_the_servers_words_else_in_the_contracts() {
        let said = Refusal::Said(Some(Errno::WRONG_PASSWORD), Some("密码不对".into()));
        assert_eq!(en::TEXT.refusal(&said), "密码不对");
        let bare = Refusal::Said(Some(Errno::WRONG_PASSWORD), None);
        assert_eq!(zh::TEXT.refusal(&bare), "密码错误");
        assert_eq!(
            en::TEXT.refusal(&Refusal::Said(None, None)),
            "Signing in failed."
        );
    }
}
