//! What can go wrong, and how often it does in one run: a random part of all faults, each at a random rate (swarm).

use crate::chance::Chance;

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// Something that goes wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $($(#[$doc])* $name),+ }

        impl Fault {
            /// Every fault.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            /// Its name on the command line and in reports.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }
    };
}

faults! {
    /// The mail server says: later (4xx).
    MailLater = "mail_later",
    /// The mail server will never take letters for this address (5xx).
    MailRefused = "mail_refused",
    /// The line breaks or hangs before the final dot: it certainly was not accepted.
    MailCut = "mail_cut",
    /// The reply after the final dot is lost; half of these letters arrive.
    MailLostReply = "mail_lost_reply",
    /// The mail server delivers a letter twice.
    MailTwice = "mail_twice",
    /// The letter takes its time, and others overtake it.
    MailLate = "mail_late",
    /// The mail server is down for hours.
    MailDown = "mail_down",
    /// The gateway says: later.
    TextLater = "text_later",
    /// The gateway refuses the number for good.
    TextRefused = "text_refused",
    /// The number has opted out at the gateway.
    TextOptOut = "text_opt_out",
    /// The number takes no texts: accepted, and a receipt says that it failed.
    TextFails = "text_fails",
    /// The gateway accepts a text and answers 500.
    TextLostReply = "text_lost_reply",
    /// The gateway delivers a text twice.
    TextTwice = "text_twice",
    /// The text takes its time.
    TextLate = "text_late",
    /// The gateway is down all morning.
    TextDown = "text_down",
    /// Our own cap: two texts an hour to one number.
    TextCap = "text_cap",
    /// A receipt is told twice.
    ReceiptTwice = "receipt_twice",
    /// Receipts come in the wrong order.
    ReceiptMixed = "receipt_mixed",
    /// No receipt ever comes.
    ReceiptNever = "receipt_never",
    /// The receipt comes hours later.
    ReceiptLate = "receipt_late",
    /// A worker is killed at one of its labels, and another one starts later.
    Crash = "crash",
    /// A worker stands still with a letter in hand, for longer than its lease.
    Pause = "pause",
    /// The answer to a hand-off takes longer than the lease.
    Slow = "slow",
    /// A machine's clock leaps back by an hour, for some hours.
    ClockBack = "clock_back",
    /// A machine's clock stands still for a while.
    ClockStall = "clock_stall",
    /// A job that no code can run.
    Poison = "poison",
    /// The therapist is ill and calls the whole day off.
    SickDay = "sick_day",
    /// People press twice.
    DoubleClick = "double_click",
    /// Somebody sends a form that shows what was true before.
    StaleForm = "stale_form",
}

const COUNT: usize = Fault::ALL.len();

/// How often each fault happens, in a thousand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile([u16; COUNT]);

impl Profile {
    /// Nothing goes wrong.
    pub const fn calm() -> Self {
        Self([0; COUNT])
    }

    /// A random part of all faults at random rates.
    pub fn swarm(seed: u64) -> Self {
        let mut chance = Chance::of(seed, "profile");
        let mut profile = Self::calm();
        let share = [150, 350, 600][chance.below(3) as usize];
        for rate in &mut profile.0 {
            if chance.happens(share) {
                *rate = [10, 30, 80, 200, 400][chance.below(5) as usize];
            }
        }
        profile
    }

    /// How often this fault happens, in a thousand.
    pub fn rate(&self, fault: Fault) -> u16 {
        self.0[fault as usize]
    }

    /// The same with another rate of one fault.
    #[must_use]
    pub fn with(mut self, fault: Fault, permille: u16) -> Self {
        self.0[fault as usize] = permille;
        self
    }

    /// The faults that happen at all, with their rates.
    pub fn present(&self) -> impl Iterator<Item = (Fault, u16)> + '_ {
        Fault::ALL.iter().map(|fault| (*fault, self.rate(*fault))).filter(|(_, rate)| *rate > 0)
    }
}

impl std::fmt::Display for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named: Vec<String> = self.present().map(|(fault, rate)| format!("{}={rate}", fault.word())).collect();
        f.write_str(if named.is_empty() { "none" } else { "" })?;
        f.write_str(&named.join(" "))
    }
}
