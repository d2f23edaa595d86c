//! Reads the configuration, once: the file, the environment, and what the command line says beyond both.

use crate::talk::Failure;
use server::config::Config;
use std::path::{Path, PathBuf};
use tracing_subscriber::EnvFilter;

/// The file that is read where nobody names one.
const USUAL: &str = "holdspace.toml";

/// The configuration from this file, or from `holdspace.toml` where there is one, with `beyond` winning over all.
///
/// # Errors
/// A sentence that names the file or the key, and the remedy.
pub fn read(file: Option<&Path>, beyond: &[(&str, String)]) -> Result<(Config, Option<PathBuf>), Failure> {
    let place = match file {
        Some(file) => Some(file.to_owned()),
        None => Some(PathBuf::from(USUAL)).filter(|usual| usual.exists()),
    };
    let text = match &place {
        Some(place) => Some(std::fs::read_to_string(place).map_err(|error| {
            Failure::new(format!("{}: {error}. Check the path given with --config", place.display()))
        })?),
        None => None,
    };
    let config = parse(text.as_deref(), environment(), beyond)?;
    Ok((config, place))
}

/// The configuration of a demo: the environment may say where it listens and what it logs, and nothing else.
///
/// # Errors
/// A sentence that names the key and the remedy.
pub fn for_demo(beyond: &[(&str, String)]) -> Result<Config, Failure> {
    let heard = ["HOLDSPACE_LISTEN", "HOLDSPACE_BASE_URL", "HOLDSPACE_LOG", "HOLDSPACE_PROXY_TRUSTED"];
    let environment = environment().into_iter().filter(|(name, _)| heard.contains(&name.as_str())).collect();
    parse(None, environment, beyond)
}

fn parse(
    file: Option<&str>,
    mut environment: Vec<(String, String)>,
    beyond: &[(&str, String)],
) -> Result<Config, Failure> {
    environment.retain(|(name, _)| beyond.iter().all(|(other, _)| name != other));
    environment.extend(beyond.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    Ok(Config::parse(file, environment)?)
}

#[allow(clippy::disallowed_methods, reason = "the edge where the environment is read, once")]
fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Logs to stderr, as lines for people or as JSON for machines.
///
/// # Errors
/// Where the filter is none.
pub fn log(filter: &str, json: bool) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Failure::new(format!("log = {filter:?} will not do: {error}. Write something such as info"))
    })?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Set once at start; a second subscriber can only come from a test.
    let _ = if json { lines.json().try_init() } else { lines.try_init() };
    Ok(())
}

/// Where the configuration is: the same for every command that needs one.
#[derive(clap::Args, Debug, Clone)]
pub struct Source {
    /// The configuration file; `holdspace.toml` in the working directory where there is one.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Source {
    /// Reads it and begins to log.
    ///
    /// # Errors
    /// A sentence that names the file or the key, and the remedy.
    pub fn read(&self) -> Result<Config, Failure> {
        let (config, _) = read(self.config.as_deref(), &[])?;
        log(&config.log, false)?;
        Ok(config)
    }
}
