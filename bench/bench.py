"""The same work through each tunnel, interleaved round by round, on the loopback; see ../bench.sh."""
import argparse
import itertools
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import chart
import report
from peers import OURS, PEERS, make_secrets
from tunnel import Failure
from work import SCALE, WORK, Bench

HERE = os.path.dirname(os.path.abspath(__file__))
IDLE_CONNECTIONS = 2000
ROUNDS = 5
SCALE_ROUNDS = 1
MOST_CONNECTIONS = 5000  # of --scale


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench.sh", description="The same work through each tunnel, interleaved round by round, on the loopback. As root it "
        "installs what is missing with apt.", epilog="Takes 30 minutes, with --scale 7, with --quick 2, and the build before it. A "
        "whole run writes results.md and results.svg (--scale: scale.md, scale.svg) in bench/, any other in artifacts/bench/. The "
        "environment variable SPIPED_NET names a spiped-net to measure instead of building one.")
    parser.add_argument("--rounds", type=int, help=f"rounds; the figures are medians (default {ROUNDS}, with --scale {SCALE_ROUNDS})")
    parser.add_argument("--quick", action="store_true", help="one short round, to see that everything works: its figures mean nothing")
    parser.add_argument("--only", metavar="LIST", help="work called or beginning with one of: " + ", ".join(item[0] for item in WORK))
    parser.add_argument("--peers", metavar="LIST", help="of: " + ", ".join(peer.name for peer in PEERS))
    parser.add_argument("--scale", action="store_true", help="how cost grows with the number of connections, beside spiped, instead")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)  # bench.sh's, before it builds
    parsed = parser.parse_args()
    parsed.name = "scale" if parsed.scale else "results"
    usual = SCALE_ROUNDS if parsed.scale else ROUNDS
    parsed.rounds = usual if parsed.rounds is None else parsed.rounds
    if parsed.rounds < 1:
        parser.error("--rounds is at least 1")
    # What is kept in bench/ is a whole run; a part of one goes elsewhere.
    parsed.is_whole = not (parsed.quick or parsed.only or parsed.peers or parsed.rounds < usual or "SPIPED_NET_GIVEN" in os.environ)
    parsed.work = chosen(parser, parsed.only, SCALE if parsed.scale else WORK, lambda item: item[0], str.startswith)
    if parsed.scale and not parsed.peers:
        parsed.peers = "spiped-net,spiped"
    parsed.peers = chosen(parser, parsed.peers, PEERS, lambda peer: peer.name, str.__eq__)
    if parsed.quick:
        parsed.rounds = 1
    if parsed.check:
        sys.exit(0)
    return parsed


def chosen(parser, words, items, name, is_match):
    """The items that the comma-separated words name: exactly, or else by is_match."""
    if words is None:
        return items
    names = []
    for word in words.split(","):
        exact = [name(item) for item in items if name(item) == word]
        names += exact or [name(item) for item in items if is_match(name(item), word)] or parser.error(
            f"there is no {word!r}; there are: {', '.join(map(name, items))}")
    return [item for item in items if name(item) in names]


def available(peers):
    """The peers whose programs are there; says what is missing of the others."""
    for peer in peers:
        if peer.missing():
            print(f"left out: {peer.title}: {', '.join(peer.missing())} is not installed", file=sys.stderr)
    return [peer for peer in peers if not peer.missing()]


def allow_many_files(connections):
    """Each end holds two sockets a connection."""
    needed = 2 * connections + 200
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < needed and os.geteuid() == 0:
        hard = needed
    if hard < needed:
        sys.exit(f"{connections} idle connections need {needed} open files, the limit is {hard}: raise it with ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))


class Progress:
    """One line that tells how far it is and how long it will take; a line each time where there is no terminal."""

    def __init__(self, steps):
        self.steps, self.done, self.begin = steps, 0, time.monotonic()

    def show(self, text):
        left = (time.monotonic() - self.begin) / self.done * (self.steps - self.done) if self.done else None
        line = f"[{self.done + 1}/{self.steps}] {text}" + (f", {left / 60:.0f} min left" if left else "")
        print(f"\r\x1b[K{line}" if sys.stderr.isatty() else line, end="" if sys.stderr.isatty() else "\n",
              file=sys.stderr, flush=True)
        self.done += 1

    def finish(self):
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)


def run_rounds(args, peers, bench):
    """Figures by (work, figure) and peer: one value a round, None where the work failed; and the failures."""
    results, failures = {}, []
    pairs = [(item, peer) for item in args.work for peer in peers if item[3] or not peer.is_mixed]
    progress = Progress(args.rounds * len(pairs))
    for number in range(args.rounds):
        for item, group in itertools.groupby(pairs, key=lambda pair: pair[0]):
            # The neighbours of a figure in time are the same work through the others; who begins changes by round.
            turn = [peer for _, peer in group]
            turn = turn[number % len(turn):] + turn[:number % len(turn)]
            for peer in turn:
                name, work, figures, _ = item
                progress.show(f"round {number + 1} of {args.rounds}: {name} through {peer.title}")
                try:
                    values = work(bench, peer)
                except (Failure, OSError, subprocess.TimeoutExpired) as error:
                    failures.append(f"{name} through {peer.title}, round {number + 1}: {error}")
                    values = {}
                for figure in figures:
                    results.setdefault((name, figure), {}).setdefault(peer.name, []).append(values.get(figure))
    progress.finish()
    return results, failures


def main():
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    args = arguments()
    for needed in (OURS, "cc"):
        if not shutil.which(needed):
            sys.exit(f"{needed} is not there" + (" (SPIPED_NET)" if needed == OURS else ": install a C compiler (gcc)"))
    peers = available(args.peers)
    if not peers:
        sys.exit("nothing is left to measure")
    if any(item[0].startswith("redis") for item in args.work) and not shutil.which("redis-benchmark"):
        print("left out: redis-benchmark and redis-server are not installed", file=sys.stderr)
        args.work = [item for item in args.work if not item[0].startswith("redis")]
    idle = 100 if args.quick else IDLE_CONNECTIONS
    allow_many_files(MOST_CONNECTIONS if args.scale else idle)
    with tempfile.TemporaryDirectory(prefix="spiped-net-bench.") as directory:
        make_secrets(directory)
        load = f"{directory}/load"
        subprocess.run(["cc", "-O2", "-pthread", "-o", load, f"{HERE}/load.c"], check=True)
        seconds, requests = (0.3, 4000) if args.quick else (2, 60000)
        results, failures = run_rounds(args, peers, Bench(load, directory, seconds, idle, requests))

    table = report.markdown(args.work, args.rounds, peers, results, failures)
    if args.quick:
        table = "**One short round, to see that everything works: the figures mean nothing.**\n\n" + table
    print(table)
    for line in failures:
        print(f"failed: {line}", file=sys.stderr)
    output = HERE if args.is_whole and len(peers) == len(args.peers) else os.path.join(os.path.dirname(HERE), "artifacts", "bench")
    os.makedirs(output, exist_ok=True)
    drawing = chart.curves(args.work, peers, results) if args.scale else chart.svg(args.work, peers, results)
    for name, text in ((f"{args.name}.md", table), (f"{args.name}.svg", drawing)):
        with open(f"{output}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
        print(f"written: {os.path.relpath(output)}/{name}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
