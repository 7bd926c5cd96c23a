// SPDX-License-Identifier: Apache-2.0
// What texts of the configuration must look like; see TextRule.
#pragma once

#include "config/keys.hpp"

namespace toolpost::config {

inline constexpr TextRule kName{"1 to 64 letters, digits, '.', '_' or '-'",
                                "^[A-Za-z0-9._-]{1,64}$"};
inline constexpr TextRule kReplica{"1 to 32 of a-z, 0-9 and '-'", "^[a-z0-9-]{1,32}$"};
inline constexpr TextRule kPath{"a path", "^[^\\x00]+$", true};
inline constexpr TextRule kAddress{"an IP address or \"localhost\"", "^[A-Za-z0-9.:_%-]{1,255}$"};
inline constexpr TextRule kUrlPath{"an absolute path such as \"/mcp\", without query or fragment",
                                   "^/[A-Za-z0-9._~/-]*$"};
inline constexpr TextRule kHostName{
    "a host name, optionally with a port, such as \"tools.example:8443\"",
    "^([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?$"};
inline constexpr TextRule kOrigin{
    "an origin such as \"https://app.example\"",
    "^[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\\[[0-9a-f:.]+\\])(:[0-9]{1,5})?$"};
inline constexpr TextRule kAddressRange{
    "an IP address or a range such as \"10.0.0.0/8\"",
    "^([0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(/[0-9]{1,3})?$"};
inline constexpr TextRule kClientCertificates{"\"off\", \"optional\" or \"required\"",
                                              "^(off|optional|required)$"};
inline constexpr TextRule kClientUser{
    "an entry such as \"dns:agent.example = ann\"",
    "^((uri|dns|email):[^ ]+|sha256:[0-9a-f]{64}) = [a-z0-9][a-z0-9._-]{0,62}$"};
inline constexpr TextRule kOnFailure{"\"refuse\" or \"allow\"", "^(refuse|allow)$"};
inline constexpr TextRule kDurability{"\"class\" or \"strict\"", "^(class|strict)$"};
inline constexpr TextRule kRedisUrl{
    "an address such as \"redis://127.0.0.1:6379/0\", without a password",
    "^redis://([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?(/[0-9]{1,4})?$"};
inline constexpr TextRule kRedisUser{"up to 128 characters without spaces", "^[!-~]{0,128}$"};
inline constexpr TextRule kRedisPrefix{"1 to 64 letters, digits, '.', '_' or '-'",
                                       "^[A-Za-z0-9._-]{1,64}$"};
inline constexpr TextRule kPrefix{"up to 32 letters, digits, '_' or '-'", "^[A-Za-z0-9_-]{0,32}$"};
inline constexpr TextRule kSha256{"64 lower-case hexadecimal digits", "^[0-9a-f]{64}$"};
inline constexpr TextRule kExtension{"the id of an extension such as \"toolpost.policy/1\"",
                                     "^toolpost\\.(kv|policy|users)/1$"};
inline constexpr TextRule kPluginId{"a plugin id such as \"com.example.thing\"",
                                    "^[a-z0-9][a-z0-9-]*(\\.[a-z0-9][a-z0-9-]*)*$"};

}  // namespace toolpost::config
