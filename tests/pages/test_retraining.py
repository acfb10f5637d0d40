"""The retraining page: policy, what it decided last, and attempts with their reasons."""

# ruff: noqa: F811

from __future__ import annotations

from core.identity import Principal
from core.monitoring.model import Verdict
from core.registry.phrases import Phrase
from core.retraining import store as rows
from core.retraining.model import AttemptState, PolicySpec
from core.retraining.policy import evaluate_policy, get_policy, list_attempts, put_policy
from core.workspace import Workspace
from tests.pages.conftest import OpenPage, texts
from tests.registry.conftest import project, world  # noqa: F401
from tests.retraining.conftest import Served, served  # noqa: F401


def test_nothing_deployed_yet(open_page: OpenPage, scientist: Principal) -> None:
    page = open_page("retraining", scientist)
    assert not page.exception
    assert "Nothing to retrain yet" in texts(page)


def test_a_policy_is_saved_and_an_attempt_started(ws: Workspace, open_page: OpenPage, scientist: Principal, served: Served) -> None:
    page = open_page("retraining", scientist)
    assert not page.exception
    assert "churn is retrained only by hand" in texts(page)
    page.toggle(key="policy-enabled").set_value(True)
    page.button(key="policy-save").click().run()
    assert not page.exception
    policy = get_policy(ws, scientist, served.id).policy
    assert policy is not None
    assert policy.spec.enabled
    page.button(key="retrain-now").click().run()
    assert not page.exception
    assert [a.state for a in list_attempts(ws, scientist)] == [AttemptState.BUILDING]
    assert "Retraining has started." in texts(page)


def test_reasons_are_told_in_both_languages(
    ws: Workspace, open_page: OpenPage, scientist: Principal, approver: Principal, served: Served
) -> None:
    put_policy(ws, scientist, served.id, PolicySpec())
    served.check(drift=Verdict.RED)
    attempt = evaluate_policy(ws, served.id).attempt_id
    fields = {"have": 120, "need": 200}
    outcome = Phrase("Only {have} labelled cases are new; {need} are needed.", fields)
    ws.store.write(lambda tx: rows.set_ended(tx, attempt, AttemptState.STOPPED, outcome))
    page = open_page("retraining", approver)
    assert "Only 120 labelled cases are new; 200 are needed." in texts(page)
    assert page.button(key="retrain-now").disabled
    assert "結果が判明した新しい案件は120件です。200件必要です。" in texts(open_page("retraining", scientist, language="ja"))
