# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an anomaly detection job consists of, and what changing it costs."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  description:
    description:
      - What the job is for. An empty text takes it away.
      - Changed in place.
    type: str
  groups:
    description:
      - The groups that the job is in; order does not matter. V([]) takes it out of all.
      - No group may have the id of a job.
      - Changed in place.
    type: list
    elements: str
  analysis_config:
    description:
      - What is analyzed, and how.
      - Most of it is what the model was made with, so that only another job can have it otherwise. What an open job
        can be given is said with each option.
      - Needed to create a job.
    type: dict
    suboptions:
      bucket_span:
        description:
          - The length of the interval by which data is summarized, a whole number with a unit, V(15m) or V(1h).
          - Durations compare by length, V(60m) is V(1h).
          - The server's default is V(5m). Never changed.
        type: str
      detectors:
        description:
          - What is computed of which fields. Needed to create a job.
          - The server tells detectors apart by their position, so keep their order. What a detector computes, of what
            and split by what is never changed, nor is their number; descriptions and rules are changed in place.
        type: list
        elements: dict
        suboptions:
          function:
            description:
              - The analysis function, such as V(count), V(high_mean) or V(rare).
              - Short names mean the same as long ones (V(nzc) is V(non_zero_count), V(dc) is V(distinct_count)).
              - The server's default is V(metric). Never changed.
            type: str
          field_name:
            description: The field that the function analyzes, where it needs one. Never changed.
            type: str
          by_field_name:
            description: The field that splits data, each value compared with its own past. Never changed.
            type: str
          over_field_name:
            description: The field that splits data, each value compared with all others. Never changed.
            type: str
          partition_field_name:
            description: The field that splits data into partitions with models of their own. Never changed.
            type: str
          exclude_frequent:
            description:
              - Whether frequent values are left out, one of V(all), V(none), V(by) and V(over).
              - The server's default is V(none). Never changed.
            type: str
          use_null:
            description:
              - Whether a missing value of a splitting field is a value of its own.
              - The server's default is V(false). Never changed.
            type: bool
          detector_description:
            description:
              - What the detector is called in results. The server makes one up where a job is created without it.
              - Changed in place.
            type: str
          custom_rules:
            description:
              - What to do with results or data for which conditions hold. V([]) takes all rules away.
              - Changed in place, all of a detector's rules together. Some servers from 8.13 to 8.15 apply rules to an
                open job only when it is reopened; O(restart=always) does that.
            type: list
            elements: dict
            suboptions:
              actions:
                description:
                  - V(skip_result), V(skip_model_update), and from 8.16 on V(force_time_shift).
                  - The server's default is V(skip_result).
                type: list
                elements: str
              scope:
                description:
                  - Splitting fields by name, each with C(filter_id) and C(filter_type) (V(include) or V(exclude)); the
                    rule applies to values that the filter holds, or does not hold.
                  - C(filter_type) is V(include) where it is not given.
                type: dict
              conditions:
                description: Conditions on numbers, all of which have to hold.
                type: list
                elements: dict
                suboptions:
                  applies_to:
                    description: One of V(actual), V(typical), V(diff_from_typical) and V(time).
                    type: str
                    required: true
                  operator:
                    description: One of V(gt), V(gte), V(lt) and V(lte).
                    type: str
                    required: true
                  value:
                    description: What to compare with; for V(time), seconds since 1970.
                    type: float
                    required: true
              params:
                description: Parameters of the actions.
                type: dict
                suboptions:
                  force_time_shift:
                    description: How V(force_time_shift) shifts the model's time.
                    type: dict
                    suboptions:
                      time_shift_amount:
                        description: By how many seconds, negative for backwards.
                        type: int
          detector_index:
            description:
              - The detector's position from 0 on. Neither compared nor needed, since the server counts itself; taken so
                that what a server returned can be declared.
            type: int
      influencers:
        description:
          - Fields that may be to blame for anomalies; order does not matter.
          - The server's default is V([]). Never changed.
        type: list
        elements: str
      categorization_field_name:
        description:
          - The field whose texts are sorted into categories, which detectors know as C(mlcategory).
          - Never changed.
        type: str
      categorization_filters:
        description:
          - Regular expressions for parts of those texts that are ignored, a list or one alone.
          - Servers from 7.14 on put them into O(analysis_config.categorization_analyzer) and never change them; for
            servers before that they are changed in place, and an open job is closed and reopened to take them.
        type: raw
      categorization_analyzer:
        description:
          - How those texts are taken apart, the name of an analyzer, or a mapping with C(char_filter), C(tokenizer) and
            C(filter). Not together with O(analysis_config.categorization_filters).
          - Where neither is given, the server has its own for each version. Never changed.
        type: raw
      per_partition_categorization:
        description: Whether each partition has categories of its own. Needs Elasticsearch 7.9.
        type: dict
        suboptions:
          enabled:
            description: The server's default is V(false). Never changed.
            type: bool
          stop_on_warn:
            description:
              - Whether partitions whose texts make bad categories are left alone from then on.
              - The server's default is V(false). Changed in place.
            type: bool
      summary_count_field_name:
        description: The field that says for how many documents a summarized one stands. Never changed.
        type: str
      latency:
        description:
          - How late data may arrive, a whole number with a unit. Datafeeds never deliver late data, so it is for data
            that is posted.
          - The server's default is V(0s). Never changed.
        type: str
      multivariate_by_fields:
        description:
          - Whether correlations between values of by fields are looked for.
          - The server's default is V(false). Never changed.
        type: bool
      model_prune_window:
        description:
          - How long a splitting value may be silent before its model is dropped, a multiple of the bucket span. Needs
            Elasticsearch 7.16.
          - The default of servers from 8.0 on is V(30d), or 20 bucket spans where that is longer.
          - Changed in place, and an open job is closed and reopened to take it.
        type: str
  analysis_limits:
    description:
      - What the analysis may take.
      - Changed while the job is closed, for which an open one is closed and reopened. What is not declared stays as it
        is, although servers before 9.0 would reset it.
    type: dict
    suboptions:
      model_memory_limit:
        description:
          - How much memory the model may take, V(512mb), V(2gb), or a number of megabytes. Cut off to whole megabytes.
          - It cannot be less than what the model takes now.
          - The server's default is V(1024mb), or the cluster's highest limit where that is less.
        type: raw
      categorization_examples_limit:
        description: How many examples of each category are kept. The server's default is V(4).
        type: int
  data_description:
    description:
      - What the data looks like. Needed to create a job, at least as V({}).
      - Never changed.
    type: dict
    suboptions:
      time_field:
        description: The field that has the time. The server's default is V(time).
        type: str
      time_format:
        description:
          - V(epoch), V(epoch_ms), or a pattern of Java's C(DateTimeFormatter).
          - The server's default is V(epoch_ms).
        type: str
      format:
        description:
          - V(xcontent), or for data that is posted to servers before 8.0, V(delimited). Later servers take that and
            forget it, so that it is not compared there.
        type: str
      field_delimiter:
        description: What delimits fields of such data, one character. Needs a server before 8.0.
        type: str
      quote_character:
        description: What quotes fields of such data, one character. Needs a server before 8.0.
        type: str
  model_plot_config:
    description:
      - Whether the bounds of the model are kept beside results, which takes space and time.
      - Changed in place. What is not declared stays as it is, although the server would forget it.
    type: dict
    suboptions:
      enabled:
        description: Whether they are kept. The server's default is V(false).
        type: bool
      annotations_enabled:
        description:
          - Whether changes of the model are annotated. Needs Elasticsearch 7.9.
          - Where a job is created without it, the server takes the value of O(model_plot_config.enabled).
        type: bool
      terms:
        description: Splitting values to which it is limited, separated by commas. An empty text means all.
        type: str
  custom_settings:
    description:
      - Anything that is kept with the job, such as C(custom_urls) and C(created_by).
      - Compared and replaced as a whole; V({}) empties it.
      - Changed in place.
    type: dict
  results_index_name:
    description:
      - The index of the results, to whose name the server adds C(custom-) where it lacks that. V(shared) is the one
        that jobs share.
      - The server's default is V(shared). Never changed.
    type: str
  model_snapshot_retention_days:
    description:
      - How many days model snapshots are kept, counted from the newest one.
      - The server's default is V(10). Changed in place.
    type: int
  daily_model_snapshot_retention_after_days:
    description:
      - After how many days only the first snapshot of a day is kept, O(model_snapshot_retention_days) at most. Needs
        Elasticsearch 7.8.
      - The server's default is V(1). Changed in place.
    type: int
  results_retention_days:
    description:
      - How many days results are kept, counted from the latest one. Without it they are kept for good, and the server
        can't be brought back to that once there is a number.
      - Changed in place.
    type: int
  renormalization_window_days:
    description:
      - For how many days back scores are adjusted to new data.
      - Without it that is 30 days or 100 bucket spans, whichever is longer.
      - Changed in place, and an open job is closed and reopened to take it.
    type: int
  background_persist_interval:
    description:
      - How often the model is saved while the job is open, a whole number with a unit, V(1h) at least.
      - Without it that is between 3 and 4 hours.
      - Changed in place, and an open job is closed and reopened to take it.
    type: str
  allow_lazy_open:
    description:
      - Whether the job may be opened while no node has room for it, and then waits for one.
      - The server's default is V(false). Needs Elasticsearch 7.5.
      - Changed in place, and an open job is closed and reopened to take it.
    type: bool
"""
