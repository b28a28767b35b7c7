#include "adapters/mqtt/mqtt_claim.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::adapters {
namespace {

using Json = nlohmann::json;
using ports::Charge;
using ports::Condition;

constexpr std::int64_t kBeatAloneMs = 5'000;
/// Beyond it is nobody's honest epoch: as a time it would be 30,000 years away.
constexpr std::int64_t kMostEpoch = std::int64_t{1} << 50;

struct Word {
    std::string controller_id;
    std::string since;
    std::int64_t epoch{0};
    core::MonoTime sent{};
    bool is_bound{false};
};

// By its clock it is above those that nobody could tell us of, for the broker forgot them and their
// holder is cut off; by counting above all that we heard of, whatever the clock says. The last
// three digits are a place that only this controller takes: who claims in the same moment as
// another one has another epoch.
std::int64_t epoch_above(std::int64_t highest, core::UnixTime now,
                         const std::string& controller_id) {
    std::uint32_t hash = 2'166'136'261;
    for (const char c : controller_id) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619;
    const std::int64_t seconds = now.ms / 1'000;
    const bool is_absurd = seconds >= kMostEpoch / 2'000;
    const std::int64_t thousands = std::max(highest / 1'000 + 1, is_absurd ? 0 : seconds);
    return thousands * 1'000 + hash % 1'000;
}

core::Error bad(const char* what) { return {core::ErrorCode::BadInput, what}; }

core::Result<std::int64_t> read_count(const Json& json, const char* key, std::int64_t most) {
    const auto found = json.find(key);
    if (found == json.end()) return std::int64_t{0};
    if (!found->is_number_integer()) return bad("a claim counts in whole numbers");
    const auto value = found->get<std::int64_t>();
    if (value < 0 || value > most) return bad("a claim with an absurd number");
    return value;
}

core::Result<Word> read_word(std::string_view payload) {
    const auto json = wire::parse_json(payload, {1'024, 4});
    if (!json) return json.error();
    if (!json->is_object()) return bad("a claim is an object");
    const auto text = [&](const char* key) -> std::string {
        const auto found = json->find(key);
        return found != json->end() && found->is_string() ? found->get<std::string>() : "";
    };
    const auto epoch = read_count(*json, "epoch", kMostEpoch);
    const auto sent = read_count(*json, "sent_ms", INT64_MAX / 4);
    const auto yields = read_count(*json, "yields_after_s", 3'600);
    if (!epoch) return epoch.error();
    if (!sent) return sent.error();
    if (!yields) return yields.error();
    Word word{text("controller_id"), text("since"), *epoch, {*sent}, *yields > 0};
    if (word.controller_id.empty() || word.controller_id.size() > 64)
        return bad("a claim needs a controller_id");
    return word;
}

}  // namespace

MqttClaim::MqttClaim(MqttBus& bus, ports::Clock& clock, ports::HealthSink& health,
                     Identity identity, ports::Tenure before, Calls calls)
    : bus_{bus},
      clock_{clock},
      health_{health},
      identity_{std::move(identity)},
      calls_{std::move(calls)},
      claims_topic_{identity_.root + "/controller/claim"},
      watching_topic_{identity_.root + "/controller/watching"},
      since_{clock.wall()},
      began_{clock.mono()},
      before_{before},
      tenure_{before.epoch, false, before.is_bound},
      knows_another_{before.is_bound} {
    heartbeat_ = clock_.after(identity_.is_alone ? kBeatAloneMs : kBeatMs, [this] { beat(); });
    if (identity_.is_alone) {
        charge_ = Charge::Full;
        is_claiming_ = true;
        tenure_ = {epoch_above(before.epoch, since_, identity_.controller_id), true, false};
        return;
    }
    claims_ = bus_.subscribe(claims_topic_, [this](const MqttMessage& m) { heard_claim(m); });
    watchers_ = bus_.subscribe(watching_topic_, [this](const MqttMessage& m) { heard_watcher(m); });
    connections_ = bus_.when_connected([this] { connected(); });
}

// --- what is heard -------------------------------------------------------------------------------

void MqttClaim::heard_claim(const MqttMessage& message) {
    if (message.payload.empty()) {
        if (rival_) rival_->has_left = true;
        return;
    }
    const auto word = read_word(message.payload);
    if (!word) return health_.rejected("controller", word.error());
    if (word->controller_id != identity_.controller_id)
        return heard_rival({word->controller_id, word->epoch, word->is_bound, clock_.mono()},
                           message.is_retained);
    const bool is_of_this_run = !message.is_retained && word->since == wire::time_text(since_);
    if (is_of_this_run) heard_ourselves(word->sent, word->epoch == tenure_.epoch);
    else if (!is_claiming_) tenure_.epoch = std::max(tenure_.epoch, word->epoch);
}

void MqttClaim::heard_watcher(const MqttMessage& message) {
    const auto word = read_word(message.payload);
    if (!word) return health_.rejected("controller", word.error());
    if (word->controller_id != identity_.controller_id) return know_of_another();
    if (word->since == wire::time_text(since_)) heard_ourselves(word->sent, false);
}

void MqttClaim::heard_ourselves(core::MonoTime sent, bool is_our_claim) {
    if (sent > clock_.mono()) return;
    proven_ = std::max(proven_.value_or(sent), sent);
    if (is_our_claim && is_claiming_ && !claim_came_back_) claim_came_back_ = clock_.mono();
}

// What is only stored, and older than what we know, is a memory of the broker.
void MqttClaim::heard_rival(Rival rival, bool is_retained) {
    know_of_another();
    if (is_retained && rival.epoch < tenure_.epoch) return;
    const bool is_newest = !rival_ || rival_->has_left || rival.epoch >= rival_->epoch ||
                           rival.controller_id == rival_->controller_id;
    if (is_newest) rival_ = rival;
    if (!has_it(rival)) return;
    is_claiming_ = false;
    tenure_ = {std::max(tenure_.epoch, rival.epoch), false, false};
    remember(nullptr);
    charge(Charge::Watching, Condition::Error, "OTHER_CONTROLLER",
           "another controller has this site: " + rival.controller_id + ", epoch " +
               std::to_string(rival.epoch));
}

// Where two names fall on the same place, the smaller one has the site.
bool MqttClaim::has_it(const Rival& rival) const {
    if (rival.epoch != tenure_.epoch) return rival.epoch > tenure_.epoch;
    return !(is_claiming_ || is_remembering_) || rival.controller_id < identity_.controller_id;
}

// From now on we let go in time where the broker is out of reach; said once it is remembered.
void MqttClaim::know_of_another() {
    if (std::exchange(knows_another_, true) || !is_claiming_) return;
    tenure_.is_bound = true;
    is_promise_kept_ = false;
    remember([this] { is_promise_kept_ = tenure_.is_bound; });
}

// --- what is said and done -----------------------------------------------------------------------

void MqttClaim::connected() {
    // What was said meanwhile was not heard: a claim that is not settled begins anew.
    if (charge_ != Charge::Full) is_claiming_ = false;
    asking_since_ = clock_.mono();
    if (rival_) rival_->heard = std::max(rival_->heard, clock_.mono());
    say();
}

void MqttClaim::beat() {
    heartbeat_ = clock_.after(identity_.is_alone ? kBeatAloneMs : kBeatMs, [this] { beat(); });
    if (bus_.is_connected()) say();
    if (!identity_.is_alone) look();
}

void MqttClaim::say() {
    Json word{{"controller_id", identity_.controller_id},
              {"since", wire::time_text(since_)},
              {"time", wire::time_text(clock_.wall())},
              {"sent_ms", clock_.mono().ms}};
    if (!is_claiming_) {
        word["schema"] = "watching/1";
        return bus_.publish({watching_topic_, word.dump(), 0, false, Waiting::Never});
    }
    word["schema"] = "claim/2";
    word["epoch"] = tenure_.epoch;
    word["yields_after_s"] = tenure_.is_bound && is_promise_kept_ ? kLeaseMs / 1'000 : 0;
    bus_.publish({claims_topic_, word.dump(), 0, true, Waiting::Never});
}

void MqttClaim::look() {
    if (is_remembering_) return;
    if (charge_ == Charge::Full) return hold();
    if (is_claiming_) return settle();
    if (charge_ == Charge::Watching && rival_) return watch();
    ask();
}

// Whoever is there has had the time to say so, and the broker has shown that it hears us.
bool MqttClaim::is_heard_out() const {
    return bus_.is_connected() && clock_.mono() - asking_since_ >= kSettleMs && proven_ &&
           *proven_ >= asking_since_;
}

void MqttClaim::ask() {
    if (is_heard_out()) {
        const bool is_anybody_there = rival_ && !rival_->has_left && has_it(*rival_);
        return is_anybody_there ? watch() : claim();
    }
    const core::MonoTime since = bus_.is_connected() ? asking_since_ + kSettleMs : began_;
    if (charge_ == Charge::Asking && clock_.mono() - since >= kPatienceMs) go_on_without_a_broker();
}

void MqttClaim::go_on_without_a_broker() {
    if (before_.is_held && !before_.is_bound) {
        tenure_ = before_;
        is_claiming_ = true;
        return charge(Charge::Full, Condition::Warn, "BROKER_AWAY",
                      "the broker is out of reach; going on, for this site was ours and nobody "
                      "else's");
    }
    if (before_.epoch > 0 && !before_.is_held)
        return charge(Charge::Watching, Condition::Error, "CLAIM_UNSURE",
                      "the broker is out of reach, and another controller had this site");
    charge(Charge::OffOnly, Condition::Error, "CLAIM_UNSURE",
           "the broker is out of reach: nobody can say whether another controller has this site; "
           "nothing starts");
}

bool MqttClaim::is_rival_gone() const {
    if (rival_->has_left) return true;
    return rival_->is_bound && *proven_ >= rival_->heard + kSilenceMs;
}

void MqttClaim::watch() {
    if (!is_heard_out()) return;
    if (is_rival_gone()) return claim();
    const bool is_silent = clock_.mono() - rival_->heard >= kSilenceMs;
    std::string reason = "another controller has this site: " + rival_->controller_id + ", epoch " +
                         std::to_string(rival_->epoch);
    if (is_silent && !rival_->is_bound)
        reason +=
            "; it is silent and may go on without a broker. If it is gone for good: "
            "mosquitto_pub -r -n -t " +
            claims_topic_;
    charge(Charge::Watching, Condition::Error, "OTHER_CONTROLLER", reason);
}

void MqttClaim::claim() {
    const std::int64_t highest = std::max(tenure_.epoch, rival_ ? rival_->epoch : 0);
    tenure_ = {epoch_above(highest, clock_.wall(), identity_.controller_id), true, knows_another_};
    is_remembering_ = true;
    remember([this] {
        is_remembering_ = false;
        if (!tenure_.is_held) return;  // somebody else was faster
        is_claiming_ = true;
        is_promise_kept_ = true;
        claim_came_back_.reset();
        say();
    });
}

void MqttClaim::settle() {
    if (!bus_.is_connected()) return let_go();
    const core::MonoTime now = clock_.mono();
    if (!claim_came_back_ || now - *claim_came_back_ < kSettleMs) return;
    if (!proven_ || now - *proven_ >= kLeaseMs) return let_go();
    const bool is_another_heard = rival_ && !rival_->has_left && now - rival_->heard < kSilenceMs;
    if (!is_another_heard) charge(Charge::Full, Condition::Ok, "", "");
}

void MqttClaim::hold() {
    if (!tenure_.is_bound || (proven_ && clock_.mono() - *proven_ < kLeaseMs)) {
        if (bus_.is_connected()) charge(Charge::Full, Condition::Ok, "", "");
        return;
    }
    let_go();
    charge(Charge::OffOnly, Condition::Error, "CLAIM_UNSURE",
           "the broker has not answered for " + std::to_string(kLeaseMs / 1'000) +
               " s, and another controller may take over: everything is off");
}

void MqttClaim::let_go() {
    is_claiming_ = false;
    asking_since_ = clock_.mono();
}

void MqttClaim::remember(std::function<void()> then) {
    if (!then && remembered_ == tenure_) return;
    remembered_ = tenure_;
    calls_.remember(tenure_, [alive = std::weak_ptr{is_alive_}, then = std::move(then)] {
        if (!alive.expired() && then) then();
    });
}

void MqttClaim::charge(Charge charge, Condition condition, std::string_view code,
                       std::string_view reason) {
    health_.coded("controller", condition, code, reason);
    if (std::exchange(charge_, charge) != charge) calls_.charged(charge);
}

// --- the end -------------------------------------------------------------------------------------

void MqttClaim::give_up() {
    heartbeat_.reset();
    claims_.reset();
    watchers_.reset();
    connections_.reset();
    if (is_claiming_ && bus_.is_connected())
        bus_.publish({claims_topic_, "", 0, true, Waiting::Never});
}

// Nobody else was there: after a restart without a broker the site is still ours.
ports::Tenure MqttClaim::retired() const {
    return {tenure_.epoch, tenure_.is_held && !tenure_.is_bound, false};
}

}  // namespace bitgrid::adapters
