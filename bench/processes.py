"""What processes have: memory, descriptors, time; and what they need to start: ports and keys."""
import os
import socket
import time

from tunnel import Failure, free_port


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
