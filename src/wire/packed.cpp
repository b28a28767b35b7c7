#include "wire/packed.hpp"

#include <bit>
#include <cstring>

#include "wire/words.hpp"

namespace bitgrid::wire {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie");

constexpr std::uint8_t kVersion = 1;

// One list of fields for both ways: `Way` either writes a value or reads it.
class PackWriter {
public:
    static constexpr bool kReads = false;
    template <class T>
    void plain(const T& value) {
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    void flag(const bool& value) { plain(static_cast<std::uint8_t>(value)); }
    template <class Enum>
    void word(const Enum& value, std::size_t) {
        plain(static_cast<std::uint8_t>(value));
    }
    // By name: the list of codes grows in its middle.
    void code(const core::Code& value) {
        const std::string_view name = core::name_of(value);
        plain(static_cast<std::uint8_t>(name.size()));
        bytes_.append(name);
    }
    template <class T, class Fields>
    void maybe(const std::optional<T>& value, Fields fields) {
        flag(value.has_value());
        if (value) fields(*this, *value);
    }
    template <class List, class Fields>
    void list(const List& items, Fields fields) {
        plain(static_cast<std::uint8_t>(items.size()));
        for (const auto& item : items) fields(*this, item);
    }
    std::string take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

class PackReader {
public:
    static constexpr bool kReads = true;
    explicit PackReader(std::string_view bytes) : bytes_{bytes} {}

    template <class T>
    void plain(T& value) {
        if (bytes_.size() < sizeof value) return fail();
        std::memcpy(&value, bytes_.data(), sizeof value);
        bytes_.remove_prefix(sizeof value);
    }
    void flag(bool& value) {
        std::uint8_t byte = 0;
        plain(byte);
        if (byte > 1) return fail();
        value = byte == 1;
    }
    template <class Enum>
    void word(Enum& value, std::size_t count) {
        std::uint8_t byte = 0;
        plain(byte);
        if (byte >= count) return fail();
        value = static_cast<Enum>(byte);
    }
    void code(core::Code& value) {
        std::uint8_t size = 0;
        plain(size);
        if (bytes_.size() < size) return fail();
        const auto known = core::code_named(bytes_.substr(0, size));
        if (!known) return fail();
        value = *known;
        bytes_.remove_prefix(size);
    }
    template <class T, class Fields>
    void maybe(std::optional<T>& value, Fields fields) {
        bool is_there = false;
        flag(is_there);
        if (is_there) fields(*this, value.emplace());
        else value.reset();
    }
    template <class List, class Fields>
    void list(List& items, Fields fields) {
        std::uint8_t size = 0;
        plain(size);
        if (size > List::capacity()) return fail();
        for (std::uint8_t i = 0; i < size && is_good_; ++i) fields(*this, items.emplace_back());
    }
    bool is_whole() const { return is_good_ && bytes_.empty(); }

private:
    void fail() {
        is_good_ = false;
        bytes_ = {};
    }
    std::string_view bytes_;
    bool is_good_{true};
};

struct PlainFields {
    template <class Way, class T>
    requires requires(T& r) { r.quality; }
    void operator()(Way& way, T& r) const {
        way.word(r.quality, Words<core::Quality>::all.size());
        if (r.quality == core::Quality::Missing) return;
        way.plain(r.value.value);
        way.plain(r.age_ms);
    }
    template <class Way, class T>
    requires std::same_as<std::remove_const_t<T>, core::SignalSet>
    void operator()(Way& way, T& set) const {
        std::uint32_t bits = set.bits();
        way.plain(bits);
        if constexpr (Way::kReads) set.set_bits(bits);
    }
    template <class Way, class T>
    requires std::same_as<std::remove_const_t<T>, core::Target>
    void operator()(Way& way, T& target) const {
        way.word(target.level, Words<core::Level>::all.size());
        way.plain(target.limit.value);
    }
};
constexpr PlainFields kPlain;

template <class Way, class State>
void site_fields(Way& way, State& s) {
    way.plain(s.time.ms);
    way.flag(s.is_shutting_down);
    way.flag(s.is_held_by_guard);
    kPlain(way, s.site.pv_power);
    kPlain(way, s.site.grid_import);
    kPlain(way, s.site.grid_export);
    kPlain(way, s.site.house_load);
    kPlain(way, s.site.battery_soc);
    kPlain(way, s.site.battery_power);
    kPlain(way, s.site.price);
    kPlain(way, s.site.price_peak);
    kPlain(way, s.site.pv_forecast);
    kPlain(way, s.site.fast_import_for);
    kPlain(way, s.distrusted);
}

constexpr auto kLoadFields = [](auto& way, auto& l) {
    way.flag(l.is_expected_on);
    way.flag(l.is_unconfirmed);
    kPlain(way, l.off_for);
    kPlain(way, l.temp);
    kPlain(way, l.heartbeat_age);
    kPlain(way, l.power);
    kPlain(way, l.hashrate);
    kPlain(way, l.distrusted);
};

constexpr auto kWishFields = [](auto& way, auto& w) {
    way.word(w.action, Words<core::OverrideAction>::all.size());
    way.plain(w.limit.value);
    way.flag(w.use_reserve);
    way.plain(w.until.ms);
    way.maybe(w.before, kPlain);
};

constexpr auto kLockoutFields = [](auto& way, auto& l) {
    way.word(l.reason, Words<core::LockoutReason>::all.size());
    way.plain(l.until.ms);
    way.flag(l.needs_ack);
    way.flag(l.is_acked);
};

constexpr auto kMemoryFields = [](auto& way, auto& m) {
    kPlain(way, m.target);
    way.maybe(m.last_action,
              [](auto& w, auto& action) { w.word(action, Words<core::Action>::all.size()); });
    way.maybe(m.unchanged_since, [](auto& w, auto& block) { w.plain(block); });
    way.word(m.mode, Words<core::Mode>::all.size());
    way.maybe(m.wish, kWishFields);
    way.maybe(m.lockout, kLockoutFields);
    way.maybe(m.accepted, [](auto& w, auto& code) { w.code(code); });
};

template <class Way, class Value>
void moment_fields(Way& way, Value& moment) {
    site_fields(way, moment.state);
    way.list(moment.state.loads, kLoadFields);
    way.word(moment.memory.autonomy, Words<core::AutonomyLevel>::all.size());
    way.flag(moment.memory.is_emergency);
    way.list(moment.memory.loads, kMemoryFields);
}

}  // namespace

Packed pack(const Moment& moment) {
    PackWriter writer;
    writer.plain(kVersion);
    moment_fields(writer, moment);
    return {writer.take()};
}

core::Result<Moment> unpack(std::string_view bytes) {
    PackReader reader{bytes};
    std::uint8_t version = 0;
    reader.plain(version);
    core::Result<Moment> moment{Moment{}};
    if (version == kVersion) moment_fields(reader, *moment);
    if (version != kVersion || !reader.is_whole())
        return core::Error{core::ErrorCode::Damaged, "the packed state is not one of this program"};
    return moment;
}

}  // namespace bitgrid::wire
