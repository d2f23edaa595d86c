//! The frame of every page: who is here, where they can go, how to get help. One layout, `layout/page.html`, for
//! everybody; what it shows follows from the caller.

use crate::actor::{ActorKind, Caller, Manner, Place, Who};
use crate::app::App;
use crate::call::Call;
use crate::clock::Clock;
use crate::error::FieldErrors;
use crate::flow::signin::home_of;
use crate::routes;
use axum::http::Method;
use domain::person::Role;
use domain::practice::Practice;
use domain::time::Instant;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A page that navigation may lead to.
struct Destination {
    path: &'static str,
    icon: &'static str,
    label: &'static str,
}

const fn to(path: &'static str, icon: &'static str, label: &'static str) -> Destination {
    Destination { path, icon, label }
}

/// Where a therapist can go. Only pages that the route table has are shown.
const THERAPIST: &[Destination] = &[
    to("/t", "house", "Dashboard"),
    to("/t/appointments", "list", "Appointments"),
    to("/t/week", "calendar", "Week"),
    to("/t/updates", "circle-check", "Updates"),
    to("/t/clients", "users", "Clients"),
    to("/t/slots", "bookmark", "Reserved slots"),
    to("/t/hours", "clock", "Working hours"),
    to("/t/conversations", "message-square", "Conversations"),
    to("/t/messages", "mail", "Messages"),
    to("/t/sent", "send", "Sent messages"),
    to("/t/away", "heart", "Time away"),
    to("/t/record", "chart-column", "My record"),
    to("/t/guides", "file-text", "Guides"),
    to("/t/help", "life-buoy", "Get help"),
    to("/t/settings", "settings", "Settings"),
    to("/more", "ellipsis", "More"),
];

/// Where the office can go.
const PRACTICE: &[Destination] = &[
    to("/p", "layout-dashboard", "Board"),
    to("/p/appointments", "list", "Appointments"),
    to("/p/absences", "heart", "Absences"),
    to("/p/money", "banknote", "Money"),
    to("/p/requests", "bell", "Asked of the team"),
    to("/p/drift", "split", "Drift"),
    to("/p/updates", "circle-check", "Updates"),
    to("/p/clients", "users", "Clients"),
    to("/p/slots", "bookmark", "Reserved slots"),
    to("/p/disputes/new", "shield", "Dispute file"),
    to("/p/therapists", "user", "Therapists"),
    to("/p/tickets", "life-buoy", "Requests"),
    to("/p/conversations", "message-square", "Conversations"),
    to("/p/messages", "send", "Messages"),
    to("/p/guides", "info", "Guides"),
    to("/p/record", "shield", "Record"),
    to("/p/policy", "file-text", "Policy"),
    to("/p/settings", "settings", "Settings"),
    to("/more", "ellipsis", "More"),
];

/// Where a client can go.
const CLIENT: &[Destination] = &[
    to("/c", "house", "Your sessions"),
    to("/c/conversation", "message-square", "Conversation"),
    to("/c/account", "banknote", "Account"),
    to("/c/messages", "message-square", "Messages"),
    to("/c/preferences", "settings", "Preferences"),
];

/// Where lines of conversations wait.
const CONVERSATIONS: [&str; 2] = ["/c/conversation", "/t/conversations"];

/// The pages that exist, and who may see them.
static PAGES: LazyLock<HashMap<&'static str, Who>> = LazyLock::new(|| {
    let pages = routes::table().into_iter().filter(|route| route.method == Method::GET);
    pages.map(|page| (page.path, page.who)).collect()
});

/// One entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// Where it leads; also its key.
    pub href: &'static str,
    /// Its drawing.
    pub icon: &'static str,
    /// Its word.
    pub label: &'static str,
    /// Whether this is the page's own place.
    pub is_current: bool,
    /// How many things wait there; 0 shows nothing.
    pub count: usize,
    /// Whether it is the small screen's way to the rest.
    pub is_more: bool,
}

/// What the layout needs. Every page's template has it as `shell`.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The page's title, the same as its h1 or close to it.
    pub title: String,
    /// Whether the title begins with "Error: ".
    pub is_error: bool,
    /// Where they can go.
    pub nav: Vec<NavItem>,
    /// The practice; its name is empty where we do not know it.
    pub place: Place,
    /// The person's name; empty where nobody is signed in.
    pub person: String,
    /// Whether they have a session to end and this page can carry a form.
    pub can_sign_out: bool,
    /// Their first page.
    pub home: &'static str,
    /// The hidden `_csrf` field.
    pub form_token: String,
    /// The hidden `_key` field.
    pub form_key: String,
    /// The moment the page was made.
    pub now: Instant,
    /// Whether time stands still, so that clocks on the page do too.
    pub is_still: bool,
    /// Where *Get help* leads; empty where we do not know whose page it is.
    pub help: String,
    /// Whether this is a demo, which every page of it says.
    pub is_demo: bool,
    role: Option<Role>,
    manner: Manner,
}

impl Shell {
    /// The frame of a page with this title.
    pub fn new<A: ActorKind>(app: &App, call: &Call<A>, title: impl Into<String>) -> Self {
        let mut shell = Self::of(app, call.caller(), title);
        call.form_token().clone_into(&mut shell.form_token);
        call.form_key().clone_into(&mut shell.form_key);
        shell.can_sign_out = call.session().is_some();
        shell.now = call.now;
        shell
    }

