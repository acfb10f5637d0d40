"""Contracts in words: how they stand, what they say, who signed, and what another one would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from core.impact.amounts import Amount
from core.project.value_model import Period
from core.registry.checks import ALTERNATIVES
from core.registry.contract import ContractState, ContractTerms, Party, terms_from_text
from core.registry.contract_evidence import ContractEvidence, Valued
from core.registry.contracts import ContractView
from core.words import Words, mark

Tone = Literal["green", "orange", "red", "blue", "gray"]
STATES: dict[ContractState, tuple[str, Tone]] = {
    ContractState.PROPOSED: (mark("Proposed"), "orange"),
    ContractState.IN_FORCE: (mark("In force"), "green"),
    ContractState.SUPERSEDED: (mark("Superseded"), "gray"),
    ContractState.REJECTED: (mark("Rejected"), "red"),
    ContractState.WITHDRAWN: (mark("Withdrawn"), "gray"),
}
PARTIES: dict[Party, str] = {Party.BUSINESS: mark("Business"), Party.APPROVER: mark("Approver")}
CELLS: dict[str, str] = {
    "tp": mark("Acted on, and it was right to"),
    "fp": mark("Acted on in vain"),
    "fn": mark("Missed"),
    "tn": mark("Rightly left alone"),
}


def amount_text(words: Words, amount: str, currency: str) -> str:
    """A payoff as people read it: an amount, or the formula over the case's columns."""
    return amount[1:] if amount.startswith("=") else words.money_exact(Decimal(amount), currency)


def headline(words: Words, view: ContractView | None) -> str:
    """What a deployment's contracts come to."""
    if view is None:
        return words.t("No contract is in force yet")
    c = view.contract
    return words.t("Contract {number} says what the decisions of version {version} are worth", number=c.number, version=c.version_number)


def lead(words: Words, view: ContractView | None) -> str:
    """Since when it is in force, and who has signed it."""
    if view is None or view.contract.in_force_at is None:
        return words.t("A version's approval puts its value model in force; changing it needs business and approver again.")
    since = words.t("In force since {when}.", when=words.datetime(view.contract.in_force_at))
    return words.together(since, signed_text(words, view))


def signed_text(words: Words, view: ContractView) -> str:
    """Who has signed a contract, in a sentence."""
    business, approver = view.signature(Party.BUSINESS), view.signature(Party.APPROVER)
    if not view.contract.terms:
        return words.t("It was approved before contracts were signed.")
    if business and approver:
        return words.t("Signed by {business} for the business and by {approver} as approver.", business=business.user_name, approver=approver.user_name)  # fmt: skip
    if approver:
        return words.t("Signed by {approver} as approver; nobody has signed for the business yet.", approver=approver.user_name)
    if business:
        return words.t("Signed by {business} for the business; an approver decides.", business=business.user_name)
    return words.t("Nobody has signed it yet.")


def terms_of(view: ContractView) -> ContractTerms | None:
    """What a contract says; None where it was carried over from before contracts were signed."""
    return terms_from_text(view.contract.terms) if view.contract.terms else None


def terms_rows(words: Words, view: ContractView) -> list[tuple[str, str]]:
    """What a contract says, as labels and values."""
    c, terms = view.contract, terms_of(view)
    rows = [
        (words.t("State"), words.t(STATES[c.state][0])),
        (words.t("Model"), words.t("{name} version {number}", name=c.model_name, number=c.version_number)),
        (words.t("Value model"), words.t("version {version}", version=c.value_model_version)),
    ]
    if terms is not None:
        rows += [(words.t(CELLS[cell]), amount_text(words, terms.payoff[cell], terms.currency)) for cell in CELLS]
        rows += [
            (
                words.t("Cases"),
                words.t("{count} {period}", count=words.number(terms.cases_per_period), period=words.period(terms.period.value)),
            ),
            (words.t("Promises"), _promise(words, terms.gain, terms.currency, terms.period)),
            (words.t("Counted over"), words.t(ALTERNATIVES[terms.reference])),
        ]
    if c.in_force_at is not None:
        rows.append((words.t("In force"), _span(words, view)))
    rows += [(words.t("Proposed by"), words.t("{name}, {when}", name=c.proposed_by_name, when=words.datetime(c.proposed_at)))]
    rows += [(words.t("Reason"), c.reason)] if c.reason else []
    for signature in view.signatures:
        who = words.t("{name}, {when}", name=signature.user_name, when=words.datetime(signature.signed_at))
        rows.append((words.t(PARTIES[signature.party]), f"{who} · {signature.note}" if signature.note else who))
    return [*rows, (words.t("Fingerprint of the terms"), c.terms_sha256 or "–")]


