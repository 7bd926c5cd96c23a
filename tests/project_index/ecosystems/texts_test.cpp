// SPDX-License-Identifier: Apache-2.0
// The small readers under the manifests: names, versions, requirements, XML, indented text, calls.
#include "ecosystems/draft.hpp"
#include "ecosystems/indented_text.hpp"
#include "ecosystems/languages/requirement.hpp"
#include "ecosystems/languages/script_calls.hpp"
#include "ecosystems/languages/script_text.hpp"
#include "ecosystems/name_pattern.hpp"
#include "ecosystems/xml_text.hpp"
#include "tree_fixture.hpp"

namespace toolpost::project_index::test {

TEST_CASE("texts: patterns of names have asterisks, two at most") {
  CHECK(fits_pattern("*.test.*", "a.test.ts"));
  CHECK_FALSE(fits_pattern("*.test.*", "a.test"));
  CHECK_FALSE(fits_pattern("*.test.*", "latest.ts"));
  CHECK(fits_pattern("package.json", "package.json"));
  CHECK_FALSE(fits_pattern("package.json", "package.jsonx"));
  CHECK(fits_pattern("*.csproj", "A.csproj"));
  CHECK(fits_pattern("*.csproj", ".csproj"));
  CHECK(fits_pattern("requirements*.txt", "requirements.txt"));
  CHECK(fits_pattern("requirements*.txt", "requirements-dev.txt"));
  CHECK_FALSE(fits_pattern("aXa*aXa", "aXa"));
}

TEST_CASE("texts: joined paths stay in the tree") {
  CHECK(joined("a/b", "c.py") == "a/b/c.py");
  CHECK(joined("a/b", "../c.py") == "a/c.py");
  CHECK(joined("", "./x//y") == "x/y");
  CHECK(joined("a", "../../x") == "");
  CHECK(joined("a", "/etc/passwd") == "");
  CHECK(joined("", "..") == "");
}

TEST_CASE("texts: the locked version that fits a requirement best") {
  CHECK(best_version({"1.0.109", "2.0.66"}, "1") == "1.0.109");
  CHECK(best_version({"1.0.109", "2.0.66"}, "^2.0") == "2.0.66");
  CHECK(best_version({"1.0.109", "2.0.66"}, "") == "2.0.66");
  CHECK(best_version({"1.2.0", "1.3.0", "1.20.0"}, "~1.2") == "1.2.0");
}

TEST_CASE("texts: credentials in addresses are taken out") {
  CHECK(without_credentials("https://u:p@h/x") == "https://h/x");
  CHECK(without_credentials("git+ssh://git@h/x@v1 and http://t@k") ==
        "git+ssh://h/x@v1 and http://k");
  CHECK(without_credentials("https://h/x@1") == "https://h/x@1");
  CHECK(without_credentials("://") == "://");
}

TEST_CASE("texts: Python's requirements") {
  const auto line = [](std::string_view text) {
    const Requirement requirement = requirement_in(text);
    return requirement.name + "|" + requirement.declared;
  };
  CHECK(line("requests") == "requests|");
  CHECK(line("requests[socks,x] (>=2)") == "requests|>=2");
  CHECK(line("a.b-c_d ~=1.0 ; os_name=='nt'") == "a.b-c_d|~=1.0");
  CHECK(line("x@https://h/x.whl ; a") == "x|@https://h/x.whl");
  CHECK(line("x[") == "x|");
  CHECK(line("two words") == "|");
  CHECK(line("-x") == "|");
  CHECK(line("") == "|");
  CHECK(python_name("Foo__Bar.x") == "foo-bar-x");
}

TEST_CASE("texts: XML with comments, CDATA, instructions and entities") {
  XmlElement root;
  CHECK(read_xml("\xef\xbb\xbf<?xml version='1.0'?><!-- a --><r a='1 &lt; 2'><b/>x<!-- <c> -->y"
                 "<![CDATA[<&z]]><?p q?><b> two </b></r><!-- end -->",
                 root) == "");
  CHECK(root.name == "r");
  CHECK(root.attribute("a") == "1 < 2");
  CHECK(root.text == "xy<&z");
  CHECK(root.children.size() == 2);
  CHECK(root.children[1].text == "two");
  CHECK(root.child_text("b") == "");
  CHECK(root.child("c") == nullptr);
}

TEST_CASE("texts: XML that is none") {
  for (const auto& one :
       std::map<std::string, std::string>{{"", "line 1: an element is missing"},
                                          {"<a>", "line 1: 'a' is not closed"},
                                          {"<a></a><b/>", "line 1: more than one root element"},
                                          {"<a b=c/>", "line 1: attribute 'b' has no quotes"},
                                          {"<a b/>", "line 1: attribute 'b' has no value"},
                                          {"<a b='", "line 1: no ''' follows"},
                                          {"< a/>", "line 1: a name is missing"},
                                          {"<!--", "line 1: no '-->' follows"},
                                          {"<a><![CDATA[", "line 1: no ']]>' follows"}}) {
    const auto& text = one.first;
    XmlElement root;
    CHECK_MESSAGE(read_xml(text, root) == one.second, text);
  }
}

TEST_CASE("texts: indented maps with quotes, comments, lists and steps back") {
  Lines lines;
  CHECK(
      read_indented("a: 1 # one\nb:\n  \"c:d\": 'x # y'\n  e:\n    - f\n    - g: h\n# no\n---\n"
                    "  k: http://x\r\nplain\nl:\n",
                    [&lines](const auto& path, std::string_view value) {
                      std::string line;
                      for (const std::string& key : path) line += key + "/";
                      lines.push_back(line + "=" + std::string(value));
                    }));
  CHECK(lines == Lines{"a/=1", "b/=", "b/c:d/=x # y", "b/e/=", "b/e/-/=f", "b/e/-/=g: h",
                       "b/k/=http://x", "l/="});
}

TEST_CASE("texts: comments go, quotes stay") {
  CHECK(without_c_comments("a // b\nc /* d\n */ e \"// no\" '/*' /* open") ==
        "a \nc   e \"// no\" '/*'  ");
  CHECK(without_c_comments("'never closed\n// b") == "'never closed\n");
  CHECK(without_hash_comments("a # b\n\"# no\" 'it\\'s #' # c") == "a \n\"# no\" 'it\\'s #' ");
}

TEST_CASE("texts: calls, also within others, in any case") {
  Lines lines;
  for_each_call("x = Foo( 'a b', [c : bar(\"d\")] ) notfoo(z) bar (e", {"foo", "bar"},
                [&lines](const ScriptCall& call) {
                  std::string line = call.name + ":";
                  for (const std::string& word : call.words) line += "<" + word + ">";
                  lines.push_back(line);
                });
  CHECK(lines == Lines{"foo:<a b><c:><bar><d>", "bar:<d>", "bar:<e>"});
}

}  // namespace toolpost::project_index::test
