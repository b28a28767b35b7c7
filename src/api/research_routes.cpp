// The past as files, for research: only while a person with the operator role has turned it on.
#include <algorithm>

#include "api/api_server.hpp"
#include "net/http_server.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::api {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostScopes = 5;
constexpr std::size_t kMostWord = 200;

Problem research_off() {
    const auto said = [](const char* brief) {
        return Json{{"short", brief}, {"details", ""}, {"counterfactual", ""}};
    };
    return {403,
            "RESEARCH_OFF",
            "research is off: nothing of the past is given away",
            {{"explain",
              {{"de", said("Die Forschung ist aus: Nichts von der Vergangenheit wird "
                           "herausgegeben. Wer bedienen darf, kann sie einschalten.")},
               {"en", said("Research is off: nothing of the past is given away. Whoever may "
                           "operate the house can turn it on.")}}}}};
}

Problem from(const core::Error& error) {
    switch (error.code) {
        case core::ErrorCode::BadInput:
            return {400, "BAD_FIELD", error.what};
        case core::ErrorCode::Refused:
            return {409, "EXPORT_BUSY", error.what, Json::object(), 10};
        case core::ErrorCode::NotFound:
            return {404, "NO_SUCH_FILE", error.what};
        default:
            return {503, "EXPORT_UNAVAILABLE", error.what, Json::object(), 60};
    }
}

Json exports_json(const ports::ExportsView& view) {
    Json items = Json::array();
    for (const ports::ExportFile& one : view.items)
        items.push_back(
            {{"id", one.id}, {"bytes", one.bytes}, {"made", wire::time_text(one.made)}});
    return {{"making", view.is_making}, {"trouble", view.trouble}, {"items", std::move(items)}};
}

/// Reads the body of POST /exports; the first key that is not what it must be.
class ExportBody {
public:
    explicit ExportBody(const Json& body) : body_{body} {}

    std::optional<Problem> read(ports::ExportRequest& request) {
        for (const auto& [key, value] : body_.items())
            if (key != "command_id" && key != "since" && key != "until" && key != "scope" &&
                key != "anonymise" && key != "relative_time" && key != "recipient")
                return Problem{400, "UNKNOWN_FIELD",
                               "unknown field \"" + key.substr(0, 40) +
                                   "\"; allowed: since, until, scope, anonymise, relative_time, "
                                   "recipient, command_id"};
        text("since", request.since);
        text("until", request.until);
        text("recipient", request.recipient);
        flag("anonymise", request.is_anonymous);
        flag("relative_time", request.is_relative);
        scope(request.scope);
        return problem_;
    }

private:
    const Json* find(const char* key) const {
        const auto found = body_.find(key);
        return found == body_.end() || found->is_null() ? nullptr : &*found;
    }
    void fail(const char* key, const char* allowed) {
        problem_ = Problem{400, "BAD_FIELD", std::string{"\""} + key + "\" must be " + allowed};
    }
    void text(const char* key, std::string& out) {
        const Json* found = find(key);
        if (found == nullptr) return;
        if (!found->is_string() || found->get_ref<const std::string&>().size() > kMostWord)
            return fail(key, "a short text");
        out = found->get<std::string>();
    }
    void flag(const char* key, bool& out) {
        const Json* found = find(key);
        if (found == nullptr) return;
        if (!found->is_boolean()) return fail(key, "true or false");
        out = found->get<bool>();
    }
    void scope(std::vector<std::string>& out) {
        const Json* found = find("scope");
        if (found == nullptr) return;
        constexpr const char* kAllowed = "a list of timeline, states, kpi, explain, config";
        if (!found->is_array() || found->empty() || found->size() > kMostScopes)
            return fail("scope", kAllowed);
        for (const Json& word : *found) {
            if (!word.is_string()) return fail("scope", kAllowed);
            out.push_back(word.get<std::string>());
        }
    }

    const Json& body_;
    std::optional<Problem> problem_;
};

struct SentFile {
    std::string path;
    std::string name;
    std::string type;
};

void send_file(const Call& call, const SentFile& sent, const ports::House& house) {
    auto file = net::BodyFile::open(sent.path);
    if (!file) return call.refuse({404, "NO_SUCH_FILE", "there is no such file any more"});
    net::ServerResponse response;
    response.headers = {{"Content-Type", sent.type},
                        {"Content-Disposition", "attachment; filename=\"" + sent.name + "\""},
                        {"Cache-Control", "no-store"},
                        {"X-Content-Type-Options", "nosniff"}};
    response.file = std::move(*file);
    response.may_go_on = [&house] { return house.is_research_on(); };
    call.responder->answer(std::move(response));
}

}  // namespace

