#include "wire/bounded_json.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace bitgrid::wire {
namespace {

using Json = nlohmann::json;

// Builds the value while it counts the depth, so that a deep text is refused before it is built.
class Builder final : public nlohmann::json_sax<Json> {
public:
    explicit Builder(int depth) : max_depth_{depth} {}

    bool null() override { return put(nullptr); }
    bool boolean(bool v) override { return put(v); }
    bool number_integer(number_integer_t v) override { return put(v); }
    bool number_unsigned(number_unsigned_t v) override { return put(v); }
    bool number_float(number_float_t v, const string_t&) override { return put(v); }
    bool string(string_t& v) override { return put(std::move(v)); }
    bool binary(binary_t&) override { return fail("binary data is not JSON"); }
    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& k) override {
        if (open_.back()->contains(k))
            return fail("the key \"" + k.substr(0, 40) + "\" stands twice");
        key_ = std::move(k);
        return true;
    }
    bool parse_error(std::size_t position, const std::string&,
                     const nlohmann::detail::exception& e) override {
        (void)e;
        return fail("not JSON at byte " + std::to_string(position));
    }

    Json root;
    std::string error;

private:
    bool fail(std::string why) {
        if (error.empty()) error = std::move(why);
        return false;
    }
    Json* place(Json value) {
        if (open_.empty()) return &(root = std::move(value));
        Json& parent = *open_.back();
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        return &(parent[key_] = std::move(value));
    }
    bool put(Json value) {
        place(std::move(value));
        return true;
    }
    bool open(Json container) {
        if (static_cast<int>(open_.size()) >= max_depth_)
            return fail("nested deeper than " + std::to_string(max_depth_));
        open_.push_back(place(std::move(container)));
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }

    int max_depth_;
    std::vector<Json*> open_;
    std::string key_;
};

}  // namespace

core::Result<Json> parse_json(std::string_view text, JsonBounds bounds) {
    if (text.size() > bounds.bytes)
        return core::Error{core::ErrorCode::TooLarge,
                           std::to_string(text.size()) + " bytes; at most " +
                               std::to_string(bounds.bytes) + " are taken"};
    Builder builder{bounds.depth};
    if (!Json::sax_parse(text.begin(), text.end(), &builder) || !builder.error.empty())
        return core::Error{core::ErrorCode::BadInput,
                           builder.error.empty() ? "not JSON" : builder.error};
    return std::move(builder.root);
}

}  // namespace bitgrid::wire
