// SPDX-License-Identifier: Apache-2.0
// Questions to the client, the forms in them, and what the client answers.
#include <toolpost/answer.hpp>
#include <toolpost/input_required.hpp>
#include <toolpost/result.hpp>

#include <doctest/doctest.h>

namespace toolpost::sdk::test {

TEST_CASE("input required: each kind of question") {
  const InputRequired question =
      InputRequired()
          .elicit("form", "Who?",
                  Schema::object("Dropped").required("name", Schema::string().title("Name")))
          .elicit_url("page", "Log in", "https://example.com/login")
          .sample("model", Sampling(5).user("?"))
          .list_roots("roots")
          .state("s");
  CHECK(question.requests() == Json::parse(R"({
    "form": {"method": "elicitation/create", "params": {"mode": "form", "message": "Who?",
      "requestedSchema": {"type": "object", "required": ["name"],
                          "properties": {"name": {"type": "string", "title": "Name"}}}}},
    "page": {"method": "elicitation/create", "params": {"mode": "url", "message": "Log in",
      "url": "https://example.com/login"}},
    "model": {"method": "sampling/createMessage", "params": {"maxTokens": 5,
      "messages": [{"role": "user", "content": {"type": "text", "text": "?"}}]}},
    "roots": {"method": "roots/list", "params": {}}})"));
  CHECK(question.state() == "s");
}

TEST_CASE("input required: it is an answer of tools, resources and prompts") {
  const InputRequired question = InputRequired().list_roots("r").state(std::string("a\0b", 3));
  const Result result = question;
  CHECK(result.outcome().needs_input());
  CHECK(result.outcome().status() == Status::kOk);
  CHECK(result.outcome().state() == std::string("a\0b", 3));
  CHECK(result.payload() == R"({"r":{"method":"roots/list","params":{}}})");
}

TEST_CASE("schema: the five kinds of choice that a form can hold, and texts of a format") {
  const std::vector<Option> options = {{"a", "First"}, {"b", "Second"}};
  CHECK(Schema::choice({"a", "b"}).json() == Json::parse(R"({"type":"string","enum":["a","b"]})"));
  CHECK(Schema::titled_choice(options, "D").default_value("b").json() ==
        Json::parse(R"({"type":"string","description":"D","default":"b",
          "oneOf":[{"const":"a","title":"First"},{"const":"b","title":"Second"}]})"));
  CHECK(Schema::legacy_choice(options).json() ==
        Json::parse(R"({"type":"string","enum":["a","b"],"enumNames":["First","Second"]})"));
  CHECK(Schema::choices({"a", "b"}, "D").min_items(1).json() ==
        Json::parse(R"({"type":"array","description":"D","minItems":1,
          "items":{"type":"string","enum":["a","b"]}})"));
  CHECK(Schema::titled_choices(options).max_items(2).json() ==
        Json::parse(R"({"type":"array","maxItems":2,
          "items":{"anyOf":[{"const":"a","title":"First"},{"const":"b","title":"Second"}]}})"));
  CHECK(Schema::string().format("email").json() ==
        Json::parse(R"({"type":"string","format":"email"})"));
}

TEST_CASE("answer: of a form") {
  const Answer accepted(Json::parse(R"({"action":"accept","content":{"name":"Ann"}})"));
  CHECK(accepted.is_accepted());
  CHECK_FALSE(accepted.is_declined());
  CHECK(accepted.content().at("name").as_string() == "Ann");
  CHECK(Answer(Json::parse(R"({"action":"decline"})")).is_declined());
  const Answer cancelled(Json::parse(R"({"action":"cancel"})"));
  CHECK(cancelled.is_cancelled());
  CHECK_FALSE(cancelled.is_accepted());
  CHECK(cancelled.content().is_null());
}

TEST_CASE("answer: of a model, with one block or several") {
  const Answer one(Json::parse(R"({"role":"assistant","model":"m","stopReason":"endTurn",
                                   "content":{"type":"text","text":"Paris"}})"));
  CHECK(one.text() == "Paris");
  CHECK(one.model() == "m");
  CHECK(one.stop_reason() == "endTurn");
  const Answer several(Json::parse(R"({"content":[{"type":"text","text":"a"},
    {"type":"image","data":"","mimeType":"image/png"},{"type":"text","text":"b"}]})"));
  CHECK(several.text() == "ab");
  CHECK(several.model().empty());
}

TEST_CASE("answer: of roots, and what is none") {
  const Answer answer(Json::parse(R"({"roots":[{"uri":"file:///a","name":"A"},{"uri":"b:"}]})"));
  REQUIRE(answer.roots().size() == 2);
  CHECK(answer.roots()[0].uri == "file:///a");
  CHECK(answer.roots()[0].name == "A");
  CHECK(answer.roots()[1].name.empty());
  CHECK_THROWS_AS(Answer(Json::object()).roots(), Error);
  CHECK(Answer(nullptr).text().empty());
}

}  // namespace toolpost::sdk::test
