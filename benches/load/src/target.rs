//! The server under load, and the account of its clients.

use std::net::{Ipv4Addr, SocketAddrV4};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::http::{Http, Request};
use crate::process::Process;

/// The maximum number of addresses of 127.0.0.0/8 from which the clients of a case connect.
const ADDRESSES: u32 = 250 * 250;

/// A server on this machine.
#[derive(Clone, Debug)]
pub struct Target {
    address: SocketAddrV4,
    process: Process,
    account: Option<Account>,
}

/// The account with which the clients sign in. A server without accounts needs none.
#[derive(Clone, Debug)]
pub struct Account {
    /// The argument `account` of `User.login`.
    pub name: String,
    /// The argument `password` of `User.login`.
    pub password: String,
}

impl Target {
    /// Returns the server that listens at `address` and is the process `pid`.
    ///
    /// # Errors
    /// If the address is not one of the loopback interface, or there is no such process.
    pub fn new(address: SocketAddrV4, pid: u32, account: Option<Account>) -> Result<Self> {
        ensure!(
            address.ip().is_loopback(),
            "{address} is not of this machine's loopback interface: give one of 127.0.0.0/8, such as 127.0.0.1:5000"
        );
        let process = Process::new(pid)?;
        Ok(Self {
            address,
            process,
            account,
        })
    }

    pub(crate) fn address(&self) -> SocketAddrV4 {
        self.address
    }

    pub(crate) fn process(&self) -> &Process {
        &self.process
    }

    pub(crate) fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// Signs in, and returns the access token, if there is an account.
    pub(crate) async fn sign_in(&self) -> Result<Option<String>> {
        let Some(Account { name, password }) = &self.account else {
            return Ok(None);
        };
        let mut http = Http::connect(self, Ipv4Addr::LOCALHOST).await?;
        let answer = http.send(login(name, password)).await?;
        let token = answer.json()?.pointer("/result/access_token").cloned();
        match token {
            Some(Value::String(token)) => Ok(Some(token)),
            _ => bail!(
                "the server does not sign {name} in (HTTP {}): {}",
                answer.status,
                answer.text()
            ),
        }
    }

    /// Makes a server with a garbage collector collect now: garbage is not a cost of a connection.
    pub(crate) async fn collect_garbage(&self) -> Result<()> {
        let mut http = Http::connect(self, Ipv4Addr::LOCALHOST).await?;
        // A server without a garbage collector does not know the path, and its error is ignored.
        http.send(Request::get("/collect")).await.map(drop)
    }
}

/// Returns a call of `User.login`.
pub(crate) fn login(account: &str, password: &str) -> Request {
    let call = json!({
        "jsonrpc": "2.0",
        "method": "User.login",
        "params": { "account": account, "password": password },
        "id": "load",
    });
    Request::post("/api", "application/json", call.to_string())
}

/// Returns the source address of the client with this number: a separate one in 127.0.0.0/8, so
/// that a server's limit on connections from one address does not affect the measurement.
pub(crate) fn source(client: u32) -> Result<Ipv4Addr> {
    ensure!(
        client < ADDRESSES,
        "there are {ADDRESSES} addresses for clients, and this is client {client}"
    );
    let part = |number: u32| u8::try_from(number).context("part of an address");
    Ok(Ipv4Addr::new(
        127,
        1,
        part(client / 250 + 1)?,
        part(client % 250 + 1)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_targets_are_accepted() {
        let me = std::process::id();
        for address in ["127.0.0.1:5000", "127.9.9.9:1"] {
            assert!(Target::new(address.parse().unwrap(), me, None).is_ok());
        }
        for address in ["10.0.0.1:5000", "0.0.0.0:5000", "192.0.2.1:80"] {
            let error = Target::new(address.parse().unwrap(), me, None).unwrap_err();
            assert!(error.to_string().contains("loopback"), "{error}");
        }
    }

    #[test]
    fn every_client_has_an_address_of_its_own() {
        assert_eq!(source(0).unwrap(), Ipv4Addr::new(127, 1, 1, 1));
        assert_eq!(source(249).unwrap(), Ipv4Addr::new(127, 1, 1, 250));
        assert_eq!(source(250).unwrap(), Ipv4Addr::new(127, 1, 2, 1));
        let last = source(ADDRESSES - 1).unwrap();
        assert_eq!(last, Ipv4Addr::new(127, 1, 250, 250));
        assert!(source(ADDRESSES).is_err());
    }
}
