// SPDX-License-Identifier: Apache-2.0
// A recursion whose depth is bounded, over a text that is looked at once.
#include "ecosystems/xml_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace toolpost::project_index {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxElements = 100'000;
constexpr std::string_view kBlanks = " \t\r\n";

std::string unescaped(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, char>, 5> kEntities{
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto* found = std::find_if(kEntities.begin(), kEntities.end(), [&](const auto& entity) {
      return text.substr(at, entity.first.size()) == entity.first;
    });
    if (found == kEntities.end()) {
      out += text[at++];
    } else {
      out += found->second;
      at += found->first.size();
    }
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::string read(XmlElement& root) {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
    skip_beside();
    if (problem_.empty()) read_element(root, 0);
    skip_beside();
    if (problem_.empty() && at_ < text_.size()) fail("more than one root element");
    return problem_;
  }

 private:
  void fail(const std::string& what) {
    if (!problem_.empty()) return;
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<long>(at_), '\n');
    problem_ = "line " + std::to_string(line) + ": " + what;
  }

  bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  // Behind the next `word`; the text before it.
  std::string_view take_until(std::string_view word) {
    const std::size_t end = text_.find(word, at_);
    if (end == std::string_view::npos) {
      fail("no '" + std::string(word) + "' follows");
      at_ = text_.size();
      return {};
    }
    const std::string_view before = text_.substr(at_, end - at_);
    at_ = end + word.size();
    return before;
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }

  // Comments, instructions and blanks around the root.
  void skip_beside() {
    while (problem_.empty()) {
      skip_blanks();
      if (take("<!--")) {
        take_until("-->");
      } else if (take("<?")) {
        take_until("?>");
      } else if (take("<!")) {
        fail("a DOCTYPE is not read");
      } else {
        return;
      }
    }
  }

  std::string take_name() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(" \t\r\n/>=<\"'", at_), text_.size());
    if (at_ == begin) fail("a name is missing");
    return std::string(text_.substr(begin, at_ - begin));
  }

  void read_attributes(XmlElement& element) {
    while (problem_.empty()) {
      skip_blanks();
      if (at_ >= text_.size()) return fail("a tag does not end");
      if (text_[at_] == '>' || text_[at_] == '/') return;
      const std::string name = take_name();
      skip_blanks();
      if (!take("=")) return fail("attribute '" + name + "' has no value");
      skip_blanks();
      const std::string_view quote = text_.substr(at_, 1);
      if (quote != "\"" && quote != "'") return fail("attribute '" + name + "' has no quotes");
      ++at_;
      if (!element.attributes.emplace(name, unescaped(take_until(quote))).second) {
        return fail("attribute '" + name + "' occurs twice");
      }
    }
  }

  void read_element(XmlElement& element, int depth) {
    if (depth >= kMaxDepth) return fail("nests deeper than " + std::to_string(kMaxDepth));
    if (++count_ > kMaxElements)
      return fail("more than " + std::to_string(kMaxElements) + " elements");
    if (!take("<")) return fail("an element is missing");
    element.name = take_name();
    read_attributes(element);
    if (!problem_.empty() || take("/>")) return;
    if (!take(">")) return fail("a tag does not end");
    read_content(element, depth);
  }

  void read_content(XmlElement& element, int depth) {
    while (problem_.empty()) {
      const std::size_t next = std::min(text_.find('<', at_), text_.size());
      element.text += unescaped(text_.substr(at_, next - at_));
      at_ = next;
      if (take("<!--")) {
        take_until("-->");
      } else if (take("<![CDATA[")) {
        element.text += take_until("]]>");
      } else if (take("<?")) {
        take_until("?>");
      } else if (take("</")) {
        if (trimmed(take_until(">")) != element.name) fail("'" + element.name + "' is not closed");
        element.text = std::string(trimmed(element.text));
        return;
      } else if (at_ >= text_.size()) {
        return fail("'" + element.name + "' is not closed");
      } else {
        read_element(element.children.emplace_back(), depth + 1);
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t count_ = 0;
  std::string problem_;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [wanted](const XmlElement& one) { return one.name == wanted; });
  return found == children.end() ? nullptr : &*found;
}

std::string_view XmlElement::child_text(std::string_view wanted) const {
  const XmlElement* found = child(wanted);
  return found == nullptr ? std::string_view() : std::string_view(found->text);
}

std::string_view XmlElement::attribute(std::string_view wanted) const {
  const auto found = attributes.find(std::string(wanted));
  return found == attributes.end() ? std::string_view() : std::string_view(found->second);
}

std::string read_xml(std::string_view text, XmlElement& root) {
  return Reader(text).read(root);
}

}  // namespace toolpost::project_index
