// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/elf.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <elf.h>
#include <limits>
#include <optional>

namespace toolpost::plugin {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
constexpr std::string_view kMachineName = "x86-64";
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
constexpr std::string_view kMachineName = "aarch64";
#else
#error "plugin/loader/elf.cpp: name the ELF machine of this target"
#endif

constexpr std::size_t kMaxProgramHeaders = 256;
constexpr std::size_t kMaxDynamicEntries = 4096;
constexpr std::size_t kMaxSymbols = 1'000'000;
constexpr std::size_t kMaxStringSize = 4096;
constexpr std::size_t kMaxNames = 100'000;       // needed, exports
constexpr std::size_t kMaxNamesSize = 16 << 20;  // their characters together

Error malformed(std::string_view what) {
  return invalid("not a usable ELF library: " + std::string(what));
}

// A structure at `offset`, or nothing when it does not lie within the bytes.
template <class T>
std::optional<T> read_at(std::span<const std::byte> bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

// What the dynamic segment points to. Addresses are those the library will have, not file offsets.
struct Dynamic {
  std::vector<std::uint64_t> needed;  // offsets into the string table
  std::optional<std::uint64_t> soname, rpath, runpath;
  std::uint64_t strings = 0, strings_size = 0, symbols = 0, hash = 0, gnu_hash = 0;
};

class Image {
 public:
  explicit Image(std::span<const std::byte> file) : file_(file) {}

  Result<ElfFacts> read() {
    if (auto good = read_header(); !good) return good.error();
    if (auto good = read_segments(); !good) return good.error();
    if (auto good = read_dynamic(); !good) return good.error();
    if (auto good = read_strings(); !good) return good.error();
    if (auto good = read_symbols(); !good) return good.error();
    return std::move(facts_);
  }

 private:
  Result<> read_header() {
    const auto header = read_at<Elf64_Ehdr>(file_, 0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
      return invalid("not an ELF file");
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
        header->e_machine != kMachine) {
      return Error(Errc::kUnsupported,
                   "built for another machine; this host is 64-bit " + std::string(kMachineName));
    }
    if (header->e_type != ET_DYN) return malformed("its type is not 'shared object'");
    if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum > kMaxProgramHeaders)
      return malformed("odd program headers");
    for (std::size_t i = 0; i < header->e_phnum; ++i) {
      if (header->e_phoff > file_.size()) return malformed("program headers outside of the file");
      const auto segment = read_at<Elf64_Phdr>(file_, header->e_phoff + i * sizeof(Elf64_Phdr));
      if (!segment) return malformed("program headers outside of the file");
      segments_.push_back(*segment);
    }
    return {};
  }

  Result<> read_segments() {
    // Without the header the kernel's default holds, which on x86-64 is an executable stack.
    facts_.executable_stack = true;
    for (const Elf64_Phdr& segment : segments_) {
      if (segment.p_type == PT_GNU_STACK) facts_.executable_stack = (segment.p_flags & PF_X) != 0;
      if (segment.p_type == PT_INTERP) return malformed("it is a program");
      if (segment.p_type == PT_NOTE && holds_go_note(bytes_of(segment))) facts_.go_runtime = true;
      if (segment.p_type == PT_LOAD && bytes_of(segment).size() != segment.p_filesz)
        return malformed("a segment reaches beyond the end of the file");
    }
    return {};
  }

  std::span<const std::byte> bytes_of(const Elf64_Phdr& segment) const {
    if (segment.p_offset > file_.size()) return {};
    const std::uint64_t left = file_.size() - segment.p_offset;
    return file_.subspan(segment.p_offset, std::min<std::uint64_t>(left, segment.p_filesz));
  }

  static bool holds_go_note(std::span<const std::byte> notes) {
    constexpr std::string_view owner("Go\0\0", 4);
    std::uint64_t at = 0;
    while (const auto note = read_at<Elf64_Nhdr>(notes, at)) {
      at += sizeof(Elf64_Nhdr);
      const auto name = read_at<std::array<char, owner.size()>>(notes, at);
      if (note->n_namesz == owner.size() && name &&
          std::equal(name->begin(), name->end(), owner.begin()))
        return true;
      const auto padded = [](std::uint64_t size) { return (size + 3) & ~std::uint64_t{3}; };
      at += padded(note->n_namesz) + padded(note->n_descsz);
    }
    return false;
  }

  // The file's bytes from a loaded address to the end of its segment.
  std::span<const std::byte> at_address(std::uint64_t address) const {
    for (const Elf64_Phdr& segment : segments_) {
      if (segment.p_type != PT_LOAD || address < segment.p_vaddr) continue;
      const auto bytes = bytes_of(segment);
      const std::uint64_t within = address - segment.p_vaddr;
      if (within < bytes.size()) return bytes.subspan(within);
    }
    return {};
  }

  Result<> read_dynamic() {
    const auto segment =
        std::find_if(segments_.begin(), segments_.end(),
                     [](const Elf64_Phdr& header) { return header.p_type == PT_DYNAMIC; });
    if (segment == segments_.end()) return malformed("no dynamic segment");
    // The loader reads it where it is mapped, so that is where we look.
    const auto bytes = at_address(segment->p_vaddr);
    for (std::size_t i = 0; i < kMaxDynamicEntries; ++i) {
      const auto entry = read_at<Elf64_Dyn>(bytes, i * sizeof(Elf64_Dyn));
      if (!entry) break;
      if (entry->d_tag == DT_NULL) return {};
      note_dynamic(*entry);
    }
    return malformed("the dynamic segment has no end");
  }

  void note_dynamic(const Elf64_Dyn& entry) {
    const std::uint64_t value = entry.d_un.d_val;
    switch (entry.d_tag) {
      case DT_NEEDED:
        dynamic_.needed.push_back(value);
        break;
      case DT_SONAME:
        dynamic_.soname = value;
        break;
      case DT_RPATH:
        dynamic_.rpath = value;
        break;
      case DT_RUNPATH:
        dynamic_.runpath = value;
        break;
      case DT_STRTAB:
        dynamic_.strings = value;
        break;
      case DT_STRSZ:
        dynamic_.strings_size = value;
        break;
      case DT_SYMTAB:
        dynamic_.symbols = value;
        break;
      case DT_HASH:
        dynamic_.hash = value;
        break;
      case DT_GNU_HASH:
        dynamic_.gnu_hash = value;
        break;
      case DT_TEXTREL:
        facts_.text_relocations = true;
        break;
      case DT_FLAGS:
        facts_.text_relocations = facts_.text_relocations || (value & DF_TEXTREL) != 0;
        facts_.static_tls = (value & DF_STATIC_TLS) != 0;
        break;
      case DT_FLAGS_1:
        facts_.no_delete = (value & DF_1_NODELETE) != 0;
        break;
      default:
        break;
    }
  }

  Result<> read_strings() {
    strings_ = at_address(dynamic_.strings);
    if (dynamic_.strings_size > strings_.size())
      return malformed("string table outside of the file");
    strings_ = strings_.first(dynamic_.strings_size);
    for (const std::uint64_t offset : dynamic_.needed)
      if (auto added = add_name(facts_.needed, offset); !added) return added;
    const auto run_path = dynamic_.runpath ? dynamic_.runpath : dynamic_.rpath;
    if (run_path) {
      const auto text = string_at(*run_path);
      if (!text) return malformed("a run path outside of the string table");
      facts_.run_path = *text;
    }
    if (dynamic_.soname) {
      const auto text = string_at(*dynamic_.soname);
      if (!text) return malformed("a soname outside of the string table");
      facts_.soname = *text;
    }
    return {};
  }

  std::optional<std::string_view> string_at(std::uint64_t offset) const {
    if (offset >= strings_.size()) return std::nullopt;
    const auto* const begin = reinterpret_cast<const char*>(strings_.data()) + offset;
    const std::size_t room = std::min<std::size_t>(strings_.size() - offset, kMaxStringSize);
    const auto* const end = static_cast<const char*>(std::memchr(begin, '\0', room));
    if (end == nullptr) return std::nullopt;
    return std::string_view(begin, static_cast<std::size_t>(end - begin));
  }

  Result<> add_name(std::vector<std::string>& names, std::uint64_t offset) {
    const auto name = string_at(offset);
    if (!name) return malformed("a name outside of the string table");
    names_size_ += name->size();
    if (names.size() >= kMaxNames || names_size_ > kMaxNamesSize)
      return Error(Errc::kLimit, "the library has too many dynamic symbols");
    names.emplace_back(*name);
    return {};
  }

  Result<> read_symbols() {
    const auto count = symbol_count();
    if (!count) return malformed("odd symbol hash table");
    const auto table = at_address(dynamic_.symbols);
    for (std::uint64_t i = 1; i < *count; ++i) {
      const auto symbol = read_at<Elf64_Sym>(table, i * sizeof(Elf64_Sym));
      if (!symbol) return malformed("symbol table outside of the file");
      const auto binding = ELF64_ST_BIND(symbol->st_info);
      const auto visibility = ELF64_ST_VISIBILITY(symbol->st_other);
      if (symbol->st_shndx == SHN_UNDEF || binding == STB_LOCAL) continue;
      if (visibility != STV_DEFAULT && visibility != STV_PROTECTED) continue;
      if (auto added = add_name(facts_.exports, symbol->st_name); !added) return added;
      if (binding == STB_GNU_UNIQUE) facts_.unique_symbols.push_back(facts_.exports.back());
    }
    return {};
  }

  // The symbol table does not say how long it is; its hash table does.
  std::optional<std::uint64_t> symbol_count() const {
    std::uint64_t count = 0;
    if (dynamic_.hash != 0) {
      const auto chains = read_at<std::uint32_t>(at_address(dynamic_.hash), sizeof(std::uint32_t));
      if (!chains) return std::nullopt;
      count = *chains;
    }
    if (dynamic_.gnu_hash != 0) {
      const auto gnu = gnu_symbol_count(at_address(dynamic_.gnu_hash));
      if (!gnu) return std::nullopt;
      count = std::max(count, *gnu);
    }
    if (count > kMaxSymbols) return std::nullopt;
    return count;
  }

  static std::optional<std::uint64_t> gnu_symbol_count(std::span<const std::byte> table) {
    struct Header {
      std::uint32_t buckets, first_symbol, bloom_words, bloom_shift;
    };

    const auto header = read_at<Header>(table, 0);
    if (!header) return std::nullopt;
    const std::uint64_t buckets_at =
        sizeof(Header) + std::uint64_t{header->bloom_words} * sizeof(std::uint64_t);
    const std::uint64_t chains_at =
        buckets_at + std::uint64_t{header->buckets} * sizeof(std::uint32_t);
    std::uint64_t last = 0;
    for (std::uint64_t at = buckets_at; at < chains_at; at += sizeof(std::uint32_t)) {
      const auto bucket = read_at<std::uint32_t>(table, at);
      if (!bucket) return std::nullopt;
      last = std::max<std::uint64_t>(last, *bucket);
    }
    if (last < header->first_symbol) return header->first_symbol;
    // A chain ends at the first value with its lowest bit set.
    for (;; ++last) {
      const auto chain = read_at<std::uint32_t>(
          table, chains_at + (last - header->first_symbol) * sizeof(std::uint32_t));
      if (!chain) return std::nullopt;
      if ((*chain & 1U) != 0) return last + 1;
    }
  }

  std::span<const std::byte> file_;
  std::vector<Elf64_Phdr> segments_;
  Dynamic dynamic_;
  std::span<const std::byte> strings_;
  std::size_t names_size_ = 0;
  ElfFacts facts_;
};

}  // namespace

Result<ElfFacts> read_elf(std::span<const std::byte> file) {
  return Image(file).read();
}

}  // namespace toolpost::plugin
