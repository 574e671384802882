"""The background process: started once per home, saves itself, ends without a trace but its saved state."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

from localaws import persistence
from localaws.app import Application
from localaws.client import Client
from localaws.clock import Clock
from localaws.errors import UsageError
from localaws.home import Home
from localaws.server import HOST, make_server, warm
from localaws.world import World, new_world

START_SECONDS = 30.0
STOP_SECONDS = 15.0
QUIET_SECONDS = 1.0  # changes are written down this long after the last one, at the latest ...
LATEST_SECONDS = 5.0  # ... this long after the first


def start(home: Home, speed: float | None = None, *, fresh: bool = False) -> tuple[str, bool]:
    """(endpoint, whether it was started now). Returns when it answers."""
    running = home.pid()
    if running is not None:
        endpoint = home.endpoint()
        if endpoint is not None:
            Client(endpoint, timeout_seconds=START_SECONDS).control("health")
            return endpoint, False
    home.path.mkdir(parents=True, exist_ok=True)
    if fresh:
        home.state_file.unlink(missing_ok=True)
    port = home.port()
    command = [sys.executable, "-m", "localaws.daemon", str(home.path), str(port)]
    if speed is not None:
        command.append(str(speed))
    with home.log_file.open("ab") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=home.path,
            env=_environment(),
            start_new_session=True,
            close_fds=True,
        )
    endpoint = f"http://{HOST}:{port}"
    _await(home, child, endpoint)
    return endpoint, True


def stop(home: Home) -> bool:
    """End the process of this home after it saved itself; False when none runs. It leaves no process behind."""
    pid = home.pid()
    if pid is None:
        home.pid_file.unlink(missing_ok=True)
        return False
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    while home.pid() is not None:
        if time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)
            break
        time.sleep(0.02)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)  # a child of this very process would stay behind as a zombie
    home.pid_file.unlink(missing_ok=True)
    return True


def serve(home: Home, port: int, speed: float | None) -> None:
    """Run in the foreground until SIGTERM or SIGINT."""
    world = new_world(Clock())
    world.home = home
    application = Application(world)
    server = make_server(application, port)
    world.endpoint = f"http://{HOST}:{port}"
    stopping = threading.Event()

    def end(_signal: int, _frame: object) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    home.pid_file.write_text(str(os.getpid()))
    home.endpoint_file.write_text(world.endpoint)
    with world.lock:  # health is answered at once; calls wait until the state is there
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        _load(home, world)
        if speed is not None:
            world.clock.set_speed(speed)
    threading.Thread(target=warm, daemon=True).start()
    _keep(home, world, stopping)
    application.stopping.set()
    server.shutdown()
    server.server_close()
    if _owns(home):
        save(home.state_file, world)
        home.pid_file.unlink(missing_ok=True)


def _owns(home: Home) -> bool:
    """Whether the folder is still this process's: it may have been removed, or served by another since."""
    try:
        return home.pid_file.read_text() == str(os.getpid())
    except OSError:
        return False


def save(path: Path, world: World) -> int:
    """Write the state down; its size in bytes."""
    with world.lock:
        world.tick()
        content = persistence.dump(world)
        world.saved_changes = world.changes
    persistence.save_file(path, content)
    return len(content)


def load(path: Path, world: World) -> None:
    """Put a saved state back; raises UsageError when there is none of that name or it is of another version."""
    if not path.exists():
        raise UsageError("no-such-save", f"no saved state {path.stem!r}", "localaws save NAME")
    with world.lock:
        persistence.restore(world, path.read_bytes())


def _load(home: Home, world: World) -> None:
    if not home.state_file.exists():
        return
    try:
        load(home.state_file, world)
    except Exception:  # an unreadable state must not keep the embedded AWS from starting, nor be overwritten
        traceback.print_exc(file=sys.stderr)
        aside = home.state_file.with_suffix(".unreadable")
        home.state_file.replace(aside)
        world.note = f"the saved state could not be read; it was moved to {aside.name}, and this AWS started empty"
        print(f"localaws: {world.note}", file=sys.stderr)  # noqa: T201 - the log


def _keep(home: Home, world: World, stopping: threading.Event) -> None:
    """Write changes down soon after they were made, until told to stop."""
    seen, since, first = world.saved_changes, 0.0, 0.0
    while not stopping.wait(0.2) and _owns(home):
        now = time.monotonic()
        if world.changes == world.saved_changes:
            first = 0.0
            continue
        if world.changes != seen:
            seen, since = world.changes, now
            first = first or now
        if now - since >= QUIET_SECONDS or now - first >= LATEST_SECONDS:
            try:
                save(home.state_file, world)
            except Exception:  # it goes on without; the log says why
                traceback.print_exc(file=sys.stderr)
                world.saved_changes = world.changes
            first = 0.0


def _await(home: Home, child: subprocess.Popen[bytes], endpoint: str) -> None:
    client = Client(endpoint, timeout_seconds=2.0)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if child.poll() is not None:
            raise UsageError("start-failed", f"the process ended at once ({child.returncode})", f"see {home.log_file}")
        try:
            client.control("health")
        except UsageError:
            time.sleep(0.03)
        else:
            return
    child.kill()
    raise UsageError("start-timeout", f"no answer at {endpoint} within {START_SECONDS:g} s", f"see {home.log_file}")


def _environment() -> dict[str, str]:
    """The child needs no credentials and must not read the user's AWS settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "MOTO_"))}
    root = str(Path(__file__).resolve().parent.parent)
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, [root, kept.get("PYTHONPATH", "")]))
    return kept


if __name__ == "__main__":
    serve(Home(Path(sys.argv[1])), int(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else None)  # noqa: PLR2004
