//! The people of the demo. Everybody is made up; addresses end in names that are kept for examples (RFC 2606) and
//! numbers are from the ranges that are never given out (Ofcom's for drama, 555-01xx).

use domain::money::{Currency, Money};
use domain::person::{Channel, Locale, Role};
use domain::policy::Preset;
use domain::schedule::{KindSetup, Kinds, MeetingKind, Schedule, TimeOfDay, WeeklyHours};
use domain::time::{Weekday, Zone};

use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

/// A practice of the demo.
pub struct House {
    /// Where its policy starts from.
    pub preset: Preset,
    /// Its name.
    pub name: &'static str,
    /// The host of its people's addresses.
    pub host: &'static str,
    /// Its zone.
    pub zone: &'static str,
    /// Support's number.
    pub phone: &'static str,
    /// The office.
    pub staff: [(Role, &'static str); 5],
    /// Two therapists.
    pub therapists: [Healer; 2],
    /// Eight clients, four with each therapist.
    pub clients: [Guest; 8],
}

/// A therapist of the demo.
pub struct Healer {
    /// Name.
    pub name: &'static str,
    /// Days, from, to: whole hours of the wall clock.
    pub hours: &'static [(&'static [Weekday], u16, u16)],
    /// What one appointment costs, in minor units.
    pub price: i64,
    /// Fees that the therapist sets, in minor units: late cancellation, not coming.
    pub fees: Option<(i64, i64)>,
}

/// A client of the demo.
pub struct Guest {
    /// Name.
    pub name: &'static str,
    /// Which of the two therapists.
    pub therapist: usize,
    /// How they wish to be reached.
    pub prefers: Channel,
    /// Whether a voicemail may be left.
    pub voicemail: bool,
    /// Their weekly day, counted from the day on which the demo begins.
    pub day: i64,
    /// Their usual hour.
    pub hour: i64,
    /// How they meet.
    pub kind: MeetingKind,
}

/// The client who has not come yet, by place.
pub const NEW_CLIENT: usize = 3;

/// Whether this client has just joined: no appointment was attended yet.
pub const fn is_new(client: usize) -> bool {
    client == NEW_CLIENT
}

const WEEKDAYS: &[Weekday] = &[Monday, Tuesday, Wednesday, Thursday, Friday];
const SIX_DAYS: &[Weekday] = &[Monday, Tuesday, Wednesday, Thursday, Friday, Saturday];
const SUNDAYS: &[Weekday] = &[Sunday];
/// Every day, so that there is always something on today and tomorrow.
const EVERY_DAY: &[(&[Weekday], u16, u16)] = &[(SIX_DAYS, 8, 20), (SUNDAYS, 10, 16)];
/// Also the whole of Sunday until the evening, the night on which clocks change included.
const NIGHT_TOO: &[(&[Weekday], u16, u16)] = &[(SIX_DAYS, 8, 20), (SUNDAYS, 0, 18)];
const OFFICE: &[(&[Weekday], u16, u16)] = &[(WEEKDAYS, 9, 18), (&[Saturday], 9, 13)];

const fn guest(
    name: &'static str,
    place: usize,
    prefers: Channel,
    voicemail: bool,
    day: i64,
    hour: i64,
    kind: MeetingKind,
) -> Guest {
    // The first four are the first therapist's.
    Guest { name, therapist: place / 4, prefers, voicemail, day, hour, kind }
}

