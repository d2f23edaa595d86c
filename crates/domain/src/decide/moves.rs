//! The acts around a move, and those about money, one variant each.

use super::{
    AnswerTeam, AskRefund, AskTeam, AskToMove, Asker, CarryPayment, DeclineRequest, GiveBack, Outcome, SettleByHand,
    Situation, ask_to_move, money_act, request, team, undo,
};
use crate::id::Ids;
use crate::refusal::Refusal;
use crate::time::Instant;

/// Asking to move, requests, and taking an edit back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moves {
    /// T6: the client is asked for another time.
    Ask(AskToMove),
    /// The question is taken back.
    Withdraw,
    /// T2: a time that was asked for is booked.
    Confirm,
    /// A time that was asked for is not to be.
    DeclineRequest(DeclineRequest),
    /// The team is asked to rearrange what has begun (E-06).
    AskTeam(AskTeam),
    /// The team is asked for a client's money (E-04).
    AskRefund(AskRefund),
    /// The team answers.
    AnswerTeam(AnswerTeam),
    /// The last staff edit is taken back (`rulings` 14).
    Undo,
}

/// What a person decides about money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoneyAct {
    /// A fee or price is let go.
    Waive(GiveBack),
    /// Money goes back.
    Refund(GiveBack),
    /// Something was settled by hand.
    Settle(SettleByHand),
    /// A past payment goes to another appointment.
    Carry(CarryPayment),
}

pub(super) fn decide(
    situation: &Situation,
    asker: &Asker,
    act: Moves,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    match act {
        Moves::Ask(wish) => ask_to_move::ask(situation, asker, wish, now, ids),
        Moves::Withdraw => ask_to_move::withdraw(situation, asker, now),
        Moves::Confirm => request::confirm(situation, asker, now, ids),
        Moves::DeclineRequest(wish) => request::decline(situation, asker, wish, now),
        Moves::AskTeam(wish) => team::ask_move(situation, asker, wish, now, ids),
        Moves::AskRefund(wish) => team::ask_refund(situation, asker, wish, now, ids),
        Moves::AnswerTeam(answer) => team::answer(situation, asker, answer, now, ids),
        Moves::Undo => undo::undo(situation, asker, now, ids),
    }
}

pub(super) fn decide_money(
    situation: &Situation,
    asker: &Asker,
    act: MoneyAct,
    now: Instant,
    ids: &mut Ids,
) -> Result<Outcome, Refusal> {
    match act {
        MoneyAct::Waive(wish) => money_act::waive(situation, asker, wish, now, ids),
        MoneyAct::Refund(wish) => money_act::refund(situation, asker, wish, now, ids),
        MoneyAct::Settle(wish) => money_act::settle(situation, asker, wish, now, ids),
        MoneyAct::Carry(wish) => money_act::carry(situation, asker, wish, now, ids),
    }
}
