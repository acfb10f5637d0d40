"""The frame of a page: what it says, and that text stays text."""

from core.identity.permissions import Role
from tests.ui.conftest import Draw, html_of


def framed() -> None:
    import streamlit as st

    from app.ui.page import finding, open_page, section, sources, t

    with open_page(t("Approvals"), "<b>Churn</b>", freshness="updated now"):
        st.button("Share")
    finding("It earns $5 and *wins* $6 [now](http://evil.example)", "Between **$1** and $2 <i>a year</i>.")
    section("A <script>alert(1)</script> title", 'note "quoted"')
    sources([("Data", "<img src=x>")])


def test_text_stays_text(draw: Draw) -> None:
    page = draw(framed)
    assert not page.exception
    assert page.title[0].value == "It earns \\$5 and \\*wins\\* \\$6 \\[now\\](http\\://evil.example)"
    assert page.markdown[0].value == "Between **\\$1** and \\$2 \\<i\\>a year\\</i\\>."
    html = html_of(page)
    assert "&lt;b&gt;Churn&lt;/b&gt;" in html
    assert "<script>" not in html
    assert "<img" not in html
    assert page.button[0].label == "Share"


def test_the_demo_says_that_its_data_is_a_sample(draw: Draw) -> None:
    assert "Sample data" in html_of(draw(framed, demo=True))
    assert "Sample data" not in html_of(draw(framed))


def test_japanese_is_spoken(draw: Draw) -> None:
    page = draw(framed, Role.VIEWER, language="ja", demo=True)
    assert "サンプルデータ" in html_of(page)
    assert "承認" in html_of(page)
    assert page.expander[0].label == "数値の根拠"


def flashing() -> None:
    import streamlit as st

    from app.ui import session
    from app.ui.page import head

    if "said" not in st.session_state:
        st.session_state["said"] = True
        session.flash("Saved $5", "warning")
    head("Data", finding_text="A finding")


def test_a_flash_is_said_once(draw: Draw) -> None:
    page = draw(flashing)
    assert [message.value for message in page.warning] == ["Saved \\$5"]
    page.run()
    assert len(page.warning) == 0


def test_a_language_that_was_chosen_stays(draw: Draw) -> None:
    def choose() -> None:
        from app.ui import session
        from app.ui.page import t

        session.set_language("ja")
        session.flash(t("Cancel"))
        assert session.language() == "ja"
        assert session.words().t("Cancel") == "キャンセル"

    assert not draw(choose).exception
