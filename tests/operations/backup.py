# SPDX-License-Identifier: Apache-2.0
"""backup create, verify and restore, and everything that may go wrong with them: an archive that was
changed, cut, made up, sealed by somebody else; disks that are full; kills at each step; secrets.
backup.py --build DIR [--only WORDS]"""

import argparse
import contextlib
import fcntl
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import archives  # noqa: E402
from installation import SINGLE, Installation  # noqa: E402
from checks import check, expect, run_checks  # noqa: E402
from http_wire import call, modern, modern_headers  # noqa: E402
from toolpost_process import Build  # noqa: E402

USERS = {"auth": {"users": True}}
DAMAGED = 3
FLIPS = 120
MOUNT = shutil.which("mount")
STRACE = shutil.which("strace")
PASSWORD = "hunter2-canary-in-a-plugin"


def passphrase(place, text="a passphrase for the tests\n", name="passphrase"):
    file = place.top / name
    file.write_text(text)
    file.chmod(0o600)
    return file


def lived(build, **settings):
    """An installation that has a user, keys and records."""
    place = Installation(build, **{**USERS, **settings})
    place.key = place.admin()
    with place.serve() as server:
        message = modern("tools/call", {"name": "echo", "arguments": {"text": "x"}})
        headers = {**modern_headers(message), "Authorization": f"Bearer {place.key}"}
        expect(call(server.port, message, headers).status == 200, "no answer")
    return place


def create(place, *words, **more):
    place.good("backup", "create", "--out", place.top / "backup.tar", *words, **more)
    return place.top / "backup.tar"


def refused(place, code, why, *words, **more):
    done = place.run(*words, **more)
    expect(done.returncode == code and re.search(why, done.stderr), f"{words}: {done}")


def restore(place, archive, *words, **more):
    return place.run("backup", "restore", archive, *words, config=False, **more)


def verify(place, archive, *words, **more):
    return place.run("backup", "verify", archive, *words, config=False, **more)


@check
def everything_comes_back_with_its_bytes_and_modes(build):
    with lived(build) as place:
        sealed = passphrase(place)
        before = place.tree()
        archive = create(place, "--passphrase-file", sealed)
        expect(archive.stat().st_mode & 0o777 == 0o600, oct(archive.stat().st_mode))
        expect("sound" in verify(place, archive, "--passphrase-file", sealed).stdout, "not sound")
        place.lose(place.state, place.config)
        done = restore(place, archive, "--passphrase-file", sealed)
        expect(done.returncode == 0, done)
        after = place.tree()
        lost = [path for path in before if after.get(path) != before[path]]
        # Locks, tasks, and what only saves a start some work.
        expect(all(re.search(r"\.lock$|/tasks/|audit/ledger\.json$|audit/config-[a-z-]+\.json$", path) for path in lost), lost)
        for needed in ("toolpost.json", "users.json", "audit.key", "seal.key", ".jsonl"):
            expect(any(path.endswith(needed) and path not in lost for path in before), f"{needed}: {list(after)}")
        place.good("audit", "verify")
        with place.serve() as server:
            message = modern("tools/list")
            headers = {**modern_headers(message), "Authorization": f"Bearer {place.key}"}
            expect(call(server.port, message, headers).status == 200, "the key does not count any more")


@check
def a_running_server_is_backed_up_while_it_writes(build):
    with lived(build, audit={"segment_bytes": 65536}) as place, place.serve() as server:
        stop = threading.Event()
        failures = []

        def load():
            message = modern("tools/call", {"name": "echo", "arguments": {"text": "x" * 500}})
            headers = {**modern_headers(message), "Authorization": f"Bearer {place.key}"}
            while not stop.is_set():
                status = call(server.port, message, headers).status
                if status not in (200, 429):
                    failures.append(status)

        workers = [threading.Thread(target=load) for _ in range(2)]
        for worker in workers:
            worker.start()
        try:
            for number in range(5):
                archive = place.top / f"live-{number}.tar"
                place.good("backup", "create", "--out", archive)
                place.good("policy", "why", "ann", "echo")  # a process that closes the chains of others
                expect(verify(place, archive).returncode == 0, number)
        finally:
            stop.set()
            for worker in workers:
                worker.join()
        expect(not failures, failures)


