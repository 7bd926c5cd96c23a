// SPDX-License-Identifier: Apache-2.0
// Beast's parser for one request, with its fields in one piece of memory: a request has about ten
// of them, and each would be an allocation.
#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <cstddef>
#include <memory_resource>
#include <tuple>
#include <utility>

namespace toolpost::transport {

using FieldMemory = std::pmr::polymorphic_allocator<char>;
using RequestFields =
    boost::beast::http::header<true, boost::beast::http::basic_fields<FieldMemory>>;

class RequestParser {
 public:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body, FieldMemory>;

  RequestParser()
      : memory_(space_.data(), space_.size()),
        parser_(std::piecewise_construct, std::tuple<>{}, std::make_tuple(FieldMemory{&memory_})) {}

  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  Parser& operator*() noexcept { return parser_; }

  Parser* operator->() noexcept { return &parser_; }

 private:
  // Enough for the head of a usual request; a larger one takes more from the heap.
  static constexpr std::size_t kSpaceBytes = 2048;

  alignas(std::max_align_t) std::array<std::byte, kSpaceBytes> space_;
  std::pmr::monotonic_buffer_resource memory_;
  Parser parser_;
};

}  // namespace toolpost::transport
