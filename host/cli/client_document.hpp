// SPDX-License-Identifier: Apache-2.0
// A server entry put into the text of a client's file and taken out of it; text in, text out.
#pragma once

#include "base/error.hpp"
#include "cli/client_kinds.hpp"
#include "json/named_text.hpp"

#include <string>

namespace toolpost::cli {

// The text with the entry in it: the same text when it is there already, the entry in the place of
// an earlier one of this program, or added. An error names the place: what is no JSON, what is not
// as the client wants it, an entry of that name that somebody else wrote.
Result<std::string> install_entry(const json::NamedText& file, const ClientKind& kind,
                                  const ServerEntry& entry);

// The text without it; the same text when it is not there. An entry that is not as install_entry()
// writes it is refused.
Result<std::string> remove_entry(const json::NamedText& file, const ClientKind& kind,
                                 const std::string& name);

// The entry as it stands in the text; its value is empty when there is none.
Result<ServerEntry> find_entry(const json::NamedText& file, const ClientKind& kind,
                               const std::string& name);

}  // namespace toolpost::cli
