// SPDX-License-Identifier: Apache-2.0
// Resources, templates, prompts and completions, seen from the host's side of the table.
#include "fake_host.hpp"

#include <toolpost/ext/subscribe.h>
#include <toolpost/sdk.hpp>

#include <doctest/doctest.h>

#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

namespace toolpost::sdk::test {
namespace {

class Library final : public Plugin {
 public:
  using Plugin::Plugin;

  void start() override {
    current = this;
    add(Resource("lib://index", "index")
            .title("Index")
            .mime_type("text/plain")
            .size(5)
            .annotations(Annotations().priority(0.5))
            .read([](const Call& call) {
              return Contents::text("at " + std::string(call.uri()))
                  .fresh_for(std::chrono::hours(1));
            }));
    add(ResourceTemplate("lib://books/{id}", "book")
            .mime_type("application/octet-stream")
            .complete("id", {"alpha", "Alps", "beta"})
            .read([](const Call& call) {
              const std::string id = call.argument("id");
              if (id == "none") throw Error(Status::kNotFound, "there is no such book");
              return Contents::bytes(id);
            }));
    add(Resource("lib://later", "later").read_async([this](Call call) { kept = std::move(call); }));
    add(Resource("lib://throws", "throws").read([](const Call& call) -> Contents {
      if (call.meta().value_or("memory", false)) throw std::bad_alloc();
      throw std::runtime_error("s3cret");
    }));
    add_prompts();
  }

  void on_interest(std::string_view uri, bool is_wanted) override {
    if (uri == "lib://throws") throw std::runtime_error("s3cret");
    interests.push_back((is_wanted ? "+" : "-") + std::string(uri));
  }

  using Plugin::add;
  using Plugin::remove_prompt;
  using Plugin::remove_resource;
  using Plugin::remove_resource_template;
  using Plugin::resource_updated;

  std::optional<Call> kept;
  std::vector<std::string> interests;
  static inline Library* current = nullptr;

 private:
  void add_prompts() {
    add(Prompt("lend")
            .description("Lends a book.")
            .required("book", "Which", "Book")
            .optional("days")
            .complete("days",
                      [](const Typed& typed) {
                        return Suggestions({typed.argument, typed.value,
                                            typed.others.value_or("book", ""),
                                            std::string(typed.call.caller().principal)})
                            .total(7)
                            .has_more();
                      })
            .timeout(std::chrono::seconds(3))
            .open_world()
            .run([](const Call& call) {
              return PromptResult()
                  .description("A loan")
                  .user("Lend " + call.argument("book") + " for " + call.argument("days") + ".")
                  .assistant(Content::image("png", "image/png"))
                  .user(Content::resource_bytes("lib://x", "x"))
                  .meta("com.example/x", 1);
            }));
    add(Prompt("ask").run([](const Call& call) -> PromptResult {
      const auto name = call.answer("name");
      if (!name) return InputRequired().elicit("name", "Who?", Schema::object()).state("1");
      return PromptResult().user(name->content().at("name").as_string() +
                                 std::string(call.state()) + std::to_string(call.round()));
    }));
  }
};

struct Opened : FakeHost {
  Opened() {
    static constexpr toolpost_entry entry =
        PluginInfo("test.library", "1.0.0").entry(&detail::create<Library>);
    REQUIRE(create(entry) == TOOLPOST_OK);
    REQUIRE(start() == TOOLPOST_OK);
  }

  ~Opened() { destroy(); }

  Completion ask(const std::string& key, const std::string& arguments) {
    FakeRequest request;
    request.arguments = arguments;
    return wait(call(key, request));
  }

  Completion read_book(const std::string& id) {
    FakeRequest request;
    request.item = "lib://books/{id}";
    request.arguments = Json::object({{"id", id}}).dump();
    return wait(call("lib://books/" + id, request));
  }

