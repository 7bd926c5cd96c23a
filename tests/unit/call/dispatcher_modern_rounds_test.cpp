// SPDX-License-Identifier: Apache-2.0
// Requests of several rounds in the modern era: the client carries the sealed state, and everything
// it brings with it is looked at.
#include "unit/call/item_stage.hpp"

using namespace toolpost;
using namespace toolpost::testing;

namespace {

const From kAnn{.principal = "ann", .features = ItemStage::kAllFeatures};
constexpr const char* kCall = R"("name":"t","arguments":{"a":1})";

// The state in the answer to a request that its plugin has met with `outcome`.
std::string state_after(ItemStage& stage, const std::shared_ptr<Client>& client,
                        call::Outcome outcome) {
  stage.complete(stage.last(), std::move(outcome));
  CHECK(member_of(client->text(), {"result", "resultType"}) == "input_required");
  return member_of(client->text(), {"result", "requestState"});
}

std::string first_state(ItemStage& stage, const std::string& params = kCall,
                        const std::string& method = "tools/call") {
  const auto client = std::make_shared<Client>();
  REQUIRE(stage.request(client, method, params, kAnn));
  return state_after(stage, client, asks(kAskName));
}

std::string with(const std::string& params, const std::string& state,
                 const std::string& responses = "") {
  return params + R"(,"requestState":")" + state + "\"" +
         (responses.empty() ? "" : R"(,"inputResponses":)" + responses);
}

// Why the request never got to the plugin; empty when it did.
std::string refusal(ItemStage& stage, const std::string& params, const From& from = kAnn,
                    const std::string& method = "tools/call") {
  const auto client = std::make_shared<Client>();
  if (stage.request(client, method, params, from)) return "";
  CHECK(client->heard(R"("code":-32602)"));
  CHECK(client->status == 200);
  return member_of(client->text(), {"error", "message"});
}

constexpr const char* kNotValid =
    "Invalid params: requestState is not valid for this request, or has expired";
constexpr const char* kAccepted = R"({"name":{"action":"accept","content":{"name":"Ann"}}})";

}  // namespace

