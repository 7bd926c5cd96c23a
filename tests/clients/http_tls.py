# SPDX-License-Identifier: Apache-2.0
"""TLS from outside: versions and ciphers, certificates that are replaced, certificates of clients,
and what a connection may cost. http_tls.py --build DIR [--only WORDS]"""

import argparse
import contextlib
import hashlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "identity"))

from certificates import OPENSSL, Authority  # noqa: E402
from checks import check, expect, run_checks  # noqa: E402
from http_wire import Wire, echo, echo_request, modern_headers, request  # noqa: E402
from run import CLIENTS, PYTHON, VERSIONS  # noqa: E402
from toolpost_process import PATIENCE_S, Build, HttpServer  # noqa: E402
from world import USERS, environment, users_file  # noqa: E402

SKIPPED = 77
MEMORY_GOAL_KIB = 80
MEASURED_CONNECTIONS = 400


class TlsWire(Wire):
    """One connection through TLS; what the handshake refuses is an ssl.SSLError or a closed socket."""

    def __init__(self, port, context, address="127.0.0.1"):
        super().__init__(port)
        self.socket = context.wrap_socket(self.socket, server_hostname=address)

    def is_idle(self):
        raise NotImplementedError("records hide what has arrived")


class Stage:
    """An authority, a server certificate and the files a server is started with."""

    def __init__(self, build, directory):
        self.build = build
        self.directory = Path(directory)
        self.authority = Authority(directory)
        self.pair = self.authority.sign("server", "IP:127.0.0.1,DNS:localhost")

    def settings(self, limits=None, **tls):
        return {
            "http": {
                "tls": {"certificate_file": str(self.pair.certificate), "key_file": str(self.pair.key), **tls},
                "limits": limits or {},
            }
        }

    def server(self, limits=None, tls=None, **more):
        return HttpServer(self.build, **self.settings(limits, **(tls or {})), **more)

    def client(self, pair=None, authority=None):
        context = ssl.create_default_context(cafile=str((authority or self.authority).certificate))
        if pair:
            context.load_cert_chain(str(pair.certificate), str(pair.key))
        return context

    @contextlib.contextmanager
    def aside(self):
        """A stage of its own, whose files may be changed."""
        with tempfile.TemporaryDirectory(prefix="toolpost-tls-") as directory:
            yield Stage(self.build, directory)


def answer_over(wire, port, headers=None):
    wire.send(request(port, echo(), {**modern_headers(echo()), **(headers or {})}))
    return wire.answer()


def serial_of(wire):
    return wire.socket.getpeercert()["serialNumber"]


def is_refused(port, context, talk=True):
    """Whether the handshake fails; with TLS 1.3 a client hears of it only when it reads."""
    try:
        with TlsWire(port, context) as wire:
            if talk:
                answer_over(wire, port)
    except (ssl.SSLError, EOFError, ConnectionError):
        return True
    return False


@check
def the_log_says_https_and_answers_are_strict_about_it(stage):
    with stage.server() as server, TlsWire(server.port, stage.client()) as wire:
        expect(server.url.startswith("https://"), server.url)
        for number in range(3):
            answer = answer_over(wire, server.port)
            expect(answer.status == 200, answer)
            expect(answer.headers.get("strict-transport-security", "").startswith("max-age="), answer.headers)
        expect(wire.socket.selected_alpn_protocol() is None, "a protocol was chosen that nobody offered")


@check
def one_two_and_one_three_work(stage):
    with stage.server() as server:
        for version, name in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
            context = stage.client()
            context.minimum_version = context.maximum_version = version
            with TlsWire(server.port, context) as wire:
                expect(wire.socket.version() == name, wire.socket.version())
                expect("GCM" in wire.socket.cipher()[0] or "CHACHA20" in wire.socket.cipher()[0], wire.socket.cipher())
                expect(wire.socket.compression() is None, "compression")
                expect(answer_over(wire, server.port).status == 200, name)


# What follows asks for versions that Python rightly warns of.
warnings.filterwarnings("ignore", category=DeprecationWarning, message="ssl.TLSVersion")


def weak_context(stage, version):
    context = stage.client()
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


