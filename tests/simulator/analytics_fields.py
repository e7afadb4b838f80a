# Copyright (c) mlops.elastic contributors (@mlops-elastic)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which fields of the source indices an analysis uses, why not the others, and the rows that result.

Rules: ExtractedFieldsDetector and DataFrameDataExtractor (7.10 and later).
"""

from dataclasses import dataclass

from simulator import errors, expressions, indices, mappings
from simulator.config.analytics import is_excluded

NUMERICAL = ("byte", "double", "float", "half_float", "integer", "long", "scaled_float", "short")
SINCE_7_14 = ("unsigned_long",)
CATEGORICAL = ("ip", "keyword", "text")
BOOLEAN = ("boolean",)
DISCRETE = ("byte", "integer", "long", "short")
INCREMENTAL_ID = "ml__incremental_id"
NO_ROWS = (
    "no documents in the source indices [{}] contained all the fields selected for analysis. If you are relying on "
    "automatic field selection then there are currently mapped fields that do not exist in any indexed documents, and "
    "you will have to switch to explicit field selection and include only fields that exist in indexed documents."
)


@dataclass(frozen=True)
class Analysis:
    """What the kind of an analysis says about fields."""

    version: object
    name: str
    required: tuple[str, ...]

    @property
    def numerical(self) -> tuple[str, ...]:
        return NUMERICAL + (SINCE_7_14 if self.version.since(7, 14) else ())

    @property
    def supported(self) -> tuple[str, ...]:
        categorical = () if self.name == "outlier_detection" else CATEGORICAL
        return tuple(sorted(self.numerical + BOOLEAN + categorical))

    @property
    def accepted_if_required(self) -> tuple[str, ...]:
        discrete = tuple(sorted(CATEGORICAL + BOOLEAN + DISCRETE))
        return discrete if self.name == "classification" else tuple(sorted(self.numerical))

    @property
    def takes_missing_values(self) -> bool:
        return self.name != "outlier_detection"

    @property
    def classes(self) -> tuple[int, int] | None:
        """How many values the dependent variable of a classification may have."""
        return (2, 100 if self.version.since(8) else 30) if self.name == "classification" else None

    def kind(self, name: str, types: set[str]) -> str:
        is_class = self.name == "classification" and name in self.required
        return "numerical" if types <= set(self.numerical + BOOLEAN) and not is_class else "categorical"


def analysis_of(cluster, config: dict) -> Analysis:
    name, settings = next(iter(config["analysis"].items()))
    required = (settings["dependent_variable"],) if "dependent_variable" in settings else ()
    return Analysis(cluster.version, name, required)


def selection(cluster, config: dict) -> list[dict]:
    """`field_selection` (API: explain data frame analytics), sorted by name. Raises ApiError 404, 400."""
    analysis, types = analysis_of(cluster, config), field_types(cluster, config)
    classes = number_of_classes(cluster, config, analysis, types)
    excluded: dict[str, str] = {}
    candidates = sorted(name for name in types if is_read(config, name))
    chosen = compatible(analysis, types, candidates, excluded, config)
    chosen = filtered(analysis, types, chosen, excluded, config)
    check_types(analysis, types, chosen)
    check_required(analysis, types, chosen)
    check_classes(analysis, classes)
    chosen = without_doubles(analysis, types, chosen, excluded)
    shown = {name: included(analysis, name, types[name]) for name in chosen}
    shown.update((name, described(name, types[name], False, reason=reason)) for name, reason in excluded.items())
    return [shown[name] for name in sorted(shown)]


def field_types(cluster, config: dict) -> dict[str, set[str]]:
    """Mapping types by full field name, multi-fields included. Raises ApiError 404 for a missing index."""
    found: dict[str, set[str]] = {}
    for expression in config["source"]["index"]:
        if not indices.exists(cluster, expression) and not indices.is_pattern(expression):
            raise errors.not_found(f"cannot retrieve data because index [{expression}] does not exist")
    for index in indices.present(cluster, config["source"]["index"]).values():
        for name, kind in mappings.field_types(index.mappings).items():
            found.setdefault(name, set()).add(kind)
    return found


def is_read(config: dict, name: str) -> bool:
    """Not what an earlier analysis wrote, nor what `source._source` leaves out."""
    results = config["dest"].get("results_field", "ml")
    is_own = name.startswith(f"{results}.") or name == INCREMENTAL_ID
    return not is_own and not is_excluded(config["source"].get("_source", {}), name)


def matches_any(name: str, patterns) -> bool:
    return any(expressions.pattern(pattern).fullmatch(name) for pattern in patterns)


def compatible(analysis: Analysis, types: dict, names: list[str], excluded: dict, config: dict) -> list[str]:
    """All of them where the configuration says which to include, else those of supported types."""
    if config.get("analyzed_fields", {}).get("includes"):
        return names
    unsupported = [name for name in names if not types[name] <= set(analysis.supported)]
    excluded.update(dict.fromkeys(unsupported, unsupported_type(analysis)))
    return [name for name in names if name not in excluded]


def unsupported_type(analysis: Analysis) -> str:
    return f"unsupported type; supported types are [{', '.join(analysis.supported)}]"


def filtered(analysis: Analysis, types: dict, names: list[str], excluded: dict, config: dict) -> list[str]:
    """Apply `analyzed_fields`. Raises ApiError 400 for an include that is no field."""
    wanted = config.get("analyzed_fields", {})
    includes, excludes = wanted.get("includes") or ["*"], wanted.get("excludes") or []
    for pattern in includes:
        if not any(expressions.pattern(pattern).fullmatch(name) for name in names) and pattern != "*":
            raise errors.status_error(400, f"No field [{pattern}] could be detected")
    kept = []
    for name in names:
        is_supported = types[name] <= set(analysis.supported)
        if not matches_any(name, includes):
            excluded[name] = "field not in includes list" if is_supported else unsupported_type(analysis)
        elif matches_any(name, excludes):
            excluded[name] = "field in excludes list"
        else:
            kept.append(name)
    return kept


def check_types(analysis: Analysis, types: dict, names: list[str]) -> None:
    """Raises ApiError 400."""
    for name in names:
        if not types[name] <= set(analysis.supported):
            own, supported = listed(types[name]), listed(analysis.supported)
            raise errors.status_error(
                400, f"field [{name}] has unsupported type {own}. Supported types are {supported}."
            )


def check_required(analysis: Analysis, types: dict, names: list[str]) -> None:
    """Raises ApiError 400."""
    for name in analysis.required:
        if name not in names:
            needed = listed(analysis.required)
            raise errors.status_error(400, f"required field [{name}] is missing; analysis requires fields {needed}")
        if not types[name] <= set(analysis.accepted_if_required):
            own, expected = listed(types[name]), listed(analysis.accepted_if_required)
            raise errors.status_error(
                400, f"invalid types {own} for required field [{name}]; expected types are {expected}"
            )


def number_of_classes(cluster, config: dict, analysis: Analysis, types: dict) -> int:
    """How many values a classification tells apart. Raises ApiError 400 where they can't be counted."""
    if not analysis.classes:
        return 0
    (name,) = analysis.required
    if name not in types:
        raise errors.status_error(400, f"no mappings could be found for field [{name}]")
    if "text" in types[name]:
        raise errors.status_error(400, f"field [{name}] of type [text] is non-aggregatable")
    single = {field: next(iter(kinds)) for field, kinds in types.items()}
    found = indices.search(cluster, config["source"]["index"], config["source"]["query"])
    return len({text(value) for source in found for value in mappings.values(source, name, single)})


