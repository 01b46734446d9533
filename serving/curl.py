"""One curl command per operation, made from the examples of the OpenAPI document.

python -m serving.curl > docs/platform_curl.md
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from serving.operation import Operation
from serving.operations import EXAMPLE, OPERATIONS

URL = "http://127.0.0.1:3000"
_HEAD = """# curl for every operation

Made from the examples of the OpenAPI document by `python -m serving.curl`; each is run against a service by the tests.
They ask a service on this machine, such as the one of `make demo`, whose creators are called `c000001` and so on. Where
there are keys, add `-H "Authorization: Bearer $KEY"`.
"""
_WIDTH = 110
_JSON = "-H 'Content-Type: application/json'"
_PLACES = {"{collaboration_id}": "deal-17", "{job_id}": "$job"}
"""What stands for the parts of a path: the outcome and the job of the examples before."""
_FILE = "printf 'creator_id,fee\\nc000001,450\\nc000002,300\\n' > candidates.csv"


def page() -> str:
    """The page as Markdown."""
    return _HEAD + "".join(_section(operation) for operation in OPERATIONS)


def _section(operation: Operation) -> str:
    title = f"{operation.method.upper()} {operation.path}"
    return f"\n## {title}\n\n{operation.summary}.\n\n```bash\n" + "\n".join(_lines(operation)) + "\n```\n"


def _lines(operation: Operation) -> Iterator[str]:
    path = operation.path
    for part, value in _PLACES.items():
        path = path.replace(part, value)
    # Quotes of the shell: $job is read within the double ones.
    address = f'"{URL}{path}"'
    if operation.body is not None:
        yield _FILE
        yield f"""printf '%s' '{_text(EXAMPLE["campaign"])}' > brief.json"""
        yield f"job=$(curl -sSf {address} -F file=@candidates.csv -F brief=@brief.json \\"
        yield """  | sed 's/.*"job_id":"\\([a-z0-9]*\\)".*/\\1/')"""
    elif operation.example is not None:
        yield f"curl -sSf {address} {_JSON} -d '"
        yield f"{_text(operation.example)}'"
    elif path.endswith("/result"):
        yield f"until curl -sSf {address} -o result.csv; do sleep 2; done"
    else:
        yield f"curl -sSf {address}"


def _text(value: Any, indent: int = 1) -> str:
    """JSON in lines of a readable length, safe between single quotes."""
    plain = json.dumps(value).replace("'", "\\u0027")
    if len(plain) + indent <= _WIDTH or not isinstance(value, dict | list):
        return plain
    named = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    lines = [""]
    for name, item in named:
        part = ("" if name is None else f"{json.dumps(name)}: ") + _text(item, indent + 1)
        if lines[-1] and len(lines[-1]) + len(part) + 2 > _WIDTH - indent:
            lines.append("")
        lines[-1] += f"{', ' if lines[-1] else ''}{part}"
    inner = (",\n" + " " * indent).join(lines)
    return f"{{{inner}}}" if isinstance(value, dict) else f"[{inner}]"


if __name__ == "__main__":
    sys.stdout.write(page())
