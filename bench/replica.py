"""A Redis master, a replica of it, and what passes between them."""
import os
import subprocess
import threading
import time

from tunnel import Failure, await_listening, free_port, start

CUT_SECONDS = 10
PATIENCE = 300
# Values as a cache has them; random, so that no compression makes the stream smaller than the data.
VALUE_BYTES = 4096
MIB = 1 << 20
# What the master is written to with during a sync: 250 of the values a second.
WRITES_PER_S = 250


class Redis:
    """A redis-server without persistence; ends with the block."""

    def __init__(self, directory, *options):
        self.port, self.directory, self.options = free_port(), directory, options

    def __enter__(self):
        self.process = start(["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", self.directory,
                              "--save", "", "--appendonly", "no", "--enable-debug-command", "yes",
                              "--repl-diskless-sync-delay", "0", "--dbfilename", f"{self.port}.rdb", *self.options])
        await_listening(self.process, self.port)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def ask(self, *command):
        done = subprocess.run(["redis-cli", "-p", str(self.port), *map(str, command)], capture_output=True, text=True, timeout=PATIENCE)
        answer = done.stdout.strip()
        if done.returncode or answer.startswith("ERR"):
            raise Failure(f"redis-cli {' '.join(map(str, command))}: {answer} {done.stderr.strip()}")
        return answer

    def info(self, name, section):
        for line in self.ask("info", section).splitlines():
            if line.startswith(f"{name}:"):
                return line.partition(":")[2].strip()
        return ""

    def replica_memory(self):
        """The bytes that wait at the master for its replicas."""
        return max((int(word[5:]) for line in self.ask("client", "list", "type", "replica").splitlines()
                    for word in line.split() if word.startswith("omem=")), default=0)


def until(condition, what):
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > PATIENCE:
            raise Failure(f"waited {PATIENCE} s in vain until {what}")
        time.sleep(0.02)


class Writes:
    """Steady writes to a master until the block ends."""

    def __init__(self, master):
        self.has_ended = threading.Event()
        self.pipe = start(["redis-cli", "-p", str(master.port), "--pipe"], stdin=subprocess.PIPE)
        self.thread = threading.Thread(target=self.run)

    def run(self):
        number = 0
        while not self.has_ended.wait(0.1):
            for _ in range(WRITES_PER_S // 10):
                self.pipe.stdin.write(command(b"during:%d" % (number % 1000)))
                number += 1
            self.pipe.stdin.flush()

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.has_ended.set()
        self.thread.join()
        self.pipe.stdin.close()
        self.pipe.wait()


def command(key):
    """A SET of a random value, as Redis's protocol has it."""
    return b"*3\r\n$3\r\nSET\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (len(key), key, VALUE_BYTES, os.urandom(VALUE_BYTES))


def full_sync(master, way, directory, is_diskless):
    """Seconds of a replica's first sync, and the most that waited at the master; of a diskless one a partial sync after it."""
    master.ask("config", "set", "repl-diskless-sync", "yes" if is_diskless else "no")
    before = int(master.info("sync_full", "stats"))
    with Redis(directory, "--repl-diskless-load", "on-empty-db" if is_diskless else "disabled") as replica:
        with Writes(master):
            begin, most = time.monotonic(), 0
            replica.ask("replicaof", "127.0.0.1", way.port)
            while replica.info("master_link_status", "replication") != "up":
                most = max(most, master.replica_memory())
                if time.monotonic() - begin > PATIENCE:
                    raise Failure(f"no full sync within {PATIENCE} s")
                time.sleep(0.05)
            seconds = time.monotonic() - begin
        assert_same(master, replica)
        # More than one: the replica was dropped and began again, and the seconds tell nothing of the tunnel's rate.
        attempts = int(master.info("sync_full", "stats")) - before
        return {"seconds": seconds, "attempts": attempts, "omem": most / MIB, **(partial_sync(master, replica, way) if way.ends and is_diskless else {})}


def assert_same(master, replica):
    until(lambda: replica.info("slave_repl_offset", "replication") == master.info("master_repl_offset", "replication")
          and replica.info("master_link_status", "replication") == "up", "the replica has caught up")
    if replica.ask("debug", "digest") != master.ask("debug", "digest"):
        raise Failure("the replica's data are not the master's")


def partial_sync(master, replica, way):
    """Writes go on while the tunnel is cut: the replica catches up without another full sync."""
    before = [int(master.info(name, "stats")) for name in ("sync_full", "sync_partial_ok")]
    way.cut()
    end = time.monotonic() + CUT_SECONDS
    writes = 0
    while time.monotonic() < end:
        master.ask("set", f"meanwhile:{writes}", writes)
        writes += 1
        time.sleep(0.1)
    way.mend()
    begin = time.monotonic()
    until(lambda: replica.info("master_link_status", "replication") == "up", "the replica is connected again")
    seconds = time.monotonic() - begin
    full, partial = [int(master.info(name, "stats")) for name in ("sync_full", "sync_partial_ok")]
    if (full, partial) != (before[0], before[1] + 1):
        raise Failure(f"after the cut: {full - before[0]} full syncs, {partial - before[1]} partial ones")
    assert_same(master, replica)
    return {"catch-up": seconds}


def fill(master, mib):
    """Random values of 4 KiB: what DEBUG POPULATE makes is compressible."""
    with subprocess.Popen(["redis-cli", "-p", str(master.port), "--pipe"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as pipe:
        for number in range(mib * MIB // VALUE_BYTES):
            pipe.stdin.write(command(b"key:%d" % number))
        pipe.stdin.close()
        if pipe.wait():
            raise Failure("the master could not be filled")