def _promise(words: Words, gain: Amount, currency: str, period: Period) -> str:
    return words.t(
        "{money}, {range} with 95% confidence",
        money=words.money_per(gain.value, currency, period.value, signed=True),
        range=words.money_range(gain.low, gain.high, currency, signed=True),
    )


def _span(words: Words, view: ContractView) -> str:
    c = view.contract
    assert c.in_force_at is not None
    if c.ended_at is None:
        return words.t("since {when}", when=words.datetime(c.in_force_at))
    return words.t("{first} to {last}", first=words.datetime(c.in_force_at), last=words.datetime(c.ended_at))


def change_headline(words: Words, evidence: ContractEvidence) -> str:
    """What another contract changes in the promise, in a line."""
    before, after = evidence.before, evidence.after
    fields = {
        "name": evidence.model_name, "version": evidence.version_number,
        "before": words.money_per(before.gain.value, before.currency, before.period.value),
        "after": words.money_per(after.gain.value, after.currency, after.period.value),
    }  # fmt: skip
    return words.t("The same decisions of {name} version {version} would promise {after} instead of {before}", **fields)


def change_lead(words: Words, evidence: ContractEvidence) -> str:
    """On which rows, and what stays."""
    return words.t(
        "Both valued on the same {rows} test cases. How the version decides stays as it is; so does everything that was counted until now.",
        rows=words.number(evidence.rows),
    )


@dataclass(frozen=True, slots=True)
class FigureText:
    """One figure of the change: label, value under the new contract, difference, and what it is a difference from."""

    label: str
    value: str
    delta: str | None
    note: str


def change_figures(words: Words, evidence: ContractEvidence) -> tuple[FigureText, ...]:
    """Promise, worth and actions under the new value model, against the one in force."""
    before, after = evidence.before, evidence.after
    period = words.period(after.period.value)
    against = words.t("vs contract {number}", number=evidence.before_number)

    def moved(new: Decimal, old: Decimal) -> str | None:
        return words.money(new - old, after.currency, signed=True, minus="-") if evidence.same_money else None

    return (
        FigureText(
            words.t("Promised {period}", period=period), words.money(after.gain.value, after.currency),
            moved(after.gain.value, before.gain.value), against,
        ),
        FigureText(
            words.t("Value {period}", period=period), words.money(after.value.value, after.currency),
            moved(after.value.value, before.value.value), against,
        ),
        FigureText(
            words.t("Gain a case"), words.money_exact(after.gain_per_case.value, after.currency),
            moved(after.gain_per_case.value, before.gain_per_case.value), against,
        ),
        FigureText(words.t("Actions {period}", period=period), words.number(after.actions), None, words.t("the same decisions")),
    )  # fmt: skip


def change_table(words: Words, evidence: ContractEvidence) -> Mapping[str, list[str]]:
    """What changes, side by side."""
    before, after = evidence.before, evidence.after
    names = [words.t(CELLS[cell]) for cell in CELLS]
    names += [words.t("Cases"), words.t("Counted over"), words.t("Promised"), words.t("95% interval"), words.t("Note")]
    return {
        words.t("Item"): names,
        words.t("Value model {number}", number=before.value_model_version): _side(words, before),
        words.t("Value model {number} (proposed)", number=after.value_model_version): _side(words, after),
    }


def _side(words: Words, side: Valued) -> list[str]:
    return [
        *(amount_text(words, side.payoff[cell], side.currency) for cell in CELLS),
        words.t("{count} {period}", count=words.number(side.cases_per_period), period=words.period(side.period.value)),
        words.t(ALTERNATIVES[side.reference]),
        words.money_per(side.gain.value, side.currency, side.period.value, signed=True),
        words.money_range(side.gain.low, side.gain.high, side.currency, signed=True),
        words.given(side.note) or "–",
    ]


def request_title(words: Words, view: ContractView | None, model_name: str, version: int) -> str:
    """A request for another contract, as the inbox names it."""
    if view is None:
        return words.t("Contract for {name} v{version}", name=model_name, version=version)
    return words.t("Contract {number} for {name} v{version}", number=view.contract.number, name=model_name, version=version)
