#include "sim/commands.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <sstream>

#include "sim/house.hpp"

namespace bitgrid::sim {
namespace {

using core::Error;
using core::ErrorCode;
using Done = core::Result<void>;
using Words = std::vector<std::string>;  ///< the arguments, without the order's own word

struct Order {
    std::string_view word;
    std::size_t least;
    std::size_t most;
    std::string_view usage;
    std::string_view does;
    Done (*act)(House&, const Words&);
};

Error refuse(const std::string& what) { return {ErrorCode::BadInput, what}; }

core::Result<double> number_in(const std::string& text, double least, double most) {
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc{} && stop == end && value >= least && value <= most) return value;
    std::ostringstream what;
    what << "'" << text << "' is not a number from " << least << " to " << most;
    return refuse(what.str());
}

double first_or(const Words& words, double fallback, double least, double most, Done& done) {
    if (words.empty()) return fallback;
    const auto value = number_in(words[0], least, most);
    if (value) return *value;
    done = value.error();
    return fallback;
}

Done set_number(double& place, const std::string& text, double least, double most) {
    const auto value = number_in(text, least, most);
    if (!value) return value.error();
    place = *value;
    return {};
}

Done set_switch(bool& place, const Words& words) {
    if (!words.empty() && words[0] != "on" && words[0] != "off")
        return refuse("'" + words[0] + "' is neither on nor off");
    place = words.empty() || words[0] == "on";
    return {};
}

Done set_link(House& house, const Words& words, Link link) {
    const std::string name = words.empty() ? "miner" : words[0];
    const auto found = std::find(kDeviceNames.begin(), kDeviceNames.end(), name);
    if (found == kDeviceNames.end())
        return refuse("'" + name + "' is none of inverter miner bitaxe plug rod market");
    house.faults().links[static_cast<std::size_t>(found - kDeviceNames.begin())] = link;
    return {};
}

Done report(House& house, const std::string& signal, std::optional<double> value) {
    const auto truth = house.truth(signal);
    if (!truth) {
        std::string what = "'" + signal + "' is none of";
        for (const auto name : signal_names()) what += " " + std::string{name};
        return refuse(what);
    }
    house.faults().reported[signal] = value.value_or(house.shown(signal, *truth));
    return {};
}

Done forge(House& house, const Words& words) {
    if (words[1] == "nan") return report(house, words[0], std::numeric_limits<double>::quiet_NaN());
    const auto value = number_in(words[1], -1e9, 1e9);
    return value ? report(house, words[0], *value) : Done{value.error()};
}

Done scale(House& house, const Words& words) {
    if (!house.truth(words[0])) return report(house, words[0], std::nullopt);  // names the known
    const auto factor = number_in(words[1], -1e6, 1e6);
    if (factor) house.faults().scaled[words[0]] = *factor;
    return factor ? Done{} : Done{factor.error()};
}

Done thaw(House& house, const Words& words) {
    Faults& faults = house.faults();
    if (words.empty()) {
        faults.reported.clear();
        faults.scaled.clear();
    } else if (faults.reported.erase(words[0]) + faults.scaled.erase(words[0]) == 0) {
        return refuse("'" + words[0] + "' tells the truth already");
    }
    return {};
}

// HH:MM of the house's present day, UTC.
core::Result<core::UnixTime> moment_today(House& house, const std::string& text) {
    const auto story = parse_story(text + " thaw", "time");
    if (!story || story->entries.size() != 1)  // a remark is no entry
        return refuse("'" + text + "' is no time of day (HH:MM)");
    const core::UnixTime now = house.physics().time();
    return core::UnixTime{now.ms / 86'400'000 * 86'400'000 + story->entries[0].day_ms};
}

Done price_peak(House& house, const Words& words) {
    Done done;
    PricePeak peak;
    peak.ct_kwh = first_or(words, 45, -100, 1000, done);
    peak.from = house.physics().time();
    peak.to = peak.from + 3'600'000;
    if (words.size() == 2) return refuse("a peak needs both times, FROM and TO, or none");
    if (words.size() == 3) {
        const auto from = moment_today(house, words[1]);
        const auto to = moment_today(house, words[2]);
        if (!from) return from.error();
        if (!to) return to.error();
        if (*to <= *from) return refuse("TO must be later than FROM");
        peak.from = *from;
        peak.to = *to;
    }
    if (done) house.market().add_peak(peak);
    return done;
}

Done set_modbus(House& house, const Words& words) {
    constexpr std::string_view kNames[] = {"ok", "exception", "short", "transaction"};
    const auto found = std::find(std::begin(kNames), std::end(kNames), words[0]);
    if (found == std::end(kNames))
        return refuse("'" + words[0] + "' is none of ok exception short transaction");
    house.faults().modbus = static_cast<ModbusFault>(found - std::begin(kNames));
    return {};
}

Done car_arrives(House& house, const Words& words) {
    Done done;
    const double watts = first_or(words, 11'000, 0, 50'000, done);
    if (done) house.physics().car_w = watts;
    return done;
}

Done set_soc(House& house, const Words& words) {
    double soc = 0;
    const Done done = set_number(soc, words[0], 0, 100);
    if (done) house.physics().battery.set_soc(soc);
    return done;
}

const Order kOrders[] = {
    {"hot_miner", 0, 0, "hot_miner", "the miner's fan is blocked",
     [](House& h, const Words&) {
         h.physics().miner.faults.has_blocked_fan = true;
         return Done{};
     }},
    {"cool_miner", 0, 0, "cool_miner", "the miner's fan turns again",
     [](House& h, const Words&) {
         h.physics().miner.faults.has_blocked_fan = false;
         return Done{};
     }},
    {"ignore_stop", 0, 1, "ignore_stop [on|off]", "the miner says yes to a stop and runs on",
     [](House& h, const Words& w) { return set_switch(h.physics().miner.faults.ignores_stop, w); }},
    {"miner_lies", 0, 1, "miner_lies [on|off]",
     "the miner says that it stands by, whatever it does",
     [](House& h, const Words& w) { return set_switch(h.physics().miner.faults.lies, w); }},
    {"miner_starts", 0, 0, "miner_starts", "the miner's firmware starts it unasked",
     [](House& h, const Words&) {
         h.physics().miner.start();
         return Done{};
     }},
    {"reboot_miner", 0, 0, "reboot_miner", "the miner restarts",
     [](House& h, const Words&) {
         h.physics().miner.reboot();
         return Done{};
     }},
    {"broken_json", 0, 1, "broken_json [on|off]", "the miner's answers are torn",
     [](House& h, const Words& w) { return set_switch(h.faults().has_broken_json, w); }},
    {"weld_plug", 0, 1, "weld_plug [on|off]", "the contact before the miner no longer opens",
     [](House& h, const Words& w) { return set_switch(h.physics().miner_plug.is_welded, w); }},
    {"cable_out", 0, 1, "cable_out [DEVICE]",
     "the line to a device (miner) is cut: connections are reset",
     [](House& h, const Words& w) { return set_link(h, w, Link::Cut); }},
    {"cable_in", 0, 1, "cable_in [DEVICE]", "the line to a device (miner) is whole again",
     [](House& h, const Words& w) { return set_link(h, w, Link::Up); }},
    {"hang", 0, 1, "hang [DEVICE]", "a device (miner) takes connections and never answers",
     [](House& h, const Words& w) { return set_link(h, w, Link::Hangs); }},
    {"inverter_silent", 0, 0, "inverter_silent", "the line to the inverter is cut",
     [](House& h, const Words&) { return set_link(h, {"inverter"}, Link::Cut); }},
    {"inverter_back", 0, 0, "inverter_back", "the inverter answers again",
     [](House& h, const Words&) { return set_link(h, {"inverter"}, Link::Up); }},
    {"modbus", 1, 1, "modbus ok|exception|short|transaction", "how the inverter answers",
     [](House& h, const Words& w) { return set_modbus(h, w); }},
    {"freeze", 1, 1, "freeze SIGNAL", "a signal stays at what it says now",
     [](House& h, const Words& w) { return report(h, w[0], std::nullopt); }},
    {"report", 2, 2, "report SIGNAL VALUE|nan", "a signal says this, whatever is true",
     [](House& h, const Words& w) { return forge(h, w); }},
    {"scale", 2, 2, "scale SIGNAL FACTOR",
     "a signal says so many times the truth: 0.001 as kW for W, -1 with the other sign",
     [](House& h, const Words& w) { return scale(h, w); }},
    {"thaw", 0, 1, "thaw [SIGNAL]", "a frozen, forged or scaled signal (all) tells the truth again",
     [](House& h, const Words& w) { return thaw(h, w); }},
    {"price_peak", 0, 3, "price_peak [CT [FROM TO]]",
     "the price is CT (45), for an hour or from HH:MM to HH:MM",
     [](House& h, const Words& w) { return price_peak(h, w); }},
    {"car_arrives", 0, 1, "car_arrives [W]", "a car charges with so many watts (11000)",
     [](House& h, const Words& w) { return car_arrives(h, w); }},
    {"car_leaves", 0, 0, "car_leaves", "the car stops charging",
     [](House& h, const Words&) {
         h.physics().car_w = 0;
         return Done{};
     }},
    {"cloud", 1, 1, "cloud SHARE", "so much of the recorded sun is left (0 to 2; 1 is as recorded)",
     [](House& h, const Words& w) { return set_number(h.physics().sun_share, w[0], 0, 2); }},
    {"house_extra", 1, 1, "house_extra W", "added to the recorded house load",
     [](House& h, const Words& w) { return set_number(h.physics().extra_w, w[0], 0, 50'000); }},
    {"room", 1, 1, "room C", "temperature of the room in which the miners stand",
     [](House& h, const Words& w) { return set_number(h.physics().ambient_c, w[0], -20, 60); }},
    {"battery_soc", 1, 1, "battery_soc PCT", "the battery's state of charge",
     [](House& h, const Words& w) { return set_soc(h, w); }},
};

struct Found {
    const Order* order;
    Words words;
};

core::Result<Found> find_order(std::string_view line) {
    std::istringstream in{std::string{line}};
    std::string word;
    in >> word;
    Words words;
    for (std::string next; in >> next;) words.push_back(next);
    for (const Order& order : kOrders) {
        if (order.word != word) continue;
        if (words.size() < order.least || words.size() > order.most)
            return refuse("usage: " + std::string{order.usage});
        return Found{&order, std::move(words)};
    }
    std::string what = "'" + word + "' is no order; known are";
    for (const Order& order : kOrders) what += " " + std::string{order.word};
    return refuse(what);
}

}  // namespace

std::vector<OrderHelp> order_list() {
    std::vector<OrderHelp> list;
    for (const Order& order : kOrders) list.push_back({order.usage, order.does});
    return list;
}

core::Result<void> check_order(std::string_view line) {
    const auto found = find_order(line);
    return found ? Done{} : Done{found.error()};
}

core::Result<void> do_order(House& house, std::string_view line) {
    const auto found = find_order(line);
    return found ? found->order->act(house, found->words) : Done{found.error()};
}

}  // namespace bitgrid::sim