def check_classes(analysis: Analysis, number: int) -> None:
    """Raises ApiError 400."""
    if not analysis.classes:
        return
    (name,), (least, most) = analysis.required, analysis.classes
    if number < least:
        few = f"must have at least [{least}] distinct values but there were [{number}]"
        raise errors.status_error(400, f"Field [{name}] {few}")
    if number > most:
        many = f"must have at most [{most}] distinct values but there were at least [{number}]"
        raise errors.status_error(400, f"Field [{name}] {many}")


def listed(names) -> str:
    return f"[{', '.join(sorted(names))}]"


def without_doubles(analysis: Analysis, types: dict, names: list[str], excluded: dict) -> list[str]:
    """Of a field and its multi-fields only one is used: the required, else the first that is aggregatable."""
    kept: dict[str, str] = {}
    for name in names:
        parent = name.rpartition(".")[0]
        field = parent if parent in types else name
        if field not in kept:
            kept[field] = name
            continue
        preferred, other, why = preference(analysis, types, kept[field], name)
        excluded[other] = f"[{preferred}] {why}"
        kept[field] = preferred
    return list(kept.values())


def preference(analysis: Analysis, types: dict, first: str, second: str) -> tuple[str, str, str]:
    """Which of two is used, which is not, and why."""
    for one, other in ((first, second), (second, first)):
        if one in analysis.required:
            return one, other, "is required instead"
    if "." in first and first.rpartition(".")[0] in types:
        return first, second, "came first"
    for one, other in ((first, second), (second, first)):
        if "text" not in types[one]:
            return one, other, "is preferred because it is aggregatable"
    return first, second, "is preferred because none of the multi-fields are aggregatable"


def included(analysis: Analysis, name: str, types: set[str]) -> dict:
    return described(name, types, True, name in analysis.required, feature_type=analysis.kind(name, types))


def described(name: str, types: set[str], is_included: bool, is_required: bool = False, **more) -> dict:
    own = {"name": name, "mapping_types": sorted(types)}
    return {**own, "is_included": is_included, "is_required": is_required, **more}


def rows(cluster, config: dict, chosen: list[dict]) -> list[dict]:
    """The documents that can be analysed, as texts by field. Raises ApiError 404, 400."""
    analysis = analysis_of(cluster, config)
    names = [field["name"] for field in chosen if field["is_included"]]
    needed = analysis.required if analysis.takes_missing_values else names
    types = {name: next(iter(kinds)) for name, kinds in field_types(cluster, config).items()}
    found = []
    for source in indices.search(cluster, config["source"]["index"], config["source"]["query"]):
        row = {name: values[0] for name in names if len(values := mappings.values(source, name, types)) == 1}
        if row and all(name in row for name in needed):
            found.append({name: text(row[name]) if name in row else "" for name in names})
    return found


def text(value) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def require_rows(cluster, config: dict) -> None:
    """API: start data frame analytics. Raises ApiError 404, 400 where there is nothing to analyse."""
    chosen, analysis = selection(cluster, config), analysis_of(cluster, config)
    features = [field for field in chosen if field["is_included"] and field["name"] not in analysis.required]
    if not features:
        besides = f" (excluding fields {listed(analysis.required)})" if analysis.required else ""
        raise errors.status_error(400, f"at least one field must be included in the analysis{besides}")
    if not rows(cluster, config, chosen):
        problem = NO_ROWS.format(",".join(config["source"]["index"]))
        raise errors.status_error(400, f"Unable to start {config['id']} as {problem}")
