"""Approval is enforced where the model is served; what can't be trusted is refused, and what served before goes on."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from core.registry.certificate import certificate_from_json, sign_certificate
from core.serving.manifest import Entry
from tests.serving.site import KEY, ROW, Running, Site

Start = Callable[[], Running]


def _other_key(site: Site, entry: Entry, tmp_path: Path) -> Entry:
    text, signature = sign_certificate(tmp_path / "stranger", certificate_from_json(entry.certificate))
    return replace(entry, certificate=text, signature=signature)


def _lower_threshold(site: Site, entry: Entry, tmp_path: Path) -> Entry:
    return replace(entry, certificate=entry.certificate.replace('"threshold":0.5', '"threshold":0.1'))


def _borrowed(site: Site, entry: Entry, tmp_path: Path) -> Entry:
    """Version 2 under the approval of version 1."""
    return replace(entry, certificate=site.entries[0].certificate, signature=site.entries[0].signature)


def _changed_package(site: Site, entry: Entry, tmp_path: Path) -> Entry:
    model = site.artifacts.path(entry.package_sha256) / "predictor" / "model.txt"
    model.write_text(model.read_text().replace("leaf_value=", "leaf_value=9", 1))
    return entry


def _gone_package(site: Site, entry: Entry, tmp_path: Path) -> Entry:
    shutil.rmtree(site.artifacts.path(entry.package_sha256))
    return entry


SPOILT = [_other_key, _lower_threshold, _borrowed, _changed_package, _gone_package]


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_version_without_a_valid_approval_never_answers(
    site: Site, gateway: Start, spoil: Callable[[Site, Entry, Path], Entry], tmp_path: Path
) -> None:
    site.publish(champion=spoil(site, site.entries[1], tmp_path))
    running = gateway()
    answer = running.predict(ROW)
    assert answer.status_code == 503
    assert answer.json()["code"] == "not_served"
    (why,) = httpx.get(f"{running.url}/readyz").json()["deployments"]["churn"]["refused"]
    assert why in answer.json()["detail"]


@pytest.mark.parametrize("spoil", SPOILT)
def test_the_old_version_goes_on(site: Site, gateway: Start, spoil: Callable[[Site, Entry, Path], Entry], tmp_path: Path) -> None:
    site.publish()
    running = gateway()
    site.publish(champion=spoil(site, site.entries[1], tmp_path), former=site.entries[0])
    status = running.wait(lambda a: bool(a["deployments"]["churn"]["refused"]))
    assert status["deployments"]["churn"]["version"] == 1
    assert running.predict(ROW).json()["predictions"][0]["version"] == 1
    running.stop()
    again = gateway()
    assert again.predict(ROW).json()["predictions"][0]["version"] == 1


def test_a_spoilt_canary_leaves_everything_to_the_champion(site: Site, gateway: Start, tmp_path: Path) -> None:
    site.publish(canary=_lower_threshold(site, site.entries[1], tmp_path), canary_share=1.0)
    running = gateway()
    assert {p["arm"] for p in running.predict([ROW] * 20).json()["predictions"]} == {"champion"}


def test_a_torn_manifest_changes_nothing(site: Site, gateway: Start) -> None:
    site.publish()
    running = gateway()
    path = Path(site.settings.artifact_root) / "serving" / "deployments" / "churn.json"
    path.write_text(path.read_text()[:100])
    time.sleep(0.5)
    assert running.predict(ROW).status_code == 200


def test_without_the_public_key_nothing_is_served(site: Site, gateway: Start) -> None:
    site.publish()
    (site.settings.keys_dir / "approval.pub").unlink()
    assert gateway().predict(ROW).status_code == 503


def test_a_stopped_deployment_says_so_and_still_listens(site: Site, gateway: Start) -> None:
    site.publish()
    running = gateway()
    (one,) = running.predict(ROW).json()["predictions"]
    site.publish(state="stopped")
    running.wait(lambda a: a["deployments"]["churn"]["state"] == "stopped")
    assert (running.predict(ROW).status_code, running.predict(ROW).json()["code"]) == (503, "stopped")
    with running.client() as client:
        told = client.post("/v1/models/churn/feedback", json={"prediction_id": one["prediction_id"], "outcome": True})
    assert told.status_code == 202


def test_rolling_back_under_load_loses_no_request_and_takes_under_two_seconds(site: Site, gateway: Start) -> None:
    site.publish(champion=site.entries[1], former=site.entries[0])
    running = gateway()
    running.wait(lambda a: a["deployments"]["churn"]["version"] == 2)
    stop, answers, lost = threading.Event(), [], []

    def ask() -> None:
        with httpx.Client(base_url=running.url, headers={"X-API-Key": KEY}, timeout=10) as client:
            while not stop.is_set():
                response = client.post("/v1/models/churn/predict", json=ROW)
                if response.status_code != 200:
                    lost.append(response.text)
                    continue
                answers.append((time.monotonic(), response.json()["predictions"][0]["version"]))

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    time.sleep(0.4)
    moves = []
    for entry, other in ((0, 1), (1, 0), (0, 1)):
        moves.append((time.monotonic(), entry + 1))
        site.publish(champion=site.entries[entry], former=site.entries[other])
        time.sleep(0.8)
    stop.set()
    for asker in askers:
        asker.join()
    assert lost == []
    for began, version in moves:
        assert min(at for at, v in answers if v == version and at > began) - began < 2.0
    assert len(answers) > 100
