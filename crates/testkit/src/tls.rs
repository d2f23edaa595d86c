//! Certificates for servers on 127.0.0.1.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A certificate authority of this test alone, and a server certificate for `localhost` and `127.0.0.1`.
#[derive(Debug)]
pub struct Certificates {
    /// What a client must trust (PEM).
    pub ca: PathBuf,
    /// The server's certificate (PEM).
    pub certificate: PathBuf,
    /// The server's private key (PEM).
    pub key: PathBuf,
}

impl Certificates {
    /// Makes them in `folder`, valid for two days.
    #[must_use]
    pub fn make(folder: &Path) -> Self {
        let at = |name: &str| folder.join(name);
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let mut authority = Command::new("openssl");
        authority.args(["req", "-x509", "-days", "2", "-subj", "/CN=Test authority"]).args(curve);
        crate::child::run(authority.arg("-keyout").arg(at("ca.key")).arg("-out").arg(at("ca.pem")));
        let mut request = Command::new("openssl");
        request.args(["req", "-subj", "/CN=localhost"]).args(curve);
        crate::child::run(request.arg("-keyout").arg(at("key.pem")).arg("-out").arg(at("request.pem")));
        let extensions =
            "basicConstraints=CA:FALSE\nsubjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n";
        std::fs::write(at("extensions"), extensions).expect("the folder is ours");
        let mut sign = Command::new("openssl");
        sign.args(["x509", "-req", "-days", "2", "-set_serial", "2"]).arg("-in").arg(at("request.pem"));
        sign.arg("-CA").arg(at("ca.pem")).arg("-CAkey").arg(at("ca.key")).arg("-extfile").arg(at("extensions"));
        crate::child::run(sign.arg("-out").arg(at("cert.pem")));
        Self { ca: at("ca.pem"), certificate: at("cert.pem"), key: at("key.pem") }
    }
}
