#include "archive/heads.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "wire/time_text.hpp"

namespace bitgrid::archive {
namespace {

constexpr std::uintmax_t kMostBytes = std::uintmax_t{64} << 20;

// One entry: the lines up to its signature.
class HeadsReader {
public:
    HeadsReader(std::string path, const crypto::PublicKey& key)
        : path_{std::move(path)}, key_{key} {}

    core::Result<Heads> read(std::string text) {
        std::istringstream lines{text};
        for (std::string line; std::getline(lines, line);) {
            ++number_;
            if (line.empty()) continue;
            if (const auto taken = take(line); !taken) return taken.error();
        }
        if (!entry_.empty() || (!text.empty() && text.back() != '\n'))
            return damaged("ends in the middle of an entry");
        heads_.text = std::move(text);
        return std::move(heads_);
    }

private:
    core::Error damaged(const std::string& how) const {
        return {core::ErrorCode::Damaged, path_ + " line " + std::to_string(number_) + ": " + how};
    }

    core::Result<void> take(const std::string& line) {
        words_ = {};
        std::istringstream in{line};
        std::string kind, name, word;
        in >> kind >> name;
        while (in >> word)
            if (const auto at = word.find('='); at != std::string::npos)
                words_[word.substr(0, at)] = word.substr(at + 1);
        if (kind == "sign") return close(name, line);
        entry_ += line + '\n';
        if (kind == "seal") return begin(name);
        if (kind == "file") return add_file(name);
        if (kind == "gone") return add_gone(name);
        return damaged("\"" + kind.substr(0, 40) + "\" is none of seal, file, gone, sign");
    }

    core::Result<void> begin(const std::string& day) {
        Seal seal;
        seal.day = day;
        const auto head = crypto::hash_from_hex(words_["head"]);
        const auto time = wire::parse_time(words_["time"]);
        if (!number("first", seal.first) || !number("last", seal.last) || !head || !time)
            return damaged("a seal needs first, last, head and time");
        if (seal.first != heads_.last_sequence() + 1 || seal.last < seal.first)
            return damaged("the seal of " + day + " begins with " + std::to_string(seal.first) +
                           ", after " + std::to_string(heads_.last_sequence()));
        seal.head = *head;
        seal.time = *time;
        heads_.seals.push_back(std::move(seal));
        is_seal_open_ = true;
        return {};
    }

    core::Result<void> add_file(const std::string& name) {
        SealedFile file;
        file.path = name;
        const auto digest = crypto::hash_from_hex(words_["sha256"]);
        if (!is_seal_open_ || !number("rows", file.rows) || file.rows < 1 || !digest)
            return damaged("a file needs a seal before it, rows and sha256");
        if (name.starts_with('/') || name.find("..") != std::string::npos)
            return damaged("\"" + name.substr(0, 80) + "\" leads out of the folder");
        file.sha256 = *digest;
        heads_.seals.back().files.push_back(std::move(file));
        return {};
    }

    core::Result<void> add_gone(const std::string& name) {
        const auto time = wire::parse_time(words_["time"]);
        if (words_["why"].empty() || !time) return damaged("what is gone needs why and time");
        heads_.gone.push_back({name, words_["why"], *time});
        return {};
    }

    // To the byte as it is written: nothing signs the newest of these lines.
    core::Result<void> close(const std::string& hex, const std::string& line) {
        const auto signature = crypto::signature_from_hex(hex);
        if (!signature || line != "sign " + crypto::hex(*signature) || entry_.empty() ||
            !crypto::is_signed_by(key_, heads_.last_signature + '\n' + entry_, *signature))
            return damaged("the signature is not of this device's key over what stands before it");
        heads_.last_signature = hex;
        entry_.clear();
        is_seal_open_ = false;
        return {};
    }

    bool number(const char* key, std::int64_t& out) {
        const std::string& text = words_[key];
        const auto end = text.data() + text.size();
        return !text.empty() && std::from_chars(text.data(), end, out).ptr == end;
    }

    std::string path_;
    crypto::PublicKey key_;
    Heads heads_;
    std::string entry_;
    std::map<std::string, std::string> words_;
    bool is_seal_open_{false};
    int number_{0};
};

}  // namespace

bool Heads::is_gone(const std::string& path) const {
    return std::any_of(gone.begin(), gone.end(), [&](const Gone& g) { return g.path == path; });
}

core::Result<Heads> read_heads(const std::string& path, const crypto::PublicKey& key) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return Heads{};
    if (std::filesystem::file_size(path, error) > kMostBytes)
        return core::Error{core::ErrorCode::TooLarge, path + ": more than 64 MiB"};
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return core::Error{core::ErrorCode::Unavailable, path + ": cannot be read"};
    return parse_heads(text.str(), path, key);
}

core::Result<Heads> parse_heads(std::string text, const std::string& place,
                                const crypto::PublicKey& key) {
    return HeadsReader{place, key}.read(std::move(text));
}

std::string with_entry(const Heads& heads, const std::string& lines,
                       const crypto::SigningKey& key) {
    const std::string signature = crypto::hex(key.sign(heads.last_signature + '\n' + lines));
    return heads.text + lines + "sign " + signature + "\n";
}

std::string lines_of(const Seal& seal) {
    std::string text = "seal " + seal.day + " first=" + std::to_string(seal.first) +
                       " last=" + std::to_string(seal.last) + " head=" + crypto::hex(seal.head) +
                       " time=" + wire::time_text(seal.time) + "\n";
    for (const SealedFile& file : seal.files)
        text += "file " + file.path + " rows=" + std::to_string(file.rows) +
                " sha256=" + crypto::hex(file.sha256) + "\n";
    return text;
}

std::string lines_of(const Gone& gone) {
    return "gone " + gone.path + " why=" + gone.why + " time=" + wire::time_text(gone.time) + "\n";
}

std::string head_statement(const std::string& day, std::int64_t first, std::int64_t last,
                           const crypto::Hash& head) {
    return "bitgridai day head\n" + day + "\n" + std::to_string(first) + "\n" +
           std::to_string(last) + "\n" + crypto::hex(head) + "\n";
}

}  // namespace bitgrid::archive
