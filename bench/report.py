"""The results as Markdown: medians, and the ratio to spiped."""
import datetime
import os
import shlex
import statistics
import subprocess
import sys

from peers import BASELINE, OURS

HEADER = """# Benchmark: the same work through each tunnel

{command}
{date}, {machine}; {ours}; {versions}.

Both ends of each tunnel, the load and the server behind it run on this machine and share its cores, over the loopback.
Figures are medians of {rounds}; in brackets the median of each round's ratio to spiped in the same round, which can differ
from the medians' ratio where rounds differ much. Compare within a run, not between machines. The TLS tunnels check no
certificate, where spiped authenticates both ends.
"""


def median(values):
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def ratio(results, key, peer):
    """The median over the rounds of the peer's figure divided by spiped's of the same round; None when unknown."""
    pairs = zip(results[key].get(peer, []), results[key].get(BASELINE, []))
    return median([value / base for value, base in pairs if value is not None and base])


def cell(results, key, peer, figure):
    value = median(results[key].get(peer.name, []))
    if value is None:
        return "–"
    text = f"{value:,.{figure.decimals}f}"
    times = ratio(results, key, peer.name)
    return text if times is None or peer.name == BASELINE else f"{text} ({times:.2f}×)"


def rows(work, results):
    """(key, figure) of every figure there is, in the order of the work."""
    return [((item[0], name), figure) for item in work for name, figure in item[2].items() if (item[0], name) in results]


def table(work, peers, results):
    lines = ["| | | " + " | ".join(peer.title for peer in peers) + " |", "|---|---|" + "--:|" * len(peers)]
    for key, figure in rows(work, results):
        compared = [peer for peer in peers if peer.name != BASELINE] or peers
        if any(peer.name in results[key] for peer in compared):
            cells = " | ".join(cell(results, key, peer, figure) for peer in peers)
            lines.append(f"| {figure.title} | {figure.unit}{' ↑' if figure.best is max else ' ↓'} | {cells} |")
    return lines


def every_round(work, peers, results):
    lines = ["<details><summary>Every round</summary>", "", "| | " + " | ".join(peer.title for peer in peers) + " |",
             "|---|" + "---|" * len(peers)]
    for key, figure in rows(work, results):
        cells = (" ".join("–" if value is None else f"{value:.{figure.decimals}f}" for value in results[key].get(peer.name, []))
                 for peer in peers)
        lines.append(f"| {figure.title} ({figure.unit}) | {' | '.join(cells)} |")
    return [*lines, "", "</details>"]


def markdown(work, rounds, peers, results, failures):
    command = "`./bench.sh" + "".join(f" {shlex.quote(word)}" for word in sys.argv[1:]) + "`"
    lines = [HEADER.format(command=command, date=datetime.date.today(), machine=machine(), ours=version(OURS, "-v"),
                           versions=versions(peers), rounds="1 round" if rounds == 1 else f"{rounds} interleaved rounds")]
    pure = [peer for peer in peers if not peer.is_mixed]
    mixed = [peer for peer in peers if peer.is_mixed]
    lines += table(work, sorted(pure, key=lambda peer: peer.name == BASELINE), results)
    if mixed:
        lines += ["", "One end ours, the other stock:", ""]
        lines += table(work, [*mixed, *(peer for peer in pure if peer.name == BASELINE)], results)
    lines += ["", "↑ more is better, ↓ less is better.", "", *every_round(work, peers, results)]
    lines += ["", *(f"- failed: {failure}" for failure in failures)] if failures else []
    return "\n".join(lines) + "\n"


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    with open("/etc/os-release", encoding="utf-8") as file:
        system = dict(line.rstrip().replace('"', "").split("=", 1) for line in file if "=" in line)
    return f"{os.cpu_count()} cores {models[0] if models else os.uname().machine}, {system['PRETTY_NAME']}, Linux {os.uname().release}"


def version(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return ((done.stdout or done.stderr).strip().splitlines() or [command[0]])[0]


def versions(peers):
    """What the distribution calls the versions of the others."""
    packages = {"spiped": "spiped", "stunnel": "stunnel4", "haproxy-tls": "haproxy", "plain": "haproxy"}
    wanted = sorted({packages[peer.name] for peer in peers if peer.name in packages} | {"redis-server"})
    return ", ".join(f"{package} {version('dpkg-query', '-W', '-f', '${Version}', package)}" for package in wanted)
