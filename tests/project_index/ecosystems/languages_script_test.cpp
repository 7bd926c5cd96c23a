// SPDX-License-Identifier: Apache-2.0
// Real-shaped manifests and locks of Python, JavaScript, Ruby, PHP and Dart, and what they tell.
#include "tree_fixture.hpp"

namespace toolpost::project_index::test {

TEST_CASE("python: pyproject.toml with uv.lock") {
  const Project project = only_project({{"pyproject.toml", R"(
[project]
name = "fair-booth"
version = "2.1.0"
description = "Sells tickets"
requires-python = ">=3.11"
dependencies = [
  "httpx[http2] >=0.27,<1",
  "Pydantic_Core==2.20.1 ; python_version >= '3.9'",
  "booth-ui @ https://user:secret@example.org/ui-1.0.tar.gz",
  "rich",
]
[project.optional-dependencies]
s3 = ["boto3 (>=1.34) "]
[project.scripts]
booth = "booth.cli:main"
[dependency-groups]
dev = ["pytest>=8", {include-group = "lint"}]
lint = ["ruff"]
[build-system]
requires = ["hatchling"]
)"},
                                        {"uv.lock", R"(
version = 1
[[package]]
name = "fair-booth"
version = "2.1.0"
source = { editable = "." }
[[package]]
name = "httpx"
version = "0.27.2"
[[package]]
name = "pydantic-core"
version = "2.20.1"
[[package]]
name = "pytest"
version = "8.3.3"
[[package]]
name = "idna"
version = "3.10"
)"},
                                        {"src/booth/cli.py", ""}});
  CHECK(project.ecosystem == "python");
  CHECK(project.directory.empty());
  CHECK(project.name == "fair-booth");
  CHECK(project.version == "2.1.0");
  CHECK(project.description == "Sells tickets");
  CHECK(project.manifests == Lines{"pyproject.toml"});
  CHECK(project.locks == Lines{"uv.lock"});
  CHECK(lines_of(project.dependencies) ==
        Lines{"Pydantic_Core ==2.20.1 = 2.20.1", "booth-ui @ https://example.org/ui-1.0.tar.gz",
              "boto3 >=1.34 [s3]", "hatchling [build]", "httpx >=0.27,<1 = 0.27.2", "+idna = 3.10",
              "pytest >=8 = 8.3.3 [dev]", "rich", "ruff [lint]"});
  CHECK(lines_of(project.entry_points) ==
        Lines{"command booth: booth.cli:main (src/booth/cli.py)"});
}

TEST_CASE("python: Poetry's tables and its lock") {
  const Project project = only_project({{"pyproject.toml", R"(
[tool.poetry]
name = "old"
version = "0.3"
[tool.poetry.dependencies]
python = "^3.8"
Django = "^4.2"
celery = { version = "*", extras = ["redis"] }
own = { path = "../own" }
[tool.poetry.group.test.dependencies]
pytest = "^7"
[tool.poetry.scripts]
run = "old:main"
)"},
                                        {"poetry.lock", R"(
[[package]]
name = "django"
version = "4.2.16"
[[package]]
name = "celery"
version = "5.4.0"
)"},
                                        {"old.py", ""}});
  CHECK(project.name == "old");
  CHECK(lines_of(project.dependencies) ==
        Lines{"Django ^4.2 = 4.2.16", "celery = 5.4.0", "own @ ../own", "pytest ^7 [test]"});
  CHECK(lines_of(project.entry_points) == Lines{"command run: old:main (old.py)"});
}

TEST_CASE("python: requirements files with includes, options and continued lines") {
  const Project project =
      only_project({{"requirements.txt",
                     "# comment\n"
                     "-r requirements/base.txt\n"
                     "--index-url https://example.org/simple\n"
                     "flask>=2 ; python_version > '3.8'  # web\n"
                     "numpy==1.26.4 \\\n"
                     "    --hash=sha256:abc\n"
                     "./local/package\n"
                     "git+https://example.org/x.git\n"
                     "-e git+https://example.org/y.git#egg=why\n"},
                    {"requirements-dev.txt", "pytest\r\nflask\r\n"},
                    {"requirements/base.txt", "requests~=2.31\n-r ../requirements.txt\n"}});
  CHECK(lines_of(project.dependencies) == Lines{"flask >=2", "flask [dev]", "numpy ==1.26.4",
                                                "pytest [dev]", "requests ~=2.31",
                                                "why -e git+https://example.org/y.git#egg=why"});
}

TEST_CASE("python: setup.cfg, and Pipfile with its lock") {
  const Project project = only_project(
      {{"setup.cfg",
        "[metadata]\nname = classic\nversion = attr: classic.v\n"
        "description = A classic\n"
        "[options]\ninstall_requires =\n    six>=1.16\n    # no\n"
        "    attrs\n"
        "[options.extras_require]\ndocs = sphinx\n"
        "[options.entry_points]\nconsole_scripts =\n"
        "    classic = classic.app:run\n"},
       {"setup.py", "import os; os.system('x')"},
       {"Pipfile", "[packages]\nattrs = \"*\"\n[dev-packages]\nblack = \"==24.8.0\"\n"},
       {"Pipfile.lock", R"({"_meta": {}, "default": {"attrs": {"version": "==24.2.0"}},
  "develop": {"black": {"version": "==24.8.0"}, "click": {"version": "==8.1.7"}}})"}});
  CHECK(project.name == "classic");
  CHECK(project.version.empty());
  CHECK(project.manifests == Lines{"setup.cfg", "Pipfile", "setup.py"});
  CHECK(lines_of(project.dependencies) == Lines{"attrs = 24.2.0", "black ==24.8.0 = 24.8.0 [dev]",
                                                "+click = 8.1.7", "six >=1.16", "sphinx [docs]"});
  CHECK(lines_of(project.entry_points) == Lines{"command classic: classic.app:run"});
}

TEST_CASE("javascript: package.json with package-lock.json of versions 3 and 1") {
  const std::string manifest = R"({
  "name": "@fair/booth", "version": "1.4.0", "description": "A booth",
  "main": "lib/index.js", "bin": {"booth": "./bin/booth.js"},
  "scripts": {"build": "tsc -p .", "test": "vitest"},
  "dependencies": {"express": "^4.19.0", "@fair/ui": "workspace:*"},
  "devDependencies": {"typescript": "~5.4.0"},
  "peerDependencies": {"react": ">=18"}, "optionalDependencies": {"fsevents": "2.3.3"}
})";
  const Project project =
      only_project({{"package.json", manifest}, {"bin/booth.js", ""}, {"package-lock.json", R"({
  "name": "@fair/booth", "lockfileVersion": 3, "packages": {
    "": {"name": "@fair/booth", "version": "1.4.0"},
    "packages/ui": {"name": "@fair/ui", "version": "0.1.0"},
    "node_modules/@fair/ui": {"resolved": "packages/ui", "link": true},
    "node_modules/express": {"version": "4.19.2"},
    "node_modules/typescript": {"version": "5.4.5"},
    "node_modules/debug": {"version": "2.6.9"},
    "node_modules/send/node_modules/debug": {"version": "4.3.5"}
  }})"}});
  CHECK(project.name == "@fair/booth");
  CHECK(lines_of(project.dependencies) == Lines{"@fair/ui workspace:*", "+debug = 2.6.9",
                                                "+debug = 4.3.5", "express ^4.19.0 = 4.19.2",
                                                "fsevents 2.3.3 [optional]", "react >=18 [peer]",
                                                "typescript ~5.4.0 = 5.4.5 [dev]"});
  CHECK(lines_of(project.entry_points) == Lines{"command booth: ./bin/booth.js (bin/booth.js)",
                                                "library main: lib/index.js",
                                                "script build: tsc -p .", "script test: vitest"});

  const Project old = only_project({{"package.json", R"({"dependencies": {"a": "^1.0.0"}})"},
                                    {"package-lock.json", R"({"lockfileVersion": 1, "dependencies":
    {"a": {"version": "1.2.0", "dependencies": {"b": {"version": "0.9.0"}}}}})"}});
  CHECK(lines_of(old.dependencies) == Lines{"a ^1.0.0 = 1.2.0", "+b = 0.9.0"});
}

TEST_CASE("javascript: yarn.lock of both kinds") {
  const std::string manifest =
      R"({"dependencies": {"lodash": "^4.17.0", "@babel/core": "^7.0.0"}})";
  const Lines expected{"@babel/core ^7.0.0 = 7.24.5", "lodash ^4.17.0 = 4.17.21", "+ms = 2.0.0",
                       "+ms = 2.1.3"};
  CHECK(lines_of(
            only_project({{"package.json", manifest},
                          {"yarn.lock",
                           "# yarn lockfile v1\n\n"
                           "\"@babel/core@^7.0.0\", \"@babel/core@^7.1.0\":\n"
                           "  version \"7.24.5\"\n  resolved \"https://example.org/x.tgz\"\n"
                           "  dependencies:\n    version \"9.9.9\"\n\n"
                           "lodash@^4.17.0:\n  version \"4.17.21\"\n\n"
                           "ms@2.0.0:\n  version \"2.0.0\"\n\nms@^2.1.1:\n  version \"2.1.3\"\n"}})
                .dependencies) == expected);
  CHECK(lines_of(only_project({{"package.json", manifest},
                               {"yarn.lock",
                                "__metadata:\n  version: 8\n\n"
                                "\"@babel/core@npm:^7.0.0\":\n  version: 7.24.5\n"
                                "  resolution: \"@babel/core@npm:7.24.5\"\n\n"
                                "\"lodash@npm:^4.17.0\":\n  version: 4.17.21\n\n"
                                "\"own@workspace:.\":\n  version: 0.0.0-use.local\n\n"
                                "\"ms@npm:2.0.0\":\n  version: 2.0.0\n\n"
                                "\"ms@npm:^2.1.1\":\n  version: 2.1.3\n"}})
                     .dependencies) == expected);
}

TEST_CASE("javascript: pnpm-lock.yaml of versions 5, 6 and 9") {
  const std::string manifest = R"({"dependencies": {"@vue/core": "^3.0.0", "vite": "^5.0.0"}})";
  const Lines expected{"@vue/core ^3.0.0 = 3.4.0", "vite ^5.0.0 = 5.2.1"};
  for (const char* packages :
       {"  /@vue/core/3.4.0:\n    resolution: {integrity: x}\n  /vite/5.2.1_abc:\n    dev: true\n",
        "  /@vue/core@3.4.0:\n    dev: false\n  /vite@5.2.1(@types/node@20.1.0):\n    dev: true\n",
        "  '@vue/core@3.4.0':\n    engines: {node: '>=18'}\n  vite@5.2.1:\n    hasBin: true\n"}) {
    CAPTURE(packages);
    const std::string lock =
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      vite:\n"
        "        version: 5.2.1\npackages:\n" +
        std::string(packages);
    CHECK(lines_of(
              only_project({{"package.json", manifest}, {"pnpm-lock.yaml", lock}}).dependencies) ==
          expected);
  }
}

TEST_CASE("ruby: Gemfile with groups, gemspec, and Gemfile.lock") {
  const Project project = only_project(
      {{"Gemfile",
        "source \"https://rubygems.org\"\n"
        "gem \"rails\", \"~> 7.1\", \">= 7.1.3\"\n"
        "gem 'puma' # server\n"
        "# gem 'gone'\n"
        "group :development, :test do\n  gem 'rspec'\nend\n"
        "gem 'minitest', group: :test\n"},
       {"booth.gemspec",
        "Gem::Specification.new do |s|\n  s.name = 'booth'\n"
        "  s.version = '0.2.0'\n  s.summary = 'A booth'\n"
        "  s.executables = ['booth']\n"
        "  s.add_dependency 'thor', '~> 1.3'\n"
        "  s.add_development_dependency(\"rake\")\nend\n"},
       {"exe/booth", ""},
       {"Gemfile.lock",
        "PATH\n  remote: .\n  specs:\n    booth (0.2.0)\n      thor (~> 1.3)\n\n"
        "GEM\n  remote: https://rubygems.org/\n  specs:\n"
        "    nokogiri (1.16.5-x86_64-linux)\n"
        "    puma (6.4.2)\n      nio4r (~> 2.0)\n    rails (7.1.3)\n    thor (1.3.1)\n\n"
        "DEPENDENCIES\n  rails (~> 7.1)\n"}});
  CHECK(project.name == "booth");
  CHECK(project.version == "0.2.0");
  CHECK(lines_of(project.dependencies) == Lines{"minitest [test]", "+nokogiri = 1.16.5",
                                                "puma = 6.4.2", "rails ~> 7.1, >= 7.1.3 = 7.1.3",
                                                "rake [dev]", "rspec [dev]",
                                                "thor ~> 1.3 = 1.3.1"});
  CHECK(lines_of(project.entry_points) == Lines{"command booth: booth (exe/booth)"});
}

TEST_CASE("php: composer.json and composer.lock") {
  const Project project =
      only_project({{"composer.json", R"({"name": "fair/booth", "description": "A booth",
  "require": {"php": ">=8.1", "ext-json": "*", "symfony/console": "^6.4"},
  "require-dev": {"phpunit/phpunit": "^10.5"}, "bin": ["bin/booth"],
  "scripts": {"test": "phpunit"}})"},
                    {"bin/booth", ""},
                    {"composer.lock", R"({"packages": [
  {"name": "symfony/console", "version": "v6.4.7"}, {"name": "psr/log", "version": "3.0.0"}],
  "packages-dev": [{"name": "phpunit/phpunit", "version": "10.5.20"}]})"}});
  CHECK(project.name == "fair/booth");
  CHECK(lines_of(project.dependencies) == Lines{"phpunit/phpunit ^10.5 = 10.5.20 [dev]",
                                                "+psr/log = 3.0.0",
                                                "symfony/console ^6.4 = 6.4.7"});
  CHECK(lines_of(project.entry_points) ==
        Lines{"command bin/booth: bin/booth (bin/booth)", "script test: phpunit"});
}

TEST_CASE("dart: pubspec.yaml and pubspec.lock") {
  const Project project =
      only_project({{"pubspec.yaml",
                     "name: booth\ndescription: A booth\nversion: 1.0.0+3\n"
                     "environment:\n  sdk: '>=3.0.0 <4.0.0'\n"
                     "dependencies:\n  flutter:\n    sdk: flutter\n"
                     "  http: ^1.2.0 # client\n  path: any\n"
                     "  own:\n    git:\n      url: https://example.org/own.git\n"
                     "dev_dependencies:\n  test: \"^1.25.0\"\n"
                     "executables:\n  booth:\n"},
                    {"bin/booth.dart", ""},
                    {"pubspec.lock",
                     "packages:\n  async:\n    dependency: transitive\n"
                     "    description:\n      name: async\n    version: \"2.11.0\"\n"
                     "  http:\n    dependency: \"direct main\"\n    version: \"1.2.1\"\n"
                     "sdks:\n  dart: \">=3.0.0 <4.0.0\"\n"}});
  CHECK(project.name == "booth");
  CHECK(project.version == "1.0.0+3");
  CHECK(lines_of(project.dependencies) == Lines{"+async = 2.11.0", "flutter sdk flutter",
                                                "http ^1.2.0 = 1.2.1", "own", "path",
                                                "test ^1.25.0 [dev]"});
  CHECK(lines_of(project.entry_points) == Lines{"command booth: booth (bin/booth.dart)"});
}

}  // namespace toolpost::project_index::test
