# SPDX-License-Identifier: Apache-2.0
"""Resources and prompts of uv-package from outside: a real host over HTTP, a project in a temporary
directory, and a uv and an interpreter that leave a mark when they are started.
resources_e2e.py --build DIR [--only WORDS]"""

import argparse
import contextlib
import json
import pathlib
import sys
import tempfile
from urllib.parse import quote

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "clients"), str(TESTS / "identity")]

import world  # noqa: E402
from checks import check, expect, run_checks  # noqa: E402
from http_wire import call, modern, modern_headers  # noqa: E402
from listen_wire import Listener  # noqa: E402
from toolpost_process import Build, HttpServer  # noqa: E402

INDEX = "http://127.0.0.1:9/simple/"
INSTALLED, OUTDATED = "python:packages://installed", "python:packages://outdated"
TREE, INFO = "python:dependencies://tree", "python:project://info"
ENVIRONMENT = "python:environment://active"
RESOURCES = {INSTALLED, OUTDATED, TREE, INFO, ENVIRONMENT}
PROMPTS = {"analyze_package_dependencies", "dependency_audit", "project_setup_guide"}
NOT_FOUND = -32602
DENIED = 40300


def lock(**versions):
    """A uv.lock with these packages of the index, and the project that needs them all."""
    needs = ", ".join(f'{{ name = "{name}" }}' for name in versions)
    text = ('version = 1\nrequires-python = ">=3.9"\n\n[[package]]\nname = "app"\nversion = "0.1"\n'
            f'source = {{ virtual = "." }}\ndependencies = [{needs}]\n')
    for name, version in versions.items():
        wheel = f"http://127.0.0.1:9/files/{name}-{version}-py3-none-any.whl"
        text += (f'\n[[package]]\nname = "{name}"\nversion = "{version}"\n'
                 f'source = {{ registry = "{INDEX}" }}\n'
                 f'wheels = [{{ url = "{wheel}", hash = "sha256:{"0" * 64}" }}]\n')
    return text


class Place:
    """A root with a project, and the programs that must not be started."""

    def __init__(self, directory):
        self.base = pathlib.Path(directory).resolve()
        self.root = self.base / "root"
        self.mark = self.base / "was-started"
        self.project(self.root, "app", alpha="1.0", beta="2.0")
        self.install("alpha", "1.0")
        self.script(self.root / ".venv/bin/python", f'touch "{self.mark}"')
        (self.root / ".venv/pyvenv.cfg").write_text("home = /usr/bin\nversion_info = 3.11.2\n")
        self.next_lock = self.base / "next.lock"
        # The plugin asks any uv for its version, for the host's health; that starts no work.
        self.script(self.base / "uv", f'case "$1" in --version) echo "uv 0.13.9" ;; help) ;;\n'
                    f'lock) test -f "{self.next_lock}" && cp "{self.next_lock}" uv.lock ;;\n'
                    f'*) touch "{self.mark}"; exit 1 ;; esac')

    @staticmethod
    def script(path, body):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    @staticmethod
    def project(directory, name, **versions):
        directory.mkdir(parents=True, exist_ok=True)
        needs = ", ".join(json.dumps(package) for package in versions)
        (directory / "pyproject.toml").write_text(
            f'[project]\nname = "{name}"\nversion = "0.1"\nrequires-python = ">=3.9"\ndependencies = [{needs}]\n')
        (directory / "uv.lock").write_text(lock(**versions))

    def install(self, name, version):
        info = self.root / f".venv/lib/python3.11/site-packages/{name}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


@contextlib.contextmanager
def serving(build, role=None):
    """A place, and a server that has it as its root. With `role` (what "developer" may do in a place)
    it is one with users."""
    with tempfile.TemporaryDirectory(prefix="toolpost-resources-") as directory:
        place = Place(directory)
        settings = {"project_root": str(place.root), "uv": str(place.base / "uv"), "index_url": INDEX}
        more = {}
        if role:
            more["roles"] = {"developer": role(place)}
            more["environment"] = world.environment(world.MODES["users"], world.users_file(directory))
        with HttpServer(build, plugins=(), packages=settings, **more) as server:
            server.key = world.USERS["dev"] if role else None
            yield place, server


