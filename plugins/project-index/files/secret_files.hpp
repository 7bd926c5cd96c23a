// SPDX-License-Identifier: Apache-2.0
// Files that hold secrets by their name, and secrets in the text of any other.
#pragma once

#include "checked.hpp"
#include "files/ignore_rules.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

// Denies .env files, private keys, credentials and the insides of .git, whatever the case of their
// letters, unless a rule of the configuration allows it. Immutable; any thread may ask.
class SecretFiles {
 public:
  // `allow` has globs like those of .gitignore, relative to the root; a "!" in front is refused.
  static Checked<SecretFiles> make(const std::vector<std::string>& allow);

  // The name of a path's last part alone; no allowing rule is looked at. For walks, which have
  // asked about every directory on the way.
  static bool denies_name(std::string_view name, bool is_directory);

  // A path below the root: of each part of it, the last one as a file's or a directory's.
  bool denies(std::string_view relative, bool is_directory) const;

  // The last part of a path whose directories are not denied.
  bool denies_last(std::string_view relative, std::string_view name, bool is_directory) const;

 private:
  explicit SecretFiles(IgnoreFile allowed) : allowed_(std::move(allowed)) {}

  IgnoreFile allowed_;
};

// The text with private key blocks, well-known tokens and the passwords in URLs replaced by a
// notice. Line breaks stay, so that lines keep their numbers. Linear in the size of the text.
std::string without_secrets(std::string text);

// The same in place; false when there is none. That is the usual case, and a fast one.
bool remove_secrets(std::string& text);

// False: nothing would be removed from the text.
bool may_hold_secrets(std::string_view text);

// ASCII in small letters: without one of these in a text, in ASCII letters of either case, what is
// removed from a line of it is told by that line alone.
std::vector<std::string> signs_across_lines();

// Whether a piece of a line may stand in a text without secrets though it does not in the text with
// them: only what the notice has in it or begins or ends with may. In small letters if the case of
// letters does not count.
bool may_come_with_removal(std::string_view piece);

}  // namespace toolpost::project_index
