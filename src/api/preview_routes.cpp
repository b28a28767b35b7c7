// What would be decided: in the next block, or if signals and thresholds were others. Only looks.
#include "api/api_server.hpp"
#include "wire/decision_json.hpp"

namespace bitgrid::api {
namespace {

using Json = nlohmann::json;

constexpr int kRetryS = 10;

Problem not_ready() {
    return {503, "NOT_READY", "values are still being collected", Json::object(), kRetryS};
}

Problem preview_problem(const core::Error& error, bool is_of_the_past) {
    switch (error.code) {
        case core::ErrorCode::BadInput:
            return {400, "BAD_FIELD", error.what};
        case core::ErrorCode::NotFound:
            return {404, "NOT_FOUND", error.what};
        case core::ErrorCode::Damaged:
            return {422, "NOT_REPEATABLE", error.what};
        default:
            return is_of_the_past
                       ? Problem{503, "JOURNAL_UNAVAILABLE",
                                 "the journal cannot be read: " + error.what, Json::object(), 1}
                       : not_ready();
    }
}

}  // namespace

void ApiServer::get_preview(const Call& call) {
    Json loads = Json::array();
    for (std::size_t i = 0; i < parts_.house.config().loads.size(); ++i) {
        const auto preview = parts_.house.preview(i);
        if (!preview) return call.refuse(not_ready());
        loads.push_back(wire::decision_json(*preview, parts_.house.config(), false));
    }
    call.answer({{"preview", true}, {"basis", "now"}, {"loads", std::move(loads)}});
}

void ApiServer::post_preview(const Call& call) {
    const auto id = call.body.find("decision_id");
    const bool is_of_the_past = id != call.body.end() && !id->is_null();
    parts_.what_if.ask(call.body.dump(), [call, is_of_the_past](core::Result<std::string> answer) {
        if (!answer) return call.refuse(preview_problem(answer.error(), is_of_the_past));
        call.responder->answer(
            json_response(std::make_shared<const std::string>(std::move(*answer))));
    });
}

}  // namespace bitgrid::api
