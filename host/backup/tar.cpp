// SPDX-License-Identifier: Apache-2.0
#include "backup/tar.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <optional>

namespace toolpost::backup {
namespace {

// Where the fields of a header begin, and how long they are.
struct Field {
  std::size_t begin;
  std::size_t size;
};

constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kUser{108, 8};
constexpr Field kGroup{116, 8};
constexpr Field kSize{124, 12};
constexpr Field kTime{136, 12};
constexpr Field kChecksum{148, 8};
constexpr std::size_t kType = 156;
constexpr Field kMagicField{257, 8};
constexpr std::uint64_t kFileMode = 0600;

void put_octal(std::string& block, Field field, std::uint64_t value) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%0*llo", static_cast<int>(field.size - 1),
                static_cast<unsigned long long>(value));
  std::memcpy(block.data() + field.begin, text.data(), field.size - 1);
}

std::optional<std::uint64_t> get_octal(std::string_view block, Field field) {
  std::uint64_t value = 0;
  for (const char digit : block.substr(field.begin, field.size - 1)) {
    if (digit < '0' || digit > '7') return std::nullopt;
    value = value * 8 + static_cast<std::uint64_t>(digit - '0');
  }
  return value;
}

bool is_zero(std::string_view text) {
  return text.find_first_not_of('\0') == std::string_view::npos;
}

Error damaged(std::size_t place) {
  return invalid("the archive is not as it was written at byte " + std::to_string(place));
}

}  // namespace

bool is_tar_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxTarName || name.back() == '/') return false;
  char before = '/';
  for (const char c : name) {
    const bool is_letter = is_alnum(c) || c == '_' || c == '-';
    if (!is_letter && c != '.' && c != '/') return false;
    if (before == '/' && !is_letter) return false;
    before = c;
  }
  return true;
}

std::string tar_header(std::string_view name, std::uint64_t size, std::int64_t unix_seconds) {
  std::string block(kTarBlock, '\0');
  std::memcpy(block.data() + kName.begin, name.data(), std::min(name.size(), kName.size));
  put_octal(block, kMode, kFileMode);
  put_octal(block, kUser, 0);
  put_octal(block, kGroup, 0);
  put_octal(block, kSize, size);
  put_octal(block, kTime, static_cast<std::uint64_t>(std::max<std::int64_t>(unix_seconds, 0)));
  block[kType] = '0';
  std::memcpy(block.data() + kMagicField.begin, "ustar\00000", kMagicField.size);
  std::memset(block.data() + kChecksum.begin, ' ', kChecksum.size);
  std::uint64_t sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put_octal(block, {kChecksum.begin, kChecksum.size - 1}, sum);
  block[kChecksum.begin + kChecksum.size - 2] = '\0';
  return block;
}

std::size_t tar_padding(std::uint64_t size) {
  return static_cast<std::size_t>((kTarBlock - size % kTarBlock) % kTarBlock);
}

std::string tar_end() {
  return std::string(2 * kTarBlock, '\0');
}

Result<std::vector<TarMember>> read_tar(std::string_view archive) {
  std::vector<TarMember> members;
  std::size_t place = 0;
  while (true) {
    if (archive.size() - place < 2 * kTarBlock) {
      return invalid("the archive is cut off, or it is none: it ends at byte " +
                     std::to_string(archive.size()));
    }
    const std::string_view block = archive.substr(place, kTarBlock);
    if (is_zero(block)) break;
    const std::string_view name = block.substr(0, std::min(block.find('\0'), kName.size));
    const auto size = get_octal(block, kSize);
    const auto time = get_octal(block, kTime);
    if (!is_tar_name(name) || !size || !time ||
        tar_header(name, *size, static_cast<std::int64_t>(*time)) != block) {
      return damaged(place);
    }
    place += kTarBlock;
    const std::size_t padding = tar_padding(*size);
    if (archive.size() - place < *size || archive.size() - place - *size < padding) {
      return invalid("the archive is cut off in " + std::string{name});
    }
    members.push_back({name, archive.substr(place, *size)});
    place += *size;
    if (!is_zero(archive.substr(place, padding))) return damaged(place);
    place += padding;
  }
  if (archive.size() - place != 2 * kTarBlock || !is_zero(archive.substr(place))) {
    return damaged(place);
  }
  return members;
}

}  // namespace toolpost::backup
