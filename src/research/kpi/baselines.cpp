#include "research/kpi/baselines.hpp"

namespace bitgrid::research {
namespace {

constexpr double kStartW = 1'500;
constexpr double kStopW = 800;

constexpr std::array<std::string_view, kHandCount> kKeys{"as_decided", "never_on", "always_on",
                                                         "threshold"};

bool is_whole(const HouseRecord& record) {
    double sum = record.pv_w + record.house_w;
    for (const LoadRecord& load : record.loads) sum += load.power_w;
    return is_known(sum);
}

/// One house under one hand.
class Run {
public:
    Run(Hand hand, const ModelHouse& house)
        : hand_{hand},
          house_{house},
          hours_{static_cast<double>(house.block_ms) / 3.6e6},
          stored_kwh_{house.battery.kwh * house.start_soc_pct / 100},
          is_on_(house.full_w.size(), hand == Hand::AlwaysOn) {}

    void live(const HouseRecord& record) {
        const double loads_w = hand_ == Hand::AsDecided ? take_recorded(record) : switched_w();
        const Flows flows = flow(house_.battery, stored_kwh_,
                                 net_load(record.pv_w, record.house_w, loads_w), hours_);
        stored_kwh_ = flows.stored_kwh;
        result_.import_kwh += flows.import_w * hours_ / 1000;
        result_.export_kwh += flows.export_w * hours_ / 1000;
        result_.load_kwh += loads_w * hours_ / 1000;
        if (hand_ == Hand::Threshold) look(record);
    }
    const HandResult& result() const { return result_; }

private:
    // A load on standby is off; what it draws then still counts.
    double take_recorded(const HouseRecord& record) {
        double sum_w = 0;
        for (std::size_t i = 0; i < record.loads.size() && i < is_on_.size(); ++i) {
            const double power_w = record.loads[i].power_w;
            set(i, power_w > house_.full_w[i] / 10);
            sum_w += power_w;
        }
        is_first_ = false;
        return sum_w;
    }
    double switched_w() const {
        double sum_w = 0;
        for (std::size_t i = 0; i < is_on_.size(); ++i) sum_w += is_on_[i] ? house_.full_w[i] : 0;
        return sum_w;
    }
    // Each load looks at what those before it leave.
    void look(const HouseRecord& record) {
        double left_w = std::max(record.pv_w, 0.0) - record.house_w;
        for (std::size_t i = 0; i < is_on_.size(); ++i) {
            if (left_w >= kStartW) set(i, true);
            else if (left_w < kStopW) set(i, false);
            left_w -= is_on_[i] ? house_.full_w[i] : 0;
        }
    }
    void set(std::size_t load, bool is_on) {
        if (is_on_[load] != is_on && !(is_first_ && hand_ == Hand::AsDecided)) ++result_.switches;
        is_on_[load] = is_on;
    }

    Hand hand_;
    const ModelHouse& house_;
    double hours_;
    double stored_kwh_;
    std::vector<bool> is_on_;
    bool is_first_{true};
    HandResult result_;
};

}  // namespace

std::string_view key_of(Hand hand) { return kKeys[static_cast<std::size_t>(hand)]; }

std::optional<double> Baselines::captured_pct(Hand hand) const {
    const double without_kwh = of(Hand::NeverOn).export_kwh;
    if (!(without_kwh > 0)) return std::nullopt;
    return (without_kwh - of(hand).export_kwh) / without_kwh * 100;
}

double Baselines::extra_import_kwh(Hand hand) const {
    return of(hand).import_kwh - of(Hand::NeverOn).import_kwh;
}

double Baselines::switches_per_day(Hand hand) const {
    if (known_ms == 0 || loads == 0) return 0;
    return of(hand).switches / (static_cast<double>(known_ms) / 86'400'000) /
           static_cast<double>(loads);
}

Baselines baselines_of(const std::vector<HouseRecord>& records, const ModelHouse& house) {
    std::array<Run, kHandCount> runs{Run{Hand::AsDecided, house}, Run{Hand::NeverOn, house},
                                     Run{Hand::AlwaysOn, house}, Run{Hand::Threshold, house}};
    Baselines all;
    all.loads = house.full_w.size();
    for (const HouseRecord& record : records) {
        if (!is_whole(record)) continue;
        all.known_ms += house.block_ms;
        for (Run& run : runs) run.live(record);
    }
    for (std::size_t i = 0; i < kHandCount; ++i) all.hands[i] = runs[i].result();
    return all;
}

}  // namespace bitgrid::research
