use crate::world::World;
use axum::http::Method;
use domain::person::Role;
use holdspace_server::actor::Who;
use holdspace_server::routes::{Route, Surface, matrix, table};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Every route of the table answers every role as the table says: a stranger is asked to sign in, a role that it is
/// closed to finds nothing there.
#[tokio::test]
async fn every_route_opens_to_its_roles_and_to_nobody_else() {
    let world = World::with(&[("HOLDSPACE_LIMITS_RATE_FACTOR", "1000")], table());
    let mut tokens = BTreeMap::new();
    for role in Role::ALL {
        tokens.insert(role, world.bearer(role).await);
    }
    for route in table() {
        let Who::Roles(_) = route.who else { continue };
        let path = filled(&route);
        let stranger = world.browser().request(route.method.clone(), &path, &[], "").await;
        match route.surface {
            Surface::Page => {
                assert_eq!((stranger.status.as_u16(), stranger.location()), (303, "/sign-in"), "{route:?}")
            }
            Surface::Api | Surface::Fhir => assert_eq!(stranger.status, 401, "{route:?}"),
        }
        for role in Role::ALL {
            if !route.who.admits(role) {
                assert_eq!(
                    knock(&world, &route, role, &tokens[&role], &path).await,
                    404,
                    "{route:?} as {}",
                    role.word()
                );
            }
        }
    }
}

async fn knock(world: &World, route: &Route, role: Role, token: &str, path: &str) -> u16 {
    if route.surface != Surface::Page {
        return world.call(route.method.clone(), path, Some(token), "{}").await.status.as_u16();
    }
    let mut browser = world.signed_in(role).await;
    let reply = if route.method == Method::GET { browser.get(path).await } else { browser.post(path, &[]).await };
    reply.status.as_u16()
}

/// The path with something in place of each parameter.
fn filled(route: &Route) -> String {
    let parts = route.path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn every_route_says_what_it_is_about_and_what_it_does() {
    for route in table() {
        assert!(!route.object.is_empty() && !route.summary.is_empty(), "{route:?} needs about(..) and says(..)");
    }
}

/// `docs/access.md` is read by people; when the table changes, run this with `UPDATE=1` and review the difference.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test that can write its reviewed file again")]
fn the_reviewed_matrix_is_the_table() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/access.md");
    let now = matrix(&table());
    if std::env::var("UPDATE").is_ok() {
        std::fs::create_dir_all(file.parent().expect("a directory")).expect("docs");
        std::fs::write(&file, &now).expect("written");
    }
    let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
    let old: BTreeSet<_> = reviewed.lines().collect();
    let new: BTreeSet<_> = now.lines().collect();
    let differ: Vec<_> = old.symmetric_difference(&new).collect();
    assert!(
        differ.is_empty(),
        "docs/access.md differs from the route table; run with UPDATE=1 and review: {differ:#?}"
    );
}
