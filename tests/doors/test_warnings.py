# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module warns of reaches the user through either door, once for each time that it is said."""

import shutil

import pytest

from doors.playing import HERE, MODULE_DOOR

ROOT = HERE.parents[1]
WORK = "\n    result, failure = _result_of("
SAID = """
    module.warn("a warning about {}".format(module.params["job_id"][0]))
    module.deprecate("a thing of the past", version="99.0.0", collection_name="mlops.elastic")"""


@pytest.fixture(scope="module")
def outspoken(tmp_path_factory):
    """A copy of the collection whose modules warn, in a folder for collections."""
    folder = tmp_path_factory.mktemp("outspoken")
    collection = folder / "ansible_collections" / "mlops" / "elastic"
    for name in ("plugins", "meta"):
        shutil.copytree(ROOT / name, collection / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "galaxy.yml", collection)
    door = collection / "plugins" / "module_utils" / "door.py"
    text = door.read_text()
    assert text.count(WORK) == 1
    door.write_text(text.replace(WORK, SAID + WORK))
    return folder


def test_warnings(player, outspoken):
    env = {
        "ANSIBLE_COLLECTIONS_PATH": str(outspoken),
        "ANSIBLE_STDOUT_CALLBACK": "recorder",  # the default one takes warnings out of results when it shows them
    }
    here, there = (player.play("warned.yml", env=env | door).results[0]["result"] for door in ({}, MODULE_DOOR))
    assert here == there
    assert gathered(here, "warnings") == ["a warning about none-1*", "a warning about none-2*"]
    assert [said["msg"] for said in gathered(here, "deprecations")] == ["a thing of the past"] * 2


def gathered(result, kind):
    """What a loop's items say of this kind; before ansible-core 2.21 it stands in the loop's own result alone."""
    return [said for item in result["results"] for said in item.get(kind, [])] or result[kind]
