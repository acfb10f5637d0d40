"""All settings of Kachi: read once at start, frozen, passed down. Environment variables start with ``KACHI_``."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """One frozen object with every setting; names carry their unit."""

    model_config = SettingsConfigDict(env_prefix="KACHI_", frozen=True, extra="ignore")

    home: Path = Field(ROOT / "data" / "home", description="Folder of everything that a running portal keeps.")
    artifact_url: str = Field("", description="fsspec URL of the artifact root; empty: the folder artifacts in the home.")
    host: str = Field("127.0.0.1", description="Address that the portal binds to.")
    port: int = Field(8501, ge=0, le=65535, description="Port of the portal.")
    gateway_host: str = Field("127.0.0.1", description="Address that the gateway binds to.")
    gateway_port: int = Field(8502, ge=0, le=65535, description="Port of the gateway.")
    gateway_url: str = Field("", description="Address of the gateway as its users see it; empty: made of host and port.")
    demo: bool = Field(False, description="Demo workspace: sample projects, demo accounts, pages marked as sample data.")
    language: str = Field("en", pattern="^(en|ja)$", description="Language before a user chose one.")
    timezone: str = Field("UTC", description="IANA time zone in which pages show times.")
    cookie_secure: bool = Field(False, description="Send the session cookie over HTTPS only.")
    session_hours: float = Field(12.0, gt=0, le=720, description="How long a session lives after its last use, hours.")
    sign_in_attempts: int = Field(5, ge=1, description="Failed sign-ins in a row before an account waits.")
    sign_in_wait_s: float = Field(60.0, ge=0, description="How long an account waits after too many failed sign-ins, seconds.")
    upload_max_mb: int = Field(300, ge=1, description="Largest upload, megabytes.")
    upload_max_columns: int = Field(2000, ge=1, description="Most columns of a data set.")
    job_concurrency: int = Field(1, ge=1, le=64, description="Jobs that run at the same time.")
    job_memory_mb: int = Field(8192, ge=256, description="Address space limit of one job, megabytes.")
    job_time_limit_s: int = Field(4 * 3600, ge=1, description="Wall time limit of one job, seconds.")
    job_threads: int = Field(1, ge=1, description="Threads that one job's numeric libraries may use.")
    store_memory_mb: int = Field(1024, ge=128, description="Memory that DuckDB may use, megabytes.")
    spool_flush_ms: int = Field(100, ge=0, le=10_000, description="Longest time a prediction stays unflushed, milliseconds.")
    ingest_every_s: float = Field(2.0, gt=0, description="How often the portal looks for finished spool segments, seconds.")
    page_size_max: int = Field(500, ge=1, description="Most rows of one REST page.")
    log_level: str = Field("INFO", description="Least level that is logged.")

    @property
    def store_path(self) -> Path:
        """The DuckDB file."""
        return self.home / "kachi.duckdb"

    @property
    def artifact_root(self) -> str:
        """Fsspec URL or folder of the artifact root."""
        return self.artifact_url or str(self.home / "artifacts")

    @property
    def jobs_dir(self) -> Path:
        """Folder with one folder a job."""
        return self.home / "jobs"

    @property
    def spool_dir(self) -> Path:
        """Folder where gateways on this machine spool what they served."""
        return self.home / "spool"

    @property
    def backups_dir(self) -> Path:
        """Folder of the archives."""
        return self.home / "backups"

    @property
    def scratch_dir(self) -> Path:
        """Folder of unfinished work, emptied whenever a portal opens the home."""
        return self.home / "scratch"

    @property
    def keys_dir(self) -> Path:
        """Folder of signing keys, readable by the owner only."""
        return self.home / "keys"

    @property
    def public_gateway_url(self) -> str:
        """Address of the gateway that pages and examples show."""
        return self.gateway_url or f"http://{self.gateway_host}:{self.gateway_port}"


def job_environment(settings: Settings, folder: Path) -> dict[str, str]:
    """Environment of a job's process: few threads, quiet libraries, its own temporary folder, no secrets of the portal."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KACHI_")}
    threads = str(settings.job_threads)
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    return kept | {
        # More threads than cores, or spinning ones, make gradient boosting tens of times slower on small machines.
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        "OMP_WAIT_POLICY": "PASSIVE",
        "TMPDIR": str(folder / "tmp"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
    }


def child_environment(settings: Settings) -> dict[str, str]:
    """Environment of a process that is to run with the same settings (a portal, a gateway)."""
    given = settings.model_dump(mode="json", exclude_none=True)
    own = {f"KACHI_{name.upper()}": str(value) for name, value in given.items()}
    return dict(os.environ) | own | {"PYTHONPATH": str(ROOT)}
