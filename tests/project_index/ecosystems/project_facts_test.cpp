// SPDX-License-Identifier: Apache-2.0
// A whole tree: which projects there are, which files are tests, entries, documents, configuration.
#include "tree_fixture.hpp"

namespace toolpost::project_index::test {

TEST_CASE("facts: one row per ecosystem: its tests, and entries by name") {
  struct Row {
    const char* ecosystem;
    Lines tests;
    Lines others;
    Lines entries;
  };

  const std::vector<Row> rows{
      {"python",
       {"pkg/test_a.py", "pkg/a_test.py", "tests/helper.py", "conftest.py"},
       {"pkg/testing.py", "tests/data.json"},
       {"pkg/__main__.py", "manage.py"}},
      {"javascript",
       {"src/a.test.ts", "src/b.spec.jsx", "src/__tests__/c.js"},
       {"src/latest.ts"},
       {}},
      {"rust", {"tests/it.rs", "src/tests.rs"}, {"src/lib.rs"}, {}},
      {"go", {"a/b_test.go"}, {"a/b.go"}, {"cmd/x/main.go"}},
      {"java",
       {"src/test/java/A.java", "x/FooTest.java", "x/BarIT.java"},
       {"src/main/java/A.java"},
       {"x/Main.java", "x/ShopApplication.java"}},
      {"cpp", {"a_test.cpp", "tests/x.hpp", "test_b.c"}, {"attest.cpp"}, {"app/main.cc"}},
      {"ruby", {"spec/a_spec.rb", "test/test_b.rb"}, {"lib/a.rb"}, {}},
      {"php", {"tests/ATest.php"}, {"src/A.php"}, {}},
      {"dotnet", {"A.Tests/BTests.cs"}, {"A/B.cs"}, {"A/Program.cs"}},
      {"dart", {"test/a_test.dart"}, {"lib/a.dart"}, {"lib/main.dart"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.ecosystem);
    std::map<std::string, std::string> files;
    Lines tests;
    Lines entries;
    for (const std::string& path : row.tests)
      tests.push_back(std::string(row.ecosystem) + " " + path);
    for (const std::string& path : row.entries)
      entries.push_back(std::string(row.ecosystem) + " " + path);
    for (const Lines* list : {&row.tests, &row.others, &row.entries}) {
      for (const std::string& path : *list) files[path] = "";
    }
    std::sort(tests.begin(), tests.end());
    std::sort(entries.begin(), entries.end());
    const ProjectFacts facts = facts_in(std::move(files));
    CHECK(lines_of(facts.tests) == tests);
    CHECK(lines_of(facts.entry_files) == entries);
    CHECK(facts.projects.empty());
  }
}

TEST_CASE("facts: entry files that count only beside a manifest") {
  const ProjectFacts facts = facts_in({{"package.json", "{}"},
                                       {"index.js", ""},
                                       {"src/server.ts", ""},
                                       {"lib/deep/index.js", ""},
                                       {"api/pyproject.toml", ""},
                                       {"api/app.py", ""},
                                       {"app.py", ""}});
  CHECK(lines_of(facts.entry_files) ==
        Lines{"python api/app.py", "javascript index.js", "javascript src/server.ts"});
}

TEST_CASE("facts: several ecosystems and directories, in stable order") {
  const ProjectFacts facts = facts_in({{"web/package.json", R"({"name": "web"})"},
                                       {"web/node_modules/x/package.json", R"({"name": "x"})"},
                                       {"Cargo.toml", "[package]\nname = \"core\"\n"},
                                       {"pyproject.toml", "[project]\nname = \"py\"\n"},
                                       {"go/go.sum", ""}});
  Lines seen;
  for (const Project& project : facts.projects) {
    seen.push_back(project.directory + "|" + project.ecosystem + "|" + project.name);
  }
  CHECK(seen == Lines{"|python|py", "|rust|core", "web|javascript|web"});
  CHECK_FALSE(facts.is_partial);
}

TEST_CASE("facts: documents, the readme and configuration") {
  const ProjectFacts facts = facts_in({{"README.rst", ""},
                                       {"a/README.md", ""},
                                       {"docs/guide.md", ""},
                                       {"docs/logo.png", ""},
                                       {"CHANGELOG", ""},
                                       {"notes.md", ""},
                                       {"readme.py", ""},
                                       {"Dockerfile", ""},
                                       {"web/tsconfig.build.json", ""},
                                       {".github/workflows/ci.yml", ""},
                                       {"x/workflows/ci.yml", ""},
                                       {"venv/lib/README.md", ""}});
  CHECK(facts.readme == "README.rst");
  CHECK(facts.docs == Lines{"CHANGELOG", "README.rst", "a/README.md", "docs/guide.md"});
  CHECK(facts.config == Lines{".github/workflows/ci.yml", "Dockerfile", "web/tsconfig.build.json"});
  CHECK(facts_in({{"b/README.md", ""}, {"a/c/README.md", ""}}).readme == "b/README.md");
}

TEST_CASE("facts: an empty tree has none") {
  const ProjectFacts facts = facts_in({});
  CHECK(facts.projects.empty());
  CHECK(facts.readme.empty());
  CHECK(facts.problems.empty());
}

TEST_CASE("facts: a stop leaves a partial answer that says so") {
  const StopToken stop;
  stop.stop();
  const std::map<std::string, std::string> files{{"package.json", "{}"}};
  const ProjectFacts facts = facts_of(MemoryFiles(files), stop);
  CHECK(facts.is_partial);
  CHECK(lines_of(facts.problems) == Lines{": stopped before the end"});
}

TEST_CASE("facts: more projects than anybody reads are cut, and that is said") {
  std::map<std::string, std::string> files;
  for (int index = 0; index < 2001; ++index) files["p" + std::to_string(index) + "/go.mod"] = "";
  const ProjectFacts facts = facts_in(std::move(files));
  CHECK(facts.projects.size() == 2000);
  CHECK(facts.is_partial);
  CHECK(lines_of(facts.problems) == Lines{": more than 2000 projects: the rest is left out"});
}

}  // namespace toolpost::project_index::test
