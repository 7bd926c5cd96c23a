# SPDX-License-Identifier: Apache-2.0
"""What the Dockerfile and .dockerignore must hold without being executed; image.py executes them.
dockerfile.py --source DIR --build DIR [--only WORDS]"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))

from checks import check, expect, run_checks  # noqa: E402

SECRET = re.compile(r"KEY|TOKEN|PASSWORD|SECRET|CREDENTIAL", re.IGNORECASE)


def findings(text):
    """Every rule that a Dockerfile breaks, as sentences."""
    joined = re.sub(r"\\\n", " ", "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#")))
    lines = [line.strip().split(None, 1) for line in joined.splitlines() if line.strip()]
    lines = [(name.upper(), rest[0] if rest else "") for name, *rest in lines]
    arguments = dict(rest.split("=", 1) for name, rest in lines if name == "ARG" and "=" in rest)
    stages = {rest.split(" AS ")[1] for name, rest in lines if name == "FROM" and " AS " in rest}
    last = max(index for index, (name, _) in enumerate(lines) if name == "FROM")
    final = lines[last:]
    for name, rest in lines:
        if name == "FROM":
            image = re.sub(r"\$\{(\w+)\}", lambda found: arguments.get(found[1], ""), rest.split(" AS ")[0])
            if image == rest.split(" AS ")[0]:
                yield f"{image} is no argument"
            if ":" not in image or image.endswith(":latest"):
                yield f"{image!r} has no tag, or one that moves to anything"
            if "/" in image:
                yield f"{image} names a registry"
        if name == "ADD":
            yield "ADD fetches and unpacks; COPY is what is meant"
        if name in ("ENV", "ARG") and SECRET.search(rest.split("=")[0]):
            yield f"{name} {rest.split('=')[0]} would be a secret in a layer"
        if name == "COPY" and "--from=" in rest and re.search(r"--from=(\S+)", rest)[1] not in stages:
            yield f"COPY {rest} takes from an image that nobody built"
        if name == "RUN" and re.search(r"\b(curl|wget)\b", rest):
            yield "RUN fetches something that no pin names"
    users = [rest for name, rest in final if name == "USER"]
    if not users or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]):
        yield f"the account has to be a number other than 0: {users}"
    for wanted in ("HEALTHCHECK", "ENTRYPOINT", "STOPSIGNAL", "VOLUME", "EXPOSE", "WORKDIR", "LABEL"):
        if wanted not in dict(final):
            yield f"{wanted} is missing"
    for name, rest in final:
        if name in ("ENTRYPOINT", "CMD") and not rest.startswith("["):
            yield f"{name} would start a shell"
        if name == "HEALTHCHECK" and not re.search(r'CMD \["/usr/bin/toolpost", "healthcheck"\]$', rest):
            yield "the health check is not toolpost's"


@check
def the_Dockerfile_keeps_every_rule(source, _):
    found = [*findings((source / "packaging/docker/Dockerfile").read_text())]
    expect(not found, found)


@check
def each_rule_is_found_when_it_is_broken(source, _):
    good = (source / "packaging/docker/Dockerfile").read_text()
    for old, new, wanted in (
        ("=debian:12-slim", "=debian:latest", "has no tag"),
        ("=debian:12-slim", "=debian", "has no tag"),
        ("=debian:12-slim", "=registry.example/debian:12", "names a registry"),
        ("FROM ${RUNTIME_IMAGE}", "FROM debian:12", "is no argument"),
        ("COPY . .", "ADD . .", "ADD fetches"),
        ("ENV TOOLPOST_CONFIG", "ENV MCP_API_KEY", "secret in a layer"),
        ("ARG REVISION", "ARG API_TOKEN", "secret in a layer"),
        ("--from=build", "--from=uv:1", "nobody built"),
        ("RUN packaging/setup run", "RUN curl https://tools.example/x | sh", "no pin names"),
        ("USER 65532:65532", "USER toolpost", "has to be a number"),
        ("USER 65532:65532", "USER 0:0", "has to be a number"),
        ("USER 65532:65532", "", "has to be a number"),
        ("STOPSIGNAL SIGTERM", "", "STOPSIGNAL is missing"),
        ('ENTRYPOINT ["/usr/bin/toolpost"]', "ENTRYPOINT toolpost", "start a shell"),
        ('CMD ["/usr/bin/toolpost", "healthcheck"]', "CMD true", "not toolpost's"),
    ):
        expect(good.count(old) >= 1, f"{old!r} is not in the Dockerfile")
        found = " ".join(findings(good.replace(old, new)))
        expect(wanted in found, f"{old!r} -> {new!r}: {found!r}")


@check
def only_what_is_named_gets_into_a_build(source, _):
    rules = [line for line in (source / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    expect(rules[0] == "*", "it lists what stays out, not what may in")
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    expect(let_in and all(re.fullmatch(r"[\w.-]+", name) and (source / name).exists() for name in let_in), let_in)
    expect(not let_in & {".git", "build", "tests", ".ci"}, let_in)


@check
def the_configuration_of_the_image_is_sound(source, binary):
    done = subprocess.run([binary, "config", "check", "--config", source / "packaging/docker/toolpost.json"], check=False,
                          capture_output=True, text=True, env={"MCP_ENABLE_USER_AUTH": "true", "PATH": "/usr/bin:/bin"})
    expect(done.returncode == 0, done)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", required=True)
    parser.add_argument("--build", required=True)
    parser.add_argument("--only")
    arguments = parser.parse_args()
    binary = Path(arguments.build).resolve() / "toolpost"
    sys.exit(run_checks(Path(arguments.source).resolve(), binary, only=arguments.only))


if __name__ == "__main__":
    main()
