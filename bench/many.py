"""Many tunnels in one process, many keys at one of them, many connections through all; see many.sh."""
import argparse
import os
import resource
import signal
import socket
import statistics
import tempfile
import time

from report import machine
from tunnel import Failure, free_port, start

TUNNELS, KEYS, CONNECTIONS, ROUNDS, HANDSHAKES = 200, (1, 100, 1000), 10_000, 5, 300
DESCRIPTORS = resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def pss_kib(process):
    """Resident memory, what processes share divided among them."""
    with open(f"/proc/{process.pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))


def descriptors(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def await_all(ports, begin):
    for port in ports:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if time.monotonic() - begin > 60:
                raise Failure(f"port {port} does not listen")
            time.sleep(0.001)
    return time.monotonic() - begin


def free_ports(count):
    ports = set()
    while len(ports) < count:
        ports.add(free_port())
    return list(ports)


def end(processes):
    for process in processes:
        process.kill()
    for process in processes:
        process.wait()


def new_key(path):
    with open(path, "wb") as file:
        file.write(os.urandom(32))
    os.chmod(path, 0o600)
    return path


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


def echo(target):
    """In a process of its own, whose descriptors are its own: answers each connection's first byte, and holds it."""
    held = []
    while True:
        served, _ = target.accept()
        served.sendall(served.recv(1))
        held.append(served)


def of_connections(directory):
    """Memory and descriptors of both ends, each of TUNNELS tunnels in one process, with many idle connections through them."""
    # An end has two for each, and some of its own.
    count = min(CONNECTIONS, (DESCRIPTORS - 2 * TUNNELS - 200) // 2)
    key = new_key(f"{directory}/ckey")
    with socket.socket() as target:
        target.bind(("127.0.0.1", 0))
        target.listen(4096)
        ports = free_ports(2 * TUNNELS)
        middles, sources = ports[:TUNNELS], ports[TUNNELS:]
        ends = {"d": [], "e": []}
        for i in range(TUNNELS):
            ends["d"].append(f"t{i}: -d -f -n 0 -s [127.0.0.1]:{middles[i]} -t [127.0.0.1]:{target.getsockname()[1]} -k {key}\n")
            ends["e"].append(f"t{i}: -e -f -n 0 -s [127.0.0.1]:{sources[i]} -t [127.0.0.1]:{middles[i]} -k {key}\n")
        processes = []
        for role, lines in ends.items():
            with open(f"{directory}/{role}.conf", "w", encoding="ascii") as file:
                file.writelines(lines)
            processes.append(start([os.environ["SPIPED_NET"], "-F", "--no-control", "-c", f"{directory}/{role}.conf"]))
        held = []
        try:
            await_all(middles[-1:] + sources[-1:], time.monotonic())
            before = sum(map(pss_kib, processes))
            begin = time.monotonic()
            server = os.fork()
            if server == 0:
                echo(target)
            for i in range(count):
                client = socket.create_connection(("127.0.0.1", sources[i % TUNNELS]))
                client.sendall(b"x")
                held.append(client)
                if client.recv(1) != b"x":
                    raise Failure("a connection did not get through")
            seconds = time.monotonic() - begin
            time.sleep(1)
            return count, seconds, (sum(map(pss_kib, processes)) - before) / count, sum(map(descriptors, processes))
        finally:
            os.kill(server, signal.SIGKILL)
            for item in held:
                item.close()
            end(processes)


def main():
    parser = argparse.ArgumentParser(prog="many.sh")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    lines = ["# Benchmark: many tunnels, many keys, many connections", "", f"`./bench/many.sh --rounds {rounds}`",
             machine(), ""]
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
                  f"y_C ‖ h_C, medians of {ROUNDS} times {HANDSHAKES}:", "", "| keys | µs |", "|--:|--:|"]
        lines += [f"| {count:,} | {of_keys(count, directory):.0f} |" for count in KEYS]
        count, seconds, memory, files = of_connections(directory)
        lines += ["", f"{count:,} idle connections through {TUNNELS} tunnels, both ends one process each (without forward secrecy: "
                  "what is held is the same), made one after the other:", "",
                  "| seconds to make them | memory (PSS) a connection, both ends, KiB | descriptors, both ends |", "|--:|--:|--:|",
                  f"| {seconds:.1f} | {memory:.1f} | {files:,} |"]
    print("\n".join(lines))


main()
