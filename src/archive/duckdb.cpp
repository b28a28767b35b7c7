#include "archive/duckdb.hpp"

#include <cmath>

namespace bitgrid::archive {
namespace {

constexpr std::int64_t kMicrosecondsPerMs = 1'000;

core::Error failed(const char* words) {
    return {core::ErrorCode::Unavailable,
            words != nullptr ? words : "DuckDB failed without a word"};
}

}  // namespace

std::string sql_text(std::string_view text) {
    std::string result{"'"};
    for (const char c : text) {
        if (c == '\'') result += '\'';
        result += c;
    }
    return result += '\'';
}

struct Rows::State {
    explicit State(const DuckdbLibrary& l) : library{&l} {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        library->destroy_data_chunk(&chunk);
        library->destroy_result(&result);
    }

    const DuckdbLibrary* library;
    duckdb_result result{};
    duckdb_data_chunk chunk{};
    std::vector<void*> data;
    std::vector<std::uint64_t*> validity;
    idx_t size{0};
    idx_t row{0};
};

Rows::Rows(std::unique_ptr<State> state) : state_{std::move(state)} {}
Rows::Rows(Rows&&) noexcept = default;
Rows::~Rows() = default;

core::Result<bool> Rows::next() {
    State& s = *state_;
    if (s.chunk != nullptr && ++s.row < s.size) return true;
    do {
        s.library->destroy_data_chunk(&s.chunk);
        s.chunk = s.library->fetch_chunk(s.result);
        if (s.chunk == nullptr) {
            if (const char* words = s.library->result_error(&s.result))
                return core::Error{core::ErrorCode::Damaged, words};
            return false;
        }
        s.size = s.library->data_chunk_get_size(s.chunk);
    } while (s.size == 0);
    s.row = 0;
    for (std::size_t i = 0; i < s.data.size(); ++i) {
        duckdb_vector vector = s.library->data_chunk_get_vector(s.chunk, i);
        s.data[i] = s.library->vector_get_data(vector);
        s.validity[i] = s.library->vector_get_validity(vector);
    }
    return true;
}

std::size_t Rows::columns() const { return state_->data.size(); }

std::string Rows::name(std::size_t column) const {
    return state_->library->column_name(&state_->result, column);
}

bool Rows::is_null(std::size_t column) const {
    const std::uint64_t* validity = state_->validity[column];
    return validity != nullptr && (validity[state_->row / 64] >> (state_->row % 64) & 1U) == 0;
}

std::int64_t Rows::integer(std::size_t column) const {
    return static_cast<const std::int64_t*>(state_->data[column])[state_->row];
}

double Rows::number(std::size_t column) const {
    return static_cast<const double*>(state_->data[column])[state_->row];
}

bool Rows::boolean(std::size_t column) const {
    return static_cast<const bool*>(state_->data[column])[state_->row];
}

core::UnixTime Rows::time(std::size_t column) const {
    return {integer(column) / kMicrosecondsPerMs};
}

std::string_view Rows::text(std::size_t column) const {
    const auto& value = static_cast<const duckdb_string_t*>(state_->data[column])[state_->row];
    const std::uint32_t length = value.value.inlined.length;
    constexpr std::uint32_t kInlined = 12;
    return {length <= kInlined ? value.value.inlined.inlined : value.value.pointer.ptr, length};
}

core::Result<Duckdb> Duckdb::open(Bounds bounds) {
    const auto library = duckdb_library();
    if (!library) return library.error();
    Duckdb database{**library};
    duckdb_config config = nullptr;
    (*library)->create_config(&config);
    const std::string threads = std::to_string(bounds.threads);
    const std::string memory = std::to_string(bounds.memory_mb) + "MB";
    const std::pair<const char*, const char*> settings[] = {
        {"threads", threads.c_str()},
        {"memory_limit", memory.c_str()},
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions", "false"}};
    for (const auto& [key, value] : settings) (*library)->set_config(config, key, value);
    char* words = nullptr;
    const auto opened = (*library)->open_ext(nullptr, &database.database_, config, &words);
    (*library)->destroy_config(&config);
    if (opened != DuckDBSuccess) {
        const core::Error error = failed(words);
        (*library)->free(words);
        return error;
    }
    if ((*library)->connect(database.database_, &database.connection_) != DuckDBSuccess)
        return failed(nullptr);
    return database;
}

Duckdb::Duckdb(Duckdb&& other) noexcept
    : library_{other.library_},
      database_{std::exchange(other.database_, nullptr)},
      connection_{std::exchange(other.connection_, nullptr)} {}

Duckdb::~Duckdb() {
    if (connection_ != nullptr) library_->disconnect(&connection_);
    if (database_ != nullptr) library_->close(&database_);
}

core::Result<Rows> Duckdb::query(const std::string& sql) {
    auto state = std::make_unique<Rows::State>(*library_);
    if (library_->query(connection_, sql.c_str(), &state->result) != DuckDBSuccess)
        return failed(library_->result_error(&state->result));
    const std::size_t columns = library_->column_count(&state->result);
    state->data.resize(columns);
    state->validity.resize(columns);
    return Rows{std::move(state)};
}

core::Result<void> Duckdb::execute(const std::string& sql) {
    const auto rows = query(sql);
    if (!rows) return rows.error();
    return {};
}

core::Result<Appender> Appender::open(Duckdb& database, const std::string& table) {
    Appender appender{*database.library_};
    if (database.library_->appender_create(database.connection_, nullptr, table.c_str(),
                                           &appender.appender_) != DuckDBSuccess)
        return failed(database.library_->appender_error(appender.appender_));
    return appender;
}

Appender::Appender(Appender&& other) noexcept
    : library_{other.library_},
      appender_{std::exchange(other.appender_, nullptr)},
      has_failed_{other.has_failed_} {}

Appender::~Appender() {
    if (appender_ != nullptr) library_->appender_destroy(&appender_);
}

void Appender::note(duckdb_state state) { has_failed_ = has_failed_ || state != DuckDBSuccess; }

void Appender::add(std::int64_t value) { note(library_->append_int64(appender_, value)); }

void Appender::add(double value) {
    if (!std::isfinite(value)) return add_null();
    note(library_->append_double(appender_, value));
}

void Appender::add(bool value) { note(library_->append_bool(appender_, value)); }

void Appender::add(core::UnixTime value) {
    note(library_->append_timestamp(appender_, {value.ms * kMicrosecondsPerMs}));
}

void Appender::add(const std::string& value) {
    note(library_->append_varchar_length(appender_, value.data(), value.size()));
}

void Appender::add(const wire::Packed& value) {
    if (value.bytes.empty()) return add_null();
    note(library_->append_blob(appender_, value.bytes.data(), value.bytes.size()));
}

void Appender::add_null() { note(library_->append_null(appender_)); }

void Appender::end_row() { note(library_->appender_end_row(appender_)); }

core::Result<void> Appender::close() {
    if (library_->appender_close(appender_) != DuckDBSuccess || has_failed_)
        return failed(library_->appender_error(appender_));
    return {};
}

}  // namespace bitgrid::archive
