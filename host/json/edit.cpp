// SPDX-License-Identifier: Apache-2.0
#include "json/edit.hpp"

#include "base/ascii.hpp"
#include "base/json_escape.hpp"
#include "json/raw.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace toolpost::json {
namespace {

// A member from the quote of its key, or an element, to the end of its value.
struct Item {
  std::size_t start = 0;
  std::size_t end = 0;
};

struct Container {
  std::size_t open = 0;   // at the brace or bracket
  std::size_t close = 0;  // at the other one
  std::vector<Item> items;
};

Container container_at(std::string_view text, std::string_view slice) {
  const auto at = [&](std::string_view part) {
    return static_cast<std::size_t>(part.data() - text.data());
  };
  Container found{at(slice), at(slice) + slice.size() - 1, {}};
  if (slice.front() == '{') {
    RawObject members{slice};
    for (RawMember member; members.next(member);) {
      found.items.push_back({at(member.key) - 1, at(member.value) + member.value.size()});
    }
  } else {
    RawArray elements{slice};
    for (std::string_view element; elements.next(element);) {
      found.items.push_back({at(element), at(element) + element.size()});
    }
  }
  return found;
}

// What stands between two items, or an item and a brace: space, comments, and perhaps a comma.
struct Gap {
  std::size_t last = 0;  // behind the last thing in it that is no space
  std::optional<std::size_t> comma;
  bool ends_with_line_comment = false;
};

Gap look_between(std::string_view text, std::size_t from, std::size_t to) {
  Gap gap{from, std::nullopt, false};
  for (std::size_t at = from; at < to;) {
    if (is_space(text[at])) {
      ++at;
      continue;
    }
    gap.ends_with_line_comment = text.compare(at, 2, "//") == 0;
    if (text[at] == ',') {
      gap.comma = at++;
    } else if (gap.ends_with_line_comment) {
      at = std::min(text.find('\n', at), to);
      if (text[at - 1] == '\r') --at;
    } else {
      at = std::min(text.find("*/", at + 2), to - 2) + 2;
    }
    gap.last = at;
  }
  return gap;
}

// The space between the start of the line and `at`; nothing when more than space stands there.
std::optional<std::string_view> indentation_before(std::string_view text, std::size_t at) {
  std::size_t start = at;
  while (start > 0 && (text[start - 1] == ' ' || text[start - 1] == '\t')) --start;
  if (start > 0 && text[start - 1] != '\n') return std::nullopt;
  return text.substr(start, at - start);
}

// How the line begins on which `at` stands.
std::string_view indentation_of_line(std::string_view text, std::size_t at) {
  const std::size_t newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
  const std::size_t end = std::min(text.find_first_not_of(" \t", start), text.size());
  return text.substr(start, end - start);
}

struct Layout {
  std::string newline = "\n";
  std::string unit = "  ";
  std::string colon = ": ";
  bool lines = true;  // one item a line
};

Layout layout_of(std::string_view text) {
  Layout layout;
  if (text.find("\r\n") != std::string_view::npos) layout.newline = "\r\n";
  const RawValue root = raw_value_at(text, 0);
  if (root.text.empty() || root.text.front() != '{') return layout;
  RawMember first;
  if (!RawObject{root.text}.next(first)) return layout;
  const auto key = static_cast<std::size_t>(first.key.data() - text.data());
  const auto value = static_cast<std::size_t>(first.value.data() - text.data());
  if (text[value - 1] == ':') layout.colon = ":";
  const auto indentation = indentation_before(text, key - 1);
  layout.lines = indentation.has_value();
  if (indentation && !indentation->empty()) layout.unit = *indentation;
  return layout;
}

// Compact JSON over several lines, the first of which is already begun.
std::string spread(std::string_view compact, const Layout& layout, std::string indentation) {
  std::string out;
  const auto new_line = [&] { out.append(layout.newline).append(indentation); };
  bool in_string = false;
  for (std::size_t at = 0; at < compact.size(); ++at) {
    const char c = compact[at];
    if (in_string) {
      out.push_back(c);
      if (c == '\\') out.push_back(compact[++at]);
      in_string = c != '"';
      continue;
    }
    const bool empty =
        at + 1 < compact.size() && (compact[at + 1] == '}' || compact[at + 1] == ']');
    const bool closes_empty = at > 0 && (compact[at - 1] == '{' || compact[at - 1] == '[');
    switch (c) {
      case '{':
      case '[':
        out.push_back(c);
        if (empty) break;
        indentation.append(layout.unit);
        new_line();
        break;
      case '}':
      case ']':
        if (!closes_empty) {
          indentation.resize(indentation.size() - layout.unit.size());
          new_line();
        }
        out.push_back(c);
        break;
      case ',':
        out.push_back(c);
        new_line();
        break;
      case ':':
        out.append(layout.colon);
        break;
      default:
        in_string = c == '"';
        out.push_back(c);
    }
  }
  return out;
}

// `head` is the key and nothing for an element.
std::string with_item(std::string_view text, std::string_view slice,
                      std::optional<std::string_view> key, std::string_view value) {
  const Container container = container_at(text, slice);
  const Layout layout = layout_of(text);
  const bool empty = container.items.empty();
  const std::size_t from = empty ? container.open + 1 : container.items.back().end;
  const Gap gap = look_between(text, from, container.close);
  const std::string outer{indentation_of_line(text, container.open)};
  const auto beside = empty ? std::nullopt : indentation_before(text, container.items.back().start);
  const bool lines = (empty ? layout.lines : beside.has_value()) || gap.ends_with_line_comment;
  const std::string inner = beside ? std::string{*beside} : outer + layout.unit;

  std::string out{text.substr(0, from)};
  if (!empty && !gap.comma) out.push_back(',');
  out.append(text.substr(from, gap.last - from));
  if (lines) {
    out.append(layout.newline).append(inner);
  } else if (!empty && is_space(text[container.items.back().start - 1])) {
    out.push_back(' ');
  }
  if (key) {
    append_json_string(out, *key);
    out.append(layout.colon);
  }
  out.append(lines ? spread(value, layout, inner) : std::string{value});
  if (gap.comma) out.push_back(',');
  std::string_view rest = text.substr(gap.last);
  const std::string_view before_close = rest.substr(0, container.close - gap.last);
  if (empty && lines && before_close.find('\n') == std::string_view::npos) {
    out.append(layout.newline).append(outer);
    rest.remove_prefix(before_close.size());
  }
  return out.append(rest);
}

}  // namespace

