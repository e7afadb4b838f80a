# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws docs/demo.svg: parts of what `make demo` prints on a terminal, in their order."""

from __future__ import annotations

import fcntl
import io
import os
import re
import struct
import subprocess
import termios
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[2]
DEMO = (str(ROOT / ".venv" / "bin" / "python"), str(ROOT / "tests" / "tools" / "demo.py"))
PICTURE = ROOT / "docs" / "demo.svg"
COLUMNS = 100
SHOWN = (
    ("First run", ("TASK [Say what happened]", "PLAY RECAP")),
    ("Second run", ("PLAY RECAP",)),
    ("mlops.elastic.drift", ("TASK [mlops.elastic.deploy : Hold the cluster",)),
    ("mlops.elastic.apply: only what differs", ("TASK [mlops.elastic.deploy : Say what",)),
)
"""Titles of the demo by how they begin, and what is shown below each."""

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
WEB_FONTS = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
"""Nothing is fetched where the picture is shown: it is drawn in a font that is there."""


def recorded() -> list[str]:
    """The lines of the demo on a terminal of this width."""
    ours, its = os.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
    with subprocess.Popen(DEMO, stdin=subprocess.DEVNULL, stdout=its, stderr=its, cwd=ROOT) as demo:
        os.close(its)
        read = b"".join(iter(lambda: chunk(ours), b""))
    if demo.returncode:
        raise SystemExit(read.decode())
    return read.decode().replace("\r", "").splitlines()


def chunk(terminal: int) -> bytes:
    """What comes next; nothing once the other side is closed, which Linux tells as an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def paragraphs(lines: list[str]) -> list[list[str]]:
    """Lines that stand together: one task, one recap, one title."""
    found: list[list[str]] = []
    for line in lines:
        if re.match(r"(TASK|PLAY) |PLAY RECAP", ESCAPE.sub("", line)) or line.startswith("\x1b[1m"):
            found.append([])
        if found:
            found[-1].append(line)
    return found


def chosen(lines: list[str]) -> list[str]:
    shown: list[str] = []
    wanted: tuple[str, ...] = ()
    for paragraph in paragraphs(lines):
        head = ESCAPE.sub("", paragraph[0])
        titles = [inner for title, inner in SHOWN if head.startswith(title)]
        if titles or head.startswith(wanted):
            wanted = titles[0] if titles else wanted
            shown += [*trimmed(paragraph), ""]
        elif paragraph[0].startswith("\x1b[1m"):
            wanted = ()
    return shown


def trimmed(paragraph: list[str]) -> list[str]:
    """Without empty lines and long rules of asterisks; a recap without its columns."""
    lines = [re.sub(r"\*{4,}", "***", line) for line in paragraph if ESCAPE.sub("", line).strip()]
    return [re.sub(" +", " ", line) if "ok=" in line else line for line in lines]


def main() -> None:
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for line in ["\x1b[1m$ make demo\x1b[0m", "", *chosen(recorded())]:
        console.print(Text.from_ansi(line), soft_wrap=True)
    PICTURE.write_text(
        console.export_svg(
            title="make demo, in parts",
            code_format=WEB_FONTS.sub("", CONSOLE_SVG_FORMAT),
            unique_id="demo",
        )
    )


if __name__ == "__main__":
    main()
