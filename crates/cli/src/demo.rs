//! `holdspace demo`.

use crate::talk::{Failure, Told};
use crate::{settings, stop};
use clap::Args as Arguments;
use domain::policy::Preset;
use domain::time::Instant;
use server::config::Config;
use server::demo::{Demo, Wish};
use server::serve::serve_router;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;

/// What the command takes.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  holdspace demo --port 8080 --now 2026-03-09T08:00:00Z --data ./demo\n\nThen open the address that it prints. --now makes the clock stand still there until you move it."
)]
pub struct Args {
    /// The port to listen on; 0 takes any that is free.
    #[arg(long)]
    port: Option<u16>,
    /// Keep the demo in this directory and go on with it next time. Without it the demo is gone when it ends.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Begin at this moment, and let the clock stand still between moves, for example 2026-03-09T08:00:00Z.
    #[arg(long)]
    now: Option<Instant>,
    /// Only this practice: network, insurance, marketplace or clinic.
    #[arg(long)]
    preset: Option<Preset>,
}

/// Runs the demo until it is told to stop.
///
/// # Errors
/// What could not be opened, and the remedy.
pub fn run(args: Args) -> Told {
    let runtime = tokio::runtime::Runtime::new()?;
    let chosen = settings::for_demo(&[])?;
    settings::log(&chosen.log, false)?;
    let listen = SocketAddr::new(chosen.listen.ip(), args.port.unwrap_or(chosen.listen.port()));
    let listener = runtime.block_on(TcpListener::bind(listen)).map_err(|error| {
        Failure::new(format!("cannot listen on {listen}: {error}. Choose another port with --port, or 0 for any"))
    })?;
    let place = Place::of(args.data)?;
    let config = config(&chosen, listener.local_addr()?, &place.dir)?;
    let is_standing = args.now.is_some();
    let demo = Demo::open(Wish { config, now: args.now, preset: args.preset })?;
    if demo.is_used && (is_standing || args.preset.is_some()) {
        eprintln!(
            "holdspace: {} holds a demo already; it goes on as it was, without --now and --preset",
            place.dir.display()
        );
    }
    let listening = listener.local_addr()?;
    println!("Listening on {listening}");
    println!("Holdspace demo: {}", demo.app.config.base_url.join("/demo"));
    println!("It is {}. Data: {}. Nothing leaves this machine; Ctrl-C ends it.", demo.app.now(), place.words());
    runtime.block_on(serve_router(demo.router(), listener, stop::asked()))?;
    drop(demo);
    place.leave();
    Ok(())
}

fn config(chosen: &Config, listen: SocketAddr, dir: &Path) -> Result<Config, Failure> {
    let mut beyond = vec![("HOLDSPACE_LISTEN", listen.to_string()), ("HOLDSPACE_DATA_DIR", dir.display().to_string())];
    // Where nobody says how the demo is reached, it is by the port that it listens on.
    if chosen.base_url.to_string() == format!("http://{}", chosen.listen) {
        beyond.push(("HOLDSPACE_BASE_URL", format!("http://{listen}")));
    }
    settings::for_demo(&beyond)
}

/// Where the demo lives.
struct Place {
    dir: PathBuf,
    is_ours: bool,
}

impl Place {
    fn of(data: Option<PathBuf>) -> Result<Self, Failure> {
        if let Some(dir) = data {
            return Ok(Self { dir, is_ours: false });
        }
        let dir = std::env::temp_dir().join(format!("holdspace-demo-{}", std::process::id()));
        std::fs::create_dir_all(&dir).map_err(|error| {
            Failure::new(format!("{}: {error}. Name a directory that you may write to with --data", dir.display()))
        })?;
        Ok(Self { dir, is_ours: true })
    }

    fn words(&self) -> String {
        if self.is_ours { "kept until it ends".to_owned() } else { self.dir.display().to_string() }
    }

    fn leave(self) {
        if self.is_ours {
            // What is left behind is in the machine's directory for such things.
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}
