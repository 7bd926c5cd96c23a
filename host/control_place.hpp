// SPDX-License-Identifier: Apache-2.0
// Where the servers of this machine are reached by the command line: a socket for each process, in
// a directory below data_directory that only its user may enter.
#pragma once

#include "base/error.hpp"
#include "base/private_directory.hpp"

#include <string>
#include <string_view>

namespace toolpost {

inline constexpr std::string_view kControlSuffix = ".sock";

// "HOST-PID.sock": replicas may share the directory.
std::string control_name(std::string_view host, int process);
// The process of a name with that host; 0: it is no such name.
int process_of(std::string_view name, std::string_view host);

std::string control_directory(std::string_view data_directory);

// The path of a socket for bind() and connect(), however long that of the directory is. Good as
// long as the directory is open.
std::string control_path(const PrivateDirectory& directory, std::string_view name);

std::string this_host();

// One line that asks: "reload FILE", with the file of the configuration that is meant. The first
// line of the answer is one of these, what follows is for people.
inline constexpr std::string_view kReloadWord = "reload ";
inline constexpr std::string_view kAnswerDone = "done";
inline constexpr std::string_view kAnswerFailed = "failed";
inline constexpr std::string_view kAnswerOther = "other";  // serves another file

}  // namespace toolpost
