// SPDX-License-Identifier: Apache-2.0
// What the official suite does not say: messages, malformed schemas, limits, hostile input.
#include "json/schema/schema.hpp"

#include "json/parser.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

using namespace toolpost;
using json::Schema;
using json::SchemaLimits;
using json::Violation;

namespace {

constexpr json::Limits kDeep{.depth = 10'000, .members = 2'000'000, .elements = 4'000'000};

Schema compiled(std::string_view text, const SchemaLimits& limits = {}) {
  const auto document = json::parse(text, kDeep);
  REQUIRE(document.has_value());
  auto schema = Schema::compile(document->root(), limits);
  if (!schema) FAIL(schema.error().message());
  return *schema;
}

// The message of the error; empty if the schema compiles.
std::string refusal(std::string_view text, const SchemaLimits& limits = {}) {
  const auto document = json::parse(text, kDeep);
  REQUIRE(document.has_value());
  const auto schema = Schema::compile(document->root(), limits);
  return schema ? std::string{} : schema.error().message();
}

std::optional<Violation> check(const Schema& schema, std::string_view instance) {
  const auto document = json::parse(instance, kDeep);
  REQUIRE(document.has_value());
  return schema.validate(document->root());
}

std::string message(std::string_view schema, std::string_view instance) {
  const auto violation = check(compiled(schema), instance);
  return violation ? violation->message : std::string{};
}

}  // namespace

TEST_CASE("schema: a violation names the place, the rule and what would be right") {
  const auto violation =
      check(compiled(R"({"properties":{"packages":{"items":{"type":"string"}}}})"),
            R"({"packages":["a",5]})");
  REQUIRE(violation);
  CHECK(violation->instance_path == "/packages/1");
  CHECK(violation->schema_path == "#/properties/packages/items/type");
  CHECK(violation->rule == "type");
  CHECK(violation->message == "/packages/1: must be string, is integer (type)");
}

TEST_CASE("schema: all violations of a value, up to as many as are wanted") {
  const Schema schema = compiled(
      R"({"properties":{"a":{"type":"string"},"b":{"items":{"maximum":5},"uniqueItems":true}},
          "required":["c"],"additionalProperties":false,
          "allOf":[{"minProperties":9},{"anyOf":[{"required":["x"]},{"required":["y"]}]}]})");
  const auto value = json::parse(R"({"a":1,"b":[9,9,3],"d":0,"e":0})");
  REQUIRE(value.has_value());
  std::vector<std::string> rules;
  for (const Violation& one : schema.violations(value->root(), 100)) {
    rules.push_back(one.instance_path + " " + one.rule + " " + one.property);
  }
  CHECK(rules == std::vector<std::string>{" required ", "/a type ", "/b uniqueItems ",
                                          "/b/0 maximum ", "/b/1 maximum ",
                                          " additionalProperties d", " additionalProperties e",
                                          " minProperties ", " anyOf "});
  CHECK(schema.violations(value->root(), 3).size() == 3);
  const auto first = schema.violations(value->root(), 1);
  REQUIRE(first.size() == 1);
  CHECK(first.front().message == schema.validate(value->root())->message);
  CHECK(compiled("{}").violations(value->root(), 9).empty());
}

TEST_CASE("schema: what did not hold leaves nothing to say of what is unevaluated") {
  const Schema schema =
      compiled(R"({"properties":{"a":{"type":"string"}},"unevaluatedProperties":false})");
  const auto value = json::parse(R"({"a":1})");
  const auto found = schema.violations(value->root(), 9);
  REQUIRE(found.size() == 1);
  CHECK(found.front().rule == "type");
}

