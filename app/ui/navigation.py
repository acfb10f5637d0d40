"""Every page of the portal: where it is, who may see it, and how to go there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.identity.permissions import Permission
from core.words import mark

PAGES_FOLDER: Final = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page.

    Args:
        key: its name in code, its file under ``pages/`` and its address.
        title: its title in menu and browser tab, a message of the catalogue.
        icon: a bundled Material symbol.
        group: the menu's group, a message of the catalogue.
        permission: what its reader must hold.
        in_menu: ``False`` for pages of one object, which are reached from its list.
    """

    key: str
    title: str
    icon: str
    group: str
    permission: Permission
    in_menu: bool = True

    @property
    def path(self) -> Path:
        """The page's file."""
        return PAGES_FOLDER / f"{self.key}.py"


_VALUE: Final = mark("Value")
_DECIDE: Final = mark("Decide")
_BUILD: Final = mark("Build")
_OPERATE: Final = mark("Operate")
_ADMINISTER: Final = mark("Administer")
_READ, _DETAILS = Permission.READ_VALUE, Permission.READ_DETAILS

PAGES: Final[tuple[PageEntry, ...]] = (
    PageEntry("portfolio", mark("Portfolio"), "donut_small", _VALUE, _READ),
    PageEntry("impact_report", mark("Impact report"), "monitoring", _VALUE, _READ),
    PageEntry("value_ledger", mark("Value ledger"), "account_balance", _VALUE, _READ),
    PageEntry("contracts", mark("Value contracts"), "contract", _VALUE, _READ, in_menu=False),
    PageEntry("approvals", mark("Approvals"), "verified_user", _DECIDE, _READ),
    PageEntry("approval", mark("Approval"), "verified_user", _DECIDE, _READ, in_menu=False),
    PageEntry("contract_request", mark("Contract to decide on"), "verified_user", _DECIDE, _READ, in_menu=False),
    PageEntry("alerts", mark("Alerts"), "notifications", _DECIDE, _READ),
    PageEntry("projects", mark("Projects"), "folder", _BUILD, _READ),
    PageEntry("project", mark("Project"), "folder", _BUILD, _READ, in_menu=False),
    PageEntry("value_model", mark("Value model"), "payments", _BUILD, _READ, in_menu=False),
    PageEntry("data", mark("Data"), "database", _BUILD, _DETAILS),
    PageEntry("dataset", mark("Data set"), "database", _BUILD, _DETAILS, in_menu=False),
    PageEntry("runs", mark("Training runs"), "model_training", _BUILD, _DETAILS),
    PageEntry("run", mark("Training run"), "model_training", _BUILD, _DETAILS, in_menu=False),
    PageEntry("compare", mark("Compare"), "compare_arrows", _BUILD, _READ),
    PageEntry("models", mark("Models"), "inventory_2", _BUILD, _DETAILS),
    PageEntry("model", mark("Model"), "inventory_2", _BUILD, _DETAILS, in_menu=False),
    PageEntry("deployments", mark("Deployments"), "rocket_launch", _OPERATE, _READ),
    PageEntry("deployment", mark("Deployment"), "rocket_launch", _OPERATE, _READ, in_menu=False),
    PageEntry("monitoring", mark("Monitoring"), "monitor_heart", _OPERATE, _DETAILS),
    PageEntry("retraining", mark("Retraining"), "autorenew", _OPERATE, _DETAILS),
    PageEntry("schedules", mark("Schedules"), "schedule", _OPERATE, _DETAILS),
    PageEntry("jobs", mark("Jobs"), "work_history", _OPERATE, _DETAILS),
    PageEntry("users", mark("Users"), "group", _ADMINISTER, Permission.MANAGE_USERS),
    PageEntry("tokens", mark("Tokens"), "key", _ADMINISTER, _READ),
    PageEntry("audit", mark("Audit trail"), "receipt_long", _ADMINISTER, Permission.READ_AUDIT),
    PageEntry("lineage", mark("Lineage"), "account_tree", _ADMINISTER, _DETAILS),
    PageEntry("backups", mark("Backups"), "backup", _ADMINISTER, Permission.BACK_UP),
    PageEntry("account", mark("Account"), "account_circle", _ADMINISTER, _READ, in_menu=False),
)
_BY_KEY: Final = {entry.key: entry for entry in PAGES}


def entry(key: str) -> PageEntry:
    """The page of that key.

    Raises:
        KeyError: a key that isn't in `PAGES`.
    """
    return _BY_KEY[key]


def existing() -> tuple[PageEntry, ...]:
    """The pages whose file is there, in menu order."""
    return tuple(page for page in PAGES if page.path.is_file())


def exists(key: str) -> bool:
    """Whether the page can be gone to."""
    return entry(key).path.is_file()


def goto(key: str, **query_params: str) -> NoReturn:
    """Go to a page; nothing after this call runs.

    Args:
        key: the page's key in `PAGES`.
        **query_params: what it shows, such as ``project="churn"``.
    """
    st.switch_page(str(entry(key).path), query_params=query_params)


def link(label: str, key: str, *, icon: str | None = None, **query_params: str) -> None:
    """Draw a link to a page; plain text while that page doesn't exist or when the menu doesn't hold it."""
    from app.ui.text import md

    try:
        if exists(key):
            st.page_link(str(entry(key).path), label=md(label), icon=icon, query_params=query_params)
            return
    except StreamlitAPIException:  # the menu doesn't hold it
        pass
    st.markdown(md(label))


def address(key: str, **query_params: str) -> str:
    """The address of a page below the portal's root, for mails, reports and links to copy."""
    from urllib.parse import urlencode

    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    query = f"?{urlencode(query_params)}" if query_params else ""
    return f"{'/' + base if base else ''}/{key}{query}"
