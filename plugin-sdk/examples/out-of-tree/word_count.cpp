// SPDX-License-Identifier: Apache-2.0
// A complete plugin with one tool.
#include <toolpost/sdk.hpp>

#include <sstream>

using namespace toolpost::sdk;

struct WordCount final : Plugin {
  using Plugin::Plugin;

  void start() override {
    add(Tool("word_count")
            .description("Counts the words of a text.")
            .input(Schema::object().required("text", Schema::string("What to count")))
            .output(Schema::object().required("words", Schema::integer()))
            .read_only()
            .run([](const Call& call) {
              std::istringstream text(call.arguments().at("text").as_string());
              int words = 0;
              for (std::string word; text >> word;) ++words;
              return Result::structured(Json::object({{"words", words}}));
            }));
  }
};

TOOLPOST_PLUGIN(WordCount, PluginInfo("com.example.word-count", "1.0.0").name("Word count"));