TEST_CASE("schema: every rule explains itself") {
  struct Case {
    const char* schema;
    const char* instance;
    const char* message;
  };

  const Case cases[] = {
      {R"({"type":["string","null"]})", "1.5", "(root): must be string or null, is number (type)"},
      {R"({"type":"number"})", "null", "(root): must be number, is null (type)"},
      {R"({"required":["b","a"]})", R"({"a":1})",
       "(root): must have the property \"b\" (required)"},
      {R"({"required":["b","a"]})", "{}",
       "(root): must have the properties \"a\", \"b\" (required)"},
      {R"({"properties":{"a":{}},"additionalProperties":false})", R"({"a":1,"bb":2})",
       "(root): must not have the property \"bb\"; known are \"a\" (additionalProperties)"},
      {R"({"properties":{"name":{},"age":{}},"additionalProperties":false})", R"({"nmae":1})",
       "(root): must not have the property \"nmae\"; did you mean \"name\"? Known are \"age\", "
       "\"name\" (additionalProperties)"},
      {R"({"unevaluatedProperties":false})", R"({"a":1})",
       "(root): must not have the property \"a\" (unevaluatedProperties)"},
      {R"({"properties":{"a":false}})", R"({"a":1})", "/a: is not allowed here (false)"},
      {R"({"propertyNames":{"maxLength":2}})", R"({"abc":1})",
       "(root): must not have a property named \"abc\" (propertyNames)"},
      {R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})",
       "(root): must have the property \"b\" because it has \"a\" (dependentRequired)"},
      {R"({"minProperties":1})", "{}",
       "(root): must have at least 1 properties, has 0 (minProperties)"},
      {R"({"enum":["x",1,null]})", R"("y")", "(root): must be one of: \"x\", 1, null (enum)"},
      {R"({"const":true})", "1", "(root): must be true (const)"},
      {R"({"minimum":1.5})", "1", "(root): must be at least 1.5 (minimum)"},
      {R"({"exclusiveMaximum":3})", "3", "(root): must be below 3 (exclusiveMaximum)"},
      {R"({"multipleOf":0.1})", "0.25", "(root): must be a multiple of 0.1 (multipleOf)"},
      {R"({"maxLength":2})", R"("äöü")",
       "(root): must have at most 2 characters, has 3 (maxLength)"},
      {R"({"pattern":"^a$"})", R"("b")", "(root): must match the pattern \"^a$\" (pattern)"},
      {R"({"uniqueItems":true})", "[1,2,1.0]",
       "(root): must have no equal items, but 0 and 2 are equal (uniqueItems)"},
      {R"({"prefixItems":[true],"items":false})", "[1,2]",
       "(root): must have at most 1 items, has 2 (items)"},
      {R"({"contains":{"type":"null"}})", "[1]",
       "(root): must have at least 1 items that match the schema of contains, has 0 (contains)"},
      {R"({"not":{"type":"null"}})", "null", "(root): must not match the schema of not (not)"},
      {R"({"oneOf":[true,{"type":"null"}]})", "null",
       "(root): must match exactly one alternative of oneOf, matches 0 and 1 (oneOf)"},
      {R"({"anyOf":[{"type":"null"},{"type":"array"}]})", "1",
       "(root): must match at least one alternative of anyOf, matches none of 2 (anyOf)"},
      {R"({"anyOf":[{"type":"null"},{"properties":{"a":{"type":"null"}}}]})", R"({"a":1})",
       "(root): must match at least one alternative of anyOf; the closest says: /a: must be null, "
       "is integer (type) (anyOf)"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.schema);
    CHECK(message(test.schema, test.instance) == test.message);
  }
}

TEST_CASE("schema: a message never repeats a value") {
  const std::string secret = "s3cret-" + std::string(5'000, 'x');
  const std::string quoted = '"' + secret + '"';
  for (const char* schema :
       {R"({"type":"null"})", R"({"const":"a"})", R"({"enum":["a","b"]})", R"({"maxLength":3})",
        R"({"pattern":"^z"})", R"({"anyOf":[{"const":"a"},{"const":"b"}]})", R"({"not":true})"}) {
    const std::string text = message(schema, quoted);
    CHECK(!text.empty());
    CHECK(text.find("s3cret") == std::string::npos);
  }
}

TEST_CASE("schema: long and unprintable names are cut and cleaned") {
  const std::string name(100'000, 'n');
  const auto violation =
      check(compiled(R"({"additionalProperties":{"type":"null"}})"), "{\"" + name + "\":1}");
  REQUIRE(violation);
  CHECK(violation->message.size() < 200);
  CHECK(violation->instance_path.size() < 100);
  CHECK(message(R"({"additionalProperties":{"type":"null"}})", R"({"a\nb":1})") ==
        "/a?b: must be null, is integer (type)");
}

TEST_CASE("schema: paths are JSON pointers") {
  const auto violation =
      check(compiled(R"({"properties":{"a/b~":{"type":"null"}}})"), R"({"a/b~":1})");
  REQUIRE(violation);
  CHECK(violation->instance_path == "/a~1b~0");
  CHECK(violation->schema_path == "#/properties/a~1b~0/type");
}

TEST_CASE("schema: a malformed schema is refused with the place of the mistake") {
  struct Case {
    const char* schema;
    const char* message;
  };

  const Case cases[] = {
      {R"(5)", "#: a schema must be an object or a boolean"},
      {R"({"type":5})", "#/type: must be the name of a type or an array of such names"},
      {R"({"type":"text"})", "#/type: \"text\" is not the name of a type"},
      {R"({"type":[]})", "#/type: must not be empty"},
      {R"({"type":["null","null"]})", "#/type: names a type twice"},
      {R"({"required":"x"})", "#/required: must be an array of property names"},
      {R"({"required":["x","x"]})", "#/required: names the property \"x\" twice"},
      {R"({"$defs":{"a":{"minLength":-1}}})",
       "#/$defs/a/minLength: must be an integer of at least 0"},
      {R"({"maxItems":1.5})", "#/maxItems: must be an integer of at least 0"},
      {R"({"properties":[]})", "#/properties: must be an object"},
      {R"({"properties":{"a":1}})", "#/properties/a: a schema must be an object or a boolean"},
      {R"({"allOf":[]})", "#/allOf: must be an array of schemas that is not empty"},
      {R"({"multipleOf":0})", "#/multipleOf: must be above 0"},
      {R"({"minimum":"1"})", "#/minimum: must be a number"},
      {R"({"enum":1})", "#/enum: must be an array"},
      {R"({"uniqueItems":1})", "#/uniqueItems: must be a boolean"},
      {R"({"title":1})", "#/title: must be a string"},
      {R"({"$id":"#a"})", "#/$id: must not have a fragment"},
      {R"({"$anchor":"1"})", "#/$anchor: must be a name made of letters, digits and \"-._\""},
      {R"({"$ref":"#/nowhere"})", "#/$ref: \"#/nowhere\" leads nowhere"},
      {R"({"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}})",
       "#/$defs/b/$anchor: the anchor \"x\" is declared twice"},
      {R"({"$ref":"#"})", "#: refers to itself without end"},
      {R"({"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"$ref":"#/$defs/a"}}})",
       "#/$defs/a: refers to itself without end"},
  };
  for (const Case& test : cases) CHECK(refusal(test.schema) == test.message);
}

