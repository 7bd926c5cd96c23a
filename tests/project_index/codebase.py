# SPDX-License-Identifier: Apache-2.0
"""The workspace that the end-to-end tests of project-index look at, and the two ways to ask about it."""

import contextlib
import json
import os
import pathlib
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "clients"), str(TESTS / "identity")]

import world  # noqa: E402
from checks import expect  # noqa: E402
from http_wire import call, modern, modern_headers  # noqa: E402
from stdio_wire import Stdio  # noqa: E402
from toolpost_process import HttpServer  # noqa: E402

SECRET = "hunter2-is-nobodys-business"
READ_ONLY = {"user": {"tools": ["@read-only"], "resources": ["*"], "prompts": ["*"]}}

FILES = {
    "app/pyproject.toml": '[project]\nname = "app"\nversion = "1.2.0"\ndependencies = ["requests>=2"]\n'
                          '[project.scripts]\nserve = "app.cli:main"\n',
    "app/README.md": "# App\n\nGreets people.\n",
    "app/src/app/__init__.py": "",
    "app/src/app/cli.py": '"""The command."""\n\nfrom app.greeting import greet\n\n\ndef main():\n'
                          '    print(greet("world"))\n',
    "app/src/app/greeting.py": 'PREFIX = "hello"\n\n\nclass Greeter:\n    def __init__(self, name):\n'
                               '        self.name = name\n\n\ndef greet(name):\n'
                               '    """Says hello."""\n    return f"{PREFIX} {name}"\n',
    "app/tests/test_greeting.py": 'from app.greeting import greet\n\n\ndef test_greet():\n'
                                  '    assert greet("a") == "hello a"\n',
    "app/.gitignore": "build/\n*.log\nnode_modules/\n",
    "app/.env": f"PASSWORD={SECRET}\n",
    "app/deploy/id_rsa": f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----\n",
    "app/build/out.py": "def greet(): ignored\n",
    "app/run.log": "greet was called\n",
    "app/web/node_modules/left-pad/index.js": "function greet() {}\n",
    "app/web/package.json": '{"name": "web", "version": "0.3.0", "dependencies": {"left-pad": "^1.3.0"}}\n',
    "app/web/index.js": "export function greetInBrowser() {\n  return 1;\n}\n",
    "app/data/picture.bin": "\0\1\2greet",
    "engine/Cargo.toml": '[package]\nname = "engine"\nversion = "0.9.1"\n\n[dependencies]\nserde = "1"\n',
    "engine/src/main.rs": 'fn main() {\n    println!("{}", turn(2));\n}\n\nfn turn(times: u32) -> u32 {\n'
                          '    times\n}\n',
    "outside/secret.txt": SECRET + "\n",
}


class Place:
    """A workspace with two projects, and something beside it that nobody may see."""

    def __init__(self, directory):
        self.base = pathlib.Path(directory).resolve()
        self.work = self.base / "work"
        self.app, self.engine = self.work / "app", self.work / "engine"
        self.outside = self.base / "outside"
        for path, text in FILES.items():
            self.write(path, text)
        (self.app / "link").symlink_to(self.outside)
        (self.app / "linked.txt").symlink_to(self.outside / "secret.txt")
        os.mkfifo(self.app / "fifo")

    def write(self, path, text):
        file = (self.base if path.startswith("outside") else self.work) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    @property
    def settings(self):
        return {"project_root": str(self.app), "workspace_root": str(self.work)}


class Answers:
    """What both ways of asking have in common; `ask` gives the whole answer."""

    next_id = 100

    def ask(self, method, params=None):
        raise NotImplementedError

    def result(self, method, params=None):
        answer = self.ask(method, params)
        expect("result" in answer, f"{method} {params}: {answer}")
        return answer["result"]

    def tool(self, name, /, **arguments):
        """The structured result of a call that goes well."""
        result = self.result("tools/call", {"name": name, "arguments": arguments})
        expect(not result.get("isError"), f"{name} {arguments}: {result['content']}")
        return result["structuredContent"]

    def refused(self, name, /, **arguments):
        """The text of a tool error, or the message of a protocol error."""
        answer = self.ask("tools/call", {"name": name, "arguments": arguments})
        if "error" in answer:
            return answer["error"]["message"]
        expect(answer["result"].get("isError"), f"{name} {arguments} was answered: {answer['result']}")
        return answer["result"]["content"][0]["text"]

    def read(self, uri):
        contents = self.result("resources/read", {"uri": uri})["contents"]
        expect(len(contents) == 1 and contents[0]["uri"] == uri, contents)
        return contents[0]["text"]

    def document(self, uri):
        return json.loads(self.read(uri))

    def number(self):
        self.next_id += 1
        return self.next_id


class OverHttp(Answers):
    def __init__(self, server, key=None):
        self.server, self.key = server, key

    def headers(self, message):
        name = message["params"].get("name") or message["params"].get("uri")
        changes = {"Mcp_Name": name} if name else {}
        if self.key:
            changes["Authorization"] = f"Bearer {self.key}"
        return modern_headers(message, **changes)

    def ask(self, method, params=None):
        message = modern(method, params, self.number())
        answer = call(self.server.port, message, self.headers(message))
        return answer.json()


class OverStdio(Answers):
    def __init__(self, process):
        self.process = process

    def ask(self, method, params=None):
        return self.process.ask(modern(method, params, self.number()))


def environment(directory, user=None):
    """One that names nothing of the machine's own configuration; with `user` it is one with users."""
    if user is None:
        return world.environment({})
    return world.environment({**world.MODES["users"], "MCP_API_KEY": world.USERS[user]}, world.users_file(directory))


@contextlib.contextmanager
def asking(build, over, user=None, place=None, settings=None, **more):
    """A place, and a way to ask about it over "http" or "stdio"."""
    with tempfile.TemporaryDirectory(prefix="toolpost-codebase-") as directory:
        place = place or Place(directory)
        config = {"plugins": (), "codebase": {**place.settings, **(settings or {})}, **more}
        variables = environment(directory, user)
        if over == "http":
            with HttpServer(build, environment=variables, **config) as server:
                yield place, OverHttp(server, world.USERS[user] if user else None)
        else:
            with Stdio(build, environment=variables, **config) as process:
                yield place, OverStdio(process)


def large_tree(place, count):
    body = "".join(f"def function_{line}(argument):\n    return argument + {line}\n" for line in range(150))
    for number in range(count):
        place.write(f"app/large/d{number // 200}/f{number}.py", f"# {number}\n{body}")