/// Eight clients of these names; how they are reached, and when they come, is the same in every practice.
const fn eight(names: [&'static str; 8]) -> [Guest; 8] {
    use Channel::{Email, InApp, Phone, Sms};
    use MeetingKind::{InPerson, Phone as ByPhone, Video};
    [
        guest(names[0], 0, Sms, true, 0, 14, Video),
        guest(names[1], 1, Email, false, 1, 10, InPerson),
        guest(names[2], 2, Phone, false, 4, 16, ByPhone),
        guest(names[3], 3, Email, true, 2, 11, Video),
        guest(names[4], 4, InApp, false, 0, 16, InPerson),
        guest(names[5], 5, Phone, true, 3, 12, Video),
        guest(names[6], 6, Email, true, 5, 10, Video),
        guest(names[7], 7, Sms, false, 1, 15, InPerson),
    ]
}

/// The four practices, one for each preset.
pub static HOUSES: [House; 4] = [
    House {
        preset: Preset::Network,
        name: "Harbour Lane Network",
        host: "harbourlane.example",
        zone: "Europe/London",
        phone: "+44 20 7946 0110",
        staff: [
            (Role::Owner, "Imelda Farthingale"),
            (Role::Admin, "Rosalind Okonjo"),
            (Role::Support, "Peter Quillfeather"),
            (Role::ClinicalLead, "Dr Anwen Tresillick"),
            (Role::RiskDuty, "Callum Brackenbury"),
        ],
        therapists: [
            Healer { name: "Maya Oyelwren", hours: EVERY_DAY, price: 5_500, fees: None },
            Healer { name: "Gareth Pennyfold", hours: OFFICE, price: 5_500, fees: None },
        ],
        clients: eight([
            "Daniel Reyeswood",
            "Leila Stonecroft",
            "Tomasz Wilkofield",
            "Yara Hadleyson",
            "Ben Ashdownley",
            "Priya Nairncliffe",
            "Marcus Bellweather",
            "Noor Rahmanstead",
        ]),
    },
    House {
        preset: Preset::Insurance,
        name: "Cedar & Finch Therapy Group",
        host: "cedarfinch.example",
        zone: "America/New_York",
        phone: "+1 202-555-0110",
        staff: [
            (Role::Owner, "Harriet Lindqvale"),
            (Role::Admin, "Omar Castlebay"),
            (Role::Support, "June Whittlemore"),
            (Role::ClinicalLead, "Dr Elias Northgrove"),
            (Role::RiskDuty, "Tess Marlowick"),
        ],
        therapists: [
            Healer { name: "Dana Kirkholm", hours: NIGHT_TOO, price: 15_000, fees: Some((7_500, 10_000)) },
            Healer { name: "Luis Ferrerwood", hours: OFFICE, price: 14_000, fees: Some((5_000, 8_000)) },
        ],
        clients: eight([
            "Ava Thornbeck",
            "Joseph Millersby",
            "Carmen Ortegale",
            "Wesley Grantham-Poe",
            "Mei Linfordson",
            "Andre Baptistone",
            "Sofia Delmarsh",
            "Hannah Goldcrestman",
        ]),
    },
    House {
        preset: Preset::Marketplace,
        name: "Willow Row",
        host: "willowrow.example",
        zone: "Europe/London",
        phone: "+44 20 7946 0130",
        staff: [
            (Role::Owner, "Beatrix Holloway-Finch"),
            (Role::Admin, "Samir Edgecombe"),
            (Role::Support, "Molly Tanglewood"),
            (Role::ClinicalLead, "Dr Ruth Applegarth"),
            (Role::RiskDuty, "Iain Dunmorran"),
        ],
        therapists: [
            Healer { name: "Clara Winterbourne-Hale", hours: NIGHT_TOO, price: 6_500, fees: None },
            Healer { name: "Jonas Everdeenby", hours: OFFICE, price: 7_000, fees: None },
        ],
        clients: eight([
            "Freya Larkspurling",
            "Owen Tidewell",
            "Amara Nwosuleigh",
            "Felix Harrowgate",
            "Ines Carvalhoton",
            "Rhys Penhallowick",
            "Zainab Malikhurst",
            "George Thistledown",
        ]),
    },
    House {
        preset: Preset::Clinic,
        name: "Alder House Clinic",
        host: "alderhouse.example",
        zone: "Europe/London",
        phone: "+44 20 7946 0150",
        staff: [
            (Role::Owner, "Dr Miriam Coldstream"),
            (Role::Admin, "Kofi Brightwater"),
            (Role::Support, "Nell Fairweatherly"),
            (Role::ClinicalLead, "Dr Stefan Rookwood"),
            (Role::RiskDuty, "Aisling Moorcroft"),
        ],
        therapists: [
            Healer { name: "Ruth Calderbeck", hours: EVERY_DAY, price: 8_000, fees: None },
            Healer { name: "Edwin Marchbanks-Lowe", hours: OFFICE, price: 7_500, fees: None },
        ],
        clients: eight([
            "Sam Turnerfield",
            "Grace Adeyemont",
            "Viktor Sokolwell",
            "Lucy Penrosewood",
            "Hamish Kerrigale",
            "Tara Bhattonleigh",
            "Elliot Frostwick",
            "Bronwen Llysgate",
        ]),
    },
];

impl House {
    /// Its zone.
    pub fn zone(&self) -> Zone {
        // Four names of the database that is part of the program; a test reads each.
        self.zone.parse().unwrap_or_else(|_| Zone::utc())
    }

    /// Whether it is across the ocean.
    pub const fn is_american(&self) -> bool {
        matches!(self.preset, Preset::Insurance)
    }

    /// What it charges in.
    pub const fn currency(&self) -> Currency {
        if self.is_american() { Currency::USD } else { Currency::GBP }
    }

    /// Which English its messages are in.
    pub const fn locale(&self) -> Locale {
        if self.is_american() { Locale::EnUs } else { Locale::EnGb }
    }

    /// A number that nobody has: `place` counts the people of the practice.
    pub fn number(&self, place: usize) -> String {
        let first = self.preset as usize * 50;
        if self.is_american() {
            format!("+1202555{:04}", 120 + place)
        } else {
            format!("+447700900{:03}", first + place)
        }
    }

    /// The address of somebody who works here.
    pub fn address(&self, name: &str) -> String {
        format!("{}@{}", local_part(name), self.host)
    }
}

impl Healer {
    /// When they work; every kind of meeting costs the same.
    pub fn schedule(&self, house: &House) -> Schedule {
        let hour = |hour: u16| TimeOfDay::from_minutes(hour * 60).unwrap_or(TimeOfDay::END_OF_DAY);
        let windows = self.hours.iter().flat_map(|(days, from, to)| {
            days.iter()
                .map(move |day| WeeklyHours { kinds: Kinds::ALL, ..WeeklyHours::new(*day, hour(*from), hour(*to)) })
        });
        let setup = KindSetup::usual(Money::new(self.price, house.currency()));
        Schedule {
            zone: house.zone(),
            weekly: windows.collect(),
            exceptions: Vec::new(),
            kinds: MeetingKind::ALL.iter().map(|kind| (*kind, setup)).collect(),
        }
    }
}

/// The address of a client.
pub fn client_address(name: &str) -> String {
    format!("{}@example.org", local_part(name))
}

fn local_part(name: &str) -> String {
    let plain = name.trim_start_matches("Dr ").to_ascii_lowercase();
    plain.split_whitespace().collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn nobody_shares_an_address_or_a_number_and_every_zone_is_known() {
        let mut seen = BTreeSet::new();
        for house in &HOUSES {
            assert_eq!(house.zone().name(), house.zone);
            let workers = house.staff.iter().map(|(_, name)| *name).chain(house.therapists.iter().map(|t| t.name));
            let addresses =
                workers.map(|name| house.address(name)).chain(house.clients.iter().map(|c| client_address(c.name)));
            for (place, address) in addresses.enumerate() {
                assert!(domain::person::is_email(&address), "{address}");
                assert!(domain::person::is_phone(&house.number(place)), "{}", house.number(place));
                assert!(seen.insert(address) && seen.insert(house.number(place)), "somebody of {} twice", house.name);
            }
        }
    }
}
