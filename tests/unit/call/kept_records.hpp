// SPDX-License-Identifier: Apache-2.0
// A journal on the disk for a dispatcher, and what stays in it of calls.
#pragma once

#include "audit/journal.hpp"
#include "call/dispatcher.hpp"
#include "json/parser.hpp"
#include "unit/sdk/scratch_directory.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::testing {

using Records = std::vector<std::string>;

class KeptRecords {
 public:
  KeptRecords(call::Dispatcher& dispatcher, Log& log)
      : directory_(*audit::Directory::open_or_make(scratch_.path() / "audit")),
        key_(*audit::SealKey::load_or_make(scratch_.path() / "audit.key")),
        // The disk of a busy machine may take its time.
        journal_(*audit::Journal::open(directory_, key_, *audit::make_chain_name(0),
                                       {.stall = std::chrono::minutes{10}}, {{"start", "{}"}}, {},
                                       log)) {
    dispatcher.use(*journal_, call::OnFailure::kRefuse);
  }

  audit::Journal& journal() noexcept { return *journal_; }

  // How often the journal's file holds this text by now.
  std::size_t count(std::string_view text) const {
    std::ifstream in{file()};
    const std::string all{std::istreambuf_iterator<char>{in}, {}};
    std::size_t found = 0;
    for (std::size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1))
      ++found;
    return found;
  }

  // These members of all records about calls, in a row; what is not there is a dash. Ends the
  // journal.
  Records of(std::initializer_list<const char*> members) {
    CHECK(journal_->close("test", std::chrono::minutes{1}));
    std::ifstream in{file()};
    Records all;
    for (std::string line; std::getline(in, line);) {
      CHECK(line.find("secret-value") == std::string::npos);
      const auto document = json::parse(line);
      REQUIRE(document.has_value());
      if (document->root().find("method") == nullptr) continue;
      std::string record;
      for (const char* member : members) {
        const json::Value* value = document->root().find(member);
        if (!record.empty()) record.push_back(' ');
        record.append(value == nullptr     ? "-"
                      : value->is_string() ? std::string{value->as_string()}
                                           : std::to_string(value->as_int64()));
      }
      all.push_back(record);
    }
    return all;
  }

 private:
  std::filesystem::path file() const {
    return scratch_.path() / "audit" / audit::segment_file_name(journal_->chain(), 1);
  }

  sdk::test::ScratchDirectory scratch_;
  audit::Directory directory_;
  audit::SealKey key_;
  std::unique_ptr<audit::Journal> journal_;
};

}  // namespace toolpost::testing