def ask(server, method, params=None, name=None):
    message = modern(method, params)
    changes = {"Mcp_Name": name} if name else {}
    if server.key:
        changes["Authorization"] = f"Bearer {server.key}"
    return call(server.port, message, modern_headers(message, **changes)).json()


def result(server, method, params=None, name=None):
    answer = ask(server, method, params, name)
    expect("result" in answer, f"{method} {params}: {answer}")
    return answer["result"]


def read(server, uri):
    contents = result(server, "resources/read", {"uri": uri}, uri)["contents"]
    expect(len(contents) == 1 and contents[0]["uri"] == uri, contents)
    expect(contents[0]["mimeType"] == "application/json", contents)
    return json.loads(contents[0]["text"])


def expect_updated(listener, uri):
    message = listener.next()
    expect(message and message["method"] == "notifications/resources/updated", message)
    expect(message["params"]["uri"] == uri, message)


@check
def resources_templates_and_prompts_have_the_names_they_always_had(build):
    with serving(build) as (_, server):
        resources = {one["uri"] for one in result(server, "resources/list")["resources"]}
        expect(resources == RESOURCES, resources)
        templates = {one["uriTemplate"] for one in result(server, "resources/templates/list")["resourceTemplates"]}
        expect(templates == {uri + "{?project}" for uri in RESOURCES}, templates)
        prompts = {one["name"] for one in result(server, "prompts/list")["prompts"]}
        expect(prompts == PROMPTS, prompts)


@check
def files_are_read_and_nothing_is_started(build):
    with serving(build) as (place, server):
        expect(read(server, INSTALLED)["packages"] == [{"name": "alpha", "version": "1.0"}], read(server, INSTALLED))
        tree = read(server, TREE)["tree"]
        expect([node["name"] for node in tree[0]["dependencies"]] == ["alpha", "beta"], tree)
        info = read(server, INFO)
        expect(info["pyproject"]["dependencies"] == ["alpha", "beta"] and info["lock"]["packages"] == 3, info)
        expect(read(server, ENVIRONMENT)["python_version"] == "3.11.2", read(server, ENVIRONMENT))
        for name in PROMPTS:
            expect(result(server, "prompts/get", {"name": name, "arguments": {}})["messages"], name)
        expect(not place.mark.exists(), "the project's interpreter or uv was started")


@check
def a_template_reads_another_project_below_the_root_and_no_other(build):
    with serving(build) as (place, server):
        place.project(place.root / "a b/sub", "sub", gamma="3.0")
        place.project(place.base / "outside", "outside")
        (place.root / "link").symlink_to(place.base / "outside")
        expect(read(server, f"{INFO}?project={quote('a b/sub', safe='')}")["pyproject"]["name"] == "sub", "sub")
        for project in ("..", "../outside", "link", str(place.base / "outside"), "/etc", "missing", "a\nb"):
            uri = f"{INFO}?project={quote(project, safe='')}"
            error = ask(server, "resources/read", {"uri": uri}, uri).get("error", {})
            expect(error.get("code") == NOT_FOUND, f"{project}: {error}")


@check
def names_are_completed_from_the_lock_file_and_the_environment(build):
    with serving(build) as (place, server):
        place.install("alphabet", "4.0")
        place.project(place.root / "sub", "sub", gamma="3.0")
        prompt = {"type": "ref/prompt", "name": "analyze_package_dependencies"}

        def completed(ref, name, value, **others):
            params = {"ref": ref, "argument": {"name": name, "value": value}, "context": {"arguments": others}}
            return result(server, "completion/complete", params)["completion"]["values"]

        expect(completed(prompt, "package_name", "AL") == ["alpha", "alphabet"], "by their beginning")
        expect(completed(prompt, "package_name", "", project="sub") == ["app", "gamma"], "of another project")
        template = {"type": "ref/resource", "uri": TREE + "{?project}"}
        expect(completed(template, "project", "s") == ["sub"], "projects")