  const toolpost_subscribe_interest& interest() const {
    return *static_cast<const toolpost_subscribe_interest*>(
        plugin().get_extension(plugin().self, TOOLPOST_EXT_SUBSCRIBE));
  }
};

}  // namespace

TEST_CASE("items: what the host is told of a resource, a template and a prompt") {
  const Opened host;
  CHECK(host.item("lib://index").kind == TOOLPOST_KIND_RESOURCE);
  CHECK(host.item("lib://index").flags == TOOLPOST_ITEM_READ_ONLY);
  CHECK(Json::parse(host.definition("lib://index")) ==
        Json::parse(R"({"uri":"lib://index","name":"index","title":"Index","mimeType":"text/plain",
                        "size":5,"annotations":{"priority":0.5}})"));
  CHECK(host.item("lib://books/{id}").kind == TOOLPOST_KIND_RESOURCE_TEMPLATE);
  CHECK(Json::parse(host.definition("lib://books/{id}")) ==
        Json::parse(R"({"uriTemplate":"lib://books/{id}","name":"book",
                        "mimeType":"application/octet-stream"})"));
  CHECK(host.item("lend").kind == TOOLPOST_KIND_PROMPT);
  CHECK(host.item("lend").flags == (TOOLPOST_ITEM_READ_ONLY | TOOLPOST_ITEM_OPEN_WORLD));
  CHECK(host.item("lend").timeout_ms == 3000);
  CHECK(Json::parse(host.definition("lend")) ==
        Json::parse(R"({"name":"lend","description":"Lends a book.","arguments":[
          {"name":"book","title":"Book","description":"Which","required":true},
          {"name":"days","required":false}]})"));
}

TEST_CASE("items: a completion is an item of its own, as open as what it belongs to") {
  const Opened host;
  CHECK(host.item("template:lib://books/{id}#id").kind == TOOLPOST_KIND_COMPLETION);
  CHECK(host.item("template:lib://books/{id}#id").flags == TOOLPOST_ITEM_READ_ONLY);
  CHECK(host.item("prompt:lend#days").flags == host.item("lend").flags);
  CHECK(host.definition("prompt:lend#days") == "{}");
}

TEST_CASE("items: every item may have icons and _meta") {
  const Tool tool = Tool("t").icon(Icon("data:,a")).icon(Icon("data:,b")).meta("k", 1);
  CHECK(tool.item().definition["icons"] == Json::parse(R"([{"src":"data:,a"},{"src":"data:,b"}])"));
  CHECK(tool.item().definition["_meta"] == Json::parse(R"({"k":1})"));
}

TEST_CASE("items: a task may be required") {
  CHECK(Tool("t").task_required().item().flags == TOOLPOST_ITEM_TASK_REQUIRED);
  CHECK(Tool("t").task_allowed().item().flags == TOOLPOST_ITEM_TASK_ALLOWED);
}

TEST_CASE("resource: a read answers for its URI in the type it was declared with") {
  Opened host;
  CHECK(host.ask("lib://index", "{}").json() == Json::parse(R"({"ttlMs":3600000,"contents":[
          {"uri":"lib://index","mimeType":"text/plain","text":"at lib://index"}]})"));
}

TEST_CASE("template: a read answers for the concrete URI, and says what is not there") {
  Opened host;
  const Completion book = host.read_book("emma");
  CHECK(book.json() == Json::parse(R"({"contents":[{"uri":"lib://books/emma",
          "mimeType":"application/octet-stream","blob":{"$blob":0}}]})"));
  CHECK(book.blobs == std::vector<std::string>{"emma"});
  CHECK(host.read_book("none").status == TOOLPOST_E_NOT_FOUND);
  CHECK(host.read_book("none").message == "there is no such book");
}

TEST_CASE("resource: the barriers are those of tools") {
  Opened host;
  FakeRequest out_of_memory;
  out_of_memory.meta = R"({"memory":true})";
  CHECK(host.wait(host.call("lib://throws", out_of_memory)).status == TOOLPOST_E_LIMIT);
  CHECK(host.ask("lib://throws", "{}").message == "the plugin failed unexpectedly");
  CHECK(host.ask("prompt:lend#days", "{}").status == TOOLPOST_E_INVALID);
  for (const std::string& line : host.logs()) CHECK(line.find("s3cret") == std::string::npos);
}

