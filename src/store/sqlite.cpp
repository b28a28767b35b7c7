#include "store/sqlite.hpp"

#include <cerrno>

namespace bitgrid::store {
namespace {

core::ErrorCode code_of(int rc) {
    switch (rc & 0xff) {
        case SQLITE_CONSTRAINT:
            return core::ErrorCode::Refused;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return core::ErrorCode::Damaged;
        case SQLITE_TOOBIG:
            return core::ErrorCode::TooLarge;
        default:
            return core::ErrorCode::Unavailable;
    }
}

}  // namespace

core::Error failure(sqlite3* handle, std::string_view what) {
    std::string words{what};
    words.append(": ").append(sqlite3_errmsg(handle));
    return {code_of(sqlite3_extended_errcode(handle)), std::move(words)};
}

core::Result<bool> Statement::step() {
    const int rc = sqlite3_step(statement_.get());
    if (rc == SQLITE_ROW) return true;
    if (rc == SQLITE_DONE) {
        sqlite3_reset(statement_.get());  // a finished reader must not hold back the WAL
        return false;
    }
    core::Error error = failure(sqlite3_db_handle(statement_.get()), "database");
    sqlite3_reset(statement_.get());
    return error;
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
    const unsigned char* text = sqlite3_column_text(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    if (text == nullptr) return {};
    return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

Bytes Statement::bytes(int column) const {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return {static_cast<const unsigned char*>(data), static_cast<std::size_t>(size)};
}

void Statement::bind(int index, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), index, value);
}

void Statement::bind(int index, std::string_view text) {
    sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
}

void Statement::bind(int index, Bytes bytes) {
    sqlite3_bind_blob64(statement_.get(), index, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}

void Statement::bind(int index, std::nullptr_t) { sqlite3_bind_null(statement_.get(), index); }

core::Result<Database> Database::open(const std::string& path, Access access, int busy_ms) {
    int flags = SQLITE_OPEN_READONLY;
    if (access != Access::Read) flags = SQLITE_OPEN_READWRITE;
    if (access == Access::Write) flags |= SQLITE_OPEN_CREATE;
    sqlite3* handle = nullptr;
    const int rc = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database{handle};
    if (rc != SQLITE_OK) return failure(handle, path);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, busy_ms);
    return database;
}

core::Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int rc = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (rc != SQLITE_OK) return failure(handle(), sql);
    return Statement{statement};
}

core::Result<void> Database::execute(const std::string& sql) {
    if (sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return failure(handle(), sql);
    return {};
}

core::Result<std::int64_t> Database::number(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) return statement.error();
    const auto row = statement->run();
    if (!row) return row.error();
    if (!*row) return core::Error{core::ErrorCode::NotFound, std::string{sql} + ": no row"};
    return statement->integer(0);
}

bool Database::has_moved() const {
    int moved = 0;
    sqlite3_file_control(handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

Trouble Database::trouble() const {
    const int rc = sqlite3_extended_errcode(handle()) & 0xff;
    if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED || rc == SQLITE_INTERRUPT) return Trouble::Busy;
    if (rc == SQLITE_FULL) return Trouble::Full;
    if (rc != SQLITE_IOERR && rc != SQLITE_CANTOPEN) return Trouble::File;
    const int error = sqlite3_system_errno(handle());
    return error == ENOSPC || error == EDQUOT ? Trouble::Full : Trouble::File;
}

core::Result<Transaction> Transaction::begin(Database& database) {
    if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) return begun.error();
    return Transaction{database};
}

core::Result<void> Transaction::commit() {
    auto done = database_->execute("COMMIT");
    if (done) database_ = nullptr;
    return done;
}

Transaction::~Transaction() {
    // SQLite may have rolled back by itself (disk full); then there is nothing left to do.
    if (database_ != nullptr && sqlite3_get_autocommit(database_->handle()) == 0)
        (void)database_->execute("ROLLBACK");
}

}  // namespace bitgrid::store
