"""A running tunnel: a server behind it, its two ends, and what they cost."""
import ctypes
import os
import random
import signal
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
LISTEN_TIMEOUT = 20
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


class Failure(Exception):
    """A tunnel that did not do the work."""


def die_with_parent():
    # Whatever happens to the benchmark, kill -9 included, nothing of it stays.
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start(command, **options):
    return subprocess.Popen(command, preexec_fn=die_with_parent, stdin=options.pop("stdin", subprocess.DEVNULL),
                            stderr=subprocess.DEVNULL, **{"stdout": subprocess.DEVNULL, **options})


def free_port():
    """A port that nothing uses, below the range from which the kernel takes those of outgoing connections."""
    while True:
        port = random.randrange(10000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def await_listening(process, port):
    """Seconds until the port takes connections."""
    begin = time.monotonic()
    while time.monotonic() - begin < LISTEN_TIMEOUT:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return time.monotonic() - begin
        if process.poll() is not None:
            raise Failure(f"{process.args[0]} ended with status {process.returncode} before it listened")
        time.sleep(0.0005)
    raise Failure(f"{process.args[0]} does not listen after {LISTEN_TIMEOUT} s")


class Tunnel:
    """Context manager: `port` is where a client connects; all processes end with the block."""

    def __init__(self, peer, directory, serve):
        self.peer, self.directory, self.serve = peer, directory, serve
        self.server, self.ends, self.start_seconds = None, [], []

    def __enter__(self):
        try:
            self.port = free_port()
            self.server = start(self.serve(self.port))
            await_listening(self.server, self.port)
            for role in ("server", "client"):
                source = free_port()
                begin = time.monotonic()
                end = start(self.peer.commands(role, source, self.port, self.directory))
                self.ends.append(end)
                await_listening(end, source)
                self.start_seconds.append(time.monotonic() - begin)
                self.port = source
            return self
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        for process in [*self.ends, self.server]:
            if process:
                process.kill()
                process.wait()

    def cpu_seconds(self):
        """User and system time of both ends so far, all threads."""
        return sum(sum(map(int, self.stat(end)[11:13])) for end in self.ends) / TICKS

    def resident_kib(self):
        """Resident memory of both ends."""
        return sum(int(self.stat(end)[21]) for end in self.ends) * (os.sysconf("SC_PAGE_SIZE") // 1024)

    def peak_kib(self):
        """The most resident memory that each end has had so far, added up."""
        return sum(self.status(end, "VmHWM") for end in self.ends)

    @staticmethod
    def status(end, name):
        """A figure of /proc/PID/status."""
        with open(f"/proc/{end.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(f"{name}:"))

    @staticmethod
    def stat(end):
        """The fields of /proc/PID/stat from the third on (proc(5) counts from 1): index 11 is utime, 21 is rss."""
        with open(f"/proc/{end.pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()
