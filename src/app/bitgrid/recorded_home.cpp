#include "app/bitgrid/recorded_home.hpp"

#include "app/bitgrid/judged_past.hpp"
#include "research/presets.hpp"

namespace bitgrid::app {
namespace {

Refusal refusal_of(const core::Error& error) {
    return {error.code == core::ErrorCode::BadInput ? kUsage : kUnavailable, error.what};
}

PastReader opened(const std::string& data_folder, const PastOptions& past,
                  const HomeOptions& home) {
    if (!home.prices.empty() || home.forecast != "none" || !home.from.empty() || !home.to.empty())
        throw Refusal{kUsage,
                      "--prices, --forecast, --from and --to go with --home; recorded days have "
                      "their own, and --range, --since, --until"};
    auto reader = PastReader::open(data_folder, past);
    if (!reader) throw refusal_of(reader.error());
    return std::move(*reader);
}

}  // namespace

RecordedHome::RecordedHome(const std::string& data_folder, const PastOptions& past,
                           const HomeOptions& home)
    : reader_{opened(data_folder, past, home)},
      battery_{model_of(reader_.config()).battery},
      days_{research::facts_of(reader_.config())} {
    if (!home.btc.empty()) or_refuse(research::read_bitcoin(home.btc, bitcoin_));
}

core::Config RecordedHome::rules_named(const std::string& name) const {
    core::Config named = app::rules_named(name, battery_);
    if (!research::preset_named(name, battery_)) return named;
    core::Config there = config();
    there.rules = named.rules;
    return there;
}

void RecordedHome::read(const std::function<void(const std::string& text)>& decision) {
    const auto take = [&](const PastDay& day) -> core::Result<void> {
        days_.add(day.rows);
        for (const std::string& text : day.decisions) decision(text);
        return {};
    };
    const auto read =
        reader_.read(take, decision ? PastReader::Detail::Texts : PastReader::Detail::Rows);
    if (!read) throw refusal_of(read.error());
    if (days_.home().times.size() < 2)
        throw Refusal{kUnavailable, "too little of the sun and the house is on record"};
}

HomeRun RecordedHome::run(core::Config rules) const {
    HomeRun run{{}, {}, bitcoin_};
    if (rules.policy.feed_in) run.tariff.feed_in_ct_kwh = rules.policy.feed_in->value;
    if (rules.policy.avoided_import) run.tariff.grid_ct_kwh = rules.policy.avoided_import->value;
    run.file.home = days_.home();
    run.experiment.loads = rules.loads.size();
    run.experiment.config = std::move(rules);
    run.experiment.battery = battery_;
    run.experiment.start_soc_pct = days_.first_soc_pct().value_or(50);
    run.experiment.price_ct_kwh = days_.prices();
    run.experiment.forecast_w = days_.forecast_w();
    return run;
}

}  // namespace bitgrid::app
