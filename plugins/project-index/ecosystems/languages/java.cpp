// SPDX-License-Identifier: Apache-2.0
// Java and Kotlin: Maven's pom.xml, and of Gradle's scripts what is written out in them.
#include "ecosystems/ecosystem.hpp"
#include "ecosystems/languages/requirement.hpp"
#include "ecosystems/languages/script_text.hpp"
#include "ecosystems/xml_text.hpp"

#include <re2/re2.h>

#include <array>
#include <map>
#include <string>

namespace toolpost::project_index {
namespace {

using Properties = std::map<std::string, std::string>;

// "${spring.version}" by what the same file says; a property may name another one, a circle ends.
std::string expanded(std::string_view text, const Properties& properties) {
  constexpr int kMaxSteps = 16;
  std::string out(text);
  for (int step = 0; step < kMaxSteps; ++step) {
    const std::size_t begin = out.find("${");
    const std::size_t end = begin == std::string::npos ? begin : out.find('}', begin);
    if (end == std::string::npos) break;
    const auto found = properties.find(out.substr(begin + 2, end - begin - 2));
    if (found == properties.end() || out.size() > Draft::kMaxText) break;
    out.replace(begin, end + 1 - begin, found->second);
  }
  return out;
}

std::string group_of(const XmlElement& dependency) {
  const std::string_view scope = dependency.child_text("scope");
  if (scope == "test" || scope == "provided" || scope == "import") return std::string(scope);
  return dependency.child_text("optional") == "true" ? "optional" : "";
}

void declare_all(const XmlElement& parent, std::string_view group, const Properties& properties,
                 Draft& draft) {
  const XmlElement* dependencies = parent.child("dependencies");
  if (dependencies == nullptr) return;
  for (const XmlElement& one : dependencies->children) {
    if (one.name != "dependency") continue;
    const std::string name = expanded(one.child_text("groupId"), properties) + ":" +
                             expanded(one.child_text("artifactId"), properties);
    draft.declare(name, expanded(one.child_text("version"), properties),
                  group.empty() ? group_of(one) : std::string(group));
  }
}

void enter_main_classes(const XmlElement& element, Draft& draft) {
  if (element.name == "mainClass" && element.children.empty()) {
    std::string file = element.text;
    for (char& byte : file) byte = byte == '.' ? '/' : byte;
    draft.enter(element.text, "main", element.text, "src/main/java/" + file + ".java");
  }
  for (const XmlElement& child : element.children) enter_main_classes(child, draft);
}

Properties properties_of(const XmlElement& project) {
  Properties properties;
  if (const XmlElement* own = project.child("properties")) {
    for (const XmlElement& property : own->children) properties[property.name] = property.text;
  }
  const XmlElement* parent = project.child("parent");
  for (const char* key : {"groupId", "artifactId", "version"}) {
    std::string_view value = project.child_text(key);
    if (value.empty() && parent != nullptr) value = parent->child_text(key);
    properties["project." + std::string(key)] = value;
    if (parent != nullptr)
      properties["project.parent." + std::string(key)] = parent->child_text(key);
  }
  return properties;
}

void read_pom(std::string_view text, Draft& draft) {
  XmlElement project;
  const std::string problem = read_xml(text, project);
  if (!problem.empty()) return draft.complain(problem);
  if (project.name != "project") return draft.complain("its root is not 'project'");
  const Properties properties = properties_of(project);
  draft.set_name(properties.at("project.groupId") + ":" + properties.at("project.artifactId"));
  draft.set_version(expanded(properties.at("project.version"), properties));
  draft.set_description(project.child_text("description"));
  declare_all(project, "", properties, draft);
  if (const XmlElement* managed = project.child("dependencyManagement")) {
    declare_all(*managed, "managed", properties, draft);
  }
  if (const XmlElement* parent = project.child("parent")) {
    draft.declare(std::string(parent->child_text("groupId")) + ":" +
                      std::string(parent->child_text("artifactId")),
                  parent->child_text("version"), "parent");
  }
  if (const XmlElement* build = project.child("build")) enter_main_classes(*build, draft);
}

std::string_view group_of_configuration(std::string_view configuration) {
  if (configuration.find("est") != std::string_view::npos) return "test";  // testImplementation
  if (configuration == "compileOnly" || configuration == "provided") return "provided";
  if (configuration == "annotationProcessor" || configuration == "kapt") return "build";
  return "";
}

void read_gradle(std::string_view text, Draft& draft) {
  static const re2::RE2 kShort(
      R"(\b([A-Za-z]*(?:mplementation|pi|ompileOnly|untimeOnly|ompile|untime|kapt|rocessor))\b)"
      R"(\s*\(?\s*(?:(?:enforcedP|p)latform\s*\(\s*)?["']([\w.\-]+:[\w.\-]+)(?::([^"'@:]+))?[^"']*["'])");
  static const re2::RE2 kLong(
      R"(\b([A-Za-z]*(?:mplementation|pi|ompileOnly|untimeOnly|ompile|untime))\b\s*\(?\s*)"
      R"(group\s*[:=]\s*["']([^"']+)["']\s*,\s*name\s*[:=]\s*["']([^"']+)["'])"
      R"((?:\s*,\s*version\s*[:=]\s*["']([^"']+)["'])?)");
  static const re2::RE2 kMain(R"(\bmainClass(?:Name)?(?:\.set\(|\s*=)\s*["']([\w.$]+)["'])");
  static const re2::RE2 kVersion(R"((?m)^version\s*=?\s*["']([^"']+)["'])");
  static const re2::RE2 kDescription(R"((?m)^description\s*=?\s*["']([^"'\n]+)["'])");
  const std::string code = without_c_comments(text);
  std::string configuration;
  std::string name;
  std::string artifact;
  std::string version;
  re2::StringPiece rest(code);
  while (re2::RE2::FindAndConsume(&rest, kShort, &configuration, &name, &version)) {
    draft.declare(name, version, group_of_configuration(configuration));
  }
  rest = code;
  while (re2::RE2::FindAndConsume(&rest, kLong, &configuration, &name, &artifact, &version)) {
    draft.declare(std::string(name).append(":").append(artifact), version,
                  group_of_configuration(configuration));
  }
  rest = code;
  while (re2::RE2::FindAndConsume(&rest, kMain, &name)) draft.enter(name, "main", name);
  if (re2::RE2::PartialMatch(code, kVersion, &version)) draft.set_version(version);
  if (re2::RE2::PartialMatch(code, kDescription, &name)) draft.set_description(name);
}

