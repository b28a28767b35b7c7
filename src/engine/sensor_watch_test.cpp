// What the watch over the sensors says of a recorded home: nothing, as long as nothing is wrong.
#include "engine/sensor_watch.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "core/sample_home.hpp"

using namespace bitgrid;
using core::Signal;
using core::sample::Home;

namespace {

struct Row {
    double pv, house;
};

/// Recorded are means of half an hour, written three times: what a meter would have seen lies on
/// the way from one to the next.
constexpr std::size_t kRowsOfAMean = 3;

std::vector<Row> recorded(const char* path) {
    std::ifstream file{path};
    std::vector<Row> means;
    std::string line;
    std::getline(file, line);  // timestamp,pv_power_w,house_load_w
    for (std::size_t row = 0; std::getline(file, line); ++row) {
        if (row % kRowsOfAMean != 0) continue;
        std::istringstream cells{line};
        std::string time, pv, house;
        std::getline(cells, time, ',');
        std::getline(cells, pv, ',');
        std::getline(cells, house, ',');
        means.push_back({std::stod(pv), std::stod(house)});
    }
    return means;
}

/// The recorded home with a battery of 10 kWh and 5 kW and sensors that count whole watts and
/// percents, in steps of ten seconds.
class RecordedHome : public ::testing::Test {
protected:
    void live(const Row& from, const Row& to) {
        constexpr int kSteps = 180;
        for (int i = 0; i < kSteps; ++i) {
            const double share = static_cast<double>(i) / kSteps;
            const double pv = from.pv + share * (to.pv - from.pv);
            // A mean hides what a meter sees: the last percent of a house is never still.
            const double house =
                (from.house + share * (to.house - from.house)) * (1 + 0.01 * std::sin(7.1 * i));
            const double room_w = pv > house ? (10'000 - stored_wh) : stored_wh;
            const double battery = std::clamp(house - pv, -5000.0, 5000.0) * (room_w > 20);
            stored_wh = std::clamp(stored_wh - battery / 360, 0.0, 10'000.0);
            show(pv, house, battery);
        }
    }
    void show(double pv, double house, double battery) {
        now = now + 10'000;
        home.state.time = home.state.time + 10'000;
        const double net = std::round(house - pv - battery);
        home.pv(std::round(pv)).house(std::round(house)).grid_import(std::max(net, 0.0));
        home.soc(std::round(stored_wh / 100));
        home.state.site.grid_export =
            core::admit<core::Watts>(Signal::GridExport, std::max(-net, 0.0));
        home.state.site.battery_power =
            core::admit<core::Watts>(Signal::BatteryPower, std::round(battery));
        watch.look(home.state, true, now);
        core::EnergyState marked = home.state;
        watch.mark(marked);
        if (!marked.distrusted.empty() && is_calm) ++alarms;
        is_calm = marked.distrusted.empty();
        doubted = doubted | marked.distrusted;
    }

    Home home;
    engine::SensorWatch watch{home.config};
    core::MonoTime now{1'000'000};
    double stored_wh{5'000};
    int alarms{0};
    bool is_calm{true};
    core::SignalSet doubted;
};

TEST_F(RecordedHome, IsBelievedAllTheTime) {
    const std::vector<Row> means = recorded("data/home_may.csv");
    ASSERT_EQ(means.size(), 6U * 48);
    for (std::size_t i = 0; i + 1 < means.size(); ++i) live(means[i], means[i + 1]);
    EXPECT_EQ(alarms, 0) << "in six days; signals " << doubted.bits();
}

}  // namespace
