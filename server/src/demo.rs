use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use orchard_contract::{Money, Secret};

use crate::clock::Clock;
use crate::database::{Database, NewUser};
use crate::error::StartError;
use crate::{passwords, private_file};

const ACCOUNT: &str = "demo";
const MOBILE: &str = "13800138000";
const NICKNAME: &str = "小果农";
const MONEY: Money = Money::from_cents(100_000);
const CREDIT: i64 = 100;

/// 32 characters that are hard to confuse; 12 of them carry 60 bits.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const PASSWORD_LENGTH: usize = 12;

/// The account that a new database is created with.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// The name to sign in with.
    pub account: String,
    /// Its password.
    pub password: Secret,
}

impl DemoAccount {
    /// Loads the demo account of this database from the file in which it was saved.
    pub fn load(database: &Path) -> Result<Self, StartError> {
        let path = file_beside(database);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StartError::NoDemoAccount(database.to_owned()));
            }
            Err(error) => return Err(StartError::File(path, error)),
        };
        let field = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name))
                .map(str::trim)
                .map(str::to_owned)
        };
        match (field("account:"), field("password:")) {
            (Some(account), Some(password)) => Ok(Self {
                account,
                password: password.into(),
            }),
            _ => Err(StartError::NoDemoAccount(database.to_owned())),
        }
    }

    /// Creates the account if the database has no users.
    pub(crate) async fn make_if_first(
        database: &Database,
        path: &Path,
        clock: &Clock,
    ) -> Result<Option<Self>, StartError> {
        let failed = |error: crate::database::DatabaseError| {
            StartError::File(path.to_owned(), io::Error::other(error.to_string()))
        };
        if database.has_users().await.map_err(failed)? {
            return Ok(None);
        }
        let demo = Self {
            account: ACCOUNT.into(),
            password: random_password()?,
        };
        let user = NewUser {
            account: demo.account.clone(),
            password: passwords::hash(&demo.password)?,
            mobile: MOBILE.into(),
            nickname: NICKNAME.into(),
            money: MONEY,
            credit: CREDIT,
            created_at: clock.now(),
        };
        // Write the file first: a crash in between leaves no account whose password is lost.
        let kept = file_beside(path);
        private_file::replace(&kept, demo.to_string().as_bytes())
            .map_err(|error| StartError::File(kept, error))?;
        Ok(database
            .add_first_user(user)
            .await
            .map_err(failed)?
            .then_some(demo))
    }

    /// Returns the account in a frame that stands out among log lines.
    pub fn in_a_box(&self) -> String {
        let lines = [
            "Demo account, made just now".to_owned(),
            String::new(),
            format!("account:  {}", self.account),
            format!("password: {}", self.password.expose()),
            String::new(),
            "`orchard-server demo-account` prints it again.".to_owned(),
        ];
        let width = lines
            .iter()
            .map(|line| line.chars().count())
            .max()
            .unwrap_or(0);
        let bar = "─".repeat(width + 4);
        let body: String = lines
            .iter()
            .map(|line| format!("│  {line:width$}  │\n"))
            .collect();
        format!("╭{bar}╮\n{body}╰{bar}╯")
    }
}

/// Formats the two lines that the file contains: `account: …` and `password: …`.
impl fmt::Display for DemoAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "account: {}\npassword: {}",
            self.account,
            self.password.expose()
        )
    }
}

fn file_beside(database: &Path) -> PathBuf {
    private_file::beside(database, ".demo-account")
}

fn random_password() -> Result<Secret, StartError> {
    let mut bytes = [0; PASSWORD_LENGTH];
    getrandom::fill(&mut bytes).map_err(StartError::Random)?;
    let letters = bytes
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)));
    Ok(Secret::new(
        letters
            .map(|letter| char::from(*letter))
            .collect::<String>(),
    ))
}
