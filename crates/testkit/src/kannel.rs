//! A real gateway for short texts: Kannel, bound over SMPP to a message centre that decides a text's fate by the number:
//!
//! | number ends in | what becomes of a text |
//! |---|---|
//! | `01` | refused |
//! | `02` | taken, then not delivered |
//! | `03` | throttled at each try, then given up |
//! | `04` | the centre never answers |
//! | `05` | the link drops |
//! | `06` | taken, then its time runs out |
//! | `07` | taken, and never heard of again |
//! | anything else | delivered |

use crate::child::Server;
use crate::scratch::Scratch;
use crate::wait;
use serde_json::Value;
use std::process::Command;

/// A running gateway with its message centre.
#[derive(Debug)]
pub struct Kannel {
    /// Where texts are handed over: `http://127.0.0.1:…`.
    pub url: String,
    /// User for `sendsms`.
    pub user: &'static str,
    /// Its password.
    pub password: &'static str,
    centre: String,
    // In this order: the boxes end before what they are bound to.
    _smsbox: Server,
    _bearerbox: Server,
    _centre: Server,
    _folder: Scratch,
}

impl Kannel {
    /// Starts one and waits until it is bound. What phones write goes nowhere before [`Kannel::replies_to`].
    #[must_use]
    pub fn start() -> Self {
        let folder = Scratch::new("kannel");
        std::fs::create_dir(folder.join("store")).expect("the folder is ours");
        let [admin, bearer, send, smpp, control] = std::array::from_fn(|_| wait::free_port());
        let mut text = include_str!("kannel.conf").to_owned();
        for (word, value) in [
            ("@ADMIN@", admin.to_string()),
            ("@BOX@", bearer.to_string()),
            ("@SEND@", send.to_string()),
            ("@SMPP@", smpp.to_string()),
            ("@FOLDER@", folder.path().display().to_string()),
            ("@REPLIES@", format!("http://127.0.0.1:{control}/replies")),
        ] {
            text = text.replace(word, &value);
        }
        let conf = folder.join("kannel.conf");
        std::fs::write(&conf, text).expect("the folder is ours");
        let mut node = Command::new("node");
        node.arg(crate::root().join("crates/testkit/smsc/smsc.mjs")).args([smpp.to_string(), control.to_string()]);
        let centre = Server::start("node", "TERM", &mut node, &folder.join("centre.output"));
        wait::until("the message centre to listen", || wait::listens(control).then_some(()));
        let bearerbox = Server::start(
            "bearerbox",
            "TERM",
            Command::new("/usr/sbin/bearerbox").arg(&conf),
            &folder.join("bearer.output"),
        );
        wait::until("bearerbox to listen", || wait::listens(bearer).then_some(()));
        let smsbox =
            Server::start("smsbox", "TERM", Command::new("/usr/sbin/smsbox").arg(&conf), &folder.join("smsbox.output"));
        wait::until("smsbox to listen", || wait::listens(send).then_some(()));
        let status = format!("http://127.0.0.1:{admin}/status.txt?password=admin");
        wait::until("Kannel to be bound", || get(&status).filter(|said| said.contains("(online")));
        Self {
            url: format!("http://127.0.0.1:{send}"),
            user: "app",
            password: "secret",
            centre: format!("http://127.0.0.1:{control}"),
            _smsbox: smsbox,
            _bearerbox: bearerbox,
            _centre: centre,
            _folder: folder,
        }
    }

    /// What was submitted to the centre so far, part by part: `id from to text coding parts`.
    #[must_use]
    pub fn submitted(&self) -> Vec<Value> {
        let said = get(&format!("{}/texts", self.centre)).expect("the centre answers");
        serde_json::from_str(&said).expect("the centre answers with a list")
    }

    /// Waits until this number has a text, and gives its words, several parts put together.
    #[must_use]
    pub fn text_to(&self, number: &str) -> String {
        wait::until("a text to arrive", || {
            let parts: Vec<Value> = self.submitted().into_iter().filter(|text| text["to"] == *number).collect();
            let whole = parts.first()?["parts"].as_u64()?;
            let words = parts.iter().filter_map(|part| part["text"].as_str()).collect();
            (parts.len() as u64 >= whole).then_some(words)
        })
    }

    /// Waits until this number has a text that says so, and gives everything that it was sent, in order.
    pub fn text_saying(&self, number: &str, words: &str) -> String {
        wait::until(&format!("a text saying {words:?}"), || {
            let own = self.submitted().into_iter().filter(|text| text["to"] == *number);
            let said: String = own.filter_map(|text| text["text"].as_str().map(str::to_owned)).collect();
            said.contains(words).then_some(said)
        })
    }

    /// From now on Kannel calls this address with what phones write.
    pub fn replies_to(&self, url: &str) {
        let said = ureq::post(format!("{}/replies", self.centre)).query("url", url).send_empty();
        said.expect("the centre keeps it");
    }

    /// A phone writes to us.
    pub fn reply(&self, from: &str, text: &str) {
        let url = format!("{}/reply", self.centre);
        let said = ureq::post(url).query("from", from).query("to", "100").query("text", text).send_empty();
        said.expect("the centre passes it on");
    }
}

fn get(url: &str) -> Option<String> {
    ureq::get(url).call().ok()?.body_mut().read_to_string().ok()
}
