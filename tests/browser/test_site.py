"""What goes to the bucket: the production build, without anything of the local hospital."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from infra.local.demo import words

pytestmark = pytest.mark.unit

WEB = Path(__file__).resolve().parents[2] / "web"
OF_THE_DEMO = ("/sandbox", "演示账号", "Demo accounts", "yunzhen-demo", *(phone for phone, _ in words.PATIENTS))


def built(app: str, folder: Path) -> dict[str, str]:
    """The texts of an app's build, by their path."""
    command = ["npx", "--no-install", "vite", "build", "--outDir", str(folder), "--emptyOutDir"]
    done = subprocess.run(command, cwd=WEB / "apps" / app, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    kinds = {".js", ".css", ".html", ".json", ".map", ".svg"}
    files = [file for file in folder.rglob("*") if file.suffix in kinds]
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in files}


@pytest.mark.parametrize("app", ["patient", "staff"])
def test_the_site_holds_neither_sandbox_nor_demo_accounts(app: str, tmp_path: Path) -> None:
    """Neither the addresses nor the words; and it is the whole app that was looked at."""
    texts = built(app, tmp_path / "site")
    assert "index.html" in texts
    assert "/sign-in" in "".join(texts.values())
    found = {name: word for name, text in texts.items() for word in OF_THE_DEMO if word in text}
    assert found == {}


@pytest.mark.parametrize("app", ["patient", "staff"])
def test_the_local_pages_do_hold_them(app: str) -> None:
    """So that the test above would notice: the same words, in the build that the local hospital serves."""
    folder = WEB / "apps" / app / "dist" / "local"
    text = "".join(file.read_text(encoding="utf-8") for file in folder.rglob("*.js"))
    assert "/sandbox" in text
    assert "演示账号" in text
