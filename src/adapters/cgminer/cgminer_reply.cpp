#include "adapters/cgminer/cgminer_reply.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "adapters/cgminer/json_repair.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::adapters::cgminer {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestMessage = 200;

// CGMiner's descendants write STATUS as a list of one, or as that one.
const Json* status_of(const Json& reply) {
    if (!reply.is_object()) return nullptr;
    const auto found = reply.find("STATUS");
    if (found == reply.end()) return nullptr;
    if (found->is_object()) return &*found;
    return found->is_array() && !found->empty() && found->front().is_object() ? &found->front()
                                                                              : nullptr;
}

std::optional<double> number_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number()) return std::nullopt;
    const auto value = found->get<double>();
    return std::isfinite(value) ? std::optional{value} : std::nullopt;
}

std::string text_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string()) return {};
    std::string text = found->get<std::string>();
    if (text.size() > kLongestMessage) text.resize(kLongestMessage);
    return text;
}

}  // namespace

bool Reply::is_done() const {
    if (status != 'S' && status != 'I') return false;
    std::string text = message;
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (text.find("unsuccess") != std::string::npos || text.find("fail") != std::string::npos)
        return false;
    return text.find("success") != std::string::npos || text.find("set ok") != std::string::npos;
}

core::Result<Reply> read_reply(std::string_view bytes) {
    auto mended = mend_json(bytes);
    if (!mended) return mended.error();
    auto json = wire::parse_json(mended->text, {8 * kMostReplyBytes, 40});
    if (!json) return core::Error{core::ErrorCode::Damaged, "reply: " + json.error().what};
    Reply reply;
    reply.json = std::move(*json);
    reply.is_repaired = mended->is_repaired;
    const Json* status = status_of(reply.json);
    if (status == nullptr)
        return core::Error{core::ErrorCode::Damaged, "reply without a STATUS line"};
    const std::string letter = text_of(*status, "STATUS");
    reply.status = letter.empty() ? '?' : letter.front();
    const double code = number_of(*status, "Code").value_or(-1);
    reply.code = code >= 0 && code < 1e6 ? static_cast<int>(code) : -1;
    reply.message = text_of(*status, "Msg");
    reply.when = number_of(*status, "When");
    if (reply.when && !(*reply.when >= 0 && *reply.when < 1e11)) reply.when.reset();
    return reply;
}

}  // namespace bitgrid::adapters::cgminer
