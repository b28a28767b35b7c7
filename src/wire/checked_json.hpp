#pragma once
// Reads members of a JSON object that this program wrote: trusted to be well meant, never taken
// without a look. A member that is not there leaves the value as it is, but for time(), which must
// be there; the first one that is wrong is named by error(), and nothing is changed by it. Times
// are UTC, readings `[value, age_ms, quality]`. Borrows the object; one thread.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/energy_state.hpp"
#include "core/result.hpp"
#include "wire/time_text.hpp"
#include "wire/words.hpp"

namespace bitgrid::wire {

class CheckedJson {
public:
    explicit CheckedJson(const nlohmann::json& json) : json_{json} {}

    template <class T>
    void reading(const char* key, core::Reading<T>& out) {
        const nlohmann::json* j = find(key);
        if (j == nullptr || j->is_null()) return;
        if (!j->is_array() || j->size() != 3 || !(*j)[0].is_number() ||
            !(*j)[1].is_number_integer() || !(*j)[2].is_string())
            return fail(key);
        const auto quality = value_of<core::Quality>((*j)[2].get_ref<const std::string&>());
        if (!quality) return fail(key);
        out = {T{(*j)[0].get<double>()}, (*j)[1].get<std::int32_t>(), *quality};
    }
    void boolean(const char* key, bool& out) {
        const nlohmann::json* j = find(key);
        if (j == nullptr) return;
        if (!j->is_boolean()) return fail(key);
        out = j->get<bool>();
    }
    void number(const char* key, double& out) {
        const nlohmann::json* j = find(key);
        if (j == nullptr || j->is_null()) return;
        if (!j->is_number()) return fail(key);
        out = j->get<double>();
    }
    void integer(const char* key, std::int64_t& out) {
        const nlohmann::json* j = find(key);
        if (j == nullptr || j->is_null()) return;
        if (!j->is_number_integer()) return fail(key);
        out = j->get<std::int64_t>();
    }
    /// One that can be counted with.
    void block(const char* key, core::BlockId& out) {
        core::BlockId read = out;
        integer(key, read);
        if (read < 0 || read > kMostBlock) return fail(key);
        out = read;
    }
    void time(const char* key, core::UnixTime& out) {
        const nlohmann::json* j = find(key);
        const auto parsed = j != nullptr && j->is_string()
                                ? parse_time(j->get_ref<const std::string&>())
                                : core::Error{core::ErrorCode::BadInput, ""};
        if (!parsed) return fail(key);
        out = *parsed;
    }
    template <class Enum>
    void choice(const char* key, Enum& out) {
        const nlohmann::json* j = find(key);
        if (j == nullptr || j->is_null()) return;
        const auto value =
            j->is_string() ? value_of<Enum>(j->get_ref<const std::string&>()) : std::nullopt;
        if (!value) return fail(key);
        out = *value;
    }
    void signals(const char* key, core::SignalSet& out) {
        const nlohmann::json* j = find(key);
        if (j == nullptr) return;
        if (!j->is_array() || j->size() > core::kSignalCount) return fail(key);
        for (const nlohmann::json& name : *j) {
            const auto signal = name.is_string()
                                    ? core::signal_named(name.get_ref<const std::string&>())
                                    : std::nullopt;
            if (!signal) return fail(key);
            out.add(*signal);
        }
    }
    std::string text(const char* key) {
        const nlohmann::json* j = find(key);
        return j != nullptr && j->is_string() ? j->get<std::string>() : std::string{};
    }
    const nlohmann::json* find(const char* key) const {
        if (!json_.is_object()) return nullptr;
        const auto it = json_.find(key);
        return it == json_.end() ? nullptr : &*it;
    }
    bool has(const char* key) const {
        const nlohmann::json* j = find(key);
        return j != nullptr && !j->is_null();
    }
    void fail(const char* key) {
        if (error_.empty()) error_ = std::string{"bad value at \""} + key + "\"";
    }
    const std::string& error() const { return error_; }

private:
    const nlohmann::json& json_;
    std::string error_;
};

inline core::Error damaged(const std::string& what) { return {core::ErrorCode::Damaged, what}; }

}  // namespace bitgrid::wire
