// SPDX-License-Identifier: Apache-2.0
#include "transport/batch.hpp"

#include "json/raw.hpp"

namespace toolpost::transport {

bool is_batch(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '[';
}

Result<std::vector<std::string>> split_batch(std::string_view text, json::Parser& parser,
                                             const json::Limits& limits) {
  const auto document = parser.parse(text, limits);
  if (!document) return document.error();
  const std::size_t count = document->root().items().size();
  if (count == 0) return invalid("a batch must not be empty");
  if (count > kMaxBatch) {
    return invalid("a batch may have " + std::to_string(kMaxBatch) + " messages");
  }
  std::vector<std::string> messages;
  std::string_view element;
  for (json::RawArray elements{text}; elements.next(element);) messages.emplace_back(element);
  return messages;
}

class BatchAnswer::Part final : public call::Responder {
 public:
  explicit Part(std::shared_ptr<BatchAnswer> batch) : batch_(std::move(batch)) {}

  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  ~Part() override { batch_->part_done(); }

  void notify(std::string) override {}

  // There is no stream on which anything could travel before the answers.
  bool deliver(std::string) override { return false; }

  bool can_stream() const override { return false; }

  bool ask(std::string) override { return false; }

  void answer(mcp::Answer answer) override {
    if (!batch_->answers_.empty()) batch_->answers_ += ',';
    batch_->answers_ += answer.json;
  }

 private:
  std::shared_ptr<BatchAnswer> batch_;
};

std::shared_ptr<call::Responder> BatchAnswer::part() {
  ++open_;
  ++given_;
  return std::make_shared<Part>(shared_from_this());
}

bool BatchAnswer::all_given() {
  complete_ = true;
  if (given_ == 0) return true;
  if (open_ == 0) finish();
  return false;
}

void BatchAnswer::part_done() {
  --open_;
  if (complete_ && open_ == 0) finish();
}

void BatchAnswer::finish() {
  done_(answers_.empty() ? std::string{} : "[" + answers_ + "]");
}

}  // namespace toolpost::transport
