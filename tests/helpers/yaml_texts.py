"""YAML texts of random data in random styles, for tests that hold a reader against PyYAML."""

from collections.abc import Callable
from typing import Any

import yaml
from hypothesis import strategies as st

STYLES = st.sampled_from([None, None, None, '"', "'", "|", ">"])
FLOWS = st.sampled_from([None, False, False, True])


@st.composite
def yaml_texts(
    draw: st.DrawFn,
    words: st.SearchStrategy[Any],
    keys: st.SearchStrategy[str],
    change: Callable[[st.DrawFn, Any], Any] = lambda _, data: data,
) -> str:
    """Return a text; `change` may put something else into its data before."""

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return bool(draw(st.integers(0, 3)))

    def scalar(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=draw(STYLES))

    def mapping(dumper: yaml.SafeDumper, value: dict[str, Any]) -> yaml.Node:
        return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=draw(FLOWS))

    def sequence(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
        return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=draw(FLOWS))

    Dumper.add_representer(str, scalar)
    Dumper.add_representer(dict, mapping)
    Dumper.add_representer(list, sequence)
    leaves = words | st.none() | st.booleans() | st.integers(-5, 9000) | st.just(1.5)
    nested = st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
    )
    data = change(draw, draw(st.dictionaries(keys, nested, min_size=1, max_size=4)))
    text: str = yaml.dump(
        data,
        Dumper=Dumper,
        width=draw(st.sampled_from([10, 20, 40, 80, 1000])),
        default_flow_style=draw(st.sampled_from([None, True, False])),
        indent=draw(st.sampled_from([2, 2, 3, 4, 6])),
        allow_unicode=draw(st.booleans()),
        explicit_start=draw(st.integers(0, 9)) == 0,
        line_break=draw(st.sampled_from(["\n", "\n", "\r\n"])),
        sort_keys=False,
    )
    return text
