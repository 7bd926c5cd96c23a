// SPDX-License-Identifier: Apache-2.0
// Schemas and values made to cost much: all end, quickly and without harm. The bound on processor
// time is far above what is needed: a slow machine passes, an exponential course does not.
#include "json/parser.hpp"
#include "json/schema/schema.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <ctime>
#include <string>

using namespace toolpost;
using json::Schema;
using json::SchemaLimits;

namespace {

constexpr json::Limits kDeep{.depth = 10'000, .members = 2'000'000, .elements = 4'000'000};
constexpr std::chrono::seconds kPatience{20};

class Deadline {
 public:
  ~Deadline() { CHECK(spent() - start_ < kPatience); }

 private:
  // By this thread alone: others may keep the machine busy meanwhile.
  static std::chrono::nanoseconds spent() {
    timespec now{};
    REQUIRE(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
    return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
  }

  std::chrono::nanoseconds start_ = spent();
};

std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

// The message of the error; empty if the schema compiles.
std::string refusal(std::string_view text, const SchemaLimits& limits = {}) {
  const auto document = json::parse(text, kDeep);
  REQUIRE(document.has_value());
  const auto schema = Schema::compile(document->root(), limits);
  return schema ? std::string{} : schema.error().message();
}

// The rule that is broken; empty if the instance is valid.
std::string broken_rule(std::string_view schema_text, std::string_view instance,
                        const SchemaLimits& limits = {}) {
  const auto schema_document = json::parse(schema_text, kDeep);
  const auto document = json::parse(instance, kDeep);
  REQUIRE(schema_document.has_value());
  REQUIRE(document.has_value());
  const auto schema = Schema::compile(schema_document->root(), limits);
  if (!schema) FAIL(schema.error().message());
  const auto violation = schema->validate(document->root());
  return violation ? violation->rule : std::string{};
}

}  // namespace

TEST_CASE("schema: a value that costs too many steps is invalid, also under not and contains") {
  const SchemaLimits few{.steps = 50};
  const std::string hundred = "[" + repeated("1,", 99) + "1]";
  CHECK(broken_rule(R"({"items":{"type":"integer"}})", hundred, few) == "budget");
  CHECK(broken_rule(R"({"not":{"items":{"type":"integer"}}})", hundred, few) == "budget");
  CHECK(broken_rule(R"({"contains":{"type":"null"},"minContains":0})", hundred, few) == "budget");
  CHECK(broken_rule(R"({"anyOf":[{"items":{"type":"integer"}},true]})", hundred, few) == "budget");
  CHECK(broken_rule(R"({"if":{"items":{"type":"integer"}},"else":true})", hundred, few) ==
        "budget");
  CHECK(broken_rule(R"({"oneOf":[true,{"items":{"type":"null"}}],"items":true})", hundred, few) ==
        "budget");
  CHECK(broken_rule(R"({"not":{"uniqueItems":true}})", hundred, few) == "budget");
}

TEST_CASE("schema: recursion without progress ends by the budget") {
  const Deadline deadline;
  CHECK(broken_rule(R"({"anyOf":[{"$ref":"#"},{"type":"null"}]})", "1") == "budget");
  CHECK(broken_rule(R"({"not":{"$ref":"#"}})", "1") == "budget");
  CHECK(broken_rule(R"({"$dynamicAnchor":"a","$dynamicRef":"#a"})", "1") == "budget");
  CHECK(broken_rule(R"({"if":{"$ref":"#"},"then":{"$ref":"#"},"else":{"$ref":"#"}})", "1") ==
        "budget");
}

TEST_CASE("schema: branches that double at every level end by the budget") {
  const Deadline deadline;
  std::string schema = R"({"$ref":"#/$defs/n0","$defs":{)";
  for (int i = 0; i < 60; ++i) {
    const std::string next = R"({"$ref":"#/$defs/n)" + std::to_string(i + 1) + "\"}";
    schema.append("\"n").append(std::to_string(i)).append(R"(":{"anyOf":[)");
    schema.append(next).append(",").append(next).append("]},");
  }
  schema += R"("n60":{"type":"null"}}})";
  CHECK(broken_rule(schema, "1") == "budget");
  CHECK(broken_rule(R"({"unevaluatedProperties":false,)" + schema.substr(1), "{}") == "budget");
}

TEST_CASE("schema: a deep value meets the bound on recursion, not the end of the stack") {
  const Deadline deadline;
  const std::string deep = repeated("[", 5'000) + repeated("]", 5'000);
  CHECK(broken_rule(R"({"items":{"$ref":"#"}})", deep) == "budget");
  CHECK(broken_rule(R"({"items":{"$ref":"#"},"unevaluatedItems":{"$ref":"#"}})", deep) == "budget");
  CHECK(broken_rule(R"({"const":1})", deep) == "const");
  CHECK(broken_rule(R"({"uniqueItems":true})", "[" + deep + "," + deep + "]") == "budget");
  CHECK(broken_rule(R"({"items":{"$ref":"#"}})", repeated("[", 200) + repeated("]", 200)).empty());
}

TEST_CASE("schema: a deep schema is refused") {
  const Deadline deadline;
  CHECK(refusal(repeated(R"({"not":)", 5'000) + "true" + repeated("}", 5'000))
            .ends_with("the schema is nested too deeply"));
  CHECK(refusal(R"({"const":)" + repeated("[", 5'000) + repeated("]", 5'000) + "}") ==
        "#/const: the constant is nested too deeply");
}

TEST_CASE("schema: a long chain of references is compiled without recursion") {
  const Deadline deadline;
  std::string schema = R"({"$ref":"#/$defs/n0","$defs":{)";
  for (int i = 0; i < 4'000; ++i) {
    schema +=
        "\"n" + std::to_string(i) + R"(":{"$ref":"#/$defs/n)" + std::to_string(i + 1) + "\"},";
  }
  schema += R"("n4000":{"type":"null"}}})";
  CHECK(broken_rule(schema, "null") == "budget");
}

TEST_CASE("schema: sizes are bounded") {
  CHECK(refusal(R"({"allOf":[true,true,true]})", {.subschemas = 3})
            .ends_with("there are too many subschemas"));
  CHECK(refusal(R"({"allOf":[{"pattern":"a"},{"pattern":"b"},{"pattern":"a"}]})",
                {.patterns = 1}) == "#/allOf/1/pattern: there are too many patterns");
  CHECK(refusal(R"({"allOf":[{"pattern":"a"},{"pattern":"a"}]})", {.patterns = 1}).empty());
  CHECK(refusal(R"({"pattern":"aaaa"})", {.pattern_length = 3}) ==
        "#/pattern: the pattern is longer than 3 bytes");
  CHECK(refusal(R"({"pattern":"((a{1,100}){1,100}){1,100}"})").starts_with("#/pattern: "));
  CHECK(refusal(R"({"pattern":"[a-z]{1,900}"})", {.pattern_program = 100})
            .ends_with("is too complex"));
  CHECK(refusal(R"({"$ref":"#aaaa"})", {.reference_length = 3}) ==
        "#/$ref: the reference is too long");
}

TEST_CASE("schema: patterns run in linear time over long strings") {
  const Deadline deadline;
  const std::string text = '"' + std::string(200'000, 'a') + "!\"";
  CHECK(broken_rule(R"({"pattern":"^(a+)+$"})", text) == "pattern");
  CHECK(broken_rule(R"({"pattern":"(a|aa)+$"})", text) == "pattern");
  CHECK(broken_rule(R"({"pattern":"^(a?){400}a{400}$"})", text) != "");
  CHECK(broken_rule(R"({"pattern":"a{1000}","maxLength":200001})", text).empty());
}

TEST_CASE("schema: uniqueItems is not quadratic") {
  const Deadline deadline;
  std::string numbers = "[";
  for (int i = 0; i < 100'000; ++i) numbers += std::to_string(i) + ',';
  CHECK(broken_rule(R"({"uniqueItems":true})", numbers + "-1]").empty());
  CHECK(broken_rule(R"({"uniqueItems":true})", numbers + "500]") == "uniqueItems");
  // Sums of members do not depend on their order, and neither must equality.
  std::string objects = "[";
  for (int i = 0; i < 2'000; ++i) {
    objects += R"({"a":)" + std::to_string(i) + R"(,"b":)" + std::to_string(2'000 - i) + "},";
  }
  CHECK(broken_rule(R"({"uniqueItems":true})", objects + "{}]").empty());
  CHECK(broken_rule(R"({"uniqueItems":true})", objects + R"({"b":2000,"a":0}])") == "uniqueItems");
}

TEST_CASE("schema: objects with many members are handled") {
  const Deadline deadline;
  std::string members;
  std::string names;
  for (int i = 0; i < 20'000; ++i) {
    members += "\"k" + std::to_string(i) + "\":1,";
    names += "\"k" + std::to_string(i) + "\",";
  }
  const std::string object = "{" + members + "\"z\":1}";
  CHECK(broken_rule(R"({"additionalProperties":{"type":"integer"}})", object).empty());
  CHECK(broken_rule(R"({"required":[)" + names + "\"z\"]}", object).empty());
  CHECK(broken_rule(R"({"required":[)" + names + "\"y\"]}", object) == "required");
  CHECK(broken_rule(R"({"const":)" + object + "}", object).empty());
}

TEST_CASE("schema: what is evaluated is known beyond the first 64 members") {
  std::string object = "{";
  for (int i = 0; i < 1'000; ++i) object += "\"k" + std::to_string(i) + "\":1,";
  object += "\"z\":1}";
  CHECK(broken_rule(R"({"unevaluatedProperties":false,"patternProperties":{"^k":true},
                        "anyOf":[{"properties":{"z":true}}]})",
                    object)
            .empty());
  CHECK(broken_rule(R"({"unevaluatedProperties":false,"patternProperties":{"^k":true}})", object) ==
        "unevaluatedProperties");
}
