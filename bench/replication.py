"""A replica's full sync of a large data set, and a partial one after a cut, through each tunnel; see replication.sh."""
import argparse
import datetime
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

from peers import OURS, PEERS, config, make_secrets
from replica import CUT_SECONDS, MIB, VALUE_BYTES, WRITES_PER_S, Redis, fill, full_sync
from report import machine, version, versions
from tunnel import Failure, await_listening, free_port, start

HERE = os.path.dirname(os.path.abspath(__file__))


def stunnel_psk(role, source, target, directory):
    """stunnel with a secret that both ends share, as spiped has one; see also peers.stunnel."""
    is_client = "yes" if role == "client" else "no"
    return ["stunnel", config(directory, source, f"""
foreground = yes
pid =
debug = 3
socket = l:TCP_NODELAY=1
socket = r:TCP_NODELAY=1
[tunnel]
client = {is_client}
accept = 127.0.0.1:{source}
connect = 127.0.0.1:{target}
ciphers = PSK
PSKsecrets = {directory}/psk
""")]


# Title, and the commands of the ends; None for no tunnel.
WAYS = [("no tunnel", None)] + [(peer.title, peer.commands) for peer in PEERS if peer.name in ("spiped-net", "spiped")] + \
    [("stunnel (PSK)", stunnel_psk)]


class Way:
    """The two ends of a tunnel to a Redis; `port` is where the replica connects. Ends with the block."""

    def __init__(self, commands, target, directory):
        self.commands, self.target, self.directory, self.ends = commands, target, directory, []

    def __enter__(self):
        self.port = self.target
        for role in ("server", "client") if self.commands else ():
            source = free_port()
            self.ends.append([self.commands(role, source, self.port, self.directory), source, None])
            self.port = source
        self.mend()
        return self

    def mend(self):
        for end in self.ends:
            end[2] = start(end[0])
            await_listening(end[2], end[1])

    def cut(self):
        for *_, process in self.ends:
            if process:
                process.kill()
                process.wait()

    def __exit__(self, *_):
        self.cut()


def measure_round(args, directory, master, number, results):
    """Adds a figure to each list of the results, which are by kind, way and name."""
    for is_diskless in (True, False):
        kind = "diskless" if is_diskless else "by disk"
        # Who begins changes by round.
        for title, commands in WAYS[number % len(WAYS):] + WAYS[:number % len(WAYS)]:
            print(f"round {number + 1} of {args.rounds}: {kind}, {title}", file=sys.stderr, flush=True)
            with Way(commands, master.port, directory) as way:
                figures = full_sync(master, way, directory, is_diskless)
            for name, value in figures.items():
                results.setdefault((kind, title, name), []).append(value)


def table(args, results):
    lines = ["| | full sync, s | full syncs taken | MB/s | ratio to no tunnel | ratio to spiped | waited at the master, MiB | connected again after the cut, s |",
             "|---|--:|--:|--:|--:|--:|--:|--:|"]
    for kind in ("diskless", "by disk"):
        for title, _ in WAYS:
            rounds = results[kind, title, "seconds"]
            seconds, most = statistics.median(rounds), max(results[kind, title, "omem"])
            ratios = [statistics.median(mine / base for mine, base in zip(rounds, results[kind, other, "seconds"]))
                      for other in ("no tunnel", "spiped")]
            attempts = max(results[kind, title, "attempts"])
            rate = f"{args.mib * MIB / seconds / 1e6:.0f}" if attempts == 1 else "–"
            caught = results.get((kind, title, "catch-up"))
            lines.append(f"| {kind}, {title} | {seconds:.2f} | {attempts} | {rate} | {ratios[0]:.2f}× | {ratios[1]:.2f}× | "
                         f"{most:.1f} | {f'{statistics.median(caught):.2f}' if caught else '–'} |")
    return lines


def every_round(results):
    return ["<details><summary>Every round</summary>", "", "| | |", "|---|---|",
            *(f"| {', '.join(key)} | {' '.join(f'{value:.2f}' for value in values)} |" for key, values in results.items()), "", "</details>"]


HEADER = """# Benchmark: a replica's sync through each tunnel

`./bench/replication.sh{options}`
{date}, {machine}; load at the start {load:.1f}, at the end {end:.1f}; {ours}; {versions}.

A master with {mib} MiB in values of {value} random bytes and a new replica, both without persistence, and both ends of the tunnel, all on
this machine's cores. A full sync takes from REPLICAOF to `master_link_status:up`, the replica's loading included. Diskless means
`repl-diskless-sync yes` at the master and `repl-diskless-load on-empty-db` at the replica. Meanwhile the master was written to with
{writes} of the values a second; the most of it that waited for the replica is its connection's largest `omem`, seen every 50 ms. Redis
drops a replica at 256 MiB, or 64 MiB for 60 s (`client-output-buffer-limit replica`). Afterwards `DEBUG DIGEST` was the same on both.
Then, after the diskless syncs, both ends of the tunnel were killed, the master was written to for {cut} s, and the ends were started
again; each time this was one partial sync and no full one, and the digests were the same again. Medians of {rounds}; a
row in which a sync took more than one full sync (the most in a round is shown) says nothing of a rate; a ratio is the median of those within a round, of the times: less than 1 is faster.
"""


def arguments():
    parser = argparse.ArgumentParser(prog="replication.sh", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mib", type=int, default=1024, help="size of the data set (default 1024)")
    args = parser.parse_args()
    if args.rounds < 1 or args.mib < 1:
        parser.error("--rounds and --mib are at least 1")
    for program in (OURS, "spiped", "stunnel", "redis-server"):
        if not shutil.which(program):
            sys.exit(f"{program} is not there: bench.sh installs what it needs")
    return args


def write(args, rounds, load, results):
    header = HEADER.format(
        options="".join(f" {word}" for word in sys.argv[1:]), date=datetime.date.today(), machine=machine(), load=load,
        end=os.getloadavg()[0], ours=version(OURS, "-v"), versions=versions([peer for peer in PEERS if peer.name in ("spiped", "stunnel")]),
        mib=args.mib, value=VALUE_BYTES, writes=WRITES_PER_S, cut=CUT_SECONDS, rounds="1 round" if rounds == 1 else f"{rounds} interleaved rounds")
    is_whole = args.rounds >= 3 and args.mib >= 1024
    output = HERE if is_whole else os.path.join(os.path.dirname(HERE), "artifacts", "bench")
    os.makedirs(output, exist_ok=True)
    with open(f"{output}/replication.md", "w", encoding="utf-8") as file:
        file.write("\n".join([header, *table(args, results), "", *every_round(results)]) + "\n")
    print(f"written: {os.path.relpath(output)}/replication.md", file=sys.stderr)


def main():
    signal.signal(signal.SIGTERM, lambda received, _: sys.exit(128 + received))
    args, load, results = arguments(), os.getloadavg()[0], {}
    with tempfile.TemporaryDirectory(prefix="spiped-net-bench-") as directory:
        make_secrets(directory)
        with open(os.open(f"{directory}/psk", os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(f"bench:{os.urandom(32).hex()}\n")
        with Redis(directory, "--repl-backlog-size", "64mb") as master:
            fill(master, args.mib)
            for number in range(args.rounds):
                measure_round(args, directory, master, number, results)
                # A run that is ended early has not been in vain.
                write(args, number + 1, load, results)


if __name__ == "__main__":
    try:
        main()
    except (Failure, OSError, subprocess.TimeoutExpired) as failure:
        sys.exit(f"replication.sh: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