@check
def no_secret_is_in_an_archive_without_a_passphrase(build):
    with lived(build) as place:
        config = json.loads(place.config.read_text())
        config["plugins"]["io.toolpost.user-admin"] = {"enabled": False, "config": {"password": PASSWORD}}
        place.config.write_text(json.dumps(config))
        secrets = [PASSWORD, SINGLE, place.key, (place.state / "audit.key").read_text().splitlines()[1],
                   (place.state / "seal.key").read_text().strip()]
        archive = create(place, MCP_API_KEY=SINGLE, MCP_REDIS_PASSWORD=PASSWORD, MCP_BLOCKED_PACKAGES="evil.*")
        done = verify(place, archive)
        for secret in secrets:
            expect(secret.encode() not in archive.read_bytes() and secret not in done.stdout, f"{secret} is in the archive")
        for left in ("audit.key", "seal.key", "secrets in", "the value of MCP_API_KEY"):
            expect(re.search(f"not in it: .*{left}", done.stdout), f"{left}: {done.stdout}")
        place.lose(place.state, place.config)
        told = restore(place, archive)
        expect(told.returncode == 0 and "[redacted] stands for each" in told.stdout and "audit.key" in told.stdout, told)
        kept = (place.state / "restored.env").read_text()
        expect('MCP_BLOCKED_PACKAGES="evil.*"' in kept and "[redacted]" not in kept, kept)
        for name in ("MCP_API_KEY", "MCP_REDIS_PASSWORD"):
            expect([line for line in kept.splitlines() if name in line and line.startswith(f"# {name} ")], kept)
            expect(f"{name}=" not in kept, kept)


@check
def secrets_are_sealed_and_come_back_with_the_passphrase_only(build):
    with lived(build) as place:
        config = json.loads(place.config.read_text())
        config["plugins"]["io.toolpost.user-admin"] = {"enabled": False, "config": {"password": PASSWORD}}
        place.config.write_text(json.dumps(config))
        sealed = passphrase(place)
        archive = create(place, "--passphrase-file", sealed, MCP_API_KEY=SINGLE)
        for secret in (PASSWORD, SINGLE, (place.state / "audit.key").read_text().splitlines()[1], sealed.read_text().strip()):
            expect(secret.encode() not in archive.read_bytes(), f"{secret} is in clear")
        without = restore(place, archive, "--root", place.top / "without")
        expect(without.returncode == 0 and "not opened: the secrets" in without.stdout, without)
        expect(not list((place.top / "without").rglob("audit.key")), "a key without the passphrase")
        good = restore(place, archive, "--root", place.top / "with", "--passphrase-file", sealed)
        expect(good.returncode == 0 and "not opened" not in good.stdout, good)
        back = place.top / "with"
        expect(PASSWORD in (back / str(place.config)[1:]).read_text(), "the password of the plugin")
        expect(f'MCP_API_KEY="{SINGLE}"' in (back / str(place.state)[1:] / "restored.env").read_text(), "the key")
        expect((back / str(place.state)[1:] / "audit.key").read_bytes() == (place.state / "audit.key").read_bytes(), "audit.key")


@check
def a_wrong_passphrase_changes_nothing(build):
    with lived(build) as place:
        archive = create(place, "--passphrase-file", passphrase(place))
        wrong = passphrase(place, "another passphrase, as long\n", "wrong")
        place.lose(place.users)
        before = place.tree()
        for command in ("verify", "restore"):
            refused(place, 1, "another passphrase sealed it", "backup", command, archive, "--passphrase-file", wrong, config=False)
        short = passphrase(place, "short\n", "short")
        refused(place, 1, "at least 16 characters", "backup", "verify", archive, "--passphrase-file", short, config=False)
        short.chmod(0o644)
        refused(place, 1, "may be read by everybody", "backup", "create", "--out", place.top / "x.tar", "--passphrase-file", short)
        expect(place.tree() == before and not (place.top / "x.tar").exists(), "something changed")


@check
def a_list_of_contents_that_was_changed_without_the_passphrase_is_found(build):
    with lived(build) as place:
        sealed = passphrase(place)
        archive = create(place, "--passphrase-file", sealed)
        files = dict(archives.members(archive.read_bytes()))
        manifest = archives.manifest_of(archive.read_bytes())
        mark = files["manifest.check"].split(b"\n")[1]
        manifest["left_out"] = []
        made = archives.together([(name, files[name]) for name in files if not name.startswith("manifest.")], manifest)
        old = dict(archives.members(made))["manifest.check"]
        made = made.replace(archives.member("manifest.check", old), archives.member("manifest.check", old + mark + b"\n"))
        archive.write_bytes(made)
        expect(verify(place, archive).returncode == 0, "the forgery is bad")
        refused(place, DAMAGED, "without the passphrase", "backup", "verify", archive, "--passphrase-file", sealed, config=False)


