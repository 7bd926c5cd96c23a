// SPDX-License-Identifier: Apache-2.0
#include "documents/paging.hpp"

#include <string>
#include <utility>

namespace toolpost::project_index {

bool BoundedList::add(sdk::Json element) {
  if (is_full()) return false;
  if (seen_ < page_.skip) {
    ++seen_;
    return false;
  }
  if (elements_.size() >= page_.limit) {
    cut_by_ = "limit";
    return false;
  }
  const std::size_t size = element.dump().size() + 1;
  // One element always fits: a page that shows nothing would never end.
  if (!elements_.empty() && bytes_ + size > max_bytes_) {
    cut_by_ = "max_result_bytes";
    return false;
  }
  ++seen_;
  bytes_ += size;
  elements_.push_back(std::move(element));
  return true;
}

void BoundedList::finish(sdk::Json& document, std::string_view key) && {
  const std::uint64_t next = page_.skip + elements_.size();
  document.set(std::string(key), std::move(elements_));
  say_cut(document, cut_by_, next);
}

void say_cut(sdk::Json& document, std::string_view cut_by, std::optional<std::uint64_t> next_skip) {
  document.set("is_cut", !cut_by.empty());
  if (cut_by.empty()) return;
  document.set("cut_by", cut_by);
  if (next_skip) document.set("next_skip", *next_skip);
}

sdk::Json document_of(const View& view) {
  auto document = sdk::Json::object({{"project", view.path()}});
  const std::string& stopped_by = view.snapshot().facts().stopped_by;
  if (!stopped_by.empty()) document.set("partial", "the walk is not whole: " + stopped_by);
  return document;
}

}  // namespace toolpost::project_index
