#include "pki/enrolment.hpp"

#include <algorithm>

#include "wire/bounded_json.hpp"

namespace bitgrid::pki {
namespace {

using Json = nlohmann::json;

constexpr wire::JsonBounds kEnrolmentBounds{65'536, 6};
constexpr std::string_view kSchema = "enrolment/1";

core::Error misfit(const std::string& what) {
    return {core::ErrorCode::BadInput, "enrolment: " + what};
}

bool is_word(const std::string& text, std::string_view more) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               more.find(c) != std::string_view::npos;
    });
}

std::string text_at(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::string objection_to(const Enrolment& e) {
    if (!is_word(e.site, "")) return "site: a-z, 0-9, - and _";
    if (!is_word(e.gateway, "")) return "gateway: a-z, 0-9, - and _";
    if (!is_word(e.root, "/ABCDEFGHIJKLMNOPQRSTUVWXYZ")) return "root: letters, digits, / - and _";
    if (const std::string wrong = objection_to_host(e.host); !wrong.empty())
        return "host: " + wrong;
    if (e.port < 1 || e.port > 65'535) return "port: 1 to 65535";
    if (!e.loads.is_array() || e.loads.size() > 8) return "loads: a list of at most 8";
    const auto own = read_certificate(e.own.certificate);
    if (!own) return "certificate: " + own.error().what;
    if (own->name != e.gateway || own->purpose != Purpose::Client)
        return "certificate: it is not that of a gateway " + e.gateway;
    if (!is_signed_by(e.authority, e.own.certificate))
        return "certificate: the authority beside it has not signed it";
    if (!belongs_to(e.own.key, e.own.certificate)) return "key: not that of the certificate";
    return {};
}

}  // namespace

std::string enrolment_text(const Enrolment& e) {
    return Json{{"schema", kSchema},        {"site", e.site},
                {"root", e.root},           {"gateway", e.gateway},
                {"host", e.host},           {"port", e.port},
                {"authority", e.authority}, {"certificate", e.own.certificate},
                {"key", e.own.key},         {"loads", e.loads}}
               .dump(1) +
           "\n";
}

core::Result<Enrolment> read_enrolment(std::string_view text) {
    const auto json = wire::parse_json(text, kEnrolmentBounds);
    if (!json) return misfit(json.error().what);
    if (!json->is_object() || text_at(*json, "schema") != kSchema)
        return misfit("no file of bitgrid gateway enrol (schema enrolment/1)");
    Enrolment e;
    e.site = text_at(*json, "site");
    e.root = text_at(*json, "root");
    e.gateway = text_at(*json, "gateway");
    e.host = text_at(*json, "host");
    const auto port = json->find("port");
    const bool is_port = port != json->end() && port->is_number_integer() &&
                         port->get<std::int64_t>() >= 1 && port->get<std::int64_t>() <= 65'535;
    e.port = is_port ? static_cast<int>(port->get<std::int64_t>()) : 0;
    e.authority = text_at(*json, "authority");
    e.own = {text_at(*json, "certificate"), text_at(*json, "key")};
    if (json->contains("loads")) e.loads = json->at("loads");
    if (const std::string wrong = objection_to(e); !wrong.empty()) return misfit(wrong);
    return e;
}

}  // namespace bitgrid::pki