@check
def a_byte_that_was_changed_is_found_wherever_it_is(build):
    seed = random.randrange(2**32)
    print(f"      seed {seed}, {FLIPS} bytes")
    dice = random.Random(seed)
    with lived(build) as place:
        archive = create(place)
        good = archive.read_bytes()
        place.lose(place.users)
        before = place.tree()
        places = {0, 99, 123, 150, 156, 300, 511, len(good) - 1, len(good) - 1025} | {dice.randrange(len(good)) for _ in range(FLIPS)}
        for number in sorted(places):
            changed = bytearray(good)
            changed[number] ^= 1 << dice.randrange(8)
            archive.write_bytes(changed)
            done = verify(place, archive)
            expect(done.returncode == DAMAGED and "sound" not in done.stdout, f"byte {number}: {done}")
        expect(restore(place, archive).returncode == DAMAGED and place.tree() == before, "restored something")
        for length in (0, 1, 511, 512, 1024, len(good) // 2, len(good) - 512, len(good) - 1):
            archive.write_bytes(good[:length])
            expect(verify(place, archive).returncode == DAMAGED, f"cut at {length}")
        archive.write_bytes(good + bytes(512))
        expect(verify(place, archive).returncode == DAMAGED, "longer")
        archive.write_bytes(good)
        expect(restore(place, archive).returncode == 0, "the good one")


@check
def a_ledger_that_is_not_sound_is_not_taken(build):
    with lived(build) as place:
        segment = sorted(place.ledger.glob("*.jsonl"))[0]
        segment.write_bytes(segment.read_bytes().replace(b'"ann"', b'"eve"', 1))
        refused(place, DAMAGED, "damaged: chain", "backup", "create")
        expect(place.backups() == [] and os.listdir(place.shelf) == [], os.listdir(place.shelf))


@check
def users_that_cannot_be_read_are_not_taken(build):
    with lived(build) as place:
        place.users.write_text(place.users.read_text()[:-20])
        refused(place, 1, "users.json", "backup", "create")
        expect(os.listdir(place.shelf) == [], os.listdir(place.shelf))


@check
def an_archive_leads_nowhere_but_to_plain_files(build):
    with Installation(build) as place:
        aim = place.top / "aim"
        aim.mkdir()
        root = aim / "root"
        evil = {
            "a path that climbs": archives.with_file(f"{aim}/root/../evil"),
            "a path that is relative": archives.with_file("evil"),
            "a path that ends in a directory": archives.with_file(f"{aim}/evil/"),
            "a path with a dot": archives.with_file(f"{aim}/./evil"),
            "no path at all": archives.with_file("/"),
            "a name that climbs": archives.with_file(f"{aim}/evil", name="config/../../evil"),
            "a name that is absolute": archives.with_file(f"{aim}/evil", name="/evil"),
            "a program that runs as its owner": archives.with_file(f"{aim}/evil", mode=0o4755),
            "a file that all may write": archives.with_file(f"{aim}/evil", mode=0o666),
            "a kind that is not known": archives.with_file(f"{aim}/evil", kind="cron"),
            "an audit that is none": archives.with_file(f"{aim}/evil", name="audit/evil", kind="audit"),
            "a member that is not known": archives.with_file(f"{aim}/evil", more=1),
        }
        good = archives.with_file(f"{aim}/good")
        plain = archives.members(good)
        link = archives.member("config/link", b"", kind=b"2", link=str(aim).encode())
        evil["a link"] = link + good
        evil["a directory"] = archives.member("config", b"", kind=b"5") + good
        evil["a file that is not listed"] = archives.member("config/more", b"x") + good
        twice = archives.manifest_of(good)
        twice["entries"] *= 2
        evil["a file twice"] = archives.together([plain[0], plain[0]], twice)
        for what, text in evil.items():
            archive = place.top / "evil.tar"
            archive.write_bytes(text)
            for words in ((), ("--root", root), ("--force",)):
                done = restore(place, archive, *words)
                expect(done.returncode == DAMAGED, f"{what}: {done}")
            expect(os.listdir(aim) == [], f"{what}: {os.listdir(aim)}")
        future = archives.manifest_of(good)
        future["format"] = 2
        archive.write_bytes(archives.together(plain[:1], future))
        refused(place, 1, "newer one", "backup", "restore", archive, config=False)
        archive.write_bytes(good)
        expect(restore(place, archive).returncode == 0 and (aim / "good").read_bytes() == b"evil\n", "the good one")


@check
def root_gives_files_back_to_their_owners(build):
    if os.geteuid() != 0:
        return
    with Installation(build) as place:
        aim = place.top / "aim/users"
        archive = place.top / "owned.tar"
        for owner, group in (("nobody", "nogroup"), ("65534", "65534")):
            archive.write_bytes(archives.with_file(f"{aim}/file", owner=owner, group=group, mode=0o640))
            expect(restore(place, archive).returncode == 0, owner)
            for path in (aim, aim / "file"):
                expect((path.stat().st_uid, path.stat().st_gid) == (65534, 65534), f"{path}: {path.stat()}")
            expect((aim / "file").stat().st_mode & 0o777 == 0o640, "another mode")
            shutil.rmtree(place.top / "aim")
        archive.write_bytes(archives.with_file(f"{aim}/file", owner="no-such-account"))
        refused(place, 1, "no such account", "backup", "restore", archive, config=False)
        expect(not (place.top / "aim").exists(), "made something")


@check
def links_in_the_way_are_not_followed(build):
    with lived(build) as place:
        archive = create(place)
        victim = place.top / "victim"
        victim.write_text("untouched")
        place.users.unlink()
        place.users.symlink_to(victim)
        refused(place, 1, "is a link", "backup", "restore", archive, "--force", config=False)
        place.users.unlink()
        draft = place.users.with_name(".users.json.toolpost-restore")
        draft.symlink_to(victim)
        expect(restore(place, archive, "--force").returncode == 1, "followed a link")
        expect(victim.read_text() == "untouched" and not place.users.exists(), "wrote through a link")
        draft.unlink()
        expect(restore(place, archive).returncode == 0, "still in the way")


@check
def nothing_is_replaced_without_force_and_no_record_ever(build):
    with lived(build) as place:
        archive = create(place)
        users = place.users.read_bytes()
        segment = sorted(place.ledger.glob("*.jsonl"))[0]
        place.good("users", "recover", "--username", "ann", "--key-out", "-")
        before = place.tree()
        refused(place, 1, "users.json.* would be replaced", "backup", "restore", archive, config=False)
        expect(place.tree() == before, "something changed")
        done = restore(place, archive, "--force")
        expect(done.returncode == 0 and place.users.read_bytes() == users, done)
        # The ledger went on after the backup: what is there is more, and stays.
        after = {path: text for path, text in place.tree().items() if path.endswith(".jsonl")}
        expect(all(after[path] == before[path] for path in before if path.endswith(".jsonl")), "records are gone")
        place.good("audit", "verify")
        segment.write_bytes(segment.read_bytes()[:-200] + b"x" * 200)
        refused(place, 1, "never replaced", "backup", "restore", archive, "--force", config=False)


@check
def old_archives_go_and_nothing_else(build):
    with lived(build, backup={"keep": 2}) as place:
        place.shelf.mkdir(mode=0o700)
        others = ["toolpost-20200101T000000Z.tar.old", "toolpost-20201301T000000Z.tar", "notes.txt"]
        for name in ("toolpost-20200101T000000Z.tar", "toolpost-20210101T000000Z.tar", "toolpost-20220101T000000Z.tar", *others):
            (place.shelf / name).write_text("x")
        told = place.good("backup", "create")
        kept = sorted(os.listdir(place.shelf))
        expect(len(kept) == 2 + len(others) and set(others) < set(kept) and "toolpost-20220101T000000Z.tar" in kept, kept)
        expect(told.count("removed: ") == 2, told)


@check
def what_is_lost_is_told_and_its_last_backup_stays(build):
    for kind, lost in (("users", lambda place: place.users), ("audit", lambda place: place.ledger)):
        with lived(build, backup={"keep": 2}) as place:
            place.good("backup", "create")
            (last,) = place.backups()
            place.lose(lost(place))
            for _ in range(3):
                refused(place, DAMAGED, f"no file of the {kind} any more, and {last.name} has some", "backup", "create")
            expect(len(place.backups()) == 3 and last in place.backups(), place.backups())
            expect(restore(place, last, "--only", kind).returncode == 0, "not restored")
            expect("removed: " + last.name in place.good("backup", "create"), "it stays when it is the last no more")


@check
def two_of_one_second_are_two_archives(build):
    with lived(build) as place:
        for _ in range(3):
            place.good("backup", "create")
        names = os.listdir(place.shelf)
        expect(len(names) == 3, names)


@check
def one_backup_at_a_time_and_no_name_twice(build):
    with lived(build) as place:
        place.shelf.mkdir(mode=0o700)
        directory = os.open(place.shelf, os.O_RDONLY)
        fcntl.flock(directory, fcntl.LOCK_EX)
        refused(place, 1, "another backup is being made", "backup", "create")
        os.close(directory)
        archive = create(place)
        text = archive.read_bytes()
        refused(place, 1, "exists", "backup", "create", "--out", archive)
        expect(archive.read_bytes() == text, "written over")


@contextlib.contextmanager
def small_disk(where, size):
    where.mkdir(exist_ok=True)
    subprocess.run([MOUNT, "-t", "tmpfs", "-o", f"size={size},mode=0700", "none", where], check=True)
    try:
        yield where
    finally:
        subprocess.run(["umount", where], check=True)


def can_mount(place):
    if os.geteuid() != 0 or not MOUNT:
        return False
    probe = place.top / "probe"
    probe.mkdir()
    mounted = subprocess.run([MOUNT, "-t", "tmpfs", "none", probe], capture_output=True, check=False).returncode == 0
    if mounted:
        subprocess.run(["umount", probe], check=True)
    return mounted


@check
def a_full_disk_leaves_nothing_half(build):
    with lived(build, audit={"segment_bytes": 65536}) as place:
        if not can_mount(place):
            print("      nothing can be mounted here")
            return
        with small_disk(place.top / "small", "8k") as small:
            refused(place, 1, "No space left", "backup", "create", "--out", small / "backup.tar")
            expect(os.listdir(small) == [], os.listdir(small))
        archive = create(place)
        with small_disk(place.top / "small", "8k") as small:
            done = restore(place, archive, "--root", small)
            expect(done.returncode == 1 and "No space left" in done.stderr, done)
            expect(not [path for path in small.rglob("*") if not path.is_dir()], list(small.rglob("*")))


def kill_at(place, step, *words):
    """Kills the program at its `step`-th call that changes a file; says whether there was one."""
    command = [STRACE, "-f", "-qq", "-o", "/dev/null", "-e", "trace=write,fsync,rename,link,unlink,fchmod",
               "-e", f"inject=write,fsync,rename,link,unlink,fchmod:signal=SIGKILL:when={step}", str(place.build.binary), *map(str, words)]
    done = subprocess.run(command, env=place.environment(), capture_output=True, text=True, check=False, cwd=place.top)
    return done.returncode in (-9, 137)


@check
def a_kill_at_any_step_of_create_leaves_no_half_archive(build):
    if not STRACE:
        print("      there is no strace")
        return
    with lived(build) as place:
        steps = 0
        for step in range(1, 200):
            archive = place.shelf / "killed.tar"
            archive.unlink(missing_ok=True)
            killed = kill_at(place, step, "backup", "create", "--out", archive, "--config", place.config) if place.shelf.is_dir() else True
            place.shelf.mkdir(mode=0o700, exist_ok=True)
            if archive.exists():
                expect(verify(place, archive).returncode == 0, f"step {step}: half an archive")
            if not killed:
                break
            steps += 1
        expect(5 < steps < 199, f"{steps} steps")
        print(f"      {steps} kills")
        place.good("backup", "create")
        expect(not [name for name in os.listdir(place.shelf) if name.startswith(".")], os.listdir(place.shelf))


@check
def a_kill_at_any_step_of_restore_leaves_each_file_whole(build):
    if not STRACE:
        print("      there is no strace")
        return
    with lived(build) as place:
        archive = create(place)
        target = place.top / "target"
        good = restore(place, archive, "--root", target)
        expect(good.returncode == 0, good)
        whole = {path.relative_to(target): path.read_bytes() for path in target.rglob("*") if path.is_file()}
        steps = 0
        for step in range(1, 200):
            shutil.rmtree(target)
            target.mkdir()
            old = target / next(name for name in whole if name.name == "users.json")
            old.parent.mkdir(parents=True, mode=0o700)
            old.write_text("the old users")
            old.chmod(0o600)
            old.parent.chmod(0o700)
            killed = kill_at(place, step, "backup", "restore", archive, "--root", target, "--force")
            for path in target.rglob("*"):
                name = path.relative_to(target)
                if path.is_file() and not path.name.startswith(".") and not path.name.endswith(".lock"):
                    expect(path.read_bytes() in (whole[name], b"the old users"), f"step {step}: {name}")
            again = restore(place, archive, "--root", target, "--force")
            expect(again.returncode == 0, f"step {step}: {again}")
            now = {path.relative_to(target): path.read_bytes() for path in target.rglob("*") if path.is_file() and not path.name.endswith(".lock")}
            expect(now == whole, f"step {step}: {now.keys() ^ whole.keys()}")
            if not killed:
                break
            steps += 1
        expect(5 < steps < 199, f"{steps} steps")
        print(f"      {steps} kills")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(run_checks(Build(arguments.build), only=arguments.only))


if __name__ == "__main__":
    main()
