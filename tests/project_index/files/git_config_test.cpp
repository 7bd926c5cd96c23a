// SPDX-License-Identifier: Apache-2.0
#include "files/git_config.hpp"

#include "../temporary_directory.hpp"

#include <doctest/doctest.h>

using namespace toolpost::project_index;
using toolpost::project_index::test::TemporaryDirectory;

namespace {

std::string value_of(std::string_view text) {
  const auto settings = parse_git_config(text);
  return settings.empty() ? "(none)" : settings.back().value.value_or("(true)");
}

GitHome home_in(const TemporaryDirectory& directory) {
  GitHome home;
  home.home = directory.path();
  home.config_home = directory.path(".config");
  home.system_file = directory.path("system");
  return home;
}

}  // namespace

TEST_CASE("git config: values are quoted, escaped, continued and commented as in git") {
  CHECK(value_of("[a]b=c") == "c");
  CHECK(value_of("[a]\n  b = c d  # e\n") == "c d");
  CHECK(value_of("[a]b = \"c # d\" ; e") == "c # d");
  CHECK(value_of("[a]b = c\" d \"  ") == "c d ");
  CHECK(value_of("[a]b = \\\"\\\\\\t") == "\"\\\t");
  CHECK(value_of("[a]b = c\\\nd") == "cd");
  CHECK(value_of("[a]b = c\r\n") == "c");
  CHECK(value_of("[a]b\n") == "(true)");
  CHECK(value_of("[a]b =\n").empty());
}

TEST_CASE("git config: sections and subsections") {
  const auto settings = parse_git_config("[Core \"Sub \\\"x\\\"\"]\nKey=1\n[core.Sub]k=2\n");
  REQUIRE(settings.size() == 2);
  CHECK(settings[0].section == "core");
  CHECK(settings[0].subsection == "Sub \"x\"");
  CHECK(settings[0].key == "key");
  CHECK(settings[1].section == "core");
  CHECK(settings[1].subsection == "sub");
}

TEST_CASE("git config: what is malformed ends the reading, and what was before it counts") {
  for (const char* wrong : {"[a", "[a]1 2", "=x", "[a]b=\"c", "[a]b=\\x", "[a \"b]"}) {
    const auto settings = parse_git_config(std::string("[x]y=z\n") + wrong);
    CAPTURE(wrong);
    CHECK(settings.size() == 1);
  }
}

TEST_CASE("git config: the excludes file is that of the last file that names one") {
  const TemporaryDirectory directory;
  const GitHome home = home_in(directory);
  const auto file = [&] {
    return git_excludes(home, directory.path("r/.git"), directory.path("r/.git"),
                        directory.path("r"))
        .file;
  };
  CHECK(file() == directory.path(".config/git/ignore"));
  directory.write("system", "[core]excludesfile=/s");
  CHECK(file() == "/s");
  directory.write(".config/git/config", "[core]excludesfile=/x");
  CHECK(file() == "/x");
  directory.write(".gitconfig", "[core]excludesfile=~/u");
  CHECK(file() == directory.path("u"));
  directory.write("r/.git/config", "[core]excludesfile=own");
  CHECK(file() == directory.path("r/own"));
}

TEST_CASE("git config: whether the case of letters counts, by the last file that says so") {
  const TemporaryDirectory directory;
  const GitHome home = home_in(directory);
  const auto ignores_case = [&](const std::string& config) {
    directory.write("r/.git/config", config);
    return git_excludes(home, directory.path("r/.git"), directory.path("r/.git"),
                        directory.path("r"))
        .ignores_case;
  };
  CHECK_FALSE(ignores_case(""));
  for (const char* yes : {"= true", "= YES", "= on", "= 1", "= -3", "= 1 # x", ""}) {
    CAPTURE(yes);
    CHECK(ignores_case(std::string("[core]ignoreCase ") + yes + "\n"));
  }
  directory.write("system", "[core]ignorecase");
  CHECK(ignores_case(""));
  CHECK(ignores_case("[core]ignorecase=perhaps"));
  for (const char* no : {"= false", "= no", "= Off", "= 0", "="}) {
    CAPTURE(no);
    CHECK_FALSE(ignores_case(std::string("[core]ignorecase ") + no + "\n"));
  }
}

TEST_CASE("git config: includes, their conditions, and one that includes itself") {
  const TemporaryDirectory directory;
  const GitHome home = home_in(directory);
  const auto file = [&] {
    return git_excludes(home, directory.path("work/r/.git"), "", directory.path("work/r")).file;
  };
  directory.write("more", "[core]excludesfile=/more\n[include]path=more");
  directory.write(".gitconfig", "[include]path=more");
  CHECK(file() == "/more");
  for (const char* condition :
       {"gitdir:~/work/", "gitdir:work/", "gitdir:~/work/r/.git", "gitdir/i:WORK/"}) {
    directory.write(".gitconfig", std::string("[includeIf \"") + condition + "\"]path=more");
    CAPTURE(condition);
    CHECK(file() == "/more");
  }
  for (const char* condition : {"gitdir:~/play/", "gitdir:WORK/", "onbranch:main"}) {
    directory.write(".gitconfig", std::string("[includeIf \"") + condition + "\"]path=more");
    CAPTURE(condition);
    CHECK(file() == directory.path(".config/git/ignore"));
  }
}
