# SPDX-License-Identifier: Apache-2.0
"""The nftables sample, loaded into a network of the test's own, between a server and a client in a second
one: allowed sources reach the port, others do not, and nothing else is touched. As root.
nftables.py --build DIR --source DIR [--only WORDS]"""

import argparse
import ctypes
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402
from toolpost_process import Build, HttpServer  # noqa: E402

SKIPPED = 77
CLONE_NEWNET = 0x40000000
# Addresses of the client; the server has the same networks with 1 at the end.
ALLOWED, STRANGER, ALLOWED6, STRANGER6 = "10.8.0.2", "10.9.0.2", "fd00:8::2", "fd00:9::2"
KEY = "a-key-of-a-test-0123456789-abcdefghijklm"
ASK = """
import socket, sys
to, port, source, patience = sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4])
with socket.create_connection((to, port), patience, (source, 0)) as wire:
    wire.sendall(b"GET /livez HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
    print(wire.recv(100).decode().split()[1])
"""


def run(*words):
    return subprocess.run(list(map(str, words)), check=True, capture_output=True, text=True).stdout


class World:
    """Two networks with a cable between them; this process is in the server's."""

    def __init__(self, build, sample):
        self.build, self.sample = build, sample
        run("ip", "link", "set", "lo", "up")
        self._client = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo ready; exec sleep 600"],
                                        stdout=subprocess.PIPE, text=True)
        expect(self._client.stdout.readline() == "ready\n", "there is no second network")
        run("ip", "link", "add", "server", "type", "veth", "peer", "name", "client", "netns", self._client.pid)
        for address in (ALLOWED, STRANGER, ALLOWED6, STRANGER6):
            width = 64 if ":" in address else 24
            run("ip", "address", "add", f"{server_of(address)}/{width}", "dev", "server", *nodad(address))
            self.in_client("ip", "address", "add", f"{address}/{width}", "dev", "client", *nodad(address))
        run("ip", "link", "set", "server", "up")
        self.in_client("ip", "link", "set", "client", "up")

    def in_client(self, *words):
        return run("nsenter", "--target", self._client.pid, "--net", *words)

    def load(self, text=None):
        done = subprocess.run(["nft", "--file", "-" if text else self.sample], input=text, capture_output=True, text=True,
                              check=False)
        expect(done.returncode == 0, done)

    def reaches(self, port, source, patience=30):
        """Whether the server answers a connection from this address. A dropped one ends after a second."""
        done = subprocess.run(["nsenter", "--target", str(self._client.pid), "--net", sys.executable, "-c", ASK,
                               server_of(source), str(port), source, str(patience)], capture_output=True, text=True, check=False)
        expect(done.returncode == 0 or "timed out" in done.stderr, done)
        return done.stdout.strip() == "200"

    def dropped(self):
        """Packets that the sample counted."""
        return int(run("nft", "list", "chain", "inet", "toolpost", "port").split("packets ")[1].split()[0])

    def serve(self, port, host="::"):
        return HttpServer(self.build, environment={**os.environ, "MCP_ENABLE_AUTH": "true", "MCP_API_KEY": KEY},
                          http={"host": host, "port": port, "behind_proxy": True})

    def close(self):
        self._client.kill()
        self._client.wait()


def server_of(address):
    return address[:-1] + "1"


def nodad(address):
    # Without asking the network first whether somebody has the address.
    return ("nodad",) if ":" in address else ()


def port_of(text, port):
    """The sample for another port than 8000, which is the server's here."""
    expect(text.count("define toolpost_port = 8000\n") == 1, "the port is not where it was")
    return text.replace("define toolpost_port = 8000\n", f"define toolpost_port = {port}\n")


@check
def nft_finds_nothing_wrong(world):
    run("nft", "--check", "--file", world.sample)
    broken = world.sample.read_text().replace("policy accept", "policy perhaps")
    done = subprocess.run(["nft", "--check", "--file", "-"], input=broken, capture_output=True, text=True, check=False)
    expect(done.returncode != 0, "nft finds nothing at all")


@check
def the_named_ranges_reach_the_port_and_nobody_else_does(world):
    with world.serve(0) as server:
        for source in (ALLOWED, STRANGER, ALLOWED6, STRANGER6):
            expect(world.reaches(server.port, source), f"{source} does not even reach it without rules")
        world.load(port_of(world.sample.read_text(), server.port))
        for source in (ALLOWED, ALLOWED6):
            expect(world.reaches(server.port, source), f"{source} is allowed")
        expect(world.dropped() == 0, "something of the allowed was dropped")
        for source in (STRANGER, STRANGER6):
            before = world.dropped()
            expect(not world.reaches(server.port, source, 1), f"{source} is not allowed")
            expect(world.dropped() > before, f"{source} was stopped by something else")


@check
def this_machine_and_other_ports_are_not_touched(world):
    with world.serve(0) as server, world.serve(0) as other:
        world.load(port_of(world.sample.read_text(), server.port))
        expect(world.reaches(other.port, STRANGER), "another port is closed")
        with socket.create_connection(("127.0.0.1", server.port), 30):
            pass


@check
def loading_it_again_replaces_it_and_cuts_off_who_is_taken_out(world):
    with world.serve(0) as server:
        text = port_of(world.sample.read_text(), server.port)
        world.load(text)
        world.load(text)
        expect(run("nft", "list", "ruleset").count("jump port") == 1, "the rules are there twice")
        world.load(text.replace("10.8.0.0/24", "10.9.0.0/24"))
        expect(world.reaches(server.port, STRANGER) and not world.reaches(server.port, ALLOWED, 1), "the old ranges hold")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    missing = [tool for tool in ("nft", "ip", "unshare", "nsenter") if not shutil.which(tool)]
    if missing or os.geteuid() or ctypes.CDLL(None).unshare(CLONE_NEWNET):
        print(f"skipped: it takes root, a network of its own and {', '.join(missing) or 'nothing else'}")
        sys.exit(SKIPPED)
    world = World(Build(arguments.build), Path(arguments.source).resolve() / "packaging/nftables/toolpost.nft")
    try:
        sys.exit(run_checks(world, only=arguments.only))
    finally:
        world.close()


if __name__ == "__main__":
    main()