@contextlib.contextmanager
def weak_server(stage, version):
    """A server that takes what Toolpost must refuse, to show that the client is able to ask for it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(stage.pair.certificate), str(stage.pair.key))
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve():
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                with context.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(PATIENCE_S)


@check
def older_versions_are_refused(stage):
    with stage.server() as server:
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            context = weak_context(stage, version)
            with weak_server(stage, version) as port, TlsWire(port, context) as wire:
                expect(wire.socket.version() in ("TLSv1", "TLSv1.1"), "the client cannot even ask for it")
            expect(is_refused(server.port, context), f"{version.name} was taken")


@check
def ciphers_that_do_not_authenticate_are_refused(stage):
    with stage.server() as server:
        for ciphers in ("ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA"):
            context = stage.client()
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(ciphers)
            with weak_server(stage, ssl.TLSVersion.TLSv1_2) as port, TlsWire(port, context):
                pass
            expect(is_refused(server.port, context), f"{ciphers} was taken")


@check
def only_HTTP_1_1_is_negotiated(stage):
    with stage.server() as server:
        context = stage.client()
        context.set_alpn_protocols(["h2", "http/1.1"])
        with TlsWire(server.port, context) as wire:
            expect(wire.socket.selected_alpn_protocol() == "http/1.1", wire.socket.selected_alpn_protocol())
        context.set_alpn_protocols(["h2"])
        expect(is_refused(server.port, context), "h2 was agreed on")


@check
def renegotiation_is_refused(stage):
    with stage.server() as server:
        command = [OPENSSL, "s_client", "-connect", f"127.0.0.1:{server.port}", "-tls1_2", "-CAfile",
                   str(stage.authority.certificate)]
        client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True)
        lines = []
        while not any("Verify return code" in line for line in lines):
            line = client.stdout.readline()
            expect(line, "".join(lines))
            lines.append(line)
        said, _ = client.communicate("R\n", timeout=PATIENCE_S)
        expect("no renegotiation" in said, said[-500:])


@check
def an_answer_larger_than_the_socket_takes_comes_whole(stage):
    text = "x" * 900_000
    body = echo(text)
    with stage.server() as server, TlsWire(server.port, stage.client()) as wire:
        wire.send(request(server.port, body, modern_headers(body)) * 3)
        for _ in range(3):
            answer = wire.answer()
            expect(answer.json()["result"]["content"][0]["text"] == text, answer)


@check
def plain_HTTP_is_not_answered(stage):
    with stage.server() as server, Wire(server.port) as wire:
        rest = wire.send(echo_request(server.port)).rest()
        expect(b"HTTP/1.1 200" not in rest and b"result" not in rest, rest)


@check
def the_end_is_told_from_a_cut(stage):
    with stage.server() as server, TlsWire(server.port, stage.client()) as wire:
        wire.socket.suppress_ragged_eofs = False
        answer = answer_over(wire, server.port, {"Connection": "close"})
        expect(answer.status == 200, answer)
        expect(wire.socket.recv(1) == b"", "no close_notify")


@check
def a_new_certificate_is_taken_under_load(stage):
    with stage.aside() as own, own.server() as server:
        context = own.client()
        renewed = own.authority.sign("renewed", "IP:127.0.0.1")
        stop, problems, served = threading.Event(), [], [0]

        def load():
            try:
                with TlsWire(server.port, context) as old:
                    while not stop.is_set():
                        expect(answer_over(old, server.port).status == 200, "the old connection")
                        with TlsWire(server.port, context) as fresh:
                            expect(answer_over(fresh, server.port).status == 200, "a new connection")
                        served[0] += 2
            except Exception as problem:
                problems.append(repr(problem))

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        with TlsWire(server.port, context) as wire:
            before = serial_of(wire)
        renewed.write_over(own.pair)
        deadline = time.monotonic() + PATIENCE_S
        now = before
        while now == before and time.monotonic() < deadline:
            with TlsWire(server.port, context) as wire:
                now = serial_of(wire)
        stop.set()
        for thread in threads:
            thread.join()
        expect(now != before, "the old certificate is still shown")
        expect(not problems, problems)
        expect(served[0] > 0, "there was no load")


@check
def SIGHUP_takes_it_at_once_and_a_bad_pair_changes_nothing(stage):
    with stage.aside() as own, own.server() as server:
        context = own.client()
        other = own.authority.sign("other", "IP:127.0.0.1")
        kept = own.pair.certificate.read_bytes()
        with TlsWire(server.port, context) as wire:
            before = serial_of(wire)
        for bad in (other.certificate.read_bytes(), b"nothing", None):
            if bad is None:
                own.pair.certificate.write_bytes(kept)
                own.pair.key.chmod(0o644)
            else:
                own.pair.certificate.write_bytes(bad)
            seen = server.log_text().count("are not taken")
            server.process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + PATIENCE_S
            while server.log_text().count("are not taken") == seen and time.monotonic() < deadline:
                time.sleep(0.01)
            expect(server.log_text().count("are not taken") > seen, f"{bad!r} was not complained about")
            with TlsWire(server.port, context) as wire:
                expect(serial_of(wire) == before and answer_over(wire, server.port).status == 200, "the old one is gone")
        own.pair.key.chmod(0o600)
        other.write_over(own.pair)
        server.process.send_signal(signal.SIGHUP)
        deadline, serial = time.monotonic() + PATIENCE_S, before
        while serial == before:
            expect(time.monotonic() < deadline, "still the old one")
            with TlsWire(server.port, context) as wire:
                serial = serial_of(wire)


def refused_start(stage, **tls):
    with tempfile.TemporaryDirectory(prefix="toolpost-test-") as directory:
        config = stage.build.write_config(directory, **stage.settings(**tls))
        command = [stage.build.binary, "http", "--config", config, "--port", "0"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S)
    expect(done.returncode not in (0, -6, -11), f"exit code {done.returncode}")
    return done.stderr


@check
def a_pair_that_does_not_belong_together_refuses_the_start(stage):
    other = stage.authority.sign("stranger", "IP:127.0.0.1")
    said = refused_start(stage, key_file=str(other.key))
    expect("is not the key of the certificate" in said and "stranger.key" in said, said)
    other.key.chmod(0o644)
    expect("chmod o=" in refused_start(stage, key_file=str(other.key)), "a key that all can read was taken")
    said = refused_start(stage, key_file="/nowhere/key")
    expect("/nowhere/key" in said, said)
    expect("client_ca_file" in refused_start(stage, client_certificates="required"), "nobody can judge clients")


@check
def a_certificate_near_its_end_is_warned_of(stage):
    with stage.aside() as own:
        own.authority.sign("short", "IP:127.0.0.1", days=5).write_over(own.pair)
        with own.server() as server:
            line = server.wait_for_log(lambda line: "expires soon" in line.get("message", ""), "a warning")
            expect(line["level"] == "WARN" and line["days"] == 4, line)
    with stage.server() as server:
        expect("expires soon" not in server.log_text(), "warned without reason")


class ClientWorld:
    """A server in user mode that maps client certificates to its users."""

    def __init__(self, own, mode):
        self.own = own
        self.clients = Authority(own.directory, "clients")
        self.root = self.clients.sign("root", "URI:spiffe://example/root")
        self.ann = self.clients.sign("ann", "DNS:ann.example")
        self.nobody = self.clients.sign("nobody", "DNS:nobody.example")
        self.ghost = self.clients.sign("ghost", "DNS:ghost.example")
        self.stranger = own.authority.sign("outsider", "URI:spiffe://example/root")
        der = ssl.PEM_cert_to_DER_cert(self.ann.certificate.read_text())
        tls = {
            "client_ca_file": str(self.clients.certificate),
            "client_certificates": mode,
            "client_users": ["uri:spiffe://example/root = root", "dns:ghost.example = ghost",
                             f"sha256:{hashlib.sha256(der).hexdigest()} = ann"],
        }
        variables = environment({"MCP_ENABLE_USER_AUTH": "true"}, users_file(own.directory))
        self.server = own.server(tls=tls, environment=variables)

    def ask(self, pair=None, key=None):
        """The status of a call, and whether the tool itself answered."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        with TlsWire(self.server.port, self.own.client(pair)) as wire:
            answer = answer_over(wire, self.server.port, headers)
        return answer.status, b'"isError":true' not in answer.body


