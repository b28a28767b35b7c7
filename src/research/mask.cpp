#include "research/mask.hpp"

#include <algorithm>
#include <numeric>

#include "crypto/digest.hpp"
#include "wire/packed.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::research {
namespace {

constexpr std::int64_t kMaskDayMs = 86'400'000;
constexpr std::int64_t kMinutesOfDay = 1'440;
constexpr core::UnixTime kDayZero{946'684'800'000};   // 2000-01-01
constexpr std::int64_t kMostStep = 3'650;             // days
constexpr std::int64_t kFarMs = 400'000'000'000'000;  // beyond every year that can be written
constexpr std::size_t kSecretDigits = 32;

std::string kind_of(core::LoadKind kind) {
    return kind == core::LoadKind::Miner    ? "miner"
           : kind == core::LoadKind::Heater ? "heater"
                                            : "plug";
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

bool is_date(std::string_view text) {
    constexpr std::string_view kForm = "dddd-dd-dd";
    for (std::size_t i = 0; i < kForm.size(); ++i) {
        const bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (kForm[i] == 'd' ? !is_digit : text[i] != '-') return false;
    }
    return true;
}

// A time far away says "never", and goes on saying it.
void move_time(core::UnixTime& time, std::int64_t by_ms) {
    if (time.ms > -kFarMs && time.ms < kFarMs) time.ms += by_ms;
}

}  // namespace

Mask::Mask(Wanted wanted) : wanted_{std::move(wanted)} {
    if (wanted_.day_zero) shift_days_ = (kDayZero.ms - wanted_.day_zero->ms) / kMaskDayMs;
    if (wanted_.day_zero && wanted_.day_zero->ms % kMaskDayMs != 0)
        shift_days_ = (kDayZero.ms - wanted_.day_zero->ms / kMaskDayMs * kMaskDayMs) / kMaskDayMs;
}

core::Result<void> Mask::learn(const core::Config& config) {
    const std::int64_t minutes = config.site.block_minutes;
    if (std::ranges::find(block_lengths_, config.site.block_ms()) == block_lengths_.end())
        block_lengths_.push_back(config.site.block_ms());
    // Blocks count from 1970 on: only some whole numbers of days leave each where it is in its day.
    days_step_ = std::lcm(days_step_, minutes / std::gcd(kMinutesOfDay, minutes));
    if (wanted_.day_zero && days_step_ > kMostStep)
        return core::Error{core::ErrorCode::BadInput,
                           "blocks of so many different lengths cannot keep their place in a "
                           "relative time"};
    if (wanted_.day_zero) {
        const std::int64_t rest = ((shift_days_ % days_step_) + days_step_) % days_step_;
        if (rest != 0) shift_days_ += days_step_ - rest;
    }
    if (!wanted_.hides_names) return {};
    for (const core::LoadConfig& one : config.loads) {
        if (!loads_.contains(one.id)) {
            const std::string kind = kind_of(one.kind);
            const auto same = std::ranges::count_if(
                loads_, [&](const auto& known) { return known.second.starts_with(kind + "_"); });
            loads_[one.id] = kind + "_" + std::to_string(same + 1);
        }
        names_.emplace_back(one.name, loads_[one.id]);
    }
    names_.emplace_back(config.site.name, "home");
    std::ranges::sort(names_, [](const auto& a, const auto& b) {
        return a.first.size() != b.first.size() ? a.first.size() > b.first.size() : a < b;
    });
    names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
    return {};
}

core::Config Mask::masked(const core::Config& config) const {
    core::Config same = config;
    if (!wanted_.hides_names) return same;
    same.site.id = "home";
    same.site.name = "Home";
    for (core::LoadConfig& one : same.loads) one.id = one.name = load(one.id);
    return same;
}

void Mask::rename_version(const std::string& version, const std::string& masked) {
    versions_[version] = masked;
}

core::UnixTime Mask::time(core::UnixTime time) const { return time + shift_days_ * kMaskDayMs; }

std::string Mask::load(const std::string& id) const {
    if (!wanted_.hides_names || id.empty()) return id;
    const auto known = loads_.find(id);
    return known != loads_.end() ? known->second : "load_" + secret(id).substr(0, 8);
}

std::string Mask::secret(const std::string& id) const {
    if (!wanted_.hides_names || id.empty()) return id;
    return crypto::sha256_hex(wanted_.salt + '\n' + id).substr(0, kSecretDigits);
}

std::string Mask::words(std::string text) const {
    // Through marks, so that what replaced one name is not taken for another.
    for (std::size_t i = 0; i < names_.size(); ++i)
        if (!names_[i].first.empty())
            replace_all(text, names_[i].first,
                        std::string{'\x01'} + static_cast<char>('A' + i % 26) +
                            std::string(i / 26, '\x02') + '\x01');
    for (std::size_t i = 0; i < names_.size(); ++i)
        replace_all(text,
                    std::string{'\x01'} + static_cast<char>('A' + i % 26) +
                        std::string(i / 26, '\x02') + '\x01',
                    names_[i].second);
    constexpr std::size_t kDate = 10;
    for (std::size_t at = 0; shift_days_ != 0 && at + kDate <= text.size(); ++at) {
        const std::string_view date = std::string_view{text}.substr(at, kDate);
        if (!is_date(date)) continue;
        if (const auto day = wire::parse_time(std::string{date} + "T00:00"))
            text.replace(at, kDate, wire::time_text(time(*day)).substr(0, kDate));
    }
    return text;
}

// Which of the lengths a block is counted with; 0: none that is known.
std::int64_t Mask::block_ms(core::BlockId block, core::UnixTime time) const {
    for (const std::int64_t ms : block_lengths_) {
        const std::int64_t off = core::block_of(time, ms) - block;
        if (off >= -2 && off <= 2) return ms;
    }
    return 0;
}

core::BlockId Mask::block(core::BlockId block, core::UnixTime time) const {
    if (shift_days_ == 0) return block;
    const std::int64_t ms = block_ms(block, time);
    return ms == 0 ? 0 : block + shift_days_ * kMaskDayMs / ms;
}

void Mask::place(std::int64_t& seq, core::UnixTime& when) const {
    if (wanted_.hides_names) seq -= wanted_.before_first;
    when = time(when);
}

void Mask::shift_inputs(wire::DecisionRow& row, std::int64_t block_ms) const {
    if (shift_days_ == 0 || row.inputs.bytes.empty()) return;
    auto moment = wire::unpack(row.inputs.bytes);
    if (!moment || block_ms == 0) {
        row.inputs = {};  // with the time in it, it would say too much
        return;
    }
    const std::int64_t by_ms = shift_days_ * kMaskDayMs;
    move_time(moment->state.time, by_ms);
    for (core::LoadMemory& memory : moment->memory.loads) {
        if (memory.unchanged_since) *memory.unchanged_since += by_ms / block_ms;
        if (memory.wish) move_time(memory.wish->until, by_ms);
        if (memory.lockout) move_time(memory.lockout->until, by_ms);
    }
    row.inputs = wire::pack(*moment);
}

void Mask::apply(wire::DecisionRow& row) const {
    shift_inputs(row, block_ms(row.block_id, row.time));
    row.block_id = block(row.block_id, row.time);
    place(row.seq, row.time);
    row.valid_until = time(row.valid_until);
    row.load_id = load(row.load_id);
    row.decision_id = secret(row.decision_id);
    row.command_id = secret(row.command_id);
    const auto version = versions_.find(row.config_version);
    row.config_version = version != versions_.end() ? version->second : secret(row.config_version);
}

void Mask::apply(wire::StateRow& row) const {
    row.block_id = block(row.block_id, row.time);
    place(row.seq, row.time);
    row.load_id = load(row.load_id);
}

void Mask::apply(wire::ValueRow& row) const {
    row.block_id = block(row.block_id, row.time);
    place(row.seq, row.time);
}

void Mask::apply(wire::WordsRow& row) const {
    place(row.seq, row.time);
    row.load_id = load(row.load_id);
    row.decision_id = secret(row.decision_id);
    for (std::string* text : {&row.brief, &row.details, &row.counterfactual})
        *text = words(std::move(*text));
}

}  // namespace bitgrid::research
