# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: BSD-2-Clause

"""A declaration as a directory of files: a job with its datafeeds in one, every other thing in a file of its own."""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass

from ansible_collections.mlops.elastic.plugins.module_utils import expressions
from ansible_collections.mlops.elastic.plugins.module_utils.errors import MlError
from ansible_collections.mlops.elastic.plugins.module_utils.export_yaml import parse, render

SUFFIX = ".yml"
_FOLDERS = (
    ("jobs", "jobs", "job_id"),
    ("datafeeds", "datafeeds", "datafeed_id"),
    ("data_frame_analytics", "analytics", "id"),
    ("calendars", "calendars", "calendar_id"),
    ("filters", "filters", "filter_id"),
)
_MODE = 0o666


@dataclass(frozen=True)
class Change:
    """A file that is not as it shall be; C(before) or C(after) is None where there is none."""

    path: str
    before: str | None
    after: str | None

    def as_result(self):
        action = "removed" if self.after is None else "created" if self.before is None else "updated"
        return {"path": self.path, "action": action}

    def as_diff(self):
        return {
            "before_header": self.path if self.before is not None else "",
            "after_header": self.path if self.after is not None else "",
            "before": self.before or "",
            "after": self.after or "",
        }


def layout(bundle):
    """Return the files of a declaration: path below the directory to what the file declares."""
    files = {}
    for option, folder, id_key in _FOLDERS:
        for item in bundle.get(option) or []:
            home = f"jobs/{item['job_id']}{SUFFIX}" if option == "datafeeds" else None
            path = home if home in files else f"{folder}/{item[id_key]}{SUFFIX}"
            files.setdefault(path, {}).setdefault(option, []).append(item)
    return files


def changes(directory, bundle, gone=None):
    """Return what makes the directory say what the bundle does, as a list of L(Change).

    A file that means the same already is left as it is, with the comments that somebody wrote into it.

    :arg gone: option to the expressions whose things have no file unless they are in the bundle
    :raises MlError: a file cannot be read
    """
    files = layout(bundle)
    found = []
    for path, content in files.items():
        before = _read(os.path.join(directory, path))
        if before is None or parse(before) != content:
            found.append(Change(path, before, render(content)))
    for option, folder, id_key in _FOLDERS:
        tokens = (gone or {}).get(option) or []
        for path in _others(directory, folder, files) if tokens else []:
            before = _read(os.path.join(directory, path))
            if before is not None and _declares_only(parse(before), option, id_key, tokens):
                found.append(Change(path, before, None))
    return found


def carry_out(directory, changes):
    """Write and remove files; each is there as a whole or not at all.

    :raises MlError: the system refuses
    """
    for change in changes:
        path = os.path.join(directory, change.path)
        try:
            if change.after is None:
                os.remove(path)
            else:
                _write(path, change.after)
        except OSError as error:
            raise _refused(f"write {path}" if change.after else f"remove {path}", error) from error


def _others(directory, folder, files):
    """Return the paths of a folder's files that no declaration has."""
    place = os.path.join(directory, folder)
    try:
        names = sorted(os.listdir(place))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _refused(f"read {place}", error) from error
    return [f"{folder}/{name}" for name in names if name.endswith(SUFFIX) and f"{folder}/{name}" not in files]


def _declares_only(content, option, id_key, tokens):
    """Tell whether a file declares things of one option, and only such as expressions mean."""
    items = content.get(option) if isinstance(content, dict) else None
    return isinstance(items, list) and all(
        any(expressions.matches(token, _names(item, id_key)) for token in tokens) for item in items
    )


def _names(item, id_key):
    return {item.get(id_key), *(item.get("groups") or [])} - {None} if isinstance(item, dict) else set()


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(f"read {path}", error) from error


def _write(path, text):
    path = os.path.realpath(path)
    folder = os.path.dirname(path)
    os.makedirs(folder, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(draft, _mode(path))
        os.replace(draft, path)
    except OSError:
        os.remove(draft)
        raise


def _mode(path):
    """Return the mode of a file, or the one that a new file gets."""
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return _MODE & ~mask


def _refused(what, error):
    return MlError(f"could not {what}: {error}", type="file", reason=str(error))
