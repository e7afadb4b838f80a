# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random estates: declared, said in other words, exported, and built again; each time nothing is left to do.

`ML_ELASTIC_TEST_PROFILE` and `ML_ELASTIC_TEST_EXAMPLES` say how many, as in `tests/properties`.
"""

from contract.golden_files import VERSIONS
from hypothesis import given, settings
from hypothesis import strategies as st

from present import doors
from present.clusters import KINDS
from present.configurations import SOURCES, estates
from present.rewording import meaning, reworded

HALF = settings(max_examples=settings.default.max_examples // 2)
"""An example here is a dozen tasks."""


@HALF
@given(version=st.sampled_from(VERSIONS), door=st.sampled_from(doors.DOORS), estate=estates(), words=reworded())
def test_fixpoint(clusters, counts, version, door, estate, words):
    cluster = clusters(version)
    cluster.reset(indices=list(SOURCES))
    size = sum(map(len, estate.values()))
    assert door.declare(cluster, estate) == size
    before = cluster.estate()
    assert door.declare(cluster, words(estate)) == 0
    exported = door.export(cluster)
    assert door.declare(cluster, exported) == 0
    assert cluster.estate() == before
    cluster.reset(indices=list(SOURCES))
    assert door.declare(cluster, exported) == size
    assert cluster.estate() == before
    counts["random estates"] += 1
    counts["items of random estates"] += size


@HALF
@given(version=st.sampled_from(VERSIONS), door=st.sampled_from(doors.DOORS), first=estates(), second=estates())
def test_one_estate_becomes_another(clusters, counts, version, door, first, second):
    """What cannot be changed is created anew; then what is declared is as on an empty cluster, the rest as it was."""
    cluster = clusters(version)
    cluster.reset(indices=list(SOURCES))
    for kind in KINDS:
        for config in second[kind.key]:
            cluster.put(kind, config[kind.id], config)
    wanted = cluster.estate()
    cluster.reset(indices=list(SOURCES))
    door.declare(cluster, first)
    before = cluster.estate()
    door.declare(cluster, second, anew=True)
    assert door.declare(cluster, second) == 0
    after = cluster.estate()
    for kind in KINDS:
        declared = {config[kind.id]: config for config in second[kind.key]}
        for id, config in declared.items():
            assert_as_declared(config, after[kind.key][id], wanted[kind.key][id])
        for id in before[kind.key].keys() - declared.keys():
            assert after[kind.key][id] == before[kind.key][id]
    counts["random estates that became others"] += 1


BY_MEMBER = ("analysis_config", "analysis_limits", "model_plot_config", "data_description", "indices_options")
BY_MEMBER += ("source", "dest", "analysis", "outlier_detection", "regression", "classification")


def assert_as_declared(declared: dict, found: dict, wanted: dict) -> None:
    """What is declared is the same in both; what is not may differ."""
    for name, value in declared.items():
        if name in BY_MEMBER:
            assert_as_declared(value, found[name], wanted[name])
        elif name == "detectors":
            for detector, there, elsewhere in zip(value, found[name], wanted[name], strict=True):
                assert_as_declared(detector, there, elsewhere)
        else:
            assert meaning(name, found.get(name)) == meaning(name, wanted.get(name)), name
