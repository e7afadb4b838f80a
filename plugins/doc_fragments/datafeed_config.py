# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a datafeed consists of."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  job_id:
    description:
      - The anomaly detection job that the datafeed feeds. A job has one datafeed at most.
      - Needed to create a datafeed. Another job needs another datafeed, see O(on_immutable_change).
    type: str
  indices:
    description:
      - Names of the indices, aliases and data streams that are searched, also with wildcards, and on other clusters
        (V(cluster:index)).
      - Needed to create a datafeed. Order and repetition mean nothing, unless a name is excluded (V(-index)).
      - A change needs the datafeed stopped, see O(restart).
    type: list
    elements: str
    aliases: [indexes]
  query:
    description:
      - What is searched for, as a query of the search API.
      - A server keeps a query as it was sent, and so it is compared as it is written; only the two ways to write one
        for everything are the same.
      - Without it, a new datafeed searches for everything.
      - A change needs the datafeed stopped, see O(restart).
    type: dict
  aggregations:
    description:
      - What the server makes of the documents before the job gets them; the job needs C(summary_count_field_name).
      - Compared as it is written. Cannot be used together with O(script_fields).
      - Without it, a new datafeed hands on single documents.
      - A change needs the datafeed stopped, see O(restart). An empty dict says that there are to be none, and to take
        away those that are there needs another datafeed, see O(on_immutable_change).
    type: dict
    aliases: [aggs]
  query_delay:
    description:
      - How far the datafeed stays behind real time, so that late documents are found, as a whole number with a unit
        (V(90s), V(2m)).
      - Without it, a new datafeed gets a time between 60 and 120 seconds that follows from O(job_id).
      - A change needs the datafeed stopped, see O(restart).
    type: str
  frequency:
    description:
      - How often the datafeed searches in real time, in whole seconds, as a whole number with a unit (V(150s), V(5m)).
        With O(aggregations), it has to be a multiple of their interval.
      - Without it, a new datafeed leaves it to the server, which takes the bucket span or a part of it. What is set
        once cannot be taken away again, only changed.
      - A change needs the datafeed stopped, see O(restart).
    type: str
  scroll_size:
    description:
      - How many documents are read at once, where there are no O(aggregations).
      - Without it, a new datafeed reads 1000.
      - A change needs the datafeed stopped, see O(restart).
    type: int
  chunking_config:
    description:
      - How a search over a long time is divided into several.
      - Declared as a whole. Without it, a new datafeed leaves it to the server (V(auto)), and with O(aggregations)
        takes 1000 of their intervals at once.
      - A change needs the datafeed stopped, see O(restart).
    type: dict
    suboptions:
      mode:
        description:
          - V(auto) leaves it to the server, V(manual) takes O(chunking_config.time_span), V(off) divides nothing.
        type: str
        required: true
        choices: [auto, manual, "off"]
      time_span:
        description: The time of one search, as a whole number with a unit (V(3h)). Belongs to V(manual).
        type: str
  delayed_data_check_config:
    description:
      - Whether the datafeed looks for documents that came too late.
      - Declared as a whole. Without it, a new datafeed looks, over a time that the server chooses.
      - A change needs the datafeed stopped, see O(restart).
    type: dict
    suboptions:
      enabled:
        description: Whether it looks.
        type: bool
        required: true
      check_window:
        description:
          - How far back, as a whole number with a unit (V(2h)). At least the job's bucket span, and one day at most.
          - Without it, the server chooses.
        type: str
  indices_options:
    description:
      - How the names in O(indices) are understood.
      - What is not declared of it stays as it is, and is the server's default for a new datafeed.
      - A change needs the datafeed stopped, see O(restart). Elasticsearch 7.7 and later.
    type: dict
    suboptions:
      expand_wildcards:
        description: What wildcards take in. A new datafeed has V(open).
        type: list
        elements: str
        choices: [open, closed, hidden, none, all]
      ignore_unavailable:
        description: Whether indices that are missing or closed are left out. A new datafeed has V(false).
        type: bool
      allow_no_indices:
        description: Whether a wildcard may match nothing. A new datafeed has V(true).
        type: bool
      ignore_throttled:
        description: Whether frozen indices are left out. A new datafeed has V(true).
        type: bool
  max_empty_searches:
    description:
      - After how many searches in real time that found nothing the datafeed stops and closes its job, before it has
        ever found anything.
      - V(-1) takes the limit away. Without it, a new datafeed has none.
      - A change needs the datafeed stopped, see O(restart). Elasticsearch 7.5 and later.
    type: int
  script_fields:
    description:
      - Fields that a script computes, by name, as in the search API. Cannot be used together with O(aggregations).
      - Declared as a whole; an empty dict takes all of them away. Without it, a new datafeed has none.
      - A change needs the datafeed stopped, see O(restart).
    type: dict
  runtime_mappings:
    description:
      - Fields that exist only in the datafeed's searches, by name, as in a mapping.
      - Declared as a whole; an empty dict takes all of them away. Without it, a new datafeed has none.
      - A change needs the datafeed stopped, see O(restart). Elasticsearch 7.12 and later.
    type: dict
  project_routing:
    description:
      - Which projects a search across projects takes in. Elasticsearch 9.3 and later, where such searches are enabled;
        other servers refuse it.
      - A change needs the datafeed stopped, see O(restart).
    type: str
"""