TEST_CASE("resource: an answer from elsewhere, and none") {
  Opened host;
  const toolpost_call_id id = host.call("lib://later");
  CHECK(host.completions().empty());
  CHECK(Library::current->kept->complete(Contents::text("x")) == Status::kOk);
  CHECK(host.wait(id).payload == R"({"contents":[{"text":"x","uri":"lib://later"}]})");
  const toolpost_call_id dropped = host.call("lib://later");
  Library::current->kept.reset();
  CHECK(host.wait(dropped).status == TOOLPOST_E_INTERNAL);
}

TEST_CASE("prompt: messages of every kind of content") {
  Opened host;
  const Completion answer = host.ask("lend", R"({"book":"Emma"})");
  CHECK(answer.json() == Json::parse(R"({"description":"A loan","_meta":{"com.example/x":1},
    "messages":[
      {"role":"user","content":{"type":"text","text":"Lend Emma for ."}},
      {"role":"assistant","content":{"type":"image","data":{"$blob":0},"mimeType":"image/png"}},
      {"role":"user","content":{"type":"resource",
                                "resource":{"uri":"lib://x","blob":{"$blob":1}}}}]})"));
  CHECK(answer.blobs == std::vector<std::string>{"png", "x"});
}

TEST_CASE("prompt: a question, and the round with the answer") {
  Opened host;
  const Completion question = host.ask("ask", "{}");
  CHECK(question.kind == TOOLPOST_OUTCOME_INPUT_REQUIRED);
  CHECK(question.resume_state == "1");
  CHECK(question.json()["name"]["method"] == Json("elicitation/create"));
  FakeRequest again;
  again.round = 1;
  again.resume_state = "1";
  again.input_responses = R"({"name":{"action":"accept","content":{"name":"Ann"}}})";
  const Completion answer = host.wait(host.call("ask", again));
  CHECK(answer.kind == TOOLPOST_OUTCOME_COMPLETE);
  CHECK(answer.json()["messages"].as_array().at(0)["content"]["text"] == Json("Ann11"));
}

TEST_CASE("completion: of a list, by what was typed") {
  Opened host;
  const std::string key = "template:lib://books/{id}#id";
  const auto values = [&](const char* typed) {
    const Json argument = Json::object({{"name", "id"}, {"value", typed}});
    return host.ask(key, Json::object({{"argument", argument}}).dump()).payload;
  };
  CHECK(values("al") == R"({"completion":{"values":["alpha","Alps"]}})");
  CHECK(values("ALP") == R"({"completion":{"values":["alpha","Alps"]}})");
  CHECK(values("alphabet") == R"({"completion":{"values":[]}})");
  CHECK(values("") == R"({"completion":{"values":["alpha","Alps","beta"]}})");
}

TEST_CASE("completion: of a function, which knows the other arguments and the caller") {
  Opened host;
  CHECK(host.ask("prompt:lend#days", R"({"argument":{"name":"days","value":"1"},
                                         "context":{"arguments":{"book":"Emma"}}})")
            .json() == Json::parse(R"({"completion":{"values":["days","1","Emma","alice"],"total":7,
                        "hasMore":true}})"));
}

TEST_CASE("items: removed with their completions, and refused by name") {
  Opened host;
  Library& library = *Library::current;
  library.remove_prompt("lend");
  library.remove_resource_template("lib://books/{id}");
  library.remove_resource("lib://index");
  CHECK(host.removals() ==
        std::vector<std::string>{"4 lend", "5 prompt:lend#days", "3 lib://books/{id}",
                                 "5 template:lib://books/{id}#id", "2 lib://index"});
  CHECK_THROWS_WITH(library.remove_prompt("lib://index"),
                    "the host did not remove prompt 'lib://index'");
  CHECK_THROWS_WITH(library.add(Resource("lib://idle", "idle")),
                    "resource 'lib://idle' has no handler");
}

TEST_CASE("items: when a completion is refused its prompt goes, too") {
  Opened host;
  host.refuse_kind(TOOLPOST_KIND_COMPLETION);
  CHECK_THROWS_WITH(Library::current->add(Prompt("new").complete("a", {"b"}).run([](const Call&) {
    return PromptResult();
  })),
                    "the host refused completion 'prompt:new#a' (status -9)");
  CHECK(host.removals() == std::vector<std::string>{"4 new"});
}

TEST_CASE("subscribe: the host hears of changes, where it can") {
  Opened host;
  Library::current->resource_updated("lib://index");
  CHECK(host.updates() == std::vector<std::string>{"lib://index"});
  host.forget_subscriptions();
  Library::current->resource_updated("lib://index");
  CHECK(host.updates().size() == 1);
}

TEST_CASE("subscribe: the plugin hears of interest, and what it throws stays inside") {
  const Opened host;
  const std::string uri = "lib://index";
  host.interest().interest(host.plugin().self, uri.data(), uri.size(), 1);
  host.interest().interest(host.plugin().self, uri.data(), uri.size(), 0);
  CHECK(Library::current->interests == std::vector<std::string>{"+lib://index", "-lib://index"});
  const std::string bad = "lib://throws";
  host.interest().interest(host.plugin().self, bad.data(), bad.size(), 1);
  CHECK(host.logs().back() == "0/17: the plugin failed unexpectedly");
}

}  // namespace toolpost::sdk::test
