# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a data frame analytics job consists of."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  description:
    description:
      - What the job is for. An empty text takes it away.
      - Without it, a new job has none. Changed in place, also while the job runs.
    type: str
  source:
    description:
      - What is analysed. Needed to create a job.
      - What is not declared of it is not compared. It never changes, see O(on_immutable_change).
    type: dict
    suboptions:
      index:
        description:
          - Names of the indices that are read, also with wildcards. Needed to create a job.
          - Order and repetition mean nothing, unless a name is excluded (V(-index)).
        type: list
        elements: str
      query:
        description:
          - Which documents are read, as a query of the search API. Compared as it is written; only the two ways to
            write one for everything are the same.
          - Without it, a new job reads all of them.
        type: dict
      runtime_mappings:
        description:
          - Fields that exist only in the job's searches, by name, as in a mapping. Declared as a whole. Elasticsearch
            7.12 and later.
        type: dict
      _source:
        description:
          - Which fields get into the destination index. Declared as a whole.
          - Without it, all of a new job do. Elasticsearch 7.6 and later.
        type: dict
        suboptions:
          includes:
            description: Names or patterns of the fields that do. All, where there are none.
            type: list
            elements: str
          excludes:
            description: Names or patterns of fields that are left out, also of the included ones.
            type: list
            elements: str
  dest:
    description:
      - Where the results go. Needed to create a job.
      - It never changes, see O(on_immutable_change). The index itself is neither deleted with the job nor emptied.
    type: dict
    suboptions:
      index:
        description:
          - The index for documents and results. The server creates it, or takes one that is empty. Needed to create a
            job.
        type: str
      results_field:
        description: The field that holds the results. A new job has V(ml).
        type: str
  analysis:
    description:
      - What kind of analysis it is, exactly one, with its parameters. Needed to create a job.
      - Parameters that are not declared are not compared, because the server fills in its defaults, or the best it
        finds.
      - It never changes, see O(on_immutable_change).
    type: dict
    suboptions:
      outlier_detection:
        description: Finds documents that are unlike the others.
        type: dict
        suboptions:
          method:
            description: How. Without it, several are combined.
            type: str
            choices: [lof, ldof, distance_kth_nn, distance_knn]
          n_neighbors:
            description: How many neighbours each document is compared with. Without it, several numbers are combined.
            type: int
          feature_influence_threshold:
            description:
              - From which score on the influence of each feature is written, from 0 to 1. The server's default is 0.1.
            type: float
          compute_feature_influence:
            description: Whether it is computed at all. A new job has V(true).
            type: bool
          outlier_fraction:
            description:
              - The part of the documents that are taken for outliers beforehand, from 0 to 1. A new job has 0.05.
            type: float
          standardization_enabled:
            description: Whether columns are brought to the same mean and variance first. A new job has V(true).
            type: bool
      regression:
        description: Predicts a number.
        type: dict
        suboptions:
          <<: &trees
            dependent_variable:
              description: The field whose value is to be predicted. Needed.
              type: str
              required: true
            prediction_field_name:
              description:
                - The name of the field that holds the prediction. A new job has the name of the variable with
                  C(_prediction) behind it.
              type: str
            feature_processors:
              description:
                - What is made of fields before they are analysed, in order, each C(frequency_encoding),
                  C(multi_encoding), C(n_gram_encoding), C(one_hot_encoding) or C(target_mean_encoding) with its
                  parameters. Compared as it is written. Elasticsearch 7.11 and later.
              type: list
              elements: dict
            max_trees:
              description: How many trees there are at most, from 1 to 2000.
              type: int
              aliases: [maximum_number_trees]
            lambda:
              description:
                - How much the size of leaf weights costs in the loss, which keeps trees from overfitting. Not negative.
              type: float
            gamma:
              description: How much each leaf costs in the loss, which keeps trees small. Not negative.
              type: float
            alpha:
              description:
                - How much the depth of a tree costs in the loss, which keeps trees flat. Not negative.
                - Elasticsearch 7.11 and later.
              type: float
            eta:
              description: How much each tree contributes, from 0.001 to 1.
              type: float
            eta_growth_rate_per_tree:
              description:
                - By what C(eta) is multiplied from one tree to the next, from 0.5 to 2. Elasticsearch
                  7.11 and later.
              type: float
            feature_bag_fraction:
              description: The part of the features from which each split chooses, above 0 and up to 1.
              type: float
            soft_tree_depth_limit:
              description: From which depth on trees cost more. Not negative. Elasticsearch 7.11 and later.
              type: float
            soft_tree_depth_tolerance:
              description: How fast that cost grows, at least 0.01. Elasticsearch 7.11 and later.
              type: float
            downsample_factor:
              description:
                - The part of the data from which each tree is trained, above 0 and up to 1.
                - Elasticsearch 7.11 and later.
              type: float
            max_optimization_rounds_per_hyperparameter:
              description:
                - How often each undeclared hyperparameter is tried, from 0 to 20. Elasticsearch 7.11 and later.
              type: int
            early_stopping_enabled:
              description:
                - Whether training ends where it gains too little. A new job has V(true). Elasticsearch 7.11 and later.
              type: bool
            num_top_feature_importance_values:
              description: How many of the most important features each document names. A new job has 0.
              type: int
            training_percent:
              description: The percentage of documents to train on, above 0 and up to 100. A new job has 100.
              type: float
            randomize_seed:
              description:
                - The number from which the choice of these documents follows. The server makes one up where it is not
                  declared.
              type: int
          loss_function:
            description: What training makes small. A new job has V(mse).
            type: str
            choices: [mse, msle, huber]
          loss_function_parameter:
            description: A parameter of V(msle) and V(huber). Positive.
            type: float
      classification:
        description: Predicts a class.
        type: dict
        suboptions:
          <<: *trees
          class_assignment_objective:
            description: What the choice of a class makes large. A new job has V(maximize_minimum_recall).
            type: str
            choices: [maximize_minimum_recall, maximize_accuracy]
          num_top_classes:
            description: For how many classes probabilities are written, V(-1) for all. A new job has 2.
            type: int
  analyzed_fields:
    description:
      - Which fields are analysed. Declared as a whole.
      - Without it, a new job takes all that it can. It never changes, see O(on_immutable_change).
    type: dict
    suboptions:
      includes:
        description: Names or patterns of the fields that are analysed. All, where there are none.
        type: list
        elements: str
      excludes:
        description: Names or patterns of fields that are left out, also of the included ones.
        type: list
        elements: str
  model_memory_limit:
    description:
      - How much memory the analysis may take, as a number with a unit (V(512mb), V(1gb)). Compared in bytes.
      - Without it, a new job has 1gb, or the most that the cluster allows if that is less.
      - A change needs the job stopped, see O(restart).
    type: str
  allow_lazy_start:
    description:
      - Whether the job may be started while no node has room for it, and waits for one.
      - Without it, a new job may not. Changed in place, also while the job runs.
    type: bool
  max_num_threads:
    description:
      - How many threads the analysis may use.
      - Without it, a new job uses one. A change needs the job stopped, see O(restart).
    type: int
  _meta:
    description:
      - What you want to keep with the job, as you like.
      - Declared as a whole; an empty dict takes everything away. Changed in place, also while the job runs.
      - Elasticsearch 7 refuses it.
    type: dict
"""
