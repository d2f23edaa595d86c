//! The authorisation matrix in plain text: `docs/access.md`, read by people before it is believed.

use super::Route;
use crate::actor::Who;
use domain::person::Role;
use std::fmt::Write as _;

/// One line for each route, one column for each role. A closed route answers as if it were not there.
pub fn matrix(routes: &[Route]) -> String {
    let mut text = String::from(
        "# Who may use which route\n\nMade from the route table by a test (`UPDATE=1` writes it again). A route closed \
         to a role answers 404. `any` is everybody without signing in, `link` is the holder of a link in a \
         message; the roles follow in the order client, therapist, admin, support, clinical lead, risk duty, owner.\n\n\
         | route | any | link | cli | thp | adm | sup | lead | risk | own | about | limit | record | what |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    let mut routes: Vec<&Route> = routes.iter().collect();
    routes.sort_by_key(|route| (route.path, route.method.as_str().to_owned()));
    for route in routes {
        let yes = |is: bool| if is { "x" } else { "" };
        let roles: Vec<_> =
            Role::ALL.iter().map(|role| yes(matches!(route.who, Who::Roles(_)) && route.who.admits(*role))).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {} {} | {} | {} | {} | {} | {} | {} | {} |",
            route.method,
            route.path,
            yes(route.who == Who::Anyone),
            yes(route.who == Who::Link),
            roles.join(" | "),
            route.object,
            route.rate.word(),
            route.audit.unwrap_or(""),
            route.summary,
        );
    }
    text
}