@check
def client_certificates_are_users(stage):
    with stage.aside() as own:
        world = ClientWorld(own, "optional")
        with world.server:
            expect(world.ask(world.root) == (200, True), "root by certificate")
            expect(world.ask(world.ann) == (200, False), "ann by fingerprint: in, but no tools for role user")
            expect(world.ask(world.nobody)[0] == 401, "a certificate that nobody has")
            expect(world.ask(world.ghost)[0] == 401, "a certificate of a user that does not exist")
            expect(world.ask()[0] == 401, "no certificate and no key")
            expect(world.ask(key=USERS["root"]) == (200, True), "a key without a certificate")
            expect(world.ask(world.nobody, USERS["root"]) == (200, True), "a key beside a certificate")
            expect(world.ask(world.root, USERS["ann"]) == (200, False), "the key counts before the certificate")
            expect(world.ask(world.root, "x" * 40)[0] == 401, "a wrong key is not mended by a certificate")
            expect(is_refused(world.server.port, own.client(world.stranger)), "another authority's certificate")


@check
def client_certificates_can_be_required(stage):
    with stage.aside() as own:
        world = ClientWorld(own, "required")
        with world.server:
            expect(world.ask(world.root) == (200, True), "with a certificate")
            expect(is_refused(world.server.port, own.client()), "without one")
            expect(is_refused(world.server.port, own.client(world.stranger)), "with a stranger's")


