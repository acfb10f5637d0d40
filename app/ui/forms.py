"""Inputs that check themselves, the dialog before an irreversible step, and the bar of actions at the bottom."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Final

import streamlit as st

from app.ui import states
from app.ui.dialogs import close, dialog, slot
from app.ui.page import t
from app.ui.text import html, md, paragraph
from core.errors import KachiError

MONEY_LIMIT: Final = Decimal(10) ** 15
"""The store keeps money as DECIMAL(18,2)."""
_SIGNS: Final = {
    "$": frozenset(["USD", "AUD", "CAD", "SGD", "HKD", "TWD", "NZD", "MXN", "ARS", "CLP", "COP", "BRL"]),
    "€": frozenset(["EUR"]), "£": frozenset(["GBP", "EGP"]), "¥": frozenset(["JPY", "CNY"]), "円": frozenset(["JPY"]),
    "元": frozenset(["CNY", "TWD"]), "₩": frozenset(["KRW"]), "₹": frozenset(["INR"]),
}  # fmt: skip
NO_THOUSANDS: Final = re.compile(r"\d{4},|,(?!\d{3}(?!\d))|^,")
_PLAIN: Final = re.compile(r"\d+(\.\d*)?|\.\d+", re.ASCII)


def text_field(
    label: str,
    *,
    key: str,
    value: str = "",
    required: bool = True,
    longest: int = 200,
    check: Callable[[str], str | None] | None = None,
    help: str | None = None,
    placeholder: str | None = None,
) -> str | None:
    """A line of text with its complaint right below it.

    Args:
        label: what to write.
        key: unique on the page.
        value: what stands there first.
        required: whether it may stay empty; nothing is said of an untouched field.
        longest: most characters.
        check: returns a complaint, or ``None`` when the text is good.
        help: tooltip.
        placeholder: an example.

    Returns:
        The text without spaces around it, or ``None`` while it can't be used.
    """
    raw = _line(md(label), value, key=key, longest=longest, help=help, placeholder=placeholder)
    text = raw.strip()
    if not text:
        if required and _touched(key):
            complain(t("Write something here."))
        return None if required else ""
    complaint = check(text) if check else None
    if complaint:
        complain(complaint)
        return None
    return text


def money_field(
    label: str,
    currency: str,
    *,
    key: str,
    value: Decimal | None = None,
    low: Decimal | None = None,
    high: Decimal = MONEY_LIMIT,
    help: str | None = None,
) -> Decimal | None:
    """An amount of money, written as people write it: "1,200", "1.2M", "120万".

    Args:
        label: what the amount is for; the currency is added.
        currency: ISO code.
        key: unique on the page.
        value: what stands there first.
        low: least amount, or ``None``.
        high: largest amount.
        help: tooltip.

    Returns:
        The amount, or ``None`` while it can't be used.
    """
    first = "" if value is None else f"{value.normalize():,f}"
    raw = _line(f"{md(label)} ({md(currency)})", first, key=key, help=help)
    if not raw.strip():
        if _touched(key):
            complain(t("Write an amount, for example 1,200."))
        return None
    amount = None if foreign_sign(raw, currency) else read_amount(raw)
    if amount is None:
        complain(_not_an_amount(raw, currency))
        return None
    complaint = _outside(amount, low, high)
    if complaint:
        complain(complaint)
        return None
    return amount


def number_field(
    label: str,
    *,
    key: str,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    decimals: int = 0,
    unit: str = "",
    help: str | None = None,
) -> float | None:
    """A number with its limits said in words when it is outside of them.

    Returns:
        The number, or ``None`` while it can't be used.
    """
    name = f"{md(label)} ({md(unit)})" if unit else md(label)
    first = "" if value is None else _grouped(value, decimals)
    raw = _line(name, first, key=key, help=help)
    amount = read_amount(raw)
    if amount is None:
        if _touched(key) or raw:
            complain(t("Write a number."))
        return None
    complaint = _outside(amount, _decimal(low), _decimal(high))
    if complaint is None and amount != round(amount, decimals):
        complaint = t("Write a whole number.") if decimals == 0 else t("At most {n} decimals, please.", n=decimals)
    if complaint:
        complain(complaint)
        return None
    return float(amount)


def _grouped(value: float, decimals: int) -> str:
    """As people write it: 1,000,000; 14 where 14.0 would say nothing more."""
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_amount(text: str) -> Decimal | None:
    """Read an amount in any of the ways that people write one; ``None`` for anything else.

    >>> [read_amount(s) for s in ("1,200", "¥1.2M", "120万", "1億5,000万", "-3.5", "1,200", "12,50", "abc", "nan", "")]
    [Decimal('1200'), Decimal('1200000'), Decimal('1200000'), Decimal('150000000'), Decimal('-3.5'), Decimal('1200'), None, None, None, None]
    """
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip().strip("¥$€円 ").replace(" ", "")
    if NO_THOUSANDS.search(plain):  # 12,50 would become 1250
        return None
    plain = plain.replace(",", "")
    sign = -1 if plain.startswith("-") else 1
    plain = plain.removeprefix("-" if sign < 0 else "+").lstrip("¥$€ ")
    total, seen = Decimal(0), False
    for unit, size in (("兆", 12), ("億", 8), ("万", 4)):
        if unit in plain:
            part, plain = plain.split(unit, 1)
            amount = _digits(part)
            if amount is None:
                return None
            total, seen = total + amount.scaleb(size), True
    if plain or not seen:
        scale = {"K": 3, "M": 6, "B": 9}.get(plain[-1:].upper(), 0)
        rest = _digits(plain[:-1] if scale else plain)
        if rest is None:
            return None
        total += rest.scaleb(scale)
    result = sign * total
    return result.quantize(Decimal(1)) if result == result.to_integral_value() else result.normalize()


def _not_an_amount(raw: str, currency: str) -> str:
    sign = foreign_sign(raw, currency)
    if sign:
        return t("“{text}” carries {sign}, but this is counted in {currency}.", text=raw, sign=sign, currency=currency)
    return t("“{text}” is not an amount. Write digits, for example 1,200 or 1.2M.", text=raw)


def foreign_sign(text: str, currency: str) -> str | None:
    """The sign of another currency in an amount; None where it has no sign or the currency's own.

    >>> foreign_sign("$5", "JPY"), foreign_sign("$5", "AUD"), foreign_sign("5", "JPY")
    ('$', None, None)
    """
    plain = unicodedata.normalize("NFKC", text)
    found = (sign for sign, own in _SIGNS.items() if currency not in own)
    return next((sign for sign in found if re.search(rf"{re.escape(sign)}\s*[\d.]|[\d万億兆]\s*{re.escape(sign)}", plain)), None)


def complain(text: str) -> None:
    """Say below an input what is wrong with it."""
    st.html(f'<p class="k-complaint" role="alert">{html(text)}</p>')


@contextmanager
def action_bar(remark: str = "") -> Iterator[None]:
    """The bar that stays at the bottom of the page: a remark at the left, buttons at the right."""
    with st.bottom, st.container(key="k-actions", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.html(f'<p class="k-actions-note">{html(remark)}</p>', width="stretch")
        with st.container(
            key="k-actions-buttons", horizontal=True, horizontal_alignment="right", width="content", wrap=False, gap="xsmall"
        ):
            yield


def confirm(
    title: str,
    what_will_happen: str,
    do: Callable[[str], None],
    *,
    button: str,
    reason_required: bool = False,
    reason_label: str | None = None,
) -> None:
    """Open the dialog before a step that can't be taken back; call it when its button is pressed.

    Args:
        title: the question.
        what_will_happen: what the step does, in a sentence or two; ``**bold**`` is kept.
        do: takes the step, given the reason (empty when none was asked for); a `KachiError` that it
            raises is shown in the dialog, which then stays open.
        button: the verb of the button that takes the step.
        reason_required: whether the step needs a reason in words.
        reason_label: what to call it.
    """

    @dialog(title)
    def ask() -> None:
        st.markdown(paragraph(what_will_happen))
        reason = _reason(reason_label or t("Reason")) if reason_required else ""
        remark = st.container()
        with st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
            stay = st.button(t("Cancel"), key="k-confirm-cancel")
            go = st.button(md(button), key="k-confirm-go", type="primary")
        if stay:
            close()
        with remark:
            if go and reason_required and not reason:
                complain(t("Write a reason first."))
            elif go:
                _take(do, reason)
            elif reason_required:
                st.caption(t("The reason is recorded with the decision."))

    ask()


def _reason(label: str) -> str:
    return (st.text_area(md(label), key=slot("k-confirm-reason"), max_chars=2000) or "").strip()


def _take(do: Callable[[str], None], reason: str) -> None:
    """Take the step and close the dialog; a refusal is shown in it."""
    try:
        do(reason)
    except KachiError as problem:
        states.error(problem)
    else:
        close()


def _touch(key: str) -> None:
    st.session_state[f"{key}-touched"] = True


def _touched(key: str) -> bool:
    return bool(st.session_state.get(f"{slot(key)}-touched"))


def _line(label: str, value: str, *, key: str, longest: int = 40, help: str | None = None, placeholder: str | None = None) -> str:
    # Live: a button that waits for this line is ready before the pointer gets there; else its first click would be lost.
    given = st.text_input(
        label, value, max_chars=longest, key=slot(key), help=help, placeholder=placeholder, on_change=_touch, args=(slot(key),), live=True
    )
    return given or ""


def _outside(amount: Decimal, low: Decimal | None, high: Decimal | None) -> str | None:
    if low is not None and amount < low:
        return t("At least {low}, please.", low=f"{low:,f}")
    if high is not None and amount > high:
        return t("At most {high}, please.", high=f"{high:,f}")
    return None


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _digits(text: str) -> Decimal | None:
    return Decimal(text) if _PLAIN.fullmatch(text) else None
