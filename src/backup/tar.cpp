#include "backup/tar.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "backup/manifest.hpp"

namespace bitgrid::backup {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kEnd = 2 * kBlock;  ///< of zeros
struct Field {
    std::size_t at, size;
};
constexpr Field kName{0, 100}, kMode{100, 8}, kOwner{108, 8}, kGroup{116, 8}, kSize{124, 12},
    kTime{136, 12}, kSum{148, 8}, kType{156, 1}, kMagic{257, 8};
constexpr std::string_view kUstar{"ustar\00000", 8};

core::Error wrong(const std::string& what) {
    return {core::ErrorCode::BadInput, "the packed files: " + what};
}

std::size_t padded(std::size_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

unsigned sum_of(std::string_view block) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < kBlock; ++i)
        sum += i >= kSum.at && i < kSum.at + kSum.size ? ' ' : static_cast<unsigned char>(block[i]);
    return sum;
}

void put(std::string& block, Field field, std::size_t value) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%0*zo", static_cast<int>(field.size) - 1, value);
    block.replace(field.at, field.size - 1, text.data());
}

std::string head_of(const std::string& path, std::size_t size) {
    std::string block(kBlock, '\0');
    block.replace(kName.at, path.size(), path);
    put(block, kMode, 0600);
    put(block, kOwner, 0);
    put(block, kGroup, 0);
    put(block, kSize, size);
    put(block, kTime, 0);
    block[kType.at] = '0';
    block.replace(kMagic.at, kMagic.size, kUstar);
    put(block, kSum, sum_of(block));
    return block;
}

std::optional<std::size_t> number_in(std::string_view block, Field field) {
    std::size_t value = 0;
    bool has_digit = false;
    for (const char c : block.substr(field.at, field.size)) {
        if (c == '\0' || c == ' ') break;
        if (c < '0' || c > '7') return std::nullopt;
        value = value * 8 + static_cast<std::size_t>(c - '0');
        has_digit = true;
    }
    return has_digit ? std::optional{value} : std::nullopt;
}

struct Head {
    std::string path;
    std::size_t size;
};
core::Result<Head> read_head(std::string_view block) {
    if (block.substr(kMagic.at, 5) != kUstar.substr(0, 5)) return wrong("this is no tar");
    if (number_in(block, kSum) != sum_of(block)) return wrong("the sum of an entry is wrong");
    if (block[kType.at] != '0') return wrong("an entry is no file");
    const auto name = block.substr(kName.at, kName.size);
    const std::string path{name.substr(0, name.find('\0'))};
    if (path.size() > kMostPackedPath || !is_plain_path(path))
        return wrong("a path is not allowed");
    const auto size = number_in(block, kSize);
    if (!size) return wrong(path + " has no size");
    return Head{path, *size};
}

}  // namespace

core::Result<std::string> pack(const SmallFiles& files) {
    std::string all;
    for (const auto& [path, text] : files) {
        if (path.size() > kMostPackedPath || !is_plain_path(path))
            return core::Error{core::ErrorCode::BadInput,
                               path + ": the path is too long or has letters that are not allowed"};
        if (all.size() + text.size() > kMostPacked)
            return core::Error{core::ErrorCode::TooLarge, path + ": together more than 16 MiB"};
        all += head_of(path, text.size()) + text;
        all.resize(padded(all.size()));
    }
    all.resize(all.size() + kEnd);
    return all;
}

core::Result<SmallFiles> unpack(std::string_view all) {
    SmallFiles files;
    for (std::size_t at = 0; at + kBlock <= all.size();) {
        const auto block = all.substr(at, kBlock);
        if (block.find_first_not_of('\0') == block.npos) return files;
        const auto head = read_head(block);
        if (!head) return head.error();
        at += kBlock;
        if (head->size > all.size() - at) return wrong(head->path + " is cut");
        if (!files.emplace(head->path, all.substr(at, head->size)).second)
            return wrong(head->path + " is there twice");
        at += padded(head->size);
    }
    return wrong("the end is missing");
}

}  // namespace bitgrid::backup
