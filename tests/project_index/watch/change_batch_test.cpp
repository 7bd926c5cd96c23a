// SPDX-License-Identifier: Apache-2.0
#include "watch/change_batch.hpp"

#include <doctest/doctest.h>

using namespace toolpost::project_index;
using std::chrono::milliseconds;

namespace {

constexpr ChangeBatch::Pace kPace{milliseconds(50), milliseconds(250), 3};
const ChangeBatch::Time kBegin{std::chrono::hours(1)};

}  // namespace

TEST_CASE("change batch: due when it has been quiet, and at the latest so long after the first") {
  ChangeBatch batch(kPace);
  CHECK_FALSE(batch.due());
  batch.add("a", kBegin);
  CHECK(*batch.due() == kBegin + milliseconds(50));
  batch.add("a", kBegin + milliseconds(40));
  CHECK(*batch.due() == kBegin + milliseconds(90));
  batch.add("a", kBegin + milliseconds(230));
  CHECK(*batch.due() == kBegin + milliseconds(250));
}

TEST_CASE("change batch: each path once, sorted; then it begins anew") {
  ChangeBatch batch(kPace);
  for (const char* path : {"b", "a", "b"}) batch.add(path, kBegin);
  CHECK(batch.take() == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(batch.due());
  batch.add("c", kBegin + milliseconds(500));
  CHECK(*batch.due() == kBegin + milliseconds(550));
  CHECK(batch.take() == std::vector<std::string>{"c"});
}

TEST_CASE("change batch: too many are a sweep, and a sweep names nothing") {
  ChangeBatch batch(kPace);
  for (const char* path : {"a", "b", "c"}) batch.add(path, kBegin);
  CHECK_FALSE(batch.is_sweep());
  batch.add("d", kBegin);
  CHECK(batch.is_sweep());
  batch.add("e", kBegin);
  CHECK(batch.take().empty());
  CHECK_FALSE(batch.is_sweep());
}
