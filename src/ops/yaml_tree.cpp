#include "ops/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "ops/utf8.hpp"

namespace bitgrid::ops {
namespace {

/// Ends the parse; the problem says why.
struct Refused {
    Problem problem;
};

int line_of(const YAML::Mark& mark) { return mark.is_null() ? 0 : mark.line + 1; }

YamlNode null_at(const YAML::Mark& mark) {
    YamlNode node;
    node.line = line_of(mark);
    return node;
}

/// yaml-cpp takes the end of the text for the end of a quote.
bool is_closed(std::string_view text, int start) {
    std::size_t at = start < 0 ? text.size() : static_cast<std::size_t>(start);
    if (at >= text.size() || (text[at] != '"' && text[at] != '\'')) return true;
    const char quote = text[at];
    for (++at; at < text.size(); ++at) {
        if (quote == '"' && text[at] == '\\') {
            ++at;
        } else if (text[at] == quote) {
            const bool is_doubled = quote == '\'' && at + 1 < text.size() && text[at + 1] == quote;
            if (!is_doubled) return true;
            ++at;
        }
    }
    return false;
}

bool is_null_word(const std::string& text) {
    return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

/// Builds the tree from the events of yaml-cpp, whose own tree forgets quotes and duplicate keys.
class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(std::string_view text, const std::string& file, Problems& problems)
        : text_{text}, file_{file}, problems_{problems} {}

    YamlNode take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse_anchor(mark, anchor);
        place(null_at(mark));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark, 1); }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        const bool is_quoted = tag == "!";
        if (is_quoted && !is_closed(text_, mark.pos)) {
            refuse(line_of(mark), "a quote that is not closed", {});
        }
        if (!is_quoted && is_null_word(value) && !expects_key()) {
            place(null_at(mark));
            return;
        }
        place({YamlNode::Kind::Scalar, value, is_quoted, line_of(mark), {}, {}});
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, YamlNode::Kind::List);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, YamlNode::Kind::Map);
    }
    void OnMapEnd() override { close(); }

private:
    struct Open {
        YamlNode node;
        std::string key{};
        int key_line{0};
        bool has_key{false};
    };

    bool expects_key() const {
        return !open_.empty() && open_.back().node.kind == YamlNode::Kind::Map &&
               !open_.back().has_key;
    }

    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
              YamlNode::Kind kind) {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        if (expects_key())
            refuse(line_of(mark), "a list or a map as key, or a bracket that is not closed",
                   "plain words as keys");
        if (open_.size() >= kMaxYamlDepth) {
            refuse(line_of(mark), "nested too deeply", "at most 16 levels");
        }
        open_.push_back({{kind, {}, false, line_of(mark), {}, {}}});
    }

    void close() {
        YamlNode node = std::move(open_.back().node);
        open_.pop_back();
        place(std::move(node));
    }

    void place(YamlNode node) {
        if (++nodes_ > kMaxYamlNodes) refuse(node.line, "too many values", "at most 20000");
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.kind == YamlNode::Kind::List) {
            parent.node.items.push_back(std::move(node));
        } else if (!parent.has_key) {
            parent.key = std::move(node.text);
            parent.key_line = node.line;
            parent.has_key = true;
        } else {
            add_entry(parent, std::move(node));
        }
    }

    void add_entry(Open& map, YamlNode value) {
        map.has_key = false;
        auto& entries = map.node.entries;
        const auto first = std::ranges::find(entries, map.key, &YamlEntry::key);
        if (first != entries.end()) {
            problems_.push_back({file_, map.key_line, map.key,
                                 "given twice, first in line " + std::to_string(first->line),
                                 "once"});
            return;
        }
        entries.push_back({std::move(map.key), map.key_line, std::move(value)});
    }

    void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
        if (anchor != 0) refuse(line_of(mark), "an anchor or alias (& or *)", "values written out");
    }
    void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
        if (!tag.empty() && tag != "?" && tag != "!") {
            refuse(line_of(mark), "a tag, " + in_quotes(tag), "values without tags");
        }
    }
    [[noreturn]] void refuse(int line, std::string what, std::string allowed) const {
        throw Refused{{file_, line, {}, std::move(what), std::move(allowed)}};
    }

    std::string_view text_;
    const std::string& file_;
    Problems& problems_;
    YamlNode root_;
    std::vector<Open> open_;
    std::size_t nodes_{0};
};

}  // namespace

YamlNode parse_yaml(std::string_view text, const std::string& file, Problems& problems) {
    if (text.size() > kMaxYamlBytes) {
        problems.push_back({file, 0, {}, "the file is too large", "at most 1 MiB"});
        return {};
    }
    if (!is_utf8(text)) {
        problems.push_back({file, 0, {}, "bytes that are no text", "UTF-8"});
        return {};
    }
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    try {
        std::istringstream stream{std::string{text}};
        YAML::Parser parser{stream};
        TreeBuilder tree{text, file, problems};
        parser.HandleNextDocument(tree);
        YamlNode root = tree.take();
        TreeBuilder rest{text, file, problems};
        if (parser.HandleNextDocument(rest)) {
            problems.push_back({file, 0, {}, "more than one document (---)", "one document"});
        }
        return root;
    } catch (const Refused& refused) {
        problems.push_back(refused.problem);
    } catch (const YAML::Exception& error) {
        problems.push_back({file, line_of(error.mark), {}, "no YAML: " + error.msg, {}});
    }
    return {};
}

}  // namespace bitgrid::ops
