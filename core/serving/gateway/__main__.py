"""``python -m core.serving.gateway``."""

from core.serving.gateway import run_gateway
from core.serving.orderly import leave
from core.settings import Settings

if __name__ == "__main__":
    leave(run_gateway(Settings()))
