//! User management from the command line: `orchard-server user`.

use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal, Read};
use std::path::Path;
use std::time::Duration;

use orchard_contract::{Money, Secret};

use crate::clock::Clock;
use crate::config::UserCommand;
use crate::database::{Database, DatabaseError, Listed, NewUser};
use crate::error::StartError;
use crate::logging::Outside;
use crate::passwords;
use crate::rpc::{MAX_ACCOUNT_BYTES, MAX_PASSWORD_BYTES};

const MAX_NICKNAME_BYTES: usize = 128;
const MAX_MOBILE_BYTES: usize = 32;

/// Runs the command and returns what to print.
///
/// # Errors
/// Returns an error if the database or the password can't be read, if there is no user with that
/// name, or if there already is one.
pub async fn manage(
    path: &Path,
    command: UserCommand,
    clock: &Clock,
) -> Result<String, StartError> {
    // Checking for damage is left to the server.
    let database = Database::open(path, Duration::ZERO)?;
    let failed = |error: DatabaseError| StartError::Query(path.to_owned(), error.to_string());
    let known = |account: &str, is_known| {
        if is_known {
            Ok(())
        } else {
            Err(StartError::NoSuchAccount(account.to_owned()))
        }
    };
    Ok(match command {
        UserCommand::Add {
            account,
            nickname,
            mobile,
        } => {
            let account = account.trim().to_owned();
            let nickname = nickname
                .unwrap_or_else(|| account.clone())
                .trim()
                .to_owned();
            bounded(
                &account,
                1,
                MAX_ACCOUNT_BYTES,
                "an account has 1 to 128 bytes",
            )?;
            bounded(
                &nickname,
                1,
                MAX_NICKNAME_BYTES,
                "a nickname has 1 to 128 bytes",
            )?;
            bounded(
                &mobile,
                0,
                MAX_MOBILE_BYTES,
                "a mobile number has at most 32 bytes",
            )?;
            let user = NewUser {
                account: account.clone(),
                password: passwords::hash(&password()?)?,
                mobile,
                nickname,
                money: Money::from_cents(0),
                credit: 0,
                created_at: clock.now(),
            };
            let id = database.add_user(user).await.map_err(failed)?;
            let id = id.ok_or_else(|| StartError::AccountTaken(account.clone()))?;
            format!("{} is added, with the id {id}\n", Outside(&account))
        }
        UserCommand::List => {
            let users = database.list_users(clock.now()).await.map_err(failed)?;
            table(&users)
        }
        UserCommand::Lock { account } => {
            let locked = database.set_locked(account.clone(), true).await;
            known(&account, locked.map_err(failed)?)?;
            format!(
                "{} is locked, and signed out everywhere\n",
                Outside(&account)
            )
        }
        UserCommand::Unlock { account } => {
            let unlocked = database.set_locked(account.clone(), false).await;
            known(&account, unlocked.map_err(failed)?)?;
            format!("{} may sign in again\n", Outside(&account))
        }
        UserCommand::Password { account } => {
            let password = passwords::hash(&password()?)?;
            let set = database.set_password(account.clone(), password).await;
            known(&account, set.map_err(failed)?)?;
            format!(
                "{} has another password, and is signed out everywhere\n",
                Outside(&account)
            )
        }
    })
}

/// Formats one line per user, in which nothing that a user chose can be mistaken for something
/// else.
fn table(users: &[Listed]) -> String {
    let mut table = String::from("id\taccount\tnickname\tsign-ins\tlocked\n");
    for user in users {
        let (account, nickname) = (Outside(&user.account), Outside(&user.nickname));
        let locked = if user.locked { "locked" } else { "" };
        // Writing to a `String` does not fail.
        let _ = writeln!(
            table,
            "{}\t{account}\t{nickname}\t{}\t{locked}",
            user.id, user.sign_ins
        );
    }
    table
}

fn bounded(text: &str, least: usize, most: usize, why: &'static str) -> Result<(), StartError> {
    if (least..=most).contains(&text.len()) {
        Ok(())
    } else {
        Err(StartError::Unusable(why))
    }
}

/// Reads the password twice from the terminal without echo, or else from the first line of standard
/// input.
fn password() -> Result<Secret, StartError> {
    let password = if io::stdin().is_terminal() {
        let password = rpassword::prompt_password("Password: ").map_err(StartError::Input)?;
        let again = rpassword::prompt_password("Once more: ").map_err(StartError::Input)?;
        if password != again {
            return Err(StartError::Unusable("these are two passwords: try again"));
        }
        password
    } else {
        let most = u64::try_from(MAX_PASSWORD_BYTES).unwrap_or(u64::MAX);
        let mut line = String::new();
        // Read one byte beyond the limit, plus the line ending.
        let mut input = io::stdin().lock().take(most.saturating_add(3));
        input.read_line(&mut line).map_err(StartError::Input)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    bounded(
        &password,
        1,
        MAX_PASSWORD_BYTES,
        "a password has 1 to 1024 bytes",
    )?;
    Ok(password.into())
}
