"""Narrowing the upstream AWS provider keeps what the chosen services need, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.aws_sources import (
    AWS_MODULE,
    copy_aws_provider,
    copy_module,
    keep_getters,
    keep_requirements,
    keep_services,
    needed_packages,
)
from engine.errors import EngineError

LIST = f"""package sdkv2

import (
	"context"

	"{AWS_MODULE}/internal/conns"
	"{AWS_MODULE}/internal/service/ecs"
	"{AWS_MODULE}/internal/service/glue"
)

func servicePackages(ctx context.Context) []conns.ServicePackage {{
	v := []conns.ServicePackage{{
		ecs.ServicePackage(ctx),
		glue.ServicePackage(ctx),
	}}
	return v
}}
"""
GETTERS = """package conns

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/glue"
	iot_sdk "github.com/aws/aws-sdk-go-v2/service/iot/v2"
	"example.com/names"
)

func (c *AWSClient) ECSClient(ctx context.Context) *ecs.Client {
	return client[*ecs.Client](ctx, c, names.ECS)
}

func (c *AWSClient) GlueClient(ctx context.Context) *glue.Client {
	return client[*glue.Client](ctx, c, names.Glue)
}

func (c *AWSClient) IoTClient(ctx context.Context) *iot_sdk.Client {
	return client[*iot_sdk.Client](ctx, c, names.IoT)
}
"""


def go_file(path: Path, package: str, *imports: str, body: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(f'\t"{name}"\n' for name in imports)
    path.write_text(f"package {package}\n\nimport (\n{lines})\n{body}")


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    """A module of the shape of the upstream provider, with two services, one of which needs a third."""
    module = tmp_path / "upstream"
    go_file(module / "xpprovider/x.go", "x", f"{AWS_MODULE}/internal/provider/sdkv2", f"{AWS_MODULE}/internal/conns")
    (module / "internal/provider/sdkv2").mkdir(parents=True)
    (module / "internal/provider/sdkv2/service_packages_gen.go").write_text(LIST)
    go_file(module / "internal/conns/c.go", "conns", "context")
    (module / "internal/conns/awsclient_gen.go").write_text(GETTERS)
    go_file(
        module / "internal/service/ecs/s.go",
        "ecs",
        f"{AWS_MODULE}/internal/service/tags",
        body="var _ = c.ECSClient(ctx)\n",
    )
    go_file(module / "internal/service/ecs/s_test.go", "ecs", f"{AWS_MODULE}/internal/acctest")
    (module / "internal/service/ecs/smarterr.hcl").write_text("ecs")
    go_file(module / "internal/service/tags/t.go", "tags", "context", body=f'// "{AWS_MODULE}/internal/not/imported"\n')
    go_file(module / "internal/service/glue/g.go", "glue", "context", body="var _ = c.GlueClient(ctx)\n")
    (module / "internal/service/smarterr.hcl").write_text("all")
    (module / "LICENSE").write_text("MPL")
    (module / "go.mod").write_text(
        f"module {AWS_MODULE}\n\nrequire (\n\tgithub.com/aws/aws-sdk-go-v2/service/ecs v1.0.0\n"
        "\tgithub.com/aws/aws-sdk-go-v2/service/glue v1.0.0\n"
        "\tgithub.com/aws/aws-sdk-go-v2/service/internal/s3shared v1.0.0\n"
        "\texample.com/names v1.0.0\n)\n"
    )
    return module


def test_services_that_are_not_kept_leave_the_list() -> None:
    text = keep_services(LIST, frozenset({"ecs"}))
    assert "glue" not in text
    assert "internal/service/ecs" in text
    assert "ecs.ServicePackage(ctx)" in text


def test_service_that_upstream_lacks_is_an_error() -> None:
    with pytest.raises(EngineError, match=r"ENG021.*nosuch"):
        keep_services(LIST, frozenset({"ecs", "nosuch"}))


def test_getters_keep_only_the_imports_that_they_need() -> None:
    text = keep_getters(GETTERS, frozenset({"ECSClient", "IoTClient"}))
    assert "Glue" not in text
    assert "service/glue" not in text
    assert 'iot_sdk "github.com/aws/aws-sdk-go-v2/service/iot/v2"' in text
    assert text.count("func ") == 2
    assert text.endswith("}\n")


def test_packages_are_those_reached_from_the_entry(upstream: Path) -> None:
    packages = needed_packages(upstream, frozenset({"ecs"}))
    assert packages == [
        "internal/conns",
        "internal/provider/sdkv2",
        "internal/service/ecs",
        "internal/service/tags",
        "xpprovider",
    ]


def test_copy_has_no_tests_no_other_services_and_can_be_written(upstream: Path, tmp_path: Path) -> None:
    for path in upstream.rglob("*"):
        if path.is_file():
            path.chmod(0o444)  # as in Go's module cache
    target = tmp_path / "copy"
    copy_aws_provider(upstream, target, frozenset({"ecs"}))
    names = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert "internal/service/ecs/s.go" in names
    assert "internal/service/ecs/smarterr.hcl" in names
    assert not {name for name in names if "glue" in name or name.endswith("_test.go")}
    requirements = (target / "go.mod").read_text()
    assert "service/ecs v1" in requirements
    assert "service/internal/s3shared" in requirements
    assert "service/glue" not in requirements
    (target / "go.mod").write_text("")


def test_other_requirements_stay() -> None:
    assert keep_requirements("a v1\n\tgithub.com/aws/aws-sdk-go-v2 v1.2.3\n", frozenset()) == (
        "a v1\n\tgithub.com/aws/aws-sdk-go-v2 v1.2.3\n"
    )


def test_plain_module_is_copied_without_tests(tmp_path: Path) -> None:
    module = tmp_path / "module"
    for name in ("a/a.go", "a/a_test.go", "a/testdata/x.txt", "go.mod"):
        (module / name).parent.mkdir(parents=True, exist_ok=True)
        (module / name).write_text("x")
    copy_module(module, tmp_path / "copy")
    assert {
        path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*") if path.is_file()
    } == {
        "a/a.go",
        "go.mod",
    }
