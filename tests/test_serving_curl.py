"""The curl commands of docs/platform_curl.md: as they are made now, and each answered well by a service."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy.engine import URL

from serving import curl
from serving.config import ServeSettings
from serving.memory_config import MemorySettings
from serving.operations import OPERATIONS
from tests.conftest import Trained
from tests.proofs import Tried
from tests.serving_real import real_live
from tests.serving_running import running_memory

PAGE = Path(__file__).parent.parent / "docs" / "platform_curl.md"


def test_the_page_is_the_current_one() -> None:
    # To publish a change: python -m serving.curl > docs/platform_curl.md
    assert PAGE.read_text("utf-8") == curl.page()


@pytest.mark.proof("Examples", "Every curl command of the documentation, run by a shell against a service")
def test_every_command_is_answered(trained: Trained, tmp_path: Path, tried: Tried) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    blocks = re.findall(r"```bash\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == len(OPERATIONS)
    url = URL.create("sqlite", database=str(tmp_path / "state" / "memory.db"))
    memory = MemorySettings(url=url, state=tmp_path / "state", job_workers=1)
    serve = ServeSettings(workspace=trained.workspace)
    work = tmp_path / "work"
    work.mkdir()
    with running_memory(memory, lambda: real_live(trained), serve) as (client, _):
        script = "set -e\n" + "\n".join(f"{block}\necho; echo '--'" for block in blocks)
        done = subprocess.run(
            ["bash", "-c", script.replace(curl.URL, str(client.base_url))], cwd=work, capture_output=True, text=True,
            env={"PATH": os.environ["PATH"], "no_proxy": "*"}, check=False, timeout=240,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout[-2_000:]
    result = pd.read_csv(work / "result.csv")
    assert result["creator_id"].tolist() and result["fit_score"].notna().any()
    assert '"status":"created"' in done.stdout and '"chosen"' in done.stdout
    tried(len(blocks), "answered with 2xx each")
