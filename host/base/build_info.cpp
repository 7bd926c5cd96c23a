// SPDX-License-Identifier: Apache-2.0
#include "base/build_info.hpp"

#include <boost/version.hpp>
#include <fmt/core.h>
#include <spdlog/version.h>

#include <gnu/libc-version.h>

namespace toolpost {
namespace {

std::string dotted(int major, int minor, int patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

}  // namespace

std::string compiler_version() {
#if defined(__clang__)
  return std::string{"Clang "} + __clang_version__;
#else
  return std::string{"GCC "} + __VERSION__;
#endif
}

std::vector<LibraryVersion> library_versions() {
  constexpr int kHundred = 100;
  constexpr int kThousand = 1000;
  return {
      {"Boost",
       dotted(BOOST_VERSION / (kThousand * kHundred), BOOST_VERSION / kHundred % kThousand,
              BOOST_VERSION % kHundred),
       "", kStatic},
      // RE2 has no version in its headers; this is the package that it was taken from.
      {"RE2", TOOLPOST_RE2_VERSION, "", kStatic},
      {"spdlog", dotted(SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH), "", kStatic},
      {"fmt",
       dotted(FMT_VERSION / (kHundred * kHundred), FMT_VERSION / kHundred % kHundred,
              FMT_VERSION % kHundred),
       "", kStatic},
      {"glibc", ::gnu_get_libc_version(),
       std::to_string(__GLIBC__) + "." + std::to_string(__GLIBC_MINOR__), kDynamic},
      // The one in use does not say what it is; its interface is at least this.
      {"libstdc++", std::to_string(_GLIBCXX_RELEASE), "", kDynamic},
  };
}

}  // namespace toolpost
