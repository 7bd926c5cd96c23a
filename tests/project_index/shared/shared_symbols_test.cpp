// SPDX-License-Identifier: Apache-2.0
#include "shared/shared_symbols.hpp"

#include "files/stop_token.hpp"
#include "shared/packed_symbols.hpp"

#include <doctest/doctest.h>

#include <map>
#include <utility>

using namespace toolpost::project_index;
using namespace std::chrono_literals;

namespace {

using Clock = TimePurse::Clock;

// Finds one symbol in each text: the text itself. Fails at "broken".
class WholeTexts final : public SymbolSource {
 public:
  bool covers(std::string_view path) const override { return path.ends_with(".py"); }

  std::vector<FileSymbols> symbols_of_all(std::span<const SourceText> texts,
                                          const StopToken&) override {
    asked += texts.size();
    std::vector<FileSymbols> answers;
    for (const auto& text : texts) {
      if (text.content == "broken")
        answers.emplace_back(Refusal{"it is broken"});
      else
        answers.emplace_back(
            std::vector<SourceSymbol>{{std::string(text.content), "text", "", "", 1, 1}});
    }
    return answers;
  }

  std::size_t asked = 0;
};

// A store in memory that can be away, and takes its time by moving the clock.
struct Store {
  SharedValues values() {
    return {[this](std::string_view key) -> std::optional<std::string> {
              ++asked;
              now += takes;
              const auto found = kept.find(std::string(key));
              if (is_away || found == kept.end()) return std::nullopt;
              return found->second;
            },
            [this](std::string_view key, std::string_view value) {
              ++asked;
              now += takes;
              if (!is_away) kept[std::string(key)] = value;
              return !is_away;
            }};
  }

  std::map<std::string, std::string> kept;
  std::size_t asked = 0;
  bool is_away = false;
  Clock::duration takes{};
  Clock::time_point now{1000s};
};

struct Replica {
  explicit Replica(Store& store, std::string root = "/srv/app", std::string parser = "ctags 1")
      : symbols(parsed_by, store.values(),
                {.root = std::move(root),
                 .parser = std::move(parser),
                 .tell = [this](const std::string& sentence) { told.push_back(sentence); },
                 .now = [&store] { return store.now; }}) {}

  std::vector<std::string> names(const std::vector<SourceText>& texts) {
    std::vector<std::string> names;
    for (const auto& answer : symbols.symbols_of_all(texts, StopToken()))
      names.push_back(answer.ok() ? answer->at(0).name : answer.refusal().text);
    return names;
  }

  std::shared_ptr<WholeTexts> parsed_by = std::make_shared<WholeTexts>();
  std::vector<std::string> told;
  SharedSymbols symbols;
};

const std::vector<SourceText> kTexts = {{"src/a.py", "one"}, {"src/b.py", "two"}};
const std::vector<std::string> kNames = {"one", "two"};

}  // namespace

TEST_CASE("shared symbols: what one replica has parsed the other takes, and says so once") {
  Store store;
  Replica first(store);
  Replica second(store);
  CHECK(first.names(kTexts) == kNames);
  CHECK(second.names(kTexts) == kNames);
  CHECK(second.names(kTexts) == kNames);
  CHECK(first.parsed_by->asked == 2);
  CHECK(second.parsed_by->asked == 0);
  CHECK(second.symbols.counts().taken == 4);
  CHECK(first.told.empty());
  CHECK(second.told.size() == 1);
  CHECK(second.symbols.covers("a.py"));
  CHECK_FALSE(second.symbols.covers("a.txt"));
}

TEST_CASE("shared symbols: another text, name, root or parser is another value") {
  Store store;
  Replica(store).names(kTexts);
  const auto parses = [&](Replica replica, const std::vector<SourceText>& texts) {
    return replica.names(texts) == std::vector<std::string>{std::string(texts[0].content), "two"} &&
           replica.parsed_by->asked == 2;
  };
  CHECK(parses(Replica(store), {{"src/a.py", "other"}, {"src/b.py", "two"}}));
  CHECK(parses(Replica(store), {{"src/c.py", "one"}, {"src/b.py", "two"}}));
  CHECK(parses(Replica(store, "/srv/other"), kTexts));
  CHECK(parses(Replica(store, "/srv/app", "ctags 2"), kTexts));
}

TEST_CASE("shared symbols: what the parser failed at is not kept") {
  Store store;
  const std::vector<SourceText> texts = {{"a.py", "one"}, {"b.py", "broken"}};
  Replica first(store);
  CHECK(first.names(texts)[1] == "it is broken");
  CHECK(store.kept.empty());
}

TEST_CASE("shared symbols: what was stopped is not kept") {
  Store store;
  Replica replica(store);
  StopToken stop;
  stop.stop();
  replica.symbols.symbols_of_all(kTexts, stop);
  CHECK(store.kept.empty());
}

TEST_CASE("shared symbols: a value that is not what it should be is a miss, and is replaced") {
  Store store;
  Replica(store).names(kTexts);
  REQUIRE(store.kept.size() == 1);
  auto& value = store.kept.begin()->second;
  const auto whole = value;
  for (const auto& poison : {std::string(), std::string("garbage"), whole.substr(1), whole + "x"}) {
    value = poison;
    Replica replica(store);
    CHECK(replica.names(kTexts) == kNames);
    CHECK(replica.parsed_by->asked == 2);
    CHECK(replica.symbols.counts().rejected == 1);
    CHECK(value == whole);
  }
}

TEST_CASE("shared symbols: a store that is away is asked a few times, and again when it is back") {
  Store store;
  store.is_away = true;
  Replica replica(store);
  for (int batch = 0; batch < 1000; ++batch) {
    CHECK(replica.names(kTexts) == kNames);
    store.now += 1ms;
  }
  CHECK(store.asked <= 4);
  store.is_away = false;
  store.now += TimePurse::kLongestRest;
  CHECK(replica.names(kTexts) == kNames);
  CHECK(store.kept.size() == 1);
}

TEST_CASE("shared symbols: a store that is slow costs a fixed sum and a tenth of the time") {
  Store store;
  store.takes = 45ms;
  Replica replica(store);
  const auto began = store.now;
  for (int batch = 0; batch < 1000; ++batch) {
    const std::vector<SourceText> texts = {{"a.py", "one"}};
    CHECK(replica.names(texts) == std::vector<std::string>{"one"});
    store.now += 10ms;  // what parsing takes
  }
  CHECK(store.now - began < 10s + 2s);
}
