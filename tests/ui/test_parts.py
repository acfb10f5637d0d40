"""Cards, chips, rows, states, frequencies and forms."""

from decimal import Decimal

import pytest

from app.ui import rows
from app.ui.chips import Chip, Health, chip_html, health_chip, state_chip
from app.ui.forms import read_amount
from app.ui.frequencies import Share, squares
from app.ui.rows import Column, Main, Row, Spark
from core.identity.permissions import Role
from core.words import Words
from tests.ui.conftest import Draw, html_of


def test_every_health_has_a_sign_and_a_word() -> None:
    chips = [health_chip(Words("ja"), health) for health in Health]
    assert all(chip.sign and chip.text for chip in chips)
    assert len({chip.text for chip in chips}) == len(Health)
    assert state_chip("x", "orange").sign == "▲"


def test_a_chip_escapes_its_text() -> None:
    assert chip_html(Chip("<b>&", "red")) == '<span class="k-chip k-red">&lt;b&gt;&amp;</span>'


def cards() -> None:
    from app.ui.cards import Card, show_cards

    show_cards(
        [
            Card("Earned", "$5", "+$2", note="vs $3"),
            Card("Lost", "¥5", "−¥2"),
            Card("Calls", "7", "−6", tone="good"),
            Card("Limit", "9", "limit 10"),
        ]
    )


def test_the_sign_of_a_difference_decides_arrow_and_colour(draw: Draw) -> None:
    page = draw(cards)
    protos = [metric.proto for metric in page.metric]
    assert [metric.value for metric in page.metric] == ["\\$5", "¥5", "7", "9"]
    kinds = protos[0]
    assert [p.direction for p in protos] == [kinds.UP, kinds.DOWN, kinds.DOWN, kinds.NONE]
    assert [p.color for p in protos] == [kinds.GREEN, kinds.RED, kinds.GREEN, kinds.GRAY]


def test_an_interval_below_zero_is_no_fall(draw: Draw) -> None:
    def page() -> None:
        from app.ui.cards import Card, show_cards

        show_cards([Card("R²", "−0.015", "−0.024 to −0.005", "neutral")])

    proto = draw(page).metric[0].proto
    assert (proto.direction, proto.color) == (proto.NONE, proto.GRAY)


def test_who_is_signed_out_while_typing_is_told_what_is_kept(draw: Draw) -> None:
    def page() -> None:
        from app.ui import states
        from core.errors import NotSignedIn

        states.error(NotSignedIn("Your session has ended. Sign in again."))

    (said,) = draw(page).error
    assert "Your session has ended." in said.value
    assert "What you typed still stands here" in said.value


def test_rows_become_plain_data(draw: Draw) -> None:
    def page() -> None:
        from app.ui.rows import Column, Main, Row, Spark, show_rows

        columns = [Column("Project", "main"), Column("Earned", "amount"), Column("Trend", "spark")]
        opened = show_rows(columns, [Row("a", (Main("<b>x</b>", "sub"), None, Spark((3, 2, 1))))], key="r", label="Projects")
        assert opened is None

    drawn = draw(page)
    assert not drawn.exception
    assert len(drawn.get("bidi_component")) == 1


def test_rows_data_keeps_places_on_a_phone(draw: Draw) -> None:
    columns = [Column("Project", "main"), Column("Promised", "muted", phone="end"), Column("State", "chip")]
    data = rows.rows_data(columns, [Row("a", (Main("x"), "¥5", Chip("Live", "green", "●")))], label="Projects", opens=True)
    assert [column["phone"] for column in data["columns"]] == ["first", "end", "second"]
    assert data["template"].endswith("29px")
    assert data["rows"][0]["cells"][2] == {"kind": "chip", "text": "Live", "tone": "green", "sign": "●"}


@pytest.mark.parametrize(
    ("values", "direction"), [((1, 2), "up"), ((2, 1), "down"), ((1, 1), "flat"), ((1,), "flat"), ((), "flat"), ((100, 98), "up")]
)
def test_a_sparkline_knows_its_direction(values: tuple[float, ...], direction: str) -> None:
    assert Spark(values).direction == direction


