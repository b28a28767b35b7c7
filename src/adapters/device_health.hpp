#pragma once
// A device's health in the words of its polls: the first failure warns, the third in a row is an
// error, a good poll ends it.
#include <string>
#include <utility>

#include "ports/signals.hpp"

namespace bitgrid::adapters {

/// Engine thread only; the sink must outlive it. `part` is `device/<id>`.
class DeviceHealth {
public:
    DeviceHealth(ports::HealthSink& sink, const std::string& id)
        : sink_{sink}, part_{"device/" + id} {}

    void good(std::string_view reason = "") {
        failures_ = 0;
        sink_.health(part_, ports::Condition::Ok, reason);
    }
    /// It works, limited.
    void limited(std::string_view reason) {
        failures_ = 0;
        sink_.health(part_, ports::Condition::Warn, reason);
    }
    /// Needs a person: a required function is missing although the device answers.
    void broken(std::string_view reason) {
        failures_ = 0;
        sink_.health(part_, ports::Condition::Error, reason);
    }
    void failed(const core::Error& error) {
        ++failures_;
        count_bad_data(error);
        sink_.health(part_, failures_ < 3 ? ports::Condition::Warn : ports::Condition::Error,
                     error.what);
    }

    /// What failed is welcome, but nothing that the house needs: never more than a warning.
    void went_without(const core::Error& error) {
        count_bad_data(error);
        limited(error.what);
    }

    const std::string& part() const { return part_; }

private:
    void count_bad_data(const core::Error& error) {
        const bool is_bad_data =
            error.code == core::ErrorCode::Damaged || error.code == core::ErrorCode::TooLarge;
        if (is_bad_data) sink_.rejected(part_, error);
    }

    ports::HealthSink& sink_;
    std::string part_;
    int failures_{0};
};

}  // namespace bitgrid::adapters
