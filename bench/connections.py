"""Many idle connections through many tunnels, each end one process or several; see many.sh."""
import contextlib
import os
import signal
import socket
import time

from processes import await_all, cpu_seconds, descriptors, end, free_ports, new_key, pss_kib
from tunnel import Failure, die_with_parent, start


@contextlib.contextmanager
def echo():
    """The port of a process, whose descriptors are its own, that answers each connection's first byte, and holds it."""
    with socket.socket() as target:
        target.bind(("127.0.0.1", 0))
        target.listen(4096)
        server = os.fork()
        if server == 0:
            die_with_parent()
            held = []
            while True:
                served, _ = target.accept()
                served.sendall(served.recv(1))
                held.append(served)
        try:
            yield target.getsockname()[1]
        finally:
            os.kill(server, signal.SIGKILL)
            os.waitpid(server, 0)


def start_end(is_ours, lines, processes, path):
    """The processes with the tunnels of the lines: one for each tunnel of stock."""
    if not is_ours:
        return [start(["spiped", "-F", *line.split()]) for line in lines]
    started = []
    for first in range(processes):
        with open(f"{path}{first}.conf", "w", encoding="ascii") as file:
            file.writelines(f"t{i}: {line}\n" for i, line in enumerate(lines[first::processes]))
        started.append(start([os.environ["SPIPED_NET"], "-F", "--no-control", "-c", f"{path}{first}.conf"]))
    return started


@contextlib.contextmanager
def both_ends(is_ours, tunnels, processes, target, directory):
    """The receivers, the senders, and the ports of the senders, which all listen."""
    key = new_key(f"{directory}/ckey")
    ports = free_ports(2 * tunnels)
    middles, sources = ports[:tunnels], ports[tunnels:]
    common = f"-f -n 0 -k {key}"
    receivers = start_end(is_ours, [f"-d {common} -s [127.0.0.1]:{port} -t [127.0.0.1]:{target}" for port in middles],
                          processes, f"{directory}/d")
    senders = start_end(is_ours, [f"-e {common} -s [127.0.0.1]:{port} -t [127.0.0.1]:{middle}" for port, middle in zip(sources, middles)],
                        processes, f"{directory}/e")
    try:
        await_all(ports, time.monotonic())
        # What came to see whether they listen is gone again.
        time.sleep(1)
        yield receivers, senders, sources
    finally:
        end(receivers + senders)


def of_connections(is_ours, tunnels, processes, count, directory):
    """Seconds to make them, CPU seconds of both ends, KiB a connection and MiB of both, descriptors; a receiver's before a sender's."""
    with echo() as target, both_ends(is_ours, tunnels, processes, target, directory) as (receivers, senders, sources), \
            contextlib.ExitStack() as held:
        ends = receivers, senders
        before = [sum(map(pss_kib, one)) for one in ends]
        cpu = sum(map(cpu_seconds, receivers + senders))
        begin = time.monotonic()
        for i in range(count):
            client = held.enter_context(socket.create_connection(("127.0.0.1", sources[i % tunnels])))
            client.sendall(b"x")
            if client.recv(1) != b"x":
                raise Failure("a connection did not get through")
        seconds = time.monotonic() - begin
        cpu = sum(map(cpu_seconds, receivers + senders)) - cpu
        time.sleep(1)
        after = [sum(map(pss_kib, one)) for one in ends]
        each = [(then - first) / count for then, first in zip(after, before)]
        return seconds, cpu, *each, sum(after) / 1024, *(sum(map(descriptors, one)) for one in ends)
