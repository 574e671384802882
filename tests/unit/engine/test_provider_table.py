"""The table names only what the installed pulumi_aws and the upstream provider can have."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

from engine.pins import locked_version
from tests.support import sdk_package
from tests.support.provider_table import JsonObject, gaps, table
from tests.support.real_engine import ROOT

# Field rules that engine/provider_aws/table.go reads.
RULES = {"name", "type", "default", "maxItemsOne", "autoname", "element"}
AUTONAME_RULES = {"maxLength", "prefix", "fifoProperty", "lowerCase"}


def entries() -> dict[str, JsonObject]:
    names = table()
    return dict(
        chain(names["resources"].items(), ((f"data.{key}", value) for key, value in names["dataSources"].items()))
    )


def test_every_token_is_one_of_the_installed_package() -> None:
    known = sdk_package.known_tokens()
    assert {name: entry["token"] for name, entry in entries().items() if entry["token"] not in known} == {}


def test_no_token_is_served_twice() -> None:
    counted = Counter(str(entry["token"]) for entry in entries().values())
    assert [token for token, count in counted.items() if count > 1] == []


def unknown_rules(fields: JsonObject) -> set[str]:
    found: set[str] = set()
    for rules in fields.values():
        found |= set(rules) - RULES
        found |= set(rules.get("autoname", {})) - AUTONAME_RULES
        found |= unknown_rules(rules.get("element", {}))
    return found


def test_every_rule_is_one_that_the_provider_reads() -> None:
    wrong = {name: unknown_rules(entry.get("fields", {})) for name, entry in entries().items()}
    assert {name: rules for name, rules in wrong.items() if rules} == {}


def test_overridden_names_are_wire_names_of_the_package() -> None:
    names = table()
    wrong: list[str] = []
    for terraform_name, entry in names["resources"].items():
        members = sdk_package.resource(entry["token"])
        wrong += [
            f"{terraform_name}.{rules['name']}"
            for rules in entry.get("fields", {}).values()
            if "name" in rules and rules["name"] not in members.inputs
        ]
    assert wrong == []


def test_services_are_sorted_and_single() -> None:
    services = table()["services"]
    assert services == sorted(set(services))


def test_gaps_name_members_of_the_package_and_reasons() -> None:
    kinds = gaps()
    assert set(kinds) == {"inputs", "outputs", "shapes"}
    for path, reason in chain(*(kind.items() for kind in kinds.values())):
        assert re.fullmatch(r"(data\.)?aws_[a-z0-9_]+(\.\w+)+", path)
        assert len(reason) > 10
        assert path.rsplit(".", 1)[0].removeprefix("data.").split(".")[0] in {
            name.removeprefix("data.") for name in entries()
        }


def test_program_registers_only_what_the_table_has() -> None:
    """Every pulumi_aws class or function that the program's source names is in the table."""
    sources = [
        ROOT / "stack.py",
        ROOT / "__main__.py",
        *(ROOT / "components").rglob("*.py"),
        *(ROOT / "settings").rglob("*.py"),
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources if path.exists())
    served = {str(entry["token"]) for entry in entries().values()}
    used = sdk_package.tokens_used_in(text)
    assert used - served == set()
    assert used, "the program names no resource: this test reads the wrong files"


def test_table_is_for_the_locked_package() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", locked_version(ROOT, "pulumi-aws"))
