//! What the machine says about itself: load, flushes, and what a process used.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Now, for measuring.
#[allow(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub fn now() -> Instant {
    Instant::now()
}

/// The load averages, as the kernel writes them.
pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// Processors and memory in one line.
pub fn facts() -> String {
    let of = |path: &str, key: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let (model, memory) = (of("/proc/cpuinfo", "model name"), of("/proc/meminfo", "MemTotal"));
    format!("{cores} × {model}, {memory}, Linux {}", kernel.trim())
}

/// How many times a second four kilobytes can be appended and flushed (`fdatasync`) in this folder.
pub fn flushes_per_second(folder: &Path) -> std::io::Result<f64> {
    let path = folder.join("flush-probe");
    let mut file = File::create(&path)?;
    let (block, begun) = ([7u8; 4096], now());
    let mut flushes = 0u32;
    while begun.elapsed() < Duration::from_millis(500) {
        file.seek(SeekFrom::End(0))?;
        file.write_all(&block)?;
        file.sync_data()?;
        flushes += 1;
    }
    let rate = f64::from(flushes) / begun.elapsed().as_secs_f64();
    fs::remove_file(path)?;
    Ok(rate)
}

/// Processor time that a process and its ended children used so far, user and system.
pub fn processor_time(process: u32) -> Duration {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name stands in brackets and may hold anything; after it the fields are numbered from 3.
    let fields: Vec<u64> = text.rsplit(')').next().unwrap_or_default().split_whitespace().map(number).collect();
    let ticks: u64 = [11, 12, 13, 14].iter().filter_map(|n| fields.get(*n)).sum();
    Duration::from_millis(ticks * 10)
}

/// Processor time of a process and of all that it started.
pub fn family_time(process: u32) -> Duration {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap_or_default();
    let children = children.split_whitespace().map(|child| processor_time(number(child) as u32));
    processor_time(process) + children.sum::<std::time::Duration>()
}

/// Memory of a process that is in RAM, in MiB.
pub fn resident_mib(process: u32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    let kib: f64 = line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or_default();
    kib / 1024.0
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_default()
}
