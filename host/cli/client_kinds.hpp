// SPDX-License-Identifier: Apache-2.0
// The MCP clients that `toolpost client` knows: where each keeps its servers, and what an entry for
// this program looks like there. As their documentation says in November 2026.
#pragma once

#include "base/error.hpp"
#include "config/load.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::cli {

struct ClientKind {
  std::string_view id;         // as on the command line
  std::string_view name;       // as its maker calls it
  std::string_view container;  // the member that holds the servers
  bool comments;               // its file may have comments and trailing commas
  bool types;                  // an entry says "type"
  bool urls;                   // it takes servers by their URL
  // What stands for the key in a header. Empty: `input` asks for it.
  std::string_view key_reference;
  std::string_view after;  // what the user does next
};

std::span<const ClientKind> client_kinds();
// An error names the ids there are.
Result<const ClientKind*> find_client_kind(std::string_view id);

// The file of the user who runs this.
Result<std::string> client_file(const ClientKind& kind, const config::Environment& environment,
                                const std::string& home);

// What the entry is to say.
struct ServerWish {
  std::string name;
  std::string url;                     // empty: the client starts `command`
  bool with_key = true;                // with a URL: the header that carries the key
  std::string command;                 // an absolute path
  std::vector<std::string> arguments;  // "stdio" and what follows
};

// Compact JSON.
struct ServerEntry {
  std::string name;
  std::string value;
  std::string input_id;  // of the question for the key; empty: none
  std::string input;
};

ServerEntry make_entry(const ClientKind& kind, const ServerWish& wish);

// Whether the value, compact JSON, is one that make_entry() could have made for this name.
bool is_our_entry(const ClientKind& kind, const std::string& name, std::string_view value);

}  // namespace toolpost::cli