@check
def half_open_handshakes_are_capped_and_time_out(stage):
    limits = {"max_tls_connections": 20, "tls_handshake_timeout_ms": 6000}
    with stage.server(limits) as server:
        began = time.monotonic()
        wires = [Wire(server.port) for _ in range(20)]
        for wire in wires[10:]:
            wire.send(b"\x16\x03\x01")  # the beginning of a hello
        with Wire(server.port) as late:
            expect(late.rest() == b"", "something was said before the handshake")
        expect(time.monotonic() - began < 5.5, "the cap closed nothing; the timeout did")
        for wire in wires:
            wire.rest()
            wire.close()
        took = time.monotonic() - began
        expect(5 < took < 30, f"half-open handshakes ended after {took:.1f} s")
        with TlsWire(server.port, stage.client()) as wire:
            expect(answer_over(wire, server.port).status == 200, "no room afterwards")


@check
def one_address_has_so_many_connections(stage):
    with stage.server({"max_connections_per_address": 3}) as server:
        wires = [TlsWire(server.port, stage.client()) for _ in range(3)]
        expect(is_refused(server.port, stage.client()), "a fourth from one address")
        other = socket.create_connection(("127.0.0.1", server.port), PATIENCE_S, source_address=("127.0.0.2", 0))
        with stage.client().wrap_socket(other, server_hostname="127.0.0.1") as secure:
            expect(secure.version(), "another address is not counted with it")
        wires.pop().close()
        deadline = time.monotonic() + PATIENCE_S
        while is_refused(server.port, stage.client()):
            expect(time.monotonic() < deadline, "a closed connection still counts")
        for wire in wires:
            wire.close()


@check
def the_official_Python_client_works(stage):
    if not PYTHON.exists():
        print("      the official Python client is not installed: not tested")
        return
    with stage.server() as server:
        options = {"era": "modern", "version": VERSIONS["modern"], "url": server.url, "log": str(server.log_path)}
        trusting = {**os.environ, "SSL_CERT_FILE": str(stage.authority.certificate)}
        command = [str(PYTHON), str(CLIENTS["python-client"][0][1]), json.dumps(options)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, env=trusting)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    problems = [line for line in said if line["problem"]]
    expect(done.returncode == 0 and len(said) > 5 and not problems, f"{problems} {done.stderr[-800:]}")
    print(f"      {len(said)} checks of its own")


def resident_kib(server):
    for line in Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")


@check
def a_connection_costs_little_memory(stage):
    limits = {"max_connections_per_address": 10_000}
    with stage.server(limits) as server:
        context = stage.client()
        for _ in range(3):
            with TlsWire(server.port, context) as wire:
                answer_over(wire, server.port)
        before = resident_kib(server)
        wires = []
        for _ in range(MEASURED_CONNECTIONS):
            wire = TlsWire(server.port, context)
            expect(answer_over(wire, server.port).status == 200, "not served")
            wires.append(wire)
        each = (resident_kib(server) - before) / MEASURED_CONNECTIONS
        print(f"      {each:.1f} KiB for each of {MEASURED_CONNECTIONS} idle connections (goal {MEMORY_GOAL_KIB})")
        for wire in wires:
            wire.close()
        expect(stage.build.is_sanitized or each <= MEMORY_GOAL_KIB, f"{each:.1f} KiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only", help="run the checks whose name holds this")
    arguments = parser.parse_args()
    if OPENSSL is None:
        print("SKIPPED: the command openssl is not installed; packaging/setup test installs it")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="toolpost-tls-") as directory:
        return run_checks(Stage(arguments.build, directory), only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