def test_squares_always_fill_the_whole() -> None:
    assert squares([Share("a", 823), Share("b", 177)], 1000) == (82, 18)
    assert sum(squares([Share("a", 1), Share("b", 1), Share("c", 1)], 3)) == 100
    assert squares([Share("a", 0), Share("b", 0)], 0) == (0, 0)
    assert squares([Share("a", 500)], 1000) == (50,)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,200", "1200"),
        ("¥1.2M", "1200000"),
        ("120万", "1200000"),
        ("1億5,000万円", "150000000"),
        ("−3.5", "-3.5"),
        ("1,200円", "1200"),
        ("$ 5", "5"),
        ("2k", "2000"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "1e5", "1_000", "1.2.3", "万", "--5", "M", "٣x"])
def test_other_text_is_no_amount(text: str) -> None:
    assert read_amount(text) is None


def form() -> None:
    from decimal import Decimal

    import streamlit as st

    from app.ui import forms

    st.session_state["got"] = (
        forms.text_field("Name", key="name", value="churn", check=lambda text: "Taken" if text == "churn" else None),
        forms.money_field("Cost", "JPY", key="cost", low=Decimal(100)),
        forms.number_field("Calls", key="calls", low=1, high=9),
    )


def test_fields_complain_below_themselves_and_only_when_touched(draw: Draw) -> None:
    page = draw(form)
    assert "Taken" in html_of(page)
    assert "Write an amount" not in html_of(page)
    page.text_input(key="name").set_value("fraud")
    page.text_input(key="cost").set_value("50")
    page.text_input(key="calls").set_value("3.5").run()
    assert "At least 100, please." in html_of(page)
    assert "Write a whole number." in html_of(page)
    page.text_input(key="cost").set_value("1.2万")
    page.text_input(key="calls").set_value("7").run()
    assert page.session_state["got"] == ("fraud", Decimal(12000), 7.0)
    page.text_input(key="cost").set_value("").run()
    assert "Write an amount" in html_of(page)


def asking() -> None:
    import streamlit as st

    from app.ui import forms
    from core.errors import Conflict

    def do(reason: str) -> None:
        if reason == "no":
            raise Conflict("Somebody else changed the same thing at the same moment. Look again and retry.")
        st.session_state["done"] = reason

    if "done" not in st.session_state:
        forms.confirm("Deploy?", "**10%** of requests go to it.", do, button="Deploy now", reason_required=True)


def test_a_dialog_wants_its_reason_and_shows_a_refusal(draw: Draw) -> None:
    page = draw(asking)
    page.button(key="k-confirm-go").click().run()
    assert "Write a reason first." in html_of(page)
    assert "done" not in page.session_state
    page.text_area(key="k-confirm-reason").set_value("no")
    page.button(key="k-confirm-go").click().run()
    assert len(page.error) == 1
    page.text_area(key="k-confirm-reason").set_value("because")
    page.button(key="k-confirm-go").click().run()
    assert page.session_state["done"] == "because"


def states_page() -> None:
    from datetime import UTC, datetime, timedelta

    from app.ui import states
    from core.errors import NotSignedIn, PermissionDenied
    from core.identity.permissions import Permission

    states.draw_error(ValueError("secret"))
    states.draw_error(NotSignedIn())
    states.draw_error(PermissionDenied("No {x}.", x="way"))
    states.no_permission(Permission.MANAGE_USERS)
    assert states.refused_because(Permission.MANAGE_USERS) == "This needs the role Administrator."
    assert states.refused_because(Permission.READ_VALUE) is None
    now = datetime(2026, 1, 2, tzinfo=UTC)
    assert states.stale_chip(now - timedelta(hours=1), now, timedelta(hours=2)) is None
    chip = states.stale_chip(now - timedelta(hours=3), now, timedelta(hours=2))
    assert chip is not None
    assert chip.text == "Computed 3 hours ago"


def test_errors_never_tell_secrets_and_say_what_to_do(draw: Draw) -> None:
    page = draw(states_page, Role.VIEWER)
    assert not page.exception
    said = " ".join(error.value for error in page.error) + html_of(page)
    assert "secret" not in said
    assert "Report number" in said
    assert "Your session has ended" in said
    assert "No way." in said
    assert "role Administrator" in said
