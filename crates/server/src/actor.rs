//! Who may call a handler, as a type: a page for clients cannot be mounted for an admin, because its argument does
//! not exist there.

use domain::access::{Actor, Purpose, Scope};
use domain::id::{ClientId, PracticeId, TherapistId, TokenId};
use domain::person::{PersonRef, Role};
use std::ops::Deref;
pub use store::session::{Manner, Place, Visitor};

/// Who may use a route: a column of the route table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody, signed in or not.
    Anyone,
    /// Whoever holds a live link of a message.
    Link,
    /// People of these roles, signed in or with a token.
    Roles(&'static [Role]),
}

impl Who {
    /// Whether somebody of this role may use it.
    pub fn admits(self, role: Role) -> bool {
        match self {
            Self::Anyone => true,
            Self::Link => false,
            Self::Roles(roles) => roles.contains(&role),
        }
    }
}

/// Who stands before us.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Nobody we know.
    Nobody,
    /// Somebody signed in, or a program with their token.
    Person(Box<Visitor>),
    /// Somebody who holds a link.
    Link(Box<LinkHolder>),
}

impl Caller {
    /// The name under which limits and idempotency keys are kept, if we know them.
    pub fn signature(&self) -> Option<String> {
        match self {
            Self::Nobody => None,
            Self::Person(visitor) => Some(visitor.actor.person.to_string()),
            Self::Link(holder) => Some(format!("token:{}", holder.token)),
        }
    }

    /// How many lines of conversations wait for them.
    pub fn waiting(&self) -> u32 {
        match self {
            Self::Person(visitor) => visitor.waiting,
            Self::Nobody | Self::Link(_) => 0,
        }
    }

    /// How they read.
    pub fn manner(&self) -> Manner {
        match self {
            Self::Nobody => Manner::default(),
            Self::Person(visitor) => visitor.manner.clone(),
            Self::Link(holder) => holder.manner.clone(),
        }
    }

    /// The practice whose name stands on the page.
    pub fn place(&self) -> Place {
        match self {
            Self::Nobody => Place::default(),
            Self::Person(visitor) => visitor.place.clone(),
            Self::Link(holder) => holder.place.clone(),
        }
    }
}

/// A kind of actor that a handler asks for.
pub trait ActorKind: Clone + Send + Sync + Sized + 'static {
    /// What the route table says about it.
    const WHO: Who;
    /// The actor, if this caller is one.
    fn admit(caller: &Caller) -> Option<Self>;
}

/// An actor whose reads of the store have a scope.
pub trait Scoped: ActorKind {
    /// What they may see.
    fn scope(&self) -> Scope<'_>;
}

/// Everybody, signed in or not.
#[derive(Debug, Clone)]
pub struct Public(
    /// Who it is, where they are signed in.
    pub Option<Actor>,
);

impl ActorKind for Public {
    const WHO: Who = Who::Anyone;
    fn admit(caller: &Caller) -> Option<Self> {
        Some(Self(match caller {
            Caller::Person(visitor) => Some(visitor.actor.clone()),
            Caller::Nobody | Caller::Link(_) => None,
        }))
    }
}

/// Somebody who holds a live link of a message: one purpose, one object.
#[derive(Debug, Clone)]
pub struct LinkHolder {
    /// The link's row.
    pub token: TokenId,
    /// Its practice.
    pub practice: PracticeId,
    /// Whose things.
    pub client: ClientId,
    /// The client's name.
    pub name: String,
    /// What it may be used for.
    pub purpose: Purpose,
    /// How the client reads.
    pub manner: Manner,
    /// The practice.
    pub place: Place,
}

impl ActorKind for LinkHolder {
    const WHO: Who = Who::Link;
    fn admit(caller: &Caller) -> Option<Self> {
        if let Caller::Link(holder) = caller { Some((**holder).clone()) } else { None }
    }
}

impl Scoped for LinkHolder {
    fn scope(&self) -> Scope<'_> {
        Scope::Token { token: self.token, practice: self.practice, client: self.client, purpose: self.purpose }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $({ $(#[$id_doc:meta])* id: $id:ty, $variant:ident })? [$($role:ident)+];)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $($(#[$id_doc])* pub id: $id,)?
            actor: Actor,
        }
        impl ActorKind for $name {
            const WHO: Who = Who::Roles(&[$(Role::$role),+]);
            fn admit(caller: &Caller) -> Option<Self> {
                let Caller::Person(visitor) = caller else { return None };
                let actor = visitor.actor.clone();
                $(let PersonRef::$variant(id) = actor.person else { return None };
                let id: $id = id;)?
                Self::WHO.admits(actor.role).then_some(Self { $(id: <$id>::from(id),)? actor })
            }
        }
        impl Scoped for $name {
            fn scope(&self) -> Scope<'_> {
                Scope::Actor(&self.actor)
            }
        }
        impl Deref for $name {
            type Target = Actor;
            fn deref(&self) -> &Actor {
                &self.actor
            }
        }
        impl From<$name> for Actor {
            fn from(kind: $name) -> Self {
                kind.actor
            }
        }
    )*};
}

kinds! {
    /// A client.
    Client { /// Their id.
        id: ClientId, Client } [Client];
    /// A therapist.
    Therapist { /// Their id.
        id: TherapistId, Therapist } [Therapist];
    /// Anyone of the practice's office.
    Staff [Admin Support ClinicalLead RiskDuty Owner];
    /// Who of the office sees to arrangements: what is written about times is not for the clinical side.
    Office [Admin Support Owner];
    /// Whoever may write in a conversation: clients, therapists, and who of the office sees to arrangements.
    Writer [Client Therapist Admin Support Owner];
    /// Whoever may be told in their browser: clients and therapists.
    Browsing [Client Therapist];
    /// "The team" of the wire contract.
    Team [Admin Support];
    /// The practice's owner.
    Owner [Owner];
    /// Whoever runs the practice: admin and owner.
    Manager [Admin Owner];
    /// Whoever may set a therapist's hours: the therapist, and whoever runs the practice.
    Planner [Therapist Admin Owner];
    /// Everybody who works for the practice: therapists and the office.
    Colleague [Therapist Admin Support ClinicalLead RiskDuty Owner];
    /// Whoever may know of a client's safety: therapists of their own clients, the clinical lead, risk duty (V-19, V-20).
    Insider [Therapist ClinicalLead RiskDuty];
    /// Anyone who is signed in.
    AnyRole [Client Therapist Admin Support ClinicalLead RiskDuty Owner];
}
