//! The texts of a diagnosis, for players and for the operator of the page.

use super::text::Text;
use crate::connection::diagnosis::{Diagnosis, Finding};
use crate::i18n::language::Language;

impl Text {
    /// Returns what is wrong, and what to check.
    pub(crate) fn finding(&self, diagnosis: &Diagnosis) -> [String; 2] {
        let Diagnosis { finding, at, page } = diagnosis;
        let status = match finding {
            Finding::Failing(status) | Finding::NotApi(status) | Finding::NotSocketIo(status) => {
                status.to_string()
            }
            _ => String::new(),
        };
        let filled = |text: &str| {
            text.replace("{at}", at)
                .replace("{page}", page)
                .replace("{status}", &status)
        };
        let texts = match self.language {
            Language::Chinese => chinese(*finding),
            Language::English => english(*finding),
        };
        texts.map(filled)
    }
}

fn chinese(finding: Finding) -> [&'static str; 2] {
    match finding {
        Finding::Closing => [
            "{at} 接受连接后马上又关掉了。",
            "请检查：服务器的日志，以及它前面的代理是否会中断 WebSocket。",
        ],
        Finding::Failing(_) => [
            "{at} 的服务器出错了（HTTP {status}）。",
            "请检查：服务器是否在运行，它前面的代理是否指对了地方。",
        ],
        Finding::Insecure => [
            "本页面通过 HTTPS 打开，浏览器不允许它连接 HTTP 地址 {at}。",
            "请检查：给服务器配上 HTTPS，并在页面设置里改用 https:// 开头的地址。",
        ],
        Finding::NoNamespace => [
            "服务器没有命名空间“{at}”，或者不让进。",
            "请检查：页面设置里的 socket_namespace 是否和服务器一致。",
        ],
        Finding::NoWebSocket => [
            "{at} 有回应，但 WebSocket 连不上。",
            "请检查：中间的代理或防火墙是否放行 WebSocket。",
        ],
        Finding::NotAnswering => [
            "{at} 已接通，但没有回应进入命名空间的请求。",
            "请检查：服务器的日志，很可能是 connect 处理函数出错了。",
        ],
        Finding::NotApi(_) => [
            "{at} 有回应（HTTP {status}），但那里不是游戏的接口。",
            "请检查：页面设置里的 api 是否写对了地址。",
        ],
        Finding::NotSocketIo(_) => [
            "{at} 有回应（HTTP {status}），但那里不是 Socket.IO。",
            "请检查：页面设置里的 socket_server 和 socket_path 是否写对了。",
        ],
        Finding::OtherVersion => [
            "{at} 的服务器用的是别的 Socket.IO 版本。",
            "请检查：服务器需要 Socket.IO 3 或更新，Flask-SocketIO 则要 5 或更新。",
        ],
        Finding::Policy => [
            "本页面的内容安全策略（CSP）不允许连接 {at}。",
            "请检查：随页面发送的 Content-Security-Policy，其中 connect-src 要写上这台服务器的 https:// 和 wss:// 地址。",
        ],
        Finding::Silent => [
            "{at} 没有回应。",
            "请检查：地址和端口、网络、证书。可以在新标签页里打开这个地址看看。",
        ],
        Finding::Unreadable => [
            "{at} 有回应，但浏览器不让来自 {page} 的页面读取。",
            "请检查：服务器是否允许这个来源（CORS；默认服务器用 --cors-origin {page}），地址和路径是否写对了。",
        ],
    }
}

fn english(finding: Finding) -> [&'static str; 2] {
    match finding {
        Finding::Closing => [
            "{at} takes connections and closes them at once.",
            "Check the server's log, and whether what stands before it cuts WebSockets off.",
        ],
        Finding::Failing(_) => [
            "The server at {at} fails (HTTP {status}).",
            "Check that it runs, and that what stands before it passes requests on to it.",
        ],
        Finding::Insecure => [
            "This page came by HTTPS, so the browser lets it connect to nothing by HTTP, such as {at}.",
            "Give the server HTTPS, and name it with https:// in the page's settings.",
        ],
        Finding::NoNamespace => [
            "The server has no namespace “{at}”, or lets nobody in.",
            "Check that socket_namespace in the page's settings is the server's.",
        ],
        Finding::NoWebSocket => [
            "{at} answers, but no WebSocket gets through.",
            "Check that proxies and firewalls on the way let WebSockets pass.",
        ],
        Finding::NotAnswering => [
            "{at} takes connections, but does not answer the request for the namespace.",
            "Check the server's log: most likely its connect handler failed.",
        ],
        Finding::NotApi(_) => [
            "{at} answers (HTTP {status}), but it is not the game's interface.",
            "Check the address that api has in the page's settings.",
        ],
        Finding::NotSocketIo(_) => [
            "{at} answers (HTTP {status}), but it is not Socket.IO.",
            "Check socket_server and socket_path in the page's settings.",
        ],
        Finding::OtherVersion => [
            "The server at {at} speaks another version of Socket.IO.",
            "It has to be Socket.IO 3 or newer, or Flask-SocketIO 5 or newer.",
        ],
        Finding::Policy => [
            "This page's content security policy does not let it connect to {at}.",
            "Check the Content-Security-Policy that comes with the page: connect-src has to name that server, with https:// and with wss://.",
        ],
        Finding::Silent => [
            "{at} does not answer.",
            "Check address and port, the network, and the certificate: open that address once in a tab of its own.",
        ],
        Finding::Unreadable => [
            "{at} answers, but the browser lets no page from {page} read it.",
            "Check that the server allows this origin (CORS; the default server: --cors-origin {page}), and that address and path are right.",
        ],
    }
}
