#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/bitgrid/mirror_place.hpp"
#include "app/bitgrid/mirror_verbs.hpp"
#include "app/bitgrid/mirror_words.hpp"
#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

struct Words {
    const char* off;
    const char* on;
    const char* not_journalled;
    const char* other;
    const char* signer;
    const char* none_yet;
    const char* head;
    const char* waiting;
    const char* delivered;
    const char* trouble;
    const char* gap;
    const char* print;
};
constexpr Words kEnglish{
    "The mirror is off.\n",
    "The mirror is on. {} agreed at {}.\n",
    "But the journal does not know of it yet, so nothing leaves.\n",
    "But mirror.yaml says something else than was agreed to, so nothing leaves.\n",
    "Signed by   {}\n",
    "No segment yet.\n",
    "Newest      segment {} of {}, closed {}\nHead        {}\n",
    "Waiting     {} segments, {} bytes\n",
    "Delivered   segment {} at {}\n",
    "Trouble     {} (since {})\n",
    "Dropped     {} segments that nobody took; the next one tells of it\n",
    "Write down the two keys now and then: --signer and --head of `bitgrid mirror read`.\n"};
constexpr Words kGerman{
    "Der Spiegel ist aus.\n",
    "Der Spiegel ist an. {} hat am {} zugestimmt.\n",
    "Aber das Journal weiß noch nichts davon, deshalb geht nichts hinaus.\n",
    "Aber in mirror.yaml steht etwas anderes als das, dem zugestimmt wurde, deshalb geht nichts "
    "hinaus.\n",
    "Signiert    {}\n",
    "Noch kein Abschnitt.\n",
    "Neuester    Abschnitt {} von {}, abgeschlossen {}\nKopf        {}\n",
    "Es warten   {} Abschnitte, {} Bytes\n",
    "Angekommen  Abschnitt {} am {}\n",
    "Störung     {} (seit {})\n",
    "Verworfen   {} Abschnitte, die niemand abnahm; der nächste sagt es\n",
    "Schreib dir die beiden Schlüssel ab und zu auf: --signer und --head von `bitgrid mirror "
    "read`.\n"};

class Status {
public:
    explicit Status(const MirrorPlace& place)
        : place_{place}, words_{place.look.is_german() ? kGerman : kEnglish} {}

    int run() {
        const auto read = place_.read();
        if (!read) {
            std::cerr << ops::format(read.problems());
            return kBadConfig;
        }
        config_ = read.value();
        gather();
        if (place_.look.is_json)
            std::cout << json_.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
        else tell();
        return kOk;
    }

private:
    void gather() {
        json_ = {{"enabled", config_.enabled},
                 {"target", config_.target},
                 {"agreed_by", config_.agreed_by},
                 {"agreed_at", config_.agreed_at},
                 {"agreement_holds", config_.agreed_to == agreement_of(config_)},
                 {"journalled", is_journalled()},
                 {"signer", nullptr},
                 {"segment", nullptr},
                 {"last", Json::object()}};
        if (const auto key = crypto::SigningKey::load(place_.keys()))
            json_["signer"] = crypto::hex(key->public_key());
        std::uint64_t bytes = 0;
        const auto waiting = mirror::Outbox::waiting_in(place_.folder(), files_);
        for (const mirror::Waiting& one : waiting) bytes += one.bytes;
        json_["waiting"] = waiting.size();
        json_["waiting_bytes"] = bytes;
        gather_progress();
        constexpr std::size_t kMost = 64 << 10;
        const auto last = files_.read(place_.folder() + "/last.json", kMost);
        const auto known = wire::parse_json(last ? *last : "{}");
        if (known && known->is_object()) json_["last"] = *known;
    }

    void gather_progress() {
        const auto progress = mirror::Outbox::look(place_.folder(), files_);
        if (!progress) {
            if (progress.error().code != core::ErrorCode::NotFound)
                json_["last"]["trouble"] = progress.error().what;
            return;
        }
        std::uint64_t dropped = 0;
        for (const mirror::Gap& gap : progress->gaps)
            if (gap.first_segment > 0) dropped += gap.last_segment - gap.first_segment + 1;
        json_["dropped"] = dropped;
        json_["row"] = progress->cursor;
        if (progress->next == 1) return;
        json_["segment"] = progress->next - 1;
        json_["stream"] = mirror::hex_of(progress->stream);
        json_["head"] = crypto::hex(progress->previous);
        json_["closed_at"] = wire::time_text(progress->closed_at);
    }

    bool is_journalled() const {
        if (!config_.enabled) return false;
        auto journal = store::JournalReader::open(place_.look.database());
        JournalledConsent consent;
        return journal && consent.look(*journal, config_) && consent.is_in_force();
    }

    template <class... Args>
    static void say(const char* words, const Args&... args) {
        std::cout << fmt::format(fmt::runtime(words), args...);
    }

    void tell() const {
        if (!config_.enabled) say(words_.off);
        else say(words_.on, config_.agreed_by, on_the_clock(config_.agreed_at));
        if (config_.enabled && !json_["agreement_holds"].get<bool>()) say(words_.other);
        else if (config_.enabled && !json_["journalled"].get<bool>()) say(words_.not_journalled);
        if (config_.enabled) std::cout << told_plan(config_, place_.look.is_german());
        if (json_["signer"].is_string()) say(words_.signer, json_["signer"].get<std::string>());
        if (json_["segment"].is_null()) say(words_.none_yet);
        else
            say(words_.head, json_["segment"].get<std::uint64_t>(),
                json_["stream"].get<std::string>(),
                on_the_clock(json_["closed_at"].get<std::string>()),
                json_["head"].get<std::string>());
        say(words_.waiting, json_["waiting"].get<std::size_t>(),
            json_["waiting_bytes"].get<std::uint64_t>());
        if (json_.value("dropped", std::uint64_t{0}) > 0)
            say(words_.gap, json_["dropped"].get<std::uint64_t>());
        const Json& last = json_["last"];
        if (last.contains("delivered") && last["delivered"].is_number_unsigned())
            say(words_.delivered, last["delivered"].get<std::uint64_t>(),
                on_the_clock(last.value("delivered_at", "")));
        if (last.contains("trouble"))
            say(words_.trouble, last.value("trouble", ""),
                on_the_clock(last.value("trouble_since", "")));
        if (!json_["segment"].is_null()) say(words_.print);
    }

    const MirrorPlace& place_;
    const Words& words_;
    MirrorConfig config_;
    mutable mirror::Files files_;
    Json json_;
};

}  // namespace

void add_mirror_status(CLI::App& mirror, int& exit_code) {
    const auto place = std::make_shared<MirrorPlace>();
    auto* verb = mirror.add_subcommand("status", "What was agreed to, sent, and waits");
    place->add_to(*verb);
    verb->callback([place, &exit_code] { exit_code = Status{*place}.run(); });
}

}  // namespace bitgrid::app
