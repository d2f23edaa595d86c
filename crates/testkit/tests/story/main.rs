//! The whole path against real parts: the application on a real listener, both databases, a real mail server, programs
//! that know nothing of its code.

mod access;
mod answered_letters;
mod booking_link;
mod browser;
mod calendars;
mod conversation;
mod digest;
mod free_times;
mod gateways;
mod late_news;
mod live;
mod live_browser;
mod mail_faults;
mod main_path;
mod moves;
mod phone_task;
mod policy;
mod preference;
mod presets;
mod push;
mod push_browser;
mod races;
mod record;
mod reminders;
mod replies;
mod sent;
mod steps;
mod storage_faults;
mod support_mail;
mod texts;
mod texts_of_the_day;
mod undelivered;
