"""The whole journey without a browser: each step over REST, as the role that would do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx

from app.demo import bank
from app.demo.ledger_steps import change_contract, check_ledger, told_actions
from app.demo.processes import Running
from app.demo.steps import Figures, Reporter, expect
from app.demo.waiting import steady_requests, until
from core.client import KachiClient, Problem

RUN_S = 120
SERVED = 8000
BATCH = 500
CANARY_ROWS = 400
NOT_CALLED = 40  # every so-manieth row, where it was to be called


@dataclass
class Journey:
    """One journey on a running portal. Steps run in order; each keeps what later ones need.

    Args:
        clients: a REST client by role.
    """

    running: Running
    clients: Mapping[str, KachiClient]
    folder: Path
    project: dict[str, Any] = field(default_factory=dict)
    dataset: dict[str, Any] = field(default_factory=dict)
    runs: list[dict[str, Any]] = field(default_factory=list)
    version: dict[str, Any] = field(default_factory=dict)
    approval: dict[str, Any] = field(default_factory=dict)
    deployment: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    answers: list[dict[str, Any]] = field(default_factory=list)
    attempt: dict[str, Any] = field(default_factory=dict)
    challenger: dict[str, Any] = field(default_factory=dict)

    def play(self, reporter: Reporter) -> None:
        """All steps, until one fails."""
        for name in (
            "upload", "profile", "train", "impact", "compare", "register", "approve", "deploy", "predict", "feedback", "ingest", "drift",
            "retrain", "approve-challenger", "canary", "rollback", "portfolio", "audit",
        ):  # fmt: skip
            reporter.step(name, getattr(self, name.replace("-", "_")))

    @property
    def scientist(self) -> KachiClient:
        """As a data scientist."""
        return self.clients["scientist"]

    @property
    def approver(self) -> KachiClient:
        """As an approver."""
        return self.clients["approver"]

    def upload(self) -> Figures:
        """A project, and the calls of 2008 as its data."""
        sample = bank.sample()
        self.project = self.scientist.post("/projects", project_body(sample.project), key="journey-project")
        path = bank.write_training_file(self.folder)
        self.dataset = self.scientist.upload("/datasets", path, {"project_id": self.project["id"], "name": "Campaign 2008"})
        return {
            "project": self.project["name"],
            "rows": self.dataset["rows"],
            "columns": len(self.dataset["columns"]),
            "sha256": self.dataset["sha256"][:12],
        }

    def profile(self) -> Figures:
        """Its profile, its roles, and the leak that the datasheet warns of."""
        address = f"/datasets/versions/{self.dataset['id']}"
        profile = self.scientist.get(f"{address}/profile")
        roles = asdict(bank.sample().roles)
        self.dataset = self.scientist.put(f"{address}/roles", {**roles, "leave_out": list(roles["leave_out"])})
        target = next(c for c in profile["columns"] if c["name"] == roles["target"])
        positives = dict(map(tuple, target["top"])).get(roles["positive"], 0)
        leaks = self.scientist.get(f"/datasets/versions/{self.dataset['id']}/leaks")
        return {
            "positive_share": round(positives / self.dataset["rows"], 4),
            "left_out": roles["leave_out"],
            "leaks": [leak["column"] for leak in leaks],
        }

    def train(self) -> Figures:
        """Two AutoML runs, one after the other."""
        for name, families in (("Boosted trees", ["lightgbm"]), ("Linear model", ["linear"])):
            config = {"families": families, "time_limit_s": 60, "split": "random", "seed": 7}
            body = {"project_id": self.project["id"], "dataset_version_id": self.dataset["id"], "name": name, "config": config}
            self.runs.append(self.scientist.post("/runs", body))
        self.runs = [self._finished(run["id"]) for run in self.runs]
        return {
            "runs": [{"name": r["name"], "best": r["summary"]["best_model"], "roc_auc": round(r["summary"]["score"], 4)} for r in self.runs]
        }

    def _finished(self, run_id: str) -> dict[str, Any]:
        done: dict[str, Any] = self.scientist.wait(f"/runs/{run_id}", lambda r: r["state"] in {"succeeded", "failed", "cancelled"}, RUN_S)
        expect(done["state"] == "succeeded", f"run {done['number']} is {done['state']}: {done['error']}")
        return done

    def impact(self) -> Figures:
        """What the first run is worth."""
        report = self.scientist.get(f"/runs/{self.runs[0]['id']}/impact")
        return {
            "currency": report["currency"],
            "threshold": report["threshold"],
            "value": report["value"],
            "gain": report["gain"],
        }

    def compare(self) -> Figures:
        """Both runs side by side, in metric and in money."""
        ids = [run["id"] for run in self.runs]
        sides = self.scientist.get("/runs/compare", runs=ids)
        money = self.scientist.get("/impact/compare", runs=",".join(ids))
        expect(len(sides) == len(ids), "not every run was compared")
        return {"differences": money.get("differences", money)}

    def register(self) -> Figures:
        """The first run as a version, and a request for its approval."""
        self.version = self.scientist.post("/models/versions", {"run_id": self.runs[0]["id"], "note": "First version"})
        self.approval = self.scientist.post(
            "/approvals", {"model_version_id": self.version["id"], "note": "Ready for the campaign of 2009"}
        )
        return {
            "model": self.version["model_name"], "version": self.version["number"], "threshold": self.version["threshold"],
            "checks_passed": self.approval["checks_passed"], "checks": self.approval["checks_judged"], "stake": self.approval["stake"],
        }  # fmt: skip

    def approve(self) -> Figures:
        """By somebody else than who asked; the asker is refused."""
        waiting = [a["id"] for a in self.approver.get("/approvals", state="open")["items"]]
        expect(self.approval["id"] in waiting, "the request isn't in the approver's inbox")
        refused = refused_with(self.scientist, f"/approvals/{self.approval['id']}/approve", {"reason": "mine", "deploy": False})
        self.approval = self.approver.post(f"/approvals/{self.approval['id']}/approve", {"reason": "The gain is clear", "deploy": False})[
            "approval"
        ]
        return {"state": self.approval["state"], "decided_by": self.approval["decided_by_name"], "own_request_refused_with": refused}

    def deploy(self) -> Figures:
        """The approved version behind the gateway, with a key."""
        self.deployment = self.approver.post("/deployments", {"model_version_id": self.version["id"], "reason": "Go live"})
        self.key = self.approver.post(f"/deployments/{self.deployment['id']}/keys", {"name": "campaign system"})["secret"]
        self._until_served(self.version["number"])
        return {"deployment": self.deployment["name"], "version": self.version["number"]}

    def _gateway(self, method: str, path: str, **options: Any) -> httpx.Response:
        url = f"{self.running.gateway_url}/v1/models/{self.deployment['name']}{path}"
        return httpx.request(method, url, headers={"Authorization": f"Bearer {self.key}"}, timeout=60, **options)

    def _until_served(self, number: int) -> float:
        """Seconds until the gateway answers with a version."""
        row = bank.served_rows(1).rows[0]

        def answered() -> bool:
            response = self._gateway("POST", "/predict", json={"rows": [row]})
            return response.status_code == httpx.codes.OK and response.json()["predictions"][0]["version"] == number

        return until(answered, 60, f"the gateway does not serve version {number}")

    def predict(self) -> Figures:
        """The calls of early 2009, served in batches."""
        served = bank.served_rows(SERVED)
        for rows, _ in served.batches(BATCH):
            response = self._gateway("POST", "/predict", json={"rows": list(rows)})
            expect(response.status_code == httpx.codes.OK, f"predict answered {response.status_code}: {response.text[:300]}")
            self.answers += response.json()["predictions"]
        bad = self._gateway("POST", "/predict", json={"rows": [{**served.rows[0], "age": "old"}]})
        expect(bad.status_code == httpx.codes.UNPROCESSABLE_ENTITY, f"a wrong type was answered with {bad.status_code}")
        return {
            "rows": len(self.answers),
            "yes": sum(a["decision"] for a in self.answers),
            "wrong_type": bad.json().get("detail", "")[:120],
        }

    def feedback(self) -> Figures:
        """What became of each call."""
        truth = bank.served_rows(SERVED).truth
        done = told_actions(self.answers, NOT_CALLED)
        pairs = [
            {"prediction_id": a["prediction_id"], "outcome": bool(y)} | ({} if action is None else {"action": action})
            for a, y, action in zip(self.answers, truth, done, strict=True)
        ]
        for start in range(0, len(pairs), BATCH):
            response = self._gateway("POST", "/feedback", json={"feedback": pairs[start : start + BATCH]})
            expect(response.is_success, f"feedback answered {response.status_code}: {response.text[:300]}")
        return {"labelled": len(pairs), "positive_share": round(sum(truth) / len(truth), 4), "not_called": done.count(False)}

    def ingest(self) -> Figures:
        """Everything served has reached the portal, once."""
        wanted, seen = len(self.answers), {"predictions": 0, "labelled": 0}

        def arrived() -> bool:
            self.clients["admin"].post("/monitors/ingest")
            seen.update(totals(self.scientist.get(f"/monitors/{self.deployment['id']}/traffic")))
            return seen["predictions"] >= wanted and seen["labelled"] >= wanted

        waited = until(arrived, 30, f"not all predictions arrived: {seen}")
        return {**seen, "waited_s": round(waited, 1)}

    def drift(self) -> Figures:
        """A check finds that the world has moved, and says so in an alert."""
        check = self.scientist.post(f"/monitors/{self.deployment['id']}/checks")
        alerts = self.scientist.get("/alerts", state="open")["items"]
        verdicts = {part["part"]: part["verdict"] for part in check["parts"]}
        expect(check["verdict"] in {"amber", "red"}, f"no drift was found: {verdicts}")
        expect(alerts, "no alert was raised")
        said = [reason["template"] for part in check["parts"] if part["verdict"] in {"amber", "red"} for reason in part["reasons"]]
        return {"verdict": check["verdict"], "parts": verdicts, "alerts": len(alerts), "reasons": said}

    def retrain(self) -> Figures:
        """The policy rebuilds the data, trains a challenger, compares in money, and asks for approval."""
        policy = {"min_new_labelled": 1000, "cooldown_hours": 0}
        self.scientist.put(f"/policies/{self.deployment['id']}", policy)
        self.attempt = self.scientist.post(f"/policies/{self.deployment['id']}/run")
        self.attempt = self.scientist.wait(
            f"/policies/{self.deployment['id']}/attempts/{self.attempt['id']}", lambda a: a["state"] in {"requested", "stopped", "failed"}, RUN_S
        )  # fmt: skip
        expect(self.attempt["state"] == "requested", f"retraining ended {self.attempt['state']}: {self.attempt['outcome']}")
        return {k: self.attempt[k] for k in ("rows_original", "rows_added", "rows_held_out", "comparison", "outcome")}

    def approve_challenger(self) -> Figures:
        """An approver agrees, after reading what changed."""
        evidence = self.approver.get(f"/approvals/{self.attempt['approval_id']}/evidence")
        answer = self.approver.post(
            f"/approvals/{self.attempt['approval_id']}/approve", {"reason": "Better on the newest calls", "deploy": False}
        )
        self.challenger = self.scientist.get(f"/models/versions/{self.attempt['model_version_id']}")
        checks = {c["key"]: c["state"] for c in evidence["checks"]}
        return {"version": self.challenger["number"], "state": answer["approval"]["state"], "checks": checks}

    def canary(self) -> Figures:
        """A share of traffic to the challenger, sticky by customer; then promoted."""
        address = f"/deployments/{self.deployment['id']}"
        self.approver.post("/deployments", {"model_version_id": self.challenger["id"], "canary_share": 0.3, "reason": "Try it on some"})
        arms = self._arms_of(CANARY_ROWS)
        again = self._arms_of(CANARY_ROWS)
        share = sum(arm == "canary" for arm in arms.values()) / len(arms)
        expect(arms == again, "customers changed arms between two requests")
        expect(0.15 < share < 0.45, f"the canary got {share:.0%} of the traffic instead of 30 %")
        self.approver.post(f"{address}/promote", {"reason": "Holds what it promised"})
        waited = self._until_served(self.challenger["number"])
        return {
            "canary_share_seen": round(share, 3),
            "sticky": True,
            "promoted_to": self.challenger["number"],
            "promoted_in_s": round(waited, 2),
        }

    def _arms_of(self, count: int) -> dict[str, str]:
        rows = bank.served_rows(count).rows
        arms: dict[str, str] = {}

        def both() -> bool:
            items = [{**row, "_entity": f"customer-{i}"} for i, row in enumerate(rows)]
            response = self._gateway("POST", "/predict", json={"rows": items})
            expect(response.status_code == httpx.codes.OK, f"predict answered {response.status_code}: {response.text[:300]}")
            arms.update({item["_entity"]: answer["arm"] for item, answer in zip(items, response.json()["predictions"], strict=True)})
            return "canary" in arms.values()

        until(both, 20, "no traffic reached the canary")
        return arms

    def rollback(self) -> Figures:
        """Back to the first version, within two seconds and without a lost request."""
        row = bank.served_rows(1).rows[0]
        with steady_requests(lambda: self._gateway("POST", "/predict", json={"rows": [row]})) as traffic:
            self.approver.post(f"/deployments/{self.deployment['id']}/rollback", {"reason": "Show that it works"})
            waited = self._until_served(self.version["number"])
        expect(waited < 2, f"rolling back took {waited:.1f} s")
        expect(traffic.failed == 0, f"{traffic.failed} of {traffic.sent} requests were lost")
        return {
            "rolled_back_to": self.version["number"],
            "seconds_to_take_effect": round(waited, 2),
            "requests": traffic.sent,
            "lost": traffic.failed,
        }

    def portfolio(self) -> Figures:
        """What a business stakeholder sees."""
        viewer, shown = self.clients["viewer"], {}

        def valued() -> bool:
            shown.update(viewer.get("/portfolio"))
            return bool(shown["projects"]) and shown["projects"][0].get("realised") is not None

        until(valued, 20, "the portfolio shows no realised value")
        refused = refused_with(viewer, "/runs", {"project_id": self.project["id"], "dataset_version_id": self.dataset["id"]})
        first = shown["projects"][0]
        ledger = viewer.get(f"/deployments/{self.deployment['id']}/value-ledger")
        gap = check_ledger(ledger)
        joined = viewer.get("/portfolio/value-ledger")
        expect(joined["totals"] == ledger["totals"], "the portfolio's ledger isn't that of its one deployment")
        deployment = self.scientist.get(f"/deployments/{self.deployment['id']}")
        changed = change_contract(self.clients, self.project, deployment)
        return {
            "project": first["name"], "promised": first["promised"], "realised": first["realised"], "viewer_may_not_train": refused,
            "ledger": {name: ledger["totals"][0][name] for name in ("currency", "promised", "realised", "estimated")}, "gap": gap,
            "overridden": ledger["totals"][0]["overridden"], "other_contract": changed,
        }  # fmt: skip

    def audit(self) -> Figures:
        """The chain holds from the first event to the last."""
        admin = self.clients["admin"]
        verdict = admin.get("/audit/verify")
        expect(verdict["broken_seq"] is None, f"the chain is broken at {verdict['broken_seq']}")
        actions = {event["action"] for event in admin.pages("/audit", limit=200)}
        for needed in ("project.create", "dataset.add", "run.start", "approval.approve"):
            expect(any(a.startswith(needed) for a in actions), f"the trail has no {needed}")
        return {"events": verdict["events"], "actions": len(actions)}


def project_body(spec: Any) -> dict[str, Any]:
    """A project's specification as REST takes it."""
    value = spec.value
    body: dict[str, Any] = {
        "name": spec.name,
        "question": spec.question,
        "nouns": asdict(spec.nouns),
        "task": spec.task.value,
        "is_sample": spec.is_sample,
    }
    if value is not None:
        body["value"] = {
            "currency": value.currency, "period": value.period.value, "cases_per_period": value.cases_per_period,
            "payoff": {name: str(amount) for name, amount in asdict(value.payoff).items()},
            "rule": asdict(value.rule) if value.rule else None, "note": value.note,
        }  # fmt: skip
    return body


def refused_with(client: KachiClient, path: str, body: Any) -> int:
    """Status of a call that must be refused; 0 where it was not."""
    try:
        client.post(path, body)
    except Problem as problem:
        expect(problem.status in {401, 403, 409}, f"{path} was refused with {problem.status}")
        return problem.status
    expect(condition=False, message=f"{path} was allowed")
    return 0


def totals(traffic: Any) -> dict[str, int]:
    """Predictions and labelled predictions of a deployment's traffic."""
    points = traffic["points"]
    return {"predictions": sum(p["predictions"] for p in points), "labelled": sum(p["labelled"] for p in points)}
