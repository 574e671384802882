"""up, preview, down, env: each does the set-up it needs and then runs the engine in the open."""

import os
import shutil
import sys

from rich.console import Console

from dev import embedded_aws, stacks, teardown
from dev.environment import process_environment, write_shell_file
from dev.project import Project
from dev.serving import describe, what_runs
from dev.shell import run
from engine.ready import ensure_engine
from ops.facts.serving import Serving
from outputs import StackOutputs
from settings.load import load_file

talk = Console(stderr=True, soft_wrap=True)


def prepare(project: Project, stack: str) -> dict[str, str]:
    """Engine, embedded AWS and stack; returns the environment to run the engine in."""
    stacks.require_known(stack)
    ensure_engine(project.root)
    url = embedded_aws.start(project)
    env = process_environment(project, url, os.environ)
    stacks.ensure(project, stack, env)
    write_shell_file(project, url)
    return env


def up(project: Project, stack: str) -> int:
    """Bring a stack up and say what serves."""
    env = prepare(project, stack)
    talk.print(f"[bold]pulumi up -s {stack}[/] on the embedded AWS at {env['AWS_ENDPOINT_URL']}")
    command = ["pulumi", "up", "-s", stack, "--yes", "--skip-preview", "--suppress-outputs"]
    if code := run(command, env=env, cwd=project.root):
        talk.print(f"[red]pulumi up ended with {code}: not deployed.[/] What runs: make serving STACK={stack}")
        return code
    return report(project, stack, env)


def report(project: Project, stack: str, env: dict[str, str]) -> int:
    """Print the outputs, the release that serves, and what to type next."""
    raw = stacks.outputs(project, stack, env)
    asked = StackOutputs.model_validate(raw)
    width = max(map(len, raw))
    for name, value in sorted(raw.items()):
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        sys.stdout.write(f"  {name:<{width}}  {text}\n")
    sys.stdout.flush()
    lines, good = look(asked, env)
    for line in filter(None, lines):
        Console(soft_wrap=True, emoji=False).print(f"[{'green' if good else 'red'}]{stack}: {line}[/]", highlight=False)
    talk.print(
        f"\nnext: . .local/env && pulumi preview -s {stack} --expect-no-changes   [dim]# nothing left to change[/]"
        f"\n      make up STACK={'prod' if stack == 'staging' else 'staging'}   [dim]# the other stack[/]"
        "\n      make down   [dim]# destroy, stop, remove[/]",
        highlight=False,
    )
    return 0 if good else 1


def look(asked: StackOutputs, env: dict[str, str]) -> tuple[list[str], bool]:
    """Ask the embedded AWS, not the state, what runs."""
    return describe(asked, _read(env, asked.region, asked.cluster_name, asked.service_name))


def _read(env: dict[str, str], region: str, cluster: str, service: str) -> Serving | None:
    from ops.facts.serving import read_serving  # noqa: PLC0415  boto3 takes 0.2 s, and only this needs it

    os.environ.update({k: v for k, v in env.items() if k.startswith("AWS_")})
    return read_serving(region, cluster, service)


def serving(project: Project, stack: str) -> int:
    """Print the release that serves, also after an `up` that failed and left no outputs."""
    env = prepare(project, stack)
    raw = stacks.outputs(project, stack, env)
    if raw:
        lines, good = look(StackOutputs.model_validate(raw), env)
    else:
        settings = load_file(project.root / f"Pulumi.{stack}.yaml")
        found = _read(env, settings.aws.region, settings.name_prefix, settings.name_prefix)
        lines, good = [what_runs(found)], False
    for line in filter(None, lines):
        sys.stdout.write(f"{stack}: {line}\n")
    return 0 if good else 1


def preview(project: Project, stack: str) -> int:
    """Show what `up` would change."""
    env = prepare(project, stack)
    return run(["pulumi", "preview", "-s", stack, "--diff"], env=env, cwd=project.root)


def down(project: Project) -> int:
    """Destroy every local stack, stop the embedded AWS, and remove what was made for them."""
    names = stacks.made(project)
    if names:
        env = prepare(project, names[0])
        for stack in names:
            talk.print(f"[bold]destroying {stack}[/] in the embedded AWS: protection off, then destroy")
            teardown.destroy(project, stack, env)
    embedded_aws.stop(project)
    _remove(project)
    talk.print(f"down: {', '.join(names) or 'nothing was up'}")
    return 0


def _remove(project: Project) -> None:
    embedded_aws.forget(project)
    shutil.rmtree(project.state, ignore_errors=True)
    project.env_file.unlink(missing_ok=True)


def env(project: Project) -> int:
    """Write `.local/env`."""
    ensure_engine(project.root)
    path = write_shell_file(project, embedded_aws.start(project))
    sys.stdout.write(f". {path.relative_to(project.root)}\n")
    return 0
