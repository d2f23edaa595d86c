//! Chance that comes from a seed alone. Each part of a run has its own stream, so that taking a fault away changes as
//! little as it can of everything else.

use domain::time::Span;

/// One stream of chance (SplitMix64).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The stream of this seed for this purpose.
    pub fn of(seed: u64, purpose: &str) -> Self {
        let mut state = seed ^ 0x9e37_79b9_7f4a_7c15;
        for byte in purpose.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let mut chance = Self(state);
        chance.draw();
        chance
    }

    /// The next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where there is none.
    pub fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.draw() % end }
    }

    /// Whether it happens, so many times in a thousand.
    pub fn happens(&mut self, permille: u16) -> bool {
        self.below(1000) < u64::from(permille)
    }

    /// One of these; none of none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len() as u64) as usize)
    }

    /// A length between these two.
    pub fn between(&mut self, least: Span, most: Span) -> Span {
        let width = (most.as_micros() - least.as_micros()).max(0) as u64;
        Span::micros(least.as_micros() + self.below(width + 1) as i64)
    }
}