@check
def a_subscriber_hears_of_a_change_on_disk(build):
    with serving(build) as (place, server):
        place.project(place.root / "sub", "sub", gamma="3.0")
        other = f"{TREE}?project=sub"
        for uri, change in (
                (TREE, lambda: (place.root / "uv.lock").write_text(lock(alpha="1.1"))),
                (INSTALLED, lambda: place.install("beta", "2.0")),
                (other, lambda: (place.root / "sub/uv.lock").unlink())):
            with Listener(server, {"resourceSubscriptions": [uri]}) as listener:
                expect(listener.honoured["resourceSubscriptions"] == [uri], listener.honoured)
                before = read(server, uri)
                change()
                expect_updated(listener, uri)
                expect(read(server, uri) != before, f"{uri} reads as before")


@check
def a_subscriber_hears_of_its_own_resource_only(build):
    with serving(build) as (place, server):
        with Listener(server, {"resourceSubscriptions": [ENVIRONMENT]}, "environment") as listener, \
                Listener(server, {"resourceSubscriptions": [TREE]}, "tree") as tree:
            read(server, ENVIRONMENT)
            read(server, TREE)
            (place.root / "notes.txt").write_text("not behind a resource")
            (place.root / "uv.lock").write_text(lock(alpha="1.1"))
            expect_updated(tree, TREE)
            expect(listener.wire.is_idle(), "told of what is not behind it")
            (place.root / ".venv/pyvenv.cfg").write_text("home = /usr/bin\nversion_info = 3.12.0\n")
            expect_updated(listener, ENVIRONMENT)


@check
def outdated_is_what_a_resolution_says_and_changes_nothing(build):
    with serving(build) as (place, server):
        place.next_lock.write_text(lock(alpha="1.5", beta="2.0"))
        before = (place.root / "uv.lock").read_bytes()
        outdated = read(server, OUTDATED)
        expect(outdated["outdated"] == [{"name": "alpha", "version": "1.0", "latest_version": "1.5"}], outdated)
        expect((place.root / "uv.lock").read_bytes() == before, "uv.lock was changed")
        expect(not place.mark.exists(), "more was started than the resolution")


@check
def a_role_bounds_resources_prompts_and_projects(build):
    def role(place):
        return {"resources": ["python:packages://*"], "prompts": ["dependency_audit"],
                "projects": [str(place.root / "sub")]}

    with serving(build, role) as (place, server):
        for name in ("sub", "other"):
            place.project(place.root / name, name)
        listed = {one["uri"] for one in result(server, "resources/list")["resources"]}
        expect(listed == {INSTALLED, OUTDATED}, listed)
        expect([one["name"] for one in result(server, "prompts/list")["prompts"]] == ["dependency_audit"], "prompts")
        expect(read(server, f"{INSTALLED}?project=sub")["project"] == str(place.root / "sub"), "its own project")
        for uri in (INSTALLED, f"{INSTALLED}?project=other", f"{TREE}?project=sub"):
            error = ask(server, "resources/read", {"uri": uri}, uri).get("error", {})
            expect(error.get("code") == DENIED, f"{uri}: {error}")
        for name, project, code in (("dependency_audit", "sub", None), ("dependency_audit", "other", DENIED),
                                    ("project_setup_guide", "sub", DENIED)):
            answer = ask(server, "prompts/get", {"name": name, "arguments": {"project": project}})
            expect(answer.get("error", {}).get("code") == code, f"{name} {project}: {answer}")
        params = {"ref": {"type": "ref/prompt", "name": "dependency_audit"},
                  "argument": {"name": "project", "value": ""}}
        values = result(server, "completion/complete", params)["completion"]["values"]
        expect(values == ["sub"], values)


@check
def an_argument_that_is_no_package_is_refused_by_name(build):
    with serving(build) as (_, server):
        arguments = {"package_name": "{if}\nignore this"}
        answer = ask(server, "prompts/get", {"name": "analyze_package_dependencies", "arguments": arguments})
        expect(answer.get("error", {}).get("code") == -32602, answer)
        expect("package_name" in answer["error"]["message"], answer)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=Build)
    parser.add_argument("--only", help="run the checks whose name holds this")
    arguments = parser.parse_args()
    return run_checks(arguments.build, only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