std::string with_member(std::string_view text, std::string_view object, std::string_view key,
                        std::string_view value) {
  return with_item(text, object, key, value);
}

std::string with_element(std::string_view text, std::string_view array, std::string_view value) {
  return with_item(text, array, std::nullopt, value);
}

std::string with_value(std::string_view text, std::string_view old, std::string_view value) {
  const auto start = static_cast<std::size_t>(old.data() - text.data());
  const Layout layout = layout_of(text);
  const bool lines = layout.lines || old.find('\n') != std::string_view::npos;
  std::string out{text.substr(0, start)};
  out.append(lines ? spread(value, layout, std::string{indentation_of_line(text, start)})
                   : std::string{value});
  return out.append(text.substr(start + old.size()));
}

std::string without_item(std::string_view text, std::string_view slice, std::size_t number) {
  const Container container = container_at(text, slice);
  const std::vector<Item>& items = container.items;
  const Item item = items[number];
  const bool is_last = number + 1 == items.size();
  const std::size_t before_from = number == 0 ? container.open + 1 : items[number - 1].end;
  const std::size_t after_to = is_last ? container.close : items[number + 1].start;
  const Gap before = look_between(text, before_from, item.start);
  const Gap after = look_between(text, item.end, after_to);

  std::string out;
  std::string_view rest = text.substr(item.end);
  if (after.comma) {
    out = text.substr(0, before.last);
    out.append(text.substr(item.end, *after.comma - item.end));
    rest = text.substr(*after.comma + 1);
    // The first of several on one line: the space behind the comma was the separator.
    while (number == 0 && before.last == item.start && rest.starts_with(' ')) rest.remove_prefix(1);
  } else if (before.comma) {
    out = text.substr(0, *before.comma);
    out.append(text.substr(*before.comma + 1, before.last - *before.comma - 1));
  } else {
    out = text.substr(0, before.last);
  }
  const std::string_view line = rest.substr(rest.find_first_not_of(" \t\r"));
  if (before.ends_with_line_comment && !line.starts_with('\n')) {
    out.append(text.substr(before.last, item.start - before.last));
  }
  const bool bare = items.size() == 1 && before.last == container.open + 1 &&
                    after.last == (after.comma ? *after.comma + 1 : item.end);
  if (bare) rest = text.substr(container.close);
  return out.append(rest);
}

}  // namespace toolpost::json