void read_gradle_settings(std::string_view text, Draft& draft) {
  static const re2::RE2 kName(R"(rootProject\.name\s*=\s*["']([^"']+)["'])");
  std::string name;
  if (re2::RE2::PartialMatch(without_c_comments(text), kName, &name)) draft.set_name(name);
}

// "group:name:1.2=compileClasspath,testCompileClasspath"
void read_gradle_lock(std::string_view text, Draft& draft) {
  while (!text.empty()) {
    std::string_view line = trimmed(next_line(text));
    line = line.substr(0, line.find('='));
    const std::size_t colon = line.rfind(':');
    if (line.starts_with('#') || colon == std::string_view::npos) continue;
    draft.lock(line.substr(0, colon), line.substr(colon + 1));
  }
}

constexpr std::array<FactFile, 6> kFiles{{
    {"pom.xml", false, read_pom},
    {"settings.gradle", false, read_gradle_settings},
    {"settings.gradle.kts", false, read_gradle_settings},
    {"build.gradle", false, read_gradle},
    {"build.gradle.kts", false, read_gradle},
    {"gradle.lockfile", true, read_gradle_lock},
}};
constexpr std::array<std::string_view, 4> kEndings{".java", ".kt", ".groovy", ".scala"};
constexpr std::array<std::string_view, 6> kTests{"*Test.java", "*Tests.java",  "*IT.java",
                                                 "*Test.kt",   "*Spec.groovy", "*Spec.scala"};
constexpr std::array<std::string_view, 1> kTestDirectories{"test"};  // src/test/java
constexpr std::array<std::string_view, 4> kEntries{"Main.java", "*Application.java", "Main.kt",
                                                   "*Application.kt"};

}  // namespace

constinit const Ecosystem kJava{"java", same_name,        kFiles,   kEndings,
                                kTests, kTestDirectories, kEntries, {}};

}  // namespace toolpost::project_index
