"""``python -m core.serving.gateway``."""

import sys

from core.serving.gateway import run_gateway
from core.settings import Settings

if __name__ == "__main__":
    sys.exit(run_gateway(Settings()))
