#include "crypto/age_header.hpp"

#include <sodium.h>

#include <algorithm>

namespace bitgrid::crypto::age {
namespace {

constexpr std::size_t kColumns = 64;
constexpr std::string_view kArmour = "-----BEGIN AGE";

core::Error bad(const std::string& what) {
    return {core::ErrorCode::BadInput, "no age file: " + what};
}

/// Takes lines off the front of a text.
class Lines {
public:
    explicit Lines(std::string_view text) : text_{text} {}
    /// Nothing: its end is not there yet.
    std::optional<std::string_view> next() {
        const std::size_t end = text_.find('\n', at_);
        if (end == std::string_view::npos) return std::nullopt;
        const auto line = text_.substr(at_, end - at_);
        at_ = end + 1;
        return line;
    }
    std::size_t at() const { return at_; }

private:
    std::string_view text_;
    std::size_t at_{0};
};

bool is_word(std::string_view word) {
    return !word.empty() && std::ranges::all_of(word, [](char c) { return c > ' ' && c < '\x7f'; });
}

core::Result<Stanza> read_words(std::string_view line) {
    Stanza stanza;
    for (std::size_t at = 0; at <= line.size();) {
        const std::size_t end = std::min(line.find(' ', at), line.size());
        const auto word = line.substr(at, end - at);
        if (!is_word(word)) return bad("a stanza's first line has words with one space between");
        stanza.words.emplace_back(word);
        at = end + 1;
    }
    return stanza;
}

// True: that was its last line, the one that is not full.
core::Result<bool> read_body_line(std::string_view line, Stanza& stanza) {
    const auto bytes = line.size() <= kColumns ? from_base64(line) : std::nullopt;
    if (!bytes) return bad("a stanza's body is base64 in lines of 64 without padding");
    stanza.body += *bytes;
    return line.size() < kColumns;
}

core::Result<Header> finish(Header header, std::string_view sum) {
    const auto bytes = from_base64(sum);
    if (!bytes || bytes->size() != header.sum.size()) return bad("its sum is not one of 32 bytes");
    std::copy(bytes->begin(), bytes->end(), header.sum.begin());
    if (header.stanzas.empty()) return bad("it names no recipient");
    return header;
}

core::Result<std::optional<Header>> more_needed(std::string_view bytes) {
    if (bytes.size() < kMostHeader) return std::optional<Header>{};
    return core::Error{core::ErrorCode::TooLarge, "an age header of more than 64 KiB"};
}

core::Result<void> check_first(std::string_view line) {
    if (line == kFirstLine) return {};
    if (line.starts_with(kArmour))
        return bad("it is armoured text; `age --decrypt` opens that, and writes files without -a");
    if (line.starts_with("age-encryption.org/")) return bad("it has another version than v1");
    return bad("it does not begin with age-encryption.org/v1");
}

}  // namespace

std::string base64(std::string_view bytes) {
    constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
    sodium_bin2base64(text.data(), text.size(),
                      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), kVariant);
    text.pop_back();
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                          text.size(), nullptr, &size, &end,
                          sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    bytes.resize(size);
    if (base64(bytes) != text) return std::nullopt;  // libsodium takes letters above 127 for others
    return bytes;
}

core::Result<std::optional<Header>> read_header(std::string_view bytes) {
    bytes = bytes.substr(0, kMostHeader);
    // What cannot become one is told at once, however much follows.
    const auto begins = bytes.substr(0, kFirstLine.size());
    if (!kFirstLine.starts_with(begins) && !kArmour.starts_with(begins.substr(0, kArmour.size())))
        return check_first(begins).error();
    Lines lines{bytes};
    auto line = lines.next();
    if (!line) return more_needed(bytes);
    if (const auto good = check_first(*line); !good) return good.error();
    Header header;
    while ((line = lines.next())) {
        if (line->starts_with("---")) {
            if (!line->starts_with("--- ")) return bad("its last line is --- and a sum");
            header.length = lines.at();
            header.summed = bytes.substr(0, header.length - line->size() + 2);
            auto whole = finish(std::move(header), line->substr(4));
            if (!whole) return whole.error();
            return std::optional<Header>{std::move(whole).value()};
        }
        if (!line->starts_with("-> ")) return bad("a stanza begins with ->");
        if (header.stanzas.size() == kMostStanzas)
            return core::Error{core::ErrorCode::TooLarge,
                               "an age file for more than 256 recipients"};
        auto stanza = read_words(line->substr(3));
        if (!stanza) return stanza.error();
        for (bool is_whole = false; !is_whole;) {
            if (!(line = lines.next())) return more_needed(bytes);
            const auto last = read_body_line(*line, *stanza);
            if (!last) return last.error();
            is_whole = *last;
        }
        header.stanzas.push_back(std::move(stanza).value());
    }
    return more_needed(bytes);
}

std::string write_header(const std::vector<Stanza>& stanzas) {
    std::string text = std::string{kFirstLine} + "\n";
    for (const Stanza& stanza : stanzas) {
        text += "->";
        for (const std::string& word : stanza.words) text += " " + word;
        text += '\n';
        const std::string body = base64(stanza.body);
        for (std::size_t at = 0; at <= body.size(); at += kColumns)
            text += body.substr(at, kColumns) + "\n";
    }
    return text + "---";
}

}  // namespace bitgrid::crypto::age