TEST_CASE("schema: nothing is fetched and only this draft is spoken") {
  CHECK(
      refusal(R"({"properties":{"a":{"$ref":"https://packages.example/x.json"}}})") ==
      "#/properties/a/$ref: the reference \"https://packages.example/x.json\" leads to "
      "\"https://packages.example/x.json\", which is not part of this schema; nothing is fetched");
  CHECK(refusal(R"({"$ref":"file:///etc/passwd"})").find("nothing is fetched") !=
        std::string::npos);
  CHECK(refusal(R"({"$schema":"http://json-schema.org/draft-07/schema#"})") ==
        "#/$schema: the dialect \"http://json-schema.org/draft-07/schema\" is not supported; use "
        "\"https://json-schema.org/draft/2020-12/schema\"");
}

TEST_CASE("schema: a dialect that requires an unknown vocabulary is refused") {
  const auto metaschema = json::parse(
      R"({"$schema":"https://json-schema.org/draft/2020-12/schema",
          "$vocabulary":{"https://packages.example/vocab":true}})");
  REQUIRE(metaschema.has_value());
  json::SchemaRegistry registry;
  registry.add("https://packages.example/meta", metaschema->root());
  const auto schema = json::parse(R"({"$schema":"https://packages.example/meta"})");
  REQUIRE(schema.has_value());
  const auto result = Schema::compile(schema->root(), {}, &registry);
  REQUIRE(!result.has_value());
  CHECK(result.error().message().find("requires the vocabulary") != std::string::npos);
}

TEST_CASE("schema: patterns are ECMA-262, as far as linear matching goes") {
  for (const char* pattern : {"(?=a)", "(?!a)", "(?<=a)", "(?<!a)", R"((a)\\1)", R"((?<n>a)\\k<n>)",
                              "(", "[a", "(?i)a", R"(\\Qa\\E)", R"(\\A)"}) {
    const std::string text =
        refusal(R"({"properties":{"p":{"pattern":")" + std::string{pattern} + "\"}}}");
    CAPTURE(pattern);
    CHECK(text.starts_with("#/properties/p/pattern: the pattern "));
  }

  struct Case {
    const char* pattern;
    const char* text;
    bool matches;
  };

  const Case cases[] = {
      {R"(^\\d$)", R"("5")", true},
      {R"(^\\s$)", R"("\u00a0")", true},
      {R"(^[\\S]$)", R"("\u00a0")", false},
      {R"(^[\\S]$)", R"("\u00e4")", true},
      {R"(^\\cA$)", R"("\u0001")", true},
      {R"(^\\u{1f432}$)", R"("🐲")", true},
      {R"(^\\ud83d\\udc32$)", R"("🐲")", true},
      {R"(^\\p{Letter}$)", R"("é")", true},
      {R"(^\\p{Script=Greek}$)", R"("ω")", true},
      {R"(^.$)", R"("\r")", false},
      {R"(^[^]$)", R"("\n")", true},
      {"^[]$", R"("]")", false},
      {R"(^[[]$)", R"("[")", true},
      {R"(a$)", R"("a\n")", false},
      {R"(^(?<year>\\d{4})$)", R"("1999")", true},
      {R"(^a\\/b$)", R"("a/b")", true},
      {R"([\\b])", R"("\b")", true},
  };
  for (const Case& test : cases) {
    CAPTURE(test.pattern);
    const Schema schema = compiled(R"({"pattern":")" + std::string{test.pattern} + "\"}");
    CHECK(!check(schema, test.text).has_value() == test.matches);
  }
}

TEST_CASE("schema: numbers are compared without rounding") {
  struct Case {
    const char* schema;
    const char* instance;
    bool valid;
  };

  const Case cases[] = {
      {R"({"const":9007199254740993})", "9007199254740992", false},
      {R"({"const":9007199254740993})", "9007199254740992.0", false},
      {R"({"const":18446744073709551615})", "18446744073709551615", true},
      {R"({"const":18446744073709551615})", "18446744073709551616.0", false},
      {R"({"maximum":9223372036854775807})", "9223372036854775808", false},
      {R"({"minimum":-9223372036854775808})", "-9223372036854775808", true},
      {R"({"exclusiveMinimum":-9223372036854775808})", "-9.3e18", false},
      {R"({"type":"integer"})", "1e300", true},
      {R"({"type":"integer"})", "1.5", false},
      {R"({"multipleOf":0.01})", "19.99", true},
      {R"({"multipleOf":0.01})", "19.995", false},
      {R"({"multipleOf":3})", "18446744073709551615", true},
      {R"({"multipleOf":7})", "-9223372036854775808", false},
      {R"({"multipleOf":5e-324})", "1.7976931348623157e308", true},
      {R"({"multipleOf":1e308})", "5e-324", false},
      {R"({"enum":[0]})", "-0.0", true},
      {R"({"uniqueItems":true})", "[1,2,3,4,5,6,7,8,9,18446744073709551615,1.0]", false},
      {R"({"uniqueItems":true})", "[1,true,0,false,\"1\",null,[1],[true],{\"a\":1},{\"a\":true}]",
       true},
  };
  for (const Case& test : cases) {
    CAPTURE(test.schema);
    CAPTURE(test.instance);
    CHECK(!check(compiled(test.schema), test.instance).has_value() == test.valid);
  }
}

TEST_CASE("schema: a long enum is searched by hash and still equal by value") {
  std::string schema = R"({"enum":[)";
  for (int i = 0; i < 1000; ++i) schema += std::to_string(i) + ',';
  schema += R"({"a":[1,2],"b":null}]})";
  const Schema long_enum = compiled(schema);
  CHECK(!check(long_enum, "999.0"));
  CHECK(!check(long_enum, R"({"b":null,"a":[1.0,2]})"));
  CHECK(check(long_enum, "1000"));
  CHECK(message(schema, "-1").ends_with(" and 989 more (enum)"));
}

TEST_CASE("schema: outlives the text it was compiled from, and moves") {
  std::optional<Schema> schema;
  {
    const std::string text = R"({"properties":{"some-long-name":{"const":{"k":["constant"]}},
      "p":{"pattern":"^x"}},"required":["some-long-name"],"additionalProperties":false})";
    const auto document = json::parse(text);
    REQUIRE(document.has_value());
    auto result = Schema::compile(document->root());
    REQUIRE(result.has_value());
    schema = std::move(*result);
  }
  CHECK(!check(*schema, R"({"some-long-name":{"k":["constant"]},"p":"xy"})"));
  CHECK(check(*schema, R"({"some-long-name":{"k":["other"]}})")->rule == "const");
}

TEST_CASE("schema: one schema serves several threads") {
  const Schema schema = compiled(R"({"items":{"pattern":"^[a-z]+$","maxLength":9}})");
  std::vector<int> wrong(4);
  {
    std::vector<std::jthread> threads;
    threads.reserve(wrong.size());
    for (int& count : wrong) {
      threads.emplace_back([&schema, &count] {
        const auto good = json::parse(R"(["abc","def"])");
        const auto bad = json::parse(R"(["abc","DEF"])");
        for (int i = 0; i < 500; ++i) {
          count += schema.validate(good->root()).has_value() ? 1 : 0;
          count += schema.validate(bad->root()).has_value() ? 0 : 1;
        }
      });
    }
  }
  for (const int count : wrong) CHECK(count == 0);
}