    /// The frame for a caller outside a call: problem pages, which have no forms of their own.
    pub(crate) fn of(app: &App, caller: &Caller, title: impl Into<String>) -> Self {
        let (role, person) = match caller {
            Caller::Person(visitor) => (Some(visitor.actor.role), visitor.actor.name.clone()),
            Caller::Link(holder) => (None, holder.name.clone()),
            Caller::Nobody => (None, String::new()),
        };
        let mut nav = role.map(nav_of).unwrap_or_default();
        for item in nav.iter_mut().filter(|item| CONVERSATIONS.contains(&item.href)) {
            item.count = caller.waiting() as usize;
        }
        Self {
            title: title.into(),
            is_error: false,
            nav,
            place: caller.place(),
            person,
            can_sign_out: false,
            home: role.map_or("/", home_of),
            form_token: String::new(),
            form_key: String::new(),
            now: app.now(),
            is_still: matches!(app.clock, Clock::Standing(_)),
            help: super::support::help_path(caller),
            is_demo: app.is_demo,
            role,
            manner: caller.manner(),
        }
    }

    /// On a page of this practice that nobody signed in for: its name, its numbers, its help.
    #[must_use]
    pub fn in_place_of(mut self, practice: &Practice) -> Self {
        if self.place.name.is_empty() {
            self.help = format!("/help/{}", practice.id);
            self.place = Place {
                name: practice.name.clone(),
                support_phone: practice.support_phone.clone(),
                support_email: practice.support_email.clone(),
                clinical_email: practice.clinical_email.clone(),
                risk_email: practice.risk_email.clone(),
            };
            self.manner.locale = practice.locale;
        }
        self
    }

    /// The numbers for when it cannot wait, where this reader lives.
    pub fn crisis(&self) -> &'static [(&'static str, &'static str)] {
        super::support::crisis(&self.manner.zone, self.manner.locale)
    }

    /// Marks the place in the navigation that this page belongs to, by its path.
    #[must_use]
    pub fn at(mut self, path: &str) -> Self {
        for item in &mut self.nav {
            item.is_current = item.href == path;
        }
        self
    }

    /// Shows how many things wait at a place in the navigation.
    #[must_use]
    pub fn count(mut self, path: &str, count: usize) -> Self {
        for item in self.nav.iter_mut().filter(|item| item.href == path) {
            item.count = count;
        }
        self
    }

    /// Begins the title with "Error: " where something is wrong.
    #[must_use]
    pub fn with(mut self, errors: &FieldErrors) -> Self {
        self.is_error = !errors.is_empty();
        self
    }

    /// Whether this is a page for therapists or the office.
    pub fn is_staff(&self) -> bool {
        self.role.is_some_and(|role| role != Role::Client)
    }

    /// The language of the page.
    pub fn lang(&self) -> &'static str {
        self.manner.locale.tag()
    }

    /// Whose site it is, at the end of the title and on top of clients' pages.
    pub fn site(&self) -> &str {
        if self.is_staff() || self.place.name.is_empty() { "Holdspace" } else { &self.place.name }
    }

    /// What they are, in words.
    pub fn role_words(&self) -> &'static str {
        match self.role {
            None | Some(Role::Client) => "client",
            Some(Role::Therapist) => "therapist",
            Some(Role::Admin) => "practice admin",
            Some(Role::Support) => "support",
            Some(Role::ClinicalLead) => "clinical lead",
            Some(Role::RiskDuty) => "risk duty",
            Some(Role::Owner) => "practice owner",
        }
    }

    /// The place whose time the page shows: `Europe/London` reads London.
    pub fn zone_words(&self) -> String {
        let name = self.manner.zone.name();
        name.rsplit('/').next().unwrap_or(name).replace('_', " ")
    }
}

fn nav_of(role: Role) -> Vec<NavItem> {
    let destinations = match role {
        Role::Client => CLIENT,
        Role::Therapist => THERAPIST,
        _ => PRACTICE,
    };
    let opens = |to: &&Destination| PAGES.get(to.path).is_some_and(|who| who.admits(role));
    let item = |to: &Destination| NavItem {
        href: to.path,
        icon: to.icon,
        label: to.label,
        is_current: false,
        count: 0,
        is_more: to.path == "/more",
    };
    destinations.iter().filter(opens).map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_destination_has_a_drawing_and_a_path_of_its_portal() {
        for (list, prefix) in [(THERAPIST, "/t"), (PRACTICE, "/p"), (CLIENT, "/c")] {
            for to in list {
                assert!(crate::assets::has_icon(to.icon), "{} has no drawing {}", to.label, to.icon);
                assert!(to.path.starts_with(prefix) || to.path == "/more", "{}", to.path);
            }
        }
    }

    #[test]
    fn navigation_leads_only_to_pages_that_open_for_whoever_sees_it() {
        for role in Role::ALL {
            assert!(nav_of(role).iter().all(|item| PAGES[item.href].admits(role)), "{role:?}");
        }
        let hrefs = |role| nav_of(role).iter().map(|item| item.href).collect::<Vec<_>>();
        assert!(hrefs(Role::Owner).contains(&"/p/therapists"));
        assert!(!hrefs(Role::Support).contains(&"/p/therapists"));
    }
}
