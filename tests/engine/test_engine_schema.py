"""The schema of the built provider has every name and shape of the installed pulumi_aws, gaps apart."""

from __future__ import annotations

import pytest

from engine.layout import Layout
from engine.steps import plugin_directory
from tests.support.provider_table import Difference, Schema, gaps, table

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def differences(built: Layout) -> list[Difference]:
    schema, names = Schema(plugin_directory(built) / "schema.json"), table()
    found: list[Difference] = []
    for terraform_name, entry in names["resources"].items():
        found += schema.differences(terraform_name, entry["token"], function=False)
    for terraform_name, entry in names["dataSources"].items():
        found += schema.differences(terraform_name, entry["token"], function=True)
    return found


@pytest.mark.parametrize("kind", ["inputs", "outputs", "shapes"])
def test_provider_and_package_differ_only_where_it_is_known(differences: list[Difference], kind: str) -> None:
    found = {difference.path: difference.detail for difference in differences if difference.kind == kind}
    known = gaps()[kind]
    unknown = {path: detail for path, detail in found.items() if path not in known}
    assert unknown == {}
    assert sorted(set(known) - set(found)) == []  # a gap that has closed must leave the list