bool ApiServer::is_research_refused(const Call& call) const {
    if (parts_.exports != nullptr && parts_.house.is_research_on()) return false;
    call.refuse(research_off());
    return true;
}

void ApiServer::put_research(const Call& call) {
    const auto enabled = call.body.find("enabled");
    for (const auto& [key, value] : call.body.items())
        if (key != "enabled" && key != "command_id")
            return call.refuse(
                {400, "UNKNOWN_FIELD",
                 "unknown field \"" + key.substr(0, 40) + "\"; allowed: enabled, command_id"});
    if (enabled == call.body.end() || !enabled->is_boolean())
        return call.refuse({400, "BAD_FIELD", "\"enabled\" must be true or false"});
    const bool is_on = enabled->get<bool>();
    once(call, [&](const std::string&, const ports::Answer& done) {
        if (!is_on && parts_.exports != nullptr) parts_.exports->stop();
        parts_.control.set_research(is_on, call.caller.name, done);
    });
}

void ApiServer::post_export(const Call& call) {
    if (is_research_refused(call)) return;
    ports::ExportRequest request;
    if (const auto problem = ExportBody{call.body}.read(request)) return call.refuse(*problem);
    once_for(call, [&](const std::string& command_id, const Settle& settle) {
        const auto begun = parts_.exports->begin(request);
        if (!begun) return settle(to_response(from(begun.error())));
        settle(json_response({{"making", true}, {"command_id", command_id}}, 202));
    });
}

void ApiServer::get_exports(const Call& call) {
    if (is_research_refused(call)) return;
    call.answer(exports_json(parts_.exports->list()));
}

void ApiServer::get_export(const Call& call) {
    if (is_research_refused(call)) return;
    const auto path = parts_.exports->find(call.param);
    if (!path) return call.refuse(from(path.error()));
    const bool is_zip = call.param.ends_with(".zip");
    send_file(call, {*path, call.param, is_zip ? "application/zip" : "application/octet-stream"},
              parts_.house);
}

void ApiServer::get_history_files(const Call& call) {
    if (is_research_refused(call)) return;
    const auto files = parts_.exports->sealed();
    if (!files) return call.refuse(from(files.error()));
    Json items = Json::array();
    for (const ports::SealedFileView& one : *files)
        items.push_back(
            {{"path", one.path}, {"rows", one.rows}, {"sha256", one.sha256}, {"bytes", one.bytes}});
    call.answer({{"items", std::move(items)}});
}

void ApiServer::get_history_file(const Call& call) {
    if (is_research_refused(call)) return;
    const auto path = parts_.exports->find_sealed(call.param);
    if (!path) return call.refuse(from(path.error()));
    send_file(
        call,
        {*path, call.param.substr(call.param.rfind('/') + 1), "application/vnd.apache.parquet"},
        parts_.house);
}

// By dataset and name of the file; the folder of its day may be left out.
void ApiServer::get_archive_file(const Call& call) {
    if (is_research_refused(call)) return;
    const auto files = parts_.exports->sealed();
    if (!files) return call.refuse(from(files.error()));
    const std::size_t slash = call.param.find('/');
    const std::string dataset = call.param.substr(0, slash == std::string::npos ? 0 : slash + 1);
    const std::string name = call.param.substr(dataset.size());
    const auto is_meant = [&](const ports::SealedFileView& one) {
        return one.path == call.param ||
               (!name.empty() && one.path.starts_with(dataset) && one.path.ends_with("/" + name) &&
                name.find('/') == std::string::npos);
    };
    const auto found = dataset.empty() ? files->end() : std::ranges::find_if(*files, is_meant);
    if (found == files->end())
        return call.refuse({404, "NO_SUCH_FILE", "no such sealed file is recorded"});
    const auto path = parts_.exports->find_sealed(found->path);
    if (!path) return call.refuse(from(path.error()));
    send_file(
        call,
        {*path, found->path.substr(found->path.rfind('/') + 1), "application/vnd.apache.parquet"},
        parts_.house);
}

}  // namespace bitgrid::api
