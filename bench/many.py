"""Many tunnels in one process, many keys at one of them, many connections through all; see many.sh."""
import argparse
import os
import resource
import socket
import statistics
import tempfile
import time

from connections import of_connections
from processes import await_all, cpu_seconds, descriptors, end, free_ports, new_key, pss_kib
from report import machine
from tunnel import free_port, start

TUNNELS, KEYS, CONNECTIONS, ROUNDS, HANDSHAKES = 200, (1, 100, 1000), 10_000, 5, 3000
DESCRIPTORS = resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def of_tunnels(is_ours, directory, target):
    """Seconds until all listen, memory and descriptors of TUNNELS sending ends: one process of ours, or one each of stock."""
    key = new_key(f"{directory}/key")
    ports = free_ports(TUNNELS)
    lines = [f"-e -s [127.0.0.1]:{port} -t [127.0.0.1]:{target} -k {key}" for port in ports]
    begin = time.monotonic()
    if is_ours:
        with open(f"{directory}/conf", "w", encoding="ascii") as file:
            file.writelines(f"t{i}: {line}\n" for i, line in enumerate(lines))
        processes = [start([os.environ["SPIPED_NET"], "-F", "--no-control", "-c", f"{directory}/conf"])]
    else:
        processes = [start(["spiped", "-F", *line.split()]) for line in lines]
    try:
        seconds = await_all(ports, begin)
        time.sleep(1)
        return seconds, sum(map(pss_kib, processes)) / 1024, sum(map(descriptors, processes))
    finally:
        end(processes)


def of_keys(count, directory):
    """CPU microseconds of a receiver for each stranger's complete y_C || h_C, which none of its keys has made."""
    keys = f"{directory}/{count}"
    os.mkdir(keys)
    for i in range(count):
        new_key(f"{keys}/{i}.key")
    port = free_port()
    process = start([os.environ["SPIPED_NET"], "-F", "--no-control", "-d", "-s", f"[127.0.0.1]:{port}", "-t", "[127.0.0.1]:9", "-k", keys,
                     "--log-level", "error"])
    try:
        await_all([port], time.monotonic())
        samples = []
        for _ in range(ROUNDS):
            before = cpu_seconds(process)
            for _ in range(HANDSHAKES):
                try:
                    with socket.create_connection(("127.0.0.1", port)) as client:
                        client.sendall(bytes(32 + 288))
                        while client.recv(4096):
                            pass
                except ConnectionResetError:
                    pass  # as it should be
            samples.append((cpu_seconds(process) - before) / HANDSHAKES * 1e6)
        return statistics.median(samples)
    finally:
        end([process])


def connections_table(directory, rounds):
    # An end has two descriptors for each, two for each tunnel, and some of its own.
    processes = -(-CONNECTIONS // ((DESCRIPTORS - 2 * TUNNELS - 200) // 2))
    figures = {True: [], False: []}
    for _ in range(rounds):
        for is_ours in (True, False):
            figures[is_ours].append(of_connections(is_ours, TUNNELS, processes, CONNECTIONS, directory))
    lines = [f"{CONNECTIONS:,} idle connections through {TUNNELS} tunnels, made one after the other (without forward secrecy: what is "
             f"held is the same), medians of {rounds} interleaved rounds. A process may have {DESCRIPTORS:,} descriptors here, and "
             "needs two for each connection:", "",
             "| each end | seconds to make them | CPU seconds, both ends | memory (PSS) a connection, KiB: receiver | sender "
             "| memory, both ends, MiB | descriptors: receiver | sender |", "|---|--:|--:|--:|--:|--:|--:|--:|"]
    for is_ours, title in ((True, f"{processes} process{'es' * (processes > 1)} of spiped-net"),
                           (False, f"{TUNNELS} processes of stock spiped")):
        seconds, cpu, receiver, sender, memory, *files = (statistics.median(column) for column in zip(*figures[is_ours]))
        lines.append(f"| {title} | {seconds:.1f} | {cpu:.1f} | {receiver:.1f} | {sender:.1f} | {memory:.0f} "
                     f"| {files[0]:,.0f} | {files[1]:,.0f} |")
    return lines


def main():
    parser = argparse.ArgumentParser(prog="many.sh")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    lines = ["# Benchmark: many tunnels, many keys, many connections", "", f"`./bench/many.sh --rounds {rounds}`",
             machine(), f"Load average at the start: {os.getloadavg()[0]:.1f}", ""]
    with tempfile.TemporaryDirectory() as directory, socket.socket() as target:
        target.bind(("127.0.0.1", 0))
        target.listen()
        figures = {True: [], False: []}
        for _ in range(rounds):
            for is_ours in (True, False):
                figures[is_ours].append(of_tunnels(is_ours, directory, target.getsockname()[1]))
        lines += [f"{TUNNELS} sending ends, medians of {rounds} interleaved rounds:", "",
                  "| | seconds until all listen | memory (PSS), MiB | descriptors |", "|---|--:|--:|--:|"]
        for is_ours, title in ((True, "one spiped-net -c FILE"), (False, f"{TUNNELS} processes of stock spiped")):
            seconds, memory, files = (statistics.median(column) for column in zip(*figures[is_ours]))
            lines.append(f"| {title} | {seconds:.2f} | {memory:.0f} | {files:.0f} |")
        lines += ["", "What a stranger costs a receiver that has so many keys, CPU of the whole connection up to the refusal of its "
                  f"y_C ‖ h_C, medians of {ROUNDS} times {HANDSHAKES:,}:", "", "| keys | µs |", "|--:|--:|"]
        lines += [f"| {count:,} | {of_keys(count, directory):.0f} |" for count in KEYS]
        lines += ["", *connections_table(directory, rounds)]
    print("\n".join(lines))


main()
