#pragma once
// What goes wrong in a long run, drawn at random: each trouble begins, lasts for a while, and ends.
#include <atomic>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "faults/harness/home.hpp"

namespace bitgrid::faults {

/// What the observer must know of troubles that the house itself does not show. Written by the
/// thread of the run, read by the observer's.
struct Known {
    std::atomic<bool> is_controller_gone{false};
    std::atomic<bool> is_house_unheard{
        false};                             ///< no reading of the house can reach the controller
    std::atomic<bool> is_emergency{false};  ///< pressed, accepted, not yet acknowledged
};

struct Trouble {
    std::string name;
    std::function<void()> begin;
    std::function<void()> end;  ///< empty: it is over at once
};

/// Every trouble there is. Home and known must outlive it, and it everything that it gives.
class Troubles {
public:
    Troubles(Home&, Known&);
    Troubles(const Troubles&) = delete;
    Troubles& operator=(const Troubles&) = delete;
    const std::vector<Trouble>& all() const { return all_; }

private:
    void add(std::string name, std::function<void()> begin, std::function<void()> end = nullptr);
    void order(const std::string& begin, const std::string& end = "");
    void line(const std::string& name, const std::string& what, Line bad);
    void orders();
    void lines();
    void broker();
    void controller();
    void wishes();

    Home& home_;
    Known& known_;
    std::vector<Trouble> all_;
};

}  // namespace bitgrid::faults
