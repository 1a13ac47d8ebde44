"""The work: each item runs one load through a fresh tunnel and returns its figures by name."""
import subprocess
import time
from contextlib import contextmanager

from tunnel import Failure, Tunnel, start

REDIS_CLIENTS = 50
CHURN_AT_A_TIME = 16
# Loads that are the same for every tunnel, well within what the slowest of them bears.
STEADY_MB_PER_S = 40
STEADY_CONNECTIONS_PER_S = 100
# What thousands of connections have in their sockets' buffers has to drain, too.
PATIENCE = 180


class Figure:
    """What is measured: `best` is max (more is better) or min."""

    def __init__(self, title, unit, best, decimals):
        self.title, self.unit, self.best, self.decimals = title, unit, best, decimals


class Bench:
    """Settings of a run: how long each load goes, and where the tools are."""

    def __init__(self, load, directory, seconds, idle, requests):
        self.load, self.directory, self.seconds, self.idle, self.requests = load, directory, seconds, idle, requests

    def tunnel(self, peer):
        return Tunnel(peer, self.directory, lambda port: [self.load, "serve", str(port)])

    def run(self, tunnel, kind, seconds, *arguments):
        """One load; its figures by name."""
        return self.run_standing(tunnel, kind, seconds, lambda: None, *arguments)

    def run_standing(self, tunnel, kind, seconds, when_ready, *arguments):
        """One load; calls when_ready when its connections stand, if it is of a kind that says so."""
        command = [str(part) for part in (self.load, kind, tunnel.port, seconds, *arguments)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            first = process.stdout.readline()
            is_ready = first.strip() == "ready"
            if is_ready:
                when_ready()
            output, error = process.communicate(timeout=seconds + PATIENCE)
        if process.returncode:
            raise Failure(f"load {kind}: {first.strip()} {output.strip()} {error.strip()}")
        words = (output if is_ready else first).split()
        return dict(zip(words[::2], map(float, words[1::2])))

    def measured(self, tunnel, kind, *arguments):
        """The load's figures and the CPU seconds of both ends, after a warm-up of the same kind."""
        self.run(tunnel, kind, self.seconds / 2, *arguments)
        before = [tunnel.cpu_seconds()]
        # Where connections are opened first, what that costs is no part of it.
        result = self.run_standing(tunnel, kind, self.seconds, lambda: before.append(tunnel.cpu_seconds()), *arguments)
        return result, tunnel.cpu_seconds() - before[-1]

    @contextmanager
    def beside(self, tunnel, kind, *arguments):
        """Keeps a load going meanwhile."""
        process = start([self.load, kind, str(tunnel.port), "3600", *map(str, arguments)])
        try:
            yield
            if process.poll() is not None:
                raise Failure(f"load {kind} ended early")
        finally:
            process.kill()
            process.wait()


def bulk(kind, connections):
    def work(bench, peer):
        with bench.tunnel(peer) as tunnel:
            result, cpu = bench.measured(tunnel, kind, connections)
        return {"rate": result["bytes"] / result["seconds"] / 1e6, "cpu": cpu / (result["bytes"] / 1e9)}
    return work


def trips(*background):
    def work(bench, peer):
        with bench.tunnel(peer) as tunnel:
            if not background:
                return bench.measured(tunnel, "trip", 64)[0]
            with bench.beside(tunnel, *background):
                return bench.measured(tunnel, "trip", 64)[0]
    return work


def churn(bench, peer):
    with bench.tunnel(peer) as tunnel:
        result, cpu = bench.measured(tunnel, "churn", CHURN_AT_A_TIME)
    return {"rate": result["connections"] / result["seconds"], "cpu": cpu / result["connections"] * 1000}


def idle(bench, peer):
    with bench.tunnel(peer) as tunnel:
        bench.run(tunnel, "churn", bench.seconds / 2, CHURN_AT_A_TIME)
        before = tunnel.resident_kib()
        holder = start([bench.load, "idle", str(tunnel.port), str(bench.idle)],
                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        is_ready = holder.stdout.readline().startswith("ready")
        after = tunnel.resident_kib()
        holder.communicate()
    if not is_ready:
        raise Failure(f"not all of {bench.idle} connections came to stand")
    return {"memory": (after - before) / bench.idle}


def scale(connections):
    """Bulk through many connections at a time, and their memory before it and at its end."""
    def work(bench, peer):
        before = []
        with bench.tunnel(peer) as tunnel:
            bench.run(tunnel, "up", bench.seconds / 2, 1)
            empty = tunnel.resident_kib()
            result = bench.run_standing(tunnel, "up", bench.seconds,
                                        lambda: before.append((tunnel.cpu_seconds(), tunnel.resident_kib())), connections)
            cpu, busy = tunnel.cpu_seconds() - before[0][0], tunnel.peak_kib()
        return {"rate": result["bytes"] / result["seconds"] / 1e6, "cpu": cpu / (result["bytes"] / 1e9),
                "idle": max(0, before[0][1] - empty) / connections, "busy": max(0, busy - empty) / connections}
    return work


def rest(bench, peer):
    with bench.tunnel(peer) as tunnel:
        time.sleep(1)
        return {"start": sum(tunnel.start_seconds) / 2 * 1000, "memory": tunnel.resident_kib() / 2 / 1024}


def redis(pipeline):
    def serve(port):
        return ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]

    def work(bench, peer):
        with Tunnel(peer, bench.directory, serve) as tunnel:
            requests = bench.requests * (1 if pipeline == 1 else 6)
            command = ["redis-benchmark", "-p", tunnel.port, "-c", REDIS_CLIENTS, "-P", pipeline, "-d", 100,
                       "-t", "set,get", "--csv", "-n"]
            for count in (requests // 4, requests):
                done = subprocess.run([str(part) for part in [*command, count]], capture_output=True, text=True, timeout=300)
        rates = [float(line.split(",")[1].strip('"')) for line in done.stdout.splitlines() if line[1:4] in ("SET", "GET")]
        if done.returncode or len(rates) != 2:
            raise Failure(f"redis-benchmark: {done.stderr.strip() or done.stdout.strip()}")
        return {"rate": sum(rates) / 2 / 1000}
    return work


RATE, CPU = ("MB/s", max, 0), ("CPU s/GB", min, 2)
MICROS = ("µs", min, 0)


def bulk_figures(title):
    return {"rate": Figure(title, *RATE), "cpu": Figure(f"{title}: CPU, both ends", *CPU)}


def trip_figures(title, *percentiles):
    return {name: Figure(f"{title}, {name}", *MICROS) for name in percentiles}


# Name, work, figures, and whether the pairs of one end ours and one stock run it, too.
WORK = [
    ("bulk-up-1", bulk("up", 1), bulk_figures("bulk, 1 connection up"), True),
    ("bulk-down-1", bulk("down", 1), bulk_figures("bulk, 1 connection down"), True),
    ("bulk-up-4", bulk("up", 4), bulk_figures("bulk, 4 connections up"), False),
    ("bulk-down-4", bulk("down", 4), bulk_figures("bulk, 4 connections down"), False),
    ("trip", trips(), trip_figures("round trip 64 B", "p50", "p99", "p99.9"), True),
    ("trip-bulk", trips("up", 1), trip_figures("round trip beside bulk at full speed", "p50", "p99"), False),
    ("trip-steady", trips("up", 1, STEADY_MB_PER_S),
     trip_figures(f"round trip beside {STEADY_MB_PER_S} MB/s", "p50", "p99"), False),
    ("trip-churn", trips("churn", 4, STEADY_CONNECTIONS_PER_S),
     trip_figures(f"round trip beside {STEADY_CONNECTIONS_PER_S} connections/s", "p50", "p99"), False),
    ("churn", churn, {"rate": Figure(f"connections, {CHURN_AT_A_TIME} at a time", "1/s", max, 0),
                      "cpu": Figure("CPU per connection, both ends", "ms", min, 2)}, True),
    ("idle", idle, {"memory": Figure("memory per idle connection, both ends", "KiB", min, 1)}, False),
    ("rest", rest, {"start": Figure("start to listening, one end", "ms", min, 0),
                    "memory": Figure("resident at rest, one end", "MiB", min, 1)}, False),
    ("redis-1", redis(1), {"rate": Figure(f"redis-benchmark, {REDIS_CLIENTS} clients", "1000/s", max, 1)}, True),
    ("redis-16", redis(16), {"rate": Figure(f"redis-benchmark, {REDIS_CLIENTS} clients, pipeline 16", "1000/s", max, 1)}, True),
]

SCALE = [
    (f"scale-{count}", scale(count), {
        "rate": Figure(f"bulk, {count:,} connection{'s' * (count > 1)} up", *RATE),
        "cpu": Figure(f"bulk, {count:,} connection{'s' * (count > 1)} up: CPU, both ends", *CPU),
        "idle": Figure(f"memory a connection of {count:,}, idle", "KiB", min, 1),
        "busy": Figure(f"memory a connection of {count:,}, at most", "KiB", min, 1)}, False)
    for count in (1, 10, 100, 1000, 5000)]
