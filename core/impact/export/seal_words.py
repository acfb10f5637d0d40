"""What every file says of a report's seal, or of having none."""

from __future__ import annotations

from core.impact.export.spec import Origin
from core.impact.seal import Seal
from core.words import Words

SHORT_HASH = 12


def draft_mark(words: Words, seal: Seal | None) -> str:
    """What is said of a report that isn't frozen; empty for a frozen one."""
    return "" if seal else words.t("Draft: not frozen, not signed")


def seal_rows(words: Words, seal: Seal | None) -> tuple[tuple[str, str], ...]:
    """What a report is bound to and signed with; nothing for a draft."""
    if seal is None:
        return ()
    it = seal.statement
    return (
        (words.t("Frozen"), words.t("{date} by {name}", date=words.datetime(it.frozen_at), name=it.frozen_by)),
        (words.t("Impact report"), it.report_id),
        (words.t("SHA-256 of the report"), it.report_sha256),
        (words.t("Training run"), words.t("Run {number} ({id})", number=it.run_number, id=it.run_id)),
        (words.t("Data set version"), it.dataset_version_id),
        (words.t("SHA-256 of the data"), it.dataset_sha256 or words.t("not kept here")),
        (words.t("Value model"), words.t("Version {version} ({id})", version=it.value_model_version, id=it.value_model_id)),
        (words.t("Signature (Ed25519)"), seal.signature),
        (words.t("Key"), seal.key),
    )


def seal_note(words: Words, seal: Seal | None) -> str:
    """What the signature means to a reader, or that there is none."""
    if seal is None:
        return words.t(
            "This is a draft: its figures are those of the moment and carry no signature. Freeze the report before you decide on it."
        )
    return words.t(
        "These figures are frozen: the portal signed their hash together with the run, the data and the value model that they come from. "
        "Whoever doubts a copy compares it with {address}.",
        address=f"/api/v1/impact-reports/{seal.statement.report_id}/signature",
    )  # fmt: skip


def footer_of(words: Words, origin: Origin, seal: Seal | None) -> str:
    """What stands on every page."""
    if seal is None:
        return f"{words.given(origin.project_name)} · {draft_mark(words, seal)}"
    it = seal.statement
    return words.t(
        "{project} · report {id} · SHA-256 {hash}… · run {run} · value model version {version}",
        project=origin.project_name, id=it.report_id, hash=it.report_sha256[:SHORT_HASH], run=it.run_number,
        version=it.value_model_version,
    )  # fmt: skip
