//! The whole path against real parts: the application on a real listener, both databases, a real mail server, programs
//! that know nothing of its code.

mod main_path;
mod steps;
