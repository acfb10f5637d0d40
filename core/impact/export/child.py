"""The process that makes one file: ``python -m core.impact.export.child FOLDER``; charts and fonts never weigh on the portal.

spec.json goes in, file comes out, or error.json.
"""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path

from core.errors import KachiError
from core.impact.export.making import any_from_json, make_file

SPEC, FILE, ERROR = "spec.json", "file", "error.json"


def main(folder: Path) -> int:
    """Make the file of a folder."""
    try:
        data = make_file(any_from_json((folder / SPEC).read_bytes()))
    except KachiError as error:
        (folder / ERROR).write_text(json.dumps({"code": error.code, "fields": error.fields}, default=str), "utf-8")
        return 1
    except Exception as error:
        # The edge of the process: whatever it was, the portal is told in a line, and the log has the rest.
        traceback.print_exc()
        line = next(iter(str(error).splitlines()), "")
        (folder / ERROR).write_text(json.dumps({"code": "", "fields": {"reason": f"{type(error).__name__}: {line}"[:200]}}), "utf-8")
        return 1
    (folder / FILE).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