TEST_CASE("modern rounds: the questions are the result, and the plugin's state is in it sealed") {
  ItemStage stage;
  const auto client = std::make_shared<Client>();
  const auto one = stage.request(client, "tools/call", kCall, kAnn);
  REQUIRE(one);
  CHECK(one->round == 0);
  CHECK(one->input_responses.empty());
  stage.complete(one, asks(kAskName, "hidden-from-clients"));
  CHECK(client->asked.empty());
  CHECK(client->heard(R"("resultType":"input_required","inputRequests":{"name":{"method":)"
                      R"("elicitation/create","params":{"message":"Name?","requestedSchema":{)"));
  CHECK(client->heard(R"("requestState":")"));
  CHECK_FALSE(client->heard("hidden-from-clients"));
  CHECK_FALSE(client->heard("ttlMs"));
}

TEST_CASE("modern rounds: the next one has the answers, the state and a call of its own") {
  ItemStage stage;
  const std::string state = first_state(stage);
  const auto before = stage.last();
  const auto client = std::make_shared<Client>();
  // What was not asked is left out, whatever it says.
  const auto one = stage.request(
      client, "tools/call",
      with(kCall, state,
           R"({"other":{"action":"accept"},"name":{"action":"accept","content":{"name":"Ann"}}})"),
      kAnn);
  REQUIRE(one);
  CHECK(one->id != before->id);
  CHECK(one->round == 1);
  CHECK(one->resume_state == "kept");
  CHECK(one->input_responses == kAccepted);
  CHECK(one->arguments == R"({"a":1})");
  stage.complete(one, text_result());
  CHECK(client->heard("done"));
}

TEST_CASE("modern rounds: a missing answer is the plugin's to ask for again, with a new state") {
  ItemStage stage;
  const std::string state = first_state(stage);
  for (const char* responses : {"", "{}", R"({"wrong":{"action":"accept"}})"}) {
    CAPTURE(responses);
    const auto client = std::make_shared<Client>();
    const auto one = stage.request(client, "tools/call", with(kCall, state, responses), kAnn);
    REQUIRE(one);
    CHECK(one->input_responses == "{}");
    CHECK(one->round == 1);
    CHECK(state_after(stage, client, asks(kAskName, "second")) != state);
  }
}

TEST_CASE("modern rounds: answers without a state begin again, and nothing of them is handed on") {
  ItemStage stage;
  first_state(stage);
  const auto one = stage.request(std::make_shared<Client>(), "tools/call",
                                 std::string{kCall} + R"(,"inputResponses":)" + kAccepted, kAnn);
  REQUIRE(one);
  CHECK(one->round == 0);
  CHECK(one->input_responses.empty());
  CHECK(one->resume_state.empty());
}

TEST_CASE("modern rounds: the state is for this caller and this request only") {
  ItemStage stage;
  const std::string state = first_state(stage);
  From bob = kAnn;
  bob.principal = "bob";
  CHECK(refusal(stage, with(kCall, state, kAccepted), bob) == kNotValid);
  From nobody = kAnn;
  nobody.principal = "";
  CHECK(refusal(stage, with(kCall, state, kAccepted), nobody) == kNotValid);
  CHECK(refusal(stage, with(R"("name":"t","arguments":{"a":2})", state)) == kNotValid);
  CHECK(refusal(stage, with(R"("name":"t")", state)) == kNotValid);
  CHECK(refusal(stage, with(R"("name":"wants","arguments":{"a":1})", state)) == kNotValid);
  CHECK(refusal(stage, with(R"("name":"p","arguments":{"x":"1"})", state), kAnn, "prompts/get") ==
        kNotValid);
  CHECK(refusal(stage, with(R"("uri":"r://a")", state), kAnn, "resources/read") == kNotValid);
  CHECK(stage.backend.running.size() == 1);
  // The same person with another role and other capabilities may go on, and more than once.
  From later = kAnn;
  later.features = 0;
  CHECK(refusal(stage, with(kCall, state, kAccepted), later).empty());
  CHECK(refusal(stage, with(kCall, state, kAccepted)).empty());
}

TEST_CASE("modern rounds: a state that is none, or was changed, is refused") {
  ItemStage stage;
  const std::string state = first_state(stage);
  std::string changed = state;
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  for (const std::string& other : {std::string{}, std::string{"x"}, changed, state + "A",
                                   state.substr(4), std::string(200'000, 'A')}) {
    CHECK(refusal(stage, with(kCall, other, kAccepted)) == kNotValid);
  }
  for (const char* other : {"1", "null", "{}", "[\"x\"]", "true"}) {
    CAPTURE(other);
    CHECK(refusal(stage, std::string{kCall} + R"(,"requestState":)" + other) ==
          "Invalid params: requestState must be text");
  }
  stage.dispatcher.use(*identity::SealKeys::make_passing());
  CHECK(refusal(stage, with(kCall, state, kAccepted)) == kNotValid);
}

TEST_CASE(
    "modern rounds: what does not answer the question is refused, and a refusal to answer passes") {
  ItemStage stage;
  const std::string state = first_state(stage);
  const auto said = [&](const std::string& responses) {
    return refusal(stage, with(kCall, state, responses));
  };
  CHECK(said(R"({"other":1,"name":{"action":"cancel"}})").empty());
  CHECK(said("[]") == "Invalid params: inputResponses must be an object");
  CHECK(said("null") == "Invalid params: inputResponses must be an object");
  CHECK(said(R"({"name":"Ann"})") ==
        R"(Invalid params: The answer to "name" is not valid: it must be an object)");
  CHECK(
      said(R"({"name":{}})") ==
      R"(Invalid params: The answer to "name" is not valid: action must be accept, decline or cancel)");
  CHECK(said(R"({"name":{"action":"accept"}})") ==
        R"(Invalid params: The answer to "name" is not valid: content must be an object)");
  CHECK(said(R"({"name":{"action":"accept","content":{"name":1}}})")
            .starts_with(R"(Invalid params: The answer to "name" is not valid: content: )"));
  CHECK(said(R"({"name":{"action":"accept","content":{}}})")
            .starts_with(R"(Invalid params: The answer to "name" is not valid: content: )"));
  for (const char* action : {"decline", "cancel"}) {
    const std::string responses = R"({"name":{"action":")" + std::string{action} + R"("}})";
    CHECK(said(responses).empty());
    CHECK(stage.last()->input_responses == responses);
  }
}

// The content of a form is valid wherever a plugin finds one.
TEST_CASE("modern rounds: who declines has filled in nothing") {
  ItemStage stage;
  const std::string state = first_state(stage);
  REQUIRE(refusal(stage, with(kCall, state,
                              R"({"name":{"action":"decline","content":{"name":["evil"]}}})"))
              .empty());
  CHECK(stage.last()->input_responses == R"({"name":{"action":"decline"}})");
}

TEST_CASE("modern rounds: prompts and readings may ask, completions may not") {
  ItemStage stage;
  const std::string prompt = R"("name":"p","arguments":{"x":"1"})";
  const std::string of_prompt = first_state(stage, prompt, "prompts/get");
  CHECK(refusal(stage, with(prompt, of_prompt, kAccepted), kAnn, "prompts/get").empty());
  CHECK(stage.last()->round == 1);
  const std::string reading = R"("uri":"t://1/2")";
  const std::string of_reading = first_state(stage, reading, "resources/read");
  CHECK(refusal(stage, with(reading, of_reading, kAccepted), kAnn, "resources/read").empty());
  CHECK(stage.last()->round == 1);
  CHECK(refusal(stage, with(R"("uri":"t://1/3")", of_reading), kAnn, "resources/read") ==
        kNotValid);
  const auto client = std::make_shared<Client>();
  const auto one = stage.request(client, "completion/complete",
                                 R"("ref":{"type":"ref/prompt","name":"p"},)"
                                 R"("argument":{"name":"x","value":""},"requestState":"x")",
                                 kAnn);
  REQUIRE(one);
  stage.complete(one, asks(kAskName));
  CHECK(client->heard(R"("code":-32603)"));
}

TEST_CASE("modern rounds: there are eight, and the eighth cannot ask any more") {
  ItemStage stage;
  std::string state;
  for (std::uint32_t round = 0; round < call::kMaxRounds; ++round) {
    const auto client = std::make_shared<Client>();
    const auto one = stage.request(client, "tools/call",
                                   round == 0 ? kCall : with(kCall, state, kAccepted), kAnn);
    REQUIRE(one);
    CHECK(one->round == round);
    if (round + 1 < call::kMaxRounds) {
      state = state_after(stage, client, asks(kAskName));
    } else {
      stage.complete(one, asks(kAskName));
      CHECK(client->heard(R"("code":-32603)"));
    }
  }
}

TEST_CASE("modern rounds: a state alone asks for another try, nothing at all is a mistake") {
  ItemStage stage;
  auto client = std::make_shared<Client>();
  stage.request(client, "tools/call", kCall, kAnn);
  const std::string state = state_after(stage, client, asks("{}", "later"));
  CHECK_FALSE(client->heard("inputRequests"));
  CHECK(refusal(stage, with(kCall, state)).empty());
  CHECK(stage.last()->resume_state == "later");
  CHECK(stage.last()->input_responses == "{}");
  client = std::make_shared<Client>();
  stage.request(client, "tools/call", kCall, kAnn);
  stage.complete(stage.last(), asks("{}", ""));
  CHECK(client->heard(R"("code":-32603)"));
}

TEST_CASE("modern rounds: what a plugin asks beyond the limits or the protocol is its fault") {
  ItemStage stage;
  const auto answer = [&](call::Outcome outcome) {
    const auto client = std::make_shared<Client>();
    stage.request(client, "tools/call", kCall, kAnn);
    stage.complete(stage.last(), std::move(outcome));
    return client->text();
  };
  const std::string schema =
      R"({"type":"object","title":")" + std::string(call::kMaxAskedBytes, 'x') + "\"}";
  for (const std::string& requests :
       {std::string{"[]"}, std::string{}, std::string{R"({"k":{"method":"tools/call"}})"},
        R"({"k":{"method":"elicitation/create","params":{"message":"m","requestedSchema":)" +
            schema + "}}}"}) {
    CHECK(answer(asks(requests)).find(R"("code":-32603)") != std::string::npos);
  }
  CHECK(answer(asks(kAskName, std::string(call::kMaxResumeStateBytes + 1, 'x')))
            .find(R"("code":-32603)") != std::string::npos);
  CHECK(answer(asks(kAskName, std::string(call::kMaxResumeStateBytes, '\xff')))
            .find("requestState") != std::string::npos);
}

TEST_CASE("modern rounds: only what the client can answer is asked") {
  ItemStage stage;
  const std::string sampling =
      R"({"a":{"method":"sampling/createMessage","params":{}},"b":{"method":"roots/list"}})";
  const auto status = [&](std::uint32_t features, std::string requests, std::string* text) {
    const auto client = std::make_shared<Client>();
    stage.request(client, "tools/call", kCall, {.features = features});
    stage.complete(stage.last(), asks(std::move(requests)));
    *text = client->text();
    return client->status;
  };
  std::string text;
  CHECK(status(TOOLPOST_CLIENT_ROOTS, sampling, &text) == 400);
  CHECK(text.find(R"("code":-32021)") != std::string::npos);
  CHECK(text.find(R"("requiredCapabilities":{"sampling":{}})") != std::string::npos);
  CHECK(status(TOOLPOST_CLIENT_ROOTS | TOOLPOST_CLIENT_SAMPLING, sampling, &text) == 200);
  CHECK(status(TOOLPOST_CLIENT_ELICIT_URL, kAskName, &text) == 400);
  CHECK(text.find(R"("requiredCapabilities":{"elicitation":{"form":{}}})") != std::string::npos);
}

TEST_CASE("modern rounds: tools in a sampling request are for clients that take them") {
  ItemStage stage;
  const auto ask = [&](From from) {
    const auto client = std::make_shared<Client>();
    from.features = TOOLPOST_CLIENT_SAMPLING;
    stage.request(client, "tools/call", kCall, from);
    stage.complete(
        stage.last(),
        asks(R"({"a":{"method":"sampling/createMessage","params":{"messages":[],"tools":[]}}})"));
    return client->text();
  };
  CHECK(ask({}).find(R"("requiredCapabilities":{"sampling":{"tools":{}}})") != std::string::npos);
  From able;
  able.client = R"({"capabilities":{"sampling":{"tools":{}}}})";
  CHECK(ask(able).find("input_required") != std::string::npos);
}

TEST_CASE("modern rounds: who may no longer use it, or sends wrong arguments, is told that first") {
  ItemStage stage;
  const std::string state = first_state(stage);
  From role = kAnn;
  role.role = "nobody";
  const auto client = std::make_shared<Client>();
  CHECK_FALSE(stage.request(client, "tools/call", with(kCall, state, kAccepted), role));
  CHECK(client->heard(R"("isError":true)"));
  CHECK(client->heard("Denied"));
  CHECK(stage.backend.running.size() == 1);
}

TEST_CASE("modern rounds: a form may be as deep and as wide as a result may") {
  std::string deep = R"({"type":"string","not":)";
  for (int i = 0; i < 90; ++i) deep.append(R"({"not":)");
  deep.append("{}").append(91, '}');
  std::string wide = "{";
  for (int i = 0; i < 1100; ++i) {
    wide.append(i == 0 ? "\"" : ",\"").append(std::to_string(i)).append(R"(":{"type":"string"})");
  }
  wide.append("}");
  for (const std::string& properties : {R"({"name":)" + deep + "}", wide}) {
    ItemStage stage;
    const auto client = std::make_shared<Client>();
    REQUIRE(stage.request(client, "tools/call", kCall, kAnn));
    const std::string state =
        state_after(stage, client,
                    asks(R"({"name":{"method":"elicitation/create","params":{"message":"m",)"
                         R"("requestedSchema":{"type":"object","properties":)" +
                         properties + "}}}}"));
    CHECK(refusal(stage, with(kCall, state, R"({"name":{"action":"accept","content":{}}})")) == "");
  }
}
