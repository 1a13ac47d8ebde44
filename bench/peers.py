"""The tunnels that are compared: for each, the command lines of its two ends."""
import os
import shutil
import subprocess

OURS = os.environ["SPIPED_NET"]


class Peer:
    """A tunnel: `commands` makes the argv of the end `role` ('client' or 'server') between two ports."""

    def __init__(self, name, title, needs, commands, is_mixed=False):
        self.name, self.title, self.needs, self.commands, self.is_mixed = name, title, needs, commands, is_mixed

    def missing(self):
        """The programs that are not there."""
        return [program for program in self.needs if shutil.which(program) is None]


def spiped(client, server):
    def commands(role, source, target, directory):
        program, mode = (client, "-e") if role == "client" else (server, "-d")
        # -n 0: no limit on connections, on either; the memory figure needs 2,000.
        return [program, "-F", "-n", "0", mode, "-s", f"[127.0.0.1]:{source}", "-t", f"[127.0.0.1]:{target}",
                "-k", f"{directory}/key"]
    return commands


def stunnel(role, source, target, directory):
    is_client = "yes" if role == "client" else "no"
    return ["stunnel", config(directory, source, f"""
foreground = yes
pid =
debug = 3
socket = l:TCP_NODELAY=1
socket = r:TCP_NODELAY=1
cert = {directory}/certificate.pem
[tunnel]
client = {is_client}
accept = 127.0.0.1:{source}
connect = 127.0.0.1:{target}
""")]


def haproxy(has_tls):
    def commands(role, source, target, directory):
        accept = f"ssl crt {directory}/certificate.pem" if has_tls and role == "server" else ""
        connect = "ssl verify none" if has_tls and role == "client" else ""
        return ["haproxy", "-db", "-f", config(directory, source, f"""
global
    maxconn 8000
    nbthread 2
defaults
    mode tcp
    timeout connect 5s
    timeout client 1h
    timeout server 1h
listen tunnel
    bind 127.0.0.1:{source} {accept}
    server next 127.0.0.1:{target} {connect}
""")]
    return commands


def config(directory, source, text):
    path = f"{directory}/{source}.conf"
    with open(path, "w", encoding="ascii") as file:
        file.write(text.lstrip())
    return path


def make_secrets(directory):
    """A key for the spipeds and a self-signed certificate for TLS; nobody checks it, which spares TLS some work."""
    with open(os.open(f"{directory}/key", os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
        file.write(os.urandom(32))
    if shutil.which("openssl"):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=bench", "-keyout", f"{directory}/tls.key", "-out", f"{directory}/tls.crt"],
            check=True, capture_output=True)
        with open(f"{directory}/certificate.pem", "wb") as file:
            for part in ("tls.crt", "tls.key"):
                with open(f"{directory}/{part}", "rb") as source:
                    shutil.copyfileobj(source, file)


BASELINE = "spiped"
PEERS = [
    Peer("spiped-net", "spiped-net", [OURS], spiped(OURS, OURS)),
    Peer("spiped", "spiped", ["spiped"], spiped("spiped", "spiped")),
    Peer("stunnel", "stunnel", ["stunnel", "openssl"], stunnel),
    Peer("haproxy-tls", "HAProxy TLS", ["haproxy", "openssl"], haproxy(has_tls=True)),
    Peer("plain", "no encryption (HAProxy)", ["haproxy"], haproxy(has_tls=False)),
    Peer("ours-stock", "spiped-net -e, spiped -d", [OURS, "spiped"], spiped(OURS, "spiped"), is_mixed=True),
    Peer("stock-ours", "spiped -e, spiped-net -d", [OURS, "spiped"], spiped("spiped", OURS), is_mixed=True),
]
