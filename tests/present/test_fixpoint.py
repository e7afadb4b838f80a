# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random estates: declared, said in other words, exported, and built again; each time nothing is left to do.

`ML_ELASTIC_TEST_PROFILE` and `ML_ELASTIC_TEST_EXAMPLES` say how many, as in `tests/properties`.
"""

from contract.golden_files import VERSIONS
from hypothesis import given
from hypothesis import strategies as st

from present import doors
from present.clusters import KINDS
from present.configurations import SOURCES, estates
from present.rewording import reworded


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


@given(version=st.sampled_from(VERSIONS), door=st.sampled_from(doors.DOORS), first=estates(), second=estates())
def test_one_estate_becomes_another(clusters, counts, version, door, first, second):
    """What cannot be changed is created anew; then nothing is left to do, and what is not declared is as it was."""
    cluster = clusters(version)
    cluster.reset(indices=list(SOURCES))
    door.declare(cluster, first)
    before = cluster.estate()
    door.declare(cluster, second, anew=True)
    assert door.declare(cluster, second) == 0
    after = cluster.estate()
    for kind in KINDS:
        declared = {config[kind.id] for config in second[kind.key]}
        assert {id: after[kind.key][id] for id in before[kind.key].keys() - declared} == {
            id: before[kind.key][id] for id in before[kind.key].keys() - declared
        }
    counts["random estates that became others"] += 1
