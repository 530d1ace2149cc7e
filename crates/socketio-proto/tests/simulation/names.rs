//! The users that the auth of a CONNECT names.

use socketio_proto::Auth;

/// A user. The empty name means no user and no auth.
pub(crate) type Name = &'static str;

pub(crate) const NO_USER: Name = "";
pub(crate) const NAMES: [Name; 4] = [NO_USER, "ann", "bob", "cid"];

pub(crate) fn auth(name: Name) -> Auth {
    match name {
        NO_USER => Auth::NONE,
        name => {
            let object = std::collections::BTreeMap::from([("token", name)]);
            Auth::object(&object).expect("an object")
        }
    }
}

/// Returns the name in the JSON text of a CONNECT's auth.
pub(crate) fn parse(name: &str) -> Name {
    let found = NAMES.into_iter().find(|other| *other == name);
    found.expect("a name of the test")
}

/// A set of names.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Set(u8);

impl Set {
    pub(crate) fn of(name: Name) -> Self {
        let index = NAMES.into_iter().position(|other| other == name);
        Self(1 << index.expect("one of the names"))
    }

    pub(crate) fn all() -> Self {
        Self(u8::MAX)
    }

    pub(crate) fn add(&mut self, name: Name) {
        self.0 |= Self::of(name).0;
    }

    pub(crate) fn has(self, name: Name) -> bool {
        self.0 & Self::of(name).0 != 0
    }
}
