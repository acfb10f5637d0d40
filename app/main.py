"""The entry of the pages: frame, language, who is signed in, and the menu by role."""

import json
from pathlib import Path

import streamlit as st

from app.ui import navigation, session, states
from app.ui.page import t
from app.ui.text import html
from core.identity.principal import Principal

STATIC = Path(__file__).parent / "static"
LANGUAGES = {"en": "English", "ja": "日本語"}
STYLE = Path(__file__).parent / "ui" / "style.css"


FOLLOW_THEME = """
(() => {
  const app = document.querySelector('.stApp'), root = document.documentElement;
  if (!app || root.dataset.kTheme) return;
  const follow = () => { root.style.colorScheme = getComputedStyle(app).colorScheme; };
  root.dataset.kTheme = 'followed';
  follow();
  new MutationObserver(follow).observe(app, { attributes: true, attributeFilter: ['class'] });
})();
"""


def frame() -> None:
    """Window title, icon, logo and style: the same on every page."""
    st.set_page_config(page_title="Kachi", page_icon=str(STATIC / "favicon.png"), layout="wide")
    st.html(STYLE)
    st.logo(str(STATIC / "logo.svg"), size="large")


def speak() -> None:
    """Tell the browser the page's language (screen readers, fonts) and keep the reader's choice in a cookie."""
    language = session.language()
    # Dialogs and menus are drawn outside of the app's element, which alone knows whether the theme is dark.
    cookie = f"{session.LANGUAGE_COOKIE}={language}; path=/; max-age=31536000; samesite=lax"
    script = f"<script>document.documentElement.lang={json.dumps(language)};document.cookie={json.dumps(cookie)};{FOLLOW_THEME}</script>"
    st.sidebar.html(script, unsafe_allow_javascript=True)


def menu(person: Principal | None) -> dict[str, list[st.Page]]:  # type: ignore[valid-type]
    """All pages whose file exists, in the groups of the menu; those that this reader may not see stay hidden."""
    groups: dict[str, list[st.Page]] = {}  # type: ignore[valid-type]
    for page in navigation.existing():
        is_seen = page.in_menu and person is not None and person.may(page.permission)
        entry = st.Page(
            page.path,
            title=t(page.title),
            icon=f":material/{page.icon}:",
            url_path=page.key,
            visibility="visible" if is_seen else "hidden",
        )
        groups.setdefault(t(page.group), []).append(entry)
    groups.setdefault("", []).append(st.Page(home, title="Kachi", url_path="home", default=True, visibility="hidden"))
    return groups


def home() -> None:
    """The portal's bare address: the first page of the menu that this reader may see."""
    for page in navigation.existing():
        if page.in_menu and session.may(page.permission):
            navigation.goto(page.key)
    states.empty(t("No pages yet"), t("This portal has no pages installed."))


def draw(chosen: st.Page, person: Principal | None) -> None:  # type: ignore[valid-type]
    """The chosen page, or why this reader doesn't see it; nothing of the page itself runs then."""
    page = next((page for page in navigation.PAGES if page.key == chosen.url_path), None)
    if person is None:
        sign_in_first()
    elif page is not None and not person.may(page.permission):
        states.no_permission(page.permission)
    else:
        chosen.run()


def sign_in_first() -> None:
    """Nobody is signed in: go to the sign-in page, which leads back to this address."""
    go = "location.replace('/auth/sign-in?next='+encodeURIComponent(location.pathname+location.search))"
    st.html(f"<script>{go}</script>", unsafe_allow_javascript=True)
    states.expired()


def reader_footer(person: Principal) -> None:
    """The foot of the sidebar: language, who is signed in, account and sign-out."""
    with st.sidebar, st.container(key="k-user"):
        st.segmented_control(
            t("Language"),
            list(LANGUAGES),
            default=str(session.language()),
            required=True,
            format_func=LANGUAGES.__getitem__,
            key="k-language-switch",
            on_change=_language_chosen,
            label_visibility="collapsed",
            width="stretch",
        )
        role = session.highest_role(person)
        name = t("{name} · {role}", name=person.name, role=t(states.ROLE_NAMES[role])) if role else person.name
        st.html(f'<p class="k-user">{html(name)}</p>')
        with st.container(horizontal=True, gap="small", key="k-user-links"):
            if navigation.exists("account"):
                navigation.link(t("Account"), "account")
            st.html(f'<a class="k-link" href="/auth/sign-out" target="_self">{html(t("Sign out"))}</a>', width="content")


def _language_chosen() -> None:
    session.set_language("ja" if st.session_state.get("k-language-switch") == "ja" else "en")


def run() -> None:
    """Draw one page."""
    frame()
    person = session.begin()
    speak()
    chosen = st.navigation(menu(person), expanded=True, position="sidebar" if person else "hidden")
    if person is not None:
        reader_footer(person)
    draw(chosen, person)


if __name__ == "__main__":
    run()
