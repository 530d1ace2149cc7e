//! Everything the page says, in Chinese and English.

use leptos::prelude::{document, window};
use leptos_socketio::OpenError;
use orchard_contract::Errno;

use crate::live::ConnectionState;
use crate::rpc::CallError;
use crate::session::Refusal;
use crate::settings::Problem;

/// A language that the page speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Chinese,
    English,
}

/// What the page says in one language. Texts with values in them are methods.
#[derive(Debug)]
pub(crate) struct Text {
    language: Language,
    pub(crate) account: &'static str,
    pub(crate) back: &'static str,
    pub(crate) busy: &'static str,
    pub(crate) checking: &'static str,
    pub(crate) close: &'static str,
    pub(crate) dismiss: &'static str,
    pub(crate) document_title: &'static str,
    pub(crate) forgetful: &'static str,
    pub(crate) incomplete: &'static str,
    pub(crate) music: &'static str,
    pub(crate) password: &'static str,
    pub(crate) remember: &'static str,
    pub(crate) retry: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) signed_out: &'static str,
    pub(crate) signing_in: &'static str,
    pub(crate) title: &'static str,
    pub(crate) unreachable: &'static str,
}

static CHINESE: Text = Text {
    language: Language::Chinese,
    account: "账号",
    back: "返回",
    busy: "人在忙碌着",
    checking: "正在进入种植园…",
    close: "关闭",
    dismiss: "关闭提示",
    document_title: "种植园 · 魔方",
    forgetful: "浏览器不允许保存数据，关闭页面后需要重新登录。",
    incomplete: "请输入账号和密码。",
    music: "背景音乐",
    password: "密码",
    remember: "记住我",
    retry: "重试",
    sign_in: "登录",
    signed_out: "登录已过期，请重新登录。",
    signing_in: "正在登录…",
    title: "种植园",
    unreachable: "暂时进不了种植园",
};

static ENGLISH: Text = Text {
    language: Language::English,
    account: "Account",
    back: "Back",
    busy: "busy in the orchard",
    checking: "Entering the orchard…",
    close: "Close",
    dismiss: "Dismiss",
    document_title: "The Orchard · Mofang",
    forgetful: "This browser keeps no data: you will have to sign in again next time.",
    incomplete: "Enter your account and password.",
    music: "Music",
    password: "Password",
    remember: "Remember me",
    retry: "Try again",
    sign_in: "Sign in",
    signed_out: "Your session has ended. Please sign in again.",
    signing_in: "Signing in…",
    title: "The Orchard",
    unreachable: "The orchard is out of reach",
};

/// The language to speak: the one that is `asked` for; of `auto` the browser's, where the page speaks it; else
/// Chinese, the game's own.
pub(crate) fn language(asked: Option<&str>) -> Language {
    let tag = match asked {
        Some("auto") => window().navigator().language(),
        asked => asked.map(Into::into),
    };
    tag.as_deref()
        .and_then(Language::of_tag)
        .unwrap_or(Language::Chinese)
}

/// Tells the document which language it is in.
pub(crate) fn apply(language: Language) {
    let document = document();
    document.set_title(language.text().document_title);
    if let Some(root) = document.document_element() {
        _ = root.set_attribute("lang", language.tag());
    }
}

impl Language {
    /// The language of a tag such as `zh-CN` or `en`.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") {
            Some(Self::Chinese)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::English)
        } else {
            None
        }
    }

    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    pub(crate) fn text(self) -> &'static Text {
        match self {
            Self::Chinese => &CHINESE,
            Self::English => &ENGLISH,
        }
    }
}

impl Text {
    /// The page's, from context.
    pub(crate) fn from_context() -> &'static Self {
        leptos::prelude::use_context().unwrap_or(&CHINESE)
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
        use Problem::{NotJson, NotSwitch, NotText, Unknown};
        let ([start, middle, end], key, value): ([&str; 3], &str, &str) =
            match (self.language, problem) {
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
    fn tags_of_any_region_and_case_are_understood() {
        assert_eq!(Language::of_tag("zh-Hant-TW"), Some(Language::Chinese));
        assert_eq!(Language::of_tag("EN_us"), Some(Language::English));
        assert_eq!(Language::of_tag("fr"), None);
        assert_eq!(Language::of_tag(""), None);
    }

    #[test]
    fn the_welcome_is_the_chapters() {
        assert_eq!(
            CHINESE.welcome("a<b>", Some(7)),
            "欢迎a<b>来到种植园,当前有7人在忙碌着~"
        );
    }

    #[test]
    fn a_refusal_is_told_in_the_servers_words_else_in_the_contracts() {
        let said = Refusal::Said(Some(Errno::WRONG_PASSWORD), Some("密码不对".into()));
        assert_eq!(ENGLISH.refusal(&said), "密码不对");
        let bare = Refusal::Said(Some(Errno::WRONG_PASSWORD), None);
        assert_eq!(CHINESE.refusal(&bare), "密码错误");
        assert_eq!(
            ENGLISH.refusal(&Refusal::Said(None, None)),
            "Signing in failed."
        );
    }
}
