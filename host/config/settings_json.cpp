// SPDX-License-Identifier: Apache-2.0
#include "config/settings_json.hpp"

#include "json/writer.hpp"

#include <algorithm>

namespace toolpost::config {
namespace {

constexpr std::string_view kHidden = "(hidden)";
constexpr std::string_view kSecretWords[] = {"password",   "passwd",      "passphrase",   "secret",
                                             "token",      "api_key",     "apikey",       "api-key",
                                             "credential", "private_key", "authorization"};

bool names_a_secret(std::string_view name) {
  std::string lower{name};
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::any_of(std::begin(kSecretWords), std::end(kSecretWords),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// {"token": {"file": "/run/x"}} says where a secret is, not what it is.
bool is_reference(std::string_view name) {
  return name == "file" || name == "env";
}

std::string without_user_info(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return std::string{text};
  const std::size_t start = scheme + 3;
  const std::size_t slash = std::min(text.find_first_of("/?#", start), text.size());
  const std::size_t at = text.substr(0, slash).rfind('@');
  if (at == std::string_view::npos || at < start) return std::string{text};
  return std::string{text.substr(0, start)}.append(kHidden).append(text.substr(at));
}

class Rewriter {
 public:
  Rewriter(std::string& out, Secrets secrets) : writer_(out), secrets_(secrets) {}

  void write(const json::Value& value, bool hidden) {
    switch (value.type()) {
      case json::Type::kNull:
        writer_.null();
        break;
      case json::Type::kBool:
        writer_.boolean(value.as_bool());
        break;
      case json::Type::kInt64:
        writer_.integer(value.as_int64());
        break;
      case json::Type::kUint64:
        writer_.raw(std::to_string(value.as_uint64()));
        break;
      case json::Type::kDouble:
        writer_.number(value.as_double());
        break;
      case json::Type::kString:
        write_text(value.as_string(), hidden);
        break;
      case json::Type::kArray:
        writer_.begin_array();
        for (const json::Value& item : value.items()) write(item, hidden);
        writer_.end_array();
        break;
      case json::Type::kObject:
        writer_.begin_object();
        for (const json::Member& member : value.members()) {
          writer_.key(member.key);
          write(member.value, names_a_secret(member.key) || (hidden && !is_reference(member.key)));
        }
        writer_.end_object();
        break;
    }
  }

 private:
  void write_text(std::string_view text, bool hidden) {
    if (secrets_ == Secrets::kKeep) {
      writer_.string(text);
    } else if (hidden) {
      writer_.string(kHidden);
    } else {
      writer_.string(without_user_info(text));
    }
  }

  json::Writer writer_;
  Secrets secrets_;
};

bool is_scalar(const json::Value& value) {
  return !value.is_array() && !value.is_object();
}

class Printer {
 public:
  explicit Printer(const std::function<std::string(std::string_view)>& note) : note_(note) {}

  std::string take() && { return std::move(out_); }

  void write(const json::Value& value, const std::string& path, int depth) {
    if (value.is_object() && !value.members().empty()) {
      write_object(value, path, depth);
    } else if (value.is_array()) {
      write_array(value, path, depth);
    } else {
      out_.append(settings_json(value, Secrets::kKeep));
    }
  }

 private:
  void write_object(const json::Value& value, const std::string& path, int depth) {
    out_.append("{\n");
    const auto members = value.members();
    for (const json::Member& member : members) {
      const std::string at =
          path.empty() ? std::string{member.key} : path + "." + std::string{member.key};
      indent(depth + 1);
      out_.append(settings_json(json::Value{member.key}, Secrets::kKeep)).append(": ");
      write(member.value, at, depth + 1);
      if (&member != &members.back()) out_.push_back(',');
      const std::string note = note_ ? note_(at) : std::string{};
      if (!note.empty()) out_.append("  // ").append(note);
      out_.push_back('\n');
    }
    indent(depth);
    out_.push_back('}');
  }

  void write_array(const json::Value& value, const std::string& path, int depth) {
    const auto items = value.items();
    const bool one_line = std::all_of(items.begin(), items.end(), is_scalar);
    out_.push_back('[');
    for (const json::Value& item : items) {
      if (&item != &items.front()) out_.append(one_line ? ", " : ",");
      if (!one_line) {
        out_.push_back('\n');
        indent(depth + 1);
      }
      write(item, path, depth + 1);
    }
    if (!one_line) {
      out_.push_back('\n');
      indent(depth);
    }
    out_.push_back(']');
  }

  void indent(int depth) { out_.append(static_cast<std::size_t>(depth) * 2, ' '); }

  const std::function<std::string(std::string_view)>& note_;
  std::string out_;
};

}  // namespace

std::string settings_json(const json::Value& value, Secrets secrets) {
  std::string out;
  Rewriter{out, secrets}.write(value, false);
  return out;
}

std::string pretty_json(const json::Value& value,
                        const std::function<std::string(std::string_view path)>& note) {
  Printer printer{note};
  printer.write(value, "", 0);
  return std::move(printer).take();
}

}  // namespace toolpost::config
