// What a case sees of its home, and asks of it.
#include <sqlite3.h>

#include <chrono>
#include <stdexcept>

#include "faults/harness/home.hpp"

namespace bitgrid::faults {
namespace {

constexpr int kLeastRealMs = 10'000;
constexpr int kLookMs = 10;

std::int64_t system_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

json Home::truth() const { return get(control_port_, "/sim/state").json(); }

double Home::house_s() const {
    const double real_ms = static_cast<double>(system_ms() - start_real_ms_);
    return (static_cast<double>(start_wall_ms_) + real_ms * wish_.speed) / 1000;
}

void Home::order(const std::string& what) const {
    const Heard heard = post(control_port_, "/sim/command", {{"do", what}});
    if (heard.status != 200) throw std::runtime_error{what + ": " + heard.body};
}

double Home::power_w(const std::string& load) const {
    return truth().value("flows", json::object()).value(load + "_power_w", 0.0);
}

bool Home::is_on(const std::string& load) const {
    return power_w(load) > (load == "bitaxe" ? 8.0 : 30.0);
}

json Home::state() const { return get(api_port_, "/api/v1/state").json(); }

json Home::load(const std::string& id) const {
    const json now = state();
    if (now.is_object())
        for (const json& load : now.value("loads", json::array()))
            if (load.value("id", "") == id) return load;
    return nullptr;
}

std::pair<std::string, std::string> Home::health(const std::string& part) const {
    const json now = state();
    if (!now.is_object()) return {"silent", ""};
    for (const json& known : now["health"]["parts"])
        if (known["part"] == part) return {known["status"], known["reason"]};
    return {"ok", ""};
}

std::string Home::code(const std::string& id) const {
    const json now = load(id);
    if (!now.is_object() || !now["decision"].is_object()) return {};
    return now["decision"].value("decision_code", "");
}

std::string Home::why(const std::string& id) const {
    const json now = state(), mine = load(id), truth = this->truth();
    if (!now.is_object() || !truth.is_object())
        return "it does not answer; " + daemon_->complained();
    return "\nload: " + mine.dump() + "\nmissing: " + now["missing_signals"].dump() +
           "\nhealth: " + now["health"].dump() + "\nminer: " + truth["miner"].dump() +
           "\nplug: " + truth["plug"].dump();
}

Heard Home::act(const std::string& target, const json& body) const {
    return post(api_port_, "/api/v1/" + target, body);
}

long Home::journal(const std::string& where) const {
    sqlite3* database = nullptr;
    sqlite3_stmt* statement = nullptr;
    long count = -1;
    const std::string query = "SELECT count(*) FROM journal WHERE " + where;
    if (sqlite3_open_v2((data() / "bitgrid.sqlite").c_str(), &database, SQLITE_OPEN_READWRITE,
                        nullptr) == SQLITE_OK) {
        sqlite3_busy_timeout(database, 5'000);
        if (sqlite3_prepare_v2(database, query.c_str(), -1, &statement, nullptr) == SQLITE_OK &&
            sqlite3_step(statement) == SQLITE_ROW)
            count = static_cast<long>(sqlite3_column_int64(statement, 0));
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return count;
}

std::string Home::verify() const {
    Child child{{{(programs() / "bitgrid").string(), "verify", "--data", data().string()},
                 folder(),
                 "verify"}};
    const auto exit = child.wait(60'000);
    if (exit == 0) return {};
    return child.said() + child.complained() + " (exit " + std::to_string(exit.value_or(-1)) + ")";
}

std::optional<double> Home::until(const std::function<bool()>& holds, double house_s) const {
    const double began = this->house_s();
    const std::int64_t least_end = system_ms() + kLeastRealMs;
    for (;;) {
        const double now = this->house_s() - began;
        if (holds()) return now;
        if (now > house_s && system_ms() > least_end) return std::nullopt;
        rest(kLookMs);
    }
}

bool Home::always(const std::function<bool()>& holds, double house_s) const {
    const double end = this->house_s() + house_s;
    while (this->house_s() < end) {
        if (!holds()) return false;
        rest(kLookMs);
    }
    return true;
}

bool Home::runs(const std::string& id, const std::string& action) const {
    const auto is_complete = [&] {
        const json now = state();
        return now.is_object() && now["ready"] == true && now["missing_signals"].empty();
    };
    // Between a look and the wish a value may go stale: what is refused is wished again.
    Heard heard;
    const auto is_taken = [&] {
        if (!is_complete()) return false;
        heard = act("override", {{"load_id", id}, {"action", action}});
        return heard.status == 200;
    };
    if (!until(is_taken, 240)) {
        if (heard.status == 0) return false;
        throw std::runtime_error{"cannot start " + id + ": " + heard.body};
    }
    return until([&] { return is_on(id); }, 300).has_value();
}

}  // namespace bitgrid::faults
