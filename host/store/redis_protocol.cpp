// SPDX-License-Identifier: Apache-2.0
#include "store/redis_protocol.hpp"

#include <hiredis/read.h>
#include <new>
#include <utility>

namespace toolpost::store {

std::string command_text(Words words) {
  std::size_t size = 16;
  for (const std::string_view word : words) size += word.size() + 24;
  std::string text;
  text.reserve(size);
  text.append("*").append(std::to_string(words.size())).append("\r\n");
  for (const std::string_view word : words) {
    text.append("$").append(std::to_string(word.size())).append("\r\n");
    text.append(word).append("\r\n");
  }
  return text;
}

// What hiredis calls when it has understood something. A null pointer makes it stop with an error.
struct ReplyReader::Functions {
  static Reply* reply_of(const redisReadTask* task) noexcept {
    return task->parent == nullptr ? static_cast<Reply*>(task->privdata) : nullptr;
  }

  static void* text(const redisReadTask* task, char* bytes, std::size_t size) noexcept {
    Reply* reply = reply_of(task);
    if (reply == nullptr) return nullptr;
    try {
      reply->text.assign(bytes, size);
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
    const bool is_error = task->type == REDIS_REPLY_ERROR;
    reply->kind = is_error ? Reply::Kind::kError : Reply::Kind::kText;
    return reply;
  }

  static void* list(const redisReadTask* /*task*/, int /*size*/) noexcept { return nullptr; }

  static void* number(const redisReadTask* task, long long value) noexcept {
    Reply* reply = reply_of(task);
    if (reply == nullptr) return nullptr;
    reply->kind = Reply::Kind::kNumber;
    reply->number = value;
    return reply;
  }

  static void* nothing(const redisReadTask* task) noexcept {
    Reply* reply = reply_of(task);
    if (reply != nullptr) reply->kind = Reply::Kind::kNothing;
    return reply;
  }

  // The reply belongs to the reader.
  static void free(void* /*reply*/) noexcept {}

  // Not const: hiredis takes it so, and only reads it.
  static redisReplyObjectFunctions table;
};

redisReplyObjectFunctions ReplyReader::Functions::table = {
    .createString = &Functions::text,
    .createArray = &Functions::list,
    .createInteger = &Functions::number,
    .createNil = &Functions::nothing,
    .freeObject = &Functions::free,
};

void ReplyReader::Freed::operator()(redisReader* reader) const noexcept {
  redisReaderFree(reader);
}

ReplyReader::ReplyReader(std::size_t max_bytes)
    : max_bytes_(max_bytes), reader_(redisReaderCreateWithFunctions(&Functions::table)) {
  if (!reader_) throw std::bad_alloc{};
  reader_->privdata = &reply_;
}

ReplyReader::~ReplyReader() = default;

Result<std::optional<Reply>> ReplyReader::feed(std::string_view bytes) {
  bytes_ += bytes.size();
  if (bytes_ > max_bytes_) return Error{Errc::kLimit, "the reply is too long"};
  void* done = nullptr;
  if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK ||
      redisReaderGetReply(reader_.get(), &done) != REDIS_OK) {
    return invalid("the reply is none that Redis would give");
  }
  if (done == nullptr) return std::optional<Reply>{};
  // What would be taken for the reply to the next command.
  if (reader_->pos != reader_->len) return invalid("there is more than one reply");
  bytes_ = 0;
  return std::optional<Reply>{std::exchange(reply_, Reply{})};
}

}  // namespace toolpost::store
