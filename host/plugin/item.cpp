// SPDX-License-Identifier: Apache-2.0
#include "plugin/item.hpp"

#include "base/utf8.hpp"
#include "json/parser.hpp"
#include "plugin/abi_text.hpp"
#include "plugin/loader/versioned.hpp"

#include <new>

namespace toolpost::plugin {
namespace {

constexpr std::uint64_t kKnownItemFlags = TOOLPOST_ITEM_READ_ONLY | TOOLPOST_ITEM_DESTRUCTIVE |
                                          TOOLPOST_ITEM_IDEMPOTENT | TOOLPOST_ITEM_OPEN_WORLD |
                                          TOOLPOST_ITEM_TASK_ALLOWED | TOOLPOST_ITEM_TASK_REQUIRED;
constexpr std::uint32_t kKnownFeatures = TOOLPOST_CLIENT_ELICIT_FORM | TOOLPOST_CLIENT_ELICIT_URL |
                                         TOOLPOST_CLIENT_SAMPLING | TOOLPOST_CLIENT_ROOTS;

bool is_text(const toolpost_str& text, std::size_t limit) {
  if (text.size > limit || (text.data == nullptr && text.size != 0)) return false;
  return is_utf8(view(text));
}

Item::Flaw flaw_of(const toolpost_item& item) {
  if (!kind_of(item.kind)) return {TOOLPOST_E_UNSUPPORTED, "its kind is not known"};
  if ((item.flags & ~kKnownItemFlags) != 0) {
    return {TOOLPOST_E_UNSUPPORTED, "it has flags that are not known"};
  }
  if ((item.client_features & ~kKnownFeatures) != 0) {
    return {TOOLPOST_E_UNSUPPORTED, "it wants client features that are not known"};
  }
  if (item.reserved != 0) return {TOOLPOST_E_UNSUPPORTED, "its reserved field is not 0"};
  if (item.on_call == nullptr) return {TOOLPOST_E_INVALID, "it has no on_call"};
  if (item.key.size == 0) return {TOOLPOST_E_INVALID, "it has no key"};
  if (item.key.size > Item::kMaxKeyBytes) return {TOOLPOST_E_LIMIT, "its key is too large"};
  if (item.definition.size > Item::kMaxDefinitionBytes) {
    return {TOOLPOST_E_LIMIT, "its definition is too large"};
  }
  if (!is_text(item.key, Item::kMaxKeyBytes)) {
    return {TOOLPOST_E_INVALID, "its key is no text in UTF-8"};
  }
  if (!is_text(item.definition, Item::kMaxDefinitionBytes)) {
    return {TOOLPOST_E_INVALID, "its definition is no text in UTF-8"};
  }
  return {};
}

Result<json::Schema> compile(std::string_view text, std::string_view what) {
  const auto document = json::parse(text);
  if (!document) return Error{document.error()}.in(what);
  auto schema = json::Schema::compile(document->root());
  if (!schema) return Error{schema.error()}.in(what);
  return schema;
}

}  // namespace

std::unique_ptr<Item> Item::copy(const toolpost_item* from, Flaw& flaw) noexcept {
  try {
    std::unique_ptr<Item> item{new Item};
    const toolpost_status status = read_versioned(from, item->item_);
    flaw = status == TOOLPOST_OK ? flaw_of(item->item_)
                                 : Flaw{status, "its size or a field is not known"};
    if (flaw.status != TOOLPOST_OK) {
      if (status == TOOLPOST_OK && is_text(item->item_.key, kMaxKeyBytes)) {
        flaw.key = view(item->item_.key);
      }
      return nullptr;
    }
    item->key_ = view(item->item_.key);
    item->definition_ = view(item->item_.definition);
    item->item_.key = {};
    item->item_.definition = {};
    return item;
  } catch (const std::bad_alloc&) {
    flaw = {TOOLPOST_E_LIMIT, "memory was short"};
    return nullptr;
  }
}

void Item::release() noexcept {
  if (released_.exchange(true)) return;
  if (item_.on_release != nullptr) item_.on_release(item_.user_data);
}

std::optional<mcp::ItemKind> kind_of(toolpost_kind kind) noexcept {
  switch (kind) {
    case TOOLPOST_KIND_TOOL:
      return mcp::ItemKind::kTool;
    case TOOLPOST_KIND_RESOURCE:
      return mcp::ItemKind::kResource;
    case TOOLPOST_KIND_RESOURCE_TEMPLATE:
      return mcp::ItemKind::kTemplate;
    case TOOLPOST_KIND_PROMPT:
      return mcp::ItemKind::kPrompt;
    case TOOLPOST_KIND_COMPLETION:
      return mcp::ItemKind::kCompletion;
    default:
      return std::nullopt;
  }
}

Result<std::shared_ptr<const registry::Item>> make_item(const std::shared_ptr<const Item>& item,
                                                        const ItemSettings& settings) {
  const auto has = [&](std::uint64_t flag) { return (item->flags() & flag) != 0; };
  const mcp::Traits traits{.read_only = has(TOOLPOST_ITEM_READ_ONLY),
                           .destructive = has(TOOLPOST_ITEM_DESTRUCTIVE),
                           .idempotent = has(TOOLPOST_ITEM_IDEMPOTENT),
                           .open_world = has(TOOLPOST_ITEM_OPEN_WORLD)};
  const mcp::ItemKind kind = *kind_of(item->kind());
  const std::string what = std::string{mcp::to_string(kind)} + " \"" + item->key() + "\"";
  auto definition =
      mcp::read_definition(kind, item->definition(), item->key(), settings.prefix, traits);
  if (!definition) return Error{definition.error()}.in(what);
  std::optional<json::Schema> input;
  if (kind == mcp::ItemKind::kTool) {
    auto compiled = compile(definition->input_schema, what + ": inputSchema");
    if (!compiled) return compiled.error();
    input = std::move(*compiled);
  }
  std::optional<json::Schema> output;
  if (!definition->output_schema.empty()) {
    auto compiled = compile(definition->output_schema, what + ": outputSchema");
    if (!compiled) return compiled.error();
    output = std::move(*compiled);
  }
  const std::chrono::milliseconds own{item->timeout_ms()};
  return std::make_shared<const registry::Item>(
      registry::Item{.kind = kind,
                     .name = mcp::public_name(kind, item->key(), settings.prefix),
                     .key = item->key(),
                     .plugin_id = settings.plugin_id,
                     .lane = settings.lane,
                     .traits = traits,
                     .trusted = settings.trusted,
                     .definition = std::move(*definition),
                     .input = std::move(input),
                     .output = std::move(output),
                     .timeout = own.count() != 0 ? own : settings.default_timeout,
                     .client_features = item->client_features(),
                     .task = has(TOOLPOST_ITEM_TASK_REQUIRED)  ? registry::TaskMode::kRequired
                             : has(TOOLPOST_ITEM_TASK_ALLOWED) ? registry::TaskMode::kAllowed
                                                               : registry::TaskMode::kNever,
                     .handle = item});
}

}  // namespace toolpost::plugin
