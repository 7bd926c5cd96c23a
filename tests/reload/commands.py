#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How a server is told to reload: the command that finds it, the signal at every moment, many at once, and
toolpost dev, which needs not be told. commands.py --build DIR [--only WORDS]"""

import argparse
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from place import ECHO, FIXTURE, Plugins, Server  # noqa: E402

from checks import check, expect, run_checks  # noqa: E402
from toolpost_process import PATIENCE_S, Build  # noqa: E402


def sockets(server):
    return sorted((server.config_path.parent / "state/control").iterdir())


@check
def the_socket_is_the_users_alone_and_goes_with_the_server(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        (path,) = sockets(server)
        expect(path.name.endswith(f"-{server.process.pid}.sock"), path)
        expect(stat.S_IMODE(path.stat().st_mode) == 0o600, oct(path.stat().st_mode))
        expect(stat.S_IMODE(path.parent.stat().st_mode) == 0o700, oct(path.parent.stat().st_mode))
        # What a killed server leaves is no server, and the next one takes it away.
        ended = subprocess.run(["true"], check=True)
        expect(ended.returncode == 0, ended)
        stale = path.with_name(path.name.replace(str(server.process.pid), str(ended_process())))
        os.mknod(stale, 0o600 | stat.S_IFSOCK)
        server.reload()
        with Server(build, plugins, data_directory=str(path.parent.parent)) as other:
            expect(not stale.exists() and len(list(path.parent.iterdir())) == 2, list(path.parent.iterdir()))
            # Each serves a file of its own, and is meant by it alone.
            text = server.reload()
            expect(str(server.process.pid) in text and str(other.process.pid) not in text, text)
        expect(server.stop() == 0 and not path.exists(), "the socket outlives its server")


def ended_process():
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


@check
def the_file_may_be_named_by_a_link(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        link = server.config_path.with_name("link.json")
        link.symlink_to(server.config_path.name)
        done = subprocess.run([str(build.binary), "reload", "--config", str(link)], capture_output=True, text=True, check=False)
        expect(done.returncode == 0 and f"-{server.process.pid}: reloaded" in done.stdout, done)


@check
def without_a_server_the_command_says_so(build):
    with tempfile.TemporaryDirectory(prefix="toolpost-reload-") as directory:
        config = build.write_config(directory, plugins=())
        done = subprocess.run([str(build.binary), "reload", "--config", str(config)], capture_output=True, text=True, check=False)
        expect(done.returncode == 1 and "no server" in done.stderr and str(config) in done.stderr, done)
        config.write_text("{")
        done = subprocess.run([str(build.binary), "reload", "--config", str(config)], capture_output=True, text=True, check=False)
        expect(done.returncode == 1 and f"{config}:1:2" in done.stderr, done)


@check
def a_server_of_replicas_with_a_long_path_is_found(build):
    with Plugins(build) as plugins:
        deep = plugins.path / ("d" * 120)
        with Server(build, plugins, data_directory=str(deep)) as server:
            server.reload()


@check
def who_asks_while_one_runs_gets_the_next(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        server.set_plugin(FIXTURE, config={"greeting": "many"})
        with ThreadPoolExecutor(8) as pool:
            answers = [done.result() for done in [pool.submit(server.command, "reload") for _ in range(16)]]
        expect(all(done.returncode == 0 for done in answers), answers)
        told = [done for done in answers if f"replaced: {FIXTURE}" in done.stdout]
        expect(told and server.who() == {"version": "1.0.0", "instance": 2, "greeting": "many"}, server.who())


@check
def a_burst_of_signals_ends_in_the_newest_configuration(build):
    with Plugins(build) as plugins, Server(build, plugins) as server:
        for number in range(20):
            server.set_plugin(FIXTURE, config={"greeting": f"number {number}"})
            server.hang_up()
        server.reload()  # behind all of them
        expect(server.who()["greeting"] == "number 19", server.who())


@check
def SIGHUP_during_the_start_is_not_lost_and_not_deadly(build):
    with Plugins(build) as plugins, tempfile.TemporaryDirectory(prefix="toolpost-reload-") as directory:
        config = build.write_config(directory, plugins=(ECHO, FIXTURE), plugin_directories=[str(plugins.path)])
        seen, start_s = 0, 0.0
        for moment in range(21):
            begun = time.monotonic()
            process = subprocess.Popen([str(build.binary), "http", "--port", "0", "--config", str(config)],
                                       stderr=subprocess.PIPE, text=True)
            with process:
                if moment > 0:
                    time.sleep(start_s * moment / 10)  # any moment is good, each is another one
                    process.send_signal(signal.SIGHUP)
                lines = []
                for line in process.stderr:
                    lines.append(json.loads(line))
                    if lines[-1]["message"] == "listening":
                        start_s = time.monotonic() - begun
                        process.send_signal(signal.SIGTERM)
                code = process.wait(PATIENCE_S)
            # Before main has begun the signal is the system's, and ends the process.
            if code == -signal.SIGHUP and not lines:
                continue
            seen += 1
            expect(code == 0 and lines[-1]["message"] == "stopped" and lines[-1]["clean"], (code, lines[-3:]))
        expect(seen >= 10, f"{seen} starts got far enough")


@check
def SIGHUP_during_the_stop_changes_nothing(build):
    with Plugins(build) as plugins, Server(build, plugins, http={"shutdown_grace_ms": 300}) as server:
        server.set_plugin(FIXTURE, config={"greeting": "late"})
        server.process.send_signal(signal.SIGTERM)
        server.hang_up()
        server.wait_for_log(lambda line: line["message"] == "stopping", "the stop")
        server.hang_up()
        expect(server.stop() == 0, server.log_text())


@check
def a_stop_during_a_reload_is_clean(build):
    with Plugins(build) as plugins:
        for delay_ms in (0, 1, 2, 4, 8, 16):
            with Server(build, plugins) as server:
                server.set_plugin(FIXTURE, config={"greeting": "never"})
                server.hang_up()
                time.sleep(delay_ms / 1000)  # any moment is good, each is another one
                expect(server.stop() == 0 and '"clean": true' in server.log_text(), server.log_text())


@check
def dev_takes_what_changes_by_itself_and_serves_on_after_a_mistake(build):
    with Plugins(build) as plugins, Server(build, plugins, command="dev") as server:
        plugins.install(2)
        line = server.wait_for_reload(1)
        expect(line["replaced"] == f"{FIXTURE} 2.0.0" and server.who()["version"] == "2.0.0", line)
        (plugins.path / "fixture.plugin.json").write_text("{")
        server.wait_for_log(lambda line: "not reloaded" in line["message"], "the mistake")
        expect(server.who()["version"] == "2.0.0", "it does not serve on")
        plugins.install(1)
        server.wait_for_reload(2)
        expect(server.who()["version"] == "1.0.0", server.who())
        server.set_plugin(FIXTURE, config={"greeting": "edited"})
        server.wait_for_reload(3)
        expect(server.who()["greeting"] == "edited", server.who())
        (plugins.path / "notes.txt").write_text("is nobody's business")
        server.reload()
        server.wait_for_reload(4)  # the log comes by another way than the command's answer
        expect(server.log_text().count('"message": "reloaded"') == 4, server.log_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    sys.exit(run_checks(Build(arguments.build), only=arguments.only))


if __name__ == "__main__":
    main()
