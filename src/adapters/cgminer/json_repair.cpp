#include "adapters/cgminer/json_repair.hpp"

#include <algorithm>
#include <vector>

#include "adapters/cgminer/json_words.hpp"

namespace bitgrid::adapters::cgminer {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::size_t kDeepest = 32;

// Reads the reply word by word and writes JSON that is whole. Commas are written when the next
// element comes, so that those too many are never written.
class Mender {
public:
    explicit Mender(std::string_view reply) : reply_{reply} {}

    core::Result<MendedJson> mend() {
        begin();
        while (error_.empty() && !is_over_) {
            const std::size_t next = skip_blanks(reply_, at_);
            if (next == reply_.size()) break;
            at_ = next;
            take(reply_[at_]);
        }
        if (error_.empty() && !is_over_) close_torn();
        if (!error_.empty()) return Error{ErrorCode::Damaged, "broken JSON: " + error_};
        return MendedJson{std::move(out_), is_repaired_};
    }

private:
    struct Open {
        bool is_object{};
        char closer{};
        std::size_t place{};  ///< of its bracket in out_
        bool has_elements{false};
        bool has_comma{false};  ///< since the last element
        bool has_key{false};    ///< its value comes next
    };

    void begin() {
        at_ = skip_blanks(reply_, 0);
        const bool has_comma = at_ < reply_.size() && reply_[at_] == ',';
        while (at_ < reply_.size() && (reply_[at_] == ',' || is_blank(reply_[at_]))) ++at_;
        is_repaired_ = has_comma;
        if (has_comma && at_ < reply_.size() && reply_[at_] == '"') open('{', '}');
        else if (at_ == reply_.size() || (reply_[at_] != '{' && reply_[at_] != '['))
            error_ = "begins with neither { nor [";
    }

    void take(char c) {
        if (c == '{') return open('{', '}'), void(++at_);
        if (c == '[') return open('[', ']'), void(++at_);
        if (c == '}' || c == ']') return close(c), void(++at_);
        if (c == ',') return comma(), void(++at_);
        if (c == ':') return fail("a colon without its key");
        if (c == '"') return string();
        bare();
    }

    void open(char bracket, char closer) {
        if (open_.size() == kDeepest) return fail("nested deeper than " + std::to_string(kDeepest));
        if (!begin_element()) return;
        open_.push_back({bracket == '{', closer, out_.size()});
        out_ += bracket;
    }

    // A bracket that closes an outer list or object closes what was forgotten within it, too.
    void close(char closer) {
        const auto found = std::find_if(open_.rbegin(), open_.rend(),
                                        [&](const Open& o) { return o.closer == closer; });
        if (found == open_.rend()) return fail("closes what was not opened");
        for (auto n = found - open_.rbegin(); n >= 0; --n) {
            is_repaired_ = is_repaired_ || n > 0;
            close_top();
        }
    }

    void close_top() {
        Open& top = open_.back();
        is_repaired_ = is_repaired_ || top.has_comma || top.has_key;
        if (top.has_key) out_ += "null";
        out_ += top.is_object ? '}' : ']';
        open_.pop_back();
        end_element();
        is_over_ = open_.empty();
        if (!is_over_) return;
        const std::size_t rest = skip_blanks(reply_, at_ + 1);
        is_repaired_ = is_repaired_ || rest < reply_.size();
    }

    void comma() {
        Open& top = open_.back();
        if (top.has_key) {
            out_ += "null";
            is_repaired_ = true;
            end_element();
        } else if (top.has_comma || !top.has_elements) {
            is_repaired_ = true;
        }
        top.has_comma = top.has_elements;
    }

    void string() {
        JsonWord word = read_string(reply_, at_);
        if (word.is_torn) return void(at_ = reply_.size());
        is_repaired_ = is_repaired_ || word.is_repaired;
        at_ = skip_blanks(reply_, word.end);
        const bool is_key = at_ < reply_.size() && reply_[at_] == ':';
        if (is_key) return key(word);
        if (open_.back().is_object && !open_.back().has_key) {
            if (at_ == reply_.size()) return;
            return fail("a key without its value");
        }
        if (is_no_number(word.text)) {
            word.text = "null";
            is_repaired_ = true;
        }
        value(word.text);
    }

    void key(const JsonWord& word) {
        Open& top = open_.back();
        if (top.has_key) return fail("two keys for one value");
        if (!top.is_object) {
            // BTMiner writes {"1":"a"} as ["1":"a"].
            if (top.has_elements) return fail("a key inside of a list");
            top.is_object = true;
            out_[top.place] = '{';
            is_repaired_ = true;
        }
        separate(top);
        out_ += word.text;
        out_ += ':';
        top.has_key = true;
        ++at_;
    }

    void bare() {
        const JsonWord word = read_bare(reply_, at_);
        if (word.is_torn) return void(at_ = reply_.size());
        is_repaired_ = is_repaired_ || word.is_repaired;
        at_ = word.end;
        value(word.text);
    }

    void value(std::string_view text) {
        if (!begin_element()) return;
        out_ += text;
        end_element();
    }

    bool begin_element() {
        if (open_.empty()) return true;
        Open& top = open_.back();
        if (top.is_object && !top.has_key) {
            fail("a value without its key");
            return false;
        }
        if (!top.is_object) separate(top);
        return true;
    }

    void separate(Open& top) {
        if (!top.has_elements) return;
        is_repaired_ = is_repaired_ || !top.has_comma;
        top.has_comma = false;
        out_ += ',';
    }

    void end_element() {
        if (!open_.empty()) {
            open_.back().has_elements = true;
            open_.back().has_key = false;
        }
        whole_ = out_.size();
        whole_depth_ = open_.size();
    }

    void close_torn() {
        if (whole_ == 0) return fail("ends before its first element");
        is_repaired_ = true;
        out_.resize(whole_);
        open_.resize(whole_depth_);
        for (; !open_.empty(); open_.pop_back()) out_ += open_.back().is_object ? '}' : ']';
    }

    void fail(std::string why) {
        if (error_.empty()) error_ = std::move(why) + " at byte " + std::to_string(at_);
    }

    std::string_view reply_;
    std::size_t at_{0};
    std::string out_;
    std::vector<Open> open_;
    std::size_t whole_{0};        ///< length of out_ after the last whole element
    std::size_t whole_depth_{0};  ///< brackets open there
    bool is_over_{false};
    bool is_repaired_{false};
    std::string error_;
};

}  // namespace

core::Result<MendedJson> mend_json(std::string_view reply) {
    if (reply.size() > kMostReplyBytes)
        return Error{ErrorCode::TooLarge,
                     "reply of " + std::to_string(reply.size()) + " bytes, at most 1 MiB is taken"};
    if (reply.starts_with("Socket connect failed"))
        return Error{ErrorCode::Unreachable, std::string{reply.substr(0, 100)}};
    return Mender{reply}.mend();
}

}  // namespace bitgrid::adapters::cgminer
