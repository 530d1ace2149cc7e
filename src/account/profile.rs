//! The player's profile: what the stores contain, and what the server returns.

use orchard_contract::rpc::user;
use orchard_contract::{Errno, Money, Secret, storage};

use crate::account::rpc::{self, CallError};
use crate::account::session;
use crate::host::{Host, Store};

/// The player's data, which the header shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Player {
    /// The portrait's address, as the server sent it.
    pub(crate) avatar: Option<String>,
    pub(crate) credit: Option<i64>,
    pub(crate) mobile: Option<String>,
    pub(crate) money: Option<Money>,
    pub(crate) nickname: Option<String>,
}

/// Why the profile could not be loaded.
#[derive(Debug)]
pub(crate) enum ProfileError {
    /// The session has ended: its tokens are no longer valid.
    Expired,
    /// The request failed, or the response was another error. The stored data stays valid.
    Failed,
}

impl From<CallError> for ProfileError {
    fn from(_: CallError) -> Self {
        Self::Failed
    }
}

impl Player {
    /// Reads the data that the last sign-in or the last response has stored.
    pub(crate) fn kept(host: &dyn Host) -> Self {
        let read = |key| {
            let memory = host.read(Store::Memory, key);
            memory.or_else(|| host.read(Store::Device, key))
        };
        Self {
            avatar: read(storage::AVATAR),
            credit: read(storage::CREDIT).and_then(|credit| credit.parse().ok()),
            mobile: None,
            money: read(storage::MONEY).and_then(|money| money.parse().ok()),
            nickname: read(storage::NICKNAME),
        }
    }

    /// Overwrites the fields that `newer` has. The other fields stay as they are.
    pub(crate) fn update(&mut self, newer: Self) {
        *self = Self {
            avatar: newer.avatar.or(self.avatar.take()),
            credit: newer.credit.or(self.credit),
            mobile: newer.mobile.or(self.mobile.take()),
            money: newer.money.or(self.money),
            nickname: newer.nickname.or(self.nickname.take()),
        };
    }

    /// Requests the data from the server. Renews an expired access token, once.
    pub(crate) async fn ask(host: &'static dyn Host, api: &str) -> Result<Self, ProfileError> {
        let (place, mut token) =
            session::kept(host, storage::ACCESS_TOKEN).ok_or(ProfileError::Expired)?;
        let mut answer = info(api, &token).await?;
        if answer.errno == Some(Errno::TOKEN_EXPIRED) {
            let fresh = session::refresh(host, api, place).await;
            token = fresh.map_err(|absent| match absent {
                session::Absent::SignedOut | session::Absent::NeverSignedIn => {
                    ProfileError::Expired
                }
                _ => ProfileError::Failed,
            })?;
            answer = info(api, &token).await?;
        }
        match answer.errno {
            Some(Errno::OK) => {}
            Some(Errno::TOKEN_EXPIRED | Errno::TOKEN_INVALID) => return Err(ProfileError::Expired),
            _ => return Err(ProfileError::Failed),
        }
        // Not stored if the player has signed out meanwhile, or signed in to another account.
        if host.read(place, storage::ACCESS_TOKEN).as_deref() == Some(token.expose()) {
            keep(host, place, &answer);
        }
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        Ok(Self {
            avatar: filled(answer.avatar),
            credit: answer.credit,
            mobile: filled(answer.mobile),
            money: answer.money,
            nickname: filled(answer.nickname),
        })
    }
}

/// Stores the data beside the tokens, so that the next start shows it before the server responds.
fn keep(host: &dyn Host, place: Store, answer: &user::InfoResult) {
    let values = [
        (storage::AVATAR, answer.avatar.clone()),
        (storage::CREDIT, answer.credit.map(|it| it.to_string())),
        (storage::MONEY, answer.money.map(|it| it.to_string())),
        (storage::NICKNAME, answer.nickname.clone()),
    ];
    for (key, value) in values {
        if let Some(value) = value {
            host.save(place, key, &value);
        }
    }
}

async fn info(api: &str, token: &Secret) -> Result<user::InfoResult, CallError> {
    rpc::call::<user::Info>(api, Some(token), user::NoParams {}).await
}

/// Returns a mobile number with its middle masked: `138****8000`.
pub(crate) fn masked(mobile: &str) -> String {
    let characters: Vec<char> = mobile.chars().collect();
    // Too short to have a middle, or masked by the server.
    if characters.len() < 8 || characters.contains(&'*') {
        return mobile.into();
    }
    let hidden = 3..characters.len() - 4;
    characters
        .into_iter()
        .enumerate()
        .map(|(at, character)| if hidden.contains(&at) { '*' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_the_server_omits_are_kept() {
        let mut player = Player {
            nickname: Some("阿桃".into()),
            credit: Some(1),
            ..Player::default()
        };
        player.update(Player {
            credit: Some(2),
            ..Player::default()
        });
        assert_eq!(player.nickname.as_deref(), Some("阿桃"));
        assert_eq!(player.credit, Some(2));
    }

    #[test]
    fn only_the_ends_of_a_number_are_shown() {
        assert_eq!(masked("13800138000"), "138****8000");
        assert_eq!(masked("+8613800138000"), "+86*******8000");
    }

    #[test]
    fn masked_or_short_text_is_unchanged() {
        assert_eq!(masked("138****8000"), "138****8000");
        assert_eq!(masked("1234567"), "1234567");
        assert_eq!(masked(""), "");
    }
}
